//! The two things a rule may not ask for itself, the time and randomness, and what every handler shares.
//!
//! Nobody else in the server reads a clock or makes an id. Both are injected: tests freeze the clock, and a
//! demonstration may start it at a chosen moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use domain::time::Timestamp;
use uuid::Uuid;

use crate::assets::Assets;
use crate::config::Settings;
use crate::live::Hub;
use crate::login::LoginGate;
use crate::reads::cache::Caches;
use crate::store::Db;
use crate::telemetry::Telemetry;

/// Where `now` comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's.
    System,
    /// Started at a chosen instant, and running on from there. For demonstrations only.
    Shifted {
        /// The instant it was started at.
        at: Timestamp,
        /// When it was started.
        since: Instant,
    },
    /// Stands still until it is told otherwise. For tests.
    Fixed(FixedClock),
}

impl Clock {
    /// A clock that starts at `at` and runs on.
    #[must_use]
    pub fn starting_at(at: Timestamp) -> Self {
        Self::Shifted { at, since: Instant::now() }
    }

    /// This moment.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that asks for the time")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
            Self::Shifted { at, since } => {
                let gone = i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX);
                Timestamp::from_ms(at.ms().saturating_add(gone))
            }
            Self::Fixed(clock) => clock.now(),
        }
    }
}

/// A clock that moves only when it is moved.
#[derive(Debug, Clone)]
pub struct FixedClock(Arc<AtomicI64>);

impl FixedClock {
    /// A clock standing at `at`.
    #[must_use]
    pub fn at(at: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(at.ms())))
    }

    /// The instant it stands at.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_ms(self.0.load(Ordering::SeqCst))
    }

    /// Moves it on.
    pub fn advance_ms(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

/// Where randomness comes from: the operating system, always.
#[derive(Debug, Clone, Copy, Default)]
pub struct Entropy;

impl Entropy {
    /// `N` random bytes.
    ///
    /// # Panics
    /// If the operating system has no randomness to give: nothing safe can be done then.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that asks for randomness")]
    pub fn bytes<const N: usize>(self) -> [u8; N] {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes).expect("invariant: the operating system gives randomness");
        bytes
    }

    /// 256 random bits as 64 hexadecimal digits: a session or a challenge cookie.
    #[must_use]
    pub fn token(self) -> String {
        hex(&self.bytes::<32>())
    }

    /// A random number.
    #[must_use]
    pub fn number(self) -> u64 {
        u64::from_le_bytes(self.bytes())
    }

    /// Six digits, each as likely as any other.
    #[must_use]
    pub fn code(self) -> String {
        // 18,446,744,073,709 whole millions fit into 64 bits; the rest is drawn again, so that no code is likelier.
        const LIMIT: u64 = u64::MAX - u64::MAX % 1_000_000;
        loop {
            let drawn = self.number();
            if drawn < LIMIT {
                return format!("{:06}", drawn % 1_000_000);
            }
        }
    }

    /// A time-ordered UUID (version 7).
    #[must_use]
    pub fn uuid(self, now: Timestamp) -> Uuid {
        let ms = u64::try_from(now.ms()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(ms, &self.bytes::<10>()).into_uuid()
    }
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|b| [char::from(DIGITS[usize::from(b >> 4)]), char::from(DIGITS[usize::from(b & 15)])])
        .collect()
}

/// What every handler shares. Cloning it clones a reference.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// The inside of [`AppState`].
pub struct Shared {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// What the operator chose.
    pub settings: Settings,
    /// What signing in keeps beside the database: the sender and a bound on hashing at once.
    pub login: LoginGate,
    /// Who listens for changes.
    pub live: Hub,
    /// Encoded answers by stream head.
    pub caches: Caches,
    /// The app's files.
    pub assets: Assets,
    /// Counters and the request log.
    pub telemetry: Telemetry,
}

impl AppState {
    /// Shares it.
    #[must_use]
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl std::ops::Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_six_digits_and_a_token_64() {
        for _ in 0..1000 {
            let code = Entropy.code();
            assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
        }
        assert_eq!(Entropy.token().len(), 64);
        assert_ne!(Entropy.token(), Entropy.token());
    }

    #[test]
    fn a_shifted_clock_starts_where_it_was_told_and_runs_on() {
        let at = Timestamp::from_ms(1_795_390_200_000);
        let clock = Clock::starting_at(at);
        let first = clock.now();
        assert!(first >= at && first.ms() - at.ms() < 60_000);
        std::thread::sleep(std::time::Duration::from_millis(15));
        assert!(clock.now() > first);
        let fixed = FixedClock::at(at);
        fixed.advance_ms(5);
        assert_eq!(Clock::Fixed(fixed).now().ms(), at.ms() + 5);
    }

    #[test]
    fn ids_are_ordered_by_time() {
        let early = Entropy.uuid(Timestamp::from_ms(1_795_390_200_000));
        let late = Entropy.uuid(Timestamp::from_ms(1_795_390_200_001));
        assert!(early < late && early.get_version_num() == 7);
    }
}
