//! Long random histories, the same on both engines, beside a model that knows nothing of the code: who has a place, who
//! waits in which order, who holds the room. Every answer must be the model's, and every row must say what is so.

mod neighbourhood;

use std::collections::BTreeMap;

use domain::activity::SignUpPolicy;
use domain::command::{
    Accepted, ApproveBooking, CancelBooking, CancelOccurrence, ChangeCapacity, Command, DeclineBooking, Envelope,
    Outcome, PublishActivity,
};
use domain::id::{BookingId, OccurrenceId, SignUpId};
use domain::refusal::Refusal;
use domain::sync::Answer;
use domain::time::TimeRange;
use server::on_both_engines;
use server::store::testing::TestDb;

use neighbourhood::follower::Follower;
use neighbourhood::truth::assert_rows_are_true;
use neighbourhood::*;

const RESIDENTS: u64 = 12;
const STEPS: u32 = 160;

/// A party at a date.
#[derive(Debug, Clone)]
struct Party {
    sign_up: SignUpId,
    resident: u128,
    /// Places of the household: 0 and 3 are adults.
    members: Vec<u128>,
    has_places: bool,
    /// How often others went past it while it waited.
    passed: u8,
}

/// A date: parties in the order of asking.
#[derive(Debug, Default)]
struct Date {
    capacity: Option<usize>,
    is_cancelled: bool,
    parties: Vec<Party>,
    /// Heads that had a place when the capacity changed last: nobody is removed by that.
    held_when_changed: usize,
}

impl Date {
    fn taken(&self) -> usize {
        self.parties.iter().filter(|party| party.has_places).map(|party| party.members.len()).sum()
    }

    fn fits(&self, heads: usize) -> bool {
        self.capacity.is_none_or(|capacity| self.taken() + heads <= capacity)
    }

    fn waiting(&self) -> usize {
        self.parties.iter().filter(|party| !party.has_places).count()
    }

    /// The first that fits, again and again; past one party others go three times. How many moved up.
    fn move_up(&mut self) -> u16 {
        let (mut moved, mut gone_past) = (0, Vec::new());
        for n in 0..self.parties.len() {
            let heads = self.parties[n].members.len();
            if self.parties[n].has_places || self.capacity.is_some_and(|capacity| heads > capacity) {
                continue;
            }
            if self.fits(heads) {
                self.parties[n].has_places = true;
                moved += 1;
                gone_past.drain(..).for_each(|n: usize| self.parties[n].passed += 1);
            } else if self.parties[n].passed == 3 {
                break;
            } else {
                gone_past.push(n);
            }
        }
        moved
    }
}

#[derive(Debug, Clone, Copy)]
struct Hold {
    booking: BookingId,
    resident: u128,
    range: TimeRange,
    is_approved: bool,
}

struct World<'a> {
    test: &'a TestDb,
    dice: Dice,
    phones: BTreeMap<(u128, u128), Phone>,
    dates: Vec<(OccurrenceId, Date)>,
    holds: Vec<Hold>,
    sent: Vec<(u128, Envelope, String)>,
    seen: BTreeMap<&'static str, u32>,
}

