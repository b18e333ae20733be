//! A draw of five thousand parties, computed by the binary: goal 200 ms, with the start of the binary.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

const PARTIES: u64 = 5_000;
const ROUNDS: usize = 10;

/// Prints the best and the middle of some rounds, each of which asks and reads the whole answer.
pub fn print(binary: &Path) -> Result<()> {
    let list: Vec<String> = (0..PARTIES)
        .map(|n| format!(r#"{{"ticket":"{:016x}","heads":{}}}"#, n.wrapping_mul(0x9e37_79b9_7f4a_7c15), 1 + n % 4))
        .collect();
    let question = format!(
        r#"{{"date":"0192f0c1-2a3b-8c4d-8e5f-0000000000cc","secret":"{}","places":900,"list":[{}]}}"#,
        "5e".repeat(32),
        list.join(",")
    );
    let mut rounds: Vec<Duration> = Vec::new();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let mut child =
            Command::new(binary).arg("draw").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("draw")?;
        child.stdin.take().context("its input")?.write_all(question.as_bytes())?;
        let output = child.wait_with_output()?;
        rounds.push(began.elapsed());
        let won = String::from_utf8_lossy(&output.stdout).matches(r#""won":true"#).count();
        ensure!(output.status.success() && won > 200, "{won} of {PARTIES} parties have places");
    }
    rounds.sort();
    println!(
        "a draw of {PARTIES} parties, asked and answered: best {:.1} ms, median {:.1} ms [goal 200]",
        rounds[0].as_secs_f64() * 1e3,
        rounds[ROUNDS / 2].as_secs_f64() * 1e3
    );
    Ok(())
}
