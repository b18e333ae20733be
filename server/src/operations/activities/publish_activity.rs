//! Publish an activity with all its dates; held in a space of ours, it holds that space for each of them.

use domain::activity::{SignUpPolicy, occurrence_id};
use domain::booking::{BookingDecision, Party, decide_booking};
use domain::command::{Accepted, Command, PublishActivity};
use domain::id::{ActivityId, SpaceId};
use domain::refusal::Refusal;
use domain::space::{Answer, SpacePolicy};
use domain::sync::View;
use domain::time::{LocalDate, TimeRange};

use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::activities::{draft_activity, draft_occurrence, find_team_facts, insert_activity, insert_occurrence};
use crate::store::sign_ups::draft_seats;
use crate::store::spaces::{Space, draft_busy, find_space, list_holdings};
use crate::store::streams::Draft;

/// # Errors
/// Those of [`Schedule::dates`](domain::activity::Schedule::dates); [`Refusal::CapacityZero`],
/// [`Refusal::VenueTaken`]; [`Refusal::Gone`] for an unknown team, or a space that is not of this community.
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
    let dates = body.schedule.dates(context.now)?;
    let capacity = body.policy.capacity();
    if capacity == Some(0) || matches!(body.policy, SignUpPolicy::PerOccurrence { party_max: 0, .. }) {
        return Err(Refusal::CapacityZero.into());
    }
    if let Some(id) = body.venue.space {
        let space = find_space(conn, id, context.now).await?.filter(|space| &space.community == community);
        let space = space.ok_or(Refusal::Gone)?;
        let taken = clashes(conn, context, &space, &dates).await?;
        if !taken.is_empty() {
            return Err(Refusal::VenueTaken { space: id, dates: taken }.into());
        }
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

/// The dates on which somebody else holds the space, buffers included. A team's own activity may lie outside the hours
/// residents book in, so hours and notice are not asked.
async fn clashes(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    space: &Space,
    dates: &[TimeRange],
) -> Result<Vec<LocalDate>, Stop> {
    // An activity takes the whole space, however many it is shared by.
    let heads = space.row.policy.mode.heads();
    let policy = SpacePolicy {
        mode: domain::space::Mode::Exclusive { heads },
        grid_minutes: 1,
        min_minutes: 1,
        max_minutes: u16::MAX,
        notice_minutes: 0,
        horizon_days: u16::MAX,
        answer: Answer::Instant,
        family: None,
        open_bookings_max: u16::MAX,
        ..space.row.policy
    };
    let always = domain::space::OpeningHours(std::array::from_fn(|_| {
        domain::space::Opening::new(0, 24 * 60).into_iter().collect()
    }));
    let row = domain::change::SpaceRow { policy, hours: always, closures: Vec::new(), ..space.row.clone() };
    let mut taken = Vec::new();
    for range in dates {
        let date = range.start().date();
        let holdings = list_holdings(conn, space.id, date.plus_days(-1), date.plus_days(1)).await?;
        let facts = View::space_facts(&row, &holdings);
        let party = Party { adults: heads, child_ages: &[] };
        if !matches!(decide_booking(&facts, *range, party, 0, context.now), Ok(BookingDecision::Approved)) {
            taken.push(date);
        }
    }
    Ok(taken)
}
