//! Plans: each case by hand, and properties over rules, changes by hand and edits of chance.

use std::collections::BTreeSet;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::activity::{SignUpPolicy, occurrence_id};
use crate::refusal::Refusal;
use crate::series::{Series, horizon};
use crate::time::{LocalDate, LocalDateTime, Timestamp};

fn day(text: &str) -> LocalDate {
    text.parse().expect("a date")
}

fn hm(hour: u8, minute: u8) -> MinuteOfDay {
    MinuteOfDay::hm(hour, minute).expect("a time")
}

/// Monday at eight in the morning.
fn now() -> Timestamp {
    day("2026-11-30").at(hm(8, 0))
}

fn activity() -> ActivityId {
    ActivityId::from_uuid(Uuid::from_u128(0x0192_f0c1_2a3b_7c4d_8e5f_0000_0000_0001))
}

fn series(rule: &str, at: MinuteOfDay) -> Series {
    Series { on: day("2026-12-01"), at, minutes: 60, rule: rule.parse().expect("a rule") }
}

fn venue(place: &str) -> Venue {
    Venue { space: None, place: place.parse().expect("a place") }
}

fn now_is(series: Series) -> SeriesNow {
    SeriesNow {
        title: "晨练".parse().expect("a title"),
        about: None,
        audience: Audience::Everyone,
        venue: venue("广场"),
        policy: SignUpPolicy::PerOccurrence {
            capacity: Some(12),
            opens_minutes_before: None,
            closes_minutes_before: 0,
            party_max: 4,
            draws_minutes_before: None,
        },
        series,
        made_until: horizon(now()),
    }
}

fn party(number: u128) -> Party {
    let name = format!("王阿姨{number}").parse().expect("a name");
    Party { sign_up: SignUpId::from_uuid(Uuid::from_u128(number)), name, heads: 2, waits: false }
}

/// The dates that are there, each with a party where `signed_up` says so.
fn dates(series: &Series, signed_up: impl Fn(usize) -> bool) -> Vec<DateFacts> {
    let made = series.first_dates(now()).expect("dates");
    let fact = |(place, range): (usize, TimeRange)| DateFacts {
        id: occurrence_id(activity(), range.start()),
        planned: range.start(),
        range,
        is_cancelled: false,
        is_moved: false,
        has_own_venue: false,
        capacity: Some(12),
        taken: if signed_up(place) { 2 } else { 0 },
        parties: signed_up(place).then(|| party(place as u128)).into_iter().collect(),
    };
    made.into_iter().enumerate().map(fact).collect()
}

fn edit(now_is: &SeriesNow) -> SeriesEdit {
    SeriesEdit {
        activity: activity(),
        from: None,
        title: now_is.title.clone(),
        about: None,
        audience: now_is.audience,
        venue: now_is.venue.clone(),
        capacity: now_is.policy.capacity(),
        at: now_is.series.at,
        minutes: now_is.series.minutes,
        rule: now_is.series.rule.clone(),
        leftover: Leftover::Keep,
        reason: None,
    }
}

fn fates(planned: &Planned) -> Vec<Fate> {
    planned.plan.dates.iter().map(|date| date.fate).collect()
}

fn rule(text: &str) -> Recurrence {
    text.parse().expect("a rule")
}

#[test]
fn an_hour_later_moves_every_date_and_those_who_have_signed_up_keep_theirs() {
    let now_is = now_is(series("FREQ=WEEKLY", hm(9, 0)));
    let facts = dates(&now_is.series, |place| place == 1);
    let planned = decide_edit(&now_is, &facts, &SeriesEdit { at: hm(10, 0), ..edit(&now_is) }, now()).expect("a plan");
    assert_eq!(fates(&planned), [Fate::Changed; 8]);
    assert!(planned.plan.made.is_empty() && planned.plan.is_other_later);
    assert!(planned.plan.dates.iter().zip(&facts).all(|(date, fact)| date.id == fact.id && date.was == fact.range));
    assert!(planned.plan.dates.iter().all(|date| date.range.start().minute_of_day() == hm(10, 0)));
    assert_eq!(planned.plan.told().iter().map(|name| name.as_str()).collect::<Vec<_>>(), ["王阿姨1"]);
    assert_eq!(planned.ends, LocalDateTime::of(day("2026-12-01"), hm(8, 59)), "nothing is left of the old one");
}

