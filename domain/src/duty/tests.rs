//! Every state of a duty, the twentieth, the fifth, and that no order of dates matters.

use proptest::prelude::*;

use super::*;
use crate::time::MinuteOfDay;

fn day(text: &str) -> LocalDate {
    text.parse().expect("a date")
}

fn month() -> YearMonth {
    "2026-11".parse().expect("a month")
}

fn at(text: &str) -> Timestamp {
    day(text).at(MinuteOfDay::hm(12, 0).expect("a time"))
}

fn date(on: &str, heads: Option<u16>, has_note: bool) -> DutyDate {
    let start = day(on).at(MinuteOfDay::hm(15, 0).expect("a time"));
    DutyDate {
        duty: Duty::Council,
        range: TimeRange::new(start, start.plus_minutes(90)).expect("a range"),
        is_cancelled: false,
        attendance: Attendance { arrived: 0, counted: heads },
        has_note,
    }
}

fn judged(dates: &[DutyDate], exempt: bool, now: &str) -> (DutyState, Option<String>) {
    let why: Note = "本月换届".parse().expect("a note");
    let cell = judge(Duty::Council, month(), dates, exempt.then_some(&why), at(now));
    (cell.state, cell.on.map(|on| on.to_string()))
}

#[test]
fn a_duty_is_as_far_as_its_furthest_date() {
    use DutyState::{Evidenced, Exempt, Held, Late, NotPlanned, Published, Unreported};
    let on = |text: &str| Some(text.to_owned());
    let (past, ahead) = (date("2026-11-10", None, false), date("2026-11-28", None, false));
    let (held, noted) = (date("2026-11-11", Some(20), false), date("2026-11-12", Some(20), true));
    let nobody = date("2026-11-13", Some(0), true);
    let cancelled = DutyDate { is_cancelled: true, ..noted };
    let other = DutyDate { duty: Duty::PolicyTalk, ..noted };
    let october = date("2026-10-31", Some(20), true);
    for (dates, exempt, now, expected) in [
        (vec![], false, "2026-11-20", (NotPlanned, None)),
        (vec![cancelled, other, october], false, "2026-11-20", (NotPlanned, None)),
        (vec![], false, "2026-12-05", (NotPlanned, None)),
        (vec![], false, "2026-12-06", (Late, None)),
        (vec![past], false, "2026-12-06", (Late, on("2026-11-10"))),
        (vec![past], false, "2026-11-20", (Unreported, on("2026-11-10"))),
        (vec![nobody], false, "2026-11-20", (Unreported, on("2026-11-13"))),
        (vec![past, ahead], false, "2026-11-20", (Published, on("2026-11-28"))),
        (vec![ahead, held], false, "2026-11-20", (Held, on("2026-11-11"))),
        (vec![held, noted, ahead], false, "2026-11-20", (Evidenced, on("2026-11-12"))),
        (vec![past, ahead], true, "2026-11-20", (Exempt, None)),
        (vec![], true, "2027-01-20", (Exempt, None)),
        (vec![held], true, "2026-11-20", (Held, on("2026-11-11"))),
    ] {
        assert_eq!(judged(&dates, exempt, now), expected, "{dates:?} {exempt} {now}");
    }
}

#[test]
fn a_cell_counts_what_stands_in_the_calendar() {
    let dates = [
        date("2026-11-10", None, false),
        date("2026-11-11", Some(20), false),
        date("2026-11-12", Some(5), true),
        date("2026-11-28", Some(9), true),
    ];
    let cell = judge(Duty::Council, month(), &dates, None, at("2026-11-20"));
    assert_eq!((cell.published, cell.held, cell.evidenced, cell.heads), (4, 2, 1, 25));
}

#[test]
fn staff_are_reminded_from_the_twentieth_on_of_what_has_a_gap() {
    let dates = [date("2026-11-28", None, false)];
    let remind = |now: &str| reminder(&judge_month(month(), &dates, |_| None, at(now)), at(now));
    assert_eq!(remind("2026-11-19"), []);
    let gap = |duty| DutyGap { duty, state: DutyState::NotPlanned };
    assert_eq!(remind("2026-11-20"), [gap(Duty::MoralReview), gap(Duty::PolicyTalk)]);
    assert_eq!(remind("2026-11-30").len(), 3, "that date is over, and nobody has said that anybody came");
    assert_eq!(remind("2026-12-20"), [], "of another month than today's");
}

#[test]
fn nobody_is_reminded_of_what_can_no_longer_be_said() {
    use crate::closing::decide_closing;
    for on in 1..=30 {
        let date = date(&format!("2026-11-{on:02}"), None, false);
        for now in
            (20..=35).map(|days| day("2026-11-01").plus_days(days - 1).at(MinuteOfDay::hm(20, 0).expect("a time")))
        {
            let cell = judge(Duty::Council, month(), &[date], None, now);
            if cell.state == DutyState::Unreported {
                let said = decide_closing(date.range, Category::Council, false, 12, now);
                assert_eq!(said, Ok(()), "{on} {now:?}");
            }
        }
    }
}

#[test]
fn a_month_is_exempted_until_the_fifth_of_the_next_and_a_year_ahead() {
    let last_on = day("2026-12-05");
    for (now, expected) in [("2026-12-05", Ok(())), ("2026-12-06", Err(Refusal::MonthClosed { last_on }))] {
        assert_eq!(decide_exemption(month(), at(now)), expected, "{now}");
    }
    let ahead = |months| decide_exemption(month().plus_months(months), at("2026-11-20"));
    assert_eq!(ahead(12), Ok(()));
    assert_eq!(ahead(13), Err(Refusal::Malformed { field: "/body/month".to_owned() }));
}

#[test]
fn each_duty_has_a_category_of_its_own() {
    for duty in Duty::ALL {
        assert_eq!(Duty::of(duty.category()), Some(duty));
        assert_eq!(serde_json::to_value(duty).expect("json"), duty.as_str());
    }
    assert_eq!(Duty::of(Category::Opera), None);
}

proptest! {
    /// A board does not depend on the order in which dates were published, more evidence never makes it worse, and what
    /// is counted nests.
    #[test]
    fn dates_can_come_in_any_order(
        days in prop::collection::vec((1_u8..=30, prop::option::of(0_u16..40), any::<bool>(), any::<bool>()), 0..8),
        today in 1_u8..=30,
        turn in 0_usize..8,
    ) {
        let of = |(on, heads, has_note, is_cancelled): &(u8, Option<u16>, bool, bool)| {
            DutyDate { is_cancelled: *is_cancelled, ..date(&format!("2026-11-{on:02}"), *heads, *has_note) }
        };
        let mut dates: Vec<_> = days.iter().map(of).collect();
        let now = at(&format!("2026-11-{today:02}"));
        let cell = judge(Duty::Council, month(), &dates, None, now);
        prop_assert!(cell.evidenced <= cell.held && cell.held <= cell.published);
        prop_assert!(usize::from(cell.published) <= dates.len());
        prop_assert_eq!(cell.state == DutyState::Evidenced, cell.evidenced > 0);
        if !dates.is_empty() {
            let turn = turn % dates.len();
            dates.rotate_left(turn);
        }
        prop_assert_eq!(&judge(Duty::Council, month(), &dates, None, now), &cell);
        dates.push(date("2026-11-01", Some(10), true));
        let more = judge(Duty::Council, month(), &dates, None, at("2026-11-30"));
        prop_assert_eq!(more.state, DutyState::Evidenced);
    }
}
