//! Commands: the closed set of things a person can ask for, and the envelope each travels in.
//!
//! A command's id is made once, at the tap, and is its identity for ever; what a command creates carries that same
//! UUID, so that a later command made offline can already name it. The envelope's bytes are immutable once queued.
//! Every kind and version ever shipped stays readable (`domain/golden/`).

mod door;
mod neighbour;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

pub use self::door::{AddWalkIn, CheckIn, RemoveWalkIn, UndoCheckIn};
pub use self::neighbour::{SignUpNeighbour, WithdrawNeighbour};
use crate::activity::{Audience, Category, Schedule, SignUpPolicy, Venue};
use crate::calendar_key::CalendarKey;
use crate::change::Purpose;
use crate::duty::Duty;
use crate::editing::{PlanHash, SeriesEdit};
use crate::id::{
    AccountId, ActivityId, BookingId, CommandId, CommunityId, DeviceId, NoticeId, OccurrenceId, PersonId, SignUpId,
    SpaceId, StreamId, TeamId,
};
use crate::json;
use crate::people::{Action, Relation};
use crate::refusal::{Alternative, Refusal};
use crate::text::{Description, Note, PersonName, Title};
use crate::time::{TimeRange, Timestamp, YearMonth};

/// Sign a party up for one date. Creates the sign-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// The date.
    pub occurrence: OccurrenceId,
    /// Who comes: members of one's own household.
    pub people: Vec<PersonId>,
}

/// Withdraw some of a party, or all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawSignUp {
    /// The sign-up.
    pub sign_up: SignUpId,
    /// Who no longer comes.
    pub people: Vec<PersonId>,
}

/// Take the places that are held for one's party, or that are free for whoever comes first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptOffer {
    /// The sign-up.
    pub sign_up: SignUpId,
}

/// Let others have the places that are held for one's party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclineOffer {
    /// The sign-up.
    pub sign_up: SignUpId,
}

/// Change how many may come to one date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeCapacity {
    /// The date.
    pub occurrence: OccurrenceId,
    /// Heads at most; none means no limit.
    pub capacity: Option<u16>,
    /// Why, as those who wait read it.
    #[serde(default)]
    pub reason: Option<Note>,
}

/// Publish an activity with all its dates. Creates the activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishActivity {
    /// For which team.
    pub team: TeamId,
    /// Its title.
    pub title: Title,
    /// What it is about.
    #[serde(default)]
    pub about: Option<Description>,
    /// Its category.
    pub category: Category,
    /// Who may come.
    pub audience: Audience,
    /// Where.
    pub venue: Venue,
    /// When.
    pub schedule: Schedule,
    /// How one gets a place.
    pub policy: SignUpPolicy,
}

/// Call off one date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelOccurrence {
    /// The date.
    pub occurrence: OccurrenceId,
    /// Why, as residents read it.
    #[serde(default)]
    pub reason: Option<Note>,
}

/// Say how a date went, once it has begun. Saying it again replaces what was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseOccurrence {
    /// The date.
    pub occurrence: OccurrenceId,
    /// Heads that were there, with a name or without.
    pub heads: u16,
    /// What is worth remembering: what was talked about, what came of it.
    #[serde(default)]
    pub note: Option<Note>,
}

/// Move one date to another time or place. Whoever has signed up keeps the place and is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoveOccurrence {
    /// The date.
    pub occurrence: OccurrenceId,
    /// The sequence of what was looked at.
    pub sequence: u32,
    /// When it is to be.
    pub range: TimeRange,
    /// Where it is to be; none leaves it where it is.
    #[serde(default)]
    pub venue: Option<Venue>,
}

/// Hold a date after all that was called off, where it was to be or elsewhere. Whoever had signed up has the place again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReinstateOccurrence {
    /// The date.
    pub occurrence: OccurrenceId,
    /// Where it is to be; none leaves it where it was.
    #[serde(default)]
    pub venue: Option<Venue>,
}

/// Let no new dates of a series come. Those that are there stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PauseSeries {
    /// The activity.
    pub activity: ActivityId,
}

