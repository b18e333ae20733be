//! The horizon of every series moves with the days; and a look at whether it did.
//!
//! Dates have ids that follow from their activity and planned start, so whoever makes them, and however often, makes the
//! same ones; a date that was called off is there and is not made again.

use domain::id::{ActivityId, StreamId};
use domain::series::{behind_before, horizon};
use domain::time::Timestamp;

use crate::operations::activities::dates::extend;
use crate::store::series::{count_made_before, find_series, list_due};
use crate::store::streams::{Draft, write_change};
use crate::store::{Conn, Db, StoreError};

/// Makes the dates that have come within the horizon. Returns how many there are.
///
/// # Errors
/// [`StoreError`], the last of them: a series that cannot be extended holds up none of the others.
pub async fn extend_all(db: &Db, now: Timestamp) -> Result<usize, StoreError> {
    let due = db.read(move |conn| Box::pin(async move { list_due(conn, horizon(now)).await })).await?;
    let (mut made, mut fault) = (0, None);
    for (activity, community) in due {
        let stream = StreamId::Community(community);
        let lane = stream.to_string();
        let extended = db.write(&lane, move |conn| {
            let stream = stream.clone();
            Box::pin(async move { extend_one(conn, activity, &stream, now).await })
        });
        match extended.await {
            Ok(dates) => made += dates,
            Err(error) => fault = Some(error),
        }
    }
    fault.map_or(Ok(made), Err)
}

/// Extends one series, if it is still due: another server may have been here.
async fn extend_one(
    conn: &mut Conn<'_>,
    activity: ActivityId,
    stream: &StreamId,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let Some(held) = find_series(conn, activity).await? else { return Ok(0) };
    if held.is_paused || held.made_until >= horizon(now) {
        return Ok(0);
    }
    let mut draft = Draft::default();
    let made = extend(conn, &mut draft, &held, now).await?;
    if made > 0 {
        write_change(conn, stream, draft, &format!("series:{activity}:{}", horizon(now).date()), now).await?;
    }
    Ok(made)
}

/// How many series have fallen behind their horizon by a day or more: none, as long as the job does its work.
///
/// # Errors
/// [`StoreError`].
pub async fn count_behind(db: &Db, now: Timestamp) -> Result<i64, StoreError> {
    db.read(move |conn| Box::pin(async move { count_made_before(conn, behind_before(now)).await })).await
}
