//! The phone's side of the protocol, without I/O: inputs in, effects out.
//!
//! The machine owns the queue, the cursors and the rows in memory; whoever runs it owns the disk, the network and the
//! timers, and does exactly what the effects say. It never reads a clock: `now` is a monotonic count of milliseconds
//! for waiting, `at` an instant for showing.
//!
//! What it guarantees:
//! - a command leaves the queue only when its one answer is stored on this phone; no answer is never a failure;
//! - rows never go backwards: a late reply that starts beyond or before what is known is ignored (rules M1 and M3);
//! - while anything is queued and the page is visible, a timer is armed (rule L1);
//! - a reply takes effect in memory only after it is stored; if storing fails it is forgotten, and sending again
//!   brings the same answers;
//! - what its person was told is accepted stays in the picture or is refused to them, also over a restore.

mod draft;
mod journal;
mod live;
mod messages;
mod reply;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;

use crate::command::{Command, Envelope};
use crate::id::{AccountId, CommandId, DeviceId, StreamId};
use crate::json;
use crate::sync::checksum::{Checksum, Held};
use crate::sync::limits::{
    BACKOFF_FIRST_MS, BACKOFF_LAST_MS, COMMANDS_BYTES_MAX, COMMANDS_MAX, DEADLINE_GRACE_MS, DEADLINE_MS,
    DRAIN_AGAIN_MS, PULLS_MAX,
};
use crate::sync::overlay::Pending;
use crate::sync::rows::Rows;
use crate::sync::view::{Delivery, View};
use crate::sync::wire::{Cursor, PROTOCOL, Pull, SyncRequest};
use crate::time::Timestamp;

pub use draft::Draft;
pub use messages::{Basis, Effect, Heard, Input, LiveEvent, Queued, Settled, Stored, StoredStream, StreamWrite};

#[derive(Debug, Clone)]
struct Item {
    queued: Queued,
    id: CommandId,
    pending: Option<Pending>,
}

/// How far a stream was read, and what of it is here.
#[derive(Debug, Clone)]
struct Progress {
    cursor: Cursor,
    /// When it was read, by the server's clock.
    as_of: Timestamp,
    held: Held,
    /// After how many more pulls its checksum goes along.
    check_in: u32,
}

/// How far each stream was read.
type Cursors = Rows<StreamId, Progress>;

/// The machine.
#[derive(Debug, Clone, Default)]
pub struct Client {
    account: Option<AccountId>,
    device: Option<DeviceId>,
    queue: BTreeMap<u64, Item>,
    journal: Rows<CommandId, Settled>,
    base: View,
    cursors: Cursors,
    /// Accepted, but the stream has not been read that far: they stay in the picture.
    landing: Rows<CommandId, Landing>,
    /// What was accepted before this may have been lost.
    unsure_before: Option<Timestamp>,
    /// Accepted, and perhaps lost, in order.
    doubts: Vec<journal::Doubt>,
    /// Those of them that the server has said it does not know.
    lost: Vec<CommandId>,
    /// When the server was last heard of, see [`Client::moment`].
    latest: Option<Timestamp>,
    watched: BTreeSet<StreamId>,
    live: live::Live,
    flight: Option<Flight>,
    requests: u64,
    failures: u32,
    /// Our own patience; a new tap or a look at something else cuts it short.
    not_before: u64,
    /// The server's wish, for commands; only its person's wish to try now cuts it short.
    held_until: u64,
    /// Until when the last renumbering asked for is expected; a second one on top would only cost another name.
    renumbered_by: u64,
    next_poll: u64,
    wants_pull: bool,
    is_visible: bool,
    needs_sign_in: bool,
    is_offline: bool,
    is_outgrown: bool,
    is_booted: bool,
}

