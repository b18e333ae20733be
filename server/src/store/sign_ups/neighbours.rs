//! Sign-ups of neighbours who have no phone: the same tables, with a person of nobody's household.

use domain::id::{AccountId, SignUpId};
use domain::people::Person;
use domain::text::Phone;
use domain::time::Timestamp;

use super::{Occurrence, insert_sign_up};
use crate::store::engine::Conn;
use crate::store::error::StoreError;

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
