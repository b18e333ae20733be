//! The waiting list near the start, on both engines: who is asked, who answers when, and what time does.

mod neighbourhood;

use domain::change::{NoticeBody, SignUpState};
use domain::command::{
    AcceptOffer, Accepted, CancelOccurrence, ChangeCapacity, Command, DeclineOffer, MoveOccurrence, Outcome,
    ReinstateOccurrence, RemovePerson,
};
use domain::id::{OccurrenceId, SignUpId, StreamId};
use domain::refusal::Refusal;
use domain::time::{TimeRange, Timestamp};
use server::on_both_engines;
use server::store::Db;
use server::store::testing::TestDb;

use neighbourhood::truth::assert_rows_are_true;
use neighbourhood::*;

fn at(day: i32, hour: u8, minute: u8) -> Timestamp {
    monday().plus_days(day).at(hm(hour, minute))
}

fn accept(sign_up: SignUpId) -> Command {
    Command::AcceptOffer(AcceptOffer { sign_up })
}

fn decline(sign_up: SignUpId) -> Command {
    Command::DeclineOffer(DeclineOffer { sign_up })
}

fn change(occurrence: OccurrenceId, capacity: Option<u16>, reason: Option<&str>) -> Command {
    let reason = reason.map(|text| text.parse().expect("a reason"));
    Command::ChangeCapacity(ChangeCapacity { occurrence, capacity, reason })
}

fn call_off(occurrence: OccurrenceId) -> Command {
    Command::CancelOccurrence(CancelOccurrence { occurrence, reason: None })
}

fn reinstate(occurrence: OccurrenceId) -> Command {
    Command::ReinstateOccurrence(ReinstateOccurrence { occurrence, venue: None })
}

fn move_to(occurrence: OccurrenceId, sequence: u32, range: TimeRange) -> Command {
    Command::MoveOccurrence(MoveOccurrence { occurrence, sequence, range, venue: None })
}

/// The sign-up of somebody for so many of their household.
async fn join(db: &Db, n: u128, occurrence: OccurrenceId, heads: u128) -> SignUpId {
    let people: Vec<_> = [0, 3, 1, 2].into_iter().take(heads as usize).map(|place| person(n, place)).collect();
    let (id, outcome) = Phone::of(n).ask(db, sign_up(occurrence, &people)).await;
    accepted(&outcome);
    SignUpId::from_uuid(id.uuid())
}

async fn leave(db: &Db, n: u128, sign_up: SignUpId, when: Timestamp) {
    let people: Vec<_> = (0..4).map(|place| person(n, place)).collect();
    accepted(&Phone::of(n).ask_at(db, withdraw(sign_up, &people), when).await);
}

async fn state(db: &Db, n: u128, sign_up: SignUpId) -> SignUpState {
    Phone::of(n).view(db).await.sign_ups[&sign_up].row.state
}

const fn waits(parties_ahead: u16) -> SignUpState {
    SignUpState::Waitlisted { parties_ahead, offer_until: None }
}

const fn offered(until: Timestamp) -> SignUpState {
    SignUpState::Waitlisted { parties_ahead: 0, offer_until: Some(until) }
}

async fn told(db: &Db, n: u128) -> Vec<&'static str> {
    let view = Phone::of(n).view(db).await;
    let mut notices: Vec<_> = view.notices.values().map(|notice| (notice.row.at, &notice.row.body)).collect();
    notices.sort_by_key(|(at, _)| *at);
    let name = |body: &NoticeBody| match body {
        NoticeBody::Promoted { .. } => "promoted",
        NoticeBody::Offered { .. } => "offered",
        NoticeBody::OfferOver { has_lapsed: false, .. } => "to the back",
        NoticeBody::OfferOver { has_lapsed: true, .. } => "lapsed",
        NoticeBody::PlacesLeft { .. } => "places left",
        NoticeBody::CapacityLowered { .. } => "fewer",
        NoticeBody::OccurrenceCancelled { .. } => "called off",
        NoticeBody::OccurrenceReinstated { .. } => "held after all",
        NoticeBody::OccurrenceMoved { .. } => "moved",
        _ => "something else",
    };
    notices.into_iter().map(|(_, body)| name(body)).collect()
}

