//! Whether the process lives, whether it can work, and its figures.

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Response, header};
use serde::Serialize;
use subtle::ConstantTimeEq;

use crate::problem::ApiError;
use crate::serve::Peer;
use crate::state::AppState;
use crate::store::public_reads::ping;

/// What a health check gets.
#[derive(Debug, Serialize)]
pub struct Health {
    status: &'static str,
    build: &'static str,
}

/// `GET /livez`: the process answers.
pub async fn livez(State(state): State<AppState>) -> Json<Health> {
    Json(Health { status: "ok", build: state.assets.build() })
}

/// `GET /readyz`: the database answers, with tables as this version knows them.
///
/// # Errors
/// [`ApiError::Busy`] when it does not.
pub async fn readyz(State(state): State<AppState>) -> Result<Json<Health>, ApiError> {
    ping(&state.db).await.map_err(|_| ApiError::Busy)?;
    Ok(Json(Health { status: "ready", build: state.assets.build() }))
}

/// `GET /metrics`: for this machine itself, or for who has the token. Behind a proxy every caller looks local, so a
/// forwarded request needs the token.
///
/// # Errors
/// [`ApiError::NotFound`] for everybody else.
pub async fn metrics(State(state): State<AppState>, request: Request) -> Result<Response<Body>, ApiError> {
    let headers = request.headers();
    let is_local = request.extensions().get::<Peer>().is_none_or(|peer| peer.0.ip().to_canonical().is_loopback());
    let is_forwarded =
        ["forwarded", "x-forwarded-for", "x-real-ip", "via"].iter().any(|name| headers.contains_key(*name));
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    let has_token = match (&state.settings.metrics_token, given) {
        (Some(token), Some(given)) => token.bytes().ct_eq(given).into(),
        _ => false,
    };
    if !has_token && (!is_local || is_forwarded) {
        return Err(ApiError::NotFound);
    }
    let waiting = i64::try_from(state.db.writes_waiting()).unwrap_or(i64::MAX);
    let listeners = i64::try_from(state.live.listeners()).unwrap_or(i64::MAX);
    let gauges = [
        ("lifehub_writer_queue", "writes that wait for their turn", waiting),
        ("lifehub_listeners", "live connections", listeners),
    ];
    let mut response = Response::new(Body::from(state.telemetry.prometheus(&gauges)));
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, text);
    Ok(response)
}
