//! What the six one-tap people find on their screens.
//!
//! The elder has two places this week and waits for a third; the mother has a place with her four-year-old, one that
//! came free for her, and asks for a birthday room; the editor's next evening is well booked; the host has three
//! requests to answer. The two administrators see all of it.

use domain::activity::{Audience, SignUpPolicy, check_audience};
use domain::booking::{SlotState, slots};
use domain::id::OccurrenceId;
use domain::people::{Person, Relation};
use domain::space::SpaceKind;
use domain::time::{LocalDate, TimeRange};

use super::bookings::{Asked, book, children_of};
use super::people::DemoRole;
use super::script::Stage;
use super::spaces::Blueprint;
use super::teams::TeamKind;
use super::timetable::{Planned, facts};

/// What somebody of the cast wants of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WishKind {
    /// A place, early on.
    Place,
    /// To come when all is taken, and to wait.
    Wait,
    /// To come when all is taken, and to be moved up.
    Promotion,
}

/// Somebody of the cast, and a date.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The date.
    pub occurrence: OccurrenceId,
    /// Who.
    pub account: usize,
    /// With whom.
    pub people: Vec<Person>,
    /// What is wanted.
    pub kind: WishKind,
    /// How much of the date is taken at least, in percent.
    pub least_percent: i64,
}

/// Picks the dates.
pub fn wishes(stage: &Stage) -> Vec<Wish> {
    let mut wishes: Vec<Wish> = Vec::new();
    let home = stage.accounts[stage.player(DemoRole::Resident)].home;
    let today = stage.today;
    let mut dates: Vec<&Planned> = stage.planned.iter().filter(|p| p.community == home && is_open(stage, p)).collect();
    dates.sort_by_key(|planned| (planned.range.start(), planned.occurrence));
    let mut wish = |role, from: i32, to: i32, kind, least_percent, count: usize, fits: &dyn Fn(&Planned) -> bool| {
        let account = stage.player(role);
        let days = today.plus_days(from)..=today.plus_days(to);
        let mut found = 0;
        for planned in &dates {
            let on = planned.range.start().date();
            let is_taken = wishes.iter().any(|wish| wish.occurrence == planned.occurrence);
            if found == count || is_taken || !days.contains(&on) || !fits(planned) {
                continue;
            }
            let Some(people) = party(&stage.accounts[account].persons, planned.audience, on) else { continue };
            wishes.push(Wish { occurrence: planned.occurrence, account, people, kind, least_percent });
            found += 1;
        }
    };
    let small = |planned: &Planned| matches!(planned.audience, Audience::Families { from: 3, .. });
    let quiet = |planned: &Planned| !small(planned) && planned.policy.capacity().is_some_and(|capacity| capacity <= 20);
    let any = |planned: &Planned| !small(planned);
    wish(DemoRole::Parent, 0, 9, WishKind::Promotion, 100, 1, &small);
    wish(DemoRole::Parent, 1, 28, WishKind::Place, 80, 1, &small);
    wish(DemoRole::Parent, -12, -1, WishKind::Place, 60, 2, &small);
    wish(DemoRole::Resident, 1, 9, WishKind::Wait, 110, 1, &quiet);
    wish(DemoRole::Resident, 0, 6, WishKind::Place, 60, 2, &any);
    wish(DemoRole::Resident, -13, -1, WishKind::Place, 60, 3, &any);

    // The editor's own next dates: nobody of the cast, only neighbours.
    let editor = stage.accounts[stage.player(DemoRole::TeamEditor)].id;
    let next =
        dates.iter().filter(|p| p.kind == TeamKind::Opera && p.editor == editor && p.range.start() > today.start());
    for planned in next.take(2) {
        let least = Wish {
            occurrence: planned.occurrence,
            account: usize::MAX,
            people: Vec::new(),
            kind: WishKind::Place,
            least_percent: 88,
        };
        wishes.push(least);
    }
    wishes
}

/// Whether one can sign up for a date before today begins.
fn is_open(stage: &Stage, planned: &Planned) -> bool {
    let SignUpPolicy::PerOccurrence { opens_minutes_before, capacity: Some(_), .. } = planned.policy else {
        return false;
    };
    let opens = opens_minutes_before
        .map_or(planned.published_at, |minutes| planned.range.start().plus_minutes(-i64::from(minutes)));
    // A day of it at least, so that a crowd can have come.
    planned.cancelled_at.is_none() && opens.plus_minutes(24 * 60) < stage.last_moment()
}

/// Who of a household goes: the resident, with the children it is for.
fn party(household: &[Person], audience: Audience, on: LocalDate) -> Option<Vec<Person>> {
    let comes = |person: &&Person| match audience {
        Audience::Families { from, to } => {
            person.relation == Relation::Me
                || person.age_on(on).is_some_and(|age| (u16::from(from)..=u16::from(to)).contains(&age))
        }
        _ => person.relation == Relation::Me,
    };
    let party: Vec<Person> = household.iter().filter(comes).cloned().collect();
    check_audience(audience, &party, on).is_ok().then_some(party)
}

