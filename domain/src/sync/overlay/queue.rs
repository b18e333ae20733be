//! What the phone expects of answers to offers and of changes of how many may come.

use super::terms_of;
use crate::change::SignUpState;
use crate::command::ChangeCapacity;
use crate::id::SignUpId;
use crate::refusal::Refusal;
use crate::sign_up::{Acceptance, Standing, decide_acceptance, decide_capacity, decide_decline};
use crate::sync::view::View;
use crate::time::Timestamp;

/// Where one's own sign-up stands, as far as a phone can tell: whether an offer was missed before only the server knows.
const fn standing(state: SignUpState) -> Standing {
    match state {
        SignUpState::Confirmed => Standing::Confirmed,
        SignUpState::Waitlisted { offer_until: Some(until), .. } => Standing::Offered { until },
        SignUpState::Waitlisted { offer_until: None, .. } => Standing::Waiting { was_offered: true },
        SignUpState::Withdrawn { .. } | SignUpState::CalledOff { .. } => Standing::Out,
    }
}

/// What the phone expects of an acceptance.
///
/// # Errors
/// The refusals of [`decide_acceptance`], and [`Refusal::Gone`] for what the phone does not know.
pub(super) fn lay_acceptance(view: &mut View, id: SignUpId, now: Timestamp) -> Result<(), Refusal> {
    let own = view.sign_ups.get(&id).ok_or(Refusal::Gone)?;
    let (terms, seats) = terms_of(view, own.row.occurrence)?;
    let heads = u16::try_from(own.row.party.len()).unwrap_or(u16::MAX);
    let standing = standing(own.row.state);
    let acceptance = decide_acceptance(standing, heads, seats.room(), terms.range, terms.is_cancelled, now)?;
    if acceptance == Acceptance::Confirmed
        && let Some(own) = view.sign_ups.get_mut(&id)
    {
        own.row.state = SignUpState::Confirmed;
    }
    Ok(())
}

pub(super) fn lay_refusal(view: &mut View, id: SignUpId, now: Timestamp) -> Result<(), Refusal> {
    let own = view.sign_ups.get_mut(&id).ok_or(Refusal::Gone)?;
    if decide_decline(standing(own.row.state))? {
        own.row.state = SignUpState::Withdrawn { at: now, has_lapsed: true };
    }
    Ok(())
}

pub(super) fn lay_capacity(view: &mut View, command: &ChangeCapacity, now: Timestamp) -> Result<(), Refusal> {
    let (terms, seats) = terms_of(view, command.occurrence)?;
    decide_capacity(&terms, seats, command.capacity, command.reason.is_some(), now)?;
    if let Some(seats) = view.seats.get_mut(&command.occurrence) {
        seats.row.capacity = command.capacity;
    }
    Ok(())
}
