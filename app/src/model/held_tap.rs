//! A tap that asks who makes it.
//!
//! Whoever the server knows and this phone does not (a visit that was loaded anew, a browser that was cleared) is a guest
//! until the server has said so. What they tap before is done when it has, as they are: nobody is sent to sign in twice.

use leptos::prelude::*;

use super::{Model, Session};

/// What a tap asks for; waits until it is known who made it.
#[derive(Clone, Copy)]
pub struct HeldTap<T: Send + Sync + 'static> {
    model: Model,
    of: T,
    held: RwSignal<Option<T>>,
    act: Callback<()>,
}

impl<T: Copy + PartialEq + Send + Sync + 'static> HeldTap<T> {
    /// `act` is run once for each tap on `of`, at once where it is known who uses the app. `held` outlives what is drawn:
    /// when somebody turns out to be signed in, everything is drawn anew.
    pub fn new(model: Model, held: RwSignal<Option<T>>, of: T, act: Callback<()>) -> Self {
        Effect::new(move || {
            if held.get() == Some(of) && is_known(model) {
                held.set(None);
                act.run(());
            }
        });
        Self { model, of, held, act }
    }

    /// It was tapped.
    pub fn tap(self) {
        if untrack(|| is_known(self.model)) { self.act.run(()) } else { self.held.set(Some(self.of)) }
    }

    /// Whether it was, and nothing has come of it yet.
    #[must_use]
    pub fn is_held(self) -> bool {
        self.held.get() == Some(self.of)
    }
}

/// Whether it is known who uses the app, and with whom they live: the server has said it, or does not answer.
fn is_known(model: Model) -> bool {
    match model.session() {
        Session::Unknown => false,
        _ if model.is_offline() => true,
        Session::Guest => model.rim.link.with(|link| link.is_acquainted),
        Session::SignedIn(_) => model.rim.view.with(|view| view.profile.is_some()),
    }
}
