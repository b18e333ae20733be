//! Encoded answers, kept until the stream they were made from moves on.
//!
//! The head is asked for with one small query, and on SQLite not even that as long as this server, which alone writes
//! to the file, has written nothing. It is read before the answer is made, so that an answer may be newer than its
//! label but never older. One request makes an answer, the others wait for it.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use bytes::Bytes;
use domain::activity::Category;
use domain::id::{CommunityId, OccurrenceId, SpaceId, TeamId};
use domain::time::{LocalDate, Timestamp};
use domain::words::Language;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::assets::Encoding;
use crate::pages::Reader;
use crate::problem::ApiError;
use crate::state::{AppState, hex};
use crate::store::StoreError;
use crate::store::public_reads::{community_of_occurrence, community_of_space, head_of};

/// Answers kept at most, and their bytes; beyond either all are dropped and made anew.
const ENTRIES_MAX: usize = 2048;
const BYTES_MAX: usize = 16 * 1024 * 1024;
/// Shorter bodies travel as they are.
const COMPRESS_FROM: usize = 512;
/// Brotli's effort for what is made while somebody waits.
const BROTLI_EFFORT: i32 = 5;

/// What an answer is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the parts of a question name themselves")]
pub enum Key {
    Communities,
    Home { reader: Reader },
    Choice { reader: Reader },
    Occurrences { community: CommunityId, from: LocalDate, to: LocalDate },
    Spaces { community: CommunityId },
    Availability { space: SpaceId, from: LocalDate, to: LocalDate, minutes: u16 },
    Calendar { community: CommunityId, category: Option<Category>, team: Option<TeamId>, language: Language },
    CalendarDate { occurrence: OccurrenceId, language: Language },
    Agenda { community: CommunityId, reader: Reader },
    Date { occurrence: OccurrenceId, reader: Reader },
    Space { space: SpaceId, reader: Reader },
}

/// The minute an answer that depends on the time is made for.
#[must_use]
pub fn minute(now: Timestamp) -> Timestamp {
    Timestamp::from_ms(now.ms() - now.ms().rem_euclid(60_000))
}

/// A body with its encodings, each made when it is first asked for.
#[derive(Debug)]
pub struct Encoded {
    plain: Bytes,
    etag: OnceLock<String>,
    br: OnceLock<Bytes>,
    gz: OnceLock<Bytes>,
}

impl Encoded {
    /// Wraps a body.
    #[must_use]
    pub fn new(body: impl Into<Bytes>) -> Self {
        Self { plain: body.into(), etag: OnceLock::new(), br: OnceLock::new(), gz: OnceLock::new() }
    }

    /// A hash of the body.
    #[must_use]
    pub fn etag(&self) -> &str {
        self.etag.get_or_init(|| hex(&Sha256::digest(&self.plain)[..8]))
    }

    /// The body in that encoding, or as it is when that is shorter.
    #[must_use]
    pub fn pick(&self, encoding: Encoding) -> (Encoding, Bytes) {
        if self.plain.len() < COMPRESS_FROM {
            return (Encoding::Plain, self.plain.clone());
        }
        let bytes = match encoding {
            Encoding::Plain => &self.plain,
            Encoding::Br => self.br.get_or_init(|| brotli(&self.plain)),
            Encoding::Gz => self.gz.get_or_init(|| gzip(&self.plain)),
        };
        (encoding, bytes.clone())
    }
}

/// Compresses with brotli.
#[must_use]
pub fn brotli(bytes: &[u8]) -> Bytes {
    // A window larger than the text only costs memory: 16 MiB at its usual size.
    let window = (usize::BITS - bytes.len().leading_zeros()).clamp(17, 22);
    let params = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_EFFORT,
        lgwin: i32::try_from(window).unwrap_or(22),
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut out = Vec::with_capacity(bytes.len() / 4);
    brotli::BrotliCompress(&mut &*bytes, &mut out, &params).expect("invariant: memory takes all bytes");
    out.into()
}

/// Compresses with gzip.
#[must_use]
pub fn gzip(bytes: &[u8]) -> Bytes {
    let mut encoder = flate2::write::GzEncoder::new(Vec::with_capacity(bytes.len() / 4), flate2::Compression::new(5));
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("invariant: memory takes all bytes").into()
}

/// An answer with the head and the moment it was made for; the lock lets one request make it.
type Slot = Arc<tokio::sync::Mutex<Option<(i64, Timestamp, Arc<Encoded>)>>>;

/// The answers that are kept.
#[derive(Debug, Default)]
pub struct Caches {
    /// Heads of streams, each with the number of writes before it was read.
    heads: Mutex<HashMap<CommunityId, (u64, i64)>>,
    /// Where things lie; they never move to another community.
    places: Mutex<HashMap<Uuid, CommunityId>>,
    slots: Mutex<HashMap<Key, Slot>>,
    bytes: AtomicUsize,
}

