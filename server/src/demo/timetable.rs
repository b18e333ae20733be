//! The timetable: puts every activity at a time in a place, so that no two want the same room.
//!
//! A wish gives a weekday, an hour and a choice of rooms; whoever comes later takes the next day of the week that is
//! free, and goes outdoors when none is. Deliberately absent: who comes (see [`super::sign_ups`]).

use std::collections::BTreeMap;

use domain::activity::{Audience, Category, Schedule, SignUpPolicy, Venue, occurrence_id};
use domain::booking::{Holding, SpaceFacts};
use domain::command::{CancelOccurrence, Command, PublishActivity};
use domain::id::{AccountId, ActivityId, OccurrenceId, TeamId};
use domain::space::{Closure, is_open_for};
use domain::time::{LocalDate, MinuteOfDay, TimeRange, Timestamp};
use uuid::Uuid;

use super::activities::{Weekly, Wish, weekly};
use super::dice::text;
use super::occasions::{CALLED_OFF_INSIDE, CALLED_OFF_OUTSIDE, DUTIES, EVENINGS, Once, SINGLES, festivity};
use super::script::Stage;
use super::series::lay_out_series;
use super::spaces::DemoSpace;
use super::teams::{DemoTeam, TeamKind};

/// Days before today that have activities.
pub const DAYS_BACK: i32 = 14;
/// Days after today that have activities.
pub const DAYS_AHEAD: i32 = 56;
/// Two activities in one room lie at least so many minutes apart, whatever the room's buffers.
const BETWEEN_MINUTES: i64 = 30;

/// One date of the timetable.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Its id.
    pub occurrence: OccurrenceId,
    /// The community's place in the list.
    pub community: usize,
    /// Whose it is.
    pub team: TeamId,
    /// What kind of team that is.
    pub kind: TeamKind,
    /// Who runs it.
    pub editor: AccountId,
    /// Who may come.
    pub audience: Audience,
    /// How one gets a place.
    pub policy: SignUpPolicy,
    /// When.
    pub range: TimeRange,
    /// When it was published.
    pub published_at: Timestamp,
    /// How sought-after it is, in percent of the usual.
    pub demand: i64,
    /// Whether it takes place in the open.
    pub is_outside: bool,
    /// When it was called off, if it was.
    pub cancelled_at: Option<Timestamp>,
}

/// What is held of every atom.
#[derive(Debug, Clone, Default)]
pub struct Ledger(BTreeMap<Uuid, Vec<Holding>>);

impl Ledger {
    /// What is held of a space, by itself or by one it shares an atom with.
    #[must_use]
    pub fn of(&self, space: &DemoSpace) -> Vec<Holding> {
        space.atoms.iter().filter_map(|atom| self.0.get(atom)).flatten().copied().collect()
    }

    /// Holds a space.
    pub fn hold(&mut self, space: &DemoSpace, range: TimeRange, heads: u16) {
        let policy = &space.row.policy;
        let holding = Holding { range, setup: policy.setup_minutes, teardown: policy.teardown_minutes, heads };
        for atom in &space.atoms {
            self.0.entry(*atom).or_default().push(holding);
        }
    }

    /// Whether an activity can have the space to itself.
    #[must_use]
    pub fn is_free(&self, space: &DemoSpace, range: TimeRange) -> bool {
        let (start, end) = (range.start().plus_minutes(-BETWEEN_MINUTES), range.end().plus_minutes(BETWEEN_MINUTES));
        is_open_for(&space.row.hours, &space.row.closures, range).is_ok()
            && self.of(space).iter().all(|held| held.range.end() <= start || end <= held.range.start())
    }
}

/// What the booking decision reads about a space.
pub const fn facts<'a>(space: &'a DemoSpace, holdings: &'a [Holding]) -> SpaceFacts<'a> {
    SpaceFacts { policy: &space.row.policy, hours: &space.row.hours, closures: space.row.closures.as_slice(), holdings }
}

/// The civil time; the tables hold only real ones.
pub(super) fn time((hour, minute): (u8, u8)) -> MinuteOfDay {
    MinuteOfDay::hm(hour, minute).expect("invariant: the tables of the demo hold real times")
}

/// What is published, before it has a room.
struct Draft<'a> {
    title: &'a str,
    about: &'a str,
    category: Category,
    audience: Audience,
    policy: SignUpPolicy,
    place: Wish,
    demand: i64,
}

/// Something in the open for everybody.
pub(super) struct Outing {
    /// Its title.
    pub title: &'static str,
    /// What it is about.
    pub about: &'static str,
    /// Its category.
    pub category: Category,
    /// How one gets a place.
    pub policy: SignUpPolicy,
    /// Where in the community.
    pub place: &'static str,
}

/// Publishes something that wants no room.
pub(super) fn publish_outing(stage: &mut Stage, team: &DemoTeam, outing: &Outing, schedule: Schedule) {
    let Outing { title, about, category, policy, place } = *outing;
    let audience = Audience::Everyone;
    let draft = Draft { title, about, category, audience, policy, place: Wish::Outside(place), demand: 60 };
    publish(stage, team, &draft, schedule, true);
}

