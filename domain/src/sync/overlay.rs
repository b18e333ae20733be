//! The overlay: pending commands laid over the rows, each by the same decision the server will take.
//!
//! The rows themselves are never touched by what has not been answered; the picture is computed anew. A command the
//! phone now expects to be refused leaves no effect but a doubt. Pending things never lower the count of free places
//! that is shown, because they have not lowered it.

mod door;
mod neighbour;
mod queue;

pub use self::door::{arrived, door_of, walked_in};
use crate::activity::{SignUpPolicy, check_audience, decide_publication, occurrence_id};
use crate::booking::{BookingDecision, BookingState, Party, decide_answer, decide_booking, is_held};
use crate::change::{
    ActivityRow, BookingRow, CalendarMark, Cancellation, ClosingRow, ExemptionRow, OccurrenceRow, PartyMember,
    SignUpRow, SignUpState,
};
use crate::closing::decide_closing;
use crate::command::{
    AcceptOffer, AddPerson, BookSpace, CloseOccurrence, Command, DeclineOffer, EditSeries, ExemptDuty, MoveOccurrence,
    PauseSeries, PublishActivity, ReinstateOccurrence, ResumeSeries, SignUp, UpdateProfile, WithdrawSignUp,
};
use crate::duty::decide_exemption;
use crate::id::{ActivityId, BookingId, CommandId, CommunityId, OccurrenceId, PersonId, SignUpId, StreamId};
use crate::moving::{ByHand, DateNow, Moved, OtherDate, Wish, dates_to_come, decide_move, decide_reinstatement};
use crate::people::{Person, Relation};
use crate::refusal::Refusal;
use crate::series::{SeriesRow, horizon};
use crate::sign_up::{Seats, SignUpDecision, Terms, WithdrawalDecision, decide_sign_up, decide_withdrawal};
use crate::sync::view::{Delivery, In, View};
use crate::time::{LocalDate, Timestamp};
use uuid::Uuid;

/// A command on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its id.
    pub id: CommandId,
    /// The stream it changes.
    pub stream: StreamId,
    /// The command.
    pub command: Command,
    /// How far it has come.
    pub delivery: Delivery,
}

/// The picture: `base` with `pending` laid over it in order.
#[must_use]
pub fn lay_over(base: &View, pending: &[Pending], now: Timestamp) -> View {
    let mut view = base.clone();
    for item in pending {
        if let Err(refusal) = lay_one(&mut view, item, now) {
            view.doubts.insert(item.id, refusal);
        }
    }
    view
}

