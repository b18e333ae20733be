//! What every request meets: origins, bodies, methods, headers, and who gets what at which route.

use domain::sync::EDITION_OLDEST;

use super::*;
use crate::login::token_hash;
use crate::on_both_engines;
use crate::router::{Access, ROUTES};
use crate::serve::Peer;

const JSON: (&str, &str) = ("content-type", "application/json");
const OURS: (&str, &str) = ("x-lifehub", "1");

/// The secret of somebody's calendar.
const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A path with its parameters filled: with something that is there, or with something that is not.
fn filled(path: &str, there: bool) -> String {
    let uuid = |n: u32| id(if there { n } else { 999 });
    path.replace("own/{feed}", &format!("own/{}.ics", if there { KEY } else { "f".repeat(32).leak() }))
        .replace("team/{feed}", &format!("team/{}.ics", uuid(3)))
        .replace("date/{feed}", &format!("date/{}.ics", uuid(5)))
        .replace("{community}", if there { "banzha" } else { "nowhere" })
        .replace("{feed}", if there { "banzha.ics" } else { "nowhere.ics" })
        .replace("/a/{id}", &format!("/a/{}", uuid(5)))
        .replace("{id}", &uuid(6))
}

/// The query a route needs.
fn asked(path: &str) -> &'static str {
    match path {
        "/api/occurrences" => "?community=banzha&from=2026-11-01&to=2026-11-30",
        "/api/duties" => "?community=banzha&year=2026",
        "/api/numbers" => "?year=2026",
        "/api/spaces" => "?community=banzha",
        "/api/live" => "?streams=c:banzha",
        "/api/spaces/{id}/availability" => "?from=2026-11-23&to=2026-11-24",
        _ => "",
    }
}

