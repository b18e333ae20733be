//! The script is played through a small model of the district with the domain's own decisions, step by step in order
//! of time, with what is really held and open at each moment: nothing is refused that was not meant to be.

use std::collections::{BTreeMap, BTreeSet};

use domain::activity::{Audience, Category, SignUpPolicy, occurrence_id};
use domain::attendance::{Door, decide_walk_in};
use domain::booking::{
    BookingDecision, BookingState, Holding, Party, decide_answer, decide_booking, decide_cancel,
    decide_check_in as decide_arrival,
};
use domain::closing::decide_closing;
use domain::id::{ActivityId, BookingId, OccurrenceId, PersonId, SignUpId, SpaceId};
use domain::people::{Actor, Caller, Facts, Person, Role, may};
use domain::refusal::Refusal;
use domain::sign_up::{
    Seats, SignUpDecision, Terms, WaitingParty, WithdrawalDecision, decide_check_in, decide_neighbour, decide_sign_up,
    decide_withdrawal, neighbour, rebalance,
};
use domain::space::{Mode, is_open_for};
use domain::time::TimeRange;

use super::*;
use crate::demo::timetable::facts;

fn day(text: &str) -> LocalDate {
    text.parse().expect("a date")
}

/// A Monday, a Sunday, days around festivals, a leap day.
const DAYS: [&str; 6] = ["2026-11-23", "2026-11-29", "2027-02-05", "2026-09-25", "2028-02-29", "2027-05-01"];

struct Date {
    terms: Terms,
    category: Category,
    team: domain::id::TeamId,
    community: CommunityId,
    title: String,
    held: Option<SpaceId>,
}

struct Guests {
    occurrence: OccurrenceId,
    account: AccountId,
    people: Vec<Person>,
    is_waiting: bool,
    passes: u8,
    has_come: bool,
}

struct Hold {
    space: SpaceId,
    account: AccountId,
    range: TimeRange,
    heads: u16,
    state: BookingState,
    answer_by: Option<Timestamp>,
}

#[derive(Default)]
struct World {
    dates: BTreeMap<OccurrenceId, Date>,
    guests: BTreeMap<SignUpId, Guests>,
    order: BTreeMap<OccurrenceId, Vec<SignUpId>>,
    bookings: BTreeMap<BookingId, Hold>,
    promoted: BTreeSet<SignUpId>,
    walked_in: BTreeMap<OccurrenceId, u16>,
}

impl World {
    fn seats(&self, occurrence: OccurrenceId) -> Seats {
        let ids = self.order.get(&occurrence).map_or(&[][..], Vec::as_slice);
        let here = || ids.iter().filter_map(|id| self.guests.get(id));
        let heads = |waits: bool| here().filter(|g| g.is_waiting == waits).map(|g| g.people.len() as u16).sum();
        Seats {
            capacity: self.dates[&occurrence].terms.policy.capacity(),
            taken: heads(false),
            waiting_parties: here().filter(|guests| guests.is_waiting).count() as u16,
            waiting_heads: heads(true),
        }
    }

    fn holdings(&self, script: &Script, space: &DemoSpace) -> Vec<Holding> {
        let shares = |id: SpaceId| {
            let other = script.spaces.iter().find(|other| other.id == id).expect("a space");
            other.atoms.iter().any(|atom| space.atoms.contains(atom)).then_some(other)
        };
        let with = |other: &DemoSpace, range, heads| Holding {
            range,
            setup: other.row.policy.setup_minutes,
            teardown: other.row.policy.teardown_minutes,
            heads,
        };
        let booked = self.bookings.values().filter(|hold| hold.state.is_live());
        let booked = booked.filter_map(|hold| Some(with(shares(hold.space)?, hold.range, hold.heads)));
        let dates = self.dates.values().filter(|date| !date.terms.is_cancelled);
        let dates = dates.filter_map(|date| {
            let other = shares(date.held?)?;
            Some(with(other, date.terms.range, other.row.policy.mode.heads()))
        });
        booked.chain(dates).collect()
    }

