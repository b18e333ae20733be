//! The rows that show dates' counts and who comes.

use domain::attendance::Arrival;
use domain::change::{Audience, PartyMember, RosterRow, SignUpRow, SignUpState, class};
use domain::id::{AccountId, OccurrenceId, SignUpId};
use domain::sign_up::Seats;

use crate::store::attendance::{noted_of, read_noted};
use crate::store::engine::{Conn, Statement};
use crate::store::error::StoreError;
use crate::store::people::read_name_and_tail;
use crate::store::rows::Row;
use crate::store::streams::Draft;

const SEATS: &str = "select coalesce(lowered_to, capacity) capacity, taken, waiting_parties, waiting_heads, starts_at from occurrence where id = $1";
const SHOWN: &str = "select s.occurrence, s.account, s.community, s.state, s.created_at, s.ended_at, s.lapsed_at,
        s.offer_until, s.checked_in_at, s.needs_ack_at,
        o.starts_at, a.team, coalesce(s.behalf_of, c.name) name,
        case when s.behalf_of is null then c.phone else s.behalf_phone end phone,
        case when s.behalf_of is null then null else c.name end signed_up_by,
        case when s.state = 'waitlisted' and (o.draws_before is null or o.drawn_at is not null) then (
            select count(*) from sign_up w
            where w.occurrence = s.occurrence and w.state = 'waitlisted' and w.queue_order < s.queue_order
        ) else 0 end as ahead
    from sign_up s join occurrence o on o.id = s.occurrence join activity a on a.id = o.activity
    join account c on c.id = s.account
    where s.id = $1";
const SHOWN_MEMBERS: &str =
    "select person, name, is_child, seat, left_at from sign_up_member where sign_up = $1 order by person";

/// Drafts the counts of a date.
///
/// # Errors
/// [`StoreError`].
pub async fn draft_seats(conn: &mut Conn<'_>, draft: &mut Draft, id: OccurrenceId) -> Result<(), StoreError> {
    let row = conn.one(SEATS, &[id.into()]).await?;
    put_seats(draft, id, &row)
}

fn put_seats(draft: &mut Draft, id: OccurrenceId, row: &Row) -> Result<(), StoreError> {
    let seats = Seats {
        capacity: row.maybe_number("capacity")?,
        taken: row.number("taken")?,
        waiting_parties: row.number("waiting_parties")?,
        waiting_heads: row.number("waiting_heads")?,
    };
    draft.put(&Audience::Public, class::SEATS, id, Some(row.at("starts_at")?.date()), &seats);
    Ok(())
}

/// Drafts a sign-up as its account, its team and the community's staff see it.
///
/// # Errors
/// [`StoreError`].
pub async fn draft_sign_up(conn: &mut Conn<'_>, draft: &mut Draft, id: SignUpId) -> Result<(), StoreError> {
    let [all, undone] = noted_of(id);
    let [row, members, all, undone] = conn
        .several([Statement::new(SHOWN, [id.into()]), Statement::new(SHOWN_MEMBERS, [id.into()]), all, undone])
        .await?;
    put_sign_up(draft, id, the_one(&row)?, &members, read_noted(&all, &undone)?.here())
}

/// Drafts a sign-up and the counts of its date.
///
/// # Errors
/// [`StoreError`].
pub async fn draft_sign_up_and_seats(
    conn: &mut Conn<'_>,
    draft: &mut Draft,
    id: SignUpId,
    occurrence: OccurrenceId,
) -> Result<(), StoreError> {
    let [all, undone] = noted_of(id);
    let [row, members, seats, all, undone] = conn
        .several([
            Statement::new(SHOWN, [id.into()]),
            Statement::new(SHOWN_MEMBERS, [id.into()]),
            Statement::new(SEATS, [occurrence.into()]),
            all,
            undone,
        ])
        .await?;
    put_sign_up(draft, id, the_one(&row)?, &members, read_noted(&all, &undone)?.here())?;
    put_seats(draft, occurrence, the_one(&seats)?)
}

fn the_one(rows: &[Row]) -> Result<&Row, StoreError> {
    rows.first().ok_or_else(|| sqlx::Error::RowNotFound.into())
}

fn put_sign_up(
    draft: &mut Draft,
    id: SignUpId,
    row: &Row,
    members: &[Row],
    arrivals: Vec<Arrival>,
) -> Result<(), StoreError> {
    let occurrence: OccurrenceId = row.parse("occurrence")?;
    let state = read_state(row)?;
    // Of a party that has left as a whole, those who were the last to leave are still named.
    let last_left = members
        .iter()
        .filter_map(|member| member.maybe_int("left_at").transpose())
        .max_by_key(|at| at.as_ref().map_or(0, |at| *at));
    let last_left = last_left.transpose()?;
    let mut party = Vec::new();
    let (mut adults, mut children) = (0, 0);
    for member in members {
        let left_at = member.maybe_int("left_at")?;
        if left_at.is_some() && (state.is_live() || left_at != last_left) {
            continue;
        }
        if member.int("is_child")? == 1 {
            children += 1;
        } else {
            adults += 1;
        }
        party.push(PartyMember {
            person: member.parse("person")?,
            name: member.parse("name")?,
            seat: member.maybe_number("seat")?,
        });
    }
    let account: AccountId = row.parse("account")?;
    let on = Some(row.at("starts_at")?.date());
    let checked_in_at = row.maybe_at("checked_in_at")?;
    let seat = party.iter().filter_map(|member| member.seat).min();
    let needs_ack = row.maybe_at("needs_ack_at")?.filter(|_| state.is_live());
    let signed_up_by = row.maybe_parse("signed_up_by")?;
    // A neighbour's is in no account's picture.
    if signed_up_by.is_none() {
        let own = SignUpRow { occurrence, state, party, checked_in_at, needs_ack };
        draft.put(&Audience::Account(account), class::SIGN_UP, id, on, &own);
    }
    let (name, phone_tail) = read_name_and_tail(row)?;
    let signed_up_at = row.at("created_at")?;
    let roster = RosterRow {
        occurrence,
        state,
        name,
        phone_tail,
        adults,
        children,
        seat,
        signed_up_at,
        checked_in_at,
        signed_up_by,
        arrivals,
    };
    draft.put(&Audience::Team(row.parse("team")?), class::ROSTER, id, on, &roster);
    draft.put(&Audience::Community(row.parse("community")?), class::ROSTER, id, on, &roster);
    Ok(())
}

fn read_state(row: &Row) -> Result<SignUpState, StoreError> {
    let ended_at = row.maybe_at("ended_at")?;
    let missing = || StoreError::inconsistent("sign_up.ended_at", "nothing");
    Ok(match row.text("state")?.as_str() {
        "confirmed" => match row.maybe_at("offer_until")? {
            None => SignUpState::Confirmed,
            offer_until => SignUpState::Waitlisted { parties_ahead: 0, offer_until },
        },
        "waitlisted" => SignUpState::Waitlisted { parties_ahead: row.number("ahead")?, offer_until: None },
        "withdrawn" => {
            let has_lapsed = row.maybe_int("lapsed_at")?.is_some();
            SignUpState::Withdrawn { at: ended_at.ok_or_else(missing)?, has_lapsed }
        }
        "called_off" => SignUpState::CalledOff { at: ended_at.ok_or_else(missing)? },
        other => return Err(StoreError::inconsistent("sign_up.state", other)),
    })
}
