//! What the machine is told and what it asks for: plain data between it and whoever runs it.

use crate::change::{Row, RowKey};
use crate::command::Outcome;
use crate::id::{AccountId, CommandId, DeviceId, StreamId};
use crate::sync::wire::{Cursor, SyncReply, SyncRequest};
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
    /// The try was given up before anything left this phone, which is known to have no network.
    NotSent(u64),
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
    /// Somebody signed in (again).
    SignedIn(AccountId, DeviceId),
    /// A new device number was taken and the queue renumbered.
    Renumbered(DeviceId, Vec<Queued>),
}

/// What has to be done.
#[derive(Debug)]
pub enum Effect {
    /// Send this to `/api/sync`; report with [`Input::Replied`] under the same number, at the latest at the deadline.
    /// Before, mark the commands as tried.
    Send {
        /// The number of the try.
        request: u64,
        /// What to send.
        body: SyncRequest,
        /// The commands it carries.
        commands: Vec<CommandId>,
        /// Milliseconds until it counts as unanswered.
        deadline_ms: u32,
    },
    /// Store this: rows and cursors first, then answers and the queue; report with [`Input::Stored`].
    Store {
        /// The number of the try it came from.
        request: u64,
        /// Changes of streams.
        streams: Vec<StreamWrite>,
        /// Commands that are settled: into the journal and out of the queue.
        settled: Vec<(u64, Settled)>,
    },
    /// Take a new device id and renumber the queue, ids kept; report with [`Input::Renumbered`].
    Renumber,
    /// Ring once after so many milliseconds; replaces what was armed before.
    Wake {
        /// Milliseconds.
        after_ms: u64,
    },
    /// What is known has changed: draw again.
    Show,
}

/// What a change of a stream builds on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// On what was read up to here.
    After(Cursor),
    /// On nothing: all rows are replaced.
    Nothing {
        /// The server no longer knows what was read before, so that this counts although it reaches less far.
        goes_back: bool,
    },
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
}

impl StreamWrite {
    /// Whether all rows of the stream are replaced.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        matches!(self.basis, Basis::Nothing { .. })
    }

    /// Whether it changes any row.
    #[must_use]
    pub fn has_rows(&self) -> bool {
        self.is_whole() || !self.rows.is_empty() || !self.gone.is_empty()
    }

    /// The day of the last whole picture once this is stored, given the one before.
    #[must_use]
    pub fn whole_on(&self, before: Option<LocalDate>) -> Option<LocalDate> {
        if self.is_whole() { Some(self.as_of.date()) } else { before }
    }

    /// A whole picture as it would be read back; nothing of a change, or of a stream that is no longer this reader's.
    #[must_use]
    pub fn into_stored(self) -> Option<StoredStream> {
        let whole_on = self.is_whole().then(|| self.as_of.date())?;
        let Self { stream, rows, cursor, as_of, .. } = self;
        Some(StoredStream { stream, cursor: cursor?, as_of, whole_on: Some(whole_on), rows })
    }

    /// Whether it fits a disk on which the stream was read up to `stored`. A delta joins what it builds on and nothing
    /// else: another tab may have read further or less far or another branch, or the cache was emptied; an older state
    /// is still a true state. A whole picture does not go back behind another, unless the server says so.
    #[must_use]
    pub fn fits(&self, stored: Option<Cursor>) -> bool {
        match self.basis {
            Basis::After(from) => stored == Some(from),
            Basis::Nothing { goes_back: true } => true,
            Basis::Nothing { goes_back: false } => !stored.zip(self.cursor).is_some_and(|(stored, new)| {
                (stored.epoch, stored.audience) == (new.epoch, new.audience) && stored.seq > new.seq
            }),
        }
    }
}
