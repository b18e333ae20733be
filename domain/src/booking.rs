//! Booking: whether a party may hold a space for an interval, which times are free, what to offer instead.
//!
//! One decision for phone and server. The order of checks is fixed and the first failing class answers, so that both
//! say the same. Two holdings of an exclusive space never overlap; between them lies the *larger* of the two buffers,
//! not their sum. In a shared space neither groups nor heads exceed the limits at any instant (a sweep over the ends
//! of holdings, never a sum of everything that overlaps). Deliberately absent: quotas by week, moves, series, strikes.

use serde::{Deserialize, Serialize};

use crate::id::SpaceId;
use crate::order::sort_by_key;
use crate::refusal::{Alternative, Refusal};
use crate::space::{Answer, Closure, FamilyRule, Mode, OpeningHours, SpacePolicy, is_open_for, open_ranges};
use crate::time::{LocalDate, TimeRange, Timestamp};

/// The length of a cell, the unit in which space is held, in minutes of UTC.
pub const CELL_MINUTES: i64 = 15;
/// A host has at least until so many minutes before the start to answer.
pub const ANSWER_BEFORE_START_MINUTES: i64 = 15;
/// A party may be checked in from so many minutes before the start.
pub const CHECK_IN_MINUTES_BEFORE: i64 = 30;
/// The most alternatives a refusal offers.
pub const ALTERNATIVES_MAX: usize = 5;

/// What is held, without by whom: all that others may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Holding {
    /// The core time.
    pub range: TimeRange,
    /// Kept free before it, in minutes.
    #[serde(default)]
    pub setup: u16,
    /// Kept free after it, in minutes.
    #[serde(default)]
    pub teardown: u16,
    /// Heads it takes.
    pub heads: u16,
}

/// Everything about a space that the decision reads.
#[derive(Debug, Clone, Copy)]
pub struct SpaceFacts<'a> {
    /// Its terms.
    pub policy: &'a SpacePolicy,
    /// Its weekly hours.
    pub hours: &'a OpeningHours,
    /// Its closures around the time in question.
    pub closures: &'a [Closure],
    /// What is held around the time in question: a day on either side is always enough.
    pub holdings: &'a [Holding],
}

/// Who wants to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Party<'a> {
    /// Adults.
    pub adults: u16,
    /// The ages of the children in years on the day, one each.
    pub child_ages: &'a [u16],
}

impl Party<'_> {
    /// Heads in all.
    #[must_use]
    pub fn heads(self) -> u16 {
        self.adults.saturating_add(u16::try_from(self.child_ages.len()).unwrap_or(u16::MAX))
    }
}

/// What becomes of a booking that is not refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookingDecision {
    /// It stands.
    Approved,
    /// A host answers until then; unanswered it expires and frees the time.
    Requested {
        /// The last moment for an answer.
        answer_by: Timestamp,
    },
}

/// Decides a booking. `own` is what the household has in this space already, requested or standing, and not over.
/// A second wish for the same time, from another phone of the household, is told so: nobody else is in the way.
///
/// # Errors
/// By class, in this order: shape ([`Refusal::OffGrid`], [`Refusal::TooShort`], [`Refusal::TooLong`],
/// [`Refusal::InThePast`]), window ([`Refusal::TooSoon`], [`Refusal::TooFar`]), [`Refusal::SpaceClosed`], party
/// ([`Refusal::PartyEmpty`], [`Refusal::PartyTooBig`], [`Refusal::ChildNeeded`], [`Refusal::GuardianNeeded`],
/// [`Refusal::AgesOutside`]), [`Refusal::AlreadyBooked`], [`Refusal::TooManyOpenBookings`], room
/// ([`Refusal::SlotTaken`], [`Refusal::SlotFull`]).
pub fn decide_booking(
    space: &SpaceFacts<'_>,
    range: TimeRange,
    party: Party<'_>,
    own: &[TimeRange],
    now: Timestamp,
) -> Result<BookingDecision, Refusal> {
    check_shape(space.policy, range, now)?;
    check_window(space.policy, range, now)?;
    is_open_for(space.hours, space.closures, range).map_err(|reason| Refusal::SpaceClosed { reason })?;
    check_party(space.policy, party)?;
    if own.iter().any(|own| own.overlaps(range)) {
        return Err(Refusal::AlreadyBooked);
    }
    if own.len() >= usize::from(space.policy.open_bookings_max) {
        return Err(Refusal::TooManyOpenBookings { max: space.policy.open_bookings_max });
    }
    check_room(space, range, party.heads())?;
    Ok(match space.policy.answer {
        Answer::Instant => BookingDecision::Approved,
        Answer::ByHost { within_minutes } => {
            // Asked for at the last moment, it may be answered until it starts.
            let latest = range.start().plus_minutes(-ANSWER_BEFORE_START_MINUTES);
            let latest = if latest > now { latest } else { range.start() };
            BookingDecision::Requested { answer_by: now.plus_minutes(i64::from(within_minutes)).min(latest) }
        }
    })
}

