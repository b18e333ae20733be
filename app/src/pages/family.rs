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
use crate::components::refusal_notice::RefusalNotice;
use crate::components::sign_up_sheet::household;
use crate::components::unsaved::Unsaved;
use crate::model::{Session, Submission, use_model};
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
    let remove_open = RwSignal::new(false);
    let leaving = RwSignal::new(None::<Person>);
    let last = RwSignal::new(None::<Submission>);

    let people = Memo::new(move |_| household(&model.view().persons));
    let refused = Memo::new(move |_| model.refused().into_iter().filter(is_about_family).collect::<Vec<_>>());
    let is_full = Memo::new(move |_| people.read().len() >= usize::from(HOUSEHOLD_MAX));

    let add = Callback::new(move |command: AddPerson| {
        model.announce(model.words_untracked().family.added(&command.name));
        last.set(Some(model.submit(StreamId::Account(account), Command::AddPerson(command), None)));
    });
    let ask = Callback::new(move |person: Person| {
        leaving.set(Some(person));
        remove_open.set(true);
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
            {move || people.get().into_iter().map(|person| view! { <FamilyRow person on_remove=ask/> }).collect_view()}
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
        <RemoveSheet open=remove_open person=leaving.into() on_confirm=remove/>
    }
}

/// Whether a refused command was about the household.
fn is_about_family(settled: &Settled) -> bool {
    let envelope: Option<domain::command::Envelope> = serde_json::from_str(&settled.raw).ok();
    let command = envelope.and_then(|envelope| envelope.command().ok());
    matches!(command, Some(Command::AddPerson(_) | Command::RemovePerson(_)))
}

#[component]
fn FamilyRow(person: Person, on_remove: Callback<Person>) -> impl IntoView {
    let model = use_model();
    let Person { id, relation, name, born } = person.clone();
    // Children go by the last part of a name, others by the first.
    let mut letters = name.as_str().chars();
    let letter = if relation == Relation::Child { letters.next_back() } else { letters.next() };
    let initial: String = letter.into_iter().collect();
    let note = move || {
        let words = model.words();
        match born {
            Some(born) if relation == Relation::Child => format::age(words.language, born, model.today()),
            _ => words.relation(relation).to_owned(),
        }
    };
    let delivery = Memo::new(move |_| model.view().deliveries.get(&id.uuid()).copied());
    let state = move || {
        let words = model.words();
        delivery.get().map(|delivery| match delivery {
            Delivery::Saved => view! { <StateChip state=ChipState::Saved text=words.states.saved_not_sent/> },
            Delivery::Checking => view! { <StateChip state=ChipState::Checking text=words.states.checking/> },
        })
    };
    let label = {
        let name = name.clone();
        move || model.words().family.remove(&name)
    };
    view! {
        <li>
            <div class="person-row">
                <span class="initial" aria-hidden="true">{initial}</span>
                <span class="person-row-text">
                    <span class="person-row-name">{name.to_string()}</span>
                    <span class="person-row-note">{note}</span>
                    {state}
                </span>
                {(relation != Relation::Me)
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button"
                                data-kind="quiet"
                                aria-label=label
                                aria-haspopup="dialog"
                                on:click=move |_| on_remove.run(person.clone())
                            >
                                {move || model.words().common.remove}
                            </button>
                        }
                    })}
            </div>
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

/// What removing means, and the two ways on.
#[component]
fn RemoveSheet(open: RwSignal<bool>, person: Signal<Option<Person>>, on_confirm: Callback<Person>) -> impl IntoView {
    let model = use_model();
    let name = move || person.read().as_ref().map(|person| person.name.to_string()).unwrap_or_default();
    let obstacle = Memo::new(move |_| {
        let id = person.read().as_ref()?.id;
        still_signed_up(&model.view(), id, model.now())
    });
    let confirm = move |_| {
        open.set(false);
        if let Some(person) = person.get_untracked() {
            on_confirm.run(person);
        }
    };
    let foot = move || {
        let words = model.words();
        let way_on = match obstacle.get() {
            Some(occurrence) => view! {
                <a class="button" data-kind="primary" href=Route::Occurrence(occurrence).href()>{words.me.details}</a>
            }
            .into_any(),
            None => view! {
                <button type="button" class="button" data-kind="danger" on:click=confirm>
                    {words.family.remove(name())}
                </button>
            }
            .into_any(),
        };
        view! {
            {way_on}
            <button type="button" class="button" on:click=move |_| open.set(false)>{words.family.keep}</button>
        }
    };
    view! {
        <Sheet open=open title=Signal::derive(move || model.words().family.remove_title(name())) foot=foot>
            <p>
                {move || {
                    let words = model.words();
                    match obstacle.get() {
                        Some(occurrence) => words.refusal(&Refusal::PersonSignedUp { occurrence }),
                        None => words.family.remove_note.to_owned(),
                    }
                }}
            </p>
        </Sheet>
    }
}
