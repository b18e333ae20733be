//! Add somebody to one's household. A child's data needs the guardian's consent, and a month of birth.

use domain::command::{Accepted, AddPerson, Command};
use domain::id::PersonId;
use domain::people::{Facts, HOUSEHOLD_MAX, Person, Relation};
use domain::refusal::Refusal;
use domain::time::YearMonth;

use crate::operations::{Context, Done, Stop};
use crate::store::Conn;
use crate::store::people::{Hold, draft_person, hold_household, insert_person, list_household};
use crate::store::streams::Draft;

/// # Errors
/// [`Refusal::HouseholdFull`], [`Refusal::ConsentNeeded`], [`Refusal::Malformed`] for a second self, a child without
/// a month of birth, or one that is still to come.
pub async fn add_person(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &AddPerson,
) -> Result<Done, Stop> {
    let facts = Facts { owner: Some(context.account), ..Facts::default() };
    let allowed = context.authorize(command, &facts, body)?;
    let AddPerson { relation, name, born, consent } = (*allowed.what()).clone();
    if relation == Relation::Me {
        return Err(Refusal::Malformed { field: "/body/relation".to_owned() }.into());
    }
    if born.is_some_and(|born| born > YearMonth::of(context.now.date())) {
        return Err(Refusal::Malformed { field: "/body/born".to_owned() }.into());
    }
    if relation == Relation::Child {
        if born.is_none() {
            return Err(Refusal::Malformed { field: "/body/born".to_owned() }.into());
        }
        if !consent {
            return Err(Refusal::ConsentNeeded.into());
        }
    }
    hold_household(conn, context.account, Hold::ToChange).await?;
    if list_household(conn, context.account).await?.len() >= usize::from(HOUSEHOLD_MAX) {
        return Err(Refusal::HouseholdFull { max: HOUSEHOLD_MAX }.into());
    }
    let person = Person { id: PersonId::from_uuid(context.id.uuid()), relation, name, born };
    let consent_at = consent.then_some(context.now);
    insert_person(conn, context.account, &person, consent_at, context.now).await?;
    let mut draft = Draft::default();
    draft_person(&mut draft, context.account, &person);
    Ok(Done { result: Accepted::Done, draft })
}
