//! A page that is not written yet: its title only.

use leptos::prelude::*;

use crate::model::use_model;

/// The page.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let model = use_model();
    let title = move || model.words().settings.title.to_owned();
    model.set_title(title);
    view! { <div class="page"><h1 class="page-title">{title}</h1></div> }
}
