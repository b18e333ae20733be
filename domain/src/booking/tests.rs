//! Bookings by table, by example and against a minute-by-minute model.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::space::Opening;
use crate::time::MinuteOfDay;

fn day() -> LocalDate {
    LocalDate::from_ymd(2026, 11, 25).expect("a date")
}

fn at(hour: i64, minute: i64) -> Timestamp {
    day().start().plus_minutes(hour * 60 + minute)
}

fn range(from: (i64, i64), to: (i64, i64)) -> TimeRange {
    TimeRange::new(at(from.0, from.1), at(to.0, to.1)).expect("a range")
}

fn now() -> Timestamp {
    day().plus_days(-2).at(MinuteOfDay::hm(10, 0).expect("a time"))
}

fn living_room() -> SpacePolicy {
    SpacePolicy {
        mode: Mode::Exclusive { heads: 20 },
        grid_minutes: 30,
        min_minutes: 30,
        max_minutes: 180,
        setup_minutes: 0,
        teardown_minutes: 15,
        notice_minutes: 60,
        horizon_days: 14,
        answer: Answer::ByHost { within_minutes: 120 },
        family: None,
        open_bookings_max: 2,
        check_in_required: true,
    }
}

fn play_room() -> SpacePolicy {
    SpacePolicy {
        mode: Mode::Shared { groups: 4, heads: 10 },
        answer: Answer::Instant,
        family: Some(FamilyRule { from: 3, to: 6, children_per_adult: 2 }),
        teardown_minutes: 0,
        ..living_room()
    }
}

fn hours() -> OpeningHours {
    OpeningHours(std::array::from_fn(|_| vec![Opening::new(9 * 60, 21 * 60).expect("open")]))
}

fn held(range: TimeRange, heads: u16) -> Holding {
    Holding { range, setup: 0, teardown: 15, heads }
}

fn decide(
    policy: &SpacePolicy,
    holdings: &[Holding],
    wish: TimeRange,
    party: Party<'_>,
) -> Result<BookingDecision, Refusal> {
    let hours = hours();
    decide_booking(&SpaceFacts { policy, hours: &hours, closures: &[], holdings }, wish, party, &[], now())
}

const TWO: Party<'static> = Party { adults: 2, child_ages: &[] };

#[test]
fn a_free_hour_in_a_living_room_is_asked_of_its_host() {
    let found = decide(&living_room(), &[], range((14, 0), (15, 0)), TWO);
    assert_eq!(found, Ok(BookingDecision::Requested { answer_by: now().plus_minutes(120) }));
}

#[test]
fn what_is_asked_at_the_last_moment_may_be_answered_until_it_starts() {
    let at_once = SpacePolicy { notice_minutes: 0, ..living_room() };
    let soon = range((14, 0), (15, 0));
    let hours = hours();
    let facts = SpaceFacts { policy: &at_once, hours: &hours, closures: &[], holdings: &[] };
    for (minutes_before, answer_minutes_before) in [(10, 0), (15, 0), (16, 15), (60, 15)] {
        let now = soon.start().plus_minutes(-minutes_before);
        let decision = decide_booking(&facts, soon, TWO, &[], now);
        let answer_by = soon.start().plus_minutes(-answer_minutes_before);
        assert_eq!(decision, Ok(BookingDecision::Requested { answer_by }), "{minutes_before} minutes before");
    }
}

#[test]
fn the_gap_between_two_bookings_is_the_larger_buffer() {
    let holdings = [held(range((10, 0), (11, 0)), 4)];
    let policy = living_room();
    assert_eq!(decide(&policy, &holdings, range((11, 0), (12, 0)), TWO), Err(Refusal::SlotTaken), "their clean-up");
    assert!(decide(&policy, &holdings, range((11, 30), (12, 30)), TWO).is_ok());
    assert_eq!(decide(&policy, &holdings, range((9, 0), (10, 0)), TWO), Err(Refusal::SlotTaken), "our clean-up");
}

#[test]
fn seats_in_a_shared_space_are_counted_where_they_overlap() {
    let policy = play_room();
    let party = |heads: &'static [u16]| Party { adults: 1, child_ages: heads };
    // Two families after each other, never together: 8 heads each.
    let holdings = [
        Holding { range: range((10, 0), (11, 0)), setup: 0, teardown: 0, heads: 8 },
        Holding { range: range((11, 0), (12, 0)), setup: 0, teardown: 0, heads: 8 },
    ];
    assert!(decide(&policy, &holdings, range((10, 0), (12, 0)), party(&[4])).is_ok(), "8 at a time, not 16");
    assert_eq!(
        decide(&policy, &holdings, range((10, 0), (12, 0)), party(&[4, 5])),
        Err(Refusal::SlotFull { heads_left: 2 })
    );
}

