//! The pages, one per route. Each names itself with `Model::set_title`, starts with an `<h1>`, and has its empty,
//! loading, from-cache, offline, pending, refused and error state.

pub mod activities;
pub mod calendar;
pub mod communities;
pub mod desk;
pub mod draw;
pub mod duties;
pub mod edit_series;
pub mod family;
pub mod festivals;
pub mod help;
pub mod login;
pub mod me;
pub mod messages;
pub mod not_found;
pub mod numbers;
pub mod occurrence;
pub mod outbox;
pub mod poster;
pub mod publish;
pub mod roster;
pub mod search;
pub mod settings;
pub mod space;
pub mod spaces;
pub mod team;
