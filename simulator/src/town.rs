//! The small town that people want something of: what is there, and what became of their commands, each decided by the
//! functions of `domain` that the real server calls.
//!
//! Deliberately absent: the protocol around it ([`crate::server`]).

use std::collections::{BTreeMap, BTreeSet};

use domain::activity::{Audience as Guests, Category, SignUpPolicy, Venue};
use domain::booking::{BookingDecision, BookingState, Holding, Party, SpaceFacts, decide_booking};
use domain::change::{
    ActivityRow, Audience, BookingRow, BusyRow, OccurrenceRow, PartyMember, ProfileRow, RosterRow, SignUpRow,
    SignUpState, SpaceRow, busy_id, class,
};
use domain::command::{Accepted, BookSpace, Command, SignUp, WithdrawSignUp};
use domain::id::{
    AccountId, ActivityId, BookingId, CommandId, CommunityId, OccurrenceId, PersonId, SignUpId, SpaceId, StreamId,
    TeamId,
};
use domain::people::{Person, Relation};
use domain::refusal::Refusal;
use domain::sign_up::{
    Seats, SignUpDecision, Terms, WaitingParty, WithdrawalDecision, decide_sign_up, decide_withdrawal,
    lowest_free_seats, rebalance,
};
use domain::space::{Answer, Mode, Opening, OpeningHours, SpaceKind, SpacePolicy};
use domain::time::{LocalDate, TimeRange, Timestamp};
use uuid::Uuid;

/// When every run begins.
pub const BEGIN_MS: i64 = 1_795_390_200_000;
/// How many people there are.
pub const ACCOUNTS: u128 = 4;
/// Places of each date.
const CAPACITIES: [u16; 3] = [2, 3, 5];
/// The communities, and which of them each date lies in.
const COMMUNITIES: [&str; 2] = ["east", "west"];

macro_rules! json {
    ($row:expr) => {
        match serde_json::to_string($row) {
            Ok(json) => json,
            Err(_) => unreachable!("a row of checked values has a JSON form"),
        }
    };
}

fn valid<T: std::str::FromStr>(text: &str) -> T {
    match text.parse() {
        Ok(value) => value,
        Err(_) => unreachable!("a constant of the town"),
    }
}

/// The account of a number below [`ACCOUNTS`].
#[must_use]
pub const fn account(number: u128) -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(0xa000 + number))
}

/// The team that publishes everything; its editors see rosters.
#[must_use]
pub const fn team() -> TeamId {
    TeamId::from_uuid(Uuid::from_u128(0x7ea0))
}

/// The one space.
#[must_use]
pub const fn space() -> SpaceId {
    SpaceId::from_uuid(Uuid::from_u128(0x59ace))
}

/// The streams of the communities.
#[must_use]
pub fn community_streams() -> Vec<StreamId> {
    COMMUNITIES.iter().map(|name| StreamId::Community(valid(name))).collect()
}

/// The stream a date lies in.
#[must_use]
pub fn stream_of(occurrence: OccurrenceId) -> StreamId {
    let number = usize::try_from(occurrence.uuid().as_u128() & 0xf).unwrap_or_default();
    StreamId::Community(valid(COMMUNITIES[number % COMMUNITIES.len()]))
}

/// The dates.
#[must_use]
pub fn occurrences() -> Vec<OccurrenceId> {
    (0..CAPACITIES.len() as u128).map(|number| OccurrenceId::from_uuid(Uuid::from_u128(0x0cc0 + number))).collect()
}

/// The household of an account: the resident, another adult, a child.
#[must_use]
pub fn household(account: AccountId) -> Vec<Person> {
    let base = account.uuid().as_u128() << 8;
    [Relation::Me, Relation::Adult, Relation::Child]
        .into_iter()
        .zip(1..)
        .map(|(relation, number)| Person {
            id: PersonId::from_uuid(Uuid::from_u128(base + number)),
            relation,
            name: valid("Ann"),
            born: (relation == Relation::Child).then(|| valid("2021-05")),
        })
        .collect()
}

