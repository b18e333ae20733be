//! Who is coming: the household with who may and why not, one line about places, one button.

use std::collections::BTreeSet;

use domain::activity::Audience;
use domain::clash::{Clash, clashes};
use domain::command::SignUp;
use domain::id::{OccurrenceId, PersonId};
use domain::order::sort_by_key;
use domain::people::{Person, Relation};
use domain::refusal::{Eligibility, Refusal};
use domain::sign_up::SignUpDecision;
use domain::sync::overlay::{may_come, predict_sign_up};
use domain::sync::rows::Rows;
use domain::words::{Words, format};
use leptos::prelude::*;

use crate::components::clash_note::ClashNote;
use crate::components::date_line::DateLine;
use crate::model::use_model;
use crate::route::Route;
use crate::ui::icon::Icon;
use crate::ui::sheet::Sheet;

/// The sheet; `on_confirm` gets who was chosen.
#[component]
pub fn SignUpSheet(
    open: RwSignal<bool>,
    occurrence: Signal<OccurrenceId>,
    on_confirm: Callback<Vec<PersonId>>,
) -> impl IntoView {
    let model = use_model();
    let chosen = RwSignal::new(BTreeSet::<PersonId>::new());
    let people = Memo::new(move |_| household(&model.view().persons));
    Effect::new(move || {
        if open.get() {
            chosen.set(first_choice(occurrence.get_untracked(), &people.read_untracked()));
        }
    });
    let command = move || SignUp { occurrence: occurrence.get(), people: chosen.get().into_iter().collect() };
    let prediction = Memo::new(move |_| predict_sign_up(&model.view(), &command(), model.now()));
    let count = move || chosen.read().len();
    let confirm = move |_| {
        open.set(false);
        on_confirm.run(chosen.get_untracked().into_iter().collect());
    };
    let is_for_families = Memo::new(move |_| {
        let view = model.view();
        let entry = domain::agenda::Entry::of(&view, occurrence.get());
        entry.is_some_and(|entry| matches!(entry.activity.audience, Audience::Families { .. }))
    });
    let clashing = Signal::derive(move || {
        let people: Vec<_> = chosen.get().into_iter().collect();
        clashes_of(occurrence.get(), &people)
    });
    let confirm_word = move || {
        let words = model.words();
        match prediction.get() {
            Ok(SignUpDecision::Pooled { .. }) => words.draws.confirm(count()),
            Ok(SignUpDecision::Waitlisted { .. }) => words.sign_up.confirm_wait(count()),
            _ => words.sign_up.confirm(count()),
        }
    };
    view! {
        <Sheet
            open=open
            title=Signal::derive(move || model.words().sign_up.title.to_owned())
            about=move || view! { <DateLine occurrence=occurrence.get()/> }
            foot=move || {
                view! {
                    <ClashNote clashes=clashing/>
                    <p class="sheet-note" role="status">
                        {move || summary(prediction.get(), count(), occurrence.get())}
                    </p>
                    <button
                        type="button"
                        class="button"
                        data-kind="primary"
                        disabled=move || prediction.read().is_err()
                        on:click=confirm
                    >
                        {confirm_word}
                    </button>
                }
            }
        >
            <ul class="person-list">
                {move || {
                    people
                        .get()
                        .into_iter()
                        .map(|person| view! { <PersonRow person occurrence=occurrence.get() chosen/> })
                        .collect_view()
                }}
            </ul>
            <Show when=move || is_for_families.get()>
                <p class="field-help">{move || model.words().sign_up.guardian_counts}</p>
            </Show>
            <a class="button" data-kind="quiet" href=Route::Family.href()>
                <Icon name="i-plus"/>
                {move || model.words().sign_up.add_person}
            </a>
        </Sheet>
    }
}

/// Each opening starts with the resident themselves, if they may come, and where it is for families with the child, if
/// only one may.
fn first_choice(occurrence: OccurrenceId, people: &[Person]) -> BTreeSet<PersonId> {
    let view = use_model().view_untracked();
    let Some(entry) = domain::agenda::Entry::of(&view, occurrence) else { return BTreeSet::new() };
    let on = entry.occurrence.range.start().date();
    let is_for_families = matches!(entry.activity.audience, Audience::Families { .. });
    let may_come = |person: &&Person| reason_against(occurrence, person).is_none();
    let me = people.iter().filter(|person| person.relation == Relation::Me).find(may_come);
    let mut children = people.iter().filter(|person| is_for_families && person.is_child_on(on)).filter(may_come);
    let only_child = children.next().filter(|_| children.next().is_none());
    me.into_iter().chain(only_child).map(|person| person.id).collect()
}

