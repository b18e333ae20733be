//! Carrying out the machine's effects: sending, storing, renumbering, waking.

use std::rc::Rc;

use domain::id::{AccountId, CommandId, StreamId};
use domain::sync::machine::{Heard, Settled, StreamWrite};
use domain::sync::{Answer, Effect, Input, NotNow, PROTOCOL, PullReply, PullResult, SyncReply, SyncRequest};
use domain::time::Timestamp;
use wasm_bindgen_futures::spawn_local;

use super::{Runner, drain, events};
use crate::storage::Stores;
use crate::storage::outbox::Answers;
use crate::{api, platform};

/// What came of a try.
enum Sent {
    /// It went out; no reply is no answer.
    Replied(Option<Box<SyncReply>>),
    /// It went out, and the server does not understand this build any more.
    TooOld,
    /// Nothing left this phone.
    Not,
    /// Another tab is sending what is queued.
    OthersTurn,
    /// Another tab has taken a command back or has its answer: this one has to look at the disk again.
    Outdated,
}

/// What came of storing a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stored {
    /// It is stored.
    Done,
    /// It is, and other tabs do not know it.
    News,
    /// It is not.
    Failed,
    /// It is not, because other tabs have stored what this one has not heard of.
    Missed,
}

impl Runner {
    pub(super) fn carry_out(self: &Rc<Self>, effect: Effect) {
        let this = Rc::clone(self);
        let stores = Rc::clone(&self.stores.borrow());
        let generation = self.generation.get();
        match effect {
            Effect::Send { request, body, commands, heard, deadline_ms } => spawn_local(async move {
                let input = match this.send(&stores, &body, &commands, &heard, deadline_ms).await {
                    Sent::Replied(reply) => Input::Replied(request, reply.map(|reply| *reply)),
                    Sent::TooOld => Input::TooOld(request),
                    Sent::Not => Input::NotSent(request),
                    Sent::OthersTurn => Input::OthersTurn(request),
                    Sent::Outdated => {
                        if this.generation.get() == generation {
                            this.start_again(&stores).await;
                        }
                        return;
                    }
                };
                if this.generation.get() == generation {
                    this.feed(input);
                    this.introduce_soon();
                }
            }),
            Effect::Store { request, unsure_before, heard, streams, settled, checked, at } => {
                if !settled.is_empty() {
                    self.renumberings.set(0);
                }
                let answers = Answers { settled, checked, at, heard, stored: Vec::new() };
                spawn_local(async move {
                    let stored = this.store(&stores, unsure_before, &streams, answers).await;
                    if stored == Stored::News {
                        this.tell(events::Told::Stored(stores.account));
                    }
                    let is_current = this.generation.get() == generation;
                    match stored {
                        Stored::Missed => this.start_again(&stores).await,
                        // Begun before this tab started anew, it is news to itself as well.
                        Stored::News if !is_current => this.start_again(&stores).await,
                        stored if is_current => this.feed(Input::Stored(request, stored != Stored::Failed)),
                        _ => {}
                    }
                });
            }
            Effect::Renumber { again } => spawn_local(async move { this.renumber(&stores, &again, generation).await }),
            Effect::Wake { after_ms } => self.wake_after(after_ms),
            Effect::Listen(streams) => self.listen_to(streams),
            Effect::Show => self.draw(),
        }
    }

    /// Stores what a reply brought.
    async fn store(
        &self,
        stores: &Stores,
        unsure_before: Option<Timestamp>,
        streams: &[StreamWrite],
        mut answers: Answers,
    ) -> Stored {
        // The doubt first: the rows would hide it.
        if let (Some(outbox), Some(before)) = (&stores.outbox, unsure_before) {
            match outbox.doubt(before).await {
                Ok(true) => {}
                Ok(false) => return Stored::Missed,
                Err(_) => return Stored::Failed,
            }
        }
        // Rows and cursors, then answers: a crash between the two is healed by sending again.
        answers.stored = stores.cache.apply(streams).await.unwrap_or_default();
        // Another tab starts again from the disk. Told of rows that are not there it would fetch them, tell of them in
        // turn, and the two would never end; nor would they if each told the other of what it has asked about.
        let has_rows = |write: &StreamWrite| write.has_rows() && answers.stored.contains(&write.stream);
        let has_news = !answers.settled.is_empty() || streams.iter().any(has_rows);
        if let Some(outbox) = &stores.outbox {
            match outbox.settle(answers).await {
                Ok(true) => {}
                Ok(false) => return Stored::Missed,
                Err(_) => return Stored::Failed,
            }
        }
        if has_news { Stored::News } else { Stored::Done }
    }

    /// What is on the disk is not what this tab knows.
    pub(super) async fn start_again(self: &Rc<Self>, stores: &Stores) {
        if self.stores.borrow().account == stores.account {
            self.boot(stores.account).await;
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
        heard: &Heard,
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
        let device = self.device.get().filter(|_| !commands.is_empty());
        let turn = match device {
            None => None,
            Some(device) => match drain::take(device).await {
                None => return Sent::OthersTurn,
                turn => turn,
            },
        };
        if let Some(outbox) = &stores.outbox
            && !commands.is_empty()
        {
            // If this fails the machine still knows; only a withdrawal after a crash could come too late.
            if outbox.mark_tried(commands, heard).await == Ok(false) {
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
            Err(api::NotSynced::TooOld) => return Sent::TooOld,
            Err(api::NotSynced::SignedOut) => {
                self.is_expired.set(stores.account.is_some());
                Some(everybody_signs_in(stores.account, commands, self.now()))
            }
        };
        drop(turn);
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

    async fn renumber(self: &Rc<Self>, stores: &Stores, again: &[Settled], generation: u32) {
        // A server that never accepts a numbering must not be asked in a tight circle.
        let before = self.renumberings.replace(self.renumberings.get() + 1);
        if before > 0 {
            platform::sleep(1_000 << before.min(6)).await;
        }
        // Started anew meanwhile, it knows better by now what is needed.
        let Some(outbox) = stores.outbox.as_ref().filter(|_| self.generation.get() == generation) else { return };
        let in_memory: Vec<_> = self.client.borrow().queue().into_iter().cloned().collect();
        let Ok(renumbered) = outbox.renumber(&in_memory, again).await else { return };
        if renumbered.is_some() {
            self.tell(events::Told::Stored(stores.account));
        }
        match renumbered {
            Some((device, queue)) if self.generation.get() == generation => {
                self.device.set(Some(device));
                self.feed(Input::Renumbered(device, queue));
            }
            _ => self.start_again(stores).await,
        }
    }
}

/// The reply that a `401` amounts to. One's own stream is nobody's then, whether or not there was a command to refuse.
fn everybody_signs_in(account: Option<AccountId>, commands: &[CommandId], server_at: Timestamp) -> SyncReply {
    let answers = commands.iter().map(|id| Answer::NotNow { id: *id, not_now: NotNow::NeedsSignIn }).collect();
    let own = account.map(|account| PullReply { stream: StreamId::Account(account), result: PullResult::Denied });
    SyncReply {
        proto: PROTOCOL,
        server_at,
        answers,
        pulls: own.into_iter().collect(),
        unknown: Vec::new(),
        oldest: None,
    }
}
