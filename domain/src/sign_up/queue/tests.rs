//! Tables of the clock, and what the walk keeps over random histories of a date.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::activity::{Audience, SignUpPolicy};
use crate::id::PersonId;
use crate::people::{Person, Relation};
use crate::sign_up::{
    CapacityDecision, Seats, SignUpDecision, Terms, WithdrawalDecision, decide_capacity, decide_sign_up,
    decide_withdrawal,
};

fn at(day: u8, hour: u8, minute: u8) -> Timestamp {
    let time = MinuteOfDay::hm(hour, minute).expect("a time");
    LocalDate::from_ymd(2026, 11, day).expect("a date").at(time)
}

fn range_from(start: Timestamp) -> TimeRange {
    TimeRange::new(start, start.plus_minutes(90)).expect("a range")
}

fn party(n: u128, heads: u16, passes: u8) -> WaitingParty {
    WaitingParty { id: SignUpId::from_uuid(Uuid::from_u128(n)), heads, passes, can_answer: true }
}

fn ids(numbers: &[u128]) -> Vec<SignUpId> {
    numbers.iter().map(|n| SignUpId::from_uuid(Uuid::from_u128(*n))).collect()
}

#[test]
fn a_party_is_gone_past_three_times_and_then_places_gather_for_it() {
    let range = range_from(at(25, 9, 0));
    let now = at(20, 9, 0);
    let walk = |waiting: &[WaitingParty], held| rebalance(Some(10), held, waiting, range, false, now);
    let found = walk(&[party(1, 4, 2), party(2, 1, 0), party(3, 3, 0), party(4, 1, 0)], 8);
    assert_eq!((found.promoted, found.passed), (ids(&[2, 4]), ids(&[1, 3])), "each is gone past once in one walk");
    let found = walk(&[party(1, 4, 3), party(3, 3, 1), party(5, 1, 0)], 8);
    assert_eq!((found.promoted, found.passed), (ids(&[]), ids(&[])), "nobody goes past it a fourth time");
    assert_eq!(walk(&[party(1, 4, 3), party(3, 3, 1)], 6).promoted, ids(&[1]), "until there is enough");
    // Behind whom nobody fits was not gone past.
    assert_eq!(walk(&[party(1, 4, 0), party(3, 3, 0)], 8), Walk::default());
    // A day before the start nobody is gone past at all.
    let near = rebalance(Some(10), 8, &[party(1, 4, 0), party(2, 1, 0)], range, false, at(24, 9, 0));
    assert_eq!(near.promoted, ids(&[]));
    // What the room will never hold holds nobody up.
    assert_eq!(walk(&[party(1, 11, 3), party(2, 1, 0)], 8).promoted, ids(&[2]));
}

#[test]
fn how_one_moves_up_depends_on_the_hours_left_without_the_night() {
    let offered = |until| Promotion::Offered { until };
    let table = [
        // start, now, how
        (at(25, 9, 0), at(24, 8, 59), Promotion::Confirmed),
        (at(25, 9, 0), at(24, 9, 0), offered(at(24, 13, 0))),
        (at(25, 9, 0), at(24, 16, 0), offered(at(24, 20, 0))),
        (at(25, 14, 0), at(24, 17, 0), offered(at(25, 9, 0))),
        (at(25, 14, 0), at(24, 21, 30), offered(at(25, 12, 0))),
        // The end is an hour before the start at the latest.
        (at(25, 10, 0), at(24, 19, 0), offered(at(25, 9, 0))),
        (at(25, 15, 0), at(25, 13, 0), offered(at(25, 14, 0))),
        // Less than an hour awake to answer in: no question.
        (at(25, 9, 0), at(24, 19, 1), Promotion::Confirmed),
        (at(25, 9, 0), at(24, 22, 0), Promotion::Confirmed),
        (at(25, 22, 0), at(25, 19, 30), Promotion::Confirmed),
    ];
    for (start, now, how) in table {
        let walk = rebalance(Some(10), 9, &[party(1, 1, 0)], range_from(start), false, now);
        assert_eq!((walk.promotion, walk.promoted.len()), (how, 1), "{start:?} {now:?}");
    }
}

#[test]
fn in_the_last_two_hours_whoever_waits_may_take_what_there_is() {
    let range = range_from(at(25, 15, 0));
    let waiting = [party(1, 2, 0), party(2, 4, 0)];
    let walk = rebalance(Some(10), 8, &waiting, range, false, at(25, 13, 1));
    assert_eq!((walk.promoted.len(), walk.up_for_grabs), (0, 2));
    for (cancelled, now) in [(true, at(25, 13, 1)), (false, at(25, 15, 0))] {
        assert_eq!(rebalance(Some(10), 8, &waiting, range, cancelled, now), Walk::default());
    }
    assert_eq!(rebalance(None, 8, &waiting, range, false, at(25, 13, 1)).promoted, ids(&[1, 2]), "no limit, no queue");
}

