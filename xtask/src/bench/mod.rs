//! Figures, printed and never asserted: sizes over the wire, the server under load, pages on a slow phone.

mod server;
mod sizes;

use anyhow::Result;

use crate::build::{Profile, build};

/// A part of the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Bytes over the wire, by kind.
    Sizes,
    /// Reads per second, memory, start.
    Server,
}

/// Builds in release and prints the parts, all when none is named.
pub fn run(parts: &[Part]) -> Result<()> {
    build(Profile::Release)?;
    let parts = if parts.is_empty() { &[Part::Sizes, Part::Server][..] } else { parts };
    for part in parts {
        match part {
            Part::Sizes => sizes::print()?,
            Part::Server => server::print()?,
        }
    }
    Ok(())
}
