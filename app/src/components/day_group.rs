//! A day of the list: its head with lunar date and mark, and its dates.

use domain::almanac::{DayMark, day_facts, lunar_date};
use domain::time::LocalDate;
use domain::words::{Language, format};
use leptos::prelude::*;

use crate::components::activity_row::{ActivityRow, ActivityRowData};
use crate::model::use_model;
use crate::ui::unbroken::Unbroken;

/// The head of a day: 今天, the date, the lunar date or festival, 休 or 班.
#[component]
pub fn DayHead(date: LocalDate) -> impl IntoView {
    let model = use_model();
    move || {
        let words = model.words();
        let facts = day_facts(date);
        let head = format::day_head(words.language, date, model.today());
        view! {
            <header class="day-head" data-festive=facts.festival.is_some().then_some("")>
                <h2 class="day-head-title" id=head_id(date)>
                    {head.relative.map(|word| view! { <span class="nb">{word}</span> " " })}
                    <Unbroken text=head.date/>
                </h2>
                <p class="day-head-lunar">{lunar_line(date, words.language)}</p>
                {facts.mark.map(|mark| view! { <Mark mark/> })}
            </header>
        }
    }
}

/// The lunar date, and the day's own name where it has one.
fn lunar_line(date: LocalDate, language: Language) -> String {
    let special = format::special_name(language, &day_facts(date)).map(str::to_owned);
    let lunar = lunar_date(date).map(|lunar| format::lunar(language, lunar));
    [lunar, special].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn head_id(date: LocalDate) -> String {
    format!("day-{date}")
}

/// 休 or 班.
#[component]
pub fn Mark(
    mark: DayMark,
    /// Whether something beside it says so already.
    #[prop(optional)]
    is_said: bool,
) -> impl IntoView {
    let model = use_model();
    let name = if matches!(mark, DayMark::Off(_)) { "off" } else { "work" };
    view! {
        <span
            class="day-mark"
            data-mark=name
            role=(!is_said).then_some("img")
            aria-label=move || (!is_said).then(|| format::mark_label(model.language(), mark))
            aria-hidden=is_said.then_some("true")
        >
            {move || format::mark(model.language(), mark)}
        </span>
    }
}

/// A day with its dates.
#[component]
pub fn DayGroup(date: LocalDate, rows: Vec<ActivityRowData>) -> impl IntoView {
    let model = use_model();
    // In the large-text version the stepper above names the day already.
    let head = move || {
        if model.is_elder() {
            view! { <p class="quiet">{move || lunar_line(date, model.language())}</p> }.into_any()
        } else {
            view! { <DayHead date/> }.into_any()
        }
    };
    view! {
        <section class="day-group" aria-labelledby=move || (!model.is_elder()).then(|| head_id(date))>
            {head}
            <ul class="activity-list">
                {rows.into_iter().map(|row| view! { <ActivityRow row/> }).collect_view()}
            </ul>
        </section>
    }
}
