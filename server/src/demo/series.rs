//! What takes place by a rule: in the open, so that it is in nobody's way whatever day it falls on.

use domain::activity::{Schedule, SignUpPolicy, Venue};
use domain::command::{Command, MoveOccurrence};
use domain::time::TimeRange;

use super::activities::seats;
use super::dice::text;
use super::script::Stage;
use super::teams::TeamKind;
use super::timetable::{Outing, Planned, publish_outing, time};

/// Something that takes place by a rule.
struct ByRule {
    /// Whose it is.
    kind: TeamKind,
    /// Its title and what it is about.
    texts: (&'static str, &'static str),
    /// Hour and minute.
    at: (u8, u8),
    /// How long.
    minutes: u16,
    /// The rule.
    rule: &'static str,
    /// Where in the community.
    place: &'static str,
    /// How one gets a place.
    policy: SignUpPolicy,
}

const SERIES: [ByRule; 4] = [
    ByRule {
        kind: TeamKind::TaiChi,
        texts: ("晨练八段锦", "天不冷就在广场，站最后一排跟着比划。下雨停一次。"),
        at: (6, 30),
        minutes: 60,
        rule: "FREQ=WEEKLY;BYDAY=TU,TH,SA",
        place: "中心广场",
        policy: SignUpPolicy::WalkIn,
    },
    ByRule {
        kind: TeamKind::Opera,
        texts: ("淮剧票友会", "每月聚两回，各唱各的拿手段子。带水杯，有凳子。"),
        at: (14, 0),
        minutes: 120,
        rule: "FREQ=MONTHLY;BYDAY=2SU,-1SU",
        place: "运河凉亭",
        policy: seats(30, 60, 4),
    },
    ByRule {
        kind: TeamKind::Committee,
        texts: ("便民服务日", "磨刀、理发、修伞、量血压，都在门前。放假歇一次。"),
        at: (8, 30),
        minutes: 150,
        rule: "FREQ=MONTHLY;BYDAY=1SA,3SA;X-HOLIDAYS=SKIP",
        place: "党群服务中心门前",
        policy: SignUpPolicy::WalkIn,
    },
    ByRule {
        kind: TeamKind::Poetry,
        texts: ("中秋赏月诗会", "八月十五，带一首自己的诗，没有诗带一个月饼。"),
        at: (18, 30),
        minutes: 120,
        rule: "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=15",
        place: "运河边",
        policy: SignUpPolicy::WalkIn,
    },
];

/// Publishes what takes place by a rule, and moves a date of it here and there.
pub(super) fn lay_out_series(stage: &mut Stage) {
    let first = stage.planned.len();
    for team in stage.teams.clone() {
        for entry in SERIES.iter().filter(|entry| entry.kind == team.kind) {
            let outing = Outing {
                title: entry.texts.0,
                about: entry.texts.1,
                category: team.kind.category(),
                policy: entry.policy,
                place: entry.place,
            };
            let rule = entry.rule.parse().expect("invariant: the tables of the demo hold real rules");
            let on = stage.today.plus_days(-7);
            let schedule = Schedule::Series { on, at: time(entry.at), minutes: entry.minutes, rule };
            publish_outing(stage, &team, &outing, schedule);
        }
    }
    for community in 0..stage.communities.len() {
        move_one(stage, first, community);
    }
}

/// Moves the next meeting of a community's opera friends an hour on, and under a roof.
fn move_one(stage: &mut Stage, first: usize, community: usize) {
    let soon = stage.today.plus_days(2).start();
    let is_next = |planned: &Planned| {
        planned.community == community && planned.kind == TeamKind::Opera && planned.range.start() >= soon
    };
    let Some(n) = (first..stage.planned.len()).find(|n| is_next(&stage.planned[*n])) else { return };
    let (until, planned) = (stage.last_moment(), stage.planned[n].clone());
    let Some(at) = stage.waking_time(until.plus_minutes(-15 * 60), until.plus_minutes(-60)) else { return };
    let range = TimeRange::new(planned.range.start().plus_minutes(60), planned.range.end().plus_minutes(60));
    let Some(range) = range.filter(|_| at > planned.published_at) else { return };
    let name = stage.communities[community].view.name.clone();
    let venue = Some(Venue { space: None, place: text(&format!("{name}文化长廊")) });
    stage.planned[n].range = range;
    let command = MoveOccurrence { occurrence: planned.occurrence, sequence: 0, range, venue };
    stage.push(at, planned.editor, community, Command::MoveOccurrence(command));
}
