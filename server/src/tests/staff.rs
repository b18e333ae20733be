//! What staff may read, by everybody who could ask; and that the files are safe to open.

use domain::people::Role;

use super::*;
use crate::on_both_engines;
use crate::store::seed::{SeedAccount, insert_account, insert_community};

const BOARD: &str = "/api/duties?year=2026";
const HERE: &str = "/api/duties?year=2026&community=banzha";

/// Somebody with these roles, signed in.
pub(super) async fn with_roles<'s>(test: &TestDb, site: &'s Site, n: u32, roles: &[Role]) -> Visitor<'s> {
    let phone = format!("1880000{n:04}");
    let roles = roles.to_vec();
    let number = phone.clone();
    test.db
        .write("test", move |conn| {
            let (roles, number) = (roles.clone(), number.clone());
            Box::pin(async move {
                let me = domain::people::Person {
                    id: id(n + 9_000).parse().expect("an id"),
                    relation: domain::people::Relation::Me,
                    name: "王阿姨".parse().expect("a name"),
                    born: None,
                };
                let account = SeedAccount {
                    id: id(n + 8_000).parse().expect("an id"),
                    phone: Some(&number.parse().expect("a number")),
                    name: &me.name.clone(),
                    home: &"banzha".parse().expect("a slug"),
                    roles: &roles,
                    household: &[me],
                    demo_role: None,
                };
                insert_account(conn, &account, Timestamp::from_ms(NOW_MS)).await
            })
        })
        .await
        .expect("an account");
    site.resident(&phone).await
}

/// A second community, whose English name a spreadsheet program would take for a formula.
async fn add_elsewhere(test: &TestDb) {
    test.db
        .write("test", |conn| {
            Box::pin(async move {
                let view = domain::change::CommunityView {
                    id: "lvdi".parse().expect("a slug"),
                    name: "绿地".parse().expect("a name"),
                    english_name: "=1+1".parse().expect("a name"),
                    phone: None,
                };
                insert_community(conn, &view, 2, false).await
            })
        })
        .await
        .expect("a community");
}

on_both_engines! {
    async fn each_reads_what_their_role_reaches_and_is_told_of_nothing_else(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        add_elsewhere(test).await;
        let (here, there) = ("banzha".parse().expect("a slug"), "lvdi".parse().expect("a slug"));
        let team: domain::id::TeamId = id(3).parse().expect("an id");
        let space: domain::id::SpaceId = id(6).parse().expect("an id");
        let people = [
            (site.visitor(), 401, 401),
            (with_roles(test, &site, 1, &[]).await, 404, 404),
            (with_roles(test, &site, 2, &[Role::TeamEditor(team)]).await, 404, 404),
            (with_roles(test, &site, 3, &[Role::Host(space)]).await, 404, 404),
            (with_roles(test, &site, 4, &[Role::CommunityAdmin(here)]).await, 200, 404),
            (with_roles(test, &site, 5, &[Role::CommunityAdmin(there)]).await, 404, 404),
            (with_roles(test, &site, 6, &[Role::DistrictAdmin]).await, 200, 200),
        ];
        for (n, (visitor, of_community, of_district)) in people.iter().enumerate() {
            for form in ["json", "csv"] {
                let asked = |path: &str| format!("{path}&form={form}");
                assert_eq!(visitor.get(&asked(HERE)).await.status.as_u16(), *of_community, "{n} {form}");
                assert_eq!(visitor.get(&asked(BOARD)).await.status.as_u16(), *of_district, "{n} {form}");
            }
        }
        let (district, _, _) = &people[6];
        let board = district.get(BOARD).await.json();
        assert_eq!(board["communities"].as_array().map(Vec::len), Some(2));
        assert_eq!(board["communities"][0]["cells"].as_array().map(Vec::len), Some(36));
        assert_eq!(board["communities"][0]["cells"][0]["state"], "late");
        for (query, pointer) in [("year=2019", "?year"), ("", "?year"), ("year=2026&x=1", "?x"), ("year=2026&form=xml", "?form")] {
            let answered = district.get(&format!("/api/duties?{query}")).await;
            assert_eq!(answered.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
            assert_eq!(answered.json()["fields"][0]["pointer"], pointer, "{query}");
        }
        assert_eq!(district.get("/api/duties?year=2026&community=nowhere").await.status, StatusCode::NOT_FOUND);
    }

    async fn numbers_are_the_districts_alone(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        const NUMBERS: &str = "/api/numbers?year=2026";
        let here = "banzha".parse().expect("a slug");
        let visitor = site.visitor();
        let staff = with_roles(test, &site, 4, &[Role::CommunityAdmin(here)]).await;
        let district = with_roles(test, &site, 6, &[Role::DistrictAdmin]).await;
        for (who, status) in [(&visitor, 401), (&staff, 404), (&district, 200)] {
            for form in ["json", "csv"] {
                assert_eq!(who.get(&format!("{NUMBERS}&form={form}")).await.status.as_u16(), status, "{form}");
            }
        }
        let numbers = district.get(NUMBERS).await.json();
        assert_eq!(numbers["months"].as_array().map(Vec::len), Some(12));
        assert_eq!((&numbers["all"]["held"], &numbers["teams"]), (&0.into(), &serde_json::json!([])), "nothing is over");

        // The date is over, and the team counted seven.
        site.clock.advance_ms(2 * 86_400_000);
        let close = "insert into closing (occurrence, heads, closed_at, closed_by) values ($1, 7, $2, $3)";
        let at = NOW_MS + 2 * 86_400_000;
        let by = id(8_006);
        test.execute(close, &[id(5).into(), at.into(), by.into()]).await.expect("a closed date");
        let numbers = district.get(NUMBERS).await.json();
        let figures = serde_json::json!({ "held": 1, "heads": 7, "residents": 0 });
        assert_eq!((&numbers["all"], &numbers["months"][10]["figures"]), (&figures, &figures));
        assert_eq!((&numbers["communities"][0]["figures"], &numbers["teams"][0]["figures"]), (&figures, &figures));
        let file = district.get(&format!("{NUMBERS}&form=csv")).await;
        assert_eq!(file.headers[header::CONTENT_DISPOSITION], "attachment; filename=\"figures-district-2026.csv\"");
        assert!(file.text.starts_with("\u{feff}分类,名称,社区,办成,人次,居民\r\n全部,2026,,1,7,0\r\n"), "{}", file.text);
    }

    async fn a_file_opens_in_a_spreadsheet_program_without_doing_anything(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        add_elsewhere(test).await;
        let district = with_roles(test, &site, 6, &[Role::DistrictAdmin]).await;
        let file = district.get(&format!("{BOARD}&form=csv")).await;
        assert_eq!(file.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8; header=present");
        assert_eq!(file.headers[header::CONTENT_DISPOSITION], "attachment; filename=\"duties-district-2026.csv\"");
        let lines: Vec<&str> = file.text.split("\r\n").collect();
        assert_eq!(lines.len(), 1 + 2 * 36 + 1, "a head, a row for each and the end of the last");
        assert_eq!(lines[0], "\u{feff}社区,月份,事项,情况,日期,场次,办成,有记录,人数,免办原因");
        assert_eq!(lines[37], "绿地,2026-01,道德评议,逾期,,0,0,0,0,");
        let english = district.get(&format!("{BOARD}&form=csv&language=en")).await.text;
        assert!(english.contains("\r\n\"'=1+1\",2026-01,Moral review,Late,"), "{english}");
    }
}
