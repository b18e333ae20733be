//! Give one's own calendar another address. The phone made the secret; here rests its hash.

use domain::command::{Accepted, Command, RenewCalendar};
use domain::people::Facts;
use domain::refusal::Refusal;

use crate::login::token_hash;
use crate::operations::{Context, Done, Stop};
use crate::store::people::draft_profile;
use crate::store::streams::Draft;
use crate::store::{Conn, Constraint, StoreError, calendar_keys};

/// # Errors
/// [`Refusal::Malformed`] for a secret that is somebody's already, which is no secret.
pub async fn renew_calendar(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &RenewCalendar,
) -> Result<Done, Stop> {
    let facts = Facts { owner: Some(context.account), ..Facts::default() };
    let allowed = context.authorize(command, &facts, body)?;
    let key_hash = token_hash(&allowed.what().key.to_string());
    match calendar_keys::renew(conn, context.account, &key_hash, context.id, context.now).await {
        Err(StoreError::Constraint(Constraint::Unique(_))) => {
            return Err(Refusal::Malformed { field: "/body/key".to_owned() }.into());
        }
        result => result?,
    }
    let mut draft = Draft::default();
    draft_profile(conn, &mut draft, context.account).await?;
    Ok(Done { result: Accepted::Done, draft })
}
