//! Somebody who changes their name is called by it wherever they are expected.

mod neighbourhood;

use domain::command::{Accepted, Command, UpdateProfile};
use domain::id::{BookingId, SignUpId, StreamId};
use domain::time::Timestamp;
use server::on_both_engines;
use server::store::Db;

use neighbourhood::truth::assert_rows_are_true;
use neighbourhood::*;

async fn rename(db: &Db, phone: &Phone, name: &str, at: Timestamp) {
    let profile = UpdateProfile { name: name.parse().expect("a name"), home: there(), born: None };
    let own = StreamId::Account(phone.account);
    let (_, outcome) = phone.ask_in(db, &own, Command::UpdateProfile(profile), at).await;
    assert_eq!(accepted(&outcome), &Accepted::Done);
}

on_both_engines! {
    async fn lists_of_those_to_come_follow_a_new_name(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(3), None)).await;
        let (phone, waiting) = (Phone::of(1), Phone::of(2));
        let (id, _) = phone.ask(db, sign_up(occurrence, &all_of(1))).await;
        let sign_up_id = SignUpId::from_uuid(id.uuid());
        let (id, _) = waiting.ask(db, sign_up(occurrence, &all_of(2))).await;
        let waiting_id = SignUpId::from_uuid(id.uuid());
        let (id, _) = phone.ask(db, book(living_room(), time(1, hm(14, 0), 60), 2, &[])).await;
        let booking = BookingId::from_uuid(id.uuid());
        rename(db, &phone, "王淮安", now()).await;
        rename(db, &waiting, "李淮安", now()).await;

        let editor = Phone::of(EDITOR).view(db).await;
        assert_eq!(editor.roster[&sign_up_id].row.name.as_str(), "王淮安");
        assert_eq!(editor.roster[&waiting_id].row.name.as_str(), "李淮安");
        let host = Phone::of(HOST).view(db).await;
        assert_eq!(host.desk_bookings[&booking].row.name.as_str(), "王淮安");
        let own = phone.view(db).await;
        let names: Vec<&str> = own.sign_ups[&sign_up_id].row.party.iter().map(|member| member.name.as_str()).collect();
        let (first, second) = (format!("{}-1", name(1)), format!("{}-2", name(1)));
        assert_eq!(names, ["王淮安", first.as_str(), second.as_str()]);
        assert_rows_are_true(test).await;
        assert!(test.findings().await.is_empty());

        // Over is over; and moving house without another name changes nobody's list.
        let head = "select head from stream where id = 'c:banzha'";
        let before = test.number(head, &[]).await;
        rename(db, &waiting, "李淮安", now()).await;
        rename(db, &phone, "王阿姨", time(2, hm(14, 0), 60).start()).await;
        assert_eq!(test.number(head, &[]).await, before);
    }
}
