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
            platform::listen(&document(), event, move |_: web_sys::Event| {
                // A phone that slept rings no timer: whoever touches it after a visit is over must not go on with it.
                if !this.end_visit_if_over() {
                    this.touch(this.stores.borrow().is_shared);
                }
            });
        }
    }

    /// Notes it, for the other tabs of a visit as well.
    pub(super) fn touch(&self, is_shared: bool) {
        let now = platform::phone_ms();
        self.touched_ms.set(now);
        if is_shared {
            guest::write(guest::TOUCHED, &now.to_string());
        }
    }

    /// Whether nobody has touched any tab for as long as a session may be unused.
    fn is_left(&self) -> bool {
        let now = platform::phone_ms();
        let noted = guest::read(guest::TOUCHED).and_then(|touched| touched.parse::<i64>().ok());
        // A clock that was set back must not make a visit last longer.
        let touched = noted.filter(|touched| *touched <= now).unwrap_or_default().max(self.touched_ms.get());
        now - touched >= Whose::Shared.idle_minutes() * 60_000
    }

    /// Ends a visit when nobody has touched the phone for as long as a session may be unused, or when the server has ended
    /// it and nothing waits that signing in again would still send. Says whether it does.
    pub(super) fn end_visit_if_over(self: &Rc<Self>) -> bool {
        let is_ended = self.is_expired.get() && self.client.borrow().queue().is_empty();
        let is_over = self.stores.borrow().is_shared && (is_ended || self.is_left());
        if is_over {
            let this = Rc::clone(self);
            spawn_local(async move { this.end_visit().await });
        }
        is_over
    }

    /// Ends it: first nothing of it is on the screen or in memory, then the session goes, and with it whatever the
    /// browser keeps of the app.
    pub(super) async fn end_visit(self: &Rc<Self>) {
        if !self.stores.borrow().is_shared {
            return;
        }
        guest::write(guest::WIPE, VISIT);
        guest::forget(guest::TOUCHED);
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
