//! What was ever shipped stays readable, and what only looks like it does no harm.

mod mangled;
mod samples;
mod shipped;
