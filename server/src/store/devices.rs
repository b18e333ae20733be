//! Devices and the commands they sent: numbers in order, one stored answer per command. A device is stored with its
//! first answer; before that it is nothing but a name that anybody may make up.

use domain::command::{Envelope, Outcome};
use domain::id::{AccountId, CommandId, DeviceId};
use domain::time::Timestamp;

use super::engine::{Conn, Statement};
use super::error::StoreError;
use super::rows::Row;

/// A device as the write path needs it.
#[derive(Debug, Clone, Copy)]
pub struct Device {
    /// Whose it is.
    pub account: AccountId,
    /// The last number that was handled.
    pub last_no: u64,
    /// Whether it was shut out.
    pub is_revoked: bool,
}

/// What there is to know about a command before it is looked into.
#[derive(Debug, Clone)]
pub struct Before {
    /// The device that sent it.
    pub device: Device,
    /// Its answer, if it was handled.
    pub processed: Option<Processed>,
    /// The last change of the stream it names; nothing when there is no such stream.
    pub head: Option<u64>,
}

/// Loads a command's device, which is held for this transaction, the command's answer, and the head of its stream. A
/// device that was never heard of is one of the command's account that has sent nothing; it is not stored.
///
/// # Errors
/// [`StoreError`].
pub async fn load_before(conn: &mut Conn<'_>, envelope: &Envelope) -> Result<Before, StoreError> {
    let mut found = look_before(conn, envelope).await?;
    if found.0.is_none() && conn.has_row_locks() {
        // Nothing is there that could be held: whoever brings the same device is waited for, and may have stored it.
        conn.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", &[envelope.device.into()]).await?;
        found = look_before(conn, envelope).await?;
    }
    let (device, processed, head) = found;
    let device = device.unwrap_or(Device { account: envelope.account, last_no: 0, is_revoked: false });
    Ok(Before { device, processed, head })
}

async fn look_before(
    conn: &mut Conn<'_>,
    envelope: &Envelope,
) -> Result<(Option<Device>, Option<Processed>, Option<u64>), StoreError> {
    // On PostgreSQL the row is held, so that a command sent twice at once is handled twice in turn; what comes after
    // it is therefore a statement of its own.
    let sql = if conn.has_row_locks() {
        "select account, last_no, revoked_at from device where id = $1 for update"
    } else {
        "select account, last_no, revoked_at from device where id = $1"
    };
    let [device, processed, stream] = conn
        .several([
            Statement::new(sql, [envelope.device.into()]),
            Statement::new(PROCESSED, [envelope.id.into()]),
            Statement::new("select head from stream where id = $1", [(&envelope.stream).into()]),
        ])
        .await?;
    let device = device.first().map(read_device).transpose()?;
    let processed = processed.first().map(read_processed).transpose()?;
    let head = stream.first().map(|row| row.number("head")).transpose()?;
    Ok((device, processed, head))
}

fn read_device(row: &Row) -> Result<Device, StoreError> {
    Ok(Device {
        account: row.parse("account")?,
        last_no: row.number("last_no")?,
        is_revoked: row.maybe_int("revoked_at")?.is_some(),
    })
}

/// The stored answer of a command and the hash of what was asked.
#[derive(Debug, Clone)]
pub struct Processed {
    /// Hash of the envelope.
    pub body_hash: String,
    /// The answer.
    pub outcome: Outcome,
}

const PROCESSED: &str = "select body_hash, outcome from processed_command where id = $1";

/// The answer of a command, if it was handled.
///
/// # Errors
/// [`StoreError`].
pub async fn find_processed(conn: &mut Conn<'_>, id: CommandId) -> Result<Option<Processed>, StoreError> {
    conn.maybe(PROCESSED, &[id.into()]).await?.as_ref().map(read_processed).transpose()
}

fn read_processed(row: &Row) -> Result<Processed, StoreError> {
    Ok(Processed { body_hash: row.text("body_hash")?, outcome: row.json("outcome")? })
}

