//! Who no longer comes, and what that means: a place given back may go to somebody who waits, at once.

use std::collections::BTreeSet;

use domain::change::PartyMember;
use domain::id::PersonId;
use leptos::prelude::*;

use crate::model::use_model;
use crate::ui::sheet::Sheet;

/// The sheet; `on_confirm` gets who leaves.
#[component]
pub fn WithdrawSheet(
    open: RwSignal<bool>,
    party: Signal<Vec<PartyMember>>,
    /// Parties that wait.
    waiting: Signal<u16>,
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
            0 => words.occurrence.withdraw_free.to_owned(),
            waiting => words.occurrence.withdraw_queue(waiting),
        }
    };
    let confirm = move |_| {
        open.set(false);
        on_confirm.run(leaving.get_untracked().into_iter().collect());
    };
    // Red only for what cannot be undone: when others wait, the place is gone at once.
    let kind = move || if waiting.get() > 0 { "danger" } else { "primary" };
    let foot = move || {
        view! {
            <button
                type="button"
                class="button"
                data-kind=kind
                disabled=move || leaving.read().is_empty()
                on:click=confirm
            >
                {move || model.words().occurrence.withdraw_confirm(leaving.read().len())}
            </button>
            <button type="button" class="button" on:click=move |_| open.set(false)>
                {move || model.words().occurrence.keep}
            </button>
        }
    };
    view! {
        <Sheet
            open=open
            title=Signal::derive(move || {
                let words = model.words();
                if party.read().len() > 1 { words.occurrence.withdraw_who } else { words.occurrence.withdraw }.to_owned()
            })
            foot=foot
        >
            <Show when=move || { party.read().len() > 1 }>
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
            <p>{consequence}</p>
        </Sheet>
    }
}