/// Let the dates of a series come again, those between here and the horizon among them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResumeSeries {
    /// The activity.
    pub activity: ActivityId,
}

/// Edit a series from one date on, exactly as a plan has shown. The activity it goes on as is created by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditSeries {
    /// What it is to be.
    pub edit: SeriesEdit,
    /// What the plan that was looked at is known by.
    pub plan: PlanHash,
}

/// Say that a community need not hold a duty in a month. The community is the one whose stream it changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExemptDuty {
    /// Which.
    pub duty: Duty,
    /// When.
    pub month: YearMonth,
    /// Why; without a reason it has to be held again.
    #[serde(default)]
    pub reason: Option<Note>,
}

/// Book a space for an interval. Creates the booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookSpace {
    /// The space.
    pub space: SpaceId,
    /// When.
    pub range: TimeRange,
    /// Adults who come, the resident included.
    pub adults: u16,
    /// The children of the household who come; their ages are looked up.
    #[serde(default)]
    pub children: Vec<PersonId>,
    /// What for.
    pub purpose: Purpose,
    /// A word to the host.
    #[serde(default)]
    pub note: Option<Note>,
}

/// Cancel a booking, one's own or (as its host) somebody's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelBooking {
    /// The booking.
    pub booking: BookingId,
    /// Why; a host says so.
    #[serde(default)]
    pub reason: Option<Note>,
}

/// Say yes to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApproveBooking {
    /// The booking.
    pub booking: BookingId,
}

/// Say no to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclineBooking {
    /// The booking.
    pub booking: BookingId,
    /// Why, as the resident reads it.
    pub reason: Note,
}

/// Check a party in at a space. Doing it twice is harmless.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckInBooking {
    /// The booking.
    pub booking: BookingId,
}

/// Add somebody to one's household. Creates the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddPerson {
    /// What they are to the resident; never [`Relation::Me`].
    pub relation: Relation,
    /// What they are called.
    pub name: PersonName,
    /// The month of birth; a child needs one.
    #[serde(default)]
    pub born: Option<YearMonth>,
    /// That the guardian has consented to a child's data being kept.
    #[serde(default)]
    pub consent: bool,
}

/// Take somebody out of one's household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemovePerson {
    /// Who.
    pub person: PersonId,
}

/// Change what one is called, where one lives, or when one was born.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdateProfile {
    /// What one is called.
    pub name: PersonName,
    /// Where one lives.
    pub home: CommunityId,
    /// The month one was born in; none leaves what was said before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<YearMonth>,
}

/// Give one's own calendar an address. The one before ends at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenewCalendar {
    /// The secret in it.
    pub key: CalendarKey,
}

/// Mark notices as read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadNotices {
    /// Which, at most [`PEOPLE_OR_NOTICES_MAX`].
    pub notices: Vec<NoticeId>,
}

/// The longest list of ids inside one command.
pub const PEOPLE_OR_NOTICES_MAX: usize = 100;
/// The largest envelope, in bytes.
pub const ENVELOPE_BYTES_MAX: usize = 16 * 1024;

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident = $kind:literal => $action:expr),+ $(,)?) => {
        /// Everything a person can ask for.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each variant is the struct of the same name")]
        pub enum Command {
            $($name($name)),+
        }

        impl Command {
            /// The kinds, as they stand in envelopes.
            pub const KINDS: &[&str] = &[$($kind),+];

            /// The kind, the same word as the file that carries it out.
            #[must_use]
            pub const fn kind(&self) -> &'static str {
                match self { $(Self::$name(_) => $kind),+ }
            }

            /// What the gate asks about it.
            #[must_use]
            pub const fn action(&self) -> Action {
                match self { $(Self::$name(_) => $action),+ }
            }

            /// Reads a body of `kind` at `version` from whatever reader it lies in.
            ///
            /// # Errors
            /// [`CommandProblem`].
            pub fn parse<'de, D: Deserializer<'de>>(kind: &str, version: u16, body: D) -> Result<Self, CommandProblem> {
                if version != 1 {
                    return Err(CommandProblem::UnknownKind);
                }
                match kind {
                    $($kind => Deserialize::deserialize(body).map(Self::$name).map_err(|_| CommandProblem::Malformed),)+
                    _ => Err(CommandProblem::UnknownKind),
                }
            }

            /// The body as JSON.
            #[must_use]
            pub fn body(&self) -> Box<RawValue> {
                let body = match self { $(Self::$name(body) => serde_json::value::to_raw_value(body)),+ };
                body.expect("a command of checked values has a JSON form")
            }
        }
    };
}

