//! What many see of one date at once can be told as if it had happened in one order: sign-ups, withdrawals and reads of
//! many clients, each in a lane of its own, on both engines.

mod neighbourhood;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::activity::SignUpPolicy;
use domain::command::{Accepted, Command, Outcome, PublishActivity};
use domain::id::{OccurrenceId, PersonId, SignUpId};
use domain::people::Actor;
use domain::refusal::Refusal;
use domain::sync::{Answer, PullResult, View};
use server::on_both_engines;
use server::store::Db;
use server::store::testing::TestDb;
use server::sync::{Incoming, apply_command};

use neighbourhood::linear::{Answered, Asked, Operation, is_linear};
use neighbourhood::*;

/// Two of them share an account.
const CLIENTS: u64 = 8;
/// Of each client, over all dates.
const STEPS: u64 = 26;
/// Few enough places that many wait; a date has at most sixty operations.
const CAPACITIES: [u32; 4] = [2, 3, 4, 6];
const ROUNDS: u64 = 6;
const DATE_MAX: u64 = 52;

static CLOCK: AtomicU64 = AtomicU64::new(1);

fn tick() -> u64 {
    CLOCK.fetch_add(1, Ordering::SeqCst)
}

/// One client: asks for one date or another, and notes what it saw.
struct Client {
    db: Db,
    number: u64,
    account: u128,
    phone: Phone,
    dates: Arc<Vec<(OccurrenceId, AtomicU64)>>,
    dice: Dice,
    /// Its sign-ups, by date: the number of the party and the id.
    own: BTreeMap<usize, (u32, SignUpId)>,
    seen: Vec<(usize, Operation)>,
}

impl Client {
    async fn live(mut self) -> Vec<(usize, Operation)> {
        for _ in 0..STEPS {
            let date = self.dice.roll(self.dates.len() as u64) as usize;
            if self.dates[date].1.fetch_add(1, Ordering::SeqCst) >= DATE_MAX {
                continue;
            }
            let members = 1 + self.dice.roll(3) as u8;
            let own = self.own.get(&date).copied();
            match (self.dice.roll(10), own) {
                (0..=2, _) => self.read(date).await,
                (3..=6, Some((party, id))) => self.withdraw(date, party, id, members).await,
                _ => self.sign_up(date, members).await,
            }
        }
        self.seen
    }

    /// Bit 0 is the resident, bit 1 another adult.
    fn people(&self, members: u8) -> Vec<PersonId> {
        let of = |bit: u8, place| (members & bit != 0).then(|| person(self.account, place));
        of(1, 0).into_iter().chain(of(2, 3)).collect()
    }

    async fn send(&self, command: Command) -> (uuid::Uuid, Outcome) {
        let actor = self.phone.actor(&self.db).await;
        let incoming = Arc::new(Incoming::of(self.phone.envelope(&stream(), &command)));
        let lane = format!("client {}", self.number);
        let answer = self
            .db
            .write(&lane, move |conn| {
                let (actor, incoming) = (actor.clone(), Arc::clone(&incoming));
                Box::pin(async move { apply_command(conn, &actor, &incoming, now()).await })
            })
            .await;
        match answer.expect("an answer") {
            Answer::Decided { id, outcome } => (id.uuid(), outcome),
            Answer::NotNow { not_now, .. } => panic!("{not_now:?}"),
        }
    }

    fn saw(&mut self, date: usize, asked: Asked, answered: Answered, from: u64) {
        self.seen.push((date, Operation { asked, answered, from, to: tick() }));
    }

    async fn sign_up(&mut self, date: usize, members: u8) {
        let from = tick();
        let command = sign_up(self.dates[date].0, &self.people(members));
        let (id, outcome) = self.send(command).await;
        let party = (from << 8 | self.number) as u32;
        let answered = answer_of(&outcome);
        if matches!(answered, Answered::Confirmed | Answered::Waits(_)) {
            self.own.insert(date, (party, SignUpId::from_uuid(id)));
        }
        self.saw(date, Asked::SignUp { party, account: self.account as u32, members }, answered, from);
    }

