//! Whether there is a server to ask: phones wait here between its lives instead of knocking.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a phone waits for another life of the server before it tries all the same.
const PATIENCE: Duration = Duration::from_millis(250);

#[derive(Default)]
struct State {
    lives: u64,
    is_closing: bool,
    is_given_up: bool,
}

/// Counts the lives of a server.
#[derive(Default)]
pub struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The server lives again.
    pub fn new_life(&self) {
        self.state().lives += 1;
        self.changed.notify_all();
    }

    /// Nothing new is begun any more; what was begun is seen through.
    pub fn close(&self) {
        self.state().is_closing = true;
        self.changed.notify_all();
    }

    /// There will be no server: nobody waits any more.
    pub fn give_up(&self) {
        let mut state = self.state();
        (state.is_closing, state.is_given_up) = (true, true);
        self.changed.notify_all();
    }

    /// Which life this is.
    pub fn life(&self) -> u64 {
        self.state().lives
    }

    /// Whether something new may be begun.
    pub fn is_open(&self) -> bool {
        !self.state().is_closing
    }

    /// Whether there will be no server.
    pub fn is_given_up(&self) -> bool {
        self.state().is_given_up
    }

    /// Waits for a life after `life`, though not for ever.
    pub fn wait_beyond(&self, life: u64) {
        let is_same = |state: &mut State| state.lives <= life && !state.is_given_up;
        drop(self.changed.wait_timeout_while(self.state(), PATIENCE, is_same));
    }
}
