//! How often: once, every week, or by a rule put together of plain choices; and the days that come of it.

use domain::almanac::{DayMark, day_facts, day_mark, lunar_date};
use domain::recurrence::{INTERVAL_MAX, Ordinal, SLOTS_MAX};
use domain::series::{Coming, horizon};
use domain::time::{LocalDate, Weekday};
use domain::words::{Words, format};
use leptos::prelude::*;

use super::{Choice, FieldError, is_wrong};
use crate::components::publish_draft::{Draft, Field, Problems};
use crate::components::publish_rule::{Ends, Holidays, Repeats, RuleDraft, Shape, is_last_of_month};
use crate::model::use_model;
use crate::ui::stepper::{Stepper, StepperWords};

/// How many of the coming days are shown.
const SHOWN: usize = 8;

/// One of several that may be chosen together.
#[component]
pub fn Toggle(
    #[prop(into)] text: Signal<String>,
    #[prop(into)] is_chosen: Signal<bool>,
    on_toggle: Callback<()>,
) -> impl IntoView {
    view! {
        <label class="choice-chip">
            <input type="checkbox" prop:checked=move || is_chosen.get() on:change=move |_| on_toggle.run(())/>
            <span>{move || text.get()}</span>
        </label>
    }
}

/// Puts a number into a list, or takes it out; a list with nothing in it goes back to what the first day says.
fn toggle(list: &mut Vec<u8>, shown: &[u8], number: u8) {
    let mut next: Vec<u8> = shown.iter().copied().filter(|other| *other != number).collect();
    if next.len() == shown.len() {
        next.push(number);
    }
    *list = next;
}

#[component]
pub(super) fn HowOften(draft: RwSignal<Draft>, problems: Signal<Problems>) -> impl IntoView {
    let model = use_model();
    let on = Memo::new(move |_| draft.read().on.parse::<LocalDate>().unwrap_or_else(|_| model.today()));
    let repeats = Memo::new(move |_| draft.read().rule.repeats);
    let change =
        move |change: fn(&mut RuleDraft)| Callback::new(move |()| draft.update(|draft| change(&mut draft.rule)));
    let is = move |kind: Repeats| Signal::derive(move || repeats.get() == kind);
    view! {
        <fieldset class="field-set" id=Field::Rule.id() tabindex="-1">
            <legend class="field-label">{move || model.words().series.repeats}</legend>
            <div class="choice-chips" role="group" aria-label=move || model.words().series.repeats>
                <Choice
                    name="repeats"
                    text=Signal::derive(move || model.words().series.once.to_owned())
                    is_chosen=is(Repeats::Once)
                    on_choose=change(|rule| rule.repeats = Repeats::Once)
                />
                <Choice
                    name="repeats"
                    text=Signal::derive(move || model.words().series.weekly.to_owned())
                    is_chosen=is(Repeats::Weekly)
                    on_choose=change(|rule| rule.repeats = Repeats::Weekly)
                />
                <Choice
                    name="repeats"
                    text=Signal::derive(move || model.words().series.more.to_owned())
                    is_chosen=is(Repeats::More)
                    on_choose=change(|rule| rule.repeats = Repeats::More)
                />
            </div>
            <Show when=move || repeats.get() == Repeats::More>
                <Shapes draft on/>
            </Show>
            <Show when=move || repeats.get() != Repeats::Once && draft.read().rule.shape() == Shape::Weeks>
                <WeekdayChips draft on/>
            </Show>
            <Show when=move || repeats.get() == Repeats::More && draft.read().rule.shape() == Shape::NthWeekday>
                <OrdinalChips draft on/>
            </Show>
            <Show when=move || repeats.get() == Repeats::More>
                <Every draft/>
                <Times draft problems/>
                <HolidayChips draft/>
            </Show>
            <Show when=move || repeats.get() != Repeats::Once>
                <Until draft problems/>
                <FieldError field=Field::Rule problems/>
                <Preview draft/>
            </Show>
        </fieldset>
    }
}

