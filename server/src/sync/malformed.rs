//! Reading a command whole, or saying where it is malformed: the path of the field, as a phone can show it beside the
//! field.
//!
//! The types of a body also stand in rows, where a phone passes over what a newer server says; in a command nothing may
//! be passed over. So a command that was read is written again, and whatever came in and would not go out is refused, at
//! any depth and for every kind alike. Where a body does not parse, it is read a second time with a path kept; that is
//! slow, and happens only when the answer is no. Deliberately absent: what was wrong with the text, because the text is
//! the caller's own.

use domain::command::{Command, CommandProblem, Envelope};
use serde_json::Value;
use serde_path_to_error::Track;

use crate::extract::{in_pointer, pointer};
use crate::problem::POINTER_MAX;

/// Why a command is not looked into.
#[derive(Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Its kind or version is not known here; another server may know it.
    NotYet,
    /// A field is wrong, or nobody would read it: its path, as in `/body/title`.
    Malformed(String),
}

/// Reads the command of an envelope, every field of it.
///
/// # Errors
/// [`Unreadable`].
pub fn read_whole(envelope: &Envelope) -> Result<Command, Unreadable> {
    let body = envelope.body.get();
    let mut reader = serde_json::Deserializer::from_str(body);
    let path = match Command::parse(&envelope.kind, envelope.kind_v, &mut reader) {
        Ok(command) => match unread_in(body, &command) {
            None => return Ok(command),
            Some(path) => path,
        },
        Err(CommandProblem::UnknownKind) => return Err(Unreadable::NotYet),
        Err(CommandProblem::Malformed) => wrong_in(envelope),
    };
    Err(Unreadable::Malformed(format!("/body{path}").chars().take(POINTER_MAX).collect()))
}

/// The path of the first thing in a body that the command read from it does not have.
fn unread_in(body: &str, command: &Command) -> Option<String> {
    let kept = command.body();
    // What our own app sends is what would be written.
    if kept.get() == body {
        return None;
    }
    let mut reader = serde_json::Deserializer::from_str(body);
    match serde_path_to_error::deserialize(&mut reader) {
        Ok(given) => {
            unread(&given, &serde_json::from_str(kept.get()).expect("invariant: a command is written as JSON"))
        }
        // Something that was passed over is deeper than anything is read, or no text, or no number.
        Err(error) => Some(pointer(error.path())),
    }
}

/// The path of the first thing in `given` that `kept` does not have. Null is as good as absent, and blanks around a text
/// do not count.
fn unread(given: &Value, kept: &Value) -> Option<String> {
    match (given, kept) {
        (Value::Null, _) => None,
        (Value::Object(given), Value::Object(kept)) => given.iter().find_map(|(name, value)| {
            let below = unread(value, kept.get(name).unwrap_or(&Value::Null))?;
            Some(format!("/{}{below}", in_pointer(name)))
        }),
        (Value::Array(given), Value::Array(kept)) if given.len() == kept.len() => {
            let mut items = given.iter().zip(kept).enumerate();
            items.find_map(|(index, (given, kept))| Some(format!("/{index}{}", unread(given, kept)?)))
        }
        (Value::String(given), Value::String(kept)) if given.trim() == kept => None,
        _ => (given != kept).then(String::new),
    }
}

