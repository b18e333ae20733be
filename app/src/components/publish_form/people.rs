//! How many may come, and who.

use domain::activity::{Audience, PARTY_MAX};
use leptos::prelude::*;

use super::{Choice, FieldError, is_wrong};
use crate::components::publish_draft::{Draft, Field, Problems};
use crate::model::use_model;
use crate::ui::stepper::{Stepper, StepperWords};

/// Capacities offered at a tap.
const CAPACITIES: [&str; 3] = ["20", "30", "50"];
/// Oldest age a family activity may name.
const AGE_MAX: u8 = 17;

#[component]
pub(super) fn HowMany(draft: RwSignal<Draft>, problems: Signal<Problems>) -> impl IntoView {
    let model = use_model();
    let set_sign_up = move |has: bool| Callback::new(move |()| draft.update(|draft| draft.has_sign_up = has));
    let set_capacity =
        move |n: &'static str| Callback::new(move |()| draft.update(|draft| n.clone_into(&mut draft.capacity)));
    let words = StepperWords {
        label: Signal::derive(move || model.words().publish.party_max.to_owned()),
        help: Signal::derive(String::new),
        value: Signal::derive(move || model.words().publish.party_count(draft.read().party_max)),
        less: Signal::derive(move || model.words().common.minus_label(model.words().publish.party_max)),
        more: Signal::derive(move || model.words().common.plus_label(model.words().publish.party_max)),
    };
    let step = Callback::new(move |by: i32| {
        draft.update(|draft| {
            let next = if by < 0 { draft.party_max.saturating_sub(1) } else { draft.party_max + 1 };
            draft.party_max = next.clamp(1, PARTY_MAX);
        });
    });
    view! {
        <fieldset class="field-set">
            <legend class="field-label">{move || model.words().publish.how_many}</legend>
            <div class="choice-chips" role="group" aria-label=move || model.words().publish.sign_up>
                <Choice
                    name="sign-up"
                    text=Signal::derive(move || model.words().publish.with_sign_up.to_owned())
                    is_chosen=Signal::derive(move || draft.read().has_sign_up)
                    on_choose=set_sign_up(true)
                />
                <Choice
                    name="sign-up"
                    text=Signal::derive(move || model.words().publish.walk_in.to_owned())
                    is_chosen=Signal::derive(move || !draft.read().has_sign_up)
                    on_choose=set_sign_up(false)
                />
            </div>
            <div class="stack" hidden=move || !draft.read().has_sign_up>
                <div class="choice-chips" role="group" aria-label=move || model.words().publish.capacity>
                    <Choice
                        name="capacity"
                        text=Signal::derive(move || model.words().publish.no_limit.to_owned())
                        is_chosen=Signal::derive(move || draft.read().capacity.is_empty())
                        on_choose=set_capacity("")
                    />
                    {CAPACITIES
                        .into_iter()
                        .map(|n| {
                            view! {
                                <Choice
                                    name="capacity"
                                    text=Signal::derive(move || model.words().publish.people_max(n))
                                    is_chosen=Signal::derive(move || draft.read().capacity == n)
                                    on_choose=set_capacity(n)
                                />
                            }
                        })
                        .collect_view()}
                </div>
                <div class="field">
                    <label class="field-label" for=Field::Capacity.id()>
                        {move || model.words().publish.own_number}
                    </label>
                    <input
                        class="input"
                        id=Field::Capacity.id()
                        type="text"
                        inputmode="numeric"
                        autocomplete="off"
                        aria-describedby=Field::Capacity.error_id()
                        aria-invalid=move || is_wrong(problems, Field::Capacity)
                        prop:value=move || draft.read().capacity.clone()
                        on:input=move |event| draft.update(|draft| draft.capacity = event_target_value(&event))
                    />
                    <FieldError field=Field::Capacity problems/>
                </div>
                <Stepper
                    id="publish-party"
                    words
                    can_less=Signal::derive(move || draft.read().party_max > 1)
                    can_more=Signal::derive(move || draft.read().party_max < PARTY_MAX)
                    on_step=step
                />
            </div>
        </fieldset>
    }
}

#[component]
pub(super) fn Who(draft: RwSignal<Draft>, problems: Signal<Problems>) -> impl IntoView {
    let model = use_model();
    let choices = [Audience::Everyone, Audience::Adults, Audience::Seniors, Audience::Families { from: 3, to: 12 }];
    let name = move |audience: Audience| {
        let names = &model.words().names;
        match audience {
            Audience::Everyone => names.everyone,
            Audience::Adults => names.adults_only,
            Audience::Seniors => names.seniors,
            Audience::Families { .. } => names.family,
        }
        .to_owned()
    };
    let is_same = |one: Audience, other: Audience| std::mem::discriminant(&one) == std::mem::discriminant(&other);
    let ages = Memo::new(move |_| match draft.read().audience {
        Audience::Families { from, to } => Some((from, to)),
        _ => None,
    });
    let set_age = move |is_from: bool| {
        move |event| {
            let Ok(age) = event_target_value(&event).parse::<u8>() else { return };
            draft.update(|draft| {
                if let Audience::Families { from, to } = &mut draft.audience {
                    *(if is_from { from } else { to }) = age.min(AGE_MAX);
                }
            });
        }
    };
    let options = move |chosen: u8| {
        (0..=AGE_MAX)
            .map(|age| {
                let text = model.words().calendar.age_years(age);
                view! { <option value=age.to_string() selected=age == chosen>{text}</option> }
            })
            .collect_view()
    };
    view! {
        <fieldset class="field-set">
            <legend class="field-label">{move || model.words().publish.who}</legend>
            <div class="choice-chips">
                {choices
                    .into_iter()
                    .map(|audience| {
                        view! {
                            <Choice
                                name="audience"
                                text=Signal::derive(move || name(audience))
                                is_chosen=Signal::derive(move || is_same(draft.read().audience, audience))
                                on_choose=Callback::new(move |()| draft.update(|draft| draft.audience = audience))
                            />
                        }
                    })
                    .collect_view()}
            </div>
            {move || {
                ages.get()
                    .map(|(from, to)| {
                        let words = &model.words().publish;
                        view! {
                            <div class="field-pair">
                                <div class="field">
                                    <label class="field-label" for=Field::Ages.id()>{words.from_age}</label>
                                    <select
                                        class="input"
                                        id=Field::Ages.id()
                                        aria-describedby=Field::Ages.error_id()
                                        aria-invalid=move || is_wrong(problems, Field::Ages)
                                        on:change=set_age(true)
                                    >
                                        {options(from)}
                                    </select>
                                </div>
                                <div class="field">
                                    <label class="field-label" for="publish-age-to">{words.to_age}</label>
                                    <select class="input" id="publish-age-to" on:change=set_age(false)>
                                        {options(to)}
                                    </select>
                                </div>
                            </div>
                            <FieldError field=Field::Ages problems/>
                        }
                    })
            }}
        </fieldset>
    }
}
