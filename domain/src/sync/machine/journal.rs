//! What a restore may have lost: commands whose person was told that they are accepted.
//!
//! The journal keeps them for some weeks with their envelopes. As soon as the server shows that it is not the one that
//! answered ([`Client::breaks`], [`Client::lands_unasked`]), what it had accepted is *in doubt*, and that is stored before
//! anything else. What is in doubt stays in the picture, and nothing new is sent before it is cleared up: the phone asks
//! which of it the server knows, and what it does not know goes back into the queue, in its old place, with its old id.
//! So the server takes it for the command it is, should it turn out to have it after all. What was refused is not asked
//! about and never sent again: its person may have chosen something else since.

use std::collections::BTreeSet;

use crate::command::{Command, Envelope, Outcome};
use crate::id::{ActivityId, BookingId, CommandId, PersonId, SignUpId, StreamId};
use crate::json;
use crate::order::sort_by_key;
use crate::sync::limits::{JOURNAL_DAYS, KNOWN_MAX, PULLS_MAX, days_before};
use crate::sync::machine::messages::Settled;
use crate::sync::machine::{Client, read};
use crate::sync::overlay::Pending;
use crate::sync::view::View;
use crate::sync::wire::{Known, PullReply, PullResult, ResetReason};

/// An accepted command in doubt.
#[derive(Debug, Clone)]
pub(super) struct Doubt {
    id: CommandId,
    /// The change that carries its effect, as its answer says.
    seq: u64,
    stream: StreamId,
    /// What it asks for, if this build knows its kind.
    pending: Option<Pending>,
}

impl Client {
    /// Whether a pull leaves open that the server no longer has what this phone has read. The other reasons for a snapshot
    /// are given only after the tag was compared; a stream without a cursor is what [`Self::lands_unasked`] is for.
    pub(super) fn breaks(&self, pull: &PullReply) -> bool {
        match &pull.result {
            PullResult::Snapshot { why, .. } => match why {
                Some(ResetReason::EpochChanged | ResetReason::Ahead | ResetReason::Diverged) => true,
                // A tag so old is not kept; and what a later build means, this one cannot know.
                Some(ResetReason::TooOld | ResetReason::Other) => true,
                Some(ResetReason::Audience | ResetReason::View | ResetReason::Checksum | ResetReason::Window)
                | None => false,
            },
            PullResult::Denied => self.cursors.contains_key(&pull.stream),
            PullResult::Delta { .. } => false,
        }
    }

    /// Whether a stream is read on that had not shown what was accepted, and that was not asked about along with it: the
    /// server that answered and the one that shows its rows may be two, with a restore between them, and no cursor could
    /// tell.
    pub(super) fn lands_unasked(&self, stream: &StreamId) -> bool {
        let asked = self.flight.as_ref().map(|flight| flight.known.as_slice()).unwrap_or_default();
        self.landing.iter().any(|(id, landing)| landing.stream == *stream && !asked.contains(id))
    }

    /// Finds what is in doubt. To be called when anything has changed of what that depends on.
    pub(super) fn look_for_doubts(&mut self) {
        let doubted = self.journal.values().filter(|settled| settled.is_in_doubt(self.unsure_before));
        let mut doubted: Vec<_> = doubted.collect();
        sort_by_key(&mut doubted, |settled| (settled.place, settled.at));
        let doubt = |settled: &Settled| {
            let (envelope, pending) = (envelope_of(&settled.raw)?, read(&settled.raw)?.1);
            Some(Doubt { id: settled.id, seq: seq_of(settled)?, stream: envelope.stream, pending })
        };
        self.doubts = doubted.into_iter().filter_map(doubt).collect();
        let doubts = &self.doubts;
        self.lost.retain(|id| doubts.iter().any(|doubt| doubt.id == *id));
        self.landing.retain(|id, _| !doubts.iter().any(|doubt| doubt.id == *id));
    }

    /// Whether a command is in doubt.
    pub(super) fn doubts(&self, id: CommandId) -> bool {
        self.doubts.iter().any(|doubt| doubt.id == id)
    }

