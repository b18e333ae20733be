//! A phone: its tabs, each with a machine of its own over the one disk, and how a tab carries out what the machine asks.
//!
//! It does what `app/src/sync` and `app/src/storage/outbox.rs` do, in the same order: mark as tried, then send; rows and
//! cursors, then answers; a word to the other tabs, who start again from the disk. Deliberately absent: drawing.

mod others;
mod storing;

use std::collections::BTreeSet;

use domain::command::Envelope;
use domain::id::{AccountId, CommandId, DeviceId, StreamId};
use domain::sync::machine::{Draft, Heard, Queued, Settled, Stored, StoredStream, StreamWrite};
use domain::sync::overlay::lay_over;
use domain::sync::{
    Answer, Client, Effect, Input, NotNow, PROTOCOL, Pull, PullReply, PullResult, ResetReason, SyncReply, SyncRequest,
};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::coverage::Sight;
use crate::disk::{Account, Disk};
use crate::live;
use crate::network::{Weather, fate};
use crate::planted::Bug;
use crate::turns::Turn;
use crate::world::{Arrival, Event, World};

pub use others::Told;
pub use storing::Write;

/// For so long it is noted when a tab has sent something.
pub const CIRCLE_MS: u64 = 30_000;

/// Which tab of which phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The phone.
    pub phone: usize,
    /// Its tab.
    pub tab: usize,
}

/// A browser profile.
#[derive(Debug)]
pub struct Phone {
    /// What it keeps.
    pub disk: Disk,
    /// Its tabs; none where one was killed.
    pub tabs: Vec<Option<Tab>>,
    /// Who is signed in here, as the browser remembers.
    pub account: AccountId,
    /// Whose session the cookie is; none once it has ended.
    pub session: Option<AccountId>,
    /// How far its clock is off.
    pub skew_ms: i64,
    /// Which tab sends what is queued just now; nobody asks on a phone that has no locks.
    pub turn: Option<Turn>,
    /// Whether it has locks.
    pub has_locks: bool,
}

/// A tab.
#[derive(Debug)]
pub struct Tab {
    /// Tells this tab from the one that was there before it was killed.
    pub life: u64,
    /// The machine.
    pub client: Client,
    /// Whose stores are open.
    pub account: AccountId,
    /// Raised by each start from the disk.
    pub generation: u32,
    /// Whether the stores have been read.
    pub is_booted: bool,
    /// Whether they are being read just now.
    pub is_loading: bool,
    /// Which timer is armed.
    pub timer: Option<u64>,
    /// Whether it is on the screen.
    pub is_visible: bool,
    /// What happened while it was frozen; none while it runs.
    pub held: Option<Vec<Happening>>,
    /// The streams on its screen.
    pub watched: Vec<StreamId>,
    /// Whether the cache takes no more.
    pub is_cache_off: bool,
    /// What it listens to.
    pub connection: live::Connection,
    /// When it has sent something, of late.
    pub sent: Vec<u64>,
    renumberings: u32,
}

/// Something that a tab has begun and that ends now. A write has its effect on the disk at this moment.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of the effect or transaction the variant names")]
pub enum Happening {
    /// The timer rings.
    Timer(u64),
    /// The cache is read.
    LoadCache { generation: u32 },
    /// The outbox is read; the start is complete.
    LoadOutbox { generation: u32, streams: Vec<StoredStream> },
    /// A tap is stored, or with `fails` is not.
    Queue { draft: Draft, fails: bool },
    /// Commands are marked as tried, and then sent.
    Send {
        generation: u32,
        account: AccountId,
        request: u64,
        body: SyncRequest,
        commands: Vec<CommandId>,
        heard: Heard,
        deadline: u64,
    },
    /// A reply, or that there is none.
    Replied { generation: u32, request: u64, reply: Option<SyncReply> },
    /// Nothing left the phone.
    NotSent { generation: u32, request: u64 },
    /// It is noted that what was accepted before may have been lost.
    StoreDoubt { write: Write, before: Timestamp, fails: bool },
    /// Cursors are stored, where they are stored first.
    StoreCursors { write: Write },
    /// Rows and cursors are stored.
    StoreRows { write: Write, fails: bool },
    /// Answers are stored.
    StoreAnswers { write: Write, stored: Vec<StreamId>, fails: bool },
    /// The queue is numbered anew.
    Renumber { generation: u32, account: AccountId, device: DeviceId, again: Vec<Settled> },
    /// An unsent command is taken back.
    Withdraw { generation: u32, account: AccountId, no: u64, id: CommandId },
    /// Something comes over a live connection.
    Heard { connection: u64, what: live::Heard },
    /// Another tab has said something.
    Told(Told),
    /// What other tabs queued is looked for.
    TakeOthers,
}

