//! What a phone knows: rows by class, each with the community it lies in, and what is still on its way.
//!
//! The same type holds the server's rows (the base) and the picture a screen draws (base and pending commands, see
//! [`overlay`](super::overlay)). Deliberately absent: anything about drawing.

use uuid::Uuid;

use crate::activity::SignUpPolicy;
use crate::booking::{BookingState, Holding, SpaceFacts};
use crate::change::{
    ActivityRow, BookingRow, BusyRow, ClosingRow, DeskBookingRow, DrawRow, ExemptionRow, NoticeRow, OccurrenceRow,
    ProfileRow, RosterRow, Row, RowBody, RowKey, SignUpRow, SpaceRow, TeamRow, WalkInRow, class, exemption_of,
};
use crate::duty::Duty;
use crate::id::{
    AccountId, ActivityId, ArrivalId, BookingId, CommandId, CommunityId, NoticeId, OccurrenceId, PersonId, SignUpId,
    SpaceId, StreamId, TeamId,
};
use crate::people::{Actor, Caller, Person};
use crate::refusal::Refusal;
use crate::sign_up::Seats;
use crate::sign_up::draw::{Lot, ticket};
use crate::sync::rows::Rows;
use crate::time::{LocalDate, TimeRange, Timestamp, YearMonth};

/// A row and the community it lies in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct In<T> {
    /// The community.
    pub community: CommunityId,
    /// The row.
    pub row: T,
}

/// How far a change made on this phone has come. What is not listed is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// Saved on this phone, not sent yet.
    Saved,
    /// Sent, and no answer has come: it may or may not have arrived.
    Checking,
}

/// Everything a phone knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each map is named for its rows")]
pub struct View {
    pub teams: Rows<TeamId, In<TeamRow>>,
    pub spaces: Rows<SpaceId, In<SpaceRow>>,
    pub busy: Rows<(SpaceId, LocalDate), In<BusyRow>>,
    pub activities: Rows<ActivityId, In<ActivityRow>>,
    pub occurrences: Rows<OccurrenceId, In<OccurrenceRow>>,
    pub seats: Rows<OccurrenceId, In<Seats>>,
    pub draws: Rows<OccurrenceId, In<DrawRow>>,
    pub sign_ups: Rows<SignUpId, In<SignUpRow>>,
    pub roster: Rows<SignUpId, In<RosterRow>>,
    pub walk_ins: Rows<ArrivalId, In<WalkInRow>>,
    pub closings: Rows<OccurrenceId, In<ClosingRow>>,
    pub exemptions: Rows<(CommunityId, YearMonth, Duty), In<ExemptionRow>>,
    pub bookings: Rows<BookingId, In<BookingRow>>,
    pub desk_bookings: Rows<BookingId, In<DeskBookingRow>>,
    pub notices: Rows<NoticeId, In<NoticeRow>>,
    pub profile: Option<(AccountId, ProfileRow)>,
    pub persons: Rows<PersonId, Person>,
    /// Things that a command still on its way has made or changed, by their UUID.
    pub deliveries: Rows<Uuid, Delivery>,
    /// Pending commands the phone now expects to be refused. They are still sent: only the server knows.
    pub doubts: Rows<CommandId, Refusal>,
}

impl View {
    /// Takes in one row of a stream. A row that cannot be read is skipped.
    pub fn put(&mut self, stream: &StreamId, row: &Row) {
        if let Ok(body) = row.parse() {
            self.put_body(stream, body);
        }
    }

    /// Takes in one row that everybody may see; any other is skipped.
    pub fn put_public(&mut self, stream: &StreamId, row: &Row) {
        if let Ok(body) = row.parse_public() {
            self.put_body(stream, body);
        }
    }

    fn put_body(&mut self, stream: &StreamId, body: RowBody) {
        match stream {
            StreamId::Community(community) => self.put_community(community.clone(), body),
            StreamId::Account(_) => match body {
                RowBody::Profile(id, row) => self.profile = Some((id, row)),
                RowBody::Person(id, row) => {
                    self.persons.insert(id, row);
                }
                _ => {}
            },
        }
    }

    fn put_community(&mut self, community: CommunityId, body: RowBody) {
        macro_rules! keep {
            ($map:ident, $key:expr, $row:expr) => {{
                self.$map.insert($key, In { community, row: $row });
            }};
        }
        match body {
            RowBody::Team(id, row) => keep!(teams, id, row),
            RowBody::Space(id, row) => keep!(spaces, id, row),
            RowBody::Busy(id, row) => keep!(busy, (id, row.date), row),
            RowBody::Activity(id, row) => keep!(activities, id, row),
            RowBody::Occurrence(id, row) => keep!(occurrences, id, row),
            RowBody::Seats(id, row) => keep!(seats, id, row),
            RowBody::Draw(id, row) => keep!(draws, id, row),
            RowBody::SignUp(id, row) => keep!(sign_ups, id, row),
            RowBody::Roster(id, row) => keep!(roster, id, row),
            RowBody::WalkIn(id, row) => keep!(walk_ins, id, row),
            RowBody::Closing(id, row) => keep!(closings, id, row),
            RowBody::Exemption(row) => keep!(exemptions, (community.clone(), row.month, row.duty), row),
            RowBody::Booking(id, row) => keep!(bookings, id, row),
            RowBody::DeskBooking(id, row) => keep!(desk_bookings, id, row),
            RowBody::Notice(id, row) => keep!(notices, id, row),
            RowBody::Profile(..) | RowBody::Person(..) => {}
        }
    }

