//! Closing a date: the team says afterwards how it went; and who came to it, as far as anybody has said.
//!
//! What counts as held is decided here, for everything that asks: a date without anybody was none. Deliberately absent:
//! who came by name ([`crate::sign_up`] checks in), pictures.

use crate::activity::Category;
use crate::duty::{Duty, last_day_of_grace};
use crate::refusal::Refusal;
use crate::time::{TimeRange, Timestamp, YearMonth};

/// How long after its end a date can be closed, in days.
pub const CLOSE_DAYS: i64 = 7;
/// The most heads a team may count.
pub const HEADS_MAX: u16 = 9_999;

/// Until when a date can be closed. What may do a monthly duty can be reported as long as its month can be put right, so
/// that nobody is reminded of what nobody can say any more.
#[must_use]
pub fn closes_at(range: TimeRange, category: Category) -> Timestamp {
    let week_after = range.end().plus_minutes(CLOSE_DAYS * 24 * 60);
    match Duty::of(category) {
        Some(_) => week_after.max(last_day_of_grace(YearMonth::of(range.start().date())).plus_days(1).start()),
        None => week_after,
    }
}

/// Decides whether a team may say now how a date went; saying it again replaces what was said.
///
/// # Errors
/// [`Refusal::OccurrenceCancelled`], [`Refusal::OccurrenceNotBegun`], [`Refusal::ClosingOver`], and
/// [`Refusal::Malformed`] for more heads than anybody counts, which is a mistake of the form.
pub fn decide_closing(
    range: TimeRange,
    category: Category,
    is_cancelled: bool,
    heads: u16,
    now: Timestamp,
) -> Result<(), Refusal> {
    if is_cancelled {
        return Err(Refusal::OccurrenceCancelled);
    }
    if now < range.start() {
        return Err(Refusal::OccurrenceNotBegun { starts_at: range.start() });
    }
    let closed_at = closes_at(range, category);
    if now >= closed_at {
        return Err(Refusal::ClosingOver { closed_at });
    }
    if heads > HEADS_MAX {
        return Err(Refusal::Malformed { field: "/body/heads".to_owned() });
    }
    Ok(())
}

/// What is known of who came to a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attendance {
    /// Heads that were checked in.
    pub arrived: u16,
    /// Heads that the team counted, once it has said so.
    pub counted: Option<u16>,
}

impl Attendance {
    /// How many came: whoever counts may miss some who were checked in, and checking in misses who came without a name.
    #[must_use]
    pub fn heads(self) -> u16 {
        self.arrived.max(self.counted.unwrap_or_default())
    }

    /// Whether a date took place: it has begun, was not called off, and somebody was there.
    #[must_use]
    pub fn is_held(self, range: TimeRange, is_cancelled: bool, now: Timestamp) -> bool {
        !is_cancelled && range.start() <= now && self.heads() > 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time::LocalDate;

    fn range() -> TimeRange {
        let start = Timestamp::from_ms(1_795_392_000_000);
        TimeRange::new(start, start.plus_minutes(90)).expect("a range")
    }

    #[test]
    fn a_date_is_closed_from_its_start_to_a_week_after_its_end() {
        let (start, closed_at) = (range().start(), closes_at(range(), Category::Dance));
        let at = |now| decide_closing(range(), Category::Dance, false, 12, now);
        for (now, expected) in [
            (start.plus_minutes(-1), Err(Refusal::OccurrenceNotBegun { starts_at: start })),
            (start, Ok(())),
            (range().end(), Ok(())),
            (closed_at.plus_minutes(-1), Ok(())),
            (closed_at, Err(Refusal::ClosingOver { closed_at })),
        ] {
            assert_eq!(at(now), expected, "{now:?}");
        }
        assert_eq!(closed_at.minutes_since(range().end()), 7 * 24 * 60);
        assert_eq!(decide_closing(range(), Category::Dance, true, 12, start), Err(Refusal::OccurrenceCancelled));
        assert_eq!(decide_closing(range(), Category::Dance, false, HEADS_MAX, start), Ok(()));
        let malformed = Refusal::Malformed { field: "/body/heads".to_owned() };
        assert_eq!(decide_closing(range(), Category::Dance, false, HEADS_MAX + 1, start), Err(malformed));
    }

    #[test]
    fn a_date_of_a_monthly_duty_is_closed_as_long_as_its_month_can_be_put_right() {
        let at = |text: &str| text.parse::<LocalDate>().expect("a date").start();
        let of = |on: &str| {
            let start = at(on).plus_minutes(900);
            TimeRange::new(start, start.plus_minutes(90)).expect("a range")
        };
        for category in Duty::ALL.map(Duty::category) {
            for (on, until) in [
                ("2026-11-01", at("2026-12-06")),
                ("2026-11-08", at("2026-12-06")),
                ("2026-12-08", at("2027-01-06")),
                ("2026-11-30", of("2026-11-30").end().plus_minutes(7 * 24 * 60)),
            ] {
                assert_eq!(closes_at(of(on), category), until, "{on}");
            }
        }
        let asked = at("2026-11-20");
        assert_eq!(decide_closing(of("2026-11-08"), Category::Council, false, 12, asked), Ok(()));
        let closed_at = closes_at(of("2026-11-08"), Category::Dance);
        let over = Err(Refusal::ClosingOver { closed_at });
        assert_eq!(decide_closing(of("2026-11-08"), Category::Dance, false, 12, asked), over);
    }

    #[test]
    fn a_date_without_anybody_was_not_held() {
        let came = |arrived, counted| Attendance { arrived, counted };
        let end = range().end();
        for (attendance, heads, held) in [
            (came(0, None), 0, false),
            (came(0, Some(0)), 0, false),
            (came(0, Some(1)), 1, true),
            (came(3, None), 3, true),
            (came(3, Some(0)), 3, true),
            (came(3, Some(20)), 20, true),
        ] {
            assert_eq!((attendance.heads(), attendance.is_held(range(), false, end)), (heads, held), "{attendance:?}");
        }
        let all = came(3, Some(20));
        assert!(!all.is_held(range(), true, end) && !all.is_held(range(), false, range().start().plus_minutes(-1)));
    }

    proptest! {
        #[test]
        fn counting_never_loses_who_was_checked_in(arrived in 0_u16..500, counted in prop::option::of(0_u16..500)) {
            let heads = Attendance { arrived, counted }.heads();
            prop_assert!(heads >= arrived && heads >= counted.unwrap_or_default());
            prop_assert!(heads == arrived || Some(heads) == counted);
        }
    }
}