#[test]
fn who_cannot_answer_is_given_what_others_are_asked_to_take() {
    let range = range_from(at(25, 15, 0));
    let mute = |n| WaitingParty { can_answer: false, ..party(n, 1, 0) };
    let near = rebalance(Some(10), 8, &[mute(1), party(2, 1, 0)], range, false, at(25, 9, 0));
    assert_eq!((&near.promoted, near.promotion_of(&mute(1))), (&ids(&[1, 2]), Promotion::Confirmed));
    assert!(matches!(near.promotion_of(&party(2, 1, 0)), Promotion::Offered { .. }));
    let last_call = |waiting: &[WaitingParty]| {
        let walk = rebalance(Some(10), 8, waiting, range, false, at(25, 13, 1));
        (walk.promoted, walk.up_for_grabs)
    };
    assert_eq!(last_call(&[mute(1), party(2, 2, 0)]), (ids(&[1]), 1));
    assert_eq!(last_call(&[mute(1), mute(2), mute(3)]), (ids(&[1, 2]), 0));
    assert_eq!(last_call(&[party(1, 1, 0), mute(2)]), (Vec::new(), 2), "somebody before them may take it");
}

#[test]
fn every_answer_to_an_offer_has_its_outcome() {
    let range = range_from(at(25, 15, 0));
    let (early, late) = (at(25, 10, 0), at(25, 13, 30));
    let until = at(25, 9, 0);
    let waiting = |was_offered| Standing::Waiting { was_offered };
    let table = [
        (Standing::Offered { until }, Some(0), early, Ok(Acceptance::Confirmed)),
        (Standing::Confirmed, Some(0), early, Ok(Acceptance::AlreadyDone)),
        (Standing::Out, Some(9), early, Err(Refusal::NoOffer)),
        (Standing::Out, Some(9), late, Err(Refusal::NoOffer)),
        (waiting(false), Some(9), early, Err(Refusal::NoOffer)),
        (waiting(false), Some(2), late, Ok(Acceptance::Confirmed)),
        (waiting(false), Some(1), late, Ok(Acceptance::TooLate)),
        (waiting(true), Some(2), early, Ok(Acceptance::Confirmed)),
        (waiting(true), Some(1), early, Ok(Acceptance::FirstInLine)),
        (Standing::Offered { until }, Some(0), at(25, 15, 0), Err(Refusal::OccurrenceOver)),
    ];
    for (standing, room, now, expected) in table {
        assert_eq!(decide_acceptance(standing, 2, room, range, false, now), expected, "{standing:?} {room:?}");
    }
    let cancelled = decide_acceptance(Standing::Offered { until }, 2, Some(0), range, true, early);
    assert_eq!(cancelled, Err(Refusal::OccurrenceCancelled));
    assert_eq!((decide_expiry(0), decide_expiry(1)), (Expiry::ToTheBack, Expiry::Lapsed));
}

#[test]
fn a_change_of_capacity_says_why_where_it_must() {
    let range = range_from(at(25, 15, 0));
    let seats = |capacity, taken| Seats { capacity, taken, ..Seats::default() };
    let now = at(20, 9, 0);
    let change = |before, taken, wanted, why| decide_capacity(&terms(range), seats(before, taken), wanted, why, now);
    let lowered = |over_by| Ok(CapacityDecision::Lowered { over_by });
    assert_eq!(change(Some(10), 8, Some(12), false), Ok(CapacityDecision::Raised));
    assert_eq!(change(Some(10), 8, None, false), Ok(CapacityDecision::Raised));
    assert_eq!(change(Some(10), 8, Some(10), false), Ok(CapacityDecision::AlreadyDone));
    assert_eq!(change(Some(10), 8, Some(8), false), lowered(0));
    assert_eq!(change(Some(10), 8, Some(7), false), Err(Refusal::ReasonNeeded));
    assert_eq!(change(Some(10), 8, Some(7), true), lowered(1));
    assert_eq!(change(None, 8, Some(7), true), lowered(1));
    assert_eq!(change(Some(10), 8, Some(0), true), Err(Refusal::CapacityZero));
    // Over by two, and allowed one more: still over, and nobody gets in by it.
    assert_eq!(change(Some(6), 8, Some(7), false), Ok(CapacityDecision::Raised));
}

