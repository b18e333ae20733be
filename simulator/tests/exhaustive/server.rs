//! The server: the reference server over what is committed, what was committed before, and a record of what it did, by
//! which each step is judged.

use std::collections::{BTreeMap, BTreeSet};

use domain::command::Outcome;
use domain::id::{AccountId, CommandId, DeviceId};
use domain::sync::wire::PROTOCOL;
use domain::sync::{Cursor, Known as Ask, Pull, PullResult, SyncReply, SyncRequest};
use domain::time::Timestamp;
use simulator::coverage::Sights;
use simulator::invariants::Rule;
use simulator::planted::Bug;
use simulator::server::{Database, Mishap, Server as Reference};
use simulator::town::{BEGIN_MS, occurrences};

use crate::known::{Kept, Known, digest_of};
use crate::phone::{Envelope, digest_of_rows, phone_of, said, stream};

/// A state of the database, and what it came from on its branch of history.
#[derive(Debug, Clone)]
struct Moment {
    db: Database,
    told: BTreeMap<CommandId, Outcome>,
    effects: BTreeMap<CommandId, u32>,
    numbers: BTreeMap<DeviceId, u64>,
}

/// The server.
#[derive(Debug, Clone)]
pub struct Server {
    now: Moment,
    before: Vec<Kept<Moment>>,
    was_restored: bool,
    ever_told: BTreeSet<(CommandId, String)>,
    ever_done: BTreeSet<CommandId>,
    planted: Option<Bug>,
    /// The rule it has broken.
    pub broken: Option<Rule>,
}

/// What is asked about the server, worked out once.
pub struct Facts {
    /// For the account of each phone: how far the stream has come, and a digest of what they see of it.
    pub heads: [(Cursor, u64); 2],
}

impl Server {
    /// A server that nobody has asked for anything.
    pub fn new(planted: Option<Bug>) -> Self {
        let db = Reference::new(planted).db;
        let now = Moment { db, told: BTreeMap::new(), effects: BTreeMap::new(), numbers: BTreeMap::new() };
        let (ever_told, ever_done) = (BTreeSet::new(), BTreeSet::new());
        Self { now, before: Vec::new(), was_restored: false, ever_told, ever_done, planted, broken: None }
    }

    /// Whether it was restored.
    pub const fn was_restored(&self) -> bool {
        self.was_restored
    }

    /// To how many earlier moments it can be put back.
    pub const fn moments(&self) -> usize {
        self.before.len()
    }

    /// Its clock.
    pub fn clock(&self) -> Timestamp {
        Timestamp::from_ms(BEGIN_MS).plus_minutes(i64::from(self.was_restored))
    }

    /// Whether it has ever given this answer.
    pub fn has_told(&self, answer: &(CommandId, String)) -> bool {
        self.ever_told.contains(answer)
    }

    /// Whether this command ever had an effect.
    pub fn has_done(&self, id: CommandId) -> bool {
        self.ever_done.contains(&id)
    }

    /// Whether this command's effect is there, or it was answered without one.
    pub fn does_know(&self, id: CommandId) -> bool {
        self.now.told.contains_key(&id)
    }

    /// Whether it has accepted this command, on this branch of history.
    pub fn has_accepted(&self, id: CommandId) -> bool {
        matches!(self.now.told.get(&id), Some(Outcome::Accepted { .. }))
    }

    /// Whether a command that is still on its way can change anything. As long as it may be put back, any may.
    pub fn may_do(&self, letter: &Envelope) -> bool {
        let last_no = self.now.numbers.get(&letter.device).copied().unwrap_or_default();
        let is_new = letter.no > last_no && !self.does_know(letter.id);
        // What has another answer by now never gets this one.
        let may_be_known = |known: &Ask| !self.does_know(known.id) || self.now.db.knows(*known);
        !self.was_restored || self.planted.is_some() || (is_new && letter.known.iter().all(may_be_known))
    }

