//! The write path and the read path on both engines: what a family, a neighbour, a host and a team can do, what they
//! are told, and what nobody else learns of it.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::activity::{Audience as Who, Category, Schedule, SignUpPolicy, Venue};
use domain::booking::BookingState;
use domain::change::{CommunityView, Purpose, RowBody, SignUpState, SpaceRow, TeamRow};
use domain::command::{
    Accepted, AddPerson, ApproveBooking, BookSpace, CancelBooking, CancelOccurrence, CheckIn, Command, DeclineBooking,
    Envelope, Outcome, PublishActivity, RemovePerson, SignUp, UpdateProfile, WithdrawSignUp,
};
use domain::id::{
    AccountId, ActivityId, BookingId, CommandId, CommunityId, DeviceId, OccurrenceId, PersonId, SignUpId, SpaceId,
    StreamId, TeamId,
};
use domain::people::{Actor, Person, Relation, Role};
use domain::refusal::{Alternative, Refusal};
use domain::space::{Answer as Reply, Mode, Opening, OpeningHours, SpaceKind, SpacePolicy};
use domain::sync::{Answer, Cursor, NotNow, Pull, PullResult, View};
use domain::time::{LocalDate, MinuteOfDay, TimeRange, Timestamp};
use serde_json::value::RawValue;
use server::on_both_engines;
use server::store::people::load_caller;
use server::store::seed::{SeedAccount, insert_account, insert_community, insert_space, insert_team};
use server::store::{Db, StoreError};
use server::sync::{apply_command, pull};
use uuid::Uuid;

const fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn monday() -> LocalDate {
    LocalDate::from_ymd(2026, 11, 23).expect("a date")
}

fn now() -> Timestamp {
    monday().at(MinuteOfDay::hm(10, 0).expect("a time"))
}

fn here() -> CommunityId {
    "banzha".parse().expect("a slug")
}

fn there() -> CommunityId {
    "lvdi".parse().expect("a slug")
}

fn stream() -> StreamId {
    StreamId::Community(here())
}

fn living_room() -> SpaceId {
    SpaceId::from_uuid(uuid(500))
}

fn team() -> TeamId {
    TeamId::from_uuid(uuid(400))
}

/// Two communities, a team, two living rooms, and people: 1–9 families of three, 20 editor, 21 host, 22 staff, 23 staff
/// of the other community, 24 district.
async fn settle(db: &Db) {
    db.write("seed", |conn| {
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
            for n in [500, 501] {
                let id = SpaceId::from_uuid(uuid(n));
                insert_space(conn, id, &here(), &space_row(), &[format!("atom-{n}")], now()).await?;
            }
            for n in 1..=9u128 {
                family(conn, n, &[]).await?;
            }
            family(conn, 20, &[Role::TeamEditor(team())]).await?;
            family(conn, 21, &[Role::Host(living_room())]).await?;
            family(conn, 22, &[Role::CommunityAdmin(here())]).await?;
            family(conn, 23, &[Role::CommunityAdmin(there())]).await?;
            family(conn, 24, &[Role::DistrictAdmin]).await
        })
    })
    .await
    .expect("a neighbourhood");
}

async fn family(conn: &mut server::store::Conn<'_>, n: u128, roles: &[Role]) -> Result<(), StoreError> {
    let household: Vec<Person> = (0..3)
        .map(|place| Person {
            id: person(n, place),
            relation: if place == 0 { Relation::Me } else { Relation::Child },
            name: "王小宝".parse().expect("a name"),
            born: (place > 0).then(|| "2021-05".parse().expect("a month")),
        })
        .collect();
    let phone = format!("199{n:08}").parse().expect("a number");
    let account = SeedAccount {
        id: AccountId::from_uuid(uuid(n)),
        phone: Some(&phone),
        name: &household[0].name,
        home: &here(),
        roles,
        household: &household,
        demo_role: None,
    };
    insert_account(conn, &account, now()).await
}

