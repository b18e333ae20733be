//! Carrying out the machine's effects: sending, storing, renumbering, waking.

use std::rc::Rc;

use domain::id::{CommandId, StreamId};
use domain::sync::machine::StreamWrite;
use domain::sync::{Answer, Effect, Input, NotNow, PROTOCOL, PullResult, SyncReply, SyncRequest};
use domain::time::Timestamp;
use wasm_bindgen_futures::spawn_local;

use super::{Runner, events};
use crate::storage::Stores;
use crate::{api, platform};

/// What came of a try.
enum Sent {
    /// It went out; no reply is no answer.
    Replied(Option<Box<SyncReply>>),
    /// Nothing left this phone.
    Not,
    /// Another tab has taken a command back or has its answer: this one has to look at the disk again.
    Outdated,
}

impl Runner {
    pub(super) fn carry_out(self: &Rc<Self>, effect: Effect) {
        let this = Rc::clone(self);
        let stores = Rc::clone(&self.stores.borrow());
        let generation = self.generation.get();
        match effect {
            Effect::Send { request, body, commands, deadline_ms } => spawn_local(async move {
                let input = match this.send(&stores, &body, &commands, deadline_ms).await {
                    Sent::Replied(reply) => Input::Replied(request, reply.map(|reply| *reply)),
                    Sent::Not => Input::NotSent(request),
                    Sent::Outdated => {
                        if this.generation.get() == generation {
                            this.boot(stores.account).await;
                        }
                        return;
                    }
                };
                if this.generation.get() == generation {
                    this.feed(input);
                    this.introduce_soon();
                }
            }),
            Effect::Store { request, streams, settled } => spawn_local(async move {
                // Rows and cursors first, then answers: a crash between the two is healed by sending again.
                let is_cached = stores.cache.apply(&streams).await;
                let is_stored = match &stores.outbox {
                    Some(outbox) => outbox.settle(&settled).await.is_ok(),
                    None => true,
                };
                // Another tab starts again from the disk. Told of rows that are not there it would fetch them, tell of
                // them in turn, and the two would never end.
                let has_news = !settled.is_empty() || (is_cached && streams.iter().any(StreamWrite::has_rows));
                if is_stored && has_news {
                    this.tell(events::Told::Stored(stores.account));
                }
                if this.generation.get() == generation {
                    this.feed(Input::Stored(request, is_stored));
                }
            }),
            Effect::Renumber => spawn_local(async move { this.renumber(&stores, generation).await }),
            Effect::Wake { after_ms } => self.wake_after(after_ms),
            Effect::Show => self.draw(),
        }
    }

    fn wake_after(self: &Rc<Self>, after_ms: u64) {
        let this = Rc::clone(self);
        let timer = platform::start_timer(after_ms, move || {
            this.timer.set(None);
            this.feed(Input::Woke);
        });
        if let Some(before) = self.timer.replace(Some(timer)) {
            platform::stop_timer(before);
        }
    }

    async fn send(
        self: &Rc<Self>,
        stores: &Stores,
        body: &SyncRequest,
        commands: &[CommandId],
        deadline_ms: u32,
    ) -> Sent {
        // A phone that says it has no network is believed only if nothing answers.
        if !platform::is_online() && !api::answers().await {
            return Sent::Not;
        }
        // A session that was to be ended must not answer for whoever uses the phone now.
        if !self.finish_wipe().await {
            return Sent::Not;
        }
        if let Some(outbox) = &stores.outbox
            && !commands.is_empty()
        {
            // If this fails the machine still knows; only a withdrawal after a crash could come too late.
            if outbox.mark_tried(commands).await == Ok(false) {
                return Sent::Outdated;
            }
        }
        let asked_ms = platform::phone_ms();
        let reply = match api::sync(body, deadline_ms).await {
            Ok(Some(reply)) => {
                self.clock.borrow_mut().learn(reply.server_at, asked_ms, platform::phone_ms());
                self.notice_expiry(stores, &reply);
                Some(reply)
            }
            Ok(None) => None,
            Err(api::NotSignedIn) => {
                self.is_expired.set(stores.account.is_some());
                Some(everybody_signs_in(commands, self.now()))
            }
        };
        Sent::Replied(reply.map(Box::new))
    }

    /// When the account's own stream is denied to it, the session is gone or somebody else's.
    fn notice_expiry(&self, stores: &Stores, reply: &SyncReply) {
        let Some(own) = stores.account.map(StreamId::Account) else { return };
        let answer = reply.pulls.iter().find(|pull| pull.stream == own).map(|pull| &pull.result);
        if let Some(answer) = answer {
            self.is_expired.set(matches!(answer, PullResult::Denied));
        }
    }

    async fn renumber(self: &Rc<Self>, stores: &Stores, generation: u32) {
        // A server that never accepts a numbering must not be asked in a tight circle.
        let before = self.renumberings.replace(self.renumberings.get() + 1);
        if before > 0 {
            platform::sleep(1_000 << before.min(6)).await;
        }
        let Some(outbox) = &stores.outbox else { return };
        let in_memory: Vec<_> = self.client.borrow().queue().into_iter().cloned().collect();
        if let Ok((device, queue)) = outbox.renumber(&in_memory).await
            && self.generation.get() == generation
        {
            self.feed(Input::Renumbered(device, queue));
            self.tell(events::Told::Stored(stores.account));
        }
    }
}

/// The reply that a `401` amounts to.
fn everybody_signs_in(commands: &[CommandId], server_at: Timestamp) -> SyncReply {
    let answers = commands.iter().map(|id| Answer::NotNow { id: *id, not_now: NotNow::NeedsSignIn }).collect();
    SyncReply { proto: PROTOCOL, server_at, answers, pulls: Vec::new() }
}
