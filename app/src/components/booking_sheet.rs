//! The sheet that books a space: from when to when, who comes, what for; all of it in one line above the one button.
//!
//! What was chosen lives in the page, so that signing in on the way or closing by mistake loses nothing.

use std::collections::BTreeSet;

use domain::booking::{BookingDecision, SlotState, slots};
use domain::change::{Purpose, SpaceRow};
use domain::clash::clashes;
use domain::command::BookSpace;
use domain::id::{PersonId, SpaceId};
use domain::people::{Person, Relation};
use domain::refusal::Refusal;
use domain::space::{Answer, SpaceKind};
use domain::sync::View;
use domain::sync::overlay::predict_booking;
use domain::text::Note;
use domain::time::{TimeRange, Timestamp};
use domain::words::format;
use leptos::prelude::*;

use crate::components::clash_note::ClashNote;
use crate::components::free_times::usual_minutes;
use crate::model::held_tap::HeldTap;
use crate::model::{Session, use_model};
use crate::route::Route;
use crate::ui::icon::Icon;
use crate::ui::sheet::Sheet;
use crate::ui::stepper::{Stepper, StepperWords};
use crate::ui::unbroken::{Dotted, Unbroken};

/// What has been chosen so far.
#[derive(Debug, Clone, PartialEq)]
pub struct BookingDraft {
    /// From when.
    pub start: Timestamp,
    /// How long.
    pub minutes: u16,
    /// Adults who come.
    pub adults: u16,
    /// Children of the household who come.
    pub children: BTreeSet<PersonId>,
    /// What for.
    pub purpose: Purpose,
    /// A word to the host, as typed.
    pub note: String,
}

impl BookingDraft {
    /// What one starts from: an hour, oneself, and the one child there is where children belong.
    #[must_use]
    pub fn new(view: &View, space: &SpaceRow, start: Timestamp) -> Self {
        let fitting: Vec<PersonId> = children_of(view, start)
            .into_iter()
            .filter(|child| age_problem(space, child, start).is_none())
            .map(|child| child.id)
            .collect();
        let brings_child = space.policy.family.is_some() && fitting.len() == 1;
        Self {
            start,
            minutes: usual_minutes(&space.policy),
            adults: 1,
            children: if brings_child { fitting.into_iter().collect() } else { BTreeSet::new() },
            purpose: match space.kind {
                SpaceKind::ParentChild => Purpose::Play,
                SpaceKind::Hall => Purpose::Rehearsal,
                SpaceKind::Station => Purpose::Meeting,
                SpaceKind::LivingRoom | SpaceKind::FriendPoint | SpaceKind::MemoryHall => Purpose::Chat,
            },
            note: String::new(),
        }
    }

    /// The time.
    #[must_use]
    pub fn range(&self) -> Option<TimeRange> {
        TimeRange::new(self.start, self.start.plus_minutes(i64::from(self.minutes)))
    }

    /// The command, once everything parses.
    #[must_use]
    pub fn command(&self, space: SpaceId) -> Option<BookSpace> {
        let note = self.note.trim();
        let note: Option<Note> = if note.is_empty() { None } else { Some(note.parse().ok()?) };
        Some(BookSpace {
            space,
            range: self.range()?,
            adults: self.adults,
            children: self.children.iter().copied().collect(),
            purpose: self.purpose,
            note,
        })
    }
}

/// The children of the household on the day.
fn children_of(view: &View, on: Timestamp) -> Vec<Person> {
    view.persons.values().filter(|person| person.is_child_on(on.date())).cloned().collect()
}

/// Which ages the space is for, when a child is outside of them.
fn age_problem(space: &SpaceRow, child: &Person, on: Timestamp) -> Option<(u8, u8)> {
    let rule = space.policy.family?;
    let fits = child.age_on(on.date()).is_some_and(|age| (u16::from(rule.from)..=u16::from(rule.to)).contains(&age));
    (!fits).then_some((rule.from, rule.to))
}

