//! What the phone expects of what is noted at the door.

use super::terms_of;
use crate::attendance::{Arrival, Door, decide_removal, decide_undo, decide_walk_in, happened_at, here, since};
use crate::change::{RosterRow, WalkInRow};
use crate::closing::Attendance;
use crate::command::{AddWalkIn, CheckIn, RemoveWalkIn, UndoCheckIn};
use crate::id::{ArrivalId, CommandId, OccurrenceId};
use crate::refusal::Refusal;
use crate::sync::view::{In, View};
use crate::time::Timestamp;

/// Heads at a date's door who had not signed up.
#[must_use]
pub fn walked_in(view: &View, occurrence: OccurrenceId) -> u16 {
    let rows = view.walk_ins.values().filter(|row| row.row.occurrence == occurrence);
    rows.fold(0, |heads, row| heads.saturating_add(row.row.heads))
}

/// Who is at a date, by name and without, as far as it was noted.
#[must_use]
pub fn arrived(view: &View, occurrence: OccurrenceId) -> Attendance {
    let is_here = |row: &&RosterRow| row.occurrence == occurrence && row.is_here();
    let rows = view.roster.values().map(|row| &row.row).filter(is_here);
    let by_name = rows.fold(0_u16, |heads, row| heads.saturating_add(row.heads()));
    Attendance { arrived: by_name.saturating_add(walked_in(view, occurrence)), counted: None }
}

/// What the decision at the door reads.
///
/// # Errors
/// [`Refusal::Gone`] for a date that this phone does not know.
pub fn door_of(view: &View, id: OccurrenceId) -> Result<Door, Refusal> {
    let (terms, seats) = terms_of(view, id)?;
    let activity = view.occurrences.get(&id).and_then(|date| view.activities.get(&date.row.activity));
    let category = activity.ok_or(Refusal::Gone)?.row.category;
    let (range, is_cancelled, walked_in) = (terms.range, terms.is_cancelled, walked_in(view, id));
    Ok(Door { range, category, is_cancelled, seats, walked_in })
}

pub(super) fn lay_check_in(view: &mut View, id: CommandId, command: &CheckIn, now: Timestamp) -> Result<(), Refusal> {
    let row = &view.roster.get(&command.sign_up).ok_or(Refusal::Gone)?.row;
    // A date that this phone does not keep any more bounds nothing here.
    let range = view.occurrences.get(&row.occurrence).map(|date| date.row.range);
    let at = range.map_or(command.at.unwrap_or(now), |range| happened_at(range, command.at, now));
    let row = &mut view.roster.get_mut(&command.sign_up).ok_or(Refusal::Gone)?.row;
    let arrival = Arrival { id: ArrivalId::from_uuid(id.uuid()), at, way: command.way };
    // What a build that knew no facts has written is here since then.
    let before = row.checked_in_at.filter(|_| row.arrivals.is_empty());
    row.arrivals = here(row.arrivals.iter().copied().chain([arrival]), &[]);
    row.checked_in_at = before.or(since(&row.arrivals));
    Ok(())
}

pub(super) fn lay_undo(view: &mut View, command: &UndoCheckIn, now: Timestamp) -> Result<(), Refusal> {
    let row = &view.roster.get(&command.sign_up).ok_or(Refusal::Gone)?.row;
    let door = door_of(view, row.occurrence).ok();
    let row = &mut view.roster.get_mut(&command.sign_up).ok_or(Refusal::Gone)?.row;
    let UndoCheckIn { checked_in_at: seen, of, .. } = command;
    let undone = match door {
        Some(Door { range, category, .. }) => decide_undo(range, category, &row.arrivals, of, *seen, now)?,
        None => of.clone(),
    };
    if row.arrivals.is_empty() {
        row.checked_in_at = row.checked_in_at.filter(|at| at != seen);
    } else {
        row.arrivals = here(row.arrivals.iter().copied(), &undone);
        row.checked_in_at = since(&row.arrivals);
    }
    Ok(())
}

pub(super) fn lay_walk_in(view: &mut View, id: CommandId, command: &AddWalkIn, now: Timestamp) -> Result<(), Refusal> {
    let AddWalkIn { occurrence, name, heads, reason, at } = command.clone();
    let door = door_of(view, occurrence)?;
    decide_walk_in(door, heads, reason.is_some(), now)?;
    let community = view.occurrences.get(&occurrence).ok_or(Refusal::Gone)?.community.clone();
    let row = WalkInRow { occurrence, name, heads, at: happened_at(door.range, at, now), reason };
    view.walk_ins.insert(ArrivalId::from_uuid(id.uuid()), In { community, row });
    Ok(())
}

pub(super) fn lay_removal(view: &mut View, command: &RemoveWalkIn, now: Timestamp) -> Result<(), Refusal> {
    if let Ok(Door { range, category, .. }) = door_of(view, command.occurrence) {
        decide_removal(range, category, now)?;
    }
    view.walk_ins.remove(&command.walk_in);
    Ok(())
}
