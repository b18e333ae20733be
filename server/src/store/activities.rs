//! Teams, activities and their dates as they are published, and the rows that show them.

use domain::change::{ActivityRow, Audience, Cancellation, OccurrenceRow, TeamRow, class};
use domain::command::PublishActivity;
use domain::id::{AccountId, ActivityId, CommunityId, OccurrenceId, SpaceId, TeamId};
use domain::people::Facts;
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

/// Inserts a date; if its activity is held in a space of ours, the claim follows by itself.
///
/// # Errors
/// [`StoreError`]; a constraint of the ledger when the room is taken.
pub async fn insert_occurrence(
    conn: &mut Conn<'_>,
    id: OccurrenceId,
    activity: ActivityId,
    community: &CommunityId,
    range: TimeRange,
    capacity: Option<u16>,
) -> Result<(), StoreError> {
    conn.execute(
        "insert into occurrence (id, activity, community, starts_at, ends_at, planned_start, capacity)
         values ($1, $2, $3, $4, $5, $4, $6)",
        &[id.into(), activity.into(), community.into(), range.start().into(), range.end().into(), capacity.into()],
    )
    .await?;
    Ok(())
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
            "select a.venue_space from occurrence o join activity a on a.id = o.activity where o.id = $1",
            &[id.into()],
        )
        .await?;
    row.map_or(Ok(None), |row| row.maybe_parse("venue_space"))
}

/// Drafts the row of an activity.
///
/// # Errors
/// [`StoreError`].
pub async fn draft_activity(conn: &mut Conn<'_>, draft: &mut Draft, id: ActivityId) -> Result<(), StoreError> {
    let row = conn
        .one("select team, title, about, category, audience, venue, policy from activity where id = $1", &[id.into()])
        .await?;
    let category = serde_json::Value::String(row.text("category")?);
    let activity = ActivityRow {
        team: row.parse("team")?,
        title: row.parse("title")?,
        about: row.maybe_parse("about")?,
        category: serde_json::from_value(category)
            .map_err(|error| StoreError::inconsistent("activity.category", error))?,
        audience: row.json("audience")?,
        venue: row.json("venue")?,
        policy: row.json("policy")?,
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
            "select activity, starts_at, ends_at, cancelled_at, cancel_reason, sequence from occurrence where id = $1",
            &[id.into()],
        )
        .await?;
    let range = TimeRange::new(row.at("starts_at")?, row.at("ends_at")?)
        .ok_or_else(|| StoreError::inconsistent("occurrence", "ends before it starts"))?;
    let reason = row.maybe_parse("cancel_reason")?;
    let cancelled = row.maybe_at("cancelled_at")?.map(|at| Cancellation { at, reason });
    let occurrence =
        OccurrenceRow { activity: row.parse("activity")?, range, cancelled, sequence: row.number("sequence")? };
    draft.put(&Audience::Public, class::OCCURRENCE, id, Some(range.start().date()), &occurrence);
    Ok(())
}

/// Drafts the row of a team.
pub fn draft_team(draft: &mut Draft, id: TeamId, team: &TeamRow) {
    draft.put(&Audience::Public, class::TEAM, id, None, team);
}
