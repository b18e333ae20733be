//! Withdraw some of a party or all of it; what comes free goes at once to the first that fits whole.

use domain::change::NoticeBody;
use domain::command::{Accepted, Command, WithdrawSignUp};
use domain::id::PersonId;
use domain::refusal::Refusal;
use domain::sign_up::{WaitingParty, WithdrawalDecision, decide_withdrawal, lowest_free_seats, promote};
use domain::time::Timestamp;

use crate::operations::{Context, Done, Stop};
use crate::store::notices::tell;
use crate::store::sign_ups::{
    Occurrence, confirm, draft_sign_up, draft_sign_up_and_seats, find_occurrence, find_sign_up, find_sign_up_held,
    leave, list_taken_seats, list_waiting,
};
use crate::store::streams::Draft;
use crate::store::{Conn, StoreError};

/// # Errors
/// The refusals of [`decide_withdrawal`]; [`Refusal::Gone`] for an unknown sign-up.
pub async fn withdraw_sign_up(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &WithdrawSignUp,
) -> Result<Done, Stop> {
    let (sign_up, occurrence) = find_sign_up_held(conn, body.sign_up).await?.ok_or(Refusal::Gone)?;
    let body = context.authorize(command, &occurrence.facts(Some(sign_up.account)), body)?;
    let nothing = || Done { result: Accepted::AlreadyDone, draft: Draft::default() };
    if !sign_up.is_live {
        return Ok(nothing());
    }
    let leaving: Vec<PersonId> =
        sign_up.party.iter().map(|person| person.id).filter(|id| body.what().people.contains(id)).collect();
    let is_whole = match decide_withdrawal(occurrence.terms.range, &sign_up.party, &leaving, context.now)? {
        WithdrawalDecision::AlreadyOut => return Ok(nothing()),
        WithdrawalDecision::Whole => true,
        WithdrawalDecision::Part(_) => false,
    };
    // Most dates have no waiting list, and then there is nobody to move up.
    let waited =
        if occurrence.seats.waiting_parties > 0 { list_waiting(conn, occurrence.id).await? } else { Vec::new() };
    leave(conn, &sign_up, &leaving, is_whole, context.now).await?;

    let mut draft = Draft::default();
    if !waited.is_empty() {
        rebalance(conn, &mut draft, &occurrence, &waited, context.now).await?;
    }
    draft_sign_up_and_seats(conn, &mut draft, sign_up.id, occurrence.id).await?;
    Ok(Done { result: Accepted::Done, draft })
}

/// Gives free places to those who wait, tells them, and draws anew whose position is another than in `waited`, the
/// list as it was.
async fn rebalance(
    conn: &mut Conn<'_>,
    draft: &mut Draft,
    before: &Occurrence,
    waited: &[WaitingParty],
    now: Timestamp,
) -> Result<(), StoreError> {
    let waiting = list_waiting(conn, before.id).await?;
    let fresh = find_occurrence(conn, before.id).await?;
    let occurrence = fresh.as_ref().unwrap_or(before);
    let terms = &occurrence.terms;
    let promoted =
        promote(occurrence.seats.capacity, occurrence.seats.taken, &waiting, terms.range, terms.is_cancelled, now);
    for party in waiting.iter().filter(|party| promoted.contains(&party.id)) {
        let taken = list_taken_seats(conn, occurrence.id).await?;
        let seats =
            if occurrence.seats.capacity.is_some() { lowest_free_seats(&taken, party.heads) } else { Vec::new() };
        confirm(conn, occurrence.id, *party, &seats, now).await?;
        if let Some(sign_up) = find_sign_up(conn, party.id).await? {
            let notice = NoticeBody::Promoted {
                sign_up: party.id,
                occurrence: occurrence.id,
                title: occurrence.title.clone(),
                range: terms.range,
            };
            let matter = format!("promoted:{}", party.id);
            tell(conn, draft, sign_up.account, &occurrence.community, &matter, notice, now).await?;
        }
    }
    for id in &promoted {
        draft_sign_up(conn, draft, *id).await?;
    }
    // Bounded by the length of the waiting list.
    let still_waiting = waiting.iter().filter(|party| !promoted.contains(&party.id));
    for (place, party) in still_waiting.enumerate() {
        if waited.get(place).is_none_or(|was_there| was_there.id != party.id) {
            draft_sign_up(conn, draft, party.id).await?;
        }
    }
    Ok(())
}