fn terms(range: TimeRange) -> Terms {
    let policy = SignUpPolicy::PerOccurrence {
        capacity: Some(10),
        opens_minutes_before: None,
        closes_minutes_before: 0,
        party_max: 8,
        draws_minutes_before: None,
    };
    Terms { policy, audience: Audience::Everyone, range, is_cancelled: false }
}

/// One thing that happens to a date.
#[derive(Debug, Clone)]
enum Act {
    SignUp(u16),
    Withdraw(usize, u16),
    Accept(usize),
    Decline(usize),
    Capacity(Option<u16>),
    Wait(i64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let one = prop_oneof![
        6 => (1u16..6).prop_map(Act::SignUp),
        4 => (any::<usize>(), 1u16..6).prop_map(|(who, heads)| Act::Withdraw(who, heads)),
        2 => any::<usize>().prop_map(Act::Accept),
        1 => any::<usize>().prop_map(Act::Decline),
        2 => prop_oneof![1 => Just(None), 8 => (1u16..14).prop_map(Some)].prop_map(Act::Capacity),
        4 => (1i64..20 * 60).prop_map(Act::Wait),
    ];
    prop::collection::vec(one, 1..60)
}

#[derive(Debug, Clone)]
struct Party {
    id: SignUpId,
    people: Vec<Person>,
    standing: Standing,
    order: i64,
    passes: u8,
    expired: u8,
}

impl Party {
    fn heads(&self) -> u16 {
        self.people.len() as u16
    }
}

/// A date as the store keeps it, run by the decisions alone.
struct Date {
    capacity: Option<u16>,
    parties: Vec<Party>,
    next_order: i64,
    now: Timestamp,
    range: TimeRange,
}

impl Date {
    fn held(&self) -> u16 {
        self.parties.iter().filter(|party| party.standing.holds()).map(Party::heads).sum()
    }

    fn waiting(&self) -> Vec<WaitingParty> {
        let mut waiting: Vec<_> =
            self.parties.iter().filter(|party| matches!(party.standing, Standing::Waiting { .. })).collect();
        waiting.sort_by_key(|party| party.order);
        waiting
            .iter()
            .map(|p| WaitingParty { id: p.id, heads: p.heads(), passes: p.passes, can_answer: true })
            .collect()
    }

    fn seats(&self) -> Seats {
        let waiting = self.waiting();
        Seats {
            capacity: self.capacity,
            taken: self.held(),
            waiting_parties: waiting.len() as u16,
            waiting_heads: waiting.iter().map(|party| party.heads).sum(),
        }
    }

    fn walk(&self) -> Walk {
        rebalance(self.capacity, self.held(), &self.waiting(), self.range, false, self.now)
    }

    /// What the store does after every act.
    fn settle(&mut self) {
        for n in 0..self.parties.len() {
            if let Standing::Offered { until } = self.parties[n].standing
                && has_expired(until, self.now)
            {
                let party = &mut self.parties[n];
                party.standing = match decide_expiry(party.expired) {
                    Expiry::ToTheBack => Standing::Waiting { was_offered: true },
                    Expiry::Lapsed => Standing::Out,
                };
                party.expired += 1;
                party.order = self.next_order;
                self.next_order += 1;
            }
        }
        let walk = self.walk();
        for party in &mut self.parties {
            party.passes += u8::from(walk.passed.contains(&party.id));
            if walk.promoted.contains(&party.id) {
                party.standing = match walk.promotion {
                    Promotion::Confirmed => Standing::Confirmed,
                    Promotion::Offered { until } => Standing::Offered { until },
                };
            }
        }
    }

    fn live(&self, who: usize) -> Option<usize> {
        let live: Vec<usize> = (0..self.parties.len()).filter(|n| self.parties[*n].standing != Standing::Out).collect();
        (!live.is_empty()).then(|| live[who % live.len()])
    }