/// The sheet. `on_book` gets the command; for somebody who has not signed in, `on_sign_in` keeps the choice instead.
#[component]
pub fn BookingSheet(
    open: RwSignal<bool>,
    id: SpaceId,
    space: Signal<SpaceRow>,
    draft: RwSignal<BookingDraft>,
    on_book: Callback<BookSpace>,
    on_sign_in: Callback<()>,
) -> impl IntoView {
    let model = use_model();
    let is_guest = move || !matches!(model.session(), Session::SignedIn(_));
    let note_problem = move || {
        let note = draft.read().note.trim().to_owned();
        (!note.is_empty()).then(|| note.parse::<Note>().err()).flatten()
    };
    let expected = Memo::new(move |_| {
        let command = draft.read().command(id)?;
        Some(predict_booking(&model.view(), &command, model.now()))
    });
    // Somebody who has not signed in has no household here yet: only the time is judged.
    let why_not = move || match expected.get()? {
        Ok(_) => None,
        Err(refusal) if is_guest() && is_about_people(&refusal) => None,
        Err(refusal) => Some(reason(&refusal, &space.read())),
    };
    let is_ready = move || expected.read().is_some() && why_not().is_none();
    let act = Callback::new(move |()| {
        if untrack(is_guest) {
            on_sign_in.run(());
        } else if let Some(command) = draft.get_untracked().command(id).filter(|_| untrack(is_ready)) {
            open.set(false);
            on_book.run(command);
        }
    });
    let ask = HeldTap::new(model, RwSignal::new(None), id, act);
    let press = move |_| ask.tap();
    let summary = move || {
        let words = model.words();
        if is_guest() {
            return vec![words.booking.sign_in_note.to_owned()];
        }
        let what_follows = match expected.get() {
            Some(Ok(BookingDecision::Requested { answer_by })) => {
                let minutes = u32::try_from(answer_by.minutes_since(model.now()).max(1)).unwrap_or(u32::MAX);
                words.booking.answer_within(format::duration(words.language, round_up(minutes)))
            }
            Some(Ok(BookingDecision::Approved)) => words.space.instant.to_owned(),
            Some(Err(_)) | None => return Vec::new(),
        };
        let draft = draft.read();
        let children = u16::try_from(draft.children.len()).unwrap_or(u16::MAX);
        let who = words.booking.visitors(draft.adults, children);
        vec![who, words.purpose(draft.purpose).to_owned(), what_follows]
    };
    let clashing = Signal::derive(move || {
        let (view, draft) = (model.view(), draft.read());
        let me = view.persons.values().filter(|person| person.relation == Relation::Me).map(|person| person.id);
        let people: Vec<_> = me.chain(draft.children.iter().copied()).collect();
        draft.range().map(|range| clashes(&view, &people, range)).unwrap_or_default()
    });
    let foot = move || {
        view! {
            <ClashNote clashes=clashing/>
            {move || {
                let facts = summary();
                (!facts.is_empty())
                    .then(|| {
                        view! {
                            <p class="sheet-note" role="status">
                                <Dotted facts/>
                            </p>
                        }
                    })
            }}
            {move || why_not().map(|why| view! { <p class="sheet-note" role="status" id="book-why">{why}</p> })}
            <button
                type="button"
                class="button"
                data-kind="primary"
                disabled=move || !is_ready()
                aria-busy=move || ask.is_held().then_some("true")
                aria-describedby=move || why_not().map(|_| "book-why")
                on:click=press
            >
                <span class="button-label">
                    {move || {
                        let texts = &model.words().booking;
                        match (is_guest(), space.read().policy.answer) {
                            (true, _) => texts.sign_in_first,
                            (false, Answer::ByHost { .. }) => texts.request,
                            (false, Answer::Instant) => texts.book,
                        }
                    }}
                </span>
                <span class="button-busy">{move || model.words().common.loading}</span>
            </button>
        }
    };
    let about = move || {
        let range = draft.read().range();
        let text = range.map(|range| format::when_by_date(model.language(), range, model.today()));
        text.map(|text| {
            view! {
                <p>
                    <Unbroken text/>
                </p>
            }
        })
    };
    view! {
        <Sheet open title=Signal::derive(move || model.words().booking.title(&space.read().name)) about foot>
            <Length space draft id/>
            <Adults space draft/>
            <Children space draft/>
            <fieldset class="field-set">
                <legend class="field-label">{move || model.words().booking.purpose}</legend>
                <div class="choice-chips">
                    {Purpose::ALL
                        .into_iter()
                        .map(|purpose| {
                            view! {
                                <label class="choice-chip">
                                    <input
                                        type="radio"
                                        name="purpose"
                                        prop:checked=move || draft.read().purpose == purpose
                                        on:change=move |_| draft.update(|draft| draft.purpose = purpose)
                                    />
                                    <span>{move || model.words().purpose(purpose)}</span>
                                </label>
                            }
                        })
                        .collect_view()}
                </div>
            </fieldset>
            <div class="field">
                <label class="field-label" for="booking-note">{move || model.words().booking.note}</label>
                <p class="field-help" id="booking-note-help">
                    {move || {
                        let words = model.words();
                        view! { <Dotted facts=vec![words.common.optional.to_owned(), words.booking.note_help.to_owned()]/> }
                    }}
                </p>
                <input
                    class="input"
                    id="booking-note"
                    type="text"
                    autocomplete="off"
                    aria-describedby="booking-note-help booking-note-error"
                    aria-invalid=move || note_problem().map(|_| "true")
                    prop:value=move || draft.read().note.clone()
                    on:input=move |event| draft.update(|draft| draft.note = event_target_value(&event))
                />
                <p class="field-error" id="booking-note-error" hidden=move || note_problem().is_none()>
                    <Icon name="i-exclamation"/>
                    {move || note_problem().map(|problem| model.words().text_problem(problem))}
                </p>
            </div>
        </Sheet>
    }
}

