//! The live connections of tabs: a server that hints at how far streams have got, and a network that loses hints, delays
//! them, swallows all of them, or lets one through that promises more than there is.
//!
//! Nothing may rest on any of it: a world without a single hint comes to rest as this one does.

use std::collections::BTreeMap;

use domain::id::StreamId;
use domain::sync::limits::{HINT_EVERY_MS, LIVE_PING_MS};
use domain::sync::machine::LiveEvent;
use domain::sync::{Hint, Input};

use crate::coverage::Sight;
use crate::network::Weather;
use crate::phone::{Happening, Place};
use crate::planted::Bug;
use crate::world::World;

/// How often a server that promises too much says so again.
const LIES: u64 = 12;

/// What a tab listens to.
#[derive(Debug, Default)]
pub struct Connection {
    /// Tells it from those before.
    number: u64,
    streams: Vec<StreamId>,
    is_open: bool,
    /// The head of each stream that was last told on it.
    told: BTreeMap<StreamId, u64>,
    /// The highest head that was ever hinted at to this tab, for a bug that goes by it.
    pub promised: BTreeMap<StreamId, u64>,
}

/// What comes over a connection.
#[derive(Debug, Clone)]
pub enum Heard {
    /// It is open.
    Opened,
    /// A hint.
    Hint(Hint),
    /// The server is there.
    Ping,
    /// It has ended.
    Closed,
}

impl World {
    /// Does what the machine asks for.
    pub(crate) fn listen(&mut self, at: Place, streams: Vec<StreamId>) {
        let number = self.next_number();
        let Some(tab) = self.tab_mut(at) else { return };
        if !streams.is_empty() && tab.connection.streams == streams {
            if tab.connection.is_open {
                self.feed(at, Input::Live(LiveEvent::Opened));
            }
            return;
        }
        let promised = std::mem::take(&mut tab.connection.promised);
        let is_none = streams.is_empty();
        tab.connection = Connection { number, streams, promised, ..Connection::default() };
        if is_none {
            return;
        }
        let heard = |connection, what| Happening::Heard { connection, what };
        let dies = self.weather == Weather::NoNetwork || (self.weather == Weather::Rough && self.dice.once_in(3));
        if dies {
            self.sights.mark(Sight::LiveNotOpened);
            self.later(at, 20, heard(number, Heard::Closed));
        } else if self.weather == Weather::Rough && self.dice.once_in(3) {
            self.sights.mark(Sight::LiveSwallowed);
        } else {
            self.later(at, 50, heard(number, Heard::Opened));
            if self.weather == Weather::Rough {
                let after = if self.dice.once_in(2) { self.dice.below(1_000) } else { self.dice.below(90_000) };
                self.later(at, 50 + after, heard(number, Heard::Closed));
            }
        }
    }

    /// Something comes over a connection of a tab.
    pub(crate) fn hear_live(&mut self, at: Place, connection: u64, what: Heard) {
        let Some(tab) = self.tab_mut(at).filter(|tab| tab.connection.number == connection) else { return };
        match what {
            Heard::Opened => {
                tab.connection.is_open = true;
                self.feed(at, Input::Live(LiveEvent::Opened));
                self.later(at, LIVE_PING_MS, Happening::Heard { connection, what: Heard::Ping });
                self.hint_to(at);
            }
            Heard::Hint(hint) => self.hinted(at, hint),
            Heard::Ping => {
                self.feed(at, Input::Live(LiveEvent::Heard));
                self.later(at, LIVE_PING_MS, Happening::Heard { connection, what: Heard::Ping });
            }
            Heard::Closed => {
                tab.connection.streams.clear();
                tab.connection.number = 0;
                self.sights.mark(Sight::LiveEnded);
                self.feed(at, Input::Live(LiveEvent::Closed));
            }
        }
    }

    fn hinted(&mut self, at: Place, hint: Hint) {
        let Some(account) = self.tab(at).map(|tab| tab.account) else { return };
        let is_taken_for_read = self.planted == Some(Bug::HintTakenForRead);
        let cached = &mut self.stores(at, account).cache;
        let is_newer = cached.get(&hint.stream).is_none_or(|stored| stored.cursor.seq < hint.head);
        if is_newer
            && is_taken_for_read
            && let Some(stored) = cached.get_mut(&hint.stream)
        {
            stored.cursor.seq = hint.head;
            self.boot(at, account);
            return;
        }
        self.sights.mark(if is_newer { Sight::HintNewer } else { Sight::HintKnown });
        if let Some(tab) = self.tab_mut(at) {
            let promised = tab.connection.promised.entry(hint.stream.clone()).or_default();
            *promised = hint.head.max(*promised);
        }
        self.feed(at, Input::Hint(hint));
    }

    /// A bug: whoever has stored a reply asks again as long as a hint has promised more.
    pub(crate) fn believe_hints(&mut self, at: Place) {
        let Some(account) = self.tab(at).map(|tab| tab.account) else { return };
        let promised = self.tab(at).map(|tab| tab.connection.promised.clone()).unwrap_or_default();
        let cached = &self.stores(at, account).cache;
        let is_behind =
            |(stream, head): (&StreamId, &u64)| cached.get(stream).is_some_and(|stored| stored.cursor.seq < *head);
        if promised.iter().any(is_behind) {
            self.feed(at, Input::LookAgain);
        }
    }

    /// Tells all who listen what has changed.
    pub(crate) fn hint(&mut self) {
        for phone in 0..self.phones.len() {
            for tab in 0..self.phones[phone].tabs.len() {
                self.hint_to(Place { phone, tab });
            }
        }
    }

    fn hint_to(&mut self, at: Place) {
        let Some(tab) = self.tab(at).filter(|tab| tab.connection.is_open) else { return };
        let (connection, streams) = (tab.connection.number, tab.connection.streams.clone());
        for stream in streams {
            let head = self.server.db.head(&stream);
            let Some(tab) = self.tab_mut(at) else { return };
            if tab.connection.told.insert(stream.clone(), head) == Some(head) {
                continue;
            }
            let spread_ms = [0, 200, 3_000][usize::try_from(self.dice.below(3)).unwrap_or_default()];
            let hint = Hint { stream, head, spread_ms };
            self.send_hint(at, connection, hint);
        }
    }

    fn send_hint(&mut self, at: Place, connection: u64, mut hint: Hint) {
        let is_bad = !self.has_healed() && self.weather != Weather::Clear;
        if is_bad && self.dice.once_in(5) {
            self.sights.mark(Sight::HintLost);
            return;
        }
        let mut after = 20;
        if is_bad && self.dice.once_in(4) {
            self.sights.mark(Sight::HintLate);
            after += self.dice.below(20_000);
        }
        let is_lie = !self.has_healed() && self.dice.once_in(10);
        if is_lie {
            self.sights.mark(Sight::HintLied);
            hint.head += 1 + self.dice.below(50);
            for again in 1..LIES {
                // It may say the same again, or ever more.
                let head = if self.dice.once_in(2) { hint.head } else { hint.head + again };
                let what = Heard::Hint(Hint { head, ..hint.clone() });
                self.later(at, after + again * HINT_EVERY_MS, Happening::Heard { connection, what });
            }
        }
        self.later(at, after, Happening::Heard { connection, what: Heard::Hint(hint) });
    }
}
