//! Publishing, phases, audiences.

use super::*;
use crate::id::PersonId;

fn date(text: &str) -> LocalDate {
    text.parse().expect("a date")
}

fn now() -> Timestamp {
    date("2026-11-23").start()
}

fn nine() -> MinuteOfDay {
    MinuteOfDay::hm(9, 0).expect("a time")
}

#[test]
fn a_weekly_schedule_keeps_its_weekday_and_its_civil_time() {
    let schedule = Schedule::Weekly { from: date("2026-11-25"), until: date("2026-12-16"), at: nine(), minutes: 90 };
    let dates = schedule.dates(now()).expect("dates");
    let starts: Vec<_> = dates.iter().map(|d| (d.start().date().to_string(), d.start().minute_of_day())).collect();
    assert_eq!(starts.len(), 4);
    assert_eq!(starts[3], ("2026-12-16".to_owned(), nine()));
    assert!(dates.iter().all(|d| d.minutes() == 90));
}

#[test]
fn a_schedule_that_makes_no_sense_says_why() {
    let weekly = |from: &str, until: &str, minutes| Schedule::Weekly {
        from: date(from),
        until: date(until),
        at: nine(),
        minutes,
    };
    let table = [
        (weekly("2026-11-25", "2026-11-24", 60), Refusal::EndsBeforeStart),
        (weekly("2026-11-25", "2026-12-24", 0), Refusal::BadLength),
        (weekly("2026-11-25", "2026-12-24", 2000), Refusal::BadLength),
        (weekly("2026-11-22", "2026-12-24", 60), Refusal::InThePast),
        (weekly("2026-11-25", "2030-12-24", 60), Refusal::SeriesTooLong { last_on: date("2027-05-24") }),
    ];
    for (schedule, refusal) in table {
        assert_eq!(schedule.dates(now()), Err(refusal));
    }
    let longest = weekly("2026-11-24", "2027-05-24", 60).dates(now()).expect("the longest series");
    assert!(longest.len() <= DATES_MAX, "{}", longest.len());
}

#[test]
fn terms_that_no_party_could_meet_are_a_mistake_of_the_form() {
    let policy = |capacity, opens_minutes_before, party_max| SignUpPolicy::PerOccurrence {
        capacity,
        opens_minutes_before,
        closes_minutes_before: 60,
        party_max,
        draws_minutes_before: None,
    };
    let malformed = |field: &str| Err(Refusal::Malformed { field: field.to_owned() });
    let once = |on| Schedule::Once { on: date(on), at: nine(), minutes: 60 };
    for (policy, audience, expected) in [
        (policy(Some(12), Some(61), PARTY_MAX), Audience::Families { from: 3, to: 3 }, Ok(1)),
        (SignUpPolicy::WalkIn, Audience::Everyone, Ok(1)),
        (policy(Some(0), None, 4), Audience::Everyone, Err(Refusal::CapacityZero)),
        (policy(None, None, 0), Audience::Everyone, Err(Refusal::CapacityZero)),
        (policy(None, None, PARTY_MAX + 1), Audience::Everyone, malformed("/body/policy/party_max")),
        (policy(None, Some(60), 4), Audience::Everyone, malformed("/body/policy/opens_minutes_before")),
        (policy(None, None, 4), Audience::Families { from: 4, to: 3 }, malformed("/body/audience/to")),
    ] {
        let decided = decide_publication(&once("2026-11-25"), policy, audience, now());
        assert_eq!(decided.map(|dates| dates.len()), expected);
    }
    let early = decide_publication(&once("2026-11-22"), policy(Some(0), None, 4), Audience::Everyone, now());
    assert_eq!(early, Err(Refusal::InThePast), "the schedule first");
}

#[test]
fn dates_of_one_activity_have_ids_of_their_own() {
    let activity = ActivityId::from_uuid(Uuid::from_u128(0x0192_f0c1_2a3b_7c4d_8e5f_0011_2233_aabb));
    let first = occurrence_id(activity, now());
    let second = occurrence_id(activity, now().plus_minutes(7 * 24 * 60));
    assert_ne!(first, second);
    assert_ne!(first.uuid(), activity.uuid());
    assert_eq!(first, occurrence_id(activity, now()));
    assert_eq!(planned_start(activity, first), Some(now()), "wherever it is moved to");
    assert_eq!(planned_start(activity, OccurrenceId::from_uuid(activity.uuid())), None, "no date of it");
    let taken = CommandId::from_uuid(first.uuid());
    assert!(!is_id_for_new(taken) && is_id_for_new(CommandId::from_uuid(activity.uuid())));
}

#[test]
fn the_phase_follows_the_clock() {
    let start = date("2026-11-25").at(nine());
    let range = TimeRange::new(start, start.plus_minutes(60)).expect("a range");
    let policy = SignUpPolicy::PerOccurrence {
        capacity: Some(12),
        opens_minutes_before: Some(24 * 60),
        closes_minutes_before: 60,
        party_max: 4,
        draws_minutes_before: None,
    };
    let at = |minutes| phase(policy, range, false, start.plus_minutes(minutes));
    assert_eq!(at(-24 * 60 - 1), Phase::NotOpen { opens_at: start.plus_minutes(-24 * 60) });
    assert_eq!(at(-24 * 60), Phase::Open { closes_at: start.plus_minutes(-60) });
    assert_eq!(at(-60), Phase::Closed { closed_at: start.plus_minutes(-60) });
    assert_eq!(at(60), Phase::Over);
    assert_eq!(phase(policy, range, true, start), Phase::Cancelled);
}

