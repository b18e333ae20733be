//! The reference server: the protocol of `POST /api/sync` in memory.
//!
//! It says what `server/src/sync` says, in the same order of checks, without a database: that one and this one are two
//! readings of one protocol. What is committed is [`Database`]; it can be copied and put back, which is a restore.
//! Deliberately absent: HTTP, limits of size, windows of dates.

use std::collections::{BTreeMap, BTreeSet};

use domain::change::{Audience, Row, RowKey};
use domain::command::{Accepted, Command, Envelope, Outcome};
use domain::id::{AccountId, CommandId, DeviceId, StreamId};
use domain::people::{Actor, Caller, Role};
use domain::refusal::Refusal;
use domain::sync::checksum::sum_of;
use domain::sync::limits::{AFTER_FAULT_MS, FAULTS_MAX, PULLS_MAX};
use domain::sync::wire::VIEW;
use domain::sync::{
    Answer, Cursor, Known, NotNow, PROTOCOL, Pull, PullReply, PullResult, ResetReason, SyncReply, SyncRequest,
};
use domain::time::Timestamp;
use serde_json::value::RawValue;

use crate::coverage::{Sight, Sights};
use crate::dice::mix;
use crate::planted::Bug;
use crate::town::{DraftRow, Town, account, team};

/// Rows in one delta; few, so that pages are common.
const DELTA_ROWS_MAX: usize = 4;

#[derive(Debug, Clone)]
struct Version {
    seq: u64,
    body: Option<Box<RawValue>>,
}

#[derive(Debug, Clone, Default)]
struct Stream {
    head: u64,
    floor: u64,
    tags: BTreeMap<u64, u32>,
    rows: BTreeMap<(Audience, RowKey), Version>,
}

#[derive(Debug, Clone)]
struct Device {
    account: AccountId,
    last_no: u64,
    faults: u32,
    fault_no: u64,
}

/// A command that was answered.
#[derive(Debug, Clone)]
pub struct Processed {
    meaning: String,
    /// The answer.
    pub outcome: Outcome,
    device: DeviceId,
    no: u64,
}

/// All that survives a crash.
#[derive(Debug, Clone)]
pub struct Database {
    epoch: u64,
    /// What people have.
    pub town: Town,
    streams: BTreeMap<StreamId, Stream>,
    devices: BTreeMap<DeviceId, Device>,
    /// Stored answers.
    pub processed: BTreeMap<CommandId, Processed>,
    numbers: BTreeSet<(DeviceId, u64)>,
    /// Commands whose answer was thrown away. The real server does that after more than a year and keeps no such list;
    /// here it is a matter of minutes, and no phone asks about an answer so old.
    pub pruned: BTreeSet<CommandId>,
    editors: BTreeSet<AccountId>,
}

/// A command that was carried out or refused, for whoever checks.
#[derive(Debug, Clone)]
pub struct Commit {
    /// Which.
    pub id: CommandId,
    /// Of which device.
    pub device: DeviceId,
    /// Under which number.
    pub no: u64,
    /// Whether it changed anything.
    pub has_effect: bool,
}

/// The server.
#[derive(Debug)]
pub struct Server {
    /// What is committed.
    pub db: Database,
    /// How far its clock is behind.
    pub behind_ms: u64,
    /// Commands that break it.
    pub poisoned: BTreeSet<CommandId>,
    /// What was committed since it was last asked.
    pub commits: Vec<Commit>,
    /// What was answered for good since it was last asked.
    pub answers: Vec<(CommandId, Outcome)>,
    /// States that were reached.
    pub sights: Sights,
    planted: Option<Bug>,
}

/// What may befall one request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mishap {
    /// The process dies in the transaction of this command.
    pub dies_at: Option<usize>,
    /// The database is busy at this command.
    pub busy_at: Option<usize>,
}

impl Server {
    /// A server with a town in which nothing has happened yet.
    #[must_use]
    pub fn new(planted: Option<Bug>) -> Self {
        let mut db = Database {
            epoch: 1,
            town: Town::default(),
            streams: BTreeMap::new(),
            devices: BTreeMap::new(),
            processed: BTreeMap::new(),
            numbers: BTreeSet::new(),
            pruned: BTreeSet::new(),
            editors: BTreeSet::new(),
        };
        for (stream, rows) in Town::first_rows() {
            db.write_change(&stream, rows, 1);
        }
        Self::over(db, planted)
    }

