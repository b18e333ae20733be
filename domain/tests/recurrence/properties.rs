//! What holds of any expansion, whichever the rule: windows join, times rise, and looking late changes nothing.

use domain::almanac::{DayMark, day_mark, lunar_date};
use domain::recurrence::Recurrence;
use domain::time::LocalDateTime;
use proptest::prelude::*;

use crate::random::{cases, moment};

/// A lunar rule, or one of the others, with or without a word on holidays.
fn texts() -> impl Strategy<Value = String> {
    let month = (1..=12_u8, 0..3_usize)
        .prop_map(|(month, leap)| [format!("{month}"), format!("{month}L"), format!("{month},{month}L")][leap].clone());
    let end = prop_oneof![
        Just(String::new()),
        (1..40_u32).prop_map(|count| format!(";COUNT={count}")),
        (1950..2100_u32).prop_map(|year| format!(";UNTIL={year}0630")),
    ];
    let day = prop_oneof![3 => 1..=29_i32, 1 => Just(-1)];
    let lunar = (1..=12_u8, month, day, end).prop_map(|(interval, month, day, end)| {
        format!("RSCALE=CHINESE;FREQ=YEARLY;INTERVAL={interval};BYMONTH={month};BYMONTHDAY={day}{end}")
    });
    let holidays =
        prop_oneof![Just(""), Just(";X-HOLIDAYS=SKIP"), Just(";X-HOLIDAYS=ONLY"), Just(";X-HOLIDAYS=FOLLOW")];
    (prop_oneof![lunar, cases().prop_map(|case| case.parts.text())], holidays)
        .prop_map(|(text, holidays)| text + holidays)
}

fn rule(text: &str) -> Recurrence {
    text.parse().unwrap_or_else(|problem| panic!("{text}: {problem}"))
}

fn at(text: &str) -> LocalDateTime {
    text.parse().expect("a time")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn windows_join_and_times_rise(
        text in texts(),
        start in (-10_000..30_000_i32, 0..86_400_u32),
        cuts in prop::collection::vec((-500..16_000_i32, 0..86_400_u32), 3),
    ) {
        let mut cuts: Vec<LocalDateTime> =
            cuts.into_iter().map(|(day, second)| moment((start.0 + day, second))).collect();
        cuts.sort();
        let rule = rule(&text);
        let within = |from, to| rule.expand(moment(start), from, to).expect("not too many");
        let (whole, first, second) =
            (within(cuts[0], cuts[2]), within(cuts[0], cuts[1]), within(cuts[1], cuts[2]));
        prop_assert!(whole.windows(2).all(|pair| pair[0] < pair[1]), "{}", text);
        prop_assert!(whole.iter().all(|time| (cuts[0]..cuts[2]).contains(time) && *time >= moment(start)));
        prop_assert_eq!([first, second].concat(), whole, "{}", text);
    }

    #[test]
    fn what_is_written_reads_as_the_same_rule(text in texts()) {
        let rule = rule(&text);
        prop_assert_eq!(self::rule(&rule.to_string()), rule.clone());
        prop_assert_eq!(self::rule(&format!("RRULE:{rule}")), rule);
    }

    #[test]
    fn no_text_breaks_the_reader(
        text in "(RRULE:|FREQ=|DAILY|MONTHLY|YEARLY|RSCALE=CHINESE|BYDAY=|BYMONTHDAY=|UNTIL=|X-TIMES=|[-+0-9A-Z,;=T]|.){0,12}"
    ) {
        if let Ok(rule) = text.parse::<Recurrence>() {
            prop_assert_eq!(self::rule(&rule.to_string()), rule);
        }
    }

    #[test]
    fn holidays_only_take_away(case in cases(), policy in 0..3_usize) {
        // Near the years whose days off are known.
        let (mut case, name) = (case, ["SKIP", "ONLY", "FOLLOW"][policy]);
        let shift = 20_000 + case.start.0.rem_euclid(700) - case.start.0;
        for day in [&mut case.start.0, &mut case.from.0, &mut case.to.0] {
            *day += shift;
        }
        case.parts.until = None;
        let all = case.expand(case.from, case.to);
        let kept = rule(&format!("{};X-HOLIDAYS={name}", case.parts.text()));
        let kept = kept.expand(moment(case.start), moment(case.from), moment(case.to)).expect("not too many");
        let expected: Vec<_> = all.into_iter().filter(|time| {
            let date = time.date().expect("a date of this century");
            let is_free = match (day_mark(date), date.weekday().index() >= 5) {
                (Some(DayMark::Off(_)), _) => true,
                (Some(DayMark::Workday(_)), _) => false,
                (None, is_weekend) => is_weekend,
            };
            match name {
                "SKIP" => !matches!(day_mark(date), Some(DayMark::Off(_))),
                "ONLY" => matches!(day_mark(date), Some(DayMark::Off(_))),
                _ => is_free == (date.weekday().index() >= 5),
            }
        }).collect();
        prop_assert_eq!(kept, expected);
    }
}

/// Every lunar rule, asked of every day of eighty years by the day's own lunar date.
#[test]
fn lunar_rules_fall_on_the_days_that_bear_their_date() {
    let (from, to) = (at("1979-01-01T00:00"), at("2057-01-01T00:00"));
    let days: Vec<_> = (from.days()..to.days())
        .map(|day| {
            let lunar = |day| lunar_date(moment((day, 0)).date().expect("a date")).expect("a lunar date");
            (moment((day, 68_400)), lunar(day), lunar(day + 1))
        })
        .collect();
    for month in 1..=12_u8 {
        for day in [1, 2, 15, 29, -1] {
            for (policy, name) in
                [format!("{month}"), format!("{month}L"), format!("{month},{month}L")].iter().enumerate()
            {
                let rule = rule(&format!("RSCALE=CHINESE;FREQ=YEARLY;BYMONTH={name};BYMONTHDAY={day}"));
                let found = rule.expand(at("1979-01-01T19:00"), from, to).expect("not too many");
                let expected: Vec<_> = days
                    .iter()
                    .filter(|(_, lunar, next)| {
                        let is_last = (next.month, next.leap) != (lunar.month, lunar.leap);
                        lunar.month == month
                            && [!lunar.leap, lunar.leap, true][policy]
                            && if day == -1 { is_last } else { i32::from(lunar.day) == day }
                    })
                    .map(|(time, ..)| *time)
                    .collect();
                assert_eq!(found, expected, "{name} {day}");
            }
        }
    }
}
