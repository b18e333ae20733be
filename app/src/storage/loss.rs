//! What a browser took that has cleared its databases. How many commands an outbox holds is noted apart from it, in
//! `localStorage`, which that often leaves alone: so their loss can be told. Where both go, the server still knows by a cookie
//! that there was an outbox here, and not what was in it. Where the cookie goes as well, nothing is known.

use domain::id::AccountId;

use super::guest;

/// How many commands wait, before the account's id.
const WAITING: &str = "lifehub.waiting-";
/// How many are lost and not yet dismissed.
const LOST: &str = "lifehub.lost-";
/// Instead of a number that nobody knows.
const UNKNOWN: &str = "?";

/// What is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// So many commands.
    Commands(usize),
    /// Whatever waited, if anything did.
    Unknown,
}

impl Lost {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Commands(one), Self::Commands(other)) => Self::Commands(one + other),
            _ => Self::Unknown,
        }
    }
}

/// Notes that so many wait now.
pub fn note_waiting(account: AccountId, n: usize) {
    note(WAITING, account, (n > 0).then_some(Lost::Commands(n)));
}

/// Notes that there should be an outbox, where nothing else here knows of one.
pub fn expect_outbox(account: AccountId) {
    if read(WAITING, account).is_none() {
        note(WAITING, account, Some(Lost::Unknown));
    }
}

/// Finds the outbox of an account empty: whatever waited in it is lost.
pub fn notice(account: AccountId) {
    let Some(waited) = read(WAITING, account) else { return };
    note(LOST, account, Some(lost(account).map_or(waited, |lost| lost.and(waited))));
    note(WAITING, account, None);
}

/// What is lost, as long as their person has not dismissed it.
pub fn lost(account: AccountId) -> Option<Lost> {
    read(LOST, account)
}

/// Notes that their person knows.
pub fn dismiss(account: AccountId) {
    note(LOST, account, None);
}

/// Forgets both.
pub fn forget(account: AccountId) {
    note(WAITING, account, None);
    note(LOST, account, None);
}

fn key(what: &str, account: AccountId) -> String {
    [what, &account.to_string()].concat()
}

fn read(what: &str, account: AccountId) -> Option<Lost> {
    let noted = guest::read(&key(what, account))?;
    if noted == UNKNOWN {
        return Some(Lost::Unknown);
    }
    noted.parse().ok().filter(|n| *n > 0).map(Lost::Commands)
}

fn note(what: &str, account: AccountId, lost: Option<Lost>) {
    if lost == read(what, account) {
        return;
    }
    let key = key(what, account);
    match lost {
        None => guest::forget(&key),
        Some(Lost::Commands(n)) => _ = guest::write(&key, &n.to_string()),
        Some(Lost::Unknown) => _ = guest::write(&key, UNKNOWN),
    }
}
