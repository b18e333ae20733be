//! Solar terms, from a table of one word a year.
//!
//! A term needs astronomy to compute and moves by at most three days against the Gregorian calendar, so a year fits in
//! 48 bits: two bits a term, added to the earliest day that term has in any year of the table.

use crate::time::LocalDate;

/// The first year of the table.
pub const FIRST_TERM_YEAR: i32 = 1979;
/// The last year of the table.
pub const LAST_TERM_YEAR: i32 = 2060;

macro_rules! solar_terms {
    ($($name:ident = $chinese:literal),+ $(,)?) => {
        /// One of the 24 solar terms, in the order of the civil year.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum SolarTerm {
            $(#[doc = $chinese] $name,)+
        }

        impl SolarTerm {
            /// All of them, from 小寒 in January to 冬至 in December.
            pub const ALL: [Self; 24] = [$(Self::$name),+];
        }
    };
}

solar_terms! {
    MinorCold = "小寒", MajorCold = "大寒", StartOfSpring = "立春", RainWater = "雨水", AwakeningOfInsects = "惊蛰",
    SpringEquinox = "春分", PureBrightness = "清明", GrainRain = "谷雨", StartOfSummer = "立夏", GrainBuds = "小满",
    GrainInEar = "芒种", SummerSolstice = "夏至", MinorHeat = "小暑", MajorHeat = "大暑", StartOfAutumn = "立秋",
    EndOfHeat = "处暑", WhiteDew = "白露", AutumnEquinox = "秋分", ColdDew = "寒露", FrostsDescent = "霜降",
    StartOfWinter = "立冬", LightSnow = "小雪", HeavySnow = "大雪", WinterSolstice = "冬至",
}

/// The solar term that begins on a date; none on other days and outside the table.
#[must_use]
pub fn solar_term(date: LocalDate) -> Option<SolarTerm> {
    let year = usize::try_from(date.year() - FIRST_TERM_YEAR).ok()?;
    let packed = *TERMS.get(year)?;
    // Two terms a month: one in its first half, one in its second.
    let half = usize::from(date.day() > 15);
    let index = usize::from(date.month() - 1) * 2 + half;
    let offset = (packed >> (index * 2) & 0b11) as u8;
    (date.day() == EARLIEST_DAY[index] + offset).then(|| SolarTerm::ALL[index])
}

/// The earliest day of the month each term has within the table.
const EARLIEST_DAY: [u8; 24] = [5, 19, 3, 18, 5, 20, 4, 19, 5, 20, 5, 20, 6, 22, 7, 22, 7, 22, 7, 22, 6, 21, 6, 21];

/// One word a year; the test below prints the words it expects.
const TERMS: [u64; (LAST_TERM_YEAR - FIRST_TERM_YEAR + 1) as usize] = [
    0x6aa5_9695_9555,
    0x5554_4544_4069,
    0x5555_4554_5554,
    0x5695_5595_5555,
    0x6aa5_9695_5555,
    0x5554_4144_4059,
    0x5555_4554_5454,
    0x5695_5595_5554,
    0x5aa5_9595_5555,
    0x1554_4144_4059,
    0x5554_4554_5054,
    0x5695_5555_5554,
    0x5aa5_5595_5555,
    0x1554_4144_4059,
    0x5554_4554_5014,
    0x5555_5555_5554,
    0x5aa5_5595_5555,
    0x1554_4144_4059,
    0x5554_4544_5014,
    0x5555_5555_5554,
    0x5aa5_5595_5555,
    0x1554_4144_4059,
    0x5554_4544_5014,
    0x5555_5555_5554,
    0x5aa5_5595_5555,
    0x1554_4144_4059,
    0x5554_4544_5014,
    0x5555_4554_5554,
    0x5aa5_5595_5555,
    0x1550_4144_4059,
    0x5554_4544_4014,
    0x5555_4554_5554,
    0x5a95_5595_5555,
    0x1550_4140_4059,
    0x5554_4144_4014,
    0x5555_4554_5554,
    0x5695_5595_5555,
    0x1550_4140_0055,
    0x5554_4144_4004,
    0x5555_4554_5454,
    0x5695_5555_5554,
    0x1550_0040_0055,
    0x1554_4144_4004,
    0x5554_4554_5054,
    0x5695_5555_5554,
    0x0550_0040_0055,
    0x1554_4144_4004,
    0x5554_4544_5014,
    0x5555_5555_5554,
    0x0550_0040_0055,
    0x1554_4144_4004,
    0x5554_4544_5014,
    0x5555_5555_5554,
    0x0550_0040_0055,
    0x1554_4144_4004,
    0x5554_4544_5014,
    0x5555_4554_5554,
    0x0550_0040_0055,
    0x1554_4144_4004,
    0x5554_4544_5014,
    0x5555_4554_5554,
    0x0550_0040_0055,
    0x1550_4140_4004,
    0x5554_4544_4014,
    0x5555_4554_5554,
    0x0540_0040_0055,
    0x1550_4140_0004,
    0x5554_4144_4014,
    0x5555_4554_5554,
    0x0140_0000_0055,
    0x1550_0040_0000,
    0x5554_4144_4004,
    0x5554_4554_5054,
    0x0140_0000_0054,
    0x1550_0040_0000,
    0x5554_4144_4004,
    0x5554_4544_5054,
    0x0140_0000_0054,
    0x0550_0040_0000,
    0x1554_4144_4004,
    0x5554_4544_5054,
    0x0000_0000_0054,
];

