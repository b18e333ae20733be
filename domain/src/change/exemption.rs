//! That a community need not hold a duty in a month.

use serde::{Deserialize, Serialize};

use crate::duty::Duty;
use crate::id::CommunityId;
use crate::text::Note;
use crate::time::YearMonth;

/// An exemption. Class `exemption`, id: `<community>/<month>/<duty>` ([`exemption_id`]); seen by the community's staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExemptionRow {
    /// From which duty.
    pub duty: Duty,
    /// In which month.
    pub month: YearMonth,
    /// Why.
    pub reason: Note,
}

/// The id of an [`ExemptionRow`].
#[must_use]
pub fn exemption_id(community: &CommunityId, month: YearMonth, duty: Duty) -> String {
    format!("{community}/{month}/{}", duty.as_str())
}

/// What the id of an [`ExemptionRow`] names.
#[must_use]
pub fn exemption_of(id: &str) -> Option<(CommunityId, YearMonth, Duty)> {
    let mut parts = id.split('/');
    let (community, month, word) = (parts.next()?, parts.next()?, parts.next()?);
    let duty = Duty::ALL.into_iter().find(|duty| duty.as_str() == word)?;
    Some((community.parse().ok()?, month.parse().ok()?, duty))
}
