//! Hold a date after all that was called off: it takes its room again, and whoever had signed up has the place again and is
//! told.

use domain::booking::is_held;
use domain::change::NoticeBody;
use domain::command::{Accepted, Command, ReinstateOccurrence};
use domain::moving::{DateNow, decide_reinstatement};
use domain::refusal::Refusal;

use crate::operations::sign_ups::settle::{Before, settle};
use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::activities::draft_occurrence;
use crate::store::moves::{bring_back, hold_again, list_ended, load_move_facts};
use crate::store::notices::tell;
use crate::store::sign_ups::{draft_seats, draft_sign_up, find_occurrence, list_live};
use crate::store::spaces::{draft_busy, find_space, list_holdings_besides};
use crate::store::streams::Draft;

/// # Errors
/// Those of [`decide_reinstatement`]; [`Refusal::VenueTaken`]; [`Refusal::Gone`] for an unknown date or a space that is not
/// of this community.
pub async fn reinstate_occurrence(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &ReinstateOccurrence,
) -> Result<Done, Stop> {
    let date = find_occurrence(conn, body.occurrence).await?.ok_or(Refusal::Gone)?;
    let body = context.authorize(command, &date.facts(None), body)?;
    let body = *body.what();
    let facts = load_move_facts(conn, date.id, context.now).await?;
    let (range, is_cancelled) = (date.terms.range, date.terms.is_cancelled);
    let is_now = DateNow { range, venue: &facts.venue, is_cancelled, sequence: facts.sequence };
    let mut draft = Draft::default();
    if !decide_reinstatement(&is_now, &facts.others, context.now)? {
        return Ok(Done { result: Accepted::AlreadyDone, draft });
    }
    let own_venue = body.venue.as_ref().filter(|venue| **venue != facts.venue);
    let venue = own_venue.unwrap_or(&facts.venue);
    if let Some(id) = venue.space {
        let space = find_space(conn, id, context.now).await?.filter(|space| space.community == date.community);
        let space = space.ok_or(Refusal::Gone)?;
        let (from, to) = (range.start().date().plus_days(-1), range.end().date().plus_days(1));
        let holdings = list_holdings_besides(conn, id, from, to, &[date.id]).await?;
        if is_held(&space.row.policy, &holdings, range) {
            return Err(Refusal::VenueTaken { space: id, dates: vec![range.start().date()] }.into());
        }
    }
    hold_again(conn, date.id, own_venue).await?;
    bring_back(conn, date.id, context.now).await?;
    settle(conn, &mut draft, date.id, &Before::default(), context.now).await?;
    draft_occurrence(conn, &mut draft, date.id).await?;
    draft_seats(conn, &mut draft, date.id).await?;
    if let Some(space) = venue.space {
        draft_busy(conn, &mut draft, space, range.start().date()).await?;
    }
    for out in list_ended(conn, date.id).await? {
        draft_sign_up(conn, &mut draft, out).await?;
    }
    for (sign_up, account) in list_live(conn, date.id).await? {
        draft_sign_up(conn, &mut draft, sign_up).await?;
        let (title, place) = (date.title.clone(), venue.place.clone());
        let notice = NoticeBody::OccurrenceReinstated { occurrence: date.id, title, range, place };
        let matter = format!("reinstated:{}:{}", date.id, facts.sequence + 1);
        tell(conn, &mut draft, account, &date.community, &matter, notice, context.now).await?;
    }
    Ok(Done { result: Accepted::Done, draft })
}
