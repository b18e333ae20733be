//! Checks of the catalogue, and the table of formats.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::*;
use crate::activity::Category;
use crate::agenda::Filter;
use crate::almanac::{DayMark, Festival, LunarDate, PublicHoliday, SolarTerm, day_facts};
use crate::change::{NoticeBody, PartyMember};
use crate::id::{OccurrenceId, PersonId, SignUpId};
use crate::refusal::Refusal;
use crate::space::{Closure, Opening, OpeningHours};
use crate::sync::view::View;
use crate::text::Title;
use crate::time::{LocalDate, MinuteOfDay, TimeRange, Timestamp, Weekday, YearMonth};

const ZH: Language = Language::ZhCn;
const EN: Language = Language::En;

fn date(text: &str) -> LocalDate {
    text.parse().expect("a date")
}

fn today() -> LocalDate {
    date("2026-11-23")
}

fn at(day: &str, time: &str) -> Timestamp {
    date(day).at(time.parse::<MinuteOfDay>().expect("a time"))
}

fn range(day: &str, from: &str, to: &str) -> TimeRange {
    let (start, end) = (at(day, from), at(day, to));
    let end = if end <= start { end.plus_minutes(24 * 60) } else { end };
    TimeRange::new(start, end).expect("a range")
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Names of the places in a sentence.
fn places(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(place, _)| place.split('?').next().unwrap_or(""))
        .collect()
}

#[test]
fn both_languages_fill_the_same_places_as_the_method() {
    for entry in entries() {
        let declared: BTreeSet<&str> = entry.places.iter().copied().collect();
        assert_eq!(places(entry.zh), declared, "{} zh", entry.key);
        assert_eq!(places(entry.en), declared, "{} en", entry.key);
    }
}

#[test]
fn keys_are_unique_and_no_sentence_is_empty() {
    let mut seen = BTreeSet::new();
    for entry in entries() {
        assert!(!entry.zh.trim().is_empty() && !entry.en.trim().is_empty(), "{}", entry.key);
        assert_eq!(entry.zh.trim(), entry.zh, "{}", entry.key);
        assert_eq!(entry.en.trim(), entry.en, "{}", entry.key);
        assert!(seen.insert(entry.key.clone()), "{} twice", entry.key);
    }
}

/// The browser draws the gap between Han and digits; a typed one would be a second gap.
#[test]
fn no_typed_space_between_han_and_digits_or_latin() {
    for entry in entries() {
        let chars: Vec<char> = entry.zh.chars().collect();
        for (index, _) in chars.iter().enumerate().filter(|(_, c)| **c == ' ') {
            let (before, after) = (chars[index - 1], chars[index + 1]);
            let meets = |one: char, other: char| is_han(one) && (other.is_ascii_alphanumeric());
            assert!(!meets(before, after) && !meets(after, before), "{}: {}", entry.key, entry.zh);
        }
    }
}

/// Full-width punctuation, no exclamation marks, and the words we do not use.
#[test]
fn chinese_sentences_keep_the_tone() {
    for entry in entries() {
        for bad in ["!", "！", "系统", "网络连接", "亲爱", "用户", "点击", "你", ",", ";", "?", "("] {
            // Places choose English forms with a question mark; Chinese ones have none.
            assert!(!entry.zh.contains(bad), "{} has {bad}: {}", entry.key, entry.zh);
        }
        assert!(!entry.zh.contains("..."), "{}", entry.key);
        let is_language_name = entry.key == "footer.language";
        assert!(is_language_name || !entry.en.chars().any(is_han), "{}: {}", entry.key, entry.en);
        assert!(!entry.en.contains('!'), "{}: {}", entry.key, entry.en);
    }
}

#[test]
fn sentences_take_their_values() {
    let (zh, en) = (words(ZH), words(EN));
    assert_eq!(zh.states.left(3), "剩3个名额");
    assert_eq!(en.list.count(1), "1 activity");
    assert_eq!(en.list.count(12), "12 activities");
    assert_eq!(zh.occurrence.on_list(7), "名单上第7位");
    assert_eq!(zh.common.party("王阿姨、朵朵", 2), "王阿姨、朵朵 2人");
    assert_eq!(zh.sign_up.confirm(2), "确认报名2人");
    assert_eq!(
        (en.sign_up.confirm(1).as_str(), en.sign_up.confirm(2).as_str()),
        ("Sign up 1 person", "Sign up 2 people")
    );
    assert_eq!(en.booking.people_count(1, 2), "1 adult, 2 children");
    assert_eq!(zh.errors.fault("7F3A"), "没处理成，不是您的问题（编号7F3A）。东西都在，我们会再试。");
    // A value that looks like a place is not filled again.
    assert_eq!(zh.list.empty_results("{n}"), "没找到「{n}」。换个词，或打电话问社区");
}