commands! {
    SignUp = "sign_up" => Action::SignUp,
    WithdrawSignUp = "withdraw_sign_up" => Action::WithdrawSignUp,
    SignUpNeighbour = "sign_up_neighbour" => Action::SignUpNeighbour,
    WithdrawNeighbour = "withdraw_neighbour" => Action::SignUpNeighbour,
    AcceptOffer = "accept_offer" => Action::AnswerOffer,
    DeclineOffer = "decline_offer" => Action::AnswerOffer,
    ChangeCapacity = "change_capacity" => Action::ChangeCapacity,
    CheckIn = "check_in" => Action::CheckIn,
    UndoCheckIn = "undo_check_in" => Action::CheckIn,
    AddWalkIn = "add_walk_in" => Action::CheckIn,
    RemoveWalkIn = "remove_walk_in" => Action::CheckIn,
    PublishActivity = "publish_activity" => Action::PublishActivity,
    CancelOccurrence = "cancel_occurrence" => Action::CancelOccurrence,
    CloseOccurrence = "close_occurrence" => Action::CloseOccurrence,
    MoveOccurrence = "move_occurrence" => Action::CancelOccurrence,
    ReinstateOccurrence = "reinstate_occurrence" => Action::CancelOccurrence,
    PauseSeries = "pause_series" => Action::PublishActivity,
    ResumeSeries = "resume_series" => Action::PublishActivity,
    EditSeries = "edit_series" => Action::PublishActivity,
    ExemptDuty = "exempt_duty" => Action::ExemptDuty,
    BookSpace = "book_space" => Action::BookSpace,
    CancelBooking = "cancel_booking" => Action::CancelBooking,
    ApproveBooking = "approve_booking" => Action::DecideBooking,
    DeclineBooking = "decline_booking" => Action::DecideBooking,
    CheckInBooking = "check_in_booking" => Action::CheckInBooking,
    AddPerson = "add_person" => Action::KeepOwn,
    RemovePerson = "remove_person" => Action::KeepOwn,
    UpdateProfile = "update_profile" => Action::KeepOwn,
    ReadNotices = "read_notices" => Action::KeepOwn,
    RenewCalendar = "renew_calendar" => Action::KeepOwn,
}

/// Why a command could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandProblem {
    /// A kind or version this build does not know.
    #[error("unknown kind of command")]
    UnknownKind,
    /// A known kind whose body does not parse.
    #[error("malformed command")]
    Malformed,
}

/// The version of envelopes that this build writes and reads.
pub const ENVELOPE_VERSION: u8 = 1;

/// What a command travels in. Once it is queued only its device and number ever change, when the queue is renumbered.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// [`ENVELOPE_VERSION`].
    pub v: u8,
    /// The command's identity.
    pub id: CommandId,
    /// The device that queued it.
    pub device: DeviceId,
    /// Its number on that device, from 1 without gaps.
    pub no: u64,
    /// The account that asked; a queue is never sent for somebody else.
    pub account: AccountId,
    /// The stream it changes.
    pub stream: StreamId,
    /// The command it builds on: refused if that was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depends_on: Option<CommandId>,
    /// The phone's clock at the tap: shown, never trusted.
    pub phone_ms: i64,
    /// The kind.
    pub kind: String,
    /// The version of the kind's body.
    pub kind_v: u16,
    /// The body.
    pub body: Box<RawValue>,
}

impl Envelope {
    /// Reads the command inside, as a phone does; the server reads the body so that it can say where it is wrong.
    ///
    /// # Errors
    /// [`CommandProblem`].
    pub fn command(&self) -> Result<Command, CommandProblem> {
        Command::parse(&self.kind, self.kind_v, &mut json::Reader::new(self.body.get()))
    }

