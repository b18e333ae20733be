//! How many may come to a date: a number or no limit, what follows for those who wait and those who have a place, and
//! why, where fewer may come than do.

use domain::activity::SignUpPolicy;
use domain::agenda::Entry;
use domain::command::ChangeCapacity;
use domain::id::OccurrenceId;
use domain::refusal::Refusal;
use domain::sign_up::{CapacityDecision, Seats, Terms, decide_capacity};
use domain::text::Note;
use leptos::prelude::*;

use crate::components::date_line::DateLine;
use crate::model::{Model, use_model};
use crate::ui::icon::Icon;
use crate::ui::sheet::Sheet;

/// The largest number one can ask for.
const CAPACITY_MAX: u16 = 9999;

/// What a change is decided on.
fn facts(model: Model, id: OccurrenceId) -> Option<(Terms, Seats)> {
    let view = model.view();
    let entry = Entry::of(&view, id)?;
    let terms = Terms {
        policy: entry.policy,
        audience: entry.activity.audience,
        range: entry.occurrence.range,
        is_cancelled: entry.occurrence.cancelled.is_some(),
    };
    let unknown = Seats { capacity: terms.policy.capacity(), ..Seats::default() };
    Some((terms, entry.seats.unwrap_or(unknown)))
}

/// The button that opens the sheet, while how many may come can still change; `on_change` gets what is asked for.
#[component]
pub fn CapacityButton(occurrence: OccurrenceId, on_change: Callback<ChangeCapacity>) -> impl IntoView {
    let model = use_model();
    let open = RwSignal::new(false);
    let can_change = Memo::new(move |_| {
        facts(model, occurrence).is_some_and(|(terms, _)| {
            let has_limit = matches!(terms.policy, SignUpPolicy::PerOccurrence { .. });
            has_limit && !terms.is_cancelled && model.now() < terms.range.start()
        })
    });
    view! {
        <Show when=move || can_change.get()>
            <button type="button" class="button" aria-haspopup="dialog" on:click=move |_| open.set(true)>
                {move || model.words().capacity.open}
            </button>
        </Show>
        <CapacitySheet open occurrence on_change/>
    }
}

