//! How it works, in five short parts, and whom to call.

use domain::order::sort_by_key;
use domain::words::Words;
use leptos::prelude::*;

use super::communities::name_of;
use crate::model::use_model;
use crate::ui::icon::Icon;

/// A part: its icon, its title, what it says.
type Part = (&'static str, fn(&'static Words) -> (&'static str, &'static str));

const PARTS: [Part; 5] = [
    ("i-calendar", |words| (words.help.sign_up_title, words.help.sign_up)),
    ("i-room", |words| (words.help.book_title, words.help.book)),
    ("i-offline", |words| (words.help.offline_title, words.help.offline)),
    ("i-undo", |words| (words.help.cancel_title, words.help.cancel)),
    ("i-text-size", |words| (words.help.large_title, words.help.large)),
];

/// `/help`
#[component]
pub fn HelpPage() -> impl IntoView {
    let model = use_model();
    let title = move || model.words().help.title.to_owned();
    model.set_title(title);
    // The community on screen first: that is the one people mean.
    let phones = move || {
        let here = model.community();
        let mut all: Vec<_> = model.communities().iter().filter(|one| one.phone.is_some()).cloned().collect();
        sort_by_key(&mut all, |one| one.id != here);
        all
    };
    view! {
        <div class="page">
            <h1 class="page-title">{title}</h1>
            <p class="page-sub">{move || model.words().help.intro}</p>
            {PARTS
                .map(|(icon, part)| {
                    view! {
                        <section class="card">
                            <div class="row">
                                <Icon name=icon/>
                                <h2 class="section-title">{move || part(model.words()).0}</h2>
                            </div>
                            <p>{move || part(model.words()).1}</p>
                        </section>
                    }
                })
                .collect_view()}
            {move || {
                let phones = phones();
                (!phones.is_empty())
                    .then(|| {
                        view! {
                            <section class="section">
                                <header class="section-head">
                                    <h2 class="section-title">{model.words().help.phones}</h2>
                                </header>
                                <ul class="list">
                                    {phones
                                        .into_iter()
                                        .map(|one| {
                                            let phone = one.phone.clone().unwrap_or_default();
                                            let href = ["tel:", &phone].concat();
                                            view! {
                                                <li>
                                                    <a class="list-row" href=href>
                                                        <Icon name="i-phone"/>
                                                        <span class="list-row-text">
                                                            <span class="list-row-title">
                                                                {name_of(&one, model.language())}
                                                            </span>
                                                            <span class="list-row-note">{phone}</span>
                                                        </span>
                                                    </a>
                                                </li>
                                            }
                                        })
                                        .collect_view()}
                                </ul>
                            </section>
                        }
                    })
            }}
        </div>
    }
}
