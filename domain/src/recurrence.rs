//! Recurrence: at what civil times something takes place again and again.
//!
//! A rule is a small part of RFC 5545 (daily, weekly, monthly), or a date of the lunar year as RFC 7529 writes it, with the
//! times of day and what becomes of public holidays. It is read and written as one text ([`text`](self::text)) and
//! expanded within a window ([`expand`](self::expand)), in civil time alone: no instant, no zone, no clock. Deliberately
//! absent: everything of the RFC that no team asks for, dates added or left out by hand, the edits of a series, and words. When the dates of a rule are there for people to sign up is [`crate::series`]'s.

mod days;
mod expand;
mod parts;
mod text;

pub use expand::{STARTS_MAX, TooManyStarts};
pub use parts::{
    COUNT_MAX, Count, INTERVAL_MAX, Interval, LunarDay, LunarMonth, MonthDays, NthWeekdays, Ordinal, SLOTS_MAX, Slots,
    Weekdays,
};
pub use text::{RULE_BYTES_MAX, RuleProblem};

use serde::{Deserialize, Deserializer};

use crate::time::LocalDateTime;

/// A rule: the days, how long it goes on, the times of a day, and what holidays change.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Recurrence {
    /// On which days.
    pub pattern: Pattern,
    /// How long.
    pub end: End,
    /// At what times of such a day.
    pub slots: Slots,
    /// What becomes of it around public holidays.
    pub holidays: HolidayPolicy,
}

/// On which days. What is not said follows from the start: its weekday, or its day of the month.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// Every so many days, and of these only such weekdays and days of the month.
    Daily {
        /// Every so many days from the start's.
        every: Interval,
        /// Only these weekdays.
        weekdays: Option<Weekdays>,
        /// Only these days of the month.
        days: Option<MonthDays>,
    },
    /// On weekdays of every so manieth week.
    Weekly {
        /// Every so many weeks from the start's; weeks begin on Monday.
        every: Interval,
        /// The weekdays; none means the start's.
        weekdays: Option<Weekdays>,
    },
    /// On days of every so manieth month; with both kinds of days, on those that are both. A day the month does not have
    /// is left out.
    Monthly {
        /// Every so many months from the start's.
        every: Interval,
        /// Such weekdays of the month.
        weekdays: Option<NthWeekdays>,
        /// Such days of the month; none of either kind means the start's day.
        days: Option<MonthDays>,
    },
    /// On a date of every so manieth lunar year.
    LunarYearly {
        /// Every so many years from the start's lunar year.
        every: Interval,
        /// The month.
        month: LunarMonth,
        /// Which of the months of that number, where a leap month follows it.
        leap: LeapMonth,
        /// The day.
        day: LunarDay,
    },
}

/// Which months of a number are meant in a lunar year that has it twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LeapMonth {
    /// The regular one: once a year.
    #[default]
    Regular,
    /// The leap month alone: only in years that have it.
    Leap,
    /// Both: twice in such a year.
    Both,
}

/// How long a rule goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum End {
    /// Without end.
    #[default]
    Never,
    /// So many times from the start on, counted before holidays take any away.
    Count(Count),
    /// Up to a time, itself included; a last day is its last second.
    Until(LocalDateTime),
}

/// What becomes of a date around public holidays, by the marks of [`crate::almanac::day_mark`]. It only takes away:
/// nobody says which weekday a make-up workday stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum HolidayPolicy {
    /// Nothing.
    #[default]
    Ignore,
    /// It is left out on a day off.
    SkipDaysOff,
    /// It takes place only on a day off.
    OnlyDaysOff,
    /// It follows the make-up workdays: left out where a day from Monday to Friday is off, and where a Saturday or Sunday
    /// is worked.
    FollowMakeUp,
}

write_as_text!(Recurrence);

impl<'de> Deserialize<'de> for Recurrence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let rule: Self = text.parse().map_err(serde::de::Error::custom)?;
        // One spelling per rule where rules travel and rest: the domain's own.
        if rule.to_string() == text { Ok(rule) } else { Err(serde::de::Error::custom(RuleProblem::Syntax)) }
    }
}

#[cfg(test)]
mod tests;
