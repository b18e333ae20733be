//! The fields of a new activity, top to bottom as one thinks of them: what, when, where, how many, who.

use std::collections::BTreeSet;

use domain::activity::{Audience, Category, PARTY_MAX};
use domain::id::SpaceId;
use domain::time::{LocalDate, MinuteOfDay, Weekday};
use domain::words::format;
use leptos::prelude::*;

use super::activity_row::category_icon;
use super::publish_draft::{Draft, Field, LENGTHS, Problems};
use crate::model::use_model;
use crate::ui::icon::Icon;
use crate::ui::stepper::{Stepper, StepperWords};

/// Capacities offered at a tap.
const CAPACITIES: [&str; 3] = ["20", "30", "50"];
/// Oldest age a family activity may name.
const AGE_MAX: u8 = 17;

/// The form.
#[component]
pub fn PublishForm(draft: RwSignal<Draft>, #[prop(into)] problems: Signal<Problems>) -> impl IntoView {
    view! {
        <form class="publish-form" on:submit=|event| event.prevent_default() novalidate=true>
            <What draft problems/>
            <When draft problems/>
            <Where draft problems/>
            <HowMany draft problems/>
            <Who draft problems/>
            <About draft problems/>
        </form>
    }
}

/// What is wrong with a field, under it.
#[component]
fn FieldError(field: Field, problems: Signal<Problems>) -> impl IntoView {
    let text = move || problems.read().iter().find(|(at, _)| *at == field).map(|(_, text)| text.clone());
    view! {
        <p class="field-error" id=field.error_id() role="alert" hidden=move || text().is_none()>
            <Icon name="i-exclamation"/>
            {text}
        </p>
    }
}

fn is_wrong(problems: Signal<Problems>, field: Field) -> Option<&'static str> {
    problems.read().iter().any(|(at, _)| *at == field).then_some("true")
}

/// One line of text with its label.
#[component]
fn TextField(
    field: Field,
    label: Signal<&'static str>,
    help: Signal<&'static str>,
    problems: Signal<Problems>,
    #[prop(into)] value: Signal<String>,
    on_input: Callback<String>,
) -> impl IntoView {
    let help_id = [field.id(), "-help"].concat();
    let described = [&help_id, " ", field.error_id()].concat();
    view! {
        <div class="field">
            <label class="field-label" for=field.id()>{move || label.get()}</label>
            <p class="field-help" id=help_id>{move || help.get()}</p>
            <input
                class="input"
                id=field.id()
                type="text"
                autocomplete="off"
                aria-describedby=described
                aria-invalid=move || is_wrong(problems, field)
                prop:value=move || value.get()
                on:input=move |event| on_input.run(event_target_value(&event))
            />
            <FieldError field problems/>
        </div>
    }
}

/// A choice among chips.
#[component]
fn Choice(
    name: &'static str,
    #[prop(into)] text: Signal<String>,
    #[prop(into)] is_chosen: Signal<bool>,
    on_choose: Callback<()>,
) -> impl IntoView {
    view! {
        <label class="choice-chip">
            <input
                type="radio"
                name=name
                prop:checked=move || is_chosen.get()
                on:change=move |_| on_choose.run(())
            />
            <span>{move || text.get()}</span>
        </label>
    }
}

