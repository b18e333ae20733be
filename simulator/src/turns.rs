//! Whose turn it is to send what is queued: one tab of a phone at a time, as long as its lease lasts.
//!
//! Nothing may rest on it: one phone has no locks, and its tabs send together.

use domain::sync::limits::DRAIN_LEASE_MS;

use crate::coverage::Sight;
use crate::phone::Place;
use crate::world::World;

/// A tab's turn to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    tab: usize,
    life: u64,
    /// Of which start of the tab, and which try of that.
    round: (u32, u64),
    until: u64,
}

impl World {
    /// Takes a turn, unless it is another's.
    pub(crate) fn take_turn(&mut self, at: Place, round: (u32, u64)) -> bool {
        let Some(life) = self.tab(at).map(|tab| tab.life).filter(|_| self.phones[at.phone].has_locks) else {
            return true;
        };
        // A tab that is gone has no locks.
        let is_alive =
            |turn: &Turn| self.tab(Place { phone: at.phone, tab: turn.tab }).is_some_and(|tab| tab.life == turn.life);
        if let Some(turn) = self.phones[at.phone].turn.filter(is_alive) {
            if self.now < turn.until {
                self.sights.mark(Sight::OthersTurn);
                return false;
            }
            self.sights.mark(Sight::TurnStolen);
        }
        let until = self.now + DRAIN_LEASE_MS.unsigned_abs();
        self.phones[at.phone].turn = Some(Turn { tab: at.tab, life, round, until });
        true
    }

    /// Ends a turn, unless it was taken away.
    pub(crate) fn end_turn(&mut self, at: Place, round: (u32, u64)) {
        let turn = &mut self.phones[at.phone].turn;
        turn.take_if(|turn| (turn.tab, turn.round) == (at.tab, round));
    }
}
