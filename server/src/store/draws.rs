//! Draws: what is fixed for a date before anybody asks, who is in its pool, what it came to, and the row that shows it.

use domain::change::{Audience, DrawRow, Drawn, class};
use domain::id::{AccountId, OccurrenceId, SignUpId};
use domain::sign_up::WaitingParty;
use domain::sign_up::draw::{Lot, Secret, commitment};
use domain::time::Timestamp;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::engine::Conn;
use super::error::StoreError;
use super::rows::Row;
use super::streams::Draft;

/// The key in `meta` of what all secrets follow from.
pub(super) const DRAW_KEY: &str = "draw_key";

/// Fixes the secret of a date: nobody can choose another one later, whichever server makes the date.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_draw(conn: &mut Conn<'_>, id: OccurrenceId) -> Result<(), StoreError> {
    let key = conn.one("select value from meta where key = $1", &[DRAW_KEY.into()]).await?.text("value")?;
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("invariant: any length is a key");
    mac.update(id.to_string().as_bytes());
    let secret = Secret::of_random(mac.finalize().into_bytes().into());
    conn.execute(
        "insert into draw (occurrence, secret, commitment) values ($1, $2, $3)",
        &[id.into(), secret.to_string().into(), commitment(id, secret).to_string().into()],
    )
    .await?;
    Ok(())
}

/// The secret of a date that is not drawn yet.
///
/// # Errors
/// [`StoreError`].
pub async fn find_secret(conn: &mut Conn<'_>, id: OccurrenceId) -> Result<Secret, StoreError> {
    conn.one("select secret from draw where occurrence = $1 and lots is null", &[id.into()]).await?.parse("secret")
}

/// Who is in the pool of a date, in no order that means anything.
///
/// # Errors
/// [`StoreError`].
pub async fn list_pool(conn: &mut Conn<'_>, id: OccurrenceId) -> Result<Vec<(WaitingParty, AccountId)>, StoreError> {
    let rows = conn
        .all(
            "select s.id, s.account,
                 (select count(*) from sign_up_member m where m.sign_up = s.id and m.left_at is null) as heads
             from sign_up s where s.occurrence = $1 and s.state = 'waitlisted' order by s.id",
            &[id.into()],
        )
        .await?;
    let read = |row: &Row| {
        let party = WaitingParty { id: row.parse("id")?, heads: row.number("heads")?, passes: 0, can_answer: true };
        Ok((party, row.parse("account")?))
    };
    rows.iter().map(read).collect()
}

/// Notes what a draw came to: the date is drawn from then on, and whoever was in the pool stands in drawn order.
///
/// # Errors
/// [`StoreError`]; a constraint when it was drawn before.
pub async fn store_draw(
    conn: &mut Conn<'_>,
    id: OccurrenceId,
    places: Option<u16>,
    lots: &[Lot],
    order: &[SignUpId],
    now: Timestamp,
) -> Result<(), StoreError> {
    let json = serde_json::to_string(lots).expect("invariant: lots have a JSON form");
    conn.execute("update occurrence set drawn_at = $2 where id = $1", &[id.into(), now.into()]).await?;
    conn.execute(
        "update draw set places = $2, lots = $3 where occurrence = $1",
        &[id.into(), places.into(), json.into()],
    )
    .await?;
    for sign_up in order {
        conn.later("update occurrence set next_order = next_order + 1 where id = $1", &[id.into()]).await?;
        conn.later(
            "update sign_up set queue_order = (select next_order - 1 from occurrence where id = $2) where id = $1",
            &[(*sign_up).into(), id.into()],
        )
        .await?;
    }
    Ok(())
}

/// Drafts the row of a date's draw, if it has one.
///
/// # Errors
/// [`StoreError`].
pub async fn draft_draw(conn: &mut Conn<'_>, draft: &mut Draft, id: OccurrenceId) -> Result<(), StoreError> {
    let row = conn
        .maybe(
            "select d.secret, d.commitment, d.places, d.lots, o.drawn_at, o.starts_at
             from draw d join occurrence o on o.id = d.occurrence where d.occurrence = $1",
            &[id.into()],
        )
        .await?;
    if let Some(row) = row {
        let on = row.at("starts_at")?.date();
        draft.put(&Audience::Public, class::DRAW, id, Some(on), &read_draw(&row)?);
    }
    Ok(())
}

/// What is published of a draw. Its secret only once it is drawn.
pub(super) fn read_draw(row: &Row) -> Result<DrawRow, StoreError> {
    let drawn = match (row.maybe_at("drawn_at")?, row.maybe_json("lots")?) {
        (Some(at), Some(lots)) => {
            Some(Drawn { at, secret: row.parse("secret")?, places: row.maybe_number("places")?, lots })
        }
        _ => None,
    };
    Ok(DrawRow { commitment: row.parse("commitment")?, drawn })
}
