//! The store: two engines, one writer, and all SQL of the product, one file per aggregate.

pub mod engine;
pub mod error;
pub mod open;
pub mod writer;

pub use engine::{Conn, Row, Value};
pub use error::{Constraint, StoreError};
pub use open::{Db, OpenError};
