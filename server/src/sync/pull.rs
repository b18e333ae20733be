//! Rows for a reader: what changed after a cursor, or everything in the window when the cursor no longer holds.

use std::collections::BTreeMap;

use domain::change::{Audience, Row, RowKey};
use domain::id::StreamId;
use domain::people::{Actor, Role};
use domain::sync::wire::{DELTA_ROWS_MAX, VIEW, WINDOW_DAYS_AHEAD, WINDOW_DAYS_BACK};
use domain::sync::{Cursor, Pull, PullReply, PullResult, ResetReason};
use domain::time::Timestamp;
use sha2::{Digest, Sha256};

use crate::store::streams::{Found, StreamState, find_state, list_changed, list_of_change, list_present, tag_at};
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
    let result = match (reset, wanted.cursor) {
        (None, Some(cursor)) => delta(conn, &stream, &audiences, &state, cursor, visible).await?,
        (reset, _) => {
            let why = reset.flatten();
            snapshot(conn, &stream, &audiences, &state, visible, why, now).await?
        }
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

async fn delta(
    conn: &mut Conn<'_>,
    stream: &StreamId,
    audiences: &[Audience],
    state: &StreamState,
    cursor: Cursor,
    visible: u32,
) -> Result<PullResult, StoreError> {
    let mut found = Vec::new();
    // Up to which change everything is at hand.
    let mut at_hand = state.head;
    if cursor.seq < state.head {
        for audience in audiences {
            let rows = list_changed(conn, stream, audience, cursor.seq, DELTA_ROWS_MAX + 1).await?;
            if let Some(beyond) = rows.get(DELTA_ROWS_MAX) {
                at_hand = at_hand.min(beyond.seq().saturating_sub(1));
            }
            found.extend(rows);
        }
    }
    let mut upto = last_that_fits(&found, at_hand);
    // A change is never torn: the first one travels whole even if it alone is larger than a reply.
    if let Some(first) = found.iter().map(Found::seq).min().filter(|first| *first > upto) {
        upto = first;
        found.clear();
        for audience in audiences {
            found.extend(list_of_change(conn, stream, audience, first).await?);
        }
    }
    found.retain(|row| row.seq() <= upto);
    let (rows, gone) = merge(found);
    let tag = tag_at(conn, stream, upto).await?.unwrap_or_default();
    Ok(PullResult::Delta {
        from: cursor.seq,
        rows,
        gone,
        cursor: Cursor { epoch: state.epoch, seq: upto, tag, audience: visible, view: VIEW },
        more: upto < state.head,
    })
}

/// The last change up to which the rows fit into one reply; those of one change stay together.
fn last_that_fits(found: &[Found], at_hand: u64) -> u64 {
    let mut changes: Vec<u64> = found.iter().map(Found::seq).filter(|seq| *seq <= at_hand).collect();
    changes.sort_unstable();
    changes.get(DELTA_ROWS_MAX).map_or(at_hand, |beyond| beyond.saturating_sub(1))
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
    let tag = tag_at(conn, stream, state.head).await?.unwrap_or_default();
    let cursor = Cursor { epoch: state.epoch, seq: state.head, tag, audience: visible, view: VIEW };
    Ok(PullResult::Snapshot { why, rows, cursor })
}
