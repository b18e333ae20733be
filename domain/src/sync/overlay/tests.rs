//! Pending commands laid over rows.

use uuid::Uuid;

use super::*;
use crate::activity::{Audience, Category, SignUpPolicy, Venue};
use crate::booking::Holding;
use crate::change::{BusyRow, DeskBookingRow, ProfileRow, Purpose, SpaceRow};
use crate::command::{ApproveBooking, CancelOccurrence};
use crate::id::{AccountId, OccurrenceId, SpaceId, TeamId};
use crate::people::Relation;
use crate::series::Series;
use crate::space::{Mode, OpeningHours, SpaceKind, SpacePolicy};
use crate::time::{LocalDate, MinuteOfDay, TimeRange};

fn start() -> Timestamp {
    LocalDate::from_ymd(2026, 11, 25).expect("a date").at(MinuteOfDay::hm(9, 0).expect("a time"))
}

fn now() -> Timestamp {
    start().plus_minutes(-600)
}

const fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn here() -> CommunityId {
    "banzha".parse().expect("a slug")
}

/// One activity with twelve places, a resident and a child.
fn base(taken: u16) -> View {
    let mut view = View::default();
    let place = |row| In { community: here(), row };
    let activity = ActivityRow {
        team: TeamId::from_uuid(uuid(1)),
        title: "淮剧教唱".parse().expect("a title"),
        series: None,
        about: None,
        category: Category::Opera,
        audience: Audience::Everyone,
        venue: Venue { space: None, place: "二楼戏台".parse().expect("a place") },
        policy: SignUpPolicy::PerOccurrence {
            capacity: Some(12),
            opens_minutes_before: None,
            closes_minutes_before: 0,
            party_max: 4,
            draws_minutes_before: None,
        },
    };
    view.activities.insert(ActivityId::from_uuid(uuid(2)), In { community: here(), row: activity });
    let range = TimeRange::new(start(), start().plus_minutes(60)).expect("a range");
    let occurrence =
        OccurrenceRow { activity: ActivityId::from_uuid(uuid(2)), range, cancelled: None, sequence: 0, by_hand: None };
    view.occurrences.insert(OccurrenceId::from_uuid(uuid(3)), In { community: here(), row: occurrence });
    view.seats.insert(OccurrenceId::from_uuid(uuid(3)), place(Seats { capacity: Some(12), taken, ..Seats::default() }));
    for (n, relation, born) in [(10, Relation::Me, None), (11, Relation::Child, Some("2021-05"))] {
        let id = PersonId::from_uuid(uuid(n));
        let born = born.map(|b| b.parse().expect("a month"));
        view.persons.insert(id, Person { id, relation, name: "王".parse().expect("a name"), born });
    }
    let profile = ProfileRow {
        name: "王".parse().expect("a name"),
        home: here(),
        phone_tail: String::new(),
        roles: vec![],
        calendar: None,
    };
    view.profile = Some((AccountId::from_uuid(uuid(4)), profile));
    view
}

fn sign_up(people: &[u128]) -> Pending {
    let people = people.iter().map(|n| PersonId::from_uuid(uuid(*n))).collect();
    Pending {
        id: CommandId::from_uuid(uuid(100)),
        stream: StreamId::Community(here()),
        command: Command::SignUp(SignUp { occurrence: OccurrenceId::from_uuid(uuid(3)), people }),
        delivery: Delivery::Saved,
    }
}

#[test]
fn a_pending_sign_up_shows_as_mine_and_lowers_no_count() {
    let view = lay_over(&base(9), &[sign_up(&[10, 11])], now());
    let (id, own) = view.sign_up_for(OccurrenceId::from_uuid(uuid(3))).expect("my sign-up");
    assert_eq!(own.row.party.len(), 2);
    assert_eq!(view.deliveries.get(&id.uuid()), Some(&Delivery::Saved));
    assert_eq!(view.seats.values().next().map(|s| s.row.taken), Some(9));
}

