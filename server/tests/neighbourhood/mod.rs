//! A small neighbourhood and phones that talk to it, shared by the tests of the write path and the read path.
//!
//! Two communities, two teams, spaces of each kind, and people whose names and numbers are found again wherever they
//! leak. Deliberately absent: HTTP.

#![expect(dead_code, reason = "each test file uses its part")]

pub mod follower;
pub mod linear;
pub mod truth;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::activity::{Audience as Who, Category, Schedule, SignUpPolicy, Venue};
use domain::attendance::Way;
use domain::change::{CommunityView, Purpose, SpaceRow, TeamRow};
use domain::command::{
    Accepted, BookSpace, CheckIn, Command, Envelope, Outcome, PublishActivity, SignUp, WithdrawSignUp,
};
use domain::id::{
    AccountId, ActivityId, CommandId, CommunityId, DeviceId, OccurrenceId, PersonId, SignUpId, SpaceId, StreamId,
    TeamId,
};
use domain::people::{Actor, Person, Relation, Role};
use domain::refusal::Refusal;
use domain::space::{Answer as Reply, FamilyRule, Mode, Opening, OpeningHours, SpaceKind, SpacePolicy};
use domain::sync::machine::Draft;
use domain::sync::{Answer, Cursor, NotNow, Pull, PullResult, View};
use domain::time::{LocalDate, MinuteOfDay, TimeRange, Timestamp};
use server::store::people::load_caller;
use server::store::seed::{SeedAccount, insert_account, insert_community, insert_space, insert_team};
use server::store::testing::TestDb;
use server::store::{Conn, Db, StoreError};
use server::sync::{Incoming, apply_command, pull};
use uuid::Uuid;

pub const fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

pub fn monday() -> LocalDate {
    LocalDate::from_ymd(2026, 11, 23).expect("a date")
}

/// Monday at ten.
pub fn now() -> Timestamp {
    monday().at(MinuteOfDay::hm(10, 0).expect("a time"))
}

pub fn here() -> CommunityId {
    "banzha".parse().expect("a slug")
}

pub fn there() -> CommunityId {
    "lvdi".parse().expect("a slug")
}

pub fn stream() -> StreamId {
    StreamId::Community(here())
}

pub fn elsewhere() -> StreamId {
    StreamId::Community(there())
}

/// A team here.
pub fn team() -> TeamId {
    TeamId::from_uuid(uuid(400))
}

/// A team of the other community.
pub fn team_there() -> TeamId {
    TeamId::from_uuid(uuid(401))
}

/// Exclusive, answered by its host.
pub fn living_room() -> SpaceId {
    SpaceId::from_uuid(uuid(500))
}

/// Shared by heads, for families, at once.
pub fn play_room() -> SpaceId {
    SpaceId::from_uuid(uuid(501))
}

/// In the other community.
pub fn room_there() -> SpaceId {
    SpaceId::from_uuid(uuid(502))
}

pub const EDITOR: u128 = 20;
pub const HOST: u128 = 21;
pub const STAFF: u128 = 22;
pub const STAFF_THERE: u128 = 23;
pub const DISTRICT: u128 = 24;

/// What the person is called; found in no other name.
pub fn name(n: u128) -> String {
    format!("金丝雀{n:03}")
}

/// The last four digits of the number; found in no other number.
pub fn tail(n: u128) -> String {
    format!("{:04}", 7000 + n)
}

pub fn account(n: u128) -> AccountId {
    AccountId::from_uuid(uuid(n))
}

/// A member of a household: 0 the resident, 1 and 2 children of five, 3 another adult.
pub fn person(n: u128, place: u128) -> PersonId {
    PersonId::from_uuid(uuid(n * 1000 + 10_000 + place))
}

/// The resident and the two children.
pub fn all_of(n: u128) -> [PersonId; 3] {
    [person(n, 0), person(n, 1), person(n, 2)]
}

/// Fills an empty database: residents 1–12 and the staff.
pub async fn settle(db: &Db) {
    settle_many(db, 12).await;
}

