//! Running other programs: with a heading, the time each took, and what test runners counted.

use std::io::{Read as _, Write};
use std::ops::AddAssign;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// The workspace's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace").to_owned()
}

/// Where cargo builds.
pub fn target_dir() -> PathBuf {
    let named = std::env::var_os("CARGO_TARGET_DIR").filter(|named| !named.is_empty());
    // Cargo runs in the workspace's folder, so a relative name is relative to that.
    named.map_or_else(|| root().join("target"), |named| root().join(named))
}

/// Cargo itself, in the workspace: the one that called us, or else the one on the path, which then settles the toolchain.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Does a step under a heading and prints how long it took.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("── {name} …");
    let started = Instant::now();
    let value = work();
    let outcome = if value.is_ok() { "" } else { " (failed)" };
    println!("── {name}: {:.1} s{outcome}", started.elapsed().as_secs_f64());
    value.with_context(|| format!("{name} failed"))
}

/// Runs a command whose output is shown; fails unless it succeeds.
pub fn call(command: &mut Command) -> Result<()> {
    let name = name_of(command);
    let status = command.status().with_context(|| format!("could not start {name}"))?;
    if !status.success() {
        bail!("{name} ended with {status}");
    }
    Ok(())
}

/// The program and its arguments, as one would type them.
fn name_of(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// How many tests passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Those that passed.
    pub passed: usize,
    /// Those that failed.
    pub failed: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Counts {
    /// What one line of a runner says: libtest's `test result:` or Playwright's closing lines.
    fn in_line(line: &str) -> Self {
        let before = |word: &str, text: &str| {
            let words: Vec<&str> = text.split_whitespace().collect();
            let place = words.iter().position(|one| one.trim_end_matches([';', ',']) == word)?;
            words.get(place.checked_sub(1)?)?.parse::<usize>().ok()
        };
        if let Some(result) = line.trim().strip_prefix("test result:") {
            let of = |word| before(word, result).unwrap_or(0);
            return Self { passed: of("passed"), failed: of("failed") };
        }
        // Playwright closes with lines such as "  12 passed (1.2m)" and "  1 failed".
        let mut words = line.split_whitespace();
        let number = words.next().and_then(|number| number.parse().ok());
        let is_closing = line.starts_with("  ") && !line.starts_with("   ");
        match (number, words.next(), words.next()) {
            (Some(passed), Some("passed"), after) if is_closing && after.is_none_or(|time| time.starts_with('(')) => {
                Self { passed, failed: 0 }
            }
            // A test that passed only on a second try, or never ran, has not passed.
            (Some(failed), Some("failed" | "flaky" | "interrupted"), None) if is_closing => Self { passed: 0, failed },
            (Some(failed), Some("did"), Some("not")) if is_closing => Self { passed: 0, failed },
            _ => Self::default(),
        }
    }
}

/// Runs a test runner, shows what it says as it says it, and counts. The second value is whether it ended well.
pub fn count(command: &mut Command) -> Result<(Counts, Result<()>)> {
    count_into(command, &mut std::io::stdout())
}

fn count_into(command: &mut Command, shown: &mut impl Write) -> Result<(Counts, Result<()>)> {
    let name = name_of(command);
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| format!("could not start {name}"))?;
    let mut output = child.stdout.take().context("a pipe was asked for")?;
    let (mut counts, mut line, mut chunk) = (Counts::default(), Vec::new(), [0; 4096]);
    loop {
        let length = output.read(&mut chunk)?;
        shown.write_all(&chunk[..length])?;
        shown.flush()?;
        for byte in &chunk[..length] {
            if *byte == b'\n' {
                counts += Counts::in_line(&plain(&line));
                line.clear();
            } else {
                line.push(*byte);
            }
        }
        if length == 0 {
            break;
        }
    }
    counts += Counts::in_line(&plain(&line));
    let status = child.wait()?;
    Ok((counts, if status.success() { Ok(()) } else { Err(anyhow::anyhow!("{name} ended with {status}")) }))
}

/// A line without the colours of a terminal.
fn plain(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let mut pieces = text.split('\u{1b}');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + piece.split_once('m').map_or(piece, |(_, rest)| rest))
}

/// Whether a program is on the path.
pub fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_both_runners_are_counted() {
        for (line, passed, failed) in [
            ("test result: ok. 84 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s", 84, 0),
            ("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out", 3, 2),
            ("  12 passed (1.2m)", 12, 0),
            ("  1 failed", 0, 1),
            ("  1 flaky", 0, 1),
            ("  2 did not run", 0, 2),
            ("  3 skipped", 0, 0),
            ("    4 passed by the gate", 0, 0),
            ("test the_12_passed ... ok", 0, 0),
        ] {
            assert_eq!(Counts::in_line(line), Counts { passed, failed }, "{line}");
        }
    }

    #[test]
    fn colours_do_not_hide_a_count() {
        assert_eq!(plain(b"\x1b[32m  12 passed\x1b[39m\x1b[2m (3s)\x1b[22m"), "  12 passed (3s)");
    }

    #[test]
    fn a_runner_that_ends_badly_says_so_and_is_counted() {
        let mut runner = Command::new("sh");
        runner.args(["-c", "echo 'test result: FAILED. 3 passed; 1 failed; 0 ignored'; exit 101"]);
        let mut shown = Vec::new();
        let (counts, ended) = count_into(&mut runner, &mut shown).expect("sh starts");
        assert!(shown.starts_with(b"test result: FAILED."), "what the runner says is shown");
        assert_eq!(counts, Counts { passed: 3, failed: 1 });
        assert!(ended.is_err());
    }
}
