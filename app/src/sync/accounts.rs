//! Whose stores are open: starting, signing in, signing out, and finishing what a sign-out could not.

use std::rc::Rc;
use std::slice;
use std::sync::Arc;

use domain::change::CommunityView;
use domain::id::AccountId;
use domain::sync::machine::{Stored, StreamWrite};
use domain::sync::rows::Rows;
use domain::sync::{Client, Input, Start};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::{Runner, events};
use crate::model::Session;
use crate::storage::outbox::Contents;
use crate::storage::{Stores, guest};
use crate::{api, platform};

/// What the wipe marker ends with when the outbox is to stay.
const KEEP: &str = " keep";

impl Runner {
    /// The first opening of stores, with what the page brought along: as if a guest's request had.
    pub(super) async fn open(self: &Rc<Self>, start: Option<Start>) {
        let mut unkept = None;
        if let Some(start) = start {
            self.take_communities(start.communities.clone());
            self.watched.replace(vec![start.stream()]);
            let (stores, write) = (Rc::clone(&self.stores.borrow()), start.write());
            // Where a browser keeps nothing it lives as long as the page.
            unkept = stores.cache.apply(slice::from_ref(&write)).await.is_none().then_some(write);
        }
        self.boot_with(guest::account(), unkept).await;
    }

    /// What is done once the stores are open.
    pub(super) async fn begin(self: &Rc<Self>) {
        if guest::read(guest::WIPE).is_some() {
            self.finish_wipe().await;
        }
        // Without a network it is asked when the first reply comes.
        if platform::is_online() {
            self.introduce().await;
        }
    }

    /// Opens an account's stores and starts the machine anew from them.
    pub(super) async fn boot(self: &Rc<Self>, account: Option<AccountId>) {
        self.boot_with(account, None).await;
    }

    /// The same with what could not be stored.
    async fn boot_with(self: &Rc<Self>, account: Option<AccountId>, unkept: Option<StreamWrite>) {
        let generation = self.generation.get() + 1;
        self.generation.set(generation);
        if let Some(timer) = self.timer.take() {
            platform::stop_timer(timer);
        }
        let before = Rc::clone(&self.stores.borrow());
        let is_same = before.account == account;
        let stores = if is_same { before } else { self.change_stores(account) };

        let mut streams = stores.cache.load().await;
        streams.extend(unkept.and_then(StreamWrite::into_stored));
        let contents = match &stores.outbox {
            Some(outbox) if is_same && outbox.is_in_memory() => self.remembered(),
            Some(outbox) => outbox.load().await,
            None => Contents::default(),
        };
        // Another start overtook this one.
        if self.generation.get() != generation {
            return;
        }
        self.device.set(contents.device);
        if self.rim.set_aside.with_untracked(|known| **known != contents.set_aside) {
            self.rim.set_aside.set(Arc::new(contents.set_aside));
        }
        let (device, queue, journal) = (contents.device, contents.queue, contents.journal);
        let unsure_before = contents.unsure_before;
        self.client.replace(Client::default());
        self.rim.session.set(account.map_or(Session::Guest, Session::SignedIn));
        self.feed(Input::Boot(Stored { account, device, queue, journal, streams, unsure_before }));
        self.feed(Input::Watch(self.watched.borrow().clone()));
        self.feed(Input::Visible(platform::is_visible()));
        self.draw();
    }

    fn change_stores(&self, account: Option<AccountId>) -> Rc<Stores> {
        self.stores.borrow().close();
        let stores = Rc::new(Stores::of(account));
        self.stores.replace(Rc::clone(&stores));
        self.client.replace(Client::default());
        self.is_expired.set(false);
        self.renumberings.set(0);
        // Nothing of the one is shown to the other, not for a moment.
        self.rim.session.set(Session::Unknown);
        self.rim.view.set(Arc::default());
        self.rim.unsent.set(Arc::default());
        self.rim.journal.set(Rows::default());
        self.rim.set_aside.set(Arc::default());
        stores
    }