/// Fills an empty database with residents 1 to `residents`; beyond 19 they begin at 100.
pub async fn settle_many(db: &Db, residents: u128) {
    db.write("seed", move |conn| {
        Box::pin(async move {
            for (sort, (id, name)) in [(here(), "板闸"), (there(), "绿地")].into_iter().enumerate() {
                let english: String = id.to_string();
                let view = CommunityView {
                    id,
                    name: name.parse().expect("a name"),
                    english_name: english.parse().expect("a name"),
                    phone: None,
                };
                insert_community(conn, &view, sort as u32, false).await?;
            }
            let row = TeamRow {
                name: "淮剧队".parse().expect("a name"),
                category: Category::Opera,
                about: None,
                phone: None,
            };
            insert_team(conn, team(), &here(), &row, now()).await?;
            insert_team(conn, team_there(), &there(), &row, now()).await?;
            for (id, community, mode) in [
                (living_room(), here(), Mode::Exclusive { heads: 20 }),
                (play_room(), here(), Mode::Shared { groups: 3, heads: 8 }),
                (room_there(), there(), Mode::Exclusive { heads: 20 }),
            ] {
                let row = space_row(mode);
                insert_space(conn, id, &community, &row, &[format!("atom-{id}")], now()).await?;
            }
            for n in 1..=residents {
                family(conn, if n > 19 { n + 80 } else { n }, &[]).await?;
            }
            family(conn, EDITOR, &[Role::TeamEditor(team())]).await?;
            family(conn, HOST, &[Role::Host(living_room()), Role::Host(play_room())]).await?;
            family(conn, STAFF, &[Role::CommunityAdmin(here())]).await?;
            family(conn, STAFF_THERE, &[Role::CommunityAdmin(there())]).await?;
            family(conn, DISTRICT, &[Role::DistrictAdmin]).await
        })
    })
    .await
    .expect("a neighbourhood");
}

async fn family(conn: &mut Conn<'_>, n: u128, roles: &[Role]) -> Result<(), StoreError> {
    let household: Vec<Person> = (0..4)
        .map(|place| Person {
            id: person(n, place),
            relation: match place {
                0 => Relation::Me,
                1 | 2 => Relation::Child,
                _ => Relation::Adult,
            },
            name: format!("{}-{place}", name(n)).parse().expect("a name"),
            born: (place == 1 || place == 2).then(|| "2021-05".parse().expect("a month")),
        })
        .collect();
    let phone = format!("1990000{}", tail(n)).parse().expect("a number");
    let seeded = SeedAccount {
        id: account(n),
        phone: Some(&phone),
        name: &household[0].name,
        home: &here(),
        roles,
        household: &household,
        demo_role: None,
    };
    insert_account(conn, &seeded, now()).await
}

pub fn space_row(mode: Mode) -> SpaceRow {
    let is_shared = matches!(mode, Mode::Shared { .. });
    SpaceRow {
        name: "居民客厅".parse().expect("a name"),
        kind: if is_shared { SpaceKind::ParentChild } else { SpaceKind::LivingRoom },
        address: "一楼".parse().expect("a place"),
        access: None,
        about: None,
        phone: None,
        hosts: vec![],
        policy: SpacePolicy {
            mode,
            grid_minutes: 30,
            min_minutes: 60,
            max_minutes: 180,
            setup_minutes: 0,
            teardown_minutes: if is_shared { 0 } else { 15 },
            notice_minutes: 30,
            horizon_days: 30,
            answer: if is_shared { Reply::Instant } else { Reply::ByHost { within_minutes: 120 } },
            family: is_shared.then_some(FamilyRule { from: 0, to: 6, children_per_adult: 2 }),
            open_bookings_max: 2,
            check_in_required: !is_shared,
        },
        hours: OpeningHours(std::array::from_fn(|_| Opening::new(8 * 60, 21 * 60).into_iter().collect())),
        closures: vec![],
    }
}

static NEXT_COMMAND: AtomicU64 = AtomicU64::new(1);

/// A phone of one person: numbers its commands.
pub struct Phone {
    pub account: AccountId,
    pub device: DeviceId,
    no: AtomicU64,
}

impl Phone {
    /// One that nobody has had before.
    pub fn of(n: u128) -> Self {
        Self::nth(n, 1_000_000 + u128::from(NEXT_COMMAND.fetch_add(1, Ordering::SeqCst)))
    }

