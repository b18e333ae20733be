//! Expanding a rule within a window.
//!
//! The work is linear in the months of the window, wherever it lies: nothing is walked through from the start. Only a rule
//! that counts has to know how many times lie before the window; these are counted a month at a time and never made.

use super::days::{Anchor, Month, month_of};
use super::{End, HolidayPolicy, Pattern, Recurrence};
use crate::almanac::{DayMark, day_mark};
use crate::time::{LocalDateTime, MinuteOfDay, Weekday};

/// The most times one expansion makes.
pub const STARTS_MAX: usize = 100_000;

/// A window holds more times than one expansion makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the window holds more than {STARTS_MAX} times")]
pub struct TooManyStarts;

impl TooManyStarts {
    /// Its stable code.
    pub const CODE: &str = "too-many-starts";
}

impl Recurrence {
    /// The times from `start` on that match the rule and lie in the window, `from` included and `to` not, in order and each
    /// once. A start that does not match the rule is not one of them. An empty window holds none.
    ///
    /// # Errors
    /// [`TooManyStarts`].
    pub fn expand(
        &self,
        start: LocalDateTime,
        from: LocalDateTime,
        to: LocalDateTime,
    ) -> Result<Vec<LocalDateTime>, TooManyStarts> {
        let series = Series { rule: self, start, anchor: Anchor::new(start) };
        let mut starts = Vec::new();
        for at in series.within(from.max(start), to) {
            if starts.len() == STARTS_MAX {
                return Err(TooManyStarts);
            }
            starts.push(at);
        }
        Ok(starts)
    }
}

/// A rule and its start.
struct Series<'a> {
    rule: &'a Recurrence,
    start: LocalDateTime,
    anchor: Anchor,
}

impl Series<'_> {
    fn within(&self, from: LocalDateTime, to: LocalDateTime) -> impl Iterator<Item = LocalDateTime> {
        let left = match self.rule.end {
            End::Count(count) => u64::from(count.get()).saturating_sub(self.count_before(from)),
            End::Never | End::Until(_) => u64::MAX,
        };
        let last = match self.rule.end {
            End::Until(last) => last,
            End::Never | End::Count(_) => LocalDateTime::MAX,
        };
        // An empty window may lie within one month.
        let months = month_of(from)..=month_of(to.min(last));
        months
            .flat_map(|month| self.in_month(month))
            .skip_while(move |at| *at < from)
            .take_while(move |at| *at < to && *at <= last)
            .take(usize::try_from(left).unwrap_or(usize::MAX))
            .filter(|at| self.rule.holidays.lets(*at))
    }

    /// The times in a month, from the start on, holidays aside.
    fn in_month(&self, index: i32) -> impl Iterator<Item = LocalDateTime> {
        let month = Month::new(index);
        let first = month.map_or(0, |month| month.first);
        let mut days = month.map_or(0, |month| self.rule.pattern.days_in(month, &self.anchor));
        let days = std::iter::from_fn(move || {
            let day = days.trailing_zeros();
            days &= days.wrapping_sub(1);
            (day < 32).then(|| first + day as i32)
        });
        days.flat_map(|day| self.on_day(day)).filter(|at| *at >= self.start)
    }

    fn on_day(&self, day: i32) -> impl Iterator<Item = LocalDateTime> {
        (0..self.times_a_day()).filter_map(move |index| LocalDateTime::from_days(day, self.second_of_slot(index)))
    }

    fn times_a_day(&self) -> usize {
        self.rule.slots.times().len().max(1)
    }

    fn second_of_slot(&self, index: usize) -> u32 {
        let second = |time: &MinuteOfDay| u32::from(time.minutes()) * 60;
        self.rule.slots.times().get(index).map_or(self.start.second_of_day(), second)
    }

    /// How many times there are from the start up to a time not before it, holidays aside.
    fn count_before(&self, before: LocalDateTime) -> u64 {
        let days = match &self.rule.pattern {
            Pattern::LunarYearly { .. } => self.lunar_days_before(before),
            _ => self.days_before(before),
        };
        let slots_before = |at: LocalDateTime| self.on_day(at.days()).filter(|slot| *slot < at).count() as u64;
        let is_day = |at: LocalDateTime| {
            Month::new(month_of(at)).is_some_and(|month| {
                self.rule.pattern.days_in(month, &self.anchor) >> (at.days() - month.first) & 1 == 1
            })
        };
        let of_last_day = if is_day(before) { slots_before(before) } else { 0 };
        let before_start = if is_day(self.start) { slots_before(self.start) } else { 0 };
        days * self.times_a_day() as u64 + of_last_day - before_start
    }

    /// The days of the rule from the start's on that lie before that of a time.
    fn days_before(&self, before: LocalDateTime) -> u64 {
        let last = month_of(before);
        let whole = (month_of(self.start)..last)
            .filter_map(Month::new)
            .map(|month| u64::from(self.rule.pattern.days_in(month, &self.anchor).count_ones()));
        let part = Month::new(last).map_or(0, |month| {
            let earlier = (1 << (before.days() - month.first)) - 1;
            (self.rule.pattern.days_in(month, &self.anchor) & earlier).count_ones()
        });
        whole.sum::<u64>() + u64::from(part)
    }

    fn lunar_days_before(&self, before: LocalDateTime) -> u64 {
        let (first, last) = (self.start.ymd().0 - 1, before.ymd().0);
        let days = (first..=last).flat_map(|year| self.rule.pattern.lunar_days(year, &self.anchor)).flatten();
        days.filter(|found| (self.anchor.day..before.days()).contains(found)).count() as u64
    }
}

impl HolidayPolicy {
    /// Whether a date at such a time takes place.
    fn lets(self, at: LocalDateTime) -> bool {
        if self == Self::Ignore {
            return true;
        }
        let Some(date) = at.date() else { return self != Self::OnlyDaysOff };
        let is_weekend = date.weekday() >= Weekday::Saturday;
        match (self, day_mark(date)) {
            (Self::OnlyDaysOff, mark) => matches!(mark, Some(DayMark::Off(_))),
            (Self::SkipDaysOff, Some(DayMark::Off(_))) => false,
            (Self::FollowMakeUp, Some(DayMark::Off(_))) => is_weekend,
            (Self::FollowMakeUp, Some(DayMark::Workday(_))) => !is_weekend,
            _ => true,
        }
    }
}
