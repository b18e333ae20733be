//! Time: instants in UTC, civil dates and times of the district's zone, and ranges that cannot be empty.
//!
//! Nothing here reads a clock; `now` is always an argument. The zone is the one of mainland China, which has had a
//! single offset and no summer time since 1991; its *name* travels in feeds, the offset is used to compute.
//! Deliberately absent: words for dates and times (see [`crate::words`]), lunar dates (see [`crate::almanac`]).

mod civil;

pub use civil::LocalDateTime;
pub(crate) use civil::days_of;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// The zone's name in feeds.
pub const ZONE_NAME: &str = "Asia/Shanghai";
/// The zone's distance from UTC, in milliseconds.
const ZONE_OFFSET_MS: i64 = 8 * 60 * 60 * 1000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const MINUTE_MS: i64 = 60 * 1000;

/// The text is not a date, a time or a month in the one accepted form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date or time in the expected form")]
pub struct ParseTimeError;

/// An instant: milliseconds since 1970-01-01T00:00Z, between the years 2000 and 2200.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The earliest instant, 2000-01-01T00:00Z.
    pub const MIN: Self = Self(946_684_800_000);
    /// The last instant, 2200-01-01T00:00Z.
    pub const MAX: Self = Self(7_258_118_400_000);

    /// The instant `ms` milliseconds after 1970, held within [`Self::MIN`] and [`Self::MAX`].
    #[must_use]
    pub fn from_ms(ms: i64) -> Self {
        Self(ms.clamp(Self::MIN.0, Self::MAX.0))
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// This instant moved by whole minutes, held within the limits.
    #[must_use]
    pub fn plus_minutes(self, minutes: i64) -> Self {
        Self::from_ms(self.0.saturating_add(minutes.saturating_mul(MINUTE_MS)))
    }

    /// Whole minutes from `earlier` to this instant; negative when it lies before.
    #[must_use]
    pub const fn minutes_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(MINUTE_MS)
    }

    /// The civil date of this instant in the district's zone.
    #[must_use]
    pub fn date(self) -> LocalDate {
        LocalDate((self.0 + ZONE_OFFSET_MS).div_euclid(DAY_MS) as i32)
    }

    /// The civil time of this instant in the district's zone.
    #[must_use]
    pub fn minute_of_day(self) -> MinuteOfDay {
        MinuteOfDay(((self.0 + ZONE_OFFSET_MS).rem_euclid(DAY_MS) / MINUTE_MS) as u16)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let ms = i64::deserialize(deserializer)?;
        if (Self::MIN.0..=Self::MAX.0).contains(&ms) {
            Ok(Self(ms))
        } else {
            Err(serde::de::Error::custom("instant out of range"))
        }
    }
}

/// A civil date: days since 1970-01-01 in the proleptic Gregorian calendar, years 1900 to 2200.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalDate(i32);

impl LocalDate {
    /// The date, when there is one and its year lies within 1900 and 2200.
    #[must_use]
    pub fn from_ymd(year: i32, month: u8, day: u8) -> Option<Self> {
        let month = time::Month::try_from(month).ok()?;
        let date = time::Date::from_calendar_date(year, month, day).ok()?;
        (1900..=2200).contains(&year).then(|| Self(date.to_julian_day() - UNIX_EPOCH_JULIAN_DAY))
    }

    /// The date `days` after 1970-01-01, held within the years 1900 to 2200.
    #[must_use]
    pub fn from_days(days: i32) -> Self {
        Self(days.clamp(-25_567, 84_371))
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn days(self) -> i32 {
        self.0
    }

    fn date(self) -> time::Date {
        time::Date::from_julian_day(self.0 + UNIX_EPOCH_JULIAN_DAY)
            .expect("the range of years is checked on the way in")
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.date().year()
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u8 {
        self.date().month().into()
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> u8 {
        self.date().day()
    }

    /// The weekday.
    #[must_use]
    pub const fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday.
        Weekday::from_index((self.0 + 3).rem_euclid(7) as u8)
    }

    /// This date moved by whole days.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        Self::from_days(self.0.saturating_add(days))
    }

    /// The Monday of this date's week.
    #[must_use]
    pub fn monday(self) -> Self {
        self.plus_days(-i32::from(self.weekday().index()))
    }

    /// The first day of this date's month.
    #[must_use]
    pub fn first_of_month(self) -> Self {
        self.plus_days(1 - i32::from(self.day()))
    }

    /// The instant of a civil time on this date in the district's zone.
    #[must_use]
    pub fn at(self, time: MinuteOfDay) -> Timestamp {
        Timestamp::from_ms(i64::from(self.0) * DAY_MS + i64::from(time.0) * MINUTE_MS - ZONE_OFFSET_MS)
    }

    /// The instant this date begins in the district's zone.
    #[must_use]
    pub fn start(self) -> Timestamp {
        self.at(MinuteOfDay::MIDNIGHT)
    }
}

const UNIX_EPOCH_JULIAN_DAY: i32 = 2_440_588;

impl fmt::Display for LocalDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

/// Digits only: `str::parse` would also take `+1`.
fn digits<T: FromStr>(text: &str) -> Result<T, ParseTimeError> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(ParseTimeError);
    }
    text.parse().map_err(|_| ParseTimeError)
}

