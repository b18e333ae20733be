//! The waiting list: in its order, and out of it.

use domain::id::{OccurrenceId, PersonId};
use domain::sign_up::WaitingParty;
use domain::time::Timestamp;

use crate::store::engine::Conn;
use crate::store::error::StoreError;

/// The waiting list of a date in its order.
///
/// # Errors
/// [`StoreError`].
pub async fn list_waiting(conn: &mut Conn<'_>, occurrence: OccurrenceId) -> Result<Vec<WaitingParty>, StoreError> {
    let rows = conn
        .all(
            "select s.id, (select count(*) from sign_up_member m where m.sign_up = s.id and m.left_at is null) as heads
             from sign_up s where s.occurrence = $1 and s.state = 'waitlisted' order by s.queue_order",
            &[occurrence.into()],
        )
        .await?;
    rows.iter().map(|row| Ok(WaitingParty { id: row.parse("id")?, heads: row.number("heads")? })).collect()
}

/// Gives a waiting party its places.
///
/// # Errors
/// [`StoreError`]; `occurrence_full` when they are gone.
pub async fn confirm(
    conn: &mut Conn<'_>,
    occurrence: OccurrenceId,
    party: WaitingParty,
    seats: &[u16],
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.later(
        "update sign_up set state = 'confirmed', confirmed_at = $2 where id = $1",
        &[party.id.into(), now.into()],
    )
    .await?;
    conn.later(
        "update occurrence set waiting_parties = waiting_parties - 1, waiting_heads = waiting_heads - $2 where id = $1",
        &[occurrence.into(), party.heads.into()],
    )
    .await?;
    let people = conn
        .all(
            "select person from sign_up_member where sign_up = $1 and left_at is null order by person",
            &[party.id.into()],
        )
        .await?;
    for (person, seat) in people.iter().zip(seats) {
        let person: PersonId = person.parse("person")?;
        conn.later(
            "update sign_up_member set seat = $3 where sign_up = $1 and person = $2",
            &[party.id.into(), person.into(), (*seat).into()],
        )
        .await?;
    }
    Ok(())
}
