//! `POST /api/login/verify`: a code becomes a session.
//!
//! Can go wrong: the code is not right, is another browser's, used, too old, tried out; the newcomer has not said a
//! name. Each try is taken by a guarded update before the code is looked at, and the challenge is used up by another,
//! so that sixty-four right answers at once open one session. The account is made in that same transaction.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use domain::id::{AccountId, CommunityId, PersonId};
use domain::sign_in::Whose;
use domain::text::PersonName;
use domain::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use crate::caller::{SESSION_COOKIE, cookie, session_cookie};
use crate::extract::{JsonBody, Nothing, QueryOf};
use crate::login::challenge::BROWSER_COOKIE;
use crate::login::{TRIES_MAX, is_same, token_hash};
use crate::problem::ApiError;
use crate::state::AppState;
use crate::store::logins::{
    NoTry, Tried, count_failures, find_account, give_try_back, note_failure, take_try, use_up, why_no_try,
};
use crate::store::people::create_account;
use crate::store::public_reads::find_community;
use crate::store::sessions::{insert_session, remove_session};

/// Six digits.
#[derive(Debug)]
pub struct Code(String);

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        // Phones paste codes with blanks, and some keyboards write full-width digits.
        let digits: Option<String> = text
            .trim()
            .chars()
            .filter(|c| !matches!(c, ' ' | '-'))
            .map(|c| match c {
                '0'..='9' => Some(c),
                '\u{ff10}'..='\u{ff19}' => char::from_digit(u32::from(c) - 0xff10, 10),
                _ => None,
            })
            .take(7)
            .collect();
        match digits {
            Some(digits) if digits.len() == 6 => Ok(Self(digits)),
            _ => Err(serde::de::Error::custom("not in the expected form")),
        }
    }
}

/// What a phone sends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    challenge: Uuid,
    code: Code,
    #[serde(default)]
    name: Option<PersonName>,
    #[serde(default)]
    home: Option<CommunityId>,
    /// Whether the phone is somebody else's.
    #[serde(default)]
    shared: bool,
}

/// What it gets.
#[derive(Debug, Serialize)]
pub struct SignedIn {
    account: AccountId,
    is_new: bool,
}

enum Opened {
    Known(AccountId),
    New(AccountId),
    NeedsName,
    NoSuchHome,
    Spent,
}

/// Checks a code and opens a session.
///
/// # Errors
/// [`ApiError::WrongCode`], [`ApiError::CodeExpired`], [`ApiError::TooManyTries`], [`ApiError::NameNeeded`];
/// [`ApiError::Busy`] when too many are looked at at once.
pub async fn verify(
    State(state): State<AppState>,
    _: QueryOf<Nothing>,
    headers: HeaderMap,
    JsonBody(answer): JsonBody<Answer>,
) -> Result<Response, ApiError> {
    let now = state.clock.now();
    let id = answer.challenge;
    let browser_hash = cookie(&state, &headers, BROWSER_COOKIE).map(token_hash);
    let Some(browser_hash) = browser_hash else { return Err(wrong(&state, None)) };
    let limits = state.settings.login;
    let tried = state
        .db
        .write("login", move |tx| {
            let browser_hash = browser_hash.clone();
            Box::pin(async move {
                let Some(tried) = take_try(tx, id, &browser_hash, TRIES_MAX, now).await? else {
                    return Ok(Err(why_no_try(tx, id, &browser_hash, now).await?));
                };
                let failures = count_failures(tx, &tried.phone, id, &browser_hash, now).await?;
                if failures.by_browser >= limits.failures_day {
                    return Ok(Err(NoTry::TriedOut { created_at: now }));
                }
                let tries_max = tries_max(failures.elsewhere, limits.failures_day);
                Ok(match tries_max.checked_sub(tried.tries) {
                    Some(tries_left) => Ok((tried, tries_left)),
                    None => Err(NoTry::TriedOut { created_at: tried.created_at }),
                })
            })
        })
        .await?;
    let (tried, tries_left) = match tried {
        Ok(taken) => taken,
        Err(NoTry::Unknown) => return Err(wrong(&state, None)),
        Err(NoTry::Spent) => return Err(ApiError::CodeExpired),
        Err(NoTry::TriedOut { created_at }) => {
            state.telemetry.login("tried-out");
            let gone_s = u32::try_from((now.ms() - created_at.ms()).max(0) / 1000).unwrap_or(u32::MAX);
            let retry_after_s = limits.again_s.saturating_sub(gone_s).max(1);
            return Err(ApiError::TooManyTries { retry_after_s });
        }
    };
    let given = match state.login.hash_code(&state.settings.pepper, id, &answer.code.0).await {
        Ok(given) => given,
        Err(error) => {
            // Nobody looked at the code.
            state.db.write("login", move |tx| Box::pin(give_try_back(tx, id))).await?;
            return Err(error);
        }
    };
    if !is_same(&given, &tried.code_hash) {
        state.db.write("login", move |tx| Box::pin(note_failure(tx, id))).await?;
        return Err(wrong(&state, Some(tries_left)));
    }
    open_session(&state, &headers, answer, tried, now).await
}

