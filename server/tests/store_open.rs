//! Starting on a database that cannot be used ends with a sentence, before anything is written.

use std::path::Path;

use server::store::check::check_at;
use server::store::open::look;
use server::store::restored::renew_epoch;
use server::store::testing::{TestDb, empty_postgres, fresh_folder, opening};
use server::store::{Db, OpenError, Opening};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};

fn address(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

/// The sentence of a refusal.
async fn refusal(address: &str, opening: Opening) -> String {
    match Db::open(address, opening).await {
        Ok(_) => panic!("{address} was opened"),
        Err(error) => error.to_string(),
    }
}

async fn in_file(path: &Path, sql: &'static str) {
    let address = format!("sqlite:{}?mode=rwc", path.display());
    let mut connection = SqliteConnection::connect(&address).await.expect("a file");
    sqlx::raw_sql(sql).execute(&mut connection).await.expect("statements");
    connection.close().await.expect("a tidy end");
}

#[tokio::test]
async fn an_address_must_name_an_engine() {
    for address in ["", "x.db", "sqlite:", "sqlite::memory:", "mysql://u@h/d"] {
        let sentence = refusal(address, opening()).await;
        assert!(sentence.contains("must be sqlite:PATH or postgres://"), "{sentence}");
    }
}

#[tokio::test]
async fn opening_twice_is_refused_and_again_later_keeps_everything() {
    let test = TestDb::lite(Default::default()).await;
    test.execute("insert into meta (key, value) values ('kept', 'yes')", &[]).await.expect("a row");
    let sentence = refusal(&test.address, opening()).await;
    assert!(sentence.ends_with("is in use by another server"), "{sentence}");
    let address = test.address.clone();
    test.db.close().await;
    let reopened = Db::open(&address, Opening { epoch: 99, ..opening() }).await;
    let db = reopened.map_err(|error| error.to_string()).expect("the file is free again");
    assert_eq!(db.epoch(), opening().epoch, "an epoch is given once");
}

#[tokio::test]
async fn nobody_else_on_the_machine_can_read_the_file_or_its_log() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = fresh_folder();
    let path = folder.join("private.db");
    let db = Db::open(&address(&path), opening()).await.map_err(|error| error.to_string()).expect("a database");
    for file in ["private.db", "private.db-wal", "private.db-shm"] {
        let mode = std::fs::metadata(folder.join(file)).expect("a file").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file} {mode:o}");
    }
    db.close().await;
    std::fs::remove_dir_all(folder).expect("the folder was ours");
}

async fn is_looked_at_beside_a_running_server(test: TestDb) {
    assert_eq!(check_at(&test.address).await.map_err(|error| error.to_string()).expect("a look").expect("a check"), []);
    test.execute("insert into stream (id, head) values ('c:planted', 3)", &[]).await.expect("a planted fault");
    let findings = check_at(&test.address).await.map_err(|error| error.to_string()).expect("a look").expect("a check");
    assert_eq!(findings.len(), 1, "{findings:?}");
    let written =
        look(&test.address, |conn| Box::pin(async move { conn.execute("delete from stream", &[]).await })).await;
    assert!(written.map_err(|error| error.to_string()).expect("a look").is_err());
    test.remove().await;
}

/// The epoch that readers are told.
async fn epoch_of(address: &str) -> String {
    let value = "select value from meta where key = 'epoch'";
    let read = look(address, move |conn| Box::pin(async move { conn.one(value, &[]).await?.text("value") })).await;
    read.map_err(|error| error.to_string()).expect("a look").expect("an epoch")
}

