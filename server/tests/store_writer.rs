//! The writer: one winner in a race, groups that keep their failures apart, answers only after the commit, and an end
//! when the disk can no longer be trusted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use server::on_both_engines;
use server::store::engine::PART;
use server::store::testing::{TestDb, add_account, add_neighbourhood, add_sign_up, id};
use server::store::writer::{Hooks, Point, QUEUE_MAX};
use server::store::{Constraint, Db, Statement, StoreError, Value};

async fn people(db: &Db, accounts: u32) {
    db.write("c:banzha", move |conn| {
        Box::pin(async move {
            add_neighbourhood(conn, Some(1)).await?;
            for n in 100..100 + accounts {
                add_account(conn, n).await?;
            }
            Ok(())
        })
    })
    .await
    .expect("people");
}

async fn sign_up(db: Db, lane: String, account: u32) -> Result<(), StoreError> {
    db.write(&lane, move |conn| Box::pin(async move { add_sign_up(conn, 1000 + account, account, "confirmed").await }))
        .await
}

async fn race(test: &TestDb, lane: impl Fn(u32) -> String) -> (usize, usize) {
    people(&test.db, 64).await;
    let mut racing = tokio::task::JoinSet::new();
    for account in 100..164 {
        racing.spawn(sign_up(test.db.clone(), lane(account), account));
    }
    let results = racing.join_all().await;
    let won = results.iter().filter(|result| result.is_ok()).count();
    let lost = results.iter().filter(|result| result.as_ref().is_err_and(|error| error.is_check("occurrence_full")));
    (won, lost.count())
}

on_both_engines! {
    async fn of_sixty_four_at_once_one_gets_the_last_seat(test) {
        assert_eq!(race(test, |_| "c:banzha".to_owned()).await, (1, 63));
        assert_eq!(test.number("select taken from occurrence", &[]).await, 1);
        assert_eq!(test.number("select count(*) from sign_up", &[]).await, 1);
        assert_eq!(test.findings_of_guards().await, []);
    }

    async fn also_without_a_lane_in_common(test) {
        // As from many servers: the row's own lock and check decide.
        assert_eq!(race(test, |account| format!("server {account}")).await, (1, 63));
        assert_eq!(test.number("select taken from occurrence", &[]).await, 1);
    }

    async fn a_job_that_fails_leaves_nothing_and_harms_nobody(test) {
        people(&test.db, 40).await;
        test.execute("update occurrence set capacity = 100", &[]).await.expect("room for all");
        let mut running = tokio::task::JoinSet::new();
        for account in 100..140 {
            let db = test.db.clone();
            running.spawn(async move {
                let result = db
                    .write("c:banzha", move |conn| {
                        Box::pin(async move {
                            add_sign_up(conn, 1000 + account, account, "confirmed").await?;
                            if account % 4 == 0 {
                                return Err(StoreError::inconsistent("account", account));
                            }
                            if account % 4 == 1 {
                                // A panic without its noise.
                                std::panic::resume_unwind(Box::new("planted"));
                            }
                            Ok(())
                        })
                    })
                    .await;
                (account, result)
            });
        }
        let mut done = Vec::new();
        while let Some(joined) = running.join_next().await {
            // On PostgreSQL a panic is the caller's own; on SQLite it is turned into an answer.
            done.extend(joined.ok());
        }
        for (account, result) in done {
            match account % 4 {
                0 => assert!(matches!(result, Err(StoreError::Inconsistent { .. })), "{result:?}"),
                1 => assert!(matches!(result, Err(StoreError::Panicked)), "{result:?}"),
                _ => assert!(result.is_ok(), "{result:?}"),
            }
        }
        assert_eq!(test.number("select taken from occurrence", &[]).await, 20);
        assert_eq!(test.findings_of_guards().await, []);
    }

    async fn what_was_put_off_fails_with_its_own_job(test) {
        people(&test.db, 8).await;
        let mut running = tokio::task::JoinSet::new();
        for account in 100..108 {
            let db = test.db.clone();
            running.spawn(async move {
                let named = db.write("c:banzha", move |conn| {
                    Box::pin(async move {
                        let name = if account % 2 == 0 { "Even".into() } else { Value::NullText };
                        conn.later("update account set name = $2 where id = $1", &[id(account).into(), name]).await
                    })
                });
                (account, named.await)
            });
        }
        for (account, named) in running.join_all().await {
            match account % 2 {
                0 => assert!(named.is_ok(), "{named:?}"),
                _ => assert!(matches!(named, Err(StoreError::Constraint(Constraint::NotNull))), "{named:?}"),
            }
        }
        assert_eq!(test.number("select count(*) from account where name = 'Even'", &[]).await, 4);
    }

    async fn a_part_that_is_undone_takes_what_it_put_off_along_and_no_more(test) {
        people(&test.db, 4).await;
        const NAME: &str = "update account set name = $2 where id = $1";
        for (account, asks) in [(100, false), (102, true)] {
            let job = test.db.write("c:banzha", move |conn| {
                Box::pin(async move {
                    conn.later(NAME, &[id(account).into(), "Before".into()]).await?;
                    conn.begin(PART).await?;
                    conn.later(NAME, &[id(account).into(), "Within".into()]).await?;
                    conn.later(NAME, &[id(account + 1).into(), "Within".into()]).await?;
                    if asks {
                        conn.one("select count(*) from account", &[]).await?;
                        conn.later(NAME, &[id(account + 1).into(), "Within".into()]).await?;
                    }
                    conn.undo(PART).await
                })
            });
            job.await.expect("a job whose part is undone");
        }
        assert_eq!(test.number("select count(*) from account where name = 'Before'", &[]).await, 2);
        assert_eq!(test.number("select count(*) from account where name = 'Within'", &[]).await, 0);
    }

    async fn several_are_answered_each_by_itself(test) {
        people(&test.db, 0).await;
        let job = test.db.write("c:banzha", |conn| {
            Box::pin(async move {
                conn.later("update occurrence set capacity = $1", &[7.into()]).await?;
                let [none, one, other] = conn
                    .several([
                        Statement::new("select id from account where id = $1", ["nobody".into()]),
                        Statement::new("select capacity as n from occurrence where capacity = $1", [7.into()]),
                        Statement::new("update occurrence set capacity = $1 returning capacity as n", [9.into()]),
                    ])
                    .await?;
                assert!(none.is_empty());
                let touched = conn.execute("update occurrence set sequence = 1", &[]).await?;
                Ok((one[0].int("n")?, other[0].int("n")?, touched))
            })
        });
        assert_eq!(job.await.expect("several answers"), (7, 9, 1));
    }

    async fn a_reader_sees_one_picture_and_cannot_write(test) {
        people(&test.db, 0).await;
        let db = test.db.clone();
        let (before, after) = test
            .db
            .read(move |conn| {
                Box::pin(async move {
                    let count = "select count(*) from sign_up";
                    let before = conn.one(count, &[]).await?.int(0)?;
                    sign_up(db, "c:banzha".to_owned(), 1).await?;
                    Ok((before, conn.one(count, &[]).await?.int(0)?))
                })
            })
            .await
            .expect("two readings");
        assert_eq!((before, after), (0, 0));
        let written = test
            .db
            .read(|conn| Box::pin(async move { conn.execute("delete from sign_up_member", &[]).await }))
            .await;
        assert!(written.is_err());
        assert_eq!(test.number("select count(*) from sign_up_member where holds = 1", &[]).await, 1);
    }
}

