//! Accounts, their households and their grants, and the rows of an account's own stream.

use domain::change::{Audience, ProfileRow, RoleRow, class};
use domain::command::UpdateProfile;
use domain::id::{AccountId, CommunityId, PersonId, StreamId};
use domain::people::{Caller, Person, Relation, Role};
use domain::text::{PersonName, Phone};
use domain::time::Timestamp;

use super::calendar_keys::find_mark;
use super::engine::Conn;
use super::error::StoreError;
use super::rows::Row;
use super::streams::{Draft, ensure_stream, write_change};

/// The account with its grants in force; nothing when it is closed or unknown.
///
/// # Errors
/// [`StoreError`].
pub async fn load_caller(conn: &mut Conn<'_>, account: AccountId) -> Result<Option<Caller>, StoreError> {
    let open =
        conn.maybe("select 1 as open from account where id = $1 and closed_at is null", &[account.into()]).await?;
    if open.is_none() {
        return Ok(None);
    }
    let rows = conn
        .all(
            "select role, scope from role_grant where account = $1 and revoked_at is null order by role, scope",
            &[account.into()],
        )
        .await?;
    let roles = rows.iter().map(read_role).collect::<Result<_, _>>()?;
    Ok(Some(Caller { account, roles }))
}

pub(super) fn read_role(row: &Row) -> Result<Role, StoreError> {
    Ok(match row.text("role")?.as_str() {
        "team_editor" => Role::TeamEditor(row.parse("scope")?),
        "host" => Role::Host(row.parse("scope")?),
        "community_admin" => Role::CommunityAdmin(row.parse("scope")?),
        "district_admin" => Role::DistrictAdmin,
        other => return Err(StoreError::inconsistent("role_grant.role", other)),
    })
}

/// The role's word and scope, as they are stored.
#[must_use]
pub fn role_words(role: &Role) -> (&'static str, String) {
    match role {
        Role::TeamEditor(team) => ("team_editor", team.to_string()),
        Role::Host(space) => ("host", space.to_string()),
        Role::CommunityAdmin(community) => ("community_admin", community.to_string()),
        Role::DistrictAdmin => ("district_admin", String::new()),
    }
}

/// The relation's word, as it is stored.
#[must_use]
pub const fn relation_word(relation: Relation) -> &'static str {
    match relation {
        Relation::Me => "me",
        Relation::Adult => "adult",
        Relation::Child => "child",
        Relation::Elder => "elder",
    }
}

pub(super) fn read_person(row: &Row) -> Result<Person, StoreError> {
    let relation = match row.text("relation")?.as_str() {
        "me" => Relation::Me,
        "adult" => Relation::Adult,
        "child" => Relation::Child,
        "elder" => Relation::Elder,
        other => return Err(StoreError::inconsistent("person.relation", other)),
    };
    Ok(Person { id: row.parse("id")?, relation, name: row.parse("name")?, born: row.maybe_parse("birth_month")? })
}

pub(super) const HOUSEHOLD: &str = "select id, relation, name, birth_month from person
    where account = $1 and removed_at is null order by created_at, id";

/// The household of an account, in the order people were added.
///
/// # Errors
/// [`StoreError`].
pub async fn list_household(conn: &mut Conn<'_>, account: AccountId) -> Result<Vec<Person>, StoreError> {
    let rows = conn.all(HOUSEHOLD, &[account.into()]).await?;
    rows.iter().map(read_person).collect()
}

/// Holds a household for this transaction: to change who is in it, or to rely on it. On SQLite there is one writer, who
/// holds everything.
///
/// # Errors
/// [`StoreError`].
pub async fn hold_household(conn: &mut Conn<'_>, account: AccountId, hold: Hold) -> Result<(), StoreError> {
    if conn.has_row_locks() {
        let sql = match hold {
            Hold::ToChange => "select id from account where id = $1 for no key update",
            Hold::ToRelyOn => "select id from account where id = $1 for share",
        };
        conn.one(sql, &[account.into()]).await?;
    }
    Ok(())
}

/// What a household is held for, see [`hold_household`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Nobody else changes it or relies on it meanwhile.
    ToChange,
    /// Nobody changes it meanwhile.
    ToRelyOn,
}

