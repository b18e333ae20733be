//! Base data: communities, teams, spaces and people as staff or a demonstration put them in, each with its rows.

use domain::change::{Audience, CommunityView, SpaceRow, TeamRow, class};
use domain::id::{AccountId, CommunityId, SpaceId, StreamId, TeamId};
use domain::people::{Person, Role};
use domain::space::Mode;
use domain::text::{PersonName, Phone};
use domain::time::Timestamp;

use super::activities::draft_team;
use super::engine::Conn;
use super::error::StoreError;
use super::people::{draft_person, draft_profile, insert_person, role_words};
use super::streams::{Draft, ensure_stream, write_change};

/// How much of what there is, for telling an empty database from a filled one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Counts {
    pub communities: usize,
    pub accounts: usize,
    pub occurrences: usize,
}

/// Counts communities, accounts and dates.
///
/// # Errors
/// [`StoreError`].
pub async fn count(conn: &mut Conn<'_>) -> Result<Counts, StoreError> {
    let row = conn
        .one(
            "select (select count(*) from community) communities, (select count(*) from account) accounts,
                    (select count(*) from occurrence) occurrences",
            &[],
        )
        .await?;
    Ok(Counts {
        communities: row.number("communities")?,
        accounts: row.number("accounts")?,
        occurrences: row.number("occurrences")?,
    })
}

/// Inserts a community with its stream.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_community(
    conn: &mut Conn<'_>,
    community: &CommunityView,
    sort: u32,
    is_made_up: bool,
) -> Result<(), StoreError> {
    conn.execute(
        "insert into community (id, name, english_name, phone, sort, made_up) values ($1, $2, $3, $4, $5, $6)",
        &[
            (&community.id).into(),
            (&community.name).into(),
            (&community.english_name).into(),
            community.phone.clone().into(),
            sort.into(),
            u32::from(is_made_up).into(),
        ],
    )
    .await?;
    ensure_stream(conn, &StreamId::Community(community.id.clone())).await
}

/// Inserts a team.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_team(
    conn: &mut Conn<'_>,
    id: TeamId,
    community: &CommunityId,
    team: &TeamRow,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "insert into team (id, community, name, category, about, phone) values ($1, $2, $3, $4, $5, $6)",
        &[
            id.into(),
            community.into(),
            (&team.name).into(),
            team.category.as_str().into(),
            team.about.clone().into(),
            team.phone.clone().into(),
        ],
    )
    .await?;
    let mut draft = Draft::default();
    draft_team(&mut draft, id, team);
    write_change(conn, &StreamId::Community(community.clone()), draft, &id.to_string(), now).await?;
    Ok(())
}

/// Inserts a space made of `atoms` (their ids); atoms that are not there yet are made with the space's limits, so a
/// whole hall comes after its halves or before them alike.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_space(
    conn: &mut Conn<'_>,
    id: SpaceId,
    community: &CommunityId,
    space: &SpaceRow,
    atoms: &[String],
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "insert into space (id, community, kind, name, address, access, about, phone, hosts, policy, hours)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            id.into(),
            community.into(),
            space.kind.as_str().into(),
            (&space.name).into(),
            (&space.address).into(),
            space.access.clone().into(),
            space.about.clone().into(),
            space.phone.clone().into(),
            json(&space.hosts).into(),
            json(&space.policy).into(),
            json(&space.hours).into(),
        ],
    )
    .await?;
    let (groups, heads) = match space.policy.mode {
        // An exclusive atom is taken once, whatever the size of the party.
        Mode::Exclusive { .. } => (1, 1),
        Mode::Shared { groups, heads } => (groups, heads),
    };
    for atom in atoms {
        conn.execute(
            "insert into atom (id, community, cap_groups, cap_heads) values ($1, $2, $3, $4) on conflict (id) do nothing",
            &[atom.into(), community.into(), groups.into(), heads.into()],
        )
        .await?;
        conn.execute("insert into space_atom (space, atom) values ($1, $2)", &[id.into(), atom.into()]).await?;
    }
    for (number, closure) in space.closures.iter().enumerate() {
        conn.execute(
            "insert into closure (id, space, from_at, until_at, reason) values ($1, $2, $3, $4, $5)",
            &[
                format!("{id}/{number}").into(),
                id.into(),
                closure.range.start().into(),
                closure.range.end().into(),
                (&closure.reason).into(),
            ],
        )
        .await?;
    }
    let mut draft = Draft::default();
    draft.put(&Audience::Public, class::SPACE, id, None, space);
    write_change(conn, &StreamId::Community(community.clone()), draft, &id.to_string(), now).await?;
    Ok(())
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("invariant: a checked value has a JSON form")
}

/// A person as staff or a demonstration put them in.
#[derive(Debug, Clone)]
pub struct SeedAccount<'a> {
    /// The account.
    pub id: AccountId,
    /// The number.
    pub phone: Option<&'a Phone>,
    /// What they are called.
    pub name: &'a PersonName,
    /// Where they live.
    pub home: &'a CommunityId,
    /// What they may do.
    pub roles: &'a [Role],
    /// The household, themselves first.
    pub household: &'a [Person],
    /// Which of the demonstration's one-tap people it is.
    pub demo_role: Option<&'a str>,
}

/// Inserts a person with household and grants.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_account(conn: &mut Conn<'_>, account: &SeedAccount<'_>, now: Timestamp) -> Result<(), StoreError> {
    conn.execute(
        "insert into account (id, phone, name, home_community, created_at, demo_role) values ($1, $2, $3, $4, $5, $6)",
        &[
            account.id.into(),
            account.phone.map(Phone::as_str).into(),
            account.name.into(),
            account.home.into(),
            now.into(),
            account.demo_role.into(),
        ],
    )
    .await?;
    let mut draft = Draft::default();
    for person in account.household {
        let consent_at = person.born.map(|_| now);
        insert_person(conn, account.id, person, consent_at, now).await?;
        draft_person(&mut draft, account.id, person);
    }
    for role in account.roles {
        let (role, scope) = role_words(role);
        conn.execute(
            "insert into role_grant (account, role, scope, granted_at) values ($1, $2, $3, $4)",
            &[account.id.into(), role.into(), scope.into(), now.into()],
        )
        .await?;
    }
    ensure_stream(conn, &StreamId::Account(account.id)).await?;
    draft_profile(conn, &mut draft, account.id).await?;
    write_change(conn, &StreamId::Account(account.id), draft, &account.id.to_string(), now).await?;
    Ok(())
}
