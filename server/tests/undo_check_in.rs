//! Undoing a check-in: what was seen, and nothing that came since.

mod neighbourhood;

use domain::command::{Accepted, Command, UndoCheckIn};
use domain::id::SignUpId;
use domain::refusal::Refusal;
use domain::time::Timestamp;
use server::on_both_engines;

use neighbourhood::*;

fn undo(sign_up: SignUpId, checked_in_at: Timestamp) -> Command {
    Command::UndoCheckIn(UndoCheckIn { sign_up, checked_in_at, of: Vec::new() })
}

on_both_engines! {
    async fn a_check_in_is_undone_once_and_not_the_one_that_came_since(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(12), None)).await;
        let start = time(1, hm(14, 0), 60).start();
        let (editor, staff, mother) = (Phone::of(EDITOR), Phone::of(STAFF), Phone::of(1));
        let (id, _) = mother.ask(db, sign_up(occurrence, &all_of(1))).await;
        let mine = SignUpId::from_uuid(id.uuid());
        let before = amounts(test).await;
        let nothing = editor.ask_at(db, undo(mine, start), start).await;
        assert_eq!(accepted(&nothing), &Accepted::AlreadyDone, "nobody was checked in");
        assert_eq!(amounts(test).await, before);

        accepted(&editor.ask_at(db, check_in(mine), start).await);
        assert_eq!(accepted(&editor.ask_at(db, undo(mine, start), start).await), &Accepted::Done);
        for phone in [&editor, &staff] {
            assert_eq!(phone.view(db).await.roster[&mine].row.checked_in_at, None);
        }
        assert_eq!(mother.view(db).await.sign_ups[&mine].row.checked_in_at, None);

        // Another phone has checked them in since: what this one saw is not there any more.
        let later = start.plus_minutes(5);
        accepted(&staff.ask_at(db, check_in(mine), later).await);
        assert_eq!(accepted(&editor.ask_at(db, undo(mine, start), later).await), &Accepted::AlreadyDone);
        assert_eq!(editor.view(db).await.roster[&mine].row.checked_in_at, Some(later));
        assert_eq!(test.findings().await, []);
    }

    async fn undoing_is_refused_for_each_of_its_reasons(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(12), None)).await;
        let range = time(1, hm(14, 0), 60);
        let start = range.start();
        let (id, _) = Phone::of(1).ask(db, sign_up(occurrence, &all_of(1))).await;
        let mine = SignUpId::from_uuid(id.uuid());
        accepted(&Phone::of(EDITOR).ask_at(db, check_in(mine), start).await);
        let before = amounts(test).await;
        let closed_at = domain::closing::closes_at(range, domain::activity::Category::Dance);
        for (n, command, at, refused) in [
            (1, undo(mine, start), start, Refusal::NotAllowed),
            (HOST, undo(mine, start), start, Refusal::NotAllowed),
            (STAFF_THERE, undo(mine, start), start, Refusal::Gone),
            (EDITOR, undo(SignUpId::from_uuid(uuid(0xdead)), start), start, Refusal::Gone),
            (EDITOR, undo(mine, start), closed_at, Refusal::ClosingOver { closed_at }),
        ] {
            assert_eq!(refusal(&Phone::of(n).ask_at(db, command, at).await), &refused, "{n}");
        }
        assert_eq!(amounts(test).await, before);
    }
}
