//! What one goes to: sign-ups and bookings in one list by time, each with its state and its way on.

use domain::activity::Category;
use domain::agenda::{Entry, RowFact};
use domain::booking::BookingState;
use domain::change::{BookingRow, PartyMember, SignUpRow, SignUpState};
use domain::id::{BookingId, OccurrenceId};
use domain::order::sort_by_key;
use domain::sync::{Delivery, View};
use domain::time::{TimeRange, Timestamp};
use domain::words::{Words, format};
use leptos::prelude::*;

use crate::model::use_model;
use crate::route::{Route, with_query};
use crate::ui::chip::{ChipState, StateChip};
use crate::ui::unbroken::Unbroken;

/// What one goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A date of an activity.
    Date(OccurrenceId),
    /// A booked time in a space.
    Booking(BookingId),
}

/// One line of the list: plain values, so that a list is compared and not rebuilt.
#[derive(Debug, Clone, PartialEq)]
pub struct Coming {
    /// What it is.
    pub what: What,
    /// When.
    pub range: TimeRange,
    /// What it is called.
    pub title: String,
    /// Where.
    pub place: String,
    /// Who comes, or what is still to be known.
    pub note: String,
    /// The place on the list, where places are numbered.
    pub seat: Option<String>,
    /// Where it stands.
    pub state: ChipState,
    /// Where it stands, in words.
    pub state_text: String,
    category: Option<Category>,
}

/// Everything of one's own, by what one does with it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mine {
    /// The next thing that stands.
    pub next: Option<Coming>,
    /// The rest of what is coming, the next first.
    pub coming: Vec<Coming>,
    /// What waits for somebody.
    pub waiting: Vec<Coming>,
    /// What is over or did not come about, the latest first.
    pub past: Vec<Coming>,
}

impl Mine {
    /// Sorts what the picture holds of one's own.
    #[must_use]
    pub fn of(view: &View, words: &'static Words, now: Timestamp) -> Self {
        let mut mine = Self::default();
        for (id, sign_up) in view.sign_ups.iter() {
            let Some(entry) = Entry::of(view, sign_up.row.occurrence) else { continue };
            let waits = matches!(sign_up.row.state, SignUpState::Waitlisted { .. });
            let line = if entry.sign_up.is_some_and(|(live, _)| live == *id) {
                Some(live_sign_up(&entry, words, now))
            } else {
                ended_sign_up(&entry, &sign_up.row, view.deliveries.get(&id.uuid()).copied(), words)
            };
            if let Some(line) = line {
                mine.sort(line, waits, now);
            }
        }
        for (id, booking) in view.bookings.iter() {
            let delivery = view.deliveries.get(&id.uuid()).copied();
            let waits = booking.row.state == BookingState::Requested;
            if let Some(line) = booked(view, *id, &booking.row, delivery, words) {
                mine.sort(line, waits, now);
            }
        }
        sort_by_key(&mut mine.coming, |line| line.range.start());
        sort_by_key(&mut mine.waiting, |line| line.range.start());
        sort_by_key(&mut mine.past, |line| std::cmp::Reverse(line.range.start()));
        let stands = |line: &Coming| matches!(line.state, ChipState::Confirmed | ChipState::Arrived);
        mine.next = mine.coming.iter().position(stands).map(|at| mine.coming.remove(at));
        mine
    }

    fn sort(&mut self, line: Coming, waits: bool, now: Timestamp) {
        let did_not_come_about = matches!(line.state, ChipState::Refused | ChipState::Missed)
            || (line.state == ChipState::Cancelled && matches!(line.what, What::Booking(_)));
        if line.range.end() <= now || did_not_come_about {
            self.past.push(line);
        } else if waits {
            self.waiting.push(line);
        } else {
            self.coming.push(line);
        }
    }
}

const fn on_its_way(delivery: Delivery, words: &'static Words) -> (ChipState, &'static str) {
    match delivery {
        Delivery::Saved => (ChipState::Saved, words.states.saved_not_sent),
        Delivery::Checking => (ChipState::Checking, words.states.checking),
    }
}

/// A line of a date, its state still to be filled in.
fn date_line(entry: &Entry<'_>, party: &[PartyMember], words: &'static Words) -> Coming {
    let names: Vec<&str> = party.iter().map(|member| member.name.as_str()).collect();
    let seat = party.iter().filter_map(|member| member.seat).min();
    let capacity = entry.seats.and_then(|seats| seats.capacity);
    Coming {
        what: What::Date(entry.id),
        range: entry.occurrence.range,
        title: entry.activity.title.to_string(),
        place: entry.venue().place.to_string(),
        note: words.common.party(words.names_list(&names), names.len()),
        seat: seat.filter(|_| capacity.is_some()).map(|seat| words.occurrence.on_list(seat)),
        state: ChipState::Confirmed,
        state_text: words.states.signed_up.to_owned(),
        category: Some(entry.activity.category),
    }
}

fn live_sign_up(entry: &Entry<'_>, words: &'static Words, now: Timestamp) -> Coming {
    let states = &words.states;
    let party = entry.sign_up.map_or(&[][..], |(_, own)| own.party.as_slice());
    let is_over = entry.occurrence.range.end() <= now;
    let (state, text) = match entry.fact(now) {
        RowFact::Cancelled => (ChipState::Cancelled, states.called_off.to_owned()),
        RowFact::OnItsWay(delivery) => {
            let (state, text) = on_its_way(delivery, words);
            (state, text.to_owned())
        }
        RowFact::CheckedIn => (ChipState::Arrived, states.arrived.to_owned()),
        _ if is_over => (ChipState::Past, states.past.to_owned()),
        RowFact::Offered { until } => {
            (ChipState::Requested, states.offered(format::moment(words.language, until, now.date())))
        }
        RowFact::Pooled { .. } => (ChipState::Requested, words.draws.pooled.to_owned()),
        RowFact::Waitlisted { parties_ahead } => (ChipState::Waitlisted, states.waitlisted(parties_ahead + 1)),
        _ => (ChipState::Confirmed, states.signed_up.to_owned()),
    };
    Coming { state, state_text: text, ..date_line(entry, party, words) }
}