impl FromStr for LocalDate {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' || !text.is_ascii() {
            return Err(ParseTimeError);
        }
        Self::from_ymd(digits(&text[..4])?, digits(&text[5..7])?, digits(&text[8..])?).ok_or(ParseTimeError)
    }
}

/// A day of the week; weeks start on Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// All seven, Monday first.
    pub const ALL: [Self; 7] =
        [Self::Monday, Self::Tuesday, Self::Wednesday, Self::Thursday, Self::Friday, Self::Saturday, Self::Sunday];

    /// 0 for Monday to 6 for Sunday.
    #[must_use]
    pub const fn index(self) -> u8 {
        self as u8
    }

    /// The weekday of an index; taken modulo seven.
    #[must_use]
    pub const fn from_index(index: u8) -> Self {
        Self::ALL[(index % 7) as usize]
    }
}

/// A civil time as minutes since midnight, 0 to 1439.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MinuteOfDay(u16);

impl MinuteOfDay {
    /// 00:00.
    pub const MIDNIGHT: Self = Self(0);

    /// The time `minutes` after midnight, when it is still the same day.
    #[must_use]
    pub const fn new(minutes: u16) -> Option<Self> {
        if minutes < 24 * 60 { Some(Self(minutes)) } else { None }
    }

    /// The time of an hour and a minute.
    #[must_use]
    pub const fn hm(hour: u8, minute: u8) -> Option<Self> {
        if hour < 24 && minute < 60 { Some(Self(hour as u16 * 60 + minute as u16)) } else { None }
    }

    /// Minutes since midnight.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }

    /// The hour, 0 to 23.
    #[must_use]
    pub const fn hour(self) -> u8 {
        (self.0 / 60) as u8
    }

    /// The minute of the hour, 0 to 59.
    #[must_use]
    pub const fn minute(self) -> u8 {
        (self.0 % 60) as u8
    }
}

impl fmt::Display for MinuteOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour(), self.minute())
    }
}

impl FromStr for MinuteOfDay {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        if text.len() != 5 || !text.is_ascii() || text.as_bytes()[2] != b':' {
            return Err(ParseTimeError);
        }
        Self::hm(digits(&text[..2])?, digits(&text[3..])?).ok_or(ParseTimeError)
    }
}

/// A month of a year, as in `2021-05`; all that is kept of a child's birthday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct YearMonth {
    year: i32,
    month: u8,
}

impl YearMonth {
    /// The month, when it is one and its year lies within 1900 and 2200.
    #[must_use]
    pub fn new(year: i32, month: u8) -> Option<Self> {
        ((1900..=2200).contains(&year) && (1..=12).contains(&month)).then_some(Self { year, month })
    }

    /// The month of a date.
    #[must_use]
    pub fn of(date: LocalDate) -> Self {
        Self { year: date.year(), month: date.month() }
    }

    /// The year.
    #[must_use]
    pub const fn year(self) -> i32 {
        self.year
    }

    /// The month, 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The first day of the month.
    #[must_use]
    pub fn first_day(self) -> LocalDate {
        LocalDate::from_ymd(self.year, self.month, 1).expect("a checked year and month have a first day")
    }

    /// This month moved by whole months, held within the years 1900 to 2200.
    #[must_use]
    pub fn plus_months(self, months: i32) -> Self {
        let index = (self.year * 12 + i32::from(self.month) - 1 + months).clamp(1900 * 12, 2200 * 12 + 11);
        Self { year: index.div_euclid(12), month: index.rem_euclid(12) as u8 + 1 }
    }

