//! A space in the list: what it is, whether it is open, and the next times it can be had, each one tap from booking.

use domain::change::SpaceRow;
use domain::id::SpaceId;
use domain::space::{SpaceKind, open_ranges};
use domain::sync::View;
use domain::time::{LocalDate, Timestamp};
use domain::words::{Door, Words, format};
use leptos::prelude::*;

use crate::components::free_times::{free_on, next_free, usual_minutes};
use crate::model::use_model;
use crate::route::{Route, with_query};
use crate::ui::icon::Icon;
use crate::ui::unbroken::{Dotted, Unbroken};

/// How many free times a card shows.
const TIMES_SHOWN: usize = 3;

/// What a card draws: plain values, so that a list is compared and not rebuilt.
#[derive(Debug, Clone, PartialEq)]
pub struct SpaceCardData {
    id: SpaceId,
    kind: SpaceKind,
    name: String,
    meta: Vec<String>,
    heads: u16,
    door: Door,
    times: Vec<(String, String, String)>,
    jump: Option<(String, String)>,
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
        let meta = [Some(space.address.to_string()), space.access.as_ref().map(ToString::to_string)];
        Self {
            id,
            kind: space.kind,
            name: space.name.to_string(),
            meta: meta.into_iter().flatten().collect(),
            heads: space.policy.mode.heads(),
            door: words.door(&space.hours, &space.closures, now),
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

/// Whether it is open, and today's hours.
#[component]
pub fn DoorLine(door: Door) -> impl IntoView {
    let (state, icon) = if door.is_open { ("open", "i-clock") } else { ("closed", "i-slash") };
    view! {
        <p class="space-card-open" data-state=state>
            <Icon name=icon/>
            <Dotted facts=door.facts/>
        </p>
    }
}

/// What kind of space it is, and how many it takes.
#[component]
pub fn KindLine(kind: SpaceKind, heads: u16) -> impl IntoView {
    let words = use_model().words();
    view! {
        <p class="space-card-kind">
            <Dotted facts=vec![words.space_kind(kind).to_owned(), words.spaces.heads(heads)]/>
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
                <KindLine kind=card.kind heads=card.heads/>
                <h2 class="space-card-title">
                    <a id=heading href=Route::Space(card.id).href()>{card.name}</a>
                </h2>
                <p class="space-card-meta">
                    <Dotted facts=card.meta/>
                </p>
                <DoorLine door=card.door/>
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