    /// A server over what is committed already.
    #[must_use]
    pub fn over(db: Database, planted: Option<Bug>) -> Self {
        Self {
            db,
            behind_ms: 0,
            poisoned: BTreeSet::new(),
            commits: Vec::new(),
            answers: Vec::new(),
            sights: Sights::default(),
            planted,
        }
    }

    /// Carries commands out in order, then pulls; no reply to what is no request, and if the process dies on the way.
    pub fn sync(&mut self, actor: &Actor, request: &SyncRequest, mishap: Mishap, now: Timestamp) -> Option<SyncReply> {
        let streams: BTreeSet<_> = request.pulls.iter().map(|pull| &pull.stream).collect();
        if streams.len() < request.pulls.len() || request.pulls.len() > PULLS_MAX {
            // Turned away whole, which the phone takes for no answer.
            return None;
        }
        let unknown: Vec<_> =
            request.known.iter().filter(|known| !self.db.knows(**known)).map(|known| known.id).collect();
        if !request.known.is_empty() {
            self.sights.mark(if unknown.is_empty() { Sight::JournalKnown } else { Sight::JournalLost });
        }
        let holds_back = !unknown.is_empty() && self.planted != Some(Bug::UnknownNotHeeded);
        if holds_back && !request.commands.is_empty() {
            self.sights.mark(Sight::HeldBack);
        }
        let commands = if holds_back { &[] } else { request.commands.as_slice() };
        let mut answers = Vec::new();
        for (index, raw) in commands.iter().enumerate() {
            let Ok(envelope) = serde_json::from_str::<Envelope>(raw.get()) else { return None };
            if mishap.dies_at == Some(index) {
                self.die_at(&envelope);
                return None;
            }
            let id = envelope.id;
            let answer = if mishap.busy_at == Some(index) {
                self.sights.mark(Sight::Busy);
                Answer::NotNow { id, not_now: NotNow::RetryAfter { ms: AFTER_FAULT_MS } }
            } else {
                self.apply(actor, &envelope, now)
            };
            let goes_on = matches!(answer, Answer::Decided { .. });
            if let Answer::Decided { id, outcome } = &answer {
                self.answers.push((*id, outcome.clone()));
            }
            answers.push(answer);
            if !goes_on {
                break;
            }
        }
        let pulls = request.pulls.iter().map(|wanted| self.pull(actor, wanted)).collect();
        Some(SyncReply { proto: PROTOCOL, server_at: now, answers, pulls, unknown, oldest: None })
    }

    fn die_at(&mut self, envelope: &Envelope) {
        self.sights.mark(Sight::ServerDied);
        if self.planted == Some(Bug::NumberWithoutCommit)
            && let Some(device) = self.db.devices.get_mut(&envelope.device)
            && envelope.no == device.last_no + 1
        {
            device.last_no = envelope.no;
        }
    }

    fn apply(&mut self, actor: &Actor, envelope: &Envelope, now: Timestamp) -> Answer {
        let id = envelope.id;
        let not_now = |not_now| Answer::NotNow { id, not_now };
        let Actor::Account(caller) = actor else { return not_now(NotNow::NeedsSignIn) };
        if envelope.account != caller.account {
            self.sights.mark(Sight::WrongAccount);
            return not_now(NotNow::WrongAccount);
        }
        let new = Device { account: envelope.account, last_no: 0, faults: 0, fault_no: 0 };
        let device = self.db.devices.entry(envelope.device).or_insert(new);
        let (owner, last_no) = (device.account, device.last_no);
        if owner != caller.account {
            return not_now(NotNow::WrongAccount);
        }
        if self.planted != Some(Bug::IdsNotCompared)
            && let Some(processed) = self.db.processed.get(&id)
        {
            if processed.meaning != envelope.meaning() {
                return not_now(NotNow::IdReused);
            }
            self.sights.mark(Sight::ReplayHit);
            return Answer::Decided { id, outcome: processed.outcome.clone() };
        }
        if envelope.no > last_no + 1 {
            self.sights.mark(Sight::Gap);
            return not_now(NotNow::Gap { expected: last_no + 1 });
        }
        if envelope.no <= last_no {
            if self.db.numbers.contains(&(envelope.device, envelope.no)) {
                self.sights.mark(Sight::Forked);
                return not_now(NotNow::Forked);
            }
            self.sights.mark(Sight::Expired);
            return Answer::Decided { id, outcome: Outcome::Expired };
        }
        if self.poisoned.contains(&id) {
            return match self.count_broken(envelope) {
                Some(outcome) => Answer::Decided { id, outcome },
                None => not_now(NotNow::RetryAfter { ms: AFTER_FAULT_MS }),
            };
        }
        let (outcome, has_effect) = self.decide(envelope, now);
        if self.planted != Some(Bug::AnswerNotStored) {
            self.store(envelope, &outcome);
        }
        self.go_past(envelope, has_effect);
        Answer::Decided { id, outcome }
    }

