//! Who comes without having signed up: one tap for one person, a sheet for a name or several, and each entry as long as it
//! can be taken back.

use domain::attendance::{WALK_IN_HEADS_MAX, decide_removal, decide_walk_in, room_at_the_door};
use domain::command::AddWalkIn;
use domain::id::{ArrivalId, CommandId, OccurrenceId};
use domain::order::sort_by_key;
use domain::refusal::Refusal;
use domain::sync::overlay::{door_of, walked_in};
use domain::sync::{Delivery, View};
use domain::text::{Note, PersonName};
use domain::time::Timestamp;
use domain::words::{Words, format};
use leptos::prelude::*;

use crate::components::date_line::DateLine;
use crate::model::{OutboxItem, use_model};
use crate::platform;
use crate::ui::icon::Icon;
use crate::ui::sheet::Sheet;
use crate::ui::stepper::{Stepper, StepperWords};
use crate::ui::unbroken::Dotted;

/// How long after a tap another one is its second half.
const DOUBLE_TAP_MS: u64 = 600;

/// How many lines the paper leaves for those who come without having signed up.
const LINES_AT_THE_DOOR: usize = 8;

/// The two buttons, while the door is open; `on_add` gets who is let in.
#[component]
pub fn WalkInButtons(id: OccurrenceId, on_add: Callback<AddWalkIn>) -> impl IntoView {
    let model = use_model();
    let open = RwSignal::new(false);
    let is_settling = StoredValue::new(false);
    let one = move |_| {
        if is_settling.get_value() {
            return;
        }
        is_settling.set_value(true);
        platform::start_timer(DOUBLE_TAP_MS, move || {
            let _ = is_settling.try_update_value(|is| *is = false);
        });
        let now = model.now_untracked();
        let door = door_of(&model.view_untracked(), id);
        match door.and_then(|door| decide_walk_in(door, 1, false, now)) {
            // Whoever is let in beyond the places is let in for a reason.
            Err(Refusal::DoorFull { .. }) => open.set(true),
            _ => on_add.run(AddWalkIn { occurrence: id, name: None, heads: 1, reason: None, at: Some(now) }),
        }
    };
    view! {
        <div class="field screen-only" role="group" aria-labelledby="walk-in-label">
            <p class="field-label" id="walk-in-label">{move || model.words().at_the_door.label}</p>
            <p class="field-help">{move || model.words().at_the_door.help}</p>
            <div class="button-row">
                <button type="button" class="button" on:click=one>
                    <Icon name="i-plus"/>
                    {move || model.words().at_the_door.add_one}
                </button>
                <button type="button" class="button" aria-haspopup="dialog" on:click=move |_| open.set(true)>
                    {move || model.words().at_the_door.add_more}
                </button>
            </div>
        </div>
        <WalkInSheet id open on_add/>
    }
}

