//! The app's files, embedded in the binary: which file answers which address, in which encoding, kept for how long.
//!
//! Files under `/assets/` carry a hash in their names and never change; everything else is asked for anew each time
//! and mostly answered with 304. A missing asset is a problem, never a page. The first page's HTML is not served from
//! here but filled in by [`crate::pages`].

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Uri, header};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::problem::ApiError;
use crate::state::AppState;

/// A file of the build.
#[derive(Debug, Clone, Copy)]
pub struct Embedded {
    /// Its address, without the leading slash.
    pub path: &'static str,
    /// A hash of its bytes.
    pub etag: &'static str,
    /// Its bytes.
    pub plain: &'static [u8],
    /// Compressed with brotli.
    pub br: Option<&'static [u8]>,
    /// Compressed with gzip.
    pub gz: Option<&'static [u8]>,
}

mod embedded {
    use super::Embedded;
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

/// Stands in for the app where the server was built without it.
const PLACEHOLDER: &str = "<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title></title>\n</head>\n<body>\n<!--lifehub:first-paint-->\n</body>\n</html>\n";

/// The files by address.
#[derive(Debug)]
pub struct Assets {
    files: HashMap<&'static str, Embedded>,
    policy: HeaderValue,
}

/// What a page may do. No inline script; the one style that may stand in a page is that of the build, by its hash.
fn policy(style: &str) -> HeaderValue {
    let hash = BASE64_STANDARD.encode(Sha256::digest(style));
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'sha256-{hash}'; \
         img-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; \
         form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).expect("invariant: a hash is plain text")
}

impl Assets {
    /// Those of this build.
    #[must_use]
    pub fn embedded() -> Self {
        Self::of(embedded::FILES)
    }

    /// Chosen ones.
    #[must_use]
    pub fn of(files: &[Embedded]) -> Self {
        let is_style = |file: &&Embedded| file.path.starts_with("assets/") && file.path.ends_with(".css");
        let style = files.iter().find(is_style).map_or("", text_of);
        Self { files: files.iter().map(|file| (file.path, *file)).collect(), policy: policy(style) }
    }

    /// The build's name.
    #[must_use]
    pub const fn build() -> &'static str {
        embedded::BUILD
    }

    /// The file at an address.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Embedded> {
        self.files.get(path.trim_start_matches('/'))
    }

    /// The first page as it was built, with its places still to fill.
    #[must_use]
    pub fn index(&self) -> &'static str {
        self.text("index.html").unwrap_or(PLACEHOLDER)
    }

    /// The text at an address.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&'static str> {
        self.get(path).map(text_of)
    }

    /// The content security policy of every answer.
    #[must_use]
    pub const fn policy(&self) -> &HeaderValue {
        &self.policy
    }
}

fn text_of(file: &Embedded) -> &'static str {
    std::str::from_utf8(file.plain).unwrap_or_default()
}

/// How a body travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// As it is.
    Plain,
    /// Brotli.
    Br,
    /// Gzip.
    Gz,
}

impl Encoding {
    /// The best one the client takes.
    #[must_use]
    pub fn accepted(headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let takes = |name: &str| {
            accept.split(',').any(|item| {
                let mut parts = item.split(';').map(str::trim);
                let refused = |quality: &str| matches!(quality, "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
                parts.next().is_some_and(|coding| coding.eq_ignore_ascii_case(name)) && !parts.any(refused)
            })
        };
        if takes("br") {
            Self::Br
        } else if takes("gzip") {
            Self::Gz
        } else {
            Self::Plain
        }
    }

    /// The word in `Content-Encoding`.
    #[must_use]
    pub const fn header(self) -> Option<HeaderValue> {
        match self {
            Self::Plain => None,
            Self::Br => Some(HeaderValue::from_static("br")),
            Self::Gz => Some(HeaderValue::from_static("gzip")),
        }
    }
}

/// Whether the client already holds what carries this tag.
#[must_use]
pub fn is_held(headers: &HeaderMap, etag: &str) -> bool {
    headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|held| {
        held.split(',').any(|one| {
            let one = one.trim();
            one == "*" || one.strip_prefix("W/").unwrap_or(one).trim_matches('"') == etag
        })
    })
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "jpg" | "jpeg" => "image/jpeg",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn answer(file: &Embedded, request: &HeaderMap) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    let (encoding, bytes) = match (Encoding::accepted(request), file.br, file.gz) {
        (Encoding::Br, Some(br), _) => (Encoding::Br, br),
        (Encoding::Br | Encoding::Gz, _, Some(gz)) => (Encoding::Gz, gz),
        _ => (Encoding::Plain, file.plain),
    };
    let headers = response.headers_mut();
    let immutable = file.path.starts_with("assets/");
    let caching = if immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{}\"", file.etag)) {
        headers.insert(header::ETAG, etag);
    }
    if is_held(request, file.etag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(file.path)));
    if let Some(encoding) = encoding.header() {
        headers.insert(header::CONTENT_ENCODING, encoding);
    }
    *response.body_mut() = Body::from(Bytes::from_static(bytes));
    response
}

/// A file of the build, by the request's address.
///
/// # Errors
/// [`ApiError::NotFound`].
pub async fn serve(State(state): State<AppState>, uri: Uri, headers: HeaderMap) -> Result<Response<Body>, ApiError> {
    match state.assets.get(uri.path()) {
        // The page is only served filled in.
        Some(file) if file.path != "index.html" => Ok(answer(file, &headers)),
        _ => Err(ApiError::NotFound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    const FILE: Embedded =
        Embedded { path: "assets/app.1.js", etag: "abc", plain: b"plain", br: Some(b"br"), gz: Some(b"gz") };

    #[test]
    fn the_best_accepted_encoding_is_chosen() {
        for (accept, expected) in [
            ("gzip, deflate, br, zstd", Encoding::Br),
            ("gzip", Encoding::Gz),
            ("br;q=0, gzip;q=0.5", Encoding::Gz),
            ("identity", Encoding::Plain),
            ("", Encoding::Plain),
        ] {
            assert_eq!(Encoding::accepted(&with(header::ACCEPT_ENCODING, accept)), expected, "{accept}");
        }
        let response = answer(&FILE, &with(header::ACCEPT_ENCODING, "br"));
        assert_eq!(response.headers()[header::CONTENT_ENCODING], "br");
        let only_br = Embedded { gz: None, ..FILE };
        assert!(
            answer(&only_br, &with(header::ACCEPT_ENCODING, "gzip")).headers().get(header::CONTENT_ENCODING).is_none()
        );
    }

    #[test]
    fn hashed_files_are_kept_and_others_asked_for_again() {
        let caching = |file: &Embedded| answer(file, &HeaderMap::new()).headers()[header::CACHE_CONTROL].clone();
        assert_eq!(caching(&FILE), "public, max-age=31536000, immutable");
        assert_eq!(caching(&Embedded { path: "sw.js", ..FILE }), "no-cache");
        for held in ["\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "*"] {
            assert_eq!(answer(&FILE, &with(header::IF_NONE_MATCH, held)).status(), StatusCode::NOT_MODIFIED, "{held}");
        }
        assert_eq!(answer(&FILE, &with(header::IF_NONE_MATCH, "\"x\"")).status(), StatusCode::OK);
    }
}