/// A sign-up that is no longer live: shown while its withdrawal is on its way, or when the date was called off.
fn ended_sign_up(
    entry: &Entry<'_>,
    row: &SignUpRow,
    delivery: Option<Delivery>,
    words: &'static Words,
) -> Option<Coming> {
    let line = date_line(entry, &row.party, words);
    match row.state {
        SignUpState::CalledOff { .. } => {
            Some(Coming { state: ChipState::Cancelled, state_text: words.states.called_off.to_owned(), ..line })
        }
        SignUpState::Withdrawn { .. } => {
            let (state, text) = on_its_way(delivery?, words);
            let note = words.occurrence.withdraw.to_owned();
            Some(Coming { state, state_text: text.to_owned(), note, seat: None, ..line })
        }
        SignUpState::Confirmed | SignUpState::Waitlisted { .. } => None,
    }
}

fn booked(
    view: &View,
    id: BookingId,
    row: &BookingRow,
    delivery: Option<Delivery>,
    words: &'static Words,
) -> Option<Coming> {
    let is_leaving = row.state == BookingState::Cancelled;
    // What one has cancelled oneself is no news; what the host cancelled carries a reason.
    if is_leaving && delivery.is_none() && row.reason.is_none() {
        return None;
    }
    let space = view.spaces.get(&row.space)?;
    let (state, text) = match (delivery, row.state) {
        (Some(delivery), _) => on_its_way(delivery, words),
        (None, BookingState::Requested) => (ChipState::Requested, words.booking_state(row.state)),
        (None, BookingState::Approved) => (ChipState::Confirmed, words.booking_state(row.state)),
        (None, BookingState::CheckedIn) => (ChipState::Arrived, words.booking_state(row.state)),
        (None, BookingState::Declined | BookingState::Expired) => (ChipState::Refused, words.booking_state(row.state)),
        (None, BookingState::Cancelled) => (ChipState::Cancelled, words.booking_state(row.state)),
        (None, BookingState::Completed) => (ChipState::Past, words.booking_state(row.state)),
        (None, BookingState::NoShow) => (ChipState::Missed, words.booking_state(row.state)),
    };
    let who = words.booking.visitors(row.adults, row.children);
    Some(Coming {
        what: What::Booking(id),
        range: row.range,
        title: space.row.name.to_string(),
        place: space.row.address.to_string(),
        note: if is_leaving && delivery.is_some() { words.booking.cancel.to_owned() } else { who },
        seat: None,
        state,
        state_text: text.to_owned(),
        category: None,
    })
}

/// The address of a line; a booking's opens its sheet on one's own page.
fn href_of(what: What) -> String {
    match what {
        What::Date(id) => Route::Occurrence(id).href(),
        What::Booking(id) => with_query(&Route::Me.href(), &[("booking", &id.to_string())]),
    }
}

/// The list.
#[component]
pub fn ComingList(
    lines: Vec<Coming>,
    /// Opens a booking.
    on_booking: Callback<BookingId>,
) -> impl IntoView {
    view! {
        <ul class="activity-list">
            {lines.into_iter().map(|line| view! { <ComingRow line on_booking/> }).collect_view()}
        </ul>
    }
}

#[component]
fn ComingRow(line: Coming, on_booking: Callback<BookingId>) -> impl IntoView {
    let row_state = match line.state {
        ChipState::Cancelled => Some("cancelled"),
        ChipState::Past | ChipState::Refused | ChipState::Missed => Some("past"),
        _ => None,
    };
    view! {
        <li class="activity-row" data-category=line.category.map(Category::as_str) data-state=row_state>
            <LineLink line=Coming { seat: None, ..line } on_booking/>
        </li>
    }
}

/// What, when, where, who and where it stands; the whole of it is the link.
#[component]
fn LineLink(line: Coming, on_booking: Callback<BookingId>) -> impl IntoView {
    let model = use_model();
    let (what, range) = (line.what, line.range);
    let open = move |event: leptos::ev::MouseEvent| {
        if let What::Booking(id) = what {
            event.prevent_default();
            on_booking.run(id);
        }
    };
    view! {
        <a
            class="activity-row-link"
            href=href_of(what)
            aria-haspopup=matches!(what, What::Booking(_)).then_some("dialog")
            on:click=open
        >
            <h3 class="activity-row-title">{line.title}</h3>
            <p class="activity-row-when">
                {move || view! { <Unbroken text=format::when(model.language(), range, model.today())/> }}
            </p>
            <p class="activity-row-where">{line.place}</p>
            <p class="activity-row-foot">
                <span class="quiet">
                    <Unbroken text=line.note/>
                </span>
                <StateChip state=line.state text=line.state_text/>
                {line.seat.map(|seat| view! { <span class="activity-row-seat">{seat}</span> })}
            </p>
        </a>
    }
}

/// The next thing, or what takes place at this moment.
#[component]
pub fn NextUp(line: Coming, on_booking: Callback<BookingId>) -> impl IntoView {
    let model = use_model();
    let (range, category) = (line.range, line.category.map(Category::as_str));
    let title = move || {
        let words = model.words();
        if range.contains(model.now()) { words.states.now } else { words.me.next }
    };
    view! {
        <section class="next-up">
            <h2 class="section-title">{title}</h2>
            <article class="activity-row" data-category=category data-mine="">
                <LineLink line on_booking/>
            </article>
        </section>
    }
}
