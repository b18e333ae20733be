//! A rule as text: the value of an RRULE, in the part of its grammar that is ours, and two parts of our own that begin
//! with `X-`.
//!
//! Strict, so that a rule means one thing: names and words in capitals, no part twice, nothing unknown passed over. What is
//! written reads as the same rule, with its parts in one order.

use std::fmt;
use std::str::FromStr;

use super::parts::{
    Count, Interval, LunarDay, LunarMonth, MonthDays, NthWeekdays, Ordinal, SLOTS_MAX, Slots, Weekdays,
};
use super::{End, HolidayPolicy, LeapMonth, Pattern, Recurrence};
use crate::time::{LocalDateTime, MinuteOfDay, Weekday, days_of};

/// The longest text that is read, in bytes.
pub const RULE_BYTES_MAX: usize = 512;

/// Why a text is not a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum RuleProblem {
    /// Longer than [`RULE_BYTES_MAX`].
    #[error("a rule has at most {RULE_BYTES_MAX} bytes")]
    TooLong,
    /// Not `NAME=VALUE` parts with `;` between them.
    #[error("a rule is NAME=VALUE;NAME=VALUE")]
    Syntax,
    /// A part that is not in the grammar.
    #[error("the rule has a part that is not known")]
    UnknownPart,
    /// A part twice.
    #[error("the rule has a part twice")]
    DuplicatePart,
    /// A part that is needed is missing.
    #[error("the rule lacks a part")]
    MissingPart,
    /// A frequency that is not in the grammar.
    #[error("the frequency is not DAILY, WEEKLY or MONTHLY, or YEARLY of the lunar calendar")]
    UnsupportedFrequency,
    /// Parts that exclude each other.
    #[error("parts of the rule do not go together")]
    NotTogether,
    /// Both a number of times and a last one.
    #[error("a rule has COUNT or UNTIL, not both")]
    CountAndUntil,
    /// A part or an item of a list without a value.
    #[error("a part of the rule has no value")]
    EmptyValue,
    /// A value that is not of its part's form.
    #[error("a part of the rule has a value it cannot have")]
    BadValue,
    /// A number outside its range.
    #[error("a number of the rule is out of range")]
    OutOfRange,
    /// A value twice in a list.
    #[error("a list of the rule has a value twice")]
    DuplicateValue,
    /// More values than the list may have.
    #[error("a list of the rule is too long")]
    TooManyValues,
}

impl RuleProblem {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLong => "rule-too-long",
            Self::Syntax => "syntax",
            Self::UnknownPart => "unknown-part",
            Self::DuplicatePart => "duplicate-part",
            Self::MissingPart => "missing-part",
            Self::UnsupportedFrequency => "unsupported-frequency",
            Self::NotTogether => "not-together",
            Self::CountAndUntil => "count-and-until",
            Self::EmptyValue => "empty-value",
            Self::BadValue => "bad-value",
            Self::OutOfRange => "out-of-range",
            Self::DuplicateValue => "duplicate-value",
            Self::TooManyValues => "too-many-values",
        }
    }
}

/// The parts, as they are named and in the order they are written.
const NAMES: [&str; 11] =
    ["RSCALE", "FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "WKST", "COUNT", "UNTIL", "X-TIMES", "X-HOLIDAYS"];
const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const LUNAR: &str = "CHINESE";
const DAY_SECONDS: u32 = 24 * 60 * 60;
const POLICIES: [(&str, HolidayPolicy); 3] = [
    ("SKIP", HolidayPolicy::SkipDaysOff),
    ("ONLY", HolidayPolicy::OnlyDaysOff),
    ("FOLLOW", HolidayPolicy::FollowMakeUp),
];

/// The values of a text by name; each is there once and not empty.
struct Parts<'a>([Option<&'a str>; NAMES.len()]);

impl<'a> Parts<'a> {
    fn split(text: &'a str) -> Result<Self, RuleProblem> {
        let mut parts = [None; NAMES.len()];
        for part in text.split(';') {
            let (name, value) = part.split_once('=').ok_or(RuleProblem::Syntax)?;
            let index = NAMES.iter().position(|known| *known == name).ok_or(RuleProblem::UnknownPart)?;
            if parts[index].is_some() {
                return Err(RuleProblem::DuplicatePart);
            }
            if value.is_empty() {
                return Err(RuleProblem::EmptyValue);
            }
            parts[index] = Some(value);
        }
        Ok(Self(parts))
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        NAMES.iter().position(|known| *known == name).and_then(|index| self.0[index])
    }

