//! Every no that an operation can say: the refusal as data, and nothing stored but the answer.

mod neighbourhood;

use domain::activity::{Audience as Who, Schedule, SignUpPolicy};
use domain::command::{
    Accepted, AddPerson, ApproveBooking, CancelBooking, CancelOccurrence, CheckInBooking, Command, DeclineBooking,
    PublishActivity, ReadNotices, RemovePerson,
};
use domain::id::{BookingId, CommandId, NoticeId, OccurrenceId, PersonId, SignUpId, SpaceId, StreamId, TeamId};
use domain::people::{HOUSEHOLD_MAX, Relation};
use domain::refusal::{Eligibility, Refusal};
use domain::sync::Answer;
use domain::time::Timestamp;
use server::on_both_engines;
use server::store::testing::TestDb;

use neighbourhood::*;

/// Asks, and sees to it that the answer is this refusal and that nothing has changed.
#[track_caller]
fn refuses<'a>(
    test: &'a TestDb,
    phone: &'a Phone,
    stream: &'a StreamId,
    command: Command,
    at: Timestamp,
    expected: Refusal,
) -> impl Future<Output = ()> + 'a {
    let caller = std::panic::Location::caller();
    async move {
        let before = amounts(test).await;
        let (_, outcome) = phone.ask_in(&test.db, stream, command.clone(), at).await;
        assert_eq!(refusal(&outcome), &expected, "at {caller}: {command:?}");
        assert_eq!(amounts(test).await, before, "at {caller}: {command:?}");
    }
}

fn tomorrow_at_two() -> Timestamp {
    time(1, hm(14, 0), 60).start()
}

fn unknown<T>(wrap: fn(uuid::Uuid) -> T) -> T {
    wrap(uuid(0xdead))
}

