//! The database itself refuses, on both engines, whatever path writes: these tests go behind the code's back.

use server::on_both_engines;
use server::store::testing::{
    NOW_MS, TestDb, TestSpace, add_account, add_activity, add_booking, add_neighbourhood, add_occurrence, add_sign_up,
    add_space, id,
};
use server::store::{Conn, StoreError, Value};

type Made<'a> = server::store::writer::Work<'a, ()>;

async fn job<F>(test: &TestDb, work: F) -> Result<(), StoreError>
where
    F: for<'a, 'c> Fn(&'a mut Conn<'c>) -> Made<'a> + Send + Sync + 'static,
{
    test.db.write("c:banzha", work).await
}

/// Carries out calls that take the connection first; the last one's result is the whole's.
macro_rules! do_all {
    ($test:expr, $($call:ident($($arg:expr),* $(,)?));+ $(;)?) => {
        job($test, move |conn| Box::pin(async move { $($call(conn, $($arg),*).await?;)+ Ok(()) })).await
    };
}

const LIVING_ROOM: TestSpace<'_> = TestSpace { id: 100, atoms: &[200], shared: None, buffers: (0, 0) };

async fn taken(test: &TestDb) -> i64 {
    test.number("select taken from occurrence where id = $1", &[id(5).into()]).await
}

fn assert_check(result: Result<impl std::fmt::Debug, StoreError>, name: &str) {
    match result {
        Err(error) if error.is_check(name) => {}
        other => panic!("expected {name}, not {other:?}"),
    }
}

fn assert_no_room(result: Result<impl std::fmt::Debug, StoreError>) {
    match result {
        Err(error) if error.is_no_room() => {}
        other => panic!("expected no room, not {other:?}"),
    }
}

