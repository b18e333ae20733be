//! Publishing an activity: one form, each part already filled as far as it can be, kept on the phone while it is typed.
//!
//! `?again=<occurrence>` fills it from a date of before, `?from=<command>` from a publication that was refused.

use domain::command::Command;
use domain::id::{CommandId, OccurrenceId, StreamId, TeamId};
use domain::people::Action;
use domain::words::format;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};

use crate::components::forbidden::{Forbidden, Opening};
use crate::components::publish_draft::{Draft, Problems};
use crate::components::publish_form::PublishForm;
use crate::components::refusals_here::command_of;
use crate::components::unsaved::Unsaved;
use crate::model::{Saved, Submission, use_model};
use crate::pages::not_found::NotFoundPage;
use crate::pages::team::{Access, access};
use crate::platform;
use crate::route::Route;
use crate::storage::guest;

/// `/desk/team/:team/publish?again=&from=`
#[component]
pub fn PublishPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("team").and_then(|id| id.parse::<TeamId>().ok())));
    let access = Memo::new(move |_| access(id.get(), Action::PublishActivity));
    move || match (access.get(), id.get()) {
        (Access::Open, Some(id)) => view! { <OpenForm id/> }.into_any(),
        (Access::Opening, _) => view! { <Opening/> }.into_any(),
        (Access::Forbidden, Some(id)) => view! { <Forbidden next=Route::Publish(id).href()/> }.into_any(),
        _ => view! { <NotFoundPage/> }.into_any(),
    }
}

/// Where a team's draft rests on this phone.
fn draft_key(team: TeamId) -> String {
    ["lifehub.draft.", &team.to_string()].concat()
}

/// What the form starts from, and a line that says where that came from.
fn first_draft(team: TeamId, again: Option<OccurrenceId>, from: Option<CommandId>) -> (Draft, Option<String>) {
    let model = use_model();
    let (view, words) = (model.view_untracked(), model.words_untracked());
    let today = model.today_untracked();
    let refused = from.and_then(|id| model.outcome(id)).and_then(|settled| command_of(&settled));
    if let Some(Command::PublishActivity(command)) = refused {
        return (Draft::of(&command), None);
    }
    let last = again.and_then(|id| view.occurrences.get(&id));
    if let Some(last) = last
        && let Some(draft) = Draft::again(&view, &last.row, model.now_untracked())
    {
        let when = format::day(words.language, last.row.range.start().date(), today);
        return (draft, Some(words.publish.copied_from(when)));
    }
    let kept = guest::read(&draft_key(team)).and_then(|kept| domain::json::read::<Draft>(&kept));
    if let Some(kept) = kept {
        return (kept, Some(words.publish.draft_restored.to_owned()));
    }
    (view.teams.get(&team).map(|team| Draft::new(&team.row)).unwrap_or_default(), None)
}

#[component]
fn OpenForm(id: TeamId) -> impl IntoView {
    let query = use_query_map();
    let navigate = use_navigate();

    let model = use_model();
    model.set_title(move || model.words().publish.title.to_owned());
    let (again, from) = query.with_untracked(|query| {
        let again = query.get("again").and_then(|id| id.parse().ok());
        (again, query.get("from").and_then(|id| id.parse().ok()))
    });
    let (first, origin) = untrack(|| first_draft(id, again, from));
    let draft = RwSignal::new(first.clone());
    let origin = RwSignal::new(origin);
    let was_tried = RwSignal::new(false);
    let last = RwSignal::new(None::<(Submission, Option<CommandId>)>);
    let parsed = Memo::new(move |_| draft.read().parse(id, &model.view(), model.words(), model.now()));
    let problems =
        Signal::derive(move || if was_tried.get() { parsed.get().err().unwrap_or_default() } else { Problems::new() });
    let preview = move || preview(&draft.read());

    // Each change is kept on the phone; an untouched form is none.
    Effect::new(move |_| {
        let draft = draft.get();
        if draft != first
            && let Ok(json) = serde_json::to_string(&draft)
        {
            guest::write(&draft_key(id), &json);
        }
    });
    // Once it rests in the outbox the draft has done its work, and the team's page shows what came of it.
    Effect::new(move |_| {
        if let Some((submission, refused)) = last.get()
            && submission.saved.get() == Saved::OnPhone
        {
            guest::forget(&draft_key(id));
            if let Some(refused) = refused {
                model.dismiss(refused);
            }
            let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
            navigate(&Route::Team(id).href(), options);
        }
    });
    let publish = move |_| match parsed.get_untracked() {
        Ok(command) => {
            let stream = team_stream(id);
            if let Some(stream) = stream {
                let is_series = command.schedule.series().is_some();
                last.set(Some((model.submit(stream, Command::PublishActivity(command), None), from)));
                let words = model.words_untracked();
                model.announce(if is_series { words.series.published } else { words.publish.published });
            }
        }
        Err(problems) => {
            was_tried.set(true);
            if let Some((field, _)) = problems.first() {
                let field = *field;
                // Once the sentence is drawn, so that it is on screen and read out along with the field.
                platform::start_timer(0, move || platform::focus(field.id()));
            }
        }
    };
    let start_over = move |_| {
        guest::forget(&draft_key(id));
        let team = model.view_untracked().teams.get(&id).map(|team| Draft::new(&team.row));
        draft.set(team.unwrap_or_default());
        origin.set(None);
        was_tried.set(false);
    };

    view! {
        <div class="page">
            <h1 class="page-title" tabindex="-1">{move || model.words().publish.title}</h1>
            {move || {
                origin
                    .get()
                    .map(|origin| {
                        view! {
                            <div class="row" data-between="">
                                <p class="quiet">{origin}</p>
                                <button type="button" class="link-button" on:click=start_over>
                                    {model.words().publish.start_over}
                                </button>
                            </div>
                        }
                    })
            }}
            <PublishForm draft problems/>
            <Unsaved last=Signal::derive(move || last.get().map(|(submission, _)| submission))/>
            <div class="action-bar">
                <p class="action-bar-note publish-preview" role="status">{preview}</p>
                {move || {
                    let count = problems.read().len();
                    (count > 0)
                        .then(|| view! { <p class="action-bar-note">{model.words().publish.to_fix(count)}</p> })
                }}
                {move || {
                    model
                        .is_offline()
                        .then(|| view! { <p class="action-bar-note">{model.words().publish.offline}</p> })
                }}
                <button type="button" class="button" data-kind="primary" on:click=publish>
                    {move || model.words().publish.publish}
                </button>
            </div>
        </div>
    }
}

fn team_stream(team: TeamId) -> Option<StreamId> {
    let view = use_model().view_untracked();
    view.teams.get(&team).map(|team| StreamId::Community(team.community.clone()))
}

/// 周三 晚上7:00 板闸社区二楼 · 30人, as far as it is known.
fn preview(draft: &Draft) -> String {
    let model = use_model();
    let (view, words) = (model.view(), model.words());
    let dates = draft.dates(model.now());
    let place = draft.place_name(&view);
    if place.is_empty() {
        return String::new();
    }
    let when = match (draft.schedule().and_then(|schedule| schedule.series()), dates.first()) {
        (Some(series), _) => words.rule(&series),
        (None, Some(first)) => format::when(words.language, *first, model.today()),
        (None, None) => return String::new(),
    };
    let people = match (draft.has_sign_up, draft.capacity.trim()) {
        (false, _) => words.publish.walk_in.to_owned(),
        (true, "") => words.publish.no_limit.to_owned(),
        (true, n) => words.publish.people_max(n),
    };
    words.publish.preview(when, place, people)
}
