//! Where one's own sign-up stands, in the product's three honest words: saved here, being checked, confirmed.

use domain::agenda::RowFact;
use domain::change::SignUpRow;
use domain::sign_up::Seats;
use domain::sync::Delivery;
use domain::words::format;
use leptos::prelude::*;

use crate::model::{Freshness, use_model};
use crate::ui::icon::Icon;

/// The band of one's own sign-up on a date's page.
#[component]
pub fn OwnStatus(
    /// What the row shows.
    fact: RowFact,
    own: SignUpRow,
    seats: Option<Seats>,
    children: Children,
) -> impl IntoView {
    let model = use_model();
    let words = model.words();
    let language = words.language;
    let as_of = match model.freshness() {
        Freshness::Cached { as_of } => Some(as_of),
        Freshness::Offline { as_of } => as_of,
        Freshness::Loading | Freshness::Fresh => None,
    };
    let names: Vec<String> = own.party.iter().map(|member| member.name.to_string()).collect();
    let who = format::list(language, &names);
    let (state, icon, title, text) = match fact {
        RowFact::OnItsWay(Delivery::Saved) => {
            let mut text = words.offline.saved_sign_up.to_owned();
            if let (Some(at), Some(left)) = (as_of, seats.and_then(Seats::free)) {
                text.push_str(&words.offline.last_known(format::time(language, at.minute_of_day()), left));
            }
            ("saved", "i-phone-arrow", words.states.saved_not_sent.to_owned(), text)
        }
        RowFact::OnItsWay(Delivery::Checking) if as_of.is_none() => {
            ("checking", "i-dots", words.offline.tapped.to_owned(), who)
        }
        RowFact::OnItsWay(Delivery::Checking) => {
            ("checking", "i-dots", words.states.checking.to_owned(), words.offline.answer_unknown.to_owned())
        }
        RowFact::Waitlisted { parties_ahead } => (
            "waitlisted",
            "i-queue",
            words.states.waitlisted(parties_ahead + 1),
            words.occurrence.waitlisted(parties_ahead + 1),
        ),
        RowFact::CheckedIn => ("arrived", "i-double-check", words.states.arrived.to_owned(), who),
        RowFact::Cancelled => ("cancelled", "i-slash", words.states.called_off.to_owned(), who),
        _ => {
            let seat = own.party.iter().filter_map(|member| member.seat).min();
            let place = match (seat, seats.and_then(|seats| seats.capacity)) {
                (Some(seat), Some(capacity)) => Some(words.occurrence.seat_of(seat, capacity)),
                _ => None,
            };
            let text = [place, Some(who)].into_iter().flatten().collect::<Vec<_>>().join(" · ");
            ("confirmed", "i-check", words.states.signed_up.to_owned(), text)
        }
    };
    view! {
        <section class="status" data-state=state role="status">
            <Icon name=icon/>
            <div class="status-body">
                <p class="status-title">{title}</p>
                <p class="status-text">{text}</p>
            </div>
            {children()}
        </section>
    }
}
