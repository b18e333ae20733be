//! The monthly three in the tables: the dates that may do them, exemptions, and whom to remind.
//!
//! SQL only narrows what is loaded; how far a duty has come is [`domain::duty::judge`]'s to say.

use std::collections::BTreeMap;

use domain::activity::Category;
use domain::change::{Audience, ExemptionRow, class, exemption_id};
use domain::closing::Attendance;
use domain::duty::{Duty, DutyDate};
use domain::id::{AccountId, CommunityId};
use domain::text::Note;
use domain::time::{TimeRange, Timestamp, YearMonth};

use super::engine::{Conn, Statement};
use super::error::StoreError;
use super::rows::Row;
use super::streams::Draft;

/// What the duties of one community follow from.
#[derive(Debug, Clone, Default)]
pub struct DutyFacts {
    /// Its dates.
    pub dates: Vec<DutyDate>,
    /// Its exemptions.
    pub exempt: BTreeMap<(YearMonth, Duty), Note>,
}

impl DutyFacts {
    /// Why a duty need not be held, if so.
    #[must_use]
    pub fn why_exempt(&self, month: YearMonth, duty: Duty) -> Option<&Note> {
        self.exempt.get(&(month, duty))
    }
}

const DATES: &str = "select o.community, a.category, o.starts_at, o.ends_at, o.cancelled_at, c.heads,
        cast(case when c.note is null then 0 else 1 end as bigint) has_note,
        cast((select coalesce(sum(w.heads), 0) from arrival w where w.occurrence = o.id and w.way = 'walk_in'
              and not exists (select 1 from arrival_undone u where u.occurrence = o.id and u.arrival = w.id)
        ) as bigint) walked_in,
        (select count(*) from sign_up s join sign_up_member m on m.sign_up = s.id
         where s.occurrence = o.id and s.state = 'confirmed' and s.checked_in_at is not null and m.left_at is null
        ) arrived
    from occurrence o join activity a on a.id = o.activity left join closing c on c.occurrence = o.id
    where a.category in ('moral_review', 'council', 'policy_talk') and o.starts_at >= $1 and o.starts_at < $2
      and ($3 = '' or o.community = $3)
    order by o.starts_at, o.id";
const EXEMPTIONS: &str = "select community, duty, month, reason from duty_exemption
    where month >= $1 and month <= $2 and ($3 = '' or community = $3)";

/// What the duties follow from, from one month to another (both included), by community; of one of them or of all.
///
/// # Errors
/// [`StoreError`].
pub async fn load_duties(
    conn: &mut Conn<'_>,
    community: Option<&CommunityId>,
    from: YearMonth,
    to: YearMonth,
) -> Result<BTreeMap<CommunityId, DutyFacts>, StoreError> {
    let of = community.map_or_else(String::new, ToString::to_string);
    let (start, end) = (from.first_day().start(), to.plus_months(1).first_day().start());
    let [dates, exemptions] = conn
        .several([
            Statement::new(DATES, [start.into(), end.into(), of.clone().into()]),
            Statement::new(EXEMPTIONS, [from.to_string().into(), to.to_string().into(), of.into()]),
        ])
        .await?;
    let mut found: BTreeMap<CommunityId, DutyFacts> = BTreeMap::new();
    for row in &dates {
        if let Some(date) = read_date(row)? {
            found.entry(row.parse("community")?).or_default().dates.push(date);
        }
    }
    for row in &exemptions {
        let facts = found.entry(row.parse("community")?).or_default();
        facts.exempt.insert((row.parse("month")?, read_duty(row)?), row.parse("reason")?);
    }
    Ok(found)
}

