//! The outbox: commands that wait, the answers they got, this device's number. It must not lose anything.
//!
//! Layout 1, frozen: what it holds may be newer or older than the build that reads it, so values are JSON text, envelopes
//! are opaque, and samples of both lie in `domain/golden`. Opened without asking for a version, so that an older build
//! opens what a newer one left.
//! - `queue`: number → `{"tried":0,"raw":"…","place":1}`, the envelope byte for byte, its place in the order of all
//! - `journal`: command id → the answer with its envelope
//! - `meta`: `device` → id, `next_no` and `next_place` → number, `unsure_before` → milliseconds
//! - `quarantine`: `number@time` → what could not be read, kept for support; ` kept` behind it once its person has seen it
//!
//! Every write is `strict` and counts only once the transaction reports *committed*.

mod afresh;
mod journal;
mod memory;
mod strict;

use std::cell::{Cell, RefCell};

use domain::command::{Envelope, Outcome};
use domain::id::{CommandId, DeviceId};
use domain::json;
use domain::order::sort_by_key;
use domain::sync::limits::{JOURNAL_DAYS, days_before};
use domain::sync::machine::{Draft, Heard, Queued, Settled};
use domain::time::Timestamp;
use idb::ObjectStore;
use wasm_bindgen::JsValue;
use web_sys::IdbDatabase;

pub use self::journal::Answers;
use self::memory::Memory;
use self::strict::Strict;
use super::connection::Connection;
use super::trouble::Trouble;
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
const NEXT_PLACE: &str = "next_place";
const UNSURE_BEFORE: &str = "unsure_before";

/// What an outbox holds.
#[derive(Debug, Default)]
pub struct Contents {
    /// This device.
    pub device: Option<DeviceId>,
    /// The queue, in order.
    pub queue: Vec<Queued>,
    /// The answers.
    pub journal: Vec<Settled>,
    /// What was accepted before this may have been lost.
    pub unsure_before: Option<Timestamp>,
    /// Entries that could not be read and were set aside, oldest first.
    pub set_aside: Vec<SetAside>,
    /// Whether there was no outbox of that name.
    pub is_afresh: bool,
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
    connection: Connection,
    memory: RefCell<Option<Memory>>,
    is_stuck: Cell<bool>,
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
        Self { connection: Connection::new(name, &STORES), memory: RefCell::new(None), is_stuck: Cell::new(false) }
    }

    /// One that never touches the disk.
    pub fn in_memory() -> Self {
        let outbox = Self::new(String::new());
        outbox.memory.replace(Some(Memory::new()));
        outbox
    }

    /// Whether it answers from memory because the browser keeps nothing.
    pub fn is_in_memory(&self) -> bool {
        self.memory.borrow().is_some()
    }

    /// Whether the browser keeps it, but this page cannot reach it any more.
    pub fn is_stuck(&self) -> bool {
        self.is_stuck.get() || self.connection.is_stuck()
    }

    /// Lets go of the database.
    pub fn close(&self) {
        self.connection.close();
    }

    /// Everything that is stored. Sets aside what cannot be read, forgets answers that are old and settled, and names
    /// the device if it has no name yet. An outbox that was cleared gets back what the page remembers of it.
    pub async fn load(&self, remembered: Option<&Contents>) -> Result<Contents, Trouble> {
        let device = self.memory.borrow().as_ref().map(|memory| memory.device);
        match device {
            Some(_) => Ok(Contents { device, ..Contents::default() }),
            None => self.connection.run(|database, _| load(database, remembered)).await,
        }
    }

    /// Answers from memory from now on, because of this.
    pub fn live_in_memory(&self, why: Trouble) -> Contents {
        let memory = Memory::new();
        let device = Some(memory.device);
        self.memory.replace(Some(memory));
        self.is_stuck.set(matches!(why, Trouble::Lost | Trouble::Slow));
        Contents { device, ..Contents::default() }
    }

    /// Gives a command its number and stores it, in one transaction.
    pub async fn queue(&self, draft: &Draft) -> Result<Queued, Trouble> {
        let in_memory = self.memory.borrow_mut().as_mut().map(Memory::take_no);
        if let Some((device, no, place)) = in_memory {
            return Ok(draft.seal(device, no, place));
        }
        self.connection.run(|database, attempt| queue(database, draft.clone(), attempt)).await
    }

    /// Notes that these were sent: from then on only an answer ends them. `false`, and nothing noted, if another tab has
    /// taken one of them back or has its answer, or has stored anything else that this one has not heard of.
    pub async fn mark_tried(&self, ids: &[CommandId], heard: &Heard) -> Result<bool, Trouble> {
        if self.is_in_memory() {
            return Ok(true);
        }
        self.connection.run(|database, _| mark_tried(database, ids.to_vec(), heard.clone())).await
    }

    /// Notes that what was accepted before may have been lost; `false` if this tab has missed something.
    pub async fn doubt(&self, before: Timestamp) -> Result<bool, Trouble> {
        if self.is_in_memory() {
            return Ok(true);
        }
        self.connection.run(|database, _| journal::doubt(database, before)).await
    }

    /// Moves answered commands from the queue into the journal, and notes which of those in it the server still knows;
    /// `false`, and nothing noted, if this tab has missed something.
    pub async fn settle(&self, answers: Answers) -> Result<bool, Trouble> {
        if self.is_in_memory() || (answers.settled.is_empty() && answers.checked.is_empty()) {
            return Ok(true);
        }
        self.connection.run(|database, _| journal::settle(database, answers.clone())).await
    }

    /// Takes a command back that was never sent; `false` if it was.
    pub async fn withdraw(&self, no: u64) -> Result<bool, Trouble> {
        if self.is_in_memory() {
            return Ok(true);
        }
        self.connection.run(|database, _| withdraw(database, no)).await
    }

    /// Notes that a person has dismissed an answer.
    pub async fn dismiss(&self, id: CommandId) -> Result<(), Trouble> {
        if self.is_in_memory() {
            return Ok(());
        }
        self.connection.run(|database, _| journal::dismiss(database, id)).await
    }

    /// Notes that what was set aside has been seen and is to stay.
    pub async fn keep_set_aside(&self, key: &str) -> Result<(), Trouble> {
        self.connection.run(|database, _| keep_set_aside(database, key.to_owned())).await
    }

    /// Deletes what was set aside.
    pub async fn delete_set_aside(&self, key: &str) -> Result<(), Trouble> {
        self.connection.run(|database, _| delete_set_aside(database, key.to_owned())).await
    }

    /// Takes a new device name and numbers the queue from 1 again, ids kept, with `again` of the journal; nothing if it is
    /// not just these that are in doubt.
    pub async fn renumber(
        &self,
        in_memory: &[Queued],
        again: &[Settled],
    ) -> Result<Option<(DeviceId, Vec<Queued>)>, Trouble> {
        if let Some(memory) = self.memory.borrow_mut().as_mut() {
            return Ok(Some(memory.renumber(in_memory, again)));
        }
        self.connection.run(|database, _| journal::renumber(database, again.to_vec())).await
    }
}

