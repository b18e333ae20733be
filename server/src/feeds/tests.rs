//! What calendars read, read back by a reader of our own and by one that is not ours.

use domain::activity::{Audience, Category, SignUpPolicy, Venue, occurrence_id};
use domain::agenda::{Filter, agenda};
use domain::change::{ActivityRow, Cancellation, OccurrenceRow, SignUpRow, SignUpState};
use domain::id::{ActivityId, CommunityId, SignUpId, TeamId};
use domain::sync::view::{In, View};
use domain::time::{LocalDate, TimeRange, Timestamp};
use domain::words::{Language, words};
use icalendar::{Calendar, CalendarComponent, CalendarDateTime, Component, DatePerhapsTime};
use uuid::Uuid;

use super::event::Event;
use super::ics::{LINE_OCTETS_MAX, write};
use super::own::dates;
use crate::store::feed_reads::FeedRows;

/// A date planned for a Monday at seven, `moved` minutes later than planned.
fn view(title: &str, about: &str, cancelled: bool, moved: i64) -> View {
    let here = || "banzha".parse::<CommunityId>().expect("a slug");
    let mut view = View::default();
    let id = ActivityId::from_uuid(Uuid::from_u128(0x0192_f0c1_2a3b_7c4d_8e5f_0000_0000_0001));
    let row = ActivityRow {
        team: TeamId::from_uuid(Uuid::from_u128(2)),
        title: title.parse().expect("a title"),
        series: None,
        about: about.parse().ok(),
        category: Category::Opera,
        audience: Audience::Everyone,
        venue: Venue { space: None, place: "二楼, 活动室; A\\B".parse().expect("a place") },
        policy: SignUpPolicy::WalkIn,
    };
    view.activities.insert(id, In { community: here(), row });
    let planned = Timestamp::from_ms(1_795_431_600_000);
    let start = planned.plus_minutes(moved);
    let range = TimeRange::new(start, start.plus_minutes(90)).expect("a range");
    let cancelled = cancelled.then(|| Cancellation { at: start, reason: "下雨".parse().ok(), room_taken: false });
    let row = OccurrenceRow { activity: id, range, cancelled, sequence: 3, by_hand: None };
    view.occurrences.insert(occurrence_id(id, planned), In { community: here(), row });
    view
}

/// When each row was last changed is known only of rows from a database.
fn text_of(view: View) -> String {
    let here: CommunityId = "banzha".parse().expect("a slug");
    let from = LocalDate::from_ymd(2026, 11, 1).expect("a date");
    let rows = FeedRows { view, ..FeedRows::default() };
    let days = agenda(&rows.view, &here, &Filter::default(), from, from.plus_days(60));
    let base = Some("https://hub.example");
    let events = days.values().flatten().map(|entry| Event::of_date(entry, &rows, Language::ZhCn, base));
    write(Some(&words(Language::ZhCn).feed.name("板闸社区")), events, from)
}

fn feed(title: &str, about: &str, cancelled: bool) -> String {
    text_of(view(title, about, cancelled, 0))
}

/// An own reader, of unfolded lines as (name with parameters, unescaped value).
fn read(feed: &str) -> Vec<(String, String)> {
    assert!(feed.ends_with("\r\n"));
    assert!(feed.split("\r\n").all(|line| line.len() <= LINE_OCTETS_MAX && !line.contains(['\r', '\n'])), "{feed}");
    let unfolded = feed.replace("\r\n ", "");
    unfolded
        .lines()
        .map(|line| {
            let (name, value) = line.split_once(':').expect("a property");
            let mut text = String::new();
            let mut chars = value.chars();
            while let Some(c) = chars.next() {
                text.push(match (c, c == '\\') {
                    (_, true) => match chars.next() {
                        Some('n') => '\n',
                        Some(c) => c,
                        None => panic!("a lone backslash"),
                    },
                    (c, false) => c,
                });
            }
            (name.to_owned(), text)
        })
        .collect()
}

fn value<'a>(lines: &'a [(String, String)], name: &str) -> &'a str {
    &lines.iter().find(|(n, _)| n == name).unwrap_or_else(|| panic!("no {name}")).1
}

#[test]
fn a_date_is_one_event_in_the_districts_zone() {
    let lines = read(&feed("淮剧教唱", "自带水杯", false));
    for (name, expected) in [
        ("UID", "0192f0c1-2a3b-8c4d-8e5f-000001c89a15"),
        ("URL", "https://hub.example/a/0192f0c1-2a3b-8c4d-8e5f-000001c89a15"),
        ("SEQUENCE", "3"),
        ("STATUS", "CONFIRMED"),
        ("DTSTART;TZID=Asia/Shanghai", "20261123T190000"),
        ("DTEND;TZID=Asia/Shanghai", "20261123T203000"),
        ("DTSTAMP", "20261031T160000Z"),
        ("SUMMARY", "淮剧教唱"),
        ("LOCATION", "二楼, 活动室; A\\B"),
        ("X-WR-CALNAME", "板闸社区 · 生活汇"),
    ] {
        assert_eq!(value(&lines, name), expected, "{name}");
    }
    assert_eq!(lines.iter().filter(|(_, value)| value == "VEVENT").count(), 2);
}