    /// Carries an act out; whether it may let more people in than before.
    fn act(&mut self, act: &Act) -> Result<(), TestCaseError> {
        match act {
            Act::SignUp(heads) => {
                let n = self.next_order as u128 * 100;
                let people: Vec<Person> = (0..u128::from(*heads)).map(|place| person(n + place)).collect();
                let decision = decide_sign_up(&terms(self.range), self.seats(), &people, &[], self.now);
                let standing = match decision {
                    Ok(SignUpDecision::Confirmed) => {
                        // Nobody new gets a place while anybody waits.
                        prop_assert!(self.waiting().is_empty());
                        Standing::Confirmed
                    }
                    Ok(_) => Standing::Waiting { was_offered: false },
                    Err(_) => return Ok(()),
                };
                let (id, order) = (SignUpId::from_uuid(Uuid::from_u128(n)), self.next_order);
                self.parties.push(Party { id, people, standing, order, passes: 0, expired: 0 });
                self.next_order += 1;
            }
            Act::Withdraw(who, heads) => {
                let Some(n) = self.live(*who) else { return Ok(()) };
                let party = &mut self.parties[n];
                let leaving: Vec<PersonId> =
                    party.people.iter().take(usize::from(*heads)).map(|person| person.id).collect();
                let decision = decide_withdrawal(self.range, &party.people, &leaving, self.now);
                // Freeing is free: until the start, whatever the room and the clock.
                prop_assert_eq!(decision.is_ok(), self.now < self.range.start());
                match decision {
                    Ok(WithdrawalDecision::Whole) => party.standing = Standing::Out,
                    Ok(_) => party.people.retain(|person| !leaving.contains(&person.id)),
                    Err(_) => {}
                }
            }
            Act::Accept(who) => {
                // Also who is out may ask, and stays out.
                let Some(n) = who.checked_rem(self.parties.len()) else { return Ok(()) };
                let (room, first) = (self.seats().room(), self.parties.iter().map(|party| party.order).min());
                let party = &mut self.parties[n];
                match decide_acceptance(party.standing, party.heads(), room, self.range, false, self.now) {
                    Ok(Acceptance::Confirmed) => party.standing = Standing::Confirmed,
                    Ok(Acceptance::FirstInLine) => party.order = first.unwrap_or_default() - 1,
                    _ => {}
                }
            }
            Act::Decline(who) => {
                let Some(n) = self.live(*who) else { return Ok(()) };
                if matches!(self.parties[n].standing, Standing::Offered { .. }) {
                    self.parties[n].standing = Standing::Out;
                }
            }
            Act::Capacity(wanted) => {
                if decide_capacity(&terms(self.range), self.seats(), *wanted, true, self.now).is_ok() {
                    self.capacity = *wanted;
                }
            }
            Act::Wait(minutes) => self.now = self.now.plus_minutes(*minutes),
        }
        self.settle();
        Ok(())
    }
}

fn person(n: u128) -> Person {
    let name = "王阿姨".parse().expect("a name");
    Person { id: PersonId::from_uuid(Uuid::from_u128(n + 1)), relation: Relation::Adult, name, born: None }
}

proptest! {
    #[test]
    fn a_date_keeps_its_promises_whatever_happens_to_it(acts in acts(), capacity in 1u16..10, days in 0i64..5) {
        let range = range_from(at(25, 15, 0));
        let now = range.start().plus_minutes(-days * 24 * 60 - 60);
        let mut date = Date { capacity: Some(capacity), parties: Vec::new(), next_order: 1, now, range };
        for act in &acts {
            let (held, parties) = (date.held(), date.parties.clone());
            let passes: u32 = parties.iter().map(|party| u32::from(party.passes)).sum();
            date.act(act)?;
            // Never more than there are places; where there are fewer than people, nobody comes in.
            if let Some(capacity) = date.capacity {
                prop_assert!(date.held() <= capacity.max(held), "{} of {capacity}, was {held}", date.held());
            }
            // One place in the order for each.
            let mut orders: Vec<i64> = date.parties.iter().map(|party| party.order).collect();
            orders.sort_unstable();
            orders.dedup();
            prop_assert_eq!(orders.len(), date.parties.len());
            // Who is out stays out.
            for (before, after) in parties.iter().zip(&date.parties) {
                prop_assert!(before.standing != Standing::Out || after.standing == Standing::Out);
                prop_assert!(after.passes <= PASSES_MAX && after.expired <= EXPIRIES_MAX);
            }
            // Walking again gives nobody anything, and goes past nobody.
            let again = date.walk();
            prop_assert!(again.promoted.is_empty() && again.passed.is_empty());
            // No place lies idle that the first who could ever have one would fill.
            if let Some(capacity) = date.capacity
                && date.now < range.start()
                && !is_last_call(range, date.now)
                && let Some(first) = date.waiting().iter().find(|party| party.heads <= capacity)
            {
                prop_assert!(first.heads > capacity.saturating_sub(date.held()));
            }
            let passed: u32 = date.parties.iter().map(|party| u32::from(party.passes)).sum();
            prop_assert!(passed >= passes);
        }
    }

    #[test]
    fn the_clock_of_an_offer_runs_by_day_alone(from in 0i64..3 * 24 * 60, minutes in 1i64..2000) {
        let from = at(20, 0, 0).plus_minutes(from);
        let until = after_waking(from, minutes);
        prop_assert_eq!(waking_minutes(from, until), minutes);
        let clock = i64::from(until.minute_of_day().minutes());
        prop_assert!((i64::from(WAKING.0)..=i64::from(WAKING.1)).contains(&clock));
    }
}
