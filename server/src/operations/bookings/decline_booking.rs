//! Say no to a request, with a reason; the time is free again at once.

use domain::booking::{BookingState, decide_answer};
use domain::command::{Accepted, Command, DeclineBooking};
use domain::refusal::Refusal;

use crate::operations::bookings::approve_booking::{settle, tell_owner};
use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::bookings::find_booking;
use crate::store::streams::Draft;

/// # Errors
/// The refusals of [`decide_answer`]; [`Refusal::Gone`] for an unknown booking.
pub async fn decline_booking(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &DeclineBooking,
) -> Result<Done, Stop> {
    let booking = find_booking(conn, body.booking).await?.ok_or(Refusal::Gone)?;
    let body = context.authorize(command, &booking.facts(), body)?;
    if booking.row.state == BookingState::Declined {
        return Ok(Done { result: Accepted::AlreadyDone, draft: Draft::default() });
    }
    decide_answer(booking.row.state, booking.row.range, booking.row.answer_by, context.now)?;
    let reason = Some(&body.what().reason);
    let mut draft = settle(conn, context, &booking, BookingState::Declined, reason).await?;
    tell_owner(conn, &mut draft, &booking, BookingState::Declined, reason, context.now).await?;
    Ok(Done { result: Accepted::Done, draft })
}
