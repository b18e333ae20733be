//! The almanac: what a civil date is besides its number. Lunar date, festival, solar term, day off or make-up workday.
//!
//! Everything is data and pure functions, alike on server and phone; the browser's own Chinese calendar is a day off
//! around some new years and is never asked. Deliberately absent: words (see [`crate::words`]) and any use of a clock.

mod holidays;
mod lunar;
mod terms;

pub use holidays::{
    DayMark, DayOff, FIRST_HOLIDAY_YEAR, HolidayYear, MakeUpWorkday, MonthDay, PublicHoliday, day_mark, holiday_year,
    public_holiday,
};
pub use lunar::{Festival, LunarDate, civil_date, festival, lunar_date};
pub use terms::{FIRST_TERM_YEAR, LAST_TERM_YEAR, SolarTerm, solar_term};

use std::ops::RangeInclusive;

use crate::time::{LocalDate, YearMonth};

/// The years in which published calendars agree about every day: tests hold the almanac against two of them. Before and
/// after, a moon that is new around midnight makes them differ (`docs/recurrence.md` lists where).
pub const PROVEN_YEARS: RangeInclusive<i32> = 1979..=2056;

/// All the almanac knows about one date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayFacts {
    /// The date.
    pub date: LocalDate,
    /// Its lunar date, where the calendar reaches (1901 to 2100).
    pub lunar: Option<LunarDate>,
    /// The public holiday that falls on this very date.
    pub public_holiday: Option<PublicHoliday>,
    /// The traditional festival.
    pub festival: Option<Festival>,
    /// The solar term that begins on this date, where the table reaches.
    pub term: Option<SolarTerm>,
    /// A day off (休) or a make-up workday (班).
    pub mark: Option<DayMark>,
}

/// What the almanac says about a date.
#[must_use]
pub fn day_facts(date: LocalDate) -> DayFacts {
    DayFacts {
        date,
        lunar: lunar_date(date),
        public_holiday: public_holiday(date),
        festival: festival(date),
        term: solar_term(date),
        mark: day_mark(date),
    }
}

/// The whole weeks, Monday first, that a month touches: four to six rows.
#[must_use]
pub fn month_grid(month: YearMonth) -> Vec<[LocalDate; 7]> {
    let monday = month.first_day().monday();
    (0..6)
        .map(|week| std::array::from_fn(|day| monday.plus_days(week * 7 + day as i32)))
        .take_while(|week: &[LocalDate; 7]| YearMonth::of(week[0]) <= month)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> LocalDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_month_is_shown_in_whole_weeks_from_monday() {
        for (month, weeks, first, last) in [
            ("2026-11", 6, "2026-10-26", "2026-12-06"),
            ("2027-02", 4, "2027-02-01", "2027-02-28"),
            ("2026-06", 5, "2026-06-01", "2026-07-05"),
        ] {
            let grid = month_grid(month.parse().expect("a month"));
            assert_eq!(grid.len(), weeks, "{month}");
            assert_eq!(grid[0][0], date(first));
            assert_eq!(grid[weeks - 1][6], date(last));
        }
    }

    #[test]
    fn facts_of_one_day_stand_together() {
        let new_year = day_facts(date("2026-02-17"));
        assert_eq!(new_year.lunar, Some(LunarDate { year: 2026, month: 1, leap: false, day: 1 }));
        assert_eq!(new_year.public_holiday, Some(PublicHoliday::SpringFestival));
        assert_eq!(new_year.festival, Some(Festival::SpringFestival));
        assert_eq!(new_year.term, None);
        assert_eq!(new_year.mark, Some(DayMark::Off(PublicHoliday::SpringFestival)));
        assert_eq!(day_facts(date("2026-11-22")).term, Some(SolarTerm::LightSnow));
    }
}
