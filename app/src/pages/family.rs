//! The household: who one signs up along with oneself. Works without a network; what is new waits on this phone.

use domain::command::{AddPerson, Command, RemovePerson};
use domain::id::{AccountId, CommandId, OccurrenceId, PersonId, StreamId};
use domain::people::{HOUSEHOLD_MAX, Person, Relation};
use domain::refusal::Refusal;
use domain::sync::machine::Settled;
use domain::sync::{Delivery, View};
use domain::time::Timestamp;
use domain::words::format;
use leptos::prelude::*;

use crate::components::person_form::PersonForm;
use crate::components::profile_edit::ProfileSheet;
use crate::components::refusal_notice::RefusalNotice;
use crate::components::sign_up_sheet::household;
use crate::components::unsaved::Unsaved;
use crate::model::{Model, Session, Submission, use_model};
use crate::route::{Route, login_then};
use crate::ui::chip::{ChipState, StateChip};
use crate::ui::icon::Icon;
use crate::ui::sheet::Sheet;

/// `/me/family`
#[component]
pub fn FamilyPage() -> impl IntoView {
    let model = use_model();
    let title = move || model.words().family.title.to_owned();
    model.set_title(title);
    let account = Memo::new(move |_| model.session().account());
    view! {
        <div class="page">
            <h1 class="page-title">{title}</h1>
            <p class="page-sub">{move || model.words().family.intro}</p>
            {move || match (account.get(), model.session()) {
                (Some(account), _) => view! { <OwnFamily account/> }.into_any(),
                (None, Session::Guest) => {
                    view! {
                        <a class="button" data-kind="primary" href=login_then(&Route::Family.href())>
                            {model.words().common.sign_in}
                        </a>
                    }
                        .into_any()
                }
                (None, _) => {
                    view! {
                        <div class="busy" aria-busy="true">
                            <p>{model.words().common.loading}</p>
                        </div>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

#[component]
fn OwnFamily(account: AccountId) -> impl IntoView {
    let model = use_model();
    let form_open = RwSignal::new(false);
    let person_open = RwSignal::new(false);
    let profile_open = RwSignal::new(false);
    let shown = RwSignal::new(None::<Person>);
    let last = RwSignal::new(None::<Submission>);

    let people = Memo::new(move |_| household(&model.view().persons));
    let refused = Memo::new(move |_| model.refused().into_iter().filter(is_about_family).collect::<Vec<_>>());
    let is_full = Memo::new(move |_| people.read().len() >= usize::from(HOUSEHOLD_MAX));

    let add = Callback::new(move |command: AddPerson| {
        model.announce(model.words_untracked().family.added(&command.name));
        last.set(Some(model.submit(StreamId::Account(account), Command::AddPerson(command), None)));
    });
    let show = Callback::new(move |person: Person| {
        if person.relation == Relation::Me {
            profile_open.set(true);
        } else {
            shown.set(Some(person));
            person_open.set(true);
        }
    });
    let remove = Callback::new(move |person: Person| {
        let is_new = model.view_untracked().deliveries.contains_key(&person.id.uuid());
        let depends_on = is_new.then(|| CommandId::from_uuid(person.id.uuid()));
        let command = Command::RemovePerson(RemovePerson { person: person.id });
        model.announce(model.words_untracked().family.removed(&person.name));
        last.set(Some(model.submit(StreamId::Account(account), command, depends_on)));
    });
    let ignore = Callback::new(|_| ());

    view! {
        {move || {
            refused.get().into_iter().map(|settled| view! { <RefusalNotice settled on_choose=ignore/> }).collect_view()
        }}
        <Unsaved last/>
        <ul class="person-list">
            {move || people.get().into_iter().map(|person| view! { <FamilyRow person on_open=show/> }).collect_view()}
        </ul>
        {move || (people.read().len() == 1).then(|| view! { <p class="quiet">{model.words().family.empty}</p> })}
        <div class="action-bar">
            {move || {
                let why = model.words().refusal(&Refusal::HouseholdFull { max: HOUSEHOLD_MAX });
                is_full.get().then(|| view! { <p class="action-bar-note">{why}</p> })
            }}
            <button
                type="button"
                class="button"
                data-kind="primary"
                aria-haspopup="dialog"
                disabled=move || is_full.get()
                on:click=move |_| form_open.set(true)
            >
                <Icon name="i-plus"/>
                {move || model.words().family.add}
            </button>
        </div>
        <PersonForm open=form_open on_add=add/>
        <PersonSheet open=person_open person=shown.into() on_remove=remove/>
        <ProfileSheet open=profile_open/>
    }
}

/// Whether a refused command was about the household.
fn is_about_family(settled: &Settled) -> bool {
    let envelope: Option<domain::command::Envelope> = domain::json::read(&settled.raw);
    let command = envelope.and_then(|envelope| envelope.command().ok());
    matches!(command, Some(Command::AddPerson(_) | Command::RemovePerson(_)))
}

/// How old a child is, or what somebody is to the household.
fn note_of(person: &Person, model: Model) -> String {
    let words = model.words();
    match person.born {
        Some(born) if person.relation == Relation::Child => format::age(words.language, born, model.today()),
        _ => words.relation(person.relation).to_owned(),
    }
}

#[component]
fn FamilyRow(person: Person, on_open: Callback<Person>) -> impl IntoView {
    let model = use_model();
    let id = person.id;
    // Children go by the last part of a name, others by the first.
    let mut letters = person.name.as_str().chars();
    let letter = if person.relation == Relation::Child { letters.next_back() } else { letters.next() };
    let initial: String = letter.into_iter().collect();
    let name = person.name.to_string();
    let about = person.clone();
    let delivery = Memo::new(move |_| model.view().deliveries.get(&id.uuid()).copied());
    let state = move || {
        let words = model.words();
        delivery.get().map(|delivery| match delivery {
            Delivery::Saved => view! { <StateChip state=ChipState::Saved text=words.states.saved_not_sent/> },
            Delivery::Checking => view! { <StateChip state=ChipState::Checking text=words.states.checking/> },
        })
    };
    view! {
        <li>
            <button
                type="button"
                class="person-row"
                aria-haspopup="dialog"
                on:click=move |_| on_open.run(person.clone())
            >
                <span class="initial" aria-hidden="true">{initial}</span>
                <span class="person-row-text">
                    <span class="person-row-name">{name}</span>
                    <span class="person-row-note">{move || note_of(&about, model)}</span>
                    {state}
                </span>
                <Icon name="i-next"/>
            </button>
        </li>
    }
}

/// A date to come that somebody is still signed up for: they cannot be removed before that is cancelled.
fn still_signed_up(view: &View, person: PersonId, now: Timestamp) -> Option<OccurrenceId> {
    let has = |party: &[domain::change::PartyMember]| party.iter().any(|member| member.person == person);
    view.sign_ups
        .values()
        .filter(|own| own.row.state.is_live() && has(&own.row.party))
        .map(|own| own.row.occurrence)
        .find(|id| view.occurrences.get(id).is_some_and(|date| date.row.range.end() > now))
}

/// Somebody of the household: who they are and, last, taking them out, with what that means.
#[component]
fn PersonSheet(open: RwSignal<bool>, person: Signal<Option<Person>>, on_remove: Callback<Person>) -> impl IntoView {
    let model = use_model();
    let name = move || person.read().as_ref().map(|person| person.name.to_string()).unwrap_or_default();
    let about = move || {
        let note = person.read().as_ref().map(|person| note_of(person, model));
        note.map(|note| view! { <p>{note}</p> })
    };
    let obstacle = Memo::new(move |_| {
        let id = person.read().as_ref()?.id;
        still_signed_up(&model.view(), id, model.now())
    });
    let remove = move |_| {
        open.set(false);
        if let Some(person) = person.get_untracked() {
            on_remove.run(person);
        }
    };
    let removal = move || {
        let words = model.words();
        match obstacle.get() {
            Some(occurrence) => view! {
                <p>{words.refusal(&Refusal::PersonSignedUp { occurrence })}</p>
                <a class="button" href=Route::Occurrence(occurrence).href()>{words.me.details}</a>
            }
            .into_any(),
            None => view! {
                <p>{words.family.remove_note}</p>
                <button type="button" class="button" data-kind="quiet" on:click=remove>{words.family.remove}</button>
            }
            .into_any(),
        }
    };
    view! { <Sheet open title=Signal::derive(name) about>{removal}</Sheet> }
}
