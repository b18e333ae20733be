//! Series on both engines: published by a rule, extended by time, paused and resumed, never twice and never in silence.

mod neighbourhood;

use domain::activity::{Schedule, occurrence_id};
use domain::change::NoticeBody;
use domain::command::{Accepted, CancelOccurrence, Command, PauseSeries, PublishActivity, ResumeSeries};
use domain::id::ActivityId;
use domain::refusal::Refusal;
use domain::time::{LocalDate, MinuteOfDay, Timestamp};
use server::jobs::series::{count_behind, extend_all};
use server::on_both_engines;
use server::store::Db;
use server::store::testing::TestDb;

use neighbourhood::truth::assert_rows_are_true;
use neighbourhood::*;

fn by_rule(rule: &str, on: LocalDate, at: MinuteOfDay) -> PublishActivity {
    let rule = rule.parse().expect("a rule");
    PublishActivity { schedule: Schedule::Series { on, at, minutes: 60, rule }, ..activity(Some(12), None) }
}

/// Tomorrow, a Tuesday, at two, and every week from then on.
fn every_week() -> PublishActivity {
    by_rule("FREQ=WEEKLY", monday().plus_days(1), hm(14, 0))
}

async fn publish_series(db: &Db, activity: PublishActivity) -> (ActivityId, u16) {
    let (_, outcome) = Phone::of(EDITOR).ask(db, Command::PublishActivity(activity)).await;
    let Accepted::Published { activity, dates } = accepted(&outcome) else { panic!("{outcome:?}") };
    (*activity, *dates)
}

async fn extend(db: &Db, at: Timestamp) -> usize {
    extend_all(db, at).await.expect("the job")
}

fn days_later(days: i32) -> Timestamp {
    now().plus_minutes(i64::from(days) * 24 * 60)
}

async fn count(test: &TestDb, activity: ActivityId) -> i64 {
    test.number("select count(*) from occurrence where activity = $1", &[activity.into()]).await
}

