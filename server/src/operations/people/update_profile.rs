//! Change what one is called or where one lives.

use domain::command::{Accepted, Command, UpdateProfile};
use domain::people::{Facts, Relation};
use domain::refusal::Refusal;

use crate::operations::{Context, Done, Stop};
use crate::store::people::{self, draft_person, draft_profile, list_household};
use crate::store::streams::Draft;
use crate::store::{Conn, Constraint, StoreError};

/// # Errors
/// [`Refusal::Gone`] for an unknown community.
pub async fn update_profile(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &UpdateProfile,
) -> Result<Done, Stop> {
    let facts = Facts { owner: Some(context.account), ..Facts::default() };
    let allowed = context.authorize(command, &facts, body)?;
    let body = *allowed.what();
    match people::update_profile(conn, context.account, &body.name, &body.home).await {
        Err(StoreError::Constraint(Constraint::ForeignKey)) => return Err(Refusal::Gone.into()),
        result => result?,
    }
    let mut draft = Draft::default();
    draft_profile(conn, &mut draft, context.account).await?;
    for person in list_household(conn, context.account).await? {
        if person.relation == Relation::Me {
            draft_person(&mut draft, context.account, &person);
        }
    }
    Ok(Done { result: Accepted::Done, draft })
}
