//! Notices: one message per matter and account, written in the transaction of the change it tells of.

use domain::change::{Audience, NoticeBody, NoticeRow, class};
use domain::id::{AccountId, CommunityId, NoticeId};
use domain::time::Timestamp;
use sha2::{Digest, Sha256};

use super::engine::Conn;
use super::error::StoreError;
use super::streams::Draft;

/// Writes a notice and drafts its row. `matter` names the thing and the change; the same matter is told once.
///
/// # Errors
/// [`StoreError`].
pub async fn tell(
    conn: &mut Conn<'_>,
    draft: &mut Draft,
    account: AccountId,
    community: &CommunityId,
    matter: &str,
    body: NoticeBody,
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = notice_id(account, matter, now);
    let text = serde_json::to_string(&body).expect("invariant: a notice has a JSON form");
    let written = conn
        .execute(
            "insert into notice (id, account, community, matter, body, created_at) values ($1, $2, $3, $4, $5, $6)
             on conflict (account, matter) do nothing",
            &[id.into(), account.into(), community.into(), matter.into(), text.into(), now.into()],
        )
        .await?;
    if written == 1 {
        let row = NoticeRow { body, at: now, read_at: None };
        draft.put(&Audience::Account(account), class::NOTICE, id, None, &row);
    }
    Ok(())
}

/// An id that follows from what the notice is about, in the order of time: no randomness is needed.
fn notice_id(account: AccountId, matter: &str, now: Timestamp) -> NoticeId {
    let digest = Sha256::new().chain_update(account.uuid().as_bytes()).chain_update(matter).finalize();
    let mut rest = [0; 10];
    rest.copy_from_slice(&digest[..10]);
    let millis = u64::try_from(now.ms()).unwrap_or_default();
    NoticeId::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid())
}

/// Marks an account's notices of one community as read and drafts their rows; those that are read, gone, another's or of
/// another community (whose stream this is not) are left out.
///
/// # Errors
/// [`StoreError`].
pub async fn mark_read(
    conn: &mut Conn<'_>,
    draft: &mut Draft,
    account: AccountId,
    community: &CommunityId,
    notices: &[NoticeId],
    now: Timestamp,
) -> Result<(), StoreError> {
    for id in notices {
        let changed = conn
            .maybe(
                "update notice set read_at = $4 where id = $1 and account = $2 and community = $3 and read_at is null
                 returning body, created_at",
                &[(*id).into(), account.into(), community.into(), now.into()],
            )
            .await?;
        if let Some(row) = changed {
            let row = NoticeRow { body: row.json("body")?, at: row.at("created_at")?, read_at: Some(now) };
            draft.put(&Audience::Account(account), class::NOTICE, id, None, &row);
        }
    }
    Ok(())
}
