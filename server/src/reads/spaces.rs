//! `GET /api/spaces?community=`: the spaces of a community with their terms and hours.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use domain::change::SpaceRow;
use domain::id::{CommunityId, SpaceId};
use serde::{Deserialize, Serialize};

use crate::extract::QueryOf;
use crate::problem::ApiError;
use crate::reads::cache::{Encoded, Key};
use crate::reads::{ANY_TIME, cached, community_at, json};
use crate::state::AppState;
use crate::store::public_reads::load_window;

/// The question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Which {
    community: CommunityId,
}

#[derive(Debug, Serialize)]
struct Spaces<'a> {
    community: &'a CommunityId,
    spaces: Vec<Space<'a>>,
}

#[derive(Debug, Serialize)]
struct Space<'a> {
    id: SpaceId,
    #[serde(flatten)]
    row: &'a SpaceRow,
}

/// Lists the spaces.
///
/// # Errors
/// [`ApiError::Invalid`], [`ApiError::NotFound`].
pub async fn spaces(
    State(state): State<AppState>,
    QueryOf(Which { community }): QueryOf<Which>,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    let key = Key::Spaces { community: community.clone() };
    let encoded = cached(&state, &community, key, ANY_TIME, async {
        community_at(&state, &community).await?;
        // The window is of no matter to spaces, which have no date; one day keeps it small.
        let today = state.clock.now().date();
        let view = load_window(&state.db, &community, today, today).await?;
        let spaces = view.spaces.iter().map(|(id, space)| Space { id: *id, row: &space.row }).collect();
        let answer = Spaces { community: &community, spaces };
        Ok(Encoded::new(serde_json::to_vec(&answer).expect("invariant: checked values have a JSON form")))
    })
    .await?;
    Ok(json(&encoded, &headers))
}
