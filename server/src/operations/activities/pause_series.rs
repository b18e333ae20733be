//! Let no new dates of a series come.

use domain::command::{Accepted, Command, PauseSeries};
use domain::refusal::Refusal;

use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::activities::draft_activity;
use crate::store::series::{find_series, set_paused};
use crate::store::streams::Draft;

/// # Errors
/// [`Refusal::Gone`] for an activity that is no series; [`Refusal::Changed`] for one that was edited and goes on as another.
pub async fn pause_series(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &PauseSeries,
) -> Result<Done, Stop> {
    let held = find_series(conn, body.activity).await?.ok_or(Refusal::Gone)?;
    context.authorize(command, &held.facts(), body)?;
    // What was meant is what it goes on as.
    if held.is_continued {
        return Err(Refusal::Changed.into());
    }
    let mut draft = Draft::default();
    if held.is_paused {
        return Ok(Done { result: Accepted::AlreadyDone, draft });
    }
    set_paused(conn, held.activity, Some(context.now)).await?;
    draft_activity(conn, &mut draft, held.activity).await?;
    Ok(Done { result: Accepted::Done, draft })
}
