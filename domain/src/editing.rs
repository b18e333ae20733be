//! Editing a series: this date and those after it, or all that have not begun.
//!
//! An edit is first planned, and the plan is shown: which dates change, which are made, which are called off, and who has
//! signed up to each. What is carried out is exactly what was shown, or nothing ([`PlanHash`]). From the first date it
//! concerns on, the series goes on as another one; what lies before is never touched. A date is known by what the rule had
//! planned for it, never by its place in a list, and keeps its id. What a team has changed of one date by hand stays.
//! Deliberately absent: rooms (the one who decides asks for them), messages, and changing one date ([`crate::moving`]).

mod matching;
mod plan;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::activity::{Audience, Venue};
use crate::id::{ActivityId, OccurrenceId, ParseIdError, SignUpId};
use crate::json;
use crate::recurrence::Recurrence;
use crate::refusal::Refusal;
use crate::text::{Description, Note, PersonName, Title};
use crate::time::{MinuteOfDay, TimeRange};

pub use plan::{DateFacts, Planned, SeriesNow, decide_edit};

/// What becomes of a date the new rule does not have, when somebody has signed up for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leftover {
    /// It takes place besides.
    #[default]
    Keep,
    /// It is called off, and they are told.
    CallOff,
}

/// What a team wants a series to be, from one date on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesEdit {
    /// The activity.
    pub activity: ActivityId,
    /// The first date it concerns; none means all that have not begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<OccurrenceId>,
    /// Its title.
    pub title: Title,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Description>,
    /// Who may come.
    pub audience: Audience,
    /// Where.
    pub venue: Venue,
    /// Heads at most; none means no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u16>,
    /// The civil time each date starts, unless the rule has times of its own.
    pub at: MinuteOfDay,
    /// How long each date lasts, in minutes.
    pub minutes: u16,
    /// The rule; if it counts as before, what has been is counted off.
    pub rule: Recurrence,
    /// What becomes of dates the rule does not have any more.
    #[serde(default)]
    pub leftover: Leftover,
    /// Why, as those read it whose date is called off or who wait for fewer places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Note>,
}

/// What a plan was known by when it was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PlanHash(u64);

impl fmt::Display for PlanHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for PlanHash {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let is_hex = text.len() == 16 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let number = if is_hex { u64::from_str_radix(text, 16).ok() } else { None };
        number.map(Self).ok_or(ParseIdError)
    }
}

impl Serialize for PlanHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PlanHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What becomes of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Neither its time nor its place is another.
    Same,
    /// Its time or its place is another.
    Changed,
    /// The rule does not have it any more; it takes place besides.
    Extra,
    /// The rule does not have it any more; it is called off.
    CalledOff,
    /// It was called off before, and stays so.
    #[serde(other)]
    Off,
}

/// A party that has signed up for a date, or waits for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Party {
    /// The sign-up.
    pub sign_up: SignUpId,
    /// What the resident is called.
    pub name: PersonName,
    /// How many come.
    pub heads: u16,
    /// Whether it waits for a place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waits: bool,
}

/// A date that is there, in a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatePlan {
    /// The date.
    pub id: OccurrenceId,
    /// What becomes of it.
    pub fate: Fate,
    /// When it was to be.
    pub was: TimeRange,
    /// When it is to be.
    pub range: TimeRange,
    /// Whether it has another place from now on.
    pub is_elsewhere: bool,
    /// How many may come from now on, if that is another number; none in it means no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<Limit>,
    /// Whether something of it was changed by hand before, and stays as it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keeps_own: bool,
    /// Who has signed up or waits, in order of asking.
    pub parties: Vec<Party>,
}

/// How many may come to a date, where an edit says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// Heads at most; none means no limit.
    pub heads: Option<u16>,
    /// How many more have a place.
    pub over_by: u16,
}

impl DatePlan {
    /// Whether those who have signed up are to be told.
    #[must_use]
    pub const fn concerns_people(&self) -> bool {
        matches!(self.fate, Fate::Changed | Fate::CalledOff) || self.is_elsewhere && !matches!(self.fate, Fate::Off)
    }
}

/// What an edit would do: all of it, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Whether title, description, or who may come are others.
    pub is_said_otherwise: bool,
    /// The dates that are there, in order of time.
    pub dates: Vec<DatePlan>,
    /// The dates that come to be there, in order.
    pub made: Vec<TimeRange>,
    /// Whether the dates that come later are at other times, elsewhere, or for more or fewer.
    pub is_other_later: bool,
}

/// How many dates and people a plan touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Dates whose time or place is another.
    pub changed: usize,
    /// Dates that are called off.
    pub called_off: usize,
    /// Dates that take place besides.
    pub extra: usize,
    /// Dates that come to be there.
    pub made: usize,
}

impl Plan {
    /// What it is known by: another for whatever is shown otherwise.
    #[must_use]
    pub fn hash(&self) -> PlanHash {
        let shown = serde_json::to_string(self).expect("invariant: a plan of checked values has a JSON form");
        // FNV-1a. It guards against accidents, not against people.
        let step = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        PlanHash(shown.bytes().fold(0xcbf2_9ce4_8422_2325, step))
    }

    /// How much it touches.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let mut totals = Totals { made: self.made.len(), ..Totals::default() };
        for date in &self.dates {
            match date.fate {
                Fate::CalledOff => totals.called_off += 1,
                Fate::Changed => totals.changed += 1,
                Fate::Extra => totals.extra += 1,
                Fate::Same | Fate::Off => {}
            }
        }
        totals
    }

    /// Whether it changes anything at all.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        let touches = |date: &DatePlan| date.concerns_people() || date.capacity.is_some();
        !self.is_said_otherwise && !self.is_other_later && self.made.is_empty() && !self.dates.iter().any(touches)
    }

    /// What those who are told are called, each once, in order of the dates.
    #[must_use]
    pub fn told(&self) -> Vec<&PersonName> {
        let mut told: Vec<&PersonName> = Vec::new();
        let dates = self.dates.iter().filter(|date| date.concerns_people());
        for party in dates.flat_map(|date| &date.parties) {
            if !told.contains(&&party.name) {
                told.push(&party.name);
            }
        }
        told
    }
}

json::tagged! {
    #[serde(tag = "outcome", rename_all = "snake_case")]
    /// What the server says to an edit that is only looked at.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum DryRun {
        /// It can be carried out as shown.
        Planned {
            /// What the command has to name.
            hash: PlanHash,
            /// What it does.
            plan: Plan,
        },
        /// It cannot.
        Refused {
            /// Why.
            refusal: Refusal,
        },
    }
}

#[cfg(test)]
mod tests;