    fn carry_out(&mut self, script: &Script, step: &Step) -> Result<(), Refusal> {
        let now = step.at;
        let account = script.accounts.iter().find(|account| account.id == step.account).expect("an account");
        let actor = Actor::Account(Caller { account: account.id, roles: account.roles.clone() });
        let action = step.command.action();
        let allowed = |facts: Facts| if may(&actor, action, &facts) { Ok(()) } else { Err(Refusal::NotAllowed) };
        let uuid = step.id.uuid();
        match &step.command {
            Command::PublishActivity(it) => {
                let team = script.teams.iter().find(|team| team.id == it.team).expect("a team");
                let community = Some(team.community.clone());
                allowed(Facts { team: Some(it.team), community, ..Facts::default() })?;
                for range in it.schedule.dates(now)? {
                    let space = it.venue.space.map(|id| script.spaces.iter().find(|s| s.id == id).expect("a space"));
                    if let Some(space) = space {
                        assert_eq!(space.community, team.community);
                        assert!(it.policy.capacity().is_none_or(|heads| heads <= space.row.policy.mode.heads()));
                        is_open_for(&space.row.hours, &space.row.closures, range).expect("open");
                        let held = self.holdings(script, space);
                        let buffer = i64::from(space.row.policy.setup_minutes.max(space.row.policy.teardown_minutes));
                        let apart = |held: &Holding| {
                            held.range.end().plus_minutes(buffer) <= range.start()
                                || range.end().plus_minutes(buffer) <= held.range.start()
                        };
                        assert!(held.iter().all(apart), "{} {range:?}", it.title);
                    }
                    let terms = Terms { policy: it.policy, audience: it.audience, range, is_cancelled: false };
                    let date = Date {
                        terms,
                        category: it.category,
                        team: it.team,
                        community: team.community.clone(),
                        title: it.title.to_string(),
                        held: it.venue.space,
                    };
                    let id = occurrence_id(ActivityId::from_uuid(uuid), range.start());
                    assert!(self.dates.insert(id, date).is_none(), "one id, one date");
                }
            }
            Command::CancelOccurrence(it) => {
                let date = self.dates.get_mut(&it.occurrence).ok_or(Refusal::Gone)?;
                let community = Some(date.community.clone());
                allowed(Facts { team: Some(date.team), community, ..Facts::default() })?;
                assert!(now < date.terms.range.start() && !date.terms.is_cancelled);
                date.terms.is_cancelled = true;
            }
            Command::MoveOccurrence(it) => {
                let date = self.dates.get_mut(&it.occurrence).ok_or(Refusal::Gone)?;
                assert!(now < date.terms.range.start() && !date.terms.is_cancelled && date.held.is_none());
                date.terms.range = it.range;
            }
            Command::SignUp(it) => {
                let date = self.dates.get(&it.occurrence).ok_or(Refusal::Gone)?;
                let people: Vec<Person> =
                    account.persons.iter().filter(|p| it.people.contains(&p.id)).cloned().collect();
                assert_eq!(people.len(), it.people.len(), "members of one's own household");
                let ids = self.order.get(&it.occurrence).map_or(&[][..], Vec::as_slice);
                let own: Vec<_> = ids
                    .iter()
                    .filter_map(|id| self.guests.get(id))
                    .filter(|guests| guests.account == account.id)
                    .flat_map(|guests| guests.people.iter().map(|p| p.id))
                    .collect();
                let decision = decide_sign_up(&date.terms, self.seats(it.occurrence), &people, &own, now)?;
                assert_ne!(decision, SignUpDecision::AlreadyDone, "nobody asks twice");
                let is_waiting = decision != SignUpDecision::Confirmed;
                let id = SignUpId::from_uuid(uuid);
                let occurrence = it.occurrence;
                let guests = Guests { occurrence, account: account.id, people, is_waiting, passes: 0, has_come: false };
                self.guests.insert(id, guests);
                self.order.entry(occurrence).or_default().push(id);
            }
            Command::SignUpNeighbour(it) => {
                let date = self.dates.get(&it.occurrence).ok_or(Refusal::Gone)?;
                let community = Some(date.community.clone());
                allowed(Facts { team: Some(date.team), community, ..Facts::default() })?;
                let who = neighbour(PersonId::from_uuid(uuid), it.name.clone());
                let seats = self.seats(it.occurrence);
                let asked = (&who, it.phone.as_ref());
                let decision = decide_neighbour(&date.terms, seats, asked, &[], it.consent, now)?;
                assert_eq!(decision, SignUpDecision::Confirmed);
            }
            Command::WithdrawSignUp(it) => {
                let guests = self.guests.get_mut(&it.sign_up).ok_or(Refusal::Gone)?;
                allowed(Facts { owner: Some(guests.account), ..Facts::default() })?;
                let occurrence = guests.occurrence;
                let terms = self.dates[&occurrence].terms;
                match decide_withdrawal(terms.range, &guests.people, &it.people, now)? {
                    WithdrawalDecision::Whole => drop(self.guests.remove(&it.sign_up)),
                    WithdrawalDecision::Part(stay) => guests.people.retain(|person| stay.contains(&person.id)),
                    WithdrawalDecision::AlreadyOut => panic!("nobody leaves twice"),
                }
                let waiting: Vec<WaitingParty> = self.order[&occurrence]
                    .iter()
                    .filter_map(|id| Some((*id, self.guests.get(id)?)))
                    .filter(|(_, guests)| guests.is_waiting)
                    .map(|(id, guests)| WaitingParty {
                        id,
                        heads: guests.people.len() as u16,
                        passes: guests.passes,
                        can_answer: true,
                    })
                    .collect();
                let seats = self.seats(occurrence);
                let walk = rebalance(seats.capacity, seats.taken, &waiting, terms.range, terms.is_cancelled, now);
                for id in walk.passed {
                    self.guests.get_mut(&id).expect("a party").passes += 1;
                }
                for id in walk.promoted {
                    self.guests.get_mut(&id).expect("a party").is_waiting = false;
                    self.promoted.insert(id);
                }
            }
            Command::AcceptOffer(it) => {
                let guests = self.guests.get(&it.sign_up).ok_or(Refusal::Gone)?;
                allowed(Facts { owner: Some(guests.account), ..Facts::default() })?;
                assert!(!guests.is_waiting && self.promoted.contains(&it.sign_up));
            }
            Command::CheckIn(it) => {
                let guests = self.guests.get_mut(&it.sign_up).ok_or(Refusal::Gone)?;
                let date = &self.dates[&guests.occurrence];
                let community = Some(date.community.clone());
                allowed(Facts { team: Some(date.team), community, ..Facts::default() })?;
                decide_check_in(date.terms.range, date.category, date.terms.is_cancelled, !guests.is_waiting, now)?;
                guests.has_come = true;
            }
            Command::AddWalkIn(it) => {
                let date = self.dates.get(&it.occurrence).ok_or(Refusal::Gone)?;
                let community = Some(date.community.clone());
                allowed(Facts { team: Some(date.team), community, ..Facts::default() })?;
                let walked_in = self.walked_in.get(&it.occurrence).copied().unwrap_or_default();
                let door = Door {
                    range: date.terms.range,
                    category: date.category,
                    is_cancelled: date.terms.is_cancelled,
                    seats: self.seats(it.occurrence),
                    walked_in,
                };
                decide_walk_in(door, it.heads, it.reason.is_some(), now)?;
                self.walked_in.insert(it.occurrence, walked_in + it.heads);
            }
            Command::CloseOccurrence(it) => {
                let date = self.dates.get(&it.occurrence).ok_or(Refusal::Gone)?;
                let community = Some(date.community.clone());
                allowed(Facts { team: Some(date.team), community, ..Facts::default() })?;
                decide_closing(date.terms.range, date.category, date.terms.is_cancelled, it.heads, now)?;
            }
            Command::BookSpace(it) => {
                let space = script.spaces.iter().find(|space| space.id == it.space).expect("a space");
                let on = it.range.start().date();
                let children = account.persons.iter().filter(|person| it.children.contains(&person.id));
                let ages: Vec<u16> = children.filter_map(|person| person.age_on(on)).collect();
                assert_eq!(ages.len(), it.children.len());
                let live = self.bookings.values().filter(|hold| hold.state.is_live() && hold.space == it.space);
                let is_own = |hold: &&Hold| hold.account == account.id && hold.range.end() > now;
                let own: Vec<_> = live.filter(is_own).map(|hold| hold.range).collect();
                let held = self.holdings(script, space);
                let party = Party { adults: it.adults, child_ages: &ages };
                let (state, answer_by) = match decide_booking(&facts(space, &held), it.range, party, &own, now)? {
                    BookingDecision::Approved => (BookingState::Approved, None),
                    BookingDecision::Requested { answer_by } => (BookingState::Requested, Some(answer_by)),
                };
                let (account, range, heads) = (account.id, it.range, party.heads());
                self.bookings.insert(
                    BookingId::from_uuid(uuid),
                    Hold { space: it.space, account, range, heads, state, answer_by },
                );
            }
            Command::CancelBooking(it) => {
                let hold = self.bookings.get_mut(&it.booking).ok_or(Refusal::Gone)?;
                allowed(Facts { owner: Some(hold.account), ..Facts::default() })?;
                decide_cancel(hold.state, hold.range, now)?;
                hold.state = BookingState::Cancelled;
            }
            Command::ApproveBooking(domain::command::ApproveBooking { booking })
            | Command::DeclineBooking(domain::command::DeclineBooking { booking, .. }) => {
                let hold = self.bookings.get_mut(booking).ok_or(Refusal::Gone)?;
                allowed(Facts { space: Some(hold.space), ..Facts::default() })?;
                decide_answer(hold.state, hold.range, hold.answer_by, now)?;
                let is_yes = matches!(step.command, Command::ApproveBooking(_));
                hold.state = if is_yes { BookingState::Approved } else { BookingState::Declined };
            }
            Command::CheckInBooking(it) => {
                let hold = self.bookings.get_mut(&it.booking).ok_or(Refusal::Gone)?;
                allowed(Facts { space: Some(hold.space), ..Facts::default() })?;
                decide_arrival(hold.state, hold.range, now)?;
                hold.state = BookingState::CheckedIn;
            }
            other => panic!("the script holds no {}", other.kind()),
        }
        Ok(())
    }
}

