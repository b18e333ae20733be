//! Spaces: facts for decisions, what is held of them, and the rows that show both.

use std::collections::BTreeSet;

use domain::booking::{CELL_MINUTES, Holding};
use domain::change::{Audience, BusyRow, SpaceRow, busy_id, class};
use domain::id::{CommunityId, OccurrenceId, SpaceId};
use domain::people::Facts;
use domain::space::{Closure, SpacePolicy};
use domain::time::{LocalDate, TimeRange, Timestamp};

use super::engine::Conn;
use super::error::StoreError;
use super::rows::Row;
use super::streams::Draft;

const CELL_MS: i64 = CELL_MINUTES * 60_000;

/// A space as decisions see it.
#[derive(Debug, Clone)]
pub struct Space {
    /// Its id.
    pub id: SpaceId,
    /// The community it lies in.
    pub community: CommunityId,
    /// All that its row says.
    pub row: SpaceRow,
}

impl Space {
    /// What the gate asks about it.
    #[must_use]
    pub fn facts(&self) -> Facts {
        Facts { owner: None, team: None, space: Some(self.id), community: Some(self.community.clone()) }
    }
}

/// Whether a space's parties are checked in, by its terms of today.
///
/// # Errors
/// [`StoreError`].
pub async fn asks_check_in(conn: &mut Conn<'_>, id: SpaceId) -> Result<bool, StoreError> {
    let row = conn.one("select policy from space where id = $1", &[id.into()]).await?;
    Ok(row.json::<SpacePolicy>("policy")?.check_in_required)
}

/// Loads a space and, on PostgreSQL, holds its atoms: whoever else wants its time waits.
///
/// # Errors
/// [`StoreError`].
pub async fn find_space(conn: &mut Conn<'_>, id: SpaceId, now: Timestamp) -> Result<Option<Space>, StoreError> {
    if conn.has_row_locks() {
        conn.all(
            "select a.id from atom a join space_atom sa on sa.atom = a.id where sa.space = $1
             order by a.id for update of a",
            &[id.into()],
        )
        .await?;
    }
    look_at_space(conn, id, now).await
}

