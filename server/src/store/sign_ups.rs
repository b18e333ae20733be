//! Dates and who comes to them: facts for decisions, and seats. The waiting list is [`queue`]'s, the rows that show all
//! of it are [`drawing`]'s.

mod drawing;
mod neighbours;
mod queue;

use domain::activity::{Audience as Who, Category, SignUpPolicy};
use domain::id::{AccountId, CommunityId, OccurrenceId, PersonId, SignUpId, TeamId};
use domain::people::{Facts, Person, Relation};
use domain::sign_up::{Seats, Standing, Terms, has_expired};
use domain::text::{Phone, Title};
use domain::time::{TimeRange, Timestamp, YearMonth};

pub use drawing::{draft_seats, draft_sign_up, draft_sign_up_and_seats};
pub use neighbours::{insert_neighbour, list_neighbours};
pub use queue::{
    accept_offer, change_capacity, expire, find_seat, lapse, list_expired, list_to_settle, list_waiting,
    list_waiting_accounts, note_call, pass_over, promote, put_first,
};

use super::engine::{Conn, Statement};
use super::error::StoreError;
use super::people::{HOUSEHOLD, read_person};
use super::rows::Row;
use super::values::Value;

/// A date as decisions see it, held for this transaction.
#[derive(Debug, Clone)]
pub struct Occurrence {
    /// Its id.
    pub id: OccurrenceId,
    /// The community it lies in.
    pub community: CommunityId,
    /// The team that holds it.
    pub team: TeamId,
    /// Its title.
    pub title: Title,
    /// What kind of activity it is of.
    pub category: Category,
    /// How often it has been changed.
    pub sequence: u32,
    /// The terms.
    pub terms: Terms,
    /// The counts.
    pub seats: Seats,
    /// When the first of its offers ends, if there are any.
    pub first_offer_until: Option<Timestamp>,
}

impl Occurrence {
    /// What the gate asks about it.
    #[must_use]
    pub fn facts(&self, owner: Option<AccountId>) -> Facts {
        Facts { owner, team: Some(self.team), space: None, community: Some(self.community.clone()) }
    }

    /// Whether time has changed something that nobody has settled yet: an offer is over, or its draw is due.
    #[must_use]
    pub fn is_to_settle(&self, now: Timestamp) -> bool {
        self.first_offer_until.is_some_and(|until| has_expired(until, now)) || self.is_draw_due(now)
    }

    /// Whether whoever waits for it is in a pool that is still to be drawn.
    #[must_use]
    pub const fn is_pooled(&self) -> bool {
        self.terms.is_pooled()
    }

    /// Whether its places are to be drawn now.
    #[must_use]
    pub fn is_draw_due(&self, now: Timestamp) -> bool {
        self.terms.is_draw_due(now)
    }
}

const OCCURRENCE: &str = "select o.id, o.community, o.sequence, o.starts_at, o.ends_at, o.cancelled_at, o.drawn_at, coalesce(o.lowered_to, o.capacity) capacity, o.taken,
    o.waiting_parties, o.waiting_heads,
    (select min(s.offer_until) from sign_up s where s.occurrence = o.id and s.offer_until is not null) first_offer_until,
    a.team, a.title, a.category, a.audience, a.policy
    from occurrence o join activity a on a.id = o.activity where o.id = $1";
const OCCURRENCE_OF: &str = "select o.id, o.community, o.sequence, o.starts_at, o.ends_at, o.cancelled_at, o.drawn_at, coalesce(o.lowered_to, o.capacity) capacity, o.taken,
    o.waiting_parties, o.waiting_heads,
    (select min(s.offer_until) from sign_up s where s.occurrence = o.id and s.offer_until is not null) first_offer_until,
    a.team, a.title, a.category, a.audience, a.policy
    from occurrence o join activity a on a.id = o.activity
    where o.id = (select occurrence from sign_up where id = $1)";
const HOLD: &str = "select id from occurrence where id = $1 for update";
const HOLD_OF: &str = "select id from occurrence where id = (select occurrence from sign_up where id = $1) for update";

/// Holds a date, where that has to be asked for, by a statement of its own before it is read. A statement that has waited
/// sees what it waited for as it is now, but whatever it joins with and counts as it was before: an edit of the series,
/// which lets a date go over to another activity, would leave it with nothing.
async fn hold(conn: &mut Conn<'_>, sql: &'static str, id: impl Into<Value>) -> Result<(), StoreError> {
    if conn.has_row_locks() {
        conn.execute(sql, &[id.into()]).await?;
    }
    Ok(())
}

