//! What numbers are made of: dates with who came, and what communities and teams are called.

use std::collections::BTreeMap;

use domain::closing::Attendance;
use domain::id::{OccurrenceId, PersonId, TeamId};
use domain::numbers::PastDate;
use domain::text::Name;
use domain::time::{TimeRange, Timestamp};

use super::engine::{Conn, Statement};
use super::error::StoreError;

const DATES: &str = "select o.id, o.community, a.team, o.starts_at, o.ends_at, o.cancelled_at, c.heads,
        cast((select coalesce(sum(w.heads), 0) from arrival w where w.occurrence = o.id and w.way = 'walk_in'
              and not exists (select 1 from arrival_undone u where u.occurrence = o.id and u.arrival = w.id)
        ) as bigint) walked_in
    from occurrence o join activity a on a.id = o.activity left join closing c on c.occurrence = o.id
    where o.starts_at >= $1 and o.starts_at < $2 and o.cancelled_at is null order by o.starts_at, o.id";
const ARRIVED: &str = "select m.occurrence, m.person,
        cast(case when s.behalf_of is null then 0 else 1 end as bigint) is_neighbour
    from sign_up_member m join sign_up s on s.id = m.sign_up
    join occurrence o on o.id = m.occurrence
    where o.starts_at >= $1 and o.starts_at < $2 and s.state = 'confirmed' and s.checked_in_at is not null
      and m.left_at is null";

/// The dates that began from one moment to another (not included) and were not called off, in order of time.
///
/// # Errors
/// [`StoreError`].
pub async fn list_dates(conn: &mut Conn<'_>, from: Timestamp, to: Timestamp) -> Result<Vec<PastDate>, StoreError> {
    let between = [from.into(), to.into()];
    let [dates, arrived] =
        conn.several([Statement::new(DATES, between.clone()), Statement::new(ARRIVED, between)]).await?;
    // A neighbour without an account counts as a head, and may be any of the residents.
    let mut people: BTreeMap<OccurrenceId, (u16, Vec<PersonId>)> = BTreeMap::new();
    for row in &arrived {
        let (heads, people) = people.entry(row.parse("occurrence")?).or_default();
        *heads = heads.saturating_add(1);
        if row.int("is_neighbour")? == 0 {
            people.push(row.parse("person")?);
        }
    }
    dates
        .iter()
        .map(|row| {
            let (by_name, people) = people.remove(&row.parse("id")?).unwrap_or_default();
            let range = TimeRange::new(row.at("starts_at")?, row.at("ends_at")?)
                .ok_or_else(|| StoreError::inconsistent("occurrence", "ends before it starts"))?;
            let arrived = by_name.saturating_add(row.number("walked_in")?);
            Ok(PastDate {
                community: row.parse("community")?,
                team: row.parse("team")?,
                range,
                is_cancelled: row.maybe_int("cancelled_at")?.is_some(),
                attendance: Attendance { arrived, counted: row.maybe_number("heads")? },
                people,
            })
        })
        .collect()
}

/// What teams are called, and the communities they lie in.
///
/// # Errors
/// [`StoreError`].
pub async fn list_team_names(conn: &mut Conn<'_>) -> Result<BTreeMap<TeamId, (Name, String)>, StoreError> {
    let rows = conn.all("select id, name, community from team", &[]).await?;
    rows.iter().map(|row| Ok((row.parse("id")?, (row.parse("name")?, row.text("community")?)))).collect()
}
