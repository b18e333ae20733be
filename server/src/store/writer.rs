//! Writing: one transaction per job, and on SQLite one commit for whatever jobs are waiting.
//!
//! SQLite has one writer connection owned by one task. It takes the jobs that wait, gives each a savepoint, commits
//! once, and only then answers: an answer means the change is on disk. A commit that fails with an I/O error leaves
//! the file in an unknown state, so the process must end; [`Fatal`] is told. PostgreSQL gets a transaction per job, in a lane per
//! key, so that the commands of one community do not fight each other; conflicts are retried.
//! Jobs may run more than once and must depend on nothing but what they read.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection as _, PgPool};
use tokio::sync::{mpsc, oneshot};

use super::engine::Conn;
use super::error::StoreError;

/// Jobs that may wait; more are turned away.
pub const QUEUE_MAX: usize = 1024;
/// Jobs that share one commit.
const GROUP_MAX: usize = 64;
/// How often a conflict on PostgreSQL is tried again.
const TRIES_MAX: u32 = 6;

/// What a job returns: a future that borrows the connection.
pub type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Told when the file of the database can no longer be trusted. Ends the process in production.
pub type Fatal = Arc<dyn Fn(&sqlx::Error) + Send + Sync>;

type Answer = Box<dyn FnOnce(bool) + Send>;
type Job = Box<dyn for<'a, 'c> FnOnce(&'a mut Conn<'c>) -> Pin<Box<dyn Future<Output = (bool, Answer)> + Send + 'a>> + Send>;

/// The writer of a SQLite database.
#[derive(Clone)]
pub struct LiteWriter {
    jobs: mpsc::Sender<Job>,
}

impl LiteWriter {
    /// Starts the task that owns `connection`.
    #[must_use]
    pub fn start(connection: SqliteConnection, fatal: Fatal) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(write_groups(connection, queue, fatal));
        Self { jobs }
    }

    /// Runs a job in a transaction; the answer comes after the commit.
    ///
    /// # Errors
    /// The job's own error, after which nothing of it is left; [`StoreError::Overloaded`], [`StoreError::Unknown`].
    pub async fn run<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'a, 'c> FnOnce(&'a mut Conn<'c>) -> Work<'a, T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |conn| {
            Box::pin(async move {
                let result = job(conn).await;
                let is_kept = result.is_ok();
                let answer: Answer = Box::new(move |is_committed| {
                    let result = if is_kept && !is_committed { Err(StoreError::Unknown) } else { result };
                    // Whoever asked may have gone.
                    let _ = answer.send(result);
                });
                (is_kept, answer)
            })
        });
        self.jobs.try_send(job).map_err(|_| StoreError::Overloaded)?;
        answered.await.unwrap_or(Err(StoreError::Unknown))
    }

    /// Jobs that wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        QUEUE_MAX - self.jobs.capacity()
    }
}

async fn write_groups(mut connection: SqliteConnection, mut queue: mpsc::Receiver<Job>, fatal: Fatal) {
    let mut group = Vec::with_capacity(GROUP_MAX);
    while queue.recv_many(&mut group, GROUP_MAX).await > 0 {
        write_group(&mut connection, &mut group, &fatal).await;
    }
    // The last sender is gone: leave a tidy file.
    let _ = connection.close().await;
}

async fn write_group(connection: &mut SqliteConnection, group: &mut Vec<Job>, fatal: &Fatal) {
    let mut answers = Vec::with_capacity(group.len());
    let mut transaction = match connection.begin_with("begin immediate").await {
        Ok(transaction) => transaction,
        Err(error) => {
            tell_if_fatal(&error, fatal);
            // Dropping the jobs answers them with `Unknown`: nothing of them has happened.
            group.clear();
            return;
        }
    };
    for job in group.drain(..) {
        let mut conn = Conn::Lite(&mut transaction);
        if conn.execute("savepoint job", &[]).await.is_err() {
            continue;
        }
        let (is_kept, answer) = job(&mut conn).await;
        if !is_kept {
            let _ = conn.execute("rollback to job", &[]).await;
        }
        let _ = conn.execute("release job", &[]).await;
        answers.push(answer);
    }
    let is_committed = match transaction.commit().await {
        Ok(()) => true,
        Err(error) => {
            tell_if_fatal(&error, fatal);
            false
        }
    };
    for answer in answers {
        answer(is_committed);
    }
}

/// After a failed write the kernel may have dropped pages that SQLite believes written: going on would be guessing.
fn tell_if_fatal(error: &sqlx::Error, fatal: &Fatal) {
    let code = error.as_database_error().and_then(|error| error.code().map(|code| code.into_owned()));
    let primary = code.and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xff);
    // SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_FULL, SQLITE_NOTADB.
    if matches!(primary, Some(10 | 11 | 13 | 26)) {
        fatal(error);
    }
}

/// The writer of a PostgreSQL database: a lane per key.
#[derive(Clone)]
pub struct PgWriter {
    pool: PgPool,
    lanes: Arc<Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>>,
}

impl PgWriter {
    /// Over a pool of connections.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        Self { pool, lanes: Arc::default() }
    }

    fn lane(&self, key: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut lanes = self.lanes.lock().expect("no code panics while it holds the lanes");
        // Lanes nobody waits in are dropped, so that accounts that came once are not kept for ever.
        if lanes.len() > 4096 {
            lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
        }
        Arc::clone(lanes.entry(key.to_owned()).or_default())
    }

    /// Runs a job in a transaction, again after a conflict.
    ///
    /// # Errors
    /// The job's own error, after which nothing of it is left.
    pub async fn run<T, F>(&self, key: &str, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'a, 'c> Fn(&'a mut Conn<'c>) -> Work<'a, T> + Send + Sync,
    {
        let lane = self.lane(key);
        let _turn = lane.lock().await;
        let mut tries = 0;
        loop {
            tries += 1;
            match self.once(&job).await {
                Err(StoreError::Conflict(_)) if tries < TRIES_MAX => {
                    tokio::time::sleep(Duration::from_millis(u64::from(tries * tries) * 2)).await;
                }
                result => return result,
            }
        }
    }

    async fn once<T, F>(&self, job: &F) -> Result<T, StoreError>
    where
        F: for<'a, 'c> Fn(&'a mut Conn<'c>) -> Work<'a, T> + Send + Sync,
    {
        let mut transaction = self.pool.begin().await?;
        let value = job(&mut Conn::Pg(&mut transaction)).await?;
        transaction.commit().await?;
        Ok(value)
    }
}
