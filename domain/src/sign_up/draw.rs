//! The draw: who gets a place where more ask than may come, so that being early or having a fast phone is no advantage.
//!
//! Before anybody asks, the hash of a secret is published; whoever asks is in the pool without an order. At the close the
//! secret is revealed, and the order follows from it and from the list of tickets, by hashes that anybody can compute
//! again: all that is hashed is lines of text. `docs/draw.md` has it step by step, with an
//! example. Who fits where is the walk of the waiting list; whoever gets no place waits in drawn order. Deliberately
//! absent: where the secret comes from (it is an argument), who is behind a ticket.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::queue::{Step, walk};
use crate::id::{OccurrenceId, ParseIdError, SignUpId};
use crate::order::sort_by_key;

/// The most parties that may ask for one date before it is drawn.
pub const POOL_PARTIES_MAX: u32 = 1_000;
/// What every text that is hashed begins with: the draw's version, so that another one is never taken for this.
const DRAW: &str = "lifehub draw 1";

macro_rules! hexadecimal {
    ($($(#[$doc:meta])* $name:ident: $bytes:literal bytes;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $bytes]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
                if text.len() != 2 * $bytes || !text.bytes().all(is_digit) {
                    return Err(ParseIdError);
                }
                let mut bytes = [0; $bytes];
                for (n, byte) in bytes.iter_mut().enumerate() {
                    *byte = u8::from_str_radix(&text[2 * n..2 * n + 2], 16).map_err(|_| ParseIdError)?;
                }
                Ok(Self(bytes))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

hexadecimal! {
    /// What a draw follows from: random, and known to nobody before. 64 hexadecimal digits.
    Secret: 32 bytes;
    /// The hash that binds whoever keeps the secret to it. 64 hexadecimal digits.
    Commitment: 32 bytes;
    /// A party in the public list: only its own phone and the staff can tell whose it is. 16 hexadecimal digits.
    Ticket: 8 bytes;
}

impl Secret {
    /// Of random bytes.
    #[must_use]
    pub const fn of_random(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

/// Not the secret itself: what is printed ends in logs.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl fmt::Debug for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Commitment({self})")
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ticket({self})")
    }
}

/// The hash of a text: of what it is for and the values, each a line of its own.
fn hash(what: &str, values: &[&dyn fmt::Display]) -> [u8; 32] {
    let mut text = format!("{DRAW} {what}\n");
    for value in values {
        text.push_str(&value.to_string());
        text.push('\n');
    }
    Sha256::digest(text.as_bytes()).into()
}

/// What is published of the secret of a date before anybody asks.
#[must_use]
pub fn commitment(date: OccurrenceId, secret: Secret) -> Commitment {
    Commitment(hash("commitment", &[&date, &secret]))
}

/// The ticket of a sign-up.
#[must_use]
pub fn ticket(sign_up: SignUpId) -> Ticket {
    let [a, b, c, d, e, f, g, h, ..] = hash("ticket", &[&sign_up]);
    Ticket([a, b, c, d, e, f, g, h])
}

/// A party in the pool when it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its ticket.
    pub ticket: Ticket,
    /// How many heads.
    pub heads: u16,
}

/// What a draw gives a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawing {
    /// Which of the entries it is.
    pub entry: usize,
    /// What becomes of it.
    pub step: Step,
}

impl Drawing {
    /// How it is published, of the entries that were drawn from.
    #[must_use]
    pub fn lot(self, entries: &[Entry]) -> Lot {
        let Entry { ticket, heads } = entries[self.entry];
        Lot { ticket, heads, won: self.step == Step::MovesUp }
    }
}

/// Draws: every entry once, in drawn order. The order of the entries themselves does not matter.
#[must_use]
pub fn draw(secret: Secret, places: Option<u16>, entries: &[Entry]) -> Vec<Drawing> {
    let mut list = entries.to_vec();
    sort_by_key(&mut list, |entry| *entry);
    let lines: String = list.iter().map(|entry| format!("{} {}\n", entry.ticket, entry.heads)).collect();
    let listed = Commitment(Sha256::digest(lines.as_bytes()).into());
    let seed = Commitment(hash("seed", &[&secret, &listed]));
    let mut order: Vec<_> = entries
        .iter()
        .enumerate()
        .map(|(entry, Entry { ticket, heads })| ((hash("order", &[&seed, ticket]), *ticket, *heads), entry))
        .collect();
    sort_by_key(&mut order, |(key, _)| *key);
    let parties = order.iter().map(|(_, entry)| (entries[*entry].heads, 0));
    let steps = match places {
        Some(places) => walk(places, places, parties, false),
        None => vec![Step::MovesUp; order.len()],
    };
    order.iter().zip(steps).map(|((_, entry), step)| Drawing { entry: *entry, step }).collect()
}

/// One line of what a draw came to, as it is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot {
    /// Whose.
    pub ticket: Ticket,
    /// How many heads.
    pub heads: u16,
    /// Whether it got its places.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub won: bool,
}

/// What is published of a draw: all lots in drawn order.
#[must_use]
pub fn lots(secret: Secret, places: Option<u16>, entries: &[Entry]) -> Vec<Lot> {
    draw(secret, places, entries).into_iter().map(|drawing| drawing.lot(entries)).collect()
}

/// What becomes clear when a published draw is computed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The secret is the one that was fixed before, and the result follows from it and the list.
    Agrees,
    /// The secret is not the one whose hash was published before.
    OtherSecret,
    /// Something else follows from the secret and the list.
    OtherResult,
}

/// Computes a published draw again.
#[must_use]
pub fn verify(date: OccurrenceId, fixed: Commitment, secret: Secret, places: Option<u16>, result: &[Lot]) -> Verdict {
    if commitment(date, secret) != fixed {
        return Verdict::OtherSecret;
    }
    let entries: Vec<Entry> = result.iter().map(|lot| Entry { ticket: lot.ticket, heads: lot.heads }).collect();
    if lots(secret, places, &entries) == result { Verdict::Agrees } else { Verdict::OtherResult }
}

#[cfg(test)]
mod tests;
