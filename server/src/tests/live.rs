//! Who is hinted at what, and what listening costs.

use std::time::Duration;

use domain::id::{AccountId, StreamId};
use domain::sync::Hint;

use super::*;
use crate::on_both_engines;
use crate::store::Db;
use crate::store::testing::opening;

/// Longer than any hint takes, shorter than somebody would wait for a test.
const SOON: Duration = Duration::from_secs(10);

/// Somebody who listens.
struct Listening {
    headers: HeaderMap,
    body: Body,
}

impl Listening {
    /// What comes next; nothing when the connection ends.
    async fn next(&mut self) -> Option<String> {
        let frame = tokio::time::timeout(SOON, self.body.frame()).await.expect("soon")?.expect("no fault");
        Some(String::from_utf8(frame.into_data().expect("data").to_vec()).expect("text"))
    }

    /// The hints that come next, other events left out.
    async fn hints(&mut self) -> Option<Vec<(String, u64, u64)>> {
        loop {
            let hints = hints_in(&self.next().await?);
            if !hints.is_empty() {
                return Some(hints);
            }
        }
    }

    /// The head that is hinted at next, of one stream.
    async fn head(&mut self) -> Option<u64> {
        let hints = self.hints().await?;
        assert_eq!(hints.len(), 1, "{hints:?}");
        Some(hints[0].1)
    }
}

fn hints_in(text: &str) -> Vec<(String, u64, u64)> {
    let hints = text.split("\n\n").filter_map(|event| event.strip_prefix("event: hint\ndata: "));
    let read = |json| serde_json::from_str::<Hint>(json).expect("a hint");
    hints.map(read).map(|hint| (hint.stream.to_string(), hint.head, hint.spread_ms)).collect()
}

impl Visitor<'_> {
    async fn listen(&self, streams: &str) -> Listening {
        let mut request = Request::get(format!("/api/live?streams={streams}")).header(header::HOST, "127.0.0.1:8080");
        request = request.header(header::ACCEPT_ENCODING, "br, gzip");
        for (name, value) in &self.cookies {
            request = request.header(header::COOKIE, format!("{name}={value}"));
        }
        let request = request.body(Body::empty()).expect("a request");
        let (parts, body) = self.site.router.clone().oneshot(request).await.expect("an answer").into_parts();
        assert_eq!(parts.status, StatusCode::OK);
        Listening { headers: parts.headers, body }
    }

    async fn own_stream(&self) -> String {
        let account = self.get("/api/session").await.json()["account"].as_str().expect("an id").to_owned();
        StreamId::Account(account.parse::<AccountId>().expect("an id")).to_string()
    }
}

/// Commits a change of a stream.
async fn change(test: &TestDb, stream: &str) {
    test.execute("update stream set head = head + 1 where id = $1", &[stream.into()]).await.expect("a change");
}

on_both_engines! {
    async fn a_listener_is_told_all_heads_first_and_then_what_changes(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let mut listening = site.visitor().listen("c:banzha").await;
        let first = listening.next().await.expect("a beginning");
        assert!(first.starts_with("retry: "), "{first}");
        let head = test.number("select head from stream where id = 'c:banzha'", &[]).await.unsigned_abs();
        assert_eq!(hints_in(&first), [("c:banzha".to_owned(), head, 200)]);
        change(test, "c:banzha").await;
        assert_eq!(listening.head().await, Some(head + 1));
        // Many changes are few words, and the last is the last.
        for _ in 0..20 {
            change(test, "c:banzha").await;
        }
        let (mut told, mut last) = (0, 0);
        while last < head + 21 {
            last = listening.head().await.expect("a hint");
            told += 1;
        }
        assert!((1..=3).contains(&told), "{told}");
        // Whoever comes back is told what was missed.
        let again = site.visitor().listen("c:banzha").await.hints().await;
        assert_eq!(again, Some(vec![("c:banzha".to_owned(), head + 21, 200)]));
    }

    async fn a_change_of_a_stream_that_is_not_listened_to_says_nothing(test) {
        test.execute("insert into stream (id) values ('c:heping')", &[]).await.expect("a stream");
        let site = Site::with_neighbourhood(test, settings()).await;
        let mut listening = site.visitor().listen("c:banzha").await;
        let (_, head, _) = listening.hints().await.expect("heads")[0].clone();
        change(test, "c:heping").await;
        change(test, "c:banzha").await;
        assert_eq!(listening.head().await, Some(head + 1));
    }

    async fn nothing_private_is_hinted_to_a_stranger(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let (mut resident, stranger) = (site.resident("13800000001").await, site.resident("13800000002").await);
        let own = resident.own_stream().await;
        for (who, visitor) in [("another", &stranger), ("anonymous", &site.visitor())] {
            for streams in [own.clone(), format!("c:banzha,{own}"), format!("a:{}", id(999)), "c:nowhere".to_owned()] {
                let answered = visitor.get(&format!("/api/live?streams={streams}")).await;
                assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (404, "not-found"), "{who} {streams}");
            }
        }
        assert_eq!(site.state.live.listeners(), 0);
        let mut listening = resident.listen(&format!("{own},c:banzha")).await;
        let heads = listening.hints().await.expect("heads");
        assert_eq!(heads.iter().map(|(stream, _, spread)| (stream.as_str(), *spread)).collect::<Vec<_>>(), [(own.as_str(), 0), ("c:banzha", 200)]);
        let mut others = stranger.listen("c:banzha").await;
        others.hints().await.expect("heads");
        change(test, &own).await;
        assert_eq!(listening.hints().await, Some(vec![(own.clone(), heads[0].1 + 1, 0)]));
        change(test, "c:banzha").await;
        assert!(others.hints().await.expect("a hint").iter().all(|(stream, ..)| stream == "c:banzha"));
        listening.hints().await.expect("a hint");
        // Signed out on another page, nobody is told anything more.
        let path = "/api/logout";
        assert_eq!(resident.post(path, &serde_json::json!({})).await.status, StatusCode::NO_CONTENT);
        change(test, &own).await;
        assert_eq!(listening.hints().await, None);
    }

    async fn whoever_goes_leaves_nothing_behind(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let (mut one, other) = (site.visitor().listen("c:banzha").await, site.visitor().listen("c:banzha").await);
        one.next().await.expect("a beginning");
        assert_eq!(site.state.live.listeners(), 2);
        drop((one, other));
        assert_eq!(site.state.live.listeners(), 0);
    }

    async fn whoever_listens_is_told_when_the_server_stops(test) {
        let limits = ConnectionLimits { shutdown: Duration::from_secs(1), ..ConnectionLimits::DEFAULT };
        let site = Site::with_neighbourhood(test, Settings { limits, ..settings() }).await;
        let mut listening = site.visitor().listen("c:banzha").await;
        listening.next().await.expect("a beginning");
        site.state.live.stop();
        assert_eq!(listening.next().await.as_deref(), Some("event: bye\ndata: {}\n\n"));
        assert_eq!(listening.next().await, None);
        let late = site.visitor().get("/api/live?streams=c:banzha").await;
        assert_eq!(late.problem(), "busy");
    }
}

