//! Challenges: the codes that were sent, how often they were tried, and the counts that limits are made of.
//!
//! A challenge knows its code only as a slow hash and its browser only as a hash of the cookie. Rows are kept two days,
//! because the limits count over one.

use domain::id::AccountId;
use domain::text::Phone;
use domain::time::Timestamp;
use uuid::Uuid;

use super::{Conn, StoreError};

/// A challenge to be stored.
#[derive(Debug)]
pub struct NewChallenge<'a> {
    /// Its id.
    pub id: Uuid,
    /// The number the code goes to.
    pub phone: &'a Phone,
    /// The hash of the browser's cookie.
    pub browser_hash: &'a str,
    /// The hash of the caller's network.
    pub network_hash: &'a str,
    /// Now.
    pub created_at: Timestamp,
    /// When the code is too old.
    pub expires_at: Timestamp,
}

/// How many codes were asked for lately, by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// To this number, in an hour.
    pub number_hour: u32,
    /// To this number, in a day.
    pub number_day: u32,
    /// The last one to this number.
    pub number_last: Option<Timestamp>,
    /// Wrong codes for this number by this browser, in a day.
    pub browser_failures_day: u32,
    /// By this browser, in an hour.
    pub browser_hour: u32,
    /// From this network, in an hour.
    pub network_hour: u32,
    /// By all, in an hour.
    pub total_hour: u32,
    /// By all, in a day.
    pub total_day: u32,
}

const HOUR_MINUTES: i64 = 60;
const DAY_MINUTES: i64 = 24 * 60;

/// Makes everybody who asks for a code wait for the one before, so that counting and storing is one step. Nothing is
/// written: whoever is refused must not cost a commit.
///
/// # Errors
/// [`StoreError`].
pub async fn lock_challenges(tx: &mut Conn<'_>) -> Result<(), StoreError> {
    if tx.has_row_locks() {
        tx.execute("select id from login_guard where id = 1 for update", &[]).await?;
    }
    Ok(())
}

/// Counts what the limits are about.
///
/// # Errors
/// [`StoreError`].
pub async fn count_challenges(
    tx: &mut Conn<'_>,
    phone: &Phone,
    browser_hash: &str,
    network_hash: &str,
    now: Timestamp,
) -> Result<Counts, StoreError> {
    let (hour, day) = (now.plus_minutes(-HOUR_MINUTES), now.plus_minutes(-DAY_MINUTES));
    let row = tx
        .one(
            "select \
             (select count(*) from login_challenge where phone = $1 and created_at > $4) as number_hour, \
             (select count(*) from login_challenge where phone = $1 and created_at > $5) as number_day, \
             (select max(created_at) from login_challenge where phone = $1) as number_last, \
             (select cast(coalesce(sum(failures), 0) as bigint) from login_challenge \
                where phone = $1 and browser_hash = $2 and created_at > $5) as browser_failures_day, \
             (select count(*) from login_challenge where browser_hash = $2 and created_at > $4) as browser_hour, \
             (select count(*) from login_challenge where network_hash = $3 and created_at > $4) as network_hour, \
             (select count(*) from login_challenge where created_at > $4) as total_hour, \
             (select count(*) from login_challenge where created_at > $5) as total_day",
            &[phone.as_str().into(), browser_hash.into(), network_hash.into(), hour.into(), day.into()],
        )
        .await?;
    Ok(Counts {
        number_hour: row.number("number_hour")?,
        number_day: row.number("number_day")?,
        number_last: row.maybe_at("number_last")?,
        browser_failures_day: row.number("browser_failures_day")?,
        browser_hour: row.number("browser_hour")?,
        network_hour: row.number("network_hour")?,
        total_hour: row.number("total_hour")?,
        total_day: row.number("total_day")?,
    })
}

/// The hash of a code that is still to be made: no hash is like it.
const NO_CODE: &str = "";