    async fn withdraw(&mut self, date: usize, party: u32, id: SignUpId, members: u8) {
        let from = tick();
        let (_, outcome) = self.send(withdraw(id, &self.people(members))).await;
        self.saw(date, Asked::Withdraw { party, members }, answer_of(&outcome), from);
    }

    async fn read(&mut self, date: usize) {
        let from = tick();
        let PullResult::Snapshot { rows, .. } = pull_as(&self.db, Actor::Anonymous, stream(), None).await else {
            panic!("a snapshot")
        };
        let mut view = View::default();
        for row in &rows {
            view.put(&stream(), row);
        }
        let seats = view.seats[&self.dates[date].0].row;
        let answered = Answered::Counts {
            taken: seats.taken.into(),
            parties: seats.waiting_parties.into(),
            heads: seats.waiting_heads.into(),
        };
        self.saw(date, Asked::Read, answered, from);
    }
}

fn answer_of(outcome: &Outcome) -> Answered {
    match outcome {
        Outcome::Accepted { result: Accepted::Confirmed { .. }, .. } => Answered::Confirmed,
        Outcome::Accepted { result: Accepted::Waitlisted { parties_ahead }, .. } => {
            Answered::Waits((*parties_ahead).into())
        }
        Outcome::Accepted { result: Accepted::AlreadyDone, .. } => Answered::AlreadyDone,
        Outcome::Accepted { result: Accepted::Done, .. } => Answered::Done,
        Outcome::Refused { refusal: Refusal::AlreadyIn { .. }, .. } => Answered::AlreadyIn,
        other => panic!("{other:?}"),
    }
}

/// One round: what was seen of each date.
async fn live_together(db: &Db, round: u64) -> Vec<(u32, Vec<Operation>)> {
    let mut dates = Vec::new();
    for capacity in CAPACITIES {
        let policy = SignUpPolicy::PerOccurrence {
            capacity: Some(capacity as u16),
            opens_minutes_before: None,
            closes_minutes_before: 0,
            party_max: 4,
            draws_minutes_before: None,
        };
        let date = publish(db, PublishActivity { policy, ..activity(Some(capacity as u16), None) }).await;
        dates.push((date, AtomicU64::new(0)));
    }
    let dates = Arc::new(dates);
    let mut clients = tokio::task::JoinSet::new();
    for number in 0..CLIENTS {
        let account = u128::from(1 + number % (CLIENTS - 1));
        let client = Client {
            db: db.clone(),
            number,
            account,
            phone: Phone::of(account),
            dates: Arc::clone(&dates),
            dice: Dice::new(round * CLIENTS + number + 1),
            own: BTreeMap::new(),
            seen: Vec::new(),
        };
        clients.spawn(client.live());
    }
    let mut histories: Vec<_> = CAPACITIES.into_iter().map(|capacity| (capacity, Vec::new())).collect();
    for (date, operation) in clients.join_all().await.into_iter().flatten() {
        histories[date].1.push(operation);
    }
    histories
}

async fn all_is_linear(test: &TestDb) {
    settle(&test.db).await;
    let (mut seen, mut at_once, mut lies) = (BTreeSet::new(), 0, 0);
    for round in 0..ROUNDS {
        for (capacity, history) in live_together(&test.db, round).await {
            assert!(is_linear(capacity, &history), "places: {capacity}, {history:#?}");
            seen.extend(history.iter().map(|operation| format!("{:?}", operation.answered)[..4].to_owned()));
            at_once += history.iter().filter(|one| history.iter().any(|other| is_within(one, other))).count();
            lies += usize::from(stale(&history).is_some_and(|stale| !is_linear(capacity, &stale)));
        }
    }
    // Histories in which little happened, or one thing after the other, prove little.
    for what in ["Conf", "Wait", "Done", "Coun", "Alre"] {
        assert!(seen.contains(what), "never {what}: {seen:?}");
    }
    assert!(at_once > 100, "only {at_once} operations were under way with others");
    assert!(lies > 4, "only {lies} stale reads were told from true ones");
    assert_eq!(test.findings().await, []);
}