#[test]
fn a_filter_is_named_as_its_chips_are() {
    let filter = Filter { category: Some(Category::Dance), mine: true, ..Filter::default() };
    let names = words(ZH).filter_names(&filter, &View::default());
    assert_eq!(names, ["我报的", "舞蹈"]);
    assert_eq!(words(ZH).list.empty_filter(words(ZH).names_list(&names)), "没有「我报的、舞蹈」的活动");
    assert_eq!(words(EN).filter_names(&Filter::default(), &View::default()), Vec::<String>::new());
}

#[test]
fn a_notice_says_who_has_the_place_where_that_is_known() {
    let title: Title = "体能课".parse().expect("a title");
    let sign_up = SignUpId::from_uuid(Uuid::from_u128(1));
    let occurrence = OccurrenceId::from_uuid(Uuid::from_u128(2));
    let body = NoticeBody::Promoted { sign_up, occurrence, title, range: range("2026-11-28", "10:00", "11:30") };
    let me = PartyMember {
        person: PersonId::from_uuid(Uuid::from_u128(3)),
        name: "朵朵".parse().expect("a name"),
        seat: None,
    };
    assert_eq!(words(ZH).notice(&body, &[], today()), "候补成功。11月28日 周六 上午10:00–11:30。");
    assert_eq!(words(ZH).notice(&body, &[me], today()), "候补成功。11月28日 周六 上午10:00–11:30，朵朵 1人。");
}

#[test]
fn languages_are_read_from_what_browsers_say() {
    for (tags, language) in [
        ("zh-CN,zh;q=0.9,en;q=0.8", ZH),
        ("en-US,en;q=0.9", EN),
        ("de-DE, en;q=0.5", EN),
        ("fr", ZH),
        ("", ZH),
        ("é", ZH),
    ] {
        assert_eq!(Language::from_tags(tags), language, "{tags}");
    }
    for language in Language::ALL {
        let json = serde_json::to_string(&language).expect("json");
        assert_eq!(json, format!("\"{}\"", language.tag()));
        assert_eq!(words(language).language, language);
    }
}

#[test]
fn days() {
    for (on, zh, en) in [
        ("2026-11-22", "昨天", "Yesterday"),
        ("2026-11-23", "今天", "Today"),
        ("2026-11-24", "明天", "Tomorrow"),
        ("2026-11-25", "后天", "In two days"),
        ("2026-11-28", "周六", "Saturday"),
        ("2026-11-30", "11月30日 周一", "Mon 30 Nov"),
        ("2026-11-20", "11月20日 周五", "Fri 20 Nov"),
        ("2027-02-06", "2027年2月6日 周六", "Sat 6 Feb 2027"),
    ] {
        assert_eq!(format::day(ZH, date(on), today()), zh);
        assert_eq!(format::day(EN, date(on), today()), en);
    }
    let head = format::day_head(ZH, today(), today());
    assert_eq!(head.relative, Some("今天"));
    assert_eq!(head.date, "11月23日 周一");
    assert_eq!(head.lunar.as_deref(), Some("农历十月十五"));
    assert_eq!(format::month(ZH, YearMonth::of(today())), "2026年11月");
    assert_eq!(format::month(EN, YearMonth::of(today())), "November 2026");
    assert_eq!(Weekday::ALL.map(|day| format::weekday_head(ZH, day)).concat(), "一二三四五六日");
    assert_eq!(format::every_week(ZH, Weekday::Wednesday), "每周三");
}

