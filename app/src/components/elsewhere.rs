//! What a shared link leads to, where this phone does not know it yet: finding out in which community it lies, reading
//! that community, and saying so. Reads the model, because all of that is its.

use domain::sync::rows::Rows;

use domain::id::{CommunityId, StreamId};
use domain::time::Timestamp;
use domain::words::Language;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use uuid::Uuid;

use crate::api::ApiError;
use crate::components::forbidden::Opening;
use crate::model::{Session, use_model};
use crate::pages::not_found::NotFoundPage;
use crate::route::Route;
use crate::ui::icon::Icon;

/// What is known of where something lies.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Whereabouts {
    Asking,
    NoAnswer,
    Nowhere,
    In(CommunityId),
}

/// Stands in the place of what this phone does not know; the page draws the thing as soon as its community was read.
/// An id that leads on to another (an activity's, to its next date) goes to `route` of that.
#[component]
pub fn Elsewhere(id: Uuid, route: fn(Uuid) -> Route) -> impl IntoView {
    let model = use_model();
    let navigate = StoredValue::new(use_navigate());
    let whereabouts = RwSignal::new(Whereabouts::Asking);
    let read_before = StoredValue::new(Rows::<StreamId, Timestamp>::default());
    let ask = move || {
        whereabouts.set(Whereabouts::Asking);
        read_before.set_value(model.rim.link.with_untracked(|link| link.as_of.clone()));
        spawn_local(async move {
            let found = match model.find_place(id).await {
                Ok(place) if place.id != id => {
                    let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
                    navigate.try_with_value(|navigate| navigate(&route(place.id).href(), options));
                    return;
                }
                Ok(place) => Whereabouts::In(place.community),
                Err(ApiError::Problem(problem)) if problem.status == 404 => Whereabouts::Nowhere,
                Err(_) => Whereabouts::NoAnswer,
            };
            // Another page by now: nobody waits for it.
            if whereabouts.try_set(found.clone()).is_none()
                && let Whereabouts::In(community) = &found
            {
                model.visit(community);
                // Read before without it: then it is newer than that.
                if untrack(|| model.as_of(community)).is_some() {
                    model.look_again();
                }
            }
        });
    };
    // Asked once the phone's own store was read, because it may be there, and again when the network is back.
    let is_read = Memo::new(move |_| model.session() != Session::Unknown);
    let is_offline = Memo::new(move |_| model.is_offline());
    let was_asked = StoredValue::new(false);
    Effect::new(move || {
        let is_back = !is_offline.get() && whereabouts.get_untracked() == Whereabouts::NoAnswer;
        if is_read.get() && (is_back || !was_asked.get_value()) {
            was_asked.set_value(true);
            ask();
        }
    });
    let retry = Callback::new(move |()| {
        model.try_now();
        ask();
    });
    move || match whereabouts.get() {
        Whereabouts::Nowhere => view! { <NotFoundPage/> }.into_any(),
        Whereabouts::NoAnswer => view! { <NoAnswer retry/> }.into_any(),
        Whereabouts::In(community) => {
            let now = model.as_of(&community);
            let before = read_before.with_value(|before| before.get(&StreamId::Community(community)).copied());
            if now.is_some() && now != before {
                // Read since it was asked for, and it is not in it: too long ago, or too far ahead.
                view! { <NotFoundPage/> }.into_any()
            } else if model.is_offline() {
                view! { <NoAnswer retry/> }.into_any()
            } else {
                view! { <Opening/> }.into_any()
            }
        }
        Whereabouts::Asking => view! { <Opening/> }.into_any(),
    }
}

#[component]
fn NoAnswer(retry: Callback<()>) -> impl IntoView {
    let model = use_model();
    view! {
        <div class="page">
            <div class="empty">
                <Icon name="i-offline" size="huge"/>
                <h1 class="empty-text">{move || model.words().errors.offline_title}</h1>
                <p class="empty-help">{move || model.words().offline.not_loaded}</p>
                <div class="button-stack">
                    <button type="button" class="button" data-kind="primary" on:click=move |_| retry.run(())>
                        {move || model.words().common.retry}
                    </button>
                    <a class="button" href=Route::Activities.href()>{move || model.words().errors.home}</a>
                </div>
            </div>
        </div>
    }
}

/// Says in which community something lies, where that is not the one on screen, and keeps it up to date meanwhile.
#[component]
pub fn CommunityNote(community: CommunityId) -> impl IntoView {
    let model = use_model();
    let visited = community.clone();
    Effect::new(move || model.visit(&visited));
    move || {
        if model.community() == community {
            return None;
        }
        let communities = model.communities();
        let found = communities.iter().find(|one| one.id == community)?;
        let name = if model.language() == Language::En { &found.english_name } else { &found.name };
        Some(view! {
            <p class="row">
                <span class="chip">
                    <Icon name="i-place"/>
                    {model.words().common.in_community(name)}
                </span>
            </p>
        })
    }
}
