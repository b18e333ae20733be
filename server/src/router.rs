//! The table of routes, and the one layer every request passes: id, host, origin, security headers, log, problems.
//!
//! A route is a row of [`ROUTES`]; the router is built from the table and the OpenAPI document is compared with it, so
//! that no address exists that is not written down.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, Response, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};

use crate::caller::check_origin;
use crate::host::check_host;
use crate::problem::ApiError;
use crate::state::{AppState, hex};
use crate::telemetry::Finished;
use crate::{feeds, health, live, login, openapi, pages, reads, sync_route};

/// Who gets anything at a route beyond "no".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Anyone,
    /// Everybody, in a demonstration only.
    Demo,
    /// Staff of the community that is asked for, and of the district.
    CommunityStaff,
    /// Whoever edits the team of what is asked about.
    TeamEditors,
    /// Staff of the district.
    DistrictStaff,
    /// This machine, or who has the token.
    Operator,
}

/// One route.
pub struct RouteRow {
    /// The method.
    pub method: Method,
    /// The path as the router reads it.
    pub path: &'static str,
    /// Who gets anything.
    pub access: Access,
    handler: fn() -> MethodRouter<AppState>,
}

const fn row(method: Method, path: &'static str, access: Access, handler: fn() -> MethodRouter<AppState>) -> RouteRow {
    RouteRow { method, path, access, handler }
}

/// All routes. What is not here is a file of the build, a page of the app, or nothing.
pub const ROUTES: &[RouteRow] = &[
    row(Method::GET, "/", Access::Anyone, || get(pages::home)),
    row(Method::GET, "/c/{community}", Access::Anyone, || get(pages::community)),
    row(Method::GET, "/a/{id}", Access::Anyone, || get(pages::date)),
    row(Method::GET, "/a/{id}/poster", Access::Anyone, || get(pages::poster::page)),
    row(Method::GET, "/a/{id}/code.svg", Access::Anyone, || get(pages::poster::code)),
    row(Method::GET, "/s/{id}", Access::Anyone, || get(pages::space)),
    row(Method::GET, "/api/session", Access::Anyone, || get(login::session::session)),
    row(Method::POST, "/api/login/challenge", Access::Anyone, || post(login::challenge::challenge)),
    row(Method::POST, "/api/login/verify", Access::Anyone, || post(login::verify::verify)),
    row(Method::POST, "/api/logout", Access::Anyone, || post(login::logout::logout)),
    row(Method::GET, "/api/demo/people", Access::Demo, || get(login::demo::people)),
    row(Method::POST, "/api/demo/login", Access::Demo, || post(login::demo::login)),
    row(Method::POST, "/api/sync", Access::Anyone, || post(sync_route::sync)),
    row(Method::GET, "/api/live", Access::Anyone, || get(live::live)),
    row(Method::GET, "/api/communities", Access::Anyone, || get(reads::communities::communities)),
    row(Method::GET, "/api/occurrences", Access::Anyone, || get(reads::occurrences::occurrences)),
    row(Method::GET, "/api/spaces", Access::Anyone, || get(reads::spaces::spaces)),
    row(Method::GET, "/api/spaces/{id}/availability", Access::Anyone, || get(reads::availability::availability)),
    row(Method::GET, "/api/places/{id}", Access::Anyone, || get(reads::places::place)),
    row(Method::POST, "/api/series/plan", Access::TeamEditors, || post(reads::series::plan)),
    row(Method::GET, "/api/duties", Access::CommunityStaff, || get(reads::staff::duties)),
    row(Method::GET, "/api/numbers", Access::DistrictStaff, || get(reads::staff::numbers)),
    row(Method::GET, "/api/openapi.json", Access::Anyone, || get(openapi::document)),
    row(Method::GET, "/calendar/{feed}", Access::Anyone, || get(feeds::public::community)),
    row(Method::GET, "/calendar/own/{feed}", Access::Anyone, || get(feeds::own::calendar)),
    row(Method::GET, "/calendar/team/{feed}", Access::Anyone, || get(feeds::public::team)),
    row(Method::GET, "/calendar/date/{feed}", Access::Anyone, || get(feeds::public::date)),
    row(Method::GET, "/livez", Access::Anyone, || get(health::livez)),
    row(Method::GET, "/readyz", Access::Anyone, || get(health::readyz)),
    row(Method::GET, "/metrics", Access::Operator, || get(health::metrics)),
];

/// The router over `state`.
pub fn router(state: AppState) -> Router {
    ROUTES
        .iter()
        .fold(Router::new(), |router, row| router.route(row.path, (row.handler)()))
        .fallback(get(pages::fallback))
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        .layer(from_fn_with_state(state.clone(), around))
        .with_state(state)
}

/// What every answer carries, beside the content security policy.
const SECURITY: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("origin-agent-cluster", "?1"),
    (
        "permissions-policy",
        "camera=(self), geolocation=(), microphone=(), payment=(), usb=(), serial=(), \
         display-capture=(), browsing-topics=()",
    ),
];
/// Two years, for servers reached by https.
const HSTS: &str = "max-age=63072000; includeSubDomains";

async fn around(State(state): State<AppState>, request: Request, next: Next) -> Response<Body> {
    let started = Instant::now();
    let request_id = hex(&state.entropy.bytes::<6>());
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let is_api = request.uri().path().starts_with("/api/");
    let refused = check_host(&state, &request).and_then(|()| check_origin(&state, &method, request.headers()));
    let mut response = match refused {
        Ok(()) => next.run(request).await,
        Err(error) => axum::response::IntoResponse::into_response(error),
    };
    let problem = response.extensions_mut().remove::<Arc<ApiError>>();
    if let Some(problem) = &problem {
        let mut told = problem.response(&request_id);
        // What was said beside the problem still holds: allowed methods, cookies.
        for (name, value) in response.headers() {
            if matches!(*name, header::ALLOW | header::SET_COOKIE) {
                told.headers_mut().append(name, value.clone());
            }
        }
        if method == Method::HEAD {
            *told.body_mut() = Body::empty();
        }
        response = told;
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, state.assets.policy().clone());
    for (name, value) in SECURITY {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if state.settings.is_https() {
        headers.insert("strict-transport-security", HeaderValue::from_static(HSTS));
    }
    if is_api {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        headers.insert("x-request-id", id);
    }
    let route = matched.as_ref().map_or("other", |matched| template(matched.as_str()));
    let fault = match problem.as_deref() {
        Some(ApiError::Fault(chain)) => Some(chain.as_str()),
        _ => None,
    };
    state.telemetry.request(&Finished {
        at_ms: state.clock.now().ms(),
        request_id: &request_id,
        method: method_name(&method),
        route,
        status: response.status().as_u16(),
        code: problem.as_deref().map(|problem| problem.answer().1),
        fault,
        took: started.elapsed(),
    });
    response
}

/// The row's own text, so that labels are a closed set.
fn template(path: &str) -> &'static str {
    ROUTES.iter().find(|row| row.path == path).map_or("other", |row| row.path)
}

fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
