//! People and what they may do: households, roles, and the one gate every command and read passes.
//!
//! A role is a grant on a scope, never a flag on a person. [`authorize`] is the only way to make an [`Authorized`]
//! value, and operations take nothing else. What is not granted is refused. `docs/authorisation.md` prints the table.
//! Deliberately absent: how a caller proves who they are (the server's sessions do that).

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, CommunityId, PersonId, SpaceId, TeamId};
use crate::json;
use crate::text::PersonName;
use crate::time::{LocalDate, YearMonth};

/// The most people one household holds, the resident included.
pub const HOUSEHOLD_MAX: u16 = 12;
/// The age from which a person comes without a guardian.
pub const ADULT_AGE: u16 = 18;

/// The age from which a person is an elder.
pub const SENIOR_AGE: u16 = 60;

/// What a member of a household is to the resident whose account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The resident.
    Me,
    /// Another adult.
    Adult,
    /// A child; has a birth month.
    Child,
    /// A parent or another elder of sixty and above.
    Elder,
}

/// A member of a household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Its id.
    pub id: PersonId,
    /// What it is to the resident.
    pub relation: Relation,
    /// What it is called.
    pub name: PersonName,
    /// The month of birth; children always have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<YearMonth>,
}

impl Person {
    /// Whether the person counts as a child on that date.
    #[must_use]
    pub fn is_child_on(&self, date: LocalDate) -> bool {
        match (self.relation, self.born) {
            (Relation::Child, Some(born)) => born.age_on(date) < ADULT_AGE,
            (Relation::Child, None) => true,
            (Relation::Me | Relation::Adult | Relation::Elder, _) => false,
        }
    }

    /// Age in whole years on that date, where the birth month is known.
    #[must_use]
    pub fn age_on(&self, date: LocalDate) -> Option<u16> {
        self.born.map(|born| born.age_on(date))
    }
}

json::tagged! {
    #[serde(tag = "role", content = "scope", rename_all = "snake_case")]
    /// A grant: what a person may do beyond what every resident may, and where.
    #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Role {
        /// Publishes for a team and sees its rosters.
        TeamEditor(TeamId),
        /// Runs a space.
        Host(SpaceId),
        /// Answers for a community.
        CommunityAdmin(CommunityId),
        /// Answers for the district.
        DistrictAdmin,
    }
}

/// Who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody has signed in.
    Anonymous,
    /// A person with a session.
    Account(Caller),
}

/// A signed-in person and the grants in force at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub account: AccountId,
    /// Its live grants.
    pub roles: Vec<Role>,
}

/// What is asked for. Closed: a new operation does not compile until the table says who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Read what everybody may read.
    ReadPublic,
    /// Read one's own profile, household, sign-ups, bookings and notices.
    ReadOwn,
    /// Read a team's rosters.
    ReadTeamDesk,
    /// Read a space's bookings with names.
    ReadSpaceDesk,
    /// Read what community staff see.
    ReadCommunityDesk,
    /// Read what district staff see.
    ReadDistrictDesk,
    /// Change one's profile or household, or mark notices read.
    KeepOwn,
    /// Sign a party up.
    SignUp,
    /// Sign up somebody who has no phone to do it with, or withdraw them.
    SignUpNeighbour,
    /// Withdraw one's own party or part of it.
    WithdrawSignUp,
    /// Answer an offer to one's own party.
    AnswerOffer,
    /// Change how many may come to a date.
    ChangeCapacity,
    /// Check a party in at an activity or note who has not signed up, or undo it.
    CheckIn,
    /// Publish an activity for a team; pause and resume a series.
    PublishActivity,
    /// Call off a date, move it, or hold it after all.
    CancelOccurrence,
    /// Say how a date went.
    CloseOccurrence,
    /// Exempt a community from a duty in a month.
    ExemptDuty,
    /// Book a space.
    BookSpace,
    /// Cancel a booking: its owner, or who runs the space.
    CancelBooking,
    /// Approve or decline a booking.
    DecideBooking,
    /// Check a party in at a space.
    CheckInBooking,
}

impl Action {
    /// All of them, for tests that walk the table.
    pub const ALL: [Self; 21] = [
        Self::ReadPublic,
        Self::ReadOwn,
        Self::ReadTeamDesk,
        Self::ReadSpaceDesk,
        Self::ReadCommunityDesk,
        Self::ReadDistrictDesk,
        Self::KeepOwn,
        Self::SignUp,
        Self::SignUpNeighbour,
        Self::WithdrawSignUp,
        Self::AnswerOffer,
        Self::ChangeCapacity,
        Self::CheckIn,
        Self::PublishActivity,
        Self::CancelOccurrence,
        Self::CloseOccurrence,
        Self::ExemptDuty,
        Self::BookSpace,
        Self::CancelBooking,
        Self::DecideBooking,
        Self::CheckInBooking,
    ];
}

