//! Activities: what a team publishes, its dates, and when one may sign up.
//!
//! An activity takes place once or by a rule; each date is an `Occurrence` of its own, with an
//! id that follows from the activity and the planned start, so that a phone publishing offline already knows it.
//! Deliberately absent: seats (see [`crate::sign_up`]), which dates of a rule are there (see [`crate::series`]).

mod policy;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::policy::decide_draw;
pub(crate) use self::policy::decide_time_to_draw;
pub use self::policy::{DRAW_MINUTES_BEFORE_MAX, DRAW_MINUTES_BEFORE_MIN, SignUpPolicy};

use crate::id::{ActivityId, CommandId, OccurrenceId, SpaceId};
use crate::json;
use crate::people::{ADULT_AGE, Person, Relation, SENIOR_AGE};
use crate::recurrence::Recurrence;
use crate::refusal::{Eligibility, Refusal};
use crate::series::Series;
use crate::text::Place;
use crate::time::{LocalDate, MinuteOfDay, TimeRange, Timestamp};

/// How far ahead a date may lie, in days.
pub const HORIZON_DAYS: i32 = 182;
/// The most dates one publication makes.
pub const DATES_MAX: usize = 27;
/// The least and the most an occurrence lasts, in minutes.
pub const LENGTH_MINUTES: std::ops::RangeInclusive<u16> = 15..=720;
/// The most people one party may bring, whatever the activity says.
pub const PARTY_MAX: u8 = 8;

/// What kind of activity it is; the colour and picture of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the glossary's")]
pub enum Category {
    Opera,
    Dance,
    Reading,
    Course,
    Poetry,
    Festival,
    Family,
    MoralReview,
    Council,
    PolicyTalk,
    #[serde(other)]
    Other,
}

impl Category {
    /// All of them, in the order a filter shows.
    pub const ALL: [Self; 11] = [
        Self::Opera,
        Self::Dance,
        Self::Reading,
        Self::Course,
        Self::Poetry,
        Self::Festival,
        Self::Family,
        Self::MoralReview,
        Self::Council,
        Self::PolicyTalk,
        Self::Other,
    ];

    /// The word used in addresses, stores and styles.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opera => "opera",
            Self::Dance => "dance",
            Self::Reading => "reading",
            Self::Course => "course",
            Self::Poetry => "poetry",
            Self::Festival => "festival",
            Self::Family => "family",
            Self::MoralReview => "moral_review",
            Self::Council => "council",
            Self::PolicyTalk => "policy_talk",
            Self::Other => "other",
        }
    }
}

json::tagged! {
    #[serde(tag = "kind", rename_all = "snake_case")]
    /// Who may come.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Audience {
        /// Anybody; children with an adult.
        Everyone,
        /// Adults only.
        Adults,
        /// People of sixty and above.
        Seniors,
        /// Families: at least one child between two ages (years, both included), with an adult.
        Families {
            /// Youngest.
            from: u8,
            /// Oldest.
            to: u8,
        },
    }
}

impl Audience {
    /// Whether a child of some age may come: the filter 适合孩子.
    #[must_use]
    pub const fn takes_children(self) -> bool {
        matches!(self, Self::Everyone | Self::Families { .. })
    }
}

/// Where it takes place: a space of ours, which it then holds like a booking, or an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Venue {
    /// The space it holds, if it is one of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<SpaceId>,
    /// What the screen says.
    pub place: Place,
}

json::tagged! {
    #[serde(tag = "kind", rename_all = "snake_case")]
    /// When it takes place.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    pub enum Schedule {
        /// Once.
        Once {
            /// The date.
            on: LocalDate,
            /// The civil time it starts.
            at: MinuteOfDay,
            /// How long, in minutes.
            minutes: u16,
        },
        /// Every week on the weekday of the first date, up to and including a last date, all of them at once. Phones
        /// wrote it before there were rules.
        Weekly {
            /// The first date.
            from: LocalDate,
            /// The last day a date may fall on.
            until: LocalDate,
            /// The civil time it starts.
            at: MinuteOfDay,
            /// How long, in minutes.
            minutes: u16,
        },
        /// Again and again by a rule; the dates are there as they come near.
        Series {
            /// The day the rule begins to count.
            on: LocalDate,
            /// The civil time it begins to count.
            at: MinuteOfDay,
            /// How long each date lasts, in minutes.
            minutes: u16,
            /// The rule.
            rule: Recurrence,
        },
    }
}

