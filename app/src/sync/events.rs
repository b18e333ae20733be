//! What the browser and other tabs tell this one.

use std::rc::Rc;

use domain::id::AccountId;
use domain::sign_in::Whose;
use domain::sync::Input;
use leptos::leptos_dom::helpers::{document, window};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::Runner;
use crate::storage::outbox::Outbox;
use crate::{api, platform};

/// What tabs of one browser talk on.
pub const CHANNEL: &str = "lifehub";

/// What one tab tells the others.
pub enum Told {
    /// This account signed in, or with none, somebody signed out. Said here because what one tab writes to
    /// `localStorage` may reach another later than this.
    Account(Option<AccountId>),
    /// This account signed in on somebody else's phone.
    Visitor(AccountId),
    /// A command of this account was queued.
    Queued(Option<AccountId>),
    /// Rows or answers of this account were stored.
    Stored(Option<AccountId>),
}

impl Told {
    fn text(&self) -> String {
        let whose = |account: &Option<AccountId>| account.map_or_else(String::new, |account| account.to_string());
        match self {
            Self::Account(account) => ["account:", &whose(account)].concat(),
            Self::Visitor(account) => ["visitor:", &account.to_string()].concat(),
            Self::Queued(account) => ["queued:", &whose(account)].concat(),
            Self::Stored(account) => ["stored:", &whose(account)].concat(),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let whose = |id: &str| id.parse().ok();
        match text.split_once(':') {
            Some(("account", id)) => Some(Self::Account(whose(id))),
            Some(("visitor", id)) => whose(id).map(Self::Visitor),
            Some(("queued", id)) => Some(Self::Queued(whose(id))),
            Some(("stored", id)) => Some(Self::Stored(whose(id))),
            _ => None,
        }
    }
}

impl Runner {
    /// Tells the other tabs.
    pub(super) fn tell(&self, told: Told) {
        // Where nothing rests on the phone, other tabs would find nothing: they ask the server as this one does.
        let is_of_the_disk = matches!(told, Told::Queued(_) | Told::Stored(_));
        if is_of_the_disk && self.stores.borrow().is_shared {
            return;
        }
        if let Some(channel) = &self.channel {
            let _ = channel.post_message(&JsValue::from(told.text()));
        }
    }

    /// Starts hearing the browser and the other tabs.
    pub(super) fn listen(self: &Rc<Self>) {
        let this = Rc::clone(self);
        platform::listen(&document(), "visibilitychange", move |_: web_sys::Event| {
            let is_visible = platform::is_visible();
            this.feed(Input::Visible(is_visible));
            if is_visible && !this.end_visit_if_over() {
                this.tick();
                // A page that slept hears nothing, and a tab that died tells nothing.
                let this = Rc::clone(&this);
                spawn_local(async move { this.take_others().await });
            }
        });
        let this = Rc::clone(self);
        platform::listen(&window(), "online", move |_: web_sys::Event| this.try_now());
        let this = Rc::clone(self);
        platform::listen(&window(), "offline", move |_: web_sys::Event| this.try_now());
        let this = Rc::clone(self);
        platform::listen(&window(), "pagehide", move |_: web_sys::Event| this.leave());
        let this = Rc::clone(self);
        // Taken out of the browser's store of pages gone by, not each browser says that it is seen again.
        platform::listen(&window(), "pageshow", move |_: web_sys::Event| {
            this.end_visit_if_over();
            this.feed(Input::Visible(platform::is_visible()));
        });
        if let Some(channel) = &self.channel {
            let this = Rc::clone(self);
            platform::listen(channel, "message", move |event: web_sys::MessageEvent| {
                if let Some(told) = event.data().as_string().as_deref().and_then(Told::read) {
                    this.hear(&told);
                }
            });
        }
        self.tick_on();
    }

    fn hear(self: &Rc<Self>, told: &Told) {
        let (mine, is_shared) = {
            let stores = self.stores.borrow();
            (stores.account, stores.is_shared)
        };
        let this = Rc::clone(self);
        match told {
            Told::Account(account) if *account != mine || is_shared || self.needs_sign_in() => {
                let account = *account;
                spawn_local(async move { this.boot_with(account, Whose::Own, Vec::new()).await });
            }
            Told::Visitor(account) => {
                let account = *account;
                self.touch(true);
                spawn_local(async move { this.boot_with(Some(account), Whose::Shared, Vec::new()).await });
            }
            Told::Queued(account) if *account == mine => spawn_local(async move { this.take_others().await }),
            Told::Stored(account) if *account == mine => spawn_local(async move { this.boot(mine).await }),
            Told::Account(_) | Told::Queued(_) | Told::Stored(_) => {}
        }
    }

    /// Takes in what another tab queued; if it has stored more than that, starts from the disk again.
    async fn take_others(self: &Rc<Self>) {
        let stores = Rc::clone(&self.stores.borrow());
        let generation = self.generation.get();
        if stores.outbox.as_ref().is_none_or(Outbox::is_in_memory) {
            return;
        }
        let contents = self.contents_of(&stores).await;
        if self.generation.get() != generation {
            return;
        }
        if stores.is_stuck() {
            self.draw();
        }
        let heard = self.client.borrow().heard();
        if contents.is_afresh || !heard.is_all(&contents.journal, contents.unsure_before) {
            self.boot(stores.account).await;
            return;
        }
        for queued in contents.queue {
            let is_known = self.client.borrow().queue().iter().any(|known| known.no == queued.no);
            if !is_known && self.generation.get() == generation {
                self.feed(Input::Queued(queued));
            }
        }
    }

    /// The page goes away, and what it has open with it.
    fn leave(self: &Rc<Self>) {
        let word = self.client.borrow().last_word();
        if let Some(word) = word.filter(|_| platform::is_online()) {
            api::sync_and_leave(&word);
        }
        self.feed(Input::Visible(false));
    }
}
