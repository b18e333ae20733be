//! The refusals that concern a page, each with its reason; they stay until dismissed.

use domain::command::{Command, Envelope};
use domain::json;
use domain::refusal::Alternative;
use domain::sync::machine::Settled;
use leptos::prelude::*;

use crate::components::refusal_notice::RefusalNotice;
use crate::model::use_model;

/// The command that was answered, if this build knows its kind.
#[must_use]
pub fn command_of(settled: &Settled) -> Option<Command> {
    json::read::<Envelope>(&settled.raw)?.command().ok()
}

/// The notices of refused commands for which `is_here` is true; `on_choose` takes up what is offered instead, where the page
/// has anything to choose.
#[component]
pub fn RefusalsHere(
    is_here: Callback<Command, bool>,
    #[prop(optional)] on_choose: Option<Callback<Alternative>>,
) -> impl IntoView {
    let model = use_model();
    let here = Memo::new(move |_| {
        let concerns = |settled: &Settled| command_of(settled).is_some_and(|command| is_here.run(command));
        model.refused().into_iter().filter(concerns).collect::<Vec<_>>()
    });
    let on_choose = on_choose.unwrap_or_else(|| Callback::new(|_| ()));
    move || here.get().into_iter().map(|settled| view! { <RefusalNotice settled on_choose/> }).collect_view()
}
