//! Opening a database: which one, whether it is ours, whether we may use it. Every way to fail is one sentence.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, PgPool, SqlitePool};
use tokio::sync::watch;

use super::engine::Conn;
use super::error::StoreError;
use super::rows::Row;
use super::values::Value;
use super::writer::{Hooks, LiteWriter, PgWriter, Work};

/// The oldest SQLite that does not corrupt a file when a checkpoint and a commit meet (WAL-reset bug).
const SQLITE_VERSION_MIN: i64 = 3_051_003;
/// Connections that read a SQLite file at once.
const LITE_READERS: u32 = 4;
/// Pages kept in memory, in KiB (negative for SQLite): the one that writes keeps its own; one that reads has to read
/// anew after every write, so more would only lie there.
const WRITER_CACHE: &str = "-16000";
const READER_CACHE: &str = "-2000";
/// Pages of 4 KiB in the log of changes before they are folded into the file, which whoever commits has to wait for.
/// The more there are, the more of them are the same page over again.
const LOG_PAGES: &str = "8000";
/// Connections to PostgreSQL.
const PG_CONNECTIONS: u32 = 24;
/// A transaction that only reads is cut off after this, so that it never pins the log of changes.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is neither `sqlite:PATH` nor `postgres://…`.
    #[error("the database address must be sqlite:PATH or postgres://…, not {0:?}")]
    Address(String),
    /// The folder cannot be made or written to.
    #[error("the folder of {path} cannot be used: {source}")]
    Folder {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another server has the file open.
    #[error("{0} is in use by another server")]
    InUse(PathBuf),
    /// The file cannot be written.
    #[error("{0} is read-only")]
    ReadOnly(PathBuf),
    /// The SQLite inside this program is too old to be trusted with a file.
    #[error("SQLite {0} is too old; 3.51.3 or newer is needed")]
    TooOld(String),
    /// A setting that durability rests on did not take.
    #[error("the database refused the setting {0}")]
    Setting(&'static str),
    /// It was made by a newer build.
    #[error(
        "{what} was written by a newer version of this program (its tables are at {found}, this one knows {known})"
    )]
    Newer {
        /// The database.
        what: String,
        /// The migration it has.
        found: i64,
        /// The newest one known here.
        known: i64,
    },
    /// It holds something else.
    #[error("{0} holds tables of another program")]
    Foreign(String),
    /// The tables are not what this version made of them.
    #[error("the tables of {what} are not as this program left them: {detail}")]
    Schema {
        /// The database.
        what: String,
        /// What is wrong.
        detail: String,
    },
    /// The file is not a database.
    #[error("{0} is not a SQLite database")]
    NotADatabase(PathBuf),
    /// A demonstration on a real database, or the other way round.
    #[error("{what} is a {found} database; {hint}")]
    Instance {
        /// The database.
        what: String,
        /// `demo` or `live`.
        found: String,
        /// What to do.
        hint: &'static str,
    },
    /// The server is too old.
    #[error("PostgreSQL {0} is too old; 15 or newer is needed")]
    PgTooOld(String),
    /// It cannot be reached or read.
    #[error("the database {what} cannot be opened: {source}")]
    Unreachable {
        /// The address without its password.
        what: String,
        /// Why.
        source: sqlx::Error,
    },
}

/// What a database is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// Whether it is, or becomes, a demonstration.
    pub demo: bool,
    /// The epoch of a database that is new: random.
    pub epoch: u64,
    /// What the secrets of draws follow from in a database that has nothing for that yet: random.
    pub draw_key: domain::sign_up::draw::Secret,
    /// Now.
    pub now: domain::time::Timestamp,
}

/// A database, open and ready. Cheap to clone.
#[derive(Clone)]
pub enum Db {
    /// SQLite.
    Lite {
        /// Connections that only read.
        readers: SqlitePool,
        /// The one that writes.
        writer: LiteWriter,
        /// Holds the lock on the file as long as any clone lives.
        lock: Arc<std::fs::File>,
        /// See [`Db::epoch`].
        epoch: u64,
    },
    /// PostgreSQL.
    Pg {
        /// Connections.
        pool: PgPool,
        /// Writes through them.
        writer: PgWriter,
        /// See [`Db::epoch`].
        epoch: u64,
    },
}

impl Db {
    /// Opens a database by its address and brings its tables up to date.
    ///
    /// # Errors
    /// [`OpenError`], each a sentence for the person who started the server.
    pub async fn open(address: &str, opening: Opening) -> Result<Self, OpenError> {
        Self::open_with(address, opening, Hooks::default()).await
    }

