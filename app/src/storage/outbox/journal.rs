//! The journal: what was answered, what of it may have been lost, and the way back into the queue.

use domain::id::{CommandId, DeviceId, StreamId};
use domain::json;
use domain::order::sort_by_key;
use domain::sync::machine::{Queued, Settled};
use domain::time::Timestamp;
use idb::ObjectStore;
use wasm_bindgen::JsValue;
use web_sys::IdbDatabase;

use super::strict::Strict;
use super::{
    DEVICE, JOURNAL, META, NEXT_NO, QUEUE, UNSURE_BEFORE, key_of, new_device, number_of, queued_of, read_queue,
};
use crate::storage::trouble::Trouble;

fn journal_key(id: CommandId) -> JsValue {
    id.to_string().into()
}

/// An answer as it is stored; what cannot be read is left alone.
pub fn settled_of(value: &JsValue) -> Option<Settled> {
    json::read(&value.as_string()?)
}

async fn find(journal: &ObjectStore, id: CommandId) -> Result<Option<Settled>, Trouble> {
    Ok(journal.get(journal_key(id))?.await?.as_ref().and_then(settled_of))
}

/// Stores an answer.
pub async fn put(journal: &ObjectStore, settled: &Settled) -> Result<(), Trouble> {
    let json = serde_json::to_string(settled).map_err(|_| Trouble::Broken)?;
    journal.put(&json.into(), Some(&journal_key(settled.id)))?.await?;
    Ok(())
}

/// What was accepted before this may have been lost.
pub async fn unsure_before(meta: &ObjectStore) -> Result<Option<Timestamp>, Trouble> {
    let before = meta.get(JsValue::from(UNSURE_BEFORE))?.await?;
    Ok(before.and_then(|value| value.as_f64()).map(|ms| Timestamp::from_ms(ms as i64)))
}

/// All answers, and what of them may have been lost.
pub async fn read(strict: &Strict) -> Result<(Vec<Settled>, Option<Timestamp>), Trouble> {
    let values = strict.store(JOURNAL)?.get_all(None, None)?.await?;
    Ok((values.iter().filter_map(settled_of).collect(), unsure_before(&strict.store(META)?).await?))
}

/// Notes that what was accepted before may have been lost; `false` if the server was heard of after that.
pub async fn doubt(database: IdbDatabase, before: Timestamp) -> Result<bool, Trouble> {
    let strict = Strict::begin(&database, &[JOURNAL, META])?;
    let (settled, unsure_before) = read(&strict).await?;
    let is_latest = settled.iter().map(Settled::heard_of).chain(unsure_before).max() < Some(before);
    if is_latest {
        let ms = JsValue::from_f64(before.ms() as f64);
        strict.store(META)?.put(&ms, Some(&UNSURE_BEFORE.into()))?.await?;
    }
    strict.committed().await?;
    Ok(is_latest)
}

/// What a reply said of commands.
#[derive(Clone)]
pub struct Answers {
    /// Those that are settled, with the numbers they were sent with.
    pub settled: Vec<(u64, Settled)>,
    /// Those of the journal that the server still knew …
    pub checked: Vec<CommandId>,
    /// … at this time.
    pub at: Timestamp,
    /// The last doubt that the tab had heard of.
    pub heard: Option<Timestamp>,
    /// The streams whose rows are stored.
    pub stored: Vec<StreamId>,
}

/// Moves answered commands from the queue into the journal, and notes which of those in it the server still knew;
/// `false`, and nothing noted, if there is a later doubt than the tab has heard of.
pub async fn settle(database: IdbDatabase, answers: Answers) -> Result<bool, Trouble> {
    let Answers { settled, checked, at, heard, stored } = answers;
    let strict = Strict::begin(&database, &[QUEUE, JOURNAL, META])?;
    let (queue, journal) = (strict.store(QUEUE)?, strict.store(JOURNAL)?);
    if unsure_before(&strict.store(META)?).await? > heard {
        strict.committed().await?;
        return Ok(false);
    }
    for (no, settled) in settled {
        let id = settled.id;
        let before = find(&journal, id).await?;
        put(&journal, &settled.shown_by(&stored).over(before.as_ref())).await?;
        if let Some(no) = number_of(&queue, id, no).await? {
            queue.delete(key_of(no))?.await?;
        }
    }
    for id in checked {
        if let Some(settled) = find(&journal, id).await? {
            let checked = settled.checked.max(Some(at));
            put(&journal, &Settled { checked, ..settled }.shown_by(&stored)).await?;
        }
    }
    strict.committed().await?;
    Ok(true)
}

/// Notes that a person has dismissed an answer.
pub async fn dismiss(database: IdbDatabase, id: CommandId) -> Result<(), Trouble> {
    let strict = Strict::begin(&database, &[JOURNAL])?;
    let journal = strict.store(JOURNAL)?;
    if let Some(settled) = find(&journal, id).await? {
        put(&journal, &Settled { dismissed: true, ..settled }).await?;
    }
    strict.committed().await
}

/// Takes a new device name and numbers the queue from 1 again in the order of its places, with `again` of the journal.
pub async fn renumber(database: IdbDatabase, again: Vec<Settled>) -> Result<Option<(DeviceId, Vec<Queued>)>, Trouble> {
    let strict = Strict::begin(&database, &[QUEUE, JOURNAL, META])?;
    let (queue, journal, meta) = (strict.store(QUEUE)?, strict.store(JOURNAL)?, strict.store(META)?);
    let (settled, unsure_before) = read(&strict).await?;
    let device = new_device();
    let doubted = settled.iter().filter(|one| one.is_in_doubt(unsure_before));
    let doubted: Vec<_> = doubted.filter_map(|one| Some((one.id, one.requeued(device, 0)?))).collect();
    let queued_again = |one: &Settled| doubted.iter().find(|(id, _)| *id == one.id).map(|(_, queued)| queued.clone());
    let mut all: Vec<Queued> = again.iter().filter_map(queued_again).collect();
    if all.len() != again.len() || all.len() != doubted.len() {
        strict.committed().await?;
        return Ok(None);
    }
    for one in &again {
        journal.delete(journal_key(one.id))?.await?;
    }
    for (no, value) in read_queue(&queue).await? {
        all.push(queued_of(no, &value).ok_or(Trouble::Broken)?);
    }
    // What an older build has queued has no place, and stands in the order of its numbers.
    sort_by_key(&mut all, |queued| queued.place);
    queue.clear()?.await?;
    let mut renumbered = Vec::new();
    for queued in all {
        let no = renumbered.len() as u64 + 1;
        let queued = queued.renumbered(device, no).ok_or(Trouble::Broken)?;
        queue.put(&queued.entry().into(), Some(&key_of(no)))?.await?;
        renumbered.push(queued);
    }
    meta.put(&device.to_string().into(), Some(&DEVICE.into()))?.await?;
    meta.put(&key_of(renumbered.len() as u64 + 1), Some(&NEXT_NO.into()))?.await?;
    strict.committed().await?;
    Ok(Some((device, renumbered)))
}