on_both_engines! {
    async fn an_oversold_date_is_refused(test) {
        do_all!(test, add_neighbourhood(Some(1)); add_sign_up(20, 1, "confirmed")).expect("the one place");
        assert_check(do_all!(test, add_sign_up(21, 2, "confirmed")), "occurrence_full");
        assert_eq!(taken(test).await, 1);

        // Neither by confirming who waits, nor by lowering the limit, nor by counting wrongly on purpose.
        do_all!(test, add_sign_up(21, 2, "waitlisted")).expect("a waiting party");
        let confirm = test.execute("update sign_up set state = 'confirmed' where id = $1", &[id(21).into()]).await;
        assert_check(confirm, "occurrence_full");
        let fewer = test.execute("update occurrence set capacity = 0 where id = $1", &[id(5).into()]).await;
        assert!(matches!(fewer, Err(StoreError::Constraint(_))), "{fewer:?}");
        let lie = test.execute("update sign_up_member set holds = 0 where sign_up = $1", &[id(20).into()]).await;
        assert_check(lie, "member_holds");
        assert_eq!(taken(test).await, 1);

        // The place becomes free by leaving, and only then is the next one let in.
        test.execute("update sign_up set state = 'withdrawn', ended_at = 1 where id = $1", &[id(20).into()])
            .await
            .expect("a withdrawal");
        assert_eq!(taken(test).await, 0);
        test.execute("update sign_up set state = 'confirmed' where id = $1", &[id(21).into()]).await.expect("a promotion");
        assert_eq!(taken(test).await, 1);
        test.execute("delete from sign_up_member where sign_up = $1", &[id(21).into()]).await.expect("a deletion");
        assert_eq!(taken(test).await, 0);
    }

    async fn a_limit_lowered_below_who_comes_lets_nobody_in_until_enough_have_left(test) {
        do_all!(
            test,
            add_neighbourhood(Some(3));
            add_account(6);
            add_account(7);
            add_sign_up(20, 1, "confirmed");
            add_sign_up(21, 2, "confirmed");
            add_sign_up(22, 6, "confirmed")
        )
        .expect("three places");
        let lower = "update occurrence set capacity = 3, lowered_to = 1 where id = $1";
        test.execute(lower, &[id(5).into()]).await.expect("a lower limit");
        let leave = "update sign_up set state = 'withdrawn', ended_at = 1 where id = $1";
        for (leaving, left) in [(20, 2), (21, 1)] {
            assert_check(do_all!(test, add_sign_up(23, 7, "confirmed")), "occurrence_full");
            let rise = test.execute("update occurrence set capacity = capacity + 1 where id = $1", &[id(5).into()]).await;
            assert!(rise.is_err(), "a limit that others keep down does not rise by itself");
            test.execute(leave, &[id(leaving).into()]).await.expect("freeing is free");
            let limit = test.number("select capacity from occurrence where id = $1", &[id(5).into()]).await;
            assert_eq!((taken(test).await, limit), (left, left));
        }
        let over = "select count(*) from occurrence where lowered_to is not null";
        assert_eq!(test.number(over, &[]).await, 0, "it is what it was to be");
        assert_check(do_all!(test, add_sign_up(23, 7, "confirmed")), "occurrence_full");
        test.execute(leave, &[id(22).into()]).await.expect("the last leaves");
        do_all!(test, add_sign_up(23, 7, "confirmed")).expect("the one place there is now");
    }

    async fn only_who_has_places_is_asked_and_nobody_is_asked_for_ever(test) {
        do_all!(test, add_neighbourhood(Some(3)); add_sign_up(20, 1, "waitlisted")).expect("a party");
        let set = |what: &'static str| test.execute(what, &[]);
        assert_check(set("update sign_up set offer_until = 5").await, "sign_up_offer");
        assert_check(set("update sign_up set passes = 4").await, "sign_up_passes");
        assert_check(set("update sign_up set offers_expired = 3").await, "sign_up_expired");
        assert_check(set("update sign_up set lapsed_at = 5").await, "sign_up_lapsed");
        set("update sign_up set state = 'confirmed', offer_until = 5").await.expect("an offer");
        assert_eq!(taken(test).await, 1, "what is offered is held");
        assert_check(set("update sign_up set state = 'withdrawn', ended_at = 5").await, "sign_up_offer");
    }

    async fn one_of_a_party_may_leave(test) {
        do_all!(test, add_neighbourhood(Some(2)); add_sign_up(20, 1, "confirmed")).expect("a party");
        let more = [id(20).into(), id(12).into(), id(5).into()];
        test.execute(
            "insert into sign_up_member (sign_up, person, occurrence, name, is_child, holds) values ($1, $2, $3, '宝', 1, 1)",
            &more,
        )
        .await
        .expect("a second head");
        assert_eq!(taken(test).await, 2);
        let leave = "update sign_up_member set left_at = 1, holds = 0 where sign_up = $1 and person = $2";
        test.execute(leave, &more[..2]).await.expect("one leaves");
        assert_eq!(taken(test).await, 1);
        test.execute(leave, &more[..2]).await.expect("twice is once");
        assert_eq!(taken(test).await, 1);
    }

    async fn nobody_is_signed_up_twice(test) {
        do_all!(test, add_neighbourhood(None); add_sign_up(20, 1, "confirmed")).expect("a party");
        let again = do_all!(test, add_sign_up(21, 1, "waitlisted"));
        assert!(again.as_ref().is_err_and(|error| error.is_unique_of("sign_up_live")), "{again:?}");
        let twin = do_all!(test, add_sign_up(20, 2, "waitlisted"));
        assert!(twin.as_ref().is_err_and(|error| error.is_unique_of("sign_up_pkey")), "{twin:?}");
        do_all!(test, add_sign_up(21, 2, "confirmed")).expect("another party");
        let seat = "update sign_up_member set seat = 1 where sign_up = $1";
        test.execute(seat, &[id(20).into()]).await.expect("a seat");
        let same = test.execute(seat, &[id(21).into()]).await;
        assert!(same.as_ref().is_err_and(|error| error.is_unique_of("seat_once")), "{same:?}");
        let borrowed = test
            .execute(
                "insert into sign_up_member (sign_up, person, occurrence, name, is_child, holds) values ($1, $2, $3, '王', 0, 1)",
                &[id(21).into(), id(11).into(), id(5).into()],
            )
            .await;
        assert!(borrowed.as_ref().is_err_and(|error| error.is_unique_of("sign_up_once")), "{borrowed:?}");
        let phone = test.execute("update account set phone = (select max(phone) from account)", &[]).await;
        assert!(phone.as_ref().is_err_and(|error| error.is_unique_of("account_phone_key")), "{phone:?}");
    }

    async fn a_member_counts_on_the_date_of_its_party(test) {
        do_all!(
            test,
            add_neighbourhood(Some(1));
            add_occurrence(6, 4, NOW_MS + 900 * 900_000, 4, Some(1));
            add_sign_up(20, 1, "confirmed")
        )
        .expect("two dates");
        let elsewhere = test.execute("update sign_up_member set occurrence = $1", &[id(6).into()]).await;
        assert!(matches!(elsewhere, Err(StoreError::Constraint(_))), "{elsewhere:?}");
        assert_eq!(taken(test).await, 1);
    }

    async fn overlapping_bookings_of_one_room_are_refused(test) {
        do_all!(test, add_neighbourhood(None); add_space(LIVING_ROOM)).expect("a room");
        do_all!(test, add_booking(300, 100, (40, 44), 6, "approved")).expect("a booking");
        for (s, e) in [(40, 44), (43, 45), (38, 41), (41, 42), (30, 50)] {
            assert_no_room(do_all!(test, add_booking(301, 100, (s, e), 2, "requested")));
        }
        do_all!(test, add_booking(301, 100, (44, 46), 2, "requested")).expect("right after");
        do_all!(test, add_booking(302, 100, (38, 40), 2, "checked_in")).expect("right before");
        // What does not hold time may lie anywhere, until it would hold it.
        do_all!(test, add_booking(303, 100, (40, 44), 2, "declined")).expect("history");
        assert_no_room(test.execute("update booking set state = 'approved' where id = $1", &[id(303).into()]).await);
        assert_eq!(test.findings_of_guards().await, []);
    }

    async fn cancelling_frees_and_moving_takes(test) {
        do_all!(test, add_neighbourhood(None); add_space(LIVING_ROOM)).expect("a room");
        do_all!(test, add_booking(300, 100, (40, 44), 6, "approved"); add_booking(301, 100, (44, 48), 6, "approved"))
            .expect("two bookings");
        let shift = "update booking set starts_at = starts_at + $2, ends_at = ends_at + $2 where id = $1";
        let by = |cells: i64| Value::from(cells * 900_000);
        assert_no_room(test.execute(shift, &[id(300).into(), by(1)]).await);
        test.execute(shift, &[id(300).into(), by(-1)]).await.expect("a move over its own old time");
        test.execute("update booking set state = 'cancelled' where id = $1", &[id(301).into()]).await.expect("freed");
        test.execute(shift, &[id(300).into(), by(5)]).await.expect("the freed time");
        test.execute("delete from booking where id = $1", &[id(300).into()]).await.expect("a deletion");
        assert_eq!(test.number("select count(*) from occupancy", &[]).await, 0);
        assert_eq!(test.number("select count(*) from claim_atom", &[]).await, 0);
    }

    async fn between_two_groups_lies_the_larger_buffer(test) {
        let cleaned = TestSpace { buffers: (15, 30), ..LIVING_ROOM };
        do_all!(test, add_neighbourhood(None); add_space(cleaned)).expect("a room");
        do_all!(test, add_booking(300, 100, (40, 44), 6, "approved")).expect("a booking");
        assert_no_room(do_all!(test, add_booking(301, 100, (44, 46), 2, "approved")));
        assert_no_room(do_all!(test, add_booking(301, 100, (45, 46), 2, "approved")));
        do_all!(test, add_booking(301, 100, (46, 48), 2, "approved")).expect("two cells later, not three");
        assert_no_room(do_all!(test, add_booking(302, 100, (37, 39), 2, "approved")));
        do_all!(test, add_booking(302, 100, (36, 38), 2, "approved")).expect("two cells before");
        assert_eq!(test.findings_of_guards().await, []);
    }

    async fn a_shared_room_counts_groups_and_heads_at_every_instant(test) {
        let playroom = TestSpace { shared: Some((3, 10)), ..LIVING_ROOM };
        do_all!(test, add_neighbourhood(None); add_space(playroom)).expect("a room");
        do_all!(test, add_booking(300, 100, (40, 44), 4, "approved"); add_booking(301, 100, (44, 48), 4, "approved"))
            .expect("one after the other");
        // Never more than four at once: a sum of what overlaps would say eight.
        do_all!(test, add_booking(302, 100, (40, 48), 6, "approved")).expect("six beside four");
        assert_check(do_all!(test, add_booking(303, 100, (43, 45), 1, "approved")), "full_heads");
        test.execute("update booking set adults = 4 where id = $1", &[id(302).into()]).await.expect("two stay at home");
        do_all!(test, add_booking(303, 100, (43, 45), 1, "approved")).expect("a third group");
        assert_check(do_all!(test, add_booking(304, 100, (44, 45), 1, "approved")), "full_groups");
        assert_eq!(test.findings_of_guards().await, []);
    }

    async fn a_half_keeps_others_from_the_whole(test) {
        let (whole, east, west) = (
            TestSpace { atoms: &[200, 201], ..LIVING_ROOM },
            TestSpace { id: 101, ..LIVING_ROOM },
            TestSpace { id: 102, atoms: &[201], ..LIVING_ROOM },
        );
        do_all!(test, add_neighbourhood(None); add_space(whole); add_space(east); add_space(west)).expect("a hall");
        do_all!(test, add_booking(300, 101, (40, 44), 6, "approved"); add_booking(301, 102, (42, 46), 6, "approved"))
            .expect("both halves");
        assert_no_room(do_all!(test, add_booking(302, 100, (45, 47), 6, "approved")));
        do_all!(test, add_booking(302, 100, (46, 47), 6, "approved")).expect("the whole afterwards");
        assert_no_room(do_all!(test, add_booking(303, 101, (46, 47), 6, "approved")));
        assert_eq!(test.findings_of_guards().await, []);
    }

    async fn an_activity_holds_its_room_until_it_is_called_off(test) {
        let playroom = TestSpace { shared: Some((3, 10)), ..LIVING_ROOM };
        do_all!(
            test,
            add_neighbourhood(None);
            add_space(playroom);
            add_activity(6, Some(100));
            add_occurrence(7, 6, NOW_MS + 40 * 900_000 + 300_000, 4, None)
        )
        .expect("a date in a room, not on the hour");
        assert_no_room(do_all!(test, add_booking(300, 100, (44, 45), 1, "approved")));
        assert_no_room(do_all!(test, add_booking(300, 100, (40, 41), 1, "approved")));
        do_all!(test, add_booking(300, 100, (45, 46), 1, "approved")).expect("when it is over");
        assert_no_room(do_all!(test, add_occurrence(8, 6, NOW_MS + 43 * 900_000, 4, None)));
        let venue = test.execute("update activity set venue_space = null where id = $1", &[id(6).into()]).await;
        assert_check(venue, "venue_in_use");
        test.execute("update occurrence set cancelled_at = 1 where id = $1", &[id(7).into()]).await.expect("called off");
        do_all!(test, add_booking(301, 100, (42, 43), 1, "approved")).expect("the room is free");
        assert_eq!(test.findings_of_guards().await, []);
    }

    async fn the_ledger_has_no_back_door(test) {
        do_all!(test, add_neighbourhood(None); add_space(LIVING_ROOM)).expect("a room");
        do_all!(test, add_booking(300, 100, (40, 44), 6, "approved")).expect("a booking");
        assert_check(test.execute("update claim set s = s + 1", &[]).await, "claim_immutable");
        assert_check(test.execute("delete from claim", &[]).await, "claim_in_use");
        assert_check(test.execute("delete from space_atom", &[]).await, "space_in_use");
        assert_check(test.execute("update atom set cap_groups = 5", &[]).await, "atom_mode_in_use");
        assert!(test.execute("update occupancy set g = 2", &[]).await.is_err());
        let too_long = do_all!(test, add_booking(301, 100, (100, 197), 6, "approved"));
        assert_check(too_long, "claim_too_long");
        let nowhere = test
            .execute(
                "insert into space (id, community, kind, name, address, policy, hours) \
                 select $1, community, kind, name, address, policy, hours from space",
                &[id(101).into()],
            )
            .await;
        assert!(nowhere.is_ok(), "{nowhere:?}");
        assert_check(do_all!(test, add_booking(301, 101, (40, 44), 6, "approved")), "claim_without_atoms");
        let nonsense = test.execute("update space set policy = '{}' where id = $1", &[id(101).into()]).await;
        assert!(matches!(nonsense, Err(StoreError::Constraint(_))), "{nonsense:?}");
    }

    async fn lowering_a_limit_throws_nobody_out_and_lets_nobody_in(test) {
        let playroom = TestSpace { shared: Some((5, 10)), ..LIVING_ROOM };
        do_all!(test, add_neighbourhood(None); add_space(playroom)).expect("a room");
        do_all!(
            test,
            add_booking(300, 100, (40, 44), 3, "approved");
            add_booking(301, 100, (40, 44), 3, "approved");
            add_booking(302, 100, (40, 44), 3, "approved")
        )
        .expect("nine heads");
        test.execute("update atom set cap_groups = 2, cap_heads = 5", &[]).await.expect("a lower limit");
        assert_no_room(do_all!(test, add_booking(303, 100, (40, 41), 1, "approved")));
        let cancel = "update booking set state = 'cancelled' where id = $1";
        test.execute(cancel, &[id(300).into()]).await.expect("leaving is never refused");
        assert_no_room(do_all!(test, add_booking(303, 100, (40, 41), 1, "approved")));
        test.execute(cancel, &[id(301).into()]).await.expect("leaving is never refused");
        do_all!(test, add_booking(303, 100, (40, 41), 2, "approved")).expect("as many as the new limit");
        assert_no_room(do_all!(test, add_booking(304, 100, (40, 41), 1, "approved")));
        assert_eq!(test.findings_of_guards().await, []);
    }

    async fn nobody_belongs_to_nobody(test) {
        do_all!(test, add_neighbourhood(None); add_account(30)).expect("an account");
        let nobody = test.execute("update person set account = 'nobody' where id = $1", &[id(40).into()]).await;
        assert!(matches!(nobody, Err(StoreError::Constraint(server::store::Constraint::ForeignKey))), "{nobody:?}");
    }
}
