//! The agenda: dates of activities by day, filtered, each with the one fact its row shows.
//!
//! The phone's list, the month's dots and the server's first paint ask the same functions. Deliberately absent: words
//! and markup.

use crate::activity::{Category, Phase, SignUpPolicy, Venue, phase, planned_start};
use crate::change::{ActivityRow, OccurrenceRow, SignUpRow, SignUpState};
use crate::id::{CommunityId, OccurrenceId, SignUpId, SpaceId, TeamId};
use crate::order::sort_by_key;
use crate::sign_up::{Seats, has_expired};
use crate::sync::rows::Rows;
use crate::sync::view::{Delivery, View};
use crate::time::{LocalDate, Timestamp};

/// Few places are left from so many on.
pub const FEW_LEFT: u16 = 5;

/// Which dates a person wants to see.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of one category.
    pub category: Option<Category>,
    /// Of one team.
    pub team: Option<TeamId>,
    /// In one space.
    pub space: Option<SpaceId>,
    /// Only where children may come.
    pub for_children: bool,
    /// Only those one has signed up for.
    pub mine: bool,
}

impl Filter {
    /// Whether it lets everything through.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }
}

/// One date with what belongs to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry<'a> {
    /// Its id.
    pub id: OccurrenceId,
    /// The community it lies in.
    pub community: &'a CommunityId,
    /// The date.
    pub occurrence: &'a OccurrenceRow,
    /// Its activity.
    pub activity: &'a ActivityRow,
    /// The team's name, where it is known.
    pub team: Option<&'a str>,
    /// How one gets a place.
    pub policy: SignUpPolicy,
    /// Its counts, where they are known.
    pub seats: Option<Seats>,
    /// One's own live sign-up.
    pub sign_up: Option<(SignUpId, &'a SignUpRow)>,
    /// Whether something about it is still on its way.
    pub delivery: Option<Delivery>,
}

/// The one fact a row shows, the most important first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFact {
    /// Called off.
    Cancelled,
    /// One's own sign-up is on its way.
    OnItsWay(Delivery),
    /// One has been checked in.
    CheckedIn,
    /// One has a place.
    Confirmed {
        /// The lowest seat number.
        seat: Option<u16>,
    },
    /// Places are held for one's party until it has answered.
    Offered {
        /// Until when.
        until: Timestamp,
    },
    /// One is drawn for with all others.
    Pooled {
        /// When.
        draws_at: Timestamp,
    },
    /// One waits.
    Waitlisted {
        /// Parties before.
        parties_ahead: u16,
    },
    /// Over.
    Over,
    /// Nobody signs up.
    WalkIn,
    /// Sign-up begins later.
    NotOpen {
        /// When.
        opens_at: Timestamp,
    },
    /// Whoever asks is drawn for with all others.
    Pool {
        /// When, and until when one can ask.
        draws_at: Timestamp,
    },
    /// Sign-up has ended.
    Closed,
    /// It has begun, and nobody can sign up any more.
    Running,
    /// No place left.
    Full {
        /// Parties that wait.
        waiting: u16,
    },
    /// Places left.
    Left {
        /// How many.
        places: u16,
        /// Whether that is few.
        is_few: bool,
    },
    /// No limit.
    Open,
}

