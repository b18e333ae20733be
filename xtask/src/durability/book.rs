//! What was promised, and what became of it: pure, so that it can be told lies.
//!
//! Everything that changes a stream is told to somebody as an answer with the number of the change. So the numbers told
//! and the numbers there are must be the same ones: a number nobody was told is an effect nobody asked for, a number
//! told that is not there is a lost one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A promise that was not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Acknowledged, and not there any more.
    Lost,
    /// There, though it was asked for once and answered as something else.
    Doubled,
    /// Sent again, it was answered otherwise.
    Changed,
    /// A reader was never shown it, or was shown it twice.
    Missed,
    /// More heads than places.
    Oversold,
    /// `lifehub check` has found something.
    Check,
}

/// One of them, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which promise.
    pub kind: Kind,
    /// What happened.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.what)
    }
}

/// A row: its class and its id.
pub type Key = (String, String);

/// A change that somebody was told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its number.
    pub seq: u64,
    /// The rows it draws anew: one that everybody sees, one that staff see.
    pub shows: [Option<Key>; 2],
}

/// What a reader was given by one delta: after `from`, up to `to`.
#[derive(Debug, Clone, Default)]
pub struct Read {
    /// Where it began.
    pub from: u64,
    /// Where it ended.
    pub to: u64,
    /// The rows in it, and the change that last touched each.
    pub rows: BTreeMap<Key, u64>,
}

/// Compares the numbers told of one stream with those there are: all after `before`, up to `head`.
pub fn account_for(stream: &str, before: u64, head: u64, told: &[u64]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut known = BTreeSet::new();
    for seq in told {
        if *seq > head || *seq <= before {
            findings
                .push(Finding { kind: Kind::Lost, what: format!("change {seq} of {stream}, which ends at {head}") });
        } else if !known.insert(*seq) {
            findings.push(Finding { kind: Kind::Doubled, what: format!("change {seq} of {stream} was told twice") });
        }
    }
    for seq in (before + 1..=head).filter(|seq| !known.contains(seq)) {
        findings.push(Finding { kind: Kind::Doubled, what: format!("nobody was told of change {seq} of {stream}") });
    }
    findings
}

/// Looks for changes that a reader passed over. Of what it was told, `which` picks the row the reader may see.
pub fn passed_over(reader: &str, reads: &[Read], told: &[Told], which: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    for change in told {
        let Some(key) = &change.shows[which] else { continue };
        let place = reads.partition_point(|read| read.to < change.seq);
        let Some(read) = reads.get(place).filter(|read| read.from < change.seq) else { continue };
        if read.rows.get(key).is_none_or(|seq| *seq < change.seq) {
            let what =
                format!("{reader} read on from {} to {} without change {} of {key:?}", read.from, read.to, change.seq);
            findings.push(Finding { kind: Kind::Missed, what });
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(findings: &[Finding]) -> Vec<Kind> {
        findings.iter().map(|finding| finding.kind).collect()
    }

    #[test]
    fn what_was_told_is_what_there_is() {
        assert_eq!(account_for("s", 10, 14, &[12, 11, 14, 13]), []);
        for (head, told, found) in [
            (14, &[11, 12, 13][..], Kind::Doubled),
            (13, &[11, 12, 13, 14][..], Kind::Lost),
            (13, &[11, 12, 12, 13][..], Kind::Doubled),
            (11, &[10, 11][..], Kind::Lost),
        ] {
            assert_eq!(kinds(&account_for("s", 10, head, told)), [found], "{told:?} of {head}");
        }
    }

    #[test]
    fn a_reader_sees_each_change_or_what_came_of_it() {
        let key = |id: &str| ("seats".to_owned(), id.to_owned());
        let told = |seq, id| Told { seq, shows: [Some(key(id)), None] };
        let read = |from, to, rows: &[(&str, u64)]| Read {
            from,
            to,
            rows: rows.iter().map(|(id, seq)| (key(id), *seq)).collect(),
        };
        let reads = [read(10, 12, &[("a", 12)]), read(12, 12, &[]), read(12, 15, &[("b", 13), ("a", 15)])];
        let all = [told(11, "a"), told(12, "a"), told(13, "b"), told(15, "a"), told(16, "c"), told(9, "c")];
        assert_eq!(passed_over("r", &reads, &all, 0), []);
        assert_eq!(passed_over("r", &reads, &[told(14, "b")], 0).len(), 1, "its row is older");
        assert_eq!(passed_over("r", &reads, &[told(12, "b")], 0).len(), 1, "its row came only later");
        assert_eq!(passed_over("r", &reads, &[told(14, "b")], 1), [], "which it may not see");
    }
}
