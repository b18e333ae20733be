//! The rows of an account's own stream that say who one is.

use serde::{Deserialize, Deserializer, Serialize};

use crate::id::{CommandId, CommunityId};
use crate::json;
use crate::people::Role;
use crate::text::PersonName;
use crate::time::Timestamp;

/// One's own profile. Class `profile`, id: the account's; in the account's own stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileRow {
    /// What the resident is called.
    pub name: PersonName,
    /// The community they live in.
    pub home: CommunityId,
    /// The last four digits of their number.
    #[serde(default)]
    pub phone_tail: String,
    /// What they may do beyond what everybody may, and where (for screens; the server asks its own table).
    #[serde(default)]
    pub roles: Vec<RoleRow>,
    /// That one's own calendar has an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarMark>,
}

/// That one's own calendar has an address, without the address: only the phone that made it has that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarMark {
    /// The command that made it.
    pub id: CommandId,
    /// Since when.
    pub since: Timestamp,
}

/// A role with the community it is in, so that a screen knows where to look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleRow {
    /// The grant.
    #[serde(flatten)]
    pub role: Role,
    /// The community of its team or space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub community: Option<CommunityId>,
}

impl<'de> Deserialize<'de> for RoleRow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Beside {
            community: Option<CommunityId>,
        }
        let (role, Beside { community }) = json::flattened(deserializer)?;
        Ok(Self { role, community })
    }
}
