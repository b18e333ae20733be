//! The district's board: every community with its three of a month, and how many were done each month of the year.

use domain::duty::{CommunityDuties, Duty, DutyBoard, DutyState};
use domain::time::YearMonth;
use domain::words::{Language, format};
use leptos::prelude::*;

use super::{Download, MonthStepper, may_read};
use crate::api;
use crate::components::duty_cards::{icon, tone};
use crate::components::fetched::{Fetched, NotHere, fetch};
use crate::components::forbidden::{Forbidden, Opening};
use crate::model::use_model;
use crate::route::Route;
use crate::ui::chip::{Chip, Tone};

/// `/desk/duties`
#[component]
pub fn BoardPage() -> impl IntoView {
    let access = Memo::new(move |_| may_read(None));
    move || match access.get() {
        Some(true) => view! { <Board/> }.into_any(),
        None => view! { <Opening/> }.into_any(),
        Some(false) => view! { <Forbidden next=Route::DutyBoard.href()/> }.into_any(),
    }
}

fn name(community: &CommunityDuties, language: Language) -> String {
    match language {
        Language::ZhCn => community.name.to_string(),
        Language::En => community.english_name.to_string(),
    }
}

#[component]
fn Board() -> impl IntoView {
    let model = use_model();
    model.set_title(move || model.words().duties.title.to_owned());
    let month = RwSignal::new(YearMonth::of(model.today_untracked()));
    let year = Memo::new(move |_| month.get().year());
    let board = RwSignal::new(Fetched::<DutyBoard>::Coming);
    let turn = StoredValue::new(0);
    // What is there is of another year, or failed.
    let ask = move || {
        let year = year.get_untracked();
        board.set(Fetched::Coming);
        fetch(board, turn, async move { api::duties(year, None).await });
    };
    Effect::new(move |_| {
        year.track();
        ask();
    });
    view! {
        <div class="page" data-wide="">
            <h1 class="page-title" tabindex="-1">{move || model.words().duties.title}</h1>
            <p class="page-sub">{move || model.words().duties.intro}</p>
            <MonthStepper month/>
            {move || match board.get() {
                Fetched::Here(board) => view! {
                    <MonthTable communities=board.communities.clone() month=month.get()/>
                    <YearTable communities=board.communities year=i32::from(board.year)/>
                }.into_any(),
                Fetched::Coming | Fetched::Absent(_) => view! {
                    <NotHere error=Signal::derive(move || board.read().error()) on_retry=Callback::new(move |()| ask())/>
                }.into_any(),
            }}
            <Download year=year.into() community=None/>
        </div>
    }
}

/// A row for each community; on a narrow screen a card.
#[component]
fn MonthTable(communities: Vec<CommunityDuties>, month: YearMonth) -> impl IntoView {
    let words = use_model().words();
    let row = |community: CommunityDuties| {
        let of_month = |duty| community.cells.iter().find(|cell| cell.month == month && cell.duty == duty);
        let cells = Duty::ALL.map(|duty| {
            let chip = of_month(duty).map(|cell| {
                view! { <Chip text=words.duty_state(cell.state, cell.on) tone=tone(cell.state) icon=icon(cell.state)/> }
            });
            view! { <td data-label=words.duty(duty)>{chip}</td> }
        });
        let href = Route::Duties(community.community.clone()).href();
        view! {
            <tr>
                <th scope="row"><a href=href>{name(&community, words.language)}</a></th>
                {cells.into_iter().collect_view()}
            </tr>
        }
    };
    let heads = Duty::ALL.map(|duty| view! { <th scope="col">{words.duty(duty)}</th> });
    view! {
        <section class="section">
            <h2 class="section-title">{words.duties.board_of(format::month(words.language, month))}</h2>
            <div class="table-wrap">
                <table class="table" data-cards="">
                    <thead>
                        <tr>
                            <th scope="col">{words.duties.community}</th>
                            {heads.into_iter().collect_view()}
                        </tr>
                    </thead>
                    <tbody>{communities.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}

/// How many of three were done, by community and month; those that need not be held are said apart.
#[component]
fn YearTable(communities: Vec<CommunityDuties>, year: i32) -> impl IntoView {
    let words = use_model().words();
    let months: Vec<YearMonth> = (1..=12).filter_map(|month| YearMonth::new(year, month)).collect();
    let heads = months.iter().map(|month| view! { <th scope="col">{month.month()}</th> }).collect_view();
    let row = move |community: CommunityDuties| {
        let cells = months
            .iter()
            .map(|month| {
                let of_month = || community.cells.iter().filter(|cell| cell.month == *month);
                let in_state = |state| of_month().filter(|cell| cell.state == state).count();
                let (done, exempt) = (in_state(DutyState::Evidenced), in_state(DutyState::Exempt));
                let is_late = of_month().any(|cell| cell.state == DutyState::Late);
                let tone = match done + exempt {
                    3 => Tone::Ok,
                    _ if is_late => Tone::Bad,
                    _ => Tone::Neutral,
                };
                let month = format::month(words.language, *month);
                let (count, label) = match exempt {
                    0 => (words.duties.year_count(done), words.duties.year_label(month, done)),
                    _ => {
                        let label = words.duties.year_label_exempt(month, done, exempt);
                        (words.duties.year_count_exempt(done, exempt), label)
                    }
                };
                view! {
                    <td>
                        <span class="duty-count" data-tone=tone.as_str()>
                            <span aria-hidden="true">{count}</span>
                            <span class="sr">{label}</span>
                        </span>
                    </td>
                }
            })
            .collect_view();
        view! {
            <tr>
                <th scope="row">{name(&community, words.language)}</th>
                {cells}
            </tr>
        }
    };
    view! {
        <section class="section">
            <h2 class="section-title">{words.duties.year(year)}</h2>
            <div class="table-wrap" tabindex="0" role="region" aria-label=words.duties.year(year)>
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">{words.duties.community}</th>
                            {heads}
                        </tr>
                    </thead>
                    <tbody>{communities.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}
