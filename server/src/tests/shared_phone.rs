//! Somebody signs in on a phone that is not theirs: for this visit, and soon it is as if they had not been there.

use axum::http::{HeaderMap, StatusCode, header};
use serde_json::Value as Json;

use super::{Site, Visitor, id, settings};
use crate::caller::remove_ended_sessions;
use crate::on_both_engines;
use crate::store::testing::TestDb;

const MINUTE_MS: i64 = 60_000;

/// Signs in with a number; answers also with the headers.
async fn signed_in<'s>(site: &'s Site, phone: &str, shared: bool) -> (Visitor<'s>, HeaderMap) {
    let mut visitor = site.visitor();
    let asked = visitor.post("/api/login/challenge", &serde_json::json!({ "phone": phone })).await;
    let body = serde_json::json!({
        "challenge": asked.json()["challenge"],
        "code": site.code_for(phone).await,
        "name": "王阿姨",
        "home": "banzha",
        "shared": shared
    });
    let verified = visitor.post("/api/login/verify", &body).await;
    assert_eq!(verified.status, StatusCode::OK, "{}", verified.text);
    (visitor, verified.headers)
}

async fn is_in(visitor: &Visitor<'_>) -> bool {
    visitor.get("/api/session").await.json()["account"] != Json::Null
}

/// The use is noted beside the request.
async fn is_noted(test: &TestDb, site: &Site) {
    let now = site.clock.now().ms();
    while test.number("select count(*) from session where last_seen_at = $1", &[now.into()]).await == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

on_both_engines! {
    async fn its_cookie_goes_with_the_window_and_its_session_after_half_an_hour_unused(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let (own, headers) = signed_in(&site, "13800000001", false).await;
        assert!(headers[header::SET_COOKIE].to_str().expect("text").contains("; Max-Age=15552000;"));
        assert_eq!(own.get("/api/session").await.json()["shared"], false);
        let (shared, headers) = signed_in(&site, "13800000002", true).await;
        let cookie = headers[header::SET_COOKIE].to_str().expect("text");
        assert!(!cookie.contains("Max-Age") && !cookie.contains("Expires"), "{cookie}");
        assert!(cookie.contains("; HttpOnly; SameSite=Strict"), "{cookie}");
        assert_eq!(shared.get("/api/session").await.json()["shared"], true);
        for _ in 0..3 {
            site.clock.advance_ms(25 * MINUTE_MS);
            assert!(is_in(&shared).await);
            is_noted(test, &site).await;
        }
        site.clock.advance_ms(30 * MINUTE_MS);
        assert!(!is_in(&shared).await && is_in(&own).await);
        site.clock.advance_ms(MINUTE_MS);
        assert_eq!(remove_ended_sessions(&site.state, site.clock.now()).await.expect("a statement"), 1);
        assert!(is_in(&own).await);
    }

    async fn it_ends_after_half_a_day_even_if_used(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let (shared, _) = signed_in(&site, "13800000002", true).await;
        for _ in 0..35 {
            site.clock.advance_ms(20 * MINUTE_MS);
            assert!(is_in(&shared).await);
            is_noted(test, &site).await;
        }
        site.clock.advance_ms(20 * MINUTE_MS);
        assert!(!is_in(&shared).await);
    }

    async fn only_the_browser_of_ones_own_phone_remembers_that_it_had_an_outbox_and_until_one_signs_out(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        for (phone, is_shared, device) in [("13800000001", false, id(90)), ("13800000002", true, id(91))] {
            let (mut visitor, _) = signed_in(&site, phone, is_shared).await;
            let session = visitor.get("/api/session").await.json();
            assert_eq!(session["has_had_outbox"], false, "nothing was sent yet");
            let account = session["account"].as_str().expect("an account").to_owned();
            // What is refused was in an outbox as well.
            let command = serde_json::json!({
                "v": 1, "id": device, "device": device, "no": 1, "account": account,
                "stream": "c:banzha", "kind": "check_in", "kind_v": 1, "body": { "sign_up": id(99) }, "phone_ms": 0
            });
            let asked = serde_json::json!({ "proto": 1, "device": device, "commands": [command] });
            let answered = visitor.post("/api/sync", &asked).await;
            assert_eq!(answered.json()["answers"][0]["outcome"], "refused", "{}", answered.text);
            assert_eq!(answered.headers.contains_key(header::SET_COOKIE), !is_shared);
            if is_shared {
                continue;
            }
            assert_eq!(visitor.get("/api/session").await.json()["has_had_outbox"], true);
            let again = visitor.post("/api/sync", &asked).await;
            assert!(!again.headers.contains_key(header::SET_COOKIE), "it is said once");
            visitor.post("/api/logout", &serde_json::json!({})).await;
            assert!(!visitor.cookies.contains_key("outbox"), "what goes now goes on purpose");
        }
    }

    async fn signing_out_throws_away_what_the_browser_keeps_if_the_phone_asks_for_it(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        for (body, cleared) in [
            (serde_json::json!({ "clear": true }), Some("\"storage\"")),
            (serde_json::json!({ "clear": false }), None),
            (serde_json::json!({}), None),
        ] {
            site.clock.advance_ms(2 * MINUTE_MS);
            site.sent.lock().expect("sent").clear();
            let (mut shared, _) = signed_in(&site, "13800000002", true).await;
            let token = shared.cookies["sid"].clone();
            let out = shared.post("/api/logout", &body).await;
            assert_eq!(out.status, StatusCode::NO_CONTENT);
            let told = out.headers.get("clear-site-data").map(|told| told.to_str().expect("text"));
            assert_eq!(told, cleared, "{body}");
            shared.cookies.insert("sid".to_owned(), token);
            assert!(!is_in(&shared).await);
        }
        let refused = site.visitor().post("/api/logout", &serde_json::json!({ "everything": true })).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