/// A date for two, tomorrow at two: a party of two has its places, and behind it wait one, one, and two.
async fn crowd(test: &TestDb) -> (OccurrenceId, [SignUpId; 4]) {
    settle(&test.db).await;
    let occurrence = publish(&test.db, activity(Some(2), None)).await;
    let mut sign_ups = Vec::new();
    for (n, heads) in [(1, 2), (2, 1), (3, 1), (4, 2)] {
        sign_ups.push(join(&test.db, n, occurrence, heads).await);
    }
    (occurrence, sign_ups.try_into().expect("four"))
}

async fn is_well(test: &TestDb) {
    assert_rows_are_true(test).await;
    assert_eq!(test.findings().await, []);
}

on_both_engines! {
    async fn a_day_before_the_start_a_place_is_offered_and_a_yes_makes_it_one_s_own(test) {
        let (occurrence, [first, second, third, fourth]) = crowd(test).await;
        let db = &test.db;
        leave(db, 1, first, at(0, 15, 0)).await;
        assert_eq!(state(db, 2, second).await, offered(at(0, 19, 0)));
        assert_eq!(state(db, 3, third).await, offered(at(0, 19, 0)));
        assert_eq!(state(db, 4, fourth).await, waits(0));
        let view = Phone::of(EDITOR).view(db).await;
        assert_eq!((view.seats[&occurrence].row.taken, view.seats[&occurrence].row.waiting_parties), (2, 1));

        let outcome = Phone::of(2).ask_at(db, accept(second), at(0, 15, 30)).await;
        assert!(matches!(accepted(&outcome), Accepted::Confirmed { seat: Some(_), capacity: Some(2) }));
        let again = Phone::of(2).ask_at(db, accept(second), at(0, 15, 31)).await;
        assert_eq!(accepted(&again), &Accepted::AlreadyDone);
        // Nobody answers for somebody else, and what is one's own is not declined but withdrawn.
        assert_eq!(refusal(&Phone::of(2).ask_at(db, accept(third), at(0, 15, 30)).await), &Refusal::Gone);
        assert_eq!(refusal(&Phone::of(2).ask_at(db, decline(second), at(0, 15, 32)).await), &Refusal::NoOffer);
        assert_eq!(refusal(&Phone::of(4).ask_at(db, accept(fourth), at(0, 15, 32)).await), &Refusal::NoOffer);

        let outcome = Phone::of(3).ask_at(db, decline(third), at(0, 15, 40)).await;
        assert_eq!(accepted(&outcome), &Accepted::Done);
        assert!(matches!(state(db, 3, third).await, SignUpState::Withdrawn { has_lapsed: true, .. }));
        assert_eq!(state(db, 4, fourth).await, waits(0), "one place is not enough for two");
        let again = Phone::of(3).ask_at(db, accept(third), at(0, 15, 41)).await;
        assert_eq!(refusal(&again), &Refusal::NoOffer, "out is out");
        assert_eq!((told(db, 2).await, told(db, 3).await), (vec!["offered"], vec!["offered"]));
        is_well(test).await;
    }

    async fn a_place_gathers_for_a_family_and_is_no_newcomer_s(test) {
        let (occurrence, [first, second, third, fourth]) = crowd(test).await;
        let db = &test.db;
        leave(db, 1, first, at(0, 15, 0)).await;
        accepted(&Phone::of(3).ask_at(db, decline(third), at(0, 15, 40)).await);
        let outcome = Phone::of(5).ask_at(db, sign_up(occurrence, &[person(5, 0)]), at(0, 15, 50)).await;
        assert_eq!(accepted(&outcome), &Accepted::Waitlisted { parties_ahead: 1 });
        accepted(&Phone::of(2).ask_at(db, decline(second), at(0, 16, 0)).await);
        assert_eq!(state(db, 4, fourth).await, offered(at(0, 20, 0)));
        is_well(test).await;
    }

    async fn an_offer_nobody_answers_goes_on_to_the_next_and_the_second_ends_the_waiting(test) {
        let (_, [first, second, third, fourth]) = crowd(test).await;
        let db = &test.db;
        leave(db, 1, first, at(0, 15, 0)).await;
        accepted(&Phone::of(3).ask_at(db, accept(third), at(0, 15, 10)).await);
        assert_eq!(server::jobs::run(db, at(0, 18, 59)).await.expect("jobs"), 0);
        assert_eq!(server::jobs::run(db, at(0, 19, 0)).await.expect("jobs"), 1);
        assert_eq!(server::jobs::run(db, at(0, 19, 0)).await.expect("jobs"), 0, "twice is once");
        // Behind the family now, for which the one place gathers.
        assert_eq!((state(db, 4, fourth).await, state(db, 2, second).await), (waits(0), waits(1)));
        leave(db, 4, fourth, at(0, 19, 30)).await;
        // Four waking hours, half of one tonight; but an hour before the start at the latest.
        assert_eq!(state(db, 2, second).await, offered(at(1, 11, 30)));
        assert_eq!(server::jobs::run(db, at(1, 11, 30)).await.expect("jobs"), 1);
        assert!(matches!(state(db, 2, second).await, SignUpState::Withdrawn { has_lapsed: true, .. }));
        assert_eq!(told(db, 2).await, ["offered", "to the back", "offered", "lapsed"]);
        is_well(test).await;
    }

    async fn a_yes_that_comes_late_counts_while_the_place_is_there_and_else_puts_one_first(test) {
        let (occurrence, [first, second, third, fourth]) = crowd(test).await;
        let db = &test.db;
        leave(db, 1, first, at(0, 15, 0)).await;
        // Nobody has looked since it was over.
        let outcome = Phone::of(2).ask_at(db, accept(second), at(0, 21, 0)).await;
        assert!(matches!(accepted(&outcome), Accepted::Confirmed { .. }), "{outcome:?}");
        // That settled the other's too, which went to the back; and a newcomer came behind.
        assert_eq!(state(db, 3, third).await, waits(1));
        let outcome = Phone::of(5).ask_at(db, sign_up(occurrence, &[person(5, 0)]), at(0, 21, 30)).await;
        assert_eq!(accepted(&outcome), &Accepted::Waitlisted { parties_ahead: 2 });
        let outcome = Phone::of(3).ask_at(db, accept(third), at(0, 22, 0)).await;
        assert!(matches!(accepted(&outcome), Accepted::Confirmed { .. }), "one place was free: {outcome:?}");
        assert_eq!(state(db, 4, fourth).await, waits(0));
        is_well(test).await;
    }

    async fn whoever_only_asks_again_settles_what_is_over(test) {
        let (occurrence, [first, second, third, _]) = crowd(test).await;
        let db = &test.db;
        leave(db, 1, first, at(0, 15, 0)).await;
        accepted(&Phone::of(3).ask_at(db, accept(third), at(0, 15, 10)).await);
        let again = Phone::of(3).ask_at(db, sign_up(occurrence, &[person(3, 0)]), at(0, 20, 0)).await;
        assert_eq!(accepted(&again), &Accepted::AlreadyDone);
        assert_eq!(state(db, 2, second).await, waits(1));
        is_well(test).await;
    }

    async fn a_yes_to_a_place_that_is_gone_puts_one_first(test) {
        let (occurrence, [first, second, third, fourth]) = crowd(test).await;
        let db = &test.db;
        leave(db, 4, fourth, at(0, 14, 0)).await;
        let late = join(db, 5, occurrence, 1).await;
        leave(db, 1, first, at(0, 15, 0)).await;
        accepted(&Phone::of(3).ask_at(db, accept(third), at(0, 15, 10)).await);
        server::jobs::run(db, at(0, 19, 0)).await.expect("jobs");
        assert_eq!(state(db, 5, late).await, offered(at(1, 11, 0)), "the next is asked");
        let more = Phone::of(6).ask_at(db, sign_up(occurrence, &[person(6, 0)]), at(0, 19, 10)).await;
        assert_eq!(accepted(&more), &Accepted::Waitlisted { parties_ahead: 1 });
        leave(db, 3, third, at(0, 19, 20)).await;
        assert_eq!(state(db, 2, second).await, offered(at(1, 11, 20)), "its second turn");
        accepted(&Phone::of(2).ask_at(db, accept(second), at(0, 19, 30)).await);

        // The next one is late as well; meanwhile its place went on, and it is the first to get another.
        server::jobs::run(db, at(1, 11, 10)).await.expect("jobs");
        let sixth = Phone::of(6).view(db).await.sign_up_for(occurrence).expect("a sign-up").0;
        assert!(matches!(state(db, 6, sixth).await, SignUpState::Waitlisted { offer_until: Some(_), .. }));
        let outcome = Phone::of(7).ask_at(db, sign_up(occurrence, &[person(7, 0)]), at(1, 11, 12)).await;
        assert_eq!(accepted(&outcome), &Accepted::Waitlisted { parties_ahead: 1 });
        let outcome = Phone::of(5).ask_at(db, accept(late), at(1, 11, 15)).await;
        assert_eq!(accepted(&outcome), &Accepted::Waitlisted { parties_ahead: 0 });
        is_well(test).await;
    }

    async fn in_the_last_two_hours_whoever_comes_first_is_served(test) {
        let (occurrence, [first, second, third, fourth]) = crowd(test).await;
        let db = &test.db;
        leave(db, 1, first, at(1, 12, 1)).await;
        for (n, sign_up, ahead) in [(2, second, 0), (3, third, 1), (4, fourth, 2)] {
            assert_eq!((state(db, n, sign_up).await, told(db, n).await), (waits(ahead), vec!["places left"]));
        }
        let outcome = Phone::of(3).ask_at(db, accept(third), at(1, 12, 5)).await;
        assert!(matches!(accepted(&outcome), Accepted::Confirmed { .. }));
        let outcome = Phone::of(4).ask_at(db, accept(fourth), at(1, 12, 6)).await;
        assert_eq!(accepted(&outcome), &Accepted::Waitlisted { parties_ahead: 1 }, "too late, and still waiting");
        let outcome = Phone::of(2).ask_at(db, accept(second), at(1, 13, 59)).await;
        assert!(matches!(accepted(&outcome), Accepted::Confirmed { .. }));
        let seats = Phone::of(1).view(db).await.seats[&occurrence].row;
        assert_eq!((seats.taken, seats.waiting_parties), (2, 1));
        assert_eq!(refusal(&Phone::of(4).ask_at(db, accept(fourth), at(1, 14, 0)).await), &Refusal::OccurrenceOver);
        is_well(test).await;
    }

    async fn time_alone_calls_those_who_wait_while_a_place_gathered(test) {
        let (_, [first, _, third, fourth]) = crowd(test).await;
        let db = &test.db;
        leave(db, 1, first, at(0, 15, 0)).await;
        leave(db, 3, third, at(0, 15, 10)).await;
        accepted(&Phone::of(2).ask_at(db, accept(Phone::of(2).view(db).await.sign_ups.iter().next().map(|(id, _)| *id).expect("one")), at(0, 15, 20)).await);
        assert_eq!(server::jobs::run(db, at(1, 12, 0)).await.expect("jobs"), 0);
        assert_eq!(server::jobs::run(db, at(1, 12, 1)).await.expect("jobs"), 1);
        assert_eq!(told(db, 4).await, ["places left"]);
        assert_eq!(server::jobs::run(db, at(1, 12, 2)).await.expect("jobs"), 0);
        assert_eq!(state(db, 4, fourth).await, waits(0));
        is_well(test).await;
    }

    async fn more_places_go_to_those_who_wait_and_only_the_rest_to_anybody(test) {
        let (occurrence, [_, second, third, fourth]) = crowd(test).await;
        let db = &test.db;
        let (_, outcome) = Phone::of(EDITOR).ask(db, change(occurrence, Some(5), None)).await;
        assert_eq!(accepted(&outcome), &Accepted::CapacityChanged { parties_in: 2, over_by: 0 });
        assert_eq!(state(db, 4, fourth).await, waits(0), "passed over: one place is left");
        for (n, sign_up) in [(2, second), (3, third)] {
            assert_eq!((state(db, n, sign_up).await, told(db, n).await), (SignUpState::Confirmed, vec!["promoted"]));
        }
        let (_, outcome) = Phone::of(EDITOR).ask(db, change(occurrence, Some(8), None)).await;
        assert_eq!(accepted(&outcome), &Accepted::CapacityChanged { parties_in: 1, over_by: 0 });
        assert_eq!(Phone::of(9).view(db).await.seats[&occurrence].row.free(), Some(2));
        let (_, outcome) = Phone::of(9).ask(db, change(occurrence, Some(9), None)).await;
        assert_eq!(refusal(&outcome), &Refusal::NotAllowed);
        is_well(test).await;
    }

    async fn fewer_places_take_nobody_s_and_what_is_given_back_pays_first(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(4), None)).await;
        let (one, two) = (join(db, 1, occurrence, 2).await, join(db, 2, occurrence, 2).await);
        let waiting = join(db, 3, occurrence, 1).await;
        let editor = Phone::of(EDITOR);
        let (_, outcome) = editor.ask(db, change(occurrence, Some(2), None)).await;
        assert_eq!(refusal(&outcome), &Refusal::ReasonNeeded);
        let (_, outcome) = editor.ask(db, change(occurrence, Some(2), Some("换了小教室"))).await;
        assert_eq!(accepted(&outcome), &Accepted::CapacityChanged { parties_in: 0, over_by: 2 });
        for (n, sign_up) in [(1, one), (2, two)] {
            assert_eq!(state(db, n, sign_up).await, SignUpState::Confirmed);
        }
        let seats = Phone::of(9).view(db).await.seats[&occurrence].row;
        assert_eq!((seats.capacity, seats.taken, seats.over_by()), (Some(2), 4, 2));
        assert_eq!(told(db, 3).await, ["fewer"]);
        is_well(test).await;

        leave(db, 1, one, now()).await;
        assert_eq!(state(db, 3, waiting).await, waits(0), "two gave back, two were too many");
        is_well(test).await;
        leave(db, 2, two, now()).await;
        assert_eq!(state(db, 3, waiting).await, SignUpState::Confirmed);
        let (_, outcome) = Phone::of(4).ask(db, sign_up(occurrence, &[person(4, 0), person(4, 3)])).await;
        assert_eq!(accepted(&outcome), &Accepted::Waitlisted { parties_ahead: 0 });

        // As many as come: nobody waits, and nobody has a number.
        let (_, outcome) = editor.ask(db, change(occurrence, None, None)).await;
        assert_eq!(accepted(&outcome), &Accepted::CapacityChanged { parties_in: 1, over_by: 0 });
        let view = Phone::of(4).view(db).await;
        assert!(view.sign_up_for(occurrence).expect("in").1.row.party.iter().all(|member| member.seat.is_none()));
        is_well(test).await;
        let (_, outcome) = editor.ask(db, change(occurrence, Some(6), None)).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }));
        let view = Phone::of(4).view(db).await;
        assert!(view.sign_up_for(occurrence).expect("in").1.row.party.iter().all(|member| member.seat.is_some()));
        is_well(test).await;
    }

    async fn a_date_that_is_held_after_all_has_as_many_as_before_above_a_limit_that_was_lowered(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(4), None)).await;
        let (one, two) = (join(db, 1, occurrence, 2).await, join(db, 2, occurrence, 2).await);
        let editor = Phone::of(EDITOR);
        accepted(&editor.ask(db, change(occurrence, Some(2), Some("换了小教室"))).await.1);
        accepted(&editor.ask(db, call_off(occurrence)).await.1);
        assert_eq!(accepted(&editor.ask(db, reinstate(occurrence)).await.1), &Accepted::Done);
        for (n, sign_up) in [(1, one), (2, two)] {
            assert_eq!(state(db, n, sign_up).await, SignUpState::Confirmed);
        }
        let seats = Phone::of(9).view(db).await.seats[&occurrence].row;
        assert_eq!((seats.capacity, seats.taken, seats.over_by()), (Some(2), 4, 2));
        is_well(test).await;
        leave(db, 1, one, now()).await;
        let seats = Phone::of(9).view(db).await.seats[&occurrence].row;
        assert_eq!((seats.capacity, seats.taken, seats.free()), (Some(2), 2, Some(0)));
        is_well(test).await;
    }

    async fn who_was_asked_when_a_date_was_called_off_is_asked_again_when_it_is_held_after_all(test) {
        let (occurrence, [first, second, third, fourth]) = crowd(test).await;
        let db = &test.db;
        leave(db, 1, first, at(0, 15, 0)).await;
        let editor = Phone::of(EDITOR);
        accepted(&editor.ask_at(db, call_off(occurrence), at(0, 15, 10)).await);
        accepted(&editor.ask_at(db, reinstate(occurrence), at(0, 15, 20)).await);
        for (n, sign_up) in [(2, second), (3, third)] {
            assert_eq!(state(db, n, sign_up).await, offered(at(0, 19, 20)));
        }
        assert_eq!(state(db, 4, fourth).await, waits(0));
        is_well(test).await;

        // In the same minute once more: whatever was said before, it is said again.
        accepted(&editor.ask_at(db, call_off(occurrence), at(0, 15, 20)).await);
        accepted(&editor.ask_at(db, reinstate(occurrence), at(0, 15, 20)).await);
        let news = told(db, 2).await;
        let count = |what| news.iter().filter(|said| **said == what).count();
        assert_eq!((count("offered"), count("called off"), count("held after all")), (3, 2, 2), "{news:?}");
        is_well(test).await;

        // When places go to whoever comes first, nobody has one yet.
        accepted(&editor.ask_at(db, call_off(occurrence), at(0, 15, 30)).await);
        accepted(&editor.ask_at(db, reinstate(occurrence), at(1, 12, 30)).await);
        assert_eq!(state(db, 2, second).await, waits(0));
        let view = Phone::of(2).view(db).await;
        assert!(view.sign_ups[&second].row.party.iter().all(|member| member.seat.is_none()), "who waits has no number");
        is_well(test).await;
    }

    async fn a_child_comes_back_with_an_adult_or_not_at_all(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(4), None)).await;
        let (_, outcome) = Phone::of(1).ask(db, sign_up(occurrence, &[person(1, 3), person(1, 1)])).await;
        accepted(&outcome);
        let other = join(db, 2, occurrence, 2).await;
        let editor = Phone::of(EDITOR);
        accepted(&editor.ask(db, call_off(occurrence)).await.1);
        let remove = Command::RemovePerson(RemovePerson { person: person(1, 3) });
        let phone = Phone::of(1);
        accepted(&phone.ask_in(db, &StreamId::Account(phone.account), remove, now()).await.1);
        accepted(&editor.ask(db, reinstate(occurrence)).await.1);
        assert_eq!(state(db, 2, other).await, SignUpState::Confirmed);
        assert_eq!(Phone::of(9).view(db).await.seats[&occurrence].row.taken, 2);
        let alone = "select count(*) from sign_up where state = 'called_off'";
        assert_eq!(test.number(alone, &[]).await, 1);
        is_well(test).await;
    }

    async fn a_moved_date_owes_its_places_to_whoever_was_asked_and_the_rest_goes_by_its_new_time(test) {
        let (occurrence, [first, second, third, fourth]) = crowd(test).await;
        let db = &test.db;
        leave(db, 1, first, at(0, 15, 0)).await;
        accepted(&Phone::of(3).ask_at(db, decline(third), at(0, 15, 10)).await);
        assert_eq!(state(db, 2, second).await, offered(at(0, 19, 0)));
        // Before the offer is over, to when it would have been.
        accepted(&Phone::of(EDITOR).ask_at(db, move_to(occurrence, 0, time(0, hm(17, 0), 60)), at(0, 15, 20)).await);
        assert_eq!(state(db, 2, second).await, SignUpState::Confirmed);
        let mut news = told(db, 4).await;
        news.sort_unstable();
        assert_eq!((state(db, 4, fourth).await, news), (waits(0), vec!["moved", "places left"]));
        is_well(test).await;

        // To another day: nothing is first come, first served any more; and near its start it is said again.
        accepted(&Phone::of(EDITOR).ask_at(db, move_to(occurrence, 1, time(3, hm(17, 0), 60)), at(0, 15, 30)).await);
        assert_eq!(server::jobs::run(db, at(3, 15, 30)).await.expect("jobs"), 1);
        let news = told(db, 4).await;
        assert_eq!(news.iter().filter(|said| **said == "places left").count(), 2, "{news:?}");
        is_well(test).await;
    }

    async fn what_was_over_before_a_move_goes_by_the_new_time_to_the_next(test) {
        let (occurrence, [first, second, third, fourth]) = crowd(test).await;
        let db = &test.db;
        leave(db, 1, first, at(0, 15, 0)).await;
        // Nobody has looked since both were over; now it is days away.
        accepted(&Phone::of(EDITOR).ask_at(db, move_to(occurrence, 0, time(5, hm(14, 0), 60)), at(0, 20, 0)).await);
        assert_eq!(state(db, 4, fourth).await, SignUpState::Confirmed, "a family in its turn");
        assert_eq!((state(db, 2, second).await, state(db, 3, third).await), (waits(0), waits(1)));
        is_well(test).await;
    }

    async fn a_yes_has_what_others_let_pass(test) {
        let (_, [first, second, third, fourth]) = crowd(test).await;
        let db = &test.db;
        leave(db, 1, first, at(0, 21, 0)).await;
        assert_eq!((state(db, 2, second).await, state(db, 3, third).await), (offered(at(1, 12, 0)), offered(at(1, 12, 0))));
        // Both were over half an hour ago, and nobody has looked.
        let outcome = Phone::of(4).ask_at(db, accept(fourth), at(1, 12, 30)).await;
        assert!(matches!(accepted(&outcome), Accepted::Confirmed { .. }), "{outcome:?}");
        assert_eq!((state(db, 2, second).await, state(db, 3, third).await), (waits(0), waits(1)));
        is_well(test).await;
    }
}
