//! Filters of the list: chips beside each other, or in 长辈版 one button and a sheet.

use domain::activity::Category;
use domain::agenda::Filter;
use leptos::prelude::*;

use crate::components::activity_row::category_icon;
use crate::model::{Mode, use_model};
use crate::ui::icon::Icon;
use crate::ui::sheet::Sheet;

/// The filters; `teams` and `spaces` are what the community has, as (id in text, name).
#[component]
pub fn FilterBar(
    filter: Signal<Filter>,
    on_change: Callback<Filter>,
    teams: Signal<Vec<(domain::id::TeamId, String)>>,
    spaces: Signal<Vec<(domain::id::SpaceId, String)>>,
    /// How many dates the list shows.
    found: Signal<usize>,
    /// Opens the month to choose a day; in the large-text version its button stands beside the filter's.
    #[prop(optional)]
    on_month: Option<Callback<()>>,
) -> impl IntoView {
    let model = use_model();
    let open = RwSignal::new(false);
    let count = move || {
        let filter = filter.get();
        usize::from(filter.category.is_some())
            + usize::from(filter.team.is_some())
            + usize::from(filter.space.is_some())
            + usize::from(filter.for_children)
            + usize::from(filter.mine)
    };
    let more = move || view! { <FilterSelects filter on_change teams spaces/> };
    view! {
        {move || match model.prefs().mode {
            Mode::Standard => view! {
                <div class="filter-chips" role="group" aria-label=model.words().list.filters_label>
                    <FilterChips filter on_change/>
                    <button
                        type="button"
                        class="filter-chip"
                        aria-haspopup="dialog"
                        aria-pressed=move || {
                            filter.with(|filter| filter.team.is_some() || filter.space.is_some()).to_string()
                        }
                        on:click=move |_| open.set(true)
                    >
                        <Icon name="i-filter"/>
                        {model.words().common.filter}
                    </button>
                </div>
            }
            .into_any(),
            Mode::Elder => view! {
                <div class="filter-bar">
                    {on_month
                        .map(|on_month| {
                            view! {
                                <button
                                    type="button"
                                    class="filter-button"
                                    aria-haspopup="dialog"
                                    on:click=move |_| on_month.run(())
                                >
                                    <Icon name="i-calendar"/>
                                    {model.words().month.title}
                                </button>
                            }
                        })}
                    <button type="button" class="filter-button" aria-haspopup="dialog" on:click=move |_| open.set(true)>
                        <Icon name="i-filter"/>
                        {model.words().common.filter}
                        {move || (count() > 0).then(|| view! { <span class="badge">{count()}</span> })}
                    </button>
                </div>
            }
            .into_any(),
        }}
        <Sheet
            open=open
            title=Signal::derive(move || model.words().common.filter.to_owned())
            foot=move || {
                view! {
                    <button type="button" class="button" data-kind="primary" on:click=move |_| open.set(false)>
                        {move || {
                            let list = &model.words().list;
                            if found.get() == 0 { list.show_none.to_owned() } else { list.show_filtered(found.get()) }
                        }}
                    </button>
                }
            }
        >
            <div class="stack">
                {move || {
                    (model.prefs().mode == Mode::Elder)
                        .then(|| {
                            view! {
                                <div
                                    class="filter-chips"
                                    data-wrap=""
                                    role="group"
                                    aria-label=model.words().list.filters_label
                                >
                                    <FilterChips filter on_change/>
                                </div>
                            }
                        })
                }}
                {more()}
            </div>
        </Sheet>
    }
}

#[component]
fn FilterChips(filter: Signal<Filter>, on_change: Callback<Filter>) -> impl IntoView {
    let model = use_model();
    let chip = move |is_on: Signal<bool>,
                     icon: Option<&'static str>,
                     text: Signal<&'static str>,
                     next: Callback<Filter, Filter>| {
        view! {
            <button
                type="button"
                class="filter-chip"
                aria-pressed=move || is_on.get().to_string()
                on:click=move |_| on_change.run(next.run(filter.get_untracked()))
            >
                {icon.map(|name| view! { <Icon name/> })}
                {move || text.get()}
            </button>
        }
    };
    let word =
        move |pick: fn(&'static domain::words::Words) -> &'static str| Signal::derive(move || pick(model.words()));
    view! {
        {chip(
            Signal::derive(move || filter.get().is_open()),
            None,
            word(|words| words.list.all),
            Callback::new(|_| Filter::default()),
        )}
        {chip(
            Signal::derive(move || filter.get().mine),
            Some("i-check"),
            word(|words| words.list.mine),
            Callback::new(|filter: Filter| Filter { mine: !filter.mine, ..filter }),
        )}
        {chip(
            Signal::derive(move || filter.get().for_children),
            Some("i-child"),
            word(|words| words.list.for_children),
            Callback::new(|filter: Filter| Filter { for_children: !filter.for_children, ..filter }),
        )}
        {Category::ALL
            .map(|category| {
                chip(
                    Signal::derive(move || filter.get().category == Some(category)),
                    Some(category_icon(category)),
                    Signal::derive(move || model.words().category(category)),
                    Callback::new(move |filter: Filter| {
                        let category = (filter.category != Some(category)).then_some(category);
                        Filter { category, ..filter }
                    }),
                )
            })
            .collect_view()}
    }
}

#[component]
fn FilterSelects(
    filter: Signal<Filter>,
    on_change: Callback<Filter>,
    teams: Signal<Vec<(domain::id::TeamId, String)>>,
    spaces: Signal<Vec<(domain::id::SpaceId, String)>>,
) -> impl IntoView {
    let model = use_model();
    view! {
        <div class="field">
            <label class="field-label" for="filter-team">{move || model.words().list.team}</label>
            <select
                class="input"
                id="filter-team"
                on:change=move |event| {
                    let team = event_target_value(&event).parse().ok();
                    on_change.run(Filter { team, ..filter.get_untracked() });
                }
            >
                <option value="" selected=move || filter.get().team.is_none()>{move || model.words().list.any_team}</option>
                {move || {
                    teams
                        .get()
                        .into_iter()
                        .map(|(id, name)| {
                            view! {
                                <option value=id.to_string() selected=move || filter.get().team == Some(id)>{name}</option>
                            }
                        })
                        .collect_view()
                }}
            </select>
        </div>
        <div class="field">
            <label class="field-label" for="filter-space">{move || model.words().list.space}</label>
            <select
                class="input"
                id="filter-space"
                on:change=move |event| {
                    let space = event_target_value(&event).parse().ok();
                    on_change.run(Filter { space, ..filter.get_untracked() });
                }
            >
                <option value="" selected=move || filter.get().space.is_none()>
                    {move || model.words().list.any_space}
                </option>
                {move || {
                    spaces
                        .get()
                        .into_iter()
                        .map(|(id, name)| {
                            view! {
                                <option value=id.to_string() selected=move || filter.get().space == Some(id)>{name}</option>
                            }
                        })
                        .collect_view()
                }}
            </select>
        </div>
    }
}
