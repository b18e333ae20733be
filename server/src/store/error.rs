//! What a store can answer besides a value: a constraint that held, a condition to retry, or a fault.

/// A constraint of the database that refused a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constraint {
    /// A key or unique index.
    Unique,
    /// A check, by its name where the engine tells it, or the name a trigger raised.
    Check(String),
    /// A reference to something that is not there.
    ForeignKey,
}

/// Why a statement or a transaction did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A constraint refused the write; the transaction can go on from its last savepoint.
    #[error("refused by the database: {0:?}")]
    Constraint(Constraint),
    /// Another transaction was in the way; doing it all again may work.
    #[error("in conflict with another transaction")]
    Conflict(#[source] sqlx::Error),
    /// The queue of writers is full.
    #[error("too many writes are waiting")]
    Overloaded,
    /// The commit was not answered: it may or may not have happened.
    #[error("the outcome of the commit is unknown")]
    Unknown,
    /// A row contradicts the model.
    #[error("inconsistent {what}: {detail}")]
    Inconsistent {
        /// Which column or table.
        what: String,
        /// What was found.
        detail: String,
    },
    /// Something broke.
    #[error("the database failed")]
    Fault(#[source] sqlx::Error),
}

impl StoreError {
    /// A row that contradicts the model.
    pub fn inconsistent(what: impl Into<String>, detail: impl std::fmt::Display) -> Self {
        Self::Inconsistent { what: what.into(), detail: detail.to_string() }
    }

    /// Whether a constraint or trigger of this name refused.
    #[must_use]
    pub fn is_check(&self, name: &str) -> bool {
        matches!(self, Self::Constraint(Constraint::Check(found)) if found == name)
    }

    /// Whether a key or unique index refused.
    #[must_use]
    pub fn is_unique(&self) -> bool {
        matches!(self, Self::Constraint(Constraint::Unique))
    }
}

/// Names that triggers raise. SQLite tells them in the message, PostgreSQL too.
const RAISED: [&str; 9] = [
    "occurrence_full",
    "full_groups",
    "full_heads",
    "buffer_hit",
    "claim_immutable",
    "claim_without_atoms",
    "space_in_use",
    "claim_too_long",
    "atom_mode_in_use",
];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else { return Self::Fault(error) };
        // Serialization failure and deadlock on PostgreSQL; busy and busy-snapshot on SQLite.
        if matches!(database.code().as_deref(), Some("40001" | "40P01" | "55P03" | "5" | "517")) {
            return Self::Conflict(error);
        }
        if database.is_unique_violation() {
            return Self::Constraint(Constraint::Unique);
        }
        if database.is_foreign_key_violation() {
            return Self::Constraint(Constraint::ForeignKey);
        }
        let named = database.constraint().map(str::to_owned);
        let raised = RAISED.iter().find(|name| database.message().contains(*name));
        if let Some(name) = raised.map(|name| (*name).to_owned()).or(named) {
            return Self::Constraint(Constraint::Check(name));
        }
        if database.is_check_violation() {
            return Self::Constraint(Constraint::Check(database.message().to_owned()));
        }
        Self::Fault(error)
    }
}
