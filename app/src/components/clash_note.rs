//! What a household has at the same time already, said before it asks for more.

use domain::clash::Clash;
use domain::words::format;
use leptos::prelude::*;

use crate::model::use_model;
use crate::ui::icon::Icon;

/// Nothing where nothing clashes.
#[component]
pub fn ClashNote(#[prop(into)] clashes: Signal<Vec<Clash>>) -> impl IntoView {
    let model = use_model();
    let sentence = move |clash: &Clash| {
        let (words, view) = (model.words(), model.view());
        let when = format::time_range(words.language, clash.range);
        let names =
            clash.people.iter().filter_map(|person| view.persons.get(person)).map(|person| person.name.as_str());
        let names: Vec<_> = names.collect();
        match names.is_empty() {
            true => words.sign_up.clash_booking(&clash.what, when),
            false => words.sign_up.clash(words.names_list(&names), &clash.what, when),
        }
    };
    move || {
        let sentences: Vec<_> = clashes.read().iter().map(sentence).collect();
        (!sentences.is_empty()).then(|| {
            view! {
                <div class="notice" data-tone="warn" role="status">
                    <Icon name="i-exclamation"/>
                    <div class="notice-body">
                        {sentences.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
                    </div>
                </div>
            }
        })
    }
}
