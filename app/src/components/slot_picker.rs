//! The times of a day by morning, afternoon and evening: free ones are buttons, one's own are links to where they
//! stand, taken ones say so.

use domain::booking::BookingState;
use domain::sync::Delivery;
use domain::time::{TimeRange, Timestamp};
use domain::words::{Words, format};
use leptos::prelude::*;

use crate::components::booking_status::booking_anchor;
use crate::components::free_times::{DaySlot, DaySlotState};
use crate::model::use_model;

/// The hours at which afternoon and evening begin, as in the words for times.
const AFTERNOON_FROM: u8 = 12;
const EVENING_FROM: u8 = 18;

/// The times of a day.
#[component]
pub fn SlotPicker(slots: Signal<Vec<DaySlot>>, on_choose: Callback<TimeRange>) -> impl IntoView {
    let model = use_model();
    move || {
        let words = model.words();
        let mut parts: [(&str, Vec<DaySlot>); 3] =
            [(words.space.morning, vec![]), (words.space.afternoon, vec![]), (words.space.evening, vec![])];
        for slot in slots.get() {
            let part = match slot.range.start().minute_of_day().hour() {
                ..AFTERNOON_FROM => 0,
                AFTERNOON_FROM..EVENING_FROM => 1,
                _ => 2,
            };
            parts[part].1.push(slot);
        }
        parts
            .into_iter()
            .filter(|(_, slots)| !slots.is_empty())
            .map(|(name, slots)| {
                let slots = slots.into_iter().map(|slot| view! { <li>{one(words, slot, on_choose)}</li> });
                view! {
                    <section class="slot-part" aria-label=name>
                        <h3 class="slot-part-title">{name}</h3>
                        <ul class="slot-grid">{slots.collect_view()}</ul>
                    </section>
                }
            })
            .collect_view()
    }
}

/// The hour and minute under a heading that says the part of the day; noon keeps its word.
fn short_time(words: &'static Words, at: Timestamp) -> String {
    let text = format::time(words.language, at.minute_of_day());
    let from = text.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    text[from..].to_owned()
}

fn one(words: &'static Words, slot: DaySlot, on_choose: Callback<TimeRange>) -> AnyView {
    let texts = &words.space;
    let range = slot.range;
    let start = short_time(words, range.start());
    let until = texts.slot_until(short_time(words, range.end()));
    let label = |state: &str| texts.slot_label(format::time_range(words.language, range), state);
    match slot.state {
        DaySlotState::Free { heads_left } => {
            let left = heads_left.map(|heads| texts.heads_left(heads));
            let state = left.clone().unwrap_or_else(|| texts.free.to_owned());
            view! {
                <button
                    type="button"
                    class="slot"
                    data-state="free"
                    aria-haspopup="dialog"
                    on:click=move |_| on_choose.run(range)
                >
                    // Said instead of the pieces; a label beside them would have to repeat them word for word.
                    <span class="sr">{label(&state)}</span>
                    <span class="slot-start" aria-hidden="true">{start}</span>
                    <span class="slot-end" aria-hidden="true">{until}</span>
                    {left.map(|left| view! { <span class="slot-left" aria-hidden="true">{left}</span> })}
                </button>
            }
            .into_any()
        }
        DaySlotState::Taken => blocked(start, texts.taken),
        DaySlotState::TooSoon => blocked(start, texts.too_soon),
        DaySlotState::TooFar => blocked(start, texts.too_far),
        DaySlotState::Mine { booking, state, delivery } => {
            let (state, word) = match (delivery, state) {
                (Some(Delivery::Saved), _) => ("requested", texts.unsent),
                (Some(Delivery::Checking), _) => ("requested", words.states.checking),
                (None, BookingState::Requested) => ("requested", texts.waiting),
                (None, _) => ("mine", texts.mine),
            };
            view! {
                <a class="slot" data-state=state href=["#", &booking_anchor(booking)].concat()>
                    <span class="sr">{label(word)}</span>
                    <span class="slot-start" aria-hidden="true">{start}</span>
                    <span class="slot-end" aria-hidden="true">{until}</span>
                    <span class="slot-left" aria-hidden="true">{word}</span>
                </a>
            }
            .into_any()
        }
    }
}

fn blocked(start: String, word: &'static str) -> AnyView {
    view! {
        <div class="slot" data-state="taken">
            <span class="slot-start">{start}</span>
            <span class="slot-end">{word}</span>
        </div>
    }
    .into_any()
}
