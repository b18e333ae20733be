//! Dates, times, ages and lunar dates in words, made by hand so that server, phone and paper print the same.
//!
//! Residents read 下午2:30, staff read 14:30. Chinese has no typed space between Han and digits; the one space inside a
//! date or before a time stands between its two unbreakable parts.

use super::calendar::{
    DAY_PARTS, FESTIVALS, LUNAR_DAYS, LUNAR_MONTHS, MONTHS_EN, PUBLIC_HOLIDAYS, TERMS, WEEKDAY_HEADS, WEEKDAYS,
};
use super::{Language, words};
use crate::almanac::{
    DayFacts, DayMark, Festival, HolidayYear, LunarDate, PublicHoliday, SolarTerm, holiday_year, lunar_date,
};
use crate::time::{LocalDate, MinuteOfDay, TimeRange, Timestamp, Weekday, YearMonth};

fn pick(language: Language, both: (&'static str, &'static str)) -> &'static str {
    match language {
        Language::ZhCn => both.0,
        Language::En => both.1,
    }
}

/// 周一 / Monday.
#[must_use]
pub fn weekday(language: Language, weekday: Weekday) -> &'static str {
    pick(language, WEEKDAYS[usize::from(weekday.index())])
}

/// 一 / Mon: the head of a month's column.
#[must_use]
pub fn weekday_head(language: Language, weekday: Weekday) -> &'static str {
    pick(language, WEEKDAY_HEADS[usize::from(weekday.index())])
}

/// 2026年11月 / November 2026: the title of a month, and a month of birth.
#[must_use]
pub fn month(language: Language, month: YearMonth) -> String {
    match language {
        Language::ZhCn => format!("{}年{}月", month.year(), month.month()),
        Language::En => format!("{} {}", MONTHS_EN[usize::from(month.month() - 1)], month.year()),
    }
}

/// A month whose year is said elsewhere: 11月 / November.
#[must_use]
pub fn month_of_year(language: Language, month: YearMonth) -> String {
    match language {
        Language::ZhCn => format!("{}月", month.month()),
        Language::En => MONTHS_EN[usize::from(month.month() - 1)].to_owned(),
    }
}

fn date_without_year(language: Language, date: LocalDate) -> String {
    match language {
        Language::ZhCn => format!("{}月{}日", date.month(), date.day()),
        Language::En => format!("{} {}", date.day(), &MONTHS_EN[usize::from(date.month() - 1)][..3]),
    }
}

/// 11月23日 / 23 Nov; with its year when that is not this year's.
#[must_use]
pub fn date(language: Language, date: LocalDate, today: LocalDate) -> String {
    let short = date_without_year(language, date);
    if date.year() == today.year() {
        return short;
    }
    match language {
        Language::ZhCn => format!("{}年{short}", date.year()),
        Language::En => format!("{short} {}", date.year()),
    }
}

/// The days from one to another: 11月23–29日, 11月30日–12月6日 / 23–29 Nov, 30 Nov–6 Dec. With the year as [`date`] has it.
#[must_use]
pub fn days(language: Language, first: LocalDate, last: LocalDate, today: LocalDate) -> String {
    let (from, to) = (date(language, first, today), date(language, last, today));
    if (first.year(), first.month()) != (last.year(), last.month()) {
        return format!("{from}–{to}");
    }
    match language {
        Language::ZhCn => format!("{}–{}日", from.trim_end_matches('日'), last.day()),
        Language::En => format!("{}–{to}", first.day()),
    }
}

/// 11月23日 周一 / Mon 23 Nov.
#[must_use]
pub fn date_weekday(language: Language, on: LocalDate, today: LocalDate) -> String {
    let date = date(language, on, today);
    match language {
        Language::ZhCn => format!("{date} {}", weekday(language, on.weekday())),
        Language::En => format!("{} {date}", weekday_head(language, on.weekday())),
    }
}