/// Half hours above one hour, five minutes below: nobody is promised an answer in 119 minutes.
const fn round_up(minutes: u32) -> u32 {
    let step = if minutes > 60 { 30 } else { 5 };
    minutes.div_ceil(step) * step
}

const fn is_about_people(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::PartyEmpty | Refusal::ChildNeeded | Refusal::GuardianNeeded | Refusal::AgesOutside { .. }
    )
}

/// Why the button is shut, in the words of this screen.
fn reason(refusal: &Refusal, space: &SpaceRow) -> String {
    let words = use_model().words();
    match (refusal, space.policy.family) {
        (Refusal::ChildNeeded, Some(rule)) => words.sign_up.child_needed(rule.from, rule.to),
        (Refusal::GuardianNeeded, Some(rule)) => words.space.per_adult(rule.children_per_adult),
        _ => words.refusal(refusal),
    }
}

#[component]
fn Length(space: Signal<SpaceRow>, draft: RwSignal<BookingDraft>, id: SpaceId) -> impl IntoView {
    let model = use_model();
    let grid = move || space.read().policy.grid_minutes.max(15);
    let fits = move |minutes: u16| {
        let (view, space, start) = (model.view(), space.read(), draft.read().start);
        let holdings = view.holdings_around(id, start.date());
        let facts = View::space_facts(&space, &holdings);
        minutes <= space.policy.max_minutes
            && slots(&facts, start.date(), minutes, model.now())
                .iter()
                .any(|slot| slot.range.start() == start && matches!(slot.state, SlotState::Free { .. }))
    };
    let words = StepperWords {
        label: Signal::derive(move || model.words().booking.length.to_owned()),
        help: Signal::derive(String::new),
        value: Signal::derive(move || format::duration(model.language(), draft.read().minutes.into())),
        less: Signal::derive(move || model.words().booking.shorter.to_owned()),
        more: Signal::derive(move || model.words().booking.longer.to_owned()),
    };
    let can_less = move || draft.read().minutes >= space.read().policy.min_minutes + grid();
    let can_more = Memo::new(move |_| fits(draft.read().minutes + grid()));
    let step = Callback::new(move |by: i32| {
        let grid = space.read_untracked().policy.grid_minutes.max(15);
        draft.update(|draft| {
            draft.minutes = if by < 0 { draft.minutes.saturating_sub(grid) } else { draft.minutes + grid };
        });
    });
    view! { <Stepper id="booking-length" words can_less=Signal::derive(can_less) can_more=can_more on_step=step/> }
}

