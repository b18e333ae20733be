//! Sign a party up: a place for each, or a place in the waiting list as one.

use std::collections::BTreeSet;

use domain::command::{Accepted, Command, SignUp};
use domain::id::{PersonId, SignUpId};
use domain::people::Person;
use domain::refusal::Refusal;
use domain::sign_up::{SignUpDecision, decide_sign_up, lowest_free_seats};

use crate::operations::sign_ups::settle::{Before, settle};
use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::people::{Hold, hold_household};
use crate::store::sign_ups::{draft_sign_up_and_seats, insert_sign_up, load_sign_up_facts};
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
    let facts = load_sign_up_facts(conn, context.account, body.occurrence).await?.ok_or(Refusal::Gone)?;
    let mut draft = Draft::default();
    // What nobody answered in time is free, and what is due is drawn, before anybody new is looked at.
    let facts = if facts.occurrence.is_to_settle(context.now) {
        let before = Before::of(conn, &facts.occurrence).await?;
        settle(conn, &mut draft, body.occurrence, &before, context.now).await?;
        load_sign_up_facts(conn, context.account, body.occurrence).await?.ok_or(Refusal::Gone)?
    } else {
        facts
    };
    let occurrence = facts.occurrence;
    let body = context.authorize(command, &occurrence.facts(None), body)?;
    let named: BTreeSet<PersonId> = body.what().people.iter().copied().collect();
    let party: Vec<Person> = facts.household.into_iter().filter(|person| named.contains(&person.id)).collect();
    if party.len() != named.len() {
        return Err(Refusal::Gone.into());
    }

    let decision = decide_sign_up(&occurrence.terms, occurrence.seats, &party, &facts.own, context.now)?;
    if decision == SignUpDecision::AlreadyDone {
        return Ok(Done { result: Accepted::AlreadyDone, draft });
    }

    let is_confirmed = decision == SignUpDecision::Confirmed;
    let seats = if is_confirmed && occurrence.seats.capacity.is_some() {
        lowest_free_seats(&facts.taken_seats, u16::try_from(party.len()).unwrap_or(u16::MAX))
    } else {
        Vec::new()
    };
    let id = SignUpId::from_uuid(context.id.uuid());
    let places = is_confirmed.then_some(seats.as_slice());
    insert_sign_up(conn, id, &occurrence, (context.account, None), &party, places, context.now).await?;

    draft_sign_up_and_seats(conn, &mut draft, id, occurrence.id).await?;
    let result = match decision {
        SignUpDecision::Confirmed => {
            Accepted::Confirmed { seat: seats.first().copied(), capacity: occurrence.seats.capacity }
        }
        SignUpDecision::Pooled { draws_at } => Accepted::Pooled { draws_at },
        SignUpDecision::Waitlisted { parties_ahead } => Accepted::Waitlisted { parties_ahead },
        SignUpDecision::AlreadyDone => Accepted::AlreadyDone,
    };
    Ok(Done { result, draft })
}