/// The times somebody may want the space: five hours of the day after tomorrow.
#[must_use]
pub fn slots() -> Vec<TimeRange> {
    let day = Timestamp::from_ms(BEGIN_MS).date().plus_days(2).start();
    let slot = |hour: i64| TimeRange::new(day.plus_minutes(hour * 60), day.plus_minutes(hour * 60 + 60));
    (9..14).filter_map(slot).collect()
}

fn terms(number: usize) -> Terms {
    let start = Timestamp::from_ms(BEGIN_MS).plus_minutes(24 * 60 * 3);
    let policy = SignUpPolicy::PerOccurrence {
        capacity: Some(CAPACITIES[number % CAPACITIES.len()]),
        opens_minutes_before: None,
        closes_minutes_before: 30,
        party_max: 4,
        draws_minutes_before: None,
    };
    let Some(range) = TimeRange::new(start, start.plus_minutes(60)) else { unreachable!("an hour is a range") };
    Terms { policy, audience: Guests::Everyone, range, is_cancelled: false }
}

fn space_row() -> SpaceRow {
    let day: Vec<Opening> = Opening::new(8 * 60, 20 * 60).into_iter().collect();
    let policy = SpacePolicy {
        mode: Mode::Exclusive { heads: 10 },
        grid_minutes: 30,
        min_minutes: 30,
        max_minutes: 120,
        setup_minutes: 0,
        teardown_minutes: 0,
        notice_minutes: 0,
        horizon_days: 14,
        answer: Answer::Instant,
        family: None,
        open_bookings_max: 3,
        check_in_required: false,
    };
    SpaceRow {
        name: valid("Room"),
        kind: SpaceKind::Hall,
        address: valid("Road 1"),
        access: None,
        about: None,
        phone: None,
        hosts: Vec::new(),
        policy,
        hours: OpeningHours(std::array::from_fn(|_| day.clone())),
        closures: Vec::new(),
    }
}

/// A row of a change before it has its number.
#[derive(Debug, Clone)]
pub struct DraftRow {
    /// Who may see it.
    pub audience: Audience,
    /// Its class.
    pub class: &'static str,
    /// Its id.
    pub id: String,
    /// Its body; none for one that is gone.
    pub body: Option<String>,
}

/// A sign-up as the server knows it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The date.
    pub occurrence: OccurrenceId,
    /// Whose.
    pub account: AccountId,
    /// Who comes.
    pub party: Vec<Person>,
    /// Where it stands; `None` waits.
    seats: Option<Vec<u16>>,
    /// When it was withdrawn.
    withdrawn: Option<Timestamp>,
    since: u64,
}

impl Entry {
    /// Whether it holds places or waits for them.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        self.withdrawn.is_none()
    }

    /// Whether it holds places.
    #[must_use]
    pub const fn is_confirmed(&self) -> bool {
        self.is_live() && self.seats.is_some()
    }
}

/// What is known of the town.
#[derive(Debug, Clone, Default)]
pub struct Town {
    /// Every sign-up there ever was.
    pub sign_ups: BTreeMap<SignUpId, Entry>,
    /// Every booking.
    pub bookings: BTreeMap<BookingId, (AccountId, TimeRange)>,
    arrivals: u64,
    /// How many parties moved up.
    pub promotions: u64,
}

/// What an accepted command came to, with the rows it changed; none when nothing did.
pub type Done = (Accepted, Vec<DraftRow>);