#[test]
fn a_date_called_off_says_so_in_its_title() {
    let lines = read(&feed("淮剧教唱", "", true));
    assert_eq!(value(&lines, "STATUS"), "CANCELLED");
    assert_eq!(value(&lines, "SUMMARY"), words(Language::ZhCn).feed.cancelled_title("淮剧教唱"));
    assert!(value(&lines, "DESCRIPTION").contains("下雨"));
}

#[test]
fn nothing_typed_becomes_a_line_and_no_character_is_cut() {
    let about = format!("第一行\nEND:VEVENT\nBEGIN:VEVENT\n{}", "长👨‍👩‍👧".repeat(150));
    let lines = read(&feed("END:VEVENT,;\\n", &about, false));
    assert_eq!(value(&lines, "SUMMARY"), "END:VEVENT,;\\n");
    assert!(value(&lines, "DESCRIPTION").ends_with(&about));
    assert_eq!(lines.iter().filter(|(name, value)| name == "BEGIN" && value == "VEVENT").count(), 1);
}

/// The events as another program's parser sees them: title, status, start, end, place, description.
fn read_elsewhere(feed: &str) -> Vec<[String; 6]> {
    let calendar: Calendar = feed.parse().expect("a calendar");
    assert_eq!(calendar.get_name(), Some("板闸社区 · 生活汇"));
    let zones = calendar.components.iter().filter(|part| matches!(part, CalendarComponent::Other(_)));
    assert_eq!(zones.count(), 1, "the zone is told once");
    let events = calendar.components.iter().filter_map(CalendarComponent::as_event);
    let property = |event: &icalendar::Event, name: &str| event.property_value(name).unwrap_or_default().to_owned();
    let local = |at: Option<DatePerhapsTime>| match at {
        Some(DatePerhapsTime::DateTime(CalendarDateTime::WithTimezone { date_time, tzid })) => {
            format!("{date_time} {tzid}")
        }
        other => panic!("no time of a zone: {other:?}"),
    };
    events
        .map(|event| {
            [
                property(event, "SUMMARY"),
                property(event, "STATUS"),
                local(event.get_start()),
                local(event.get_end()),
                property(event, "LOCATION"),
                property(event, "DESCRIPTION"),
            ]
        })
        .collect()
}

#[test]
fn an_offer_says_until_when_and_not_how_many_are_ahead() {
    let until = Timestamp::from_ms(1_795_431_600_000).plus_minutes(-600);
    for (offer_until, said) in
        [(Some(until), "给您留到11月23日 上午9:00"), (None, words(Language::ZhCn).states.waitlisted(3_u16).as_str())]
    {
        let mut view = view("淮剧教唱", "", false, 0);
        let occurrence = *view.occurrences.keys().next().expect("a date");
        let state = SignUpState::Waitlisted { parties_ahead: 2, offer_until };
        let row = SignUpRow { occurrence, state, party: Vec::new(), checked_in_at: None, needs_ack: None };
        let community = "banzha".parse().expect("a slug");
        view.sign_ups.insert(SignUpId::from_uuid(Uuid::from_u128(7)), In { community, row });
        let rows = FeedRows { view, ..FeedRows::default() };
        let events: Vec<_> = dates(&rows, Language::ZhCn, None).collect();
        assert_eq!(
            (events.len(), events[0].about[0].as_str(), events[0].summary.as_str()),
            (1, said, "【候补】淮剧教唱")
        );
    }
}

#[test]
fn another_programs_parser_reads_the_same() {
    let about = "自带水杯; 带\\扇子, 穿布鞋\nEND:VEVENT".replace("\\n", "\n");
    for (cancelled, moved, title, status, start) in [
        (false, 0, "淮剧教唱", "CONFIRMED", "2026-11-23 19:00:00 Asia/Shanghai"),
        (false, 60, "【改期】淮剧教唱", "CONFIRMED", "2026-11-23 20:00:00 Asia/Shanghai"),
        (true, 60, "【已取消】淮剧教唱", "CANCELLED", "2026-11-23 20:00:00 Asia/Shanghai"),
    ] {
        let events = read_elsewhere(&text_of(view("淮剧教唱", &about, cancelled, moved)));
        let [[found, is, from, _, place, description]] = &events[..] else { panic!("one event: {events:?}") };
        assert_eq!([found, is, from, place], [title, status, start, "二楼, 活动室; A\\B"]);
        assert!(description.ends_with(&about), "{description}");
        assert_eq!(description.contains("原定11月23日 晚上7:00"), moved > 0 && !cancelled, "{description}");
    }
}

#[test]
fn a_date_held_after_all_is_not_theirs_who_did_not_come_back_with_it() {
    for (cancelled, expected) in [(true, 1), (false, 0)] {
        let mut view = view("淮剧教唱", "", cancelled, 0);
        let occurrence = *view.occurrences.keys().next().expect("a date");
        let state = SignUpState::CalledOff { at: Timestamp::MIN };
        let row = SignUpRow { occurrence, state, party: vec![], checked_in_at: None, needs_ack: None };
        let here = "banzha".parse().expect("a slug");
        view.sign_ups.insert(SignUpId::from_uuid(Uuid::from_u128(9)), In { community: here, row });
        let rows = FeedRows { view, ..FeedRows::default() };
        assert_eq!(dates(&rows, Language::ZhCn, None).count(), expected);
    }
}