impl Happening {
    /// Whether it changes the disk, and so may or may not have happened when its tab is killed.
    #[must_use]
    pub const fn is_write(&self) -> bool {
        matches!(
            self,
            Self::Queue { .. }
                | Self::Send { .. }
                | Self::StoreDoubt { .. }
                | Self::StoreCursors { .. }
                | Self::StoreRows { .. }
                | Self::StoreAnswers { .. }
                | Self::Renumber { .. }
                | Self::Withdraw { .. }
        )
    }
}

impl Phone {
    /// A phone on which somebody has signed in.
    #[must_use]
    pub fn new(account: AccountId, tabs: usize) -> Self {
        let tabs = (0..tabs).map(|_| None).collect();
        let disk = Disk::new();
        Self { disk, tabs, account, session: Some(account), skew_ms: 0, turn: None, has_locks: true }
    }
}

impl Tab {
    /// A tab that has not read anything yet.
    #[must_use]
    pub fn new(life: u64, account: AccountId, watched: Vec<StreamId>) -> Self {
        Self {
            life,
            client: Client::default(),
            account,
            generation: 0,
            is_booted: false,
            is_loading: false,
            timer: None,
            is_visible: true,
            held: None,
            watched,
            is_cache_off: false,
            connection: live::Connection::default(),
            sent: Vec::new(),
            renumberings: 0,
        }
    }

    /// Things of one's own in the picture: by the id of the command that made each.
    #[must_use]
    pub fn picture(&self, planted: Option<Bug>) -> BTreeSet<CommandId> {
        let base = self.client.base();
        let rows = base.sign_ups.keys().map(|id| id.uuid()).chain(base.bookings.keys().map(|id| id.uuid()));
        let queued = self.client.queue().len();
        let pending = self.client.pending();
        let shown = if planted == Some(Bug::LandingDropped) { queued.min(pending.len()) } else { pending.len() };
        rows.map(CommandId::from_uuid).chain(pending.iter().take(shown).map(|pending| pending.id)).collect()
    }
}

impl World {
    /// The tab at a place, unless it was killed.
    #[must_use]
    pub fn tab(&self, at: Place) -> Option<&Tab> {
        self.phones.get(at.phone)?.tabs.get(at.tab)?.as_ref()
    }

    pub(crate) fn tab_mut(&mut self, at: Place) -> Option<&mut Tab> {
        self.phones.get_mut(at.phone)?.tabs.get_mut(at.tab)?.as_mut()
    }

    /// A name that no device has yet, also where the dice fall alike.
    fn new_device(&mut self) -> DeviceId {
        let (one, other) = (self.dice.roll(), self.next_number());
        DeviceId::from_uuid(Uuid::from_u128((u128::from(one) << 64) | u128::from(other)))
    }

    /// The stores of an account on a phone, made on first use.
    pub(crate) fn stores(&mut self, at: Place, account: AccountId) -> &mut Account {
        let device = self.new_device();
        self.phones[at.phone].disk.entry(account).or_insert_with(|| Account::new(device))
    }

    /// Starts a tab from the disk, again or for the first time.
    pub(crate) fn boot(&mut self, at: Place, account: AccountId) {
        let Some(tab) = self.tab_mut(at) else { return };
        tab.generation += 1;
        tab.timer = None;
        if tab.account != account || tab.generation == 1 {
            (tab.client, tab.is_booted, tab.is_cache_off, tab.renumberings) = (Client::default(), false, false, 0);
        }
        tab.account = account;
        tab.is_loading = true;
        let generation = tab.generation;
        self.later(at, 5, Happening::LoadCache { generation });
    }

    /// Gives the machine of a tab an input and carries out what follows.
    pub(crate) fn feed(&mut self, at: Place, input: Input) {
        let (now, random) = (self.now, self.dice.roll());
        let wall = self.wall();
        let Some(tab) = self.tab_mut(at) else { return };
        let effects = tab.client.step(now, random, input);
        for effect in effects {
            self.carry_out(at, effect, wall);
        }
    }