    /// Like [`Db::open`], with a say in what happens around commits.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open_with(address: &str, opening: Opening, hooks: Hooks) -> Result<Self, OpenError> {
        match engine_of(address)? {
            Place::File(path) => open_lite(path, opening, hooks).await,
            Place::Server => open_pg(address, opening, hooks).await,
        }
    }

    /// Runs `job` in a transaction that writes. On PostgreSQL jobs of one `lane` run one after the other.
    /// The job may run more than once.
    ///
    /// # Errors
    /// The job's own error, after which nothing of it is left; or the store's.
    pub async fn write<T, F>(&self, lane: &str, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'a, 'c> Fn(&'a mut Conn<'c>) -> Work<'a, T> + Send + Sync + 'static,
    {
        match self {
            Self::Lite { writer, .. } => writer.run(job).await,
            Self::Pg { writer, .. } => writer.run(lane, job).await,
        }
    }

    /// Runs `job` on one unchanging picture of the database.
    ///
    /// # Errors
    /// The job's own error, or the store's.
    pub async fn read<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send,
        F: for<'a, 'c> FnOnce(&'a mut Conn<'c>) -> Work<'a, T> + Send,
    {
        let work = async {
            match self {
                Self::Lite { readers, .. } => {
                    let mut transaction = readers.begin().await?;
                    let value = job(&mut Conn::lite(&mut transaction)).await?;
                    transaction.rollback().await?;
                    Ok(value)
                }
                Self::Pg { pool, .. } => {
                    let mut transaction = pool.begin_with("begin isolation level repeatable read read only").await?;
                    let value = job(&mut Conn::pg(&mut transaction)).await?;
                    transaction.rollback().await?;
                    Ok(value)
                }
            }
        };
        match tokio::time::timeout(READ_TIMEOUT, work).await {
            Ok(result) => result,
            Err(_) => Err(StoreError::Fault(sqlx::Error::PoolTimedOut)),
        }
    }

    /// All rows of one statement that only reads. It sees one picture by itself, so no transaction is begun for it.
    ///
    /// # Errors
    /// The store's.
    pub async fn ask(&self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let work = async {
            match self {
                Self::Lite { readers, .. } => Conn::lite(&mut *readers.acquire().await?).all(sql, values).await,
                Self::Pg { pool, .. } => Conn::pg(&mut *pool.acquire().await?).all(sql, values).await,
            }
        };
        match tokio::time::timeout(READ_TIMEOUT, work).await {
            Ok(result) => result,
            Err(_) => Err(StoreError::Fault(sqlx::Error::PoolTimedOut)),
        }
    }

    /// The engine's name.
    #[must_use]
    pub const fn engine(&self) -> &'static str {
        match self {
            Self::Lite { .. } => "sqlite",
            Self::Pg { .. } => "postgres",
        }
    }

    /// Writes that wait for their turn, where they are counted.
    #[must_use]
    pub fn writes_waiting(&self) -> usize {
        match self {
            Self::Lite { writer, .. } => writer.waiting(),
            Self::Pg { writer, .. } => writer.waiting(),
        }
    }

    /// A number that stands as long as nothing is written, where this server is the only one that writes.
    #[must_use]
    pub fn groups_written(&self) -> Option<u64> {
        match self {
            Self::Lite { writer, .. } => Some(writer.groups_written()),
            Self::Pg { .. } => None,
        }
    }

    /// Changes whenever something was written, where this server is the only one that writes.
    #[must_use]
    pub fn written(&self) -> Option<watch::Receiver<u64>> {
        match self {
            Self::Lite { writer, .. } => Some(writer.written()),
            Self::Pg { .. } => None,
        }
    }

    /// Which history this is: another one after a backup was restored, so that phones start over.
    #[must_use]
    pub const fn epoch(&self) -> u64 {
        match self {
            Self::Lite { epoch, .. } | Self::Pg { epoch, .. } => *epoch,
        }
    }

    /// Carries out the jobs that wait, turns away what comes after, and closes everything. Clones are of no use then.
    pub async fn close(self) {
        match self {
            Self::Lite { readers, writer, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Pg { pool, .. } => pool.close().await,
        }
    }
}

/// Where a database is.
pub(super) enum Place<'a> {
    File(&'a Path),
    Server,
}

