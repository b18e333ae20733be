//! Editing a series on both engines: what is carried out is what was shown, dates keep their ids, places and rooms go along,
//! and each is told once.

mod neighbourhood;

use std::sync::Arc;
use std::time::Duration;

use domain::activity::{Audience as Who, Schedule, SignUpPolicy, Venue, occurrence_id};
use domain::change::{NoticeBody, SignUpState};
use domain::command::{
    Accepted, CancelOccurrence, Command, EditSeries, MoveOccurrence, Outcome, PauseSeries, PublishActivity,
    ReinstateOccurrence, SignUpNeighbour,
};
use domain::editing::{DryRun, Fate, Leftover, PlanHash, SeriesEdit, Totals};
use domain::id::{ActivityId, CommandId, OccurrenceId, SignUpId};
use domain::refusal::Refusal;
use domain::sync::{Answer, View};
use domain::time::{MinuteOfDay, TimeRange, Timestamp};
use server::jobs::series::extend_all;
use server::on_both_engines;
use server::operations::Stop;
use server::operations::activities::series_plan::prepare;
use server::store::Db;
use server::store::public_reads::date_of_activity;
use server::store::series::{find_series, look_at_series};
use server::store::sign_ups::{find_occurrence, find_sign_up_held};
use server::store::testing::TestDb;
use server::sync::{Incoming, apply_command};
use tokio::sync::Notify;

use neighbourhood::truth::assert_rows_are_true;
use neighbourhood::*;

/// Tomorrow, a Tuesday, at two, and every week from then on.
fn every_week(venue: Option<Venue>) -> PublishActivity {
    let rule = "FREQ=WEEKLY".parse().expect("a rule");
    let schedule = Schedule::Series { on: monday().plus_days(1), at: hm(14, 0), minutes: 60, rule };
    let plain = activity(Some(12), None);
    PublishActivity { schedule, venue: venue.unwrap_or_else(|| plain.venue.clone()), ..plain }
}

async fn publish_series(db: &Db, activity: &PublishActivity) -> ActivityId {
    let (_, outcome) = Phone::of(EDITOR).ask(db, Command::PublishActivity(activity.clone())).await;
    let Accepted::Published { activity, .. } = accepted(&outcome) else { panic!("{outcome:?}") };
    *activity
}

/// The edit that leaves all as it is.
fn as_it_is(id: ActivityId, activity: &PublishActivity) -> SeriesEdit {
    let series = activity.schedule.series().expect("a series");
    SeriesEdit {
        activity: id,
        from: None,
        title: activity.title.clone(),
        about: activity.about.clone(),
        audience: activity.audience,
        venue: activity.venue.clone(),
        capacity: activity.policy.capacity(),
        at: series.at,
        minutes: series.minutes,
        rule: series.rule,
        leftover: Leftover::Keep,
        reason: None,
    }
}

/// What an edit would do.
async fn look(db: &Db, edit: &SeriesEdit, at: Timestamp) -> DryRun {
    let edit = edit.clone();
    let looked = db.read(move |conn| {
        Box::pin(async move {
            let held = look_at_series(conn, edit.activity).await?.expect("a series");
            match prepare(conn, &held, &edit, false, at).await {
                Ok(prepared) => Ok(DryRun::Planned { hash: prepared.planned.plan.hash(), plan: prepared.planned.plan }),
                Err(Stop::Refused(refusal, _)) => Ok(DryRun::Refused { refusal }),
                Err(Stop::Failed(error)) => Err(error),
            }
        })
    });
    looked.await.expect("a look")
}

async fn totals(db: &Db, edit: &SeriesEdit) -> (PlanHash, Totals) {
    match look(db, edit, now()).await {
        DryRun::Planned { hash, plan } => (hash, plan.totals()),
        DryRun::Refused { refusal } => panic!("{refusal:?}"),
    }
}

async fn carry_out(db: &Db, edit: &SeriesEdit, plan: PlanHash) -> (CommandId, Outcome) {
    Phone::of(EDITOR).ask(db, Command::EditSeries(EditSeries { edit: edit.clone(), plan })).await
}

