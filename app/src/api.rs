//! Every request the app makes, by name: the only file with addresses of the server in it.
//!
//! A reply counts only if it has the status and the content type that were asked for and parses whole; a captive
//! portal's page is no answer. Nothing is retried here.

use domain::change::CommunityView;
use domain::duty::DutyBoard;
use domain::editing::{DryRun, SeriesEdit};
use domain::id::{AccountId, CommunityId, StreamId};
use domain::json;
use domain::numbers::Numbers;
use domain::sign_in::Whose;
use domain::sync::{SyncReply, SyncRequest};
use domain::text::{PersonName, Phone};
use domain::words::Language;
use gloo_net::http::Request;
use leptos::leptos_dom::helpers::window;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wasm_bindgen_futures::JsFuture;

use crate::platform;

/// How long a request other than a sync may take.
const DEADLINE_MS: u32 = 15_000;

/// Why a request came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// No answer, or one that is not this server's.
    NoAnswer,
    /// The server said no.
    Problem(Problem),
}

/// What the server says when it says no (RFC 9457), as far as the app reads it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Problem {
    /// The HTTP status.
    #[serde(default)]
    pub status: u16,
    /// Which problem.
    #[serde(default)]
    pub code: String,
    /// What a person may quote on the telephone.
    #[serde(default)]
    pub request_id: String,
    /// How many tries a code has left.
    #[serde(default)]
    pub tries_left: Option<u32>,
    /// When to come back, from the body or the header.
    #[serde(default)]
    pub retry_after_s: Option<u32>,
}

/// A login that was begun.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Challenge {
    /// What the code is handed in with.
    pub challenge: String,
    /// When another code may be asked for.
    pub resend_after_s: u32,
    /// The code itself, in a demonstration.
    #[serde(default)]
    pub demo_code: Option<String>,
}

/// A login that succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct SignedIn {
    /// Whose.
    pub account: AccountId,
    /// Whether the account was just made.
    #[serde(default)]
    pub is_new: bool,
}

/// Whose session the browser has.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SessionView {
    /// Whose; nobody's without a session.
    pub account: Option<AccountId>,
    /// Whether it was opened on somebody else's phone.
    #[serde(default)]
    pub shared: bool,
    /// Whether this browser has had an outbox of theirs.
    #[serde(default)]
    pub has_had_outbox: bool,
    /// Whether the server is a demonstration.
    #[serde(default)]
    pub demo: bool,
    /// The server's build.
    #[serde(default)]
    pub build: String,
}

/// Where something lies.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Place {
    /// What was asked for, or what it leads to.
    pub id: Uuid,
    /// The community.
    pub community: CommunityId,
}

/// Somebody of the demonstration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DemoPerson {
    /// `resident`, `parent`, `team_editor`, `host`, `community_admin` or `district_admin`.
    pub role: String,
    /// What they are called.
    pub name: String,
    /// The name of the community they live in.
    pub about: String,
}

/// Sends one sync; `None` is no answer. `Err` is one of the statuses that say something.
///
/// # Errors
/// [`NotSynced`].
pub async fn sync(body: &SyncRequest, deadline_ms: u32) -> Result<Option<SyncReply>, NotSynced> {
    let Ok(body) = serde_json::to_string(body) else { return Ok(None) };
    match request("POST", "/api/sync", Some(&body), deadline_ms).await {
        Some(reply) if reply.status == 401 => Err(NotSynced::SignedOut),
        Some(reply) if reply.status == 426 && reply.is_json => Err(NotSynced::TooOld),
        Some(reply) if reply.status == 200 && reply.is_json => Ok(json::read(&reply.text)),
        _ => Ok(None),
    }
}

/// Opens a connection over which the server hints at what changes in these streams.
#[must_use]
pub fn live(streams: &[StreamId]) -> Option<web_sys::EventSource> {
    let mut path = String::from("/api/live?streams=");
    for (index, stream) in streams.iter().enumerate() {
        if index > 0 {
            path.push(',');
        }
        path.push_str(&stream.to_string());
    }
    web_sys::EventSource::new(&path).ok()
}

