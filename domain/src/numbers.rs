//! Numbers of what was held: dates, heads and different residents, by community, by team and by month.
//!
//! A resident is counted once however often they come, so numbers of residents do not add up: each group has its own.
//! Deliberately absent: who came. A number is all that leaves the server, and the smallest groups are the district's
//! own to read.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::closing::Attendance;
use crate::id::{CommunityId, PersonId, TeamId};
use crate::text::Name;
use crate::time::{TimeRange, Timestamp, YearMonth};

/// The years one may ask about.
pub const YEARS: std::ops::RangeInclusive<u16> = 2020..=2100;

/// A date that may have been held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastDate {
    /// Where.
    pub community: CommunityId,
    /// Whose.
    pub team: TeamId,
    /// When.
    pub range: TimeRange,
    /// Whether it was called off.
    pub is_cancelled: bool,
    /// Who came, as far as is known.
    pub attendance: Attendance,
    /// Those who were checked in.
    pub people: Vec<PersonId>,
}

/// The numbers of a group of dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Figures {
    /// Dates that were held.
    pub held: u32,
    /// Heads that came, each as often as they came.
    pub heads: u32,
    /// Different residents among those who were checked in.
    pub residents: u32,
}

/// The numbers of one group, with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What it is called.
    pub name: Name,
    /// The community it lies in, for a team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Name>,
    /// Its numbers.
    pub figures: Figures,
}

/// The numbers of one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthLine {
    /// Which.
    pub month: YearMonth,
    /// Its numbers.
    pub figures: Figures,
}

/// What `GET /api/numbers` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbers {
    /// The year.
    pub year: u16,
    /// All of it.
    pub all: Figures,
    /// The twelve months.
    pub months: Vec<MonthLine>,
    /// Every community, in the order of the district.
    pub communities: Vec<Line>,
    /// Every team that held anything, those with most dates first.
    pub teams: Vec<Line>,
}

/// The numbers of dates, grouped by `key`.
#[must_use]
pub fn tally<K: Ord>(dates: &[PastDate], key: impl Fn(&PastDate) -> K, now: Timestamp) -> BTreeMap<K, Figures> {
    let mut groups: BTreeMap<K, (Figures, BTreeSet<PersonId>)> = BTreeMap::new();
    for date in dates.iter().filter(|date| date.attendance.is_held(date.range, date.is_cancelled, now)) {
        let (figures, people) = groups.entry(key(date)).or_default();
        figures.held += 1;
        figures.heads += u32::from(date.attendance.heads());
        people.extend(&date.people);
    }
    let count = |(mut figures, people): (Figures, BTreeSet<PersonId>)| {
        figures.residents = u32::try_from(people.len()).unwrap_or(u32::MAX);
        figures
    };
    groups.into_iter().map(|(key, group)| (key, count(group))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_ms(1_795_392_000_000)
    }

    fn date(team: u128, days: i64, counted: Option<u16>, people: &[u128]) -> PastDate {
        let start = now().plus_minutes(days * 24 * 60);
        PastDate {
            community: "banzha".parse().expect("a slug"),
            team: TeamId::from_uuid(Uuid::from_u128(team)),
            range: TimeRange::new(start, start.plus_minutes(60)).expect("a range"),
            is_cancelled: false,
            attendance: Attendance { arrived: people.len() as u16, counted },
            people: people.iter().map(|n| PersonId::from_uuid(Uuid::from_u128(*n))).collect(),
        }
    }

    #[test]
    fn a_resident_counts_once_in_each_group_and_what_was_not_held_not_at_all() {
        let dates = [
            date(1, -9, Some(20), &[1, 2]),
            date(1, -8, None, &[2, 3]),
            date(2, -7, Some(5), &[1]),
            date(2, -6, Some(0), &[]),
            date(2, 1, Some(9), &[4]),
            PastDate { is_cancelled: true, ..date(2, -5, Some(9), &[5]) },
        ];
        let all = tally(&dates, |_| (), now());
        assert_eq!(all[&()], Figures { held: 3, heads: 27, residents: 3 });
        let teams = tally(&dates, |date| date.team, now());
        let of = |n| teams[&TeamId::from_uuid(Uuid::from_u128(n))];
        assert_eq!(of(1), Figures { held: 2, heads: 22, residents: 3 });
        assert_eq!(of(2), Figures { held: 1, heads: 5, residents: 1 });
    }

    proptest! {
        /// Dates and heads add up, residents never to less than the whole.
        #[test]
        fn groups_make_up_the_whole(
            came in prop::collection::vec((0_u128..4, 0_i64..9, prop::option::of(0_u16..30), prop::collection::vec(0_u128..9, 0..5)), 0..20)
        ) {
            let dates: Vec<_> = came.iter().map(|(team, days, counted, people)| {
                let people: BTreeSet<u128> = people.iter().copied().collect();
                date(*team, days - 6, *counted, &people.into_iter().collect::<Vec<_>>())
            }).collect();
            let all = tally(&dates, |_| (), now()).remove(&()).unwrap_or_default();
            let teams = tally(&dates, |date| date.team, now());
            prop_assert_eq!(teams.values().map(|one| one.held).sum::<u32>(), all.held);
            prop_assert_eq!(teams.values().map(|one| one.heads).sum::<u32>(), all.heads);
            prop_assert!(teams.values().map(|one| one.residents).sum::<u32>() >= all.residents);
            prop_assert!(all.residents <= all.heads);
        }
    }
}
