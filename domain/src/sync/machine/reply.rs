//! What a reply may change: answers settle commands, pulls change rows, and both take effect only once they are stored.
//!
//! The rules: a reply to somebody else's session changes no rows; a command is known by its id, whatever its number is
//! by now; rows never go backwards (M1, M3); what makes accepted commands doubtful is noted with it ([`super::journal`]);
//! only what brought something is followed up at once.

use std::collections::BTreeSet;

use super::{Client, Cursors, Landing, Progress, read};
use crate::command::{Envelope, Outcome};
use crate::id::{CommandId, StreamId};
use crate::json;
use crate::refusal::Refusal;
use crate::sync::checksum::Held;
use crate::sync::limits::{BACKOFF_FIRST_MS, CHECKSUM_EVERY, RENUMBER_MS};
use crate::sync::machine::messages::{Basis, Effect, Queued, Settled, StreamWrite};
use crate::sync::wire::{Answer, EDITION, NotNow, PROTOCOL, PullReply, PullResult, ResetReason, SyncReply};
use crate::time::{LocalDate, Timestamp};

/// A reply on its way to the disk.
#[derive(Debug, Clone)]
pub(super) struct Storing {
    at: Timestamp,
    unsure_before: Option<Timestamp>,
    streams: Vec<StreamWrite>,
    /// Accepted commands that the server knows …
    checked: Vec<CommandId>,
    /// … and those that it does not.
    unknown: Vec<CommandId>,
    /// Streams whose checksum the server has compared.
    compared: Vec<StreamId>,
    settled: Vec<(u64, Settled)>,
    /// The numbers no longer fit what the server has seen. Only what is stored is renumbered, so that a command with an
    /// answer does not get another number on the way out.
    renumber: bool,
}

impl Client {
    pub(super) fn replied(
        &mut self,
        now: u64,
        random: u64,
        request: u64,
        reply: Option<SyncReply>,
        effects: &mut Vec<Effect>,
    ) {
        if self.flight.as_ref().is_none_or(|flight| flight.request != request || flight.storing.is_some()) {
            return;
        }
        let Some(reply) = reply.filter(|reply| reply.proto == PROTOCOL) else {
            self.flight = None;
            self.fail(now, random);
            self.is_offline = true;
            effects.push(Effect::Show);
            return;
        };
        self.is_offline = false;
        self.is_outgrown = reply.outgrows(EDITION);
        // One's own stream is denied when the browser has a session of somebody else: then this is their view of things.
        let own = self.account.map(StreamId::Account);
        let own = reply.pulls.iter().find(|pull| Some(&pull.stream) == own.as_ref());
        let is_for_another = own.is_some_and(|pull| matches!(pull.result, PullResult::Denied));
        let own = own.is_some();
        if own {
            self.needs_sign_in = is_for_another;
        }
        // Only a reply that brings one's own stream was meant for oneself.
        let asked = self.flight.as_ref().filter(|_| own && !is_for_another).map(|flight| flight.known.clone());
        let (unknown, checked): (Vec<_>, Vec<_>) =
            asked.into_iter().flatten().partition(|id| reply.unknown.contains(id));
        let is_unsure = unknown.iter().any(|id| !self.doubts(*id))
            || (!is_for_another
                && reply.pulls.iter().any(|pull| self.breaks(pull) || self.lands_unasked(&pull.stream)));
        let is_unsure = is_unsure && self.account.is_some();
        let at = self.moment(reply.server_at);
        let (settled, renumber) = self.read_answers(now, random, &reply.answers, at);
        let pulls = if is_for_another { Vec::new() } else { reply.pulls };
        let compared = self.compared(&pulls);
        let on = reply.server_at.date();
        let streams: Vec<_> = pulls.into_iter().filter_map(|pull| self.read_pull(pull, at, on)).collect();
        let unsure_before = is_unsure.then_some(at);
        self.next_poll = now + self.poll_after(now, random);
        if let Some(flight) = &mut self.flight {
            let (streams, settled, checked) = (streams.clone(), settled.clone(), checked.clone());
            flight.storing =
                Some(Storing { at, unsure_before, streams, checked, unknown, compared, settled, renumber });
        }
        let heard = self.unsure_before.max(unsure_before);
        effects.push(Effect::Store { request, unsure_before, heard, streams, settled, checked, at });
    }

    /// When a reply was given: by the server's clock, but always after all that this phone has heard before. A clock that
    /// was set back, say on another machine after a restore, creeps on until it has caught up.
    fn moment(&mut self, server_at: Timestamp) -> Timestamp {
        let at = self.latest.map_or(server_at, |latest| server_at.max(Timestamp::from_ms(latest.ms() + 1)));
        self.latest = Some(at);
        at
    }