#[test]
fn times() {
    for (time, zh, en, staff) in [
        ("00:00", "凌晨0:00", "12:00\u{a0}am", "00:00"),
        ("04:59", "凌晨4:59", "4:59\u{a0}am", "04:59"),
        ("05:00", "早上5:00", "5:00\u{a0}am", "05:00"),
        ("08:00", "上午8:00", "8:00\u{a0}am", "08:00"),
        ("12:00", "中午12:00", "12:00 noon", "12:00"),
        ("12:30", "中午12:30", "12:30\u{a0}pm", "12:30"),
        ("13:00", "下午1:00", "1:00\u{a0}pm", "13:00"),
        ("14:30", "下午2:30", "2:30\u{a0}pm", "14:30"),
        ("19:00", "晚上7:00", "7:00\u{a0}pm", "19:00"),
        ("23:59", "晚上11:59", "11:59\u{a0}pm", "23:59"),
    ] {
        let at: MinuteOfDay = time.parse().expect("a time");
        assert_eq!(format::time(ZH, at), zh);
        assert_eq!(format::time(EN, at), en);
        assert_eq!(format::staff_time(at), staff);
    }
}

#[test]
fn ranges() {
    for (from, to, zh, en, staff) in [
        ("14:30", "16:00", "下午2:30–4:00", "2:30–4:00\u{a0}pm", "14:30–16:00"),
        ("11:00", "13:00", "上午11:00–下午1:00", "11:00\u{a0}am–1:00\u{a0}pm", "11:00–13:00"),
        ("09:00", "12:00", "上午9:00–中午12:00", "9:00\u{a0}am–12:00 noon", "09:00–12:00"),
        ("12:00", "13:30", "中午12:00–下午1:30", "12:00 noon–1:30\u{a0}pm", "12:00–13:30"),
        ("22:00", "00:00", "晚上10:00–12:00", "10:00\u{a0}pm–12:00 midnight", "22:00–24:00"),
        ("22:00", "01:00", "晚上10:00–次日凌晨1:00", "10:00\u{a0}pm–1:00\u{a0}am next day", "22:00–01:00"),
        ("18:00", "00:00", "下午6:00–晚上12:00", "6:00\u{a0}pm–12:00 midnight", "18:00–24:00"),
    ] {
        let range = range("2026-11-23", from, to);
        assert_eq!(format::time_range(ZH, range), zh);
        assert_eq!(format::time_range(EN, range), en);
        assert_eq!(format::staff_range(range), staff);
    }
    let tomorrow = range("2026-11-24", "14:30", "16:00");
    assert_eq!(format::when(ZH, tomorrow, today()), "明天 下午2:30–4:00");
    assert_eq!(format::when(EN, tomorrow, today()), "Tomorrow, 2:30–4:00\u{a0}pm");
}

#[test]
fn moments() {
    let now = at("2026-11-23", "14:05");
    assert_eq!(format::moment(ZH, at("2026-12-08", "09:00"), today()), "12月8日 上午9:00");
    assert_eq!(format::moment(EN, at("2026-11-23", "20:00"), today()), "Today, 8:00\u{a0}pm");
    assert_eq!(format::past_moment(ZH, at("2026-11-17", "14:05"), today()), "周二 下午2:05");
    assert_eq!(format::past_moment(ZH, at("2026-11-23", "14:05"), today()), "下午2:05");
    assert_eq!(format::past_moment(ZH, at("2026-11-22", "14:05"), today()), "昨天 下午2:05");
    assert_eq!(format::past_moment(ZH, at("2026-11-01", "14:05"), today()), "11月1日 下午2:05");
    assert_eq!(format::as_of(ZH, now, today()), "截至14:05");
    assert_eq!(format::as_of(ZH, at("2026-11-22", "14:05"), today()), "截至11月22日14:05");
    assert_eq!(format::ago(ZH, at("2026-11-23", "14:00"), now), "5分钟前");
    assert_eq!(format::ago(EN, at("2026-11-23", "12:00"), now), "2 h ago");
    assert_eq!(format::ago(ZH, at("2026-11-23", "14:06"), now), "刚刚");
    assert_eq!(format::ago(ZH, at("2026-11-22", "14:06"), now), "昨天 下午2:06");
    assert_eq!(format::fixed_moment(ZH, at("2026-12-08", "09:00")), "12月8日 上午9:00");
}

#[test]
fn a_date_that_is_read_on_another_day_is_named() {
    let (near, far) = (range("2026-11-24", "15:00", "16:00"), range("2026-11-28", "15:00", "16:00"));
    assert_eq!(format::dated(ZH, near, today()), "11月24日 周二 下午3:00–4:00");
    assert_eq!(format::dated(EN, near, today()), "Tue 24 Nov, 3:00–4:00\u{a0}pm");
    assert_eq!(format::when_by_date(ZH, near, today()), "明天 下午3:00–4:00");
    assert_eq!(format::when_by_date(ZH, far, today()), "11月28日 周六 下午3:00–4:00");
    assert_eq!(format::staff_when(ZH, near, today()), "11月24日 周二 15:00–16:00");
    assert_eq!(format::staff_moment(ZH, near.start(), today()), "11月24日 周二 15:00");
}

