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

/// Decides whether a neighbour is signed up: as [`decide_sign_up`] does for one adult, once they know of it.
///
/// # Errors
/// Those of [`decide_sign_up`]; [`Refusal::ConsentNeeded`].
pub fn decide_neighbour(
    terms: &Terms,
    seats: Seats,
    who: &Person,
    has_consent: bool,
    now: Timestamp,
) -> Result<SignUpDecision, Refusal> {
    let terms = Terms { audience: Audience::Everyone, ..*terms };
    let decision = decide_sign_up(&terms, seats, std::slice::from_ref(who), &[], now)?;
    if has_consent { Ok(decision) } else { Err(Refusal::ConsentNeeded) }
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
            assert_eq!(decide_neighbour(&terms, seats, &who, has_consent, now), expected);
        }
        let party = [who];
        assert_eq!(decide_neighbours_withdrawal(range, &party, late), Ok(true));
        assert_eq!(decide_neighbours_withdrawal(range, &[], late), Ok(false));
        assert_eq!(decide_neighbours_withdrawal(range, &party, start), Err(Refusal::OccurrenceOver));
    }
}
