//! Mark notices as read. Those that are gone, read or another's are passed over.

use domain::command::{Accepted, Command, PEOPLE_OR_NOTICES_MAX, ReadNotices};
use domain::people::Facts;
use domain::refusal::Refusal;

use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::notices::mark_read;
use crate::store::streams::Draft;

/// # Errors
/// [`Refusal::Malformed`] for more than one command takes.
pub async fn read_notices(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &ReadNotices,
) -> Result<Done, Stop> {
    let community = context.community()?.clone();
    let facts = Facts { owner: Some(context.account), community: Some(community.clone()), ..Facts::default() };
    let allowed = context.authorize(command, &facts, body)?;
    let notices = &allowed.what().notices;
    if notices.len() > PEOPLE_OR_NOTICES_MAX {
        return Err(Refusal::Malformed { field: "/body/notices".to_owned() }.into());
    }
    let mut draft = Draft::default();
    mark_read(conn, &mut draft, context.account, &community, notices, context.now).await?;
    let result = if draft.is_empty() { Accepted::AlreadyDone } else { Accepted::Done };
    Ok(Done { result, draft })
}
