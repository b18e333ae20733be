//! What is noted at the door: a party that came, whoever came without having signed up, and that either was a mistake.
//!
//! Each is a fact of its own (see [`crate::attendance`]): its id is that of its command.

use serde::{Deserialize, Serialize};

use crate::attendance::Way;
use crate::id::{ArrivalId, OccurrenceId, SignUpId};
use crate::text::{Note, PersonName};
use crate::time::Timestamp;

/// Check a party in at an activity. Doing it twice is harmless.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckIn {
    /// The sign-up.
    pub sign_up: SignUpId,
    /// When, by the device at the door; none where an older build asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// How.
    #[serde(default, skip_serializing_if = "Way::is_name")]
    pub way: Way,
}

/// Undo a check-in that was a mistake. Doing it twice is harmless.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UndoCheckIn {
    /// The sign-up.
    pub sign_up: SignUpId,
    /// Since when the party was here, as it was seen: what came since stays.
    pub checked_in_at: Timestamp,
    /// The facts that were seen; none where an older build asks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<ArrivalId>,
}

/// Note somebody at the door who has not signed up: with a name or without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddWalkIn {
    /// The date.
    pub occurrence: OccurrenceId,
    /// What they are called, if they said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// Heads.
    pub heads: u16,
    /// Why they were let in though there was no room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Note>,
    /// When, by the device at the door.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// Take back an entry at the door. Doing it twice is harmless.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveWalkIn {
    /// The date.
    pub occurrence: OccurrenceId,
    /// The entry.
    pub walk_in: ArrivalId,
}
