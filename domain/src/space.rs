//! Spaces: what can be booked, when it is open, and on which terms.
//!
//! Opening hours are civil time by weekday, with dated closures. Deliberately absent (for later): holidays as day
//! types, host shifts, exceptions that open.

use serde::{Deserialize, Serialize};

use crate::json;
use crate::text::Note;
use crate::time::{LocalDate, TimeRange, Timestamp, Weekday};

/// The kind of a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpaceKind {
    /// 友邻点
    FriendPoint,
    /// 居民客厅
    LivingRoom,
    /// 亲子空间
    ParentChild,
    /// 乡愁记忆馆
    MemoryHall,
    /// 党员先锋站
    Station,
    /// 活动室
    #[serde(other)]
    Hall,
}

impl SpaceKind {
    /// All of them, in the order a list shows.
    pub const ALL: [Self; 6] =
        [Self::LivingRoom, Self::FriendPoint, Self::ParentChild, Self::Hall, Self::MemoryHall, Self::Station];

    /// The word used in stores, styles and picture names.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FriendPoint => "friend_point",
            Self::LivingRoom => "living_room",
            Self::ParentChild => "parent_child",
            Self::MemoryHall => "memory_hall",
            Self::Station => "station",
            Self::Hall => "hall",
        }
    }
}

json::tagged! {
    #[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
    /// How many may be there at once.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Mode {
        /// One group at a time, of at most so many heads.
        Exclusive {
            /// Heads the room takes.
            heads: u16,
        },
        /// Several parties at once, counted in groups and in heads.
        Shared {
            /// Groups at once.
            groups: u16,
            /// Heads at once.
            heads: u16,
        },
    }
}

impl Mode {
    /// Heads the space takes at once.
    #[must_use]
    pub const fn heads(self) -> u16 {
        match self {
            Self::Exclusive { heads } | Self::Shared { heads, .. } => heads,
        }
    }
}

json::tagged! {
    #[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
    /// Who answers a request.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Answer {
        /// The booking stands at once.
        Instant,
        /// A host answers within so many minutes; the request holds the time until then.
        ByHost {
            /// Minutes the host has, at most until the start.
            within_minutes: u32,
        },
    }
}

/// What a parent-child space asks of a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FamilyRule {
    /// Youngest child, in years.
    pub from: u8,
    /// Oldest child, in years.
    pub to: u8,
    /// Children one adult may look after.
    pub children_per_adult: u8,
}

/// The terms on which a space is booked. Lengths in minutes; all multiples of 15.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpacePolicy {
    /// How many at once.
    pub mode: Mode,
    /// Starts and lengths are multiples of this: 15, 30 or 60.
    pub grid_minutes: u16,
    /// The shortest booking.
    pub min_minutes: u16,
    /// The longest booking.
    pub max_minutes: u16,
    /// Kept free before a booking.
    pub setup_minutes: u16,
    /// Kept free after a booking.
    pub teardown_minutes: u16,
    /// The latest a booking can be made, before its start.
    pub notice_minutes: u32,
    /// How many days ahead one may book.
    pub horizon_days: u16,
    /// Who answers.
    pub answer: Answer,
    /// What it asks of families, where it is for them.
    pub family: Option<FamilyRule>,
    /// Open bookings one household may have here at a time.
    pub open_bookings_max: u16,
    /// Whether somebody is there to check parties in: then a booking nobody was checked in for counts as missed.
    #[serde(default)]
    pub check_in_required: bool,
}

/// One interval a space is open on a weekday: minutes since midnight, `from < to <= 1440`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Opening {
    from: u16,
    to: u16,
}

impl Opening {
    /// The interval, when it lies within one day and is not empty.
    #[must_use]
    pub const fn new(from: u16, to: u16) -> Option<Self> {
        if from < to && to <= 24 * 60 { Some(Self { from, to }) } else { None }
    }

    /// Minutes since midnight it opens.
    #[must_use]
    pub const fn from(self) -> u16 {
        self.from
    }

    /// Minutes since midnight it closes, at most 1440.
    #[must_use]
    pub const fn to(self) -> u16 {
        self.to
    }
}

impl<'de> Deserialize<'de> for Opening {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Ends {
            from: u16,
            to: u16,
        }
        let ends = Ends::deserialize(deserializer)?;
        Self::new(ends.from, ends.to).ok_or_else(|| serde::de::Error::custom("an opening ends after it starts"))
    }
}

