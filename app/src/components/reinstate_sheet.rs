//! Holding a date after all that was called off: what follows, where, and the one button.

use domain::activity::Venue;
use domain::agenda::Entry;
use domain::id::OccurrenceId;
use leptos::prelude::*;

use super::move_sheet::{Draft, MovePlace};
use crate::model::use_model;
use crate::ui::icon::Icon;
use crate::ui::sheet::Sheet;

/// The sheet; `on_confirm` gets the place, if it is another.
#[component]
pub fn ReinstateSheet(id: OccurrenceId, open: RwSignal<bool>, on_confirm: Callback<Option<Venue>>) -> impl IntoView {
    let model = use_model();
    let draft = RwSignal::new(Draft::default());
    let problem = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        if open.get() {
            let view = model.view_untracked();
            draft.set(Entry::of(&view, id).map(|entry| Draft::of(&entry)).unwrap_or_default());
            problem.set(None);
        }
    });
    let confirm = move |_| {
        let view = model.view_untracked();
        let venue = Entry::of(&view, id).and_then(|entry| draft.get_untracked().venue(entry.venue(), &view));
        match venue {
            Some(venue) => {
                open.set(false);
                on_confirm.run(venue);
            }
            None => problem.set(Some(model.words_untracked().publish.place_first.to_owned())),
        }
    };
    let foot = move || {
        let words = model.words();
        view! {
            <button type="button" class="button" data-kind="primary" on:click=confirm>
                {words.moving.reinstate_confirm}
            </button>
            <button type="button" class="button" on:click=move |_| open.set(false)>{words.moving.reinstate_keep}</button>
        }
    };
    view! {
        <Sheet open title=Signal::derive(move || model.words().moving.reinstate_title.to_owned()) says_keep=true foot>
            <p>{move || model.words().moving.reinstate_note}</p>
            <MovePlace draft/>
            <p class="field-error" role="alert" hidden=move || problem.read().is_none()>
                <Icon name="i-exclamation"/>
                {move || problem.get()}
            </p>
        </Sheet>
    }
}
