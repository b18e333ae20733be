//! Days off and make-up workdays as the State Council arranged them, and the statutory days of years not announced.
//!
//! The notice for a year comes out in autumn of the year before. Until then only the days the law names are certain,
//! and the screen says that the arrangement is still to come.

use super::lunar::lunar_date;
use super::terms::{SolarTerm, solar_term};
use crate::time::LocalDate;

/// A public holiday by law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum PublicHoliday {
    /// 元旦
    NewYear,
    /// 春节
    SpringFestival,
    /// 清明节
    Qingming,
    /// 劳动节
    LabourDay,
    /// 端午节
    DragonBoat,
    /// 中秋节
    MidAutumn,
    /// 国庆节
    NationalDay,
    /// 国庆节 and 中秋节 joined in one stretch.
    NationalDayAndMidAutumn,
}

impl PublicHoliday {
    /// All of them, in the order of the year.
    pub const ALL: [Self; 8] = [
        Self::NewYear,
        Self::SpringFestival,
        Self::Qingming,
        Self::LabourDay,
        Self::DragonBoat,
        Self::MidAutumn,
        Self::NationalDay,
        Self::NationalDayAndMidAutumn,
    ];
}

/// A day within a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MonthDay {
    /// The month.
    pub month: u8,
    /// The day of the month.
    pub day: u8,
}

/// A stretch of days off, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DayOff {
    /// Its name.
    pub name: PublicHoliday,
    /// The first day.
    pub first: MonthDay,
    /// The last day.
    pub last: MonthDay,
}

/// A Saturday or Sunday that is worked to make up for a stretch of days off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MakeUpWorkday {
    /// The holiday it makes up for.
    pub name: PublicHoliday,
    /// The day.
    pub on: MonthDay,
}

/// What is known about the holidays of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolidayYear {
    /// The State Council's arrangement.
    Announced {
        /// The stretches of days off.
        days_off: &'static [DayOff],
        /// The weekends that are worked.
        workdays: &'static [MakeUpWorkday],
    },
    /// The arrangement is still to come: only the days the law names are off.
    NotAnnounced,
    /// Before the first arrangement we hold, under other laws: nothing is known.
    NotHeld,
}

/// A day's mark in a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DayMark {
    /// 休: a day off.
    Off(PublicHoliday),
    /// 班: a weekend day that is worked.
    Workday(PublicHoliday),
}

const fn md(month: u8, day: u8) -> MonthDay {
    MonthDay { month, day }
}

const fn off(name: PublicHoliday, first: MonthDay, last: MonthDay) -> DayOff {
    DayOff { name, first, last }
}

const fn work(name: PublicHoliday, month: u8, day: u8) -> MakeUpWorkday {
    MakeUpWorkday { name, on: md(month, day) }
}

const YEAR_2025: HolidayYear = HolidayYear::Announced {
    days_off: &[
        off(PublicHoliday::NewYear, md(1, 1), md(1, 1)),
        off(PublicHoliday::SpringFestival, md(1, 28), md(2, 4)),
        off(PublicHoliday::Qingming, md(4, 4), md(4, 6)),
        off(PublicHoliday::LabourDay, md(5, 1), md(5, 5)),
        off(PublicHoliday::DragonBoat, md(5, 31), md(6, 2)),
        off(PublicHoliday::NationalDayAndMidAutumn, md(10, 1), md(10, 8)),
    ],
    workdays: &[
        work(PublicHoliday::SpringFestival, 1, 26),
        work(PublicHoliday::SpringFestival, 2, 8),
        work(PublicHoliday::LabourDay, 4, 27),
        work(PublicHoliday::NationalDayAndMidAutumn, 9, 28),
        work(PublicHoliday::NationalDayAndMidAutumn, 10, 11),
    ],
};

const YEAR_2026: HolidayYear = HolidayYear::Announced {
    days_off: &[
        off(PublicHoliday::NewYear, md(1, 1), md(1, 3)),
        off(PublicHoliday::SpringFestival, md(2, 15), md(2, 23)),
        off(PublicHoliday::Qingming, md(4, 4), md(4, 6)),
        off(PublicHoliday::LabourDay, md(5, 1), md(5, 5)),
        off(PublicHoliday::DragonBoat, md(6, 19), md(6, 21)),
        off(PublicHoliday::MidAutumn, md(9, 25), md(9, 27)),
        off(PublicHoliday::NationalDay, md(10, 1), md(10, 7)),
    ],
    workdays: &[
        work(PublicHoliday::NewYear, 1, 4),
        work(PublicHoliday::SpringFestival, 2, 14),
        work(PublicHoliday::SpringFestival, 2, 28),
        work(PublicHoliday::LabourDay, 5, 9),
        work(PublicHoliday::NationalDay, 9, 20),
        work(PublicHoliday::NationalDay, 10, 10),
    ],
};

/// The first year whose days off are known.
pub const FIRST_HOLIDAY_YEAR: i32 = 2025;

/// What is known about the holidays of a year.
#[must_use]
pub const fn holiday_year(year: i32) -> HolidayYear {
    match year {
        2025 => YEAR_2025,
        2026 => YEAR_2026,
        ..FIRST_HOLIDAY_YEAR => HolidayYear::NotHeld,
        _ => HolidayYear::NotAnnounced,
    }
}

