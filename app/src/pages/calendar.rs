//! The activities of a week or of a month, in place of the list of days. What the address asks for is the list's as well.
//!
//! On a phone a week is seven days below each other, at a desk beside each other; a month is dots, and below or beside it the
//! day that is chosen.

use domain::agenda::{Filter, agenda};
use domain::almanac::day_facts;
use domain::id::OccurrenceId;
use domain::sync::checksum::window;
use domain::sync::limits::WINDOW_DAYS_AHEAD;
use domain::sync::rows::Rows;
use domain::time::{LocalDate, YearMonth};
use domain::words::format;
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::components::activity_row::ActivityRowData;
use crate::components::day_group::{DayGroup, DayHead, Mark};
use crate::components::day_picker::DayContent;
use crate::components::filter_bar::FilterBar;
use crate::components::month_panel::MonthPanel;
use crate::components::period_head::PeriodHead;
use crate::components::view_switch::{Asked, Shown};
use crate::model::use_model;
use crate::pages::activities::{NothingHere, known_note};
use crate::route::Route;
use crate::ui::icon::Icon;

/// How far a month looks back and ahead for its dots: as far as a phone has rows, and some days.
const KNOWN_DAYS: i32 = 70;

/// `/?view=week` and `/?view=month`.
#[component]
pub fn CalendarPage() -> impl IntoView {
    let model = use_model();
    let query = use_query_map();
    let navigate = use_navigate();
    let asked = Memo::new(move |_| Asked::read(&query.read()));
    let chosen = Memo::new(move |_| asked.read().on.unwrap_or_else(|| model.today()));
    let filter = Memo::new(move |_| asked.read().filter);
    let is_week = Memo::new(move |_| asked.read().shown == Shown::Week);
    let go = Callback::new(move |asked: Asked| navigate(&asked.href(), Default::default()));
    let go_to = move |date: LocalDate, filter| {
        let on = (date != model.today_untracked()).then_some(date);
        go.run(Asked { on, filter, ..asked.get_untracked() });
    };
    let on_choose = Callback::new(move |date| go_to(date, filter.get_untracked()));
    let on_filter = Callback::new(move |filter| go_to(chosen.get_untracked(), filter));
    let teams = Signal::derive(move || {
        let (community, view) = (model.community(), model.view());
        let here = view.teams.iter().filter(|(_, team)| team.community == community);
        here.map(|(id, team)| (*id, team.row.name.to_string())).collect::<Vec<_>>()
    });
    let spaces = Signal::derive(move || {
        let (community, view) = (model.community(), model.view());
        let here = view.spaces.iter().filter(|(_, space)| space.community == community);
        here.map(|(id, space)| (*id, space.row.name.to_string())).collect::<Vec<_>>()
    });
    let week = Memo::new(move |_| week_of(chosen.get(), filter.get()));
    let found = Signal::derive(move || week.read().iter().map(|day| day.items.len()).sum());
    view! {
        <FilterBar filter=filter.into() on_change=on_filter teams spaces found/>
        {move || {
            if is_week.get() {
                view! { <Week week chosen on_choose/> }.into_any()
            } else {
                view! { <Month chosen filter on_choose on_filter/> }.into_any()
            }
        }}
        <p>
            <a class="section-link" href=Route::Festivals.href()>
                {move || model.words().festivals.title}
                <Icon name="i-next"/>
            </a>
        </p>
    }
}

/// A date in a week.
#[derive(Debug, Clone, PartialEq)]
struct Item {
    id: OccurrenceId,
    category: &'static str,
    time: String,
    title: String,
    place: String,
    is_off: bool,
    is_mine: bool,
}

/// A day of a week.
#[derive(Debug, Clone, PartialEq)]
struct Day {
    date: LocalDate,
    items: Vec<Item>,
}

/// The week of a day, from Monday.
fn week_of(chosen: LocalDate, filter: Filter) -> Vec<Day> {
    let model = use_model();
    let (view, language, monday) = (model.view(), model.language(), chosen.monday());
    let days = agenda(&view, &model.community(), &filter, monday, monday.plus_days(6));
    (0..7)
        .map(|day| monday.plus_days(day))
        .map(|date| {
            let items = days.get(&date).into_iter().flatten().map(|entry| Item {
                id: entry.id,
                category: entry.activity.category.as_str(),
                time: format::time(language, entry.occurrence.range.start().minute_of_day()),
                title: entry.activity.title.to_string(),
                place: entry.venue().place.to_string(),
                is_off: entry.occurrence.cancelled.is_some(),
                is_mine: entry.sign_up.is_some(),
            });
            Day { date, items: items.collect() }
        })
        .collect()
}

