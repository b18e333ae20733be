//! A date as a poster: what is pinned up in a stairwell, with a code that leads back here. Printed on one sheet.
//!
//! The code is a picture of the server's; everything else is on the phone.

use domain::activity::Phase;
use domain::agenda::Entry;
use domain::id::OccurrenceId;
use domain::words::format;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::components::elsewhere::Elsewhere;
use crate::model::use_model;
use crate::pages::not_found::NotFoundPage;
use crate::platform;
use crate::route::Route;
use crate::ui::icon::Icon;
use crate::ui::unbroken::Unbroken;

/// `/a/:occurrence/poster`
#[component]
pub fn PosterPage() -> impl IntoView {
    let model = use_model();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("occurrence").and_then(|text| text.parse::<OccurrenceId>().ok()));
    model.set_title(move || {
        let view = model.view();
        let entry = id.get().and_then(|id| Entry::of(&view, id));
        entry.map_or_else(|| model.words().poster.make.to_owned(), |entry| entry.activity.title.to_string())
    });
    let is_known = Memo::new(move |_| {
        let view = model.view();
        id.get().is_some_and(|id| Entry::of(&view, id).is_some())
    });
    move || match id.get() {
        Some(id) if is_known.get() => view! { <Poster id/> }.into_any(),
        Some(id) => {
            let route = |id| Route::Poster(OccurrenceId::from_uuid(id));
            view! { <Elsewhere id=id.uuid() route/> }.into_any()
        }
        None => view! { <NotFoundPage/> }.into_any(),
    }
}

#[component]
fn Poster(id: OccurrenceId) -> impl IntoView {
    let model = use_model();
    let is_code_absent = RwSignal::new(false);
    let sheet = move || {
        let view = model.view();
        let entry = Entry::of(&view, id)?;
        let (words, activity, range) = (model.words(), entry.activity, entry.occurrence.range);
        let day = format::day_head(words.language, range.start().date(), model.today());
        let phone = view.teams.get(&activity.team).and_then(|team| team.row.phone.clone());
        let takes_sign_ups =
            matches!(entry.phase(model.now()), Phase::Open { .. } | Phase::Pool { .. } | Phase::NotOpen { .. });
        let scan = if takes_sign_ups { words.poster.scan_sign_up } else { words.poster.scan };
        let address = platform::absolute(&Route::Occurrence(id).href());
        let is_off = entry.occurrence.cancelled.is_some();
        Some(view! {
            <article class="poster" data-category=activity.category.as_str()>
                <p class="poster-tag">{words.category(activity.category)}</p>
                <h1 class="poster-title" tabindex="-1">{activity.title.to_string()}</h1>
                {entry.team.map(|team| view! { <p class="poster-team">{team.to_owned()}</p> })}
                {is_off.then(|| view! { <p class="poster-off">{words.occurrence.called_off}</p> })}
                <p class="poster-when">
                    <Unbroken text=day.date/>
                    " "
                    <span class="nb">{format::time_range(words.language, range)}</span>
                </p>
                {day.lunar.map(|lunar| view! { <p class="poster-lunar">{lunar}</p> })}
                <p class="poster-where">{entry.venue().place.to_string()}</p>
                <p class="poster-who">{words.audience(activity.audience)}</p>
                <figure class="poster-code">
                    <Show
                        when=move || !is_code_absent.get()
                        fallback=move || view! { <p class="poster-absent">{model.words().poster.code_absent}</p> }
                    >
                        <img
                            src=[&Route::Occurrence(id).href(), "/code.svg"].concat()
                            width="280"
                            height="280"
                            alt=""
                            on:error=move |_| is_code_absent.set(true)
                        />
                    </Show>
                    <figcaption>{scan}</figcaption>
                    <p class="poster-address">{address}</p>
                </figure>
                {phone.map(|phone| view! { <p class="poster-phone">{words.common.call_number(&phone)}</p> })}
            </article>
        })
    };
    view! {
        <div class="page">
            {sheet}
            <p class="quiet screen-only">{move || model.words().poster.how}</p>
            <div class="button-row screen-only">
                <button type="button" class="button" data-kind="primary" on:click=move |_| platform::print()>
                    <Icon name="i-print"/>
                    {move || model.words().poster.print}
                </button>
            </div>
        </div>
    }
}