/// Loads a date and holds it: whoever else wants its seats waits.
///
/// # Errors
/// [`StoreError`].
pub async fn find_occurrence(conn: &mut Conn<'_>, id: OccurrenceId) -> Result<Option<Occurrence>, StoreError> {
    hold(conn, HOLD, id).await?;
    conn.maybe(OCCURRENCE, &[id.into()]).await?.as_ref().map(read_occurrence).transpose()
}

/// What a sign-up is decided on.
#[derive(Debug)]
pub struct SignUpFacts {
    /// The date, held for this transaction.
    pub occurrence: Occurrence,
    /// The account's household.
    pub household: Vec<Person>,
    /// Who of it is in the account's live sign-up for this date; nobody when there is none.
    pub own: Vec<PersonId>,
    /// The seat numbers that are taken, in order.
    pub taken_seats: Vec<u16>,
}

/// Loads what a sign-up is decided on; nothing when there is no such date.
///
/// # Errors
/// [`StoreError`].
pub async fn load_sign_up_facts(
    conn: &mut Conn<'_>,
    account: AccountId,
    occurrence: OccurrenceId,
) -> Result<Option<SignUpFacts>, StoreError> {
    hold(conn, HOLD, occurrence).await?;
    let [found, household, own, seats] = conn
        .several([
            Statement::new(OCCURRENCE, [occurrence.into()]),
            Statement::new(HOUSEHOLD, [account.into()]),
            Statement::new(
                "select m.person from sign_up s join sign_up_member m on m.sign_up = s.id and m.left_at is null
                 where s.account = $1 and s.occurrence = $2 and s.state in ('confirmed', 'waitlisted')
                   and s.behalf_of is null
                 order by m.person",
                [account.into(), occurrence.into()],
            ),
            Statement::new(TAKEN_SEATS, [occurrence.into()]),
        ])
        .await?;
    let Some(found) = found.first() else { return Ok(None) };
    Ok(Some(SignUpFacts {
        occurrence: read_occurrence(found)?,
        household: household.iter().map(read_person).collect::<Result<_, _>>()?,
        own: own.iter().map(|row| row.parse("person")).collect::<Result<_, _>>()?,
        taken_seats: seats.iter().map(|row| row.number("seat")).collect::<Result<_, _>>()?,
    }))
}

fn read_occurrence(row: &Row) -> Result<Occurrence, StoreError> {
    let policy: SignUpPolicy = row.json("policy")?;
    let policy = if row.maybe_int("drawn_at")?.is_some() { policy.once_drawn() } else { policy };
    let audience: Who = row.json("audience")?;
    let range = TimeRange::new(row.at("starts_at")?, row.at("ends_at")?)
        .ok_or_else(|| StoreError::inconsistent("occurrence", "ends before it starts"))?;
    Ok(Occurrence {
        id: row.parse("id")?,
        community: row.parse("community")?,
        team: row.parse("team")?,
        title: row.parse("title")?,
        category: serde_json::from_value(serde_json::Value::String(row.text("category")?))
            .map_err(|_| StoreError::inconsistent("occurrence", "a category nobody knows"))?,
        sequence: row.number("sequence")?,
        terms: Terms { policy, audience, range, is_cancelled: row.maybe_int("cancelled_at")?.is_some() },
        seats: Seats {
            capacity: row.maybe_number("capacity")?,
            taken: row.number("taken")?,
            waiting_parties: row.number("waiting_parties")?,
            waiting_heads: row.number("waiting_heads")?,
        },
        first_offer_until: row.maybe_at("first_offer_until")?,
    })
}

/// A sign-up as decisions see it.
#[derive(Debug, Clone)]
pub struct SignUp {
    /// Its id.
    pub id: SignUpId,
    /// For which date.
    pub occurrence: OccurrenceId,
    /// Who signed up.
    pub account: AccountId,
    /// Whether it was for a neighbour, who has no account.
    pub is_on_behalf: bool,
    /// Where the party stands.
    pub standing: Standing,
    /// When it was checked in.
    pub checked_in_at: Option<Timestamp>,
    /// Who comes, with what the decision needs of each.
    pub party: Vec<Person>,
}

impl SignUp {
    /// Whose it is: a neighbour's is nobody's but their team's.
    #[must_use]
    pub fn owner(&self) -> Option<AccountId> {
        (!self.is_on_behalf).then_some(self.account)
    }
}

const SIGN_UP: &str = "select occurrence, account, behalf_of, state, offer_until, offers_expired, checked_in_at
    from sign_up where id = $1";
const PARTY: &str = "select m.person, m.name, m.is_child, p.birth_month
    from sign_up_member m join person p on p.id = m.person
    where m.sign_up = $1 and m.left_at is null order by m.person";

