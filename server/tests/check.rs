//! `lifehub check` sees each kind of damage and names the row: written past the rules on both engines, behind the
//! triggers' back, looked for, and undone.

mod neighbourhood;

use std::process::{Command as Program, Output};
use std::sync::{Arc, Mutex};

use domain::calendar_key::CalendarKey;
use domain::command::{
    AddPerson, AddWalkIn, ApproveBooking, CloseOccurrence, Command, ExemptDuty, RemovePerson, RenewCalendar,
};
use domain::duty::Duty;
use domain::id::{BookingId, StreamId};
use domain::people::Relation;
use domain::time::YearMonth;
use server::on_both_engines;
use server::store::check::{Finding, check};
use server::store::testing::TestDb;
use server::store::{Conn, StoreError};

use neighbourhood::*;

/// Some of everything: parties with places and waiting, one that moved up and was told, a hold, a date in a room, a
/// household that grew and shrank, a date to which some came and of which its team said how it went.
async fn live(test: &TestDb) {
    let db = &test.db;
    settle(db).await;
    let full = publish(db, activity(Some(3), None)).await;
    publish(db, activity(None, Some(play_room()))).await;
    let (first, waiting, other) = (Phone::of(1), Phone::of(2), Phone::of(3));
    let (id, outcome) = first.ask(db, sign_up(full, &all_of(1))).await;
    accepted(&outcome);
    let (moved_up, _) = waiting.ask(db, sign_up(full, &all_of(2)[..2])).await;
    other.ask(db, sign_up(full, &all_of(3))).await;
    first.ask(db, withdraw(domain::id::SignUpId::from_uuid(id.uuid()), &all_of(1))).await;
    let (id, outcome) = first.ask(db, book(living_room(), time(1, hm(14, 0), 60), 2, &[])).await;
    accepted(&outcome);
    let booking = BookingId::from_uuid(id.uuid());
    let (_, outcome) = Phone::of(HOST).ask(db, Command::ApproveBooking(ApproveBooking { booking })).await;
    accepted(&outcome);
    let own = StreamId::Account(first.account);
    let add =
        AddPerson { relation: Relation::Elder, name: "奶奶".parse().expect("a name"), born: None, consent: false };
    accepted(&first.ask_in(db, &own, Command::AddPerson(add), now()).await.1);
    let remove = Command::RemovePerson(RemovePerson { person: person(1, 3) });
    accepted(&first.ask_in(db, &own, remove, now()).await.1);
    let renew = Command::RenewCalendar(RenewCalendar { key: CalendarKey::of_random(1, 2) });
    accepted(&waiting.ask_in(db, &StreamId::Account(waiting.account), renew, now()).await.1);
    let exempt =
        ExemptDuty { duty: Duty::Council, month: YearMonth::of(monday()), reason: "本月换届选举".parse().ok() };
    accepted(&Phone::of(STAFF).ask(db, Command::ExemptDuty(exempt)).await.1);
    let start = time(1, hm(14, 0), 60).start();
    let moved_up = domain::id::SignUpId::from_uuid(moved_up.uuid());
    accepted(&Phone::of(EDITOR).ask_at(db, check_in(moved_up), start).await);
    let walk_in = AddWalkIn { occurrence: full, name: "卫师傅".parse().ok(), heads: 1, reason: None, at: None };
    accepted(&Phone::of(EDITOR).ask_at(db, Command::AddWalkIn(walk_in), start).await);
    let close = Command::CloseOccurrence(CloseOccurrence { occurrence: full, heads: 23, note: None });
    accepted(&Phone::of(EDITOR).ask_at(db, close, time(1, hm(15, 0), 60).start()).await);
}

/// Takes away what would refuse the damage or put it right: triggers, checks, references. All of it is undone.
const UNGUARD: &str = "do $$ declare c record; begin
    for c in select conrelid::regclass t, conname n from pg_constraint
             where contype = 'c' and connamespace = current_schema()::regnamespace loop
        execute format('alter table %s drop constraint %I', c.t, c.n);
    end loop;
    set local session_replication_role = replica;
end $$";