    fn read<T>(&self, name: &str, read: impl Fn(&'a str) -> Result<T, RuleProblem>) -> Result<Option<T>, RuleProblem> {
        self.get(name).map(read).transpose()
    }

    /// Refuses parts that do not go with the frequency.
    fn without(&self, names: &[&str]) -> Result<(), RuleProblem> {
        if names.iter().any(|name| self.get(name).is_some()) { Err(RuleProblem::NotTogether) } else { Ok(()) }
    }
}

/// The items of a list: none empty, none twice.
fn items<T: PartialEq>(list: &str, read: impl Fn(&str) -> Result<T, RuleProblem>) -> Result<Vec<T>, RuleProblem> {
    let mut items = Vec::new();
    for item in list.split(',') {
        if item.is_empty() {
            return Err(RuleProblem::EmptyValue);
        }
        let item = read(item)?;
        if items.contains(&item) {
            return Err(RuleProblem::DuplicateValue);
        }
        items.push(item);
    }
    Ok(items)
}

/// A number without a sign; what is no number is a bad value, what is too large for one out of range.
fn number(text: &str) -> Result<u32, RuleProblem> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(RuleProblem::BadValue);
    }
    text.parse().map_err(|_| RuleProblem::OutOfRange)
}

fn interval(text: &str) -> Result<Interval, RuleProblem> {
    u8::try_from(number(text)?).ok().and_then(Interval::new).ok_or(RuleProblem::OutOfRange)
}

/// A number with or without a sign: whether it counts from the end, and the number.
fn signed(text: &str) -> Result<(bool, u32), RuleProblem> {
    match text.strip_prefix('-') {
        Some(digits) => Ok((true, number(digits)?)),
        None => Ok((false, number(text.strip_prefix('+').unwrap_or(text))?)),
    }
}

/// A day of the month; none is the last.
fn month_day(text: &str) -> Result<Option<u8>, RuleProblem> {
    match signed(text)? {
        (true, 1) => Ok(None),
        (false, day @ 1..=31) => Ok(Some(day as u8)),
        _ => Err(RuleProblem::OutOfRange),
    }
}

fn month_days(text: &str) -> Result<MonthDays, RuleProblem> {
    let days = items(text, month_day)?;
    MonthDays::new(days.iter().copied().flatten(), days.contains(&None)).ok_or(RuleProblem::OutOfRange)
}

fn nth_weekday(text: &str) -> Result<(Ordinal, Weekday), RuleProblem> {
    let (ordinal, name) = text.split_at_checked(text.len().saturating_sub(2)).ok_or(RuleProblem::BadValue)?;
    let index = WEEKDAYS.iter().position(|known| *known == name).ok_or(RuleProblem::BadValue)?;
    let ordinal = match ordinal {
        "" => Ordinal::Every,
        number => match signed(number)? {
            (true, 1) => Ordinal::Last,
            (false, nth @ 1..=5) => Ordinal::ALL[nth as usize],
            _ => return Err(RuleProblem::OutOfRange),
        },
    };
    Ok((ordinal, Weekday::ALL[index]))
}

fn nth_weekdays(text: &str) -> Result<NthWeekdays, RuleProblem> {
    NthWeekdays::new(items(text, nth_weekday)?).ok_or(RuleProblem::EmptyValue)
}

fn weekdays(text: &str) -> Result<Weekdays, RuleProblem> {
    let days = items(text, nth_weekday)?;
    if days.iter().any(|(ordinal, _)| *ordinal != Ordinal::Every) {
        return Err(RuleProblem::NotTogether);
    }
    Weekdays::new(days.into_iter().map(|(_, weekday)| weekday)).ok_or(RuleProblem::EmptyValue)
}

/// `20261231`, all of the day, or `20261231T193000`.
fn until(text: &str) -> Result<LocalDateTime, RuleProblem> {
    let (day, time) = text.split_once('T').unwrap_or((text, "235959"));
    if day.len() != 8 || time.len() != 6 {
        return Err(RuleProblem::BadValue);
    }
    let (day, time) = (number(day)?, number(time)?);
    let (hour, minute, second) = (time / 10_000, time / 100 % 100, time % 100);
    let days = days_of((day / 10_000) as i32, (day / 100 % 100) as u8, (day % 100) as u8);
    if hour > 23 || minute > 59 || second > 59 {
        return Err(RuleProblem::BadValue);
    }
    days.and_then(|days| LocalDateTime::from_days(days, hour * 3600 + minute * 60 + second))
        .ok_or(RuleProblem::BadValue)
}

