//! Who came to dates without having signed up: here and there a neighbour, or some that nobody asked for their names.
//!
//! Dice of their own, so that everything else stays as it is without them.

use domain::attendance::room_at_the_door;
use domain::command::{AddWalkIn, Command};
use domain::sign_up::Seats;

use super::dice::text;
use super::script::Stage;
use super::timetable::Planned;

const NAMES: [&str; 6] = ["隔壁顾大爷", "周阿姨", "3号楼小陈", "吴师傅", "老李的妹妹", "许奶奶"];

/// Lets some in at a date that has begun.
pub fn fill(stage: &mut Stage, planned: &Planned, seats: Seats) {
    let start = planned.range.start();
    if planned.cancelled_at.is_some() || start.plus_minutes(15) >= stage.last_moment() {
        return;
    }
    let mut dice = stage.dice.fork(&format!("walk-ins {}", planned.occurrence));
    let mut walked_in = 0;
    for n in 0..3 {
        if !dice.chance(8) {
            continue;
        }
        let at = start.plus_minutes(dice.between(1, 12));
        let name = dice.chance(60).then(|| dice.say(&NAMES));
        let heads = if name.is_some() { 1 } else { u16::try_from(dice.between(1, 3)).unwrap_or(1) };
        let room = room_at_the_door(seats, walked_in, planned.range, at);
        let reason = room.is_some_and(|room| heads > room).then(|| text("有人没来"));
        walked_in += heads;
        let entry = AddWalkIn { occurrence: planned.occurrence, name, heads, reason, at: None };
        let subject = format!("walk-in {n} {}", planned.occurrence);
        stage.push_apart(at, planned.editor, planned.community, Command::AddWalkIn(entry), &subject);
        stage.tally.walked_in += 1;
    }
}