/// Decides a publication, room aside: the dates that are there from then on, in order.
///
/// # Errors
/// Those of [`Schedule::dates`]; [`Refusal::CapacityZero`]; [`Refusal::NoTimeToDraw`] where the first date would be drawn
/// before anybody could ask; [`Refusal::Malformed`] for terms that no party could meet, which is a mistake of the form.
pub fn decide_publication(
    schedule: &Schedule,
    policy: SignUpPolicy,
    audience: Audience,
    now: Timestamp,
) -> Result<Vec<TimeRange>, Refusal> {
    let dates = schedule.dates(now)?;
    let malformed = |field: &str| Err(Refusal::Malformed { field: field.to_owned() });
    if let SignUpPolicy::PerOccurrence { capacity, opens_minutes_before, closes_minutes_before, party_max, .. } = policy
    {
        if capacity == Some(0) || party_max == 0 {
            return Err(Refusal::CapacityZero);
        }
        if party_max > PARTY_MAX {
            return malformed("/body/policy/party_max");
        }
        if opens_minutes_before.is_some_and(|opens| opens <= closes_minutes_before) {
            return malformed("/body/policy/opens_minutes_before");
        }
        decide_draw(policy, &dates, now)?;
    }
    match audience {
        Audience::Families { from, to } if from > to => malformed("/body/audience/to"),
        _ => Ok(dates),
    }
}

impl Schedule {
    /// What it is when it goes by a rule.
    #[must_use]
    pub fn series(&self) -> Option<Series> {
        match self {
            Self::Once { .. } | Self::Weekly { .. } => None,
            Self::Series { on, at, minutes, rule } => {
                Some(Series { on: *on, at: *at, minutes: *minutes, rule: rule.clone() })
            }
        }
    }

    /// The dates that are there once it is published at `now`, in order: all of them, or those of a rule up to its
    /// [horizon](crate::series::horizon). Or why it cannot be published.
    ///
    /// # Errors
    /// [`Refusal::BadLength`], [`Refusal::InThePast`], [`Refusal::EndsBeforeStart`], [`Refusal::SeriesTooLong`]; those of
    /// [`Series::first_dates`].
    pub fn dates(&self, now: Timestamp) -> Result<Vec<TimeRange>, Refusal> {
        let (from, until, at, minutes) = match *self {
            Self::Once { on, at, minutes } | Self::Series { on, at, minutes, .. } => (on, on, at, minutes),
            Self::Weekly { from, until, at, minutes } => (from, until, at, minutes),
        };
        if !LENGTH_MINUTES.contains(&minutes) {
            return Err(Refusal::BadLength);
        }
        if until < from {
            return Err(Refusal::EndsBeforeStart);
        }
        if from.at(at) <= now {
            return Err(Refusal::InThePast);
        }
        let last_on = now.date().plus_days(HORIZON_DAYS);
        if until > last_on {
            return Err(Refusal::SeriesTooLong { last_on });
        }
        if let Some(series) = self.series() {
            return series.first_dates(now);
        }
        let mut dates = Vec::new();
        let mut on = from;
        while on <= until {
            let start = on.at(at);
            if let Some(range) = TimeRange::new(start, start.plus_minutes(i64::from(minutes))) {
                dates.push(range);
            }
            on = on.plus_days(7);
        }
        Ok(dates)
    }
}

/// The version in the ids of dates.
const DATE_ID_VERSION: u8 = 8;

/// Whether a phone may call something new by this id: the ids of dates are made by [`occurrence_id`] alone.
#[must_use]
pub fn is_id_for_new(id: CommandId) -> bool {
    id.uuid().as_bytes()[6] >> 4 != DATE_ID_VERSION
}

/// The id of the date of `activity` planned to start at `start`: the same on every device and server.
#[must_use]
pub fn occurrence_id(activity: ActivityId, start: Timestamp) -> OccurrenceId {
    let mut bytes = *activity.uuid().as_bytes();
    let minutes = (start.ms() / 60_000).to_be_bytes();
    // The last 40 bits of an activity's id are random; mixing the start into them keeps ids apart, because one
    // activity never has two dates with one planned start.
    for (byte, mix) in bytes[11..].iter_mut().zip(&minutes[3..]) {
        *byte ^= mix;
    }
    // A version of its own (RFC 9562, 5.8): ids that are made by people's phones never have it, so nobody can publish an
    // activity whose date has the id of somebody else's activity.
    bytes[6] = bytes[6] & 0x0f | DATE_ID_VERSION << 4;
    OccurrenceId::from_uuid(Uuid::from_bytes(bytes))
}

