//! Lunar dates and the traditional festivals that follow from them.
//!
//! The months come from `chinese-lunisolar-calendar`; a test compares every day with a second, astronomical source.

use chinese_lunisolar_calendar::{LunisolarDate, SolarDate};

use super::terms::{SolarTerm, solar_term};
use crate::time::LocalDate;

/// A date of the traditional calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LunarDate {
    /// The year, numbered like the Gregorian one its first day falls in.
    pub year: u16,
    /// The month, 1 to 12.
    pub month: u8,
    /// Whether it is the leap month that follows the month of that number.
    pub leap: bool,
    /// The day, 1 to 30.
    pub day: u8,
}

/// The lunar date of a civil date; none outside 1901 to 2100.
#[must_use]
pub fn lunar_date(date: LocalDate) -> Option<LunarDate> {
    let solar = SolarDate::from_ymd(u16::try_from(date.year()).ok()?, date.month(), date.day()).ok()?;
    let lunisolar = LunisolarDate::from_solar_date(solar).ok()?;
    let month = lunisolar.to_lunar_month();
    Some(LunarDate {
        year: lunisolar.to_lunisolar_year().to_u16(),
        month: month.to_u8(),
        leap: month.is_leap_month(),
        day: lunisolar.to_lunar_day().to_u8(),
    })
}

/// The civil date of a lunar one; none when that year has no such month or that month no such day, and outside the years
/// 1901 to 2100.
#[must_use]
pub fn civil_date(date: LunarDate) -> Option<LocalDate> {
    let lunisolar = LunisolarDate::from_ymd(date.year, date.month, date.leap, date.day).ok()?;
    let solar = lunisolar.to_solar_date();
    LocalDate::from_ymd(
        solar.to_solar_year().to_u16().into(),
        solar.to_solar_month().to_u8(),
        solar.to_solar_day().to_u8(),
    )
}

/// A traditional festival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Festival {
    /// 春节: the first day of the lunar year.
    SpringFestival,
    /// 元宵: 1/15.
    Lantern,
    /// 龙抬头: 2/2.
    DragonHead,
    /// 清明: a solar term.
    Qingming,
    /// 端午: 5/5.
    DragonBoat,
    /// 七夕: 7/7.
    Qixi,
    /// 中元: 7/15.
    Zhongyuan,
    /// 中秋: 8/15.
    MidAutumn,
    /// 重阳: 9/9, the day of the elders.
    DoubleNinth,
    /// 冬至: a solar term.
    WinterSolstice,
    /// 腊八: 12/8.
    Laba,
    /// 小年: 12/24, as kept south of the Huai river; the north keeps the day before.
    LittleNewYear,
    /// 除夕: the last day of the lunar year, the 29th or the 30th.
    NewYearsEve,
}

impl Festival {
    /// All of them, from new year to new year's eve.
    pub const ALL: [Self; 13] = [
        Self::SpringFestival,
        Self::Lantern,
        Self::DragonHead,
        Self::Qingming,
        Self::DragonBoat,
        Self::Qixi,
        Self::Zhongyuan,
        Self::MidAutumn,
        Self::DoubleNinth,
        Self::WinterSolstice,
        Self::Laba,
        Self::LittleNewYear,
        Self::NewYearsEve,
    ];
}

/// The festival of a date. Leap months have none.
#[must_use]
pub fn festival(date: LocalDate) -> Option<Festival> {
    match solar_term(date) {
        Some(SolarTerm::PureBrightness) => return Some(Festival::Qingming),
        Some(SolarTerm::WinterSolstice) => return Some(Festival::WinterSolstice),
        _ => {}
    }
    let lunar = lunar_date(date)?;
    if lunar.leap {
        return None;
    }
    Some(match (lunar.month, lunar.day) {
        (1, 1) => Festival::SpringFestival,
        (1, 15) => Festival::Lantern,
        (2, 2) => Festival::DragonHead,
        (5, 5) => Festival::DragonBoat,
        (7, 7) => Festival::Qixi,
        (7, 15) => Festival::Zhongyuan,
        (8, 15) => Festival::MidAutumn,
        (9, 9) => Festival::DoubleNinth,
        (12, 8) => Festival::Laba,
        (12, 24) => Festival::LittleNewYear,
        (12, 29 | 30) if begins_lunar_year(date.plus_days(1)) => Festival::NewYearsEve,
        _ => return None,
    })
}

fn begins_lunar_year(date: LocalDate) -> bool {
    lunar_date(date).is_some_and(|lunar| lunar.month == 1 && lunar.day == 1 && !lunar.leap)
}

#[cfg(test)]
mod tests {
    use tyme4rs::tyme::Culture;
    use tyme4rs::tyme::solar::SolarDay;

    use super::*;
    use crate::almanac::PROVEN_YEARS;

    fn date(text: &str) -> LocalDate {
        text.parse().expect("a date")
    }

