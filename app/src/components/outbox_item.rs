//! One thing that waits on this phone, or was refused: in words, with its age and what can be done about it.

use domain::command::{BookSpace, Command, Envelope, Outcome};
use domain::id::{BookingId, OccurrenceId, SignUpId, StreamId};
use domain::refusal::Alternative;
use domain::sync::View;
use domain::sync::machine::Settled;
use domain::time::{LocalDate, TimeRange};
use domain::words::{Words, format};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use crate::model::{OutboxItem, use_model};
use crate::route::Route;
use crate::ui::chip::{ChipState, StateChip};

/// What the sentences are made of.
struct Naming<'a> {
    view: &'a View,
    words: &'static Words,
    today: LocalDate,
}

impl Naming<'_> {
    fn join(&self, parts: &[String]) -> String {
        let mut parts = parts.iter();
        let first = parts.next().cloned().unwrap_or_default();
        parts.fold(first, |joined, part| self.words.common.pair(joined, part))
    }

    fn when(&self, range: TimeRange) -> String {
        format::when(self.words.language, range, self.today)
    }

    fn date(&self, id: OccurrenceId) -> String {
        let Some(occurrence) = self.view.occurrences.get(&id) else { return self.words.list.title.to_owned() };
        let activity = self.view.activities.get(&occurrence.row.activity);
        let title = activity.map(|activity| activity.row.title.to_string());
        let parts: Vec<String> = title.into_iter().chain([self.when(occurrence.row.range)]).collect();
        self.join(&parts)
    }

    fn sign_up(&self, id: SignUpId) -> String {
        let own = self.view.sign_ups.get(&id).map(|own| own.row.occurrence);
        own.map_or_else(|| self.words.list.title.to_owned(), |occurrence| self.date(occurrence))
    }

    fn space(&self, id: domain::id::SpaceId, range: TimeRange) -> String {
        let name = self.view.spaces.get(&id).map(|space| space.row.name.to_string());
        let parts: Vec<String> = name.into_iter().chain([self.when(range)]).collect();
        self.join(&parts)
    }

    fn booking(&self, id: BookingId) -> String {
        let own = self.view.bookings.get(&id).map(|own| &own.row);
        let desk = self.view.desk_bookings.get(&id).map(|desk| &desk.row);
        let row = own.or_else(|| desk.map(|desk| &desk.booking));
        let what = row.map(|row| self.space(row.space, row.range));
        let who = desk.map(|desk| desk.name.to_string());
        let parts: Vec<String> = who.into_iter().chain(what).collect();
        if parts.is_empty() { self.words.spaces.title.to_owned() } else { self.join(&parts) }
    }

    /// What was asked for.
    fn title(&self, command: Option<&Command>) -> String {
        let outbox = &self.words.outbox;
        match command {
            None => outbox.other.to_owned(),
            Some(Command::SignUp(command)) => {
                let people = self.words.common.people(command.people.len());
                outbox.sign_up(self.join(&[self.date(command.occurrence), people]))
            }
            Some(Command::WithdrawSignUp(command)) => outbox.withdraw_sign_up(self.sign_up(command.sign_up)),
            Some(Command::CheckIn(command)) => {
                let party = self.view.roster.get(&command.sign_up).map(|party| party.row.name.to_string());
                outbox.check_in(party.unwrap_or_default())
            }
            Some(Command::PublishActivity(command)) => outbox.publish(&command.title),
            Some(Command::CancelOccurrence(command)) => outbox.call_off(self.date(command.occurrence)),
            Some(Command::BookSpace(command)) => outbox.book(self.space(command.space, command.range)),
            Some(Command::CancelBooking(command)) => outbox.cancel_booking(self.booking(command.booking)),
            Some(Command::ApproveBooking(command)) => outbox.approve(self.booking(command.booking)),
            Some(Command::DeclineBooking(command)) => outbox.decline(self.booking(command.booking)),
            Some(Command::CheckInBooking(command)) => outbox.check_in(self.booking(command.booking)),
            Some(Command::AddPerson(command)) => outbox.add_person(&command.name),
            Some(Command::RemovePerson(command)) => match self.view.persons.get(&command.person) {
                Some(person) => outbox.remove_person(&person.name),
                None => outbox.remove_someone.to_owned(),
            },
            Some(Command::UpdateProfile(_)) => outbox.update_profile.to_owned(),
            Some(Command::ReadNotices(_)) => outbox.read_notices.to_owned(),
        }
    }
}

/// What its person should know while it waits.
fn waiting_sentence(item: &OutboxItem, words: &'static Words) -> String {
    if let Some(why) = &item.doubt {
        return words.outbox.doubt(words.refusal(why));
    }
    if item.tried > 0 {
        return words.outbox.checking.to_owned();
    }
    match item.command {
        Some(Command::SignUp(_)) => words.offline.saved_sign_up,
        Some(Command::BookSpace(_)) => words.offline.saved_booking,
        _ => words.offline.saved_other,
    }
    .to_owned()
}

