//! Everything that must pass, in stages; `.ci/run` runs them all.
//!
//! A stage that fails does not stop the others. What could not be tested, because the machine lacks something we may not
//! install, is named in the last lines; under `CI` that is a failure. The very last line counts tests, and each stage
//! that is not a test runner as one.

use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::build::{self, Profile};
use crate::durability::{self, Amounts};
use crate::postgres::Cluster;
use crate::setup::{self, Need};
use crate::shell::{Counts, call, cargo, count, root, step};
use crate::{simulate, tidy};

/// A part of the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Stage {
    /// Formatting.
    Fmt,
    /// What the compiler does not check.
    Tidy,
    /// Clippy, for the host and for the browser.
    Clippy,
    /// The rules.
    Domain,
    /// The simulator itself, then the synchronisation in it.
    Simulator,
    /// These tools.
    Xtask,
    /// The server, on both engines.
    Server,
    /// What of the app runs without a browser.
    App,
    /// The product, as it is released.
    Build,
    /// Servers that are killed and lose their power; builds first.
    Durability,
    /// Journeys in a real browser; builds first.
    E2e,
}

const ALL: [Stage; 11] = [
    Stage::Fmt,
    Stage::Tidy,
    Stage::Clippy,
    Stage::Domain,
    Stage::Simulator,
    Stage::Xtask,
    Stage::Server,
    Stage::App,
    Stage::Build,
    Stage::Durability,
    Stage::E2e,
];

impl Stage {
    const fn needs(self) -> &'static [Need] {
        match self {
            Self::Server | Self::Durability => &[Need::Postgres],
            Self::E2e => &[Need::Chromium, Need::Fonts, Need::Node],
            _ => &[],
        }
    }
}

/// A run in progress.
struct Run {
    missing: Vec<Need>,
    untested: Vec<String>,
    /// What only some machines can do.
    untried: Vec<String>,
    counts: Counts,
}

/// Runs the stages, all when none is named.
pub fn run(stages: &[Stage]) -> Result<()> {
    let stages = if stages.is_empty() { &ALL[..] } else { stages };
    let started = Instant::now();
    let missing = step("setup", || {
        setup::wasm_target()?;
        let needs: Vec<Need> = stages.iter().flat_map(|stage| stage.needs()).copied().collect();
        Ok(setup::provide(&needs))
    })?;
    let mut run = Run { missing, untested: Vec::new(), untried: Vec::new(), counts: Counts::default() };
    let mut failed = Vec::new();
    for stage in stages {
        if let Err(error) = step(&name(*stage), || run.stage(*stage)) {
            println!("   {error:#}");
            failed.push(name(*stage));
        }
    }
    println!();
    for what in &run.untested {
        println!("not tested: {what}");
    }
    for what in &run.untried {
        println!("not tried here, which is no failure: {what}");
    }
    if !failed.is_empty() {
        println!("stages that failed: {}", failed.join(", "));
    }
    println!("took {:.0} s", started.elapsed().as_secs_f64());
    println!("{} passed, {} failed", run.counts.passed, run.counts.failed);
    if !failed.is_empty() {
        bail!("not everything passed");
    }
    if !run.untested.is_empty() && is_ci() {
        bail!("under CI everything must be tested");
    }
    Ok(())
}

fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}

fn name(stage: Stage) -> String {
    format!("{stage:?}").to_lowercase()
}

impl Run {
    fn stage(&mut self, stage: Stage) -> Result<()> {
        match stage {
            Stage::Fmt => self.check(call(cargo().args(["fmt", "--all", "--check"]))),
            Stage::Tidy => self.check(tidy::run()),
            Stage::Clippy => self.check(clippy()),
            Stage::Domain => self.tests(&mut cargo_test("domain")),
            Stage::Simulator => {
                let itself = self.tests(&mut cargo_test("simulator"));
                itself.and(self.check(simulate::prove(0, simulate::SEEDS)))
            }
            Stage::Xtask => self.tests(&mut cargo_test("xtask")),
            Stage::Server => self.server(),
            Stage::App => self.app(),
            Stage::Build => self.check(build::build(Profile::Release).map(drop)),
            Stage::Durability => self.durability(),
            Stage::E2e => self.end_to_end(),
        }
    }

