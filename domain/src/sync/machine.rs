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
//!   brings the same answers.

mod messages;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;

use crate::command::{Command, Envelope, Outcome};
use crate::id::{AccountId, CommandId, DeviceId, StreamId};
use crate::sync::overlay::Pending;
use crate::sync::view::{Delivery, View};
use crate::sync::wire::{
    Answer, COMMANDS_BYTES_MAX, COMMANDS_MAX, Cursor, NotNow, PROTOCOL, Pull, PullReply, PullResult, SyncReply,
    SyncRequest,
};
use crate::time::Timestamp;

pub use messages::{Effect, Input, Queued, Settled, Stored, StreamWrite};

/// The first wait after a failure; doubled by each further one.
const BACKOFF_FIRST_MS: u64 = 1_000;
/// The longest wait between two tries.
const BACKOFF_LAST_MS: u64 = 60_000;
/// How long one try may take.
const DEADLINE_MS: u32 = 30_000;
/// How often a visible page asks for news.
const POLL_MS: u64 = 60_000;

#[derive(Debug, Clone)]
struct Item {
    queued: Queued,
    id: CommandId,
    pending: Option<Pending>,
}

/// The machine.
#[derive(Debug, Default)]
pub struct Client {
    account: Option<AccountId>,
    device: Option<DeviceId>,
    queue: BTreeMap<u64, Item>,
    journal: BTreeMap<CommandId, Settled>,
    base: View,
    cursors: BTreeMap<StreamId, (Cursor, Timestamp)>,
    /// Accepted, but the stream has not been read that far: they stay in the picture.
    landing: BTreeMap<CommandId, (StreamId, u64, Pending)>,
    watched: BTreeSet<StreamId>,
    flight: Option<Flight>,
    requests: u64,
    failures: u32,
    not_before: u64,
    next_poll: u64,
    wants_pull: bool,
    is_visible: bool,
    needs_sign_in: bool,
    is_offline: bool,
    is_booted: bool,
}

#[derive(Debug)]
struct Flight {
    request: u64,
    started: u64,
    numbers: Vec<u64>,
    storing: Option<Storing>,
}

