//! What the phone expects of signing up somebody who has no phone, and of withdrawing them.

use super::{Pending, community_of, terms_of};
use crate::change::{RosterRow, SignUpState};
use crate::command::{SignUpNeighbour, WithdrawNeighbour};
use crate::id::{PersonId, SignUpId};
use crate::refusal::Refusal;
use crate::sign_up::{Known, SignUpDecision, decide_neighbour, decide_neighbours_withdrawal, neighbour};
use crate::sync::view::{In, View};
use crate::time::Timestamp;

pub(super) fn lay_sign_up(
    view: &mut View,
    item: &Pending,
    command: &SignUpNeighbour,
    now: Timestamp,
) -> Result<(), Refusal> {
    let (terms, seats) = terms_of(view, command.occurrence)?;
    let who = neighbour(PersonId::from_uuid(item.id.uuid()), command.name.clone());
    let phone = command.phone.as_ref().map(|phone| phone.tail().to_owned());
    // What this phone asked for may be here before it knows that it was done.
    let known: Vec<Known<String>> = view
        .roster
        .iter()
        .filter(|(id, row)| id.uuid() != item.id.uuid() && row.row.occurrence == command.occurrence)
        .filter(|(_, row)| row.row.signed_up_by.is_some() && row.row.state.is_live())
        .map(|(_, row)| (row.row.name.clone(), (!row.row.phone_tail.is_empty()).then(|| row.row.phone_tail.clone())))
        .collect();
    let state = match decide_neighbour(&terms, seats, (&who, phone.as_ref()), &known, command.consent, now)? {
        SignUpDecision::Waitlisted { parties_ahead } => SignUpState::Waitlisted { parties_ahead, offer_until: None },
        SignUpDecision::Pooled { .. } => SignUpState::Waitlisted { parties_ahead: 0, offer_until: None },
        SignUpDecision::Confirmed | SignUpDecision::AlreadyDone => SignUpState::Confirmed,
    };
    let row = RosterRow {
        occurrence: command.occurrence,
        state,
        name: who.name,
        phone_tail: phone.unwrap_or_default(),
        adults: 1,
        children: 0,
        seat: None,
        signed_up_at: now,
        checked_in_at: None,
        signed_up_by: view.profile.as_ref().map(|(_, profile)| profile.name.clone()),
        arrivals: Vec::new(),
    };
    let community = community_of(item)?;
    view.roster.insert(SignUpId::from_uuid(item.id.uuid()), In { community, row });
    Ok(())
}

pub(super) fn lay_withdrawal(view: &mut View, command: &WithdrawNeighbour, now: Timestamp) -> Result<(), Refusal> {
    let row = &view.roster.get(&command.sign_up).ok_or(Refusal::Gone)?.row;
    if row.signed_up_by.is_none() {
        return Err(Refusal::Gone);
    }
    if !row.state.is_live() {
        return Ok(());
    }
    if let Ok((terms, _)) = terms_of(view, row.occurrence) {
        let who = neighbour(PersonId::from_uuid(command.sign_up.uuid()), row.name.clone());
        decide_neighbours_withdrawal(terms.range, &[who], now)?;
    }
    if let Some(row) = view.roster.get_mut(&command.sign_up) {
        row.row.state = SignUpState::Withdrawn { at: now, has_lapsed: false };
    }
    Ok(())
}
