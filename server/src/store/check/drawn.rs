//! The rows that phones read: readable, and of one mind with the tables they were drawn from.
//!
//! Deliberately absent: drawing every row anew and comparing whole bodies. A later build may say more in a row than the
//! one that wrote it, and that is no damage.

use domain::change::{Row as WireRow, RowBody, SignUpState};
use domain::sign_up::Seats;
use serde_json::value::RawValue;

use super::Finding;
use crate::store::{Conn, Row, StoreError, Value};

/// Rows looked at together.
const PAGE: usize = 2_000;

const ROWS: &str = "select r.stream, r.audience, r.class, r.id, r.seq, r.body,
        coalesce(o.lowered_to, o.capacity) capacity, o.taken, o.waiting_parties, o.waiting_heads,
        case when s.offer_until is not null then 'offered' when s.lapsed_at is not null then 'lapsed'
             else s.state end sign_up_state, b.state booking_state,
        k.command calendar,
        cast(c.heads as text) closing_heads, cast(w.heads as text) walk_in_heads
    from synced_row r
    left join occurrence o on r.class = 'seats' and o.id = r.id
    left join sign_up s on r.class in ('sign_up', 'roster') and s.id = r.id
    left join closing c on r.class = 'closing' and c.occurrence = r.id
    left join arrival w on r.class = 'walk_in' and w.id = r.id and not exists (
        select 1 from arrival_undone u where u.occurrence = w.occurrence and u.arrival = w.id)
    left join booking b on r.class in ('booking', 'desk_booking') and b.id = r.id
    left join calendar_key k on r.class = 'profile' and k.account = r.id
    where r.gone_at is null and (r.stream, r.audience, r.class, r.id) > ($1, $2, $3, $4)
    order by r.stream, r.audience, r.class, r.id limit $5";

/// Every row that is not gone.
pub(super) async fn check(conn: &mut Conn<'_>) -> Result<Vec<Finding>, StoreError> {
    let (mut findings, mut after) = (Vec::new(), [const { String::new() }; 4]);
    loop {
        let mut values: Vec<Value> = after.iter().map(Value::from).collect();
        values.push((PAGE as u64).into());
        let rows = conn.all(ROWS, &values).await?;
        for row in &rows {
            after = [row.text("stream")?, row.text("audience")?, row.text("class")?, row.text("id")?];
            if let Some((rule, expected, found)) = judge(row, &after)? {
                findings.push(Finding { rule, id: after.join(" "), expected, found });
            }
        }
        if rows.len() < PAGE {
            return Ok(findings);
        }
    }
}

/// What is wrong with one row: rule, expected, found.
fn judge(row: &Row, [_, _, class, id]: &[String; 4]) -> Result<Option<(&'static str, String, String)>, StoreError> {
    let parsed = RawValue::from_string(row.text("body")?).ok().and_then(|body| {
        let seq = row.number("seq").ok()?;
        WireRow { class: class.clone(), id: id.clone(), seq, on: None, body }.parse().ok()
    });
    // Not the text itself: it may hold names, and findings end in logs.
    let Some(body) = parsed else {
        return Ok(Some(("synced_row.body", format!("a {class}"), "unreadable".to_owned())));
    };
    let (expected, found) = match body {
        RowBody::Seats(_, shown) => (seats(row)?, Some(said(&shown))),
        RowBody::SignUp(_, shown) => (row.maybe_text("sign_up_state")?, Some(state(shown.state).to_owned())),
        RowBody::Roster(_, shown) => (row.maybe_text("sign_up_state")?, Some(state(shown.state).to_owned())),
        RowBody::Closing(_, shown) => (row.maybe_text("closing_heads")?, Some(shown.heads.to_string())),
        RowBody::WalkIn(_, shown) => (row.maybe_text("walk_in_heads")?, Some(shown.heads.to_string())),
        RowBody::Booking(_, shown) => (row.maybe_text("booking_state")?, Some(shown.state.as_str().to_owned())),
        RowBody::DeskBooking(_, shown) => {
            (row.maybe_text("booking_state")?, Some(shown.booking.state.as_str().to_owned()))
        }
        // A build that knew nothing of calendars has written rows that say nothing of them.
        RowBody::Profile(_, shown) => {
            (row.maybe_text("calendar")?, shown.calendar.map(|calendar| calendar.id.to_string()))
        }
        _ => (None, None),
    };
    let differs = |expected: Option<String>, found: String| {
        ("synced_row.true", expected.unwrap_or_else(|| "no row".to_owned()), found)
    };
    Ok(found.filter(|found| expected.as_ref() != Some(found)).map(|found| differs(expected, found)))
}

/// What a date's row must say of its places.
fn seats(row: &Row) -> Result<Option<String>, StoreError> {
    let Some(taken) = row.maybe_number("taken")? else { return Ok(None) };
    let (waiting_parties, waiting_heads) = (row.number("waiting_parties")?, row.number("waiting_heads")?);
    Ok(Some(said(&Seats { capacity: row.maybe_number("capacity")?, taken, waiting_parties, waiting_heads })))
}

fn said(seats: &Seats) -> String {
    let Seats { capacity, taken, waiting_parties, waiting_heads } = seats;
    let of = capacity.map_or_else(String::new, |capacity| format!(" of {capacity}"));
    format!("{taken} taken{of}, {waiting_parties} waiting with {waiting_heads}")
}

/// The state as its columns have it.
const fn state(state: SignUpState) -> &'static str {
    match state {
        SignUpState::Confirmed => "confirmed",
        SignUpState::Waitlisted { offer_until: Some(_), .. } => "offered",
        SignUpState::Waitlisted { offer_until: None, .. } => "waitlisted",
        SignUpState::Withdrawn { has_lapsed: true, .. } => "lapsed",
        SignUpState::Withdrawn { has_lapsed: false, .. } => "withdrawn",
        SignUpState::CalledOff { .. } => "called_off",
    }
}
