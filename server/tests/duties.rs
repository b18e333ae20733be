//! The monthly three: exempting, and reminding staff from the twentieth on, whoever sweeps and however often.

mod neighbourhood;

use domain::activity::{Category, Schedule, SignUpPolicy};
use domain::change::NoticeBody;
use domain::closing::closes_at;
use domain::command::{Accepted, CloseOccurrence, Command, ExemptDuty, PublishActivity};
use domain::duty::{Duty, DutyCell, DutyGap, DutyState, judge_month};
use domain::id::StreamId;
use domain::refusal::Refusal;
use domain::time::{Timestamp, YearMonth};
use server::jobs::reminders::remind;
use server::on_both_engines;
use server::store::Db;
use server::store::duties::load_duties;

use neighbourhood::*;

fn november() -> YearMonth {
    YearMonth::of(monday())
}

fn exempt(duty: Duty, reason: &str) -> Command {
    let reason = (!reason.is_empty()).then(|| reason.parse().expect("a note"));
    Command::ExemptDuty(ExemptDuty { duty, month: november(), reason })
}

/// What the tables say of this month here.
async fn cells(db: &Db, now: Timestamp) -> [DutyCell; 3] {
    let facts = db.read(|conn| Box::pin(load_duties(conn, None, november(), november()))).await.expect("facts");
    let facts = facts.get(&here()).cloned().unwrap_or_default();
    judge_month(november(), &facts.dates, |duty| facts.why_exempt(november(), duty), now)
}

async fn states(db: &Db, now: Timestamp) -> [DutyState; 3] {
    cells(db, now).await.map(|cell| cell.state)
}

/// The notices of somebody about what is missing.
async fn told(db: &Db, n: u128) -> Vec<Vec<DutyGap>> {
    let view = Phone::of(n).view(db).await;
    let of = |body: &NoticeBody| match body {
        NoticeBody::DutiesMissing { missing, .. } => Some(missing.clone()),
        _ => None,
    };
    view.notices.values().filter_map(|notice| of(&notice.row.body)).collect()
}

