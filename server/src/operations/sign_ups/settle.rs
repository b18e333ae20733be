//! What follows whatever frees places at a date, and what time does to it: expired offers are taken back, a pool that has
//! closed is drawn, whoever fits moves up, each is told, and whose position changed is shown anew. Runs in the transaction
//! of what it follows.

use std::collections::BTreeMap;

use domain::change::NoticeBody;
use domain::id::{OccurrenceId, SignUpId};
use domain::sign_up::{Expiry, Promotion, WaitingParty, decide_expiry, rebalance};
use domain::time::Timestamp;

use super::hold_draw::hold_draw;
use crate::store::notices::tell;
use crate::store::sign_ups::{
    self, Occurrence, draft_seats, draft_sign_up, find_occurrence, find_sign_up, list_expired, list_waiting,
    list_waiting_accounts,
};
use crate::store::streams::Draft;
use crate::store::{Conn, StoreError};

/// The waiting list as it was, to see afterwards whose position is another.
#[derive(Debug, Default)]
pub struct Before(BTreeMap<SignUpId, usize>);

impl Before {
    /// Remembers the list of a held date.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of(conn: &mut Conn<'_>, occurrence: &Occurrence) -> Result<Self, StoreError> {
        // Most dates have no waiting list, and a pool has no order.
        if occurrence.seats.waiting_parties == 0 || occurrence.is_pooled() {
            return Ok(Self::default());
        }
        Ok(Self(places(&list_waiting(conn, occurrence.id).await?)))
    }

    /// Whether anybody waited.
    #[must_use]
    pub fn has_somebody(&self) -> bool {
        !self.0.is_empty()
    }
}

fn places(waiting: &[WaitingParty]) -> BTreeMap<SignUpId, usize> {
    waiting.iter().enumerate().map(|(place, party)| (party.id, place)).collect()
}

/// Settles a held date. Answers how many parties moved up.
///
/// # Errors
/// [`StoreError`].
pub async fn settle(
    conn: &mut Conn<'_>,
    draft: &mut Draft,
    id: OccurrenceId,
    before: &Before,
    now: Timestamp,
) -> Result<u16, StoreError> {
    settle_besides(conn, draft, id, None, before, now).await
}

/// Settles a held date, but leaves one party whose answer is being looked at what it holds. Answers how many moved up.
///
/// # Errors
/// [`StoreError`].
pub async fn settle_besides(
    conn: &mut Conn<'_>,
    draft: &mut Draft,
    id: OccurrenceId,
    besides: Option<SignUpId>,
    before: &Before,
    now: Timestamp,
) -> Result<u16, StoreError> {
    let mut touched = expire(conn, draft, id, besides, now).await?;
    let Some(occurrence) = find_occurrence(conn, id).await? else { return Ok(0) };
    if occurrence.is_draw_due(now) {
        return hold_draw(conn, draft, &occurrence, now).await;
    }
    if occurrence.is_pooled() {
        return Ok(0);
    }
    let mut promoted = 0;
    if occurrence.seats.waiting_parties > 0 {
        let waiting = list_waiting(conn, id).await?;
        let Occurrence { seats, terms, .. } = &occurrence;
        let walk = rebalance(seats.capacity, seats.taken, &waiting, terms.range, terms.is_cancelled, now);
        for party in waiting.iter().filter(|party| walk.promoted.contains(&party.id)) {
            let promotion = walk.promotion_of(party);
            sign_ups::promote(conn, id, *party, promotion, seats.capacity.is_some(), now).await?;
            tell_promoted(conn, draft, &occurrence, party.id, promotion, now).await?;
        }
        for passed in &walk.passed {
            sign_ups::pass_over(conn, *passed).await?;
        }
        promoted = u16::try_from(walk.promoted.len()).unwrap_or(u16::MAX);
        touched.extend(walk.promoted);
        if walk.up_for_grabs > 0 && sign_ups::note_call(conn, id, now).await? {
            tell_all_waiting(conn, draft, &occurrence, walk.up_for_grabs, now).await?;
        }
    }
    let after =
        if occurrence.seats.waiting_parties > 0 { places(&list_waiting(conn, id).await?) } else { BTreeMap::new() };
    touched.extend(after.iter().filter(|(party, place)| before.0.get(*party) != Some(*place)).map(|(party, _)| *party));
    touched.sort_unstable();
    touched.dedup();
    if !touched.is_empty() {
        draft_seats(conn, draft, id).await?;
    }
    // Bounded by the length of the waiting list.
    for sign_up in touched {
        draft_sign_up(conn, draft, sign_up).await?;
    }
    Ok(promoted)
}

