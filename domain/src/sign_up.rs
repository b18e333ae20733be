//! Sign-up: who gets a place, who waits, who moves up.
//!
//! Heads with a place never exceed the capacity, unless it was lowered below them; then they only become fewer. A place
//! that comes free while anybody waits belongs to the first party in the waiting list that fits whole; a party that does
//! not fit keeps its place in the order, and is not passed over for ever. Withdrawing is never refused for want of room. Where places
//! are drawn, all who ask before are alike ([`draw`]). Deliberately absent: approval.

mod capacity;
pub mod draw;
mod neighbour;
mod queue;

use serde::{Deserialize, Serialize};

pub use self::neighbour::{Known, decide_neighbour, decide_neighbours_withdrawal, neighbour};
pub use capacity::{CapacityDecision, decide_capacity};
pub use queue::{
    Acceptance, EXPIRIES_MAX, Expiry, LAST_CALL_MINUTES_BEFORE, PASSES_MAX, Promotion, Standing, Step, WaitingParty,
    Walk, after_waking, decide_acceptance, decide_decline, decide_expiry, has_expired, is_last_call, rebalance,
    waking_minutes,
};

use crate::activity::{Audience, Category, Phase, SignUpPolicy, check_audience, phase};
use crate::closing::closes_at;
use crate::id::PersonId;
use crate::order::sort_by_key;
use crate::people::Person;
use crate::refusal::Refusal;
use crate::sign_up::draw::POOL_PARTIES_MAX;
use crate::time::{TimeRange, Timestamp};

/// The most parties that may wait for one date.
pub const WAITING_PARTIES_MAX: u32 = 200;
/// Check-in begins so many minutes before the start.
pub const CHECK_IN_MINUTES_BEFORE: i64 = 120;

/// The counted state of a date: the row that everybody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Seats {
    /// Heads at most; none means no limit.
    pub capacity: Option<u16>,
    /// Heads that have a place.
    pub taken: u16,
    /// Parties that wait.
    pub waiting_parties: u16,
    /// Heads that wait.
    pub waiting_heads: u16,
}

impl Seats {
    /// Heads a newcomer can still get. None of them while anybody waits; no number where there is no limit.
    #[must_use]
    pub fn free(self) -> Option<u16> {
        self.room().map(|room| if self.waiting_parties > 0 { 0 } else { room })
    }

    /// Places that nobody holds, whoever may have them; no number where there is no limit.
    #[must_use]
    pub fn room(self) -> Option<u16> {
        self.capacity.map(|capacity| capacity.saturating_sub(self.taken))
    }

    /// How many more have a place than may come, since the capacity was lowered.
    #[must_use]
    pub fn over_by(self) -> u16 {
        self.capacity.map_or(0, |capacity| self.taken.saturating_sub(capacity))
    }

    /// Whether a party of this size gets its places at once.
    #[must_use]
    pub fn has_room_for(self, heads: u16) -> bool {
        self.free().is_none_or(|free| heads <= free)
    }
}

/// What the decision needs to know about the date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// How one gets a place.
    pub policy: SignUpPolicy,
    /// Who may come.
    pub audience: Audience,
    /// When it takes place.
    pub range: TimeRange,
    /// Whether it was called off.
    pub is_cancelled: bool,
}

impl Terms {
    /// Whether whoever asks for a place is in a pool that is still to be drawn.
    #[must_use]
    pub const fn is_pooled(&self) -> bool {
        self.policy.is_drawn()
    }

    /// Whether the places are to be drawn at `now`.
    #[must_use]
    pub fn is_draw_due(&self, now: Timestamp) -> bool {
        let draws_at = self.policy.draws_at(self.range.start());
        !self.is_cancelled && draws_at.is_some_and(|draws_at| draws_at <= now && now < self.range.end())
    }
}

/// What becomes of a sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignUpDecision {
    /// Every head has a place.
    Confirmed,
    /// The party waits as one, after `parties_ahead` others.
    Waitlisted {
        /// Parties before it.
        parties_ahead: u16,
    },
    /// The party is drawn for with all others, whoever asked first.
    Pooled {
        /// When.
        draws_at: Timestamp,
    },
    /// This very party is in already, asked for before or on another phone: nothing to do.
    AlreadyDone,
}

