//! On which day, at what time, for how long.

use std::collections::BTreeSet;

use domain::time::{LocalDate, MinuteOfDay, Weekday};
use domain::words::format;
use leptos::prelude::*;

use super::{Choice, FieldError, is_wrong};
use crate::components::publish_draft::{Draft, Field, LENGTHS, Problems};
use crate::model::use_model;

/// Days offered at a tap: today, tomorrow, and the coming weekend.
fn days_at_a_tap(today: LocalDate) -> Vec<LocalDate> {
    let coming = |weekday: Weekday| {
        let ahead = (i32::from(weekday.index()) - i32::from(today.weekday().index())).rem_euclid(7);
        today.plus_days(ahead)
    };
    let days = [today, today.plus_days(1), coming(Weekday::Saturday), coming(Weekday::Sunday)];
    BTreeSet::from(days).into_iter().collect()
}

#[component]
pub(super) fn When(draft: RwSignal<Draft>, problems: Signal<Problems>) -> impl IntoView {
    let model = use_model();
    let on = Memo::new(move |_| draft.read().on.parse::<LocalDate>().ok());
    // A weekday alone leaves it open which.
    let chip = move |day: LocalDate| {
        let language = model.language();
        let near = format::relative_day(language, day, model.today()).map(str::to_owned);
        near.unwrap_or_else(|| model.words().publish.day_chip(format::weekday(language, day.weekday()), day.day()))
    };
    let ends = move || {
        let draft = draft.read();
        let start = draft.at.parse::<MinuteOfDay>().ok().map(|at| model.today().at(at))?;
        let end = start.plus_minutes(i64::from(draft.minutes));
        Some(model.words().publish.ends_at(format::time(model.language(), end.minute_of_day())))
    };
    view! {
        <fieldset class="field-set">
            <legend class="field-label">{move || model.words().publish.when}</legend>
            <div class="choice-chips" role="group" aria-label=move || model.words().publish.day_label>
                {move || {
                    days_at_a_tap(model.today())
                        .into_iter()
                        .map(|day| {
                            view! {
                                <Choice
                                    name="day"
                                    text=chip(day)
                                    is_chosen=Signal::derive(move || on.get() == Some(day))
                                    on_choose=Callback::new(move |()| {
                                        draft.update(|draft| draft.on = day.to_string());
                                    })
                                />
                            }
                        })
                        .collect_view()
                }}
            </div>
            <div class="field-pair">
                <div class="field">
                    <label class="field-label" for=Field::Date.id()>{move || model.words().publish.date}</label>
                    <input
                        class="input"
                        id=Field::Date.id()
                        type="date"
                        min=move || model.today().to_string()
                        aria-describedby=Field::Date.error_id()
                        aria-invalid=move || is_wrong(problems, Field::Date)
                        prop:value=move || draft.read().on.clone()
                        on:input=move |event| draft.update(|draft| draft.on = event_target_value(&event))
                    />
                    <FieldError field=Field::Date problems/>
                </div>
                <div class="field">
                    <label class="field-label" for=Field::Time.id()>{move || model.words().publish.time}</label>
                    <input
                        class="input"
                        id=Field::Time.id()
                        type="time"
                        step="300"
                        aria-describedby=Field::Time.error_id()
                        aria-invalid=move || is_wrong(problems, Field::Time)
                        prop:value=move || draft.read().at.clone()
                        on:input=move |event| draft.update(|draft| draft.at = event_target_value(&event))
                    />
                    <FieldError field=Field::Time problems/>
                </div>
                <div class="field">
                    <label class="field-label" for="publish-length">{move || model.words().publish.length}</label>
                    <select
                        class="input"
                        id="publish-length"
                        prop:value=move || draft.read().minutes.to_string()
                        on:change=move |event| {
                            let minutes = event_target_value(&event).parse();
                            draft.update(|draft| draft.minutes = minutes.unwrap_or(draft.minutes));
                        }
                    >
                        {move || {
                            let chosen = draft.read().minutes;
                            BTreeSet::from(LENGTHS)
                                .into_iter()
                                .chain((!LENGTHS.contains(&chosen)).then_some(chosen))
                                .map(|minutes| {
                                    let text = format::duration(model.language(), minutes.into());
                                    let is_chosen = minutes == chosen;
                                    view! { <option value=minutes.to_string() selected=is_chosen>{text}</option> }
                                })
                                .collect_view()
                        }}
                    </select>
                </div>
            </div>
            {move || ends().map(|ends| view! { <p class="field-help">{ends}</p> })}
        </fieldset>
    }
}