    /// What the second source calls our festivals; 小年 it does not have.
    const NAMES: [(&str, Festival); 12] = [
        ("春节", Festival::SpringFestival),
        ("元宵节", Festival::Lantern),
        ("龙头节", Festival::DragonHead),
        ("清明节", Festival::Qingming),
        ("端午节", Festival::DragonBoat),
        ("七夕节", Festival::Qixi),
        ("中元节", Festival::Zhongyuan),
        ("中秋节", Festival::MidAutumn),
        ("重阳节", Festival::DoubleNinth),
        ("冬至节", Festival::WinterSolstice),
        ("腊八节", Festival::Laba),
        ("除夕", Festival::NewYearsEve),
    ];

    /// Two programs of different origin agree on every day of the years we vouch for.
    #[test]
    fn every_lunar_date_and_festival_agrees_with_the_second_source() {
        let first = LocalDate::from_ymd(*PROVEN_YEARS.start(), 1, 1).expect("a date");
        let end = LocalDate::from_ymd(PROVEN_YEARS.end() + 1, 1, 1).expect("a date");
        for day in (0..end.days() - first.days()).map(|day| first.plus_days(day)) {
            let other = SolarDay::from_ymd(day.year() as isize, day.month().into(), day.day().into()).get_lunar_day();
            let month = other.get_lunar_month().get_month_with_leap();
            let expected = LunarDate {
                year: other.get_year() as u16,
                month: month.unsigned_abs() as u8,
                leap: month < 0,
                day: other.get_day() as u8,
            };
            assert_eq!(lunar_date(day), Some(expected), "{day}");
            assert_eq!(civil_date(expected), Some(day));
            let name = other.get_festival().map(|festival| festival.get_name());
            let known = NAMES.iter().find(|(known, _)| name.as_deref() == Some(known)).map(|(_, festival)| *festival);
            let ours = festival(day).filter(|festival| *festival != Festival::LittleNewYear);
            // A festival of its own on the third of the third month hides a 清明 of the same day.
            let is_hidden = name.as_deref() == Some("上巳节") && ours == Some(Festival::Qingming);
            assert!(ours == known || is_hidden, "{day} {ours:?} {name:?}");
            let is_little_new_year = (expected.month, expected.day, expected.leap) == (12, 24, false);
            assert_eq!(festival(day) == Some(Festival::LittleNewYear), is_little_new_year, "{day}");
        }
    }

    #[test]
    fn a_date_that_does_not_exist_is_no_day() {
        for (year, month, leap, day) in [
            (2026, 5, true, 1),
            (2026, 12, false, 30),
            (2026, 0, false, 1),
            (2026, 13, false, 1),
            (2026, 1, false, 31),
            (1900, 1, false, 1),
            (2101, 1, false, 1),
        ] {
            assert_eq!(civil_date(LunarDate { year, month, leap, day }), None, "{year} {month} {leap} {day}");
        }
    }

    #[test]
    fn days_that_other_calendars_get_wrong() {
        let lunar = |text: &str| lunar_date(date(text)).map(|l| (l.year, l.month, l.leap, l.day));
        assert_eq!(lunar("2027-02-06"), Some((2027, 1, false, 1)));
        assert_eq!(lunar("2027-02-05"), Some((2026, 12, false, 29)));
        assert_eq!(lunar("2030-02-03"), Some((2030, 1, false, 1)));
        assert_eq!(lunar("2026-11-23"), Some((2026, 10, false, 15)));
        assert_eq!(lunar("2028-06-23"), Some((2028, 5, true, 1)));
        assert_eq!(lunar("2033-12-22"), Some((2033, 11, true, 1)));
    }

    #[test]
    fn the_calendar_has_an_end_and_says_so() {
        assert_eq!(lunar_date(date("1900-06-01")), None);
        assert_eq!(lunar_date(date("2200-06-01")), None);
        assert_eq!(festival(date("2200-06-01")), None);
    }

    #[test]
    fn festivals_of_a_year() {
        let found: Vec<_> = (0..365)
            .map(|day| date("2026-02-17").plus_days(day))
            .filter_map(|day| festival(day).map(|festival| (day.to_string(), festival)))
            .collect();
        let expected = [
            ("2026-02-17", Festival::SpringFestival),
            ("2026-03-03", Festival::Lantern),
            ("2026-03-20", Festival::DragonHead),
            ("2026-04-05", Festival::Qingming),
            ("2026-06-19", Festival::DragonBoat),
            ("2026-08-19", Festival::Qixi),
            ("2026-08-27", Festival::Zhongyuan),
            ("2026-09-25", Festival::MidAutumn),
            ("2026-10-18", Festival::DoubleNinth),
            ("2026-12-22", Festival::WinterSolstice),
            ("2027-01-15", Festival::Laba),
            ("2027-01-31", Festival::LittleNewYear),
            ("2027-02-05", Festival::NewYearsEve),
            ("2027-02-06", Festival::SpringFestival),
        ];
        let expected: Vec<_> = expected.map(|(day, festival)| (day.to_owned(), festival)).to_vec();
        assert_eq!(found, expected);
        // A leap fifth month has no second 端午.
        assert_eq!(festival(date("2028-06-27")), None);
        assert_eq!(festival(date("2028-05-28")), Some(Festival::DragonBoat));
    }
}
