//! Rows: what travels from the server to a phone and rests there. Each carries the place in its stream's order.
//!
//! A row is the current state of one thing as one audience may see it, never a delta; a thing that is gone from an
//! audience is named in [`PullReply`](crate::sync::PullReply). Rows are *made of* checked values, so reading one is
//! checking it. A class this build does not know is skipped (see [`Row::parse`]).
//! Rows are kept on phones: new fields have defaults, old samples stay readable.

mod audience;
mod closing;
mod community;
mod draw;
mod exemption;
mod notice_body;
mod profile;
mod purpose;
mod sign_up_state;
mod walk_in;

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

pub use self::audience::Audience;
pub use self::closing::ClosingRow;
pub use self::community::CommunityView;
pub use self::draw::{DrawRow, Drawn};
pub use self::exemption::{ExemptionRow, exemption_id, exemption_of};
pub use self::notice_body::NoticeBody;
pub use self::profile::{CalendarMark, ProfileRow, RoleRow};
pub use self::purpose::Purpose;
pub use self::sign_up_state::SignUpState;
pub use self::walk_in::WalkInRow;
use crate::activity::{Audience as ActivityAudience, Category, SignUpPolicy, Venue};
use crate::attendance::Arrival;
use crate::booking::{BookingState, Holding};
use crate::id::{AccountId, ActivityId, ArrivalId, BookingId, OccurrenceId, PersonId, SignUpId, SpaceId, TeamId};
use crate::json;
use crate::moving::ByHand;
use crate::people::Person;
use crate::series::SeriesRow;
use crate::sign_up::Seats;
use crate::space::{Closure, OpeningHours, SpaceKind, SpacePolicy};
use crate::text::{Description, Name, Note, PersonName, Place, Title};
use crate::time::{LocalDate, TimeRange, Timestamp};

/// A culture team. Class `team`, id: the team's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamRow {
    /// Its name.
    pub name: Name,
    /// What it mostly does.
    pub category: Category,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Description>,
    /// A telephone number people may call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// A space. Class `space`, id: the space's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpaceRow {
    /// Its name.
    pub name: Name,
    /// Its kind, and with it its picture.
    pub kind: SpaceKind,
    /// Where it is.
    pub address: Place,
    /// Floor, lift, step-free access in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Place>,
    /// What is there and what to heed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Description>,
    /// A telephone number people may call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// What its hosts are called.
    #[serde(default)]
    pub hosts: Vec<PersonName>,
    /// The terms.
    pub policy: SpacePolicy,
    /// The weekly hours.
    pub hours: OpeningHours,
    /// Closures that are not over.
    #[serde(default)]
    pub closures: Vec<Closure>,
}

/// What is held of a space on a day, without by whom. Class `busy`, id: `<space>/<date>` ([`busy_id`]).
///
/// A day nobody holds anything on may have no row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusyRow {
    /// The space.
    pub space: SpaceId,
    /// The civil day every holding starts on.
    pub date: LocalDate,
    /// In order of start.
    pub holdings: Vec<Holding>,
}

/// The id of a [`BusyRow`].
#[must_use]
pub fn busy_id(space: SpaceId, date: LocalDate) -> String {
    format!("{space}/{date}")
}

/// An activity. Class `activity`, id: the activity's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityRow {
    /// The team that publishes it.
    pub team: TeamId,
    /// Its title.
    pub title: Title,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Description>,
    /// Its category.
    pub category: Category,
    /// Who may come.
    pub audience: ActivityAudience,
    /// Where.
    pub venue: Venue,
    /// How one gets a place.
    pub policy: SignUpPolicy,
    /// The rule it takes place by, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<SeriesRow>,
}

/// One date of an activity. Class `occurrence`, id: the occurrence's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OccurrenceRow {
    /// Of which activity.
    pub activity: ActivityId,
    /// When.
    pub range: TimeRange,
    /// Why it was called off, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<Cancellation>,
    /// Raised by every change of time, place or cancellation (iCalendar's SEQUENCE).
    #[serde(default)]
    pub sequence: u32,
    /// What was changed of this date alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<ByHand>,
}

impl OccurrenceRow {
    /// Where it is: its own place where it was given one, else its activity's.
    #[must_use]
    pub fn venue<'a>(&'a self, activity: &'a ActivityRow) -> &'a Venue {
        self.by_hand.as_ref().and_then(|by_hand| by_hand.venue.as_ref()).unwrap_or(&activity.venue)
    }
}

