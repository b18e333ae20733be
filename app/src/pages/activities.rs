//! The list of days: what happens in the chosen community from a day on. The first screen. Week and month stand in its place
//! when the address asks for them; they come in a piece of their own.

use domain::agenda::{Filter, RowFact, agenda};
use domain::sync::checksum::window;
use domain::sync::rows::Rows;
use domain::time::LocalDate;
use domain::words::format;
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::app::pieces::page;
use crate::components::activity_row::{ActivityRow, ActivityRowData};
use crate::components::day_group::DayGroup;
use crate::components::day_picker::{DayContent, DayPicker};
use crate::components::filter_bar::FilterBar;
use crate::components::month_sheet::{MonthButton, MonthSheet};
use crate::components::view_switch::{Asked, Shown, ViewSwitch};
use crate::model::{Freshness, Mode, Model, use_model};
use crate::route::Route;
use crate::ui::empty::Empty;
use crate::ui::icon::Icon;

/// Days a list shows at once; 长辈版 shows one.
const DAYS_SHOWN: i32 = 14;
/// How far the month looks back and ahead for its dots.
const MONTH_DAYS: i32 = 70;

/// `/` and `/c/:community`.
#[component]
pub fn ActivitiesPage() -> impl IntoView {
    let model = use_model();
    let query = use_query_map();
    let asked = Memo::new(move |_| Asked::read(&query.read()));
    let is_list = Memo::new(move |_| asked.read().shown == Shown::List);
    model.set_title(move || model.words().list.title.to_owned());
    view! {
        <div class="page" data-wide=move || (!is_list.get()).then_some("")>
            <h1 class="sr" tabindex="-1">{move || model.words().list.title}</h1>
            <div class="view-head">
                <ViewSwitch asked/>
                <a class="icon-button" href=Route::Search.href() aria-label=move || model.words().search.title>
                    <Icon name="i-search"/>
                </a>
            </div>
            {move || if is_list.get() { view! { <DayList asked/> }.into_any() } else { page::calendar() }}
        </div>
    }
}

#[component]
fn DayList(asked: Memo<Asked>) -> impl IntoView {
    let model = use_model();
    let navigate = use_navigate();
    let month_open = RwSignal::new(false);

    let chosen = Memo::new(move |_| asked.read().on.unwrap_or_else(|| model.today()));
    let filter = Memo::new(move |_| asked.read().filter);
    let shown_days = move || if model.prefs().mode == Mode::Elder { 1 } else { DAYS_SHOWN };

    let days = Memo::new(move |_| {
        let (view, words, now, from) = (model.view(), model.words(), model.now(), chosen.get());
        let to = from.plus_days(shown_days() - 1);
        agenda(&view, &model.community(), &filter.get(), from, to)
            .iter()
            .map(|(date, entries)| {
                (*date, entries.iter().map(|entry| ActivityRowData::of(entry, words, now)).collect::<Vec<_>>())
            })
            .collect::<Vec<_>>()
    });
    let contents = Memo::new(move |_| {
        let (view, today) = (model.view(), model.today());
        let (from, to) = (today.plus_days(-MONTH_DAYS), today.plus_days(MONTH_DAYS));
        agenda(&view, &model.community(), &filter.get(), from, to)
            .iter()
            .map(|(date, entries)| (*date, DayContent::of(entries.iter().map(|entry| entry.activity.category))))
            .collect::<Rows<_, _>>()
    });
    let week = Signal::derive(move || {
        let monday = chosen.get().monday();
        let contents = contents.read();
        (0..7)
            .map(|day| monday.plus_days(day))
            .map(|date| (date, contents.get(&date).cloned().unwrap_or_default()))
            .collect::<Vec<_>>()
    });
    let next_day_with = move || {
        let contents = contents.read();
        let next = contents.iter().find(|(date, _)| **date > chosen.get());
        next.map(|(date, content)| (*date, content.count))
    };
    let teams = Signal::derive(move || {
        let community = model.community();
        let view = model.view();
        let here = view.teams.iter().filter(|(_, team)| team.community == community);
        here.map(|(id, team)| (*id, team.row.name.to_string())).collect::<Vec<_>>()
    });
    let spaces = Signal::derive(move || {
        let community = model.community();
        let view = model.view();
        let here = view.spaces.iter().filter(|(_, space)| space.community == community);
        here.map(|(id, space)| (*id, space.row.name.to_string())).collect::<Vec<_>>()
    });

    let go = {
        let navigate = navigate.clone();
        Callback::new(move |(date, filter): (LocalDate, Filter)| {
            let on = (date != model.today_untracked()).then_some(date);
            navigate(&Asked { on, shown: Shown::List, filter }.href(), Default::default());
        })
    };
    let on_choose = Callback::new(move |date| go.run((date, filter.get_untracked())));
    let on_filter = Callback::new(move |filter| go.run((chosen.get_untracked(), filter)));

    view! {
            <div class="stack" data-gap="small">
            <div class="row" data-between="">
                <Show when=move || !model.is_elder()>
                    <MonthButton open=month_open chosen=chosen.into()/>
                </Show>
                <Show when=move || chosen.get() != model.today()>
                    <button
                        type="button"
                        class="button"
                        data-kind="quiet"
                        on:click=move |_| on_choose.run(model.today_untracked())
                    >
                        {move || model.words().list.go_today}
                    </button>
                </Show>
            </div>
            <DayPicker chosen=chosen.into() contents=week on_choose/>
            <FilterBar
                filter=filter.into()
                on_change=on_filter
                teams
                spaces
                found=Signal::derive(move || days.read().iter().map(|(_, rows)| rows.len()).sum())
                on_month=Callback::new(move |()| month_open.set(true))
            />
            </div>
            {move || {
                let days = days.get();
                if days.iter().any(|(_, rows)| !rows.is_empty()) {
                    let today = model.today();
                    days.into_iter()
                        .map(|(date, rows)| {
                            if date == today {
                                view! { <TodayGroup date rows/> }.into_any()
                            } else {
                                view! { <DayGroup date rows/> }.into_any()
                            }
                        })
                        .collect_view()
                        .into_any()
                } else {
                    view! { <NothingHere filter=filter.get() chosen=chosen.get() next=next_day_with() on_choose on_filter/> }
                        .into_any()
                }
            }}
            {move || {
                (model.prefs().mode == Mode::Elder && !days.read().is_empty())
                    .then(next_day_with)
                    .flatten()
                    .map(|(date, count)| view! { <NextDay date count on_choose/> })
            }}
            <MonthSheet open=month_open chosen=chosen.into() contents=contents.into() on_choose/>
    }
}