#[component]
fn Shapes(draft: RwSignal<Draft>, on: Memo<LocalDate>) -> impl IntoView {
    let model = use_model();
    let shapes = move || {
        let (words, on) = (model.words(), on.get());
        let texts = &words.series;
        let nth = draft.read().rule.ordinals_of(on);
        let nth: Vec<String> = nth.iter().map(|nth| words.nth_weekday(*nth, on.weekday())).collect();
        let last = is_last_of_month(on).then(|| (Shape::LastDay, texts.month(texts.last_day)));
        let lunar = lunar_date(on).map(|lunar| texts.lunar_year(format::lunar(words.language, lunar)));
        let named = [
            Some((Shape::Days, texts.day.to_owned())),
            Some((Shape::Weeks, texts.weekly.to_owned())),
            Some((Shape::NthWeekday, texts.month(format::list(words.language, &nth)))),
            Some((Shape::MonthDay, texts.month(texts.month_day(on.day())))),
            last,
            lunar.map(|lunar| (Shape::Lunar, lunar)),
        ];
        let row = |(shape, text): (Shape, String)| {
            view! {
                <Choice
                    name="shape"
                    text=text
                    is_chosen=Signal::derive(move || draft.read().rule.shape == shape)
                    on_choose=Callback::new(move |()| draft.update(|draft| draft.rule.shape = shape))
                />
            }
        };
        named.into_iter().flatten().map(row).collect_view()
    };
    view! {
        <div class="choice-chips" role="group" aria-label=move || model.words().series.pattern>
            {shapes}
        </div>
    }
}

#[component]
fn WeekdayChips(draft: RwSignal<Draft>, on: Memo<LocalDate>) -> impl IntoView {
    let model = use_model();
    let chosen = Memo::new(move |_| {
        draft.read().rule.weekdays_of(on.get()).into_iter().map(Weekday::index).collect::<Vec<u8>>()
    });
    view! {
        <div class="choice-chips" role="group" aria-label=move || model.words().series.which_days>
            {Weekday::ALL
                .into_iter()
                .map(|weekday| {
                    let index = weekday.index();
                    view! {
                        <Toggle
                            text=Signal::derive(move || format::weekday(model.language(), weekday).to_owned())
                            is_chosen=Signal::derive(move || chosen.read().contains(&index))
                            on_toggle=Callback::new(move |()| {
                                let shown = chosen.get_untracked();
                                draft.update(|draft| toggle(&mut draft.rule.weekdays, &shown, index));
                            })
                        />
                    }
                })
                .collect_view()}
        </div>
    }
}

#[component]
fn OrdinalChips(draft: RwSignal<Draft>, on: Memo<LocalDate>) -> impl IntoView {
    let model = use_model();
    let chosen = Memo::new(move |_| {
        draft.read().rule.ordinals_of(on.get()).into_iter().map(|ordinal| ordinal as u8).collect::<Vec<u8>>()
    });
    view! {
        <div class="choice-chips" role="group" aria-label=move || model.words().series.which_ones>
            {Ordinal::ALL[1..]
                .iter()
                .map(|ordinal| {
                    let ordinal = *ordinal;
                    let number = ordinal as u8;
                    view! {
                        <Toggle
                            text=Signal::derive(move || model.words().nth_weekday(ordinal, on.get().weekday()))
                            is_chosen=Signal::derive(move || chosen.read().contains(&number))
                            on_toggle=Callback::new(move |()| {
                                let shown = chosen.get_untracked();
                                draft.update(|draft| toggle(&mut draft.rule.ordinals, &shown, number));
                            })
                        />
                    }
                })
                .collect_view()}
        </div>
    }
}