fn lay_one(view: &mut View, item: &Pending, now: Timestamp) -> Result<(), Refusal> {
    let touched = match &item.command {
        Command::SignUp(command) => {
            lay_sign_up(view, item, command, now)?;
            item.id.uuid()
        }
        Command::WithdrawSignUp(command) => {
            lay_withdrawal(view, command, now)?;
            command.sign_up.uuid()
        }
        Command::AcceptOffer(AcceptOffer { sign_up }) => {
            queue::lay_acceptance(view, *sign_up, now)?;
            sign_up.uuid()
        }
        Command::DeclineOffer(DeclineOffer { sign_up }) => {
            queue::lay_refusal(view, *sign_up, now)?;
            sign_up.uuid()
        }
        Command::ChangeCapacity(command) => {
            queue::lay_capacity(view, command, now)?;
            command.occurrence.uuid()
        }
        Command::SignUpNeighbour(command) => {
            neighbour::lay_sign_up(view, item, command, now)?;
            item.id.uuid()
        }
        Command::WithdrawNeighbour(command) => {
            neighbour::lay_withdrawal(view, command, now)?;
            command.sign_up.uuid()
        }
        Command::CheckIn(command) => {
            door::lay_check_in(view, item.id, command, now)?;
            command.sign_up.uuid()
        }
        Command::UndoCheckIn(command) => {
            door::lay_undo(view, command, now)?;
            command.sign_up.uuid()
        }
        Command::AddWalkIn(command) => {
            door::lay_walk_in(view, item.id, command, now)?;
            item.id.uuid()
        }
        Command::RemoveWalkIn(command) => {
            door::lay_removal(view, command, now)?;
            command.walk_in.uuid()
        }
        Command::PublishActivity(command) => {
            lay_publication(view, item, command, now)?;
            item.id.uuid()
        }
        Command::CancelOccurrence(command) => {
            let row = &mut view.occurrences.get_mut(&command.occurrence).ok_or(Refusal::Gone)?.row;
            if row.cancelled.is_none() {
                row.cancelled = Some(Cancellation { at: now, reason: command.reason.clone(), room_taken: false });
                row.sequence += 1;
            }
            command.occurrence.uuid()
        }
        Command::CloseOccurrence(command) => {
            lay_closing(view, command, now)?;
            command.occurrence.uuid()
        }
        Command::MoveOccurrence(command) => {
            lay_move(view, command, now)?;
            command.occurrence.uuid()
        }
        Command::ReinstateOccurrence(command) => {
            lay_reinstatement(view, command, now)?;
            command.occurrence.uuid()
        }
        Command::PauseSeries(PauseSeries { activity }) => lay_pause(view, *activity, true)?,
        Command::ResumeSeries(ResumeSeries { activity }) => lay_pause(view, *activity, false)?,
        // What comes of it is the server's to say; until then the series is as it was.
        Command::EditSeries(EditSeries { edit, .. }) => edit.activity.uuid(),
        Command::ExemptDuty(command) => {
            lay_exemption(view, item, command, now)?;
            item.id.uuid()
        }
        Command::BookSpace(command) => {
            lay_booking(view, item, command, now)?;
            item.id.uuid()
        }
        Command::CancelBooking(command) => {
            set_booking_state(view, command.booking, BookingState::Cancelled)?;
            command.booking.uuid()
        }
        Command::ApproveBooking(command) => {
            answer_request(view, command.booking, BookingState::Approved, now)?;
            command.booking.uuid()
        }
        Command::DeclineBooking(command) => {
            answer_request(view, command.booking, BookingState::Declined, now)?;
            command.booking.uuid()
        }
        Command::CheckInBooking(command) => {
            set_booking_state(view, command.booking, BookingState::CheckedIn)?;
            command.booking.uuid()
        }
        Command::AddPerson(AddPerson { relation, name, born, .. }) => {
            let id = PersonId::from_uuid(item.id.uuid());
            view.persons.insert(id, Person { id, relation: *relation, name: name.clone(), born: *born });
            item.id.uuid()
        }
        Command::RemovePerson(command) => {
            view.persons.remove(&command.person);
            command.person.uuid()
        }
        Command::UpdateProfile(UpdateProfile { name, home, born }) => {
            let (account, profile) = view.profile.as_mut().ok_or(Refusal::Gone)?;
            (profile.name, profile.home) = (name.clone(), home.clone());
            let me = view.persons.values().find(|person| person.relation == Relation::Me).map(|person| person.id);
            if let Some(me) = me.and_then(|me| view.persons.get_mut(&me)) {
                (me.name, me.born) = (name.clone(), born.or(me.born));
            }
            account.uuid()
        }
        Command::RenewCalendar(_) => {
            let (account, profile) = view.profile.as_mut().ok_or(Refusal::Gone)?;
            profile.calendar = Some(CalendarMark { id: item.id, since: now });
            account.uuid()
        }
        Command::ReadNotices(command) => {
            for id in &command.notices {
                if let Some(notice) = view.notices.get_mut(id) {
                    notice.row.read_at.get_or_insert(now);
                }
            }
            item.id.uuid()
        }
    };
    view.deliveries.insert(touched, item.delivery);
    Ok(())
}

fn community_of(item: &Pending) -> Result<CommunityId, Refusal> {
    match &item.stream {
        StreamId::Community(community) => Ok(community.clone()),
        StreamId::Account(_) => Err(Refusal::Gone),
    }
}

fn party_of(view: &View, people: &[PersonId]) -> Result<Vec<Person>, Refusal> {
    people.iter().map(|id| view.persons.get(id).cloned().ok_or(Refusal::Gone)).collect()
}

