//! What a team leader has typed so far about a new activity, and the command it makes. Strings until they parse.
//!
//! Kept on the phone at each change, so that leaving the form loses nothing.

use std::collections::BTreeSet;

use domain::activity::{
    Audience, Category, HORIZON_DAYS, PARTY_MAX, Schedule, SignUpPolicy, Venue, decide_publication,
};
use domain::booking::is_held;
use domain::change::{OccurrenceRow, TeamRow};
use domain::command::PublishActivity;
use domain::id::{SpaceId, TeamId};
use domain::refusal::Refusal;
use domain::series::Series;
use domain::sync::View;
use domain::text::TextProblem;
use domain::time::{LocalDate, MinuteOfDay, TimeRange, Timestamp};
use domain::words::Words;
use serde::{Deserialize, Serialize};

use super::publish_rule::{Ends, Repeats, RuleDraft, RuleGap};

/// Most people come as often as this many from one household.
const USUAL_PARTY: u8 = 4;
/// The lengths offered, in minutes.
pub const LENGTHS: [u16; 8] = [30, 45, 60, 90, 120, 150, 180, 240];

/// How many days before the start places can be drawn; the first is what is meant when nobody says.
pub const DRAW_DAYS: [u8; 4] = [1, 2, 3, 7];

/// The form as typed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// Which category.
    pub category: Option<Category>,
    /// The title.
    pub title: String,
    /// The first date.
    pub on: String,
    /// When it starts.
    pub at: String,
    /// How long, in minutes.
    pub minutes: u16,
    /// How often.
    pub rule: RuleDraft,
    /// Which of the community's spaces, if one.
    pub space: Option<SpaceId>,
    /// Where, if not in one of them.
    pub place: String,
    /// Whether people sign up.
    pub has_sign_up: bool,
    /// How many; empty for no limit.
    pub capacity: String,
    /// The most from one household.
    pub party_max: u8,
    /// How many days before the start places are drawn, if they are.
    pub draw_days: Option<u8>,
    /// Who may come.
    pub audience: Audience,
    /// More about it.
    pub about: String,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            category: None,
            title: String::new(),
            on: String::new(),
            at: String::new(),
            minutes: 90,
            rule: RuleDraft::default(),
            space: None,
            place: String::new(),
            has_sign_up: true,
            capacity: "20".to_owned(),
            party_max: USUAL_PARTY,
            draw_days: None,
            audience: Audience::Everyone,
            about: String::new(),
        }
    }
}

/// A field of the form, in the order of the screen; also the id of its control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Category,
    Title,
    Date,
    Time,
    Rule,
    Times,
    Until,
    Count,
    Place,
    Capacity,
    Draw,
    Ages,
    About,
}

impl Field {
    /// The id of its control.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Category => "publish-category",
            Self::Title => "publish-title",
            Self::Date => "publish-date",
            Self::Time => "publish-time",
            Self::Rule => "publish-rule",
            Self::Times => "publish-times",
            Self::Until => "publish-until",
            Self::Count => "publish-count",
            Self::Place => "publish-place",
            Self::Capacity => "publish-capacity",
            Self::Draw => "publish-draw",
            Self::Ages => "publish-ages",
            Self::About => "publish-about",
        }
    }

    /// The id of what is wrong with it.
    #[must_use]
    pub const fn error_id(self) -> &'static str {
        match self {
            Self::Category => "publish-category-error",
            Self::Title => "publish-title-error",
            Self::Date => "publish-date-error",
            Self::Time => "publish-time-error",
            Self::Rule => "publish-rule-error",
            Self::Times => "publish-times-error",
            Self::Until => "publish-until-error",
            Self::Count => "publish-count-error",
            Self::Place => "publish-place-error",
            Self::Capacity => "publish-capacity-error",
            Self::Draw => "publish-draw-error",
            Self::Ages => "publish-ages-error",
            Self::About => "publish-about-error",
        }
    }
}

/// What is wrong with the form, by field.
pub type Problems = Vec<(Field, String)>;

impl Draft {
    /// A first draft for a team: its category is the likeliest.
    #[must_use]
    pub fn new(team: &TeamRow) -> Self {
        Self { category: Some(team.category), ..Self::default() }
    }

