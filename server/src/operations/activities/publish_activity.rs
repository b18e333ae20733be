//! Publish an activity with the dates that are there from now on: all of them, or those of a rule up to its horizon. Held in
//! a space of ours, it holds that space for each of them; whoever publishes is asked when one of these is taken.

use domain::activity::{decide_publication, is_id_for_new};
use domain::command::{Accepted, Command, PublishActivity};
use domain::id::ActivityId;
use domain::refusal::Refusal;
use domain::series::horizon;

use super::dates::{Common, make, taken_among};
use crate::operations::{Context, Done, Stop};
use crate::store::activities::{draft_activity, find_team_facts, insert_activity};
use crate::store::series::insert_series;
use crate::store::spaces::find_space;
use crate::store::streams::Draft;
use crate::store::{Conn, StoreError};

/// # Errors
/// Those of [`decide_publication`]; [`Refusal::VenueTaken`]; [`Refusal::Gone`] for an unknown team, or
/// a space that is not of this community.
pub async fn publish_activity(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &PublishActivity,
) -> Result<Done, Stop> {
    let facts = find_team_facts(conn, body.team).await?.ok_or(Refusal::Gone)?;
    let allowed = context.authorize(command, &facts, body)?;
    let body = *allowed.what();
    let community = context.community()?;
    let dates = decide_publication(&body.schedule, body.policy, body.audience, context.now)?;
    if let Some(id) = body.venue.space {
        let space = find_space(conn, id, context.now).await?.filter(|space| &space.community == community);
        let space = space.ok_or(Refusal::Gone)?;
        let taken = taken_among(conn, &space, &dates).await?;
        if !taken.is_empty() {
            let dates = taken.iter().map(|range| range.start().date()).collect();
            return Err(Refusal::VenueTaken { space: id, dates }.into());
        }
    }

    if !is_id_for_new(context.id) {
        return Err(Refusal::Malformed { field: "/id".to_owned() }.into());
    }
    let activity = ActivityId::from_uuid(context.id.uuid());
    let mut draft = Draft::default();
    insert_activity(conn, activity, community, context.account, body, context.now).await?;
    if body.schedule.series().is_some() {
        insert_series(conn, activity, horizon(context.now)).await?;
    }
    draft_activity(conn, &mut draft, activity).await?;
    let common = Common {
        activity,
        community,
        space: body.venue.space,
        places: (body.policy.capacity(), body.policy.draws_minutes_before()),
    };
    for range in &dates {
        if make(conn, &mut draft, &common, *range, None).await?.is_none() {
            return Err(StoreError::inconsistent("occurrence", "a new activity has it already").into());
        }
    }
    let dates = u16::try_from(dates.len()).unwrap_or(u16::MAX);
    Ok(Done { result: Accepted::Published { activity, dates }, draft })
}