/// Loads a sign-up with those who have not left.
///
/// # Errors
/// [`StoreError`].
pub async fn find_sign_up(conn: &mut Conn<'_>, id: SignUpId) -> Result<Option<SignUp>, StoreError> {
    let [found, members] =
        conn.several([Statement::new(SIGN_UP, [id.into()]), Statement::new(PARTY, [id.into()])]).await?;
    found.first().map(|row| read_sign_up(id, row, &members)).transpose()
}

/// Loads a sign-up and its date, and holds the date first: nobody is promoted, withdraws or is checked in meanwhile.
///
/// # Errors
/// [`StoreError`].
pub async fn find_sign_up_held(conn: &mut Conn<'_>, id: SignUpId) -> Result<Option<(SignUp, Occurrence)>, StoreError> {
    hold(conn, HOLD_OF, id).await?;
    let [occurrence, found, members] = conn
        .several([
            Statement::new(OCCURRENCE_OF, [id.into()]),
            Statement::new(SIGN_UP, [id.into()]),
            Statement::new(PARTY, [id.into()]),
        ])
        .await?;
    let (Some(occurrence), Some(found)) = (occurrence.first(), found.first()) else { return Ok(None) };
    Ok(Some((read_sign_up(id, found, &members)?, read_occurrence(occurrence)?)))
}

fn read_sign_up(id: SignUpId, row: &Row, members: &[Row]) -> Result<SignUp, StoreError> {
    let party = members
        .iter()
        .map(|member| {
            let relation = if member.int("is_child")? == 1 { Relation::Child } else { Relation::Adult };
            let born: Option<YearMonth> = member.maybe_parse("birth_month")?;
            Ok(Person { id: member.parse("person")?, relation, name: member.parse("name")?, born })
        })
        .collect::<Result<_, StoreError>>()?;
    let standing = match (row.text("state")?.as_str(), row.maybe_at("offer_until")?) {
        ("confirmed", Some(until)) => Standing::Offered { until },
        ("confirmed", None) => Standing::Confirmed,
        ("waitlisted", _) => Standing::Waiting { was_offered: row.int("offers_expired")? > 0 },
        _ => Standing::Out,
    };
    Ok(SignUp {
        id,
        occurrence: row.parse("occurrence")?,
        account: row.parse("account")?,
        is_on_behalf: row.maybe_text("behalf_of")?.is_some(),
        standing,
        checked_in_at: row.maybe_at("checked_in_at")?,
        party,
    })
}

const TAKEN_SEATS: &str = "select seat from sign_up_member
    where occurrence = $1 and left_at is null and seat is not null order by seat";

/// The seat numbers that are taken at a date, in order.
///
/// # Errors
/// [`StoreError`].
pub async fn list_taken_seats(conn: &mut Conn<'_>, occurrence: OccurrenceId) -> Result<Vec<u16>, StoreError> {
    let rows = conn.all(TAKEN_SEATS, &[occurrence.into()]).await?;
    rows.iter().map(|row| row.number("seat")).collect()
}

/// Inserts a sign-up with its party. Without `seats` the party waits; with them it has its places, each numbered where
/// seats are numbered at all (else the list is empty). `behalf` is the neighbour for whom the account signs up.
///
/// # Errors
/// [`StoreError`]; `occurrence_full` when the places are gone, a unique constraint when somebody is in already.
pub async fn insert_sign_up(
    conn: &mut Conn<'_>,
    id: SignUpId,
    occurrence: &Occurrence,
    (account, behalf): (AccountId, Option<(&Person, Option<&Phone>)>),
    party: &[Person],
    seats: Option<&[u16]>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (is_confirmed, seats) = (seats.is_some(), seats.unwrap_or_default());
    let (parties, heads) = if is_confirmed { (0, 0) } else { (1, party.len() as u64) };
    conn.later(
        "update occurrence set next_order = next_order + 1, waiting_parties = waiting_parties + $2,
             waiting_heads = waiting_heads + $3
         where id = $1",
        &[occurrence.id.into(), parties.into(), heads.into()],
    )
    .await?;
    let state = if is_confirmed { "confirmed" } else { "waitlisted" };
    conn.later(
        "insert into sign_up (id, occurrence, community, account, state, queue_order, created_at, confirmed_at,
             behalf_of, behalf_phone)
         values ($1, $2, $3, $4, $5, (select next_order - 1 from occurrence where id = $2), $6, $7, $8, $9)",
        &[
            id.into(),
            occurrence.id.into(),
            (&occurrence.community).into(),
            account.into(),
            state.into(),
            now.into(),
            is_confirmed.then_some(now).into(),
            behalf.map(|(who, _)| who.name.as_str()).into(),
            behalf.and_then(|(_, phone)| phone).map(Phone::as_str).into(),
        ],
    )
    .await?;
    let on = occurrence.terms.range.start().date();
    for (place, person) in party.iter().enumerate() {
        conn.later(
            "insert into sign_up_member (sign_up, person, occurrence, name, is_child, seat, holds)
             values ($1, $2, $3, $4, $5, $6, $7)",
            &[
                id.into(),
                person.id.into(),
                occurrence.id.into(),
                (&person.name).into(),
                u32::from(person.is_child_on(on)).into(),
                seats.get(place).copied().into(),
                u32::from(is_confirmed).into(),
            ],
        )
        .await?;
    }
    Ok(())
}

