//! The outbox: commands that wait, the answers they got, this device's number. It must not lose anything.
//!
//! Layout 1, frozen: what it holds may be newer or older than the build that reads it, so values are JSON text, envelopes
//! are opaque, and samples of both lie in `domain/golden`. Opened without asking for a version, so that an older build
//! opens what a newer one left.
//! - `queue`: number → `{"tried":0,"raw":"…"}`, the envelope byte for byte
//! - `journal`: command id → the answer with its envelope
//! - `meta`: `device` → id, `next_no` → number
//! - `quarantine`: `number@time` → what could not be read, kept for support; ` kept` behind it once its person has seen it
//!
//! Every write is `strict` and counts only once the transaction reports *committed*.

mod memory;

use std::cell::{Cell, RefCell};
use std::future::Future;

use domain::command::{Envelope, Outcome};
use domain::id::{CommandId, DeviceId};
use domain::json;
use domain::order::sort_by_key;
use domain::sync::limits::{JOURNAL_DAYS, days_before};
use domain::sync::machine::{Draft, Queued, Settled};
use domain::time::Timestamp;
use idb::{Database, DatabaseEvent, Factory, ObjectStore, ObjectStoreParams, Transaction};
use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbTransaction};

use self::memory::Memory;
use super::trouble::{Trouble, within};
use crate::platform;

const QUEUE: &str = "queue";
const JOURNAL: &str = "journal";
const META: &str = "meta";
const QUARANTINE: &str = "quarantine";
const STORES: [&str; 4] = [QUEUE, JOURNAL, META, QUARANTINE];

/// What the key of a quarantined entry ends with once its person has seen it.
const KEPT: &str = " kept";

const DEVICE: &str = "device";
const NEXT_NO: &str = "next_no";

/// What an outbox holds.
#[derive(Debug, Default)]
pub struct Contents {
    /// This device.
    pub device: Option<DeviceId>,
    /// The queue, in order.
    pub queue: Vec<Queued>,
    /// The answers.
    pub journal: Vec<Settled>,
    /// Entries that could not be read and were set aside, oldest first.
    pub set_aside: Vec<SetAside>,
}

/// What could not be read, and so was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// What it is known by.
    pub key: String,
    /// When it was set aside, by the phone's clock.
    pub at: Timestamp,
    /// What is there, for whoever can make something of it.
    pub text: String,
    /// Whether its person has seen it and wants it kept.
    pub is_kept: bool,
}

impl SetAside {
    fn of(key: String, value: &JsValue) -> Self {
        let ms = key.trim_end_matches(KEPT).rsplit_once('@').and_then(|(_, ms)| ms.parse().ok());
        let text = value.as_string().or_else(|| js_sys::JSON::stringify(value).ok()?.as_string());
        let is_kept = key.ends_with(KEPT);
        Self { key, at: Timestamp::from_ms(ms.unwrap_or_default()), text: text.unwrap_or_default(), is_kept }
    }
}

/// An outbox.
pub struct Outbox {
    name: String,
    connection: RefCell<Option<IdbDatabase>>,
    memory: RefCell<Option<Memory>>,
    heals: Cell<u32>,
}

fn queued_of(no: u64, value: &JsValue) -> Option<Queued> {
    Queued::of_entry(no, &value.as_string()?)
}

fn key_of(no: u64) -> JsValue {
    JsValue::from_f64(no as f64)
}

fn new_device() -> DeviceId {
    DeviceId::from_uuid(platform::new_uuid())
}

impl Outbox {
    /// The outbox of that name, not opened yet.
    pub const fn new(name: String) -> Self {
        Self { name, connection: RefCell::new(None), memory: RefCell::new(None), heals: Cell::new(0) }
    }

    /// Whether it answers from memory because the browser keeps nothing.
    pub fn is_in_memory(&self) -> bool {
        self.memory.borrow().is_some()
    }

    /// Lets go of the database.
    pub fn close(&self) {
        if let Some(connection) = self.connection.take() {
            connection.close();
        }
    }

    /// Everything that is stored. Sets aside what cannot be read, forgets answers that are old and settled, and names
    /// the device if it has no name yet.
    pub async fn load(&self) -> Contents {
        let loaded = self.with_retry(|database, _| load(database)).await;
        loaded.unwrap_or_else(|_| {
            let device = new_device();
            self.memory.replace(Some(Memory { device, next_no: 1 }));
            Contents { device: Some(device), ..Contents::default() }
        })
    }

    /// Gives a command its number and stores it, in one transaction.
    pub async fn queue(&self, draft: &Draft) -> Result<Queued, Trouble> {
        let in_memory = self.memory.borrow_mut().as_mut().map(Memory::take_no);
        if let Some((device, no)) = in_memory {
            return Ok(draft.seal(device, no));
        }
        self.with_retry(|database, attempt| queue(database, draft.clone(), attempt)).await
    }

