//! Pulls: everything arrives once, in pages, whatever its size; nothing of one person's in another's; a reply already
//! holds what its commands did.

mod neighbourhood;

use domain::change::{Audience, RowKey, SignUpState, class};
use domain::command::{ApproveBooking, CancelOccurrence, Command, Outcome, RemovePerson};
use domain::id::{BookingId, SignUpId, StreamId};
use domain::people::Actor;
use domain::sync::limits::DELTA_ROWS_MAX;
use domain::sync::{Answer, Cursor, NotNow, Pull, PullResult, ResetReason};
use server::on_both_engines;
use server::store::Db;
use server::store::streams::{Draft, write_change};
use server::sync::Incoming;

use neighbourhood::*;

/// Changes the stream: one change per list, each a number of rows for one audience.
async fn change(db: &Db, changes: Vec<(Audience, std::ops::Range<u32>)>) {
    db.write("c:banzha", move |conn| {
        let changes = changes.clone();
        Box::pin(async move {
            for (n, (audience, ids)) in changes.into_iter().enumerate() {
                let mut draft = Draft::default();
                for id in ids {
                    draft.put(&audience, class::TEAM, uuid(u128::from(id)), None, &"a row");
                }
                write_change(conn, &stream(), draft, &n.to_string(), now()).await?;
            }
            Ok(())
        })
    })
    .await
    .expect("changes");
}

