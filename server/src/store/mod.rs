//! The store: two engines, one writer, and all SQL of the product, one file per aggregate.

pub mod activities;
pub mod attendance;
pub mod bookings;
pub mod builds;
pub mod calendar_keys;
pub mod check;
pub mod closings;
pub mod devices;
pub mod draws;
pub mod duties;
pub mod edits;
pub mod engine;
pub mod error;
pub mod feed_reads;
pub mod logins;
pub mod moves;
pub mod notices;
pub mod numbers;
pub mod open;
pub mod people;
pub mod public_reads;
pub mod restored;
pub mod rows;
pub mod seed;
pub mod series;
pub mod sessions;
pub mod sign_ups;
pub mod spaces;
pub mod streams;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod values;
pub mod writer;

pub use engine::{Conn, Statement};
pub use error::{Constraint, StoreError};
pub use open::{Db, OpenError, Opening};
pub use rows::Row;
pub use values::Value;