/// The weekly opening hours: seven lists from Monday, each in order and without overlap.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OpeningHours(pub [Vec<Opening>; 7]);

impl OpeningHours {
    /// The intervals of a weekday.
    #[must_use]
    pub fn on(&self, weekday: Weekday) -> &[Opening] {
        &self.0[usize::from(weekday.index())]
    }
}

/// A stretch of time in which the space is closed although its hours say otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Closure {
    /// When.
    pub range: TimeRange,
    /// Why, as residents read it.
    pub reason: Note,
}

/// The stretches of a date in which the space is open, in order.
#[must_use]
pub fn open_ranges(hours: &OpeningHours, closures: &[Closure], date: LocalDate) -> Vec<TimeRange> {
    let day_start = date.start();
    let mut open: Vec<TimeRange> = hours
        .on(date.weekday())
        .iter()
        .filter_map(|o| {
            TimeRange::new(day_start.plus_minutes(i64::from(o.from)), day_start.plus_minutes(i64::from(o.to)))
        })
        .collect();
    for closure in closures {
        open = open.into_iter().flat_map(|range| minus(range, closure.range)).collect();
    }
    open
}

/// What is left of `range` without `taken`: nothing, one piece or two.
fn minus(range: TimeRange, taken: TimeRange) -> Vec<TimeRange> {
    if !range.overlaps(taken) {
        return vec![range];
    }
    [TimeRange::new(range.start(), taken.start()), TimeRange::new(taken.end(), range.end())]
        .into_iter()
        .flatten()
        .collect()
}

/// Whether the whole of `range` lies in open time; else the reason of a closure that forbids it, where there is one.
///
/// # Errors
/// The closure's reason, or nothing when it is simply outside the weekly hours.
pub fn is_open_for(hours: &OpeningHours, closures: &[Closure], range: TimeRange) -> Result<(), Option<Note>> {
    if open_ranges(hours, closures, range.start().date())
        .iter()
        .any(|o| o.start() <= range.start() && range.end() <= o.end())
    {
        return Ok(());
    }
    Err(closures.iter().find(|closure| closure.range.overlaps(range)).map(|closure| closure.reason.clone()))
}

/// Until when the space is open at `now`, if it is.
#[must_use]
pub fn open_until(hours: &OpeningHours, closures: &[Closure], now: Timestamp) -> Option<Timestamp> {
    open_ranges(hours, closures, now.date()).into_iter().find(|range| range.contains(now)).map(TimeRange::end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours() -> OpeningHours {
        let day =
            vec![Opening::new(9 * 60, 12 * 60).expect("morning"), Opening::new(14 * 60, 24 * 60).expect("evening")];
        OpeningHours([day.clone(), day.clone(), day.clone(), day.clone(), day, vec![], vec![]])
    }

    fn range(day: u8, from: i64, to: i64) -> TimeRange {
        let start = LocalDate::from_ymd(2026, 11, day).expect("a date").start();
        TimeRange::new(start.plus_minutes(from * 60), start.plus_minutes(to * 60)).expect("a range")
    }

    #[test]
    fn a_booking_must_lie_in_one_open_stretch() {
        let hours = hours();
        assert_eq!(is_open_for(&hours, &[], range(23, 9, 12)), Ok(()));
        assert_eq!(is_open_for(&hours, &[], range(23, 22, 24)), Ok(()), "until midnight");
        assert_eq!(is_open_for(&hours, &[], range(23, 11, 15)), Err(None), "across the noon break");
        assert_eq!(is_open_for(&hours, &[], range(28, 9, 10)), Err(None), "a Saturday");
    }

    #[test]
    fn a_closure_cuts_the_day_and_says_why() {
        let reason: Note = "粉刷".parse().expect("a note");
        let closures = [Closure { range: range(23, 10, 11), reason: reason.clone() }];
        let open = open_ranges(&hours(), &closures, range(23, 0, 1).start().date());
        assert_eq!(open, vec![range(23, 9, 10), range(23, 11, 12), range(23, 14, 24)]);
        assert_eq!(is_open_for(&hours(), &closures, range(23, 9, 11)), Err(Some(reason)));
    }
}