    fn decide(&mut self, envelope: &Envelope, now: Timestamp) -> (Outcome, bool) {
        let refused = |refusal| (Outcome::Refused { refusal, alternatives: Vec::new() }, false);
        let earlier = envelope.depends_on.and_then(|id| self.db.processed.get(&id));
        if earlier.is_some_and(|processed| matches!(processed.outcome, Outcome::Refused { .. })) {
            self.sights.mark(Sight::DependencyRefused);
            return refused(Refusal::DependencyRefused);
        }
        let Ok(command) = envelope.command() else { return refused(Refusal::Malformed { field: String::new() }) };
        let before = self.db.town.promotions;
        let held = self.planted != Some(Bug::PlacesNotHeld);
        match self.db.town.carry_out(envelope.id, envelope.account, &command, now, held) {
            Ok((result, rows)) => {
                self.note(&command, &result, self.db.town.promotions > before);
                let head = self.db.head(&envelope.stream);
                let has_effect = !rows.is_empty();
                let id = u64::try_from(envelope.id.uuid().as_u128() >> 64).unwrap_or_default();
                let cause = mix(id ^ mix(now.ms().unsigned_abs()));
                let seq = if has_effect { self.db.write_change(&envelope.stream, rows, cause) } else { head };
                (Outcome::Accepted { seq, result }, has_effect)
            }
            Err(refusal) => {
                self.sights.mark(if refusal == Refusal::SlotTaken { Sight::SlotTaken } else { Sight::Refused });
                refused(refusal)
            }
        }
    }

    fn note(&mut self, command: &Command, result: &Accepted, has_promoted: bool) {
        match result {
            Accepted::Confirmed { .. } => self.sights.mark(Sight::Confirmed),
            Accepted::Waitlisted { .. } => self.sights.mark(Sight::Waitlisted),
            Accepted::Booked => self.sights.mark(Sight::Booked),
            _ => {}
        }
        if has_promoted && matches!(command, Command::WithdrawSignUp(_)) {
            self.sights.mark(Sight::Promoted);
        }
    }

    fn count_broken(&mut self, envelope: &Envelope) -> Option<Outcome> {
        let device = self.db.devices.get_mut(&envelope.device)?;
        device.faults = if device.fault_no == envelope.no { device.faults + 1 } else { 1 };
        device.fault_no = envelope.no;
        if device.faults < FAULTS_MAX {
            return None;
        }
        self.sights.mark(Sight::Poison);
        let refusal = Refusal::ServerFault { reference: envelope.id.reference() };
        let outcome = Outcome::Refused { refusal, alternatives: Vec::new() };
        self.store(envelope, &outcome);
        self.go_past(envelope, false);
        Some(outcome)
    }

    fn store(&mut self, envelope: &Envelope, outcome: &Outcome) {
        let (device, no) = (envelope.device, envelope.no);
        let processed = Processed { meaning: envelope.meaning(), outcome: outcome.clone(), device, no };
        self.db.processed.insert(envelope.id, processed);
        self.db.numbers.insert((device, no));
    }

    fn go_past(&mut self, envelope: &Envelope, has_effect: bool) {
        if let Some(device) = self.db.devices.get_mut(&envelope.device) {
            device.last_no = envelope.no;
        }
        self.commits.push(Commit { id: envelope.id, device: envelope.device, no: envelope.no, has_effect });
    }