#[test]
fn this_and_following_leaves_what_lies_before() {
    let now_is = now_is(series("FREQ=WEEKLY;COUNT=7", hm(9, 0)));
    let facts = dates(&now_is.series, |_| true);
    let wish = SeriesEdit { from: Some(facts[3].id), at: hm(10, 0), ..edit(&now_is) };
    let planned = decide_edit(&now_is, &facts, &wish, now()).expect("a plan");
    let ids: Vec<_> = planned.plan.dates.iter().map(|date| date.id).collect();
    assert_eq!(ids, facts[3..].iter().map(|date| date.id).collect::<Vec<_>>());
    assert_eq!(planned.series.rule, rule("FREQ=WEEKLY;COUNT=4"), "three of the seven have been");
    assert_eq!(planned.ends, LocalDateTime::of(day("2026-12-15"), hm(9, 0)));
    let began = facts[3].range.start();
    assert_eq!(decide_edit(&now_is, &facts, &wish, began).map(drop), Err(Refusal::OccurrenceOver));
    let nowhere = SeriesEdit { from: Some(occurrence_id(activity(), now())), ..edit(&now_is) };
    assert_eq!(decide_edit(&now_is, &facts, &nowhere, now()).map(drop), Err(Refusal::Gone));
}

#[test]
fn another_weekday_keeps_the_dates_somebody_has_signed_up_for_unless_told_otherwise() {
    let now_is = now_is(series("FREQ=WEEKLY", hm(9, 0)));
    let facts = dates(&now_is.series, |place| place < 2);
    let wish = SeriesEdit { rule: rule("FREQ=WEEKLY;BYDAY=TH"), ..edit(&now_is) };
    let planned = decide_edit(&now_is, &facts, &wish, now()).expect("a plan");
    let totals = planned.plan.totals();
    assert_eq!(totals, Totals { changed: 0, called_off: 6, extra: 2, made: 8 });
    assert!(planned.plan.told().is_empty(), "nothing changes for them");
    let off = SeriesEdit { leftover: Leftover::CallOff, ..wish };
    let planned = decide_edit(&now_is, &facts, &off, now()).expect("a plan");
    assert_eq!(planned.plan.totals(), Totals { changed: 0, called_off: 8, extra: 0, made: 8 });
    assert_eq!(planned.plan.told().len(), 2);
}

#[test]
fn what_was_changed_by_hand_stays_field_by_field() {
    let now_is = now_is(series("FREQ=WEEKLY", hm(9, 0)));
    let mut facts = dates(&now_is.series, |_| true);
    let later = facts[0].range.start().plus_minutes(180);
    facts[0].range = TimeRange::new(later, later.plus_minutes(60)).expect("a range");
    facts[0].is_moved = true;
    facts[1].has_own_venue = true;
    facts[2].capacity = Some(5);
    facts[3].is_cancelled = true;
    let wish = SeriesEdit { at: hm(10, 0), venue: venue("客厅"), capacity: Some(20), ..edit(&now_is) };
    let planned = decide_edit(&now_is, &facts, &wish, now()).expect("a plan");
    let dates = &planned.plan.dates;
    assert_eq!((dates[0].fate, dates[0].range.start(), dates[0].is_elsewhere), (Fate::Changed, later, true));
    assert_eq!((dates[1].fate, dates[1].is_elsewhere), (Fate::Changed, false));
    assert_eq!((dates[2].capacity, dates[4].capacity), (None, Some(Limit { heads: Some(20), over_by: 0 })));
    assert_eq!((dates[3].fate, dates[3].range), (Fate::Off, facts[3].range));
    assert_eq!(dates.iter().map(|date| date.keeps_own).collect::<Vec<_>>()[..5], [true, true, true, false, false]);
    assert_eq!(planned.bindings[3].minute_of_day(), hm(10, 0), "it is not made again");
}

