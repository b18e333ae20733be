//! A command before it is queued, and the envelope that is made of it: its bytes never change, except that a queue may
//! be numbered anew for another device. Also how a queued command is written down on the phone.

use std::ops::Not;

use serde::{Deserialize, Serialize};

use crate::command::{Command, ENVELOPE_VERSION, Envelope};
use crate::id::{AccountId, CommandId, DeviceId, StreamId};
use crate::json;
use crate::sync::machine::messages::{Queued, is_nought};

/// A command before it has its number.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its id.
    pub id: CommandId,
    /// Who asks.
    pub account: AccountId,
    /// The stream it changes.
    pub stream: StreamId,
    /// The command it builds on.
    pub depends_on: Option<CommandId>,
    /// The phone's clock at the tap.
    pub phone_ms: i64,
    /// What is asked for.
    pub command: Command,
}

impl Draft {
    /// Its envelope under a device's number.
    #[must_use]
    pub fn envelope(&self, device: DeviceId, no: u64) -> Envelope {
        Envelope {
            v: ENVELOPE_VERSION,
            id: self.id,
            device,
            no,
            account: self.account,
            stream: self.stream.clone(),
            depends_on: self.depends_on,
            phone_ms: self.phone_ms,
            kind: self.command.kind().to_owned(),
            kind_v: 1,
            body: self.command.body(),
        }
    }

    /// The command as it is queued, in its place in the order of all that this phone has queued.
    #[must_use]
    pub fn seal(&self, device: DeviceId, no: u64, place: u64) -> Queued {
        Queued { no, raw: written(&self.envelope(device, no)), tried: 0, place, again: false }
    }
}

/// A queued command as an outbox keeps it, under its number. Frozen: another build may have written it.
#[derive(Serialize, Deserialize)]
struct Entry {
    tried: u32,
    raw: String,
    #[serde(default, skip_serializing_if = "is_nought")]
    place: u64,
    #[serde(default, skip_serializing_if = "Not::not")]
    again: bool,
}

impl Queued {
    /// As it is written down in an outbox.
    #[must_use]
    pub fn entry(&self) -> String {
        let Self { tried, place, again, .. } = *self;
        let entry = Entry { tried, raw: self.raw.clone(), place, again };
        serde_json::to_string(&entry).expect("invariant: numbers and a text have a JSON form")
    }

    /// What was written down under a number; nothing if it cannot be read or is of another number.
    #[must_use]
    pub fn of_entry(no: u64, text: &str) -> Option<Self> {
        let Entry { tried, raw, place, again } = json::read(text)?;
        let envelope: Envelope = json::read(&raw)?;
        (envelope.no == no).then_some(Self { no, raw, tried, place, again })
    }

    /// The same command under another device and number; nothing when its envelope cannot be read.
    #[must_use]
    pub fn renumbered(&self, device: DeviceId, no: u64) -> Option<Self> {
        let envelope: Envelope = json::read(&self.raw)?;
        Some(Self { no, raw: written(&Envelope { device, no, ..envelope }), ..self.clone() })
    }
}

fn written(envelope: &Envelope) -> String {
    serde_json::to_string(envelope).expect("invariant: an envelope of checked values has a JSON form")
}
