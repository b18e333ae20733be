//! The numbers and sets a rule is made of, each checked once. A set is a word of bits and is never empty.

use std::num::NonZeroU32;

use crate::order;
use crate::time::{MinuteOfDay, Weekday};

/// The largest interval.
pub const INTERVAL_MAX: u8 = 12;
/// The most times a rule may count: every day for longer than anybody lives.
pub const COUNT_MAX: u32 = 100_000;
/// The most times of a day.
pub const SLOTS_MAX: usize = 6;

/// Every how many days, weeks, months or years: 1 to [`INTERVAL_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Interval(u8);

impl Interval {
    /// Every single one.
    pub const ONE: Self = Self(1);

    /// The interval, when it is one.
    #[must_use]
    pub fn new(number: u8) -> Option<Self> {
        (1..=INTERVAL_MAX).contains(&number).then_some(Self(number))
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// How many times: 1 to [`COUNT_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Count(NonZeroU32);

impl Count {
    /// The number of times, when it is one.
    #[must_use]
    pub fn new(number: u32) -> Option<Self> {
        NonZeroU32::new(number).filter(|number| number.get() <= COUNT_MAX).map(Self)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0.get()
    }
}

/// Some weekdays, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Weekdays(u8);

impl Weekdays {
    /// The set, when it is not empty.
    #[must_use]
    pub fn new(weekdays: impl IntoIterator<Item = Weekday>) -> Option<Self> {
        let bits = weekdays.into_iter().fold(0, |bits, weekday| bits | 1 << weekday.index());
        (bits != 0).then_some(Self(bits))
    }

    /// One bit a weekday, Monday the lowest.
    pub(super) const fn bits(self) -> u8 {
        self.0
    }

    /// Its weekdays in order.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        Weekday::ALL.into_iter().filter(move |weekday| self.0 >> weekday.index() & 1 == 1)
    }
}

/// Which of the weekdays of one name in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Ordinal {
    Every,
    First,
    Second,
    Third,
    Fourth,
    Fifth,
    Last,
}

impl Ordinal {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Every, Self::First, Self::Second, Self::Third, Self::Fourth, Self::Fifth, Self::Last];
}

/// Some weekdays of a month, as in "the first and the last Friday"; at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NthWeekdays([u8; 7]);

impl NthWeekdays {
    /// The set, when it is not empty.
    #[must_use]
    pub fn new(weekdays: impl IntoIterator<Item = (Ordinal, Weekday)>) -> Option<Self> {
        let mut bits = [0; 7];
        for (ordinal, weekday) in weekdays {
            bits[ordinal as usize] |= 1 << weekday.index();
        }
        (bits != [0; 7]).then_some(Self(bits))
    }

    /// For one ordinal, one bit a weekday, Monday the lowest.
    pub(super) const fn bits(self, ordinal: Ordinal) -> u8 {
        self.0[ordinal as usize]
    }

    /// What it has, the ordinals in their order.
    pub fn iter(self) -> impl Iterator<Item = (Ordinal, Weekday)> {
        let of = move |ordinal| Weekdays(self.bits(ordinal)).iter().map(move |weekday| (ordinal, weekday));
        Ordinal::ALL.into_iter().flat_map(of)
    }
}

/// Some days of the month, 1 to 31 and the last one; at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MonthDays {
    days: u32,
    last: bool,
}

impl MonthDays {
    /// The set, when its days are 1 to 31 and it is not empty.
    #[must_use]
    pub fn new(days: impl IntoIterator<Item = u8>, last: bool) -> Option<Self> {
        let mut bits = 0;
        for day in days {
            if !(1..=31).contains(&day) {
                return None;
            }
            bits |= 1 << (day - 1);
        }
        (bits != 0 || last).then_some(Self { days: bits, last })
    }

    /// One bit a day, the first the lowest.
    pub(super) const fn bits(self) -> u32 {
        self.days
    }

    /// Its numbered days in order.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (1..=31).filter(move |day| self.days >> (day - 1) & 1 == 1)
    }

    /// Whether the last day is among them, whichever it is.
    #[must_use]
    pub const fn has_last(self) -> bool {
        self.last
    }
}

/// A month of the lunar year, 1 to 12.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LunarMonth(u8);

impl LunarMonth {
    /// The month, when it is one.
    #[must_use]
    pub fn new(month: u8) -> Option<Self> {
        (1..=12).contains(&month).then_some(Self(month))
    }

    /// Its number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// A day of a lunar month: 1 to 29, which every month has, or the last one, the 29th or the 30th.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LunarDay(u8);

impl LunarDay {
    /// The last day of the month.
    pub const LAST: Self = Self(30);

    /// The day of a number, 1 to 29.
    #[must_use]
    pub fn new(day: u8) -> Option<Self> {
        (1..=29).contains(&day).then_some(Self(day))
    }

    /// Its number; none is the last day.
    #[must_use]
    pub fn number(self) -> Option<u8> {
        (self != Self::LAST).then_some(self.0)
    }
}

/// The times of a day: the start's, or up to [`SLOTS_MAX`] of their own, in order and each once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Slots(Vec<MinuteOfDay>);

impl Slots {
    /// The start's time.
    pub const OF_START: Self = Self(Vec::new());

    /// Times of their own, in any order; none when there are none, too many, or one twice.
    #[must_use]
    pub fn new(mut times: Vec<MinuteOfDay>) -> Option<Self> {
        order::sort_by_key(&mut times, |time| *time);
        let is_strict = times.windows(2).all(|pair| pair[0] < pair[1]);
        (is_strict && (1..=SLOTS_MAX).contains(&times.len())).then_some(Self(times))
    }

    /// The times of their own; empty means the start's.
    #[must_use]
    pub fn times(&self) -> &[MinuteOfDay] {
        &self.0
    }
}
