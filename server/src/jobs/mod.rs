//! What time does: requests nobody answered expire, bookings that are over are closed, places that were offered in vain go
//! on to the next ([`queue`]), the dates of series come ([`series`]), staff are reminded ([`reminders`]), what is old is
//! forgotten ([`retention`]).
//!
//! Every job is safe to run twice and in any order; several servers may run the same one. Time comes as an argument.

pub mod queue;
pub mod reminders;
pub mod retention;
pub mod series;

use domain::booking::{BookingState, decide_by_time};
use domain::id::{BookingId, StreamId};
use domain::time::Timestamp;

use crate::operations::bookings::approve_booking::tell_owner;
use crate::store::bookings::{draft_booking, find_booking, list_over, list_unanswered, update_state};
use crate::store::spaces::{asks_check_in, draft_busy};
use crate::store::streams::{Draft, write_change};
use crate::store::{Conn, Db, StoreError};

/// How often jobs look, in seconds.
pub const EVERY_SECONDS: u64 = 20;

/// The most rounds that catching up takes: each does so many things and no more.
const ROUNDS_MAX: usize = 100;

/// Does all that is due in a district that was just made, so that whoever looks finds nothing change that nobody asked for.
///
/// # Errors
/// [`StoreError`].
pub async fn catch_up(db: &Db, now: Timestamp) -> Result<(), StoreError> {
    series::extend_all(db, now).await?;
    reminders::remind(db, now).await?;
    for _ in 0..ROUNDS_MAX {
        if run(db, now).await? == 0 {
            break;
        }
    }
    Ok(())
}

/// Runs every job once. Returns how many bookings and dates changed.
///
/// # Errors
/// [`StoreError`], the last of them: one booking that cannot be closed holds up none of the others.
pub async fn run(db: &Db, now: Timestamp) -> Result<usize, StoreError> {
    let due = db
        .read(move |conn| {
            Box::pin(async move {
                let mut due = list_unanswered(conn, now).await?;
                due.extend(list_over(conn, now).await?);
                Ok(due)
            })
        })
        .await?;
    let (mut changed, mut fault) = (0, None);
    for id in due {
        match db.write("jobs", move |conn| Box::pin(async move { close(conn, id, now).await })).await {
            Ok(moved) => changed += usize::from(moved),
            Err(error) => fault = Some(error),
        }
    }
    match queue::run(db, now).await {
        Ok(settled) => changed += settled,
        Err(error) => fault = Some(error),
    }
    fault.map_or(Ok(changed), Err)
}

/// Moves one booking on, if it is still due: another server may have been here.
async fn close(conn: &mut Conn<'_>, id: BookingId, now: Timestamp) -> Result<bool, StoreError> {
    let Some(booking) = find_booking(conn, id).await? else { return Ok(false) };
    let row = &booking.row;
    // What the space asks matters only for those who were not checked in.
    let check_in_required = row.state == BookingState::Approved && asks_check_in(conn, row.space).await?;
    let Some(next) = decide_by_time(row.state, row.range, row.answer_by, check_in_required, now) else {
        return Ok(false);
    };
    update_state(conn, id, next, None, None, now).await?;
    let mut draft = Draft::default();
    draft_booking(conn, &mut draft, id).await?;
    draft_busy(conn, &mut draft, booking.row.space, booking.row.range.start().date()).await?;
    if next == BookingState::Expired {
        tell_owner(conn, &mut draft, &booking, next, None, now).await?;
    }
    let stream = StreamId::Community(booking.community.clone());
    write_change(conn, &stream, draft, &format!("{id}:{}", next.as_str()), now).await?;
    Ok(true)
}
