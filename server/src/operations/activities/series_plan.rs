//! What an edit of a series would do, for whoever looks before it and for the command that carries it out: the same facts,
//! the same decision, the same look at the rooms.

use domain::booking::{CELL_MINUTES, Holding, is_held};
use domain::editing::{DatePlan, Fate, Planned, SeriesEdit, decide_edit};
use domain::id::{OccurrenceId, SpaceId};
use domain::refusal::Refusal;
use domain::space::SpacePolicy;
use domain::time::{LocalDate, TimeRange, Timestamp};

use crate::operations::Stop;
use crate::store::Conn;
use crate::store::edits::{EditFacts, EditedDate, load_edit_facts};
use crate::store::series::HeldSeries;
use crate::store::spaces::{find_space, list_holdings_besides, look_at_space};

/// A plan, and what it was made on.
#[derive(Debug)]
pub struct Prepared {
    /// What it was made on.
    pub facts: EditFacts,
    /// The plan.
    pub planned: Planned,
}

impl Prepared {
    /// A date of the plan as it was.
    #[must_use]
    pub fn before(&self, id: OccurrenceId) -> Option<&EditedDate> {
        self.facts.dates.iter().find(|date| date.facts.id == id)
    }
}

/// Plans an edit of a series. When it is to be carried out, what it rests on is held.
///
/// # Errors
/// The refusals of [`decide_edit`]; [`Refusal::VenueTaken`] with the days on which somebody else has the room;
/// [`Refusal::Gone`] for a space that is not of this community; [`Refusal::Changed`] for a series that goes on as another and
/// has no dates of its own any more.
pub async fn prepare(
    conn: &mut Conn<'_>,
    held: &HeldSeries,
    edit: &SeriesEdit,
    is_to_be_done: bool,
    now: Timestamp,
) -> Result<Prepared, Stop> {
    let facts = load_edit_facts(conn, held, is_to_be_done, now).await?;
    let dates: Vec<_> = facts.dates.iter().map(|date| date.facts.clone()).collect();
    let planned = decide_edit(&facts.now_is, &dates, edit, now)?;
    if held.is_continued && planned.plan.dates.is_empty() {
        return Err(Refusal::Changed.into());
    }
    let prepared = Prepared { facts, planned };
    check_rooms(conn, held, edit, &prepared, is_to_be_done, now).await?;
    Ok(prepared)
}

/// Whether what a date holds of a room is another.
#[must_use]
pub fn holds_otherwise(prepared: &Prepared, edit: &SeriesEdit, date: &DatePlan) -> bool {
    match date.fate {
        Fate::Off => false,
        Fate::CalledOff => true,
        Fate::Same | Fate::Changed | Fate::Extra => {
            let has_own = prepared.before(date.id).is_some_and(|before| before.own_venue.is_some());
            let is_other_room = !has_own && edit.venue.space != prepared.facts.now_is.venue.space;
            date.range != date.was || is_other_room
        }
    }
}

/// The space a date of the plan is to hold.
#[must_use]
pub fn space_of(prepared: &Prepared, edit: &SeriesEdit, id: OccurrenceId) -> Option<SpaceId> {
    let own = prepared.before(id).and_then(|before| before.own_venue.as_ref());
    own.unwrap_or(&edit.venue).space
}

/// Every room is free for what comes into it, apart from what the dates that change give back themselves.
async fn check_rooms(
    conn: &mut Conn<'_>,
    held: &HeldSeries,
    edit: &SeriesEdit,
    prepared: &Prepared,
    is_to_be_done: bool,
    now: Timestamp,
) -> Result<(), Stop> {
    let plan = &prepared.planned.plan;
    let changing: Vec<&DatePlan> = plan.dates.iter().filter(|date| holds_otherwise(prepared, edit, date)).collect();
    let given_back: Vec<OccurrenceId> = changing.iter().map(|date| date.id).collect();
    let coming = changing.iter().filter(|date| date.fate != Fate::CalledOff);
    let mut asked: Vec<(SpaceId, TimeRange)> =
        coming.filter_map(|date| Some((space_of(prepared, edit, date.id)?, date.range))).collect();
    asked.extend(edit.venue.space.into_iter().flat_map(|space| plan.made.iter().map(move |range| (space, *range))));
    asked.sort_by_key(|(space, range)| (*space, range.start()));
    let mut spaces: Vec<SpaceId> = asked.iter().map(|(space, _)| *space).chain(edit.venue.space).collect();
    spaces.sort_unstable();
    spaces.dedup();
    for id in spaces {
        let space = if is_to_be_done { find_space(conn, id, now).await? } else { look_at_space(conn, id, now).await? };
        let space = space.filter(|space| space.community == held.community).ok_or(Refusal::Gone)?;
        let (mut dates, mut own): (Vec<LocalDate>, Vec<Holding>) = (Vec::new(), Vec::new());
        for (_, range) in asked.iter().filter(|(asked, _)| *asked == id) {
            let (from, to) = (range.start().date().plus_days(-1), range.end().date().plus_days(1));
            let mut holdings = list_holdings_besides(conn, id, from, to, &given_back).await?;
            // What the series takes itself, it takes as well: a room may need time between two of its own dates.
            holdings.extend(own.iter().copied());
            if is_held(&space.row.policy, &holdings, *range) {
                dates.push(range.start().date());
            }
            own.push(held_whole(&space.row.policy, *range));
        }
        dates.dedup();
        if !dates.is_empty() {
            return Err(Refusal::VenueTaken { space: id, dates }.into());
        }
    }
    Ok(())
}

/// What a date holds of a space: all of it, in whole cells.
fn held_whole(policy: &SpacePolicy, range: TimeRange) -> Holding {
    let cell = CELL_MINUTES * 60_000;
    let start = Timestamp::from_ms(range.start().ms().div_euclid(cell) * cell);
    let end = Timestamp::from_ms((range.end().ms() + cell - 1).div_euclid(cell) * cell);
    let SpacePolicy { setup_minutes: setup, teardown_minutes: teardown, .. } = *policy;
    Holding { range: TimeRange::new(start, end).unwrap_or(range), setup, teardown, heads: policy.mode.heads() }
}
