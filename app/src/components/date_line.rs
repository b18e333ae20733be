//! Which date a sheet is about: the sheet covers the page that says so.

use domain::agenda::Entry;
use domain::id::OccurrenceId;
use domain::words::format;
use leptos::prelude::*;

use crate::model::use_model;
use crate::ui::unbroken::Unbroken;

/// The title of the activity, and under it when it is.
#[component]
pub fn DateLine(occurrence: OccurrenceId) -> impl IntoView {
    let model = use_model();
    move || {
        let view = model.view();
        Entry::of(&view, occurrence).map(|entry| {
            let text = format::when_by_date(model.language(), entry.occurrence.range, model.today());
            view! {
                <p>{entry.activity.title.to_string()}</p>
                <p>
                    <Unbroken text/>
                </p>
            }
        })
    }
}
