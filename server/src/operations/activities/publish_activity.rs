//! Publish an activity with all its dates; held in a space of ours, it holds that space for each of them.

use domain::activity::{decide_publication, is_id_for_new, occurrence_id};
use domain::booking::is_held;
use domain::command::{Accepted, Command, PublishActivity};
use domain::id::{ActivityId, SpaceId};
use domain::refusal::Refusal;
use domain::time::{LocalDate, TimeRange};

use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::activities::{draft_activity, draft_occurrence, find_team_facts, insert_activity, insert_occurrence};
use crate::store::sign_ups::draft_seats;
use crate::store::spaces::{Space, draft_busy, find_space, list_holdings};
use crate::store::streams::Draft;

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
    let dates = decide_publication(body.schedule, body.policy, body.audience, context.now)?;
    let capacity = body.policy.capacity();
    if let Some(id) = body.venue.space {
        let space = find_space(conn, id, context.now).await?.filter(|space| &space.community == community);
        let space = space.ok_or(Refusal::Gone)?;
        let taken = clashes(conn, &space, &dates).await?;
        if !taken.is_empty() {
            return Err(Refusal::VenueTaken { space: id, dates: taken }.into());
        }
    }

    if !is_id_for_new(context.id) {
        return Err(Refusal::Malformed { field: "/id".to_owned() }.into());
    }
    let activity = ActivityId::from_uuid(context.id.uuid());
    let mut draft = Draft::default();
    insert_activity(conn, activity, community, context.account, body, context.now).await?;
    draft_activity(conn, &mut draft, activity).await?;
    for range in &dates {
        let id = occurrence_id(activity, range.start());
        insert_occurrence(conn, id, activity, community, *range, capacity).await?;
        draft_occurrence(conn, &mut draft, id).await?;
        draft_seats(conn, &mut draft, id).await?;
        if let Some(space) = body.venue.space {
            draft_days(conn, &mut draft, space, *range).await?;
        }
    }
    let dates = u16::try_from(dates.len()).unwrap_or(u16::MAX);
    Ok(Done { result: Accepted::Published { activity, dates }, draft })
}

async fn draft_days(
    conn: &mut Conn<'_>,
    draft: &mut Draft,
    space: SpaceId,
    range: TimeRange,
) -> Result<(), crate::store::StoreError> {
    draft_busy(conn, draft, space, range.start().date()).await
}

/// The dates on which somebody else holds the space.
async fn clashes(conn: &mut Conn<'_>, space: &Space, dates: &[TimeRange]) -> Result<Vec<LocalDate>, Stop> {
    let mut taken = Vec::new();
    for range in dates {
        let holdings =
            list_holdings(conn, space.id, range.start().date().plus_days(-1), range.end().date().plus_days(1)).await?;
        if is_held(&space.row.policy, &holdings, *range) {
            taken.push(range.start().date());
        }
    }
    Ok(taken)
}
