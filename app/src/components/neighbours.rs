//! Signing up somebody who has no phone to do it with, and withdrawing them: for their team.

use domain::activity::Phase;
use domain::agenda::Entry;
use domain::command::{SignUpNeighbour, WithdrawNeighbour};
use domain::id::{OccurrenceId, SignUpId};
use domain::sign_up::Seats;
use domain::sync::View;
use domain::text::{PersonName, Phone};
use domain::time::Timestamp;
use leptos::prelude::*;

use crate::components::date_line::DateLine;
use crate::model::use_model;
use crate::ui::icon::Icon;
use crate::ui::sheet::Sheet;

fn phase_of(view: &View, id: OccurrenceId, now: Timestamp) -> Option<Phase> {
    Entry::of(view, id).map(|entry| entry.phase(now))
}

fn seats(view: &View, id: OccurrenceId) -> Seats {
    view.seats.get(&id).map(|seats| seats.row).unwrap_or_default()
}

/// The button that opens the sheet, while anybody can sign up; `on_sign_up` gets whom.
#[component]
pub fn NeighbourButton(occurrence: OccurrenceId, on_sign_up: Callback<SignUpNeighbour>) -> impl IntoView {
    let model = use_model();
    let open = RwSignal::new(false);
    let is_open = Memo::new(move |_| {
        matches!(phase_of(&model.view(), occurrence, model.now()), Some(Phase::Open { .. } | Phase::Pool { .. }))
    });
    view! {
        <Show when=move || is_open.get()>
            <button type="button" class="button" aria-haspopup="dialog" on:click=move |_| open.set(true)>
                {move || model.words().neighbour.open}
            </button>
        </Show>
        <NeighbourSheet open occurrence on_sign_up/>
    }
}

#[component]
fn NeighbourSheet(
    open: RwSignal<bool>,
    occurrence: OccurrenceId,
    on_sign_up: Callback<SignUpNeighbour>,
) -> impl IntoView {
    let model = use_model();
    let (name, phone) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let consent = RwSignal::new(false);
    let was_tried = RwSignal::new(false);
    Effect::new(move |_| {
        if open.get() {
            name.set(String::new());
            phone.set(String::new());
            consent.set(false);
            was_tried.set(false);
        }
    });
    let called = move || name.read().parse::<PersonName>().map_err(|problem| model.words().text_problem(problem));
    let reached = move || -> Result<Option<Phone>, &'static str> {
        let typed = phone.get();
        if typed.trim().is_empty() {
            return Ok(None);
        }
        typed.parse().map(Some).map_err(|_| model.words().neighbour.phone_wrong)
    };
    let name_problem = move || was_tried.get().then(|| called().err()).flatten();
    let phone_problem = move || was_tried.get().then(|| reached().err()).flatten();
    let consent_problem = move || (was_tried.get() && !consent.get()).then(|| model.words().neighbour.consent_missing);
    let consequence = move || {
        let (view, words) = (model.view(), &model.words().neighbour);
        // Nobody is promised a place before a draw.
        if let Some(Phase::Pool { .. }) = phase_of(&view, occurrence, model.now()) {
            return words.pool.to_owned();
        }
        let seats = seats(&view, occurrence);
        if seats.has_room_for(1) { words.room.to_owned() } else { words.waits(seats.waiting_parties) }
    };
    let press = move |_| {
        was_tried.set(true);
        let (Ok(name), Ok(phone), true) = (called(), reached(), consent.get_untracked()) else { return };
        open.set(false);
        on_sign_up.run(SignUpNeighbour { occurrence, name, phone, consent: true });
    };
    let foot = move || {
        view! {
            <button type="button" class="button" data-kind="primary" on:click=press>
                {move || model.words().neighbour.confirm}
            </button>
            <button type="button" class="button" on:click=move |_| open.set(false)>
                {move || model.words().neighbour.keep}
            </button>
        }
    };
    view! {
        <Sheet
            open
            title=Signal::derive(move || model.words().neighbour.title.to_owned())
            about=move || view! { <DateLine occurrence/> }
            says_keep=true
            foot
        >
            <div class="field">
                <label class="field-label" for="neighbour-name">{move || model.words().neighbour.name}</label>
                <input
                    class="input"
                    id="neighbour-name"
                    type="text"
                    autocomplete="off"
                    aria-describedby="neighbour-name-error"
                    aria-invalid=move || name_problem().map(|_| "true")
                    prop:value=move || name.get()
                    on:input=move |event| name.set(event_target_value(&event))
                />
                <p class="field-error" id="neighbour-name-error" role="alert" hidden=move || name_problem().is_none()>
                    <Icon name="i-exclamation"/>
                    {name_problem}
                </p>
            </div>
            <div class="field">
                <label class="field-label" for="neighbour-phone">{move || model.words().neighbour.phone}</label>
                <p class="field-help" id="neighbour-phone-help">{move || model.words().neighbour.phone_help}</p>
                <input
                    class="input"
                    id="neighbour-phone"
                    type="tel"
                    inputmode="tel"
                    autocomplete="off"
                    aria-describedby="neighbour-phone-help neighbour-phone-error"
                    aria-invalid=move || phone_problem().map(|_| "true")
                    prop:value=move || phone.get()
                    on:input=move |event| phone.set(event_target_value(&event))
                />
                <p class="field-error" id="neighbour-phone-error" role="alert" hidden=move || phone_problem().is_none()>
                    <Icon name="i-exclamation"/>
                    {phone_problem}
                </p>
            </div>
            <label class="check-row">
                <input
                    type="checkbox"
                    aria-describedby="neighbour-consent-error"
                    prop:checked=move || consent.get()
                    on:change=move |event| consent.set(event_target_checked(&event))
                />
                <span class="check-row-text">{move || model.words().neighbour.consent}</span>
            </label>
            <p class="field-error" id="neighbour-consent-error" role="alert" hidden=move || consent_problem().is_none()>
                <Icon name="i-exclamation"/>
                {consent_problem}
            </p>
            <p aria-live="polite">{consequence}</p>
        </Sheet>
    }
}

/// Asks once more before somebody's place goes to the next; `whom` opens it.
#[component]
pub fn WithdrawNeighbourSheet(
    occurrence: OccurrenceId,
    whom: RwSignal<Option<SignUpId>>,
    on_withdraw: Callback<WithdrawNeighbour>,
) -> impl IntoView {
    let model = use_model();
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if whom.get().is_some() {
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            whom.set(None);
        }
    });
    let title = move || {
        let view = model.view();
        let row = whom.get().and_then(|id| view.roster.get(&id));
        row.map_or_else(String::new, |row| model.words().neighbour.withdraw_title(&row.row.name))
    };
    let press = move |_| {
        let sign_up = whom.get_untracked();
        open.set(false);
        if let Some(sign_up) = sign_up {
            on_withdraw.run(WithdrawNeighbour { sign_up });
        }
    };
    let foot = move || {
        view! {
            <button type="button" class="button" data-kind="danger" on:click=press>
                {move || model.words().neighbour.withdraw}
            </button>
            <button type="button" class="button" on:click=move |_| open.set(false)>
                {move || model.words().neighbour.withdraw_keep}
            </button>
        }
    };
    view! {
        <Sheet open title=Signal::derive(title) about=move || view! { <DateLine occurrence/> } says_keep=true foot>
            <p>{move || model.words().neighbour.withdraw_note}</p>
        </Sheet>
    }
}
