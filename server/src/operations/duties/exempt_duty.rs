//! Say that a community need not hold a duty in a month, and why; without a reason it has to again.

use domain::command::{Accepted, Command, ExemptDuty};
use domain::duty::decide_exemption;
use domain::people::Facts;

use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::duties::{draft_exemption, exempt, find_exemption};
use crate::store::streams::Draft;

/// # Errors
/// The refusals of [`decide_exemption`].
pub async fn exempt_duty(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &ExemptDuty,
) -> Result<Done, Stop> {
    let community = context.community()?;
    let facts = Facts { community: Some(community.clone()), ..Facts::default() };
    let ExemptDuty { duty, month, reason } = context.authorize(command, &facts, body)?.into_what();
    decide_exemption(*month, context.now)?;
    let mut draft = Draft::default();
    if find_exemption(conn, community, *duty, *month).await? == *reason {
        return Ok(Done { result: Accepted::AlreadyDone, draft });
    }
    exempt(conn, community, *duty, *month, reason.as_ref(), context.account, context.now).await?;
    draft_exemption(&mut draft, community, *duty, *month, reason.as_ref());
    Ok(Done { result: Accepted::Done, draft })
}
