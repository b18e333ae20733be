//! The cache: rows and cursors, as the server last gave them. May vanish at any time; everything in it can be fetched
//! again, so trouble with it is never told to anybody and on any doubt it is emptied. A storage that did not answer is asked
//! again later, with what it has missed.
//!
//! Store `rows`: key `stream|class|id`, value the row's JSON; the keys of a stream lie together, which is its index.
//! Store `cursors`: key stream, value JSON.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use domain::change::RowKey;
use domain::id::StreamId;
use domain::json;
use domain::sync::Cursor;
use domain::sync::machine::{StoredStream, StreamWrite};
use domain::time::{LocalDate, Timestamp};
use idb::{Database, KeyRange, ObjectStore, Transaction, TransactionMode};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use web_sys::{IdbDatabase, IdbTransaction};

use super::connection::Connection;
use super::trouble::Trouble;
use super::whole::Whole;
use crate::platform::monotonic_ms;

const ROWS: &str = "rows";
const CURSORS: &str = "cursors";
const STORES: [&str; 2] = [ROWS, CURSORS];

/// A cache.
pub struct Cache {
    /// None where it is never to touch the disk.
    connection: Option<Connection>,
    /// Why nothing is kept any more, or for now.
    off: Cell<Option<Trouble>>,
    /// What could not be stored for now, in order.
    missed: RefCell<Vec<StreamWrite>>,
    /// Whether what is there was never read, so that nothing can build on it.
    is_unread: Cell<bool>,
    /// When the storage is asked again.
    not_before: Cell<u64>,
}

/// How long a storage that did not answer is left alone.
const AGAIN_MS: u64 = 30_000;

/// How much may be missed and still be stored later.
const MISSED_MAX: usize = 64;

#[derive(Serialize, Deserialize)]
struct StoredCursor {
    cursor: Cursor,
    as_of: Timestamp,
    #[serde(default)]
    whole_on: Option<LocalDate>,
}

impl Cache {
    /// The cache of that name, not opened yet.
    pub const fn new(name: String) -> Self {
        Self::with(Some(Connection::new(name, &STORES)), None)
    }

    /// None: rows live in memory only.
    pub const fn in_memory() -> Self {
        Self::with(None, Some(Trouble::Broken))
    }

    const fn with(connection: Option<Connection>, off: Option<Trouble>) -> Self {
        let missed = RefCell::new(Vec::new());
        Self { connection, off: Cell::new(off), missed, is_unread: Cell::new(false), not_before: Cell::new(0) }
    }

    /// Whether the browser keeps no cache, so that rows live in memory only.
    pub const fn is_in_memory(&self) -> bool {
        self.off.get().is_some()
    }

    /// Whether that is so because it cannot be reached.
    pub const fn is_stuck(&self) -> bool {
        matches!(self.off.get(), Some(Trouble::Lost | Trouble::Slow))
    }

    /// Lets go of the database.
    pub fn close(&self) {
        if let Some(connection) = &self.connection {
            connection.close();
        }
    }

    /// Everything that is stored.
    pub async fn load(&self) -> Vec<StoredStream> {
        let Some(connection) = &self.connection else { return Vec::new() };
        let loaded = connection.run(|database, _| load(database)).await;
        // Whoever starts from the disk again has missed nothing.
        self.missed.take();
        self.is_unread.set(loaded.is_err());
        self.note(loaded.as_ref().err().copied());
        loaded.unwrap_or_default()
    }

    fn note(&self, trouble: Option<Trouble>) {
        self.off.set(trouble);
        if self.is_off_for_now() {
            self.not_before.set(monotonic_ms() + AGAIN_MS);
        }
    }

    const fn is_off_for_now(&self) -> bool {
        matches!(self.off.get(), Some(Trouble::Lost | Trouble::Slow))
    }

    /// Stores what a reply brought, rows and cursor of a stream together, and names the streams that it has so now; nothing
    /// if the browser keeps none.
    pub async fn apply(&self, writes: &[StreamWrite]) -> Option<Vec<StreamId>> {
        if self.is_in_memory() && !self.is_off_for_now() {
            return None;
        }
        let connection = self.connection.as_ref()?;
        let mut all = Cow::Borrowed(writes);
        let missed = self.missed.take();
        if !missed.is_empty() {
            all = Cow::Owned(missed.into_iter().chain(writes.iter().cloned()).collect());
        }
        if self.is_off_for_now() && monotonic_ms() < self.not_before.get() {
            self.keep(all.into_owned());
            return None;
        }
        if all.is_empty() {
            return Some(Vec::new());
        }
        let is_unread = self.is_unread.get();
        let stored = connection.run(|database, _| apply(database, &all, is_unread)).await;
        // Rows in memory are ahead of the disk from here on; a start from the older state is still a true state.
        self.note(stored.as_ref().err().copied());
        if stored.is_ok() {
            self.is_unread.set(false);
        } else if self.is_off_for_now() {
            self.keep(all.into_owned());
        }
        stored.ok()
    }

