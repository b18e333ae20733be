//! The door: several devices without a network make one picture, who comes without having signed up counts, and what was
//! noted stays as it was.

mod neighbourhood;

use domain::attendance::Way;
use domain::command::{Accepted, AddWalkIn, CheckIn, Command, Envelope, MoveOccurrence, RemoveWalkIn, UndoCheckIn};
use domain::id::{ArrivalId, OccurrenceId, SignUpId};
use domain::refusal::Refusal;
use domain::time::Timestamp;
use server::on_both_engines;
use server::store::Db;
use server::store::numbers::list_dates;

use neighbourhood::*;

fn walk_in(occurrence: OccurrenceId, name: &str, heads: u16, reason: &str) -> Command {
    let (name, reason) = (name.parse().ok(), reason.parse().ok());
    Command::AddWalkIn(AddWalkIn { occurrence, name, heads, reason, at: None })
}

fn remove(occurrence: OccurrenceId, walk_in: ArrivalId) -> Command {
    Command::RemoveWalkIn(RemoveWalkIn { occurrence, walk_in })
}

fn by_code(sign_up: SignUpId, at: Timestamp) -> Command {
    Command::CheckIn(CheckIn { sign_up, at: Some(at), way: Way::Code })
}

/// The hour of [`activity`].
fn start() -> Timestamp {
    time(1, hm(14, 0), 60).start()
}

/// What the desk shows of a party and of who had not signed up: when and how, and heads.
async fn picture(
    db: &Db,
    mine: SignUpId,
    occurrence: OccurrenceId,
) -> (Option<Timestamp>, Vec<(Timestamp, Way)>, Vec<u16>) {
    let view = Phone::of(EDITOR).view(db).await;
    let row = &view.roster[&mine].row;
    let entries = view.walk_ins.values().filter(|entry| entry.row.occurrence == occurrence);
    let came = row.arrivals.iter().map(|one| (one.at, one.way)).collect();
    (row.checked_in_at, came, entries.map(|entry| entry.row.heads).collect())
}

/// Every order of as many things.
fn orders(count: usize) -> Vec<Vec<usize>> {
    match count {
        0 => vec![vec![]],
        _ => orders(count - 1)
            .into_iter()
            .flat_map(|order| {
                (0..count).map(move |at| {
                    let mut order = order.clone();
                    order.insert(at, count - 1);
                    order
                })
            })
            .collect(),
    }
}

