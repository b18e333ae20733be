//! How one gets a place: nobody signs up, whoever comes first, or whom a draw names.

use crate::json;
use crate::refusal::Refusal;
use crate::time::{TimeRange, Timestamp};

/// Places are drawn so many minutes before the start at least, so that everybody knows in time …
pub const DRAW_MINUTES_BEFORE_MIN: u32 = 24 * 60;
/// … and at most.
pub const DRAW_MINUTES_BEFORE_MAX: u32 = 28 * 24 * 60;

json::tagged! {
    #[serde(tag = "kind", rename_all = "snake_case")]
    /// How one gets a place.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum SignUpPolicy {
        /// No sign-up, people just come.
        WalkIn,
        /// A party signs up for one date.
        PerOccurrence {
            /// Heads at most; none means as many as come. Never zero (see [`Refusal::CapacityZero`]).
            capacity: Option<u16>,
            /// Sign-up begins so many minutes before the start; none means as soon as it is published.
            #[serde(default)]
            opens_minutes_before: Option<u32>,
            /// Sign-up ends so many minutes before the start.
            #[serde(default)]
            closes_minutes_before: u32,
            /// The most people one party may bring.
            party_max: u8,
            /// Whoever asks until so many minutes before the start is drawn for then; none means first come, first
            /// served. Phones of before there were draws go on as if it were none.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            draws_minutes_before: Option<u32>,
        },
    }
}

impl SignUpPolicy {
    /// Heads at most, where there is a limit.
    #[must_use]
    pub const fn capacity(self) -> Option<u16> {
        match self {
            Self::WalkIn => None,
            Self::PerOccurrence { capacity, .. } => capacity,
        }
    }

    /// How many minutes before the start places are drawn, if they are.
    #[must_use]
    pub const fn draws_minutes_before(self) -> Option<u32> {
        match self {
            Self::WalkIn => None,
            Self::PerOccurrence { draws_minutes_before, .. } => draws_minutes_before,
        }
    }

    /// Whether places are drawn, and not given to whoever comes first.
    #[must_use]
    pub const fn is_drawn(self) -> bool {
        self.draws_minutes_before().is_some()
    }

    /// When the places of a date are drawn, if they are.
    #[must_use]
    pub fn draws_at(self, start: Timestamp) -> Option<Timestamp> {
        self.draws_minutes_before().map(|minutes| start.plus_minutes(-i64::from(minutes)))
    }

    /// What goes for a date once its places are drawn: first come, first served, as for any other.
    #[must_use]
    pub const fn once_drawn(self) -> Self {
        match self {
            Self::PerOccurrence { capacity, opens_minutes_before, closes_minutes_before, party_max, .. } => {
                Self::PerOccurrence {
                    capacity,
                    opens_minutes_before,
                    closes_minutes_before,
                    party_max,
                    draws_minutes_before: None,
                }
            }
            Self::WalkIn => Self::WalkIn,
        }
    }
}

/// Whether the places of these dates can be drawn as a policy says.
pub(super) fn decide_draw(policy: SignUpPolicy, dates: &[TimeRange], now: Timestamp) -> Result<(), Refusal> {
    let SignUpPolicy::PerOccurrence {
        capacity,
        opens_minutes_before,
        closes_minutes_before,
        draws_minutes_before: Some(draws),
        ..
    } = policy
    else {
        return Ok(());
    };
    let is_early = (DRAW_MINUTES_BEFORE_MIN..=DRAW_MINUTES_BEFORE_MAX).contains(&draws);
    if !is_early || draws < closes_minutes_before || capacity.is_none() {
        return Err(Refusal::Malformed { field: "/body/policy/draws_minutes_before".to_owned() });
    }
    if opens_minutes_before.is_some_and(|opens| opens <= draws) {
        return Err(Refusal::Malformed { field: "/body/policy/opens_minutes_before".to_owned() });
    }
    decide_time_to_draw(policy, dates, now)
}

/// Whether there is time to ask for a place at dates that are made at `now`, in their order, before they are drawn.
pub(crate) fn decide_time_to_draw(policy: SignUpPolicy, dates: &[TimeRange], now: Timestamp) -> Result<(), Refusal> {
    match dates.first().and_then(|range| policy.draws_at(range.start())) {
        Some(draws_at) if draws_at <= now => Err(Refusal::NoTimeToDraw { draws_at }),
        _ => Ok(()),
    }
}
