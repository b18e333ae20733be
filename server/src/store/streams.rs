//! Streams: the order of changes, the rows phones read, and reading them back.
//!
//! A change bumps its stream's head last, stamps its rows with the new number and leaves a tick. The tick's tag is the
//! last link of a chain of hashes over everything that ever changed the stream: two databases agree on a tag only if
//! they have the same history up to there.

use domain::change::{Audience, Row as WireRow, RowKey};
use domain::id::StreamId;
use domain::time::{LocalDate, Timestamp};
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::engine::{Conn, Statement};
use super::error::StoreError;
use super::open::Db;
use super::rows::Row;
use super::values::Value;

/// Rows of a change before it has its number.
#[derive(Debug, Default)]
pub struct Draft {
    rows: Vec<DraftRow>,
}

#[derive(Debug)]
struct DraftRow {
    audience: String,
    class: &'static str,
    id: String,
    on: Option<LocalDate>,
    body: Option<String>,
}

impl Draft {
    /// A row as it is now; of two for one key the last counts.
    pub fn put(
        &mut self,
        audience: &Audience,
        class: &'static str,
        id: impl std::fmt::Display,
        on: Option<LocalDate>,
        body: &impl Serialize,
    ) {
        let body = serde_json::to_string(body).expect("invariant: a row of checked values has a JSON form");
        self.push(audience, class, id, on, Some(body));
    }

    /// A row that is gone from this audience's sight.
    pub fn remove(&mut self, audience: &Audience, class: &'static str, id: impl std::fmt::Display) {
        self.push(audience, class, id, None, None);
    }

    fn push(
        &mut self,
        audience: &Audience,
        class: &'static str,
        id: impl std::fmt::Display,
        on: Option<LocalDate>,
        body: Option<String>,
    ) {
        let row = DraftRow { audience: audience.to_string(), class, id: id.to_string(), on, body };
        self.rows.retain(|old| (&old.audience, old.class, &old.id) != (&row.audience, row.class, &row.id));
        self.rows.push(row);
    }

