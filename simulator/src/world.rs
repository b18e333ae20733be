//! The world: a clock, what is under way, and what people and misfortune do to it, one choice a step.
//!
//! A step draws from nothing but its own choice, so that taking a step out of a run leaves the others what they were.
//! A choice of zero only lets time pass.

use std::collections::{BTreeMap, BTreeSet};

use domain::change::Purpose;
use domain::command::{BookSpace, Command, SignUp, WithdrawSignUp};
use domain::id::{AccountId, CommandId, SignUpId, StreamId};
use domain::sync::machine::Draft;
use domain::sync::{Input, SyncRequest};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::coverage::{Sight, Sights};
use crate::dice::Dice;
use crate::network::Weather;
use crate::phone::{Happening, Phone, Place, Tab, Told};
use crate::planted::Bug;
use crate::server::{Database, Mishap, Server};
use crate::town::{BEGIN_MS, account, community_streams, household, occurrences, slots, space, stream_of};

/// A healed world comes to rest within so long.
pub const REST_MS: u64 = 90_000;

/// A request on its way to the server.
#[derive(Debug)]
pub struct Arrival {
    /// From which tab.
    pub at: Place,
    /// Of that life.
    pub life: u64,
    /// And that start.
    pub generation: u32,
    /// The number of the try.
    pub request: u64,
    /// What is asked.
    pub body: SyncRequest,
    /// The session it came with.
    pub session: Option<AccountId>,
    /// How long the reply takes, if somebody will have it.
    pub returns: Option<u64>,
    /// What befalls the server.
    pub mishap: Mishap,
    /// When nobody waits for the reply any more.
    pub deadline: u64,
}

/// Something that will happen.
#[derive(Debug)]
pub enum Event {
    /// In a tab of that life.
    Tab(Place, u64, Happening),
    /// A request reaches the server.
    Arrives(Arrival),
}

/// The world.
#[derive(Debug)]
pub struct World {
    /// Milliseconds since the beginning.
    pub now: u64,
    /// The server.
    pub server: Server,
    /// The phones.
    pub phones: Vec<Phone>,
    /// The network.
    pub weather: Weather,
    /// A bug put in on purpose.
    pub planted: Option<Bug>,
    /// States that were reached.
    pub sights: Sights,
    /// What people were told is saved: on which phone, for whom.
    pub saved: BTreeMap<CommandId, (usize, AccountId)>,
    /// What people were told is taken back.
    pub taken_back: BTreeSet<CommandId>,
    /// Answered once, and then lost by a restore.
    pub forgotten: BTreeSet<CommandId>,
    /// Answered so long ago that the answer is gone.
    pub pruned: BTreeSet<CommandId>,
    /// Queued on a profile that was copied: taken back on the one, it still waits on the other.
    pub copied: BTreeSet<CommandId>,
    /// What people were told is refused: on which phone, to whom.
    pub refused: BTreeSet<(usize, AccountId, CommandId)>,
    /// Phones that have lost a row, each with the account whose it was.
    pub harmed: BTreeSet<(usize, AccountId)>,
    /// Phones that were told of a loss and had none.
    pub false_alarms: Vec<Place>,
    /// Raised by each restore and each copied profile: order and cursors begin anew.
    pub upheavals: u64,
    /// Whether a database was ever restored under its old epoch.
    pub has_gone_back: bool,
    /// What happened, for whoever replays; none where nobody reads it.
    pub story: Option<Vec<String>>,
    pub(crate) dice: Dice,
    backups: Vec<Database>,
    events: BTreeMap<(u64, u64), Event>,
    numbers: u64,
    has_healed: bool,
}

impl World {
    /// A world in which nothing has happened: one person with two phones, one of them with two tabs, and two others.
    #[must_use]
    pub fn new(planted: Option<Bug>) -> Self {
        let phones = vec![
            Phone::new(account(0), 2),
            Phone::new(account(0), 1),
            Phone::new(account(1), 2),
            Phone::new(account(2), 1),
        ];
        let mut world = Self {
            now: 0,
            server: Server::new(planted),
            phones,
            weather: Weather::Clear,
            planted,
            sights: Sights::default(),
            saved: BTreeMap::new(),
            taken_back: BTreeSet::new(),
            forgotten: BTreeSet::new(),
            pruned: BTreeSet::new(),
            copied: BTreeSet::new(),
            refused: BTreeSet::new(),
            harmed: BTreeSet::new(),
            false_alarms: Vec::new(),
            upheavals: 0,
            has_gone_back: false,
            story: None,
            dice: Dice::new(1),
            backups: Vec::new(),
            events: BTreeMap::new(),
            numbers: 0,
            has_healed: false,
        };
        world.phones[2].has_locks = false;
        for phone in 0..world.phones.len() {
            world.open(Place { phone, tab: 0 });
        }
        world.pass(2_000);
        world
    }

