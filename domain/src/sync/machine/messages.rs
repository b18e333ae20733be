//! What the machine is told and what it asks for: plain data between it and whoever runs it.

use std::ops::Not;

use crate::change::{Row, RowKey};
use crate::command::{Envelope, Outcome};
use crate::id::{AccountId, CommandId, DeviceId, StreamId};
use crate::json;
use crate::sync::limits::{JOURNAL_DAYS, days_before};
use crate::sync::rows::Rows;
use crate::sync::wire::{Cursor, Hint, SyncReply, SyncRequest};
use crate::time::{LocalDate, Timestamp};

/// A queued command as it rests on the phone.
#[derive(Debug, Clone)]
pub struct Queued {
    /// Its number on this device.
    pub no: u64,
    /// The envelope, byte for byte.
    pub raw: String,
    /// How often it was sent.
    pub tried: u32,
    /// How many were queued before it on this phone, whatever their numbers are by now.
    pub place: u64,
    /// Whether its person was told once that it is accepted, and the server has lost it since.
    pub again: bool,
}

/// A command with its answer: the phone's own journal.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Settled {
    /// The command.
    pub id: CommandId,
    /// The envelope, byte for byte.
    pub raw: String,
    /// The answer.
    pub outcome: Outcome,
    /// When the answer came, by the server's clock.
    pub at: Timestamp,
    /// Whether the person has dismissed it; a refusal stays until then.
    #[serde(default)]
    pub dismissed: bool,
    /// Whether what came of it is in no rows that were stored with the answer. Then a later state of the disk may be one of
    /// a server that never knew it.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub unseen: bool,
    /// Its place in the order in which this phone's commands were queued; 0 if an older build has stored it.
    #[serde(default, skip_serializing_if = "is_nought")]
    pub place: u64,
    /// When the server last said that it still knows it as accepted, by its own clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<Timestamp>,
    /// Whether it was accepted once before and lost in a restore; its person is told so.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub again: bool,
}

/// No place: what an older build has written says nothing of it.
#[cfg_attr(
    target_pointer_width = "64",
    expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over what it writes")
)]
pub(super) const fn is_nought(place: &u64) -> bool {
    *place == 0
}

impl Settled {
    /// Whether it took effect.
    #[must_use]
    pub const fn is_accepted(&self) -> bool {
        matches!(self.outcome, Outcome::Accepted { .. })
    }

    /// Whether the server may have lost it: it was accepted, and not heard of since the server was seen to have changed.
    /// What is older than a journal reaches is not asked about: its answer may have been thrown away in due time.
    #[must_use]
    pub fn is_in_doubt(&self, unsure_before: Option<Timestamp>) -> bool {
        let is_within = |before: Timestamp| self.heard_of() < before && days_before(before, JOURNAL_DAYS) <= self.at;
        self.is_accepted() && unsure_before.is_some_and(is_within)
    }

    /// When the server last said what became of it, by its own clock.
    #[must_use]
    pub fn heard_of(&self) -> Timestamp {
        self.checked.unwrap_or(self.at).max(self.at)
    }

    /// What rests in the journal when this answer is stored over what is there. Tabs may bring one answer twice, and an
    /// old one late: of two different ones the later counts.
    #[must_use]
    pub fn over(self, before: Option<&Self>) -> Self {
        match before {
            Some(before) if before.outcome == self.outcome || before.at > self.at => {
                let unseen = before.unseen && self.unseen;
                Self { checked: before.checked.max(self.checked), unseen, ..before.clone() }
            }
            _ => self,
        }
    }

    /// The same, after these streams were stored with the reply that speaks of it.
    #[must_use]
    pub fn shown_by(self, stored: &[StreamId]) -> Self {
        let stream = json::read::<Envelope>(&self.raw).map(|envelope| envelope.stream);
        let unseen = self.unseen && stream.is_none_or(|stream| !stored.contains(&stream));
        Self { unseen, ..self }
    }

    /// The command as it is queued once more under another device's number. It counts as sent: nobody can take it back.
    #[must_use]
    pub fn requeued(&self, device: DeviceId, no: u64) -> Option<Queued> {
        Queued { no, raw: self.raw.clone(), tried: 1, place: self.place, again: true }.renumbered(device, no)
    }
}

