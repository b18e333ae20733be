//! Whether a database keeps its promises: what triggers and operations keep is counted again and compared.
//!
//! Read-only, in one picture of the database. A finding is an alarm and never repaired in silence: something wrote past
//! the rules, and putting the counter right would hide it. Deliberately absent: rules of time (a request that should
//! have expired is not an inconsistency, the sweep just has not come by), and what a key of a table forbids (on SQLite
//! the file itself is looked through, keys included).

mod answers;
mod drawn;
mod draws;
mod ledger;
mod rules;
mod series;

use super::open::{OpenError, look};
use super::{Conn, StoreError};

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Which promise.
    pub rule: &'static str,
    /// Whose.
    pub id: String,
    /// What it should be.
    pub expected: String,
    /// What it is.
    pub found: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: expected {}, found {}", self.rule, self.id, self.expected, self.found)
    }
}

/// Everything that is not as it must be, in order.
///
/// # Errors
/// [`StoreError`].
pub async fn check(conn: &mut Conn<'_>) -> Result<Vec<Finding>, StoreError> {
    let mut findings = check_file(conn).await?;
    for (rule, sql) in rules::RULES {
        for row in conn.all(sql, &[]).await? {
            findings.push(Finding {
                rule,
                id: row.text("id")?,
                expected: row.text("expected")?,
                found: row.text("found")?,
            });
        }
    }
    findings.extend(ledger::check(conn).await?);
    findings.extend(answers::check_devices(conn).await?);
    findings.extend(answers::check(conn).await?);
    findings.extend(drawn::check(conn).await?);
    findings.extend(draws::check(conn).await?);
    findings.extend(series::check(conn).await?);
    findings.sort();
    Ok(findings)
}

/// [`check`] on the database at an address: also beside a running server, and on a demonstration as on a live one.
///
/// # Errors
/// [`OpenError`], or what the store says.
pub async fn check_at(address: &str) -> Result<Result<Vec<Finding>, StoreError>, OpenError> {
    look(address, |conn| Box::pin(async move { check(conn).await })).await
}

/// What SQLite itself says about its file: pages, indices, keys, references. PostgreSQL has no such question.
async fn check_file(conn: &mut Conn<'_>) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    if conn.has_row_locks() {
        return Ok(findings);
    }
    let finding = |id: String, found: String| Finding { rule: "file", id, expected: "ok".to_owned(), found };
    for row in conn.all("pragma integrity_check", &[]).await? {
        let said = row.text(0)?;
        if said != "ok" {
            findings.push(finding("integrity".to_owned(), said));
        }
    }
    for row in conn.all("select \"table\", rowid, parent from pragma_foreign_key_check", &[]).await? {
        let id = format!("{} {}", row.text(0)?, row.maybe_int(1)?.unwrap_or_default());
        findings.push(finding(id, format!("a reference to no {}", row.text(2)?)));
    }
    Ok(findings)
}