    /// The server's clock.
    #[must_use]
    pub fn wall(&self) -> Timestamp {
        Timestamp::from_ms(BEGIN_MS + i64::try_from(self.now).unwrap_or(i64::MAX))
    }

    /// Adds to the story, if anybody reads it.
    pub(crate) fn say(&mut self, line: impl FnOnce() -> String) {
        if let Some(story) = &mut self.story {
            story.push(format!("{:>8} {}", self.now, line()));
        }
    }

    pub(crate) fn next_number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    pub(crate) fn put(&mut self, after: u64, event: Event) {
        let number = self.next_number();
        self.events.insert((self.now + after, number), event);
    }

    /// A happening at exactly that distance.
    pub(crate) fn at(&mut self, at: Place, after: u64, happening: Happening) {
        if let Some(life) = self.tab(at).map(|tab| tab.life) {
            self.put(after, Event::Tab(at, life, happening));
        }
    }

    /// A happening after about so long.
    pub(crate) fn later(&mut self, at: Place, after: u64, happening: Happening) {
        let extra = if self.has_healed { self.dice.below(5) } else { self.dice.below(after.max(1) * 2) };
        self.at(at, after + extra, happening);
    }

    /// Whether nothing goes wrong any more.
    pub(crate) const fn has_healed(&self) -> bool {
        self.has_healed
    }

    /// Whether a write fails.
    pub(crate) fn may_fail(&mut self) -> bool {
        !self.has_healed && self.dice.once_in(40)
    }

    /// Lets time pass and everything happen that is due.
    pub(crate) fn pass(&mut self, ms: u64) {
        let until = self.now + ms;
        while let Some(entry) = self.events.first_entry().filter(|entry| entry.key().0 <= until) {
            let ((at, _), event) = entry.remove_entry();
            self.now = at;
            match event {
                Event::Arrives(arrival) => self.arrive(arrival),
                Event::Tab(place, life, happening) => {
                    let Some(tab) = self.tab_mut(place).filter(|tab| tab.life == life) else { continue };
                    match &mut tab.held {
                        Some(held) => held.push(happening),
                        None => {
                            self.say(|| format!("phone {} tab {}: {happening:?}", place.phone, place.tab));
                            self.happen(place, happening);
                        }
                    }
                }
            }
        }
        self.now = until;
    }

    /// One step.
    pub fn step(&mut self, choice: u64) {
        self.dice = Dice::new(choice);
        if choice == 0 {
            self.pass(1_000);
            return;
        }
        let phone = usize::try_from(self.dice.below(self.phones.len() as u64)).unwrap_or_default();
        let tab = usize::try_from(self.dice.below(self.phones[phone].tabs.len() as u64)).unwrap_or_default();
        let at = Place { phone, tab };
        let deed = self.dice.below(100);
        self.say(|| format!("-- deed {deed} at {at:?}"));
        match deed {
            0..=33 => self.tap(at),
            34..=39 => self.take_back(at),
            40..=47 => self.change_weather(),
            48..=51 => self.kill(at),
            52..=59 => self.open(at),
            60..=62 => self.freeze(at),
            63..=66 => self.thaw(at),
            67..=71 => self.show(at),
            72..=73 => self.phones[phone].session = None,
            74..=78 => self.sign_in(at, self.phones[phone].account),
            79 => self.sign_in(at, account(u128::from(self.dice.clone().below(4)))),
            80..=82 => self.watch(at),
            83..=84 => self.back_up(),
            85..=86 => self.restore(),
            87 => self.server.db.compact(),
            88 => self.prune(),
            89..=90 => {
                let number = u128::from(self.dice.below(4));
                self.server.db.toggle_editor(number);
            }
            91 => self.update(at),
            92 => self.phones[phone].skew_ms = 86_400_000 * i64::try_from(self.dice.below(3)).unwrap_or_default(),
            93 => self.copy_profile(),
            94..=95 => self.feed_running(at, Input::TryNow),
            96 => self.lose_row(at),
            _ => {}
        }
        let ms = match self.dice.below(16) {
            0..=6 => self.dice.below(60),
            7..=10 => self.dice.below(600),
            11..=13 => self.dice.below(5_000),
            14 => self.dice.below(20_000),
            _ => self.dice.below(70_000),
        };
        self.pass(ms);
    }

