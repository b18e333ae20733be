//! `POST /api/logout`: the session ends, at once and on every server. Without one there is nothing to end.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::caller::{SESSION_COOKIE, cookie, set_cookie};
use crate::extract::{JsonBody, Nothing, QueryOf};
use crate::login::token_hash;
use crate::problem::ApiError;
use crate::state::AppState;
use crate::store::sessions::remove_session;

/// Ends the caller's session.
///
/// # Errors
/// Only faults.
pub async fn logout(
    State(state): State<AppState>,
    _: QueryOf<Nothing>,
    headers: HeaderMap,
    JsonBody(Nothing {}): JsonBody<Nothing>,
) -> Result<Response, ApiError> {
    if let Some(token) = cookie(&state, &headers, SESSION_COOKIE) {
        let hash = token_hash(token);
        state
            .db
            .write("login", move |tx| {
                let hash = hash.clone();
                Box::pin(async move { remove_session(tx, &hash).await })
            })
            .await?;
        state.telemetry.login("signed-out");
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().append(header::SET_COOKIE, set_cookie(&state, SESSION_COOKIE, "", 0));
    Ok(response)
}
