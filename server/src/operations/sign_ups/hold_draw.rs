//! Hold the draw of a date whose pool has closed. Runs in the transaction of whatever comes first after that: the jobs, or
//! somebody who asks, withdraws or changes the date. So it is held once, by whichever server, or not at all.

use domain::change::NoticeBody;
use domain::id::SignUpId;
use domain::sign_up::draw::{Entry, Lot, draw, ticket};
use domain::sign_up::{Promotion, Step};
use domain::time::Timestamp;

use crate::store::draws::{draft_draw, find_secret, list_pool, store_draw};
use crate::store::notices::tell;
use crate::store::sign_ups::{self, Occurrence, draft_seats, draft_sign_up};
use crate::store::streams::Draft;
use crate::store::{Conn, StoreError};

/// Draws for a held date that is due. Everybody in its pool has places afterwards or waits in drawn order, and is told.
/// Answers how many parties have places.
///
/// # Errors
/// [`StoreError`].
pub async fn hold_draw(
    conn: &mut Conn<'_>,
    draft: &mut Draft,
    occurrence: &Occurrence,
    now: Timestamp,
) -> Result<u16, StoreError> {
    let (id, places) = (occurrence.id, occurrence.seats.capacity);
    let secret = find_secret(conn, id).await?;
    let pool = list_pool(conn, id).await?;
    let entries: Vec<Entry> =
        pool.iter().map(|(party, _)| Entry { ticket: ticket(party.id), heads: party.heads }).collect();
    let drawn = draw(secret, places, &entries);
    let lots: Vec<Lot> = drawn.iter().map(|one| one.lot(&entries)).collect();
    let order: Vec<SignUpId> = drawn.iter().map(|one| pool[one.entry].0.id).collect();
    store_draw(conn, id, places, &lots, &order, now).await?;
    let (mut in_places, mut waiting) = (0, 0);
    for one in &drawn {
        let (party, account) = pool[one.entry];
        let won = one.step == Step::MovesUp;
        match one.step {
            Step::MovesUp => sign_ups::promote(conn, id, party, Promotion::Confirmed, places.is_some(), now).await?,
            Step::IsPassed => sign_ups::pass_over(conn, party.id).await?,
            Step::Waits => {}
        }
        let body = NoticeBody::Drawn {
            sign_up: party.id,
            occurrence: id,
            title: occurrence.title.clone(),
            range: occurrence.terms.range,
            won,
            parties_ahead: if won { 0 } else { waiting },
        };
        tell(conn, draft, account, &occurrence.community, &format!("drawn:{}", party.id), body, now).await?;
        if won {
            in_places += 1;
        } else {
            waiting += 1;
        }
    }
    for (party, _) in &pool {
        draft_sign_up(conn, draft, party.id).await?;
    }
    draft_seats(conn, draft, id).await?;
    draft_draw(conn, draft, id).await?;
    Ok(in_places)
}
