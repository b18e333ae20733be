//! Numbers for the district: what was held, how many heads came and how many different residents, by month, community
//! and team. Every picture is a table that also has bars, so that whoever listens gets the same.

use domain::numbers::{Figures, Line, MonthLine, Numbers, YEARS};
use domain::people::{Action, Facts, may};
use domain::words::format;
use leptos::prelude::*;

use crate::api;
use crate::components::fetched::{Fetched, NotHere, fetch};
use crate::components::forbidden::{Forbidden, Opening};
use crate::model::{Session, use_model};
use crate::route::Route;
use crate::ui::icon::Icon;

/// How many teams stand there at first.
const FIRST_TEAMS: usize = 10;

/// `/desk/numbers`
#[component]
pub fn NumbersPage() -> impl IntoView {
    let model = use_model();
    let access = Memo::new(move |_| match model.session() {
        Session::Guest => Some(false),
        Session::Unknown => None,
        Session::SignedIn(_) => {
            let view = model.view();
            view.profile.as_ref().map(|_| may(&view.actor(), Action::ReadDistrictDesk, &Facts::default()))
        }
    });
    move || match access.get() {
        Some(true) => view! { <OpenNumbers/> }.into_any(),
        None => view! { <Opening/> }.into_any(),
        Some(false) => view! { <Forbidden next=Route::Numbers.href()/> }.into_any(),
    }
}

#[component]
fn OpenNumbers() -> impl IntoView {
    let model = use_model();
    model.set_title(move || model.words().numbers.title.to_owned());
    let year = RwSignal::new(model.today_untracked().year());
    let numbers = RwSignal::new(Fetched::<Numbers>::Coming);
    let turn = StoredValue::new(0);
    // What is there is of another year, or failed.
    let ask = move || {
        let year = year.get_untracked();
        numbers.set(Fetched::Coming);
        fetch(numbers, turn, async move { api::numbers(year).await });
    };
    Effect::new(move |_| {
        year.track();
        ask();
    });
    let is_first = move || year.get() <= i32::from(*YEARS.start());
    let is_last = move || year.get() >= i32::from(*YEARS.end());
    let href = move || api::numbers_file(year.get(), model.language());
    view! {
        <div class="page">
            <h1 class="page-title" tabindex="-1">{move || model.words().numbers.title}</h1>
            <p class="page-sub">{move || model.words().numbers.intro}</p>
            <div class="day-stepper" role="group" aria-label=move || model.words().numbers.year>
                <button type="button" class="day-stepper-button" disabled=is_first on:click=move |_| year.update(|year| *year -= 1)>
                    <Icon name="i-back"/>
                    {move || model.words().numbers.previous}
                </button>
                <h2 class="day-stepper-now" aria-live="polite">
                    <strong>{move || model.words().numbers.of_year(year.get())}</strong>
                </h2>
                <button type="button" class="day-stepper-button" disabled=is_last on:click=move |_| year.update(|year| *year += 1)>
                    {move || model.words().numbers.next}
                    <Icon name="i-next"/>
                </button>
            </div>
            {move || match numbers.get() {
                Fetched::Here(numbers) => view! { <Tables numbers/> }.into_any(),
                Fetched::Coming | Fetched::Absent(_) => view! {
                    <NotHere error=Signal::derive(move || numbers.read().error()) on_retry=Callback::new(move |()| ask())/>
                }.into_any(),
            }}
            <div class="button-row">
                <a class="button" rel="external" download="" href=href>
                    <Icon name="i-copy"/>
                    {move || model.words().duties.download}
                </a>
            </div>
        </div>
    }
}

#[component]
fn Tables(numbers: Numbers) -> impl IntoView {
    let words = use_model().words();
    let Numbers { all, months, communities, teams, .. } = numbers;
    // The newest first. Before the first that had any, and after the last, there is nothing to compare.
    let is_empty = |line: &MonthLine| line.figures.held == 0;
    let mut months: Vec<_> = months.into_iter().rev().skip_while(is_empty).collect();
    months.truncate(months.iter().rposition(|line| !is_empty(line)).map_or(0, |at| at + 1));
    let months: Vec<_> =
        months.into_iter().map(|line| (format::month_of_year(words.language, line.month), line.figures)).collect();
    let named = |line: Line| {
        let name = match line.of {
            Some(of) => words.common.pair(&line.name, of),
            None => line.name.to_string(),
        };
        (name, line.figures)
    };
    let communities = communities.into_iter().map(named).collect();
    let teams: Vec<_> = teams.into_iter().map(named).collect();
    let shown = RwSignal::new(FIRST_TEAMS);
    let has_more = teams.len() > FIRST_TEAMS;
    view! {
        <p class="numbers-all">{words.numbers.all(all.held, all.heads, all.residents)}</p>
        <p class="quiet">{words.numbers.residents_note}</p>
        {(!months.is_empty())
            .then(|| view! { <Figured name=words.numbers.by_month first=words.duties.month rows=months/> })}
        <Figured name=words.numbers.by_community first=words.duties.community rows=communities/>
        {move || {
            let rows = teams.iter().take(shown.get()).cloned().collect();
            view! { <Figured name=words.numbers.by_team first=words.numbers.team rows/> }
        }}
        {move || (has_more && shown.get() == FIRST_TEAMS).then(|| view! {
            <button type="button" class="button" on:click=move |_| shown.set(usize::MAX)>{words.numbers.all_teams}</button>
        })}
    }
}

/// A table whose heads are also bars.
#[component]
fn Figured(name: &'static str, first: &'static str, rows: Vec<(String, Figures)>) -> impl IntoView {
    let words = use_model().words();
    let most = rows.iter().map(|(_, figures)| figures.heads).max().unwrap_or_default().max(1);
    let rows = rows
        .into_iter()
        .map(|(name, figures)| {
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td>{figures.held}</td>
                    <td>
                        <span class="numbers-heads">
                            {figures.heads}
                            <progress class="meter" aria-hidden="true" value=figures.heads.to_string() max=most.to_string()></progress>
                        </span>
                    </td>
                    <td>{figures.residents}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="section">
            <h2 class="section-title">{name}</h2>
            <div class="table-wrap">
                <table class="table" aria-label=name>
                    <thead>
                        <tr>
                            <th scope="col">{first}</th>
                            <th scope="col">{words.numbers.held}</th>
                            <th scope="col">{words.numbers.heads}</th>
                            <th scope="col">{words.numbers.residents}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}
