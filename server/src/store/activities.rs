//! Teams, activities and their dates as they are published, and the rows that show them.

use domain::activity::Schedule;
use domain::change::{ActivityRow, Audience, Cancellation, OccurrenceRow, TeamRow, class};
use domain::command::PublishActivity;
use domain::id::{AccountId, ActivityId, CommunityId, OccurrenceId, SpaceId, TeamId};
use domain::moving::ByHand;
use domain::people::Facts;
use domain::series::SeriesRow;
use domain::text::Note;
use domain::time::{TimeRange, Timestamp};

use super::engine::Conn;
use super::error::StoreError;
use super::streams::Draft;

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("invariant: a checked value has a JSON form")
}

/// What the gate asks about a team, if it exists.
///
/// # Errors
/// [`StoreError`].
pub async fn find_team_facts(conn: &mut Conn<'_>, team: TeamId) -> Result<Option<Facts>, StoreError> {
    let row = conn.maybe("select community from team where id = $1", &[team.into()]).await?;
    row.map(|row| Ok(Facts { team: Some(team), community: Some(row.parse("community")?), ..Facts::default() }))
        .transpose()
}

/// Inserts an activity.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_activity(
    conn: &mut Conn<'_>,
    id: ActivityId,
    community: &CommunityId,
    by: AccountId,
    activity: &PublishActivity,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "insert into activity (id, community, team, title, about, category, audience, venue, venue_space, schedule,
             policy, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &[
            id.into(),
            community.into(),
            activity.team.into(),
            (&activity.title).into(),
            activity.about.clone().into(),
            activity.category.as_str().into(),
            json(&activity.audience).into(),
            json(&activity.venue).into(),
            activity.venue.space.into(),
            json(&activity.schedule).into(),
            json(&activity.policy).into(),
            by.into(),
            now.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Inserts a date, or leaves the one that is there; if its activity is held in a space of ours, the claim follows by itself,
/// unless the room is somebody else's: then it is there called off. Says whether it is new.
///
/// # Errors
/// [`StoreError`]; a constraint of the ledger when the room is taken.
pub async fn insert_date(
    conn: &mut Conn<'_>,
    id: OccurrenceId,
    activity: ActivityId,
    community: &CommunityId,
    range: TimeRange,
    (capacity, draws_before): (Option<u16>, Option<u32>),
    room_taken_at: Option<Timestamp>,
) -> Result<bool, StoreError> {
    let inserted = conn
        .execute(
            "insert into occurrence (id, activity, community, starts_at, ends_at, planned_start, capacity, draws_before,
                 cancelled_at, room_taken_at)
             values ($1, $2, $3, $4, $5, $4, $6, $7, $8, $8) on conflict (activity, planned_start) do nothing",
            &[
                id.into(),
                activity.into(),
                community.into(),
                range.start().into(),
                range.end().into(),
                capacity.into(),
                draws_before.into(),
                room_taken_at.into(),
            ],
        )
        .await?;
    Ok(inserted == 1)
}

/// Calls a date off; its room is free again by itself.
///
/// # Errors
/// [`StoreError`].
pub async fn cancel_occurrence(
    conn: &mut Conn<'_>,
    id: OccurrenceId,
    reason: Option<&Note>,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "update occurrence set cancelled_at = $2, cancel_reason = $3, sequence = sequence + 1 where id = $1",
        &[id.into(), now.into(), reason.cloned().into()],
    )
    .await?;
    Ok(())
}

/// The space a date is held in, if it is one of ours.
///
/// # Errors
/// [`StoreError`].
pub async fn find_venue(conn: &mut Conn<'_>, id: OccurrenceId) -> Result<Option<SpaceId>, StoreError> {
    let row = conn
        .maybe(
            "select case when o.own_venue is null then a.venue_space else o.own_space end space
             from occurrence o join activity a on a.id = o.activity where o.id = $1",
            &[id.into()],
        )
        .await?;
    row.map_or(Ok(None), |row| row.maybe_parse("space"))
}

/// Drafts the row of an activity.
///
/// # Errors
/// [`StoreError`].
pub async fn draft_activity(conn: &mut Conn<'_>, draft: &mut Draft, id: ActivityId) -> Result<(), StoreError> {
    let row = conn
        .one(
            "select a.team, a.title, a.about, a.category, a.audience, a.venue, a.policy, a.schedule, s.paused_at,
                 s.activity series
             from activity a left join series s on s.activity = a.id where a.id = $1",
            &[id.into()],
        )
        .await?;
    let category = serde_json::Value::String(row.text("category")?);
    let is_paused = row.maybe_at("paused_at")?.is_some();
    let series = match row.maybe_text("series")? {
        Some(_) => row.json::<Schedule>("schedule")?.series().map(|series| SeriesRow::of(&series, is_paused)),
        None => None,
    };
    let activity = ActivityRow {
        team: row.parse("team")?,
        title: row.parse("title")?,
        about: row.maybe_parse("about")?,
        category: serde_json::from_value(category)
            .map_err(|error| StoreError::inconsistent("activity.category", error))?,
        audience: row.json("audience")?,
        venue: row.json("venue")?,
        policy: row.json("policy")?,
        series,
    };
    draft.put(&Audience::Public, class::ACTIVITY, id, None, &activity);
    Ok(())
}

/// Drafts the row of a date.
///
/// # Errors
/// [`StoreError`].
pub async fn draft_occurrence(conn: &mut Conn<'_>, draft: &mut Draft, id: OccurrenceId) -> Result<(), StoreError> {
    let row = conn
        .one(
            "select o.activity, o.starts_at, o.ends_at, coalesce(o.was_start, o.planned_start) first_start, o.cancelled_at,
                 o.cancel_reason, o.room_taken_at, o.sequence,
                 case when o.own_venue is null and o.place_changed_at is not null then a.venue else o.own_venue end own_venue
             from occurrence o join activity a on a.id = o.activity where o.id = $1",
            &[id.into()],
        )
        .await?;
    let range = TimeRange::new(row.at("starts_at")?, row.at("ends_at")?)
        .ok_or_else(|| StoreError::inconsistent("occurrence", "ends before it starts"))?;
    let reason = row.maybe_parse("cancel_reason")?;
    let room_taken = row.maybe_at("room_taken_at")?.is_some();
    let cancelled = row.maybe_at("cancelled_at")?.map(|at| Cancellation { at, reason, room_taken });
    let planned = Some(row.at("first_start")?).filter(|planned| *planned != range.start());
    let venue = row.maybe_json("own_venue")?;
    let by_hand = (planned.is_some() || venue.is_some()).then_some(ByHand { planned, venue });
    let sequence = row.number("sequence")?;
    let occurrence = OccurrenceRow { activity: row.parse("activity")?, range, cancelled, sequence, by_hand };
    draft.put(&Audience::Public, class::OCCURRENCE, id, Some(range.start().date()), &occurrence);
    Ok(())
}

/// Drafts the row of a team.
pub fn draft_team(draft: &mut Draft, id: TeamId, team: &TeamRow) {
    draft.put(&Audience::Public, class::TEAM, id, None, team);
}