async fn unguard(conn: &mut Conn<'_>) -> Result<(), StoreError> {
    if conn.has_row_locks() {
        conn.execute(UNGUARD, &[]).await?;
    } else {
        conn.execute("pragma ignore_check_constraints = on", &[]).await?;
        conn.execute("pragma defer_foreign_keys = on", &[]).await?;
        for row in conn.all("select name from sqlite_master where type = 'trigger'", &[]).await? {
            let drop = format!("drop trigger {}", row.text("name")?);
            conn.execute(drop.leak(), &[]).await?;
        }
    }
    for index in ["drop index sign_up_live", "drop index sign_up_once", "drop index seat_once"] {
        conn.execute(index, &[]).await?;
    }
    Ok(())
}

/// What is found once `damage` is done; nothing of it stays.
async fn found_after(test: &TestDb, damage: &'static [&'static str]) -> Vec<Finding> {
    let kept: Arc<Mutex<Option<Vec<Finding>>>> = Arc::default();
    let found = Arc::clone(&kept);
    let undone = test.db.write("damage", move |conn| {
        let found = Arc::clone(&found);
        Box::pin(async move {
            unguard(conn).await?;
            for sql in damage {
                let touched = conn.execute(sql, &[]).await?;
                assert!(touched > 0, "{sql} touches something");
            }
            *found.lock().expect("nobody panicked") = Some(check(conn).await?);
            if !conn.has_row_locks() {
                conn.execute("pragma ignore_check_constraints = off", &[]).await?;
            }
            Err::<(), _>(StoreError::inconsistent("nothing", "only looked"))
        })
    });
    let undone = undone.await;
    assert!(matches!(undone, Err(StoreError::Inconsistent { .. })), "{damage:?}: {undone:?}");
    kept.lock().expect("nobody panicked").take().expect("findings")
}

