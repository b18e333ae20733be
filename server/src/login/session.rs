//! `GET /api/session`: who is signed in here, and which server this is.

use axum::Json;
use axum::extract::State;
use domain::id::AccountId;
use domain::people::Actor;
use serde::Serialize;

use crate::caller::Caller;
use crate::extract::{Nothing, QueryOf};
use crate::state::AppState;

/// What a phone gets.
#[derive(Debug, Serialize)]
pub struct Session {
    account: Option<AccountId>,
    demo: bool,
    build: &'static str,
    server_at: i64,
}

/// Tells who is signed in.
pub async fn session(State(state): State<AppState>, _: QueryOf<Nothing>, Caller(actor): Caller) -> Json<Session> {
    let account = match actor {
        Actor::Account(caller) => Some(caller.account),
        Actor::Anonymous => None,
    };
    Json(Session { account, demo: state.settings.demo, build: state.assets.build(), server_at: state.clock.now().ms() })
}
