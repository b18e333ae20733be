//! Call off one date: it stays visible as called off, its room is free, and everybody who had signed up is told.

use domain::change::NoticeBody;
use domain::command::{Accepted, CancelOccurrence, Command};
use domain::refusal::Refusal;

use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::activities::{self, draft_occurrence, find_venue};
use crate::store::closings::find_closing;
use crate::store::notices::tell;
use crate::store::sign_ups::{call_off_all, draft_seats, draft_sign_up, find_occurrence, list_live};
use crate::store::spaces::draft_busy;
use crate::store::streams::Draft;

/// # Errors
/// [`Refusal::OccurrenceOver`]; [`Refusal::Gone`] for an unknown date.
pub async fn cancel_occurrence(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &CancelOccurrence,
) -> Result<Done, Stop> {
    let occurrence = find_occurrence(conn, body.occurrence).await?.ok_or(Refusal::Gone)?;
    let body = context.authorize(command, &occurrence.facts(None), body)?;
    let mut draft = Draft::default();
    if occurrence.terms.is_cancelled {
        return Ok(Done { result: Accepted::AlreadyDone, draft });
    }
    // What was said to have taken place is not called off.
    if occurrence.terms.range.end() <= context.now || find_closing(conn, occurrence.id).await?.is_some() {
        return Err(Refusal::OccurrenceOver.into());
    }
    let (id, reason) = (occurrence.id, body.what().reason.clone());
    let parties = list_live(conn, id).await?;
    activities::cancel_occurrence(conn, id, reason.as_ref(), context.now).await?;
    call_off_all(conn, id, context.now).await?;
    draft_occurrence(conn, &mut draft, id).await?;
    draft_seats(conn, &mut draft, id).await?;
    if let Some(space) = find_venue(conn, id).await? {
        draft_busy(conn, &mut draft, space, occurrence.terms.range.start().date()).await?;
    }
    for (sign_up, account) in &parties {
        draft_sign_up(conn, &mut draft, *sign_up).await?;
        let notice = NoticeBody::OccurrenceCancelled {
            occurrence: id,
            title: occurrence.title.clone(),
            range: occurrence.terms.range,
            reason: reason.clone(),
        };
        // By what called it off: it may be held after all, and called off again.
        let matter = format!("called-off:{id}:{}", context.id);
        tell(conn, &mut draft, *account, &occurrence.community, &matter, notice, context.now).await?;
    }
    let parties_told = u16::try_from(parties.len()).unwrap_or(u16::MAX);
    Ok(Done { result: Accepted::CalledOff { parties_told }, draft })
}
