//! What must hold, checked after every step and once the world has come to rest. Each rule has a short name, by which a
//! failing run is known.

use std::collections::{BTreeMap, BTreeSet};

use domain::command::{Accepted, Outcome};
use domain::id::{AccountId, CommandId, DeviceId, StreamId};
use domain::sync::View;

use crate::phone::{Place, Tab};
use crate::town::{community_streams, occurrences};
use crate::world::World;

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// N1: what was said to be saved is queued or answered.
    NothingLost,
    /// N2: a command has one effect, a household one live sign-up for a date.
    NothingDoubled,
    /// N3: no more people than places, no two parties in a room.
    Capacity,
    /// N4: a command has one answer for ever.
    SameAnswer,
    /// N5: at rest a phone shows what the server has.
    Convergence,
    /// N6: a device's commands are handled in the order of their numbers.
    Order,
    /// N7: what a phone shows as done is done, what it shows as taken back is not.
    NoFalseConfirmation,
    /// N8: what was confirmed does not vanish.
    NoFlicker,
    /// N9: at rest nothing is on its way.
    Liveness,
    /// L1: while anything is queued and the page is visible, a timer is armed.
    TimerArmed,
    /// M1: a disk never goes back behind what it has read.
    NeverBackwards,
    /// Who has lost nothing is never told so.
    NoFalseAlarm,
}

/// A rule that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub rule: Rule,
    /// How.
    pub detail: String,
}

type Checked = Result<(), Violation>;

fn broken(rule: Rule, detail: String) -> Checked {
    Err(Violation { rule, detail })
}

/// What has been seen so far.
#[derive(Debug, Default)]
pub struct Checker {
    effects: BTreeMap<CommandId, u32>,
    ever: BTreeSet<CommandId>,
    answers: BTreeMap<CommandId, Outcome>,
    order: BTreeMap<DeviceId, u64>,
    cursors: BTreeMap<(usize, AccountId, StreamId), domain::sync::Cursor>,
    upheavals: u64,
}