    /// Notes that these were sent: from then on only an answer ends them. `false`, and nothing noted, if another tab has
    /// taken one of them back or has its answer.
    pub async fn mark_tried(&self, ids: &[CommandId]) -> Result<bool, Trouble> {
        if self.is_in_memory() {
            return Ok(true);
        }
        self.with_retry(|database, _| mark_tried(database, ids.to_vec())).await
    }

    /// Moves answered commands from the queue into the journal.
    pub async fn settle(&self, settled: &[(u64, Settled)]) -> Result<(), Trouble> {
        if self.is_in_memory() || settled.is_empty() {
            return Ok(());
        }
        self.with_retry(|database, _| settle(database, settled.to_vec())).await
    }

    /// Takes a command back that was never sent; `false` if it was.
    pub async fn withdraw(&self, no: u64) -> Result<bool, Trouble> {
        if self.is_in_memory() {
            return Ok(true);
        }
        self.with_retry(|database, _| withdraw(database, no)).await
    }

    /// Stores an answer anew, with what the person has done about it.
    pub async fn keep(&self, settled: &Settled) -> Result<(), Trouble> {
        if self.is_in_memory() {
            return Ok(());
        }
        self.with_retry(|database, _| keep(database, settled.clone())).await
    }

    /// Notes that what was set aside has been seen and is to stay.
    pub async fn keep_set_aside(&self, key: &str) -> Result<(), Trouble> {
        self.with_retry(|database, _| keep_set_aside(database, key.to_owned())).await
    }

    /// Deletes what was set aside.
    pub async fn delete_set_aside(&self, key: &str) -> Result<(), Trouble> {
        self.with_retry(|database, _| delete_set_aside(database, key.to_owned())).await
    }

    /// Takes a new device name and numbers the queue from 1 again, ids kept.
    pub async fn renumber(&self, in_memory: &[Queued]) -> Result<(DeviceId, Vec<Queued>), Trouble> {
        if let Some(memory) = self.memory.borrow_mut().as_mut() {
            return Ok(memory.renumber(in_memory));
        }
        self.with_retry(|database, _| renumber(database)).await
    }

    async fn open(&self) -> Result<IdbDatabase, Trouble> {
        if let Some(open) = self.connection.borrow().as_ref() {
            return Ok(open.clone());
        }
        let mut request = Factory::new()?.open(&self.name, None)?;
        request.on_upgrade_needed(|event| {
            let Ok(database) = event.database() else { return };
            for store in STORES {
                // Fails only for a store that is there already.
                let _ = database.create_object_store(store, ObjectStoreParams::new());
            }
        });
        let mut database = request.await?;
        database.on_version_change(|event| {
            // Somebody deletes it: hold nobody up.
            if let Some(Ok(database)) = event.target().map(Database::try_from) {
                database.close();
            }
        });
        database.forget_callbacks();
        let open = IdbDatabase::from(database);
        self.connection.replace(Some(open.clone()));
        Ok(open)
    }

    /// Runs an operation, once more on a fresh connection if the first one was lost.
    async fn with_retry<T, F>(&self, operation: impl Fn(IdbDatabase, u32) -> F) -> Result<T, Trouble>
    where
        F: Future<Output = Result<T, Trouble>>,
    {
        let first = within(async { operation(self.open().await?, 0).await }).await;
        if !matches!(first, Err(Trouble::Lost)) {
            if first.is_err() {
                self.close();
            }
            return first;
        }
        self.close();
        self.heals.set(self.heals.get() + 1);
        within(async { operation(self.open().await?, 1).await }).await
    }
}

/// A strict transaction and the handle that tells why it failed.
struct Strict {
    transaction: Transaction,
    raw: IdbTransaction,
}

impl Strict {
    fn begin(database: &IdbDatabase, stores: &[&str]) -> Result<Self, Trouble> {
        let begin: Function = Reflect::get(database, &"transaction".into())
            .ok()
            .and_then(|method| method.dyn_into().ok())
            .ok_or(Trouble::Broken)?;
        let names: Array = stores.iter().map(|name| JsValue::from(*name)).collect();
        let options = Object::new();
        // `strict`: committed means that it is on the disk, not only on its way there.
        let _ = Reflect::set(&options, &"durability".into(), &"strict".into());
        let raw = begin
            .call3(database, &names, &"readwrite".into(), &options)
            .map_err(|error| Trouble::named(&platform::get(&error, "name").as_string().unwrap_or_default()))?;
        let raw: IdbTransaction = raw.unchecked_into();
        Ok(Self { transaction: raw.clone().into(), raw })
    }

    fn store(&self, name: &str) -> Result<ObjectStore, Trouble> {
        Ok(self.transaction.object_store(name)?)
    }

