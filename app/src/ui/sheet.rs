//! A sheet: a modal `<dialog>` from the bottom of a phone, in the middle of a desk.
//!
//! The browser's back closes it (a history entry is made while it is open), Escape and the close button too, and focus
//! returns to what opened it. The one word it says by itself is that of its close buttons. What is inside is made anew
//! at each opening. A page that closes it and goes elsewhere at once does so with `replace`, which takes the place of
//! the sheet's history entry.

use std::cell::{Cell, RefCell};

use leptos::html::Dialog;
use leptos::leptos_dom::helpers::window;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsValue;

use super::icon::Icon;
use crate::model::use_model;
use crate::platform;

thread_local! {
    static OPENINGS: Cell<u32> = const { Cell::new(0) };
    /// The mark of the sheet that has closed and may still be in the history.
    static LEAVING: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// What marks the history entry of one opening: another may come before the one before has left the history.
fn next_mark() -> String {
    OPENINGS.set(OPENINGS.get() + 1);
    ["sheet-", &OPENINGS.get().to_string()].concat()
}

/// Whether the history stands at the entry with this mark.
fn is_here(mark: &str) -> bool {
    window().history().and_then(|history| history.state()).is_ok_and(|state| state == mark)
}

/// How long a change of page may take to reach the history.
const SETTLE_MS: u64 = 100;

/// A sheet, open while `open` is true. `foot` holds its one primary button and what belongs beside it; a button that
/// closes is always there.
#[component]
pub fn Sheet(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    /// What it is about, under the title.
    #[prop(optional, into)]
    about: Option<ViewFn>,
    /// Fills a phone's screen.
    #[prop(optional)]
    full: bool,
    /// Its foot has a word of its own for leaving everything as it is.
    #[prop(optional)]
    says_keep: bool,
    #[prop(optional, into)] foot: Option<ViewFn>,
    children: ChildrenFn,
) -> impl IntoView {
    let model = use_model();
    let dialog = NodeRef::<Dialog>::new();

    // Talks to the dialog and to the history, which are outside of the reactive world.
    Effect::new(move |before: Option<Option<String>>| {
        let before = before.flatten();
        let is_open = open.get();
        let Some(dialog) = dialog.get().filter(|_| before.is_some() != is_open) else { return before };
        if is_open {
            let mark = next_mark();
            // Once its inside is drawn, so that the focus finds something in it.
            platform::start_timer(0, move || {
                let _ = dialog.show_modal();
            });
            let state = JsValue::from_str(&mark);
            let takes_over = LEAVING.take().is_some_and(|left| is_here(&left));
            let enter = |history: web_sys::History| {
                if takes_over { history.replace_state(&state, "") } else { history.push_state(&state, "") }
            };
            let _ = window().history().and_then(enter);
            return Some(mark);
        }
        dialog.close();
        LEAVING.set(before.clone());
        // Later, because whoever closed it may be going elsewhere in the same breath.
        platform::start_timer(SETTLE_MS, move || {
            if before.is_some_and(|mark| is_here(&mark)) {
                let _ = window().history().and_then(|history| history.back());
            }
        });
        None
    });
    let back = window_event_listener(leptos::ev::popstate, move |_| {
        if open.get_untracked() {
            open.set(false);
        }
    });
    on_cleanup(move || back.remove());

    let children = StoredValue::new(children);
    let (about, foot) = (StoredValue::new(about), StoredValue::new(foot));
    let close = move |_| open.set(false);
    view! {
        <dialog
            class="sheet"
            node_ref=dialog
            aria-label=move || title.get()
            data-size=full.then_some("full")
            on:close=move |_| open.set(false)
        >
            {move || {
                open.get()
                    .then(|| {
                        view! {
                            <header class="sheet-head">
                                <div>
                                    <h2 class="sheet-title" tabindex="-1" autofocus>
                                        {move || title.get()}
                                    </h2>
                                    {about
                                        .get_value()
                                        .map(|about| view! { <div class="sheet-sub">{about.run()}</div> })}
                                </div>
                                <button
                                    class="icon-button"
                                    type="button"
                                    aria-label=move || model.words().common.close
                                    on:click=close
                                >
                                    <Icon name="i-close"/>
                                </button>
                            </header>
                            <div class="sheet-body">{children.with_value(|children| children())}</div>
                            <footer class="sheet-foot">
                                {foot.get_value().map(|foot| foot.run())}
                                {(!says_keep)
                                    .then(|| {
                                        view! {
                                            <button type="button" class="button" data-kind="quiet" on:click=close>
                                                {move || model.words().common.close}
                                            </button>
                                        }
                                    })}
                            </footer>
                        }
                    })
            }}
        </dialog>
    }
}