    /// Whole years of age on a date, counted from the first of the birth month: a child is never turned away for a
    /// birthday later in the month. Zero before birth.
    #[must_use]
    pub fn age_on(self, date: LocalDate) -> u16 {
        let months = (date.year() - self.year) * 12 + i32::from(date.month()) - i32::from(self.month);
        u16::try_from(months.max(0) / 12).unwrap_or(u16::MAX)
    }
}

impl fmt::Display for YearMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for YearMonth {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        if text.len() != 7 || !text.is_ascii() || text.as_bytes()[4] != b'-' {
            return Err(ParseTimeError);
        }
        Self::new(digits(&text[..4])?, digits(&text[5..])?).ok_or(ParseTimeError)
    }
}

as_text!(LocalDate, MinuteOfDay, YearMonth);

/// A half-open stretch of time `[start, end)` that is never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct TimeRange {
    start: Timestamp,
    end: Timestamp,
}

impl TimeRange {
    /// The range, when `start` lies before `end`.
    #[must_use]
    pub fn new(start: Timestamp, end: Timestamp) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// The first instant inside.
    #[must_use]
    pub const fn start(self) -> Timestamp {
        self.start
    }

    /// The first instant after.
    #[must_use]
    pub const fn end(self) -> Timestamp {
        self.end
    }

    /// Its length in whole minutes.
    #[must_use]
    pub const fn minutes(self) -> i64 {
        self.end.minutes_since(self.start)
    }

    /// Whether the two share an instant; ranges that only touch do not.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether the instant lies inside.
    #[must_use]
    pub fn contains(self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }
}

impl<'de> Deserialize<'de> for TimeRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Ends {
            start: Timestamp,
            end: Timestamp,
        }
        let ends = Ends::deserialize(deserializer)?;
        Self::new(ends.start, ends.end).ok_or_else(|| serde::de::Error::custom("a range ends after it starts"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> LocalDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_morning_in_china_is_the_day_before_in_utc() {
        let at = date("2026-11-23").at(MinuteOfDay::hm(7, 30).expect("a time"));
        assert_eq!(at.ms(), 1_795_390_200_000);
        assert_eq!(at.date(), date("2026-11-23"));
        assert_eq!(at.minute_of_day().to_string(), "07:30");
    }

    #[test]
    fn weeks_start_on_monday() {
        assert_eq!(date("2026-11-23").weekday(), Weekday::Monday);
        assert_eq!(date("2026-11-29").monday(), date("2026-11-23"));
        assert_eq!(date("1969-12-31").weekday(), Weekday::Wednesday);
    }

    #[test]
    fn only_real_dates_in_one_form_parse() {
        for bad in ["2026-02-29", "2026-13-01", "2026-1-01", "2026-11-23T00:00", "9999-01-01", "+026-01-01", ""] {
            assert_eq!(bad.parse::<LocalDate>(), Err(ParseTimeError), "{bad}");
        }
        for bad in ["24:00", "7:30", "07:60", "07-30"] {
            assert_eq!(bad.parse::<MinuteOfDay>(), Err(ParseTimeError), "{bad}");
        }
        assert_eq!(date("2024-02-29").plus_days(1).to_string(), "2024-03-01");
    }

    #[test]
    fn age_counts_from_the_first_of_the_birth_month() {
        let born: YearMonth = "2021-11".parse().expect("a month");
        assert_eq!(born.age_on(date("2026-10-31")), 4);
        assert_eq!(born.age_on(date("2026-11-01")), 5);
        assert_eq!(born.age_on(date("2020-01-01")), 0);
    }

    #[test]
    fn ranges_that_touch_do_not_overlap() {
        let day = date("2026-11-23");
        let range = |from: u8, to: u8| {
            TimeRange::new(day.at(MinuteOfDay::hm(from, 0).expect("h")), day.at(MinuteOfDay::hm(to, 0).expect("h")))
                .expect("a range")
        };
        assert!(!range(9, 10).overlaps(range(10, 11)));
        assert!(range(9, 11).overlaps(range(10, 11)));
        assert!(TimeRange::new(day.start(), day.start()).is_none());
    }
}