#[component]
fn CapacitySheet(open: RwSignal<bool>, occurrence: OccurrenceId, on_change: Callback<ChangeCapacity>) -> impl IntoView {
    let model = use_model();
    let typed = RwSignal::new(String::new());
    let is_unlimited = RwSignal::new(false);
    let reason = RwSignal::new(None::<usize>);
    let was_tried = RwSignal::new(false);
    let seats = move || facts(model, occurrence).map(|(_, seats)| seats).unwrap_or_default();
    Effect::new(move |_| {
        if open.get() {
            let capacity = untrack(seats).capacity;
            typed.set(capacity.map_or_else(String::new, |capacity| capacity.to_string()));
            is_unlimited.set(capacity.is_none());
            reason.set(None);
            was_tried.set(false);
        }
    });
    let reasons = move || {
        let words = &model.words().capacity;
        [words.reason_room, words.reason_safety, words.reason_material]
    };
    // None: what stands in the field is no number of people.
    let wanted = move || -> Option<Option<u16>> {
        if is_unlimited.get() {
            return Some(None);
        }
        let number = typed.get().trim().parse::<u16>().ok();
        number.filter(|number| (1..=CAPACITY_MAX).contains(number)).map(Some)
    };
    let decision = move |has_reason: bool| {
        let (terms, seats) = facts(model, occurrence)?;
        Some(decide_capacity(&terms, seats, wanted()?, has_reason, model.now()))
    };
    let needs_reason = move || matches!(decision(false), Some(Err(Refusal::ReasonNeeded)));
    let consequence = move || {
        let words = &model.words().capacity;
        // Nobody moves up before a draw.
        let is_pooled = facts(model, occurrence)?.0.is_pooled();
        let waiting = if is_pooled { 0 } else { seats().waiting_parties };
        match (decision(true)?, wanted()?) {
            (Ok(CapacityDecision::Raised), None) if waiting > 0 => Some(words.drains(waiting)),
            (Ok(CapacityDecision::Raised), _) if waiting > 0 => Some(words.raises(waiting)),
            (Ok(CapacityDecision::Raised), _) if is_pooled => Some(words.raises_pool.to_owned()),
            (Ok(CapacityDecision::Raised), _) => Some(words.raises_none.to_owned()),
            (Ok(CapacityDecision::Lowered { over_by: 0 }), _) => Some(words.lowers.to_owned()),
            (Ok(CapacityDecision::Lowered { over_by }), _) => Some(words.lowers_over(over_by)),
            _ => None,
        }
    };
    let problem = move || {
        let words = &model.words().capacity;
        match (was_tried.get(), wanted()) {
            (false, _) => None,
            (true, None) => Some(words.number_missing),
            (true, Some(_)) if needs_reason() && reason.get().is_none() => Some(words.reason_missing),
            (true, Some(_)) => None,
        }
    };
    let press = move |_| {
        was_tried.set(true);
        let Some(capacity) = wanted().filter(|_| problem().is_none()) else { return };
        let chosen = reason.get().and_then(|at| reasons().get(at).copied());
        let reason: Option<Note> = chosen.filter(|_| needs_reason()).and_then(|text| text.parse().ok());
        open.set(false);
        // The same number again asks for nothing.
        if capacity != seats().capacity {
            on_change.run(ChangeCapacity { occurrence, capacity, reason });
        }
    };
    let foot = move || {
        view! {
            <button type="button" class="button" data-kind="primary" on:click=press>
                {move || model.words().capacity.confirm}
            </button>
            <button type="button" class="button" on:click=move |_| open.set(false)>
                {move || model.words().capacity.keep}
            </button>
        }
    };
    let now = move || {
        let words = &model.words().capacity;
        seats().capacity.map_or_else(|| words.now_no_limit.to_owned(), |capacity| words.now(capacity))
    };
    view! {
        <Sheet
            open
            title=Signal::derive(move || model.words().capacity.title.to_owned())
            about=move || view! { <DateLine occurrence/> }
            says_keep=true
            foot
        >
            <p>{now}</p>
            <div class="field">
                <label class="field-label" for="capacity-number">{move || model.words().capacity.number}</label>
                <input
                    class="input"
                    id="capacity-number"
                    type="text"
                    inputmode="numeric"
                    autocomplete="off"
                    aria-describedby="capacity-error"
                    aria-invalid=move || (was_tried.get() && wanted().is_none()).then_some("true")
                    prop:value=move || typed.get()
                    on:input=move |event| {
                        typed.set(event_target_value(&event));
                        is_unlimited.set(false);
                    }
                />
            </div>
            <div class="choice-chips">
                <label class="choice-chip">
                    <input
                        type="checkbox"
                        prop:checked=move || is_unlimited.get()
                        on:change=move |event| is_unlimited.set(event_target_checked(&event))
                    />
                    <span>{move || model.words().capacity.no_limit}</span>
                </label>
            </div>
            <Show when=needs_reason>
                <fieldset class="field-set">
                    <legend class="field-label">{move || model.words().capacity.reason}</legend>
                    <div class="choice-chips">
                        {move || {
                            reasons()
                                .into_iter()
                                .enumerate()
                                .map(|(at, text)| {
                                    view! {
                                        <label class="choice-chip">
                                            <input
                                                type="radio"
                                                name="capacity-reason"
                                                prop:checked=move || reason.get() == Some(at)
                                                on:change=move |_| reason.set(Some(at))
                                            />
                                            <span>{text}</span>
                                        </label>
                                    }
                                })
                                .collect_view()
                        }}
                    </div>
                </fieldset>
            </Show>
            <p aria-live="polite">{consequence}</p>
            <p class="field-error" id="capacity-error" role="alert" hidden=move || problem().is_none()>
                <Icon name="i-exclamation"/>
                {problem}
            </p>
        </Sheet>
    }
}