/// Takes people out of a party; when nobody is left the sign-up is withdrawn.
///
/// # Errors
/// [`StoreError`].
pub async fn leave(
    conn: &mut Conn<'_>,
    sign_up: &SignUp,
    leaving: &[PersonId],
    is_whole: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    for person in leaving {
        conn.later(
            "update sign_up_member set left_at = $3, holds = 0, seat = null
             where sign_up = $1 and person = $2 and left_at is null",
            &[sign_up.id.into(), (*person).into(), now.into()],
        )
        .await?;
    }
    if matches!(sign_up.standing, Standing::Waiting { .. }) {
        let parties = u32::from(is_whole);
        conn.later(
            "update occurrence set waiting_parties = waiting_parties - $2, waiting_heads = waiting_heads - $3
             where id = $1",
            &[sign_up.occurrence.into(), parties.into(), (leaving.len() as u64).into()],
        )
        .await?;
    }
    if is_whole {
        conn.later(
            "update sign_up set state = 'withdrawn', offer_until = null, ended_at = $2, behalf_phone = null where id = $1",
            &[sign_up.id.into(), now.into()],
        )
        .await?;
    }
    Ok(())
}

/// The account of every live sign-up of a date.
///
/// # Errors
/// [`StoreError`].
pub async fn list_live(
    conn: &mut Conn<'_>,
    occurrence: OccurrenceId,
) -> Result<Vec<(SignUpId, AccountId)>, StoreError> {
    let rows = conn
        .all(
            "select id, account from sign_up
             where occurrence = $1 and state in ('confirmed', 'waitlisted') order by queue_order",
            &[occurrence.into()],
        )
        .await?;
    rows.iter().map(|row| Ok((row.parse("id")?, row.parse("account")?))).collect()
}

/// Ends every live sign-up of a date that is called off.
///
/// # Errors
/// [`StoreError`].
pub async fn call_off_all(conn: &mut Conn<'_>, occurrence: OccurrenceId, now: Timestamp) -> Result<(), StoreError> {
    conn.later(
        "update sign_up set state = 'called_off', offer_until = null, ended_at = $2
         where occurrence = $1 and state in ('confirmed', 'waitlisted')",
        &[occurrence.into(), now.into()],
    )
    .await?;
    conn.later("update occurrence set waiting_parties = 0, waiting_heads = 0 where id = $1", &[occurrence.into()])
        .await?;
    Ok(())
}

/// Whether a person of a household is still signed up for something to come.
///
/// # Errors
/// [`StoreError`].
pub async fn find_coming_of(
    conn: &mut Conn<'_>,
    person: PersonId,
    now: Timestamp,
) -> Result<Option<OccurrenceId>, StoreError> {
    let row = conn
        .maybe(
            "select m.occurrence from sign_up_member m
             join sign_up s on s.id = m.sign_up join occurrence o on o.id = m.occurrence
             where m.person = $1 and m.left_at is null and s.state in ('confirmed', 'waitlisted') and o.ends_at > $2
             order by o.starts_at",
            &[person.into(), now.into()],
        )
        .await?;
    row.map(|row| row.parse("occurrence")).transpose()
}

/// The sign-ups of an account for dates that are not over, by date.
///
/// # Errors
/// [`StoreError`].
pub async fn list_coming(
    conn: &mut Conn<'_>,
    account: AccountId,
    now: Timestamp,
) -> Result<Vec<(SignUpId, OccurrenceId)>, StoreError> {
    let rows = conn
        .all(
            "select s.id, s.occurrence from sign_up s join occurrence o on o.id = s.occurrence
             where s.account = $1 and s.behalf_of is null and s.state in ('confirmed', 'waitlisted') and o.ends_at > $2
             order by s.occurrence",
            &[account.into(), now.into()],
        )
        .await?;
    rows.iter().map(|row| Ok((row.parse("id")?, row.parse("occurrence")?))).collect()
}

/// Names everybody in a party as their household calls them now.
///
/// # Errors
/// [`StoreError`].
pub async fn rename_party(conn: &mut Conn<'_>, sign_up: SignUpId) -> Result<(), StoreError> {
    conn.execute(
        "update sign_up_member set name = (select p.name from person p where p.id = sign_up_member.person)
         where sign_up = $1 and left_at is null",
        &[sign_up.into()],
    )
    .await?;
    Ok(())
}
