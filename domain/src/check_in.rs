//! The code by which a party is found in the roster: six digits that both phones compute from the sign-up, so that checking
//! in by code needs a network on neither side.
//!
//! What it proves: whoever says it has seen the sign-up on its own phone, or was told by somebody who has. It is no
//! secret and no ticket: it is bound to one sign-up, opens nothing, and typing it does what a tap on the name does, once.
//! A picture of it works as well; the name that shows beside the answer is what the door looks at. Deliberately absent:
//! whether the party may be checked in ([`crate::sign_up::decide_check_in`] says), what is noted ([`crate::attendance`]).

use std::fmt;
use std::str::FromStr;

use crate::id::{ParseIdError, SignUpId};

/// How many digits a code has.
pub const DIGITS: usize = 6;
/// How many codes there are.
const CODES: u64 = 1_000_000;

/// The code of a sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckInCode(u32);

impl CheckInCode {
    /// The code of a sign-up: the same on every phone, for ever.
    #[must_use]
    pub fn of(sign_up: SignUpId) -> Self {
        // FNV-1a, and a last stir (SplitMix64) so that ids made one after the other have codes far apart.
        let bytes = sign_up.uuid().into_bytes();
        let hash = bytes
            .iter()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
        let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self(u32::try_from((hash ^ (hash >> 31)) % CODES).unwrap_or_default())
    }

    /// In two groups of three, as it is read out.
    #[must_use]
    pub fn spoken(self) -> String {
        format!("{:03} {:03}", self.0 / 1_000, self.0 % 1_000)
    }
}

impl fmt::Display for CheckInCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl FromStr for CheckInCode {
    type Err = ParseIdError;

    /// Reads what somebody typed: six digits, full-width ones too, with blanks between them.
    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let mut code = 0;
        let mut digits = 0;
        for c in text.chars().filter(|c| !c.is_whitespace()) {
            let narrow = match u32::from(c) {
                wide @ 0xff10..=0xff19 => wide - 0xff10,
                _ => c.to_digit(10).ok_or(ParseIdError)?,
            };
            digits += 1;
            if digits > DIGITS {
                return Err(ParseIdError);
            }
            code = code * 10 + narrow;
        }
        if digits == DIGITS { Ok(Self(code)) } else { Err(ParseIdError) }
    }
}

/// Whom a code names among the sign-ups of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// One.
    One(SignUpId),
    /// More than one: the name decides.
    Several,
    /// Nobody of this date.
    Nobody,
}

/// Finds whom a code names.
#[must_use]
pub fn find(code: CheckInCode, sign_ups: impl Iterator<Item = SignUpId>) -> Named {
    let mut named = sign_ups.filter(|id| CheckInCode::of(*id) == code);
    match (named.next(), named.next()) {
        (None, _) => Named::Nobody,
        (Some(id), None) => Named::One(id),
        (Some(_), Some(_)) => Named::Several,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn id(n: u128) -> SignUpId {
        SignUpId::from_uuid(Uuid::from_u128(n))
    }

    #[test]
    fn a_code_stays_what_it_is() {
        // Phones of every build compute it: another number here would send people away from the door.
        let sign_up = id(0x0192_f0c1_2a3b_7c4d_8e5f_0000_0000_0051);
        assert_eq!(CheckInCode::of(sign_up).to_string(), "339513");
    }

    #[test]
    fn what_is_typed_is_read() {
        for (typed, read) in [
            ("012345", Some("012345")),
            (" 012 345 ", Some("012345")),
            ("０１２３４５", Some("012345")),
            ("12345", None),
            ("1234567", None),
            ("12345a", None),
            ("", None),
        ] {
            assert_eq!(typed.parse::<CheckInCode>().ok().map(|code| code.to_string()).as_deref(), read, "{typed}");
        }
    }

    #[test]
    fn parties_of_a_date_hardly_ever_share_a_code() {
        let base = 0x0192_f0c1_2a3b_7c4d_8e5f_0011_2233_0000;
        let codes: BTreeSet<_> = (0..2_000).map(|n| CheckInCode::of(id(base + n))).collect();
        assert!(codes.len() > 1_990, "{}", codes.len());
    }

    #[test]
    fn where_two_share_a_code_the_name_decides() {
        let base = 0x0192_f0c1_2a3b_7c4d_8e5f_0011_2233_0000;
        let mut seen = std::collections::BTreeMap::new();
        let twins =
            (0..9_000).find_map(|n| Some((seen.insert(CheckInCode::of(id(base + n)), id(base + n))?, id(base + n))));
        let (one, other) = twins.expect("among thousands two share one");
        assert_eq!(find(CheckInCode::of(one), [one, other].into_iter()), Named::Several);
    }

    proptest! {
        #[test]
        fn a_code_finds_its_own_sign_up_and_nobody_elses(ids in prop::collection::btree_set(any::<u128>(), 1..40), at in 0_usize..40) {
            let ids: Vec<_> = ids.into_iter().map(id).collect();
            let wanted = ids[at % ids.len()];
            let code = CheckInCode::of(wanted);
            prop_assert_eq!(code.to_string().parse(), Ok(code));
            prop_assert_eq!(code.spoken().parse(), Ok(code));
            match find(code, ids.iter().copied()) {
                Named::One(found) => prop_assert_eq!(found, wanted),
                Named::Several => prop_assert!(ids.iter().filter(|one| CheckInCode::of(**one) == code).count() > 1),
                Named::Nobody => prop_assert!(false, "nobody"),
            }
            let others = ids.iter().copied().filter(|one| CheckInCode::of(*one) != code);
            prop_assert_eq!(find(code, others), Named::Nobody);
        }
    }
}