#[test]
fn a_household_is_in_once_and_the_phone_knows_it_before_the_server_says_so() {
    let mut base = base(3);
    let mut again = sign_up(&[10]);
    again.id = CommandId::from_uuid(uuid(101));
    // The other adult alone, while the first two are in: a party of its own, and refused all the same.
    let id = PersonId::from_uuid(uuid(12));
    base.persons.insert(id, Person { id, relation: Relation::Adult, name: "王".parse().expect("a name"), born: None });
    let mut other = sign_up(&[12]);
    other.id = CommandId::from_uuid(uuid(102));
    let view = lay_over(&base, &[sign_up(&[10, 11]), again, other], now());
    assert_eq!(view.sign_ups.len(), 1);
    let already =
        |people: &[u128]| Refusal::AlreadyIn { people: people.iter().map(|n| PersonId::from_uuid(uuid(*n))).collect() };
    assert_eq!(view.doubts.get(&CommandId::from_uuid(uuid(101))), Some(&already(&[10])));
    assert_eq!(view.doubts.get(&CommandId::from_uuid(uuid(102))), Some(&already(&[10, 11])));
    let mut same = sign_up(&[11, 10]);
    same.id = CommandId::from_uuid(uuid(103));
    let view = lay_over(&base, &[sign_up(&[10, 11]), same], now());
    assert!(view.doubts.is_empty(), "what is asked twice is asked once");
    assert_eq!(view.sign_ups.len(), 1);
}

#[test]
fn when_the_last_place_goes_the_picture_says_so_before_anything_is_sent() {
    let waiting = lay_over(&base(12), &[sign_up(&[10])], now());
    let (_, own) = waiting.sign_up_for(OccurrenceId::from_uuid(uuid(3))).expect("my sign-up");
    assert_eq!(own.row.state, SignUpState::Waitlisted { parties_ahead: 0, offer_until: None });
    let closed = lay_over(&base(3), &[sign_up(&[10])], start());
    assert!(closed.sign_ups.is_empty());
    assert_eq!(
        closed.doubts.get(&CommandId::from_uuid(uuid(100))),
        Some(&Refusal::SignUpClosed { closed_at: start() })
    );
}

#[test]
fn a_withdrawal_can_build_on_a_sign_up_that_is_itself_pending() {
    let withdraw = Pending {
        id: CommandId::from_uuid(uuid(101)),
        stream: StreamId::Community(here()),
        command: Command::WithdrawSignUp(WithdrawSignUp {
            sign_up: SignUpId::from_uuid(uuid(100)),
            people: vec![PersonId::from_uuid(uuid(11))],
        }),
        delivery: Delivery::Saved,
    };
    let view = lay_over(&base(3), &[sign_up(&[10, 11]), withdraw], now());
    let (_, own) = view.sign_up_for(OccurrenceId::from_uuid(uuid(3))).expect("my sign-up");
    assert_eq!(own.row.party.iter().map(|m| m.person.uuid()).collect::<Vec<_>>(), vec![uuid(10)]);
}

#[test]
fn a_host_is_told_at_once_that_a_request_has_lapsed() {
    let mut base = base(3);
    let (booking, due) = (BookingId::from_uuid(uuid(200)), start().plus_minutes(-600));
    let row = BookingRow {
        space: SpaceId::from_uuid(uuid(300)),
        range: TimeRange::new(start(), start().plus_minutes(60)).expect("a range"),
        state: BookingState::Requested,
        adults: 2,
        children: 0,
        purpose: Purpose::Chat,
        note: None,
        answer_by: Some(due),
        reason: None,
    };
    let name = "王".parse().expect("a name");
    let desk = DeskBookingRow { booking: row, name, phone_tail: String::new(), requested_at: due, checked_in_at: None };
    base.desk_bookings.insert(booking, In { community: here(), row: desk });
    let answer = Pending {
        id: CommandId::from_uuid(uuid(104)),
        stream: StreamId::Community(here()),
        command: Command::ApproveBooking(ApproveBooking { booking }),
        delivery: Delivery::Saved,
    };
    let state = |view: &View| view.desk_bookings.get(&booking).map(|row| row.row.booking.state);
    let in_time = lay_over(&base, std::slice::from_ref(&answer), due.plus_minutes(-1));
    assert_eq!(state(&in_time), Some(BookingState::Approved));
    let late = lay_over(&base, &[answer], due);
    assert_eq!(state(&late), Some(BookingState::Requested));
    assert_eq!(late.doubts.values().next(), Some(&Refusal::AnswerOverdue { answer_by: due }));
}

