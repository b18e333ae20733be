//! A day of a space as its host sees it: what is booked and held, the gaps, the hours it is closed, and where now is.
//!
//! Plain values; the order of the list is the order of the day. Drawn by [`Timeline`](super::timeline::Timeline).

use domain::booking::{BookingState, decide_answer, decide_check_in};
use domain::change::SpaceRow;
use domain::id::{BookingId, OccurrenceId, SpaceId};
use domain::order::sort_by_key;
use domain::space::open_ranges;
use domain::sync::{Delivery, View};
use domain::time::{LocalDate, TimeRange, Timestamp};
use domain::words::{Words, format};

use super::request_card::who;

/// A gap shorter than this is no offer.
const GAP_MINUTES_MIN: i64 = 15;

/// One line of a day.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// Somebody's booking.
    Booking(Box<Block>),
    /// An activity that is held here.
    Activity {
        /// Which date.
        id: OccurrenceId,
        /// When.
        range: TimeRange,
        /// Of what.
        title: String,
        /// How many signed up.
        note: String,
        /// Whether it is over.
        is_over: bool,
    },
    /// Held by something this person is not told about.
    Held {
        /// When.
        range: TimeRange,
    },
    /// Nobody is there.
    Gap {
        /// When.
        range: TimeRange,
    },
    /// It is closed although its week says otherwise.
    Closed {
        /// When.
        range: TimeRange,
        /// Why.
        reason: String,
    },
    /// The present.
    Now(Timestamp),
}

/// A booking on the timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// The booking.
    pub id: BookingId,
    /// When.
    pub range: TimeRange,
    /// Who.
    pub who: String,
    /// How many, what for, what they wrote.
    pub note: String,
    /// Where it stands.
    pub state: BookingState,
    /// Whether something about it is on its way.
    pub delivery: Option<Delivery>,
    /// The next step its host takes, if there is one at this moment.
    pub next: Option<Next>,
    /// Whether its host can call it off.
    pub can_cancel: bool,
    /// Whether it is over.
    pub is_over: bool,
}

/// The next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Say yes.
    Approve,
    /// They are here.
    CheckIn,
}

impl Line {
    /// When it begins.
    #[must_use]
    pub fn start(&self) -> Timestamp {
        match self {
            Self::Booking(block) => block.range.start(),
            Self::Activity { range, .. } | Self::Held { range } | Self::Gap { range } | Self::Closed { range, .. } => {
                range.start()
            }
            Self::Now(at) => *at,
        }
    }

    const fn range(&self) -> Option<TimeRange> {
        match self {
            Self::Booking(block) => Some(block.range),
            Self::Activity { range, .. } | Self::Held { range } => Some(*range),
            Self::Gap { .. } | Self::Closed { .. } | Self::Now(_) => None,
        }
    }
}