    /// Whether nothing has changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Makes sure that a stream exists.
///
/// # Errors
/// [`StoreError`].
pub async fn ensure_stream(conn: &mut Conn<'_>, stream: &StreamId) -> Result<(), StoreError> {
    conn.execute("insert into stream (id) values ($1) on conflict (id) do nothing", &[stream.into()]).await?;
    Ok(())
}

macro_rules! put_rows {
    ($($row:literal),+) => {
        concat!(
            "insert into synced_row (stream, seq, audience, class, id, starts_on, gone_at, body) values ",
            $($row,)+
            " on conflict (stream, audience, class, id) do update set seq = excluded.seq, ",
            "starts_on = excluded.starts_on, gone_at = excluded.gone_at, body = excluded.body"
        )
    };
}

/// Puts one to four rows of one change: most changes have so many.
const PUT_ROWS: [&str; 4] = [
    put_rows!("($1, $2, $3, $4, $5, $6, $7, $8)"),
    put_rows!("($1, $2, $3, $4, $5, $6, $7, $8), ", "($1, $2, $9, $10, $11, $12, $13, $14)"),
    put_rows!(
        "($1, $2, $3, $4, $5, $6, $7, $8), ",
        "($1, $2, $9, $10, $11, $12, $13, $14), ",
        "($1, $2, $15, $16, $17, $18, $19, $20)"
    ),
    put_rows!(
        "($1, $2, $3, $4, $5, $6, $7, $8), ",
        "($1, $2, $9, $10, $11, $12, $13, $14), ",
        "($1, $2, $15, $16, $17, $18, $19, $20), ",
        "($1, $2, $21, $22, $23, $24, $25, $26)"
    ),
];

/// Writes a change: bumps the head, ticks, stamps the rows. `cause` tells this change from every other, say the id of
/// the command. Returns the change's number.
///
/// # Errors
/// [`StoreError`].
pub async fn write_change(
    conn: &mut Conn<'_>,
    stream: &StreamId,
    draft: Draft,
    cause: &str,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let [bumped, before] = conn
        .several([
            Statement::new("update stream set head = head + 1 where id = $1 returning head", [stream.into()]),
            Statement::new(
                "select tag from stream_tick
                 where stream = $1 and seq = (select head - 1 from stream where id = $1)",
                [stream.into()],
            ),
        ])
        .await?;
    let missing = || StoreError::inconsistent("stream", stream);
    let seq: u64 = bumped.first().ok_or_else(missing)?.number("head")?;
    // Before the first change, and where the tick is not kept any more, the chain begins anew.
    let before = before.first().map_or(Ok(0), |row| row.number("tag"))?;
    let tag = chain(before, cause, now);
    conn.later(
        "insert into stream_tick (stream, seq, tag, at) values ($1, $2, $3, $4)",
        &[stream.into(), seq.into(), tag.into(), now.into()],
    )
    .await?;
    let mut rows = draft.rows.into_iter().peekable();
    while rows.peek().is_some() {
        let mut values: Vec<Value> = vec![stream.into(), seq.into()];
        let mut count = 0;
        for row in rows.by_ref().take(PUT_ROWS.len()) {
            let gone_at = row.body.is_none().then_some(now);
            values.extend([row.audience.into(), row.class.into(), row.id.into(), row.on.into(), gone_at.into()]);
            values.push(row.body.unwrap_or_default().into());
            count += 1;
        }
        conn.later(PUT_ROWS[count - 1], &values).await?;
    }
    Ok(seq)
}

/// The next link of the chain. The time belongs to it: what a restore had lost may be decided otherwise later.
pub(super) fn chain(before: u32, cause: &str, now: Timestamp) -> u32 {
    let when = now.ms().to_be_bytes();
    let digest = Sha256::new().chain_update(before.to_be_bytes()).chain_update(when).chain_update(cause).finalize();
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// The tag of a change, if its tick is still kept. Before the first change it is 0.
///
/// # Errors
/// [`StoreError`].
pub async fn tag_at(conn: &mut Conn<'_>, stream: &StreamId, seq: u64) -> Result<Option<u32>, StoreError> {
    if seq == 0 {
        return Ok(Some(0));
    }
    let row =
        conn.maybe("select tag from stream_tick where stream = $1 and seq = $2", &[stream.into(), seq.into()]).await?;
    row.map(|row| row.number("tag")).transpose()
}

/// Head, floor and the database's life, for judging a cursor.
#[derive(Debug, Clone, Copy)]
pub struct StreamState {
    /// The last change.
    pub head: u64,
    /// Tombstones below this are gone.
    pub floor: u64,
    /// The life of the database.
    pub epoch: u64,
}

/// The state of a stream, if it exists.
///
/// # Errors
/// [`StoreError`].
pub async fn find_state(conn: &mut Conn<'_>, stream: &StreamId) -> Result<Option<StreamState>, StoreError> {
    let Some(row) = conn.maybe("select head, floor from stream where id = $1", &[stream.into()]).await? else {
        return Ok(None);
    };
    let epoch = conn.one("select value from meta where key = 'epoch'", &[]).await?.text("value")?;
    let epoch = u64::from_str_radix(&epoch, 16).map_err(|error| StoreError::inconsistent("meta.epoch", error))?;
    Ok(Some(StreamState { head: row.number("head")?, floor: row.number("floor")?, epoch }))
}

/// The streams in one question of [`list_heads`].
const HEADS_MAX: usize = 32;

/// How far streams have got; those that do not exist are left out.
///
/// # Errors
/// [`StoreError`].
pub async fn list_heads(db: &Db, streams: &[StreamId]) -> Result<Vec<(StreamId, u64)>, StoreError> {
    const SQL: &str = "select id, head from stream where id in (
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
        $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32)";
    let mut heads = Vec::with_capacity(streams.len());
    for asked in streams.chunks(HEADS_MAX) {
        let mut values: Vec<Value> = asked.iter().map(Value::from).collect();
        values.resize(HEADS_MAX, Value::NullText);
        for row in db.ask(SQL, &values).await? {
            heads.push((row.parse("id")?, row.number("head")?));
        }
    }
    Ok(heads)
}

/// How many changes a stream may forget in one transaction.
const FORGET_MAX: u64 = 2_000;

/// Streams with changes older than `before`, each with the last of them that may be forgotten now.
///
/// # Errors
/// [`StoreError`].
pub async fn list_outlived(conn: &mut Conn<'_>, before: Timestamp) -> Result<Vec<(StreamId, u64)>, StoreError> {
    let sql = "select t.stream, max(t.seq) last from stream_tick t join stream s on s.id = t.stream
               where t.at < $1 and t.seq > s.floor and t.seq <= s.floor + $2 group by t.stream order by t.stream";
    let rows = conn.all(sql, &[before.into(), FORGET_MAX.into()]).await?;
    rows.iter().map(|row| Ok((row.parse("stream")?, row.number("last")?))).collect()
}

/// Forgets tombstones up to a change and the ticks before it, and returns how many there were. The tick of the change
/// itself stays: who has read exactly so far has missed nothing, and the chain goes on from it.
///
/// # Errors
/// [`StoreError`].
pub async fn raise_floor(conn: &mut Conn<'_>, stream: &StreamId, floor: u64) -> Result<u64, StoreError> {
    let to = &[stream.into(), floor.into()];
    // First, because it holds the stream: no change comes between.
    conn.execute("update stream set floor = $2 where id = $1 and floor < $2", to).await?;
    let gone = "delete from synced_row where stream = $1 and gone_at is not null and seq <= $2";
    Ok(conn.execute(gone, to).await?
        + conn.execute("delete from stream_tick where stream = $1 and seq < $2", to).await?)
}

/// Rows of one audience that changed after `after`, oldest change first, at most `limit`; tombstones too.
///
/// # Errors
/// [`StoreError`].
pub async fn list_changed(
    conn: &mut Conn<'_>,
    stream: &StreamId,
    audience: &Audience,
    after: u64,
    limit: usize,
) -> Result<Vec<Found>, StoreError> {
    let rows = conn
        .all(
            "select class, id, seq, starts_on, gone_at, body from synced_row
             where stream = $1 and audience = $2 and seq > $3 order by seq, class, id limit $4",
            &[stream.into(), audience.into(), after.into(), (limit as u64).into()],
        )
        .await?;
    rows.iter().map(read_row).collect()
}

/// Rows of one audience as they are: all without a day, and those whose day lies in the window.
///
/// # Errors
/// [`StoreError`].
pub async fn list_present(
    conn: &mut Conn<'_>,
    stream: &StreamId,
    audience: &Audience,
    from: LocalDate,
    to: LocalDate,
) -> Result<Vec<Found>, StoreError> {
    let rows = conn
        .all(
            "select class, id, seq, starts_on, gone_at, body from synced_row
             where stream = $1 and audience = $2 and gone_at is null
               and (starts_on is null or (starts_on >= $3 and starts_on <= $4))
             order by class, id",
            &[stream.into(), audience.into(), from.into(), to.into()],
        )
        .await?;
    rows.iter().map(read_row).collect()
}

/// Which rows of one audience there are, as [`list_present`] would list them, each with the change that last touched it.
///
/// # Errors
/// [`StoreError`].
pub async fn list_keys(
    conn: &mut Conn<'_>,
    stream: &StreamId,
    audience: &Audience,
    from: LocalDate,
    to: LocalDate,
) -> Result<Vec<(RowKey, u64)>, StoreError> {
    let rows = conn
        .all(
            "select class, id, seq from synced_row
             where stream = $1 and audience = $2 and gone_at is null
               and (starts_on is null or (starts_on >= $3 and starts_on <= $4))",
            &[stream.into(), audience.into(), from.into(), to.into()],
        )
        .await?;
    rows.iter().map(|row| Ok((RowKey { class: row.text("class")?, id: row.text("id")? }, row.number("seq")?))).collect()
}

/// A row as it was found.
#[derive(Debug)]
pub enum Found {
    /// It is there.
    Present(WireRow),
    /// It is gone since this change.
    Gone(RowKey, u64),
}

impl Found {
    /// The change that last touched it.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        match self {
            Self::Present(row) => row.seq,
            Self::Gone(_, seq) => *seq,
        }
    }
}

fn read_row(row: &Row) -> Result<Found, StoreError> {
    let (class, id, seq) = (row.text("class")?, row.text("id")?, row.number("seq")?);
    if row.maybe_int("gone_at")?.is_some() {
        return Ok(Found::Gone(RowKey { class, id }, seq));
    }
    let body = RawValue::from_string(row.text("body")?).map_err(|error| StoreError::inconsistent("body", error))?;
    Ok(Found::Present(WireRow { class, id, seq, on: row.maybe_parse("starts_on")?, body }))
}