#[derive(Debug, Clone)]
struct Flight {
    request: u64,
    started: u64,
    commands: Vec<CommandId>,
    /// The accepted commands that were asked about.
    known: Vec<CommandId>,
    /// The streams whose checksum went along.
    summed: Vec<StreamId>,
    storing: Option<reply::Storing>,
}

/// An accepted command whose effect has not been read back.
#[derive(Debug, Clone)]
struct Landing {
    stream: StreamId,
    seq: u64,
    /// When the answer came, by the server's clock.
    at: Timestamp,
    /// What it asks for, if this build knows its kind.
    pending: Option<Pending>,
}

impl Client {
    /// Takes one input at monotonic time `now` (milliseconds); `random` is fresh for each call.
    pub fn step(&mut self, now: u64, random: u64, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            Input::Boot(stored) => self.boot(stored, &mut effects),
            Input::Queued(queued) => {
                self.enqueue(queued);
                self.not_before = now;
                effects.push(Effect::Show);
            }
            Input::Withdrawn(no) => {
                // What has gone out meanwhile is taken back by nobody any more: its answer will come.
                if self.queue.get(&no).is_some_and(|item| item.queued.tried == 0) {
                    self.queue.remove(&no);
                    effects.push(Effect::Show);
                }
            }
            Input::Dismissed(id) => {
                if let Some(settled) = self.journal.get_mut(&id) {
                    settled.dismissed = true;
                }
                effects.push(Effect::Show);
            }
            Input::Replied(request, reply) => self.replied(now, random, request, reply, &mut effects),
            Input::TooOld(request) => self.too_old(now, random, request, &mut effects),
            Input::NotSent(request) => self.not_sent(now, random, request, &mut effects),
            Input::OthersTurn(request) => self.others_turn(now, random, request, &mut effects),
            Input::Stored(request, ok) => self.stored(now, random, request, ok, &mut effects),
            Input::Woke => {}
            Input::Watch(streams) => {
                // One by one: a set that is collected sorts first, with a sort of the standard library (see `order`).
                let mut watched = BTreeSet::new();
                watched.extend(streams);
                if watched.iter().any(|stream| !self.watched.contains(stream)) {
                    self.wants_pull = true;
                    self.not_before = now;
                }
                self.watched = watched;
            }
            Input::Visible(is_visible) => {
                let came_back = is_visible && !self.is_visible;
                self.is_visible = is_visible;
                if came_back {
                    self.wants_pull = true;
                    // Spread over most of a second: a hundred phones come out of the lift together.
                    self.not_before = now + random % 800;
                }
            }
            Input::LookAgain => {
                self.wants_pull = true;
                self.not_before = now;
            }
            Input::TryNow => {
                self.live.try_again(now);
                self.wants_pull = true;
                self.failures = 0;
                self.not_before = now;
                self.held_until = now;
            }
            Input::Renumbered(device, queue) => {
                self.device = Some(device);
                self.renumbered_by = now;
                self.queue.clear();
                for queued in queue {
                    self.enqueue(queued);
                }
                // What is sent again has no answer any more.
                let queue = &self.queue;
                self.journal.retain(|id, _| !queue.values().any(|item| item.id == *id));
                self.look_for_doubts();
                self.not_before = now;
                effects.push(Effect::Show);
            }
            Input::Hint(hint) => self.hinted(now, random, hint),
            Input::Live(event) => self.live(now, random, event),
        }
        self.go_on(now, random, &mut effects);
        effects
    }

    fn boot(&mut self, stored: Stored, effects: &mut Vec<Effect>) {
        self.account = stored.account;
        self.device = stored.device;
        for queued in stored.queue {
            self.enqueue(queued);
        }
        for StoredStream { stream, cursor, as_of, whole_on, rows } in stored.streams {
            for row in &rows {
                self.base.put(&stream, row);
            }
            // What came from a disk is compared first of all.
            let progress = Progress { cursor, as_of, held: Held::of(&rows, whole_on), check_in: 0 };
            self.cursors.insert(stream, progress);
        }
        for settled in stored.journal {
            self.land_from_disk(&settled);
            self.journal.insert(settled.id, settled);
        }
        self.unsure_before = stored.unsure_before;
        let read = self.cursors.values().map(|progress| progress.as_of);
        let heard = self.journal.values().map(Settled::heard_of);
        self.latest = read.chain(heard).chain(self.unsure_before).max();
        self.look_for_doubts();
        self.is_booted = true;
        self.wants_pull = true;
        effects.push(Effect::Show);
    }

    fn enqueue(&mut self, queued: Queued) {
        // An envelope that cannot be read stays on disk, where the storage sets it aside and says so.
        let Some((id, pending)) = read(&queued.raw) else { return };
        self.queue.insert(queued.no, Item { queued, id, pending });
    }

    /// The server is there and does not understand this build. What waits does so for the next one.
    fn too_old(&mut self, now: u64, random: u64, request: u64, effects: &mut Vec<Effect>) {
        if self.flight.take_if(|flight| flight.request == request && flight.storing.is_none()).is_some() {
            self.fail(now, random);
            self.is_offline = false;
            self.is_outgrown = true;
            effects.push(Effect::Show);
        }
    }

    fn not_sent(&mut self, now: u64, random: u64, request: u64, effects: &mut Vec<Effect>) {
        if self.take_back(request, effects) {
            self.fail(now, random);
            self.is_offline = true;
        }
    }

    /// What another tab brings it will tell of. If it does not, this one asks again, and not together with a third.
    fn others_turn(&mut self, now: u64, random: u64, request: u64, effects: &mut Vec<Effect>) {
        if self.take_back(request, effects) {
            self.wants_pull = true;
            self.not_before = now + DRAIN_AGAIN_MS + random % DRAIN_AGAIN_MS;
        }
    }

    /// Forgets a try. What did not leave is as if never tried: its person may still take it back.
    fn take_back(&mut self, request: u64, effects: &mut Vec<Effect>) -> bool {
        let flight = self.flight.take_if(|flight| flight.request == request && flight.storing.is_none());
        let Some(flight) = flight else { return false };
        for item in self.queue.values_mut().filter(|item| flight.commands.contains(&item.id)) {
            item.queued.tried = item.queued.tried.saturating_sub(1);
        }
        effects.push(Effect::Show);
        true
    }

    fn fail(&mut self, now: u64, random: u64) {
        let most = (BACKOFF_FIRST_MS << self.failures.min(6)).min(BACKOFF_LAST_MS);
        self.failures = self.failures.saturating_add(1);
        // Full jitter, but never a busy loop.
        self.not_before = now + BACKOFF_FIRST_MS / 4 + random % most;
    }

    fn has_to_send(&self) -> bool {
        let has_any = !self.queue.is_empty() || !self.doubts.is_empty();
        has_any && !self.needs_sign_in && self.account.is_some()
    }

    fn may_send(&self, now: u64) -> bool {
        self.has_to_send() && now >= self.held_until
    }

    /// Sends if there is reason to and nothing is in flight; else sees to it that a timer rings.
    fn go_on(&mut self, now: u64, random: u64, effects: &mut Vec<Effect>) {
        if !self.is_booted {
            return;
        }
        self.keep_listening(now, random, effects);
        if let Some(flight) = &self.flight {
            // A fetch that never settles must not hold the queue for ever.
            let deadline = flight.started + u64::from(DEADLINE_MS) + DEADLINE_GRACE_MS;
            if flight.storing.is_none() && now >= deadline {
                self.flight = None;
                self.fail(now, random);
                self.is_offline = true;
                self.keep_listening(now, random, effects);
                effects.push(Effect::Show);
            } else {
                effects.push(Effect::Wake { after_ms: deadline.saturating_sub(now).max(1_000) });
                return;
            }
        }
        let polls = self.is_visible && !self.watched.is_empty();
        let is_asked = self.wants_pull || self.live.is_due(now) || (polls && now >= self.next_poll);
        let is_due = self.may_send(now) || is_asked;
        if is_due && now >= self.not_before && (self.may_send(now) || !self.streams(now).is_empty()) {
            self.send(now, effects);
            return;
        }
        // Whoever has nothing to ask for waits for nothing.
        let then = if self.wants_pull && !self.streams(now).is_empty() {
            Some(self.not_before)
        } else if self.has_to_send() {
            Some(self.not_before.max(self.held_until))
        } else {
            polls.then_some(self.next_poll.max(now + 1_000))
        };
        if let Some(then) = then.into_iter().chain(self.live_is_due()).min() {
            effects.push(Effect::Wake { after_ms: then.saturating_sub(now).max(1) });
        }
    }

    /// What to pull.
    fn streams(&self, now: u64) -> Vec<StreamId> {
        let mut streams = self.watched.clone();
        let mut asked: BTreeSet<_> = self.asked_streams().collect();
        if self.may_send(now) {
            streams.extend(self.queue.values().filter_map(|item| item.pending.as_ref()).map(|p| p.stream.clone()));
        }
        streams.extend(self.landing.values().map(|landing| landing.stream.clone()));
        // One's own stream first and always: it tells whose session this is. And once: a server takes no stream twice.
        let own = self.account.map(StreamId::Account);
        if let Some(own) = &own {
            asked.remove(own);
            streams.remove(own);
        }
        streams.retain(|stream| !asked.contains(stream));
        own.into_iter().chain(asked).chain(streams).take(PULLS_MAX).collect()
    }

    fn pull(&self, stream: StreamId) -> Pull {
        let progress = self.cursors.get(&stream);
        // Whoever gets no answer leaves out what a server of last week would turn the request away for.
        let is_due = |progress: &&Progress| progress.check_in == 0 && self.failures == 0;
        let undated = |progress: &Progress| Checksum::of_who_knows_what(progress.as_of.date());
        let checksum = progress.filter(is_due).map(|known| known.held.checksum().unwrap_or_else(|| undated(known)));
        Pull { cursor: progress.map(|progress| progress.cursor), checksum, stream }
    }

    fn send(&mut self, now: u64, effects: &mut Vec<Effect>) {
        self.requests += 1;
        let streams = self.streams(now);
        self.live.asks(now, &streams);
        let mut known = self.asked(&streams);
        let pulls: Vec<Pull> = streams.into_iter().map(|stream| self.pull(stream)).collect();
        let summed = pulls.iter().filter(|pull| pull.checksum.is_some()).map(|pull| pull.stream.clone()).collect();
        let mut commands: Vec<Box<RawValue>> = Vec::new();
        let mut ids = Vec::new();
        let mut bytes = 0;
        // Nothing new before it is clear what there is.
        if self.may_send(now) && !self.is_unsure() {
            known.extend(self.preceding());
            for item in self.queue.values_mut().take(COMMANDS_MAX) {
                bytes += item.queued.raw.len();
                let Some(raw) = json::read(&item.queued.raw) else { continue };
                if bytes > COMMANDS_BYTES_MAX && !commands.is_empty() {
                    break;
                }
                commands.push(raw);
                ids.push(item.id);
                item.queued.tried += 1;
            }
        }
        let asked = known.iter().map(|known| known.id).collect();
        let body = SyncRequest { proto: PROTOCOL, device: self.device, commands, pulls, known };
        self.flight = Some(Flight {
            request: self.requests,
            started: now,
            commands: ids.clone(),
            known: asked,
            summed,
            storing: None,
        });
        self.wants_pull = false;
        let (request, deadline_ms) = (self.requests, DEADLINE_MS);
        effects.push(Effect::Send { request, body, commands: ids, heard: self.heard(), deadline_ms });
        effects.push(Effect::Wake { after_ms: u64::from(DEADLINE_MS) + DEADLINE_GRACE_MS });
    }

    /// The rows as the server last gave them.
    #[must_use]
    pub const fn base(&self) -> &View {
        &self.base
    }

    /// What is on its way, in order: accepted and in doubt, accepted and not yet read back, queued.
    #[must_use]
    pub fn pending(&self) -> Vec<Pending> {
        let queued = self.queue.values().filter_map(|item| {
            let delivery = if item.queued.tried == 0 { Delivery::Saved } else { Delivery::Checking };
            item.pending.clone().map(|pending| Pending { delivery, ..pending })
        });
        self.doubted()
            .chain(self.landing.values().filter_map(|landing| landing.pending.clone()))
            .chain(queued)
            .collect()
    }

    /// The queue as it stands, for the screen that lists it.
    #[must_use]
    pub fn queue(&self) -> Vec<&Queued> {
        self.queue.values().map(|item| &item.queued).collect()
    }

    /// Answers, newest last.
    #[must_use]
    pub const fn journal(&self) -> &Rows<CommandId, Settled> {
        &self.journal
    }

    /// What this tab has heard of.
    #[must_use]
    pub fn heard(&self) -> Heard {
        Heard { journal: self.journal.clone(), unsure_before: self.unsure_before }
    }

    /// What was accepted before this may have been lost.
    #[must_use]
    pub const fn unsure_before(&self) -> Option<Timestamp> {
        self.unsure_before
    }

    /// Whether it is being found out what the server still knows of what was accepted.
    #[must_use]
    pub const fn is_unsure(&self) -> bool {
        !self.doubts.is_empty()
    }

    /// What a page that goes away sends once more, for the server to have it: what was sent before and has no answer. What
    /// never was sent stays, because the phone could not note in time that it no longer may be withdrawn.
    #[must_use]
    pub fn last_word(&self) -> Option<SyncRequest> {
        if !self.has_to_send() || self.is_unsure() {
            return None;
        }
        let mut bytes = 0;
        let sent = self.queue.values().take_while(|item| item.queued.tried > 0).take_while(|item| {
            bytes += item.queued.raw.len();
            bytes <= COMMANDS_BYTES_MAX
        });
        let commands = sent.filter_map(|item| json::read(&item.queued.raw));
        let commands: Vec<_> = commands.take(COMMANDS_MAX).collect();
        let known = self.preceding().into_iter().collect();
        let body = SyncRequest { proto: PROTOCOL, device: self.device, commands, pulls: Vec::new(), known };
        (!body.commands.is_empty()).then_some(body)
    }

    /// When a stream was last read, by the server's clock.
    #[must_use]
    pub fn as_of(&self, stream: &StreamId) -> Option<Timestamp> {
        self.cursors.get(stream).map(|progress| progress.as_of)
    }

    /// Whether the last try got no answer.
    #[must_use]
    pub const fn is_offline(&self) -> bool {
        self.is_offline
    }

    /// Whether the server, when it was last heard, wanted a newer build than this one.
    #[must_use]
    pub const fn is_outgrown(&self) -> bool {
        self.is_outgrown
    }

    /// Whether the queue waits for its person to sign in.
    #[must_use]
    pub const fn needs_sign_in(&self) -> bool {
        self.needs_sign_in
    }

    /// Who is signed in on this phone.
    #[must_use]
    pub const fn account(&self) -> Option<AccountId> {
        self.account
    }
}

/// Reads a queued envelope: its id, and the command if this build knows its kind.
fn read(raw: &str) -> Option<(CommandId, Option<Pending>)> {
    let envelope: Envelope = json::read(raw)?;
    let command: Option<Command> = envelope.command().ok();
    let (id, stream) = (envelope.id, envelope.stream);
    Some((id, command.map(|command| Pending { id, stream, command, delivery: Delivery::Checking })))
}

#[cfg(test)]
mod tests;