/// The path of the first field of a body that does not parse.
fn wrong_in(envelope: &Envelope) -> String {
    let (mut reader, mut track) = (serde_json::Deserializer::from_str(envelope.body.get()), Track::new());
    let tracked = serde_path_to_error::Deserializer::new(&mut reader, &mut track);
    let _ = Command::parse(&envelope.kind, envelope.kind_v, tracked);
    pointer(&track.path())
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    fn read(kind: &str, body: &str) -> Result<Command, Unreadable> {
        let id = "0192f0c1-2a3b-7c4d-8e5f-00112233aabb";
        read_whole(&Envelope {
            v: 1,
            id: id.parse().expect("an id"),
            device: id.parse().expect("an id"),
            no: 1,
            account: id.parse().expect("an id"),
            stream: "c:banzha".parse().expect("a stream"),
            depends_on: None,
            phone_ms: 0,
            kind: kind.to_owned(),
            kind_v: 1,
            body: RawValue::from_string(body.to_owned()).expect("json"),
        })
    }

    fn field_of(kind: &str, body: &str) -> String {
        match read(kind, body) {
            Err(Unreadable::Malformed(field)) => field,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_kind_has_its_fields() {
        for kind in Command::KINDS {
            assert_eq!(field_of(kind, r#"{"nobody_knows_this":1}"#), "/body/nobody_knows_this", "{kind}");
            assert_eq!(field_of(kind, "{}"), "/body", "{kind} without its fields");
        }
        assert_eq!(read("fly", "{}"), Err(Unreadable::NotYet));
    }

    #[test]
    fn a_path_leads_to_the_field_and_never_repeats_its_text() {
        let family = r#"{"relation":"child","name":"  ","born":"2021-05"}"#;
        assert_eq!(field_of("add_person", family), "/body/name");
        let notices = r#"{"notices":["0192f0c1-2a3b-7c4d-8e5f-00112233aabb","secret"]}"#;
        assert_eq!(field_of("read_notices", notices), "/body/notices/1");
        let long = format!(r#"{{"{}":1}}"#, "x".repeat(5000));
        assert_eq!(field_of("check_in", &long).len(), POINTER_MAX);
    }

    #[test]
    fn what_is_written_otherwise_but_means_the_same_is_read() {
        let plain = r#"{"relation":"elder","name":"奶奶","born":null,"consent":false}"#;
        let command = read("add_person", plain).expect("a command");
        for same in [
            r#"{ "name": " 奶奶 ", "relation": "elder" }"#,
            r#"{"consent":false,"relation":"elder","name":"\u5976\u5976"}"#,
        ] {
            assert_eq!(read("add_person", same).as_ref(), Ok(&command), "{same}");
        }
        let profile = r#"{"name":"王阿姨","home":"banzha","born":null}"#;
        assert!(read("update_profile", profile).is_ok(), "null is as good as absent");
    }

    #[test]
    fn what_would_be_passed_over_is_pointed_at() {
        let publish = |part: &str, value: &str| {
            let mut body: Value = serde_json::from_str(
                r#"{"team":"0192f0c1-2a3b-7c4d-8e5f-00112233aabb","title":"淮剧教唱","category":"opera",
                    "audience":{"kind":"everyone"},"venue":{"place":"二楼"},"policy":{"kind":"walk_in"},
                    "schedule":{"kind":"once","on":"2026-11-24","at":"14:00","minutes":60}}"#,
            )
            .expect("json");
            body[part] = Value::Null;
            let body = body.to_string();
            read("publish_activity", &body.replacen(&format!(r#""{part}":null"#), &format!(r#""{part}":{value}"#), 1))
        };
        assert!(publish("category", r#""dance""#).is_ok());
        let deep = format!(r#"{{"place":"二楼","x":{}1{}}}"#, "[".repeat(500), "]".repeat(500));
        for (part, value, field) in [
            ("venue", r#"{"place":"二楼","x":1}"#, "/body/venue/x"),
            ("venue", r#"{"place":"二楼","a/b~":{}}"#, "/body/venue/a~1b~0"),
            ("venue", r#"{"place":"二楼","x":1e999}"#, "/body/venue/x"),
            ("venue", r#"["0192f0c1-2a3b-7c4d-8e5f-00112233aabb","二楼"]"#, "/body/venue"),
            ("audience", r#"{"kind":"everyone","from":3}"#, "/body/audience/from"),
            ("audience", r#"{"kind":"families","from":3,"to":6,"x":[]}"#, "/body/audience/x"),
            ("policy", r#"{"kind":"walk_in","capacity":5}"#, "/body/policy/capacity"),
            ("policy", r#"{"kind":"per_occurrence","capacity":5,"party_max":2,"x":""}"#, "/body/policy/x"),
            ("schedule", r#"{"kind":"once","on":"2026-11-24","at":"14:00","minutes":60,"x":0}"#, "/body/schedule/x"),
            ("category", r#""flying""#, "/body/category"),
            ("category", r#"{"opera":null}"#, "/body/category"),
        ] {
            assert_eq!(publish(part, value), Err(Unreadable::Malformed(field.to_owned())), "{part}: {value}");
        }
        let Err(Unreadable::Malformed(field)) = publish("venue", &deep) else { panic!("read") };
        assert!(field.starts_with("/body/venue/x/0/0") && field.len() <= POINTER_MAX, "{field}");
    }
}
