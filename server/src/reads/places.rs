//! `GET /api/places/{id}`: in which community lies what an address names. Whoever follows a shared link may have never
//! heard of that community.

use axum::Json;
use axum::extract::State;
use domain::id::{ActivityId, CommunityId, OccurrenceId, SpaceId};
use serde::Serialize;
use uuid::Uuid;

use crate::extract::{Nothing, PathPart, QueryOf};
use crate::problem::ApiError;
use crate::reads::cache::{place_of_occurrence, place_of_space};
use crate::state::AppState;
use crate::store::public_reads::date_of_activity;

/// Where it lies.
#[derive(Debug, Serialize)]
pub struct Place {
    id: Uuid,
    community: CommunityId,
}

/// Finds a date, a space, or an activity, which leads to its next date.
///
/// # Errors
/// [`ApiError::NotFound`].
pub async fn place(
    State(state): State<AppState>,
    PathPart(id): PathPart<OccurrenceId>,
    _: QueryOf<Nothing>,
) -> Result<Json<Place>, ApiError> {
    let uuid = id.uuid();
    match place_of_occurrence(&state, id).await {
        Err(ApiError::NotFound) => {}
        found => return Ok(Json(Place { id: uuid, community: found? })),
    }
    match place_of_space(&state, SpaceId::from_uuid(uuid)).await {
        Err(ApiError::NotFound) => {}
        found => return Ok(Json(Place { id: uuid, community: found? })),
    }
    let next = date_of_activity(&state.db, ActivityId::from_uuid(uuid), state.clock.now().ms()).await?;
    let (date, community) = next.ok_or(ApiError::NotFound)?;
    Ok(Json(Place { id: date.uuid(), community }))
}
