//! What a statement answers: rows of either engine, read as values of the domain.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{ColumnIndex, Row as _};

use super::error::StoreError;

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

    /// What is in a file.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when it is something else or nothing.
    pub fn bytes(&self, column: impl Column) -> Result<bytes::Bytes, StoreError> {
        self.get::<Vec<u8>>(column).map(Into::into)
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

    /// The value read as JSON, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn maybe_json<T: serde::de::DeserializeOwned>(&self, column: &'static str) -> Result<Option<T>, StoreError> {
        self.maybe_text(column)?.map(|_| self.json(column)).transpose()
    }
}
