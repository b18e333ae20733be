//! Reading, writing and refusing rules, and what they make of the days people ask about.

use super::*;
use crate::time::LocalDateTime;

fn rule(text: &str) -> Recurrence {
    text.parse().unwrap_or_else(|problem: RuleProblem| panic!("{text}: {problem}"))
}

fn time(text: &str) -> LocalDateTime {
    text.parse().or_else(|_| format!("{text}T00:00").parse()).expect("a time")
}

/// The starts of a rule in a window, each as it is printed.
fn starts(text: &str, start: &str, from: &str, to: &str) -> Vec<String> {
    let starts = rule(text).expand(time(start), time(from), time(to)).expect("not too many");
    starts.iter().map(LocalDateTime::to_string).collect()
}

/// The dates of a rule that starts at 19:00, in a window.
fn dates(text: &str, start: &str, from: &str, to: &str) -> Vec<String> {
    let starts = starts(text, &format!("{start}T19:00:00"), from, to);
    assert!(starts.iter().all(|start| start.ends_with("T19:00:00")), "{starts:?}");
    starts.iter().map(|start| start[..10].to_owned()).collect()
}

#[test]
fn a_rule_is_written_as_it_is_read() {
    for text in [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=2;BYMONTHDAY=1,15,31,-1;BYDAY=MO,SU;COUNT=100000",
        "FREQ=WEEKLY;INTERVAL=12;BYDAY=TU,TH;UNTIL=20261231",
        "FREQ=WEEKLY;UNTIL=99991231T193000;X-TIMES=0000,0730,2359;X-HOLIDAYS=FOLLOW",
        "FREQ=MONTHLY;BYDAY=MO,TU,1MO,5FR,-1SU;X-HOLIDAYS=SKIP",
        "FREQ=MONTHLY;BYMONTHDAY=-1;X-HOLIDAYS=ONLY",
        "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=15",
        "RSCALE=CHINESE;FREQ=YEARLY;INTERVAL=3;BYMONTH=5L;BYMONTHDAY=5;COUNT=2",
        "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=12,12L;BYMONTHDAY=-1",
    ] {
        assert_eq!(rule(text).to_string(), text);
        assert_eq!(rule(&format!("RRULE:{text}")), rule(text));
    }
    for (text, canonical) in [
        (
            "UNTIL=20260630T235959;BYDAY=+1FR,MO;WKST=MO;INTERVAL=01;FREQ=MONTHLY",
            "FREQ=MONTHLY;BYDAY=MO,1FR;UNTIL=20260630",
        ),
        ("FREQ=DAILY;X-TIMES=1930,0700", "FREQ=DAILY;X-TIMES=0700,1930"),
        (
            "FREQ=YEARLY;RSCALE=CHINESE;BYMONTHDAY=5;BYMONTH=5L,5",
            "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=5,5L;BYMONTHDAY=5",
        ),
    ] {
        assert_eq!(rule(text).to_string(), canonical);
    }
}

