//! The machine driven by hand: a phone, a reply, a lost reply.

mod checksums;
mod live;
mod outgrown;
mod restores;

use uuid::Uuid;

use super::*;
use crate::attendance::Way;
use crate::change::Row;
use crate::command::{Accepted, CheckIn, Outcome};
use crate::id::SignUpId;
use crate::refusal::Refusal;
use crate::sync::checksum::{Checksum, sum_of};
use crate::sync::limits::CHECKSUM_EVERY;
use crate::sync::wire::{Answer, NotNow, PullReply, PullResult, ResetReason, SyncReply, VIEW};
use crate::time::LocalDate;
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
    let command =
        Command::CheckIn(CheckIn { sign_up: SignUpId::from_uuid(Uuid::from_u128(7)), at: None, way: Way::Name });
    let (id, account, stream) = (id(no), account(), stream());
    Draft { id, account, stream, depends_on: None, phone_ms: 0, command }.seal(device(), no, no)
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

/// The request that goes out, and the numbers its commands carry.
fn sent(effects: &[Effect]) -> Option<(u64, Vec<u64>)> {
    let number = |raw: &RawValue| serde_json::from_str::<Envelope>(raw.get()).expect("an envelope").no;
    effects.iter().find_map(|effect| match effect {
        Effect::Send { request, body, commands, .. } => {
            assert_eq!(commands.len(), body.commands.len());
            Some((*request, body.commands.iter().map(|raw| number(raw)).collect()))
        }
        _ => None,
    })
}

fn is_armed(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Wake { .. }))
}

fn reply(answers: Vec<Answer>, result: Option<PullResult>) -> SyncReply {
    let pulls = result.into_iter().map(|result| PullReply { stream: stream(), result }).collect();
    SyncReply { proto: PROTOCOL, server_at: at(), answers, pulls, unknown: Vec::new(), oldest: None }
}

fn accepted(no: u64, seq: u64) -> Answer {
    Answer::Decided { id: id(no), outcome: Outcome::Accepted { seq, result: Accepted::Done } }
}

