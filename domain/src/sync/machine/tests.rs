//! The machine driven by hand: a phone, a reply, a lost reply.

use uuid::Uuid;

use super::*;
use crate::change::Row;
use crate::command::{Accepted, CheckIn};
use crate::id::SignUpId;
use crate::refusal::Refusal;
use crate::sync::wire::VIEW;
use crate::words::{Language, words};

fn account() -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(1))
}

fn device() -> DeviceId {
    DeviceId::from_uuid(Uuid::from_u128(2))
}

fn stream() -> StreamId {
    "c:banzha".parse().expect("a stream")
}

fn at() -> Timestamp {
    Timestamp::from_ms(1_795_390_200_000)
}

fn id(no: u64) -> CommandId {
    CommandId::from_uuid(Uuid::from_u128(1000 + u128::from(no)))
}

fn queued(no: u64) -> Queued {
    let command = Command::CheckIn(CheckIn { sign_up: SignUpId::from_uuid(Uuid::from_u128(7)) });
    let envelope = Envelope {
        v: 1,
        id: id(no),
        device: device(),
        no,
        account: account(),
        stream: stream(),
        depends_on: None,
        phone_ms: 0,
        kind: command.kind().to_owned(),
        kind_v: 1,
        body: command.body(),
    };
    Queued { no, raw: serde_json::to_string(&envelope).expect("json"), tried: 0 }
}

fn cursor(epoch: u64, seq: u64) -> Cursor {
    Cursor { epoch, seq, tag: 1, audience: 1, view: VIEW }
}

fn seats(taken: u16, seq: u64) -> Row {
    let body = format!(r#"{{"capacity":12,"taken":{taken},"waiting_parties":0,"waiting_heads":0}}"#);
    Row {
        class: "seats".to_owned(),
        id: Uuid::from_u128(9).hyphenated().to_string(),
        seq,
        on: None,
        body: RawValue::from_string(body).expect("json"),
    }
}

fn booted(queue: Vec<Queued>) -> (Client, Vec<Effect>) {
    let mut client = Client::default();
    let stored = Stored { account: Some(account()), device: Some(device()), queue, ..Stored::default() };
    client.step(0, 0, Input::Visible(true));
    client.step(0, 0, Input::Watch(vec![stream()]));
    let effects = client.step(0, 0, Input::Boot(stored));
    (client, effects)
}

fn sent(effects: &[Effect]) -> Option<(u64, Vec<u64>)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Send { request, numbers, .. } => Some((*request, numbers.clone())),
        _ => None,
    })
}

fn is_armed(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Wake { .. }))
}

fn reply(answers: Vec<Answer>, result: Option<PullResult>) -> SyncReply {
    let pulls = result.into_iter().map(|result| PullReply { stream: stream(), result }).collect();
    SyncReply { proto: PROTOCOL, server_at: at(), answers, pulls }
}

fn accepted(no: u64, seq: u64) -> Answer {
    Answer::Decided { id: id(no), outcome: Outcome::Accepted { seq, result: Accepted::Done } }
}

fn delta(from: u64, to: u64, taken: u16) -> PullResult {
    PullResult::Delta { from, rows: vec![seats(taken, to)], gone: vec![], cursor: cursor(1, to), more: false }
}

fn taken(client: &Client) -> Option<u16> {
    client.base().seats.values().next().map(|seats| seats.row.taken)
}

