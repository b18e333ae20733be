//! A deploy under people's feet: pieces of a page that an earlier or a later build made, asked of a server that has
//! another one inside.

use axum::http::{HeaderMap, Method, StatusCode, header};

use super::{FILES, Site, settings};
use crate::assets::recent::keep;
use crate::assets::{Assets, Embedded};
use crate::on_both_engines;
use crate::store::testing::{TestDb, opening};
use crate::store::{Db, StoreError};

const NEXT: [Embedded; 3] = [
    Embedded { path: "assets/style.1.css", etag: "c", plain: b"p{}", br: None, gz: None },
    Embedded { path: "assets/app.2/visit.wasm", etag: "v", plain: b"\0wasm", br: Some(b"\xffbr"), gz: None },
    Embedded { path: "sw.js", etag: "t", plain: b"next worker", br: None, gz: None },
];

fn server(test: &TestDb, build: &'static str, files: &[Embedded]) -> Site {
    Site::over(test.db.clone(), settings(), Assets::of(build, files))
}

impl Site {
    /// Says that it has its build inside, as every server does at its start; how many files it stored.
    async fn keeps(&self) -> usize {
        keep(&self.state, self.clock.now()).await.expect("a build that is noted")
    }

    async fn asset(&self, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
        let answered = self.visitor().raw(Method::GET, path, &[&[("accept", "*/*")], headers].concat(), "").await;
        let mut headers = answered.headers;
        headers.remove("x-request-id");
        headers.remove(header::CONTENT_SECURITY_POLICY);
        (answered.status, headers, answered.text)
    }

    async fn has(&self, path: &str) -> bool {
        // Later than what was known of the names may still hold.
        self.clock.advance_ms(60_000);
        self.asset(path, &[]).await.0 == StatusCode::OK
    }
}

