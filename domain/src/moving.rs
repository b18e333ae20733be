//! Changing one date: moving it to another time, another place, or both, and holding it after all once it was called off.
//! What was changed by hand is remembered field by field.
//!
//! Whoever has signed up keeps the place, is told, and may leave until the date begins; saying nothing means coming.
//! Deliberately absent: rooms (the one who decides asks for them), and edits of a whole series.

use serde::{Deserialize, Serialize};

use crate::activity::{HORIZON_DAYS, LENGTH_MINUTES, Venue};
use crate::booking::{Holding, is_held};
use crate::order::sort_by_key;
use crate::refusal::Refusal;
use crate::series::Series;
use crate::space::SpacePolicy;
use crate::time::{MinuteOfDay, TimeRange, Timestamp};

/// What a team has changed of a date, field by field, by itself or by editing its series; what is not named here is as it
/// was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByHand {
    /// When it was to begin as it was published, if its time was changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<Timestamp>,
    /// Where it is now, if its place was changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub venue: Option<Venue>,
}

/// A date as a move is decided on it.
#[derive(Debug, Clone, Copy)]
pub struct DateNow<'a> {
    /// When it is.
    pub range: TimeRange,
    /// Where it is.
    pub venue: &'a Venue,
    /// Whether it was called off.
    pub is_cancelled: bool,
    /// How often it has been changed.
    pub sequence: u32,
}

/// Another date of the same activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherDate {
    /// When it is.
    pub range: TimeRange,
    /// Whether it was called off.
    pub is_cancelled: bool,
}

/// What a move asks for.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// The sequence of what was looked at.
    pub sequence: u32,
    /// When it is to be.
    pub range: TimeRange,
    /// Where it is to be; none leaves it where it is.
    pub venue: Option<&'a Venue>,
}

/// What a move changes; nothing when neither is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Its time.
    pub time: bool,
    /// Its place.
    pub place: bool,
}

/// Decides a move, room aside.
///
/// # Errors
/// In this order: [`Refusal::OccurrenceCancelled`]; [`Refusal::OccurrenceOver`] for a date that has begun;
/// [`Refusal::Changed`] when it is not what was looked at; [`Refusal::BadLength`]; [`Refusal::InThePast`];
/// [`Refusal::SeriesTooLong`] beyond [`HORIZON_DAYS`]; [`Refusal::DateExists`] where the activity has another date.
pub fn decide_move(
    date: &DateNow<'_>,
    others: &[OtherDate],
    wish: &Wish<'_>,
    now: Timestamp,
) -> Result<Moved, Refusal> {
    if date.is_cancelled {
        return Err(Refusal::OccurrenceCancelled);
    }
    if date.range.start() <= now {
        return Err(Refusal::OccurrenceOver);
    }
    let moved = Moved { time: wish.range != date.range, place: wish.venue.is_some_and(|venue| venue != date.venue) };
    // Asked for a second time, it is so already, whatever the sequence is by now.
    if moved == (Moved { time: false, place: false }) {
        return Ok(moved);
    }
    if wish.sequence != date.sequence {
        return Err(Refusal::Changed);
    }
    if moved.time {
        check_time(wish.range, others, now)?;
    }
    Ok(moved)
}

/// Decides whether a date that was called off is held after all: whether it changes anything.
///
/// # Errors
/// [`Refusal::OccurrenceOver`] once it would have begun; [`Refusal::DateExists`] where the activity has another date meanwhile.
pub fn decide_reinstatement(date: &DateNow<'_>, others: &[OtherDate], now: Timestamp) -> Result<bool, Refusal> {
    if !date.is_cancelled {
        return Ok(false);
    }
    if date.range.start() <= now {
        return Err(Refusal::OccurrenceOver);
    }
    let meets = |other: &OtherDate| !other.is_cancelled && other.range.overlaps(date.range);
    if others.iter().any(meets) { Err(Refusal::DateExists) } else { Ok(true) }
}

/// The dates of a series that are not there yet, around the time to which one of its dates is to be moved: by its rule
/// those from `made_until` on.
#[must_use]
pub fn dates_to_come(series: &Series, made_until: Timestamp, wished: TimeRange, now: Timestamp) -> Vec<OtherDate> {
    let on = wished.start().date();
    // Nothing is moved further, and no rule is asked about it.
    if on > now.date().plus_days(HORIZON_DAYS) {
        return Vec::new();
    }
    let (from, to) = (made_until.max(on.plus_days(-1).start()), on.plus_days(2).start());
    let dates = if from < to { series.dates(from, to) } else { Vec::new() };
    dates.into_iter().map(|range| OtherDate { range, is_cancelled: false }).collect()
}

fn check_time(range: TimeRange, others: &[OtherDate], now: Timestamp) -> Result<(), Refusal> {
    let is_length = u16::try_from(range.minutes()).is_ok_and(|minutes| LENGTH_MINUTES.contains(&minutes));
    if !is_length || range.start().ms() % 60_000 != 0 || range.end().ms() % 60_000 != 0 {
        return Err(Refusal::BadLength);
    }
    if range.start() <= now {
        return Err(Refusal::InThePast);
    }
    let last_on = now.date().plus_days(HORIZON_DAYS);
    if range.start().date() > last_on {
        return Err(Refusal::SeriesTooLong { last_on });
    }
    // A date that was called off still has its time: it may be held after all.
    let meets = |other: &OtherDate| {
        other.range.start() == range.start() || (!other.is_cancelled && other.range.overlaps(range))
    };
    if others.iter().any(meets) { Err(Refusal::DateExists) } else { Ok(()) }
}

