//! Where one's own sign-up stands, in the product's three honest words: saved here, being checked, confirmed.

use domain::agenda::RowFact;
use domain::change::SignUpRow;
use domain::sign_up::Seats;
use domain::sign_up::draw::Lot;
use domain::sync::Delivery;
use domain::words::{Language, format};
use leptos::prelude::*;

use crate::model::{Freshness, Model, use_model};
use crate::ui::icon::Icon;
use crate::ui::unbroken::Unbroken;

/// The id of the band, for the focus after signing up.
pub const OWN_STATUS: &str = "own-status";

/// The band of one's own sign-up on a date's page.
#[component]
pub fn OwnStatus(
    /// What the row shows.
    fact: Signal<Option<RowFact>>,
    own: Signal<Option<SignUpRow>>,
    seats: Signal<Option<Seats>>,
    /// What a draw gave the sign-up, if there was one.
    lot: Signal<Option<Lot>>,
    children: Children,
) -> impl IntoView {
    let model = use_model();
    let look = Memo::new(move |_| match (fact.get(), own.get()) {
        (Some(fact), Some(own)) => Look::of(fact, &own, seats.get(), lot.get(), model),
        _ => Look::default(),
    });
    view! {
        <section class="status" id=OWN_STATUS tabindex="-1" data-state=move || look.read().state role="status">
            <Icon name=Signal::derive(move || look.read().icon)/>
            <div class="status-body">
                <p class="status-title">{move || look.read().title.clone()}</p>
                <p class="status-text">{move || look.with(|look| look.who.clone()).map(|text| view! { <Unbroken text/> })}</p>
                {move || look.with(|look| look.note.clone()).map(|note| view! { <p class="status-note">{note}</p> })}
            </div>
            {children()}
        </section>
    }
}

/// How a state is drawn.
#[derive(Debug, Clone, Default, PartialEq)]
struct Look {
    state: &'static str,
    icon: &'static str,
    title: String,
    /// Who comes.
    who: Option<String>,
    /// What else is to be known.
    note: Option<String>,
}

impl Look {
    fn of(fact: RowFact, own: &SignUpRow, seats: Option<Seats>, lot: Option<Lot>, model: Model) -> Self {
        let words = model.words();
        let names: Vec<&str> = own.party.iter().map(|member| member.name.as_str()).collect();
        let who = words.common.party(words.names_list(&names), names.len());
        let waits = model.is_offline() || model.needs_sign_in();
        let (state, icon, title, note) = match fact {
            RowFact::OnItsWay(Delivery::Saved) if waits => {
                ("saved", "i-phone-arrow", words.states.saved_not_sent.to_owned(), Some(saved_sentence(seats, model)))
            }
            RowFact::OnItsWay(Delivery::Checking) if waits => {
                let note = words.offline.answer_unknown.to_owned();
                ("checking", "i-dots", words.states.checking.to_owned(), Some(note))
            }
            RowFact::OnItsWay(_) => ("checking", "i-dots", words.offline.tapped.to_owned(), None),
            RowFact::Offered { .. } => ("requested", "i-hourglass", words.states.answer_now.to_owned(), None),
            RowFact::Pooled { draws_at } => {
                let note = match model.now() < draws_at {
                    true => words.draws.pooled_note(format::moment(words.language, draws_at, model.today())),
                    false => words.draws.drawing.to_owned(),
                };
                ("requested", "i-hourglass", words.draws.pooled.to_owned(), Some(note))
            }
            RowFact::Waitlisted { parties_ahead } => {
                let place = parties_ahead + 1;
                let title = match lot {
                    Some(_) => words.draws.lost(place),
                    None => words.states.waitlisted(place),
                };
                ("waitlisted", "i-queue", title, Some(words.occurrence.waitlisted(place)))
            }
            RowFact::CheckedIn => ("arrived", "i-double-check", words.states.arrived.to_owned(), None),
            RowFact::Cancelled => ("cancelled", "i-slash", words.states.called_off.to_owned(), None),
            _ => {
                let seat = own.party.iter().filter_map(|member| member.seat).min();
                let is_limited = seats.is_some_and(|seats| seats.capacity.is_some());
                let note = seat.filter(|_| is_limited).map(|seat| words.occurrence.on_list(seat));
                let has_won = lot.is_some_and(|lot| lot.won);
                let title = if has_won { words.draws.won } else { words.states.signed_up };
                ("confirmed", "i-check", title.to_owned(), note)
            }
        };
        Self { state, icon, title, who: Some(who), note }
    }
}

/// That it rests on this phone, and how many places there were when this phone last heard.
fn saved_sentence(seats: Option<Seats>, model: Model) -> String {
    let words = model.words();
    let as_of = match model.freshness() {
        Freshness::Cached { as_of } => Some(as_of),
        Freshness::Offline { as_of } => as_of,
        Freshness::Loading | Freshness::Fresh => None,
    };
    let known = as_of
        .zip(seats.and_then(Seats::free))
        .map(|(at, left)| words.offline.last_known(format::past_moment(words.language, at, model.today()), left));
    let parts: Vec<String> = [Some(words.offline.saved_sign_up.to_owned()), known].into_iter().flatten().collect();
    parts.join(match words.language {
        Language::ZhCn => "",
        Language::En => " ",
    })
}