fn played(script: &Script) -> World {
    let mut world = World::default();
    for step in &script.steps {
        match (world.carry_out(script, step), step.expect) {
            (Ok(()), Expect::Accepted) | (Err(_), Expect::Refused) => {}
            (found, expect) => panic!("{found:?} instead of {expect:?}: {step:?}"),
        }
    }
    world
}

#[test]
fn the_same_seed_and_day_make_the_same_bytes() {
    let (one, two) = (script(1, day(DAYS[0])), script(1, day(DAYS[0])));
    assert_eq!(format!("{one:?}"), format!("{two:?}"));
    assert_ne!(one.steps[0].id, script(2, day(DAYS[0])).steps[0].id);
    assert_ne!(one.steps[0].id, script(1, day(DAYS[1])).steps[0].id);
}

#[test]
fn the_district_is_as_large_as_promised_on_any_day() {
    for today in DAYS {
        let made = script(1, day(today));
        let tally = made.tally;
        assert_eq!(made.communities.len(), 13);
        assert_eq!(made.communities.iter().filter(|community| community.made_up).count(), 7);
        assert!(made.teams.len() >= 30 && made.spaces.len() >= 40 && tally.occurrences >= 400, "{tally:?}");
        assert!((1_000..=4_500).contains(&made.steps.len()), "{today}: {}", made.steps.len());
        for (what, found) in [
            ("called off", tally.occurrences_cancelled),
            ("confirmed", tally.confirmed),
            ("waiting", tally.waiting),
            ("promoted", tally.promoted),
            ("withdrawn", tally.withdrawn),
            ("checked in", tally.checked_in),
            ("walked in", tally.walked_in),
            ("was signed up by a team", tally.neighbours),
            ("closed a date", tally.closed),
            ("requested", tally.requested),
            ("approved", tally.approved),
            ("declined", tally.declined),
            ("unanswered", tally.unanswered),
            ("cancelled", tally.cancelled),
            ("came", tally.came),
            ("stayed away", tally.stayed_away),
        ] {
            assert!(found > 0, "{today}: nobody {what}: {tally:?}");
        }
        let kinds: BTreeSet<_> = made.spaces.iter().map(|space| space.row.kind).collect();
        assert_eq!(kinds.len(), domain::space::SpaceKind::ALL.len());
        assert!(made.spaces.iter().any(|space| space.atoms.len() == 2));
        assert!(made.spaces.iter().any(|space| !space.row.closures.is_empty()));
        assert!(made.spaces.iter().all(|space| !space.row.hosts.is_empty()));
        assert!(made.spaces.iter().all(|s| s.atoms.len() == 1 || matches!(s.row.policy.mode, Mode::Exclusive { .. })));
    }
}

