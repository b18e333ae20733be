//! Neighbours without a phone: their team signs them up, they count like anybody, and nobody has an account more.

mod neighbourhood;

use domain::activity::SignUpPolicy;
use domain::change::{NoticeBody, SignUpState};
use domain::command::{
    Accepted, CancelOccurrence, Command, PublishActivity, ReinstateOccurrence, SignUpNeighbour, WithdrawNeighbour,
};
use domain::id::{OccurrenceId, SignUpId};
use domain::refusal::Refusal;
use domain::time::Timestamp;
use server::on_both_engines;
use server::store::numbers::list_dates;

use neighbourhood::*;

fn neighbour(occurrence: OccurrenceId, name: &str) -> Command {
    let (name, phone) = (name.parse().expect("a name"), "13812345678".parse().ok());
    Command::SignUpNeighbour(SignUpNeighbour { occurrence, name, phone, consent: true })
}

/// A place that is drawn for the day before.
fn drawn() -> PublishActivity {
    let policy = SignUpPolicy::PerOccurrence {
        capacity: Some(1),
        opens_minutes_before: None,
        closes_minutes_before: 60,
        party_max: 1,
        draws_minutes_before: Some(24 * 60),
    };
    PublishActivity { policy, ..activity(None, None) }
}

fn take_out(sign_up: SignUpId) -> Command {
    Command::WithdrawNeighbour(WithdrawNeighbour { sign_up })
}

fn start() -> Timestamp {
    time(1, hm(14, 0), 60).start()
}

