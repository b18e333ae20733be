//! Reminding a community's staff from the twentieth on of what is missing of the month's three, once a month each.

use std::collections::BTreeMap;

use domain::change::NoticeBody;
use domain::duty::{REMINDER_DAY, judge_month, reminder};
use domain::id::{AccountId, CommunityId, StreamId};
use domain::time::{Timestamp, YearMonth};

use crate::store::duties::{DutyFacts, list_untold_staff, load_duties};
use crate::store::notices::tell;
use crate::store::streams::{Draft, write_change};
use crate::store::{Conn, Db, StoreError};

/// Reminds whoever has not been reminded this month. Returns how many people were.
///
/// # Errors
/// [`StoreError`]; who was reminded before it stays so.
pub async fn remind(db: &Db, now: Timestamp) -> Result<usize, StoreError> {
    if now.date().day() < REMINDER_DAY {
        return Ok(0);
    }
    let month = YearMonth::of(now.date());
    let matter = format!("duties:{month}:");
    let of = matter.clone();
    let (untold, facts) = db
        .read(move |conn| {
            let of = of.clone();
            Box::pin(async move {
                let untold = list_untold_staff(conn, &of).await?;
                let facts =
                    if untold.is_empty() { BTreeMap::new() } else { load_duties(conn, None, month, month).await? };
                Ok((untold, facts))
            })
        })
        .await?;
    let mut reminded = 0;
    for (community, staff) in untold {
        let facts = facts.get(&community).cloned().unwrap_or_default();
        let (of, staff_of) = (matter.clone(), staff.clone());
        let told = db.write("jobs", move |conn| {
            let (community, staff, facts, of) = (community.clone(), staff_of.clone(), facts.clone(), of.clone());
            Box::pin(async move { remind_one(conn, &community, &staff, &facts, &of, now).await })
        });
        reminded += told.await?;
    }
    Ok(reminded)
}

/// Tells the staff of one community, if anything is missing there.
async fn remind_one(
    conn: &mut Conn<'_>,
    community: &CommunityId,
    staff: &[AccountId],
    facts: &DutyFacts,
    matter: &str,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let month = YearMonth::of(now.date());
    let cells = judge_month(month, &facts.dates, |duty| facts.why_exempt(month, duty), now);
    let missing = reminder(&cells, now);
    if missing.is_empty() {
        return Ok(0);
    }
    let mut draft = Draft::default();
    let matter = format!("{matter}{community}");
    for account in staff {
        let body = NoticeBody::DutiesMissing { community: community.clone(), month, missing: missing.clone() };
        tell(conn, &mut draft, *account, community, &matter, body, now).await?;
    }
    // Another server may have been here.
    if draft.is_empty() {
        return Ok(0);
    }
    write_change(conn, &StreamId::Community(community.clone()), draft, &matter, now).await?;
    Ok(staff.len())
}
