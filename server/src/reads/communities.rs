//! `GET /api/communities`: the communities of the district.

use axum::Json;
use axum::extract::State;
use domain::change::CommunityView;

use crate::problem::ApiError;
use crate::state::AppState;
use crate::store::public_reads::list_communities;

/// Lists the communities.
///
/// # Errors
/// Only faults.
pub async fn communities(State(state): State<AppState>) -> Result<Json<Vec<CommunityView>>, ApiError> {
    let communities = state.db.read(|tx| Box::pin(list_communities(tx))).await?;
    Ok(Json(communities))
}
