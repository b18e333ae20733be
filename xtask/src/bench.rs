//! Figures, printed and never asserted: sizes over the wire, the server under load, pages on a slow phone.

mod browser;
mod draw;
mod recurrence;
mod series;
mod server;
mod sign_ups;
mod sizes;
mod wire;

use std::path::PathBuf;

use anyhow::Result;

use crate::build::{Profile, build};

/// A part of the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Bytes over the wire, by kind.
    Sizes,
    /// Reads and sign-ups per second, memory, start.
    Server,
    /// A first and a second visit on a slow phone.
    Browser,
    /// A year of fifty recurring series.
    Recurrence,
    /// A draw of five thousand parties.
    Draw,
}

const ALL: [Part; 5] = [Part::Sizes, Part::Server, Part::Browser, Part::Recurrence, Part::Draw];

/// Builds in release, unless a binary is named, and prints the parts, all when none is named.
pub fn run(parts: &[Part], binary: Option<PathBuf>) -> Result<()> {
    let binary = binary.map_or_else(|| build(Profile::Release), Ok)?;
    let parts = if parts.is_empty() { &ALL[..] } else { parts };
    for part in parts {
        println!();
        match part {
            Part::Sizes => sizes::print()?,
            Part::Server => server::print(&binary)?,
            Part::Browser => browser::print(&binary)?,
            Part::Recurrence => recurrence::print(&binary)?,
            Part::Draw => draw::print(&binary)?,
        }
    }
    Ok(())
}