    /// What is settled, and whether the rest needs other numbers.
    fn read_answers(
        &mut self,
        now: u64,
        random: u64,
        answers: &[Answer],
        at: Timestamp,
    ) -> (Vec<(u64, Settled)>, bool) {
        let mut settled = Vec::new();
        let mut renumber = false;
        for answer in answers {
            let (id, outcome) = match answer {
                Answer::Decided { id, outcome } => (*id, outcome.clone()),
                // The id belongs to another command. No number can help: it is put aside, and its person told.
                Answer::NotNow { id, not_now: NotNow::IdReused } => {
                    let refusal = Refusal::ServerFault { reference: id.reference() };
                    (*id, Outcome::Refused { refusal, alternatives: Vec::new() })
                }
                Answer::NotNow { not_now, .. } => {
                    match not_now {
                        // Up to half as long again, so that those who were sent away do not return together.
                        NotNow::RetryAfter { ms } => {
                            let ms = u64::from(*ms);
                            self.held_until = now + ms + random % (ms / 2 + 1);
                        }
                        NotNow::NeedsSignIn | NotNow::WrongAccount => self.needs_sign_in = true,
                        NotNow::Gap { expected } => renumber |= !self.queue.contains_key(expected),
                        NotNow::Forked | NotNow::IdReused => renumber = true,
                    }
                    continue;
                }
            };
            let Some(item) = self.queue.values().find(|item| item.id == id) else { continue };
            let Queued { no, raw, place, again, .. } = item.queued.clone();
            settled.push((
                no,
                Settled { id, raw, outcome, at, dismissed: false, unseen: true, place, checked: None, again },
            ));
        }
        (settled, renumber)
    }

    /// The streams whose checksum was compared: only where nothing has changed can the server do so, for it no longer
    /// knows what was there before. Anywhere else it goes along again.
    fn compared(&self, pulls: &[PullReply]) -> Vec<StreamId> {
        let summed = self.flight.as_ref().map(|flight| flight.summed.as_slice()).unwrap_or_default();
        let is_still = |pull: &&PullReply| match &pull.result {
            PullResult::Delta { rows, gone, .. } => rows.is_empty() && gone.is_empty(),
            PullResult::Snapshot { .. } | PullResult::Denied => false,
        };
        let still = pulls.iter().filter(is_still).filter(|pull| summed.contains(&pull.stream));
        still.map(|pull| pull.stream.clone()).collect()
    }

    /// The rules M1 and M3: what a reply may change, given what is known by now.
    fn read_pull(&self, pull: PullReply, as_of: Timestamp, on: LocalDate) -> Option<StreamWrite> {
        let known = self.cursors.get(&pull.stream).map(|progress| progress.cursor);
        let (basis, rows, gone, cursor) = match pull.result {
            PullResult::Delta { from, rows, gone, cursor } => {
                let known = known.filter(|known| known.epoch == cursor.epoch && from <= known.seq)?;
                if cursor.seq < known.seq {
                    return None;
                }
                let rows = rows.into_iter().filter(|row| row.seq > known.seq).collect();
                (Basis::After(known), rows, gone, Some(cursor))
            }
            PullResult::Snapshot { why, rows, cursor } => {
                // A restored server may have kept its epoch. It was asked with what is known here, so what it says of
                // that is not late, however far back it goes.
                let goes_back = matches!(why, Some(ResetReason::Ahead | ResetReason::Diverged));
                let is_newer = known.is_none_or(|known| known.epoch != cursor.epoch || known.seq <= cursor.seq);
                if !is_newer && !goes_back {
                    return None;
                }
                (Basis::Instead(known), rows, Vec::new(), Some(cursor))
            }
            PullResult::Denied => (Basis::Instead(known), Vec::new(), Vec::new(), None),
        };
        Some(StreamWrite { stream: pull.stream, basis, rows, gone, cursor, as_of, on })
    }

