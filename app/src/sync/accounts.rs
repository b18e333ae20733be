//! Whose stores are open: starting, signing in, signing out, and finishing what a sign-out could not. What is different
//! on somebody else's phone is in [`shared`](super::shared).

use std::rc::Rc;
use std::slice;
use std::sync::Arc;

use domain::change::CommunityView;
use domain::id::AccountId;
use domain::sign_in::Whose;
use domain::sync::machine::{Stored, StoredStream, StreamWrite};
use domain::sync::rows::Rows;
use domain::sync::{Client, Input, Start};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::{Runner, events, shared};
use crate::model::Session;
use crate::storage::outbox::Contents;
use crate::storage::{Stores, guest, has_outbox, loss};
use crate::{api, platform};

/// What the wipe marker ends with when the outbox is to stay.
const KEEP: &str = " keep";

impl Runner {
    /// The first opening of stores, with what the page brought along: as if a guest's request had.
    pub(super) async fn open(self: &Rc<Self>, start: Option<Start>) {
        // What a sign-out could not remove goes before anything is drawn; its session, as soon as there is a network.
        if let Some(Wipe::Account { account, keep_unsent }) = Wipe::noted() {
            let _ = Stores::remove(account, keep_unsent).await;
        }
        let mut unkept = Vec::new();
        if let Some(start) = start {
            self.take_communities(start.communities.clone());
            self.watched.replace(vec![start.stream()]);
            let (stores, write) = (Rc::clone(&self.stores.borrow()), start.write());
            // Where a browser keeps nothing it lives as long as the page.
            if stores.cache.apply(slice::from_ref(&write)).await.is_none() {
                unkept.push(write);
            }
        }
        self.boot_with(guest::account(), Whose::Own, unkept).await;
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
        let whose = {
            let stores = self.stores.borrow();
            if stores.is_shared && stores.account == account { Whose::Shared } else { Whose::Own }
        };
        self.boot_with(account, whose, Vec::new()).await;
    }

    /// The same on a phone that may be somebody else's, with rows of streams that these stores may not have.
    pub(super) async fn boot_with(self: &Rc<Self>, account: Option<AccountId>, whose: Whose, known: Vec<StreamWrite>) {
        let generation = self.break_off();
        let before = Rc::clone(&self.stores.borrow());
        let is_same = before.account == account && before.is_shared == (whose == Whose::Shared);
        let stores = if is_same { before } else { self.change_stores(account, whose) };

        let mut streams = stores.cache.load().await;
        for write in known {
            if streams.iter().all(|stored| stored.stream != write.stream) {
                // What a reply brings later builds on it, on the disk too; where nothing is kept, in memory alone.
                let _ = stores.cache.apply(slice::from_ref(&write)).await;
                streams.extend(write.into_stored());
            }
        }
        let contents = self.contents_of(&stores).await;
        // Another start overtook this one.
        if self.generation.get() != generation {
            return;
        }
        self.device.set(contents.device);
        self.rim.lost.set(account.and_then(loss::lost));
        if self.rim.set_aside.with_untracked(|known| **known != contents.set_aside) {
            self.rim.set_aside.set(Arc::new(contents.set_aside));
        }
        let (device, queue, journal) = (contents.device, contents.queue, contents.journal);
        let unsure_before = contents.unsure_before;
        // What the machine of before began while this one was read reports to nobody: both count requests from one.
        self.break_off();
        self.client.replace(Client::default());
        self.is_read.set(true);
        self.feed(Input::Boot(Stored { account, device, queue, journal, streams, unsure_before }));
        // Drawing what follows may name other streams.
        let watched = self.watched.borrow().clone();
        self.feed(Input::Watch(watched));
        self.feed(Input::Visible(platform::is_visible()));
        self.draw();
    }

    /// Whatever was begun reports to nobody any more.
    pub(super) fn break_off(&self) -> u32 {
        let generation = self.generation.get() + 1;
        self.generation.set(generation);
        if let Some(timer) = self.timer.take() {
            platform::stop_timer(timer);
        }
        generation
    }

