//! What a connection is doing, and since when: noted by its stream and its answers, judged by whoever watches it.

use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::time::{Duration, Instant};

use crate::config::ConnectionLimits;

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The head of a request is on its way, or the connection is new.
    Head = 0,
    /// A request is being answered.
    Serving = 1,
    /// Between two requests.
    Idle = 2,
}

/// What a connection is doing, and since when.
#[derive(Debug)]
pub struct Activity {
    born: Instant,
    phase: AtomicU8,
    /// Microseconds after `born`.
    phase_since: AtomicI64,
    /// Since when a write waits for the peer; negative when none does.
    stalled_since: AtomicI64,
}

impl Activity {
    /// Of a connection that was opened just now.
    #[must_use]
    pub fn new() -> Self {
        Self {
            born: Instant::now(),
            phase: AtomicU8::new(Phase::Head as u8),
            phase_since: AtomicI64::new(0),
            stalled_since: AtomicI64::new(-1),
        }
    }

    fn now_us(&self) -> i64 {
        i64::try_from(self.born.elapsed().as_micros()).unwrap_or(i64::MAX)
    }

    /// Notes what it does from now on.
    pub fn enter(&self, phase: Phase) {
        self.phase_since.store(self.now_us(), Ordering::Relaxed);
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// Notes whether a write waits for the peer.
    pub fn note_write(&self, is_waiting: bool) {
        if !is_waiting {
            self.stalled_since.store(-1, Ordering::Relaxed);
        } else if self.stalled_since.load(Ordering::Relaxed) < 0 {
            self.stalled_since.store(self.now_us(), Ordering::Relaxed);
        }
    }

    /// Whether this is what it is doing.
    #[must_use]
    pub fn is(&self, phase: Phase) -> bool {
        self.phase.load(Ordering::Relaxed) == phase as u8
    }

    /// For how long nothing was asked of the server and nothing is on its way from it; nothing while an answer is made
    /// or sent. A head that has not come whole asks nothing yet.
    #[must_use]
    pub fn quiet_for(&self) -> Option<Duration> {
        if self.is(Phase::Serving) || self.stalled_since.load(Ordering::Relaxed) >= 0 {
            return None;
        }
        let quiet_us = self.now_us() - self.phase_since.load(Ordering::Relaxed);
        Some(Duration::from_micros(u64::try_from(quiet_us).unwrap_or_default()))
    }

    /// Whether it has done for too long what it does.
    #[must_use]
    pub fn is_overdue(&self, limits: ConnectionLimits) -> bool {
        let now = self.now_us();
        let past = |since: i64, limit: Duration| now - since > i64::try_from(limit.as_micros()).unwrap_or(i64::MAX);
        let since = self.phase_since.load(Ordering::Relaxed);
        let stalled = self.stalled_since.load(Ordering::Relaxed);
        (self.is(Phase::Head) && past(since, limits.header))
            || (self.is(Phase::Idle) && past(since, limits.idle))
            || (stalled >= 0 && past(stalled, limits.stalled))
    }
}
