//! `POST /api/login/challenge`: a number asks for a code.
//!
//! Whether the number is known is not looked at, so neither the answer nor its time can tell. Limits are counted in
//! the database: per number, per browser, per network, in all. Only what they let through gets a code, whose slow hash
//! is computed between two transactions, because others write meanwhile; the code leaves after the answer is decided.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::text::Phone;
use domain::time::Timestamp;
use domain::words::Language;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::caller::{Client, cookie, set_cookie};
use crate::config::LoginLimits;
use crate::extract::{JsonBody, Nothing, QueryOf};
use crate::login::{CODE_MINUTES, keyed_hash, token_hash};
use crate::problem::ApiError;
use crate::state::AppState;
use crate::store::logins::{
    Counts, NewChallenge, count_challenges, insert_challenge, lock_challenges, remove_challenge, set_code,
};

/// The cookie that binds a challenge to the browser that asked for it.
pub const BROWSER_COOKIE: &str = "chal";
/// How long a browser keeps it, in seconds.
const BROWSER_COOKIE_S: u32 = 24 * 3600;

/// What a phone sends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    phone: Phone,
}

/// What it gets, known or not.
#[derive(Debug, Serialize)]
struct Asked {
    challenge: Uuid,
    resend_after_s: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    demo_code: Option<String>,
}

/// Makes a challenge and sends its code.
///
/// # Errors
/// [`ApiError::TooManyRequests`] at a limit, [`ApiError::Busy`] when too many codes are made at once.
pub async fn challenge(
    State(state): State<AppState>,
    _: QueryOf<Nothing>,
    client: Client,
    headers: HeaderMap,
    JsonBody(ask): JsonBody<Ask>,
) -> Result<Response, ApiError> {
    let now = state.clock.now();
    let settings = &state.settings;
    let browser = browser_token(&state, &headers);
    let (id, code) = (state.entropy.uuid(now), state.entropy.code());
    let (browser_hash, network_hash) = (token_hash(&browser), keyed_hash(&settings.pepper, &client.network()));
    let (phone, limits) = (ask.phone.clone(), settings.login);
    let refused = state
        .db
        .write("login", move |tx| {
            let (phone, browser_hash) = (phone.clone(), browser_hash.clone());
            let network_hash = network_hash.clone();
            Box::pin(async move {
                lock_challenges(tx).await?;
                let counts = count_challenges(tx, &phone, &browser_hash, &network_hash, now).await?;
                if let Some(retry_after_s) = over(limits, counts, now) {
                    return Ok(Some(retry_after_s));
                }
                let challenge = NewChallenge {
                    id,
                    phone: &phone,
                    browser_hash: &browser_hash,
                    network_hash: &network_hash,
                    created_at: now,
                    expires_at: now.plus_minutes(CODE_MINUTES),
                };
                insert_challenge(tx, &challenge).await?;
                Ok(None)
            })
        })
        .await?;
    if let Some(retry_after_s) = refused {
        state.telemetry.login("limited");
        return Err(ApiError::TooManyRequests { retry_after_s });
    }
    keep_code(&state, id, &code).await?;
    state.telemetry.login("asked");
    let demo_code = settings.demo.then(|| code.clone());
    if !settings.demo {
        let language = headers.get(header::ACCEPT_LANGUAGE).and_then(|tags| tags.to_str().ok());
        send_later(state.clone(), ask.phone, code, language.map_or(Language::ZhCn, Language::from_tags));
    }
    let asked = Asked { challenge: id, resend_after_s: state.settings.login.again_s, demo_code };
    let mut response = (StatusCode::ACCEPTED, Json(asked)).into_response();
    let cookie = set_cookie(&state, BROWSER_COOKIE, &browser, Some(BROWSER_COOKIE_S));
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Gives a challenge its code. When that is not possible, it is as if nobody had asked.
async fn keep_code(state: &AppState, id: Uuid, code: &str) -> Result<(), ApiError> {
    match state.login.hash_code(&state.settings.pepper, id, code).await {
        Ok(hash) => {
            let keep = state.db.write("login", move |tx| {
                let hash = hash.clone();
                Box::pin(async move { set_code(tx, id, &hash).await })
            });
            Ok(keep.await?)
        }
        Err(error) => {
            state.db.write("login", move |tx| Box::pin(remove_challenge(tx, id))).await?;
            Err(error)
        }
    }
}

/// The browser's own cookie, or a new one. Keeping it lets the limits know the browser again.
fn browser_token(state: &AppState, headers: &HeaderMap) -> String {
    match cookie(state, headers, BROWSER_COOKIE) {
        Some(token) if token.len() == 64 && token.bytes().all(|b| b.is_ascii_hexdigit()) => token.to_owned(),
        _ => state.entropy.token(),
    }
}

/// Sends beside the answer: how long a gateway takes must not tell anything either.
fn send_later(state: AppState, phone: Phone, code: String, language: Language) {
    tokio::spawn(async move {
        let at = state.clock.now();
        let outcome = if state.login.sender.send(&phone, &code, language, at).await { "sent" } else { "not-sent" };
        state.telemetry.login(outcome);
    });
}

/// Seconds to wait, if one of the limits is reached.
fn over(limits: LoginLimits, counts: Counts, now: Timestamp) -> Option<u32> {
    const HOUR_S: u32 = 3600;
    const DAY_S: u32 = 24 * HOUR_S;
    let again = counts.number_last.and_then(|last| {
        let gone_s = u32::try_from((now.ms() - last.ms()).max(0) / 1000).unwrap_or(u32::MAX);
        (gone_s < limits.again_s).then(|| limits.again_s - gone_s)
    });
    let by_count = [
        (counts.number_day >= limits.number_day, DAY_S),
        (counts.browser_failures_day >= limits.failures_day, DAY_S),
        (counts.total_day >= limits.total_day, HOUR_S),
        (counts.number_hour >= limits.number_hour, HOUR_S),
        (counts.browser_hour >= limits.browser_hour, HOUR_S),
        (counts.network_hour >= limits.per_client_hour, HOUR_S),
        (counts.total_hour >= limits.total_hour, HOUR_S / 4),
    ];
    let reached = by_count.into_iter().find_map(|(is_reached, seconds)| is_reached.then_some(seconds));
    reached.or(again)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_wait_of_the_limits_reached_is_told() {
        let now = Timestamp::from_ms(1_795_390_200_000);
        let none = Counts {
            number_hour: 0,
            number_day: 0,
            number_last: None,
            browser_failures_day: 0,
            browser_hour: 0,
            network_hour: 0,
            total_hour: 0,
            total_day: 0,
        };
        let wait = |counts| over(LoginLimits::DEFAULT, counts, now);
        assert_eq!(wait(none), None);
        let last = |s: i64| Some(Timestamp::from_ms(now.ms() - s * 1000));
        assert_eq!(wait(Counts { number_last: last(20), ..none }), Some(40));
        assert_eq!(wait(Counts { number_last: last(60), ..none }), None);
        assert_eq!(wait(Counts { number_hour: 5, number_last: last(20), ..none }), Some(3600));
        assert_eq!(wait(Counts { number_hour: 5, number_day: 10, ..none }), Some(86_400));
        assert_eq!(wait(Counts { network_hour: 30, ..none }), Some(3600));
        assert_eq!(wait(Counts { total_hour: 1000, ..none }), Some(900));
        assert_eq!(wait(Counts { browser_failures_day: 10, ..none }), Some(86_400));
    }
}
