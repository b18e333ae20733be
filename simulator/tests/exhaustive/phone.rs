//! One phone with one tab: the real machine over the simulator's disk, and what it is about to do.

use std::collections::BTreeSet;
use std::fmt::Write;

use domain::change::Row;
use domain::command::{Accepted, Command, Outcome, SignUp, WithdrawSignUp};
use domain::id::{AccountId, CommandId, DeviceId, PersonId, SignUpId, StreamId};
use domain::sync::machine::{Draft, Settled, Stored, StoredStream, StreamWrite};
use domain::sync::{Client, Cursor, Effect, Input, Known as Ask, SyncReply, SyncRequest, View};
use domain::time::Timestamp;
use serde_json::value::RawValue;
use simulator::disk::Account;
use simulator::planted::Bug;
use simulator::town::{BEGIN_MS, household, occurrences, stream_of};
use uuid::Uuid;

use crate::known::{Kept, Known, digest_of};

/// Heads of each party: as many as the date takes, so that there is one place for one party.
const HEADS: usize = 2;

/// A command as it was sent; the network may hold it for ever.
#[derive(Debug)]
pub struct Envelope {
    /// Its bytes.
    pub raw: Box<RawValue>,
    /// Which command.
    pub id: CommandId,
    /// From which device.
    pub device: DeviceId,
    /// Its number there.
    pub no: u64,
    /// What the server has to know for it to be carried out.
    pub known: Vec<Ask>,
}

/// One of those.
pub type Letter = Kept<Envelope>;

/// What can happen to a phone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Nudge {
    /// Its person asks for the next thing.
    Tap,
    /// It tries.
    Try,
    /// The reply comes, and what is stored first of it is stored.
    Reply(Kept<SyncReply>),
    /// No reply comes.
    GiveUp,
    /// The next write of what a reply brought is done.
    Write,
    /// The queue is numbered anew.
    Renumber,
    /// It is killed, and starts again from its disk.
    Kill,
}

/// A try that waits for its reply.
#[derive(Debug, Clone)]
struct Flight {
    request: u64,
    body: Kept<SyncRequest>,
}

/// What is left to be written of a reply; each is one transaction.
#[derive(Debug, Clone)]
struct Writing {
    request: u64,
    /// Whether the server that replied had been restored.
    is_restored: bool,
    /// The doubt, which the rows would hide.
    doubt: Option<Timestamp>,
    /// Cursors alone, where they are stored first.
    cursors: Option<Vec<StreamWrite>>,
    /// Rows and cursors.
    rows: Option<Vec<StreamWrite>>,
    /// The streams that took them.
    stored: Vec<StreamId>,
    /// Answers, and what they take out of the queue.
    settled: Vec<(u64, Settled)>,
    /// What the server still knew …
    checked: Vec<CommandId>,
    /// … by then.
    at: Timestamp,
    /// The last doubt that the machine knew of.
    heard: Option<Timestamp>,
}

/// A phone.
#[derive(Debug, Clone)]
pub struct Phone {
    number: usize,
    account: AccountId,
    taps_max: u8,
    planted: Option<Bug>,
    disk: Account,
    client: Client,
    writing: Option<Writing>,
    flight: Option<Flight>,
    /// Whether the machine has asked for other numbers, and what is to be sent again.
    pub renumbers: Option<Vec<Settled>>,
    taps: u8,
    names: u8,
    has_heard_of_restore: bool,
    has_sent_answered: bool,
}

/// What is asked about a phone, worked out once.
pub struct Facts {
    /// Whether its person can give another command.
    pub may_tap: bool,
    /// Answers it has, on disk or in memory, as [`said`].
    pub answers: Vec<(CommandId, String)>,
    /// The commands that have made what its rows show as its person's.
    pub rows: Vec<CommandId>,
    /// Accepted ones that are in the picture although the rows do not show them, and that are not in doubt.
    pub landing: Vec<CommandId>,
    /// What was accepted and has changed something, if nothing is left to find out or to send. An answer to what was so
    /// already moves no stream: a restore can take it without a trace, and what it says stays true.
    pub accepted_at_rest: Vec<CommandId>,
    /// How far its disk has read the community, and a digest of what it has of it.
    pub read: Option<(Cursor, u64)>,
    /// Whether a reply of the restored server was the last that was stored.
    pub has_heard_of_restore: bool,
    /// Whether it has sent a command that had its answer.
    pub has_sent_answered: bool,
    /// Whether each command it was given is queued or answered.
    pub has_all: bool,
    /// Whether its memory is what its disk has, or a write is under way.
    pub is_of_one_mind: bool,
}

