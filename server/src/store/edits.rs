//! Editing a series: what it is planned on, and going over from one activity to what it goes on as.

use std::collections::BTreeMap;

use domain::activity::{Schedule, Venue};
use domain::command::PublishActivity;
use domain::editing::{DateFacts, Party, SeriesNow};
use domain::id::{ActivityId, OccurrenceId};
use domain::time::{TimeRange, Timestamp};

use super::engine::Conn;
use super::error::StoreError;
use super::rows::Row;
use super::series::HeldSeries;

/// A date of the series, with what its plan does not need.
#[derive(Debug, Clone)]
pub struct EditedDate {
    /// What the plan looks at.
    pub facts: DateFacts,
    /// The place it has by itself.
    pub own_venue: Option<Venue>,
}

/// What an edit is planned on.
#[derive(Debug)]
pub struct EditFacts {
    /// The series.
    pub now_is: SeriesNow,
    /// The activity as it was published, for what goes on as another one.
    pub published: PublishActivity,
    /// Its dates that have not begun or were planned for a time to come.
    pub dates: Vec<EditedDate>,
}

const ACTIVITY: &str =
    "select team, title, about, category, audience, venue, schedule, policy from activity where id = $1";
const DATES: &str = "select o.id, o.planned_start, o.starts_at, o.ends_at, o.cancelled_at, o.moved_at, o.own_venue,
        coalesce(o.lowered_to, o.capacity) capacity, o.taken
    from occurrence o where o.activity = $1 and (o.ends_at > $2 or o.planned_start > $2) order by o.planned_start, o.id";
const DATES_HELD: &str =
    "select o.id, o.planned_start, o.starts_at, o.ends_at, o.cancelled_at, o.moved_at, o.own_venue,
        coalesce(o.lowered_to, o.capacity) capacity, o.taken
    from occurrence o where o.activity = $1 and (o.ends_at > $2 or o.planned_start > $2) order by o.planned_start, o.id
    for update of o";
const PARTIES: &str = "select s.id, s.occurrence, s.state, s.offer_until, coalesce(s.behalf_of, c.name) name,
        (select count(*) from sign_up_member m where m.sign_up = s.id and m.left_at is null) heads
    from sign_up s join occurrence o on o.id = s.occurrence join account c on c.id = s.account
    where o.activity = $1 and (o.ends_at > $2 or o.planned_start > $2) and s.state in ('confirmed', 'waitlisted')
    order by s.occurrence, s.queue_order";

/// Loads what an edit is planned on. When it is to be carried out the dates are held: nobody signs up meanwhile.
///
/// # Errors
/// [`StoreError`].
pub async fn load_edit_facts(
    conn: &mut Conn<'_>,
    held: &HeldSeries,
    is_to_be_done: bool,
    now: Timestamp,
) -> Result<EditFacts, StoreError> {
    let published = read_published(&conn.one(ACTIVITY, &[held.activity.into()]).await?)?;
    let sql = if is_to_be_done && conn.has_row_locks() { DATES_HELD } else { DATES };
    let dates = conn.all(sql, &[held.activity.into(), now.into()]).await?;
    let mut parties: BTreeMap<OccurrenceId, Vec<Party>> = BTreeMap::new();
    for row in conn.all(PARTIES, &[held.activity.into(), now.into()]).await? {
        let waits = row.text("state")? != "confirmed" || row.maybe_int("offer_until")?.is_some();
        let party = Party { sign_up: row.parse("id")?, name: row.parse("name")?, heads: row.number("heads")?, waits };
        parties.entry(row.parse("occurrence")?).or_default().push(party);
    }
    let now_is = SeriesNow {
        title: published.title.clone(),
        about: published.about.clone(),
        audience: published.audience,
        venue: published.venue.clone(),
        policy: published.policy,
        series: held.series.clone(),
        made_until: held.made_until,
    };
    let dates = dates.iter().map(|row| read_date(row, &mut parties)).collect::<Result<_, StoreError>>()?;
    Ok(EditFacts { now_is, published, dates })
}

