//! When a page listens for hints, and what a hint leads to.
//!
//! A hint says how far a stream has got and nothing else; rows come by a pull, like any others. So none of this is needed
//! for anything to be right, only for it to be soon: a hint may be lost, late or a lie.
//!
//! What it guarantees:
//! - only a page that is on the screen, watches something and gets answers listens;
//! - a hint that is not newer than what was read costs nothing, a newer one at most one pull: one that has promised more
//!   than there is is not believed again; and pulls that hints lead to keep their distance;
//! - a connection on which nothing is heard is given up for another; where connections are of no use, the page asks more
//!   often instead, and tries to listen again later.

use super::Client;
use super::messages::{Effect, LiveEvent};
use crate::id::StreamId;
use crate::sync::limits::{
    HINT_EVERY_MS, HINT_SPREAD_MAX_MS, LIVE_AGAIN_FIRST_MS, LIVE_AGAIN_LAST_MS, LIVE_BRIEF_MS, LIVE_REST_MS,
    LIVE_SILENT_MS, LIVE_STREAMS_MAX, LIVE_USELESS_MAX, POLL_MS, POLL_UNHINTED_MS, PUBLIC_PULL_MS,
};
use crate::sync::wire::Hint;

/// How often the wait after a connection that did not open is doubled.
const DOUBLED_MAX: u32 = 4;

/// The live connection as far as it is known here.
#[derive(Debug, Clone, Default)]
pub(super) struct Live {
    /// What is listened to; nothing while there is no connection.
    streams: Vec<StreamId>,
    opened: Option<u64>,
    /// When something was last heard; at first, when the connection was asked for.
    heard: u64,
    has_heard: bool,
    /// Connections in a row that brought nothing …
    useless: u32,
    /// … and those that did not even open.
    unopened: u32,
    not_before: u64,
    /// Until when it is not even tried, because connections are of no use here.
    rests_until: u64,
    /// How far streams have got beyond what was read, as hints say.
    heads: Vec<Promised>,
    pull_at: Option<u64>,
    last_pull: u64,
}

#[derive(Debug, Clone)]
struct Promised {
    stream: StreamId,
    head: u64,
    /// Whether it was asked for since. If the answer has not got that far, there is no more.
    is_asked: bool,
}

impl Live {
    /// Something was heard of the connection.
    fn hear(&mut self, now: u64) {
        (self.heard, self.has_heard) = (now, true);
    }

    fn start(&mut self, now: u64, streams: Vec<StreamId>) {
        (self.streams, self.opened, self.heard, self.has_heard) = (streams, None, now, false);
        // A new connection begins with all heads.
        self.heads.clear();
        self.pull_at = None;
    }

    /// The connection has ended, by itself or because it was `silent` for too long.
    fn end(&mut self, now: u64, random: u64, silent: bool) {
        let is_useless = match self.opened {
            Some(opened) => !self.has_heard || now < opened + LIVE_BRIEF_MS,
            None => silent,
        };
        if is_useless {
            self.useless += 1;
        } else if self.opened.is_some() {
            self.useless = 0;
        }
        let wait = LIVE_AGAIN_FIRST_MS + random % (LIVE_AGAIN_LAST_MS - LIVE_AGAIN_FIRST_MS);
        self.unopened = if self.opened.is_none() { (self.unopened + 1).min(DOUBLED_MAX) } else { 0 };
        self.not_before = now + (wait << self.unopened);
        if self.useless >= LIVE_USELESS_MAX {
            self.useless = 0;
            self.rests_until = now + LIVE_REST_MS;
            self.not_before = self.rests_until;
        }
    }

    /// The network may be another one.
    pub(super) fn try_again(&mut self, now: u64) {
        (self.useless, self.unopened, self.not_before, self.rests_until) = (0, 0, now, now);
    }

    /// A request goes out that asks for these streams.
    pub(super) fn asks(&mut self, now: u64, streams: &[StreamId]) {
        (self.last_pull, self.pull_at) = (now, None);
        for promised in self.heads.iter_mut().filter(|promised| streams.contains(&promised.stream)) {
            promised.is_asked = true;
        }
    }

    /// Whether a hint's pull is due.
    pub(super) fn is_due(&self, now: u64) -> bool {
        self.pull_at.is_some_and(|at| at <= now)
    }
}