#[test]
fn a_command_stays_queued_until_its_answer_is_stored() {
    let (mut client, effects) = booted(vec![queued(1)]);
    assert_eq!(sent(&effects), Some((1, vec![1])));
    assert_eq!(client.pending()[0].delivery, Delivery::Checking);
    let effects = client.step(10, 0, Input::Replied(1, Some(reply(vec![accepted(1, 5)], None))));
    assert!(effects.iter().any(|e| matches!(e, Effect::Store { settled, .. } if settled.len() == 1)));
    assert_eq!(client.queue().len(), 1, "not settled before it is stored");
    client.step(11, 0, Input::Stored(1, true));
    assert!(client.queue().is_empty());
    assert_eq!(client.pending().len(), 1, "accepted at 5, but nothing read that far yet");
    client.step(2_000, 0, Input::TryNow);
    let snapshot = PullResult::Snapshot { why: None, rows: vec![seats(3, 5)], cursor: cursor(1, 5) };
    client.step(2_010, 0, Input::Replied(2, Some(reply(vec![], Some(snapshot)))));
    client.step(2_011, 0, Input::Stored(2, true));
    assert!(client.pending().is_empty());
    assert_eq!(taken(&client), Some(3));
}

#[test]
fn a_lost_reply_is_no_failure_and_the_same_command_goes_out_again() {
    let (mut client, _) = booted(vec![queued(1)]);
    let effects = client.step(30_000, 5, Input::Replied(1, None));
    assert!(sent(&effects).is_none(), "not at once");
    assert!(is_armed(&effects), "but a timer is armed");
    assert!(client.is_offline());
    let effects = client.step(60_000, 0, Input::Woke);
    assert_eq!(sent(&effects), Some((2, vec![1])));
    assert_eq!(client.queue()[0].tried, 2);
}

#[test]
fn what_did_not_leave_the_phone_was_never_tried() {
    let (mut client, effects) = booted(vec![queued(1)]);
    let (request, _) = sent(&effects).expect("a request");
    let effects = client.step(10, 0, Input::NotSent(request));
    assert!(client.is_offline() && is_armed(&effects));
    assert_eq!(client.queue()[0].tried, 0);
    let (_, numbers) = sent(&client.step(20, 0, Input::TryNow)).expect("a request");
    assert_eq!((numbers, client.queue()[0].tried), (vec![1], 1));
    // The old try speaks too late.
    client.step(30, 0, Input::NotSent(request));
    assert_eq!(client.queue()[0].tried, 1);
}

#[test]
fn a_reply_that_cannot_be_stored_is_forgotten() {
    let (mut client, _) = booted(vec![queued(1)]);
    client.step(10, 0, Input::Replied(1, Some(reply(vec![accepted(1, 5)], Some(delta(0, 5, 3))))));
    let effects = client.step(11, 0, Input::Stored(1, false));
    assert_eq!(client.queue().len(), 1);
    assert!(client.journal().is_empty());
    assert!(is_armed(&effects));
}

#[test]
fn rows_never_go_backwards() {
    let (mut client, _) = booted(vec![]);
    let snapshot = PullResult::Snapshot { why: None, rows: vec![seats(3, 5)], cursor: cursor(1, 5) };
    client.step(10, 0, Input::Replied(1, Some(reply(vec![], Some(snapshot)))));
    client.step(11, 0, Input::Stored(1, true));
    let mut request = 1;
    let mut pull = |client: &mut Client, result| {
        request += 1;
        let now = 10_000 * request;
        client.step(now, 0, Input::TryNow);
        client.step(now + 1, 0, Input::Replied(request, Some(reply(vec![], Some(result)))));
        client.step(now + 2, 0, Input::Stored(request, true));
        taken(client)
    };
    assert_eq!(pull(&mut client, delta(5, 7, 4)), Some(4));
    assert_eq!(pull(&mut client, delta(3, 6, 1)), Some(4), "an older delta comes late");
    assert_eq!(pull(&mut client, delta(9, 11, 1)), Some(4), "a delta with a hole before it");
    let old = PullResult::Snapshot { why: None, rows: vec![seats(1, 6)], cursor: cursor(1, 6) };
    assert_eq!(pull(&mut client, old), Some(4), "an older snapshot");
    let restored = PullResult::Snapshot { why: None, rows: vec![seats(2, 3)], cursor: cursor(2, 3) };
    assert_eq!(pull(&mut client, restored), Some(2), "another life of the database");
    assert_eq!(pull(&mut client, PullResult::Denied), None);
}