    /// What was published before, on the next same weekday on which nothing is in its way: neither a date the activity
    /// has already, nor somebody else in its space.
    #[must_use]
    pub fn again(view: &View, last: &OccurrenceRow, now: Timestamp) -> Option<Self> {
        let activity = &view.activities.get(&last.activity)?.row;
        let mut draft = Self {
            at: last.range.start().minute_of_day().to_string(),
            minutes: u16::try_from(last.range.minutes()).unwrap_or(90),
            ..Self::default()
        };
        draft.take(&activity.title, activity.about.as_ref(), activity.category);
        draft.take_terms(&activity.venue, activity.audience, activity.policy);
        let taken: BTreeSet<LocalDate> = view
            .occurrences
            .values()
            .filter(|other| other.row.activity == last.activity && other.row.cancelled.is_none())
            .map(|other| other.row.range.start().date())
            .collect();
        let weeks = (1..).map(|week| last.range.start().date().plus_days(7 * week));
        let coming =
            weeks.skip_while(|on| *on <= now.date()).take_while(|on| *on <= now.date().plus_days(HORIZON_DAYS));
        let mut first = None;
        for on in coming.filter(|on| !taken.contains(on)) {
            draft.on = on.to_string();
            first.get_or_insert_with(|| draft.on.clone());
            if draft.clashes(view, now).is_empty() {
                return Some(draft);
            }
        }
        // Taken for half a year: the form says so, and another time or place is chosen there.
        draft.on = first.unwrap_or_default();
        Some(draft)
    }

    /// What was asked for before and refused.
    #[must_use]
    pub fn of(command: &PublishActivity) -> Self {
        let mut draft = Self::default();
        draft.take(&command.title, command.about.as_ref(), command.category);
        draft.take_terms(&command.venue, command.audience, command.policy);
        let (on, at, minutes) = match &command.schedule {
            Schedule::Once { on, at, minutes } => (*on, *at, *minutes),
            Schedule::Weekly { from, until, at, minutes } => {
                let (repeats, ends, until) = (Repeats::Weekly, Ends::Until, until.to_string());
                draft.rule = RuleDraft { repeats, ends, until, ..RuleDraft::default() };
                (*from, *at, *minutes)
            }
            Schedule::Series { on, at, minutes, rule } => {
                draft.rule = RuleDraft::of(rule);
                (*on, *at, *minutes)
            }
        };
        (draft.on, draft.at, draft.minutes) = (on.to_string(), at.to_string(), minutes);
        draft
    }

    fn take(&mut self, title: &domain::text::Title, about: Option<&domain::text::Description>, category: Category) {
        self.title = title.to_string();
        self.about = about.map(ToString::to_string).unwrap_or_default();
        self.category = Some(category);
    }

    fn take_terms(&mut self, venue: &Venue, audience: Audience, policy: SignUpPolicy) {
        self.space = venue.space;
        self.place = if venue.space.is_some() { String::new() } else { venue.place.to_string() };
        self.audience = audience;
        match policy {
            SignUpPolicy::WalkIn => self.has_sign_up = false,
            SignUpPolicy::PerOccurrence { capacity, party_max, draws_minutes_before, .. } => {
                self.has_sign_up = true;
                self.draw_days = draws_minutes_before.and_then(|minutes| u8::try_from(minutes / (24 * 60)).ok());
                self.capacity = capacity.map(|n| n.to_string()).unwrap_or_default();
                self.party_max = party_max.clamp(1, PARTY_MAX);
            }
        }
    }

    /// When, as far as it parses.
    #[must_use]
    pub fn schedule(&self) -> Option<Schedule> {
        let on: LocalDate = self.on.parse().ok()?;
        let at: MinuteOfDay = self.at.parse().ok()?;
        if self.rule.repeats == Repeats::Once {
            return Some(Schedule::Once { on, at, minutes: self.minutes });
        }
        let Series { on, at, minutes, rule } = self.series()?.ok()?;
        Some(Schedule::Series { on, at, minutes, rule })
    }

    /// The series, or what it lacks; nothing as long as its first date does not parse.
    #[must_use]
    pub fn series(&self) -> Option<Result<Series, RuleGap>> {
        Some(self.rule.series(self.on.parse().ok()?, self.at.parse().ok()?, self.minutes))
    }

    /// Every date it would make, as far as it parses.
    #[must_use]
    pub fn dates(&self, now: Timestamp) -> Vec<TimeRange> {
        self.schedule().and_then(|schedule| schedule.dates(now).ok()).unwrap_or_default()
    }