impl World<'_> {
    /// Sends from one of the resident's two phones.
    async fn ask(&mut self, resident: u128, command: Command) -> (uuid::Uuid, Outcome) {
        let device = u128::from(self.dice.roll(2)) + 1;
        let phone = self.phones.entry((resident, device)).or_insert_with(|| Phone::nth(resident, device));
        let envelope = phone.envelope(&stream(), &command);
        let answer = phone.send(&self.test.db, &envelope, now()).await;
        let text = serde_json::to_string(&answer).expect("json");
        let Answer::Decided { id, outcome } = answer else { panic!("{text}") };
        self.sent.push((resident, envelope, text));
        (id.uuid(), outcome)
    }

    fn saw(&mut self, what: &'static str) {
        *self.seen.entry(what).or_default() += 1;
    }

    fn pick_date(&mut self) -> usize {
        self.dice.roll(self.dates.len() as u64) as usize
    }

    fn pick_members(&mut self) -> Vec<u128> {
        (0..4).filter(|_| self.dice.roll(2) == 0).collect()
    }

    async fn sign_up(&mut self, resident: u128) {
        let (nth, members) = (self.pick_date(), self.pick_members());
        let occurrence = self.dates[nth].0;
        let people: Vec<_> = members.iter().map(|place| person(resident, *place)).collect();
        let (id, outcome) = self.ask(resident, sign_up(occurrence, &people)).await;
        let date = &mut self.dates[nth].1;
        let has_adult = members.iter().any(|place| matches!(place, 0 | 3));
        let most = date.capacity.map_or(3, |capacity| capacity.min(3));
        let live = date.parties.iter().find(|party| party.resident == resident);
        if live.is_some_and(|party| party.members == members) {
            assert_eq!(accepted(&outcome), &Accepted::AlreadyDone);
            return self.saw("already done");
        }
        if date.is_cancelled {
            assert_eq!(refusal(&outcome), &Refusal::OccurrenceCancelled);
        } else if members.is_empty() {
            assert_eq!(refusal(&outcome), &Refusal::PartyEmpty);
        } else if members.len() > most {
            assert_eq!(refusal(&outcome), &Refusal::PartyTooBig { max: most as u16 });
        } else if !has_adult {
            assert_eq!(refusal(&outcome), &Refusal::GuardianNeeded);
        } else if live.is_some() {
            assert!(matches!(refusal(&outcome), Refusal::AlreadyIn { .. }));
            self.saw("already in");
        } else {
            let parties_ahead = date.waiting() as u16;
            let has_places = parties_ahead == 0 && date.fits(members.len());
            date.parties.push(Party { sign_up: SignUpId::from_uuid(id), resident, members, has_places, passed: 0 });
            match accepted(&outcome) {
                Accepted::Confirmed { seat, capacity } => {
                    assert!(has_places);
                    assert_eq!(capacity.map(usize::from), date.capacity);
                    assert_eq!(seat.is_some(), capacity.is_some());
                    self.saw("confirmed");
                }
                other => {
                    assert_eq!((other, has_places), (&Accepted::Waitlisted { parties_ahead }, false));
                    self.saw("waitlisted");
                }
            }
        }
    }

    async fn withdraw(&mut self, resident: u128) {
        let own: Vec<(usize, usize)> = (0..self.dates.len())
            .filter_map(|nth| {
                let parties = &self.dates[nth].1.parties;
                parties.iter().position(|party| party.resident == resident).map(|place| (nth, place))
            })
            .collect();
        if own.is_empty() {
            return;
        }
        let (nth, place) = own[self.dice.roll(own.len() as u64) as usize];
        let party = self.dates[nth].1.parties[place].clone();
        let leaving = self.pick_members();
        let people: Vec<_> = leaving.iter().map(|place| person(resident, *place)).collect();
        let (_, outcome) = self.ask(resident, withdraw(party.sign_up, &people)).await;
        let date = &mut self.dates[nth].1;
        let staying: Vec<u128> = party.members.iter().copied().filter(|place| !leaving.contains(place)).collect();
        if date.is_cancelled || staying.len() == party.members.len() {
            assert_eq!(accepted(&outcome), &Accepted::AlreadyDone);
        } else if !staying.is_empty() && staying.iter().all(|place| matches!(place, 1 | 2)) {
            assert_eq!(refusal(&outcome), &Refusal::GuardianNeeded);
            self.saw("guardian needed");
        } else {
            assert_eq!(accepted(&outcome), &Accepted::Done);
            let waiting = date.waiting();
            if staying.is_empty() {
                date.parties.remove(place);
            } else {
                date.parties[place].members = staying;
            }
            let waiting_now = date.waiting();
            date.move_up();
            if date.waiting() < waiting_now {
                self.saw("moved up");
            } else if waiting_now < waiting {
                self.saw("left the queue");
            }
        }
    }

    async fn change_capacity(&mut self) {
        let nth = self.pick_date();
        let (occurrence, capacity) = (self.dates[nth].0, 2 + self.dice.roll(10) as u16);
        let capacity = (self.dice.roll(8) > 0).then_some(capacity);
        let reason = (self.dice.roll(3) > 0).then(|| "换了小教室".parse().expect("a reason"));
        let has_reason = reason.is_some();
        let change = Command::ChangeCapacity(ChangeCapacity { occurrence, capacity, reason });
        let (_, outcome) = self.ask(EDITOR, change).await;
        let date = &mut self.dates[nth].1;
        let wanted = capacity.map(usize::from);
        let taken = date.taken();
        if date.is_cancelled {
            assert_eq!(refusal(&outcome), &Refusal::OccurrenceCancelled);
        } else if wanted == date.capacity {
            assert_eq!(accepted(&outcome), &Accepted::AlreadyDone);
        } else {
            let is_less = wanted.is_some_and(|wanted| date.capacity.is_none_or(|before| wanted < before));
            let over = wanted.filter(|_| is_less).map_or(0, |wanted| taken.saturating_sub(wanted)) as u16;
            if over > 0 && !has_reason {
                assert_eq!(refusal(&outcome), &Refusal::ReasonNeeded);
                return self.saw("reason needed");
            }
            (date.capacity, date.held_when_changed) = (wanted, taken);
            let parties_in = date.move_up();
            assert_eq!(accepted(&outcome), &Accepted::CapacityChanged { parties_in, over_by: over });
            self.saw(if over > 0 { "over" } else { "capacity changed" });
        }
    }

    async fn book(&mut self, resident: u128) {
        let start = monday().plus_days(1 + self.dice.roll(2) as i32).at(hm(9 + self.dice.roll(8) as u8, 0));
        let minutes = 60 + 30 * self.dice.roll(3) as i64;
        let range = TimeRange::new(start, start.plus_minutes(minutes)).expect("a range");
        let (id, outcome) = self.ask(resident, book(living_room(), range, 2, &[])).await;
        let open = self.holds.iter().filter(|hold| hold.resident == resident).count();
        // Fifteen minutes are kept free after each.
        let clashes = |hold: &Hold| {
            range.start() < hold.range.end().plus_minutes(15) && hold.range.start() < range.end().plus_minutes(15)
        };
        if self.holds.iter().any(|hold| hold.resident == resident && hold.range.overlaps(range)) {
            assert_eq!(refusal(&outcome), &Refusal::AlreadyBooked);
            self.saw("already booked");
        } else if open >= 2 {
            assert_eq!(refusal(&outcome), &Refusal::TooManyOpenBookings { max: 2 });
        } else if self.holds.iter().any(clashes) {
            let Outcome::Refused { refusal: Refusal::SlotTaken, alternatives } = outcome else { panic!("{outcome:?}") };
            assert!(!alternatives.is_empty());
            self.saw("slot taken");
        } else {
            assert!(matches!(accepted(&outcome), Accepted::Requested { .. }));
            self.holds.push(Hold { booking: BookingId::from_uuid(id), resident, range, is_approved: false });
            self.saw("requested");
        }
    }

    async fn settle_a_booking(&mut self) {
        if self.holds.is_empty() {
            return;
        }
        let place = self.dice.roll(self.holds.len() as u64) as usize;
        let hold = self.holds[place];
        let booking = hold.booking;
        match self.dice.roll(3) {
            0 => {
                let (_, outcome) = self.ask(HOST, Command::ApproveBooking(ApproveBooking { booking })).await;
                let expected = if hold.is_approved { Accepted::AlreadyDone } else { Accepted::Done };
                assert_eq!(accepted(&outcome), &expected);
                self.holds[place].is_approved = true;
            }
            1 => {
                let reason = "维修".parse().expect("a note");
                let (_, outcome) = self.ask(HOST, Command::DeclineBooking(DeclineBooking { booking, reason })).await;
                if hold.is_approved {
                    assert_eq!(refusal(&outcome), &Refusal::BookingDecided);
                } else {
                    assert_eq!(accepted(&outcome), &Accepted::Done);
                    self.holds.remove(place);
                    self.saw("declined");
                }
            }
            _ => {
                let cancel = Command::CancelBooking(CancelBooking { booking, reason: None });
                let (_, outcome) = self.ask(hold.resident, cancel).await;
                assert_eq!(accepted(&outcome), &Accepted::Done);
                self.holds.remove(place);
                self.saw("cancelled");
            }
        }
    }

    /// What was sent before is sent again: the same answer, and nothing else.
    async fn send_again(&mut self) {
        if self.sent.is_empty() {
            return;
        }
        let before = amounts(self.test).await;
        let n = self.dice.roll(self.sent.len() as u64) as usize;
        let (resident, envelope, text) = &self.sent[n];
        let answer = Phone::of(*resident).send(&self.test.db, envelope, now().plus_minutes(7)).await;
        assert_eq!(&serde_json::to_string(&answer).expect("json"), text);
        assert_eq!(amounts(self.test).await, before);
        self.saw("sent again");
    }

    /// Every party stands where the model has it, and holds a number nobody else has.
    async fn assert_as_in_the_model(&self) {
        for (occurrence, date) in &self.dates {
            let occurrence = *occurrence;
            let rows = self
                .test
                .db
                .read(move |conn| {
                    Box::pin(async move {
                        conn.all(
                            "select s.id, s.state, (select count(*) from sign_up_member m
                         where m.sign_up = s.id and m.left_at is null) heads
                     from sign_up s where s.occurrence = $1 and s.state in ('confirmed', 'waitlisted')
                     order by s.queue_order",
                            &[occurrence.into()],
                        )
                        .await
                    })
                })
                .await
                .expect("sign-ups");
            let found: Vec<(SignUpId, bool, usize)> = rows
                .iter()
                .map(|row| {
                    (
                        row.parse("id").expect("an id"),
                        row.text("state").expect("a state") == "confirmed",
                        row.number("heads").expect("heads"),
                    )
                })
                .collect();
            let live = if date.is_cancelled { &[][..] } else { &date.parties[..] };
            let expected: Vec<_> = live.iter().map(|p| (p.sign_up, p.has_places, p.members.len())).collect();
            assert_eq!(found, expected);
            assert!(date.capacity.is_none_or(|capacity| date.taken() <= capacity.max(date.held_when_changed)));
        }
        let held = self.test.number("select count(*) from claim where source_kind = 'booking'", &[]).await;
        assert_eq!(held, self.holds.len() as i64);
        let numbered = "select count(*) from sign_up_member m join sign_up s on s.id = m.sign_up
            join occurrence o on o.id = s.occurrence where m.left_at is null and s.state = 'confirmed'
            and (m.seat is null) <> (o.capacity is null)";
        assert_eq!(self.test.number(numbered, &[]).await, 0, "a number for each place where there is a limit");
    }
}

