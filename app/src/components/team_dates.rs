//! The dates of a team: what comes with its counts, what is over with how it went, and the last one, from which one
//! publishes again.

use domain::activity::SignUpPolicy;
use domain::agenda::Entry;
use domain::closing::closes_at;
use domain::id::{OccurrenceId, TeamId};
use domain::order::sort_by_key;
use domain::sign_up::Seats;
use domain::sync::overlay::arrived;
use domain::sync::{Delivery, View};
use domain::time::Timestamp;
use domain::words::{Words, format};
use leptos::prelude::*;

use crate::components::closing_card::came;
use crate::model::use_model;
use crate::route::Route;
use crate::ui::chip::{ChipState, StateChip};
use crate::ui::icon::Icon;
use crate::ui::unbroken::{Dotted, Unbroken};

/// A date of the team, as its row draws it.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamDate {
    /// Which.
    pub id: OccurrenceId,
    /// Of what.
    pub title: String,
    when: String,
    counts: Vec<String>,
    state: Option<(ChipStateOf, String)>,
}

/// Why a row carries a chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ChipStateOf {
    Saved,
    Checking,
    Cancelled,
    /// Somebody should say how it went.
    ToSay,
    /// It was said how it went.
    Said,
}

impl TeamDate {
    fn of(entry: &Entry<'_>, words: &'static Words, now: Timestamp) -> Self {
        let state = match (entry.delivery, &entry.occurrence.cancelled) {
            (Some(Delivery::Saved), _) => Some((ChipStateOf::Saved, words.states.saved_not_sent.to_owned())),
            (Some(Delivery::Checking), _) => Some((ChipStateOf::Checking, words.states.checking.to_owned())),
            (None, Some(_)) => Some((ChipStateOf::Cancelled, words.states.called_off.to_owned())),
            (None, None) => None,
        };
        Self {
            id: entry.id,
            title: entry.activity.title.to_string(),
            when: format::staff_when(words.language, entry.occurrence.range, now.date()),
            counts: counts(entry, words),
            state,
        }
    }
}

/// How many dates that are over a team sees.
const PAST_DATES: usize = 6;

/// The last dates of a team that are over, the latest first, each with how it went.
#[must_use]
pub fn past_dates(view: &View, team: TeamId, words: &'static Words, now: Timestamp) -> Vec<TeamDate> {
    let mut over: Vec<Entry<'_>> = entries(view, team);
    over.retain(|entry| entry.occurrence.range.end() <= now && entry.occurrence.cancelled.is_none());
    let latest = over.iter().rev().take(PAST_DATES);
    latest
        .map(|entry| {
            let range = entry.occurrence.range;
            let mut date = TeamDate::of(entry, words, now);
            let here = arrived(view, entry.id).arrived;
            let said = view.closings.get(&entry.id).map(|closing| closing.row.heads);
            let state = match said {
                Some(heads) => Some((ChipStateOf::Said, came(words, heads.max(here)))),
                None if now < closes_at(range, entry.activity.category) => {
                    Some((ChipStateOf::ToSay, words.closing.to_say.to_owned()))
                }
                None => None,
            };
            date.state = date.state.or(state);
            date
        })
        .collect()
}

/// 报了8人，共20个名额, then 2家候补; before a draw 已有14家登记.
fn counts(entry: &Entry<'_>, words: &'static Words) -> Vec<String> {
    let texts = &words.team;
    if matches!(entry.activity.policy, SignUpPolicy::WalkIn) {
        return vec![texts.walk_in.to_owned()];
    }
    let unknown = Seats { capacity: entry.activity.policy.capacity(), ..Seats::default() };
    let seats = entry.seats.unwrap_or(unknown);
    if entry.is_pooled() {
        let entered = match seats.waiting_parties {
            0 => words.draws.nobody_yet.to_owned(),
            parties => words.draws.entered(parties),
        };
        return [Some(entered), seats.capacity.map(|capacity| words.draws.places(capacity))]
            .into_iter()
            .flatten()
            .collect();
    }
    let taken = match seats.capacity {
        Some(capacity) => texts.taken_of(seats.taken, capacity),
        None => texts.taken(seats.taken),
    };
    let waiting = (seats.waiting_parties > 0).then(|| texts.waiting(seats.waiting_parties));
    let over = (seats.over_by() > 0).then(|| words.capacity.over(seats.over_by()));
    [Some(taken), over, waiting].into_iter().flatten().collect()
}

/// All dates of a team that this phone knows, in order.
fn entries(view: &View, team: TeamId) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = view
        .occurrences
        .iter()
        .filter(|(_, row)| view.activities.get(&row.row.activity).is_some_and(|activity| activity.row.team == team))
        .filter_map(|(id, _)| Entry::of(view, *id))
        .collect();
    sort_by_key(&mut entries, |entry| (entry.occurrence.range.start(), entry.id));
    entries
}

/// The dates of a team that are not over, in order, and the one to do again: the last that is over, else the first to
/// come.
#[must_use]
pub fn team_dates(
    view: &View,
    team: TeamId,
    words: &'static Words,
    now: Timestamp,
) -> (Vec<TeamDate>, Option<(TeamDate, bool)>) {
    let (over, coming): (Vec<_>, Vec<_>) =
        entries(view, team).into_iter().partition(|entry| entry.occurrence.range.end() <= now);
    let is_held = |entry: &&Entry<'_>| entry.occurrence.cancelled.is_none();
    let last = over.iter().rfind(is_held).map(|entry| (TeamDate::of(entry, words, now), true));
    let again = last.or_else(|| coming.iter().find(is_held).map(|entry| (TeamDate::of(entry, words, now), false)));
    (coming.iter().map(|entry| TeamDate::of(entry, words, now)).collect(), again)
}

/// A date in the team's list; leads to who comes.
#[component]
pub fn TeamDateRow(date: TeamDate) -> impl IntoView {
    let chip = date.state.map(|(state, text)| {
        let state = match state {
            ChipStateOf::Saved => ChipState::Saved,
            ChipStateOf::Checking => ChipState::Checking,
            ChipStateOf::Cancelled => ChipState::Cancelled,
            ChipStateOf::ToSay => ChipState::Requested,
            ChipStateOf::Said => ChipState::Arrived,
        };
        view! { <StateChip state text/> }
    });
    view! {
        <a class="list-row" href=Route::Roster(date.id).href()>
            <Icon name="i-calendar"/>
            <span class="list-row-text">
                <span class="list-row-title">{date.title}</span>
                <span>
                    <Unbroken text=date.when/>
                </span>
                <span class="list-row-note">
                    <Dotted facts=date.counts/>
                </span>
                {chip}
            </span>
            <Icon name="i-next"/>
        </a>
    }
}

/// The last date, to be done again.
#[component]
pub fn AgainCard(date: TeamDate, is_over: bool, #[prop(into)] href: String) -> impl IntoView {
    let model = use_model();
    let words = model.words_untracked();
    let when = if is_over { words.team.last_time(&date.when) } else { date.when };
    view! {
        <article class="team-card">
            <h2 class="team-card-title">{date.title}</h2>
            <p class="team-card-text">
                <Dotted facts=[vec![when], date.counts].concat()/>
            </p>
            <p class="team-card-text">{words.team.again_hint}</p>
            <div class="button-row">
                <a class="button" href=href>
                    <Icon name="i-undo"/>
                    {words.team.again}
                </a>
            </div>
        </article>
    }
}
