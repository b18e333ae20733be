//! Messages, the newest first. What is shown counts as read; the mark stays for as long as one looks.

use std::collections::{BTreeMap, BTreeSet};

use domain::change::NoticeRow;
use domain::command::{Command, PEOPLE_OR_NOTICES_MAX, ReadNotices};
use domain::id::{CommunityId, NoticeId, StreamId};
use domain::order::sort_by_key;
use leptos::prelude::*;

use crate::components::message_item::MessageItem;
use crate::model::{Freshness, Model, Session, use_model};
use crate::route::{Route, login_then};
use crate::ui::empty::Empty;

/// How many messages are listed.
const SHOWN_MAX: usize = 100;

/// `/m`
#[component]
pub fn MessagesPage() -> impl IntoView {
    let model = use_model();
    let title = move || model.words().messages.title.to_owned();
    model.set_title(title);
    let notices = Memo::new(move |_| {
        let view = model.view();
        let mut all: Vec<(NoticeId, NoticeRow)> =
            view.notices.iter().map(|(id, notice)| (*id, notice.row.clone())).collect();
        sort_by_key(&mut all, |(id, notice)| (std::cmp::Reverse(notice.at), *id));
        all.truncate(SHOWN_MAX);
        all
    });
    // Reading is told to the server at once, so what was new on arrival is remembered here.
    let new = Memo::new(move |before: Option<&BTreeSet<NoticeId>>| {
        let mut new = before.cloned().unwrap_or_default();
        notices.with(|notices| {
            new.extend(notices.iter().filter(|(_, notice)| notice.read_at.is_none()).map(|(id, _)| *id));
        });
        new
    });
    mark_read(model);

    view! {
        <div class="page">
            <h1 class="page-title">{title}</h1>
            {move || match model.session() {
                Session::Guest => {
                    view! {
                        <p class="page-sub">{model.words().messages.guest}</p>
                        <a class="button" data-kind="primary" href=login_then(&Route::Messages.href())>
                            {model.words().common.sign_in}
                        </a>
                    }
                        .into_any()
                }
                Session::SignedIn(_) if !notices.read().is_empty() => {
                    view! {
                        <ul class="message-list">
                            <For
                                each=move || notices.get()
                                key=|(id, _)| *id
                                children=move |(id, notice)| {
                                    let is_new = new.with_untracked(|new| new.contains(&id));
                                    view! { <MessageItem notice is_new/> }
                                }
                            />
                        </ul>
                    }
                        .into_any()
                }
                Session::SignedIn(_) if model.freshness() != Freshness::Loading => {
                    view! {
                        <Empty icon="i-message" text=model.words().messages.empty help=model.words().messages.empty_help>
                            <a class="button" href=Route::Activities.href()>{model.words().me.see_activities}</a>
                        </Empty>
                    }
                        .into_any()
                }
                Session::SignedIn(_) | Session::Unknown => {
                    view! {
                        <div class="busy" aria-busy="true">
                            <p>{model.words().common.loading}</p>
                        </div>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

/// Tells the server what was seen: one command for each community and visit.
fn mark_read(model: Model) {
    let told = StoredValue::new(BTreeSet::<CommunityId>::new());
    Effect::new(move |_| {
        if model.freshness() == Freshness::Loading || !matches!(model.session(), Session::SignedIn(_)) {
            return;
        }
        let mut unread: BTreeMap<CommunityId, Vec<NoticeId>> = BTreeMap::new();
        let view = model.view();
        for (id, notice) in view.notices.iter().filter(|(_, notice)| notice.row.read_at.is_none()) {
            unread.entry(notice.community.clone()).or_default().push(*id);
        }
        for (community, mut notices) in unread {
            if told.with_value(|told| told.contains(&community)) {
                continue;
            }
            told.update_value(|told| {
                told.insert(community.clone());
            });
            notices.truncate(PEOPLE_OR_NOTICES_MAX);
            let command = Command::ReadNotices(ReadNotices { notices });
            // Whether it could be saved shows at the next visit: what is not read stays new.
            let _ = model.submit(StreamId::Community(community), command, None);
        }
    });
}