    /// One with a number of its own, below a million.
    pub fn nth(n: u128, device: u128) -> Self {
        let device = DeviceId::from_uuid(uuid((n << 64) + device));
        Self { account: account(n), device, no: AtomicU64::new(0) }
    }

    /// An envelope with the next number.
    pub fn envelope(&self, stream: &StreamId, command: &Command) -> Envelope {
        let id = CommandId::from_uuid(uuid((0xc0 << 100) + u128::from(NEXT_COMMAND.fetch_add(1, Ordering::SeqCst))));
        let (account, stream, command) = (self.account, stream.clone(), command.clone());
        let draft = Draft { id, account, stream, depends_on: None, phone_ms: 0, command };
        draft.envelope(self.device, self.no.fetch_add(1, Ordering::SeqCst) + 1)
    }

    pub async fn actor(&self, db: &Db) -> Actor {
        let account = self.account;
        let caller = db.read(move |conn| Box::pin(async move { load_caller(conn, account).await })).await;
        Actor::Account(caller.expect("a caller").expect("an open account"))
    }

    pub async fn send(&self, db: &Db, envelope: &Envelope, at: Timestamp) -> Answer {
        let actor = self.actor(db).await;
        send_as(db, &actor, envelope, at).await.expect("an answer")
    }

    pub async fn ask(&self, db: &Db, command: Command) -> (CommandId, Outcome) {
        self.ask_in(db, &stream(), command, now()).await
    }

    pub async fn ask_at(&self, db: &Db, command: Command, at: Timestamp) -> Outcome {
        self.ask_in(db, &stream(), command, at).await.1
    }

    pub async fn ask_in(&self, db: &Db, stream: &StreamId, command: Command, at: Timestamp) -> (CommandId, Outcome) {
        let envelope = self.envelope(stream, &command);
        match self.send(db, &envelope, at).await {
            Answer::Decided { outcome, .. } => (envelope.id, outcome),
            Answer::NotNow { not_now, .. } => panic!("not decided: {not_now:?}"),
        }
    }

    pub async fn pull(&self, db: &Db, stream: StreamId, cursor: Option<Cursor>) -> PullResult {
        let actor = self.actor(db).await;
        pull_as(db, actor, stream, cursor).await
    }

    pub async fn cursor(&self, db: &Db, stream: StreamId) -> Cursor {
        match self.pull(db, stream, None).await {
            PullResult::Snapshot { cursor, .. } => cursor,
            other => panic!("no snapshot: {other:?}"),
        }
    }

    pub async fn view(&self, db: &Db) -> View {
        let mut view = View::default();
        for stream in [stream(), StreamId::Account(self.account)] {
            let PullResult::Snapshot { rows, .. } = self.pull(db, stream.clone(), None).await else {
                panic!("a first pull is a snapshot")
            };
            for row in &rows {
                row.parse().expect("a readable row");
                view.put(&stream, row);
            }
        }
        view
    }
}

/// Hands a command in, without what comes before and after.
pub async fn send_as(db: &Db, actor: &Actor, envelope: &Envelope, at: Timestamp) -> Result<Answer, StoreError> {
    let (actor, incoming) = (actor.clone(), Arc::new(Incoming::of(envelope.clone())));
    db.write("c:banzha", move |conn| {
        let (actor, incoming) = (actor.clone(), Arc::clone(&incoming));
        Box::pin(async move { apply_command(conn, &actor, &incoming, at).await })
    })
    .await
}

pub async fn pull_as(db: &Db, actor: Actor, stream: StreamId, cursor: Option<Cursor>) -> PullResult {
    let wanted = Pull { stream, cursor, checksum: None };
    db.read(move |conn| Box::pin(async move { pull(conn, &actor, &wanted, now()).await })).await.expect("a pull").result
}

#[track_caller]
pub fn accepted(outcome: &Outcome) -> &Accepted {
    match outcome {
        Outcome::Accepted { result, .. } => result,
        other => panic!("not accepted: {other:?}"),
    }
}