on_both_engines! {
    async fn every_route_answers_each_kind_of_caller_as_the_table_says(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let mut callers = vec![("anonymous".to_owned(), site.visitor())];
        let roles = [
            ("resident", String::new()),
            ("team_editor", id(3)),
            ("host", id(6)),
            ("community_admin", "banzha".to_owned()),
            ("district_admin", String::new()),
        ];
        for (n, (role, scope)) in roles.into_iter().enumerate() {
            let visitor = site.resident(&format!("1380000000{n}")).await;
            if role != "resident" {
                let account = visitor.get("/api/session").await.json()["account"].as_str().expect("an id").to_owned();
                let grant = "insert into role_grant (account, role, scope, granted_at) values ($1, $2, $3, 0)";
                test.execute(grant, &[account.into(), role.into(), scope.into()]).await.expect("a grant");
            }
            callers.push((role.to_owned(), visitor));
        }
        let key = "insert into calendar_key (account, key_hash, command, made_at) select min(id), $1, $2, 0 from account";
        test.execute(key, &[token_hash(KEY).into(), id(70).into()]).await.expect("a key");
        // Who has signed out is nobody any more.
        let (last, first): (Vec<_>, Vec<_>) = ROUTES.iter().partition(|row| row.path == "/api/logout");
        for (who, visitor) in callers {
            for row in first.iter().chain(&last) {
                let path = format!("{}{}", filled(row.path, true), asked(row.path));
                let answered = visitor.raw(row.method.clone(), &path, &[JSON, OURS], "{}").await;
                let is_staff = match row.access {
                    Access::CommunityStaff => ["community_admin", "district_admin"].contains(&who.as_str()),
                    _ => who == "district_admin",
                };
                let expected: u16 = match (row.access, row.path) {
                    (Access::CommunityStaff | Access::DistrictStaff, _) if is_staff => 200,
                    (Access::CommunityStaff | Access::DistrictStaff, _) if who == "anonymous" => 401,
                    (Access::CommunityStaff | Access::DistrictStaff, _) => 404,
                    (Access::Demo, _) => 404,
                    (Access::Operator, _) => 200,
                    (Access::Anyone, "/api/logout") => 204,
                    // The body is empty: what matters is that the door is open.
                    (Access::Anyone | Access::TeamEditors, _) if row.method == Method::POST => 422,
                    (Access::Anyone | Access::TeamEditors, _) => 200,
                };
                assert_eq!(answered.status.as_u16(), expected, "{who} {} {path}: {}", row.method, answered.text);
            }
        }
    }

    async fn what_is_not_there_is_not_found(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let visitor = site.visitor();
        for row in ROUTES.iter().filter(|row| row.path.contains('{')) {
            let path = format!("{}{}", filled(row.path, false), asked(row.path));
            assert_eq!(visitor.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
            let broken = format!("{}{}", row.path.replace("{id}", "x'y").replace("{community}", "A B").replace("{feed}", "x"), asked(row.path)).replace(' ', "%20");
            assert_eq!(visitor.get(&broken).await.status, StatusCode::NOT_FOUND, "{broken}");
        }
        for path in ["/api/nothing", "/api", "/assets/app.2.js", "/assets/index.html", "/calendar/banzha", "/index.html", "/api/me/x.css"] {
            let answered = visitor.raw(Method::GET, path, &[("accept", "*/*")], "").await;
            assert_eq!((answered.status, answered.problem().as_str()), (StatusCode::NOT_FOUND, "not-found"), "{path}");
        }
        for path in ["/assets/app.2.js", "/api/nothing"] {
            assert_eq!(visitor.get(path).await.problem(), "not-found", "never a page: {path}");
        }
        for path in ["/nothing", "/c/nowhere", "/a/x", "/../etc/passwd"] {
            let answered = visitor.get(path).await;
            assert_eq!(answered.status, StatusCode::NOT_FOUND, "{path}");
            assert!(answered.text.contains("message-page"), "{path}");
        }
        for query in ["community=nowhere&from=2026-11-01&to=2026-11-02", "community=c%3A1&from=2026-11-01&to=2026-11-02"] {
            let status = visitor.get(&format!("/api/occurrences?{query}")).await.status;
            assert!(status == StatusCode::NOT_FOUND || status == StatusCode::UNPROCESSABLE_ENTITY);
        }
    }
}

#[tokio::test]
async fn a_request_that_changes_something_comes_from_our_own_page() {
    let test = TestDb::lite(Default::default()).await;
    let site = Site::with_neighbourhood(&test, settings()).await;
    let visitor = site.visitor();
    let same = ("sec-fetch-site", "same-origin");
    let own = ("origin", "http://127.0.0.1:8080");
    let table: &[(&[(&str, &str)], u16)] = &[
        (&[JSON, OURS, same], 204),
        (&[JSON, OURS, own], 204),
        (&[JSON, OURS], 204),
        (&[JSON, OURS, same, ("origin", "https://evil.example")], 204),
        (&[JSON, OURS, ("sec-fetch-site", "cross-site")], 403),
        (&[JSON, OURS, ("sec-fetch-site", "same-site")], 403),
        (&[JSON, OURS, ("sec-fetch-site", "none")], 403),
        (&[JSON, OURS, ("sec-fetch-site", "cross-site"), own], 403),
        (&[JSON, OURS, ("origin", "http://evil.example")], 403),
        (&[JSON, OURS, ("origin", "http://127.0.0.1:8081")], 403),
        (&[JSON, OURS, ("origin", "https://127.0.0.1:8080")], 403),
        (&[JSON, OURS, ("origin", "null")], 403),
        (&[JSON, same], 403),
        (&[JSON, ("x-lifehub", "0"), same], 403),
        (&[OURS, same], 415),
        (&[("content-type", "text/plain"), OURS, same], 415),
        (&[("content-type", "application/x-www-form-urlencoded"), OURS, same], 415),
        (&[("content-type", "multipart/form-data; boundary=x"), OURS, same], 415),
        (&[("content-type", "application/json; charset=utf-8"), OURS, same], 204),
        (&[("content-type", "application/jsonp"), OURS, same], 415),
    ];
    for (headers, expected) in table {
        for row in ROUTES.iter().filter(|row| row.method == Method::POST) {
            let answered = visitor.raw(Method::POST, row.path, headers, "{}").await;
            if *expected == 204 {
                assert!(![403, 415].contains(&answered.status.as_u16()), "{} {headers:?}", row.path);
            } else {
                assert_eq!(answered.status.as_u16(), *expected, "{} {headers:?}", row.path);
                answered.problem();
            }
        }
    }
    // Other methods change nothing either.
    for row in ROUTES {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if method == row.method || ROUTES.iter().any(|other| other.path == row.path && other.method == method) {
                continue;
            }
            let answered = visitor.raw(method.clone(), &filled(row.path, true), &[JSON, OURS], "{}").await;
            assert_eq!(answered.problem(), "method-not-allowed", "{method} {}", row.path);
            assert!(answered.headers.contains_key(header::ALLOW), "{method} {}", row.path);
        }
    }
    test.remove().await;
}