/// Decides a sign-up: `party` are the people named, `own` those whom the household's live sign-up for this date holds.
///
/// A person is of one household, and a household has one live sign-up for a date, so that a party is never torn apart:
/// whoever wants to bring others withdraws and signs up anew.
///
/// # Errors
/// In this order: the phase ([`Refusal::OccurrenceCancelled`], [`Refusal::OccurrenceOver`],
/// [`Refusal::NoSignUpNeeded`], [`Refusal::SignUpNotOpen`], [`Refusal::SignUpClosed`]), the party
/// ([`Refusal::PartyEmpty`], [`Refusal::PartyTooBig`], the audience's, [`Refusal::AlreadyIn`]),
/// [`Refusal::WaitlistFull`], [`Refusal::PoolFull`].
pub fn decide_sign_up(
    terms: &Terms,
    seats: Seats,
    party: &[Person],
    own: &[PersonId],
    now: Timestamp,
) -> Result<SignUpDecision, Refusal> {
    let named = each_once(party.iter().map(|person| person.id));
    let own = each_once(own.iter().copied());
    if !own.is_empty() && own == named {
        return Ok(SignUpDecision::AlreadyDone);
    }
    let SignUpPolicy::PerOccurrence { party_max, .. } = terms.policy else { return Err(Refusal::NoSignUpNeeded) };
    let draws_at = match phase(terms.policy, terms.range, terms.is_cancelled, now) {
        Phase::Open { .. } => None,
        Phase::Pool { draws_at } => Some(draws_at),
        Phase::WalkIn => return Err(Refusal::NoSignUpNeeded),
        Phase::NotOpen { opens_at } => return Err(Refusal::SignUpNotOpen { opens_at }),
        Phase::Closed { closed_at } => return Err(Refusal::SignUpClosed { closed_at }),
        Phase::Over => return Err(Refusal::OccurrenceOver),
        Phase::Cancelled => return Err(Refusal::OccurrenceCancelled),
    };
    if party.is_empty() {
        return Err(Refusal::PartyEmpty);
    }
    // A party larger than the room would wait for ever.
    let max = seats.capacity.map_or(u16::from(party_max), |capacity| capacity.min(u16::from(party_max)));
    let heads = u16::try_from(party.len()).unwrap_or(u16::MAX);
    if heads > max {
        return Err(Refusal::PartyTooBig { max });
    }
    check_audience(terms.audience, party, terms.range.start().date())?;
    if !own.is_empty() {
        let both: Vec<PersonId> = own.iter().filter(|id| named.contains(id)).copied().collect();
        return Err(Refusal::AlreadyIn { people: if both.is_empty() { own } else { both } });
    }
    if let Some(draws_at) = draws_at {
        let is_full = u32::from(seats.waiting_parties) >= POOL_PARTIES_MAX;
        return if is_full { Err(Refusal::PoolFull) } else { Ok(SignUpDecision::Pooled { draws_at }) };
    }
    if seats.has_room_for(heads) {
        return Ok(SignUpDecision::Confirmed);
    }
    if u32::from(seats.waiting_parties) >= WAITING_PARTIES_MAX {
        return Err(Refusal::WaitlistFull);
    }
    Ok(SignUpDecision::Waitlisted { parties_ahead: seats.waiting_parties })
}

/// These people in order, so that who was named does not depend on how.
fn each_once(people: impl Iterator<Item = PersonId>) -> Vec<PersonId> {
    let mut people: Vec<_> = people.collect();
    sort_by_key(&mut people, |id| *id);
    people.dedup();
    people
}

/// What becomes of a withdrawal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WithdrawalDecision {
    /// Nobody of the party is left.
    Whole,
    /// These stay.
    Part(Vec<PersonId>),
    /// Nobody named is in the party any more: nothing to do.
    AlreadyOut,
}