#[component]
fn WalkInSheet(id: OccurrenceId, open: RwSignal<bool>, on_add: Callback<AddWalkIn>) -> impl IntoView {
    let model = use_model();
    let name = RwSignal::new(String::new());
    let heads = RwSignal::new(1_u16);
    let reason = RwSignal::new(None::<usize>);
    let was_tried = RwSignal::new(false);
    Effect::new(move |_| {
        if open.get() {
            name.set(String::new());
            heads.set(1);
            reason.set(None);
            was_tried.set(false);
        }
    });
    // How many there is room for, where they are more.
    let beyond = move || {
        let door = door_of(&model.view(), id).ok()?;
        let room = room_at_the_door(door.seats, door.walked_in, door.range, model.now())?;
        (heads.get() > room).then_some(room)
    };
    let reasons = move || {
        let words = &model.words().at_the_door;
        [words.reason_absent, words.reason_seats, words.reason_child]
    };
    let called = move || -> Result<Option<PersonName>, String> {
        let typed = name.get();
        if typed.trim().is_empty() {
            return Ok(None);
        }
        typed.parse().map(Some).map_err(|problem| model.words().text_problem(problem))
    };
    let name_problem = move || was_tried.get().then(|| called().err()).flatten();
    let reason_problem = move || {
        let is_missing = was_tried.get() && beyond().is_some() && reason.get().is_none();
        is_missing.then(|| model.words().at_the_door.reason_missing)
    };
    let press = move |_| {
        was_tried.set(true);
        let (Ok(name), None) = (called(), reason_problem()) else { return };
        let chosen = reason.get().and_then(|at| reasons().get(at).copied());
        let reason: Option<Note> = chosen.filter(|_| beyond().is_some()).and_then(|text| text.parse().ok());
        open.set(false);
        let at = Some(model.now_untracked());
        on_add.run(AddWalkIn { occurrence: id, name, heads: heads.get_untracked(), reason, at });
    };
    let words = StepperWords {
        label: Signal::derive(move || model.words().at_the_door.heads.to_owned()),
        help: Signal::derive(String::new),
        value: Signal::derive(move || model.words().common.people(usize::from(heads.get()))),
        less: Signal::derive(move || model.words().common.minus_label(model.words().at_the_door.heads)),
        more: Signal::derive(move || model.words().common.plus_label(model.words().at_the_door.heads)),
    };
    let step = Callback::new(move |by: i32| {
        heads.update(|heads| {
            *heads = if by < 0 { heads.saturating_sub(1) } else { *heads + 1 }.clamp(1, WALK_IN_HEADS_MAX)
        });
    });
    let foot = move || {
        view! {
            <button type="button" class="button" data-kind="primary" on:click=press>
                {move || model.words().at_the_door.confirm(heads.get())}
            </button>
            <button type="button" class="button" on:click=move |_| open.set(false)>
                {move || model.words().at_the_door.keep}
            </button>
        }
    };
    view! {
        <Sheet
            open
            title=Signal::derive(move || model.words().at_the_door.title.to_owned())
            about=move || view! { <DateLine occurrence=id/> }
            says_keep=true
            foot
        >
            <Stepper
                id="walk-in-heads"
                words
                can_less=Signal::derive(move || heads.get() > 1)
                can_more=Signal::derive(move || heads.get() < WALK_IN_HEADS_MAX)
                on_step=step
            />
            <div class="field">
                <label class="field-label" for="walk-in-name">{move || model.words().at_the_door.name}</label>
                <input
                    class="input"
                    id="walk-in-name"
                    type="text"
                    autocomplete="off"
                    aria-describedby="walk-in-name-error"
                    aria-invalid=move || name_problem().map(|_| "true")
                    prop:value=move || name.get()
                    on:input=move |event| name.set(event_target_value(&event))
                />
                <p class="field-error" id="walk-in-name-error" role="alert" hidden=move || name_problem().is_none()>
                    <Icon name="i-exclamation"/>
                    {name_problem}
                </p>
            </div>
            <Show when=move || beyond().is_some()>
                <fieldset class="field-set">
                    <legend class="field-label">
                        {move || {
                            let words = &model.words().at_the_door;
                            beyond().map(|room| if room == 0 { words.full.to_owned() } else { words.full_but(room) })
                        }}
                    </legend>
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
                                                name="walk-in-reason"
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
                    <p class="field-error" role="alert" hidden=move || reason_problem().is_none()>
                        <Icon name="i-exclamation"/>
                        {reason_problem}
                    </p>
                </fieldset>
            </Show>
        </Sheet>
    }
}

/// How an entry is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakeBack {
    /// It was never sent.
    Unsent(CommandId),
    /// By a fact of its own.
    Entry(ArrivalId),
}

/// An entry.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    id: ArrivalId,
    how: Option<TakeBack>,
    heads: u16,
    name: String,
    notes: Vec<String>,
}