fn person(n: u128, place: u128) -> PersonId {
    PersonId::from_uuid(uuid(n * 1000 + 10_000 + place))
}

fn space_row() -> SpaceRow {
    SpaceRow {
        name: "居民客厅".parse().expect("a name"),
        kind: SpaceKind::LivingRoom,
        address: "一楼".parse().expect("a place"),
        access: None,
        about: None,
        phone: None,
        hosts: vec![],
        policy: SpacePolicy {
            mode: Mode::Exclusive { heads: 20 },
            grid_minutes: 30,
            min_minutes: 30,
            max_minutes: 180,
            setup_minutes: 0,
            teardown_minutes: 15,
            notice_minutes: 30,
            horizon_days: 30,
            answer: Reply::ByHost { within_minutes: 120 },
            family: None,
            open_bookings_max: 2,
            check_in_required: true,
        },
        hours: OpeningHours(std::array::from_fn(|_| Opening::new(8 * 60, 21 * 60).into_iter().collect())),
        closures: vec![],
    }
}

static NEXT_COMMAND: AtomicU64 = AtomicU64::new(1);

/// A phone of one person: numbers its commands.
struct Phone {
    account: AccountId,
    device: DeviceId,
    no: AtomicU64,
}

impl Phone {
    fn of(n: u128) -> Self {
        Self::nth(n, 1)
    }

    fn nth(n: u128, device: u128) -> Self {
        let device = DeviceId::from_uuid(uuid(n * 10_000_000 + device));
        Self { account: AccountId::from_uuid(uuid(n)), device, no: AtomicU64::new(0) }
    }

    fn envelope(&self, stream: &StreamId, command: &Command) -> (CommandId, Box<RawValue>) {
        let id = CommandId::from_uuid(uuid(0xc000_0000 + u128::from(NEXT_COMMAND.fetch_add(1, Ordering::SeqCst))));
        let envelope = Envelope {
            v: 1,
            id,
            device: self.device,
            no: self.no.fetch_add(1, Ordering::SeqCst) + 1,
            account: self.account,
            stream: stream.clone(),
            depends_on: None,
            phone_ms: 0,
            kind: command.kind().to_owned(),
            kind_v: 1,
            body: command.body(),
        };
        (id, serde_json::value::to_raw_value(&envelope).expect("json"))
    }

    async fn actor(&self, db: &Db) -> Actor {
        let account = self.account;
        let caller = db.read(move |conn| Box::pin(async move { load_caller(conn, account).await })).await;
        Actor::Account(caller.expect("a caller").expect("an open account"))
    }

    async fn send_raw(&self, db: &Db, raw: Box<RawValue>, at: Timestamp) -> Answer {
        let actor = self.actor(db).await;
        db.write("c:banzha", move |conn| {
            let (actor, raw) = (actor.clone(), raw.clone());
            Box::pin(async move { apply_command(conn, &actor, &raw, at).await })
        })
        .await
        .expect("an answer")
    }

    async fn ask(&self, db: &Db, command: Command) -> (CommandId, Outcome) {
        self.ask_in(db, &stream(), command, now()).await
    }

    async fn ask_in(&self, db: &Db, stream: &StreamId, command: Command, at: Timestamp) -> (CommandId, Outcome) {
        let (id, raw) = self.envelope(stream, &command);
        match self.send_raw(db, raw, at).await {
            Answer::Decided { outcome, .. } => (id, outcome),
            Answer::NotNow { not_now, .. } => panic!("not decided: {not_now:?}"),
        }
    }

    async fn pull(&self, db: &Db, stream: StreamId, cursor: Option<Cursor>) -> PullResult {
        let actor = self.actor(db).await;
        pull_as(db, actor, stream, cursor).await
    }

