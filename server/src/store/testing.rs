//! Databases for tests: a fresh one per test, on each engine, and a small neighbourhood to put into it.
//!
//! SQLite always runs. PostgreSQL runs where `LIFEHUB_TEST_POSTGRES` names a server on which databases can be made
//! (`postgres://user@host/db`); otherwise its half of each test says that it was skipped.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use domain::sign_up::draw::Secret;
use domain::time::Timestamp;
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use super::writer::Hooks;
use super::{Conn, Db, Opening, StoreError, Value};

/// The time every test starts at: Monday, 23 November 2026, 08:00 in Shanghai; the beginning of a cell.
pub const NOW_MS: i64 = 1_795_392_000_000;
/// A cell in milliseconds.
pub const CELL_MS: i64 = 900_000;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A database of one test.
pub struct TestDb {
    /// The database.
    pub db: Db,
    /// Its address.
    pub address: String,
    folder: Option<PathBuf>,
}

/// What test databases are opened for.
#[must_use]
pub fn opening() -> Opening {
    let draw_key = Secret::of_random([0x5e; 32]);
    Opening { demo: false, epoch: 0xfedc_ba98_7654_3210, draw_key, now: Timestamp::from_ms(NOW_MS) }
}

fn unique_name() -> String {
    format!("lifehub_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A folder of one test.
#[must_use]
pub fn fresh_folder() -> PathBuf {
    let folder = std::env::temp_dir().join(unique_name());
    // A test that failed left its database there, and process numbers come again.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder for temporary files");
    folder
}

/// The PostgreSQL server for tests, if there is one.
#[must_use]
pub fn postgres_server() -> Option<String> {
    std::env::var("LIFEHUB_TEST_POSTGRES").ok().filter(|address| !address.is_empty())
}

/// The address of an empty database on the server for tests, if there is one.
pub async fn empty_postgres() -> Option<String> {
    let server = postgres_server()?;
    let name = unique_name();
    let mut admin = PgConnection::connect(&server).await.expect("the PostgreSQL server for tests");
    for statement in [format!("drop database if exists {name} with (force)"), format!("create database {name}")] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut admin).await.expect("a database for a test");
    }
    admin.close().await.expect("a tidy end");
    let (before, options) = server.split_once('?').unwrap_or((&server, ""));
    let (host, _) = before.rsplit_once('/').expect("an address with a database");
    Some(format!("{host}/{name}?{options}"))
}

impl TestDb {
    /// A new SQLite database.
    pub async fn lite(hooks: Hooks) -> Self {
        let folder = fresh_folder();
        let address = format!("sqlite:{}", folder.join("test.db").display());
        let db = Db::open_with(&address, opening(), hooks).await.expect("a database that opens");
        Self { db, address, folder: Some(folder) }
    }

    /// A new PostgreSQL database, if there is a server.
    pub async fn postgres(hooks: Hooks) -> Option<Self> {
        let address = empty_postgres().await?;
        let db = Db::open_with(&address, opening(), hooks).await.expect("a database that opens");
        Some(Self { db, address, folder: None })
    }

    /// Removes it. A test that failed leaves it for a look.
    pub async fn remove(self) {
        self.db.close().await;
        if let Some(folder) = self.folder {
            // Whatever still holds the file open goes with the process.
            let _ = std::fs::remove_dir_all(folder);
        } else if let Some(server) = postgres_server()
            && let Some((_, name)) = self.address.split('?').next().unwrap_or_default().rsplit_once('/')
            && let Ok(mut admin) = PgConnection::connect(&server).await
        {
            let statement = format!("drop database if exists {name} with (force)");
            let _ = sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut admin).await;
        }
    }

    /// Carries one statement out in a transaction of its own.
    ///
    /// # Errors
    /// What the store says.
    pub async fn execute(&self, sql: &'static str, values: &[Value]) -> Result<u64, StoreError> {
        let values = values.to_vec();
        self.db
            .write("test", move |conn| {
                let values = values.clone();
                Box::pin(async move { conn.execute(sql, &values).await })
            })
            .await
    }

    /// The first column of the first row, a number.
    ///
    /// # Panics
    /// When there is none.
    pub async fn number(&self, sql: &'static str, values: &[Value]) -> i64 {
        let values = values.to_vec();
        let row = self.db.read(|conn| Box::pin(async move { conn.one(sql, &values).await })).await;
        row.and_then(|row| row.int(0)).expect("a number")
    }

    /// The first column of the first row, a text.
    ///
    /// # Panics
    /// When there is none.
    pub async fn text(&self, sql: &'static str, values: &[Value]) -> String {
        let values = values.to_vec();
        let row = self.db.read(|conn| Box::pin(async move { conn.one(sql, &values).await })).await;
        row.and_then(|row| row.text(0)).expect("a text")
    }

    /// What [`super::check::check`] finds.
    ///
    /// # Panics
    /// When it cannot look.
    pub async fn findings(&self) -> Vec<super::check::Finding> {
        self.db.read(|conn| Box::pin(async move { super::check::check(conn).await })).await.expect("a check")
    }

    /// [`TestDb::findings`], but for what operations write and these tests do not: rows that phones read, numbers of
    /// places, the order of asking.
    ///
    /// # Panics
    /// When it cannot look.
    pub async fn findings_of_guards(&self) -> Vec<super::check::Finding> {
        let of_operations = ["synced_row.there", "sign_up_member.seat", "sign_up.queue_order"];
        self.findings().await.into_iter().filter(|finding| !of_operations.contains(&finding.rule)).collect()
    }
}