#[component]
fn What(draft: RwSignal<Draft>, problems: Signal<Problems>) -> impl IntoView {
    let model = use_model();
    view! {
        <fieldset class="field-set" id=Field::Category.id() tabindex="-1">
            <legend class="field-label">{move || model.words().publish.category}</legend>
            <FieldError field=Field::Category problems/>
            <ul class="template-grid">
                {Category::ALL
                    .into_iter()
                    .map(|category| {
                        view! {
                            <li>
                                <button
                                    type="button"
                                    class="template-card"
                                    data-category=category.as_str()
                                    aria-pressed=move || (draft.read().category == Some(category)).to_string()
                                    on:click=move |_| draft.update(|draft| choose_category(draft, category))
                                >
                                    <Icon name=category_icon(category)/>
                                    <span>{move || model.words().category(category)}</span>
                                </button>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </fieldset>
        <TextField
            field=Field::Title
            label=Signal::derive(move || model.words().publish.name)
            help=Signal::derive(move || model.words().publish.what_help)
            problems
            value=Signal::derive(move || draft.read().title.clone())
            on_input=Callback::new(move |text| draft.update(|draft| draft.title = text))
        />
    }
}

/// A category brings what usually goes with it.
fn choose_category(draft: &mut Draft, category: Category) {
    draft.category = Some(category);
    let is_family = matches!(draft.audience, Audience::Families { .. });
    if category == Category::Family && !is_family {
        draft.audience = Audience::Families { from: 3, to: 12 };
    } else if category != Category::Family && is_family {
        draft.audience = Audience::Everyone;
    }
    if category == Category::Council {
        draft.audience = Audience::Adults;
    }
}

/// Days offered at a tap: today, tomorrow, and the coming weekend.
fn days_at_a_tap(today: LocalDate) -> Vec<LocalDate> {
    let coming = |weekday: Weekday| {
        let ahead = (i32::from(weekday.index()) - i32::from(today.weekday().index())).rem_euclid(7);
        today.plus_days(ahead)
    };
    let days = [today, today.plus_days(1), coming(Weekday::Saturday), coming(Weekday::Sunday)];
    BTreeSet::from(days).into_iter().collect()
}

#[component]
fn When(draft: RwSignal<Draft>, problems: Signal<Problems>) -> impl IntoView {
    let model = use_model();
    let on = Memo::new(move |_| draft.read().on.parse::<LocalDate>().ok());
    let weekly = move || {
        let weekday = on.get().map_or_else(|| model.today().weekday(), LocalDate::weekday);
        model.words().publish.every(format::weekday(model.language(), weekday))
    };
    let toggle = move |_| {
        draft.update(|draft| {
            draft.is_weekly = !draft.is_weekly;
            // A first guess at the end: a month of weeks.
            if let (true, "", Ok(on)) = (draft.is_weekly, draft.until.as_str(), draft.on.parse::<LocalDate>()) {
                draft.until = on.plus_days(21).to_string();
            }
        });
    };
    let ends = move || {
        let draft = draft.read();
        let start = draft.at.parse::<MinuteOfDay>().ok().map(|at| model.today().at(at))?;
        let end = start.plus_minutes(i64::from(draft.minutes));
        Some(model.words().publish.ends_at(format::time(model.language(), end.minute_of_day())))
    };
    let series = move || {
        let dates = draft.read().dates(model.now());
        if !draft.read().is_weekly || dates.is_empty() {
            return None;
        }
        let (words, today) = (model.words(), model.today());
        let named: Vec<String> =
            dates.iter().map(|range| format::date(words.language, range.start().date(), today)).collect();
        let count = words.publish.dates_count(dates.len());
        Some([&count, " · ", &words.publish.dates_list(format::list(words.language, &named))].concat())
    };
    view! {
        <fieldset class="field-set">
            <legend class="field-label">{move || model.words().publish.when}</legend>
            <div class="choice-chips" role="group" aria-label=move || model.words().publish.day_label>
                {move || {
                    days_at_a_tap(model.today())
                        .into_iter()
                        .map(|day| {
                            view! {
                                <Choice
                                    name="day"
                                    text=format::day(model.language(), day, model.today())
                                    is_chosen=Signal::derive(move || on.get() == Some(day))
                                    on_choose=Callback::new(move |()| {
                                        draft.update(|draft| draft.on = day.to_string());
                                    })
                                />
                            }
                        })
                        .collect_view()
                }}
            </div>
            <div class="field-pair">
                <div class="field">
                    <label class="field-label" for=Field::Date.id()>{move || model.words().publish.date}</label>
                    <input
                        class="input"
                        id=Field::Date.id()
                        type="date"
                        min=move || model.today().to_string()
                        aria-describedby=Field::Date.error_id()
                        aria-invalid=move || is_wrong(problems, Field::Date)
                        prop:value=move || draft.read().on.clone()
                        on:input=move |event| draft.update(|draft| draft.on = event_target_value(&event))
                    />
                    <FieldError field=Field::Date problems/>
                </div>
                <div class="field">
                    <label class="field-label" for=Field::Time.id()>{move || model.words().publish.time}</label>
                    <input
                        class="input"
                        id=Field::Time.id()
                        type="time"
                        step="300"
                        aria-describedby=Field::Time.error_id()
                        aria-invalid=move || is_wrong(problems, Field::Time)
                        prop:value=move || draft.read().at.clone()
                        on:input=move |event| draft.update(|draft| draft.at = event_target_value(&event))
                    />
                    <FieldError field=Field::Time problems/>
                </div>
                <div class="field">
                    <label class="field-label" for="publish-length">{move || model.words().publish.length}</label>
                    <select
                        class="input"
                        id="publish-length"
                        prop:value=move || draft.read().minutes.to_string()
                        on:change=move |event| {
                            let minutes = event_target_value(&event).parse();
                            draft.update(|draft| draft.minutes = minutes.unwrap_or(draft.minutes));
                        }
                    >
                        {move || {
                            let chosen = draft.read().minutes;
                            BTreeSet::from(LENGTHS)
                                .into_iter()
                                .chain((!LENGTHS.contains(&chosen)).then_some(chosen))
                                .map(|minutes| {
                                    let text = format::duration(model.language(), minutes.into());
                                    let is_chosen = minutes == chosen;
                                    view! { <option value=minutes.to_string() selected=is_chosen>{text}</option> }
                                })
                                .collect_view()
                        }}
                    </select>
                </div>
            </div>
            {move || ends().map(|ends| view! { <p class="field-help">{ends}</p> })}
            <button
                type="button"
                class="switch"
                role="switch"
                aria-checked=move || draft.read().is_weekly.to_string()
                on:click=toggle
            >
                <span class="switch-text">{move || model.words().publish.weekly} " · " {weekly}</span>
                <span class="switch-track"></span>
            </button>
            <div class="field" hidden=move || !draft.read().is_weekly>
                <label class="field-label" for=Field::Until.id()>{move || model.words().publish.until}</label>
                <input
                    class="input"
                    id=Field::Until.id()
                    type="date"
                    min=move || draft.read().on.clone()
                    aria-describedby=Field::Until.error_id()
                    aria-invalid=move || is_wrong(problems, Field::Until)
                    prop:value=move || draft.read().until.clone()
                    on:input=move |event| draft.update(|draft| draft.until = event_target_value(&event))
                />
                <FieldError field=Field::Until problems/>
                {move || series().map(|series| view! { <p class="field-help">{series}</p> })}
            </div>
        </fieldset>
    }
}

#[component]
fn Where(draft: RwSignal<Draft>, problems: Signal<Problems>) -> impl IntoView {
    let model = use_model();
    let spaces = Memo::new(move |_| {
        let (view, community) = (model.view(), model.community());
        let here = view.spaces.iter().filter(|(_, space)| space.community == community);
        let mut spaces: Vec<(SpaceId, String)> = here.map(|(id, space)| (*id, space.row.name.to_string())).collect();
        spaces.sort_by(|one, other| (&one.1, one.0).cmp(&(&other.1, other.0)));
        spaces
    });
    let clashes = Memo::new(move |_| draft.read().clashes(&model.view(), model.now()));
    let choose = move |event| {
        let chosen = event_target_value(&event).parse::<SpaceId>().ok();
        draft.update(|draft| draft.space = chosen);
    };
    view! {
        <fieldset class="field-set">
            <legend class="field-label">{move || model.words().publish.where_}</legend>
            <div class="field">
                <label class="field-label" for="publish-space">{move || model.words().publish.which_space}</label>
                <select class="input" id="publish-space" aria-describedby="publish-clash" on:change=choose>
                    {move || {
                        let chosen = draft.read().space;
                        let other = chosen.is_none();
                        view! {
                            <option value="" selected=other>
                                {model.words().publish.other_place}
                            </option>
                            {spaces
                                .get()
                                .into_iter()
                                .map(|(id, name)| {
                                    let is_chosen = chosen == Some(id);
                                    view! { <option value=id.to_string() selected=is_chosen>{name}</option> }
                                })
                                .collect_view()}
                        }
                    }}
                </select>
            </div>
            <div hidden=move || draft.read().space.is_some()>
                <TextField
                    field=Field::Place
                    label=Signal::derive(move || model.words().publish.place)
                    help=Signal::derive(move || model.words().publish.place_help)
                    problems
                    value=Signal::derive(move || draft.read().place.clone())
                    on_input=Callback::new(move |text| draft.update(|draft| draft.place = text))
                />
            </div>
            <div id="publish-clash" role="status">
                {move || {
                    let (clashes, words, today) = (clashes.get(), model.words(), model.today());
                    (!clashes.is_empty())
                        .then(|| {
                            let days: Vec<String> =
                                clashes.iter().map(|on| format::date(words.language, *on, today)).collect();
                            view! {
                                <div class="notice" data-tone="warn">
                                    <Icon name="i-exclamation"/>
                                    <div class="notice-body">
                                        <p class="notice-title">
                                            {words.publish.clash(format::list(words.language, &days))}
                                        </p>
                                        <p>{words.publish.clash_other}</p>
                                    </div>
                                </div>
                            }
                        })
                }}
            </div>
        </fieldset>
    }
}

#[component]
fn HowMany(draft: RwSignal<Draft>, problems: Signal<Problems>) -> impl IntoView {
    let model = use_model();
    let set_sign_up = move |has: bool| Callback::new(move |()| draft.update(|draft| draft.has_sign_up = has));
    let set_capacity =
        move |n: &'static str| Callback::new(move |()| draft.update(|draft| n.clone_into(&mut draft.capacity)));
    let words = StepperWords {
        label: Signal::derive(move || model.words().publish.party_max.to_owned()),
        help: Signal::derive(String::new),
        value: Signal::derive(move || model.words().publish.party_count(draft.read().party_max)),
        less: Signal::derive(move || model.words().common.minus_label(model.words().publish.party_max)),
        more: Signal::derive(move || model.words().common.plus_label(model.words().publish.party_max)),
    };
    let step = Callback::new(move |by: i32| {
        draft.update(|draft| {
            let next = if by < 0 { draft.party_max.saturating_sub(1) } else { draft.party_max + 1 };
            draft.party_max = next.clamp(1, PARTY_MAX);
        });
    });
    view! {
        <fieldset class="field-set">
            <legend class="field-label">{move || model.words().publish.how_many}</legend>
            <div class="choice-chips" role="group" aria-label=move || model.words().publish.sign_up>
                <Choice
                    name="sign-up"
                    text=Signal::derive(move || model.words().publish.with_sign_up.to_owned())
                    is_chosen=Signal::derive(move || draft.read().has_sign_up)
                    on_choose=set_sign_up(true)
                />
                <Choice
                    name="sign-up"
                    text=Signal::derive(move || model.words().publish.walk_in.to_owned())
                    is_chosen=Signal::derive(move || !draft.read().has_sign_up)
                    on_choose=set_sign_up(false)
                />
            </div>
            <div class="stack" hidden=move || !draft.read().has_sign_up>
                <div class="choice-chips" role="group" aria-label=move || model.words().publish.capacity>
                    <Choice
                        name="capacity"
                        text=Signal::derive(move || model.words().publish.no_limit.to_owned())
                        is_chosen=Signal::derive(move || draft.read().capacity.is_empty())
                        on_choose=set_capacity("")
                    />
                    {CAPACITIES
                        .into_iter()
                        .map(|n| {
                            view! {
                                <Choice
                                    name="capacity"
                                    text=Signal::derive(move || model.words().publish.people_max(n))
                                    is_chosen=Signal::derive(move || draft.read().capacity == n)
                                    on_choose=set_capacity(n)
                                />
                            }
                        })
                        .collect_view()}
                </div>
                <div class="field">
                    <label class="field-label" for=Field::Capacity.id()>
                        {move || model.words().publish.own_number}
                    </label>
                    <input
                        class="input"
                        id=Field::Capacity.id()
                        type="text"
                        inputmode="numeric"
                        autocomplete="off"
                        aria-describedby=Field::Capacity.error_id()
                        aria-invalid=move || is_wrong(problems, Field::Capacity)
                        prop:value=move || draft.read().capacity.clone()
                        on:input=move |event| draft.update(|draft| draft.capacity = event_target_value(&event))
                    />
                    <FieldError field=Field::Capacity problems/>
                </div>
                <Stepper
                    id="publish-party"
                    words
                    can_less=Signal::derive(move || draft.read().party_max > 1)
                    can_more=Signal::derive(move || draft.read().party_max < PARTY_MAX)
                    on_step=step
                />
            </div>
        </fieldset>
    }
}

#[component]
fn Who(draft: RwSignal<Draft>, problems: Signal<Problems>) -> impl IntoView {
    let model = use_model();
    let choices = [Audience::Everyone, Audience::Adults, Audience::Seniors, Audience::Families { from: 3, to: 12 }];
    let name = move |audience: Audience| {
        let names = &model.words().names;
        match audience {
            Audience::Everyone => names.everyone,
            Audience::Adults => names.adults_only,
            Audience::Seniors => names.seniors,
            Audience::Families { .. } => names.family,
        }
        .to_owned()
    };
    let is_same = |one: Audience, other: Audience| std::mem::discriminant(&one) == std::mem::discriminant(&other);
    let ages = Memo::new(move |_| match draft.read().audience {
        Audience::Families { from, to } => Some((from, to)),
        _ => None,
    });
    let set_age = move |is_from: bool| {
        move |event| {
            let Ok(age) = event_target_value(&event).parse::<u8>() else { return };
            draft.update(|draft| {
                if let Audience::Families { from, to } = &mut draft.audience {
                    *(if is_from { from } else { to }) = age.min(AGE_MAX);
                }
            });
        }
    };
    let options = move |chosen: u8| {
        (0..=AGE_MAX)
            .map(|age| {
                let text = model.words().calendar.age_years(age);
                view! { <option value=age.to_string() selected=age == chosen>{text}</option> }
            })
            .collect_view()
    };
    view! {
        <fieldset class="field-set">
            <legend class="field-label">{move || model.words().publish.who}</legend>
            <div class="choice-chips">
                {choices
                    .into_iter()
                    .map(|audience| {
                        view! {
                            <Choice
                                name="audience"
                                text=Signal::derive(move || name(audience))
                                is_chosen=Signal::derive(move || is_same(draft.read().audience, audience))
                                on_choose=Callback::new(move |()| draft.update(|draft| draft.audience = audience))
                            />
                        }
                    })
                    .collect_view()}
            </div>
            {move || {
                ages.get()
                    .map(|(from, to)| {
                        let words = &model.words().publish;
                        view! {
                            <div class="field-pair">
                                <div class="field">
                                    <label class="field-label" for=Field::Ages.id()>{words.from_age}</label>
                                    <select
                                        class="input"
                                        id=Field::Ages.id()
                                        aria-describedby=Field::Ages.error_id()
                                        aria-invalid=move || is_wrong(problems, Field::Ages)
                                        on:change=set_age(true)
                                    >
                                        {options(from)}
                                    </select>
                                </div>
                                <div class="field">
                                    <label class="field-label" for="publish-age-to">{words.to_age}</label>
                                    <select class="input" id="publish-age-to" on:change=set_age(false)>
                                        {options(to)}
                                    </select>
                                </div>
                            </div>
                            <FieldError field=Field::Ages problems/>
                        }
                    })
            }}
        </fieldset>
    }
}

#[component]
fn About(draft: RwSignal<Draft>, problems: Signal<Problems>) -> impl IntoView {
    let model = use_model();
    view! {
        <div class="field">
            <label class="field-label" for=Field::About.id()>{move || model.words().publish.about}</label>
            <p class="field-help" id="publish-about-help">{move || model.words().common.optional}</p>
            <textarea
                class="input"
                id=Field::About.id()
                aria-describedby=["publish-about-help ", Field::About.error_id()].concat()
                aria-invalid=move || is_wrong(problems, Field::About)
                prop:value=move || draft.read().about.clone()
                on:input=move |event| draft.update(|draft| draft.about = event_target_value(&event))
            ></textarea>
            <FieldError field=Field::About problems/>
        </div>
    }
}