    /// A stage that passes or fails as a whole.
    fn check(&mut self, outcome: Result<()>) -> Result<()> {
        self.counts += if outcome.is_ok() { Counts { passed: 1, failed: 0 } } else { Counts { passed: 0, failed: 1 } };
        outcome
    }

    /// A stage whose runner counts. One that fails before it counts anything still counts as a failure.
    fn tests(&mut self, command: &mut Command) -> Result<()> {
        let (mut counts, ended) = match count(command) {
            Ok(counted) => counted,
            Err(error) => (Counts::default(), Err(error)),
        };
        if ended.is_err() && counts.failed == 0 {
            counts.failed = 1;
        }
        self.counts += counts;
        ended
    }

    fn server(&mut self) -> Result<()> {
        let mut command = cargo_test("server");
        if self.missing.contains(&Need::Postgres) {
            self.untested.push(format!("the server on PostgreSQL: {}", Need::Postgres.remedy()));
            return self.tests(command.env_remove("LIFEHUB_TEST_POSTGRES"));
        }
        let cluster = match Cluster::start() {
            Ok(cluster) => cluster,
            Err(error) => return self.check(Err(error.context("PostgreSQL did not start"))),
        };
        self.tests(command.env("LIFEHUB_TEST_POSTGRES", cluster.url()))
    }

    fn durability(&mut self) -> Result<()> {
        if self.missing.contains(&Need::Postgres) {
            self.untested.push(format!("durability on PostgreSQL: {}", Need::Postgres.remedy()));
        }
        let proved = durability::prove(Amounts::DEFAULT, None).map(|untried| self.untried.extend(untried));
        self.check(proved)
    }

    /// The app has tests of its own only where something of it runs outside a browser.
    fn app(&mut self) -> Result<()> {
        let has_tests = walkdir::WalkDir::new(root().join("app")).into_iter().flatten().any(|entry| {
            entry.path().extension().is_some_and(|ending| ending == "rs")
                && std::fs::read_to_string(entry.path()).is_ok_and(|text| text.contains("#[test]"))
        });
        if has_tests {
            return self.tests(&mut cargo_test("app"));
        }
        println!("   the app has no tests outside the browser");
        Ok(())
    }

    fn end_to_end(&mut self) -> Result<()> {
        let missing: Vec<_> = self.missing.iter().filter(|need| Stage::E2e.needs().contains(need)).collect();
        let remedies = missing.iter().map(|need| need.remedy()).collect::<Vec<_>>().join("; ");
        let (Some(chromium), true) = (setup::chromium(), missing.is_empty()) else {
            self.untested.push(format!("journeys in a browser: {remedies}"));
            return Ok(());
        };
        let prepared = build::build(Profile::Release).and_then(|binary| setup::end2end_packages().map(|()| binary));
        let binary = match prepared {
            Ok(binary) => binary,
            Err(error) => return self.check(Err(error)),
        };
        let mut command = Command::new("npx");
        command.args(["--no-install", "playwright", "test"]).current_dir(root().join("end2end"));
        self.tests(command.env("LIFEHUB_BIN", binary).env("CHROMIUM", chromium))
    }
}

fn cargo_test(package: &str) -> Command {
    let mut command = cargo();
    // The runner's dots and its closing line; what fails is shown whole all the same.
    command.args(["test", "--no-fail-fast", "--package", package, "--", "--quiet"]);
    command
}

fn clippy() -> Result<()> {
    let deny = ["--", "-D", "warnings"];
    let host = ["clippy", "-p", "domain", "-p", "server", "-p", "simulator", "-p", "xtask", "--all-targets"];
    let browser = ["clippy", "--package", "app", "--target", "wasm32-unknown-unknown"];
    // Both, even if the first finds something.
    let outcomes = [call(cargo().args(host).args(deny)), call(cargo().args(browser).args(deny))];
    outcomes.into_iter().collect()
}
