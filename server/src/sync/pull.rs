//! Rows for a reader: what changed after a cursor, or everything in the window when the cursor no longer holds.

use std::collections::BTreeMap;

use domain::change::{Audience, Row, RowKey};
use domain::id::StreamId;
use domain::people::{Actor, Role};
use domain::sync::limits::{DELTA_ROWS_MAX, WINDOW_DAYS_AHEAD, WINDOW_DAYS_BACK};
use domain::sync::wire::VIEW;
use domain::sync::{Cursor, Pull, PullReply, PullResult, ResetReason};
use domain::time::Timestamp;
use sha2::{Digest, Sha256};

use crate::store::streams::{Found, StreamState, find_state, list_changed, list_present, tag_at};
use crate::store::{Conn, StoreError};

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
    let visible = hash(&audiences);
    let reset = match &wanted.cursor {
        None => Some(None),
        Some(cursor) => judge(conn, &stream, cursor, &state, visible).await?.map(Some),
    };
    let (why, changed) = match (reset, wanted.cursor) {
        (None, Some(cursor)) => match delta(conn, &stream, &audiences, &state, cursor, visible).await? {
            Some(delta) => (None, Some(delta)),
            None => (Some(ResetReason::TooOld), None),
        },
        (reset, _) => (reset.flatten(), None),
    };
    let result = match changed {
        Some(delta) => delta,
        None => snapshot(conn, &stream, &audiences, &state, visible, why, now).await?,
    };
    Ok(PullReply { stream, result })
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

/// Why a cursor no longer holds, if so.
async fn judge(
    conn: &mut Conn<'_>,
    stream: &StreamId,
    cursor: &Cursor,
    state: &StreamState,
    visible: u32,
) -> Result<Option<ResetReason>, StoreError> {
    if cursor.epoch != state.epoch {
        return Ok(Some(ResetReason::EpochChanged));
    }
    if cursor.seq > state.head {
        return Ok(Some(ResetReason::Ahead));
    }
    if cursor.seq < state.floor {
        return Ok(Some(ResetReason::TooOld));
    }
    if tag_at(conn, stream, cursor.seq).await? != Some(cursor.tag) {
        return Ok(Some(ResetReason::Diverged));
    }
    if cursor.view != VIEW {
        return Ok(Some(ResetReason::View));
    }
    Ok((cursor.audience != visible).then_some(ResetReason::Audience))
}

/// All that changed after a cursor; nothing if that is more than a delta holds.
async fn delta(
    conn: &mut Conn<'_>,
    stream: &StreamId,
    audiences: &[Audience],
    state: &StreamState,
    cursor: Cursor,
    visible: u32,
) -> Result<Option<PullResult>, StoreError> {
    let mut found = Vec::new();
    if cursor.seq < state.head {
        for audience in audiences {
            found.extend(list_changed(conn, stream, audience, cursor.seq, DELTA_ROWS_MAX + 1).await?);
            if found.len() > DELTA_ROWS_MAX {
                return Ok(None);
            }
        }
    }
    let (rows, gone) = merge(found);
    let next = cursor_at_head(conn, stream, state, visible).await?;
    Ok(Some(PullResult::Delta { from: cursor.seq, rows, gone, cursor: next }))
}

/// Where a reader stands who has read everything.
async fn cursor_at_head(
    conn: &mut Conn<'_>,
    stream: &StreamId,
    state: &StreamState,
    visible: u32,
) -> Result<Cursor, StoreError> {
    let tag = tag_at(conn, stream, state.head).await?.unwrap_or_default();
    Ok(Cursor { epoch: state.epoch, seq: state.head, tag, audience: visible, view: VIEW })
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

async fn snapshot(
    conn: &mut Conn<'_>,
    stream: &StreamId,
    audiences: &[Audience],
    state: &StreamState,
    visible: u32,
    why: Option<ResetReason>,
    now: Timestamp,
) -> Result<PullResult, StoreError> {
    let today = now.date();
    let (from, to) = (today.plus_days(-WINDOW_DAYS_BACK), today.plus_days(WINDOW_DAYS_AHEAD));
    let mut found = Vec::new();
    for audience in audiences {
        found.extend(list_present(conn, stream, audience, from, to).await?);
    }
    let (rows, _) = merge(found);
    let cursor = cursor_at_head(conn, stream, state, visible).await?;
    Ok(PullResult::Snapshot { why, rows, cursor })
}
