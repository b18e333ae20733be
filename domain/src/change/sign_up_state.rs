//! Where a sign-up stands, as rows say it.
//!
//! An offer stands within the state that a phone of an older build knows: it goes on showing that the party waits, and
//! nothing on it breaks.

use crate::json;
use crate::time::Timestamp;

json::tagged! {
    #[serde(tag = "kind", rename_all = "snake_case")]
    /// Where a sign-up stands.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum SignUpState {
        /// Every head has a place.
        Confirmed,
        /// The party waits as one.
        Waitlisted {
            /// Parties before it.
            parties_ahead: u16,
            /// Until when its places are held for its answer, where they are.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            offer_until: Option<Timestamp>,
        },
        /// Nobody of the party comes any more.
        Withdrawn {
            /// When they withdrew.
            at: Timestamp,
            /// That they did not take what was offered.
            #[serde(default, skip_serializing_if = "std::ops::Not::not")]
            has_lapsed: bool,
        },
        /// The date was called off.
        CalledOff {
            /// When.
            at: Timestamp,
        },
    }
}

impl SignUpState {
    /// Whether the party has a place or waits for one.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Confirmed | Self::Waitlisted { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    json::tagged! {
        #[serde(tag = "kind", rename_all = "snake_case")]
        /// The states as the first builds know them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Older {
            Confirmed,
            Waitlisted { parties_ahead: u16 },
            Withdrawn { at: Timestamp },
        }
    }

    #[test]
    fn a_build_that_knows_no_offers_goes_on_showing_that_the_party_waits_or_is_out() {
        let at = Timestamp::from_ms(1_795_390_200_000);
        let offered = SignUpState::Waitlisted { parties_ahead: 0, offer_until: Some(at) };
        let lapsed = SignUpState::Withdrawn { at, has_lapsed: true };
        for (state, older) in [
            (SignUpState::Confirmed, Older::Confirmed),
            (offered, Older::Waitlisted { parties_ahead: 0 }),
            (lapsed, Older::Withdrawn { at }),
        ] {
            let text = serde_json::to_string(&state).expect("json");
            assert_eq!(json::read(&text), Some(older), "{text}");
        }
    }
}
