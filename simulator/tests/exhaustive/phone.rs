//! One phone with one tab: the real machine over the simulator's disk, and what it is about to do.

use domain::change::Row;
use domain::command::{Command, Outcome, SignUp, WithdrawSignUp};
use domain::id::{AccountId, CommandId, DeviceId, PersonId, SignUpId, StreamId};
use domain::sync::machine::{Draft, Settled, Stored, StoredStream, StreamWrite};
use domain::sync::{Client, Cursor, Effect, Input, SyncReply, SyncRequest, View};
use domain::time::Timestamp;
use serde_json::value::RawValue;
use simulator::disk::Account;
use simulator::planted::Bug;
use simulator::town::{BEGIN_MS, household, occurrences, stream_of};
use uuid::Uuid;

use crate::known::{Kept, Known, digest_of};

/// How many commands a phone's person gives.
const TAPS_MAX: u8 = 2;
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
    /// When the server replied.
    at: Timestamp,
    /// Cursors alone, where they are stored first.
    cursors: Option<Vec<StreamWrite>>,
    /// Rows and cursors.
    rows: Option<Vec<StreamWrite>>,
    /// Answers, and what they take out of the queue.
    settled: Vec<(u64, Settled)>,
}

/// A phone.
#[derive(Debug, Clone)]
pub struct Phone {
    number: usize,
    account: AccountId,
    planted: Option<Bug>,
    disk: Account,
    client: Client,
    writing: Option<Writing>,
    flight: Option<Flight>,
    /// Whether the machine has asked for other numbers.
    pub renumbers: bool,
    taps: u8,
    names: u8,
    heard_at: Option<Timestamp>,
}

/// What is asked about a phone, worked out once.
pub struct Facts {
    /// Whether its person can give another command.
    pub may_tap: bool,
    /// Answers it has, on disk or in memory, as [`said`].
    pub answers: Vec<(CommandId, String)>,
    /// The commands that have made what its rows show as its person's.
    pub rows: Vec<CommandId>,
    /// Accepted ones that are in the picture although the rows do not show them.
    pub landing: Vec<CommandId>,
    /// How far its disk has read the community, and a digest of what it has of it.
    pub read: Option<(Cursor, u64)>,
    /// When the server gave the last reply that was stored.
    pub heard_at: Option<Timestamp>,
    /// Whether each command it was given is queued or answered.
    pub has_all: bool,
    /// Whether its memory is what its disk has, or a write is under way.
    pub is_of_one_mind: bool,
}

