//! The draw of a date, as anybody may check it.

use serde::{Deserialize, Serialize};

use crate::sign_up::draw::{Commitment, Lot, Secret};
use crate::time::Timestamp;

/// The draw of a date: what was fixed before, and what it came to. Class `draw`, id: the occurrence's; seen by everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawRow {
    /// The hash of the secret, published before anybody could ask.
    pub commitment: Commitment,
    /// What it came to, once it was drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawn: Option<Drawn>,
}

/// What a draw came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    /// When it was drawn.
    pub at: Timestamp,
    /// The secret, revealed.
    pub secret: Secret,
    /// Heads that had a place then; none means as many as came.
    pub places: Option<u16>,
    /// Everybody who had asked, in drawn order.
    pub lots: Vec<Lot>,
}
