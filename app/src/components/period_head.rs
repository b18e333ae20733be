//! What a week or a month is called, with the ways to the one before, to the one after and back to today.

use leptos::prelude::*;

use crate::model::use_model;
use crate::ui::icon::Icon;

/// Turns by -1 and 1.
#[component]
pub fn PeriodHead(
    #[prop(into)] name: Signal<String>,
    #[prop(into)] previous: Signal<&'static str>,
    #[prop(into)] next: Signal<&'static str>,
    on_turn: Callback<i32>,
    on_today: Callback<()>,
    /// Whether it stands on a page of its own, where no sheet's title is above it.
    #[prop(optional)]
    is_page: bool,
) -> impl IntoView {
    let model = use_model();
    let title = if is_page {
        view! { <h2 class="month-title" aria-live="polite">{name}</h2> }.into_any()
    } else {
        view! { <h3 class="month-title" aria-live="polite">{name}</h3> }.into_any()
    };
    let turn = move |by: i32, label: Signal<&'static str>, icon| {
        view! {
            <button type="button" class="icon-button" aria-label=label on:click=move |_| on_turn.run(by)>
                <Icon name=icon/>
            </button>
        }
    };
    view! {
        <header class="month-head">
            {turn(-1, previous, "i-back")}
            {title}
            {turn(1, next, "i-next")}
            <button type="button" class="button" data-kind="quiet" on:click=move |_| on_today.run(())>
                {move || model.words().common.today}
            </button>
        </header>
    }
}
