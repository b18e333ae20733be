//! What this phone has lost before it was answered. Stays until dismissed.

use leptos::prelude::*;

use crate::model::{Lost, Model, use_model};
use crate::ui::icon::Icon;

/// It in one sentence, for the band as well.
#[must_use]
pub fn lost_text(model: Model) -> Option<String> {
    let errors = &model.words().errors;
    Some(match model.lost()? {
        Lost::Commands(n) => errors.storage_lost(n),
        Lost::Unknown => errors.storage_cleared.to_owned(),
    })
}

/// The notice, if there is anything to say.
#[component]
pub fn LostNotice() -> impl IntoView {
    let model = use_model();
    move || {
        let text = lost_text(model)?;
        Some(view! {
            <section class="notice" data-tone="bad" role="alert">
                <Icon name="i-exclamation"/>
                <div class="notice-body">
                    <p class="notice-title">{text}</p>
                    <div class="button-row">
                        <button type="button" class="button" on:click=move |_| model.dismiss_loss()>
                            {model.words().outbox.dismiss}
                        </button>
                    </div>
                </div>
            </section>
        })
    }
}
