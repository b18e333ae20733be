//! A team: its next dates with how many come, the last ones with how they went, publishing, and doing the last one again.

use domain::command::Command;
use domain::id::{CommandId, TeamId};
use domain::people::{Action, Facts, may};
use domain::sync::View;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::components::forbidden::{Forbidden, Opening};
use crate::components::refusal_notice::RefusalNotice;
use crate::components::refusals_here::command_of;
use crate::components::team_dates::{AgainCard, TeamDateRow, past_dates, team_dates};
use crate::components::team_series::TeamSeriesList;
use crate::components::unsaved::Unsaved;
use crate::model::{Freshness, Session, use_model};
use crate::pages::not_found::NotFoundPage;
use crate::route::{Route, with_query};
use crate::ui::empty::Empty;

/// How many dates stand there at first, and how many more come at a tap.
const FIRST_DATES: usize = 8;
const MORE_DATES: usize = 24;

/// What a page of a team may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It is not known yet.
    Opening,
    /// There is no such team.
    Missing,
    /// Not for this person.
    Forbidden,
    /// It is theirs.
    Open,
}

/// Whether this person may take `action` for a team.
#[must_use]
pub fn access(team: Option<TeamId>, action: Action) -> Access {
    let model = use_model();
    let session = model.session();
    if session == Session::Guest {
        return Access::Forbidden;
    }
    let view = model.view();
    let known = team.and_then(|id| view.teams.get(&id).map(|team| (id, team)));
    let has_profile = view.profile.is_some();
    match known {
        _ if session == Session::Unknown || !has_profile => Access::Opening,
        Some((id, team)) if may_for(&view, id, team.community.clone(), action) => Access::Open,
        Some(_) => Access::Forbidden,
        None if model.freshness() == Freshness::Loading => Access::Opening,
        None => Access::Missing,
    }
}

fn may_for(view: &View, team: TeamId, community: domain::id::CommunityId, action: Action) -> bool {
    let facts = Facts { team: Some(team), community: Some(community), ..Facts::default() };
    may(&view.actor(), action, &facts)
}

/// `/desk/team/:team`
#[component]
pub fn TeamPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("team").and_then(|id| id.parse::<TeamId>().ok())));
    let access = Memo::new(move |_| access(id.get(), Action::PublishActivity));
    move || match (access.get(), id.get()) {
        (Access::Open, Some(id)) => view! { <OpenTeam id/> }.into_any(),
        (Access::Opening, _) => view! { <Opening/> }.into_any(),
        (Access::Forbidden, Some(id)) => view! { <Forbidden next=Route::Team(id).href()/> }.into_any(),
        _ => view! { <NotFoundPage/> }.into_any(),
    }
}

#[component]
fn OpenTeam(id: TeamId) -> impl IntoView {
    let model = use_model();
    let name =
        Memo::new(move |_| model.view().teams.get(&id).map_or_else(String::new, |team| team.row.name.to_string()));
    model.set_title(move || name.get());
    let shown = RwSignal::new(FIRST_DATES);
    let last = RwSignal::new(None);
    let dates = Memo::new(move |_| team_dates(&model.view(), id, model.words(), model.now()));
    let past = Memo::new(move |_| past_dates(&model.view(), id, model.words(), model.now()));
    let refused = Memo::new(move |_| {
        let view = model.view();
        let is_of = |activity: &domain::id::ActivityId| {
            view.activities.get(activity).is_some_and(|activity| activity.row.team == id)
        };
        let is_ours = |command: &Command| match command {
            Command::PublishActivity(publish) => publish.team == id,
            Command::PauseSeries(pause) => is_of(&pause.activity),
            Command::ResumeSeries(resume) => is_of(&resume.activity),
            Command::EditSeries(edit) => is_of(&edit.edit.activity),
            _ => false,
        };
        let mut refused = model.refused();
        refused.retain(|settled| command_of(settled).as_ref().is_some_and(is_ours));
        refused
    });
    let publish = Route::Publish(id).href();
    let change = {
        let publish = publish.clone();
        move |command: CommandId| with_query(&publish, &[("from", &command.to_string())])
    };
    let again = {
        let publish = publish.clone();
        move |date: domain::id::OccurrenceId| with_query(&publish, &[("again", &date.to_string())])
    };
    view! {
        <div class="page">
            <h1 class="page-title" tabindex="-1">{move || name.get()}</h1>
            {move || {
                refused
                    .get()
                    .into_iter()
                    .map(|settled| {
                        let is_publication = matches!(command_of(&settled), Some(Command::PublishActivity(_)));
                        let href = is_publication.then(|| change(settled.id));
                        view! {
                            <RefusalNotice settled on_choose=Callback::new(|_| ())/>
                            {href.map(|href| view! { <a class="button" href=href>{model.words().team.edit_again}</a> })}
                        }
                    })
                    .collect_view()
            }}
            {move || {
                dates
                    .get()
                    .1
                    .map(|(date, is_over)| {
                        let href = again(date.id);
                        view! { <AgainCard date is_over href/> }
                    })
            }}
            <section class="section" aria-labelledby="team-dates">
                <h2 class="section-title" id="team-dates">{move || model.words().team.coming}</h2>
                {move || {
                    let coming = dates.get().0;
                    if coming.is_empty() {
                        return view! { <Empty icon="i-calendar" text=model.words().team.no_dates/> }.into_any();
                    }
                    let has_more = coming.len() > shown.get();
                    let coming = coming.into_iter().take(shown.get());
                    let rows = coming.map(|date| view! { <li><TeamDateRow date/></li> }).collect_view();
                    let more = has_more.then(|| view! {
                        <button type="button" class="button" on:click=move |_| shown.update(|shown| *shown += MORE_DATES)>
                            {model.words().list.later}
                        </button>
                    });
                    view! {
                        <ul class="list">{rows}</ul>
                        {more}
                    }.into_any()
                }}
            </section>
            {move || (!past.read().is_empty()).then(|| view! {
                <section class="section" aria-labelledby="team-past">
                    <h2 class="section-title" id="team-past">{model.words().closing.past}</h2>
                    <ul class="list">
                        {past.get().into_iter().map(|date| view! { <li><TeamDateRow date/></li> }).collect_view()}
                    </ul>
                </section>
            })}
            <TeamSeriesList id last/>
            <Unsaved last/>
            <div class="action-bar">
                <a class="button" data-kind="primary" href=publish>{move || model.words().team.publish}</a>
            </div>
        </div>
    }
}