/// 昨天, 今天, 明天, 后天; nothing for other days.
#[must_use]
pub fn relative_day(language: Language, date: LocalDate, today: LocalDate) -> Option<&'static str> {
    let calendar = &words(language).calendar;
    match date.days() - today.days() {
        -1 => Some(calendar.yesterday),
        0 => Some(calendar.today),
        1 => Some(calendar.tomorrow),
        2 => Some(calendar.in_two_days),
        _ => None,
    }
}

/// 今天, 明天, 后天, then 周六 within the week to come, then 11月30日 周一.
#[must_use]
pub fn day(language: Language, date: LocalDate, today: LocalDate) -> String {
    match relative_day(language, date, today) {
        Some(name) => name.to_owned(),
        None if (3..=6).contains(&(date.days() - today.days())) => weekday(language, date.weekday()).to_owned(),
        None => date_weekday(language, date, today),
    }
}

/// The parts of a day's head; each is drawn unbroken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayHead {
    /// 今天, where there is such a word.
    pub relative: Option<&'static str>,
    /// 11月23日 周一.
    pub date: String,
    /// 农历十月十五, where the lunar calendar reaches.
    pub lunar: Option<String>,
}

/// The head of a day in a list: 今天, 11月23日 周一, 农历十月十五.
#[must_use]
pub fn day_head(language: Language, date: LocalDate, today: LocalDate) -> DayHead {
    DayHead {
        relative: relative_day(language, date, today),
        date: date_weekday(language, date, today),
        lunar: lunar_date(date).map(|date| lunar(language, date)),
    }
}

/// A civil time as residents say it: 下午2:30, 中午12:00 / 2:30 pm, 12:00 noon. No line ends within it.
#[must_use]
pub fn time(language: Language, at: MinuteOfDay) -> String {
    if (at.hour(), at.minute()) == (12, 0) {
        return words(language).calendar.time_noon.to_owned();
    }
    match language {
        Language::ZhCn => format!("{}{}", day_part(at), clock(language, at)),
        Language::En => format!("{}\u{a0}{}", clock(language, at), half(at)),
    }
}

fn day_part(at: MinuteOfDay) -> &'static str {
    DAY_PARTS.iter().rev().find(|(from, _)| at.hour() >= *from).map_or("", |(_, name)| name)
}

const fn half(at: MinuteOfDay) -> &'static str {
    if at.hour() < 12 { "am" } else { "pm" }
}

/// The clock's face without the part of the day. Chinese counts the first hour of the day as 0, English as 12.
fn clock(language: Language, at: MinuteOfDay) -> String {
    let hour = match (language, at.hour()) {
        (Language::En, 0) => 12,
        (_, 13..) => at.hour() - 12,
        (_, hour) => hour,
    };
    format!("{hour}:{:02}", at.minute())
}

/// 下午2:30–4:00, 上午11:00–下午1:00 / 2:30–4:00 pm. The second part of the day is said only when it is another one.
#[must_use]
pub fn time_range(language: Language, range: TimeRange) -> String {
    let (start, end) = (range.start().minute_of_day(), range.end().minute_of_day());
    let nights = range.end().date().days() - range.start().date().days();
    let calendar = &words(language).calendar;
    let noon = MinuteOfDay::hm(12, 0);
    if nights == 1 && end == MinuteOfDay::MIDNIGHT {
        let says_evening = language == Language::ZhCn && start.hour() >= 19;
        let end = if says_evening { "12:00" } else { calendar.time_midnight };
        return format!("{}–{end}", time(language, start));
    }
    if nights > 0 {
        return format!("{}–{}", time(language, start), calendar.next_day(time(language, end)));
    }
    match language {
        Language::ZhCn if day_part(start) == day_part(end) => {
            format!("{}–{}", time(language, start), clock(language, end))
        }
        Language::En if half(start) == half(end) && Some(start) != noon && Some(end) != noon => {
            format!("{}–{}", clock(language, start), time(language, end))
        }
        _ => format!("{}–{}", time(language, start), time(language, end)),
    }
}

