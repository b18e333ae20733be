//! Moving a date: what it is decided on, and what it leaves.

use domain::activity::Venue;
use domain::id::{ActivityId, OccurrenceId, SignUpId};
use domain::moving::OtherDate;
use domain::time::{TimeRange, Timestamp};

use super::attendance::undo_all;
use super::engine::{Conn, Statement};
use super::error::StoreError;
use super::rows::Row;
use super::sign_ups::Occurrence;
use super::streams::Draft;

/// A date as a move is decided on it, beside what every decision about a date reads.
#[derive(Debug, Clone)]
pub struct MoveFacts {
    /// Its activity.
    pub activity: ActivityId,
    /// How often it has been changed.
    pub sequence: u32,
    /// Where it is.
    pub venue: Venue,
    /// The other dates of its activity that are not over.
    pub others: Vec<OtherDate>,
}

/// Loads what a move is decided on; the date is held already.
///
/// # Errors
/// [`StoreError`].
pub async fn load_move_facts(conn: &mut Conn<'_>, id: OccurrenceId, now: Timestamp) -> Result<MoveFacts, StoreError> {
    let [date, others] = conn
        .several([
            Statement::new(
                "select o.activity, o.sequence, coalesce(o.own_venue, a.venue) venue
                 from occurrence o join activity a on a.id = o.activity where o.id = $1",
                [id.into()],
            ),
            Statement::new(
                "select p.starts_at, p.ends_at, p.cancelled_at from occurrence o
                 join occurrence p on p.activity = o.activity and p.id <> o.id
                 where o.id = $1 and p.ends_at > $2 order by p.starts_at",
                [id.into(), now.into()],
            ),
        ])
        .await?;
    let date = date.first().ok_or_else(|| StoreError::inconsistent("occurrence", "gone while it was held"))?;
    Ok(MoveFacts {
        activity: date.parse("activity")?,
        sequence: date.number("sequence")?,
        venue: date.json("venue")?,
        others: others.iter().map(read_other).collect::<Result<_, _>>()?,
    })
}

fn read_other(row: &Row) -> Result<OtherDate, StoreError> {
    let range = TimeRange::new(row.at("starts_at")?, row.at("ends_at")?)
        .ok_or_else(|| StoreError::inconsistent("occurrence", "ends before it starts"))?;
    Ok(OtherDate { range, is_cancelled: row.maybe_int("cancelled_at")?.is_some() })
}

/// Gives a date another time, a place of its own, or both; it holds its room then and there instead, by itself.
///
/// # Errors
/// [`StoreError`]; a constraint of the ledger when the room is taken.
pub async fn set_time_and_place(
    conn: &mut Conn<'_>,
    id: OccurrenceId,
    range: TimeRange,
    moved_at: Option<Timestamp>,
    venue: Option<&Venue>,
) -> Result<(), StoreError> {
    let json = venue.map(|venue| serde_json::to_string(venue).expect("invariant: a venue has a JSON form"));
    // In one statement, because what holds the room looks at both.
    conn.execute(
        "update occurrence set starts_at = $2, ends_at = $3, moved_at = coalesce($4, moved_at),
             own_venue = coalesce($5, own_venue), own_space = case when cast($5 as text) is null then own_space else $6 end
         where id = $1",
        &[
            id.into(),
            range.start().into(),
            range.end().into(),
            moved_at.into(),
            json.into(),
            venue.and_then(|venue| venue.space).into(),
        ],
    )
    .await?;
    Ok(())
}

/// Ends what hung on the old time of a date: whoever was asked whether they take a place has it, nobody has arrived, and
/// those who wait have not been called.
///
/// # Errors
/// [`StoreError`].
pub async fn end_old_time(
    conn: &mut Conn<'_>,
    draft: &mut Draft,
    occurrence: &Occurrence,
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = occurrence.id;
    conn.later("update occurrence set called_at = null where id = $1", &[id.into()]).await?;
    conn.later(
        "update sign_up set offer_until = null, confirmed_at = $2 where occurrence = $1 and offer_until is not null",
        &[id.into(), now.into()],
    )
    .await?;
    undo_all(conn, draft, occurrence, now).await
}

