//! The runtime: carries out what the machine of `domain::sync` asks for, and tells it what came of it.
//!
//! One machine per tab. Effects become requests, writes and timers; results go back in as inputs. Nothing is decided
//! here: when to send, what to keep and what to forget is the machine's. Tabs of one person tell each other by
//! broadcast when something was queued or stored; sending twice is harmless, because a command has one id for ever.

mod accounts;
mod clock;
mod drain;
mod effects;
mod events;
mod live;
mod rim;
mod shared;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use domain::command::Command;
use domain::id::{CommandId, DeviceId, StreamId};
use domain::sync::machine::{Draft, Queued};
use domain::sync::{Client, Effect, Input, Start};
use domain::time::Timestamp;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use self::clock::Clock;
use crate::model::runtime::{Beginning, Done, Order, Take};
use crate::model::{Rim, SaveProblem, Saved};
use crate::platform;
use crate::storage::{Stores, Trouble, loss};

/// Starts the runtime of this tab, from what its page brought along if it has nothing yet. Ready once the stores of
/// whoever is signed in have been read: before, nothing could be drawn, and orders would be nobody's.
pub fn start(rim: Rim, start: Option<Start>) -> Beginning {
    Box::pin(async move {
        let runner = Runner::new(rim);
        runner.listen();
        runner.notice_touches();
        runner.open(start).await;
        let this = Rc::clone(&runner);
        spawn_local(async move { this.begin().await });
        let take: Take = Rc::new(move |order| runner.take(order));
        take
    })
}

/// The runtime of this tab.
struct Runner {
    rim: Rim,
    client: RefCell<Client>,
    stores: RefCell<Rc<Stores>>,
    /// Raised by each boot: what was begun before reports to nobody.
    generation: Cell<u32>,
    device: Cell<Option<DeviceId>>,
    timer: Cell<Option<i32>>,
    watched: RefCell<Vec<StreamId>>,
    clock: RefCell<Clock>,
    channel: Option<web_sys::BroadcastChannel>,
    live: live::Line,
    /// The browser has no session for the account of this tab.
    is_expired: Cell<bool>,
    /// What `/api/session` says is known.
    is_introduced: Cell<bool>,
    /// Whether the server has said, since this page was opened, whom it knows.
    is_acquainted: Cell<bool>,
    /// Which communities there are was told since the page was opened.
    has_communities: Cell<bool>,
    renumberings: Cell<u32>,
    drawn_at: Cell<Timestamp>,
    /// Whether the stores that are open have been read.
    is_read: Cell<bool>,
    /// When somebody last touched the phone, by its clock.
    touched_ms: Cell<i64>,
}

impl Runner {
    fn new(rim: Rim) -> Rc<Self> {
        Rc::new(Self {
            rim,
            client: RefCell::default(),
            stores: RefCell::new(Rc::new(Stores::of(None))),
            generation: Cell::new(0),
            device: Cell::new(None),
            timer: Cell::new(None),
            watched: RefCell::default(),
            clock: RefCell::default(),
            channel: web_sys::BroadcastChannel::new(events::CHANNEL).ok(),
            live: live::Line::default(),
            is_expired: Cell::new(false),
            is_introduced: Cell::new(false),
            is_acquainted: Cell::new(false),
            has_communities: Cell::new(false),
            renumberings: Cell::new(0),
            drawn_at: Cell::new(platform::phone_now()),
            is_read: Cell::new(false),
            touched_ms: Cell::new(platform::phone_ms()),
        })
    }

    fn take(self: &Rc<Self>, order: Order) {
        let this = Rc::clone(self);
        match order {
            Order::Watch(streams) => self.watch(streams),
            Order::Submit { id, stream, command, depends_on, report } => {
                self.submit(id, stream, *command, depends_on, report);
            }
            Order::Dismiss(id) => self.dismiss(id),
            Order::ResolveSetAside { key, is_kept } => self.resolve_set_aside(key, is_kept),
            Order::Withdraw(id) => self.withdraw(id),
            Order::DismissLoss => self.dismiss_loss(),
            Order::LookAgain => self.feed(Input::LookAgain),
            Order::TryNow => self.try_now(),
            Order::Repair => self.repair(),
            Order::FinishWipe(done) => tell_when(done, async move { _ = this.finish_wipe().await }),
            Order::Adopt(account, whose, done) => tell_when(done, async move { this.adopt(account, whose).await }),
            Order::SignOut(done) => tell_when(done, async move { this.sign_out().await }),
        }
    }

    /// Gives the machine an input and carries out what follows.
    fn feed(self: &Rc<Self>, input: Input) {
        let effects = self.client.borrow_mut().step(platform::monotonic_ms(), platform::random(), input);
        let mut is_changed = false;
        for effect in effects {
            match effect {
                Effect::Show => is_changed = true,
                effect => self.carry_out(effect),
            }
        }
        if is_changed {
            self.draw();
        }
    }

    /// Names the streams on screen.
    fn watch(self: &Rc<Self>, streams: Vec<StreamId>) {
        self.watched.replace(streams.clone());
        self.feed(Input::Watch(streams));
        self.draw();
    }

