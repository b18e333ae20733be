//! Reads: for everybody JSON for other programs, over the same public rows that phones read; for staff ([`staff`]) what
//! the tables say.
//!
//! Encoded answers are kept in the process by the head of the stream they were made from; an answer is never older than
//! the question.

pub mod availability;
pub mod cache;
pub mod communities;
pub mod occurrences;
pub mod places;
pub mod series;
pub mod spaces;
pub mod staff;

pub use cache::cached;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, header};
use domain::change::CommunityView;
use domain::id::CommunityId;
use domain::time::Timestamp;

use crate::assets::Encoding;
use crate::problem::ApiError;
use crate::reads::cache::Encoded;
use crate::state::AppState;
use crate::store::public_reads::find_community;

/// For answers that the time is of no matter to.
pub const ANY_TIME: Timestamp = Timestamp::MIN;

/// The community of a slug.
///
/// # Errors
/// [`ApiError::NotFound`].
pub async fn community_at(state: &AppState, id: &CommunityId) -> Result<CommunityView, ApiError> {
    let id = id.clone();
    let found = state.db.read(move |tx| Box::pin(async move { find_community(tx, &id).await })).await?;
    found.ok_or(ApiError::NotFound)
}

/// A JSON answer in the encoding the client takes.
#[must_use]
pub fn json(encoded: &Encoded, request: &HeaderMap) -> Response<Body> {
    let (encoding, bytes) = encoded.pick(Encoding::accepted(request));
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding.header() {
        headers.insert(header::CONTENT_ENCODING, encoding);
    }
    response
}
