//! Rows for a reader: what changed after a cursor, or everything in the window when the cursor no longer holds.

use std::collections::BTreeMap;

use domain::change::{Audience, Row, RowKey};
use domain::id::StreamId;
use domain::people::{Actor, Role};
use domain::sync::checksum::{Checksum, sum_of, window};
use domain::sync::limits::{DELTA_ROWS_MAX, PICTURE_DAYS_MAX};
use domain::sync::wire::VIEW;
use domain::sync::{Cursor, Pull, PullReply, PullResult, ResetReason};
use domain::time::{LocalDate, Timestamp};
use sha2::{Digest, Sha256};

use crate::store::streams::{Found, StreamState, find_state, list_changed, list_keys, list_present, tag_at};
use crate::store::{Conn, StoreError};

/// Who reads a stream, and what there is of it.
struct Reader<'a> {
    stream: &'a StreamId,
    audiences: Vec<Audience>,
    /// What the cursor keeps of the audiences.
    visible: u32,
    state: StreamState,
    now: Timestamp,
}

/// Answers one pull.
///
/// # Errors
/// [`StoreError`].
pub async fn pull(conn: &mut Conn<'_>, actor: &Actor, wanted: &Pull, now: Timestamp) -> Result<PullReply, StoreError> {
    let stream = wanted.stream.clone();
    let audiences = audiences(actor, &stream);
    let state = find_state(conn, &stream).await?;
    let Some(state) = state.filter(|_| !audiences.is_empty()) else {
        return Ok(PullReply { stream, result: PullResult::Denied });
    };
    let reader = Reader { stream: &stream, visible: hash(&audiences), audiences, state, now };
    let followed = match wanted.cursor {
        None => Err(None),
        Some(cursor) => reader.follow(conn, cursor, wanted.checksum).await?.map_err(Some),
    };
    let result = match followed {
        Ok(delta) => delta,
        Err(why) => reader.snapshot(conn, why).await?,
    };
    Ok(PullReply { stream, result })
}

/// Whether a pull of this stream, if there is one, would be answered.
#[must_use]
pub fn may_read(actor: &Actor, stream: &StreamId) -> bool {
    !audiences(actor, stream).is_empty()
}

