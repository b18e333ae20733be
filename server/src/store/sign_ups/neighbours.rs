//! Sign-ups of neighbours who have no phone: the same tables, with a person of nobody's household.

use domain::id::{AccountId, OccurrenceId, SignUpId};
use domain::people::Person;
use domain::sign_up::Known;
use domain::text::Phone;
use domain::time::Timestamp;

use super::{Occurrence, insert_sign_up};
use crate::store::engine::Conn;
use crate::store::error::StoreError;

/// The neighbours who are in for a date, or wait for one of its places.
///
/// # Errors
/// [`StoreError`].
pub async fn list_neighbours(conn: &mut Conn<'_>, occurrence: OccurrenceId) -> Result<Vec<Known<Phone>>, StoreError> {
    let rows = conn
        .all(
            "select behalf_of, behalf_phone from sign_up
             where occurrence = $1 and behalf_of is not null and state in ('confirmed', 'waitlisted')",
            &[occurrence.into()],
        )
        .await?;
    rows.iter().map(|row| Ok((row.parse("behalf_of")?, row.maybe_parse("behalf_phone")?))).collect()
}

/// Inserts a neighbour's sign-up, signed up by `by`; without `seats` they wait.
///
/// # Errors
/// [`StoreError`]; `occurrence_full` when the places are gone.
pub async fn insert_neighbour(
    conn: &mut Conn<'_>,
    id: SignUpId,
    occurrence: &Occurrence,
    (by, who, phone): (AccountId, &Person, Option<&Phone>),
    seats: Option<&[u16]>,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.later(
        "insert into person (id, account, relation, name, created_at, removed_at) values ($1, $2, 'adult', $3, $4, $4)",
        &[who.id.into(), by.into(), (&who.name).into(), now.into()],
    )
    .await?;
    let place = insert_sign_up(conn, id, occurrence, (by, Some((who, phone))), std::slice::from_ref(who), seats, now);
    place.await
}
