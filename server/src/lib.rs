//! The server of the Life Hub: one binary with the app inside.
//!
//! Every change arrives as a command at `POST /api/sync`; signing in and out are the only other writes. Modules in
//! reading order. Deliberately absent: rules (they are in `domain`), SQL outside [`store`], status codes outside
//! [`problem`], and any other source of time and randomness than [`state`].

pub mod calendar;
pub mod recompute;

pub mod config;
pub mod state;

pub mod router;
pub mod serve;

pub mod caller;
pub mod extract;
pub mod host;
pub mod problem;

pub mod live;
pub mod login;
pub mod sync_route;

pub mod feeds;
pub mod openapi;
pub mod pages;
pub mod reads;

pub mod assets;
pub mod health;
pub mod telemetry;

pub mod jobs;
pub mod operations;
pub mod sync;

pub mod store;

pub mod demo;

#[cfg(test)]
mod tests;
