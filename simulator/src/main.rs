//! `simulator [--from S] [--seeds N]` runs so many seeds from that one on, and looks whether each planted bug is caught.
//! `simulator --seed S [--story]` replays one and tells what happened.
//! `simulator --overlay FILE` measures how long a phone takes to draw what is in a reply.

use std::process::ExitCode;
use std::time::Instant;

use domain::command::{Command, SignUp};
use domain::id::{CommandId, OccurrenceId, PersonId, StreamId};
use domain::sync::overlay::{Pending, lay_over, predict_sign_up};
use domain::sync::view::Delivery;
use domain::sync::{PullResult, SyncReply, View};
use simulator::coverage::{Sight, Sights};
use simulator::dice::choices;
use simulator::planted::Bug;
use simulator::run::{Report, run, shrink, tell};
use simulator::town::{account, household};
use uuid::Uuid;

/// A planted bug must be caught within so many seeds.
const CATCH_WITHIN: u64 = 1_000;
/// From so many seeds on every state must have been reached.
const COVER_FROM: u64 = 1_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| -> Option<u64> {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.parse().ok()
    };
    let file = arguments.iter().position(|argument| argument == "--overlay").and_then(|at| arguments.get(at + 1));
    if let Some(file) = file {
        return measure_overlay(file);
    }
    let is_fine = match value("--seed") {
        Some(seed) => replay(seed, arguments.iter().any(|argument| argument == "--story")),
        None => prove(value("--from").unwrap_or(0), value("--seeds").unwrap_or(COVER_FROM)),
    };
    if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How long it takes to lay an outbox over the rows of a reply; a phone does it whenever anything changes.
fn measure_overlay(file: &str) -> ExitCode {
    const PENDING: usize = 20;
    const TIMES: u32 = 50;
    let reply = std::fs::read_to_string(file).ok().and_then(|text| serde_json::from_str::<SyncReply>(&text).ok());
    let Some(reply) = reply else {
        eprintln!("{file} is no reply");
        return ExitCode::FAILURE;
    };
    let (mut base, mut count) = (View::default(), 0);
    for pull in &reply.pulls {
        let PullResult::Snapshot { rows, .. } = &pull.result else { continue };
        rows.iter().for_each(|row| base.put(&pull.stream, row));
        count += rows.len();
    }
    let household = household(account(0));
    let person = household[0].id;
    for one in household {
        base.persons.insert(one.id, one);
    }
    let now = reply.server_at;
    let is_open = |id: &&OccurrenceId| predict_sign_up(&base, &wish(**id, person), now).is_ok();
    let dates: Vec<OccurrenceId> = base.occurrences.keys().filter(is_open).copied().collect();
    let asks = dates.into_iter().take(PENDING).enumerate().map(|(at, occurrence)| Pending {
        id: CommandId::from_uuid(Uuid::from_u128(at as u128 + 1)),
        stream: StreamId::Account(account(0)),
        command: Command::SignUp(wish(occurrence, person)),
        delivery: Delivery::Saved,
    });
    let pending: Vec<_> = asks.collect();
    let started = Instant::now();
    for _ in 0..TIMES {
        std::hint::black_box(lay_over(&base, std::hint::black_box(&pending), now));
    }
    let each = started.elapsed() / TIMES;
    let ms = each.as_secs_f64() * 1_000.0;
    println!("{} pending laid over {count} rows: {ms:.3} ms (goal 5 for 2,000 rows, on a phone)", pending.len());
    ExitCode::SUCCESS
}

fn wish(occurrence: OccurrenceId, person: PersonId) -> SignUp {
    SignUp { occurrence, people: vec![person] }
}

fn replay(seed: u64, with_story: bool) -> bool {
    let report = run(&choices(seed), None);
    if with_story {
        let short = if report.rule().is_some() { shrink(&choices(seed), None) } else { choices(seed) };
        for line in tell(&short, None, true).1 {
            println!("{line}");
        }
    }
    println!("seed {seed}: {} steps", report.steps);
    match report.violation {
        None => println!("nothing is broken"),
        Some(_) => explain(seed, &report),
    }
    report.rule().is_none()
}

fn explain(seed: u64, report: &Report) {
    let Some((step, violation)) = &report.violation else { return };
    println!("seed {seed}, step {step}: {:?}: {}", violation.rule, violation.detail);
    let short = shrink(&choices(seed), None);
    println!("   shrinks to {} steps: {short:?}", short.len());
    if let Some((_, violation)) = run(&short, None).violation {
        println!("   {:?}: {}", violation.rule, violation.detail);
    }
    println!("   replay with: cargo xtask simulate --seed {seed}");
}

fn prove(from: u64, seeds: u64) -> bool {
    let started = Instant::now();
    let (mut sights, mut steps) = (Sights::default(), 0);
    for seed in from..from.saturating_add(seeds) {
        let report = run(&choices(seed), None);
        steps += report.steps;
        sights.add(&report.sights);
        if report.violation.is_some() {
            explain(seed, &report);
            return false;
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{seeds} seeds from {from} on, {steps} steps, {:.0} runs per second: nothing is broken",
        seeds as f64 / seconds
    );
    for sight in Sight::ALL {
        println!("   {:>9}  {sight:?}", sights.count(*sight));
    }
    let missing = if seeds >= COVER_FROM { sights.missing() } else { Vec::new() };
    if !missing.is_empty() {
        println!("never reached: {missing:?}");
    }
    missing.is_empty() & catch_planted()
}

fn catch_planted() -> bool {
    let mut all_are_caught = true;
    for bug in Bug::ALL {
        let caught = (0..CATCH_WITHIN).find_map(|seed| Some((seed, run(&choices(seed), Some(bug)).rule()?)));
        match caught {
            Some((seed, rule)) => println!("   {bug:?} is caught by {rule:?}, seed {seed}"),
            None => println!("   {bug:?} is NOT caught within {CATCH_WITHIN} seeds"),
        }
        all_are_caught &= caught.is_some();
    }
    all_are_caught
}
