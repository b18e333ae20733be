//! A month: weeks from Monday, lunar line, days off and make-up workdays, dots of what there is. Arrow keys move by day and week.

use domain::almanac::month_grid;
use domain::sync::rows::Rows;
use domain::time::{LocalDate, Weekday, YearMonth};
use domain::words::format;
use leptos::leptos_dom::helpers::document;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

use crate::components::day_picker::{DayCell, DayContent};
use crate::components::period_head::PeriodHead;
use crate::model::use_model;
use crate::platform;

/// The days of `month`, which turns with the buttons and with the keys.
#[component]
pub fn MonthPanel(
    month: RwSignal<YearMonth>,
    chosen: Signal<LocalDate>,
    contents: Signal<Rows<LocalDate, DayContent>>,
    on_choose: Callback<LocalDate>,
    /// Whether it stands on a page of its own, where no sheet's title is above it.
    #[prop(optional)]
    is_page: bool,
) -> impl IntoView {
    let model = use_model();
    let name = move || format::month(model.language(), month.get());
    // The one day Tab stops at: the chosen one, or the first of another month.
    let stop = move || {
        let (chosen, shown) = (chosen.get(), month.get());
        if YearMonth::of(chosen) == shown { chosen } else { shown.first_day() }
    };
    let turn = move |months: i32| month.update(|shown| *shown = shown.plus_months(months));
    let on_key = move |event: web_sys::KeyboardEvent| {
        let days = match event.key().as_str() {
            "ArrowLeft" => -1,
            "ArrowRight" => 1,
            "ArrowUp" => -7,
            "ArrowDown" => 7,
            "PageUp" => -28,
            "PageDown" => 28,
            _ => return,
        };
        event.prevent_default();
        if !platform::move_focus_by_date(days) {
            // The day is not drawn: its month is, a moment later.
            let from = focused_date();
            turn(days.signum());
            platform::start_timer(0, move || focus_date(from.map(|from| from.plus_days(days))));
        }
    };
    view! {
        <div class="month">
            <PeriodHead
                name=Signal::derive(name)
                previous=Signal::derive(move || model.words().month.previous)
                next=Signal::derive(move || model.words().month.next)
                on_turn=Callback::new(turn)
                on_today=Callback::new(move |()| on_choose.run(model.today_untracked()))
                is_page
            />
            <table
                class="month-grid"
                role="grid"
                aria-label=move || {
                    model.words().month.grid_label(name())
                }
                on:keydown=on_key
            >
                <thead>
                    <tr>
                        {move || {
                            Weekday::ALL
                                .map(|day| {
                                    let language = model.language();
                                    view! {
                                        <th scope="col" abbr=format::weekday(language, day)>
                                            {format::weekday_head(language, day)}
                                        </th>
                                    }
                                })
                                .collect_view()
                        }}
                    </tr>
                </thead>
                <tbody>
                    {move || {
                        month_grid(month.get())
                            .into_iter()
                            .map(|week| {
                                view! {
                                    <tr>
                                        {week
                                            .map(|date| {
                                                let is_chosen = date == chosen.get();
                                                let content = contents
                                                    .read()
                                                    .get(&date)
                                                    .cloned()
                                                    .unwrap_or_default();
                                                view! {
                                                    <td role="gridcell" aria-selected=is_chosen.to_string()>
                                                        <DayCell
                                                            date
                                                            content
                                                            is_chosen
                                                            with_weekday=false
                                                            is_outside=YearMonth::of(date) != month.get()
                                                            is_stop=date == stop()
                                                            on_choose
                                                        />
                                                    </td>
                                                }
                                            })
                                            .collect_view()}
                                    </tr>
                                }
                            })
                            .collect_view()
                    }}
                </tbody>
            </table>
            {move || {
                let year = month.get().year();
                format::holiday_footnote(model.language(), year, model.today())
                    .map(|note| view! { <p class="month-note">{note}</p> })
            }}
        </div>
    }
}

fn focused_date() -> Option<LocalDate> {
    document().active_element()?.get_attribute("data-date")?.parse().ok()
}

fn focus_date(date: Option<LocalDate>) {
    let selector = date.map(|date| format!(".month-grid [data-date='{date}']"));
    let cell = selector.and_then(|selector| document().query_selector(&selector).ok().flatten());
    if let Some(cell) = cell.and_then(|cell| cell.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = cell.focus();
    }
}