impl Town {
    /// The rows that are there before anybody does anything, by stream.
    #[must_use]
    pub fn first_rows() -> Vec<(StreamId, Vec<DraftRow>)> {
        let mut rows: BTreeMap<StreamId, Vec<DraftRow>> = BTreeMap::new();
        let mut put = |stream, audience, class, id: String, body| {
            rows.entry(stream).or_default().push(DraftRow { audience, class, id, body: Some(body) });
        };
        let activity = ActivityId::from_uuid(Uuid::from_u128(0xac71));
        for (number, id) in occurrences().into_iter().enumerate() {
            let terms = terms(number);
            let own = ActivityId::from_uuid(Uuid::from_u128(activity.uuid().as_u128() + number as u128));
            let row = ActivityRow {
                team: team(),
                title: valid("Opera"),
                series: None,
                about: None,
                category: Category::Opera,
                audience: terms.audience,
                venue: Venue { space: None, place: valid("Hall") },
                policy: terms.policy,
            };
            put(stream_of(id), Audience::Public, class::ACTIVITY, own.to_string(), json!(&row));
            let row = OccurrenceRow { activity: own, range: terms.range, cancelled: None, sequence: 0, by_hand: None };
            put(stream_of(id), Audience::Public, class::OCCURRENCE, id.to_string(), json!(&row));
            let seats = Seats { capacity: terms.policy.capacity(), ..Seats::default() };
            put(stream_of(id), Audience::Public, class::SEATS, id.to_string(), json!(&seats));
        }
        let east = StreamId::Community(valid(COMMUNITIES[0]));
        put(east, Audience::Public, class::SPACE, space().to_string(), json!(&space_row()));
        for number in 0..ACCOUNTS {
            let account = account(number);
            let own = StreamId::Account(account);
            let profile = ProfileRow {
                name: valid("Ann"),
                home: valid(COMMUNITIES[0]),
                phone_tail: String::new(),
                roles: Vec::new(),
                calendar: None,
            };
            put(own.clone(), Audience::Account(account), class::PROFILE, account.to_string(), json!(&profile));
            for person in household(account) {
                let id = person.id.to_string();
                put(own.clone(), Audience::Account(account), class::PERSON, id, json!(&person));
            }
        }
        rows.into_iter().collect()
    }

    /// Carries a command out.
    ///
    /// # Errors
    /// What the domain refuses.
    pub fn carry_out(
        &mut self,
        id: CommandId,
        account: AccountId,
        command: &Command,
        now: Timestamp,
        places_are_held: bool,
    ) -> Result<Done, Refusal> {
        match command {
            Command::SignUp(body) => self.sign_up(id, account, body, now, places_are_held),
            Command::WithdrawSignUp(body) => self.withdraw(account, body, now),
            Command::BookSpace(body) => self.book(id, account, body, now),
            _ => Err(Refusal::Gone),
        }
    }

    fn live(&self, occurrence: OccurrenceId) -> impl Iterator<Item = (&SignUpId, &Entry)> {
        self.sign_ups.iter().filter(move |(_, entry)| entry.occurrence == occurrence && entry.is_live())
    }

    /// The counts of a date.
    #[must_use]
    pub fn seats(&self, occurrence: OccurrenceId) -> Seats {
        let number = occurrences().iter().position(|id| *id == occurrence).unwrap_or_default();
        let mut seats = Seats { capacity: terms(number).policy.capacity(), ..Seats::default() };
        for (_, entry) in self.live(occurrence) {
            let heads = u16::try_from(entry.party.len()).unwrap_or(u16::MAX);
            if entry.seats.is_some() {
                seats.taken += heads;
            } else {
                seats.waiting_parties += 1;
                seats.waiting_heads += heads;
            }
        }
        seats
    }

    fn taken_seats(&self, occurrence: OccurrenceId) -> Vec<u16> {
        let mut taken: Vec<u16> = self.live(occurrence).filter_map(|(_, e)| e.seats.clone()).flatten().collect();
        taken.sort_unstable();
        taken
    }

    fn waiting(&self, occurrence: OccurrenceId) -> Vec<WaitingParty> {
        let mut waiting: Vec<_> = self.live(occurrence).filter(|(_, entry)| entry.seats.is_none()).collect();
        waiting.sort_by_key(|(_, entry)| entry.since);
        let heads = |entry: &Entry| u16::try_from(entry.party.len()).unwrap_or(u16::MAX);
        waiting
            .into_iter()
            .map(|(id, entry)| WaitingParty { id: *id, heads: heads(entry), passes: 0, can_answer: true })
            .collect()
    }