pub(super) fn engine_of(address: &str) -> Result<Place<'_>, OpenError> {
    if let Some(path) = address.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        let is_file = !path.is_empty() && !path.starts_with(':');
        return if is_file { Ok(Place::File(Path::new(path))) } else { Err(OpenError::Address(address.to_owned())) };
    }
    if address.starts_with("postgres://") || address.starts_with("postgresql://") {
        return Ok(Place::Server);
    }
    Err(OpenError::Address(address.to_owned()))
}

/// Looks at a database that is there, without a lock and without writing: beside a running server, and whichever
/// instance it is.
///
/// # Errors
/// [`OpenError`], or what `job` met.
pub async fn look<T, F>(address: &str, job: F) -> Result<Result<T, StoreError>, OpenError>
where
    T: Send,
    F: for<'a, 'c> FnOnce(&'a mut Conn<'c>) -> Work<'a, T> + Send,
{
    match engine_of(address)? {
        Place::File(path) => {
            let fails = |source| lite_problem(path, source);
            let options = SqliteConnectOptions::new().filename(path).read_only(true).pragma("query_only", "on");
            let mut connection = SqliteConnection::connect_with(&options).await.map_err(fails)?;
            let mut transaction = connection.begin().await.map_err(fails)?;
            Ok(job(&mut Conn::lite(&mut transaction)).await)
        }
        Place::Server => {
            let options: PgConnectOptions = pg_options(address)?;
            let unreachable = |source| OpenError::Unreachable { what: pg_name(&options), source };
            let mut connection = PgConnection::connect_with(&options).await.map_err(unreachable)?;
            let begin = "begin isolation level repeatable read read only";
            let mut transaction = connection.begin_with(begin).await.map_err(unreachable)?;
            Ok(job(&mut Conn::pg(&mut transaction)).await)
        }
    }
}

pub(super) fn pg_options(address: &str) -> Result<PgConnectOptions, OpenError> {
    // Never the address itself: it may hold a password.
    address.parse().map_err(|_| OpenError::Address("postgres://…".to_owned()))
}

pub(super) fn pg_name(options: &PgConnectOptions) -> String {
    format!("{} on {}", options.get_database().unwrap_or("postgres"), options.get_host())
}

async fn open_lite(path: &Path, opening: Opening, hooks: Hooks) -> Result<Db, OpenError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder).map_err(|source| OpenError::Folder { path: path.to_owned(), source })?;
    }
    check_file(path)?;
    let lock = lock_beside(path)?;
    let what = path.display().to_string();
    let fails = |source| lite_problem(path, source);
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous())
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("trusted_schema", "off")
        .pragma("cell_size_check", "on")
        .pragma("journal_size_limit", "67108864")
        .pragma("cache_size", WRITER_CACHE)
        // What a savepoint may have to put back stays in memory: it is little, and gone with its job.
        .pragma("temp_store", "memory")
        .pragma("wal_autocheckpoint", LOG_PAGES)
        .statement_cache_capacity(256);
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(fails)?;
    check_settings(&mut connection, path).await?;
    // Writes nothing, but fails where writing would: better now than at the first sign-up.
    sqlx::raw_sql("begin immediate; rollback").execute(&mut connection).await.map_err(fails)?;
    let tables = "select count(*) from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\'";
    let tables: i64 = sqlx::query_scalar(tables).fetch_one(&mut connection).await.map_err(fails)?;
    let ours = "select count(*) from sqlite_master where type = 'table' and name in ('meta', '_sqlx_migrations')";
    let ours: i64 = sqlx::query_scalar(ours).fetch_one(&mut connection).await.map_err(fails)?;
    check_ours(&what, tables, ours)?;
    let migrator = sqlx::migrate!("migrations/sqlite");
    migrator.run(&mut connection).await.map_err(|error| migration_problem(&what, &migrator, error))?;
    let epoch = identify(&mut Conn::lite(&mut connection), &what, opening).await?;
    // Readers come after the migrations: a connection that only reads cannot create the file.
    let readers = SqlitePoolOptions::new()
        .max_connections(LITE_READERS)
        .acquire_timeout(READ_TIMEOUT)
        .test_before_acquire(false)
        .connect_with(options.pragma("cache_size", READER_CACHE).pragma("query_only", "on"))
        .await
        .map_err(fails)?;
    Ok(Db::Lite { readers, writer: LiteWriter::start(connection, hooks), lock: Arc::new(lock), epoch })
}

