//! The monthly three of one community: a card each, with how far it has come and the one thing to do next.

use domain::change::OccurrenceRow;
use domain::duty::{DutyCell, DutyState, decide_exemption};
use domain::id::{CommunityId, OccurrenceId, TeamId};
use domain::order::sort_by_key;
use domain::people::{Action, Facts, may};
use domain::sync::View;
use domain::words::Words;
use leptos::prelude::*;

use crate::model::use_model;
use crate::route::Route;
use crate::ui::chip::{Chip, Tone};
use crate::ui::unbroken::Dotted;

/// How a state is drawn.
#[must_use]
pub const fn tone(state: DutyState) -> Tone {
    match state {
        DutyState::Evidenced => Tone::Ok,
        DutyState::Published => Tone::Info,
        DutyState::Unreported | DutyState::Held => Tone::Warn,
        DutyState::Late => Tone::Bad,
        DutyState::NotPlanned | DutyState::Exempt | DutyState::Unknown => Tone::Neutral,
    }
}

/// The icon of a state, so that nobody needs its colour.
#[must_use]
pub const fn icon(state: DutyState) -> &'static str {
    match state {
        DutyState::Evidenced => "i-check",
        DutyState::Published => "i-calendar",
        DutyState::Unreported | DutyState::Held | DutyState::Late => "i-exclamation",
        DutyState::NotPlanned | DutyState::Unknown => "i-circle",
        DutyState::Exempt => "i-slash",
    }
}

/// What there is to do about a cell.
#[derive(Debug, Clone, PartialEq)]
struct Next {
    plan: Option<String>,
    report: Option<String>,
    can_exempt: bool,
    can_hold: bool,
}

fn next(view: &View, community: &CommunityId, cell: &DutyCell, now: domain::time::Timestamp) -> Next {
    let is_open = decide_exemption(cell.month, now).is_ok();
    let plan = matches!(cell.state, DutyState::NotPlanned | DutyState::Unreported) && is_open;
    Next {
        plan: publisher(view, community, cell).filter(|_| plan).map(|team| Route::Publish(team).href()),
        report: reportable(view, community, cell).map(|id| Route::Roster(id).href()),
        can_exempt: is_open && cell.exempt.is_none() && cell.held == 0,
        can_hold: is_open && cell.exempt.is_some(),
    }
}

/// The team that would publish it: one of the community that does such things, else any of its.
fn publisher(view: &View, community: &CommunityId, cell: &DutyCell) -> Option<TeamId> {
    let mut teams: Vec<_> = view
        .teams
        .iter()
        .filter(|(id, team)| {
            let facts = Facts { team: Some(**id), community: Some(team.community.clone()), ..Facts::default() };
            team.community == *community && may(&view.actor(), Action::PublishActivity, &facts)
        })
        .collect();
    let fits = |category| category == cell.duty.category() || domain::duty::Duty::of(category).is_some();
    sort_by_key(&mut teams, |(id, team)| (!fits(team.row.category), **id));
    teams.first().map(|(id, _)| **id)
}

/// The date to report, if this phone knows it: the last that is over.
fn reportable(view: &View, community: &CommunityId, cell: &DutyCell) -> Option<OccurrenceId> {
    let on = cell.on.filter(|_| matches!(cell.state, DutyState::Unreported | DutyState::Held))?;
    let is_it = |row: &OccurrenceRow| {
        let activity = view.activities.get(&row.activity);
        let fits = activity.is_some_and(|activity| activity.row.category == cell.duty.category());
        fits && row.cancelled.is_none() && row.range.start().date() == on
    };
    view.occurrences.iter().find(|(_, row)| row.community == *community && is_it(&row.row)).map(|(id, _)| *id)
}

fn facts(words: &'static Words, cell: &DutyCell) -> Vec<String> {
    let heads = (cell.heads > 0).then(|| words.duties.came(cell.heads));
    let why = cell.exempt.as_ref().map(|why| words.duties.why(why));
    [heads, why].into_iter().flatten().collect()
}

/// One of the three. `on_exempt` asks for a reason, `on_hold` takes the exemption back.
#[component]
pub fn DutyCard(
    community: CommunityId,
    cell: DutyCell,
    on_exempt: Callback<DutyCell>,
    on_hold: Callback<DutyCell>,
) -> impl IntoView {
    let model = use_model();
    let cell = StoredValue::new(cell);
    let next = Memo::new(move |_| cell.with_value(|cell| next(&model.view(), &community, cell, model.now())));
    move || {
        let words = model.words();
        let cell = cell.get_value();
        let Next { plan, report, can_exempt, can_hold } = next.get();
        let (to_exempt, to_hold) = (cell.clone(), cell.clone());
        view! {
            <article class="team-card">
                <h3 class="team-card-title">{words.duty(cell.duty)}</h3>
                <p>
                    <Chip text=words.duty_state(cell.state, cell.on) tone=tone(cell.state) icon=icon(cell.state)/>
                </p>
                <p class="team-card-text"><Dotted facts=facts(words, &cell)/></p>
                <div class="button-row">
                    {plan.map(|href| view! { <a class="button" data-kind="primary" href=href>{words.duties.publish}</a> })}
                    {report.map(|href| view! { <a class="button" data-kind="primary" href=href>{words.duties.report}</a> })}
                    {can_exempt.then(|| view! {
                        <button
                            type="button"
                            class="button"
                            aria-haspopup="dialog"
                            on:click=move |_| on_exempt.run(to_exempt.clone())
                        >
                            {words.duties.exempt_it}
                        </button>
                    })}
                    {can_hold.then(|| view! {
                        <button type="button" class="button" on:click=move |_| on_hold.run(to_hold.clone())>
                            {words.duties.exempt_back}
                        </button>
                    })}
                </div>
            </article>
        }
    }
}
