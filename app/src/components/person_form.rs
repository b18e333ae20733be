//! Adding somebody to one's household: who, what they are called, when they were born, and the guardian's consent.

use domain::command::AddPerson;
use domain::people::Relation;
use domain::text::{PersonName, TextProblem};
use domain::time::{LocalDate, YearMonth};
use leptos::prelude::*;

use crate::components::birth_month::{BirthMonth, FieldError};
use crate::model::use_model;
use crate::platform;
use crate::ui::sheet::Sheet;

/// Who can be added, as the form shows them.
const RELATIONS: [Relation; 3] = [Relation::Child, Relation::Adult, Relation::Elder];

/// What is wrong with the form, by field and in the order of the fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Problem {
    Name(TextProblem),
    BornMissing,
    BornInFuture,
    Consent,
}

impl Problem {
    const fn field(self) -> &'static str {
        match self {
            Self::Name(_) => "person-name",
            Self::BornMissing | Self::BornInFuture => "person-year",
            Self::Consent => "person-consent",
        }
    }
}

/// What was typed so far; survives closing the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Draft {
    relation: Relation,
    name: String,
    year: Option<i32>,
    month: Option<u8>,
    consent: bool,
}

impl Draft {
    const fn new() -> Self {
        Self { relation: Relation::Child, name: String::new(), year: None, month: None, consent: false }
    }

    fn parse(&self, today: LocalDate) -> Result<AddPerson, Vec<Problem>> {
        let mut problems = Vec::new();
        let name = self.name.parse::<PersonName>().map_err(|problem| problems.push(Problem::Name(problem))).ok();
        let is_child = self.relation == Relation::Child;
        let born = self.year.zip(self.month).and_then(|(year, month)| YearMonth::new(year, month));
        match born {
            None if is_child => problems.push(Problem::BornMissing),
            Some(born) if born > YearMonth::of(today) => problems.push(Problem::BornInFuture),
            _ => {}
        }
        if is_child && !self.consent {
            problems.push(Problem::Consent);
        }
        match name {
            Some(name) if problems.is_empty() => {
                Ok(AddPerson { relation: self.relation, name, born, consent: is_child && self.consent })
            }
            _ => Err(problems),
        }
    }
}

/// The sheet with the form.
#[component]
pub fn PersonForm(open: RwSignal<bool>, on_add: Callback<AddPerson>) -> impl IntoView {
    let model = use_model();
    let draft = RwSignal::new(Draft::new());
    let problems = RwSignal::new(Vec::<Problem>::new());
    let save = move || match draft.get_untracked().parse(model.today_untracked()) {
        Ok(command) => {
            problems.set(Vec::new());
            draft.set(Draft::new());
            open.set(false);
            on_add.run(command);
        }
        Err(found) => {
            let first = found.first().map_or("", |problem| problem.field());
            problems.set(found);
            // Once the sentence is drawn, so that it is read out along with the field.
            platform::start_timer(0, move || platform::focus(first));
        }
    };
    let foot = move || {
        view! {
            <button type="submit" form="person-form" class="button" data-kind="primary">
                {move || model.words().family.add}
            </button>
        }
    };
    view! {
        <Sheet open=open title=Signal::derive(move || model.words().family.add.to_owned()) foot=foot>
            <form
                class="stack"
                id="person-form"
                novalidate=true
                on:submit=move |event| {
                    event.prevent_default();
                    save();
                }
            >
                <Who draft/>
                <NameField draft problems/>
                <Born draft problems/>
                <Consent draft problems/>
            </form>
        </Sheet>
    }
}

#[component]
fn Who(draft: RwSignal<Draft>) -> impl IntoView {
    let model = use_model();
    view! {
        <fieldset class="field-set">
            <legend class="field-label">{move || model.words().family.who}</legend>
            <div class="choice-chips">
                {RELATIONS
                    .map(|relation| {
                        view! {
                            <label class="choice-chip">
                                <input
                                    type="radio"
                                    name="relation"
                                    prop:checked=move || draft.read().relation == relation
                                    on:change=move |_| draft.update(|draft| draft.relation = relation)
                                />
                                <span>{move || model.words().relation(relation)}</span>
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
        </fieldset>
    }
}

#[component]
fn NameField(draft: RwSignal<Draft>, problems: RwSignal<Vec<Problem>>) -> impl IntoView {
    let model = use_model();
    let error = Signal::derive(move || {
        problems.read().iter().find_map(|problem| match problem {
            Problem::Name(problem) => Some(model.words().text_problem(*problem)),
            _ => None,
        })
    });
    view! {
        <div class="field">
            <label class="field-label" for="person-name">{move || model.words().family.name}</label>
            <p class="field-help" id="person-name-help">{move || model.words().family.name_help}</p>
            <input
                class="input"
                id="person-name"
                autocomplete="off"
                maxlength="40"
                aria-describedby="person-name-help person-name-error"
                aria-invalid=move || error.read().is_some().then_some("true")
                prop:value=move || draft.read().name.clone()
                on:input=move |event| draft.update(|draft| draft.name = event_target_value(&event))
            />
            <FieldError id="person-name-error" text=error/>
        </div>
    }
}

#[component]
fn Born(draft: RwSignal<Draft>, problems: RwSignal<Vec<Problem>>) -> impl IntoView {
    let model = use_model();
    let error = Signal::derive(move || {
        problems.read().iter().find_map(|problem| match problem {
            Problem::BornMissing => Some(model.words().family.born_required.to_owned()),
            Problem::BornInFuture => Some(model.words().family.born_in_future.to_owned()),
            _ => None,
        })
    });
    view! {
        <BirthMonth
            prefix="person"
            is_child=Signal::derive(move || draft.read().relation == Relation::Child)
            chosen=Signal::derive(move || (draft.read().year, draft.read().month))
            on_choose=Callback::new(move |(year, month)| {
                draft
                    .update(|draft| {
                        (draft.year, draft.month) = (year, month);
                    });
            })
            error
        />
    }
}

#[component]
fn Consent(draft: RwSignal<Draft>, problems: RwSignal<Vec<Problem>>) -> impl IntoView {
    let model = use_model();
    let is_child = Memo::new(move |_| draft.read().relation == Relation::Child);
    let error = Signal::derive(move || {
        let is_missing = problems.read().contains(&Problem::Consent) && !draft.read().consent;
        is_missing.then(|| model.words().privacy.consent_child_first.to_owned())
    });
    view! {
        <Show when=move || is_child.get()>
            <div class="field">
                <label class="check-row">
                    <input
                        type="checkbox"
                        id="person-consent"
                        aria-describedby="person-consent-error"
                        aria-invalid=move || error.read().is_some().then_some("true")
                        prop:checked=move || draft.read().consent
                        on:change=move |event| draft.update(|draft| draft.consent = event_target_checked(&event))
                    />
                    <span class="check-row-text">{move || model.words().privacy.consent_child}</span>
                </label>
                <FieldError id="person-consent-error" text=error/>
            </div>
        </Show>
    }
}