/// Takes back what nobody answered in time, and gives it to nobody yet.
///
/// # Errors
/// [`StoreError`].
pub async fn take_back(
    conn: &mut Conn<'_>,
    draft: &mut Draft,
    id: OccurrenceId,
    now: Timestamp,
) -> Result<(), StoreError> {
    for sign_up in expire(conn, draft, id, None, now).await? {
        draft_sign_up(conn, draft, sign_up).await?;
    }
    Ok(())
}

/// Takes back what nobody answered in time; those whom it concerns.
async fn expire(
    conn: &mut Conn<'_>,
    draft: &mut Draft,
    id: OccurrenceId,
    besides: Option<SignUpId>,
    now: Timestamp,
) -> Result<Vec<SignUpId>, StoreError> {
    let mut expired = list_expired(conn, id, now).await?;
    expired.retain(|(sign_up, _, _)| Some(*sign_up) != besides);
    if expired.is_empty() {
        return Ok(Vec::new());
    }
    let Some(occurrence) = find_occurrence(conn, id).await? else { return Ok(Vec::new()) };
    for (sign_up, account, before) in &expired {
        let expiry = decide_expiry(*before);
        sign_ups::expire(conn, *sign_up, id, expiry, now).await?;
        let notice = NoticeBody::OfferOver {
            occurrence: id,
            title: occurrence.title.clone(),
            range: occurrence.terms.range,
            has_lapsed: expiry == Expiry::Lapsed,
        };
        let matter = format!("offer-over:{sign_up}:{before}");
        tell(conn, draft, *account, &occurrence.community, &matter, notice, now).await?;
    }
    Ok(expired.into_iter().map(|(sign_up, _, _)| sign_up).collect())
}

async fn tell_promoted(
    conn: &mut Conn<'_>,
    draft: &mut Draft,
    occurrence: &Occurrence,
    id: SignUpId,
    promotion: Promotion,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(sign_up) = find_sign_up(conn, id).await? else { return Ok(()) };
    let (title, range) = (occurrence.title.clone(), occurrence.terms.range);
    let (notice, matter) = match promotion {
        Promotion::Confirmed => {
            (NoticeBody::Promoted { sign_up: id, occurrence: occurrence.id, title, range }, format!("promoted:{id}"))
        }
        Promotion::Offered { until } => (
            NoticeBody::Offered { sign_up: id, occurrence: occurrence.id, title, range, until },
            format!("offered:{id}:{}:{}", occurrence.sequence, until.ms()),
        ),
    };
    tell(conn, draft, sign_up.account, &occurrence.community, &matter, notice, now).await
}

async fn tell_all_waiting(
    conn: &mut Conn<'_>,
    draft: &mut Draft,
    occurrence: &Occurrence,
    places: u16,
    now: Timestamp,
) -> Result<(), StoreError> {
    for account in list_waiting_accounts(conn, occurrence.id).await? {
        let notice = NoticeBody::PlacesLeft {
            occurrence: occurrence.id,
            title: occurrence.title.clone(),
            range: occurrence.terms.range,
            places,
        };
        let matter = format!("places-left:{}:{}", occurrence.id, occurrence.sequence);
        tell(conn, draft, account, &occurrence.community, &matter, notice, now).await?;
    }
    Ok(())
}
