//! How dates went: what their teams said, and the rows that show it.

use domain::change::{Audience, ClosingRow, class};
use domain::id::{AccountId, OccurrenceId};
use domain::text::Note;
use domain::time::Timestamp;

use super::engine::Conn;
use super::error::StoreError;
use super::streams::Draft;

/// What was said of a date, if anything was.
///
/// # Errors
/// [`StoreError`].
pub async fn find_closing(conn: &mut Conn<'_>, id: OccurrenceId) -> Result<Option<ClosingRow>, StoreError> {
    let row = conn.maybe("select heads, note, closed_at from closing where occurrence = $1", &[id.into()]).await?;
    row.map(|row| {
        Ok(ClosingRow { heads: row.number("heads")?, note: row.maybe_parse("note")?, at: row.at("closed_at")? })
    })
    .transpose()
}

/// Notes how a date went, in place of what was said before.
///
/// # Errors
/// [`StoreError`]; a constraint for a date that has not begun or was called off.
pub async fn close_occurrence(
    conn: &mut Conn<'_>,
    id: OccurrenceId,
    heads: u16,
    note: Option<&Note>,
    by: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "insert into closing (occurrence, heads, note, closed_at, closed_by) values ($1, $2, $3, $4, $5)
         on conflict (occurrence) do update set heads = excluded.heads, note = excluded.note,
             closed_at = excluded.closed_at, closed_by = excluded.closed_by",
        &[id.into(), heads.into(), note.cloned().into(), now.into(), by.into()],
    )
    .await?;
    Ok(())
}

/// Drafts how a date went, for its team and the community's staff.
///
/// # Errors
/// [`StoreError`].
pub async fn draft_closing(conn: &mut Conn<'_>, draft: &mut Draft, id: OccurrenceId) -> Result<(), StoreError> {
    let row = conn
        .one(
            "select c.heads, c.note, c.closed_at, o.starts_at, o.community, a.team
             from closing c join occurrence o on o.id = c.occurrence join activity a on a.id = o.activity
             where c.occurrence = $1",
            &[id.into()],
        )
        .await?;
    let closing = ClosingRow { heads: row.number("heads")?, note: row.maybe_parse("note")?, at: row.at("closed_at")? };
    let on = Some(row.at("starts_at")?.date());
    for audience in [Audience::Team(row.parse("team")?), Audience::Community(row.parse("community")?)] {
        draft.put(&audience, class::CLOSING, id, on, &closing);
    }
    Ok(())
}