async fn live_through(test: &TestDb, seed: u64) {
    settle(&test.db).await;
    let mut dates = Vec::new();
    for capacity in [Some(2), Some(5), Some(9), None] {
        let policy = SignUpPolicy::PerOccurrence {
            capacity,
            opens_minutes_before: None,
            closes_minutes_before: 0,
            party_max: 3,
            draws_minutes_before: None,
        };
        let occurrence = publish(&test.db, PublishActivity { policy, ..activity(capacity, None) }).await;
        dates.push((occurrence, Date { capacity: capacity.map(usize::from), ..Date::default() }));
    }
    let mut world = World {
        test,
        dice: Dice::new(seed),
        phones: BTreeMap::new(),
        dates,
        holds: Vec::new(),
        sent: Vec::new(),
        seen: BTreeMap::new(),
    };
    let mut followers = Vec::new();
    for reader in [1, EDITOR, HOST, STAFF] {
        followers.push(Follower::of(&test.db, reader, &stream(), now()).await);
    }
    for step in 1..=STEPS {
        let resident = 1 + u128::from(world.dice.roll(RESIDENTS));
        match world.dice.roll(22) {
            0..=8 => world.sign_up(resident).await,
            9..=13 => world.withdraw(resident).await,
            14..=15 => world.book(resident).await,
            16..=17 => world.settle_a_booking().await,
            18 => world.send_again().await,
            _ if step > STEPS / 2 && world.dates.iter().all(|(_, date)| !date.is_cancelled) => {
                let nth = world.pick_date();
                let (occurrence, told) = (world.dates[nth].0, world.dates[nth].1.parties.len() as u16);
                let cancel = Command::CancelOccurrence(CancelOccurrence { occurrence, reason: None });
                let (_, outcome) = world.ask(EDITOR, cancel).await;
                assert_eq!(accepted(&outcome), &Accepted::CalledOff { parties_told: told });
                world.dates[nth].1.is_cancelled = true;
                world.saw("called off");
            }
            _ => world.change_capacity().await,
        }
        if step % 20 == 0 {
            world.assert_as_in_the_model().await;
            assert_rows_are_true(test).await;
        }
        if step % 8 == 0 {
            for follower in &mut followers {
                follower.compare(&test.db, now()).await;
            }
        }
    }
    assert_eq!(test.findings().await, []);
    let phone = Phone::of(1);
    let view = phone.view(&test.db).await;
    for (occurrence, date) in &world.dates {
        let seats = view.seats[occurrence].row;
        let is_empty = date.is_cancelled;
        assert_eq!(usize::from(seats.taken), if is_empty { 0 } else { date.taken() });
        assert_eq!(usize::from(seats.waiting_parties), if is_empty { 0 } else { date.waiting() });
    }
    // A history that never came by these proves little.
    for what in ["confirmed", "waitlisted", "moved up", "already in", "requested", "slot taken", "sent again"] {
        assert!(world.seen.contains_key(what), "seed {seed} never saw '{what}': {:?}", world.seen);
    }
}

on_both_engines! {
    async fn a_first_history_is_the_model_s(test) {
        live_through(test, 1).await;
    }

    async fn a_second_history_is_the_model_s(test) {
        live_through(test, 2).await;
    }

    async fn a_third_history_is_the_model_s(test) {
        live_through(test, 3).await;
    }
}
