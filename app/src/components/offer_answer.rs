//! Whether one takes a place that came free: until when it is held in plain words, and two buttons. In the last hours
//! before a date one button, for whoever is first. Drawn wherever the offer is read; nothing once it is over.

use domain::agenda::{Entry, RowFact};
use domain::command::{AcceptOffer, Command, DeclineOffer};
use domain::id::{CommandId, OccurrenceId, SignUpId, StreamId};
use domain::sign_up::is_last_call;
use domain::time::Timestamp;
use domain::words::format;
use leptos::prelude::*;

use crate::components::own_status::OWN_STATUS;
use crate::model::{Model, use_model};
use crate::platform;

/// What there is to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Places are held.
    Offer { sign_up: SignUpId, until: Timestamp },
    /// Places are free for whoever is first, enough for this party.
    FirstCome { sign_up: SignUpId, places: u16 },
}

impl Asked {
    fn of(model: Model, id: OccurrenceId) -> Option<Self> {
        let (view, now) = (model.view(), model.now());
        let entry = Entry::of(&view, id)?;
        let (sign_up, own) = entry.sign_up?;
        match entry.fact(now) {
            RowFact::Offered { until } => Some(Self::Offer { sign_up, until }),
            RowFact::Waitlisted { .. } if is_last_call(entry.occurrence.range, now) => {
                let places = entry.seats.and_then(domain::sign_up::Seats::room)?;
                let heads = u16::try_from(own.party.len()).unwrap_or(u16::MAX);
                (heads <= places).then_some(Self::FirstCome { sign_up, places })
            }
            _ => None,
        }
    }
}

/// The question and its buttons, for one's own party at a date.
#[component]
pub fn OfferAnswer(
    occurrence: OccurrenceId,
    /// That the question stands beside it already.
    #[prop(optional)]
    buttons_only: bool,
) -> impl IntoView {
    let model = use_model();
    let asked = Memo::new(move |_| Asked::of(model, occurrence));
    let submit = move |sign_up: SignUpId, command: Command| {
        let view = model.view_untracked();
        let Some(own) = view.sign_ups.get(&sign_up) else { return };
        let stream = StreamId::Community(own.community.clone());
        let pending = view.deliveries.contains_key(&sign_up.uuid());
        let depends_on = pending.then(|| CommandId::from_uuid(sign_up.uuid()));
        // What came of it stands in the band; that it could not be saved, the outbox says.
        let _ = model.submit(stream, command, depends_on);
        platform::start_timer(0, || platform::focus(OWN_STATUS));
    };
    let accept = move |sign_up| submit(sign_up, Command::AcceptOffer(AcceptOffer { sign_up }));
    let decline = move |sign_up| {
        model.announce(model.words_untracked().queue.no_done);
        submit(sign_up, Command::DeclineOffer(DeclineOffer { sign_up }));
    };
    move || {
        let words = &model.words().queue;
        let asked = asked.get()?;
        let (sign_up, title, text) = match asked {
            Asked::Offer { sign_up, until } => {
                let until = format::moment(model.words().language, until, model.today());
                (sign_up, words.offer_title(until), words.offer_text.to_owned())
            }
            Asked::FirstCome { sign_up, places } => {
                (sign_up, words.first_come_title(places), words.first_come.to_owned())
            }
        };
        let is_held = matches!(asked, Asked::Offer { .. });
        Some(view! {
            <div class="offer">
                {(!buttons_only)
                    .then(|| {
                        view! {
                            <p class="offer-title">{title}</p>
                            <p class="offer-text">{text}</p>
                        }
                    })}
                <div class="button-row">
                    <button
                        type="button"
                        class="button"
                        data-kind="primary"
                        data-wide=""
                        on:click=move |_| accept(sign_up)
                    >
                        {words.yes}
                    </button>
                    {is_held
                        .then(|| {
                            view! {
                                <button type="button" class="button" data-wide="" on:click=move |_| decline(sign_up)>
                                    {words.no}
                                </button>
                            }
                        })}
                </div>
            </div>
        })
    }
}