/// The start that a date of `activity` was planned for, as its id has it, wherever it has been moved to since. None for an
/// id that was not made by [`occurrence_id`].
#[must_use]
pub fn planned_start(activity: ActivityId, date: OccurrenceId) -> Option<Timestamp> {
    let mixed = date.uuid().as_u128() ^ activity.uuid().as_u128();
    let minutes = i64::try_from(mixed & 0xff_ffff_ffff).ok()?;
    let start = Timestamp::from_ms(minutes.checked_mul(60_000)?);
    (occurrence_id(activity, start) == date).then_some(start)
}

/// Whether one can sign up at a moment: computed alike on phone and server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Nobody signs up.
    WalkIn,
    /// Sign-up has not begun.
    NotOpen {
        /// When it begins.
        opens_at: Timestamp,
    },
    /// Whoever asks now is drawn for later, and nobody is before anybody else.
    Pool {
        /// When it is drawn, and until when one can ask.
        draws_at: Timestamp,
    },
    /// Sign-up is open.
    Open {
        /// When it ends.
        closes_at: Timestamp,
    },
    /// Sign-up has ended, the date is still to come or going on.
    Closed {
        /// When it ended.
        closed_at: Timestamp,
    },
    /// The date is over.
    Over,
    /// The date was called off.
    Cancelled,
}

/// The sign-up phase of a date at `now`.
#[must_use]
pub fn phase(policy: SignUpPolicy, range: TimeRange, is_cancelled: bool, now: Timestamp) -> Phase {
    if is_cancelled {
        return Phase::Cancelled;
    }
    if range.end() <= now {
        return Phase::Over;
    }
    let SignUpPolicy::PerOccurrence { opens_minutes_before, closes_minutes_before, .. } = policy else {
        return Phase::WalkIn;
    };
    let closes_at = range.start().plus_minutes(-i64::from(closes_minutes_before));
    if let Some(opens_at) = opens_minutes_before.map(|minutes| range.start().plus_minutes(-i64::from(minutes)))
        && now < opens_at
    {
        return Phase::NotOpen { opens_at };
    }
    if let Some(draws_at) = policy.draws_at(range.start()).filter(|draws_at| now < *draws_at) {
        return Phase::Pool { draws_at };
    }
    if now < closes_at { Phase::Open { closes_at } } else { Phase::Closed { closed_at: closes_at } }
}

/// Checks a party against the audience on the date of the occurrence.
///
/// # Errors
/// [`Refusal::NotEligible`], [`Refusal::BirthMonthNeeded`], [`Refusal::ChildNeeded`], [`Refusal::GuardianNeeded`].
pub fn check_audience(audience: Audience, party: &[Person], on: LocalDate) -> Result<(), Refusal> {
    let named = |keep: &dyn Fn(&Person) -> bool| party.iter().filter(|p| keep(p)).map(|p| p.id).collect::<Vec<_>>();
    let refuse_if = |people: Vec<_>, why| {
        if people.is_empty() { Ok(()) } else { Err(Refusal::NotEligible { people, why }) }
    };
    let has_child = party.iter().any(|person| person.is_child_on(on));
    let has_adult = party.iter().any(|person| !person.is_child_on(on));
    match audience {
        Audience::Adults => refuse_if(named(&|p| p.is_child_on(on)), Eligibility::Adults)?,
        Audience::Seniors => {
            refuse_if(named(&|p| is_senior(p, on) == Some(false)), Eligibility::Seniors)?;
            let people = named(&|p| is_senior(p, on).is_none());
            if !people.is_empty() {
                return Err(Refusal::BirthMonthNeeded { people });
            }
        }
        Audience::Families { from, to } => {
            let outside = |p: &Person| {
                let fits = p.age_on(on).is_some_and(|age| (u16::from(from)..=u16::from(to)).contains(&age));
                p.is_child_on(on) && !fits
            };
            refuse_if(named(&outside), Eligibility::ChildAge { from, to })?;
            if !has_child {
                return Err(Refusal::ChildNeeded);
            }
        }
        Audience::Everyone => {}
    }
    if has_child && !has_adult {
        return Err(Refusal::GuardianNeeded);
    }
    Ok(())
}

/// Whether somebody is of sixty and above; not known of an adult whose month of birth nobody has said. Who was added as an
/// elder was said to be.
fn is_senior(person: &Person, on: LocalDate) -> Option<bool> {
    match person.relation {
        Relation::Child => Some(false),
        Relation::Elder => Some(true),
        Relation::Me | Relation::Adult => person.age_on(on).map(|age| age >= SENIOR_AGE),
    }
}

const _: () = assert!(ADULT_AGE > 0 && PARTY_MAX > 0);

#[cfg(test)]
mod tests;
