//! What is known about a date: facts, places left, description, sharing, other dates.

use domain::activity::Phase;
use domain::agenda::Entry;
use domain::id::OccurrenceId;
use domain::order::sort_by_key;
use domain::sign_up::Seats;
use domain::words::{Words, format};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::model::use_model;
use crate::platform;
use crate::route::Route;
use crate::ui::icon::Icon;
use crate::ui::unbroken::{Unbroken, with_whole};

/// When, where, who, the telephone, and how many places are left.
#[component]
pub fn Facts(id: OccurrenceId) -> impl IntoView {
    let model = use_model();
    move || {
        let view = model.view();
        let Some(entry) = Entry::of(&view, id) else { return ().into_any() };
        let (words, today) = (model.words(), model.today());
        let head = format::day_head(words.language, entry.occurrence.range.start().date(), today);
        let phone = view.teams.get(&entry.activity.team).and_then(|team| team.row.phone.clone());
        let reason = entry.occurrence.cancelled.as_ref().map(|cancelled| match &cancelled.reason {
            None if cancelled.room_taken => words.series.room_taken.to_owned(),
            Some(why) => words.occurrence.called_off_why(why),
            None => words.occurrence.called_off.to_owned(),
        });
        let rule = entry.activity.series.as_ref().filter(|series| !series.is_paused).and_then(|series| series.series());
        let rule = rule.map(|series| words.rule(&series));
        view! {
            {reason
                .map(|reason| {
                    view! {
                        <section class="notice" data-tone="neutral">
                            <Icon name="i-slash"/>
                            <div class="notice-body">
                                <p class="notice-title">{reason}</p>
                            </div>
                        </section>
                    }
                })}
            {changed_by_hand(&entry, words)}
            <dl class="facts">
                <div class="fact">
                    <dt class="fact-label">
                        <Icon name="i-clock"/>
                        <span class="sr">{words.occurrence.when}</span>
                    </dt>
                    <dd class="fact-text">
                        {head.relative.map(|word| view! { <span class="nb">{word}</span> " " })}
                        <Unbroken text=head.date/>
                        " "
                        <span class="nb">{format::time_range(words.language, entry.occurrence.range)}</span>
                        {head.lunar.map(|lunar| view! { <p class="fact-note">{lunar}</p> })}
                        {rule
                            .map(|text| {
                                view! {
                                    <p class="fact-note">
                                        <Unbroken text/>
                                    </p>
                                }
                            })}
                    </dd>
                </div>
                <div class="fact">
                    <dt class="fact-label">
                        <Icon name="i-place"/>
                        <span class="sr">{words.occurrence.where_}</span>
                    </dt>
                    <dd class="fact-text">
                        {entry.venue().place.to_string()}
                        {entry.venue().space
                            .map(|space| {
                                view! {
                                    <p class="fact-note">
                                        <a href=Route::Space(space).href()>{words.occurrence.space_link}</a>
                                    </p>
                                }
                            })}
                    </dd>
                </div>
                <div class="fact">
                    <dt class="fact-label">
                        <Icon name="i-people"/>
                        <span class="sr">{words.occurrence.who}</span>
                    </dt>
                    <dd class="fact-text">{words.audience(entry.activity.audience)}</dd>
                </div>
                {phone
                    .map(|phone| {
                        view! {
                            <div class="fact">
                                <dt class="fact-label">
                                    <Icon name="i-phone"/>
                                    <span class="sr">{words.occurrence.phone}</span>
                                </dt>
                                <dd class="fact-text">
                                    <a href=["tel:", &phone].concat()>{with_whole(&words.common.call_number(&phone), &phone)}</a>
                                </dd>
                            </div>
                        }
                    })}
                {entry.seats.and_then(|seats| places(seats, entry.phase(model.now())))}
                {view.draws.get(&id).map(|draw| drawn(&entry, draw.row.drawn.is_some()))}
            </dl>
        }
        .into_any()
    }
}

/// What a team has changed of this date, and what that means for whoever has signed up.
fn changed_by_hand(entry: &Entry<'_>, words: &'static Words) -> Option<impl IntoView> {
    let by_hand = entry.occurrence.by_hand.as_ref().filter(|_| entry.occurrence.cancelled.is_none())?;
    let from = by_hand.planned.map(|planned| words.moving.from(format::fixed_moment(words.language, planned)));
    let text = from.unwrap_or_else(|| words.moving.place.to_owned());
    let kept = entry.sign_up.filter(|(_, own)| own.needs_ack.is_some() && own.state.is_live());
    Some(view! {
        <section class="notice" data-tone="warn">
            <Icon name="i-exclamation"/>
            <div class="notice-body">
                <p class="notice-title">{text}</p>
                {kept.map(|_| view! { <p>{words.moving.kept}</p> })}
            </div>
        </section>
    })
}

/// That places are drawn, until when one can ask, and where it can be checked.
fn drawn(entry: &Entry<'_>, is_drawn: bool) -> impl IntoView {
    let model = use_model();
    let words = model.words();
    let until = entry.draws_at().filter(|_| !is_drawn && entry.occurrence.cancelled.is_none()).map(|at| {
        let until = words.draws.fact(format::moment(words.language, at, model.today()));
        view! {
            <strong>{until}</strong>
            <p class="fact-note">{words.draws.fair}</p>
        }
    });
    view! {
        <div class="fact">
            <dt class="fact-label">
                <Icon name="i-hourglass"/>
                <span class="sr">{words.draws.by_draw}</span>
            </dt>
            <dd class="fact-text">
                {until}
                {is_drawn.then_some(words.draws.was_drawn)}
                <p class="fact-note">
                    <a href=Route::Draw(entry.id).href()>{words.draws.verify}</a>
                </p>
            </dd>
        </div>
    }
}