#[test]
fn an_activity_in_a_room_that_is_held_is_a_doubt_before_it_is_sent() {
    let mut base = base(3);
    let room = SpaceId::from_uuid(uuid(300));
    let policy = SpacePolicy {
        mode: Mode::Shared { groups: 4, heads: 12 },
        grid_minutes: 30,
        min_minutes: 30,
        max_minutes: 120,
        setup_minutes: 0,
        teardown_minutes: 0,
        notice_minutes: 0,
        horizon_days: 7,
        answer: crate::space::Answer::Instant,
        family: None,
        open_bookings_max: 2,
        check_in_required: false,
    };
    let row = SpaceRow {
        name: "会客点".parse().expect("a name"),
        kind: SpaceKind::FriendPoint,
        address: "一楼".parse().expect("a place"),
        access: None,
        about: None,
        phone: None,
        hosts: vec![],
        policy,
        hours: OpeningHours::default(),
        closures: vec![],
    };
    base.spaces.insert(room, In { community: here(), row });
    let range = TimeRange::new(start(), start().plus_minutes(60)).expect("a range");
    let held = Holding { range, setup: 0, teardown: 0, heads: 2 };
    let date = start().date();
    base.busy.insert((room, date), In { community: here(), row: BusyRow { space: room, date, holdings: vec![held] } });
    let publish = |on: LocalDate, capacity| Pending {
        id: CommandId::from_uuid(uuid(105)),
        stream: StreamId::Community(here()),
        command: Command::PublishActivity(PublishActivity {
            team: TeamId::from_uuid(uuid(1)),
            title: "棋局".parse().expect("a title"),
            about: None,
            category: Category::Opera,
            audience: Audience::Everyone,
            venue: Venue { space: Some(room), place: "一楼".parse().expect("a place") },
            schedule: crate::activity::Schedule::Once { on, at: start().minute_of_day(), minutes: 60 },
            policy: SignUpPolicy::PerOccurrence {
                capacity,
                opens_minutes_before: Some(30),
                closes_minutes_before: 0,
                party_max: 4,
                draws_minutes_before: None,
            },
        }),
        delivery: Delivery::Saved,
    };
    let doubt = |item| lay_over(&base, &[item], now()).doubts.values().next().cloned();
    // However many parties share the room, an activity takes the whole of it.
    assert_eq!(doubt(publish(date, Some(12))), Some(Refusal::VenueTaken { space: room, dates: vec![date] }));
    assert_eq!(doubt(publish(date.plus_days(1), Some(12))), None);
    assert_eq!(doubt(publish(date.plus_days(1), Some(0))), Some(Refusal::CapacityZero));
}

#[test]
fn a_child_alone_is_a_doubt_and_not_a_place() {
    let view = lay_over(&base(3), &[sign_up(&[11])], now());
    assert!(view.sign_ups.is_empty());
    assert_eq!(view.doubts.values().next(), Some(&Refusal::GuardianNeeded));
}