    /// What a browser that keeps nothing has: the machine itself.
    fn remembered(&self) -> Contents {
        let client = self.client.borrow();
        Contents {
            device: self.device.get(),
            queue: client.queue().into_iter().cloned().collect(),
            journal: client.journal().values().cloned().collect(),
            unsure_before: client.unsure_before(),
            set_aside: Vec::new(),
        }
    }

    /// Somebody has signed in.
    pub(super) async fn adopt(self: &Rc<Self>, account: AccountId) {
        guest::write(guest::ACCOUNT, &account.to_string());
        // Signing in ended the session that was to be ended; the databases of somebody else still go.
        if let Some((gone, keep_unsent)) = wipe_marker() {
            guest::forget(guest::WIPE);
            if gone != account {
                let _ = Stores::remove(gone, keep_unsent).await;
            }
        }
        self.is_expired.set(false);
        self.tell(events::Told::Account(Some(account)));
        self.boot(Some(account)).await;
    }

    /// Signs out: the marker first, so that whatever comes between, the next start finishes it.
    pub(super) async fn sign_out(self: &Rc<Self>) {
        let Some(account) = self.stores.borrow().account else { return };
        let has_set_aside = self.rim.set_aside.with_untracked(|set_aside| !set_aside.is_empty());
        let has_unsent = has_set_aside || !self.client.borrow().queue().is_empty();
        let keep = if has_unsent { KEEP } else { "" };
        guest::write(guest::WIPE, &[&account.to_string(), keep].concat());
        guest::forget(guest::ACCOUNT);
        self.tell(events::Told::Account(None));
        self.boot(None).await;
        self.finish_wipe().await;
        self.try_now();
    }

    /// Finishes a sign-out: databases gone, session ended. `true` when nothing is left to do.
    pub(super) async fn finish_wipe(self: &Rc<Self>) -> bool {
        let Some((account, keep_unsent)) = wipe_marker() else { return true };
        let is_removed = Stores::remove(account, keep_unsent).await.is_ok();
        let is_ended = api::logout().await;
        if is_removed && is_ended {
            guest::forget(guest::WIPE);
        }
        is_ended
    }

    /// Asks the server whom it knows and which communities there are, unless that is known.
    pub(super) async fn introduce(self: &Rc<Self>) {
        if self.is_introduced.get() || guest::read(guest::WIPE).is_some() {
            return;
        }
        self.is_introduced.set(true);
        let communities =
            async { if self.has_communities.get() { Ok(None) } else { api::communities().await.map(Some) } };
        let (session, communities) = futures::future::join(api::session(), communities).await;
        self.is_introduced.set(session.is_ok() && communities.is_ok());
        if let Ok(Some(communities)) = communities {
            self.take_communities(communities);
        }
        let Ok(session) = session else { return };
        self.rim.is_demo.set(session.demo);
        let mine = self.stores.borrow().account;
        match session.account {
            Some(account) if mine != Some(account) && guest::read(guest::WIPE).is_none() => self.adopt(account).await,
            None if mine.is_some() => {
                self.is_expired.set(true);
                self.draw();
            }
            _ => {}
        }
    }

    fn take_communities(&self, communities: Vec<CommunityView>) {
        self.has_communities.set(true);
        if let Ok(json) = serde_json::to_string(&communities) {
            guest::write(guest::COMMUNITIES, &json);
        }
        if self.rim.communities.with_untracked(|known| **known != communities) {
            self.rim.communities.set(Arc::new(communities));
        }
    }

    /// Once the server answers, asks what could not be asked before.
    pub(super) fn introduce_soon(self: &Rc<Self>) {
        if !self.is_introduced.get() && self.rim.link.with_untracked(|link| !link.is_offline) {
            let this = Rc::clone(self);
            spawn_local(async move { this.introduce().await });
        }
    }
}

/// The account whose data is still to be removed, and whether its outbox stays.
fn wipe_marker() -> Option<(AccountId, bool)> {
    let marker = guest::read(guest::WIPE)?;
    let account = marker.strip_suffix(KEEP);
    Some((account.unwrap_or(&marker).parse().ok()?, account.is_some()))
}