#[test]
fn what_cannot_be_says_why() {
    let now_is = now_is(series("FREQ=WEEKLY", hm(9, 0)));
    let mut facts = dates(&now_is.series, |_| true);
    facts[0].taken = 9;
    let like = edit(&now_is);
    for (wish, refusal) in [
        (SeriesEdit { minutes: 10, ..like.clone() }, Refusal::BadLength),
        (SeriesEdit { capacity: Some(0), ..like.clone() }, Refusal::CapacityZero),
        (SeriesEdit { capacity: Some(8), ..like.clone() }, Refusal::ReasonNeeded),
        (SeriesEdit { rule: rule("FREQ=WEEKLY;UNTIL=20261130"), ..like.clone() }, Refusal::EndsBeforeStart),
        (SeriesEdit { rule: rule("FREQ=DAILY;X-TIMES=0900,0930"), ..like.clone() }, Refusal::DatesOverlap),
        (
            SeriesEdit { rule: rule("FREQ=WEEKLY;BYDAY=TU;X-TIMES=0800,0930"), minutes: 75, ..like.clone() },
            Refusal::DateExists,
        ),
    ] {
        let facts = if refusal == Refusal::DateExists {
            // A date somebody has put where the other time of day is to be.
            let mut facts = dates(&now_is.series, |_| true);
            let by_hand = facts[1].range.start().plus_minutes(-60 + 7 * 24 * 60);
            facts[1].range = TimeRange::new(by_hand, by_hand.plus_minutes(60)).expect("a range");
            facts[1].is_moved = true;
            facts
        } else {
            facts.clone()
        };
        assert_eq!(decide_edit(&now_is, &facts, &wish, now()).map(drop), Err(refusal), "{}", wish.rule);
    }
    let walk_in = SeriesNow { policy: SignUpPolicy::WalkIn, ..now_is.clone() };
    assert_eq!(decide_edit(&walk_in, &facts, &like, now()).map(drop), Err(Refusal::NoSignUpNeeded));
    let same = decide_edit(&now_is, &facts, &like, now()).expect("a plan");
    assert!(same.plan.is_nothing());
}

#[test]
fn no_date_is_made_whose_draw_would_have_been() {
    let day = 24 * 60;
    let drawn = SignUpPolicy::PerOccurrence {
        capacity: Some(12),
        opens_minutes_before: None,
        closes_minutes_before: 0,
        party_max: 4,
        draws_minutes_before: Some(2 * day),
    };
    let mut now_is = now_is(series("FREQ=WEEKLY", hm(9, 0)));
    now_is.policy = drawn;
    // The first date is there, and drawn already; that it stays is no harm.
    let facts = dates(&now_is.series, |_| false);
    let later = SeriesEdit { rule: rule("FREQ=WEEKLY;BYDAY=TU,TH"), ..edit(&now_is) };
    assert!(decide_edit(&now_is, &facts, &later, now()).is_ok());
    let soon = SeriesEdit { rule: rule("FREQ=WEEKLY;BYDAY=TU,WE"), ..edit(&now_is) };
    let draws_at = self::day("2026-12-02").at(hm(9, 0)).plus_minutes(-2 * i64::from(day));
    let at = |now| decide_edit(&now_is, &facts, &soon, now).map(|planned| planned.plan.made.len());
    assert_eq!(at(draws_at), Err(Refusal::NoTimeToDraw { draws_at }));
    assert_eq!(at(draws_at.plus_minutes(-1)), Ok(8));
}

#[test]
fn a_time_of_day_that_is_past_today_leaves_today_alone() {
    let now_is = now_is(Series { on: day("2026-11-30"), ..series("FREQ=DAILY", hm(18, 0)) });
    let facts = dates(&now_is.series, |_| false);
    let wish = SeriesEdit { at: hm(7, 0), ..edit(&now_is) };
    let planned = decide_edit(&now_is, &facts, &wish, now()).expect("a plan");
    assert_eq!(fates(&planned)[..2], [Fate::Same, Fate::Changed]);
    assert!(planned.plan.made.is_empty());
}

#[test]
fn of_two_times_a_day_the_first_becomes_the_first_and_the_second_the_second() {
    let now_is = now_is(series("FREQ=WEEKLY;X-TIMES=0900,1000", hm(9, 0)));
    let facts = dates(&now_is.series, |_| true);
    let wish = SeriesEdit { rule: rule("FREQ=WEEKLY;X-TIMES=1000,1100"), ..edit(&now_is) };
    let planned = decide_edit(&now_is, &facts, &wish, now()).expect("a plan");
    let hours: Vec<_> = planned.plan.dates[..2].iter().map(|date| date.range.start().minute_of_day()).collect();
    assert_eq!(hours, [hm(10, 0), hm(11, 0)]);
    assert_eq!(planned.plan.dates[0].id, facts[0].id);
}

