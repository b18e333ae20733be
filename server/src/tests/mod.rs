//! The server through its real router, by typed callers: what a browser would send, and what an attacker would.

mod builds;
mod http;
mod live;
mod login;
mod own_calendar;
mod public;
mod series;
mod shared_phone;
mod sockets;
mod staff;

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use bytes::Bytes;
use domain::activity::{Audience, Category, SignUpPolicy, Venue};
use domain::change::{ActivityRow, Audience as RowAudience, OccurrenceRow, SpaceRow, TeamRow, class};
use domain::sign_up::Seats;
use domain::space::{Answer, Mode, Opening, OpeningHours, SpaceKind, SpacePolicy};
use domain::sync::Start;
use domain::text::Phone;
use domain::time::{TimeRange, Timestamp};
use http_body_util::BodyExt;
use serde::Serialize;
use serde_json::Value as Json;
use tower::ServiceExt;

use crate::assets::{Assets, Embedded};
use crate::config::{ConnectionLimits, LoginLimits, Secret, Settings};
use crate::live::Hub;
use crate::login::LoginGate;
use crate::login::sender::{Sender, Sent};
use crate::reads::cache::Caches;
use crate::router::router;
use crate::state::{AppState, Clock, Entropy, FixedClock, Shared};
use crate::store::testing::{NOW_MS, TestDb, TestSpace, add_neighbourhood, add_space, id};
use crate::store::{Conn, Db, StoreError};
use crate::telemetry::Telemetry;

const PAGE: &str = "<!doctype html><html lang=\"zh-CN\"><head><title></title>\
                    <link rel=\"stylesheet\" href=\"/assets/style.1.css\"></head>\
                    <body><!--lifehub:first-paint--><!--lifehub:start--></body></html>";
const FILES: [Embedded; 4] = [
    Embedded { path: "assets/style.1.css", etag: "c", plain: b"p{}", br: None, gz: None },
    Embedded { path: "index.html", etag: "i", plain: PAGE.as_bytes(), br: None, gz: None },
    Embedded { path: "assets/app.1.js", etag: "a", plain: b"plain", br: Some(b"br"), gz: Some(b"gz") },
    Embedded { path: "sw.js", etag: "s", plain: b"worker", br: None, gz: None },
];

/// A server over a test's database.
struct Site {
    router: Router,
    state: AppState,
    clock: FixedClock,
    sent: Sent,
}

fn settings() -> Settings {
    Settings {
        demo: false,
        no_worker: false,
        base_url: None,
        hosts: Vec::new(),
        trusted_proxies: Vec::new(),
        pepper: Secret::new("0123456789abcdef"),
        metrics_token: None,
        limits: ConnectionLimits::DEFAULT,
        login: LoginLimits::DEFAULT,
    }
}

impl Site {
    fn new(test: &TestDb, settings: Settings) -> Self {
        Self::over(test.db.clone(), settings, Assets::of("one", &FILES))
    }

    fn over(db: Db, settings: Settings, assets: Assets) -> Self {
        let clock = FixedClock::at(Timestamp::from_ms(NOW_MS));
        let (sender, sent) = Sender::kept();
        let state = AppState::new(Shared {
            db,
            clock: Clock::Fixed(clock.clone()),
            entropy: Entropy,
            settings,
            login: LoginGate::new(sender),
            live: Hub::default(),
            caches: Caches::default(),
            assets,
            telemetry: Telemetry::new(false),
        });
        Self { router: router(state.clone()), state, clock, sent }
    }

    /// Over a small neighbourhood with what everybody may read.
    async fn with_neighbourhood(test: &TestDb, settings: Settings) -> Self {
        test.db
            .write("test", |conn| {
                Box::pin(async move {
                    add_neighbourhood(conn, Some(12)).await?;
                    let space = TestSpace { id: 6, atoms: &[7], shared: None, buffers: (0, 0) };
                    add_space(conn, space).await?;
                    add_rows(conn).await
                })
            })
            .await
            .expect("a neighbourhood");
        Self::new(test, settings)
    }

    fn visitor(&self) -> Visitor<'_> {
        Visitor { site: self, cookies: BTreeMap::new() }
    }

    /// The code last sent to a number.
    async fn code_for(&self, phone: &str) -> String {
        let phone: Phone = phone.parse().expect("a number");
        for _ in 0..200 {
            if let Some((_, code)) = self.sent.lock().expect("sent").iter().rev().find(|(to, _)| *to == phone) {
                return code.clone();
            }
            // Codes leave beside the answer.
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("no code was sent")
    }

    /// Somebody who has signed in by the number.
    async fn resident(&self, phone: &str) -> Visitor<'_> {
        let mut visitor = self.visitor();
        let asked = visitor.post("/api/login/challenge", &serde_json::json!({ "phone": phone })).await;
        assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.text);
        let body = serde_json::json!({
            "challenge": asked.json()["challenge"],
            "code": self.code_for(phone).await,
            "name": "王阿姨",
            "home": "banzha"
        });
        let verified = visitor.post("/api/login/verify", &body).await;
        assert_eq!(verified.status, StatusCode::OK, "{}", verified.text);
        visitor
    }
}

