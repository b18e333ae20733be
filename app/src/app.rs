//! The root: the model, the router, and which address shows which page.
//!
//! Patterns here and addresses in `route` belong together. Each page sits behind `into_any`, so that a later split of
//! the wasm by route stays mechanical.

mod frame;
mod updates;

use leptos::leptos_dom::helpers::document;
use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::hooks::use_params_map;
use leptos_router::path;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::app::frame::Frame;
use crate::model::{Model, use_model};
use crate::pages::activities::ActivitiesPage;
use crate::pages::communities::CommunitiesPage;
use crate::pages::desk::DeskPage;
use crate::pages::family::FamilyPage;
use crate::pages::help::HelpPage;
use crate::pages::login::LoginPage;
use crate::pages::me::MePage;
use crate::pages::messages::MessagesPage;
use crate::pages::not_found::NotFoundPage;
use crate::pages::occurrence::OccurrencePage;
use crate::pages::outbox::OutboxPage;
use crate::pages::publish::PublishPage;
use crate::pages::roster::RosterPage;
use crate::pages::settings::SettingsPage;
use crate::pages::space::SpacePage;
use crate::pages::spaces::SpacesPage;
use crate::pages::team::TeamPage;

/// Where the page keeps room for the app.
const ROOM: &str = "app";
/// What the server draws before the app arrives; the app takes its place.
const FIRST_PAINT: &str = "first-paint";

/// Draws the app into the page and reports that it runs.
pub fn mount() {
    let room = document().get_element_by_id(ROOM).and_then(|room| room.dyn_into::<HtmlElement>().ok());
    leptos::mount::mount_to(room.or_else(|| document().body()).expect("invariant: a page has a body"), App).forget();
    if let Some(first_paint) = document().get_element_by_id(FIRST_PAINT) {
        first_paint.remove();
    }
    // The boot guard waits for this; the build's name stands beside the script that loaded us.
    if let Some(root) = document().document_element() {
        let script = document().query_selector("script[data-build]").ok().flatten();
        let build = script.and_then(|script| script.get_attribute("data-build"));
        let _ = root.set_attribute("data-booted", build.as_deref().unwrap_or("1"));
    }
    updates::watch();
}

/// The app.
#[component]
fn App() -> impl IntoView {
    Model::provide();
    view! {
        <Router>
            <Frame>
                <FlatRoutes fallback=|| view! { <NotFoundPage/> }.into_any()>
                    <Route path=path!("/") view=|| view! { <ActivitiesPage/> }.into_any()/>
                    <Route path=path!("/c/:community") view=|| view! { <CommunityEntry/> }.into_any()/>
                    <Route path=path!("/a/:occurrence") view=|| view! { <OccurrencePage/> }.into_any()/>
                    <Route path=path!("/s") view=|| view! { <SpacesPage/> }.into_any()/>
                    <Route path=path!("/s/:space") view=|| view! { <SpacePage/> }.into_any()/>
                    <Route path=path!("/me") view=|| view! { <MePage/> }.into_any()/>
                    <Route path=path!("/me/family") view=|| view! { <FamilyPage/> }.into_any()/>
                    <Route path=path!("/me/outbox") view=|| view! { <OutboxPage/> }.into_any()/>
                    <Route path=path!("/me/settings") view=|| view! { <SettingsPage/> }.into_any()/>
                    <Route path=path!("/m") view=|| view! { <MessagesPage/> }.into_any()/>
                    <Route path=path!("/login") view=|| view! { <LoginPage/> }.into_any()/>
                    <Route path=path!("/communities") view=|| view! { <CommunitiesPage/> }.into_any()/>
                    <Route path=path!("/help") view=|| view! { <HelpPage/> }.into_any()/>
                    <Route path=path!("/desk") view=|| view! { <DeskPage/> }.into_any()/>
                    <Route path=path!("/desk/team/:team") view=|| view! { <TeamPage/> }.into_any()/>
                    <Route path=path!("/desk/team/:team/publish") view=|| view! { <PublishPage/> }.into_any()/>
                    <Route path=path!("/desk/roster/:occurrence") view=|| view! { <RosterPage/> }.into_any()/>
                </FlatRoutes>
            </Frame>
        </Router>
    }
}

/// The activities of the community that the address names: whoever follows a shared link has chosen it.
#[component]
fn CommunityEntry() -> impl IntoView {
    let model = use_model();
    let params = use_params_map();
    // Choosing is remembered in storage, which is outside of the reactive world.
    Effect::new(move |_| {
        let named = params.with(|params| params.get("community").and_then(|id| id.parse().ok()));
        if named.is_some() {
            model.set_prefs(|prefs| prefs.community = named);
        }
    });
    view! { <ActivitiesPage/> }
}
