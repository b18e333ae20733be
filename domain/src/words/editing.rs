//! Words of editing a series: choosing which dates, what would change, and what those who have signed up are told.

use super::template::catalogue;
use super::{Words, format};
use crate::change::NoticeBody;
use crate::editing::{DatePlan, Fate, Plan};
use crate::time::LocalDate;

catalogue! {
    /// Editing a series.
    Editing {
        open: "改以后各场", "Change later dates";
        open_of(what): "改以后各场：{what}", "Change later dates: {what}";
        title: "改定期活动", "Change the series";
        which: "改哪些", "Which dates";
        following(day): "改这次和以后（{day}起）", "This date and later ones (from {day})";
        all: "全部改（还没开始的）", "All dates to come";
        this_one_help: "只改一次的，请回到那一场，点「改时间地点」。", "For one date only, go back to it and choose \"Change time or place\".";
        leftover: "日子改了，原来那天已经有人报名的", "Dates that fall away and have sign-ups";
        keep: "照原来的再办一次", "Hold them besides";
        call_off: "不办了，告诉报名的人", "Call them off and tell people";
        reason: "原因（不办、减名额时告诉大家）", "Why (told when dates are called off or places cut)";
        look: "看看会改什么", "See what would change";
        needs_network: "改定期活动要连着网，才能看清会影响谁。连上网再试，已经填的还在。", "Editing a series needs the network, to see whom it concerns. Try again once online; what you filled in stays.";
        preview: "会改什么", "What would change";
        nothing: "什么都没改。", "Nothing would change.";
        said: "标题、介绍或谁能来会改", "Title, description or who may come change";
        later: "以后排出来的都照新的办", "Dates that come later change";
        changed(n): "{n}场会改", "{n} {n?date changes|dates change}";
        called_off(n): "{n}场取消", "{n} called off";
        extra(n): "{n}场照原来的再办一次", "{n} held besides";
        made(n): "新增{n}场", "{n} new";
        limited(n): "{n}场的名额会改", "places of {n} {n?date|dates} change";
        told(n, names): "{n}人会收到通知：{names}", "{n} {n?person is|people are} told: {names}";
        told_nobody: "没有人受影响，不用通知。", "Nobody is concerned, so nobody is told.";
        row_changed(from, to): "{from} 改到 {to}", "{from} is now {to}";
        row_called_off(from): "{from} 取消", "{from} is called off";
        row_extra(from): "{from} 照原来的办", "{from} is held as it was";
        row_same(from): "{from} 时间不动", "{from} keeps its time";
        row_made(to): "{to} 新增", "{to} is new";
        elsewhere: "换地点", "another place";
        places: "名额（不填就是不限）", "Places (empty for no limit)";
        limit(n): "名额{n}", "{n} {n?place|places}";
        no_limit: "不限名额", "no limit";
        over(n): "报上的多{n}人，都不取消", "{n} more have a place; nobody is removed";
        keeps_own: "单独改过的保留", "what was changed by hand stays";
        waits: "候补", "waiting";
        confirm: "就这么改，通知大家", "Change it and tell them";
        back: "再改改", "Back to the form";
        look_again: "再看一遍会改什么", "Look again at what would change";
        done: "已经交上去了，改好后报名的人会收到通知", "Sent; those concerned are told once it is done";
        is_done: "改好了，受影响的人都会收到通知。", "Done; everybody concerned is told.";
        to_date: "回到这一场", "Back to the date";
        outbox(what): "改定期活动：{what}", "Change the series: {what}";
        not_now: "这个活动不是定期的，或者已经改成了另一组。", "This is no series, or it goes on as another one.";
        now_is(title, when, place): "「{title}」改了：{when}，{place}。", "\"{title}\" has changed: {when}, {place}.";
        now_others(n): "您报的另外{n}场也改了。", "{n} more of your dates {n?has|have} changed too.";
        now_kept: "名额都给您留着，来不了请取消报名。", "Your places are kept; withdraw if you cannot come.";
        now_off(n): "您报的有{n}场不办了。", "{n} of your dates {n?is|are} called off.";
        now_only_off(title, when): "「{title}」{when}那一场不办了。", "\"{title}\" on {when} is called off.";
        now_more_off(n): "您报的另外{n}场也不办。", "{n} more of your dates {n?is|are} called off too.";
    }
}

impl Words {
    /// What somebody is told whose dates an edit has changed; nothing for any other notice.
    #[must_use]
    pub fn series_changed(&self, body: &NoticeBody, today: LocalDate) -> Option<String> {
        let NoticeBody::SeriesChanged { title, range, place, changed, called_off, .. } = body else { return None };
        let texts = &self.editing;
        let when = format::dated(self.language, *range, today);
        let mut said = Vec::new();
        match (*changed, *called_off) {
            (0, off) => {
                said.push(texts.now_only_off(title, when));
                said.extend((off > 1).then(|| texts.now_more_off(off - 1)));
            }
            (changed, off) => {
                said.push(texts.now_is(title, when, place));
                said.extend((changed > 1).then(|| texts.now_others(changed - 1)));
                said.extend((off > 0).then(|| texts.now_off(off)));
                said.push(texts.now_kept.to_owned());
            }
        }
        Some(self.sentences(&said))
    }

