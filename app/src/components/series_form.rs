//! What a team changes of a series: which dates, what they are called, when, where, how many, who. Strings until they parse.

use domain::activity::{Audience, SignUpPolicy};
use domain::change::ActivityRow;
use domain::editing::{Leftover, SeriesEdit};
use domain::id::{ActivityId, OccurrenceId};
use domain::recurrence::{Pattern, Slots, Weekdays};
use domain::series::Series;
use domain::sync::View;
use domain::text::TextProblem;
use domain::time::{MinuteOfDay, Weekday};
use domain::words::{Words, format};
use leptos::prelude::*;

use super::move_sheet::{self, MovePlace};
use super::publish_draft::LENGTHS;
use super::publish_form::{Choice, Toggle};
use crate::model::use_model;
use crate::ui::icon::Icon;

/// The form as typed.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Whether it is about all dates to come, and not only those from one on.
    pub is_all: bool,
    /// The title.
    pub title: String,
    /// More about it.
    pub about: String,
    /// The times of a day, in order.
    pub times: Vec<String>,
    /// How long, in minutes.
    pub minutes: u16,
    /// The weekdays, where the rule goes by weeks.
    pub weekdays: Option<Vec<u8>>,
    /// How many; empty for no limit. None where nobody signs up.
    pub capacity: Option<String>,
    /// Whether the places are drawn, which takes a number of them.
    pub is_drawn: bool,
    /// Who may come.
    pub audience: Audience,
    /// What becomes of dates that fall away.
    pub leftover: Leftover,
    /// Why.
    pub reason: String,
}

fn weekdays_of(series: &Series) -> Option<Vec<u8>> {
    let Pattern::Weekly { weekdays, .. } = &series.rule.pattern else { return None };
    Some(weekdays.map_or_else(|| vec![series.on.weekday().index()], |set| set.iter().map(Weekday::index).collect()))
}

impl Draft {
    /// The series as it is.
    #[must_use]
    pub fn of(activity: &ActivityRow, series: &Series) -> Self {
        let times = match series.rule.slots.times() {
            [] => vec![series.at.to_string()],
            times => times.iter().map(ToString::to_string).collect(),
        };
        Self {
            is_all: false,
            title: activity.title.to_string(),
            about: activity.about.as_ref().map(ToString::to_string).unwrap_or_default(),
            times,
            minutes: series.minutes,
            weekdays: weekdays_of(series),
            capacity: match activity.policy {
                SignUpPolicy::WalkIn => None,
                SignUpPolicy::PerOccurrence { capacity, .. } => {
                    Some(capacity.map(|n| n.to_string()).unwrap_or_default())
                }
            },
            is_drawn: activity.policy.draws_minutes_before().is_some(),
            audience: activity.audience,
            leftover: Leftover::Keep,
            reason: String::new(),
        }
    }

    /// Whether a number of places is missing.
    fn needs_capacity(&self) -> bool {
        self.is_drawn && self.capacity.as_deref().is_none_or(|typed| typed.trim().is_empty())
    }