/// A civil time as staff read and sort it: 14:30.
#[must_use]
pub fn staff_time(at: MinuteOfDay) -> String {
    at.to_string()
}

/// 14:30–16:00; an end at midnight is 24:00.
#[must_use]
pub fn staff_range(range: TimeRange) -> String {
    let end = match range.end().minute_of_day() {
        MinuteOfDay::MIDNIGHT => "24:00".to_owned(),
        end => end.to_string(),
    };
    format!("{}–{end}", range.start().minute_of_day())
}

/// A time as staff read and copy it, always with its date: 11月25日 周三 14:30–16:30.
#[must_use]
pub fn staff_when(language: Language, range: TimeRange, today: LocalDate) -> String {
    join(language, &date_weekday(language, range.start().date(), today), &staff_range(range))
}

/// An instant as staff read it, always with its date: 11月25日 周三 18:30.
#[must_use]
pub fn staff_moment(language: Language, at: Timestamp, today: LocalDate) -> String {
    join(language, &date_weekday(language, at.date(), today), &staff_time(at.minute_of_day()))
}

fn join(language: Language, day: &str, time: &str) -> String {
    match language {
        Language::ZhCn => format!("{day} {time}"),
        Language::En => format!("{day}, {time}"),
    }
}

/// 今天 下午2:30–4:00, 11月30日 周一 晚上7:00–8:30 / Today, 2:30–4:00 pm.
#[must_use]
pub fn when(language: Language, range: TimeRange, today: LocalDate) -> String {
    join(language, &day(language, range.start().date(), today), &time_range(language, range))
}

/// 11月28日 周六 上午10:00–11:30: true on whichever day it is read.
#[must_use]
pub fn dated(language: Language, range: TimeRange, today: LocalDate) -> String {
    join(language, &date_weekday(language, range.start().date(), today), &time_range(language, range))
}

/// 明天 下午3:00–4:00, 11月28日 周六 下午3:00–4:00: for whoever is about to decide. A weekday alone is too little for that.
#[must_use]
pub fn when_by_date(language: Language, range: TimeRange, today: LocalDate) -> String {
    let on = range.start().date();
    let day = relative_day(language, on, today).map_or_else(|| date_weekday(language, on, today), str::to_owned);
    join(language, &day, &time_range(language, range))
}

/// The head of a day in a strip: 一, or its month where a month begins (12月).
#[must_use]
pub fn strip_head(language: Language, on: LocalDate) -> String {
    match language {
        _ if on.day() != 1 => weekday_head(language, on.weekday()).to_owned(),
        Language::ZhCn => format!("{}月", on.month()),
        Language::En => MONTHS_EN[usize::from(on.month() - 1)][..3].to_owned(),
    }
}

/// An instant to come: 明天 上午9:00, 12月8日 上午9:00.
#[must_use]
pub fn moment(language: Language, at: Timestamp, today: LocalDate) -> String {
    let on = at.date();
    let day = match relative_day(language, on, today) {
        Some(name) => name.to_owned(),
        None if (3..=6).contains(&(on.days() - today.days())) => weekday(language, on.weekday()).to_owned(),
        None => date(language, on, today),
    };
    join(language, &day, &time(language, at.minute_of_day()))
}

/// An instant that does not depend on when it is read: 12月8日 上午9:00. For what is stored and read again later.
#[must_use]
pub fn fixed_moment(language: Language, at: Timestamp) -> String {
    join(language, &date_without_year(language, at.date()), &time(language, at.minute_of_day()))
}

/// An instant gone by: 下午2:05 today, 昨天 下午2:05, 周二 下午2:05, then the date.
#[must_use]
pub fn past_moment(language: Language, at: Timestamp, today: LocalDate) -> String {
    let on = at.date();
    let clock = time(language, at.minute_of_day());
    match today.days() - on.days() {
        0 => clock,
        2..=6 => join(language, weekday(language, on.weekday()), &clock),
        _ => moment(language, at, today),
    }
}

