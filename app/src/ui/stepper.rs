//! A stepper: less, the value in words, more. Holding a button does not repeat.

use leptos::prelude::*;

use super::icon::Icon;

/// What a stepper says; all of it comes from the catalogue.
#[derive(Clone, Copy)]
pub struct StepperWords {
    /// What is counted.
    pub label: Signal<String>,
    /// A line under it; empty for none.
    pub help: Signal<String>,
    /// The value with its unit.
    pub value: Signal<String>,
    /// What less is called.
    pub less: Signal<String>,
    /// What more is called.
    pub more: Signal<String>,
}

/// A stepper; `on_step` gets -1 or 1.
#[component]
pub fn Stepper(
    /// Unique on the screen.
    id: &'static str,
    words: StepperWords,
    #[prop(into)] can_less: Signal<bool>,
    #[prop(into)] can_more: Signal<bool>,
    on_step: Callback<i32>,
) -> impl IntoView {
    view! {
        <div class="stepper" role="group" aria-labelledby=id>
            <div class="stepper-label" id=id>
                {move || words.label.get()}
                {move || {
                    let help = words.help.get();
                    (!help.is_empty()).then(|| view! { <span class="stepper-help">{help}</span> })
                }}
            </div>
            <div class="stepper-control">
                <button
                    class="stepper-button"
                    type="button"
                    aria-label=move || words.less.get()
                    disabled=move || !can_less.get()
                    on:click=move |_| on_step.run(-1)
                >
                    <Icon name="i-minus"/>
                </button>
                <output class="stepper-value" aria-live="polite">{move || words.value.get()}</output>
                <button
                    class="stepper-button"
                    type="button"
                    aria-label=move || words.more.get()
                    disabled=move || !can_more.get()
                    on:click=move |_| on_step.run(1)
                >
                    <Icon name="i-plus"/>
                </button>
            </div>
        </div>
    }
}
