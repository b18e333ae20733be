//! The monthly three: what every community holds each month, how far it has come, and when somebody is reminded.
//!
//! A duty is done by dates of its category; everything follows from those dates, who came, what was written down, and
//! exemptions. Each month's own question is answered by one function, [`judge`], for boards, pages, reminders and files.
//! Deliberately absent: a plan of its own. What is planned is published, and then everybody can come.

use serde::{Deserialize, Serialize};

use crate::activity::Category;
use crate::closing::Attendance;
use crate::id::CommunityId;
use crate::refusal::Refusal;
use crate::text::{Name, Note};
use crate::time::{LocalDate, TimeRange, Timestamp, YearMonth};

/// The day of the month on which staff are reminded of what is missing.
pub const REMINDER_DAY: u8 = 20;
/// The last day of the next month on which a month can still be put right.
pub const GRACE_DAY: u8 = 5;
/// How many months ahead a duty can be exempted.
pub const EXEMPT_MONTHS_AHEAD: i32 = 12;

/// What every community holds each month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Neighbours speak of what is good and what is not.
    MoralReview,
    /// Residents decide on what concerns them.
    Council,
    /// Policy and law, explained.
    PolicyTalk,
}

impl Duty {
    /// All of them, in the order a board shows.
    pub const ALL: [Self; 3] = [Self::MoralReview, Self::Council, Self::PolicyTalk];

    /// The word used in stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.category().as_str()
    }

    /// The category of the activities that do it.
    #[must_use]
    pub const fn category(self) -> Category {
        match self {
            Self::MoralReview => Category::MoralReview,
            Self::Council => Category::Council,
            Self::PolicyTalk => Category::PolicyTalk,
        }
    }

    /// What activities of a category do, if it is one of the three.
    #[must_use]
    pub fn of(category: Category) -> Option<Self> {
        Self::ALL.into_iter().find(|duty| duty.category() == category)
    }
}

/// A date that may do a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DutyDate {
    /// Which.
    pub duty: Duty,
    /// When.
    pub range: TimeRange,
    /// Whether it was called off.
    pub is_cancelled: bool,
    /// Who came, as far as is known.
    pub attendance: Attendance,
    /// Whether the team has written down what came of it.
    pub has_note: bool,
}

/// How far a duty has come in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyState {
    /// Nothing is published for it.
    NotPlanned,
    /// A date is still to come or going on.
    Published,
    /// A date is over, and nobody has said that anybody came.
    Unreported,
    /// It was held; what came of it is not written down.
    Held,
    /// It was held, and what came of it is written down.
    Evidenced,
    /// The month is over without it.
    Late,
    /// The community need not hold it this month.
    Exempt,
    /// A state this build does not know yet.
    #[serde(other)]
    Unknown,
}

impl DutyState {
    /// Whether somebody still has to do something, apart from holding what is published.
    #[must_use]
    pub const fn is_gap(self) -> bool {
        matches!(self, Self::NotPlanned | Self::Unreported | Self::Held | Self::Late)
    }
}

/// One duty of one community in one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyCell {
    /// Which.
    pub duty: Duty,
    /// When.
    pub month: YearMonth,
    /// How far it has come.
    pub state: DutyState,
    /// Dates that stand in the calendar, over or to come.
    pub published: u16,
    /// Those of them that somebody came to.
    pub held: u16,
    /// Those of them of which it is written down what came of it.
    pub evidenced: u16,
    /// Heads that came to them.
    pub heads: u16,
    /// The day the state speaks of: of the next date, or of the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<LocalDate>,
    /// Why it need not be held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exempt: Option<Note>,
}

/// The duties of one community over a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommunityDuties {
    /// Which.
    pub community: CommunityId,
    /// Its name.
    pub name: Name,
    /// Its name in English letters.
    pub english_name: Name,
    /// By month, and in each in the order of [`Duty::ALL`].
    pub cells: Vec<DutyCell>,
}