#[tokio::test]
async fn the_answer_is_one_that_nobody_keeps_or_holds_back() {
    let test = TestDb::lite(Default::default()).await;
    let limits = ConnectionLimits { ping: Duration::from_millis(20), ..ConnectionLimits::DEFAULT };
    let site = Site::with_neighbourhood(&test, Settings { limits, ..settings() }).await;
    let mut listening = site.visitor().listen("c:banzha").await;
    for (name, value) in
        [("content-type", "text/event-stream"), ("cache-control", "no-store"), ("x-accel-buffering", "no")]
    {
        assert_eq!(listening.headers[name], value, "{name}");
    }
    assert!(!listening.headers.contains_key(header::CONTENT_ENCODING), "a coding gathers before it gives");
    listening.next().await.expect("a beginning");
    for _ in 0..3 {
        assert_eq!(listening.next().await.as_deref(), Some("event: ping\ndata: {}\n\n"));
    }
    drop(listening);
    test.remove().await;
}

#[tokio::test]
async fn what_is_asked_wrongly_or_too_much_is_a_problem() {
    let test = TestDb::lite(Default::default()).await;
    let limits = ConnectionLimits { connections_max: 4, per_address_max: 4, ..ConnectionLimits::DEFAULT };
    let site = Site::with_neighbourhood(&test, Settings { limits, ..settings() }).await;
    let visitor = site.visitor();
    let many = (0..17).map(|n| format!("c:nr-{n}")).collect::<Vec<_>>().join(",");
    for (query, pointer, code) in [
        ("", "?streams", "missing"),
        ("streams=", "?streams", "empty"),
        ("streams=banzha", "?streams", "form"),
        ("streams=c:banzha,c:banzha", "?streams", "duplicate"),
        ("streams=c:banzha&streams=c:banzha", "?streams", "duplicate"),
        (&format!("streams={many}"), "?streams", "too-long"),
        ("streams=c:banzha&since=1", "?since", "unknown-field"),
    ] {
        let answered = visitor.get(&format!("/api/live?{query}")).await;
        assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (422, "invalid"), "{query}");
        let field = &answered.json()["fields"][0];
        assert_eq!((&field["pointer"], &field["code"]), (&pointer.into(), &code.into()), "{query}");
    }
    let listening = [visitor.listen("c:banzha").await, visitor.listen("c:banzha").await];
    let turned_away = visitor.get("/api/live?streams=c:banzha").await;
    assert_eq!((turned_away.status.as_u16(), turned_away.problem().as_str()), (503, "busy"));
    let figures = visitor.get("/metrics").await.text;
    for line in ["lifehub_listeners 2", "lifehub_listeners_refused_total 1", "lifehub_hints_total 2"] {
        assert!(figures.lines().any(|one| one == line), "{line}\n{figures}");
    }
    drop(listening);
    test.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_over_one_database_tell_of_each_others_changes() {
    let Some(test) = TestDb::postgres(Default::default()).await else {
        eprintln!("skipped: LIFEHUB_TEST_POSTGRES is not set");
        return;
    };
    let other = Db::open(&test.address, opening()).await.expect("a database that opens");
    let here = Site::with_neighbourhood(&test, settings()).await;
    let there = Site::over(other.clone(), settings(), Assets::of("one", &FILES));
    let (mut one, mut two) = (here.visitor().listen("c:banzha").await, there.visitor().listen("c:banzha").await);
    let (head, same) = (one.head().await.expect("a head"), two.head().await.expect("a head"));
    assert_eq!(head, same);
    change(&test, "c:banzha").await;
    assert_eq!((one.head().await, two.head().await), (Some(head + 1), Some(head + 1)));
    let elsewhere = other.write("elsewhere", |conn| {
        let sql = "update stream set head = head + 1 where id = 'c:banzha'";
        Box::pin(async move { conn.execute(sql, &[]).await })
    });
    elsewhere.await.expect("a change");
    assert_eq!((one.head().await, two.head().await), (Some(head + 2), Some(head + 2)));
    drop((one, two));
    other.close().await;
    test.remove().await;
}