/// That something was called off, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancellation {
    /// When it was called off.
    pub at: Timestamp,
    /// Why, as residents read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Note>,
    /// Nobody called it off: when its time came to be there, somebody else had the room.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub room_taken: bool,
}

/// One of a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyMember {
    /// Who.
    pub person: PersonId,
    /// What they were called when signing up.
    pub name: PersonName,
    /// The seat's number from 1, where seats are numbered and the party has its places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<u16>,
}

/// One's own sign-up. Class `sign_up`, id: the sign-up's; seen by its account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignUpRow {
    /// For which date.
    pub occurrence: OccurrenceId,
    /// Where it stands.
    pub state: SignUpState,
    /// Who comes; after a withdrawal those who were the last to leave.
    pub party: Vec<PartyMember>,
    /// When the party was checked in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_in_at: Option<Timestamp>,
    /// Since when the party knows that time or place have changed; saying nothing means coming.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs_ack: Option<Timestamp>,
}

/// A sign-up as the team sees it. Class `roster`, id: the sign-up's; seen by the team and the community's staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterRow {
    /// For which date.
    pub occurrence: OccurrenceId,
    /// Where it stands.
    pub state: SignUpState,
    /// What the resident is called.
    pub name: PersonName,
    /// The last four digits of their number.
    #[serde(default)]
    pub phone_tail: String,
    /// Adults who come.
    pub adults: u16,
    /// Children who come.
    pub children: u16,
    /// The lowest seat number of the party.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<u16>,
    /// When the party signed up.
    pub signed_up_at: Timestamp,
    /// Since when it is here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_in_at: Option<Timestamp>,
    /// Who signed them up, where they did not do it themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_up_by: Option<PersonName>,
    /// The facts of it that stand, the earliest first; a build that knew none has written none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arrivals: Vec<Arrival>,
}

impl RosterRow {
    /// How many come.
    #[must_use]
    pub const fn heads(&self) -> u16 {
        self.adults.saturating_add(self.children)
    }

    /// Whether the party has its places and has come.
    #[must_use]
    pub fn is_here(&self) -> bool {
        self.state == SignUpState::Confirmed && self.checked_in_at.is_some()
    }
}

/// One's own booking. Class `booking`, id: the booking's; seen by its account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingRow {
    /// Which space.
    pub space: SpaceId,
    /// When.
    pub range: TimeRange,
    /// Where it stands.
    pub state: BookingState,
    /// Adults who come.
    pub adults: u16,
    /// Children who come.
    pub children: u16,
    /// What for.
    pub purpose: Purpose,
    /// A word to the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
    /// Until when a request is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_by: Option<Timestamp>,
    /// Why it was declined or cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Note>,
}

/// A booking as the space's hosts see it. Class `desk_booking`, id: the booking's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeskBookingRow {
    /// The booking.
    #[serde(flatten)]
    pub booking: BookingRow,
    /// What the resident is called.
    pub name: PersonName,
    /// The last four digits of their number.
    #[serde(default)]
    pub phone_tail: String,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When the party was checked in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_in_at: Option<Timestamp>,
}

impl<'de> Deserialize<'de> for DeskBookingRow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Beside {
            name: PersonName,
            #[serde(default)]
            phone_tail: String,
            requested_at: Timestamp,
            checked_in_at: Option<Timestamp>,
        }
        let (booking, beside) = json::flattened(deserializer)?;
        let Beside { name, phone_tail, requested_at, checked_in_at } = beside;
        Ok(Self { booking, name, phone_tail, requested_at, checked_in_at })
    }
}

/// A message to one account. Class `notice`, id: the notice's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeRow {
    /// What it says.
    pub body: NoticeBody,
    /// When it was written.
    pub at: Timestamp,
    /// When it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Timestamp>,
}

/// What a row says, by class.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each names its row")]
pub enum RowBody {
    Team(TeamId, TeamRow),
    Space(SpaceId, SpaceRow),
    Busy(SpaceId, BusyRow),
    Activity(ActivityId, ActivityRow),
    Occurrence(OccurrenceId, OccurrenceRow),
    Seats(OccurrenceId, Seats),
    Draw(OccurrenceId, DrawRow),
    SignUp(SignUpId, SignUpRow),
    Roster(SignUpId, RosterRow),
    WalkIn(ArrivalId, WalkInRow),
    Closing(OccurrenceId, ClosingRow),
    Exemption(ExemptionRow),
    Booking(BookingId, BookingRow),
    DeskBooking(BookingId, DeskBookingRow),
    Notice(crate::id::NoticeId, NoticeRow),
    Profile(AccountId, ProfileRow),
    Person(PersonId, Person),
}

