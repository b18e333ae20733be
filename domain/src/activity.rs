//! Activities: what a team publishes, its dates, and when one may sign up.
//!
//! An activity takes place once or by a rule; each date is an `Occurrence` of its own, with an
//! id that follows from the activity and the planned start, so that a phone publishing offline already knows it.
//! Deliberately absent: seats (see [`crate::sign_up`]), which dates of a rule are there (see [`crate::series`]).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

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
/// Those of [`Schedule::dates`]; [`Refusal::CapacityZero`]; [`Refusal::Malformed`] for terms that no party could meet,
/// which is a mistake of the form.
pub fn decide_publication(
    schedule: &Schedule,
    policy: SignUpPolicy,
    audience: Audience,
    now: Timestamp,
) -> Result<Vec<TimeRange>, Refusal> {
    let dates = schedule.dates(now)?;
    let malformed = |field: &str| Err(Refusal::Malformed { field: field.to_owned() });
    if let SignUpPolicy::PerOccurrence { capacity, opens_minutes_before, closes_minutes_before, party_max } = policy {
        if capacity == Some(0) || party_max == 0 {
            return Err(Refusal::CapacityZero);
        }
        if party_max > PARTY_MAX {
            return malformed("/body/policy/party_max");
        }
        if opens_minutes_before.is_some_and(|opens| opens <= closes_minutes_before) {
            return malformed("/body/policy/opens_minutes_before");
        }
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
mod tests {
    use super::*;
    use crate::id::PersonId;

    fn date(text: &str) -> LocalDate {
        text.parse().expect("a date")
    }

    fn now() -> Timestamp {
        date("2026-11-23").start()
    }

    fn nine() -> MinuteOfDay {
        MinuteOfDay::hm(9, 0).expect("a time")
    }

    #[test]
    fn a_weekly_schedule_keeps_its_weekday_and_its_civil_time() {
        let schedule =
            Schedule::Weekly { from: date("2026-11-25"), until: date("2026-12-16"), at: nine(), minutes: 90 };
        let dates = schedule.dates(now()).expect("dates");
        let starts: Vec<_> = dates.iter().map(|d| (d.start().date().to_string(), d.start().minute_of_day())).collect();
        assert_eq!(starts.len(), 4);
        assert_eq!(starts[3], ("2026-12-16".to_owned(), nine()));
        assert!(dates.iter().all(|d| d.minutes() == 90));
    }

    #[test]
    fn a_schedule_that_makes_no_sense_says_why() {
        let weekly = |from: &str, until: &str, minutes| Schedule::Weekly {
            from: date(from),
            until: date(until),
            at: nine(),
            minutes,
        };
        let table = [
            (weekly("2026-11-25", "2026-11-24", 60), Refusal::EndsBeforeStart),
            (weekly("2026-11-25", "2026-12-24", 0), Refusal::BadLength),
            (weekly("2026-11-25", "2026-12-24", 2000), Refusal::BadLength),
            (weekly("2026-11-22", "2026-12-24", 60), Refusal::InThePast),
            (weekly("2026-11-25", "2030-12-24", 60), Refusal::SeriesTooLong { last_on: date("2027-05-24") }),
        ];
        for (schedule, refusal) in table {
            assert_eq!(schedule.dates(now()), Err(refusal));
        }
        let longest = weekly("2026-11-24", "2027-05-24", 60).dates(now()).expect("the longest series");
        assert!(longest.len() <= DATES_MAX, "{}", longest.len());
    }

    #[test]
    fn terms_that_no_party_could_meet_are_a_mistake_of_the_form() {
        let policy = |capacity, opens_minutes_before, party_max| SignUpPolicy::PerOccurrence {
            capacity,
            opens_minutes_before,
            closes_minutes_before: 60,
            party_max,
        };
        let malformed = |field: &str| Err(Refusal::Malformed { field: field.to_owned() });
        let once = |on| Schedule::Once { on: date(on), at: nine(), minutes: 60 };
        for (policy, audience, expected) in [
            (policy(Some(12), Some(61), PARTY_MAX), Audience::Families { from: 3, to: 3 }, Ok(1)),
            (SignUpPolicy::WalkIn, Audience::Everyone, Ok(1)),
            (policy(Some(0), None, 4), Audience::Everyone, Err(Refusal::CapacityZero)),
            (policy(None, None, 0), Audience::Everyone, Err(Refusal::CapacityZero)),
            (policy(None, None, PARTY_MAX + 1), Audience::Everyone, malformed("/body/policy/party_max")),
            (policy(None, Some(60), 4), Audience::Everyone, malformed("/body/policy/opens_minutes_before")),
            (policy(None, None, 4), Audience::Families { from: 4, to: 3 }, malformed("/body/audience/to")),
        ] {
            let decided = decide_publication(&once("2026-11-25"), policy, audience, now());
            assert_eq!(decided.map(|dates| dates.len()), expected);
        }
        let early = decide_publication(&once("2026-11-22"), policy(Some(0), None, 4), Audience::Everyone, now());
        assert_eq!(early, Err(Refusal::InThePast), "the schedule first");
    }

    #[test]
    fn dates_of_one_activity_have_ids_of_their_own() {
        let activity = ActivityId::from_uuid(Uuid::from_u128(0x0192_f0c1_2a3b_7c4d_8e5f_0011_2233_aabb));
        let first = occurrence_id(activity, now());
        let second = occurrence_id(activity, now().plus_minutes(7 * 24 * 60));
        assert_ne!(first, second);
        assert_ne!(first.uuid(), activity.uuid());
        assert_eq!(first, occurrence_id(activity, now()));
        assert_eq!(planned_start(activity, first), Some(now()), "wherever it is moved to");
        assert_eq!(planned_start(activity, OccurrenceId::from_uuid(activity.uuid())), None, "no date of it");
        let taken = CommandId::from_uuid(first.uuid());
        assert!(!is_id_for_new(taken) && is_id_for_new(CommandId::from_uuid(activity.uuid())));
    }

    #[test]
    fn the_phase_follows_the_clock() {
        let start = date("2026-11-25").at(nine());
        let range = TimeRange::new(start, start.plus_minutes(60)).expect("a range");
        let policy = SignUpPolicy::PerOccurrence {
            capacity: Some(12),
            opens_minutes_before: Some(24 * 60),
            closes_minutes_before: 60,
            party_max: 4,
        };
        let at = |minutes| phase(policy, range, false, start.plus_minutes(minutes));
        assert_eq!(at(-24 * 60 - 1), Phase::NotOpen { opens_at: start.plus_minutes(-24 * 60) });
        assert_eq!(at(-24 * 60), Phase::Open { closes_at: start.plus_minutes(-60) });
        assert_eq!(at(-60), Phase::Closed { closed_at: start.plus_minutes(-60) });
        assert_eq!(at(60), Phase::Over);
        assert_eq!(phase(policy, range, true, start), Phase::Cancelled);
    }

    #[test]
    fn a_party_must_fit_the_audience() {
        let on = date("2026-11-25");
        let person = |n: u128, relation, born: Option<&str>| Person {
            id: PersonId::from_uuid(Uuid::from_u128(n)),
            relation,
            name: "小宝".parse().expect("a name"),
            born: born.map(|b| b.parse().expect("a month")),
        };
        let me = person(1, Relation::Me, None);
        let child = person(2, Relation::Child, Some("2021-05"));
        let teen = person(3, Relation::Child, Some("2012-05"));
        let families = Audience::Families { from: 3, to: 6 };
        assert_eq!(check_audience(families, &[me.clone(), child.clone()], on), Ok(()));
        assert_eq!(check_audience(families, std::slice::from_ref(&me), on), Err(Refusal::ChildNeeded));
        assert_eq!(check_audience(families, std::slice::from_ref(&child), on), Err(Refusal::GuardianNeeded));
        assert_eq!(
            check_audience(families, &[me.clone(), child.clone(), teen.clone()], on),
            Err(Refusal::NotEligible { people: vec![teen.id], why: Eligibility::ChildAge { from: 3, to: 6 } })
        );
        assert!(check_audience(Audience::Adults, &[me.clone(), child.clone()], on).is_err());
        let why = Eligibility::Seniors;
        let too_young = Refusal::NotEligible { people: vec![child.id], why };
        assert_eq!(check_audience(Audience::Seniors, &[me.clone(), child], on), Err(too_young));
        assert_eq!(check_audience(Audience::Everyone, &[me, teen], on), Ok(()));
    }

    #[test]
    fn sixty_is_counted_and_never_guessed() {
        let on = date("2026-11-25");
        let person = |relation, born: Option<&str>| Person {
            id: PersonId::from_uuid(Uuid::from_u128(1)),
            relation,
            name: "王阿姨".parse().expect("a name"),
            born: born.map(|b| b.parse().expect("a month")),
        };
        let people = vec![PersonId::from_uuid(Uuid::from_u128(1))];
        let needed = Err(Refusal::BirthMonthNeeded { people: people.clone() });
        let refused = Err(Refusal::NotEligible { people, why: Eligibility::Seniors });
        for (relation, born, expected) in [
            (Relation::Me, Some("1966-11"), Ok(())),
            (Relation::Me, Some("1966-12"), refused.clone()),
            (Relation::Me, None, needed.clone()),
            (Relation::Adult, None, needed),
            (Relation::Adult, Some("1990-01"), refused),
            (Relation::Elder, None, Ok(())),
        ] {
            assert_eq!(
                check_audience(Audience::Seniors, &[person(relation, born)], on),
                expected,
                "{relation:?} {born:?}"
            );
        }
    }
}
