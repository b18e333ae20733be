//! Which host a request is for: named once, alike in its header and its target, so that nothing rests on which of two
//! somebody looks at; and one that this server answers for.

use std::net::Ipv6Addr;

use axum::extract::Request;
use axum::http::{HeaderName, Version, header};

use crate::config::host_name;
use crate::problem::ApiError;
use crate::state::AppState;

/// Headers by which something is decided. A request that has one of them twice says two things.
const ONCE: [HeaderName; 7] = [
    header::TRANSFER_ENCODING,
    header::HOST,
    header::ORIGIN,
    header::CONTENT_TYPE,
    header::AUTHORIZATION,
    HeaderName::from_static("sec-fetch-site"),
    HeaderName::from_static("x-lifehub"),
];

/// Checks that what a request says about itself is said once, and that it is meant for this server.
///
/// # Errors
/// [`ApiError::Malformed`], [`ApiError::WrongHost`].
pub fn check_host(state: &AppState, request: &Request) -> Result<(), ApiError> {
    let headers = request.headers();
    if let Some(name) = ONCE.iter().find(|name| headers.get_all(*name).iter().nth(1).is_some()) {
        return Err(ApiError::Malformed(format!("{name} is there twice")));
    }
    if headers.get(header::TRANSFER_ENCODING).is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"chunked"))
    {
        return Err(ApiError::Malformed("a body in a coding that nobody undoes".to_owned()));
    }
    let malformed = || ApiError::Malformed("the host".to_owned());
    let named = match headers.get(header::HOST) {
        Some(named) => Some(named.to_str().ok().filter(|named| is_host(named)).ok_or_else(malformed)?),
        // Before HTTP/1.1 there was no such header.
        None if request.version() < Version::HTTP_11 => None,
        None => return Err(malformed()),
    };
    let in_target = request.uri().authority().map(|authority| authority.as_str());
    if in_target.is_some_and(|target| !is_host(target)) {
        return Err(malformed());
    }
    let known = &state.settings.hosts;
    let is_ours =
        |host: &str| known.is_empty() || known.iter().any(|known| known.eq_ignore_ascii_case(host_name(host)));
    let fits = match (named, in_target) {
        (Some(named), Some(target)) => named.eq_ignore_ascii_case(target) && is_ours(named),
        (Some(host), None) | (None, Some(host)) => is_ours(host),
        (None, None) => known.is_empty(),
    };
    if fits { Ok(()) } else { Err(ApiError::WrongHost) }
}

/// A name or an address, and a port if one is told; nothing else, such as somebody's name before it.
fn is_host(text: &str) -> bool {
    let name = host_name(text);
    let has_port = text.len() > name.len();
    let is_name = match name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_')),
    };
    is_name && (!has_port || text[name.len() + 1..].parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_with_or_without_a_port() {
        for host in
            ["life.example", "LIFE.example:443", "127.0.0.1:8080", "[::1]", "[2001:db8::1]:80", "xn--fiq.cn", "a_b"]
        {
            assert!(is_host(host), "{host}");
        }
        for other in [
            "",
            ":80",
            "life.example:",
            "life.example:65536",
            "life.example:80:80",
            "user@life.example",
            "life.example@evil.example",
            "life.example/",
            "life.example?x",
            "life.example#x",
            "life.example, evil.example",
            "life example",
            "http://life.example",
            "::1",
            "[::1",
            "[life.example]",
            "生活.example",
            "life.example\\evil",
            "%6cife.example",
        ] {
            assert!(!is_host(other), "{other}");
        }
    }
}
