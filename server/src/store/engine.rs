//! The two engines behind one small surface: one SQL text, `$1` placeholders, text and 64-bit integers.
//!
//! A statement is a `&'static str`; what varies is bound. Instants are milliseconds, ids and dates text, flags
//! nullable instants, structures JSON text, so that both engines read everything alike; only the files of a build are
//! bytes. Deliberately absent: an ORM, a query builder, booleans.
//!
//! SQLite works in a thread of its own, and going there and back takes longer than most statements do: what nobody
//! asks about is put off ([`Conn::later`]) and goes along with the next question, and several questions go together
//! ([`Conn::several`]). The order of statements stays as it was written. On PostgreSQL each goes by itself, at once.

use std::fmt::Write as _;
use std::future::poll_fn;
use std::task::{Context, Poll, Waker};

use sqlx::postgres::{PgArguments, PgConnection};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnection};
use sqlx::{AssertSqlSafe, Either, Executor as _, Postgres, SqlSafeStr as _, SqlStr, Sqlite};

use super::error::StoreError;
use super::rows::Row;
use super::values::Value;

/// The most statements that are put off: longer texts would hardly ever come twice.
const WAITING_MAX: usize = 24;

/// A statement and what is bound to it.
#[derive(Debug, Clone)]
pub struct Statement {
    sql: &'static str,
    values: Vec<Value>,
}

impl Statement {
    /// A statement and what is bound to its `$1`, `$2`, ….
    #[must_use]
    pub fn new(sql: &'static str, values: impl Into<Vec<Value>>) -> Self {
        Self { sql, values: values.into() }
    }
}

/// A place in a transaction that one can go back to.
#[derive(Debug, Clone, Copy)]
pub struct Savepoint {
    begin: &'static str,
    keep: &'static str,
    undo: &'static str,
}

/// Around a job of the writer's.
pub const JOB: Savepoint = Savepoint { begin: "savepoint job", keep: "release job", undo: "rollback to job" };
/// Around what a job may undo by itself.
pub const PART: Savepoint =
    Savepoint { begin: "savepoint part", keep: "release savepoint part", undo: "rollback to savepoint part" };

enum Line<'c> {
    Lite(&'c mut SqliteConnection),
    Pg(&'c mut PgConnection),
}

/// A connection inside a transaction, of either engine.
pub struct Conn<'c> {
    line: Line<'c>,
    /// What was put off, in order; on PostgreSQL nothing ever is.
    waiting: Vec<Statement>,
}

/// What a statement answered.
#[derive(Default)]
struct Answer {
    rows: Vec<Row>,
    touched: u64,
}

impl<'c> Conn<'c> {
    /// On SQLite.
    #[must_use]
    pub const fn lite(connection: &'c mut SqliteConnection) -> Self {
        Self { line: Line::Lite(connection), waiting: Vec::new() }
    }

    /// On PostgreSQL.
    #[must_use]
    pub const fn pg(connection: &'c mut PgConnection) -> Self {
        Self { line: Line::Pg(connection), waiting: Vec::new() }
    }

