//! One's own booking: when, where, for how many, what the host said, and the way out of it with its consequence.

use domain::booking::{BookingState, decide_cancel};
use domain::change::BookingRow;
use domain::id::BookingId;
use domain::words::format;
use leptos::prelude::*;

use crate::model::use_model;
use crate::route::{Route, with_query};
use crate::ui::icon::Icon;
use crate::ui::sheet::Sheet;
use crate::ui::unbroken::{Dotted, Unbroken, with_whole};

/// The sheet; `booking` is the one it shows.
#[component]
pub fn OwnBookingSheet(
    open: RwSignal<bool>,
    booking: Signal<Option<BookingId>>,
    on_cancel: Callback<BookingId>,
) -> impl IntoView {
    let model = use_model();
    let row = Memo::new(move |_| {
        let id = booking.get()?;
        model.view().bookings.get(&id).map(|booking| booking.row.clone())
    });
    let may_cancel = move || {
        row.with(|row| row.as_ref().is_some_and(|row| decide_cancel(row.state, row.range, model.now()).is_ok()))
    };
    let cancel = move |_| {
        open.set(false);
        if let Some(id) = booking.get_untracked() {
            on_cancel.run(id);
        }
    };
    let foot = move || {
        let words = model.words();
        may_cancel().then(|| {
            view! {
                <p class="sheet-note">{words.booking.cancel_note}</p>
                <button type="button" class="button" data-kind="danger" on:click=cancel>
                    {words.booking.cancel}
                </button>
            }
        })
    };
    view! {
        <Sheet open=open title=Signal::derive(move || model.words().booking.my_booking.to_owned()) foot=foot>
            {move || row.get().map(|row| view! { <Facts row/> })}
        </Sheet>
    }
}

#[component]
fn Facts(row: BookingRow) -> impl IntoView {
    let model = use_model();
    let words = model.words_untracked();
    let view = model.view_untracked();
    let space = view.spaces.get(&row.space).map(|space| &space.row);
    let fact = |icon: &'static str, label: &'static str, content: AnyView| {
        view! {
            <div class="fact">
                <dt class="fact-label">
                    <Icon name=icon/>
                    <span class="sr">{label}</span>
                </dt>
                <dd class="fact-text">{content}</dd>
            </div>
        }
    };
    let when = format::when(words.language, row.range, model.today_untracked());
    let answer_by = row
        .answer_by
        .filter(|_| row.state == BookingState::Requested)
        .map(|at| words.me.answer_by(format::moment(words.language, at, model.today_untracked())));
    let space_href = with_query(&Route::Space(row.space).href(), &[("on", &row.range.start().date().to_string())]);
    let phone = space.and_then(|space| space.phone.clone());
    let people = vec![words.booking.visitors(row.adults, row.children), words.purpose(row.purpose).to_owned()];
    view! {
        <dl class="facts">
            {fact(
                "i-clock",
                words.occurrence.when,
                view! {
                    <Unbroken text=when/>
                    <p class="fact-note">{words.booking_state(row.state)}</p>
                    {answer_by.map(|text| view! { <p class="fact-note">{text}</p> })}
                    {row.reason.as_ref().map(|why| view! { <p class="fact-note">{words.booking.reason(why)}</p> })}
                }
                    .into_any(),
            )}
            {space
                .map(|space| {
                    fact(
                        "i-place",
                        words.occurrence.where_,
                        view! {
                            <a href=space_href>{space.name.to_string()}</a>
                            <p class="fact-note">{space.address.to_string()}</p>
                        }
                            .into_any(),
                    )
                })}
            {fact("i-people", words.occurrence.who, view! { <Dotted facts=people/> }.into_any())}
            {row.note.as_ref().map(|note| fact("i-message", words.booking.note, note.to_string().into_any()))}
            {phone
                .map(|phone| {
                    fact(
                        "i-phone",
                        words.occurrence.phone,
                        view! {
                            <a href=["tel:", &phone].concat()>
                                {with_whole(&words.common.call_number(&phone), &phone)}
                            </a>
                        }
                        .into_any(),
                    )
                })}
        </dl>
    }
}
