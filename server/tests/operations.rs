//! The write path and the read path on both engines: what a family, a neighbour, a host and a team can do, what they
//! are told, and what nobody else learns of it.

mod neighbourhood;

use domain::activity::{Audience, Schedule};
use domain::booking::BookingState;
use domain::change::{RowBody, SignUpState};
use domain::command::{
    Accepted, AddPerson, ApproveBooking, CancelBooking, CancelOccurrence, Command, DeclineBooking, Outcome,
    PublishActivity, RemovePerson, UpdateProfile,
};
use domain::id::{BookingId, CommandId, DeviceId, PersonId, SignUpId, StreamId};
use domain::people::{Actor, Relation};
use domain::refusal::{Alternative, Refusal};
use domain::sync::{Answer, NotNow, PullResult};
use server::on_both_engines;
use server::sync::Incoming;

use neighbourhood::*;

/// A booking for two.
fn ask_for(space: domain::id::SpaceId, range: domain::time::TimeRange) -> Command {
    book(space, range, 2, &[])
}

on_both_engines! {
    async fn a_family_signs_up_withdraws_one_and_then_all(test) {
        let db = &test.db;
        settle(db).await;
        let (editor, mother) = (Phone::of(EDITOR), Phone::of(1));
        let occurrence = publish(db, activity(Some(12), None)).await;
        let (id, outcome) = mother.ask(db, sign_up(occurrence, &all_of(1))).await;
        assert_eq!(accepted(&outcome), &Accepted::Confirmed { seat: Some(1), capacity: Some(12) });
        let sign_up = SignUpId::from_uuid(id.uuid());
        let view = mother.view(db).await;
        assert_eq!(view.seats[&occurrence].row.taken, 3);
        assert_eq!(view.sign_ups[&sign_up].row.party.len(), 3);
        assert_eq!(editor.view(db).await.roster[&sign_up].row.children, 2);

        let withdraw = |people: &[PersonId]| withdraw(sign_up, people);
        let (_, outcome) = mother.ask(db, withdraw(&[person(1, 0)])).await;
        assert_eq!(refusal(&outcome), &Refusal::GuardianNeeded);
        mother.ask(db, withdraw(&[person(1, 2)])).await;
        assert_eq!(mother.view(db).await.seats[&occurrence].row.taken, 2);
        let (_, outcome) = mother.ask(db, withdraw(&all_of(1))).await;
        assert_eq!(accepted(&outcome), &Accepted::Done);
        let view = mother.view(db).await;
        assert_eq!(view.seats[&occurrence].row.taken, 0);
        assert!(matches!(view.sign_ups[&sign_up].row.state, SignUpState::Withdrawn { .. }));
        let (_, outcome) = mother.ask(db, withdraw(&all_of(1))).await;
        assert_eq!(accepted(&outcome), &Accepted::AlreadyDone);
        assert!(test.findings().await.is_empty());
    }

    async fn whoever_waits_moves_up_whole_and_is_told(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(4), None)).await;
        let (first, second, third) = (Phone::of(1), Phone::of(2), Phone::of(3));
        let (id, _) = first.ask(db, sign_up(occurrence, &all_of(1))).await;
        let (_, outcome) = second.ask(db, sign_up(occurrence, &all_of(2))).await;
        assert_eq!(accepted(&outcome), &Accepted::Waitlisted { parties_ahead: 0 });
        // One place is free, but it is not a newcomer's while somebody waits.
        let (_, outcome) = third.ask(db, sign_up(occurrence, &[person(3, 0)])).await;
        assert_eq!(accepted(&outcome), &Accepted::Waitlisted { parties_ahead: 1 });
        first.ask(db, withdraw(SignUpId::from_uuid(id.uuid()), &all_of(1))).await;
        for phone in [&second, &third] {
            let view = phone.view(db).await;
            let (_, own) = view.sign_up_for(occurrence).expect("a sign-up");
            assert_eq!(own.row.state, SignUpState::Confirmed);
            assert_eq!(view.notices.len(), 1, "told once");
        }
        let view = second.view(db).await;
        let seats = view.seats[&occurrence].row;
        assert_eq!((seats.taken, seats.waiting_parties, seats.waiting_heads), (4, 0, 0));
        assert!(test.findings().await.is_empty());
    }

    async fn the_same_command_has_one_effect_and_one_answer(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(12), None)).await;
        let phone = std::sync::Arc::new(Phone::of(1));
        let envelope = phone.envelope(&stream(), &sign_up(occurrence, &all_of(1)));
        let tries = (0..64).map(|_| {
            let (phone, envelope, db) = (phone.clone(), envelope.clone(), db.clone());
            tokio::spawn(async move { serde_json::to_string(&phone.send(&db, &envelope, now()).await).expect("json") })
        });
        let mut answers = Vec::new();
        for answer in tries.collect::<Vec<_>>() {
            answers.push(answer.await.expect("no panic"));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(phone.view(db).await.seats[&occurrence].row.taken, 3);
    }

    async fn many_race_for_the_last_place_and_one_gets_it(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(1), None)).await;
        let tries: Vec<_> = (1..=9u128)
            .map(|n| {
                let db = db.clone();
                tokio::spawn(async move { Phone::of(n).ask(&db, sign_up(occurrence, &[person(n, 0)])).await.1 })
            })
            .collect();
        let (mut confirmed, mut ahead) = (0, Vec::new());
        for outcome in tries {
            match accepted(&outcome.await.expect("no panic")) {
                Accepted::Confirmed { .. } => confirmed += 1,
                Accepted::Waitlisted { parties_ahead } => ahead.push(*parties_ahead),
                other => panic!("{other:?}"),
            }
        }
        ahead.sort_unstable();
        assert_eq!((confirmed, ahead), (1, (0..8).collect::<Vec<_>>()));
        assert!(test.findings().await.is_empty());
    }

    async fn two_phones_of_one_person_are_one_sign_up(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(12), None)).await;
        let (phone, tablet) = (Phone::nth(1, 1), Phone::nth(1, 2));
        phone.ask(db, sign_up(occurrence, &all_of(1))).await;
        let (_, outcome) = tablet.ask(db, sign_up(occurrence, &all_of(1))).await;
        assert_eq!(accepted(&outcome), &Accepted::AlreadyDone);
        let (_, outcome) = tablet.ask(db, sign_up(occurrence, &[person(1, 0)])).await;
        assert!(matches!(refusal(&outcome), Refusal::AlreadyIn { .. }));
    }

    async fn numbers_are_taken_in_order_and_names_are_not_borrowed(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(12), None)).await;
        let phone = Phone::nth(1, 1);
        let first = phone.envelope(&stream(), &sign_up(occurrence, &[person(1, 0)]));
        let second = phone.envelope(&stream(), &sign_up(occurrence, &[person(1, 0)]));
        let too_early = phone.send(db, &second, now()).await;
        assert_eq!(not_now(too_early), NotNow::Gap { expected: 1 });
        assert!(matches!(phone.send(db, &first, now()).await, Answer::Decided { .. }));
        assert!(matches!(phone.send(db, &second, now()).await, Answer::Decided { .. }));
        let copy = Phone::nth(1, 1);
        let forked = copy.envelope(&stream(), &sign_up(occurrence, &[person(1, 1)]));
        assert_eq!(not_now(copy.send(db, &forked, now()).await), NotNow::Forked);
        let mut changed = first.clone();
        changed.phone_ms = 1;
        assert_eq!(not_now(phone.send(db, &changed, now()).await), NotNow::IdReused);
        // A phone that renumbers its queue sends the same command under another device and number: it is the same.
        let mut moved = first.clone();
        (moved.device, moved.no) = (DeviceId::from_uuid(uuid(77)), 1);
        assert!(matches!(phone.send(db, &moved, now()).await, Answer::Decided { .. }));
        let thief = Phone::of(2);
        assert_eq!(not_now(thief.send(db, &first, now()).await), NotNow::WrongAccount);
    }

    async fn no_activity_takes_the_ids_of_the_dates_of_another(test) {
        let db = &test.db;
        settle(db).await;
        let theirs = publish(db, activity(Some(12), None)).await;
        let editor = Phone::nth(EDITOR, 2);
        let mut envelope = editor.envelope(&stream(), &Command::PublishActivity(activity(Some(12), None)));
        envelope.id = CommandId::from_uuid(theirs.uuid());
        let Answer::Decided { outcome, .. } = editor.send(db, &envelope, now()).await else { panic!("not decided") };
        assert_eq!(refusal(&outcome), &Refusal::Malformed { field: "/id".to_owned() });
    }

    async fn no_date_takes_the_id_of_another_s_date(test) {
        let db = &test.db;
        settle(db).await;
        let editor = Phone::of(EDITOR);
        let first = activity(Some(12), None);
        let mut second = first.clone();
        second.schedule = Schedule::Once { on: monday().plus_days(2), at: hm(14, 0), minutes: 60 };
        let minutes = |activity: &PublishActivity| activity.schedule.dates(now()).expect("dates")[0].start().ms() / 60_000;
        let (id, outcome) = editor.ask(db, Command::PublishActivity(first.clone())).await;
        accepted(&outcome);
        // Ids of dates are made of the activity's and the start: this one's comes out as the first one's.
        let mut envelope = editor.envelope(&stream(), &Command::PublishActivity(second.clone()));
        let mixed = u128::from((minutes(&first) ^ minutes(&second)).unsigned_abs());
        envelope.id = CommandId::from_uuid(uuid(id.uuid().as_u128() ^ mixed));
        let before = amounts(test).await;
        let incoming = vec![Incoming::of(envelope)];
        let reply = server::sync::sync(db, &editor.actor(db).await, vec![], incoming, vec![], now()).await.expect("a reply");
        let [Answer::Decided { outcome, .. }] = reply.answers.as_slice() else { panic!("{:?}", reply.answers) };
        assert_eq!(refusal(outcome), &Refusal::Malformed { field: "/id".to_owned() });
        assert_eq!(amounts(test).await, before);
    }

    async fn what_is_not_yours_is_not_there(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(12), None)).await;
        let mother = Phone::of(1);
        let (id, _) = mother.ask(db, sign_up(occurrence, &all_of(1))).await;
        let sign_up_id = SignUpId::from_uuid(id.uuid());
        let unknown = SignUpId::from_uuid(uuid(77));
        let neighbour = Phone::of(2);
        for sign_up in [sign_up_id, unknown] {
            let (_, outcome) = neighbour.ask(db, withdraw(sign_up, &all_of(1))).await;
            assert_eq!(refusal(&outcome), &Refusal::Gone);
        }
        let (_, outcome) = neighbour.ask(db, sign_up(occurrence, &[person(1, 1)])).await;
        assert_eq!(refusal(&outcome), &Refusal::Gone, "somebody else's child");
        let (_, outcome) = neighbour.ask(db, check_in(sign_up_id)).await;
        assert_eq!(refusal(&outcome), &Refusal::NotAllowed);
        let (_, outcome) = Phone::of(STAFF_THERE).ask(db, check_in(sign_up_id)).await;
        assert_eq!(refusal(&outcome), &Refusal::Gone, "staff of another community");
        let (_, outcome) = mother.ask_in(db, &elsewhere(), withdraw(sign_up_id, &all_of(1)), now()).await;
        assert_eq!(refusal(&outcome), &Refusal::Gone, "the wrong stream");
        let (_, outcome) = neighbour.ask(db, Command::PublishActivity(activity(None, None))).await;
        assert_eq!(refusal(&outcome), &Refusal::NotAllowed);
        assert_eq!(mother.view(db).await.seats[&occurrence].row.taken, 3, "nothing has changed");

        // Nobody's rows hold anything of a neighbour's.
        let view = neighbour.view(db).await;
        assert!(view.sign_ups.is_empty() && view.roster.is_empty() && view.notices.is_empty());
        let result = neighbour.pull(db, StreamId::Account(mother.account), None).await;
        assert!(matches!(result, PullResult::Denied));
        let PullResult::Snapshot { rows, .. } = pull_as(db, Actor::Anonymous, stream(), None).await else {
            panic!("a snapshot")
        };
        let is_public = |body| !matches!(body, RowBody::SignUp(..) | RowBody::Roster(..) | RowBody::Booking(..));
        assert!(rows.iter().all(|row| row.parse().is_ok_and(is_public)));
        for staff in [STAFF, DISTRICT] {
            assert_eq!(Phone::of(staff).view(db).await.roster.len(), 1, "staff see the roster");
        }
    }

    async fn an_hour_is_asked_for_approved_and_never_given_twice(test) {
        let db = &test.db;
        settle(db).await;
        let (neighbour, other, host) = (Phone::of(1), Phone::of(2), Phone::of(HOST));
        let (id, outcome) = neighbour.ask(db, ask_for(living_room(), time(1, hm(14, 0), 60))).await;
        assert!(matches!(accepted(&outcome), Accepted::Requested { .. }));
        let booking = BookingId::from_uuid(id.uuid());
        let (_, outcome) = neighbour.ask(db, ask_for(living_room(), time(1, hm(14, 0), 60))).await;
        assert_eq!(refusal(&outcome), &Refusal::AlreadyBooked, "the household's other phone is told whose it is");
        let (_, outcome) = other.ask(db, ask_for(living_room(), time(1, hm(14, 0), 60))).await;
        let Outcome::Refused { refusal: Refusal::SlotTaken, alternatives } = outcome else { panic!("{outcome:?}") };
        assert!(!alternatives.is_empty());
        for alternative in alternatives.into_iter().take(2) {
            let Alternative::Slot { space, range } = alternative else { panic!("a time") };
            let (id, outcome) = other.ask(db, ask_for(space, range)).await;
            assert!(matches!(accepted(&outcome), Accepted::Requested { .. }), "an offer holds");
            other.ask(db, Command::CancelBooking(CancelBooking { booking: BookingId::from_uuid(id.uuid()), reason: None })).await;
        }
        assert_eq!(host.view(db).await.desk_bookings[&booking].row.booking.state, BookingState::Requested);
        let (_, outcome) = other.ask(db, Command::ApproveBooking(ApproveBooking { booking })).await;
        assert_eq!(refusal(&outcome), &Refusal::NotAllowed);
        let (_, outcome) = host.ask(db, Command::ApproveBooking(ApproveBooking { booking })).await;
        assert_eq!(accepted(&outcome), &Accepted::Done);
        let view = neighbour.view(db).await;
        assert_eq!(view.bookings[&booking].row.state, BookingState::Approved);
        assert_eq!(view.notices.len(), 1);
        assert_eq!(view.holdings_around(living_room(), monday().plus_days(1)).len(), 1);
        let (_, outcome) = host.ask(db, Command::DeclineBooking(DeclineBooking { booking, reason: "维修".parse().expect("a note") })).await;
        assert_eq!(refusal(&outcome), &Refusal::BookingDecided);
        neighbour.ask(db, Command::CancelBooking(CancelBooking { booking, reason: None })).await;
        assert!(neighbour.view(db).await.holdings_around(living_room(), monday().plus_days(1)).is_empty());
        assert!(test.findings().await.is_empty());
    }

    async fn a_request_nobody_answers_expires_and_frees_the_time(test) {
        let db = &test.db;
        settle(db).await;
        let neighbour = Phone::of(1);
        let (id, _) = neighbour.ask(db, ask_for(living_room(), time(1, hm(14, 0), 60))).await;
        assert_eq!(server::jobs::run(db, now().plus_minutes(119)).await.expect("jobs"), 0);
        assert_eq!(server::jobs::run(db, now().plus_minutes(120)).await.expect("jobs"), 1);
        assert_eq!(server::jobs::run(db, now().plus_minutes(120)).await.expect("jobs"), 0, "twice is once");
        let view = neighbour.view(db).await;
        assert_eq!(view.bookings[&BookingId::from_uuid(id.uuid())].row.state, BookingState::Expired);
        assert_eq!(view.notices.len(), 1);
        assert!(view.holdings_around(living_room(), monday().plus_days(1)).is_empty());
    }

    async fn an_activity_holds_its_room_and_calling_it_off_tells_everybody(test) {
        let db = &test.db;
        settle(db).await;
        let (editor, neighbour) = (Phone::of(EDITOR), Phone::of(1));
        let occurrence = publish(db, activity(Some(12), Some(living_room()))).await;
        let (_, outcome) = neighbour.ask(db, ask_for(living_room(), time(1, hm(14, 0), 60))).await;
        assert_eq!(refusal(&outcome), &Refusal::SlotTaken);
        let (_, outcome) = editor.ask(db, Command::PublishActivity(activity(None, Some(living_room())))).await;
        assert!(matches!(refusal(&outcome), Refusal::VenueTaken { dates, .. } if dates.len() == 1));
        neighbour.ask(db, sign_up(occurrence, &all_of(1))).await;
        let reason = "下雨".parse().ok();
        let (_, outcome) = editor.ask(db, Command::CancelOccurrence(CancelOccurrence { occurrence, reason })).await;
        assert_eq!(accepted(&outcome), &Accepted::CalledOff { parties_told: 1 });
        let view = neighbour.view(db).await;
        assert!(view.occurrences[&occurrence].row.cancelled.is_some());
        assert_eq!(view.notices.len(), 1);
        assert!(view.sign_ups.values().all(|own| matches!(own.row.state, SignUpState::CalledOff { .. })));
        let (_, outcome) = neighbour.ask(db, ask_for(living_room(), time(1, hm(14, 0), 60))).await;
        assert!(matches!(accepted(&outcome), Accepted::Requested { .. }), "the room is free again");
        assert!(test.findings().await.is_empty());
    }

    async fn a_household_grows_and_shrinks(test) {
        let db = &test.db;
        settle(db).await;
        let mother = Phone::of(1);
        let own = StreamId::Account(mother.account);
        let add = |consent| Command::AddPerson(AddPerson {
            relation: Relation::Child, name: "小妹".parse().expect("a name"), born: "2023-02".parse().ok(), consent,
        });
        let (_, outcome) = mother.ask_in(db, &own, add(false), now()).await;
        assert_eq!(refusal(&outcome), &Refusal::ConsentNeeded);
        let (id, _) = mother.ask_in(db, &own, add(true), now()).await;
        let child = PersonId::from_uuid(id.uuid());
        let occurrence = publish(db, activity(Some(12), None)).await;
        mother.ask(db, sign_up(occurrence, &[person(1, 0), child])).await;
        let remove = Command::RemovePerson(RemovePerson { person: child });
        let (_, outcome) = mother.ask_in(db, &own, remove.clone(), now()).await;
        assert_eq!(refusal(&outcome), &Refusal::PersonSignedUp { occurrence });
        let (_, outcome) = mother.ask_in(db, &own, remove, now().plus_minutes(3 * 24 * 60)).await;
        assert_eq!(accepted(&outcome), &Accepted::Done);
        assert!(!mother.view(db).await.persons.contains_key(&child));
        let (_, outcome) = mother.ask_in(db, &StreamId::Account(account(2)), add(true), now()).await;
        assert_eq!(refusal(&outcome), &Refusal::Gone, "another household");
    }

    async fn one_says_who_one_is_and_with_the_age_comes_what_is_for_that_age(test) {
        let db = &test.db;
        settle(db).await;
        let mother = Phone::of(1);
        let own = StreamId::Account(mother.account);
        let profile = |home: &str, born: Option<&str>| Command::UpdateProfile(UpdateProfile {
            name: "王阿姨".parse().expect("a name"),
            home: home.parse().expect("a slug"),
            born: born.map(|born| born.parse().expect("a month")),
        });
        let (_, outcome) = mother.ask_in(db, &own, profile("nowhere", None), now()).await;
        assert_eq!(refusal(&outcome), &Refusal::Gone);
        let (_, outcome) = mother.ask_in(db, &own, profile("banzha", Some("2027-01")), now()).await;
        assert_eq!(refusal(&outcome), &Refusal::Malformed { field: "/body/born".to_owned() });

        let for_elders = PublishActivity { audience: Audience::Seniors, ..activity(Some(12), None) };
        let occurrence = publish(db, for_elders).await;
        let me = person(1, 0);
        let (_, outcome) = mother.ask(db, sign_up(occurrence, &[me])).await;
        assert_eq!(refusal(&outcome), &Refusal::BirthMonthNeeded { people: vec![me] });
        let (_, outcome) = mother.ask_in(db, &own, profile("banzha", Some("1960-03")), now()).await;
        assert_eq!(accepted(&outcome), &Accepted::Done);
        let (_, outcome) = mother.ask_in(db, &own, profile("banzha", None), now()).await;
        assert_eq!(accepted(&outcome), &Accepted::Done);
        let view = mother.view(db).await;
        let known = &view.persons[&me];
        assert_eq!((known.name.as_str(), known.born), ("王阿姨", "1960-03".parse().ok()), "what is not told stays");
        let (_, outcome) = mother.ask(db, sign_up(occurrence, &[me])).await;
        assert!(matches!(accepted(&outcome), Accepted::Confirmed { .. }), "{outcome:?}");
    }
}
