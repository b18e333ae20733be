//! An icon of the sprite `icons.svg`. Never the only carrier of a meaning: a word stands beside it or in its control.

use leptos::prelude::*;

/// `<Icon name="i-check"/>`; ids and sizes (`small`, `large`, `huge`) are listed in `style/README.md`.
#[component]
pub fn Icon(#[prop(into)] name: Signal<&'static str>, #[prop(optional)] size: Option<&'static str>) -> impl IntoView {
    let href = move || ["/icons.svg#", name.get()].concat();
    view! {
        <svg class="icon" aria-hidden="true" data-size=size>
            <use href=href></use>
        </svg>
    }
}