fn read_published(row: &Row) -> Result<PublishActivity, StoreError> {
    let category = serde_json::Value::String(row.text("category")?);
    Ok(PublishActivity {
        team: row.parse("team")?,
        title: row.parse("title")?,
        about: row.maybe_parse("about")?,
        category: serde_json::from_value(category)
            .map_err(|error| StoreError::inconsistent("activity.category", error))?,
        audience: row.json("audience")?,
        venue: row.json("venue")?,
        schedule: row.json("schedule")?,
        policy: row.json("policy")?,
    })
}

fn read_date(row: &Row, parties: &mut BTreeMap<OccurrenceId, Vec<Party>>) -> Result<EditedDate, StoreError> {
    let id = row.parse("id")?;
    let range = TimeRange::new(row.at("starts_at")?, row.at("ends_at")?)
        .ok_or_else(|| StoreError::inconsistent("occurrence", "ends before it starts"))?;
    let own_venue: Option<Venue> = row.maybe_json("own_venue")?;
    let facts = DateFacts {
        id,
        planned: row.at("planned_start")?,
        range,
        is_cancelled: row.maybe_int("cancelled_at")?.is_some(),
        is_moved: row.maybe_int("moved_at")?.is_some(),
        has_own_venue: own_venue.is_some(),
        capacity: row.maybe_number("capacity")?,
        taken: row.number("taken")?,
        parties: parties.remove(&id).unwrap_or_default(),
    };
    Ok(EditedDate { facts, own_venue })
}

/// Ends a series, and notes what goes on instead of it. What went on instead of it before, from a later date on, now goes
/// on instead of that.
///
/// # Errors
/// [`StoreError`].
pub async fn continue_as(
    conn: &mut Conn<'_>,
    activity: ActivityId,
    ended: &Schedule,
    next: ActivityId,
) -> Result<(), StoreError> {
    let ended = serde_json::to_string(ended).expect("invariant: a schedule has a JSON form");
    conn.execute(
        "update activity set continued_by = (select continued_by from activity where id = $2) where id = $1",
        &[next.into(), activity.into()],
    )
    .await?;
    conn.execute(
        "update activity set schedule = $2, continued_by = $3 where id = $1",
        &[activity.into(), ended.into(), next.into()],
    )
    .await?;
    Ok(())
}

/// Gives back the room a date holds, until it goes over: what one date takes may be what another gives.
///
/// # Errors
/// [`StoreError`].
pub async fn give_back_room(conn: &mut Conn<'_>, id: OccurrenceId, place: &Venue) -> Result<(), StoreError> {
    let nowhere = Venue { space: None, place: place.place.clone() };
    let nowhere = serde_json::to_string(&nowhere).expect("invariant: a venue has a JSON form");
    conn.execute("update occurrence set own_venue = $2, own_space = null where id = $1", &[id.into(), nowhere.into()])
        .await?;
    Ok(())
}

/// A date as it goes over to what its activity goes on as.
#[derive(Debug)]
pub struct GoingOver<'a> {
    /// The date.
    pub id: OccurrenceId,
    /// What the rule plans for it.
    pub planned: Timestamp,
    /// When it is.
    pub range: TimeRange,
    /// The place it has by itself.
    pub own_venue: Option<&'a Venue>,
    /// Whether its place is another because the series has another.
    pub is_elsewhere: bool,
}

/// Lets a date go over to another activity; it holds its room then and there, by itself.
///
/// # Errors
/// [`StoreError`]; a constraint of the ledger when the room is taken.
pub async fn go_over(
    conn: &mut Conn<'_>,
    to: ActivityId,
    date: &GoingOver<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let own = date.own_venue.map(|venue| serde_json::to_string(venue).expect("invariant: a venue has a JSON form"));
    // In one statement, because what holds the room looks at all of it.
    conn.execute(
        "update occurrence set activity = $2, starts_at = $4, ends_at = $5, own_venue = $6, own_space = $7,
             was_start = case when planned_start = $3 then was_start else coalesce(was_start, planned_start) end,
             planned_start = $3, place_changed_at = coalesce($8, place_changed_at)
         where id = $1",
        &[
            date.id.into(),
            to.into(),
            date.planned.into(),
            date.range.start().into(),
            date.range.end().into(),
            own.into(),
            date.own_venue.and_then(|venue| venue.space).into(),
            date.is_elsewhere.then_some(now).into(),
        ],
    )
    .await?;
    Ok(())
}