/// Stores a challenge, whose code is still to be made, and drops those no limit counts any more.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_challenge(tx: &mut Conn<'_>, challenge: &NewChallenge<'_>) -> Result<(), StoreError> {
    tx.execute(
        "delete from login_challenge where created_at < $1",
        &[challenge.created_at.plus_minutes(-2 * DAY_MINUTES).into()],
    )
    .await?;
    tx.execute(
        "insert into login_challenge \
         (id, phone, browser_hash, network_hash, code_hash, tries, failures, created_at, expires_at) \
         values ($1, $2, $3, $4, $5, 0, 0, $6, $7)",
        &[
            challenge.id.to_string().into(),
            challenge.phone.as_str().into(),
            challenge.browser_hash.into(),
            challenge.network_hash.into(),
            NO_CODE.into(),
            challenge.created_at.into(),
            challenge.expires_at.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Keeps the hash of a challenge's code.
///
/// # Errors
/// [`StoreError`].
pub async fn set_code(tx: &mut Conn<'_>, id: Uuid, code_hash: &str) -> Result<(), StoreError> {
    let sql = "update login_challenge set code_hash = $2 where id = $1";
    tx.execute(sql, &[id.to_string().into(), code_hash.into()]).await?;
    Ok(())
}

/// Forgets a challenge whose code was never made.
///
/// # Errors
/// [`StoreError`].
pub async fn remove_challenge(tx: &mut Conn<'_>, id: Uuid) -> Result<(), StoreError> {
    tx.execute("delete from login_challenge where id = $1", &[id.to_string().into()]).await?;
    Ok(())
}

/// What a try is measured against.
#[derive(Debug)]
pub struct Tried {
    /// The number.
    pub phone: Phone,
    /// The hash of the code.
    pub code_hash: String,
    /// Tries made, this one included.
    pub tries: u16,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Takes one of the tries of a challenge, if it is this browser's, open, in time and has one left.
///
/// # Errors
/// [`StoreError`].
pub async fn take_try(
    tx: &mut Conn<'_>,
    id: Uuid,
    browser_hash: &str,
    tries_max: u16,
    now: Timestamp,
) -> Result<Option<Tried>, StoreError> {
    let row = tx
        .maybe(
            "update login_challenge set tries = tries + 1 \
             where id = $1 and browser_hash = $2 and used_at is null and expires_at > $3 and tries < $4 \
             returning phone, code_hash, tries, created_at",
            &[id.to_string().into(), browser_hash.into(), now.into(), tries_max.into()],
        )
        .await?;
    row.map(|row| {
        Ok(Tried {
            phone: row.parse("phone")?,
            code_hash: row.text("code_hash")?,
            tries: row.number("tries")?,
            created_at: row.at("created_at")?,
        })
    })
    .transpose()
}

/// Why a challenge gives no try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoTry {
    /// There is none of this id in this browser.
    Unknown,
    /// It is used or too old.
    Spent,
    /// All tries are taken.
    TriedOut {
        /// When it was made.
        created_at: Timestamp,
    },
}

/// Looks why a challenge gave no try.
///
/// # Errors
/// [`StoreError`].
pub async fn why_no_try(tx: &mut Conn<'_>, id: Uuid, browser_hash: &str, now: Timestamp) -> Result<NoTry, StoreError> {
    let row = tx
        .maybe(
            "select used_at, expires_at, created_at from login_challenge where id = $1 and browser_hash = $2",
            &[id.to_string().into(), browser_hash.into()],
        )
        .await?;
    let Some(row) = row else { return Ok(NoTry::Unknown) };
    if row.maybe_at("used_at")?.is_some() || row.at("expires_at")? <= now {
        return Ok(NoTry::Spent);
    }
    Ok(NoTry::TriedOut { created_at: row.at("created_at")? })
}

/// Notes that a try was wrong.
///
/// # Errors
/// [`StoreError`].
pub async fn note_failure(tx: &mut Conn<'_>, id: Uuid) -> Result<(), StoreError> {
    tx.execute("update login_challenge set failures = failures + 1 where id = $1", &[id.to_string().into()]).await?;
    Ok(())
}

/// Gives a try back, because its code was right and the person has only to say more.
///
/// # Errors
/// [`StoreError`].
pub async fn give_try_back(tx: &mut Conn<'_>, id: Uuid) -> Result<(), StoreError> {
    tx.execute("update login_challenge set tries = tries - 1 where id = $1 and tries > 0", &[id.to_string().into()])
        .await?;
    Ok(())
}

/// Uses a challenge up; false if somebody did before.
///
/// # Errors
/// [`StoreError`].
pub async fn use_up(tx: &mut Conn<'_>, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    let touched = tx
        .execute(
            "update login_challenge set used_at = $2 where id = $1 and used_at is null",
            &[id.to_string().into(), now.into()],
        )
        .await?;
    Ok(touched == 1)
}

/// The account of a number, if there is one that is open.
///
/// # Errors
/// [`StoreError`].
pub async fn find_account(tx: &mut Conn<'_>, phone: &Phone) -> Result<Option<AccountId>, StoreError> {
    let row =
        tx.maybe("select id from account where phone = $1 and closed_at is null", &[phone.as_str().into()]).await?;
    row.map(|row| row.parse("id")).transpose()
}

/// Somebody of the demonstration.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DemoPerson {
    /// What one asks for to be this person.
    pub role: String,
    /// What they are called.
    pub name: String,
    /// A line about them: the community they live in.
    pub about: String,
    /// Their account.
    #[serde(skip)]
    pub account: AccountId,
}

/// The people anybody may be in a demonstration.
///
/// # Errors
/// [`StoreError`].
pub async fn list_demo_people(tx: &mut Conn<'_>) -> Result<Vec<DemoPerson>, StoreError> {
    let rows = tx
        .all(
            "select a.id, a.name, a.demo_role, c.name as about \
             from account a join community c on c.id = a.home_community \
             where a.demo_role is not null and a.closed_at is null order by a.demo_role",
            &[],
        )
        .await?;
    let person = |row: super::Row| {
        Ok(DemoPerson {
            role: row.text("demo_role")?,
            name: row.text("name")?,
            about: row.text("about")?,
            account: row.parse("id")?,
        })
    };
    rows.into_iter().map(person).collect()
}

/// Wrong codes for a number, in a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// By this browser.
    pub by_browser: u32,
    /// By anybody, on other challenges than this one.
    pub elsewhere: u32,
}

/// Counts wrong codes for a number.
///
/// # Errors
/// [`StoreError`].
pub async fn count_failures(
    tx: &mut Conn<'_>,
    phone: &Phone,
    challenge: Uuid,
    browser_hash: &str,
    now: Timestamp,
) -> Result<Failures, StoreError> {
    let row = tx
        .one(
            "select cast(coalesce(sum(case when browser_hash = $2 then failures else 0 end), 0) as bigint) \
                 as by_browser, \
                 cast(coalesce(sum(case when id <> $3 then failures else 0 end), 0) as bigint) as elsewhere \
             from login_challenge where phone = $1 and created_at > $4",
            &[
                phone.as_str().into(),
                browser_hash.into(),
                challenge.to_string().into(),
                now.plus_minutes(-DAY_MINUTES).into(),
            ],
        )
        .await?;
    Ok(Failures { by_browser: row.number("by_browser")?, elsewhere: row.number("elsewhere")? })
}
