//! A year of fifty series, expanded by the binary: goal 5 ms.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

const SERIES: usize = 50;
const ROUNDS: usize = 20;
const RULES: [&str; 5] = [
    "FREQ=WEEKLY;BYDAY=TU,TH",
    "FREQ=DAILY;X-TIMES=0700,1930",
    "FREQ=MONTHLY;BYDAY=-1SA",
    "FREQ=WEEKLY;INTERVAL=2;COUNT=5000;X-HOLIDAYS=FOLLOW",
    "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=8,8L;BYMONTHDAY=15",
];

/// Prints the best and the middle of some rounds, each of which asks all questions and reads all answers.
pub fn print(binary: &Path) -> Result<()> {
    let mut child =
        Command::new(binary).arg("expand").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("expand")?;
    let mut questions = child.stdin.take().context("its input")?;
    let mut answers = BufReader::new(child.stdout.take().context("its output")?).lines();
    let mut rounds: Vec<Duration> = Vec::new();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        for rule in RULES.iter().cycle().take(SERIES) {
            writeln!(
                questions,
                r#"{{"rule":"{rule}","start":"1985-03-05T19:00:00","from":"2026-01-01","to":"2027-01-01"}}"#
            )?;
            let answer = answers.next().context("an answer")??;
            ensure!(answer.starts_with(r#"{"starts":["#), "{answer}");
        }
        rounds.push(began.elapsed());
    }
    drop(questions);
    child.wait()?;
    rounds.sort();
    println!(
        "a year of {SERIES} series, asked and answered one by one: best {:.1} ms, median {:.1} ms [goal 5]",
        rounds[0].as_secs_f64() * 1e3,
        rounds[ROUNDS / 2].as_secs_f64() * 1e3
    );
    Ok(())
}
