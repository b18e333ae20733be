//! Sign up somebody who has no phone to do it with: a place or a place in the waiting list like anybody's, and no account.

use domain::command::{Accepted, Command, SignUpNeighbour};
use domain::id::{PersonId, SignUpId};
use domain::refusal::Refusal;
use domain::sign_up::{SignUpDecision, decide_neighbour, lowest_free_seats, neighbour};

use crate::operations::sign_ups::settle::{Before, settle};
use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::sign_ups::{
    draft_sign_up_and_seats, find_occurrence, insert_neighbour, list_neighbours, list_taken_seats,
};
use crate::store::streams::Draft;

/// # Errors
/// The refusals of [`decide_neighbour`]; [`Refusal::Gone`] for an unknown date.
pub async fn sign_up_neighbour(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &SignUpNeighbour,
) -> Result<Done, Stop> {
    let mut occurrence = find_occurrence(conn, body.occurrence).await?.ok_or(Refusal::Gone)?;
    let body = context.authorize(command, &occurrence.facts(None), body)?.into_what();
    let mut draft = Draft::default();
    // What nobody answered in time is free, and what is due is drawn, before anybody new is looked at.
    if occurrence.is_to_settle(context.now) {
        let before = Before::of(conn, &occurrence).await?;
        settle(conn, &mut draft, occurrence.id, &before, context.now).await?;
        occurrence = find_occurrence(conn, body.occurrence).await?.ok_or(Refusal::Gone)?;
    }
    let who = neighbour(PersonId::from_uuid(context.id.uuid()), body.name.clone());
    let known = list_neighbours(conn, occurrence.id).await?;
    let (terms, asked) = (&occurrence.terms, (&who, body.phone.as_ref()));
    let decision = decide_neighbour(terms, occurrence.seats, asked, &known, body.consent, context.now)?;
    let capacity = occurrence.seats.capacity;
    let (seats, result) = match decision {
        SignUpDecision::AlreadyDone => return Ok(Done { result: Accepted::AlreadyDone, draft }),
        SignUpDecision::Pooled { draws_at } => (None, Accepted::Pooled { draws_at }),
        SignUpDecision::Waitlisted { parties_ahead } => (None, Accepted::Waitlisted { parties_ahead }),
        SignUpDecision::Confirmed => {
            let taken = if capacity.is_some() { list_taken_seats(conn, occurrence.id).await? } else { Vec::new() };
            let seats = if capacity.is_some() { lowest_free_seats(&taken, 1) } else { Vec::new() };
            let seat = seats.first().copied();
            (Some(seats), Accepted::Confirmed { seat, capacity })
        }
    };
    let id = SignUpId::from_uuid(context.id.uuid());
    let who = (context.account, &who, body.phone.as_ref());
    insert_neighbour(conn, id, &occurrence, who, seats.as_deref(), context.now).await?;
    draft_sign_up_and_seats(conn, &mut draft, id, occurrence.id).await?;
    Ok(Done { result, draft })
}