/// Publishes everything.
pub fn lay_out(stage: &mut Stage) {
    for team in stage.teams.clone() {
        for entry in weekly(team.kind) {
            lay_out_weekly(stage, &team, entry);
        }
    }
    lay_out_duties(stage);
    lay_out_singles(stage);
    close_some_spaces(stage);
    call_off_some(stage);
    lay_out_series(stage);
}

fn lay_out_weekly(stage: &mut Stage, team: &DemoTeam, entry: &Weekly) {
    let community = stage.community_of(&team.community);
    let (title, about) = entry.wordings[(community + team.row.name.as_str().len()) % entry.wordings.len()];
    let first_day = stage.today.plus_days(-DAYS_BACK);
    let until = stage.today.plus_days(DAYS_AHEAD);
    let category = team.kind.category();
    let draft = Draft {
        title,
        about,
        category,
        audience: entry.audience,
        policy: entry.policy,
        place: entry.place,
        demand: entry.demand,
    };
    // Another day of the week when the room is taken on the wished one, and the open air when it always is.
    for shift in 0..7 {
        let wished = i32::from(entry.weekday.index()) + shift;
        let from = first_day.plus_days((wished - i32::from(first_day.weekday().index())).rem_euclid(7));
        let schedule = Schedule::Weekly { from, until, at: time(entry.at), minutes: entry.minutes };
        if publish(stage, team, &draft, schedule, shift == 6) {
            return;
        }
    }
}

fn lay_out_duties(stage: &mut Stage) {
    for community in 0..stage.communities.len() {
        let team = stage.committee(community);
        for (n, duty) in DUTIES.iter().enumerate() {
            // Four weeks between two of a kind: every month of the calendar has one.
            let first = -DAYS_BACK + 1 + (n as i32) * 9 + (community as i32 * 5) % 8;
            for (round, once) in duty.iter().cycle().skip(community % 2).take(3).enumerate() {
                let on = stage.today.plus_days(first + 28 * round as i32);
                if on <= stage.today.plus_days(DAYS_AHEAD) {
                    lay_out_once(stage, &team, once, on);
                }
            }
        }
    }
}

fn lay_out_singles(stage: &mut Stage) {
    let real = stage.communities.iter().filter(|c| !c.made_up).count();
    for community in 0..stage.communities.len() {
        let team = stage.committee(community);
        if community < real {
            // There is something on today and tomorrow wherever a visitor looks first.
            lay_out_once(stage, &team, &SINGLES[community % EVENINGS], stage.today);
            let tomorrow = EVENINGS + (community * 5) % (SINGLES.len() - EVENINGS);
            lay_out_once(stage, &team, &SINGLES[tomorrow], stage.today.plus_days(1));
        }
        for n in 0..5_usize {
            let once = SINGLES[(community * 3 + n * 7 + 2) % SINGLES.len()];
            let on = stage.today.plus_days(-11 + 13 * n as i32 + (community as i32 * 3) % 11);
            lay_out_once(stage, &team, &once, on);
        }
    }
    for day in -DAYS_BACK..=DAYS_AHEAD {
        let on = stage.today.plus_days(day);
        let Some(once) = festivity(on) else { continue };
        for community in (0..stage.communities.len()).filter(|n| *n < real || (*n as i32 + day) % 2 == 0) {
            let team = stage.committee(community);
            lay_out_once(stage, &team, &once, on);
        }
    }
}

fn lay_out_once(stage: &mut Stage, team: &DemoTeam, once: &Once, on: LocalDate) {
    let draft = Draft {
        title: once.title,
        about: once.about,
        category: once.category,
        audience: once.audience,
        policy: once.policy,
        place: once.place,
        demand: once.demand,
    };
    let schedule = Schedule::Once { on, at: time(once.at), minutes: once.minutes };
    publish(stage, team, &draft, schedule, true);
}

