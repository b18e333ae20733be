//! After a restore: what is lost is named, nothing is built on it, and sent again it is carried out once.

mod neighbourhood;

use domain::command::{Command, Envelope, Outcome};
use domain::id::{CommandId, SignUpId};
use domain::people::Actor;
use domain::sync::{Answer, Known, Pull, SyncReply};
use server::on_both_engines;
use server::store::Db;
use server::sync::Incoming;

use neighbourhood::*;

async fn ask(db: &Db, phone: &Phone, known: &[Known], commands: &[&Envelope]) -> SyncReply {
    let actor = phone.actor(db).await;
    let commands = commands.iter().map(|envelope| Incoming::of((*envelope).clone())).collect();
    let pulls = vec![Pull { stream: stream(), cursor: None, checksum: None }];
    server::sync::sync(db, &actor, known.to_vec(), commands, pulls, now()).await.expect("a reply")
}

/// What the phone keeps of an answer; none of a refusal.
fn known(id: CommandId, outcome: &Outcome) -> Known {
    match outcome {
        Outcome::Accepted { seq, .. } => Known { id, seq: *seq },
        Outcome::Refused { .. } | Outcome::Expired => Known { id, seq: 0 },
    }
}

fn outcome(answer: &Answer) -> &Outcome {
    match answer {
        Answer::Decided { outcome, .. } => outcome,
        Answer::NotNow { not_now, .. } => panic!("not decided: {not_now:?}"),
    }
}

on_both_engines! {
    async fn what_a_restore_has_lost_comes_back_before_anything_is_built_on_it(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(12), None)).await;
        let other = publish(db, activity(Some(3), None)).await;
        // The database is as a backup has it: it knows the first command, and of the second only the phone was told.
        let phone = Phone::of(1);
        let (first, answer) = phone.ask(db, sign_up(other, &[person(1, 0)])).await;
        let first = known(first, &answer);
        let lost = phone.envelope(&stream(), &sign_up(occurrence, &all_of(1)));
        let was = Known { id: lost.id, seq: first.seq + 1 };
        // The queue was numbered anew meanwhile, so that no number shows what is missing.
        let anew = Phone::of(1);
        let next = anew.envelope(&stream(), &withdraw(SignUpId::from_uuid(lost.id.uuid()), &[person(1, 2)]));

        let before = amounts(test).await;
        let reply = ask(db, &anew, &[first, was], &[&next]).await;
        assert_eq!(reply.unknown, vec![lost.id]);
        assert!(reply.answers.is_empty(), "it would be refused, and then the other one carried out");
        assert_eq!(reply.pulls.len(), 1, "what can be read is read all the same");
        assert_eq!(amounts(test).await, before);

        let device = Phone::of(1).device;
        let again = Envelope { device, no: 1, ..lost.clone() };
        let next = Envelope { device, no: 2, ..next };
        let reply = ask(db, &phone, &[first], &[&again, &next]).await;
        assert!(reply.unknown.is_empty());
        for answer in &reply.answers {
            accepted(outcome(answer));
        }
        let is = known(lost.id, outcome(&reply.answers[0]));
        let after = amounts(test).await;
        assert_eq!(after["live members"], before["live members"] + 2, "three came, and one of them withdrew");

        // Another tab has asked as well, and sends both under yet another name: they are what they were.
        let device = Phone::of(1).device;
        let (again, next) = (Envelope { device, no: 1, ..again }, Envelope { device, no: 2, ..next });
        let second = ask(db, &phone, &[first, is], &[&again, &next]).await;
        assert_eq!((second.answers, amounts(test).await), (reply.answers.clone(), after));
    }

    async fn only_the_answer_the_phone_has_counts_as_known(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(12), None)).await;
        let phone = Phone::of(1);
        let (id, outcome) = phone.ask(db, sign_up(occurrence, &[person(1, 0)])).await;
        let mine = known(id, &outcome);
        let (refused, outcome) = phone.ask(db, sign_up(occurrence, &[])).await;
        refusal(&outcome);
        let of_another_life = Known { seq: mine.seq + 1, ..mine };
        let never = Known { id: CommandId::from_uuid(uuid(77)), seq: mine.seq };
        for (asked, unknown) in [
            (mine, None),
            (of_another_life, Some(id)),
            (known(refused, &outcome), Some(refused)),
            (never, Some(never.id)),
        ] {
            assert_eq!(ask(db, &phone, &[asked], &[]).await.unknown, Vec::from_iter(unknown), "{asked:?}");
        }
        // Whoever asks: a phone whose session has ended or is somebody else's must not take everything for lost.
        let asked = server::sync::sync(db, &Actor::Anonymous, vec![mine], vec![], vec![], now()).await.expect("a reply");
        assert!(asked.unknown.is_empty());
        assert!(ask(db, &Phone::of(2), &[mine], &[]).await.unknown.is_empty());
        let command: Command = sign_up(occurrence, &[person(1, 0)]);
        assert!(matches!(ask(db, &phone, &[mine], &[&phone.envelope(&stream(), &command)]).await.answers[..], [Answer::Decided { .. }]));
    }
}
