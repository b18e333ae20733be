//! Who is here by example and by every order of arrival, and whom the door lets in.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn id(n: u8) -> ArrivalId {
    ArrivalId::from_uuid(Uuid::from_u128(u128::from(n)))
}

fn start() -> Timestamp {
    Timestamp::from_ms(1_795_392_000_000)
}

fn range() -> TimeRange {
    TimeRange::new(start(), start().plus_minutes(60)).expect("a range")
}

fn arrival(n: u8, minutes: i64) -> Arrival {
    Arrival { id: id(n), at: start().plus_minutes(minutes), way: Way::Name }
}

/// What a device at the door notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fact {
    Came(Arrival),
    Undone(ArrivalId),
}

/// The facts as a server keeps them: what it has already it does not take in again.
fn by_union(facts: &[Fact]) -> Vec<Arrival> {
    let noted = facts.iter().filter_map(|fact| match fact {
        Fact::Came(arrival) => Some(*arrival),
        Fact::Undone(_) => None,
    });
    let undone: Vec<_> = facts
        .iter()
        .filter_map(|fact| match fact {
            Fact::Undone(id) => Some(*id),
            Fact::Came(_) => None,
        })
        .collect();
    here(noted, &undone)
}

/// Two ways to get it wrong: one state that each fact changes, and an undoing that is for the party and not for a fact.
fn by_order(facts: &[Fact]) -> Vec<Arrival> {
    let mut here: Vec<Arrival> = Vec::new();
    for fact in facts {
        match fact {
            Fact::Came(arrival) if !here.iter().any(|one| one.id == arrival.id) => here.push(*arrival),
            Fact::Came(_) => {}
            Fact::Undone(id) => here.retain(|one| one.id != *id),
        }
    }
    sort_by_key(&mut here, |one| (one.at, one.id));
    here
}

fn by_last_undoing(facts: &[Fact]) -> Vec<Arrival> {
    let last = facts.iter().rposition(|fact| matches!(fact, Fact::Undone(_))).map_or(0, |at| at + 1);
    by_union(&facts[last..])
}

/// Facts of up to three devices: each check-in once, some undone by a device that has seen it.
fn facts() -> impl Strategy<Value = Vec<Fact>> {
    prop::collection::vec((0_i64..90, any::<bool>()), 0..6).prop_map(|came| {
        let one = |(n, (minutes, is_undone)): (usize, (i64, bool))| {
            let n = u8::try_from(n).expect("a few");
            let came = Fact::Came(arrival(n, minutes));
            if is_undone { vec![came, Fact::Undone(id(n))] } else { vec![came] }
        };
        came.into_iter().enumerate().flat_map(one).collect()
    })
}

/// The same facts as they arrive from several devices: in any order, some of them more than once.
fn arriving() -> impl Strategy<Value = (Vec<Fact>, Vec<Fact>)> {
    (facts(), prop::collection::vec(any::<prop::sample::Index>(), 0..6)).prop_flat_map(|(facts, again)| {
        let mut sent = facts.clone();
        if !facts.is_empty() {
            sent.extend(again.iter().map(|one| facts[one.index(facts.len())]));
        }
        (Just(facts), Just(sent).prop_shuffle())
    })
}

/// The first arrival of the facts that does not give the picture the facts give.
fn first_difference(picture: fn(&[Fact]) -> Vec<Arrival>) -> Option<(Vec<Fact>, Vec<Fact>)> {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    (0..2_000).find_map(|_| {
        let (facts, sent) = proptest::strategy::ValueTree::current(&arriving().new_tree(&mut runner).expect("facts"));
        (picture(&sent) != picture(&facts)).then_some((facts, sent))
    })
}

#[test]
fn two_devices_at_one_door_make_one_attendance() {
    let (first, second) = (arrival(1, 3), arrival(2, 5));
    let both = here([second, first, second], &[]);
    assert_eq!((since(&both), both.len()), (Some(first.at), 2));
    // Whoever undoes has seen its own check-in: the other device's stays, and nobody is lost.
    assert_eq!(since(&here([second, first], &[first.id])), Some(second.at));
    assert_eq!(since(&here([second, first], &[second.id, first.id])), None);
}

#[test]
fn pictures_that_depend_on_the_order_of_arrival_are_told_apart() {
    assert_eq!(first_difference(by_union), None);
    assert!(first_difference(by_order).is_some(), "an undoing that arrives first must not be lost");
    assert!(first_difference(by_last_undoing).is_some(), "an undoing must not take others' check-ins along");
}