fn delta(from: u64, to: u64, taken: u16) -> PullResult {
    PullResult::Delta { from, rows: vec![seats(taken, to)], gone: vec![], cursor: cursor(1, to) }
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
fn while_another_tab_sends_this_one_waits_a_little_and_has_tried_nothing() {
    let (mut client, effects) = booted(vec![queued(1)]);
    let (request, _) = sent(&effects).expect("a request");
    let effects = client.step(10, 300, Input::OthersTurn(request));
    assert!(!client.is_offline() && is_armed(&effects) && sent(&effects).is_none());
    assert_eq!(client.queue()[0].tried, 0);
    assert!(sent(&client.step(1_309, 0, Input::Woke)).is_none());
    assert_eq!(sent(&client.step(1_310, 0, Input::Woke)), Some((2, vec![1])));
    // The old try speaks too late.
    client.step(1_320, 0, Input::OthersTurn(request));
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
fn a_server_restored_under_its_old_epoch_is_believed() {
    for why in [ResetReason::Ahead, ResetReason::Diverged] {
        let (mut client, _) = booted(vec![]);
        let snapshot = PullResult::Snapshot { why: None, rows: vec![seats(3, 9)], cursor: cursor(1, 9) };
        client.step(10, 0, Input::Replied(1, Some(reply(vec![], Some(snapshot)))));
        client.step(11, 0, Input::Stored(1, true));
        client.step(10_000, 0, Input::TryNow);
        let restored = PullResult::Snapshot { why: Some(why), rows: vec![seats(2, 4)], cursor: cursor(1, 4) };
        let effects = client.step(10_010, 0, Input::Replied(2, Some(reply(vec![], Some(restored)))));
        let is_told = |effect: &Effect| matches!(effect, Effect::Store { streams, .. } if streams[0].basis == Basis::Instead(Some(cursor(1, 9))));
        assert!(effects.iter().any(is_told), "the disk must not keep the branch that was cut off");
        client.step(10_011, 0, Input::Stored(2, true));
        assert_eq!(taken(&client), Some(2), "{why:?}");
    }
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
    let (request, numbers) = sent(&client.step(70_000, 0, Input::TryNow)).expect("a request");
    assert_eq!(numbers, [0; 0]);
    // Its own stream is given out again.
    let pulls = vec![PullReply { stream: StreamId::Account(account()), result: snapshot(1, 1) }];
    client.step(70_010, 0, Input::Replied(request, Some(SyncReply { pulls, ..reply(vec![], None) })));
    let effects = client.step(70_011, 0, Input::Stored(request, true));
    assert_eq!(sent(&effects).map(|(_, numbers)| numbers), Some(vec![1]));
}

#[test]
fn what_is_in_flight_is_not_taken_back_any_more() {
    let (mut client, _) = booted(vec![queued(1), queued(2)]);
    // Tapped when it had not been sent yet.
    client.step(1, 0, Input::Withdrawn(1));
    assert_eq!(client.queue().len(), 2);
    client.step(2, 0, Input::Replied(1, Some(reply(vec![accepted(1, 5)], None))));
    client.step(3, 0, Input::Stored(1, true));
    assert!(client.journal()[&id(1)].is_accepted(), "its person is told what became of it");
    // What is queued behind a request that is under way has not been sent.
    let (mut client, _) = booted(vec![queued(1)]);
    client.step(1, 0, Input::Queued(queued(2)));
    client.step(2, 0, Input::Withdrawn(2));
    assert_eq!(client.queue().len(), 1);
}

#[test]
fn what_a_session_of_somebody_else_is_shown_is_not_taken_for_ones_own() {
    let (mut client, _) = booted(vec![queued(1)]);
    let pull = |stream, result| PullReply { stream, result };
    let own = StreamId::Account(account());
    let theirs = PullResult::Snapshot { why: None, rows: vec![seats(3, 5)], cursor: cursor(1, 5) };
    let pulls = vec![pull(own.clone(), PullResult::Denied), pull(stream(), theirs.clone())];
    let answers = vec![not_now(1, NotNow::WrongAccount)];
    let effects = client.step(10, 0, Input::Replied(1, Some(SyncReply { pulls, ..reply(answers, None) })));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Store { streams, .. } if streams.is_empty())));
    client.step(11, 0, Input::Stored(1, true));
    assert!(client.needs_sign_in() && taken(&client).is_none());
    // The same person has signed in again elsewhere in this browser, and nobody said so.
    let effects = client.step(70_000, 0, Input::TryNow);
    let asked = effects.iter().find_map(|effect| match effect {
        Effect::Send { body, .. } => Some(body.pulls.clone()),
        _ => None,
    });
    assert_eq!(asked.expect("a request")[0].stream, own, "it tells whose session this is");
    let pulls = vec![pull(own, snapshot(1, 1)), pull(stream(), theirs)];
    let answers = Vec::new();
    client.step(70_010, 0, Input::Replied(2, Some(SyncReply { pulls, ..reply(answers, None) })));
    let effects = client.step(70_011, 0, Input::Stored(2, true));
    assert!(!client.needs_sign_in() && taken(&client) == Some(3));
    assert_eq!(sent(&effects).map(|(_, numbers)| numbers), Some(vec![1]), "the queue goes on");
}

