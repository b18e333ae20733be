//! The people of the demonstration: one tap signs in as one of them.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Draft, sentence};
use crate::api::DemoPerson;
use crate::model::{Model, use_model};
use crate::ui::icon::Icon;

/// The list.
#[component]
pub fn DemoPeople(draft: Draft) -> impl IntoView {
    let model = use_model();
    let people = RwSignal::new(Vec::<DemoPerson>::new());
    let problem = RwSignal::new(None::<String>);
    spawn_local(async move {
        match model.demo_people().await {
            Ok(found) => drop(people.try_set(found)),
            Err(error) => drop(problem.try_set(Some(sentence(model, &error)))),
        }
    });
    let choose = move |role: String| {
        spawn_local(async move {
            match model.demo_sign_in(&role, draft.whose()).await {
                Ok(_) => drop(draft.on_done.try_run(())),
                Err(error) => drop(problem.try_set(Some(sentence(model, &error)))),
            }
        });
    };
    let row = move |person: DemoPerson| {
        let initial: String = person.name.chars().take(1).collect();
        let about = [role_word(model, &person.role), " · ", &person.about].concat();
        let role = person.role;
        view! {
            <li>
                <button class="demo-person" type="button" on:click=move |_| choose(role.clone())>
                    <span class="initial" aria-hidden="true">{initial}</span>
                    <span class="demo-person-text">
                        <strong>{person.name}</strong>
                        <span>{about}</span>
                    </span>
                    <Icon name="i-next"/>
                </button>
            </li>
        }
    };
    view! {
        <section class="section demo">
            <h2 class="section-title">{move || model.words().login.demo_title}</h2>
            <p class="demo-note">{move || model.words().login.demo_help}</p>
            {move || problem.get().map(|text| view! { <p class="field-error" role="alert">{text}</p> })}
            <ul class="demo-list">{move || people.get().into_iter().map(row).collect_view()}</ul>
        </section>
    }
}

fn role_word(model: Model, role: &str) -> &'static str {
    let login = &model.words().login;
    match role {
        "parent" => login.demo_parent,
        "team_editor" => login.demo_editor,
        "host" => login.demo_host,
        "community_admin" => login.demo_community,
        "district_admin" => login.demo_district,
        _ => login.demo_resident,
    }
}