fn lunar_months(text: &str) -> Result<(LunarMonth, LeapMonth), RuleProblem> {
    let months = items(text, |item| {
        let (digits, leap) = item.strip_suffix('L').map_or((item, false), |digits| (digits, true));
        let month = u8::try_from(number(digits)?).ok().and_then(LunarMonth::new).ok_or(RuleProblem::OutOfRange)?;
        Ok((month, leap))
    })?;
    match months[..] {
        [(month, false)] => Ok((month, LeapMonth::Regular)),
        [(month, true)] => Ok((month, LeapMonth::Leap)),
        [(one, _), (other, _)] if one == other => Ok((one, LeapMonth::Both)),
        _ => Err(RuleProblem::TooManyValues),
    }
}

fn lunar_day(text: &str) -> Result<LunarDay, RuleProblem> {
    match month_day(text)? {
        None => Ok(LunarDay::LAST),
        Some(day) => LunarDay::new(day).ok_or(RuleProblem::OutOfRange),
    }
}

fn slots(text: &str) -> Result<Slots, RuleProblem> {
    let times = items(text, |item| {
        if item.len() != 4 {
            return Err(RuleProblem::BadValue);
        }
        let time = number(item)?;
        MinuteOfDay::hm((time / 100) as u8, (time % 100) as u8).ok_or(RuleProblem::OutOfRange)
    })?;
    if times.len() > SLOTS_MAX {
        return Err(RuleProblem::TooManyValues);
    }
    Slots::new(times).ok_or(RuleProblem::DuplicateValue)
}

fn holidays(text: &str) -> Result<HolidayPolicy, RuleProblem> {
    POLICIES.iter().find(|(name, _)| *name == text).map(|(_, policy)| *policy).ok_or(RuleProblem::BadValue)
}

fn pattern(parts: &Parts<'_>) -> Result<Pattern, RuleProblem> {
    let frequency = parts.get("FREQ").ok_or(RuleProblem::MissingPart)?;
    let every = parts.read("INTERVAL", interval)?.unwrap_or(Interval::ONE);
    match (frequency, parts.get("RSCALE")) {
        ("YEARLY", Some(LUNAR)) => {
            parts.without(&["BYDAY", "WKST"])?;
            let (month, leap) = parts.read("BYMONTH", lunar_months)?.ok_or(RuleProblem::MissingPart)?;
            let day = parts.read("BYMONTHDAY", lunar_day)?.ok_or(RuleProblem::MissingPart)?;
            return Ok(Pattern::LunarYearly { every, month, leap, day });
        }
        (_, Some(LUNAR)) => return Err(RuleProblem::NotTogether),
        (_, Some(_)) => return Err(RuleProblem::BadValue),
        (_, None) => {}
    }
    match frequency {
        "DAILY" => {
            parts.without(&["BYMONTH"])?;
            let weekdays = parts.read("BYDAY", weekdays)?;
            Ok(Pattern::Daily { every, weekdays, days: parts.read("BYMONTHDAY", month_days)? })
        }
        "WEEKLY" => {
            parts.without(&["BYMONTH", "BYMONTHDAY"])?;
            Ok(Pattern::Weekly { every, weekdays: parts.read("BYDAY", weekdays)? })
        }
        "MONTHLY" => {
            parts.without(&["BYMONTH"])?;
            let weekdays = parts.read("BYDAY", nth_weekdays)?;
            Ok(Pattern::Monthly { every, weekdays, days: parts.read("BYMONTHDAY", month_days)? })
        }
        _ => Err(RuleProblem::UnsupportedFrequency),
    }
}

/// Reads a rule, with or without `RRULE:` before it.
impl FromStr for Recurrence {
    type Err = RuleProblem;

