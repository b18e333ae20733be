//! `lifehub expand`: the times of recurrence rules, a question and an answer a line.

use std::io::{self, BufRead, ErrorKind, Read, Write};

use domain::recurrence::{Recurrence, RuleProblem, TooManyStarts};
use domain::time::LocalDateTime;
use serde::{Deserialize, Serialize};

use super::is_gone;

/// The longest line that is read, in bytes; a longer one is passed over and refused.
pub const LINE_BYTES_MAX: usize = 16 * 1024;

/// The code of a line that is no question.
const MALFORMED: &str = "malformed";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    rule: String,
    start: String,
    from: String,
    to: String,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Starts(Vec<String>),
    Refused(&'static str),
}

/// Answers every line that is not blank, in order, each before the next is read.
///
/// # Errors
/// The input cannot be read, or the output not written; a reader that has gone away is no error.
pub fn expand_lines(input: impl BufRead, mut out: impl Write) -> io::Result<()> {
    let mut lines = Lines { input, line: Vec::new() };
    while let Some(line) = lines.next_line()? {
        if line.is_some_and(|line| line.trim_ascii().is_empty()) {
            continue;
        }
        let mut text = serde_json::to_vec(&line.map_or(Answer::Refused(MALFORMED), answer))?;
        text.push(b'\n');
        if is_gone(out.write_all(&text).and_then(|()| out.flush()))? {
            return Ok(());
        }
    }
    Ok(())
}

fn answer(line: &[u8]) -> Answer {
    let Some(question) = read(line) else { return Answer::Refused(MALFORMED) };
    let (Ok(start), Some(from), Some(to)) = (question.start.parse(), bound(&question.from), bound(&question.to)) else {
        return Answer::Refused(MALFORMED);
    };
    match question.rule.parse::<Recurrence>().map_err(RuleProblem::code) {
        Ok(rule) => match rule.expand(start, from, to) {
            Ok(starts) => Answer::Starts(starts.iter().map(ToString::to_string).collect()),
            Err(TooManyStarts) => Answer::Refused(TooManyStarts::CODE),
        },
        Err(code) => Answer::Refused(code),
    }
}

/// An object: serde would take an array of the four as well.
fn read(line: &[u8]) -> Option<Question> {
    line.trim_ascii_start().starts_with(b"{").then(|| serde_json::from_slice(line).ok()).flatten()
}

/// A time, or a date for its first second.
fn bound(text: &str) -> Option<LocalDateTime> {
    text.parse().ok().or_else(|| if text.len() == 10 { format!("{text}T00:00").parse().ok() } else { None })
}

/// Lines of bounded length, without their ends.
struct Lines<R> {
    input: R,
    line: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// The next line; inside, none for one that is too long. None at the end.
    fn next_line(&mut self) -> io::Result<Option<Option<&[u8]>>> {
        self.line.clear();
        // One byte more than a line and its end may have tells a longer one.
        let max = LINE_BYTES_MAX as u64 + 2;
        if (&mut self.input).take(max).read_until(b'\n', &mut self.line)? == 0 {
            return Ok(None);
        }
        let has_end = self.line.ends_with(b"\n");
        let line = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        if line.len() <= LINE_BYTES_MAX {
            return Ok(Some(Some(line)));
        }
        if !has_end {
            skip_line(&mut self.input)?;
        }
        Ok(Some(None))
    }
}

/// Reads up to the end of the line and keeps nothing.
fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let (length, is_end) = match input.fill_buf() {
            Ok([]) => return Ok(()),
            Ok(bytes) => bytes.iter().position(|byte| *byte == b'\n').map_or((bytes.len(), false), |at| (at + 1, true)),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        input.consume(length);
        if is_end {
            return Ok(());
        }
    }
}