/// Each bad text, and the code it is refused with.
const REFUSED: &[(&str, &str)] = &[
    ("", "syntax"),
    ("RRULE:", "syntax"),
    ("RRULE:RRULE:FREQ=DAILY", "unknown-part"),
    ("DAILY", "syntax"),
    ("FREQ=DAILY;", "syntax"),
    (";FREQ=DAILY", "syntax"),
    ("FREQ=DAILY;;COUNT=2", "syntax"),
    ("FREQ=DAILY;COUNT", "syntax"),
    ("FREQ=DAILY\nCOUNT=2", "unsupported-frequency"),
    ("freq=DAILY", "unknown-part"),
    ("FREQ =DAILY", "unknown-part"),
    ("FREQ=DAILY; COUNT=2", "unknown-part"),
    ("FREQ=DAILY;BYHOUR=9", "unknown-part"),
    ("FREQ=DAILY;BYMINUTE=0", "unknown-part"),
    ("FREQ=DAILY;BYSECOND=0", "unknown-part"),
    ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1", "unknown-part"),
    ("FREQ=MONTHLY;BYYEARDAY=1", "unknown-part"),
    ("FREQ=MONTHLY;BYWEEKNO=1", "unknown-part"),
    ("FREQ=MONTHLY;BYMONTHDAY=31;SKIP=BACKWARD", "unknown-part"),
    ("FREQ=DAILY;X-OTHER=1", "unknown-part"),
    ("FREQ=DAILY;FREQ=DAILY", "duplicate-part"),
    ("FREQ=DAILY;COUNT=2;COUNT=2", "duplicate-part"),
    ("COUNT=2", "missing-part"),
    ("RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=5", "missing-part"),
    ("RSCALE=CHINESE;FREQ=YEARLY;BYMONTHDAY=5", "missing-part"),
    ("FREQ=SECONDLY", "unsupported-frequency"),
    ("FREQ=HOURLY", "unsupported-frequency"),
    ("FREQ=YEARLY", "unsupported-frequency"),
    ("FREQ=daily", "unsupported-frequency"),
    ("FREQ=DAILY;COUNT=2;UNTIL=20261231", "count-and-until"),
    ("FREQ=WEEKLY;BYMONTHDAY=1", "not-together"),
    ("FREQ=WEEKLY;BYDAY=1MO", "not-together"),
    ("FREQ=DAILY;BYDAY=-1MO", "not-together"),
    ("FREQ=DAILY;BYMONTH=5", "not-together"),
    ("FREQ=MONTHLY;BYMONTH=5", "not-together"),
    ("RSCALE=CHINESE;FREQ=DAILY", "not-together"),
    ("RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=5;BYDAY=MO", "not-together"),
    ("RSCALE=HEBREW;FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=5", "bad-value"),
    ("FREQ=", "empty-value"),
    ("FREQ=WEEKLY;BYDAY=", "empty-value"),
    ("FREQ=WEEKLY;BYDAY=MO,", "empty-value"),
    ("FREQ=WEEKLY;BYDAY=,MO", "empty-value"),
    ("FREQ=DAILY;X-TIMES=", "empty-value"),
    ("FREQ=DAILY;COUNT=", "empty-value"),
    ("FREQ=WEEKLY;BYDAY=MO,MO", "duplicate-value"),
    ("FREQ=MONTHLY;BYDAY=1MO,+1MO", "duplicate-value"),
    ("FREQ=MONTHLY;BYMONTHDAY=1,01", "duplicate-value"),
    ("FREQ=DAILY;X-TIMES=0700,0700", "duplicate-value"),
    ("FREQ=DAILY;INTERVAL=0", "out-of-range"),
    ("FREQ=DAILY;INTERVAL=13", "out-of-range"),
    ("FREQ=DAILY;INTERVAL=257", "out-of-range"),
    ("FREQ=DAILY;INTERVAL=99999999999999999999", "out-of-range"),
    ("FREQ=DAILY;COUNT=0", "out-of-range"),
    ("FREQ=DAILY;COUNT=100001", "out-of-range"),
    ("FREQ=MONTHLY;BYMONTHDAY=0", "out-of-range"),
    ("FREQ=MONTHLY;BYMONTHDAY=32", "out-of-range"),
    ("FREQ=MONTHLY;BYMONTHDAY=-2", "out-of-range"),
    ("FREQ=MONTHLY;BYMONTHDAY=257", "out-of-range"),
    ("FREQ=MONTHLY;BYDAY=0MO", "out-of-range"),
    ("FREQ=MONTHLY;BYDAY=6MO", "out-of-range"),
    ("FREQ=MONTHLY;BYDAY=-2MO", "out-of-range"),
    ("FREQ=DAILY;X-TIMES=2400", "out-of-range"),
    ("FREQ=DAILY;X-TIMES=0760", "out-of-range"),
    ("RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=13;BYMONTHDAY=5", "out-of-range"),
    ("RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=0;BYMONTHDAY=5", "out-of-range"),
    ("RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=30", "out-of-range"),
    ("FREQ=DAILY;INTERVAL=-1", "bad-value"),
    ("FREQ=DAILY;INTERVAL=1.5", "bad-value"),
    ("FREQ=DAILY;INTERVAL=\u{ff11}", "bad-value"),
    ("FREQ=DAILY;COUNT=+2", "bad-value"),
    ("FREQ=DAILY;COUNT=2=3", "bad-value"),
    ("FREQ=WEEKLY;BYDAY=XX", "bad-value"),
    ("FREQ=WEEKLY;BYDAY=M", "bad-value"),
    ("FREQ=WEEKLY;BYDAY=\u{5468}", "bad-value"),
    ("FREQ=MONTHLY;BYDAY=MO1", "bad-value"),
    ("FREQ=MONTHLY;BYDAY=--1MO", "bad-value"),
    ("FREQ=WEEKLY;WKST=SU", "bad-value"),
    ("FREQ=DAILY;UNTIL=2026-12-31", "bad-value"),
    ("FREQ=DAILY;UNTIL=20260230", "bad-value"),
    ("FREQ=DAILY;UNTIL=20261301", "bad-value"),
    ("FREQ=DAILY;UNTIL=20261231T190000Z", "bad-value"),
    ("FREQ=DAILY;UNTIL=20261231T240000", "bad-value"),
    ("FREQ=DAILY;UNTIL=00000101", "bad-value"),
    ("FREQ=DAILY;X-TIMES=700", "bad-value"),
    ("FREQ=DAILY;X-TIMES=07:00", "bad-value"),
    ("FREQ=DAILY;X-HOLIDAYS=MAYBE", "bad-value"),
    ("FREQ=DAILY;X-TIMES=0700,0800,0900,1000,1100,1200,1300", "too-many-values"),
    ("RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=5,6;BYMONTHDAY=5", "too-many-values"),
    ("RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=5,5L,6;BYMONTHDAY=5", "too-many-values"),
];

