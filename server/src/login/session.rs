//! `GET /api/session`: who is signed in here, and which server this is.

use axum::Json;
use axum::extract::State;
use domain::id::AccountId;
use domain::people::Actor;
use domain::sign_in::Whose;
use serde::Serialize;

use crate::caller::Visit;
use crate::extract::{Nothing, QueryOf};
use crate::state::AppState;

/// What a phone gets.
#[derive(Debug, Serialize)]
pub struct Session {
    account: Option<AccountId>,
    shared: bool,
    demo: bool,
    build: &'static str,
    server_at: i64,
}

/// Tells who is signed in.
pub async fn session(State(state): State<AppState>, _: QueryOf<Nothing>, visit: Visit) -> Json<Session> {
    let account = match visit.actor {
        Actor::Account(caller) => Some(caller.account),
        Actor::Anonymous => None,
    };
    Json(Session {
        account,
        shared: visit.whose == Whose::Shared,
        demo: state.settings.demo,
        build: state.assets.build(),
        server_at: state.clock.now().ms(),
    })
}