    /// Opens the stores of somebody else; nothing of who was there before is on the screen from here on.
    pub(super) fn change_stores(&self, account: Option<AccountId>, whose: Whose) -> Rc<Stores> {
        let was_guest = self.stores.borrow().account.is_none();
        self.stores.borrow().close();
        let stores = Rc::new(match (account, whose) {
            (Some(account), Whose::Shared) => Stores::in_memory(account),
            _ => Stores::of(account),
        });
        self.stores.replace(Rc::clone(&stores));
        self.client.replace(Client::default());
        self.is_read.set(false);
        self.device.set(None);
        self.is_expired.set(false);
        self.renumberings.set(0);
        // Nothing of the one is shown to the other, not for a moment.
        self.rim.session.set(Session::Unknown);
        // A guest's picture is everybody's: a sheet that is open on it stays.
        if !was_guest {
            self.rim.view.set(Arc::default());
        }
        self.rim.unsent.set(Arc::default());
        self.rim.journal.set(Rows::default());
        self.rim.set_aside.set(Arc::default());
        self.rim.lost.set(None);
        stores
    }

    /// What an outbox holds. If it cannot be read, what this page knows of it; a page that knows nothing lives in memory.
    pub(super) async fn contents_of(&self, stores: &Stores) -> Contents {
        let (Some(outbox), Some(account)) = (&stores.outbox, stores.account) else { return Contents::default() };
        let remembered = self.remembered();
        if outbox.is_in_memory() {
            return match remembered {
                Some(remembered) => remembered,
                None => outbox.load(None).await.unwrap_or_default(),
            };
        }
        // What was deleted on purpose does not come back.
        let is_signed_in = guest::account() == Some(account) && guest::read(guest::WIPE).is_none();
        match outbox.load(remembered.as_ref().filter(|_| is_signed_in)).await {
            Ok(contents) => {
                if contents.is_afresh && remembered.is_some() {
                    self.tell(events::Told::Stored(Some(account)));
                } else if contents.is_afresh && is_signed_in {
                    loss::notice(account);
                }
                contents
            }
            Err(trouble) => remembered.unwrap_or_else(|| outbox.live_in_memory(trouble)),
        }
    }

    /// What this page knows of the outbox that it has read: what is in the machine.
    fn remembered(&self) -> Option<Contents> {
        let device = self.device.get()?;
        let client = self.client.borrow();
        Some(Contents {
            device: Some(device),
            queue: client.queue().into_iter().cloned().collect(),
            journal: client.journal().values().cloned().collect(),
            unsure_before: client.unsure_before(),
            set_aside: self.rim.set_aside.get_untracked().to_vec(),
            is_afresh: false,
        })
    }

    /// Somebody has signed in.
    pub(super) async fn adopt(self: &Rc<Self>, account: AccountId, whose: Whose) {
        if whose == Whose::Own {
            guest::write(guest::ACCOUNT, &account.to_string());
        }
        // Signing in ended the session that was to be ended; the databases of somebody else still go.
        let noted = Wipe::noted();
        guest::forget(guest::WIPE);
        if let Some(Wipe::Account { account: gone, keep_unsent }) = noted
            && (gone != account || whose == Whose::Shared)
        {
            let _ = Stores::remove(gone, keep_unsent).await;
        }
        self.is_expired.set(false);
        if whose == Whose::Own {
            guest::note_heard(account, self.now());
        }
        self.touch(whose == Whose::Shared);
        self.tell(match whose {
            Whose::Own => events::Told::Account(Some(account)),
            Whose::Shared => events::Told::Visitor(account),
        });
        // What a guest has read everybody may see: it stays on the screen until it has been read anew.
        let before = Rc::clone(&self.stores.borrow());
        let read = if before.account.is_none() { before.cache.load().await } else { Vec::new() };
        let known = read.into_iter().filter_map(StoredStream::into_write).collect();
        self.boot_with(Some(account), whose, known).await;
    }

