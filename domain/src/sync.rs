//! Synchronisation: the one request a phone makes, and the machine that decides when to make it.
//!
//! `docs/sync.md` explains the protocol. Here are its messages ([`wire`]), what a phone holds ([`view`]), the pending
//! commands laid over it ([`overlay`]), what a page starts from ([`start`]), the machine that queues, sends and applies
//! ([`machine`]), and how both sides find out that a phone has lost something ([`checksum`]). The numbers are in [`limits`].

pub mod checksum;
pub mod limits;
pub mod machine;
pub mod overlay;
pub mod rows;
pub mod start;
pub mod view;
pub mod wire;

pub use machine::{Client, Effect, Input};
pub use start::Start;
pub use view::{Delivery, In, View};
pub use wire::{
    Answer, Cursor, EDITION, EDITION_OLDEST, Hint, Known, NotNow, PROTOCOL, Pull, PullReply, PullResult, ResetReason,
    SyncReply, SyncRequest,
};