async fn read_queue(queue: &ObjectStore) -> Result<Vec<(u64, JsValue)>, Trouble> {
    let keys = queue.get_all_keys(None, None)?.await?;
    let values = queue.get_all(None, None)?.await?;
    Ok(keys.iter().filter_map(JsValue::as_f64).map(|no| no as u64).zip(values).collect())
}

async fn load(database: IdbDatabase, remembered: Option<&Contents>) -> Result<Contents, Trouble> {
    let strict = Strict::begin(&database, &STORES)?;
    let (queue, journal) = (strict.store(QUEUE)?, strict.store(JOURNAL)?);
    let (meta, quarantine) = (strict.store(META)?, strict.store(QUARANTINE)?);
    let mut contents = Contents::default();

    let device = meta.get(JsValue::from(DEVICE))?.await?.and_then(|value| value.as_string()?.parse().ok());
    contents.is_afresh = device.is_none();
    contents.device = Some(match device {
        Some(device) => device,
        None => afresh::begin(&strict, remembered).await?,
    });
    contents.unsure_before = journal::unsure_before(&meta).await?;

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
        let Some(settled) = journal::settled_of(&value) else { continue };
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
    let device = device.ok_or(Trouble::Gone)?;
    let (no, place) = (number(&meta, NEXT_NO).await?, number(&meta, NEXT_PLACE).await?);
    let queued = draft.seal(device, no, place);
    queue.put(&queued.entry().into(), Some(&key_of(no)))?.await?;
    meta.put(&key_of(no + 1), Some(&NEXT_NO.into()))?.await?;
    meta.put(&key_of(place + 1), Some(&NEXT_PLACE.into()))?.await?;
    strict.committed().await?;
    Ok(queued)
}

/// One of the two counters; both begin at 1.
async fn number(meta: &ObjectStore, name: &str) -> Result<u64, Trouble> {
    let next = meta.get(JsValue::from(name))?.await?;
    Ok(next.and_then(|value| value.as_f64()).map_or(1, |no| no as u64))
}

async fn mark_tried(database: IdbDatabase, ids: Vec<CommandId>, heard: Heard) -> Result<bool, Trouble> {
    let strict = Strict::begin(&database, &[QUEUE, JOURNAL, META])?;
    let queue = strict.store(QUEUE)?;
    let (settled, unsure_before) = journal::read(&strict).await?;
    let stored = read_queue(&queue).await?.into_iter().filter_map(|(no, value)| queued_of(no, &value));
    // By their ids: another tab may have renumbered.
    let sent: Vec<_> = stored.filter(|queued| ids.iter().any(|id| is_command(queued, *id))).collect();
    let are_all_there = sent.len() == ids.len() && heard.is_all(&settled, unsure_before);
    if are_all_there {
        for mut queued in sent {
            queued.tried += 1;
            queue.put(&queued.entry().into(), Some(&key_of(queued.no)))?.await?;
        }
    }
    strict.committed().await?;
    Ok(are_all_there)
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

async fn withdraw(database: IdbDatabase, no: u64) -> Result<bool, Trouble> {
    let strict = Strict::begin(&database, &[QUEUE, META])?;
    let (queue, meta) = (strict.store(QUEUE)?, strict.store(META)?);
    let stored = queue.get(key_of(no))?.await?.and_then(|value| queued_of(no, &value));
    let is_unsent = stored.is_some_and(|queued| queued.tried == 0);
    if is_unsent {
        queue.delete(key_of(no))?.await?;
        // The last number is free again; any other leaves a gap, which the server answers with a renumbering.
        if number(&meta, NEXT_NO).await? == no + 1 {
            meta.put(&key_of(no), Some(&NEXT_NO.into()))?.await?;
        }
    }
    strict.committed().await?;
    Ok(is_unsent)
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
