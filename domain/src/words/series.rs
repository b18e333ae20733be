//! Words of rules: when something takes place again, as people say it.

use super::template::catalogue;
use super::{Language, Words, format};
use crate::almanac::LunarDate;
use crate::recurrence::{End, HolidayPolicy, LeapMonth, LunarDay, MonthDays, NthWeekdays, Ordinal, Pattern, Weekdays};
use crate::series::Series;
use crate::time::{LocalDateTime, Weekday};

catalogue! {
    /// Rules, and choosing one.
    SeriesWords {
        once: "只办一次", "Once";
        weekly: "每周", "Every week";
        more: "更多…", "More…";
        repeats: "办几次", "How often";
        which_days: "每周哪几天", "On which days";
        pattern: "怎么重复", "How it repeats";
        day: "每天", "Every day";
        days(n): "每{n}天", "Every {n} days";
        week(days): "每周{days}", "Every {days}";
        weeks(n, days): "每{n}周的{days}", "Every {n} weeks on {days}";
        month(days): "每月{days}", "Every month on {days}";
        months(n, days): "每{n}个月的{days}", "Every {n} months on {days}";
        lunar_year(day): "每年{day}", "Every year on {day}";
        lunar_years(n, day): "每{n}年的{day}", "Every {n} years on {day}";
        new_years_eve: "除夕", "Lunar New Year's Eve";
        lunar_last(month): "农历{month}最后一天", "the last day of the {month} lunar month";
        leap_only(day): "{day}（只在闰月）", "{day} (leap month only)";
        leap_both(day): "{day}（闰月也办）", "{day} (leap month too)";
        only_on(rule, days): "{rule}，只在{days}", "{rule}, only on {days}";
        nth(which, day): "{which}{day}", "the {which} {day}";
        month_day(day): "{day}日", "day {day}";
        last_day: "最后一天", "the last day";
        until(day): "到{day}为止", "until {day}";
        count(n): "共{n}次", "{n} {n?time|times}";
        open_ended: "一直办下去", "No end";
        ignore: "节假日照常办", "Also on holidays";
        skip: "放假不办", "Not on days off";
        only: "只在放假时办", "Only on days off";
        follow: "跟着调休走", "As make-up workdays go";
        holidays: "遇到节假日", "Public holidays";
        every_how_many: "隔多久", "How often";
        interval_days(n): "每{n}天", "Every {n} {n?day|days}";
        interval_weeks(n): "每{n}周", "Every {n} {n?week|weeks}";
        interval_months(n): "每{n}个月", "Every {n} {n?month|months}";
        interval_years(n): "每{n}年", "Every {n} {n?year|years}";
        which_ones: "每月第几个", "Which of the month";
        ends: "办到什么时候", "Until when";
        end_never: "一直办下去", "No end";
        end_until: "到某一天", "Until a day";
        end_count: "办满次数", "A number of times";
        count_label: "一共几次", "How many times";
        count_first: "请填几次，1到999", "Enter a number from 1 to 999";
        days_first: "请至少选一天", "Choose at least one day";
        times: "每次几点开始", "Starts at";
        add_time: "同一天再加一场", "Add another time that day";
        remove_time(time): "去掉{time}", "Remove: {time}";
        extra_time(n): "第{n}场", "Time {n}";
        times_wrong: "请填时间，每场不一样", "Enter a time for each, all different";
        preview: "接下来的日子", "The coming dates";
        preview_more: "以后的日子会自己排上", "Later dates come by themselves";
        left_out(why): "不办：{why}", "Not held: {why}";
        left_out_workday: "调休上班", "make-up workday";
        left_out_not_off: "那天不放假", "not a day off";
        first_far(day): "第一次在{day}，提前8周开始报名", "First on {day}; it shows 8 weeks before";
        published: "发布了，会按规则一直排下去", "Published; dates will come by the rule";
        series: "定期活动", "Recurring activities";
        next_dates(day): "已排到{day}", "Dates are out until {day}";
        paused: "已暂停，不再排新的日子", "Paused: no new dates come";
        pause: "暂停", "Pause";
        resume: "恢复", "Resume";
        pause_of(what): "暂停：{what}", "Pause: {what}";
        resume_of(what): "恢复：{what}", "Resume: {what}";
        pause_title(what): "暂停「{what}」？", "Pause \"{what}\"?";
        pause_note: "不再排新的日子。已经排出来的照常办，不办的请一次一次停。随时可以恢复。", "No new dates come. Those that are out take place; call off any that shall not. You can resume at any time.";
        pause_confirm: "暂停", "Pause";
        pause_keep: "照常排", "Keep it going";
        room_taken: "场地有别的安排，这一次不办", "The room is taken; not held this time";
    }
}

