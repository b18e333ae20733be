//! Synchronisation: the one request a phone makes, and the machine that decides when to make it.
//!
//! `docs/sync.md` explains the protocol. Here are its messages; the machine is [`machine`], the view of rows with
//! pending commands laid over them is [`overlay`].

pub mod wire;

pub use wire::{Answer, Cursor, NotNow, PROTOCOL, Pull, PullReply, PullResult, ResetReason, SyncReply, SyncRequest};