#[test]
fn a_date_called_off_and_held_after_all_counts_each_change_and_meets_no_other() {
    let id = OccurrenceId::from_uuid(uuid(3));
    let pending = |n, command| Pending {
        id: CommandId::from_uuid(uuid(n)),
        stream: StreamId::Community(here()),
        command,
        delivery: Delivery::Saved,
    };
    let off = |n| pending(n, Command::CancelOccurrence(CancelOccurrence { occurrence: id, reason: None }));
    let on = |n| pending(n, Command::ReinstateOccurrence(ReinstateOccurrence { occurrence: id, venue: None }));
    let sequence = |view: &View| view.occurrences[&id].row.sequence;
    assert_eq!(sequence(&lay_over(&base(0), &[off(200), off(201)], now())), 1, "called off twice is once");
    let both = lay_over(&base(0), &[off(200), on(201), on(202)], now());
    assert_eq!((sequence(&both), both.occurrences[&id].row.cancelled.is_none(), both.doubts.len()), (2, true, 0));

    let mut view = lay_over(&base(0), &[off(200)], now());
    let other = OccurrenceRow { cancelled: None, ..view.occurrences[&id].row.clone() };
    view.occurrences.insert(OccurrenceId::from_uuid(uuid(5)), In { community: here(), row: other });
    let met = lay_over(&view, &[on(201)], now());
    assert_eq!(met.doubts.values().collect::<Vec<_>>(), [&Refusal::DateExists]);
    assert!(met.occurrences[&id].row.cancelled.is_some(), "a doubt leaves no effect");
    let late = lay_over(&lay_over(&base(0), &[off(200)], now()), &[on(201)], start());
    assert_eq!(late.doubts.values().collect::<Vec<_>>(), [&Refusal::OccurrenceOver]);
}

#[test]
fn a_date_moved_to_where_its_rule_has_one_to_come_is_a_doubt() {
    let id = OccurrenceId::from_uuid(uuid(3));
    let mut view = base(0);
    let series = Series {
        on: start().date(),
        at: MinuteOfDay::hm(9, 0).expect("a time"),
        minutes: 60,
        rule: "FREQ=WEEKLY".parse().expect("a rule"),
    };
    let activity = ActivityId::from_uuid(uuid(2));
    view.activities.get_mut(&activity).expect("an activity").row.series = Some(SeriesRow::of(&series, false));
    let to = |weeks: i64, later: i64| {
        let start = start().plus_minutes(weeks * 7 * 24 * 60 + later);
        let range = TimeRange::new(start, start.plus_minutes(60)).expect("a range");
        predict_move(&view, id, &Wish { sequence: 0, range, venue: None }, now())
    };
    assert_eq!(to(10, 30), Err(Refusal::DateExists));
    assert_eq!(to(10, 60), Ok(Moved { time: true, place: false }));
    assert!(matches!(to(5_000, 0), Err(Refusal::SeriesTooLong { .. })), "no rule is asked about it");
}

#[test]
fn what_everybody_may_see_has_nothing_of_anybody() {
    let view = lay_over(&base(3), &[sign_up(&[10])], now());
    assert!(!view.sign_ups.is_empty() && !view.deliveries.is_empty());
    let public = view.only_public();
    assert_eq!(public.activities, view.activities);
    assert_eq!(public.seats, view.seats);
    let mut without = public;
    (without.activities, without.occurrences, without.seats) = Default::default();
    assert_eq!(without, View::default());
}

#[test]
fn what_was_said_of_a_date_shows_at_once_and_not_before_it_has_begun() {
    let id = OccurrenceId::from_uuid(uuid(3));
    let close = |heads| Pending {
        id: CommandId::from_uuid(uuid(100)),
        stream: StreamId::Community(here()),
        command: Command::CloseOccurrence(CloseOccurrence { occurrence: id, heads, note: None }),
        delivery: Delivery::Saved,
    };
    let early = lay_over(&base(0), &[close(23)], now());
    assert!(early.closings.is_empty() && early.doubts.len() == 1);
    let view = lay_over(&base(0), &[close(23), close(25)], start());
    assert_eq!((view.closings[&id].row.heads, view.closings[&id].row.at), (25, start()));
    assert_eq!(view.deliveries[&id.uuid()], Delivery::Saved);
}
