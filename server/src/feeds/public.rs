//! The calendars everybody may read: of a community, of one kind of activity there, of a team, of one date.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use domain::activity::Category;
use domain::agenda::{Entry, Filter, agenda};
use domain::id::{CommunityId, OccurrenceId, ParseIdError, TeamId};
use domain::words::{Language, words};
use serde::Deserialize;

use super::event::Event;
use super::ics;
use crate::assets::{Encoding, is_held};
use crate::extract::{Nothing, PathPart, QueryOf};
use crate::problem::ApiError;
use crate::reads::cache::{Encoded, Key, place_of_occurrence};
use crate::reads::community_at;
use crate::state::AppState;
use crate::store::feed_reads::{community_of_team, load_feed};
use crate::store::public_reads::day_of_occurrence;

/// How far back a feed reaches.
pub const DAYS_BACK: i32 = 60;
/// How far ahead.
pub const DAYS_AHEAD: i32 = 180;

/// The name of a file: what it is about, and `.ics`.
#[derive(Debug)]
pub struct IcsFile<T>(pub T);

impl<T: std::str::FromStr> std::str::FromStr for IcsFile<T> {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.strip_suffix(".ics").ok_or(ParseIdError)?;
        name.parse().map(Self).map_err(|_| ParseIdError)
    }
}

/// Which of a community's activities.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The word for one category; all of them without it.
    #[serde(default)]
    category: Option<String>,
}

/// `GET /calendar/{community}.ics?category=`
///
/// # Errors
/// [`ApiError::NotFound`] for a community that is not there, [`ApiError::Invalid`] for a category that is none.
pub async fn community(
    State(state): State<AppState>,
    PathPart(IcsFile(id)): PathPart<IcsFile<CommunityId>>,
    QueryOf(wanted): QueryOf<Wanted>,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    let named = |word: String| {
        let found = Category::ALL.into_iter().find(|category| category.as_str() == word);
        found.ok_or_else(|| ApiError::field("?category", "unknown"))
    };
    let filter = Filter { category: wanted.category.map(named).transpose()?, ..Filter::default() };
    feed(&state, &id, filter, &headers).await
}

/// `GET /calendar/team/{team}.ics`
///
/// # Errors
/// [`ApiError::NotFound`] for a team that is not there.
pub async fn team(
    State(state): State<AppState>,
    PathPart(IcsFile(id)): PathPart<IcsFile<TeamId>>,
    _: QueryOf<Nothing>,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    let community = community_of_team(&state.db, id).await?.ok_or(ApiError::NotFound)?;
    feed(&state, &community, Filter { team: Some(id), ..Filter::default() }, &headers).await
}

async fn feed(
    state: &AppState,
    id: &CommunityId,
    filter: Filter,
    headers: &HeaderMap,
) -> Result<Response<Body>, ApiError> {
    let (language, base) = (language_of(headers), state.settings.base_url.as_deref());
    let today = state.clock.now().date();
    let (from, to) = (today.plus_days(-DAYS_BACK), today.plus_days(DAYS_AHEAD));
    let key = Key::Calendar { community: id.clone(), category: filter.category, team: filter.team, language };
    let encoded = crate::reads::cached(state, id, key, today.start(), async {
        let community = community_at(state, id).await?;
        let rows = load_feed(&state.db, id, from, to).await?;
        let words = words(language);
        let place = match language {
            Language::ZhCn => community.name.as_str(),
            Language::En => community.english_name.as_str(),
        };
        let team = filter.team.and_then(|team| rows.view.teams.get(&team)).map(|team| team.row.name.as_str());
        let name = match (team, filter.category) {
            (Some(team), _) => words.feed.part(team, place),
            (None, Some(category)) => words.feed.part(words.category(category), place),
            (None, None) => words.feed.name(place),
        };
        let days = agenda(&rows.view, id, &filter, from, to);
        let events = days.values().flatten().map(|entry| Event::of_date(entry, &rows, language, base));
        Ok(Encoded::new(ics::write(Some(&name), events, today)))
    })
    .await?;
    Ok(respond(&encoded, headers, "public, max-age=300"))
}

/// `GET /calendar/date/{date}.ics`: one date, to be put into a calendar once.
///
/// # Errors
/// [`ApiError::NotFound`] for a date that is not there.
pub async fn date(
    State(state): State<AppState>,
    PathPart(IcsFile(id)): PathPart<IcsFile<OccurrenceId>>,
    _: QueryOf<Nothing>,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    let community = place_of_occurrence(&state, id).await?;
    let (language, base) = (language_of(&headers), state.settings.base_url.as_deref());
    let today = state.clock.now().date();
    let key = Key::CalendarDate { occurrence: id, language };
    let encoded = crate::reads::cached(&state, &community, key, today.start(), async {
        let on = day_of_occurrence(&state.db, id).await?.ok_or(ApiError::NotFound)?;
        let rows = load_feed(&state.db, &community, on, on).await?;
        let entry = Entry::of(&rows.view, id).ok_or(ApiError::NotFound)?;
        let event = Event::of_date(&entry, &rows, language, base);
        Ok(Encoded::new(ics::write(None, std::iter::once(event), today)))
    })
    .await?;
    let mut response = respond(&encoded, &headers, "no-cache");
    // A name without letters of any language: some phones save nothing else.
    let name = format!("inline; filename=\"lifehub-{id}.ics\"");
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// The language a calendar program asks for.
pub fn language_of(headers: &HeaderMap) -> Language {
    let tags = headers.get(header::ACCEPT_LANGUAGE).and_then(|tags| tags.to_str().ok());
    tags.map_or(Language::ZhCn, Language::from_tags)
}

/// A calendar, or that the one held is still true.
pub fn respond(encoded: &Encoded, headers: &HeaderMap, keep: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    let (encoding, bytes) = encoded.pick(Encoding::accepted(headers));
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding, accept-language"));
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{}\"", encoded.etag())) {
        out.insert(header::ETAG, etag);
    }
    if is_held(headers, encoded.etag()) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8"));
    if let Some(encoding) = encoding.header() {
        out.insert(header::CONTENT_ENCODING, encoding);
    }
    *response.body_mut() = Body::from(bytes);
    response
}