    fn sign_up(
        &mut self,
        id: CommandId,
        account: AccountId,
        body: &SignUp,
        now: Timestamp,
        places_are_held: bool,
    ) -> Result<Done, Refusal> {
        let number = occurrences().iter().position(|known| *known == body.occurrence).ok_or(Refusal::Gone)?;
        let named: BTreeSet<PersonId> = body.people.iter().copied().collect();
        let party: Vec<Person> = household(account).into_iter().filter(|person| named.contains(&person.id)).collect();
        if party.len() != named.len() {
            return Err(Refusal::Gone);
        }
        let own = self.live(body.occurrence).find(|(_, entry)| entry.account == account);
        let own: Vec<PersonId> = own.map(|(_, e)| e.party.iter().map(|p| p.id).collect()).unwrap_or_default();
        let mut seats = self.seats(body.occurrence);
        if !places_are_held {
            // As it was before the last party of two.
            (seats.taken, seats.waiting_parties) = (seats.taken.saturating_sub(2), 0);
        }
        let decision = decide_sign_up(&terms(number), seats, &party, &own, now)?;
        let heads = u16::try_from(party.len()).unwrap_or(u16::MAX);
        let (places, result) = match decision {
            SignUpDecision::AlreadyDone => return Ok((Accepted::AlreadyDone, Vec::new())),
            SignUpDecision::Confirmed => {
                let places = lowest_free_seats(&self.taken_seats(body.occurrence), heads);
                let seat = places.first().copied();
                (Some(places), Accepted::Confirmed { seat, capacity: seats.capacity })
            }
            SignUpDecision::Pooled { draws_at } => (None, Accepted::Pooled { draws_at }),
            SignUpDecision::Waitlisted { parties_ahead } => (None, Accepted::Waitlisted { parties_ahead }),
        };
        self.arrivals += 1;
        let sign_up = SignUpId::from_uuid(id.uuid());
        let since = self.arrivals;
        let entry = Entry { occurrence: body.occurrence, account, party, seats: places, withdrawn: None, since };
        self.sign_ups.insert(sign_up, entry);
        Ok((result, self.rows_of(body.occurrence, &[sign_up])))
    }

    fn withdraw(&mut self, account: AccountId, body: &WithdrawSignUp, now: Timestamp) -> Result<Done, Refusal> {
        let entry = self.sign_ups.get_mut(&body.sign_up).filter(|entry| entry.account == account);
        let entry = entry.ok_or(Refusal::Gone)?;
        if !entry.is_live() {
            return Ok((Accepted::AlreadyDone, Vec::new()));
        }
        let occurrence = entry.occurrence;
        let number = occurrences().iter().position(|known| *known == occurrence).unwrap_or_default();
        let range = terms(number).range;
        match decide_withdrawal(range, &entry.party, &body.people, now)? {
            WithdrawalDecision::AlreadyOut => return Ok((Accepted::AlreadyDone, Vec::new())),
            WithdrawalDecision::Whole => entry.withdrawn = Some(now),
            WithdrawalDecision::Part(_) => {
                let stays = |person: &Person| !body.people.contains(&person.id);
                if let Some(seats) = &mut entry.seats {
                    let mut kept = entry.party.iter().map(stays);
                    seats.retain(|_| kept.next().unwrap_or(true));
                }
                entry.party.retain(stays);
            }
        }
        let waited = self.waiting(occurrence);
        let seats = self.seats(occurrence);
        let mut touched = vec![body.sign_up];
        for id in rebalance(seats.capacity, seats.taken, &waited, range, false, now).promoted {
            let taken = self.taken_seats(occurrence);
            if let Some(entry) = self.sign_ups.get_mut(&id) {
                entry.seats = Some(lowest_free_seats(&taken, u16::try_from(entry.party.len()).unwrap_or(u16::MAX)));
                self.promotions += 1;
            }
        }
        touched.extend(waited.iter().map(|party| party.id));
        Ok((Accepted::Done, self.rows_of(occurrence, &touched)))
    }