/// Whether a place at a date can still be given back: until it starts.
#[must_use]
pub fn may_withdraw(range: TimeRange, now: Timestamp) -> bool {
    now < range.start()
}

/// Decides a withdrawal of `leaving` from a party. Never refused for want of room, or because sign-up has closed.
///
/// # Errors
/// [`Refusal::OccurrenceOver`] once the date has begun; [`Refusal::GuardianNeeded`] when only children would stay.
pub fn decide_withdrawal(
    range: TimeRange,
    party: &[Person],
    leaving: &[PersonId],
    now: Timestamp,
) -> Result<WithdrawalDecision, Refusal> {
    let staying: Vec<&Person> = party.iter().filter(|person| !leaving.contains(&person.id)).collect();
    if staying.len() == party.len() {
        return Ok(WithdrawalDecision::AlreadyOut);
    }
    if !may_withdraw(range, now) {
        return Err(Refusal::OccurrenceOver);
    }
    if staying.is_empty() {
        return Ok(WithdrawalDecision::Whole);
    }
    let on = range.start().date();
    let had_adult = party.iter().any(|person| !person.is_child_on(on));
    if had_adult && staying.iter().all(|person| person.is_child_on(on)) {
        return Err(Refusal::GuardianNeeded);
    }
    Ok(WithdrawalDecision::Part(staying.iter().map(|person| person.id).collect()))
}

/// Gives each of `heads` newcomers the lowest seat number nobody has; `taken` must be sorted.
#[must_use]
pub fn lowest_free_seats(taken: &[u16], heads: u16) -> Vec<u16> {
    let mut seats = Vec::with_capacity(usize::from(heads));
    let mut used = taken.iter().copied().peekable();
    let mut number: u16 = 1;
    while seats.len() < usize::from(heads) {
        if used.peek() == Some(&number) {
            used.next();
        } else {
            seats.push(number);
        }
        number += 1;
    }
    seats
}

