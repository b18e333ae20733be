//! Sign a party up: a place for each, or a place in the waiting list as one.

use std::collections::BTreeSet;

use domain::command::{Accepted, Command, SignUp};
use domain::id::{PersonId, SignUpId};
use domain::people::Person;
use domain::refusal::Refusal;
use domain::sign_up::{SignUpDecision, decide_sign_up, lowest_free_seats};

use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::people::{Hold, hold_household, list_household};
use crate::store::sign_ups::{
    draft_seats, draft_sign_up, find_live_sign_up, find_occurrence, insert_sign_up, list_taken_seats,
};
use crate::store::streams::Draft;

/// # Errors
/// The refusals of [`decide_sign_up`]; [`Refusal::Gone`] for an unknown date or somebody not of the household.
pub async fn sign_up(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &SignUp,
) -> Result<Done, Stop> {
    hold_household(conn, context.account, Hold::ToRelyOn).await?;
    let occurrence = find_occurrence(conn, body.occurrence).await?.ok_or(Refusal::Gone)?;
    let body = context.authorize(command, &occurrence.facts(None), body)?;
    let named: BTreeSet<PersonId> = body.what().people.iter().copied().collect();
    let household = list_household(conn, context.account).await?;
    let party: Vec<Person> = household.into_iter().filter(|person| named.contains(&person.id)).collect();
    if party.len() != named.len() {
        return Err(Refusal::Gone.into());
    }

    let live = find_live_sign_up(conn, context.account, occurrence.id).await?;
    let own: Vec<PersonId> = live.iter().flat_map(|live| &live.party).map(|person| person.id).collect();
    let decision = decide_sign_up(&occurrence.terms, occurrence.seats, &party, &own, context.now)?;
    if decision == SignUpDecision::AlreadyDone {
        return Ok(Done { result: Accepted::AlreadyDone, draft: Draft::default() });
    }

    let is_confirmed = decision == SignUpDecision::Confirmed;
    let seats = if is_confirmed && occurrence.seats.capacity.is_some() {
        let taken = list_taken_seats(conn, occurrence.id).await?;
        lowest_free_seats(&taken, u16::try_from(party.len()).unwrap_or(u16::MAX))
    } else {
        Vec::new()
    };
    let id = SignUpId::from_uuid(context.id.uuid());
    let places = is_confirmed.then_some(seats.as_slice());
    insert_sign_up(conn, id, &occurrence, context.account, &party, places, context.now).await?;

    let mut draft = Draft::default();
    draft_seats(conn, &mut draft, occurrence.id).await?;
    draft_sign_up(conn, &mut draft, id).await?;
    let result = match decision {
        SignUpDecision::Confirmed => {
            Accepted::Confirmed { seat: seats.first().copied(), capacity: occurrence.seats.capacity }
        }
        SignUpDecision::Waitlisted { parties_ahead } => Accepted::Waitlisted { parties_ahead },
        SignUpDecision::AlreadyDone => Accepted::AlreadyDone,
    };
    Ok(Done { result, draft })
}
