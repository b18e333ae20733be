//! Take the places that are held for one's party, or that are free for whoever comes first. An answer that comes late is
//! honoured while they are there.

use domain::command::{AcceptOffer, Accepted, Command};
use domain::refusal::Refusal;
use domain::sign_up::{Acceptance, Promotion, Standing, WaitingParty, decide_acceptance};

use crate::operations::sign_ups::settle::{Before, settle, settle_besides};
use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::sign_ups::{
    accept_offer as take_offered, draft_sign_up_and_seats, find_seat, find_sign_up_held, list_waiting, promote,
    put_first,
};
use crate::store::streams::Draft;

/// # Errors
/// The refusals of [`decide_acceptance`]; [`Refusal::Gone`] for an unknown sign-up.
pub async fn accept_offer(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &AcceptOffer,
) -> Result<Done, Stop> {
    let (mut sign_up, mut occurrence) = find_sign_up_held(conn, body.sign_up).await?.ok_or(Refusal::Gone)?;
    context.authorize(command, &occurrence.facts(sign_up.owner()), body)?;
    let mut draft = Draft::default();
    if occurrence.is_to_settle(context.now) {
        // What others let pass may be what this party is to have; its own is looked at as it is.
        let before = Before::of(conn, &occurrence).await?;
        settle_besides(conn, &mut draft, occurrence.id, Some(sign_up.id), &before, context.now).await?;
        (sign_up, occurrence) = find_sign_up_held(conn, body.sign_up).await?.ok_or(Refusal::Gone)?;
    }
    let (terms, seats, now) = (&occurrence.terms, occurrence.seats, context.now);
    let heads = u16::try_from(sign_up.party.len()).unwrap_or(u16::MAX);
    let acceptance = decide_acceptance(sign_up.standing, heads, seats.room(), terms.range, terms.is_cancelled, now)?;
    if acceptance == Acceptance::AlreadyDone {
        return Ok(Done { result: Accepted::AlreadyDone, draft });
    }
    let before = Before::of(conn, &occurrence).await?;
    match (acceptance, sign_up.standing) {
        (Acceptance::Confirmed, Standing::Waiting { .. }) => {
            let party = WaitingParty { id: sign_up.id, heads, passes: 0, can_answer: true };
            promote(conn, occurrence.id, party, Promotion::Confirmed, seats.capacity.is_some(), now).await?;
        }
        (Acceptance::Confirmed, _) => take_offered(conn, sign_up.id, now).await?,
        (Acceptance::FirstInLine, _) => put_first(conn, &sign_up).await?,
        (Acceptance::TooLate | Acceptance::AlreadyDone, _) => {}
    }
    settle(conn, &mut draft, occurrence.id, &before, now).await?;
    draft_sign_up_and_seats(conn, &mut draft, sign_up.id, occurrence.id).await?;
    let result = if acceptance == Acceptance::Confirmed {
        Accepted::Confirmed { seat: find_seat(conn, sign_up.id).await?, capacity: seats.capacity }
    } else {
        let waiting = list_waiting(conn, occurrence.id).await?;
        let ahead = waiting.iter().position(|party| party.id == sign_up.id).unwrap_or_default();
        Accepted::Waitlisted { parties_ahead: u16::try_from(ahead).unwrap_or(u16::MAX) }
    };
    Ok(Done { result, draft })
}
