//! Writing: one transaction per job, and on SQLite one commit for whatever jobs are waiting.
//!
//! SQLite has one writer connection owned by one task. It takes the jobs that wait, gives each a savepoint, commits
//! once, and only then answers: an answer means the change is on disk. A commit that fails with an I/O error leaves
//! the file in an unknown state, so the process must end; [`Hooks::fatal`] is told. PostgreSQL gets a transaction per
//! job, in a lane per key, so that the commands of one community do not fight each other; conflicts are retried.
//! Jobs may run more than once and must depend on nothing but what they read.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection as _, PgPool};
use tokio::sync::{Notify, Semaphore, mpsc, oneshot, watch};

use super::engine::{Conn, JOB};
use super::error::StoreError;

/// Jobs that may wait; more are turned away.
pub const QUEUE_MAX: usize = 1024;
/// Jobs that share one commit.
pub const GROUP_MAX: usize = 64;
/// How often a job on PostgreSQL is tried in all.
const TRIES_MAX: u32 = 6;

/// What a job returns: a future that borrows the connection.
pub type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Told when the file of the database can no longer be trusted. Ends the process in production.
pub type Fatal = Arc<dyn Fn(&sqlx::Error) + Send + Sync>;

/// Where a test may strike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// Everything is written, nothing committed.
    BeforeCommit,
    /// Committed, nobody answered.
    AfterCommit,
}

/// Asked at each [`Point`]: an error is taken for the engine's own.
pub type Faults = Arc<dyn Fn(Point) -> Result<(), sqlx::Error> + Send + Sync>;

/// What happens around commits besides committing.
#[derive(Clone)]
pub struct Hooks {
    /// Told when the file can no longer be trusted.
    pub fatal: Fatal,
    /// Errors to be made up; none but in tests.
    pub faults: Option<Faults>,
}

impl Default for Hooks {
    /// Ends the process when the file can no longer be trusted.
    fn default() -> Self {
        let fatal: Fatal = Arc::new(|error| {
            eprintln!("lifehub: the database file can no longer be trusted, stopping: {error}");
            // 74 is EX_IOERR.
            std::process::exit(74);
        });
        Self { fatal, faults: None }
    }
}

impl Hooks {
    fn strike(&self, point: Point) -> Result<(), sqlx::Error> {
        self.faults.as_ref().map_or(Ok(()), |faults| faults(point))
    }

    /// After a failed write the kernel may have dropped pages that SQLite believes written: going on would be guessing.
    fn tell_if_fatal(&self, error: &StoreError) {
        // SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_FULL, SQLITE_NOTADB.
        if let (Some(10 | 11 | 13 | 26), Some(error)) = (primary_code(error), error.engine()) {
            (self.fatal)(error);
        }
    }
}

/// SQLite's primary result code of an error.
fn primary_code(error: &StoreError) -> Option<u32> {
    let code = error.engine()?.as_database_error()?.code()?.parse::<u32>().ok()?;
    Some(code & 0xff)
}

/// What became of the transaction a job was part of.
#[derive(Clone)]
enum Fate {
    Committed,
    /// Somebody else writes; nothing was begun.
    Busy,
    /// It is certain that nothing was committed.
    Undone(Arc<str>),
    Unknown,
}

impl Fate {
    fn error(self) -> StoreError {
        match self {
            Self::Busy => StoreError::Overloaded,
            Self::Undone(cause) => StoreError::Undone(cause),
            Self::Committed | Self::Unknown => StoreError::Unknown,
        }
    }
}

type Answer = Box<dyn FnOnce(Fate) + Send>;

/// A job and who waits for it. Consumed by running it, or by being turned away unrun.
trait Waiting: Send {
    /// Whether the one who asked has gone.
    fn is_abandoned(&self) -> bool;
    fn run<'a>(self: Box<Self>, conn: &'a mut Conn<'_>) -> Pin<Box<dyn Future<Output = (bool, Answer)> + Send + 'a>>;
    fn turn_away(self: Box<Self>, error: StoreError);
}

struct Job<T, F> {
    job: F,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Waiting for Job<T, F>
where
    T: Send + 'static,
    F: for<'a, 'c> FnOnce(&'a mut Conn<'c>) -> Work<'a, T> + Send + 'static,
{
    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }

