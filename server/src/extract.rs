//! Reading requests: bodies, addresses and queries become checked values or one shape of problem.
//!
//! A body is read with a limit and a deadline; what is too large is refused before it is read. Fields nobody knows are
//! refused, in bodies and in queries, because somebody who sends `role` or `account` should learn that it does nothing.

use std::time::Duration;

use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::header;
use axum::http::request::Parts;
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::problem::ApiError;
use crate::state::AppState;

/// The most bytes of a request's body.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// A JSON body.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let bytes = read_body(request, state.settings.limits.body).await?;
        from_json(&bytes).map(Self)
    }
}

/// The bytes of a body that claims to be JSON, for a reader that looks twice.
#[derive(Debug)]
pub struct JsonBytes(pub Bytes);

impl FromRequest<AppState> for JsonBytes {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        read_body(request, state.settings.limits.body).await.map(Self)
    }
}

/// Reads a body that claims to be JSON, within the limits.
///
/// # Errors
/// [`ApiError::UnsupportedMediaType`], [`ApiError::TooLarge`], [`ApiError::TooSlow`], [`ApiError::Malformed`].
async fn read_body(request: Request, deadline: Duration) -> Result<Bytes, ApiError> {
    if !is_json(request.headers().get(header::CONTENT_TYPE)) {
        return Err(ApiError::UnsupportedMediaType);
    }
    let claimed = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if claimed.and_then(|length| length.parse::<usize>().ok()).is_some_and(|length| length > BODY_BYTES_MAX) {
        return Err(ApiError::TooLarge);
    }
    let body = Limited::new(request.into_body(), BODY_BYTES_MAX).collect();
    match tokio::time::timeout(deadline, body).await {
        Err(_) => Err(ApiError::TooSlow),
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(ApiError::TooLarge),
        Ok(Err(_)) => Err(ApiError::Malformed("the body broke off".to_owned())),
    }
}

/// Whether a content type is JSON, parameters aside.
#[must_use]
pub fn is_json(content_type: Option<&axum::http::HeaderValue>) -> bool {
    content_type
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// Reads JSON; says where and how it is wrong.
///
/// # Errors
/// [`ApiError::Malformed`] when it is no JSON, [`ApiError::Invalid`] with a pointer when it is but not what is asked.
pub fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let cause = error.inner();
        if cause.is_data() {
            ApiError::field(&pointer(error.path()), field_code(&cause.to_string()))
        } else {
            ApiError::Malformed(format!("line {} column {}", cause.line(), cause.column()))
        }
    })?;
    reader.end().map_err(|error| ApiError::Malformed(format!("line {} column {}", error.line(), error.column())))?;
    // A list of the fields' values would be read as well, and nobody means that.
    if bytes.trim_ascii_start().starts_with(b"{") { Ok(value) } else { Err(ApiError::field("", "wrong-type")) }
}

/// A path as a JSON pointer.
#[must_use]
pub fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        let part = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => in_pointer(key),
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => continue,
        };
        pointer.push('/');
        pointer.push_str(&part);
    }
    pointer
}

/// A name as it stands in a JSON pointer.
#[must_use]
pub fn in_pointer(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The stable word for what a reader of JSON or of a checked value says.
fn field_code(message: &str) -> &'static str {
    let starts = |prefix: &str| message.starts_with(prefix);
    if starts("unknown field") {
        "unknown-field"
    } else if starts("missing field") {
        "missing"
    } else if starts("duplicate field") {
        "duplicate"
    } else if starts("invalid type") {
        "wrong-type"
    } else if starts("empty") {
        "empty"
    } else if starts("longer than") {
        "too-long"
    } else if starts("unprintable") {
        "unprintable"
    } else if starts("not in the expected form") || starts("not an identifier") || starts("not a date") {
        "form"
    } else {
        "invalid"
    }
}

/// The one part of an address, read as `T`. A part that does not parse names nothing: not found.
#[derive(Debug)]
pub struct PathPart<T>(pub T);

impl<T: std::str::FromStr> FromRequestParts<AppState> for PathPart<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| ApiError::NotFound)?;
        let part = params.iter().next().and_then(|(_, value)| value.parse().ok());
        part.map(Self).ok_or(ApiError::NotFound)
    }
}

/// Nothing is said, in a body or a query.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// The query, read as `T`.
#[derive(Debug)]
pub struct QueryOf<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<AppState> for QueryOf<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = pairs(query).ok_or_else(|| ApiError::Malformed("the query".to_owned()))?;
        // Through a JSON object of texts, so that problems are told as in a body.
        let mut object = serde_json::Map::new();
        for (name, value) in pairs {
            if object.insert(name.clone(), value.into()).is_some() {
                return Err(ApiError::field(&format!("?{name}"), "duplicate"));
            }
        }
        serde_path_to_error::deserialize(serde_json::Value::Object(object)).map(Self).map_err(|error| {
            let message = error.inner().to_string();
            let code = field_code(&message);
            let path = pointer(error.path());
            let name = match path.as_str() {
                "" => message.split('`').nth(1).unwrap_or_default(),
                path => path.trim_start_matches('/'),
            };
            ApiError::field(&format!("?{name}"), code)
        })
    }
}

/// The decoded pairs of a query; nothing if it is not UTF-8 after decoding.
fn pairs(query: &str) -> Option<Vec<(String, String)>> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name)?, decode(value)?))
        })
        .collect()
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                u8::try_from(high * 16 + low).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Form {
        #[expect(dead_code, reason = "only read")]
        phone: domain::text::Phone,
        #[serde(default)]
        #[expect(dead_code, reason = "only read")]
        ids: Vec<domain::id::SpaceId>,
    }

    fn problem(json: &str) -> (String, &'static str) {
        match from_json::<Form>(json.as_bytes()) {
            Err(ApiError::Invalid(fields)) => (fields[0].pointer.clone(), fields[0].code),
            Err(ApiError::Malformed(_)) => (String::new(), "malformed"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_wrong_field_is_pointed_at() {
        assert_eq!(problem(r#"{"phone":"12"}"#), ("/phone".to_owned(), "form"));
        assert_eq!(problem(r#"{"phone":" "}"#), ("/phone".to_owned(), "empty"));
        assert_eq!(problem(r#"{"phone":5}"#), ("/phone".to_owned(), "wrong-type"));
        assert_eq!(problem("{}").1, "missing");
        assert_eq!(problem(r#"{"phone":"13800000000","role":"x"}"#), ("/role".to_owned(), "unknown-field"));
        assert_eq!(problem(r#"{"phone":"13800000000","ids":["x"]}"#), ("/ids/0".to_owned(), "form"));
        for broken in ["", "{", "nul", "\u{feff}{}", r#"{"phone":"13800000000"} x"#] {
            assert_eq!(problem(broken).1, "malformed", "{broken}");
        }
    }

    #[test]
    fn a_query_is_decoded_or_refused() {
        assert_eq!(pairs("a=1&b=%E6%9D%BF+x"), Some(vec![("a".into(), "1".into()), ("b".into(), "板 x".into())]));
        assert_eq!(pairs("a=%ff"), None);
        assert_eq!(pairs("a=%2"), None);
        assert_eq!(pairs(""), Some(vec![]));
    }
}