/// Hooks that fail the commit while `is_failing`, and count what they were told.
fn failing_commits(error: fn() -> sqlx::Error) -> (Hooks, Arc<AtomicBool>, Arc<AtomicUsize>) {
    let (is_failing, told) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let (failing, counter) = (Arc::clone(&is_failing), Arc::clone(&told));
    let hooks = Hooks {
        fatal: Arc::new(move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
        }),
        faults: Some(Arc::new(move |point| {
            let strikes = point == Point::BeforeCommit && failing.load(Ordering::SeqCst);
            if strikes { Err(error()) } else { Ok(()) }
        })),
    };
    (hooks, is_failing, told)
}

/// An error as the engine makes it.
#[derive(Debug)]
struct FromEngine {
    code: &'static str,
    message: &'static str,
}

/// SQLITE_IOERR_FSYNC: what was written may not be there.
const LOST_SYNC: FromEngine = FromEngine { code: "1034", message: "disk I/O error" };
/// SQLITE_FULL.
const DISK_FULL: FromEngine = FromEngine { code: "13", message: "database or disk is full" };

impl std::fmt::Display for FromEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message)
    }
}

impl std::error::Error for FromEngine {}

impl sqlx::error::DatabaseError for FromEngine {
    fn message(&self) -> &str {
        self.message
    }

