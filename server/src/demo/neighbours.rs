//! Neighbours without a phone: here and there a team has signed one up the evening before.
//!
//! Dice of their own, and the last to come, so that everything else stays as it is without them.

use domain::activity::{Phase, phase};
use domain::command::{Command, SignUpNeighbour};
use domain::sign_up::Seats;

use super::script::Stage;
use super::timetable::Planned;

const NAMES: [&str; 5] = ["顾大爷", "许奶奶", "东门修鞋的老周", "5号楼李奶奶", "吴大妈"];

/// Signs one up for a date to come that has room.
pub fn fill(stage: &mut Stage, planned: &Planned, seats: Seats) {
    // After everybody else of that day has gone to bed.
    let at = stage.last_moment().plus_minutes(-60);
    let is_open = matches!(phase(planned.policy, planned.range, false, at), Phase::Open { .. });
    if planned.cancelled_at.is_some() || planned.published_at >= at || !is_open || !seats.has_room_for(1) {
        return;
    }
    let mut dice = stage.dice.fork(&format!("neighbour {}", planned.occurrence));
    if !dice.chance(8) {
        return;
    }
    let entry = SignUpNeighbour { occurrence: planned.occurrence, name: dice.say(&NAMES), phone: None, consent: true };
    let subject = format!("neighbour of {}", planned.occurrence);
    stage.push_apart(at, planned.editor, planned.community, Command::SignUpNeighbour(entry), &subject);
    stage.tally.neighbours += 1;
}
