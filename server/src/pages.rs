//! The HTML of a visit: the app's page with its head and its first screen filled in, from the same rows, functions and
//! words the app uses. It can be read before the app arrives, and when it never does.
//!
//! Somebody who was never here gets everything in one answer: the style, and the rows the app starts from. Whoever was,
//! has those on their phone. Deliberately absent: anything about a person. Pages are the same for everybody who wants
//! them to look the same, and kept by the head of the stream.

mod event_data;
mod markup;
pub mod poster;
mod reader;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Uri, header};
use domain::agenda::{Entry, Filter, agenda};
use domain::change::CommunityView;
use domain::id::{ActivityId, CommunityId, OccurrenceId, SpaceId, StreamId};
use domain::people::Actor;
use domain::sync::{Pull, PullResult, Start};
use domain::time::Timestamp;
use domain::words::{Language, format};

use crate::assets::{Encoding, is_held};
use crate::extract::PathPart;
use crate::problem::ApiError;
use crate::reads::cache::{Encoded, Key, cached_district, minute, place_of_occurrence, place_of_space};
use crate::reads::{cached, community_at};
use crate::state::AppState;
use crate::store::public_reads::{date_of_activity, list_communities, load_window};

pub use reader::Reader;

/// Days of activities on a first screen.
const DAYS_SHOWN: i32 = 7;

/// The places of the page that are filled, in their order: where each begins and where it ends.
mod place {
    pub const ROOT: [&str; 2] = ["<html", ">"];
    pub const HEAD: [&str; 2] = ["<title>", "</title>"];
    pub const STYLE: [&str; 2] = ["<link rel=\"stylesheet\" href=\"", "\">"];
    pub const BODY: [&str; 2] = ["<!--lifehub:first-paint-->", ""];
    pub const START: [&str; 2] = ["<!--lifehub:start-->", ""];
}

/// What a page says about itself.
struct Head<'a> {
    title: String,
    description: String,
    /// The address without the host; none for pages that are nobody's to share.
    path: Option<&'a str>,
    /// The same once more for programs, as JSON-LD.
    data: Option<serde_json::Value>,
}

/// The page on its way: what is written and what is still to come.
struct Filling {
    html: String,
    rest: &'static str,
}

impl Filling {
    /// Goes on to a place and returns what stood in it. A page without that place is left alone.
    fn reach(&mut self, [from, to]: [&str; 2]) -> Option<&'static str> {
        let (before, after) = self.rest.split_once(from)?;
        let (inside, after) = after.split_once(to)?;
        self.html.push_str(before);
        self.rest = after;
        Some(inside)
    }
}

/// The whole page.
fn fill(state: &AppState, reader: &Reader, head: &Head<'_>, body: &str, start: Option<&Start>) -> Encoded {
    let base = state.settings.base_url.as_deref().unwrap_or_default();
    let page = state.assets.index();
    let mut page = Filling { html: String::with_capacity(page.len() + body.len() + 1024), rest: page };
    if page.reach(place::ROOT).is_some() {
        markup::root(&mut page.html, &reader.look);
    }
    if page.reach(place::HEAD).is_some() {
        markup::head(&mut page.html, reader.words(), base, &head.title, &head.description, head.path);
        if let Some(data) = &head.data {
            markup::data(&mut page.html, "type=\"application/ld+json\"", &data.to_string());
        }
    }
    if let Some(address) = page.reach(place::STYLE) {
        match state.assets.text(address).filter(|_| reader.is_newcomer) {
            Some(style) => page.html.extend(["<style>", style, "</style>"]),
            None => page.html.extend([place::STYLE[0], address, place::STYLE[1]]),
        }
    }
    if page.reach(place::BODY).is_some() {
        page.html.push_str(body);
    }
    if page.reach(place::START).is_some()
        && let Some(start) = start
    {
        markup::start(&mut page.html, start);
    }
    page.html.push_str(page.rest);
    Encoded::new(page.html)
}

/// What a newcomer's app starts from; others have it.
async fn start_of(
    state: &AppState,
    reader: &Reader,
    community: &CommunityId,
    at: Timestamp,
) -> Result<Option<Start>, ApiError> {
    if !reader.is_newcomer {
        return Ok(None);
    }
    let pull = Pull { stream: StreamId::Community(community.clone()), cursor: None, checksum: None };
    let (communities, brought) = state
        .db
        .read(move |tx| {
            let pull = pull.clone();
            Box::pin(async move {
                let communities = list_communities(tx).await?;
                Ok((communities, crate::sync::pull(tx, &Actor::Anonymous, &pull, at).await?))
            })
        })
        .await?;
    let PullResult::Snapshot { rows, cursor, .. } = brought.result else { return Ok(None) };
    let (is_demo, community) = (state.settings.demo, community.clone());
    Ok(Some(Start { server_at: at, is_demo, communities, community, rows, cursor }))
}