/// Offered instead of a time at which the room is taken, at most.
pub const OFFERS_MAX: usize = 3;
/// Between two times that are looked at, in minutes.
const STEP_MINUTES: u16 = 30;
/// The first and the last minute of the day at which a date is offered.
const DAY_MINUTES: std::ops::RangeInclusive<u16> = 7 * 60..=22 * 60;

/// Times of the wished day at which the date could be moved into its room, the nearest first. `holdings` are those of
/// others.
#[must_use]
pub fn free_times(
    policy: &SpacePolicy,
    holdings: &[Holding],
    others: &[OtherDate],
    wished: TimeRange,
    now: Timestamp,
) -> Vec<TimeRange> {
    let day = wished.start().date();
    let starts = DAY_MINUTES.step_by(STEP_MINUTES.into()).filter_map(MinuteOfDay::new).map(|minute| day.at(minute));
    let ranges = starts.filter_map(|start| TimeRange::new(start, start.plus_minutes(wished.minutes())));
    let latest = day.start().plus_minutes(i64::from(*DAY_MINUTES.end()));
    let is_free = |range: &TimeRange| {
        range.end() <= latest && check_time(*range, others, now).is_ok() && !is_held(policy, holdings, *range)
    };
    let mut free: Vec<TimeRange> = ranges.filter(is_free).collect();
    sort_by_key(&mut free, |range| (range.start().ms() - wished.start().ms()).abs());
    free.truncate(OFFERS_MAX);
    free
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::LocalDate;

    fn at(day: &str, hour: u8, minutes: i64) -> TimeRange {
        let day: LocalDate = day.parse().expect("a date");
        let start = day.at(MinuteOfDay::hm(hour, 0).expect("a time"));
        TimeRange::new(start, start.plus_minutes(minutes)).expect("a range")
    }

    fn venue(place: &str) -> Venue {
        Venue { space: None, place: place.parse().expect("a place") }
    }

    fn now() -> Timestamp {
        at("2026-11-30", 8, 60).start()
    }

    #[test]
    fn a_move_is_decided_or_says_why_not() {
        let (upstairs, square) = (venue("二楼"), venue("广场"));
        let date = DateNow { range: at("2026-12-01", 14, 60), venue: &upstairs, is_cancelled: false, sequence: 3 };
        let others = [
            OtherDate { range: at("2026-12-08", 14, 60), is_cancelled: false },
            OtherDate { range: at("2026-12-15", 14, 60), is_cancelled: true },
        ];
        let to = |range| Wish { sequence: 3, range, venue: None };
        let both = |time, place| Ok(Moved { time, place });
        let last_on = "2027-05-31".parse().expect("a date");
        for (wish, expected) in [
            (to(at("2026-12-01", 16, 60)), both(true, false)),
            (to(at("2026-12-01", 14, 90)), both(true, false)),
            (Wish { venue: Some(&square), ..to(date.range) }, both(false, true)),
            (Wish { venue: Some(&square), ..to(at("2026-12-02", 9, 60)) }, both(true, true)),
            (Wish { venue: Some(&upstairs), sequence: 0, ..to(date.range) }, both(false, false)),
            (Wish { sequence: 2, ..to(at("2026-12-01", 16, 60)) }, Err(Refusal::Changed)),
            (to(at("2026-12-01", 16, 10)), Err(Refusal::BadLength)),
            (to(at("2026-11-30", 7, 60)), Err(Refusal::InThePast)),
            (to(at("2027-06-01", 7, 60)), Err(Refusal::SeriesTooLong { last_on })),
            (to(at("2026-12-08", 14, 60)), Err(Refusal::DateExists)),
            (to(at("2026-12-08", 13, 90)), Err(Refusal::DateExists)),
            (to(at("2026-12-08", 15, 60)), both(true, false)),
            (to(at("2026-12-15", 14, 60)), Err(Refusal::DateExists)),
            (to(at("2026-12-15", 13, 90)), both(true, false)),
        ] {
            assert_eq!(decide_move(&date, &others, &wish, now()), expected, "{wish:?}");
        }
        let decided = |date: &DateNow<'_>, others: &[OtherDate]| decide_reinstatement(date, others, now());
        assert_eq!(decided(&date, &others), Ok(false), "it was never called off");
        let off = DateNow { is_cancelled: true, ..date };
        assert_eq!(decided(&off, &others), Ok(true));
        let instead = [OtherDate { range: at("2026-12-01", 14, 90), is_cancelled: false }];
        assert_eq!(decided(&off, &instead), Err(Refusal::DateExists));
        let began = date.range.start();
        assert_eq!(decide_reinstatement(&off, &[], began), Err(Refusal::OccurrenceOver));
        let off = DateNow { is_cancelled: true, ..date };
        assert_eq!(decide_move(&off, &[], &to(date.range), now()), Err(Refusal::OccurrenceCancelled));
        assert_eq!(decide_move(&date, &[], &to(date.range), date.range.start()), Err(Refusal::OccurrenceOver));
    }
}
