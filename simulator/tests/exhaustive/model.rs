//! The states of the small world, what can happen in each, and what must hold in all.

use std::sync::{Arc, Mutex, PoisonError};

use domain::id::AccountId;
use domain::sync::wire::PROTOCOL;
use domain::sync::{SyncReply, SyncRequest};
use simulator::coverage::{Sight, Sights};
use simulator::invariants::Rule;
use simulator::planted::Bug;
use simulator::town::account;
use stateright::{Model, Property};

use crate::known::{Kept, Known, Pool, digest_of};
use crate::phone::{self, Letter, Nudge, Phone};
use crate::server::{self, Server};

/// Who has the two phones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cast {
    /// Two people, who want the same place.
    TwoPeople,
    /// One person, who does the same on both.
    TwoPhones,
}

/// What can happen next; the first number is the phone's.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// Its person gives a command.
    Tap(usize),
    /// It tries.
    Try(usize),
    /// Its request arrives, and so does the reply.
    Arrive(usize),
    /// Its request arrives, and the server dies in the transaction of that command.
    Die(usize, usize),
    /// That command, sent before, arrives alone, and nobody waits for the answer.
    ArriveLate(usize, usize),
    /// It gives a try up.
    GiveUp(usize),
    /// The next write of what a reply brought is done.
    Write(usize),
    /// It numbers its queue anew.
    Renumber(usize),
    /// It is killed and started again.
    Kill(usize),
    /// The server is put back to that earlier moment, and says so by a new epoch or does not.
    Restore(usize, bool),
}

/// What the server is asked, as it is told apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Ask {
    Request { phone: usize, body: u64, dies_at: Option<usize> },
    Letter { phone: usize, digest: u64 },
    Restore { to: usize, is_announced: bool },
}

type KnownPhone = Kept<(Phone, phone::Facts)>;
type KnownServer = Kept<(Server, server::Facts)>;
type Letters = Arc<[Letter]>;
type Nudged = (KnownPhone, Letters);
type Asked = (KnownServer, Option<Kept<SyncReply>>);

/// A state of the world.
#[derive(Debug, Clone, PartialEq, Hash)]
pub struct State {
    phones: [KnownPhone; 2],
    /// What each has ever sent, as far as it can still do something, in order of digest.
    letters: [Letters; 2],
    server: KnownServer,
}

/// How much there is of a small world.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    /// How many commands the person of each phone gives: to sign up, and to withdraw.
    pub taps: [u8; 2],
    /// Whether the server may be put back.
    pub is_restored: bool,
}

/// The small world.
pub struct World {
    cast: Cast,
    extent: Extent,
    planted: Option<Bug>,
    phones: Pool<(Phone, phone::Facts), Nudge, Nudged>,
    servers: Pool<(Server, server::Facts), Ask, Asked>,
    sights: Mutex<Sights>,
}

/// One answer.
pub const ONE_ANSWER: &str = "a command has one answer for ever, on one branch of history";
/// One effect.
pub const ONE_EFFECT: &str = "a command has one effect, and a household one party";
/// One party.
pub const ONE_PLACE: &str = "the place is never given twice";
/// No later command before an earlier one.
pub const IN_ORDER: &str = "commands are handled in the order in which they were given, over a restore as well";
const TRUE_ANSWERS: &str = "an answer on a phone was given by the server";
const TRUE_ROWS: &str = "what a phone shows came to be";
/// Queued or answered.
pub const NOTHING_LOST: &str = "a command is in the queue until its answer is stored";
/// No row is missing.
pub const ALL_READ: &str = "who has read everything has everything";
/// Nothing is shown that is not there.
pub const NOTHING_GONE: &str = "once the stream was read again, nothing is shown that a restore took";
/// What was accepted is.
pub const NOTHING_FORGOTTEN: &str = "when nothing is left to find out or to send, the server has all that was accepted";
const NOT_AGAIN: &str = "what has its answer is not sent, and what was refused never again";
const OF_ONE_MIND: &str = "memory is what the disk has, unless something is being written";

impl World {
    /// A small world, with a bug or without.
    pub fn new(cast: Cast, extent: Extent, planted: Option<Bug>) -> Self {
        let (phones, servers) = (Pool::new(), Pool::new());
        Self { cast, extent, planted, phones, servers, sights: Mutex::default() }
    }

    /// How much of it had to be worked out.
    pub fn sizes(&self) -> String {
        let ((phones, nudges), (servers, asks)) = (self.phones.sizes(), self.servers.sizes());
        format!("{phones} phones in {nudges} steps, {servers} servers in {asks}")
    }

    /// What of this was never seen.
    pub fn missing(&self, sights: &[Sight]) -> Vec<Sight> {
        let seen = self.sights.lock().unwrap_or_else(PoisonError::into_inner);
        sights.iter().copied().filter(|sight| seen.count(*sight) == 0).collect()
    }

