//! Draws, on both engines: who is in the pool, that they are held once, what everybody is told, and that nothing of them
//! can be changed.

mod neighbourhood;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use domain::activity::SignUpPolicy;
use domain::change::{DrawRow, Drawn, NoticeBody, SignUpState};
use domain::command::{
    Accepted, CancelOccurrence, ChangeCapacity, Command, MoveOccurrence, PublishActivity, ReinstateOccurrence,
};
use domain::id::{OccurrenceId, SignUpId};
use domain::refusal::Refusal;
use domain::sign_up::draw::{Verdict, ticket, verify};
use domain::time::{MinuteOfDay, Timestamp};
use server::on_both_engines;
use server::store::check::{Finding, check};
use server::store::testing::{TestDb, opening};
use server::store::{Db, StoreError};

use neighbourhood::truth::assert_rows_are_true;
use neighbourhood::*;

const DAY: u32 = 24 * 60;

/// The afternoon of the day before the date: when it is drawn.
fn drawn_at() -> Timestamp {
    monday().at(hm(14, 0))
}

fn drawn_for(capacity: u16, draws: u32) -> PublishActivity {
    let policy = SignUpPolicy::PerOccurrence {
        capacity: Some(capacity),
        opens_minutes_before: None,
        closes_minutes_before: 60,
        party_max: 4,
        draws_minutes_before: Some(draws),
    };
    PublishActivity { policy, ..activity(None, None) }
}

async fn join(db: &Db, n: u128, occurrence: OccurrenceId, heads: u128, at: Timestamp) -> (SignUpId, Accepted) {
    let people: Vec<_> = [0, 3, 1, 2].into_iter().take(heads as usize).map(|place| person(n, place)).collect();
    let (id, outcome) = Phone::of(n).ask_in(db, &stream(), sign_up(occurrence, &people), at).await;
    (SignUpId::from_uuid(id.uuid()), accepted(&outcome).clone())
}

/// A date for three, tomorrow at two, and five parties in its pool.
async fn crowd(test: &TestDb) -> (OccurrenceId, Vec<SignUpId>) {
    settle(&test.db).await;
    let occurrence = publish(&test.db, drawn_for(3, DAY)).await;
    let mut sign_ups = Vec::new();
    for (n, heads) in [(1, 2), (2, 1), (3, 1), (4, 2), (5, 1)] {
        let (id, came) = join(&test.db, n, occurrence, heads, now()).await;
        assert_eq!(came, Accepted::Pooled { draws_at: drawn_at() });
        sign_ups.push(id);
    }
    (occurrence, sign_ups)
}

async fn draw_of(db: &Db, occurrence: OccurrenceId) -> DrawRow {
    Phone::of(9).view(db).await.draws[&occurrence].row.clone()
}

async fn held(db: &Db, occurrence: OccurrenceId) -> Drawn {
    let DrawRow { commitment, drawn } = draw_of(db, occurrence).await;
    let drawn = drawn.expect("it is drawn");
    assert_eq!(verify(occurrence, commitment, drawn.secret, drawn.places, &drawn.lots), Verdict::Agrees);
    drawn
}

async fn state(db: &Db, n: u128, sign_up: SignUpId) -> SignUpState {
    Phone::of(n).view(db).await.sign_ups[&sign_up].row.state
}

const fn waits(parties_ahead: u16) -> SignUpState {
    SignUpState::Waitlisted { parties_ahead, offer_until: None }
}

async fn run_jobs(db: &Db, at: Timestamp) -> usize {
    server::jobs::run(db, at).await.expect("jobs")
}

async fn is_well(test: &TestDb) {
    assert_rows_are_true(test).await;
    assert_eq!(test.findings().await, []);
}

async fn refused_by(test: &TestDb, sql: &'static str, word: &str) {
    let error = test.execute(sql, &[]).await.expect_err("the database refuses");
    assert!(error.is_check(word), "{sql}: {error}");
}