/// Publishes an activity in the first room that is free on all its dates; outdoors only when `anywhere`.
fn publish(stage: &mut Stage, team: &DemoTeam, draft: &Draft<'_>, schedule: Schedule, anywhere: bool) -> bool {
    let community = stage.community_of(&team.community);
    let first_on = match schedule {
        Schedule::Once { on, .. } => on,
        Schedule::Weekly { from, .. } => from,
        Schedule::Series { on, .. } => on,
    };
    let oldest = stage.today.plus_days(-DAYS_BACK - 2);
    let days_before = stage.dice.between(5, 13) as i32;
    let latest = stage.today.plus_days(-(stage.dice.between(1, 3) as i32));
    let published_on = first_on.plus_days(-days_before).max(oldest).min(latest);
    let published_at = stage.office_time(published_on);
    let Ok(dates) = schedule.dates(published_at) else { return false };

    let rooms: &[_] = match draft.place {
        Wish::Room(rooms) => rooms,
        Wish::Outside(_) => &[],
    };
    let room = rooms.iter().find_map(|blueprint| {
        stage.spaces.iter().position(|space| {
            let fits = space.community == team.community && space.blueprint == *blueprint;
            fits && dates.iter().all(|range| stage.ledger.is_free(space, *range))
        })
    });
    if room.is_none() && !rooms.is_empty() && !anywhere {
        return false;
    }
    let name = stage.communities[community].view.name.clone();
    let (venue, policy) = match room.map(|n| &stage.spaces[n]) {
        Some(space) => {
            let place = text(&format!("{} {}", space.row.name, space.row.address));
            (Venue { space: Some(space.id), place }, within(draft.policy, space.row.policy.mode.heads()))
        }
        None => {
            let place = if let Wish::Outside(place) = draft.place { place } else { "党群服务中心门前" };
            (Venue { space: None, place: text(&format!("{name}{place}")) }, draft.policy)
        }
    };
    if let Some(n) = room {
        for range in &dates {
            let space = &stage.spaces[n];
            stage.ledger.hold(space, *range, space.row.policy.mode.heads());
        }
    }
    let editor = stage.editor_of(team);
    let command = Command::PublishActivity(PublishActivity {
        team: team.id,
        title: text(draft.title),
        about: Some(text(draft.about)),
        category: draft.category,
        audience: draft.audience,
        venue,
        schedule,
        policy,
    });
    let activity = ActivityId::from_uuid(stage.push(published_at, editor, community, command).uuid());
    stage.planned.extend(dates.into_iter().map(|range| Planned {
        occurrence: occurrence_id(activity, range.start()),
        community,
        team: team.id,
        kind: team.kind,
        editor,
        audience: draft.audience,
        policy,
        range,
        published_at,
        demand: draft.demand,
        is_outside: room.is_none(),
        cancelled_at: None,
    }));
    true
}

/// The policy with no more seats than the room has.
fn within(policy: SignUpPolicy, heads: u16) -> SignUpPolicy {
    match policy {
        SignUpPolicy::WalkIn => policy,
        SignUpPolicy::PerOccurrence {
            capacity,
            opens_minutes_before,
            closes_minutes_before,
            party_max,
            draws_minutes_before,
        } => {
            let capacity = capacity.map(|capacity| capacity.min(heads));
            SignUpPolicy::PerOccurrence {
                capacity,
                opens_minutes_before,
                closes_minutes_before,
                party_max,
                draws_minutes_before,
            }
        }
    }
}

/// Closes every third space for half a day on which nothing is planned.
fn close_some_spaces(stage: &mut Stage) {
    for n in (0..stage.spaces.len()).filter(|n| n % 3 == 0) {
        let first = 3 + stage.dice.between(0, 5) as i32;
        let closure = (first..first + 7).find_map(|day| {
            let date = stage.today.plus_days(day);
            let space = &stage.spaces[n];
            let opening = space.row.hours.on(date.weekday()).first()?;
            let start = date.start().plus_minutes(i64::from(opening.from()));
            let end = date.start().plus_minutes(i64::from(opening.to().min(12 * 60)));
            let range = TimeRange::new(start, end)?;
            let reason = text(space.blueprint.closing_reason());
            stage.ledger.is_free(space, range).then_some(Closure { range, reason })
        });
        stage.spaces[n].row.closures.extend(closure);
    }
}

/// Calls off a date here and there: every community has one soon, and one behind it.
fn call_off_some(stage: &mut Stage) {
    for community in 0..stage.communities.len() {
        for (from, to) in [(-6, -1), (1, 6), (7, 20)] {
            let (from, to) = (stage.today.plus_days(from), stage.today.plus_days(to));
            let can_be = |planned: &Planned| {
                let on = planned.range.start().date();
                let is_dull = planned.kind == TeamKind::Committee || planned.kind == TeamKind::Opera;
                planned.community == community && (from..=to).contains(&on) && !is_dull
            };
            let candidates: Vec<usize> = (0..stage.planned.len()).filter(|n| can_be(&stage.planned[*n])).collect();
            if candidates.is_empty() {
                continue;
            }
            let n = *stage.dice.pick(&candidates);
            let planned = stage.planned[n].clone();
            let latest = stage.last_moment().min(planned.range.start());
            let published = planned.published_at.plus_minutes(30);
            let at = stage.waking_time(latest.plus_minutes(-20 * 60).max(published), latest.plus_minutes(-60));
            let Some(at) = at else { continue };
            let reasons: &[&str] = if planned.is_outside { &CALLED_OFF_OUTSIDE } else { &CALLED_OFF_INSIDE };
            let reason = Some(stage.dice.say(reasons));
            stage.planned[n].cancelled_at = Some(at);
            let command = Command::CancelOccurrence(CancelOccurrence { occurrence: planned.occurrence, reason });
            stage.push(at, planned.editor, community, command);
        }
    }
}
