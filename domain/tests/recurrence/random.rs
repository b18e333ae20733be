//! Rules of chance: what the grammar allows, as plain data, and its text. Neither uses what is tested.

use domain::recurrence::Recurrence;
use domain::time::LocalDateTime;
use proptest::collection::btree_set;
use proptest::option;
use proptest::prelude::*;

/// A rule as the RFC lists its parts.
#[derive(Debug, Clone)]
pub struct Parts {
    pub frequency: &'static str,
    pub interval: i32,
    /// The ordinal, 0 for every one, and the weekday, 0 for Monday.
    pub by_day: Vec<(i32, u8)>,
    pub by_month_day: Vec<i32>,
    pub count: Option<u32>,
    /// A day, and a second of it where the rule names one.
    pub until: Option<(i32, Option<u32>)>,
    /// Minutes since midnight.
    pub times: Vec<u32>,
}

/// A rule, its start, and a window of days.
#[derive(Debug, Clone)]
pub struct Case {
    pub parts: Parts,
    /// Days since 1970-01-01, and the second of the day.
    pub start: (i32, u32),
    pub from: (i32, u32),
    pub to: (i32, u32),
}

pub const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const DAY: u32 = 86_400;

pub fn moment((day, second): (i32, u32)) -> LocalDateTime {
    LocalDateTime::from_days(day, second).expect("a time")
}

fn compact(day: i32) -> String {
    moment((day, 0)).to_string()[..10].replace('-', "")
}

fn list<T: ToString>(name: &str, items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    if items.is_empty() { String::new() } else { format!(";{name}={}", items.join(",")) }
}

impl Parts {
    /// The rule as text, without the times of day.
    pub fn days_text(&self) -> String {
        let by_day = self.by_day.iter().map(|(ordinal, weekday)| {
            let number = if *ordinal == 0 { String::new() } else { ordinal.to_string() };
            format!("{number}{}", WEEKDAYS[usize::from(*weekday)])
        });
        format!(
            "FREQ={};INTERVAL={}{}{}",
            self.frequency,
            self.interval,
            list("BYDAY", by_day),
            list("BYMONTHDAY", self.by_month_day.iter())
        )
    }

    pub fn text(&self) -> String {
        let end = match (self.count, self.until) {
            (Some(count), _) => format!(";COUNT={count}"),
            (_, Some((day, None))) => format!(";UNTIL={}", compact(day)),
            (_, Some((day, Some(second)))) => {
                let (hour, minute) = (second / 3600, second / 60 % 60);
                format!(";UNTIL={}T{hour:02}{minute:02}{:02}", compact(day), second % 60)
            }
            (None, None) => String::new(),
        };
        let times = self.times.iter().map(|time| format!("{:02}{:02}", time / 60, time % 60));
        format!("{}{end}{}", self.days_text(), list("X-TIMES", times))
    }
}

impl Case {
    pub fn rule(&self) -> Recurrence {
        let text = self.parts.text();
        text.parse().unwrap_or_else(|problem| panic!("{text}: {problem}"))
    }

    pub fn expand(&self, from: (i32, u32), to: (i32, u32)) -> Vec<LocalDateTime> {
        self.rule().expand(moment(self.start), moment(from), moment(to)).expect("not too many")
    }
}

fn days() -> impl Strategy<Value = (&'static str, Vec<(i32, u8)>, Vec<i32>)> {
    let plain = || prop_oneof![2 => Just(vec![]), 3 => btree_set((Just(0), 0_u8..7), 1..5).prop_map(Vec::from_iter)];
    let ordinal = prop_oneof![2 => Just(0), 3 => 1..=5, 2 => Just(-1)];
    let nth = prop_oneof![
        2 => Just(vec![]),
        3 => btree_set((ordinal, 0_u8..7), 1..5).prop_map(Vec::from_iter)
    ];
    let month_days = || {
        let day = prop_oneof![4 => 1..=31, 2 => 28..=31, 1 => Just(-1)];
        prop_oneof![2 => Just(vec![]), 1 => btree_set(day, 1..6).prop_map(Vec::from_iter)]
    };
    prop_oneof![
        2 => (Just("DAILY"), plain(), month_days()),
        2 => (Just("WEEKLY"), plain(), Just(vec![])),
        3 => (Just("MONTHLY"), nth, month_days()),
    ]
}

/// Starts in six decades, most of them at whole minutes, and a window near enough for every day to be asked.
pub fn cases() -> impl Strategy<Value = Case> {
    let second = || prop_oneof![3 => (0..1440_u32).prop_map(|minute| minute * 60), 1 => 0..DAY];
    let times = prop_oneof![
        3 => Just(vec![]),
        1 => btree_set(0..1440_u32, 1..=6).prop_map(Vec::from_iter)
    ];
    let end = prop_oneof![
        3 => Just((None, None)),
        2 => (1..60_u32).prop_map(|count| (Some(count), None)),
        2 => (-5..900_i32, option::of(0..DAY)).prop_map(|until| (None, Some(until))),
    ];
    let window = (-30..600_i32, second(), 0..400_i32, second());
    (days(), 1..=12_i32, end, times, (-7_000..22_000_i32, second()), window).prop_map(
        |((frequency, by_day, by_month_day), interval, (count, until), times, start, window)| {
            let (after, from, length, to) = window;
            Case {
                parts: Parts {
                    frequency,
                    interval,
                    by_day,
                    by_month_day,
                    count,
                    until: until.map(|(days, second)| (start.0 + days, second)),
                    times,
                },
                start,
                from: (start.0 + after, from),
                to: (start.0 + after + length, to),
            }
        },
    )
}