/// The names of the classes, as they stand in rows and stores.
pub mod class {
    #![expect(missing_docs, reason = "each is the name of the row beside it")]
    pub const TEAM: &str = "team";
    pub const SPACE: &str = "space";
    pub const BUSY: &str = "busy";
    pub const ACTIVITY: &str = "activity";
    pub const OCCURRENCE: &str = "occurrence";
    pub const SEATS: &str = "seats";
    pub const DRAW: &str = "draw";
    pub const SIGN_UP: &str = "sign_up";
    pub const ROSTER: &str = "roster";
    pub const WALK_IN: &str = "walk_in";
    pub const CLOSING: &str = "closing";
    pub const EXEMPTION: &str = "exemption";
    pub const BOOKING: &str = "booking";
    pub const DESK_BOOKING: &str = "desk_booking";
    pub const NOTICE: &str = "notice";
    pub const PROFILE: &str = "profile";
    pub const PERSON: &str = "person";
}

/// A row as it travels and rests: its key, its place in the stream's order, its body unparsed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Row {
    /// Its class, one of [`class`].
    pub class: String,
    /// Its id within the class.
    pub id: String,
    /// The change that last touched it.
    pub seq: u64,
    /// The civil day it is about, for rows that leave the window with time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<LocalDate>,
    /// The body, JSON of the class's type.
    pub body: Box<RawValue>,
}

/// The key of a row within a stream.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowKey {
    /// Its class.
    pub class: String,
    /// Its id.
    pub id: String,
}

/// Why a row could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowProblem {
    /// A class of a newer build: skip it.
    #[error("unknown class {0}")]
    UnknownClass(String),
    /// A known class whose id or body does not parse.
    #[error("unreadable {class} {id}")]
    Unreadable {
        /// The class.
        class: String,
        /// The id.
        id: String,
    },
}

impl Row {
    /// Its key.
    #[must_use]
    pub fn key(&self) -> RowKey {
        RowKey { class: self.class.clone(), id: self.id.clone() }
    }

    /// Reads the body.
    ///
    /// # Errors
    /// [`RowProblem`]: a reader skips the row and goes on.
    pub fn parse(&self) -> Result<RowBody, RowProblem> {
        let body = match self.class.as_str() {
            class::SIGN_UP => self.read(RowBody::SignUp),
            class::ROSTER => self.read(RowBody::Roster),
            class::WALK_IN => self.read(RowBody::WalkIn),
            class::CLOSING => self.read(RowBody::Closing),
            class::EXEMPTION => json::read(self.body.get()).map(RowBody::Exemption),
            class::BOOKING => self.read(RowBody::Booking),
            class::DESK_BOOKING => self.read(RowBody::DeskBooking),
            class::NOTICE => self.read(RowBody::Notice),
            class::PROFILE => self.read(RowBody::Profile),
            class::PERSON => self.read(RowBody::Person),
            _ => return self.parse_public(),
        };
        body.ok_or_else(|| self.unreadable())
    }

    /// Reads the body of a row that everybody may see. Apart, because a page that starts from nothing else needs no code
    /// for the others.
    ///
    /// # Errors
    /// [`RowProblem`]; the classes that only some may see are unknown here.
    pub fn parse_public(&self) -> Result<RowBody, RowProblem> {
        let body = match self.class.as_str() {
            class::TEAM => self.read(RowBody::Team),
            class::SPACE => self.read(RowBody::Space),
            class::BUSY => json::read(self.body.get()).map(|row: BusyRow| RowBody::Busy(row.space, row)),
            class::ACTIVITY => self.read(RowBody::Activity),
            class::OCCURRENCE => self.read(RowBody::Occurrence),
            class::SEATS => self.read(RowBody::Seats),
            class::DRAW => self.read(RowBody::Draw),
            unknown => return Err(RowProblem::UnknownClass(unknown.to_owned())),
        };
        body.ok_or_else(|| self.unreadable())
    }

    fn read<I: FromStr, B: for<'de> Deserialize<'de>>(&self, wrap: fn(I, B) -> RowBody) -> Option<RowBody> {
        Some(wrap(self.id.parse().ok()?, json::read(self.body.get())?))
    }

    fn unreadable(&self) -> RowProblem {
        RowProblem::Unreadable { class: self.class.clone(), id: self.id.clone() }
    }
}