/// Whether a number of a device is still remembered.
///
/// # Errors
/// [`StoreError`].
pub async fn is_number_known(conn: &mut Conn<'_>, device: DeviceId, no: u64) -> Result<bool, StoreError> {
    let sql = "select 1 as known from processed_command where device = $1 and no = $2";
    Ok(conn.maybe(sql, &[device.into(), no.into()]).await?.is_some())
}

/// Whether a command was accepted, and its effect is this change of its stream.
///
/// # Errors
/// [`StoreError`].
pub async fn is_accepted_as(conn: &mut Conn<'_>, id: CommandId, seq: u64) -> Result<bool, StoreError> {
    // A refusal has no change.
    let sql = "select 1 as known from processed_command where id = $1 and seq = $2";
    Ok(conn.maybe(sql, &[id.into(), seq.into()]).await?.is_some())
}

/// Counts that a device's next command broke, and says how often it has by now.
///
/// # Errors
/// [`StoreError`].
pub async fn count_fault(conn: &mut Conn<'_>, envelope: &Envelope, now: Timestamp) -> Result<u32, StoreError> {
    let sql = "insert into device (id, account, last_no, created_at, last_seen_at, fault_no, faults)
               values ($1, $2, 0, $4, $4, $3, 1)
               on conflict (id) do update set
                 faults = case when device.fault_no = excluded.fault_no then device.faults + 1 else 1 end,
                 fault_no = excluded.fault_no
               returning faults";
    let Envelope { device, account, no, .. } = envelope;
    conn.one(sql, &[(*device).into(), (*account).into(), (*no).into(), now.into()]).await?.number("faults")
}

/// Stores the answer of a command and moves its device on, which begins to be with its first.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_processed(
    conn: &mut Conn<'_>,
    envelope: &Envelope,
    body_hash: String,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<(), StoreError> {
    let seq = match outcome {
        Outcome::Accepted { seq, .. } => i64::try_from(*seq).ok(),
        Outcome::Refused { .. } | Outcome::Expired => None,
    };
    let text = serde_json::to_string(outcome).expect("invariant: an outcome has a JSON form");
    conn.later(
        "insert into device (id, account, last_no, created_at, last_seen_at) values ($1, $2, $3, $4, $4)
         on conflict (id) do update set last_no = excluded.last_no, last_seen_at = excluded.last_seen_at",
        &[envelope.device.into(), envelope.account.into(), envelope.no.into(), now.into()],
    )
    .await?;
    conn.later(
        "insert into processed_command (id, device, no, account, stream, kind, body_hash, outcome, seq, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            envelope.id.into(),
            envelope.device.into(),
            envelope.no.into(),
            envelope.account.into(),
            (&envelope.stream).into(),
            envelope.kind.as_str().into(),
            body_hash.into(),
            text.into(),
            seq.into(),
            now.into(),
        ],
    )
    .await
}

/// Devices whose oldest answer is older than `before`.
///
/// # Errors
/// [`StoreError`].
pub async fn list_with_old_answers(conn: &mut Conn<'_>, before: Timestamp) -> Result<Vec<DeviceId>, StoreError> {
    // One step into the index for each device, instead of going through all answers there are.
    let sql = "select d.id from device d
               where (select c.at from processed_command c where c.device = d.id order by c.no limit 1) < $1
               order by d.id limit 500";
    conn.all(sql, &[before.into()]).await?.iter().map(|row| row.parse("id")).collect()
}

/// Forgets a device's answers that are older than `before`, and returns how many. From the first number on, without a
/// hole: what is not remembered any more lies before everything that is.
///
/// # Errors
/// [`StoreError`].
pub async fn prune_answers(conn: &mut Conn<'_>, device: DeviceId, before: Timestamp) -> Result<u64, StoreError> {
    let sql = "delete from processed_command where device = $1 and no < coalesce(
                   (select min(c.no) from processed_command c where c.device = $1 and c.at >= $2),
                   (select d.last_no + 1 from device d where d.id = $1))";
    conn.execute(sql, &[device.into(), before.into()]).await
}