#[test]
fn a_party_must_fit_the_audience() {
    let on = date("2026-11-25");
    let person = |n: u128, relation, born: Option<&str>| Person {
        id: PersonId::from_uuid(Uuid::from_u128(n)),
        relation,
        name: "小宝".parse().expect("a name"),
        born: born.map(|b| b.parse().expect("a month")),
    };
    let me = person(1, Relation::Me, None);
    let child = person(2, Relation::Child, Some("2021-05"));
    let teen = person(3, Relation::Child, Some("2012-05"));
    let families = Audience::Families { from: 3, to: 6 };
    assert_eq!(check_audience(families, &[me.clone(), child.clone()], on), Ok(()));
    assert_eq!(check_audience(families, std::slice::from_ref(&me), on), Err(Refusal::ChildNeeded));
    assert_eq!(check_audience(families, std::slice::from_ref(&child), on), Err(Refusal::GuardianNeeded));
    assert_eq!(
        check_audience(families, &[me.clone(), child.clone(), teen.clone()], on),
        Err(Refusal::NotEligible { people: vec![teen.id], why: Eligibility::ChildAge { from: 3, to: 6 } })
    );
    assert!(check_audience(Audience::Adults, &[me.clone(), child.clone()], on).is_err());
    let why = Eligibility::Seniors;
    let too_young = Refusal::NotEligible { people: vec![child.id], why };
    assert_eq!(check_audience(Audience::Seniors, &[me.clone(), child], on), Err(too_young));
    assert_eq!(check_audience(Audience::Everyone, &[me, teen], on), Ok(()));
}

#[test]
fn sixty_is_counted_and_never_guessed() {
    let on = date("2026-11-25");
    let person = |relation, born: Option<&str>| Person {
        id: PersonId::from_uuid(Uuid::from_u128(1)),
        relation,
        name: "王阿姨".parse().expect("a name"),
        born: born.map(|b| b.parse().expect("a month")),
    };
    let people = vec![PersonId::from_uuid(Uuid::from_u128(1))];
    let needed = Err(Refusal::BirthMonthNeeded { people: people.clone() });
    let refused = Err(Refusal::NotEligible { people, why: Eligibility::Seniors });
    for (relation, born, expected) in [
        (Relation::Me, Some("1966-11"), Ok(())),
        (Relation::Me, Some("1966-12"), refused.clone()),
        (Relation::Me, None, needed.clone()),
        (Relation::Adult, None, needed),
        (Relation::Adult, Some("1990-01"), refused),
        (Relation::Elder, None, Ok(())),
    ] {
        assert_eq!(check_audience(Audience::Seniors, &[person(relation, born)], on), expected, "{relation:?} {born:?}");
    }
}

#[test]
fn whoever_asks_before_a_draw_is_in_its_pool_and_afterwards_the_date_is_like_any_other() {
    let start = date("2026-11-30").at(nine());
    let range = TimeRange::new(start, start.plus_minutes(60)).expect("a range");
    let policy = |opens_minutes_before, draws| SignUpPolicy::PerOccurrence {
        capacity: Some(12),
        opens_minutes_before,
        closes_minutes_before: 60,
        party_max: 4,
        draws_minutes_before: Some(draws),
    };
    let (drawn, day) = (policy(Some(5 * 24 * 60), 2 * 24 * 60), 24 * 60);
    let at = |policy, minutes: i64| phase(policy, range, false, start.plus_minutes(minutes));
    assert_eq!(at(drawn, -5 * day - 1), Phase::NotOpen { opens_at: start.plus_minutes(-5 * day) });
    assert_eq!(at(drawn, -5 * day), Phase::Pool { draws_at: start.plus_minutes(-2 * day) });
    assert_eq!(at(drawn, -2 * day), Phase::Open { closes_at: start.plus_minutes(-60) });
    assert_eq!(at(drawn, -60), Phase::Closed { closed_at: start.plus_minutes(-60) });
    assert_eq!(at(drawn.once_drawn(), -3 * day), Phase::Open { closes_at: start.plus_minutes(-60) });

    let schedule = Schedule::Once { on: date("2026-11-30"), at: nine(), minutes: 60 };
    let decide = |policy, now| decide_publication(&schedule, policy, Audience::Everyone, now).map(|dates| dates.len());
    let malformed = |field: &str| Err(Refusal::Malformed { field: format!("/body/policy/{field}") });
    assert_eq!(decide(drawn, now()), Ok(1));
    assert_eq!(decide(policy(None, DRAW_MINUTES_BEFORE_MIN - 1), now()), malformed("draws_minutes_before"));
    assert_eq!(decide(policy(None, DRAW_MINUTES_BEFORE_MAX + 1), now()), malformed("draws_minutes_before"));
    assert_eq!(decide(policy(Some(2 * 24 * 60), 2 * 24 * 60), now()), malformed("opens_minutes_before"));
    let no_limit = SignUpPolicy::PerOccurrence {
        capacity: None,
        opens_minutes_before: None,
        closes_minutes_before: 0,
        party_max: 4,
        draws_minutes_before: Some(2 * 24 * 60),
    };
    assert_eq!(decide(no_limit, now()), malformed("draws_minutes_before"));
    let draws_at = start.plus_minutes(-2 * day);
    assert_eq!(decide(drawn, draws_at.plus_minutes(-1)), Ok(1));
    assert_eq!(decide(drawn, draws_at), Err(Refusal::NoTimeToDraw { draws_at }));
}