on_both_engines! {
    async fn what_devices_at_one_door_noted_makes_one_picture_in_whatever_order_it_arrives(test) {
        let db = &test.db;
        settle(db).await;
        let mother = Phone::of(1);
        let (at_four, at_two) = (start().plus_minutes(-4), start().plus_minutes(-2));
        let online = start().plus_minutes(45);
        for order in orders(4) {
            let occurrence = publish(db, activity(Some(12), None)).await;
            let (id, _) = mother.ask(db, sign_up(occurrence, &all_of(1)[..1])).await;
            let mine = SignUpId::from_uuid(id.uuid());
            // Four devices, none of which has a network before the activity has begun: two check the party in, the first of
            // them takes that back, the last lets somebody in.
            let noted: Vec<(Phone, Envelope)> = {
                let one = |n: u128, command: &Command| {
                    let phone = Phone::of(n);
                    let envelope = phone.envelope(&stream(), command);
                    (phone, envelope)
                };
                let first = one(EDITOR, &by_code(mine, at_four));
                let of = vec![ArrivalId::from_uuid(first.1.id.uuid())];
                let undo = Command::UndoCheckIn(UndoCheckIn { sign_up: mine, checked_in_at: at_four, of });
                vec![one(STAFF, &by_code(mine, at_two)), one(EDITOR, &undo), first, one(STAFF, &walk_in(occurrence, "", 2, ""))]
            };
            for _ in 0..2 {
                for at in &order {
                    let (phone, envelope) = &noted[*at];
                    phone.send(db, envelope, online).await;
                }
            }
            let expected = (Some(at_two), vec![(at_two, Way::Code)], vec![2]);
            assert_eq!(picture(db, mine, occurrence).await, expected, "{order:?}");
            accepted(&Phone::of(EDITOR).ask_at(db, remove(occurrence, ArrivalId::from_uuid(noted[3].1.id.uuid())), online).await);
        }
        assert_eq!(test.findings().await, []);
    }

    async fn a_devices_clock_is_bounded_and_an_entry_taken_back_before_it_came_is_not_there(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(12), None)).await;
        let (id, _) = Phone::of(1).ask(db, sign_up(occurrence, &all_of(1)[..1])).await;
        let mine = SignUpId::from_uuid(id.uuid());
        let tomorrow = start().plus_minutes(24 * 60);
        accepted(&Phone::of(EDITOR).ask_at(db, by_code(mine, tomorrow), start()).await);
        assert_eq!(picture(db, mine, occurrence).await.0, Some(start()));

        let door = Phone::of(EDITOR);
        let envelope = door.envelope(&stream(), &walk_in(occurrence, "卫师傅", 1, ""));
        let id = ArrivalId::from_uuid(envelope.id.uuid());
        assert_eq!(accepted(&Phone::of(STAFF).ask_at(db, remove(occurrence, id), start()).await), &Accepted::Done);
        door.send(db, &envelope, start()).await;
        assert_eq!(picture(db, mine, occurrence).await.2, Vec::<u16>::new());
        assert_eq!(test.findings().await, []);
    }

    async fn whoever_comes_without_having_signed_up_counts_until_they_are_taken_back(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(3), None)).await;
        let (id, _) = Phone::of(1).ask(db, sign_up(occurrence, &all_of(1)[..2])).await;
        let mine = SignUpId::from_uuid(id.uuid());
        let door = Phone::of(EDITOR);
        accepted(&door.ask_at(db, check_in(mine), start()).await);
        let (one, outcome) = door.ask_in(db, &stream(), walk_in(occurrence, "卫师傅", 1, ""), start()).await;
        assert_eq!(accepted(&outcome), &Accepted::Done);
        let full = door.ask_at(db, walk_in(occurrence, "", 1, ""), start()).await;
        assert_eq!(refusal(&full), &Refusal::DoorFull { places_left: 0 });
        accepted(&door.ask_at(db, walk_in(occurrence, "", 4, "加了座位"), start()).await);

        let heads = async || {
            let (from, to) = (start(), start().plus_minutes(1));
            let dates = db.read(move |conn| Box::pin(async move { list_dates(conn, from, to).await })).await;
            let dates = dates.expect("dates");
            (dates[0].attendance.arrived, dates[0].people.len())
        };
        assert_eq!(heads().await, (7, 2), "heads, and residents by name");
        for n in [EDITOR, STAFF, DISTRICT] {
            let view = Phone::of(n).view(db).await;
            let names: Vec<_> = view.walk_ins.values().map(|entry| entry.row.name.as_ref().map(|name| name.as_str())).collect();
            assert_eq!(names, [Some("卫师傅"), None], "{n}");
        }
        for n in [1, HOST, STAFF_THERE] {
            assert!(Phone::of(n).view(db).await.walk_ins.is_empty(), "{n}");
        }

        let id = ArrivalId::from_uuid(one.uuid());
        assert_eq!(accepted(&Phone::of(STAFF).ask_at(db, remove(occurrence, id), start()).await), &Accepted::Done);
        assert_eq!(accepted(&door.ask_at(db, remove(occurrence, id), start()).await), &Accepted::AlreadyDone);
        assert_eq!(heads().await, (6, 2));
        assert_eq!(test.number("select count(*) from arrival where name is not null", &[]).await, 0, "the name is gone");
        assert_eq!(test.findings().await, []);

        // At another time nobody has arrived.
        let range = time(2, hm(10, 0), 60);
        let wish = MoveOccurrence { occurrence, sequence: 0, range, venue: None };
        accepted(&door.ask_at(db, Command::MoveOccurrence(wish), start().plus_minutes(-30)).await);
        assert_eq!(picture(db, mine, occurrence).await, (None, vec![], vec![]));
        assert_eq!(test.findings().await, []);
    }

    async fn the_door_is_the_teams_and_the_communitys_and_open_for_as_long_as_it_can_be_said_how_it_went(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(12), None)).await;
        let (id, _) = Phone::of(1).ask(db, sign_up(occurrence, &all_of(1)[..1])).await;
        let mine = SignUpId::from_uuid(id.uuid());
        let (came, outcome) = Phone::of(EDITOR).ask_in(db, &stream(), by_code(mine, start()), start()).await;
        accepted(&outcome);
        let (walked, outcome) = Phone::of(EDITOR).ask_in(db, &stream(), walk_in(occurrence, "", 1, ""), start()).await;
        accepted(&outcome);
        let (came, walked) = (ArrivalId::from_uuid(came.uuid()), ArrivalId::from_uuid(walked.uuid()));
        let other = publish(db, activity(None, None)).await;
        let before = amounts(test).await;
        let closed_at = domain::closing::closes_at(time(1, hm(14, 0), 60), domain::activity::Category::Opera);
        let opens_at = start().plus_minutes(-120);
        let undo = |of| Command::UndoCheckIn(UndoCheckIn { sign_up: mine, checked_in_at: start(), of });
        for (n, command, at, refused) in [
            (1, walk_in(occurrence, "", 1, ""), start(), Refusal::NotAllowed),
            (HOST, walk_in(occurrence, "", 1, ""), start(), Refusal::NotAllowed),
            (STAFF_THERE, walk_in(occurrence, "", 1, ""), start(), Refusal::Gone),
            (STAFF_THERE, remove(occurrence, walked), start(), Refusal::Gone),
            (1, remove(occurrence, walked), start(), Refusal::NotAllowed),
            (EDITOR, walk_in(occurrence, "", 1, ""), opens_at.plus_minutes(-1), Refusal::CheckInNotOpen { opens_at }),
            (EDITOR, walk_in(occurrence, "", 1, ""), closed_at, Refusal::ClosingOver { closed_at }),
            (EDITOR, remove(occurrence, walked), closed_at, Refusal::ClosingOver { closed_at }),
            (EDITOR, walk_in(occurrence, "", 0, ""), start(), Refusal::Malformed { field: "/body/heads".to_owned() }),
            // A fact of one kind is not taken back as one of the other.
            (EDITOR, remove(occurrence, came), start(), Refusal::Gone),
            (EDITOR, remove(other, walked), start(), Refusal::Gone),
            (EDITOR, undo(vec![walked]), start(), Refusal::Gone),
        ] {
            let outcome = Phone::of(n).ask_at(db, command, at).await;
            assert_eq!(refusal(&outcome), &refused, "{n}");
        }
        assert_eq!(amounts(test).await, before);
        assert_eq!(test.findings().await, []);
    }

    async fn the_database_keeps_what_was_noted_and_lets_nobody_in_beyond_the_places_without_a_reason(test) {
        let db = &test.db;
        settle(db).await;
        let occurrence = publish(db, activity(Some(1), None)).await;
        let (id, _) = Phone::of(1).ask(db, sign_up(occurrence, &all_of(1)[..1])).await;
        let mine = SignUpId::from_uuid(id.uuid());
        accepted(&Phone::of(EDITOR).ask_at(db, check_in(mine), start()).await);
        let (walked, outcome) = Phone::of(EDITOR).ask_in(db, &stream(), walk_in(occurrence, "卫师傅", 1, "有人没来"), start()).await;
        accepted(&outcome);
        accepted(&Phone::of(EDITOR).ask_at(db, remove(occurrence, ArrivalId::from_uuid(walked.uuid())), start()).await);
        for sql in [
            "update arrival set happened_at = 1",
            "update arrival set name = 'x' where way = 'walk_in'",
            "delete from arrival",
            "update arrival_undone set undone_at = 1",
            "delete from arrival_undone",
            "insert into arrival (id, occurrence, way, heads, happened_at, received_at)
             select 'a', id, 'walk_in', 1, 1, 1 from occurrence",
            "insert into arrival (id, occurrence, way, heads, reason, happened_at, received_at)
             select 'b', id, 'walk_in', 100, 'x', 1, 1 from occurrence",
            "insert into arrival (id, occurrence, sign_up, way, heads, happened_at, received_at)
             select 'c', occurrence, id, 'name', 1, 1, 1 from sign_up",
            "insert into arrival (id, occurrence, sign_up, way, happened_at, received_at)
             select 'd', occurrence, id, 'name', 2, 1 from sign_up",
        ] {
            assert!(test.execute(sql, &[]).await.is_err(), "{sql}");
        }
        assert_eq!(test.findings().await, []);
    }
}
