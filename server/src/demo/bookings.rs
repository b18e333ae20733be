//! Who books what: requests, answers, cancellations, check-ins, in every space and in the weeks around today.
//!
//! A booking is asked for only where the domain says it can be had, whatever else the script holds at any time: a time
//! once held is never given away again, even when it was cancelled. So the order of steps cannot make a clash.
//! Deliberately absent: the bookings of the six one-tap people ([`super::cast`]).

use domain::booking::{BookingDecision, Party, Slot, SlotState, decide_booking, slots};
use domain::change::Purpose;
use domain::command::{ApproveBooking, BookSpace, CancelBooking, CheckInBooking, Command, DeclineBooking};
use domain::id::{BookingId, PersonId};
use domain::people::Relation;
use domain::space::SpaceKind;
use domain::time::{LocalDate, TimeRange, Timestamp};

use super::dice::text;
use super::script::Stage;
use super::timetable::{DAYS_BACK, facts};

const DECLINED: [&str; 4] = [
    "那天下午有消防检查，换个时间行吗？",
    "这个点留给独居老人聚餐了，第二天同一时间空着",
    "人数多了些，建议订活动室",
    "钥匙在维修师傅那儿，来不及取，抱歉",
];
const CANCELLED: [&str; 4] = ["孩子发烧，来不了了", "改到下周再聚", "朋友临时有事", "订错日子了"];
const NOTES: [&str; 8] = [
    "三家人聚聚，自带水果",
    "麻烦把投影打开，我们提前十分钟到",
    "有一位坐轮椅的老人",
    "会放一点音乐，音量很小",
    "给老邻居过生日，蛋糕自带，吃完收拾干净",
    "想借用一下茶具",
    "小组学习，不会吵",
    "第一次来，不知道门在哪边",
];

/// What a booking of a kind of space is for.
fn purpose(stage: &mut Stage, kind: SpaceKind) -> Purpose {
    *match kind {
        SpaceKind::LivingRoom => stage.dice.pick(&[Purpose::Chat, Purpose::Birthday, Purpose::Reading, Purpose::Chat]),
        SpaceKind::ParentChild => &Purpose::Play,
        SpaceKind::Hall => stage.dice.pick(&[Purpose::Rehearsal, Purpose::Reading, Purpose::Meeting]),
        SpaceKind::MemoryHall => &Purpose::Other,
        SpaceKind::Station => &Purpose::Meeting,
        SpaceKind::FriendPoint => stage.dice.pick(&[Purpose::Chat, Purpose::Other]),
    }
}

/// How many ask for a kind of space on a day, in percent.
const fn asked_for(kind: SpaceKind) -> i64 {
    match kind {
        SpaceKind::LivingRoom => 70,
        SpaceKind::ParentChild => 75,
        SpaceKind::FriendPoint => 35,
        SpaceKind::Hall => 22,
        SpaceKind::Station => 25,
        SpaceKind::MemoryHall => 20,
    }
}

/// Fills the spaces from two weeks back to ten days ahead.
pub fn fill(stage: &mut Stage) {
    for space in 0..stage.spaces.len() {
        let kind = stage.spaces[space].row.kind;
        for day in -DAYS_BACK + 1..=10 {
            if !stage.dice.chance(asked_for(kind)) {
                continue;
            }
            let community = stage.community_of(&stage.spaces[space].community.clone());
            let account = stage.somebody(community);
            let on = stage.today.plus_days(day);
            ask(stage, space, account, on);
        }
    }
}

/// A request somebody makes, with what becomes of it by chance.
fn ask(stage: &mut Stage, space: usize, account: usize, on: LocalDate) {
    let policy = stage.spaces[space].row.policy;
    let oldest = stage.today.plus_days(-DAYS_BACK - 1).start();
    let days = i32::from(policy.horizon_days).min(6);
    let notice = i64::from(policy.notice_minutes);
    let latest = on.start().plus_minutes(20 * 60 - notice).min(stage.last_moment());
    let Some(asked_at) = stage.waking_time(on.plus_days(-days).start().max(oldest), latest) else { return };

    let household = &stage.accounts[account].persons;
    let child_of = |person: &&domain::people::Person| person.is_child_on(on);
    let mut children: Vec<(PersonId, u16)> =
        household.iter().filter(child_of).filter_map(|p| Some((p.id, p.age_on(on)?))).collect();
    let is_adult_only = stage.dice.chance(60);
    match policy.family {
        Some(rule) => children.retain(|(_, age)| (u16::from(rule.from)..=u16::from(rule.to)).contains(age)),
        None if is_adult_only => children.clear(),
        None => {}
    }
    let adults = match stage.spaces[space].row.kind {
        SpaceKind::ParentChild => stage.dice.between(1, 2),
        SpaceKind::FriendPoint => stage.dice.between(1, 3),
        SpaceKind::LivingRoom => stage.dice.between(3, 8),
        SpaceKind::Station => stage.dice.between(3, 9),
        SpaceKind::Hall | SpaceKind::MemoryHall => stage.dice.between(4, 12),
    } as u16;
    let lengths: &[u16] = if policy.max_minutes >= 180 { &[60, 90, 120, 120, 180] } else { &[60, 60, 90] };
    let minutes = *stage.dice.pick(lengths);
    let held = stage.ledger.of(&stage.spaces[space]);
    let free: Vec<Slot> = slots(&facts(&stage.spaces[space], &held), on, minutes, asked_at)
        .into_iter()
        .filter(|slot| matches!(slot.state, SlotState::Free { .. }))
        .collect();
    if free.is_empty() {
        return;
    }
    let range = stage.dice.pick(&free).range;
    let Some(asked) = book(stage, space, account, range, adults, &children, asked_at, None) else { return };
    let BookingDecision::Requested { answer_by } = asked.decision else {
        stage.tally.approved += 1;
        follow(stage, &asked, asked_at);
        return;
    };
    let answer_at = asked_at.plus_minutes(stage.dice.between(12, 5 * 60));
    let is_left = answer_at >= answer_by || answer_at >= stage.last_moment();
    match stage.dice.between(1, 100) {
        // Past ones that nobody answered run out; those of today on wait for their host.
        _ if is_left => stage.tally.requested += 1,
        ..=5 if answer_by < stage.last_moment() => stage.tally.unanswered += 1,
        ..=14 => asked.decline(stage, answer_at),
        15..=19 => asked.cancel(stage, answer_at),
        _ => {
            asked.approve(stage, answer_at);
            follow(stage, &asked, answer_at);
        }
    }
}

