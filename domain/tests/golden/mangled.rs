//! What comes in may be anything: bytes of chance, and samples in which something was changed, never break a reader, and
//! what reads is written as something that reads as the same.

use std::str::FromStr;

use domain::change::{Audience, Row};
use domain::command::{Envelope, Outcome};
use domain::id::StreamId;
use domain::sync::machine::{Queued, Settled};
use domain::sync::{Answer, Cursor, SyncReply, SyncRequest};
use proptest::prelude::*;
use proptest::sample::Index;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::samples::samples;
use crate::shipped::written;

/// What a reader makes of a text is written as something that it reads as the same. Whether it made anything of it.
fn reads_the_same<T: DeserializeOwned + Serialize>(text: &str) -> bool {
    let Ok(value) = serde_json::from_str::<T>(text) else { return false };
    let written = serde_json::to_string(&value).expect("json");
    let again: T = serde_json::from_str(&written).unwrap_or_else(|error| panic!("{error}: {written}, from {text}"));
    assert_eq!(serde_json::to_string(&again).expect("json"), written, "from {text}");
    true
}

fn reads_the_same_as_text<T: FromStr + ToString>(text: &str) -> bool {
    let Ok(value) = text.parse::<T>() else { return false };
    let written = value.to_string();
    assert_eq!(written.parse::<T>().ok().map(|again| again.to_string()), Some(written), "from {text:?}");
    true
}

/// Every reader looks at it. How many made something of it.
fn let_all_read(text: &str) -> usize {
    if let Ok(envelope) = serde_json::from_str::<Envelope>(text)
        && let Ok(command) = envelope.command()
    {
        let again = Envelope { body: command.body(), ..envelope };
        assert_eq!(again.command(), Ok(command), "from {text}");
    }
    if let Ok(row) = serde_json::from_str::<Row>(text)
        && let Ok(body) = row.parse()
    {
        let again = Row { body: written(&body), ..row };
        assert_eq!(again.parse(), Ok(body), "from {text}");
    }
    let number = |entry: &Value| serde_json::from_str::<Envelope>(entry["raw"].as_str()?).ok().map(|read| read.no);
    let no = serde_json::from_str(text).ok().as_ref().and_then(number);
    let queued = no.and_then(|no| Queued::of_entry(no, text));
    if let Some(queued) = &queued {
        let again = Queued::of_entry(queued.no, &queued.entry()).expect("what was written");
        assert_eq!((&again.raw, again.tried), (&queued.raw, queued.tried), "from {text}");
    }
    let read = [
        reads_the_same::<SyncRequest>(text),
        reads_the_same::<SyncReply>(text),
        reads_the_same::<Envelope>(text),
        reads_the_same::<Answer>(text),
        reads_the_same::<Outcome>(text),
        reads_the_same::<Settled>(text),
        reads_the_same::<Row>(text),
        reads_the_same_as_text::<Cursor>(text),
        reads_the_same_as_text::<StreamId>(text),
        reads_the_same_as_text::<Audience>(text),
        queued.is_some(),
    ];
    read.into_iter().filter(|read| *read).count()
}

