//! Making dates: for whoever publishes them, and for the job that moves the horizon of a series.

use domain::activity::occurrence_id;
use domain::booking::is_held;
use domain::change::NoticeBody;
use domain::id::{ActivityId, CommunityId, OccurrenceId, SpaceId};
use domain::series::horizon;
use domain::time::{TimeRange, Timestamp};

use crate::store::activities::{draft_occurrence, insert_date};
use crate::store::draws::{draft_draw, insert_draw};
use crate::store::notices::tell;
use crate::store::series::{HeldSeries, list_editors, set_made_until};
use crate::store::sign_ups::draft_seats;
use crate::store::spaces::{Space, draft_busy, find_space, list_holdings};
use crate::store::streams::Draft;
use crate::store::{Conn, StoreError};

/// What all dates of an activity have in common.
pub struct Common<'a> {
    /// The activity.
    pub activity: ActivityId,
    /// Its community.
    pub community: &'a CommunityId,
    /// The space of ours it is held in.
    pub space: Option<SpaceId>,
    /// Heads at most, where there is a limit, and how many minutes before the start they are drawn, if they are.
    pub places: (Option<u16>, Option<u32>),
}

/// Makes a date and drafts its rows; nothing when it is there, called off or not.
///
/// # Errors
/// [`StoreError`].
pub async fn make(
    conn: &mut Conn<'_>,
    draft: &mut Draft,
    common: &Common<'_>,
    range: TimeRange,
    room_taken_at: Option<Timestamp>,
) -> Result<Option<OccurrenceId>, StoreError> {
    let id = occurrence_id(common.activity, range.start());
    if !insert_date(conn, id, common.activity, common.community, range, common.places, room_taken_at).await? {
        return Ok(None);
    }
    draft_occurrence(conn, draft, id).await?;
    draft_seats(conn, draft, id).await?;
    if common.places.1.is_some() {
        insert_draw(conn, id).await?;
        draft_draw(conn, draft, id).await?;
    }
    if let Some(space) = common.space {
        draft_busy(conn, draft, space, range.start().date()).await?;
    }
    Ok(Some(id))
}

/// Which of these times somebody else holds the space.
///
/// # Errors
/// [`StoreError`].
pub async fn taken_among(
    conn: &mut Conn<'_>,
    space: &Space,
    dates: &[TimeRange],
) -> Result<Vec<TimeRange>, StoreError> {
    let mut taken = Vec::new();
    for range in dates {
        let (from, to) = (range.start().date().plus_days(-1), range.end().date().plus_days(1));
        if is_held(&space.row.policy, &list_holdings(conn, space.id, from, to).await?, *range) {
            taken.push(*range);
        }
    }
    Ok(taken)
}

/// Makes the dates of a series up to the horizon of `now`. Those whose room is somebody else's are there, called off, and
/// the team is told: nobody finds the door locked, and nothing is left out in silence. Returns how many are new.
///
/// # Errors
/// [`StoreError`].
pub async fn extend(
    conn: &mut Conn<'_>,
    draft: &mut Draft,
    held: &HeldSeries,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let until = horizon(now);
    // What was missed while no server ran is over.
    let dates = held.series.dates(held.made_until.max(now), until);
    let space = match held.space {
        Some(id) if !dates.is_empty() => find_space(conn, id, now).await?,
        _ => None,
    };
    let common = Common { activity: held.activity, community: &held.community, space: held.space, places: held.places };
    let mut made = 0;
    for range in dates {
        // One by one: what a date before has taken is taken for this one too.
        let is_taken = match &space {
            Some(space) => !taken_among(conn, space, &[range]).await?.is_empty(),
            // A space that was closed for good holds nothing any more.
            None => held.space.is_some(),
        };
        let room_taken_at = is_taken.then_some(now);
        let Some(id) = make(conn, draft, &common, range, room_taken_at).await? else { continue };
        made += 1;
        if room_taken_at.is_some() {
            for account in list_editors(conn, held.team, &held.community).await? {
                let notice = NoticeBody::RoomTaken { occurrence: id, title: held.title.clone(), range };
                tell(conn, draft, account, &held.community, &format!("room-taken:{id}"), notice, now).await?;
            }
        }
    }
    set_made_until(conn, held.activity, until).await?;
    Ok(made)
}
