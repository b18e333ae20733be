//! The waiting list: in its order, out of it, offers, and how many may come at all.

use domain::id::{AccountId, OccurrenceId, PersonId, SignUpId};
use domain::sign_up::{Expiry, Promotion, WaitingParty};
use domain::text::Note;
use domain::time::Timestamp;

use super::{SignUp, list_taken_seats};
use crate::store::engine::Conn;
use crate::store::error::StoreError;

/// The waiting list of a date in its order.
///
/// # Errors
/// [`StoreError`].
pub async fn list_waiting(conn: &mut Conn<'_>, occurrence: OccurrenceId) -> Result<Vec<WaitingParty>, StoreError> {
    let rows = conn
        .all(
            "select s.id, s.passes, s.behalf_of,
                 (select count(*) from sign_up_member m where m.sign_up = s.id and m.left_at is null) as heads
             from sign_up s where s.occurrence = $1 and s.state = 'waitlisted' order by s.queue_order",
            &[occurrence.into()],
        )
        .await?;
    let read = |row: &crate::store::rows::Row| {
        let can_answer = row.maybe_text("behalf_of")?.is_none();
        Ok(WaitingParty {
            id: row.parse("id")?,
            heads: row.number("heads")?,
            passes: row.number("passes")?,
            can_answer,
        })
    };
    rows.iter().map(read).collect()
}

/// The accounts of those who wait for a date.
///
/// # Errors
/// [`StoreError`].
pub async fn list_waiting_accounts(
    conn: &mut Conn<'_>,
    occurrence: OccurrenceId,
) -> Result<Vec<AccountId>, StoreError> {
    let rows = conn
        .all(
            "select account from sign_up where occurrence = $1 and state = 'waitlisted' order by queue_order",
            &[occurrence.into()],
        )
        .await?;
    rows.iter().map(|row| row.parse("account")).collect()
}

/// Gives a waiting party its places: for good, or until it has answered. They are numbered where seats are.
///
/// # Errors
/// [`StoreError`]; `occurrence_full` when they are gone.
pub async fn promote(
    conn: &mut Conn<'_>,
    occurrence: OccurrenceId,
    party: WaitingParty,
    promotion: Promotion,
    is_numbered: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (confirmed_at, until) = match promotion {
        Promotion::Confirmed => (Some(now), None),
        Promotion::Offered { until } => (None, Some(until)),
    };
    conn.later(
        "update sign_up set state = 'confirmed', confirmed_at = $2, offer_until = $3 where id = $1",
        &[party.id.into(), confirmed_at.into(), until.into()],
    )
    .await?;
    conn.later(
        "update occurrence set waiting_parties = waiting_parties - 1, waiting_heads = waiting_heads - $2 where id = $1",
        &[occurrence.into(), party.heads.into()],
    )
    .await?;
    if is_numbered { number_seats(conn, occurrence, party.id).await } else { Ok(()) }
}

/// Gives everybody of a party the lowest number that nobody has.
async fn number_seats(conn: &mut Conn<'_>, occurrence: OccurrenceId, sign_up: SignUpId) -> Result<(), StoreError> {
    let taken = list_taken_seats(conn, occurrence).await?;
    let people = conn
        .all(
            "select person from sign_up_member where sign_up = $1 and left_at is null order by person",
            &[sign_up.into()],
        )
        .await?;
    let heads = u16::try_from(people.len()).unwrap_or(u16::MAX);
    for (person, seat) in people.iter().zip(domain::sign_up::lowest_free_seats(&taken, heads)) {
        let person: PersonId = person.parse("person")?;
        conn.later(
            "update sign_up_member set seat = $3 where sign_up = $1 and person = $2",
            &[sign_up.into(), person.into(), seat.into()],
        )
        .await?;
    }
    Ok(())
}

/// The lowest seat number of a party, where it has one.
///
/// # Errors
/// [`StoreError`].
pub async fn find_seat(conn: &mut Conn<'_>, sign_up: SignUpId) -> Result<Option<u16>, StoreError> {
    let row = conn
        .one("select min(seat) seat from sign_up_member where sign_up = $1 and left_at is null", &[sign_up.into()])
        .await?;
    row.maybe_number("seat")
}

/// Counts that others went past a party.
///
/// # Errors
/// [`StoreError`].
pub async fn pass_over(conn: &mut Conn<'_>, sign_up: SignUpId) -> Result<(), StoreError> {
    conn.later("update sign_up set passes = passes + 1 where id = $1", &[sign_up.into()]).await?;
    Ok(())
}

/// The places that were held for a party are its own.
///
/// # Errors
/// [`StoreError`].
pub async fn accept_offer(conn: &mut Conn<'_>, sign_up: SignUpId, now: Timestamp) -> Result<(), StoreError> {
    conn.later("update sign_up set offer_until = null, confirmed_at = $2 where id = $1", &[sign_up.into(), now.into()])
        .await?;
    Ok(())
}

/// A party waits before all others.
///
/// # Errors
/// [`StoreError`].
pub async fn put_first(conn: &mut Conn<'_>, sign_up: &SignUp) -> Result<(), StoreError> {
    conn.later(
        "update sign_up set queue_order = (select min(queue_order) - 1 from sign_up where occurrence = $2) where id = $1",
        &[sign_up.id.into(), sign_up.occurrence.into()],
    )
    .await?;
    Ok(())
}