fn lay_sign_up(view: &mut View, item: &Pending, command: &SignUp, now: Timestamp) -> Result<(), Refusal> {
    let decision = predict_sign_up(view, command, now)?;
    let state = match decision {
        SignUpDecision::AlreadyDone => return Ok(()),
        SignUpDecision::Confirmed => SignUpState::Confirmed,
        SignUpDecision::Pooled { .. } => SignUpState::Waitlisted { parties_ahead: 0, offer_until: None },
        SignUpDecision::Waitlisted { parties_ahead } => SignUpState::Waitlisted { parties_ahead, offer_until: None },
    };
    let party = party_of(view, &command.people)?;
    let members = party.into_iter().map(|p| PartyMember { person: p.id, name: p.name, seat: None }).collect();
    let row = SignUpRow { occurrence: command.occurrence, state, party: members, checked_in_at: None, needs_ack: None };
    view.sign_ups.insert(SignUpId::from_uuid(item.id.uuid()), In { community: community_of(item)?, row });
    Ok(())
}

/// What the phone expects of a sign-up; also what a sheet asks before it offers the button.
///
/// # Errors
/// The refusals of [`decide_sign_up`], and [`Refusal::Gone`] for what the phone does not know.
pub fn predict_sign_up(view: &View, command: &SignUp, now: Timestamp) -> Result<SignUpDecision, Refusal> {
    let (terms, seats) = terms_of(view, command.occurrence)?;
    let party = party_of(view, &command.people)?;
    let own = view.sign_up_for(command.occurrence).map(|(_, own)| own.row.party.as_slice()).unwrap_or_default();
    let own: Vec<PersonId> = own.iter().map(|member| member.person).collect();
    decide_sign_up(&terms, seats, &party, &own, now)
}

/// What decisions ask about a date.
fn terms_of(view: &View, id: OccurrenceId) -> Result<(Terms, Seats), Refusal> {
    let occurrence = view.occurrences.get(&id).ok_or(Refusal::Gone)?;
    let activity = view.activities.get(&occurrence.row.activity).ok_or(Refusal::Gone)?;
    let terms = Terms {
        policy: view.policy_of(id, &activity.row),
        audience: activity.row.audience,
        range: occurrence.row.range,
        is_cancelled: occurrence.row.cancelled.is_some(),
    };
    let seats = view
        .seats
        .get(&id)
        .map_or_else(|| Seats { capacity: activity.row.policy.capacity(), ..Seats::default() }, |seats| seats.row);
    Ok((terms, seats))
}

fn lay_withdrawal(view: &mut View, command: &WithdrawSignUp, now: Timestamp) -> Result<(), Refusal> {
    let own = view.sign_ups.get(&command.sign_up).ok_or(Refusal::Gone)?;
    let range = view.occurrences.get(&own.row.occurrence).map(|occurrence| occurrence.row.range);
    let ids: Vec<PersonId> = own.row.party.iter().map(|member| member.person).collect();
    let known: Vec<Person> = ids.iter().filter_map(|id| view.persons.get(id).cloned()).collect();
    if let Some(range) = range
        && known.len() == ids.len()
        && decide_withdrawal(range, &known, &command.people, now)? == WithdrawalDecision::AlreadyOut
    {
        return Ok(());
    }
    let own = view.sign_ups.get_mut(&command.sign_up).ok_or(Refusal::Gone)?;
    if own.row.party.iter().all(|member| command.people.contains(&member.person)) {
        own.row.state = SignUpState::Withdrawn { at: now, has_lapsed: false };
    } else {
        own.row.party.retain(|member| !command.people.contains(&member.person));
    }
    Ok(())
}

fn lay_closing(view: &mut View, command: &CloseOccurrence, now: Timestamp) -> Result<(), Refusal> {
    let CloseOccurrence { occurrence: id, heads, note } = command.clone();
    let occurrence = view.occurrences.get(&id).ok_or(Refusal::Gone)?;
    let category = view.activities.get(&occurrence.row.activity).ok_or(Refusal::Gone)?.row.category;
    decide_closing(occurrence.row.range, category, occurrence.row.cancelled.is_some(), heads, now)?;
    let community = occurrence.community.clone();
    view.closings.insert(id, In { community, row: ClosingRow { heads, note, at: now } });
    Ok(())
}

fn lay_exemption(view: &mut View, item: &Pending, command: &ExemptDuty, now: Timestamp) -> Result<(), Refusal> {
    let ExemptDuty { duty, month, reason } = command.clone();
    decide_exemption(month, now)?;
    let community = community_of(item)?;
    let key = (community.clone(), month, duty);
    match reason {
        Some(reason) => view.exemptions.insert(key, In { community, row: ExemptionRow { duty, month, reason } }),
        None => view.exemptions.remove(&key),
    }
    Ok(())
}

