//! New builds and the home screen: the service worker that keeps the app on the phone, and the browser's offer to
//! install it.
//!
//! A new build waits until the person takes it, or until nobody looks, nothing is half filled in and nothing is on its
//! way. Every tab then loads itself anew, once; one in which something is half filled in offers it instead. The worker
//! is registered before the app runs (`public/boot.js`), so that it can repair a build that does not start.

use std::cell::{Cell, RefCell};

use js_sys::Promise;
use leptos::leptos_dom::helpers::{document, window};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Element;

use crate::platform::{call, get, is_visible, listen, monotonic_ms, reload, start_timer};
use crate::storage::guest;

/// What tells a waiting worker to take over.
const ACTIVATE: &str = "activate";

thread_local! {
    static SIGNALS: Signals = Signals {
        waiting: ArcRwSignal::new(false),
        installable: ArcRwSignal::new(false),
    };
    static WAITING: RefCell<Option<JsValue>> = const { RefCell::new(None) };
    static PROMPT: RefCell<Option<JsValue>> = const { RefCell::new(None) };
    /// Another build is in charge than this tab has loaded.
    static IS_OUTDATED: Cell<bool> = const { Cell::new(false) };
    static HAS_RELOADED: Cell<bool> = const { Cell::new(false) };
    /// The person has taken the new build in this tab.
    static IS_TAKEN: Cell<bool> = const { Cell::new(false) };
    /// Fields that were filled in; they count as long as they are on the page.
    static TOUCHED: RefCell<Vec<Element>> = const { RefCell::new(Vec::new()) };
    static IS_IDLE: RefCell<Option<Box<dyn Fn() -> bool>>> = const { RefCell::new(None) };
}

struct Signals {
    waiting: ArcRwSignal<bool>,
    installable: ArcRwSignal<bool>,
}

/// How often at most to look for a new build.
const LOOK_EVERY_MS: u64 = 3_600_000;

/// How long nobody must have looked before a new build is taken for them.
const UNSEEN_MS: u64 = 30_000;

/// Names what tells whether nothing is on its way to the server.
pub fn ask_if_idle(is_idle: impl Fn() -> bool + 'static) {
    IS_IDLE.set(Some(Box::new(is_idle)));
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
        if get(&in_charge, "controller").is_null() || !had_one.replace(true) {
            return;
        }
        IS_OUTDATED.set(true);
        if IS_TAKEN.get() || is_clean() {
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

/// Takes a new build once nobody has looked for a while and it disturbs nothing; tries again as long as nobody looks.
fn take_unseen() {
    start_timer(UNSEEN_MS, || {
        let waits = IS_OUTDATED.get() || WAITING.with_borrow(Option::is_some);
        if is_visible() || !waits {
            return;
        }
        let is_idle = IS_IDLE.with_borrow(|is_idle| is_idle.as_ref().is_none_or(|is_idle| is_idle()));
        if is_idle && is_clean() {
            take_over();
        } else {
            take_unseen();
        }
    });
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
    offer(is_waiting || IS_OUTDATED.get());
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
    if IS_OUTDATED.get() {
        load_anew();
        return;
    }
    WAITING.with_borrow(|waiting| {
        if let Some(waiting) = waiting {
            call(waiting, "postMessage", &[ACTIVATE.into()]);
        }
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