#[test]
fn a_strip_names_the_month_where_it_begins() {
    assert_eq!(
        [format::strip_head(ZH, date("2026-11-30")), format::strip_head(ZH, date("2026-12-01"))],
        ["一", "12月"]
    );
    assert_eq!(
        [format::strip_head(EN, date("2026-11-30")), format::strip_head(EN, date("2026-12-01"))],
        ["Mon", "Dec"]
    );
}

/// A Monday open from nine to twelve and from five to nine, shut for painting on the day after.
#[test]
fn the_door_says_all_of_todays_hours() {
    let monday =
        vec![Opening::new(9 * 60, 12 * 60).expect("morning"), Opening::new(17 * 60, 21 * 60).expect("evening")];
    let hours = OpeningHours([monday.clone(), monday, vec![], vec![], vec![], vec![], vec![]]);
    let closures =
        [Closure { range: range("2026-11-24", "00:00", "23:59"), reason: "粉刷".parse().expect("a note") }];
    let all_day = "今天 上午9:00–中午12:00、下午5:00–晚上9:00";
    for (day, time, is_open, facts) in [
        ("2026-11-23", "10:00", true, vec!["开放中", all_day]),
        ("2026-11-23", "08:00", false, vec!["上午9:00开门", all_day]),
        ("2026-11-23", "13:00", false, vec!["下午5:00开门", all_day]),
        ("2026-11-23", "21:00", false, vec!["今天已经关门"]),
        ("2026-11-24", "10:00", false, vec!["今天不开放：粉刷"]),
        ("2026-11-25", "10:00", false, vec!["今天不开放"]),
    ] {
        let door = words(ZH).door(&hours, &closures, at(day, time));
        assert_eq!(
            (door.is_open, door.facts),
            (is_open, facts.into_iter().map(str::to_owned).collect()),
            "{day} {time}"
        );
    }
    let english = words(EN).door(&hours, &closures, at("2026-11-23", "10:00"));
    assert_eq!(english.facts, ["Open", "Today, 9:00\u{a0}am–12:00 noon, 5:00–9:00\u{a0}pm"]);
}

#[test]
fn ages_and_lengths() {
    let age = |born: &str| format::age(ZH, born.parse().expect("a month"), today());
    assert_eq!(age("2025-05"), "18个月");
    assert_eq!(age("2021-11"), "5岁");
    assert_eq!(age("2021-05"), "5岁半");
    assert_eq!(age("1950-01"), "76岁");
    assert_eq!(age("2027-01"), "0个月");
    assert_eq!(format::age(EN, "2021-05".parse().expect("a month"), today()), "5½ years");
    assert_eq!(format::age_full(ZH, 5), "满5岁");
    assert_eq!(format::age_range(ZH, 3, 6), "3–6岁");
    for (minutes, zh, en) in [
        (45, "45分钟", "45 min"),
        (60, "1小时", "1 h"),
        (90, "1小时30分钟", "1 h 30 min"),
        (24 * 60, "24小时", "24 h"),
        (3 * 24 * 60, "3天", "3 days"),
    ] {
        assert_eq!(format::duration(ZH, minutes), zh);
        assert_eq!(format::duration(EN, minutes), en);
    }
}

#[test]
fn a_span_of_days_says_no_month_twice() {
    let today = date("2026-11-23");
    for (first, last, zh, en) in [
        ("2026-11-23", "2026-11-29", "11月23–29日", "23–29 Nov"),
        ("2026-11-30", "2026-12-06", "11月30日–12月6日", "30 Nov–6 Dec"),
        ("2026-12-28", "2027-01-03", "12月28日–2027年1月3日", "28 Dec–3 Jan 2027"),
        ("2027-01-04", "2027-01-10", "2027年1月4–10日", "4–10 Jan 2027"),
    ] {
        assert_eq!(format::days(Language::ZhCn, date(first), date(last), today), zh);
        assert_eq!(format::days(Language::En, date(first), date(last), today), en);
    }
}

