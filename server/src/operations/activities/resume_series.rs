//! Let the dates of a series come again, those between now and the horizon at once.

use domain::command::{Accepted, Command, ResumeSeries};
use domain::refusal::Refusal;

use super::dates::extend;
use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::activities::draft_activity;
use crate::store::series::{find_series, set_paused};
use crate::store::streams::Draft;

/// # Errors
/// [`Refusal::Gone`] for an activity that is no series; [`Refusal::Changed`] for one that was edited and goes on as another.
pub async fn resume_series(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &ResumeSeries,
) -> Result<Done, Stop> {
    let held = find_series(conn, body.activity).await?.ok_or(Refusal::Gone)?;
    context.authorize(command, &held.facts(), body)?;
    // What was meant is what it goes on as.
    if held.is_continued {
        return Err(Refusal::Changed.into());
    }
    let mut draft = Draft::default();
    if !held.is_paused {
        return Ok(Done { result: Accepted::AlreadyDone, draft });
    }
    set_paused(conn, held.activity, None).await?;
    draft_activity(conn, &mut draft, held.activity).await?;
    extend(conn, &mut draft, &held, context.now).await?;
    Ok(Done { result: Accepted::Done, draft })
}