#[derive(Debug)]
struct Storing {
    streams: Vec<StreamWrite>,
    settled: Vec<(u64, Settled)>,
    again: bool,
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
                self.queue.remove(&no);
                effects.push(Effect::Show);
            }
            Input::Dismissed(id) => {
                if let Some(settled) = self.journal.get_mut(&id) {
                    settled.dismissed = true;
                }
                effects.push(Effect::Show);
            }
            Input::Replied(request, reply) => self.replied(now, random, request, reply, &mut effects),
            Input::NotSent(request) => self.not_sent(now, random, request, &mut effects),
            Input::Stored(request, ok) => self.stored(now, random, request, ok, &mut effects),
            Input::Woke => {}
            Input::Watch(streams) => {
                let watched: BTreeSet<_> = streams.into_iter().collect();
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
            Input::TryNow => {
                self.wants_pull = true;
                self.failures = 0;
                self.not_before = now;
            }
            Input::SignedIn(account, device) => {
                self.account = Some(account);
                self.device = Some(device);
                self.needs_sign_in = false;
                self.wants_pull = true;
                self.not_before = now;
                effects.push(Effect::Show);
            }
            Input::Renumbered(device, queue) => {
                self.device = Some(device);
                self.queue.clear();
                for queued in queue {
                    self.enqueue(queued);
                }
                self.not_before = now;
                effects.push(Effect::Show);
            }
        }
        self.go_on(now, &mut effects);
        effects
    }

    fn boot(&mut self, stored: Stored, effects: &mut Vec<Effect>) {
        self.account = stored.account;
        self.device = stored.device;
        for queued in stored.queue {
            self.enqueue(queued);
        }
        for (stream, cursor, as_of, rows) in stored.streams {
            for row in &rows {
                self.base.put(&stream, row);
            }
            self.cursors.insert(stream, (cursor, as_of));
        }
        for settled in stored.journal {
            self.land(&settled);
            self.journal.insert(settled.id, settled);
        }
        self.is_booted = true;
        self.wants_pull = true;
        effects.push(Effect::Show);
    }

    fn enqueue(&mut self, queued: Queued) {
        // An envelope that cannot be read stays on disk, where the storage sets it aside and says so.
        let Some((id, pending)) = read(&queued.raw) else { return };
        self.queue.insert(queued.no, Item { queued, id, pending });
    }

    /// Keeps an accepted command in the picture until its stream has been read that far.
    fn land(&mut self, settled: &Settled) {
        let Outcome::Accepted { seq, .. } = settled.outcome else { return };
        let Some((_, Some(pending))) = read(&settled.raw) else { return };
        let known = self.cursors.get(&pending.stream).map_or(0, |(cursor, _)| cursor.seq);
        if known < seq {
            self.landing.insert(settled.id, (pending.stream.clone(), seq, pending));
        }
    }

    fn replied(&mut self, now: u64, random: u64, request: u64, reply: Option<SyncReply>, effects: &mut Vec<Effect>) {
        if self.flight.as_ref().is_none_or(|flight| flight.request != request || flight.storing.is_some()) {
            return;
        }
        let Some(reply) = reply.filter(|reply| reply.proto == PROTOCOL) else {
            self.flight = None;
            self.fail(now, random);
            self.is_offline = true;
            effects.push(Effect::Show);
            return;
        };
        self.is_offline = false;
        self.failures = 0;
        let (settled, again) = self.read_answers(now, random, &reply, effects);
        let mut more = false;
        let streams: Vec<_> =
            reply.pulls.into_iter().filter_map(|pull| self.read_pull(pull, reply.server_at, &mut more)).collect();
        // What was asked for while this was on its way has still to be asked.
        self.wants_pull |= more;
        self.next_poll = now + POLL_MS;
        let storing = Storing { streams: streams.clone(), settled: settled.clone(), again: again || more };
        if let Some(flight) = &mut self.flight {
            flight.storing = Some(storing);
        }
        effects.push(Effect::Store { request, streams, settled });
    }

    /// What did not leave is as if never tried: its person may still take it back.
    fn not_sent(&mut self, now: u64, random: u64, request: u64, effects: &mut Vec<Effect>) {
        let flight = self.flight.take_if(|flight| flight.request == request && flight.storing.is_none());
        let Some(flight) = flight else { return };
        for no in flight.numbers {
            if let Some(item) = self.queue.get_mut(&no) {
                item.queued.tried = item.queued.tried.saturating_sub(1);
            }
        }
        self.fail(now, random);
        self.is_offline = true;
        effects.push(Effect::Show);
    }

    fn read_answers(
        &mut self,
        now: u64,
        random: u64,
        reply: &SyncReply,
        effects: &mut Vec<Effect>,
    ) -> (Vec<(u64, Settled)>, bool) {
        let mut settled = Vec::new();
        let mut again = false;
        for answer in &reply.answers {
            match answer {
                Answer::Decided { id, outcome } => {
                    let Some(item) = self.queue.values().find(|item| item.id == *id) else { continue };
                    let entry = Settled {
                        id: *id,
                        raw: item.queued.raw.clone(),
                        outcome: outcome.clone(),
                        at: reply.server_at,
                        dismissed: false,
                    };
                    settled.push((item.queued.no, entry));
                    again = true;
                }
                Answer::NotNow { not_now, .. } => match not_now {
                    NotNow::RetryAfter { ms } => {
                        // Up to half as long again, so that those who were sent away do not return together.
                        let ms = u64::from(*ms);
                        self.not_before = now + ms + random % (ms / 2 + 1);
                    }
                    NotNow::NeedsSignIn | NotNow::WrongAccount => self.needs_sign_in = true,
                    NotNow::Gap { expected } if self.queue.contains_key(expected) => again = true,
                    NotNow::Gap { .. } | NotNow::Forked | NotNow::IdReused => effects.push(Effect::Renumber),
                },
            }
        }
        // Only if something was settled is there reason to send the rest at once.
        let rest = self.queue.len() > settled.len();
        (settled, again && rest)
    }

    /// The rules M1 and M3: what a reply may change, given what is known by now.
    fn read_pull(&self, pull: PullReply, as_of: Timestamp, more_waits: &mut bool) -> Option<StreamWrite> {
        let known = self.cursors.get(&pull.stream).map(|(cursor, _)| *cursor);
        match pull.result {
            PullResult::Delta { from, rows, gone, cursor, more } => {
                let known = known.filter(|known| known.epoch == cursor.epoch && from <= known.seq)?;
                if cursor.seq < known.seq {
                    return None;
                }
                *more_waits |= more;
                let rows = rows.into_iter().filter(|row| row.seq > known.seq).collect();
                Some(StreamWrite { stream: pull.stream, replace: false, rows, gone, cursor: Some(cursor), as_of })
            }
            PullResult::Snapshot { rows, cursor, .. } => {
                let is_newer = known.is_none_or(|known| known.epoch != cursor.epoch || known.seq <= cursor.seq);
                is_newer.then_some(StreamWrite {
                    stream: pull.stream,
                    replace: true,
                    rows,
                    gone: Vec::new(),
                    cursor: Some(cursor),
                    as_of,
                })
            }
            PullResult::Denied => Some(StreamWrite {
                stream: pull.stream,
                replace: true,
                rows: Vec::new(),
                gone: Vec::new(),
                cursor: None,
                as_of,
            }),
        }
    }

    fn stored(&mut self, now: u64, random: u64, request: u64, ok: bool, effects: &mut Vec<Effect>) {
        let Some(flight) = self.flight.take_if(|flight| flight.request == request) else { return };
        let Some(storing) = flight.storing else { return };
        if !ok {
            // Forget the reply: the same commands bring the same answers.
            self.wants_pull = true;
            self.fail(now, random);
            return;
        }
        for write in storing.streams {
            if write.replace {
                self.base.clear(&write.stream);
            }
            for key in &write.gone {
                self.base.remove(key);
            }
            for row in &write.rows {
                self.base.put(&write.stream, row);
            }
            match write.cursor {
                Some(cursor) => {
                    self.cursors.insert(write.stream, (cursor, write.as_of));
                }
                None => {
                    self.cursors.remove(&write.stream);
                }
            }
        }
        for (no, settled) in storing.settled {
            self.queue.remove(&no);
            self.land(&settled);
            self.journal.insert(settled.id, settled);
        }
        let cursors = &self.cursors;
        self.landing.retain(|_, (stream, seq, _)| cursors.get(stream).is_none_or(|(cursor, _)| cursor.seq < *seq));
        if !self.landing.is_empty() {
            self.wants_pull = true;
        }
        if storing.again {
            self.not_before = self.not_before.min(now);
        }
        effects.push(Effect::Show);
    }

    fn fail(&mut self, now: u64, random: u64) {
        let most = (BACKOFF_FIRST_MS << self.failures.min(6)).min(BACKOFF_LAST_MS);
        self.failures = self.failures.saturating_add(1);
        // Full jitter, but never a busy loop.
        self.not_before = now + BACKOFF_FIRST_MS / 4 + random % most;
    }

    fn has_to_send(&self) -> bool {
        !self.queue.is_empty() && !self.needs_sign_in && self.account.is_some()
    }

    /// Sends if there is reason to and nothing is in flight; else sees to it that a timer rings.
    fn go_on(&mut self, now: u64, effects: &mut Vec<Effect>) {
        if !self.is_booted {
            return;
        }
        if let Some(flight) = &self.flight {
            // A fetch that never settles must not hold the queue for ever.
            let deadline = flight.started + u64::from(DEADLINE_MS) + 5_000;
            if flight.storing.is_none() && now >= deadline {
                self.flight = None;
                self.is_offline = true;
                effects.push(Effect::Show);
            } else {
                effects.push(Effect::Wake { after_ms: deadline.saturating_sub(now).max(1_000) });
                return;
            }
        }
        let polls = self.is_visible && !self.watched.is_empty();
        let is_due = self.has_to_send() || self.wants_pull || (polls && now >= self.next_poll);
        if is_due && now >= self.not_before && (self.has_to_send() || !self.pulls().is_empty()) {
            self.send(now, effects);
            return;
        }
        if self.has_to_send() || self.wants_pull {
            effects.push(Effect::Wake { after_ms: self.not_before.saturating_sub(now).max(1) });
        } else if polls {
            effects.push(Effect::Wake { after_ms: self.next_poll.saturating_sub(now).max(1_000) });
        }
    }

    fn pulls(&self) -> Vec<Pull> {
        let mut streams = self.watched.clone();
        if self.has_to_send() {
            streams.extend(self.queue.values().filter_map(|item| item.pending.as_ref()).map(|p| p.stream.clone()));
        }
        streams.extend(self.landing.values().map(|(stream, _, _)| stream.clone()));
        if let Some(account) = self.account.filter(|_| !self.needs_sign_in) {
            streams.insert(StreamId::Account(account));
        }
        let mut pulls: Vec<_> = streams
            .into_iter()
            .map(|stream| Pull { cursor: self.cursors.get(&stream).map(|(cursor, _)| *cursor), stream })
            .collect();
        pulls.truncate(crate::sync::wire::PULLS_MAX);
        pulls
    }

    fn send(&mut self, now: u64, effects: &mut Vec<Effect>) {
        self.requests += 1;
        let mut commands: Vec<Box<RawValue>> = Vec::new();
        let mut numbers = Vec::new();
        let mut bytes = 0;
        if self.has_to_send() {
            for item in self.queue.values_mut().take(COMMANDS_MAX) {
                bytes += item.queued.raw.len();
                let Ok(raw) = RawValue::from_string(item.queued.raw.clone()) else { continue };
                if bytes > COMMANDS_BYTES_MAX && !commands.is_empty() {
                    break;
                }
                commands.push(raw);
                numbers.push(item.queued.no);
                item.queued.tried += 1;
            }
        }
        let body = SyncRequest { proto: PROTOCOL, device: self.device, commands, pulls: self.pulls() };
        self.flight = Some(Flight { request: self.requests, started: now, numbers: numbers.clone(), storing: None });
        self.wants_pull = false;
        let deadline_ms = DEADLINE_MS;
        effects.push(Effect::Send { request: self.requests, body, numbers, deadline_ms });
        effects.push(Effect::Wake { after_ms: u64::from(DEADLINE_MS) + 5_000 });
    }

    /// The rows as the server last gave them.
    #[must_use]
    pub const fn base(&self) -> &View {
        &self.base
    }

    /// What is on its way, in order: queued, then accepted but not yet read back.
    #[must_use]
    pub fn pending(&self) -> Vec<Pending> {
        let queued = self.queue.values().filter_map(|item| {
            let delivery = if item.queued.tried == 0 { Delivery::Saved } else { Delivery::Checking };
            item.pending.clone().map(|pending| Pending { delivery, ..pending })
        });
        queued.chain(self.landing.values().map(|(_, _, pending)| pending.clone())).collect()
    }

    /// The queue as it stands, for the screen that lists it.
    #[must_use]
    pub fn queue(&self) -> Vec<&Queued> {
        self.queue.values().map(|item| &item.queued).collect()
    }

    /// Answers, newest last.
    #[must_use]
    pub const fn journal(&self) -> &BTreeMap<CommandId, Settled> {
        &self.journal
    }

    /// When a stream was last read, by the server's clock.
    #[must_use]
    pub fn as_of(&self, stream: &StreamId) -> Option<Timestamp> {
        self.cursors.get(stream).map(|(_, at)| *at)
    }

    /// Whether the last try got no answer.
    #[must_use]
    pub const fn is_offline(&self) -> bool {
        self.is_offline
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
    let envelope: Envelope = serde_json::from_str(raw).ok()?;
    let command: Option<Command> = envelope.command().ok();
    let (id, stream) = (envelope.id, envelope.stream);
    Some((id, command.map(|command| Pending { id, stream, command, delivery: Delivery::Checking })))
}

#[cfg(test)]
mod tests;
