//! Let others have the places that are held for one's party: no harm done, and the next is asked at once.

use domain::command::{Accepted, Command, DeclineOffer};
use domain::refusal::Refusal;
use domain::sign_up::decide_decline;

use crate::operations::sign_ups::settle::{Before, settle};
use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::sign_ups::{draft_sign_up_and_seats, find_sign_up_held, lapse};
use crate::store::streams::Draft;

/// # Errors
/// [`Refusal::NoOffer`] when nothing is held; [`Refusal::Gone`] for an unknown sign-up.
pub async fn decline_offer(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &DeclineOffer,
) -> Result<Done, Stop> {
    let (sign_up, occurrence) = find_sign_up_held(conn, body.sign_up).await?.ok_or(Refusal::Gone)?;
    context.authorize(command, &occurrence.facts(sign_up.owner()), body)?;
    let mut draft = Draft::default();
    if !decide_decline(sign_up.standing)? {
        return Ok(Done { result: Accepted::AlreadyDone, draft });
    }
    let before = Before::of(conn, &occurrence).await?;
    lapse(conn, sign_up.id, context.now).await?;
    settle(conn, &mut draft, occurrence.id, &before, context.now).await?;
    draft_sign_up_and_seats(conn, &mut draft, sign_up.id, occurrence.id).await?;
    Ok(Done { result: Accepted::Done, draft })
}
