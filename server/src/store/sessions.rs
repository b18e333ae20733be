//! Sessions: who holds which cookie, by the hash of the cookie alone.

use domain::id::AccountId;
use domain::people::Caller;
use domain::sign_in::Whose;
use domain::time::Timestamp;

use super::people::read_role;
use super::{Conn, Db, StoreError};

/// A session as it is stored, and whose it is.
#[derive(Debug, Clone)]
pub struct Session {
    /// Whose, with the grants in force.
    pub caller: Caller,
    /// Since when.
    pub created_at: Timestamp,
    /// Last used, as coarsely as [`Whose::seen_minutes`].
    pub last_seen_at: Timestamp,
    /// On whose phone.
    pub whose: Whose,
}

/// The session of a cookie; nothing when its account is closed.
///
/// # Errors
/// [`StoreError`].
pub async fn find_session(db: &Db, token_hash: &str) -> Result<Option<Session>, StoreError> {
    let rows = db
        .ask(
            "select s.account, s.created_at, s.last_seen_at, s.shared_at, g.role, g.scope
             from session s join account a on a.id = s.account and a.closed_at is null
             left join role_grant g on g.account = s.account and g.revoked_at is null
             where s.token_hash = $1 order by g.role, g.scope",
            &[token_hash.into()],
        )
        .await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let mut roles = Vec::new();
    for row in &rows {
        // Somebody without a grant has one row, without a role.
        if row.maybe_text("role")?.is_some() {
            roles.push(read_role(row)?);
        }
    }
    Ok(Some(Session {
        caller: Caller { account: row.parse("account")?, roles },
        created_at: row.at("created_at")?,
        last_seen_at: row.at("last_seen_at")?,
        whose: if row.maybe_int("shared_at")?.is_some() { Whose::Shared } else { Whose::Own },
    }))
}

/// Opens a session.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_session(
    tx: &mut Conn<'_>,
    token_hash: &str,
    account: AccountId,
    whose: Whose,
    now: Timestamp,
) -> Result<(), StoreError> {
    let shared_at = matches!(whose, Whose::Shared).then_some(now);
    tx.execute(
        "insert into session (token_hash, account, created_at, last_seen_at, shared_at) values ($1, $2, $3, $3, $4)",
        &[token_hash.into(), account.into(), now.into(), shared_at.into()],
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
pub async fn remove_old_sessions(tx: &mut Conn<'_>, whose: Whose, now: Timestamp) -> Result<u64, StoreError> {
    let is_shared = i64::from(matches!(whose, Whose::Shared));
    let created_before = now.plus_minutes(-whose.longest_minutes());
    let seen_before = now.plus_minutes(-whose.idle_minutes());
    tx.execute(
        "delete from session where (created_at < $1 or last_seen_at < $2)
           and case when shared_at is null then 0 else 1 end = $3",
        &[created_before.into(), seen_before.into(), is_shared.into()],
    )
    .await
}