    fn code(&self) -> Option<std::borrow::Cow<'_, str>> {
        Some(self.code.into())
    }

    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> sqlx::error::ErrorKind {
        sqlx::error::ErrorKind::Other
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_fails_ends_the_process_and_promises_nothing() {
    let (hooks, is_failing, told) = failing_commits(|| sqlx::Error::Database(Box::new(LOST_SYNC)));
    let test = TestDb::lite(hooks).await;
    people(&test.db, 8).await;
    is_failing.store(true, Ordering::SeqCst);
    let mut running = tokio::task::JoinSet::new();
    for account in 100..108 {
        running.spawn(sign_up(test.db.clone(), String::new(), account));
    }
    for result in running.join_all().await {
        // Not even the refusals count: they rested on a sign-up that is not there.
        assert!(matches!(result, Err(StoreError::Unknown)), "{result:?}");
    }
    assert!(told.load(Ordering::SeqCst) >= 1);
    assert_eq!(test.number("select count(*) from sign_up", &[]).await, 0);
    test.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_undoes_the_group_and_writing_goes_on_when_there_is_room_again() {
    let (hooks, is_failing, told) = failing_commits(|| sqlx::Error::Database(Box::new(DISK_FULL)));
    let test = TestDb::lite(hooks).await;
    people(&test.db, 2).await;
    is_failing.store(true, Ordering::SeqCst);
    let result = sign_up(test.db.clone(), String::new(), 100).await;
    assert!(matches!(result, Err(StoreError::Undone(_))), "{result:?}");
    assert_eq!(test.number("select count(*) from sign_up", &[]).await, 0, "reading goes on");
    is_failing.store(false, Ordering::SeqCst);
    sign_up(test.db.clone(), String::new(), 101).await.expect("there is room again");
    assert_eq!(test.number("select count(*) from sign_up", &[]).await, 1);
    assert_eq!(told.load(Ordering::SeqCst), 0, "the process lives");
    test.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_that_wait_share_a_commit() {
    let commits = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&commits);
    let hooks = Hooks {
        faults: Some(Arc::new(move |point| {
            if point == Point::AfterCommit {
                counter.fetch_add(1, Ordering::SeqCst);
            }
            Ok(())
        })),
        ..Hooks::default()
    };
    let test = TestDb::lite(hooks).await;
    people(&test.db, 0).await;
    commits.store(0, Ordering::SeqCst);
    // One holds the writer while two hundred queue up behind it.
    let (open, opened) = tokio::sync::oneshot::channel::<()>();
    let gate = Arc::new(tokio::sync::Mutex::new(Some(opened)));
    let db = test.db.clone();
    let first = tokio::spawn(async move {
        db.write("", move |_| {
            let gate = Arc::clone(&gate);
            Box::pin(async move {
                if let Some(opened) = gate.lock().await.take() {
                    let _ = opened.await;
                }
                Ok(())
            })
        })
        .await
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut running = tokio::task::JoinSet::new();
    let order = Arc::new(AtomicU32::new(0));
    for n in 0..200 {
        let (db, order) = (test.db.clone(), Arc::clone(&order));
        running.spawn(async move {
            db.write("", move |conn| {
                let order = Arc::clone(&order);
                Box::pin(async move {
                    order.fetch_add(1, Ordering::SeqCst);
                    conn.execute("insert into meta (key, value) values ($1, 'x')", &[id(n).into()]).await
                })
            })
            .await
        });
    }
    while test.db.writes_waiting() < 200 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    open.send(()).expect("the first job waits");
    first.await.expect("no panic").expect("the first job");
    assert!(running.join_all().await.into_iter().all(|result| result.is_ok_and(|rows| rows == 1)));
    assert_eq!(order.load(Ordering::SeqCst), 200);
    // Its own, and four of at most 64.
    assert_eq!(commits.load(Ordering::SeqCst), 5);
    test.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_turns_away_at_once() {
    let test = TestDb::lite(Hooks::default()).await;
    let (open, opened) = tokio::sync::oneshot::channel::<()>();
    let gate = Arc::new(tokio::sync::Mutex::new(Some(opened)));
    let mut running = tokio::task::JoinSet::new();
    let db = test.db.clone();
    running.spawn(async move {
        db.write("", move |_| {
            let gate = Arc::clone(&gate);
            Box::pin(async move {
                if let Some(opened) = gate.lock().await.take() {
                    let _ = opened.await;
                }
                Ok(())
            })
        })
        .await
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    for _ in 0..QUEUE_MAX {
        let db = test.db.clone();
        running.spawn(async move { db.write("", |_| Box::pin(async { Ok(()) })).await });
    }
    while test.db.writes_waiting() < QUEUE_MAX {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let turned_away = test.db.write("", |_| Box::pin(async { Ok(()) })).await;
    assert!(matches!(turned_away, Err(StoreError::Overloaded)), "{turned_away:?}");
    open.send(()).expect("the first job waits");
    assert!(running.join_all().await.into_iter().all(|result| result.is_ok()));
    test.remove().await;
}