on_both_engines! {
    async fn a_pool_has_no_order_and_its_draw_is_held_once_for_everybody(test) {
        let (occurrence, sign_ups) = crowd(test).await;
        let db = &test.db;
        let before = draw_of(db, occurrence).await;
        assert_eq!(before.drawn, None, "nothing but the commitment is known");
        for (n, sign_up) in (1..).zip(&sign_ups) {
            assert_eq!(state(db, n, *sign_up).await, waits(0), "nobody is before anybody");
        }
        is_well(test).await;
        assert_eq!(run_jobs(db, drawn_at().plus_minutes(-1)).await, 0);
        assert_eq!(run_jobs(db, drawn_at()).await, 1);
        assert_eq!(run_jobs(db, drawn_at()).await, 0, "twice is once");

        let drawn = held(db, occurrence).await;
        assert_eq!((drawn.at, drawn.places, drawn.lots.len()), (drawn_at(), Some(3), 5));
        assert_eq!(draw_of(db, occurrence).await.commitment, before.commitment);
        let mut waiting = 0;
        for lot in &drawn.lots {
            let place = sign_ups.iter().position(|id| ticket(*id) == lot.ticket).expect("somebody of the pool");
            let (n, id) = (place as u128 + 1, sign_ups[place]);
            let ahead = if lot.won { 0 } else { waiting };
            waiting += u16::from(!lot.won);
            assert_eq!(state(db, n, id).await, if lot.won { SignUpState::Confirmed } else { waits(ahead) });
            let view = Phone::of(n).view(db).await;
            let told: Vec<_> = view.notices.values().map(|notice| &notice.row.body).collect();
            let [NoticeBody::Drawn { sign_up, won, parties_ahead, .. }] = told[..] else { panic!("{told:?}") };
            assert_eq!((*sign_up, *won, *parties_ahead), (id, lot.won, ahead), "told once, and what is true");
        }
        let seats = Phone::of(9).view(db).await.seats[&occurrence].row;
        let heads: u16 = drawn.lots.iter().filter(|lot| lot.won).map(|lot| lot.heads).sum();
        assert_eq!((seats.taken, seats.waiting_parties), (heads, waiting));
        assert!(heads <= 3 && (1..=4).contains(&waiting), "{drawn:?}");
        is_well(test).await;
    }

    async fn whoever_withdraws_before_the_draw_is_not_drawn_for_and_may_come_back(test) {
        let (occurrence, sign_ups) = crowd(test).await;
        let db = &test.db;
        for (n, at) in [(1_u128, now()), (3, now())] {
            let everybody: Vec<_> = (0..4).map(|place| person(n, place)).collect();
            let gone = Phone::of(n).ask_at(db, withdraw(sign_ups[n as usize - 1], &everybody), at).await;
            accepted(&gone);
        }
        let (again, came) = join(db, 3, occurrence, 2, now()).await;
        assert_eq!(came, Accepted::Pooled { draws_at: drawn_at() });
        run_jobs(db, drawn_at()).await;
        let found: BTreeSet<_> = held(db, occurrence).await.lots.iter().map(|lot| (lot.ticket, lot.heads)).collect();
        let expected = [(sign_ups[1], 1), (again, 2), (sign_ups[3], 2), (sign_ups[4], 1)];
        assert_eq!(found, expected.map(|(id, heads)| (ticket(id), heads)).into());
        is_well(test).await;
    }

    async fn what_comes_after_the_close_waits_behind_all_who_were_drawn_for_though_no_job_has_looked(test) {
        let (occurrence, _) = crowd(test).await;
        let db = &test.db;
        let (late, came) = join(db, 6, occurrence, 1, drawn_at()).await;
        let drawn = held(db, occurrence).await;
        let waiting = drawn.lots.iter().filter(|lot| !lot.won).count() as u16;
        assert_eq!((came, drawn.lots.len()), (Accepted::Waitlisted { parties_ahead: waiting }, 5));
        assert_eq!(state(db, 6, late).await, waits(waiting));
        assert_eq!(run_jobs(db, drawn_at()).await, 0, "it is held already");
        let closed = monday().plus_days(1).at(hm(13, 0));
        let after = Phone::of(7).ask_at(db, sign_up(occurrence, &all_of(7)[..1]), closed).await;
        assert!(matches!(refusal(&after), Refusal::SignUpClosed { .. }));
        is_well(test).await;
    }

    async fn where_fewer_ask_than_may_come_everybody_is_in_and_the_rest_is_first_come(test) {
        settle(&test.db).await;
        let db = &test.db;
        let occurrence = publish(db, drawn_for(4, DAY)).await;
        let (first, _) = join(db, 1, occurrence, 2, now()).await;
        assert_eq!(run_jobs(db, drawn_at()).await, 1);
        assert_eq!(state(db, 1, first).await, SignUpState::Confirmed);
        assert!(matches!(join(db, 2, occurrence, 1, drawn_at()).await.1, Accepted::Confirmed { seat: Some(3), .. }));
        is_well(test).await;
    }

    async fn servers_that_share_a_database_hold_a_draw_once(test) {
        let (occurrence, _) = crowd(test).await;
        let db = &test.db;
        let other = match db.engine() {
            "postgres" => Db::open(&test.address, opening()).await.expect("another server"),
            _ => db.clone(),
        };
        let (one, two) = tokio::join!(server::jobs::run(db, drawn_at()), server::jobs::run(&other, drawn_at()));
        assert_eq!(one.expect("jobs") + two.expect("jobs"), 1);
        held(db, occurrence).await;
        assert_eq!(test.number("select count(*) from notice", &[]).await, 5);
        is_well(test).await;
    }

    async fn a_draw_goes_along_when_its_date_is_moved_or_called_off_and_held_after_all(test) {
        let (occurrence, sign_ups) = crowd(test).await;
        let (db, editor) = (&test.db, Phone::of(EDITOR));
        let to = |day: i32, at: MinuteOfDay, sequence| {
            let range = time(day, at, 60);
            Command::MoveOccurrence(MoveOccurrence { occurrence, sequence, range, venue: None })
        };
        accepted(&editor.ask(db, to(3, hm(9, 0), 0)).await.1);
        assert_eq!(run_jobs(db, drawn_at()).await, 0, "the draw has moved along");
        let off = Command::CancelOccurrence(CancelOccurrence { occurrence, reason: None });
        accepted(&editor.ask(db, off).await.1);
        let at = monday().plus_days(2).at(hm(9, 0));
        assert_eq!(run_jobs(db, at).await, 0, "nothing is drawn of what does not take place");
        let on = Command::ReinstateOccurrence(ReinstateOccurrence { occurrence, venue: None });
        accepted(&editor.ask(db, on).await.1);
        assert_eq!(state(db, 1, sign_ups[0]).await, waits(0), "the pool is there again");
        is_well(test).await;
        // So early that its draw would have been before now: it is held at once.
        accepted(&editor.ask(db, to(0, hm(20, 0), 3)).await.1);
        assert_eq!(held(db, occurrence).await.at, now());
        // From then on it is a date like any other, wherever it goes.
        accepted(&editor.ask(db, to(4, hm(9, 0), 4)).await.1);
        assert!(!matches!(join(db, 6, occurrence, 1, now()).await.1, Accepted::Pooled { .. }));
        is_well(test).await;
    }

    async fn how_many_may_come_can_change_while_the_pool_is_open(test) {
        let (occurrence, sign_ups) = crowd(test).await;
        let db = &test.db;
        let change = Command::ChangeCapacity(ChangeCapacity { occurrence, capacity: Some(20), reason: None });
        let (_, outcome) = Phone::of(EDITOR).ask(db, change).await;
        assert_eq!(accepted(&outcome), &Accepted::CapacityChanged { parties_in: 0, over_by: 0 });
        assert_eq!(state(db, 1, sign_ups[0]).await, waits(0), "nobody is in before the draw");
        run_jobs(db, drawn_at()).await;
        assert!(held(db, occurrence).await.lots.iter().all(|lot| lot.won));
        is_well(test).await;
    }

    async fn the_database_lets_nobody_in_before_a_draw_and_keeps_every_draw(test) {
        let (occurrence, _) = crowd(test).await;
        refused_by(test, "update sign_up set state = 'confirmed'", "not_drawn").await;
        refused_by(test, "update draw set secret = commitment", "draw_kept").await;
        refused_by(test, "update occurrence set draws_before = draws_before - 1", "draw_kept").await;
        run_jobs(&test.db, drawn_at()).await;
        held(&test.db, occurrence).await;
        refused_by(test, "update draw set places = 9", "draw_kept").await;
        refused_by(test, "update draw set lots = '[]'", "draw_kept").await;
        refused_by(test, "delete from draw", "draw_kept").await;
        refused_by(test, "update occurrence set drawn_at = null", "draw_kept").await;
    }

    async fn damage_to_a_draw_is_seen(test) {
        crowd(test).await;
        let early: &[_] = &["update sign_up set state = 'confirmed'"];
        assert!(found_after(test, early).await.contains(&"draw.early"));
        let gone: &[_] = &["delete from draw"];
        assert_eq!(found_after(test, gone).await, ["draw.fixed"]);
        let unseen: &[_] = &["delete from synced_row where class = 'draw'"];
        assert_eq!(found_after(test, unseen).await, ["draw.row"]);
        let another: &[_] = &["update draw set secret = commitment"];
        assert_eq!(found_after(test, another).await, ["draw.result"]);
        run_jobs(&test.db, drawn_at()).await;
        assert_eq!(found_after(test, &[]).await, [""; 0]);
        let more: &[_] = &["update draw set places = 1"];
        assert_eq!(found_after(test, more).await, ["draw.result", "draw.row"]);
        let undone: &[_] = &["update draw set lots = null"];
        assert_eq!(found_after(test, undone).await, ["draw.held", "draw.row"]);
        let stranger: &[_] = &["update sign_up set id = '0192f0c1-2a3b-7c4d-8e5f-00000000dead' where id = (select min(id) from sign_up)"];
        assert!(found_after(test, stranger).await.contains(&"draw.list"));
    }
}

