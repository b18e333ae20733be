//! Where it is: one of our spaces, or an address.

use domain::id::SpaceId;
use domain::order::sort_by_key;
use domain::words::format;
use leptos::prelude::*;

use super::TextField;
use crate::components::publish_draft::{Draft, Field, Problems};
use crate::model::use_model;
use crate::ui::icon::Icon;

#[component]
pub(super) fn Where(draft: RwSignal<Draft>, problems: Signal<Problems>) -> impl IntoView {
    let model = use_model();
    let spaces = Memo::new(move |_| {
        let (view, community) = (model.view(), model.community());
        let here = view.spaces.iter().filter(|(_, space)| space.community == community);
        let mut spaces: Vec<(SpaceId, String)> = here.map(|(id, space)| (*id, space.row.name.to_string())).collect();
        sort_by_key(&mut spaces, |(id, name)| (name.clone(), *id));
        spaces
    });
    let clashes = Memo::new(move |_| draft.read().clashes(&model.view(), model.now()));
    let choose = move |event| {
        let chosen = event_target_value(&event).parse::<SpaceId>().ok();
        draft.update(|draft| draft.space = chosen);
    };
    view! {
        <fieldset class="field-set">
            <legend class="field-label">{move || model.words().publish.where_}</legend>
            <div class="field">
                <label class="field-label" for="publish-space">{move || model.words().publish.which_space}</label>
                <select class="input" id="publish-space" aria-describedby="publish-clash" on:change=choose>
                    {move || {
                        let chosen = draft.read().space;
                        let other = chosen.is_none();
                        view! {
                            <option value="" selected=other>
                                {model.words().publish.other_place}
                            </option>
                            {spaces
                                .get()
                                .into_iter()
                                .map(|(id, name)| {
                                    let is_chosen = chosen == Some(id);
                                    view! { <option value=id.to_string() selected=is_chosen>{name}</option> }
                                })
                                .collect_view()}
                        }
                    }}
                </select>
            </div>
            <div hidden=move || draft.read().space.is_some()>
                <TextField
                    field=Field::Place
                    label=Signal::derive(move || model.words().publish.place)
                    help=Signal::derive(move || model.words().publish.place_help)
                    problems
                    value=Signal::derive(move || draft.read().place.clone())
                    on_input=Callback::new(move |text| draft.update(|draft| draft.place = text))
                />
            </div>
            <div id="publish-clash" role="status">
                {move || {
                    let (clashes, words, today) = (clashes.get(), model.words(), model.today());
                    (!clashes.is_empty())
                        .then(|| {
                            let days: Vec<String> =
                                clashes.iter().map(|on| format::date(words.language, *on, today)).collect();
                            view! {
                                <div class="notice" data-tone="warn">
                                    <Icon name="i-exclamation"/>
                                    <div class="notice-body">
                                        <p class="notice-title">
                                            {words.publish.clash(format::list(words.language, &days))}
                                        </p>
                                        <p>{words.publish.clash_other}</p>
                                    </div>
                                </div>
                            }
                        })
                }}
            </div>
        </fieldset>
    }
}