on_both_engines! {
    async fn each_of_two_servers_answers_for_the_build_of_the_other_just_as_it_would(test) {
        let (before, after) = (server(test, "one", &FILES), server(test, "two", &NEXT));
        assert_eq!((before.keeps().await, after.keeps().await), (2, 1), "what both have is stored once");
        for (path, owner, other) in
            [("/assets/app.1.js", &before, &after), ("/assets/app.2/visit.wasm", &after, &before)]
        {
            for headers in [
                &[][..],
                &[("accept-encoding", "gzip, br")],
                &[("accept-encoding", "gzip")],
                &[("accept-encoding", "br;q=0")],
                &[("if-none-match", "\"a\", \"v\"")],
                &[("if-none-match", "\"other\"")],
            ] {
                assert_eq!(other.asset(path, headers).await, owner.asset(path, headers).await, "{path} {headers:?}");
            }
        }
        let (status, headers, text) = after.asset("/assets/app.1.js", &[("accept-encoding", "br")]).await;
        assert_eq!((status, text.as_str()), (StatusCode::OK, "br"));
        assert_eq!(headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(headers[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
        assert_eq!(headers[header::ETAG], "\"a\"");
    }

    async fn only_what_was_stored_under_its_hash_is_answered(test) {
        let (before, after) = (server(test, "one", &FILES), server(test, "two", &NEXT));
        before.keeps().await;
        after.keeps().await;
        assert_eq!(after.asset("/sw.js", &[]).await.2, "next worker", "what carries no hash is the build's own");
        assert_eq!(test.number("select count(*) from build_file where path not like 'assets/%'", &[]).await, 0);
        for path in ["/assets/app.3.js", "/assets/", "/assets/../assets/app.1.js", "/assets/app.1.js/", "/assets/%61pp.1.js"] {
            let (status, headers, _) = after.asset(path, &[("accept", "text/html")]).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json", "{path}");
            assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{path}");
        }
    }

    async fn guesses_are_not_looked_up_one_by_one(test) {
        let (before, after) = (server(test, "one", &FILES), server(test, "two", &NEXT));
        assert!(!after.has("/assets/app.1.js").await);
        before.keeps().await;
        let status = async || after.asset("/assets/app.1.js", &[]).await.0;
        assert_eq!(status().await, StatusCode::NOT_FOUND, "the names were read just now");
        after.clock.advance_ms(5_000);
        assert_eq!(status().await, StatusCode::OK);
        // What was read once is read no more, also when it has gone there meanwhile.
        test.execute("delete from build_file", &[]).await.expect("a statement");
        assert_eq!(status().await, StatusCode::OK);
    }

    async fn a_build_that_lost_files_stores_them_again_and_nothing_twice(test) {
        let site = server(test, "one", &FILES);
        assert_eq!((site.keeps().await, site.keeps().await), (2, 0));
        test.execute("delete from build_file where path like '%.js' and encoding <> 'plain'", &[]).await.expect("a statement");
        assert_eq!(site.keeps().await, 1);
        test.execute("delete from build", &[]).await.expect("a statement");
        assert_eq!(site.keeps().await, 0);
        assert_eq!(test.number("select count(*) from build", &[]).await, 1);
        assert_eq!(server(test, "none", &[]).keeps().await, 0);
        assert_eq!(test.number("select count(*) from build", &[]).await, 1, "a server without the app has no build");
    }

    async fn builds_go_after_three_others_unless_a_server_still_has_them(test) {
        const fn file(path: &'static str) -> Embedded {
            Embedded { path, etag: "e", plain: b"x", br: None, gz: None }
        }
        let shared = file("assets/shared.js");
        let sites = [
            server(test, "1", &[shared, file("assets/1.js")]),
            server(test, "2", &[shared, file("assets/2.js")]),
            server(test, "3", &[shared, file("assets/3.js")]),
            server(test, "4", &[shared, file("assets/4.js")]),
            server(test, "5", &[shared, file("assets/5.js")]),
        ];
        for (hours, site) in sites.iter().enumerate() {
            site.clock.advance_ms(i64::try_from(hours).expect("few") * 3_600_000);
            site.keeps().await;
        }
        let last = &sites[4];
        // An hour apart, the first ones may still be running elsewhere; on SQLite there is no elsewhere.
        let is_shared = test.db.groups_written().is_none();
        assert!(!last.has("/assets/1.js").await);
        assert_eq!(last.has("/assets/2.js").await, is_shared);
        assert!(last.has("/assets/3.js").await && last.has("/assets/4.js").await);
        // The second is still there and says so; the third has not been heard of for long.
        last.clock.advance_ms(12 * 3_600_000);
        sites[1].clock.advance_ms(16 * 3_600_000);
        sites[1].keeps().await;
        last.keeps().await;
        assert!(sites[3].has("/assets/2.js").await && sites[0].has("/assets/shared.js").await);
        assert_eq!(test.number("select count(*) from build", &[]).await, 3);
        assert!(!sites[0].has("/assets/3.js").await);
    }

    async fn servers_that_start_together_keep_every_file(test) {
        let (one, two) = (server(test, "one", &FILES), server(test, "two", &NEXT));
        let again = server(test, "one", &FILES);
        let all = futures_of([&one, &two, &again]).await;
        assert!(all.iter().all(Result::is_ok), "{all:?}");
        assert_eq!(test.number("select count(*) from build_file", &[]).await, 6);
    }
}

async fn futures_of(sites: [&Site; 3]) -> Vec<Result<usize, StoreError>> {
    let [one, two, three] = sites.map(|site| keep(&site.state, site.clock.now()));
    let (one, two, three) = tokio::join!(one, two, three);
    vec![one, two, three]
}

#[tokio::test]
async fn a_file_that_was_opened_by_the_build_before_still_has_its_pieces() {
    let test = TestDb::lite(Default::default()).await;
    let before = server(&test, "one", &FILES);
    before.keeps().await;
    let address = test.address.clone();
    drop(before);
    test.db.close().await;
    let db = Db::open(&address, opening()).await.map_err(|error| error.to_string()).expect("the same file");
    let after = Site::over(db.clone(), settings(), Assets::of("two", &NEXT));
    assert!(after.has("/assets/app.1.js").await, "before it has noted its own");
    after.keeps().await;
    assert!(after.has("/assets/app.1.js").await);
    db.close().await;
}
