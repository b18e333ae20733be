//! How long a sign-in lasts: with the server, and on a phone that has not heard of the server for long.
//!
//! Deliberately absent: codes and cookies, which are the server's alone.

use crate::time::Timestamp;

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// Whose phone somebody signs in on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// One's own: signed in for weeks, and what one has is there without a network.
    Own,
    /// Somebody else's, or one that many use: for this visit, and nothing rests on it.
    Shared,
}

impl Whose {
    /// A session nobody uses ends after this, in minutes.
    #[must_use]
    pub const fn idle_minutes(self) -> i64 {
        match self {
            Self::Own => 30 * DAY,
            Self::Shared => 30,
        }
    }

    /// Any session ends after this, in minutes.
    #[must_use]
    pub const fn longest_minutes(self) -> i64 {
        match self {
            Self::Own => 180 * DAY,
            Self::Shared => 12 * HOUR,
        }
    }

    /// How coarsely the last use is noted, in minutes: finer would make reads writes.
    #[must_use]
    pub const fn seen_minutes(self) -> i64 {
        match self {
            Self::Own => HOUR,
            Self::Shared => 5,
        }
    }

    /// Whether a session is over.
    #[must_use]
    pub const fn is_over(self, created_at: Timestamp, last_seen_at: Timestamp, now: Timestamp) -> bool {
        now.minutes_since(created_at) >= self.longest_minutes()
            || now.minutes_since(last_seen_at) >= self.idle_minutes()
    }
}

/// Whether what is one's own on a phone is locked, when the server was last asked for it, with success, at `heard_at`.
/// Until then it can be read without a network and without a session. After that no session can be left that was not
/// used elsewhere, and whoever holds the phone may be anybody.
#[must_use]
pub const fn is_locked(heard_at: Timestamp, now: Timestamp) -> bool {
    now.minutes_since(heard_at) >= Whose::Own.idle_minutes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> Timestamp {
        Timestamp::from_ms(1_795_392_000_000)
    }

    #[test]
    fn a_session_ends_when_nobody_uses_it_and_in_any_case() {
        for (whose, created, seen, is_over) in [
            (Whose::Own, 0, 0, false),
            (Whose::Own, 179 * DAY, 30 * DAY - 1, false),
            (Whose::Own, 31 * DAY, 30 * DAY, true),
            (Whose::Own, 180 * DAY, 0, true),
            (Whose::Shared, 11 * HOUR, 29, false),
            (Whose::Shared, 40, 30, true),
            (Whose::Shared, 12 * HOUR, 0, true),
        ] {
            let (created_at, seen_at) = (at().plus_minutes(-created), at().plus_minutes(-seen));
            assert_eq!(whose.is_over(created_at, seen_at, at()), is_over, "{whose:?} {created} {seen}");
        }
    }

    #[test]
    fn one_s_own_is_locked_after_thirty_days_and_a_clock_put_back_locks_nothing() {
        for (days, is_shut) in [(0, false), (29, false), (30, true), (400, true), (-400, false)] {
            assert_eq!(is_locked(at().plus_minutes(-days * DAY), at()), is_shut, "{days}");
        }
    }

    #[test]
    fn a_use_is_noted_before_the_session_is_over() {
        for whose in [Whose::Own, Whose::Shared] {
            assert!(whose.seen_minutes() < whose.idle_minutes() && whose.idle_minutes() < whose.longest_minutes());
        }
    }
}
