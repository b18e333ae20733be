//! The few facts that belong to the phone and not to an account: who is signed in, preferences, the list of communities.
//!
//! In `localStorage`, because they are needed before the first paint and it answers at once. Everything here may be
//! missing at any time; nothing here is private beyond the account's own id.

use domain::id::AccountId;
use leptos::leptos_dom::helpers::window;

/// Who is signed in on this phone.
pub const ACCOUNT: &str = "lifehub.account";
/// What the person has set.
pub const PREFS: &str = "lifehub.prefs";
/// The communities, as the server listed them last.
pub const COMMUNITIES: &str = "lifehub.communities";
/// An account whose data on this phone is still to be removed, see `Model::sign_out`.
pub const WIPE: &str = "lifehub.wipe";
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

/// Who is signed in on this phone; nobody any more, once a sign-out has begun.
#[must_use]
pub fn account() -> Option<AccountId> {
    let account = read(ACCOUNT)?;
    let is_going = read(WIPE).is_some_and(|wipe| wipe.starts_with(&account));
    if is_going { None } else { account.parse().ok() }
}