/// The day of a space at `now`.
#[must_use]
pub fn day_lines(
    view: &View,
    id: SpaceId,
    space: &SpaceRow,
    date: LocalDate,
    words: &'static Words,
    now: Timestamp,
) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for (booking, row) in view.desk_bookings.iter() {
        let desk = &row.row;
        if desk.booking.space != id || desk.booking.range.start().date() != date || is_gone(desk.booking.state) {
            continue;
        }
        lines.push(Line::Booking(Box::new(block(view, *booking, desk, words, now))));
    }
    for (occurrence, row) in view.occurrences.iter() {
        let Some(activity) = view.activities.get(&row.row.activity) else { continue };
        let is_here = row.row.venue(&activity.row).space == Some(id) && row.row.range.start().date() == date;
        if !is_here || row.row.cancelled.is_some() {
            continue;
        }
        let taken = view.seats.get(occurrence).map_or(0, |seats| seats.row.taken);
        lines.push(Line::Activity {
            id: *occurrence,
            range: row.row.range,
            title: activity.row.title.to_string(),
            note: [words.desk.activity_here, " · ", &words.desk.signed_up(taken)].concat(),
            is_over: row.row.range.end() <= now,
        });
    }
    let known: Vec<TimeRange> = lines.iter().filter_map(Line::range).collect();
    let held = view.busy.get(&(id, date)).map(|busy| busy.row.holdings.clone()).unwrap_or_default();
    for holding in held.iter().filter(|holding| !known.contains(&holding.range)) {
        lines.push(Line::Held { range: holding.range });
    }
    let mut taken: Vec<TimeRange> = lines.iter().filter_map(Line::range).collect();
    sort_by_key(&mut taken, |range| range.start());
    for open in open_ranges(&space.hours, &space.closures, date) {
        let gaps = gaps(open, &taken);
        let from_now = gaps.into_iter().filter_map(|gap| TimeRange::new(gap.start().max(now), gap.end()));
        let offered = from_now.filter(|gap| gap.minutes() >= GAP_MINUTES_MIN);
        lines.extend(offered.map(|range| Line::Gap { range }));
    }
    for closure in &space.closures {
        let day = TimeRange::new(date.start(), date.plus_days(1).start());
        let Some(day) = day.filter(|day| day.overlaps(closure.range)) else { continue };
        let range = TimeRange::new(closure.range.start().max(day.start()), closure.range.end().min(day.end()));
        lines.extend(range.map(|range| Line::Closed { range, reason: words.desk.closed_why(&closure.reason) }));
    }
    if date == now.date() && !lines.is_empty() {
        lines.push(Line::Now(now));
    }
    sort_by_key(&mut lines, |line| (line.start(), !matches!(line, Line::Now(_))));
    lines
}

/// What no longer concerns the day.
const fn is_gone(state: BookingState) -> bool {
    matches!(state, BookingState::Declined | BookingState::Expired | BookingState::Cancelled)
}

fn block(
    view: &View,
    id: BookingId,
    desk: &domain::change::DeskBookingRow,
    words: &'static Words,
    now: Timestamp,
) -> Block {
    let booking = &desk.booking;
    let heads = words.booking.visitors(booking.adults, booking.children);
    let note = [Some(heads.as_str()), Some(words.purpose(booking.purpose)), booking.note.as_ref().map(|n| n.as_str())];
    let is_over = booking.range.end() <= now;
    let next = match booking.state {
        state if decide_answer(state, booking.range, booking.answer_by, now).is_ok() => Some(Next::Approve),
        state if decide_check_in(state, booking.range, now).is_ok() => Some(Next::CheckIn),
        _ => None,
    };
    Block {
        id,
        range: booking.range,
        who: who(words, desk),
        note: note.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        state: booking.state,
        delivery: view.deliveries.get(&id.uuid()).copied(),
        next,
        can_cancel: booking.state == BookingState::Approved && now < booking.range.start(),
        is_over,
    }
}

/// What is left of `open` between `taken`, which is in order of start.
fn gaps(open: TimeRange, taken: &[TimeRange]) -> Vec<TimeRange> {
    let mut gaps = Vec::new();
    let mut from = open.start();
    for range in taken.iter().filter(|range| range.overlaps(open)) {
        gaps.extend(TimeRange::new(from, range.start()));
        from = from.max(range.end());
    }
    gaps.extend(TimeRange::new(from, open.end()));
    gaps
}

/// How tall a block is drawn: one to four.
#[must_use]
pub const fn length_step(range: TimeRange) -> &'static str {
    match range.minutes() {
        ..=60 => "1",
        61..=120 => "2",
        121..=180 => "3",
        _ => "4",
    }
}

/// The two ends of a time, as staff read them.
#[must_use]
pub fn ends(range: TimeRange) -> (String, String) {
    let both = format::staff_range(range);
    let (start, end) = both.split_once('–').unwrap_or((&both, ""));
    (start.to_owned(), end.to_owned())
}
