//! Undo a check-in that was a mistake; one that came since it was seen stays. Doing it twice is harmless.

use domain::check_in::decide_undo;
use domain::command::{Accepted, Command, UndoCheckIn};
use domain::refusal::Refusal;

use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::attendance::undo_check_in as forget;
use crate::store::sign_ups::{draft_sign_up, find_sign_up_held};
use crate::store::streams::Draft;

/// # Errors
/// The refusal of [`decide_undo`]; [`Refusal::Gone`] for an unknown sign-up.
pub async fn undo_check_in(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &UndoCheckIn,
) -> Result<Done, Stop> {
    let (sign_up, occurrence) = find_sign_up_held(conn, body.sign_up).await?.ok_or(Refusal::Gone)?;
    let body = context.authorize(command, &occurrence.facts(Some(sign_up.account)), body)?.into_what();
    let mut draft = Draft::default();
    let (range, category) = (occurrence.terms.range, occurrence.category);
    if !decide_undo(range, category, sign_up.checked_in_at, body.checked_in_at, context.now)? {
        return Ok(Done { result: Accepted::AlreadyDone, draft });
    }
    forget(conn, sign_up.id).await?;
    draft_sign_up(conn, &mut draft, sign_up.id).await?;
    Ok(Done { result: Accepted::Done, draft })
}