impl Caches {
    fn slot(&self, key: Key) -> Slot {
        let mut slots = self.slots.lock().expect("invariant: no code panics while it holds the slots");
        let is_full = slots.len() >= ENTRIES_MAX && !slots.contains_key(&key);
        if is_full || self.bytes.load(Ordering::Relaxed) >= BYTES_MAX {
            slots.clear();
            self.bytes.store(0, Ordering::Relaxed);
        }
        Arc::clone(slots.entry(key).or_default())
    }
}

/// The community a space lies in.
///
/// # Errors
/// [`ApiError::NotFound`].
pub async fn place_of_space(state: &AppState, id: SpaceId) -> Result<CommunityId, ApiError> {
    place_of(state, id.uuid(), community_of_space(&state.db, id)).await
}

/// The community a date lies in.
///
/// # Errors
/// [`ApiError::NotFound`].
pub async fn place_of_occurrence(state: &AppState, id: OccurrenceId) -> Result<CommunityId, ApiError> {
    place_of(state, id.uuid(), community_of_occurrence(&state.db, id)).await
}

async fn place_of(
    state: &AppState,
    id: Uuid,
    look: impl Future<Output = Result<Option<CommunityId>, StoreError>>,
) -> Result<CommunityId, ApiError> {
    let places = &state.caches.places;
    let known = places.lock().expect("invariant: no code panics while it holds the places").get(&id).cloned();
    if let Some(community) = known {
        return Ok(community);
    }
    let community = look.await?.ok_or(ApiError::NotFound)?;
    let mut places = places.lock().expect("invariant: no code panics while it holds the places");
    if places.len() >= ENTRIES_MAX {
        places.clear();
    }
    places.insert(id, community.clone());
    Ok(community)
}

/// The head of a community's stream: asked of the database, unless nothing was written since it was last asked.
async fn current_head(state: &AppState, community: &CommunityId) -> Result<i64, ApiError> {
    let Some(written) = state.db.groups_written() else { return Ok(head_of(&state.db, community).await?) };
    let heads = &state.caches.heads;
    let known = heads.lock().expect("invariant: no code panics while it holds the heads").get(community).copied();
    if let Some((when, head)) = known
        && when == written
    {
        return Ok(head);
    }
    let head = head_of(&state.db, community).await?;
    let mut heads = heads.lock().expect("invariant: no code panics while it holds the heads");
    if heads.len() >= ENTRIES_MAX {
        heads.clear();
    }
    heads.insert(community.clone(), (written, head));
    Ok(head)
}

/// The answer to `key` for the moment `at` (the same for all moments, if the time is of no matter), made by `make` if
/// the stream of `community` has moved since.
///
/// # Errors
/// Those of `make`, which are not kept.
pub async fn cached(
    state: &AppState,
    community: &CommunityId,
    key: Key,
    at: Timestamp,
    make: impl Future<Output = Result<Encoded, ApiError>>,
) -> Result<Arc<Encoded>, ApiError> {
    let head = current_head(state, community).await?;
    kept_or_made(state, key, head, at, make).await
}

/// The answer to a question about the whole district, which no stream orders: kept while nothing at all is written;
/// where others write too, for a minute.
///
/// # Errors
/// Those of `make`, which are not kept.
pub async fn cached_district(
    state: &AppState,
    key: Key,
    make: impl Future<Output = Result<Encoded, ApiError>>,
) -> Result<Arc<Encoded>, ApiError> {
    let (head, at) = match state.db.groups_written() {
        Some(written) => (i64::try_from(written).unwrap_or(i64::MAX), Timestamp::MIN),
        None => (0, minute(state.clock.now())),
    };
    kept_or_made(state, key, head, at, make).await
}

async fn kept_or_made(
    state: &AppState,
    key: Key,
    head: i64,
    at: Timestamp,
    make: impl Future<Output = Result<Encoded, ApiError>>,
) -> Result<Arc<Encoded>, ApiError> {
    let slot = state.caches.slot(key);
    let mut kept = slot.lock().await;
    if let Some((made_from, made_for, encoded)) = kept.as_ref()
        && *made_from >= head
        && *made_for == at
    {
        return Ok(Arc::clone(encoded));
    }
    let encoded = Arc::new(make.await?);
    // Remade ones count again: the sum is an upper bound, and dropping too early costs one making.
    state.caches.bytes.fetch_add(encoded.plain.len(), Ordering::Relaxed);
    *kept = Some((head, at, Arc::clone(&encoded)));
    Ok(encoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_body_is_compressed_once_and_a_short_one_never() {
        let long = Encoded::new("活动".repeat(1000));
        for encoding in [Encoding::Br, Encoding::Gz] {
            let (found, bytes) = long.pick(encoding);
            assert_eq!(found, encoding);
            assert!(bytes.len() < 200);
            assert_eq!(long.pick(encoding).1.as_ptr(), bytes.as_ptr());
        }
        assert_eq!(Encoded::new("short").pick(Encoding::Br).0, Encoding::Plain);
        assert_ne!(long.etag(), Encoded::new("short").etag());
    }
}