impl Phone {
    /// A phone that has never been used, and will be given so many commands.
    pub fn new(number: usize, account: AccountId, taps_max: u8, planted: Option<Bug>) -> Self {
        Self {
            number,
            account,
            taps_max,
            planted,
            disk: Account::new(name(number, 0)),
            client: Client::default(),
            writing: None,
            flight: None,
            renumbers: None,
            taps: 0,
            names: 0,
            has_heard_of_restore: false,
            has_sent_answered: false,
        }
    }

    /// What it has sent and not heard of.
    pub fn request(&self) -> Option<&Kept<SyncRequest>> {
        self.flight.as_ref().map(|flight| &flight.body)
    }

    /// Whether it is in the middle of storing a reply.
    pub const fn is_writing(&self) -> bool {
        self.writing.is_some()
    }

    /// What becomes of it, and what it sends.
    pub fn after(&self, nudge: &Nudge) -> (Self, Vec<Letter>) {
        let (mut phone, mut sent) = (self.clone(), Vec::new());
        phone.happen(nudge, &mut sent);
        (phone, sent)
    }

    fn happen(&mut self, nudge: &Nudge, sent: &mut Vec<Letter>) {
        match nudge {
            Nudge::Tap => {
                let Some(draft) = self.draft() else { return };
                self.taps += 1;
                let queued = self.disk.outbox.queue(&draft);
                self.feed(Input::Queued(queued), sent);
            }
            Nudge::Try => self.feed(Input::TryNow, sent),
            Nudge::Reply(reply) => {
                let Some(Flight { request, .. }) = self.flight.take() else { return };
                self.feed(Input::Replied(request, Some(SyncReply::clone(reply))), sent);
                if let Some(writing) = &mut self.writing {
                    writing.is_restored = is_restored(reply.server_at);
                }
                self.go_on_writing(sent);
            }
            Nudge::GiveUp => {
                let Some(Flight { request, .. }) = self.flight.take() else { return };
                self.feed(Input::Replied(request, None), sent);
            }
            Nudge::Write => self.go_on_writing(sent),
            Nudge::Renumber => {
                let Some(again) = self.renumbers.take() else { return };
                self.names += 1;
                let name = name(self.number, self.names);
                let queue = self.disk.outbox.renumber(name, &again, self.planted);
                match queue {
                    Some(queue) => self.feed(Input::Renumbered(name, queue), sent),
                    None => self.boot(sent),
                }
            }
            Nudge::Kill => self.boot(sent),
        }
    }

    /// Starts from the disk. The app names what it watches right after the start; before it, the first request has all.
    fn boot(&mut self, sent: &mut Vec<Letter>) {
        (self.client, self.writing, self.renumbers, self.flight) = (Client::default(), None, None, None);
        let outbox = &self.disk.outbox;
        let stored = Stored {
            account: Some(self.account),
            device: Some(outbox.device),
            queue: outbox.queue.values().map(|(_, queued)| queued.clone()).collect(),
            journal: outbox.journal.values().cloned().collect(),
            streams: self.disk.streams(),
            unsure_before: outbox.unsure_before,
        };
        self.feed(Input::Watch(vec![stream()]), sent);
        self.feed(Input::Visible(true), sent);
        self.feed(Input::Boot(stored), sent);
    }

    fn feed(&mut self, input: Input, sent: &mut Vec<Letter>) {
        for effect in self.client.step(0, 0, input) {
            match effect {
                Effect::Send { request, mut body, commands, heard, .. } => {
                    body.pulls.iter_mut().for_each(|pull| pull.checksum = None);
                    if self.planted == Some(Bug::JournalNotAsked) {
                        body.known.clear();
                    }
                    let outbox = &mut self.disk.outbox;
                    assert!(outbox.mark_tried(&commands, &heard), "the one tab knows its queue");
                    self.has_sent_answered |= commands.iter().any(|id| outbox.answer(*id).is_some());
                    sent.extend(body.commands.iter().map(|raw| letter(raw, &body.known)));
                    self.flight = Some(Flight { request, body: Known::new(digest_of(&body), body) });
                }
                Effect::Store { request, unsure_before, heard, streams, settled, checked, at } => {
                    let is_wrong = self.planted == Some(Bug::CursorBeforeRows);
                    let cursors = is_wrong.then(|| streams.clone());
                    let doubt = unsure_before.filter(|_| self.planted != Some(Bug::DoubtNotKept));
                    let (rows, stored, is_restored) = (Some(streams), Vec::new(), false);
                    self.writing = Some(Writing {
                        request,
                        is_restored,
                        doubt,
                        cursors,
                        rows,
                        stored,
                        settled,
                        checked,
                        at,
                        heard,
                    });
                }
                Effect::Renumber { again } => self.renumbers = Some(again),
                Effect::Wake { .. } | Effect::Listen(_) | Effect::Show => {}
            }
        }
    }

