//! Looking at what an edit of a series would do: it names people, so only its team sees it.

use domain::people::Role;
use serde_json::json;

use super::staff::with_roles;
use super::*;
use crate::on_both_engines;

const JSON: (&str, &str) = ("content-type", "application/json");
const OURS: (&str, &str) = ("x-lifehub", "1");
const PLAN: &str = "/api/series/plan";

on_both_engines! {
    async fn only_its_team_sees_what_an_edit_would_do(test) {
        let site = Site::with_neighbourhood(test, settings()).await;
        let schedule = r#"{"kind":"series","on":"2026-11-24","at":"14:00","minutes":60,"rule":"FREQ=WEEKLY"}"#;
        let terms = "update activity set schedule = $1, audience = '{\"kind\":\"everyone\"}', venue = '{\"place\":\"广场\"}',
            policy = '{\"kind\":\"per_occurrence\",\"capacity\":12,\"party_max\":4}' where id = $2";
        test.execute(terms, &[schedule.into(), id(4).into()]).await.expect("a rule");
        let until = domain::series::horizon(Timestamp::from_ms(NOW_MS));
        test.execute("insert into series (activity, made_until) values ($1, $2)", &[id(4).into(), until.into()]).await.expect("a series");
        let edit = |activity: &str, minutes: u16| json!({
            "activity": activity, "title": "改过", "audience": { "kind": "everyone" }, "venue": { "place": "广场" },
            "capacity": 12, "at": "15:00", "minutes": minutes, "rule": "FREQ=WEEKLY", "leftover": "keep"
        }).to_string();
        let team: domain::id::TeamId = id(3).parse().expect("an id");
        let editor = with_roles(test, &site, 2, &[Role::TeamEditor(team)]).await;
        let resident = with_roles(test, &site, 1, &[]).await;
        for (who, status) in [(&site.visitor(), 401), (&resident, 404), (&editor, 200)] {
            let answered = who.raw(Method::POST, PLAN, &[JSON, OURS], &edit(&id(4), 60)).await;
            assert_eq!(answered.status.as_u16(), status, "{}", answered.text);
        }
        let found = editor.raw(Method::POST, PLAN, &[JSON, OURS], &edit(&id(4), 60)).await.json();
        assert_eq!((&found["outcome"], &found["plan"]["is_said_otherwise"]), (&"planned".into(), &true.into()));
        let refused = editor.raw(Method::POST, PLAN, &[JSON, OURS], &edit(&id(4), 5)).await.json();
        assert_eq!(refused, json!({ "outcome": "refused", "refusal": { "code": "bad-length" } }));
        let nothing = editor.raw(Method::POST, PLAN, &[JSON, OURS], &edit(&id(99), 60)).await;
        assert_eq!(nothing.status.as_u16(), 404);
        assert_eq!(test.number("select count(*) from activity", &[]).await, 1, "it was only looked at");
    }
}