/// How often a code may be tried. Somebody who guesses codes for a number never shuts its owner out: once there were too
/// many wrong ones, each code is good for one try, and whoever mistypes it asks for the next.
const fn tries_max(failures_elsewhere: u32, failures_day: u32) -> u16 {
    if failures_elsewhere >= failures_day { 1 } else { TRIES_MAX }
}

fn wrong(state: &AppState, tries_left: Option<u16>) -> ApiError {
    state.telemetry.login("wrong");
    ApiError::WrongCode { tries_left }
}

async fn open_session(
    state: &AppState,
    headers: &HeaderMap,
    answer: Answer,
    tried: Tried,
    now: Timestamp,
) -> Result<Response, ApiError> {
    let (token, before) = (state.entropy.token(), cookie(state, headers, SESSION_COOKIE).map(token_hash));
    let (token_hash, ids) = (token_hash(&token), [state.entropy.uuid(now), state.entropy.uuid(now)]);
    let Answer { challenge: id, name, home, shared, code: _ } = answer;
    let whose = if shared { Whose::Shared } else { Whose::Own };
    let newcomer = name.zip(home);
    let opened = state
        .db
        .write("login", move |tx| {
            let (phone, token_hash, before) = (tried.phone.clone(), token_hash.clone(), before.clone());
            let newcomer = newcomer.clone();
            Box::pin(async move {
                let known = find_account(tx, &phone).await?;
                if known.is_none() {
                    let refused = match &newcomer {
                        None => Some(Opened::NeedsName),
                        Some((_, home)) if find_community(tx, home).await?.is_none() => Some(Opened::NoSuchHome),
                        Some(_) => None,
                    };
                    if let Some(refused) = refused {
                        give_try_back(tx, id).await?;
                        return Ok(refused);
                    }
                }
                if !use_up(tx, id, now).await? {
                    return Ok(Opened::Spent);
                }
                let opened = match (known, newcomer) {
                    (Some(account), _) => Opened::Known(account),
                    (None, Some((name, home))) => {
                        let account = AccountId::from_uuid(ids[0]);
                        create_account(tx, account, Some(&phone), &name, &home, PersonId::from_uuid(ids[1]), now)
                            .await?;
                        Opened::New(account)
                    }
                    (None, None) => Opened::NeedsName,
                };
                if let Opened::Known(account) | Opened::New(account) = opened {
                    // The cookie from before is nobody's any more: a session is never carried over a sign-in.
                    if let Some(before) = before {
                        remove_session(tx, &before).await?;
                    }
                    insert_session(tx, &token_hash, account, whose, now).await?;
                }
                Ok(opened)
            })
        })
        .await?;
    let signed_in = match opened {
        Opened::Known(account) => SignedIn { account, is_new: false },
        Opened::New(account) => SignedIn { account, is_new: true },
        Opened::NeedsName => return Err(ApiError::NameNeeded),
        Opened::NoSuchHome => return Err(ApiError::field("/home", "unknown")),
        Opened::Spent => return Err(ApiError::CodeExpired),
    };
    state.telemetry.login("signed-in");
    let mut response = Json(signed_in).into_response();
    response.headers_mut().append(header::SET_COOKIE, session_cookie(state, &token, whose));
    Ok(response)
}