/// What the phone had stored when it starts.
#[derive(Debug, Default)]
pub struct Stored {
    /// Who was signed in.
    pub account: Option<AccountId>,
    /// The device's id.
    pub device: Option<DeviceId>,
    /// The queue.
    pub queue: Vec<Queued>,
    /// The journal.
    pub journal: Vec<Settled>,
    /// The streams.
    pub streams: Vec<StoredStream>,
    /// What was accepted before this may have been lost, see [`Effect::Store`].
    pub unsure_before: Option<Timestamp>,
}

/// One stream as it rests on the phone.
#[derive(Debug, Clone)]
pub struct StoredStream {
    /// Which.
    pub stream: StreamId,
    /// How far it was read.
    pub cursor: Cursor,
    /// When, by the server's clock.
    pub as_of: Timestamp,
    /// The day of its last whole picture; an older build did not keep it.
    pub whole_on: Option<LocalDate>,
    /// Its rows.
    pub rows: Vec<Row>,
}

impl StoredStream {
    /// What puts these rows into a store that has none of the stream; `None` where it is not known of which day they are.
    #[must_use]
    pub fn into_write(self) -> Option<StreamWrite> {
        let Self { stream, cursor, as_of, whole_on, rows } = self;
        let on = whole_on?;
        Some(StreamWrite { stream, basis: Basis::Nothing, rows, gone: Vec::new(), cursor: Some(cursor), as_of, on })
    }
}

/// What happens to the machine.
#[derive(Debug)]
pub enum Input {
    /// The page has started and read its stores. Must come first.
    Boot(Stored),
    /// A command was stored on this phone, here or in another tab.
    Queued(Queued),
    /// A command that was never sent was taken back by its person and deleted.
    Withdrawn(u64),
    /// The person dismissed a settled command.
    Dismissed(CommandId),
    /// A reply came whole, or none did.
    Replied(u64, Option<SyncReply>),
    /// The server does not speak this build's protocol any more; it has looked at nothing.
    TooOld(u64),
    /// The try was given up before anything left this phone, which is known to have no network.
    NotSent(u64),
    /// The try was given up before anything left this tab, because another tab of the phone is sending what is queued.
    OthersTurn(u64),
    /// The last [`Effect::Store`] was carried out, or failed.
    Stored(u64, bool),
    /// The timer rang.
    Woke,
    /// These streams are on screen now.
    Watch(Vec<StreamId>),
    /// The page became visible or hidden.
    Visible(bool),
    /// What is on screen must be as new as it can be. The server's wish for patience with commands stands.
    LookAgain,
    /// The browser says that the network came back, or the person asked to try now.
    TryNow,
    /// A new device number was taken and the queue renumbered.
    Renumbered(DeviceId, Vec<Queued>),
    /// The live connection brought a hint.
    Hint(Hint),
    /// Something else became of the live connection.
    Live(LiveEvent),
}

/// What may become of a live connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiveEvent {
    /// It is open.
    Opened,
    /// The server has said that it is there.
    Heard,
    /// It could not be opened, or it has ended.
    Closed,
}

/// What a tab has heard of: others may have stored more since, and their word may be lost to a tab that slept.
#[derive(Debug, Clone, Default)]
pub struct Heard {
    pub(super) journal: Rows<CommandId, Settled>,
    pub(super) unsure_before: Option<Timestamp>,
}

impl Heard {
    /// Whether this is all there is: no answer that the tab does not know of, and nothing in doubt since.
    #[must_use]
    pub fn is_all<'a>(&self, journal: impl IntoIterator<Item = &'a Settled>, unsure_before: Option<Timestamp>) -> bool {
        let is_later = unsure_before > self.unsure_before;
        let is_heard = |settled: &Settled| self.journal.contains_key(&settled.id);
        journal.into_iter().all(|settled| is_heard(settled) && !(is_later && settled.is_in_doubt(unsure_before)))
    }
}

