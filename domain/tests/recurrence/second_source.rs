//! The published program: the `rrule` crate. It knows neither a last day nor our times of day, so the last time is written
//! out, and it is asked about rules with the start's time alone. Of `BYDAY=MO,1MO` it makes the days that are both, where
//! the RFC has those that are either: such rules it is not asked about.

use proptest::prelude::*;
use rrule::RRuleSet;

use crate::random::{Case, cases, moment};

/// The times it finds in the window. The zone is UTC, where every civil time is there once.
fn starts(case: &Case) -> Vec<String> {
    let utc = |at| format!("{}Z", moment(at).to_string().replace(['-', ':'], ""));
    // It takes no last time before the start, and without one it would look for a day that never comes.
    let last = case.parts.until.map_or(case.to, |(day, second)| (day, second.unwrap_or(86_399)));
    if last < case.start {
        return Vec::new();
    }
    let end = case.parts.count.map_or_else(|| format!("UNTIL={}", utc(last)), |count| format!("COUNT={count}"));
    let text = format!("DTSTART:{}\nRRULE:{};{end}", utc(case.start), case.parts.days_text());
    let set: RRuleSet = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    let (from, to) = (moment(case.from).to_string(), moment(case.to).to_string());
    let found = set.all(u16::MAX).dates.into_iter().map(|at| at.format("%Y-%m-%dT%H:%M:%S").to_string());
    found.filter(|at| from <= *at && *at < to).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn a_published_program_finds_the_same_times(mut case in cases()) {
        case.parts.times.clear();
        if case.parts.by_day.iter().any(|(ordinal, _)| *ordinal != 0) {
            case.parts.by_day.retain(|(ordinal, _)| *ordinal != 0);
        }
        let ours: Vec<String> = case.expand(case.from, case.to).iter().map(ToString::to_string).collect();
        prop_assert_eq!(ours, starts(&case), "{}", case.parts.text());
    }
}
