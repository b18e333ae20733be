//! Series: what takes place by a rule, date by date as the dates come near.
//!
//! A rule may go on for ever, so only the dates up to a horizon are there; each day moves it, and whoever makes the dates
//! makes the same ones, because their ids follow from the activity and the planned start. Deliberately absent: who makes
//! them, rooms, and the rule itself (see [`crate::recurrence`]).

use serde::{Deserialize, Serialize};

use crate::recurrence::{End, HolidayPolicy, Recurrence};
use crate::refusal::Refusal;
use crate::time::{LocalDate, LocalDateTime, MinuteOfDay, TimeRange, Timestamp};

/// How many days ahead the dates of a series are there.
pub const AHEAD_DAYS: i32 = 56;
/// Within so many days a series has its first date: a lunar year with its leap month, and some.
pub const FIRST_WITHIN_DAYS: i32 = 400;

/// Where a rule begins to count, how long each date lasts, and the rule.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Series {
    /// The day the rule begins to count; a date only when it matches.
    pub on: LocalDate,
    /// The civil time it begins to count, and the time of each date unless the rule has times of its own.
    pub at: MinuteOfDay,
    /// How long each date lasts, in minutes.
    pub minutes: u16,
    /// The rule.
    pub rule: Recurrence,
}

/// A series in its activity's row. The rule is a text, so that a phone that cannot read it still shows the activity, and a
/// page that does not need it does not read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesRow {
    /// The day the rule begins to count.
    pub on: LocalDate,
    /// The civil time it begins to count.
    pub at: MinuteOfDay,
    /// How long each date lasts, in minutes.
    pub minutes: u16,
    /// The rule.
    pub rule: String,
    /// Whether no new dates come at present.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_paused: bool,
}

impl SeriesRow {
    /// The row of a series.
    #[must_use]
    pub fn of(series: &Series, is_paused: bool) -> Self {
        let Series { on, at, minutes, rule } = series;
        Self { on: *on, at: *at, minutes: *minutes, rule: rule.to_string(), is_paused }
    }

    /// The series, where this build can read the rule.
    #[must_use]
    pub fn series(&self) -> Option<Series> {
        Some(Series { on: self.on, at: self.at, minutes: self.minutes, rule: self.rule.parse().ok()? })
    }
}

/// A day on which a series would take place, holidays aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coming {
    /// When.
    pub range: TimeRange,
    /// Whether the rule leaves it out for the sake of holidays.
    pub is_left_out: bool,
}

/// Up to where dates are there at `now`: the end of the last of [`AHEAD_DAYS`] days.
#[must_use]
pub fn horizon(now: Timestamp) -> Timestamp {
    now.date().plus_days(AHEAD_DAYS + 1).start()
}

/// A series whose dates end before this moment has fallen behind: a day late counts, a job that is about to run does not.
#[must_use]
pub fn behind_before(now: Timestamp) -> Timestamp {
    now.plus_minutes(i64::from(AHEAD_DAYS - 1) * 24 * 60)
}

impl Series {
    /// Its dates that start in `[from, to)`, in order.
    #[must_use]
    pub fn dates(&self, from: Timestamp, to: Timestamp) -> Vec<TimeRange> {
        self.by(&self.rule, from, to)
    }

    fn by(&self, rule: &Recurrence, from: Timestamp, to: Timestamp) -> Vec<TimeRange> {
        let local = |at: Timestamp| LocalDateTime::of(at.date(), at.minute_of_day());
        let starts = rule.expand(LocalDateTime::of(self.on, self.at), local(from), local(to.plus_minutes(1)));
        let starts = starts.expect("invariant: a window of dates is shorter than what one expansion makes");
        let start = |at: LocalDateTime| {
            let minute = u16::try_from(at.second_of_day() / 60).ok().and_then(MinuteOfDay::new)?;
            Some(at.date()?.at(minute))
        };
        let range = |start: Timestamp| TimeRange::new(start, start.plus_minutes(i64::from(self.minutes)));
        let within = starts.into_iter().filter_map(start).filter(|start| (from..to).contains(start));
        within.filter_map(range).collect()
    }

    /// The days to come from the start on, at most `max`, those among them that holidays take away.
    #[must_use]
    pub fn coming(&self, now: Timestamp, max: usize) -> Vec<Coming> {
        let (from, to) = self.first_window(now);
        let kept = self.dates(from, to);
        let all = self.by(&Recurrence { holidays: HolidayPolicy::Ignore, ..self.rule.clone() }, from, to);
        let coming = |range| Coming { range, is_left_out: !kept.contains(&range) };
        all.into_iter().take(max).map(coming).collect()
    }

    fn first_window(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        let from = now.max(self.on.at(self.at));
        (from, from.date().plus_days(FIRST_WITHIN_DAYS).start())
    }

