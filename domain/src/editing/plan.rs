//! Planning an edit: what was there, what the new rule has, and what becomes of each date.

use std::collections::BTreeSet;

use super::matching::{match_dates, times};
use super::{DatePlan, Fate, Leftover, Limit, Party, Plan, SeriesEdit};
use crate::activity::{Audience, LENGTH_MINUTES, SignUpPolicy, Venue, decide_time_to_draw};
use crate::id::OccurrenceId;
use crate::order::sort_by_key;
use crate::recurrence::{Count, End, HolidayPolicy, Recurrence};
use crate::refusal::Refusal;
use crate::series::{FIRST_WITHIN_DAYS, Series};
use crate::text::{Description, Title};
use crate::time::{LocalDateTime, MinuteOfDay, TimeRange, Timestamp};

/// A series as an edit is planned on it.
#[derive(Debug, Clone)]
pub struct SeriesNow {
    /// Its title.
    pub title: Title,
    /// What it is about.
    pub about: Option<Description>,
    /// Who may come.
    pub audience: Audience,
    /// Where.
    pub venue: Venue,
    /// How one gets a place.
    pub policy: SignUpPolicy,
    /// When it takes place.
    pub series: Series,
    /// Up to where its dates are there.
    pub made_until: Timestamp,
}

/// A date of the series as an edit is planned on it.
#[derive(Debug, Clone)]
pub struct DateFacts {
    /// The date.
    pub id: OccurrenceId,
    /// What the rule had planned for it.
    pub planned: Timestamp,
    /// When it is.
    pub range: TimeRange,
    /// Whether it was called off.
    pub is_cancelled: bool,
    /// Whether its time was changed by hand.
    pub is_moved: bool,
    /// Whether it has a place of its own.
    pub has_own_venue: bool,
    /// Heads at most, where there is a limit.
    pub capacity: Option<u16>,
    /// Heads with a place.
    pub taken: u16,
    /// Who has signed up or waits, in order of asking.
    pub parties: Vec<Party>,
}

/// A plan, and what carrying it out needs beside what is shown.
#[derive(Debug, Clone)]
pub struct Planned {
    /// What is shown.
    pub plan: Plan,
    /// What the rule plans for each date of the plan from now on, in its order; no two have the same.
    pub bindings: Vec<Timestamp>,
    /// The series as it goes on.
    pub series: Series,
    /// How one gets a place.
    pub policy: SignUpPolicy,
    /// When the series that was ends: before the first date that goes over to the other.
    pub ends: LocalDateTime,
}

/// Plans an edit, rooms aside. `facts` are the dates of the series that have not begun, or that were planned for a time to come.
///
/// # Errors
/// [`Refusal::BadLength`], [`Refusal::CapacityZero`], [`Refusal::NoSignUpNeeded`] for a limit where nobody signs up;
/// [`Refusal::Gone`] and [`Refusal::OccurrenceOver`] for a first date that is not there or has begun; those of
/// [`Series::first_dates`] for a rule or a time that cannot be; [`Refusal::NoTimeToDraw`] where a date would be made whose
/// draw would have been; [`Refusal::DateExists`] where two dates would meet;
/// [`Refusal::ReasonNeeded`] where fewer may come than have a place and nobody says why; [`Refusal::Malformed`] for ages that
/// nobody has.
pub fn decide_edit(
    now_is: &SeriesNow,
    facts: &[DateFacts],
    edit: &SeriesEdit,
    now: Timestamp,
) -> Result<Planned, Refusal> {
    let policy = check_terms(now_is, edit)?;
    let first = first_planned(now_is, facts, edit, now)?;
    let series = continued(now_is, edit, first)?;
    let old = &now_is.series;
    let is_other_rule = (series.minutes, times(&series)) != (old.minutes, times(old)) || edit.rule != old.rule;
    if is_other_rule {
        series.first_dates(now)?;
    }
    let mut concerned: Vec<&DateFacts> =
        facts.iter().filter(|date| date.range.start() > now && date.planned >= first).collect();
    sort_by_key(&mut concerned, |date| (date.planned, date.id));
    let begun: BTreeSet<Timestamp> =
        facts.iter().filter(|date| date.range.start() <= now).map(|date| date.planned).collect();
    // From the start on, so that a date whose time of day is past by the new rule is known for what it was.
    let desired = series.dates(first.date().start(), now_is.made_until.max(first.plus_minutes(1)));
    let desired: Vec<TimeRange> = desired.into_iter().filter(|range| !begun.contains(&range.start())).collect();
    let planned: Vec<Timestamp> = concerned.iter().map(|date| date.planned).collect();
    let matched = match_dates(old, &series, &planned, &desired);

    let mut used: BTreeSet<Timestamp> = matched.iter().flatten().map(|range| range.start()).collect();
    let made: Vec<TimeRange> =
        desired.iter().copied().filter(|range| !used.contains(&range.start()) && range.start() > now).collect();
    decide_time_to_draw(policy, &made, now)?;
    used.extend(desired.iter().map(|range| range.start()));
    let last = now_is.made_until.max(planned.last().map_or(first, |last| last.plus_minutes(1)));
    let of_old: BTreeSet<Timestamp> = old.dates(first, last).iter().map(|range| range.start()).collect();
    let edited = Edited {
        old,
        is_elsewhere: edit.venue != now_is.venue,
        before: now_is.policy.capacity(),
        limit: policy.capacity(),
        leftover: edit.leftover,
        now,
    };
    let mut all: Vec<(DatePlan, Timestamp)> = Vec::new();
    for (date, found) in concerned.iter().zip(matched) {
        let binding = found.map_or_else(|| besides(date.planned, &mut used), |range| range.start());
        all.push((edited.date(date, found, of_old.contains(&date.planned)), binding));
    }
    sort_by_key(&mut all, |(date, _)| (date.range.start(), date.id));
    let (dates, bindings): (Vec<DatePlan>, Vec<Timestamp>) = all.into_iter().unzip();
    let is_said_otherwise =
        (&edit.title, &edit.about, edit.audience) != (&now_is.title, &now_is.about, now_is.audience);
    let is_other_later = is_other_rule || edit.venue != now_is.venue || policy != now_is.policy;
    let plan = Plan { is_said_otherwise, dates, made, is_other_later };
    let others = dates_beside(&plan, facts, now);
    if is_other_rule && meet(&plan, &others) {
        return Err(Refusal::DateExists);
    }
    let is_over = |date: &DatePlan| date.capacity.is_some_and(|limit| limit.over_by > 0);
    if edit.reason.is_none() && plan.dates.iter().any(is_over) {
        return Err(Refusal::ReasonNeeded);
    }
    Ok(Planned { plan, bindings, series, policy, ends: end_before(old, first) })
}

