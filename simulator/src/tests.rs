//! What the simulator promises about itself.

use crate::dice::choices;
use crate::invariants::Rule;
use crate::planted::Bug;
use crate::run::{run, shrink};

fn first_caught(bug: Bug) -> Option<(u64, Rule)> {
    (0..1_000).find_map(|seed| Some((seed, run(&choices(seed), Some(bug)).rule()?)))
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in 0..5 {
        assert_eq!(run(&choices(seed), None), run(&choices(seed), None), "seed {seed}");
        assert!(run(&choices(seed), None).violation.is_none(), "seed {seed}");
    }
    assert_ne!(choices(1), choices(2));
}

#[test]
fn a_failing_run_shrinks_and_still_breaks_the_same_rule() {
    let (seed, rule) = first_caught(Bug::PlacesNotHeld).expect("a seed that catches it");
    let short = shrink(&choices(seed), Some(Bug::PlacesNotHeld));
    assert!(short.len() < choices(seed).len());
    assert_eq!(run(&short, Some(Bug::PlacesNotHeld)).rule(), Some(rule));
    assert_eq!(run(&short, None).rule(), None, "without the bug it is a run like others");
}

#[test]
fn each_planted_bug_is_caught() {
    let missed: Vec<Bug> = Bug::ALL.into_iter().filter(|bug| first_caught(*bug).is_none()).collect();
    assert!(missed.is_empty(), "{missed:?}");
}
