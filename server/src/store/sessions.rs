//! Sessions: who holds which cookie, by the hash of the cookie alone.

use domain::id::AccountId;
use domain::time::Timestamp;

use super::{Conn, StoreError};

/// A session as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub account: AccountId,
    /// Since when.
    pub created_at: Timestamp,
    /// Last used, to the hour.
    pub last_seen_at: Timestamp,
}

/// The session of a cookie.
///
/// # Errors
/// [`StoreError`].
pub async fn find_session(tx: &mut Conn<'_>, token_hash: &str) -> Result<Option<Session>, StoreError> {
    let row = tx
        .maybe("select account, created_at, last_seen_at from session where token_hash = $1", &[token_hash.into()])
        .await?;
    row.map(|row| {
        Ok(Session {
            account: row.parse("account")?,
            created_at: row.at("created_at")?,
            last_seen_at: row.at("last_seen_at")?,
        })
    })
    .transpose()
}

/// Opens a session.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_session(
    tx: &mut Conn<'_>,
    token_hash: &str,
    account: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "insert into session (token_hash, account, created_at, last_seen_at) values ($1, $2, $3, $3)",
        &[token_hash.into(), account.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// Notes that a session was used.
///
/// # Errors
/// [`StoreError`].
pub async fn touch_session(tx: &mut Conn<'_>, token_hash: &str, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "update session set last_seen_at = $2 where token_hash = $1 and last_seen_at < $2",
        &[token_hash.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// Ends a session; from then on its cookie is nobody's.
///
/// # Errors
/// [`StoreError`].
pub async fn remove_session(tx: &mut Conn<'_>, token_hash: &str) -> Result<(), StoreError> {
    tx.execute("delete from session where token_hash = $1", &[token_hash.into()]).await?;
    Ok(())
}

/// Removes sessions nobody can use any more.
///
/// # Errors
/// [`StoreError`].
pub async fn remove_old_sessions(
    tx: &mut Conn<'_>,
    created_before: Timestamp,
    seen_before: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "delete from session where created_at < $1 or last_seen_at < $2",
        &[created_before.into(), seen_before.into()],
    )
    .await
}