on_both_engines! {
    async fn a_sign_up_is_refused_for_each_of_its_reasons(test) {
        let db = &test.db;
        settle(db).await;
        let (phone, here) = (Phone::of(1), &stream());
        let start = tomorrow_at_two();
        let me = [person(1, 0)];
        let opens = SignUpPolicy::PerOccurrence {
            capacity: Some(3), opens_minutes_before: Some(120), closes_minutes_before: 60, party_max: 2,
            draws_minutes_before: None,
        };
        let timed = publish(db, PublishActivity { policy: opens, ..activity(None, None) }).await;
        let ask = |people: &[PersonId]| sign_up(timed, people);
        let within = start.plus_minutes(-90);
        for (command, at, refusal) in [
            (ask(&me), now(), Refusal::SignUpNotOpen { opens_at: start.plus_minutes(-120) }),
            (ask(&me), start.plus_minutes(-60), Refusal::SignUpClosed { closed_at: start.plus_minutes(-60) }),
            (ask(&me), start.plus_minutes(60), Refusal::OccurrenceOver),
            (ask(&[]), within, Refusal::PartyEmpty),
            (ask(&all_of(1)), within, Refusal::PartyTooBig { max: 2 }),
            (ask(&[person(1, 1)]), within, Refusal::GuardianNeeded),
            (ask(&[person(2, 0)]), within, Refusal::Gone),
            (sign_up(unknown(OccurrenceId::from_uuid), &me), within, Refusal::Gone),
        ] {
            refuses(test, &phone, here, command, at, refusal).await;
        }
        refuses(test, &phone, &elsewhere(), ask(&me), within, Refusal::Gone).await;
        refuses(test, &phone, &StreamId::Account(phone.account), ask(&me), within, Refusal::Gone).await;

        // In already, and sign-up has ended since: the first of the two is what a phone predicts.
        let other = Phone::of(2);
        accepted(&other.ask_at(db, sign_up(timed, &[person(2, 0)]), within).await);
        let two = [person(2, 0), person(2, 3)];
        refuses(test, &other, here, sign_up(timed, &two), within, Refusal::AlreadyIn { people: vec![person(2, 0)] }).await;
        let alone = [person(2, 3)];
        refuses(test, &other, here, sign_up(timed, &alone), within, Refusal::AlreadyIn { people: vec![person(2, 0)] }).await;
        let closed = Refusal::SignUpClosed { closed_at: start.plus_minutes(-60) };
        refuses(test, &other, here, sign_up(timed, &two), start, closed).await;

        test.execute("update occurrence set waiting_parties = 200, waiting_heads = 200", &[]).await.expect("a queue");
        refuses(test, &phone, here, ask(&me), within, Refusal::WaitlistFull).await;

        let walk_in = publish(db, PublishActivity { policy: SignUpPolicy::WalkIn, ..activity(None, None) }).await;
        refuses(test, &phone, here, sign_up(walk_in, &me), now(), Refusal::NoSignUpNeeded).await;
        let of = |audience| PublishActivity { audience, ..activity(None, None) };
        let adults = publish(db, of(Who::Adults)).await;
        let why = Refusal::NotEligible { people: vec![person(1, 1)], why: Eligibility::Adults };
        refuses(test, &phone, here, sign_up(adults, &[person(1, 0), person(1, 1)]), now(), why).await;
        let families = publish(db, of(Who::Families { from: 1, to: 12 })).await;
        refuses(test, &phone, here, sign_up(families, &me), now(), Refusal::ChildNeeded).await;
        let called_off = publish(db, activity(None, None)).await;
        let cancel = CancelOccurrence { occurrence: called_off, reason: None };
        Phone::of(EDITOR).ask(db, Command::CancelOccurrence(cancel)).await;
        refuses(test, &phone, here, sign_up(called_off, &me), now(), Refusal::OccurrenceCancelled).await;
    }

    async fn a_withdrawal_and_a_check_in_are_refused_for_each_of_their_reasons(test) {
        let db = &test.db;
        settle(db).await;
        let (phone, editor, here) = (Phone::of(1), Phone::of(EDITOR), &stream());
        let start = tomorrow_at_two();
        let occurrence = publish(db, activity(Some(3), None)).await;
        let (id, _) = phone.ask(db, sign_up(occurrence, &all_of(1))).await;
        let mine = SignUpId::from_uuid(id.uuid());
        let other = Phone::of(2);
        let (id, _) = other.ask(db, sign_up(occurrence, &[person(2, 0)])).await;
        let waiting = SignUpId::from_uuid(id.uuid());
        let nothing = unknown(SignUpId::from_uuid);

        refuses(test, &phone, here, withdraw(mine, &[person(1, 0)]), now(), Refusal::GuardianNeeded).await;
        refuses(test, &phone, here, withdraw(mine, &all_of(1)), start, Refusal::OccurrenceOver).await;
        refuses(test, &phone, here, withdraw(nothing, &all_of(1)), now(), Refusal::Gone).await;
        refuses(test, &phone, &elsewhere(), withdraw(mine, &all_of(1)), now(), Refusal::Gone).await;
        // Staff see the party but do not speak for it; for the team and a neighbour alike it is not there.
        for n in [2, EDITOR, STAFF, DISTRICT] {
            refuses(test, &Phone::of(n), here, withdraw(mine, &all_of(1)), now(), Refusal::Gone).await;
        }
        let before = amounts(test).await;
        let outcome = phone.ask_at(db, withdraw(mine, &[person(1, 3)]), now()).await;
        assert_eq!(accepted(&outcome), &Accepted::AlreadyDone, "somebody who was never in it");
        assert_eq!(amounts(test).await, before);

        let opens_at = start.plus_minutes(-120);
        refuses(test, &editor, here, check_in(mine), now(), Refusal::CheckInNotOpen { opens_at }).await;
        refuses(test, &editor, here, check_in(waiting), start, Refusal::NotConfirmed).await;
        refuses(test, &editor, here, check_in(nothing), start, Refusal::Gone).await;
        refuses(test, &editor, &elsewhere(), check_in(mine), start, Refusal::Gone).await;
        refuses(test, &phone, here, check_in(mine), start, Refusal::NotAllowed).await;
        refuses(test, &Phone::of(HOST), here, check_in(mine), start, Refusal::NotAllowed).await;
        refuses(test, &Phone::of(STAFF_THERE), here, check_in(mine), start, Refusal::Gone).await;
        assert_eq!(accepted(&editor.ask_at(db, check_in(mine), start).await), &Accepted::Done);
        let before = amounts(test).await;
        assert_eq!(accepted(&editor.ask_at(db, check_in(mine), start).await), &Accepted::AlreadyDone);
        assert_eq!(amounts(test).await, before);

        let cancel = |occurrence| Command::CancelOccurrence(CancelOccurrence { occurrence, reason: None });
        refuses(test, &phone, here, cancel(occurrence), now(), Refusal::NotAllowed).await;
        refuses(test, &Phone::of(STAFF_THERE), here, cancel(occurrence), now(), Refusal::Gone).await;
        refuses(test, &editor, &elsewhere(), cancel(occurrence), now(), Refusal::Gone).await;
        refuses(test, &editor, here, cancel(unknown(OccurrenceId::from_uuid)), now(), Refusal::Gone).await;
        refuses(test, &editor, here, cancel(occurrence), start.plus_minutes(60), Refusal::OccurrenceOver).await;
        let outcome = Phone::of(STAFF).ask_at(db, cancel(occurrence), now()).await;
        assert_eq!(accepted(&outcome), &Accepted::CalledOff { parties_told: 2 });
        refuses(test, &editor, here, check_in(waiting), start, Refusal::OccurrenceCancelled).await;
        let outcome = editor.ask_at(db, cancel(occurrence), now()).await;
        assert_eq!(accepted(&outcome), &Accepted::AlreadyDone);
    }

    async fn a_publication_is_refused_for_each_of_its_reasons(test) {
        let db = &test.db;
        settle(db).await;
        let (editor, here) = (Phone::of(EDITOR), &stream());
        let base = || activity(Some(12), Some(living_room()));
        let (on, at) = (monday().plus_days(1), hm(14, 0));
        let weekly = |until| Schedule::Weekly { from: on, until, at, minutes: 60 };
        let scheduled = |schedule| Command::PublishActivity(PublishActivity { schedule, ..base() });
        let with = |capacity, opens_minutes_before, party_max| {
            let policy = SignUpPolicy::PerOccurrence { capacity, opens_minutes_before, closes_minutes_before: 30, party_max, draws_minutes_before: None };
            Command::PublishActivity(PublishActivity { policy, ..base() })
        };
        let malformed = |field: &str| Refusal::Malformed { field: field.to_owned() };
        let in_space = |space| Command::PublishActivity(activity(None, Some(space)));
        let audience = |audience| Command::PublishActivity(PublishActivity { audience, ..base() });
        for (command, refusal) in [
            (scheduled(Schedule::Once { on, at, minutes: 5 }), Refusal::BadLength),
            (scheduled(Schedule::Once { on: monday(), at: hm(9, 0), minutes: 60 }), Refusal::InThePast),
            (scheduled(weekly(monday())), Refusal::EndsBeforeStart),
            (scheduled(weekly(on.plus_days(400))), Refusal::SeriesTooLong { last_on: monday().plus_days(182) }),
            (with(Some(0), None, 4), Refusal::CapacityZero),
            (with(None, None, 0), Refusal::CapacityZero),
            (with(None, None, 9), malformed("/body/policy/party_max")),
            (with(None, Some(30), 4), malformed("/body/policy/opens_minutes_before")),
            (audience(Who::Families { from: 7, to: 6 }), malformed("/body/audience/to")),
            (in_space(room_there()), Refusal::Gone),
            (in_space(unknown(SpaceId::from_uuid)), Refusal::Gone),
        ] {
            refuses(test, &editor, here, command, now(), refusal).await;
        }
        let of_team = |team| Command::PublishActivity(PublishActivity { team, ..activity(None, None) });
        refuses(test, &editor, here, of_team(team_there()), now(), Refusal::Gone).await;
        refuses(test, &editor, &elsewhere(), of_team(team_there()), now(), Refusal::Gone).await;
        refuses(test, &editor, &elsewhere(), of_team(team()), now(), Refusal::Gone).await;
        refuses(test, &editor, here, of_team(unknown(TeamId::from_uuid)), now(), Refusal::Gone).await;
        refuses(test, &Phone::of(1), here, of_team(team()), now(), Refusal::NotAllowed).await;
        refuses(test, &Phone::of(STAFF_THERE), here, of_team(team()), now(), Refusal::Gone).await;

        // The second and fourth date of a series clash, one with a booking, one with its buffer alone.
        let neighbour = Phone::of(1);
        neighbour.ask(db, book(living_room(), time(8, hm(14, 0), 60), 2, &[])).await;
        neighbour.ask(db, book(living_room(), time(22, hm(13, 0), 60), 2, &[])).await;
        let dates = vec![on.plus_days(7), on.plus_days(21)];
        let taken = Refusal::VenueTaken { space: living_room(), dates };
        refuses(test, &editor, here, scheduled(weekly(on.plus_days(28))), now(), taken).await;
        assert!(test.findings().await.is_empty());
    }

    async fn an_activity_may_go_past_midnight_in_a_room_that_is_free(test) {
        let db = &test.db;
        settle(db).await;
        let editor = Phone::of(EDITOR);
        let schedule = Schedule::Once { on: monday().plus_days(1), at: hm(22, 0), minutes: 180 };
        let party = Command::PublishActivity(PublishActivity { schedule, ..activity(None, Some(living_room())) });
        let (_, outcome) = editor.ask(db, party.clone()).await;
        assert!(matches!(accepted(&outcome), Accepted::Published { dates: 1, .. }));
        refuses(test, &editor, &stream(), party, now(), Refusal::VenueTaken {
            space: living_room(), dates: vec![monday().plus_days(1)],
        }).await;
        assert!(test.findings().await.is_empty());
    }

    async fn a_booking_is_refused_for_each_of_its_reasons(test) {
        let db = &test.db;
        settle(db).await;
        let (phone, here) = (Phone::of(1), &stream());
        let room = |day, from, minutes| book(living_room(), time(day, from, minutes), 2, &[]);
        let play = |adults, children: &[PersonId]| book(play_room(), time(1, hm(9, 0), 60), adults, children);
        let last_on = monday().plus_days(30);
        for (command, refusal) in [
            (room(1, hm(9, 10), 60), Refusal::OffGrid { minutes: 30 }),
            (room(1, hm(9, 0), 30), Refusal::TooShort { minutes: 60 }),
            (room(1, hm(9, 0), 240), Refusal::TooLong { minutes: 180 }),
            (room(0, hm(9, 0), 60), Refusal::InThePast),
            (room(31, hm(9, 0), 60), Refusal::TooFar { last_on }),
            (room(1, hm(6, 0), 60), Refusal::SpaceClosed { reason: None }),
            (book(living_room(), time(1, hm(9, 0), 60), 0, &[]), Refusal::PartyEmpty),
            (book(living_room(), time(1, hm(9, 0), 60), 21, &[]), Refusal::PartyTooBig { max: 20 }),
            (book(living_room(), time(1, hm(9, 0), 60), 0, &[person(1, 1)]), Refusal::GuardianNeeded),
            (play(1, &[]), Refusal::ChildNeeded),
            (play(0, &[person(1, 1)]), Refusal::GuardianNeeded),
            (play(1, &[person(2, 1)]), Refusal::Gone),
            // An adult of one's own household is nobody's infant.
            (play(1, &[person(1, 3)]), Refusal::Gone),
            (play(1, &[person(1, 1), person(1, 1)]), Refusal::Gone),
            (book(unknown(SpaceId::from_uuid), time(1, hm(9, 0), 60), 2, &[]), Refusal::Gone),
            (book(room_there(), time(1, hm(9, 0), 60), 2, &[]), Refusal::Gone),
        ] {
            refuses(test, &phone, here, command, now(), refusal).await;
        }
        let soon = time(1, hm(9, 0), 60).start().plus_minutes(-29);
        refuses(test, &phone, here, room(1, hm(9, 0), 60), soon, Refusal::TooSoon { notice_minutes: 30 }).await;

        let other = Phone::of(2);
        accepted(&other.ask(db, book(living_room(), time(2, hm(9, 0), 60), 2, &[])).await.1);
        refuses(test, &phone, here, room(2, hm(9, 30), 60), now(), Refusal::SlotTaken).await;
        refuses(test, &phone, here, room(2, hm(10, 0), 60), now(), Refusal::SlotTaken).await;
        accepted(&phone.ask(db, room(2, hm(10, 30), 60)).await.1);
        accepted(&phone.ask(db, room(3, hm(10, 30), 60)).await.1);
        refuses(test, &phone, here, room(4, hm(10, 30), 60), now(), Refusal::TooManyOpenBookings { max: 2 }).await;

        accepted(&other.ask(db, play(4, &[person(2, 1), person(2, 2)])).await.1);
        refuses(test, &phone, here, play(2, &[person(1, 1)]), now(), Refusal::SlotFull { heads_left: 2 }).await;
        accepted(&phone.ask(db, play(1, &[person(1, 1)])).await.1);
        let third = Phone::of(3);
        refuses(test, &third, here, play(1, &[person(3, 1)]), now(), Refusal::SlotTaken).await;
        assert!(test.findings().await.is_empty());
    }

    async fn an_answer_to_a_booking_is_refused_for_each_of_its_reasons(test) {
        let db = &test.db;
        settle(db).await;
        let (phone, host, here) = (Phone::of(1), Phone::of(HOST), &stream());
        let approve = |booking| Command::ApproveBooking(ApproveBooking { booking });
        let decline = |booking| Command::DeclineBooking(DeclineBooking { booking, reason: "维修".parse().expect("a note") });
        let cancel = |booking| Command::CancelBooking(CancelBooking { booking, reason: None });
        let arrive = |booking| Command::CheckInBooking(CheckInBooking { booking });
        let range = time(1, hm(14, 0), 60);
        let (id, _) = phone.ask(db, book(living_room(), range, 2, &[])).await;
        let booking = BookingId::from_uuid(id.uuid());
        for command in [approve, decline, cancel, arrive] {
            let nothing = unknown(BookingId::from_uuid);
            refuses(test, &host, here, command(nothing), now(), Refusal::Gone).await;
            refuses(test, &host, &elsewhere(), command(booking), now(), Refusal::Gone).await;
            refuses(test, &Phone::of(STAFF_THERE), here, command(booking), now(), Refusal::Gone).await;
        }
        for command in [approve, decline, arrive] {
            refuses(test, &phone, here, command(booking), now(), Refusal::NotAllowed).await;
        }
        refuses(test, &Phone::of(2), here, cancel(booking), now(), Refusal::Gone).await;
        refuses(test, &host, here, approve(booking), range.start(), Refusal::InThePast).await;
        refuses(test, &host, here, decline(booking), range.start(), Refusal::InThePast).await;
        refuses(test, &host, here, arrive(booking), range.start(), Refusal::BookingDecided).await;
        // Whether or not the sweep has come by: from the moment the answer is due it is too late, for a no as well.
        let answer_by = now().plus_minutes(120);
        for command in [approve, decline] {
            refuses(test, &host, here, command(booking), answer_by, Refusal::AnswerOverdue { answer_by }).await;
        }
        accepted(&host.ask_at(db, approve(booking), answer_by.plus_minutes(-1)).await);
        let before = amounts(test).await;
        assert_eq!(accepted(&host.ask_at(db, approve(booking), now()).await), &Accepted::AlreadyDone);
        assert_eq!(amounts(test).await, before, "told once");
        refuses(test, &host, here, decline(booking), now(), Refusal::BookingDecided).await;
        let opens_at = range.start().plus_minutes(-30);
        refuses(test, &host, here, arrive(booking), now(), Refusal::CheckInNotOpen { opens_at }).await;
        refuses(test, &host, here, arrive(booking), range.end(), Refusal::InThePast).await;
        refuses(test, &phone, here, cancel(booking), range.end(), Refusal::BookingDecided).await;
        accepted(&host.ask_at(db, arrive(booking), opens_at).await);
        let before = amounts(test).await;
        assert_eq!(accepted(&host.ask_at(db, arrive(booking), opens_at).await), &Accepted::AlreadyDone);
        assert_eq!(amounts(test).await, before);

        let (id, _) = phone.ask(db, book(living_room(), time(2, hm(14, 0), 60), 2, &[])).await;
        let booking = BookingId::from_uuid(id.uuid());
        accepted(&host.ask_at(db, decline(booking), now()).await);
        refuses(test, &host, here, approve(booking), now(), Refusal::BookingDecided).await;
        refuses(test, &phone, here, cancel(booking), now(), Refusal::BookingDecided).await;
        assert!(test.findings().await.is_empty());
    }

    async fn a_household_is_kept_within_its_bounds(test) {
        let db = &test.db;
        settle(db).await;
        let phone = Phone::of(1);
        let own = &StreamId::Account(phone.account);
        let add = |relation, born: Option<&str>, consent| Command::AddPerson(AddPerson {
            relation, name: "小妹".parse().expect("a name"), born: born.map(|b| b.parse().expect("a month")), consent,
        });
        let malformed = |field: &str| Refusal::Malformed { field: field.to_owned() };
        refuses(test, &phone, own, add(Relation::Me, None, true), now(), malformed("/body/relation")).await;
        refuses(test, &phone, own, add(Relation::Child, None, true), now(), malformed("/body/born")).await;
        refuses(test, &phone, own, add(Relation::Child, Some("2023-01"), false), now(), Refusal::ConsentNeeded).await;
        refuses(test, &phone, own, add(Relation::Child, Some("2027-01"), true), now(), malformed("/body/born")).await;
        refuses(test, &phone, &stream(), add(Relation::Adult, None, false), now(), Refusal::Gone).await;
        refuses(test, &phone, &StreamId::Account(account(2)), add(Relation::Adult, None, false), now(), Refusal::Gone).await;
        let remove = |person| Command::RemovePerson(RemovePerson { person });
        refuses(test, &phone, own, remove(person(1, 0)), now(), Refusal::Gone).await;
        let before = amounts(test).await;
        let (_, outcome) = phone.ask_in(db, own, remove(person(2, 1)), now()).await;
        assert_eq!(accepted(&outcome), &Accepted::AlreadyDone, "not of this household");
        assert_eq!(amounts(test).await, before);
        for _ in 4..HOUSEHOLD_MAX {
            accepted(&phone.ask_in(db, own, add(Relation::Elder, None, false), now()).await.1);
        }
        let full = Refusal::HouseholdFull { max: HOUSEHOLD_MAX };
        refuses(test, &phone, own, add(Relation::Elder, None, false), now(), full).await;
    }

    async fn a_notice_is_read_in_its_own_community_by_its_own_account(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(3), None)).await;
        let phone = Phone::of(1);
        phone.ask(db, sign_up(occurrence, &all_of(1))).await;
        let cancel = Command::CancelOccurrence(CancelOccurrence { occurrence, reason: None });
        Phone::of(EDITOR).ask(db, cancel).await;
        let notice: NoticeId = *phone.view(db).await.notices.keys().next().expect("a notice");
        let read = |notices: Vec<NoticeId>| Command::ReadNotices(ReadNotices { notices });
        let before = amounts(test).await;
        for (who, stream) in [(1, elsewhere()), (2, stream()), (STAFF, stream())] {
            let (_, outcome) = Phone::of(who).ask_in(db, &stream, read(vec![notice]), now()).await;
            assert_eq!(accepted(&outcome), &Accepted::AlreadyDone, "{who} in {stream}");
        }
        assert_eq!(amounts(test).await, before);
        let many = (0..101).map(|n| NoticeId::from_uuid(uuid(n))).collect();
        let field = "/body/notices".to_owned();
        refuses(test, &phone, &stream(), read(many), now(), Refusal::Malformed { field }).await;
        let nowhere = StreamId::Community("nowhere".parse().expect("a slug"));
        refuses(test, &phone, &nowhere, read(vec![notice]), now(), Refusal::Gone).await;
        assert_eq!(accepted(&phone.ask(db, read(vec![notice])).await.1), &Accepted::Done);
        assert!(phone.view(db).await.notices[&notice].row.read_at.is_some());
    }

    async fn what_builds_on_a_refused_command_is_refused(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(3), None)).await;
        let phone = Phone::of(1);
        let first = phone.envelope(&stream(), &sign_up(occurrence, &[]));
        phone.send(db, &first, now()).await;
        let mut second = phone.envelope(&stream(), &sign_up(occurrence, &[person(1, 0)]));
        second.depends_on = Some(first.id);
        let before = amounts(test).await;
        let Answer::Decided { outcome, .. } = phone.send(db, &second, now()).await else { panic!("decided") };
        assert_eq!(refusal(&outcome), &Refusal::DependencyRefused);
        assert_eq!(amounts(test).await, before);
        let mut third = phone.envelope(&stream(), &sign_up(occurrence, &[person(1, 0)]));
        third.depends_on = Some(second.id);
        let Answer::Decided { outcome, .. } = phone.send(db, &third, now()).await else { panic!("decided") };
        assert_eq!(refusal(&outcome), &Refusal::DependencyRefused, "and so on");
        let ok = phone.envelope(&stream(), &sign_up(occurrence, &[person(1, 0)]));
        phone.send(db, &ok, now()).await;
        let mut fifth = phone.envelope(&stream(), &withdraw(SignUpId::from_uuid(ok.id.uuid()), &[person(1, 0)]));
        fifth.depends_on = Some(ok.id);
        let Answer::Decided { outcome, .. } = phone.send(db, &fifth, now()).await else { panic!("decided") };
        assert_eq!(accepted(&outcome), &Accepted::Done);
    }

    async fn an_answer_that_is_gone_says_so_and_nothing_runs_twice(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(3), None)).await;
        let phone = Phone::of(1);
        let envelope = phone.envelope(&stream(), &sign_up(occurrence, &[person(1, 0)]));
        phone.send(db, &envelope, now()).await;
        let before = amounts(test).await;
        test.execute("delete from processed_command where id = $1", &[envelope.id.into()]).await.expect("pruned");
        let Answer::Decided { outcome, id } = phone.send(db, &envelope, now()).await else { panic!("decided") };
        assert_eq!((id, outcome), (envelope.id, domain::command::Outcome::Expired));
        assert_eq!(amounts(test).await, before);
        let zero = domain::command::Envelope { no: 0, id: CommandId::from_uuid(uuid(9)), ..envelope };
        phone.send(db, &zero, now()).await;
        assert_eq!(amounts(test).await, before);
    }
}