#[tokio::test]
async fn a_database_that_was_put_back_gets_another_epoch_and_no_other_word() {
    let renewed = |address: String| async move {
        renew_epoch(&address, 7).await.map_err(|error| error.to_string()).map(|done| done.map_err(|e| e.to_string()))
    };
    let test = TestDb::lite(Default::default()).await;
    let (address, path) = (test.address.clone(), test.address.trim_start_matches("sqlite:").to_owned());
    let sentence = renewed(address.clone()).await.expect_err("a server has it open");
    assert!(sentence.ends_with("is in use by another server"), "{sentence}");
    test.db.close().await;
    assert_eq!(renewed(address.clone()).await, Ok(Ok(())));
    assert_eq!(epoch_of(&address).await, "0000000000000007");
    assert!(renewed(format!("{address}.none")).await.is_err() && !Path::new(&format!("{path}.none")).exists());
    let foreign = fresh_folder().join("foreign.db");
    in_file(&foreign, "create table meta (key text, value text); insert into meta values ('epoch', 'theirs')").await;
    assert!(matches!(renewed(format!("sqlite:{}", foreign.display())).await, Ok(Err(_))));
    assert_eq!(epoch_of(&format!("sqlite:{}", foreign.display())).await, "theirs");

    if let Some(test) = TestDb::postgres(Default::default()).await {
        assert_eq!(renewed(test.address.clone()).await, Ok(Ok(())));
        assert_eq!(epoch_of(&test.address).await, "0000000000000007");
        test.remove().await;
    }
}

#[tokio::test]
async fn a_check_needs_no_lock_and_writes_nothing() {
    is_looked_at_beside_a_running_server(TestDb::lite(Default::default()).await).await;
    if let Some(test) = TestDb::postgres(Default::default()).await {
        is_looked_at_beside_a_running_server(test).await;
    }
    let missing = fresh_folder().join("missing.db");
    assert!(check_at(&address(&missing)).await.is_err());
    assert!(!missing.exists());
}

#[tokio::test]
async fn settings_that_durability_rests_on_are_in_force() {
    let test = TestDb::lite(Default::default()).await;
    assert_eq!(test.number("pragma synchronous", &[]).await, 2);
    assert_eq!(test.number("pragma foreign_keys", &[]).await, 1);
    assert_eq!(test.number("pragma trusted_schema", &[]).await, 0);
    assert_eq!(test.number("pragma query_only", &[]).await, 1);
    test.remove().await;
}

#[tokio::test]
async fn garbage_is_not_a_database() {
    let folder = fresh_folder();
    let path = folder.join("x.db");
    std::fs::write(&path, "not a database at all, but long enough").expect("a file");
    let sentence = refusal(&address(&path), opening()).await;
    assert!(sentence.ends_with("x.db is not a SQLite database"), "{sentence}");
    // The right beginning is not enough.
    let mut bytes = b"SQLite format 3\0".to_vec();
    bytes.resize(8192, 0xa5);
    std::fs::write(&path, &bytes).expect("a file");
    let sentence = refusal(&address(&path), opening()).await;
    assert!(sentence.contains("x.db"), "{sentence}");
    assert_eq!(std::fs::read(&path).expect("the file"), bytes, "it was left alone");
    std::fs::remove_dir_all(folder).expect("cleaned up");
}

#[tokio::test]
async fn tables_of_another_program_are_left_alone() {
    let folder = fresh_folder();
    let path = folder.join("x.db");
    in_file(&path, "create table invoices (id integer)").await;
    let sentence = refusal(&address(&path), opening()).await;
    assert!(sentence.ends_with("holds tables of another program"), "{sentence}");
    std::fs::remove_dir_all(folder).expect("cleaned up");
}

#[tokio::test]
async fn a_newer_and_an_altered_schema_are_told_apart() {
    let folder = fresh_folder();
    let path = folder.join("x.db");
    Db::open(&address(&path), opening()).await.map_err(|error| error.to_string()).expect("a new one").close().await;
    in_file(
        &path,
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
         values (9000, 'later', 1, x'00', 1)",
    )
    .await;
    let sentence = refusal(&address(&path), opening()).await;
    assert!(sentence.contains("was written by a newer version of this program"), "{sentence}");
    assert!(sentence.contains("9000"), "{sentence}");
    in_file(&path, "delete from _sqlx_migrations where version = 9000; update _sqlx_migrations set checksum = x'00'")
        .await;
    let sentence = refusal(&address(&path), opening()).await;
    assert!(sentence.contains("not as this program left them"), "{sentence}");
    std::fs::remove_dir_all(folder).expect("cleaned up");
}

