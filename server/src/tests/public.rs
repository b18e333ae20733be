//! What everybody may read: JSON, feeds and pages over the public rows, and how they are kept.

use super::*;
use crate::on_both_engines;
use crate::store::testing::add_occurrence;

const MONTH: &str = "/api/occurrences?community=banzha&from=2026-11-01&to=2026-12-31";

/// Puts a row in its own transaction, as an operation does.
async fn change(test: &TestDb, taken: u16) {
    test.db
        .write("test", move |conn| {
            Box::pin(async move {
                let seats = Seats { capacity: Some(12), taken, ..Seats::default() };
                put(conn, class::SEATS, 5, Some("2026-11-24".to_owned()), &seats).await
            })
        })
        .await
        .expect("a change");
}

on_both_engines! {
    async fn a_month_joins_dates_with_what_belongs_to_them_and_follows_changes(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let visitor = site.visitor();
        let month = visitor.get(MONTH).await.json();
        let date = &month["occurrences"][0];
        assert_eq!(date["id"], id(5));
        assert_eq!(date["title"], "<b>淮剧</b>教唱");
        assert_eq!(date["team"]["name"], "淮剧队");
        assert_eq!((&date["start"], &date["end"]), (&"2026-11-24T08:00:00+08:00".into(), &"2026-11-24T09:30:00+08:00".into()));
        assert_eq!(date["seats"]["taken"], 3);
        assert_eq!(visitor.get(MONTH).await.json(), month, "kept");
        change(test, 4).await;
        assert_eq!(visitor.get(MONTH).await.json()["occurrences"][0]["seats"]["taken"], 4, "and made anew");
        let nothing = visitor.get("/api/occurrences?community=banzha&from=2026-11-25&to=2026-11-30").await.json();
        assert_eq!(nothing["occurrences"], serde_json::json!([]));
        for (query, pointer) in [
            ("community=banzha&from=2026-11-01&to=2027-01-02", "?to"),
            ("community=banzha&from=2026-11-02&to=2026-11-01", "?to"),
            ("community=banzha&from=2026-13-01&to=2026-11-01", "?from"),
            ("community=banzha&from=2026-11-01", "?to"),
            ("community=A&from=2026-11-01&to=2026-11-01", "?community"),
            ("community=banzha&from=2026-11-01&to=2026-11-01&x=1", "?x"),
            ("community=banzha&community=b&from=2026-11-01&to=2026-11-01", "?community"),
        ] {
            let answered = visitor.get(&format!("/api/occurrences?{query}")).await;
            assert_eq!(answered.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
            assert_eq!(answered.json()["fields"][0]["pointer"], pointer, "{query}");
        }
    }

    async fn a_space_has_times_by_day(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let visitor = site.visitor();
        let spaces = visitor.get("/api/spaces?community=banzha").await.json();
        assert_eq!((&spaces["spaces"][0]["id"], &spaces["spaces"][0]["name"]), (&Json::from(id(6)), &"居民客厅".into()));
        let path = |query: &str| format!("/api/spaces/{}/availability?{query}", id(6));
        let times = visitor.get(&path("from=2026-11-23&to=2026-11-24")).await.json();
        let slots = times["days"][0]["slots"].as_array().expect("slots");
        // Now is 08:00; open from 9 to 21, by the hour.
        assert_eq!((slots.len(), &slots[0]["start"]), (12, &Json::from("2026-11-23T09:00:00+08:00")));
        assert_eq!((&slots[0]["state"], &slots[0]["heads_left"]), (&Json::from("free"), &Json::from(20)));
        site.clock.advance_ms(3 * 3_600_000);
        let later = visitor.get(&path("from=2026-11-23&to=2026-11-23")).await.json();
        assert_eq!(later["days"][0]["slots"].as_array().map(Vec::len), Some(9), "what has begun is left out");
        for query in ["from=2026-11-23&to=2026-12-07", "from=2026-11-23&to=2026-11-23&minutes=20", "from=2026-11-23"] {
            assert_eq!(visitor.get(&path(query)).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        }
    }

    async fn what_a_shared_address_names_is_found_in_its_community(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let visitor = site.visitor();
        for (shared, found) in [(5, 5), (6, 6), (4, 5)] {
            let place = visitor.get(&format!("/api/places/{}", id(shared))).await.json();
            assert_eq!((&place["id"], &place["community"]), (&Json::from(id(found)), &Json::from("banzha")), "{shared}");
        }
        for nothing in [id(99), "banzha".to_owned()] {
            let answered = visitor.get(&format!("/api/places/{nothing}")).await;
            assert_eq!((answered.status, &answered.json()["code"]), (StatusCode::NOT_FOUND, &Json::from("not-found")));
        }
    }

    async fn a_calendar_has_one_event_per_date_and_is_asked_for_in_vain_until_it_changes(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let visitor = site.visitor();
        let feed = visitor.get("/calendar/banzha.ics").await;
        assert_eq!(feed.headers[header::CONTENT_TYPE], "text/calendar; charset=utf-8");
        assert_eq!(feed.text.matches("BEGIN:VEVENT").count(), 1);
        assert!(feed.text.contains(&format!("UID:{}", id(5))));
        let etag = feed.headers[header::ETAG].to_str().expect("text").to_owned();
        let again = visitor.raw(Method::GET, "/calendar/banzha.ics", &[("if-none-match", &etag)], "").await;
        assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
        test.db
            .write("test", |conn| {
                Box::pin(async move {
                    let start = Timestamp::from_ms(NOW_MS + 86_400_000);
                    let row = OccurrenceRow {
                        activity: id(4).parse().expect("an id"),
                        range: TimeRange::new(start, start.plus_minutes(90)).expect("a range"),
                        cancelled: Some(domain::change::Cancellation { at: start, reason: None, room_taken: false }),
                        sequence: 1, by_hand: None
                    };
                    put(conn, class::OCCURRENCE, 5, Some("2026-11-24".to_owned()), &row).await
                })
            })
            .await
            .expect("a cancellation");
        let changed = visitor.raw(Method::GET, "/calendar/banzha.ics", &[("if-none-match", &etag)], "").await;
        assert_eq!(changed.status, StatusCode::OK);
        assert!(changed.text.contains("STATUS:CANCELLED") && changed.text.contains("SEQUENCE:1"));
        assert!(!changed.text.contains("LAST-MODIFIED"), "nobody knows when: {}", changed.text);
        let tick = "insert into stream_tick (stream, seq, tag, at) select id, head, 1, $1 from stream where id = 'c:banzha'";
        test.execute(tick, &[(NOW_MS + 61_000).into()]).await.expect("a tick");
        change(test, 4).await;
        let dated = visitor.get("/calendar/banzha.ics").await.text;
        assert!(dated.contains("LAST-MODIFIED:20261123T000101Z"), "{dated}");
    }

    async fn calendars_of_a_team_and_of_a_kind_have_no_more_than_that(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let visitor = site.visitor();
        for (address, events, name) in [
            (format!("/calendar/team/{}.ics", id(3)), 1, "X-WR-CALNAME:淮剧队 · "),
            ("/calendar/banzha.ics?category=opera".to_owned(), 1, "X-WR-CALNAME:戏曲 · "),
            ("/calendar/banzha.ics?category=dance".to_owned(), 0, "X-WR-CALNAME:舞蹈 · "),
        ] {
            let feed = visitor.get(&address).await.text;
            assert_eq!(feed.matches("BEGIN:VEVENT").count(), events, "{address} {feed}");
            assert!(feed.contains(name), "{address} {feed}");
        }
        let date = visitor.get(&format!("/calendar/date/{}.ics", id(5))).await;
        assert_eq!(date.text.matches("BEGIN:VEVENT").count(), 1);
        assert!(date.headers[header::CONTENT_DISPOSITION].to_str().expect("text").contains(".ics"));
        let odd = visitor.get("/calendar/banzha.ics?category=karaoke").await;
        assert_eq!((odd.status, odd.json()["fields"][0]["pointer"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("?category")));
    }

    async fn a_page_says_for_programs_what_it_says_for_people(test) {
        let base_url = Some("https://hub.example".to_owned());
        let site = Site::with_neighbourhood(test, Settings { base_url, ..settings() }).await;
        let visitor = site.visitor();
        let page = visitor.get(&format!("/a/{}", id(5))).await.text;
        let (_, data) = page.split_once("<script type=\"application/ld+json\">").expect("data");
        let (data, _) = data.split_once("</script>").expect("its end");
        let event: Json = serde_json::from_str(data).expect("JSON");
        assert_eq!((&event["name"], &event["organizer"]["name"]), (&"<b>淮剧</b>教唱".into(), &"淮剧队".into()));
        assert_eq!((&event["url"], &event["remainingAttendeeCapacity"]), (&format!("https://hub.example/a/{}", id(5)).into(), &9.into()));
        assert!(!data.contains('<') && page.contains("<meta property=\"og:url\""), "{page}");
        let poster = visitor.get(&format!("/a/{}/poster", id(5))).await.text;
        assert!(poster.contains("&lt;b&gt;淮剧&lt;/b&gt;教唱") && poster.contains("noindex"), "{poster}");
        let code = visitor.get(&format!("/a/{}/code.svg", id(5))).await;
        assert_eq!(code.headers[header::CONTENT_TYPE], "image/svg+xml");
        assert!(code.text.starts_with("<svg") && code.text.matches("h1v1h-1z").count() > 200, "{}", code.text);
        assert_eq!(visitor.get(&format!("/a/{}/code.svg", id(9))).await.status, StatusCode::NOT_FOUND);
    }

    async fn pages_are_filled_with_what_is_there_and_nothing_typed_is_markup(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let visitor = site.visitor();
        let choice = visitor.get("/communities").await.text;
        assert!(choice.contains("href=\"/c/banzha\"") && choice.contains("<title>选社区 · 生活汇</title>"), "{choice}");
        let home = visitor.get("/").await.text;
        assert!(home.contains("&lt;b&gt;淮剧&lt;/b&gt;教唱") && home.contains("<title>生活汇</title>"), "{home}");
        let agenda = visitor.get("/c/banzha").await;
        assert_eq!(agenda.headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
        for part in ["data-first-paint", "&lt;b&gt;淮剧&lt;/b&gt;教唱", "剩9个名额", "淮剧队", "og:title", &format!("/a/{}", id(5))] {
            assert!(agenda.text.contains(part), "{part}\n{}", agenda.text);
        }
        assert_eq!(agenda.text.matches("<title>").count(), 1, "{}", agenda.text);
        assert!(!agenda.text.contains("<b>") && !agenda.text.contains("style="));
        assert_eq!(agenda.text.matches("<script").count(), 1, "and that one is data: {}", agenda.text);
        let english = visitor.raw(Method::GET, "/c/banzha", &[("accept-language", "en-GB,en;q=0.9")], "").await.text;
        assert!(english.contains("9 left") && english.contains("lang=\"en\""), "{english}");
        let date = visitor.get(&format!("/a/{}", id(5))).await.text;
        assert!(date.contains("activity-hero") && date.contains("二楼"), "{date}");
        let by_activity = visitor.get(&format!("/a/{}", id(4))).await.text;
        assert_eq!(by_activity, date, "an activity leads to its next date");
        let space = visitor.get(&format!("/s/{}", id(6))).await.text;
        assert!(space.contains("/pictures/living_room.svg") && space.contains("居民客厅"), "{space}");
        for path in ["/festivals", "/q", "/s", "/me", "/me/family", "/m", "/login", "/desk", "/desk/team/x", "/help", "/communities"] {
            let page = visitor.get(path).await;
            assert_eq!((page.status, page.text.contains("noindex")), (StatusCode::OK, true), "{path}");
        }
        let etag = agenda.headers[header::ETAG].to_str().expect("text").to_owned();
        let again = visitor.raw(Method::GET, "/c/banzha", &[("if-none-match", &etag)], "").await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    }
}

#[tokio::test]
async fn a_newcomer_gets_everything_in_one_answer_and_who_was_here_before_what_they_set() {
    let test = TestDb::lite(Default::default()).await;
    let site = Site::with_neighbourhood(&test, settings()).await;
    test.db
        .write("test", |conn| {
            Box::pin(async move {
                conn.execute(
                    "insert into community (id, name, english_name, sort) values ('luzhou', '绿洲', 'Luzhou', -1)",
                    &[],
                )
                .await?;
                conn.execute("insert into stream (id, head) values ('c:luzhou', 0)", &[]).await.map(|_| ())
            })
        })
        .await
        .expect("another community");
    let visitor = site.visitor();
    let start_of = |text: &str| {
        let (_, rest) = text.split_once("<script type=\"application/json\" id=\"start\">")?;
        let (json, _) = rest.split_once("</script>")?;
        assert!(!json.contains('<'), "no markup can begin in it: {json}");
        Some(serde_json::from_str::<Start>(json).expect("a start"))
    };
    let page = visitor.get("/c/banzha").await.text;
    assert!(page.contains("<style>p{}</style>") && !page.contains("rel=\"stylesheet\""), "{page}");
    let start = start_of(&page).expect("a start");
    assert_eq!((start.community.as_str(), start.communities.len(), start.rows.len()), ("banzha", 2, 5));
    let view = start.view();
    assert_eq!(view.activities.values().next().map(|one| one.row.title.as_str()), Some("<b>淮剧</b>教唱"));
    for shared in [format!("/a/{}", id(5)), format!("/s/{}", id(6))] {
        let start = start_of(&visitor.get(&shared).await.text).expect("a start");
        assert_eq!(start.view(), view, "{shared}");
    }
    assert_eq!(start_of(&visitor.get("/").await.text).expect("a start").community.as_str(), "luzhou", "the first");

    let cookie = [("cookie", "other=1; look=en.dark.elder.26.banzha"), ("accept-language", "zh-CN")];
    let page = visitor.raw(Method::GET, "/", &cookie, "").await.text;
    let root = "<html lang=\"en\" data-theme=\"dark\" data-mode=\"elder\" data-step=\"26\">";
    assert!(
        page.contains(root) && page.contains("9 left") && page.contains("&lt;b&gt;淮剧"),
        "their community: {page}"
    );
    assert!(page.contains("<link rel=\"stylesheet\" href=\"/assets/style.1.css\">") && !page.contains("<style>"));
    assert!(start_of(&page).is_none(), "their phone has its own");
    let odd = [("cookie", "look=en.dark.elder.27.\"><b>")];
    let page = visitor.raw(Method::GET, "/c/banzha", &odd, "").await.text;
    assert!(page.contains("<html lang=\"zh-CN\" data-mode=\"standard\"") && !page.contains("<b>"), "{page}");
    test.remove().await;
}

#[tokio::test]
async fn what_people_see_of_others_is_nothing() {
    let test = TestDb::lite(Default::default()).await;
    let site = Site::with_neighbourhood(&test, settings()).await;
    test.db
        .write("test", |conn| {
            Box::pin(async move {
                add_occurrence(conn, 50, 4, NOW_MS + 10 * 86_400_000, 4, None).await?;
                // A row for the team, with a canary in it.
                conn.execute(
                    "insert into synced_row (stream, audience, class, id, seq, starts_on, body) \
                     values ('c:banzha', 'team:0192f0c1-2a3b-7c4d-8e5f-000000000003', 'roster', $1, 1, '2026-11-24', '{\"name\":\"CANARY\"}')",
                    &[id(7).into()],
                )
                .await?;
                Ok(())
            })
        })
        .await
        .expect("rows");
    let visitor = site.visitor();
    for path in [MONTH, "/api/spaces?community=banzha", "/calendar/banzha.ics", "/c/banzha", "/", "/api/communities"] {
        let text = visitor.get(path).await.text;
        assert!(!text.contains("CANARY") && !text.contains("1990000000"), "{path}");
    }
    test.remove().await;
}
