//! Who is asking: the session behind a cookie, the address behind a connection, and whether a request that would change
//! something really comes from our own page.
//!
//! A session is looked up each time, so that ending one ends it at once everywhere. The cookie's name and flags depend
//! on whether people reach us by https: `__Host-sid` binds it to this very host.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use domain::id::AccountId;
use domain::people::Actor;
use domain::sign_in::Whose;
use domain::time::Timestamp;

use crate::extract::is_json;
use crate::login::token_hash;
use crate::problem::ApiError;
use crate::serve::{Peer, client_of};
use crate::state::AppState;
use crate::store::StoreError;
use crate::store::sessions::{find_session, remove_old_sessions, touch_session};

/// The session's cookie, before its prefix.
pub const SESSION_COOKIE: &str = "sid";
/// The cookie that says whose outbox this browser has had, before its prefix. A browser that throws away what scripts keep
/// leaves it, so the page can tell that something was thrown away.
pub const OUTBOX_COOKIE: &str = "outbox";
/// How long that is remembered.
const OUTBOX_COOKIE_S: u32 = 400 * 86_400;
/// The header that no form and no foreign page can send.
const OWN_HEADER: &str = "x-lifehub";

/// Who is asking, with the grants in force at this moment.
#[derive(Debug)]
pub struct Caller(pub Actor);

/// Who is asking, and on whose phone.
#[derive(Debug)]
pub struct Visit {
    /// Who.
    pub actor: Actor,
    /// On whose phone; one's own where nobody is signed in.
    pub whose: Whose,
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        Ticket::of(state, &parts.headers).actor(state).await.map(Self)
    }
}

impl FromRequestParts<AppState> for Visit {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        Ticket::of(state, &parts.headers).visit(state).await
    }
}

/// What a caller's session is found by, for whoever has to look more than once.
#[derive(Debug)]
pub struct Ticket(Option<String>);

impl Ticket {
    /// What these headers bring.
    #[must_use]
    pub fn of(state: &AppState, headers: &HeaderMap) -> Self {
        Self(cookie(state, headers, SESSION_COOKIE).map(token_hash))
    }

    /// Whose it is at this moment.
    ///
    /// # Errors
    /// Only faults.
    pub async fn actor(&self, state: &AppState) -> Result<Actor, ApiError> {
        Ok(self.visit(state).await?.actor)
    }

    /// The same, and on whose phone.
    ///
    /// # Errors
    /// Only faults.
    pub async fn visit(&self, state: &AppState) -> Result<Visit, ApiError> {
        let nobody = Visit { actor: Actor::Anonymous, whose: Whose::Own };
        let Some(hash) = &self.0 else { return Ok(nobody) };
        let now = state.clock.now();
        let Some(session) = find_session(&state.db, hash).await? else { return Ok(nobody) };
        let whose = session.whose;
        if whose.is_over(session.created_at, session.last_seen_at, now) {
            return Ok(nobody);
        }
        if now.minutes_since(session.last_seen_at) >= whose.seen_minutes() {
            touch_later(state.clone(), hash.clone(), now);
        }
        Ok(Visit { actor: Actor::Account(session.caller), whose })
    }
}

/// Beside the request, and never its failure.
fn touch_later(state: AppState, hash: String, now: Timestamp) {
    tokio::spawn(async move {
        let touched = state.db.write("sessions", move |tx| {
            let hash = hash.clone();
            Box::pin(async move { touch_session(tx, &hash, now).await })
        });
        // Left for the next request, if it did not work.
        let _ = touched.await;
    });
}

/// Removes sessions nobody can use any more.
///
/// # Errors
/// [`StoreError`].
pub async fn remove_ended_sessions(state: &AppState, now: Timestamp) -> Result<u64, StoreError> {
    let remove = state.db.write("sessions", move |tx| {
        Box::pin(async move {
            let own = remove_old_sessions(tx, Whose::Own, now).await?;
            Ok(own + remove_old_sessions(tx, Whose::Shared, now).await?)
        })
    });
    remove.await
}

fn cookie_name(state: &AppState, name: &str) -> String {
    if state.settings.is_https() { format!("__Host-{name}") } else { name.to_owned() }
}

/// The value of one of our cookies.
#[must_use]
pub fn cookie<'h>(state: &AppState, headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    plain_cookie(headers, &cookie_name(state, name))
}

/// The value of a cookie that the page itself keeps.
#[must_use]
pub fn plain_cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name && !value.is_empty()).then_some(value))
}

