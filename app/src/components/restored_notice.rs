//! What a restore had lost and is in order again. Stays until dismissed.

use domain::command::{Accepted, Outcome};
use domain::sync::View;
use domain::sync::machine::Settled;
use leptos::prelude::*;

use crate::model::{Model, use_model};
use crate::ui::icon::Icon;

/// It in one sentence, for the band as well.
#[must_use]
pub fn restored_text(model: Model) -> Option<String> {
    let restored = model.restored();
    if restored.is_empty() {
        return None;
    }
    let (outbox, view) = (&model.words().outbox, model.view());
    let n = restored.iter().filter(|settled| view.stands(settled.id)).count();
    Some(if n == 0 { outbox.restored_other.to_owned() } else { outbox.restored(n) })
}

/// Whether somebody waits for what was accepted again.
fn waits(settled: &Settled, view: &View) -> bool {
    let is_waiting = matches!(settled.outcome, Outcome::Accepted { result: Accepted::Waitlisted { .. }, .. });
    is_waiting && view.stands(settled.id)
}

/// The notice, if there is anything to say.
#[component]
pub fn RestoredNotice() -> impl IntoView {
    let model = use_model();
    move || {
        let text = restored_text(model)?;
        let (words, view, restored) = (&model.words().outbox, model.view(), model.restored());
        let waiting = restored.iter().filter(|settled| waits(settled, &view)).count();
        let dismiss = move |_| restored.iter().for_each(|settled| model.dismiss(settled.id));
        Some(view! {
            <section class="notice" data-tone="info" role="status">
                <Icon name="i-info"/>
                <div class="notice-body">
                    <p class="notice-title">{text}</p>
                    {(waiting > 0).then(|| view! { <p>{words.restored_waiting(waiting)}</p> })}
                    <div class="button-row">
                        <button type="button" class="button" on:click=dismiss>{words.dismiss}</button>
                    </div>
                </div>
            </section>
        })
    }
}
