//! Check a party in at a space. Doing it twice is harmless.

use domain::booking::{BookingState, decide_check_in};
use domain::command::{Accepted, CheckInBooking, Command};
use domain::refusal::Refusal;

use crate::operations::bookings::approve_booking::settle;
use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::bookings::find_booking;
use crate::store::streams::Draft;

/// # Errors
/// The refusals of [`decide_check_in`]; [`Refusal::Gone`] for an unknown booking.
pub async fn check_in_booking(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &CheckInBooking,
) -> Result<Done, Stop> {
    let booking = find_booking(conn, body.booking).await?.ok_or(Refusal::Gone)?;
    let _allowed = context.authorize(command, &booking.facts(), body)?;
    if booking.row.state == BookingState::CheckedIn {
        return Ok(Done { result: Accepted::AlreadyDone, draft: Draft::default() });
    }
    decide_check_in(booking.row.state, booking.row.range, context.now)?;
    let draft = settle(conn, context, &booking, BookingState::CheckedIn, None).await?;
    Ok(Done { result: Accepted::Done, draft })
}
