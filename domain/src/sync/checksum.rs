//! Whether a phone still has what it was given: a sum over the rows of a stream that both sides can name exactly.
//!
//! A phone has more than a snapshot would bring today: days that have passed, days far ahead that it was told of by
//! deltas. What it has for certain are the rows without a day and those of the days its last whole picture showed
//! ([`window`]): the picture brought them as they were, deltas have kept them so. The sum goes over these, on the phone
//! over its copies and on the server over its rows, and is therefore the same for every phone that has lost nothing,
//! however long ago its picture was taken. Deliberately absent: the rows' contents; a row is known by its class, its id
//! and the change that last touched it.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::change::{Row, RowKey};
use crate::id::ParseIdError;
use crate::order::sort_by_key;
use crate::sync::limits::{WINDOW_DAYS_AHEAD, WINDOW_DAYS_BACK};
use crate::time::LocalDate;

/// The days that a whole picture shows which was taken on a day.
#[must_use]
pub fn window(on: LocalDate) -> RangeInclusive<LocalDate> {
    on.plus_days(-WINDOW_DAYS_BACK)..=on.plus_days(WINDOW_DAYS_AHEAD)
}

/// What a phone says it has of a stream: `day.sum`, the day of its last whole picture and the sum, hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checksum {
    /// The day its last whole picture was taken on.
    pub on: LocalDate,
    /// The sum over the rows of that picture's [`window`].
    pub sum: u64,
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:x}", self.on, self.sum)
    }
}

impl FromStr for Checksum {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let (on, sum) = text.split_once('.').ok_or(ParseIdError)?;
        let is_hex = !sum.is_empty() && sum.bytes().all(|b| b.is_ascii_hexdigit());
        let sum = if is_hex { u64::from_str_radix(sum, 16).ok() } else { None };
        Ok(Self { on: on.parse().map_err(|_| ParseIdError)?, sum: sum.ok_or(ParseIdError)? })
    }
}

as_text!(Checksum);

impl Checksum {
    /// What is said of rows that an older build has stored without the day of their picture, read on this day: a sum that
    /// nothing has, so that they are given anew.
    #[must_use]
    pub const fn of_who_knows_what(on: LocalDate) -> Self {
        Self { on, sum: u64::MAX }
    }
}

/// The sum over rows, each a class, an id and the change that last touched it.
#[must_use]
pub fn sum_of<'a>(rows: impl IntoIterator<Item = (&'a str, &'a str, u64)>) -> u64 {
    rows.into_iter().fold(0, |sum, (class, id, seq)| sum ^ term(hash(class, id), seq))
}

/// FNV-1a over class and id. It guards against accidents, not against people.
fn hash(class: &str, id: &str) -> u64 {
    let bytes = class.bytes().chain([0]).chain(id.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// What one row adds. Stirred, because in a plain xor alike differences of two rows would cancel out.
const fn term(key: u64, seq: u64) -> u64 {
    let number = key ^ seq.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// What a phone has of one stream, as far as its sum goes.
#[derive(Debug, Clone, Default)]
pub struct Held {
    /// By the hash of their keys, in order.
    rows: Vec<(u64, u64, Option<LocalDate>)>,
    /// The day of the last whole picture; nobody knows it of what an older build has stored.
    on: Option<LocalDate>,
}

impl Held {
    /// What a whole picture brings, or a start finds on the disk.
    #[must_use]
    pub fn of(rows: &[Row], on: Option<LocalDate>) -> Self {
        let mut rows: Vec<_> = rows.iter().map(|row| (hash(&row.class, &row.id), row.seq, row.on)).collect();
        sort_by_key(&mut rows, |row| *row);
        rows.dedup_by_key(|(key, ..)| *key);
        Self { rows, on }
    }

    /// Takes in one row as it is now.
    pub fn put(&mut self, row: &Row) {
        let key = hash(&row.class, &row.id);
        let row = (key, row.seq, row.on);
        match self.find(key) {
            Ok(at) => self.rows[at] = row,
            Err(at) => self.rows.insert(at, row),
        }
    }

    /// Forgets one row.
    pub fn remove(&mut self, key: &RowKey) {
        if let Ok(at) = self.find(hash(&key.class, &key.id)) {
            self.rows.remove(at);
        }
    }

    /// What to say of it; nothing if the day of its picture is not known.
    #[must_use]
    pub fn checksum(&self) -> Option<Checksum> {
        let on = self.on?;
        let days = window(on);
        let counted = self.rows.iter().filter(|(.., day)| day.is_none_or(|day| days.contains(&day)));
        Some(Checksum { on, sum: counted.fold(0, |sum, (key, seq, _)| sum ^ term(*key, *seq)) })
    }

    fn find(&self, key: u64) -> Result<usize, usize> {
        self.rows.binary_search_by_key(&key, |(key, ..)| *key)
    }
}

#[cfg(test)]
mod tests;
