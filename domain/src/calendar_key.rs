//! The secret in the address of one's own calendar. Phones make it, and the server keeps only its hash: whoever has the
//! address reads the calendar, so a lost one is given up for another.

use std::fmt;
use std::str::FromStr;

use crate::id::ParseIdError;

/// 128 random bits, written as 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CalendarKey(u128);

impl CalendarKey {
    /// Of random bits.
    #[must_use]
    pub const fn of_random(high: u64, low: u64) -> Self {
        Self((high as u128) << 64 | low as u128)
    }
}

/// Not the secret itself: what is printed ends in logs.
impl fmt::Debug for CalendarKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CalendarKey")
    }
}

impl fmt::Display for CalendarKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for CalendarKey {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != 32 || !text.bytes().all(is_digit) {
            return Err(ParseIdError);
        }
        u128::from_str_radix(text, 16).map(Self).map_err(|_| ParseIdError)
    }
}

as_text!(CalendarKey);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_form_and_is_never_printed_by_accident() {
        let key = CalendarKey::of_random(0x0123_4567_89ab_cdef, 7);
        let text = "0123456789abcdef0000000000000007";
        assert_eq!((key.to_string(), text.parse()), (text.to_owned(), Ok(key)));
        assert!(!format!("{key:?}").contains("89ab"));
        for bad in [
            "",
            "0123456789ABCDEF0000000000000007",
            "123456789abcdef0000000000000007",
            "+123456789abcdef0000000000000007",
        ] {
            assert!(bad.parse::<CalendarKey>().is_err(), "{bad}");
        }
    }
}