    fn carry_out(&mut self, at: Place, effect: Effect, wall: Timestamp) {
        let Some(tab) = self.tab(at) else { return };
        let (generation, account) = (tab.generation, tab.account);
        match effect {
            Effect::Send { request, body, commands, heard, deadline_ms } => {
                let now = self.now;
                if let Some(tab) = self.tab_mut(at) {
                    tab.sent.retain(|sent| now < sent + CIRCLE_MS);
                    tab.sent.push(now);
                }
                if self.weather == Weather::NoNetwork {
                    self.later(at, 20, Happening::NotSent { generation, request });
                    return;
                }
                let deadline = u64::from(deadline_ms);
                self.later(at, 10, Happening::Send { generation, account, request, body, commands, heard, deadline });
            }
            Effect::Store { request, unsure_before, heard, streams, settled, checked, at: as_of } => {
                if !settled.is_empty()
                    && let Some(tab) = self.tab_mut(at)
                {
                    tab.renumberings = 0;
                }
                let write = Write { generation, account, request, streams, settled, checked, at: as_of, heard };
                match unsure_before.filter(|_| self.planted != Some(Bug::DoubtNotKept)) {
                    Some(before) => {
                        let fails = self.may_fail();
                        self.later(at, 10, Happening::StoreDoubt { write, before, fails });
                    }
                    None => self.store_streams(at, write),
                }
            }
            Effect::Renumber { again } => {
                let Some(tab) = self.tab_mut(at) else { return };
                let before = tab.renumberings;
                tab.renumberings += 1;
                let sleep = if before > 0 { 1_000 << before.min(6) } else { 0 };
                let device = self.new_device();
                self.later(at, sleep + 10, Happening::Renumber { generation, account, device, again });
            }
            Effect::Wake { after_ms } => {
                let timer = self.next_number();
                if let Some(tab) = self.tab_mut(at) {
                    tab.timer = Some(timer);
                }
                self.at(at, after_ms, Happening::Timer(timer));
            }
            Effect::Listen(streams) => self.listen(at, streams),
            Effect::Show => {
                let Some(tab) = self.tab(at) else { return };
                let pending = tab.client.pending();
                if !pending.is_empty() && !lay_over(tab.client.base(), &pending, wall).doubts.is_empty() {
                    self.sights.mark(Sight::PredictionFlipped);
                }
            }
        }
    }

    /// Tells the other tabs of the phone.
    pub(crate) fn tell(&mut self, at: Place, told: Told) {
        for tab in 0..self.phones[at.phone].tabs.len() {
            let other = Place { phone: at.phone, tab };
            let is_frozen = self.tab(other).is_some_and(|tab| tab.held.is_some());
            if other == at {
                continue;
            }
            // What is said to a frozen page may be lost.
            if is_frozen && self.dice.once_in(2) {
                self.sights.mark(Sight::WordLost);
            } else {
                self.later(other, 30, Happening::Told(told));
            }
        }
    }

