//! `POST /api/series/plan`: what an edit of a series would do, and to whom, before anybody does it. It changes nothing; it is
//! asked with a body because an edit does not fit into an address.
//!
//! What it shows names people, so it passes the gate that the command passes. The command that follows names the plan's hash
//! and is refused when the plan is another by then.

use axum::extract::State;
use axum::response::Json;
use domain::editing::{DryRun, SeriesEdit};
use domain::people::{Action, Actor, Deny, authorize};

use crate::caller::Caller;
use crate::extract::{JsonBody, Nothing, QueryOf};
use crate::operations::Stop;
use crate::operations::activities::series_plan::prepare;
use crate::problem::ApiError;
use crate::state::AppState;
use crate::store::series::look_at_series;

/// Plans an edit.
///
/// # Errors
/// [`ApiError::Unauthenticated`]; [`ApiError::NotFound`] for whoever may not edit the series, and where there is none.
pub async fn plan(
    State(state): State<AppState>,
    Caller(actor): Caller,
    _: QueryOf<Nothing>,
    JsonBody(edit): JsonBody<SeriesEdit>,
) -> Result<Json<DryRun>, ApiError> {
    if matches!(actor, Actor::Anonymous) {
        return Err(ApiError::Unauthenticated);
    }
    let now = state.clock.now();
    let looked = state.db.read(move |conn| {
        Box::pin(async move {
            let Some(held) = look_at_series(conn, edit.activity).await? else { return Ok(None) };
            let gate = authorize(&actor, Action::PublishActivity, &held.facts(), edit);
            let edit = match gate {
                Ok(allowed) => allowed.into_what(),
                Err(Deny::NeedsSignIn | Deny::Forbidden | Deny::Hidden) => return Ok(None),
            };
            match prepare(conn, &held, &edit, false, now).await {
                Ok(prepared) => {
                    let plan = prepared.planned.plan;
                    Ok(Some(DryRun::Planned { hash: plan.hash(), plan }))
                }
                Err(Stop::Refused(refusal, _)) => Ok(Some(DryRun::Refused { refusal })),
                Err(Stop::Failed(error)) => Err(error),
            }
        })
    });
    looked.await?.map(Json).ok_or(ApiError::NotFound)
}