    /// Answers a request: what it is then, if that is anything new, its reply, and what it saw.
    pub fn ask(
        &self,
        account: AccountId,
        body: &SyncRequest,
        dies_at: Option<usize>,
    ) -> (Option<Self>, Option<SyncReply>, Sights) {
        let mut reference = Reference::over(self.now.db.clone(), self.planted);
        let actor = reference.db.actor(account);
        let reply = reference.sync(&actor, body, Mishap { dies_at, busy_at: None }, self.clock());
        let sights = reference.sights.clone();
        let is_known = |(id, outcome): &(CommandId, Outcome)| self.now.told.get(id) == Some(outcome);
        let is_same = reference.commits.is_empty()
            && reference.answers.iter().all(is_known)
            && reference.db.last_numbers().eq(self.now.db.last_numbers());
        let after = (!is_same).then(|| {
            let mut after = self.clone();
            after.take_note(reference, body.pulls.is_empty());
            after
        });
        (after, reply, sights)
    }

    /// What it is once it is put back, and whether under a new epoch.
    pub fn restored(&self, to: usize, is_announced: bool) -> Self {
        let mut after = self.clone();
        after.now = Moment::clone(&self.before[to]);
        if is_announced {
            after.now.db.renew_epoch(2);
        }
        (after.before, after.was_restored) = (Vec::new(), true);
        after
    }

    /// What came late, and whose answer nobody gets, was held by the network: of such the server does not know what its
    /// phone has become since.
    fn take_note(&mut self, reference: Reference, is_late: bool) {
        if !self.was_restored && !reference.commits.is_empty() {
            self.before.push(Known::new(digest_of(&self.now), self.now.clone()));
        }
        for commit in &reference.commits {
            let before = self.now.numbers.insert(commit.device, commit.no).unwrap_or_default();
            if commit.no != before + 1 {
                self.broken = Some(Rule::Order);
            }
            if commit.has_effect {
                let times = self.now.effects.entry(commit.id).or_default();
                *times += 1;
                if *times > 1 {
                    self.broken = Some(Rule::NothingDoubled);
                }
                self.ever_done.insert(commit.id);
            }
        }
        for (id, outcome) in reference.answers {
            let is_first = !self.now.told.contains_key(&id);
            let is_behind = |other: &CommandId| phone_of(id) == phone_of(*other) && *other > id;
            if is_first && !is_late && self.now.told.keys().any(is_behind) {
                self.broken = Some(Rule::Order);
            }
            let first = self.now.told.entry(id).or_insert_with(|| outcome.clone());
            // No answer is ever pruned here: none was given so long ago that it is gone.
            if *first != outcome || (is_first && outcome == Outcome::Expired) {
                self.broken = Some(Rule::SameAnswer);
            }
            self.ever_told.insert((id, said(&outcome)));
        }
        self.now.db = reference.db;
        let town = &self.now.db.town;
        let seats = town.seats(occurrences()[0]);
        if seats.capacity.is_some_and(|capacity| seats.taken > capacity) {
            self.broken = Some(Rule::Capacity);
        }
        let mut owners = BTreeSet::new();
        if !town.sign_ups.values().filter(|entry| entry.is_live()).all(|entry| owners.insert(entry.account)) {
            self.broken = Some(Rule::NothingDoubled);
        }
    }

    /// What is asked about it.
    pub fn facts(&self, accounts: [AccountId; 2]) -> Facts {
        let pulls = vec![Pull { stream: stream(), cursor: None, checksum: None }];
        let body = SyncRequest { proto: PROTOCOL, device: None, commands: Vec::new(), pulls, known: Vec::new() };
        let head = |account| {
            let reply = self.ask(account, &body, None).1.expect("a reply to a look");
            match reply.pulls.into_iter().next().map(|pull| pull.result) {
                Some(PullResult::Snapshot { rows, cursor, .. }) => (cursor, digest_of_rows(&rows)),
                other => panic!("a snapshot for whoever has read nothing, not {other:?}"),
            }
        };
        Facts { heads: accounts.map(head) }
    }
}
