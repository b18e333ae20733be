//! In a demonstration anybody may be anybody: `GET /api/demo/people` and `POST /api/demo/login`. Elsewhere there is
//! nothing at these addresses.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use domain::id::AccountId;
use domain::sign_in::Whose;
use serde::{Deserialize, Serialize};

use crate::caller::{SESSION_COOKIE, cookie, session_cookie};
use crate::demo::DemoRole;
use crate::extract::{JsonBody, Nothing, QueryOf};
use crate::login::token_hash;
use crate::problem::ApiError;
use crate::state::AppState;
use crate::store::logins::{DemoPerson, list_demo_people};
use crate::store::sessions::{insert_session, remove_session};

/// Lets nothing of a request be looked at where this is no demonstration.
#[derive(Debug)]
pub struct InDemo;

impl FromRequestParts<AppState> for InDemo {
    type Rejection = ApiError;

    async fn from_request_parts(_: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        if state.settings.demo { Ok(Self) } else { Err(ApiError::NotFound) }
    }
}

/// Lists the people of the demonstration.
///
/// # Errors
/// [`ApiError::NotFound`] where this is none.
pub async fn people(
    _: InDemo,
    _: QueryOf<Nothing>,
    State(state): State<AppState>,
) -> Result<Json<Vec<DemoPerson>>, ApiError> {
    let mut people = state.db.read(|tx| Box::pin(list_demo_people(tx))).await?;
    people.sort_by_key(|person| DemoRole::ALL.iter().position(|role| role.as_str() == person.role));
    Ok(Json(people))
}

/// What a phone sends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    role: String,
    #[serde(default)]
    shared: bool,
}

/// What it gets.
#[derive(Debug, Serialize)]
struct SignedIn {
    account: AccountId,
    is_new: bool,
}

/// Signs in as somebody of the demonstration.
///
/// # Errors
/// [`ApiError::NotFound`] where this is none; [`ApiError::Invalid`] for a role nobody has.
pub async fn login(
    _: InDemo,
    State(state): State<AppState>,
    _: QueryOf<Nothing>,
    headers: HeaderMap,
    JsonBody(ask): JsonBody<Ask>,
) -> Result<Response, ApiError> {
    let people = state.db.read(|tx| Box::pin(list_demo_people(tx))).await?;
    let person = people.into_iter().find(|person| person.role == ask.role);
    let Some(DemoPerson { account, .. }) = person else { return Err(ApiError::field("/role", "unknown")) };
    let whose = if ask.shared { Whose::Shared } else { Whose::Own };
    let (token, now) = (state.entropy.token(), state.clock.now());
    let (hash, before) = (token_hash(&token), cookie(&state, &headers, SESSION_COOKIE).map(token_hash));
    state
        .db
        .write("login", move |tx| {
            let (hash, before) = (hash.clone(), before.clone());
            Box::pin(async move {
                if let Some(before) = before {
                    remove_session(tx, &before).await?;
                }
                insert_session(tx, &hash, account, whose, now).await
            })
        })
        .await?;
    state.telemetry.login("demo");
    let mut response = Json(SignedIn { account, is_new: false }).into_response();
    response.headers_mut().append(header::SET_COOKIE, session_cookie(&state, &token, whose));
    Ok(response)
}