    fn from_str(text: &str) -> Result<Self, RuleProblem> {
        if text.len() > RULE_BYTES_MAX {
            return Err(RuleProblem::TooLong);
        }
        let parts = Parts::split(text.strip_prefix("RRULE:").unwrap_or(text))?;
        let pattern = pattern(&parts)?;
        if parts.get("WKST").is_some_and(|weekday| weekday != WEEKDAYS[0]) {
            return Err(RuleProblem::BadValue);
        }
        let count = parts.read("COUNT", |text| Count::new(number(text)?).ok_or(RuleProblem::OutOfRange))?;
        let end = match (count, parts.read("UNTIL", until)?) {
            (Some(_), Some(_)) => return Err(RuleProblem::CountAndUntil),
            (Some(count), None) => End::Count(count),
            (None, Some(last)) => End::Until(last),
            (None, None) => End::Never,
        };
        let slots = parts.read("X-TIMES", slots)?.unwrap_or_default();
        let holidays = parts.read("X-HOLIDAYS", holidays)?.unwrap_or_default();
        Ok(Self { pattern, end, slots, holidays })
    }
}

impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (frequency, every) = match &self.pattern {
            Pattern::Daily { every, .. } => ("FREQ=DAILY", every),
            Pattern::Weekly { every, .. } => ("FREQ=WEEKLY", every),
            Pattern::Monthly { every, .. } => ("FREQ=MONTHLY", every),
            Pattern::LunarYearly { every, .. } => ("RSCALE=CHINESE;FREQ=YEARLY", every),
        };
        f.write_str(frequency)?;
        if *every != Interval::ONE {
            write!(f, ";INTERVAL={}", every.get())?;
        }
        let (month_days, plain, nth) = match &self.pattern {
            Pattern::Daily { weekdays, days, .. } => (*days, *weekdays, None),
            Pattern::Weekly { weekdays, .. } => (None, *weekdays, None),
            Pattern::Monthly { weekdays, days, .. } => (*days, None, *weekdays),
            Pattern::LunarYearly { month, leap, day, .. } => {
                let month = month.get();
                match leap {
                    LeapMonth::Regular => write!(f, ";BYMONTH={month}")?,
                    LeapMonth::Leap => write!(f, ";BYMONTH={month}L")?,
                    LeapMonth::Both => write!(f, ";BYMONTH={month},{month}L")?,
                }
                write_list(f, "BYMONTHDAY", [day.number().map_or("-1".to_owned(), |day| day.to_string())])?;
                (None, None, None)
            }
        };
        if let Some(days) = month_days {
            let numbers = (1..=31).filter(|day| days.bits() >> (day - 1) & 1 == 1).map(|day: u32| day.to_string());
            write_list(f, "BYMONTHDAY", numbers.chain(days.has_last().then(|| "-1".to_owned())))?;
        }
        let names = |bits: u8| (0..7).filter(move |day| bits >> day & 1 == 1).map(|day: usize| WEEKDAYS[day]);
        if let Some(set) = plain {
            write_list(f, "BYDAY", names(set.bits()))?;
        }
        if let Some(set) = nth {
            let all = Ordinal::ALL.into_iter().flat_map(|ordinal| {
                let number = match ordinal {
                    Ordinal::Every => String::new(),
                    Ordinal::Last => "-1".to_owned(),
                    nth => (nth as u8).to_string(),
                };
                names(set.bits(ordinal)).map(move |name| format!("{number}{name}"))
            });
            write_list(f, "BYDAY", all)?;
        }
        match self.end {
            End::Never => {}
            End::Count(count) => write!(f, ";COUNT={}", count.get())?,
            End::Until(last) => write_until(f, last)?,
        }
        if !self.slots.times().is_empty() {
            let times = self.slots.times().iter().map(|time| format!("{:02}{:02}", time.hour(), time.minute()));
            write_list(f, "X-TIMES", times)?;
        }
        match POLICIES.iter().find(|(_, policy)| *policy == self.holidays) {
            Some((name, _)) => write!(f, ";X-HOLIDAYS={name}"),
            None => Ok(()),
        }
    }
}

fn write_list<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    items: impl IntoIterator<Item = T>,
) -> fmt::Result {
    write!(f, ";{name}")?;
    items
        .into_iter()
        .enumerate()
        .try_for_each(|(index, item)| write!(f, "{}{item}", if index == 0 { '=' } else { ',' }))
}

fn write_until(f: &mut fmt::Formatter<'_>, last: LocalDateTime) -> fmt::Result {
    let ((year, month, day), second) = (last.ymd(), last.second_of_day());
    write!(f, ";UNTIL={year:04}{month:02}{day:02}")?;
    if second == DAY_SECONDS - 1 {
        return Ok(());
    }
    write!(f, "T{:02}{:02}{:02}", second / 3600, second / 60 % 60, second % 60)
}
