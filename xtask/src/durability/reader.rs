//! Somebody who follows a stream, and notices when what is read does not fit what was read before.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::book::{Finding, Key, Kind, Read};

/// A reader of one stream.
pub struct Reader {
    /// What it is called.
    pub name: String,
    /// Of what.
    pub stream: String,
    /// The change its first picture ended at.
    pub began: u64,
    /// What it was given, in order.
    pub reads: Vec<Read>,
    /// Changes that nobody asked for: a booking was over, or not answered in time.
    pub by_time: BTreeSet<u64>,
    cursor: Option<String>,
    held: BTreeMap<Key, u64>,
}

impl Reader {
    /// One that has read nothing.
    pub fn new(name: &str, stream: &str) -> Self {
        let (name, stream) = (name.to_owned(), stream.to_owned());
        Self {
            name,
            stream,
            began: 0,
            reads: Vec::new(),
            by_time: BTreeSet::new(),
            cursor: None,
            held: BTreeMap::new(),
        }
    }

    /// What it asks for.
    pub fn asks(&self) -> Value {
        json!({ "stream": self.stream, "cursor": self.cursor })
    }

    /// How far it has read.
    pub fn head(&self) -> u64 {
        self.cursor.as_deref().and_then(seq_of).unwrap_or_default()
    }

    /// Takes what it was given, and says what is wrong with it.
    pub fn take(&mut self, reply: &Value) -> Result<Vec<Finding>> {
        let (before, name) = (self.head(), self.name.clone());
        let mut findings = Vec::new();
        let mut missed = |what: String| findings.push(Finding { kind: Kind::Missed, what: format!("{name}: {what}") });
        let delta = &reply["result"]["delta"];
        let given = if self.cursor.is_some() && !delta.is_object() {
            missed(format!("at {before} it had to start over: {}", reply["result"]["snapshot"]["why"]));
            &reply["result"]["snapshot"]
        } else if delta.is_object() {
            delta
        } else {
            &reply["result"]["snapshot"]
        };
        let cursor = given["cursor"].as_str().with_context(|| format!("no cursor: {reply}"))?;
        let to = seq_of(cursor).context("a cursor without a number")?;
        if to < before {
            missed(format!("it went back from {before} to {to}"));
        }
        if delta.is_object() && delta["from"] != before {
            missed(format!("asked after {before}, it was answered after {}", delta["from"]));
        }
        let mut read = Read { from: before, to, rows: BTreeMap::new() };
        let mut oversold = Vec::new();
        for row in given["rows"].as_array().context("rows")? {
            let (key, seq) = (key_of(row)?, row["seq"].as_u64().context("a row without a number")?);
            let held = self.held.get(&key).copied().unwrap_or_default();
            if seq > to || (delta.is_object() && (seq <= before || seq <= held)) {
                missed(format!("{key:?} of change {seq} came between {before} and {to}, and {held} was held"));
            }
            let (capacity, taken) = (&row["body"]["capacity"], &row["body"]["taken"]);
            if let (Some(capacity), Some(taken)) = (capacity.as_u64(), taken.as_u64())
                && taken > capacity
            {
                oversold.push(Finding { kind: Kind::Oversold, what: format!("{key:?}: {taken} of {capacity}") });
            }
            if matches!(row["body"]["state"].as_str(), Some("expired" | "completed" | "no_show")) {
                self.by_time.insert(seq);
            }
            self.held.insert(key.clone(), seq);
            read.rows.insert(key, seq);
        }
        for row in given["gone"].as_array().into_iter().flatten() {
            let key = key_of(row)?;
            self.held.remove(&key);
            read.rows.insert(key, to);
        }
        if self.cursor.is_none() {
            self.began = to;
        } else if to > before {
            self.reads.push(read);
        }
        self.cursor = Some(cursor.to_owned());
        findings.extend(oversold);
        Ok(findings)
    }

