//! Every way a small world can go, and not only those that chance finds: two phones, one place, two commands on each, or
//! three in all where the server may be put back.
//!
//! The phones are the machine of `domain::sync` over the simulator's disks, the server is the reference server with the
//! rules of `domain`; nothing is retold. A checker walks through every state that can be reached when requests and
//! replies are lost, doubled, late and out of order, phones die before, between and after their writes, and the server
//! dies between two commands: as often as you like. Once the server is put back to any earlier moment, and says so by a
//! new epoch or does not. In one world two people want the same place; that finds waiting and moving up. In the other one
//! person does the same on both phones; that finds refusals and what was so already.
//!
//! What is left out, and why nothing is lost by it:
//! - For the machine time stands still and chance is nought. In place of timers, a person's wish to try now may come
//!   whenever nothing is under way; it sends what a timer would send. How long phones wait, and that they ever come to
//!   rest, is the seeded simulator's to say.
//! - The server's clock moves with the restore alone. Machines compare its readings to tell what was read before a restore
//!   from what was read after; on one branch of history the numbers of changes decide.
//! - A reply comes at once or never. While it travels its phone only waits, so that all that happens meanwhile elsewhere
//!   may as well happen after. For the same reason a phone that writes, or has nothing under way, goes on before
//!   anything else happens.
//! - A request whose reply nobody gets is its commands, each alone and at any time: each has a transaction of its own, and
//!   a request that dies halfway is its first ones. Whoever has given a try up does not hear the reply.
//! - Two phones are the same if they differ only in what makes no difference to anything they will do: how often they
//!   tried, or where in the stream the effect of an answer is that they have read ([`phone::Phone::digest`]).
//! - One tab, no copied profile, no session that ends, no full disk, no row lost on a disk and so no checksum, nothing
//!   taken back: the seeded simulator has them.

mod known;
mod model;
mod phone;
mod server;

use std::io::Write;
use std::time::Instant;

use simulator::coverage::Sight;
use simulator::planted::Bug;
use stateright::{Checker, HasDiscoveries, Model};

use model::{Cast, Extent, World};

/// More steps than this are no small world.
const STEPS_MAX: usize = 30_000_000;

/// Tells what was done even where the runner keeps to itself what tests print.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn prove(cast: Cast, extent: Extent, sights: &[Sight]) {
    let started = Instant::now();
    let checker = World::new(cast, extent, None).checker().target_state_count(STEPS_MAX).spawn_bfs().join();
    let (states, steps, depth) = (checker.unique_state_count(), checker.state_count(), checker.max_depth());
    let (seconds, sizes) = (started.elapsed().as_secs_f64(), checker.model().sizes());
    say(&format!(
        "{cast:?}, {extent:?}: {states} states, {steps} steps, at most {depth} deep; {sizes}; {seconds:.0} s"
    ));
    checker.assert_properties();
    assert!(steps < STEPS_MAX, "not everything was looked at");
    let missing = checker.model().missing(sights);
    assert!(missing.is_empty(), "never seen: {missing:?}");
}

/// What either world must come across.
const SIGHTS: [Sight; 4] = [Sight::Confirmed, Sight::ReplayHit, Sight::ServerDied, Sight::KilledBeforeWrite];

/// What a world that is put back must come across besides.
const RESTORED: [Sight; 8] = [
    Sight::RestoredSilently,
    Sight::RestoredAnnounced,
    Sight::ResetAhead,
    Sight::ResetDiverged,
    Sight::ResetEpochChanged,
    Sight::JournalKnown,
    Sight::JournalLost,
    Sight::SentAgain,
];

/// Twice as much as [`PUT_BACK`] of what people do, and no restore.
const GOES_ON: Extent = Extent { taps: [2, 2], is_restored: false };
const PUT_BACK: Extent = Extent { taps: [2, 1], is_restored: true };

#[test]
fn two_people_who_want_one_place_agree_with_the_server_whatever_happens() {
    let sights = [&SIGHTS[..], &[Sight::Waitlisted, Sight::Promoted]].concat();
    prove(Cast::TwoPeople, GOES_ON, &sights);
    prove(Cast::TwoPeople, PUT_BACK, &[&sights[..], &RESTORED].concat());
}

#[test]
fn one_person_with_two_phones_agrees_with_the_server_whatever_happens() {
    let sights = [&SIGHTS[..], &[Sight::Refused]].concat();
    prove(Cast::TwoPhones, GOES_ON, &sights);
    prove(Cast::TwoPhones, PUT_BACK, &[&sights[..], &RESTORED].concat());
}

#[test]
fn each_planted_bug_is_found() {
    for (bug, property) in [
        (Bug::AnswerNotStored, model::ONE_ANSWER),
        (Bug::NumberWithoutCommit, model::ONE_ANSWER),
        (Bug::IdsNotCompared, model::ONE_ANSWER),
        (Bug::PlacesNotHeld, model::ONE_PLACE),
        (Bug::CursorBeforeRows, model::ALL_READ),
        (Bug::QueueBeforeAnswers, model::NOTHING_LOST),
        (Bug::TagsNotCompared, model::NOTHING_GONE),
        (Bug::JournalNotAsked, model::NOTHING_FORGOTTEN),
        (Bug::DoubtNotKept, model::NOTHING_FORGOTTEN),
        (Bug::SentAgainBehind, model::IN_ORDER),
    ] {
        let until = HasDiscoveries::AnyOf([property].into());
        let checker = World::new(Cast::TwoPeople, PUT_BACK, Some(bug)).checker().finish_when(until);
        let checker = checker.target_state_count(STEPS_MAX).spawn_bfs().join();
        let path = checker.discovery(property).unwrap_or_else(|| panic!("{bug:?} is not found"));
        say(&format!("{bug:?} after {} states: {:?}", checker.unique_state_count(), path.into_actions()));
    }
}
