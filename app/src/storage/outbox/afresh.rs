//! An outbox that is not there any more: cleared under an open page, which still knows what was in it.

use domain::id::DeviceId;
use domain::order::sort_by_key;

use super::strict::Strict;
use super::{Contents, DEVICE, JOURNAL, META, NEXT_NO, NEXT_PLACE, QUEUE, UNSURE_BEFORE, journal, key_of, new_device};
use crate::storage::trouble::Trouble;

/// Names a device and puts back what the page remembers, numbered from 1 under that name: how far the old one had counted
/// is not known any more. Ids stay, so nothing of it is done twice.
pub async fn begin(strict: &Strict, remembered: Option<&Contents>) -> Result<DeviceId, Trouble> {
    let (queue, answers, meta) = (strict.store(QUEUE)?, strict.store(JOURNAL)?, strict.store(META)?);
    let device = new_device();
    meta.put(&device.to_string().into(), Some(&DEVICE.into()))?.await?;
    let Some(remembered) = remembered else { return Ok(device) };

    let mut waiting = remembered.queue.clone();
    sort_by_key(&mut waiting, |queued| queued.place);
    let mut next_no = 1;
    for queued in waiting {
        let queued = queued.renumbered(device, next_no).ok_or(Trouble::Broken)?;
        queue.put(&queued.entry().into(), Some(&key_of(next_no)))?.await?;
        next_no += 1;
    }
    for settled in &remembered.journal {
        journal::put(&answers, settled).await?;
    }
    let places = remembered.queue.iter().map(|queued| queued.place);
    let next_place = places.chain(remembered.journal.iter().map(|settled| settled.place)).max().unwrap_or(0) + 1;
    meta.put(&key_of(next_no), Some(&NEXT_NO.into()))?.await?;
    meta.put(&key_of(next_place), Some(&NEXT_PLACE.into()))?.await?;
    if let Some(before) = remembered.unsure_before {
        meta.put(&(before.ms() as f64).into(), Some(&UNSURE_BEFORE.into()))?.await?;
    }
    Ok(device)
}
