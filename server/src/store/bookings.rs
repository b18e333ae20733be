//! Bookings: their life from request to end, and the rows that show it. What holds the time is the claim that triggers
//! write while the state is a live one.

use domain::booking::BookingState;
use domain::change::{Audience, BookingRow, DeskBookingRow, Purpose, class};
use domain::id::{AccountId, BookingId, CommunityId, SpaceId};
use domain::people::Facts;
use domain::text::{Name, Note};
use domain::time::{TimeRange, Timestamp};

use super::engine::Conn;
use super::error::StoreError;
use super::people::load_name_and_tail;
use super::rows::Row;
use super::streams::Draft;

/// A booking as decisions see it.
#[derive(Debug, Clone)]
pub struct Booking {
    /// Its id.
    pub id: BookingId,
    /// Whose it is.
    pub account: AccountId,
    /// The community of its space.
    pub community: CommunityId,
    /// The space's name.
    pub space_name: Name,
    /// All that its row says.
    pub row: BookingRow,
}

impl Booking {
    /// What the gate asks about it.
    #[must_use]
    pub fn facts(&self) -> Facts {
        Facts {
            owner: Some(self.account),
            team: None,
            space: Some(self.row.space),
            community: Some(self.community.clone()),
        }
    }
}

const BOOKING: &str = "select b.id, b.space, b.community, b.account, b.state, b.starts_at, b.ends_at, b.adults,
    b.children, b.purpose, b.note, b.answer_by, b.reason, b.created_at, b.checked_in_at, s.name as space_name
    from booking b join space s on s.id = b.space where b.id = $1";
const BOOKING_HELD: &str = "select b.id, b.space, b.community, b.account, b.state, b.starts_at, b.ends_at, b.adults,
    b.children, b.purpose, b.note, b.answer_by, b.reason, b.created_at, b.checked_in_at, s.name as space_name
    from booking b join space s on s.id = b.space where b.id = $1 for update of b";

/// Loads a booking and holds it.
///
/// # Errors
/// [`StoreError`].
pub async fn find_booking(conn: &mut Conn<'_>, id: BookingId) -> Result<Option<Booking>, StoreError> {
    let sql = if conn.has_row_locks() { BOOKING_HELD } else { BOOKING };
    conn.maybe(sql, &[id.into()]).await?.as_ref().map(read_booking).transpose()
}

fn word<T: serde::de::DeserializeOwned>(row: &Row, column: &'static str) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(row.text(column)?))
        .map_err(|error| StoreError::inconsistent(column, error))
}

fn range_of(row: &Row) -> Result<TimeRange, StoreError> {
    TimeRange::new(row.at("starts_at")?, row.at("ends_at")?)
        .ok_or_else(|| StoreError::inconsistent("booking", "ends before it starts"))
}

fn read_booking(row: &Row) -> Result<Booking, StoreError> {
    let range = range_of(row)?;
    let state: BookingState = word(row, "state")?;
    let purpose: Purpose = word(row, "purpose")?;
    Ok(Booking {
        id: row.parse("id")?,
        account: row.parse("account")?,
        community: row.parse("community")?,
        space_name: row.parse("space_name")?,
        row: BookingRow {
            space: row.parse("space")?,
            range,
            state,
            adults: row.number("adults")?,
            children: row.number("children")?,
            purpose,
            note: row.maybe_parse("note")?,
            answer_by: row.maybe_at("answer_by")?.filter(|_| state == BookingState::Requested),
            reason: row.maybe_parse("reason")?,
        },
    })
}