catalogue! {
    /// Moving one date.
    Moving {
        change: "改时间地点", "Change time or place";
        title: "改这一次的时间地点", "Change this date";
        told(n): "{n}家报了名。名额都留着，改好后每家都会收到消息，来不了的可以取消。", "{n} {n?party has|parties have} signed up. Their places are kept, each is told, and whoever cannot come may withdraw.";
        nobody: "还没有人报名，改好后大家看到的就是新的。", "Nobody has signed up; everybody will see the new one.";
        confirm: "改好并告诉大家", "Change and tell them";
        keep: "先不改", "Leave it";
        nothing: "时间和地点都没变。", "Neither time nor place is another.";
        done: "改好了，已经告诉报名的人", "Changed; those who signed up are told";
        from(when): "改过时间：原定{when}", "Moved: it was {when}";
        place: "改过地点，请看清楚", "The place has changed";
        kept: "您的名额还在。来不了请取消报名。", "Your place is kept. Withdraw if you cannot come.";
        reinstate: "恢复这一次", "Hold it after all";
        reinstate_title: "这一次照常办？", "Hold this date after all?";
        reinstate_note: "原来报了名的各家，名额都恢复，都会收到消息。", "Those who had signed up have their places again, and are told.";
        reinstate_confirm: "照常办", "Hold it";
        reinstate_keep: "还是不办", "Leave it off";
        reinstated: "恢复了，已经告诉报名的人", "On again; those who had signed up are told";
        outbox_reinstate(what): "恢复：{what}", "Hold after all: {what}";
        outbox(what): "改时间地点：{what}", "Change: {what}";
    }
}

impl Words {
    /// When a series takes place, in one line: 每周二、周四 上午9:00 · 放假不办 · 到2027年1月3日为止.
    #[must_use]
    pub fn rule(&self, series: &Series) -> String {
        let language = self.language;
        let times = series.rule.slots.times();
        let times: Vec<String> = match times {
            [] => vec![format::time(language, series.at)],
            times => times.iter().map(|at| format::time(language, *at)).collect(),
        };
        let before_time = match language {
            Language::ZhCn => " ",
            Language::En => ", ",
        };
        let mut parts = vec![[&self.pattern(series), before_time, &format::list(language, &times)].concat()];
        let texts = &self.series;
        match series.rule.holidays {
            HolidayPolicy::Ignore => {}
            HolidayPolicy::SkipDaysOff => parts.push(texts.skip.to_owned()),
            HolidayPolicy::OnlyDaysOff => parts.push(texts.only.to_owned()),
            HolidayPolicy::FollowMakeUp => parts.push(texts.follow.to_owned()),
        }
        match series.rule.end {
            End::Never => {}
            End::Count(count) => parts.push(texts.count(count.get())),
            End::Until(last) => {
                let day = LocalDateTime::date(last).map(|day| format::date(language, day, series.on));
                parts.extend(day.map(|day| texts.until(day)));
            }
        }
        parts.join(" · ")
    }

    /// On which days, without the times of a day: 每周二、周四.
    #[must_use]
    pub fn pattern(&self, series: &Series) -> String {
        let texts = &self.series;
        match &series.rule.pattern {
            Pattern::Daily { every, weekdays, days } => {
                let rule = match every.get() {
                    1 => texts.day.to_owned(),
                    n => texts.days(n),
                };
                let only = weekdays.map(|set| self.weekdays(set)).or_else(|| days.map(|set| self.month_days(set)));
                only.map_or_else(|| rule.clone(), |only| texts.only_on(&rule, only))
            }
            Pattern::Weekly { every, weekdays } => {
                let own = || Weekdays::new([series.on.weekday()]).expect("invariant: one weekday is some");
                let days = self.weekdays(weekdays.unwrap_or_else(own));
                match every.get() {
                    // 每周二, not 每周周二.
                    1 => texts.week(days.strip_prefix('周').unwrap_or(&days)),
                    n => texts.weeks(n, days),
                }
            }
            Pattern::Monthly { every, weekdays, days } => {
                let days = match (weekdays, days) {
                    (Some(set), None) => self.nth_weekdays(*set),
                    (None, Some(set)) => self.month_days(*set),
                    (Some(set), Some(days)) => texts.only_on(self.month_days(*days), self.nth_weekdays(*set)),
                    (None, None) => texts.month_day(series.on.day()),
                };
                match every.get() {
                    1 => texts.month(days),
                    n => texts.months(n, days),
                }
            }
            Pattern::LunarYearly { every, month, leap, day } => {
                let day = self.lunar_day(month.get(), *leap, *day);
                match every.get() {
                    1 => texts.lunar_year(day),
                    n => texts.lunar_years(n, day),
                }
            }
        }
    }

