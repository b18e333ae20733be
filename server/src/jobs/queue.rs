//! Offers that nobody answered in time, and the last hours in which whoever waits may take what there is. Nothing depends
//! on when this looks: whoever reads an offer sees that it is over, and whatever touches the date settles it first.

use domain::id::{OccurrenceId, StreamId};
use domain::sign_up::LAST_CALL_MINUTES_BEFORE;
use domain::time::Timestamp;

use crate::operations::sign_ups::settle::{Before, settle};
use crate::store::sign_ups::{find_occurrence, list_to_settle};
use crate::store::streams::{Draft, write_change};
use crate::store::{Conn, Db, StoreError};

/// Settles every date that time has changed. Returns how many.
///
/// # Errors
/// [`StoreError`], the last of them: one date that cannot be settled holds up none of the others.
pub async fn run(db: &Db, now: Timestamp) -> Result<usize, StoreError> {
    let until = now.plus_minutes(LAST_CALL_MINUTES_BEFORE);
    let due = db.read(move |conn| Box::pin(async move { list_to_settle(conn, now, until).await })).await?;
    let (mut changed, mut fault) = (0, None);
    for id in due {
        match db.write("jobs", move |conn| Box::pin(async move { settle_one(conn, id, now).await })).await {
            Ok(has_changed) => changed += usize::from(has_changed),
            Err(error) => fault = Some(error),
        }
    }
    fault.map_or(Ok(changed), Err)
}

async fn settle_one(conn: &mut Conn<'_>, id: OccurrenceId, now: Timestamp) -> Result<bool, StoreError> {
    let Some(occurrence) = find_occurrence(conn, id).await? else { return Ok(false) };
    let before = Before::of(conn, &occurrence).await?;
    let mut draft = Draft::default();
    settle(conn, &mut draft, id, &before, now).await?;
    if draft.is_empty() {
        return Ok(false);
    }
    let stream = StreamId::Community(occurrence.community.clone());
    write_change(conn, &stream, draft, &format!("{id}:settled:{}", now.ms()), now).await?;
    Ok(true)
}
