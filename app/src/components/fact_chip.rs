//! The one fact a row shows about a date, in icon and words.

use domain::agenda::RowFact;
use domain::sync::Delivery;
use domain::words::{Words, format};
use leptos::prelude::*;

use crate::model::use_model;
use crate::ui::icon::Icon;

/// How a fact is drawn.
struct Look {
    /// A state of the product's list of states; else a plain chip.
    state: Option<&'static str>,
    tone: Option<&'static str>,
    icon: Option<&'static str>,
    text: String,
}

fn look(fact: RowFact, words: &'static Words, today: domain::time::LocalDate) -> Look {
    let state = |state, icon, text: String| Look { state: Some(state), tone: None, icon: Some(icon), text };
    let chip = |tone, text: String| Look { state: None, tone, icon: None, text };
    match fact {
        RowFact::Cancelled => state("cancelled", "i-slash", words.states.called_off.to_owned()),
        RowFact::OnItsWay(Delivery::Saved) => state("saved", "i-phone-arrow", words.states.saved_not_sent.to_owned()),
        RowFact::OnItsWay(Delivery::Checking) => state("checking", "i-dots", words.states.checking.to_owned()),
        RowFact::CheckedIn => state("arrived", "i-double-check", words.states.arrived.to_owned()),
        RowFact::Confirmed { .. } => state("confirmed", "i-check", words.states.signed_up.to_owned()),
        RowFact::Offered { until } => {
            state("requested", "i-hourglass", words.states.offered(format::moment(words.language, until, today)))
        }
        RowFact::Pooled { .. } => state("requested", "i-hourglass", words.draws.pooled.to_owned()),
        RowFact::Waitlisted { parties_ahead } => {
            state("waitlisted", "i-queue", words.states.waitlisted(parties_ahead + 1))
        }
        RowFact::Over => chip(None, words.states.past.to_owned()),
        RowFact::WalkIn => chip(None, words.states.walk_in.to_owned()),
        RowFact::NotOpen { opens_at } => {
            chip(Some("info"), words.occurrence.opens(format::moment(words.language, opens_at, today)))
        }
        RowFact::Pool { draws_at } => {
            chip(Some("info"), words.draws.chip(format::moment(words.language, draws_at, today)))
        }
        RowFact::Running => chip(Some("ok"), words.states.now.to_owned()),
        RowFact::Closed => chip(None, words.states.closed.to_owned()),
        RowFact::Full { .. } => chip(Some("warn"), words.states.full.to_owned()),
        RowFact::Left { places, is_few } => chip(is_few.then_some("festive"), words.states.left(places)),
        RowFact::Open => chip(None, words.occurrence.no_limit.to_owned()),
    }
}

/// The chip of a date's row.
#[component]
pub fn FactChip(fact: RowFact) -> impl IntoView {
    let model = use_model();
    move || {
        let Look { state, tone, icon, text } = look(fact, model.words(), model.today());
        match (state, icon) {
            (Some(state), Some(icon)) => view! {
                <span class="state-chip" data-state=state>
                    <Icon name=icon/>
                    {text}
                </span>
            }
            .into_any(),
            _ => view! { <span class="chip" data-tone=tone>{text}</span> }.into_any(),
        }
    }
}
