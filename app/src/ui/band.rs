//! The band under the head: one line that says what concerns the whole app right now, and leads to where it is dealt with.

use leptos::prelude::*;

use super::chip::Tone;
use super::icon::Icon;

/// Where a band leads.
#[derive(Clone)]
pub enum Leads {
    /// To a page.
    To(String),
    /// It does something itself.
    Does(Callback<()>),
    /// Nowhere.
    Nowhere,
}

/// A band.
#[component]
pub fn Band(tone: Tone, icon: &'static str, #[prop(into)] text: String, leads: Leads) -> impl IntoView {
    let tone = tone.as_str();
    match leads {
        Leads::To(href) => view! {
            <a class="band" data-tone=tone href=href>
                <Icon name=icon/>
                <span class="band-text">{text}</span>
                <Icon name="i-next"/>
            </a>
        }
        .into_any(),
        Leads::Does(callback) => view! {
            <button class="band" type="button" data-tone=tone on:click=move |_| callback.run(())>
                <Icon name=icon/>
                <span class="band-text">{text}</span>
                <Icon name="i-next"/>
            </button>
        }
        .into_any(),
        Leads::Nowhere => view! {
            <div class="band" data-tone=tone>
                <Icon name=icon/>
                <span class="band-text">{text}</span>
            </div>
        }
        .into_any(),
    }
}
