#![doc = include_str!("../README.md")]

pub mod id;
pub mod text;
pub mod time;
