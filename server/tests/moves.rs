//! Moving one date on both engines: its room goes with it, places are kept, everybody is told once, and the series leaves
//! it alone.

mod neighbourhood;

use domain::activity::{Schedule, Venue, occurrence_id};
use domain::change::{NoticeBody, SignUpState};
use domain::command::{
    Accepted, CancelOccurrence, Command, MoveOccurrence, PublishActivity, ReinstateOccurrence, RemovePerson,
};
use domain::id::{ActivityId, OccurrenceId, SignUpId, SpaceId};
use domain::refusal::{Alternative, Refusal};
use domain::time::TimeRange;
use server::on_both_engines;

use neighbourhood::truth::assert_rows_are_true;
use neighbourhood::*;

fn move_to(occurrence: OccurrenceId, sequence: u32, range: TimeRange, venue: Option<Venue>) -> Command {
    Command::MoveOccurrence(MoveOccurrence { occurrence, sequence, range, venue })
}

fn at(space: Option<SpaceId>, place: &str) -> Option<Venue> {
    Some(Venue { space, place: place.parse().expect("a place") })
}

const CLAIMS: &str = "select count(*) from claim where source_kind = 'occurrence' and space = $1";

on_both_engines! {
    async fn whoever_has_signed_up_keeps_the_place_and_is_told_once(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(3), None)).await;
        let (first, waiting, editor) = (Phone::of(1), Phone::of(2), Phone::of(EDITOR));
        let (id, _) = first.ask(db, sign_up(occurrence, &all_of(1))).await;
        waiting.ask(db, sign_up(occurrence, &[person(2, 0)])).await;
        let later = time(2, hm(16, 0), 90);
        let command = move_to(occurrence, 0, later, at(None, "南门广场"));
        assert_eq!(accepted(&editor.ask(db, command.clone()).await.1), &Accepted::Done);
        assert_eq!(accepted(&editor.ask(db, command).await.1), &Accepted::AlreadyDone, "asked twice, it is so already");

        let view = first.view(db).await;
        let date = &view.occurrences[&occurrence].row;
        let by_hand = date.by_hand.as_ref().expect("changed by hand");
        assert_eq!((date.range, date.sequence, by_hand.planned), (later, 1, Some(time(1, hm(14, 0), 60).start())));
        assert_eq!(date.venue(&view.activities[&date.activity].row).place.as_str(), "南门广场");
        let own = &view.sign_ups[&SignUpId::from_uuid(id.uuid())].row;
        assert_eq!((own.state, own.needs_ack, own.party.len()), (SignUpState::Confirmed, Some(now()), 3));
        for phone in [&first, &waiting] {
            let view = phone.view(db).await;
            let notices: Vec<_> = view.notices.values().map(|notice| &notice.row.body).collect();
            let [NoticeBody::OccurrenceMoved { range, place, .. }] = notices.as_slice() else { panic!("{notices:?}") };
            assert_eq!((*range, place.as_str()), (later, "南门广场"));
        }
        let (_, outcome) = first.ask(db, withdraw(SignUpId::from_uuid(id.uuid()), &all_of(1))).await;
        assert_eq!(accepted(&outcome), &Accepted::Done, "free to leave");
        assert_rows_are_true(test).await;
        assert_eq!(test.findings().await, []);
    }

    async fn its_room_goes_with_it_or_it_stays(test) {
        let db = &test.db;
        settle(db).await;
        let here = publish(db, activity(Some(12), Some(play_room()))).await;
        let mut other = activity(Some(12), Some(play_room()));
        other.schedule = Schedule::Once { on: monday().plus_days(1), at: hm(17, 0), minutes: 60 };
        publish(db, other).await;
        let editor = Phone::of(EDITOR);

        // Half an hour later, over its own old time.
        accepted(&editor.ask(db, move_to(here, 0, time(1, hm(14, 30), 60), None)).await.1);
        let (_, outcome) = editor.ask(db, move_to(here, 1, time(1, hm(17, 30), 60), None)).await;
        let on = monday().plus_days(1);
        assert_eq!(refusal(&outcome), &Refusal::VenueTaken { space: play_room(), dates: vec![on] });
        let domain::command::Outcome::Refused { alternatives, .. } = &outcome else { panic!("{outcome:?}") };
        assert_eq!(alternatives.len(), 3);
        let Alternative::Slot { space, range } = alternatives[0] else { panic!("{alternatives:?}") };
        assert_eq!(space, play_room());
        accepted(&editor.ask(db, move_to(here, 1, range, None)).await.1);
        assert_eq!(test.number(CLAIMS, &[play_room().into()]).await, 2);

        // Into the open air, and into another room: the first one is free.
        accepted(&editor.ask(db, move_to(here, 2, range, at(None, "广场"))).await.1);
        assert_eq!(test.number(CLAIMS, &[play_room().into()]).await, 1);
        accepted(&editor.ask(db, move_to(here, 3, range, at(Some(living_room()), "客厅"))).await.1);
        assert_eq!(test.number(CLAIMS, &[living_room().into()]).await, 1);
        // Time and place at once, where each alone would be in the way.
        let five = time(1, hm(17, 0), 60);
        accepted(&editor.ask(db, move_to(here, 4, five, None)).await.1);
        let six = time(1, hm(19, 0), 60);
        accepted(&editor.ask(db, move_to(here, 5, six, at(Some(play_room()), "亲子空间"))).await.1);
        assert_eq!(test.number(CLAIMS, &[living_room().into()]).await, 0);
        assert_rows_are_true(test).await;
        assert_eq!(test.findings().await, []);
    }

    async fn a_moved_date_of_a_series_is_not_made_again(test) {
        let db = &test.db;
        settle(db).await;
        let rule = "FREQ=WEEKLY".parse().expect("a rule");
        let schedule = Schedule::Series { on: monday().plus_days(1), at: hm(14, 0), minutes: 60, rule };
        let series = PublishActivity { schedule, ..activity(Some(12), None) };
        let (id, outcome) = Phone::of(EDITOR).ask(db, Command::PublishActivity(series)).await;
        accepted(&outcome);
        let date = occurrence_id(ActivityId::from_uuid(id.uuid()), time(8, hm(14, 0), 60).start());
        let editor = Phone::of(EDITOR);
        let (_, outcome) = editor.ask(db, move_to(date, 0, time(15, hm(14, 0), 60), None)).await;
        assert_eq!(refusal(&outcome), &Refusal::DateExists);
        // The first of those that the rule has yet to make, and in the way of it.
        for (at, minutes) in [(hm(14, 0), 60), (hm(13, 30), 60), (hm(14, 30), 30)] {
            let (_, outcome) = editor.ask(db, move_to(date, 0, time(57, at, minutes), None)).await;
            assert_eq!(refusal(&outcome), &Refusal::DateExists, "{at:?}");
        }
        accepted(&editor.ask(db, move_to(date, 0, time(57, hm(16, 0), 60), None)).await.1);
        accepted(&editor.ask(db, move_to(date, 1, time(9, hm(10, 0), 60), None)).await.1);
        test.execute("update series set made_until = $1", &[now().into()]).await.expect("a horizon of long ago");
        assert_eq!(server::jobs::series::extend_all(db, now()).await.expect("the job"), 0);
        assert_eq!(test.number("select count(*) from occurrence", &[]).await, 8);
        assert_eq!(test.findings().await, []);
    }

    async fn a_move_of_what_has_changed_or_is_somebody_else_s_is_refused(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(12), None)).await;
        let to = |sequence| move_to(occurrence, sequence, time(1, hm(16, 0), 60), None);
        let (_, outcome) = Phone::of(EDITOR).ask(db, to(1)).await;
        assert_eq!(refusal(&outcome), &Refusal::Changed);
        let (_, outcome) = Phone::of(2).ask(db, to(0)).await;
        assert_eq!(refusal(&outcome), &Refusal::NotAllowed);
        let elsewhere = SpaceId::from_uuid(uuid(77));
        let (_, outcome) = Phone::of(EDITOR)
            .ask(db, move_to(occurrence, 0, time(1, hm(16, 0), 60), at(Some(elsewhere), "别处"))).await;
        assert_eq!(refusal(&outcome), &Refusal::Gone);
        let outcome = Phone::of(EDITOR).ask_at(db, to(0), time(1, hm(14, 0), 60).start()).await;
        assert_eq!(refusal(&outcome), &Refusal::OccurrenceOver);
        assert_eq!(test.number("select count(*) from occurrence where moved_at is not null", &[]).await, 0);
        let alone = "update occurrence set own_space = $1 where own_venue is null";
        assert!(test.execute(alone, &[play_room().into()]).await.is_err(), "a space of its own is part of a place of its own");
    }

    async fn a_date_is_held_after_all_and_everybody_has_the_place_again(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(3), Some(play_room()))).await;
        let (first, waiting, editor) = (Phone::of(1), Phone::of(2), Phone::of(EDITOR));
        let (id, _) = first.ask(db, sign_up(occurrence, &all_of(1))).await;
        waiting.ask(db, sign_up(occurrence, &[person(2, 0), person(2, 1)])).await;
        let reinstate = |venue| Command::ReinstateOccurrence(ReinstateOccurrence { occurrence, venue });
        assert_eq!(accepted(&editor.ask(db, reinstate(None)).await.1), &Accepted::AlreadyDone);
        accepted(&editor.ask(db, Command::CancelOccurrence(CancelOccurrence { occurrence, reason: None })).await.1);
        // One of those who wait leaves the household meanwhile.
        let own = domain::id::StreamId::Account(waiting.account);
        let remove = Command::RemovePerson(RemovePerson { person: person(2, 1) });
        accepted(&waiting.ask_in(db, &own, remove, now()).await.1);
        let mut other = activity(None, Some(play_room()));
        other.schedule = Schedule::Once { on: monday().plus_days(1), at: hm(14, 30), minutes: 60 };
        publish(db, other).await;

        let (_, outcome) = editor.ask(db, reinstate(None)).await;
        let taken = Refusal::VenueTaken { space: play_room(), dates: vec![monday().plus_days(1)] };
        assert_eq!(refusal(&outcome), &taken);
        accepted(&editor.ask(db, reinstate(at(None, "广场"))).await.1);
        let view = first.view(db).await;
        let date = &view.occurrences[&occurrence].row;
        assert_eq!((date.cancelled.as_ref(), date.sequence), (None, 2));
        let own = &view.sign_ups[&SignUpId::from_uuid(id.uuid())].row;
        assert_eq!((own.state, own.needs_ack), (SignUpState::Confirmed, Some(now())));
        let seats = view.seats[&occurrence].row;
        assert_eq!((seats.taken, seats.waiting_parties, seats.waiting_heads), (3, 1, 1));
        let told = |notice: &NoticeBody| matches!(notice, NoticeBody::OccurrenceReinstated { .. });
        assert_eq!(view.notices.values().filter(|notice| told(&notice.row.body)).count(), 1);
        let outcome = editor.ask_at(db, reinstate(None), time(1, hm(14, 0), 60).start()).await;
        assert_eq!(accepted(&outcome), &Accepted::AlreadyDone);
        assert_rows_are_true(test).await;
        assert_eq!(test.findings().await, []);
    }

    async fn a_date_without_its_room_is_held_elsewhere(test) {
        let db = &test.db;
        settle(db).await;
        let rule = "FREQ=WEEKLY".parse().expect("a rule");
        let schedule = Schedule::Series { on: monday().plus_days(1), at: hm(14, 0), minutes: 60, rule };
        let series = PublishActivity { schedule, ..activity(Some(12), Some(play_room())) };
        let (id, outcome) = Phone::of(EDITOR).ask(db, Command::PublishActivity(series)).await;
        accepted(&outcome);
        let mut party = activity(Some(12), Some(play_room()));
        party.schedule = Schedule::Once { on: monday().plus_days(57), at: hm(14, 0), minutes: 60 };
        publish(db, party).await;
        let tomorrow = now().plus_minutes(24 * 60);
        assert_eq!(server::jobs::series::extend_all(db, tomorrow).await.expect("the job"), 1);
        let occurrence = occurrence_id(ActivityId::from_uuid(id.uuid()), time(57, hm(14, 0), 60).start());
        let reinstate = |venue| Command::ReinstateOccurrence(ReinstateOccurrence { occurrence, venue });
        assert!(matches!(refusal(&Phone::of(EDITOR).ask(db, reinstate(None)).await.1), Refusal::VenueTaken { .. }));
        accepted(&Phone::of(EDITOR).ask(db, reinstate(at(Some(living_room()), "客厅"))).await.1);
        let held = "select count(*) from occurrence where id = $1 and cancelled_at is null and room_taken_at is null";
        assert_eq!(test.number(held, &[occurrence.into()]).await, 1);
        assert_eq!(test.number(CLAIMS, &[living_room().into()]).await, 1);
        assert_rows_are_true(test).await;
        assert_eq!(test.findings().await, []);
    }

    async fn a_move_within_what_it_holds_leaves_its_room_as_it_is(test) {
        let db = &test.db;
        settle(db).await;
        let mut early = activity(Some(12), Some(play_room()));
        early.schedule = Schedule::Once { on: monday().plus_days(1), at: hm(14, 5), minutes: 60 };
        let here = publish(db, early).await;
        let editor = Phone::of(EDITOR);
        let later = time(1, hm(14, 10), 60);
        assert_eq!(accepted(&editor.ask(db, move_to(here, 0, later, None)).await.1), &Accepted::Done);
        // Another name for the same room, and back to the square.
        assert_eq!(accepted(&editor.ask(db, move_to(here, 1, later, at(Some(play_room()), "亲子空间东侧"))).await.1), &Accepted::Done);
        assert_eq!(test.number(CLAIMS, &[play_room().into()]).await, 1);
        assert_rows_are_true(test).await;
        assert_eq!(test.findings().await, []);
        accepted(&editor.ask(db, move_to(here, 2, later, at(None, "广场"))).await.1);
        assert_eq!(test.number(CLAIMS, &[play_room().into()]).await, 0);
        assert_eq!(test.findings().await, []);
    }

    async fn whoever_had_arrived_has_not_arrived_at_another_time(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(3), None)).await;
        let (first, editor) = (Phone::of(1), Phone::of(EDITOR));
        let (id, _) = first.ask(db, sign_up(occurrence, &[person(1, 0)])).await;
        let mine = SignUpId::from_uuid(id.uuid());
        let early = time(1, hm(13, 50), 60).start();
        accepted(&editor.ask_at(db, check_in(mine), early).await);
        assert!(first.view(db).await.sign_ups[&mine].row.checked_in_at.is_some());
        accepted(&editor.ask_at(db, move_to(occurrence, 0, time(2, hm(14, 0), 60), None), early).await);
        assert_eq!(first.view(db).await.sign_ups[&mine].row.checked_in_at, None);
        assert_eq!(editor.view(db).await.roster[&mine].row.checked_in_at, None);
        assert_rows_are_true(test).await;
        assert_eq!(test.findings().await, []);
    }
}