impl Client {
    /// Takes what the server hints at.
    pub(super) fn hinted(&mut self, now: u64, random: u64, hint: Hint) {
        let Hint { stream, head, spread_ms } = hint;
        self.live.hear(now);
        let is_read = self.cursors.get(&stream).is_some_and(|progress| head <= progress.cursor.seq);
        // What another connection was about comes too late.
        if is_read || !self.live.streams.contains(&stream) {
            return;
        }
        let known = self.live.heads.iter().position(|promised| promised.stream == stream);
        if let Some(known) = known {
            let promised = &self.live.heads[known];
            if head == promised.head || (head < promised.head && !promised.is_asked) {
                return;
            }
            self.live.heads.swap_remove(known);
        }
        let distance = if matches!(stream, StreamId::Community(_)) { PUBLIC_PULL_MS } else { HINT_EVERY_MS };
        self.live.heads.push(Promised { stream, head, is_asked: false });
        let soonest = now + random % (spread_ms.min(HINT_SPREAD_MAX_MS) + 1);
        let at = soonest.max(self.live.last_pull + distance);
        self.live.pull_at = Some(self.live.pull_at.map_or(at, |before| before.min(at)));
    }

    /// Takes what becomes of the connection.
    pub(super) fn live(&mut self, now: u64, random: u64, event: LiveEvent) {
        if self.live.streams.is_empty() {
            return;
        }
        match event {
            LiveEvent::Opened => {
                (self.live.opened, self.live.heard) = (Some(now), now);
            }
            LiveEvent::Heard => self.live.hear(now),
            LiveEvent::Closed => self.ended(now, random, false),
        }
    }

    fn ended(&mut self, now: u64, random: u64, silent: bool) {
        self.live.end(now, random, silent);
        let next = now + self.poll_after(now, random);
        self.next_poll = self.next_poll.min(next);
    }

    /// How long after a reply the next is asked for.
    pub(super) fn poll_after(&self, now: u64, random: u64) -> u64 {
        // 30 % less to 30 % more, so that those behind one proxy do not ask together.
        let around = POLL_UNHINTED_MS * 7 / 10 + random % (POLL_UNHINTED_MS * 6 / 10 + 1);
        if now < self.live.rests_until { around } else { POLL_MS }
    }

    /// Forgets the hints that were read.
    pub(super) fn fulfil(&mut self) {
        let cursors = &self.cursors;
        let is_ahead = |promised: &Promised| {
            cursors.get(&promised.stream).is_none_or(|progress| progress.cursor.seq < promised.head)
        };
        self.live.heads.retain(is_ahead);
        if self.live.heads.iter().all(|promised| promised.is_asked) {
            self.live.pull_at = None;
        }
    }

    /// Sees to it that what is listened to is what should be.
    pub(super) fn keep_listening(&mut self, now: u64, random: u64, effects: &mut Vec<Effect>) {
        if !self.live.streams.is_empty() && now >= self.live.heard + LIVE_SILENT_MS {
            self.ended(now, random, true);
        }
        let wanted = if self.may_listen() && now >= self.live.not_before { self.audible() } else { Vec::new() };
        if wanted != self.live.streams {
            self.live.start(now, wanted.clone());
            effects.push(Effect::Listen(wanted));
        }
    }

    fn may_listen(&self) -> bool {
        self.is_visible && !self.is_offline && !self.watched.is_empty()
    }

    /// What there is to listen to.
    fn audible(&self) -> Vec<StreamId> {
        let own = self.account.filter(|_| !self.needs_sign_in).map(StreamId::Account);
        let others = self.watched.iter().filter(|stream| Some(*stream) != own.as_ref()).cloned();
        own.iter().cloned().chain(others).take(LIVE_STREAMS_MAX).collect()
    }

    /// When there is something to do about the connection or a hint.
    pub(super) fn live_is_due(&self) -> Option<u64> {
        let connection = if self.live.streams.is_empty() {
            self.may_listen().then_some(self.live.not_before)
        } else {
            Some(self.live.heard + LIVE_SILENT_MS)
        };
        let pull = self.live.pull_at.map(|at| at.max(self.not_before));
        connection.into_iter().chain(pull).min()
    }
}