#[component]
fn Every(draft: RwSignal<Draft>) -> impl IntoView {
    let model = use_model();
    let words = StepperWords {
        label: Signal::derive(move || model.words().series.every_how_many.to_owned()),
        help: Signal::derive(String::new),
        value: Signal::derive(move || {
            let (texts, every) = (&model.words().series, draft.read().rule.every);
            match draft.read().rule.shape {
                Shape::Days => texts.interval_days(every),
                Shape::Weeks => texts.interval_weeks(every),
                Shape::NthWeekday | Shape::MonthDay | Shape::LastDay => texts.interval_months(every),
                Shape::Lunar => texts.interval_years(every),
            }
        }),
        less: Signal::derive(move || model.words().common.minus_label(model.words().series.every_how_many)),
        more: Signal::derive(move || model.words().common.plus_label(model.words().series.every_how_many)),
    };
    let step = Callback::new(move |by: i32| {
        draft.update(|draft| {
            let every = draft.rule.every;
            draft.rule.every = if by < 0 { every.saturating_sub(1) } else { every + 1 }.clamp(1, INTERVAL_MAX);
        });
    });
    view! {
        <Stepper
            id="publish-every"
            words
            can_less=Signal::derive(move || draft.read().rule.every > 1)
            can_more=Signal::derive(move || draft.read().rule.every < INTERVAL_MAX)
            on_step=step
        />
    }
}

#[component]
fn Times(draft: RwSignal<Draft>, problems: Signal<Problems>) -> impl IntoView {
    let model = use_model();
    let count = Memo::new(move |_| draft.read().rule.times.len());
    let row = move |index: usize| {
        let label = move || model.words().series.extra_time(index + 2);
        view! {
            <div class="input-group">
                <input
                    class="input"
                    type="time"
                    step="300"
                    aria-label=label
                    prop:value=move || draft.read().rule.times.get(index).cloned().unwrap_or_default()
                    on:input=move |event| {
                        draft.update(|draft| {
                            if let Some(time) = draft.rule.times.get_mut(index) {
                                *time = event_target_value(&event);
                            }
                        });
                    }
                />
                <button
                    type="button"
                    class="button"
                    on:click=move |_| {
                        draft.update(|draft| {
                            if index < draft.rule.times.len() {
                                draft.rule.times.remove(index);
                            }
                        });
                    }
                >
                    {move || model.words().series.remove_time(label())}
                </button>
            </div>
        }
    };
    view! {
        <div class="stack" id=Field::Times.id() tabindex="-1">
            {move || (0..count.get()).map(row).collect_view()}
            <FieldError field=Field::Times problems/>
            <Show when=move || count.get() + 1 < SLOTS_MAX>
                <button
                    type="button"
                    class="button"
                    on:click=move |_| draft.update(|draft| draft.rule.times.push(String::new()))
                >
                    {move || model.words().series.add_time}
                </button>
            </Show>
        </div>
    }
}

#[component]
fn HolidayChips(draft: RwSignal<Draft>) -> impl IntoView {
    let model = use_model();
    let choice = move |holidays: Holidays, text: fn(&Words) -> &'static str| {
        view! {
            <Choice
                name="holidays"
                text=Signal::derive(move || text(model.words()).to_owned())
                is_chosen=Signal::derive(move || draft.read().rule.holidays == holidays)
                on_choose=Callback::new(move |()| draft.update(|draft| draft.rule.holidays = holidays))
            />
        }
    };
    view! {
        <p class="field-label">{move || model.words().series.holidays}</p>
        <div class="choice-chips" role="group" aria-label=move || model.words().series.holidays>
            {choice(Holidays::Ignore, |words| words.series.ignore)}
            {choice(Holidays::Skip, |words| words.series.skip)}
            {choice(Holidays::Follow, |words| words.series.follow)}
            {choice(Holidays::Only, |words| words.series.only)}
        </div>
    }
}

