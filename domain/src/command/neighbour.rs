//! Signing up somebody who has no phone to do it with: their team does it, and takes it back.

use serde::{Deserialize, Serialize};

use crate::id::{OccurrenceId, SignUpId};
use crate::text::{PersonName, Phone};

/// Sign up somebody who has no phone to do it with. Creates the sign-up, and no account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignUpNeighbour {
    /// The date.
    pub occurrence: OccurrenceId,
    /// What they are called.
    pub name: PersonName,
    /// Where they are reached, if they said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// That they know of it, and agree that name and number are kept.
    #[serde(default)]
    pub consent: bool,
}

/// Withdraw somebody who was signed up by their team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawNeighbour {
    /// The sign-up.
    pub sign_up: SignUpId,
}