#[test]
fn lunar_dates_and_the_line_under_a_number() {
    let lunar = |on: &str| day_facts(date(on)).lunar.map(|date| format::lunar(ZH, date));
    assert_eq!(lunar("2027-02-06").as_deref(), Some("农历正月初一"));
    assert_eq!(lunar("2026-11-23").as_deref(), Some("农历十月十五"));
    assert_eq!(lunar("2028-06-23").as_deref(), Some("农历闰五月初一"));
    let leap = LunarDate { year: 2028, month: 5, leap: true, day: 1 };
    assert_eq!(format::lunar(EN, leap), "leap 5th lunar month, day 1");
    for (on, zh, en) in [
        ("2026-10-01", "国庆节", "National Day"),
        ("2026-10-18", "重阳", "Double Ninth"),
        ("2026-11-22", "小雪", "Light Snow"),
        ("2026-12-09", "十一月", ""),
        ("2028-06-23", "闰五月", ""),
        ("2026-11-23", "十五", ""),
        ("2027-02-05", "除夕", "New Year's Eve"),
        ("2027-02-06", "春节", "Spring Festival"),
        ("2026-04-05", "清明节", "Qingming"),
        ("2150-01-02", "", ""),
    ] {
        let facts = day_facts(date(on));
        assert_eq!(format::under_number(ZH, &facts), zh, "{on}");
        assert_eq!(format::under_number(EN, &facts), en, "{on}");
    }
    let cell = day_facts(date("2026-11-26"));
    assert_eq!(format::cell_label(ZH, &cell, 3, today()), "11月26日 周四 农历十月十八 3场");
    assert_eq!(format::cell_label(EN, &cell, 1, today()), "Thu 26 Nov, 10th lunar month, day 18, 1 activity");
    let off = DayMark::Off(PublicHoliday::NationalDay);
    assert_eq!((format::mark(ZH, off), format::mark_label(ZH, off).as_str()), ("休", "国庆节放假"));
    let work = DayMark::Workday(PublicHoliday::SpringFestival);
    assert_eq!((format::mark(ZH, work), format::mark_label(ZH, work).as_str()), ("班", "春节调休上班"));
    assert_eq!(format::holiday_footnote(ZH, 2027, today()).as_deref(), Some("2027年放假安排尚未公布"));
    assert_eq!(format::holiday_footnote(ZH, 2026, today()), None);
    assert_eq!(format::holiday_footnote(ZH, 2020, today()), None);
}

/// The tables are indexed by the almanac's enums: a shifted row would name every day wrongly.
#[test]
fn names_stand_in_the_almanacs_order() {
    assert_eq!(format::term(ZH, SolarTerm::MinorCold), "小寒");
    assert_eq!(format::term(ZH, SolarTerm::PureBrightness), "清明");
    assert_eq!(format::term(ZH, SolarTerm::WinterSolstice), "冬至");
    assert_eq!(format::festival(ZH, Festival::MidAutumn), "中秋");
    assert_eq!(format::festival(ZH, Festival::NewYearsEve), "除夕");
    assert_eq!(format::public_holiday(ZH, PublicHoliday::LabourDay), "劳动节");
    for (index, term) in SolarTerm::ALL.into_iter().enumerate() {
        assert_eq!(term as usize, index);
    }
    for (index, festival) in Festival::ALL.into_iter().enumerate() {
        assert_eq!(festival as usize, index);
    }
    for (index, holiday) in PublicHoliday::ALL.into_iter().enumerate() {
        assert_eq!(holiday as usize, index);
    }
}

#[test]
fn refusals_say_what_to_do() {
    let zh = words(ZH);
    assert_eq!(zh.refusal(&Refusal::PartyTooBig { max: 4 }), "一次最多报4人。请少选几位。");
    assert_eq!(
        zh.refusal(&Refusal::SignUpNotOpen { opens_at: at("2026-12-08", "09:00") }),
        "12月8日 上午9:00开始报名，到时候再来。"
    );
    assert_eq!(
        zh.refusal(&Refusal::TooSoon { notice_minutes: 120 }),
        "要提前2小时约。请选晚一点的时间，或打电话问客厅主人。"
    );
    assert_eq!(zh.refusal(&Refusal::SlotFull { heads_left: 0 }), "这个时间坐满了。换个时间试试。");
    // Every sentence has a second half: what happened, then what to do.
    for entry in Refusals::entries("refusals") {
        assert!(entry.zh.ends_with('。') && entry.en.ends_with('.'), "{}", entry.key);
    }
}