/// How an actor stands to the thing asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Anybody, signed in or not.
    Anyone,
    /// Any signed-in person.
    SignedIn,
    /// The account the thing belongs to.
    Owner,
    /// An editor of its team.
    Editor,
    /// A host of its space.
    Host,
    /// An administrator of its community.
    CommunityAdmin,
    /// A district administrator.
    DistrictAdmin,
}

/// The whole table: who may do what. Order does not matter; absence is refusal.
#[must_use]
pub const fn who_may(action: Action) -> &'static [Standing] {
    use Standing::{Anyone, CommunityAdmin, DistrictAdmin, Editor, Host, Owner, SignedIn};
    match action {
        Action::ReadPublic => &[Anyone],
        Action::ReadOwn | Action::KeepOwn | Action::WithdrawSignUp | Action::AnswerOffer => &[Owner],
        Action::SignUp | Action::BookSpace => &[SignedIn],
        Action::ReadTeamDesk
        | Action::SignUpNeighbour
        | Action::CheckIn
        | Action::PublishActivity
        | Action::CancelOccurrence
        | Action::ChangeCapacity
        | Action::CloseOccurrence => &[Editor, CommunityAdmin, DistrictAdmin],
        Action::ReadSpaceDesk | Action::DecideBooking | Action::CheckInBooking => {
            &[Host, CommunityAdmin, DistrictAdmin]
        }
        Action::CancelBooking => &[Owner, Host, CommunityAdmin, DistrictAdmin],
        Action::ReadCommunityDesk | Action::ExemptDuty => &[CommunityAdmin, DistrictAdmin],
        Action::ReadDistrictDesk => &[DistrictAdmin],
    }
}

/// What is known about the thing asked for, loaded in the same transaction as the effect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The account it belongs to.
    pub owner: Option<AccountId>,
    /// The team it belongs to.
    pub team: Option<TeamId>,
    /// The space it concerns.
    pub space: Option<SpaceId>,
    /// The community it lies in.
    pub community: Option<CommunityId>,
}

/// Why the gate stays shut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deny {
    /// Nobody is signed in, and somebody must be.
    NeedsSignIn,
    /// No role of this person ever includes the action.
    Forbidden,
    /// The person may do such things, but not to this one; they are told no more than if it did not exist.
    Hidden,
}

/// Proof that the gate was passed. Only [`authorize`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorized<T> {
    actor: Actor,
    what: T,
}

impl<T> Authorized<T> {
    /// What was asked for.
    pub const fn what(&self) -> &T {
        &self.what
    }

    /// Who asked.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The account that asked, where one did.
    pub const fn account(&self) -> Option<AccountId> {
        match &self.actor {
            Actor::Account(caller) => Some(caller.account),
            Actor::Anonymous => None,
        }
    }

    /// Gives up the proof and takes what was asked for.
    pub fn into_what(self) -> T {
        self.what
    }
}

/// Decides whether `actor` may take `action` on the thing that `facts` describe; hands `what` back as proof.
///
/// # Errors
/// [`Deny::NeedsSignIn`], [`Deny::Forbidden`] or [`Deny::Hidden`], in that order of precedence.
pub fn authorize<T>(actor: &Actor, action: Action, facts: &Facts, what: T) -> Result<Authorized<T>, Deny> {
    let allowed = who_may(action);
    if allowed.iter().any(|standing| stands(actor, *standing, facts)) {
        return Ok(Authorized { actor: actor.clone(), what });
    }
    let Actor::Account(caller) = actor else { return Err(Deny::NeedsSignIn) };
    let ever = allowed.iter().any(|standing| could_stand(caller, *standing));
    Err(if ever { Deny::Hidden } else { Deny::Forbidden })
}

/// Whether a person may: the same answer, for a screen that hides what would be refused.
#[must_use]
pub fn may(actor: &Actor, action: Action, facts: &Facts) -> bool {
    authorize(actor, action, facts, ()).is_ok()
}

