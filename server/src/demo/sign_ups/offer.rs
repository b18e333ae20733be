//! An offer that is open when the demonstration begins: late last evening the last place of one of today's dates came
//! free, and the elder is asked whether she comes.
//!
//! It leaves all other throws of the dice as they were.

use domain::activity::{Phase, SignUpPolicy, check_audience, phase};
use domain::command::{Command, SignUp, WithdrawSignUp};
use domain::id::{PersonId, SignUpId};

use super::{Party, count};
use crate::demo::people::DemoRole;
use crate::demo::script::Stage;
use crate::demo::timetable::Planned;

/// The earliest start, in minutes of today: an offer of last evening is open until noon.
const EARLIEST: i64 = 13 * 60;
/// The most neighbours it may take to fill the date.
const NEIGHBOURS_MAX: u16 = 30;

/// Fills the date, has the elder wait for it and somebody leave; false where the date is not fit for that.
pub(super) fn ask_the_elder(stage: &mut Stage, planned: &Planned, parties: &[Party]) -> bool {
    let elder = stage.player(DemoRole::Resident);
    let (home, now) = (stage.accounts[elder].home, stage.last_moment());
    let SignUpPolicy::PerOccurrence { capacity: Some(capacity), .. } = planned.policy else { return false };
    let seats = count(Some(capacity), parties);
    let is_today = planned.range.start() >= now.plus_minutes(EARLIEST) && planned.range.start().date() == stage.today;
    let evening = |minutes: i64| now.plus_minutes(-minutes);
    let is_open = matches!(phase(planned.policy, planned.range, false, evening(20)), Phase::Open { .. })
        && matches!(phase(planned.policy, planned.range, false, evening(90)), Phase::Open { .. });
    let is_there = planned.published_at < evening(120) && planned.cancelled_at.is_none();
    let free = capacity.saturating_sub(seats.taken);
    if planned.community != home || !is_today || !is_open || !is_there || seats.waiting_parties > 0 {
        return false;
    }
    let on = planned.range.start().date();
    let me = |stage: &Stage, account: usize| stage.accounts[account].persons[0].clone();
    let may = |stage: &Stage, account: usize| {
        let is_out = parties.iter().all(|party| party.account != account);
        is_out && check_audience(planned.audience, &[me(stage, account)], on).is_ok()
    };
    let neighbours: Vec<usize> = (0..stage.accounts.len())
        .filter(|n| *n != elder && stage.accounts[*n].home == home && stage.accounts[*n].demo_role.is_none())
        .filter(|n| stage.accounts[*n].roles.is_empty() && may(stage, *n))
        .take(usize::from(free))
        .collect();
    let leaver = parties.iter().find(|party| !party.is_wished && party.people.len() == 1);
    let is_enough = free <= NEIGHBOURS_MAX && neighbours.len() == usize::from(free);
    if !is_enough || (free == 0 && leaver.is_none()) || !may(stage, elder) {
        return false;
    }
    let join = |stage: &mut Stage, account: usize, minutes: i64| -> (SignUpId, PersonId) {
        let person = me(stage, account).id;
        let command = Command::SignUp(SignUp { occurrence: planned.occurrence, people: vec![person] });
        let (by, subject) = (stage.accounts[account].id, format!("offer {person}"));
        let id = stage.push_apart(evening(minutes), by, home, command, &subject);
        (SignUpId::from_uuid(id.uuid()), person)
    };
    let mut last = leaver.map(|party| (party.account, (SignUpId::from_uuid(party.id.uuid()), party.people[0].id)));
    for (n, neighbour) in (0..).zip(&neighbours) {
        last = Some((*neighbour, join(stage, *neighbour, 90 - n)));
    }
    join(stage, elder, 40);
    if let Some((neighbour, (sign_up, person))) = last {
        let command = Command::WithdrawSignUp(WithdrawSignUp { sign_up, people: vec![person] });
        let by = stage.accounts[neighbour].id;
        stage.push_apart(evening(20), by, home, command, "offer leave");
    }
    true
}