fn lay_booking(view: &mut View, item: &Pending, command: &BookSpace, now: Timestamp) -> Result<(), Refusal> {
    let decision = predict_booking(view, command, now)?;
    let (state, answer_by) = match decision {
        BookingDecision::Approved => (BookingState::Approved, None),
        BookingDecision::Requested { answer_by } => (BookingState::Requested, Some(answer_by)),
    };
    let row = BookingRow {
        space: command.space,
        range: command.range,
        state,
        adults: command.adults,
        children: u16::try_from(command.children.len()).unwrap_or(u16::MAX),
        purpose: command.purpose,
        note: command.note.clone(),
        answer_by,
        reason: None,
    };
    view.bookings.insert(BookingId::from_uuid(item.id.uuid()), In { community: community_of(item)?, row });
    Ok(())
}

/// What the phone expects of a booking.
///
/// # Errors
/// The refusals of [`decide_booking`], and [`Refusal::Gone`] for what the phone does not know.
pub fn predict_booking(view: &View, command: &BookSpace, now: Timestamp) -> Result<BookingDecision, Refusal> {
    let space = view.spaces.get(&command.space).ok_or(Refusal::Gone)?;
    let date = command.range.start().date();
    let holdings = view.holdings_around(command.space, date);
    let children = party_of(view, &command.children)?;
    let ages: Vec<u16> = children.iter().map(|child| child.age_on(date).unwrap_or(0)).collect();
    let party = Party { adults: command.adults, child_ages: &ages };
    let facts = View::space_facts(&space.row, &holdings);
    decide_booking(&facts, command.range, party, &view.own_times(command.space, now), now)
}

fn answer_request(view: &mut View, id: BookingId, answer: BookingState, now: Timestamp) -> Result<(), Refusal> {
    let asked = &view.desk_bookings.get(&id).ok_or(Refusal::Gone)?.row.booking;
    // Said before, or on another phone: nothing to do.
    if asked.state != answer {
        decide_answer(asked.state, asked.range, asked.answer_by, now)?;
    }
    set_booking_state(view, id, answer)
}

fn set_booking_state(view: &mut View, booking: BookingId, state: BookingState) -> Result<(), Refusal> {
    let mine = view.bookings.get_mut(&booking).map(|row| &mut row.row);
    let mut known = false;
    if let Some(row) = mine {
        row.state = state;
        known = true;
    }
    if let Some(row) = view.desk_bookings.get_mut(&booking) {
        row.row.booking.state = state;
        known = true;
    }
    if known { Ok(()) } else { Err(Refusal::Gone) }
}

fn lay_publication(view: &mut View, item: &Pending, command: &PublishActivity, now: Timestamp) -> Result<(), Refusal> {
    let community = community_of(item)?;
    let activity = ActivityId::from_uuid(item.id.uuid());
    let dates = decide_publication(&command.schedule, command.policy, command.audience, now)?;
    if let Some((id, space)) = command.venue.space.and_then(|id| view.spaces.get(&id).map(|space| (id, space))) {
        let on = dates
            .iter()
            .filter(|range| is_held(&space.row.policy, &view.holdings_around(id, range.start().date()), **range));
        let taken: Vec<LocalDate> = on.map(|range| range.start().date()).collect();
        if !taken.is_empty() {
            return Err(Refusal::VenueTaken { space: id, dates: taken });
        }
    }
    let row = ActivityRow {
        team: command.team,
        title: command.title.clone(),
        about: command.about.clone(),
        category: command.category,
        audience: command.audience,
        venue: command.venue.clone(),
        policy: command.policy,
        series: command.schedule.series().map(|series| SeriesRow::of(&series, false)),
    };
    view.activities.insert(activity, In { community: community.clone(), row });
    for range in dates {
        let id = occurrence_id(activity, range.start());
        let row = OccurrenceRow { activity, range, cancelled: None, sequence: 0, by_hand: None };
        view.occurrences.insert(id, In { community: community.clone(), row });
        let seats = Seats { capacity: command.policy.capacity(), ..Seats::default() };
        view.seats.insert(id, In { community: community.clone(), row: seats });
        view.deliveries.insert(id.uuid(), item.delivery);
    }
    Ok(())
}

