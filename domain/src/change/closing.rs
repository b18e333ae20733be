//! How a date went, as its team has said.

use serde::{Deserialize, Serialize};

use crate::text::Note;
use crate::time::Timestamp;

/// How a date went. Class `closing`, id: the occurrence's; seen by the team and the community's staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosingRow {
    /// Heads that were there, as counted.
    pub heads: u16,
    /// What is worth remembering.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
    /// When it was last said.
    pub at: Timestamp,
}