#[cfg(test)]
mod tests {
    use std::time::{SystemTime, UNIX_EPOCH};

    use tyme4rs::tyme::Culture;
    use tyme4rs::tyme::solar::SolarDay;

    use super::*;

    const NAMES: [&str; 24] = [
        "小寒", "大寒", "立春", "雨水", "惊蛰", "春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至", "小暑", "大暑",
        "立秋", "处暑", "白露", "秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至",
    ];

    fn days_of_table() -> impl Iterator<Item = LocalDate> {
        let first = LocalDate::from_ymd(FIRST_TERM_YEAR, 1, 1).expect("a date");
        let end = LocalDate::from_ymd(LAST_TERM_YEAR + 1, 1, 1).expect("a date");
        (0..end.days() - first.days()).map(move |day| first.plus_days(day))
    }

    /// The term that begins on a date by the second source.
    fn expected(date: LocalDate) -> Option<SolarTerm> {
        let day = SolarDay::from_ymd(date.year() as isize, date.month().into(), date.day().into()).get_term_day();
        if day.get_day_index() != 0 {
            return None;
        }
        let name = day.get_solar_term().get_name();
        let index = NAMES.iter().position(|known| *known == name).expect("a known term");
        Some(SolarTerm::ALL[index])
    }

    #[test]
    fn every_day_of_the_table_agrees_with_the_second_source() {
        let terms: Vec<_> = days_of_table().filter_map(|date| expected(date).map(|term| (date, term))).collect();
        let mut earliest = [31_u8; 24];
        for (date, term) in &terms {
            let day = &mut earliest[*term as usize];
            *day = date.day().min(*day);
        }
        let mut words = [0_u64; TERMS.len()];
        for (date, term) in &terms {
            let offset = date.day() - earliest[*term as usize];
            assert!(offset < 4, "{term:?} moves by {offset} days");
            words[(date.year() - FIRST_TERM_YEAR) as usize] |= u64::from(offset) << (*term as usize * 2);
        }
        let words: Vec<String> = words.iter().map(|word| format!("0x{word:012x}")).collect();
        let stored: Vec<String> = TERMS.iter().map(|word| format!("0x{word:012x}")).collect();
        assert_eq!((earliest, &words), (EARLIEST_DAY, &stored), "expected: {earliest:?}\n{}", words.join(", "));
        for date in days_of_table() {
            assert_eq!(solar_term(date), expected(date), "{date}");
        }
    }

    /// The apparent longitude of the sun in degrees, to a hundredth, at a day of dynamical time since 2000-01-01T12:00
    /// (the low-accuracy method of Meeus, *Astronomical Algorithms*, chapter 25).
    fn longitude_of_the_sun(day: f64) -> f64 {
        let centuries = day / 36_525.0;
        let mean = 280.46646 + centuries * (36_000.769_83 + centuries * 0.0003032);
        let anomaly = (357.52911 + centuries * (35_999.050_29 - centuries * 0.0001537)).to_radians();
        let centre = (1.914602 - centuries * 0.004817) * anomaly.sin()
            + (0.019993 - centuries * 0.000101) * (2.0 * anomaly).sin()
            + 0.000289 * (3.0 * anomaly).sin();
        let node = (125.04 - 1934.136 * centuries).to_radians();
        (mean + centre - 0.00569 - 0.00478 * node.sin()).rem_euclid(360.0)
    }

    /// The sun itself, which no list of dates has been copied from: it passes the term's longitude within its day in
    /// China, give or take the quarter of an hour the method is good for.
    #[test]
    fn the_sun_passes_each_term_on_its_day() {
        let quarter = 0.01;
        let mut near_midnight = 0;
        for date in days_of_table() {
            // Midnight in China, eight hours before that of UTC; clocks are about a minute behind the sun's time.
            let midnight = f64::from(date.days()) - 10_957.0 - 0.5 - 8.0 / 24.0 + 65.0 / 86_400.0;
            let index_at = |day: f64| (longitude_of_the_sun(day) - 285.0).rem_euclid(360.0).div_euclid(15.0) as usize;
            let (before, after) = (index_at(midnight - quarter), index_at(midnight + quarter));
            let (last, next) = (index_at(midnight + 1.0 - quarter), index_at(midnight + 1.0 + quarter));
            let term = solar_term(date).map(|term| term as usize);
            if before != after || last != next {
                near_midnight += 1;
                assert!(term.is_none_or(|term| [after, next].contains(&term)), "{date}");
            } else {
                assert_eq!(term, (before != last).then_some(last), "{date}");
            }
        }
        assert!(near_midnight < 120, "{near_midnight} days of {} are too close to tell", days_of_table().count());
    }

    #[test]
    fn outside_the_table_there_are_no_terms() {
        let winter = |year| LocalDate::from_ymd(year, 12, 21).expect("a date");
        assert_eq!(solar_term(winter(1978)), None);
        assert_eq!(solar_term(winter(2061)), None);
    }

    /// Fails two years before the table ends, so that somebody extends it in time.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "the one test that asks what day it really is")]
    fn the_table_reaches_far_enough() {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
        let today = LocalDate::from_days((since.as_secs() / 86_400) as i32);
        assert!(today.year() < LAST_TERM_YEAR - 2, "extend TERMS beyond {LAST_TERM_YEAR}");
    }
}
