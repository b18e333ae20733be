//! What a developer and CI run: `cargo xtask run | build | test | simulate | durability | tidy | bench`.
//!
//! Every long step says what it is and how long it took. What a step needs and the machine lacks is installed where we
//! may, and named in one sentence where we may not.

mod bench;
mod build;
mod durability;
mod http;
mod postgres;
mod setup;
mod shell;
mod simulate;
mod test;
mod tidy;

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Builds, runs, tests and measures the Life Hub")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds the app and the one binary, `lifehub`.
    Build {
        /// Unoptimised and uncompressed, for quick turns.
        #[arg(long)]
        dev: bool,
    },
    /// Builds, then serves a demo district on SQLite.
    Run {
        /// The address to listen on.
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: String,
        /// The folder of the database; a second run goes on with it.
        #[arg(long, default_value = "data")]
        data: PathBuf,
        /// Unoptimised and uncompressed, for quick turns.
        #[arg(long)]
        dev: bool,
    },
    /// Runs every check and test, or the named stages.
    Test {
        /// Which stages; all when none is named.
        stages: Vec<test::Stage>,
    },
    /// Drives phones, a network and a server by a seed, and looks whether the synchronisation keeps its promises.
    Simulate {
        /// The first seed.
        #[arg(long, default_value_t = 0)]
        from: u64,
        /// How many seeds from that one on.
        #[arg(long, default_value_t = simulate::SEEDS)]
        seeds: u64,
        /// Replays this one instead, and makes it short if it fails.
        #[arg(long)]
        seed: Option<u64>,
        /// With a seed: tells everything that happened.
        #[arg(long, requires = "seed")]
        story: bool,
    },
    /// Kills servers, lets PostgreSQL fall and cuts the power under load, and looks whether what was answered stays.
    Durability {
        /// How much of each.
        #[command(flatten)]
        amounts: durability::Amounts,
        /// Tries this server instead of building one.
        #[arg(long)]
        binary: Option<PathBuf>,
    },
    /// Checks what the compiler does not: where words, SQL and time may stand.
    Tidy,
    /// Prints sizes, server speed and page timings.
    Bench {
        /// Which parts; all when none is named.
        parts: Vec<bench::Part>,
        /// Measures what was built before instead of building: this binary, and the files that lie in dist.
        #[arg(long)]
        binary: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    match carry_out(Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(task: Task) -> Result<()> {
    match task {
        Task::Build { dev } => {
            let binary = build::build(build::Profile::of(dev))?;
            println!("built {}", binary.display());
            Ok(())
        }
        Task::Run { listen, data, dev } => run(&listen, &data, build::Profile::of(dev)),
        Task::Test { stages } => test::run(&stages),
        Task::Simulate { from, seeds, seed: None, .. } => simulate::prove(from, seeds),
        Task::Simulate { seed: Some(seed), story, .. } => simulate::replay(seed, story),
        Task::Durability { amounts, binary } => durability::prove(amounts, binary).map(drop),
        Task::Tidy => tidy::run(),
        Task::Bench { parts, binary } => bench::run(&parts, binary),
    }
}

fn run(listen: &str, data: &Path, profile: build::Profile) -> Result<()> {
    let binary = build::build(profile)?;
    std::fs::create_dir_all(data).with_context(|| format!("cannot make the folder {}", data.display()))?;
    let database = format!("sqlite:{}", data.join("lifehub.db").display());
    println!("serving the demo district on http://{listen} from {}", data.display());
    // The server takes this process's place, so that Ctrl-C reaches it and nobody returns before it has closed.
    let mut server = std::process::Command::new(&binary);
    let error = server.args(["serve", "--listen", listen, "--database", &database, "--demo"]).exec();
    Err(error).with_context(|| format!("could not start {}", binary.display()))
}
