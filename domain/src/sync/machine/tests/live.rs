//! When a page listens, and what hints cost.

use super::*;
use crate::sync::limits::{
    HINT_EVERY_MS, HINT_SPREAD_MAX_MS, LIVE_AGAIN_FIRST_MS, LIVE_AGAIN_LAST_MS, LIVE_REST_MS, LIVE_SILENT_MS,
    LIVE_STREAMS_MAX, POLL_MS, POLL_UNHINTED_MS, PUBLIC_PULL_MS,
};
use crate::sync::wire::Hint;

fn own() -> StreamId {
    StreamId::Account(account())
}

/// What is to be listened to from now on, if that is said.
fn listens(effects: &[Effect]) -> Option<Vec<StreamId>> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::Listen(streams) => Some(streams.clone()),
        _ => None,
    })
}

fn waits(effects: &[Effect]) -> Option<u64> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::Wake { after_ms } => Some(*after_ms),
        _ => None,
    })
}

fn hint(stream: StreamId, head: u64, spread_ms: u64) -> Input {
    Input::Hint(Hint { stream, head, spread_ms })
}

/// Gives a request its reply and stores it; what follows.
fn answered(client: &mut Client, now: u64, request: u64, results: Vec<(StreamId, PullResult)>) -> Vec<Effect> {
    let pulls = results.into_iter().map(|(stream, result)| PullReply { stream, result }).collect();
    let reply = SyncReply { proto: PROTOCOL, server_at: at(), answers: vec![], pulls, unknown: vec![], oldest: None };
    client.step(now, 0, Input::Replied(request, Some(reply)));
    client.step(now, 0, Input::Stored(request, true))
}

/// A page that has read the community up to 5 and its own stream up to 5 at time 20, and listens.
fn listening() -> Client {
    let (mut client, effects) = booted(vec![]);
    assert_eq!(listens(&effects), Some(vec![own(), stream()]));
    client.step(10, 0, Input::Live(LiveEvent::Opened));
    answered(&mut client, 20, 1, vec![(own(), snapshot(1, 5)), (stream(), snapshot(1, 5))]);
    client
}

#[test]
fn a_page_listens_while_it_is_seen_watches_something_and_gets_answers() {
    let mut client = listening();
    assert_eq!(listens(&client.step(100, 0, Input::Visible(false))), Some(vec![]));
    assert_eq!(listens(&client.step(200, 0, Input::Visible(true))), Some(vec![own(), stream()]));
    assert_eq!(listens(&client.step(300, 0, Input::Watch(vec![]))), Some(vec![]));
    let other: StreamId = "c:heping".parse().expect("a stream");
    assert_eq!(listens(&client.step(400, 0, Input::Watch(vec![other.clone()]))), Some(vec![own(), other.clone()]));
    assert_eq!(listens(&client.step(500, 0, Input::Watch(vec![other.clone()]))), None, "it does already");
    // What was asked for on coming back gets no answer.
    assert_eq!(listens(&client.step(2_100, 0, Input::Replied(2, None))), Some(vec![]));
    let (request, _) = sent(&client.step(9_000, 0, Input::TryNow)).expect("a request");
    let effects = client.step(9_100, 0, Input::Replied(request, Some(reply(vec![], None))));
    assert_eq!(listens(&effects), Some(vec![own(), other]));
}

#[test]
fn ones_own_stream_is_listened_to_by_whoever_is_signed_in() {
    let mut client = listening();
    let (request, _) = sent(&client.step(2_000, 0, Input::TryNow)).expect("a request");
    let denied = vec![PullReply { stream: own(), result: PullResult::Denied }];
    let theirs = SyncReply { pulls: denied, ..reply(vec![], None) };
    let effects = client.step(2_100, 0, Input::Replied(request, Some(theirs)));
    assert_eq!(listens(&effects), Some(vec![stream()]));
    client.step(2_200, 0, Input::Stored(request, true));
    let (request, _) = sent(&client.step(9_000, 0, Input::TryNow)).expect("a request");
    let given = vec![PullReply { stream: own(), result: snapshot(1, 1) }];
    let effects =
        client.step(9_100, 0, Input::Replied(request, Some(SyncReply { pulls: given, ..reply(vec![], None) })));
    assert_eq!(listens(&effects), Some(vec![own(), stream()]));
    let mut guest = Client::default();
    guest.step(0, 0, Input::Visible(true));
    guest.step(0, 0, Input::Watch(vec![stream()]));
    assert_eq!(listens(&guest.step(0, 0, Input::Boot(Stored::default()))), Some(vec![stream()]));
}

