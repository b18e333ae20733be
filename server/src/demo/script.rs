//! The script of the demo district: base data, and the commands that made it lively, in order of time.
//!
//! Pure: the same seed and date give the same bytes on every machine. Nothing is written around the rules: what has
//! happened is a list of commands, each carried out at its own time by the same code that serves people. The last one
//! lies before the first moment of today, so that no row is from the future. Deliberately absent: the database
//! ([`super::replay`]).

use std::collections::BTreeMap;

use domain::command::Command;
use domain::id::{AccountId, CommandId, CommunityId, StreamId};
use domain::time::{LocalDate, MinuteOfDay, TimeRange, Timestamp};

use super::communities::{DemoCommunity, communities};
use super::dice::Dice;
use super::people::{DemoAccount, DemoRole, people};
use super::spaces::{DemoSpace, spaces_of};
use super::teams::{DemoTeam, TeamKind, teams_of};
use super::timetable::{DAYS_BACK, Ledger, Planned, lay_out};
use super::{bookings, cast, closings, draws, sign_ups};

/// What a step is meant to come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// It takes effect.
    Accepted,
    /// The domain says no, as it sometimes does to people.
    Refused,
}

/// One command of the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When it is carried out.
    pub at: Timestamp,
    /// Who asks.
    pub account: AccountId,
    /// The stream it changes.
    pub stream: StreamId,
    /// What is asked.
    pub command: Command,
    /// Its id.
    pub id: CommandId,
    /// What it should come to.
    pub expect: Expect,
}

/// How often the script does what: every state a sign-up or booking can have is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the states'")]
pub struct Tally {
    pub occurrences: usize,
    pub occurrences_cancelled: usize,
    pub confirmed: usize,
    pub waiting: usize,
    pub promoted: usize,
    pub withdrawn: usize,
    pub checked_in: usize,
    pub walked_in: usize,
    pub neighbours: usize,
    pub closed: usize,
    pub requested: usize,
    pub approved: usize,
    pub declined: usize,
    pub unanswered: usize,
    pub cancelled: usize,
    pub came: usize,
    pub stayed_away: usize,
}

/// The whole district.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The day it was made for.
    pub today: LocalDate,
    /// When the base data were put in: before the first step.
    pub founded_at: Timestamp,
    /// The communities.
    pub communities: Vec<DemoCommunity>,
    /// The people; the six one-tap people come first.
    pub accounts: Vec<DemoAccount>,
    /// The teams.
    pub teams: Vec<DemoTeam>,
    /// The spaces.
    pub spaces: Vec<DemoSpace>,
    /// What happens, in order of time.
    pub steps: Vec<Step>,
    /// What there is of everything.
    pub tally: Tally,
}

/// The district as it is being made.
pub struct Stage {
    pub(super) today: LocalDate,
    pub(super) dice: Dice,
    pub(super) communities: Vec<DemoCommunity>,
    pub(super) accounts: Vec<DemoAccount>,
    pub(super) teams: Vec<DemoTeam>,
    pub(super) spaces: Vec<DemoSpace>,
    pub(super) planned: Vec<Planned>,
    pub(super) ledger: Ledger,
    /// Bookings by space and account.
    pub(super) had: BTreeMap<(usize, usize), Vec<TimeRange>>,
    pub(super) tally: Tally,
    steps: Vec<Step>,
}

impl Stage {
    /// The moment the script ends: today's first.
    pub fn last_moment(&self) -> Timestamp {
        self.today.start()
    }

    /// A moment on a date at which people sit at a desk.
    pub fn office_time(&mut self, on: LocalDate) -> Timestamp {
        on.start().plus_minutes(self.dice.between(9 * 60, 17 * 60))
    }

    /// A moment in `[from, to)` at which people are awake; none when there is no such moment.
    pub fn waking_time(&mut self, from: Timestamp, to: Timestamp) -> Option<Timestamp> {
        const WAKES: i64 = 7 * 60;
        const SLEEPS: i64 = 22 * 60 + 30;
        let span = to.minutes_since(from);
        if span < 1 {
            return None;
        }
        for _ in 0..24 {
            let at = from.plus_minutes(self.dice.between(0, span - 1));
            let minute = i64::from(at.minute_of_day().minutes());
            if (WAKES..SLEEPS).contains(&minute) {
                return Some(at);
            }
        }
        None
    }

    /// The place of a community in the list.
    pub fn community_of(&self, id: &CommunityId) -> usize {
        self.communities.iter().position(|c| c.view.id == *id).expect("invariant: teams and spaces name communities")
    }

    /// The committee of a community.
    pub fn committee(&self, community: usize) -> DemoTeam {
        let id = &self.communities[community].view.id;
        let found = self.teams.iter().find(|team| team.community == *id && team.kind == TeamKind::Committee);
        found.expect("invariant: every community has a committee").clone()
    }

