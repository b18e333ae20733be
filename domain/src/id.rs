//! Identifiers: one newtype per thing, so that a space's id never fits where an activity's is expected.
//!
//! Ids are made outside (random, time-ordered UUIDs) and passed in; this module only parses and prints them.
//! A [`CommunityId`] is a short readable slug, because it stands in addresses people share.
//! Deliberately absent: making ids.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use uuid::Uuid;

/// The text is not an identifier of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct ParseIdError;

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that was made elsewhere.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID inside.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                // One spelling per id: braces, urn: and upper case would make two keys of one thing.
                if text.len() != 36 || text.bytes().any(|b| b.is_ascii_uppercase()) {
                    return Err(ParseIdError);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| ParseIdError)
            }
        }

        as_text!($name);
    )+};
}

uuid_ids! {
    /// A person with a sign-in.
    AccountId,
    /// A member of a household: the resident, a child, an elder.
    PersonId,
    /// A culture team.
    TeamId,
    /// What is published, possibly repeating.
    ActivityId,
    /// One dated instance of an activity; what one signs up for.
    OccurrenceId,
    /// A party's place, or its place in the waiting list, at one occurrence.
    SignUpId,
    /// A bookable place.
    SpaceId,
    /// A party's hold on a space for an interval.
    BookingId,
    /// What a command is known by, for ever: sending it again is the same command.
    CommandId,
    /// One browser profile of one account; numbers its commands.
    DeviceId,
    /// A message to one account.
    NoticeId,
    /// That somebody came to a date, noted once at its door.
    ArrivalId,
}

impl CommandId {
    /// What a person can read out on the telephone when a command broke: the last six digits, which the log has as well.
    #[must_use]
    pub fn reference(self) -> String {
        let text = self.to_string().to_uppercase();
        text[text.len() - 6..].to_owned()
    }
}

/// A community's readable id, as in `/c/banzha`: 2 to 24 lower-case ASCII letters, digits and inner hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct CommunityId(String);

impl CommunityId {
    /// The slug.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CommunityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for CommunityId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let ends_well = !text.starts_with('-') && !text.ends_with('-');
        if (2..=24).contains(&text.len()) && text.bytes().all(allowed) && ends_well {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseIdError)
        }
    }
}

read_as_text!(CommunityId);

/// The unit of ordered change: everything in one stream has one order, counted by one number.
///
/// A community's stream holds what happens there; an account's holds its own profile and household.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamId {
    /// `c:<slug>`
    Community(CommunityId),
    /// `a:<uuid>`
    Account(AccountId),
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Community(id) => write!(f, "c:{id}"),
            Self::Account(id) => write!(f, "a:{id}"),
        }
    }
}

impl FromStr for StreamId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        match text.split_once(':') {
            Some(("c", id)) => id.parse().map(Self::Community),
            Some(("a", id)) => id.parse().map(Self::Account),
            _ => Err(ParseIdError),
        }
    }
}

as_text!(StreamId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let text = "0192f0c1-2a3b-7c4d-8e5f-00112233aabb";
        assert_eq!(text.parse::<SpaceId>().map(|id| id.to_string()).as_deref(), Ok(text));
        for other in [
            "",
            "0192F0C1-2A3B-7C4D-8E5F-00112233AABB",
            "0192f0c12a3b7c4d8e5f00112233aabb",
            "{0192f0c1-2a3b-7c4d-8e5f-00112233aabb}",
            "0192f0c1-2a3b-7c4d-8e5f-00112233aabg",
        ] {
            assert_eq!(other.parse::<SpaceId>(), Err(ParseIdError), "{other}");
        }
    }

    #[test]
    fn a_stream_is_a_community_or_an_account() {
        for text in ["c:banzha", "a:0192f0c1-2a3b-7c4d-8e5f-00112233aabb"] {
            assert_eq!(text.parse::<StreamId>().map(|id| id.to_string()).as_deref(), Ok(text));
        }
        for other in ["banzha", "c:", "c:Ban", "c:-ban", "a:banzha", "x:banzha", "c:a' or 1=1"] {
            assert_eq!(other.parse::<StreamId>(), Err(ParseIdError), "{other}");
        }
    }
}
