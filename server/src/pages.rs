//! The HTML of a visit: the app's page with its head and its first screen filled in, from the same rows, functions and
//! words the app uses. It can be read before the app arrives, and when it never does.
//!
//! Deliberately absent: anything about a person. Pages are the same for everybody and kept by the head of the stream.

mod markup;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Uri, header};
use domain::agenda::{Entry, Filter, agenda};
use domain::change::CommunityView;
use domain::id::{ActivityId, CommunityId, OccurrenceId, SpaceId};
use domain::time::Timestamp;
use domain::words::{Language, Words, format, words};

use crate::assets::{Encoding, is_held};
use crate::extract::PathPart;
use crate::problem::ApiError;
use crate::reads::cache::{Encoded, Key, cached_district, minute, place_of_occurrence, place_of_space};
use crate::reads::{cached, community_at};
use crate::state::AppState;
use crate::store::public_reads::{date_of_activity, list_communities, load_window};

/// Days of activities on a first screen.
const DAYS_SHOWN: i32 = 7;
/// Where the head goes: in place of the title of a page that nobody filled.
const HEAD_PLACE: [&str; 2] = ["<title>", "</title>"];
/// Where the first screen goes.
const BODY_PLACE: &str = "<!--lifehub:first-paint-->";

/// What a page says about itself.
struct Head<'a> {
    title: String,
    description: String,
    /// The address without the host; none for pages that are nobody's to share.
    path: Option<&'a str>,
}

fn language_of(headers: &HeaderMap) -> Language {
    let tags = headers.get(header::ACCEPT_LANGUAGE).and_then(|tags| tags.to_str().ok());
    tags.map_or(Language::ZhCn, Language::from_tags)
}

/// The whole page.
fn fill(state: &AppState, words: &Words, head: &Head<'_>, body: &str) -> Encoded {
    let base = state.settings.base_url.as_deref().unwrap_or_default();
    let page = state.assets.index();
    let (before, rest) = page.split_once(HEAD_PLACE[0]).unwrap_or((page, ""));
    let (_, rest) = rest.split_once(HEAD_PLACE[1]).unwrap_or(("", rest));
    let (between, after) = rest.split_once(BODY_PLACE).unwrap_or((rest, ""));
    let mut html = String::with_capacity(page.len() + body.len() + 1024);
    html.push_str(before);
    markup::head(&mut html, words, base, &head.title, &head.description, head.path);
    html.push_str(between);
    html.push_str(body);
    html.push_str(after);
    Encoded::new(html)
}

fn respond(encoded: &Encoded, status: StatusCode, request: &HeaderMap) -> Response<Body> {
    let (encoding, bytes) = encoded.pick(Encoding::accepted(request));
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding, accept-language"));
    if let Ok(etag) = HeaderValue::from_str(&format!("W/\"{}\"", encoded.etag())) {
        headers.insert(header::ETAG, etag);
    }
    if status == StatusCode::OK && is_held(request, encoded.etag()) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Some(encoding) = encoding.header() {
        headers.insert(header::CONTENT_ENCODING, encoding);
    }
    *response.status_mut() = status;
    *response.body_mut() = Body::from(bytes);
    response
}

fn name_of(community: &CommunityView, language: Language) -> &str {
    match language {
        Language::ZhCn => community.name.as_str(),
        Language::En => community.english_name.as_str(),
    }
}

/// `GET /`: which community?
///
/// # Errors
/// Only faults.
pub async fn home(State(state): State<AppState>, headers: HeaderMap) -> Result<Response<Body>, ApiError> {
    let language = language_of(&headers);
    let encoded = cached_district(&state, Key::Home { language }, home_page(&state, words(language))).await?;
    Ok(respond(&encoded, StatusCode::OK, &headers))
}

async fn home_page(state: &AppState, words: &Words) -> Result<Encoded, ApiError> {
    let language = words.language;
    let communities = state.db.read(|tx| Box::pin(list_communities(tx))).await?;
    let links = communities.iter().map(|community| (community.id.as_str(), name_of(community, language)));
    let body = markup::communities(words, state.settings.demo, links);
    let head =
        Head { title: words.common.app.to_owned(), description: words.common.tagline.to_owned(), path: Some("/") };
    Ok(fill(state, words, &head, &body))
}

/// `GET /c/{community}`: its activities of the days to come.
///
/// # Errors
/// Only faults; a community that is not there is a page that says so.
pub async fn community(
    State(state): State<AppState>,
    headers: HeaderMap,
    id: Result<PathPart<CommunityId>, ApiError>,
) -> Result<Response<Body>, ApiError> {
    let Ok(PathPart(id)) = id else { return Ok(not_found(&state, &headers)) };
    let (language, at) = (language_of(&headers), minute(state.clock.now()));
    let encoded = cached(&state, &id, Key::Agenda { community: id.clone(), language }, at, async {
        agenda_page(&state, &id, words(language), at).await
    });
    page_or_none(&state, &headers, encoded.await)
}

async fn agenda_page(state: &AppState, id: &CommunityId, words: &Words, at: Timestamp) -> Result<Encoded, ApiError> {
    let community = community_at(state, id).await?;
    let today = at.date();
    let last = today.plus_days(DAYS_SHOWN - 1);
    let view = load_window(&state.db, id, today, last).await?;
    let days = agenda(&view, id, &Filter::default(), today, last);
    let name = name_of(&community, words.language);
    let body = markup::agenda(words, state.settings.demo, name, &days, at);
    let path = format!("/c/{id}");
    let head = Head { title: words.feed.name(name), description: words.feed.agenda_of(name), path: Some(&path) };
    Ok(fill(state, words, &head, &body))
}

