//! The poster of a date, to print and pin up: what, when, where, and a code that leads to it.
//!
//! The code is drawn here, so that phones need not carry what draws it.

use std::fmt::Write as _;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use domain::agenda::Entry;
use domain::id::OccurrenceId;
use qrcodegen::{QrCode, QrCodeEcc};

use super::{Head, Reader, fill, is_there, markup, not_found, respond};
use crate::assets::is_held;
use crate::extract::{Nothing, PathPart, QueryOf};
use crate::problem::ApiError;
use crate::reads::cache::{Encoded, place_of_occurrence};
use crate::state::AppState;
use crate::store::public_reads::{day_of_occurrence, load_window};

/// Light cells around a code, by which readers find it.
const QUIET_CELLS: i32 = 4;

/// `GET /a/{id}/poster`
///
/// # Errors
/// Only faults; a date that is not there is a page that says so.
pub async fn page(
    State(state): State<AppState>,
    headers: HeaderMap,
    id: Result<PathPart<OccurrenceId>, ApiError>,
) -> Result<Response<Body>, ApiError> {
    let Ok(PathPart(id)) = id else { return Ok(not_found(&state, &headers)) };
    let Some(community) = is_there(place_of_occurrence(&state, id).await)? else {
        return Ok(not_found(&state, &headers));
    };
    let Some(on) = day_of_occurrence(&state.db, id).await? else { return Ok(not_found(&state, &headers)) };
    let view = load_window(&state.db, &community, on, on).await?;
    let Some(entry) = Entry::of(&view, id) else { return Ok(not_found(&state, &headers)) };
    let (reader, at) = (Reader::of(&headers).anywhere(), state.clock.now());
    let words = reader.words();
    let title = words.common.page_title(entry.activity.title.as_str());
    let head = Head { title, description: words.poster.scan.to_owned(), path: None, data: None };
    let body = markup::poster(words, state.settings.demo, &entry, at);
    Ok(respond(&fill(&state, &reader, &head, &body, None), StatusCode::OK, &headers))
}

/// `GET /a/{id}/code.svg`: the address of a date as a QR code.
///
/// # Errors
/// [`ApiError::NotFound`] for a date that is not there.
pub async fn code(
    State(state): State<AppState>,
    PathPart(id): PathPart<OccurrenceId>,
    _: QueryOf<Nothing>,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    place_of_occurrence(&state, id).await?;
    // Where nobody said what the site is called, it is what this phone calls it: the host was looked at before.
    let site = match &state.settings.base_url {
        Some(base) => base.clone(),
        None => {
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).ok_or(ApiError::NotFound)?;
            format!("http://{host}")
        }
    };
    let picture = draw(&format!("{site}/a/{id}")).ok_or(ApiError::NotFound)?;
    let encoded = Encoded::new(picture);
    let mut response = Response::new(Body::empty());
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    out.insert(header::VARY, HeaderValue::from_static("host"));
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{}\"", encoded.etag())) {
        out.insert(header::ETAG, etag);
    }
    if is_held(&headers, encoded.etag()) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(response);
    }
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    *response.body_mut() = Body::from(encoded.pick(crate::assets::Encoding::Plain).1);
    Ok(response)
}

/// A text as a QR code that can still be read with an eighth of it gone; none for a text that is too long.
fn draw(text: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let whole = size + 2 * QUIET_CELLS;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole} {whole}\" shape-rendering=\"crispEdges\">\
         <rect width=\"{whole}\" height=\"{whole}\" fill=\"#fff\"/><path fill=\"#000\" d=\""
    );
    for y in 0..size {
        for x in (0..size).filter(|x| code.get_module(*x, y)) {
            // Writing to a string cannot fail.
            let _ = write!(svg, "M{},{}h1v1h-1z", x + QUIET_CELLS, y + QUIET_CELLS);
        }
    }
    svg.push_str("\"/></svg>");
    Some(svg)
}