    /// All rows of a statement.
    ///
    /// # Errors
    /// [`StoreError`], also of what was put off.
    pub async fn all(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let [answer] = self.go([Statement::new(sql, values)]).await?;
        Ok(answer.rows)
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// [`StoreError`], also of what was put off.
    pub async fn maybe(&mut self, sql: &'static str, values: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.all(sql, values).await?.into_iter().next())
    }

    /// The row that must be there.
    ///
    /// # Errors
    /// [`StoreError`], also when there is none, and of what was put off.
    pub async fn one(&mut self, sql: &'static str, values: &[Value]) -> Result<Row, StoreError> {
        self.maybe(sql, values).await?.ok_or_else(|| sqlx::Error::RowNotFound.into())
    }

    /// Carries a statement out and counts the rows it touched.
    ///
    /// # Errors
    /// [`StoreError`], also of what was put off.
    pub async fn execute(&mut self, sql: &'static str, values: &[Value]) -> Result<u64, StoreError> {
        let [answer] = self.go([Statement::new(sql, values)]).await?;
        Ok(answer.touched)
    }

    /// Carries out several statements in order; the rows of each.
    ///
    /// # Errors
    /// [`StoreError`] of the first that fails, also of what was put off; those after it were not begun.
    pub async fn several<const N: usize>(&mut self, statements: [Statement; N]) -> Result<[Vec<Row>; N], StoreError> {
        Ok(self.go(statements).await?.map(|answer| answer.rows))
    }

    /// Carries out a statement that answers nothing, at the latest before whatever is asked next. Its error, if there
    /// is one, is told there.
    ///
    /// # Errors
    /// [`StoreError`], its own or of what was put off before.
    pub async fn later(&mut self, sql: &'static str, values: &[Value]) -> Result<(), StoreError> {
        match self.line {
            Line::Lite(_) => self.waiting.push(Statement::new(sql, values)),
            Line::Pg(_) => drop(self.execute(sql, values).await?),
        }
        if self.waiting.len() < WAITING_MAX { Ok(()) } else { self.catch_up().await }
    }

    /// Carries out what was put off.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn catch_up(&mut self) -> Result<(), StoreError> {
        if !self.waiting.is_empty() {
            let [] = self.go([]).await?;
        }
        Ok(())
    }

    /// Begins something that can be undone without the rest of the transaction. What has the same name is not nested.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin(&mut self, savepoint: Savepoint) -> Result<(), StoreError> {
        self.later(savepoint.begin, &[]).await
    }

    /// Keeps what was done since [`Self::begin`]; an error of what was put off since then is told here.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep(&mut self, savepoint: Savepoint) -> Result<(), StoreError> {
        if self.waiting.last().is_some_and(|last| last.sql == savepoint.begin) {
            self.waiting.pop();
            return Ok(());
        }
        self.catch_up().await?;
        self.later(savepoint.keep, &[]).await
    }

    /// Undoes what was done since [`Self::begin`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn undo(&mut self, savepoint: Savepoint) -> Result<(), StoreError> {
        if let Some(begun) = self.waiting.iter().rposition(|statement| statement.sql == savepoint.begin) {
            self.waiting.truncate(begun);
            return Ok(());
        }
        // All that waits came after the beginning.
        self.waiting.clear();
        self.execute(savepoint.undo, &[]).await?;
        self.later(savepoint.keep, &[]).await
    }

    /// Whether row locks exist and are needed: SQLite has one writer at a time.
    #[must_use]
    pub const fn has_row_locks(&self) -> bool {
        matches!(self.line, Line::Pg(_))
    }

    /// Carries out what was put off and then `asked`, and answers those.
    async fn go<const N: usize>(&mut self, asked: [Statement; N]) -> Result<[Answer; N], StoreError> {
        let mut statements = std::mem::take(&mut self.waiting);
        let before = statements.len();
        statements.extend(asked);
        let mut answers: Vec<Answer> = statements.iter().map(|_| Answer::default()).collect();
        match &mut self.line {
            Line::Lite(lite) => {
                let mut stream = lite.fetch_many(lite_query(statements)?);
                let mut answering = answers.iter_mut();
                let mut answer = answering.next();
                loop {
                    // In no hurry to be woken: while SQLite's thread works, others go first here, and more is done
                    // after them. Being woken for each of many answers costs more than the answers.
                    let at_once = stream.as_mut().poll_next(&mut Context::from_waker(Waker::noop()));
                    let item = match at_once {
                        Poll::Ready(item) => item,
                        Poll::Pending => {
                            tokio::task::yield_now().await;
                            poll_fn(|context| stream.as_mut().poll_next(context)).await
                        }
                    };
                    let (Some(item), Some(current)) = (item, answer.as_deref_mut()) else { break };
                    match item? {
                        Either::Right(row) => current.rows.push(row.into()),
                        Either::Left(done) => {
                            current.touched = done.rows_affected();
                            answer = answering.next();
                        }
                    }
                }
            }
            Line::Pg(pg) => {
                for (statement, answer) in statements.iter().zip(&mut answers) {
                    let mut stream = pg.fetch_many(pg_query(statement.sql, &statement.values)?);
                    while let Some(item) = poll_fn(|context| stream.as_mut().poll_next(context)).await {
                        match item? {
                            Either::Right(row) => answer.rows.push(row.into()),
                            Either::Left(done) => answer.touched = done.rows_affected(),
                        }
                    }
                }
            }
        }
        let mut answers = answers.into_iter().skip(before);
        Ok(std::array::from_fn(|_| answers.next().unwrap_or_default()))
    }
}