fn check_shape(policy: &SpacePolicy, range: TimeRange, now: Timestamp) -> Result<(), Refusal> {
    let grid = i64::from(policy.grid_minutes.max(1));
    let start_minute = i64::from(range.start().minute_of_day().minutes());
    let is_whole_minute = range.start().ms() % 60_000 == 0 && range.end().ms() % 60_000 == 0;
    if start_minute % grid != 0 || range.minutes() % grid != 0 || !is_whole_minute {
        return Err(Refusal::OffGrid { minutes: policy.grid_minutes });
    }
    if range.minutes() < i64::from(policy.min_minutes) {
        return Err(Refusal::TooShort { minutes: policy.min_minutes });
    }
    if range.minutes() > i64::from(policy.max_minutes) {
        return Err(Refusal::TooLong { minutes: policy.max_minutes });
    }
    if range.start() <= now { Err(Refusal::InThePast) } else { Ok(()) }
}

fn check_window(policy: &SpacePolicy, range: TimeRange, now: Timestamp) -> Result<(), Refusal> {
    if range.start() < now.plus_minutes(i64::from(policy.notice_minutes)) {
        return Err(Refusal::TooSoon { notice_minutes: policy.notice_minutes });
    }
    let last_on = now.date().plus_days(i32::from(policy.horizon_days));
    if range.start().date() > last_on { Err(Refusal::TooFar { last_on }) } else { Ok(()) }
}

fn check_party(policy: &SpacePolicy, party: Party<'_>) -> Result<(), Refusal> {
    let heads = party.heads();
    if heads == 0 {
        return Err(Refusal::PartyEmpty);
    }
    if heads > policy.mode.heads() {
        return Err(Refusal::PartyTooBig { max: policy.mode.heads() });
    }
    let children = u16::try_from(party.child_ages.len()).unwrap_or(u16::MAX);
    let Some(FamilyRule { from, to, children_per_adult }) = policy.family else {
        return if party.adults == 0 { Err(Refusal::GuardianNeeded) } else { Ok(()) };
    };
    if children == 0 {
        return Err(Refusal::ChildNeeded);
    }
    if children > party.adults.saturating_mul(u16::from(children_per_adult)) {
        return Err(Refusal::GuardianNeeded);
    }
    let fits = |age: &u16| (u16::from(from)..=u16::from(to)).contains(age);
    if party.child_ages.iter().all(fits) { Ok(()) } else { Err(Refusal::AgesOutside { from, to }) }
}

fn check_room(space: &SpaceFacts<'_>, range: TimeRange, heads: u16) -> Result<(), Refusal> {
    match space.policy.mode {
        Mode::Exclusive { .. } => {
            let clash = is_held(space.policy, space.holdings, range);
            if clash { Err(Refusal::SlotTaken) } else { Ok(()) }
        }
        Mode::Shared { groups, heads: heads_max } => {
            let (groups_peak, heads_peak) = peak(space.holdings, range);
            let heads_left = heads_max.saturating_sub(heads_peak);
            if groups_peak >= groups || heads_left == 0 {
                Err(Refusal::SlotTaken)
            } else if heads > heads_left {
                Err(Refusal::SlotFull { heads_left })
            } else {
                Ok(())
            }
        }
    }
}

/// Whether anybody holds a space at a time for which somebody wants the whole of it, buffers included: a party where it is
/// exclusive, and an activity anywhere. An activity may lie outside the hours residents book in.
#[must_use]
pub fn is_held(policy: &SpacePolicy, holdings: &[Holding], range: TimeRange) -> bool {
    holdings.iter().any(|held| collides(policy, held, range))
}

/// Whether an exclusive space held by `held` can't be had for `range`: the cores meet, or one's core meets the
/// other's buffer. Two buffers may lie on each other.
#[must_use]
fn collides(policy: &SpacePolicy, held: &Holding, range: TimeRange) -> bool {
    let around_mine_start = range.start().plus_minutes(-i64::from(policy.setup_minutes));
    let around_mine_end = range.end().plus_minutes(i64::from(policy.teardown_minutes));
    let around_held_start = held.range.start().plus_minutes(-i64::from(held.setup));
    let around_held_end = held.range.end().plus_minutes(i64::from(held.teardown));
    let mine_meets_held = around_mine_start < held.range.end() && held.range.start() < around_mine_end;
    let held_meets_mine = around_held_start < range.end() && range.start() < around_held_end;
    mine_meets_held || held_meets_mine
}

