//! The operations: one file per command, named like its kind. Each loads facts, passes the gate, lets `domain` decide,
//! writes, and drafts the rows that changed.
//!
//! An operation takes only what [`authorize`](domain::people::authorize) let through. It never commits, never bumps the
//! command's stream and never answers HTTP: [`crate::sync`] does. Deliberately absent: rules.

pub mod activities {
    //! Publishing, calling off, how many may come, the dates of series, saying how it went.
    pub mod cancel_occurrence;
    pub mod change_capacity;
    pub mod close_occurrence;
    pub mod dates;
    pub mod edit_series;
    pub mod move_occurrence;
    pub mod pause_series;
    pub mod publish_activity;
    pub mod reinstate_occurrence;
    pub mod resume_series;
    pub mod series_plan;
}
pub mod bookings {
    //! Booking a space, answering, arriving.
    pub mod approve_booking;
    pub mod book_space;
    pub mod cancel_booking;
    pub mod check_in_booking;
    pub mod decline_booking;
}
pub mod duties {
    //! The monthly three.
    pub mod exempt_duty;
}
pub mod notices {
    //! Messages.
    pub mod read_notices;
}
pub mod people {
    //! One's own profile and household.
    pub mod add_person;
    pub mod remove_person;
    pub mod renew_calendar;
    pub mod update_profile;
}
pub mod sign_ups {
    //! Signing up, withdrawing, answering offers, arriving.
    pub mod accept_offer;
    pub mod add_walk_in;
    pub mod check_in;
    pub mod decline_offer;
    pub mod hold_draw;
    pub mod remove_walk_in;
    pub mod settle;
    pub mod sign_up;
    pub mod sign_up_neighbour;
    pub mod undo_check_in;
    pub mod withdraw_neighbour;
    pub mod withdraw_sign_up;
}

use domain::command::{Accepted, Command};
use domain::id::{AccountId, CommandId, CommunityId, StreamId};
use domain::people::{Actor, Authorized, Deny, Facts, authorize};
use domain::refusal::{Alternative, Refusal};
use domain::time::Timestamp;

use crate::store::streams::Draft;
use crate::store::{Conn, StoreError};

/// Who asks for what, when.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Who asks.
    pub actor: &'a Actor,
    /// Their account.
    pub account: AccountId,
    /// The command's id; what it creates carries the same UUID.
    pub id: CommandId,
    /// The stream the command says it changes.
    pub stream: &'a StreamId,
    /// The moment of decision.
    pub now: Timestamp,
}

impl Context<'_> {
    /// Passes the gate, or stops: a thing in another stream than the command names is as if it were not there.
    ///
    /// # Errors
    /// [`Stop::Refused`] with [`Refusal::NotAllowed`] or [`Refusal::Gone`].
    pub fn authorize<T>(&self, command: &Command, facts: &Facts, what: T) -> Result<Authorized<T>, Stop> {
        let is_here = match self.stream {
            StreamId::Community(community) => facts.community.as_ref() == Some(community),
            StreamId::Account(account) => facts.owner == Some(*account) && facts.community.is_none(),
        };
        if !is_here {
            return Err(Refusal::Gone.into());
        }
        authorize(self.actor, command.action(), facts, what).map_err(|deny| match deny {
            Deny::Forbidden | Deny::NeedsSignIn => Refusal::NotAllowed.into(),
            Deny::Hidden => Refusal::Gone.into(),
        })
    }

    /// The community whose stream the command changes.
    ///
    /// # Errors
    /// [`Refusal::Gone`] for an account's stream.
    pub fn community(&self) -> Result<&CommunityId, Stop> {
        match self.stream {
            StreamId::Community(community) => Ok(community),
            StreamId::Account(_) => Err(Refusal::Gone.into()),
        }
    }
}

/// What an operation did.
#[derive(Debug)]
pub struct Done {
    /// What the person is told.
    pub result: Accepted,
    /// The rows that changed.
    pub draft: Draft,
}