on_both_engines! {
    async fn a_duty_goes_from_nothing_to_written_down(test) {
        use DutyState::{Evidenced, Held, NotPlanned, Published, Unreported};
        let db = &test.db;
        settle(db).await;
        assert_eq!(states(db, now()).await, [NotPlanned; 3]);
        let council = PublishActivity {
            category: Category::Council,
            schedule: Schedule::Once { on: monday().plus_days(1), at: hm(14, 0), minutes: 60 },
            policy: SignUpPolicy::PerOccurrence {
                capacity: None, opens_minutes_before: None, closes_minutes_before: 0, party_max: 4,
                draws_minutes_before: None,
            },
            ..activity(None, None)
        };
        let occurrence = publish(db, council).await;
        let range = time(1, hm(14, 0), 60);
        assert_eq!(states(db, now()).await, [NotPlanned, Published, NotPlanned]);
        assert_eq!(states(db, range.end()).await, [NotPlanned, Unreported, NotPlanned]);

        // Whoever is checked in was there, whether anybody counts or not.
        let (id, _) = Phone::of(1).ask(db, sign_up(occurrence, &all_of(1))).await;
        let arrive = check_in(domain::id::SignUpId::from_uuid(id.uuid()));
        accepted(&Phone::of(EDITOR).ask_at(db, arrive, range.start()).await);
        let [_, cell, _] = cells(db, range.end()).await;
        assert_eq!((cell.state, cell.heads, cell.on), (Held, 3, Some(range.start().date())));

        let note = "议定充电棚加在北门".parse().ok();
        let close = Command::CloseOccurrence(CloseOccurrence { occurrence, heads: 23, note });
        accepted(&Phone::of(EDITOR).ask_at(db, close, range.end()).await);
        let [_, cell, _] = cells(db, range.end()).await;
        assert_eq!((cell.state, cell.heads, cell.evidenced), (Evidenced, 23, 1));
        assert_eq!(test.findings().await, []);
    }

    async fn a_council_is_reported_as_long_as_its_month_can_be_put_right_and_then_stays(test) {
        let db = &test.db;
        settle(db).await;
        let council = PublishActivity { category: Category::Council, ..activity(Some(12), None) };
        let occurrence = publish(db, council).await;
        let (id, _) = Phone::of(1).ask(db, sign_up(occurrence, &all_of(1))).await;
        let range = time(1, hm(14, 0), 60);
        let closed_at = closes_at(range, Category::Council);
        assert!(closed_at > closes_at(range, Category::Dance), "this month ends after a week");
        let close = |heads| Command::CloseOccurrence(CloseOccurrence { occurrence, heads, note: None });
        let editor = Phone::of(EDITOR);
        accepted(&editor.ask_at(db, close(23), closed_at.plus_minutes(-1)).await);
        assert_eq!(refusal(&editor.ask_at(db, close(24), closed_at).await), &Refusal::ClosingOver { closed_at });
        let arrive = check_in(domain::id::SignUpId::from_uuid(id.uuid()));
        assert_eq!(refusal(&editor.ask_at(db, arrive.clone(), closed_at).await), &Refusal::ClosingOver { closed_at });
        accepted(&editor.ask_at(db, arrive, closed_at.plus_minutes(-1)).await);
        assert_eq!(test.findings().await, []);
    }

    async fn staff_exempt_a_duty_with_a_reason_and_take_it_back(test) {
        let db = &test.db;
        settle(db).await;
        let staff = Phone::of(STAFF);
        assert_eq!(accepted(&staff.ask(db, exempt(Duty::Council, "本月换届选举")).await.1), &Accepted::Done);
        let [_, cell, _] = cells(db, now()).await;
        assert_eq!((cell.state, cell.exempt), (DutyState::Exempt, "本月换届选举".parse().ok()));
        let key = (here(), november(), Duty::Council);
        for (n, sees) in [(1, false), (EDITOR, false), (STAFF, true), (STAFF_THERE, false), (DISTRICT, true)] {
            assert_eq!(Phone::of(n).view(db).await.exemptions.contains_key(&key), sees, "{n}");
        }
        let again = staff.ask(db, exempt(Duty::Council, "本月换届选举")).await.1;
        assert_eq!(accepted(&again), &Accepted::AlreadyDone);
        let district = Phone::of(DISTRICT).ask(db, exempt(Duty::Council, "防汛")).await.1;
        assert_eq!(accepted(&district), &Accepted::Done);
        assert_eq!(cells(db, now()).await[1].exempt, "防汛".parse().ok());
        assert_eq!(accepted(&staff.ask(db, exempt(Duty::Council, "")).await.1), &Accepted::Done);
        assert_eq!(states(db, now()).await, [DutyState::NotPlanned; 3]);
        assert!(staff.view(db).await.exemptions.is_empty());

        let refuse = exempt(Duty::Council, "换届");
        for (n, refused) in [
            (1, Refusal::NotAllowed),
            (EDITOR, Refusal::NotAllowed),
            (HOST, Refusal::NotAllowed),
            (STAFF_THERE, Refusal::Gone),
        ] {
            assert_eq!(refusal(&Phone::of(n).ask(db, refuse.clone()).await.1), &refused, "{n}");
        }
        let own = StreamId::Account(staff.account);
        assert_eq!(refusal(&staff.ask_in(db, &own, refuse.clone(), now()).await.1), &Refusal::Gone);
        let last_on = domain::duty::last_day_of_grace(november());
        let late = last_on.plus_days(1).start();
        assert_eq!(refusal(&staff.ask_at(db, refuse, late).await), &Refusal::MonthClosed { last_on });
        assert_eq!(test.number("select count(*) from duty_exemption", &[]).await, 0);
        assert_eq!(test.findings().await, []);
    }

    async fn staff_are_reminded_once_a_month_of_what_is_missing(test) {
        let db = &test.db;
        settle(db).await;
        accepted(&Phone::of(STAFF).ask(db, exempt(Duty::PolicyTalk, "和邻近社区合办")).await.1);
        let on = |day: i32| monday().plus_days(day).at(hm(9, 0));
        assert_eq!(remind(db, on(-4)).await.expect("a sweep"), 0, "the nineteenth");
        assert_eq!(remind(db, on(0)).await.expect("a sweep"), 2, "the staff of both communities");
        assert_eq!(remind(db, on(1)).await.expect("a sweep"), 0, "once");
        let gap = |duty| DutyGap { duty, state: DutyState::NotPlanned };
        assert_eq!(told(db, STAFF).await, [vec![gap(Duty::MoralReview), gap(Duty::Council)]]);
        for n in [1, EDITOR, HOST, DISTRICT] {
            assert!(told(db, n).await.is_empty(), "{n}");
        }
        assert_eq!(remind(db, on(27)).await.expect("a sweep"), 2, "the twentieth of the next month");
        assert_eq!(told(db, STAFF).await.len(), 2);
        assert_eq!(test.findings().await, []);
    }

    async fn two_servers_that_sweep_at_once_remind_once(test) {
        let db = &test.db;
        settle(db).await;
        let (one, other) = (db.clone(), db.clone());
        let sweeps = tokio::join!(
            tokio::spawn(async move { remind(&one, now()).await }),
            tokio::spawn(async move { remind(&other, now()).await })
        );
        sweeps.0.expect("no panic").expect("a sweep");
        sweeps.1.expect("no panic").expect("a sweep");
        assert_eq!(told(db, STAFF).await.len(), 1);
        assert_eq!(test.findings().await, []);
    }
}
