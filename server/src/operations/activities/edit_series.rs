//! Edit a series as a plan has shown: what it was ends, what goes on is another activity, and the dates go over to it with
//! their ids, their sign-ups and their rooms. Everybody concerned is told once, or nothing is done.

use std::collections::{BTreeMap, BTreeSet};

use domain::activity::{Schedule, Venue, is_id_for_new};
use domain::change::NoticeBody;
use domain::command::{Accepted, Command, EditSeries, PublishActivity};
use domain::editing::{DatePlan, Fate, SeriesEdit};
use domain::id::{AccountId, ActivityId, OccurrenceId, SpaceId};
use domain::recurrence::{End, Recurrence};
use domain::refusal::Refusal;
use domain::series::Series;
use domain::time::{LocalDate, TimeRange};

use super::change_capacity::tell_who_waits;
use super::dates::{Common, make};
use super::series_plan::{Prepared, holds_otherwise, prepare, space_of};
use crate::operations::sign_ups::settle::{Before, settle, take_back};
use crate::operations::{Context, Done, Stop};
use crate::store::activities::{cancel_occurrence, draft_activity, draft_occurrence, insert_activity};
use crate::store::edits::{GoingOver, continue_as, give_back_room, go_over};
use crate::store::moves::{end_old_time, list_ended, note_change};
use crate::store::notices::tell;
use crate::store::series::{HeldSeries, find_series, insert_series, set_paused};
use crate::store::sign_ups::{self, Occurrence, call_off_all, draft_seats, draft_sign_up, find_occurrence, list_live};
use crate::store::spaces::draft_busy;
use crate::store::streams::Draft;
use crate::store::{Conn, StoreError};

/// # Errors
/// Those of [`prepare`]; [`Refusal::PlanChanged`] where the plan is not what was shown; [`Refusal::Gone`] for an activity
/// that is no series.
pub async fn edit_series(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &EditSeries,
) -> Result<Done, Stop> {
    let held = find_series(conn, body.edit.activity).await?.ok_or(Refusal::Gone)?;
    let body = context.authorize(command, &held.facts(), body)?;
    let EditSeries { edit, plan } = *body.what();
    let prepared = prepare(conn, &held, edit, true, context.now).await?;
    if prepared.planned.plan.hash() != *plan {
        return Err(Refusal::PlanChanged.into());
    }
    let mut draft = Draft::default();
    if prepared.planned.plan.is_nothing() {
        return Ok(Done { result: Accepted::AlreadyDone, draft });
    }
    if !is_id_for_new(context.id) {
        return Err(Refusal::Malformed { field: "/id".to_owned() }.into());
    }
    let next = ActivityId::from_uuid(context.id.uuid());
    let edited = Edited { context, held: &held, edit, prepared: &prepared, next };
    edited.carry_out(conn, &mut draft).await?;
    Ok(Done { result: Accepted::Done, draft })
}

/// An edit that is being carried out.
struct Edited<'a> {
    context: &'a Context<'a>,
    held: &'a HeldSeries,
    edit: &'a SeriesEdit,
    prepared: &'a Prepared,
    next: ActivityId,
}

/// What one account is told.
#[derive(Default)]
struct Told {
    changed: Vec<Concerned>,
    called_off: Vec<Concerned>,
}

/// One of somebody's dates that the edit concerns.
struct Concerned {
    occurrence: OccurrenceId,
    from: TimeRange,
    range: TimeRange,
    venue: Venue,
}