impl<'a> Entry<'a> {
    /// Where it is.
    #[must_use]
    pub fn venue(&self) -> &'a Venue {
        self.occurrence.venue(self.activity)
    }

    /// The entry of a date, if its activity is known.
    #[must_use]
    pub fn of(view: &'a View, id: OccurrenceId) -> Option<Self> {
        let occurrence = view.occurrences.get(&id)?;
        let activity = view.activities.get(&occurrence.row.activity)?;
        let sign_up = view.sign_up_for(id).map(|(id, sign_up)| (id, &sign_up.row));
        let own = sign_up.and_then(|(id, _)| view.deliveries.get(&id.uuid()));
        Some(Self {
            id,
            community: &occurrence.community,
            occurrence: &occurrence.row,
            activity: &activity.row,
            team: view.teams.get(&activity.row.team).map(|team| team.row.name.as_str()),
            policy: view.policy_of(id, &activity.row),
            seats: view.seats.get(&id).map(|seats| seats.row),
            sign_up,
            delivery: own.or_else(|| view.deliveries.get(&id.uuid())).copied(),
        })
    }

    /// The sign-up phase at `now`.
    #[must_use]
    pub fn phase(&self, now: Timestamp) -> Phase {
        phase(self.policy, self.occurrence.range, self.occurrence.cancelled.is_some(), now)
    }

    /// What its row shows at `now`.
    #[must_use]
    pub fn fact(&self, now: Timestamp) -> RowFact {
        if self.occurrence.cancelled.is_some() {
            return RowFact::Cancelled;
        }
        if let Some((_, own)) = self.sign_up {
            return match (self.delivery, own.checked_in_at, own.state) {
                (Some(delivery), _, _) => RowFact::OnItsWay(delivery),
                (None, Some(_), _) => RowFact::CheckedIn,
                (None, None, SignUpState::Waitlisted { offer_until: Some(until), .. }) if !has_expired(until, now) => {
                    RowFact::Offered { until }
                }
                (None, None, SignUpState::Waitlisted { parties_ahead, .. }) => match self.draws_at() {
                    Some(draws_at) => RowFact::Pooled { draws_at },
                    None => RowFact::Waitlisted { parties_ahead },
                },
                _ => RowFact::Confirmed { seat: own.party.iter().filter_map(|member| member.seat).min() },
            };
        }
        match self.phase(now) {
            Phase::Cancelled => RowFact::Cancelled,
            Phase::Over => RowFact::Over,
            Phase::WalkIn => RowFact::WalkIn,
            Phase::NotOpen { opens_at } => RowFact::NotOpen { opens_at },
            Phase::Pool { draws_at } => RowFact::Pool { draws_at },
            Phase::Closed { .. } if self.is_running(now) => RowFact::Running,
            Phase::Closed { .. } => RowFact::Closed,
            Phase::Open { .. } => match self.seats.map(|seats| (seats, seats.free())) {
                Some((seats, Some(0))) => RowFact::Full { waiting: seats.waiting_parties },
                Some((_, Some(places))) => RowFact::Left { places, is_few: places <= FEW_LEFT },
                _ => RowFact::Open,
            },
        }
    }

    /// When its places are drawn, as long as they are not.
    #[must_use]
    pub fn draws_at(&self) -> Option<Timestamp> {
        self.policy.draws_at(self.occurrence.range.start())
    }

    /// Whether whoever asks for a place is in a pool that is still to be drawn.
    #[must_use]
    pub const fn is_pooled(&self) -> bool {
        self.policy.is_drawn()
    }

    /// Whether it takes place at `now`.
    #[must_use]
    pub fn is_running(&self, now: Timestamp) -> bool {
        self.occurrence.cancelled.is_none() && self.occurrence.range.contains(now)
    }

    /// When it would have been, if it was moved.
    #[must_use]
    pub fn moved_from(&self) -> Option<Timestamp> {
        let said = self.occurrence.by_hand.as_ref().and_then(|by_hand| by_hand.planned);
        let planned = said.or_else(|| planned_start(self.occurrence.activity, self.id));
        planned.filter(|planned| *planned != self.occurrence.range.start())
    }

    fn passes(&self, filter: &Filter) -> bool {
        filter.category.is_none_or(|category| self.activity.category == category)
            && filter.team.is_none_or(|team| self.activity.team == team)
            && filter.space.is_none_or(|space| self.venue().space == Some(space))
            && (!filter.for_children || self.activity.audience.takes_children())
            && (!filter.mine || self.sign_up.is_some())
    }
}