/// What becomes of a booking that stands.
fn follow(stage: &mut Stage, asked: &Asked, since: Timestamp) {
    let start = asked.range.start();
    let until = start.min(stage.last_moment());
    if stage.dice.chance(7)
        && let Some(at) = stage.waking_time(since.plus_minutes(5), until)
    {
        asked.cancel(stage, at);
        return;
    }
    let at = start.plus_minutes(stage.dice.between(-10, 15));
    if at > since && at < stage.last_moment() {
        if stage.dice.chance(82) {
            asked.come(stage, at);
        } else {
            stage.tally.stayed_away += 1;
        }
    }
}

/// A booking that was asked for.
pub struct Asked {
    booking: BookingId,
    community: usize,
    space: usize,
    account: usize,
    /// When it is for.
    pub range: TimeRange,
    /// What the domain said.
    pub decision: BookingDecision,
}

impl Asked {
    /// The host says yes.
    pub fn approve(&self, stage: &mut Stage, at: Timestamp) {
        let host = stage.host_of(&stage.spaces[self.space]);
        let command = Command::ApproveBooking(ApproveBooking { booking: self.booking });
        stage.push(at, host, self.community, command);
        stage.tally.approved += 1;
    }

    /// The host says no.
    pub fn decline(&self, stage: &mut Stage, at: Timestamp) {
        let host = stage.host_of(&stage.spaces[self.space]);
        let reason = stage.dice.say(&DECLINED);
        stage.push(at, host, self.community, Command::DeclineBooking(DeclineBooking { booking: self.booking, reason }));
        stage.tally.declined += 1;
    }

    /// Whoever asked calls it off.
    pub fn cancel(&self, stage: &mut Stage, at: Timestamp) {
        let says_why = stage.dice.chance(60);
        let reason = says_why.then(|| stage.dice.say(&CANCELLED));
        let owner = stage.accounts[self.account].id;
        stage.push(at, owner, self.community, Command::CancelBooking(CancelBooking { booking: self.booking, reason }));
        stage.tally.cancelled += 1;
    }

    /// The party comes.
    pub fn come(&self, stage: &mut Stage, at: Timestamp) {
        let host = stage.host_of(&stage.spaces[self.space]);
        stage.push(at, host, self.community, Command::CheckInBooking(CheckInBooking { booking: self.booking }));
        stage.tally.came += 1;
    }
}

/// Asks for a space, if the domain would give it whatever else is in the script.
#[expect(clippy::too_many_arguments, reason = "each is one fact of the request")]
pub fn book(
    stage: &mut Stage,
    space: usize,
    account: usize,
    range: TimeRange,
    adults: u16,
    children: &[(PersonId, u16)],
    asked_at: Timestamp,
    note: Option<&str>,
) -> Option<Asked> {
    let found = stage.spaces[space].clone();
    let ages: Vec<u16> = children.iter().map(|(_, age)| *age).collect();
    let party = Party { adults, child_ages: &ages };
    let held = stage.ledger.of(&found);
    // Open bookings a household may have at one place are few; the script never gives it more in all.
    let had = stage.had.entry((space, account)).or_default();
    let decision = decide_booking(&facts(&found, &held), range, party, had, asked_at).ok()?;
    had.push(range);
    stage.ledger.hold(&found, range, party.heads());
    let is_birthday = note.is_some_and(|note| note.contains("生日"));
    let purpose = if is_birthday { Purpose::Birthday } else { purpose(stage, found.row.kind) };
    let chance = if stage.dice.chance(45) { Some(*stage.dice.pick(&NOTES)) } else { None };
    let fits = found.row.kind == SpaceKind::LivingRoom || found.row.kind == SpaceKind::Hall;
    let note = note.or(chance.filter(|_| fits)).map(text);
    let community = stage.community_of(&found.community);
    let by = stage.accounts[account].id;
    let children = children.iter().map(|(id, _)| *id).collect();
    let command = Command::BookSpace(BookSpace { space: found.id, range, adults, children, purpose, note });
    let booking = BookingId::from_uuid(stage.push(asked_at, by, community, command).uuid());
    Some(Asked { booking, community, space, account, range, decision })
}

/// The children of a household that a family rule takes on a date, with their ages.
pub fn children_of(stage: &Stage, account: usize, on: LocalDate, from: u16, to: u16) -> Vec<(PersonId, u16)> {
    let persons = stage.accounts[account].persons.iter().filter(|person| person.relation == Relation::Child);
    persons
        .filter_map(|person| Some((person.id, person.age_on(on)?)))
        .filter(|(_, age)| (from..=to).contains(age))
        .collect()
}