    async fn view(&self, db: &Db) -> View {
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

async fn pull_as(db: &Db, actor: Actor, stream: StreamId, cursor: Option<Cursor>) -> PullResult {
    let wanted = Pull { stream, cursor };
    db.read(move |conn| Box::pin(async move { pull(conn, &actor, &wanted, now()).await })).await.expect("a pull").result
}

fn accepted(outcome: &Outcome) -> &Accepted {
    match outcome {
        Outcome::Accepted { result, .. } => result,
        other => panic!("not accepted: {other:?}"),
    }
}

fn refusal(outcome: &Outcome) -> &Refusal {
    match outcome {
        Outcome::Refused { refusal, .. } => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn activity(capacity: Option<u16>, space: Option<SpaceId>) -> PublishActivity {
    PublishActivity {
        team: team(),
        title: "淮剧教唱".parse().expect("a title"),
        about: None,
        category: Category::Opera,
        audience: Who::Everyone,
        venue: Venue { space, place: "二楼".parse().expect("a place") },
        schedule: Schedule::Once {
            on: monday().plus_days(1),
            at: MinuteOfDay::hm(14, 0).expect("a time"),
            minutes: 60,
        },
        policy: SignUpPolicy::PerOccurrence {
            capacity,
            opens_minutes_before: None,
            closes_minutes_before: 0,
            party_max: 4,
        },
    }
}

async fn publish(db: &Db, editor: &Phone, activity: PublishActivity) -> OccurrenceId {
    let start = activity.schedule.dates(now()).expect("dates")[0].start();
    let (id, outcome) = editor.ask(db, Command::PublishActivity(activity)).await;
    assert!(matches!(accepted(&outcome), Accepted::Published { .. }), "{outcome:?}");
    domain::activity::occurrence_id(ActivityId::from_uuid(id.uuid()), start)
}

fn sign_up(occurrence: OccurrenceId, people: &[PersonId]) -> Command {
    Command::SignUp(SignUp { occurrence, people: people.to_vec() })
}

fn hour(day: i32, from: u8) -> TimeRange {
    let start = monday().plus_days(day).at(MinuteOfDay::hm(from, 0).expect("a time"));
    TimeRange::new(start, start.plus_minutes(60)).expect("a range")
}

fn book(space: SpaceId, range: TimeRange) -> Command {
    Command::BookSpace(BookSpace { space, range, adults: 2, children: vec![], purpose: Purpose::Chat, note: None })
}

fn all_of(n: u128) -> [PersonId; 3] {
    [person(n, 0), person(n, 1), person(n, 2)]
}

on_both_engines! {
    async fn a_family_signs_up_withdraws_one_and_then_all(test) {
        let db = &test.db;
        settle(db).await;
        let (editor, mother) = (Phone::of(20), Phone::of(1));
        let occurrence = publish(db, &editor, activity(Some(12), None)).await;
        let (id, outcome) = mother.ask(db, sign_up(occurrence, &all_of(1))).await;
        assert_eq!(accepted(&outcome), &Accepted::Confirmed { seat: Some(1), capacity: Some(12) });
        let sign_up = SignUpId::from_uuid(id.uuid());
        let view = mother.view(db).await;
        assert_eq!(view.seats[&occurrence].row.taken, 3);
        assert_eq!(view.sign_ups[&sign_up].row.party.len(), 3);
        assert_eq!(editor.view(db).await.roster[&sign_up].row.children, 2);

        let withdraw = |people: &[PersonId]| Command::WithdrawSignUp(WithdrawSignUp { sign_up, people: people.to_vec() });
        let (_, outcome) = mother.ask(db, withdraw(&[person(1, 0)])).await;
        assert_eq!(refusal(&outcome), &Refusal::GuardianNeeded);
        mother.ask(db, withdraw(&[person(1, 2)])).await;
        assert_eq!(mother.view(db).await.seats[&occurrence].row.taken, 2);
        let (_, outcome) = mother.ask(db, withdraw(&all_of(1))).await;
        assert_eq!(accepted(&outcome), &Accepted::Done);
        let view = mother.view(db).await;
        assert_eq!(view.seats[&occurrence].row.taken, 0);
        assert!(matches!(view.sign_ups[&sign_up].row.state, SignUpState::Withdrawn { .. }));
        let (_, outcome) = mother.ask(db, withdraw(&all_of(1))).await;
        assert_eq!(accepted(&outcome), &Accepted::AlreadyDone);
        assert!(test.findings().await.is_empty());
    }

    async fn whoever_waits_moves_up_whole_and_is_told(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, &Phone::of(20), activity(Some(4), None)).await;
        let (first, second, third) = (Phone::of(1), Phone::of(2), Phone::of(3));
        let (id, _) = first.ask(db, sign_up(occurrence, &all_of(1))).await;
        let (_, outcome) = second.ask(db, sign_up(occurrence, &all_of(2))).await;
        assert_eq!(accepted(&outcome), &Accepted::Waitlisted { parties_ahead: 0 });
        // One place is free, but it is not a newcomer's while somebody waits.
        let (_, outcome) = third.ask(db, sign_up(occurrence, &[person(3, 0)])).await;
        assert_eq!(accepted(&outcome), &Accepted::Waitlisted { parties_ahead: 1 });
        let leave = WithdrawSignUp { sign_up: SignUpId::from_uuid(id.uuid()), people: all_of(1).to_vec() };
        first.ask(db, Command::WithdrawSignUp(leave)).await;
        for phone in [&second, &third] {
            let view = phone.view(db).await;
            let (_, own) = view.sign_up_for(occurrence).expect("a sign-up");
            assert_eq!(own.row.state, SignUpState::Confirmed);
            assert_eq!(view.notices.len(), 1, "told once");
        }
        let view = second.view(db).await;
        let seats = view.seats[&occurrence].row;
        assert_eq!((seats.taken, seats.waiting_parties, seats.waiting_heads), (4, 0, 0));
        assert!(test.findings().await.is_empty());
    }

    async fn the_same_command_has_one_effect_and_one_answer(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, &Phone::of(20), activity(Some(12), None)).await;
        let phone = std::sync::Arc::new(Phone::of(1));
        let (_, raw) = phone.envelope(&stream(), &sign_up(occurrence, &all_of(1)));
        let tries = (0..64).map(|_| {
            let (phone, raw, db) = (phone.clone(), raw.clone(), db.clone());
            tokio::spawn(async move { serde_json::to_string(&phone.send_raw(&db, raw, now()).await).expect("json") })
        });
        let mut answers = Vec::new();
        for answer in tries.collect::<Vec<_>>() {
            answers.push(answer.await.expect("no panic"));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(phone.view(db).await.seats[&occurrence].row.taken, 3);
    }

    async fn many_race_for_the_last_place_and_one_gets_it(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, &Phone::of(20), activity(Some(1), None)).await;
        let tries: Vec<_> = (1..=9u128)
            .map(|n| {
                let db = db.clone();
                tokio::spawn(async move { Phone::of(n).ask(&db, sign_up(occurrence, &[person(n, 0)])).await.1 })
            })
            .collect();
        let (mut confirmed, mut ahead) = (0, Vec::new());
        for outcome in tries {
            match accepted(&outcome.await.expect("no panic")) {
                Accepted::Confirmed { .. } => confirmed += 1,
                Accepted::Waitlisted { parties_ahead } => ahead.push(*parties_ahead),
                other => panic!("{other:?}"),
            }
        }
        ahead.sort_unstable();
        assert_eq!((confirmed, ahead), (1, (0..8).collect::<Vec<_>>()));
        assert!(test.findings().await.is_empty());
    }

    async fn two_phones_of_one_person_are_one_sign_up(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, &Phone::of(20), activity(Some(12), None)).await;
        let (phone, tablet) = (Phone::nth(1, 1), Phone::nth(1, 2));
        phone.ask(db, sign_up(occurrence, &all_of(1))).await;
        let (_, outcome) = tablet.ask(db, sign_up(occurrence, &all_of(1))).await;
        assert_eq!(accepted(&outcome), &Accepted::AlreadyDone);
        let (_, outcome) = tablet.ask(db, sign_up(occurrence, &[person(1, 0)])).await;
        assert!(matches!(refusal(&outcome), Refusal::AlreadyIn { .. }));
    }

    async fn numbers_are_taken_in_order_and_names_are_not_borrowed(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, &Phone::of(20), activity(Some(12), None)).await;
        let phone = Phone::of(1);
        let (_, first) = phone.envelope(&stream(), &sign_up(occurrence, &[person(1, 0)]));
        let (_, second) = phone.envelope(&stream(), &sign_up(occurrence, &[person(1, 0)]));
        let not_now = |answer| match answer {
            Answer::NotNow { not_now, .. } => not_now,
            Answer::Decided { outcome, .. } => panic!("{outcome:?}"),
        };
        let too_early = phone.send_raw(db, second.clone(), now()).await;
        assert_eq!(not_now(too_early), NotNow::Gap { expected: 1 });
        assert!(matches!(phone.send_raw(db, first.clone(), now()).await, Answer::Decided { .. }));
        assert!(matches!(phone.send_raw(db, second, now()).await, Answer::Decided { .. }));
        let copy = Phone::of(1);
        let (_, forked) = copy.envelope(&stream(), &sign_up(occurrence, &[person(1, 1)]));
        assert_eq!(not_now(copy.send_raw(db, forked, now()).await), NotNow::Forked);
        let changed = first.get().replace("\"phone_ms\":0", "\"phone_ms\":1");
        let changed = RawValue::from_string(changed).expect("json");
        assert_eq!(not_now(phone.send_raw(db, changed, now()).await), NotNow::IdReused);
        // A phone that renumbers its queue sends the same command under another device and number: it is the same.
        let mut moved: Envelope = serde_json::from_str(first.get()).expect("an envelope");
        (moved.device, moved.no) = (DeviceId::from_uuid(uuid(77)), 1);
        let moved = serde_json::value::to_raw_value(&moved).expect("json");
        assert!(matches!(phone.send_raw(db, moved, now()).await, Answer::Decided { .. }));
        let thief = Phone::of(2);
        assert_eq!(not_now(thief.send_raw(db, first, now()).await), NotNow::WrongAccount);
    }