impl Checker {
    /// Checks what must hold at any time.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&mut self, world: &mut World) -> Checked {
        if world.upheavals != self.upheavals {
            self.upheavals = world.upheavals;
            self.order = world.server.db.last_numbers().collect();
            self.cursors.clear();
            for id in &world.forgotten {
                self.effects.remove(id);
                self.answers.remove(id);
            }
            // Whether they came before or after the upheaval does not matter: they were there.
            let commits = world.server.commits.drain(..).filter(|commit| commit.has_effect);
            self.ever.extend(commits.map(|commit| commit.id));
            world.server.answers.clear();
        }
        self.check_server(world)?;
        self.check_phones(world)
    }

    fn check_server(&mut self, world: &mut World) -> Checked {
        let is_excused = |id: &CommandId| world.forgotten.contains(id) || world.pruned.contains(id);
        for commit in std::mem::take(&mut world.server.commits) {
            let before = self.order.insert(commit.device, commit.no).unwrap_or_default();
            if commit.no != before + 1 {
                return broken(Rule::Order, format!("{} after {before} of {}", commit.no, commit.device));
            }
            if commit.has_effect {
                self.ever.insert(commit.id);
                let times = self.effects.entry(commit.id).or_default();
                *times += 1;
                if *times > 1 && !is_excused(&commit.id) {
                    return broken(Rule::NothingDoubled, format!("{} was carried out twice", commit.id));
                }
            }
        }
        for (id, outcome) in std::mem::take(&mut world.server.answers) {
            // Once answers were pruned, a number of a copied profile is taken for one that was answered long ago.
            if is_excused(&id) || (outcome == Outcome::Expired && !world.pruned.is_empty()) {
                continue;
            }
            if outcome == Outcome::Expired {
                return broken(Rule::SameAnswer, format!("{id} is said to have been answered before"));
            }
            let first = self.answers.entry(id).or_insert_with(|| outcome.clone());
            if *first != outcome {
                return broken(Rule::SameAnswer, format!("{id}: {first:?}, then {outcome:?}"));
            }
        }
        let town = &world.server.db.town;
        for occurrence in occurrences() {
            let seats = town.seats(occurrence);
            if seats.capacity.is_some_and(|capacity| seats.taken > capacity) {
                return broken(Rule::Capacity, format!("{seats:?} of {occurrence}"));
            }
        }
        let mut live = BTreeSet::new();
        for (id, entry) in town.sign_ups.iter().filter(|(_, entry)| entry.is_live()) {
            if !live.insert((entry.account, entry.occurrence)) {
                return broken(Rule::NothingDoubled, format!("{id} is a second sign-up of {}", entry.account));
            }
        }
        let bookings: Vec<_> = town.bookings.values().map(|(_, range)| *range).collect();
        for (index, range) in bookings.iter().enumerate() {
            if bookings[..index].iter().any(|other| other.overlaps(*range)) {
                return broken(Rule::Capacity, format!("two parties in the room at {range:?}"));
            }
        }
        Ok(())
    }

    fn check_phones(&mut self, world: &World) -> Checked {
        let is_excused = |id: &CommandId| world.forgotten.contains(id) || world.pruned.contains(id);
        for (id, (phone, account)) in &world.saved {
            let outbox = world.phones[*phone].disk.get(account).map(|stores| &stores.outbox);
            let is_there = outbox.is_some_and(|outbox| outbox.is_queued(*id) || outbox.answer(*id).is_some());
            if !is_there && !world.taken_back.contains(id) {
                return broken(Rule::NothingLost, format!("{id} is neither queued nor answered on phone {phone}"));
            }
        }
        if let Some(id) = world.taken_back.difference(&world.copied).find(|id| self.ever.contains(id)) {
            return broken(Rule::NoFalseConfirmation, format!("{id} was taken back and carried out"));
        }
        if let Some(at) = world.false_alarms.first() {
            return broken(Rule::NoFalseAlarm, format!("{at:?} has lost nothing"));
        }
        for (index, phone) in world.phones.iter().enumerate() {
            for (account, stores) in &phone.disk {
                for (id, settled) in stores.outbox.journal.iter().filter(|(id, _)| !is_excused(id)) {
                    let known = world.server.db.processed.get(id).map(|processed| &processed.outcome);
                    let is_expired = settled.outcome == Outcome::Expired && !world.pruned.is_empty();
                    if known != Some(&settled.outcome) && !is_expired {
                        let detail = format!("{id}: {:?} on phone {index}, {known:?} on the server", settled.outcome);
                        return broken(Rule::NoFalseConfirmation, detail);
                    }
                }
                for (stream, stored) in &stores.cache {
                    let key = (index, *account, stream.clone());
                    let (new, old) = (stored.cursor, self.cursors.insert(key, stored.cursor));
                    let is_back = |old: domain::sync::Cursor| {
                        (old.epoch, old.audience) == (new.epoch, new.audience) && new.seq < old.seq
                    };
                    // A server that was put back without a word takes every phone back, each at its own time.
                    if world.has_gone_back {
                        continue;
                    }
                    if old.is_some_and(is_back) {
                        return broken(Rule::NeverBackwards, format!("{stream} on phone {index}: {old:?}, then {new}"));
                    }
                }
            }
            for (number, tab) in phone.tabs.iter().enumerate() {
                if let Some(tab) = tab.as_ref().filter(|tab| tab.is_booted) {
                    self.check_tab(world, tab, Place { phone: index, tab: number })?;
                }
            }
        }
        Ok(())
    }

    fn check_tab(&self, world: &World, tab: &Tab, at: Place) -> Checked {
        let has_queue = !tab.client.queue().is_empty() && !tab.client.needs_sign_in();
        if has_queue && tab.is_visible && !tab.is_loading && tab.held.is_none() && tab.timer.is_none() {
            return broken(Rule::TimerArmed, format!("{at:?} sleeps on a queue"));
        }
        let base = tab.client.base();
        let rows = base.sign_ups.keys().map(|id| id.uuid()).chain(base.bookings.keys().map(|id| id.uuid()));
        for id in rows.map(CommandId::from_uuid) {
            if !self.ever.contains(&id) {
                return broken(Rule::NoFalseConfirmation, format!("{at:?} shows {id}, which never came to be"));
            }
        }
        if world.harmed.contains(&(at.phone, tab.account)) {
            return Ok(());
        }
        let picture = tab.picture(world.planted);
        for (id, settled) in tab.client.journal().iter() {
            let is_excused = world.forgotten.contains(id) || world.pruned.contains(id);
            if is_thing(&settled.outcome) && !is_excused && !picture.contains(id) {
                return broken(Rule::NoFlicker, format!("{id} was accepted and is not in the picture of {at:?}"));
            }
        }
        Ok(())
    }

    /// Checks what must hold of a world at rest.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check_at_rest(&mut self, world: &mut World) -> Checked {
        self.check(world)?;
        // A command that breaks the server is put aside at the third try, between which the phone waits ever longer.
        let queues = world.phones.iter().flat_map(|phone| phone.disk.values()).map(|stores| &stores.outbox);
        if queues.flat_map(|outbox| outbox.queue.values()).any(|(id, _)| world.server.poisoned.contains(id)) {
            (0..3).for_each(|_| world.rest());
        }
        check_queues(world)?;
        // A page asks for what others did once a minute.
        world.rest();
        if !world.harmed.is_empty() {
            // What was lost on a disk shows with the first look at which nothing has changed.
            (0..2).for_each(|_| world.rest());
        }
        self.check(world)?;
        for (index, phone) in world.phones.iter().enumerate() {
            for (number, tab) in phone.tabs.iter().enumerate() {
                if let Some(tab) = tab {
                    check_rest(world, tab, Place { phone: index, tab: number })?;
                }
            }
        }
        Ok(())
    }
}

fn check_queues(world: &World) -> Checked {
    for (index, phone) in world.phones.iter().enumerate() {
        if let Some(stores) = phone.disk.get(&phone.account)
            && let Some((id, queued)) = stores.outbox.queue.values().next()
        {
            return broken(Rule::Liveness, format!("{id} still waits on phone {index}, tried {}", queued.tried));
        }
    }
    Ok(())
}

fn check_rest(world: &World, tab: &Tab, at: Place) -> Checked {
    if let Some(pending) = tab.client.pending().first() {
        return broken(Rule::Liveness, format!("{} is still on its way in {at:?}", pending.id));
    }
    let mut expected = View::default();
    for stream in community_streams().into_iter().chain([StreamId::Account(tab.account)]) {
        for row in world.server.db.rows_for(tab.account, &stream) {
            expected.put(&stream, &row);
        }
    }
    if *tab.client.base() == expected {
        return Ok(());
    }
    let found = tab.client.base();
    let detail = format!(
        "{at:?} of {} shows {:?}, {:?} instead of {:?}, {:?}",
        tab.account, found.seats, found.sign_ups, expected.seats, expected.sign_ups
    );
    broken(Rule::Convergence, detail)
}

/// Whether an answer means that there is a thing by the command's own id.
const fn is_thing(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Accepted {
            result: Accepted::Confirmed { .. }
                | Accepted::Waitlisted { .. }
                | Accepted::Booked
                | Accepted::Requested { .. },
            ..
        }
    )
}