#[test]
fn one_connection_listens_to_no_more_streams_than_a_server_takes() {
    let mut client = listening();
    let many = (0..LIVE_STREAMS_MAX + 4).map(|n| format!("c:nr-{n}").parse().expect("a stream")).collect();
    let listened = listens(&client.step(100, 0, Input::Watch(many))).expect("a connection");
    assert_eq!((listened.len(), &listened[0]), (LIVE_STREAMS_MAX, &own()));
}

#[test]
fn a_hint_no_newer_than_what_was_read_costs_nothing() {
    let mut client = listening();
    for (stream, head) in [(stream(), 5), (stream(), 3), (own(), 5), ("c:elsewhere".parse().expect("a stream"), 9)] {
        let effects = client.step(10_000, 0, hint(stream, head, 0));
        assert!(sent(&effects).is_none(), "{head}");
        assert!(waits(&effects).is_some_and(|ms| ms > 1_000), "{head}");
    }
}

#[test]
fn a_newer_one_leads_to_one_pull_at_a_moment_of_ones_own() {
    for (random, spread, due) in
        [(0, 4_000, 0), (3_999, 4_000, 3_999), (4_001, 4_000, 0), (77, 0, 0), (9_500, 90_000, 9_500)]
    {
        let mut client = listening();
        let effects = client.step(20_000, random, hint(stream(), 6, spread));
        if due > 0 {
            assert!(sent(&effects).is_none(), "{random} of {spread}");
            assert_eq!(waits(&effects), Some(due), "{random} of {spread}");
            // Told again meanwhile, it stays at that.
            assert!(sent(&client.step(20_001, 0, hint(stream(), 6, 0))).is_none());
            assert!(sent(&client.step(20_000 + due - 1, 0, Input::Woke)).is_none());
        }
        let pulled = if due > 0 { client.step(20_000 + due, 0, Input::Woke) } else { effects };
        assert!(sent(&pulled).is_some(), "{random} of {spread}");
        let effects = answered(&mut client, 31_000, 2, vec![(own(), snapshot(1, 5)), (stream(), snapshot(1, 6))]);
        assert!(sent(&effects).is_none());
        assert!(sent(&client.step(31_100, 0, hint(stream(), 6, 0))).is_none());
    }
    let mut client = listening();
    let effects = client.step(20_000, u64::MAX, hint(stream(), 6, u64::MAX));
    assert!(waits(&effects).is_some_and(|ms| ms <= HINT_SPREAD_MAX_MS), "whatever is said");
}

#[test]
fn what_comes_while_a_pull_is_under_way_is_pulled_afterwards() {
    let mut client = listening();
    let (request, _) = sent(&client.step(20_000, 0, hint(stream(), 6, 0))).expect("a request");
    assert!(sent(&client.step(20_010, 0, hint(stream(), 7, 0))).is_none());
    let effects = answered(&mut client, 20_100, request, vec![(stream(), snapshot(1, 6))]);
    assert_eq!(waits(&effects), Some(PUBLIC_PULL_MS - 100));
    let effects = client.step(20_000 + PUBLIC_PULL_MS, 0, Input::Woke);
    let (request, _) = sent(&effects).expect("a request");
    // Had the reply brought it already, that would have been all.
    client.step(26_000, 0, hint(stream(), 9, 0));
    let effects = answered(&mut client, 26_100, request, vec![(stream(), snapshot(1, 9))]);
    assert!(waits(&effects).is_some_and(|ms| ms > PUBLIC_PULL_MS));
}