/// Why an operation stopped.
#[derive(Debug)]
pub enum Stop {
    /// The domain said no.
    Refused(Refusal, Vec<Alternative>),
    /// The store said no, or something broke.
    Failed(StoreError),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal, Vec::new())
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// Carries a command out.
///
/// # Errors
/// [`Stop`].
pub async fn carry_out(conn: &mut Conn<'_>, context: &Context<'_>, command: &Command) -> Result<Done, Stop> {
    match command {
        Command::SignUp(body) => sign_ups::sign_up::sign_up(conn, context, command, body).await,
        Command::WithdrawSignUp(body) => {
            sign_ups::withdraw_sign_up::withdraw_sign_up(conn, context, command, body).await
        }
        Command::SignUpNeighbour(body) => {
            sign_ups::sign_up_neighbour::sign_up_neighbour(conn, context, command, body).await
        }
        Command::WithdrawNeighbour(body) => {
            sign_ups::withdraw_neighbour::withdraw_neighbour(conn, context, command, body).await
        }
        Command::AcceptOffer(body) => sign_ups::accept_offer::accept_offer(conn, context, command, body).await,
        Command::DeclineOffer(body) => sign_ups::decline_offer::decline_offer(conn, context, command, body).await,
        Command::ChangeCapacity(body) => {
            activities::change_capacity::change_capacity(conn, context, command, body).await
        }
        Command::CheckIn(body) => sign_ups::check_in::check_in(conn, context, command, body).await,
        Command::UndoCheckIn(body) => sign_ups::undo_check_in::undo_check_in(conn, context, command, body).await,
        Command::AddWalkIn(body) => sign_ups::add_walk_in::add_walk_in(conn, context, command, body).await,
        Command::RemoveWalkIn(body) => sign_ups::remove_walk_in::remove_walk_in(conn, context, command, body).await,
        Command::PublishActivity(body) => {
            activities::publish_activity::publish_activity(conn, context, command, body).await
        }
        Command::CancelOccurrence(body) => {
            activities::cancel_occurrence::cancel_occurrence(conn, context, command, body).await
        }
        Command::CloseOccurrence(body) => {
            activities::close_occurrence::close_occurrence(conn, context, command, body).await
        }
        Command::MoveOccurrence(body) => {
            activities::move_occurrence::move_occurrence(conn, context, command, body).await
        }
        Command::ReinstateOccurrence(body) => {
            activities::reinstate_occurrence::reinstate_occurrence(conn, context, command, body).await
        }
        Command::PauseSeries(body) => activities::pause_series::pause_series(conn, context, command, body).await,
        Command::ResumeSeries(body) => activities::resume_series::resume_series(conn, context, command, body).await,
        Command::EditSeries(body) => activities::edit_series::edit_series(conn, context, command, body).await,
        Command::ExemptDuty(body) => duties::exempt_duty::exempt_duty(conn, context, command, body).await,
        Command::BookSpace(body) => bookings::book_space::book_space(conn, context, command, body).await,
        Command::CancelBooking(body) => bookings::cancel_booking::cancel_booking(conn, context, command, body).await,
        Command::ApproveBooking(body) => bookings::approve_booking::approve_booking(conn, context, command, body).await,
        Command::DeclineBooking(body) => bookings::decline_booking::decline_booking(conn, context, command, body).await,
        Command::CheckInBooking(body) => {
            bookings::check_in_booking::check_in_booking(conn, context, command, body).await
        }
        Command::AddPerson(body) => people::add_person::add_person(conn, context, command, body).await,
        Command::RemovePerson(body) => people::remove_person::remove_person(conn, context, command, body).await,
        Command::UpdateProfile(body) => people::update_profile::update_profile(conn, context, command, body).await,
        Command::RenewCalendar(body) => people::renew_calendar::renew_calendar(conn, context, command, body).await,
        Command::ReadNotices(body) => notices::read_notices::read_notices(conn, context, command, body).await,
    }
}