impl Phone {
    /// A phone that has never been used.
    pub fn new(number: usize, account: AccountId, planted: Option<Bug>) -> Self {
        Self {
            number,
            account,
            planted,
            disk: Account::new(name(number, 0)),
            client: Client::default(),
            writing: None,
            flight: None,
            renumbers: false,
            taps: 0,
            names: 0,
            heard_at: None,
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
                    writing.at = reply.server_at;
                }
                self.go_on_writing(sent);
            }
            Nudge::GiveUp => {
                let Some(Flight { request, .. }) = self.flight.take() else { return };
                self.feed(Input::Replied(request, None), sent);
            }
            Nudge::Write => self.go_on_writing(sent),
            Nudge::Renumber => {
                self.renumbers = false;
                self.names += 1;
                let name = name(self.number, self.names);
                let queue = self.disk.outbox.renumber(name);
                self.feed(Input::Renumbered(name, queue), sent);
            }
            Nudge::Kill => self.boot(sent),
        }
    }

    /// Starts from the disk. The app names what it watches right after the start; before it, the first request has all.
    fn boot(&mut self, sent: &mut Vec<Letter>) {
        (self.client, self.writing, self.renumbers, self.flight) = (Client::default(), None, false, None);
        let outbox = &self.disk.outbox;
        let stored = Stored {
            account: Some(self.account),
            device: Some(outbox.device),
            queue: outbox.queue.values().map(|(_, queued)| queued.clone()).collect(),
            journal: outbox.journal.values().cloned().collect(),
            streams: self.disk.streams(),
        };
        self.feed(Input::Watch(vec![stream()]), sent);
        self.feed(Input::Visible(true), sent);
        self.feed(Input::Boot(stored), sent);
    }

    fn feed(&mut self, input: Input, sent: &mut Vec<Letter>) {
        for effect in self.client.step(0, 0, input) {
            match effect {
                Effect::Send { request, mut body, commands, .. } => {
                    body.pulls.iter_mut().for_each(|pull| pull.checksum = None);
                    assert!(self.disk.outbox.mark_tried(&commands), "the one tab knows its queue");
                    sent.extend(body.commands.iter().map(|raw| letter(raw)));
                    self.flight = Some(Flight { request, body: Known::new(digest_of(&body), body) });
                }
                Effect::Store { request, streams, settled } => {
                    let is_wrong = self.planted == Some(Bug::CursorBeforeRows);
                    let cursors = is_wrong.then(|| streams.clone());
                    self.writing = Some(Writing { request, at: Timestamp::MIN, cursors, rows: Some(streams), settled });
                }
                Effect::Renumber => self.renumbers = true,
                Effect::Wake { .. } | Effect::Show => {}
            }
        }
    }

    fn go_on_writing(&mut self, sent: &mut Vec<Letter>) {
        let Some(mut writing) = self.writing.take() else { return };
        if let Some(streams) = writing.cursors.take() {
            self.disk.apply_cursors(&streams);
        } else if let Some(streams) = writing.rows.take() {
            self.disk.apply(&streams, true);
            if self.planted == Some(Bug::QueueBeforeAnswers) {
                self.disk.outbox.forget(&writing.settled);
            }
        } else {
            self.disk.outbox.settle(&std::mem::take(&mut writing.settled));
        }
        if writing.rows.is_some() || !writing.settled.is_empty() {
            self.writing = Some(writing);
        } else {
            self.heard_at = Some(writing.at);
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
        let (depends_on, command) = match self.taps {
            0 => (None, Command::SignUp(SignUp { occurrence, people })),
            1..TAPS_MAX => {
                let pending = self.client.pending();
                let signs_up = |command: &Command| matches!(command, Command::SignUp(_));
                let pending =
                    pending.iter().find(|pending| signs_up(&pending.command)).map(|pending| pending.id.uuid());
                let read = self.client.base().sign_up_for(occurrence).map(|(id, _)| id);
                let sign_up = read.or(pending.map(SignUpId::from_uuid))?;
                (Some(self.id(0)), Command::WithdrawSignUp(WithdrawSignUp { sign_up, people }))
            }
            _ => return None,
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
        for (from, to) in [("held: ", "}"), ("check_in: ", "}"), ("summed: ", "]"), ("compared: ", "]")] {
            cut(&mut text, from, to);
        }
        if self.flight.is_none() && self.writing.is_none() {
            // The next try waits for nothing and asks for everything.
            blur(&mut text, "not_before: ", false);
            blur(&mut text, "wants_pull: ", false);
        }
        let read = self.disk.cache.get(&stream()).map(|stored| (stored.as_of, stored.cursor.seq));
        for settled in self.disk.outbox.journal.values() {
            let is_over = match settled.outcome {
                Outcome::Accepted { seq, .. } => read.is_some_and(|read| read >= (settled.at, seq)),
                Outcome::Refused { .. } | Outcome::Expired => true,
            };
            if is_over {
                // The disk has read what came of it: where in the stream, and when, no longer matters.
                let short = format!("{} {}", settled.id, said(&settled.outcome));
                text = text.replace(&format!("{settled:?}"), &short);
            }
        }
        digest_of(&text)
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
        Facts {
            may_tap: self.draft().is_some(),
            answers: settled.map(|settled| (settled.id, said(&settled.outcome))).collect(),
            rows: base.sign_ups.keys().map(|id| CommandId::from_uuid(id.uuid())).collect(),
            landing: pending.iter().skip(self.client.queue().len()).map(|pending| pending.id).collect(),
            read,
            heard_at: self.heard_at,
            has_all: (0..self.taps)
                .map(|tap| self.id(tap))
                .all(|id| outbox.is_queued(id) || outbox.answer(id).is_some()),
            is_of_one_mind: self.writing.is_some() || on_disk == *base,
        }
    }
}

fn name(number: usize, names: u8) -> DeviceId {
    DeviceId::from_uuid(Uuid::from_u128(0xde00 + 0x10 * number as u128 + u128::from(names)))
}

/// The stream that all this is about.
pub fn stream() -> StreamId {
    stream_of(occurrences()[0])
}

fn letter(raw: &RawValue) -> Letter {
    let domain::command::Envelope { id, device, no, .. } =
        serde_json::from_str(raw.get()).expect("what was queued is an envelope");
    Known::new(digest_of(raw), Envelope { raw: raw.to_owned(), id, device, no })
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
