//! RFC 5545 asked of every day: is it one of the rule's? Written down from its definitions, a day at a time from the start
//! on, with the calendar of another crate; slow and plain.

use domain::time::LocalDateTime;
use proptest::prelude::*;
use time::{Date, Duration};

use crate::random::{Case, Parts, cases, moment};

fn date(day: i32) -> Date {
    Date::from_julian_day(day + 2_440_588).expect("a date")
}

/// The Monday of a date's week.
fn monday(date: Date) -> Date {
    date - Duration::days(date.weekday().number_days_from_monday().into())
}

fn months(date: Date) -> i32 {
    date.year() * 12 + i32::from(u8::from(date.month()))
}

fn is_nth(date: Date, ordinal: i32) -> bool {
    let same_month = |other: Date| months(other) == months(date);
    match ordinal {
        0 => true,
        -1 => !same_month(date + Duration::weeks(1)),
        nth => {
            let earlier = (1..6).filter(|weeks| same_month(date - Duration::weeks(*weeks))).count();
            earlier as i32 + 1 == nth
        }
    }
}

fn is_day(parts: &Parts, start: Date, date: Date) -> bool {
    let apart = match parts.frequency {
        "DAILY" => (date - start).whole_days(),
        "WEEKLY" => (monday(date) - monday(start)).whole_weeks(),
        _ => (months(date) - months(start)).into(),
    };
    if apart % i64::from(parts.interval) != 0 {
        return false;
    }
    let weekday = date.weekday().number_days_from_monday();
    let has_weekday = parts.by_day.iter().any(|(ordinal, day)| *day == weekday && is_nth(date, *ordinal));
    let has_day = parts.by_month_day.iter().any(|day| match day {
        -1 => months(date + Duration::days(1)) != months(date),
        day => i32::from(date.day()) == *day,
    });
    match (parts.by_day.is_empty(), parts.by_month_day.is_empty()) {
        (true, true) => match parts.frequency {
            "WEEKLY" => date.weekday() == start.weekday(),
            "MONTHLY" => date.day() == start.day(),
            _ => true,
        },
        (is_any_weekday, is_any_day) => (is_any_weekday || has_weekday) && (is_any_day || has_day),
    }
}

/// Every time of a case, one day after the other.
pub fn starts(case: &Case) -> Vec<LocalDateTime> {
    let parts = &case.parts;
    let seconds = match &parts.times[..] {
        [] => vec![case.start.1],
        times => times.iter().map(|minute| minute * 60).collect(),
    };
    let mut count = 0;
    let mut found = Vec::new();
    for day in case.start.0..=case.to.0 {
        if !is_day(parts, date(case.start.0), date(day)) {
            continue;
        }
        for at in seconds.iter().map(|second| (day, *second)).filter(|at| *at >= case.start) {
            let is_after_last = parts.until.is_some_and(|(last, second)| at > (last, second.unwrap_or(86_399)));
            if parts.count == Some(count) || is_after_last {
                return found;
            }
            count += 1;
            if case.from <= at && at < case.to {
                found.push(moment(at));
            }
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn every_rule_has_the_days_that_fit_its_definition(case in cases()) {
        prop_assert_eq!(case.expand(case.from, case.to), starts(&case), "{}", case.parts.text());
    }
}
