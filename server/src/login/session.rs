//! `GET /api/session`: who is signed in here, and which server this is.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use domain::id::AccountId;
use domain::people::Actor;
use domain::sign_in::Whose;
use serde::Serialize;

use crate::caller::{Visit, has_had_outbox};
use crate::extract::{Nothing, QueryOf};
use crate::state::AppState;

/// What a phone gets.
#[derive(Debug, Serialize)]
pub struct Session {
    account: Option<AccountId>,
    shared: bool,
    has_had_outbox: bool,
    demo: bool,
    build: &'static str,
    server_at: i64,
}

/// Tells who is signed in.
pub async fn session(
    State(state): State<AppState>,
    _: QueryOf<Nothing>,
    visit: Visit,
    headers: HeaderMap,
) -> Json<Session> {
    let account = match visit.actor {
        Actor::Account(caller) => Some(caller.account),
        Actor::Anonymous => None,
    };
    Json(Session {
        account,
        shared: visit.whose == Whose::Shared,
        has_had_outbox: account.is_some_and(|account| has_had_outbox(&state, &headers, account)),
        demo: state.settings.demo,
        build: state.assets.build(),
        server_at: state.clock.now().ms(),
    })
}
