//! Change what one is called, where one lives, or when one was born. Lists of those to come follow at once, in whichever
//! community: they are there to call people by their names. Lists of what is over keep the names they had.

use std::collections::BTreeMap;

use domain::command::{Accepted, Command, UpdateProfile};
use domain::id::{CommunityId, StreamId};
use domain::people::{Facts, Relation};
use domain::refusal::Refusal;
use domain::time::YearMonth;

use crate::operations::{Context, Done, Stop};
use crate::store::people::{self, draft_person, draft_profile, list_household};
use crate::store::streams::{Draft, write_change};
use crate::store::{Conn, Constraint, StoreError, bookings, sign_ups};

/// # Errors
/// [`Refusal::Gone`] for an unknown community, [`Refusal::Malformed`] for a month of birth that is still to come.
pub async fn update_profile(
    conn: &mut Conn<'_>,
    context: &Context<'_>,
    command: &Command,
    body: &UpdateProfile,
) -> Result<Done, Stop> {
    let facts = Facts { owner: Some(context.account), ..Facts::default() };
    let allowed = context.authorize(command, &facts, body)?;
    let body = *allowed.what();
    if body.born.is_some_and(|born| born > YearMonth::of(context.now.date())) {
        return Err(Refusal::Malformed { field: "/body/born".to_owned() }.into());
    }
    let (name_before, _) = people::load_name_and_tail(conn, context.account).await?;
    match people::update_profile(conn, context.account, body).await {
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
    if name_before != body.name {
        rename_where_expected(conn, context).await?;
    }
    Ok(Done { result: Accepted::Done, draft })
}

/// Draws anew what shows the name to hosts, teams and staff. These rows lie in streams other than the command's, so they
/// are changes of their own.
async fn rename_where_expected(conn: &mut Conn<'_>, context: &Context<'_>) -> Result<(), StoreError> {
    let mut drafts: BTreeMap<CommunityId, Draft> = BTreeMap::new();
    for (sign_up, occurrence) in sign_ups::list_coming(conn, context.account, context.now).await? {
        // Held: nobody draws the same row from something older meanwhile.
        let Some(occurrence) = sign_ups::find_occurrence(conn, occurrence).await? else { continue };
        sign_ups::rename_party(conn, sign_up).await?;
        sign_ups::draft_sign_up(conn, drafts.entry(occurrence.community).or_default(), sign_up).await?;
    }
    for booking in bookings::list_coming(conn, context.account, context.now).await? {
        let Some(booking) = bookings::find_booking(conn, booking).await? else { continue };
        bookings::draft_booking(conn, drafts.entry(booking.community).or_default(), booking.id).await?;
    }
    for (community, draft) in drafts {
        let cause = format!("{}:{community}", context.id);
        write_change(conn, &StreamId::Community(community), draft, &cause, context.now).await?;
    }
    Ok(())
}