fn respond(encoded: &Encoded, status: StatusCode, request: &HeaderMap) -> Response<Body> {
    let (encoding, bytes) = encoded.pick(Encoding::accepted(request));
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding, accept-language, cookie"));
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

/// `GET /`: the activities of the reader's community, for a newcomer those of the first.
///
/// # Errors
/// Only faults.
pub async fn home(State(state): State<AppState>, headers: HeaderMap) -> Result<Response<Body>, ApiError> {
    let (mut reader, at) = (Reader::of(&headers), minute(state.clock.now()));
    let communities = state.db.read(|tx| Box::pin(list_communities(tx))).await?;
    let own = communities.iter().find(|community| Some(&community.id) == reader.look.community.as_ref());
    let Some(community) = own.or_else(|| communities.first()) else {
        return Ok(respond(&opening(&state, &reader), StatusCode::OK, &headers));
    };
    // Whatever the cookie names: one page for each community there is.
    reader.look.community = Some(community.id.clone());
    let key = Key::Home { reader: reader.clone() };
    let encoded = cached(&state, &community.id, key, at, async {
        let common = &reader.words().common;
        let head =
            Head { title: common.app.to_owned(), description: common.tagline.to_owned(), path: Some("/"), data: None };
        agenda_page(&state, &reader, community, &head, at).await
    });
    Ok(respond(&*encoded.await?, StatusCode::OK, &headers))
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
    let (reader, at) = (Reader::of(&headers).anywhere(), minute(state.clock.now()));
    let Ok(PathPart(id)) = id else { return Ok(not_found(&state, &headers)) };
    let key = Key::Agenda { community: id.clone(), reader: reader.clone() };
    let encoded = cached(&state, &id, key, at, async {
        let (community, words) = (community_at(&state, &id).await?, reader.words());
        let (name, path) = (name_of(&community, words.language), format!("/c/{id}"));
        let head = Head {
            title: words.feed.name(name),
            description: words.feed.agenda_of(name),
            path: Some(&path),
            data: None,
        };
        agenda_page(&state, &reader, &community, &head, at).await
    });
    page_or_none(&state, &headers, encoded.await)
}

async fn agenda_page(
    state: &AppState,
    reader: &Reader,
    community: &CommunityView,
    head: &Head<'_>,
    at: Timestamp,
) -> Result<Encoded, ApiError> {
    let (words, today) = (reader.words(), at.date());
    let last = today.plus_days(DAYS_SHOWN - 1);
    let view = load_window(&state.db, &community.id, today, last).await?;
    let days = agenda(&view, &community.id, &Filter::default(), today, last);
    let body = markup::agenda(words, state.settings.demo, name_of(community, words.language), &days, at);
    let start = start_of(state, reader, &community.id, at).await?;
    Ok(fill(state, reader, head, &body, start.as_ref()))
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
    let (reader, at) = (Reader::of(&headers).anywhere(), minute(state.clock.now()));
    let found = match is_there(place_of_occurrence(&state, id).await)? {
        Some(community) => Some((id, community)),
        None => date_of_activity(&state.db, ActivityId::from_uuid(id.uuid()), at.ms()).await?,
    };
    let Some((id, community)) = found else { return Ok(not_found(&state, &headers)) };
    let key = Key::Date { occurrence: id, reader: reader.clone() };
    let encoded = cached(&state, &community, key, at, date_page(&state, &reader, &community, id, at));
    page_or_none(&state, &headers, encoded.await)
}

async fn date_page(
    state: &AppState,
    reader: &Reader,
    community: &CommunityId,
    id: OccurrenceId,
    at: Timestamp,
) -> Result<Encoded, ApiError> {
    let words = reader.words();
    let on = crate::store::public_reads::day_of_occurrence(&state.db, id).await?.ok_or(ApiError::NotFound)?;
    let view = load_window(&state.db, community, on, on).await?;
    let entry = Entry::of(&view, id).ok_or(ApiError::NotFound)?;
    let today = at.date();
    let when = format::when(words.language, entry.occurrence.range, today);
    let (title, place) = (entry.activity.title.as_str(), entry.venue().place.as_str());
    let body = markup::date(words, state.settings.demo, &entry, at);
    let path = format!("/a/{id}");
    let head = Head {
        title: words.common.page_title(title),
        description: words.occurrence.share_text(title, when, place),
        path: Some(&path),
        data: Some(event_data::of(&entry, &view, state.settings.base_url.as_deref(), at)),
    };
    let start = start_of(state, reader, community, at).await?;
    Ok(fill(state, reader, &head, &body, start.as_ref()))
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
    let (reader, at) = (Reader::of(&headers).anywhere(), minute(state.clock.now()));
    let place = is_there(place_of_space(&state, id).await)?;
    let Some(community) = place else { return Ok(not_found(&state, &headers)) };
    let key = Key::Space { space: id, reader: reader.clone() };
    let encoded = cached(&state, &community, key, at, async {
        let words = reader.words();
        let today = at.date();
        let view = load_window(&state.db, &community, today, today).await?;
        let row = &view.spaces.get(&id).ok_or(ApiError::NotFound)?.row;
        let body = markup::space(words, state.settings.demo, row, at);
        let path = format!("/s/{id}");
        let head = Head {
            title: words.common.page_title(&row.name),
            description: format::list(words.language, &[words.space_kind(row.kind), row.address.as_str()]),
            path: Some(&path),
            data: None,
        };
        let start = start_of(&state, &reader, &community, at).await?;
        Ok(fill(&state, &reader, &head, &body, start.as_ref()))
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
    // Nobody's first page: it is made anew each time, and carries nothing along.
    let reader = Reader { is_newcomer: false, ..Reader::of(headers).anywhere() };
    let words = reader.words();
    let title = words.common.page_title(words.errors.not_found_title);
    let head = Head { title, description: words.errors.not_found.to_owned(), path: None, data: None };
    let body = markup::not_found(words, state.settings.demo);
    respond(&fill(state, &reader, &head, &body, None), StatusCode::NOT_FOUND, headers)
}

/// A page of which only the app knows what is on it.
fn opening(state: &AppState, reader: &Reader) -> Encoded {
    let words = reader.words();
    let (title, description) = (words.common.app.to_owned(), words.common.tagline.to_owned());
    let head = Head { title, description, path: None, data: None };
    fill(state, reader, &head, &markup::opening(words, state.settings.demo), None)
}

/// The communities to choose from.
async fn choice(state: &AppState, reader: &Reader) -> Result<Encoded, ApiError> {
    let words = reader.words();
    let communities = state.db.read(|tx| Box::pin(list_communities(tx))).await?;
    let links = communities.iter().map(|community| (community.id.as_str(), name_of(community, words.language)));
    let body = markup::communities(words, state.settings.demo, links);
    let title = words.common.page_title(words.common.choose_community);
    let head = Head { title, description: words.common.tagline.to_owned(), path: None, data: None };
    Ok(fill(state, reader, &head, &body, None))
}

/// Where one chooses a community.
const CHOICE: &str = "/communities";

/// Whether the app has a page at an address that no route names.
fn is_app_page(path: &str) -> bool {
    const EXACT: [&str; 9] = ["/festivals", "/q", "/s", "/m", "/me", "/login", CHOICE, "/help", "/desk"];
    const BELOW: [&str; 2] = ["/me/", "/desk/"];
    let is_draw = path.starts_with("/a/") && path.ends_with("/draw");
    is_draw || EXACT.contains(&path) || BELOW.iter().any(|folder| path.starts_with(folder))
}

/// Everything else a browser may ask for: a file of the build, a page of the app, or nothing.
///
/// # Errors
/// [`ApiError::NotFound`] for files and data that are not there; people get a page instead.
pub async fn fallback(State(state): State<AppState>, uri: Uri, headers: HeaderMap) -> Result<Response<Body>, ApiError> {
    let path = uri.path();
    if state.assets.get(path).is_some() || path.starts_with("/assets/") {
        return crate::assets::serve(State(state), uri, headers).await;
    }
    if is_app_page(path) {
        let reader = Reader::of(&headers).anywhere();
        if path != CHOICE {
            return Ok(respond(&opening(&state, &reader), StatusCode::OK, &headers));
        }
        let key = Key::Choice { reader: reader.clone() };
        let encoded = cached_district(&state, key, choice(&state, &reader)).await?;
        return Ok(respond(&encoded, StatusCode::OK, &headers));
    }
    let wants_page =
        headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|a| a.contains("text/html"));
    let is_data = ["/api/", "/calendar/"].iter().any(|folder| path.starts_with(folder));
    if wants_page && !is_data { Ok(not_found(&state, &headers)) } else { Err(ApiError::NotFound) }
}