/// The dates of a community from one day to another (both included), by day, each day in order of time.
/// Days without a date are left out.
#[must_use]
pub fn agenda<'a>(
    view: &'a View,
    community: &CommunityId,
    filter: &Filter,
    from: LocalDate,
    to: LocalDate,
) -> Rows<LocalDate, Vec<Entry<'a>>> {
    let mut entries = Vec::new();
    // One look through one's own sign-ups, not one per date.
    let own: Rows<OccurrenceId, (SignUpId, &SignUpRow)> = view
        .sign_ups
        .iter()
        .filter(|(_, sign_up)| sign_up.row.state.is_live())
        .map(|(id, sign_up)| (sign_up.row.occurrence, (*id, &sign_up.row)))
        .collect();
    for (id, occurrence) in view.occurrences.iter() {
        let date = occurrence.row.range.start().date();
        if &occurrence.community != community || date < from || to < date {
            continue;
        }
        let Some(activity) = view.activities.get(&occurrence.row.activity) else { continue };
        let sign_up = own.get(id).copied();
        let own_delivery = sign_up.and_then(|(id, _)| view.deliveries.get(&id.uuid()));
        let entry = Entry {
            id: *id,
            community: &occurrence.community,
            occurrence: &occurrence.row,
            activity: &activity.row,
            team: view.teams.get(&activity.row.team).map(|team| team.row.name.as_str()),
            policy: view.policy_of(*id, &activity.row),
            seats: view.seats.get(id).map(|seats| seats.row),
            sign_up,
            delivery: own_delivery.or_else(|| view.deliveries.get(&id.uuid())).copied(),
        };
        if entry.passes(filter) {
            entries.push(entry);
        }
    }
    let date = |entry: &Entry<'_>| entry.occurrence.range.start().date();
    sort_by_key(&mut entries, |entry| (entry.occurrence.range.start(), entry.id));
    entries.chunk_by(|one, other| date(one) == date(other)).map(|day| (date(&day[0]), day.to_vec())).collect()
}

