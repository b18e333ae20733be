//! What must hold, checked after every step and once the world has come to rest. Each rule has a short name, by which a
//! failing run is known.

use std::collections::{BTreeMap, BTreeSet};

use domain::command::{Accepted, Outcome};
use domain::id::{AccountId, BookingId, CommandId, DeviceId, SignUpId, StreamId};
use domain::sync::View;

use crate::phone::{Place, Tab};
use crate::town::{self, community_streams, occurrences};
use crate::world::World;

/// The most that a tab sends within [`CIRCLE_MS`](crate::phone::CIRCLE_MS), whatever its person does.
const SENT_MAX: usize = 45;

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
    /// N6: a device's commands are handled in the order of their numbers, a phone's in the order of its taps.
    Order,
    /// N7: what a phone shows as done is done, what it shows as taken back is not.
    NoFalseConfirmation,
    /// N8: what was confirmed does not vanish, also not over a restore.
    NoFlicker,
    /// At rest the server has what a phone was told is accepted, whatever restores have lost.
    NothingForgotten,
    /// What a person was told is refused is never asked for again behind their back.
    RefusedForGood,
    /// N9: at rest nothing is on its way.
    Liveness,
    /// L1: while anything is queued and the page is visible, a timer is armed.
    TimerArmed,
    /// M1: a disk never goes back behind what it has read.
    NeverBackwards,
    /// Who has lost nothing is never told so.
    NoFalseAlarm,
    /// Nobody asks the server in a circle.
    NoCircle,
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
    /// Commands that were handled, whatever became of them.
    handled: BTreeSet<CommandId>,
    /// Commands that in some life of the database changed nothing, because it was so already by another's hand.
    idle: BTreeSet<CommandId>,
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
            let known = || world.server.db.processed.iter();
            let is_accepted = |outcome: &Outcome| matches!(outcome, Outcome::Accepted { .. });
            let accepted = known().filter(|(_, processed)| is_accepted(&processed.outcome));
            self.effects = accepted.map(|(id, _)| (*id, 1)).collect();
            self.answers = known().map(|(id, processed)| (*id, processed.outcome.clone())).collect();
            self.handled = known().map(|(id, _)| *id).collect();
            // Whether they came before or after the upheaval does not matter: they were there.
            let commits = world.server.commits.drain(..).filter(|commit| commit.has_effect);
            self.ever.extend(commits.map(|commit| commit.id));
            let idle = world.server.answers.drain(..).filter(|(_, outcome)| is_idle(Some(outcome)));
            self.idle.extend(idle.map(|(id, _)| id));
        }
        self.check_server(world)?;
        self.check_phones(world)
    }

    fn check_server(&mut self, world: &mut World) -> Checked {
        let is_excused = |id: &CommandId| world.pruned.contains(id);
        let idle = world.server.answers.iter().filter(|(_, outcome)| is_idle(Some(outcome)));
        self.idle.extend(idle.map(|(id, _)| *id));
        // Said to have been answered long ago, it has had its turn.
        let expired = world.server.answers.iter().filter(|(_, outcome)| *outcome == Outcome::Expired);
        self.handled.extend(expired.map(|(id, _)| *id));
        for commit in std::mem::take(&mut world.server.commits) {
            let before = self.order.insert(commit.device, commit.no).unwrap_or_default();
            if commit.no != before + 1 {
                return broken(Rule::Order, format!("{} after {before} of {}", commit.no, commit.device));
            }
            self.check_turn(world, commit.id)?;
            self.handled.insert(commit.id);
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

    /// Whether it was this command's turn: on a phone that has it, all that was tapped before was handled, or its person
    /// has the answer. Two copies of one profile use the same numbers, and a restore may make those of the one look like
    /// those of the other: they are left out.
    fn check_turn(&self, world: &World, id: CommandId) -> Checked {
        let is_copy = |account: &AccountId| !world.copied.is_empty() && *account == town::account(0);
        let stores = world.phones.iter().flat_map(|phone| &phone.disk).filter(|(account, _)| !is_copy(account));
        let outboxes = stores.map(|(_, stores)| &stores.outbox);
        let mut late = None;
        for outbox in outboxes.filter(|outbox| outbox.history.contains(&id)) {
            let is_done = |id: &&CommandId| {
                let answer = outbox.answer(**id);
                let is_told = answer.is_some() && !matches!(answer, Some(Outcome::Accepted { .. })) || is_idle(answer);
                self.handled.contains(id) || world.pruned.contains(id) || is_told
            };
            match outbox.history.iter().take_while(|before| **before != id).find(|before| !is_done(before)) {
                None => return Ok(()),
                waits => late = late.or(waits),
            }
        }
        late.map_or(Ok(()), |waits| broken(Rule::Order, format!("{id} was handled before {waits}")))
    }

    fn check_phones(&mut self, world: &mut World) -> Checked {
        for (index, phone) in world.phones.iter().enumerate() {
            for (account, stores) in &phone.disk {
                let key = |id: &CommandId| (index, *account, *id);
                let outbox = &stores.outbox;
                if let Some((id, _)) = outbox.queue.values().find(|(id, _)| world.refused.contains(&key(id))) {
                    return broken(Rule::RefusedForGood, format!("{id} is queued again on phone {index}"));
                }
                let refused = outbox.journal.values().filter(|one| matches!(one.outcome, Outcome::Refused { .. }));
                world.refused.extend(refused.map(|one| key(&one.id)));
            }
        }
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
        if tab.sent.len() > SENT_MAX {
            return broken(Rule::NoCircle, format!("{at:?} has sent at {:?}", tab.sent));
        }
        let has_any = !tab.client.queue().is_empty() || tab.client.is_unsure();
        let has_queue = has_any && !tab.client.needs_sign_in();
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
            // What one life of the database has by this command, another may have by a different one.
            let is_excused = world.pruned.contains(id) || self.idle.contains(id);
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
        check_journals(world)?;
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

/// Of what people were told is accepted, the server has everything.
fn check_journals(world: &World) -> Checked {
    let (db, town) = (&world.server.db, &world.server.db.town);
    for (index, phone) in world.phones.iter().enumerate() {
        let Some(stores) = phone.disk.get(&phone.account) else { continue };
        for known in stores.outbox.accepted() {
            let id = known.id;
            // What changed nothing has no place in the order of changes. If only its answer is lost, no cursor shows it,
            // and nobody misses anything.
            if is_idle(stores.outbox.answer(id)) {
                continue;
            }
            let is_made = db.processed.get(&id).is_some_and(|processed| is_thing(&processed.outcome));
            let is_there = town.sign_ups.contains_key(&SignUpId::from_uuid(id.uuid()))
                || town.bookings.contains_key(&BookingId::from_uuid(id.uuid()));
            if !db.knows(known) || (is_made && !is_there) {
                return broken(Rule::NothingForgotten, format!("phone {index} was told {known:?}, and it is lost"));
            }
        }
    }
    Ok(())
}

fn check_rest(world: &World, tab: &Tab, at: Place) -> Checked {
    if tab.client.is_unsure() {
        return broken(Rule::Liveness, format!("{at:?} still does not know what was lost"));
    }
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

/// Whether an answer says that it was so already.
const fn is_idle(outcome: Option<&Outcome>) -> bool {
    matches!(outcome, Some(Outcome::Accepted { result: Accepted::AlreadyDone, .. }))
}

/// Whether an answer means that there is a thing by the command's own id.
const fn is_thing(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Accepted {
            result: Accepted::Confirmed { .. }
                | Accepted::Waitlisted { .. }
                | Accepted::Pooled { .. }
                | Accepted::Booked
                | Accepted::Requested { .. },
            ..
        }
    )
}
