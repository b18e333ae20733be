//! Many at once, each in a writer's lane of its own, as if there were several servers: what holds is what the database
//! holds, not the order in which one process happens to write.

mod neighbourhood;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::command::{Accepted, AddPerson, ApproveBooking, CancelBooking, Command, Envelope, Outcome, RemovePerson};
use domain::id::{BookingId, PersonId, SignUpId, StreamId};
use domain::people::{Actor, HOUSEHOLD_MAX, Relation};
use domain::refusal::Refusal;
use domain::sync::Answer;
use domain::time::Timestamp;
use server::on_both_engines;
use server::store::Db;
use server::sync::{Incoming, apply_command};

use neighbourhood::truth::assert_rows_are_true;
use neighbourhood::*;

static LANE: AtomicU64 = AtomicU64::new(0);

struct Race {
    running: Vec<tokio::task::JoinHandle<Answer>>,
}

impl Race {
    const fn new() -> Self {
        Self { running: Vec::new() }
    }

    /// Starts at once.
    async fn enter(&mut self, db: &Db, phone: &Phone, stream: &StreamId, command: Command, at: Timestamp) {
        self.enter_envelope(db, phone.actor(db).await, &phone.envelope(stream, &command), at);
    }

    fn enter_envelope(&mut self, db: &Db, actor: Actor, envelope: &Envelope, at: Timestamp) {
        let (db, incoming) = (db.clone(), Arc::new(Incoming::of(envelope.clone())));
        let lane = format!("lane {}", LANE.fetch_add(1, Ordering::Relaxed));
        self.running.push(tokio::spawn(async move {
            db.write(&lane, move |conn| {
                let (actor, incoming) = (actor.clone(), Arc::clone(&incoming));
                Box::pin(async move { apply_command(conn, &actor, &incoming, at).await })
            })
            .await
            .expect("an answer")
        }));
    }

    async fn outcomes(self) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for running in self.running {
            match running.await.expect("no panic") {
                Answer::Decided { outcome, .. } => outcomes.push(outcome),
                Answer::NotNow { not_now, .. } => panic!("{not_now:?}"),
            }
        }
        outcomes
    }
}

fn count(outcomes: &[Outcome], is: impl Fn(&Outcome) -> bool) -> usize {
    outcomes.iter().filter(|outcome| is(outcome)).count()
}

fn is_accepted(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Accepted { .. })
}

