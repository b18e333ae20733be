//! A command as it comes in: read if its envelope is of a version this build knows.
//!
//! While one server after the other is replaced, a phone with the newest app may meet one that is older than itself. Its
//! queue then waits for that one command; it is not turned away whole.

use std::num::NonZeroU8;

use domain::command::{ENVELOPE_VERSION, Envelope};
use domain::id::CommandId;
use serde::Deserialize;

/// A command as it came in.
#[derive(Debug)]
pub enum Incoming {
    /// In an envelope this build reads.
    Known(Box<Envelope>),
    /// In one of a later version: another server will know it.
    Newer(CommandId),
}

/// What every version has.
#[derive(Debug, Deserialize)]
pub struct Head {
    v: NonZeroU8,
    id: CommandId,
}

impl Head {
    /// The id, if the envelope is of a version this build does not read.
    #[must_use]
    pub const fn newer(&self) -> Option<CommandId> {
        if self.v.get() > ENVELOPE_VERSION { Some(self.id) } else { None }
    }
}

impl Incoming {
    /// An envelope that was read.
    #[must_use]
    pub fn of(envelope: Envelope) -> Self {
        if envelope.v > ENVELOPE_VERSION { Self::Newer(envelope.id) } else { Self::Known(Box::new(envelope)) }
    }
}
