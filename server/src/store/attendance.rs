//! Who came: the facts of the door as they were noted, what follows from them, and the rows that show who had not signed up.
//!
//! Facts are added and never changed; `sign_up.checked_in_at` says what follows of them for one party, and `lifehub check`
//! compares the two.

use domain::attendance::{Arrival, Way, here, since};
use domain::change::{Audience, WalkInRow, class};
use domain::command::AddWalkIn;
use domain::id::{AccountId, ArrivalId, OccurrenceId, SignUpId};
use domain::time::Timestamp;

use super::engine::{Conn, Statement};
use super::error::StoreError;
use super::rows::Row;
use super::sign_ups::Occurrence;
use super::streams::Draft;

/// What was noted of one party.
#[derive(Debug, Default)]
pub struct Noted {
    /// Every check-in.
    pub all: Vec<Arrival>,
    /// Those that are undone; among them some that have not arrived here.
    pub undone: Vec<ArrivalId>,
}

impl Noted {
    /// What stands, the earliest first.
    #[must_use]
    pub fn here(&self) -> Vec<Arrival> {
        here(self.all.iter().copied(), &self.undone)
    }
}

const NOTED: &str = "select id, way, happened_at from arrival where sign_up = $1 order by id";
const UNDONE: &str = "select u.arrival from arrival_undone u join sign_up s on s.occurrence = u.occurrence
    where s.id = $1 order by u.arrival";

/// The statements of [`read_noted`].
pub(super) fn noted_of(sign_up: SignUpId) -> [Statement; 2] {
    [Statement::new(NOTED, [sign_up.into()]), Statement::new(UNDONE, [sign_up.into()])]
}

pub(super) fn read_noted(all: &[Row], undone: &[Row]) -> Result<Noted, StoreError> {
    let all = all.iter().map(|row| {
        let way = if row.text("way")? == Way::Code.as_str() { Way::Code } else { Way::Name };
        Ok(Arrival { id: row.parse("id")?, at: row.at("happened_at")?, way })
    });
    let undone = undone.iter().map(|row| row.parse("arrival"));
    Ok(Noted { all: all.collect::<Result<_, StoreError>>()?, undone: undone.collect::<Result<_, _>>()? })
}

/// What was noted of a party.
///
/// # Errors
/// [`StoreError`].
pub async fn find_noted(conn: &mut Conn<'_>, sign_up: SignUpId) -> Result<Noted, StoreError> {
    let [all, undone] = conn.several(noted_of(sign_up)).await?;
    read_noted(&all, &undone)
}

/// Whether a fact is known to be of another date, or of somebody else than this party; with no party, than those who had not
/// signed up.
///
/// # Errors
/// [`StoreError`].
pub async fn is_of_others(
    conn: &mut Conn<'_>,
    occurrence: OccurrenceId,
    sign_up: Option<SignUpId>,
    id: ArrivalId,
) -> Result<bool, StoreError> {
    let found = conn.maybe("select occurrence, sign_up from arrival where id = $1", &[id.into()]).await?;
    let is_other = |row: crate::store::rows::Row| {
        Ok(row.parse::<OccurrenceId>("occurrence")? != occurrence || row.maybe_parse("sign_up")? != sign_up)
    };
    found.map_or(Ok(false), is_other)
}

/// Notes that a party came.
///
/// # Errors
/// [`StoreError`].
pub async fn note_arrival(
    conn: &mut Conn<'_>,
    sign_up: SignUpId,
    arrival: Arrival,
    by: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.later(
        "insert into arrival (id, occurrence, sign_up, way, happened_at, received_at, noted_by)
         values ($1, (select occurrence from sign_up where id = $2), $2, $3, $4, $5, $6)",
        &[arrival.id.into(), sign_up.into(), arrival.way.as_str().into(), arrival.at.into(), now.into(), by.into()],
    )
    .await?;
    follow(conn, sign_up).await
}

/// Notes that check-ins of a party were mistakes.
///
/// # Errors
/// [`StoreError`].
pub async fn undo_arrivals(
    conn: &mut Conn<'_>,
    (sign_up, occurrence): (SignUpId, OccurrenceId),
    undone: &[ArrivalId],
    by: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    for arrival in undone {
        undo(conn, occurrence, *arrival, by, now).await?;
    }
    follow(conn, sign_up).await
}

async fn undo(
    conn: &mut Conn<'_>,
    occurrence: OccurrenceId,
    arrival: ArrivalId,
    by: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.later(
        "insert into arrival_undone (occurrence, arrival, undone_at, undone_by) values ($1, $2, $3, $4)
         on conflict (occurrence, arrival) do nothing",
        &[occurrence.into(), arrival.into(), now.into(), by.into()],
    )
    .await
}