/// Writes a test once and runs it on both engines.
///
/// ```ignore
/// on_both_engines! {
///     async fn nobody_is_there(test) { assert_eq!(test.number("select count(*) from account", &[]).await, 0); }
/// }
/// ```
#[macro_export]
macro_rules! on_both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($test:ident) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn run($test: &$crate::store::testing::TestDb) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn lite() {
                let test = $crate::store::testing::TestDb::lite(Default::default()).await;
                run(&test).await;
                test.remove().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let Some(test) = $crate::store::testing::TestDb::postgres(Default::default()).await else {
                    eprintln!("skipped: LIFEHUB_TEST_POSTGRES is not set");
                    return;
                };
                run(&test).await;
                test.remove().await;
            }
        }
    )+};
}

/// An id for a test: the same number, the same id.
#[must_use]
pub fn id(n: u32) -> String {
    Uuid::from_u128(0x0192_f0c1_2a3b_7c4d_8e5f_0000_0000_0000 + u128::from(n)).to_string()
}

/// A space for [`add_space`].
#[derive(Debug, Clone, Copy)]
pub struct TestSpace<'a> {
    /// Its id.
    pub id: u32,
    /// Its atoms.
    pub atoms: &'a [u32],
    /// Groups and heads at once; none means exclusive.
    pub shared: Option<(u16, u16)>,
    /// Minutes kept free before and after.
    pub buffers: (u16, u16),
}

/// A community with its stream, two accounts (1 and 2) with one person each (11 and 12), a team (3), an activity of it
/// without a room (4), and one date of that (5) with `capacity`, a day from now.
///
/// # Errors
/// What the store says.
pub async fn add_neighbourhood(conn: &mut Conn<'_>, capacity: Option<i64>) -> Result<(), StoreError> {
    let now = NOW_MS;
    conn.execute("insert into community (id, name, english_name, sort) values ('banzha', '板闸', 'Banzha', 1)", &[])
        .await?;
    conn.execute("insert into stream (id) values ('c:banzha')", &[]).await?;
    for n in [1, 2] {
        add_account(conn, n).await?;
    }
    conn.execute(
        "insert into team (id, community, name, category) values ($1, 'banzha', '淮剧队', 'opera')",
        &[id(3).into()],
    )
    .await?;
    add_activity(conn, 4, None).await?;
    add_occurrence(conn, 5, 4, now + 96 * CELL_MS, 6, capacity).await
}

/// An account `n` with one person `10 + n`.
///
/// # Errors
/// What the store says.
pub async fn add_account(conn: &mut Conn<'_>, n: u32) -> Result<(), StoreError> {
    conn.execute(
        "insert into account (id, phone, name, home_community, created_at) values ($1, $2, '王阿姨', 'banzha', $3)",
        &[id(n).into(), format!("199{n:08}").into(), NOW_MS.into()],
    )
    .await?;
    conn.execute(
        "insert into person (id, account, relation, name, created_at) values ($1, $2, 'me', '王阿姨', $3)",
        &[id(10 + n).into(), id(n).into(), NOW_MS.into()],
    )
    .await?;
    Ok(())
}

