//! The waiting list: who moves up, how, and what becomes of an offer.
//!
//! One walk, [`rebalance`], runs after every act that frees places, in its transaction. It passes over a party that does
//! not fit, but not for ever: a party that others went past [`PASSES_MAX`] times, or any from a day before the start, lets
//! what comes free gather for it. More than a day before the start a party that moves up simply has its places; nearer
//! to it the places are offered and held for a while that leaves out the night; in the last two hours whoever waits may
//! take what there is. Deliberately absent: who waits in which order (the store counts), words.

use crate::id::SignUpId;
use crate::refusal::Refusal;
use crate::time::{LocalDate, MinuteOfDay, TimeRange, Timestamp};

/// A party that others went past so often is not passed over again.
pub const PASSES_MAX: u8 = 3;
/// An offer that nobody answered sends its party to the back; so many end its waiting.
pub const EXPIRIES_MAX: u8 = 2;
/// From so many minutes before the start on a place is offered, and before that simply given.
pub const OFFERS_FROM_MINUTES_BEFORE: i64 = 24 * 60;
/// From so many minutes before the start on whoever waits may take what is free.
pub const LAST_CALL_MINUTES_BEFORE: i64 = 2 * 60;
/// An offer holds its places so many waking minutes at most.
pub const OFFER_MINUTES: i64 = 4 * 60;
/// An offer ends so many minutes before the start at the latest.
pub const OFFER_ENDS_MINUTES_BEFORE: i64 = 60;
/// Where fewer waking minutes than these are left for an answer, none is asked for.
pub const OFFER_MINUTES_LEAST: i64 = 60;
/// The hours of the day in which the clock of an offer runs, in minutes: from, until.
pub const WAKING: (u16, u16) = (8 * 60, 20 * 60);

/// A waiting party, as the walk sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingParty {
    /// The sign-up.
    pub id: SignUpId,
    /// How many heads.
    pub heads: u16,
    /// How often others went past it.
    pub passes: u8,
    /// Whether it can be asked; who has no phone cannot.
    pub can_answer: bool,
}

/// How a party moves up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Promotion {
    /// It has its places, and may give them back.
    #[default]
    Confirmed,
    /// Its places are held for it until it has answered.
    Offered {
        /// Until when it may answer.
        until: Timestamp,
    },
}

/// What a walk comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Walk {
    /// Those who move up, in order.
    pub promoted: Vec<SignUpId>,
    /// How those do who can answer, all alike.
    pub promotion: Promotion,
    /// Those whom somebody went past.
    pub passed: Vec<SignUpId>,
    /// Places that whoever waits may take, first come, first served; none while places are given out in order.
    pub up_for_grabs: u16,
}

impl Walk {
    /// How one of them moves up: who cannot answer has the places.
    #[must_use]
    pub const fn promotion_of(&self, party: &WaitingParty) -> Promotion {
        if party.can_answer { self.promotion } else { Promotion::Confirmed }
    }
}

/// Walks the waiting list in its order: who moves up now. Walking again changes nothing.
#[must_use]
pub fn rebalance(
    capacity: Option<u16>,
    held: u16,
    waiting: &[WaitingParty],
    range: TimeRange,
    is_cancelled: bool,
    now: Timestamp,
) -> Walk {
    let mut walk = Walk::default();
    if is_cancelled || range.start() <= now || waiting.is_empty() {
        return walk;
    }
    let Some(capacity) = capacity else {
        walk.promoted = waiting.iter().map(|party| party.id).collect();
        return walk;
    };
    let mut free = capacity.saturating_sub(held);
    if is_last_call(range, now) {
        // Who cannot take a place is given it, unless somebody before them still may.
        for party in waiting.iter().take_while(|party| !party.can_answer) {
            if party.heads <= free {
                free -= party.heads;
                walk.promoted.push(party.id);
            }
        }
        walk.up_for_grabs = free;
        return walk;
    }
    let is_near = range.start().plus_minutes(-OFFERS_FROM_MINUTES_BEFORE) <= now;
    let parties = waiting.iter().map(|party| (party.heads, party.passes));
    for (party, step) in waiting.iter().zip(self::walk(capacity, free, parties, is_near)) {
        match step {
            Step::MovesUp => walk.promoted.push(party.id),
            Step::IsPassed => walk.passed.push(party.id),
            Step::Waits => {}
        }
    }
    walk.promotion = promotion(range, now);
    walk
}

/// What the walk does with a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// It has its places.
    MovesUp,
    /// It waits, and others went past it.
    IsPassed,
    /// It waits, and so does everybody behind it.
    Waits,
}

/// The walk itself, over parties in their order, each with its heads and how often others went past it: a step for each.
pub(super) fn walk(capacity: u16, mut free: u16, parties: impl Iterator<Item = (u16, u8)>, is_near: bool) -> Vec<Step> {
    let mut steps = Vec::new();
    let (mut gone_past, mut is_over) = (Vec::new(), false);
    for (place, (heads, passes)) in parties.enumerate() {
        steps.push(Step::Waits);
        is_over |= free == 0;
        if is_over {
            continue;
        }
        if heads <= free {
            free -= heads;
            steps[place] = Step::MovesUp;
            for passed in gone_past.drain(..) {
                steps[passed] = Step::IsPassed;
            }
        } else if heads > capacity {
            // Larger than the room has become: nothing that gathers would ever be enough.
        } else if is_near || passes >= PASSES_MAX {
            is_over = true;
        } else {
            gone_past.push(place);
        }
    }
    steps
}