    fn feed_running(&mut self, at: Place, input: Input) {
        if self.tab(at).is_some_and(|tab| tab.held.is_none() && tab.is_booted) {
            self.feed(at, input);
        }
    }

    fn open(&mut self, at: Place) {
        if self.tab(at).is_some() {
            return;
        }
        let (life, owner) = (self.next_number(), self.phones[at.phone].account);
        self.phones[at.phone].tabs[at.tab] = Some(Tab::new(life, owner, community_streams()));
        self.boot(at, owner);
    }

    fn kill(&mut self, at: Place) {
        let Some(mut tab) = self.phones[at.phone].tabs[at.tab].take() else { return };
        let mut begun = tab.held.take().unwrap_or_default();
        let mine = |event: &Event| matches!(event, Event::Tab(place, life, _) if *place == at && *life == tab.life);
        let keys: Vec<_> = self.events.iter().filter(|(_, event)| mine(event)).map(|(key, _)| *key).collect();
        for key in keys {
            if let Some(Event::Tab(_, _, happening)) = self.events.remove(&key) {
                begun.push(happening);
            }
        }
        for happening in begun.into_iter().filter(Happening::is_write) {
            let is_done = self.dice.once_in(2);
            self.sights.mark(if is_done { Sight::KilledAfterWrite } else { Sight::KilledBeforeWrite });
            if is_done {
                self.write_only(at, happening);
            }
        }
    }

    /// The write of somebody who does not live to hear of it.
    fn write_only(&mut self, at: Place, happening: Happening) {
        match happening {
            Happening::Queue { draft, fails: false } => {
                self.stores(at, draft.account).outbox.queue(&draft);
            }
            Happening::Send { account, commands, heard, .. } => {
                self.stores(at, account).outbox.mark_tried(&commands, &heard);
            }
            Happening::StoreCursors { write } => self.stores(at, write.account).apply_cursors(&write.streams),
            Happening::StoreRows { write, fails: false } => {
                let (account, streams) = (write.account, write.streams);
                let guarded = self.planted != Some(Bug::RowsGoBackwards);
                self.stores(at, account).apply(&streams, guarded);
            }
            Happening::StoreDoubt { write, before, fails: false, .. } => {
                self.stores(at, write.account).outbox.doubt(before);
            }
            Happening::StoreAnswers { write, stored, fails: false } => {
                self.stores(at, write.account).outbox.settle(
                    &write.settled,
                    &write.checked,
                    write.at,
                    write.heard,
                    &stored,
                );
            }
            Happening::Renumber { account, device, again, .. } => {
                self.renumber(at, account, device, &again);
            }
            _ => {}
        }
    }

    fn freeze(&mut self, at: Place) {
        if let Some(tab) = self.tab_mut(at) {
            tab.held.get_or_insert_default();
        }
    }

    fn thaw(&mut self, at: Place) {
        let Some(held) = self.tab_mut(at).and_then(|tab| tab.held.take()) else { return };
        self.sights.mark(Sight::Thawed);
        for happening in held {
            self.happen(at, happening);
        }
    }

    fn show(&mut self, at: Place) {
        let Some(tab) = self.tab_mut(at).filter(|tab| tab.held.is_none()) else { return };
        tab.is_visible = !tab.is_visible;
        let is_visible = tab.is_visible;
        if is_visible {
            self.later(at, 10, Happening::TakeOthers);
        }
        self.feed_running(at, Input::Visible(is_visible));
    }

    fn watch(&mut self, at: Place) {
        let streams = community_streams();
        let some = usize::try_from(self.dice.below(3)).unwrap_or_default();
        self.look_at(at, if some < streams.len() { vec![streams[some].clone()] } else { streams });
    }

