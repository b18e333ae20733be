//! What is kept, and for how long: a phone that was away is told of everything or starts over, and an old command is
//! never carried out again.

mod neighbourhood;

use domain::change::{RowKey, class};
use domain::command::{Command, Outcome, RemovePerson};
use domain::id::StreamId;
use domain::sync::limits::{ANSWER_DAYS, TOMBSTONE_DAYS};
use domain::sync::{Answer, PullResult, ResetReason};
use domain::time::Timestamp;
use server::on_both_engines;
use server::store::Db;

use neighbourhood::*;

fn after_days(days: i64) -> Timestamp {
    now().plus_minutes(days * 24 * 60)
}

async fn forget(db: &Db, at: Timestamp) -> u64 {
    server::jobs::retention::forget(db, at).await.expect("retention")
}

fn leaves(place: u128) -> Command {
    Command::RemovePerson(RemovePerson { person: person(1, place) })
}

on_both_engines! {
    async fn who_was_away_for_longer_than_what_is_gone_is_kept_starts_over(test) {
        let db = &test.db;
        settle(db).await;
        let phone = Phone::of(1);
        let own = StreamId::Account(phone.account);
        let before = phone.cursor(db, own.clone()).await;
        phone.ask_in(db, &own, leaves(1), now()).await;
        let after = phone.cursor(db, own.clone()).await;
        let tombstones = "select count(*) from synced_row where gone_at is not null";
        let left = RowKey { class: class::PERSON.to_owned(), id: person(1, 1).to_string() };

        assert_eq!(forget(db, after_days(TOMBSTONE_DAYS)).await, 0, "not a day too early");
        let PullResult::Delta { gone, .. } = phone.pull(db, own.clone(), Some(before)).await else { panic!("a delta") };
        assert_eq!(gone, vec![left.clone()]);

        assert!(forget(db, after_days(TOMBSTONE_DAYS + 1)).await > 0);
        assert_eq!(test.number(tombstones, &[]).await, 0);
        assert_eq!(forget(db, after_days(TOMBSTONE_DAYS + 1)).await, 0, "twice is once");
        let PullResult::Snapshot { why, rows, .. } = phone.pull(db, own.clone(), Some(before)).await else {
            panic!("a snapshot")
        };
        assert_eq!(why, Some(ResetReason::TooOld));
        assert!(rows.iter().all(|row| row.key() != left));

        // Who has read up to there has missed nothing, and the order goes on.
        phone.ask_in(db, &own, leaves(2), after_days(TOMBSTONE_DAYS + 1)).await;
        let PullResult::Delta { from, gone, .. } = phone.pull(db, own, Some(after)).await else { panic!("a delta") };
        assert_eq!((from, gone.len()), (after.seq, 1));
        assert!(test.findings().await.is_empty());
    }

    async fn what_was_answered_too_long_ago_is_never_carried_out_again(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(12), None)).await;
        let phone = Phone::of(1);
        let first = phone.envelope(&stream(), &sign_up(occurrence, &[person(1, 0)]));
        let answer = phone.send(db, &first, now()).await;
        // A year later the phone has done something else.
        let second = phone.envelope(&StreamId::Account(phone.account), &leaves(1));
        let later = phone.send(db, &second, after_days(365)).await;
        assert!(matches!(later, Answer::Decided { outcome: Outcome::Accepted { .. }, .. }), "{later:?}");

        forget(db, after_days(ANSWER_DAYS)).await;
        assert_eq!(phone.send(db, &first, after_days(ANSWER_DAYS)).await, answer, "not a day too early");

        assert!(forget(db, after_days(ANSWER_DAYS + 1)).await > 0);
        let before = amounts(test).await;
        let again = phone.send(db, &first, after_days(ANSWER_DAYS + 1)).await;
        assert_eq!(again, Answer::Decided { id: first.id, outcome: Outcome::Expired });
        assert_eq!(amounts(test).await, before);
        assert_eq!(phone.send(db, &second, after_days(ANSWER_DAYS + 1)).await, later, "the younger one is known");

        // And when the last answer is gone, the numbers still go on from where they were.
        forget(db, after_days(365 + ANSWER_DAYS + 1)).await;
        let third = phone.envelope(&StreamId::Account(phone.account), &leaves(2));
        let answer = phone.send(db, &third, after_days(365 + ANSWER_DAYS + 1)).await;
        assert!(matches!(answer, Answer::Decided { outcome: Outcome::Accepted { .. }, .. }), "{answer:?}");
        assert!(test.findings().await.is_empty());
    }
}
