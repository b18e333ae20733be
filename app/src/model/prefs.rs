//! What a person has set on this phone ([`Look`]): reading it, remembering it, dressing the page.
//!
//! In `localStorage`, where the app and the boot guard find it, and in a cookie, so that the server's own drawing has
//! the right size and community already.

use domain::json;
use domain::look::{COOKIE, Look};
use domain::words::Language;
use leptos::leptos_dom::helpers::document;

use crate::platform;
use crate::storage::guest;

/// How long a browser keeps the cookie, in seconds: as long as browsers keep any.
const COOKIE_SECONDS: u32 = 400 * 24 * 60 * 60;

/// What was set before, or what the browser suggests.
#[must_use]
pub fn load() -> Look {
    let saved: Option<Look> = guest::read(guest::PREFS).and_then(|saved| json::read(&saved));
    saved.unwrap_or_else(|| Look { language: Language::from_tags(&platform::languages()), ..Look::default() })
}

/// Remembers it and dresses the page accordingly.
pub fn save(look: &Look) {
    if let Ok(json) = serde_json::to_string(look) {
        guest::write(guest::PREFS, &json);
    }
    apply(look);
}

/// Dresses the page.
pub fn apply(look: &Look) {
    let Some(root) = document().document_element() else { return };
    for (name, value) in look.attributes() {
        let _ = match value {
            Some(value) => root.set_attribute(name, &value),
            None => root.remove_attribute(name),
        };
    }
}

/// Lets the server know for the next time, when it may have to draw before the app is there.
pub fn tell_server(look: &Look) {
    let max_age = COOKIE_SECONDS.to_string();
    platform::set_cookie(&[COOKIE, "=", &look.cookie(), "; Path=/; SameSite=Lax; Max-Age=", &max_age].concat());
}