/// Looks, and does what was shown. What the series goes on as.
async fn do_it(db: &Db, edit: &SeriesEdit) -> ActivityId {
    let (hash, _) = totals(db, edit).await;
    let (id, outcome) = carry_out(db, edit, hash).await;
    assert_eq!(accepted(&outcome), &Accepted::Done);
    ActivityId::from_uuid(id.uuid())
}

fn week(n: i32, at: MinuteOfDay) -> TimeRange {
    time(1 + 7 * n, at, 60)
}

fn date(id: ActivityId, n: i32) -> OccurrenceId {
    occurrence_id(id, week(n, hm(14, 0)).start())
}

fn starts(view: &View, activity: ActivityId) -> Vec<Timestamp> {
    let dates = view.occurrences.values().filter(|date| date.row.activity == activity && date.row.cancelled.is_none());
    let mut starts: Vec<Timestamp> = dates.map(|date| date.row.range.start()).collect();
    starts.sort_unstable();
    starts
}

fn neighbour(occurrence: OccurrenceId, name: &str) -> Command {
    let name = name.parse().expect("a name");
    Command::SignUpNeighbour(SignUpNeighbour { occurrence, name, phone: None, consent: true })
}

/// Returns once so many statements wait for what another transaction holds. On SQLite nobody waits in a statement.
async fn until_waiting(test: &TestDb, statements: i64) {
    const WAITING: &str = "select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'";
    let is_there = async {
        while test.address.starts_with("postgres") && test.number(WAITING, &[]).await < statements {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), is_there).await.expect("they wait");
}

fn told(view: &View) -> Vec<NoticeBody> {
    view.notices.values().map(|notice| notice.row.body.clone()).collect()
}

