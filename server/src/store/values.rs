//! What is bound to a statement: text, 64-bit integers, the bytes of a file, and how everything of the domain becomes one
//! of them.

/// A value to bind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A 64-bit integer.
    Int(i64),
    /// What is in a file.
    Bytes(bytes::Bytes),
    /// No text.
    NullText,
    /// No integer.
    NullInt,
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::NullText, Self::Text)
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::NullText, Self::from)
    }
}

impl From<bytes::Bytes> for Value {
    fn from(bytes: bytes::Bytes) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u64> for Value {
    /// Numbers above the integers of both engines do not occur: counters start at zero.
    fn from(number: u64) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::NullInt, Self::Int)
    }
}

macro_rules! from_small {
    ($($small:ty),+) => {$(
        impl From<$small> for Value {
            fn from(number: $small) -> Self {
                Self::Int(i64::from(number))
            }
        }

        impl From<Option<$small>> for Value {
            fn from(number: Option<$small>) -> Self {
                number.map_or(Self::NullInt, |number| Self::Int(i64::from(number)))
            }
        }
    )+};
}

from_small!(u8, u16, u32, i32);

impl From<domain::time::Timestamp> for Value {
    fn from(at: domain::time::Timestamp) -> Self {
        Self::Int(at.ms())
    }
}

impl From<Option<domain::time::Timestamp>> for Value {
    fn from(at: Option<domain::time::Timestamp>) -> Self {
        at.map_or(Self::NullInt, Self::from)
    }
}

macro_rules! from_display {
    ($($name:ty),+ $(,)?) => {$(
        impl From<$name> for Value {
            fn from(value: $name) -> Self {
                Self::Text(value.to_string())
            }
        }

        impl From<&$name> for Value {
            fn from(value: &$name) -> Self {
                Self::Text(value.to_string())
            }
        }

        impl From<Option<$name>> for Value {
            fn from(value: Option<$name>) -> Self {
                value.map_or(Self::NullText, Self::from)
            }
        }
    )+};
}

from_display!(
    domain::id::AccountId,
    domain::id::PersonId,
    domain::id::TeamId,
    domain::id::ActivityId,
    domain::id::OccurrenceId,
    domain::id::SignUpId,
    domain::id::SpaceId,
    domain::id::BookingId,
    domain::id::CommandId,
    domain::id::DeviceId,
    domain::id::NoticeId,
    domain::id::ArrivalId,
    domain::id::CommunityId,
    domain::id::StreamId,
    domain::change::Audience,
    domain::time::LocalDate,
    domain::time::YearMonth,
    domain::text::Title,
    domain::text::PersonName,
    domain::text::Name,
    domain::text::Place,
    domain::text::Note,
    domain::text::Description,
);