    fn go_on_writing(&mut self, sent: &mut Vec<Letter>) {
        let Some(mut writing) = self.writing.take() else { return };
        if let Some(doubt) = writing.doubt.take() {
            assert!(self.disk.outbox.doubt(doubt), "the one tab has heard the server last");
        } else if let Some(streams) = writing.cursors.take() {
            self.disk.apply_cursors(&streams);
        } else if let Some(streams) = writing.rows.take() {
            writing.stored = self.disk.apply(&streams, true);
            if self.planted == Some(Bug::QueueBeforeAnswers) {
                self.disk.outbox.forget(&writing.settled);
            }
        } else {
            let (settled, checked) = (std::mem::take(&mut writing.settled), std::mem::take(&mut writing.checked));
            let Writing { at, heard, stored, .. } = &writing;
            let is_noted = self.disk.outbox.settle(&settled, &checked, *at, *heard, stored);
            assert!(is_noted, "the one tab knows of each doubt");
        }
        if writing.rows.is_some() || !writing.settled.is_empty() || !writing.checked.is_empty() {
            self.writing = Some(writing);
        } else {
            self.has_heard_of_restore = writing.is_restored;
            self.feed(Input::Stored(writing.request, true), sent);
        }
    }

    fn id(&self, tap: u8) -> CommandId {
        CommandId::from_uuid(Uuid::from_u128(0xc000 + 0x10 * self.number as u128 + u128::from(tap)))
    }

    /// What its person asks for next: to sign up, then to withdraw what the picture shows.
    fn draft(&self) -> Option<Draft> {
        let occurrence = occurrences()[0];
        let people: Vec<PersonId> = household(self.account).into_iter().take(HEADS).map(|person| person.id).collect();
        if self.taps == self.taps_max {
            return None;
        }
        let (depends_on, command) = match self.taps {
            0 => (None, Command::SignUp(SignUp { occurrence, people })),
            _ => {
                let pending = self.client.pending();
                let signs_up = |command: &Command| matches!(command, Command::SignUp(_));
                let pending =
                    pending.iter().find(|pending| signs_up(&pending.command)).map(|pending| pending.id.uuid());
                let read = self.client.base().sign_up_for(occurrence).map(|(id, _)| id);
                let sign_up = read.or(pending.map(SignUpId::from_uuid))?;
                (Some(self.id(0)), Command::WithdrawSignUp(WithdrawSignUp { sign_up, people }))
            }
        };
        let (id, account, phone_ms) = (self.id(self.taps), self.account, BEGIN_MS);
        Some(Draft { id, account, stream: stream(), depends_on, phone_ms, command })
    }

    /// What tells it apart from others: all it is, but for what makes no difference to anything it will ever do.
    pub fn digest(&self) -> u64 {
        let mut text = format!("{self:?}");
        blur(&mut text, "tried: ", true);
        for name in ["requests: ", "request: ", "failures: ", "is_offline: ", "next_poll: "] {
            blur(&mut text, name, false);
        }
        // What a phone says it has makes no difference where no disk ever loses a row.
        let checksums = [("held: ", "}"), ("check_in: ", "}"), ("summed: ", "]"), ("compared: ", "]")];
        // Nor does what it listens to where nobody says anything.
        for (from, to) in checksums.into_iter().chain([("live: Live ", "}")]) {
            cut(&mut text, from, to);
        }
        if self.flight.is_none() && self.writing.is_none() {
            // The next try waits for nothing and asks for everything.
            blur(&mut text, "not_before: ", false);
            blur(&mut text, "wants_pull: ", false);
        }
        let (outbox, read) = (&self.disk.outbox, self.disk.cache.get(&stream()));
        let read = read.map(|stored| (stored.as_of, stored.cursor.seq));
        for settled in outbox.journal.values().chain(self.client.journal().values()) {
            let is_known = settled.checked.is_some();
            let is_over = match settled.outcome {
                Outcome::Accepted { seq, .. } => {
                    read.is_some_and(|read| read >= (settled.heard_of(), if is_known { 0 } else { seq }))
                }
                Outcome::Refused { .. } | Outcome::Expired => true,
            };
            let is_unseen = settled.unseen && outbox.journal.get(&settled.id).is_none_or(|stored| stored.unseen);
            if is_over && !is_unseen {
                // The disk has read what came of it: when, no longer matters.
                let Settled { id, outcome, place, again, raw, .. } = settled;
                let device = serde_json::from_str::<domain::command::Envelope>(raw).map(|envelope| envelope.device);
                let is_in_doubt = settled.is_in_doubt(outbox.unsure_before);
                let short = format!("{id} {outcome:?} {place} {again} {device:?} {is_in_doubt}");
                text = text.replace(&format!("{settled:?}"), &short);
            }
        }
        // Whatever is heard next is later than all that was.
        blur(&mut text, "latest: Some(Timestamp(", false);
        digest_of(&in_order(&text))
    }

