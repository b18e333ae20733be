//! Editing a series from one of its dates: the form, what it would do, and then the one button that does exactly that.
//!
//! What it would do only the server knows; without a network the page says so and keeps what was typed.

use domain::agenda::Entry;
use domain::change::ActivityRow;
use domain::command::{Command, EditSeries, Outcome};
use domain::editing::{DryRun, PlanHash, SeriesEdit};
use domain::id::{OccurrenceId, StreamId};
use domain::people::Action;
use domain::series::Series;
use domain::words::format;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::api;
use crate::components::fetched::{Fetched, NotHere, fetch};
use crate::components::forbidden::{Forbidden, Opening};
use crate::components::move_sheet;
use crate::components::series_form::{Draft, SeriesForm};
use crate::components::series_preview::SeriesPreview;
use crate::components::unsaved::Unsaved;
use crate::model::{Freshness, Submission, use_model};
use crate::pages::not_found::NotFoundPage;
use crate::pages::team::{Access, access};
use crate::platform;
use crate::route::Route;
use crate::ui::empty::Empty;
use crate::ui::icon::Icon;

/// `/desk/roster/:occurrence/series`
#[component]
pub fn EditSeriesPage() -> impl IntoView {
    let model = use_model();
    let params = use_params_map();
    let id = Memo::new(move |_| {
        params.with(|params| params.get("occurrence").and_then(|id| id.parse::<OccurrenceId>().ok()))
    });
    let team = Memo::new(move |_| {
        let view = model.view();
        id.get().and_then(|id| Entry::of(&view, id).map(|entry| entry.activity.team))
    });
    let access = Memo::new(move |_| match access(team.get(), Action::PublishActivity) {
        // Without the date its team is not known either.
        Access::Missing if team.get().is_none() && model.freshness() == Freshness::Loading => Access::Opening,
        access => access,
    });
    move || match (access.get(), id.get()) {
        (Access::Open, Some(id)) => view! { <OpenEdit id/> }.into_any(),
        (Access::Opening, _) => view! { <Opening/> }.into_any(),
        (Access::Forbidden, Some(id)) => view! { <Forbidden next=Route::EditSeries(id).href()/> }.into_any(),
        _ => view! { <NotFoundPage/> }.into_any(),
    }
}

/// The series of a date as it is when the page opens.
#[derive(Debug, Clone)]
struct Edited {
    id: OccurrenceId,
    activity: domain::id::ActivityId,
    row: ActivityRow,
    series: Series,
    stream: StreamId,
}

impl Edited {
    fn of(id: OccurrenceId) -> Option<Self> {
        let model = use_model();
        let view = model.view_untracked();
        let date = view.occurrences.get(&id).filter(|date| date.row.range.start() > model.now_untracked())?;
        let row = view.activities.get(&date.row.activity)?.row.clone();
        let series = row.series.as_ref()?.series()?;
        let stream = StreamId::Community(date.community.clone());
        Some(Self { id, activity: date.row.activity, row, series, stream })
    }
}

#[component]
fn OpenEdit(id: OccurrenceId) -> impl IntoView {
    let model = use_model();
    model.set_title(move || model.words().editing.title.to_owned());
    match untrack(|| Edited::of(id)) {
        Some(edited) => view! { <Editor edited/> }.into_any(),
        None => view! {
            <div class="page">
                <h1 class="page-title" tabindex="-1">{move || model.words().editing.title}</h1>
                {move || view! { <Empty icon="i-calendar" text=model.words().editing.not_now/> }}
                <a class="button" href=Route::Roster(id).href()>{move || model.words().editing.to_date}</a>
            </div>
        }
        .into_any(),
    }
}

