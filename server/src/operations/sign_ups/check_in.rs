//! Check a party in at an activity: one more fact of the door. Doing it twice is harmless.

use domain::attendance::{ARRIVALS_MAX, Arrival, happened_at};
use domain::command::{Accepted, CheckIn, Command};
use domain::id::ArrivalId;
use domain::refusal::Refusal;
use domain::sign_up::{Standing, decide_check_in};

use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::attendance::{find_noted, note_arrival};
use crate::store::sign_ups::{draft_sign_up, find_sign_up_held};
use crate::store::streams::Draft;

/// # Errors
/// The refusals of [`decide_check_in`]; [`Refusal::Gone`] for an unknown sign-up.
pub async fn check_in(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &CheckIn,
) -> Result<Done, Stop> {
    let (sign_up, occurrence) = find_sign_up_held(conn, body.sign_up).await?.ok_or(Refusal::Gone)?;
    let body = context.authorize(command, &occurrence.facts(Some(sign_up.account)), body)?.into_what();
    let mut draft = Draft::default();
    let terms = &occurrence.terms;
    let is_confirmed = sign_up.standing == Standing::Confirmed;
    let decision = decide_check_in(terms.range, occurrence.category, terms.is_cancelled, is_confirmed, context.now);
    let noted = find_noted(conn, sign_up.id).await?;
    let is_here = sign_up.checked_in_at.is_some();
    // A phone that knows no facts says no more than that they are here.
    if is_here && (decision.is_err() || body.at.is_none() || noted.all.len() >= ARRIVALS_MAX) {
        return Ok(Done { result: Accepted::AlreadyDone, draft });
    }
    decision?;
    // Another device's check-in of who is here already is kept beside it: whoever undoes one has not seen the other.
    let at = happened_at(terms.range, body.at, context.now);
    let arrival = Arrival { id: ArrivalId::from_uuid(context.id.uuid()), at, way: body.way };
    note_arrival(conn, sign_up.id, arrival, context.account, context.now).await?;
    draft_sign_up(conn, &mut draft, sign_up.id).await?;
    Ok(Done { result: if is_here { Accepted::AlreadyDone } else { Accepted::Done }, draft })
}
