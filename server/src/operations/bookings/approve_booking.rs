//! Say yes to a request. Also what every answer to a booking has in common: the state, the rows, the word to its owner.

use domain::booking::{BookingState, decide_answer};
use domain::change::NoticeBody;
use domain::command::{Accepted, ApproveBooking, Command};
use domain::refusal::Refusal;
use domain::text::Note;
use domain::time::Timestamp;

use crate::operations::{Context, Done, Stop};
use crate::store::bookings::{Booking, draft_booking, find_booking, update_state};
use crate::store::notices::tell;
use crate::store::spaces::draft_busy;
use crate::store::streams::Draft;
use crate::store::{Conn, StoreError};

/// # Errors
/// The refusals of [`decide_answer`]; [`Refusal::Gone`] for an unknown booking.
pub async fn approve_booking(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &ApproveBooking,
) -> Result<Done, Stop> {
    let booking = find_booking(conn, body.booking).await?.ok_or(Refusal::Gone)?;
    let _allowed = context.authorize(command, &booking.facts(), body)?;
    if booking.row.state == BookingState::Approved {
        return Ok(Done { result: Accepted::AlreadyDone, draft: Draft::default() });
    }
    decide_answer(booking.row.state, booking.row.range, booking.row.answer_by, context.now)?;
    let mut draft = settle(conn, context, &booking, BookingState::Approved, None).await?;
    tell_owner(conn, &mut draft, &booking, BookingState::Approved, None, context.now).await?;
    Ok(Done { result: Accepted::Done, draft })
}

/// Moves a booking to another state and drafts what that changes.
///
/// # Errors
/// [`StoreError`].
pub async fn settle(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    booking: &Booking,
    state: BookingState,
    reason: Option<&Note>,
) -> Result<Draft, StoreError> {
    update_state(conn, booking.id, state, Some(context.account), reason, context.now).await?;
    let mut draft = Draft::default();
    draft_booking(conn, &mut draft, booking.id).await?;
    if booking.row.state.is_live() != state.is_live() {
        draft_busy(conn, &mut draft, booking.row.space, booking.row.range.start().date()).await?;
    }
    Ok(draft)
}

/// Tells the owner what became of a booking.
///
/// # Errors
/// [`StoreError`].
pub async fn tell_owner(
    conn: &mut Conn<'_>,
    draft: &mut Draft,
    booking: &Booking,
    state: BookingState,
    reason: Option<&Note>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let notice = NoticeBody::BookingAnswered {
        booking: booking.id,
        space: booking.row.space,
        name: booking.space_name.clone(),
        range: booking.row.range,
        state,
        reason: reason.cloned(),
    };
    let matter = format!("booking:{}:{}", booking.id, state.as_str());
    tell(conn, draft, booking.account, &booking.community, &matter, notice, now).await
}