#[tokio::test]
async fn a_request_is_for_one_host_and_says_so_once() {
    let test = TestDb::lite(Default::default()).await;
    let named = Settings { hosts: vec!["life.example".to_owned()], ..settings() };
    let (any, named) = (Site::with_neighbourhood(&test, settings()).await, Site::new(&test, named));
    type Header = (&'static str, &'static str);
    const OURS_TOO: Header = ("host", "life.example");
    let table: &[(&str, &[Header], u16, u16)] = &[
        ("/livez", &[OURS_TOO], 200, 200),
        ("/livez", &[("host", "LIFE.example:443")], 200, 200),
        ("http://life.example/livez", &[OURS_TOO], 200, 200),
        ("/livez", &[("host", "evil.example")], 200, 421),
        ("/livez", &[OURS_TOO, OURS_TOO], 400, 400),
        ("/livez", &[OURS_TOO, ("host", "evil.example")], 400, 400),
        ("/livez", &[("host", "evil.example"), OURS_TOO], 400, 400),
        ("/livez", &[("host", "evil@life.example")], 400, 400),
        ("/livez", &[("host", "life.example, evil.example")], 400, 400),
        ("/livez", &[("host", "life.example/")], 400, 400),
        ("/livez", &[("host", "life.example:99999")], 400, 400),
        ("/livez", &[("host", "")], 400, 400),
        ("http://evil.example/livez", &[OURS_TOO], 421, 421),
        ("http://life.example/livez", &[("host", "evil.example")], 421, 421),
        ("http://evil.example/livez", &[("host", "evil.example")], 200, 421),
        ("http://life.example:81/livez", &[OURS_TOO], 421, 421),
        ("http://evil@life.example/livez", &[OURS_TOO], 400, 400),
        ("/livez", &[OURS_TOO, ("origin", "http://life.example"), ("origin", "http://evil.example")], 400, 400),
        ("/livez", &[OURS_TOO, ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], 400, 400),
        ("/livez", &[OURS_TOO, ("authorization", "Bearer x"), ("authorization", "Bearer y")], 400, 400),
        ("/livez", &[OURS_TOO, JSON, ("content-type", "text/plain")], 400, 400),
        ("/livez", &[OURS_TOO, OURS, ("x-lifehub", "0")], 400, 400),
        ("/livez", &[OURS_TOO, ("transfer-encoding", "gzip, chunked")], 400, 400),
        ("/livez", &[OURS_TOO, ("transfer-encoding", "chunked"), ("transfer-encoding", "chunked")], 400, 400),
    ];
    for (target, headers, at_any, at_named) in table {
        for (site, expected) in [(&any, at_any), (&named, at_named)] {
            let answered = site.visitor().raw(Method::GET, target, headers, "").await;
            assert_eq!(answered.status.as_u16(), *expected, "{target} {headers:?}");
            if *expected != 200 {
                assert_eq!(
                    answered.problem(),
                    if *expected == 400 { "malformed" } else { "wrong-host" },
                    "{headers:?}"
                );
            }
        }
    }
    test.remove().await;
}

