//! The addresses of people's own calendars, by the hashes of their secrets alone, and what such a calendar shows.

use domain::change::{Audience, CalendarMark};
use domain::id::{AccountId, CommandId, CommunityId, StreamId};
use domain::time::{LocalDate, Timestamp};

use super::engine::Conn;
use super::error::StoreError;
use super::feed_reads::{FeedRows, load_feed};
use super::public_reads::put;
use super::{Db, Value};

/// Gives an account's calendar another address. `key_hash` is that of the secret in it.
///
/// # Errors
/// [`StoreError`]; a secret that is somebody's already is a unique constraint.
pub async fn renew(
    conn: &mut Conn<'_>,
    account: AccountId,
    key_hash: &str,
    command: CommandId,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.execute("delete from calendar_key where account = $1", &[account.into()]).await?;
    conn.execute(
        "insert into calendar_key (account, key_hash, command, made_at) values ($1, $2, $3, $4)",
        &[account.into(), key_hash.into(), command.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// That an account's calendar has an address.
///
/// # Errors
/// [`StoreError`].
pub async fn find_mark(conn: &mut Conn<'_>, account: AccountId) -> Result<Option<CalendarMark>, StoreError> {
    let row = conn.maybe("select command, made_at from calendar_key where account = $1", &[account.into()]).await?;
    row.map(|row| Ok(CalendarMark { id: row.parse("command")?, since: row.at("made_at")? })).transpose()
}

/// Whose calendar it is.
///
/// # Errors
/// [`StoreError`].
pub async fn find_owner(db: &Db, key_hash: String) -> Result<Option<AccountId>, StoreError> {
    let sql = "select k.account from calendar_key k join account a on a.id = k.account and a.closed_at is null
               where k.key_hash = $1";
    let rows = db.ask(sql, &[Value::from(key_hash)]).await?;
    rows.first().map(|row| row.parse("account")).transpose()
}

/// An account's own sign-ups and bookings of the days, wherever they are, with what is public about them.
///
/// # Errors
/// [`StoreError`].
pub async fn load_own(db: &Db, account: AccountId, from: LocalDate, to: LocalDate) -> Result<FeedRows, StoreError> {
    const SQL: &str = "select stream, class, id, seq, starts_on, body from synced_row
        where audience = $1 and class in ('sign_up', 'booking') and gone_at is null order by stream, class, id";
    let own = db.ask(SQL, &[Audience::Account(account).into()]).await?;
    let mut rows = FeedRows::default();
    let mut last = None::<CommunityId>;
    for row in &own {
        let stream: StreamId = row.parse("stream")?;
        let StreamId::Community(community) = &stream else { continue };
        if last.as_ref() != Some(community) {
            rows.take_in(load_feed(db, community, from, to).await?);
            last = Some(community.clone());
        }
        put(&mut rows.view, &stream, row)?;
    }
    Ok(rows)
}