#[component]
fn Adults(space: Signal<SpaceRow>, draft: RwSignal<BookingDraft>) -> impl IntoView {
    let model = use_model();
    let heads = move || usize::from(draft.read().adults) + draft.read().children.len();
    let has_room = move || heads() < usize::from(space.read().policy.mode.heads());
    let words = StepperWords {
        label: Signal::derive(move || model.words().booking.adults.to_owned()),
        help: Signal::derive(String::new),
        value: Signal::derive(move || model.words().booking.count(draft.read().adults)),
        less: Signal::derive(move || model.words().common.minus_label(model.words().booking.adults)),
        more: Signal::derive(move || model.words().common.plus_label(model.words().booking.adults)),
    };
    let step = Callback::new(move |by: i32| {
        draft.update(|draft| {
            draft.adults = if by < 0 { draft.adults.saturating_sub(1).max(1) } else { draft.adults + 1 };
        });
    });
    view! {
        <Stepper
            id="booking-adults"
            words
            can_less=Signal::derive(move || draft.read().adults > 1)
            can_more=Signal::derive(has_room)
            on_step=step
        />
    }
}

/// Which children come: asked where a space is for them, elsewhere folded away.
#[component]
fn Children(space: Signal<SpaceRow>, draft: RwSignal<BookingDraft>) -> impl IntoView {
    let model = use_model();
    let start = Memo::new(move |_| draft.read().start);
    let children = Memo::new(move |_| children_of(&model.view(), start.get()));
    let is_for_families = Memo::new(move |_| space.read().policy.family.is_some());
    let list = move || {
        let children = children.get();
        view! {
            <ul class="person-list">
                {children.into_iter().map(|child| view! { <ChildRow child space draft/> }).collect_view()}
            </ul>
        }
    };
    move || {
        let is_known = matches!(model.session(), Session::SignedIn(_));
        let words = &model.words().booking;
        match (is_for_families.get(), children.read().is_empty()) {
            (true, true) => is_known
                .then(|| {
                    view! {
                        <p class="field-help">{words.add_child_first}</p>
                        <a class="button" href=Route::Family.href()>
                            <Icon name="i-plus"/>
                            {words.add_child}
                        </a>
                    }
                })
                .into_any(),
            (true, false) => view! {
                <fieldset class="field-set">
                    <legend class="field-label">{words.which_children}</legend>
                    {list}
                </fieldset>
            }
            .into_any(),
            (false, true) => ().into_any(),
            (false, false) => view! {
                <details class="fold">
                    <summary class="field-label">{words.bring_children}</summary>
                    {list}
                </details>
            }
            .into_any(),
        }
    }
}

#[component]
fn ChildRow(child: Person, space: Signal<SpaceRow>, draft: RwSignal<BookingDraft>) -> impl IntoView {
    let model = use_model();
    let id = child.id;
    let start = draft.read_untracked().start;
    let words = model.words_untracked();
    let note = child.born.map(|born| format::age(words.language, born, start.date()));
    let reason = age_problem(&space.read_untracked(), &child, start).map(|(from, to)| words.sign_up.why_age(from, to));
    let is_shut = reason.is_some();
    let toggle = move |event| {
        let is_on = event_target_checked(&event);
        draft.update(|draft| {
            if is_on {
                draft.children.insert(id)
            } else {
                draft.children.remove(&id)
            };
        });
    };
    view! {
        <li>
            <label class="person-row">
                <input
                    type="checkbox"
                    disabled=is_shut
                    prop:checked=move || draft.read().children.contains(&id)
                    on:change=toggle
                />
                <span class="person-row-text">
                    <span class="person-row-name">{child.name.to_string()}</span>
                    <span class="person-row-note">{note}</span>
                    {reason.map(|reason| view! { <span class="person-row-reason">{reason}</span> })}
                </span>
            </label>
        </li>
    }
}
