//! What everybody may read: communities, and the public rows of a community's stream.
//!
//! Rows come back as the same [`View`] a phone builds, so that pages, feeds and JSON ask the same functions.

use domain::change::{Audience, CommunityView, Row as SyncedRow, class};
use domain::id::{ActivityId, CommunityId, OccurrenceId, SpaceId, StreamId};
use domain::sync::view::View;
use domain::time::LocalDate;
use serde_json::value::RawValue;

use super::{Conn, Db, Row, StoreError, Value};

fn community(row: &Row) -> Result<CommunityView, StoreError> {
    Ok(CommunityView {
        id: row.parse("id")?,
        name: row.parse("name")?,
        english_name: row.parse("english_name")?,
        phone: row.maybe_text("phone")?,
    })
}

/// All communities, in the order a list shows.
///
/// # Errors
/// [`StoreError`].
pub async fn list_communities(tx: &mut Conn<'_>) -> Result<Vec<CommunityView>, StoreError> {
    let rows = tx.all("select id, name, english_name, phone from community order by sort, id", &[]).await?;
    rows.iter().map(community).collect()
}

/// A community by its slug.
///
/// # Errors
/// [`StoreError`].
pub async fn find_community(tx: &mut Conn<'_>, id: &CommunityId) -> Result<Option<CommunityView>, StoreError> {
    let row = tx.maybe("select id, name, english_name, phone from community where id = $1", &[id.into()]).await?;
    row.as_ref().map(community).transpose()
}

/// The head of a community's stream: one small query, asked before each kept answer. Zero where there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn head_of(db: &Db, id: &CommunityId) -> Result<i64, StoreError> {
    const SQL: &str = "select head from stream where id = $1";
    let stream = StreamId::Community(id.clone()).to_string();
    // Straight on the pool: a transaction around one statement would triple the trips to the database.
    let head: Option<i64> = match db {
        Db::Lite { readers, .. } => sqlx::query_scalar(SQL).bind(stream).fetch_optional(readers).await?,
        Db::Pg { pool, .. } => sqlx::query_scalar(SQL).bind(stream).fetch_optional(pool).await?,
    };
    Ok(head.unwrap_or_default())
}

/// Whether the database answers.
///
/// # Errors
/// [`StoreError`].
pub async fn ping(db: &Db) -> Result<(), StoreError> {
    db.read(|tx| Box::pin(async move { tx.one("select count(*) as streams from stream", &[]).await.map(|_| ()) })).await
}

pub(super) fn put(view: &mut View, stream: &StreamId, row: &Row) -> Result<(), StoreError> {
    let class = row.text("class")?;
    let body =
        RawValue::from_string(row.text("body")?).map_err(|error| StoreError::inconsistent("synced_row.body", error))?;
    let seq = row.number("seq")?;
    view.put(stream, &SyncedRow { class, id: row.text("id")?, seq, on: row.maybe_parse("starts_on")?, body });
    Ok(())
}

async fn put_all(
    tx: &mut Conn<'_>,
    view: &mut View,
    stream: &StreamId,
    sql: &'static str,
    values: &[Value],
) -> Result<(), StoreError> {
    for row in tx.all(sql, values).await? {
        put(view, stream, &row)?;
    }
    Ok(())
}

/// The public rows of a community that have no date (teams, spaces, activities) and those dated within two days, both
/// included.
///
/// # Errors
/// [`StoreError`].
pub async fn load_window(db: &Db, id: &CommunityId, from: LocalDate, to: LocalDate) -> Result<View, StoreError> {
    let stream = StreamId::Community(id.clone());
    db.read(move |tx| {
        Box::pin(async move {
            let mut view = View::default();
            let all = "select class, id, seq, starts_on, body from synced_row \
                       where stream = $1 and audience = $2 and gone_at is null \
                       and (starts_on is null or (starts_on >= $3 and starts_on <= $4))";
            let values = [stream.clone().into(), Audience::Public.into(), from.into(), to.into()];
            put_all(tx, &mut view, &stream, all, &values).await?;
            Ok(view)
        })
    })
    .await
}

/// The community a public thing lies in.
///
/// # Errors
/// [`StoreError`].
async fn community_of(tx: &mut Conn<'_>, class: &str, id: String) -> Result<Option<CommunityId>, StoreError> {
    let sql = match class {
        class::OCCURRENCE => "select community from occurrence where id = $1",
        class::ACTIVITY => "select community from activity where id = $1",
        _ => "select community from space where id = $1",
    };
    tx.maybe(sql, &[id.into()]).await?.map(|row| row.parse("community")).transpose()
}

/// The community of a space.
///
/// # Errors
/// [`StoreError`].
pub async fn community_of_space(db: &Db, id: SpaceId) -> Result<Option<CommunityId>, StoreError> {
    db.read(move |tx| Box::pin(async move { community_of(tx, class::SPACE, id.to_string()).await })).await
}

/// The community of a date.
///
/// # Errors
/// [`StoreError`].
pub async fn community_of_occurrence(db: &Db, id: OccurrenceId) -> Result<Option<CommunityId>, StoreError> {
    db.read(move |tx| Box::pin(async move { community_of(tx, class::OCCURRENCE, id.to_string()).await })).await
}

/// How often a shared address follows a series that was edited.
const CONTINUED_MAX: usize = 64;

/// The next date of an activity from a day on, or of what it goes on as; else its last: where a shared address of an
/// activity leads.
///
/// # Errors
/// [`StoreError`].
pub async fn date_of_activity(
    db: &Db,
    id: ActivityId,
    from_ms: i64,
) -> Result<Option<(OccurrenceId, CommunityId)>, StoreError> {
    db.read(move |tx| {
        Box::pin(async move {
            const NEXT: &str =
                "select id, community from occurrence where activity = $1 and ends_at > $2 order by starts_at limit 1";
            const LAST: &str =
                "select id, community from occurrence where activity = $1 order by starts_at desc limit 1";
            let (mut activity, mut row) = (Some(id), None);
            // What a series goes on as has its dates to come.
            for _ in 0..CONTINUED_MAX {
                let Some(id) = activity.filter(|_| row.is_none()) else { break };
                row = tx.maybe(NEXT, &[id.into(), from_ms.into()]).await?;
                let next = tx.maybe("select continued_by from activity where id = $1", &[id.into()]).await?;
                activity = next.map_or(Ok(None), |next| next.maybe_parse("continued_by"))?;
            }
            let row = match row {
                Some(row) => Some(row),
                None => tx.maybe(LAST, &[id.into()]).await?,
            };
            row.map(|row| Ok((row.parse("id")?, row.parse("community")?))).transpose()
        })
    })
    .await
}

/// The civil day a date starts on.
///
/// # Errors
/// [`StoreError`].
pub async fn day_of_occurrence(db: &Db, id: OccurrenceId) -> Result<Option<LocalDate>, StoreError> {
    db.read(move |tx| {
        Box::pin(async move {
            let row = tx.maybe("select starts_at from occurrence where id = $1", &[id.into()]).await?;
            row.map(|row| Ok(row.at("starts_at")?.date())).transpose()
        })
    })
    .await
}