/// Whether signing up is offered at all, as opposed to just coming.
#[must_use]
pub const fn takes_sign_ups(policy: SignUpPolicy) -> bool {
    matches!(policy, SignUpPolicy::PerOccurrence { .. })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::activity::{Audience, Venue};
    use crate::id::ActivityId;
    use crate::sync::view::In;
    use crate::time::{MinuteOfDay, TimeRange};

    fn here() -> CommunityId {
        "banzha".parse().expect("a slug")
    }

    fn day(n: u8) -> LocalDate {
        LocalDate::from_ymd(2026, 11, n).expect("a date")
    }

    fn view() -> View {
        let mut view = View::default();
        for (n, category, audience) in
            [(1, Category::Opera, Audience::Adults), (2, Category::Family, Audience::Families { from: 3, to: 6 })]
        {
            let activity = ActivityRow {
                team: TeamId::from_uuid(Uuid::from_u128(n)),
                title: "活动".parse().expect("a title"),
                series: None,
                about: None,
                category,
                audience,
                venue: Venue { space: None, place: "二楼".parse().expect("a place") },
                policy: SignUpPolicy::PerOccurrence {
                    capacity: Some(10),
                    opens_minutes_before: None,
                    closes_minutes_before: 0,
                    party_max: 4,
                    draws_minutes_before: None,
                },
            };
            let id = ActivityId::from_uuid(Uuid::from_u128(n));
            view.activities.insert(id, In { community: here(), row: activity });
            for (date, hour) in [(23, 19), (24, 9)] {
                let start = day(date).at(MinuteOfDay::hm(hour - n as u8, 0).expect("a time"));
                let range = TimeRange::new(start, start.plus_minutes(60)).expect("a range");
                let occurrence = OccurrenceRow { activity: id, range, cancelled: None, sequence: 0, by_hand: None };
                let occurrence_id = OccurrenceId::from_uuid(Uuid::from_u128(n * 100 + u128::from(date)));
                view.occurrences.insert(occurrence_id, In { community: here(), row: occurrence });
                let seats = Seats { capacity: Some(10), taken: 7, ..Seats::default() };
                view.seats.insert(occurrence_id, In { community: here(), row: seats });
            }
        }
        view
    }

    #[test]
    fn days_come_in_order_and_so_do_the_times_of_a_day() {
        let view = view();
        let days = agenda(&view, &here(), &Filter::default(), day(23), day(30));
        let titles: Vec<_> = days[&day(23)].iter().map(|e| e.activity.category).collect();
        assert_eq!(titles, [Category::Family, Category::Opera]);
        assert_eq!(days.len(), 2);
        assert_eq!(agenda(&view, &here(), &Filter::default(), day(24), day(24)).len(), 1);
        assert!(agenda(&view, &"other".parse().expect("a slug"), &Filter::default(), day(1), day(30)).is_empty());
    }

    #[test]
    fn filters_narrow() {
        let view = view();
        let count = |filter| agenda(&view, &here(), &filter, day(1), day(30)).values().map(Vec::len).sum::<usize>();
        assert_eq!(count(Filter { category: Some(Category::Opera), ..Filter::default() }), 2);
        assert_eq!(count(Filter { for_children: true, ..Filter::default() }), 2);
        assert_eq!(count(Filter { mine: true, ..Filter::default() }), 0);
        assert_eq!(count(Filter { team: Some(TeamId::from_uuid(Uuid::from_u128(2))), ..Filter::default() }), 2);
    }

    #[test]
    fn a_row_shows_its_most_important_fact() {
        let mut view = view();
        let id = OccurrenceId::from_uuid(Uuid::from_u128(123));
        let before = day(23).start();
        let fact = |view: &View, now| Entry::of(view, id).map(|entry| entry.fact(now));
        assert_eq!(fact(&view, before), Some(RowFact::Left { places: 3, is_few: true }));
        assert_eq!(fact(&view, day(23).at(MinuteOfDay::hm(18, 30).expect("a time"))), Some(RowFact::Running));
        assert_eq!(fact(&view, day(25).start()), Some(RowFact::Over));
        let sign_up = SignUpId::from_uuid(Uuid::from_u128(9));
        let row = SignUpRow {
            occurrence: id,
            state: SignUpState::Confirmed,
            party: vec![],
            checked_in_at: None,
            needs_ack: None,
        };
        view.sign_ups.insert(sign_up, In { community: here(), row });
        assert_eq!(fact(&view, before), Some(RowFact::Confirmed { seat: None }));
        view.deliveries.insert(sign_up.uuid(), Delivery::Saved);
        assert_eq!(fact(&view, before), Some(RowFact::OnItsWay(Delivery::Saved)));
    }

    #[test]
    fn a_date_that_is_to_be_drawn_says_so_until_it_is() {
        let mut view = view();
        let (id, n) = (OccurrenceId::from_uuid(Uuid::from_u128(123)), ActivityId::from_uuid(Uuid::from_u128(1)));
        let start = view.occurrences[&id].row.range.start();
        let draws_at = start.plus_minutes(-24 * 60);
        if let Some(activity) = view.activities.get_mut(&n)
            && let SignUpPolicy::PerOccurrence { draws_minutes_before, .. } = &mut activity.row.policy
        {
            *draws_minutes_before = Some(24 * 60);
        }
        let fact = |view: &View, now| Entry::of(view, id).map(|entry| entry.fact(now));
        let before = draws_at.plus_minutes(-1);
        assert_eq!(fact(&view, before), Some(RowFact::Pool { draws_at }));
        let state = SignUpState::Waitlisted { parties_ahead: 0, offer_until: None };
        let row = SignUpRow { occurrence: id, state, party: vec![], checked_in_at: None, needs_ack: None };
        let sign_up = SignUpId::from_uuid(Uuid::from_u128(9));
        view.sign_ups.insert(sign_up, In { community: here(), row });
        assert_eq!(fact(&view, before), Some(RowFact::Pooled { draws_at }));
        assert_eq!(fact(&view, draws_at), Some(RowFact::Pooled { draws_at }), "until what came of it is here");
        let secret = crate::sign_up::draw::Secret::of_random([1; 32]);
        let drawn = crate::change::Drawn { at: draws_at, secret, places: Some(10), lots: vec![] };
        let commitment = crate::sign_up::draw::commitment(id, secret);
        let row = crate::change::DrawRow { commitment, drawn: Some(drawn) };
        view.draws.insert(id, In { community: here(), row });
        assert_eq!(fact(&view, draws_at), Some(RowFact::Waitlisted { parties_ahead: 0 }));
    }
}
