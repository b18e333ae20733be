//! What was accepted, over a restore: in doubt, asked about, sent again or beyond doubt.

use super::*;
use crate::sync::limits::{JOURNAL_DAYS, KNOWN_MAX};
use crate::sync::wire::Known;

/// So many minutes after everything began.
fn min(minutes: i64) -> Timestamp {
    at().plus_minutes(minutes)
}

/// The answer to command `no`, accepted at that minute.
fn kept(no: u64, minutes: i64) -> Settled {
    let outcome = Outcome::Accepted { seq: no, result: Accepted::Done };
    settled(no, minutes, outcome)
}

fn settled(no: u64, minutes: i64, outcome: Outcome) -> Settled {
    let (id, raw) = (id(no), queued(no).raw);
    Settled {
        id,
        raw,
        outcome,
        at: min(minutes),
        dismissed: false,
        unseen: false,
        place: no,
        checked: None,
        again: false,
    }
}

/// A phone that has read its stream in the tenth minute.
fn phone(journal: Vec<Settled>, queue: Vec<Queued>) -> (Client, Vec<Effect>) {
    let stored = |stream| StoredStream { stream, cursor: cursor(1, 900), as_of: min(10), whole_on: None, rows: vec![] };
    let streams = vec![stored(stream()), stored(StreamId::Account(account()))];
    let (account, device) = (Some(account()), Some(device()));
    let mut client = Client::default();
    client.step(0, 0, Input::Visible(true));
    client.step(0, 0, Input::Watch(vec![stream()]));
    let stored = Stored { account, device, queue, journal, streams, unsure_before: None };
    let effects = client.step(0, 0, Input::Boot(stored));
    (client, effects)
}

/// A request: its number, what it asks about and how many commands it carries.
fn asked(effects: &[Effect]) -> Option<(u64, Vec<CommandId>, usize)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Send { request, body, .. } => {
            Some((*request, body.known.iter().map(|known| known.id).collect(), body.commands.len()))
        }
        _ => None,
    })
}

/// The reply of that minute, of one's own session.
fn said(minutes: i64, unknown: &[u64], result: PullResult) -> SyncReply {
    let own = PullReply { stream: StreamId::Account(account()), result: still(1) };
    let pulls = vec![own, PullReply { stream: stream(), result }];
    let unknown = unknown.iter().map(|no| id(*no)).collect();
    SyncReply { proto: PROTOCOL, server_at: min(minutes), answers: vec![], pulls, unknown, oldest: None }
}

fn still(epoch: u64) -> PullResult {
    PullResult::Delta { from: 900, rows: vec![], gone: vec![], cursor: cursor(epoch, 900) }
}

fn restored(why: ResetReason) -> PullResult {
    PullResult::Snapshot { why: Some(why), rows: vec![], cursor: cursor(2, 900) }
}

/// Takes a reply in, stores it, and says what was to be noted before anything else and what follows.
fn take(client: &mut Client, now: u64, request: u64, reply: SyncReply) -> (Option<Timestamp>, Vec<Effect>) {
    let effects = client.step(now, 0, Input::Replied(request, Some(reply)));
    let noted = effects.iter().find_map(|effect| match effect {
        Effect::Store { unsure_before, .. } => Some(*unsure_before),
        _ => None,
    });
    (noted.expect("something to store"), client.step(now + 1, 0, Input::Stored(request, true)))
}

fn again(effects: &[Effect]) -> Option<Vec<CommandId>> {
    effects.iter().find_map(|effect| match effect {
        Effect::Renumber { again } => Some(again.iter().map(|settled| settled.id).collect()),
        _ => None,
    })
}

fn shown(client: &Client) -> Vec<CommandId> {
    client.pending().iter().map(|pending| pending.id).collect()
}

#[test]
fn what_was_accepted_before_a_restore_is_cleared_up_before_anything_else() {
    for why in
        [ResetReason::EpochChanged, ResetReason::Ahead, ResetReason::Diverged, ResetReason::TooOld, ResetReason::Other]
    {
        let refused = Outcome::Refused { refusal: Refusal::SlotTaken, alternatives: vec![] };
        let (mut client, effects) = phone(vec![kept(1, 5), kept(2, 6), settled(3, 7, refused)], vec![]);
        assert_eq!(asked(&effects), Some((1, vec![], 0)), "nothing is in doubt");
        assert!(shown(&client).is_empty());
        let (noted, effects) = take(&mut client, 10, 1, said(20, &[], restored(why)));
        assert_eq!(noted, Some(min(20)), "noted before the rows hide it: {why:?}");
        assert_eq!(shown(&client), [id(1), id(2)], "it stays in the picture");
        assert_eq!(asked(&effects), Some((2, vec![id(1), id(2)], 0)), "what was refused is not asked about");
        let effects = client.step(12, 0, Input::Queued(queued(4)));
        assert!(sent(&effects).is_none() && client.last_word().is_none(), "a new tap waits");
        // The server still knows both.
        let (noted, effects) = take(&mut client, 20, 2, said(21, &[], still(2)));
        assert_eq!((noted, client.is_unsure()), (None, false));
        assert_eq!(asked(&effects), Some((3, vec![], 1)), "and the queue goes on");
        assert_eq!(client.journal()[&id(1)].checked, Some(min(21)));
        assert!(!shown(&client).contains(&id(1)), "its rows came with the answer");
    }
}

