//! The days of a rule in one month, as a word of bits: the first of the month is the lowest.
//!
//! A month is worked out from where it lies alone, never from the months before it, in a handful of operations.

use super::parts::{Interval, LunarDay, MonthDays, NthWeekdays, Ordinal, Weekdays};
use super::{LeapMonth, Pattern};
use crate::almanac::{LunarDate, civil_date, lunar_date};
use crate::time::{LocalDateTime, days_of};

/// What a rule takes from its start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchor {
    /// Its day, since 1970-01-01.
    pub day: i32,
    /// Its month.
    month: i32,
    day_of_month: u8,
    lunar_year: Option<i32>,
}

impl Anchor {
    pub(super) fn new(start: LocalDateTime) -> Self {
        let (_, _, day_of_month) = start.ymd();
        let lunar_year = start.date().and_then(lunar_date).map(|lunar| lunar.year.into());
        Self { day: start.days(), month: month_of(start), day_of_month, lunar_year }
    }
}

/// The month a time lies in, counted from the year 0.
pub(super) fn month_of(at: LocalDateTime) -> i32 {
    let (year, month, _) = at.ymd();
    year * 12 + i32::from(month) - 1
}

/// A month: where its days lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Month {
    index: i32,
    /// Its first day, since 1970-01-01.
    pub first: i32,
    length: u8,
}

impl Month {
    /// The month of an index; none outside the years 1 to 9999.
    pub(super) fn new(index: i32) -> Option<Self> {
        let (year, month) = (index.div_euclid(12), index.rem_euclid(12) as u8 + 1);
        let first = days_of(year, month, 1)?;
        let length = (28..=31).rev().find(|day| days_of(year, month, *day).is_some())?;
        Some(Self { index, first, length })
    }

    const fn all(self) -> u32 {
        u32::MAX >> (32 - self.length)
    }

    /// The weekday of its first day, 0 for Monday; 1970-01-01 was a Thursday.
    const fn first_weekday(self) -> u32 {
        (self.first + 3).rem_euclid(7) as u32
    }

    /// The bit of a day since 1970-01-01, when it lies in this month.
    fn bit(self, day: i32) -> u32 {
        let offset = day - self.first;
        if (0..i32::from(self.length)).contains(&offset) { 1 << offset } else { 0 }
    }

    /// The days whose weekday is in the set.
    const fn weekdays(self, bits: u8) -> u32 {
        let weeks = (bits as u64) * 0x08_1020_4081;
        (weeks >> self.first_weekday()) as u32 & self.all()
    }

    fn nth_weekdays(self, set: NthWeekdays) -> u32 {
        let of = |ordinal: Ordinal| {
            let among = match ordinal {
                Ordinal::Every => u32::MAX,
                Ordinal::Last => 0x7f << (self.length - 7),
                nth => 0x7f << (7 * (nth as u32 - 1)),
            };
            self.weekdays(set.bits(ordinal)) & among
        };
        Ordinal::ALL.into_iter().fold(0, |days, ordinal| days | of(ordinal))
    }

    const fn month_days(self, set: MonthDays) -> u32 {
        let last = if set.has_last() { 1 << (self.length - 1) } else { 0 };
        (set.bits() | last) & self.all()
    }

    /// Every so manieth day, counted from the anchor's.
    fn every_nth_day(self, every: Interval, anchor: &Anchor) -> u32 {
        let step = i32::from(every.get());
        let first = (anchor.day - self.first).rem_euclid(step);
        (first..i32::from(self.length)).step_by(every.get().into()).fold(0, |days, day| days | 1 << day)
    }

    /// The days in every so manieth week, counted from the anchor's. Weeks begin on Monday.
    fn every_nth_week(self, every: Interval, anchor: &Anchor) -> u32 {
        let step = i32::from(every.get());
        let week_of = |day: i32| (day + 3).div_euclid(7);
        let (first, from) = (week_of(self.first), week_of(anchor.day));
        // Six weeks may touch a month; shifted so that the week of the first begins before it.
        let weeks = (0..6).filter(|week| (first + week - from).rem_euclid(step) == 0);
        let days = weeks.fold(0_u64, |days, week| days | 0x7f << (7 * week));
        (days >> self.first_weekday()) as u32 & self.all()
    }

    fn is_nth(self, every: Interval, anchor: &Anchor) -> bool {
        (self.index - anchor.month).rem_euclid(every.get().into()) == 0
    }
}

impl Pattern {
    /// The days of a month the rule falls on, from the start's day on.
    pub(super) fn days_in(&self, month: Month, anchor: &Anchor) -> u32 {
        let weekdays = |set: &Option<Weekdays>| set.map_or(u32::MAX, |set| month.weekdays(set.bits()));
        let month_days = |set: &Option<MonthDays>| set.map_or(u32::MAX, |set| month.month_days(set));
        let days = match self {
            Self::Daily { every, weekdays: on, days } => {
                month.every_nth_day(*every, anchor) & weekdays(on) & month_days(days)
            }
            Self::Weekly { every, weekdays: Some(on) } => {
                month.every_nth_week(*every, anchor) & month.weekdays(on.bits())
            }
            Self::Weekly { every, weekdays: None } => {
                month.every_nth_week(*every, anchor) & month.weekdays(1 << (anchor.day + 3).rem_euclid(7))
            }
            Self::Monthly { every, .. } if !month.is_nth(*every, anchor) => 0,
            Self::Monthly { weekdays: None, days: None, .. } => 1 << (anchor.day_of_month - 1) & month.all(),
            Self::Monthly { weekdays: on, days, .. } => {
                on.map_or(month.all(), |on| month.nth_weekdays(on)) & month_days(days)
            }
            Self::LunarYearly { .. } => {
                let year = month.index.div_euclid(12);
                // A lunar year ends in January or February of the next civil one.
                [year - 1, year]
                    .into_iter()
                    .flat_map(|year| self.lunar_days(year, anchor))
                    .fold(0, |days, day| days | day.map_or(0, |day| month.bit(day)))
            }
        };
        match anchor.day - month.first {
            ..=0 => days,
            before @ 1..32 => days & u32::MAX << before,
            _ => 0,
        }
    }

    /// The days of a lunar year a lunar rule falls on, since 1970-01-01; none where the calendar does not reach.
    pub(super) fn lunar_days(&self, year: i32, anchor: &Anchor) -> [Option<i32>; 2] {
        let Self::LunarYearly { every, month, leap, day } = self else { return [None; 2] };
        let is_nth = anchor.lunar_year.is_some_and(|from| (year - from).rem_euclid(every.get().into()) == 0);
        let Some(year) = u16::try_from(year).ok().filter(|_| is_nth) else { return [None; 2] };
        let (regular, leap_month) = match leap {
            LeapMonth::Regular => (true, false),
            LeapMonth::Leap => (false, true),
            LeapMonth::Both => (true, true),
        };
        [(regular, false), (leap_month, true)]
            .map(|(is_meant, leap)| is_meant.then(|| lunar_day(year, month.get(), leap, *day)).flatten())
    }
}

fn lunar_day(year: u16, month: u8, leap: bool, day: LunarDay) -> Option<i32> {
    let of = |day| civil_date(LunarDate { year, month, leap, day });
    let date = match day.number() {
        Some(day) => of(day),
        None => of(30).or_else(|| of(29)),
    };
    date.map(|date| date.days())
}
