//! New builds and the home screen: the service worker that keeps the app on the phone, and the browser's offer to
//! install it.
//!
//! A new build waits until the person takes it, or until nobody looks, nothing is half filled in and nothing is on its
//! way. Every tab then loads itself anew, once; one in which something is half filled in offers it instead. A build that
//! the server has outgrown looks for a new one and takes it at once, unless something would be lost by that: then it asks.
//! The worker is registered before the app runs (`public/boot.js`), so that it can repair a build that does not start.

use std::cell::{Cell, RefCell};
use std::thread::LocalKey;

use js_sys::Promise;
use leptos::leptos_dom::helpers::{document, window};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Element;

use crate::platform::{call, get, is_visible, listen, monotonic_ms, phone_ms, reload, start_timer, stop_timer};
use crate::storage::guest;

/// What tells a waiting worker to take over.
const ACTIVATE: &str = "activate";
/// What tells the worker in charge that a page came past it.
const CLAIM: &str = "claim";

thread_local! {
    static SIGNALS: Signals = Signals {
        waiting: ArcRwSignal::new(false),
        required: ArcRwSignal::new(false),
        installable: ArcRwSignal::new(false),
    };
    static REGISTRATION: RefCell<Option<JsValue>> = const { RefCell::new(None) };
    static WAITING: RefCell<Option<JsValue>> = const { RefCell::new(None) };
    static PROMPT: RefCell<Option<JsValue>> = const { RefCell::new(None) };
    /// Another build is in charge than this tab has loaded.
    static IS_OUTDATED: Cell<bool> = const { Cell::new(false) };
    /// When this tab has told one to take over.
    static AWAITED_SINCE: Cell<Option<u64>> = const { Cell::new(None) };
    static HAS_RELOADED: Cell<bool> = const { Cell::new(false) };
    /// The person has taken the new build in this tab.
    static IS_TAKEN: Cell<bool> = const { Cell::new(false) };
    /// Fields that were filled in; they count as long as they are on the page.
    static TOUCHED: RefCell<Vec<Element>> = const { RefCell::new(Vec::new()) };
    static STAKE: RefCell<Option<Box<dyn Fn() -> Stake>>> = const { RefCell::new(None) };
    /// Rings when nobody has looked for long enough.
    static UNSEEN: Cell<Option<i32>> = const { Cell::new(None) };
    /// The server has outgrown this build.
    static IS_OUTGROWN: Cell<bool> = const { Cell::new(false) };
    /// Rings when it is time to see again what can be done about that.
    static PRESSING: Cell<Option<i32>> = const { Cell::new(None) };
    static LOOKED_AT: Cell<Option<u64>> = const { Cell::new(None) };
}

struct Signals {
    waiting: ArcRwSignal<bool>,
    required: ArcRwSignal<bool>,
    installable: ArcRwSignal<bool>,
}

/// How often at most to look for a new build.
const LOOK_EVERY_MS: u64 = 3_600_000;

/// How long nobody must have looked before a new build is taken for them.
const UNSEEN_MS: u64 = 30_000;

/// How often to see whether a build that is required may be taken by now.
const PRESS_EVERY_MS: u64 = 5_000;

/// How often at most to look for a build that is required.
const LOOK_WHEN_OUTGROWN_MS: u64 = 60_000;

/// How long a page without a worker that was loaded anew in vain leaves that to its person.
const RENEW_EVERY_MS: i64 = 600_000;

/// When such a page was last loaded anew, in what the browser keeps for the tab.
const RENEWED: &str = "lifehub.renewed";

/// What there is to lose by loading this tab anew, besides what is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stake {
    /// Nothing.
    Nothing,
    /// Time: something is on its way, and rests on this phone.
    Time,
    /// What only this tab has.
    All,
}

/// Names what tells what is at stake.
pub fn ask_what_is_at_stake(stake: impl Fn() -> Stake + 'static) {
    STAKE.set(Some(Box::new(stake)));
}

fn stake() -> Stake {
    STAKE.with_borrow(|stake| stake.as_ref().map_or(Stake::Nothing, |stake| stake()))
}

