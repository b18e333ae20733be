//! From the machine to the signals that pages read.

use std::rc::Rc;
use std::sync::Arc;

use domain::command::Envelope;
use domain::id::StreamId;
use domain::json;
use domain::sync::View;
use domain::sync::machine::Queued;
use domain::sync::overlay::lay_over;
use domain::time::Timestamp;
use leptos::prelude::*;

use super::Runner;
use crate::model::{Link, OutboxItem};
use crate::platform;

/// How often the clock moves.
const TICK_MS: u64 = 20_000;

impl Runner {
    /// Draws again: the picture with what is on its way laid over it, and how the way is.
    pub(super) fn draw(&self) {
        let now = self.now();
        self.drawn_at.set(now);
        let client = self.client.borrow();
        let pending = client.pending();
        let view = if pending.is_empty() { client.base().clone() } else { lay_over(client.base(), &pending, now) };
        let unsent: Vec<_> = client.queue().into_iter().filter_map(|queued| item_of(queued, &view)).collect();
        let journal = client.journal().clone();
        let link = self.link(&client);
        drop(client);

        // Signals run what depends on them at once; nothing may be borrowed by then.
        let rim = self.rim;
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

    fn link(&self, client: &domain::sync::Client) -> Link {
        let stores = self.stores.borrow();
        let own = stores.account.map(StreamId::Account);
        let watched = self.watched.borrow();
        let as_of = watched.iter().chain(&own).filter_map(|stream| Some((stream.clone(), client.as_of(stream)?)));
        Link {
            is_booted: self.generation.get() > 0,
            is_offline: client.is_offline(),
            needs_sign_in: self.needs_sign_in(),
            is_memory_only: stores.is_memory_only(),
            as_of: as_of.collect(),
        }
    }

    /// Moves the clock; what is on its way is judged anew each minute, because its time may have passed.
    pub(super) fn tick(&self) {
        let now = self.now();
        self.rim.now.set(now);
        let has_pending = self.rim.unsent.with_untracked(|unsent| !unsent.is_empty());
        if has_pending && now.minutes_since(self.drawn_at.get()) >= 1 {
            self.draw();
        }
    }

    pub(super) fn tick_on(self: &Rc<Self>) {
        let this = Rc::clone(self);
        platform::start_timer(TICK_MS, move || {
            this.tick();
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