/// A `Set-Cookie` value: for no script, for no other site, for this host alone. Without an age it goes with the browser's
/// window.
#[must_use]
pub fn set_cookie(state: &AppState, name: &str, value: &str, max_age_s: Option<u32>) -> HeaderValue {
    let secure = if state.settings.is_https() { "; Secure" } else { "" };
    let name = cookie_name(state, name);
    let age = max_age_s.map_or_else(String::new, |max_age_s| format!("; Max-Age={max_age_s}"));
    let cookie = format!("{name}={value}; Path=/{age}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_str(&cookie).expect("invariant: our own tokens are plain text")
}

/// The `Set-Cookie` value of a new session.
#[must_use]
pub fn session_cookie(state: &AppState, token: &str, whose: Whose) -> HeaderValue {
    let max_age_s = match whose {
        Whose::Own => u32::try_from(whose.longest_minutes() * 60).ok(),
        Whose::Shared => None,
    };
    set_cookie(state, SESSION_COOKIE, token, max_age_s)
}

/// The `Set-Cookie` value that says that this browser has had an outbox of that account.
#[must_use]
pub fn outbox_cookie(state: &AppState, account: AccountId) -> HeaderValue {
    set_cookie(state, OUTBOX_COOKIE, &account.to_string(), Some(OUTBOX_COOKIE_S))
}

/// Whether this browser has had an outbox of that account, as far as it still knows.
#[must_use]
pub fn has_had_outbox(state: &AppState, headers: &HeaderMap, account: AccountId) -> bool {
    cookie(state, headers, OUTBOX_COOKIE) == Some(account.to_string().as_str())
}

/// Where a request comes from.
#[derive(Debug, Clone, Copy)]
pub struct Client {
    address: IpAddr,
}

impl Client {
    /// The address's network: what limits are counted by, since one person may have many addresses in it.
    #[must_use]
    pub fn network(&self) -> String {
        match self.address.to_canonical() {
            IpAddr::V4(address) => {
                let [a, b, c, _] = address.octets();
                format!("{}/24", Ipv4Addr::new(a, b, c, 0))
            }
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{}/56", Ipv6Addr::new(a, b, c, d & 0xff00, 0, 0, 0, 0))
            }
        }
    }

    /// Whom the address belongs to: what connections are counted by.
    #[must_use]
    pub fn household(&self) -> IpAddr {
        client_of(self.address)
    }

    /// The address at the other end of the connection, or what a proxy that is believed says it was at its own.
    #[must_use]
    pub fn of(state: &AppState, headers: &HeaderMap, peer: Option<&Peer>) -> Self {
        let trusted = &state.settings.trusted_proxies;
        let mut address = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip());
        let hops: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        // From the right: each hop is told by the one after it, and counts only as far as those are believed.
        for hop in hops.iter().rev() {
            if !trusted.contains(&address) {
                break;
            }
            match hop.trim().parse::<IpAddr>() {
                Ok(before) => address = before.to_canonical(),
                Err(_) => break,
            }
        }
        Self { address }
    }
}

impl FromRequestParts<AppState> for Client {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        Ok(Self::of(state, &parts.headers, parts.extensions.get()))
    }
}

/// Lets a request that would change something through only if our own page, or a program that is no browser, made it:
/// JSON, our header, and the browser's own word about where it comes from.
///
/// # Errors
/// [`ApiError::UnsupportedMediaType`], [`ApiError::CrossSite`].
pub fn check_origin(state: &AppState, method: &Method, headers: &HeaderMap) -> Result<(), ApiError> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    if !is_json(headers.get(header::CONTENT_TYPE)) {
        return Err(ApiError::UnsupportedMediaType);
    }
    let is_ours = headers.get(OWN_HEADER).is_some_and(|value| value == "1");
    let is_here = match (headers.get("sec-fetch-site"), headers.get(header::ORIGIN)) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin.to_str().is_ok_and(|origin| is_own_origin(state, headers, origin)),
        (None, None) => true,
    };
    if is_ours && is_here { Ok(()) } else { Err(ApiError::CrossSite) }
}

fn is_own_origin(state: &AppState, headers: &HeaderMap, origin: &str) -> bool {
    match &state.settings.base_url {
        Some(base) => origin.eq_ignore_ascii_case(base),
        None => {
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
            host.is_some_and(|host| {
                origin.strip_prefix("http://").is_some_and(|named| named.eq_ignore_ascii_case(host))
            })
        }
    }
}
