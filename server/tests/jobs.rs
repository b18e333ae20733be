//! What time does to bookings, whoever sweeps and however often.

mod neighbourhood;

use domain::booking::BookingState;
use domain::command::{ApproveBooking, CheckInBooking, Command};
use domain::id::{BookingId, SpaceId};
use domain::time::Timestamp;
use server::on_both_engines;
use server::store::Db;

use neighbourhood::truth::assert_rows_are_true;
use neighbourhood::*;

/// Somebody's booking that stands, tomorrow at two.
async fn stands(db: &Db, n: u128, space: SpaceId) -> BookingId {
    let children = if space == play_room() { vec![person(n, 1)] } else { vec![] };
    let (id, outcome) = Phone::of(n).ask(db, book(space, time(1, hm(14, 0), 60), 1, &children)).await;
    accepted(&outcome);
    let booking = BookingId::from_uuid(id.uuid());
    if space == living_room() {
        accepted(&Phone::of(HOST).ask(db, Command::ApproveBooking(ApproveBooking { booking })).await.1);
    }
    booking
}

async fn state_of(db: &Db, n: u128, booking: BookingId) -> BookingState {
    Phone::of(n).view(db).await.bookings[&booking].row.state
}

async fn sweep(db: &Db, at: Timestamp) -> usize {
    server::jobs::run(db, at).await.expect("jobs")
}

on_both_engines! {
    async fn nobody_stayed_away_where_nobody_was_there_to_see(test) {
        let db = &test.db;
        settle(db).await;
        let range = time(1, hm(14, 0), 60);
        let (looked_after, left_alone) = (stands(db, 1, living_room()).await, stands(db, 2, play_room()).await);
        assert_eq!(sweep(db, range.end().plus_minutes(-1)).await, 0);
        assert_eq!(sweep(db, range.end()).await, 2);
        assert_eq!(sweep(db, range.end()).await, 0, "twice is once");
        assert_eq!(state_of(db, 1, looked_after).await, BookingState::NoShow);
        assert_eq!(state_of(db, 2, left_alone).await, BookingState::Completed);
        assert_rows_are_true(test).await;
        assert!(test.findings().await.is_empty());
    }

    async fn whoever_was_checked_in_has_been_there(test) {
        let db = &test.db;
        settle(db).await;
        let range = time(1, hm(14, 0), 60);
        let booking = stands(db, 1, living_room()).await;
        let arrive = Command::CheckInBooking(CheckInBooking { booking });
        accepted(&Phone::of(HOST).ask_at(db, arrive, range.start()).await);
        assert_eq!(sweep(db, range.end()).await, 1);
        assert_eq!(state_of(db, 1, booking).await, BookingState::Completed);
    }
}
