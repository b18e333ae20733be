//! What the model asks of the runtime of `sync`, which travels in a piece of its own: the list of days is drawn, and can
//! be touched, before the code that stores and sends is here.
//!
//! Until it has come, orders are kept in their order. A piece that could not be had is asked for again for as long as
//! the page lives: at once when the person or the browser says so, else after a while.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;

use domain::command::Command;
use domain::id::{AccountId, CommandId, StreamId};
use domain::sign_in::Whose;
use domain::sync::Start;
use futures::channel::oneshot;
use futures::future::select;
use leptos::leptos_dom::helpers::window;
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use wasm_bindgen_futures::spawn_local;

use super::{Rim, Saved};
use crate::platform;

/// The first wait for a piece that could not be had; doubled by each further one.
const WAIT_FIRST_MS: u64 = 2_000;
/// The longest.
const WAIT_LAST_MS: u64 = 60_000;

/// What is asked of the runtime.
pub enum Order {
    /// These streams are on screen.
    Watch(Vec<StreamId>),
    /// Store a command and send it.
    Submit {
        /// Its id.
        id: CommandId,
        /// The stream it changes.
        stream: StreamId,
        /// What is asked.
        command: Box<Command>,
        /// The command it builds on.
        depends_on: Option<CommandId>,
        /// Hears how the storing goes.
        report: Box<dyn Fn(Saved)>,
    },
    /// Take note of an answer.
    Dismiss(CommandId),
    /// Keep what could not be read, or delete it.
    ResolveSetAside {
        /// Which.
        key: String,
        /// Whether it is kept.
        is_kept: bool,
    },
    /// Take a command back that was never sent.
    Withdraw(CommandId),
    /// Take note that what was lost is known.
    DismissLoss,
    /// Ask whether there is anything newer.
    LookAgain,
    /// Try to reach the server at once.
    TryNow,
    /// Fetch everything again.
    Repair,
    /// Finish a sign-out that was cut short.
    FinishWipe(Done),
    /// Somebody has signed in.
    Adopt(AccountId, Whose, Done),
    /// Sign out.
    SignOut(Done),
}

/// Told when an order is carried out.
pub type Done = oneshot::Sender<()>;
/// Carries orders out.
pub type Take = Rc<dyn Fn(Order)>;
/// Who carries them out, as soon as there is something to carry them out on.
pub type Beginning = Pin<Box<dyn Future<Output = Take>>>;
/// Starts who carries them out.
type Begin = fn(Rim, Option<Start>) -> Beginning;

#[wasm_split(sync, wasm_split_path = leptos::wasm_split, fallible)]
fn piece() -> Result<Begin, SplitLoaderError> {
    Ok(crate::sync::start)
}

enum State {
    /// On its way, with what was asked meanwhile.
    Coming(Vec<Order>),
    Here(Take),
}

/// The runtime, here or on its way.
pub struct Runtime {
    rim: Rim,
    state: RefCell<State>,
    /// Cuts the wait for another try short.
    hurry: RefCell<Option<Done>>,
}

impl Runtime {
    /// Starts fetching it; it will go on from `start`.
    pub fn fetch(rim: Rim, start: Option<Start>) -> Rc<Self> {
        let runtime = Rc::new(Self { rim, state: RefCell::new(State::Coming(Vec::new())), hurry: RefCell::new(None) });
        let this = Rc::clone(&runtime);
        platform::listen(&window(), "online", move |_: web_sys::Event| this.hurry());
        let this = Rc::clone(&runtime);
        spawn_local(async move { this.begin(start).await });
        runtime
    }

    /// Has an order carried out, now or as soon as there is who can.
    pub fn order(&self, order: Order) {
        if matches!(order, Order::TryNow) {
            self.hurry();
        }
        let take = match &mut *self.state.borrow_mut() {
            State::Coming(orders) => {
                orders.push(order);
                return;
            }
            State::Here(take) => Rc::clone(take),
        };
        take(order);
    }

    /// Has an order carried out, and waits for it.
    pub async fn have(&self, order: impl FnOnce(Done) -> Order) {
        let (done, told) = oneshot::channel();
        self.hurry();
        self.order(order(done));
        let _ = told.await;
    }

    async fn begin(&self, start: Option<Start>) {
        let mut wait = WAIT_FIRST_MS;
        let start_with = loop {
            if let Ok(start_with) = piece().await {
                break start_with;
            }
            self.rim.link.update(|link| link.is_offline = true);
            self.pause(wait).await;
            wait = (wait * 2).min(WAIT_LAST_MS);
        };
        let take = start_with(self.rim, start).await;
        if let State::Coming(orders) = self.state.replace(State::Here(Rc::clone(&take))) {
            orders.into_iter().for_each(|order| take(order));
        }
    }

    async fn pause(&self, ms: u64) {
        let (hurry, hurried) = oneshot::channel();
        self.hurry.replace(Some(hurry));
        select(Box::pin(platform::sleep(ms)), hurried).await;
    }

    fn hurry(&self) {
        if let Some(hurry) = self.hurry.take() {
            let _ = hurry.send(());
        }
    }
}
