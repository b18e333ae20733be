//! What a browser took that has cleared its databases. How many commands an outbox holds is noted apart from it, in
//! `localStorage`, which that often leaves alone: so their loss can be told. Where both go, nothing is known.

use domain::id::AccountId;

use super::guest;

/// How many commands wait, before the account's id.
const WAITING: &str = "lifehub.waiting-";
/// How many are lost and not yet dismissed.
const LOST: &str = "lifehub.lost-";

/// Notes that so many wait now.
pub fn note_waiting(account: AccountId, n: usize) {
    note(WAITING, account, n);
}

/// Finds the outbox of an account empty: whatever waited in it is lost.
pub fn notice(account: AccountId) {
    note(LOST, account, lost(account) + read(WAITING, account));
    note(WAITING, account, 0);
}

/// How many are lost, as long as their person has not dismissed it.
pub fn lost(account: AccountId) -> usize {
    read(LOST, account)
}

/// Notes that their person knows.
pub fn dismiss(account: AccountId) {
    note(LOST, account, 0);
}

/// Forgets both.
pub fn forget(account: AccountId) {
    note(WAITING, account, 0);
    note(LOST, account, 0);
}

fn key(what: &str, account: AccountId) -> String {
    [what, &account.to_string()].concat()
}

fn read(what: &str, account: AccountId) -> usize {
    guest::read(&key(what, account)).and_then(|n| n.parse().ok()).unwrap_or(0)
}

fn note(what: &str, account: AccountId, n: usize) {
    if n == read(what, account) {
        return;
    }
    if n == 0 {
        guest::forget(&key(what, account));
    } else {
        guest::write(&key(what, account), &n.to_string());
    }
}
