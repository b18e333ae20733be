//! The two engines behind one small surface: one SQL text, `$1` placeholders, text and 64-bit integers.
//!
//! A statement is a `&'static str`; what varies is bound. Instants are milliseconds, ids and dates text, flags
//! nullable instants, structures JSON text, so that both engines read everything alike. Deliberately absent: an ORM, a
//! query builder, booleans.

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{ColumnIndex, Row as _};

use super::error::StoreError;

/// A value to bind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A 64-bit integer.
    Int(i64),
    /// No text.
    NullText,
    /// No integer.
    NullInt,
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::NullText, Self::Text)
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::NullText, Self::from)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u64> for Value {
    /// Numbers above the integers of both engines do not occur: counters start at zero.
    fn from(number: u64) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::NullInt, Self::Int)
    }
}

macro_rules! from_small {
    ($($small:ty),+) => {$(
        impl From<$small> for Value {
            fn from(number: $small) -> Self {
                Self::Int(i64::from(number))
            }
        }

        impl From<Option<$small>> for Value {
            fn from(number: Option<$small>) -> Self {
                number.map_or(Self::NullInt, |number| Self::Int(i64::from(number)))
            }
        }
    )+};
}

from_small!(u8, u16, u32, i32);

impl From<domain::time::Timestamp> for Value {
    fn from(at: domain::time::Timestamp) -> Self {
        Self::Int(at.ms())
    }
}

impl From<Option<domain::time::Timestamp>> for Value {
    fn from(at: Option<domain::time::Timestamp>) -> Self {
        at.map_or(Self::NullInt, Self::from)
    }
}

macro_rules! from_display {
    ($($name:ty),+ $(,)?) => {$(
        impl From<$name> for Value {
            fn from(value: $name) -> Self {
                Self::Text(value.to_string())
            }
        }

        impl From<&$name> for Value {
            fn from(value: &$name) -> Self {
                Self::Text(value.to_string())
            }
        }

        impl From<Option<$name>> for Value {
            fn from(value: Option<$name>) -> Self {
                value.map_or(Self::NullText, Self::from)
            }
        }
    )+};
}

from_display!(
    domain::id::AccountId,
    domain::id::PersonId,
    domain::id::TeamId,
    domain::id::ActivityId,
    domain::id::OccurrenceId,
    domain::id::SignUpId,
    domain::id::SpaceId,
    domain::id::BookingId,
    domain::id::CommandId,
    domain::id::DeviceId,
    domain::id::NoticeId,
    domain::id::CommunityId,
    domain::id::StreamId,
    domain::change::Audience,
    domain::time::LocalDate,
    domain::time::YearMonth,
    domain::text::Title,
    domain::text::PersonName,
    domain::text::Name,
    domain::text::Place,
    domain::text::Note,
    domain::text::Description,
);

/// A connection inside a transaction, of either engine.
pub enum Conn<'c> {
    /// SQLite.
    Lite(&'c mut SqliteConnection),
    /// PostgreSQL.
    Pg(&'c mut PgConnection),
}

/// Binds `$values` to the query of either engine and hands it to `$run`.
macro_rules! run {
    ($conn:expr, $sql:expr, $values:expr, $query:ident, $connection:ident => $run:expr) => {
        match $conn {
            Conn::Lite($connection) => {
                let mut $query = sqlx::query::<sqlx::Sqlite>($sql);
                for value in $values {
                    $query = match value {
                        Value::Text(text) => $query.bind(text.clone()),
                        Value::Int(number) => $query.bind(*number),
                        Value::NullText => $query.bind(None::<String>),
                        Value::NullInt => $query.bind(None::<i64>),
                    };
                }
                let $connection = &mut **$connection;
                $run
            }
            Conn::Pg($connection) => {
                let mut $query = sqlx::query::<sqlx::Postgres>($sql);
                for value in $values {
                    $query = match value {
                        Value::Text(text) => $query.bind(text.clone()),
                        Value::Int(number) => $query.bind(*number),
                        Value::NullText => $query.bind(None::<String>),
                        Value::NullInt => $query.bind(None::<i64>),
                    };
                }
                let $connection = &mut **$connection;
                $run
            }
        }
    };
}

impl Conn<'_> {
    /// All rows of a statement.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn all(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        run!(self, sql, values, query, connection => {
            Ok(query.fetch_all(connection).await?.into_iter().map(Row::from).collect())
        })
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn maybe(&mut self, sql: &'static str, values: &[Value]) -> Result<Option<Row>, StoreError> {
        run!(self, sql, values, query, connection => Ok(query.fetch_optional(connection).await?.map(Row::from)))
    }

    /// The row that must be there.
    ///
    /// # Errors
    /// [`StoreError`], also when there is none.
    pub async fn one(&mut self, sql: &'static str, values: &[Value]) -> Result<Row, StoreError> {
        run!(self, sql, values, query, connection => Ok(query.fetch_one(connection).await?.into()))
    }

    /// Carries a statement out and counts the rows it touched.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn execute(&mut self, sql: &'static str, values: &[Value]) -> Result<u64, StoreError> {
        run!(self, sql, values, query, connection => Ok(query.execute(connection).await?.rows_affected()))
    }

    /// Begins a part that can be undone without the rest of the transaction. Parts are not nested.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin_part(&mut self) -> Result<(), StoreError> {
        self.execute("savepoint part", &[]).await?;
        Ok(())
    }

    /// Keeps what was done since [`Self::begin_part`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_part(&mut self) -> Result<(), StoreError> {
        self.execute("release savepoint part", &[]).await?;
        Ok(())
    }

    /// Undoes what was done since [`Self::begin_part`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn undo_part(&mut self) -> Result<(), StoreError> {
        self.execute("rollback to savepoint part", &[]).await?;
        self.keep_part().await
    }

    /// Whether row locks exist and are needed: SQLite has one writer at a time.
    #[must_use]
    pub const fn has_row_locks(&self) -> bool {
        matches!(self, Self::Pg(_))
    }
}