fn lite_query(statements: Vec<Statement>) -> Result<Query<'static, Sqlite, SqliteArguments>, StoreError> {
    let (sql, values) = joined(statements);
    let mut arguments = SqliteArguments::default();
    for value in values {
        let added = match value {
            Value::Text(text) => sqlx::Arguments::add(&mut arguments, text),
            Value::Int(number) => sqlx::Arguments::add(&mut arguments, number),
            Value::Bytes(bytes) => sqlx::Arguments::add(&mut arguments, Vec::from(bytes)),
            Value::NullText => sqlx::Arguments::add(&mut arguments, None::<String>),
            Value::NullInt => sqlx::Arguments::add(&mut arguments, None::<i64>),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(sqlx::query_with(sql, arguments))
}

fn pg_query(sql: &'static str, values: &[Value]) -> Result<Query<'static, Postgres, PgArguments>, StoreError> {
    let mut arguments = PgArguments::default();
    for value in values {
        let added = match value {
            Value::Text(text) => sqlx::Arguments::add(&mut arguments, text.as_str()),
            Value::Int(number) => sqlx::Arguments::add(&mut arguments, *number),
            Value::Bytes(bytes) => sqlx::Arguments::add(&mut arguments, &bytes[..]),
            Value::NullText => sqlx::Arguments::add(&mut arguments, None::<String>),
            Value::NullInt => sqlx::Arguments::add(&mut arguments, None::<i64>),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(sqlx::query_with(sql, arguments))
}

/// Several statements as one text: what is bound is numbered through.
fn joined(mut statements: Vec<Statement>) -> (SqlStr, Vec<Value>) {
    if statements.len() == 1
        && let Some(only) = statements.pop()
    {
        return (only.sql.into_sql_str(), only.values);
    }
    let length = statements.iter().map(|statement| statement.sql.len() + 64).sum();
    let (mut text, mut bound) = (String::with_capacity(length), Vec::new());
    for statement in statements {
        let mut rest = statement.sql;
        while let Some((before, after)) = rest.split_once('$') {
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            let number: usize = after[..digits].parse().unwrap_or_default();
            write!(text, "{before}${}", number + bound.len()).expect("invariant: a String takes any text");
            rest = &after[digits..];
        }
        text.push_str(rest);
        text.push_str(";\n");
        bound.extend(statement.values);
    }
    // Made of texts of this program alone.
    (AssertSqlSafe(text).into_sql_str(), bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_bound_is_numbered_through() {
        let (sql, values) = joined(vec![
            Statement::new("update a set b = $2 where c = $1 or d = $1", [1_i64.into(), "x".into()]),
            Statement::new("select 1", []),
            Statement::new("select e from f where g = $1", [3_i64.into()]),
        ]);
        assert_eq!(
            sql.as_str(),
            "update a set b = $2 where c = $1 or d = $1;\nselect 1;\nselect e from f where g = $3;\n"
        );
        assert_eq!(values, [Value::Int(1), Value::Text("x".to_owned()), Value::Int(3)]);
    }
}
