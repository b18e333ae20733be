//! Note somebody at the door who has not signed up. They take no place: who has one keeps it.

use domain::attendance::{Door, WALK_INS_MAX, decide_walk_in, happened_at};
use domain::change::WalkInRow;
use domain::command::{Accepted, AddWalkIn, Command};
use domain::id::ArrivalId;
use domain::refusal::Refusal;

use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::attendance::{draft_walk_in, is_undone, list_walk_ins, note_walk_in};
use crate::store::sign_ups::find_occurrence;
use crate::store::streams::Draft;

/// # Errors
/// The refusals of [`decide_walk_in`]; [`Refusal::Gone`] for an unknown date.
pub async fn add_walk_in(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &AddWalkIn,
) -> Result<Done, Stop> {
    let occurrence = find_occurrence(conn, body.occurrence).await?.ok_or(Refusal::Gone)?;
    let body = context.authorize(command, &occurrence.facts(None), body)?.into_what();
    let (id, mut draft) = (ArrivalId::from_uuid(context.id.uuid()), Draft::default());
    // Taken back on another device before it came here: there is nothing to remember.
    if is_undone(conn, occurrence.id, id).await? {
        return Ok(Done { result: Accepted::AlreadyDone, draft });
    }
    let before = list_walk_ins(conn, occurrence.id).await?;
    let (terms, seats, category) = (&occurrence.terms, occurrence.seats, occurrence.category);
    let walked_in = before.iter().fold(0_u16, |heads, (_, more)| heads.saturating_add(*more));
    let door = Door { range: terms.range, category, is_cancelled: terms.is_cancelled, seats, walked_in };
    decide_walk_in(door, body.heads, body.reason.is_some(), context.now)?;
    if before.len() >= WALK_INS_MAX as usize {
        return Err(Refusal::DoorFull { places_left: 0 }.into());
    }
    let at = happened_at(terms.range, body.at, context.now);
    note_walk_in(conn, id, body, at, context.account, context.now).await?;
    let AddWalkIn { name, heads, reason, .. } = body.clone();
    draft_walk_in(&mut draft, &occurrence, id, &WalkInRow { occurrence: occurrence.id, name, heads, at, reason });
    Ok(Done { result: Accepted::Done, draft })
}