/// The terms as they are to be, when a series may have them.
fn check_terms(now_is: &SeriesNow, edit: &SeriesEdit) -> Result<SignUpPolicy, Refusal> {
    if !LENGTH_MINUTES.contains(&edit.minutes) {
        return Err(Refusal::BadLength);
    }
    if matches!(edit.audience, Audience::Families { from, to } if from > to) {
        return Err(Refusal::Malformed { field: "/body/edit/audience/to".to_owned() });
    }
    match now_is.policy {
        SignUpPolicy::WalkIn if edit.capacity.is_some() => Err(Refusal::NoSignUpNeeded),
        SignUpPolicy::WalkIn => Ok(SignUpPolicy::WalkIn),
        SignUpPolicy::PerOccurrence { .. } if edit.capacity == Some(0) => Err(Refusal::CapacityZero),
        // Where everybody has a place there is nothing to draw.
        SignUpPolicy::PerOccurrence { draws_minutes_before: Some(_), .. } if edit.capacity.is_none() => {
            Err(Refusal::Malformed { field: "/body/edit/capacity".to_owned() })
        }
        SignUpPolicy::PerOccurrence {
            opens_minutes_before,
            closes_minutes_before,
            draws_minutes_before,
            party_max,
            ..
        } => Ok(SignUpPolicy::PerOccurrence {
            capacity: edit.capacity,
            opens_minutes_before,
            closes_minutes_before,
            draws_minutes_before,
            party_max,
        }),
    }
}

/// What was planned for the first date that the edit concerns.
fn first_planned(
    now_is: &SeriesNow,
    dates: &[DateFacts],
    edit: &SeriesEdit,
    now: Timestamp,
) -> Result<Timestamp, Refusal> {
    let Some(from) = edit.from else {
        let coming = dates.iter().filter(|date| date.range.start() > now);
        return Ok(coming.map(|date| date.planned).min().unwrap_or(now_is.made_until.max(now)));
    };
    let date = dates.iter().find(|date| date.id == from).ok_or(Refusal::Gone)?;
    if date.range.start() > now { Ok(date.planned) } else { Err(Refusal::OccurrenceOver) }
}

/// The series from `first` on: it begins to count where the old one would have gone on, so that every second week stays
/// the same week.
fn continued(now_is: &SeriesNow, edit: &SeriesEdit, first: Timestamp) -> Result<Series, Refusal> {
    let old = &now_is.series;
    let anchor = old.dates(first, first.date().plus_days(FIRST_WITHIN_DAYS).start());
    let anchor = anchor.first().map_or(first, |range| range.start());
    let mut rule = edit.rule.clone();
    if let (End::Count(count), true) = (old.rule.end, rule.end == old.rule.end) {
        let whole = Recurrence { holidays: HolidayPolicy::Ignore, ..old.rule.clone() };
        let begin = LocalDateTime::of(old.on, old.at);
        let before = LocalDateTime::of(first.date(), first.minute_of_day());
        let been = whole.expand(begin, begin, before.max(begin)).map_err(|_| Refusal::NoDates)?.len();
        let left = count.get().saturating_sub(u32::try_from(been).unwrap_or(u32::MAX));
        rule.end = End::Count(Count::new(left).ok_or(Refusal::NoDates)?);
    }
    let slots = rule.slots.times();
    let place = times(old).iter().position(|time| *time == anchor.minute_of_day()).unwrap_or_default();
    let at = match slots {
        [] => edit.at,
        // Of a day whose first times stay with the series that was, only the others are the new one's.
        slots if slots.len() == times(old).len() => slots[place],
        slots => {
            let is_left = |slot: &&MinuteOfDay| place == 0 || **slot >= anchor.minute_of_day();
            slots.iter().find(is_left).copied().unwrap_or(anchor.minute_of_day())
        }
    };
    Ok(Series { on: anchor.date(), at, minutes: edit.minutes, rule })
}