    /// Who runs a team: its editor, or the community's administrator.
    pub fn editor_of(&self, team: &DemoTeam) -> AccountId {
        use domain::people::Role::{CommunityAdmin, TeamEditor};
        let with = |role| self.accounts.iter().find(|account| account.roles.contains(&role));
        let found = with(TeamEditor(team.id)).or_else(|| with(CommunityAdmin(team.community.clone())));
        found.expect("invariant: every community has an administrator").id
    }

    /// Who runs a space.
    pub fn host_of(&self, space: &DemoSpace) -> AccountId {
        let role = domain::people::Role::Host(space.id);
        let found = self.accounts.iter().find(|account| account.roles.contains(&role));
        found.expect("invariant: every space has a host").id
    }

    /// The place of a one-tap person in the list of accounts.
    pub fn player(&self, role: DemoRole) -> usize {
        let found = self.accounts.iter().position(|account| account.demo_role == Some(role));
        found.expect("invariant: all six one-tap people are there")
    }

    /// A resident of a community, or now and then of another: nobody with a desk to mind.
    pub fn somebody(&mut self, community: usize) -> usize {
        let is_local = self.dice.chance(80);
        loop {
            let n = self.dice.below(self.accounts.len());
            let account = &self.accounts[n];
            let is_staff = account.roles.iter().any(|role| !matches!(role, domain::people::Role::TeamEditor(_)));
            if account.demo_role.is_none() && !is_staff && (account.home == community) == is_local {
                return n;
            }
        }
    }

    /// Adds a step that will be accepted.
    pub fn push(&mut self, at: Timestamp, account: AccountId, community: usize, command: Command) -> CommandId {
        self.push_expecting(at, account, community, command, Expect::Accepted)
    }

    /// Adds a step that leaves all other throws of the dice as they were.
    pub fn push_apart(
        &mut self,
        at: Timestamp,
        account: AccountId,
        community: usize,
        command: Command,
        subject: &str,
    ) -> CommandId {
        let id = CommandId::from_uuid(self.dice.fork(subject).uuid(at));
        let stream = StreamId::Community(self.communities[community].view.id.clone());
        self.steps.push(Step { at, account, stream, command, id, expect: Expect::Accepted });
        id
    }

    /// Adds a step.
    pub fn push_expecting(
        &mut self,
        at: Timestamp,
        account: AccountId,
        community: usize,
        command: Command,
        expect: Expect,
    ) -> CommandId {
        let id = CommandId::from_uuid(self.dice.uuid(at));
        let stream = StreamId::Community(self.communities[community].view.id.clone());
        self.steps.push(Step { at, account, stream, command, id, expect });
        id
    }
}

/// Makes the district for a seed and a day.
#[must_use]
pub fn script(seed: u64, today: LocalDate) -> Script {
    let dice = Dice::new(seed ^ (i64::from(today.days()) as u64).rotate_left(32));
    let founded_at = today.plus_days(-DAYS_BACK - 3).at(MinuteOfDay::hm(8, 0).expect("invariant: eight is an hour"));
    let communities = communities();
    let mut ids = dice.fork("ids");
    let (mut teams, mut spaces) = (Vec::new(), Vec::new());
    for community in &communities {
        let view = &community.view;
        teams.extend(teams_of(&view.id, view.name.as_str(), view.phone.as_deref(), || ids.uuid(founded_at)));
        spaces.extend(spaces_of(&view.id, view.name.as_str(), view.phone.as_deref(), || ids.uuid(founded_at)));
    }
    let accounts = people(&mut dice.fork("people"), today, founded_at, &communities, &teams, &mut spaces);
    let mut stage = Stage {
        today,
        dice: dice.fork("timetable"),
        communities,
        accounts,
        teams,
        spaces,
        planned: Vec::new(),
        ledger: Ledger::default(),
        had: BTreeMap::new(),
        tally: Tally::default(),
        steps: Vec::new(),
    };
    lay_out(&mut stage);
    stage.tally.occurrences = stage.planned.len();
    stage.tally.occurrences_cancelled = stage.planned.iter().filter(|p| p.cancelled_at.is_some()).count();
    stage.dice = dice.fork("cast");
    let wishes = cast::wishes(&stage);
    cast::bookings(&mut stage);
    stage.dice = dice.fork("sign-ups");
    sign_ups::fill(&mut stage, &wishes);
    stage.dice = dice.fork("bookings");
    bookings::fill(&mut stage);
    stage.dice = dice.fork("closings");
    closings::fill(&mut stage);
    draws::fill(&mut stage);

    let mut steps = stage.steps;
    // Stable: steps of one minute stay in the order in which they were thought of.
    steps.sort_by_key(|step| step.at);
    Script {
        today,
        founded_at,
        communities: stage.communities,
        accounts: stage.accounts,
        teams: stage.teams,
        spaces: stage.spaces,
        steps,
        tally: stage.tally,
    }
}

#[cfg(test)]
mod tests;