    async fn what_is_not_yours_is_not_there(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, &Phone::of(20), activity(Some(12), None)).await;
        let mother = Phone::of(1);
        let (id, _) = mother.ask(db, sign_up(occurrence, &all_of(1))).await;
        let sign_up_id = SignUpId::from_uuid(id.uuid());
        let unknown = SignUpId::from_uuid(uuid(77));
        let neighbour = Phone::of(2);
        let withdraw = |sign_up| Command::WithdrawSignUp(WithdrawSignUp { sign_up, people: all_of(1).to_vec() });
        for sign_up in [sign_up_id, unknown] {
            let (_, outcome) = neighbour.ask(db, withdraw(sign_up)).await;
            assert_eq!(refusal(&outcome), &Refusal::Gone);
        }
        let (_, outcome) = neighbour.ask(db, sign_up(occurrence, &[person(1, 1)])).await;
        assert_eq!(refusal(&outcome), &Refusal::Gone, "somebody else's child");
        let (_, outcome) = neighbour.ask(db, Command::CheckIn(CheckIn { sign_up: sign_up_id })).await;
        assert_eq!(refusal(&outcome), &Refusal::NotAllowed);
        let (_, outcome) = Phone::of(23).ask(db, Command::CheckIn(CheckIn { sign_up: sign_up_id })).await;
        assert_eq!(refusal(&outcome), &Refusal::Gone, "staff of another community");
        let elsewhere = StreamId::Community(there());
        let (_, outcome) = mother.ask_in(db, &elsewhere, withdraw(sign_up_id), now()).await;
        assert_eq!(refusal(&outcome), &Refusal::Gone, "the wrong stream");
        let (_, outcome) = neighbour.ask(db, Command::PublishActivity(activity(None, None))).await;
        assert_eq!(refusal(&outcome), &Refusal::NotAllowed);
        assert_eq!(mother.view(db).await.seats[&occurrence].row.taken, 3, "nothing has changed");

