//! Check a party in at an activity. Doing it twice is harmless.

use domain::command::{Accepted, CheckIn, Command};
use domain::refusal::Refusal;
use domain::sign_up::{Standing, decide_check_in};

use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::sign_ups;
use crate::store::streams::Draft;

/// # Errors
/// The refusals of [`decide_check_in`]; [`Refusal::Gone`] for an unknown sign-up.
pub async fn check_in(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &CheckIn,
) -> Result<Done, Stop> {
    let (sign_up, occurrence) = sign_ups::find_sign_up_held(conn, body.sign_up).await?.ok_or(Refusal::Gone)?;
    context.authorize(command, &occurrence.facts(Some(sign_up.account)), body)?;
    let mut draft = Draft::default();
    if sign_up.checked_in_at.is_some() {
        return Ok(Done { result: Accepted::AlreadyDone, draft });
    }
    let terms = &occurrence.terms;
    let is_confirmed = sign_up.standing == Standing::Confirmed;
    decide_check_in(terms.range, occurrence.category, terms.is_cancelled, is_confirmed, context.now)?;
    sign_ups::check_in(conn, sign_up.id, context.now).await?;
    sign_ups::draft_sign_up(conn, &mut draft, sign_up.id).await?;
    Ok(Done { result: Accepted::Done, draft })
}