    fn mark(&self, seen: &Sights) {
        self.sights.lock().unwrap_or_else(PoisonError::into_inner).add(seen);
    }

    fn accounts(&self) -> [AccountId; 2] {
        match self.cast {
            Cast::TwoPeople => [account(0), account(1)],
            Cast::TwoPhones => [account(0), account(0)],
        }
    }

    fn keep_phone(&self, phone: Phone) -> KnownPhone {
        self.phones.keep(phone.digest(), || {
            let facts = phone.facts();
            (phone, facts)
        })
    }

    fn keep_server(&self, server: Server) -> KnownServer {
        self.servers.keep(digest_of(&server), || {
            let facts = server.facts(self.accounts());
            (server, facts)
        })
    }

    fn nudge(&self, state: &mut State, number: usize, nudge: Nudge) {
        let phone = &state.phones[number];
        let (after, sent) = self.phones.after(phone, nudge, |nudge| {
            let (after, sent) = phone.0.after(nudge);
            let mut seen = Sights::default();
            match nudge {
                Nudge::Renumber => {
                    seen.mark(Sight::Renumbered);
                    if phone.0.renumbers.as_ref().is_some_and(|again| !again.is_empty()) {
                        seen.mark(Sight::SentAgain);
                    }
                }
                Nudge::Kill if phone.0.is_writing() => seen.mark(Sight::KilledBeforeWrite),
                _ => {}
            }
            self.mark(&seen);
            (self.keep_phone(after), sent.into())
        });
        state.phones[number] = after;
        if sent.iter().any(|letter| !state.letters[number].contains(letter)) {
            let mut letters: Vec<_> = state.letters[number].iter().chain(&*sent).cloned().collect();
            letters.sort_by_key(|letter| letter.digest());
            letters.dedup();
            state.letters[number] = letters.into();
        }
    }

    fn ask(
        &self,
        state: &mut State,
        ask: Ask,
        work: impl FnOnce(&Server) -> (Option<Server>, Option<SyncReply>, Sights),
    ) -> Option<Kept<SyncReply>> {
        let (after, reply) = self.servers.after(&state.server, ask, |_| {
            let (after, reply, seen) = work(&state.server.0);
            self.mark(&seen);
            let after = after.map_or_else(|| Arc::clone(&state.server), |after| self.keep_server(after));
            (after, reply.map(|reply| Known::new(digest_of(&reply), reply)))
        });
        state.server = after;
        reply
    }

    fn arrive(&self, state: &mut State, phone: usize, dies_at: Option<usize>) {
        let Some(body) = state.phones[phone].0.request().cloned() else { return };
        let account = self.accounts()[phone];
        let ask = Ask::Request { phone, body: body.digest(), dies_at };
        if let Some(reply) = self.ask(state, ask, |server| server.ask(account, &body, dies_at)) {
            self.nudge(state, phone, Nudge::Reply(reply));
        }
    }

    fn arrive_late(&self, state: &mut State, phone: usize, letter: usize) {
        let letter = Arc::clone(&state.letters[phone][letter]);
        let account = self.accounts()[phone];
        self.ask(state, Ask::Letter { phone, digest: letter.digest() }, |server| {
            let (commands, known) = (vec![letter.raw.clone()], letter.known.clone());
            let body = SyncRequest { proto: PROTOCOL, device: None, commands, pulls: Vec::new(), known };
            server.ask(account, &body, None)
        });
    }

    fn restore(&self, state: &mut State, to: usize, is_announced: bool) {
        self.ask(state, Ask::Restore { to, is_announced }, |server| {
            let mut seen = Sights::default();
            seen.mark(if is_announced { Sight::RestoredAnnounced } else { Sight::RestoredSilently });
            (Some(server.restored(to, is_announced)), None, seen)
        });
    }
}

impl Model for World {
    type State = State;
    type Action = Deed;

    /// Both phones have been started, and have read what there is.
    fn init_states(&self) -> Vec<State> {
        let accounts = self.accounts();
        let fresh = |number: usize| {
            self.keep_phone(Phone::new(number, accounts[number], self.extent.taps[number], self.planted))
        };
        let mut state = State {
            phones: [fresh(0), fresh(1)],
            letters: [Arc::default(), Arc::default()],
            server: self.keep_server(Server::new(self.planted)),
        };
        for number in 0..2 {
            self.nudge(&mut state, number, Nudge::Kill);
            while state.phones[number].0.request().is_some() {
                self.arrive(&mut state, number, None);
                while state.phones[number].0.is_writing() {
                    self.nudge(&mut state, number, Nudge::Write);
                }
            }
        }
        vec![state]
    }

