//! The fields of a new activity, top to bottom as one thinks of them: what, when, where, how many, who.

mod people;
mod place;
mod rule;
mod share;
mod when;

use domain::activity::{Audience, Category};
use leptos::prelude::*;

use self::people::{HowMany, Who};
use self::place::Where;
use self::rule::HowOften;
pub use self::rule::Toggle;
use self::share::WhoGetsPlaces;
use self::when::When;
use super::activity_row::category_icon;
use super::publish_draft::{Draft, Field, Problems};
use crate::model::use_model;
use crate::ui::icon::Icon;

/// The form.
#[component]
pub fn PublishForm(draft: RwSignal<Draft>, #[prop(into)] problems: Signal<Problems>) -> impl IntoView {
    view! {
        <form class="publish-form" on:submit=|event| event.prevent_default() novalidate=true>
            <What draft problems/>
            <When draft problems/>
            <HowOften draft problems/>
            <Where draft problems/>
            <HowMany draft problems/>
            <WhoGetsPlaces draft problems/>
            <Who draft problems/>
            <About draft problems/>
        </form>
    }
}

/// What is wrong with a field, under it.
#[component]
fn FieldError(field: Field, problems: Signal<Problems>) -> impl IntoView {
    let text = move || problems.read().iter().find(|(at, _)| *at == field).map(|(_, text)| text.clone());
    view! {
        <p class="field-error" id=field.error_id() role="alert" hidden=move || text().is_none()>
            <Icon name="i-exclamation"/>
            {text}
        </p>
    }
}

fn is_wrong(problems: Signal<Problems>, field: Field) -> Option<&'static str> {
    problems.read().iter().any(|(at, _)| *at == field).then_some("true")
}

/// One line of text with its label.
#[component]
fn TextField(
    field: Field,
    label: Signal<&'static str>,
    help: Signal<&'static str>,
    problems: Signal<Problems>,
    #[prop(into)] value: Signal<String>,
    on_input: Callback<String>,
) -> impl IntoView {
    let help_id = [field.id(), "-help"].concat();
    let described = [&help_id, " ", field.error_id()].concat();
    view! {
        <div class="field">
            <label class="field-label" for=field.id()>{move || label.get()}</label>
            <p class="field-help" id=help_id>{move || help.get()}</p>
            <input
                class="input"
                id=field.id()
                type="text"
                autocomplete="off"
                aria-describedby=described
                aria-invalid=move || is_wrong(problems, field)
                prop:value=move || value.get()
                on:input=move |event| on_input.run(event_target_value(&event))
            />
            <FieldError field problems/>
        </div>
    }
}

/// A choice among chips.
#[component]
pub fn Choice(
    name: &'static str,
    #[prop(into)] text: Signal<String>,
    #[prop(into)] is_chosen: Signal<bool>,
    on_choose: Callback<()>,
) -> impl IntoView {
    view! {
        <label class="choice-chip">
            <input
                type="radio"
                name=name
                prop:checked=move || is_chosen.get()
                on:change=move |_| on_choose.run(())
            />
            <span>{move || text.get()}</span>
        </label>
    }
}

#[component]
fn What(draft: RwSignal<Draft>, problems: Signal<Problems>) -> impl IntoView {
    let model = use_model();
    view! {
        <fieldset class="field-set" id=Field::Category.id() tabindex="-1">
            <legend class="field-label">{move || model.words().publish.category}</legend>
            <FieldError field=Field::Category problems/>
            <ul class="template-grid">
                {Category::ALL
                    .into_iter()
                    .map(|category| {
                        view! {
                            <li>
                                <button
                                    type="button"
                                    class="template-card"
                                    data-category=category.as_str()
                                    aria-pressed=move || (draft.read().category == Some(category)).to_string()
                                    on:click=move |_| draft.update(|draft| choose_category(draft, category))
                                >
                                    <Icon name=category_icon(category)/>
                                    <span>{move || model.words().category(category)}</span>
                                </button>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </fieldset>
        <TextField
            field=Field::Title
            label=Signal::derive(move || model.words().publish.name)
            help=Signal::derive(move || model.words().publish.what_help)
            problems
            value=Signal::derive(move || draft.read().title.clone())
            on_input=Callback::new(move |text| draft.update(|draft| draft.title = text))
        />
    }
}

/// A category brings what usually goes with it.
fn choose_category(draft: &mut Draft, category: Category) {
    draft.category = Some(category);
    let is_family = matches!(draft.audience, Audience::Families { .. });
    if category == Category::Family && !is_family {
        draft.audience = Audience::Families { from: 3, to: 12 };
    } else if category != Category::Family && is_family {
        draft.audience = Audience::Everyone;
    }
    if category == Category::Council {
        draft.audience = Audience::Adults;
    }
}

#[component]
fn About(draft: RwSignal<Draft>, problems: Signal<Problems>) -> impl IntoView {
    let model = use_model();
    view! {
        <div class="field">
            <label class="field-label" for=Field::About.id()>{move || model.words().publish.about}</label>
            <p class="field-help" id="publish-about-help">{move || model.words().common.optional}</p>
            <textarea
                class="input"
                id=Field::About.id()
                aria-describedby=["publish-about-help ", Field::About.error_id()].concat()
                aria-invalid=move || is_wrong(problems, Field::About)
                prop:value=move || draft.read().about.clone()
                on:input=move |event| draft.update(|draft| draft.about = event_target_value(&event))
            ></textarea>
            <FieldError field=Field::About problems/>
        </div>
    }
}