#[test]
fn every_refusal_of_a_booking_is_reachable() {
    let room = living_room();
    let play = play_room();
    let one_hour = range((14, 0), (15, 0));
    let table = [
        (decide(&room, &[], range((14, 10), (15, 10)), TWO), Refusal::OffGrid { minutes: 30 }),
        (
            decide(&SpacePolicy { min_minutes: 60, ..room }, &[], range((14, 0), (14, 30)), TWO),
            Refusal::TooShort { minutes: 60 },
        ),
        (decide(&room, &[], range((14, 0), (18, 0)), TWO), Refusal::TooLong { minutes: 180 }),
        (decide(&room, &[], range((-48, 0), (-47, 0)), TWO), Refusal::InThePast),
        (decide(&room, &[], range((-38, 30), (-37, 30)), TWO), Refusal::TooSoon { notice_minutes: 60 }),
        (
            decide(&room, &[], range((24 * 30, 0), (24 * 30 + 1, 0)), TWO),
            Refusal::TooFar { last_on: day().plus_days(12) },
        ),
        (decide(&room, &[], range((21, 0), (22, 0)), TWO), Refusal::SpaceClosed { reason: None }),
        (decide(&room, &[], one_hour, Party { adults: 0, child_ages: &[] }), Refusal::PartyEmpty),
        (decide(&room, &[], one_hour, Party { adults: 21, child_ages: &[] }), Refusal::PartyTooBig { max: 20 }),
        (decide(&room, &[], one_hour, Party { adults: 0, child_ages: &[9] }), Refusal::GuardianNeeded),
        (decide(&play, &[], one_hour, TWO), Refusal::ChildNeeded),
        (decide(&play, &[], one_hour, Party { adults: 1, child_ages: &[3, 4, 5] }), Refusal::GuardianNeeded),
        (decide(&play, &[], one_hour, Party { adults: 1, child_ages: &[2] }), Refusal::AgesOutside { from: 3, to: 6 }),
        (decide(&room, &[held(one_hour, 2)], one_hour, TWO), Refusal::SlotTaken),
    ];
    for (found, refusal) in table {
        assert_eq!(found, Err(refusal));
    }
    let hours = hours();
    let facts = SpaceFacts { policy: &room, hours: &hours, closures: &[], holdings: &[] };
    let elsewhere = [range((9, 0), (10, 0)), range((19, 0), (20, 0))];
    let many = decide_booking(&facts, one_hour, TWO, &elsewhere, now());
    assert_eq!(many, Err(Refusal::TooManyOpenBookings { max: 2 }));
    let again = decide_booking(&facts, one_hour, TWO, &[range((14, 30), (15, 30))], now());
    assert_eq!(again, Err(Refusal::AlreadyBooked), "by oneself, and not taken by others");
}

#[test]
fn times_beyond_the_horizon_are_not_said_to_be_too_late() {
    let (room, hours) = (living_room(), hours());
    let facts = SpaceFacts { policy: &room, hours: &hours, closures: &[], holdings: &[] };
    let states = |days: i32| -> Vec<SlotState> {
        let date = now().date().plus_days(i32::from(room.horizon_days) + days);
        slots(&facts, date, 60, now()).into_iter().map(|slot| slot.state).collect()
    };
    assert!(states(0).iter().all(|state| matches!(state, SlotState::Free { .. })));
    assert!(!states(1).is_empty() && states(1).iter().all(|state| *state == SlotState::TooFar));
}

#[test]
fn a_decided_booking_cannot_be_decided_again_but_a_live_one_can_always_be_cancelled() {
    let when = range((14, 0), (15, 0));
    for state in BookingState::ALL {
        assert_eq!(decide_cancel(state, when, now()).is_ok(), state.is_live(), "{state:?}");
        assert_eq!(decide_answer(state, when, None, now()).is_ok(), state == BookingState::Requested, "{state:?}");
    }
    assert_eq!(decide_cancel(BookingState::Approved, when, at(15, 0)), Err(Refusal::BookingDecided));
    let (request, due) = (BookingState::Requested, at(12, 0));
    assert_eq!(decide_answer(request, when, None, at(14, 0)), Err(Refusal::InThePast));
    assert_eq!(decide_answer(request, when, Some(due), due.plus_minutes(-1)), Ok(()));
    let overdue = Err(Refusal::AnswerOverdue { answer_by: due });
    assert_eq!(decide_answer(request, when, Some(due), due), overdue);
    assert_eq!(decide_answer(BookingState::Approved, when, Some(due), due), Err(Refusal::BookingDecided));
    assert_eq!(decide_check_in(BookingState::Approved, when, at(13, 30)), Ok(()));
    assert_eq!(
        decide_check_in(BookingState::Approved, when, at(13, 29)),
        Err(Refusal::CheckInNotOpen { opens_at: at(13, 30) })
    );
}

