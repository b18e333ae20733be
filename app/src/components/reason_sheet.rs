//! Why something is declined or called off: ready reasons as chips, one's own words, what follows, and the one button.
//! Whoever it concerns reads the reason.

use domain::text::Note;
use leptos::prelude::*;

use crate::model::use_model;
use crate::ui::icon::Icon;
use crate::ui::sheet::Sheet;
use crate::ui::unbroken::Dotted;

/// What a sheet of reasons says; all of it comes from the catalogue.
#[derive(Clone, Copy)]
pub struct ReasonWords {
    /// Its heading.
    pub title: Signal<String>,
    /// What it is about, under the heading.
    pub about: Signal<Vec<String>>,
    /// What follows.
    pub consequence: Signal<String>,
    /// What is asked for.
    pub ask: Signal<String>,
    /// The ready reasons.
    pub reasons: Signal<Vec<&'static str>>,
    /// The button that acts.
    pub confirm: Signal<String>,
    /// The button that leaves everything as it is.
    pub keep: Signal<String>,
}

/// The sheet; `on_confirm` gets the reason.
#[component]
pub fn ReasonSheet(
    open: RwSignal<bool>,
    words: ReasonWords,
    /// Whether nothing can be sent without a reason.
    is_needed: bool,
    on_confirm: Callback<Option<Note>>,
) -> impl IntoView {
    let model = use_model();
    let chosen = RwSignal::new(None::<usize>);
    let own = RwSignal::new(String::new());
    let was_tried = RwSignal::new(false);
    // Each opening starts empty: a reason belongs to one person.
    Effect::new(move |_| {
        if open.get() {
            chosen.set(None);
            own.set(String::new());
            was_tried.set(false);
        }
    });
    let reason = move || -> Result<Option<Note>, String> {
        let typed = own.get();
        let texts = model.words();
        if !typed.trim().is_empty() {
            return typed.parse().map(Some).map_err(|problem| texts.text_problem(problem));
        }
        let ready = chosen.get().and_then(|at| words.reasons.get().get(at).copied());
        match ready {
            Some(ready) => ready.parse().map(Some).map_err(|problem| texts.text_problem(problem)),
            None if is_needed => Err(texts.desk.reason_needed.to_owned()),
            None => Ok(None),
        }
    };
    let problem = move || was_tried.get().then(|| reason().err()).flatten();
    let press = move |_| match reason() {
        Ok(note) => {
            open.set(false);
            on_confirm.run(note);
        }
        Err(_) => was_tried.set(true),
    };
    let foot = move || {
        view! {
            <button type="button" class="button" on:click=move |_| open.set(false)>
                {move || words.keep.get()}
            </button>
            <button type="button" class="button" data-kind="danger" on:click=press>
                {move || words.confirm.get()}
            </button>
        }
    };
    view! {
        <Sheet open title=words.title about=move || view! { <p><Dotted facts=words.about.get()/></p> } says_keep=true foot>
            <p>{move || words.consequence.get()}</p>
            <fieldset class="field-set">
                <legend class="field-label">{move || words.ask.get()}</legend>
                <div class="choice-chips">
                    {move || {
                        words
                            .reasons
                            .get()
                            .into_iter()
                            .enumerate()
                            .map(|(at, text)| {
                                view! {
                                    <label class="choice-chip">
                                        <input
                                            type="radio"
                                            name="reason"
                                            prop:checked=move || chosen.get() == Some(at)
                                            on:change=move |_| {
                                                own.set(String::new());
                                                chosen.set(Some(at));
                                            }
                                        />
                                        <span>{text}</span>
                                    </label>
                                }
                            })
                            .collect_view()
                    }}
                </div>
            </fieldset>
            <div class="field">
                <label class="field-label" for="reason-own">{move || model.words().desk.reason_own}</label>
                <input
                    class="input"
                    id="reason-own"
                    type="text"
                    autocomplete="off"
                    aria-describedby="reason-error"
                    aria-invalid=move || problem().map(|_| "true")
                    prop:value=move || own.get()
                    on:input=move |event| own.set(event_target_value(&event))
                />
                <p class="field-error" id="reason-error" role="alert" hidden=move || problem().is_none()>
                    <Icon name="i-exclamation"/>
                    {problem}
                </p>
            </div>
        </Sheet>
    }
}
