//! Who no longer comes, and what that means: a place given back may go to somebody who waits, at once. The filled button
//! stands where the one that signs up did, so it is the one that loses nothing.

use std::collections::BTreeSet;

use domain::change::PartyMember;
use domain::id::{OccurrenceId, PersonId};
use leptos::prelude::*;

use crate::components::date_line::DateLine;
use crate::model::use_model;
use crate::ui::sheet::Sheet;
use crate::ui::unbroken::Unbroken;

/// The sheet; `on_confirm` gets who leaves.
#[component]
pub fn WithdrawSheet(
    open: RwSignal<bool>,
    occurrence: OccurrenceId,
    party: Signal<Vec<PartyMember>>,
    /// Parties that wait.
    waiting: Signal<u16>,
    /// Whether places are still to be drawn, so that nothing is lost to anybody.
    is_pooled: Signal<bool>,
    on_confirm: Callback<Vec<PersonId>>,
) -> impl IntoView {
    let model = use_model();
    let leaving = RwSignal::new(BTreeSet::<PersonId>::new());
    Effect::new(move || {
        if open.get() {
            leaving.set(party.get_untracked().iter().map(|member| member.person).collect());
        }
    });
    let consequence = move || {
        let words = model.words();
        match waiting.get() {
            _ if is_pooled.get() => words.draws.withdraw_note.to_owned(),
            0 => words.occurrence.withdraw_free.to_owned(),
            waiting => words.occurrence.withdraw_queue(waiting),
        }
    };
    let confirm = move |_| {
        open.set(false);
        on_confirm.run(leaving.get_untracked().into_iter().collect());
    };
    let is_alone = move || party.read().len() < 2;
    let who = move || {
        let leaving = leaving.read();
        let party = party.read();
        let names: Vec<_> =
            party.iter().filter(|member| leaving.contains(&member.person)).map(|member| member.name.as_str()).collect();
        let words = model.words();
        (!names.is_empty()).then(|| words.common.party(words.names_list(&names), names.len()))
    };
    // Red only for what cannot be undone: when others wait, the place is gone at once.
    let kind = move || if waiting.get() > 0 && !is_pooled.get() { "danger" } else { "outline" };
    let word = move || {
        let occurrence = &model.words().occurrence;
        if is_alone() { occurrence.withdraw.to_owned() } else { occurrence.withdraw_confirm(leaving.read().len()) }
    };
    let foot = move || {
        view! {
            <button type="button" class="button" data-kind="primary" on:click=move |_| open.set(false)>
                {move || model.words().occurrence.keep}
            </button>
            <button
                type="button"
                class="button"
                data-kind=kind
                disabled=move || leaving.read().is_empty()
                on:click=confirm
            >
                {word}
            </button>
        }
    };
    view! {
        <Sheet
            open=open
            title=Signal::derive(move || {
                let occurrence = &model.words().occurrence;
                if is_alone() { occurrence.withdraw_title } else { occurrence.withdraw_who }.to_owned()
            })
            about=move || view! { <DateLine occurrence/> }
            says_keep=true
            foot=foot
        >
            <Show when=move || !is_alone()>
                <ul class="person-list">
                    {move || {
                        party
                            .get()
                            .into_iter()
                            .map(|member| {
                                let id = member.person;
                                view! {
                                    <li>
                                        <label class="person-row">
                                            <input
                                                type="checkbox"
                                                prop:checked=move || leaving.read().contains(&id)
                                                on:change=move |event| {
                                                    let is_on = event_target_checked(&event);
                                                    leaving
                                                        .update(|leaving| {
                                                            if is_on { leaving.insert(id) } else { leaving.remove(&id) };
                                                        });
                                                }
                                            />
                                            <span class="person-row-text">
                                                <span class="person-row-name">{member.name.to_string()}</span>
                                            </span>
                                        </label>
                                    </li>
                                }
                            })
                            .collect_view()
                    }}
                </ul>
            </Show>
            <p>
                {move || {
                    who()
                        .map(|text| {
                            view! {
                                <strong>
                                    <Unbroken text/>
                                </strong>
                                <br/>
                            }
                        })
                }}
                {consequence}
            </p>
        </Sheet>
    }
}