    fn run<'a>(self: Box<Self>, conn: &'a mut Conn<'_>) -> Pin<Box<dyn Future<Output = (bool, Answer)> + Send + 'a>> {
        let Self { job, answer } = *self;
        Box::pin(async move {
            let mut work = pin!(async move {
                let value = job(&mut *conn).await?;
                // What was put off is still this job's, and so is its failure.
                conn.catch_up().await?;
                Ok(value)
            });
            // One broken job must not stop everybody's writing.
            let result = poll_fn(|context| {
                catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)))
                    .unwrap_or(Poll::Ready(Err(StoreError::Panicked)))
            })
            .await;
            let is_kept = result.is_ok();
            let answer: Answer = Box::new(move |fate| {
                // What a job was refused with may rest on what others of its group wrote: it counts only with them.
                let result = if matches!(fate, Fate::Committed) { result } else { Err(fate.error()) };
                // Whoever asked may have gone.
                let _ = answer.send(result);
            });
            (is_kept, answer)
        })
    }

    fn turn_away(self: Box<Self>, error: StoreError) {
        let _ = self.answer.send(Err(error));
    }
}

/// The writer of a SQLite database.
#[derive(Clone)]
pub struct LiteWriter {
    jobs: mpsc::Sender<Box<dyn Waiting>>,
    stop: Arc<Notify>,
    /// True once the file is closed.
    closed: watch::Receiver<bool>,
    /// See [`LiteWriter::groups_written`].
    written: watch::Receiver<u64>,
}

impl LiteWriter {
    /// Starts the task that owns `connection`.
    #[must_use]
    pub fn start(connection: SqliteConnection, hooks: Hooks) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE_MAX);
        let stop = Arc::new(Notify::new());
        let (close, closed) = watch::channel(false);
        let stopping = Arc::clone(&stop);
        let (count, written) = watch::channel(0);
        tokio::spawn(async move {
            write_groups(connection, queue, &stopping, hooks, &count).await;
            close.send_replace(true);
        });
        Self { jobs, stop, closed, written }
    }

    /// Carries out what waits, turns away what comes, and closes the file.
    pub async fn close(&self) {
        self.stop.notify_one();
        // An error would mean that the task is gone, and the file with it.
        let _ = self.closed.clone().wait_for(|is_closed| *is_closed).await;
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
        self.jobs.try_send(Box::new(Job { job, answer })).map_err(|_| StoreError::Overloaded)?;
        answered.await.unwrap_or(Err(StoreError::Unknown))
    }

    /// Jobs that wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        QUEUE_MAX - self.jobs.capacity()
    }

    /// Counts the groups this writer has ended, whatever became of them, before anybody in them is answered. Nobody
    /// else writes to the file: as long as this number stands, what was read is what is there.
    #[must_use]
    pub fn groups_written(&self) -> u64 {
        *self.written.borrow()
    }

    /// The same number, for whoever waits until it changes.
    #[must_use]
    pub fn written(&self) -> watch::Receiver<u64> {
        let mut written = self.written.clone();
        written.mark_unchanged();
        written
    }
}

async fn write_groups(
    mut connection: SqliteConnection,
    mut queue: mpsc::Receiver<Box<dyn Waiting>>,
    stop: &Notify,
    hooks: Hooks,
    written: &watch::Sender<u64>,
) {
    let mut group = Vec::with_capacity(GROUP_MAX);
    loop {
        let received = tokio::select! {
            biased;
            received = queue.recv_many(&mut group, GROUP_MAX) => received,
            () = stop.notified() => {
                // Nobody can join any more; those who wait still get their turn.
                queue.close();
                continue;
            }
        };
        if received == 0 {
            break;
        }
        // Taken from the end, in the order they came.
        group.reverse();
        let mut answers = Vec::with_capacity(group.len());
        let fate = write_group(&mut connection, &mut group, &mut answers, &hooks).await;
        if !matches!(fate, Fate::Committed) {
            // Leaves no transaction behind; there may be none, and then this says so.
            let _ = sqlx::raw_sql("rollback").execute(&mut connection).await;
        }
        written.send_modify(|count| *count += 1);
        for waiting in group.drain(..) {
            waiting.turn_away(fate.clone().error());
        }
        for answer in answers {
            answer(fate.clone());
        }
    }
    // Leaves a tidy file: the log of changes is folded in.
    let _ = connection.close().await;
}

