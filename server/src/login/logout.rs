//! `POST /api/logout`: the session ends, at once and on every server. Without one there is nothing to end.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::caller::{OUTBOX_COOKIE, SESSION_COOKIE, cookie, set_cookie};
use crate::extract::{JsonBody, Nothing, QueryOf};
use crate::login::token_hash;
use crate::problem::ApiError;
use crate::state::AppState;
use crate::store::sessions::remove_session;

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// What a phone sends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Whether the browser is to throw away all that the app keeps in it. Only the phone knows whether something of
    /// somebody else's waits there.
    #[serde(default)]
    clear: bool,
}

/// Ends the caller's session.
///
/// # Errors
/// Only faults.
pub async fn logout(
    State(state): State<AppState>,
    _: QueryOf<Nothing>,
    headers: HeaderMap,
    JsonBody(ask): JsonBody<Ask>,
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
    // What is gone from here on was removed on purpose.
    for name in [SESSION_COOKIE, OUTBOX_COOKIE] {
        response.headers_mut().append(header::SET_COOKIE, set_cookie(&state, name, "", Some(0)));
    }
    if ask.clear {
        response.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"storage\""));
    }
    Ok(response)
}
