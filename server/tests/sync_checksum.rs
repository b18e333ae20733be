//! Checksums: whoever has lost a row gets everything anew, and whoever has lost nothing never does, over weeks of reading
//! by deltas, whatever days come into the window and leave it.

mod neighbourhood;

use domain::change::{Audience, class};
use domain::sync::ResetReason;
use domain::sync::limits::{PICTURE_DAYS_MAX, WINDOW_DAYS_AHEAD};
use domain::time::Timestamp;
use server::on_both_engines;
use server::store::Db;
use server::store::streams::{Draft, write_change};

use neighbourhood::follower::Follower;
use neighbourhood::*;

fn after_days(days: i32) -> Timestamp {
    now().plus_minutes(i64::from(days) * 24 * 60)
}

/// One change of one row, `days` from `at`; none for a row without a day. Put for several audiences or taken from them.
#[derive(Debug, Clone)]
struct Change {
    audiences: Vec<Audience>,
    id: u64,
    day: Option<i32>,
    is_gone: bool,
}

async fn change(db: &Db, change: Change, at: Timestamp) {
    db.write("c:banzha", move |conn| {
        let change = change.clone();
        Box::pin(async move {
            let mut draft = Draft::default();
            let id = uuid(u128::from(change.id));
            let on = change.day.map(|days| at.date().plus_days(days));
            for audience in &change.audiences {
                if change.is_gone {
                    draft.remove(audience, class::ROSTER, id);
                } else {
                    draft.put(audience, class::ROSTER, id, on, &"a row");
                }
            }
            let cause = format!("{change:?} {}", at.ms());
            write_change(conn, &stream(), draft, &cause, at).await?;
            Ok(())
        })
    })
    .await
    .expect("a change");
}

fn in_public(id: u64, day: i32) -> Change {
    Change { audiences: vec![Audience::Public], id, day: Some(day), is_gone: false }
}

on_both_engines! {
    async fn whoever_has_lost_nothing_is_never_told_otherwise(test) {
        let db = &test.db;
        settle(db).await;
        let mut dice = Dice::new(7);
        let mut at = now();
        let mut followers = Vec::new();
        for reader in [1, 2, STAFF, DISTRICT] {
            followers.push(Follower::of(db, reader, &stream(), at).await);
        }
        for step in 0..400_u64 {
            // A thing has its audiences for ever; some things two see at once, as the desks do.
            let id = dice.roll(30);
            let audiences = match id % 4 {
                0 => vec![Audience::Public],
                1 => vec![Audience::Account(account(1))],
                2 => vec![Audience::Account(account(2)), Audience::Public],
                _ => vec![Audience::Team(team()), Audience::Community(here())],
            };
            let day = (dice.roll(5) > 0).then(|| dice.roll(150) as i32 - 40);
            change(db, Change { audiences, id, day, is_gone: dice.roll(4) == 0 }, at).await;
            if step % 3 == 0 {
                let one = dice.roll(followers.len() as u64) as usize;
                followers[one].compare(db, at).await;
            }
            if step % 60 == 59 {
                // Some take a new picture now, and some keep their old one for as long as they may.
                at = at.plus_minutes(24 * 60);
                let one = dice.roll(followers.len() as u64) as usize;
                followers[one] = Follower::of(db, [1, 2, STAFF, DISTRICT][one], &stream(), at).await;
            }
        }
    }

    async fn whoever_has_lost_a_row_gets_everything_anew(test) {
        let db = &test.db;
        settle(db).await;
        for id in 0..3 {
            change(db, in_public(id, 5), now()).await;
        }
        let mut phone = Follower::of(db, 1, &stream(), now()).await;
        let whole = phone.rows.clone();
        let lost = whole.iter().find(|row| row.class == class::ROSTER).expect("a row").key();
        phone.held.remove(&lost);
        let said = phone.checksum();
        change(db, Change { audiences: vec![Audience::Account(account(2))], id: 9, day: None, is_gone: false }, now()).await;
        assert_eq!(phone.read(db, Some(said), now()).await, Some(ResetReason::Checksum), "what others see changes nothing");
        assert_eq!(phone.rows.len(), whole.len());
        phone.compare(db, now()).await;
    }

    async fn what_has_changed_since_is_not_compared(test) {
        let db = &test.db;
        settle(db).await;
        let mut phone = Follower::of(db, 1, &stream(), now()).await;
        change(db, in_public(1, 5), now()).await;
        // What it had is no longer known here, so whatever it says, it gets what has changed and is asked again.
        let said = domain::sync::checksum::Checksum { sum: 1, ..phone.checksum() };
        assert_eq!(phone.read(db, Some(said), now()).await, None);
        assert_eq!(phone.rows.len(), 1);
        phone.compare(db, now()).await;
    }

    async fn days_come_into_the_window_of_whoever_only_follows(test) {
        let db = &test.db;
        settle(db).await;
        let far = WINDOW_DAYS_AHEAD + PICTURE_DAYS_MAX;
        change(db, in_public(1, far), now()).await;
        let mut phone = Follower::of(db, 1, &stream(), now()).await;
        let has = |phone: &Follower| phone.rows.iter().any(|row| row.class == class::ROSTER);
        assert!(!has(&phone), "too far ahead");
        // For a week its picture does: it shows seven weeks ahead at least.
        phone.compare(db, after_days(PICTURE_DAYS_MAX)).await;
        assert!(!has(&phone), "nothing has changed");
        let said = phone.checksum();
        let later = after_days(PICTURE_DAYS_MAX + 1);
        assert_eq!(phone.read(db, Some(said), later).await, Some(ResetReason::Window));
        assert!(has(&phone));
        phone.compare(db, later).await;
    }
}