on_both_engines! {
    async fn what_fits_into_a_delta_comes_as_one_and_loses_nothing(test) {
        let db = &test.db;
        settle(db).await;
        let phone = Phone::of(1);
        let before = phone.cursor(db, stream()).await;
        // Of two audiences in turn, and some of nobody's here; as many as may be.
        let mut changes = Vec::new();
        for n in 0..40u32 {
            let audience = match n % 4 {
                0 => Audience::Public,
                1 => Audience::Account(phone.account),
                _ => Audience::Account(account(2)),
            };
            changes.push((audience, n * 25..n * 25 + 25));
        }
        change(db, changes).await;
        let PullResult::Delta { from, rows, gone, cursor } = phone.pull(db, stream(), Some(before)).await else {
            panic!("a delta")
        };
        assert_eq!((from, rows.len(), gone.len()), (before.seq, DELTA_ROWS_MAX, 0));
        assert!(rows.iter().all(|row| (before.seq + 1..=cursor.seq).contains(&row.seq)));
        let PullResult::Delta { rows, .. } = phone.pull(db, stream(), Some(cursor)).await else { panic!("a delta") };
        assert!(rows.is_empty(), "it was all of it");
    }

    async fn whoever_is_further_behind_gets_the_whole_picture(test) {
        let db = &test.db;
        settle(db).await;
        let phone = Phone::of(1);
        let before = phone.cursor(db, stream()).await;
        let many = DELTA_ROWS_MAX as u32 + 300;
        // One change alone is more than a delta holds; another one comes after it.
        change(db, vec![(Audience::Public, 10_000..10_000 + many), (Audience::Account(phone.account), 1..3)]).await;
        let PullResult::Snapshot { why, rows, cursor } = phone.pull(db, stream(), Some(before)).await else {
            panic!("a snapshot")
        };
        assert_eq!(why, Some(ResetReason::TooOld));
        assert_eq!(rows.iter().filter(|row| row.seq > before.seq).count(), many as usize + 2);
        let PullResult::Delta { rows, .. } = phone.pull(db, stream(), Some(cursor)).await else { panic!("a delta") };
        assert!(rows.is_empty());
    }

    async fn what_left_a_household_is_named_as_gone(test) {
        let db = &test.db;
        settle(db).await;
        let phone = Phone::of(1);
        let own = StreamId::Account(phone.account);
        let cursor = phone.cursor(db, own.clone()).await;
        phone.ask_in(db, &own, Command::RemovePerson(RemovePerson { person: person(1, 1) }), now()).await;
        let PullResult::Delta { rows, gone, .. } = phone.pull(db, own.clone(), Some(cursor)).await else {
            panic!("a delta")
        };
        let key = RowKey { class: class::PERSON.to_owned(), id: person(1, 1).to_string() };
        assert_eq!((rows.len(), gone), (0, vec![key.clone()]));
        let PullResult::Snapshot { rows, .. } = phone.pull(db, own, None).await else { panic!("a snapshot") };
        assert!(rows.iter().all(|row| row.key() != key));
    }

    async fn a_role_gained_or_lost_is_a_new_snapshot(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(12), None)).await;
        Phone::of(1).ask(db, sign_up(occurrence, &all_of(1))).await;
        let phone = Phone::of(2);
        let cursor = phone.cursor(db, stream()).await;
        test.execute(
            "insert into role_grant (account, role, scope, granted_at) values ($1, 'team_editor', $2, 0)",
            &[phone.account.into(), team().into()],
        ).await.expect("a grant");
        let PullResult::Snapshot { why, rows, cursor } = phone.pull(db, stream(), Some(cursor)).await else {
            panic!("a snapshot")
        };
        assert_eq!(why, Some(ResetReason::Audience));
        assert_eq!(rows.iter().filter(|row| row.class == class::ROSTER).count(), 1);
        test.execute("update role_grant set revoked_at = 1 where account = $1", &[phone.account.into()]).await.expect("an end");
        let PullResult::Snapshot { why, rows, .. } = phone.pull(db, stream(), Some(cursor)).await else {
            panic!("a snapshot")
        };
        assert_eq!(why, Some(ResetReason::Audience));
        assert!(rows.iter().all(|row| row.class != class::ROSTER));
    }

    async fn nobody_reads_what_is_another_s(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(3), None)).await;
        let before: Vec<Cursor> = {
            let mut cursors = Vec::new();
            for n in [1, 2, 3, 4, EDITOR, HOST, STAFF, STAFF_THERE, DISTRICT] {
                cursors.push(Phone::of(n).cursor(db, stream()).await);
            }
            cursors
        };
        // 1 has places, 2 waits and moves up, 3 has booked the living room, 4 has done nothing.
        let (first, _) = Phone::of(1).ask(db, sign_up(occurrence, &all_of(1))).await;
        Phone::of(2).ask(db, sign_up(occurrence, &all_of(2))).await;
        Phone::of(1).ask(db, withdraw(SignUpId::from_uuid(first.uuid()), &all_of(1))).await;
        let (booking, _) = Phone::of(3).ask(db, book(living_room(), time(1, hm(9, 0), 60), 2, &[])).await;
        let booking = BookingId::from_uuid(booking.uuid());
        Phone::of(HOST).ask(db, Command::ApproveBooking(ApproveBooking { booking })).await;

        // Whose names each may find in the stream of the community: their own, and those of the desks they serve.
        let may_read = |reader: u128| -> Vec<u128> {
            match reader {
                EDITOR => vec![1, 2],
                HOST => vec![3],
                STAFF | DISTRICT => vec![1, 2, 3],
                other => vec![other],
            }
        };
        let readers = [1, 2, 3, 4, EDITOR, HOST, STAFF, STAFF_THERE, DISTRICT];
        for (reader, cursor) in readers.into_iter().zip(before) {
            let phone = Phone::of(reader);
            for cursor in [None, Some(cursor)] {
                let result = phone.pull(db, stream(), cursor).await;
                let text = serde_json::to_string(&result).expect("json");
                assert!(!matches!(result, PullResult::Denied));
                for other in [1, 2, 3, 4] {
                    let is_named = text.contains(&name(other)) || text.contains(&format!("\"phone_tail\":\"{}\"", tail(other)));
                    let should = may_read(reader).contains(&other);
                    assert!(should || !is_named, "{reader} reads of {other}");
                    // And the desks do see them, or the test would pass on an empty reply.
                    assert!(is_named || !should || other == reader, "{reader} misses {other}");
                }
                assert!(!text.contains("1990000"), "nobody's number");
            }
            for other in readers.into_iter().filter(|other| *other != reader) {
                let result = phone.pull(db, StreamId::Account(account(other)), None).await;
                assert!(matches!(result, PullResult::Denied), "{reader} pulls {other}");
            }
        }
        let anybody = pull_as(db, Actor::Anonymous, stream(), None).await;
        let text = serde_json::to_string(&anybody).expect("json");
        assert!([1, 2, 3, 4].iter().all(|n| !text.contains(&name(*n))));
        let own = pull_as(db, Actor::Anonymous, StreamId::Account(account(1)), None).await;
        assert!(matches!(own, PullResult::Denied));
        let nowhere = pull_as(db, Actor::Anonymous, StreamId::Community("nowhere".parse().expect("a slug")), None).await;
        assert!(matches!(nowhere, PullResult::Denied));
    }

    async fn a_reply_already_holds_what_its_commands_did(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(3), None)).await;
        let phone = Phone::of(1);
        let cursor = phone.cursor(db, stream()).await;
        let own = StreamId::Account(phone.account);
        let first = phone.envelope(&stream(), &sign_up(occurrence, &all_of(1)));
        let second = phone.envelope(&stream(), &withdraw(SignUpId::from_uuid(first.id.uuid()), &[person(1, 2)]));
        let refused = phone.envelope(&stream(), &sign_up(occurrence, &[]));
        let third = phone.envelope(&own, &Command::RemovePerson(RemovePerson { person: person(1, 3) }));
        let commands = || [&first, &second, &refused, &third].map(|one| Incoming::of(one.clone())).into();
        let pulls = vec![Pull { stream: stream(), cursor: Some(cursor), checksum: None }, Pull { stream: own, cursor: None, checksum: None }];
        let actor = phone.actor(db).await;
        let reply = server::sync::sync(db, &actor, vec![], commands(), pulls.clone(), now()).await.expect("a reply");
        let ids: Vec<_> = reply.answers.iter().map(|answer| match answer {
            Answer::Decided { id, .. } | Answer::NotNow { id, .. } => *id,
        }).collect();
        assert_eq!(ids, [first.id, second.id, refused.id, third.id], "a refusal holds nobody up");
        let PullResult::Delta { rows, .. } = &reply.pulls[0].result else { panic!("a delta") };
        let mut view = domain::sync::View::default();
        rows.iter().for_each(|row| view.put(&stream(), row));
        let (_, mine) = view.sign_up_for(occurrence).expect("a sign-up");
        assert_eq!((mine.row.state, mine.row.party.len()), (SignUpState::Confirmed, 2));
        assert_eq!(view.seats[&occurrence].row.taken, 2);
        let PullResult::Snapshot { rows, .. } = &reply.pulls[1].result else { panic!("a snapshot") };
        assert_eq!(rows.iter().filter(|row| row.class == class::PERSON).count(), 3);

        // The answer was lost on its way; the same request again brings the same answers, and changes nothing.
        let before = amounts(test).await;
        let again = server::sync::sync(db, &actor, vec![], commands(), pulls, now().plus_minutes(5)).await.expect("a reply");
        let text = |answers: &Vec<Answer>| serde_json::to_string(answers).expect("json");
        assert_eq!(text(&again.answers), text(&reply.answers));
        assert_eq!(amounts(test).await, before);
    }

    async fn a_missing_number_stops_what_comes_after_it(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(3), None)).await;
        let phone = Phone::of(1);
        let first = phone.envelope(&stream(), &sign_up(occurrence, &[]));
        let _lost = phone.envelope(&stream(), &sign_up(occurrence, &[]));
        let third = phone.envelope(&stream(), &sign_up(occurrence, &[person(1, 0)]));
        let fourth = phone.envelope(&stream(), &sign_up(occurrence, &[person(1, 0)]));
        let commands = [&first, &third, &fourth].map(|one| Incoming::of(one.clone())).into();
        let pulls = vec![Pull { stream: stream(), cursor: None, checksum: None }];
        let before = amounts(test).await;
        let reply = server::sync::sync(db, &phone.actor(db).await, vec![], commands, pulls, now()).await.expect("a reply");
        assert_eq!(reply.answers.len(), 2);
        assert!(matches!(&reply.answers[0], Answer::Decided { outcome: Outcome::Refused { .. }, .. }));
        assert_eq!(reply.answers[1], Answer::NotNow { id: third.id, not_now: NotNow::Gap { expected: 2 } });
        assert_eq!(reply.pulls.len(), 1, "what can be read is read all the same");
        assert_eq!(amounts(test).await, before);
    }

    async fn calling_off_reaches_every_party_of_a_large_date(test) {
        let db = &test.db;
        settle_many(db, 60).await;
        let occurrence = publish(db, activity(None, None)).await;
        let residents: Vec<u128> = (1..=19).chain(100..=140).collect();
        for n in &residents {
            Phone::of(*n).ask(db, sign_up(occurrence, &[person(*n, 0)])).await;
        }
        let editor = Phone::of(EDITOR);
        let cursor = editor.cursor(db, stream()).await;
        editor.ask(db, Command::CancelOccurrence(CancelOccurrence { occurrence, reason: None })).await;
        let PullResult::Delta { rows, .. } = editor.pull(db, stream(), Some(cursor)).await else { panic!("a delta") };
        assert_eq!(rows.iter().filter(|row| row.class == class::ROSTER).count(), residents.len());
        for n in residents {
            let view = Phone::of(n).view(db).await;
            assert_eq!(view.notices.len(), 1, "{n}");
        }
        assert!(test.findings().await.is_empty());
    }
}
