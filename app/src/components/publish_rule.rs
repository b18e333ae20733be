//! How often, as a team leader chooses it, and the rule it makes. What is not chosen follows from the first day.

use domain::almanac::lunar_date;
use domain::recurrence::{
    Count, End, HolidayPolicy, Interval, LeapMonth, LunarDay, LunarMonth, MonthDays, NthWeekdays, Ordinal, Pattern,
    Recurrence, Slots, Weekdays,
};
use domain::series::Series;
use domain::time::{LocalDate, LocalDateTime, MinuteOfDay, Weekday};
use serde::{Deserialize, Serialize};

/// How often it takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Repeats {
    /// Once.
    Once,
    /// Every week.
    Weekly,
    /// By a rule of any kind.
    More,
}

/// The kinds of rules one can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shape {
    /// Every day.
    Days,
    /// On days of the week.
    Weeks,
    /// On such a weekday of the month.
    NthWeekday,
    /// On the day of the month.
    MonthDay,
    /// On the last day of the month.
    LastDay,
    /// On the date of the lunar year.
    Lunar,
}

/// What holidays change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holidays {
    /// Nothing.
    Ignore,
    /// Left out on days off.
    Skip,
    /// Only on days off.
    Only,
    /// As make-up workdays go.
    Follow,
}

/// Until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ends {
    /// No end.
    Never,
    /// Up to a day.
    Until,
    /// So many times.
    Count,
}

/// The most times one may ask for.
const TIMES_MAX: u32 = 999;

/// What is chosen so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleDraft {
    /// How often.
    pub repeats: Repeats,
    /// Of which kind the rule is.
    pub shape: Shape,
    /// Every so many days, weeks, months or years.
    pub every: u8,
    /// On which weekdays, Monday 0; nothing means the first day's.
    pub weekdays: Vec<u8>,
    /// Which of the month, 1 to 5 and 6 for the last; nothing means the first day's.
    pub ordinals: Vec<u8>,
    /// Further times of such a day.
    pub times: Vec<String>,
    /// What holidays change.
    pub holidays: Holidays,
    /// Until when.
    pub ends: Ends,
    /// The last day.
    pub until: String,
    /// How many times.
    pub count: String,
}

impl Default for RuleDraft {
    fn default() -> Self {
        Self {
            repeats: Repeats::Once,
            shape: Shape::Weeks,
            every: 1,
            weekdays: Vec::new(),
            ordinals: Vec::new(),
            times: Vec::new(),
            holidays: Holidays::Ignore,
            ends: Ends::Never,
            until: String::new(),
            count: "10".to_owned(),
        }
    }
}

/// What of a rule is not right yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleGap {
    /// A further time is none, or one twice.
    Times,
    /// The last day.
    Until,
    /// The number of times.
    Count,
    /// The calendar does not reach so far.
    Date,
}

/// Which of its weekday in its month a date is.
#[must_use]
pub fn ordinal_of(on: LocalDate) -> Ordinal {
    Ordinal::ALL[usize::from((on.day() - 1) / 7 + 1)]
}

/// Whether a date is the last of its month.
#[must_use]
pub fn is_last_of_month(on: LocalDate) -> bool {
    on.plus_days(1).day() == 1
}

