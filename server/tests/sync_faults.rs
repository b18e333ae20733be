//! A command that breaks the server does not hold up the queue of its phone for ever, and one that was unlucky is not
//! given up.

mod neighbourhood;

use domain::command::{Accepted, ENVELOPE_VERSION, Envelope, Outcome};
use domain::refusal::Refusal;
use domain::sync::{Answer, NotNow};
use server::on_both_engines;
use server::store::Db;
use server::sync::Incoming;

use neighbourhood::*;

/// Sends a phone's queue as it stands, and says what each command was answered.
async fn send_queue(db: &Db, phone: &Phone, queue: &[&Envelope]) -> Vec<Answer> {
    let commands = queue.iter().map(|envelope| Incoming::of((*envelope).clone())).collect();
    server::sync::sync(db, &phone.actor(db).await, Vec::new(), commands, Vec::new(), now())
        .await
        .expect("a reply")
        .answers
}

fn is_to_try_again(answers: &[Answer]) -> bool {
    matches!(answers, [Answer::NotNow { not_now: NotNow::RetryAfter { .. }, .. }])
}

const BREAK: &str = "update activity set policy = replace(policy, '{', '[') where id =
    (select activity from occurrence where id = $1)";
const MEND: &str = "update activity set policy = replace(policy, '[', '{') where id =
    (select activity from occurrence where id = $1)";

on_both_engines! {
    async fn a_command_of_a_later_version_waits_and_keeps_what_is_behind_it_in_order(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(12), None)).await;
        let phone = Phone::of(1);
        let first = phone.envelope(&stream(), &sign_up(occurrence, &all_of(1)));
        let second = phone.envelope(&stream(), &sign_up(occurrence, &all_of(1)));
        let third = phone.envelope(&stream(), &sign_up(occurrence, &all_of(1)));
        let later = Envelope { v: ENVELOPE_VERSION + 1, ..second };
        let answers = send_queue(db, &phone, &[&first, &later, &third]).await;
        let [Answer::Decided { outcome, .. }, waits] = answers.as_slice() else { panic!("{answers:?}") };
        assert!(matches!(accepted(outcome), Accepted::Confirmed { .. }));
        assert!(matches!(waits, Answer::NotNow { id, not_now: NotNow::RetryAfter { .. } } if *id == later.id));
    }

    async fn a_command_that_broke_three_times_is_put_aside_and_the_queue_goes_on(test) {
        let db = &test.db;
        settle(db).await;
        let (broken, whole) = (publish(db, activity(Some(12), None)).await, publish(db, activity(Some(12), None)).await);
        test.execute(BREAK, &[broken.into()]).await.expect("a broken row");
        let phone = Phone::of(1);
        let first = phone.envelope(&stream(), &sign_up(broken, &all_of(1)));
        let second = phone.envelope(&stream(), &sign_up(whole, &all_of(1)));
        let queue = [&first, &second];
        for _ in 0..2 {
            assert!(is_to_try_again(&send_queue(db, &phone, &queue).await), "the order is kept");
        }
        let answers = send_queue(db, &phone, &queue).await;
        let [Answer::Decided { outcome: put_aside, .. }, Answer::Decided { outcome, .. }] = answers.as_slice() else {
            panic!("{answers:?}")
        };
        let Refusal::ServerFault { reference } = refusal(put_aside) else { panic!("{put_aside:?}") };
        let id = first.id.to_string().to_uppercase();
        assert!(reference.len() >= 4 && id.ends_with(reference.as_str()), "{reference} of {id}");
        assert!(matches!(accepted(outcome), Accepted::Confirmed { .. }));

        // For ever, also when what broke it has been mended: the person was told and may have asked again.
        test.execute(MEND, &[broken.into()]).await.expect("a whole row");
        assert_eq!(send_queue(db, &phone, &queue).await, answers);
        let again = phone.envelope(&stream(), &sign_up(broken, &all_of(1)));
        let answers = send_queue(db, &phone, &[&again]).await;
        let [Answer::Decided { outcome, .. }] = answers.as_slice() else { panic!("{answers:?}") };
        assert!(matches!(accepted(outcome), Accepted::Confirmed { .. }));
        assert!(test.findings().await.is_empty());
    }

    async fn faults_are_counted_by_command_and_only_those_in_a_row(test) {
        let db = &test.db;
        settle(db).await;
        let broken = publish(db, activity(Some(12), None)).await;
        let phone = Phone::of(1);
        for turn in 1..=3 {
            let envelope = phone.envelope(&stream(), &sign_up(broken, &all_of(1)[..1]));
            test.execute(BREAK, &[broken.into()]).await.expect("a broken row");
            for _ in 0..2 {
                assert!(is_to_try_again(&send_queue(db, &phone, &[&envelope]).await), "{turn}");
            }
            test.execute(MEND, &[broken.into()]).await.expect("a whole row");
            let answers = send_queue(db, &phone, &[&envelope]).await;
            assert!(matches!(answers[..], [Answer::Decided { outcome: Outcome::Accepted { .. }, .. }]), "{answers:?}");
        }
        // Somebody else's phone has a count of its own, though its number is the same.
        test.execute(BREAK, &[broken.into()]).await.expect("a broken row");
        let one = phone.envelope(&stream(), &sign_up(broken, &all_of(1)));
        let neighbour = Phone::of(2);
        let other = neighbour.envelope(&stream(), &sign_up(broken, &all_of(2)));
        for _ in 0..2 {
            assert!(is_to_try_again(&send_queue(db, &phone, &[&one]).await));
            assert!(is_to_try_again(&send_queue(db, &neighbour, &[&other]).await));
        }
    }
}