/// Loads a space as it is, and holds nothing.
///
/// # Errors
/// [`StoreError`].
pub async fn look_at_space(conn: &mut Conn<'_>, id: SpaceId, now: Timestamp) -> Result<Option<Space>, StoreError> {
    let row = conn
        .maybe(
            "select community, kind, name, address, access, about, phone, hosts, policy, hours from space
             where id = $1 and closed_at is null",
            &[id.into()],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let closures = list_closures(conn, id, now).await?;
    Ok(Some(Space { id, community: row.parse("community")?, row: read_space(&row, closures)? }))
}

fn read_space(row: &Row, closures: Vec<Closure>) -> Result<SpaceRow, StoreError> {
    let kind = row.text("kind")?;
    Ok(SpaceRow {
        name: row.parse("name")?,
        kind: serde_json::from_value(serde_json::Value::String(kind))
            .map_err(|error| StoreError::inconsistent("space.kind", error))?,
        address: row.parse("address")?,
        access: row.maybe_parse("access")?,
        about: row.maybe_parse("about")?,
        phone: row.maybe_text("phone")?,
        hosts: row.json("hosts")?,
        policy: row.json("policy")?,
        hours: row.json("hours")?,
        closures,
    })
}

/// Closures that are not over.
async fn list_closures(conn: &mut Conn<'_>, space: SpaceId, now: Timestamp) -> Result<Vec<Closure>, StoreError> {
    let rows = conn
        .all(
            "select from_at, until_at, reason from closure where space = $1 and until_at > $2 order by from_at, id",
            &[space.into(), now.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let range = TimeRange::new(row.at("from_at")?, row.at("until_at")?)
                .ok_or_else(|| StoreError::inconsistent("closure", "ends before it starts"))?;
            Ok(Closure { range, reason: row.parse("reason")? })
        })
        .collect()
}

/// The other open spaces of the same kind in the same community, for alternatives.
///
/// # Errors
/// [`StoreError`].
pub async fn list_siblings(
    conn: &mut Conn<'_>,
    space: &Space,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<Space>, StoreError> {
    let rows = conn
        .all(
            "select id, community, kind, name, address, access, about, phone, hosts, policy, hours from space
             where community = $1 and kind = $2 and id <> $3 and closed_at is null order by id limit $4",
            &[(&space.community).into(), space.row.kind.as_str().into(), space.id.into(), limit.into()],
        )
        .await?;
    let mut siblings = Vec::new();
    for row in &rows {
        let id = row.parse("id")?;
        let closures = list_closures(conn, id, now).await?;
        siblings.push(Space { id, community: row.parse("community")?, row: read_space(row, closures)? });
    }
    Ok(siblings)
}

/// What is held of a space from one day to another (both included): everything that takes one of its atoms, a whole
/// hall's half among it.
///
/// # Errors
/// [`StoreError`].
pub async fn list_holdings(
    conn: &mut Conn<'_>,
    space: SpaceId,
    from: LocalDate,
    to: LocalDate,
) -> Result<Vec<Holding>, StoreError> {
    list_holdings_besides(conn, space, from, to, &[]).await
}

/// [`list_holdings`] without what some dates of an activity hold themselves.
///
/// # Errors
/// [`StoreError`].
pub async fn list_holdings_besides(
    conn: &mut Conn<'_>,
    space: SpaceId,
    from: LocalDate,
    to: LocalDate,
    besides: &[OccurrenceId],
) -> Result<Vec<Holding>, StoreError> {
    let besides: BTreeSet<String> = besides.iter().map(|id| format!("occurrence:{id}")).collect();
    let first = from.start().ms().div_euclid(CELL_MS);
    let last = to.plus_days(1).start().ms().div_euclid(CELL_MS);
    let rows = conn
        .all(
            "select distinct c.id, c.s, c.e, c.setup, c.teardown, c.heads
             from claim c join claim_atom ca on ca.claim = c.id join space_atom sa on sa.atom = ca.atom
             where sa.space = $1 and c.s >= $2 and c.s < $3 order by c.s, c.id",
            &[space.into(), first.into(), last.into()],
        )
        .await?;
    let mut others = Vec::new();
    for row in &rows {
        if !besides.contains(&row.text("id")?) {
            others.push(row);
        }
    }
    others
        .into_iter()
        .map(|row| {
            let at = |cell: i64| Timestamp::from_ms(cell * CELL_MS);
            let range = TimeRange::new(at(row.int("s")?), at(row.int("e")?))
                .ok_or_else(|| StoreError::inconsistent("claim", "ends before it starts"))?;
            let minutes = |cells: u16| cells * (CELL_MINUTES as u16);
            Ok(Holding {
                range,
                setup: minutes(row.number("setup")?),
                teardown: minutes(row.number("teardown")?),
                heads: row.number("heads")?,
            })
        })
        .collect()
}

/// The space and every other that shares an atom with it.
async fn list_neighbours(conn: &mut Conn<'_>, space: SpaceId) -> Result<BTreeSet<SpaceId>, StoreError> {
    let rows = conn
        .all(
            "select distinct other.space from space_atom own join space_atom other on other.atom = own.atom
             where own.space = $1",
            &[space.into()],
        )
        .await?;
    rows.iter().map(|row| row.parse("space")).collect()
}

/// Drafts what is held on a day, of a space and of all that share a part of it.
///
/// # Errors
/// [`StoreError`].
pub async fn draft_busy(
    conn: &mut Conn<'_>,
    draft: &mut Draft,
    space: SpaceId,
    date: LocalDate,
) -> Result<(), StoreError> {
    for space in list_neighbours(conn, space).await? {
        let holdings = list_holdings(conn, space, date, date).await?;
        let row = BusyRow { space, date, holdings };
        draft.put(&Audience::Public, class::BUSY, busy_id(space, date), Some(date), &row);
    }
    Ok(())
}