/// The most groups and the most heads present at any instant of `range`.
fn peak(holdings: &[Holding], range: TimeRange) -> (u16, u16) {
    // Ends sort before starts at the same instant: half-open ranges that touch do not meet.
    let mut steps: Vec<(Timestamp, bool, u16)> = Vec::with_capacity(holdings.len() * 2);
    for held in holdings.iter().filter(|held| held.range.overlaps(range)) {
        steps.push((held.range.start(), true, held.heads));
        steps.push((held.range.end(), false, held.heads));
    }
    sort_by_key(&mut steps, |(at, is_start, _)| (*at, *is_start));
    let (mut groups, mut heads, mut groups_peak, mut heads_peak) = (0u16, 0u16, 0u16, 0u16);
    for (at, is_start, size) in steps {
        if is_start {
            groups += 1;
            heads = heads.saturating_add(size);
            if at < range.end() {
                groups_peak = groups_peak.max(groups);
                heads_peak = heads_peak.max(heads);
            }
        } else {
            groups -= 1;
            heads = heads.saturating_sub(size);
            // What ended before the range never counts: forget its peak.
            if at <= range.start() {
                (groups_peak, heads_peak) = (groups, heads);
            }
        }
    }
    (groups_peak, heads_peak)
}

/// One time to start on a day, as a screen shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The time.
    pub range: TimeRange,
    /// Whether it can be had.
    pub state: SlotState,
}

/// Whether a slot can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotState {
    /// Yes; so many heads still fit.
    Free {
        /// Heads that still fit.
        heads_left: u16,
    },
    /// Somebody else has it.
    Taken,
    /// It is too late to ask for it.
    TooSoon,
    /// It is too early to ask for it.
    TooFar,
}

/// The slots of `minutes` length that start on the grid of a day and lie in open time; those past are left out.
///
/// For two heads or more in a shared space, compare `heads_left`.
#[must_use]
pub fn slots(space: &SpaceFacts<'_>, date: LocalDate, minutes: u16, now: Timestamp) -> Vec<Slot> {
    let grid = i64::from(space.policy.grid_minutes.max(15));
    let mut slots = Vec::new();
    for open in open_ranges(space.hours, space.closures, date) {
        let offset = i64::from(open.start().minute_of_day().minutes()) % grid;
        let mut start = open.start().plus_minutes((grid - offset) % grid);
        while let Some(range) = TimeRange::new(start, start.plus_minutes(i64::from(minutes))) {
            if range.end() > open.end() {
                break;
            }
            if start > now {
                slots.push(Slot { range, state: slot_state(space, range, now) });
            }
            start = start.plus_minutes(grid);
        }
    }
    slots
}

fn slot_state(space: &SpaceFacts<'_>, range: TimeRange, now: Timestamp) -> SlotState {
    if check_room(space, range, 1).is_err() {
        return SlotState::Taken;
    }
    match check_window(space.policy, range, now) {
        Ok(()) => {}
        Err(Refusal::TooFar { .. }) => return SlotState::TooFar,
        Err(_) => return SlotState::TooSoon,
    }
    let heads_left = match space.policy.mode {
        Mode::Exclusive { heads } => heads,
        Mode::Shared { heads, .. } => heads.saturating_sub(peak(space.holdings, range).1),
    };
    SlotState::Free { heads_left }
}

/// A space that could be offered instead, with what the decision reads about it.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The space.
    pub id: SpaceId,
    /// Its facts.
    pub facts: SpaceFacts<'a>,
    /// What the household has open there.
    pub own: &'a [TimeRange],
}