#[component]
fn Week(week: Memo<Vec<Day>>, chosen: Memo<LocalDate>, on_choose: Callback<LocalDate>) -> impl IntoView {
    let model = use_model();
    let turn = move |weeks: i32| on_choose.run(chosen.get_untracked().monday().plus_days(7 * weeks));
    let name = move || {
        let monday = chosen.get().monday();
        format::days(model.language(), monday, monday.plus_days(6), model.today())
    };
    view! {
        <PeriodHead
            name=Signal::derive(name)
            previous=Signal::derive(move || model.words().month.previous_week)
            next=Signal::derive(move || model.words().month.next_week)
            on_turn=Callback::new(turn)
            on_today=Callback::new(move |()| on_choose.run(model.today_untracked()))
            is_page=true
        />
        {move || {
            let monday = chosen.get().monday();
            let note = known_note(model, monday.plus_days(6)).or_else(|| known_note(model, monday));
            note.map(|note| view! { <p class="month-note">{note}</p> })
        }}
        <ol class="week" aria-label=move || model.words().month.week_label(name())>
            {move || week.get().into_iter().map(|day| view! { <WeekDay day/> }).collect_view()}
        </ol>
    }
}

#[component]
fn WeekDay(day: Day) -> impl IntoView {
    let model = use_model();
    let facts = day_facts(day.date);
    let (words, today) = (model.words(), model.today());
    let is_empty = day.items.is_empty();
    view! {
        <li class="week-day" data-today=(day.date == today).then_some("")>
            <header class="week-day-head">
                <h3 class="week-day-title">
                    <span class="nb">{format::weekday(words.language, day.date.weekday())}</span>
                    " "
                    <span class="nb">{format::date(words.language, day.date, today)}</span>
                </h3>
                <span class="week-day-lunar" data-festive=facts.festival.is_some().then_some("")>
                    {format::under_number(words.language, &facts)}
                </span>
                {facts.mark.map(|mark| view! { <Mark mark is_said=false/> })}
            </header>
            {is_empty.then(|| {
                let is_known = window(today).contains(&day.date);
                view! { <p class="week-none">{if is_known { words.month.none } else { words.month.unknown }}</p> }
            })}
            <ul class="week-list">
                {day
                    .items
                    .into_iter()
                    .map(|item| {
                        view! {
                            <li>
                                <a
                                    class="week-item"
                                    data-category=item.category
                                    data-state=item.is_off.then_some("cancelled")
                                    href=Route::Occurrence(item.id).href()
                                >
                                    <span class="week-item-time">{item.time}</span>
                                    <span class="week-item-title">{item.title}</span>
                                    <span class="week-item-place">{item.place}</span>
                                    {item.is_off.then(|| view! { <strong>{words.states.called_off}</strong> })}
                                    {item.is_mine.then(|| view! { <strong>{words.list.signed_up_mark}</strong> })}
                                </a>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </li>
    }
}

#[component]
fn Month(
    chosen: Memo<LocalDate>,
    filter: Memo<Filter>,
    on_choose: Callback<LocalDate>,
    on_filter: Callback<Filter>,
) -> impl IntoView {
    let model = use_model();
    let month = RwSignal::new(YearMonth::of(chosen.get_untracked()));
    Effect::new(move || month.set(YearMonth::of(chosen.get())));
    let contents = Memo::new(move |_| {
        let (view, today) = (model.view(), model.today());
        agenda(&view, &model.community(), &filter.get(), today.plus_days(-KNOWN_DAYS), today.plus_days(KNOWN_DAYS))
            .iter()
            .map(|(date, entries)| (*date, DayContent::of(entries.iter().map(|entry| entry.activity.category))))
            .collect::<Rows<_, _>>()
    });
    let rows = Memo::new(move |_| {
        let (view, words, now, date) = (model.view(), model.words(), model.now(), chosen.get());
        let days = agenda(&view, &model.community(), &filter.get(), date, date);
        days.values().flatten().map(|entry| ActivityRowData::of(entry, words, now)).collect::<Vec<_>>()
    });
    let next = move || {
        let contents = contents.read();
        let next = contents.iter().find(|(date, _)| **date > chosen.get());
        next.map(|(date, content)| (*date, content.count))
    };
    let note = move || {
        let last = model.today().plus_days(WINDOW_DAYS_AHEAD);
        let ends = month.get().plus_months(1).first_day().plus_days(-1);
        (ends > last).then(|| {
            let until = format::date(model.language(), last, model.today());
            view! { <p class="month-note">{model.words().month.known_until(until)}</p> }
        })
    };
    view! {
        <div class="split">
            <div class="split-main">
                <MonthPanel month chosen=chosen.into() contents=contents.into() on_choose is_page=true/>
                {note}
            </div>
            <div class="split-side">
                // The large-text version has no heads of days, because a stepper names the day; here is none.
                <Show when=move || model.is_elder()>
                    {move || view! { <DayHead date=chosen.get()/> }}
                </Show>
                {move || {
                    let rows = rows.get();
                    if rows.is_empty() {
                        view! { <NothingHere filter=filter.get() chosen=chosen.get() next=next() on_choose on_filter/> }
                            .into_any()
                    } else {
                        view! { <DayGroup date=chosen.get() rows/> }.into_any()
                    }
                }}
            </div>
        </div>
    }
}