    /// What a tab has begun ends.
    pub(crate) fn happen(&mut self, at: Place, happening: Happening) {
        let Some(tab) = self.tab_mut(at) else { return };
        let (current, mine) = (tab.generation, tab.account);
        match happening {
            Happening::Timer(timer) => {
                if tab.timer == Some(timer) {
                    tab.timer = None;
                    self.feed(at, Input::Woke);
                }
            }
            Happening::LoadCache { generation } => {
                if generation == current {
                    let streams = self.stores(at, mine).streams();
                    self.later(at, 5, Happening::LoadOutbox { generation, streams });
                }
            }
            Happening::LoadOutbox { generation, streams } if generation == current => self.booted(at, mine, streams),
            Happening::Send { generation, account, request, body, commands, heard, deadline } => {
                if !commands.is_empty() && !self.take_turn(at, (generation, request)) {
                    if generation == current {
                        self.feed(at, Input::OthersTurn(request));
                    }
                    return;
                }
                if self.stores(at, account).outbox.mark_tried(&commands, &heard) {
                    self.send(at, generation, request, body, deadline);
                } else {
                    self.end_turn(at, (generation, request));
                    if generation == current {
                        self.sights.mark(Sight::Outdated);
                        self.boot(at, account);
                    }
                }
            }
            Happening::Replied { generation, request, reply } => {
                self.end_turn(at, (generation, request));
                if generation != current {
                    return;
                }
                self.feed(at, Input::Replied(request, reply));
            }
            Happening::NotSent { generation, request } if generation == current => {
                self.sights.mark(Sight::Offline);
                self.feed(at, Input::NotSent(request));
            }
            Happening::Queue { draft, fails } => self.queued(at, &draft, fails),
            Happening::StoreDoubt { write, before, fails } => {
                if fails {
                    self.sights.mark(Sight::WriteFailed);
                    self.stored(at, &write, false);
                } else {
                    self.sights.mark(Sight::Doubted);
                    if self.stores(at, write.account).outbox.doubt(before) {
                        self.store_streams(at, write);
                    } else {
                        self.missed(at, write.account);
                    }
                }
            }
            Happening::StoreCursors { write } => {
                self.stores(at, write.account).apply_cursors(&write.streams);
                let fails = self.may_fail();
                self.later(at, 15, Happening::StoreRows { write, fails });
            }
            Happening::StoreRows { write, fails } => {
                let stored = self.store_rows(at, write.account, &write.streams, fails);
                if self.planted == Some(Bug::QueueBeforeAnswers) {
                    self.stores(at, write.account).outbox.forget(&write.settled);
                }
                let fails = self.may_fail();
                self.later(at, 15, Happening::StoreAnswers { write, stored, fails });
            }
            Happening::StoreAnswers { write, stored, fails } => {
                let has_answers = !write.settled.is_empty() || !write.checked.is_empty();
                let is_stored = !fails || !has_answers;
                if is_stored {
                    let outbox = &mut self.stores(at, write.account).outbox;
                    if has_answers && !outbox.settle(&write.settled, &write.checked, write.at, write.heard, &stored) {
                        self.missed(at, write.account);
                        return;
                    }
                    self.note_again(&write.settled);
                    // What was asked about each tab asks for itself; told of it, two would ask in turn for ever.
                    let is_news = |write: &&StreamWrite| write.has_rows() && stored.contains(&write.stream);
                    if write.streams.iter().any(|write| is_news(&write)) || !write.settled.is_empty() {
                        self.tell(at, Told::Stored(write.account));
                        // Begun before it started anew, it is news to this tab as well.
                        if write.generation != current && write.account == mine {
                            self.boot(at, mine);
                        }
                    }
                } else {
                    self.sights.mark(Sight::WriteFailed);
                }
                self.stored(at, &write, is_stored);
            }
            // A tab that has started anew since does not begin it any more; if it had begun, it starts once more.
            Happening::Renumber { generation, account, device, again } => {
                if generation != current && self.dice.once_in(2) {
                    return;
                }
                let queue = self.renumber(at, account, device, &again);
                match queue {
                    Some(queue) if generation == current => {
                        self.tell(at, Told::Stored(account));
                        self.feed(at, Input::Renumbered(device, queue));
                    }
                    queue if mine == account => {
                        if queue.is_some() {
                            self.tell(at, Told::Stored(account));
                        }
                        self.boot(at, account);
                    }
                    _ => {}
                }
            }
            Happening::Withdraw { generation, account, no, id } => {
                let even_if_sent = self.planted == Some(Bug::TakenBackAfterSending);
                let is_same = self.stores(at, account).outbox.queue.get(&no).is_some_and(|(queued, _)| *queued == id);
                if is_same && self.stores(at, account).outbox.withdraw(no, even_if_sent) {
                    self.taken_back.insert(id);
                    self.sights.mark(Sight::TakenBack);
                    if generation == current {
                        self.feed(at, Input::Withdrawn(no));
                        self.tell(at, Told::Stored(account));
                    }
                }
            }
            Happening::Heard { connection, what } => self.hear_live(at, connection, what),
            Happening::Told(told) => self.hear(at, told),
            Happening::TakeOthers => self.take_others(at),
            Happening::LoadOutbox { .. } | Happening::NotSent { .. } => {}
        }
    }

    fn booted(&mut self, at: Place, account: AccountId, streams: Vec<StoredStream>) {
        let outbox = &self.stores(at, account).outbox;
        let device = Some(outbox.device);
        let queue = outbox.queue.values().map(|(_, queued)| queued.clone()).collect();
        let journal = outbox.journal.values().cloned().collect();
        let unsure_before = outbox.unsure_before;
        let Some(tab) = self.tab_mut(at) else { return };
        // What the machine of before began while this one was read reports to nobody: both count requests from one.
        tab.generation += 1;
        (tab.client, tab.is_booted, tab.is_loading) = (Client::default(), true, false);
        let (watched, is_visible) = (tab.watched.clone(), tab.is_visible);
        self.feed(at, Input::Boot(Stored { account: Some(account), device, queue, journal, streams, unsure_before }));
        self.feed(at, Input::Watch(watched));
        self.feed(at, Input::Visible(is_visible));
    }