    /// The edit, or what is not right.
    ///
    /// # Errors
    /// A sentence.
    pub fn edit(
        &self,
        (id, from): (ActivityId, OccurrenceId),
        (activity, series): (&ActivityRow, &Series),
        place: &move_sheet::Draft,
        (view, words): (&View, &'static Words),
    ) -> Result<SeriesEdit, String> {
        let title = self.title.parse().map_err(|problem| match problem {
            TextProblem::Empty => words.publish.name_first.to_owned(),
            problem => words.text_problem(problem),
        })?;
        let about = match self.about.trim() {
            "" => None,
            typed => Some(typed.parse().map_err(|problem| words.text_problem(problem))?),
        };
        let reason = match self.reason.trim() {
            "" => None,
            typed => Some(typed.parse().map_err(|problem| words.text_problem(problem))?),
        };
        let capacity = match self.capacity.as_deref().map(str::trim) {
            None | Some("") if self.needs_capacity() => return Err(words.draws.needs_capacity.to_owned()),
            None | Some("") => None,
            Some(typed) => {
                let number = typed.parse::<u16>().ok().filter(|n| *n > 0);
                Some(number.ok_or_else(|| words.publish.capacity_first.to_owned())?)
            }
        };
        let times = self.times.iter().map(|time| time.parse()).collect::<Result<Vec<MinuteOfDay>, _>>();
        let times = times.map_err(|_| words.publish.time_first.to_owned())?;
        let (mut at, mut rule) = (series.at, series.rule.clone());
        if rule.slots.times().is_empty() {
            at = times.first().copied().unwrap_or(at);
        } else {
            rule.slots = Slots::new(times).ok_or_else(|| words.series.times_wrong.to_owned())?;
        }
        // A rule that says nothing of weekdays means the first day's, and goes on saying nothing.
        if let (Pattern::Weekly { weekdays, .. }, Some(chosen)) = (&mut rule.pattern, &self.weekdays)
            && weekdays_of(series).as_ref() != Some(chosen)
        {
            let chosen = Weekday::ALL.into_iter().filter(|weekday| chosen.contains(&weekday.index()));
            *weekdays = Some(Weekdays::new(chosen).ok_or_else(|| words.series.days_first.to_owned())?);
        }
        let venue = place.venue(&activity.venue, view).ok_or_else(|| words.publish.place_first.to_owned())?;
        Ok(SeriesEdit {
            activity: id,
            from: (!self.is_all).then_some(from),
            title,
            about,
            audience: self.audience,
            venue: venue.unwrap_or_else(|| activity.venue.clone()),
            capacity,
            at,
            minutes: self.minutes,
            rule,
            leftover: self.leftover,
            reason,
        })
    }
}

/// The form; `first` is the date from which on, as people say it, `was` what the series is now.
#[component]
pub fn SeriesForm(
    draft: RwSignal<Draft>,
    place: RwSignal<move_sheet::Draft>,
    first: Signal<String>,
    was: StoredValue<Draft>,
) -> impl IntoView {
    let model = use_model();
    let set_all = move |is_all| Callback::new(move |()| draft.update(|draft| draft.is_all = is_all));
    let has_other_days = Memo::new(move |_| was.with_value(|was| was.weekdays != draft.read().weekdays));
    let set_leftover = move |leftover| Callback::new(move |()| draft.update(|draft| draft.leftover = leftover));
    view! {
        <form class="publish-form" on:submit=|event| event.prevent_default() novalidate=true>
            <fieldset class="field-set">
                <legend class="field-label">{move || model.words().editing.which}</legend>
                <div class="choice-chips">
                    <Choice
                        name="which"
                        text=Signal::derive(move || model.words().editing.following(first.get()))
                        is_chosen=Signal::derive(move || !draft.read().is_all)
                        on_choose=set_all(false)
                    />
                    <Choice
                        name="which"
                        text=Signal::derive(move || model.words().editing.all.to_owned())
                        is_chosen=Signal::derive(move || draft.read().is_all)
                        on_choose=set_all(true)
                    />
                </div>
            </fieldset>
            <Line
                id="series-title"
                label=Signal::derive(move || model.words().publish.name)
                value=Signal::derive(move || draft.read().title.clone())
                on_input=Callback::new(move |text| draft.update(|draft| draft.title = text))
            />
            <Days draft/>
            <Times draft/>
            <MovePlace draft=place/>
            {move || draft.read().capacity.is_some().then(|| view! {
                <Line
                    id="series-capacity"
                    is_number=true
                    label=Signal::derive(move || model.words().editing.places)
                    problem=Signal::derive(move || {
                        draft.read().needs_capacity().then(|| model.words().draws.needs_capacity)
                    })
                    value=Signal::derive(move || draft.read().capacity.clone().unwrap_or_default())
                    on_input=Callback::new(move |text| draft.update(|draft| draft.capacity = Some(text)))
                />
            })}
            <Who draft/>
            <div class="field">
                <label class="field-label" for="series-about">{move || model.words().publish.about}</label>
                <textarea
                    class="input"
                    id="series-about"
                    prop:value=move || draft.read().about.clone()
                    on:input=move |event| draft.update(|draft| draft.about = event_target_value(&event))
                ></textarea>
            </div>
            <fieldset class="field-set" hidden=move || !has_other_days.get()>
                <legend class="field-label">{move || model.words().editing.leftover}</legend>
                <div class="choice-chips">
                    <Choice
                        name="leftover"
                        text=Signal::derive(move || model.words().editing.keep.to_owned())
                        is_chosen=Signal::derive(move || draft.read().leftover == Leftover::Keep)
                        on_choose=set_leftover(Leftover::Keep)
                    />
                    <Choice
                        name="leftover"
                        text=Signal::derive(move || model.words().editing.call_off.to_owned())
                        is_chosen=Signal::derive(move || draft.read().leftover == Leftover::CallOff)
                        on_choose=set_leftover(Leftover::CallOff)
                    />
                </div>
            </fieldset>
            <div hidden=move || {
                let is_limited = was.with_value(|was| was.capacity != draft.read().capacity);
                !has_other_days.get() && !is_limited
            }>
                <Line
                    id="series-reason"
                    label=Signal::derive(move || model.words().editing.reason)
                    value=Signal::derive(move || draft.read().reason.clone())
                    on_input=Callback::new(move |text| draft.update(|draft| draft.reason = text))
                />
            </div>
        </form>
    }
}

/// One line of text with its label, and under it what is wrong with it.
#[component]
fn Line(
    id: &'static str,
    #[prop(optional)] is_number: bool,
    label: Signal<&'static str>,
    #[prop(optional)] problem: Signal<Option<&'static str>>,
    value: Signal<String>,
    on_input: Callback<String>,
) -> impl IntoView {
    let problem_id = [id, "-problem"].concat();
    view! {
        <div class="field">
            <label class="field-label" for=id>{move || label.get()}</label>
            <input
                class="input"
                id=id
                type="text"
                inputmode=is_number.then_some("numeric")
                autocomplete="off"
                aria-describedby=problem_id.clone()
                aria-invalid=move || problem.get().map(|_| "true")
                prop:value=move || value.get()
                on:input=move |event| on_input.run(event_target_value(&event))
            />
            <p class="field-error" id=problem_id hidden=move || problem.get().is_none()>
                <Icon name="i-exclamation"/>
                {move || problem.get()}
            </p>
        </div>
    }
}

/// On which weekdays, where the rule goes by weeks.
#[component]
fn Days(draft: RwSignal<Draft>) -> impl IntoView {
    let model = use_model();
    let has_days = Memo::new(move |_| draft.read().weekdays.is_some());
    let toggle = move |index: u8| {
        draft.update(|draft| {
            if let Some(days) = &mut draft.weekdays {
                match days.iter().position(|day| *day == index) {
                    Some(at) => drop(days.remove(at)),
                    None => days.insert(days.partition_point(|day| *day < index), index),
                }
            }
        });
    };
    move || {
        has_days.get().then(|| {
            let chips = Weekday::ALL
                .into_iter()
                .map(|weekday| {
                    let index = weekday.index();
                    view! {
                        <Toggle
                            text=Signal::derive(move || format::weekday(model.language(), weekday).to_owned())
                            is_chosen=Signal::derive(move || {
                                draft.read().weekdays.as_ref().is_some_and(|days| days.contains(&index))
                            })
                            on_toggle=Callback::new(move |()| toggle(index))
                        />
                    }
                })
                .collect_view();
            view! {
                <fieldset class="field-set">
                    <legend class="field-label">{model.words().series.which_days}</legend>
                    <div class="choice-chips">{chips}</div>
                </fieldset>
            }
        })
    }
}

/// The times of a day, and how long.
#[component]
fn Times(draft: RwSignal<Draft>) -> impl IntoView {
    let model = use_model();
    let count = draft.with_untracked(|draft| draft.times.len());
    let time = move |place: usize| {
        let id = ["series-time-", &place.to_string()].concat();
        let label = move || {
            let words = model.words();
            if count == 1 { words.publish.time.to_owned() } else { words.series.extra_time(place + 1) }
        };
        view! {
            <div class="field">
                <label class="field-label" for=id.clone()>{label}</label>
                <input
                    class="input"
                    id=id
                    type="time"
                    step="300"
                    prop:value=move || draft.read().times[place].clone()
                    on:input=move |event| draft.update(|draft| draft.times[place] = event_target_value(&event))
                />
            </div>
        }
    };
    let options = move || {
        let chosen = draft.read().minutes;
        let others = (!LENGTHS.contains(&chosen)).then_some(chosen);
        let option = move |minutes: u16| {
            let text = format::duration(model.language(), minutes.into());
            view! { <option value=minutes.to_string() selected=minutes == chosen>{text}</option> }
        };
        LENGTHS.into_iter().chain(others).map(option).collect_view()
    };
    view! {
        <div class="field-pair">
            {(0..count).map(time).collect_view()}
            <div class="field">
                <label class="field-label" for="series-length">{move || model.words().publish.length}</label>
                <select
                    class="input"
                    id="series-length"
                    on:change=move |event| {
                        let minutes = event_target_value(&event).parse();
                        draft.update(|draft| draft.minutes = minutes.unwrap_or(draft.minutes));
                    }
                >
                    {options}
                </select>
            </div>
        </div>
    }
}

/// Who may come; families keep their ages.
#[component]
fn Who(draft: RwSignal<Draft>) -> impl IntoView {
    let model = use_model();
    let families = draft.with_untracked(|draft| match draft.audience {
        own @ Audience::Families { .. } => own,
        _ => Audience::Families { from: 3, to: 12 },
    });
    let choices = [Audience::Everyone, Audience::Adults, Audience::Seniors, families];
    let choice = move |audience: Audience| {
        view! {
            <Choice
                name="series-audience"
                text=Signal::derive(move || model.words().audience(audience))
                is_chosen=Signal::derive(move || draft.read().audience == audience)
                on_choose=Callback::new(move |()| draft.update(|draft| draft.audience = audience))
            />
        }
    };
    view! {
        <fieldset class="field-set">
            <legend class="field-label">{move || model.words().publish.who}</legend>
            <div class="choice-chips">{choices.into_iter().map(choice).collect_view()}</div>
        </fieldset>
    }
}