impl RuleDraft {
    /// The kind that counts: every week is one of them.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        match self.repeats {
            Repeats::More => self.shape,
            Repeats::Once | Repeats::Weekly => Shape::Weeks,
        }
    }

    /// The weekdays that count.
    #[must_use]
    pub fn weekdays_of(&self, on: LocalDate) -> Vec<Weekday> {
        match self.weekdays.as_slice() {
            [] => vec![on.weekday()],
            chosen => chosen.iter().map(|index| Weekday::from_index(*index)).collect(),
        }
    }

    /// The ordinals that count.
    #[must_use]
    pub fn ordinals_of(&self, on: LocalDate) -> Vec<Ordinal> {
        match self.ordinals.as_slice() {
            [] => vec![ordinal_of(on)],
            chosen => chosen.iter().filter_map(|n| Ordinal::ALL.get(usize::from(*n)).copied()).collect(),
        }
    }

    fn pattern(&self, on: LocalDate) -> Option<Pattern> {
        let every = if self.repeats == Repeats::More { Interval::new(self.every)? } else { Interval::ONE };
        let weekdays = Weekdays::new(self.weekdays_of(on))?;
        Some(match self.shape() {
            Shape::Days => Pattern::Daily { every, weekdays: None, days: None },
            Shape::Weeks => Pattern::Weekly { every, weekdays: Some(weekdays) },
            Shape::NthWeekday => {
                let set = NthWeekdays::new(self.ordinals_of(on).into_iter().map(|nth| (nth, on.weekday())))?;
                Pattern::Monthly { every, weekdays: Some(set), days: None }
            }
            Shape::MonthDay => {
                Pattern::Monthly { every, weekdays: None, days: Some(MonthDays::new([on.day()], false)?) }
            }
            Shape::LastDay => Pattern::Monthly { every, weekdays: None, days: Some(MonthDays::new([], true)?) },
            Shape::Lunar => {
                let lunar = lunar_date(on)?;
                let day = LunarDay::new(lunar.day).unwrap_or(LunarDay::LAST);
                let leap = if lunar.leap { LeapMonth::Leap } else { LeapMonth::Regular };
                Pattern::LunarYearly { every, month: LunarMonth::new(lunar.month)?, leap, day }
            }
        })
    }

    /// The series, or what is missing.
    ///
    /// # Errors
    /// [`RuleGap`].
    pub fn series(&self, on: LocalDate, at: MinuteOfDay, minutes: u16) -> Result<Series, RuleGap> {
        let end = match self.ends {
            Ends::Never => End::Never,
            Ends::Until => {
                let last: LocalDate = self.until.parse().map_err(|_| RuleGap::Until)?;
                let of_day = LocalDateTime::from_days(last.days(), 24 * 60 * 60 - 1);
                End::Until(of_day.ok_or(RuleGap::Until)?)
            }
            Ends::Count => {
                let count = self.count.trim().parse().ok().filter(|count| *count <= TIMES_MAX);
                End::Count(count.and_then(Count::new).ok_or(RuleGap::Count)?)
            }
        };
        let (mut at, mut slots) = (at, Slots::OF_START);
        if self.repeats == Repeats::More && !self.times.is_empty() {
            let mut times = vec![at];
            for time in &self.times {
                times.push(time.parse().map_err(|_| RuleGap::Times)?);
            }
            slots = Slots::new(times).ok_or(RuleGap::Times)?;
            at = slots.times().first().copied().unwrap_or(at);
        }
        let holidays = match self.holidays {
            _ if self.repeats != Repeats::More => HolidayPolicy::Ignore,
            Holidays::Ignore => HolidayPolicy::Ignore,
            Holidays::Skip => HolidayPolicy::SkipDaysOff,
            Holidays::Only => HolidayPolicy::OnlyDaysOff,
            Holidays::Follow => HolidayPolicy::FollowMakeUp,
        };
        let pattern = self.pattern(on).ok_or(RuleGap::Date)?;
        Ok(Series { on, at, minutes, rule: Recurrence { pattern, end, slots, holidays } })
    }

    /// What makes a rule, as far as it can be chosen here.
    #[must_use]
    pub fn of(rule: &Recurrence) -> Self {
        let (shape, every, weekdays, ordinals) = match &rule.pattern {
            Pattern::Daily { every, .. } => (Shape::Days, *every, Vec::new(), Vec::new()),
            Pattern::Weekly { every, weekdays } => {
                let weekdays = weekdays.iter().flat_map(|set| set.iter()).map(Weekday::index);
                (Shape::Weeks, *every, weekdays.collect(), Vec::new())
            }
            Pattern::Monthly { every, weekdays: Some(set), .. } => {
                (Shape::NthWeekday, *every, Vec::new(), set.iter().map(|(ordinal, _)| ordinal as u8).collect())
            }
            Pattern::Monthly { every, days, .. } => {
                let is_last = days.is_some_and(MonthDays::has_last);
                (if is_last { Shape::LastDay } else { Shape::MonthDay }, *every, Vec::new(), Vec::new())
            }
            Pattern::LunarYearly { every, .. } => (Shape::Lunar, *every, Vec::new(), Vec::new()),
        };
        let holidays = match rule.holidays {
            HolidayPolicy::Ignore => Holidays::Ignore,
            HolidayPolicy::SkipDaysOff => Holidays::Skip,
            HolidayPolicy::OnlyDaysOff => Holidays::Only,
            HolidayPolicy::FollowMakeUp => Holidays::Follow,
        };
        let times: Vec<String> = rule.slots.times().iter().skip(1).map(ToString::to_string).collect();
        let is_plain = shape == Shape::Weeks && every == Interval::ONE && times.is_empty();
        let repeats = if is_plain && holidays == Holidays::Ignore { Repeats::Weekly } else { Repeats::More };
        let mut draft =
            Self { repeats, shape, every: every.get(), weekdays, ordinals, times, holidays, ..Self::default() };
        match rule.end {
            End::Never => {}
            End::Count(count) => (draft.ends, draft.count) = (Ends::Count, count.get().to_string()),
            End::Until(last) => {
                let last = last.date().map(|last| last.to_string());
                (draft.ends, draft.until) = (Ends::Until, last.unwrap_or_default());
            }
        }
        draft
    }
}
