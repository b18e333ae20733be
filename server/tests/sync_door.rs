//! Commands are read whole: what nobody would read is refused in every kind, at every depth, and nothing comes of it.

mod neighbourhood;

use std::collections::BTreeSet;

use domain::command::{Command, Outcome};
use domain::refusal::Refusal;
use domain::sync::Answer;
use serde_json::value::to_raw_value;
use serde_json::{Value as Json, json};
use server::on_both_engines;
use server::store::testing::TestDb;

use neighbourhood::*;

const NAME: &str = "nobody_reads_this";

/// A full body of each kind, and of each form that a part of it may take.
fn bodies() -> Vec<(&'static str, Json)> {
    let id = "0192f0c1-2a3b-7c4d-8e5f-00112233aabb";
    let publish = |audience: Json, policy: Json, schedule: Json| {
        let body = json!({
            "team": id, "title": "淮剧教唱", "about": "两行\n文字", "category": "opera", "audience": audience,
            "venue": { "space": id, "place": "二楼" }, "schedule": schedule, "policy": policy
        });
        ("publish_activity", body)
    };
    let everyone = || json!({ "kind": "everyone" });
    let walk_in = || json!({ "kind": "walk_in" });
    let once = || json!({ "kind": "once", "on": "2026-11-24", "at": "14:00", "minutes": 60 });
    let weekly = json!({ "kind": "weekly", "from": "2026-11-24", "until": "2026-12-08", "at": "14:00", "minutes": 60 });
    let per_occurrence = json!({
        "kind": "per_occurrence", "capacity": 12, "opens_minutes_before": 600, "closes_minutes_before": 30, "party_max": 4
    });
    let range = json!({ "start": now().ms() + 86_400_000, "end": now().ms() + 90_000_000 });
    vec![
        ("sign_up", json!({ "occurrence": id, "people": [id] })),
        ("withdraw_sign_up", json!({ "sign_up": id, "people": [id] })),
        ("check_in", json!({ "sign_up": id })),
        publish(everyone(), walk_in(), once()),
        publish(json!({ "kind": "adults" }), per_occurrence, once()),
        publish(json!({ "kind": "seniors" }), walk_in(), once()),
        publish(json!({ "kind": "families", "from": 3, "to": 6 }), walk_in(), weekly),
        ("cancel_occurrence", json!({ "occurrence": id, "reason": "下雨" })),
        (
            "book_space",
            json!({ "space": id, "range": range, "adults": 2, "children": [id], "purpose": "chat", "note": "带茶" }),
        ),
        ("cancel_booking", json!({ "booking": id, "reason": "不来了" })),
        ("approve_booking", json!({ "booking": id })),
        ("decline_booking", json!({ "booking": id, "reason": "维修" })),
        ("check_in_booking", json!({ "booking": id })),
        ("add_person", json!({ "relation": "child", "name": "小妹", "born": "2021-05", "consent": true })),
        ("remove_person", json!({ "person": id })),
        ("update_profile", json!({ "name": "王阿姨", "home": "banzha", "born": "1960-05" })),
        ("read_notices", json!({ "notices": [id] })),
    ]
}

/// The pointers of all objects in a value, its own first.
fn objects(value: &Json) -> Vec<String> {
    let below = |(name, value): (String, &Json)| {
        objects(value).into_iter().map(move |pointer| format!("/{name}{pointer}")).collect::<Vec<_>>()
    };
    match value {
        Json::Object(members) => {
            let inner = members.iter().flat_map(|(name, value)| below((name.clone(), value)));
            std::iter::once(String::new()).chain(inner).collect()
        }
        Json::Array(items) => {
            items.iter().enumerate().flat_map(|(index, value)| below((index.to_string(), value))).collect()
        }
        _ => Vec::new(),
    }
}

async fn outcome_of(test: &TestDb, phone: &Phone, kind: &str, body: &Json) -> Outcome {
    let mut envelope = phone.envelope(&stream(), &check_in(domain::id::SignUpId::from_uuid(uuid(1))));
    envelope.kind = kind.to_owned();
    envelope.body = to_raw_value(body).expect("json");
    match phone.send(&test.db, &envelope, now()).await {
        Answer::Decided { outcome, .. } => outcome,
        other => panic!("{kind}: {other:?}"),
    }
}

on_both_engines! {
    async fn a_field_that_nobody_reads_is_refused_in_every_command_at_every_depth(test) {
        settle(&test.db).await;
        let phone = Phone::of(EDITOR);
        let known: BTreeSet<&str> = bodies().iter().map(|(kind, _)| *kind).collect();
        assert_eq!(known, Command::KINDS.iter().copied().collect(), "a body of each kind");
        for (kind, body) in bodies() {
            let before = amounts(test).await;
            for at in objects(&body) {
                for value in [json!(1), json!("x"), json!({ "kind": "x" }), json!([[]])] {
                    let mut more = body.clone();
                    more.pointer_mut(&at).expect("an object")[NAME] = value;
                    let refused = outcome_of(test, &phone, kind, &more).await;
                    let field = format!("/body{at}/{NAME}");
                    assert_eq!(refusal(&refused), &Refusal::Malformed { field }, "{kind} {more}");
                }
            }
            assert_eq!(amounts(test).await, before, "{kind}");
            let whole = outcome_of(test, &phone, kind, &body).await;
            let is_read = !matches!(&whole, Outcome::Refused { refusal: Refusal::Malformed { .. }, .. });
            assert!(is_read, "{kind} {body}: {whole:?}");
        }
    }
}