#[test]
fn what_is_not_in_the_grammar_is_refused_with_its_code() {
    for (text, code) in REFUSED {
        assert_eq!(text.parse::<Recurrence>().map_err(RuleProblem::code), Err(*code), "{text}");
    }
    let long = format!("FREQ=DAILY;COUNT={}2", "0".repeat(RULE_BYTES_MAX));
    assert_eq!(long.parse::<Recurrence>(), Err(RuleProblem::TooLong));
    let longest = format!("FREQ=DAILY;COUNT={}2", "0".repeat(RULE_BYTES_MAX - 18));
    assert_eq!(rule(&longest).end, End::Count(Count::new(2).expect("a number")));
}

#[test]
fn days_a_month_does_not_have_are_left_out() {
    let year = |text| dates(text, "2027-01-31", "2027-01-01", "2028-01-01");
    let with_31 = ["01-31", "03-31", "05-31", "07-31", "08-31", "10-31", "12-31"].map(|day| format!("2027-{day}"));
    assert_eq!(year("FREQ=MONTHLY"), with_31);
    assert_eq!(year("FREQ=MONTHLY;BYMONTHDAY=31"), with_31);
    assert_eq!(year("FREQ=MONTHLY;BYMONTHDAY=-1").len(), 12);
    let leap = dates("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=29", "2024-02-29", "2024-01-01", "2034-01-01");
    assert_eq!(leap, ["2024-02-29", "2028-02-29", "2032-02-29"]);
    // 2100 is no leap year.
    assert_eq!(
        dates("FREQ=MONTHLY;INTERVAL=12", "2096-02-29", "2097-01-01", "2109-01-01"),
        ["2104-02-29", "2108-02-29"]
    );
    assert_eq!(dates("FREQ=MONTHLY;BYDAY=5SU", "2026-01-01", "2026-01-01", "2026-07-01"), ["2026-03-29", "2026-05-31"]);
    assert_eq!(
        dates("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "2026-01-01", "2026-01-01", "2026-12-31"),
        ["2026-02-13", "2026-03-13", "2026-11-13"]
    );
}

#[test]
fn every_other_week_is_counted_from_the_week_of_the_start() {
    // The Sunday belongs to the week that began on Monday the 2nd; the next Monday is in the week left out.
    let found = dates("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU", "2026-03-08", "2026-03-01", "2026-04-06");
    assert_eq!(found, ["2026-03-08", "2026-03-16", "2026-03-22", "2026-03-30", "2026-04-05"]);
}

#[test]
fn a_start_that_does_not_match_is_none_of_the_times_and_is_not_counted() {
    let found = dates("FREQ=WEEKLY;BYDAY=TU;COUNT=2", "2026-03-05", "2026-03-01", "2026-06-01");
    assert_eq!(found, ["2026-03-10", "2026-03-17"]);
    let found = starts("FREQ=DAILY;X-TIMES=0700,1930;COUNT=3", "2026-03-05T08:15:30", "2026-03-05", "2026-04-01");
    assert_eq!(found, ["2026-03-05T19:30:00", "2026-03-06T07:00:00", "2026-03-06T19:30:00"]);
}

#[test]
fn the_window_includes_its_beginning_and_not_its_end() {
    let day = |from, to| starts("FREQ=DAILY", "2026-03-05T19:00:00", from, to);
    assert_eq!(day("2026-03-06T19:00:00", "2026-03-07T19:00:00"), ["2026-03-06T19:00:00"]);
    assert_eq!(day("2026-03-06T19:00:01", "2026-03-07T19:00:01"), ["2026-03-07T19:00:00"]);
    assert_eq!(day("2026-03-01", "2026-03-05T19:00:00"), [""; 0]);
    assert_eq!(day("2026-03-09", "2026-03-09"), [""; 0]);
    assert_eq!(day("2026-03-09", "2026-03-06"), [""; 0]);
}

#[test]
fn the_last_day_is_included_whole_and_a_last_time_is_too() {
    let until =
        |last| starts(&format!("FREQ=DAILY;UNTIL={last}"), "2026-03-05T19:00:00", "2026-01-01", "2027-01-01").len();
    assert_eq!((until("20260307"), until("20260307T190000"), until("20260307T185959")), (3, 3, 2));
    assert_eq!(until("20260304"), 0);
}

#[test]
fn it_goes_on_to_the_ends_of_time_and_not_beyond() {
    let last = dates("FREQ=DAILY;UNTIL=99991231", "2026-03-05", "9999-12-30", "9999-12-31T23:59:59");
    assert_eq!(last, ["9999-12-30", "9999-12-31"]);
    assert_eq!(dates("FREQ=WEEKLY", "9999-12-31", "0001-01-01", "9999-12-31T23:59:59"), ["9999-12-31"]);
    assert_eq!(
        dates("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=2", "0001-01-01", "0001-01-01", "0002-01-01"),
        ["0001-01-31", "0001-02-28"]
    );
    assert_eq!(dates("FREQ=MONTHLY;BYDAY=1WE", "1949-10-01", "1949-10-01", "1949-12-01"), ["1949-10-05", "1949-11-02"]);
    assert_eq!(dates("FREQ=DAILY;INTERVAL=7", "1969-12-31", "1969-12-01", "1970-01-08"), ["1969-12-31", "1970-01-07"]);
}

#[test]
fn a_rule_that_counts_stops_after_so_many_however_late_one_looks() {
    // 50 years hold 18,262 days; the 20,000th is four years later.
    let late = |count: &str, from, to| dates(&format!("FREQ=DAILY;COUNT={count}"), "1976-03-05", from, to);
    assert_eq!(
        late("18263", "2026-03-01", "2027-01-01"),
        ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"]
    );
    assert_eq!(late("18258", "2026-03-01", "2027-01-01"), [""; 0]);
    assert_eq!(late("20000", "2026-03-01", "2026-04-01").len(), 31);
}

#[test]
fn more_than_an_answer_holds_is_refused() {
    let daily = rule("FREQ=DAILY;X-TIMES=0700,0800");
    let year = |from: &str, to: &str| daily.expand(time("2000-01-01"), time(from), time(to));
    assert_eq!(year("2000-01-01", "9999-01-01"), Err(TooManyStarts));
    assert_eq!(year("2000-01-01", "2130-01-01").map(|starts| starts.len()), Ok(2 * 47_482));
}

#[test]
fn lunar_dates_fall_on_their_festivals() {
    let years = |rule: &str, from, to| dates(&format!("RSCALE=CHINESE;FREQ=YEARLY;{rule}"), "2026-01-01", from, to);
    let new_year = years("BYMONTH=1;BYMONTHDAY=1", "2026-01-01", "2031-01-01");
    assert_eq!(new_year, ["2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03"]);
    // New year's eve is the 29th of a short month, the 30th of a long one.
    let eve = years("BYMONTH=12;BYMONTHDAY=-1", "2026-01-01", "2029-01-01");
    assert_eq!(eve, ["2026-02-16", "2027-02-05", "2028-01-25"]);
    assert_eq!(
        years("BYMONTH=8;BYMONTHDAY=15;INTERVAL=2;COUNT=3", "2025-01-01", "2040-01-01"),
        ["2027-09-15", "2029-09-22", "2031-10-01"]
    );
}

#[test]
fn a_leap_month_is_meant_when_the_rule_says_so() {
    // 2028 has a leap fifth month.
    let years = |month| {
        dates(
            &format!("RSCALE=CHINESE;FREQ=YEARLY;BYMONTH={month};BYMONTHDAY=5"),
            "2026-05-01",
            "2027-01-01",
            "2030-01-01",
        )
    };
    assert_eq!(years("5"), ["2027-06-09", "2028-05-28", "2029-06-16"]);
    assert_eq!(years("5L"), ["2028-06-27"]);
    assert_eq!(years("5,5L"), ["2027-06-09", "2028-05-28", "2028-06-27", "2029-06-16"]);
    let counted =
        dates("RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=5,5L;BYMONTHDAY=5;COUNT=4", "2026-05-01", "2028-06-01", "2100-01-01");
    assert_eq!(counted, ["2028-06-27"], "2026, 2027 and two in 2028");
    // Beyond the calendar there is nothing.
    assert_eq!(
        dates("RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1", "1800-01-01", "1800-01-01", "2300-01-01"),
        [""; 0]
    );
    assert_eq!(
        dates("RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1", "2026-01-01", "2100-01-01", "9999-01-01").len(),
        1
    );
}

#[test]
fn holidays_take_away_what_the_rule_says() {
    let october = |policy: &str, days: &str| {
        let text = format!("FREQ=WEEKLY;BYDAY={days}{policy}");
        dates(&text, "2026-09-01", "2026-10-01", "2026-10-13")
            .iter()
            .map(|date| date[8..].to_owned())
            .collect::<Vec<_>>()
    };
    // The 1st (a Thursday) to the 7th are off; Saturday the 10th is worked.
    assert_eq!(october("", "TH,SA"), ["01", "03", "08", "10"]);
    assert_eq!(october(";X-HOLIDAYS=SKIP", "TH,SA"), ["08", "10"]);
    assert_eq!(october(";X-HOLIDAYS=ONLY", "TH,SA"), ["01", "03"]);
    assert_eq!(october(";X-HOLIDAYS=FOLLOW", "TH,SA"), ["03", "08"]);
    // What a rule counts is counted before.
    let counted = dates("FREQ=DAILY;COUNT=9;X-HOLIDAYS=SKIP", "2026-10-01", "2026-01-01", "2027-01-01");
    assert_eq!(counted, ["2026-10-08", "2026-10-09"]);
    // In a year not announced, the days of the law count; before the years we hold, none does.
    assert_eq!(dates("FREQ=DAILY;X-HOLIDAYS=ONLY", "2027-10-01", "2027-10-01", "2028-01-01").len(), 3);
    assert_eq!(dates("FREQ=DAILY;X-HOLIDAYS=ONLY", "1900-01-01", "2024-01-01", "2025-01-01").len(), 0);
}