        // Nobody's rows hold anything of a neighbour's.
        let view = neighbour.view(db).await;
        assert!(view.sign_ups.is_empty() && view.roster.is_empty() && view.notices.is_empty());
        let result = neighbour.pull(db, StreamId::Account(mother.account), None).await;
        assert!(matches!(result, PullResult::Denied));
        let PullResult::Snapshot { rows, .. } = pull_as(db, Actor::Anonymous, stream(), None).await else {
            panic!("a snapshot")
        };
        let is_public = |body| !matches!(body, RowBody::SignUp(..) | RowBody::Roster(..) | RowBody::Booking(..));
        assert!(rows.iter().all(|row| row.parse().is_ok_and(is_public)));
        for staff in [22, 24] {
            assert_eq!(Phone::of(staff).view(db).await.roster.len(), 1, "staff see the roster");
        }
    }

    async fn an_hour_is_asked_for_approved_and_never_given_twice(test) {
        let db = &test.db;
        settle(db).await;
        let (neighbour, other, host) = (Phone::of(1), Phone::of(2), Phone::of(21));
        let (id, outcome) = neighbour.ask(db, book(living_room(), hour(1, 14))).await;
        assert!(matches!(accepted(&outcome), Accepted::Requested { .. }));
        let booking = BookingId::from_uuid(id.uuid());
        let (_, outcome) = other.ask(db, book(living_room(), hour(1, 14))).await;
        let Outcome::Refused { refusal: Refusal::SlotTaken, alternatives } = outcome else { panic!("{outcome:?}") };
        assert!(!alternatives.is_empty());
        for alternative in alternatives.into_iter().take(2) {
            let Alternative::Slot { space, range } = alternative else { panic!("a time") };
            let (id, outcome) = other.ask(db, book(space, range)).await;
            assert!(matches!(accepted(&outcome), Accepted::Requested { .. }), "an offer holds");
            other.ask(db, Command::CancelBooking(CancelBooking { booking: BookingId::from_uuid(id.uuid()), reason: None })).await;
        }
        assert_eq!(host.view(db).await.desk_bookings[&booking].row.booking.state, BookingState::Requested);
        let (_, outcome) = other.ask(db, Command::ApproveBooking(ApproveBooking { booking })).await;
        assert_eq!(refusal(&outcome), &Refusal::NotAllowed);
        let (_, outcome) = host.ask(db, Command::ApproveBooking(ApproveBooking { booking })).await;
        assert_eq!(accepted(&outcome), &Accepted::Done);
        let view = neighbour.view(db).await;
        assert_eq!(view.bookings[&booking].row.state, BookingState::Approved);
        assert_eq!(view.notices.len(), 1);
        assert_eq!(view.holdings_around(living_room(), monday().plus_days(1)).len(), 1);
        let (_, outcome) = host.ask(db, Command::DeclineBooking(DeclineBooking { booking, reason: "维修".parse().expect("a note") })).await;
        assert_eq!(refusal(&outcome), &Refusal::BookingDecided);
        neighbour.ask(db, Command::CancelBooking(CancelBooking { booking, reason: None })).await;
        assert!(neighbour.view(db).await.holdings_around(living_room(), monday().plus_days(1)).is_empty());
        assert!(test.findings().await.is_empty());
    }

    async fn a_request_nobody_answers_expires_and_frees_the_time(test) {
        let db = &test.db;
        settle(db).await;
        let neighbour = Phone::of(1);
        let (id, _) = neighbour.ask(db, book(living_room(), hour(1, 14))).await;
        assert_eq!(server::jobs::run(db, now().plus_minutes(119)).await.expect("jobs"), 0);
        assert_eq!(server::jobs::run(db, now().plus_minutes(120)).await.expect("jobs"), 1);
        assert_eq!(server::jobs::run(db, now().plus_minutes(120)).await.expect("jobs"), 0, "twice is once");
        let view = neighbour.view(db).await;
        assert_eq!(view.bookings[&BookingId::from_uuid(id.uuid())].row.state, BookingState::Expired);
        assert_eq!(view.notices.len(), 1);
        assert!(view.holdings_around(living_room(), monday().plus_days(1)).is_empty());
    }

    async fn an_activity_holds_its_room_and_calling_it_off_tells_everybody(test) {
        let db = &test.db;
        settle(db).await;
        let (editor, neighbour) = (Phone::of(20), Phone::of(1));
        let occurrence = publish(db, &editor, activity(Some(12), Some(living_room()))).await;
        let (_, outcome) = neighbour.ask(db, book(living_room(), hour(1, 14))).await;
        assert_eq!(refusal(&outcome), &Refusal::SlotTaken);
        let (_, outcome) = editor.ask(db, Command::PublishActivity(activity(None, Some(living_room())))).await;
        assert!(matches!(refusal(&outcome), Refusal::VenueTaken { dates, .. } if dates.len() == 1));
        neighbour.ask(db, sign_up(occurrence, &all_of(1))).await;
        let reason = "下雨".parse().ok();
        let (_, outcome) = editor.ask(db, Command::CancelOccurrence(CancelOccurrence { occurrence, reason })).await;
        assert_eq!(accepted(&outcome), &Accepted::CalledOff { parties_told: 1 });
        let view = neighbour.view(db).await;
        assert!(view.occurrences[&occurrence].row.cancelled.is_some());
        assert_eq!(view.notices.len(), 1);
        assert!(view.sign_ups.values().all(|own| matches!(own.row.state, SignUpState::CalledOff { .. })));
        let (_, outcome) = neighbour.ask(db, book(living_room(), hour(1, 14))).await;
        assert!(matches!(accepted(&outcome), Accepted::Requested { .. }), "the room is free again");
        assert!(test.findings().await.is_empty());
    }

    async fn a_household_grows_and_shrinks(test) {
        let db = &test.db;
        settle(db).await;
        let mother = Phone::of(1);
        let own = StreamId::Account(mother.account);
        let add = |consent| Command::AddPerson(AddPerson {
            relation: Relation::Child, name: "小妹".parse().expect("a name"), born: "2023-02".parse().ok(), consent,
        });
        let (_, outcome) = mother.ask_in(db, &own, add(false), now()).await;
        assert_eq!(refusal(&outcome), &Refusal::ConsentNeeded);
        let (id, _) = mother.ask_in(db, &own, add(true), now()).await;
        let child = PersonId::from_uuid(id.uuid());
        let occurrence = publish(db, &Phone::of(20), activity(Some(12), None)).await;
        mother.ask(db, sign_up(occurrence, &[person(1, 0), child])).await;
        let remove = Command::RemovePerson(RemovePerson { person: child });
        let (_, outcome) = mother.ask_in(db, &own, remove.clone(), now()).await;
        assert_eq!(refusal(&outcome), &Refusal::PersonSignedUp { occurrence });
        let (_, outcome) = mother.ask_in(db, &own, remove, now().plus_minutes(3 * 24 * 60)).await;
        assert_eq!(accepted(&outcome), &Accepted::Done);
        assert!(!mother.view(db).await.persons.contains_key(&child));
        let (_, outcome) = mother.ask_in(db, &StreamId::Account(AccountId::from_uuid(uuid(2))), add(true), now()).await;
        assert_eq!(refusal(&outcome), &Refusal::Gone, "another household");
        let profile = UpdateProfile { name: "王阿姨".parse().expect("a name"), home: "nowhere".parse().expect("a slug") };
        let (_, outcome) = mother.ask_in(db, &own, Command::UpdateProfile(profile), now()).await;
        assert_eq!(refusal(&outcome), &Refusal::Gone);
    }
}
