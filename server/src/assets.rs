//! The app's files, embedded in the binary: which file answers which address, in which encoding, kept for how long.
//!
//! Files under `/assets/` carry a hash in their names and never change; everything else is asked for anew each time
//! and mostly answered with 304. Those of recent builds that this one has not come from the database ([`recent`]). A
//! missing asset is a problem, never a page. The first page's HTML is not served from here but filled in by
//! [`crate::pages`].

pub mod recent;

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Uri, header};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use sha2::{Digest, Sha256};

use self::recent::Recent;
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

impl Embedded {
    /// Its bytes in an encoding, if they are there.
    #[must_use]
    pub const fn encoded(&self, encoding: Encoding) -> Option<&'static [u8]> {
        match encoding {
            Encoding::Plain => Some(self.plain),
            Encoding::Br => self.br,
            Encoding::Gz => self.gz,
        }
    }
}

mod embedded {
    use super::Embedded;
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

/// Stands in for the app where the server was built without it.
const PLACEHOLDER: &str = "<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title></title>\n</head>\n<body>\n<!--lifehub:first-paint-->\n</body>\n</html>\n";

/// The app's worker.
const WORKER: &str = "sw.js";

/// What takes its place where phones are to do without one: browsers look for it whenever the app is opened.
const FAREWELL: Embedded =
    Embedded { path: WORKER, etag: "farewell", plain: include_bytes!("assets/farewell.js"), br: None, gz: None };

/// Where files lie whose names carry a hash.
const HASHED: &str = "assets/";

/// The files by address.
#[derive(Debug)]
pub struct Assets {
    build: &'static str,
    files: HashMap<&'static str, Embedded>,
    policy: HeaderValue,
    recent: Recent,
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
        Self::of(embedded::BUILD, embedded::FILES)
    }

    /// Chosen ones.
    #[must_use]
    pub fn of(build: &'static str, files: &[Embedded]) -> Self {
        let is_style = |file: &&Embedded| file.path.starts_with(HASHED) && file.path.ends_with(".css");
        let style = files.iter().find(is_style).map_or("", text_of);
        let (policy, files) = (policy(style), files.iter().map(|file| (file.path, *file)).collect());
        Self { build, files, policy, recent: Recent::default() }
    }

    /// The build's name.
    #[must_use]
    pub const fn build(&self) -> &'static str {
        self.build
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
    /// All of them.
    const ALL: [Self; 3] = [Self::Plain, Self::Br, Self::Gz];

    /// How it is stored.
    const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Br => "br",
            Self::Gz => "gzip",
        }
    }

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
        "pack" => "application/vnd.lifehub.pack",
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

/// The best encoding the client takes of those there are.
fn choose(request: &HeaderMap, has: impl Fn(Encoding) -> bool) -> Encoding {
    match Encoding::accepted(request) {
        Encoding::Br if has(Encoding::Br) => Encoding::Br,
        Encoding::Br | Encoding::Gz if has(Encoding::Gz) => Encoding::Gz,
        _ => Encoding::Plain,
    }
}

/// An answer without its body: how long it is kept and what it is. 304 where the client has the rest.
fn begin(path: &str, etag: &str, request: &HeaderMap) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    let caching = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{etag}\"")) {
        headers.insert(header::ETAG, etag);
    }
    if is_held(request, etag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    response
}

/// The answer with its body.
fn fill(mut response: Response<Body>, media_type: HeaderValue, encoding: Encoding, bytes: Bytes) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media_type);
    if let Some(encoding) = encoding.header() {
        headers.insert(header::CONTENT_ENCODING, encoding);
    }
    *response.body_mut() = Body::from(bytes);
    response
}

fn answer(file: &Embedded, request: &HeaderMap) -> Response<Body> {
    let response = begin(file.path, file.etag, request);
    if response.status() == StatusCode::NOT_MODIFIED {
        return response;
    }
    let encoding = choose(request, |encoding| file.encoded(encoding).is_some());
    let bytes = file.encoded(encoding).unwrap_or(file.plain);
    fill(response, HeaderValue::from_static(media_type(file.path)), encoding, Bytes::from_static(bytes))
}

/// A file of the build, by the request's address; below `/assets/` also one of a recent build.
///
/// # Errors
/// [`ApiError::NotFound`]; [`ApiError::Fault`] where the database does not say.
pub async fn serve(State(state): State<AppState>, uri: Uri, headers: HeaderMap) -> Result<Response<Body>, ApiError> {
    match state.assets.get(uri.path()) {
        Some(file) if file.path == WORKER && state.settings.no_worker => Ok(answer(&FAREWELL, &headers)),
        // The page is only served filled in.
        Some(file) if file.path != "index.html" => Ok(answer(file, &headers)),
        Some(_) => Err(ApiError::NotFound),
        None => recent::serve(&state, uri.path(), &headers).await,
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