/// Watches for a newer one, and for the browser's offer to install.
pub fn watch() {
    listen(&window(), "beforeinstallprompt", |event: web_sys::Event| {
        event.prevent_default();
        PROMPT.set(Some(event.into()));
        if guest::read(guest::NO_INSTALL).is_none() {
            SIGNALS.with(|signals| signals.installable.set(true));
        }
    });
    listen(&window(), "appinstalled", |_: web_sys::Event| SIGNALS.with(|signals| signals.installable.set(false)));

    let container = get(window().navigator().as_ref(), "serviceWorker");
    // No workers in some web views; the app then needs a network to start, and nothing else changes.
    let Some(target) = container.dyn_ref::<web_sys::EventTarget>() else { return };
    let had_one = Cell::new(!get(&container, "controller").is_null());
    let in_charge = container.clone();
    listen(target, "controllerchange", move |_: web_sys::Event| {
        // The first worker ever takes over without anything having changed; and where it was thrown away with all else
        // that the browser kept, nobody has taken over.
        if get(&in_charge, "controller").is_null() || !(had_one.replace(true) || AWAITED_SINCE.get().is_some()) {
            return;
        }
        IS_OUTDATED.set(true);
        if IS_TAKEN.get() || may_load_anew() {
            load_anew();
        } else {
            offer(true);
        }
    });
    for event in ["input", "change"] {
        listen(&document(), event, |event: web_sys::Event| {
            let field = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            TOUCHED.with_borrow_mut(|touched| {
                touched.retain(|field| field.is_connected());
                touched.extend(field.filter(|field| !touched.contains(field)));
            });
        });
    }
    wasm_bindgen_futures::spawn_local(async move {
        let ready = Promise::resolve(&get(&container, "ready"));
        let Ok(registration) = JsFuture::from(ready).await else { return };
        // A page that was on its way while the first worker began, or was loaded past the worker on purpose.
        if get(&container, "controller").is_null() {
            call(&get(&registration, "active"), "postMessage", &[CLAIM.into()]);
        }
        REGISTRATION.set(Some(registration.clone()));
        look_at(&registration);
        if let Some(target) = registration.dyn_ref::<web_sys::EventTarget>() {
            let registration = registration.clone();
            listen(target, "updatefound", move |_: web_sys::Event| follow(&registration));
        }
        let mut looked_at = monotonic_ms();
        listen(&document(), "visibilitychange", move |_: web_sys::Event| {
            if !is_visible() {
                take_unseen();
            }
            // Apps on the home screen are never closed, so nobody else would look for a new build.
            if is_visible() && monotonic_ms() - looked_at >= LOOK_EVERY_MS {
                looked_at = monotonic_ms();
                call(&registration, "update", &[]);
            }
        });
    });
}

/// Loads this tab anew, once.
fn load_anew() {
    if !HAS_RELOADED.replace(true) {
        reload();
    }
}

/// Whether nothing would be lost by loading anew: no sheet is open, no field of the page was filled in.
fn is_clean() -> bool {
    let is_filled_in = TOUCHED.with_borrow(|touched| touched.iter().any(|field| field.is_connected()));
    !is_filled_in && document().query_selector("dialog[open]").ok().flatten().is_none()
}

/// Whether nothing is lost by loading anew, time apart.
fn may_load_anew() -> bool {
    is_clean() && stake() != Stake::All
}

/// Whether there is a build to take.
fn is_here() -> bool {
    IS_OUTDATED.get() || WAITING.with_borrow(Option::is_some)
}

/// Rings `timer` after `ms`, instead of whatever it was to ring for.
fn ring_after(timer: &'static LocalKey<Cell<Option<i32>>>, ms: u64, ring: fn()) {
    if let Some(before) = timer.replace(Some(start_timer(ms, ring))) {
        stop_timer(before);
    }
}

/// Takes a new build once nobody has looked for a while and it disturbs nothing; tries again as long as nobody looks.
fn take_unseen() {
    ring_after(&UNSEEN, UNSEEN_MS, || {
        if is_visible() || !is_here() {
            return;
        }
        if stake() == Stake::Nothing && is_clean() {
            take_over();
        } else {
            take_unseen();
        }
    });
}

/// The server has outgrown this build, or one of before answers again.
pub fn require(is_outgrown: bool) {
    if IS_OUTGROWN.replace(is_outgrown) != is_outgrown {
        press();
    }
}

