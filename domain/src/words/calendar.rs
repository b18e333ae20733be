//! Names of days, months, terms and festivals, and the words of dates and times. [`super::format`] puts them together.

use super::template::catalogue;

catalogue! {
    /// Days, months, festivals.
    Calendar {
        today: "今天", "Today";
        tomorrow: "明天", "Tomorrow";
        in_two_days: "后天", "In two days";
        yesterday: "昨天", "Yesterday";
        off: "休", "Off";
        workday: "班", "Work";
        off_label: "放假", "day off";
        workday_label: "调休上班", "make-up workday";
        off_named(name): "{name}放假", "day off: {name}";
        workday_named(name): "{name}调休上班", "make-up workday: {name}";
        not_announced(year): "{year}年放假安排尚未公布", "{year} holidays not announced";
        time_midnight: "晚上12:00", "12:00 midnight";
        time_noon: "中午12:00", "12:00 noon";
        next_day(time): "次日{time}", "{time} next day";
        just_now: "刚刚", "just now";
        minutes_ago(n): "{n}分钟前", "{n} min ago";
        hours_ago(n): "{n}小时前", "{n} h ago";
        age_months(n): "{n}个月", "{n} {n?month|months}";
        age_years(n): "{n}岁", "{n} {n?year|years}";
        age_years_half(n): "{n}岁半", "{n}½ years";
        age_full(n): "满{n}岁", "{n} and over";
        age_range(from, to): "{from}–{to}岁", "ages {from}–{to}";
        duration_minutes(n): "{n}分钟", "{n} min";
        duration_hours(n): "{n}小时", "{n} h";
        duration_both(h, m): "{h}小时{m}分钟", "{h} h {m} min";
        duration_days(n): "{n}天", "{n} {n?day|days}";
        every(weekday): "每{weekday}", "Every {weekday}";
        count(n): "{n}场", "{n} {n?activity|activities}";
        count_short(n): "{n}场", "{n}";
    }
}

/// Weekdays in full, Monday first.
pub(super) const WEEKDAYS: [(&str, &str); 7] = [
    ("周一", "Monday"),
    ("周二", "Tuesday"),
    ("周三", "Wednesday"),
    ("周四", "Thursday"),
    ("周五", "Friday"),
    ("周六", "Saturday"),
    ("周日", "Sunday"),
];

/// Heads of the columns of a month.
pub(super) const WEEKDAY_HEADS: [(&str, &str); 7] =
    [("一", "Mon"), ("二", "Tue"), ("三", "Wed"), ("四", "Thu"), ("五", "Fri"), ("六", "Sat"), ("日", "Sun")];

/// English months; Chinese ones are numbers.
pub(super) const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Lunar months.
pub(super) const LUNAR_MONTHS: [(&str, &str); 12] = [
    ("正月", "1st"),
    ("二月", "2nd"),
    ("三月", "3rd"),
    ("四月", "4th"),
    ("五月", "5th"),
    ("六月", "6th"),
    ("七月", "7th"),
    ("八月", "8th"),
    ("九月", "9th"),
    ("十月", "10th"),
    ("十一月", "11th"),
    ("腊月", "12th"),
];

/// Lunar days.
pub(super) const LUNAR_DAYS: [&str; 30] = [
    "初一", "初二", "初三", "初四", "初五", "初六", "初七", "初八", "初九", "初十", "十一", "十二", "十三", "十四",
    "十五", "十六", "十七", "十八", "十九", "二十", "廿一", "廿二", "廿三", "廿四", "廿五", "廿六", "廿七", "廿八",
    "廿九", "三十",
];

/// Solar terms, in the order of [`crate::almanac::SolarTerm::ALL`].
pub(super) const TERMS: [(&str, &str); 24] = [
    ("小寒", "Minor Cold"),
    ("大寒", "Major Cold"),
    ("立春", "Start of Spring"),
    ("雨水", "Rain Water"),
    ("惊蛰", "Awakening of Insects"),
    ("春分", "Spring Equinox"),
    ("清明", "Pure Brightness"),
    ("谷雨", "Grain Rain"),
    ("立夏", "Start of Summer"),
    ("小满", "Grain Buds"),
    ("芒种", "Grain in Ear"),
    ("夏至", "Summer Solstice"),
    ("小暑", "Minor Heat"),
    ("大暑", "Major Heat"),
    ("立秋", "Start of Autumn"),
    ("处暑", "End of Heat"),
    ("白露", "White Dew"),
    ("秋分", "Autumn Equinox"),
    ("寒露", "Cold Dew"),
    ("霜降", "Frost's Descent"),
    ("立冬", "Start of Winter"),
    ("小雪", "Light Snow"),
    ("大雪", "Heavy Snow"),
    ("冬至", "Winter Solstice"),
];

/// Festivals, in the order of [`crate::almanac::Festival::ALL`].
pub(super) const FESTIVALS: [(&str, &str); 13] = [
    ("春节", "Spring Festival"),
    ("元宵", "Lantern Festival"),
    ("龙抬头", "Dragon Raises Its Head"),
    ("清明", "Qingming"),
    ("端午", "Dragon Boat Festival"),
    ("七夕", "Qixi"),
    ("中元", "Zhongyuan"),
    ("中秋", "Mid-Autumn"),
    ("重阳", "Double Ninth"),
    ("冬至", "Winter Solstice"),
    ("腊八", "Laba"),
    ("小年", "Little New Year"),
    ("除夕", "New Year's Eve"),
];

/// Public holidays, in the order of [`crate::almanac::PublicHoliday::ALL`].
pub(super) const PUBLIC_HOLIDAYS: [(&str, &str); 8] = [
    ("元旦", "New Year"),
    ("春节", "Spring Festival"),
    ("清明节", "Qingming"),
    ("劳动节", "Labour Day"),
    ("端午节", "Dragon Boat Festival"),
    ("中秋节", "Mid-Autumn"),
    ("国庆节", "National Day"),
    ("国庆节、中秋节", "National Day and Mid-Autumn"),
];

/// Parts of the day: from which hour, and what people say. English says am and pm.
pub(super) const DAY_PARTS: [(u8, &str); 6] =
    [(0, "凌晨"), (5, "早上"), (8, "上午"), (12, "中午"), (13, "下午"), (19, "晚上")];
