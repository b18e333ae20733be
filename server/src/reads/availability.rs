//! `GET /api/spaces/{id}/availability?from=&to=&minutes=`: the times of a space by day, computed by the function that
//! the phone asks.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use domain::booking::{SlotState, slots};
use domain::id::SpaceId;
use domain::sync::view::View;
use domain::time::LocalDate;
use serde::{Deserialize, Serialize};

use crate::extract::{PathPart, QueryOf};
use crate::problem::ApiError;
use crate::reads::cache::{Encoded, Key, minute, place_of_space};
use crate::reads::occurrences::{check_window, rfc3339};
use crate::reads::{cached, json};
use crate::state::AppState;
use crate::store::public_reads::load_window;

/// The most days one question may span.
pub const DAYS_MAX: i32 = 14;

/// The question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    from: LocalDate,
    to: LocalDate,
    /// How long; the shortest the space allows, if not told.
    #[serde(default)]
    minutes: Option<String>,
}

#[derive(Debug, Serialize)]
struct Availability {
    space: SpaceId,
    minutes: u16,
    days: Vec<Day>,
}

#[derive(Debug, Serialize)]
struct Day {
    date: LocalDate,
    slots: Vec<Slot>,
}

#[derive(Debug, Serialize)]
struct Slot {
    start: String,
    end: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    heads_left: Option<u16>,
}

/// Lists the times.
///
/// # Errors
/// [`ApiError::Invalid`], [`ApiError::NotFound`].
pub async fn availability(
    State(state): State<AppState>,
    PathPart(space): PathPart<SpaceId>,
    QueryOf(window): QueryOf<Window>,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    let Window { from, to, minutes } = window;
    check_window(from, to, DAYS_MAX)?;
    let minutes: Option<u16> = match minutes {
        None => None,
        Some(text) => match text.parse() {
            Ok(minutes @ 15..=1440) if minutes % 15 == 0 => Some(minutes),
            _ => return Err(ApiError::field("?minutes", "range")),
        },
    };
    let community = place_of_space(&state, space).await?;
    let at = minute(state.clock.now());
    let key = Key::Availability { space, from, to, minutes: minutes.unwrap_or_default() };
    let encoded = cached(&state, &community, key, at, async {
        // A day on either side: what is held there reaches over midnight with its buffers.
        let view = load_window(&state.db, &community, from.plus_days(-1), to.plus_days(1)).await?;
        let row = &view.spaces.get(&space).ok_or(ApiError::NotFound)?.row;
        let minutes = minutes.unwrap_or(row.policy.min_minutes);
        let days = (from.days()..=to.days()).map(LocalDate::from_days).map(|date| {
            let holdings = view.holdings_around(space, date);
            let slots = slots(&View::space_facts(row, &holdings), date, minutes, at);
            Day { date, slots: slots.into_iter().map(|slot| slot_of(slot.range, slot.state)).collect() }
        });
        let answer = Availability { space, minutes, days: days.collect() };
        Ok(Encoded::new(serde_json::to_vec(&answer).expect("invariant: checked values have a JSON form")))
    })
    .await?;
    Ok(json(&encoded, &headers))
}

fn slot_of(range: domain::time::TimeRange, state: SlotState) -> Slot {
    let (state, heads_left) = match state {
        SlotState::Free { heads_left } => ("free", Some(heads_left)),
        SlotState::Taken => ("taken", None),
        SlotState::TooSoon => ("too_soon", None),
        SlotState::TooFar => ("too_far", None),
    };
    Slot { start: rfc3339(range.start()), end: rfc3339(range.end()), state, heads_left }
}
