#![doc = include_str!("../README.md")]

#[macro_use]
mod as_text;

pub mod id;
pub mod text;
pub mod time;

pub mod json;
pub mod order;

pub mod people;
pub mod refusal;
pub mod sign_in;

pub mod activity;
pub mod attendance;
pub mod check_in;
pub mod closing;
pub mod duty;
pub mod editing;
pub mod moving;
pub mod numbers;
pub mod recurrence;
pub mod series;
pub mod sign_up;

pub mod booking;
pub mod space;

pub mod agenda;
pub mod calendar_key;
pub mod change;
pub mod clash;
pub mod command;
pub mod festivals;
pub mod search;
pub mod sync;

pub mod almanac;
pub mod csv;
pub mod look;
pub mod words;
