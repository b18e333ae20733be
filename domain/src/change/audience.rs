//! The audiences of rows.

use std::fmt;
use std::str::FromStr;

use crate::id::{AccountId, CommunityId, ParseIdError, SpaceId, TeamId};

/// Who may see a row. One thing seen by two audiences is two rows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// Everybody, signed in or not.
    Public,
    /// One account.
    Account(AccountId),
    /// The editors of a team.
    Team(TeamId),
    /// The hosts of a space.
    Space(SpaceId),
    /// The staff of a community.
    Community(CommunityId),
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::Account(id) => write!(f, "account:{id}"),
            Self::Team(id) => write!(f, "team:{id}"),
            Self::Space(id) => write!(f, "space:{id}"),
            Self::Community(id) => write!(f, "community:{id}"),
        }
    }
}

impl FromStr for Audience {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        match text.split_once(':') {
            None if text == "public" => Ok(Self::Public),
            Some(("account", id)) => id.parse().map(Self::Account),
            Some(("team", id)) => id.parse().map(Self::Team),
            Some(("space", id)) => id.parse().map(Self::Space),
            Some(("community", id)) => id.parse().map(Self::Community),
            _ => Err(ParseIdError),
        }
    }
}
