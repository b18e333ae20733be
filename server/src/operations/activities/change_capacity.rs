//! Change how many may come to one date. More places go first to those who wait; fewer take nobody's place away.

use domain::change::NoticeBody;
use domain::command::{Accepted, ChangeCapacity, Command};
use domain::refusal::Refusal;
use domain::sign_up::{CapacityDecision, decide_capacity};

use crate::operations::sign_ups::settle::{Before, settle};
use crate::operations::{Context, Done, Stop};
use crate::store::notices::tell;
use crate::store::sign_ups::{
    self, Occurrence, draft_seats, draft_sign_up, find_occurrence, list_live, list_waiting_accounts,
};
use crate::store::streams::Draft;
use crate::store::{Conn, StoreError};

/// # Errors
/// The refusals of [`decide_capacity`]; [`Refusal::Gone`] for an unknown date.
pub async fn change_capacity(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &ChangeCapacity,
) -> Result<Done, Stop> {
    let occurrence = find_occurrence(conn, body.occurrence).await?.ok_or(Refusal::Gone)?;
    let body = context.authorize(command, &occurrence.facts(None), body)?;
    let ChangeCapacity { capacity, reason, .. } = body.what();
    let (id, was, now) = (occurrence.id, occurrence.seats.capacity, context.now);
    let mut draft = Draft::default();
    let decision = decide_capacity(&occurrence.terms, occurrence.seats, *capacity, reason.is_some(), now)?;
    let over_by = match decision {
        CapacityDecision::AlreadyDone => return Ok(Done { result: Accepted::AlreadyDone, draft }),
        CapacityDecision::Raised => 0,
        CapacityDecision::Lowered { over_by } => over_by,
    };
    let before = Before::of(conn, &occurrence).await?;
    sign_ups::change_capacity(conn, id, was, *capacity, reason.as_ref(), now).await?;
    if let (CapacityDecision::Lowered { .. }, Some(capacity)) = (decision, *capacity) {
        let (title, range, reason) = (occurrence.title.clone(), occurrence.terms.range, reason.clone());
        let notice = NoticeBody::CapacityLowered { occurrence: id, title, range, capacity, reason };
        tell_who_waits(conn, &mut draft, context, &occurrence, &notice).await?;
    }
    let parties_in = settle(conn, &mut draft, id, &before, now).await?;
    if was.is_none() != capacity.is_none() {
        // Seats have numbers only where there is a limit.
        for (sign_up, _) in list_live(conn, id).await? {
            draft_sign_up(conn, &mut draft, sign_up).await?;
        }
    }
    draft_seats(conn, &mut draft, id).await?;
    Ok(Done { result: Accepted::CapacityChanged { parties_in, over_by }, draft })
}

/// Tells whoever waits for a date, once each, that fewer may come to it.
pub(super) async fn tell_who_waits(
    conn: &mut Conn<'_>,
    draft: &mut Draft,
    context: &Context<'_>,
    occurrence: &Occurrence,
    notice: &NoticeBody,
) -> Result<(), StoreError> {
    // Whoever is in a pool has no place in an order that this could change.
    if occurrence.is_pooled() {
        return Ok(());
    }
    // An edit of a series is one command with many dates.
    let matter = format!("capacity:{}:{}", context.id, occurrence.id);
    for account in list_waiting_accounts(conn, occurrence.id).await? {
        tell(conn, draft, account, &occurrence.community, &matter, notice.clone(), context.now).await?;
    }
    Ok(())
}