/// The bookings of the cast, before anybody else's.
pub fn bookings(stage: &mut Stage) {
    let (aunt, mother) = (stage.player(DemoRole::Resident), stage.player(DemoRole::Parent));
    let home = stage.accounts[aunt].home;
    let id = stage.communities[home].view.id.clone();
    let of = |stage: &Stage, blueprint: Blueprint| -> Vec<usize> {
        let is_it = |n: &usize| stage.spaces[*n].community == id && stage.spaces[*n].blueprint == blueprint;
        (0..stage.spaces.len()).filter(is_it).collect()
    };
    let living = of(stage, Blueprint::Living);
    let (friend, play) = (of(stage, Blueprint::Friend), of(stage, Blueprint::Play));
    let (Some(first), Some(second)) = (living.first().copied(), living.last().copied()) else { return };
    let neighbours: Vec<usize> = (0..stage.accounts.len())
        .filter(|n| stage.accounts[*n].home == home && stage.accounts[*n].demo_role.is_none())
        .filter(|n| stage.accounts[*n].roles.is_empty())
        .collect();
    let yesterday = |hour: i64, minute: i64| stage.today.start().plus_minutes((hour - 24) * 60 + minute);
    let (early, later, evening) = (yesterday(17, 40), yesterday(20, 5), yesterday(21, 30));

    // Three to answer: this evening and tomorrow.
    let birthday = "朵朵和小朋友过生日，十来个人，蛋糕自带";
    let children = children_of(stage, mother, stage.today, 0, 17);
    let requests = [
        (mother, 1, [14, 15, 9], 120, 4, children.as_slice(), evening, birthday),
        (neighbours[0], 0, [19, 18, 16], 90, 6, &[], later, "老同事聚聚，想借茶具"),
        (neighbours[1], 1, [10, 9, 16], 90, 5, &[], evening, "楼道议事，商量装感应灯"),
    ];
    for (account, day, hours, minutes, adults, children, asked_at, note) in requests {
        // Where a festival has one room, the other is asked for.
        let wishes = hours.iter().flat_map(|hour| [(first, *hour), (second, *hour)]);
        let asked = wishes.into_iter().find_map(|(space, hour)| {
            let range = at(stage, day, hour, minutes)?;
            book(stage, space, account, range, adults, children, asked_at, Some(note))
        });
        stage.tally.requested += usize::from(asked.is_some());
    }
    // And a day that is under way: approved ones today and tomorrow.
    for (n, (space, day, hour, adults)) in [
        (first, 0, 9, 5),
        (first, 0, 15, 8),
        (second, 0, 10, 4),
        (second, 0, 18, 7),
        (first, 1, 17, 6),
        (second, 1, 15, 3),
    ]
    .into_iter()
    .enumerate()
    {
        let asked = at(stage, day, hour, 90)
            .and_then(|range| book(stage, space, neighbours[2 + n], range, adults, &[], early, None));
        if let Some(asked) = asked {
            let answered = later.plus_minutes(3 * n as i64);
            asked.approve(stage, answered);
        }
    }

    // The elder's corner table tomorrow, and one she sat at last week; the mother's hour in the playroom.
    for space in friend {
        let _ = first_free(stage, space, aunt, 1, 60, 2, early);
        if let Some(asked) = first_free(stage, space, aunt, -5, 60, 2, early.plus_minutes(-6 * 24 * 60)) {
            let came = asked.range.start().plus_minutes(-3);
            asked.come(stage, came);
        }
    }
    for space in play {
        let _ = first_free(stage, space, mother, 2, 60, 1, early);
    }
}

/// A time on a day from today.
fn at(stage: &Stage, day: i32, hour: i64, minutes: i64) -> Option<TimeRange> {
    let start = stage.today.plus_days(day).start().plus_minutes(hour * 60);
    TimeRange::new(start, start.plus_minutes(minutes))
}

/// Books the first free time from some day on, on the first day that has one, with the children a family room takes.
fn first_free(
    stage: &mut Stage,
    space: usize,
    account: usize,
    day: i32,
    minutes: u16,
    adults: u16,
    asked_at: domain::time::Timestamp,
) -> Option<Asked> {
    (day..day + 4).find_map(|day| {
        let on = stage.today.plus_days(day);
        let held = stage.ledger.of(&stage.spaces[space]);
        let slot = slots(&facts(&stage.spaces[space], &held), on, minutes, asked_at)
            .into_iter()
            .filter(|slot| matches!(slot.state, SlotState::Free { .. }))
            .nth(3)?;
        let is_family = stage.spaces[space].row.kind == SpaceKind::ParentChild;
        let children = if is_family { children_of(stage, account, on, 3, 6) } else { Vec::new() };
        let asked = book(stage, space, account, slot.range, adults, &children, asked_at, None)?;
        stage.tally.approved += 1;
        Some(asked)
    })
}