/// Every sample, and a request and a reply made of them.
fn texts() -> Vec<String> {
    let of = |folder: &str| samples(folder).into_iter().map(|sample| sample.shipped).collect::<Vec<_>>();
    let (commands, rows) = (of("commands"), of("rows"));
    let answers: Vec<_> = of("outcomes")
        .iter()
        .map(|outcome| format!(r#"{{"id":"0192f0c1-2a3b-7c4d-8e5f-000000000c01",{}"#, outcome.trim_start_matches('{')))
        .chain(of("not_now"))
        .collect();
    let request = format!(
        r#"{{"proto":1,"device":"0192f0c1-2a3b-7c4d-8e5f-0000000000de","commands":[{}],"pulls":[{{"stream":"c:banzha","cursor":"1f.2a.deadbeef.7.2"}},{{"stream":"c:west-2"}}]}}"#,
        commands[..4].join(",")
    );
    let reply = format!(
        r#"{{"proto":1,"server_at":1795390200000,"answers":[{}],"pulls":[{{"stream":"c:banzha","result":{{"delta":{{"from":3,"rows":[{}],"gone":[{{"class":"seats","id":"x"}}],"cursor":"1.2.3.4.5"}}}}}},{{"stream":"c:west-2","result":{{"snapshot":{{"why":"too_old","rows":[{}],"cursor":"1.2.3.4.5"}}}}}},{{"stream":"c:gone","result":"denied"}}]}}"#,
        answers.join(","),
        rows[..20].join(","),
        rows[20..].join(",")
    );
    let cursors = ["1f.2a.deadbeef.7.2", "c:banzha", "public", "team:0192f0c1-2a3b-7c4d-8e5f-0000000007ea"];
    let more = cursors.into_iter().map(str::to_owned).chain([request, reply]);
    commands
        .into_iter()
        .chain(answers)
        .chain(rows)
        .chain(of("outcomes"))
        .chain(of("journal"))
        .chain(of("outbox"))
        .chain(more)
        .collect()
}

/// One change of a text.
#[derive(Debug, Clone)]
enum Change {
    /// One byte is another.
    Byte(Index, u8),
    /// A stretch is gone.
    Cut(Index, usize),
    /// A stretch comes twice.
    Twice(Index, usize),
    /// Something comes in between.
    Insert(Index, &'static str),
    /// A value somewhere inside is another one.
    Value(Index, &'static str),
    /// A field somewhere inside is gone, or there is one more.
    Field(Index, bool),
}

const PIECES: &[&str] =
    &["\"", "\\", "{", "}", "[", "]", ",", ":", "-", "\\u0000", "\\ud800", "0", "é", "\u{202e}", " "];
const VALUES: &[&str] = &[
    "null",
    "true",
    "0",
    "-1",
    "1.5",
    "255",
    "256",
    "65536",
    "4294967296",
    "18446744073709551615",
    "1e400",
    "\"\"",
    "\"2026-02-30\"",
    "\"24:00\"",
    "\"c:banzha\"",
    "\"0192f0c1-2a3b-7c4d-8e5f-00112233aabb\"",
    "\"0.0.0.0.0\"",
    "\"淮剧\"",
    "\"\\u0000\"",
    "\"\\u200b\"",
    "[]",
    "[[]]",
    "{}",
    "{\"kind\":\"unknown\"}",
    "{\"start\":0,\"end\":1}",
];

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        (any::<Index>(), 1_usize..40).prop_map(|(at, length)| Change::Cut(at, length)),
        (any::<Index>(), 1_usize..40).prop_map(|(at, length)| Change::Twice(at, length)),
        (any::<Index>(), prop::sample::select(PIECES)).prop_map(|(at, piece)| Change::Insert(at, piece)),
        (any::<Index>(), prop::sample::select(VALUES)).prop_map(|(at, value)| Change::Value(at, value)),
        (any::<Index>(), any::<bool>()).prop_map(|(at, is_gone)| Change::Field(at, is_gone)),
    ];
    prop::collection::vec(change, 1..4)
}

fn changed(text: &str, change: &Change) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let place = |at: &Index| at.index(text.len().max(1)).min(text.len());
    let stretch = |at: &Index, length: usize| place(at)..(place(at) + length).min(text.len());
    match change {
        Change::Byte(at, byte) => bytes.iter_mut().skip(place(at)).take(1).for_each(|old| *old = *byte),
        Change::Cut(at, length) => drop(bytes.drain(stretch(at, *length))),
        Change::Twice(at, length) => {
            let again = bytes[stretch(at, *length)].to_vec();
            bytes.splice(place(at)..place(at), again);
        }
        Change::Insert(at, piece) => drop(bytes.splice(place(at)..place(at), piece.bytes())),
        Change::Value(at, value) => {
            let with = |_: &Value| serde_json::from_str(value).ok();
            return changed_inside(text, at, &with);
        }
        Change::Field(at, is_gone) => {
            let with = |old: &Value| {
                let mut fields = old.as_object().cloned()?;
                if *is_gone {
                    let name = fields.keys().nth(at.index(fields.len().max(1))).cloned()?;
                    fields.remove(&name);
                } else {
                    fields.insert("phase".to_owned(), Value::from(3));
                }
                Some(Value::Object(fields))
            };
            return changed_inside(text, at, &with);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The text with one of the values in it changed; as it was if it is no JSON.
fn changed_inside(text: &str, at: &Index, with: &dyn Fn(&Value) -> Option<Value>) -> String {
    let Ok(mut whole) = serde_json::from_str::<Value>(text) else { return text.to_owned() };
    let mut left = at.index(count(&whole));
    change_nth(&mut whole, &mut left, with);
    whole.to_string()
}

fn inside(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Array(items) => Box::new(items.iter()),
        Value::Object(fields) => Box::new(fields.values()),
        _ => Box::new(std::iter::empty()),
    }
}

fn count(value: &Value) -> usize {
    1 + inside(value).map(count).sum::<usize>()
}

/// Changes the value that is so many places further on; whether that was done.
fn change_nth(value: &mut Value, left: &mut usize, with: &dyn Fn(&Value) -> Option<Value>) -> bool {
    if *left == 0 {
        if let Some(new) = with(value) {
            *value = new;
        }
        return true;
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| change_nth(item, left, with)),
        Value::Object(fields) => fields.values_mut().any(|field| change_nth(field, left, with)),
        _ => false,
    }
}

#[test]
fn every_sample_is_read_by_somebody() {
    for text in texts() {
        assert_ne!(let_all_read(&text), 0, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn bytes_of_chance_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let_all_read(&String::from_utf8_lossy(&bytes));
        let _ = serde_json::from_slice::<SyncRequest>(&bytes);
        let _ = serde_json::from_slice::<SyncReply>(&bytes);
    }

    #[test]
    fn what_looks_like_a_cursor_is_one_or_does_no_harm(
        text in "[0-9a-fA-F]{1,16}(\\.[0-9a-fA-F]{1,8}){3}\\.[0-9a-fA-F]{1,4}|[0-9a-f.+x]{0,40}"
    ) {
        let_all_read(&text);
    }

    #[test]
    fn a_changed_sample_does_no_harm(which in any::<Index>(), changes in changes()) {
        let texts = TEXTS.with(Clone::clone);
        let text = changes.iter().fold(which.get(&texts).clone(), |text, change| changed(&text, change));
        let_all_read(&text);
    }
}

thread_local! {
    static TEXTS: std::rc::Rc<Vec<String>> = std::rc::Rc::new(texts());
}
