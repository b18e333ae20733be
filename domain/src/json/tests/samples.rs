//! One sample of everything that travels or rests as JSON, and all that can be done to it in one place: read with both
//! readers, with the same result.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::written;
use crate::activity::{Audience, Schedule, SignUpPolicy};
use crate::change::*;
use crate::command::*;
use crate::editing::DryRun;
use crate::id::{CommandId, CommunityId};
use crate::json::read;
use crate::people::{Person, Role};
use crate::refusal::{Alternative, Eligibility, Refusal};
use crate::sign_up::Seats;
use crate::space::{Answer as Answered, Mode};
use crate::sync::machine::Settled;
use crate::sync::{Answer, NotNow, SyncReply, SyncRequest};
use crate::text::PersonName;
use crate::time::Timestamp;

/// By these fields variants are known. Inside another variant serde_json takes a number for a name there.
const TAGS: [&str; 5] = ["kind", "code", "outcome", "not_now", "role"];

/// All texts that differ from a sample in one place: a field less, one more, one twice, another value.
fn near(sample: &Value) -> Vec<String> {
    let mut texts = vec![sample.to_string()];
    match sample {
        Value::Object(fields) => {
            let with = |name: &str, instead: &str| {
                let others = fields.iter().filter(|(key, _)| *key != name);
                let fields: Vec<_> = others.map(|(key, value)| format!("{}:{value}", json!(key))).collect();
                let instead = Some(instead.to_owned()).filter(|instead| !instead.is_empty());
                format!("{{{}}}", fields.into_iter().chain(instead).collect::<Vec<_>>().join(","))
            };
            texts.push(with("", r#""new":{"a":[1,"\u0041",null]}"#));
            for (name, value) in fields {
                let key = json!(name);
                texts.push(with(name, ""));
                texts.push(with(name, &format!("{key}:{value},{key}:{value}")));
                let is_tag = TAGS.contains(&name.as_str());
                let values = near(value).into_iter().filter(|new| !is_tag || new.parse::<f64>().is_err());
                texts.extend(values.map(|value| with(name, &format!("{key}:{value}"))));
            }
        }
        Value::Array(items) => {
            for at in 0..items.len() {
                let with = |new: &[String]| {
                    let (before, after) = (items[..at].iter(), items[at + 1..].iter());
                    let new =
                        before.map(Value::to_string).chain(new.iter().cloned()).chain(after.map(Value::to_string));
                    format!("[{}]", new.collect::<Vec<_>>().join(","))
                };
                texts.push(with(&[]));
                texts.extend(near(&items[at]).into_iter().map(|new| with(&[new])));
            }
        }
        _ => {}
    }
    let others = [
        json!(null),
        json!(true),
        json!(1),
        json!(-1),
        json!(1.5),
        json!(70_000),
        json!(""),
        json!("x"),
        json!({}),
        json!({"kind": "x"}),
    ];
    texts.extend(others.iter().map(Value::to_string));
    texts
}

/// Reads a sample and everything near it; `Theirs` is what serde_json reads.
fn walk_as<Ours, Theirs>(sample: &str)
where
    Ours: DeserializeOwned + Serialize,
    Theirs: DeserializeOwned + Serialize,
{
    let name = std::any::type_name::<Ours>();
    assert_eq!(written(read::<Ours>(sample)).as_deref(), Some(sample), "{name}");
    for text in near(&serde_json::from_str(sample).expect("json")) {
        let (ours, theirs) = (read::<Ours>(&text), serde_json::from_str::<Theirs>(&text));
        assert_eq!(written(ours), written(theirs.ok()), "{name}: {text}");
    }
}

fn walk<T: DeserializeOwned + Serialize>(sample: &str) {
    walk_as::<T, T>(sample);
}

const ID: &str = "0192f0c1-2a3b-7c4d-8e5f-00112233aabb";

/// Puts an id for `ID` and a range for `RANGE`.
fn filled(sample: &str) -> String {
    let range = r#"{"start":1795390200000,"end":1795393800000}"#;
    sample.replace("ID", &format!("\"{ID}\"")).replace("RANGE", range)
}

#[test]
fn rows_are_read_alike() {
    let policy = r#"{"mode":{"kind":"shared","groups":2,"heads":12},"grid_minutes":30,"min_minutes":30,"max_minutes":120,"setup_minutes":0,"teardown_minutes":15,"notice_minutes":60,"horizon_days":14,"answer":{"kind":"by_host","within_minutes":720},"family":{"from":3,"to":6,"children_per_adult":3},"open_bookings_max":2,"check_in_required":true}"#;
    walk::<TeamRow>(r#"{"name":"淮剧队","category":"opera","about":"一\n二","phone":"02112345"}"#);
    walk::<SpaceRow>(&filled(&format!(
        r#"{{"name":"客厅","kind":"living_room","address":"1 号","access":"2 楼","about":"茶","phone":"1","hosts":["王阿姨"],"policy":{policy},"hours":[[{{"from":540,"to":720}}],[],[],[],[],[],[]],"closures":[{{"range":RANGE,"reason":"粉刷"}}]}}"#
    )));
    walk::<BusyRow>(&filled(
        r#"{"space":ID,"date":"2026-11-23","holdings":[{"range":RANGE,"setup":0,"teardown":15,"heads":3}]}"#,
    ));
    walk::<ActivityRow>(&filled(
        r#"{"team":ID,"title":"教唱","about":"来","category":"opera","audience":{"kind":"families","from":3,"to":6},"venue":{"space":ID,"place":"客厅"},"policy":{"kind":"per_occurrence","capacity":12,"opens_minutes_before":null,"closes_minutes_before":60,"party_max":4}}"#,
    ));
    walk::<OccurrenceRow>(&filled(
        r#"{"activity":ID,"range":RANGE,"cancelled":{"at":1795390200000,"reason":"下雨"},"sequence":2}"#,
    ));
    walk::<Seats>(r#"{"capacity":12,"taken":3,"waiting_parties":0,"waiting_heads":0}"#);
    walk::<SignUpRow>(&filled(
        r#"{"occurrence":ID,"state":{"kind":"waitlisted","parties_ahead":2,"offer_until":1795390200000},"party":[{"person":ID,"name":"小宝","seat":7}],"checked_in_at":1795390200000}"#,
    ));
    walk::<RosterRow>(&filled(
        r#"{"occurrence":ID,"state":{"kind":"confirmed"},"name":"王阿姨","phone_tail":"5678","adults":1,"children":2,"seat":7,"signed_up_at":1795390200000,"checked_in_at":1795390200000,"signed_up_by":"云老师","arrivals":[{"id":ID,"at":1795390200000,"way":"code"}]}"#,
    ));
    walk::<WalkInRow>(&filled(r#"{"occurrence":ID,"name":"卫师傅","heads":2,"at":1795390200000,"reason":"加了座位"}"#));
    walk::<ExemptionRow>(r#"{"duty":"council","month":"2026-11","reason":"换届"}"#);
    walk::<ClosingRow>(r#"{"heads":23,"note":"议定","at":1795390200000}"#);
    let booking = r#""space":ID,"range":RANGE,"state":"requested","adults":1,"children":2,"purpose":"chat","note":"谢谢","answer_by":1795390200000,"reason":"满""#;
    walk::<BookingRow>(&filled(&format!("{{{booking}}}")));
    walk::<NoticeRow>(&filled(
        r#"{"body":{"kind":"booking_answered","booking":ID,"space":ID,"name":"客厅","range":RANGE,"state":"approved","reason":null},"at":1795390200000,"read_at":1795390200000}"#,
    ));
    walk::<Person>(&filled(r#"{"id":ID,"relation":"child","name":"小宝","born":"2021-05"}"#));
    walk::<Row>(&filled(r#"{"class":"seats","id":"x","seq":3,"on":"2026-11-23","body":{"a":[1.50,"\u0041"]}}"#));
    walk::<CommunityView>(r#"{"id":"banzha","name":"板闸","english_name":"Banzha","phone":"1"}"#);
}

#[test]
fn commands_are_read_alike() {
    walk::<SignUp>(&filled(r#"{"occurrence":ID,"people":[ID]}"#));
    walk::<SignUpNeighbour>(&filled(r#"{"occurrence":ID,"name":"顾大爷","phone":"13812345678","consent":true}"#));
    walk::<WithdrawNeighbour>(&filled(r#"{"sign_up":ID}"#));
    walk::<WithdrawSignUp>(&filled(r#"{"sign_up":ID,"people":[ID]}"#));
    walk::<CheckIn>(&filled(r#"{"sign_up":ID,"at":1795390200000,"way":"code"}"#));
    walk::<AddWalkIn>(&filled(r#"{"occurrence":ID,"name":"卫师傅","heads":2,"reason":"加了座位","at":1795390200000}"#));
    walk::<RemoveWalkIn>(&filled(r#"{"occurrence":ID,"walk_in":ID}"#));
    walk::<AcceptOffer>(&filled(r#"{"sign_up":ID}"#));
    walk::<DeclineOffer>(&filled(r#"{"sign_up":ID}"#));
    walk::<ChangeCapacity>(&filled(r#"{"occurrence":ID,"capacity":10,"reason":"换了小教室"}"#));
    walk::<UndoCheckIn>(&filled(r#"{"sign_up":ID,"checked_in_at":1795390200000,"of":[ID]}"#));
    walk::<PublishActivity>(&filled(
        r#"{"team":ID,"title":"教唱","about":null,"category":"dance","audience":{"kind":"everyone"},"venue":{"place":"客厅"},"schedule":{"kind":"weekly","from":"2026-11-25","until":"2026-12-16","at":"09:00","minutes":90},"policy":{"kind":"walk_in"}}"#,
    ));
    walk::<CancelOccurrence>(&filled(r#"{"occurrence":ID,"reason":"下雨"}"#));
    walk::<CloseOccurrence>(&filled(r#"{"occurrence":ID,"heads":23,"note":"议定"}"#));
    walk::<MoveOccurrence>(&filled(
        r#"{"occurrence":ID,"sequence":2,"range":RANGE,"venue":{"space":ID,"place":"客厅"}}"#,
    ));
    walk::<ReinstateOccurrence>(&filled(r#"{"occurrence":ID,"venue":{"space":ID,"place":"客厅"}}"#));
    walk::<PauseSeries>(&filled(r#"{"activity":ID}"#));
    walk::<ResumeSeries>(&filled(r#"{"activity":ID}"#));
    walk::<EditSeries>(&filled(
        r#"{"edit":{"activity":ID,"from":ID,"title":"教唱","about":"从头","audience":{"kind":"everyone"},"venue":{"place":"客厅"},"capacity":20,"at":"09:00","minutes":90,"rule":"FREQ=WEEKLY","leftover":"call_off","reason":"下雨"},"plan":"0123456789abcdef"}"#,
    ));
    walk::<DryRun>(&filled(
        r#"{"outcome":"planned","hash":"0123456789abcdef","plan":{"is_said_otherwise":true,"dates":[{"id":ID,"fate":"changed","was":RANGE,"range":RANGE,"is_elsewhere":true,"capacity":{"heads":20,"over_by":1},"keeps_own":true,"parties":[{"sign_up":ID,"name":"王阿姨","heads":2,"waits":true}]}],"made":[RANGE],"is_other_later":true}}"#,
    ));
    walk::<DryRun>(r#"{"outcome":"refused","refusal":{"code":"no-dates"}}"#);
    walk::<ExemptDuty>(r#"{"duty":"council","month":"2026-11","reason":"换届"}"#);
    walk::<BookSpace>(&filled(r#"{"space":ID,"range":RANGE,"adults":2,"children":[ID],"purpose":"play","note":null}"#));
    walk::<CancelBooking>(&filled(r#"{"booking":ID,"reason":null}"#));
    walk::<ApproveBooking>(&filled(r#"{"booking":ID}"#));
    walk::<DeclineBooking>(&filled(r#"{"booking":ID,"reason":"满"}"#));
    walk::<CheckInBooking>(&filled(r#"{"booking":ID}"#));
    walk::<AddPerson>(r#"{"relation":"child","name":"小宝","born":"2021-05","consent":true}"#);
    walk::<RemovePerson>(&filled(r#"{"person":ID}"#));
    walk::<UpdateProfile>(r#"{"name":"王阿姨","home":"banzha","born":"1960-05"}"#);
    walk::<RenewCalendar>(r#"{"key":"0123456789abcdef0123456789abcdef"}"#);
    walk::<ReadNotices>(&filled(r#"{"notices":[ID,ID]}"#));
    walk::<Envelope>(&filled(
        r#"{"v":1,"id":ID,"device":ID,"no":1,"account":ID,"stream":"c:banzha","depends_on":ID,"phone_ms":-5,"kind":"check_in","kind_v":1,"body":{"sign_up":ID}}"#,
    ));
}

#[test]
fn variants_are_read_alike() {
    for sample in [
        r#"{"kind":"confirmed"}"#,
        r#"{"kind":"withdrawn","at":1795390200000}"#,
        r#"{"kind":"called_off","at":1795390200000}"#,
    ] {
        walk::<SignUpState>(sample);
    }
    walk::<Schedule>(r#"{"kind":"once","on":"2026-11-25","at":"09:00","minutes":90}"#);
    walk::<Schedule>(r#"{"kind":"series","on":"2026-11-25","at":"09:00","minutes":90,"rule":"FREQ=WEEKLY;COUNT=3"}"#);
    walk::<SignUpPolicy>(r#"{"kind":"walk_in"}"#);
    walk::<Audience>(r#"{"kind":"seniors"}"#);
    walk::<Mode>(r#"{"kind":"exclusive","heads":12}"#);
    walk::<Answered>(r#"{"kind":"instant"}"#);
    walk::<Role>(&filled(r#"{"role":"host","scope":ID}"#));
    walk::<Role>(r#"{"role":"district_admin"}"#);
    for sample in [
        r#"{"kind":"promoted","sign_up":ID,"occurrence":ID,"title":"教唱","range":RANGE}"#,
        r#"{"kind":"occurrence_moved","occurrence":ID,"title":"教唱","from":RANGE,"range":RANGE,"place":"广场"}"#,
        r#"{"kind":"occurrence_reinstated","occurrence":ID,"title":"教唱","range":RANGE,"place":"广场"}"#,
        r#"{"kind":"series_changed","occurrence":ID,"title":"教唱","from":RANGE,"range":RANGE,"place":"广场","changed":3,"called_off":1,"reason":null}"#,
        r#"{"kind":"room_taken","occurrence":ID,"title":"教唱","range":RANGE}"#,
        r#"{"kind":"duties_missing","community":"banzha","month":"2026-11","missing":[{"duty":"council","state":"held"}]}"#,
        r#"{"kind":"occurrence_cancelled","occurrence":ID,"title":"教唱","range":RANGE,"reason":"下雨"}"#,
    ] {
        walk::<NoticeBody>(&filled(sample));
    }
    for sample in [
        r#"{"kind":"confirmed","seat":7,"capacity":null}"#,
        r#"{"kind":"booked"}"#,
        r#"{"kind":"requested","answer_by":1795390200000}"#,
        r#"{"kind":"published","activity":ID,"dates":4}"#,
        r#"{"kind":"called_off","parties_told":4}"#,
        r#"{"kind":"already_done"}"#,
        r#"{"kind":"done"}"#,
    ] {
        walk::<Accepted>(&filled(sample));
    }
    walk::<Eligibility>(r#"{"kind":"child-age","from":3,"to":6}"#);
    walk::<Eligibility>(r#"{"kind":"adults"}"#);
    walk::<Alternative>(&filled(r#"{"kind":"slot","space":ID,"range":RANGE}"#));
    walk::<Alternative>(&filled(r#"{"kind":"occurrence","occurrence":ID}"#));
    walk::<Outcome>(r#"{"outcome":"expired"}"#);
}

#[test]
fn refusals_are_read_alike() {
    for sample in [
        r#"{"code":"not-allowed"}"#,
        r#"{"code":"malformed","field":"/body/title"}"#,
        r#"{"code":"server-fault","reference":"33AABB"}"#,
        r#"{"code":"sign-up-not-open","opens_at":1795390200000}"#,
        r#"{"code":"sign-up-closed","closed_at":1795390200000}"#,
        r#"{"code":"already-in","people":[ID]}"#,
        r#"{"code":"not-eligible","people":[ID],"why":{"kind":"child-age","from":3,"to":6}}"#,
        r#"{"code":"birth-month-needed","people":[]}"#,
        r#"{"code":"party-too-big","max":4}"#,
        r#"{"code":"check-in-not-open","opens_at":1795390200000}"#,
        r#"{"code":"occurrence-not-begun","starts_at":1795390200000}"#,
        r#"{"code":"closing-over","closed_at":1795390200000}"#,
        r#"{"code":"month-closed","last_on":"2026-12-05"}"#,
        r#"{"code":"off-grid","minutes":30}"#,
        r#"{"code":"too-soon","notice_minutes":30}"#,
        r#"{"code":"too-far","last_on":"2026-11-23"}"#,
        r#"{"code":"space-closed","reason":"粉刷"}"#,
        r#"{"code":"ages-outside","from":3,"to":6}"#,
        r#"{"code":"slot-full","heads_left":3}"#,
        r#"{"code":"answer-overdue","answer_by":1795390200000}"#,
        r#"{"code":"venue-taken","space":ID,"dates":["2026-11-23"]}"#,
        r#"{"code":"person-signed-up","occurrence":ID}"#,
        r#"{"code":"unknown"}"#,
    ] {
        walk::<Refusal>(&filled(sample));
    }
}

#[test]
fn messages_are_read_alike() {
    walk::<SyncRequest>(&filled(
        r#"{"proto":1,"device":ID,"commands":[{"v":1}],"pulls":[{"stream":"c:banzha","cursor":"1.2.3.4.5","checksum":"2026-11-23.ff"}],"known":[{"id":ID,"seq":3}]}"#,
    ));
    let answers = r#"{"id":ID,"outcome":"accepted","seq":3,"result":{"kind":"waitlisted","parties_ahead":2}}"#;
    let row = r#"{"class":"seats","id":"x","seq":3,"body":[]}"#;
    walk::<SyncReply>(&filled(&format!(
        r#"{{"proto":1,"server_at":1795390200000,"answers":[{answers}],"pulls":[{{"stream":"c:banzha","result":{{"delta":{{"from":0,"rows":[{row}],"gone":[{{"class":"a","id":"b"}}],"cursor":"1.1.1.1.1"}}}}}},{{"stream":"a:{ID}","result":{{"snapshot":{{"why":"ahead","rows":[],"cursor":"1.1.1.1.1"}}}}}},{{"stream":"c:there","result":"denied"}}],"unknown":[ID]}}"#
    )));
    walk::<Settled>(&filled(
        r#"{"id":ID,"raw":"{\"v\":1}","outcome":{"outcome":"refused","refusal":{"code":"slot-taken"},"alternatives":[{"kind":"occurrence","occurrence":ID}]},"at":1795390200000,"dismissed":true,"unseen":true,"place":4,"checked":1795390200000,"again":true}"#,
    ));
}

/// What is read from one text twice is what serde derives for it.
#[test]
fn what_lies_flat_in_an_object_is_read_alike() {
    #[derive(Serialize, Deserialize)]
    struct DerivedBooking {
        #[serde(flatten)]
        booking: BookingRow,
        name: PersonName,
        #[serde(default)]
        phone_tail: String,
        requested_at: Timestamp,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        checked_in_at: Option<Timestamp>,
    }

    #[derive(Serialize, Deserialize)]
    struct DerivedRole {
        #[serde(flatten)]
        role: Role,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        community: Option<CommunityId>,
    }

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum DerivedAnswer {
        Decided {
            id: CommandId,
            #[serde(flatten)]
            outcome: Outcome,
        },
        NotNow {
            id: CommandId,
            #[serde(flatten)]
            not_now: NotNow,
        },
    }

    walk_as::<DeskBookingRow, DerivedBooking>(&filled(
        r#"{"space":ID,"range":RANGE,"state":"requested","adults":1,"children":2,"purpose":"chat","note":"谢谢","answer_by":1795390200000,"reason":"满","name":"王阿姨","phone_tail":"5678","requested_at":1795390200000,"checked_in_at":1795390200000}"#,
    ));
    for sample in [
        r#"{"role":"team_editor","scope":ID,"community":"banzha"}"#,
        r#"{"role":"community_admin","scope":"banzha","community":"banzha"}"#,
        r#"{"role":"district_admin"}"#,
    ] {
        walk_as::<RoleRow, DerivedRole>(&filled(sample));
    }
    walk::<ProfileRow>(&filled(
        r#"{"name":"王阿姨","home":"banzha","phone_tail":"5678","roles":[{"role":"host","scope":ID,"community":"banzha"}],"calendar":{"id":ID,"since":1795390200000}}"#,
    ));
    for sample in [
        r#"{"id":ID,"outcome":"accepted","seq":3,"result":{"kind":"waitlisted","parties_ahead":2}}"#,
        r#"{"id":ID,"outcome":"refused","refusal":{"code":"slot-taken"},"alternatives":[{"kind":"occurrence","occurrence":ID}]}"#,
        r#"{"id":ID,"outcome":"expired"}"#,
        r#"{"id":ID,"not_now":"retry_after","ms":30}"#,
        r#"{"id":ID,"not_now":"gap","expected":4}"#,
        r#"{"id":ID,"not_now":"needs_sign_in"}"#,
    ] {
        walk_as::<Answer, DerivedAnswer>(&filled(sample));
    }
}
