//! One's own booking on the page of its space: where it stands, in the product's honest words, and the way out of it.

use domain::booking::{BookingState, decide_cancel};
use domain::change::BookingRow;
use domain::id::BookingId;
use domain::order::sort_by_key;
use domain::sync::{Delivery, View};
use domain::time::Timestamp;
use domain::words::format;
use leptos::prelude::*;

use crate::model::use_model;
use crate::ui::icon::Icon;
use crate::ui::unbroken::{Dotted, Unbroken};

/// The id of a booking's status on the page.
#[must_use]
pub fn booking_anchor(booking: BookingId) -> String {
    ["booking-", &booking.to_string()].concat()
}

/// One's own booking as its status draws it.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnBooking {
    /// Its id.
    pub id: BookingId,
    /// It.
    pub row: BookingRow,
    /// Whether something about it is on its way.
    pub delivery: Option<Delivery>,
}

/// One's own bookings of a space that are worth showing at `now`, the next first: what is not over, without what one
/// has cancelled oneself and that has arrived.
#[must_use]
pub fn own_bookings(view: &View, space: domain::id::SpaceId, now: Timestamp) -> Vec<OwnBooking> {
    let mut own: Vec<OwnBooking> = view
        .bookings
        .iter()
        .filter(|(_, booking)| booking.row.space == space && booking.row.range.end() > now)
        .map(|(id, booking)| OwnBooking {
            id: *id,
            row: booking.row.clone(),
            delivery: view.deliveries.get(&id.uuid()).copied(),
        })
        .filter(|own| match own.row.state {
            BookingState::Cancelled => own.delivery.is_some() || own.row.reason.is_some(),
            BookingState::NoShow | BookingState::Completed => false,
            _ => true,
        })
        .collect();
    sort_by_key(&mut own, |own| own.row.range.start());
    own
}

/// The status of one's own booking.
#[component]
pub fn BookingStatus(#[prop(into)] own: Signal<OwnBooking>, on_cancel: Callback<BookingId>) -> impl IntoView {
    let model = use_model();
    let can_cancel = move |row: &BookingRow| decide_cancel(row.state, row.range, model.now()).is_ok();
    // One element while the booking goes its way, so that the focus stays with it.
    move || {
        let OwnBooking { id, row, delivery } = own.get();
        let words = model.words();
        let texts = &words.booking;
        let when = format::when(words.language, row.range, model.today());
        let is_leaving = row.state == BookingState::Cancelled;
        let waits = model.is_offline() || model.needs_sign_in();
        let reason = row.reason.as_ref().map(|why| texts.reason(why));
        let (state, icon, title, text) = match (delivery, row.state) {
            (Some(Delivery::Saved), _) if waits => {
                let text = if is_leaving { words.offline.saved_other } else { words.offline.saved_booking };
                ("saved", "i-phone-arrow", words.states.saved_not_sent.to_owned(), Some(text.to_owned()))
            }
            (Some(Delivery::Checking), _) if waits => {
                ("checking", "i-dots", words.states.checking.to_owned(), Some(words.offline.answer_unknown.to_owned()))
            }
            (Some(_), _) => ("checking", "i-dots", words.offline.tapped.to_owned(), None),
            (None, BookingState::Requested) => {
                let by = row.answer_by.map(|at| format::moment(words.language, at, model.today()));
                let title = by.map_or_else(|| texts.requested.to_owned(), |by| texts.requested_by(by));
                ("requested", "i-hourglass", title, None)
            }
            (None, BookingState::Approved) => ("confirmed", "i-check", texts.booked.to_owned(), None),
            (None, BookingState::CheckedIn) => ("arrived", "i-double-check", words.states.arrived.to_owned(), None),
            (None, BookingState::Declined) => ("refused", "i-exclamation", texts.declined.to_owned(), reason),
            (None, BookingState::Cancelled) => ("cancelled", "i-slash", texts.cancelled_by_host.to_owned(), reason),
            (None, BookingState::Expired) => ("refused", "i-exclamation", texts.expired.to_owned(), None),
            (None, BookingState::Completed | BookingState::NoShow) => {
                ("past", "i-circle", words.states.past.to_owned(), None)
            }
        };
        let facts = vec![when, texts.visitors(row.adults, row.children), words.purpose(row.purpose).to_owned()];
        let may_cancel = can_cancel(&row);
        view! {
            <section class="status" data-state=state id=booking_anchor(id) tabindex="-1" aria-label=texts.my_booking>
                <Icon name=icon/>
                <div class="status-body">
                    <p class="status-title">
                        <Unbroken text=title/>
                    </p>
                    <p class="status-text">
                        <Dotted facts/>
                    </p>
                    {text.map(|text| view! { <p class="status-text">{text}</p> })}
                </div>
                {may_cancel
                    .then(|| {
                        view! {
                            <div class="button-row">
                                <button
                                    type="button"
                                    class="button"
                                    aria-haspopup="dialog"
                                    on:click=move |_| on_cancel.run(id)
                                >
                                    {texts.cancel}
                                </button>
                            </div>
                        }
                    })}
            </section>
        }
    }
}