#[test]
fn pulls_for_what_everybody_sees_keep_their_distance_and_ones_own_come_at_once() {
    let mut client = listening();
    client.step(20_000, 0, hint(stream(), 6, 0));
    answered(&mut client, 20_100, 2, vec![(own(), snapshot(1, 5)), (stream(), snapshot(1, 6))]);
    let effects = client.step(20_200, 0, hint(stream(), 7, 0));
    assert_eq!((sent(&effects), waits(&effects)), (None, Some(PUBLIC_PULL_MS - 200)));
    let effects = client.step(20_300, 0, hint(own(), 6, 0));
    assert_eq!((sent(&effects), waits(&effects)), (None, Some(HINT_EVERY_MS - 300)));
    let (request, _) = sent(&client.step(20_000 + HINT_EVERY_MS, 0, Input::Woke)).expect("a request");
    let effects = answered(&mut client, 21_100, request, vec![(own(), snapshot(1, 6)), (stream(), snapshot(1, 7))]);
    assert!(waits(&effects).is_some_and(|ms| ms > PUBLIC_PULL_MS), "both were read: {effects:?}");
}

#[test]
fn a_server_that_promises_too_much_is_not_asked_in_a_circle() {
    let mut client = listening();
    let mut requests = 0;
    for second in 0..60 {
        let now = 60_000 + second * 1_000;
        // For half a minute always the same, then ever more.
        let head = if second < 30 { 900 } else { 900 + second };
        for ms in [0, 300, 600, 900] {
            for input in [hint(stream(), head, 0), Input::Woke] {
                if let Some((request, _)) = sent(&client.step(now + ms, 0, input)) {
                    requests += 1;
                    answered(&mut client, now + ms, request, vec![(own(), snapshot(1, 5)), (stream(), snapshot(1, 5))]);
                }
            }
        }
    }
    // One for what was said first, one in five seconds for what is new each time, and the usual ones.
    assert!((7..=10).contains(&requests), "{requests}");
}

#[test]
fn a_hint_is_not_lost_with_the_request_it_led_to() {
    let mut client = listening();
    let (request, _) = sent(&client.step(20_000, 0, hint(stream(), 6, 0))).expect("a request");
    assert_eq!(listens(&client.step(20_100, 0, Input::NotSent(request))), Some(vec![]));
    let (request, _) = sent(&client.step(90_000, 0, Input::Woke)).expect("a request");
    let effects = answered(&mut client, 90_100, request, vec![(own(), snapshot(1, 5))]);
    assert!(sent(&effects).is_none());
    assert!(sent(&client.step(99_000, 0, hint(stream(), 6, 0))).is_some(), "a new connection tells it once more");
}

#[test]
fn a_silent_connection_is_given_up_for_another() {
    let mut client = listening();
    client.step(30_000, 0, Input::Live(LiveEvent::Heard));
    assert_eq!(listens(&client.step(30_000 + LIVE_SILENT_MS - 1, 0, Input::Woke)), None);
    answered(&mut client, 89_999, 2, vec![(own(), snapshot(1, 5)), (stream(), snapshot(1, 5))]);
    let effects = client.step(30_000 + LIVE_SILENT_MS, 700, Input::Woke);
    assert_eq!(listens(&effects), Some(vec![]));
    assert_eq!(waits(&effects), Some(LIVE_AGAIN_FIRST_MS + 700));
    let effects = client.step(30_000 + LIVE_SILENT_MS + LIVE_AGAIN_FIRST_MS + 700, 0, Input::Woke);
    assert_eq!(listens(&effects), Some(vec![own(), stream()]));
}