    /// The dates that are there when it is published at `now`: those up to the horizon, none when the first lies behind it.
    ///
    /// # Errors
    /// [`Refusal::EndsBeforeStart`]; [`Refusal::NoDates`] when there is none within [`FIRST_WITHIN_DAYS`] of the start;
    /// [`Refusal::DatesOverlap`] when one begins before the one before it has ended.
    pub fn first_dates(&self, now: Timestamp) -> Result<Vec<TimeRange>, Refusal> {
        if matches!(self.rule.end, End::Until(last) if last < LocalDateTime::of(self.on, self.at)) {
            return Err(Refusal::EndsBeforeStart);
        }
        let (from, to) = self.first_window(now);
        let dates = self.dates(from, to);
        if dates.is_empty() {
            return Err(Refusal::NoDates);
        }
        if dates.windows(2).any(|pair| pair[1].start() < pair[0].end()) {
            return Err(Refusal::DatesOverlap);
        }
        let horizon = horizon(now);
        Ok(dates.into_iter().take_while(|range| range.start() < horizon).collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(text: &str) -> LocalDate {
        text.parse().expect("a date")
    }

    fn series(on: &str, (hour, minute): (u8, u8), minutes: u16, rule: &str) -> Series {
        let at = MinuteOfDay::hm(hour, minute).expect("a time");
        Series { on: date(on), at, minutes, rule: rule.parse().expect("a rule") }
    }

    /// Monday at eight in the morning.
    fn now() -> Timestamp {
        date("2026-11-30").at(MinuteOfDay::hm(8, 0).expect("a time"))
    }

    fn days(dates: &[TimeRange]) -> Vec<String> {
        dates.iter().map(|range| range.start().date().to_string()).collect()
    }

    #[test]
    fn the_dates_of_eight_weeks_are_there_and_no_more() {
        let dates = series("2026-12-01", (9, 0), 60, "FREQ=WEEKLY;BYDAY=TU,TH").first_dates(now()).expect("dates");
        assert_eq!(dates.len(), 16);
        assert_eq!((days(&dates)[0].as_str(), days(&dates)[15].as_str()), ("2026-12-01", "2027-01-21"));
        assert!(dates.iter().all(|range| range.start().minute_of_day().hour() == 9 && range.minutes() == 60));
    }

    #[test]
    fn a_lunar_date_far_off_is_published_without_dates_for_now() {
        let mid_autumn = series("2026-12-01", (18, 0), 120, "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=15");
        assert_eq!(mid_autumn.first_dates(now()), Ok(vec![]));
        let coming = mid_autumn.coming(now(), 3);
        assert_eq!(coming.iter().map(|one| one.range.start().date().to_string()).collect::<Vec<_>>(), ["2027-09-15"]);
    }

    #[test]
    fn what_cannot_take_place_says_why() {
        for (series, refusal) in [
            (series("2026-12-01", (9, 0), 60, "FREQ=WEEKLY;UNTIL=20261130"), Refusal::EndsBeforeStart),
            (series("2026-12-01", (9, 0), 60, "FREQ=DAILY;BYMONTHDAY=31;UNTIL=20261230"), Refusal::NoDates),
            (series("2026-12-01", (9, 0), 90, "FREQ=DAILY;X-TIMES=0900,1000"), Refusal::DatesOverlap),
            (series("2026-12-01", (20, 0), 720, "FREQ=DAILY;X-TIMES=0700,2000"), Refusal::DatesOverlap),
        ] {
            assert_eq!(series.first_dates(now()), Err(refusal), "{}", series.rule);
        }
    }

    #[test]
    fn what_holidays_take_away_is_told() {
        let fridays = series("2026-12-25", (9, 0), 60, "FREQ=WEEKLY;COUNT=3;X-HOLIDAYS=SKIP");
        let told = fridays.coming(now(), 9).iter().map(|one| one.is_left_out).collect::<Vec<_>>();
        assert_eq!(told, [false, true, false], "New Year's Day is off, and counts");
    }

    #[test]
    fn a_series_is_behind_when_a_day_is_missing_and_not_while_the_job_is_on_its_way() {
        let made_until = horizon(now());
        let midnight = now().date().plus_days(1).start();
        assert!(made_until >= behind_before(now()));
        assert!(made_until >= behind_before(midnight.plus_minutes(10)), "the day has only just begun");
        assert!(made_until < behind_before(now().plus_minutes(3 * 24 * 60)));
    }

    const RULES: [&str; 7] = [
        "FREQ=WEEKLY;BYDAY=TU,TH",
        "FREQ=DAILY;INTERVAL=3;X-TIMES=0700,1930",
        "FREQ=MONTHLY;BYDAY=1SA,-1SA",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=9;X-HOLIDAYS=FOLLOW",
        "FREQ=WEEKLY;UNTIL=20270301;X-HOLIDAYS=SKIP",
        "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1",
    ];

    proptest! {
        /// However the days fall on which somebody makes dates, what is there in the end is what the rule has.
        #[test]
        fn dates_made_bit_by_bit_are_the_dates_of_the_rule(
            rule in prop::sample::select(&RULES[..]),
            pauses in prop::collection::vec(0..9_i64, 1..40),
        ) {
            let series = series("2026-12-01", (19, 0), 60, rule);
            let mut made = series.first_dates(now()).expect("dates");
            let (mut until, mut at) = (horizon(now()), now());
            for days in pauses {
                at = at.plus_minutes(days * 24 * 60 + 17);
                if until < horizon(at) {
                    made.extend(series.dates(until, horizon(at)));
                    until = horizon(at);
                }
                prop_assert!(until >= behind_before(at));
            }
            prop_assert_eq!(made, series.dates(now(), until));
        }
    }
}