#[test]
fn time_alone_ends_bookings_and_blames_only_where_somebody_looked() {
    use BookingState::{Approved, CheckedIn, Completed, Expired, NoShow, Requested};
    let (when, due) = (range((14, 0), (15, 0)), at(12, 0));
    for (state, check_in_required, now, next) in [
        (Requested, true, due.plus_minutes(-1), None),
        (Requested, true, due, Some(Expired)),
        (Approved, true, at(15, 0).plus_minutes(-1), None),
        (Approved, true, at(15, 0), Some(NoShow)),
        (Approved, false, at(15, 0), Some(Completed)),
        (CheckedIn, true, at(15, 0), Some(Completed)),
        (CheckedIn, true, at(14, 59), None),
    ] {
        let answer_by = (state == Requested).then_some(due);
        assert_eq!(
            decide_by_time(state, when, answer_by, check_in_required, now),
            next,
            "{state:?} {check_in_required}"
        );
    }
    for state in BookingState::ALL.into_iter().filter(|state| !state.is_live()) {
        assert_eq!(decide_by_time(state, when, Some(due), true, at(15, 0)), None, "{state:?} is left by nobody");
    }
}

fn any_range() -> impl Strategy<Value = TimeRange> {
    (36i64..80, 1i64..8).prop_map(|(cell, len)| {
        let start = day().start().plus_minutes(cell * CELL_MINUTES);
        TimeRange::new(start, start.plus_minutes(len * CELL_MINUTES)).expect("a range")
    })
}

fn any_holdings() -> impl Strategy<Value = Vec<Holding>> {
    prop::collection::vec(
        (any_range(), 0u16..3, 0u16..3, 1u16..6).prop_map(|(range, setup, teardown, heads)| Holding {
            range,
            setup: setup * 15,
            teardown: teardown * 15,
            heads,
        }),
        0..12,
    )
}

/// The model: look at every cell of the day by itself.
fn cells(range: TimeRange, before: u16, after: u16) -> impl Iterator<Item = i64> {
    let first = (range.start().ms() - i64::from(before) * 60_000) / 900_000;
    let last = (range.end().ms() + i64::from(after) * 60_000) / 900_000;
    first..last
}

proptest! {
    #[test]
    fn the_sweep_agrees_with_counting_cells(holdings in any_holdings(), wish in any_range()) {
        let mut most = (0u16, 0u16);
        for cell in cells(wish, 0, 0) {
            let there: Vec<_> = holdings.iter().filter(|h| cells(h.range, 0, 0).any(|c| c == cell)).collect();
            most.0 = most.0.max(there.len() as u16);
            most.1 = most.1.max(there.iter().map(|h| h.heads).sum());
        }
        prop_assert_eq!(peak(&holdings, wish), most);
    }

    #[test]
    fn exclusive_collisions_agree_with_counting_cells(held in any_holdings(), wish in any_range(), setup in 0u16..3, teardown in 0u16..3) {
        let policy = SpacePolicy { setup_minutes: setup * 15, teardown_minutes: teardown * 15, ..living_room() };
        for holding in &held {
            let core = |h: TimeRange| cells(h, 0, 0).collect::<Vec<_>>();
            let mine_all: Vec<_> = cells(wish, policy.setup_minutes, policy.teardown_minutes).collect();
            let held_all: Vec<_> = cells(holding.range, holding.setup, holding.teardown).collect();
            let meets = core(wish).iter().any(|c| held_all.contains(c)) || core(holding.range).iter().any(|c| mine_all.contains(c));
            prop_assert_eq!(collides(&policy, holding, wish), meets);
        }
    }

    #[test]
    fn every_alternative_would_be_accepted(held in any_holdings(), other_held in any_holdings(), wish in any_range(), is_shared: bool) {
        let policy = SpacePolicy { grid_minutes: 15, min_minutes: 15, family: None, ..if is_shared { play_room() } else { living_room() } };
        let hours = hours();
        let candidate = |n: u128, holdings| Candidate {
            id: SpaceId::from_uuid(Uuid::from_u128(n)),
            facts: SpaceFacts { policy: &policy, hours: &hours, closures: &[], holdings },
            own: &[],
        };
        let candidates = [candidate(1, held.as_slice()), candidate(2, other_held.as_slice())];
        let found = alternatives(&candidates, wish, TWO, now());
        prop_assert!(found.len() <= ALTERNATIVES_MAX);
        for alternative in found {
            let Alternative::Slot { space, range } = alternative else { panic!("a booking is offered times") };
            let facts = candidates.iter().find(|c| c.id == space).expect("a known space").facts;
            prop_assert!(decide_booking(&facts, range, TWO, &[], now()).is_ok());
        }
    }
}