#[test]
fn a_devices_clock_is_believed_between_the_opening_of_the_door_and_now() {
    let opens_at = start().plus_minutes(-CHECK_IN_MINUTES_BEFORE);
    let now = start().plus_minutes(300);
    for (said, expected) in [
        (None, now),
        (Some(start()), start()),
        (Some(now.plus_minutes(1)), now),
        (Some(opens_at.plus_minutes(-9_999)), opens_at),
    ] {
        assert_eq!(happened_at(range(), said, now), expected);
    }
}

#[test]
fn a_check_in_is_undone_as_it_was_seen_and_for_a_week() {
    let (one, other) = (arrival(1, 0), arrival(2, 5));
    let later = start().plus_minutes(9);
    let closed_at = closes_at(range(), Category::Dance);
    let many = [id(1); ARRIVALS_MAX + 1];
    let all = [one, other];
    let nothing: &[Arrival] = &[];
    let cases = [
        (&all[..], &[id(1)][..], one.at, later, Ok(vec![id(1)])),
        // Not here yet, or not any more: it is undone all the same when it comes.
        (nothing, &[id(7)][..], one.at, later, Ok(vec![id(7)])),
        // A phone that knows no facts names what it has seen.
        (&all[..], &[][..], one.at, later, Ok(vec![id(1), id(2)])),
        (&all[..], &[][..], other.at, later, Ok(vec![])),
        (nothing, &[][..], one.at, later, Ok(vec![])),
        (&all[..], &[id(1)][..], one.at, closed_at, Err(Refusal::ClosingOver { closed_at })),
        (&all[..], &many[..], one.at, later, Err(Refusal::Malformed { field: "/body/of".to_owned() })),
    ];
    for (here, of, seen, now, expected) in cases {
        assert_eq!(decide_undo(range(), Category::Dance, here, of, seen, now), expected, "{of:?}");
    }
}

#[test]
fn the_door_lets_in_while_there_is_room_and_with_a_reason_beyond() {
    let seats = |taken, waiting_parties| Seats { capacity: Some(12), taken, waiting_parties, waiting_heads: 0 };
    let no_limit = Seats::default();
    let (soon, begun) = (start().plus_minutes(-5), start().plus_minutes(5));
    let opens_at = start().plus_minutes(-CHECK_IN_MINUTES_BEFORE);
    let closed_at = closes_at(range(), Category::Dance);
    let full = |places_left| Err(Refusal::DoorFull { places_left });
    let malformed = Err(Refusal::Malformed { field: "/body/heads".to_owned() });
    let table = [
        (seats(10, 0), 0, 2, false, soon, Ok(())),
        (seats(10, 0), 1, 2, false, soon, full(1)),
        (seats(10, 0), 1, 2, true, soon, Ok(())),
        (seats(12, 0), 0, 1, false, begun, full(0)),
        // Whoever waits comes first, until it begins.
        (seats(10, 1), 0, 1, false, soon, full(0)),
        (seats(10, 1), 0, 1, false, begun, Ok(())),
        (no_limit, 400, 99, false, begun, Ok(())),
        (no_limit, 0, 0, false, begun, malformed.clone()),
        (no_limit, 0, 100, true, begun, malformed),
        (no_limit, 0, 1, true, opens_at.plus_minutes(-1), Err(Refusal::CheckInNotOpen { opens_at })),
        (no_limit, 0, 1, true, closed_at, Err(Refusal::ClosingOver { closed_at })),
    ];
    for (seats, walked_in, heads, has_reason, now, expected) in table {
        let door = Door { range: range(), category: Category::Dance, is_cancelled: false, seats, walked_in };
        assert_eq!(decide_walk_in(door, heads, has_reason, now), expected, "{seats:?} {walked_in} {heads}");
        let called_off = Door { is_cancelled: true, ..door };
        assert_eq!(decide_walk_in(called_off, heads, has_reason, now), Err(Refusal::OccurrenceCancelled));
    }
}

proptest! {
    #[test]
    fn facts_give_one_picture_in_whatever_order_they_arrive_and_however_often((facts, sent) in arriving()) {
        let expected = by_union(&facts);
        prop_assert_eq!(&by_union(&sent), &expected);
        // Part by part as well: a server that has some of them and gets the rest.
        let (earlier, later) = sent.split_at(sent.len() / 2);
        let both: Vec<Fact> = later.iter().chain(earlier).copied().collect();
        prop_assert_eq!(&by_union(&both), &expected);
        // Nobody is lost: whoever was noted and not undone is here.
        for fact in &facts {
            if let Fact::Came(arrival) = fact {
                let is_undone = facts.contains(&Fact::Undone(arrival.id));
                prop_assert_eq!(expected.contains(arrival), !is_undone);
            }
        }
    }
}