    /// What is asked, whatever device and number it goes out under: the same text whenever this command is sent, and
    /// another for anything else under its id.
    #[must_use]
    pub fn meaning(&self) -> String {
        let Self { account, stream, depends_on, phone_ms, kind, kind_v, body, .. } = self;
        let depends_on = depends_on.map(|id| id.to_string()).unwrap_or_default();
        format!("{account} {stream} [{depends_on}] {phone_ms} {kind:?} {kind_v} {body}")
    }
}

json::tagged! {
    #[serde(tag = "kind", rename_all = "snake_case")]
    /// What a command came to when it was accepted.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum Accepted {
        /// Every head has a place.
        Confirmed {
            /// The lowest seat number of the party, where seats are numbered.
            seat: Option<u16>,
            /// Heads at most, where there is a limit.
            capacity: Option<u16>,
        },
        /// The party waits.
        Waitlisted {
            /// Parties before it.
            parties_ahead: u16,
        },
        /// The party is drawn for with all others.
        Pooled {
            /// When.
            draws_at: Timestamp,
        },
        /// A booking stands.
        Booked,
        /// A booking waits for the host.
        Requested {
            /// Until when it is answered.
            answer_by: Timestamp,
        },
        /// An activity is published.
        Published {
            /// Its id.
            activity: ActivityId,
            /// How many dates it has.
            dates: u16,
        },
        /// A date was called off.
        CalledOff {
            /// Parties that were told.
            parties_told: u16,
        },
        /// More or fewer may come to a date.
        CapacityChanged {
            /// Parties that moved up by it.
            parties_in: u16,
            /// How many more have a place than may come.
            over_by: u16,
        },
        /// It was already so; nothing changed.
        AlreadyDone,
        /// It is done, and there is nothing more to say.
        #[serde(other)]
        Done,
    }
}

json::tagged! {
    #[serde(tag = "outcome", rename_all = "snake_case")]
    /// The one answer a command gets, stored with its effect; sending the command again returns it byte for byte.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum Outcome {
        /// It took effect.
        Accepted {
            /// The change in its stream that carries the effect.
            seq: u64,
            /// What came of it.
            result: Accepted,
        },
        /// The domain said no.
        Refused {
            /// Why.
            refusal: Refusal,
            /// What would be accepted instead.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            alternatives: Vec<Alternative>,
        },
        /// Handled so long ago that the answer is gone; the rows show what came of it.
        Expired,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_unique_and_unknown_ones_are_told_apart_from_broken_ones() {
        let mut kinds = Command::KINDS.to_vec();
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds.len(), Command::KINDS.len());
        let parse = |kind, version, body| Command::parse(kind, version, &mut json::Reader::new(body));
        assert_eq!(parse("fly", 1, "{}"), Err(CommandProblem::UnknownKind));
        assert_eq!(parse("sign_up", 2, "{}"), Err(CommandProblem::UnknownKind));
        assert_eq!(parse("sign_up", 1, "{}"), Err(CommandProblem::Malformed));
        let extra = r#"{"occurrence":"0192f0c1-2a3b-7c4d-8e5f-00112233aabb","people":[],"account":"x"}"#;
        assert_eq!(parse("sign_up", 1, extra), Err(CommandProblem::Malformed));
    }

    #[test]
    fn a_command_survives_its_envelope() {
        let json = r#"{"v":1,"id":"0192f0c1-2a3b-7c4d-8e5f-00112233aabb","device":"0192f0c1-2a3b-7c4d-8e5f-00112233aabc","no":1,"account":"0192f0c1-2a3b-7c4d-8e5f-00112233aabd","stream":"c:banzha","phone_ms":0,"kind":"check_in","kind_v":1,"body":{"sign_up":"0192f0c1-2a3b-7c4d-8e5f-00112233aabe"}}"#;
        let envelope: Envelope = serde_json::from_str(json).expect("an envelope");
        let command = envelope.command().expect("a command");
        assert_eq!((command.kind(), command.action()), ("check_in", Action::CheckIn));
        assert_eq!(serde_json::to_string(&envelope).expect("json"), json);
        assert_eq!(command.body().get(), envelope.body.get());
    }
}
