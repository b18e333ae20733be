//! From the machine to the signals that pages read.

use std::rc::Rc;
use std::sync::Arc;

use domain::command::Envelope;
use domain::id::StreamId;
use domain::json;
use domain::sign_in::is_locked;
use domain::sync::machine::Queued;
use domain::sync::overlay::lay_over;
use domain::sync::rows::Rows;
use domain::sync::{Client, View};
use domain::time::Timestamp;
use leptos::prelude::*;

use super::Runner;
use crate::model::{Link, OutboxItem, Session};
use crate::platform;
use crate::storage::{guest, loss};

/// How often the clock moves.
const TICK_MS: u64 = 20_000;

impl Runner {
    /// Draws again: the picture with what is on its way laid over it, and how the way is.
    pub(super) fn draw(&self) {
        let now = self.now();
        self.drawn_at.set(now);
        let client = self.client.borrow();
        let is_locked = self.is_locked(&client);
        let pending = client.pending();
        let view = match client.base() {
            base if is_locked => base.only_public(),
            base if pending.is_empty() => base.clone(),
            base => lay_over(base, &pending, now),
        };
        let unsent: Vec<_> = client.queue().into_iter().filter_map(|queued| item_of(queued, &view)).collect();
        let journal = if is_locked { Rows::default() } else { client.journal().clone() };
        let link = self.link(&client, is_locked);
        let account = self.stores.borrow().account.filter(|_| !is_locked);
        let session = account.map_or(Session::Guest, Session::SignedIn);
        self.note_waiting(unsent.len());
        drop(client);

        // What depends on signals asks the runtime in its turn; nothing may be borrowed by then.
        let rim = self.rim;
        if self.is_read.get() && rim.session.get_untracked() != session {
            rim.session.set(session);
        }
        if rim.journal.with_untracked(|drawn| *drawn != journal) {
            rim.journal.set(journal);
        }
        if rim.view.with_untracked(|drawn| **drawn != view) {
            rim.view.set(Arc::new(view));
        }
        if rim.unsent.with_untracked(|drawn| **drawn != unsent) {
            rim.unsent.set(Arc::new(unsent));
        }
        if rim.link.with_untracked(|drawn| *drawn != link) {
            rim.link.set(link);
        }
    }

    /// Whether what is one's own is locked: the server has not vouched for its person for too long.
    fn is_locked(&self, client: &Client) -> bool {
        let stores = self.stores.borrow();
        // A visit ends long before.
        let Some(account) = stores.account.filter(|_| !stores.is_shared) else { return false };
        // Rows may be fetched anew or vanish: that is no reason to trust whoever has the phone in their hands.
        let (read_at, noted_at) = (client.as_of(&StreamId::Account(account)), guest::heard_of(account));
        if let Some(read_at) = read_at.filter(|read_at| noted_at.is_none_or(|at| at.minutes_since(*read_at) <= -60)) {
            guest::note_heard(account, read_at);
        }
        read_at.max(noted_at).is_none_or(|heard_at| is_locked(heard_at, self.now()))
    }

    fn link(&self, client: &Client, is_locked: bool) -> Link {
        let stores = self.stores.borrow();
        let own = stores.account.map(StreamId::Account);
        let watched = self.watched.borrow();
        let as_of = watched.iter().chain(&own).filter_map(|stream| Some((stream.clone(), client.as_of(stream)?)));
        Link {
            is_booted: self.generation.get() > 0,
            is_acquainted: self.is_acquainted.get(),
            is_offline: client.is_offline(),
            needs_sign_in: self.needs_sign_in() || is_locked,
            is_memory_only: stores.is_memory_only(),
            is_shared: stores.is_shared,
            is_locked,
            is_stuck: stores.is_stuck(),
            is_outgrown: client.is_outgrown(),
            as_of: as_of.collect(),
        }
    }

    /// Notes how many rest in the outbox, before anybody is told that they do.
    fn note_waiting(&self, n: usize) {
        let stores = self.stores.borrow();
        let is_read = stores.account.is_some() && self.rim.session.get_untracked().account() == stores.account;
        if let Some(account) = stores.account.filter(|_| is_read && !stores.is_memory_only()) {
            loss::note_waiting(account, n);
        }
    }

    /// Moves the clock; what is on its way is judged anew each minute, because its time may have passed.
    pub(super) fn tick(&self) {
        let now = self.now();
        self.rim.now.set(now);
        let has_pending = self.rim.unsent.with_untracked(|unsent| !unsent.is_empty());
        let is_drawn_locked = self.rim.link.with_untracked(|link| link.is_locked);
        let is_locked = self.is_locked(&self.client.borrow());
        if is_locked != is_drawn_locked || has_pending && now.minutes_since(self.drawn_at.get()) >= 1 {
            self.draw();
        }
    }

    pub(super) fn tick_on(self: &Rc<Self>) {
        let this = Rc::clone(self);
        platform::start_timer(TICK_MS, move || {
            this.tick();
            this.end_visit_if_over();
            this.tick_on();
        });
    }
}

fn item_of(queued: &Queued, view: &View) -> Option<OutboxItem> {
    let envelope: Envelope = json::read(&queued.raw)?;
    Some(OutboxItem {
        id: envelope.id,
        no: queued.no,
        tried: queued.tried,
        command: envelope.command().ok(),
        queued_at: Timestamp::from_ms(envelope.phone_ms),
        doubt: view.doubts.get(&envelope.id).cloned(),
        stream: envelope.stream,
    })
}