    /// What to ask about before anything else: so much of what is in doubt that the rows of its streams come with the
    /// answer. What the server knows then shows, and is not in doubt again with the next pull.
    fn to_ask(&self) -> Vec<&Doubt> {
        let mut streams = BTreeSet::new();
        let open = self.doubts.iter().filter(|doubt| !self.lost.contains(&doubt.id));
        let fit = open.take_while(|doubt| {
            streams.insert(&doubt.stream);
            streams.len() < PULLS_MAX
        });
        fit.take(KNOWN_MAX).collect()
    }

    /// What to ask about together with these streams: what is in doubt, and if nothing is, what they have yet to show.
    pub(super) fn asked(&self, streams: &[StreamId]) -> Vec<Known> {
        if self.is_unsure() {
            return self.to_ask().into_iter().map(|doubt| Known { id: doubt.id, seq: doubt.seq }).collect();
        }
        let landing = self.landing.iter().filter(|(_, landing)| streams.contains(&landing.stream));
        let known = landing.filter_map(|(id, _)| Some(Known { id: *id, seq: seq_of(self.journal.get(id)?)? }));
        known.take(KNOWN_MAX).collect()
    }

    pub(super) fn asked_streams(&self) -> impl Iterator<Item = StreamId> {
        self.to_ask().into_iter().map(|doubt| doubt.stream.clone())
    }

    /// What the queue builds on without the server seeing it by itself: a device's numbers show what is missing, but a
    /// queue that was renumbered does not say what came before. Then the last accepted command has to be known.
    pub(super) fn preceding(&self) -> Option<Known> {
        let oldest = self.unsure_before.map(|before| days_before(before, JOURNAL_DAYS));
        let accepted = self.journal.values().filter(|settled| oldest.is_none_or(|oldest| oldest <= settled.at));
        let accepted = accepted.filter_map(|settled| Some((settled, seq_of(settled)?)));
        let (last, seq) = accepted.max_by_key(|(settled, _)| (settled.place, settled.at))?;
        let device = |raw: &str| envelope_of(raw).map(|envelope| envelope.device);
        let next = self.queue.values().next()?;
        (device(&last.raw) != device(&next.queued.raw)).then_some(Known { id: last.id, seq })
    }

    /// Once all that is in doubt was asked about and the rest is cleared up: what the server has lost, in order.
    pub(super) fn found_lost(&mut self) -> Vec<Settled> {
        if self.lost.is_empty() || !self.to_ask().is_empty() {
            return Vec::new();
        }
        self.lost.clear();
        self.doubts.iter().filter_map(|doubt| self.journal.get(&doubt.id).cloned()).collect()
    }

    /// What is in doubt and does not show: it stays in the picture until its person is told otherwise.
    pub(super) fn doubted(&self) -> impl Iterator<Item = Pending> {
        let pending = self.doubts.iter().filter_map(|doubt| doubt.pending.as_ref());
        pending.filter(|pending| !is_shown(&self.base, pending)).cloned()
    }
}

fn envelope_of(raw: &str) -> Option<Envelope> {
    json::read(raw)
}

const fn seq_of(settled: &Settled) -> Option<u64> {
    match settled.outcome {
        Outcome::Accepted { seq, .. } => Some(seq),
        Outcome::Refused { .. } | Outcome::Expired => None,
    }
}

/// Whether the thing that a command has made is there. What changes a thing shows in no row by its own id.
fn is_shown(base: &View, pending: &Pending) -> bool {
    let id = pending.id.uuid();
    match pending.command {
        Command::SignUp(_) => base.sign_ups.contains_key(&SignUpId::from_uuid(id)),
        Command::BookSpace(_) => base.bookings.contains_key(&BookingId::from_uuid(id)),
        Command::PublishActivity(_) => base.activities.contains_key(&ActivityId::from_uuid(id)),
        Command::AddPerson(_) => base.persons.contains_key(&PersonId::from_uuid(id)),
        _ => false,
    }
}