/// Whether the server answers at all.
pub async fn answers() -> bool {
    request("GET", "/livez", None, DEADLINE_MS).await.is_some_and(|reply| reply.status == 200)
}

/// Why the server has looked at nothing.
#[derive(Debug, Clone, Copy)]
pub enum NotSynced {
    /// The session is gone.
    SignedOut,
    /// It does not speak this build's protocol any more.
    TooOld,
}

/// Sends a sync whose answer nobody will read, as the page goes away.
pub fn sync_and_leave(body: &SyncRequest) {
    let Ok(body) = serde_json::to_string(body) else { return };
    let Some(init) = prepare("POST", Some(&body)) else { return };
    let _ = js_sys::Reflect::set(&init, &"keepalive".into(), &true.into());
    // At once and without gloo, which sends only when its future is run: by then the page may be gone.
    let promise = window().fetch_with_str_and_init("/api/sync", &init);
    wasm_bindgen_futures::spawn_local(async move {
        let _ = JsFuture::from(promise).await;
    });
}

/// Asks for a code by text message.
///
/// # Errors
/// [`ApiError`].
pub async fn login_challenge(phone: &Phone) -> Result<Challenge, ApiError> {
    #[derive(Serialize)]
    struct Body<'a> {
        phone: &'a Phone,
    }
    ask("POST", "/api/login/challenge", Some(&Body { phone })).await
}

/// Hands a code in, with name and home when the server has asked for them.
///
/// # Errors
/// [`ApiError`].
pub async fn login_verify(
    challenge: &str,
    code: &str,
    name: Option<&PersonName>,
    home: Option<&CommunityId>,
    whose: Whose,
) -> Result<SignedIn, ApiError> {
    #[derive(Serialize)]
    struct Body<'a> {
        challenge: &'a str,
        code: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<&'a PersonName>,
        #[serde(skip_serializing_if = "Option::is_none")]
        home: Option<&'a CommunityId>,
        shared: bool,
    }
    let shared = whose == Whose::Shared;
    ask("POST", "/api/login/verify", Some(&Body { challenge, code, name, home, shared })).await
}

/// Ends the session; `true` when the server no longer knows it. With `clear` the browser throws away whatever it keeps
/// of the app.
pub async fn logout(clear: bool) -> bool {
    let body = if clear { r#"{"clear":true}"# } else { "{}" };
    let reply = request("POST", "/api/logout", Some(body), DEADLINE_MS).await;
    reply.is_some_and(|reply| reply.status == 204 || reply.status == 401)
}

/// Whose session this is.
///
/// # Errors
/// [`ApiError`].
pub async fn session() -> Result<SessionView, ApiError> {
    ask("GET", "/api/session", None::<&()>).await
}

/// The people of the demonstration.
///
/// # Errors
/// [`ApiError`].
pub async fn demo_people() -> Result<Vec<DemoPerson>, ApiError> {
    ask("GET", "/api/demo/people", None::<&()>).await
}

/// Signs in as one of them.
///
/// # Errors
/// [`ApiError`].
pub async fn demo_login(role: &str, whose: Whose) -> Result<SignedIn, ApiError> {
    #[derive(Serialize)]
    struct Body<'a> {
        role: &'a str,
        shared: bool,
    }
    ask("POST", "/api/demo/login", Some(&Body { role, shared: whose == Whose::Shared })).await
}

/// All communities.
///
/// # Errors
/// [`ApiError`].
pub async fn communities() -> Result<Vec<CommunityView>, ApiError> {
    ask("GET", "/api/communities", None::<&()>).await
}

/// Where a date, an activity or a space lies.
///
/// # Errors
/// [`ApiError`].
pub async fn place(id: Uuid) -> Result<Place, ApiError> {
    ask("GET", &["/api/places/", &id.to_string()].concat(), None::<&()>).await
}

/// How far communities have come with the monthly three in a year; of one, or of all for the district's staff.
///
/// # Errors
/// [`ApiError`].
pub async fn duties(year: i32, community: Option<&CommunityId>) -> Result<DutyBoard, ApiError> {
    ask("GET", &duties_path(year, community), None::<&()>).await
}

