//! The proof of the synchronisation: phones with disks and tabs, a network that fails in every way it can, and a server,
//! all in one process and driven by one seed.
//!
//! The phone is the machine of `domain::sync`, the very code the app runs; the server decides with the functions of
//! `domain`, as the real one does. A run is a list of choices ([`dice`]), replays exactly, and shrinks ([`run`]). After
//! each step the invariants are checked ([`invariants`]); all runs together must reach every state that matters
//! ([`coverage`]), and catch every bug that is put in on purpose ([`planted`]). What chance may miss, `tests/exhaustive`
//! walks through in a smaller world.

pub mod coverage;
pub mod dice;
pub mod disk;
pub mod invariants;
pub mod live;
pub mod network;
pub mod phone;
pub mod planted;
pub mod run;
pub mod server;
pub mod town;
pub mod turns;
pub mod world;

#[cfg(test)]
mod tests;