#[tokio::test]
async fn a_demonstration_never_runs_on_real_accounts_nor_the_other_way_round() {
    let folder = fresh_folder();
    for demo in [true, false] {
        let path = folder.join(format!("{demo}.db"));
        let made = Opening { demo, ..opening() };
        Db::open(&address(&path), made).await.map_err(|error| error.to_string()).expect("a new one").close().await;
        let sentence = refusal(&address(&path), Opening { demo: !demo, ..opening() }).await;
        let expected =
            if demo { "is a demo database; start it with --demo" } else { "is a live database; choose another one" };
        assert!(sentence.contains(expected), "{sentence}");
    }
    std::fs::remove_dir_all(folder).expect("cleaned up");
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_refused() {
    // Nobody can make files there, not even root.
    let sentence = refusal("sqlite:/proc/lifehub.db", opening()).await;
    assert!(sentence.contains("/proc/lifehub.db"), "{sentence}");
    let folder = fresh_folder();
    let file = folder.join("file");
    std::fs::write(&file, "x").expect("a file");
    let below_a_file = file.join("x.db");
    let sentence = refusal(&address(&below_a_file), opening()).await;
    assert!(sentence.starts_with("the folder of"), "{sentence}");

    let path = folder.join("x.db");
    Db::open(&address(&path), opening()).await.map_err(|error| error.to_string()).expect("a new one").close().await;
    let mut permissions = std::fs::metadata(&path).expect("the file").permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).expect("read-only");
    // Root writes to such a file nevertheless, but whoever marked it meant it.
    let sentence = refusal(&address(&path), opening()).await;
    assert!(sentence.ends_with("x.db is read-only"), "{sentence}");
    std::fs::remove_dir_all(folder).expect("cleaned up");
}

#[tokio::test]
async fn an_unreachable_server_and_another_programs_tables_on_postgres() {
    let sentence = refusal("postgres://nobody@127.0.0.1:1/nothing", opening()).await;
    assert!(sentence.starts_with("the database nothing on 127.0.0.1 cannot be opened"), "{sentence}");
    let sentence = refusal("postgres://user:secret@127.0.0.1:1/nothing", opening()).await;
    assert!(!sentence.contains("secret"), "{sentence}");
    let Some(address) = empty_postgres().await else {
        eprintln!("skipped: LIFEHUB_TEST_POSTGRES is not set");
        return;
    };
    let mut connection = PgConnection::connect(&address).await.expect("the new database");
    let run = async |connection: &mut PgConnection, sql: &str| {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.expect("statements");
    };
    run(&mut connection, "create table invoices (id int)").await;
    let sentence = refusal(&address, opening()).await;
    assert!(sentence.ends_with("holds tables of another program"), "{sentence}");
    run(&mut connection, "drop table invoices").await;

    // Several servers at once are welcome, and one of them migrates.
    let (first, second) =
        tokio::join!(Db::open(&address, opening()), Db::open(&address, Opening { epoch: 8, ..opening() }));
    let ok = |opened: Result<Db, OpenError>| opened.map_err(|error| error.to_string()).expect("an open database");
    let (first, second) = (ok(first), ok(second));
    assert_eq!(first.epoch(), second.epoch());
    first.close().await;
    second.close().await;
    let sentence = refusal(&address, Opening { demo: true, ..opening() }).await;
    assert!(sentence.contains("is a live database"), "{sentence}");
    run(
        &mut connection,
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
         values (9000, 'later', true, '\\x00', 1)",
    )
    .await;
    let sentence = refusal(&address, opening()).await;
    assert!(sentence.contains("was written by a newer version of this program"), "{sentence}");
}
