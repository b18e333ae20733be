//! A refusal on the screen it concerns: why, what to do next, and what would be accepted instead. Stays until dismissed.

use domain::command::Outcome;
use domain::refusal::Alternative;
use domain::sync::machine::Settled;
use domain::words::format;
use leptos::prelude::*;

use crate::model::use_model;
use crate::ui::icon::Icon;

/// The notice of one refused command.
#[component]
pub fn RefusalNotice(
    settled: Settled,
    /// Takes an alternative up.
    on_choose: Callback<Alternative>,
) -> impl IntoView {
    let model = use_model();
    let (id, was_accepted) = (settled.id, settled.again);
    let Outcome::Refused { refusal, alternatives } = settled.outcome else { return ().into_any() };
    view! {
        <section class="notice" data-tone="bad" role="alert">
            <Icon name="i-exclamation"/>
            <div class="notice-body">
                <p class="notice-title">{move || model.words().states.refused}</p>
                {was_accepted.then(|| view! { <p>{move || model.words().outbox.restored_refused}</p> })}
                <p>{move || model.words().refusal(&refusal)}</p>
                <div class="button-row">
                    {alternatives
                        .into_iter()
                        .map(|alternative| {
                            view! {
                                <button
                                    type="button"
                                    class="button"
                                    on:click=move |_| {
                                        model.dismiss(id);
                                        on_choose.run(alternative);
                                    }
                                >
                                    {move || name_of(alternative)}
                                </button>
                            }
                        })
                        .collect_view()}
                    <button type="button" class="button" data-kind="quiet" on:click=move |_| model.dismiss(id)>
                        {move || model.words().outbox.dismiss}
                    </button>
                </div>
            </div>
        </section>
    }
    .into_any()
}

/// What an alternative is called: the day and time, and the place where it is another one.
fn name_of(alternative: Alternative) -> String {
    let model = use_model();
    let (view, language, today) = (model.view(), model.language(), model.today());
    match alternative {
        Alternative::Slot { space, range } => {
            let when = format::when(language, range, today);
            match view.spaces.get(&space) {
                Some(space) => [space.row.name.as_str(), " ", &when].concat(),
                None => when,
            }
        }
        Alternative::Occurrence { occurrence } => view
            .occurrences
            .get(&occurrence)
            .map_or_else(String::new, |occurrence| format::when(language, occurrence.row.range, today)),
    }
}
