//! The few facts that belong to the phone and not to an account: who is signed in, preferences, the list of communities.
//!
//! In `localStorage`, because they are needed before the first paint and it answers at once. Everything here may be
//! missing at any time; nothing here is private beyond the account's own id.

use domain::id::AccountId;
use domain::time::Timestamp;
use leptos::leptos_dom::helpers::window;

/// Who is signed in on this phone.
pub const ACCOUNT: &str = "lifehub.account";
/// What the person has set.
pub const PREFS: &str = "lifehub.prefs";
/// The communities, as the server listed them last.
pub const COMMUNITIES: &str = "lifehub.communities";
/// What a sign-out has still to do, see `Model::sign_out`.
pub const WIPE: &str = "lifehub.wipe";
/// When a visit on somebody else's phone was last touched.
pub const TOUCHED: &str = "lifehub.touched";
/// When the server was last heard of the account that is signed in: `account milliseconds`.
pub const HEARD: &str = "lifehub.heard";
/// Until when a tab may keep the others from sending.
pub const LEASE: &str = "lifehub.lease";
/// That somebody has agreed on this phone to what signing in keeps.
pub const CONSENT: &str = "lifehub.consent";
/// That the person does not want the app on the home screen.
pub const NO_INSTALL: &str = "lifehub.no-install";

fn storage() -> Option<web_sys::Storage> {
    // Throws where the person has forbidden storage.
    window().local_storage().ok().flatten()
}

/// What was remembered under a key.
#[must_use]
pub fn read(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Remembers; `false` if the browser does not.
pub fn write(key: &str, value: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(key, value).is_ok())
}

/// Forgets.
pub fn forget(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
}

/// When the server was last heard of an account, as far as that was noted.
#[must_use]
pub fn heard_of(account: AccountId) -> Option<Timestamp> {
    let noted = read(HEARD)?;
    let (whom, at) = noted.split_once(' ')?;
    let at = at.parse().ok().filter(|_| whom == account.to_string())?;
    Some(Timestamp::from_ms(at))
}

/// Notes it.
pub fn note_heard(account: AccountId, at: Timestamp) {
    write(HEARD, &[&account.to_string(), " ", &at.ms().to_string()].concat());
}

/// Who is signed in on this phone; nobody any more, once a sign-out has begun.
#[must_use]
pub fn account() -> Option<AccountId> {
    let account = read(ACCOUNT)?;
    let is_going = read(WIPE).is_some_and(|wipe| wipe.starts_with(&account));
    if is_going { None } else { account.parse().ok() }
}
