//! The dates of series: every one that the rule has up to where they are said to be there.

use std::collections::BTreeSet;

use domain::activity::Schedule;
use domain::series::AHEAD_DAYS;
use domain::time::Timestamp;

use super::Finding;
use crate::store::{Conn, StoreError};

/// Every activity with a rule has its series, every series its rule, and all dates from the day after they were last made.
pub(super) async fn check(conn: &mut Conn<'_>) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    let activities = conn
        .all(
            "select a.id, a.schedule, s.activity series, s.made_until from activity a
             left join series s on s.activity = a.id
             where s.activity is not null or a.schedule like '%\"kind\":\"series\"%' order by a.id",
            &[],
        )
        .await?;
    for row in &activities {
        let id = row.text("id")?;
        let series = row.json::<Schedule>("schedule")?.series();
        let said = |is: bool| if is { "a series" } else { "no series" }.to_owned();
        let is_noted = row.maybe_text("series")?.is_some();
        if is_noted != series.is_some() {
            findings.push(Finding {
                rule: "series.there",
                id,
                expected: said(series.is_some()),
                found: said(is_noted),
            });
            continue;
        }
        let (Some(series), Some(until)) = (series, row.maybe_at("made_until")?) else { continue };
        let from = until.date().plus_days(-AHEAD_DAYS).start();
        let made: BTreeSet<Timestamp> = conn
            .all(
                // One that had begun when the series was edited stays with what it was before.
                "select planned_start from occurrence where planned_start >= $2
                 and (activity = $1 or activity in (select id from activity where continued_by = $1))",
                &[id.clone().into(), from.into()],
            )
            .await?
            .iter()
            .map(|row| row.at("planned_start"))
            .collect::<Result<_, _>>()?;
        let missing = series.dates(from, until).into_iter().filter(|range| !made.contains(&range.start()));
        findings.extend(missing.map(|range| Finding {
            rule: "series.made",
            id: id.clone(),
            expected: format!("a date on {} {}", range.start().date(), range.start().minute_of_day()),
            found: "none".to_owned(),
        }));
    }
    Ok(findings)
}
