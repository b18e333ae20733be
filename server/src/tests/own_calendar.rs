//! The address of somebody's own calendar: for whoever has it, and for nobody in between.

use super::*;
use crate::login::token_hash;
use crate::on_both_engines;

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A resident with an address, signed up for date 5 and waiting for date 50, with a party whose names are found if they leak.
async fn add_own(test: &TestDb, account: &str) {
    let rows = [
        (
            class::SIGN_UP,
            80,
            r#"{"occurrence":"ID","state":{"kind":"confirmed"},"party":[{"person":"ID","name":"CANARY"}]}"#,
            5,
        ),
        (
            class::BOOKING,
            81,
            r#"{"space":"ID","range":{"start":1795485600000,"end":1795489200000},"state":"requested","adults":2,"children":0,"purpose":"chat","note":"CANARY"}"#,
            6,
        ),
    ];
    for (class, n, body, about) in rows {
        let sql = "insert into synced_row (stream, audience, class, id, seq, starts_on, body)
                   values ('c:banzha', $1, $2, $3, 1, '2026-11-24', $4)";
        let values =
            [format!("account:{account}").into(), class.into(), id(n).into(), body.replace("ID", &id(about)).into()];
        test.execute(sql, &values).await.expect("a row");
    }
    let key = "insert into calendar_key (account, key_hash, command, made_at) values ($1, $2, $3, 0)";
    test.execute(key, &[account.to_owned().into(), token_hash(KEY).into(), id(70).into()]).await.expect("a key");
}

on_both_engines! {
    async fn whoever_has_the_address_reads_when_and_where_and_nothing_else(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let resident = site.resident("13800000000").await;
        let account = resident.get("/api/session").await.json()["account"].as_str().expect("an id").to_owned();
        add_own(test, &account).await;
        let visitor = site.visitor();
        let address = format!("/calendar/own/{KEY}.ics");
        let feed = visitor.get(&address).await;
        assert_eq!(feed.status, StatusCode::OK, "{}", feed.text);
        assert_eq!(feed.headers[header::CACHE_CONTROL], "private, no-cache");
        assert_eq!(feed.text.matches("BEGIN:VEVENT").count(), 2, "{}", feed.text);
        for part in ["SUMMARY:<b>淮剧</b>教唱", "STATUS:CONFIRMED", "SUMMARY:【等答复】居民客厅", "STATUS:TENTATIVE"] {
            assert!(feed.text.contains(part), "{part} {}", feed.text);
        }
        assert!(!feed.text.contains("CANARY") && !feed.text.contains("王阿姨") && !feed.text.contains(&account));
        let etag = feed.headers[header::ETAG].to_str().expect("text").to_owned();
        let again = visitor.raw(Method::GET, &address, &[("if-none-match", &etag)], "").await;
        assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
        let english = visitor.raw(Method::GET, &address, &[("accept-language", "en")], "").await;
        assert!(english.text.contains("[Not confirmed] 居民客厅"), "{}", english.text);
        test.execute("delete from calendar_key", &[]).await.expect("ended");
        for unknown in [address, format!("/calendar/own/{}.ics", "0".repeat(32)), "/calendar/own/x.ics".to_owned()] {
            let answered = visitor.get(&unknown).await;
            assert_eq!((answered.status, answered.problem().as_str()), (StatusCode::NOT_FOUND, "not-found"), "{unknown}");
        }
    }
}