/// Public rows of the neighbourhood, as operations write them: team 3, activity 4, date 5 (seats 3 of 12), space 6.
async fn add_rows(conn: &mut Conn<'_>) -> Result<(), StoreError> {
    let start = Timestamp::from_ms(NOW_MS + 86_400_000);
    let range = TimeRange::new(start, start.plus_minutes(90)).expect("a range");
    let on = Some(start.date().to_string());
    let day = vec![Opening::new(9 * 60, 21 * 60).expect("hours")];
    let team =
        TeamRow { name: "淮剧队".parse().expect("a name"), category: Category::Opera, about: None, phone: None };
    let activity = ActivityRow {
        team: id(3).parse().expect("an id"),
        title: "<b>淮剧</b>教唱".parse().expect("a title"),
        series: None,
        about: None,
        category: Category::Opera,
        audience: Audience::Everyone,
        venue: Venue { space: None, place: "二楼".parse().expect("a place") },
        policy: SignUpPolicy::PerOccurrence {
            capacity: Some(12),
            opens_minutes_before: None,
            closes_minutes_before: 0,
            party_max: 4,
            draws_minutes_before: None,
        },
    };
    let occurrence =
        OccurrenceRow { activity: id(4).parse().expect("an id"), range, cancelled: None, sequence: 0, by_hand: None };
    let seats = Seats { capacity: Some(12), taken: 3, ..Seats::default() };
    let space = SpaceRow {
        name: "居民客厅".parse().expect("a name"),
        kind: SpaceKind::LivingRoom,
        address: "3号楼".parse().expect("a place"),
        access: None,
        about: None,
        phone: None,
        hosts: vec!["沈阿姨".parse().expect("a name")],
        policy: SpacePolicy {
            mode: Mode::Exclusive { heads: 20 },
            grid_minutes: 60,
            min_minutes: 60,
            max_minutes: 180,
            setup_minutes: 0,
            teardown_minutes: 0,
            notice_minutes: 0,
            horizon_days: 30,
            answer: Answer::Instant,
            family: None,
            open_bookings_max: 2,
            check_in_required: true,
        },
        hours: OpeningHours(std::array::from_fn(|_| day.clone())),
        closures: vec![],
    };
    put(conn, class::TEAM, 3, None, &team).await?;
    put(conn, class::ACTIVITY, 4, None, &activity).await?;
    put(conn, class::OCCURRENCE, 5, on.clone(), &occurrence).await?;
    put(conn, class::SEATS, 5, on, &seats).await?;
    put(conn, class::SPACE, 6, None, &space).await
}

async fn put(
    conn: &mut Conn<'_>,
    class: &str,
    n: u32,
    starts_on: Option<String>,
    body: &(impl Serialize + Sync),
) -> Result<(), StoreError> {
    let body = serde_json::to_string(body).expect("json");
    conn.execute("update stream set head = head + 1 where id = 'c:banzha'", &[]).await?;
    conn.execute(
        "insert into synced_row (stream, audience, class, id, seq, starts_on, body) \
         values ('c:banzha', $1, $2, $3, (select head from stream where id = 'c:banzha'), $4, $5) \
         on conflict (stream, audience, class, id) do update set seq = excluded.seq, body = excluded.body",
        &[RowAudience::Public.into(), class.into(), id(n).into(), starts_on.into(), body.into()],
    )
    .await?;
    Ok(())
}

/// An answer.
struct Answered {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answered {
    fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The code of a problem, after checking its shape.
    fn problem(&self) -> String {
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json", "{}", self.text);
        let problem = self.json();
        let code = problem["code"].as_str().expect("a code").to_owned();
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(problem["type"], format!("/problems/{code}"));
        assert_eq!(problem["request_id"].as_str().expect("an id"), self.headers["x-request-id"]);
        code
    }
}

/// A browser, or what pretends to be one.
struct Visitor<'s> {
    site: &'s Site,
    cookies: BTreeMap<String, String>,
}

impl Visitor<'_> {
    async fn get(&self, path: &str) -> Answered {
        self.send(Request::get(path).header(header::ACCEPT, "text/html, */*").body(Body::empty()).expect("a request"))
            .await
            .0
    }

    async fn post(&mut self, path: &str, body: &Json) -> Answered {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-lifehub", "1")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body.to_string()))
            .expect("a request");
        let (answered, cookies) = self.send(request).await;
        self.cookies.extend(cookies);
        self.cookies.retain(|_, value| !value.is_empty());
        answered
    }

    /// Sends a request with the cookies held; answers also with those to set.
    async fn send(&self, mut request: Request<Body>) -> (Answered, Vec<(String, String)>) {
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().expect("cookies"));
        }
        if !request.headers().contains_key(header::HOST) {
            request.headers_mut().insert(header::HOST, "127.0.0.1:8080".parse().expect("a host"));
        }
        let response = self.site.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        // What goes on until somebody leaves is left after its beginning.
        let is_live = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
        let bytes = if is_live { Bytes::new() } else { body.collect().await.expect("a body").to_bytes() };
        let set = parts.headers.get_all(header::SET_COOKIE).iter().map(|value| {
            let pair = value.to_str().expect("text").split(';').next().expect("a pair");
            let (name, value) = pair.split_once('=').expect("a pair");
            (name.to_owned(), value.to_owned())
        });
        let cookies = set.collect();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        (Answered { status: parts.status, headers: parts.headers, text }, cookies)
    }

    /// A request built by hand, as whoever this is.
    async fn raw(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answered {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_owned())).expect("a request")).await.0
    }
}
