//! Pages that travel apart from the first screen: pieces of the wasm, fetched when somebody goes there.
//!
//! The list of days and the frame are in the main module. Every other page is in a piece, by who needs it when: `visit`
//! is what a visitor looks at next, `ways` other ways to a date (week, month, festivals, search), its poster and its draw,
//! `entry` signing in and finding the way, `own` what a signed-in resident has, `staff` the desk and the teams. The service worker
//! keeps them all, so a piece needs the network only until the worker of the first visit is installed; one that could not
//! be had is asked for again with a button, and nothing else stops.
//!
//! What a piece gives is how to draw a page, not the page: a page must be made under the owner of the route it is in.

use std::future::Future;
use std::pin::Pin;

use leptos::component::component_view;
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use wasm_bindgen_futures::spawn_local;

use super::{frame, page_is_drawn};
use crate::components::forbidden::Opening;
use crate::model::use_model;
use crate::pages;
use crate::ui::button::{Button, Kind};
use crate::ui::icon::Icon;

/// How to draw a page.
type Draw = fn() -> AnyView;
/// A page on its way.
type Coming = Pin<Box<dyn Future<Output = Result<Draw, SplitLoaderError>>>>;

macro_rules! pieces {
    ($($module:ident { $($name:ident: $page:path,)+ })+) => {$($(
        #[wasm_split($module, wasm_split_path = leptos::wasm_split, fallible)]
        fn $name() -> Result<Draw, SplitLoaderError> {
            Ok(|| component_view($page, ()).into_any())
        }
    )+)+

    /// The pages that come in pieces.
    pub mod page {
        use leptos::prelude::AnyView;
        $($(
            #[doc = concat!("In the piece `", stringify!($module), "`.")]
            pub fn $name() -> AnyView {
                super::show(|| Box::pin(super::$name()))
            }
        )+)+
    }};
}

pieces! {
    visit {
        occurrence: pages::occurrence::OccurrencePage,
        spaces: pages::spaces::SpacesPage,
        space: pages::space::SpacePage,
    }
    ways {
        calendar: pages::calendar::CalendarPage,
        festivals: pages::festivals::FestivalsPage,
        search: pages::search::SearchPage,
        poster: pages::poster::PosterPage,
        draw: pages::draw::DrawPage,
    }
    entry {
        login: pages::login::LoginPage,
        communities: pages::communities::CommunitiesPage,
        help: pages::help::HelpPage,
    }
    own {
        me: pages::me::MePage,
        family: pages::family::FamilyPage,
        outbox: pages::outbox::OutboxPage,
        settings: pages::settings::SettingsPage,
        messages: pages::messages::MessagesPage,
    }
    staff {
        desk: pages::desk::DeskPage,
        team: pages::team::TeamPage,
        publish: pages::publish::PublishPage,
        roster: pages::roster::RosterPage,
        edit_series: pages::edit_series::EditSeriesPage,
        duty_board: pages::duties::BoardPage,
        duties: pages::duties::DutiesPage,
        numbers: pages::numbers::NumbersPage,
    }
}

/// Where a page is, on its way to the screen.
#[derive(Clone, Copy)]
enum Stage {
    Coming,
    Here(Draw),
    /// The network or the server did not give it.
    Absent,
}

fn show(fetch: fn() -> Coming) -> AnyView {
    let stage = RwSignal::new(Stage::Coming);
    let ask = move || {
        stage.set(Stage::Coming);
        spawn_local(async move {
            let reached = fetch().await.map_or(Stage::Absent, Stage::Here);
            // Nobody is there any more to see it: they went on to another page.
            if stage.try_set(reached).is_none() {
                page_is_drawn();
                frame::focus_heading_that_came_late();
            }
        });
    };
    ask();
    (move || match stage.get() {
        Stage::Coming => view! { <Opening/> }.into_any(),
        Stage::Here(draw) => draw(),
        Stage::Absent => {
            let on_retry = Callback::new(move |()| {
                frame::focus_main();
                ask();
            });
            view! { <NotHereYet on_retry/> }.into_any()
        }
    })
    .into_any()
}

/// In place of a page whose piece could not be had.
#[component]
fn NotHereYet(on_retry: Callback<()>) -> impl IntoView {
    let model = use_model();
    view! {
        <div class="page">
            <div class="message-page">
                <Icon name="i-offline" size="huge"/>
                <h1 class="page-title">{move || model.words().offline.page_absent}</h1>
                <p>{move || model.words().offline.page_absent_help}</p>
                <div class="button-stack">
                    <Button
                        label=Signal::derive(move || model.words().common.retry.to_owned())
                        kind=Kind::Primary
                        on_press=on_retry
                    />
                </div>
            </div>
        </div>
    }
}