    async fn committed(self) -> Result<(), Trouble> {
        let result = self.transaction.await?;
        if result.is_committed() {
            return Ok(());
        }
        // A full phone shows only here: every request had succeeded.
        Err(self.raw.error().map_or(Trouble::Lost, |error| Trouble::named(&error.name())))
    }
}

async fn read_queue(queue: &ObjectStore) -> Result<Vec<(u64, JsValue)>, Trouble> {
    let keys = queue.get_all_keys(None, None)?.await?;
    let values = queue.get_all(None, None)?.await?;
    Ok(keys.iter().filter_map(JsValue::as_f64).map(|no| no as u64).zip(values).collect())
}

async fn load(database: IdbDatabase) -> Result<Contents, Trouble> {
    let strict = Strict::begin(&database, &STORES)?;
    let (queue, journal) = (strict.store(QUEUE)?, strict.store(JOURNAL)?);
    let (meta, quarantine) = (strict.store(META)?, strict.store(QUARANTINE)?);
    let mut contents = Contents::default();

    let device = meta.get(JsValue::from(DEVICE))?.await?.and_then(|value| value.as_string()?.parse().ok());
    let device = match device {
        Some(device) => device,
        None => {
            let device = new_device();
            meta.put(&device.to_string().into(), Some(&DEVICE.into()))?.await?;
            device
        }
    };
    contents.device = Some(device);

    for (no, value) in read_queue(&queue).await? {
        if let Some(queued) = queued_of(no, &value) {
            contents.queue.push(queued);
        } else {
            let key = [&no.to_string(), "@", &platform::phone_ms().to_string()].concat();
            quarantine.put(&value, Some(&key.into()))?.await?;
            queue.delete(key_of(no))?.await?;
        }
    }
    let keys = quarantine.get_all_keys(None, None)?.await?;
    let values = quarantine.get_all(None, None)?.await?;
    let keys = keys.into_iter().filter_map(|key| key.as_string());
    contents.set_aside = keys.zip(&values).map(|(key, value)| SetAside::of(key, value)).collect();
    sort_by_key(&mut contents.set_aside, |one| one.at);

    let oldest = days_before(Timestamp::from_ms(platform::phone_ms()), JOURNAL_DAYS);
    for value in journal.get_all(None, None)?.await? {
        let Some(settled) = value.as_string().and_then(|text| json::read::<Settled>(&text)) else {
            continue;
        };
        let is_done_with = settled.dismissed || !matches!(settled.outcome, Outcome::Refused { .. });
        if is_done_with && settled.at < oldest {
            journal.delete(JsValue::from(settled.id.to_string()))?.await?;
        } else {
            contents.journal.push(settled);
        }
    }
    strict.committed().await?;
    Ok(contents)
}

async fn queue(database: IdbDatabase, draft: Draft, attempt: u32) -> Result<Queued, Trouble> {
    let strict = Strict::begin(&database, &[QUEUE, META])?;
    let (queue, meta) = (strict.store(QUEUE)?, strict.store(META)?);
    if attempt > 0 {
        // The first attempt may have been stored after all, with its end lost.
        let before = read_queue(&queue).await?.into_iter().filter_map(|(no, value)| queued_of(no, &value));
        if let Some(queued) = before.into_iter().find(|queued| is_command(queued, draft.id)) {
            return Ok(queued);
        }
    }
    let device = meta.get(JsValue::from(DEVICE))?.await?.and_then(|value| value.as_string()?.parse().ok());
    let device = device.ok_or(Trouble::Broken)?;
    let no = next_no(&meta).await?;
    let queued = draft.seal(device, no);
    queue.put(&queued.entry().into(), Some(&key_of(no)))?.await?;
    meta.put(&key_of(no + 1), Some(&NEXT_NO.into()))?.await?;
    strict.committed().await?;
    Ok(queued)
}

async fn next_no(meta: &ObjectStore) -> Result<u64, Trouble> {
    let next = meta.get(JsValue::from(NEXT_NO))?.await?;
    Ok(next.and_then(|value| value.as_f64()).map_or(1, |no| no as u64))
}

async fn mark_tried(database: IdbDatabase, ids: Vec<CommandId>) -> Result<bool, Trouble> {
    let strict = Strict::begin(&database, &[QUEUE])?;
    let queue = strict.store(QUEUE)?;
    let stored = read_queue(&queue).await?.into_iter().filter_map(|(no, value)| queued_of(no, &value));
    // By their ids: another tab may have renumbered.
    let sent: Vec<_> = stored.filter(|queued| ids.iter().any(|id| is_command(queued, *id))).collect();
    let are_all_there = sent.len() == ids.len();
    if are_all_there {
        for mut queued in sent {
            queued.tried += 1;
            queue.put(&queued.entry().into(), Some(&key_of(queued.no)))?.await?;
        }
    }
    strict.committed().await?;
    Ok(are_all_there)
}

