//! The spaces of the chosen community: what they are, whether they are open, and the next times they can be had.

use std::collections::BTreeSet;

use domain::order::sort_by_key;
use domain::space::{SpaceKind, open_until};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::components::space_card::{SpaceCard, SpaceCardData};
use crate::components::space_filter::{SpaceFilter, SpaceFilterBar};
use crate::model::{Freshness, use_model};
use crate::route::Route;
use crate::ui::empty::Empty;

/// `/s?kind=living_room&kids=1&open=1`
#[component]
pub fn SpacesPage() -> impl IntoView {
    let query = use_query_map();
    let navigate = use_navigate();

    let model = use_model();
    model.set_title(move || model.words().spaces.title.to_owned());
    let filter = Memo::new(move |_| query.with(SpaceFilter::read));
    let kinds = Memo::new(move |_| {
        let (view, community) = (model.view(), model.community());
        let here = view.spaces.values().filter(|space| space.community == community);
        here.map(|space| space.row.kind).collect::<BTreeSet<SpaceKind>>()
    });
    let cards = Memo::new(move |_| {
        let (view, community, words, now) = (model.view(), model.community(), model.words(), model.now());
        let filter = filter.get();
        let mut here: Vec<_> = view
            .spaces
            .iter()
            .filter(|(_, space)| space.community == community && filter.lets(&space.row, now))
            .collect();
        let rank = |kind| SpaceKind::ALL.iter().position(|known| *known == kind);
        sort_by_key(&mut here, |(id, space)| (rank(space.row.kind), space.row.name.clone(), **id));
        here.into_iter().map(|(id, space)| SpaceCardData::of(&view, *id, &space.row, words, now)).collect::<Vec<_>>()
    });

    let ids = Memo::new(move |_| cards.read().iter().map(SpaceCardData::id).collect::<Vec<_>>());
    let is_empty = Memo::new(move |_| ids.read().is_empty());
    let found = Signal::derive(move || ids.read().len());
    // A card is drawn anew only when it has changed itself, so that the focus stays where it is.
    let one = move |id| {
        let card = Memo::new(move |_| cards.read().iter().find(|card| card.id() == id).cloned());
        move || card.get().map(|card| view! { <SpaceCard card/> })
    };

    let on_filter = Callback::new(move |filter: SpaceFilter| {
        navigate(&filter.href(), NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
    });

    view! {
        <div class="page" data-wide="">
            <h1 class="page-title" tabindex="-1">{move || model.words().spaces.title}</h1>
            {move || {
                (!kinds.read().is_empty())
                    .then(|| view! { <SpaceFilterBar filter=filter.into() kinds=kinds.into() found on_filter/> })
            }}
            {move || {
                if is_empty.get() {
                    return view! { <NoSpaces is_filtered=filter.get().is_set() on_filter/> }.into_any();
                }
                view! {
                    <ul class="space-list">
                        <For each=move || ids.get() key=|id| *id let:id>
                            <li>{one(id)}</li>
                        </For>
                    </ul>
                }
                .into_any()
            }}
        </div>
    }
}

/// Why nothing is there, and what to do about it.
#[component]
fn NoSpaces(is_filtered: bool, on_filter: Callback<SpaceFilter>) -> impl IntoView {
    let model = use_model();
    move || {
        let words = model.words();
        match model.freshness() {
            _ if is_filtered => view! {
                <Empty icon="i-room" text=words.spaces.empty_filter>
                    <button type="button" class="button" on:click=move |_| on_filter.run(SpaceFilter::default())>
                        {words.spaces.see_all}
                    </button>
                </Empty>
            }
            .into_any(),
            Freshness::Loading => view! {
                <div class="busy" aria-busy="true">
                    <p>{words.spaces.first_load}</p>
                </div>
            }
            .into_any(),
            Freshness::Offline { as_of: None } => view! {
                <Empty icon="i-offline" text=words.offline.not_loaded>
                    <button type="button" class="button" on:click=move |_| model.try_now()>
                        {words.common.retry}
                    </button>
                </Empty>
            }
            .into_any(),
            _ => view! {
                <Empty icon="i-room" text=words.spaces.empty>
                    <a class="button" href=Route::Communities.href()>
                        {words.common.choose_community}
                    </a>
                </Empty>
            }
            .into_any(),
        }
    }
}

impl SpaceFilter {
    fn lets(self, space: &domain::change::SpaceRow, now: domain::time::Timestamp) -> bool {
        self.kind.is_none_or(|kind| kind == space.kind)
            && (!self.for_children || space.policy.family.is_some())
            && (!self.is_open_now || open_until(&space.hours, &space.closures, now).is_some())
    }
}