#[test]
fn what_began_early_is_not_made_again_and_stays_where_it_is() {
    let now_is = now_is(series("FREQ=DAILY", hm(9, 0)));
    let mut facts = dates(&now_is.series, |_| false);
    // Tomorrow's is held today, before today's own.
    let at_now = facts[0].planned.plus_minutes(-90);
    facts[1].range = TimeRange::new(at_now, at_now.plus_minutes(60)).expect("a range");
    facts[1].is_moved = true;
    let wish = SeriesEdit { title: "早操".parse().expect("a title"), ..edit(&now_is) };
    let planned = decide_edit(&now_is, &facts, &wish, at_now).expect("a plan");
    assert!(planned.plan.made.is_empty());
    assert!(planned.plan.dates.iter().all(|date| date.id != facts[1].id));
}

#[test]
fn two_dates_are_never_planned_for_one_start() {
    let now_is = now_is(series("FREQ=WEEKLY", hm(9, 0)));
    let mut facts = dates(&now_is.series, |_| false);
    // One that was held besides, and called off, where the other time of day is to be.
    let besides = facts[0].planned.plus_minutes(60);
    let id = occurrence_id(activity(), besides);
    let range = TimeRange::new(besides, besides.plus_minutes(60)).expect("a range");
    facts.push(DateFacts { id, planned: besides, range, is_cancelled: true, ..facts[0].clone() });
    let planned = decide_edit(&now_is, &facts, &SeriesEdit { at: hm(10, 0), ..edit(&now_is) }, now()).expect("a plan");
    let keys: BTreeSet<Timestamp> = planned.bindings.iter().copied().collect();
    assert_eq!((keys.len(), planned.bindings.len()), (9, 9));
}

#[test]
fn a_series_without_dates_for_now_is_edited_for_those_to_come() {
    let now_is = now_is(series("RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=15", hm(18, 0)));
    for wish in [
        SeriesEdit { venue: venue("客厅"), ..edit(&now_is) },
        SeriesEdit { capacity: Some(30), ..edit(&now_is) },
        SeriesEdit { at: hm(19, 0), ..edit(&now_is) },
    ] {
        let planned = decide_edit(&now_is, &[], &wish, now()).expect("a plan");
        assert!(!planned.plan.is_nothing() && planned.plan.dates.is_empty());
        assert_eq!(planned.series.on, day("2027-09-15"), "it begins where the old one would have gone on");
    }
}

const RULES: [&str; 8] = [
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;BYDAY=TU,TH",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SA",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY;X-TIMES=0700,1930",
    "FREQ=WEEKLY;BYDAY=TU,FR;X-TIMES=0800,1400,1900",
    "FREQ=MONTHLY;BYMONTHDAY=1,15",
    "FREQ=WEEKLY;COUNT=9;X-HOLIDAYS=SKIP",
];

#[derive(Debug, Clone)]
struct ByHand {
    minutes: i64,
    is_cancelled: bool,
    has_own_venue: bool,
    signed_up: u8,
}

fn by_hand() -> impl Strategy<Value = ByHand> {
    (prop_oneof![3 => Just(0_i64), 1 => -300..300_i64], prop::bool::weighted(0.2), any::<bool>(), 0..3_u8).prop_map(
        |(minutes, is_cancelled, has_own_venue, signed_up)| ByHand { minutes, is_cancelled, has_own_venue, signed_up },
    )
}

prop_compose! {
    fn world()(
        old in prop::sample::select(&RULES[..]),
        new in prop::sample::select(&RULES[..]),
        (at, minutes, place) in (6..21_u8, prop_oneof![Just(60_u16), Just(45)], any::<bool>()),
        hands in prop::collection::vec(by_hand(), 70),
        (first, later, is_all, calls_off) in (any::<prop::sample::Index>(), 0..20_i64, any::<bool>(), any::<bool>()),
    ) -> (SeriesNow, Vec<DateFacts>, SeriesEdit, Timestamp) {
        let now_is = now_is(series(old, hm(9, 0)));
        let mut facts = dates(&now_is.series, |_| false);
        for (place, (date, hand)) in facts.iter_mut().zip(hands).enumerate() {
            let start = date.range.start().plus_minutes(hand.minutes);
            date.range = TimeRange::new(start, start.plus_minutes(60)).expect("a range");
            (date.is_moved, date.is_cancelled) = (hand.minutes != 0, hand.is_cancelled);
            date.has_own_venue = hand.has_own_venue;
            if !hand.is_cancelled {
                date.parties = (0..hand.signed_up).map(|n| party(place as u128 * 10 + u128::from(n))).collect();
            }
        }
        let at_now = now().plus_minutes(later * 24 * 60);
        facts.retain(|date| date.range.start() > at_now || date.planned > at_now);
        let from = (!is_all && !facts.is_empty()).then(|| facts[first.index(facts.len())].id);
        let leftover = if calls_off { Leftover::CallOff } else { Leftover::Keep };
        let venue = if place { venue("客厅") } else { now_is.venue.clone() };
        let edit = SeriesEdit { from, at: hm(at, 0), minutes, rule: rule(new), venue, leftover, ..edit(&now_is) };
        (now_is, facts, edit, at_now)
    }
}

