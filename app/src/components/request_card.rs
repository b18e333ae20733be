//! A request for a space that waits for its host: who, when, what for, how long there is to answer, and the two answers.

use domain::change::DeskBookingRow;
use domain::id::BookingId;
use domain::time::Timestamp;
use domain::words::{Words, format};
use leptos::prelude::*;

use crate::model::use_model;
use crate::ui::chip::{Chip, Tone};
use crate::ui::unbroken::{Dotted, Unbroken};

/// So little time is little.
const HURRY_MINUTES: i64 = 60;

/// What a card draws.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestData {
    /// The booking.
    pub id: BookingId,
    space: String,
    when: String,
    who: String,
    people: String,
    note: Option<String>,
    left: Option<(String, bool)>,
}

/// 王阿姨 尾号3821
#[must_use]
pub fn who(words: &'static Words, row: &DeskBookingRow) -> String {
    if row.phone_tail.is_empty() { row.name.to_string() } else { words.desk.party(&row.name, &row.phone_tail) }
}

impl RequestData {
    /// The card of a request at `now`.
    #[must_use]
    pub fn of(id: BookingId, space: &str, row: &DeskBookingRow, words: &'static Words, now: Timestamp) -> Self {
        let note = [Some(words.purpose(row.booking.purpose)), row.booking.note.as_ref().map(|note| note.as_str())];
        let left = row.booking.answer_by.map(|by| {
            let minutes = by.minutes_since(now).max(0);
            let said = format::duration(words.language, round_down(u32::try_from(minutes).unwrap_or(0)));
            (words.desk.time_left(said), minutes <= HURRY_MINUTES)
        });
        Self {
            id,
            space: space.to_owned(),
            when: format::staff_when(words.language, row.booking.range, now.date()),
            who: who(words, row),
            people: words.booking.visitors(row.booking.adults, row.booking.children),
            note: Some(note.into_iter().flatten().collect::<Vec<_>>().join(" · ")),
            left,
        }
    }
}

/// Minutes matter in the last hour only.
const fn round_down(minutes: u32) -> u32 {
    if minutes > 60 { minutes / 30 * 30 } else { minutes }
}

/// The card.
#[component]
pub fn RequestCard(
    request: RequestData,
    on_approve: Callback<BookingId>,
    on_decline: Callback<BookingId>,
) -> impl IntoView {
    let model = use_model();
    let words = model.words_untracked();
    let RequestData { id, space, when, who, people, note, left } = request;
    let (approve, decline) = (words.desk.approve_of(&who), words.desk.decline_of(&who));
    view! {
        <article class="request-card">
            <header class="request-card-head">
                <h3 class="request-card-title">{space}</h3>
                {left
                    .map(|(text, is_hurry)| {
                        let tone = if is_hurry { Tone::Warn } else { Tone::Neutral };
                        view! { <Chip text tone icon="i-hourglass"/> }
                    })}
            </header>
            <p class="request-card-when">
                <Unbroken text=when/>
            </p>
            <p class="request-card-who">
                <Dotted facts=vec![who, people]/>
            </p>
            {note.map(|note| view! { <p class="request-card-note">{note}</p> })}
            <div class="button-row">
                <button
                    type="button"
                    class="button"
                    data-kind="primary"
                    aria-label=approve
                    on:click=move |_| on_approve.run(id)
                >
                    {words.desk.approve}
                </button>
                <button
                    type="button"
                    class="button"
                    aria-haspopup="dialog"
                    aria-label=decline
                    on:click=move |_| on_decline.run(id)
                >
                    {words.desk.decline}
                </button>
            </div>
        </article>
    }
}