    /// What is asked about it.
    pub fn facts(&self) -> Facts {
        let (outbox, base, pending) = (&self.disk.outbox, self.client.base(), self.client.pending());
        let settled = outbox.journal.values().chain(self.client.journal().values());
        let (mut on_disk, mut read) = (View::default(), None);
        for StoredStream { stream: of, cursor, rows, .. } in self.disk.streams() {
            rows.iter().for_each(|row| on_disk.put(&of, row));
            if of == stream() {
                read = Some((cursor, digest_of_rows(&rows)));
            }
        }
        let accepted = &pending[..pending.len() - self.client.queue().len()];
        let is_in_doubt =
            |id: &CommandId| outbox.journal.get(id).is_some_and(|settled| settled.is_in_doubt(outbox.unsure_before));
        let is_at_rest = self.writing.is_none() && pending.is_empty() && !self.client.is_unsure();
        Facts {
            may_tap: self.draft().is_some(),
            answers: settled.map(|settled| (settled.id, said(&settled.outcome))).collect(),
            rows: base.sign_ups.keys().map(|id| CommandId::from_uuid(id.uuid())).collect(),
            landing: accepted.iter().map(|pending| pending.id).filter(|id| !is_in_doubt(id)).collect(),
            accepted_at_rest: outbox
                .journal
                .values()
                .filter(|settled| is_at_rest && has_changed_something(&settled.outcome))
                .map(|settled| settled.id)
                .collect(),
            read,
            has_heard_of_restore: self.has_heard_of_restore,
            has_sent_answered: self.has_sent_answered,
            has_all: (0..self.taps)
                .map(|tap| self.id(tap))
                .all(|id| outbox.is_queued(id) || outbox.answer(id).is_some()),
            is_of_one_mind: self.writing.is_some() || on_disk == *base,
        }
    }
}

const fn has_changed_something(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Accepted { result, .. } => !matches!(result, Accepted::AlreadyDone),
        Outcome::Refused { .. } | Outcome::Expired => false,
    }
}

/// On which phone a command was given.
pub const fn phone_of(id: CommandId) -> u128 {
    id.uuid().as_u128() >> 4
}

/// Whether the server's clock shows that it was restored.
pub fn is_restored(now: Timestamp) -> bool {
    now > Timestamp::from_ms(BEGIN_MS)
}

fn name(number: usize, names: u8) -> DeviceId {
    DeviceId::from_uuid(Uuid::from_u128(0xde00 + 0x10 * number as u128 + u128::from(names)))
}

/// The stream that all this is about.
pub fn stream() -> StreamId {
    stream_of(occurrences()[0])
}

fn letter(raw: &RawValue, known: &[Ask]) -> Letter {
    let domain::command::Envelope { id, device, no, .. } =
        serde_json::from_str(raw.get()).expect("what was queued is an envelope");
    let known = known.to_vec();
    Known::new(digest_of(&(raw, &known)), Envelope { raw: raw.to_owned(), id, device, no, known })
}

/// What an answer says, wherever in the stream its effect is.
pub fn said(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted { result, .. } => format!("{result:?}"),
        Outcome::Refused { .. } | Outcome::Expired => format!("{outcome:?}"),
    }
}

/// A digest of what rows of the stream say, whatever order they are in.
pub fn digest_of_rows(rows: &[Row]) -> u64 {
    let mut view = View::default();
    rows.iter().for_each(|row| view.put(&stream(), row));
    digest_of(&view)
}

/// Says of each instant only which came before and which after.
fn in_order(text: &str) -> String {
    const NAME: &str = "Timestamp(";
    let of = |piece: &str| piece.split_once(')').and_then(|(number, _)| number.parse::<i64>().ok());
    let all: BTreeSet<i64> = text.split(NAME).skip(1).filter_map(of).collect();
    let mut pieces = text.split(NAME);
    let mut told = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let rest = piece.split_once(')').map_or(piece, |(_, rest)| rest);
        let place = of(piece).map(|instant| all.range(..instant).count());
        let _ = write!(told, "{place:?}{rest}");
    }
    told
}

/// Leaves out what stands from one word to the next occurrence of another.
fn cut(text: &mut String, from: &str, to: &str) {
    let mut pieces = text.split(from);
    let mut left = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        left.push_str(piece.split_once(to).map_or(piece, |(_, rest)| rest));
    }
    *text = left;
}

/// Makes one of all values behind a name, or two: nought and any other.
fn blur(text: &mut String, name: &str, keeps_nought: bool) {
    let mut pieces = text.split(name);
    let mut blurred = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let rest = piece.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
        let is_nought = keeps_nought && piece.starts_with('0');
        blurred.extend([name, if is_nought { "0" } else { "any" }, rest]);
    }
    *text = blurred;
}
