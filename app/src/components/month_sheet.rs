//! The month as a picker: a button that names it, and a sheet.

use domain::sync::rows::Rows;
use domain::time::{LocalDate, YearMonth};
use domain::words::format;
use leptos::prelude::*;

use crate::components::day_picker::DayContent;
use crate::components::month_panel::MonthPanel;
use crate::model::use_model;
use crate::ui::icon::Icon;
use crate::ui::sheet::Sheet;

/// Names the month of the chosen day and opens the sheet with it.
#[component]
pub fn MonthButton(open: RwSignal<bool>, chosen: Signal<LocalDate>) -> impl IntoView {
    let model = use_model();
    view! {
        <button
            type="button"
            class="button"
            data-kind="quiet"
            aria-haspopup="dialog"
            on:click=move |_| open.set(true)
        >
            <Icon name="i-calendar"/>
            <span class="nb">{move || format::month(model.language(), YearMonth::of(chosen.get()))}</span>
            <Icon name="i-down"/>
        </button>
    }
}

/// The sheet with the month of the chosen day.
#[component]
pub fn MonthSheet(
    open: RwSignal<bool>,
    chosen: Signal<LocalDate>,
    contents: Signal<Rows<LocalDate, DayContent>>,
    on_choose: Callback<LocalDate>,
) -> impl IntoView {
    let model = use_model();
    let month = RwSignal::new(YearMonth::of(chosen.get_untracked()));
    // Each opening starts at the chosen day's month.
    Effect::new(move || {
        if open.get() {
            month.set(YearMonth::of(chosen.get_untracked()));
        }
    });
    let choose = Callback::new(move |date| {
        open.set(false);
        on_choose.run(date);
    });
    view! {
        <Sheet open=open title=Signal::derive(move || model.words().month.title.to_owned())>
            <MonthPanel month chosen contents on_choose=choose/>
        </Sheet>
    }
}
