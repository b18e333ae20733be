//! Book a space for an interval, or ask its host for it. Refused for want of room, it offers what would be accepted.

use domain::booking::{BookingDecision, BookingState, Candidate, Party, alternatives, decide_booking};
use domain::change::BookingRow;
use domain::command::{Accepted, BookSpace, Command};
use domain::id::BookingId;
use domain::people::{Person, Relation};
use domain::refusal::{Alternative, Refusal};
use domain::sync::View;

use crate::operations::{Context, Done, Stop};
use crate::store::bookings::{draft_booking, insert_booking, list_own_times};
use crate::store::people::list_household;
use crate::store::spaces::{Space, draft_busy, find_space, list_holdings, list_siblings};
use crate::store::streams::Draft;
use crate::store::{Conn, StoreError};

/// Other spaces of the kind that are looked at for alternatives.
const SIBLINGS_MAX: u32 = 8;

/// # Errors
/// The refusals of [`decide_booking`]; [`Refusal::Gone`] for an unknown space or somebody who is no child of the household.
pub async fn book_space(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &BookSpace,
) -> Result<Done, Stop> {
    let space = find_space(conn, body.space, context.now).await?.ok_or(Refusal::Gone)?;
    let allowed = context.authorize(command, &space.facts(), body)?;
    let body = *allowed.what();
    let date = body.range.start().date();
    let household = list_household(conn, context.account).await?;
    let is_named = |person: &&Person| person.relation == Relation::Child && body.children.contains(&person.id);
    let children: Vec<&Person> = household.iter().filter(is_named).collect();
    if children.len() != body.children.len() {
        return Err(Refusal::Gone.into());
    }
    let ages: Vec<u16> = children.iter().map(|child| child.age_on(date).unwrap_or_default()).collect();
    let party = Party { adults: body.adults, child_ages: &ages };
    let holdings = list_holdings(conn, space.id, date.plus_days(-1), date.plus_days(1)).await?;
    let own = list_own_times(conn, context.account, space.id, context.now).await?;
    let facts = View::space_facts(&space.row, &holdings);
    let decision = match decide_booking(&facts, body.range, party, &own, context.now) {
        Ok(decision) => decision,
        Err(refusal @ (Refusal::SlotTaken | Refusal::SlotFull { .. } | Refusal::SpaceClosed { .. })) => {
            let offers = offers(conn, context, &space, body, party).await?;
            return Err(Stop::Refused(refusal, offers));
        }
        Err(refusal) => return Err(refusal.into()),
    };

    let id = BookingId::from_uuid(context.id.uuid());
    let (state, answer_by, result) = match decision {
        BookingDecision::Approved => (BookingState::Approved, None, Accepted::Booked),
        BookingDecision::Requested { answer_by } => {
            (BookingState::Requested, Some(answer_by), Accepted::Requested { answer_by })
        }
    };
    let row = BookingRow {
        space: space.id,
        range: body.range,
        state,
        adults: body.adults,
        children: u16::try_from(children.len()).unwrap_or(u16::MAX),
        purpose: body.purpose,
        note: body.note.clone(),
        answer_by,
        reason: None,
    };
    insert_booking(conn, id, &space.community, context.account, &row, context.now).await?;
    let mut draft = Draft::default();
    draft_booking(conn, &mut draft, id).await?;
    draft_busy(conn, &mut draft, space.id, date).await?;
    Ok(Done { result, draft })
}

/// What would be accepted instead, computed in this very transaction.
async fn offers(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    space: &Space,
    body: &BookSpace,
    party: Party<'_>,
) -> Result<Vec<Alternative>, StoreError> {
    let date = body.range.start().date();
    let siblings = list_siblings(conn, space, SIBLINGS_MAX, context.now).await?;
    let mut known = Vec::with_capacity(siblings.len() + 1);
    for space in std::iter::once(space).chain(&siblings) {
        let holdings = list_holdings(conn, space.id, date.plus_days(-1), date.plus_days(3)).await?;
        let own = list_own_times(conn, context.account, space.id, context.now).await?;
        known.push((space, holdings, own));
    }
    let candidates: Vec<Candidate<'_>> = known
        .iter()
        .map(|(space, holdings, own)| Candidate { id: space.id, facts: View::space_facts(&space.row, holdings), own })
        .collect();
    Ok(alternatives(&candidates, body.range, party, context.now))
}