/// What these people of the household have at the time of a date; tracked.
#[must_use]
pub fn clashes_of(occurrence: OccurrenceId, people: &[PersonId]) -> Vec<Clash> {
    let view = use_model().view();
    let date = view.occurrences.get(&occurrence);
    date.map(|date| clashes(&view, people, date.row.range)).unwrap_or_default()
}

/// The household: the resident first, then the rest as they were added.
#[must_use]
pub fn household(persons: &Rows<PersonId, Person>) -> Vec<Person> {
    let mut people: Vec<_> = persons.values().cloned().collect();
    sort_by_key(&mut people, |person| (person.relation != Relation::Me, person.id));
    people
}

/// Why somebody may not come to this date, if so; also when they are in already.
fn reason_against(occurrence: OccurrenceId, person: &Person) -> Option<String> {
    let model = use_model();
    let view = model.view_untracked();
    let words = model.words_untracked();
    let entry = domain::agenda::Entry::of(&view, occurrence)?;
    if entry.sign_up.is_some_and(|(_, own)| own.party.iter().any(|member| member.person == person.id)) {
        return Some(words.sign_up.why_already.to_owned());
    }
    may_come(entry.activity, entry.occurrence, person).err().map(|refusal| short_reason(words, &refusal))
}

fn short_reason(words: &'static Words, refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotEligible { why: Eligibility::ChildAge { from, to }, .. } => words.sign_up.why_age(from, to),
        Refusal::NotEligible { why: Eligibility::Seniors, .. } => words.sign_up.why_seniors.to_owned(),
        Refusal::NotEligible { why: Eligibility::Adults, .. } => words.sign_up.why_adults.to_owned(),
        Refusal::BirthMonthNeeded { .. } => words.sign_up.why_birth_month.to_owned(),
        other => words.refusal(other),
    }
}

/// The line above the button: how many, how many are left, or what is still missing.
fn summary(prediction: Result<SignUpDecision, Refusal>, count: usize, occurrence: OccurrenceId) -> String {
    let model = use_model();
    let words = model.words();
    match prediction {
        Ok(SignUpDecision::Confirmed) => match model.view().seats.get(&occurrence).and_then(|seats| seats.row.free()) {
            Some(left) => words.sign_up.summary(count, left),
            None => words.sign_up.summary_no_limit(count),
        },
        Ok(SignUpDecision::Pooled { .. }) if count == 1 => words.draws.summary_one.to_owned(),
        Ok(SignUpDecision::Pooled { .. }) => words.draws.summary(count),
        Ok(SignUpDecision::Waitlisted { parties_ahead }) => words.sign_up.wait_summary(parties_ahead),
        Ok(SignUpDecision::AlreadyDone) => words.sign_up.why_already.to_owned(),
        Err(Refusal::PartyEmpty) => words.sign_up.choose_someone.to_owned(),
        Err(Refusal::GuardianNeeded) => words.sign_up.guardian_needed.to_owned(),
        Err(Refusal::PartyTooBig { max }) => words.sign_up.too_many(max),
        Err(refusal) => words.refusal(&refusal),
    }
}

#[component]
fn PersonRow(person: Person, occurrence: OccurrenceId, chosen: RwSignal<BTreeSet<PersonId>>) -> impl IntoView {
    let model = use_model();
    let id = person.id;
    let reason = reason_against(occurrence, &person);
    let is_allowed = reason.is_none();
    let note = match (person.relation, person.born) {
        (Relation::Child, Some(born)) => format::age(model.words_untracked().language, born, model.today_untracked()),
        (relation, _) => model.words_untracked().relation(relation).to_owned(),
    };
    view! {
        <li>
            <label class="person-row">
                <input
                    type="checkbox"
                    disabled=!is_allowed
                    prop:checked=move || chosen.read().contains(&id)
                    on:change=move |event| {
                        let is_on = event_target_checked(&event);
                        chosen
                            .update(|chosen| {
                                if is_on { chosen.insert(id) } else { chosen.remove(&id) };
                            });
                    }
                />
                <span class="person-row-text">
                    <span class="person-row-name">{person.name.to_string()}</span>
                    <span class="person-row-note">{note}</span>
                    {reason.map(|reason| view! { <span class="person-row-reason">{reason}</span> })}
                </span>
            </label>
        </li>
    }
}
