//! How a tab stores what a reply brought: rows and cursors, then answers, then the queue.

use domain::command::Outcome;
use domain::id::{AccountId, CommandId, DeviceId, StreamId};
use domain::sync::Input;
use domain::sync::machine::{Queued, Settled, StreamWrite};
use domain::time::Timestamp;

use super::{Happening, Place};
use crate::coverage::Sight;
use crate::planted::Bug;
use crate::world::World;

/// What a reply brings, on its way to the disk.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of the effect")]
pub struct Write {
    pub generation: u32,
    pub account: AccountId,
    pub request: u64,
    pub streams: Vec<StreamWrite>,
    pub settled: Vec<(u64, Settled)>,
    pub checked: Vec<CommandId>,
    pub at: Timestamp,
    pub heard: Option<Timestamp>,
}

impl World {
    pub(super) fn store_streams(&mut self, at: Place, write: Write) {
        if self.planted == Some(Bug::CursorBeforeRows) {
            self.later(at, 15, Happening::StoreCursors { write });
        } else {
            let fails = self.may_fail();
            self.later(at, 15, Happening::StoreRows { write, fails });
        }
    }

    /// The machine hears what came of storing a reply.
    pub(super) fn stored(&mut self, at: Place, write: &Write, is_stored: bool) {
        if self.tab(at).is_some_and(|tab| tab.generation == write.generation) {
            self.feed(at, Input::Stored(write.request, is_stored));
            self.note_landing(at);
            if self.planted == Some(Bug::HintBelieved) {
                self.believe_hints(at);
            }
        }
    }

    pub(super) fn note_again(&mut self, settled: &[(u64, Settled)]) {
        for (_, settled) in settled.iter().filter(|(_, settled)| settled.again) {
            let is_refused = matches!(settled.outcome, Outcome::Refused { .. });
            self.sights.mark(if is_refused { Sight::RefusedAgain } else { Sight::AcceptedAgain });
        }
    }

    /// Numbers the queue anew, with what is sent again; nothing if more is in doubt than the tab knows of.
    pub(crate) fn renumber(
        &mut self,
        at: Place,
        account: AccountId,
        device: DeviceId,
        again: &[Settled],
    ) -> Option<Vec<Queued>> {
        let planted = self.planted;
        let outbox = &mut self.stores(at, account).outbox;
        let Some(queue) = outbox.renumber(device, again, planted) else {
            self.sights.mark(Sight::Missed);
            return None;
        };
        self.sights.mark(Sight::Renumbered);
        if queue.iter().any(|queued| queued.again) {
            self.sights.mark(Sight::SentAgain);
        }
        Some(queue)
    }

    /// Stores rows and cursors, and names the streams that the disk has so now.
    pub(super) fn store_rows(
        &mut self,
        at: Place,
        account: AccountId,
        streams: &[StreamWrite],
        fails: bool,
    ) -> Vec<StreamId> {
        let guarded = self.planted != Some(Bug::RowsGoBackwards);
        let is_off = self.tab(at).is_none_or(|tab| tab.is_cache_off && tab.account == account);
        if fails {
            self.sights.mark(Sight::WriteFailed);
            if let Some(tab) = self.tab_mut(at) {
                tab.is_cache_off = true;
            }
        }
        if fails || is_off { Vec::new() } else { self.stores(at, account).apply(streams, guarded) }
    }

    pub(super) fn note_landing(&mut self, at: Place) {
        if self.tab(at).is_some_and(|tab| tab.client.pending().len() > tab.client.queue().len()) {
            self.sights.mark(Sight::Landed);
        }
    }
}