/// A row of either engine.
#[derive(Debug)]
pub enum Row {
    /// SQLite.
    Lite(SqliteRow),
    /// PostgreSQL.
    Pg(PgRow),
}

impl From<SqliteRow> for Row {
    fn from(row: SqliteRow) -> Self {
        Self::Lite(row)
    }
}

impl From<PgRow> for Row {
    fn from(row: PgRow) -> Self {
        Self::Pg(row)
    }
}

/// A column by name or by place.
pub trait Column: ColumnIndex<SqliteRow> + ColumnIndex<PgRow> + std::fmt::Debug + Copy {}
impl<T: ColumnIndex<SqliteRow> + ColumnIndex<PgRow> + std::fmt::Debug + Copy> Column for T {}

impl Row {
    fn get<T>(&self, column: impl Column) -> Result<T, StoreError>
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Sqlite>
            + sqlx::Type<sqlx::Sqlite>
            + for<'r> sqlx::Decode<'r, sqlx::Postgres>
            + sqlx::Type<sqlx::Postgres>,
    {
        let value = match self {
            Self::Lite(row) => row.try_get(column),
            Self::Pg(row) => row.try_get(column),
        };
        value.map_err(|error| StoreError::inconsistent(format!("{column:?}"), error))
    }

    /// Text.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when it is something else or nothing.
    pub fn text(&self, column: impl Column) -> Result<String, StoreError> {
        self.get(column)
    }

    /// Text or nothing.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when it is something else.
    pub fn maybe_text(&self, column: impl Column) -> Result<Option<String>, StoreError> {
        self.get(column)
    }

    /// An integer.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when it is something else or nothing.
    pub fn int(&self, column: impl Column) -> Result<i64, StoreError> {
        self.get(column)
    }

    /// An integer or nothing.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when it is something else.
    pub fn maybe_int(&self, column: impl Column) -> Result<Option<i64>, StoreError> {
        self.get(column)
    }

    /// Text parsed into a value of the domain.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when it does not parse.
    pub fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(&self, column: impl Column) -> Result<T, StoreError> {
        self.text(column)?.parse().map_err(|error| StoreError::inconsistent(format!("{column:?}"), error))
    }

    /// Text parsed into a value of the domain, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when it does not parse.
    pub fn maybe_parse<T: std::str::FromStr<Err: std::fmt::Display>>(
        &self,
        column: impl Column,
    ) -> Result<Option<T>, StoreError> {
        let parse = |text: String| text.parse().map_err(|error| StoreError::inconsistent(format!("{column:?}"), error));
        self.maybe_text(column)?.map(parse).transpose()
    }

    /// A number that fits a smaller integer.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when it does not.
    pub fn number<T: TryFrom<i64>>(&self, column: impl Column) -> Result<T, StoreError> {
        let wide = self.int(column)?;
        T::try_from(wide).map_err(|_| StoreError::inconsistent(format!("{column:?}"), wide))
    }

    /// A number that fits a smaller integer, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when it does not fit.
    pub fn maybe_number<T: TryFrom<i64>>(&self, column: impl Column) -> Result<Option<T>, StoreError> {
        let narrow = |wide: i64| T::try_from(wide).map_err(|_| StoreError::inconsistent(format!("{column:?}"), wide));
        self.maybe_int(column)?.map(narrow).transpose()
    }

    /// An instant.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when it is something else or nothing.
    pub fn at(&self, column: impl Column) -> Result<domain::time::Timestamp, StoreError> {
        self.int(column).map(domain::time::Timestamp::from_ms)
    }

    /// An instant or nothing.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when it is something else.
    pub fn maybe_at(&self, column: impl Column) -> Result<Option<domain::time::Timestamp>, StoreError> {
        Ok(self.maybe_int(column)?.map(domain::time::Timestamp::from_ms))
    }

    /// JSON text read into a value.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when it does not read.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: impl Column) -> Result<T, StoreError> {
        let text = self.text(column)?;
        serde_json::from_str(&text).map_err(|error| StoreError::inconsistent(format!("{column:?}"), error))
    }
}
