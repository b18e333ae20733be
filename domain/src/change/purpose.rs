//! What spaces are booked for.

use serde::{Deserialize, Serialize};

/// What a booking is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Purpose {
    Chat,
    Reading,
    Rehearsal,
    Meeting,
    Birthday,
    Play,
    #[serde(other)]
    Other,
}

impl Purpose {
    /// All of them, in the order a form shows.
    pub const ALL: [Self; 7] =
        [Self::Chat, Self::Reading, Self::Rehearsal, Self::Meeting, Self::Birthday, Self::Play, Self::Other];

    /// The word used in stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Reading => "reading",
            Self::Rehearsal => "rehearsal",
            Self::Meeting => "meeting",
            Self::Birthday => "birthday",
            Self::Play => "play",
            Self::Other => "other",
        }
    }
}
