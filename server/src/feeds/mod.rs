//! What goes out to other programs' calendars.

pub mod ics;
