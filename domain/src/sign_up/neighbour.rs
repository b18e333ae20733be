//! Somebody who has no phone to sign up with: one adult, signed up by the team, who counts like anybody.
//!
//! Deliberately absent: whether they are who may come; the team has talked to them.

use super::{Seats, SignUpDecision, Terms, WithdrawalDecision, decide_sign_up, decide_withdrawal};
use crate::activity::Audience;
use crate::id::PersonId;
use crate::people::{Person, Relation};
use crate::refusal::Refusal;
use crate::text::PersonName;
use crate::time::{TimeRange, Timestamp};

/// Them, as decisions see them.
#[must_use]
pub const fn neighbour(id: PersonId, name: PersonName) -> Person {
    Person { id, relation: Relation::Adult, name, born: None }
}

/// A neighbour who is in for a date, as far as it is known who they are: what they are called, and their number, if they
/// said. A phone knows of a number only how it ends.
pub type Known<N> = (PersonName, Option<N>);

/// Decides whether a neighbour is signed up: as [`decide_sign_up`] does for one adult, once they know of it. `known` are
/// the neighbours who are in for the date: before a draw nobody is in twice, so that all have the same chance.
///
/// # Errors
/// Those of [`decide_sign_up`]; [`Refusal::ConsentNeeded`]; [`Refusal::NeighbourAlreadyIn`].
pub fn decide_neighbour<N: PartialEq>(
    terms: &Terms,
    seats: Seats,
    (who, phone): (&Person, Option<&N>),
    known: &[Known<N>],
    has_consent: bool,
    now: Timestamp,
) -> Result<SignUpDecision, Refusal> {
    let terms = Terms { audience: Audience::Everyone, ..*terms };
    let decision = decide_sign_up(&terms, seats, std::slice::from_ref(who), &[], now)?;
    if !has_consent {
        return Err(Refusal::ConsentNeeded);
    }
    let is_who = |(name, number): &Known<N>| *name == who.name && number.as_ref() == phone;
    let is_twice = matches!(decision, SignUpDecision::Pooled { .. }) && known.iter().any(is_who);
    if is_twice { Err(Refusal::NeighbourAlreadyIn) } else { Ok(decision) }
}

/// Decides whether a neighbour is withdrawn; `false` when they are out already.
///
/// # Errors
/// [`Refusal::OccurrenceOver`] once the date has begun.
pub fn decide_neighbours_withdrawal(range: TimeRange, party: &[Person], now: Timestamp) -> Result<bool, Refusal> {
    let all: Vec<PersonId> = party.iter().map(|person| person.id).collect();
    Ok(decide_withdrawal(range, party, &all, now)? != WithdrawalDecision::AlreadyOut)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::activity::SignUpPolicy;
    use crate::text::Phone;

    #[test]
    fn a_neighbour_counts_like_anybody_and_knows_of_it() {
        let start = Timestamp::from_ms(1_795_392_000_000);
        let range = TimeRange::new(start, start.plus_minutes(60)).expect("a range");
        let policy = SignUpPolicy::PerOccurrence {
            capacity: Some(3),
            opens_minutes_before: None,
            closes_minutes_before: 30,
            draws_minutes_before: None,
            party_max: 1,
        };
        // Whether they are old enough the team knows.
        let terms = Terms { policy, audience: Audience::Seniors, range, is_cancelled: false };
        let who = neighbour(PersonId::from_uuid(Uuid::from_u128(1)), "顾大爷".parse().expect("a name"));
        let seats = |taken, waiting_parties| Seats { capacity: Some(3), taken, waiting_parties, waiting_heads: 0 };
        let (early, late) = (start.plus_minutes(-60), start.plus_minutes(-30));
        for (seats, has_consent, now, expected) in [
            (seats(2, 0), true, early, Ok(SignUpDecision::Confirmed)),
            (seats(3, 0), true, early, Ok(SignUpDecision::Waitlisted { parties_ahead: 0 })),
            (seats(2, 1), true, early, Ok(SignUpDecision::Waitlisted { parties_ahead: 1 })),
            (seats(2, 0), false, early, Err(Refusal::ConsentNeeded)),
            (seats(2, 0), true, late, Err(Refusal::SignUpClosed { closed_at: late })),
        ] {
            assert_eq!(decide_neighbour::<Phone>(&terms, seats, (&who, None), &[], has_consent, now), expected);
        }
        // Twice in a pool is two tickets; once places are given in order it gains nothing.
        let known = |name: &str, phone: Option<u8>| (name.parse().expect("a name"), phone);
        let day = 24 * 60;
        let SignUpPolicy::PerOccurrence { capacity, opens_minutes_before, closes_minutes_before, party_max, .. } =
            policy
        else {
            unreachable!()
        };
        let draws_minutes_before = Some(day);
        let drawn = SignUpPolicy::PerOccurrence {
            capacity,
            opens_minutes_before,
            closes_minutes_before,
            party_max,
            draws_minutes_before,
        };
        let (drawn, draws_at) = (Terms { policy: drawn, ..terms }, start.plus_minutes(-i64::from(day)));
        for (phone, known, is_twice) in [
            (None, known("顾大爷", None), true),
            (Some(7), known("顾大爷", Some(7)), true),
            (Some(7), known("顾大爷", Some(8)), false),
            (Some(7), known("顾大爷", None), false),
            (None, known("顾大爷", Some(7)), false),
            (Some(7), known("许奶奶", Some(7)), false),
        ] {
            let ask = |now| {
                decide_neighbour(&drawn, seats(0, 1), (&who, phone.as_ref()), std::slice::from_ref(&known), true, now)
            };
            let pooled =
                if is_twice { Err(Refusal::NeighbourAlreadyIn) } else { Ok(SignUpDecision::Pooled { draws_at }) };
            assert_eq!(ask(draws_at.plus_minutes(-1)), pooled, "{phone:?} {known:?}");
            assert_eq!(ask(draws_at), Ok(SignUpDecision::Waitlisted { parties_ahead: 1 }));
        }
        let party = [who];
        assert_eq!(decide_neighbours_withdrawal(range, &party, late), Ok(true));
        assert_eq!(decide_neighbours_withdrawal(range, &[], late), Ok(false));
        assert_eq!(decide_neighbours_withdrawal(range, &party, start), Err(Refusal::OccurrenceOver));
    }
}
