//! Which date of the new rule an old one becomes: by what was planned for it, never by its place in a list.

use crate::series::Series;
use crate::time::{LocalDate, MinuteOfDay, TimeRange, Timestamp};

/// For each planned start the date of the new rule that it becomes; at most one each.
///
/// Where both rules have as many times a day, the first time of a day becomes the first and so on; else a start that both
/// have stays, and what is left of a day is paired in order. What was planned for no time of the old rule (a date that takes
/// place besides) stays only where the new rule has that very start.
#[must_use]
pub fn match_dates(old: &Series, new: &Series, planned: &[Timestamp], desired: &[TimeRange]) -> Vec<Option<TimeRange>> {
    let (old_times, new_times) = (times(old), times(new));
    let mut matched: Vec<Option<TimeRange>> = vec![None; planned.len()];
    let mut is_taken = vec![false; desired.len()];
    let mut pair = |matched: &mut Vec<Option<TimeRange>>, fits: &dyn Fn(Timestamp, TimeRange) -> bool| {
        for (place, start) in planned.iter().enumerate() {
            if matched[place].is_some() {
                continue;
            }
            let found = (0..desired.len()).find(|at| !is_taken[*at] && fits(*start, desired[*at]));
            if let Some(at) = found {
                is_taken[at] = true;
                matched[place] = Some(desired[at]);
            }
        }
    };
    let slot = |times: &[MinuteOfDay], start: Timestamp| times.iter().position(|time| *time == start.minute_of_day());
    if old_times.len() == new_times.len() {
        pair(&mut matched, &|start, range| {
            let own = slot(&old_times, start);
            own.is_some() && start.date() == day(range) && own == slot(&new_times, range.start())
        });
        pair(&mut matched, &|start, range| start == range.start());
    } else {
        pair(&mut matched, &|start, range| start == range.start());
        pair(&mut matched, &|start, range| slot(&old_times, start).is_some() && start.date() == day(range));
    }
    matched
}

/// The times of a day at which a series takes place, in order.
#[must_use]
pub fn times(series: &Series) -> Vec<MinuteOfDay> {
    match series.rule.slots.times() {
        [] => vec![series.at],
        times => times.to_vec(),
    }
}

fn day(range: TimeRange) -> LocalDate {
    range.start().date()
}
