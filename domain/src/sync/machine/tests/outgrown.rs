//! A server that no longer goes on with this build.

use super::*;
use crate::sync::wire::EDITION;

#[test]
fn a_server_that_has_outgrown_this_build_still_answers_it_and_says_so() {
    let (mut client, _) = booted(vec![queued(1)]);
    assert!(!client.is_outgrown());
    let oldest = Some(EDITION + 1);
    client.step(10, 0, Input::Replied(1, Some(SyncReply { oldest, ..reply(vec![accepted(1, 5)], None) })));
    client.step(11, 0, Input::Stored(1, true));
    assert!(client.is_outgrown() && client.queue().is_empty() && client.journal().contains_key(&id(1)));
    // A server of before, while they are being replaced.
    let (request, _) = sent(&client.step(9_000, 0, Input::TryNow)).expect("a request");
    client.step(9_010, 0, Input::Replied(request, Some(SyncReply { oldest: Some(EDITION), ..reply(vec![], None) })));
    assert!(!client.is_outgrown());
}

#[test]
fn what_a_server_no_longer_understands_waits_for_a_build_that_it_does() {
    let (mut client, _) = booted(vec![queued(1)]);
    let effects = client.step(10, 0, Input::TooOld(1));
    assert!(client.is_outgrown() && !client.is_offline());
    assert!(is_armed(&effects) && sent(&effects).is_none(), "not again at once");
    assert_eq!(client.queue().len(), 1);
    // No answer afterwards says nothing about the build.
    let (request, numbers) = sent(&client.step(9_000, 0, Input::TryNow)).expect("a request");
    assert_eq!(numbers, [1]);
    client.step(9_010, 0, Input::Replied(request, None));
    assert!(client.is_outgrown() && client.is_offline());
}