    fn rows_of(&self, occurrence: OccurrenceId, touched: &[SignUpId]) -> Vec<DraftRow> {
        let seats = json!(&self.seats(occurrence));
        let id = occurrence.to_string();
        let mut rows = vec![DraftRow { audience: Audience::Public, class: class::SEATS, id, body: Some(seats) }];
        let waiting = self.waiting(occurrence);
        for id in touched {
            let Some(entry) = self.sign_ups.get(id) else { continue };
            let ahead = waiting.iter().position(|party| party.id == *id).unwrap_or_default();
            let state = match (entry.withdrawn, &entry.seats) {
                (Some(at), _) => SignUpState::Withdrawn { at, has_lapsed: false },
                (None, Some(_)) => SignUpState::Confirmed,
                (None, None) => SignUpState::Waitlisted {
                    parties_ahead: u16::try_from(ahead).unwrap_or(u16::MAX),
                    offer_until: None,
                },
            };
            let seat = |place: usize| entry.seats.as_ref().and_then(|seats| seats.get(place).copied());
            let member = |(place, person): (usize, &Person)| PartyMember {
                person: person.id,
                name: person.name.clone(),
                seat: seat(place),
            };
            let party = entry.party.iter().enumerate().map(member).collect();
            let row = SignUpRow { occurrence, state, party, checked_in_at: None, needs_ack: None };
            let (audience, id) = (Audience::Account(entry.account), id.to_string());
            rows.push(DraftRow { audience, class: class::SIGN_UP, id: id.clone(), body: Some(json!(&row)) });
            let roster = RosterRow {
                occurrence,
                state,
                name: valid("Ann"),
                phone_tail: String::new(),
                adults: u16::try_from(entry.party.len()).unwrap_or(u16::MAX),
                children: 0,
                seat: seat(0),
                signed_up_at: Timestamp::from_ms(BEGIN_MS),
                checked_in_at: None,
                signed_up_by: None,
                arrivals: Vec::new(),
            };
            // Who has withdrawn is gone from the team's list.
            let body = entry.is_live().then(|| json!(&roster));
            rows.push(DraftRow { audience: Audience::Team(team()), class: class::ROSTER, id, body });
        }
        rows
    }

    fn holdings(&self, date: LocalDate) -> Vec<Holding> {
        let ranges = self.bookings.values().map(|(_, range)| *range).filter(|range| range.start().date() == date);
        ranges.map(|range| Holding { range, setup: 0, teardown: 0, heads: 1 }).collect()
    }

    fn book(&mut self, id: CommandId, account: AccountId, body: &BookSpace, now: Timestamp) -> Result<Done, Refusal> {
        let date = body.range.start().date();
        let facts = space_row();
        let holdings = self.holdings(date);
        let facts = SpaceFacts { policy: &facts.policy, hours: &facts.hours, closures: &[], holdings: &holdings };
        let own: Vec<TimeRange> =
            self.bookings.values().filter(|(owner, _)| *owner == account).map(|(_, range)| *range).collect();
        let party = Party { adults: body.adults, child_ages: &[] };
        let decision = decide_booking(&facts, body.range, party, &own, now)?;
        let (state, result) = match decision {
            BookingDecision::Approved => (BookingState::Approved, Accepted::Booked),
            BookingDecision::Requested { answer_by } => (BookingState::Requested, Accepted::Requested { answer_by }),
        };
        let booking = BookingId::from_uuid(id.uuid());
        self.bookings.insert(booking, (account, body.range));
        let busy = BusyRow { space: space(), date, holdings: self.holdings(date) };
        let row = BookingRow {
            space: space(),
            range: body.range,
            state,
            adults: body.adults,
            children: 0,
            purpose: body.purpose,
            note: None,
            answer_by: None,
            reason: None,
        };
        let own = Audience::Account(account);
        let public = Audience::Public;
        Ok((
            result,
            vec![
                DraftRow { audience: public, class: class::BUSY, id: busy_id(space(), date), body: Some(json!(&busy)) },
                DraftRow { audience: own, class: class::BOOKING, id: booking.to_string(), body: Some(json!(&row)) },
            ],
        ))
    }

    /// The community with the space.
    #[must_use]
    pub fn space_community() -> CommunityId {
        valid(COMMUNITIES[0])
    }
}
