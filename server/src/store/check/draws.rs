//! Draws: fixed for every date that has one, nobody in before it, and each of them computed again from its secret.

use std::collections::BTreeSet;

use domain::id::{OccurrenceId, SignUpId};
use domain::sign_up::draw::{Lot, Secret, Ticket, Verdict, ticket, verify};

use super::Finding;
use crate::store::draws::read_draw;
use crate::store::{Conn, Row, StoreError};

const DRAWS: &str = "select o.id, o.draws_before, o.drawn_at, d.secret, d.commitment, d.places, d.lots, r.body,
        (select count(*) from sign_up s where s.occurrence = o.id and s.state = 'confirmed') confirmed
    from occurrence o left join draw d on d.occurrence = o.id
    left join synced_row r on r.stream = 'c:' || o.community and r.audience = 'public' and r.class = 'draw'
        and r.id = o.id and r.gone_at is null
    where o.draws_before is not null or d.occurrence is not null order by o.id";

/// Every date that is drawn, or will be.
pub(super) async fn check(conn: &mut Conn<'_>) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    for row in conn.all(DRAWS, &[]).await? {
        let id: OccurrenceId = row.parse("id")?;
        let tickets = conn.all("select id from sign_up where occurrence = $1", &[id.into()]).await?;
        let tickets: BTreeSet<Ticket> =
            tickets.iter().map(|row| Ok(ticket(row.parse::<SignUpId>("id")?))).collect::<Result<_, StoreError>>()?;
        let wrong = judge(&row, id, &tickets)?;
        findings.extend(wrong.into_iter().map(|(rule, expected, found)| Finding {
            rule,
            id: id.to_string(),
            expected: expected.to_owned(),
            found,
        }));
    }
    Ok(findings)
}

/// What is wrong with one draw: rule, expected, found.
fn judge(
    row: &Row,
    id: OccurrenceId,
    tickets: &BTreeSet<Ticket>,
) -> Result<Vec<(&'static str, &'static str, String)>, StoreError> {
    let Some(secret) = row.maybe_parse::<Secret>("secret")? else {
        return Ok(vec![("draw.fixed", "a secret", "none".to_owned())]);
    };
    let (lots, is_drawn) = (row.maybe_json::<Vec<Lot>>("lots")?, row.maybe_at("drawn_at")?.is_some());
    let said = |is: bool| if is { "drawn" } else { "not drawn" };
    let mut wrong = Vec::new();
    if row.maybe_int("draws_before")?.is_none() || lots.is_some() != is_drawn {
        wrong.push(("draw.held", said(is_drawn), said(lots.is_some()).to_owned()));
    }
    if !is_drawn && row.int("confirmed")? > 0 {
        wrong.push(("draw.early", "nobody before it is drawn", row.int("confirmed")?.to_string()));
    }
    let verdict =
        verify(id, row.parse("commitment")?, secret, row.maybe_number("places")?, lots.as_deref().unwrap_or(&[]));
    if verdict != Verdict::Agrees {
        wrong.push(("draw.result", "what follows from the secret and the list", format!("{verdict:?}")));
    }
    if let Some(stranger) = lots.iter().flatten().find(|lot| !tickets.contains(&lot.ticket)) {
        wrong.push(("draw.list", "tickets of sign-ups of this date", stranger.ticket.to_string()));
    }
    let shown = row.maybe_json("body")?;
    if shown.as_ref() != Some(&read_draw(row)?) {
        wrong.push(("draw.row", "what is stored", if shown.is_some() { "another" } else { "none" }.to_owned()));
    }
    Ok(wrong)
}