/// `GET /a/{id}`: one date of an activity; the id of an activity leads to its next one.
///
/// # Errors
/// Only faults.
pub async fn date(
    State(state): State<AppState>,
    headers: HeaderMap,
    id: Result<PathPart<OccurrenceId>, ApiError>,
) -> Result<Response<Body>, ApiError> {
    let Ok(PathPart(id)) = id else { return Ok(not_found(&state, &headers)) };
    let (language, at) = (language_of(&headers), minute(state.clock.now()));
    let found = match is_there(place_of_occurrence(&state, id).await)? {
        Some(community) => Some((id, community)),
        None => date_of_activity(&state.db, ActivityId::from_uuid(id.uuid()), at.ms()).await?,
    };
    let Some((id, community)) = found else { return Ok(not_found(&state, &headers)) };
    let key = Key::Date { occurrence: id, language };
    let encoded = cached(&state, &community, key, at, date_page(&state, &community, id, words(language), at));
    page_or_none(&state, &headers, encoded.await)
}

async fn date_page(
    state: &AppState,
    community: &CommunityId,
    id: OccurrenceId,
    words: &Words,
    at: Timestamp,
) -> Result<Encoded, ApiError> {
    let on = crate::store::public_reads::day_of_occurrence(&state.db, id).await?.ok_or(ApiError::NotFound)?;
    let view = load_window(&state.db, community, on, on).await?;
    let entry = Entry::of(&view, id).ok_or(ApiError::NotFound)?;
    let today = at.date();
    let when = format::when(words.language, entry.occurrence.range, today);
    let (title, place) = (entry.activity.title.as_str(), entry.activity.venue.place.as_str());
    let body = markup::date(words, state.settings.demo, &entry, at);
    let path = format!("/a/{id}");
    let head = Head {
        title: words.common.page_title(title),
        description: words.occurrence.share_text(title, when, place),
        path: Some(&path),
    };
    Ok(fill(state, words, &head, &body))
}

/// `GET /s/{id}`: one space.
///
/// # Errors
/// Only faults.
pub async fn space(
    State(state): State<AppState>,
    headers: HeaderMap,
    id: Result<PathPart<SpaceId>, ApiError>,
) -> Result<Response<Body>, ApiError> {
    let Ok(PathPart(id)) = id else { return Ok(not_found(&state, &headers)) };
    let (language, at) = (language_of(&headers), minute(state.clock.now()));
    let place = is_there(place_of_space(&state, id).await)?;
    let Some(community) = place else { return Ok(not_found(&state, &headers)) };
    let encoded = cached(&state, &community, Key::Space { space: id, language }, at, async {
        let words = words(language);
        let today = at.date();
        let view = load_window(&state.db, &community, today, today).await?;
        let row = &view.spaces.get(&id).ok_or(ApiError::NotFound)?.row;
        let body = markup::space(words, state.settings.demo, row, at);
        let path = format!("/s/{id}");
        let head = Head {
            title: words.common.page_title(&row.name),
            description: format::list(language, &[words.space_kind(row.kind), row.address.as_str()]),
            path: Some(&path),
        };
        Ok(fill(&state, words, &head, &body))
    });
    page_or_none(&state, &headers, encoded.await)
}

/// What is not found is nothing here, and no error: people get a page.
fn is_there<T>(found: Result<T, ApiError>) -> Result<Option<T>, ApiError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(ApiError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

fn page_or_none(
    state: &AppState,
    headers: &HeaderMap,
    page: Result<std::sync::Arc<Encoded>, ApiError>,
) -> Result<Response<Body>, ApiError> {
    match page {
        Ok(page) => Ok(respond(&page, StatusCode::OK, headers)),
        Err(ApiError::NotFound) => Ok(not_found(state, headers)),
        Err(error) => Err(error),
    }
}

/// The page for addresses where nothing is: the app, which says the same, around a screen that says so.
fn not_found(state: &AppState, headers: &HeaderMap) -> Response<Body> {
    let words = words(language_of(headers));
    let title = words.common.page_title(words.errors.not_found_title);
    let head = Head { title, description: words.errors.not_found.to_owned(), path: None };
    let body = markup::not_found(words, state.settings.demo);
    respond(&fill(state, words, &head, &body), StatusCode::NOT_FOUND, headers)
}

/// Whether the app has a page at an address that the server does not fill.
fn is_app_page(path: &str) -> bool {
    const EXACT: [&str; 7] = ["/s", "/m", "/me", "/login", "/communities", "/help", "/desk"];
    const BELOW: [&str; 2] = ["/me/", "/desk/"];
    EXACT.contains(&path) || BELOW.iter().any(|folder| path.starts_with(folder))
}

/// Everything else a browser may ask for: a file of the build, a page of the app, or nothing.
///
/// # Errors
/// [`ApiError::NotFound`] for files and data that are not there; people get a page instead.
pub async fn fallback(State(state): State<AppState>, uri: Uri, headers: HeaderMap) -> Result<Response<Body>, ApiError> {
    let path = uri.path();
    if state.assets.get(path).is_some() {
        return crate::assets::serve(State(state), uri, headers).await;
    }
    if is_app_page(path) {
        let words = words(language_of(&headers));
        let title = words.common.app.to_owned();
        let head = Head { title, description: words.common.tagline.to_owned(), path: None };
        let body = markup::opening(words, state.settings.demo);
        return Ok(respond(&fill(&state, words, &head, &body), StatusCode::OK, &headers));
    }
    let wants_page =
        headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|a| a.contains("text/html"));
    let is_data = ["/assets/", "/api/", "/calendar/"].iter().any(|folder| path.starts_with(folder));
    if wants_page && !is_data { Ok(not_found(&state, &headers)) } else { Err(ApiError::NotFound) }
}