#[test]
fn an_accepted_command_that_a_restore_has_lost_is_not_awaited_after_a_new_start() {
    let outcome = Outcome::Accepted { seq: 900, result: Accepted::Done };
    let settled = Settled {
        id: id(1),
        raw: queued(1).raw,
        outcome,
        at: at(),
        dismissed: false,
        unseen: false,
        place: 1,
        checked: None,
        again: false,
    };
    for (read_at, awaited) in [(at(), 1), (at().plus_minutes(1), 0)] {
        let stored = Stored {
            account: Some(account()),
            device: Some(device()),
            journal: vec![settled.clone()],
            streams: vec![StoredStream {
                stream: stream(),
                cursor: cursor(2, 40),
                as_of: read_at,
                whole_on: None,
                rows: vec![],
            }],
            ..Stored::default()
        };
        let mut client = Client::default();
        client.step(0, 0, Input::Boot(stored));
        assert_eq!(client.pending().len(), awaited, "read at {read_at:?}");
    }
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

#[test]
fn whoever_watches_nothing_is_not_woken_for_nothing() {
    let mut guest = Client::default();
    guest.step(0, 0, Input::Visible(true));
    let effects = guest.step(0, 0, Input::Boot(Stored::default()));
    assert!(sent(&effects).is_none() && !is_armed(&effects));
}

fn not_now(no: u64, not_now: NotNow) -> Answer {
    Answer::NotNow { id: id(no), not_now }
}

fn snapshot(epoch: u64, seq: u64) -> PullResult {
    PullResult::Snapshot { why: None, rows: vec![], cursor: cursor(epoch, seq) }
}

/// The same command under another number of another device.
fn renumbered(before: &Queued, no: u64) -> Queued {
    before.renumbered(DeviceId::from_uuid(Uuid::from_u128(3)), no).expect("an envelope")
}

#[test]
fn what_has_its_answer_leaves_the_queue_before_the_rest_is_renumbered() {
    // Three were saved offline, and the second was taken back.
    let (mut client, _) = booted(vec![queued(1), queued(3)]);
    let answers = vec![accepted(1, 5), not_now(3, NotNow::Gap { expected: 2 })];
    let effects = client.step(10, 0, Input::Replied(1, Some(reply(answers, Some(snapshot(1, 5))))));
    assert!(
        !effects.iter().any(|effect| matches!(effect, Effect::Renumber { .. })),
        "the first is not yet off the disk"
    );
    let effects = client.step(11, 0, Input::Stored(1, true));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Renumber { .. })));
    assert!(sent(&effects).is_none(), "the old number would only bring the same answer");
    let device = DeviceId::from_uuid(Uuid::from_u128(3));
    let effects = client.step(12, 0, Input::Renumbered(device, vec![renumbered(&queued(3), 1)]));
    assert_eq!(sent(&effects), Some((2, vec![1])));
    client.step(20, 0, Input::Replied(2, Some(reply(vec![accepted(3, 6)], Some(snapshot(1, 6))))));
    client.step(21, 0, Input::Stored(2, true));
    assert!(client.queue().is_empty() && client.pending().is_empty());
}

#[test]
fn a_queue_that_is_being_renumbered_is_not_renumbered_again() {
    let (mut client, _) = booted(vec![queued(3)]);
    let asks = |effects: &[Effect]| effects.iter().any(|effect| matches!(effect, Effect::Renumber { .. }));
    let gap = |client: &mut Client, request, now| {
        let gap = reply(vec![not_now(3, NotNow::Gap { expected: 1 })], None);
        client.step(now, 0, Input::Replied(request, Some(gap)));
        client.step(now + 1, 0, Input::Stored(request, true))
    };
    assert!(asks(&gap(&mut client, 1, 10)));
    assert!(sent(&client.step(2_000, 0, Input::Woke)).is_some());
    assert!(!asks(&gap(&mut client, 2, 2_010)), "it is under way");
    assert!(sent(&client.step(90_000, 0, Input::Woke)).is_some());
    assert!(asks(&gap(&mut client, 3, 90_010)), "it never came");
    client.step(90_020, 0, Input::Renumbered(device(), vec![renumbered(&queued(3), 2)]));
    assert!(asks(&gap(&mut client, 4, 90_030)), "and another may be needed");
}

#[test]
fn an_answer_finds_its_command_under_whatever_number_it_has_by_now() {
    let (mut client, _) = booted(vec![queued(2), queued(3)]);
    client.step(10, 0, Input::Replied(1, Some(reply(vec![accepted(2, 5)], None))));
    // Another tab renumbers while the reply is being stored: what had number 3 has number 2 now.
    let queue = vec![renumbered(&queued(2), 1), renumbered(&queued(3), 2)];
    client.step(11, 0, Input::Renumbered(device(), queue));
    client.step(12, 0, Input::Stored(1, true));
    let left: Vec<_> = client.pending().iter().map(|pending| pending.id).collect();
    assert!(left.contains(&id(3)));
    assert_eq!(client.queue().len(), 1);
}

#[test]
fn an_id_that_belongs_to_another_command_puts_only_itself_aside() {
    let (mut client, _) = booted(vec![queued(1), queued(2)]);
    client.step(10, 0, Input::Replied(1, Some(reply(vec![not_now(1, NotNow::IdReused)], None))));
    client.step(11, 0, Input::Stored(1, true));
    assert!(matches!(client.journal()[&id(1)].outcome, Outcome::Refused { refusal: Refusal::ServerFault { .. }, .. }));
    assert_eq!(client.queue().len(), 1);
}

