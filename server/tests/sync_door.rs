//! The door: commands are read whole or refused, at every depth, and what is not decided leaves no trace.

mod neighbourhood;

use std::collections::BTreeSet;

use domain::command::{AddPerson, Command, Envelope, Outcome};
use domain::id::{SignUpId, StreamId};
use domain::people::{Actor, Relation};
use domain::refusal::Refusal;
use domain::sync::{Answer, NotNow};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value as Json, json};
use server::on_both_engines;
use server::store::testing::TestDb;
use server::sync::Incoming;

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
        ("sign_up_neighbour", json!({ "occurrence": id, "name": "顾大爷", "phone": "13812345678", "consent": true })),
        ("withdraw_neighbour", json!({ "sign_up": id })),
        ("withdraw_sign_up", json!({ "sign_up": id, "people": [id] })),
        ("accept_offer", json!({ "sign_up": id })),
        ("decline_offer", json!({ "sign_up": id })),
        ("change_capacity", json!({ "occurrence": id, "capacity": 8, "reason": "换了小教室" })),
        ("check_in", json!({ "sign_up": id, "at": now().ms(), "way": "code" })),
        (
            "add_walk_in",
            json!({ "occurrence": id, "name": "卫师傅", "heads": 2, "reason": "加了座位", "at": now().ms() }),
        ),
        ("remove_walk_in", json!({ "occurrence": id, "walk_in": id })),
        publish(everyone(), walk_in(), once()),
        publish(json!({ "kind": "adults" }), per_occurrence, once()),
        publish(json!({ "kind": "seniors" }), walk_in(), once()),
        publish(json!({ "kind": "families", "from": 3, "to": 6 }), walk_in(), weekly),
        publish(
            everyone(),
            walk_in(),
            json!({ "kind": "series", "on": "2026-12-02", "at": "09:30", "minutes": 90, "rule": "FREQ=WEEKLY;COUNT=3" }),
        ),
        (
            "move_occurrence",
            json!({ "occurrence": id, "sequence": 1, "range": range, "venue": { "space": id, "place": "二楼" } }),
        ),
        ("reinstate_occurrence", json!({ "occurrence": id, "venue": { "space": id, "place": "二楼" } })),
        (
            "edit_series",
            json!({ "edit": {
                "activity": id, "from": id, "title": "教唱", "about": "从头", "audience": { "kind": "families", "from": 3, "to": 6 },
                "venue": { "space": id, "place": "二楼" }, "capacity": 20, "at": "09:30", "minutes": 90,
                "rule": "FREQ=WEEKLY", "leftover": "call_off", "reason": "换了地方"
            }, "plan": "0123456789abcdef" }),
        ),
        ("pause_series", json!({ "activity": id })),
        ("resume_series", json!({ "activity": id })),
        ("cancel_occurrence", json!({ "occurrence": id, "reason": "下雨" })),
        ("close_occurrence", json!({ "occurrence": id, "heads": 23, "note": "议定" })),
        ("undo_check_in", json!({ "sign_up": id, "checked_in_at": now().ms(), "of": [id] })),
        ("exempt_duty", json!({ "duty": "council", "month": "2026-11", "reason": "换届" })),
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
        ("renew_calendar", json!({ "key": "0123456789abcdef0123456789abcdef" })),
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
    let mut envelope = phone.envelope(&stream(), &check_in(SignUpId::from_uuid(uuid(1))));
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

    async fn what_cannot_be_read_is_told_apart_from_what_is_not_known_yet(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(3), None)).await;
        let phone = Phone::of(1);
        let before = amounts(test).await;
        let body = |text: &str| RawValue::from_string(text.to_owned()).expect("json");
        for (kind, text, field) in [
            ("sign_up", r#"{"occurrence":"7","people":[]}"#, "/body/occurrence"),
            ("sign_up", r#"{"occurrence":"0192f0c1-2a3b-7c4d-8e5f-00112233aabb","people":["x"]}"#, "/body/people/0"),
            ("read_notices", "[1]", "/body/notices/0"),
            ("update_profile", r#"{"name":" ","home":"banzha"}"#, "/body/name"),
        ] {
            let mut envelope = phone.envelope(&stream(), &sign_up(occurrence, &[person(1, 0)]));
            envelope.kind = kind.to_owned();
            envelope.body = body(text);
            let first = phone.send(db, &envelope, now()).await;
            let Answer::Decided { outcome, .. } = &first else { panic!("{first:?}") };
            if text.starts_with('{') {
                assert_eq!(refusal(outcome), &Refusal::Malformed { field: field.to_owned() });
            } else {
                assert!(matches!(refusal(outcome), Refusal::Malformed { .. }));
            }
            assert_eq!(phone.send(db, &envelope, now()).await, first, "for ever");
        }
        let stored = test.number("select count(*) from processed_command", &[]).await;
        let known = phone.envelope(&stream(), &sign_up(occurrence, &[person(1, 0)]));
        let mut unknown_kind = known.clone();
        unknown_kind.kind = "fly".to_owned();
        let mut unknown_version = known.clone();
        unknown_version.kind_v = 2;
        let mut unknown_envelope = known.clone();
        unknown_envelope.v = 2;
        for envelope in [unknown_kind, unknown_version, unknown_envelope] {
            let answer = phone.send(db, &envelope, now()).await;
            assert_eq!(not_now(answer), NotNow::RetryAfter { ms: 60_000 });
        }
        assert_eq!(test.number("select count(*) from processed_command", &[]).await, stored);
        assert_eq!(amounts(test).await, before);
        assert!(matches!(phone.send(db, &known, now()).await, Answer::Decided { .. }), "its number is still free");
    }

    async fn whoever_is_not_signed_in_or_somebody_else_leaves_no_trace(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(3), None)).await;
        let phone = Phone::of(1);
        let devices = test.number("select count(*) from device", &[]).await;
        let before = amounts(test).await;
        let envelope = phone.envelope(&stream(), &sign_up(occurrence, &[person(1, 0)]));
        let answer = send_as(db, &Actor::Anonymous, &envelope, now()).await.expect("an answer");
        assert_eq!(not_now(answer), NotNow::NeedsSignIn);
        let other = Phone::of(2).actor(db).await;
        assert_eq!(not_now(send_as(db, &other, &envelope, now()).await.expect("an answer")), NotNow::WrongAccount);
        assert_eq!(test.number("select count(*) from device", &[]).await, devices);
        assert!(matches!(phone.send(db, &envelope, now()).await, Answer::Decided { .. }));
        // A profile that was copied to another person: the device stays its first one's.
        let mut copied = Phone::of(2).envelope(&stream(), &sign_up(occurrence, &[person(2, 0)]));
        copied.device = phone.device;
        copied.no = 2;
        assert_eq!(not_now(send_as(db, &other, &copied, now()).await.expect("an answer")), NotNow::WrongAccount);
        test.execute("update device set revoked_at = 1 where id = $1", &[phone.device.into()]).await.expect("an end");
        let next = phone.envelope(&stream(), &sign_up(occurrence, &[person(1, 0)]));
        assert_eq!(not_now(phone.send(db, &next, now()).await), NotNow::WrongAccount);
        assert_ne!(amounts(test).await, before);
        assert_eq!(test.number("select count(*) from sign_up", &[]).await, 1);
        assert_eq!(test.number("select count(*) from processed_command where stream = 'c:banzha'", &[]).await, 2);
    }

    async fn an_id_that_something_has_already_is_refused_however_long_ago_it_was_given(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(3), None)).await;
        let own = |n| StreamId::Account(account(n));
        let adult = || Command::AddPerson(AddPerson {
            relation: Relation::Adult, name: "阿姨".parse().expect("a name"), born: None, consent: false,
        });
        let publication = || Command::PublishActivity(activity(None, None));
        let asked = [
            (EDITOR, stream(), publication(), EDITOR, stream(), publication()),
            (1, own(1), adult(), 2, own(2), adult()),
            (1, stream(), sign_up(occurrence, &[person(1, 0)]), 2, stream(), sign_up(occurrence, &[person(2, 0)])),
            (
                1, stream(), book(living_room(), time(1, hm(9, 0), 60), 2, &[]),
                2, stream(), book(living_room(), time(2, hm(9, 0), 60), 2, &[]),
            ),
        ];
        for (n, at, command, other, there, same) in asked {
            let (id, outcome) = Phone::of(n).ask_in(db, &at, command, now()).await;
            accepted(&outcome);
            // Nobody remembers the command, but what it made is there.
            test.execute("delete from processed_command where id = $1", &[id.into()]).await.expect("pruned");
            let before = amounts(test).await;
            let phone = Phone::of(other);
            let envelope = Envelope { id, ..phone.envelope(&there, &same) };
            let incoming = vec![Incoming::of(envelope)];
            let reply = server::sync::sync(db, &phone.actor(db).await, vec![], incoming, vec![], now()).await.expect("a reply");
            let [Answer::Decided { outcome, .. }] = reply.answers.as_slice() else { panic!("{:?}", reply.answers) };
            assert_eq!(refusal(outcome), &Refusal::Malformed { field: "/id".to_owned() }, "{same:?}");
            assert_eq!(amounts(test).await, before, "{same:?}");
        }
    }

    async fn what_is_not_decided_leaves_nothing_at_all(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(3), None)).await;
        let phone = Phone::of(1);
        let actor = phone.actor(db).await;
        let kept = async || {
            let mut kept = amounts(test).await;
            for (table, sql) in [
                ("device", "select count(*) from device"),
                ("processed_command", "select count(*) from processed_command"),
            ] {
                kept.insert(table, test.number(sql, &[]).await);
            }
            kept
        };
        let before = kept().await;
        let first = phone.envelope(&stream(), &sign_up(occurrence, &[person(1, 0)]));
        let second = phone.envelope(&stream(), &sign_up(occurrence, &[person(1, 0)]));
        for (envelope, expected) in [
            (second.clone(), NotNow::Gap { expected: 1 }),
            (Envelope { no: u64::MAX >> 1, ..first.clone() }, NotNow::Gap { expected: 1 }),
            (Envelope { account: account(2), ..first.clone() }, NotNow::WrongAccount),
            (Envelope { kind: "fly".to_owned(), ..first.clone() }, NotNow::RetryAfter { ms: 60_000 }),
            (Envelope { kind_v: 2, ..first.clone() }, NotNow::RetryAfter { ms: 60_000 }),
            (Envelope { v: 2, ..first.clone() }, NotNow::RetryAfter { ms: 60_000 }),
        ] {
            let answer = send_as(db, &actor, &envelope, now()).await.expect("an answer");
            assert_eq!((not_now(answer), kept().await), (expected, before.clone()), "{envelope:?}");
        }
        let none = Envelope { no: 0, ..first.clone() };
        let Answer::Decided { outcome, .. } = phone.send(db, &none, now()).await else { panic!("decided") };
        assert_eq!((outcome, kept().await), (Outcome::Expired, before), "no number at all");
        for envelope in [first, second] {
            assert!(matches!(phone.send(db, &envelope, now()).await, Answer::Decided { .. }));
        }
        let last = test.number("select last_no from device where id = $1", &[phone.device.into()]).await;
        assert_eq!(last, 2);
    }
}
