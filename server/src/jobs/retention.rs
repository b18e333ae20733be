//! What is kept no longer: what is gone for longer than a phone may stay away, and answers that no phone asks for.
//!
//! Each step is a transaction of bounded size, so that nobody waits for it; what is left over comes with the next.
//! Deliberately absent: what people have, which only people take away.

use domain::sync::limits::{ANSWER_DAYS, TOMBSTONE_DAYS, days_before};
use domain::time::Timestamp;

use crate::store::devices::{list_with_old_answers, prune_answers};
use crate::store::streams::{list_outlived, raise_floor};
use crate::store::{Db, StoreError};

/// How often it is looked for, in seconds.
pub const EVERY_SECONDS: u64 = 3_600;
/// The most rounds at a time; each takes of every stream and device as much as one transaction should.
const ROUNDS_MAX: usize = 50;

/// Forgets what has outlived its time. Returns how many rows went.
///
/// # Errors
/// [`StoreError`]; what was forgotten before it stays so.
pub async fn forget(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    let mut forgotten = 0;
    for _ in 0..ROUNDS_MAX {
        let in_round = forget_changes(db, now).await? + forget_answers(db, now).await?;
        if in_round == 0 {
            break;
        }
        forgotten += in_round;
    }
    Ok(forgotten)
}

/// Tombstones and ticks. Whoever has read less far than they reached starts over.
async fn forget_changes(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    let before = days_before(now, TOMBSTONE_DAYS);
    let outlived = db.read(move |conn| Box::pin(async move { list_outlived(conn, before).await })).await?;
    let mut forgotten = 0;
    for (stream, floor) in outlived {
        // In the lane of the stream: its changes wait, and nobody else.
        let lane = stream.to_string();
        let raised = db.write(&lane, move |conn| {
            let stream = stream.clone();
            Box::pin(async move { raise_floor(conn, &stream, floor).await })
        });
        forgotten += raised.await?;
    }
    Ok(forgotten)
}

/// Answers. What is sent again after that is answered `expired`, by its number alone.
async fn forget_answers(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    let before = days_before(now, ANSWER_DAYS);
    let devices = db.read(move |conn| Box::pin(async move { list_with_old_answers(conn, before).await })).await?;
    let mut forgotten = 0;
    for device in devices {
        let pruned = db.write("jobs", move |conn| Box::pin(async move { prune_answers(conn, device, before).await }));
        forgotten += pruned.await?;
    }
    Ok(forgotten)
}
