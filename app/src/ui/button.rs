//! A button that keeps its width while it is busy and says why when it cannot be pressed.

use leptos::prelude::*;

/// What a button is for. One `Primary` per screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    Primary,
    #[default]
    Outline,
}

impl Kind {
    /// The value of `data-kind`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Outline => "outline",
        }
    }
}

/// A button. While `busy` it says so in place of its label and takes no further press.
#[component]
pub fn Button(
    #[prop(into)] label: Signal<String>,
    on_press: Callback<()>,
    #[prop(optional)] kind: Kind,
    /// What it says while busy; never busy without it.
    #[prop(optional, into)]
    busy: Option<Signal<Option<String>>>,
    /// Why it cannot be pressed, as a sentence under it.
    #[prop(optional, into)]
    why_not: Option<Signal<Option<String>>>,
    #[prop(optional)] wide: bool,
) -> impl IntoView {
    let busy = move || busy.and_then(|busy| busy.get());
    let why_not = move || why_not.and_then(|why| why.get());
    let press = move |_| {
        if busy().is_none() {
            on_press.run(());
        }
    };
    view! {
        <button
            class="button"
            type="button"
            data-kind=kind.as_str()
            data-wide=wide
            aria-busy=move || busy().map(|_| "true")
            disabled=move || why_not().is_some()
            on:click=press
        >
            <span class="button-label">{move || label.get()}</span>
            <span class="button-busy">{busy}</span>
        </button>
        {move || why_not().map(|why| view! { <p class="button-why">{why}</p> })}
    }
}
