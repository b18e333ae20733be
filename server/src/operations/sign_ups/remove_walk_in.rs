//! Take back an entry at the door: one more fact, and the name in the entry goes. Doing it twice is harmless.

use domain::attendance::decide_removal;
use domain::command::{Accepted, Command, RemoveWalkIn};
use domain::refusal::Refusal;

use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::attendance::{self, draft_removed, is_of_others, is_undone};
use crate::store::sign_ups::find_occurrence;
use crate::store::streams::Draft;

/// # Errors
/// The refusal of [`decide_removal`]; [`Refusal::Gone`] for an unknown date or what is no such entry.
pub async fn remove_walk_in(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &RemoveWalkIn,
) -> Result<Done, Stop> {
    let occurrence = find_occurrence(conn, body.occurrence).await?.ok_or(Refusal::Gone)?;
    let body = context.authorize(command, &occurrence.facts(None), body)?.into_what();
    let mut draft = Draft::default();
    decide_removal(occurrence.terms.range, occurrence.category, context.now)?;
    if is_undone(conn, occurrence.id, body.walk_in).await? {
        return Ok(Done { result: Accepted::AlreadyDone, draft });
    }
    if is_of_others(conn, occurrence.id, None, body.walk_in).await? {
        return Err(Refusal::Gone.into());
    }
    attendance::remove_walk_in(conn, occurrence.id, body.walk_in, context.account, context.now).await?;
    draft_removed(&mut draft, &occurrence, body.walk_in);
    Ok(Done { result: Accepted::Done, draft })
}
