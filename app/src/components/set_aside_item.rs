//! Something that was saved to be sent and cannot be read any more: what it means, and keeping, copying or deleting it.

use domain::words::format;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::model::{SetAside, use_model};
use crate::platform;
use crate::ui::icon::Icon;

/// An entry that was set aside. Deleting takes two taps, because nothing brings it back.
#[component]
pub fn SetAsideItem(item: SetAside) -> impl IntoView {
    let model = use_model();
    let SetAside { key, at, text, is_kept } = item;
    let key = StoredValue::new(key);
    let text = StoredValue::new(text);
    let is_copied = RwSignal::new(false);
    let is_asked = RwSignal::new(false);
    let copy = move |_| {
        let text = text.get_value();
        spawn_local(async move { is_copied.set(platform::copy(&text).await) });
    };
    let keep = move |_| {
        model.keep_set_aside(key.get_value());
        model.announce(model.words_untracked().outbox.set_aside_kept);
    };
    let delete = move |_| {
        if is_asked.get_untracked() {
            model.delete_set_aside(key.get_value());
            model.announce(model.words_untracked().outbox.set_aside_deleted);
        } else {
            is_asked.set(true);
        }
    };
    let copy_word = move || {
        let words = model.words();
        if is_copied.get() { words.common.copied } else { words.outbox.copy_for_staff }
    };
    let delete_word = move || {
        let words = &model.words().outbox;
        if is_asked.get() { words.set_aside_delete_sure } else { words.set_aside_delete }
    };
    view! {
        <li class="outbox-item" data-state="refused">
            <div class="outbox-item-body">
                <p class="outbox-item-text">{move || model.words().outbox.set_aside_text}</p>
                <p class="outbox-item-age">
                    {move || {
                        model.words().outbox.saved_at(format::ago(model.language(), at, model.now()))
                    }}
                </p>
            </div>
            <div class="button-stack">
                <button type="button" class="button" on:click=copy>
                    <Icon name="i-copy"/>
                    <span role="status">{copy_word}</span>
                </button>
                {(!is_kept)
                    .then(|| {
                        view! {
                            <button type="button" class="button" on:click=keep>
                                {move || model.words().outbox.set_aside_keep}
                            </button>
                        }
                    })}
                <button type="button" class="button" data-kind="danger" on:click=delete>
                    <Icon name="i-trash"/>
                    <span role="status">{delete_word}</span>
                </button>
            </div>
        </li>
    }
}