fn stands(actor: &Actor, standing: Standing, facts: &Facts) -> bool {
    let Actor::Account(caller) = actor else { return standing == Standing::Anyone };
    let has = |role: Role| caller.roles.contains(&role);
    match standing {
        Standing::Anyone | Standing::SignedIn => true,
        Standing::Owner => facts.owner == Some(caller.account),
        Standing::Editor => facts.team.is_some_and(|team| has(Role::TeamEditor(team))),
        Standing::Host => facts.space.is_some_and(|space| has(Role::Host(space))),
        Standing::CommunityAdmin => {
            facts.community.clone().is_some_and(|community| has(Role::CommunityAdmin(community)))
        }
        Standing::DistrictAdmin => has(Role::DistrictAdmin),
    }
}

fn could_stand(caller: &Caller, standing: Standing) -> bool {
    match standing {
        Standing::Anyone | Standing::SignedIn | Standing::Owner => true,
        Standing::Editor => caller.roles.iter().any(|role| matches!(role, Role::TeamEditor(_))),
        Standing::Host => caller.roles.iter().any(|role| matches!(role, Role::Host(_))),
        Standing::CommunityAdmin => caller.roles.iter().any(|role| matches!(role, Role::CommunityAdmin(_))),
        Standing::DistrictAdmin => caller.roles.contains(&Role::DistrictAdmin),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn actors() -> Vec<(&'static str, Actor)> {
        let with = |n: u128, roles: Vec<Role>| Actor::Account(Caller { account: AccountId::from_uuid(id(n)), roles });
        let here: CommunityId = "here".parse().expect("a slug");
        let there: CommunityId = "there".parse().expect("a slug");
        vec![
            ("anonymous", Actor::Anonymous),
            ("owner", with(1, vec![])),
            ("resident", with(2, vec![])),
            ("editor", with(3, vec![Role::TeamEditor(TeamId::from_uuid(id(10)))])),
            ("editor elsewhere", with(4, vec![Role::TeamEditor(TeamId::from_uuid(id(11)))])),
            ("host", with(5, vec![Role::Host(SpaceId::from_uuid(id(20)))])),
            ("host elsewhere", with(6, vec![Role::Host(SpaceId::from_uuid(id(21)))])),
            ("admin", with(7, vec![Role::CommunityAdmin(here)])),
            ("admin elsewhere", with(8, vec![Role::CommunityAdmin(there)])),
            ("district", with(9, vec![Role::DistrictAdmin])),
        ]
    }

    fn facts() -> Facts {
        Facts {
            owner: Some(AccountId::from_uuid(id(1))),
            team: Some(TeamId::from_uuid(id(10))),
            space: Some(SpaceId::from_uuid(id(20))),
            community: "here".parse().ok(),
        }
    }

    /// y: allowed, s: sign in first, f: never for you, h: not yours to know. One column per actor, in the order above.
    fn expected(action: Action) -> &'static str {
        match action {
            Action::ReadPublic => "yyyyyyyyyy",
            Action::ReadOwn | Action::KeepOwn | Action::WithdrawSignUp | Action::AnswerOffer => "syhhhhhhhh",
            Action::SignUp | Action::BookSpace => "syyyyyyyyy",
            Action::ReadTeamDesk
            | Action::SignUpNeighbour
            | Action::CheckIn
            | Action::PublishActivity
            | Action::CancelOccurrence
            | Action::ChangeCapacity
            | Action::CloseOccurrence => "sffyhffyhy",
            Action::ReadSpaceDesk | Action::DecideBooking | Action::CheckInBooking => "sffffyhyhy",
            Action::CancelBooking => "syhhhyhyhy",
            Action::ReadCommunityDesk | Action::ExemptDuty => "sffffffyhy",
            Action::ReadDistrictDesk => "sffffffffy",
        }
    }

    #[test]
    fn every_cell_of_the_table_is_as_written() {
        for action in Action::ALL {
            let found: String = actors()
                .iter()
                .map(|(_, actor)| match authorize(actor, action, &facts(), ()) {
                    Ok(_) => 'y',
                    Err(Deny::NeedsSignIn) => 's',
                    Err(Deny::Forbidden) => 'f',
                    Err(Deny::Hidden) => 'h',
                })
                .collect();
            assert_eq!(found, expected(action), "{action:?}");
        }
    }

    #[test]
    fn a_thing_without_facts_is_nobodys() {
        for (name, actor) in actors() {
            for action in [Action::ReadOwn, Action::WithdrawSignUp, Action::ReadTeamDesk, Action::DecideBooking] {
                let passed = may(&actor, action, &Facts::default());
                let by_district = name == "district" && !matches!(action, Action::ReadOwn | Action::WithdrawSignUp);
                assert_eq!(passed, by_district, "{name} {action:?}");
            }
        }
    }
}
