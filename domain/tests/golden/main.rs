//! What was ever shipped stays readable.

mod samples;
mod shipped;
