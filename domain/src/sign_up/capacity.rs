//! How many may come to a date: raised, lowered, lifted. Nobody is ever removed by it.
//!
//! Where fewer are to come than have a place already, the date is over by the difference, and what is given back pays
//! that first. Deliberately absent: who moves up afterwards ([`rebalance`](super::rebalance)).

use super::{Seats, Terms};
use crate::activity::SignUpPolicy;
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// What becomes of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CapacityDecision {
    /// More may come, or as many as want to.
    Raised,
    /// Fewer may come.
    Lowered {
        /// How many more have a place than may come.
        over_by: u16,
    },
    /// It is so already.
    AlreadyDone,
}

/// Decides a change of how many may come to a date.
///
/// # Errors
/// [`Refusal::OccurrenceCancelled`], [`Refusal::OccurrenceOver`], [`Refusal::NoSignUpNeeded`], [`Refusal::CapacityZero`];
/// [`Refusal::ReasonNeeded`] where fewer are to come than have a place and nobody says why.
pub fn decide_capacity(
    terms: &Terms,
    seats: Seats,
    capacity: Option<u16>,
    has_reason: bool,
    now: Timestamp,
) -> Result<CapacityDecision, Refusal> {
    if terms.is_cancelled {
        return Err(Refusal::OccurrenceCancelled);
    }
    if terms.range.end() <= now {
        return Err(Refusal::OccurrenceOver);
    }
    if terms.policy == SignUpPolicy::WalkIn {
        return Err(Refusal::NoSignUpNeeded);
    }
    if capacity == Some(0) {
        return Err(Refusal::CapacityZero);
    }
    if capacity == seats.capacity {
        return Ok(CapacityDecision::AlreadyDone);
    }
    match (capacity, seats.capacity) {
        (Some(wanted), before) if before.is_none_or(|before| wanted < before) => {
            let over_by = seats.taken.saturating_sub(wanted);
            if over_by > 0 && !has_reason {
                Err(Refusal::ReasonNeeded)
            } else {
                Ok(CapacityDecision::Lowered { over_by })
            }
        }
        _ => Ok(CapacityDecision::Raised),
    }
}