/// Times near the wished one that would be accepted if asked for at once: in the wished space (which comes first in
/// `candidates`) on the same day and the next days, and at the same time in the others. At most [`ALTERNATIVES_MAX`], at least one of each kind that exists.
#[must_use]
pub fn alternatives(
    candidates: &[Candidate<'_>],
    wished: TimeRange,
    party: Party<'_>,
    now: Timestamp,
) -> Vec<Alternative> {
    let Some((own, others)) = candidates.split_first() else { return Vec::new() };
    let acceptable = |candidate: &Candidate<'_>, range: TimeRange| {
        decide_booking(&candidate.facts, range, party, candidate.own, now).is_ok()
    };
    let minutes = u16::try_from(wished.minutes()).unwrap_or(u16::MAX);
    let mut own_times: Vec<(i64, Alternative)> = Vec::new();
    for day in 0..=2 {
        let date = wished.start().date().plus_days(day);
        for slot in slots(&own.facts, date, minutes, now) {
            if slot.range != wished && acceptable(own, slot.range) {
                let distance = (slot.range.start().ms() - wished.start().ms()).abs() + i64::from(day) * 3_600_000;
                own_times.push((distance, Alternative::Slot { space: own.id, range: slot.range }));
            }
        }
    }
    sort_by_key(&mut own_times, |(distance, _)| *distance);
    let elsewhere: Vec<Alternative> = others
        .iter()
        .filter(|candidate| acceptable(candidate, wished))
        .map(|candidate| Alternative::Slot { space: candidate.id, range: wished })
        .take(2)
        .collect();
    let mut found: Vec<Alternative> =
        own_times.into_iter().map(|(_, alternative)| alternative).take(ALTERNATIVES_MAX - elsewhere.len()).collect();
    found.extend(elsewhere);
    found
}

/// Whether a booking with this state can still be cancelled: always before its end, as freeing is never refused.
///
/// # Errors
/// [`Refusal::BookingDecided`] when it no longer holds the time.
pub fn decide_cancel(state: BookingState, range: TimeRange, now: Timestamp) -> Result<(), Refusal> {
    if state.is_live() && now < range.end() { Ok(()) } else { Err(Refusal::BookingDecided) }
}

/// Decides a host's answer, yes or no. From `answer_by` on the request has lapsed, whether or not anybody has come by to
/// note it: its owner may have booked elsewhere.
///
/// # Errors
/// [`Refusal::BookingDecided`] when it is no longer a request, [`Refusal::InThePast`] when its time has begun,
/// [`Refusal::AnswerOverdue`].
pub fn decide_answer(
    state: BookingState,
    range: TimeRange,
    answer_by: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), Refusal> {
    if state != BookingState::Requested {
        return Err(Refusal::BookingDecided);
    }
    if range.start() <= now {
        return Err(Refusal::InThePast);
    }
    match answer_by.filter(|by| *by <= now) {
        Some(answer_by) => Err(Refusal::AnswerOverdue { answer_by }),
        None => Ok(()),
    }
}

/// What time alone makes of a booking by `now`, if anything: a request nobody answered expires, and what is over is
/// over. Nobody is said to have stayed away where nobody was there to see them come.
#[must_use]
pub fn decide_by_time(
    state: BookingState,
    range: TimeRange,
    answer_by: Option<Timestamp>,
    check_in_required: bool,
    now: Timestamp,
) -> Option<BookingState> {
    let is_over = range.end() <= now;
    match state {
        BookingState::Requested if answer_by.is_some_and(|by| by <= now) => Some(BookingState::Expired),
        BookingState::CheckedIn if is_over => Some(BookingState::Completed),
        BookingState::Approved if is_over && check_in_required => Some(BookingState::NoShow),
        BookingState::Approved if is_over => Some(BookingState::Completed),
        _ => None,
    }
}

/// Decides a check-in at a space.
///
/// # Errors
/// [`Refusal::BookingDecided`] unless it is approved, [`Refusal::CheckInNotOpen`], [`Refusal::InThePast`] after its end.
pub fn decide_check_in(state: BookingState, range: TimeRange, now: Timestamp) -> Result<(), Refusal> {
    if state != BookingState::Approved {
        return Err(Refusal::BookingDecided);
    }
    let opens_at = range.start().plus_minutes(-CHECK_IN_MINUTES_BEFORE);
    if now < opens_at {
        return Err(Refusal::CheckInNotOpen { opens_at });
    }
    if range.end() <= now { Err(Refusal::InThePast) } else { Ok(()) }
}

/// Where a booking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookingState {
    /// Waits for the host's answer and holds the time.
    Requested,
    /// Stands.
    Approved,
    /// The host said no.
    Declined,
    /// Nobody answered in time.
    Expired,
    /// Called off.
    Cancelled,
    /// The party is there.
    CheckedIn,
    /// Over; nothing is known against their having come.
    Completed,
    /// Over, and nobody came where parties are checked in.
    NoShow,
}

impl BookingState {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Requested,
        Self::Approved,
        Self::Declined,
        Self::Expired,
        Self::Cancelled,
        Self::CheckedIn,
        Self::Completed,
        Self::NoShow,
    ];

    /// Whether it holds the time.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Requested | Self::Approved | Self::CheckedIn)
    }

    /// The word used in stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::CheckedIn => "checked_in",
            Self::Completed => "completed",
            Self::NoShow => "no_show",
        }
    }
}

#[cfg(test)]
mod tests;
