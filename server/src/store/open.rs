//! Opening a database: which one, whether it is ours, whether we may use it. Every way to fail is one sentence.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, PgPool, SqlitePool};

use super::engine::Conn;
use super::error::StoreError;
use super::writer::{Fatal, LiteWriter, PgWriter, Work};

/// The oldest SQLite that does not corrupt a file when a checkpoint and a commit meet (WAL-reset bug).
const SQLITE_VERSION_MIN: i64 = 3_051_003;
/// Connections that read a SQLite file at once.
const LITE_READERS: u32 = 4;
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
    /// The tables are not ours, or of another version.
    #[error("the database holds other tables than this version expects: {0}")]
    Schema(String),
    /// It cannot be reached or read.
    #[error("the database {what} cannot be opened: {source}")]
    Unreachable {
        /// The address without its password.
        what: String,
        /// Why.
        source: sqlx::Error,
    },
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
    },
    /// PostgreSQL.
    Pg {
        /// Connections.
        pool: PgPool,
        /// Writes through them.
        writer: PgWriter,
    },
}

impl Db {
    /// Opens a database by its address and brings its tables up to date.
    ///
    /// # Errors
    /// [`OpenError`], each a sentence for the person who started the server.
    pub async fn open(address: &str) -> Result<Self, OpenError> {
        let fatal: Fatal = Arc::new(|error| {
            eprintln!("lifehub: the database file can no longer be trusted, stopping: {error}");
            // 74 is EX_IOERR.
            std::process::exit(74);
        });
        Self::open_with(address, fatal).await
    }

    /// Like [`Db::open`], with a say in what happens when the file can no longer be trusted.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open_with(address: &str, fatal: Fatal) -> Result<Self, OpenError> {
        if let Some(path) = address.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.starts_with(':') {
                return Err(OpenError::Address(address.to_owned()));
            }
            open_lite(Path::new(path), fatal).await
        } else if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            open_pg(address).await
        } else {
            Err(OpenError::Address(address.to_owned()))
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
                    let value = job(&mut Conn::Lite(&mut transaction)).await?;
                    transaction.rollback().await?;
                    Ok(value)
                }
                Self::Pg { pool, .. } => {
                    let mut transaction =
                        pool.begin_with("begin isolation level repeatable read read only").await?;
                    let value = job(&mut Conn::Pg(&mut transaction)).await?;
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
            Self::Pg { .. } => 0,
        }
    }

    /// Closes what can be closed; jobs that wait are carried out first.
    pub async fn close(self) {
        match self {
            Self::Lite { readers, .. } => readers.close().await,
            Self::Pg { pool, .. } => pool.close().await,
        }
    }
}

async fn open_lite(path: &Path, fatal: Fatal) -> Result<Db, OpenError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder).map_err(|source| OpenError::Folder { path: path.to_owned(), source })?;
    }
    let lock = lock_beside(path)?;
    if path.exists() && std::fs::metadata(path).is_ok_and(|found| found.permissions().readonly()) {
        return Err(OpenError::ReadOnly(path.to_owned()));
    }
    let unreachable = |source| OpenError::Unreachable { what: path.display().to_string(), source };
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("trusted_schema", "off")
        .pragma("cell_size_check", "on")
        .pragma("journal_size_limit", "67108864")
        .pragma("cache_size", "-16000")
        .statement_cache_capacity(256);
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(unreachable)?;
    check_settings(&mut connection, path).await?;
    let migrator = sqlx::migrate!("migrations/sqlite");
    migrator.run(&mut connection).await.map_err(|error| OpenError::Schema(error.to_string()))?;
    // Readers come after the migrations: a connection that only reads cannot create the file.
    let readers = SqlitePoolOptions::new()
        .max_connections(LITE_READERS)
        .test_before_acquire(false)
        .connect_with(options.pragma("query_only", "on"))
        .await
        .map_err(unreachable)?;
    Ok(Db::Lite { readers, writer: LiteWriter::start(connection, fatal), lock: Arc::new(lock) })
}

/// Takes the lock that keeps a second server from the same file; held until the process ends.
fn lock_beside(path: &Path) -> Result<std::fs::File, OpenError> {
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
    let unreachable = |source| OpenError::Unreachable { what: path.display().to_string(), source };
    let version: String =
        sqlx::query_scalar("select sqlite_version()").fetch_one(&mut *connection).await.map_err(unreachable)?;
    let number = version.split('.').filter_map(|part| part.parse::<i64>().ok()).fold(0, |all, part| all * 1000 + part);
    if number < SQLITE_VERSION_MIN {
        return Err(OpenError::TooOld(version));
    }
    let journal: String =
        sqlx::query_scalar("pragma journal_mode").fetch_one(&mut *connection).await.map_err(unreachable)?;
    if journal != "wal" {
        return Err(OpenError::Setting("journal_mode=wal"));
    }
    let synchronous: i64 =
        sqlx::query_scalar("pragma synchronous").fetch_one(&mut *connection).await.map_err(unreachable)?;
    // 2 is FULL: a commit that was answered survives a power cut.
    if synchronous != 2 { Err(OpenError::Setting("synchronous=full")) } else { Ok(()) }
}

async fn open_pg(address: &str) -> Result<Db, OpenError> {
    let options: PgConnectOptions = address.parse().map_err(|_| OpenError::Address("postgres://…".to_owned()))?;
    let what = format!("{} on {}", options.get_database().unwrap_or("postgres"), options.get_host());
    let unreachable = |source| OpenError::Unreachable { what: what.clone(), source };
    let options = options.options([("lock_timeout", "3s"), ("idle_in_transaction_session_timeout", "30s")]);
    let pool = PgPoolOptions::new()
        .max_connections(PG_CONNECTIONS)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(options)
        .await
        .map_err(unreachable)?;
    let migrator = sqlx::migrate!("migrations/postgres");
    migrator.run(&pool).await.map_err(|error| OpenError::Schema(error.to_string()))?;
    Ok(Db::Pg { writer: PgWriter::new(pool.clone()), pool })
}
