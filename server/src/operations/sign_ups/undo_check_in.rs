//! Undo a check-in that was a mistake: one more fact of the door. One that came since stays. Doing it twice is harmless.

use domain::attendance::decide_undo;
use domain::command::{Accepted, Command, UndoCheckIn};
use domain::refusal::Refusal;

use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::attendance::{find_noted, is_of_others, undo_arrivals};
use crate::store::sign_ups::{draft_sign_up, find_sign_up_held};
use crate::store::streams::Draft;

/// # Errors
/// The refusals of [`decide_undo`]; [`Refusal::Gone`] for an unknown sign-up or somebody else's check-in.
pub async fn undo_check_in(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &UndoCheckIn,
) -> Result<Done, Stop> {
    let (sign_up, occurrence) = find_sign_up_held(conn, body.sign_up).await?.ok_or(Refusal::Gone)?;
    let body = context.authorize(command, &occurrence.facts(Some(sign_up.account)), body)?.into_what();
    let mut draft = Draft::default();
    let noted = find_noted(conn, sign_up.id).await?;
    let (range, category) = (occurrence.terms.range, occurrence.category);
    let mut undone = decide_undo(range, category, &noted.here(), &body.of, body.checked_in_at, context.now)?;
    undone.retain(|one| !noted.undone.contains(one));
    for one in &undone {
        if is_of_others(conn, sign_up.occurrence, Some(sign_up.id), *one).await? {
            return Err(Refusal::Gone.into());
        }
    }
    if undone.is_empty() {
        return Ok(Done { result: Accepted::AlreadyDone, draft });
    }
    undo_arrivals(conn, (sign_up.id, occurrence.id), &undone, context.account, context.now).await?;
    draft_sign_up(conn, &mut draft, sign_up.id).await?;
    Ok(Done { result: Accepted::Done, draft })
}
