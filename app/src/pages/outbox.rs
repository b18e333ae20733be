//! What waits on this phone to be sent, what was refused, what a restore had lost, and what can no longer be read.

use leptos::prelude::*;

use crate::components::lost_notice::LostNotice;
use crate::components::outbox_item::{RefusedItem, UnsentItem};
use crate::components::restored_notice::RestoredNotice;
use crate::components::set_aside_item::SetAsideItem;
use crate::model::use_model;
use crate::route::{Route, login_then};
use crate::ui::empty::Empty;
use crate::ui::icon::Icon;

/// `/me/outbox`
#[component]
pub fn OutboxPage() -> impl IntoView {
    let model = use_model();
    let title = move || model.words().outbox.title.to_owned();
    model.set_title(title);
    let refused = Memo::new(move |_| model.refused());
    let unsent = Memo::new(move |_| model.unsent());

    let refused_part = move || {
        (!refused.read().is_empty()).then(|| {
            view! {
                <section class="section">
                    <h2 class="section-title">{move || model.words().outbox.refused_title}</h2>
                    <ul class="outbox-list">
                        <For
                            each=move || refused.get()
                            key=|settled| settled.id
                            children=|settled| view! { <RefusedItem settled/> }
                        />
                    </ul>
                </section>
            }
        })
    };
    let set_aside = Memo::new(move |_| model.set_aside());
    // Drawn anew only when there is something else to draw: a button that asks for a second tap must not forget the first.
    let shows_set_aside = Memo::new(move |_| !set_aside.read().is_empty() && !model.is_locked());
    let set_aside_part = move || {
        shows_set_aside.get().then(|| {
            view! {
                <section class="section">
                    <h2 class="section-title">{move || model.words().outbox.set_aside_title}</h2>
                    <ul class="outbox-list">
                        <For
                            each=move || set_aside.get().to_vec()
                            key=|item| item.key.clone()
                            children=|item| view! { <SetAsideItem item/> }
                        />
                    </ul>
                </section>
            }
        })
    };
    // That something waits may be known; what it is, only to its person.
    let shows_unsent = Memo::new(move |_| !unsent.read().is_empty() && !model.is_locked());
    let unsent_part = move || {
        shows_unsent.get().then(|| {
            view! {
                <section class="section">
                    <h2 class="section-title">{move || model.words().offline.to_send(unsent.read().len())}</h2>
                    <p class="quiet">{move || model.words().outbox.intro}</p>
                    <ul class="outbox-list">
                        <For
                            each=move || unsent.get()
                            key=|item| (item.id, item.tried, item.doubt.is_some())
                            children=|item| view! { <UnsentItem item/> }
                        />
                    </ul>
                </section>
            }
        })
    };
    let action = move || {
        let words = model.words();
        if unsent.read().is_empty() {
            return ().into_any();
        }
        if model.needs_sign_in() {
            return view! {
                <div class="action-bar">
                    <a class="button" data-kind="primary" href=login_then(&Route::Outbox.href())>
                        {words.outbox.sign_in}
                    </a>
                </div>
            }
            .into_any();
        }
        view! {
            <div class="action-bar">
                {model.is_offline().then(|| view! { <p class="action-bar-note">{words.offline.offline}</p> })}
                <button type="button" class="button" data-kind="primary" on:click=move |_| model.try_now()>
                    <Icon name="i-phone-arrow"/>
                    {words.outbox.send_now}
                </button>
            </div>
        }
        .into_any()
    };
    view! {
        <div class="page">
            <h1 class="page-title">{title}</h1>
            <LostNotice/>
            <RestoredNotice/>
            {refused_part}
            {set_aside_part}
            {unsent_part}
            {move || {
                let has_any = !(refused.read().is_empty() && unsent.read().is_empty() && set_aside.read().is_empty());
                (!has_any && model.lost().is_none())
                    .then(|| view! { <Empty icon="i-check" text=model.words().outbox.empty/> })
            }}
            {action}
        </div>
    }
}