    fn look_at(&mut self, at: Place, streams: Vec<StreamId>) {
        if let Some(tab) = self.tab_mut(at).filter(|tab| tab.held.is_none()) {
            tab.watched.clone_from(&streams);
            self.feed_running(at, Input::Watch(streams));
        }
    }

    fn sign_in(&mut self, at: Place, who: AccountId) {
        if self.tab(at).is_some_and(|tab| tab.held.is_none()) {
            let phone = &mut self.phones[at.phone];
            (phone.session, phone.account) = (Some(who), who);
            self.tell(at, Told::Account(who));
            self.boot(at, who);
        }
    }

    fn change_weather(&mut self) {
        self.weather = match self.dice.below(5) {
            0..=1 => Weather::Clear,
            2..=3 => Weather::Rough,
            _ => Weather::NoNetwork,
        };
    }

    fn tap(&mut self, at: Place) {
        let Some(tab) = self.tab(at).filter(|tab| tab.held.is_none() && tab.is_booted) else { return };
        let owner = tab.account;
        let pending = tab.client.pending();
        let queued = pending.iter().filter_map(|pending| match &pending.command {
            Command::SignUp(body) => Some((SignUpId::from_uuid(pending.id.uuid()), body.occurrence, Some(pending.id))),
            _ => None,
        });
        let live = tab.client.base().sign_ups.iter().filter(|(_, sign_up)| sign_up.row.state.is_live());
        let mine: Vec<_> = live.map(|(id, sign_up)| (*id, sign_up.row.occurrence, None)).chain(queued).collect();
        let id = CommandId::from_uuid(Uuid::from_u128(self.dice.wide()));
        let people: Vec<_> = household(owner).into_iter().map(|person| person.id).collect();
        let some = 1 + usize::try_from(self.dice.below(3)).unwrap_or_default();
        let mut depends_on = None;
        let (stream, command) = match self.dice.below(10) {
            0..=2 if !mine.is_empty() => {
                let Some((sign_up, occurrence, on)) = self.dice.pick(&mine).copied() else { return };
                depends_on = on;
                let people = people.into_iter().rev().take(some).collect();
                (stream_of(occurrence), Command::WithdrawSignUp(WithdrawSignUp { sign_up, people }))
            }
            3..=4 => {
                let Some(range) = self.dice.pick(&slots()).copied() else { return };
                let (children, purpose) = (Vec::new(), Purpose::Chat);
                let body = BookSpace { space: space(), range, adults: 1, children, purpose, note: None };
                (community_streams()[0].clone(), Command::BookSpace(body))
            }
            _ => {
                let Some(occurrence) = self.dice.pick(&occurrences()).copied() else { return };
                let people = people.into_iter().take(some).collect();
                (stream_of(occurrence), Command::SignUp(SignUp { occurrence, people }))
            }
        };
        if self.dice.once_in(25) {
            self.server.poisoned.insert(id);
        }
        let phone_ms = self.wall().ms() + self.phones[at.phone].skew_ms;
        let fails = self.may_fail();
        let draft = Draft { id, account: owner, stream, depends_on, phone_ms, command };
        self.later(at, 10, Happening::Queue { draft, fails });
    }

    fn take_back(&mut self, at: Place) {
        let anything = self.planted == Some(Bug::TakenBackAfterSending);
        let Some(tab) = self.tab(at).filter(|tab| tab.held.is_none() && tab.is_booted) else { return };
        let unsent = tab.client.queue().into_iter().find(|queued| queued.tried == 0 || anything).cloned();
        let (generation, owner) = (tab.generation, tab.account);
        let Some(queued) = unsent else { return };
        let Ok(envelope) = serde_json::from_str::<domain::command::Envelope>(&queued.raw) else { return };
        let (no, id) = (queued.no, envelope.id);
        self.later(at, 10, Happening::Withdraw { generation, account: owner, no, id });
    }

    fn back_up(&mut self) {
        self.backups.push(self.server.db.clone());
        if self.backups.len() > 3 {
            self.backups.remove(0);
        }
    }