fn lay_move(view: &mut View, command: &MoveOccurrence, now: Timestamp) -> Result<(), Refusal> {
    let wish = Wish { sequence: command.sequence, range: command.range, venue: command.venue.as_ref() };
    let moved = predict_move(view, command.occurrence, &wish, now)?;
    let row = view.occurrences.get_mut(&command.occurrence).ok_or(Refusal::Gone)?;
    let (old, by_hand) = (row.row.range.start(), row.row.by_hand.take());
    let (mut planned, mut venue) = by_hand.map_or((None, None), |by_hand| (by_hand.planned, by_hand.venue));
    if moved.time {
        planned = planned.or(Some(old)).filter(|planned| *planned != command.range.start());
        row.row.range = command.range;
    }
    if moved.place {
        venue.clone_from(&command.venue);
    }
    row.row.by_hand =
        Some(ByHand { planned, venue }).filter(|by_hand| by_hand.planned.is_some() || by_hand.venue.is_some());
    row.row.sequence += u32::from(moved.time || moved.place);
    Ok(())
}

fn lay_reinstatement(view: &mut View, command: &ReinstateOccurrence, now: Timestamp) -> Result<(), Refusal> {
    let (date, others) = date_and_others(view, command.occurrence)?;
    if !decide_reinstatement(&date, &others, now)? {
        return Ok(());
    }
    let venue = command.venue.clone().filter(|venue| venue != date.venue);
    let row = &mut view.occurrences.get_mut(&command.occurrence).ok_or(Refusal::Gone)?.row;
    row.cancelled = None;
    row.sequence += 1;
    if venue.is_some() {
        let planned = row.by_hand.take().and_then(|by_hand| by_hand.planned);
        row.by_hand = Some(ByHand { planned, venue });
    }
    Ok(())
}

/// What a move would come to, by what this phone knows; rooms aside.
///
/// # Errors
/// Those of [`decide_move`]; [`Refusal::Gone`].
pub fn predict_move(view: &View, id: OccurrenceId, wish: &Wish<'_>, now: Timestamp) -> Result<Moved, Refusal> {
    let (date, mut others) = date_and_others(view, id)?;
    let activity = view.occurrences.get(&id).and_then(|date| view.activities.get(&date.row.activity));
    if let Some(series) = activity.and_then(|activity| activity.row.series.as_ref()?.series()) {
        others.extend(dates_to_come(&series, horizon(now), wish.range, now));
    }
    decide_move(&date, &others, wish, now)
}

/// A date as changes of it are decided on it, and the other dates of its activity.
fn date_and_others(view: &View, id: OccurrenceId) -> Result<(DateNow<'_>, Vec<OtherDate>), Refusal> {
    let date = &view.occurrences.get(&id).ok_or(Refusal::Gone)?.row;
    let activity = &view.activities.get(&date.activity).ok_or(Refusal::Gone)?.row;
    let venue = date.venue(activity);
    let is_cancelled = date.cancelled.is_some();
    let others = view.occurrences.iter().filter(|(other, row)| **other != id && row.row.activity == date.activity);
    let others = others.map(|(_, row)| OtherDate { range: row.row.range, is_cancelled: row.row.cancelled.is_some() });
    Ok((DateNow { range: date.range, venue, is_cancelled, sequence: date.sequence }, others.collect()))
}

fn lay_pause(view: &mut View, activity: ActivityId, is_paused: bool) -> Result<Uuid, Refusal> {
    let row = view.activities.get_mut(&activity).ok_or(Refusal::Gone)?;
    row.row.series.as_mut().ok_or(Refusal::Gone)?.is_paused = is_paused;
    Ok(activity.uuid())
}

/// Whether one member of a household may come to a date: the reason beside a greyed row. What the party needs as a
/// whole (a guardian, a child at all) is not looked at here.
///
/// # Errors
/// The refusal that person would meet.
pub fn may_come(activity: &ActivityRow, occurrence: &OccurrenceRow, person: &Person) -> Result<(), Refusal> {
    if matches!(activity.policy, SignUpPolicy::WalkIn) {
        return Err(Refusal::NoSignUpNeeded);
    }
    let on = occurrence.range.start().date();
    match check_audience(activity.audience, std::slice::from_ref(person), on) {
        Err(Refusal::GuardianNeeded | Refusal::ChildNeeded) | Ok(()) => Ok(()),
        Err(refusal) => Err(refusal),
    }
}

#[cfg(test)]
mod tests;
