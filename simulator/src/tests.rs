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

/// Runs that once broke a rule, made short: what was wrong, and the choices.
const ONCE_BROKEN: &[(&str, &[u64])] = &[(
    "a page that had started again took the reply to an old request for the reply to a new one of the same number",
    &[
        16_150_250_736_072_950_069,
        2_560_472_010_937_925_597,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        3_857_128_446_126_318_745,
        12_054_969_320_050_604_623,
        15_868_927_748_254_466_245,
        15_644_089_434_792_463_177,
        9_041_203_933_156_325_969,
        13_491_025_786_706_433_359,
        0,
        0,
        0,
        6_930_584_214_605_220_413,
        0,
        16_386_440_116_197_424_173,
        5_407_381_628_060_846_883,
        611_569_862_556_993_997,
        8_447_855_038_093_240_701,
        7_164_488_059_236_675_569,
        13_997_918_426_348_154_777,
        5_652_168_671_850_240_949,
    ],
)];

#[test]
fn what_was_once_broken_is_mended() {
    for (what, choices) in ONCE_BROKEN {
        assert_eq!(run(choices, None).violation, None, "{what}");
    }
}