/// Whether whoever waits may take what is free.
#[must_use]
pub fn is_last_call(range: TimeRange, now: Timestamp) -> bool {
    range.start().plus_minutes(-LAST_CALL_MINUTES_BEFORE) < now && now < range.start()
}

/// How a party moves up at `now`.
fn promotion(range: TimeRange, now: Timestamp) -> Promotion {
    if now < range.start().plus_minutes(-OFFERS_FROM_MINUTES_BEFORE) {
        return Promotion::Confirmed;
    }
    let latest = range.start().plus_minutes(-OFFER_ENDS_MINUTES_BEFORE);
    let until = after_waking(now, OFFER_MINUTES).min(latest);
    if waking_minutes(now, until) < OFFER_MINUTES_LEAST { Promotion::Confirmed } else { Promotion::Offered { until } }
}

/// The waking hours of a day.
fn waking_hours(on: LocalDate) -> (Timestamp, Timestamp) {
    let at = |minutes| on.at(MinuteOfDay::new(minutes).expect("invariant: waking hours lie within a day"));
    (at(WAKING.0), at(WAKING.1))
}

/// The moment when so many waking minutes have passed; within waking hours itself.
#[must_use]
pub fn after_waking(from: Timestamp, minutes: i64) -> Timestamp {
    let (mut on, mut left) = (from.date(), minutes);
    loop {
        let (wake, sleep) = waking_hours(on);
        let begin = from.max(wake);
        let today = sleep.minutes_since(begin).max(0);
        // What would end with the day ends with it: nobody gains a night by it.
        if left <= today {
            return begin.plus_minutes(left);
        }
        left -= today;
        on = on.plus_days(1);
    }
}

/// How many waking minutes lie between two moments.
#[must_use]
pub fn waking_minutes(from: Timestamp, until: Timestamp) -> i64 {
    let (mut on, mut minutes) = (from.date(), 0);
    while on <= until.date() {
        let (wake, sleep) = waking_hours(on);
        minutes += until.min(sleep).minutes_since(from.max(wake)).max(0);
        on = on.plus_days(1);
    }
    minutes
}

/// What becomes of a party whose offer nobody answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expiry {
    /// It waits on, behind all others.
    ToTheBack,
    /// It waits no more.
    Lapsed,
}

/// Whether an offer is over.
#[must_use]
pub fn has_expired(until: Timestamp, now: Timestamp) -> bool {
    until <= now
}

/// Decides what an expired offer means to a party that let `before` expire already.
#[must_use]
pub const fn decide_expiry(before: u8) -> Expiry {
    if before + 1 < EXPIRIES_MAX { Expiry::ToTheBack } else { Expiry::Lapsed }
}

/// Where a party stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It has its places.
    Confirmed,
    /// Its places are held until it answers, also past that moment until somebody looks.
    Offered {
        /// Until when.
        until: Timestamp,
    },
    /// It waits.
    Waiting {
        /// Whether it let an offer expire.
        was_offered: bool,
    },
    /// It is out, for good.
    Out,
}

impl Standing {
    /// Whether places are counted as its own.
    #[must_use]
    pub const fn holds(self) -> bool {
        matches!(self, Self::Confirmed | Self::Offered { .. })
    }
}

/// What becomes of an acceptance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Acceptance {
    /// The party has its places.
    Confirmed,
    /// Its places went to others meanwhile; it is the first to get some.
    FirstInLine,
    /// Others were faster; it waits where it did.
    TooLate,
    /// It has its places already.
    AlreadyDone,
}

/// Decides an acceptance: of an offer, also one that came after its end, or of a place that is free in the last hours.
///
/// `room` is how many places nobody holds; none where there is no limit.
///
/// # Errors
/// [`Refusal::OccurrenceCancelled`], [`Refusal::OccurrenceOver`] once it has begun, [`Refusal::NoOffer`].
pub fn decide_acceptance(
    standing: Standing,
    heads: u16,
    room: Option<u16>,
    range: TimeRange,
    is_cancelled: bool,
    now: Timestamp,
) -> Result<Acceptance, Refusal> {
    if is_cancelled {
        return Err(Refusal::OccurrenceCancelled);
    }
    let was_offered = match standing {
        Standing::Confirmed => return Ok(Acceptance::AlreadyDone),
        Standing::Out => return Err(Refusal::NoOffer),
        _ if range.start() <= now => return Err(Refusal::OccurrenceOver),
        Standing::Offered { .. } => return Ok(Acceptance::Confirmed),
        Standing::Waiting { was_offered } => was_offered,
    };
    if !was_offered && !is_last_call(range, now) {
        return Err(Refusal::NoOffer);
    }
    Ok(match room.is_none_or(|room| heads <= room) {
        true => Acceptance::Confirmed,
        false if was_offered => Acceptance::FirstInLine,
        false => Acceptance::TooLate,
    })
}

/// Decides whether a party lets others have what is held for it; false when it is out already.
///
/// # Errors
/// [`Refusal::NoOffer`] where nothing is held: places that are one's own are given back by withdrawing.
pub const fn decide_decline(standing: Standing) -> Result<bool, Refusal> {
    match standing {
        Standing::Offered { .. } => Ok(true),
        Standing::Out => Ok(false),
        Standing::Confirmed | Standing::Waiting { .. } => Err(Refusal::NoOffer),
    }
}

#[cfg(test)]
mod tests;
