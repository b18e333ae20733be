//! How a date went: what was said, or the two questions to its team, once it has begun.

use domain::agenda::Entry;
use domain::change::ClosingRow;
use domain::closing::{HEADS_MAX, closes_at, decide_closing};
use domain::command::CloseOccurrence;
use domain::id::OccurrenceId;
use domain::refusal::Refusal;
use domain::sync::View;
use domain::sync::overlay::arrived;
use domain::text::Note;
use domain::time::Timestamp;
use domain::words::{Words, format};
use leptos::prelude::*;

use crate::model::use_model;
use crate::ui::icon::Icon;

/// What of it can be done now.
#[derive(Debug, Clone, PartialEq)]
struct Card {
    said: Option<ClosingRow>,
    /// Until when; no longer, where there is nothing.
    until: Option<Timestamp>,
    arrived: u16,
}

fn card(view: &View, id: OccurrenceId, now: Timestamp) -> Option<Card> {
    let entry = Entry::of(view, id)?;
    let (range, category) = (entry.occurrence.range, entry.activity.category);
    let until = match decide_closing(range, category, entry.occurrence.cancelled.is_some(), 0, now) {
        Ok(()) => Some(closes_at(range, category)),
        Err(Refusal::ClosingOver { .. }) => None,
        Err(_) => return None,
    };
    let said = view.closings.get(&id).map(|closing| closing.row.clone());
    Some(Card { said, until, arrived: arrived(view, id).arrived })
}

/// How many came, in words.
#[must_use]
pub fn came(words: &'static Words, heads: u16) -> String {
    if heads == 0 { words.closing.nobody.to_owned() } else { words.closing.came(heads) }
}

/// The section; not there before the date has begun, nor for one that was called off.
#[component]
pub fn ClosingCard(id: OccurrenceId, on_close: Callback<CloseOccurrence>) -> impl IntoView {
    let model = use_model();
    let card = Memo::new(move |_| card(&model.view(), id, model.now()));
    let is_changing = RwSignal::new(false);
    let asks = Memo::new(move |_| {
        card.read().as_ref().is_some_and(|card| card.until.is_some() && (card.said.is_none() || is_changing.get()))
    });
    let close = Callback::new(move |command| {
        is_changing.set(false);
        on_close.run(command);
    });
    let is_there = Memo::new(move |_| card.read().is_some());
    move || {
        is_there.get().then(|| {
            view! {
                <section class="section" aria-labelledby="closing-title">
                    <h2 class="section-title" id="closing-title">{move || model.words().closing.title}</h2>
                    {move || match asks.get() {
                        true => view! { <Questions id card on_close=close/> }.into_any(),
                        false => view! { <Said card on_change=Callback::new(move |()| is_changing.set(true))/> }.into_any(),
                    }}
                    {move || {
                        let until = card.read().as_ref().and_then(|card| card.until);
                        until.map(|until| {
                            let words = model.words();
                            let when = format::staff_moment(words.language, until, model.today());
                            view! { <p class="quiet">{words.closing.until(when)}</p> }
                        })
                    }}
                </section>
            }
        })
    }
}

/// What was said.
#[component]
fn Said(card: Memo<Option<Card>>, on_change: Callback<()>) -> impl IntoView {
    let model = use_model();
    move || {
        let words = model.words();
        let Some(card) = card.get() else { return ().into_any() };
        let Some(said) = card.said else { return view! { <p class="quiet">{words.closing.missing}</p> }.into_any() };
        let change = card.until.map(|_| {
            view! {
                <div class="button-row">
                    <button type="button" class="button" on:click=move |_| on_change.run(())>
                        {words.closing.change}
                    </button>
                </div>
            }
        });
        view! {
            <div class="notice" data-tone="ok">
                <Icon name="i-check"/>
                <div class="notice-body">
                    <p><strong>{came(words, said.heads)}</strong></p>
                    {said.note.map(|note| view! { <p>{note.to_string()}</p> })}
                </div>
            </div>
            {change}
        }
        .into_any()
    }
}

/// How many came, and a line about it.
#[component]
fn Questions(id: OccurrenceId, card: Memo<Option<Card>>, on_close: Callback<CloseOccurrence>) -> impl IntoView {
    let model = use_model();
    // What is typed stays, whoever is checked in meanwhile.
    let (heads, note) = card.with_untracked(|card| match card.as_ref().map(|card| (&card.said, card.arrived)) {
        Some((Some(said), _)) => (said.heads.to_string(), said.note.as_ref().map(ToString::to_string)),
        Some((None, arrived)) if arrived > 0 => (arrived.to_string(), None),
        _ => (String::new(), None),
    });
    let heads = RwSignal::new(heads);
    let note = RwSignal::new(note.unwrap_or_default());
    let was_tried = RwSignal::new(false);
    let counted = move || heads.read().trim().parse::<u16>().ok().filter(|heads| *heads <= HEADS_MAX);
    let noted = move || -> Result<Option<Note>, String> {
        let typed = note.get();
        if typed.trim().is_empty() {
            return Ok(None);
        }
        typed.parse().map(Some).map_err(|problem| model.words().text_problem(problem))
    };
    let heads_problem = move || (was_tried.get() && counted().is_none()).then(|| model.words().closing.heads_first);
    let note_problem = move || was_tried.get().then(|| noted().err()).flatten();
    let press = move |_| {
        was_tried.set(true);
        if let (Some(heads), Ok(note)) = (counted(), noted()) {
            on_close.run(CloseOccurrence { occurrence: id, heads, note });
        }
    };
    let help = move || {
        let arrived = card.read().as_ref().map_or(0, |card| card.arrived);
        (arrived > 0).then(|| model.words().closing.heads_help(arrived))
    };
    view! {
        <div class="field">
            <label class="field-label" for="closing-heads">{move || model.words().closing.heads}</label>
            <p class="field-help" id="closing-heads-help">{help}</p>
            <input
                class="input"
                id="closing-heads"
                type="text"
                inputmode="numeric"
                autocomplete="off"
                aria-describedby="closing-heads-help closing-heads-error"
                aria-invalid=move || heads_problem().map(|_| "true")
                prop:value=move || heads.get()
                on:input=move |event| heads.set(event_target_value(&event))
            />
            <p class="field-error" id="closing-heads-error" role="alert" hidden=move || heads_problem().is_none()>
                <Icon name="i-exclamation"/>
                {heads_problem}
            </p>
        </div>
        <div class="field">
            <label class="field-label" for="closing-note">{move || model.words().closing.note}</label>
            <p class="field-help" id="closing-note-help">{move || model.words().closing.note_help}</p>
            <input
                class="input"
                id="closing-note"
                type="text"
                autocomplete="off"
                aria-describedby="closing-note-help closing-note-error"
                aria-invalid=move || note_problem().map(|_| "true")
                prop:value=move || note.get()
                on:input=move |event| note.set(event_target_value(&event))
            />
            <p class="field-error" id="closing-note-error" role="alert" hidden=move || note_problem().is_none()>
                <Icon name="i-exclamation"/>
                {note_problem}
            </p>
        </div>
        <div class="button-row">
            <button type="button" class="button" data-kind="primary" on:click=press>
                {move || model.words().closing.save}
            </button>
        </div>
    }
}