/// Runs the jobs of `group` in one transaction. What is left in `group` afterwards was not run.
async fn write_group(
    connection: &mut SqliteConnection,
    group: &mut Vec<Box<dyn Waiting>>,
    answers: &mut Vec<Answer>,
    hooks: &Hooks,
) -> Fate {
    let mut conn = Conn::lite(connection);
    if let Err(error) = conn.execute("begin immediate", &[]).await {
        return undone(&error, hooks);
    }
    while let Some(waiting) = group.pop() {
        if waiting.is_abandoned() {
            continue;
        }
        if let Err(error) = conn.begin(JOB).await {
            group.push(waiting);
            return undone(&error, hooks);
        }
        let (is_kept, answer) = waiting.run(&mut conn).await;
        answers.push(answer);
        // SQLite itself may have undone the whole transaction (a full disk does that); then this fails, and so does
        // everybody in the group, instead of half of them.
        let closed = if is_kept { conn.keep(JOB).await } else { conn.undo(JOB).await };
        if let Err(error) = closed {
            return undone(&error, hooks);
        }
    }
    let commit = async {
        hooks.strike(Point::BeforeCommit)?;
        conn.execute("commit", &[]).await?;
        hooks.strike(Point::AfterCommit)?;
        Ok::<_, StoreError>(())
    };
    match commit.await {
        Ok(()) => Fate::Committed,
        // The end of the transaction found no room in the log, so no reader will ever see any of it.
        Err(error) if matches!(primary_code(&error), Some(5 | 13)) => undone(&error, hooks),
        Err(error) => {
            hooks.tell_if_fatal(&error);
            Fate::Unknown
        }
    }
}

fn undone(error: &StoreError, hooks: &Hooks) -> Fate {
    match primary_code(error) {
        Some(5) => return Fate::Busy,
        // A full disk harms nobody: it is undone, and reading goes on.
        Some(13) => {}
        _ => hooks.tell_if_fatal(error),
    }
    Fate::Undone(error.engine().map_or_else(|| error.to_string(), ToString::to_string).into())
}

/// The writer of a PostgreSQL database: a lane per key.
#[derive(Clone)]
pub struct PgWriter {
    pool: PgPool,
    lanes: Arc<Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>>,
    room: Arc<Semaphore>,
    hooks: Hooks,
}

impl PgWriter {
    /// Over a pool of connections.
    #[must_use]
    pub fn new(pool: PgPool, hooks: Hooks) -> Self {
        Self { pool, lanes: Arc::default(), room: Arc::new(Semaphore::new(QUEUE_MAX)), hooks }
    }

    fn lane(&self, key: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut lanes = self.lanes.lock().expect("invariant: no code panics while it holds the lanes");
        // Lanes nobody waits in are dropped, so that accounts that came once are not kept for ever.
        if lanes.len() > 4096 {
            lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
        }
        Arc::clone(lanes.entry(key.to_owned()).or_default())
    }

    /// Jobs that wait or run.
    #[must_use]
    pub fn waiting(&self) -> usize {
        QUEUE_MAX - self.room.available_permits()
    }

    /// Runs a job in a transaction, again after a conflict.
    ///
    /// # Errors
    /// The job's own error, after which nothing of it is left; [`StoreError::Overloaded`], [`StoreError::Unknown`].
    pub async fn run<T, F>(&self, key: &str, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'a, 'c> Fn(&'a mut Conn<'c>) -> Work<'a, T> + Send + Sync,
    {
        let _room = self.room.try_acquire().map_err(|_| StoreError::Overloaded)?;
        let lane = self.lane(key);
        let _turn = lane.lock().await;
        let mut tries = 0;
        loop {
            tries += 1;
            match self.once(&job).await {
                Err(StoreError::Conflict(_)) if tries < TRIES_MAX => tokio::time::sleep(pause(tries)).await,
                result => return result,
            }
        }
    }

    async fn once<T, F>(&self, job: &F) -> Result<T, StoreError>
    where
        F: for<'a, 'c> Fn(&'a mut Conn<'c>) -> Work<'a, T> + Send + Sync,
    {
        let mut transaction = self.pool.begin().await?;
        let value = job(&mut Conn::pg(&mut transaction)).await?;
        self.hooks.strike(Point::BeforeCommit)?;
        // An answer from the engine is an answer; a line that went dead is none.
        transaction.commit().await.map_err(|error| match error {
            sqlx::Error::Database(_) => StoreError::from(error),
            _ => StoreError::Unknown,
        })?;
        self.hooks.strike(Point::AfterCommit).map_err(|_| StoreError::Unknown)?;
        Ok(value)
    }
}

/// Longer with every try, and never the same for two that met: they would meet again.
fn pause(tries: u32) -> Duration {
    use std::hash::{BuildHasher as _, RandomState};
    let most = 2_u64 << tries.min(8);
    Duration::from_millis(1 + RandomState::new().hash_one(tries) % most)
}
