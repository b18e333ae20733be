//! What the tabs of one browser tell each other, and what one of them finds on the disk that nobody has told it.

use domain::id::AccountId;
use domain::sync::Input;
use domain::sync::machine::Queued;

use super::{Happening, Place};
use crate::coverage::Sight;
use crate::world::World;

/// What one tab tells the others.
#[derive(Debug, Clone, Copy)]
pub enum Told {
    /// This account signed in.
    Account(AccountId),
    /// A command of this account was queued.
    Queued(AccountId),
    /// Rows or answers of this account were stored.
    Stored(AccountId),
}

impl World {
    pub(super) fn take_others(&mut self, at: Place) {
        let Some(account) = self.tab(at).map(|tab| tab.account) else { return };
        let heard = self.tab(at).filter(|tab| tab.is_booted).map(|tab| tab.client.heard());
        if heard.is_some_and(|heard| !self.stores(at, account).outbox.is_heard(&heard)) {
            self.sights.mark(Sight::Missed);
            self.boot(at, account);
            return;
        }
        let stored: Vec<Queued> = self.stores(at, account).outbox.queue.values().map(|(_, q)| q.clone()).collect();
        for queued in stored {
            let is_known = self.tab(at).is_none_or(|tab| tab.client.queue().iter().any(|known| known.no == queued.no));
            if !is_known {
                self.feed(at, Input::Queued(queued));
            }
        }
    }

    /// Another tab has stored what this one has not heard of.
    pub(super) fn missed(&mut self, at: Place, account: AccountId) {
        self.sights.mark(Sight::Missed);
        if self.tab(at).is_some_and(|tab| tab.account == account) {
            self.boot(at, account);
        }
    }

    pub(super) fn hear(&mut self, at: Place, told: Told) {
        let Some(tab) = self.tab(at) else { return };
        let mine = tab.account;
        match told {
            Told::Account(account) if account != mine || tab.client.needs_sign_in() => self.boot(at, account),
            Told::Queued(account) if account == mine => self.later(at, 10, Happening::TakeOthers),
            Told::Stored(account) if account == mine => self.boot(at, mine),
            Told::Account(_) | Told::Queued(_) | Told::Stored(_) => {}
        }
    }
}
