//! Who came, as facts: each check-in, each who came without having signed up, and each undoing is noted once and never
//! changed. Who is here follows from the facts alone ([`here`]): several devices at one door, all of them without a network,
//! are put together by adding what each has noted, in whatever order it arrives and however often.
//!
//! Deliberately absent: which party may be checked in ([`crate::sign_up`]), by what code ([`crate::check_in`]), how many
//! the team counted ([`crate::closing`]).

use serde::{Deserialize, Serialize};

use crate::activity::Category;
use crate::closing::closes_at;
use crate::id::ArrivalId;
use crate::order::sort_by_key;
use crate::refusal::Refusal;
use crate::sign_up::{CHECK_IN_MINUTES_BEFORE, Seats};
use crate::time::{TimeRange, Timestamp};

/// The most check-ins of one party that are kept, and that one undoing names; more say nothing that these do not.
pub const ARRIVALS_MAX: usize = 16;
/// The most heads one entry at the door stands for.
pub const WALK_IN_HEADS_MAX: u16 = 99;
/// The most entries of people who had not signed up, at one date.
pub const WALK_INS_MAX: u32 = 500;

/// How a party was checked in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// By its code.
    Code,
    /// By its name in the roster.
    #[default]
    #[serde(other)]
    Name,
}

impl Way {
    /// Whether it is what is meant where nothing is said.
    #[must_use]
    pub const fn is_name(&self) -> bool {
        matches!(self, Self::Name)
    }

    /// The word used in stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Name => "name",
        }
    }
}

/// That a party came, noted once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Arrival {
    /// Its id: that of the command that noted it.
    pub id: ArrivalId,
    /// When, by the device at the door.
    pub at: Timestamp,
    /// How.
    #[serde(default, skip_serializing_if = "Way::is_name")]
    pub way: Way,
}

/// Who is here by these facts: what was noted and not undone, each once, the earliest first.
#[must_use]
pub fn here(noted: impl IntoIterator<Item = Arrival>, undone: &[ArrivalId]) -> Vec<Arrival> {
    let mut here: Vec<Arrival> = noted.into_iter().filter(|one| !undone.contains(&one.id)).collect();
    sort_by_key(&mut here, |one| (one.at, one.id));
    here.dedup_by_key(|one| one.id);
    here
}

/// Since when a party is here, if it is.
#[must_use]
pub fn since(here: &[Arrival]) -> Option<Timestamp> {
    here.first().map(|one| one.at)
}

/// When something happened at the door of a date: what the device says, but not later than now and not before check-in
/// opens, since a device's clock may be anything.
#[must_use]
pub fn happened_at(range: TimeRange, said: Option<Timestamp>, now: Timestamp) -> Timestamp {
    said.unwrap_or(now).max(range.start().plus_minutes(-CHECK_IN_MINUTES_BEFORE)).min(now)
}

/// Decides whether a check-in is undone, and which of its facts. Each is named: one that came from elsewhere, which whoever
/// undoes has not seen, stays. A phone of an older build names a time, which stands for what the server shows with it.
///
/// # Errors
/// [`Refusal::ClosingOver`] once nobody can say any more how the date went; [`Refusal::Malformed`] for more than are kept.
pub fn decide_undo(
    range: TimeRange,
    category: Category,
    here: &[Arrival],
    of: &[ArrivalId],
    seen: Timestamp,
    now: Timestamp,
) -> Result<Vec<ArrivalId>, Refusal> {
    let closed_at = closes_at(range, category);
    if now >= closed_at {
        return Err(Refusal::ClosingOver { closed_at });
    }
    if of.len() > ARRIVALS_MAX {
        return Err(Refusal::Malformed { field: "/body/of".to_owned() });
    }
    Ok(match (of, since(here)) {
        ([], Some(at)) if at == seen => here.iter().map(|one| one.id).collect(),
        ([], _) => Vec::new(),
        (named, _) => named.to_vec(),
    })
}

/// How many more the door may let in: what is free beside those who have a place and those let in before; none while
/// anybody waits, until the date begins. No number where there is no limit.
#[must_use]
pub fn room_at_the_door(seats: Seats, walked_in: u16, range: TimeRange, now: Timestamp) -> Option<u16> {
    let is_others = seats.waiting_parties > 0 && now < range.start();
    seats.room().map(|room| if is_others { 0 } else { room.saturating_sub(walked_in) })
}

/// Decides whether somebody who has not signed up is noted at the door. Where there is no room left it takes a reason, which
/// stands beside it: whoever is in is in.
///
/// # Errors
/// [`Refusal::OccurrenceCancelled`], [`Refusal::CheckInNotOpen`], [`Refusal::ClosingOver`], [`Refusal::DoorFull`], and
/// [`Refusal::Malformed`] for nobody or more than anybody brings, which is a mistake of the form.
pub fn decide_walk_in(door: Door, heads: u16, has_reason: bool, now: Timestamp) -> Result<(), Refusal> {
    let Door { range, category, is_cancelled, seats, walked_in } = door;
    if is_cancelled {
        return Err(Refusal::OccurrenceCancelled);
    }
    let opens_at = range.start().plus_minutes(-CHECK_IN_MINUTES_BEFORE);
    if now < opens_at {
        return Err(Refusal::CheckInNotOpen { opens_at });
    }
    decide_removal(range, category, now)?;
    if heads == 0 || heads > WALK_IN_HEADS_MAX {
        return Err(Refusal::Malformed { field: "/body/heads".to_owned() });
    }
    match room_at_the_door(seats, walked_in, range, now) {
        Some(places_left) if heads > places_left && !has_reason => Err(Refusal::DoorFull { places_left }),
        _ => Ok(()),
    }
}

/// Decides whether an entry at the door can still be taken back: as long as how the date went can be said.
///
/// # Errors
/// [`Refusal::ClosingOver`].
pub fn decide_removal(range: TimeRange, category: Category, now: Timestamp) -> Result<(), Refusal> {
    let closed_at = closes_at(range, category);
    if now >= closed_at { Err(Refusal::ClosingOver { closed_at }) } else { Ok(()) }
}

/// What the decision at the door needs to know about the date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Door {
    /// When it takes place.
    pub range: TimeRange,
    /// What kind of activity it is of.
    pub category: Category,
    /// Whether it was called off.
    pub is_cancelled: bool,
    /// The counts.
    pub seats: Seats,
    /// Heads let in before who had not signed up.
    pub walked_in: u16,
}

#[cfg(test)]
mod tests;
