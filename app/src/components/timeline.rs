//! The picture of a host's day: hours at the left, one next step per block.

use domain::booking::BookingState;
use domain::id::BookingId;
use domain::sync::Delivery;
use domain::time::TimeRange;
use domain::words::{Words, format};
use leptos::prelude::*;

use super::day_timeline::{Block, Line, Next, ends, length_step};
use crate::model::use_model;
use crate::route::Route;
use crate::ui::chip::{ChipState, StateChip};

/// What can be done on the timeline.
#[derive(Clone, Copy)]
pub struct TimelineActions {
    /// Say yes to a request.
    pub on_approve: Callback<BookingId>,
    /// They are here.
    pub on_check_in: Callback<BookingId>,
    /// Call a booking off.
    pub on_cancel: Callback<BookingId>,
}

/// The day of one space.
#[component]
pub fn Timeline(#[prop(into)] space: String, lines: Signal<Vec<Line>>, actions: TimelineActions) -> impl IntoView {
    let model = use_model();
    let name = space.clone();
    view! {
        <section class="timeline" aria-label=move || model.words().desk.timeline_of(&name)>
            <h2 class="timeline-title">{space}</h2>
            {move || {
                let words = model.words();
                let lines = lines.get();
                if lines.is_empty() {
                    return view! { <p class="timeline-closed">{words.desk.closed}</p> }.into_any();
                }
                view! {
                    <ol class="timeline-list">
                        {lines.into_iter().map(|line| one(words, line, actions)).collect_view()}
                    </ol>
                }
                .into_any()
            }}
        </section>
    }
}

fn hours(range: TimeRange) -> impl IntoView {
    let (start, end) = ends(range);
    view! {
        <p class="timeline-time">
            <span>{start}</span>
            <span>{end}</span>
        </p>
    }
}

fn one(words: &'static Words, line: Line, actions: TimelineActions) -> AnyView {
    match line {
        Line::Booking(block) => booking(words, *block, actions),
        Line::Activity { id, range, title, note, is_over } => {
            let label = words.desk.roster_of(&title);
            view! {
                <li class="timeline-item">
                    {hours(range)}
                    <article
                        class="timeline-block"
                        data-state=if is_over { "past" } else { "activity" }
                        data-length=length_step(range)
                    >
                        <div class="timeline-body">
                            <h3 class="timeline-who">{title}</h3>
                            <p class="timeline-note">{note}</p>
                        </div>
                        <a class="button timeline-next" href=Route::Roster(id).href() aria-label=label>
                            {words.team.roster}
                        </a>
                    </article>
                </li>
            }
            .into_any()
        }
        Line::Held { range } => view! {
            <li class="timeline-item">
                {hours(range)}
                <article class="timeline-block" data-state="past" data-length=length_step(range)>
                    <div class="timeline-body">
                        <h3 class="timeline-who">{words.desk.held}</h3>
                    </div>
                </article>
            </li>
        }
        .into_any(),
        Line::Gap { range } => {
            let minutes = u32::try_from(range.minutes()).unwrap_or(0);
            view! {
                <li class="timeline-item">
                    {hours(range)}
                    <p class="timeline-gap">{words.desk.free_gap(format::duration(words.language, minutes))}</p>
                </li>
            }
            .into_any()
        }
        Line::Closed { range, reason } => view! {
            <li class="timeline-item">
                {hours(range)}
                <p class="timeline-closed">{reason}</p>
            </li>
        }
        .into_any(),
        Line::Now(at) => {
            let time = format::staff_time(at.minute_of_day());
            view! {
                <li class="timeline-now">
                    <span class="num">{words.desk.now(time)}</span>
                </li>
            }
            .into_any()
        }
    }
}

/// Where a block stands: the value of its `data-state`, and its chip.
fn standing(words: &'static Words, block: &Block) -> (&'static str, Option<(ChipState, &'static str)>) {
    let states = &words.states;
    match (block.delivery, block.state) {
        (Some(Delivery::Saved), _) => ("requested", Some((ChipState::Saved, states.saved_not_sent))),
        (Some(Delivery::Checking), _) => ("requested", Some((ChipState::Checking, states.checking))),
        (None, BookingState::Requested) => ("requested", Some((ChipState::Requested, words.desk.requests_title))),
        (None, BookingState::CheckedIn) if block.is_over => ("past", Some((ChipState::Past, states.past))),
        (None, BookingState::CheckedIn) => ("arrived", Some((ChipState::Arrived, words.desk.arrived))),
        (None, BookingState::NoShow) => ("missed", Some((ChipState::Missed, states.missed))),
        (None, BookingState::Approved) if !block.is_over => ("confirmed", None),
        (None, _) => ("past", Some((ChipState::Past, states.past))),
    }
}

fn booking(words: &'static Words, block: Block, actions: TimelineActions) -> AnyView {
    let (state, chip) = standing(words, &block);
    let id = block.id;
    let texts = &words.desk;
    let next = block.next.map(|next| {
        let (text, label, act) = match next {
            Next::Approve => (texts.approve, texts.approve_of(&block.who), actions.on_approve),
            Next::CheckIn => (texts.arrived, texts.arrived_of(&block.who), actions.on_check_in),
        };
        view! {
            <button
                type="button"
                class="button timeline-next"
                data-kind="primary"
                aria-label=label
                on:click=move |_| act.run(id)
            >
                {text}
            </button>
        }
    });
    let cancel = block.can_cancel.then(|| {
        view! {
            <button
                type="button"
                class="button timeline-next"
                data-kind="quiet"
                aria-haspopup="dialog"
                aria-label=texts.cancel_of(&block.who)
                on:click=move |_| actions.on_cancel.run(id)
            >
                {texts.cancel_short}
            </button>
        }
    });
    view! {
        <li class="timeline-item">
            {hours(block.range)}
            <article class="timeline-block" data-state=state data-length=length_step(block.range)>
                <div class="timeline-body">
                    <h3 class="timeline-who">{block.who}</h3>
                    <p class="timeline-note">{block.note}</p>
                    {chip.map(|(state, text)| view! { <StateChip state text/> })}
                </div>
                {next}
                {cancel}
            </article>
        </li>
    }
    .into_any()
}
