//! The server's clock, guessed from replies: people meet by it, whatever their phone says.

use domain::order::sort_by_key;
use domain::time::Timestamp;

/// How many replies the guess rests on.
const SAMPLES: usize = 5;
/// A jump beyond this is the phone's clock having been set, not noise.
const JUMP_MS: i64 = 60_000;

/// How far the phone is behind the server.
#[derive(Debug, Default)]
pub struct Clock {
    behind_ms: Vec<i64>,
}

impl Clock {
    /// Learns from a reply that was asked for and came in at these times of the phone.
    pub fn learn(&mut self, server_at: Timestamp, asked_ms: i64, came_ms: i64) {
        let sample = server_at.ms() - i64::midpoint(asked_ms, came_ms);
        if (sample - self.behind()).abs() > JUMP_MS {
            self.behind_ms.clear();
        }
        if self.behind_ms.len() == SAMPLES {
            self.behind_ms.remove(0);
        }
        self.behind_ms.push(sample);
    }

    /// The median, so that one slow reply moves nothing.
    fn behind(&self) -> i64 {
        let mut sorted = self.behind_ms.clone();
        sort_by_key(&mut sorted, |ms| *ms);
        sorted.get(sorted.len() / 2).copied().unwrap_or(0)
    }

    /// The time when the phone says so.
    pub fn at(&self, phone_ms: i64) -> Timestamp {
        Timestamp::from_ms(phone_ms.saturating_add(self.behind()))
    }
}