impl Edited<'_> {
    async fn carry_out(&self, conn: &mut Conn<'_>, draft: &mut Draft) -> Result<(), Stop> {
        let plan = &self.prepared.planned.plan;
        let mut told = BTreeMap::new();
        for date in plan.dates.iter().filter(|date| date.concerns_people()) {
            self.note_concerned(conn, &mut told, date).await?;
        }
        self.go_on_as_another(conn, draft).await?;
        let mut before = Vec::new();
        for date in &plan.dates {
            let missing = || StoreError::inconsistent("occurrence", "a planned date is not there");
            let occurrence = find_occurrence(conn, date.id).await?.ok_or_else(missing)?;
            let was = Before::of(conn, &occurrence).await?;
            self.leave(conn, draft, date, &occurrence).await?;
            before.push((occurrence, was));
        }
        for (date, binding) in plan.dates.iter().zip(&self.prepared.planned.bindings) {
            let own_venue = self.prepared.before(date.id).and_then(|before| before.own_venue.as_ref());
            let (id, range, is_elsewhere) = (date.id, date.range, date.is_elsewhere);
            let going = GoingOver { id, planned: *binding, range, own_venue, is_elsewhere };
            go_over(conn, self.next, &going, self.context.now).await?;
            if date.concerns_people() && date.fate != Fate::CalledOff {
                note_change(conn, date.id, self.context.now).await?;
            }
        }
        for (date, (occurrence, was)) in plan.dates.iter().zip(&before) {
            self.limit(conn, draft, date, occurrence).await?;
            settle(conn, draft, date.id, was, self.context.now).await?;
            self.draw(conn, draft, date).await?;
        }
        self.make_new(conn, draft).await?;
        self.draw_rooms(conn, draft).await?;
        self.tell_all(conn, draft, told).await?;
        Ok(())
    }

    /// Who is to be told of a date, as long as they are still signed up for it.
    async fn note_concerned(
        &self,
        conn: &mut Conn<'_>,
        told: &mut BTreeMap<AccountId, Told>,
        date: &DatePlan,
    ) -> Result<(), StoreError> {
        let own = self.prepared.before(date.id).and_then(|before| before.own_venue.clone());
        let venue = own.unwrap_or_else(|| self.edit.venue.clone());
        // Somebody may have signed up for it more than once: with their household and for neighbours.
        let accounts: BTreeSet<AccountId> =
            list_live(conn, date.id).await?.into_iter().map(|(_, account)| account).collect();
        for account in accounts {
            let told = told.entry(account).or_default();
            let of = if date.fate == Fate::CalledOff { &mut told.called_off } else { &mut told.changed };
            let (occurrence, from, range) = (date.id, date.was, date.range);
            of.push(Concerned { occurrence, from, range, venue: venue.clone() });
        }
        Ok(())
    }

    /// The series as it was ends, and what goes on is there.
    async fn go_on_as_another(&self, conn: &mut Conn<'_>, draft: &mut Draft) -> Result<(), StoreError> {
        let (held, edit, planned) = (self.held, self.edit, &self.prepared.planned);
        let Series { on, at, minutes, rule } = planned.series.clone();
        let next = PublishActivity {
            title: edit.title.clone(),
            about: edit.about.clone(),
            audience: edit.audience,
            venue: edit.venue.clone(),
            schedule: Schedule::Series { on, at, minutes, rule },
            policy: planned.policy,
            ..self.prepared.facts.published.clone()
        };
        insert_activity(conn, self.next, &held.community, self.context.account, &next, self.context.now).await?;
        insert_series(conn, self.next, held.made_until).await?;
        if held.is_paused {
            set_paused(conn, self.next, Some(self.context.now)).await?;
        }
        let Series { on, at, minutes, rule } = held.series.clone();
        let rule = Recurrence { end: End::Until(planned.ends), ..rule };
        continue_as(conn, held.activity, &Schedule::Series { on, at, minutes, rule }, self.next).await?;
        draft_activity(conn, draft, held.activity).await?;
        draft_activity(conn, draft, self.next).await
    }

    /// What ends before anything new begins: dates that are called off, the old time, the room.
    async fn leave(
        &self,
        conn: &mut Conn<'_>,
        draft: &mut Draft,
        date: &DatePlan,
        held: &Occurrence,
    ) -> Result<(), StoreError> {
        let now = self.context.now;
        if date.fate == Fate::CalledOff {
            cancel_occurrence(conn, date.id, self.edit.reason.as_ref(), now).await?;
            return call_off_all(conn, date.id, now).await;
        }
        if date.range != date.was {
            // By the old time, and before whatever is still open becomes their own.
            take_back(conn, draft, date.id, now).await?;
            end_old_time(conn, draft, held, now).await?;
        }
        if holds_otherwise(self.prepared, self.edit, date) {
            give_back_room(conn, date.id, &self.edit.venue).await?;
        }
        Ok(())
    }

    /// How many may come from now on; whoever waits is told where it is fewer.
    async fn limit(
        &self,
        conn: &mut Conn<'_>,
        draft: &mut Draft,
        date: &DatePlan,
        held: &Occurrence,
    ) -> Result<(), StoreError> {
        let Some(limit) = date.capacity else { return Ok(()) };
        let was = self.prepared.facts.now_is.policy.capacity();
        let reason = self.edit.reason.as_ref();
        sign_ups::change_capacity(conn, date.id, was, limit.heads, reason, self.context.now).await?;
        if let Some(capacity) = limit.heads.filter(|heads| was.is_none_or(|was| *heads < was)) {
            let (title, range, reason) = (self.edit.title.clone(), date.range, reason.cloned());
            let notice = NoticeBody::CapacityLowered { occurrence: date.id, title, range, capacity, reason };
            tell_who_waits(conn, draft, self.context, held, &notice).await?;
        }
        Ok(())
    }

    /// The rows of a date, and those of who has signed up for it where they say something else now.
    async fn draw(&self, conn: &mut Conn<'_>, draft: &mut Draft, date: &DatePlan) -> Result<(), StoreError> {
        draft_occurrence(conn, draft, date.id).await?;
        draft_seats(conn, draft, date.id).await?;
        if date.concerns_people() {
            for out in list_ended(conn, date.id).await? {
                draft_sign_up(conn, draft, out).await?;
            }
        }
        if date.concerns_people() || date.capacity.is_some() {
            for (sign_up, _) in list_live(conn, date.id).await? {
                draft_sign_up(conn, draft, sign_up).await?;
            }
        }
        Ok(())
    }

    async fn make_new(&self, conn: &mut Conn<'_>, draft: &mut Draft) -> Result<(), StoreError> {
        let planned = &self.prepared.planned;
        let places = (planned.policy.capacity(), planned.policy.draws_minutes_before());
        let space = self.edit.venue.space;
        let common = Common { activity: self.next, community: &self.held.community, space, places };
        for range in &planned.plan.made {
            if make(conn, draft, &common, *range, None).await?.is_none() {
                return Err(StoreError::inconsistent("occurrence", "what goes on as another has it already"));
            }
        }
        Ok(())
    }

    async fn draw_rooms(&self, conn: &mut Conn<'_>, draft: &mut Draft) -> Result<(), StoreError> {
        let mut days: BTreeSet<(SpaceId, LocalDate)> = BTreeSet::new();
        let plan = &self.prepared.planned.plan;
        for date in plan.dates.iter().filter(|date| holds_otherwise(self.prepared, self.edit, date)) {
            let own = self.prepared.before(date.id).and_then(|before| before.own_venue.as_ref());
            let was = own.unwrap_or(&self.prepared.facts.now_is.venue).space;
            days.extend(was.map(|space| (space, date.was.start().date())));
            let is = space_of(self.prepared, self.edit, date.id);
            days.extend(is.map(|space| (space, date.range.start().date())));
        }
        for (space, day) in days {
            draft_busy(conn, draft, space, day).await?;
        }
        Ok(())
    }

    /// Each is told once of all that has become of their dates.
    async fn tell_all(
        &self,
        conn: &mut Conn<'_>,
        draft: &mut Draft,
        told: BTreeMap<AccountId, Told>,
    ) -> Result<(), StoreError> {
        let matter = format!("series:{}", self.context.id);
        let (community, now) = (&self.held.community, self.context.now);
        let number = |list: &[Concerned]| u16::try_from(list.len()).unwrap_or(u16::MAX);
        for (account, told) in told {
            let Some(first) = told.changed.first().or(told.called_off.first()) else { continue };
            let notice = NoticeBody::SeriesChanged {
                occurrence: first.occurrence,
                title: self.edit.title.clone(),
                from: first.from,
                range: first.range,
                place: first.venue.place.clone(),
                changed: number(&told.changed),
                called_off: number(&told.called_off),
                reason: self.edit.reason.clone().filter(|_| !told.called_off.is_empty()),
            };
            tell(conn, draft, account, community, &matter, notice, now).await?;
        }
        Ok(())
    }
}
