//! A civil date and time without a zone, as recurrence rules count in it.
//!
//! Wider than [`LocalDate`], because a rule of another program may say "until 9999"; to the second, because its start may
//! have one. Nothing here knows an instant: a time of day that a zone skips or repeats is a time of day like any other.

use std::fmt;
use std::str::FromStr;

use super::{LocalDate, MinuteOfDay, ParseTimeError, UNIX_EPOCH_JULIAN_DAY, digits};

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// A civil date and time: seconds since 1970-01-01T00:00:00, in the years 1 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalDateTime(i64);

impl LocalDateTime {
    /// 0001-01-01T00:00:00.
    pub const MIN: Self = Self(-719_162 * DAY_SECONDS);
    /// 9999-12-31T23:59:59.
    pub const MAX: Self = Self(2_932_897 * DAY_SECONDS - 1);

    /// The time `second` seconds after the midnight of the day `days` after 1970-01-01, when both are in range.
    #[must_use]
    pub fn from_days(days: i32, second: u32) -> Option<Self> {
        let at = Self(i64::from(days) * DAY_SECONDS + i64::from(second));
        (i64::from(second) < DAY_SECONDS && (Self::MIN..=Self::MAX).contains(&at)).then_some(at)
    }

    /// A time on a date.
    #[must_use]
    pub fn of(date: LocalDate, time: MinuteOfDay) -> Self {
        Self(i64::from(date.days()) * DAY_SECONDS + i64::from(time.minutes()) * 60)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn days(self) -> i32 {
        self.0.div_euclid(DAY_SECONDS) as i32
    }

    /// Seconds since midnight.
    #[must_use]
    pub const fn second_of_day(self) -> u32 {
        self.0.rem_euclid(DAY_SECONDS) as u32
    }

    /// The year, the month and the day.
    #[must_use]
    pub fn ymd(self) -> (i32, u8, u8) {
        let date = time::Date::from_julian_day(self.days() + UNIX_EPOCH_JULIAN_DAY)
            .expect("invariant: the range of years is checked on the way in");
        (date.year(), date.month().into(), date.day())
    }

    /// Its date, where the district's calendar reaches.
    #[must_use]
    pub fn date(self) -> Option<LocalDate> {
        let (year, month, day) = self.ymd();
        LocalDate::from_ymd(year, month, day)
    }
}

/// Days from 1970-01-01 to a date, when there is such a date in the years 1 to 9999.
pub(crate) fn days_of(year: i32, month: u8, day: u8) -> Option<i32> {
    let date = time::Date::from_calendar_date(year, time::Month::try_from(month).ok()?, day).ok()?;
    (1..=9999).contains(&year).then(|| date.to_julian_day() - UNIX_EPOCH_JULIAN_DAY)
}

impl fmt::Display for LocalDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((year, month, day), second) = (self.ymd(), self.second_of_day());
        write!(f, "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
    }
}

/// Reads `2026-03-05T19:00:00`, or the same without its seconds.
impl FromStr for LocalDateTime {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        let bytes = text.as_bytes();
        let has_form = matches!(bytes.len(), 16 | 19)
            && text.is_ascii()
            && (bytes[4], bytes[7], bytes[10], bytes[13]) == (b'-', b'-', b'T', b':')
            && bytes.get(16).is_none_or(|colon| *colon == b':');
        if !has_form {
            return Err(ParseTimeError);
        }
        let days = days_of(digits(&text[..4])?, digits(&text[5..7])?, digits(&text[8..10])?);
        let (hour, minute): (u32, u32) = (digits(&text[11..13])?, digits(&text[14..16])?);
        let second: u32 = text.get(17..).map_or(Ok(0), digits)?;
        if hour > 23 || minute > 59 || second > 59 {
            return Err(ParseTimeError);
        }
        days.and_then(|days| Self::from_days(days, hour * 3600 + minute * 60 + second)).ok_or(ParseTimeError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_civil_time_is_written_as_it_is_read() {
        for text in ["0001-01-01T00:00:00", "1970-01-01T00:00:00", "2024-02-29T23:59:59", "9999-12-31T23:59:59"] {
            assert_eq!(text.parse::<LocalDateTime>().expect("a time").to_string(), text);
        }
        assert_eq!("0001-01-01T00:00:00".parse(), Ok(LocalDateTime::MIN));
        assert_eq!("9999-12-31T23:59:59".parse(), Ok(LocalDateTime::MAX));
        let short: LocalDateTime = "2026-03-05T19:00".parse().expect("a time");
        assert_eq!(short.to_string(), "2026-03-05T19:00:00");
        let (date, time) = ("2026-03-05".parse().expect("a date"), MinuteOfDay::hm(19, 0).expect("a time"));
        assert_eq!((LocalDateTime::of(date, time), short.date()), (short, Some(date)));
        assert_eq!("9999-12-31T00:00".parse::<LocalDateTime>().expect("a time").date(), None);
    }

    #[test]
    fn only_real_times_in_one_form_parse() {
        for bad in [
            "",
            "2026-03-05",
            "2026-02-29T10:00:00",
            "2026-03-05T24:00:00",
            "2026-03-05T10:60:00",
            "2026-03-05T10:00:60",
            "2026-03-05T10:00:00Z",
            "2026-03-05 10:00:00",
            "2026-03-05T10:00:",
            "2026-03-05T10:00:0",
            "0000-01-01T00:00:00",
            "+026-01-01T00:00:00",
            "2026-03-05T1\u{661}:0:00",
        ] {
            assert_eq!(bad.parse::<LocalDateTime>(), Err(ParseTimeError), "{bad}");
        }
        assert_eq!(LocalDateTime::from_days(0, 86_400), None);
        assert_eq!(LocalDateTime::from_days(i32::MAX, 0), None);
    }
}
