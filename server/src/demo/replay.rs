//! Plays the script into an empty database, through the door that people use.
//!
//! Base data go in as staff would put them in; then every step is an envelope, carried out at its own time by the same
//! code that answers phones. It is one transaction: the district is there whole or not at all, so a start that was cut
//! off is simply begun again. Deliberately absent: changing a district that is there (a reset is another database).

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::command::Outcome;
use domain::id::AccountId;
use domain::people::{Actor, Caller};
use domain::sync::Answer;
use domain::sync::machine::Draft;
use domain::time::LocalDate;

use super::script::{Expect, Script, Step, script};
use crate::store::seed::{self, SeedAccount};
use crate::store::{Conn, Db, StoreError};
use crate::sync::{Incoming, apply_command};

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoSummary {
    /// Whether the district was made now; otherwise it was there.
    pub is_new: bool,
    /// Communities.
    pub communities: usize,
    /// People.
    pub accounts: usize,
    /// Dates of activities.
    pub occurrences: usize,
    /// Commands that were carried out.
    pub commands: usize,
}

/// Makes the district of a seed and a day in an empty database; leaves any other as it is.
///
/// # Errors
/// [`StoreError`]; [`StoreError::Inconsistent`] names the step that did not come to what the script says.
pub async fn ensure(db: &Db, seed: u64, today: LocalDate) -> Result<DemoSummary, StoreError> {
    let found = db.read(|conn| Box::pin(find(conn))).await?;
    if found.communities > 0 {
        return Ok(found);
    }
    let made = Arc::new(script(seed, today));
    db.write("demo", move |conn| {
        let made = Arc::clone(&made);
        Box::pin(async move {
            // Asked again inside: two servers may have started at once.
            let found = find(conn).await?;
            if found.communities > 0 {
                return Ok(found);
            }
            put_in(conn, &made).await?;
            play(conn, &made).await?;
            Ok(DemoSummary { is_new: true, commands: made.steps.len(), ..find(conn).await? })
        })
    })
    .await
}

/// What is there.
async fn find(conn: &mut Conn<'_>) -> Result<DemoSummary, StoreError> {
    let row = seed::count(conn).await?;
    Ok(DemoSummary {
        is_new: false,
        communities: row.communities,
        accounts: row.accounts,
        occurrences: row.occurrences,
        commands: 0,
    })
}

/// Communities, teams, spaces, people.
async fn put_in(conn: &mut Conn<'_>, script: &Script) -> Result<(), StoreError> {
    let now = script.founded_at;
    for (n, community) in (0..).zip(&script.communities) {
        seed::insert_community(conn, &community.view, n, community.made_up).await?;
    }
    for team in &script.teams {
        seed::insert_team(conn, team.id, &team.community, &team.row, now).await?;
    }
    for space in &script.spaces {
        let atoms: Vec<String> = space.atoms.iter().map(ToString::to_string).collect();
        seed::insert_space(conn, space.id, &space.community, &space.row, &atoms, now).await?;
    }
    for account in &script.accounts {
        let account = SeedAccount {
            id: account.id,
            phone: Some(&account.phone),
            name: &account.name,
            home: &script.communities[account.home].view.id,
            roles: &account.roles,
            household: &account.persons,
            demo_role: account.demo_role.map(super::DemoRole::as_str),
        };
        seed::insert_account(conn, &account, now).await?;
    }
    Ok(())
}

/// Every step at its time.
async fn play(conn: &mut Conn<'_>, script: &Script) -> Result<(), StoreError> {
    let people: BTreeMap<AccountId, _> = script
        .accounts
        .iter()
        .map(|person| (person.id, Actor::Account(Caller { account: person.id, roles: person.roles.clone() })))
        .collect();
    let devices: BTreeMap<AccountId, _> = script.accounts.iter().map(|person| (person.id, person.device)).collect();
    let mut numbers: BTreeMap<AccountId, u64> = BTreeMap::new();
    for step in &script.steps {
        let no = numbers.entry(step.account).or_insert(0);
        *no += 1;
        let draft = Draft {
            id: step.id,
            account: step.account,
            stream: step.stream.clone(),
            depends_on: None,
            phone_ms: step.at.ms(),
            command: step.command.clone(),
        };
        let incoming = Incoming::of(draft.envelope(devices[&step.account], *no));
        let answer = apply_command(conn, &people[&step.account], &incoming, step.at).await?;
        compare(step, &answer)?;
    }
    Ok(())
}

/// A step came to what the script says, or the district is not what its reader expects.
fn compare(step: &Step, answer: &Answer) -> Result<(), StoreError> {
    let is_as_said = match answer {
        Answer::Decided { outcome: Outcome::Accepted { .. }, .. } => step.expect == Expect::Accepted,
        Answer::Decided { outcome: Outcome::Refused { .. }, .. } => step.expect == Expect::Refused,
        Answer::Decided { outcome: Outcome::Expired, .. } | Answer::NotNow { .. } => false,
    };
    if is_as_said {
        return Ok(());
    }
    let at = format!("{} {}", step.at.date(), step.at.minute_of_day());
    Err(StoreError::inconsistent("demo step", format!("at {at}: {answer:?} came of {step:?}")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::on_both_engines;
    use crate::store::testing::TestDb;

    fn today() -> LocalDate {
        "2026-11-23".parse().expect("a date")
    }

    async fn words(test: &TestDb, sql: &'static str) -> BTreeMap<String, i64> {
        let rows = test.db.read(|conn| Box::pin(async move { conn.all(sql, &[]).await })).await.expect("rows");
        rows.iter().map(|row| (row.text(0).expect("a word"), row.int(1).expect("a number"))).collect()
    }

    on_both_engines! {
        async fn the_script_plays_to_its_end_and_the_database_keeps_its_promises(test) {
            let made = ensure(&test.db, 1, today()).await.expect("a district");
            assert!(made.is_new && made.communities == 13 && made.occurrences >= 400, "{made:?}");
            assert_eq!(test.findings().await, Vec::new());
            assert!(test.number("select count(*) from team", &[]).await >= 30);
            assert!(test.number("select count(*) from space", &[]).await >= 40);
            assert_eq!(test.number("select count(*) from account where demo_role is not null", &[]).await, 6);

            let sign_ups = words(test, "select state, count(*) n from sign_up group by state").await;
            assert_eq!(sign_ups.keys().map(String::as_str).collect::<Vec<_>>(),
                ["called_off", "confirmed", "waitlisted", "withdrawn"]);
            assert!(test.number("select count(*) from sign_up where checked_in_at is not null", &[]).await > 0);
            let bookings = words(test, "select state, count(*) n from booking group by state").await;
            assert_eq!(bookings.keys().map(String::as_str).collect::<Vec<_>>(),
                ["approved", "cancelled", "checked_in", "declined", "requested"]);

            let again = ensure(&test.db, 2, today()).await.expect("what is there");
            assert_eq!(again, DemoSummary { is_new: false, commands: 0, ..made });
        }
    }
}
