//! One thing that waits on this phone, or was refused: in words, with its age and what can be done about it.

use domain::command::{BookSpace, Command, Envelope, Outcome};
use domain::id::{ActivityId, BookingId, OccurrenceId, SignUpId, SpaceId, StreamId};
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
use crate::ui::unbroken::Unbroken;

/// What was asked for, in words; the time stands by itself, because it must not be broken.
#[derive(Debug, Default)]
struct Named {
    title: String,
    when: Option<String>,
}

impl Named {
    fn plain(title: impl Into<String>) -> Self {
        Self { title: title.into(), when: None }
    }
}

/// What names are made of.
struct Naming<'a> {
    view: &'a View,
    words: &'static Words,
    today: LocalDate,
}

impl Naming<'_> {
    fn when(&self, range: TimeRange) -> String {
        format::when(self.words.language, range, self.today)
    }

    fn date(&self, id: OccurrenceId) -> Named {
        let Some(date) = self.view.occurrences.get(&id) else { return Named::plain(self.words.list.title) };
        let activity = self.view.activities.get(&date.row.activity);
        let title = activity.map_or_else(|| self.words.list.title.to_owned(), |one| one.row.title.to_string());
        Named { title, when: Some(self.when(date.row.range)) }
    }

    fn sign_up(&self, id: SignUpId) -> Named {
        let own = self.view.sign_ups.get(&id).map(|own| own.row.occurrence);
        own.map_or_else(|| Named::plain(self.words.list.title), |occurrence| self.date(occurrence))
    }

    fn space(&self, id: SpaceId, range: TimeRange) -> Named {
        let space = self.view.spaces.get(&id);
        let title = space.map_or_else(|| self.words.spaces.title.to_owned(), |space| space.row.name.to_string());
        Named { title, when: Some(self.when(range)) }
    }

    fn booking(&self, id: BookingId) -> Named {
        let own = self.view.bookings.get(&id).map(|own| &own.row);
        let desk = self.view.desk_bookings.get(&id).map(|desk| &desk.row);
        let row = own.or_else(|| desk.map(|desk| &desk.booking));
        let named = row.map_or_else(|| Named::plain(self.words.spaces.title), |row| self.space(row.space, row.range));
        match desk {
            Some(desk) => Named { title: self.words.common.pair(&desk.name, named.title), ..named },
            None => named,
        }
    }

    fn series(&self, id: ActivityId, say: impl Fn(&str) -> String) -> Named {
        let title = self.view.activities.get(&id).map(|activity| activity.row.title.as_str());
        Named::plain(say(title.unwrap_or(self.words.series.series)))
    }

    /// What was asked for.
    fn command(&self, command: Option<&Command>) -> Named {
        let outbox = &self.words.outbox;
        let say = |named: Named, sentence: &dyn Fn(&str) -> String| Named { title: sentence(&named.title), ..named };
        match command {
            None => Named::plain(outbox.other),
            Some(Command::SignUp(command)) => {
                let people = self.words.common.people(command.people.len());
                let named = say(self.date(command.occurrence), &|what| outbox.sign_up(what));
                Named { when: named.when.map(|when| self.words.common.pair(when, people)), ..named }
            }
            Some(Command::WithdrawSignUp(command)) => {
                say(self.sign_up(command.sign_up), &|what| outbox.withdraw_sign_up(what))
            }
            Some(Command::AcceptOffer(command)) => {
                say(self.sign_up(command.sign_up), &|what| outbox.accept_offer(what))
            }
            Some(Command::DeclineOffer(command)) => {
                say(self.sign_up(command.sign_up), &|what| outbox.decline_offer(what))
            }
            Some(Command::ChangeCapacity(command)) => {
                say(self.date(command.occurrence), &|what| outbox.change_capacity(what))
            }
            Some(Command::CheckIn(command)) => {
                let party = self.view.roster.get(&command.sign_up).map(|party| party.row.name.to_string());
                Named::plain(outbox.check_in(party.unwrap_or_default()))
            }
            Some(Command::UndoCheckIn(command)) => {
                let party = self.view.roster.get(&command.sign_up).map(|party| party.row.name.to_string());
                Named::plain(self.words.check_in.undo(party.unwrap_or_default()))
            }
            Some(Command::SignUpNeighbour(command)) => Named::plain(self.words.neighbour.outbox_sign_up(&command.name)),
            Some(Command::WithdrawNeighbour(command)) => {
                let who = self.view.roster.get(&command.sign_up).map(|row| row.row.name.to_string());
                Named::plain(self.words.neighbour.outbox_withdraw(who.unwrap_or_default()))
            }
            Some(Command::AddWalkIn(command)) => Named::plain(self.words.at_the_door.outbox_add(command.heads)),
            Some(Command::RemoveWalkIn(_)) => Named::plain(self.words.at_the_door.outbox_remove),
            Some(Command::PublishActivity(command)) => Named::plain(outbox.publish(&command.title)),
            Some(Command::CancelOccurrence(command)) => {
                say(self.date(command.occurrence), &|what| outbox.call_off(what))
            }
            Some(Command::CloseOccurrence(command)) => {
                say(self.date(command.occurrence), &|what| self.words.closing.close(what))
            }
            Some(Command::MoveOccurrence(command)) => {
                say(self.date(command.occurrence), &|what| self.words.moving.outbox(what))
            }
            Some(Command::ReinstateOccurrence(command)) => {
                say(self.date(command.occurrence), &|what| self.words.moving.outbox_reinstate(what))
            }
            Some(Command::PauseSeries(command)) => {
                self.series(command.activity, |what| self.words.series.pause_of(what))
            }
            Some(Command::ResumeSeries(command)) => {
                self.series(command.activity, |what| self.words.series.resume_of(what))
            }
            Some(Command::EditSeries(command)) => {
                self.series(command.edit.activity, |what| self.words.editing.outbox(what))
            }
            Some(Command::ExemptDuty(command)) => {
                Named::plain(self.words.duties.exempt_duty(self.words.duty(command.duty)))
            }
            Some(Command::BookSpace(command)) => {
                say(self.space(command.space, command.range), &|what| outbox.book(what))
            }
            Some(Command::CancelBooking(command)) => {
                say(self.booking(command.booking), &|what| outbox.cancel_booking(what))
            }
            Some(Command::ApproveBooking(command)) => say(self.booking(command.booking), &|what| outbox.approve(what)),
            Some(Command::DeclineBooking(command)) => say(self.booking(command.booking), &|what| outbox.decline(what)),
            Some(Command::CheckInBooking(command)) => say(self.booking(command.booking), &|what| outbox.check_in(what)),
            Some(Command::AddPerson(command)) => Named::plain(outbox.add_person(&command.name)),
            Some(Command::RemovePerson(command)) => match self.view.persons.get(&command.person) {
                Some(person) => Named::plain(outbox.remove_person(&person.name)),
                None => Named::plain(outbox.remove_someone),
            },
            Some(Command::UpdateProfile(_)) => Named::plain(outbox.update_profile),
            Some(Command::RenewCalendar(_)) => Named::plain(outbox.renew_calendar),
            Some(Command::ReadNotices(_)) => Named::plain(outbox.read_notices),
        }
    }
}

/// The name as an item's head.
fn head(named: Named) -> impl IntoView {
    let when = named.when.map(|text| {
        view! {
            <p class="outbox-item-text">
                <Unbroken text/>
            </p>
        }
    });
    view! {
        <h3 class="outbox-item-title">{named.title}</h3>
        {when}
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
                    {head(naming.command(item.command.as_ref()))}
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
    let envelope: Option<Envelope> = domain::json::read(&settled.raw);
    let command = envelope.as_ref().and_then(|envelope| envelope.command().ok());
    let asked = StoredValue::new(envelope.map(|envelope| envelope.stream).zip(command.clone()));
    let was_accepted = settled.again;
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
                    Alternative::Occurrence { occurrence } => (naming.date(occurrence).when.unwrap_or_default(), None),
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
                    {head(naming.command(command.as_ref()))}
                    {was_accepted.then(|| view! { <p class="outbox-item-text">{words.outbox.restored_refused}</p> })}
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
