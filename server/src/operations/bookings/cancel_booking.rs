//! Cancel a booking: its owner, or whoever runs the space. Freeing is never refused for want of room.

use domain::booking::{BookingState, decide_cancel};
use domain::command::{Accepted, CancelBooking, Command};
use domain::refusal::Refusal;

use crate::operations::bookings::approve_booking::{settle, tell_owner};
use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::bookings::find_booking;
use crate::store::streams::Draft;

/// # Errors
/// [`Refusal::BookingDecided`]; [`Refusal::Gone`] for an unknown booking.
pub async fn cancel_booking(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &CancelBooking,
) -> Result<Done, Stop> {
    let booking = find_booking(conn, body.booking).await?.ok_or(Refusal::Gone)?;
    let body = context.authorize(command, &booking.facts(), body)?;
    if booking.row.state == BookingState::Cancelled {
        return Ok(Done { result: Accepted::AlreadyDone, draft: Draft::default() });
    }
    decide_cancel(booking.row.state, booking.row.range, context.now)?;
    let reason = body.what().reason.as_ref();
    let mut draft = settle(conn, context, &booking, BookingState::Cancelled, reason).await?;
    if booking.account != context.account {
        tell_owner(conn, &mut draft, &booking, BookingState::Cancelled, reason, context.now).await?;
    }
    Ok(Done { result: Accepted::Done, draft })
}