#[component]
fn Until(draft: RwSignal<Draft>, problems: Signal<Problems>) -> impl IntoView {
    let model = use_model();
    let choice = move |ends: Ends, text: fn(&Words) -> &'static str| {
        view! {
            <Choice
                name="ends"
                text=Signal::derive(move || text(model.words()).to_owned())
                is_chosen=Signal::derive(move || draft.read().rule.ends == ends)
                on_choose=Callback::new(move |()| draft.update(|draft| draft.rule.ends = ends))
            />
        }
    };
    view! {
        <p class="field-label">{move || model.words().series.ends}</p>
        <div class="choice-chips" role="group" aria-label=move || model.words().series.ends>
            {choice(Ends::Never, |words| words.series.end_never)}
            {choice(Ends::Until, |words| words.series.end_until)}
            {choice(Ends::Count, |words| words.series.end_count)}
        </div>
        <div class="field" hidden=move || draft.read().rule.ends != Ends::Until>
            <label class="field-label" for=Field::Until.id()>{move || model.words().publish.until}</label>
            <input
                class="input"
                id=Field::Until.id()
                type="date"
                min=move || draft.read().on.clone()
                aria-describedby=Field::Until.error_id()
                aria-invalid=move || is_wrong(problems, Field::Until)
                prop:value=move || draft.read().rule.until.clone()
                on:input=move |event| draft.update(|draft| draft.rule.until = event_target_value(&event))
            />
            <FieldError field=Field::Until problems/>
        </div>
        <div class="field" hidden=move || draft.read().rule.ends != Ends::Count>
            <label class="field-label" for=Field::Count.id()>{move || model.words().series.count_label}</label>
            <input
                class="input"
                id=Field::Count.id()
                type="text"
                inputmode="numeric"
                autocomplete="off"
                aria-describedby=Field::Count.error_id()
                aria-invalid=move || is_wrong(problems, Field::Count)
                prop:value=move || draft.read().rule.count.clone()
                on:input=move |event| draft.update(|draft| draft.rule.count = event_target_value(&event))
            />
            <FieldError field=Field::Count problems/>
        </div>
    }
}

/// Why a day is left out.
fn why(words: &'static Words, on: LocalDate) -> String {
    let texts = &words.series;
    match day_mark(on) {
        Some(DayMark::Off(holiday)) => texts.left_out(format::public_holiday(words.language, holiday)),
        Some(DayMark::Workday(_)) => texts.left_out(texts.left_out_workday),
        None => texts.left_out(texts.left_out_not_off),
    }
}

/// The days to come, with their lunar dates, and those that holidays take away.
#[component]
fn Preview(draft: RwSignal<Draft>) -> impl IntoView {
    let model = use_model();
    let coming = Memo::new(move |_| {
        let draft = draft.read();
        let only = draft.rule.repeats == Repeats::More && draft.rule.holidays == Holidays::Only;
        let series = draft.series()?.ok()?;
        // Of a rule that keeps nothing but days off, the days it leaves out are no news.
        let mut coming = series.coming(model.now(), if only { usize::MAX } else { SHOWN });
        coming.retain(|day| !only || !day.is_left_out);
        coming.truncate(SHOWN);
        Some(coming)
    });
    let row = move |day: Coming| {
        let (words, today) = (model.words(), model.today());
        let on = day.range.start().date();
        let date = format::date_weekday(words.language, on, today);
        let facts = day_facts(on);
        let lunar = facts.lunar.map(|lunar| format::lunar(words.language, lunar)).unwrap_or_default();
        let text = if day.is_left_out { why(words, on) } else { format::time_range(words.language, day.range) };
        view! {
            <li class="coming-day" data-left-out=day.is_left_out.then_some("")>
                <span class="coming-day-date">{date}</span>
                <span class="coming-day-text">{text}</span>
                <span class="coming-day-lunar">{lunar}</span>
            </li>
        }
    };
    move || {
        let days = coming.get()?;
        let first = days.iter().find(|day| !day.is_left_out)?.range.start();
        let words = model.words();
        let is_far = first >= horizon(model.now());
        let note = if is_far {
            words.series.first_far(format::date(words.language, first.date(), model.today()))
        } else if days.len() == SHOWN || draft.read().rule.ends == Ends::Never {
            words.series.preview_more.to_owned()
        } else {
            String::new()
        };
        Some(view! {
            <div class="coming-days">
                <p class="field-label">{words.series.preview}</p>
                <ul class="list">{days.into_iter().map(row).collect_view()}</ul>
                <p class="field-help">{note}</p>
            </div>
        })
    }
}
