//! The demo district: thirteen communities in which something is always going on.
//!
//! Made from a seed and a date by pure code ([`script()`]), then played into an empty database ([`replay`]) through the
//! same door that people use. In reading order: who and where ([`communities`], [`people`], [`teams`], [`spaces`]), what
//! ([`activities`], [`occasions`], [`series`], [`timetable`]), who comes ([`sign_ups`], [`bookings`], [`cast`]), how it went
//! ([`closings`]), what is drawn ([`draws`]). Deliberately absent: anything that runs when the server is not started with
//! `--demo`.

pub mod activities;
pub mod bookings;
pub mod cast;
pub mod closings;
pub mod communities;
pub mod dice;
pub mod draws;
pub mod neighbours;
pub mod occasions;
pub mod people;
pub mod replay;

pub mod script;
pub mod series;
pub mod sign_ups;
pub mod spaces;
pub mod teams;
pub mod timetable;
pub mod walk_ins;

use domain::sign_up::draw::Secret;

pub use people::DemoRole;
pub use replay::{DemoSummary, ensure};
pub use script::{Expect, Script, Step, Tally, script};

/// What the draws of a demonstration follow from: the same for the same seed, and no secret.
#[must_use]
pub fn draw_key(seed: u64) -> Secret {
    let mut dice = dice::Dice::new(seed).fork("draws");
    let mut bytes = [0; 32];
    bytes.fill_with(|| dice.roll().to_le_bytes()[0]);
    Secret::of_random(bytes)
}