/// Makes an account with the resident as its first person, and its stream. The caller has checked the number.
///
/// # Errors
/// [`StoreError`]; a number that has an account already is a unique constraint.
pub async fn create_account(
    conn: &mut Conn<'_>,
    id: AccountId,
    phone: Option<&Phone>,
    name: &PersonName,
    home: &CommunityId,
    me: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "insert into account (id, phone, name, home_community, created_at) values ($1, $2, $3, $4, $5)",
        &[id.into(), phone.map(Phone::as_str).into(), name.into(), home.into(), now.into()],
    )
    .await?;
    let person = Person { id: me, relation: Relation::Me, name: name.clone(), born: None };
    insert_person(conn, id, &person, None, now).await?;
    ensure_stream(conn, &StreamId::Account(id)).await?;
    let mut draft = Draft::default();
    draft_profile(conn, &mut draft, id).await?;
    draft_person(&mut draft, id, &person);
    write_change(conn, &StreamId::Account(id), draft, &id.to_string(), now).await?;
    Ok(())
}

/// Adds a person to a household.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_person(
    conn: &mut Conn<'_>,
    account: AccountId,
    person: &Person,
    consent_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "insert into person (id, account, relation, name, birth_month, consent_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        &[
            person.id.into(),
            account.into(),
            relation_word(person.relation).into(),
            (&person.name).into(),
            person.born.into(),
            consent_at.into(),
            now.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Takes a person out of a household; what they have signed up for stays.
///
/// # Errors
/// [`StoreError`].
pub async fn remove_person(conn: &mut Conn<'_>, person: PersonId, now: Timestamp) -> Result<(), StoreError> {
    conn.execute("update person set removed_at = $2 where id = $1", &[person.into(), now.into()]).await?;
    Ok(())
}

/// Changes what the resident is called, where they live, and when they were born, if that is told.
///
/// # Errors
/// [`StoreError`]; an unknown community is a foreign key.
pub async fn update_profile(
    conn: &mut Conn<'_>,
    account: AccountId,
    UpdateProfile { name, home, born }: &UpdateProfile,
) -> Result<(), StoreError> {
    conn.execute(
        "update account set name = $2, home_community = $3 where id = $1",
        &[account.into(), name.into(), home.into()],
    )
    .await?;
    conn.execute(
        "update person set name = $2, birth_month = coalesce($3, birth_month)
         where account = $1 and relation = 'me' and removed_at is null",
        &[account.into(), name.into(), (*born).into()],
    )
    .await?;
    Ok(())
}

/// What others may see of a resident: the name and the last digits of the number.
///
/// # Errors
/// [`StoreError`].
pub async fn load_name_and_tail(conn: &mut Conn<'_>, account: AccountId) -> Result<(PersonName, String), StoreError> {
    let row = conn.one("select name, phone from account where id = $1", &[account.into()]).await?;
    read_name_and_tail(&row)
}

pub(super) fn read_name_and_tail(row: &Row) -> Result<(PersonName, String), StoreError> {
    Ok((row.parse("name")?, tail(row.maybe_text("phone")?)))
}

fn tail(phone: Option<String>) -> String {
    phone.and_then(|phone| phone.parse::<Phone>().ok()).map_or_else(String::new, |phone| phone.tail().to_owned())
}

/// Drafts the profile row of an account.
///
/// # Errors
/// [`StoreError`].
pub async fn draft_profile(conn: &mut Conn<'_>, draft: &mut Draft, account: AccountId) -> Result<(), StoreError> {
    let row = conn.one("select name, phone, home_community from account where id = $1", &[account.into()]).await?;
    let caller = load_caller(conn, account).await?;
    let mut roles = Vec::new();
    for role in caller.into_iter().flat_map(|caller| caller.roles) {
        let community = match &role {
            Role::TeamEditor(team) => conn.maybe("select community from team where id = $1", &[(*team).into()]).await?,
            Role::Host(space) => conn.maybe("select community from space where id = $1", &[(*space).into()]).await?,
            Role::CommunityAdmin(_) | Role::DistrictAdmin => None,
        };
        let community = match (&role, community) {
            (Role::CommunityAdmin(community), _) => Some(community.clone()),
            (_, Some(row)) => Some(row.parse("community")?),
            (_, None) => None,
        };
        roles.push(RoleRow { role, community });
    }
    let profile = ProfileRow {
        name: row.parse("name")?,
        home: row.parse("home_community")?,
        phone_tail: tail(row.maybe_text("phone")?),
        roles,
        calendar: find_mark(conn, account).await?,
    };
    draft.put(&Audience::Account(account), class::PROFILE, account, None, &profile);
    Ok(())
}

/// Drafts the row of a person.
pub fn draft_person(draft: &mut Draft, account: AccountId, person: &Person) {
    draft.put(&Audience::Account(account), class::PERSON, person.id, None, person);
}
