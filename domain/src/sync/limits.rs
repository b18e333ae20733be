//! The numbers of the protocol, each with its reason. Phone, server and simulator read them here.
//!
//! Deliberately absent: versions ([`wire`](super::wire)), and what only one side knows of, say how long a browser's
//! database may take.

use crate::time::Timestamp;

// ---- one request ----

/// The most commands in one request.
pub const COMMANDS_MAX: usize = 20;
/// The most bytes of commands in one request: with all the rest it stays below what a page that goes away may still send.
pub const COMMANDS_BYTES_MAX: usize = 48 * 1024;
/// The most streams pulled in one request.
pub const PULLS_MAX: usize = 16;
/// The most answers a phone asks about in one request.
pub const KNOWN_MAX: usize = 100;
/// The most rows in one delta. Whoever is further behind gets a snapshot: half a delta is no state that ever was, and
/// nothing could be said of it after a restore.
pub const DELTA_ROWS_MAX: usize = 500;
/// A snapshot reaches so many days back …
pub const WINDOW_DAYS_BACK: i32 = 14;
/// … and so many days ahead.
pub const WINDOW_DAYS_AHEAD: i32 = 56;

/// A whole picture older than this is replaced, when its phone says how old it is: days have come into the window that
/// it did not show, and nothing that changed has brought them.
pub const PICTURE_DAYS_MAX: i32 = 7;
/// A checksum goes along with the first pull after a start, and then with every so many.
pub const CHECKSUM_EVERY: u32 = 20;

// ---- when a phone tries ----

/// The first wait after a failure; doubled by each further one.
pub const BACKOFF_FIRST_MS: u64 = 1_000;
/// The longest wait between two tries.
pub const BACKOFF_LAST_MS: u64 = 60_000;
/// How long one try may take.
pub const DEADLINE_MS: u32 = 30_000;
/// How long after its deadline a try is given up that nobody has reported on: a fetch may never settle.
pub const DEADLINE_GRACE_MS: u64 = 5_000;
/// How long a renumbering may take before another one is asked for: whoever runs the machine may wait a minute.
pub const RENUMBER_MS: u64 = 75_000;
/// How long a tab may keep the others of its phone from sending what is queued.
pub const DRAIN_LEASE_MS: i64 = 20_000;
/// How long a tab at least leaves another one its turn before it asks again.
pub const DRAIN_AGAIN_MS: u64 = 1_000;
/// How often a visible page asks for news.
pub const POLL_MS: u64 = 60_000;

// ---- hints ----

/// The most streams one connection listens to.
pub const LIVE_STREAMS_MAX: usize = PULLS_MAX;
/// How often a stream's listeners are told of its changes, at most.
pub const HINT_EVERY_MS: u64 = 1_000;
/// Over how long each listener more spreads the pulls that a hint leads to …
pub const HINT_SPREAD_EACH_MS: u64 = 5;
/// … which is at least this …
pub const HINT_SPREAD_MIN_MS: u64 = 200;
/// … and at most this.
pub const HINT_SPREAD_MAX_MS: u64 = 10_000;
/// How often a hint about what everybody sees may lead to a pull.
pub const PUBLIC_PULL_MS: u64 = 5_000;
/// How often a live connection says that it is there.
pub const LIVE_PING_MS: u64 = 25_000;
/// After so long without a word it is given up.
pub const LIVE_SILENT_MS: u64 = 60_000;
/// Who has lost a live connection waits at least this …
pub const LIVE_AGAIN_FIRST_MS: u64 = 2_000;
/// … and, the first time, less than this, each another while.
pub const LIVE_AGAIN_LAST_MS: u64 = 15_000;
/// A connection that ends sooner after it was opened was of no use: a proxy lets nothing through before the end.
pub const LIVE_BRIEF_MS: u64 = 1_000;
/// After so many of them in a row, none is tried for a while …
pub const LIVE_USELESS_MAX: u32 = 3;
/// … which is this, …
pub const LIVE_REST_MS: u64 = 600_000;
/// … and the page asks for news about so often instead.
pub const POLL_UNHINTED_MS: u64 = 30_000;

// One ping may be lost.
const _: () = assert!(2 * LIVE_PING_MS < LIVE_SILENT_MS);

// ---- what breaks ----

/// How often a command may break the server before it is put aside.
pub const FAULTS_MAX: u32 = 3;
/// How long a phone waits after a fault before it sends a command again.
pub const AFTER_FAULT_MS: u32 = 5_000;
/// How long a phone waits before it sends again what this server does not know yet.
pub const UNKNOWN_KIND_MS: u32 = 60_000;

// ---- how long things are kept ----

/// How long a phone keeps answers that nobody needs any more.
pub const JOURNAL_DAYS: i64 = 30;
/// How long a server keeps what is gone, so that a phone can be told of it.
pub const TOMBSTONE_DAYS: i64 = 60;
/// How long a server keeps answers.
pub const ANSWER_DAYS: i64 = 400;

// An answer that a phone still has is one that the server has not thrown away, so what it does not know it has lost.
const _: () = assert!(JOURNAL_DAYS < TOMBSTONE_DAYS && TOMBSTONE_DAYS < ANSWER_DAYS);

/// So many days before.
#[must_use]
pub fn days_before(at: Timestamp, days: i64) -> Timestamp {
    at.plus_minutes(-days * 24 * 60)
}