#[test]
fn steps_are_in_order_and_of_the_past_and_phones_nobodys() {
    let made = script(1, day(DAYS[0]));
    assert!(made.steps.is_sorted_by_key(|step| step.at));
    assert!(made.founded_at < made.steps[0].at);
    assert!(made.steps.last().is_some_and(|step| step.at < made.today.start()));
    let phones: BTreeSet<_> = made.accounts.iter().map(|account| account.phone.as_str().to_owned()).collect();
    assert_eq!(phones.len(), made.accounts.len());
    assert!(phones.iter().all(|phone| phone.starts_with("1990000")));
    let ids: BTreeSet<_> = made.steps.iter().map(|step| step.id).collect();
    assert_eq!(ids.len(), made.steps.len());
}

#[test]
fn nothing_is_refused_that_was_not_meant_to_be() {
    for (seed, today) in DAYS.iter().enumerate() {
        played(&script(seed as u64, day(today)));
    }
}

#[test]
fn something_is_on_today_and_tomorrow_wherever_a_visitor_looks_first() {
    for today in DAYS {
        let made = script(1, day(today));
        let world = played(&made);
        for community in made.communities.iter().filter(|community| !community.made_up) {
            for on in [made.today, made.today.plus_days(1)] {
                let is_on = |date: &&Date| {
                    let evening = on.start().plus_minutes(18 * 60);
                    let is_late_enough = on != made.today || date.terms.range.start() >= evening;
                    date.community == community.view.id
                        && date.terms.range.start().date() == on
                        && is_late_enough
                        && !date.terms.is_cancelled
                };
                assert!(world.dates.values().any(|date| is_on(&date)), "{today} {} {on}", community.short);
            }
        }
    }
}