/// The rules that see some damage, done behind the guards' back and undone.
async fn found_after(test: &TestDb, damage: &'static [&'static str]) -> Vec<&'static str> {
    let kept: Arc<Mutex<Option<Vec<Finding>>>> = Arc::default();
    let found = Arc::clone(&kept);
    let undone = test.db.write("damage", move |conn| {
        let found = Arc::clone(&found);
        Box::pin(async move {
            if conn.has_row_locks() {
                conn.execute("set local session_replication_role = replica", &[]).await?;
            } else {
                conn.execute("pragma defer_foreign_keys = on", &[]).await?;
                for row in conn.all("select name from sqlite_master where type = 'trigger'", &[]).await? {
                    conn.execute(format!("drop trigger {}", row.text("name")?).leak(), &[]).await?;
                }
            }
            for sql in damage {
                assert!(conn.execute(sql, &[]).await? > 0, "{sql} touches something");
            }
            *found.lock().expect("nobody panicked") = Some(check(conn).await?);
            Err::<(), _>(StoreError::inconsistent("nothing", "only looked"))
        })
    });
    let undone = undone.await;
    assert!(matches!(undone, Err(StoreError::Inconsistent { .. })), "{damage:?}: {undone:?}");
    let found = kept.lock().expect("nobody panicked").take().expect("findings");
    found.iter().map(|finding| finding.rule).collect()
}
