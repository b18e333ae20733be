//! Who came to a date without having signed up.

use serde::{Deserialize, Serialize};

use crate::id::OccurrenceId;
use crate::text::{Note, PersonName};
use crate::time::Timestamp;

/// An entry at the door. Class `walk_in`, id: the fact's; seen by the team and the community's staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalkInRow {
    /// At which date.
    pub occurrence: OccurrenceId,
    /// What they are called, if they said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// Heads.
    pub heads: u16,
    /// When they came, by the device at the door.
    pub at: Timestamp,
    /// Why they were let in though there was no room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Note>,
}
