//! Who comes to what: parties, waiting lists, withdrawals, promotions, check-ins.
//!
//! Every date is played through with the domain's own decisions, so that the script holds only what will be accepted.
//! Deliberately absent: who of the six one-tap people goes where ([`super::cast`]).

mod offer;

use std::collections::BTreeSet;

use domain::activity::{Audience, SignUpPolicy, check_audience};
use domain::attendance::Way;
use domain::command::{AcceptOffer, CheckIn, Command, SignUp, WithdrawSignUp};
use domain::id::{CommandId, SignUpId};
use domain::people::{Person, Relation};
use domain::sign_up::{Promotion, Seats, SignUpDecision, Terms, WaitingParty, decide_sign_up, rebalance};
use domain::time::Timestamp;

use super::cast::{Wish, WishKind};
use super::script::{Expect, Stage};
use super::timetable::Planned;
use super::{neighbours, walk_ins};

/// A party as the play through a date sees it.
struct Party {
    id: CommandId,
    account: usize,
    people: Vec<Person>,
    is_waiting: bool,
    /// How often others went past it.
    passes: u8,
    /// Whether it belongs to the cast and must not leave by chance.
    is_wished: bool,
}

enum Event {
    Join {
        account: usize,
        people: Vec<Person>,
        is_wished: bool,
    },
    /// Somebody who has a place leaves, whole.
    LeaveForSomebody,
    /// A party leaves that came by chance, whole or in part.
    LeaveByChance,
}

/// Fills every date that wants sign-ups.
pub fn fill(stage: &mut Stage, wishes: &[Wish]) {
    let mut today = Vec::new();
    for n in 0..stage.planned.len() {
        let planned = stage.planned[n].clone();
        let own: Vec<&Wish> = wishes.iter().filter(|wish| wish.occurrence == planned.occurrence).collect();
        let parties = fill_one(stage, &planned, &own);
        let seats = count(planned.policy.capacity(), &parties);
        walk_ins::fill(stage, &planned, seats);
        if own.is_empty() {
            neighbours::fill(stage, &planned, seats);
        }
        today.push((planned, parties));
    }
    for (planned, parties) in today {
        if offer::ask_the_elder(stage, &planned, &parties) {
            break;
        }
    }
}

/// Heads that come to a date, in percent of its capacity: many soon, few in a month.
fn demand(stage: &mut Stage, planned: &Planned) -> i64 {
    let days = planned.range.start().date().days() - stage.today.days();
    let (low, high) = match days {
        ..=-8 => (0, 15),
        -7..=-1 => (15, 60),
        0..=2 => (80, 150),
        3..=7 => (35, 100),
        8..=14 => (0, 20),
        15..=28 => (0, 8),
        _ => (0, 3),
    };
    stage.dice.between(low, high) * planned.demand / 100
}