#[component]
fn Editor(edited: Edited) -> impl IntoView {
    let model = use_model();
    let id = edited.id;
    let first = Draft::of(&edited.row, &edited.series);
    let title = edited.row.title.to_string();
    let place = RwSignal::new(move_sheet::Draft::of_venue(&edited.row.venue));
    let (draft, was) = (RwSignal::new(first.clone()), StoredValue::new(first));
    let edited = StoredValue::new(edited);
    let when = Signal::derive(move || {
        let view = model.view();
        let date = view.occurrences.get(&id).map(|date| date.row.range.start().date());
        date.map_or_else(String::new, |date| format::date(model.language(), date, model.today()))
    });
    let problem = RwSignal::new(None::<String>);
    let asked = RwSignal::new(None::<SeriesEdit>);
    let (found, turn) = (RwSignal::new(Fetched::<DryRun>::Coming), StoredValue::new(0));
    let last = RwSignal::new(None::<Submission>);
    let look = move || {
        let Some(edit) = asked.get_untracked() else { return };
        found.set(Fetched::Coming);
        fetch(found, turn, async move { api::series_plan(&edit).await });
    };
    let ask = move |_| {
        let words = model.words_untracked();
        if model.is_offline() {
            problem.set(Some(words.editing.needs_network.to_owned()));
            return;
        }
        let view = model.view_untracked();
        let wish = edited.with_value(|edited| {
            let (ids, now_is) = ((edited.activity, edited.id), (&edited.row, &edited.series));
            draft.read_untracked().edit(ids, now_is, &place.read_untracked(), (&view, words))
        });
        match wish {
            Ok(edit) => {
                problem.set(None);
                last.set(None);
                asked.set(Some(edit));
                look();
                platform::start_timer(0, || platform::focus("series-preview"));
            }
            Err(text) => problem.set(Some(text)),
        }
    };
    let confirm = Callback::new(move |plan: PlanHash| {
        let Some(edit) = asked.get_untracked() else { return };
        let stream = edited.with_value(|edited| edited.stream.clone());
        last.set(Some(model.submit(stream, Command::EditSeries(EditSeries { edit, plan }), None)));
        model.announce(model.words_untracked().editing.done);
    });
    let back = Callback::new(move |()| {
        asked.set(None);
        last.set(None);
    });
    let again = Callback::new(move |()| {
        if let Some(submission) = last.get_untracked() {
            model.dismiss(submission.id);
        }
        last.set(None);
        look();
    });
    let is_form = Memo::new(move |_| asked.read().is_none());
    view! {
        <div class="page">
            <h1 class="page-title" tabindex="-1">{move || model.words().editing.title}</h1>
            <p class="page-sub">{title}</p>
            <div class="stack" hidden=move || !is_form.get()>
                <p class="quiet">{move || model.words().editing.this_one_help}</p>
                <SeriesForm draft place first=when was/>
                <p class="field-error" role="alert" hidden=move || problem.read().is_none()>
                    <Icon name="i-exclamation"/>
                    {move || problem.get()}
                </p>
                <div class="action-bar">
                    <button type="button" class="button" data-kind="primary" on:click=ask>
                        {move || model.words().editing.look}
                    </button>
                </div>
            </div>
            {move || (!is_form.get()).then(|| view! {
                <section class="section" aria-labelledby="series-preview">
                    <h2 class="section-title" id="series-preview" tabindex="-1">{model.words().editing.preview}</h2>
                    <Looked id found last on_confirm=confirm on_back=back on_again=again/>
                </section>
            })}
            <Unsaved last/>
        </div>
    }
}

/// The plan, what became of it, and what to do next.
#[component]
fn Looked(
    id: OccurrenceId,
    found: RwSignal<Fetched<DryRun>>,
    last: RwSignal<Option<Submission>>,
    on_confirm: Callback<PlanHash>,
    on_back: Callback<()>,
    on_again: Callback<()>,
) -> impl IntoView {
    let model = use_model();
    let outcome = Memo::new(move |_| {
        let submission = last.get()?;
        Some(model.outcome(submission.id).map(|settled| settled.outcome))
    });
    let to_form = move || {
        view! {
            <button type="button" class="button" on:click=move |_| on_back.run(())>{model.words().editing.back}</button>
        }
    };
    move || {
        let words = model.words();
        match outcome.get() {
            Some(Some(Outcome::Refused { refusal, .. })) => view! {
                <Said tone="bad" icon="i-exclamation" text=words.refusal(&refusal)/>
                <div class="button-row">
                    <button type="button" class="button" data-kind="primary" on:click=move |_| on_again.run(())>
                        {words.editing.look_again}
                    </button>
                    {to_form()}
                </div>
            }
            .into_any(),
            Some(Some(_)) => view! {
                <Said tone="ok" icon="i-check" text=words.editing.is_done.to_owned()/>
                <div class="button-row">
                    <a class="button" data-kind="primary" href=Route::Roster(id).href()>{words.editing.to_date}</a>
                </div>
            }
            .into_any(),
            Some(None) => view! { <Said tone="info" icon="i-dots" text=words.editing.done.to_owned()/> }.into_any(),
            None => match found.get() {
                Fetched::Here(DryRun::Planned { hash, plan }) => {
                    let can_confirm = !plan.is_nothing();
                    view! {
                        <SeriesPreview plan/>
                        <div class="action-bar">
                            {can_confirm.then(|| view! {
                                <button type="button" class="button" data-kind="primary" on:click=move |_| on_confirm.run(hash)>
                                    {words.editing.confirm}
                                </button>
                            })}
                            {to_form()}
                        </div>
                    }
                    .into_any()
                }
                Fetched::Here(DryRun::Refused { refusal }) => view! {
                    <Said tone="bad" icon="i-exclamation" text=words.refusal(&refusal)/>
                    <div class="button-row">{to_form()}</div>
                }
                .into_any(),
                Fetched::Absent(_) if model.is_offline() => view! {
                    <Said tone="warn" icon="i-offline" text=words.editing.needs_network.to_owned()/>
                    <div class="button-row">{to_form()}</div>
                }
                .into_any(),
                Fetched::Coming | Fetched::Absent(_) => view! {
                    <NotHere error=Signal::derive(move || found.read().error()) on_retry=on_again/>
                    <div class="button-row">{to_form()}</div>
                }
                .into_any(),
            },
        }
    }
}

#[component]
fn Said(tone: &'static str, icon: &'static str, text: String) -> impl IntoView {
    view! {
        <section class="notice" data-tone=tone role="status">
            <Icon name=icon/>
            <div class="notice-body"><p>{text}</p></div>
        </section>
    }
}