    /// Stores a command and lets the machine send it; `report` hears how the storing went.
    fn submit(
        self: &Rc<Self>,
        id: CommandId,
        stream: StreamId,
        command: Command,
        depends_on: Option<CommandId>,
        report: Box<dyn Fn(Saved)>,
    ) {
        let stores = Rc::clone(&self.stores.borrow());
        let Some(account) = stores.account else {
            report(Saved::Failed(SaveProblem::NotSignedIn));
            return;
        };
        if stores.is_memory_only() && self.is_offline() {
            let problem = if stores.is_shared { SaveProblem::SharedPhone } else { SaveProblem::NoStorage };
            report(Saved::Failed(problem));
            return;
        }
        let draft = Draft { id, account, stream, depends_on, phone_ms: platform::phone_ms(), command };
        let this = Rc::clone(self);
        // Neither on the disk nor on the screen yet: a page that went now would take it along.
        let saving = self.rim.saving;
        saving.update(|n| *n += 1);
        spawn_local(async move {
            let mut queued = queue(&stores, &draft).await;
            if matches!(queued, Err(Trouble::Gone)) {
                this.start_again(&stores).await;
                queued = queue(&stores, &draft).await;
            }
            match queued {
                Ok(queued) => {
                    this.take_queued(&stores, queued);
                    if !stores.is_memory_only() {
                        report(Saved::OnPhone);
                        platform::ask_to_keep_storage();
                    }
                }
                Err(trouble) => {
                    let is_full = trouble == Trouble::Full;
                    report(Saved::Failed(if is_full { SaveProblem::StorageFull } else { SaveProblem::StorageStuck }));
                    // The way to the storage may be given up by now.
                    this.draw();
                }
            }
            saving.update(|n| *n -= 1);
        });
    }

    fn take_queued(self: &Rc<Self>, stores: &Stores, queued: Queued) {
        // Signed out or over to somebody else meanwhile: it rests on disk for its own account.
        if self.stores.borrow().account != stores.account {
            return;
        }
        let is_known = self.client.borrow().queue().iter().any(|known| known.no == queued.no);
        if !is_known {
            self.feed(Input::Queued(queued));
        }
        self.tell(events::Told::Queued(stores.account));
    }

    /// Takes note of an answer.
    fn dismiss(self: &Rc<Self>, id: CommandId) {
        self.feed(Input::Dismissed(id));
        let stores = Rc::clone(&self.stores.borrow());
        let this = Rc::clone(self);
        spawn_local(async move {
            if let Some(outbox) = &stores.outbox
                && outbox.dismiss(id).await.is_ok()
            {
                this.tell(events::Told::Stored(stores.account));
            }
        });
    }

    /// Keeps what could not be read, or with `is_kept` false deletes it.
    fn resolve_set_aside(self: &Rc<Self>, key: String, is_kept: bool) {
        let stores = Rc::clone(&self.stores.borrow());
        let this = Rc::clone(self);
        spawn_local(async move {
            let Some(outbox) = &stores.outbox else { return };
            let done = if is_kept { outbox.keep_set_aside(&key).await } else { outbox.delete_set_aside(&key).await };
            if done.is_ok() && this.stores.borrow().account == stores.account {
                this.boot(stores.account).await;
                this.tell(events::Told::Stored(stores.account));
            }
        });
    }

    /// Takes note that what was lost is known.
    fn dismiss_loss(&self) {
        if let Some(account) = self.stores.borrow().account {
            loss::dismiss(account);
        }
        self.rim.lost.set(None);
    }

    /// Takes a command back that was never sent.
    fn withdraw(self: &Rc<Self>, id: CommandId) {
        let unsent = self
            .rim
            .unsent
            .with_untracked(|unsent| unsent.iter().find(|item| item.id == id && item.tried == 0).map(|item| item.no));
        let Some(no) = unsent else { return };
        let stores = Rc::clone(&self.stores.borrow());
        let generation = self.generation.get();
        let this = Rc::clone(self);
        spawn_local(async move {
            let Some(outbox) = &stores.outbox else { return };
            if outbox.withdraw(no).await == Ok(true) && this.generation.get() == generation {
                this.feed(Input::Withdrawn(no));
                this.tell(events::Told::Stored(stores.account));
            }
        });
    }

    /// Tries to reach the server at once, whatever has been waited for.
    fn try_now(self: &Rc<Self>) {
        self.feed(Input::TryNow);
        self.introduce_soon();
    }

    /// Fetches everything again.
    fn repair(self: &Rc<Self>) {
        let stores = Rc::clone(&self.stores.borrow());
        let this = Rc::clone(self);
        spawn_local(async move {
            stores.cache.clear().await;
            this.boot(stores.account).await;
            this.tell(events::Told::Stored(stores.account));
        });
    }

    /// The time, corrected by the server's clock.
    fn now(&self) -> Timestamp {
        self.clock.borrow().at(platform::phone_ms())
    }

    fn needs_sign_in(&self) -> bool {
        self.client.borrow().needs_sign_in() || self.is_expired.get()
    }

    fn is_offline(&self) -> bool {
        self.client.borrow().is_offline()
    }
}

/// Says when something is done; nobody may be listening any more.
fn tell_when(done: Done, work: impl Future<Output = ()> + 'static) {
    spawn_local(async move {
        work.await;
        let _ = done.send(());
    });
}

/// Queues; on a full phone makes room by giving up the cache, which can be fetched again.
async fn queue(stores: &Stores, draft: &Draft) -> Result<Queued, Trouble> {
    let outbox = stores.outbox.as_ref().ok_or(Trouble::Broken)?;
    match outbox.queue(draft).await {
        Err(Trouble::Full) => {
            stores.cache.clear().await;
            outbox.queue(draft).await
        }
        other => other,
    }
}
