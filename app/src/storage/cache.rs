//! The cache: rows and cursors, as the server last gave them. May vanish at any time; everything in it can be fetched
//! again, so trouble with it is never told to anybody and on any doubt it is emptied.
//!
//! Store `rows`: key `stream|class|id`, value the row's JSON; the keys of a stream lie together, which is its index.
//! Store `cursors`: key stream, value JSON.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use domain::change::RowKey;
use domain::id::StreamId;
use domain::json;
use domain::sync::Cursor;
use domain::sync::machine::{StoredStream, StreamWrite};
use domain::time::{LocalDate, Timestamp};
use rexie::{KeyRange, ObjectStore, Rexie, Store, TransactionMode};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use super::trouble::{Trouble, within};

const ROWS: &str = "rows";
const CURSORS: &str = "cursors";

/// A cache.
pub struct Cache {
    /// None where it is never to touch the disk.
    name: Option<String>,
    connection: RefCell<Option<Rc<Rexie>>>,
    is_off: Cell<bool>,
}

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
        Self { name: Some(name), connection: RefCell::new(None), is_off: Cell::new(false) }
    }

    /// None: rows live in memory only.
    pub const fn in_memory() -> Self {
        Self { name: None, connection: RefCell::new(None), is_off: Cell::new(true) }
    }

    /// Whether the browser keeps no cache, so that rows live in memory only.
    pub const fn is_in_memory(&self) -> bool {
        self.is_off.get()
    }

    /// Lets go of the database.
    pub fn close(&self) {
        // Others may still be using it; it closes when the last of them lets go.
        if let Some(connection) = self.connection.take().and_then(Rc::into_inner) {
            connection.close();
        }
    }

    /// Everything that is stored.
    pub async fn load(&self) -> Vec<StoredStream> {
        let loaded = match self.try_load().await {
            Err(Trouble::Lost) => self.try_load().await,
            other => other,
        };
        loaded.unwrap_or_else(|_| {
            self.is_off.set(true);
            Vec::new()
        })
    }

    /// Stores what a reply brought, rows and cursor of a stream together, and names the streams that it has so now; nothing
    /// if the browser keeps none.
    pub async fn apply(&self, writes: &[StreamWrite]) -> Option<Vec<StreamId>> {
        if self.is_off.get() {
            return None;
        }
        if writes.is_empty() {
            return Some(Vec::new());
        }
        let stored = match self.try_apply(writes).await {
            Err(Trouble::Lost) => self.try_apply(writes).await,
            other => other,
        };
        if stored.is_err() {
            // Rows in memory are ahead of the disk from here on; a start from the older state is still a true state.
            self.is_off.set(true);
        }
        stored.ok()
    }

    /// Empties it.
    pub async fn clear(&self) {
        let cleared = within(async {
            let database = self.open().await?;
            let transaction = database.transaction(&[ROWS, CURSORS], TransactionMode::ReadWrite)?;
            transaction.store(CURSORS)?.clear().await?;
            transaction.store(ROWS)?.clear().await?;
            transaction.done().await?;
            Ok(())
        })
        .await;
        if cleared == Err(Trouble::Lost) {
            self.close();
        }
    }

    async fn open(&self) -> Result<Rc<Rexie>, Trouble> {
        if let Some(open) = self.connection.borrow().as_ref() {
            return Ok(Rc::clone(open));
        }
        let builder = Rexie::builder(self.name.as_deref().ok_or(Trouble::Broken)?)
            .version(1)
            .add_object_store(ObjectStore::new(ROWS))
            .add_object_store(ObjectStore::new(CURSORS));
        let open = Rc::new(builder.build().await?);
        self.connection.replace(Some(Rc::clone(&open)));
        Ok(open)
    }

    async fn try_load(&self) -> Result<Vec<StoredStream>, Trouble> {
        let loaded = within(async {
            let database = self.open().await?;
            let transaction = database.transaction(&[ROWS, CURSORS], TransactionMode::ReadOnly)?;
            let (rows, cursors) = (transaction.store(ROWS)?, transaction.store(CURSORS)?);
            let mut streams = Vec::new();
            for key in cursors.get_all_keys(None, None).await? {
                let Some(name) = key.as_string() else { continue };
                let Some(StoredCursor { cursor, as_of, whole_on }) = read_cursor(&cursors, &name).await? else {
                    continue;
                };
                let Ok(stream) = name.parse() else { continue };
                let values = rows.get_all(Some(keys_of(&name)?), None).await?;
                // A row that cannot be read is left out; the next snapshot brings it.
                let rows = values.iter().filter_map(|value| json::read(&value.as_string()?)).collect();
                streams.push(StoredStream { stream, cursor, as_of, whole_on, rows });
            }
            Ok(streams)
        })
        .await;
        self.forget_if_lost(loaded)
    }

    async fn try_apply(&self, writes: &[StreamWrite]) -> Result<Vec<StreamId>, Trouble> {
        let applied = within(async {
            let database = self.open().await?;
            let transaction = database.transaction(&[ROWS, CURSORS], TransactionMode::ReadWrite)?;
            let (rows, cursors) = (transaction.store(ROWS)?, transaction.store(CURSORS)?);
            let mut taken = Vec::new();
            for write in writes {
                if apply_one(&rows, &cursors, write).await? {
                    taken.push(write.stream.clone());
                }
            }
            // An aborted transaction reports its requests as done.
            let result = transaction.done().await?;
            if result.is_committed() { Ok(taken) } else { Err(Trouble::Lost) }
        })
        .await;
        self.forget_if_lost(applied)
    }

    fn forget_if_lost<T>(&self, result: Result<T, Trouble>) -> Result<T, Trouble> {
        if matches!(result, Err(Trouble::Lost | Trouble::Slow)) {
            self.close();
        }
        result
    }
}

/// Whether the stream has taken it.
async fn apply_one(rows: &Store, cursors: &Store, write: &StreamWrite) -> Result<bool, Trouble> {
    let stream = write.stream.to_string();
    let stored = read_cursor(cursors, &stream).await?;
    if !write.fits(stored.as_ref().map(|stored| stored.cursor)) {
        return Ok(false);
    }
    if write.is_whole() {
        rows.delete(keys_of(&stream)?.into_key()).await?;
    }
    for gone in &write.gone {
        rows.delete(row_key(&stream, gone)).await?;
    }
    let put = write.rows.iter().filter_map(|row| {
        let json = serde_json::to_string(row).ok()?;
        Some((JsValue::from(json), Some(row_key(&stream, &row.key()))))
    });
    rows.put_all(put).await?;
    let key = JsValue::from(&stream);
    match write.cursor {
        Some(cursor) => {
            let whole_on = write.whole_on(stored.and_then(|stored| stored.whole_on));
            let stored = StoredCursor { cursor, as_of: write.as_of, whole_on };
            let json = serde_json::to_string(&stored).map_err(|_| Trouble::Broken)?;
            cursors.put(&JsValue::from(json), Some(&key)).await?;
        }
        None => cursors.delete(key).await?,
    }
    Ok(true)
}

async fn read_cursor(cursors: &Store, stream: &str) -> Result<Option<StoredCursor>, Trouble> {
    let value = cursors.get(stream.into()).await?;
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

/// Deleting takes a key or a range of keys.
trait IntoKey {
    fn into_key(self) -> JsValue;
}

impl IntoKey for KeyRange {
    fn into_key(self) -> JsValue {
        self.into()
    }
}