/// Something on its way; can be taken back as long as it was never sent.
#[component]
pub fn UnsentItem(item: OutboxItem) -> impl IntoView {
    let model = use_model();
    let id = item.id;
    let withdraw = move |_| {
        model.withdraw_unsent(id);
        model.announce(model.words_untracked().outbox.withdrawn);
    };
    move || {
        let words = model.words();
        let view = model.view();
        let naming = Naming { view: &view, words, today: model.today() };
        let was_tried = item.tried > 0;
        let (state, chip) = if was_tried {
            (ChipState::Checking, words.states.checking)
        } else {
            (ChipState::Saved, words.states.saved_not_sent)
        };
        let age = words.outbox.saved_at(format::ago(words.language, item.queued_at, model.now()));
        view! {
            <li class="outbox-item" data-state=state.as_str()>
                <div class="outbox-item-body">
                    <h3 class="outbox-item-title">{naming.title(item.command.as_ref())}</h3>
                    <p class="outbox-item-text">{waiting_sentence(&item, words)}</p>
                    <StateChip state text=chip/>
                    <p class="outbox-item-age">{age}</p>
                </div>
                {(!was_tried)
                    .then(|| {
                        view! {
                            <div class="button-row">
                                <button type="button" class="button" on:click=withdraw>
                                    {words.outbox.withdraw}
                                </button>
                            </div>
                        }
                    })}
            </li>
        }
    }
}

/// Something that was refused, with what would be accepted instead.
#[component]
pub fn RefusedItem(settled: Settled) -> impl IntoView {
    let model = use_model();
    let navigate = StoredValue::new(use_navigate());
    let id = settled.id;
    let envelope: Option<Envelope> = serde_json::from_str(&settled.raw).ok();
    let command = envelope.as_ref().and_then(|envelope| envelope.command().ok());
    let asked = StoredValue::new(envelope.map(|envelope| envelope.stream).zip(command.clone()));
    let Outcome::Refused { refusal, alternatives } = settled.outcome else { return ().into_any() };

    let choose = Callback::new(move |alternative: Alternative| {
        model.dismiss(id);
        match (alternative, asked.get_value()) {
            (Alternative::Slot { space, range }, Some((stream @ StreamId::Community(_), Command::BookSpace(wish)))) => {
                // The server said that exactly this would be accepted: one tap asks for it.
                let _ = model.submit(stream, Command::BookSpace(BookSpace { space, range, ..wish }), None);
                model.announce(model.words_untracked().outbox.again);
            }
            (Alternative::Slot { space, .. }, _) => {
                navigate.with_value(|navigate| navigate(&Route::Space(space).href(), Default::default()));
            }
            (Alternative::Occurrence { occurrence }, _) => {
                navigate.with_value(|navigate| navigate(&Route::Occurrence(occurrence).href(), Default::default()));
            }
        }
    });
    let slots = StoredValue::new(alternatives);
    let at = settled.at;
    let item = move || {
        let words = model.words();
        let view = model.view();
        let naming = Naming { view: &view, words, today: model.today() };
        let buttons: Vec<_> = slots
            .get_value()
            .into_iter()
            .map(|alternative| {
                let (when, place) = match alternative {
                    Alternative::Slot { space, range } => {
                        (naming.when(range), view.spaces.get(&space).map(|space| space.row.name.to_string()))
                    }
                    Alternative::Occurrence { occurrence } => (naming.date(occurrence), None),
                };
                view! {
                    <button type="button" class="button" on:click=move |_| choose.run(alternative)>
                        <span>{place.map(|place| [&place, " "].concat())}<span class="nb">{when}</span></span>
                    </button>
                }
            })
            .collect();
        let intro =
            (!buttons.is_empty()).then(|| view! { <p class="outbox-item-text">{words.booking.alternatives}</p> });
        let age = format::ago(words.language, at, model.now());
        view! {
            <li class="outbox-item" data-state="refused">
                <div class="outbox-item-body">
                    <h3 class="outbox-item-title">{naming.title(command.as_ref())}</h3>
                    <p class="outbox-item-text">{words.refusal(&refusal)}</p>
                    <StateChip state=ChipState::Refused text=words.states.refused/>
                    <p class="outbox-item-age">{age}</p>
                    {intro}
                </div>
                <div class="button-stack">
                    {buttons}
                    <button type="button" class="button" data-kind="quiet" on:click=move |_| model.dismiss(id)>
                        {words.outbox.dismiss}
                    </button>
                </div>
            </li>
        }
    };
    item.into_any()
}
