//! A command as it comes in: read if its envelope is of a version this build knows.
//!
//! While one server after the other is replaced, a phone with the newest app may meet one that is older than itself. Its
//! queue then waits for that one command; it is not turned away whole.

use domain::command::Envelope;
use domain::id::CommandId;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The version of envelopes that this build reads.
const ENVELOPE_VERSION: u8 = 1;

/// A command as it came in.
#[derive(Debug)]
pub enum Incoming {
    /// In an envelope this build reads.
    Known(Box<Envelope>),
    /// In one of a later version: another server will know it.
    Newer(CommandId),
}

/// What every version has.
#[derive(Deserialize)]
struct Head {
    v: u8,
    id: CommandId,
}

impl Incoming {
    /// Reads a command's envelope.
    ///
    /// # Errors
    /// What the parser says of something that is no envelope.
    pub fn read(raw: &RawValue) -> Result<Self, serde_json::Error> {
        match serde_json::from_str(raw.get()) {
            Ok(Head { v, id }) if v > ENVELOPE_VERSION => Ok(Self::Newer(id)),
            _ => serde_json::from_str(raw.get()).map(Box::new).map(Self::Known),
        }
    }
}