fn fill_one(stage: &mut Stage, planned: &Planned, wishes: &[&Wish]) -> Vec<Party> {
    let SignUpPolicy::PerOccurrence { capacity, opens_minutes_before, closes_minutes_before, party_max, .. } =
        planned.policy
    else {
        return Vec::new();
    };
    let start = planned.range.start();
    let opens_at = opens_minutes_before.map_or(planned.published_at, |m| start.plus_minutes(-i64::from(m)));
    // Few think of it earlier than twelve days before, unless it is further off than that and they do so today.
    let early = start.plus_minutes(-12 * 24 * 60).min(stage.last_moment().plus_minutes(-24 * 60));
    let from = planned.published_at.plus_minutes(5).max(opens_at).max(early);
    let gone = planned.cancelled_at.unwrap_or(stage.last_moment()).min(stage.last_moment());
    let until = start.plus_minutes(-i64::from(closes_minutes_before)).min(gone);
    let is_wished_full = wishes.iter().any(|wish| wish.kind != WishKind::Place);
    let mut percent = demand(stage, planned);
    for wish in wishes {
        percent = percent.max(wish.least_percent);
        if wish.kind != WishKind::Place {
            // Behind a long queue nobody would move up.
            percent = percent.min(wish.least_percent + 10);
        }
    }
    let room = i64::from(capacity.unwrap_or(12));
    let target = room * percent / 100;

    let is_exact = !is_wished_full && target >= room && stage.dice.chance(30);

    let mut who: Vec<(usize, Vec<Person>, bool)> = Vec::new();
    let mut seen = BTreeSet::new();
    for wish in wishes.iter().filter(|wish| wish.kind == WishKind::Place && !wish.people.is_empty()) {
        seen.insert(wish.account);
        who.push((wish.account, wish.people.clone(), true));
    }
    seen.extend(wishes.iter().map(|wish| wish.account));
    let mut heads: i64 = who.iter().map(|(_, people, _)| people.len() as i64).sum();
    let most = party_max.min(u8::try_from(capacity.unwrap_or(99)).unwrap_or(99));
    let mut tries = 0;
    while heads < target && tries < if wishes.is_empty() { 150 } else { 900 } {
        tries += 1;
        let account = stage.somebody(planned.community);
        let Some(people) = party_of(stage, account, planned, usize::from(most)) else { continue };
        if seen.insert(account) {
            heads += people.len() as i64;
            who.push((account, people, false));
        }
    }
    // Here and there a date is taken to the last place, with nobody waiting.
    if is_exact {
        let mut free = room;
        who.retain(|(_, people, _)| {
            let fits = people.len() as i64 <= free;
            free -= if fits { people.len() as i64 } else { 0 };
            fits
        });
    }
    let mut times: Vec<Timestamp> = (0..who.len()).filter_map(|_| stage.waking_time(from, until)).collect();
    times.sort_unstable();
    let mut events: Vec<(Timestamp, Event)> = times
        .into_iter()
        .zip(who)
        .map(|(at, (account, people, is_wished))| (at, Event::Join { account, people, is_wished }))
        .collect();
    let last_join = events.last().map_or(from, |(at, _)| *at);
    for wish in wishes.iter().filter(|wish| wish.kind != WishKind::Place) {
        let join = stage.waking_time(last_join, until).unwrap_or(last_join);
        events.push((join, Event::Join { account: wish.account, people: wish.people.clone(), is_wished: true }));
        if wish.kind == WishKind::Promotion {
            // One leaves after another until the wish has come true.
            for n in 1..=6 {
                let span = until.minutes_since(join).max(7);
                events.push((join.plus_minutes(span * n / 7), Event::LeaveForSomebody));
            }
        }
    }
    if !is_wished_full && !is_exact {
        for _ in 0..events.len() {
            if stage.dice.chance(6)
                && let Some(at) = stage.waking_time(from, until)
            {
                events.push((at, Event::LeaveByChance));
            }
        }
    }
    events.sort_by_key(|(at, _)| *at);
    play(stage, planned, events)
}

/// The party with which an account would come to a date, if it may.
fn party_of(stage: &mut Stage, account: usize, planned: &Planned, most: usize) -> Option<Vec<Person>> {
    let household = stage.accounts[account].persons.clone();
    let on = planned.range.start().date();
    let mut party = Vec::new();
    for person in household {
        let is_child = person.is_child_on(on);
        let comes = match planned.audience {
            Audience::Everyone => person.relation == Relation::Me || stage.dice.chance(if is_child { 60 } else { 35 }),
            Audience::Adults => !is_child && (person.relation == Relation::Me || stage.dice.chance(25)),
            Audience::Seniors => {
                let may = check_audience(Audience::Seniors, std::slice::from_ref(&person), on).is_ok();
                // Who never said how old they are is not sent to a seniors' class by the demo.
                may && person.born.is_some() && (party.is_empty() || stage.dice.chance(50))
            }
            Audience::Families { from, to } => match person.age_on(on) {
                Some(age) if is_child => (u16::from(from)..=u16::from(to)).contains(&age),
                _ => person.relation == Relation::Me || stage.dice.chance(20),
            },
        };
        if comes && party.len() < most {
            party.push(person);
        }
    }
    (!party.is_empty() && check_audience(planned.audience, &party, on).is_ok()).then_some(party)
}

/// Plays a date through: one event after the other, each decided as the server will.
fn play(stage: &mut Stage, planned: &Planned, events: Vec<(Timestamp, Event)>) -> Vec<Party> {
    let terms = Terms { policy: planned.policy, audience: planned.audience, range: planned.range, is_cancelled: false };
    let capacity = planned.policy.capacity();
    let mut parties: Vec<Party> = Vec::new();
    for (at, event) in events {
        match event {
            Event::Join { account, people, is_wished } => {
                let seats = count(capacity, &parties);
                let Ok(decision) = decide_sign_up(&terms, seats, &people, &[], at) else { continue };
                let command = Command::SignUp(SignUp {
                    occurrence: planned.occurrence,
                    people: people.iter().map(|person| person.id).collect(),
                });
                let by = stage.accounts[account].id;
                let id = stage.push(at, by, planned.community, command);
                let is_waiting = decision != SignUpDecision::Confirmed;
                parties.push(Party { id, account, people, is_waiting, passes: 0, is_wished });
            }
            Event::LeaveForSomebody => {
                let wished = parties.iter().find(|party| party.is_wished && party.is_waiting);
                let leaver = parties.iter().position(|party| !party.is_wished && !party.is_waiting);
                if let (Some(_), Some(n)) = (wished, leaver) {
                    leave(stage, planned, &mut parties, n, true, at);
                }
            }
            Event::LeaveByChance => {
                let candidates: Vec<usize> = (0..parties.len()).filter(|n| !parties[*n].is_wished).collect();
                if !candidates.is_empty() {
                    let n = *stage.dice.pick(&candidates);
                    let is_whole = stage.dice.chance(60);
                    leave(stage, planned, &mut parties, n, is_whole, at);
                }
            }
        }
    }
    stage.tally.waiting += parties.iter().filter(|party| party.is_waiting).count();
    stage.tally.confirmed += parties.iter().filter(|party| !party.is_waiting).count();
    if planned.cancelled_at.is_none() {
        check_in(stage, planned, &parties);
    }
    parties
}