fn read_date(row: &Row) -> Result<Option<DutyDate>, StoreError> {
    let category = row.text("category")?;
    let category = Category::ALL.into_iter().find(|one| one.as_str() == category);
    let Some(duty) = category.and_then(Duty::of) else { return Ok(None) };
    let range = TimeRange::new(row.at("starts_at")?, row.at("ends_at")?)
        .ok_or_else(|| StoreError::inconsistent("occurrence", "ends before it starts"))?;
    let arrived = row.number::<u16>("arrived")?.saturating_add(row.number("walked_in")?);
    Ok(Some(DutyDate {
        duty,
        range,
        is_cancelled: row.maybe_int("cancelled_at")?.is_some(),
        attendance: Attendance { arrived, counted: row.maybe_number("heads")? },
        has_note: row.int("has_note")? == 1,
    }))
}

fn read_duty(row: &Row) -> Result<Duty, StoreError> {
    let word = row.text("duty")?;
    let found = Duty::ALL.into_iter().find(|duty| duty.as_str() == word);
    found.ok_or_else(|| StoreError::inconsistent("duty_exemption.duty", word))
}

/// The reason for which a duty is exempted, if it is.
///
/// # Errors
/// [`StoreError`].
pub async fn find_exemption(
    conn: &mut Conn<'_>,
    community: &CommunityId,
    duty: Duty,
    month: YearMonth,
) -> Result<Option<Note>, StoreError> {
    let row = conn
        .maybe(
            "select reason from duty_exemption where community = $1 and duty = $2 and month = $3",
            &[community.into(), duty.as_str().into(), month.to_string().into()],
        )
        .await?;
    row.map(|row| row.parse("reason")).transpose()
}

/// Exempts a duty, or with no reason takes the exemption back.
///
/// # Errors
/// [`StoreError`].
pub async fn exempt(
    conn: &mut Conn<'_>,
    community: &CommunityId,
    duty: Duty,
    month: YearMonth,
    reason: Option<&Note>,
    by: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let key = [community.into(), duty.as_str().into(), month.to_string().into()];
    let Some(reason) = reason else {
        conn.execute("delete from duty_exemption where community = $1 and duty = $2 and month = $3", &key).await?;
        return Ok(());
    };
    let mut values = key.to_vec();
    values.extend([Some(reason.clone()).into(), now.into(), by.into()]);
    conn.execute(
        "insert into duty_exemption (community, duty, month, reason, exempted_at, exempted_by)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (community, duty, month) do update set reason = excluded.reason,
             exempted_at = excluded.exempted_at, exempted_by = excluded.exempted_by",
        &values,
    )
    .await?;
    Ok(())
}

/// Drafts an exemption, or that there is none, for the community's staff.
pub fn draft_exemption(
    draft: &mut Draft,
    community: &CommunityId,
    duty: Duty,
    month: YearMonth,
    reason: Option<&Note>,
) {
    let audience = Audience::Community(community.clone());
    let id = exemption_id(community, month, duty);
    match reason {
        Some(reason) => {
            let row = ExemptionRow { duty, month, reason: reason.clone() };
            draft.put(&audience, class::EXEMPTION, id, None, &row);
        }
        None => draft.remove(&audience, class::EXEMPTION, id),
    }
}

/// The staff of every community who have not been told of `matter` yet; in order.
///
/// # Errors
/// [`StoreError`].
pub async fn list_untold_staff(
    conn: &mut Conn<'_>,
    matter: &str,
) -> Result<BTreeMap<CommunityId, Vec<AccountId>>, StoreError> {
    let rows = conn
        .all(
            "select g.scope, g.account from role_grant g join account a on a.id = g.account
             where g.role = 'community_admin' and g.revoked_at is null and a.closed_at is null
               and exists (select 1 from community c where c.id = g.scope)
               and not exists (select 1 from notice n where n.account = g.account and n.matter = $1 || g.scope)
             order by g.scope, g.account",
            &[matter.into()],
        )
        .await?;
    let mut untold: BTreeMap<CommunityId, Vec<AccountId>> = BTreeMap::new();
    for row in &rows {
        untold.entry(row.parse("scope")?).or_default().push(row.parse("account")?);
    }
    Ok(untold)
}