/// Decides a check-in at an activity: as long as how it went can be said, so that nobody rewrites figures that are read.
///
/// # Errors
/// [`Refusal::OccurrenceCancelled`], [`Refusal::NotConfirmed`], [`Refusal::CheckInNotOpen`], [`Refusal::ClosingOver`].
pub fn decide_check_in(
    range: TimeRange,
    category: Category,
    is_cancelled: bool,
    is_confirmed: bool,
    now: Timestamp,
) -> Result<(), Refusal> {
    if is_cancelled {
        return Err(Refusal::OccurrenceCancelled);
    }
    if !is_confirmed {
        return Err(Refusal::NotConfirmed);
    }
    let opens_at = range.start().plus_minutes(-CHECK_IN_MINUTES_BEFORE);
    if now < opens_at {
        return Err(Refusal::CheckInNotOpen { opens_at });
    }
    let closed_at = closes_at(range, category);
    if now >= closed_at { Err(Refusal::ClosingOver { closed_at }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::people::Relation;
    use crate::time::{LocalDate, MinuteOfDay};

    fn start() -> Timestamp {
        LocalDate::from_ymd(2026, 11, 25).expect("a date").at(MinuteOfDay::hm(9, 0).expect("a time"))
    }

    fn terms(capacity: Option<u16>) -> Terms {
        Terms {
            policy: SignUpPolicy::PerOccurrence {
                capacity,
                opens_minutes_before: None,
                closes_minutes_before: 30,
                party_max: 4,
                draws_minutes_before: None,
            },
            audience: Audience::Everyone,
            range: TimeRange::new(start(), start().plus_minutes(60)).expect("a range"),
            is_cancelled: false,
        }
    }

    fn person(n: u128, relation: Relation) -> Person {
        let born = (relation == Relation::Child).then(|| "2021-05".parse().expect("a month"));
        Person {
            id: PersonId::from_uuid(Uuid::from_u128(n)), relation, name: "王小宝".parse().expect("a name"), born
        }
    }

    fn family() -> Vec<Person> {
        vec![person(1, Relation::Me), person(2, Relation::Child), person(3, Relation::Child)]
    }

    #[test]
    fn a_family_of_three_takes_three_places_or_waits_as_one() {
        let now = start().plus_minutes(-600);
        let seats = |taken| Seats { capacity: Some(12), taken, ..Seats::default() };
        assert_eq!(decide_sign_up(&terms(Some(12)), seats(9), &family(), &[], now), Ok(SignUpDecision::Confirmed));
        assert_eq!(
            decide_sign_up(&terms(Some(12)), seats(10), &family(), &[], now),
            Ok(SignUpDecision::Waitlisted { parties_ahead: 0 })
        );
    }

    #[test]
    fn a_free_place_is_not_for_newcomers_while_anybody_waits() {
        let seats = Seats { capacity: Some(12), taken: 11, waiting_parties: 1, waiting_heads: 3 };
        let alone = [person(1, Relation::Me)];
        assert_eq!(
            decide_sign_up(&terms(Some(12)), seats, &alone, &[], start().plus_minutes(-600)),
            Ok(SignUpDecision::Waitlisted { parties_ahead: 1 })
        );
    }

    #[test]
    fn before_a_draw_nobody_is_in_and_nobody_is_before_anybody() {
        let policy = SignUpPolicy::PerOccurrence {
            capacity: Some(12),
            opens_minutes_before: None,
            closes_minutes_before: 30,
            party_max: 4,
            draws_minutes_before: Some(24 * 60),
        };
        let (drawn, draws_at) = (Terms { policy, ..terms(Some(12)) }, start().plus_minutes(-24 * 60));
        let pool = |waiting_parties| Seats { capacity: Some(12), waiting_parties, ..Seats::default() };
        let ask = |seats, now| decide_sign_up(&drawn, seats, &family(), &[], now);
        let before = draws_at.plus_minutes(-1);
        for waiting in [0, 1, 999] {
            assert_eq!(ask(pool(waiting), before), Ok(SignUpDecision::Pooled { draws_at }));
        }
        assert_eq!(ask(pool(1_000), before), Err(Refusal::PoolFull));
        assert!(drawn.is_pooled() && !drawn.is_draw_due(before) && drawn.is_draw_due(draws_at));
        assert!(drawn.is_draw_due(start()) && !drawn.is_draw_due(drawn.range.end()), "until it is over");
        assert!(!Terms { is_cancelled: true, ..drawn }.is_draw_due(draws_at));
        let done = Terms { policy: policy.once_drawn(), ..drawn };
        assert!(!done.is_pooled() && !done.is_draw_due(draws_at));
        assert_eq!(ask(pool(3), draws_at), Ok(SignUpDecision::Waitlisted { parties_ahead: 3 }));
        let many: Vec<_> = (1..=5).map(|n| person(n, Relation::Adult)).collect();
        assert_eq!(decide_sign_up(&drawn, pool(0), &many, &[], before), Err(Refusal::PartyTooBig { max: 4 }));
        let all: Vec<_> = family().iter().map(|person| person.id).collect();
        assert_eq!(decide_sign_up(&drawn, pool(1), &family(), &all, before), Ok(SignUpDecision::AlreadyDone));
        assert_eq!(decide_withdrawal(drawn.range, &family(), &all, before), Ok(WithdrawalDecision::Whole));
    }

    #[test]
    fn every_refusal_is_reachable() {
        let now = start().plus_minutes(-600);
        let seats = Seats { capacity: Some(12), ..Seats::default() };
        let full = Seats { capacity: Some(12), taken: 12, waiting_parties: 200, waiting_heads: 200 };
        let me = [person(1, Relation::Me)];
        let many: Vec<_> = (1..=5).map(|n| person(n, Relation::Adult)).collect();
        let others = family();
        let cancelled = Terms { is_cancelled: true, ..terms(Some(12)) };
        let walk_in = Terms { policy: SignUpPolicy::WalkIn, ..terms(None) };
        let base = terms(Some(12));
        let table = [
            (decide_sign_up(&cancelled, seats, &me, &[], now), Refusal::OccurrenceCancelled),
            (decide_sign_up(&base, seats, &me, &[], start().plus_minutes(60)), Refusal::OccurrenceOver),
            (decide_sign_up(&walk_in, seats, &me, &[], now), Refusal::NoSignUpNeeded),
            (
                decide_sign_up(&base, seats, &me, &[], start()),
                Refusal::SignUpClosed { closed_at: start().plus_minutes(-30) },
            ),
            (decide_sign_up(&base, seats, &[], &[], now), Refusal::PartyEmpty),
            (decide_sign_up(&base, seats, &many, &[], now), Refusal::PartyTooBig { max: 4 }),
            (decide_sign_up(&base, seats, &family()[1..], &[], now), Refusal::GuardianNeeded),
            (decide_sign_up(&base, seats, &family(), &[me[0].id], now), Refusal::AlreadyIn { people: vec![me[0].id] }),
            (
                decide_sign_up(&base, seats, &me, &[others[1].id], now),
                Refusal::AlreadyIn { people: vec![others[1].id] },
            ),
            (decide_sign_up(&base, full, &me, &[], now), Refusal::WaitlistFull),
        ];
        for (found, refusal) in table {
            assert_eq!(found, Err(refusal));
        }
    }

    #[test]
    fn the_same_party_again_is_done_already_even_after_sign_up_has_closed() {
        let seats = Seats { capacity: Some(12), taken: 12, ..Seats::default() };
        let ids: Vec<_> = family().iter().rev().map(|person| person.id).collect();
        for now in [start().plus_minutes(-600), start()] {
            let again = decide_sign_up(&terms(Some(12)), seats, &family(), &ids, now);
            assert_eq!(again, Ok(SignUpDecision::AlreadyDone));
        }
    }

    #[test]
    fn withdrawing_the_only_adult_leaves_no_child_alone() {
        let now = start().plus_minutes(-10);
        let range = terms(None).range;
        let family = family();
        assert_eq!(
            decide_withdrawal(range, &family, &[family[2].id], now),
            Ok(WithdrawalDecision::Part(vec![family[0].id, family[1].id]))
        );
        assert_eq!(decide_withdrawal(range, &family, &[family[0].id], now), Err(Refusal::GuardianNeeded));
        let all: Vec<_> = family.iter().map(|p| p.id).collect();
        assert_eq!(decide_withdrawal(range, &family, &all, now), Ok(WithdrawalDecision::Whole));
        assert_eq!(decide_withdrawal(range, &family[..1], &[family[1].id], now), Ok(WithdrawalDecision::AlreadyOut));
        assert_eq!(decide_withdrawal(range, &family, &all, start()), Err(Refusal::OccurrenceOver));
    }

    #[test]
    fn check_in_wants_a_place_and_the_right_days() {
        let range = terms(None).range;
        assert_eq!(decide_check_in(range, Category::Dance, false, true, start()), Ok(()));
        assert_eq!(decide_check_in(range, Category::Dance, false, false, start()), Err(Refusal::NotConfirmed));
        assert_eq!(decide_check_in(range, Category::Dance, true, true, start()), Err(Refusal::OccurrenceCancelled));
        let early = start().plus_minutes(-121);
        assert_eq!(
            decide_check_in(range, Category::Dance, false, true, early),
            Err(Refusal::CheckInNotOpen { opens_at: start().plus_minutes(-120) })
        );
        let closed_at = closes_at(range, Category::Dance);
        let at = |now| decide_check_in(range, Category::Dance, false, true, now);
        assert_eq!(at(closed_at.plus_minutes(-1)), Ok(()));
        assert_eq!(at(closed_at), Err(Refusal::ClosingOver { closed_at }));
    }

    proptest! {
        #[test]
        fn seat_numbers_are_the_lowest_nobody_has(mut taken in prop::collection::btree_set(1u16..40, 0..30), heads in 1u16..8) {
            let before: Vec<_> = taken.iter().copied().collect();
            let seats = lowest_free_seats(&before, heads);
            prop_assert_eq!(seats.len(), usize::from(heads));
            for seat in seats {
                prop_assert!(taken.insert(seat));
                prop_assert!((1..seat).all(|lower| taken.contains(&lower)));
            }
        }
    }
}