/// Whether a date is off or a worked weekend, as far as that is known.
#[must_use]
pub fn day_mark(date: LocalDate) -> Option<DayMark> {
    let on = md(date.month(), date.day());
    match holiday_year(date.year()) {
        HolidayYear::Announced { days_off, workdays } => days_off
            .iter()
            .find(|stretch| stretch.first <= on && on <= stretch.last)
            .map(|stretch| DayMark::Off(stretch.name))
            .or_else(|| workdays.iter().find(|day| day.on == on).map(|day| DayMark::Workday(day.name))),
        HolidayYear::NotAnnounced => statutory(date).map(DayMark::Off),
        HolidayYear::NotHeld => None,
    }
}

/// The public holiday that falls on this very date: the day whose name a calendar shows, not the days around it.
#[must_use]
pub fn public_holiday(date: LocalDate) -> Option<PublicHoliday> {
    let name = statutory(date)?;
    let is_named_day = match name {
        PublicHoliday::LabourDay | PublicHoliday::NationalDay => date.day() == 1,
        PublicHoliday::SpringFestival => lunar_date(date).is_some_and(|lunar| lunar.month == 1 && lunar.day == 1),
        _ => true,
    };
    is_named_day.then_some(name)
}

/// The days off by law since 2025, whatever is arranged around them.
fn statutory(date: LocalDate) -> Option<PublicHoliday> {
    let lunar = lunar_date(date).filter(|lunar| !lunar.leap);
    Some(match (date.month(), date.day(), lunar.map(|lunar| (lunar.month, lunar.day))) {
        (1, 1, _) => PublicHoliday::NewYear,
        (5, 1 | 2, _) => PublicHoliday::LabourDay,
        (10, 1, _) => PublicHoliday::NationalDay,
        // In some years the moon is full within the national days; then it keeps its name.
        (_, _, Some((8, 15))) => PublicHoliday::MidAutumn,
        (10, 2 | 3, _) => PublicHoliday::NationalDay,
        (_, _, Some((5, 5))) => PublicHoliday::DragonBoat,
        (_, _, Some((1, 1..=3))) => PublicHoliday::SpringFestival,
        (_, _, Some((12, 29 | 30))) if is_new_years_eve(date) => PublicHoliday::SpringFestival,
        _ if solar_term(date) == Some(SolarTerm::PureBrightness) => PublicHoliday::Qingming,
        _ => return None,
    })
}

fn is_new_years_eve(date: LocalDate) -> bool {
    super::festival(date) == Some(super::Festival::NewYearsEve)
}

#[cfg(test)]
mod tests {
    use tyme4rs::tyme::Culture;
    use tyme4rs::tyme::holiday::LegalHoliday;

    use super::*;
    use crate::time::Weekday;

    fn date(text: &str) -> LocalDate {
        text.parse().expect("a date")
    }

    /// The names the second source uses, in our order.
    const NAMES: [&str; 8] = ["元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节", "国庆中秋"];

    #[test]
    fn announced_years_agree_with_the_second_source_day_by_day() {
        for day in (0..730).map(|day| date("2025-01-01").plus_days(day)) {
            let expected =
                LegalHoliday::from_ymd(day.year() as isize, day.month().into(), day.day().into()).map(|known| {
                    let index = NAMES.iter().position(|name| *name == known.get_name()).expect("a known holiday");
                    let name = PublicHoliday::ALL[index];
                    if known.is_work() { DayMark::Workday(name) } else { DayMark::Off(name) }
                });
            assert_eq!(day_mark(day), expected, "{day}");
            if matches!(expected, Some(DayMark::Workday(_))) {
                assert!(day.weekday() >= Weekday::Saturday, "{day}");
            }
        }
    }

    #[test]
    fn a_year_not_announced_has_its_statutory_days() {
        assert_eq!(holiday_year(2027), HolidayYear::NotAnnounced);
        let off: Vec<String> = (0..365)
            .map(|day| date("2027-01-01").plus_days(day))
            .filter(|day| day_mark(*day).is_some())
            .map(|day| day.to_string()[5..].to_owned())
            .collect();
        let thirteen = [
            "01-01", "02-05", "02-06", "02-07", "02-08", "04-05", "05-01", "05-02", "06-09", "09-15", "10-01", "10-02",
            "10-03",
        ];
        assert_eq!(off, thirteen);
    }

    #[test]
    fn of_years_before_the_first_nothing_is_known() {
        assert_eq!(holiday_year(FIRST_HOLIDAY_YEAR - 1), HolidayYear::NotHeld);
        assert_eq!(day_mark(date("1998-10-03")), None);
        assert_eq!(day_mark(date("2024-10-01")), None);
    }

    #[test]
    fn a_holiday_is_named_on_one_day() {
        for year in [2026, 2027] {
            let first = LocalDate::from_ymd(year, 1, 1).expect("a date");
            let named: Vec<_> = (0..365).filter_map(|day| public_holiday(first.plus_days(day))).collect();
            assert_eq!(named, PublicHoliday::ALL[..7], "{year}");
        }
        // In 2028 the moon is full on the third of October.
        assert_eq!(public_holiday(date("2028-10-01")), Some(PublicHoliday::NationalDay));
        assert_eq!(public_holiday(date("2028-10-03")), Some(PublicHoliday::MidAutumn));
        assert_eq!(public_holiday(date("2026-02-17")), Some(PublicHoliday::SpringFestival));
        assert_eq!(public_holiday(date("2026-10-02")), None);
    }
}