async fn settle(database: IdbDatabase, settled: Vec<(u64, Settled)>) -> Result<(), Trouble> {
    let strict = Strict::begin(&database, &[QUEUE, JOURNAL])?;
    let (queue, journal) = (strict.store(QUEUE)?, strict.store(JOURNAL)?);
    for (no, settled) in settled {
        put_settled(&journal, &settled).await?;
        if let Some(no) = number_of(&queue, settled.id, no).await? {
            queue.delete(key_of(no))?.await?;
        }
    }
    strict.committed().await
}

/// Where a command stands in the queue: under the number it was sent with, or under another if a tab has renumbered
/// meanwhile. Its id is the same for ever.
async fn number_of(queue: &ObjectStore, id: CommandId, sent_as: u64) -> Result<Option<u64>, Trouble> {
    if let Some(value) = queue.get(key_of(sent_as))?.await?
        && queued_of(sent_as, &value).is_some_and(|queued| is_command(&queued, id))
    {
        return Ok(Some(sent_as));
    }
    let all = read_queue(queue).await?;
    let found = all.into_iter().find(|(no, value)| queued_of(*no, value).is_some_and(|queued| is_command(&queued, id)));
    Ok(found.map(|(no, _)| no))
}

fn is_command(queued: &Queued, id: CommandId) -> bool {
    json::read::<Envelope>(&queued.raw).is_some_and(|envelope| envelope.id == id)
}

async fn put_settled(journal: &ObjectStore, settled: &Settled) -> Result<(), Trouble> {
    let json = serde_json::to_string(settled).map_err(|_| Trouble::Broken)?;
    journal.put(&json.into(), Some(&settled.id.to_string().into()))?.await?;
    Ok(())
}

async fn withdraw(database: IdbDatabase, no: u64) -> Result<bool, Trouble> {
    let strict = Strict::begin(&database, &[QUEUE, META])?;
    let (queue, meta) = (strict.store(QUEUE)?, strict.store(META)?);
    let stored = queue.get(key_of(no))?.await?.and_then(|value| queued_of(no, &value));
    let is_unsent = stored.is_some_and(|queued| queued.tried == 0);
    if is_unsent {
        queue.delete(key_of(no))?.await?;
        // The last number is free again; any other leaves a gap, which the server answers with a renumbering.
        if next_no(&meta).await? == no + 1 {
            meta.put(&key_of(no), Some(&NEXT_NO.into()))?.await?;
        }
    }
    strict.committed().await?;
    Ok(is_unsent)
}

async fn keep(database: IdbDatabase, settled: Settled) -> Result<(), Trouble> {
    let strict = Strict::begin(&database, &[JOURNAL])?;
    put_settled(&strict.store(JOURNAL)?, &settled).await?;
    strict.committed().await
}

async fn keep_set_aside(database: IdbDatabase, key: String) -> Result<(), Trouble> {
    let strict = Strict::begin(&database, &[QUARANTINE])?;
    let quarantine = strict.store(QUARANTINE)?;
    if let Some(value) = quarantine.get(JsValue::from(&key))?.await? {
        quarantine.put(&value, Some(&[&key, KEPT].concat().into()))?.await?;
        quarantine.delete(JsValue::from(&key))?.await?;
    }
    strict.committed().await
}

async fn delete_set_aside(database: IdbDatabase, key: String) -> Result<(), Trouble> {
    let strict = Strict::begin(&database, &[QUARANTINE])?;
    strict.store(QUARANTINE)?.delete(JsValue::from(&key))?.await?;
    strict.committed().await
}

async fn renumber(database: IdbDatabase) -> Result<(DeviceId, Vec<Queued>), Trouble> {
    let strict = Strict::begin(&database, &[QUEUE, META])?;
    let (queue, meta) = (strict.store(QUEUE)?, strict.store(META)?);
    let device = new_device();
    let stored = read_queue(&queue).await?;
    queue.clear()?.await?;
    let mut renumbered = Vec::new();
    for (no, value) in stored {
        let queued = queued_of(no, &value).ok_or(Trouble::Broken)?;
        let new_no = renumbered.len() as u64 + 1;
        let queued = queued.renumbered(device, new_no).ok_or(Trouble::Broken)?;
        queue.put(&queued.entry().into(), Some(&key_of(new_no)))?.await?;
        renumbered.push(queued);
    }
    meta.put(&device.to_string().into(), Some(&DEVICE.into()))?.await?;
    meta.put(&key_of(renumbered.len() as u64 + 1), Some(&NEXT_NO.into()))?.await?;
    strict.committed().await?;
    Ok((device, renumbered))
}
