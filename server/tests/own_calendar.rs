//! One's own calendar: one address at a time, of which only the hash rests here, and all that one goes to, wherever it is.

mod neighbourhood;

use domain::calendar_key::CalendarKey;
use domain::change::SignUpState;
use domain::command::{Accepted, Command, Outcome, RenewCalendar};
use domain::id::{CommandId, SignUpId, StreamId};
use domain::refusal::Refusal;
use server::login::token_hash;
use server::on_both_engines;
use server::store::Db;
use server::store::calendar_keys::{find_owner, load_own};

use neighbourhood::*;

async fn renew(db: &Db, phone: &Phone, key: CalendarKey) -> (CommandId, Outcome) {
    phone.ask_in(db, &StreamId::Account(phone.account), Command::RenewCalendar(RenewCalendar { key }), now()).await
}

fn hash(key: CalendarKey) -> String {
    token_hash(&key.to_string())
}

on_both_engines! {
    async fn a_new_address_ends_the_one_before_and_none_rests_here(test) {
        let db = &test.db;
        settle(db).await;
        let (mother, other) = (Phone::of(1), Phone::of(2));
        let (first, second) = (CalendarKey::of_random(7, 1), CalendarKey::of_random(7, 2));
        let owner = async |key| find_owner(db, hash(key)).await.expect("an answer");
        let mark = async || mother.view(db).await.profile.expect("a profile").1.calendar;
        assert_eq!((owner(first).await, mark().await), (None, None));
        let (made, outcome) = renew(db, &mother, first).await;
        assert_eq!(accepted(&outcome), &Accepted::Done);
        assert_eq!(owner(first).await, Some(mother.account));
        let shown = mark().await.expect("a mark");
        assert_eq!((shown.id, shown.since), (made, now()), "a phone finds its own by it");
        let (_, outcome) = renew(db, &other, first).await;
        assert_eq!(refusal(&outcome), &Refusal::Malformed { field: "/body/key".to_owned() }, "no secret any more");
        let (again, outcome) = renew(db, &mother, second).await;
        assert_eq!(accepted(&outcome), &Accepted::Done);
        assert_eq!((owner(first).await, owner(second).await), (None, Some(mother.account)));
        assert_eq!(mark().await.map(|mark| mark.id), Some(again));
        let everything = "select count(*) as n from calendar_key where key_hash like '%00000000000000070000000000000002%'";
        let kept = db.ask(everything, &[]).await.expect("rows");
        assert_eq!(kept[0].int("n").expect("a number"), 0);
        assert_eq!(test.findings().await, []);
    }

    async fn a_closed_account_has_no_calendar(test) {
        let db = &test.db;
        settle(db).await;
        let (mother, key) = (Phone::of(1), CalendarKey::of_random(1, 1));
        renew(db, &mother, key).await;
        let close = "update account set closed_at = 1 where id = $1";
        test.execute(close, &[mother.account.into()]).await.expect("closed");
        assert_eq!(find_owner(db, hash(key)).await.expect("an answer"), None);
    }

    async fn what_one_goes_to_is_in_it_and_nothing_of_others(test) {
        let db = &test.db;
        settle(db).await;
        let (mother, other) = (Phone::of(1), Phone::of(2));
        let date = publish(db, activity(Some(3), None)).await;
        let (id, outcome) = mother.ask(db, sign_up(date, &all_of(1))).await;
        accepted(&outcome);
        other.ask(db, sign_up(date, &all_of(2)[..2])).await;
        let (booking, outcome) = mother.ask(db, book(living_room(), time(1, hm(14, 0), 60), 2, &[])).await;
        accepted(&outcome);
        let load = async |phone: &Phone| {
            load_own(db, phone.account, monday().plus_days(-60), monday().plus_days(180)).await.expect("rows")
        };
        let own = load(&mother).await;
        let (found, row) = own.view.sign_ups.iter().next().expect("a sign-up");
        assert_eq!((*found, row.row.state, own.view.sign_ups.len()), (SignUpId::from_uuid(id.uuid()), SignUpState::Confirmed, 1));
        assert_eq!(own.view.bookings.keys().map(|id| id.uuid()).collect::<Vec<_>>(), [booking.uuid()]);
        assert!(own.view.occurrences.contains_key(&date) && own.view.spaces.contains_key(&living_room()));
        assert_eq!(own.changed_at(date), Some(now()), "LAST-MODIFIED is when it was published");
        let theirs = load(&other).await;
        assert!(matches!(theirs.view.sign_ups.values().next().map(|row| row.row.state), Some(SignUpState::Waitlisted { .. })));
        assert!(theirs.view.bookings.is_empty());
    }
}