#[test]
fn a_refusal_leaves_the_queue_and_stays_in_the_journal() {
    let (mut client, _) = booted(vec![queued(1), queued(2)]);
    let refused = Answer::Decided {
        id: id(1),
        outcome: Outcome::Refused { refusal: Refusal::NotConfirmed, alternatives: vec![] },
    };
    client.step(10, 0, Input::Replied(1, Some(reply(vec![refused], None))));
    let effects = client.step(11, 0, Input::Stored(1, true));
    assert_eq!(sent(&effects), Some((2, vec![2])), "the next one follows at once");
    assert!(!client.journal()[&id(1)].dismissed);
    client.step(12, 0, Input::Dismissed(id(1)));
    assert!(client.journal()[&id(1)].dismissed);
}

#[test]
fn what_the_server_put_aside_is_shown_as_refused_and_the_queue_goes_on() {
    let (mut client, _) = booted(vec![queued(1), queued(2)]);
    let refusal = Refusal::ServerFault { reference: "7F3A21".to_owned() };
    let outcome = Outcome::Refused { refusal: refusal.clone(), alternatives: vec![] };
    client.step(
        10,
        0,
        Input::Replied(1, Some(reply(vec![Answer::Decided { id: id(1), outcome: outcome.clone() }], None))),
    );
    let effects = client.step(11, 0, Input::Stored(1, true));
    assert_eq!(sent(&effects), Some((2, vec![2])));
    let kept = &client.journal()[&id(1)];
    assert_eq!((&kept.outcome, kept.dismissed), (&outcome, false));
    for (language, sentence) in [(Language::ZhCn, "已经记下（编号7F3A21）"), (Language::En, "(ref 7F3A21)")] {
        assert!(words(language).refusal(&refusal).contains(sentence));
    }
}

#[test]
fn nothing_is_sent_for_somebody_who_must_sign_in_first() {
    let (mut client, _) = booted(vec![queued(1)]);
    let not_now = Answer::NotNow { id: id(1), not_now: NotNow::NeedsSignIn };
    client.step(10, 0, Input::Replied(1, Some(reply(vec![not_now], None))));
    let effects = client.step(11, 0, Input::Stored(1, true));
    assert!(client.needs_sign_in());
    assert!(sent(&effects).is_none_or(|(_, numbers)| numbers.is_empty()));
    let mut last = client.step(12, 0, Input::SignedIn(account(), device()));
    if sent(&last).is_none() {
        last = client.step(13, 0, Input::Woke);
    }
    assert_eq!(sent(&last).map(|(_, numbers)| numbers), Some(vec![1]));
}

#[test]
fn a_busy_server_is_not_asked_before_it_said() {
    let (mut client, _) = booted(vec![queued(1)]);
    let busy = Answer::NotNow { id: id(1), not_now: NotNow::RetryAfter { ms: 4_000 } };
    client.step(10, 7, Input::Replied(1, Some(reply(vec![busy], None))));
    let effects = client.step(11, 0, Input::Stored(1, true));
    assert!(sent(&effects).is_none() && is_armed(&effects));
    assert!(sent(&client.step(3_000, 0, Input::Woke)).is_none());
    assert!(sent(&client.step(6_100, 0, Input::Woke)).is_some());
}

#[test]
fn while_anything_is_queued_a_timer_is_armed() {
    let (mut client, effects) = booted(vec![queued(1)]);
    assert!(is_armed(&effects));
    for (now, input) in [
        (10, Input::Replied(1, None)),
        (20, Input::Woke),
        (30, Input::Visible(true)),
        (40, Input::Queued(queued(2))),
        (70_000, Input::Replied(2, None)),
    ] {
        let effects = client.step(now, 3, input);
        assert!(is_armed(&effects), "at {now}");
    }
}
