//! What a team does again and again: the rule, how far its dates are out, and pausing it.

use domain::command::{Command, PauseSeries, ResumeSeries};
use domain::id::{ActivityId, OccurrenceId, StreamId, TeamId};
use domain::order::sort_by_key;
use domain::series::{FIRST_WITHIN_DAYS, horizon};
use domain::sync::{Delivery, View};
use domain::time::Timestamp;
use domain::words::{Words, format};
use leptos::prelude::*;

use crate::model::{Submission, use_model};
use crate::route::Route;
use crate::ui::chip::{ChipState, StateChip};
use crate::ui::icon::Icon;
use crate::ui::sheet::Sheet;
use crate::ui::unbroken::Dotted;

/// A series, as its card draws it.
#[derive(Debug, Clone, PartialEq)]
struct TeamSeries {
    id: ActivityId,
    title: String,
    facts: Vec<String>,
    is_paused: bool,
    /// Whether its last dates are out, so that there is nothing to pause.
    is_out: bool,
    next: Option<OccurrenceId>,
    delivery: Option<Delivery>,
}

/// The series of a team, by name.
fn team_series(view: &View, team: TeamId, words: &'static Words, now: Timestamp) -> Vec<TeamSeries> {
    let today = now.date();
    let mut all: Vec<TeamSeries> = view
        .activities
        .iter()
        .filter(|(_, activity)| activity.row.team == team)
        .filter_map(|(id, activity)| {
            let series = activity.row.series.as_ref()?;
            let dates = || view.occurrences.iter().filter(|(_, date)| date.row.activity == *id);
            let last = dates().map(|(_, date)| date.row.range.start().date()).max();
            let rule = series.series();
            let to_come = rule.as_ref().is_none_or(|rule| !rule.coming(now, 1).is_empty());
            // One that was edited goes on as another, and one that has ended is over.
            if !to_come && last.is_none_or(|last| last < now.date()) {
                return None;
            }
            let is_out = rule.as_ref().is_some_and(|rule| {
                let until = horizon(now);
                rule.dates(until, until.date().plus_days(FIRST_WITHIN_DAYS).start()).is_empty()
            });
            let coming = dates().filter(|(_, date)| date.row.range.start() > now);
            let next = coming.min_by_key(|(_, date)| date.row.range.start()).map(|(date, _)| *date);
            let out = match last {
                _ if series.is_paused => Some(words.series.paused.to_owned()),
                Some(last) => Some(words.series.next_dates(format::date(words.language, last, today))),
                None => None,
            };
            let rule = rule.map(|series| words.rule(&series));
            Some(TeamSeries {
                id: *id,
                title: activity.row.title.to_string(),
                facts: [rule, out].into_iter().flatten().collect(),
                is_paused: series.is_paused,
                is_out,
                next,
                delivery: view.deliveries.get(&id.uuid()).copied(),
            })
        })
        .collect();
    sort_by_key(&mut all, |series| (series.title.clone(), series.id));
    all
}

/// The section; nothing as long as there is no series.
#[component]
pub fn TeamSeriesList(id: TeamId, last: RwSignal<Option<Submission>>) -> impl IntoView {
    let model = use_model();
    let all = Memo::new(move |_| team_series(&model.view(), id, model.words(), model.now()));
    let asked = RwSignal::new(None::<(ActivityId, String)>);
    let open = RwSignal::new(false);
    let submit = move |command: Command| {
        let view = model.view_untracked();
        if let Some(team) = view.teams.get(&id) {
            last.set(Some(model.submit(StreamId::Community(team.community.clone()), command, None)));
        }
    };
    let confirm = move |_| {
        open.set(false);
        if let Some((activity, _)) = asked.get_untracked() {
            submit(Command::PauseSeries(PauseSeries { activity }));
        }
    };
    let row = move |series: TeamSeries| {
        let words = model.words();
        let (activity, title) = (series.id, series.title.clone());
        let series_title = series.title.clone();
        let button = if series.is_paused {
            let label = words.series.resume_of(&series.title);
            let resume = move |_| submit(Command::ResumeSeries(ResumeSeries { activity }));
            view! {
                <button type="button" class="button" aria-label=label on:click=resume>{words.series.resume}</button>
            }
            .into_any()
        } else if series.is_out {
            ().into_any()
        } else {
            let label = words.series.pause_of(&series.title);
            let ask = move |_| {
                asked.set(Some((activity, title.clone())));
                open.set(true);
            };
            view! {
                <button type="button" class="button" aria-label=label on:click=ask>{words.series.pause}</button>
            }
            .into_any()
        };
        let chip = series.delivery.map(|delivery| {
            let (state, text) = match delivery {
                Delivery::Saved => (ChipState::Saved, words.states.saved_not_sent),
                Delivery::Checking => (ChipState::Checking, words.states.checking),
            };
            view! { <StateChip state text/> }
        });
        view! {
            <li class="list-row">
                <Icon name="i-calendar"/>
                <span class="list-row-text">
                    <span class="list-row-title">{series.title}</span>
                    <span class="list-row-note">
                        <Dotted facts=series.facts/>
                    </span>
                    {chip}
                    {series.next.map(|next| {
                        let label = words.editing.open_of(&series_title);
                        view! {
                            <span>
                                <a class="link-button" aria-label=label href=Route::EditSeries(next).href()>
                                    {words.editing.open}
                                </a>
                            </span>
                        }
                    })}
                </span>
                {button}
            </li>
        }
    };
    let foot = move || {
        let words = model.words();
        view! {
            <button type="button" class="button" data-kind="primary" on:click=move |_| open.set(false)>
                {words.series.pause_keep}
            </button>
            <button type="button" class="button" on:click=confirm>{words.series.pause_confirm}</button>
        }
    };
    let title = Signal::derive(move || {
        let what = asked.get().map(|(_, title)| title).unwrap_or_default();
        model.words().series.pause_title(what)
    });
    view! {
        <Show when=move || !all.read().is_empty()>
            <section class="section" aria-labelledby="team-series">
                <h2 class="section-title" id="team-series">{move || model.words().series.series}</h2>
                <ul class="list">{move || all.get().into_iter().map(row).collect_view()}</ul>
            </section>
        </Show>
        <Sheet open title says_keep=true foot>
            <p>{move || model.words().series.pause_note}</p>
        </Sheet>
    }
}