#[track_caller]
pub fn refusal(outcome: &Outcome) -> &Refusal {
    match outcome {
        Outcome::Refused { refusal, .. } => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[track_caller]
pub fn not_now(answer: Answer) -> NotNow {
    match answer {
        Answer::NotNow { not_now, .. } => not_now,
        Answer::Decided { outcome, .. } => panic!("decided: {outcome:?}"),
    }
}

pub fn hm(hour: u8, minute: u8) -> MinuteOfDay {
    MinuteOfDay::hm(hour, minute).expect("a time")
}

/// Tomorrow from two to three, `capacity` heads, parties of up to four, sign-up until the start.
pub fn activity(capacity: Option<u16>, space: Option<SpaceId>) -> PublishActivity {
    PublishActivity {
        team: team(),
        title: "淮剧教唱".parse().expect("a title"),
        about: None,
        category: Category::Opera,
        audience: Who::Everyone,
        venue: Venue { space, place: "二楼".parse().expect("a place") },
        schedule: Schedule::Once { on: monday().plus_days(1), at: hm(14, 0), minutes: 60 },
        policy: policy(capacity),
    }
}

pub fn policy(capacity: Option<u16>) -> SignUpPolicy {
    SignUpPolicy::PerOccurrence {
        capacity,
        opens_minutes_before: None,
        closes_minutes_before: 0,
        party_max: 4,
        draws_minutes_before: None,
    }
}

/// Publishes and names the first date.
pub async fn publish(db: &Db, activity: PublishActivity) -> OccurrenceId {
    let start = activity.schedule.dates(now()).expect("dates")[0].start();
    let (id, outcome) = Phone::of(EDITOR).ask(db, Command::PublishActivity(activity)).await;
    assert!(matches!(accepted(&outcome), Accepted::Published { .. }), "{outcome:?}");
    domain::activity::occurrence_id(ActivityId::from_uuid(id.uuid()), start)
}

pub fn sign_up(occurrence: OccurrenceId, people: &[PersonId]) -> Command {
    Command::SignUp(SignUp { occurrence, people: people.to_vec() })
}

pub fn withdraw(sign_up: SignUpId, people: &[PersonId]) -> Command {
    Command::WithdrawSignUp(WithdrawSignUp { sign_up, people: people.to_vec() })
}

pub fn check_in(sign_up: SignUpId) -> Command {
    Command::CheckIn(CheckIn { sign_up, at: None, way: Way::Name })
}

/// `day` days from Monday, from one civil time for so many minutes.
pub fn time(day: i32, from: MinuteOfDay, minutes: i64) -> TimeRange {
    let start = monday().plus_days(day).at(from);
    TimeRange::new(start, start.plus_minutes(minutes)).expect("a range")
}

pub fn book(space: SpaceId, range: TimeRange, adults: u16, children: &[PersonId]) -> Command {
    let children = children.to_vec();
    Command::BookSpace(BookSpace { space, range, adults, children, purpose: Purpose::Chat, note: None })
}

/// The tables that hold what happened. Not among them: devices and stored answers, which a refusal adds to.
const TABLES: [(&str, &str); 17] = [
    ("activity", "select count(*) from activity"),
    ("occurrence", "select count(*) from occurrence"),
    ("sign_up", "select count(*) from sign_up"),
    ("sign_up_member", "select count(*) from sign_up_member"),
    ("live members", "select count(*) from sign_up_member where left_at is null"),
    ("closing", "select count(*) from closing"),
    ("arrival", "select count(*) from arrival"),
    ("arrival_undone", "select count(*) from arrival_undone"),
    ("booking", "select count(*) from booking"),
    ("live bookings", "select count(*) from booking where state in ('requested', 'approved', 'checked_in')"),
    ("claim", "select count(*) from claim"),
    ("occupancy", "select count(*) from occupancy"),
    ("notice", "select count(*) from notice"),
    ("unread", "select count(*) from notice where read_at is null"),
    ("person", "select count(*) from person where removed_at is null"),
    ("synced_row", "select count(*) from synced_row"),
    ("heads of streams", "select cast(sum(head) as bigint) from stream"),
];

/// How much there is of everything that an accepted command changes.
pub async fn amounts(test: &TestDb) -> BTreeMap<&'static str, i64> {
    let mut amounts = BTreeMap::new();
    for (table, sql) in TABLES {
        amounts.insert(table, test.number(sql, &[]).await);
    }
    amounts
}

/// Rolls dice alike on every machine.
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }
}
