//! Withdraw some of a party or all of it; what comes free goes at once to the first that fits whole.

use domain::command::{Accepted, Command, WithdrawSignUp};
use domain::id::PersonId;
use domain::refusal::Refusal;
use domain::sign_up::{Standing, WithdrawalDecision, decide_withdrawal};

use crate::operations::sign_ups::settle::{Before, settle};
use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::sign_ups::{draft_sign_up_and_seats, find_sign_up_held, leave};
use crate::store::streams::Draft;

/// # Errors
/// The refusals of [`decide_withdrawal`]; [`Refusal::Gone`] for an unknown sign-up.
pub async fn withdraw_sign_up(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &WithdrawSignUp,
) -> Result<Done, Stop> {
    let (sign_up, occurrence) = find_sign_up_held(conn, body.sign_up).await?.ok_or(Refusal::Gone)?;
    let body = context.authorize(command, &occurrence.facts(sign_up.owner()), body)?;
    let nothing = || Done { result: Accepted::AlreadyDone, draft: Draft::default() };
    if sign_up.standing == Standing::Out {
        return Ok(nothing());
    }
    let leaving: Vec<PersonId> =
        sign_up.party.iter().map(|person| person.id).filter(|id| body.what().people.contains(id)).collect();
    let is_whole = match decide_withdrawal(occurrence.terms.range, &sign_up.party, &leaving, context.now)? {
        WithdrawalDecision::AlreadyOut => return Ok(nothing()),
        WithdrawalDecision::Whole => true,
        WithdrawalDecision::Part(_) => false,
    };
    let before = Before::of(conn, &occurrence).await?;
    leave(conn, &sign_up, &leaving, is_whole, context.now).await?;

    let mut draft = Draft::default();
    if before.has_somebody() || occurrence.is_to_settle(context.now) {
        settle(conn, &mut draft, occurrence.id, &before, context.now).await?;
    }
    draft_sign_up_and_seats(conn, &mut draft, sign_up.id, occurrence.id).await?;
    Ok(Done { result: Accepted::Done, draft })
}