on_both_engines! {
    async fn the_dates_of_eight_weeks_are_there_and_the_next_come_with_the_days(test) {
        let db = &test.db;
        settle(db).await;
        let (activity, dates) = publish_series(db, every_week()).await;
        assert_eq!((dates, count(test, activity).await), (8, 8));
        let row = &Phone::of(1).view(db).await.activities[&activity];
        assert_eq!(row.row.series.as_ref().map(|series| series.rule.as_str()), Some("FREQ=WEEKLY"));

        assert_eq!(extend(db, now()).await, 0, "all are there");
        assert_eq!(extend(db, days_later(1)).await, 1, "tomorrow's horizon has one more");
        assert_eq!(extend(db, days_later(1)).await, 0, "twice is once");
        assert_eq!(extend(db, days_later(15)).await, 2, "a server that stood still makes up for it");
        assert_eq!(count(test, activity).await, 11);
        assert_rows_are_true(test).await;
        assert_eq!(test.findings().await, []);
    }

    async fn a_series_that_has_fallen_behind_is_counted(test) {
        let db = &test.db;
        settle(db).await;
        let (activity, _) = publish_series(db, every_week()).await;
        let behind = async |days| count_behind(db, days_later(days)).await.expect("a count");
        assert_eq!((behind(0).await, behind(1).await, behind(3).await), (0, 0, 1));
        extend(db, days_later(3)).await;
        assert_eq!(behind(3).await, 0);
        accepted(&Phone::of(EDITOR).ask(db, Command::PauseSeries(PauseSeries { activity })).await.1);
        assert_eq!(behind(30).await, 0, "a paused one has no horizon");
    }

    async fn a_date_that_was_called_off_stays_so(test) {
        let db = &test.db;
        settle(db).await;
        let (activity, _) = publish_series(db, every_week()).await;
        let occurrence = occurrence_id(activity, time(8, hm(14, 0), 60).start());
        let cancel = Command::CancelOccurrence(CancelOccurrence { occurrence, reason: None });
        accepted(&Phone::of(EDITOR).ask(db, cancel).await.1);
        test.execute("update series set made_until = $1", &[now().into()]).await.expect("a horizon of long ago");
        assert_eq!(extend(db, now()).await, 0);
        let cancelled = "select count(*) from occurrence where cancelled_at is not null";
        assert_eq!((count(test, activity).await, test.number(cancelled, &[]).await), (8, 1));
        assert_eq!(test.findings().await, []);
    }

    async fn a_date_whose_room_is_somebody_else_s_is_there_called_off_and_the_team_is_told(test) {
        let db = &test.db;
        settle(db).await;
        let mut series = every_week();
        series.venue.space = Some(play_room());
        let (weekly, _) = publish_series(db, series).await;
        // In nine weeks, when the series has no date yet.
        let mut party = activity(Some(12), Some(play_room()));
        party.schedule = Schedule::Once { on: monday().plus_days(57), at: hm(14, 30), minutes: 60 };
        publish(db, party).await;

        assert_eq!(extend(db, days_later(1)).await, 1);
        let occurrence = occurrence_id(weekly, time(57, hm(14, 0), 60).start());
        let taken = "select count(*) from occurrence where id = $1 and room_taken_at is not null";
        assert_eq!(test.number(taken, &[occurrence.into()]).await, 1);
        let notices: Vec<NoticeBody> =
            Phone::of(EDITOR).view(db).await.notices.values().map(|notice| notice.row.body.clone()).collect();
        let [NoticeBody::RoomTaken { occurrence: told, .. }] = notices.as_slice() else { panic!("{notices:?}") };
        assert_eq!(*told, occurrence);
        assert_eq!(extend(db, days_later(8)).await, 1, "the week after has its room");
        let held = "select count(*) from claim where source_kind = 'occurrence'";
        assert_eq!(test.number(held, &[]).await, 8 + 1 + 1);
        assert_rows_are_true(test).await;
        assert_eq!(test.findings().await, []);
    }

    async fn dates_of_one_series_that_are_in_each_other_s_way_are_called_off_one_by_one(test) {
        let db = &test.db;
        settle(db).await;
        let mut series = by_rule("FREQ=WEEKLY;X-TIMES=1400,1500", monday().plus_days(1), hm(14, 0));
        series.venue.space = Some(play_room());
        let (twice, dates) = publish_series(db, series).await;
        assert_eq!(dates, 16);
        // From now on the room is made ready for half an hour before each.
        test.execute("update space set policy = replace(policy, '\"setup_minutes\":0', '\"setup_minutes\":30') where id = $1", &[play_room().into()]).await.expect("a policy");
        assert_eq!(extend(db, days_later(1)).await, 2);
        let (two, three) = (time(57, hm(14, 0), 60).start(), time(57, hm(15, 0), 60).start());
        let taken = "select count(*) from occurrence where id = $1 and room_taken_at is not null";
        assert_eq!(test.number(taken, &[occurrence_id(twice, two).into()]).await, 0);
        assert_eq!(test.number(taken, &[occurrence_id(twice, three).into()]).await, 1);
        assert_rows_are_true(test).await;
        assert_eq!(test.findings().await, []);
    }

    async fn whoever_publishes_is_asked_when_the_room_is_taken(test) {
        let db = &test.db;
        settle(db).await;
        publish(db, activity(Some(12), Some(play_room()))).await;
        let mut series = every_week();
        series.venue.space = Some(play_room());
        let (_, outcome) = Phone::of(EDITOR).ask(db, Command::PublishActivity(series)).await;
        let on = monday().plus_days(1);
        assert_eq!(refusal(&outcome), &Refusal::VenueTaken { space: play_room(), dates: vec![on] });
    }

    async fn nothing_comes_while_it_is_paused_and_all_that_is_missing_when_it_is_resumed(test) {
        let db = &test.db;
        settle(db).await;
        let (activity, _) = publish_series(db, every_week()).await;
        let editor = Phone::of(EDITOR);
        let (pause, resume) =
            (Command::PauseSeries(PauseSeries { activity }), Command::ResumeSeries(ResumeSeries { activity }));
        assert_eq!(accepted(&editor.ask(db, resume.clone()).await.1), &Accepted::AlreadyDone);
        assert_eq!(accepted(&editor.ask(db, pause.clone()).await.1), &Accepted::Done);
        assert_eq!(accepted(&editor.ask(db, pause.clone()).await.1), &Accepted::AlreadyDone);
        let is_paused = |view: &domain::sync::View| view.activities[&activity].row.series.as_ref().is_some_and(|it| it.is_paused);
        assert!(is_paused(&Phone::of(1).view(db).await));
        assert_eq!(extend(db, days_later(20)).await, 0);
        assert_eq!(accepted(&editor.ask_at(db, resume, days_later(20)).await), &Accepted::Done);
        assert_eq!(count(test, activity).await, 8 + 3, "three Tuesdays have come within the horizon");
        assert!(!is_paused(&Phone::of(1).view(db).await));

        let stranger = Phone::of(2);
        assert_eq!(refusal(&stranger.ask(db, pause).await.1), &Refusal::NotAllowed);
        let once = ActivityId::from_uuid(editor.ask(db, Command::PublishActivity(activity_once())).await.0.uuid());
        let (_, outcome) = editor.ask(db, Command::PauseSeries(PauseSeries { activity: once })).await;
        assert_eq!(refusal(&outcome), &Refusal::Gone);
        assert_rows_are_true(test).await;
        assert_eq!(test.findings().await, []);
    }

    async fn a_rule_that_makes_no_sense_is_refused(test) {
        let db = &test.db;
        settle(db).await;
        let on = monday().plus_days(1);
        for (series, expected) in [
            (by_rule("FREQ=MONTHLY;BYMONTHDAY=31;UNTIL=20261225", on, hm(14, 0)), Refusal::NoDates),
            (by_rule("FREQ=DAILY;X-TIMES=1400,1430", on, hm(14, 0)), Refusal::DatesOverlap),
            (by_rule("FREQ=DAILY;UNTIL=20261101", on, hm(14, 0)), Refusal::EndsBeforeStart),
            (by_rule("FREQ=DAILY", monday(), hm(0, 0)), Refusal::InThePast),
            (by_rule("FREQ=DAILY", on.plus_days(300), hm(14, 0)), Refusal::SeriesTooLong { last_on: monday().plus_days(182) }),
        ] {
            let (_, outcome) = Phone::of(EDITOR).ask(db, Command::PublishActivity(series)).await;
            assert_eq!(refusal(&outcome), &expected);
        }
        assert_eq!(test.number("select count(*) from activity", &[]).await, 0);
    }

    async fn a_rule_in_another_spelling_is_refused_with_its_field(test) {
        let db = &test.db;
        settle(db).await;
        let editor = Phone::of(EDITOR);
        let mut envelope = editor.envelope(&stream(), &Command::PublishActivity(every_week()));
        for spelled in ["FREQ=HOURLY", "WKST=MO;FREQ=WEEKLY", "RRULE:FREQ=WEEKLY"] {
            let body = envelope.body.get().replace("FREQ=WEEKLY", spelled);
            let mut wrong = envelope.clone();
            wrong.body = serde_json::value::RawValue::from_string(body).expect("json");
            let domain::sync::Answer::Decided { outcome, .. } = editor.send(db, &wrong, now()).await else { panic!() };
            assert_eq!(refusal(&outcome), &Refusal::Malformed { field: "/body/schedule".to_owned() }, "{spelled}");
            (envelope.id, envelope.no) = (domain::id::CommandId::from_uuid(uuid(900 + u128::from(envelope.no))), envelope.no + 1);
        }
    }

    async fn dates_that_are_missing_are_seen(test) {
        let db = &test.db;
        settle(db).await;
        let (activity, _) = publish_series(db, every_week()).await;
        test.execute("delete from occurrence where activity = $1 and planned_start = (select max(planned_start) from occurrence)",
            &[activity.into()]).await.expect("damage");
        let found = test.findings().await;
        let line = format!("series.made {activity}: expected a date on {} 14:00, found none", monday().plus_days(50));
        assert!(found.iter().any(|finding| finding.to_string() == line), "{found:?}");
        test.execute("delete from series", &[]).await.expect("damage");
        assert!(test.findings().await.iter().any(|finding| finding.rule == "series.there"));
        let alone = "update occurrence set room_taken_at = 1 where cancelled_at is null";
        assert!(test.execute(alone, &[]).await.is_err(), "a room is taken only from a date that is called off");
    }
}

fn activity_once() -> PublishActivity {
    activity(Some(12), None)
}