    /// Forgets one row.
    pub fn remove(&mut self, key: &RowKey) {
        macro_rules! forget {
            ($map:ident) => {
                if let Ok(id) = key.id.parse() {
                    self.$map.remove(&id);
                }
            };
        }
        match key.class.as_str() {
            class::TEAM => forget!(teams),
            class::SPACE => forget!(spaces),
            class::BUSY => {
                let parts = key.id.split_once('/');
                if let Some((Ok(space), Ok(date))) = parts.map(|(space, date)| (space.parse(), date.parse())) {
                    self.busy.remove(&(space, date));
                }
            }
            class::ACTIVITY => forget!(activities),
            class::OCCURRENCE => forget!(occurrences),
            class::SEATS => forget!(seats),
            class::DRAW => forget!(draws),
            class::SIGN_UP => forget!(sign_ups),
            class::ROSTER => forget!(roster),
            class::WALK_IN => forget!(walk_ins),
            class::CLOSING => forget!(closings),
            class::EXEMPTION => {
                if let Some(named) = exemption_of(&key.id) {
                    self.exemptions.remove(&named);
                }
            }
            class::BOOKING => forget!(bookings),
            class::DESK_BOOKING => forget!(desk_bookings),
            class::NOTICE => forget!(notices),
            class::PROFILE => self.profile = None,
            class::PERSON => forget!(persons),
            _ => {}
        }
    }

    /// Forgets everything of a stream, before its snapshot comes in.
    pub fn clear(&mut self, stream: &StreamId) {
        match stream {
            StreamId::Account(_) => {
                self.profile = None;
                self.persons.clear();
            }
            StreamId::Community(gone) => {
                macro_rules! clear {
                    ($($map:ident),+) => { $(self.$map.retain(|_, row| &row.community != gone);)+ };
                }
                clear!(
                    teams,
                    spaces,
                    busy,
                    activities,
                    occurrences,
                    seats,
                    draws,
                    sign_ups,
                    roster,
                    walk_ins,
                    closings,
                    exemptions,
                    bookings,
                    desk_bookings,
                    notices
                );
            }
        }
    }

    /// What of it everybody may see.
    #[must_use]
    pub fn only_public(&self) -> Self {
        Self {
            teams: self.teams.clone(),
            spaces: self.spaces.clone(),
            busy: self.busy.clone(),
            activities: self.activities.clone(),
            occurrences: self.occurrences.clone(),
            seats: self.seats.clone(),
            draws: self.draws.clone(),
            ..Self::default()
        }
    }

    /// The signed-in person with the roles their profile names; what a screen may offer follows from it.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match &self.profile {
            None => Actor::Anonymous,
            Some((account, profile)) => Actor::Account(Caller {
                account: *account,
                roles: profile.roles.iter().map(|role| role.role.clone()).collect(),
            }),
        }
    }

    /// How one gets a place at a date: by its activity's policy, and first come, first served once it is drawn.
    #[must_use]
    pub fn policy_of(&self, occurrence: OccurrenceId, activity: &ActivityRow) -> SignUpPolicy {
        let is_drawn = self.draws.get(&occurrence).is_some_and(|draw| draw.row.drawn.is_some());
        if is_drawn { activity.policy.once_drawn() } else { activity.policy }
    }

    /// What the draw of a date gave a sign-up, if it was drawn for.
    #[must_use]
    pub fn lot_of(&self, occurrence: OccurrenceId, sign_up: SignUpId) -> Option<Lot> {
        let drawn = self.draws.get(&occurrence)?.row.drawn.as_ref()?;
        let ticket = ticket(sign_up);
        drawn.lots.iter().find(|lot| lot.ticket == ticket).copied()
    }

    /// One's own live sign-up for a date.
    #[must_use]
    pub fn sign_up_for(&self, occurrence: OccurrenceId) -> Option<(SignUpId, &In<SignUpRow>)> {
        self.sign_ups
            .iter()
            .find(|(_, sign_up)| sign_up.row.occurrence == occurrence && sign_up.row.state.is_live())
            .map(|(id, sign_up)| (*id, sign_up))
    }

    /// Whether the sign-up or booking that a command has made stands or waits.
    #[must_use]
    pub fn stands(&self, id: CommandId) -> bool {
        let sign_up = self.sign_ups.get(&SignUpId::from_uuid(id.uuid()));
        let booking = self.bookings.get(&BookingId::from_uuid(id.uuid()));
        sign_up.is_some_and(|own| own.row.state.is_live()) || booking.is_some_and(|own| own.row.state.is_live())
    }

    /// What is held of a space from the day before to the day after a date.
    #[must_use]
    pub fn holdings_around(&self, space: SpaceId, date: LocalDate) -> Vec<Holding> {
        (-1..=1)
            .filter_map(|days| self.busy.get(&(space, date.plus_days(days))))
            .flat_map(|busy| busy.row.holdings.iter().copied())
            .collect()
    }

    /// What the booking decision reads about a space.
    #[must_use]
    pub fn space_facts<'a>(space: &'a SpaceRow, holdings: &'a [Holding]) -> SpaceFacts<'a> {
        SpaceFacts { policy: &space.policy, hours: &space.hours, closures: &space.closures, holdings }
    }

    /// The times of one's own bookings of a space that are requested or stand and are not over.
    #[must_use]
    pub fn own_times(&self, space: SpaceId, now: Timestamp) -> Vec<TimeRange> {
        let is_open = |row: &&BookingRow| {
            let is_live = matches!(row.state, BookingState::Requested | BookingState::Approved);
            row.space == space && is_live && row.range.end() > now
        };
        self.bookings.values().map(|booking| &booking.row).filter(is_open).map(|row| row.range).collect()
    }
}