fn count(capacity: Option<u16>, parties: &[Party]) -> Seats {
    let heads = |is_waiting: bool| {
        let sum: usize = parties.iter().filter(|p| p.is_waiting == is_waiting).map(|p| p.people.len()).sum();
        u16::try_from(sum).unwrap_or(u16::MAX)
    };
    let waiting = parties.iter().filter(|party| party.is_waiting).count();
    Seats {
        capacity,
        taken: heads(false),
        waiting_parties: u16::try_from(waiting).unwrap_or(u16::MAX),
        waiting_heads: heads(true),
    }
}

/// Somebody leaves: the whole party, or its last child where it has one.
fn leave(stage: &mut Stage, planned: &Planned, parties: &mut Vec<Party>, n: usize, whole: bool, at: Timestamp) {
    let on = planned.range.start().date();
    let party = &mut parties[n];
    let children = party.people.iter().filter(|person| person.is_child_on(on)).count();
    let is_partial = !whole && children > 1;
    let leaving = if is_partial { party.people.split_off(party.people.len() - 1) } else { party.people.clone() };
    let command = Command::WithdrawSignUp(WithdrawSignUp {
        sign_up: SignUpId::from_uuid(party.id.uuid()),
        people: leaving.iter().map(|person| person.id).collect(),
    });
    let by = stage.accounts[party.account].id;
    if !is_partial {
        parties.remove(n);
        stage.tally.withdrawn += 1;
    }
    stage.push(at, by, planned.community, command);
    let capacity = planned.policy.capacity();
    let waiting: Vec<WaitingParty> = parties
        .iter()
        .filter(|party| party.is_waiting)
        .map(|p| WaitingParty {
            id: SignUpId::from_uuid(p.id.uuid()),
            heads: p.people.len() as u16,
            passes: p.passes,
            can_answer: true,
        })
        .collect();
    let walk = rebalance(capacity, count(capacity, parties).taken, &waiting, planned.range, false, at);
    stage.tally.promoted += walk.promoted.len();
    for party in parties.iter_mut() {
        let id = SignUpId::from_uuid(party.id.uuid());
        party.passes += u8::from(walk.passed.contains(&id));
        if !walk.promoted.contains(&id) {
            continue;
        }
        party.is_waiting = false;
        // Whoever is asked says yes at once.
        if matches!(walk.promotion, Promotion::Offered { .. }) {
            let by = stage.accounts[party.account].id;
            let command = Command::AcceptOffer(AcceptOffer { sign_up: id });
            stage.push_apart(at, by, planned.community, command, &format!("accept {id}"));
        }
    }
}

/// Most of those with a place come, on time or a little late.
fn check_in(stage: &mut Stage, planned: &Planned, parties: &[Party]) {
    for party in parties.iter().filter(|party| !party.is_waiting) {
        let at = planned.range.start().plus_minutes(stage.dice.between(-20, 12));
        if at < stage.last_moment() && (party.is_wished || stage.dice.chance(78)) {
            let way = if party.is_wished { Way::Name } else { Way::Code };
            let command = Command::CheckIn(CheckIn { sign_up: SignUpId::from_uuid(party.id.uuid()), at: None, way });
            stage.push(at, planned.editor, planned.community, command);
            stage.tally.checked_in += 1;
        }
    }
    // Once in a while somebody asks too late; the answer is in their outbox.
    if planned.range.start() < stage.last_moment() && stage.dice.chance(2) {
        let account = stage.somebody(planned.community);
        if parties.iter().all(|party| party.account != account) {
            let people = vec![stage.accounts[account].persons[0].id];
            let by = stage.accounts[account].id;
            let command = Command::SignUp(SignUp { occurrence: planned.occurrence, people });
            let at = planned.range.start();
            stage.push_expecting(at, by, planned.community, command, Expect::Refused);
        }
    }
}