/// Takes a build that is required, where nothing is lost by it; asks where something is; looks for one where there is none.
fn press() {
    if !IS_OUTGROWN.get() {
        ask(false);
        return;
    }
    // Its page came from the server, and comes from there again.
    let has_worker = has_worker();
    let is_there = is_here() || !has_worker;
    let is_late = AWAITED_SINCE.get().is_some_and(|since| monotonic_ms() - since >= PRESS_EVERY_MS);
    let is_taken = is_there && (IS_TAKEN.get() || may_load_anew() && (has_worker || may_renew()));
    if !is_there {
        look_for_one();
    }
    if is_taken {
        take_over();
    }
    // A page that is being loaded anew asks nothing any more; one that has waited for a worker in vain has to.
    ask(is_there && (!is_taken || is_late));
    ring_after(&PRESSING, PRESS_EVERY_MS, press);
}

/// Whether a worker answers for the server where this page comes from.
fn has_worker() -> bool {
    let container = get(window().navigator().as_ref(), "serviceWorker");
    get(&container, "controller").is_object()
}

/// Has the browser look for another worker, unless it just has.
fn look_for_one() {
    let now = monotonic_ms();
    if LOOKED_AT.get().is_some_and(|at| now - at < LOOK_WHEN_OUTGROWN_MS) {
        return;
    }
    REGISTRATION.with_borrow(|registration| {
        if let Some(registration) = registration {
            LOOKED_AT.set(Some(now));
            call(registration, "update", &[]);
        }
    });
}

/// Notes that this tab is loaded anew by itself; `false` if it just was, or nobody would know the next time. While servers
/// are being replaced, the one that gives out the page may be of before.
fn may_renew() -> bool {
    let Some(storage) = window().session_storage().ok().flatten() else { return false };
    let noted = storage.get_item(RENEWED).ok().flatten().and_then(|at| at.parse::<i64>().ok());
    let is_long_ago = noted.is_none_or(|at| (phone_ms() - at).abs() >= RENEW_EVERY_MS);
    is_long_ago && storage.set_item(RENEWED, &phone_ms().to_string()).is_ok()
}

fn ask(is_required: bool) {
    SIGNALS.with(|signals| {
        if signals.required.get_untracked() != is_required {
            signals.required.set(is_required);
        }
    });
}

/// Whether the person has to take the new build, because something would be lost by taking it for them; tracked.
pub fn is_required() -> bool {
    SIGNALS.with(|signals| signals.required.clone()).get()
}

fn follow(registration: &JsValue) {
    let installing = get(registration, "installing");
    let Some(target) = installing.dyn_ref::<web_sys::EventTarget>() else { return };
    let registration = registration.clone();
    listen(target, "statechange", move |_: web_sys::Event| look_at(&registration));
}

/// Notes a worker that waits behind the one in charge.
fn look_at(registration: &JsValue) {
    let waiting = get(registration, "waiting");
    let in_charge = get(registration, "active");
    let is_waiting = !waiting.is_null() && !waiting.is_undefined() && !in_charge.is_null();
    WAITING.set(is_waiting.then_some(waiting));
    if is_waiting && IS_OUTGROWN.get() {
        press();
    }
    // One that is awaited is not offered as well: a band that is drawn asks the worker of before for its icon, and wakes it
    // while it should make room.
    offer(is_waiting && AWAITED_SINCE.get().is_none() || IS_OUTDATED.get());
}

fn offer(is_waiting: bool) {
    SIGNALS.with(|signals| {
        if signals.waiting.get_untracked() != is_waiting {
            signals.waiting.set(is_waiting);
        }
    });
}

/// Whether a new build waits; tracked.
pub fn is_waiting() -> bool {
    SIGNALS.with(|signals| signals.waiting.clone()).get()
}

/// Takes the new build for the person who asked for it; the page loads itself anew when it has.
pub fn take() {
    IS_TAKEN.set(true);
    take_over();
}

fn take_over() {
    WAITING.with_borrow(|waiting| match waiting {
        Some(waiting) if !IS_OUTDATED.get() => {
            AWAITED_SINCE.set(AWAITED_SINCE.get().or_else(|| Some(monotonic_ms())));
            call(waiting, "postMessage", &[ACTIVATE.into()]);
        }
        _ => load_anew(),
    });
}

/// Whether the browser offers to put the app on the home screen; tracked.
pub fn may_install() -> bool {
    SIGNALS.with(|signals| signals.installable.clone()).get()
}

/// Asks the person, once; whatever they say, the band is gone for good.
pub fn install() {
    guest::write(guest::NO_INSTALL, "1");
    SIGNALS.with(|signals| signals.installable.set(false));
    PROMPT.with_borrow_mut(|prompt| {
        if let Some(prompt) = prompt.take() {
            call(&prompt, "prompt", &[]);
        }
    });
}