    /// Compares what it holds with a whole picture read by another, who stands at the same change.
    pub fn compare(&self, fresh: &Self) -> Vec<Finding> {
        let differs = |what: String| Finding { kind: Kind::Missed, what: format!("{}: {what}", self.name) };
        if self.head() != fresh.head() {
            return vec![differs(format!("it stands at {} and the stream at {}", self.head(), fresh.head()))];
        }
        let keys = self.held.keys().chain(fresh.held.keys());
        let differ: BTreeSet<_> = keys.filter(|key| self.held.get(*key) != fresh.held.get(*key)).collect();
        let shown = |held: &BTreeMap<Key, u64>, key| held.get(key).map_or_else(|| "nothing".to_owned(), u64::to_string);
        differ
            .into_iter()
            .map(|key| {
                differs(format!("of {key:?} it has {}, there is {}", shown(&self.held, key), shown(&fresh.held, key)))
            })
            .collect()
    }

    /// The ids it holds of a class.
    pub fn ids(&self, class: &str) -> Vec<&str> {
        self.held.keys().filter(|(of, _)| of == class).map(|(_, id)| id.as_str()).collect()
    }
}

fn key_of(row: &Value) -> Result<Key> {
    let text = |name: &str| row[name].as_str().map(str::to_owned).with_context(|| format!("a row without {name}"));
    Ok((text("class")?, text("id")?))
}

/// The number in a cursor, `epoch.seq.tag.audience.view`.
fn seq_of(cursor: &str) -> Option<u64> {
    u64::from_str_radix(cursor.split('.').nth(1)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delta(from: u64, to: u64, rows: &[(&str, u64)]) -> Value {
        let rows: Vec<Value> =
            rows.iter().map(|(id, seq)| json!({ "class": "c", "id": id, "seq": seq, "body": {} })).collect();
        json!({ "result": { "delta": { "from": from, "rows": rows, "gone": [], "cursor": format!("e.{to:x}.0.0.1") } } })
    }

    fn at_ten() -> Reader {
        let mut reader = Reader::new("r", "s");
        let rows = json!([{ "class": "c", "id": "a", "seq": 9, "body": { "capacity": 3, "taken": 3 } }]);
        let first = json!({ "result": { "snapshot": { "rows": rows, "cursor": "e.a.0.0.1" } } });
        assert_eq!(reader.take(&first).expect("a reply"), []);
        assert_eq!((reader.began, reader.head(), reader.ids("c")), (10, 10, vec!["a"]));
        reader
    }

    #[test]
    fn what_fits_is_taken() {
        let mut reader = at_ten();
        for reply in [delta(10, 12, &[("a", 11), ("b", 12)]), delta(12, 12, &[]), delta(12, 20, &[("a", 20)])] {
            assert_eq!(reader.take(&reply).expect("a reply"), [], "{reply}");
        }
        assert_eq!((reader.head(), reader.reads.len()), (20, 2));
        let mut fresh = Reader::new("f", "s");
        let rows = json!([{ "class": "c", "id": "a", "seq": 20, "body": {} }, { "class": "c", "id": "b", "seq": 12, "body": {} }]);
        fresh.take(&json!({ "result": { "snapshot": { "rows": rows, "cursor": "e.14.0.0.1" } } })).expect("a reply");
        assert_eq!(reader.compare(&fresh), []);
        assert_eq!(at_ten().compare(&fresh).len(), 1, "it has not read so far");
        fresh.held.insert(("c".to_owned(), "d".to_owned()), 13);
        assert_eq!(reader.compare(&fresh).len(), 1, "it was never shown d");
    }

    #[test]
    fn each_lie_is_noticed() {
        let over = json!([{ "class": "c", "id": "a", "seq": 11, "body": { "capacity": 3, "taken": 4 } }]);
        for (kind, reply) in [
            (Kind::Missed, delta(10, 8, &[])),
            (Kind::Missed, delta(11, 12, &[])),
            (Kind::Missed, delta(10, 12, &[("b", 10)])),
            (Kind::Missed, delta(10, 12, &[("b", 13)])),
            (
                Kind::Missed,
                json!({ "result": { "snapshot": { "why": "diverged", "rows": [], "cursor": "e.a.0.0.1" } } }),
            ),
            (Kind::Oversold, json!({ "result": { "delta": { "from": 10, "rows": over, "cursor": "e.b.0.0.1" } } })),
        ] {
            let found = at_ten().take(&reply).expect("a reply");
            assert_eq!(found.iter().map(|finding| finding.kind).collect::<Vec<_>>(), [kind], "{reply}");
        }
    }
}
