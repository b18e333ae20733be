//! Series: up to where their dates are there, and who is told when one of them could not be held.

use domain::activity::Schedule;
use domain::id::{AccountId, ActivityId, CommunityId, SpaceId, TeamId};
use domain::people::Facts;
use domain::series::Series;
use domain::text::Title;
use domain::time::Timestamp;

use super::engine::Conn;
use super::error::StoreError;
use super::rows::Row;

/// A series as decisions see it, held for this transaction.
#[derive(Debug, Clone)]
pub struct HeldSeries {
    /// The activity.
    pub activity: ActivityId,
    /// The community it lies in.
    pub community: CommunityId,
    /// The team that holds it.
    pub team: TeamId,
    /// Its title.
    pub title: Title,
    /// The space of ours it is held in, if it is one.
    pub space: Option<SpaceId>,
    /// Heads at most, where there is a limit, and how many minutes before the start they are drawn, if they are.
    pub places: (Option<u16>, Option<u32>),
    /// When it takes place.
    pub series: Series,
    /// Up to where its dates are there.
    pub made_until: Timestamp,
    /// Whether no dates are made at present.
    pub is_paused: bool,
    /// Whether it was edited and goes on as another.
    pub is_continued: bool,
}

impl HeldSeries {
    /// What the gate asks about it.
    #[must_use]
    pub fn facts(&self) -> Facts {
        Facts { owner: None, team: Some(self.team), space: None, community: Some(self.community.clone()) }
    }
}

/// Notes that an activity is a series whose dates are there up to a moment.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_series(conn: &mut Conn<'_>, activity: ActivityId, made_until: Timestamp) -> Result<(), StoreError> {
    conn.execute("insert into series (activity, made_until) values ($1, $2)", &[activity.into(), made_until.into()])
        .await?;
    Ok(())
}

const SERIES: &str = "select s.activity, s.made_until, s.paused_at, a.community, a.team, a.title, a.venue_space,
    a.schedule, a.policy, a.continued_by
    from series s join activity a on a.id = s.activity where s.activity = $1";
const HOLD: &str = "select activity from series where activity = $1 for update";

/// Loads a series and holds it: whoever else makes its dates waits.
///
/// # Errors
/// [`StoreError`].
pub async fn find_series(conn: &mut Conn<'_>, activity: ActivityId) -> Result<Option<HeldSeries>, StoreError> {
    // Held first and read after, because a statement that has waited sees only what it waited for as it is now: what it
    // joins with is from before, and an edit has changed both.
    if conn.has_row_locks() {
        conn.execute(HOLD, &[activity.into()]).await?;
    }
    look_at_series(conn, activity).await
}

/// Loads a series as it is, and holds nothing.
///
/// # Errors
/// [`StoreError`].
pub async fn look_at_series(conn: &mut Conn<'_>, activity: ActivityId) -> Result<Option<HeldSeries>, StoreError> {
    conn.maybe(SERIES, &[activity.into()]).await?.as_ref().map(read_series).transpose()
}

fn read_series(row: &Row) -> Result<HeldSeries, StoreError> {
    let schedule: Schedule = row.json("schedule")?;
    let policy: domain::activity::SignUpPolicy = row.json("policy")?;
    Ok(HeldSeries {
        activity: row.parse("activity")?,
        community: row.parse("community")?,
        team: row.parse("team")?,
        title: row.parse("title")?,
        space: row.maybe_parse("venue_space")?,
        places: (policy.capacity(), policy.draws_minutes_before()),
        series: schedule.series().ok_or_else(|| StoreError::inconsistent("series", "no rule"))?,
        made_until: row.at("made_until")?,
        is_paused: row.maybe_at("paused_at")?.is_some(),
        is_continued: row.maybe_text("continued_by")?.is_some(),
    })
}

/// The series whose dates are not there up to `horizon`, with their communities, a handful at a time.
///
/// # Errors
/// [`StoreError`].
pub async fn list_due(conn: &mut Conn<'_>, horizon: Timestamp) -> Result<Vec<(ActivityId, CommunityId)>, StoreError> {
    let rows = conn
        .all(
            "select s.activity, a.community from series s join activity a on a.id = s.activity
             where s.made_until < $1 and s.paused_at is null order by s.made_until, s.activity limit 50",
            &[horizon.into()],
        )
        .await?;
    rows.iter().map(|row| Ok((row.parse("activity")?, row.parse("community")?))).collect()
}

/// How many series that are not paused have dates only up to before a moment.
///
/// # Errors
/// [`StoreError`].
pub async fn count_made_before(conn: &mut Conn<'_>, at: Timestamp) -> Result<i64, StoreError> {
    let row =
        conn.one("select count(*) n from series where paused_at is null and made_until < $1", &[at.into()]).await?;
    row.int("n")
}

/// Notes up to where the dates of a series are there.
///
/// # Errors
/// [`StoreError`].
pub async fn set_made_until(
    conn: &mut Conn<'_>,
    activity: ActivityId,
    made_until: Timestamp,
) -> Result<(), StoreError> {
    conn.execute("update series set made_until = $2 where activity = $1", &[activity.into(), made_until.into()])
        .await?;
    Ok(())
}

/// Pauses a series, or lets its dates come again.
///
/// # Errors
/// [`StoreError`].
pub async fn set_paused(
    conn: &mut Conn<'_>,
    activity: ActivityId,
    paused_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    conn.execute("update series set paused_at = $2 where activity = $1", &[activity.into(), paused_at.into()]).await?;
    Ok(())
}

/// Who runs a team: its editors, or whoever looks after its community where it has none.
///
/// # Errors
/// [`StoreError`].
pub async fn list_editors(
    conn: &mut Conn<'_>,
    team: TeamId,
    community: &CommunityId,
) -> Result<Vec<AccountId>, StoreError> {
    let sql = "select account from role_grant where role = $1 and scope = $2 and revoked_at is null order by account";
    let mut rows = conn.all(sql, &["team_editor".into(), team.into()]).await?;
    if rows.is_empty() {
        rows = conn.all(sql, &["community_admin".into(), community.into()]).await?;
    }
    rows.iter().map(|row| row.parse("account")).collect()
}