fn entries(view: &View, unsent: &[OutboxItem], id: OccurrenceId, now: Timestamp, words: &'static Words) -> Vec<Entry> {
    let can_remove = door_of(view, id).is_ok_and(|door| decide_removal(door.range, door.category, now).is_ok());
    let mut rows: Vec<_> = view.walk_ins.iter().filter(|(_, row)| row.row.occurrence == id).collect();
    sort_by_key(&mut rows, |(id, row)| (row.row.at, **id));
    rows.into_iter()
        .map(|(id, row)| {
            let (row, texts) = (&row.row, &words.at_the_door);
            let command = CommandId::from_uuid(id.uuid());
            let is_unsent = unsent.iter().any(|item| item.id == command && item.tried == 0);
            let how = if is_unsent { TakeBack::Unsent(command) } else { TakeBack::Entry(*id) };
            let delivery = view.deliveries.get(&id.uuid()).map(|delivery| match delivery {
                Delivery::Saved => words.states.saved_not_sent.to_owned(),
                Delivery::Checking => words.states.checking.to_owned(),
            });
            let came = texts.came_at(format::staff_time(row.at.minute_of_day()));
            let over = row.reason.as_ref().map(|why| texts.over(why));
            let notes = [Some(words.common.people(usize::from(row.heads))), Some(came), over, delivery];
            Entry {
                id: *id,
                how: can_remove.then_some(how),
                heads: row.heads,
                name: row.name.as_ref().map_or_else(|| texts.no_name.to_owned(), ToString::to_string),
                notes: notes.into_iter().flatten().collect(),
            }
        })
        .collect()
}

/// Those who came without having signed up, and on paper room for more; `on_remove` gets the entry and what it is called.
#[component]
pub fn WalkInList(id: OccurrenceId, on_remove: Callback<(TakeBack, String)>) -> impl IntoView {
    let model = use_model();
    let rows = Memo::new(move |_| entries(&model.view(), &model.unsent(), id, model.now(), model.words()));
    let ids = Memo::new(move |_| rows.read().iter().map(|row| row.id).collect::<Vec<_>>());
    let heads = Memo::new(move |_| walked_in(&model.view(), id));
    let title = move || {
        let words = &model.words().at_the_door;
        if heads.get() > 0 { words.total(heads.get()) } else { words.title.to_owned() }
    };
    let one = move |id| {
        let row = Memo::new(move |_| rows.read().iter().find(|row| row.id == id).cloned());
        move || row.get().map(|row| view! { <WalkInRow row on_remove/> })
    };
    view! {
        <section class="roster" class:print-only=move || ids.read().is_empty() aria-label=title>
            <h2 class="section-title">{title}</h2>
            <Show when=move || !ids.read().is_empty()>
                <ul class="roster-list">
                    <For each=move || ids.get() key=|id| *id let:id>
                        {one(id)}
                    </For>
                </ul>
            </Show>
            <div class="print-only">
                <p>{move || model.words().check_in.name_and_heads}</p>
                <ul class="print-lines">{(0..LINES_AT_THE_DOOR).map(|_| view! { <li></li> }).collect_view()}</ul>
            </div>
        </section>
    }
}

#[component]
fn WalkInRow(row: Entry, on_remove: Callback<(TakeBack, String)>) -> impl IntoView {
    let words = &use_model().words_untracked().at_the_door;
    let Entry { how, heads, name, notes, .. } = row;
    let called = name.clone();
    let button = how.map(|how| {
        view! {
            <button
                type="button"
                class="roster-check"
                aria-label=words.remove_of(&called)
                on:click=move |_| on_remove.run((how, called.clone()))
            >
                {words.remove}
            </button>
        }
    });
    view! {
        <li class="roster-row" data-state="arrived">
            <span class="roster-number">"+"{heads}</span>
            <span class="roster-text">
                <span class="roster-name">{name}</span>
                <span class="roster-note">
                    <Dotted facts=notes/>
                </span>
            </span>
            {button}
        </li>
    }
}