/// Offers of a date that nobody answered in time, the oldest first: sign-up, account, offers it let pass before.
///
/// # Errors
/// [`StoreError`].
pub async fn list_expired(
    conn: &mut Conn<'_>,
    occurrence: OccurrenceId,
    now: Timestamp,
) -> Result<Vec<(SignUpId, AccountId, u8)>, StoreError> {
    let rows = conn
        .all(
            "select id, account, offers_expired from sign_up
             where occurrence = $1 and offer_until <= $2 order by offer_until, queue_order",
            &[occurrence.into(), now.into()],
        )
        .await?;
    rows.iter().map(|row| Ok((row.parse("id")?, row.parse("account")?, row.number("offers_expired")?))).collect()
}

/// Takes back the places that were held for a party.
///
/// # Errors
/// [`StoreError`].
pub async fn expire(
    conn: &mut Conn<'_>,
    sign_up: SignUpId,
    occurrence: OccurrenceId,
    expiry: Expiry,
    now: Timestamp,
) -> Result<(), StoreError> {
    match expiry {
        Expiry::ToTheBack => {
            conn.later(
                "update occurrence set next_order = next_order + 1, waiting_parties = waiting_parties + 1,
                     waiting_heads = waiting_heads
                         + (select count(*) from sign_up_member where sign_up = $2 and left_at is null)
                 where id = $1",
                &[occurrence.into(), sign_up.into()],
            )
            .await?;
            conn.later("update sign_up_member set seat = null where sign_up = $1", &[sign_up.into()]).await?;
            conn.later(
                "update sign_up set state = 'waitlisted', offer_until = null, confirmed_at = null,
                     offers_expired = offers_expired + 1,
                     queue_order = (select next_order - 1 from occurrence where id = $2)
                 where id = $1",
                &[sign_up.into(), occurrence.into()],
            )
            .await?;
        }
        Expiry::Lapsed => {
            conn.later("update sign_up set offers_expired = offers_expired + 1 where id = $1", &[sign_up.into()])
                .await?;
            lapse(conn, sign_up, now).await?;
        }
    }
    Ok(())
}

/// Ends a sign-up that did not take what was offered.
///
/// # Errors
/// [`StoreError`].
pub async fn lapse(conn: &mut Conn<'_>, sign_up: SignUpId, now: Timestamp) -> Result<(), StoreError> {
    conn.later(
        "update sign_up_member set left_at = $2, holds = 0, seat = null where sign_up = $1 and left_at is null",
        &[sign_up.into(), now.into()],
    )
    .await?;
    conn.later(
        "update sign_up set state = 'withdrawn', offer_until = null, ended_at = $2, lapsed_at = $2 where id = $1",
        &[sign_up.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// Changes how many may come. Where more have a place than may, the limit follows them down.
///
/// # Errors
/// [`StoreError`].
pub async fn change_capacity(
    conn: &mut Conn<'_>,
    occurrence: OccurrenceId,
    before: Option<u16>,
    capacity: Option<u16>,
    reason: Option<&Note>,
    now: Timestamp,
) -> Result<(), StoreError> {
    // Both in one statement: in between, the limit would be neither the old one nor the new.
    conn.later(
        "update occurrence
         set capacity = case when taken > $2 then taken else $2 end, lowered_to = case when taken > $2 then $2 end,
             capacity_changed_at = $3, capacity_reason = $4
         where id = $1",
        &[occurrence.into(), capacity.into(), now.into(), reason.cloned().into()],
    )
    .await?;
    match (before, capacity) {
        (Some(_), None) => {
            conn.later("update sign_up_member set seat = null where occurrence = $1", &[occurrence.into()]).await?;
        }
        // Seats are numbered only where there is a limit.
        (None, Some(_)) => {
            let rows = conn
                .all(
                    "select id from sign_up where occurrence = $1 and state = 'confirmed' order by queue_order",
                    &[occurrence.into()],
                )
                .await?;
            for row in &rows {
                number_seats(conn, occurrence, row.parse("id")?).await?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Notes that those who wait were told of places for whoever comes first; whether they had not been.
///
/// # Errors
/// [`StoreError`].
pub async fn note_call(conn: &mut Conn<'_>, occurrence: OccurrenceId, now: Timestamp) -> Result<bool, StoreError> {
    let changed = conn
        .execute(
            "update occurrence set called_at = $2 where id = $1 and called_at is null",
            &[occurrence.into(), now.into()],
        )
        .await?;
    Ok(changed == 1)
}

/// Dates that time has changed: an offer is over, a draw is due, or places became free for whoever comes first.
///
/// # Errors
/// [`StoreError`].
pub async fn list_to_settle(
    conn: &mut Conn<'_>,
    now: Timestamp,
    call_until: Timestamp,
) -> Result<Vec<OccurrenceId>, StoreError> {
    let rows = conn
        .all(
            "select occurrence id from sign_up where offer_until <= $1
             union
             select id from occurrence
             where draws_before is not null and drawn_at is null and cancelled_at is null
               and starts_at - draws_before * 60000 <= $1 and ends_at > $1
             union
             select id from occurrence
             where waiting_parties > 0 and starts_at > $1 and starts_at < $2 and called_at is null
               and cancelled_at is null and taken < coalesce(lowered_to, capacity)",
            &[now.into(), call_until.into()],
        )
        .await?;
    rows.iter().map(|row| row.parse("id")).collect()
}