fn is_within(one: &Operation, other: &Operation) -> bool {
    one.from < other.from && other.from < one.to
}

/// The same history, but the last read answers what the first one did.
fn stale(history: &[Operation]) -> Option<Vec<Operation>> {
    let mut reads: Vec<usize> = (0..history.len()).filter(|n| history[*n].asked == Asked::Read).collect();
    reads.sort_by_key(|n| history[*n].from);
    let (first, last) = (*reads.first()?, *reads.last()?);
    let mut lie = history.to_vec();
    lie[last].answered = history[first].answered;
    (history[first].answered != history[last].answered).then_some(lie)
}

on_both_engines! {
    async fn what_many_see_at_once_could_have_been_one_after_the_other(test) {
        all_is_linear(test).await;
    }
}

fn party(party: u32, answered: Answered, from: u64, to: u64) -> Operation {
    Operation { asked: Asked::SignUp { party, account: party, members: 1 }, answered, from, to }
}

fn leaves(party: u32, from: u64, to: u64) -> Operation {
    Operation { asked: Asked::Withdraw { party, members: 1 }, answered: Answered::Done, from, to }
}

fn counts(taken: u32, parties: u32, from: u64, to: u64) -> Operation {
    Operation { asked: Asked::Read, answered: Answered::Counts { taken, parties, heads: parties }, from, to }
}

#[test]
fn the_judge_lets_pass_what_could_have_been() {
    use Answered::{Confirmed, Waits};
    for history in [
        &[party(1, Confirmed, 1, 2), party(2, Waits(0), 3, 4), leaves(1, 5, 6), counts(1, 0, 7, 8)][..],
        // At once, either may have been first.
        &[party(1, Waits(0), 1, 4), party(2, Confirmed, 2, 3)],
        // A read that is under way may see it or not.
        &[party(1, Confirmed, 1, 4), counts(0, 0, 2, 3)],
        &[party(1, Confirmed, 1, 4), counts(1, 0, 2, 3)],
        &[party(1, Confirmed, 1, 2), leaves(1, 3, 6), party(2, Confirmed, 4, 5)],
        &[party(1, Confirmed, 1, 2), leaves(1, 3, 6), party(2, Waits(0), 4, 5), counts(1, 0, 7, 8)],
    ] {
        assert!(is_linear(1, history), "{history:?}");
    }
}

#[test]
fn the_judge_refuses_what_cannot_have_been() {
    use Answered::{AlreadyDone, Confirmed, Waits};
    for (what, history) in [
        ("a place given twice", &[party(1, Confirmed, 1, 4), party(2, Confirmed, 2, 3)][..]),
        ("a stale read", &[party(1, Confirmed, 1, 2), counts(0, 0, 3, 4)]),
        ("reads that go back", &[party(1, Confirmed, 1, 8), counts(1, 0, 2, 3), counts(0, 0, 4, 5)]),
        ("waiting for nothing", &[party(1, Waits(0), 1, 2)]),
        ("waiting after it was free", &[party(1, Confirmed, 1, 2), leaves(1, 3, 4), party(2, Waits(0), 5, 6)]),
        (
            "nobody moves up",
            &[party(1, Confirmed, 1, 2), party(2, Waits(0), 3, 4), leaves(1, 5, 6), counts(0, 1, 7, 8)],
        ),
        ("one ahead that is not there", &[party(1, Confirmed, 1, 2), party(2, Waits(1), 3, 4)]),
        ("twice done", &[party(1, Confirmed, 1, 2), party(1, Confirmed, 3, 4)]),
        ("done before", &[party(1, AlreadyDone, 1, 2), party(1, Confirmed, 3, 4)]),
    ] {
        assert!(!is_linear(1, history), "{what}: {history:?}");
    }
}