/// The end of the old rule: its last start before `first`, or, where it has none, a moment before it begins.
fn end_before(old: &Series, first: Timestamp) -> LocalDateTime {
    let local = |at: Timestamp| LocalDateTime::of(at.date(), at.minute_of_day());
    let begin = old.on.at(old.at);
    let last = old.dates(begin.max(first.date().plus_days(-FIRST_WITHIN_DAYS).start()), first);
    last.last().map_or_else(|| local(begin.min(first).plus_minutes(-1)), |range| local(range.start()))
}

/// A key that no start of the rule is: starts are whole minutes.
fn besides(planned: Timestamp, used: &mut BTreeSet<Timestamp>) -> Timestamp {
    let mut key = planned;
    while !used.insert(key) {
        key = Timestamp::from_ms(key.ms() + 1);
    }
    key
}

/// What an edit changes, as each date is looked at by it.
struct Edited<'a> {
    old: &'a Series,
    is_elsewhere: bool,
    before: Option<u16>,
    limit: Option<u16>,
    leftover: Leftover,
    now: Timestamp,
}

impl Edited<'_> {
    /// What becomes of a date, given what the new rule has for it and whether the old rule had it.
    fn date(&self, date: &DateFacts, found: Option<TimeRange>, is_of_old: bool) -> DatePlan {
        let wanted = found.filter(|range| *range != date.range && range.start() > self.now);
        let has_own_time = date.is_moved
            && (date.range.start() != date.planned || date.range.minutes() != i64::from(self.old.minutes));
        let (fate, range) = match (found, wanted) {
            _ if date.is_cancelled => (Fate::Off, date.range),
            (_, Some(range)) if !has_own_time => (Fate::Changed, range),
            (None, _) if is_of_old && (date.parties.is_empty() || self.leftover == Leftover::CallOff) => {
                (Fate::CalledOff, date.range)
            }
            (None, _) if is_of_old => (Fate::Extra, date.range),
            _ => (Fate::Same, date.range),
        };
        let is_on = !matches!(fate, Fate::Off | Fate::CalledOff);
        let is_elsewhere = is_on && self.is_elsewhere && !date.has_own_venue;
        let is_limited = is_on && self.limit != self.before;
        let has_own_limit = date.capacity != self.before;
        let heads = self.limit;
        let over_by = heads.map_or(0, |heads| date.taken.saturating_sub(heads));
        let keeps = [
            wanted.is_some() && has_own_time,
            self.is_elsewhere && date.has_own_venue,
            is_limited && has_own_limit && date.capacity != heads,
        ];
        let mut plan = DatePlan {
            id: date.id,
            fate: if is_elsewhere && fate == Fate::Same { Fate::Changed } else { fate },
            was: date.range,
            range,
            is_elsewhere,
            capacity: (is_limited && !has_own_limit).then_some(Limit { heads, over_by }),
            keeps_own: is_on && keeps.contains(&true),
            parties: Vec::new(),
        };
        // Who has signed up for what stays as it is, is of no matter to what is shown.
        if plan.concerns_people() || plan.capacity.is_some() || fate == Fate::Extra {
            plan.parties = date.parties.clone();
        }
        plan
    }
}

/// The dates that take place and that the edit leaves to the series that was.
fn dates_beside(plan: &Plan, facts: &[DateFacts], now: Timestamp) -> Vec<TimeRange> {
    let is_planned = |id: OccurrenceId| plan.dates.iter().any(|date| date.id == id);
    let beside = facts.iter().filter(|date| !date.is_cancelled && date.range.end() > now && !is_planned(date.id));
    beside.map(|date| date.range).collect()
}

/// Whether two dates that take place would meet.
fn meet(plan: &Plan, others: &[TimeRange]) -> bool {
    let stay = plan.dates.iter().filter(|date| !matches!(date.fate, Fate::CalledOff | Fate::Off));
    let mut ranges: Vec<TimeRange> = stay.map(|date| date.range).collect();
    ranges.extend(plan.made.iter().chain(others));
    sort_by_key(&mut ranges, |range| (range.start(), range.end()));
    ranges.windows(2).any(|pair| pair[0].overlaps(pair[1]))
}