    fn restore(&mut self) {
        let Some(backup) = self.dice.pick(&self.backups).cloned() else { return };
        // Putting a database back takes time: no answer of the old one is of the same moment as one of the new.
        self.now += 1;
        let before = std::mem::replace(&mut self.server.db, backup);
        let kept = &self.server.db.processed;
        self.forgotten.extend(before.processed.into_keys().filter(|id| !kept.contains_key(id)));
        // It may be another machine, with another idea of the time.
        self.server.behind_ms = if self.dice.once_in(3) { self.dice.below(90_000) } else { 0 };
        if self.server.behind_ms > 0 {
            self.sights.mark(Sight::ClockSetBack);
        }
        if self.dice.once_in(2) {
            let epoch = 2 + self.next_number();
            self.server.db.renew_epoch(epoch);
            self.sights.mark(Sight::RestoredAnnounced);
        } else {
            self.has_gone_back = true;
            self.sights.mark(Sight::RestoredSilently);
        }
        self.upheavals += 1;
    }

    fn prune(&mut self) {
        self.server.db.prune_answers();
        self.pruned.extend(&self.server.db.pruned);
    }

    /// The app is updated: what is stored was written by an older build.
    fn update(&mut self, at: Place) {
        let Some(owner) = self.tab(at).filter(|tab| tab.held.is_none()).map(|tab| tab.account) else { return };
        self.stores(at, owner).age_views();
        self.boot(at, owner);
    }

    /// A row is lost on the disk, and the page starts from what is left.
    fn lose_row(&mut self, at: Place) {
        let Some(owner) = self.tab(at).filter(|tab| tab.held.is_none()).map(|tab| tab.account) else { return };
        let streams: Vec<StreamId> = self.stores(at, owner).cache.keys().cloned().collect();
        let Some(stream) = self.dice.pick(&streams).cloned() else { return };
        let nth = usize::try_from(self.dice.below(64)).unwrap_or_default();
        if self.stores(at, owner).lose_row(&stream, nth) {
            self.harmed.insert((at.phone, owner));
            self.sights.mark(Sight::RowLost);
            self.boot(at, owner);
        }
    }

    /// The first phone's profile is copied onto the second, which is of the same person.
    fn copy_profile(&mut self) {
        let owner = account(0);
        let (from, to) = (Place { phone: 0, tab: 0 }, Place { phone: 1, tab: 0 });
        if !self.stores(to, owner).outbox.queue.is_empty() || self.stores(from, owner).outbox.queue.is_empty() {
            return;
        }
        self.kill(to);
        if !self.stores(to, owner).outbox.queue.is_empty() {
            return;
        }
        let copy = self.stores(from, owner).clone();
        self.copied.extend(copy.outbox.queue.values().map(|(id, _)| *id));
        self.phones[to.phone].disk.insert(owner, copy);
        if self.harmed.contains(&(from.phone, owner)) {
            self.harmed.insert((to.phone, owner));
        }
        self.saved.retain(|_, place| *place != (to.phone, owner));
        self.refused.retain(|(phone, ..)| *phone != to.phone);
        self.upheavals += 1;
    }

    /// Everything is well again: the network is back, everybody is signed in and looks at their phone.
    pub fn heal(&mut self) {
        self.dice = Dice::new(7);
        self.has_healed = true;
        self.weather = Weather::Clear;
        for phone in 0..self.phones.len() {
            let owner = self.phones[phone].account;
            for tab in 0..self.phones[phone].tabs.len() {
                let at = Place { phone, tab };
                if tab == 0 {
                    self.open(at);
                }
                self.thaw(at);
                let session = self.phones[phone].session;
                let asks = |tab: &Tab| tab.account != owner || tab.client.needs_sign_in() || session != Some(owner);
                if self.tab(at).is_some_and(asks) {
                    self.sign_in(at, owner);
                }
            }
        }
        self.pass(500);
        for phone in 0..self.phones.len() {
            for tab in 0..self.phones[phone].tabs.len() {
                let at = Place { phone, tab };
                if self.tab(at).is_some_and(|tab| tab.is_visible) {
                    self.show(at);
                }
                self.show(at);
                self.look_at(at, community_streams());
            }
        }
    }

    /// Lets a healed world come to rest.
    pub fn rest(&mut self) {
        self.pass(REST_MS);
    }
}