#[test]
fn dates_are_empty_full_closed_and_not_open_yet() {
    use domain::activity::{Phase, phase};
    for today in DAYS {
        let made = script(1, day(today));
        let world = played(&made);
        let mut found = BTreeSet::new();
        for (id, date) in &world.dates {
            let seats = world.seats(*id);
            let what = match phase(date.terms.policy, date.terms.range, date.terms.is_cancelled, made.today.start()) {
                Phase::WalkIn => "walk-in",
                Phase::NotOpen { .. } => "not open",
                Phase::Pool { .. } => "pool",
                Phase::Closed { .. } => "closed",
                Phase::Over => "over",
                Phase::Cancelled => "cancelled",
                Phase::Open { .. } if seats.waiting_parties > 0 => "waiting list",
                Phase::Open { .. } => match seats.free() {
                    None => "no limit",
                    Some(0) => "full",
                    Some(1..=3) => "nearly full",
                    Some(_) => "open",
                },
            };
            found.insert(what);
        }
        assert_eq!(found.len(), 11, "{today}: {found:?}");
    }
}

#[test]
fn the_cast_finds_its_screens_lively() {
    let mut asked = 0;
    for (seed, today) in DAYS.iter().enumerate() {
        let made = script(seed as u64, day(today));
        let world = played(&made);
        let midnight = made.today.start();
        let player = |role: DemoRole| made.accounts.iter().find(|a| a.demo_role == Some(role)).expect("a player");
        let coming = |role: DemoRole, is_waiting: bool| -> Vec<(SignUpId, &Date)> {
            let id = player(role).id;
            let own = world.guests.iter().filter(|(_, g)| g.account == id && g.is_waiting == is_waiting);
            own.map(|(sign_up, guests)| (*sign_up, &world.dates[&guests.occurrence]))
                .filter(|(_, date)| date.terms.range.start() >= midnight && !date.terms.is_cancelled)
                .collect()
        };
        let week = made.today.plus_days(7).start();
        let soon = coming(DemoRole::Resident, false);
        assert!(soon.iter().filter(|(_, date)| date.terms.range.start() < week).count() >= 2, "{today}");
        assert_eq!(coming(DemoRole::Resident, true).len(), 1, "{today}");
        let tonight: Vec<_> = soon.iter().filter(|(id, _)| world.promoted.contains(id)).collect();
        assert!(tonight.len() <= 1 && tonight.iter().all(|(_, date)| date.terms.range.start().date() == made.today));
        asked += tonight.len();
        let mothers = coming(DemoRole::Parent, false);
        let is_small = |date: &Date| matches!(date.terms.audience, Audience::Families { from: 3, to: 6 });
        assert!(mothers.len() >= 2 && mothers.iter().all(|(_, date)| is_small(date)), "{today} {}", mothers.len());
        assert!(mothers.iter().any(|(id, _)| world.promoted.contains(id)), "{today}: the mother moves up");

        let host = player(DemoRole::Host);
        let hers = |hold: &&Hold| host.roles.contains(&Role::Host(hold.space)) && hold.range.start() >= midnight;
        let day_after = made.today.plus_days(2).start();
        let requests = world.bookings.values().filter(hers).filter(|hold| hold.state == BookingState::Requested);
        assert!(requests.filter(|hold| hold.range.start() < day_after).count() >= 3, "{today}");
        let stands = world.bookings.values().filter(hers).filter(|hold| hold.state == BookingState::Approved);
        assert!(stands.filter(|hold| hold.range.start() < day_after).count() >= 3, "{today}");

        let editor = player(DemoRole::TeamEditor);
        let mut next: Vec<_> = world
            .dates
            .iter()
            .filter(|(_, date)| editor.roles.contains(&Role::TeamEditor(date.team)))
            .filter(|(_, date)| date.terms.range.start() >= midnight && date.terms.policy != SignUpPolicy::WalkIn)
            .collect();
        next.sort_by_key(|(_, date)| date.terms.range.start());
        let (id, date) = next.first().expect("a next date");
        assert!(world.seats(**id).taken >= 10, "{today} {} {:?}", date.title, world.seats(**id));
    }
    assert!(asked > 0, "there are days on which the elder is asked whether she comes");
}
