//! How dates went: most teams say so in the evening, some forget.
//!
//! Deliberately absent: who came by name ([`super::sign_ups`]).

use domain::activity::SignUpPolicy;
use domain::command::{CloseOccurrence, Command};

use super::script::Stage;
use super::teams::TeamKind;

/// What is written down of a meeting of the committee, and of anything else.
const OF_MEETINGS: [&str; 5] = [
    "议定三件事，已贴到公示栏",
    "提了六条意见，两条当场办了",
    "推选出五户，名单上墙",
    "讲完答了十来个问题，下月接着讲",
    "签到表和照片在居委会存着",
];
const OF_OTHERS: [&str; 4] =
    ["来了好几位新邻居", "场地够用，下回多备几把椅子", "大家说时间正好", "散场时一起把椅子收了"];

/// Closes what is over.
pub fn fill(stage: &mut Stage) {
    for n in 0..stage.planned.len() {
        let planned = stage.planned[n].clone();
        let is_meeting = planned.kind == TeamKind::Committee;
        let at = planned.range.end().plus_minutes(stage.dice.between(10, 180));
        let is_said = stage.dice.chance(if is_meeting { 75 } else { 60 });
        if planned.cancelled_at.is_some() || at >= stage.last_moment() || !is_said {
            continue;
        }
        let most = match planned.policy {
            SignUpPolicy::PerOccurrence { capacity, .. } => i64::from(capacity.unwrap_or(30)),
            SignUpPolicy::WalkIn => 60,
        };
        let heads = u16::try_from(stage.dice.between((most / 4).max(2), most.max(2))).unwrap_or_default();
        let notes: &[&str] = if is_meeting { &OF_MEETINGS } else { &OF_OTHERS };
        let note = stage.dice.chance(if is_meeting { 70 } else { 30 }).then(|| stage.dice.say(notes));
        let command = Command::CloseOccurrence(CloseOccurrence { occurrence: planned.occurrence, heads, note });
        stage.push(at, planned.editor, planned.community, command);
        stage.tally.closed += 1;
    }
}