    fn pull(&mut self, actor: &Actor, wanted: &Pull) -> PullReply {
        let stream = wanted.stream.clone();
        let audiences = self.db.audiences(actor, &stream);
        let Some(state) = self.db.streams.get(&stream).filter(|_| !audiences.is_empty()) else {
            self.sights.mark(Sight::Denied);
            return PullReply { stream, result: PullResult::Denied };
        };
        let visible = hash(&audiences);
        let head = self.db.cursor(state, visible);
        let mut why = wanted.cursor.and_then(|cursor| judge(state, &cursor, self.db.epoch, visible));
        if self.planted == Some(Bug::TagsNotCompared) {
            why = why.filter(|why| *why != ResetReason::Diverged);
        }
        let mut changed = None;
        if let Some(cursor) = wanted.cursor.filter(|_| why.is_none()) {
            changed = delta(state, &audiences, cursor, head);
            if changed.is_none() {
                self.sights.mark(Sight::FarBehind);
                why = Some(ResetReason::TooOld);
            }
        }
        let is_still = |delta: &PullResult| matches!(delta, PullResult::Delta { rows, gone, .. } if rows.is_empty() && gone.is_empty());
        if let Some(checksum) = wanted.checksum.filter(|_| changed.as_ref().is_some_and(is_still)) {
            let others = || state.rows.keys().map(|(audience, _)| audience.clone()).collect();
            let summed = if self.planted == Some(Bug::ChecksumOverOthersRows) { others() } else { audiences.clone() };
            if sum(state, &summed) == checksum.sum {
                self.sights.mark(Sight::ChecksumHeld);
            } else {
                (changed, why) = (None, Some(ResetReason::Checksum));
            }
        }
        let whole = || PullResult::Snapshot { why, rows: present(state, &audiences), cursor: head };
        let result = changed.unwrap_or_else(whole);
        if let Some(why) = why {
            self.sights.mark(match why {
                ResetReason::TooOld => Sight::ResetTooOld,
                ResetReason::EpochChanged => Sight::ResetEpochChanged,
                ResetReason::Ahead => Sight::ResetAhead,
                ResetReason::Diverged => Sight::ResetDiverged,
                ResetReason::Audience => Sight::ResetAudience,
                ResetReason::View => Sight::ResetView,
                ResetReason::Checksum => Sight::ResetChecksum,
                ResetReason::Window | ResetReason::Other => unreachable!("not of this server"),
            });
        }
        if let PullResult::Delta { gone, .. } = &result
            && !gone.is_empty()
        {
            self.sights.mark(Sight::Tombstone);
        }
        PullReply { stream, result }
    }
}

impl Database {
    fn write_change(&mut self, stream: &StreamId, rows: Vec<DraftRow>, cause: u64) -> u64 {
        let stream = self.streams.entry(stream.clone()).or_default();
        let before = stream.tags.get(&stream.head).copied().unwrap_or_default();
        stream.head += 1;
        let tag = u32::try_from(mix(u64::from(before) ^ cause) >> 32).unwrap_or_default();
        stream.tags.insert(stream.head, tag);
        for row in rows {
            let key = RowKey { class: row.class.to_owned(), id: row.id };
            let body = row.body.and_then(|body| RawValue::from_string(body).ok());
            stream.rows.insert((row.audience, key), Version { seq: stream.head, body });
        }
        stream.head
    }

    fn cursor(&self, stream: &Stream, audience: u32) -> Cursor {
        let tag = stream.tags.get(&stream.head).copied().unwrap_or_default();
        Cursor { epoch: self.epoch, seq: stream.head, tag, audience, view: VIEW }
    }

    fn audiences(&self, actor: &Actor, stream: &StreamId) -> Vec<Audience> {
        let Actor::Account(caller) = actor else {
            return if matches!(stream, StreamId::Community(_)) { vec![Audience::Public] } else { Vec::new() };
        };
        match stream {
            StreamId::Account(account) if *account == caller.account => vec![Audience::Account(*account)],
            StreamId::Account(_) => Vec::new(),
            StreamId::Community(_) => {
                let mut found = vec![Audience::Public, Audience::Account(caller.account)];
                found.extend(caller.roles.contains(&Role::TeamEditor(team())).then(|| Audience::Team(team())));
                found
            }
        }
    }

    /// Who an account is now, with its roles.
    #[must_use]
    pub fn actor(&self, account: AccountId) -> Actor {
        let roles = self.editors.contains(&account).then(|| Role::TeamEditor(team()));
        Actor::Account(Caller { account, roles: roles.into_iter().collect() })
    }

    /// Every row of a stream that an account may see.
    #[must_use]
    pub fn rows_for(&self, account: AccountId, stream: &StreamId) -> Vec<Row> {
        let audiences = self.audiences(&self.actor(account), stream);
        self.streams.get(stream).map(|stream| present(stream, &audiences)).unwrap_or_default()
    }

    /// Grants the role of an editor, or takes it away.
    pub fn toggle_editor(&mut self, number: u128) {
        let account = account(number);
        if !self.editors.remove(&account) {
            self.editors.insert(account);
        }
    }

