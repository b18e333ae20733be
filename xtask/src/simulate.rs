//! The simulator of the synchronisation, built for speed and run.

use anyhow::Result;

use crate::shell::{call, cargo};

/// How many seeds a run of all tests takes.
pub const SEEDS: u64 = 10_000;

/// Runs so many seeds from that one on.
pub fn prove(from: u64, seeds: u64) -> Result<()> {
    simulate(&["--from", &from.to_string(), "--seeds", &seeds.to_string()])
}

/// Replays one.
pub fn replay(seed: u64, story: bool) -> Result<()> {
    let seed = seed.to_string();
    let mut arguments = vec!["--seed", &seed];
    arguments.extend(story.then_some("--story"));
    simulate(&arguments)
}

fn simulate(arguments: &[&str]) -> Result<()> {
    call(cargo().args(["run", "--release", "--quiet", "--package", "simulator", "--"]).args(arguments))
}
