//! Signing in: the happy way, and every way around it that is known to have worked somewhere.

use super::*;
use crate::on_both_engines;
use crate::state::hex;
use sha2::{Digest, Sha256};

const PHONE: &str = "13800000001";
const JSON: (&str, &str) = ("content-type", "application/json");
const OURS: (&str, &str) = ("x-lifehub", "1");

fn ask(phone: &str) -> Json {
    serde_json::json!({ "phone": phone })
}

on_both_engines! {
    async fn a_newcomer_signs_in_by_code_and_says_a_name(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let mut visitor = site.visitor();
        let asked = visitor.post("/api/login/challenge", &ask("+86 138-0000-0001")).await;
        assert_eq!(asked.status, StatusCode::ACCEPTED);
        assert_eq!(asked.json()["resend_after_s"], 60);
        assert!(asked.json().get("demo_code").is_none(), "never outside a demonstration");
        let code = site.code_for(PHONE).await;
        assert!(!asked.text.contains(&code));
        let mut body = serde_json::json!({ "challenge": asked.json()["challenge"], "code": code });
        for _ in 0..8 {
            // Asking for the name costs no try.
            let unnamed = visitor.post("/api/login/verify", &body).await;
            assert_eq!((unnamed.status, unnamed.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "name-needed"));
        }
        body["name"] = "王阿姨".into();
        body["home"] = "nowhere".into();
        let lost = visitor.post("/api/login/verify", &body).await;
        assert_eq!(lost.json()["fields"][0]["pointer"], "/home", "{}", lost.text);
        body["home"] = "banzha".into();
        let verified = visitor.post("/api/login/verify", &body).await;
        assert_eq!((verified.status, &verified.json()["is_new"]), (StatusCode::OK, &Json::Bool(true)));
        let session = visitor.get("/api/session").await.json();
        assert_eq!(session["account"], verified.json()["account"]);
        // The same code once more is spent; a second sign-in finds the account.
        assert_eq!(visitor.post("/api/login/verify", &body).await.problem(), "code-expired");
        site.clock.advance_ms(61_000);
        site.sent.lock().expect("sent").clear();
        let again = site.resident(PHONE).await.get("/api/session").await.json();
        assert_eq!(again["account"], session["account"]);
        assert_eq!(test.number("select count(*) from account where phone = '13800000001'", &[]).await, 1);
    }

    async fn cookies_are_kept_as_hashes_and_end_with_the_session(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let mut visitor = site.resident(PHONE).await;
        let token = visitor.cookies["sid"].clone();
        let hash = hex(&Sha256::digest(token.as_bytes()));
        assert_eq!(test.number("select count(*) from session where token_hash = $1", &[hash.into()]).await, 1);
        assert_eq!(test.number("select count(*) from session where token_hash = $1", &[token.clone().into()]).await, 0);
        let out = visitor.post("/api/logout", &serde_json::json!({})).await;
        assert_eq!(out.status, StatusCode::NO_CONTENT);
        visitor.cookies.insert("sid".to_owned(), token);
        assert_eq!(visitor.get("/api/session").await.json()["account"], Json::Null);
        assert_eq!(visitor.post("/api/logout", &serde_json::json!({})).await.status, StatusCode::NO_CONTENT);
    }

    async fn signing_in_again_ends_the_session_before(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let first = site.resident(PHONE).await;
        let old = first.cookies["sid"].clone();
        site.clock.advance_ms(61_000);
        site.sent.lock().expect("sent").clear();
        let mut visitor = site.visitor();
        visitor.cookies = first.cookies.clone();
        let asked = visitor.post("/api/login/challenge", &ask(PHONE)).await.json();
        let body = serde_json::json!({ "challenge": asked["challenge"], "code": site.code_for(PHONE).await });
        assert_eq!(visitor.post("/api/login/verify", &body).await.status, StatusCode::OK);
        assert_ne!(visitor.cookies["sid"], old);
        assert_eq!(first.get("/api/session").await.json()["account"], Json::Null);
    }

    async fn a_session_ends_unused_after_30_days_and_anyhow_after_180(test) {
        const DAY_MS: i64 = 86_400_000;
        let site = Site::with_neighbourhood(test, settings()).await;
        let visitor = site.resident(PHONE).await;
        let account = async || visitor.get("/api/session").await.json()["account"].clone();
        for _ in 0..8 {
            site.clock.advance_ms(22 * DAY_MS);
            assert_ne!(account().await, Json::Null);
            // The use is noted beside the request.
            let now = site.clock.now().ms();
            let noted = async || test.number("select count(*) from session where last_seen_at = $1", &[now.into()]).await;
            while noted().await == 0 {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        }
        site.clock.advance_ms(5 * DAY_MS);
        assert_eq!(account().await, Json::Null, "181 days");
        site.sent.lock().expect("sent").clear();
        let idle = site.resident("13800000002").await;
        site.clock.advance_ms(31 * DAY_MS);
        assert_eq!(idle.get("/api/session").await.json()["account"], Json::Null);
    }

    async fn five_wrong_codes_end_a_challenge(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let mut visitor = site.visitor();
        let asked = visitor.post("/api/login/challenge", &ask(PHONE)).await.json();
        let right = site.code_for(PHONE).await;
        let wrong = if right == "000000" { "000001" } else { "000000" };
        for left in (0..5).rev() {
            let body = serde_json::json!({ "challenge": asked["challenge"], "code": wrong });
            let answered = visitor.post("/api/login/verify", &body).await;
            assert_eq!((answered.status, answered.problem().as_str()), (StatusCode::UNAUTHORIZED, "wrong-code"));
            assert_eq!(answered.json()["tries_left"], left);
        }
        let body = serde_json::json!({ "challenge": asked["challenge"], "code": right, "name": "王", "home": "banzha" });
        let answered = visitor.post("/api/login/verify", &body).await;
        assert_eq!((answered.status, answered.problem().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too-many-tries"));
        assert_eq!(answered.headers[header::RETRY_AFTER], "60");
        assert_eq!(test.number("select count(*) from session", &[]).await, 0);
    }

    async fn ten_wrong_codes_in_a_day_shut_the_browser_out_and_the_owner_only_has_fewer_tries(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let (mut visitor, mut owner) = (site.visitor(), site.visitor());
        // Asks for a code and answers it wrong; the code that would have been right.
        let guess = async |visitor: &mut Visitor<'_>, times: usize| {
            site.sent.lock().expect("sent").clear();
            let asked = visitor.post("/api/login/challenge", &ask(PHONE)).await.json();
            let right = site.code_for(PHONE).await;
            let wrong = if right == "000000" { "000001" } else { "000000" };
            for _ in 0..times {
                let body = serde_json::json!({ "challenge": asked["challenge"], "code": wrong });
                assert_eq!(visitor.post("/api/login/verify", &body).await.problem(), "wrong-code");
            }
            serde_json::json!({ "challenge": asked["challenge"], "code": right, "name": "王", "home": "banzha" })
        };
        for _ in 0..2 {
            guess(&mut visitor, 5).await;
            site.clock.advance_ms(61_000);
        }
        // Mistyped once, a code is spent; the next one is as good as ever.
        let mistyped = guess(&mut owner, 1).await;
        let spent = owner.post("/api/login/verify", &mistyped).await;
        assert_eq!((spent.problem().as_str(), &spent.headers[header::RETRY_AFTER]), ("too-many-tries", &"60".parse().expect("a number")));
        site.clock.advance_ms(61_000);
        let right = guess(&mut owner, 0).await;
        assert_eq!(owner.post("/api/login/verify", &right).await.status, StatusCode::OK);
        site.clock.advance_ms(61_000);
        let refused = visitor.post("/api/login/challenge", &ask(PHONE)).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.headers[header::RETRY_AFTER], "86400");
    }

    async fn a_code_is_good_for_five_minutes_in_one_browser(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let mut visitor = site.visitor();
        let asked = visitor.post("/api/login/challenge", &ask(PHONE)).await.json();
        let code = site.code_for(PHONE).await;
        let body = serde_json::json!({ "challenge": asked["challenge"], "code": code, "name": "王", "home": "banzha" });
        let mut thief = site.visitor();
        assert_eq!(thief.post("/api/login/verify", &body).await.problem(), "wrong-code");
        thief.cookies.insert("chal".to_owned(), "0".repeat(64));
        assert_eq!(thief.post("/api/login/verify", &body).await.problem(), "wrong-code");
        assert_eq!(test.number("select tries from login_challenge", &[]).await, 0, "others' guesses cost no try");
        site.clock.advance_ms(300_000);
        assert_eq!(visitor.post("/api/login/verify", &body).await.problem(), "code-expired");
        assert_eq!(test.number("select count(*) from session", &[]).await, 0);
    }

    async fn sixty_four_right_answers_at_once_open_one_session(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let mut visitor = site.visitor();
        let asked = visitor.post("/api/login/challenge", &ask(PHONE)).await.json();
        let code = site.code_for(PHONE).await;
        let body = serde_json::json!({ "challenge": asked["challenge"], "code": code, "name": "王", "home": "banzha" });
        let body = body.to_string();
        let sends = (0..64).map(|_| visitor.raw(Method::POST, "/api/login/verify", &[JSON, OURS], &body));
        let answers = join_all(sends).await;
        let count = |status: u16| answers.iter().filter(|answer| answer.status.as_u16() == status).count();
        assert_eq!(count(200), 1);
        assert_eq!(count(200) + count(401) + count(429), 64);
        assert_eq!(test.number("select count(*) from session", &[]).await, 1);
        assert_eq!(test.number("select count(*) from account where phone = '13800000001'", &[]).await, 1);
    }

    async fn a_number_we_know_is_answered_like_one_we_do_not(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        // Accounts 1 and 2 of the neighbourhood have the numbers 199 0000 0001 and 2.
        let shape = async |phone: &str| {
            let mut visitor = site.visitor();
            let answered = visitor.post("/api/login/challenge", &ask(phone)).await;
            let mut json = answered.json();
            json["challenge"] = Json::Null;
            let mut names: Vec<String> = answered.headers.keys().map(ToString::to_string).collect();
            names.sort();
            (answered.status, json.to_string(), answered.text.len(), names)
        };
        assert_eq!(shape("19900000001").await, shape("13800000009").await);
        let mut visitor = site.visitor();
        let known = visitor.post("/api/login/challenge", &ask("19900000001")).await;
        let unknown = visitor.post("/api/login/challenge", &ask("13800000009")).await;
        assert_eq!(known.json()["code"], unknown.json()["code"]);
        assert_eq!(known.headers[header::RETRY_AFTER], unknown.headers[header::RETRY_AFTER]);
    }

    async fn codes_are_limited_per_number_browser_network_and_in_all(test) {
        let limits = LoginLimits { per_client_hour: 8, browser_hour: 4, number_hour: 2, total_hour: 11, ..LoginLimits::DEFAULT };
        let proxy = "127.0.0.1".parse().expect("an address");
        let site = Site::with_neighbourhood(test, Settings { login: limits, trusted_proxies: vec![proxy], ..settings() }).await;
        let from = async |visitor: &Visitor<'_>, phone: u32, address: &str| {
            let headers = [JSON, OURS, ("x-forwarded-for", address)];
            visitor.raw(Method::POST, "/api/login/challenge", &headers, &ask(&format!("138000000{phone:02}")).to_string()).await
        };
        let fresh = || site.visitor();
        assert_eq!(from(&fresh(), 1, "1.2.3.4").await.status, StatusCode::ACCEPTED);
        let soon = from(&fresh(), 1, "1.2.3.4").await;
        assert_eq!(soon.problem(), "too-many-requests");
        assert_eq!(soon.headers[header::RETRY_AFTER], "60");
        assert_eq!(soon.json()["retry_after_s"], 60);
        site.clock.advance_ms(61_000);
        assert_eq!(from(&fresh(), 1, "1.2.3.4").await.status, StatusCode::ACCEPTED);
        site.clock.advance_ms(61_000);
        assert_eq!(from(&fresh(), 1, "1.2.3.4").await.headers[header::RETRY_AFTER], "3600", "two an hour to one number");
        let mut browser = fresh();
        for phone in 2..6 {
            assert_eq!(browser.post("/api/login/challenge", &ask(&format!("138000000{phone:02}"))).await.status, StatusCode::ACCEPTED);
        }
        assert_eq!(from(&browser, 6, "9.9.9.9").await.problem(), "too-many-requests", "four an hour from one browser");
        for phone in 10..13 {
            assert_eq!(from(&fresh(), phone, "1.2.3.200").await.status, StatusCode::ACCEPTED);
        }
        // A hop that no proxy of ours wrote is not believed.
        assert_eq!(from(&fresh(), 20, "8.8.8.8, 5.5.5.5").await.status, StatusCode::ACCEPTED);
        assert_eq!(from(&fresh(), 21, "5.5.5.6").await.status, StatusCode::ACCEPTED);
        assert_eq!(from(&fresh(), 22, "7.7.7.7").await.headers[header::RETRY_AFTER], "900", "eleven an hour in all");
        assert_eq!(test.number("select count(*) from login_challenge", &[]).await, 11);
    }

    async fn whoever_is_refused_costs_no_slow_hash_and_whom_there_is_no_room_for_loses_nothing(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let mut visitor = site.visitor();
        let body = async |visitor: &mut Visitor<'_>, phone: &str| {
            site.sent.lock().expect("sent").clear();
            let asked = visitor.post("/api/login/challenge", &ask(phone)).await.json();
            let code = site.code_for(phone).await;
            serde_json::json!({ "challenge": asked["challenge"], "code": code, "name": "王", "home": "banzha" })
        };
        let mut used = body(&mut visitor, "13800000002").await;
        assert_eq!(visitor.post("/api/login/verify", &used).await.status, StatusCode::OK);
        let tried = body(&mut visitor, "13800000003").await;
        let mut wrong = tried.clone();
        wrong["code"] = if tried["code"] == "000000" { "000001" } else { "000000" }.into();
        for _ in 0..5 {
            assert_eq!(visitor.post("/api/login/verify", &wrong).await.problem(), "wrong-code");
        }
        let good = body(&mut visitor, PHONE).await;
        let room = site.state.login.fill().await;

        // No limit needs a hash, nor does it write.
        let kept = "select cast(count(*) + sum(tries) as bigint) from login_challenge";
        let before = test.number(kept, &[]).await;
        for phone in [PHONE, "13800000002", "13800000003"] {
            let limited = visitor.post("/api/login/challenge", &ask(phone)).await;
            assert_eq!((limited.status.as_u16(), limited.problem().as_str()), (429, "too-many-requests"));
        }
        assert_eq!(visitor.post("/api/login/verify", &tried).await.problem(), "too-many-tries");
        assert_eq!(visitor.post("/api/login/verify", &used).await.problem(), "code-expired");
        assert_eq!(site.visitor().post("/api/login/verify", &good).await.problem(), "wrong-code");
        used["challenge"] = id(9).into();
        assert_eq!(visitor.post("/api/login/verify", &used).await.problem(), "wrong-code");
        // Whoever would be let through is turned away at once, and has neither a code less nor a try.
        for _ in 0..8 {
            let busy = [
                visitor.post("/api/login/challenge", &ask("13800000004")).await,
                visitor.post("/api/login/verify", &good).await,
            ];
            for busy in busy {
                assert_eq!((busy.status.as_u16(), busy.problem().as_str()), (503, "busy"));
                assert!(busy.headers.contains_key(header::RETRY_AFTER));
            }
        }
        assert_eq!(test.number(kept, &[]).await, before);
        drop(room);
        assert_eq!(visitor.post("/api/login/challenge", &ask("13800000004")).await.status, StatusCode::ACCEPTED);
        assert_eq!(visitor.post("/api/login/verify", &good).await.status, StatusCode::OK);
    }

    async fn a_demonstration_shows_its_code_and_lends_its_people(test) {
        let site = Site::with_neighbourhood(test, Settings { demo: true, ..settings() }).await;
        test.execute("update account set demo_role = 'resident' where id = $1", &[id(1).into()]).await.expect("a role");
        let mut visitor = site.visitor();
        let asked = visitor.post("/api/login/challenge", &ask(PHONE)).await.json();
        let code = asked["demo_code"].as_str().expect("shown").to_owned();
        let body = serde_json::json!({ "challenge": asked["challenge"], "code": code, "name": "王", "home": "banzha" });
        assert_eq!(visitor.post("/api/login/verify", &body).await.status, StatusCode::OK);
        assert!(site.sent.lock().expect("sent").is_empty(), "nothing leaves a demonstration");
        let people = visitor.get("/api/demo/people").await.json();
        assert_eq!(people[0]["role"], "resident");
        assert!(people[0].get("account").is_none() && people[0].get("phone").is_none());
        let mut other = site.visitor();
        let entered = other.post("/api/demo/login", &serde_json::json!({ "role": "resident" })).await;
        assert_eq!(entered.json()["account"], id(1));
        assert_eq!(other.get("/api/session").await.json()["account"], id(1));
        let nobody = other.post("/api/demo/login", &serde_json::json!({ "role": "king" })).await;
        assert_eq!((nobody.problem().as_str(), &nobody.json()["fields"][0]["pointer"]), ("invalid", &Json::from("/role")));
    }

    async fn cookies_are_bound_to_the_host_where_people_come_by_https(test) {
        let base = Some("https://life.example".to_owned());
        let site = Site::with_neighbourhood(test, Settings { base_url: base, hosts: vec!["life.example".to_owned()], ..settings() }).await;
        let visitor = site.visitor();
        let headers = [JSON, OURS, ("host", "life.example"), ("origin", "https://life.example")];
        let answered = visitor.raw(Method::POST, "/api/login/challenge", &headers, &ask(PHONE).to_string()).await;
        let cookie = answered.headers[header::SET_COOKIE].to_str().expect("text");
        assert!(cookie.starts_with("__Host-chal="), "{cookie}");
        for flag in ["; Path=/", "; HttpOnly", "; SameSite=Strict", "; Secure"] {
            assert!(cookie.contains(flag), "{cookie}");
        }
        assert!(answered.headers.contains_key("strict-transport-security"));
        let headers = [JSON, OURS, ("host", "life.example"), ("origin", "http://life.example")];
        let answered = visitor.raw(Method::POST, "/api/login/challenge", &headers, "{}").await;
        assert_eq!(answered.problem(), "cross-site");
        for host in ["evil.example", "life.example.evil", "127.0.0.1"] {
            let answered = visitor.raw(Method::GET, "/api/session", &[("host", host)], "").await;
            assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (421, "wrong-host"), "{host}");
        }
        assert_eq!(visitor.raw(Method::GET, "/api/session", &[("host", "LIFE.example:443")], "").await.status, StatusCode::OK);
    }
}

/// All of them at once.
async fn join_all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    use std::pin::Pin;
    use std::task::Poll;
    let mut futures: Vec<Pin<Box<F>>> = futures.map(Box::pin).collect();
    let mut outputs: Vec<Option<F::Output>> = futures.iter().map(|_| None).collect();
    std::future::poll_fn(move |cx| {
        for (future, output) in futures.iter_mut().zip(&mut outputs) {
            if output.is_none()
                && let Poll::Ready(value) = future.as_mut().poll(cx)
            {
                *output = Some(value);
            }
        }
        if outputs.iter().all(Option::is_some) {
            Poll::Ready(outputs.drain(..).flatten().collect())
        } else {
            Poll::Pending
        }
    })
    .await
}
