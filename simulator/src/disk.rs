//! One phone's disk: for each account an outbox and a cache, as `app/src/storage` keeps them.
//!
//! Every function here is one transaction: it happens whole or not at all. What a tab has begun and nobody has confirmed
//! is the world's, which decides what becomes of it when the tab is killed.

use std::collections::{BTreeMap, BTreeSet};

use domain::change::{Row, RowKey};
use domain::command::Outcome;
use domain::id::{AccountId, CommandId, DeviceId, StreamId};
use domain::sync::machine::{Draft, Heard, Queued, Settled, StoredStream, StreamWrite};
use domain::sync::wire::VIEW;
use domain::sync::{Cursor, Known};
use domain::time::{LocalDate, Timestamp};
use uuid::Uuid;

use crate::planted::Bug;

/// The outbox of one account.
#[derive(Debug, Clone)]
pub struct Outbox {
    /// This device.
    pub device: DeviceId,
    next_no: u64,
    next_place: u64,
    /// The queue: number, command, entry.
    pub queue: BTreeMap<u64, (CommandId, Queued)>,
    /// The answers.
    pub journal: BTreeMap<CommandId, Settled>,
    /// What was accepted before this may have been lost.
    pub unsure_before: Option<Timestamp>,
    /// All that was ever queued and not taken back, in order: for whoever checks, the app keeps nothing like it.
    pub history: Vec<CommandId>,
}

/// One stream as it is stored.
#[derive(Debug, Clone)]
pub struct Stored {
    /// How far it was read.
    pub cursor: Cursor,
    /// When it was read, by the server's clock.
    pub as_of: Timestamp,
    whole_on: Option<LocalDate>,
    rows: BTreeMap<RowKey, Row>,
}

/// Everything of one account.
#[derive(Debug, Clone)]
pub struct Account {
    /// What must not be lost.
    pub outbox: Outbox,
    /// What can be fetched again.
    pub cache: BTreeMap<StreamId, Stored>,
}

/// The disk.
pub type Disk = BTreeMap<AccountId, Account>;

impl Account {
    /// Empty stores under a new device name.
    #[must_use]
    pub const fn new(device: DeviceId) -> Self {
        let outbox = Outbox {
            device,
            next_no: 1,
            next_place: 1,
            queue: BTreeMap::new(),
            journal: BTreeMap::new(),
            unsure_before: None,
            history: Vec::new(),
        };
        Self { outbox, cache: BTreeMap::new() }
    }

    /// The cache as a start reads it.
    #[must_use]
    pub fn streams(&self) -> Vec<StoredStream> {
        let read = |(stream, stored): (&StreamId, &Stored)| StoredStream {
            stream: stream.clone(),
            cursor: stored.cursor,
            as_of: stored.as_of,
            whole_on: stored.whole_on,
            rows: stored.rows.values().cloned().collect(),
        };
        self.cache.iter().map(read).collect()
    }

    /// Stores what a reply brought, and names the streams that took it. `guarded` leaves a stream alone that is not what
    /// the tab knew.
    pub fn apply(&mut self, writes: &[StreamWrite], guarded: bool) -> Vec<StreamId> {
        let mut taken = Vec::new();
        for write in writes {
            let stored = self.cache.get(&write.stream).map(|stored| stored.cursor);
            if guarded && !write.fits(stored) {
                continue;
            }
            taken.push(write.stream.clone());
            let Some(cursor) = write.cursor else {
                self.cache.remove(&write.stream);
                continue;
            };
            let before = self.cache.remove(&write.stream);
            let whole_on = write.whole_on(before.as_ref().and_then(|stored| stored.whole_on));
            let before = before.filter(|_| !write.is_whole());
            let mut rows = before.map(|stored| stored.rows).unwrap_or_default();
            for gone in &write.gone {
                rows.remove(gone);
            }
            rows.extend(write.rows.iter().map(|row| (row.key(), row.clone())));
            self.cache.insert(write.stream.clone(), Stored { cursor, as_of: write.as_of, whole_on, rows });
        }
        taken
    }

    /// The planted way: cursors alone.
    pub fn apply_cursors(&mut self, writes: &[StreamWrite]) {
        for write in writes {
            if let (Some(stored), Some(cursor)) = (self.cache.get_mut(&write.stream), write.cursor) {
                stored.cursor = cursor;
            }
        }
    }

    /// As if an older build had written it.
    pub fn age_views(&mut self) {
        for stored in self.cache.values_mut() {
            stored.cursor.view = VIEW - 1;
            stored.whole_on = None;
        }
    }

    /// A row is lost, and nobody notices: one of those of a stream. Says whether there was one.
    pub fn lose_row(&mut self, stream: &StreamId, nth: usize) -> bool {
        let Some(stored) = self.cache.get_mut(stream) else { return false };
        let key = stored.rows.keys().nth(nth % stored.rows.len().max(1)).cloned();
        key.is_some_and(|key| stored.rows.remove(&key).is_some())
    }
}

impl Outbox {
    /// Gives a command its number and stores it.
    pub fn queue(&mut self, draft: &Draft) -> Queued {
        let no = self.next_no;
        let queued = draft.seal(self.device, no, self.next_place);
        self.next_place += 1;
        self.queue.insert(no, (draft.id, queued.clone()));
        self.history.push(draft.id);
        self.next_no += 1;
        queued
    }

    /// Whether a tab has heard of everything that is here.
    #[must_use]
    pub fn is_heard(&self, heard: &Heard) -> bool {
        heard.is_all(self.journal.values(), self.unsure_before)
    }

