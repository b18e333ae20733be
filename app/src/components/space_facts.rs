//! What is to be known about a space beside its times: how to get in, on which terms, when, who to call.

use domain::change::SpaceRow;
use domain::space::{Answer, Mode, OpeningHours, SpacePolicy, open_ranges};
use domain::time::{LocalDate, Weekday};
use domain::words::{Words, format};
use leptos::prelude::*;

use crate::model::use_model;
use crate::ui::icon::Icon;
use crate::ui::unbroken::with_whole;

/// How to get in and whom to call; where it is stands at the head of the page.
#[component]
pub fn SpaceFacts(space: SpaceRow) -> impl IntoView {
    let model = use_model();
    let words = model.words_untracked();
    let texts = &words.space;
    let hosts: Vec<String> = space.hosts.iter().map(ToString::to_string).collect();
    view! {
        <dl class="facts">
            {space.access.map(|access| view! { <Fact icon="i-info" name=texts.access text=access.to_string()/> })}
            {(!hosts.is_empty())
                .then(|| {
                    let text = texts.hosts_are(format::list(words.language, &hosts));
                    view! { <Fact icon="i-people" name=texts.hosts text/> }
                })}
            {space
                .phone
                .map(|phone| {
                    view! {
                        <div class="fact">
                            <dt class="fact-label">
                                <Icon name="i-phone"/>
                                <span class="sr">{texts.phone}</span>
                            </dt>
                            <dd class="fact-text">
                                <a href=["tel:", &phone].concat()>{with_whole(&texts.call_space(&phone), &phone)}</a>
                            </dd>
                        </div>
                    }
                })}
        </dl>
    }
}

#[component]
fn Fact(icon: &'static str, name: &'static str, text: String) -> impl IntoView {
    view! {
        <div class="fact">
            <dt class="fact-label">
                <Icon name=icon/>
                <span class="sr">{name}</span>
            </dt>
            <dd class="fact-text">{text}</dd>
        </div>
    }
}

/// The terms in sentences, the ones that decide first.
#[must_use]
pub fn rules(words: &'static Words, policy: &SpacePolicy) -> Vec<String> {
    let texts = &words.space;
    let length = |minutes: u32| format::duration(words.language, minutes);
    let mut rules = Vec::new();
    rules.push(match policy.answer {
        Answer::Instant => texts.instant.to_owned(),
        Answer::ByHost { within_minutes } => texts.by_host(length(within_minutes)),
    });
    if let Some(family) = policy.family {
        rules.push(texts.ages(family.from, family.to));
        rules.push(texts.per_adult(family.children_per_adult));
    }
    rules.push(words.spaces.heads(policy.mode.heads()));
    if let Mode::Shared { groups: groups @ 2.., .. } = policy.mode {
        rules.push(texts.shared.to_owned());
        rules.push(texts.groups(groups));
    }
    let (least, most) = (u32::from(policy.min_minutes), u32::from(policy.max_minutes));
    rules.push(if least == most {
        texts.length_exactly(length(least))
    } else {
        texts.length_between(length(least), length(most))
    });
    if policy.notice_minutes > 0 {
        rules.push(texts.notice(length(policy.notice_minutes)));
    }
    rules.push(texts.ahead(policy.horizon_days));
    rules.push(texts.open_max(policy.open_bookings_max));
    if policy.check_in_required {
        rules.push(texts.check_in.to_owned());
    }
    rules
}

/// What it is, the terms and the week, below the times.
#[component]
pub fn SpaceTerms(space: SpaceRow) -> impl IntoView {
    let model = use_model();
    let words = model.words_untracked();
    let texts = &words.space;
    let rules = rules(words, &space.policy);
    let today = model.today_untracked();
    view! {
        {space
            .about
            .map(|about| {
                view! {
                    <section class="section">
                        <h2 class="section-title">{texts.about}</h2>
                        {about
                            .as_str()
                            .lines()
                            .filter(|line| !line.trim().is_empty())
                            .map(|line| view! { <p>{line.to_owned()}</p> })
                            .collect_view()}
                    </section>
                }
            })}
        <section class="section">
            <h2 class="section-title">{texts.rules}</h2>
            <ul class="list">
                {rules
                    .into_iter()
                    .map(|rule| {
                        view! {
                            <li class="list-row">
                                <span class="list-row-text">{rule}</span>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </section>
        <section class="section">
            <h2 class="section-title">{texts.hours}</h2>
            <ul class="list">
                {weeks(words, &space.hours, today)
                    .into_iter()
                    .map(|(days, hours)| {
                        view! {
                            <li class="list-row">
                                <span class="list-row-text">
                                    <span class="list-row-title">{days}</span>
                                    <span class="list-row-note">{hours}</span>
                                </span>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </section>
    }
}

/// The week with days of the same hours taken together (Monday to Friday), then what is open.
fn weeks(words: &'static Words, hours: &OpeningHours, today: LocalDate) -> Vec<(String, AnyView)> {
    let mut spans: Vec<(Weekday, Weekday)> = Vec::new();
    for weekday in Weekday::ALL {
        match spans.last_mut() {
            Some((first, last)) if hours.on(*first) == hours.on(weekday) => *last = weekday,
            _ => spans.push((weekday, weekday)),
        }
    }
    spans
        .into_iter()
        .map(|(first, last)| {
            let name = |weekday| format::weekday(words.language, weekday);
            let days =
                if first == last { name(first).to_owned() } else { words.space.hours_between(name(first), name(last)) };
            (days, hours_of(words, hours, first, today))
        })
        .collect()
}

fn hours_of(words: &'static Words, hours: &OpeningHours, weekday: Weekday, today: LocalDate) -> AnyView {
    // Any date of that weekday without its closures: the week as it usually is.
    let date = today.monday().plus_days(i32::from(weekday.index()));
    let open = open_ranges(hours, &[], date);
    if open.is_empty() {
        return words.space.closed_day.into_any();
    }
    open.into_iter()
        .map(|range| {
            view! {
                <span class="nb">{format::time_range(words.language, range)}</span>
                " "
            }
        })
        .collect_view()
        .into_any()
}