    fn weekdays(&self, set: Weekdays) -> String {
        let names: Vec<&str> = set.iter().map(|weekday| format::weekday(self.language, weekday)).collect();
        format::list(self.language, &names)
    }

    fn month_days(&self, set: MonthDays) -> String {
        let named = set.iter().map(|day| self.series.month_day(day));
        let last = set.has_last().then(|| self.series.last_day.to_owned());
        format::list(self.language, &named.chain(last).collect::<Vec<_>>())
    }

    fn nth_weekdays(&self, set: NthWeekdays) -> String {
        let named = set.iter().map(|(ordinal, weekday)| self.nth_weekday(ordinal, weekday));
        format::list(self.language, &named.collect::<Vec<_>>())
    }

    /// 第一个周六 / the first Saturday.
    #[must_use]
    pub fn nth_weekday(&self, ordinal: Ordinal, weekday: Weekday) -> String {
        self.series.nth(self.ordinal(ordinal), format::weekday(self.language, weekday))
    }

    /// 第一个 / first.
    #[must_use]
    pub const fn ordinal(&self, ordinal: Ordinal) -> &'static str {
        let [zh, en] = match ordinal {
            Ordinal::Every => ["每个", "every"],
            Ordinal::First => ["第一个", "first"],
            Ordinal::Second => ["第二个", "second"],
            Ordinal::Third => ["第三个", "third"],
            Ordinal::Fourth => ["第四个", "fourth"],
            Ordinal::Fifth => ["第五个", "fifth"],
            Ordinal::Last => ["最后一个", "last"],
        };
        match self.language {
            Language::ZhCn => zh,
            Language::En => en,
        }
    }

    fn lunar_day(&self, month: u8, leap: LeapMonth, day: LunarDay) -> String {
        let texts = &self.series;
        let is_leap = leap == LeapMonth::Leap;
        let named = match day.number() {
            None if month == 12 && !is_leap => texts.new_years_eve.to_owned(),
            None => texts.lunar_last(format::lunar_month_name(self.language, month)),
            Some(day) => format::lunar(self.language, LunarDate { year: 2026, month, leap: false, day }),
        };
        match leap {
            LeapMonth::Regular => named,
            LeapMonth::Leap => texts.leap_only(named),
            LeapMonth::Both => texts.leap_both(named),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::series::Series;
    use crate::time::MinuteOfDay;
    use crate::words::{Language, words};

    fn said(language: Language, rule: &str) -> String {
        let at = MinuteOfDay::hm(9, 0).expect("a time");
        let on = "2026-12-01".parse().expect("a date");
        words(language).rule(&Series { on, at, minutes: 60, rule: rule.parse().expect("a rule") })
    }

    #[test]
    fn rules_are_said_as_people_say_them() {
        for (rule, zh, en) in [
            ("FREQ=WEEKLY", "每周二 上午9:00", "Every Tuesday, 9:00\u{a0}am"),
            ("FREQ=WEEKLY;BYDAY=TU,TH", "每周二、周四 上午9:00", "Every Tuesday, Thursday, 9:00\u{a0}am"),
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", "每2周的周六 上午9:00", "Every 2 weeks on Saturday, 9:00\u{a0}am"),
            ("FREQ=DAILY;X-TIMES=0700,1930", "每天 早上7:00、晚上7:30", "Every day, 7:00\u{a0}am, 7:30\u{a0}pm"),
            (
                "FREQ=MONTHLY;BYDAY=1SA,-1SA",
                "每月第一个周六、最后一个周六 上午9:00",
                "Every month on the first Saturday, the last Saturday, 9:00\u{a0}am",
            ),
            (
                "FREQ=MONTHLY;BYMONTHDAY=15,-1",
                "每月15日、最后一天 上午9:00",
                "Every month on day 15, the last day, 9:00\u{a0}am",
            ),
            ("FREQ=MONTHLY;COUNT=3", "每月1日 上午9:00 · 共3次", "Every month on day 1, 9:00\u{a0}am · 3 times"),
            (
                "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=15;X-HOLIDAYS=ONLY",
                "每年农历八月十五 上午9:00 · 只在放假时办",
                "Every year on 8th lunar month, day 15, 9:00\u{a0}am · Only on days off",
            ),
            (
                "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1",
                "每年除夕 上午9:00",
                "Every year on Lunar New Year's Eve, 9:00\u{a0}am",
            ),
        ] {
            assert_eq!((said(Language::ZhCn, rule).as_str(), said(Language::En, rule).as_str()), (zh, en), "{rule}");
        }
    }
}
