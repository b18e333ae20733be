//! Saying how a date went: who may, when, what it replaces, and that the database itself knows no closed date that was
//! none.

mod neighbourhood;

use domain::command::{Accepted, CancelOccurrence, CloseOccurrence, Command};
use domain::id::{OccurrenceId, StreamId};
use domain::refusal::Refusal;
use server::on_both_engines;
use server::store::testing::TestDb;

use neighbourhood::*;

fn close(occurrence: OccurrenceId, heads: u16, note: &str) -> Command {
    let note = (!note.is_empty()).then(|| note.parse().expect("a note"));
    Command::CloseOccurrence(CloseOccurrence { occurrence, heads, note })
}

/// Nobody but these has a row of it.
async fn seen_by(test: &TestDb, occurrence: OccurrenceId) -> Vec<u128> {
    let mut seen = Vec::new();
    for n in [1, EDITOR, HOST, STAFF, STAFF_THERE, DISTRICT] {
        if Phone::of(n).view(&test.db).await.closings.contains_key(&occurrence) {
            seen.push(n);
        }
    }
    seen
}

on_both_engines! {
    async fn a_team_says_how_many_came_and_corrects_itself(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(12), None)).await;
        let range = time(1, hm(14, 0), 60);
        let (editor, staff) = (Phone::of(EDITOR), Phone::of(STAFF));
        let outcome = editor.ask_at(db, close(occurrence, 23, "议定充电棚加在北门"), range.end()).await;
        assert_eq!(accepted(&outcome), &Accepted::Done);
        assert_eq!(seen_by(test, occurrence).await, [EDITOR, STAFF, DISTRICT]);
        let said = editor.view(db).await.closings[&occurrence].row.clone();
        assert_eq!((said.heads, said.at), (23, range.end()));

        let before = amounts(test).await;
        let outcome = editor.ask_at(db, close(occurrence, 23, "议定充电棚加在北门"), range.end()).await;
        assert_eq!(accepted(&outcome), &Accepted::AlreadyDone);
        assert_eq!(amounts(test).await, before);

        let later = range.end().plus_minutes(60);
        assert_eq!(accepted(&staff.ask_at(db, close(occurrence, 25, ""), later).await), &Accepted::Done);
        let said = editor.view(db).await.closings[&occurrence].row.clone();
        assert_eq!((said.heads, said.note, said.at), (25, None, later));
        assert_eq!(test.number("select count(*) from closing", &[]).await, 1);
        assert_eq!(test.findings().await, []);
    }

    async fn closing_is_refused_for_each_of_its_reasons(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(12), None)).await;
        let called_off = publish(db, activity(None, None)).await;
        let range = time(1, hm(14, 0), 60);
        let editor = Phone::of(EDITOR);
        let cancel = |occurrence| Command::CancelOccurrence(CancelOccurrence { occurrence, reason: None });
        accepted(&editor.ask(db, cancel(called_off)).await.1);
        let closed_at = domain::closing::closes_at(range, domain::activity::Category::Dance);
        let unknown = OccurrenceId::from_uuid(uuid(0xdead));
        let before = amounts(test).await;
        for (n, command, at, refused) in [
            (EDITOR, close(occurrence, 3, ""), now(), Refusal::OccurrenceNotBegun { starts_at: range.start() }),
            (EDITOR, close(occurrence, 3, ""), closed_at, Refusal::ClosingOver { closed_at }),
            (EDITOR, close(occurrence, 10_000, ""), range.end(), Refusal::Malformed { field: "/body/heads".to_owned() }),
            (EDITOR, close(called_off, 3, ""), range.end(), Refusal::OccurrenceCancelled),
            (EDITOR, close(unknown, 3, ""), range.end(), Refusal::Gone),
            (1, close(occurrence, 3, ""), range.end(), Refusal::NotAllowed),
            (HOST, close(occurrence, 3, ""), range.end(), Refusal::NotAllowed),
            (STAFF_THERE, close(occurrence, 3, ""), range.end(), Refusal::Gone),
        ] {
            let outcome = Phone::of(n).ask_at(db, command.clone(), at).await;
            assert_eq!(refusal(&outcome), &refused, "{command:?}");
        }
        let (_, outcome) = editor.ask_in(db, &elsewhere(), close(occurrence, 3, ""), range.end()).await;
        assert_eq!(refusal(&outcome), &Refusal::Gone);
        let (_, outcome) =
            editor.ask_in(db, &StreamId::Account(editor.account), close(occurrence, 3, ""), range.end()).await;
        assert_eq!(refusal(&outcome), &Refusal::Gone);
        assert_eq!(amounts(test).await, before);

        // While it goes on it can be said already, and then it is not called off any more.
        let outcome = editor.ask_at(db, close(occurrence, 3, ""), range.start()).await;
        assert_eq!(accepted(&outcome), &Accepted::Done);
        let outcome = editor.ask_at(db, cancel(occurrence), range.start().plus_minutes(10)).await;
        assert_eq!(refusal(&outcome), &Refusal::OccurrenceOver);
    }

    async fn the_database_closes_no_date_that_was_none(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(None, None)).await;
        let called_off = publish(db, activity(None, None)).await;
        let cancel = Command::CancelOccurrence(CancelOccurrence { occurrence: called_off, reason: None });
        accepted(&Phone::of(EDITOR).ask(db, cancel).await.1);
        let end = time(1, hm(14, 0), 60).end();
        let insert = "insert into closing (occurrence, heads, closed_at, closed_by) values ($1, $2, $3, $4)";
        let by = account(EDITOR);
        for (id, heads, at) in [(occurrence, 3, now()), (called_off, 3, end), (occurrence, 10_000, end)] {
            let refused = test.execute(insert, &[id.into(), heads.into(), at.into(), by.into()]).await;
            assert!(matches!(refused, Err(server::store::StoreError::Constraint(_))), "{refused:?}");
        }
        test.execute(insert, &[occurrence.into(), 3.into(), end.into(), by.into()]).await.expect("a closed date");
        for sql in [
            "update occurrence set cancelled_at = ends_at where id = $1",
            "update occurrence set starts_at = starts_at + 7200000, ends_at = ends_at + 7200000 where id = $1",
            "update closing set closed_at = 0 where occurrence = $1",
        ] {
            let refused = test.execute(sql, &[occurrence.into()]).await;
            assert!(matches!(refused, Err(server::store::StoreError::Constraint(_))), "{sql}: {refused:?}");
        }
    }
}