    fn keep(&self, missed: Vec<StreamWrite>) {
        if missed.len() > MISSED_MAX {
            // What comes next would not join what is there.
            self.off.set(Some(Trouble::Broken));
        } else {
            self.missed.replace(missed);
        }
    }

    /// Empties it.
    pub async fn clear(&self) {
        let Some(connection) = &self.connection else { return };
        let cleared = connection.run(|database, _| clear(database)).await;
        if cleared.is_ok() {
            // There is room again.
            self.off.set(None);
            self.missed.take();
            self.is_unread.set(false);
        }
    }
}

async fn load(database: IdbDatabase) -> Result<Vec<StoredStream>, Trouble> {
    let transaction = Database::from(database).transaction(&STORES, TransactionMode::ReadOnly)?;
    let (rows, cursors) = (transaction.object_store(ROWS)?, transaction.object_store(CURSORS)?);
    let mut streams = Vec::new();
    for key in cursors.get_all_keys(None, None)?.await? {
        let Some(name) = key.as_string() else { continue };
        let Some(StoredCursor { cursor, as_of, whole_on }) = read_cursor(&cursors, &name).await? else {
            continue;
        };
        let Ok(stream) = name.parse() else { continue };
        let values = rows.get_all(Some(keys_of(&name)?.into()), None)?.await?;
        // A row that cannot be read is left out; the next snapshot brings it.
        let rows = values.iter().filter_map(|value| json::read(&value.as_string()?)).collect();
        streams.push(StoredStream { stream, cursor, as_of, whole_on, rows });
    }
    Ok(streams)
}

async fn apply(database: IdbDatabase, writes: &[StreamWrite], is_unread: bool) -> Result<Vec<StreamId>, Trouble> {
    let (transaction, _whole) = begin(database)?;
    let (rows, cursors) = (transaction.object_store(ROWS)?, transaction.object_store(CURSORS)?);
    if is_unread {
        cursors.clear()?.await?;
        rows.clear()?.await?;
    }
    let mut taken = Vec::new();
    for write in writes {
        if apply_one(&rows, &cursors, write).await? {
            taken.push(write.stream.clone());
        }
    }
    committed(transaction).await?;
    Ok(taken)
}

async fn clear(database: IdbDatabase) -> Result<(), Trouble> {
    let (transaction, _whole) = begin(database)?;
    transaction.object_store(CURSORS)?.clear()?.await?;
    transaction.object_store(ROWS)?.clear()?.await?;
    committed(transaction).await
}

fn begin(database: IdbDatabase) -> Result<(Transaction, Whole), Trouble> {
    let transaction = Database::from(database).transaction(&STORES, TransactionMode::ReadWrite)?;
    let raw = IdbTransaction::from(transaction);
    Ok((raw.clone().into(), Whole::new(raw)))
}

/// An aborted transaction reports its requests as done.
async fn committed(transaction: Transaction) -> Result<(), Trouble> {
    if transaction.await?.is_committed() { Ok(()) } else { Err(Trouble::Lost) }
}

/// Whether the stream has taken it.
async fn apply_one(rows: &ObjectStore, cursors: &ObjectStore, write: &StreamWrite) -> Result<bool, Trouble> {
    let stream = write.stream.to_string();
    let stored = read_cursor(cursors, &stream).await?;
    if !write.fits(stored.as_ref().map(|stored| stored.cursor)) {
        return Ok(false);
    }
    if write.is_whole() {
        rows.delete(keys_of(&stream)?)?.await?;
    }
    for gone in &write.gone {
        rows.delete(row_key(&stream, gone))?.await?;
    }
    // Only the last is waited for: one that fails takes the transaction with it.
    let mut last = None;
    for row in &write.rows {
        let Ok(json) = serde_json::to_string(row) else { continue };
        last = Some(rows.put(&json.into(), Some(&row_key(&stream, &row.key())))?);
    }
    if let Some(last) = last {
        last.await?;
    }
    let key = JsValue::from(&stream);
    match write.cursor {
        Some(cursor) => {
            let whole_on = write.whole_on(stored.and_then(|stored| stored.whole_on));
            let stored = StoredCursor { cursor, as_of: write.as_of, whole_on };
            let json = serde_json::to_string(&stored).map_err(|_| Trouble::Broken)?;
            cursors.put(&json.into(), Some(&key))?.await?;
        }
        None => cursors.delete(key)?.await?,
    }
    Ok(true)
}

async fn read_cursor(cursors: &ObjectStore, stream: &str) -> Result<Option<StoredCursor>, Trouble> {
    let value = cursors.get(JsValue::from(stream))?.await?;
    Ok(value.and_then(|value| json::read(&value.as_string()?)))
}

fn row_key(stream: &str, key: &RowKey) -> JsValue {
    [stream, "|", &key.class, "|", &key.id].concat().into()
}

/// The keys of one stream: `|` ends its name, and `}` comes right after `|`.
fn keys_of(stream: &str) -> Result<KeyRange, Trouble> {
    let bound = |end: &str| JsValue::from([stream, end].concat());
    Ok(KeyRange::bound(&bound("|"), &bound("}"), None, Some(true))?)
}
