//! Take somebody out of one's household, unless they are still signed up for something to come.

use domain::change::{Audience, class};
use domain::command::{Accepted, Command, RemovePerson};
use domain::people::{Facts, Relation};
use domain::refusal::Refusal;

use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::people::{self, Hold, hold_household, list_household};
use crate::store::sign_ups::find_coming_of;
use crate::store::streams::Draft;

/// # Errors
/// [`Refusal::PersonSignedUp`]; [`Refusal::Gone`] for the resident themselves.
pub async fn remove_person(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &RemovePerson,
) -> Result<Done, Stop> {
    let facts = Facts { owner: Some(context.account), ..Facts::default() };
    let allowed = context.authorize(command, &facts, body)?;
    let mut draft = Draft::default();
    // Whoever signs this person up at this moment comes before or after, never in between.
    hold_household(conn, context.account, Hold::ToChange).await?;
    let household = list_household(conn, context.account).await?;
    let Some(person) = household.into_iter().find(|person| person.id == allowed.what().person) else {
        return Ok(Done { result: Accepted::AlreadyDone, draft });
    };
    if person.relation == Relation::Me {
        return Err(Refusal::Gone.into());
    }
    if let Some(occurrence) = find_coming_of(conn, person.id, context.now).await? {
        return Err(Refusal::PersonSignedUp { occurrence }.into());
    }
    people::remove_person(conn, person.id, context.now).await?;
    draft.remove(&Audience::Account(context.account), class::PERSON, person.id);
    Ok(Done { result: Accepted::Done, draft })
}