/// What `GET /api/duties` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyBoard {
    /// The year.
    pub year: u16,
    /// In the order of the district.
    pub communities: Vec<CommunityDuties>,
}

/// The last day on which a month can still be put right.
#[must_use]
pub fn last_day_of_grace(month: YearMonth) -> LocalDate {
    month.plus_months(1).first_day().plus_days(i32::from(GRACE_DAY) - 1)
}

/// How far a duty has come in a month: the one function everything asks. Dates of other duties and months are ignored.
#[must_use]
pub fn judge(duty: Duty, month: YearMonth, dates: &[DutyDate], exempt: Option<&Note>, now: Timestamp) -> DutyCell {
    let is_of_it =
        |date: &&DutyDate| date.duty == duty && !date.is_cancelled && YearMonth::of(date.range.start().date()) == month;
    let mut cell = DutyCell {
        duty,
        month,
        state: DutyState::NotPlanned,
        published: 0,
        held: 0,
        evidenced: 0,
        heads: 0,
        on: None,
        exempt: exempt.cloned(),
    };
    let (mut next, mut last, mut last_held) = (None, None, None);
    for date in dates.iter().filter(is_of_it) {
        let on = date.range.start().date();
        let is_held = date.attendance.is_held(date.range, date.is_cancelled, now);
        cell.published = cell.published.saturating_add(1);
        if is_held {
            cell.held = cell.held.saturating_add(1);
            cell.evidenced = cell.evidenced.saturating_add(u16::from(date.has_note));
            cell.heads = cell.heads.saturating_add(date.attendance.heads());
            last_held = last_held.max(Some(on));
        }
        if date.range.end() > now {
            next = Some(next.map_or(on, |next: LocalDate| next.min(on)));
        }
        last = last.max(Some(on));
    }
    (cell.state, cell.on) = if cell.evidenced > 0 {
        (DutyState::Evidenced, last_held)
    } else if cell.held > 0 {
        (DutyState::Held, last_held)
    } else if exempt.is_some() {
        (DutyState::Exempt, None)
    } else if next.is_some() {
        (DutyState::Published, next)
    } else if now.date() > last_day_of_grace(month) {
        (DutyState::Late, last)
    } else if last.is_some() {
        (DutyState::Unreported, last)
    } else {
        (DutyState::NotPlanned, None)
    };
    cell
}

/// All three duties in a month.
#[must_use]
pub fn judge_month<'e>(
    month: YearMonth,
    dates: &[DutyDate],
    exempt: impl Fn(Duty) -> Option<&'e Note>,
    now: Timestamp,
) -> [DutyCell; 3] {
    Duty::ALL.map(|duty| judge(duty, month, dates, exempt(duty), now))
}

/// Something that staff are reminded of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DutyGap {
    /// Which.
    pub duty: Duty,
    /// How far it has come.
    pub state: DutyState,
}

/// What staff are reminded of at `now`, with its month: from the twentieth on whatever of the month has a gap.
#[must_use]
pub fn reminder(cells: &[DutyCell], now: Timestamp) -> Vec<DutyGap> {
    let today = now.date();
    if today.day() < REMINDER_DAY {
        return Vec::new();
    }
    let month = YearMonth::of(today);
    let gaps = cells.iter().filter(|cell| cell.month == month && cell.state.is_gap());
    gaps.map(|cell| DutyGap { duty: cell.duty, state: cell.state }).collect()
}

/// Decides whether a month can be exempted, or the exemption taken back, at `now`.
///
/// # Errors
/// [`Refusal::MonthClosed`]; [`Refusal::Malformed`] for a month too far ahead, which no form offers.
pub fn decide_exemption(month: YearMonth, now: Timestamp) -> Result<(), Refusal> {
    let last_on = last_day_of_grace(month);
    if now.date() > last_on {
        return Err(Refusal::MonthClosed { last_on });
    }
    if month > YearMonth::of(now.date()).plus_months(EXEMPT_MONTHS_AHEAD) {
        return Err(Refusal::Malformed { field: "/body/month".to_owned() });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
