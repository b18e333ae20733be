//! Errors on the wire: one type, one status each, one shape (`application/problem+json`), and no other place that
//! knows status codes of failures.
//!
//! A client matches on `code` and nothing else; `docs/api.md` lists the codes. A fault carries its chain of causes to
//! the log and nothing of it to the caller. The body is written by [`crate::router`]'s outermost layer, because only
//! it knows the request's id. Domain refusals of commands do not pass here: they are answers, inside a `200`.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;

use crate::store::StoreError;

/// Why a request was not answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The bytes are not what the media type says, or the address has a broken part.
    #[error("malformed: {0}")]
    Malformed(String),
    /// Well formed, but fields are wrong.
    #[error("invalid fields: {0:?}")]
    Invalid(Vec<FieldProblem>),
    /// Nobody is signed in, and somebody must be.
    #[error("nobody is signed in")]
    Unauthenticated,
    /// The code is wrong, or belongs to another browser.
    #[error("wrong code")]
    WrongCode {
        /// Tries that are left, where the challenge is this browser's own.
        tries_left: Option<u16>,
    },
    /// The code was right once, but is used up or out of time.
    #[error("the code has expired")]
    CodeExpired,
    /// The code was right; the newcomer has still to say what they are called and where they live.
    #[error("a newcomer's name is needed")]
    NameNeeded,
    /// The request was made by another site, or by none that can be told.
    #[error("not from this site")]
    CrossSite,
    /// Not there, or not the caller's to know about.
    #[error("no such thing")]
    NotFound,
    /// The address takes other methods.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// The body did not arrive in time.
    #[error("the body did not arrive in time")]
    TooSlow,
    /// More bytes, commands or streams than one request may carry.
    #[error("too large")]
    TooLarge,
    /// Bodies are JSON here.
    #[error("not JSON")]
    UnsupportedMediaType,
    /// This server does not answer for that host.
    #[error("another host")]
    WrongHost,
    /// The client speaks an older protocol.
    #[error("the client is too old")]
    ClientTooOld,
    /// A limit of codes asked for.
    #[error("too many requests")]
    TooManyRequests {
        /// Seconds after which it may work.
        retry_after_s: u32,
    },
    /// As many wrong codes as are allowed.
    #[error("too many tries")]
    TooManyTries {
        /// Seconds after which a new code may be asked for.
        retry_after_s: u32,
    },
    /// More work waits than the server can do soon.
    #[error("busy")]
    Busy,
    /// Something broke.
    #[error("fault: {0}")]
    Fault(String),
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    /// Where, as a JSON pointer into the body, or `?name` for a part of the query.
    pub pointer: String,
    /// What: `unknown-field`, `missing`, `wrong-type`, `empty`, `too-long`, `unprintable`, `form`, `range`, `invalid`.
    pub code: &'static str,
}

/// The longest pointer that is told or stored, in characters: a name nobody knows is the caller's own text.
pub const POINTER_MAX: usize = 120;

impl FieldProblem {
    /// A problem of one field.
    #[must_use]
    pub fn new(pointer: &str, code: &'static str) -> Self {
        Self { pointer: pointer.chars().take(POINTER_MAX).collect(), code }
    }
}

/// The body.
#[derive(Debug, Serialize)]
struct Problem<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<&'a [FieldProblem]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tries_left: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_s: Option<u32>,
    /// What a person may quote on the telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
    request_id: &'a str,
}

/// Seconds after which a caller who met a busy server comes back, before the client's own jitter.
const BUSY_RETRY_S: u32 = 2;

impl ApiError {
    /// One field is wrong.
    #[must_use]
    pub fn field(pointer: &str, code: &'static str) -> Self {
        Self::Invalid(vec![FieldProblem::new(pointer, code)])
    }

    /// The same about a part: its pointers begin at `prefix`.
    #[must_use]
    pub fn below(self, prefix: &str) -> Self {
        match self {
            Self::Invalid(fields) => Self::Invalid(
                fields
                    .into_iter()
                    .map(|field| FieldProblem { pointer: format!("{prefix}{}", field.pointer), ..field })
                    .collect(),
            ),
            other => other,
        }
    }

    /// Something broke; `doing` says in which step.
    #[must_use]
    pub fn fault(doing: &str, error: &dyn std::error::Error) -> Self {
        let mut chain = format!("{doing}: {error}");
        let mut source = error.source();
        while let Some(cause) = source {
            chain.push_str(": ");
            chain.push_str(&cause.to_string());
            source = cause.source();
        }
        Self::Fault(chain)
    }

