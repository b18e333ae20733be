//! The tap that could not even be saved on this phone: the one case in which nothing is kept, so it must be seen.

use leptos::prelude::*;

use crate::model::{SaveProblem, Saved, Submission, use_model};
use crate::ui::icon::Icon;

/// The notice for the last tap of a page, where it failed.
#[component]
pub fn Unsaved(#[prop(into)] last: Signal<Option<Submission>>) -> impl IntoView {
    let model = use_model();
    move || {
        let Some(Saved::Failed(problem)) = last.get().map(|last| last.saved.get()) else { return None };
        let errors = &model.words().errors;
        let text = match problem {
            SaveProblem::StorageFull => errors.storage_full,
            SaveProblem::NoStorage => errors.no_answer,
            SaveProblem::SharedPhone => errors.shared_phone,
            SaveProblem::StorageStuck => errors.not_saved,
            SaveProblem::NotSignedIn => errors.forbidden,
        };
        Some(view! {
            <section class="notice" data-tone="bad" role="alert">
                <Icon name="i-exclamation"/>
                <div class="notice-body">
                    <p>{text}</p>
                </div>
            </section>
        })
    }
}
