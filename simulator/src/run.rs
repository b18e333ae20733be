//! One run from its choices, what came of it, and a shorter run that fails the same way.

use crate::coverage::Sights;
use crate::invariants::{Checker, Rule, Violation};
use crate::planted::Bug;
use crate::world::World;

/// The most runs that shrinking may take.
const SHRINK_RUNS: usize = 2_000;

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many steps it took.
    pub steps: usize,
    /// States that were reached.
    pub sights: Sights,
    /// The first rule that was broken, and in which step.
    pub violation: Option<(usize, Violation)>,
}

impl Report {
    /// The rule that was broken.
    #[must_use]
    pub fn rule(&self) -> Option<Rule> {
        self.violation.as_ref().map(|(_, violation)| violation.rule)
    }
}

/// Runs the choices, heals the world and lets it come to rest.
#[must_use]
pub fn run(choices: &[u64], planted: Option<Bug>) -> Report {
    tell(choices, planted, false).0
}

/// The same, with the story of what happened if it is asked for.
#[must_use]
pub fn tell(choices: &[u64], planted: Option<Bug>, with_story: bool) -> (Report, Vec<String>) {
    let mut world = World::new(planted);
    world.story = with_story.then(Vec::new);
    let mut checker = Checker::default();
    let mut violation = None;
    for (step, choice) in choices.iter().enumerate() {
        world.step(*choice);
        if let Err(found) = checker.check(&mut world) {
            violation = Some((step, found));
            break;
        }
    }
    if violation.is_none() {
        world.heal();
        world.rest();
        violation = checker.check_at_rest(&mut world).err().map(|found| (choices.len(), found));
    }
    let steps = violation.as_ref().map_or(choices.len(), |(step, _)| *step);
    let mut sights = world.sights;
    sights.add(&world.server.sights);
    (Report { steps, sights, violation }, world.story.unwrap_or_default())
}

/// A run as short as can be found that still breaks the same rule: steps cut off, left out, made idle.
#[must_use]
pub fn shrink(choices: &[u64], planted: Option<Bug>) -> Vec<u64> {
    let first = run(choices, planted);
    let Some(rule) = first.rule() else { return choices.to_vec() };
    let mut best: Vec<u64> = choices.iter().copied().take(first.steps + 1).collect();
    let mut runs = 0;
    let mut still_fails = |candidate: &[u64]| {
        runs += 1;
        runs <= SHRINK_RUNS && run(candidate, planted).rule() == Some(rule)
    };
    let mut width = best.len().div_ceil(2).max(1);
    loop {
        let mut from = 0;
        while from < best.len() {
            let to = (from + width).min(best.len());
            let without: Vec<u64> = best[..from].iter().chain(&best[to..]).copied().collect();
            if still_fails(&without) {
                best = without;
                continue;
            }
            let mut idle = best.clone();
            idle[from..to].fill(0);
            if idle != best && still_fails(&idle) {
                best = idle;
            }
            from = to;
        }
        if width == 1 {
            return best;
        }
        width = width.div_ceil(2);
    }
}
