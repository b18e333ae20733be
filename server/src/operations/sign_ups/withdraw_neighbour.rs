//! Withdraw somebody who was signed up by their team; what comes free goes at once to the first that fits whole.

use domain::command::{Accepted, Command, WithdrawNeighbour};
use domain::id::PersonId;
use domain::refusal::Refusal;
use domain::sign_up::{Standing, decide_neighbours_withdrawal};

use crate::operations::sign_ups::settle::{Before, settle};
use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::sign_ups::{draft_sign_up_and_seats, find_sign_up_held, leave};
use crate::store::streams::Draft;

/// # Errors
/// The refusal of [`decide_neighbours_withdrawal`]; [`Refusal::Gone`] for an unknown sign-up or one of an account.
pub async fn withdraw_neighbour(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &WithdrawNeighbour,
) -> Result<Done, Stop> {
    let (sign_up, occurrence) = find_sign_up_held(conn, body.sign_up).await?.ok_or(Refusal::Gone)?;
    context.authorize(command, &occurrence.facts(sign_up.owner()), body)?;
    if !sign_up.is_on_behalf {
        return Err(Refusal::Gone.into());
    }
    let mut draft = Draft::default();
    let is_out = sign_up.standing == Standing::Out;
    if is_out || !decide_neighbours_withdrawal(occurrence.terms.range, &sign_up.party, context.now)? {
        return Ok(Done { result: Accepted::AlreadyDone, draft });
    }
    let leaving: Vec<PersonId> = sign_up.party.iter().map(|person| person.id).collect();
    let before = Before::of(conn, &occurrence).await?;
    leave(conn, &sign_up, &leaving, true, context.now).await?;
    if before.has_somebody() || occurrence.is_to_settle(context.now) {
        settle(conn, &mut draft, occurrence.id, &before, context.now).await?;
    }
    draft_sign_up_and_seats(conn, &mut draft, sign_up.id, occurrence.id).await?;
    Ok(Done { result: Accepted::Done, draft })
}
