//! The seven festivals in the order they come, and what takes place around each.

use domain::almanac::{Festival, lunar_date};
use domain::festivals::{NEAR_DAYS, around, coming};
use domain::id::OccurrenceId;
use domain::sync::limits::WINDOW_DAYS_AHEAD;
use domain::time::LocalDate;
use domain::words::format;
use leptos::prelude::*;

use crate::components::view_switch::Asked;
use crate::model::use_model;
use crate::route::Route;
use crate::ui::icon::Icon;
use crate::ui::unbroken::Unbroken;

/// Dates shown of one festival; the rest is behind a link.
const DATES_MAX: usize = 6;

/// `/festivals`
#[component]
pub fn FestivalsPage() -> impl IntoView {
    let model = use_model();
    let title = move || model.words().festivals.title.to_owned();
    model.set_title(title);
    let festivals = Memo::new(move |_| coming(model.today()));
    view! {
        <div class="page">
            <h1 class="page-title" tabindex="-1">{title}</h1>
            <p class="page-sub">{move || model.words().festivals.intro}</p>
            {move || {
                festivals.get().into_iter().map(|(on, name)| view! { <OneFestival on name/> }).collect_view()
            }}
        </div>
    }
}

/// A date around a festival.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    id: OccurrenceId,
    title: String,
    when: String,
}

#[component]
fn OneFestival(on: LocalDate, name: Festival) -> impl IntoView {
    let model = use_model();
    let lines = Memo::new(move |_| {
        let (view, language, today) = (model.view(), model.language(), model.today());
        let found = around(&view, &model.community(), on);
        let to_come = found
            .into_iter()
            .filter(|entry| entry.occurrence.cancelled.is_none() && entry.occurrence.range.start().date() >= today);
        let line = |entry: domain::agenda::Entry<'_>| Line {
            id: entry.id,
            title: entry.activity.title.to_string(),
            when: format::when_by_date(language, entry.occurrence.range, today),
        };
        to_come.map(line).collect::<Vec<_>>()
    });
    let days = move || on.days() - model.today().days();
    let left = move || {
        let festivals = &model.words().festivals;
        match days() {
            ..0 => festivals.going_on.to_owned(),
            0 => festivals.today.to_owned(),
            1 => festivals.tomorrow.to_owned(),
            days => festivals.days_left(days),
        }
    };
    let nothing = move || {
        let festivals = &model.words().festivals;
        if days() - NEAR_DAYS > WINDOW_DAYS_AHEAD { festivals.later } else { festivals.none }
    };
    let days_link = move || Asked { on: Some(on.plus_days(-NEAR_DAYS).max(model.today())), ..Asked::default() }.href();
    view! {
        <section class="festival" data-near=move || (days() <= WINDOW_DAYS_AHEAD).then_some("")>
            <header class="festival-head">
                <h2 class="festival-name">{move || format::festival(model.language(), name)}</h2>
                <p class="festival-left">{left}</p>
            </header>
            <p class="festival-date">
                {move || view! { <Unbroken text=format::date_weekday(model.language(), on, model.today())/> }}
                " "
                <span class="quiet nb">{move || lunar_date(on).map(|date| format::lunar(model.language(), date))}</span>
            </p>
            {move || {
                let lines = lines.get();
                if lines.is_empty() {
                    return view! { <p class="quiet">{nothing}</p> }.into_any();
                }
                let more = lines.len() > DATES_MAX;
                view! {
                    <ul class="list">
                        {lines
                            .into_iter()
                            .take(DATES_MAX)
                            .map(|line| {
                                view! {
                                    <li>
                                        <a class="list-row" href=Route::Occurrence(line.id).href()>
                                            <span class="list-row-text">
                                                <span class="list-row-title">{line.title}</span>
                                                <span class="list-row-note">
                                                    <Unbroken text=line.when/>
                                                </span>
                                            </span>
                                            <Icon name="i-next"/>
                                        </a>
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ul>
                    {more
                        .then(|| {
                            view! {
                                <a class="section-link" href=days_link>
                                    {move || model.words().festivals.see_days}
                                    <Icon name="i-next"/>
                                </a>
                            }
                        })}
                }
                    .into_any()
            }}
        </section>
    }
}
