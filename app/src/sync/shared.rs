//! Somebody else's phone: what ends a visit there by itself, and how it ends.
//!
//! Nothing of the visitor rests on it, so there is nothing to remove but the session; and that it is still to be ended
//! is remembered without saying whose.

use std::rc::Rc;

use domain::sign_in::Whose;
use leptos::leptos_dom::helpers::document;
use wasm_bindgen_futures::spawn_local;

use super::{Runner, events};
use crate::platform;
use crate::storage::guest;

/// What the wipe marker says where there is only a session to end.
pub const VISIT: &str = "visit";

impl Runner {
    /// Notices that somebody is there.
    pub(super) fn notice_touches(self: &Rc<Self>) {
        for event in ["pointerdown", "keydown"] {
            let this = Rc::clone(self);
            platform::listen(&document(), event, move |_: web_sys::Event| this.touched_ms.set(platform::phone_ms()));
        }
    }

    /// Ends a visit when nobody has touched the phone for as long as a session may be unused, or when the server has ended
    /// it and nothing waits that signing in again would still send.
    pub(super) fn end_visit_if_over(self: &Rc<Self>) {
        let idle_ms = Whose::Shared.idle_minutes() * 60_000;
        let is_left = platform::phone_ms() - self.touched_ms.get() >= idle_ms;
        let is_ended = self.is_expired.get() && self.client.borrow().queue().is_empty();
        if self.stores.borrow().is_shared && (is_left || is_ended) {
            let this = Rc::clone(self);
            spawn_local(async move { this.end_visit().await });
        }
    }

    /// Ends it: first nothing of it is on the screen or in memory, then the session goes, and with it whatever the
    /// browser keeps of the app.
    pub(super) async fn end_visit(self: &Rc<Self>) {
        if !self.stores.borrow().is_shared {
            return;
        }
        guest::write(guest::WIPE, VISIT);
        let owner = guest::account();
        self.break_off();
        self.change_stores(owner, Whose::Own);
        self.tell(events::Told::Account(owner));
        // Nothing is opened before: it would be thrown away under the hands of whoever uses it.
        self.finish_wipe().await;
        self.boot(owner).await;
        self.try_now();
    }
}