/// An activity of team 3, perhaps in a space.
///
/// # Errors
/// What the store says.
pub async fn add_activity(conn: &mut Conn<'_>, n: u32, space: Option<u32>) -> Result<(), StoreError> {
    conn.execute(
        "insert into activity (id, community, team, title, category, audience, venue, venue_space, schedule, policy, \
             created_by, created_at) \
         values ($1, 'banzha', $2, '淮剧教唱', 'opera', '{}', '{}', $3, '{}', '{}', $4, $5)",
        &[id(n).into(), id(3).into(), space.map(id).into(), id(1).into(), NOW_MS.into()],
    )
    .await?;
    Ok(())
}

/// A date of `cells` cells.
///
/// # Errors
/// What the store says.
pub async fn add_occurrence(
    conn: &mut Conn<'_>,
    n: u32,
    activity: u32,
    starts_at: i64,
    cells: i64,
    capacity: Option<i64>,
) -> Result<(), StoreError> {
    conn.execute(
        "insert into occurrence (id, activity, community, starts_at, ends_at, planned_start, capacity) \
         values ($1, $2, 'banzha', $3, $4, $3, $5)",
        &[id(n).into(), id(activity).into(), starts_at.into(), (starts_at + cells * CELL_MS).into(), capacity.into()],
    )
    .await?;
    Ok(())
}

/// A sign-up `n` of account `account` with its one person, for date 5.
///
/// # Errors
/// What the store says.
pub async fn add_sign_up(conn: &mut Conn<'_>, n: u32, account: u32, state: &str) -> Result<(), StoreError> {
    conn.execute(
        "insert into sign_up (id, occurrence, community, account, state, queue_order, created_at) \
         values ($1, $2, 'banzha', $3, $4, $5, $6)",
        &[id(n).into(), id(5).into(), id(account).into(), state.into(), n.into(), NOW_MS.into()],
    )
    .await?;
    conn.execute(
        "insert into sign_up_member (sign_up, person, occurrence, name, is_child, holds) values ($1, $2, $3, '王', 0, $4)",
        &[id(n).into(), id(10 + account).into(), id(5).into(), i64::from(state == "confirmed").into()],
    )
    .await?;
    Ok(())
}

/// A space with its atoms, which are made where they are not there yet.
///
/// # Errors
/// What the store says.
pub async fn add_space(conn: &mut Conn<'_>, space: TestSpace<'_>) -> Result<(), StoreError> {
    let (groups, heads) = space.shared.unwrap_or((1, 1));
    for atom in space.atoms {
        conn.execute(
            "insert into atom (id, community, cap_groups, cap_heads) values ($1, 'banzha', $2, $3) \
             on conflict (id) do nothing",
            &[id(*atom).into(), groups.into(), heads.into()],
        )
        .await?;
    }
    let mode = match space.shared {
        None => r#"{"kind":"exclusive","heads":20}"#.to_owned(),
        Some((groups, heads)) => format!(r#"{{"kind":"shared","groups":{groups},"heads":{heads}}}"#),
    };
    let (setup, teardown) = space.buffers;
    let policy = format!(r#"{{"mode":{mode},"setup_minutes":{setup},"teardown_minutes":{teardown}}}"#);
    conn.execute(
        "insert into space (id, community, kind, name, address, policy, hours) \
         values ($1, 'banzha', 'living_room', '居民客厅', '3号楼', $2, '[]')",
        &[id(space.id).into(), policy.into()],
    )
    .await?;
    for atom in space.atoms {
        conn.execute("insert into space_atom (space, atom) values ($1, $2)", &[id(space.id).into(), id(*atom).into()])
            .await?;
    }
    Ok(())
}

/// A booking of account 1 from cell `s` to cell `e`, counted from [`NOW_MS`].
///
/// # Errors
/// What the store says.
pub async fn add_booking(
    conn: &mut Conn<'_>,
    n: u32,
    space: u32,
    (s, e): (i64, i64),
    heads: i64,
    state: &str,
) -> Result<(), StoreError> {
    conn.execute(
        "insert into booking (id, space, community, account, state, starts_at, ends_at, adults, children, purpose, \
             answer_by, created_at) \
         values ($1, $2, 'banzha', $3, $4, $5, $6, $7, 0, 'chat', $8, $9)",
        &[
            id(n).into(),
            id(space).into(),
            id(1).into(),
            state.into(),
            (NOW_MS + s * CELL_MS).into(),
            (NOW_MS + e * CELL_MS).into(),
            heads.into(),
            NOW_MS.into(),
            NOW_MS.into(),
        ],
    )
    .await?;
    Ok(())
}