/// Which audiences of a stream a reader belongs to, in a fixed order; none means the stream is not theirs.
fn audiences(actor: &Actor, stream: &StreamId) -> Vec<Audience> {
    let community = match stream {
        StreamId::Account(account) => {
            return match actor {
                Actor::Account(caller) if caller.account == *account => vec![Audience::Account(*account)],
                Actor::Account(_) | Actor::Anonymous => Vec::new(),
            };
        }
        StreamId::Community(community) => community,
    };
    let mut found = vec![Audience::Public];
    if let Actor::Account(caller) = actor {
        found.push(Audience::Account(caller.account));
        for role in &caller.roles {
            match role {
                Role::TeamEditor(team) => found.push(Audience::Team(*team)),
                Role::Host(space) => found.push(Audience::Space(*space)),
                Role::CommunityAdmin(of) if of == community => found.push(Audience::Community(of.clone())),
                Role::DistrictAdmin => found.push(Audience::Community(community.clone())),
                Role::CommunityAdmin(_) => {}
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// What the cursor keeps of the audiences: it differs when a role was gained or lost.
fn hash(audiences: &[Audience]) -> u32 {
    let digest = audiences
        .iter()
        .fold(Sha256::new(), |hash, audience| hash.chain_update(audience.to_string()).chain_update([0]));
    let digest = digest.finalize();
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// One row per key: a thing that two of the reader's audiences see is sent once, and is gone only if it is gone from all.
fn merge(found: Vec<Found>) -> (Vec<Row>, Vec<RowKey>) {
    let mut present: BTreeMap<RowKey, Row> = BTreeMap::new();
    let mut gone: Vec<RowKey> = Vec::new();
    for row in found {
        match row {
            Found::Present(row) => {
                let key = row.key();
                if present.get(&key).is_none_or(|other| other.seq <= row.seq) {
                    present.insert(key, row);
                }
            }
            Found::Gone(key, _) => gone.push(key),
        }
    }
    gone.retain(|key| !present.contains_key(key));
    gone.sort();
    gone.dedup();
    (present.into_values().collect(), gone)
}

impl Reader<'_> {
    /// What changed after a cursor; or why a snapshot is due.
    async fn follow(
        &self,
        conn: &mut Conn<'_>,
        cursor: Cursor,
        checksum: Option<Checksum>,
    ) -> Result<Result<PullResult, ResetReason>, StoreError> {
        if let Some(why) = self.judge(conn, cursor).await? {
            return Ok(Err(why));
        }
        let oldest = self.now.date().plus_days(-PICTURE_DAYS_MAX);
        if checksum.is_some_and(|checksum| checksum.on < oldest) {
            return Ok(Err(ResetReason::Window));
        }
        let Some(delta) = self.delta(conn, cursor).await? else { return Ok(Err(ResetReason::TooOld)) };
        // Only of what has not changed since do we still know what it was.
        let is_still = matches!(&delta, PullResult::Delta { rows, gone, .. } if rows.is_empty() && gone.is_empty());
        if let Some(checksum) = checksum.filter(|_| is_still)
            && self.sum(conn, checksum.on).await? != checksum.sum
        {
            return Ok(Err(ResetReason::Checksum));
        }
        Ok(Ok(delta))
    }

    /// Why a cursor no longer holds, if so.
    async fn judge(&self, conn: &mut Conn<'_>, cursor: Cursor) -> Result<Option<ResetReason>, StoreError> {
        if cursor.epoch != self.state.epoch {
            return Ok(Some(ResetReason::EpochChanged));
        }
        if cursor.seq > self.state.head {
            return Ok(Some(ResetReason::Ahead));
        }
        if cursor.seq < self.state.floor {
            return Ok(Some(ResetReason::TooOld));
        }
        if tag_at(conn, self.stream, cursor.seq).await? != Some(cursor.tag) {
            return Ok(Some(ResetReason::Diverged));
        }
        if cursor.view != VIEW {
            return Ok(Some(ResetReason::View));
        }
        Ok((cursor.audience != self.visible).then_some(ResetReason::Audience))
    }

    /// All that changed after a cursor; nothing if that is more than a delta holds.
    async fn delta(&self, conn: &mut Conn<'_>, cursor: Cursor) -> Result<Option<PullResult>, StoreError> {
        let mut found = Vec::new();
        if cursor.seq < self.state.head {
            for audience in &self.audiences {
                found.extend(list_changed(conn, self.stream, audience, cursor.seq, DELTA_ROWS_MAX + 1).await?);
                if found.len() > DELTA_ROWS_MAX {
                    return Ok(None);
                }
            }
        }
        let (rows, gone) = merge(found);
        let next = self.cursor_at_head(conn).await?;
        Ok(Some(PullResult::Delta { from: cursor.seq, rows, gone, cursor: next }))
    }

    /// The sum over what a phone has whose whole picture is of a day.
    async fn sum(&self, conn: &mut Conn<'_>, on: LocalDate) -> Result<u64, StoreError> {
        let days = window(on);
        let mut keys = Vec::new();
        for audience in &self.audiences {
            keys.extend(list_keys(conn, self.stream, audience, *days.start(), *days.end()).await?);
        }
        // Of a thing that two of the reader's audiences see, the later row counts, as in a snapshot.
        keys.sort_unstable_by(|(a, seq_a), (b, seq_b)| a.cmp(b).then(seq_b.cmp(seq_a)));
        keys.dedup_by(|(a, _), (b, _)| a == b);
        Ok(sum_of(keys.iter().map(|(key, seq)| (key.class.as_str(), key.id.as_str(), *seq))))
    }

    async fn snapshot(&self, conn: &mut Conn<'_>, why: Option<ResetReason>) -> Result<PullResult, StoreError> {
        let days = window(self.now.date());
        let mut found = Vec::new();
        for audience in &self.audiences {
            found.extend(list_present(conn, self.stream, audience, *days.start(), *days.end()).await?);
        }
        let (rows, _) = merge(found);
        let cursor = self.cursor_at_head(conn).await?;
        Ok(PullResult::Snapshot { why, rows, cursor })
    }

    /// Where a reader stands who has read everything.
    async fn cursor_at_head(&self, conn: &mut Conn<'_>) -> Result<Cursor, StoreError> {
        let StreamState { head, epoch, .. } = self.state;
        let tag = tag_at(conn, self.stream, head).await?.unwrap_or_default();
        Ok(Cursor { epoch, seq: head, tag, audience: self.visible, view: VIEW })
    }
}
