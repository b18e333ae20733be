//! Move one date to another time or place: its room goes with it, whoever has signed up keeps the place and is told once.

use std::collections::BTreeSet;

use domain::booking::is_held;
use domain::change::NoticeBody;
use domain::command::{Accepted, Command, MoveOccurrence};
use domain::moving::{DateNow, Moved, Wish, dates_to_come, decide_move, free_times};
use domain::refusal::{Alternative, Refusal};
use domain::time::{LocalDate, TimeRange};

use crate::operations::sign_ups::settle::{Before, settle, take_back};
use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::activities::draft_occurrence;
use crate::store::draws::draft_draw;
use crate::store::moves::{MoveFacts, end_old_time, list_ended, load_move_facts, note_change, set_time_and_place};
use crate::store::notices::tell;
use crate::store::series::find_series;
use crate::store::sign_ups::{Occurrence, draft_seats, draft_sign_up, find_occurrence, list_live};
use crate::store::spaces::{draft_busy, find_space, list_holdings_besides};
use crate::store::streams::Draft;

/// # Errors
/// Those of [`decide_move`]; [`Refusal::VenueTaken`] with other times of that day; [`Refusal::Gone`] for an unknown date
/// or a space that is not of this community.
pub async fn move_occurrence(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &MoveOccurrence,
) -> Result<Done, Stop> {
    let date = find_occurrence(conn, body.occurrence).await?.ok_or(Refusal::Gone)?;
    let body = context.authorize(command, &date.facts(None), body)?;
    let body = *body.what();
    let mut facts = load_move_facts(conn, date.id, context.now).await?;
    if let Some(held) = find_series(conn, facts.activity).await? {
        facts.others.extend(dates_to_come(&held.series, held.made_until, body.range, context.now));
    }
    let is_now = DateNow {
        range: date.terms.range,
        venue: &facts.venue,
        is_cancelled: date.terms.is_cancelled,
        sequence: facts.sequence,
    };
    let wish = Wish { sequence: body.sequence, range: body.range, venue: body.venue.as_ref() };
    let moved = decide_move(&is_now, &facts.others, &wish, context.now)?;
    let mut draft = Draft::default();
    if moved == (Moved { time: false, place: false }) {
        return Ok(Done { result: Accepted::AlreadyDone, draft });
    }
    check_room(conn, context, &date, &facts, body).await?;

    let before = Before::of(conn, &date).await?;
    if moved.time {
        // By the old time, and before whatever is still open becomes their own.
        take_back(conn, &mut draft, date.id, context.now).await?;
        end_old_time(conn, &mut draft, &date, context.now).await?;
    }
    let own_venue = body.venue.as_ref().filter(|_| moved.place);
    set_time_and_place(conn, date.id, body.range, moved.time.then_some(context.now), own_venue).await?;
    note_change(conn, date.id, context.now).await?;
    settle(conn, &mut draft, date.id, &before, context.now).await?;
    draft_occurrence(conn, &mut draft, date.id).await?;
    draft_seats(conn, &mut draft, date.id).await?;
    draft_draw(conn, &mut draft, date.id).await?;
    let venue = body.venue.as_ref().unwrap_or(&facts.venue);
    let spaces: BTreeSet<_> = [facts.venue.space, venue.space].into_iter().flatten().collect();
    let days: BTreeSet<LocalDate> = [date.terms.range, body.range].map(|range| range.start().date()).into();
    for space in spaces {
        for day in &days {
            draft_busy(conn, &mut draft, space, *day).await?;
        }
    }
    if moved.time {
        for out in list_ended(conn, date.id).await? {
            draft_sign_up(conn, &mut draft, out).await?;
        }
    }
    for (sign_up, account) in list_live(conn, date.id).await? {
        draft_sign_up(conn, &mut draft, sign_up).await?;
        let notice = NoticeBody::OccurrenceMoved {
            occurrence: date.id,
            title: date.title.clone(),
            from: date.terms.range,
            range: body.range,
            place: venue.place.clone(),
        };
        // By the change, not the date: each is told once.
        let matter = format!("moved:{}:{}", date.id, facts.sequence + 1);
        tell(conn, &mut draft, account, &date.community, &matter, notice, context.now).await?;
    }
    Ok(Done { result: Accepted::Done, draft })
}

/// The room is free at the new time, apart from what the date holds of it itself.
async fn check_room(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    date: &Occurrence,
    facts: &MoveFacts,
    body: &MoveOccurrence,
) -> Result<(), Stop> {
    let Some(id) = body.venue.as_ref().unwrap_or(&facts.venue).space else { return Ok(()) };
    let space = find_space(conn, id, context.now).await?.filter(|space| space.community == date.community);
    let space = space.ok_or(Refusal::Gone)?;
    let range: TimeRange = body.range;
    let (from, to) = (range.start().date().plus_days(-1), range.end().date().plus_days(1));
    let holdings = list_holdings_besides(conn, id, from, to, &[date.id]).await?;
    if !is_held(&space.row.policy, &holdings, range) {
        return Ok(());
    }
    let free = free_times(&space.row.policy, &holdings, &facts.others, range, context.now);
    let offers = free.into_iter().map(|range| Alternative::Slot { space: id, range }).collect();
    Err(Stop::Refused(Refusal::VenueTaken { space: id, dates: vec![range.start().date()] }, offers))
}
