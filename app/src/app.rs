//! The root: the model, the router, and which address shows which page.
//!
//! Patterns here and addresses in `route` belong together. What is not named in `pieces` is in the main module.

mod frame;
pub mod pieces;
mod updates;

use leptos::leptos_dom::helpers::document;
use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::hooks::use_params_map;
use leptos_router::path;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::app::frame::Frame;
use crate::app::pieces::page;
use crate::model::{Freshness, Model, use_model};
use crate::pages::activities::ActivitiesPage;
use crate::pages::not_found::NotFoundPage;

/// Where the page keeps room for the app.
const ROOM: &str = "app";
/// What the server draws before the app arrives; the app takes its place.
const FIRST_PAINT: &str = "first-paint";

/// Draws the app into the page.
pub fn mount() {
    let room = document().get_element_by_id(ROOM).and_then(|room| room.dyn_into::<HtmlElement>().ok());
    leptos::mount::mount_to(room.or_else(|| document().body()).expect("invariant: a page has a body"), App).forget();
    say_it_runs();
    updates::watch();
}

/// Takes the server's drawing away, now that there is a page in its place.
fn page_is_drawn() {
    if let Some(first_paint) = document().get_element_by_id(FIRST_PAINT) {
        first_paint.remove();
    }
}

/// Reports that the app runs, whether or not there is anything to show yet.
fn say_it_runs() {
    // The boot guard waits for this; the build's name stands beside the script that loaded us.
    if let Some(root) = document().document_element() {
        let script = document().query_selector("script[data-build]").ok().flatten();
        let build = script.and_then(|script| script.get_attribute("data-build"));
        let _ = root.set_attribute("data-booted", build.as_deref().unwrap_or("1"));
    }
}

/// A page of the main module that needs nothing.
fn at_once(page: AnyView) -> AnyView {
    Effect::new(|_| page_is_drawn());
    page
}

/// A page of the main module that shows what the server has.
fn with_rows(page: AnyView) -> AnyView {
    let model = use_model();
    // Until there is something to draw, the server's drawing says more.
    Effect::new(move |_| {
        if model.freshness() != Freshness::Loading {
            page_is_drawn();
        }
    });
    page
}

/// The app.
#[component]
fn App() -> impl IntoView {
    Model::provide();
    view! {
        <Router>
            <Frame>
                <FlatRoutes fallback=|| at_once(view! { <NotFoundPage/> }.into_any())>
                    <Route path=path!("/") view=|| with_rows(view! { <ActivitiesPage/> }.into_any())/>
                    <Route path=path!("/c/:community") view=|| with_rows(view! { <CommunityEntry/> }.into_any())/>
                    <Route path=path!("/a/:occurrence") view=page::occurrence/>
                    <Route path=path!("/a/:occurrence/poster") view=page::poster/>
                    <Route path=path!("/a/:occurrence/draw") view=page::draw/>
                    <Route path=path!("/festivals") view=page::festivals/>
                    <Route path=path!("/q") view=page::search/>
                    <Route path=path!("/s") view=page::spaces/>
                    <Route path=path!("/s/:space") view=page::space/>
                    <Route path=path!("/me") view=page::me/>
                    <Route path=path!("/me/family") view=page::family/>
                    <Route path=path!("/me/outbox") view=page::outbox/>
                    <Route path=path!("/me/settings") view=page::settings/>
                    <Route path=path!("/m") view=page::messages/>
                    <Route path=path!("/login") view=page::login/>
                    <Route path=path!("/communities") view=page::communities/>
                    <Route path=path!("/help") view=page::help/>
                    <Route path=path!("/desk") view=page::desk/>
                    <Route path=path!("/desk/team/:team") view=page::team/>
                    <Route path=path!("/desk/team/:team/publish") view=page::publish/>
                    <Route path=path!("/desk/roster/:occurrence") view=page::roster/>
                    <Route path=path!("/desk/roster/:occurrence/series") view=page::edit_series/>
                    <Route path=path!("/desk/numbers") view=page::numbers/>
                    <Route path=path!("/desk/duties") view=page::duty_board/>
                    <Route path=path!("/desk/duties/:community") view=page::duties/>
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