#[test]
fn after_a_restore_nothing_is_awaited_that_will_never_come() {
    let (mut client, _) = booted(vec![queued(1)]);
    client.step(10, 0, Input::Replied(1, Some(reply(vec![accepted(1, 900)], None))));
    client.step(11, 0, Input::Stored(1, true));
    assert_eq!(client.pending().len(), 1);
    let effects = client.step(5_000, 0, Input::Woke);
    let (request, _) = sent(&effects).expect("a look at what became of it");
    let effects = client.step(5_010, 0, Input::Replied(request, Some(reply(vec![], Some(snapshot(2, 40))))));
    assert!(sent(&effects).is_none());
    let effects = client.step(5_011, 0, Input::Stored(request, true));
    assert!(client.pending().is_empty(), "the database has forgotten it, and the picture says so");
    assert!(sent(&effects).is_none(), "and there is nothing to ask for");
}

#[test]
fn a_reply_that_brings_nothing_is_not_followed_at_once() {
    for nothing in [NotNow::Gap { expected: 9 }, NotNow::Gap { expected: 1 }, NotNow::Forked] {
        let (mut client, _) = booted(vec![queued(1)]);
        let mut waits = Vec::new();
        let (mut now, mut request) = (0, 1);
        for _ in 0..6 {
            client.step(now + 1, 0, Input::Replied(request, Some(reply(vec![not_now(1, nothing)], None))));
            let effects = client.step(now + 2, 999, Input::Stored(request, true));
            assert!(sent(&effects).is_none(), "{nothing:?}");
            let wait = effects.iter().find_map(|effect| match effect {
                Effect::Wake { after_ms } => Some(*after_ms),
                _ => None,
            });
            waits.push(wait.expect("a timer"));
            now += 100_000;
            request += 1;
            assert!(sent(&client.step(now, 0, Input::Woke)).is_some());
        }
        assert!(waits.iter().all(|wait| *wait >= 200), "{waits:?}");
    }
}

#[test]
fn what_the_server_asked_for_outlasts_our_own_haste() {
    let (mut client, _) = booted(vec![queued(1), queued(2)]);
    let answers = vec![accepted(1, 5), not_now(2, NotNow::RetryAfter { ms: 60_000 })];
    client.step(10, 0, Input::Replied(1, Some(reply(answers, Some(snapshot(1, 5))))));
    let effects = client.step(11, 0, Input::Stored(1, true));
    assert!(sent(&effects).is_none_or(|(_, numbers)| numbers.is_empty()));
    let effects = client.step(20, 0, Input::Queued(queued(3)));
    assert!(sent(&effects).is_none_or(|(_, numbers)| numbers.is_empty()), "a new tap is no reason");
    let effects = client.step(30, 0, Input::TryNow);
    assert_eq!(sent(&effects).map(|(_, numbers)| numbers), Some(vec![2, 3]), "its person's wish is");
}

#[test]
fn a_new_look_asks_at_once_and_leaves_the_servers_wish_standing() {
    let (mut client, _) = booted(vec![queued(1)]);
    let answers = vec![not_now(1, NotNow::RetryAfter { ms: 60_000 })];
    client.step(10, 0, Input::Replied(1, Some(reply(answers, None))));
    client.step(11, 0, Input::Stored(1, true));
    let effects = client.step(12, 0, Input::LookAgain);
    assert_eq!(sent(&effects).map(|(_, numbers)| numbers), Some(vec![]), "rows, and no command");
}

#[test]
fn no_stream_is_asked_for_twice() {
    let (mut client, _) = booted(vec![queued(1)]);
    client.step(10, 0, Input::Replied(1, None));
    let effects = client.step(11, 0, Input::Watch(vec![StreamId::Account(account()), stream()]));
    let body = effects.iter().find_map(|effect| match effect {
        Effect::Send { body, .. } => Some(body),
        _ => None,
    });
    let pulls = &body.expect("a request").pulls;
    let named: BTreeSet<_> = pulls.iter().map(|pull| &pull.stream).collect();
    assert_eq!((named.len(), &pulls[0].stream), (pulls.len(), &StreamId::Account(account())));
}

#[test]
fn a_try_that_hangs_is_given_up_and_not_repeated_at_once() {
    let (mut client, _) = booted(vec![queued(1)]);
    let effects = client.step(35_001, 0, Input::Woke);
    assert!(client.is_offline() && sent(&effects).is_none() && is_armed(&effects));
}