#[test]
fn a_connection_that_does_not_open_is_tried_ever_more_rarely() {
    let mut client = listening();
    client.step(30_000, 0, Input::Live(LiveEvent::Heard));
    let (mut now, mut pauses) = (40_000, Vec::new());
    for _ in 0..7 {
        assert_eq!(listens(&client.step(now, 0, Input::Live(LiveEvent::Closed))), Some(vec![]));
        let closed = now;
        for _ in 0..400 {
            now += 500;
            let effects = client.step(now, 0, Input::Woke);
            if let Some((request, _)) = sent(&effects) {
                answered(&mut client, now, request, vec![(own(), snapshot(1, 5)), (stream(), snapshot(1, 5))]);
            }
            if listens(&effects).is_some() {
                break;
            }
        }
        pauses.push(now - closed);
    }
    assert_eq!(pauses, [2_000, 4_000, 8_000, 16_000, 32_000, 32_000, 32_000]);
    let (longest, again) = (LIVE_AGAIN_LAST_MS - 1, LIVE_AGAIN_LAST_MS - LIVE_AGAIN_FIRST_MS - 1);
    client.step(now, 0, Input::Live(LiveEvent::Opened));
    client.step(now + 5_000, again, hint(stream(), 5, 0));
    client.step(now + 5_000, again, Input::Live(LiveEvent::Closed));
    let closed = now + 5_000;
    assert_eq!(listens(&client.step(closed + longest - 1, 0, Input::Woke)), None);
    let effects = client.step(closed + longest, 0, Input::Woke);
    assert_eq!(listens(&effects), Some(vec![own(), stream()]), "once it was of use, not so rarely");
}

/// Where the connection ends at once, or where nothing comes through: the page polls, and listens again later.
#[test]
fn where_connections_are_of_no_use_the_page_asks_more_often() {
    for swallows in [false, true] {
        let mut client = listening();
        client.step(10_000, 0, Input::Live(LiveEvent::Heard));
        client.step(10_000, 0, Input::Visible(false));
        let (mut now, mut ends, mut polls, mut back) = (11_000, Vec::new(), Vec::new(), None);
        let mut effects = client.step(now, 0, Input::Visible(true));
        for _ in 0..20_000 {
            let listened = listens(&effects);
            if let Some((request, _)) = sent(&effects) {
                polls.push(now);
                answered(&mut client, now, request, vec![(own(), snapshot(1, 5)), (stream(), snapshot(1, 5))]);
            }
            if listened.is_some_and(|streams| !streams.is_empty()) {
                if ends.len() == 3 {
                    back = Some(now);
                    break;
                }
                client.step(now, 0, Input::Live(LiveEvent::Opened));
                ends.push(now);
                if !swallows {
                    client.step(now + 10, 0, hint(stream(), 5, 0));
                    effects = client.step(now + 999, 0, Input::Live(LiveEvent::Closed));
                    now += 999;
                    continue;
                }
            }
            now += 500;
            effects = client.step(now, 7_000, Input::Woke);
        }
        let rests = if swallows { ends[2] + LIVE_SILENT_MS } else { ends[2] + 999 };
        assert_eq!(back.map(|back| (back - rests) / 1_000), Some(LIVE_REST_MS / 1_000), "swallows: {swallows}");
        let (least, most) = (POLL_UNHINTED_MS * 7 / 10, POLL_UNHINTED_MS * 13 / 10);
        let waits: Vec<_> = polls.windows(2).filter(|two| two[0] > rests).map(|two| two[1] - two[0]).collect();
        assert!(waits.len() > 15 && waits.iter().all(|ms| (least..=most + 500).contains(ms)), "{waits:?}");
        assert!(polls.iter().any(|at| (rests..rests + most).contains(at)), "the first soon: {polls:?}");
        assert!(most < POLL_MS);
    }
}

#[test]
fn a_network_that_comes_back_may_be_another() {
    let mut client = listening();
    client.step(10_000, 0, Input::Live(LiveEvent::Heard));
    for n in 1..=3 {
        client.step(n * 20_000, 0, Input::Live(LiveEvent::Opened));
        client.step(n * 20_000 + 10, 0, Input::Live(LiveEvent::Closed));
        client.step(n * 20_000 + 10_000, 0, Input::Woke);
    }
    assert_eq!(listens(&client.step(85_000, 0, Input::Woke)), None, "it rests");
    assert_eq!(listens(&client.step(90_000, 0, Input::TryNow)), Some(vec![own(), stream()]));
}
