//! A space in the list: what it is, whether it is open, and the next times it can be had, each one tap from booking.

use domain::change::SpaceRow;
use domain::id::SpaceId;
use domain::space::{SpaceKind, open_ranges, open_until};
use domain::sync::View;
use domain::time::{LocalDate, Timestamp};
use domain::words::{Words, format};
use leptos::prelude::*;

use crate::components::free_times::{free_on, next_free, usual_minutes};
use crate::model::use_model;
use crate::route::{Route, with_query};
use crate::ui::icon::Icon;
use crate::ui::unbroken::Unbroken;

/// How many free times a card shows.
const TIMES_SHOWN: usize = 3;

/// What a card draws: plain values, so that a list is compared and not rebuilt.
#[derive(Debug, Clone, PartialEq)]
pub struct SpaceCardData {
    id: SpaceId,
    kind: SpaceKind,
    name: String,
    meta: String,
    heads: u16,
    opening: Opening,
    times: Vec<(String, String, String)>,
    jump: Option<(String, String)>,
}

/// Whether a space is open, in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Opening {
    /// Whether it is open at this moment.
    pub is_open: bool,
    /// The sentence.
    pub text: String,
}

impl Opening {
    /// Whether a space is open at `now`, until when, or why not.
    #[must_use]
    pub fn of(space: &SpaceRow, words: &'static Words, now: Timestamp) -> Self {
        let texts = &words.spaces;
        let time = |at: Timestamp| format::time(words.language, at.minute_of_day());
        if let Some(until) = open_until(&space.hours, &space.closures, now) {
            return Self { is_open: true, text: texts.open_until(end_word(words, until)) };
        }
        let today = now.date();
        let later = open_ranges(&space.hours, &space.closures, today).into_iter().find(|range| range.start() > now);
        let closure = space.closures.iter().find(|closure| closure.range.contains(now));
        let text = match (later, closure) {
            (Some(range), _) => texts.opens_at(time(range.start())),
            (None, Some(closure)) => texts.closed_why(&closure.reason),
            (None, None) if open_ranges(&space.hours, &space.closures, today).is_empty() => {
                texts.closed_today.to_owned()
            }
            (None, None) => texts.closed_for_today.to_owned(),
        };
        Self { is_open: false, text }
    }
}

/// The end of a day's opening in words: midnight belongs to the day before it.
fn end_word(words: &'static Words, until: Timestamp) -> String {
    if until == until.date().start() {
        words.calendar.time_midnight.to_owned()
    } else {
        format::time(words.language, until.minute_of_day())
    }
}

/// The address of a space on a day, with a time chosen.
#[must_use]
pub fn slot_href(space: SpaceId, start: Timestamp) -> String {
    let (on, at) = (start.date().to_string(), start.minute_of_day().to_string());
    with_query(&Route::Space(space).href(), &[("on", &on), ("at", &at)])
}

impl SpaceCardData {
    /// The space.
    #[must_use]
    pub const fn id(&self) -> SpaceId {
        self.id
    }

    /// The card of a space at `now`.
    #[must_use]
    pub fn of(view: &View, id: SpaceId, space: &SpaceRow, words: &'static Words, now: Timestamp) -> Self {
        let (language, today) = (words.language, now.date());
        let today_free = free_on(view, id, space, today, usual_minutes(&space.policy), now);
        let times = today_free
            .iter()
            .take(TIMES_SHOWN)
            .map(|range| {
                let start = range.start();
                let said = format::moment(language, start, today);
                let label = words.spaces.book_time(said, &space.name);
                (format::time(language, start.minute_of_day()), label, slot_href(id, start))
            })
            .collect();
        let jump = today_free.is_empty().then(|| next_after(view, id, space, today, now)).flatten().map(|start| {
            let when = format::moment(language, start, today);
            let is_open_today = open_ranges(&space.hours, &space.closures, today).iter().any(|open| open.end() > now);
            let text = if is_open_today { words.spaces.full_next(when) } else { words.spaces.free_at(when) };
            (text, slot_href(id, start))
        });
        let meta = [Some(space.address.as_str()), space.access.as_ref().map(|access| access.as_str())];
        Self {
            id,
            kind: space.kind,
            name: space.name.to_string(),
            meta: meta.into_iter().flatten().collect::<Vec<_>>().join(" · "),
            heads: space.policy.mode.heads(),
            opening: Opening::of(space, words, now),
            times,
            jump,
        }
    }
}

fn next_after(view: &View, id: SpaceId, space: &SpaceRow, today: LocalDate, now: Timestamp) -> Option<Timestamp> {
    next_free(view, id, space, today.plus_days(1), 1, now).first().map(|range| range.start())
}

/// The picture of a kind of space; the words beside it say what it shows.
#[component]
pub fn SpacePicture(kind: SpaceKind) -> impl IntoView {
    view! {
        <div class="space-picture">
            <img src=["/pictures/", kind.as_str(), ".svg"].concat() width="640" height="360" alt=""/>
        </div>
    }
}

/// Whether it is open.
#[component]
pub fn OpeningLine(opening: Opening) -> impl IntoView {
    let (state, icon) = if opening.is_open { ("open", "i-clock") } else { ("closed", "i-slash") };
    view! {
        <p class="space-card-open" data-state=state>
            <Icon name=icon/>
            <span>
                <Unbroken text=opening.text/>
            </span>
        </p>
    }
}

/// A space in the list.
#[component]
pub fn SpaceCard(card: SpaceCardData) -> impl IntoView {
    let model = use_model();
    let words = model.words_untracked();
    let heading = ["space-", &card.id.to_string()].concat();
    let labelled = heading.clone();
    let free_label = [heading.as_str(), "-free"].concat();
    let free_labels = free_label.clone();
    let has_times = !card.times.is_empty();
    let none = !has_times && card.jump.is_none();
    view! {
        <article class="space-card" aria-labelledby=labelled>
            <SpacePicture kind=card.kind/>
            <div class="space-card-body">
                <p class="space-card-kind">
                    {words.space_kind(card.kind)} " · " <span class="nb">{words.spaces.heads(card.heads)}</span>
                </p>
                <h2 class="space-card-title">
                    <a id=heading href=Route::Space(card.id).href()>{card.name}</a>
                </h2>
                <p class="space-card-meta">{card.meta}</p>
                <OpeningLine opening=card.opening/>
                {has_times
                    .then(|| {
                        view! {
                            <p class="space-card-meta" id=free_label>{words.spaces.today_free}</p>
                            <ul class="slot-grid" data-compact="" aria-labelledby=free_labels>
                                {card
                                    .times
                                    .into_iter()
                                    .map(|(time, label, href)| {
                                        view! {
                                            <li>
                                                <a class="slot" data-state="free" href=href aria-label=label>
                                                    <span class="slot-start">{time}</span>
                                                </a>
                                            </li>
                                        }
                                    })
                                    .collect_view()}
                            </ul>
                        }
                    })}
                {card
                    .jump
                    .map(|(text, href)| {
                        view! {
                            <a class="button" href=href>
                                <span>
                                    <Unbroken text/>
                                </span>
                            </a>
                        }
                    })}
                {none.then(|| view! { <p class="space-card-meta">{words.spaces.none_free}</p> })}
            </div>
        </article>
    }
}