on_both_engines! {
    async fn this_and_following_goes_on_as_another_and_each_is_told_once(test) {
        let db = &test.db;
        settle(db).await;
        let published = every_week(None);
        let id = publish_series(db, &published).await;
        let (early, late, waits) = (Phone::of(1), Phone::of(2), Phone::of(3));
        early.ask(db, sign_up(date(id, 0), &[person(1, 0)])).await;
        let (own, _) = late.ask(db, sign_up(date(id, 2), &all_of(2))).await;
        late.ask(db, sign_up(date(id, 3), &[person(2, 0)])).await;
        let edit = SeriesEdit {
            from: Some(date(id, 2)),
            title: "淮剧小课".parse().expect("a title"),
            venue: Venue { space: None, place: "南门广场".parse().expect("a place") },
            at: hm(15, 0),
            ..as_it_is(id, &published)
        };
        let (hash, found) = totals(db, &edit).await;
        assert_eq!(found, Totals { changed: 6, called_off: 0, extra: 0, made: 0 });
        let (command, outcome) = carry_out(db, &edit, hash).await;
        assert_eq!(accepted(&outcome), &Accepted::Done);
        let next = ActivityId::from_uuid(command.uuid());

        let view = late.view(db).await;
        assert_eq!(starts(&view, id), [week(0, hm(14, 0)).start(), week(1, hm(14, 0)).start()], "what lies before stays");
        assert_eq!(starts(&view, next).first(), Some(&week(2, hm(15, 0)).start()));
        assert_eq!(starts(&view, next).len(), 6);
        let moved = &view.occurrences[&date(id, 2)].row;
        assert_eq!((moved.activity, moved.range, moved.sequence), (next, week(2, hm(15, 0)), 1), "the id stays");
        let by_hand = moved.by_hand.as_ref().expect("said");
        assert_eq!(by_hand.planned, Some(week(2, hm(14, 0)).start()), "the date says when it was to be");
        assert_eq!(by_hand.venue.as_ref().map(|venue| venue.place.as_str()), Some("南门广场"));
        let sign_up_row = &view.sign_ups[&SignUpId::from_uuid(own.uuid())].row;
        assert_eq!((sign_up_row.state, sign_up_row.needs_ack), (SignUpState::Confirmed, Some(now())));
        assert_eq!(view.activities[&next].row.title.as_str(), "淮剧小课");
        assert_eq!(view.activities[&id].row.title, published.title);
        let notices = told(&view);
        let [NoticeBody::SeriesChanged { occurrence, range, changed, called_off, place, .. }] = notices.as_slice() else {
            panic!("{notices:?}")
        };
        assert_eq!((*occurrence, *range, *changed, *called_off), (date(id, 2), week(2, hm(15, 0)), 2, 0));
        assert_eq!(place.as_str(), "南门广场");
        assert_eq!((told(&early.view(db).await), told(&waits.view(db).await)), (vec![], vec![]), "nobody else is told");

        // Sent again it is the same; the horizon moves on by the new rule, and the old one has no more dates.
        assert_eq!(extend_all(db, now().plus_minutes(24 * 60)).await.expect("the job"), 1);
        const DATES: &str = "select count(*) from occurrence where activity = $1";
        assert_eq!((test.number(DATES, &[id.into()]).await, test.number(DATES, &[next.into()]).await), (2, 7));
        assert_rows_are_true(test).await;
        assert_eq!(test.findings().await, []);
    }

    async fn what_has_changed_since_it_was_shown_is_not_done(test) {
        let db = &test.db;
        settle(db).await;
        let published = every_week(None);
        let id = publish_series(db, &published).await;
        let edit = SeriesEdit { at: hm(15, 0), ..as_it_is(id, &published) };
        let (hash, _) = totals(db, &edit).await;
        Phone::of(1).ask(db, sign_up(date(id, 2), &[person(1, 0)])).await;
        let before = test.number("select cast(sum(sequence) + count(*) as bigint) from occurrence", &[]).await;
        let (_, outcome) = carry_out(db, &edit, hash).await;
        assert_eq!(refusal(&outcome), &Refusal::PlanChanged);
        assert_eq!(test.number("select cast(sum(sequence) + count(*) as bigint) from occurrence", &[]).await, before);
        assert_eq!(test.number("select count(*) from activity", &[]).await, 1);
        // Looked at again, it is done.
        do_it(db, &edit).await;
        assert_eq!(look(db, &edit, now()).await, DryRun::Refused { refusal: Refusal::Changed }, "it is another by now");
        let pause = Command::PauseSeries(PauseSeries { activity: id });
        assert_eq!(refusal(&Phone::of(EDITOR).ask(db, pause).await.1), &Refusal::Changed);
        assert_eq!(told(&Phone::of(1).view(db).await).len(), 1);
        // The series is another one by now.
        let (_, outcome) = carry_out(db, &SeriesEdit { from: Some(date(id, 3)), ..edit }, hash).await;
        assert_eq!(refusal(&outcome), &Refusal::Gone);
    }

    async fn another_weekday_keeps_or_calls_off_what_people_have_signed_up_for(test) {
        let db = &test.db;
        settle(db).await;
        let published = every_week(None);
        let id = publish_series(db, &published).await;
        Phone::of(1).ask(db, sign_up(date(id, 1), &[person(1, 0)])).await;
        let rule = "FREQ=WEEKLY;BYDAY=TH".parse().expect("a rule");
        let edit = SeriesEdit { rule, ..as_it_is(id, &published) };
        assert_eq!(totals(db, &edit).await.1, Totals { changed: 0, called_off: 7, extra: 1, made: 8 });
        let next = do_it(db, &edit).await;
        let view = Phone::of(1).view(db).await;
        assert_eq!(starts(&view, next).len(), 9, "eight Thursdays and the Tuesday somebody has signed up for");
        assert_eq!(told(&view), [], "nothing has changed for them");
        assert_rows_are_true(test).await;

        let thursdays = PublishActivity { schedule: Schedule::Series {
            on: monday().plus_days(3), at: hm(14, 0), minutes: 60, rule: "FREQ=WEEKLY".parse().expect("a rule"),
        }, ..published };
        let thursday = occurrence_id(next, time(3, hm(14, 0), 60).start());
        let (mine, _) = Phone::of(2).ask(db, sign_up(thursday, &[person(2, 0)])).await;
        let rule = "FREQ=WEEKLY;BYDAY=FR".parse().expect("a rule");
        let reason = Some("老师周五有空".parse().expect("a reason"));
        let edit = SeriesEdit { rule, leftover: Leftover::CallOff, reason, ..as_it_is(next, &thursdays) };
        assert_eq!(totals(db, &edit).await.1, Totals { changed: 0, called_off: 8, extra: 0, made: 8 });
        do_it(db, &edit).await;
        let view = Phone::of(2).view(db).await;
        assert!(matches!(view.sign_ups[&SignUpId::from_uuid(mine.uuid())].row.state, SignUpState::CalledOff { .. }));
        let notices = told(&view);
        let [NoticeBody::SeriesChanged { changed: 0, called_off: 1, reason: Some(_), .. }] = notices.as_slice() else {
            panic!("{notices:?}")
        };
        assert_eq!(starts(&view, next), [], "all have gone over");
        assert_rows_are_true(test).await;
        assert_eq!(test.findings().await, []);
    }

    async fn rooms_go_along_or_the_days_that_clash_are_named(test) {
        let db = &test.db;
        settle(db).await;
        let room = Venue { space: Some(play_room()), place: "亲子空间".parse().expect("a place") };
        let published = every_week(Some(room.clone()));
        let id = publish_series(db, &published).await;
        let mut other = activity(Some(12), Some(play_room()));
        other.schedule = Schedule::Once { on: monday().plus_days(15), at: hm(16, 0), minutes: 60 };
        publish(db, other).await;
        let edit = SeriesEdit { at: hm(16, 30), ..as_it_is(id, &published) };
        let taken = Refusal::VenueTaken { space: play_room(), dates: vec![monday().plus_days(15)] };
        assert_eq!(look(db, &edit, now()).await, DryRun::Refused { refusal: taken.clone() });
        let (_, outcome) = carry_out(db, &edit, "0123456789abcdef".parse().expect("a hash")).await;
        assert_eq!(refusal(&outcome), &taken);

        // Half an hour later, over its own old time.
        let edit = SeriesEdit { at: hm(14, 30), ..as_it_is(id, &published) };
        let next = do_it(db, &edit).await;
        const CLAIMS: &str = "select count(*) from claim where source_kind = 'occurrence' and space = $1";
        assert_eq!(test.number(CLAIMS, &[play_room().into()]).await, 8 + 1);
        assert_rows_are_true(test).await;
        let now_published = PublishActivity { schedule: Schedule::Series {
            on: monday().plus_days(1), at: hm(14, 30), minutes: 60, rule: "FREQ=WEEKLY".parse().expect("a rule"),
        }, ..published };
        let open_air = Venue { space: None, place: "广场".parse().expect("a place") };
        do_it(db, &SeriesEdit { venue: open_air, ..as_it_is(next, &now_published) }).await;
        assert_eq!(test.number(CLAIMS, &[play_room().into()]).await, 1, "the room is free again");
        assert_rows_are_true(test).await;
        assert_eq!(test.findings().await, []);
    }

    async fn a_room_that_needs_time_between_two_dates_of_the_series_is_no_room_for_both(test) {
        let db = &test.db;
        settle(db).await;
        let room = Venue { space: Some(play_room()), place: "亲子空间".parse().expect("a place") };
        let published = every_week(Some(room));
        let id = publish_series(db, &published).await;
        test.execute("update space set policy = replace(policy, '\"setup_minutes\":0', '\"setup_minutes\":30') where id = $1", &[play_room().into()]).await.expect("a policy");
        let rule = "FREQ=WEEKLY;X-TIMES=1600,1700".parse().expect("a rule");
        let edit = SeriesEdit { rule, ..as_it_is(id, &published) };
        let DryRun::Refused { refusal } = look(db, &edit, now()).await else { panic!("a plan") };
        let days: Vec<_> = (0..8).map(|week| monday().plus_days(1 + 7 * week)).collect();
        assert_eq!(refusal, Refusal::VenueTaken { space: play_room(), dates: days });
        let rule = "FREQ=WEEKLY;X-TIMES=1600,1730".parse().expect("a rule");
        do_it(db, &SeriesEdit { rule, ..as_it_is(id, &published) }).await;
        assert_eq!(test.findings().await, []);
    }

    async fn two_times_of_a_day_can_move_into_each_other_s_place(test) {
        let db = &test.db;
        settle(db).await;
        let room = Venue { space: Some(play_room()), place: "亲子空间".parse().expect("a place") };
        let rule = "FREQ=WEEKLY;X-TIMES=1400,1500".parse().expect("a rule");
        let schedule = Schedule::Series { on: monday().plus_days(1), at: hm(14, 0), minutes: 60, rule };
        let published = PublishActivity { schedule, ..every_week(Some(room)) };
        let id = publish_series(db, &published).await;
        let rule = "FREQ=WEEKLY;X-TIMES=1500,1600".parse().expect("a rule");
        let edit = SeriesEdit { rule, ..as_it_is(id, &published) };
        assert_eq!(totals(db, &edit).await.1.changed, 16);
        let next = do_it(db, &edit).await;
        assert_eq!(starts(&Phone::of(1).view(db).await, next).len(), 16);
        assert_rows_are_true(test).await;
        assert_eq!(test.findings().await, []);
    }

    async fn what_was_changed_by_hand_and_called_off_stays_so(test) {
        let db = &test.db;
        settle(db).await;
        let published = every_week(None);
        let id = publish_series(db, &published).await;
        let editor = Phone::of(EDITOR);
        let by_hand = time(9, hm(9, 0), 60);
        let mine = Some(Venue { space: None, place: "凉亭".parse().expect("a place") });
        let command = MoveOccurrence { occurrence: date(id, 1), sequence: 0, range: by_hand, venue: mine };
        accepted(&editor.ask(db, Command::MoveOccurrence(command)).await.1);
        accepted(&editor.ask(db, Command::CancelOccurrence(CancelOccurrence { occurrence: date(id, 2), reason: None })).await.1);
        let venue = Venue { space: None, place: "南门广场".parse().expect("a place") };
        let next = do_it(db, &SeriesEdit { at: hm(15, 0), venue, ..as_it_is(id, &published) }).await;
        let view = editor.view(db).await;
        let row = |n| view.occurrences[&date(id, n)].row.clone();
        assert_eq!((row(1).range, row(1).activity), (by_hand, next));
        assert_eq!(row(1).venue(&view.activities[&next].row).place.as_str(), "凉亭");
        assert!(row(2).cancelled.is_some() && row(2).activity == next);
        assert_eq!(row(3).range, week(3, hm(15, 0)));
        assert_eq!(extend_all(db, now().plus_minutes(24 * 60)).await.expect("the job"), 1, "what was called off is not made again");
        // Held after all, it is where it was.
        let again = Command::ReinstateOccurrence(ReinstateOccurrence { occurrence: date(id, 2), venue: None });
        accepted(&editor.ask(db, again).await.1);
        assert_rows_are_true(test).await;
        assert_eq!(test.findings().await, []);
    }

    async fn how_many_may_come_changes_with_the_series_and_nobody_loses_a_place(test) {
        let db = &test.db;
        settle(db).await;
        let published = PublishActivity { policy: activity(Some(3), None).policy, ..every_week(None) };
        let id = publish_series(db, &published).await;
        Phone::of(1).ask(db, sign_up(date(id, 0), &all_of(1))).await;
        Phone::of(2).ask(db, sign_up(date(id, 0), &[person(2, 0)])).await;
        let fewer = SeriesEdit { capacity: Some(2), ..as_it_is(id, &published) };
        assert_eq!(look(db, &fewer, now()).await, DryRun::Refused { refusal: Refusal::ReasonNeeded });
        let fewer = SeriesEdit { reason: Some("换了小教室".parse().expect("a reason")), ..fewer };
        let DryRun::Planned { plan, .. } = look(db, &fewer, now()).await else { panic!("no plan") };
        assert_eq!(plan.dates[0].capacity.map(|limit| limit.over_by), Some(1));
        let next = do_it(db, &fewer).await;
        let waiting = told(&Phone::of(2).view(db).await);
        let [NoticeBody::CapacityLowered { capacity: 2, .. }] = waiting.as_slice() else { panic!("{waiting:?}") };
        assert_eq!(told(&Phone::of(1).view(db).await), []);
        let now_published = PublishActivity { policy: activity(Some(2), None).policy, ..published };
        let more = SeriesEdit { capacity: Some(20), ..as_it_is(next, &now_published) };
        do_it(db, &more).await;
        let view = Phone::of(2).view(db).await;
        assert!(view.sign_ups.values().all(|own| own.row.state == SignUpState::Confirmed), "whoever waited moves up");
        assert_rows_are_true(test).await;
        assert_eq!(test.findings().await, []);
    }

    async fn neighbours_without_a_phone_are_named_and_whoever_signed_them_up_hears_of_each_date_once(test) {
        let db = &test.db;
        settle(db).await;
        let published = every_week(None);
        let id = publish_series(db, &published).await;
        for name in ["郑奶奶", "冯爷爷"] {
            accepted(&Phone::of(EDITOR).ask(db, neighbour(date(id, 1), name)).await.1);
        }
        let edit = SeriesEdit { at: hm(15, 0), ..as_it_is(id, &published) };
        let DryRun::Planned { plan, .. } = look(db, &edit, now()).await else { panic!("no plan") };
        let names: Vec<_> = plan.dates[1].parties.iter().map(|party| party.name.as_str()).collect();
        assert_eq!(names, ["郑奶奶", "冯爷爷"]);
        do_it(db, &edit).await;
        let notices = told(&Phone::of(EDITOR).view(db).await);
        let [NoticeBody::SeriesChanged { changed: 1, called_off: 0, .. }] = notices.as_slice() else {
            panic!("{notices:?}")
        };
    }

    async fn whoever_waits_hears_of_each_date_with_fewer_places_and_whoever_is_in_a_pool_of_none(test) {
        let db = &test.db;
        settle(db).await;
        let published = PublishActivity { policy: activity(Some(3), None).policy, ..every_week(None) };
        let id = publish_series(db, &published).await;
        for n in [0, 1] {
            Phone::of(1).ask(db, sign_up(date(id, n), &all_of(1))).await;
            Phone::of(2).ask(db, sign_up(date(id, n), &[person(2, 0)])).await;
        }
        let reason = Some("换了小教室".parse().expect("a reason"));
        let fewer = SeriesEdit { at: hm(15, 0), capacity: Some(2), reason, ..as_it_is(id, &published) };
        do_it(db, &fewer).await;
        let notices = told(&Phone::of(2).view(db).await);
        let of = |n: i32| notices.iter().filter(|told| matches!(told,
            NoticeBody::CapacityLowered { occurrence, capacity: 2, .. } if *occurrence == date(id, n))).count();
        let is_of_change = |told: &NoticeBody| matches!(told, NoticeBody::SeriesChanged { changed: 2, .. });
        assert_eq!((of(0), of(1), notices.len()), (1, 1, 3), "{notices:?}");
        assert!(notices.iter().any(is_of_change), "{notices:?}");

        let policy = SignUpPolicy::PerOccurrence {
            capacity: Some(3),
            opens_minutes_before: None,
            closes_minutes_before: 60,
            party_max: 4,
            draws_minutes_before: Some(24 * 60),
        };
        let schedule = Schedule::Series {
            on: monday().plus_days(2), at: hm(18, 0), minutes: 60, rule: "FREQ=WEEKLY".parse().expect("a rule"),
        };
        let drawn = PublishActivity { policy, schedule, ..every_week(None) };
        let id = publish_series(db, &drawn).await;
        let pooled = occurrence_id(id, time(2, hm(18, 0), 60).start());
        let (_, outcome) = Phone::of(3).ask(db, sign_up(pooled, &[person(3, 0)])).await;
        assert!(matches!(accepted(&outcome), Accepted::Pooled { .. }), "{outcome:?}");
        do_it(db, &SeriesEdit { capacity: Some(2), ..as_it_is(id, &drawn) }).await;
        assert_eq!(told(&Phone::of(3).view(db).await), [], "nobody in a pool is before or after anybody");
        assert_eq!(test.findings().await, []);
    }

    async fn whoever_waited_for_an_edit_sees_what_it_made_of_the_series(test) {
        let db = &test.db;
        settle(db).await;
        let published = every_week(None);
        let id = publish_series(db, &published).await;
        let (own, _) = Phone::of(1).ask(db, sign_up(date(id, 2), &[person(1, 0)])).await;
        let edit = SeriesEdit { title: "淮剧小课".parse().expect("a title"), ..as_it_is(id, &published) };
        let (plan, _) = totals(db, &edit).await;
        let editor = Phone::of(EDITOR);
        let envelope = editor.envelope(&stream(), &Command::EditSeries(EditSeries { edit, plan }));
        let (actor, incoming) = (editor.actor(db).await, Arc::new(Incoming::of(envelope)));
        let (written, commit) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (is_written, may_commit) = (Arc::clone(&written), Arc::clone(&commit));
        let edited = db.write("another server", move |conn| {
            let (actor, incoming) = (actor.clone(), Arc::clone(&incoming));
            let (written, commit) = (Arc::clone(&is_written), Arc::clone(&may_commit));
            Box::pin(async move {
                let answer = apply_command(conn, &actor, &incoming, now()).await?;
                written.notify_one();
                commit.notified().await;
                Ok(answer)
            })
        });
        let others = async {
            written.notified().await;
            let commits = async {
                until_waiting(test, 3).await;
                commit.notify_one();
            };
            let sign_up = SignUpId::from_uuid(own.uuid());
            let found = db.write("a", move |conn| Box::pin(find_occurrence(conn, date(id, 1))));
            let of_sign_up = db.write("b", move |conn| Box::pin(find_sign_up_held(conn, sign_up)));
            let series = db.write("c", move |conn| Box::pin(find_series(conn, id)));
            tokio::join!(found, of_sign_up, series, commits)
        };
        let (edited, (found, of_sign_up, series, ())) = tokio::join!(edited, others);
        let Answer::Decided { outcome, .. } = edited.expect("an answer") else { panic!("not decided") };
        assert_eq!(accepted(&outcome), &Accepted::Done);
        let found = found.expect("no fault").expect("the date is there");
        let (_, of_sign_up) = of_sign_up.expect("no fault").expect("the sign-up is there");
        assert_eq!((found.title.as_str(), of_sign_up.title.as_str()), ("淮剧小课", "淮剧小课"));
        assert!(series.expect("no fault").expect("the series is there").is_continued);
    }

    async fn only_its_team_edits_a_series_and_a_shared_address_follows_it(test) {
        let db = &test.db;
        settle(db).await;
        let published = every_week(None);
        let id = publish_series(db, &published).await;
        let edit = SeriesEdit { audience: Who::Seniors, ..as_it_is(id, &published) };
        let (plan, _) = totals(db, &edit).await;
        for (who, expected) in [(1, Refusal::NotAllowed), (HOST, Refusal::NotAllowed), (STAFF_THERE, Refusal::Gone)] {
            let command = Command::EditSeries(EditSeries { edit: edit.clone(), plan });
            assert_eq!(refusal(&Phone::of(who).ask(db, command).await.1), &expected, "{who}");
        }
        accepted(&Phone::of(EDITOR).ask(db, Command::PauseSeries(PauseSeries { activity: id })).await.1);
        let next = do_it(db, &edit).await;
        let paused = "select count(*) from series where activity = $1 and paused_at is not null";
        assert_eq!(test.number(paused, &[next.into()]).await, 1, "a paused series stays paused");
        let leads = date_of_activity(db, id, now().ms()).await.expect("a look");
        assert_eq!(leads.map(|(date, _)| date), Some(date(id, 0)));
        let same = SeriesEdit { audience: Who::Seniors, ..as_it_is(next, &published) };
        let DryRun::Planned { plan, hash } = look(db, &same, now()).await else { panic!("no plan") };
        assert!(plan.is_nothing() && plan.dates.iter().all(|date| date.fate == Fate::Same));
        assert_eq!(accepted(&carry_out(db, &same, hash).await.1), &Accepted::AlreadyDone);
        // Nor behind the code's back does a date go over to anything else.
        let stray = test.execute("update occurrence set activity = $1 where activity = $2", &[id.into(), next.into()]).await;
        assert!(stray.expect_err("refused").is_check("occurrence_goes_over"));
    }
}