    pub(super) fn stored(&mut self, now: u64, random: u64, request: u64, ok: bool, effects: &mut Vec<Effect>) {
        let Some(flight) = self.flight.take_if(|flight| flight.request == request) else { return };
        let Some(storing) = flight.storing else { return };
        if !ok {
            // Forget the reply: the same commands bring the same answers.
            self.wants_pull = true;
            self.fail(now, random);
            return;
        }
        let replaced = self.apply(storing.streams);
        self.fulfil();
        for stream in &storing.compared {
            if let Some(progress) = self.cursors.get_mut(stream) {
                progress.check_in = CHECKSUM_EVERY - 1;
            }
        }
        let has_settled = !storing.settled.is_empty();
        for (_, settled) in storing.settled {
            // By its id: it may have another number by now.
            self.queue.retain(|_, item| item.id != settled.id);
            let before = self.journal.get(&settled.id);
            let settled = settled.over(before);
            self.land(&settled);
            self.journal.insert(settled.id, settled);
        }
        for id in &storing.checked {
            if let Some(settled) = self.journal.get_mut(id) {
                settled.checked = settled.checked.max(Some(storing.at));
                // It is there, but the stream may not have shown it yet.
                let settled = settled.clone();
                self.land(&settled);
            }
        }
        let cursors = &self.cursors;
        self.landing.retain(|_, landing| {
            // A stream that is no longer ours will never show it.
            let is_settled_by_picture = replaced.contains(&landing.stream);
            !is_settled_by_picture && !has_shown(cursors, &landing.stream, landing.seq, landing.at)
        });
        self.unsure_before = self.unsure_before.max(storing.unsure_before);
        self.lost.extend(storing.unknown);
        self.look_for_doubts();
        let again = self.found_lost();
        let is_clearer = !storing.checked.is_empty() || storing.unsure_before.is_some();
        if has_settled || (flight.commands.is_empty() && again.is_empty()) {
            self.failures = 0;
        }
        // What is in doubt goes before the queue: until that is clear, no number is the right one.
        if !again.is_empty() || (storing.renumber && self.doubts.is_empty()) {
            if now >= self.renumbered_by {
                self.renumbered_by = now + RENUMBER_MS;
                effects.push(Effect::Renumber { again });
            }
            self.fail(now, random);
        } else if has_settled || is_clearer {
            self.not_before = self.not_before.min(now);
        } else if !flight.commands.is_empty() {
            // Nothing came of it: the same again at once would bring the same.
            self.fail(now, random);
        }
        if !self.landing.is_empty() && !self.needs_sign_in {
            self.wants_pull = true;
            self.not_before = self.not_before.max(now + BACKOFF_FIRST_MS);
        }
        effects.push(Effect::Show);
    }

    /// Puts what was stored into memory, and names the streams that were replaced whole.
    fn apply(&mut self, streams: Vec<StreamWrite>) -> BTreeSet<StreamId> {
        let mut replaced = BTreeSet::new();
        for write in streams {
            if write.is_whole() {
                self.base.clear(&write.stream);
                replaced.insert(write.stream.clone());
            }
            for key in &write.gone {
                self.base.remove(key);
            }
            for row in &write.rows {
                self.base.put(&write.stream, row);
            }
            let Some(cursor) = write.cursor else {
                self.cursors.remove(&write.stream);
                continue;
            };
            let as_of = write.as_of;
            match self.cursors.get_mut(&write.stream).filter(|_| !write.is_whole()) {
                Some(progress) => {
                    (progress.cursor, progress.as_of) = (cursor, as_of);
                    progress.check_in = progress.check_in.saturating_sub(1);
                    write.gone.iter().for_each(|key| progress.held.remove(key));
                    write.rows.iter().for_each(|row| progress.held.put(row));
                }
                None => {
                    let held = Held::of(&write.rows, write.whole_on(None));
                    self.cursors.insert(write.stream, Progress { cursor, as_of, held, check_in: CHECKSUM_EVERY - 1 });
                }
            }
        }
        replaced
    }

    /// Keeps an accepted command in the picture until its stream has been read that far.
    pub(super) fn land(&mut self, settled: &Settled) {
        let Outcome::Accepted { seq, .. } = settled.outcome else { return };
        let Some(envelope) = json::read::<Envelope>(&settled.raw) else { return };
        // What the server still knew, the rows of that reply show, whatever number the change has there.
        let (at, seq) = (settled.heard_of(), if settled.checked.is_some() { 0 } else { seq });
        if !has_shown(&self.cursors, &envelope.stream, seq, at) {
            self.await_rows(settled, envelope.stream, seq);
        }
    }

    /// The same at a start: what the disk has read later may come from a server that never knew of it.
    pub(super) fn land_from_disk(&mut self, settled: &Settled) {
        self.land(settled);
        let Outcome::Accepted { seq, .. } = settled.outcome else { return };
        if let Some(envelope) = json::read::<Envelope>(&settled.raw).filter(|_| settled.unseen) {
            self.await_rows(settled, envelope.stream, seq);
        }
    }

    fn await_rows(&mut self, settled: &Settled, stream: StreamId, seq: u64) {
        let pending = read(&settled.raw).and_then(|(_, pending)| pending);
        self.landing.insert(settled.id, Landing { stream, seq, at: settled.heard_of(), pending });
    }
}

/// Whether a stream has shown what there is of a command accepted as its change `seq` and answered `at`: it was read no
/// earlier. Read earlier, a higher number is one of a branch that a restore has cut off; read later, a lower one says that
/// the command is forgotten.
fn has_shown(cursors: &Cursors, stream: &StreamId, seq: u64, at: Timestamp) -> bool {
    cursors.get(stream).is_some_and(|read| read.as_of > at || (read.as_of == at && read.cursor.seq >= seq))
}
