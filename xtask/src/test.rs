//! Everything that must pass, in stages; `.ci/run` runs them all.
//!
//! Stages that need something the machine cannot have are named in the last lines; under `CI=true` that is a failure.

use std::process::Command;

use anyhow::{Result, bail};

use crate::postgres::Cluster;
use crate::shell::{call, cargo, root, step};
use crate::{build, setup, tidy};

/// A part of the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Stage {
    /// Formatting.
    Format,
    /// What the compiler does not check.
    Tidy,
    /// Clippy, for the host and for the browser.
    Lint,
    /// The rules.
    Domain,
    /// These tools.
    Xtask,
    /// The server, on both engines.
    Server,
    /// Journeys in a real browser.
    E2e,
}

const ALL: [Stage; 7] =
    [Stage::Format, Stage::Tidy, Stage::Lint, Stage::Domain, Stage::Xtask, Stage::Server, Stage::E2e];

/// Runs the stages, all when none is named.
pub fn run(stages: &[Stage]) -> Result<()> {
    let stages = if stages.is_empty() { &ALL[..] } else { stages };
    let needs_packages = stages.iter().any(|stage| matches!(stage, Stage::Server | Stage::E2e));
    let missing = if needs_packages { setup::packages()? } else { Vec::new() };
    let mut untested = Vec::new();
    let mut failed = Vec::new();
    let mut passed = 0;
    for stage in stages {
        match step(&format!("{stage:?}").to_lowercase(), || run_stage(*stage, &missing, &mut untested)) {
            Ok(()) => passed += 1,
            Err(error) => {
                println!("   {error:?}");
                failed.push(*stage);
            }
        }
    }
    for what in &untested {
        println!("not tested: {what}");
    }
    println!("stages: {passed} passed, {} failed", failed.len());
    if !failed.is_empty() {
        bail!("failed: {failed:?}");
    }
    if !untested.is_empty() && std::env::var_os("CI").is_some() {
        bail!("under CI everything must be tested");
    }
    Ok(())
}

fn run_stage(stage: Stage, missing: &[&str], untested: &mut Vec<String>) -> Result<()> {
    match stage {
        Stage::Format => call(cargo().args(["fmt", "--all", "--check"])),
        Stage::Tidy => tidy::run(),
        Stage::Lint => lint(),
        Stage::Domain => call(cargo().args(["test", "--quiet", "--package", "domain"])),
        Stage::Xtask => call(cargo().args(["test", "--quiet", "--package", "xtask"])),
        Stage::Server => server(missing, untested),
        Stage::E2e => end_to_end(missing, untested),
    }
}

fn lint() -> Result<()> {
    setup::wasm_target()?;
    let deny = ["--", "-D", "warnings"];
    call(
        cargo()
            .args([
                "clippy",
                "--quiet",
                "--package",
                "domain",
                "--package",
                "server",
                "--package",
                "xtask",
                "--all-targets",
            ])
            .args(deny),
    )?;
    call(cargo().args(["clippy", "--quiet", "--package", "app", "--target", "wasm32-unknown-unknown"]).args(deny))
}

fn server(missing: &[&str], untested: &mut Vec<String>) -> Result<()> {
    let mut command = cargo();
    command.args(["test", "--quiet", "--package", "server"]);
    if missing.contains(&"postgresql") {
        untested.push("the server on PostgreSQL: it is not installed (apt-get install postgresql)".to_owned());
        return call(&mut command);
    }
    let cluster = Cluster::start()?;
    call(command.env("LIFEHUB_TEST_POSTGRES", cluster.url()))
}

fn end_to_end(missing: &[&str], untested: &mut Vec<String>) -> Result<()> {
    let Some(chromium) = setup::chromium() else {
        untested.push(format!("the journeys in a browser: missing {}", missing.join(", ")));
        return Ok(());
    };
    let binary = build::build(build::Profile::Release)?;
    setup::end2end_packages()?;
    let mut command = Command::new("npx");
    command.args(["--no-install", "playwright", "test"]).current_dir(root().join("end2end"));
    call(command.env("LIFEHUB_BIN", binary).env("CHROMIUM", chromium))
}
