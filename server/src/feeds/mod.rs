//! What goes out to other programs' calendars.
//!
//! `event` says what an event is, `ics` writes it down, `public` answers for what everybody may read.

pub mod event;
pub mod ics;
pub mod public;
#[cfg(test)]
mod tests;