/// A commit is on the disk before it is answered. Only an unoptimised build for tests can be told otherwise, so that a
/// trial of power cuts has something to find; others do not have the words for it.
fn synchronous() -> SqliteSynchronous {
    #[cfg(all(feature = "testing", debug_assertions))]
    if std::env::var_os("LIFEHUB_TEST_UNSYNCED").is_some() {
        return SqliteSynchronous::Off;
    }
    SqliteSynchronous::Full
}

/// Makes the file before SQLite does, so that nobody else on the machine can read it; its log takes the same rights.
fn make_private(path: &Path) -> Result<(), OpenError> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let made = std::fs::File::options().write(true).create_new(true).mode(0o600).open(path);
    made.map(|_| ()).map_err(|source| OpenError::Folder { path: path.to_owned(), source })
}

/// Finds out what is wrong with the file before SQLite touches it.
fn check_file(path: &Path) -> Result<(), OpenError> {
    use std::io::{ErrorKind, Read as _};
    // Root may write to it all the same; but whoever marked it meant it.
    if std::fs::metadata(path).is_ok_and(|found| found.permissions().readonly()) {
        return Err(OpenError::ReadOnly(path.to_owned()));
    }
    let mut start = [0; 16];
    let read = match std::fs::File::options().read(true).write(true).open(path) {
        Ok(mut file) => file.read(&mut start),
        Err(error) if error.kind() == ErrorKind::NotFound => return make_private(path),
        Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => {
            return Err(OpenError::ReadOnly(path.to_owned()));
        }
        Err(source) => return Err(OpenError::Folder { path: path.to_owned(), source }),
    };
    match read {
        // An empty file is how we leave it to SQLite, and how SQLite leaves a database nobody wrote to.
        Ok(0) => Ok(()),
        Ok(_) if start == *b"SQLite format 3\0" => Ok(()),
        Ok(_) => Err(OpenError::NotADatabase(path.to_owned())),
        Err(source) => Err(OpenError::Folder { path: path.to_owned(), source }),
    }
}

/// SQLite's errors that have a sentence of their own.
pub(super) fn lite_problem(path: &Path, source: sqlx::Error) -> OpenError {
    let code = source.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    match code.map(|code| code & 0xff) {
        // SQLITE_BUSY, SQLITE_READONLY, SQLITE_NOTADB.
        Some(5) => OpenError::InUse(path.to_owned()),
        Some(8) => OpenError::ReadOnly(path.to_owned()),
        Some(26) => OpenError::NotADatabase(path.to_owned()),
        _ => OpenError::Unreachable { what: path.display().to_string(), source },
    }
}

fn check_ours(what: &str, tables: i64, ours: i64) -> Result<(), OpenError> {
    if tables > 0 && ours == 0 { Err(OpenError::Foreign(what.to_owned())) } else { Ok(()) }
}

fn migration_problem(what: &str, migrator: &Migrator, error: MigrateError) -> OpenError {
    let known = migrator.iter().map(|migration| migration.version).max().unwrap_or_default();
    match error {
        MigrateError::VersionMissing(found) => OpenError::Newer { what: what.to_owned(), found, known },
        other => OpenError::Schema { what: what.to_owned(), detail: other.to_string() },
    }
}

/// Gives a new database its identity, and checks that of an old one. Answers the epoch.
async fn identify(conn: &mut Conn<'_>, what: &str, opening: Opening) -> Result<u64, OpenError> {
    let kind = if opening.demo { "demo" } else { "live" };
    let schema = |detail: String| OpenError::Schema { what: what.to_owned(), detail };
    let pairs = [
        ("schema", "lifehub".to_owned()),
        ("instance", kind.to_owned()),
        ("epoch", format!("{:016x}", opening.epoch)),
        ("created_at", opening.now.ms().to_string()),
        (super::draws::DRAW_KEY, opening.draw_key.to_string()),
    ];
    for (key, value) in pairs {
        // Several servers may do this at once: the first one names it.
        conn.execute(
            "insert into meta (key, value) values ($1, $2) on conflict (key) do nothing",
            &[key.into(), value.into()],
        )
        .await
        .map_err(|error| schema(error.to_string()))?;
    }
    let mut meta = std::collections::HashMap::new();
    for row in conn.all("select key, value from meta", &[]).await.map_err(|error| schema(error.to_string()))? {
        let text = |column| row.text(column).map_err(|error| schema(error.to_string()));
        meta.insert(text("key")?, text("value")?);
    }
    if meta.get("schema").map(String::as_str) != Some("lifehub") {
        return Err(OpenError::Foreign(what.to_owned()));
    }
    let found = meta.get("instance").cloned().unwrap_or_default();
    if found != kind {
        let hint =
            if opening.demo { "choose another one for --demo" } else { "start it with --demo, or choose another one" };
        return Err(OpenError::Instance { what: what.to_owned(), found, hint });
    }
    let epoch = meta.get("epoch").and_then(|epoch| u64::from_str_radix(epoch, 16).ok());
    epoch.ok_or_else(|| schema("meta.epoch is not a number".to_owned()))
}

