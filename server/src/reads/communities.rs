//! `GET /api/communities`: the communities of the district.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response};

use crate::extract::{Nothing, QueryOf};
use crate::problem::ApiError;
use crate::reads::cache::{Encoded, Key, cached_district};
use crate::reads::json;
use crate::state::AppState;
use crate::store::public_reads::list_communities;

/// Lists the communities.
///
/// # Errors
/// Only faults.
pub async fn communities(
    State(state): State<AppState>,
    _: QueryOf<Nothing>,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    let encoded = cached_district(&state, Key::Communities, async {
        let communities = state.db.read(|tx| Box::pin(list_communities(tx))).await?;
        Ok(Encoded::new(serde_json::to_vec(&communities).expect("invariant: checked values have a JSON form")))
    })
    .await?;
    Ok(json(&encoded, &headers))
}