    /// Signs out: the marker first, so that whatever comes between, the next start finishes it.
    pub(super) async fn sign_out(self: &Rc<Self>) {
        let Some(account) = self.stores.borrow().account else { return };
        if self.stores.borrow().is_shared {
            self.end_visit().await;
            return;
        }
        let has_set_aside = self.rim.set_aside.with_untracked(|set_aside| !set_aside.is_empty());
        let has_unsent = has_set_aside || !self.client.borrow().queue().is_empty();
        let keep = if has_unsent { KEEP } else { "" };
        guest::write(guest::WIPE, &[&account.to_string(), keep].concat());
        guest::forget(guest::ACCOUNT);
        guest::forget(guest::HEARD);
        self.tell(events::Told::Account(None));
        self.boot(None).await;
        self.finish_wipe().await;
        self.try_now();
    }

    /// Finishes a sign-out: databases gone, session ended. `true` when nothing is left to do.
    pub(super) async fn finish_wipe(self: &Rc<Self>) -> bool {
        let Some(noted) = Wipe::noted() else { return true };
        let (is_removed, clear) = match noted {
            Wipe::Account { account, keep_unsent } => (Stores::remove(account, keep_unsent).await.is_ok(), false),
            // What waits here of somebody else is not the visitor's to throw away.
            Wipe::Visit => (true, guest::account().is_none() && !has_outbox().await),
        };
        let is_ended = api::logout(clear).await;
        if is_removed && is_ended {
            guest::forget(guest::WIPE);
        }
        is_ended
    }

    /// Asks the server whom it knows and which communities there are, unless that is known.
    pub(super) async fn introduce(self: &Rc<Self>) {
        let is_leaving = guest::read(guest::WIPE).is_some();
        if self.is_introduced.get() || is_leaving {
            if is_leaving {
                self.acquaint();
            }
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
        if let Ok(session) = session {
            self.meet(session).await;
        }
        self.acquaint();
    }

    /// The server has said whom it knows, or could not: nobody waits for what may never come.
    fn acquaint(&self) {
        self.is_acquainted.set(true);
        self.draw();
    }

    /// Becomes whom the server knows.
    async fn meet(self: &Rc<Self>, session: api::SessionView) {
        self.rim.is_demo.set(session.demo);
        let whose = if session.shared { Whose::Shared } else { Whose::Own };
        let (mine, is_shared) = {
            let stores = self.stores.borrow();
            (stores.account, stores.is_shared)
        };
        let is_mine = |account| mine == Some(account) && is_shared == session.shared;
        match session.account {
            Some(account) if !is_mine(account) && guest::read(guest::WIPE).is_none() => {
                // That somebody is signed in here nobody but the server remembers.
                if session.has_had_outbox && whose == Whose::Own {
                    loss::expect_outbox(account);
                }
                self.adopt(account, whose).await;
            }
            None if mine.is_some() => {
                self.is_expired.set(true);
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
        self.end_visit_if_over();
        if !self.is_introduced.get() && self.rim.link.with_untracked(|link| !link.is_offline) {
            let this = Rc::clone(self);
            spawn_local(async move { this.introduce().await });
        }
    }
}

/// What a sign-out has still to do.
enum Wipe {
    /// Remove an account's data and end its session.
    Account {
        /// Whose.
        account: AccountId,
        /// Whether its outbox stays.
        keep_unsent: bool,
    },
    /// End the session of somebody whose phone this is not.
    Visit,
}

impl Wipe {
    fn noted() -> Option<Self> {
        let marker = guest::read(guest::WIPE)?;
        if marker == shared::VISIT {
            return Some(Self::Visit);
        }
        let account = marker.strip_suffix(KEEP);
        let keep_unsent = account.is_some();
        Some(Self::Account { account: account.unwrap_or(&marker).parse().ok()?, keep_unsent })
    }
}