/// 截至14:05, or 截至11月22日14:05 on another day.
#[must_use]
pub fn as_of(language: Language, at: Timestamp, today: LocalDate) -> String {
    words(language).offline.as_of(as_of_moment(language, at, today))
}

/// The instant inside [`as_of`].
#[must_use]
pub fn as_of_moment(language: Language, at: Timestamp, today: LocalDate) -> String {
    let clock = staff_time(at.minute_of_day());
    let on = at.date();
    match language {
        _ if on == today => clock,
        Language::ZhCn => format!("{}{clock}", date(language, on, today)),
        Language::En => format!("{} {clock}", date(language, on, today)),
    }
}

/// How long ago: 刚刚, 5分钟前, 2小时前, then as [`past_moment`].
#[must_use]
pub fn ago(language: Language, at: Timestamp, now: Timestamp) -> String {
    let calendar = &words(language).calendar;
    match now.minutes_since(at) {
        ..=0 => calendar.just_now.to_owned(),
        minutes @ 1..60 => calendar.minutes_ago(minutes),
        minutes @ 60..360 => calendar.hours_ago(minutes / 60),
        _ => past_moment(language, at, now.date()),
    }
}

/// A length: 45分钟, 1小时30分钟, 2天 / 45 min, 1 h 30 min, 2 days.
#[must_use]
pub fn duration(language: Language, minutes: u32) -> String {
    let calendar = &words(language).calendar;
    match (minutes / 60, minutes % 60) {
        (0, m) => calendar.duration_minutes(m),
        (h, 0) if h >= 48 && h % 24 == 0 => calendar.duration_days(h / 24),
        (h, 0) => calendar.duration_hours(h),
        (h, m) => calendar.duration_both(h, m),
    }
}

/// A person's age: 18个月 under three, then 5岁 or 5岁半.
#[must_use]
pub fn age(language: Language, born: YearMonth, on: LocalDate) -> String {
    let calendar = &words(language).calendar;
    let months = (on.year() - born.year()) * 12 + i32::from(on.month()) - i32::from(born.month());
    match months {
        ..36 => calendar.age_months(months.max(0)),
        _ if months % 12 >= 6 && months < 18 * 12 => calendar.age_years_half(months / 12),
        _ => calendar.age_years(months / 12),
    }
}

/// 满5岁 / 5 and over.
#[must_use]
pub fn age_full(language: Language, years: u8) -> String {
    words(language).calendar.age_full(years)
}

/// 3–6岁 / ages 3–6.
#[must_use]
pub fn age_range(language: Language, from: u8, to: u8) -> String {
    words(language).calendar.age_range(from, to)
}

/// 农历十月十五, 农历闰五月初一 / 10th lunar month, day 15.
#[must_use]
pub fn lunar(language: Language, date: LunarDate) -> String {
    match language {
        Language::ZhCn => format!("农历{}{}", lunar_month(language, date), lunar_day(date)),
        Language::En => format!("{}, day {}", lunar_month(language, date), date.day),
    }
}

fn lunar_month(language: Language, date: LunarDate) -> String {
    let name = lunar_month_name(language, date.month);
    match (language, date.leap) {
        (Language::ZhCn, false) => name.to_owned(),
        (Language::ZhCn, true) => format!("闰{name}"),
        (Language::En, false) => format!("{name} lunar month"),
        (Language::En, true) => format!("leap {name} lunar month"),
    }
}

/// 八月 / 8th.
pub(super) fn lunar_month_name(language: Language, month: u8) -> &'static str {
    pick(language, LUNAR_MONTHS[usize::from((month - 1) % 12)])
}

fn lunar_day(date: LunarDate) -> &'static str {
    LUNAR_DAYS[usize::from((date.day - 1) % 30)]
}