on_both_engines! {
    async fn sixty_four_want_the_last_place(test) {
        let db = &test.db;
        settle_many(db, 64).await;
        let occurrence = publish(db, activity(Some(1), None)).await;
        let mut race = Race::new();
        for n in (1..=19).chain(100..=144) {
            race.enter(db, &Phone::of(n), &stream(), sign_up(occurrence, &[person(n, 0)]), now()).await;
        }
        let outcomes = race.outcomes().await;
        assert_eq!(outcomes.len(), 64);
        let mut ahead: Vec<u16> = outcomes.iter().filter_map(|outcome| match accepted(outcome) {
            Accepted::Waitlisted { parties_ahead } => Some(*parties_ahead),
            _ => None,
        }).collect();
        ahead.sort_unstable();
        assert_eq!(ahead, (0..63).collect::<Vec<_>>(), "one has it, the others wait in one order");
        assert_eq!(test.findings().await, []);
        assert_rows_are_true(test).await;
    }

    async fn one_command_sixty_four_times_is_one_effect_and_one_answer(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(12), None)).await;
        let phone = Phone::of(1);
        let heads = test.number("select head from stream where id = 'c:banzha'", &[]).await;
        let envelope = phone.envelope(&stream(), &sign_up(occurrence, &all_of(1)));
        let mut race = Race::new();
        let actor = phone.actor(db).await;
        for _ in 0..64 {
            race.enter_envelope(db, actor.clone(), &envelope, now());
        }
        let outcomes = race.outcomes().await;
        assert_eq!(count(&outcomes, |outcome| outcome == &outcomes[0]), 64);
        assert_eq!(test.number("select head from stream where id = 'c:banzha'", &[]).await, heads + 1);
        assert_eq!(test.number("select count(*) from sign_up", &[]).await, 1);
    }

    async fn coming_and_going_at_once_leaves_nobody_waiting_who_fits(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(7), None)).await;
        let mut here = Vec::new();
        for n in 1..=6 {
            let (id, _) = Phone::of(n).ask(db, sign_up(occurrence, &all_of(n))).await;
            here.push((n, SignUpId::from_uuid(id.uuid())));
        }
        let mut race = Race::new();
        let start = time(1, hm(14, 0), 60).start();
        for (n, id) in here {
            race.enter(db, &Phone::of(n), &stream(), withdraw(id, &all_of(n)[..if n % 2 == 0 { 3 } else { 0 }]), now()).await;
            race.enter(db, &Phone::of(n), &stream(), withdraw(id, &[person(n, 2)]), now()).await;
            race.enter(db, &Phone::of(n + 6), &stream(), sign_up(occurrence, &[person(n + 6, 0)]), now()).await;
            race.enter(db, &Phone::of(EDITOR), &stream(), check_in(id), start.plus_minutes(-100)).await;
        }
        race.outcomes().await;
        assert_eq!(test.findings().await, []);
        assert_rows_are_true(test).await;
        let fits = "select count(*) from sign_up s join occurrence o on o.id = s.occurrence
            where s.state = 'waitlisted' and o.taken + (select count(*) from sign_up_member m
                where m.sign_up = s.id and m.left_at is null) <= o.capacity";
        assert_eq!(test.number(fits, &[]).await, 0);
        let gone = "select count(*) from sign_up where checked_in_at is not null and confirmed_at is null";
        assert_eq!(test.number(gone, &[]).await, 0);
    }

    async fn two_phones_of_one_person_at_once_are_one_sign_up(test) {
        let db = &test.db;
        settle(db).await;
        for _ in 0..5 {
            let occurrence = publish(db, activity(Some(12), None)).await;
            let mut race = Race::new();
            for _ in 0..4 {
                race.enter(db, &Phone::of(1), &stream(), sign_up(occurrence, &all_of(1)), now()).await;
            }
            let outcomes = race.outcomes().await;
            let done = |outcome: &Outcome| matches!(accepted(outcome), Accepted::AlreadyDone);
            assert_eq!((count(&outcomes, is_accepted), count(&outcomes, done)), (4, 3));
        }
        assert_eq!(test.findings().await, []);
    }

    async fn an_hour_is_given_once_whoever_asks_and_whatever_for(test) {
        let db = &test.db;
        settle(db).await;
        for day in 1..=3 {
            let range = time(day, hm(14, 0), 60);
            let mut race = Race::new();
            // Others every day, so that nobody has too many already.
            let first = 4 * day as u128 - 3;
            for n in (first..first + 4).chain(first..first + 4).chain(first..first + 4) {
                race.enter(db, &Phone::of(n), &stream(), book(living_room(), range, 2, &[]), now()).await;
            }
            for _ in 0..4 {
                let mut party = activity(None, Some(living_room()));
                party.schedule = domain::activity::Schedule::Once {
                    on: monday().plus_days(day), at: hm(14, 0), minutes: 60,
                };
                race.enter(db, &Phone::of(EDITOR), &stream(), Command::PublishActivity(party), now()).await;
            }
            let outcomes = race.outcomes().await;
            assert_eq!(count(&outcomes, is_accepted), 1);
            for outcome in outcomes.iter().filter(|outcome| !is_accepted(outcome)) {
                match outcome {
                    Outcome::Refused { refusal: Refusal::SlotTaken, alternatives } => assert!(!alternatives.is_empty()),
                    // Whoever has it asked from three phones at once.
                    Outcome::Refused { refusal: Refusal::AlreadyBooked, .. } => {}
                    Outcome::Refused { refusal: Refusal::VenueTaken { dates, .. }, .. } => assert_eq!(dates.len(), 1),
                    other => panic!("{other:?}"),
                }
            }
        }
        assert_eq!(test.findings().await, []);
        assert_rows_are_true(test).await;
    }

    async fn seats_of_a_shared_room_are_given_until_it_is_full(test) {
        let db = &test.db;
        settle(db).await;
        let range = time(1, hm(9, 0), 60);
        let mut race = Race::new();
        for n in 1..=12 {
            race.enter(db, &Phone::of(n), &stream(), book(play_room(), range, 1, &all_of(n)[1..]), now()).await;
        }
        let outcomes = race.outcomes().await;
        assert_eq!(count(&outcomes, is_accepted), 2, "parties of three, eight heads");
        let full = |outcome: &Outcome| matches!(outcome, Outcome::Refused { refusal: Refusal::SlotFull { heads_left: 2 }, .. });
        assert_eq!(count(&outcomes, full), 10);
        assert_eq!(test.findings().await, []);
    }

    async fn a_booking_is_approved_or_cancelled_and_told_as_it_is(test) {
        let db = &test.db;
        settle(db).await;
        for day in 1..=6 {
            let phone = Phone::of(1);
            let (id, _) = phone.ask(db, book(living_room(), time(day, hm(14, 0), 60), 2, &[])).await;
            let booking = BookingId::from_uuid(id.uuid());
            let mut race = Race::new();
            let cancel = Command::CancelBooking(CancelBooking { booking, reason: None });
            race.enter(db, &Phone::of(HOST), &stream(), Command::ApproveBooking(ApproveBooking { booking }), now()).await;
            race.enter(db, &phone, &stream(), cancel, now()).await;
            race.enter(db, &Phone::of(2), &stream(), book(living_room(), time(day, hm(14, 0), 60), 2, &[]), now()).await;
            let outcomes = race.outcomes().await;
            assert!(is_accepted(&outcomes[1]), "freeing is never refused");
            // The third may have come before or after it; room for the next day's is made.
            if let Outcome::Accepted { .. } = outcomes[2] {
                let held = "select count(*) from claim where source_kind = 'booking'";
                assert_eq!(test.number(held, &[]).await, 1);
                let sql = "select id from booking where account = $1 and state = 'requested'";
                let booking = test.text(sql, &[account(2).into()]).await.parse().expect("an id");
                Phone::of(2).ask(db, Command::CancelBooking(CancelBooking { booking, reason: None })).await;
            }
        }
        assert_eq!(test.findings().await, []);
    }

    async fn nobody_is_taken_out_of_a_household_while_being_signed_up(test) {
        let db = &test.db;
        settle(db).await;
        for n in 1..=12u128 {
            let occurrence = publish(db, activity(Some(12), None)).await;
            let own = StreamId::Account(account(n));
            let mut race = Race::new();
            let remove = Command::RemovePerson(RemovePerson { person: person(n, 1) });
            if n % 2 == 0 {
                race.enter(db, &Phone::of(n), &own, remove, now()).await;
                race.enter(db, &Phone::of(n), &stream(), sign_up(occurrence, &all_of(n)), now()).await;
            } else {
                race.enter(db, &Phone::of(n), &stream(), sign_up(occurrence, &all_of(n)), now()).await;
                race.enter(db, &Phone::of(n), &own, remove, now()).await;
            }
            let outcomes = race.outcomes().await;
            assert_eq!(count(&outcomes, is_accepted), 1, "one of the two: {outcomes:?}");
        }
        let lost = "select count(*) from sign_up_member m join sign_up s on s.id = m.sign_up
            join person p on p.id = m.person where m.left_at is null and p.removed_at is not null";
        assert_eq!(test.number(lost, &[]).await, 0);
    }

    async fn a_household_is_never_larger_than_it_may_be(test) {
        let db = &test.db;
        settle(db).await;
        let own = StreamId::Account(account(1));
        let mut race = Race::new();
        for _ in 0..16 {
            let add = AddPerson { relation: Relation::Elder, name: "奶奶".parse().expect("a name"), born: None, consent: false };
            race.enter(db, &Phone::of(1), &own, Command::AddPerson(add), now()).await;
        }
        let outcomes = race.outcomes().await;
        assert_eq!(count(&outcomes, is_accepted), usize::from(HOUSEHOLD_MAX) - 4);
        let people = "select count(*) from person where account = $1 and removed_at is null";
        assert_eq!(test.number(people, &[account(1).into()]).await, i64::from(HOUSEHOLD_MAX));
        let ids: Vec<PersonId> = Phone::of(1).view(db).await.persons.keys().copied().collect();
        assert_eq!(ids.len(), usize::from(HOUSEHOLD_MAX));
    }

    async fn whoever_reads_while_others_write_misses_nothing(test) {
        let db = &test.db;
        settle_many(db, 40).await;
        let occurrence = publish(db, activity(Some(200), None)).await;
        let mut race = Race::new();
        let residents: Vec<u128> = (1..=19).chain(100..=120).collect();
        let editor = Arc::new(Phone::of(EDITOR));
        let mut cursor = editor.cursor(db, stream()).await;
        for n in &residents {
            race.enter(db, &Phone::of(*n), &stream(), sign_up(occurrence, &[person(*n, 0)]), now()).await;
        }
        let actor = editor.actor(db).await;
        let mut found = std::collections::BTreeSet::new();
        let all_written = async { race.outcomes().await };
        tokio::pin!(all_written);
        let mut is_over = false;
        while found.len() < residents.len() {
            if !is_over {
                tokio::select! { _ = &mut all_written => is_over = true, () = tokio::task::yield_now() => {} }
            }
            let pulls = vec![domain::sync::Pull { stream: stream(), cursor: Some(cursor), checksum: None }];
            let reply = server::sync::sync(db, &actor, vec![], vec![], pulls, now()).await.expect("a reply");
            let domain::sync::PullResult::Delta { rows, cursor: next, .. } = &reply.pulls[0].result else {
                panic!("a delta")
            };
            found.extend(rows.iter().filter(|row| row.class == "roster").map(|row| row.id.clone()));
            assert!(!is_over || next.seq > cursor.seq || found.len() == residents.len(), "a row was passed over");
            cursor = *next;
        }
    }
}
