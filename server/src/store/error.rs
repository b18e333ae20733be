//! What a store can answer besides a value: a constraint that held, a condition to retry, or a fault.
//!
//! Both engines' ways of saying so become one: SQLite names columns where PostgreSQL names an index, and a trigger's
//! word arrives in a message. A name is for the program, never for people: which of several constraints fires first
//! differs between engines.

use std::sync::Arc;

/// A constraint of the database that refused a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constraint {
    /// A key or unique index; by its name for those in [`UNIQUE`], else by what the engine said.
    Unique(String),
    /// A check by its name, or the word a trigger raised.
    Check(String),
    /// A value that must be there is not.
    NotNull,
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
    /// Too many are waiting; nothing was done.
    #[error("too many are waiting")]
    Overloaded,
    /// The transaction this was part of could not be carried out; nothing was done.
    #[error("nothing was done: {0}")]
    Undone(Arc<str>),
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
    /// A job stopped in the middle; nothing of it is left.
    #[error("a job panicked")]
    Panicked,
    /// Something broke.
    #[error("the database failed")]
    Fault(#[source] sqlx::Error),
}

impl StoreError {
    /// A row that contradicts the model.
    pub fn inconsistent(what: impl Into<String>, detail: impl std::fmt::Display) -> Self {
        Self::Inconsistent { what: what.into(), detail: detail.to_string() }
    }

    /// What the engine itself said, where that is all there is to say.
    #[must_use]
    pub const fn engine(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Conflict(error) | Self::Fault(error) => Some(error),
            _ => None,
        }
    }

    /// Whether a check or trigger of this name refused.
    #[must_use]
    pub fn is_check(&self, name: &str) -> bool {
        matches!(self, Self::Constraint(Constraint::Check(found)) if found == name)
    }

    /// Whether any key or unique index refused.
    #[must_use]
    pub fn is_unique(&self) -> bool {
        matches!(self, Self::Constraint(Constraint::Unique(_)))
    }

    /// Whether this unique index, one of [`UNIQUE`], refused.
    #[must_use]
    pub fn is_unique_of(&self, name: &str) -> bool {
        matches!(self, Self::Constraint(Constraint::Unique(found)) if found == name)
    }

    /// Whether what a command creates has the id of something that is there.
    #[must_use]
    pub fn is_id_taken(&self) -> bool {
        ["activity_pkey", "booking_pkey", "occurrence_pkey", "person_pkey", "sign_up_pkey"]
            .iter()
            .any(|name| self.is_unique_of(name))
    }

    /// Whether a constraint refused that only somebody who was faster runs into: a place, a time, a key that is taken.
    #[must_use]
    pub fn is_guard(&self) -> bool {
        self.is_check("occurrence_full") || self.is_unique() || self.is_no_room()
    }

    /// Whether what was asked for is likely to be the cause, so that asking again would break again; else the
    /// database was busy, away, full or failing for everybody.
    #[must_use]
    pub fn is_of_the_job(&self) -> bool {
        match self {
            Self::Constraint(_) | Self::Inconsistent { .. } | Self::Panicked => true,
            Self::Conflict(_) | Self::Overloaded | Self::Undone(_) | Self::Unknown => false,
            Self::Fault(error) => error.as_database_error().is_some_and(|error| {
                let code = error.code().unwrap_or_default();
                let is_of_the_engine = match code.len() {
                    // PostgreSQL, by class: connection, resources, an operator's hand, the system.
                    5 => ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)),
                    // SQLite: read-only, I/O, corrupt, full, cannot open, not a database.
                    _ => code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 8 | 10 | 11 | 13 | 14 | 26)),
                };
                !is_of_the_engine
            }),
        }
    }

    /// Whether the ledger refused: the space is held at that time, by whatever of its constraints.
    #[must_use]
    pub fn is_no_room(&self) -> bool {
        LEDGER.iter().any(|name| self.is_check(name))
    }
}

/// The ledger's constraints.
const LEDGER: [&str; 3] = ["full_groups", "full_heads", "buffer_hit"];

/// Words that triggers raise; both engines have them in the message.
const RAISED: [&str; 12] = [
    "member_holds",
    "claim_immutable",
    "claim_without_atoms",
    "claim_in_use",
    "space_in_use",
    "atom_mode_in_use",
    "venue_in_use",
    "closing_of_nothing",
    "occurrence_closed",
    "occurrence_goes_over",
    "draw_kept",
    "not_drawn",
];

/// Unique indexes the program asks for by name, and how SQLite calls them.
pub const UNIQUE: [(&str, &str); 13] = [
    ("account_phone_key", "account.phone"),
    ("processed_command_pkey", "processed_command.id"),
    ("processed_command_device_no_key", "processed_command.device, processed_command.no"),
    ("sign_up_pkey", "sign_up.id"),
    // The wider key that members refer to; SQLite may look at it first.
    ("sign_up_pkey", "sign_up.id, sign_up.occurrence"),
    ("activity_pkey", "activity.id"),
    ("occurrence_pkey", "occurrence.id"),
    ("person_pkey", "person.id"),
    ("sign_up_live", "sign_up.account, sign_up.occurrence"),
    ("sign_up_once", "sign_up_member.occurrence, sign_up_member.person"),
    ("seat_once", "sign_up_member.occurrence, sign_up_member.seat"),
    ("booking_pkey", "booking.id"),
    ("notice_account_matter_key", "notice.account, notice.matter"),
];

const LITE_CHECK: &str = "CHECK constraint failed: ";
const LITE_UNIQUE: &str = "UNIQUE constraint failed: ";

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return Self::Overloaded;
        }
        let Some(database) = error.as_database_error() else { return Self::Fault(error) };
        let message = database.message();
        // Serialization failure, deadlock and lock timeout on PostgreSQL; busy and its kinds on SQLite.
        if matches!(database.code().as_deref(), Some("40001" | "40P01" | "55P03" | "5" | "261" | "517")) {
            return Self::Conflict(error);
        }
        if database.is_unique_violation() {
            let said = database.constraint().unwrap_or_else(|| message.strip_prefix(LITE_UNIQUE).unwrap_or(message));
            let known = UNIQUE.iter().find(|(_, columns)| *columns == said).map_or(said, |(name, _)| *name);
            return Self::Constraint(Constraint::Unique(known.to_owned()));
        }
        if database.is_foreign_key_violation() {
            return Self::Constraint(Constraint::ForeignKey);
        }
        if database.kind() == sqlx::error::ErrorKind::NotNullViolation {
            return Self::Constraint(Constraint::NotNull);
        }
        if database.is_check_violation() {
            let said = database.constraint().unwrap_or_else(|| message.strip_prefix(LITE_CHECK).unwrap_or(message));
            return Self::Constraint(Constraint::Check(said.to_owned()));
        }
        // PostgreSQL: raise_exception; SQLite: constraint_trigger.
        if matches!(database.code().as_deref(), Some("P0001" | "1811"))
            && let Some(word) = RAISED.iter().find(|word| message == **word)
        {
            return Self::Constraint(Constraint::Check((*word).to_owned()));
        }
        Self::Fault(error)
    }
}