    fn actions(&self, state: &State, deeds: &mut Vec<Deed>) {
        // What a phone does with itself concerns nobody else, and may as well be done before anything else happens.
        let is_busy = |number: &usize| state.phones[*number].0.request().is_none();
        let busy = (0..2).find(is_busy);
        for number in busy.map_or(0..2, |busy| busy..busy + 1) {
            let (phone, facts) = &**state.phones[number];
            deeds.extend(facts.may_tap.then_some(Deed::Tap(number)));
            deeds.extend(phone.renumbers.is_some().then_some(Deed::Renumber(number)));
            deeds.push(Deed::Kill(number));
            let Some(body) = phone.request() else {
                deeds.push(if phone.is_writing() { Deed::Write(number) } else { Deed::Try(number) });
                return;
            };
            deeds.extend([Deed::Arrive(number), Deed::GiveUp(number)]);
            deeds.extend((0..body.commands.len()).map(|at| Deed::Die(number, at)));
            deeds.extend((0..state.letters[number].len()).map(|letter| Deed::ArriveLate(number, letter)));
        }
        let moments = if self.extent.is_restored { 0..state.server.0.moments() } else { 0..0 };
        deeds.extend(moments.flat_map(|to| [false, true].map(|is_announced| Deed::Restore(to, is_announced))));
    }

    fn next_state(&self, last: &State, deed: Deed) -> Option<State> {
        let mut state = last.clone();
        match deed {
            Deed::Tap(phone) => self.nudge(&mut state, phone, Nudge::Tap),
            Deed::Try(phone) => self.nudge(&mut state, phone, Nudge::Try),
            Deed::Arrive(phone) => self.arrive(&mut state, phone, None),
            Deed::Die(phone, at) => self.arrive(&mut state, phone, Some(at)),
            Deed::ArriveLate(phone, letter) => self.arrive_late(&mut state, phone, letter),
            Deed::GiveUp(phone) => self.nudge(&mut state, phone, Nudge::GiveUp),
            Deed::Write(phone) => self.nudge(&mut state, phone, Nudge::Write),
            Deed::Renumber(phone) => self.nudge(&mut state, phone, Nudge::Renumber),
            Deed::Kill(phone) => self.nudge(&mut state, phone, Nudge::Kill),
            Deed::Restore(to, is_announced) => self.restore(&mut state, to, is_announced),
        }
        let server = &state.server.0;
        for letters in &mut state.letters {
            if !letters.iter().all(|letter| server.may_do(letter)) {
                *letters = letters.iter().filter(|letter| server.may_do(letter)).cloned().collect();
            }
        }
        (state != *last).then_some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        fn has_kept(state: &State, rule: Rule) -> bool {
            state.server.0.broken != Some(rule)
        }
        fn all(state: &State, holds: impl Fn(&phone::Facts, &Server) -> bool) -> bool {
            state.phones.iter().all(|phone| holds(&phone.1, &state.server.0))
        }
        vec![
            Property::always(ONE_ANSWER, |_, state| has_kept(state, Rule::SameAnswer)),
            Property::always(ONE_EFFECT, |_, state| has_kept(state, Rule::NothingDoubled)),
            Property::always(ONE_PLACE, |_, state| has_kept(state, Rule::Capacity)),
            Property::always(IN_ORDER, |_, state| has_kept(state, Rule::Order)),
            Property::always(TRUE_ANSWERS, |_, state| {
                all(state, |phone, server| phone.answers.iter().all(|answer| server.has_told(answer)))
            }),
            Property::always(TRUE_ROWS, |_, state| {
                all(state, |phone, server| phone.rows.iter().all(|id| server.has_done(*id)))
            }),
            Property::always(NOTHING_LOST, |_, state| all(state, |phone, _| phone.has_all)),
            Property::always(ALL_READ, |_, state: &State| {
                let each = state.phones.iter().zip(&state.server.1.heads);
                let mut read = each.filter_map(|(phone, head)| Some((phone.1.read?, *head)));
                read.all(|((cursor, rows), (head, all))| cursor != head || rows == all)
            }),
            Property::always(NOTHING_GONE, |_, state| {
                all(state, |phone, server| {
                    let has_read = server.was_restored() && phone.has_heard_of_restore;
                    !has_read || phone.rows.iter().chain(&phone.landing).all(|id| server.does_know(*id))
                })
            }),
            Property::always(NOTHING_FORGOTTEN, |_, state| {
                all(state, |phone, server| {
                    let has_asked = !server.was_restored() || phone.has_heard_of_restore;
                    !has_asked || phone.accepted_at_rest.iter().all(|id| server.has_accepted(*id))
                })
            }),
            Property::always(NOT_AGAIN, |_, state| all(state, |phone, _| !phone.has_sent_answered)),
            Property::always(OF_ONE_MIND, |_, state| all(state, |phone, _| phone.is_of_one_mind)),
        ]
    }
}
