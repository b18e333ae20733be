//! A community in the list of all.

use serde::{Deserialize, Serialize};

use crate::id::CommunityId;
use crate::text::Name;

/// A community, as `GET /api/communities` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommunityView {
    /// Its slug.
    pub id: CommunityId,
    /// Its name.
    pub name: Name,
    /// Its name in English letters.
    pub english_name: Name,
    /// A telephone number for help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}