    fn send(&mut self, at: Place, generation: u32, request: u64, mut body: SyncRequest, deadline: u64) {
        match self.planted {
            Some(Bug::ChecksumNotSent) => body.pulls.iter_mut().for_each(|pull| pull.checksum = None),
            Some(Bug::JournalNotAsked) => body.known.clear(),
            _ => {}
        }
        let others = (0..self.phones[at.phone].tabs.len()).filter(|tab| *tab != at.tab);
        let is_both = others
            .filter_map(|tab| self.tab(Place { phone: at.phone, tab }))
            .any(|tab| !body.commands.is_empty() && tab.client.queue().iter().any(|queued| queued.tried > 0));
        if is_both {
            self.sights.mark(Sight::TwoTabsSend);
        }
        let fate = fate(self.weather, &mut self.dice);
        let session = self.phones[at.phone].session;
        if fate.arrives[0].is_none() {
            self.sights.mark(Sight::RequestLost);
        }
        for (index, after) in fate.arrives.into_iter().flatten().enumerate() {
            if index > 0 {
                self.sights.mark(Sight::Duplicated);
            }
            // Only the first has somebody waiting for its reply.
            let returns = fate.returns.filter(|_| index == 0);
            let life = self.tab(at).map_or(0, |tab| tab.life);
            let mishap = fate.mishap;
            let arrival = Arrival {
                at,
                life,
                generation,
                request,
                body: body.clone(),
                session,
                returns,
                mishap,
                deadline: self.now + deadline,
            };
            self.put(after, Event::Arrives(arrival));
        }
        self.at(at, deadline, Happening::Replied { generation, request, reply: None });
    }

    /// The server answers a request, and the reply sets out.
    pub(crate) fn arrive(&mut self, arrival: Arrival) {
        let Arrival { at, life, generation, request, body, session, returns, mishap, deadline } = arrival;
        let now = self.wall().ms() - i64::try_from(self.server.behind_ms).unwrap_or_default();
        let now = Timestamp::from_ms(now);
        let reply = match session {
            None => {
                self.sights.mark(Sight::SignInExpired);
                Some(everybody_signs_in(&body, now))
            }
            Some(account) => {
                let actor = self.server.db.actor(account);
                self.server.sync(&actor, &body, mishap, now)
            }
        };
        self.say(|| format!("server at {at:?}: {reply:?}"));
        self.hint();
        let is_alarm =
            |pull: &PullReply| matches!(pull.result, PullResult::Snapshot { why: Some(ResetReason::Checksum), .. });
        let has_alarm = reply.as_ref().is_some_and(|reply| reply.pulls.iter().any(is_alarm));
        if has_alarm && session.is_none_or(|account| !self.harmed.contains(&(at.phone, account))) {
            self.false_alarms.push(at);
        }
        let has_decided = reply.as_ref().is_some_and(|r| r.answers.iter().any(|a| matches!(a, Answer::Decided { .. })));
        match returns {
            Some(after) if reply.is_some() && self.now + after < deadline => {
                let happening = Happening::Replied { generation, request, reply };
                self.put(after, Event::Tab(at, life, happening));
            }
            Some(_) if reply.is_some() => self.sights.mark(Sight::ReplyTooLate),
            _ if has_decided => self.sights.mark(Sight::ReplyLostAfterCommit),
            _ => {}
        }
    }

    fn queued(&mut self, at: Place, draft: &Draft, fails: bool) {
        if fails {
            self.sights.mark(Sight::WriteFailed);
            if self.planted == Some(Bug::FailedWriteIsSuccess) {
                self.saved.insert(draft.id, (at.phone, draft.account));
            }
            return;
        }
        let queued = self.stores(at, draft.account).outbox.queue(draft);
        self.saved.insert(draft.id, (at.phone, draft.account));
        self.take_queued(at, draft.account, queued);
    }

    fn take_queued(&mut self, at: Place, account: AccountId, queued: Queued) {
        let Some(tab) = self.tab(at) else { return };
        if tab.account != account {
            return;
        }
        if !tab.client.queue().iter().any(|known| known.no == queued.no) {
            self.feed(at, Input::Queued(queued));
        }
        self.tell(at, Told::Queued(account));
    }
}

/// The reply that a `401` amounts to. One's own stream is nobody's then, whether or not there was a command to refuse.
fn everybody_signs_in(body: &SyncRequest, server_at: Timestamp) -> SyncReply {
    let answers = ids_of(body).into_iter().map(|id| Answer::NotNow { id, not_now: NotNow::NeedsSignIn }).collect();
    let own = body.pulls.iter().filter(|pull| matches!(pull.stream, StreamId::Account(_)));
    let denied = |pull: &Pull| PullReply { stream: pull.stream.clone(), result: PullResult::Denied };
    SyncReply {
        proto: PROTOCOL,
        server_at,
        answers,
        pulls: own.map(denied).collect(),
        unknown: Vec::new(),
        oldest: None,
    }
}

/// The ids of the commands in a request.
fn ids_of(body: &SyncRequest) -> Vec<CommandId> {
    let envelopes = body.commands.iter().filter_map(|raw| serde_json::from_str::<Envelope>(raw.get()).ok());
    envelopes.map(|envelope| envelope.id).collect()
}
