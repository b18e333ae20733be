//! `GET /api/occurrences?community=&from=&to=`: the dates of a community with what belongs to each, in order of time.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use domain::activity::{Audience, Category, SignUpPolicy};
use domain::agenda::{Entry, Filter, agenda};
use domain::id::{ActivityId, CommunityId, OccurrenceId, SpaceId, TeamId};
use domain::sign_up::Seats;
use domain::time::{LocalDate, Timestamp};
use serde::{Deserialize, Serialize};

use crate::extract::QueryOf;
use crate::problem::ApiError;
use crate::reads::cache::{Encoded, Key};
use crate::reads::{ANY_TIME, cached, community_at, json};
use crate::state::AppState;
use crate::store::public_reads::load_window;

/// The most days one question may span.
pub const DAYS_MAX: i32 = 62;

/// The question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    community: CommunityId,
    from: LocalDate,
    to: LocalDate,
}

#[derive(Debug, Serialize)]
struct Occurrences<'a> {
    community: &'a CommunityId,
    from: LocalDate,
    to: LocalDate,
    occurrences: Vec<Occurrence<'a>>,
}

#[derive(Debug, Serialize)]
struct Occurrence<'a> {
    id: OccurrenceId,
    activity: ActivityId,
    title: &'a str,
    category: Category,
    team: Team<'a>,
    start: String,
    end: String,
    place: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    space: Option<SpaceId>,
    audience: Audience,
    policy: SignUpPolicy,
    #[serde(skip_serializing_if = "Option::is_none")]
    seats: Option<Seats>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled: Option<Cancelled<'a>>,
    sequence: u32,
}

#[derive(Debug, Serialize)]
struct Team<'a> {
    id: TeamId,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Cancelled<'a> {
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

impl<'a> Occurrence<'a> {
    fn of(entry: &Entry<'a>) -> Self {
        let (occurrence, activity) = (entry.occurrence, entry.activity);
        Self {
            id: entry.id,
            activity: occurrence.activity,
            title: activity.title.as_str(),
            category: activity.category,
            team: Team { id: activity.team, name: entry.team },
            start: rfc3339(occurrence.range.start()),
            end: rfc3339(occurrence.range.end()),
            place: entry.venue().place.as_str(),
            space: entry.venue().space,
            audience: activity.audience,
            policy: activity.policy,
            seats: entry.seats,
            cancelled: occurrence.cancelled.as_ref().map(|cancelled| Cancelled {
                at: rfc3339(cancelled.at),
                reason: cancelled.reason.as_ref().map(|reason| reason.as_str()),
            }),
            sequence: occurrence.sequence,
        }
    }
}

/// An instant as RFC 3339 in the district's zone, to the second.
#[must_use]
pub fn rfc3339(at: Timestamp) -> String {
    let (date, time, second) = (at.date(), at.minute_of_day(), at.ms().rem_euclid(60_000) / 1000);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{second:02}+08:00",
        date.year(),
        date.month(),
        date.day(),
        time.hour(),
        time.minute()
    )
}

/// Checks that a window starts before it ends and is not too long.
///
/// # Errors
/// [`ApiError::Invalid`] with the parameter at fault.
pub fn check_window(from: LocalDate, to: LocalDate, days_max: i32) -> Result<(), ApiError> {
    match to.days() - from.days() {
        ..0 => Err(ApiError::field("?to", "range")),
        days if days >= days_max => Err(ApiError::field("?to", "range")),
        _ => Ok(()),
    }
}

/// Lists the dates.
///
/// # Errors
/// [`ApiError::Invalid`], [`ApiError::NotFound`].
pub async fn occurrences(
    State(state): State<AppState>,
    QueryOf(window): QueryOf<Window>,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    let Window { community, from, to } = window;
    check_window(from, to, DAYS_MAX)?;
    let key = Key::Occurrences { community: community.clone(), from, to };
    let encoded = cached(&state, &community, key, ANY_TIME, async {
        community_at(&state, &community).await?;
        let view = load_window(&state.db, &community, from, to).await?;
        let days = agenda(&view, &community, &Filter::default(), from, to);
        let occurrences = days.values().flatten().map(Occurrence::of).collect();
        let answer = Occurrences { community: &community, from, to, occurrences };
        Ok(Encoded::new(serde_json::to_vec(&answer).expect("invariant: checked values have a JSON form")))
    })
    .await?;
    Ok(json(&encoded, &headers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_read_as_the_districts_time() {
        assert_eq!(rfc3339(Timestamp::from_ms(1_795_392_000_000)), "2026-11-23T08:00:00+08:00");
        assert_eq!(rfc3339(Timestamp::from_ms(1_795_391_999_999)), "2026-11-23T07:59:59+08:00");
    }

    #[test]
    fn a_window_is_62_days_at_most() {
        let day = |n| LocalDate::from_ymd(2026, 11, 1).expect("a date").plus_days(n);
        assert!(check_window(day(0), day(0), DAYS_MAX).is_ok());
        assert!(check_window(day(0), day(61), DAYS_MAX).is_ok());
        assert!(check_window(day(0), day(62), DAYS_MAX).is_err());
        assert!(check_window(day(1), day(0), DAYS_MAX).is_err());
    }
}