/// Damage, and the rules that see it, each as often as it does.
const DAMAGES: &[(&[&str], &[&str])] = &[
    (&["update occurrence set taken = taken + 1 where taken > 0"], &["occurrence.taken", "synced_row.true"]),
    (
        &[
            "update occurrence set capacity = 1 where capacity = 3",
            "update synced_row set body = replace(body, '\"capacity\":3', '\"capacity\":1') where class = 'seats'",
            "update sign_up_member set seat = null where seat is not null and seat > 1",
        ],
        &["occurrence.capacity", "sign_up_member.seat"],
    ),
    (&["update occurrence set capacity = 9, lowered_to = 3 where capacity = 3"], &["occurrence.lowered"]),
    (
        &[
            "update sign_up set offer_until = 4102444800000 where state = 'confirmed'",
            "update synced_row set body = replace(body, '\"kind\":\"confirmed\"',
                 '\"kind\":\"waitlisted\",\"parties_ahead\":0,\"offer_until\":4102444800000')
             where class in ('sign_up', 'roster')",
        ],
        &["sign_up.offer"],
    ),
    (&["update occurrence set waiting_heads = 7 where capacity = 3"], &["occurrence.waiting_heads", "synced_row.true"]),
    (
        &["update occurrence set waiting_parties = 2 where capacity = 3"],
        &["occurrence.waiting_parties", "synced_row.true"],
    ),
    (
        &["update sign_up_member set holds = 1 where holds = 0 and left_at is not null and person = (select max(person)
           from sign_up_member where left_at is not null)"],
        &["sign_up_member.holds"],
    ),
    (
        &[
            "update sign_up_member set left_at = 1, holds = 0 where holds = 1",
            "update occurrence set taken = 0 where taken > 0",
            "update synced_row set body = replace(body, '\"taken\":2', '\"taken\":0') where class = 'seats'",
        ],
        &["sign_up.party"],
    ),
    (
        &["update occurrence set cancelled_at = 1 where capacity = 3"],
        &["closing.date", "occurrence.cancelled", "occurrence.cancelled"],
    ),
    (&["update arrival set happened_at = happened_at - 1 where sign_up is not null"], &["sign_up.arrived"]),
    (&["update sign_up set checked_in_at = null where checked_in_at is not null"], &["sign_up.arrived"]),
    (
        &["insert into arrival_undone (occurrence, arrival, undone_at) select occurrence, id, 1 from arrival"],
        &["sign_up.arrived", "synced_row.true", "synced_row.true"],
    ),
    (&["update arrival set heads = 7 where way = 'walk_in'"], &["synced_row.true"; 2]),
    (&["delete from synced_row where class = 'walk_in' and audience like 'community:%'"], &["synced_row.there"]),
    (
        &[
            "insert into activity (id, community, team, title, category, audience, venue, schedule, policy, created_by,
                 created_at)
             select 'twin', community, team, title, 'other', audience, venue, schedule, policy, created_by, created_at
             from activity where id = (select min(id) from activity)",
            "update activity set continued_by = 'twin' where id = (select min(id) from activity where id <> 'twin')",
        ],
        &["activity.continued"],
    ),
    (&["update closing set closed_at = 1"], &["closing.date"]),
    (&["update closing set heads = 24"], &["synced_row.true"; 2]),
    (&["delete from synced_row where class = 'exemption'"], &["synced_row.there"]),
    (&["delete from duty_exemption"], &["synced_row.there"]),
    (&["delete from synced_row where class = 'closing' and audience like 'community:%'"], &["synced_row.there"]),
    (&["delete from claim where source_kind = 'booking'"], &["booking.claim", "claim.atoms", "occupancy"]),
    (&["delete from claim where source_kind = 'occurrence'"], &["claim.atoms", "occupancy", "occurrence.claim"]),
    (
        &[
            "update booking set state = 'cancelled' where state = 'approved'",
            "update synced_row set body = replace(body, '\"approved\"', '\"cancelled\"')
             where class in ('booking', 'desk_booking')",
        ],
        &["claim.source"],
    ),
    (&["delete from claim_atom where claim like 'booking:%'"], &["claim.atoms", "occupancy"]),
    (&["update occupancy set p = p - 1, cap_p = cap_p + 1 where g > 0 and buf = 0 and cap_g > 1"], &["occupancy"]),
    (&["update occupancy set cap_g = 0 where g > 0 and cap_g = 1"], &["occupancy.limit"]),
    (
        &["insert into sign_up (id, occurrence, community, account, state, queue_order, created_at)
           select 'twin', occurrence, community, account, 'withdrawn', 99, 1 from sign_up where state = 'waitlisted'"],
        &["sign_up.queue_order", "synced_row.there"],
    ),
    (
        &["update sign_up set queue_order = 1 where queue_order = 2"],
        &["sign_up.queue_order", "sign_up.queue_order"],
    ),
    (
        &[
            "update sign_up set account = (select account from sign_up where state = 'confirmed')
             where state = 'waitlisted'",
            "update sign_up_member set person = (select max(person) from sign_up_member where holds = 1)
             where sign_up = (select id from sign_up where state = 'waitlisted')
               and person = (select max(person) from sign_up_member where holds = 0 and left_at is null)",
        ],
        &[
            "processed_command.effect",
            "sign_up.live",
            "sign_up_member.once",
            "sign_up_member.person",
            "sign_up_member.person",
            "synced_row.there",
        ],
    ),
    (
        &[
            "update person set removed_at = 1 where id = (select max(person) from sign_up_member where holds = 1)",
            "update synced_row set gone_at = 1 where class = 'person'
               and id = (select max(person) from sign_up_member where holds = 1)",
        ],
        &["sign_up_member.person"],
    ),
    (&["update sign_up_member set seat = null where holds = 1 and seat = 1"], &["sign_up_member.seat"]),
    (&["update sign_up_member set seat = 4 where holds = 1 and seat = 1"], &["sign_up_member.seat"]),
    (
        &["update sign_up_member set seat = 9 where person = (select min(m.person) from sign_up_member m
             join sign_up s on s.id = m.sign_up where s.state = 'waitlisted' and m.left_at is null)"],
        &["sign_up_member.seat"],
    ),
    (
        &["update sign_up_member set seat = 1 where holds = 1 and seat = 2"],
        &["sign_up_member.seat", "sign_up_member.seat"],
    ),
    (&["update stream set head = head + 1 where id = 'c:banzha'"], &["stream.head"]),
    (&["delete from stream_tick where stream = 'c:banzha' and seq = 1"], &["stream.head"]),
    (
        &["update synced_row set seq = 1000 where class = 'team' and stream = 'c:banzha'"],
        &["stream.head"],
    ),
    (&["update stream_tick set tag = tag + 1 where stream = 'c:banzha' and seq = (select head from stream
        where id = 'c:banzha')"], &["stream.tag"]),
    (&["update device set last_no = last_no + 1 where last_no = 5"], &["device.last_no"]),
    (
        &["delete from processed_command where no = 2 and device in (select id from device where last_no = 5)"],
        &["device.last_no"],
    ),
    (
        &["update device set account = (select max(id) from account) where last_no = 5"],
        &["processed_command.device"; 5],
    ),
    (
        &["update processed_command set outcome = replace(outcome, 'accepted', 'granted') where kind = 'book_space'"],
        &["processed_command.outcome"],
    ),
    (
        &["update processed_command set outcome = replace(outcome, '{\"kind\"', '{ \"kind\"')
           where kind = 'book_space'"],
        &["processed_command.outcome"],
    ),
    (&["update processed_command set seq = null where kind = 'book_space'"], &["processed_command.seq"]),
    (
        &["update processed_command set outcome = replace(outcome, '\"seq\":' || seq, '\"seq\":900'), seq = 900
           where kind = 'approve_booking'"],
        &["processed_command.seq"],
    ),
    (
        &["update processed_command set outcome = replace(outcome, '\"seq\":' || seq, '\"seq\":1'), seq = 1
           where kind = 'book_space'"],
        &["processed_command.order", "stream.tag"],
    ),
    (
        &[
            "delete from sign_up_member where sign_up in (select id from sign_up where state = 'withdrawn')",
            "delete from sign_up where state = 'withdrawn'",
            "delete from synced_row where class in ('sign_up', 'roster') and body like '%withdrawn%'",
        ],
        &["processed_command.effect"],
    ),
    (
        &[
            "delete from person where relation = 'elder'",
            "delete from synced_row where class = 'person' and body like '%elder%'",
        ],
        &["processed_command.effect"],
    ),
    (
        &[
            "delete from synced_row where class = 'seats' and id in (select id from occurrence where capacity is null)",
            "delete from occurrence where capacity is null",
            "delete from claim where source_kind = 'occurrence'",
            "delete from claim_atom where claim like 'occurrence:%'",
            "delete from occupancy where cap_g > 1",
        ],
        &["processed_command.effect"],
    ),
    (
        &[
            "delete from booking where state = 'approved'",
            "delete from claim where source_kind = 'booking'",
            "delete from claim_atom where claim like 'booking:%'",
            "delete from occupancy where cap_g = 1",
            "delete from synced_row where class in ('booking', 'desk_booking')",
        ],
        &["processed_command.effect"],
    ),
    (&["update synced_row set seq = 0 where class = 'team' and stream = 'c:banzha'"], &["synced_row.seq"]),
    (&["update synced_row set body = '[]' where class = 'notice'"], &["synced_row.body"; 2]),
    (&["update synced_row set class = 'riddle' where class = 'team' and stream = 'c:banzha'"], &["synced_row.body"]),
    (&["delete from synced_row where class = 'sign_up' and body like '%waitlisted%'"], &["synced_row.there"]),
    (&["update synced_row set gone_at = 1 where class = 'notice'"], &["synced_row.there"; 2]),
    (&["delete from synced_row where class = 'booking'"], &["synced_row.there"]),
    (
        &["delete from synced_row where class = 'seats' and id in (select id from occurrence where capacity = 3)"],
        &["synced_row.there"],
    ),
    (
        &["update person set removed_at = null where removed_at is not null"],
        &["synced_row.there"],
    ),
    (
        &["update synced_row set gone_at = null, body = (select min(o.body) from synced_row o where o.class = 'person'
           and o.gone_at is null) where class = 'person' and gone_at is not null"],
        &["synced_row.there"],
    ),
    (
        &["update synced_row set body = replace(body, '\"taken\":2', '\"taken\":3') where class = 'seats'"],
        &["synced_row.true"],
    ),
    (
        &["update synced_row set body = replace(body, '\"approved\"', '\"requested\"') where class = 'desk_booking'"],
        &["synced_row.true"; 2],
    ),
    (
        &["update synced_row set body = replace(body, '\"kind\":\"confirmed\"', '\"kind\":\"waitlisted\",\"parties_ahead\":0')
           where class in ('sign_up', 'roster')"],
        &["synced_row.true"; 3],
    ),
    (&["delete from calendar_key"], &["synced_row.true"]),
];

on_both_engines! {
    async fn each_damage_is_seen_and_nothing_else(test) {
        live(test).await;
        assert_eq!(test.findings().await, [], "a neighbourhood in order");
        for (damage, expected) in DAMAGES {
            let found = found_after(test, damage).await;
            let rules: Vec<&str> = found.iter().map(|finding| finding.rule).collect();
            // A cell of the ledger is a finding of its own: how many there are says nothing.
            let mut rules = rules;
            rules.dedup_by(|a, b| a == b && matches!(*a, "occupancy" | "occupancy.limit"));
            assert_eq!(rules, *expected, "{damage:?}: {found:#?}");
        }
        assert_eq!(test.findings().await, [], "nothing of it stayed");
    }

    async fn every_rule_has_its_damage(test) {
        let seen: std::collections::BTreeSet<&str> = DAMAGES.iter().flat_map(|(_, rules)| *rules).copied().collect();
        let source = [include_str!("../src/store/check/rules.rs"), include_str!("../src/store/check/answers.rs"),
            include_str!("../src/store/check/ledger.rs"), include_str!("../src/store/check/drawn.rs")].concat();
        for rule in source.split('"').filter(|text| is_rule(text)) {
            assert!(seen.contains(rule), "nobody has tried {rule}");
        }
        assert_eq!(test.findings().await, [], "a database without anybody is in order");
    }

    async fn the_program_says_so_beside_a_running_server_and_ends_with_one(test) {
        live(test).await;
        let said = run_check(&test.address);
        assert_eq!((said.status.code(), text(&said.stdout), text(&said.stderr)), (Some(0), "", ""));

        test.execute("update stream set head = head + 1 where id = 'c:banzha'", &[]).await.expect("damage");
        test.execute("update sign_up_member set seat = null where seat = 1", &[]).await.expect("damage");
        let party = test.text("select id from sign_up where state = 'confirmed'", &[]).await;
        let said = run_check(&test.address);
        assert_eq!((said.status.code(), text(&said.stderr)), (Some(1), ""));
        let lines: Vec<&str> = text(&said.stdout).lines().collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].starts_with(&format!("sign_up_member.seat {party}/")), "{lines:?}");
        assert!(lines[0].ends_with(": expected 1..3, its own, found none"), "{lines:?}");
        assert!(lines[1].starts_with("stream.head c:banzha: expected "), "{lines:?}");
    }
}

#[tokio::test]
async fn a_file_whose_references_lead_nowhere_is_seen() {
    let test = TestDb::lite(Default::default()).await;
    live(&test).await;
    let found = found_after(&test, &["update team set community = 'nowhere'"]).await;
    assert!(found.iter().all(|finding| finding.rule == "file"), "{found:?}");
    assert!(found.iter().any(|finding| finding.to_string().starts_with("file team ")), "{found:?}");
    test.remove().await;
}

#[test]
fn a_database_that_is_not_there_is_no_database_in_order() {
    let said = run_check("sqlite:/nonexistent/lifehub.db");
    assert_eq!((said.status.code(), text(&said.stdout)), (Some(1), ""));
    assert!(text(&said.stderr).starts_with("lifehub: the database /nonexistent/lifehub.db cannot be opened"));
}

fn is_rule(text: &str) -> bool {
    let is_name = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    text == "occupancy" || text.split_once('.').is_some_and(|(table, rule)| is_name(table) && is_name(rule))
}

fn run_check(address: &str) -> Output {
    let mut program = Program::new(env!("CARGO_BIN_EXE_lifehub"));
    program.args(["check", "--database", address]).env_clear().output().expect("the program starts")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}