#[test]
fn what_the_server_has_lost_goes_back_to_its_place_in_the_queue() {
    let (mut client, _) = phone(vec![kept(1, 5), kept(2, 6)], vec![queued(3)]);
    let (_, effects) = take(&mut client, 10, 1, said(20, &[], restored(ResetReason::EpochChanged)));
    let (request, ..) = asked(&effects).expect("a question");
    let (_, effects) = take(&mut client, 20, request, said(21, &[1, 2], still(2)));
    assert_eq!(again(&effects), Some(vec![id(1), id(2)]));
    assert_eq!(shown(&client), [id(1), id(2), id(3)], "all of it still shows");
    let other = DeviceId::from_uuid(Uuid::from_u128(3));
    let queue: Vec<Queued> = [kept(1, 5), kept(2, 6)]
        .iter()
        .zip(1..)
        .map(|(one, no)| one.requeued(other, no).expect("an envelope"))
        .chain([renumbered(&queued(3), 3)])
        .collect();
    assert!(queue[..2].iter().all(|queued| queued.again && queued.tried > 0), "it counts as sent");
    let effects = client.step(30, 0, Input::Renumbered(other, queue));
    assert_eq!(asked(&effects), Some((3, vec![], 3)));
    assert!(client.journal().is_empty() && !client.is_unsure());
    // One is accepted again, the other refused, and its person told so.
    let refused = Outcome::Refused { refusal: Refusal::SlotTaken, alternatives: vec![] };
    let answers = vec![accepted(1, 901), Answer::Decided { id: id(2), outcome: refused.clone() }, accepted(3, 902)];
    let reply = SyncReply {
        answers,
        ..said(22, &[], PullResult::Delta { from: 900, rows: vec![], gone: vec![], cursor: cursor(2, 902) })
    };
    take(&mut client, 40, 3, reply);
    let journal = client.journal();
    assert!(journal[&id(1)].again && journal[&id(2)].again && !journal[&id(3)].again);
    assert_eq!((&journal[&id(2)].outcome, journal[&id(2)].dismissed), (&refused, false));
}

#[test]
fn a_restore_that_could_not_be_noted_is_noticed_again() {
    let (mut client, _) = phone(vec![kept(1, 5)], vec![]);
    client.step(10, 0, Input::Replied(1, Some(said(20, &[], restored(ResetReason::EpochChanged)))));
    let effects = client.step(11, 0, Input::Stored(1, false));
    assert!(!client.is_unsure() && is_armed(&effects));
    let (request, ..) = asked(&client.step(70_000, 0, Input::Woke)).expect("another look");
    let (noted, _) = take(&mut client, 70_010, request, said(21, &[], restored(ResetReason::EpochChanged)));
    assert_eq!((noted, client.is_unsure()), (Some(min(21)), true));
}

#[test]
fn a_server_that_comes_back_with_its_clock_set_back_is_still_the_later_one() {
    let (mut client, _) = phone(vec![kept(1, 9)], vec![]);
    let (noted, effects) = take(&mut client, 10, 1, said(3, &[], restored(ResetReason::Ahead)));
    let just_after = |ms| Some(Timestamp::from_ms(min(10).ms() + ms));
    assert_eq!(
        (noted, client.is_unsure()),
        (just_after(1), true),
        "after all that it has heard, whatever the clock says"
    );
    let (request, ..) = asked(&effects).expect("a question");
    take(&mut client, 20, request, said(4, &[], still(2)));
    assert_eq!((client.journal()[&id(1)].checked, client.is_unsure()), (just_after(2), false));
}

#[test]
fn a_session_that_is_not_ones_own_clears_nothing_up() {
    let denied = |stream| PullReply { stream, result: PullResult::Denied };
    let own = StreamId::Account(account());
    // Somebody else's; and a 401, which the phone itself puts into this form.
    for pulls in [vec![denied(own), denied(stream())], vec![]] {
        let (mut client, _) = phone(vec![kept(1, 5)], vec![]);
        let (_, effects) = take(&mut client, 10, 1, said(20, &[], restored(ResetReason::EpochChanged)));
        let (request, ..) = asked(&effects).expect("a question");
        let reply = SyncReply { pulls, ..said(21, &[], still(2)) };
        take(&mut client, 20, request, reply);
        assert!(client.is_unsure() && client.journal()[&id(1)].checked.is_none());
    }
}