    /// What an edit would do, in numbers: 8场会改，3场取消.
    #[must_use]
    pub fn plan_in_short(&self, plan: &Plan) -> Vec<String> {
        let (texts, totals) = (&self.editing, plan.totals());
        let limited = plan.dates.iter().filter(|date| date.capacity.is_some()).count();
        let some = |n: usize, said: fn(&Editing, usize) -> String| (n > 0).then(|| said(texts, n));
        let said = plan.is_said_otherwise.then(|| texts.said.to_owned());
        let numbers = [
            some(totals.changed, |texts, n| texts.changed(n)),
            some(totals.called_off, |texts, n| texts.called_off(n)),
            some(totals.extra, |texts, n| texts.extra(n)),
            some(totals.made, |texts, n| texts.made(n)),
            some(limited, |texts, n| texts.limited(n)),
        ];
        let mut all: Vec<String> = said.into_iter().chain(numbers.into_iter().flatten()).collect();
        if all.is_empty() && plan.is_other_later {
            all.push(texts.later.to_owned());
        }
        all
    }

    /// What an edit would do to one date, and to what of it.
    #[must_use]
    pub fn planned_date(&self, date: &DatePlan, today: LocalDate) -> (String, Vec<String>) {
        let texts = &self.editing;
        let when = |range| format::staff_when(self.language, range, today);
        let said = match date.fate {
            Fate::Changed if date.range == date.was => texts.row_same(when(date.was)),
            Fate::Changed if date.range.start().date() == date.was.start().date() => {
                texts.row_changed(when(date.was), format::staff_range(date.range))
            }
            Fate::Changed => texts.row_changed(when(date.was), when(date.range)),
            Fate::CalledOff => texts.row_called_off(when(date.was)),
            Fate::Extra => texts.row_extra(when(date.was)),
            Fate::Same | Fate::Off => texts.row_same(when(date.was)),
        };
        let limit = date.capacity.map(|limit| limit.heads.map_or(texts.no_limit.to_owned(), |n| texts.limit(n)));
        let over = date.capacity.filter(|limit| limit.over_by > 0).map(|limit| texts.over(limit.over_by));
        let elsewhere = date.is_elsewhere.then(|| texts.elsewhere.to_owned());
        let own = date.keeps_own.then(|| texts.keeps_own.to_owned());
        (said, [elsewhere, limit, over, own].into_iter().flatten().collect())
    }

    fn sentences(&self, said: &[String]) -> String {
        match self.language {
            super::Language::ZhCn => said.concat(),
            super::Language::En => said.join(" "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{MinuteOfDay, TimeRange};
    use crate::words::{Language, words};

    #[test]
    fn one_message_says_all_that_has_become_of_ones_dates() {
        let on: LocalDate = "2026-12-01".parse().expect("a date");
        let start = on.at(MinuteOfDay::hm(10, 0).expect("a time"));
        let range = TimeRange::new(start, start.plus_minutes(60)).expect("a range");
        let said = |language, changed, called_off| {
            let body = NoticeBody::SeriesChanged {
                occurrence: "0192f0c1-2a3b-8c4d-8e5f-0000000000cc".parse().expect("an id"),
                title: "晨练".parse().expect("a title"),
                from: range,
                range,
                place: "广场".parse().expect("a place"),
                changed,
                called_off,
                reason: None,
            };
            words(language).series_changed(&body, on)
        };
        for (changed, called_off, zh) in [
            (1, 0, "「晨练」改了：12月1日 周二 上午10:00–11:00，广场。名额都给您留着，来不了请取消报名。"),
            (
                3,
                1,
                "「晨练」改了：12月1日 周二 上午10:00–11:00，广场。您报的另外2场也改了。您报的有1场不办了。名额都给您留着，来不了请取消报名。",
            ),
            (0, 2, "「晨练」12月1日 周二 上午10:00–11:00那一场不办了。您报的另外1场也不办。"),
        ] {
            assert_eq!(said(Language::ZhCn, changed, called_off).as_deref(), Some(zh));
        }
        let moved = DatePlan {
            id: "0192f0c1-2a3b-8c4d-8e5f-0000000000cc".parse().expect("an id"),
            fate: Fate::Changed,
            was: range,
            range: TimeRange::new(start.plus_minutes(90), start.plus_minutes(150)).expect("a range"),
            is_elsewhere: true,
            capacity: None,
            keeps_own: false,
            parties: Vec::new(),
        };
        let (row, facts) = words(Language::ZhCn).planned_date(&moved, on);
        assert_eq!((row.as_str(), facts), ("12月1日 周二 10:00–11:00 改到 11:30–12:30", vec!["换地点".to_owned()]));
        let english = said(Language::En, 2, 0).expect("said");
        assert!(english.contains("1 more of your dates has changed too. Your places are kept"), "{english}");
    }
}
