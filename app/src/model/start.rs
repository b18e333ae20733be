//! What the page brought along for an app that has nothing yet.

use domain::json;
use domain::sync::Start;
use domain::sync::start::ELEMENT;
use leptos::leptos_dom::helpers::document;

use crate::storage::guest;

/// Reads it. For somebody who has signed in here it is worth nothing: their own rows are on this phone.
pub fn read() -> Option<Start> {
    if guest::account().is_some() {
        return None;
    }
    let text = document().get_element_by_id(ELEMENT)?.text_content()?;
    json::read(&text)
}