/// Lets a party be here since what its facts say.
async fn follow(conn: &mut Conn<'_>, sign_up: SignUpId) -> Result<(), StoreError> {
    let at = since(&find_noted(conn, sign_up).await?.here());
    conn.later("update sign_up set checked_in_at = $2 where id = $1", &[sign_up.into(), at.into()]).await
}

const WALKED_IN: &str = "select a.id, a.heads from arrival a where a.occurrence = $1 and a.way = 'walk_in'
    and not exists (select 1 from arrival_undone u where u.occurrence = a.occurrence and u.arrival = a.id)
    order by a.id";

/// The entries at a date's door that stand, with their heads.
///
/// # Errors
/// [`StoreError`].
pub async fn list_walk_ins(conn: &mut Conn<'_>, occurrence: OccurrenceId) -> Result<Vec<(ArrivalId, u16)>, StoreError> {
    let rows = conn.all(WALKED_IN, &[occurrence.into()]).await?;
    rows.iter().map(|row| Ok((row.parse("id")?, row.number("heads")?))).collect()
}

/// Whether an entry at a door is taken back, before it came or since.
///
/// # Errors
/// [`StoreError`].
pub async fn is_undone(conn: &mut Conn<'_>, occurrence: OccurrenceId, arrival: ArrivalId) -> Result<bool, StoreError> {
    let found = conn
        .maybe(
            "select arrival from arrival_undone where occurrence = $1 and arrival = $2",
            &[occurrence.into(), arrival.into()],
        )
        .await?;
    Ok(found.is_some())
}

/// Notes somebody at the door who has not signed up; nothing of them where it was taken back before it came.
///
/// # Errors
/// [`StoreError`]; `door_full` for more than there is room for, without a reason.
pub async fn note_walk_in(
    conn: &mut Conn<'_>,
    id: ArrivalId,
    entry: &AddWalkIn,
    at: Timestamp,
    by: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "insert into arrival (id, occurrence, way, name, heads, reason, happened_at, received_at, noted_by)
         values ($1, $2, 'walk_in', $3, $4, $5, $6, $7, $8)",
        &[
            id.into(),
            entry.occurrence.into(),
            entry.name.clone().into(),
            entry.heads.into(),
            entry.reason.clone().into(),
            at.into(),
            now.into(),
            by.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Notes that an entry at the door was a mistake; the name in it goes.
///
/// # Errors
/// [`StoreError`].
pub async fn remove_walk_in(
    conn: &mut Conn<'_>,
    occurrence: OccurrenceId,
    id: ArrivalId,
    by: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    undo(conn, occurrence, id, by, now).await?;
    conn.later(
        "update arrival set name = null where id = $1 and occurrence = $2 and name is not null",
        &[id.into(), occurrence.into()],
    )
    .await
}

/// Drafts an entry at the door, for its team and the community's staff.
pub fn draft_walk_in(draft: &mut Draft, occurrence: &Occurrence, id: ArrivalId, row: &WalkInRow) {
    let on = Some(occurrence.terms.range.start().date());
    for audience in audiences(occurrence) {
        draft.put(&audience, class::WALK_IN, id, on, row);
    }
}

/// Drafts that there is no such entry any more.
pub fn draft_removed(draft: &mut Draft, occurrence: &Occurrence, id: ArrivalId) {
    for audience in audiences(occurrence) {
        draft.remove(&audience, class::WALK_IN, id);
    }
}

fn audiences(occurrence: &Occurrence) -> [Audience; 2] {
    [Audience::Team(occurrence.team), Audience::Community(occurrence.community.clone())]
}

/// Undoes all that was noted at a date's door, since it takes place at another time.
///
/// # Errors
/// [`StoreError`].
pub async fn undo_all(
    conn: &mut Conn<'_>,
    draft: &mut Draft,
    occurrence: &Occurrence,
    now: Timestamp,
) -> Result<(), StoreError> {
    for (id, _) in list_walk_ins(conn, occurrence.id).await? {
        draft_removed(draft, occurrence, id);
    }
    conn.later(
        "insert into arrival_undone (occurrence, arrival, undone_at)
         select a.occurrence, a.id, $2 from arrival a where a.occurrence = $1
         on conflict (occurrence, arrival) do nothing",
        &[occurrence.id.into(), now.into()],
    )
    .await?;
    conn.later("update arrival set name = null where occurrence = $1 and name is not null", &[occurrence.id.into()])
        .await?;
    conn.later(
        "update sign_up set checked_in_at = null where occurrence = $1 and checked_in_at is not null",
        &[occurrence.id.into()],
    )
    .await
}
