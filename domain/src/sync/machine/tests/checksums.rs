//! What goes along with a pull, so that a phone that has lost rows is found out.

use super::*;

/// What goes along with the pull of the one stream.
fn checksum(effects: &[Effect]) -> Option<Checksum> {
    effects.iter().find_map(|effect| match effect {
        Effect::Send { body, .. } => body.pulls.iter().find(|pull| pull.stream == stream())?.checksum,
        _ => None,
    })
}

/// A phone with the stream on its disk, as a start finds it.
fn found(rows: Vec<Row>, whole_on: Option<LocalDate>) -> (Client, Vec<Effect>) {
    let mut client = Client::default();
    let streams = vec![StoredStream { stream: stream(), cursor: cursor(1, 5), as_of: at(), whole_on, rows }];
    client.step(0, 0, Input::Visible(true));
    client.step(0, 0, Input::Watch(vec![stream()]));
    let stored = Stored { account: Some(account()), device: Some(device()), streams, ..Stored::default() };
    let effects = client.step(0, 0, Input::Boot(stored));
    (client, effects)
}

#[test]
fn what_a_start_finds_is_compared_until_the_server_could_and_then_now_and_again() {
    let (mut client, effects) = found(vec![seats(3, 5)], Some(at().date()));
    let said = checksum(&effects).expect("with the first pull");
    assert_eq!((said.on, said.sum), (at().date(), sum_of([("seats", seats(3, 5).id.as_str(), 5)])));
    let mut request = 1;
    let mut answer = |client: &mut Client, result| {
        let now = 100_000 * request;
        client.step(now, 0, Input::Replied(request, Some(reply(vec![], Some(result)))));
        client.step(now + 1, 0, Input::Stored(request, true));
        request += 1;
        client.step(now + 70_000, 0, Input::Woke)
    };
    // Something has changed since: what was there before, the server no longer knows.
    let effects = answer(&mut client, delta(5, 7, 4));
    let said = checksum(&effects).expect("it was not compared");
    assert_eq!(said.sum, sum_of([("seats", seats(4, 7).id.as_str(), 7)]));
    let still = || PullResult::Delta { from: 7, rows: vec![], gone: vec![], cursor: cursor(1, 7) };
    for pulls in 1..=CHECKSUM_EVERY {
        let is_due = checksum(&answer(&mut client, still())).is_some();
        assert_eq!(is_due, pulls == CHECKSUM_EVERY, "pull {pulls} after it was compared");
    }
    let whole =
        PullResult::Snapshot { why: Some(ResetReason::Checksum), rows: vec![seats(5, 7)], cursor: cursor(1, 7) };
    assert_eq!(checksum(&answer(&mut client, whole)), None, "what was just given needs no comparing");
    assert_eq!(taken(&client), Some(5));
}

#[test]
fn what_an_older_build_has_stored_without_its_day_is_given_anew() {
    let (mut client, effects) = found(vec![seats(3, 5)], None);
    let said = checksum(&effects).expect("with the first pull");
    assert_eq!(said.on, at().date());
    assert!(![sum_of([("seats", seats(3, 5).id.as_str(), 5)]), sum_of([])].contains(&said.sum), "never right");
    let whole =
        PullResult::Snapshot { why: Some(ResetReason::Checksum), rows: vec![seats(4, 5)], cursor: cursor(1, 5) };
    client.step(10, 0, Input::Replied(1, Some(reply(vec![], Some(whole)))));
    client.step(11, 0, Input::Stored(1, true));
    assert_eq!(taken(&client), Some(4));
}

#[test]
fn no_checksum_goes_along_where_it_was_not_answered() {
    let (mut client, effects) = found(vec![], Some(at().date()));
    assert!(checksum(&effects).is_some());
    // A server of last week turns the whole request away.
    client.step(10, 0, Input::Replied(1, None));
    let effects = client.step(60_000, 0, Input::Woke);
    assert!(sent(&effects).is_some() && checksum(&effects).is_none());
}
