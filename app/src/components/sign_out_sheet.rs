//! Signing out, with what it means: what is removed from this phone, and what becomes of what is not sent.

use leptos::prelude::*;

use crate::model::use_model;
use crate::ui::sheet::Sheet;

/// The sheet.
#[component]
pub fn SignOutSheet(open: RwSignal<bool>, on_confirm: Callback<()>) -> impl IntoView {
    let model = use_model();
    let unsent = move || model.unsent().len();
    let confirm = move |_| {
        open.set(false);
        on_confirm.run(());
    };
    let stay = move |_| open.set(false);
    let send = move |_| {
        open.set(false);
        model.try_now();
    };
    let foot = move || {
        let words = model.words();
        if unsent() == 0 {
            view! {
                <button type="button" class="button" data-kind="primary" on:click=confirm>{words.me.sign_out}</button>
                <button type="button" class="button" on:click=stay>{words.me.stay}</button>
            }
            .into_any()
        } else {
            view! {
                <button type="button" class="button" data-kind="primary" on:click=send>{words.outbox.send_now}</button>
                <button type="button" class="button" on:click=confirm>
                    {if model.is_shared() { words.me.sign_out_drop } else { words.me.sign_out_keep }}
                </button>
                <button type="button" class="button" data-kind="quiet" on:click=stay>{words.me.stay}</button>
            }
            .into_any()
        }
    };
    view! {
        <Sheet open=open title=Signal::derive(move || model.words().me.sign_out.to_owned()) says_keep=true foot=foot>
            {move || {
                let me = &model.words().me;
                let note = if model.is_shared() { me.sign_out_shared } else { me.sign_out_note };
                match unsent() {
                    0 => view! { <p>{note}</p> }.into_any(),
                    n => {
                        let what = if model.is_shared() { me.sign_out_shared_unsent(n) } else { me.sign_out_unsent(n) };
                        view! {
                            <p>{what}</p>
                            <p class="quiet">{note}</p>
                        }
                            .into_any()
                    }
                }
            }}
        </Sheet>
    }
}