    /// The status, the stable code and an English title, for each.
    #[must_use]
    pub const fn answer(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Malformed(_) => (StatusCode::BAD_REQUEST, "malformed", "The request cannot be read"),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "needs-sign-in", "Sign in first"),
            Self::WrongCode { .. } => (StatusCode::UNAUTHORIZED, "wrong-code", "The code is not right"),
            Self::CodeExpired => (StatusCode::UNAUTHORIZED, "code-expired", "The code is used or out of time"),
            Self::CrossSite => (StatusCode::FORBIDDEN, "cross-site", "The request does not come from this site"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "There is no such thing here"),
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "This address takes other methods")
            }
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "too-slow", "The request did not arrive in time"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The request is too large"),
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "Bodies are application/json")
            }
            Self::WrongHost => {
                (StatusCode::MISDIRECTED_REQUEST, "wrong-host", "This server does not answer for that host")
            }
            Self::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Some fields are not right"),
            Self::NameNeeded => {
                (StatusCode::UNPROCESSABLE_ENTITY, "name-needed", "A newcomer says a name and a community")
            }
            Self::ClientTooOld => (StatusCode::UPGRADE_REQUIRED, "client-too-old", "This app is too old; reload it"),
            Self::TooManyRequests { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Too many codes were asked for")
            }
            Self::TooManyTries { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, "too-many-tries", "Too many wrong codes; ask for a new one")
            }
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy", "Too much is going on; try again soon"),
            Self::Fault(_) => (StatusCode::INTERNAL_SERVER_ERROR, "fault", "Something broke on our side"),
        }
    }

    const fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::TooManyRequests { retry_after_s } | Self::TooManyTries { retry_after_s } => Some(*retry_after_s),
            Self::Busy => Some(BUSY_RETRY_S),
            _ => None,
        }
    }

    /// The whole response, for the request with that id.
    #[must_use]
    pub fn response(&self, request_id: &str) -> Response<Body> {
        let (status, code, title) = self.answer();
        let retry_after_s = self.retry_after_s();
        let problem = Problem {
            kind: format!("/problems/{code}"),
            title,
            status: status.as_u16(),
            code,
            fields: match self {
                Self::Invalid(fields) => Some(fields),
                _ => None,
            },
            tries_left: match self {
                Self::WrongCode { tries_left } => *tries_left,
                _ => None,
            },
            retry_after_s,
            reference: matches!(self, Self::Fault(_)).then_some(request_id),
            request_id,
        };
        let json = serde_json::to_vec(&problem).expect("invariant: a problem has a JSON form");
        let mut response = Response::new(Body::from(json));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry_after_s {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// What the store could not do, as the caller learns it.
impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Overloaded | StoreError::Conflict(_) | StoreError::Unknown | StoreError::Undone(_) => {
                Self::Busy
            }
            StoreError::Constraint(_)
            | StoreError::Inconsistent { .. }
            | StoreError::Panicked
            | StoreError::Fault(_) => Self::fault("store", &error),
        }
    }
}

/// Leaves the error on the response; the outermost layer writes and logs it.
impl IntoResponse for ApiError {
    fn into_response(self) -> axum::response::Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.answer().0;
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each; a variant that is missing here is missing in the page, too, and the next reader adds both.
    fn each() -> Vec<ApiError> {
        vec![
            ApiError::Malformed(String::new()),
            ApiError::Invalid(Vec::new()),
            ApiError::Unauthenticated,
            ApiError::WrongCode { tries_left: Some(4) },
            ApiError::CodeExpired,
            ApiError::NameNeeded,
            ApiError::CrossSite,
            ApiError::NotFound,
            ApiError::MethodNotAllowed,
            ApiError::TooSlow,
            ApiError::TooLarge,
            ApiError::UnsupportedMediaType,
            ApiError::WrongHost,
            ApiError::ClientTooOld,
            ApiError::TooManyRequests { retry_after_s: 60 },
            ApiError::TooManyTries { retry_after_s: 60 },
            ApiError::Busy,
            ApiError::Fault(String::new()),
        ]
    }

    #[test]
    fn the_page_lists_every_code_with_its_status() {
        let page = include_str!("../../docs/api.md");
        let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
        for error in each() {
            let (status, code, _) = error.answer();
            let row = format!("| `{code}` | {} |", status.as_u16());
            assert!(rows.iter().any(|line| line.starts_with(&row)), "{row}");
        }
    }

    #[test]
    fn a_fault_tells_the_caller_nothing_but_a_reference() {
        let error = ApiError::Fault("store: password of the database".to_owned());
        let response = error.response("abc");
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let bytes = http_body_util::BodyExt::collect(response.into_body());
        let bytes = tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(bytes);
        let text = String::from_utf8_lossy(&bytes.expect("a body").to_bytes()).into_owned();
        assert!(text.contains("\"reference\":\"abc\"") && !text.contains("password"), "{text}");
    }
}
