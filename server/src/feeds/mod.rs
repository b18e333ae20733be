//! What goes out to other programs' calendars.
//!
//! `event` says what an event is, `ics` writes it down, `public` answers for what everybody may read, `own` for one
//! person.

pub mod event;
pub mod ics;
pub mod own;
pub mod public;
#[cfg(test)]
mod tests;
