//! Whether the rows that phones read say what the tables hold: every row is drawn anew and compared.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use domain::change::Audience;
use domain::id::{BookingId, OccurrenceId, SignUpId, SpaceId};
use domain::time::LocalDate;
use server::store::activities::{draft_activity, draft_occurrence};
use server::store::bookings::draft_booking;
use server::store::draws::draft_draw;
use server::store::sign_ups::{draft_seats, draft_sign_up};
use server::store::spaces::draft_busy;
use server::store::streams::{Draft, write_change};
use server::store::testing::TestDb;
use server::store::{Conn, StoreError};

use super::{now, stream};

type Rows = BTreeMap<(String, String, String), (Option<String>, bool, String)>;

async fn rows(conn: &mut Conn<'_>) -> Result<Rows, StoreError> {
    let sql = "select audience, class, id, starts_on, gone_at, body from synced_row where stream = 'c:banzha'";
    let mut rows = Rows::new();
    for row in conn.all(sql, &[]).await? {
        let key = (row.text("audience")?, row.text("class")?, row.text("id")?);
        rows.insert(key, (row.maybe_text("starts_on")?, row.maybe_int("gone_at")?.is_some(), row.text("body")?));
    }
    Ok(rows)
}

async fn ids<T: std::str::FromStr<Err: std::fmt::Display>>(
    conn: &mut Conn<'_>,
    sql: &'static str,
) -> Result<Vec<T>, StoreError> {
    conn.all(sql, &[]).await?.iter().map(|row| row.parse("id")).collect()
}

async fn draw_anew(conn: &mut Conn<'_>) -> Result<Draft, StoreError> {
    let mut draft = Draft::default();
    for id in ids(conn, "select id from activity where community = 'banzha'").await? {
        draft_activity(conn, &mut draft, id).await?;
    }
    for id in ids::<OccurrenceId>(conn, "select id from occurrence where community = 'banzha'").await? {
        draft_occurrence(conn, &mut draft, id).await?;
        draft_seats(conn, &mut draft, id).await?;
        draft_draw(conn, &mut draft, id).await?;
    }
    for id in ids::<SignUpId>(conn, "select id from sign_up where community = 'banzha'").await? {
        draft_sign_up(conn, &mut draft, id).await?;
    }
    for id in ids::<BookingId>(conn, "select id from booking where community = 'banzha'").await? {
        draft_booking(conn, &mut draft, id).await?;
    }
    // What the tables say is held, and what rows say it was: a row too many is as wrong as one too few.
    let mut days: BTreeSet<(SpaceId, LocalDate)> = BTreeSet::new();
    for row in conn.all("select space, s from claim", &[]).await? {
        let start = domain::time::Timestamp::from_ms(row.int("s")? * 900_000);
        days.insert((row.parse("space")?, start.date()));
    }
    for row in conn.all("select id from synced_row where class = 'busy'", &[]).await? {
        let id = row.text("id")?;
        let (space, date) = id.split_once('/').expect("a space and a day");
        days.insert((space.parse().expect("a space"), date.parse().expect("a day")));
    }
    for (space, date) in days {
        draft_busy(conn, &mut draft, space, date).await?;
    }
    Ok(draft)
}

/// Draws every row of what can change anew, compares, and leaves everything as it was.
pub async fn assert_rows_are_true(test: &TestDb) {
    let found: Arc<Mutex<Option<(Rows, Rows)>>> = Arc::default();
    let kept = Arc::clone(&found);
    let undone = test
        .db
        .write("truth", move |conn| {
            let kept = Arc::clone(&kept);
            Box::pin(async move {
                let before = rows(conn).await?;
                let draft = draw_anew(conn).await?;
                write_change(conn, &stream(), draft, "truth", now()).await?;
                *kept.lock().expect("nobody panicked") = Some((before, rows(conn).await?));
                Err::<(), _>(StoreError::inconsistent("nothing", "only looked"))
            })
        })
        .await;
    assert!(matches!(undone, Err(StoreError::Inconsistent { .. })), "{undone:?}");
    let (before, after) = found.lock().expect("nobody panicked").take().expect("rows");
    for (key, row) in &after {
        assert_eq!(before.get(key), Some(row), "{key:?}");
    }
    assert_eq!(before.len(), after.len());
    let public = Audience::Public.to_string();
    assert!(before.keys().all(|(audience, class, _)| *audience != public || !is_private(class)));
}

fn is_private(class: &str) -> bool {
    matches!(class, "sign_up" | "roster" | "booking" | "desk_booking" | "notice" | "person" | "profile")
}
