//! Whether a database keeps its promises: what triggers and operations keep is counted again and compared.
//!
//! Read-only, in one picture of the database. A finding is an alarm and never repaired in silence: something wrote past
//! the rules, and putting the counter right would hide it. Deliberately absent: rules of time (a request that should
//! have expired is not an inconsistency, the sweep just has not come by).

use std::collections::BTreeMap;

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

/// A promise as a statement that answers (id, expected, found) for whatever breaks it.
const RULES: [(&str, &str); 12] = [
    (
        "occurrence.taken",
        "select id, cast(counted as text) expected, cast(taken as text) found from (
             select o.id, o.taken, (select count(*) from sign_up_member m join sign_up s on s.id = m.sign_up
                 where m.occurrence = o.id and m.left_at is null and s.state = 'confirmed') counted
             from occurrence o) x where taken <> counted",
    ),
    (
        "occurrence.capacity",
        "select id, 'at most ' || cast(capacity as text) expected, cast(taken as text) found
         from occurrence where taken > capacity",
    ),
    (
        "occurrence.waiting_heads",
        "select id, cast(counted as text) expected, cast(waiting_heads as text) found from (
             select o.id, o.waiting_heads, (select count(*) from sign_up_member m join sign_up s on s.id = m.sign_up
                 where m.occurrence = o.id and m.left_at is null and s.state = 'waitlisted') counted
             from occurrence o) x where waiting_heads <> counted",
    ),
    (
        "occurrence.waiting_parties",
        "select id, cast(counted as text) expected, cast(waiting_parties as text) found from (
             select o.id, o.waiting_parties,
                    (select count(*) from sign_up s where s.occurrence = o.id and s.state = 'waitlisted') counted
             from occurrence o) x where waiting_parties <> counted",
    ),
    (
        "sign_up_member.holds",
        "select sign_up || '/' || person id, s.state || case when m.left_at is null then '' else ', left' end expected,
                cast(m.holds as text) found
         from sign_up_member m join sign_up s on s.id = m.sign_up
         where m.holds <> case when s.state = 'confirmed' and m.left_at is null then 1 else 0 end",
    ),
    (
        "sign_up.party",
        "select id, 'somebody' expected, 'nobody' found from sign_up s
         where state in ('confirmed', 'waitlisted')
           and not exists (select 1 from sign_up_member m where m.sign_up = s.id and m.left_at is null)",
    ),
    (
        "occurrence.cancelled",
        "select o.id, 'nobody' expected, s.id found from occurrence o join sign_up s on s.occurrence = o.id
         where o.cancelled_at is not null and s.state in ('confirmed', 'waitlisted')",
    ),
    (
        "booking.claim",
        "select b.id, 'held' expected, 'not held' found from booking b
         where b.state in ('requested', 'approved', 'checked_in') and not exists (
             select 1 from claim c where c.source_kind = 'booking' and c.source_id = b.id and c.space = b.space
               and c.s = b.starts_at / 900000 and c.e = (b.ends_at + 899999) / 900000
               and c.heads = b.adults + b.children)",
    ),
    (
        "occurrence.claim",
        "select o.id, 'held' expected, 'not held' found from occurrence o join activity a on a.id = o.activity
         where a.venue_space is not null and o.cancelled_at is null and not exists (
             select 1 from claim c where c.source_kind = 'occurrence' and c.source_id = o.id
               and c.space = a.venue_space and c.s = o.starts_at / 900000 and c.e = (o.ends_at + 899999) / 900000)",
    ),
    (
        "claim.source",
        "select c.id, 'something live' expected, 'nothing' found from claim c
         where (c.source_kind = 'booking' and not exists (select 1 from booking b
                   where b.id = c.source_id and b.state in ('requested', 'approved', 'checked_in')))
            or (c.source_kind = 'occurrence' and not exists (select 1 from occurrence o
                   where o.id = c.source_id and o.cancelled_at is null))",
    ),
    (
        "claim.atoms",
        "select c.id, sa.atom expected, 'not held' found from claim c join space_atom sa on sa.space = c.space
         where not exists (select 1 from claim_atom ca where ca.claim = c.id and ca.atom = sa.atom)
         union all
         select ca.claim, 'not held' expected, ca.atom found from claim_atom ca
         where not exists (select 1 from claim c join space_atom sa on sa.space = c.space
                           where c.id = ca.claim and sa.atom = ca.atom)",
    ),
    (
        "stream.head",
        "select r.stream || ' ' || r.class || ' ' || r.id id, 'at most ' || cast(s.head as text) expected,
                cast(r.seq as text) found
         from synced_row r join stream s on s.id = r.stream where r.seq > s.head
         union all
         select s.id, cast(s.head - s.floor as text) || ' ticks' expected, cast(count(t.seq) as text) found
         from stream s left join stream_tick t on t.stream = s.id and t.seq > s.floor
         group by s.id, s.head, s.floor having count(t.seq) <> s.head - s.floor or max(t.seq) <> s.head",
    ),
];

/// Everything that is not as it must be, in order.
///
/// # Errors
/// [`StoreError`].
pub async fn check(conn: &mut Conn<'_>) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    for (rule, sql) in RULES {
        for row in conn.all(sql, &[]).await? {
            findings.push(Finding {
                rule,
                id: row.text("id")?,
                expected: row.text("expected")?,
                found: row.text("found")?,
            });
        }
    }
    findings.extend(check_devices(conn).await?);
    findings.extend(check_ledger(conn).await?);
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

/// A device has no gap: its last number is as large as the answers it has are many, but for those pruned by age.
async fn check_devices(conn: &mut Conn<'_>) -> Result<Vec<Finding>, StoreError> {
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

/// Groups, heads and buffers of one cell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Load {
    groups: i64,
    heads: i64,
    buffers: i64,
}

/// The ledger is a function of what claims took.
async fn check_ledger(conn: &mut Conn<'_>) -> Result<Vec<Finding>, StoreError> {
    let mut cells: BTreeMap<(String, i64), (Load, Load)> = BTreeMap::new();
    let claims = "select ca.atom, ca.groups, ca.heads, c.s, c.e, c.setup, c.teardown
                  from claim_atom ca join claim c on c.id = ca.claim";
    for row in conn.all(claims, &[]).await? {
        let (atom, groups, heads) = (row.text("atom")?, row.int("groups")?, row.int("heads")?);
        let (s, e) = (row.int("s")?, row.int("e")?);
        for cell in s - row.int("setup")?..e + row.int("teardown")? {
            let load = &mut cells.entry((atom.clone(), cell)).or_default().0;
            if (s..e).contains(&cell) {
                load.groups += groups;
                load.heads += heads;
            } else {
                load.buffers += 1;
            }
        }
    }
    for row in conn.all("select atom, cell, g, p, buf from occupancy", &[]).await? {
        let load = Load { groups: row.int("g")?, heads: row.int("p")?, buffers: row.int("buf")? };
        cells.entry((row.text("atom")?, row.int("cell")?)).or_default().1 = load;
    }
    let differ = cells.into_iter().filter(|(_, (expected, found))| expected != found);
    Ok(differ
        .map(|((atom, cell), (expected, found))| Finding {
            rule: "occupancy",
            id: format!("{atom}/{cell}"),
            expected: format!("{expected:?}"),
            found: format!("{found:?}"),
        })
        .collect())
}