/// 立春 / Start of Spring.
#[must_use]
pub fn term(language: Language, term: SolarTerm) -> &'static str {
    pick(language, TERMS[term as usize])
}

/// 端午 / Dragon Boat Festival.
#[must_use]
pub fn festival(language: Language, festival: Festival) -> &'static str {
    pick(language, FESTIVALS[festival as usize])
}

/// 国庆节 / National Day.
#[must_use]
pub fn public_holiday(language: Language, holiday: PublicHoliday) -> &'static str {
    pick(language, PUBLIC_HOLIDAYS[holiday as usize])
}

/// The line under a number in a month: public holiday, else festival, else term, else the month on its first day, else
/// the lunar day. Empty where the calendar does not reach.
#[must_use]
pub fn under_number(language: Language, facts: &DayFacts) -> String {
    if let Some(name) = special_name(language, facts) {
        return name.to_owned();
    }
    match (language, facts.lunar) {
        (_, None) => String::new(),
        (Language::ZhCn, Some(date)) if date.day == 1 => lunar_month(language, date),
        (Language::ZhCn, Some(date)) => lunar_day(date).to_owned(),
        // A bare lunar number says nothing to English readers; the spoken label has it in words.
        (Language::En, Some(_)) => String::new(),
    }
}

/// The day's own name, where it has one: public holiday, festival or term.
#[must_use]
pub fn special_name(language: Language, facts: &DayFacts) -> Option<&'static str> {
    facts
        .public_holiday
        .map(|name| public_holiday(language, name))
        .or_else(|| facts.festival.map(|name| festival(language, name)))
        .or_else(|| facts.term.map(|name| term(language, name)))
}

/// The small mark at a day's corner: 休 or 班.
#[must_use]
pub fn mark(language: Language, mark: DayMark) -> &'static str {
    let calendar = &words(language).calendar;
    match mark {
        DayMark::Off(_) => calendar.off,
        DayMark::Workday(_) => calendar.workday,
    }
}

/// What the mark means, to be spoken: 国庆节放假, 国庆节调休上班.
#[must_use]
pub fn mark_label(language: Language, mark: DayMark) -> String {
    let calendar = &words(language).calendar;
    match mark {
        DayMark::Off(name) => calendar.off_named(public_holiday(language, name)),
        DayMark::Workday(name) => calendar.workday_named(public_holiday(language, name)),
    }
}

/// A cell of a month, spoken: 11月26日 周四 农历十月十八 3场.
#[must_use]
pub fn cell_label(language: Language, facts: &DayFacts, activities: usize, today: LocalDate) -> String {
    let mut parts = vec![date_weekday(language, facts.date, today)];
    parts.extend(facts.lunar.map(|date| lunar(language, date)));
    parts.extend(special_name(language, facts).map(str::to_owned));
    parts.extend(facts.mark.map(|mark| mark_label(language, mark)));
    if activities > 0 {
        parts.push(words(language).calendar.count(activities));
    }
    parts.join(match language {
        Language::ZhCn => " ",
        Language::En => ", ",
    })
}

/// The footnote of a month whose year's days off are still to be arranged; none otherwise. Years before the first
/// arrangement we hold are history and get none.
#[must_use]
pub fn holiday_footnote(language: Language, year: i32, today: LocalDate) -> Option<String> {
    let is_open = year >= today.year() && holiday_year(year) == HolidayYear::NotAnnounced;
    is_open.then(|| words(language).calendar.not_announced(year))
}

/// 每周三 / Every Wednesday.
#[must_use]
pub fn every_week(language: Language, on: Weekday) -> String {
    words(language).calendar.every(weekday(language, on))
}

/// Names in a row: 王秀英、小宝 / Wang Xiuying, Xiaobao.
#[must_use]
pub fn list<S: AsRef<str>>(language: Language, items: &[S]) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    items.join(match language {
        Language::ZhCn => "、",
        Language::En => ", ",
    })
}