    /// The last change of a stream.
    #[must_use]
    pub fn head(&self, stream: &StreamId) -> u64 {
        self.streams.get(stream).map_or(0, |stream| stream.head)
    }

    /// Drops tombstones and raises each floor to the head.
    pub fn compact(&mut self) {
        for stream in self.streams.values_mut() {
            stream.floor = stream.head;
            let floor = stream.floor;
            stream.rows.retain(|_, version| version.body.is_some() || version.seq > floor);
            stream.tags.retain(|seq, _| *seq >= floor);
        }
    }

    /// Forgets every stored answer.
    pub fn prune_answers(&mut self) {
        self.numbers.clear();
        self.pruned.extend(std::mem::take(&mut self.processed).into_keys());
    }

    /// Whether an answer is known.
    #[must_use]
    pub fn knows(&self, known: Known) -> bool {
        let is_it = |one: &Processed| matches!(one.outcome, Outcome::Accepted { seq, .. } if seq == known.seq);
        self.processed.get(&known.id).is_some_and(is_it) || self.pruned.contains(&known.id)
    }

    /// Another life of the database.
    pub fn renew_epoch(&mut self, epoch: u64) {
        self.epoch = epoch;
    }

    /// The last number of each device, for whoever checks the order after a restore.
    pub fn last_numbers(&self) -> impl Iterator<Item = (DeviceId, u64)> {
        self.devices.iter().map(|(id, device)| (*id, device.last_no))
    }

    /// Commands whose answer is stored under a device and number that something else has.
    #[must_use]
    pub fn is_answer_of(&self, id: CommandId, device: DeviceId, no: u64) -> bool {
        self.processed.get(&id).is_some_and(|processed| (processed.device, processed.no) == (device, no))
    }
}

fn hash(audiences: &[Audience]) -> u32 {
    let bytes = audiences.iter().flat_map(|audience| audience.to_string().into_bytes());
    let hash = bytes.fold(7, |hash, byte| mix(hash ^ u64::from(byte)));
    u32::try_from(hash >> 32).unwrap_or_default()
}

fn judge(stream: &Stream, cursor: &Cursor, epoch: u64, visible: u32) -> Option<ResetReason> {
    if cursor.epoch != epoch {
        return Some(ResetReason::EpochChanged);
    }
    if cursor.seq > stream.head {
        return Some(ResetReason::Ahead);
    }
    if cursor.seq < stream.floor {
        return Some(ResetReason::TooOld);
    }
    let tag = if cursor.seq == 0 { Some(0) } else { stream.tags.get(&cursor.seq).copied() };
    if tag != Some(cursor.tag) {
        return Some(ResetReason::Diverged);
    }
    if cursor.view != VIEW {
        return Some(ResetReason::View);
    }
    (cursor.audience != visible).then_some(ResetReason::Audience)
}

fn row_of(key: &RowKey, version: &Version) -> Option<Row> {
    let body = version.body.clone()?;
    Some(Row { class: key.class.clone(), id: key.id.clone(), seq: version.seq, on: None, body })
}

fn present(stream: &Stream, audiences: &[Audience]) -> Vec<Row> {
    let visible = stream.rows.iter().filter(|((audience, _), _)| audiences.contains(audience));
    visible.filter_map(|((_, key), version)| row_of(key, version)).collect()
}

/// The sum over what a reader has.
fn sum(stream: &Stream, audiences: &[Audience]) -> u64 {
    let rows: BTreeMap<RowKey, u64> = present(stream, audiences).iter().map(|row| (row.key(), row.seq)).collect();
    sum_of(rows.iter().map(|(key, seq)| (key.class.as_str(), key.id.as_str(), *seq)))
}

/// All that changed after a cursor; nothing if that is more than a delta holds.
fn delta(stream: &Stream, audiences: &[Audience], cursor: Cursor, head: Cursor) -> Option<PullResult> {
    let changed = |((audience, _), version): &(&(Audience, RowKey), &Version)| {
        audiences.contains(audience) && version.seq > cursor.seq
    };
    let found: Vec<_> = stream.rows.iter().filter(changed).map(|((_, key), version)| (key, version)).collect();
    if found.len() > DELTA_ROWS_MAX {
        return None;
    }
    let gone = found.iter().filter(|(_, version)| version.body.is_none()).map(|(key, _)| (*key).clone()).collect();
    let rows = found.iter().filter_map(|(key, version)| row_of(key, version)).collect();
    Some(PullResult::Delta { from: cursor.seq, rows, gone, cursor: head })
}
