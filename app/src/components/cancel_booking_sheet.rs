//! Cancelling one's own booking: no question whether one is sure, but what follows, and the two ways on.

use domain::id::BookingId;
use leptos::prelude::*;

use crate::model::use_model;
use crate::ui::sheet::Sheet;

/// The sheet; `when` says which booking.
#[component]
pub fn CancelBookingSheet(
    open: RwSignal<bool>,
    booking: Signal<Option<BookingId>>,
    #[prop(into)] when: Signal<String>,
    on_confirm: Callback<BookingId>,
) -> impl IntoView {
    let model = use_model();
    let confirm = move |_| {
        open.set(false);
        if let Some(booking) = booking.get_untracked() {
            on_confirm.run(booking);
        }
    };
    let foot = move || {
        view! {
            <button type="button" class="button" data-kind="primary" on:click=move |_| open.set(false)>
                {move || model.words().booking.keep}
            </button>
            <button type="button" class="button" data-kind="danger" on:click=confirm>
                {move || model.words().booking.cancel}
            </button>
        }
    };
    view! {
        <Sheet open title=Signal::derive(move || model.words().booking.cancel_title.to_owned()) says_keep=true foot>
            <p>
                <strong>{move || when.get()}</strong>
            </p>
            <p>{move || model.words().booking.cancel_note}</p>
        </Sheet>
    }
}