/// What has to be done.
#[derive(Debug)]
pub enum Effect {
    /// Send this to `/api/sync`; report with [`Input::Replied`] under the same number, at the latest at the deadline.
    /// Before, mark the commands as tried; if one of them is not queued any more or there is something that this tab has
    /// not heard of, send nothing and start from the disk again.
    Send {
        /// The number of the try.
        request: u64,
        /// What to send.
        body: SyncRequest,
        /// The commands it carries.
        commands: Vec<CommandId>,
        /// What it rests upon.
        heard: Heard,
        /// Milliseconds until it counts as unanswered.
        deadline_ms: u32,
    },
    /// Store this: the doubt first, which the rows would hide, then rows and cursors, then answers and the queue; report
    /// with [`Input::Stored`]. If the disk has heard of the server after the doubt, or of a later doubt than this tab, the
    /// tab has missed something: store no more and start from the disk again.
    Store {
        /// The number of the try it came from.
        request: u64,
        /// What was accepted before this may have been lost. It is later than all that this tab knows.
        unsure_before: Option<Timestamp>,
        /// The last doubt that this tab knows of, this one included.
        heard: Option<Timestamp>,
        /// Changes of streams.
        streams: Vec<StreamWrite>,
        /// Commands that are settled: into the journal ([`Settled::shown_by`], [`Settled::over`]) and out of the queue.
        settled: Vec<(u64, Settled)>,
        /// Commands of the journal that the server still knows: their [`Settled::checked`] …
        checked: Vec<CommandId>,
        /// … becomes this, if it is later; these too are [`Settled::shown_by`] what was stored.
        at: Timestamp,
    },
    /// Take a new device id and renumber the queue in the order of its places, ids kept; report with
    /// [`Input::Renumbered`].
    Renumber {
        /// Commands of the journal that go back into it ([`Settled::requeued`]). If it is not just these that are in doubt
        /// there, this tab has missed something: renumber nothing and start from the disk again.
        again: Vec<Settled>,
    },
    /// Ring once after so many milliseconds; replaces what was armed before.
    Wake {
        /// Milliseconds.
        after_ms: u64,
    },
    /// From now on, have one live connection that listens to these streams, or with none, have no connection. One that
    /// listens to just these may stay; if it is open, say so once more.
    Listen(Vec<StreamId>),
    /// What is known has changed: draw again.
    Show,
}

/// What a change of a stream builds on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// On what was read up to here.
    After(Cursor),
    /// On nothing: all rows are replaced, of one who had read up to here.
    Instead(Option<Cursor>),
    /// On nothing, and nobody knows what is there: a page has brought it along.
    Nothing,
}

/// A change of one stream's rows on disk.
#[derive(Debug, Clone)]
pub struct StreamWrite {
    /// The stream.
    pub stream: StreamId,
    /// What it builds on.
    pub basis: Basis,
    /// Rows to put.
    pub rows: Vec<Row>,
    /// Rows to delete.
    pub gone: Vec<RowKey>,
    /// The new cursor; `None` when the stream is no longer this reader's.
    pub cursor: Option<Cursor>,
    /// When it was read, by the server's clock.
    pub as_of: Timestamp,
    /// The server's day, which its window is counted from.
    pub on: LocalDate,
}

impl StreamWrite {
    /// Whether all rows of the stream are replaced.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        matches!(self.basis, Basis::Instead(_) | Basis::Nothing)
    }

    /// Whether it changes any row.
    #[must_use]
    pub fn has_rows(&self) -> bool {
        self.is_whole() || !self.rows.is_empty() || !self.gone.is_empty()
    }

    /// The day of the last whole picture once this is stored, given the one before.
    #[must_use]
    pub fn whole_on(&self, before: Option<LocalDate>) -> Option<LocalDate> {
        if self.is_whole() { Some(self.on) } else { before }
    }

    /// A whole picture as it would be read back; nothing of a change, or of a stream that is no longer this reader's.
    #[must_use]
    pub fn into_stored(self) -> Option<StoredStream> {
        let whole_on = self.is_whole().then_some(self.on)?;
        let Self { stream, rows, cursor, as_of, .. } = self;
        Some(StoredStream { stream, cursor: cursor?, as_of, whole_on: Some(whole_on), rows })
    }

    /// Whether it fits a disk on which the stream was read up to `stored`. It joins what its tab knew when it asked, and
    /// nothing else: another tab may have read further or less far or another branch, and what it has stored it alone can
    /// answer for. An older state is still a true state. An empty disk takes any whole picture.
    #[must_use]
    pub fn fits(&self, stored: Option<Cursor>) -> bool {
        match self.basis {
            Basis::After(from) => stored == Some(from),
            Basis::Instead(before) => stored.is_none() || stored == before,
            Basis::Nothing => !stored.zip(self.cursor).is_some_and(|(stored, new)| {
                (stored.epoch, stored.audience) == (new.epoch, new.audience) && stored.seq > new.seq
            }),
        }
    }
}