#[tokio::test]
async fn a_body_is_read_strictly() {
    let test = TestDb::lite(Default::default()).await;
    let site = Site::with_neighbourhood(&test, settings()).await;
    let visitor = site.visitor();
    let post = async |path: &str, body: &str| visitor.raw(Method::POST, path, &[JSON, OURS], body).await;
    for broken in
        ["", "{", "nul", "\u{feff}{}", "{\"phone\":\"13800000001\"} {}", "{\"phone\":\"\\ud800\"}", "<html></html>"]
    {
        let answered = post("/api/login/challenge", broken).await;
        assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (400, "malformed"), "{broken}");
    }
    let deep = "[".repeat(10_000);
    assert_eq!(post("/api/login/challenge", &deep).await.status.as_u16() / 100, 4);
    for (body, pointer, code) in [
        (r#"{"phone":"13800000001","role":"district_admin"}"#, "/role", "unknown-field"),
        (r#"{"phone":"13800000001","account":"x"}"#, "/account", "unknown-field"),
        (r#"{"phone":"13800000001","community_id":"x"}"#, "/community_id", "unknown-field"),
        (r#"{"phone":13800000001}"#, "/phone", "wrong-type"),
        (r#"{"phone":"1380000000"}"#, "/phone", "form"),
        (r#"{"phone":"13800000001","phone":"13800000002"}"#, "", "duplicate"),
        (r#"{"phone":null}"#, "/phone", "wrong-type"),
        ("{}", "", "missing"),
        ("[]", "", "invalid"),
        (r#" ["13800000001"]"#, "", "wrong-type"),
    ] {
        let answered = post("/api/login/challenge", body).await;
        assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (422, "invalid"), "{body}");
        let field = &answered.json()["fields"][0];
        assert_eq!(field["code"], code, "{body} {field}");
        if !pointer.is_empty() {
            assert_eq!(field["pointer"], pointer, "{body}");
        }
    }
    assert_eq!(test.number("select count(*) from login_challenge", &[]).await, 0);
    let large = format!(r#"{{"phone":"{}"}}"#, "1".repeat(65 * 1024));
    for row in ROUTES.iter().filter(|row| row.method == Method::POST && row.access == Access::Anyone) {
        let answered = post(row.path, &large).await;
        assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (413, "too-large"), "{}", row.path);
    }
    for (path, body, pointer) in [
        ("/api/login/verify", serde_json::json!({ "challenge": id(1), "code": "12345" }), "/code"),
        ("/api/login/verify", serde_json::json!({ "challenge": id(1), "code": "123456", "name": "a\u{0}" }), "/name"),
        ("/api/login/verify", serde_json::json!({ "challenge": id(1), "code": "123456", "home": "A B" }), "/home"),
        ("/api/login/verify", serde_json::json!({ "challenge": "x", "code": "123456" }), "/challenge"),
        ("/api/sync", serde_json::json!({ "proto": 1, "pulls": [{ "stream": "x" }] }), "/pulls/0/stream"),
        ("/api/sync", serde_json::json!({ "proto": 1, "role": "x" }), "/role"),
    ] {
        let answered = post(path, &body.to_string()).await;
        assert_eq!(answered.json()["fields"][0]["pointer"], pointer, "{}", answered.text);
    }
    test.remove().await;
}

#[tokio::test]
async fn a_query_is_read_strictly() {
    let test = TestDb::lite(Default::default()).await;
    let site = Site::with_neighbourhood(&test, Settings { demo: true, ..settings() }).await;
    let visitor = site.visitor();
    for row in ROUTES.iter().filter(|row| row.path.starts_with("/api/")) {
        let (path, known) = (filled(row.path, true), asked(row.path).trim_start_matches('?'));
        for (more, pointer, code) in [
            ("role=district_admin", "?role", "unknown-field"),
            ("x", "?x", "unknown-field"),
            ("x=1&x=2", "?x", "duplicate"),
            ("from=2026-11-23&from=2026-11-23", "?from", "duplicate"),
            ("%66rom=1&from=2", "?from", "duplicate"),
        ] {
            let path = format!("{path}?{known}&{more}");
            let answered = visitor.raw(row.method.clone(), &path, &[JSON, OURS], "{}").await;
            assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (422, "invalid"), "{path}");
            let field = &answered.json()["fields"][0];
            assert_eq!((&field["pointer"], &field["code"]), (&pointer.into(), &code.into()), "{path}");
        }
        let broken = format!("{path}?{known}&from=%ff");
        let answered = visitor.raw(row.method.clone(), &broken, &[JSON, OURS], "{}").await;
        assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (400, "malformed"), "{broken}");
        let long = format!("{path}?{}=1", "x".repeat(5000));
        let answered = visitor.raw(row.method.clone(), &long, &[JSON, OURS], "{}").await;
        assert!(answered.status == StatusCode::UNPROCESSABLE_ENTITY && answered.text.len() < 500, "{}", answered.text);
    }
    test.remove().await;
}

#[tokio::test]
async fn where_phones_are_to_do_without_a_worker_the_one_they_are_given_lets_go_of_itself() {
    let test = TestDb::lite(Default::default()).await;
    for (no_worker, said) in [(false, "worker"), (true, "registration.unregister()")] {
        let site = Site::new(&test, Settings { no_worker, ..settings() });
        let worker = site.visitor().get("/sw.js").await;
        assert_eq!((worker.status, worker.text.contains(said)), (StatusCode::OK, true), "{}", worker.text);
        assert_eq!(worker.headers[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
        assert_eq!(worker.headers[header::CACHE_CONTROL], "no-cache", "it is looked for each time");
        assert_eq!(site.visitor().get("/assets/app.1.js").await.text, "plain");
    }
    test.remove().await;
}

#[tokio::test]
async fn a_sync_has_limits_and_a_version() {
    let test = TestDb::lite(Default::default()).await;
    let site = Site::with_neighbourhood(&test, settings()).await;
    let mut visitor = site.visitor();
    for (proto, status, code) in [(0, 426, "client-too-old"), (2, 503, "busy"), (65_535, 503, "busy")] {
        let answered = visitor.post("/api/sync", &serde_json::json!({ "proto": proto, "anything": [] })).await;
        assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (status, code));
    }
    let answered = visitor.post("/api/sync", &serde_json::json!({ "proto": 1 })).await;
    assert_eq!(answered.json()["oldest"], EDITION_OLDEST, "which phones go on is always said");
    let commands: Vec<u8> = vec![1; 21];
    let answered = visitor.post("/api/sync", &serde_json::json!({ "proto": 1, "commands": commands })).await;
    assert_eq!(answered.status, StatusCode::PAYLOAD_TOO_LARGE);
    let answered =
        visitor.post("/api/sync", &serde_json::json!({ "proto": 1, "commands": ["x".repeat(17 * 1024)] })).await;
    assert_eq!(answered.status, StatusCode::PAYLOAD_TOO_LARGE);
    let pulls: Vec<Json> = (0..17).map(|_| serde_json::json!({ "stream": "c:banzha" })).collect();
    let answered = visitor.post("/api/sync", &serde_json::json!({ "proto": 1, "pulls": pulls })).await;
    assert_eq!(answered.status, StatusCode::PAYLOAD_TOO_LARGE);
    let twice: Vec<Json> = (0..2).map(|_| serde_json::json!({ "stream": "c:banzha" })).collect();
    let answered = visitor.post("/api/sync", &serde_json::json!({ "proto": 1, "pulls": twice })).await;
    assert_eq!(answered.status, StatusCode::BAD_REQUEST, "{}", answered.text);
    // An envelope of a later version may hold anything, and turns nobody away.
    let later = serde_json::json!({ "v": 2, "id": id(7), "mood": "good" });
    let answered = visitor.post("/api/sync", &serde_json::json!({ "proto": 1, "commands": [later] })).await;
    assert_eq!(
        answered.json()["answers"][0],
        serde_json::json!({ "id": id(7), "not_now": "retry_after", "ms": 60_000 })
    );
    let none = serde_json::json!({ "v": 0, "id": id(7) });
    let answered = visitor.post("/api/sync", &serde_json::json!({ "proto": 1, "commands": [none] })).await;
    assert_eq!(answered.json()["fields"][0]["pointer"], "/commands/0/v", "{}", answered.text);
    let broken = serde_json::json!({ "v": 1, "id": id(7), "mood": "good" });
    let answered = visitor.post("/api/sync", &serde_json::json!({ "proto": 1, "commands": [broken] })).await;
    assert_eq!(answered.json()["fields"][0]["pointer"], "/commands/0/mood", "{}", answered.text);
    let answered = visitor.post("/api/sync", &serde_json::json!({ "proto": 1, "device": id(1) })).await;
    assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (401, "needs-sign-in"));
    let answered = visitor.post("/api/sync", &serde_json::json!({ "proto": 1 })).await;
    assert_eq!((answered.status, &answered.json()["proto"]), (StatusCode::OK, &Json::from(1)));
    test.remove().await;
}

#[tokio::test]
async fn every_answer_carries_the_headers_of_the_house() {
    let test = TestDb::lite(Default::default()).await;
    let site = Site::with_neighbourhood(&test, settings()).await;
    let visitor = site.visitor();
    for path in [
        "/",
        "/c/banzha",
        "/nothing",
        "/api/session",
        "/api/nothing",
        "/assets/app.1.js",
        "/sw.js",
        "/livez",
        "/calendar/banzha.ics",
    ] {
        let answered = visitor.get(path).await;
        let policy = answered.headers["content-security-policy"].to_str().expect("text");
        // The hash of `p{}`, the style of the build.
        let style = "style-src 'self' 'sha256-gG2yISYereRMiG2lMXrbiUgi0Ubw9p7QCeWcroOvy9Y=';";
        assert!(policy.contains(style) && policy.contains("script-src 'self' 'wasm-unsafe-eval';"), "{policy}");
        assert!(!policy.contains("unsafe-inline") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answered.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(answered.headers["referrer-policy"], "no-referrer", "{path}");
        assert_eq!(answered.headers["cross-origin-opener-policy"], "same-origin", "{path}");
        assert!(!answered.headers.contains_key("strict-transport-security"), "not on plain http: {path}");
        assert!(!answered.headers.contains_key("access-control-allow-origin"), "{path}");
        assert_eq!(
            path.starts_with("/api/"),
            answered.headers.get(header::CACHE_CONTROL).is_some_and(|v| v == "no-store") && path != "/livez",
            "{path}"
        );
    }
    let caching =
        async |path: &str| visitor.get(path).await.headers[header::CACHE_CONTROL].to_str().expect("text").to_owned();
    assert_eq!(caching("/assets/app.1.js").await, "public, max-age=31536000, immutable");
    assert_eq!(caching("/sw.js").await, "no-cache");
    assert_eq!(caching("/").await, "no-cache");
    let head = visitor.raw(Method::HEAD, "/api/nothing", &[], "").await;
    assert_eq!((head.status, head.text.as_str()), (StatusCode::NOT_FOUND, ""));
    test.remove().await;
}

#[tokio::test]
async fn the_figures_are_for_the_operator() {
    let test = TestDb::lite(Default::default()).await;
    let settings = Settings { metrics_token: Some(Secret::new("metrics-token")), ..settings() };
    let site = Site::with_neighbourhood(&test, settings).await;
    let visitor = site.visitor();
    visitor.get("/api/communities").await;
    let get = async |peer: &str, headers: &[(&str, &str)]| {
        let mut request = Request::get("/metrics");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).expect("a request");
        request.extensions_mut().insert(Peer(peer.parse().expect("an address")));
        visitor.send(request).await.0
    };
    let text = get("127.0.0.1:9", &[]).await.text;
    assert!(
        text.contains("lifehub_requests_total{route=\"/api/communities\",method=\"GET\",status=\"200\"} 1"),
        "{text}"
    );
    assert!(text.contains("lifehub_writer_queue 0"));
    assert_eq!(get("127.0.0.1:9", &[("x-forwarded-for", "1.2.3.4")]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(get("1.2.3.4:9", &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(get("1.2.3.4:9", &[("authorization", "Bearer wrong")]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(get("1.2.3.4:9", &[("authorization", "Bearer metrics-token")]).await.status, StatusCode::OK);
    assert_eq!(visitor.get("/readyz").await.json()["status"], "ready");
    test.remove().await;
}