on_both_engines! {
    async fn neighbours_count_like_anybody_and_wait_like_anybody(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(3), None)).await;
        let accounts = test.number("select count(*) from account", &[]).await;
        let people = test.number("select count(*) from person where removed_at is null", &[]).await;
        let (editor, staff, mother) = (Phone::of(EDITOR), Phone::of(STAFF), Phone::of(1));
        // Two by one leader, who comes as well: each is a sign-up of its own.
        let (first, outcome) = editor.ask(db, neighbour(occurrence, "顾大爷")).await;
        assert_eq!(accepted(&outcome), &Accepted::Confirmed { seat: Some(1), capacity: Some(3) });
        accepted(&editor.ask(db, neighbour(occurrence, "周阿姨")).await.1);
        accepted(&editor.ask(db, sign_up(occurrence, &all_of(EDITOR)[..1])).await.1);
        let (waiting, outcome) = staff.ask(db, neighbour(occurrence, "吴师傅")).await;
        assert_eq!(accepted(&outcome), &Accepted::Waitlisted { parties_ahead: 0 });
        let (first, waiting) = (SignUpId::from_uuid(first.uuid()), SignUpId::from_uuid(waiting.uuid()));

        for n in [EDITOR, STAFF, DISTRICT] {
            let view = Phone::of(n).view(db).await;
            let row = &view.roster[&first].row;
            assert_eq!((row.name.as_str(), row.phone_tail.as_str()), ("顾大爷", "5678"), "{n}");
            assert!(row.signed_up_by.is_some() && !view.sign_ups.contains_key(&first), "{n}");
        }
        assert!(mother.view(db).await.roster.is_empty());
        let view = editor.view(db).await;
        assert_eq!(view.sign_ups.len(), 1, "their own alone");
        assert_eq!((view.seats[&occurrence].row.taken, view.seats[&occurrence].row.waiting_parties), (3, 1));

        // Near the start others are asked; whoever has no phone could not answer.
        let soon = start().plus_minutes(-300);
        assert_eq!(accepted(&staff.ask_at(db, take_out(first), soon).await), &Accepted::Done);
        assert_eq!(accepted(&staff.ask_at(db, take_out(first), soon).await), &Accepted::AlreadyDone);
        let view = staff.view(db).await;
        assert_eq!(view.roster[&waiting].row.state, SignUpState::Confirmed);
        assert_eq!(view.roster[&first].row.phone_tail, "", "the number is gone with them");
        assert_eq!(test.findings().await, []);

        accepted(&staff.ask_at(db, check_in(waiting), start()).await);
        let (from, to) = (start(), start().plus_minutes(1));
        let dates = db.read(move |conn| Box::pin(async move { list_dates(conn, from, to).await })).await.expect("dates");
        assert_eq!((dates[0].attendance.arrived, dates[0].people.len()), (1, 0), "a head, and no resident known");
        assert_eq!(test.number("select count(*) from account", &[]).await, accounts);
        assert_eq!(test.number("select count(*) from person where removed_at is null", &[]).await, people);
        assert_eq!(test.findings().await, []);
    }

    async fn a_neighbour_is_drawn_for_with_everybody_and_whoever_signed_them_up_is_told(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, drawn()).await;
        let draws_at = start().plus_minutes(-24 * 60);
        let (editor, staff) = (Phone::of(EDITOR), Phone::of(STAFF));
        let mut entered = Vec::new();
        for (by, name) in [(&editor, "顾大爷"), (&staff, "周阿姨")] {
            let (id, outcome) = by.ask(db, neighbour(occurrence, name)).await;
            assert_eq!(accepted(&outcome), &Accepted::Pooled { draws_at });
            entered.push((by, SignUpId::from_uuid(id.uuid())));
        }
        for by in [&editor, &staff] {
            let (_, outcome) = by.ask(db, neighbour(occurrence, "顾大爷")).await;
            assert_eq!(refusal(&outcome), &Refusal::NeighbourAlreadyIn, "whoever enters them again");
        }
        assert_eq!(server::jobs::run(db, draws_at).await.expect("jobs"), 1);
        let mut places = 0;
        for (by, id) in entered {
            let view = by.view(db).await;
            let has_place = view.roster[&id].row.state == SignUpState::Confirmed;
            places += u16::from(has_place);
            let told: Vec<_> = view.notices.values().map(|notice| &notice.row.body).collect();
            let [NoticeBody::Drawn { sign_up, won, .. }] = told[..] else { panic!("{told:?}") };
            assert_eq!((*sign_up, *won), (id, has_place), "told once, and what is true");
            assert_eq!(view.lot_of(occurrence, id).map(|lot| lot.won), Some(has_place));
        }
        assert_eq!(places, 1, "there is one");
        assert_eq!(test.findings().await, []);
    }

    async fn a_neighbour_comes_back_with_a_date_that_is_held_after_all(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(3), None)).await;
        let editor = Phone::of(EDITOR);
        let (id, _) = editor.ask(db, neighbour(occurrence, "顾大爷")).await;
        let id = SignUpId::from_uuid(id.uuid());
        accepted(&editor.ask(db, Command::CancelOccurrence(CancelOccurrence { occurrence, reason: None })).await.1);
        assert_eq!(test.findings().await, []);
        accepted(&editor.ask(db, Command::ReinstateOccurrence(ReinstateOccurrence { occurrence, venue: None })).await.1);
        let row = editor.view(db).await.roster[&id].row.clone();
        assert_eq!((row.state, row.phone_tail.as_str()), (SignUpState::Confirmed, "5678"));
        assert_eq!(test.findings().await, []);
    }

    async fn neighbours_are_their_teams_and_communitys_to_sign_up_and_nobodys_own(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(3), None)).await;
        let editor = Phone::of(EDITOR);
        let (id, _) = editor.ask(db, neighbour(occurrence, "顾大爷")).await;
        let (own, _) = Phone::of(1).ask(db, sign_up(occurrence, &all_of(1)[..1])).await;
        let (id, own) = (SignUpId::from_uuid(id.uuid()), SignUpId::from_uuid(own.uuid()));
        let person = domain::id::PersonId::from_uuid(id.uuid());
        let before = amounts(test).await;
        let silent = Command::SignUpNeighbour(SignUpNeighbour {
            occurrence, name: "周阿姨".parse().expect("a name"), phone: None, consent: false,
        });
        for (n, command, at, refused) in [
            (1, neighbour(occurrence, "周阿姨"), now(), Refusal::NotAllowed),
            (HOST, neighbour(occurrence, "周阿姨"), now(), Refusal::NotAllowed),
            (STAFF_THERE, neighbour(occurrence, "周阿姨"), now(), Refusal::Gone),
            (STAFF_THERE, take_out(id), now(), Refusal::Gone),
            (1, take_out(id), now(), Refusal::NotAllowed),
            (EDITOR, silent, now(), Refusal::ConsentNeeded),
            (EDITOR, neighbour(occurrence, "周阿姨"), start(), Refusal::SignUpClosed { closed_at: start() }),
            (EDITOR, take_out(id), start(), Refusal::OccurrenceOver),
            // Whoever signs up for themselves withdraws themselves, and a neighbour is not the leader's own.
            (EDITOR, take_out(own), now(), Refusal::Gone),
            (EDITOR, withdraw(id, &[person]), now(), Refusal::Gone),
        ] {
            assert_eq!(refusal(&Phone::of(n).ask_at(db, command, at).await), &refused, "{n}");
        }
        assert_eq!(amounts(test).await, before);
        assert!(test.execute("update sign_up set state = 'withdrawn', ended_at = 1 where behalf_of is not null", &[]).await.is_err());
        assert!(test.execute("update sign_up set behalf_phone = '1' where behalf_of is null", &[]).await.is_err());
        assert_eq!(test.findings().await, []);
    }
}