/// The address of the same as a file.
#[must_use]
pub fn duties_file(year: i32, community: Option<&CommunityId>, language: Language) -> String {
    [&duties_path(year, community), "&form=csv&language=", language.tag()].concat()
}

/// What an edit of a series would do, and to whom; for whoever edits its team.
///
/// # Errors
/// [`ApiError`].
pub async fn series_plan(edit: &SeriesEdit) -> Result<DryRun, ApiError> {
    ask("POST", "/api/series/plan", Some(edit)).await
}

/// What was held in a year, and how many came; for the district's staff.
///
/// # Errors
/// [`ApiError`].
pub async fn numbers(year: i32) -> Result<Numbers, ApiError> {
    ask("GET", &numbers_path(year), None::<&()>).await
}

/// The address of the same as a file.
#[must_use]
pub fn numbers_file(year: i32, language: Language) -> String {
    [&numbers_path(year), "&form=csv&language=", language.tag()].concat()
}

fn numbers_path(year: i32) -> String {
    ["/api/numbers?year=", &year.to_string()].concat()
}

fn duties_path(year: i32, community: Option<&CommunityId>) -> String {
    let of = community.map(|id| ["&community=", id.as_str()].concat()).unwrap_or_default();
    ["/api/duties?year=", &year.to_string(), &of].concat()
}

struct Reply {
    status: u16,
    is_json: bool,
    retry_after_s: Option<u32>,
    text: String,
}

async fn ask<T: DeserializeOwned>(method: &str, path: &str, body: Option<&impl Serialize>) -> Result<T, ApiError> {
    let body = body.and_then(|body| serde_json::to_string(body).ok());
    let reply = request(method, path, body.as_deref(), DEADLINE_MS).await.ok_or(ApiError::NoAnswer)?;
    if !reply.is_json {
        return Err(ApiError::NoAnswer);
    }
    if (200..300).contains(&reply.status) {
        return json::read(&reply.text).ok_or(ApiError::NoAnswer);
    }
    let problem: Problem = json::read(&reply.text).ok_or(ApiError::NoAnswer)?;
    let retry_after_s = problem.retry_after_s.or(reply.retry_after_s);
    Err(ApiError::Problem(Problem { status: reply.status, retry_after_s, ..problem }))
}

// By hand and not with gloo's builder, which knows no `keepalive`.
fn prepare(method: &str, body: Option<&str>) -> Option<web_sys::RequestInit> {
    let headers = web_sys::Headers::new().ok()?;
    headers.set("content-type", "application/json").ok()?;
    headers.set("accept", "application/json").ok()?;
    // A header that no form and no foreign page can set without asking first.
    headers.set("x-lifehub", "1").ok()?;
    let init = web_sys::RequestInit::new();
    init.set_method(method);
    init.set_headers(headers.as_ref());
    init.set_credentials(web_sys::RequestCredentials::SameOrigin);
    if let Some(body) = body {
        init.set_body(&body.into());
    }
    Some(init)
}

async fn request(method: &str, path: &str, body: Option<&str>, deadline_ms: u32) -> Option<Reply> {
    let init = prepare(method, body)?;
    // A timer of our own: the one of `AbortSignal.timeout` stands still while a phone sleeps.
    let abort = web_sys::AbortController::new().ok()?;
    init.set_signal(Some(&abort.signal()));
    let request = web_sys::Request::new_with_str_and_init(path, &init).ok()?;
    let timer = platform::start_timer(deadline_ms.into(), move || abort.abort());
    let reply = read(request.into()).await;
    platform::stop_timer(timer);
    reply
}

async fn read(request: Request) -> Option<Reply> {
    let response = request.send().await.ok()?;
    let header = |name: &str| response.headers().get(name).unwrap_or_default();
    let content_type = header("content-type");
    let is_json = content_type.starts_with("application/json") || content_type.starts_with("application/problem+json");
    let retry_after_s = header("retry-after").parse().ok();
    let text = response.text().await.ok()?;
    Some(Reply { status: response.status(), is_json, retry_after_s, text })
}
