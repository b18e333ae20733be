//! Say how a date went: how many were there, and what came of it. Saying it again replaces what was said.

use domain::closing::decide_closing;
use domain::command::{Accepted, CloseOccurrence, Command};
use domain::refusal::Refusal;

use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::closings::{self, draft_closing, find_closing};
use crate::store::sign_ups::find_occurrence;
use crate::store::streams::Draft;

/// # Errors
/// The refusals of [`decide_closing`]; [`Refusal::Gone`] for an unknown date.
pub async fn close_occurrence(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &CloseOccurrence,
) -> Result<Done, Stop> {
    let occurrence = find_occurrence(conn, body.occurrence).await?.ok_or(Refusal::Gone)?;
    let body = context.authorize(command, &occurrence.facts(None), body)?.into_what();
    let terms = &occurrence.terms;
    decide_closing(terms.range, occurrence.category, terms.is_cancelled, body.heads, context.now)?;
    let mut draft = Draft::default();
    let before = find_closing(conn, occurrence.id).await?;
    if before.is_some_and(|before| before.heads == body.heads && before.note == body.note) {
        return Ok(Done { result: Accepted::AlreadyDone, draft });
    }
    let note = body.note.as_ref();
    closings::close_occurrence(conn, occurrence.id, body.heads, note, context.account, context.now).await?;
    draft_closing(conn, &mut draft, occurrence.id).await?;
    Ok(Done { result: Accepted::Done, draft })
}
