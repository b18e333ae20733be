//! What an edit of a series would do, in plain words: how many dates, who is told, and each date with those who have signed up.

use domain::agenda::Entry;
use domain::editing::{DatePlan, Fate, Plan};
use domain::words::format;
use leptos::prelude::*;

use crate::model::use_model;
use crate::ui::icon::Icon;
use crate::ui::unbroken::{Dotted, Unbroken};

/// The plan.
#[component]
pub fn SeriesPreview(plan: Plan) -> impl IntoView {
    let model = use_model();
    let (words, today) = (model.words(), model.today());
    let texts = &words.editing;
    if plan.is_nothing() {
        return view! { <p class="quiet">{texts.nothing}</p> }.into_any();
    }
    let names: Vec<&str> = plan.told().iter().map(|name| name.as_str()).collect();
    let told = match names.len() {
        0 => texts.told_nobody.to_owned(),
        n => texts.told(n, words.names_list(&names)),
    };
    let dates = plan.dates.iter().filter(|date| date.fate != Fate::Off).map(row).collect_view();
    let made = plan.made.iter().map(|range| {
        let text = texts.row_made(format::staff_when(words.language, *range, today));
        view! { <PreviewRow icon="i-plus" text facts=Vec::new() people=String::new()/> }
    });
    view! {
        <section class="notice" data-tone="info">
            <Icon name="i-info"/>
            <div class="notice-body">
                <p class="notice-title"><Dotted facts=words.plan_in_short(&plan)/></p>
                <p>{told}</p>
            </div>
        </section>
        <ul class="list">
            {dates}
            {made.collect_view()}
        </ul>
    }
    .into_any()
}

/// A date of the plan, with who has signed up.
fn row(date: &DatePlan) -> impl IntoView + use<> {
    let model = use_model();
    let (words, today) = (model.words(), model.today());
    let (text, facts) = words.planned_date(date, today);
    let icon = match date.fate {
        Fate::CalledOff => "i-slash",
        Fate::Changed => "i-exclamation",
        Fate::Same | Fate::Extra | Fate::Off => "i-calendar",
    };
    let is_pooled = Entry::of(&model.view(), date.id).is_some_and(|entry| entry.is_pooled());
    let waits = if is_pooled { words.draws.roster } else { words.editing.waits };
    let name = |party: &domain::editing::Party| {
        let said = words.common.party(&party.name, party.heads);
        if party.waits { words.common.pair(&said, waits) } else { said }
    };
    let people: Vec<String> = date.parties.iter().map(name).collect();
    view! { <PreviewRow icon text facts people=words.names_list(&people)/> }
}

#[component]
fn PreviewRow(icon: &'static str, text: String, facts: Vec<String>, people: String) -> impl IntoView {
    let facts = (!facts.is_empty()).then(|| view! { <span class="list-row-note"><Dotted facts/></span> });
    let people = (!people.is_empty()).then(|| view! { <span class="list-row-note">{people}</span> });
    view! {
        <li class="list-row">
            <Icon name=icon/>
            <span class="list-row-text">
                <span class="list-row-title"><Unbroken text/></span>
                {facts}
                {people}
            </span>
        </li>
    }
}