/// Notes that a date is another than before, and that everybody who has signed up has been told.
///
/// # Errors
/// [`StoreError`].
pub async fn note_change(conn: &mut Conn<'_>, id: OccurrenceId, now: Timestamp) -> Result<(), StoreError> {
    conn.later("update occurrence set sequence = sequence + 1 where id = $1", &[id.into()]).await?;
    conn.later(
        "update sign_up set needs_ack_at = $2 where occurrence = $1 and state in ('confirmed', 'waitlisted')",
        &[id.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// Lets a date take place that was called off, elsewhere where it is given a place of its own; its room is held by itself.
///
/// # Errors
/// [`StoreError`]; a constraint of the ledger when the room is taken.
pub async fn hold_again(conn: &mut Conn<'_>, id: OccurrenceId, venue: Option<&Venue>) -> Result<(), StoreError> {
    let json = venue.map(|venue| serde_json::to_string(venue).expect("invariant: a venue has a JSON form"));
    conn.execute(
        "update occurrence set cancelled_at = null, cancel_reason = null, room_taken_at = null, called_at = null,
             sequence = sequence + 1, own_venue = coalesce($2, own_venue),
             own_space = case when cast($2 as text) is null then own_space else $3 end
         where id = $1",
        &[id.into(), json.into(), venue.and_then(|venue| venue.space).into()],
    )
    .await?;
    Ok(())
}

/// Gives everybody whose sign-up ended when a date was called off the place again, or the place in the waiting list.
/// Whoever is no longer of their household does not come back, nor do children without one of their adults. Where that
/// is more than may come, the limit is above itself again until fewer have a place.
///
/// # Errors
/// [`StoreError`].
pub async fn bring_back(conn: &mut Conn<'_>, id: OccurrenceId, now: Timestamp) -> Result<(), StoreError> {
    conn.execute(
        "update sign_up_member set left_at = $2, seat = null
         where occurrence = $1 and left_at is null and person in (select id from person where removed_at is not null)
           and sign_up in (
               select id from sign_up where occurrence = $1 and state = 'called_off' and behalf_of is null)",
        &[id.into(), now.into()],
    )
    .await?;
    conn.execute(
        "update sign_up_member set left_at = $2, seat = null
         where occurrence = $1 and left_at is null
           and sign_up in (select id from sign_up where occurrence = $1 and state = 'called_off')
           and not exists (select 1 from sign_up_member m
               where m.sign_up = sign_up_member.sign_up and m.left_at is null and m.is_child = 0)",
        &[id.into(), now.into()],
    )
    .await?;
    // What was only offered is not theirs: they wait, and whoever waits has no number.
    conn.execute(
        "update sign_up_member set seat = null where occurrence = $1 and seat is not null and sign_up in (
             select id from sign_up where occurrence = $1 and state = 'called_off' and confirmed_at is null)",
        &[id.into()],
    )
    .await?;
    let counts = conn
        .one(
            "select o.capacity, (select count(*) from sign_up_member m join sign_up s on s.id = m.sign_up
                 where s.occurrence = o.id and s.state = 'called_off' and s.confirmed_at is not null
                   and m.left_at is null) heads
             from occurrence o where o.id = $1",
            &[id.into()],
        )
        .await?;
    let (limit, heads): (Option<u16>, u16) = (counts.maybe_number("capacity")?, counts.number("heads")?);
    let lowered = limit.filter(|limit| *limit < heads);
    if lowered.is_some() {
        conn.execute(
            "update occurrence set capacity = $2, lowered_to = null where id = $1",
            &[id.into(), heads.into()],
        )
        .await?;
    }
    conn.execute(
        "update sign_up set state = case when confirmed_at is null then 'waitlisted' else 'confirmed' end,
             ended_at = null, needs_ack_at = $2
         where occurrence = $1 and state = 'called_off' and exists (
             select 1 from sign_up_member m where m.sign_up = sign_up.id and m.left_at is null)",
        &[id.into(), now.into()],
    )
    .await?;
    if let Some(limit) = lowered {
        conn.execute("update occurrence set lowered_to = $2 where id = $1", &[id.into(), limit.into()]).await?;
    }
    conn.execute(
        "update occurrence set
             waiting_parties = (select count(*) from sign_up s where s.occurrence = $1 and s.state = 'waitlisted'),
             waiting_heads = (select count(*) from sign_up_member m join sign_up s on s.id = m.sign_up
                 where s.occurrence = $1 and s.state = 'waitlisted' and m.left_at is null)
         where id = $1",
        &[id.into()],
    )
    .await?;
    Ok(())
}

/// The sign-ups of a date that are over: their rows lie by its day, and say who would have come.
///
/// # Errors
/// [`StoreError`].
pub async fn list_ended(conn: &mut Conn<'_>, id: OccurrenceId) -> Result<Vec<SignUpId>, StoreError> {
    let rows = conn
        .all(
            "select id from sign_up where occurrence = $1 and state in ('withdrawn', 'called_off') order by queue_order",
            &[id.into()],
        )
        .await?;
    rows.iter().map(|row| row.parse("id")).collect()
}