#[test]
fn what_is_older_than_a_journal_is_not_asked_about_and_holds_nothing_up() {
    let old = -JOURNAL_DAYS * 24 * 60 + 15;
    let (mut client, _) = phone(vec![kept(1, old), kept(2, old + 10)], vec![queued(3)]);
    let (_, effects) = take(&mut client, 10, 1, said(20, &[], restored(ResetReason::EpochChanged)));
    assert_eq!(asked(&effects), Some((2, vec![id(2)], 0)));
    // Its answer was thrown away in due time. Known or not, the queue goes on.
    let (mut client, _) = phone(vec![kept(1, old - 10)], vec![renumbered(&queued(3), 1)]);
    let (_, effects) = take(&mut client, 10, 1, said(20, &[1], still(1)));
    assert!(!client.is_unsure());
    assert_eq!(asked(&effects), Some((2, vec![], 1)));
}

#[test]
fn a_queue_that_was_renumbered_names_what_it_builds_on() {
    let (_, effects) = phone(vec![kept(1, 5), kept(2, 6)], vec![queued(3)]);
    assert_eq!(asked(&effects), Some((1, vec![], 1)), "the numbers show what is missing");
    let (mut client, effects) = phone(vec![kept(2, 5), kept(1, 6)], vec![renumbered(&queued(3), 1)]);
    assert_eq!(asked(&effects), Some((1, vec![id(2)], 1)), "the last of those before, whenever its answer came");
    assert_eq!(client.last_word().expect("a word").known, [Known { id: id(2), seq: 2 }]);
    let (noted, effects) = take(&mut client, 10, 1, said(20, &[2], still(1)));
    assert_eq!(noted, Some(min(20)), "no cursor has shown it");
    assert_eq!(asked(&effects), Some((2, vec![id(1)], 0)), "the other one is in doubt as well");
    let (_, effects) = take(&mut client, 20, 2, said(21, &[], still(1)));
    assert_eq!(again(&effects), Some(vec![id(2)]), "and only the lost one is sent again");
}

#[test]
fn what_the_disk_does_not_show_is_asked_about_with_the_first_look() {
    // Its answer was stored and its rows were not, say because the phone was full.
    let (mut client, effects) = phone(vec![kept(1, 5), kept(2, 15)], vec![]);
    assert_eq!((asked(&effects), shown(&client)), (Some((1, vec![id(2)], 0)), vec![id(2)]));
    // The server has gone back behind it and on again: the cursor holds.
    let (noted, effects) = take(&mut client, 10, 1, said(20, &[2], still(1)));
    assert_eq!((noted, shown(&client)), (Some(min(20)), vec![id(1), id(2)]));
    assert_eq!(asked(&effects).map(|(_, known, _)| known), Some(vec![id(1)]));

    let (mut client, _) = phone(vec![kept(2, 15)], vec![]);
    let (noted, _) = take(&mut client, 10, 1, said(20, &[], still(1)));
    assert_eq!((noted, shown(&client)), (None, vec![]), "known, and shown by the rows that came with it");
}

#[test]
fn many_are_asked_about_in_parts_and_sent_again_together() {
    let many = KNOWN_MAX as u64 + 5;
    let (mut client, _) = phone((1..=many).map(|no| kept(no, 5)).collect(), vec![]);
    let (_, effects) = take(&mut client, 10, 1, said(20, &[], restored(ResetReason::Ahead)));
    let (request, first, _) = asked(&effects).expect("a question");
    assert_eq!((first.len(), first[0]), (KNOWN_MAX, id(1)));
    let (_, effects) = take(&mut client, 20, request, said(21, &[7], still(2)));
    assert_eq!(again(&effects), None, "what comes before is not known yet");
    let (request, rest, _) = asked(&effects).expect("another question");
    assert_eq!(rest.len(), 5);
    let (_, effects) = take(&mut client, 30, request, said(22, &[many], still(2)));
    assert_eq!(again(&effects), Some(vec![id(7), id(many)]));
}

#[test]
fn an_answer_that_comes_late_from_before_a_restore_is_in_doubt_from_the_start() {
    let doubted = |one: &Settled, before: i64| one.is_in_doubt(Some(min(before)));
    let one = kept(1, 5);
    assert!(doubted(&one, 6) && !doubted(&one, 5) && !one.is_in_doubt(None));
    let checked = Settled { checked: Some(min(8)), ..one.clone() };
    assert!(!doubted(&checked, 8) && doubted(&checked, 9));
    assert!(!doubted(&settled(1, 5, Outcome::Expired), 6));
    // Tabs bring the same answer twice: what is known of it stays. An older one that comes late changes nothing.
    assert_eq!(kept(1, 9).over(Some(&checked)), checked);
    let later = Settled { outcome: Outcome::Accepted { seq: 3, result: Accepted::Done }, ..kept(1, 9) };
    assert_eq!(one.clone().over(Some(&later)), later);
    assert_eq!(later.clone().over(Some(&one)), later);
}

#[test]
fn a_tab_that_has_missed_something_knows_it() {
    let (client, _) = phone(vec![kept(1, 5)], vec![]);
    let heard = client.heard();
    assert!(heard.is_all(&[kept(1, 5)], None));
    assert!(!heard.is_all(&[kept(1, 5), kept(2, 6)], None), "an answer");
    assert!(!heard.is_all(&[kept(1, 5)], Some(min(6))), "a doubt");
    assert!(heard.is_all(&[kept(1, 5)], Some(min(4))), "a doubt that concerns nothing");
}