    /// When the places of the first date are drawn, if they are.
    #[must_use]
    pub fn draws_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.policy()?.draws_at(self.dates(now).first()?.start())
    }

    /// The dates on which the chosen space is taken, as far as this phone knows.
    #[must_use]
    pub fn clashes(&self, view: &View, now: Timestamp) -> Vec<LocalDate> {
        let Some((id, space)) = self.space.and_then(|id| view.spaces.get(&id).map(|space| (id, space))) else {
            return Vec::new();
        };
        let is_taken =
            |range: &TimeRange| is_held(&space.row.policy, &view.holdings_around(id, range.start().date()), *range);
        self.dates(now).iter().filter(|range| is_taken(range)).map(|range| range.start().date()).collect()
    }

    /// Where, as the screen says it.
    #[must_use]
    pub fn place_name(&self, view: &View) -> String {
        let space = self.space.and_then(|id| view.spaces.get(&id));
        space.map_or_else(|| self.place.trim().to_owned(), |space| space.row.name.to_string())
    }

    /// The command, or every field that is not right.
    ///
    /// # Errors
    /// The problems in the order of the screen.
    pub fn parse(
        &self,
        team: TeamId,
        view: &View,
        words: &'static Words,
        now: Timestamp,
    ) -> Result<PublishActivity, Problems> {
        let mut problems = Problems::new();
        let text = |problem: TextProblem| words.text_problem(problem);
        let mut note = |field, problem: String| problems.push((field, problem));

        if self.category.is_none() {
            note(Field::Category, words.publish.category_first.to_owned());
        }
        let no_title = |problem| match problem {
            TextProblem::Empty => words.publish.name_first.to_owned(),
            problem => text(problem),
        };
        let title = self.title.parse().map_err(|problem| note(Field::Title, no_title(problem))).ok();
        if self.on.parse::<LocalDate>().is_err() {
            note(Field::Date, words.publish.date_first.to_owned());
        }
        if self.at.parse::<MinuteOfDay>().is_err() {
            note(Field::Time, words.publish.time_first.to_owned());
        }
        let is_series = self.rule.repeats != Repeats::Once;
        if let (true, Some(Err(gap))) = (is_series, self.series()) {
            let (field, text) = match gap {
                RuleGap::Times => (Field::Times, words.series.times_wrong),
                RuleGap::Until => (Field::Until, words.publish.until_first),
                RuleGap::Count => (Field::Count, words.series.count_first),
                RuleGap::Date => (Field::Date, words.publish.date_first),
            };
            note(field, text.to_owned());
        }
        let schedule = self.schedule();
        if let Some(Err(refusal)) = schedule.as_ref().map(|schedule| schedule.dates(now)) {
            let field = match refusal {
                Refusal::EndsBeforeStart if is_series => Field::Until,
                Refusal::NoDates | Refusal::DatesOverlap => Field::Rule,
                _ => Field::Date,
            };
            note(field, words.refusal(&refusal));
        }
        let place = self.place_name(view).parse().map_err(|problem| match problem {
            TextProblem::Empty => note(Field::Place, words.publish.place_first.to_owned()),
            other => note(Field::Place, text(other)),
        });
        let policy = self.policy().ok_or_else(|| note(Field::Capacity, words.publish.capacity_first.to_owned()));
        if let (Ok(policy), Some(schedule)) = (policy, &schedule) {
            match decide_publication(schedule, policy, self.audience, now) {
                Err(Refusal::Malformed { .. }) if policy.is_drawn() && policy.capacity().is_none() => {
                    note(Field::Capacity, words.draws.needs_capacity.to_owned());
                }
                Err(refusal @ Refusal::NoTimeToDraw { .. }) => note(Field::Draw, words.refusal(&refusal)),
                _ => {}
            }
        }
        if matches!(self.audience, Audience::Families { from, to } if to < from) {
            note(Field::Ages, words.publish.ages_wrong.to_owned());
        }
        let about = match self.about.trim() {
            "" => Some(None),
            typed => typed.parse().map(Some).map_err(|problem| note(Field::About, text(problem))).ok(),
        };
        match (title, self.category, schedule, place, policy, about) {
            (Some(title), Some(category), Some(schedule), Ok(place), Ok(policy), Some(about))
                if problems.is_empty() =>
            {
                Ok(PublishActivity {
                    team,
                    title,
                    about,
                    category,
                    audience: self.audience,
                    venue: Venue { space: self.space, place },
                    schedule,
                    policy,
                })
            }
            _ => Err(problems),
        }
    }

    fn policy(&self) -> Option<SignUpPolicy> {
        if !self.has_sign_up {
            return Some(SignUpPolicy::WalkIn);
        }
        let capacity = match self.capacity.trim() {
            "" => None,
            typed => Some(typed.parse::<u16>().ok().filter(|n| *n > 0)?),
        };
        Some(SignUpPolicy::PerOccurrence {
            capacity,
            opens_minutes_before: None,
            closes_minutes_before: 0,
            party_max: self.party_max,
            draws_minutes_before: self.draw_days.map(|days| u32::from(days) * 24 * 60),
        })
    }
}
