//! What the binary tells other programs about the calendar, without a server or a database: the almanac of a stretch of
//! days, and the times of recurrence rules. `docs/recurrence.md` is the contract.
//!
//! Input and output are arguments; every answer is one line of JSON. Deliberately absent: rules, which are the domain's.

mod almanac;
mod expand;

pub use almanac::{AlmanacProblem, print_almanac};
pub use expand::{LINE_BYTES_MAX, expand_lines};

use std::io::{self, ErrorKind};

/// Whether the reader has gone away: it wants no more answers, and that is an end like any other.
fn is_gone(written: io::Result<()>) -> io::Result<bool> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(true),
        other => other.map(|()| false),
    }
}