/// Inserts a booking; its claim follows by itself.
///
/// # Errors
/// [`StoreError`]; a constraint of the ledger when the time is taken.
pub async fn insert_booking(
    conn: &mut Conn<'_>,
    id: BookingId,
    community: &CommunityId,
    account: AccountId,
    booking: &BookingRow,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "insert into booking (id, space, community, account, state, starts_at, ends_at, adults, children, purpose,
             note, answer_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &[
            id.into(),
            booking.space.into(),
            community.into(),
            account.into(),
            booking.state.as_str().into(),
            booking.range.start().into(),
            booking.range.end().into(),
            booking.adults.into(),
            booking.children.into(),
            booking.purpose.as_str().into(),
            booking.note.clone().into(),
            booking.answer_by.into(),
            now.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Moves a booking to another state, by whom and why.
///
/// # Errors
/// [`StoreError`].
pub async fn update_state(
    conn: &mut Conn<'_>,
    id: BookingId,
    state: BookingState,
    by: Option<AccountId>,
    reason: Option<&Note>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let checked_in_at = (state == BookingState::CheckedIn).then_some(now);
    conn.execute(
        "update booking set state = $2, decided_by = $3, reason = $4, decided_at = $5,
             checked_in_at = coalesce($6, checked_in_at)
         where id = $1",
        &[id.into(), state.as_str().into(), by.into(), reason.cloned().into(), now.into(), checked_in_at.into()],
    )
    .await?;
    Ok(())
}

/// The times of an account's bookings of a space that are requested or stand and are not over.
///
/// # Errors
/// [`StoreError`].
pub async fn list_own_times(
    conn: &mut Conn<'_>,
    account: AccountId,
    space: SpaceId,
    now: Timestamp,
) -> Result<Vec<TimeRange>, StoreError> {
    let rows = conn
        .all(
            "select starts_at, ends_at from booking
             where account = $1 and space = $2 and state in ('requested', 'approved') and ends_at > $3",
            &[account.into(), space.into(), now.into()],
        )
        .await?;
    rows.iter().map(range_of).collect()
}

/// The bookings of an account that are requested or stand and are not over.
///
/// # Errors
/// [`StoreError`].
pub async fn list_coming(
    conn: &mut Conn<'_>,
    account: AccountId,
    now: Timestamp,
) -> Result<Vec<BookingId>, StoreError> {
    let rows = conn
        .all(
            "select id from booking where account = $1 and state in ('requested', 'approved', 'checked_in')
             and ends_at > $2 order by id",
            &[account.into(), now.into()],
        )
        .await?;
    rows.iter().map(|row| row.parse("id")).collect()
}

/// Requests whose time for an answer is over, a handful at a time.
///
/// # Errors
/// [`StoreError`].
pub async fn list_unanswered(conn: &mut Conn<'_>, now: Timestamp) -> Result<Vec<BookingId>, StoreError> {
    let rows = conn
        .all(
            "select id from booking where state = 'requested' and answer_by <= $1 order by answer_by, id limit 50",
            &[now.into()],
        )
        .await?;
    rows.iter().map(|row| row.parse("id")).collect()
}

/// Bookings that are over but not closed: those who came, and those nobody came to, a handful at a time.
///
/// # Errors
/// [`StoreError`].
pub async fn list_over(conn: &mut Conn<'_>, now: Timestamp) -> Result<Vec<BookingId>, StoreError> {
    let rows = conn
        .all(
            "select id from booking where state in ('approved', 'checked_in') and ends_at <= $1
             order by ends_at, id limit 50",
            &[now.into()],
        )
        .await?;
    rows.iter().map(|row| row.parse("id")).collect()
}

/// Drafts a booking as its account, its space's hosts and the community's staff see it.
///
/// # Errors
/// [`StoreError`].
pub async fn draft_booking(conn: &mut Conn<'_>, draft: &mut Draft, id: BookingId) -> Result<(), StoreError> {
    let row = conn.one(BOOKING, &[id.into()]).await?;
    let booking = read_booking(&row)?;
    let on = Some(booking.row.range.start().date());
    draft.put(&Audience::Account(booking.account), class::BOOKING, id, on, &booking.row);
    let (name, phone_tail) = load_name_and_tail(conn, booking.account).await?;
    let desk = DeskBookingRow {
        booking: booking.row.clone(),
        name,
        phone_tail,
        requested_at: row.at("created_at")?,
        checked_in_at: row.maybe_at("checked_in_at")?,
    };
    draft.put(&Audience::Space(booking.row.space), class::DESK_BOOKING, id, on, &desk);
    draft.put(&Audience::Community(booking.community), class::DESK_BOOKING, id, on, &desk);
    Ok(())
}