proptest! {
    /// No date is lost or doubled, those that have begun or lie before stay out of it, and whoever has signed up for a date
    /// that changes is named.
    #[test]
    fn every_date_has_one_fate_and_everybody_concerned_is_named((now_is, facts, edit, now) in world()) {
        let Ok(planned) = decide_edit(&now_is, &facts, &edit, now) else { return Ok(()) };
        let first = edit.from.and_then(|id| facts.iter().find(|date| date.id == id)).map(|date| date.planned);
        let first = first.or_else(|| facts.iter().filter(|date| date.range.start() > now).map(|date| date.planned).min());
        let is_concerned = |date: &&DateFacts| date.range.start() > now && first.is_some_and(|first| date.planned >= first);
        let concerned: BTreeSet<_> = facts.iter().filter(is_concerned).map(|date| date.id).collect();
        let found: BTreeSet<_> = planned.plan.dates.iter().map(|date| date.id).collect();
        prop_assert_eq!(&found, &concerned);
        prop_assert_eq!(planned.plan.dates.len(), found.len());

        let mut keys: BTreeSet<Timestamp> = planned.bindings.iter().copied().collect();
        prop_assert_eq!(keys.len(), planned.bindings.len(), "no two for one start");
        for range in &planned.plan.made {
            prop_assert!(range.start() > now && keys.insert(range.start()), "made besides one that is there");
        }
        // Whatever the new rule has within the horizon is there, unless it has begun.
        let begun: BTreeSet<_> = facts.iter().filter(|date| date.range.start() <= now).map(|date| date.planned).collect();
        for range in planned.series.dates(now.plus_minutes(1), now_is.made_until) {
            prop_assert!(keys.contains(&range.start()) || begun.contains(&range.start()), "{:?} is missing", range);
        }

        for date in &planned.plan.dates {
            let fact = facts.iter().find(|fact| fact.id == date.id).expect("one of those");
            prop_assert_eq!(date.was, fact.range);
            let is_other = date.range != fact.range || date.is_elsewhere || date.fate == Fate::CalledOff;
            prop_assert_eq!(is_other, date.concerns_people());
            prop_assert_eq!(fact.is_cancelled, date.fate == Fate::Off);
            if date.concerns_people() || date.fate == Fate::Extra {
                prop_assert_eq!(&date.parties, &fact.parties);
            }
            if date.fate == Fate::CalledOff {
                prop_assert!(fact.parties.is_empty() || edit.leftover == Leftover::CallOff);
            }
            if fact.is_moved || fact.is_cancelled {
                prop_assert_eq!(date.range, fact.range);
            }
            prop_assert!(!(date.is_elsewhere && fact.has_own_venue));
            prop_assert!(date.fate == Fate::CalledOff || date.range.start() > now);
        }
    }

    /// A plan is known by what it shows: the same again has the same hash, and what is shown otherwise another.
    #[test]
    fn the_hash_follows_what_is_shown((now_is, facts, edit, now) in world(), which in any::<prop::sample::Index>(), more in 0..3_u8) {
        let Ok(planned) = decide_edit(&now_is, &facts, &edit, now) else { return Ok(()) };
        let mut others = facts.clone();
        if !others.is_empty() {
            let place = which.index(others.len());
            let date = &mut others[place];
            match more {
                0 => date.parties.push(party(900)),
                1 => date.parties.clear(),
                _ => date.has_own_venue = !date.has_own_venue,
            }
        }
        let Ok(other) = decide_edit(&now_is, &others, &edit, now) else { return Ok(()) };
        prop_assert_eq!(planned.plan == other.plan, planned.plan.hash() == other.plan.hash());
        let told: PlanHash = planned.plan.hash().to_string().parse().expect("as it is written");
        prop_assert_eq!(told, planned.plan.hash());
    }
}