    /// Notes that these were sent; `false`, and nothing noted, if another tab has taken one back or has its answer, or has
    /// stored anything else that this one has not heard of.
    pub fn mark_tried(&mut self, ids: &[CommandId], heard: &Heard) -> bool {
        let are_all_there = ids.iter().all(|id| self.is_queued(*id)) && (ids.is_empty() || self.is_heard(heard));
        if are_all_there {
            for (_, queued) in self.queue.values_mut().filter(|(id, _)| ids.contains(id)) {
                queued.tried += 1;
            }
        }
        are_all_there
    }

    /// Notes that what was accepted before may have been lost; `false` if the server was heard of after that.
    pub fn doubt(&mut self, before: Timestamp) -> bool {
        let latest = self.journal.values().map(Settled::heard_of).chain(self.unsure_before).max();
        let is_latest = latest < Some(before);
        if is_latest {
            self.unsure_before = Some(before);
        }
        is_latest
    }

    /// Moves answered commands from the queue into the journal, under whatever number they have by now, and notes which
    /// of its commands the server still knew at that time; `false`, and nothing noted, if there is a later doubt than the
    /// tab has heard of.
    pub fn settle(
        &mut self,
        settled: &[(u64, Settled)],
        checked: &[CommandId],
        at: Timestamp,
        heard: Option<Timestamp>,
        stored: &[StreamId],
    ) -> bool {
        if self.unsure_before > heard {
            return false;
        }
        for (_, settled) in settled {
            self.queue.retain(|_, (id, _)| *id != settled.id);
            let settled = settled.clone().shown_by(stored).over(self.journal.get(&settled.id));
            self.journal.insert(settled.id, settled);
        }
        for (_, settled) in self.journal.iter_mut().filter(|(id, _)| checked.contains(id)) {
            settled.checked = settled.checked.max(Some(at));
            *settled = settled.clone().shown_by(stored);
        }
        true
    }

    /// The planted way: out of the queue, and not yet in the journal.
    pub fn forget(&mut self, settled: &[(u64, Settled)]) {
        self.queue.retain(|_, (id, _)| settled.iter().all(|(_, settled)| settled.id != *id));
    }

    /// Takes a command back that was never sent; `false` if it was.
    pub fn withdraw(&mut self, no: u64, even_if_sent: bool) -> bool {
        let is_unsent = self.queue.get(&no).is_some_and(|(_, queued)| queued.tried == 0 || even_if_sent);
        if is_unsent {
            let id = self.queue.remove(&no).map(|(id, _)| id);
            self.history.retain(|queued| Some(*queued) != id);
            if self.next_no == no + 1 {
                self.next_no = no;
            }
        }
        is_unsent
    }

    /// Takes a new device name and numbers the queue from 1 again, ids kept, with `again`; nothing if it is not just these
    /// that are in doubt.
    pub fn renumber(&mut self, device: DeviceId, again: &[Settled], planted: Option<Bug>) -> Option<Vec<Queued>> {
        let doubted = self.journal.values().filter(|one| one.is_in_doubt(self.unsure_before)).map(|one| one.id);
        if doubted.collect::<BTreeSet<_>>() != again.iter().map(|one| one.id).collect() {
            return None;
        }
        let is_refused = |one: &Settled| matches!(one.outcome, Outcome::Refused { .. });
        let mut ids: Vec<_> = again.iter().map(|one| one.id).collect();
        if planted == Some(Bug::RefusedSentAgain) && !ids.is_empty() {
            ids.extend(self.journal.values().filter(|one| is_refused(one)).map(|one| one.id));
        }
        let mut queued: Vec<(CommandId, Queued)> = Vec::new();
        for id in ids {
            let Some(mut one) = self.journal.get(&id).and_then(|one| one.requeued(device, 0)) else { continue };
            self.journal.remove(&id);
            if planted == Some(Bug::SentAgainAsAnother) {
                let other = CommandId::from_uuid(Uuid::from_u128(id.uuid().as_u128() ^ device.uuid().as_u128()));
                one.raw = one.raw.replace(&id.to_string(), &other.to_string());
                queued.push((other, one));
                continue;
            }
            queued.push((id, one));
        }
        queued.extend(std::mem::take(&mut self.queue).into_values());
        // Stable: what an older build has queued has no place, and a number.
        queued.sort_by_key(|(_, queued)| queued.place);
        if planted == Some(Bug::SentAgainBehind) {
            queued.sort_by_key(|(_, queued)| queued.again);
        }
        self.device = device;
        for ((id, queued), no) in queued.into_iter().zip(1..) {
            let Some(queued) = queued.renumbered(device, no) else { continue };
            self.queue.insert(no, (id, queued));
        }
        self.next_no = self.queue.len() as u64 + 1;
        Some(self.queue.values().map(|(_, queued)| queued.clone()).collect())
    }

    /// Whether a command is queued here.
    #[must_use]
    pub fn is_queued(&self, id: CommandId) -> bool {
        self.queue.values().any(|(queued, _)| *queued == id)
    }

    /// What was accepted, as this phone was told.
    pub fn accepted(&self) -> impl Iterator<Item = Known> {
        self.journal.values().filter_map(|one| match one.outcome {
            Outcome::Accepted { seq, .. } => Some(Known { id: one.id, seq }),
            Outcome::Refused { .. } | Outcome::Expired => None,
        })
    }

    /// The answer to a command, if it is here.
    #[must_use]
    pub fn answer(&self, id: CommandId) -> Option<&Outcome> {
        self.journal.get(&id).map(|settled| &settled.outcome)
    }
}