/// How many places are left.
fn places(seats: Seats, phase: Phase) -> Option<impl IntoView> {
    let capacity = seats.capacity?;
    if matches!(phase, Phase::WalkIn | Phase::Cancelled | Phase::Over) {
        return None;
    }
    let model = use_model();
    let words = model.words();
    let is_pool = matches!(phase, Phase::Pool { .. });
    let text = match seats.free() {
        _ if is_pool => words.draws.places(capacity),
        Some(0) | None => words.occurrence.all_taken(capacity),
        Some(free) => words.occurrence.left_of(free, capacity),
    };
    let waiting = match seats.waiting_parties {
        0 => is_pool.then(|| words.draws.nobody_yet.to_owned()),
        parties if is_pool => Some(words.draws.entered(parties)),
        parties => Some(words.occurrence.waiting(parties)),
    };
    // The number stands out; where it stands in the sentence is the catalogue's.
    let number = seats.free().filter(|free| *free > 0 && !is_pool).map(|free| free.to_string());
    let sentence = match number.and_then(|number| text.split_once(&number).map(|parts| (parts, number.clone()))) {
        Some(((before, after), number)) => {
            let (before, after) = (before.to_owned(), after.to_owned());
            view! { {before}<strong>{number}</strong>{after} }.into_any()
        }
        None => text.into_any(),
    };
    Some(view! {
        <div class="fact">
            <dt class="fact-label">
                <Icon name="i-pencil"/>
                <span class="sr">{words.occurrence.places}</span>
            </dt>
            <dd class="fact-text places">
                {sentence}
                {waiting.map(|waiting| view! { <p class="fact-note">{waiting}</p> })}
            </dd>
        </div>
    })
}

/// What its team says about it.
#[component]
pub fn About(id: OccurrenceId) -> impl IntoView {
    let model = use_model();
    move || {
        let view = model.view();
        let about = Entry::of(&view, id).and_then(|entry| entry.activity.about.clone());
        about.map(|about| {
            let paragraphs: Vec<_> =
                about.as_str().lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
            view! {
                <section class="section">
                    <header class="section-head">
                        <h2 class="section-title">{model.words().occurrence.about}</h2>
                    </header>
                    {paragraphs.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
                </section>
            }
        })
    }
}

/// Sends the date to somebody, or copies it where the phone has no such sheet.
#[component]
pub fn Share(id: OccurrenceId) -> impl IntoView {
    let model = use_model();
    let is_copied = RwSignal::new(false);
    let send = move |_| {
        let view = model.view_untracked();
        let Some(entry) = Entry::of(&view, id) else { return };
        let words = model.words_untracked();
        let title = entry.activity.title.to_string();
        // Read on another day: no "today" in it.
        let range = entry.occurrence.range;
        let when = format::dated(words.language, range, model.today_untracked());
        let text = words.occurrence.share_text(&title, when, &entry.venue().place);
        let address = platform::absolute(&Route::Occurrence(id).href());
        if platform::can_share() {
            platform::share(&title, &text, &address);
        } else {
            spawn_local(async move {
                is_copied.set(platform::copy(&[&text, " ", &address].concat()).await);
            });
        }
    };
    let label = move || {
        let common = &model.words().common;
        match (is_copied.get(), platform::can_share()) {
            (true, _) => common.copied,
            (false, true) => common.share,
            (false, false) => common.copy_text,
        }
    };
    view! {
        <div class="button-row">
            <button type="button" class="button" on:click=send>
                <Icon name="i-share"/>
                <span role="status">{label}</span>
            </button>
            // Not a page of the app: the phone asks where the date is to go.
            <a class="button" href=["/calendar/date/", &id.to_string(), ".ics"].concat() rel="external">
                <Icon name="i-calendar"/>
                {move || model.words().occurrence.add_to_calendar}
            </a>
            <a class="button" href=Route::Poster(id).href()>
                <Icon name="i-qr"/>
                {move || model.words().poster.make}
            </a>
        </div>
    }
}

/// The other dates of the same activity.
#[component]
pub fn OtherDates(id: OccurrenceId) -> impl IntoView {
    let model = use_model();
    move || {
        let view = model.view();
        let (words, now, today) = (model.words(), model.now(), model.today());
        let activity = view.occurrences.get(&id)?.row.activity;
        let mut dates: Vec<_> = view
            .occurrences
            .iter()
            .filter(|(_, other)| other.row.activity == activity && other.row.range.end() > now)
            .map(|(id, other)| (other.row.range.start(), *id, other.row.cancelled.is_some()))
            .collect();
        sort_by_key(&mut dates, |date| *date);
        let is_elder = model.is_elder();
        if dates.len() < 2 {
            return None;
        }
        Some(view! {
            <section class="section">
                <header class="section-head">
                    <h2 class="section-title">{words.occurrence.other_dates}</h2>
                </header>
                <ul class="date-chips">
                    {dates
                        .into_iter()
                        .take(8)
                        .map(|(start, other, is_cancelled)| {
                            let date = start.date();
                            // Large letters have no room for the weekday, which is the same for nearly all of them.
                            let text = match format::relative_day(words.language, date, today) {
                                Some(name) => name.to_owned(),
                                None if is_elder => format::date(words.language, date, today),
                                None => format::day(words.language, date, today),
                            };
                            view! {
                                <li>
                                    <a
                                        class="date-chip"
                                        href=Route::Occurrence(other).href()
                                        data-state=is_cancelled.then_some("cancelled")
                                        aria-current=(other == id).then_some("page")
                                    >
                                        {text}
                                    </a>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </section>
        })
    }
}