/// Takes the lock that keeps a second server from the same file; held until the process ends.
pub(super) fn lock_beside(path: &Path) -> Result<std::fs::File, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock_path = PathBuf::from(name);
    let file = std::fs::File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&lock_path)
        .map_err(|source| OpenError::Folder { path: path.to_owned(), source })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
        Err(std::fs::TryLockError::Error(source)) => Err(OpenError::Folder { path: path.to_owned(), source }),
    }
}

async fn check_settings(connection: &mut SqliteConnection, path: &Path) -> Result<(), OpenError> {
    let fails = |source| lite_problem(path, source);
    let version: String =
        sqlx::query_scalar("select sqlite_version()").fetch_one(&mut *connection).await.map_err(fails)?;
    let number = version.split('.').filter_map(|part| part.parse::<i64>().ok()).fold(0, |all, part| all * 1000 + part);
    if number < SQLITE_VERSION_MIN {
        return Err(OpenError::TooOld(version));
    }
    let journal: String = sqlx::query_scalar("pragma journal_mode").fetch_one(&mut *connection).await.map_err(fails)?;
    if journal != "wal" {
        return Err(OpenError::Setting("journal_mode=wal"));
    }
    let synchronous: i64 = sqlx::query_scalar("pragma synchronous").fetch_one(&mut *connection).await.map_err(fails)?;
    // 2 is FULL: a commit that was answered survives a power cut.
    if synchronous != self::synchronous() as i64 { Err(OpenError::Setting("synchronous=full")) } else { Ok(()) }
}

async fn open_pg(address: &str, opening: Opening, hooks: Hooks) -> Result<Db, OpenError> {
    let options = pg_options(address)?;
    let what = pg_name(&options);
    let unreachable = |source| OpenError::Unreachable { what: what.clone(), source };
    let options = options
        .options([("lock_timeout", "3s"), ("statement_timeout", "20s"), ("idle_in_transaction_session_timeout", "30s")])
        .statement_cache_capacity(256);
    let mut connection = match tokio::time::timeout(READ_TIMEOUT, PgConnection::connect_with(&options)).await {
        Ok(connected) => connected.map_err(unreachable)?,
        Err(_) => return Err(unreachable(sqlx::Error::PoolTimedOut)),
    };
    let (version, number): (String, i32) =
        sqlx::query_as("select current_setting('server_version'), current_setting('server_version_num')::int")
            .fetch_one(&mut connection)
            .await
            .map_err(unreachable)?;
    if number < 150_000 {
        return Err(OpenError::PgTooOld(version));
    }
    let (tables, ours): (i64, i64) = sqlx::query_as(
        "select count(*), count(*) filter (where table_name in ('meta', '_sqlx_migrations')) \
         from information_schema.tables where table_schema = current_schema()",
    )
    .fetch_one(&mut connection)
    .await
    .map_err(unreachable)?;
    check_ours(&what, tables, ours)?;
    // The migrator takes a lock of its own: of several servers that start at once, one migrates.
    let migrator = sqlx::migrate!("migrations/postgres");
    migrator.run(&mut connection).await.map_err(|error| migration_problem(&what, &migrator, error))?;
    let epoch = identify(&mut Conn::pg(&mut connection), &what, opening).await?;
    connection.close().await.map_err(unreachable)?;
    let pool = PgPoolOptions::new()
        .max_connections(PG_CONNECTIONS)
        .acquire_timeout(READ_TIMEOUT)
        .after_connect(|connection, _| {
            // A commit that is answered is on disk, whatever the server's own setting; unless that asks for more.
            Box::pin(async move {
                let set = "select set_config('synchronous_commit', 'on', false) \
                           where current_setting('synchronous_commit') in ('off', 'local')";
                sqlx::query(set).execute(connection).await.map(|_| ())
            })
        })
        .connect_with(options)
        .await
        .map_err(unreachable)?;
    Ok(Db::Pg { writer: PgWriter::new(pool.clone(), hooks), pool, epoch })
}
