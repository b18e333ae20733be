//! Filters of the list of spaces: chips beside each other, or in 长辈版 one button and a sheet. They live in the address.

use std::collections::BTreeSet;

use domain::space::SpaceKind;
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use crate::model::use_model;
use crate::route::{Route, with_query};
use crate::ui::icon::Icon;
use crate::ui::sheet::Sheet;

/// Which spaces to show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SpaceFilter {
    /// Of one kind.
    pub kind: Option<SpaceKind>,
    /// Only those made for children.
    pub for_children: bool,
    /// Only those open at this moment.
    pub is_open_now: bool,
}

impl SpaceFilter {
    /// Reads the address.
    #[must_use]
    pub fn read(query: &ParamsMap) -> Self {
        let kind = query.get("kind");
        Self {
            kind: SpaceKind::ALL.into_iter().find(|known| kind.as_deref() == Some(known.as_str())),
            for_children: query.get("kids").is_some(),
            is_open_now: query.get("open").is_some(),
        }
    }

    /// The address.
    #[must_use]
    pub fn href(self) -> String {
        let flag = |on: bool| if on { "1" } else { "" };
        let kind = self.kind.map_or("", SpaceKind::as_str);
        with_query(
            &Route::Spaces.href(),
            &[("kind", kind), ("kids", flag(self.for_children)), ("open", flag(self.is_open_now))],
        )
    }

    /// Whether it leaves anything out.
    #[must_use]
    pub fn is_set(self) -> bool {
        self != Self::default()
    }

    fn count(self) -> usize {
        usize::from(self.kind.is_some()) + usize::from(self.for_children) + usize::from(self.is_open_now)
    }
}

/// The filters.
#[component]
pub fn SpaceFilterBar(
    filter: Signal<SpaceFilter>,
    /// The kinds there are in this community.
    kinds: Signal<BTreeSet<SpaceKind>>,
    /// How many spaces the list shows.
    found: Signal<usize>,
    on_filter: Callback<SpaceFilter>,
) -> impl IntoView {
    let model = use_model();
    let open = RwSignal::new(false);
    let is_elder = Memo::new(move |_| model.is_elder());
    let label = move || model.words().spaces.kinds_label;
    let foot = move || {
        view! {
            <button type="button" class="button" data-kind="primary" on:click=move |_| open.set(false)>
                {move || {
                    let spaces = &model.words().spaces;
                    if found.get() == 0 { spaces.show_none.to_owned() } else { spaces.show_filtered(found.get()) }
                }}
            </button>
        }
    };
    move || {
        if is_elder.get() {
            view! {
                <div class="filter-bar">
                    <button
                        type="button"
                        class="filter-button"
                        aria-haspopup="dialog"
                        on:click=move |_| open.set(true)
                    >
                        <Icon name="i-filter"/>
                        {move || model.words().common.filter}
                        {move || {
                            let n = filter.get().count();
                            (n > 0).then(|| view! { <span class="badge">{n}</span> })
                        }}
                    </button>
                </div>
                <Sheet open title=Signal::derive(move || label().to_owned()) foot>
                    <div class="filter-chips" data-wrap="" role="group" aria-label=label>
                        <Chips filter kinds on_filter/>
                    </div>
                </Sheet>
            }
            .into_any()
        } else {
            view! {
                <div class="filter-chips" role="group" aria-label=label>
                    <Chips filter kinds on_filter/>
                </div>
            }
            .into_any()
        }
    }
}

#[component]
fn Chips(
    filter: Signal<SpaceFilter>,
    kinds: Signal<BTreeSet<SpaceKind>>,
    on_filter: Callback<SpaceFilter>,
) -> impl IntoView {
    let model = use_model();
    let has_family_kind = move || kinds.read().contains(&SpaceKind::ParentChild);
    view! {
        <button
            type="button"
            class="filter-chip"
            aria-pressed=move || (!filter.get().is_set()).to_string()
            on:click=move |_| on_filter.run(SpaceFilter::default())
        >
            {move || model.words().spaces.all_kinds}
        </button>
        <button
            type="button"
            class="filter-chip"
            aria-pressed=move || filter.get().is_open_now.to_string()
            on:click=move |_| {
                let now = filter.get_untracked();
                on_filter.run(SpaceFilter { is_open_now: !now.is_open_now, ..now });
            }
        >
            <Icon name="i-clock"/>
            {move || model.words().spaces.open_now}
        </button>
        {move || {
            has_family_kind()
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="filter-chip"
                            aria-pressed=move || filter.get().for_children.to_string()
                            on:click=move |_| {
                                let now = filter.get_untracked();
                                on_filter.run(SpaceFilter { for_children: !now.for_children, ..now });
                            }
                        >
                            <Icon name="i-child"/>
                            {move || model.words().list.for_children}
                        </button>
                    }
                })
        }}
        {move || {
            SpaceKind::ALL
                .into_iter()
                .filter(|kind| kinds.read().contains(kind))
                .map(|kind| {
                    view! {
                        <button
                            type="button"
                            class="filter-chip"
                            aria-pressed=move || (filter.get().kind == Some(kind)).to_string()
                            on:click=move |_| {
                                let now = filter.get_untracked();
                                let kind = (now.kind != Some(kind)).then_some(kind);
                                on_filter.run(SpaceFilter { kind, ..now });
                            }
                        >
                            {move || model.words().space_kind(kind)}
                        </button>
                    }
                })
                .collect_view()
        }}
    }
}
