//! When a space can be had, as its card and its page show it: plain values computed from the picture, without markup.

use domain::booking::{BookingState, SlotState, slots};
use domain::change::SpaceRow;
use domain::id::{BookingId, SpaceId};
use domain::order::sort_by_key;
use domain::space::SpacePolicy;
use domain::sync::{Delivery, View};
use domain::time::{LocalDate, TimeRange, Timestamp};

/// The length people book most often.
const USUAL_MINUTES: u16 = 60;

/// The length a space's times are shown for: an hour, if its terms allow.
#[must_use]
pub fn usual_minutes(policy: &SpacePolicy) -> u16 {
    let grid = policy.grid_minutes.max(15);
    let usual = USUAL_MINUTES.div_ceil(grid) * grid;
    usual.clamp(policy.min_minutes, policy.max_minutes.max(policy.min_minutes))
}

/// The first `count` free times from `from` on, within the days one may book; all of one day.
#[must_use]
pub fn next_free(
    view: &View,
    id: SpaceId,
    space: &SpaceRow,
    from: LocalDate,
    count: usize,
    now: Timestamp,
) -> Vec<TimeRange> {
    let minutes = usual_minutes(&space.policy);
    let last = now.date().plus_days(i32::from(space.policy.horizon_days));
    let mut date = from;
    while date <= last {
        let found = free_on(view, id, space, date, minutes, now);
        if !found.is_empty() {
            return found.into_iter().take(count).collect();
        }
        date = date.plus_days(1);
    }
    Vec::new()
}

/// The free times of a day that do not meet a booking of one's own.
#[must_use]
pub fn free_on(
    view: &View,
    id: SpaceId,
    space: &SpaceRow,
    date: LocalDate,
    minutes: u16,
    now: Timestamp,
) -> Vec<TimeRange> {
    let holdings = view.holdings_around(id, date);
    let facts = View::space_facts(space, &holdings);
    let is_own = |range: TimeRange| own_bookings(view, id).any(|(_, own, _)| own.overlaps(range));
    slots(&facts, date, minutes, now)
        .into_iter()
        .filter(|slot| matches!(slot.state, SlotState::Free { .. }) && !is_own(slot.range))
        .map(|slot| slot.range)
        .collect()
}

/// One's own live bookings of a space.
fn own_bookings(view: &View, id: SpaceId) -> impl Iterator<Item = (BookingId, TimeRange, BookingState)> + '_ {
    view.bookings
        .iter()
        .filter(move |(_, booking)| booking.row.space == id && booking.row.state.is_live())
        .map(|(id, booking)| (*id, booking.row.range, booking.row.state))
}

/// One time of a day, as its page shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DaySlot {
    /// The time.
    pub range: TimeRange,
    /// What can be done with it.
    pub state: DaySlotState,
}

/// What can be done with a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DaySlotState {
    /// It can be had; how many still fit, where parties share the space.
    Free {
        /// Heads, where that matters.
        heads_left: Option<u16>,
    },
    /// Somebody has it.
    Taken,
    /// It is too late to ask.
    TooSoon,
    /// It is too early to ask.
    TooFar,
    /// One has it oneself.
    Mine {
        /// The booking.
        booking: BookingId,
        /// Where it stands.
        state: BookingState,
        /// Whether it is still on its way.
        delivery: Option<Delivery>,
    },
}

/// All times of a day. A booking of one's own stands where it starts; what it covers besides is taken.
#[must_use]
pub fn day_slots(view: &View, id: SpaceId, space: &SpaceRow, date: LocalDate, now: Timestamp) -> Vec<DaySlot> {
    let holdings = view.holdings_around(id, date);
    let facts = View::space_facts(space, &holdings);
    let is_shared = matches!(space.policy.mode, domain::space::Mode::Shared { .. });
    let mut times: Vec<DaySlot> = slots(&facts, date, usual_minutes(&space.policy), now)
        .into_iter()
        .filter(|slot| !own_bookings(view, id).any(|(_, own, _)| own.contains(slot.range.start())))
        .map(|slot| {
            let meets_own = own_bookings(view, id).any(|(_, own, _)| own.overlaps(slot.range));
            let state = match slot.state {
                SlotState::Free { .. } if meets_own => DaySlotState::Taken,
                SlotState::Free { heads_left } => DaySlotState::Free { heads_left: is_shared.then_some(heads_left) },
                SlotState::Taken => DaySlotState::Taken,
                SlotState::TooSoon => DaySlotState::TooSoon,
                SlotState::TooFar => DaySlotState::TooFar,
            };
            DaySlot { range: slot.range, state }
        })
        .collect();
    for (booking, range, state) in own_bookings(view, id) {
        if range.start().date() == date && range.end() > now {
            let delivery = view.deliveries.get(&booking.uuid()).copied();
            times.push(DaySlot { range, state: DaySlotState::Mine { booking, state, delivery } });
        }
    }
    sort_by_key(&mut times, |slot| slot.range.start());
    times
}
