//! Choosing a community.

use domain::change::CommunityView;
use domain::words::Language;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use crate::model::use_model;
use crate::route::Route;
use crate::ui::icon::Icon;

/// What a community is called in a language.
#[must_use]
pub fn name_of(community: &CommunityView, language: Language) -> String {
    match language {
        Language::ZhCn => community.name.to_string(),
        Language::En => community.english_name.to_string(),
    }
}

/// `/communities`
#[component]
pub fn CommunitiesPage() -> impl IntoView {
    let model = use_model();
    let navigate = StoredValue::new(use_navigate());
    let title = move || model.words().common.choose_community.to_owned();
    model.set_title(title);
    let home = Memo::new(move |_| model.view().profile.as_ref().map(|(_, profile)| profile.home.clone()));

    let choose = Callback::new(move |community: CommunityView| {
        model.set_prefs(|prefs| prefs.community = Some(community.id));
        navigate.with_value(|navigate| navigate(&Route::Activities.href(), Default::default()));
    });
    let row = move |community: CommunityView| {
        let words = model.words();
        let is_home = home.get().as_ref() == Some(&community.id);
        let is_chosen = community.id == model.community();
        let name = name_of(&community, words.language);
        view! {
            <li>
                <button
                    type="button"
                    class="choice-row"
                    aria-current=is_chosen.then_some("true")
                    on:click=move |_| choose.run(community.clone())
                >
                    <span class="choice-row-text">{name}</span>
                    {is_home.then(|| view! { <span class="choice-row-note">{words.me.home_community}</span> })}
                    <Icon name="i-check"/>
                </button>
            </li>
        }
    };
    view! {
        <div class="page">
            <h1 class="page-title">{title}</h1>
            {move || {
                let all = model.communities();
                if !all.is_empty() {
                    view! { <ul class="choice-list">{all.iter().cloned().map(row).collect_view()}</ul> }.into_any()
                } else if model.is_offline() {
                    view! { <p class="quiet">{model.words().offline.not_loaded}</p> }.into_any()
                } else {
                    view! {
                        <div class="busy" aria-busy="true">
                            <p>{model.words().common.loading}</p>
                        </div>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}