/// Today: what is over folds away.
#[component]
fn TodayGroup(date: LocalDate, rows: Vec<ActivityRowData>) -> impl IntoView {
    let model = use_model();
    let (over, to_come): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.fact() == RowFact::Over);
    let over_count = over.len();
    view! {
        {(over_count > 0)
            .then(|| {
                view! {
                    <details class="day-past">
                        <summary>{move || model.words().list.earlier(over_count)}</summary>
                        <ul class="activity-list">
                            {over.into_iter().map(|row| view! { <ActivityRow row/> }).collect_view()}
                        </ul>
                    </details>
                }
            })}
        <DayGroup date rows=to_come/>
    }
}

/// From or until when dates are known, for a day of which a phone has none.
#[must_use]
pub fn known_note(model: Model, date: LocalDate) -> Option<String> {
    let (words, today) = (model.words(), model.today());
    let (first, last) = window(today).into_inner();
    if date > last {
        Some(words.month.known_until(format::date(words.language, last, today)))
    } else {
        (date < first).then(|| words.month.known_from(format::date(words.language, first, today)))
    }
}

/// Why the list is empty, and what to do about it.
#[component]
pub fn NothingHere(
    filter: Filter,
    chosen: LocalDate,
    next: Option<(LocalDate, usize)>,
    on_choose: Callback<LocalDate>,
    on_filter: Callback<Filter>,
) -> impl IntoView {
    let model = use_model();
    let sentence = move || {
        let words = model.words();
        if let Some(note) = known_note(model, chosen) {
            note
        } else if filter == (Filter { mine: true, ..Filter::default() }) {
            words.list.empty_mine.to_owned()
        } else if !filter.is_open() {
            let names = words.filter_names(&filter, &model.view());
            words.list.empty_filter(words.names_list(&names))
        } else if chosen == model.today() {
            words.list.empty_day.to_owned()
        } else {
            words.list.empty_that_day(format::day(words.language, chosen, model.today()))
        }
    };
    move || match model.freshness() {
        Freshness::Loading => view! {
            <div class="busy" aria-busy="true">
                <p>{model.words().list.first_load}</p>
            </div>
        }
        .into_any(),
        Freshness::Offline { as_of: None } => {
            view! { <Empty icon="i-offline" text=model.words().offline.not_loaded/> }.into_any()
        }
        _ => view! {
            <Empty icon="i-calendar" text=sentence()>
                {(!filter.is_open())
                    .then(|| {
                        view! {
                            <button type="button" class="button" on:click=move |_| on_filter.run(Filter::default())>
                                {model.words().list.clear_filters}
                            </button>
                        }
                    })}
                {next.map(|(date, count)| view! { <NextDay date count on_choose/> })}
            </Empty>
        }
        .into_any(),
    }
}

/// A button to the next day with something on.
#[component]
fn NextDay(date: LocalDate, count: usize, on_choose: Callback<LocalDate>) -> impl IntoView {
    let model = use_model();
    view! {
        <button type="button" class="button" data-kind="outline" data-wide="" on:click=move |_| on_choose.run(date)>
            {move || {
                let words = model.words();
                words.list.next_with(format::day(words.language, date, model.today()), count)
            }}
            <Icon name="i-next"/>
        </button>
    }
}
