//! Stored answers: in order, readable, as they were given, with what they promise.

use domain::command::{Accepted, Outcome};

use super::Finding;
use crate::store::streams::chain;
use crate::store::{Conn, Row, StoreError};

/// Answers looked at together.
const PAGE: usize = 2_000;

/// A device has no gap: its last number is as large as the answers it has are many, but for those pruned by age.
pub(super) async fn check_devices(conn: &mut Conn<'_>) -> Result<Vec<Finding>, StoreError> {
    let sql = "select d.id, d.last_no, max(c.no) last_found, min(c.no) first_found, count(c.no) kept
               from device d join processed_command c on c.device = d.id
               group by d.id, d.last_no
               having max(c.no) <> d.last_no or max(c.no) - min(c.no) + 1 <> count(c.no)";
    let mut findings = Vec::new();
    for row in conn.all(sql, &[]).await? {
        let found = format!("{}..{}, {}", row.int("first_found")?, row.int("last_found")?, row.int("kept")?);
        let expected = format!("..{} without gaps", row.int("last_no")?);
        findings.push(Finding { rule: "device.last_no", id: row.text("id")?, expected, found });
    }
    Ok(findings)
}

/// An answer with the change it names, the tick before that, and what it made.
const ANSWERS: &str = "select c.id, c.kind, c.outcome, c.seq, s.head, t.tag, t.at, before.tag tag_before,
        case c.kind
            when 'sign_up' then (select count(*) from sign_up x where x.id = c.id and x.account = c.account)
            when 'sign_up_neighbour' then (select count(*) from sign_up x where x.id = c.id and x.behalf_of is not null)
            when 'book_space' then (select count(*) from booking x where x.id = c.id and x.account = c.account)
            when 'add_person' then (select count(*) from person x where x.id = c.id and x.account = c.account)
            -- Dates of a series that was edited have gone over to what it goes on as.
            when 'publish_activity' then case
                when exists (select 1 from activity x where x.id = c.id and x.continued_by is not null) then null
                else (select count(*) from occurrence x where x.activity = c.id) end
            when 'edit_series' then (select count(*) from activity x where x.id = c.id)
        end made,
        (select count(*) from series x where x.activity = c.id) grows
    from processed_command c
    left join stream s on s.id = c.stream
    left join stream_tick t on t.stream = c.stream and t.seq = c.seq
    left join stream_tick before on before.stream = c.stream and before.seq = c.seq - 1
    where c.id > $1 order by c.id limit $2";

/// Every stored answer.
pub(super) async fn check(conn: &mut Conn<'_>) -> Result<Vec<Finding>, StoreError> {
    let (mut findings, mut after) = (Vec::new(), String::new());
    loop {
        let rows = conn.all(ANSWERS, &[after.as_str().into(), (PAGE as u64).into()]).await?;
        for row in &rows {
            let id = row.text("id")?;
            let wrong = judge(row, &id)?;
            findings.extend(wrong.into_iter().map(|(rule, expected, found)| Finding {
                rule,
                id: id.clone(),
                expected,
                found,
            }));
            after = id;
        }
        if rows.len() < PAGE {
            return Ok(findings);
        }
    }
}

/// What is wrong with one answer: rule, expected, found.
fn judge(row: &Row, id: &str) -> Result<Vec<(&'static str, String, String)>, StoreError> {
    let (text, seq) = (row.text("outcome")?, row.maybe_int("seq")?);
    // What is sent again is read and written anew: only what comes out as it went in is the same answer, byte for byte.
    let Ok(outcome) = serde_json::from_str::<Outcome>(&text) else {
        return Ok(vec![("processed_command.outcome", "an answer".to_owned(), text)]);
    };
    let again = serde_json::to_string(&outcome).expect("invariant: an outcome has a JSON form");
    let mut wrong = Vec::new();
    if again != text {
        wrong.push(("processed_command.outcome", again, text));
    }
    let number = |seq: Option<i64>| seq.map_or_else(|| "none".to_owned(), |seq| seq.to_string());
    let (named, result) = match &outcome {
        Outcome::Accepted { seq, result } => (i64::try_from(*seq).ok(), Some(result)),
        Outcome::Refused { .. } | Outcome::Expired => (None, None),
    };
    if named != seq {
        wrong.push(("processed_command.seq", number(named), number(seq)));
    }
    let (Some(seq), Some(result)) = (seq, result) else { return Ok(wrong) };
    let head = row.maybe_int("head")?;
    if head.is_none_or(|head| head < seq) {
        wrong.push(("processed_command.seq", format!("at most {}", number(head)), seq.to_string()));
    }
    if *result == Accepted::AlreadyDone {
        return Ok(wrong);
    }
    let (made, wanted) =
        (row.maybe_int("made")?, if let Accepted::Published { dates, .. } = result { *dates } else { 1 });
    // More dates of a series have come since.
    let grows = row.int("grows")? > 0;
    let is_wrong = |made: &i64| *made < i64::from(wanted) || (*made > i64::from(wanted) && !grows);
    if let Some(made) = made.filter(is_wrong) {
        wrong.push(("processed_command.effect", format!("{wanted} of {}", row.text("kind")?), made.to_string()));
    }
    // Of the oldest change that is kept the one before is not: there the chain cannot be followed.
    if let Some(tag) = row.maybe_number::<u32>("tag")?
        && let Some(before) = row.maybe_number::<u32>("tag_before")?.or((seq == 1).then_some(0))
    {
        let expected = chain(before, id, row.at("at")?);
        if expected != tag {
            wrong.push(("stream.tag", expected.to_string(), tag.to_string()));
        }
    }
    Ok(wrong)
}
