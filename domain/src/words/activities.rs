//! Words of the list of activities, the month picker, a date's page and the sign-up sheet.

use super::Words;
use super::template::catalogue;
use crate::agenda::Filter;
use crate::sync::View;

catalogue! {
    /// The list of activities.
    List {
        title: "活动", "Activities";
        all: "全部", "All";
        mine: "我报的", "Mine";
        for_children: "适合孩子", "For children";
        team: "团队", "Team";
        space: "场地", "Venue";
        any_team: "全部团队", "All teams";
        any_space: "全部场地", "All venues";
        filters_label: "筛选活动", "Filter activities";
        clear_filters: "清除筛选", "Clear filters";
        show_none: "没有符合的活动", "Nothing matches";
        show_filtered(n): "看{n}场活动", "Show {n} {n?activity|activities}";
        list: "列表", "List";
        week: "周历", "Week";
        month: "月历", "Month";
        views_label: "怎么看", "How to show";
        open_month: "打开月历", "Open the month";
        go_today: "回到今天", "Back to today";
        previous_day: "前一天", "Previous day";
        next_day: "后一天", "Next day";
        week_strip: "选一天", "Choose a day";
        earlier(n): "前面{n}场", "{n} earlier";
        later: "再看后面的", "Show later days";
        count(n): "{n}场", "{n} {n?activity|activities}";
        empty_day: "今天没有活动", "Nothing today";
        empty_day_next(day, n): "今天没有活动 · {day}有{n}场", "Nothing today · {n} on {day}";
        empty_that_day(day): "{day}没有活动", "Nothing on {day}";
        next_with(day, n): "{day}有{n}场", "{n} on {day}";
        empty_mine: "还没有报名。看看今天的活动", "Nothing yet. See today's activities";
        empty_filter(filters): "没有「{filters}」的活动", "Nothing for \"{filters}\"";
        empty_community: "这个社区还没有活动。可以先看看别的社区", "No activities in this community yet. Have a look at the others";
        empty_results(q): "没找到「{q}」。换个词，或打电话问社区", "Nothing for \"{q}\". Try another word or call";
        search_label: "搜活动、空间、团队", "Search activities, spaces, teams";
        first_load: "正在取活动安排…", "Fetching the activities…";
        signed_up_mark: "我报了", "I'm in";
    }
}

catalogue! {
    /// The month picker.
    Month {
        title: "选一天", "Choose a day";
        previous: "上个月", "Previous month";
        next: "下个月", "Next month";
        this_month: "本月", "This month";
        grid_label(month): "{month}月历", "Calendar of {month}";
        none: "没有活动", "No activities";
        chosen: "已选", "Chosen";
        previous_week: "上一周", "Previous week";
        next_week: "下一周", "Next week";
        week_label(range): "{range}的一周", "Week of {range}";
        unknown: "没取到", "Not here";
        known_from(date): "这里只有{date}以后的活动。", "Only activities from {date} on are kept here.";
        known_until(date): "活动安排取到{date}为止，再往后的到时候再看。", "Activities are known until {date}; have a look again later.";
    }
}

catalogue! {
    /// One date of an activity.
    OccurrencePage {
        when: "什么时候", "When";
        where_: "在哪里", "Where";
        who: "谁能来", "Who";
        places: "名额", "Places";
        team: "谁办的", "By";
        about: "说明", "About";
        phone: "电话", "Phone";
        other_dates: "其他场次", "Other dates";
        no_limit: "不限人数", "No limit";
        left_of(n, total): "剩{n}个名额，共{total}个", "{n} of {total} left";
        all_taken(total): "{total}个名额已满", "All {total} places taken";
        waiting(n): "{n}家候补", "{n} {n?party|parties} waiting";
        signed_up(n): "已报{n}人", "{n} signed up";
        sign_up: "我要报名", "Sign up";
        sign_up_wait(n): "候补（前面{n}家）", "Join waitlist ({n} ahead)";
        walk_in: "不用报名，直接来", "No sign-up, just come";
        opens(when): "{when}开始报名", "Opens {when}";
        remind: "提醒我", "Remind me";
        closed_call(team, phone): "报名时间过了。可以打电话问{team}：{phone}", "Sign-up has closed. Call {team}: {phone}";
        full_ask(n): "名额满了。要不要候补？前面{n}家。", "Full. Join the waitlist? {n} {n?party|parties} ahead.";
        clash(title): "您同一时间已报「{title}」。", "You are already going to \"{title}\" then.";
        clash_replace: "换掉它", "Replace";
        clash_leave: "两个都不动", "Leave both";
        closes(when): "{when}报名结束", "Closes {when}";
        closed: "报名结束", "Closed";
        full: "名额满了", "Full";
        over: "这一场已经结束", "This date is over";
        called_off: "这一场取消了", "This date is cancelled";
        called_off_why(why): "这一场取消了：{why}", "This date is cancelled: {why}";
        mine_title: "我的报名", "My sign-up";
        seat(n): "报名成功 · 第{n}位", "Confirmed · no. {n}";
        on_list(n): "名单上第{n}位", "No. {n} on the list";
        waitlisted(n): "候补第{n}位，前面的人不来就轮到您，会给您发消息。", "Waitlist no. {n}. When places come free we tell you.";
        withdraw: "取消报名", "Cancel my place";
        withdraw_some: "有人不去了", "Someone can't come";
        withdraw_title: "不去了？", "Not coming?";
        withdraw_who: "谁不去了？", "Who isn't coming?";
        withdraw_confirm(n): "取消{n}人的报名", "Cancel for {n} {n?person|people}";
        withdraw_queue(n): "后面有{n}家在等，取消后名额马上给他们，不能恢复。", "{n} are waiting; your place goes to them at once.";
        withdraw_free: "名额会让给别人，再报不一定还有。", "Your place becomes free for others; there may be none left later.";
        running(until): "正在进行，到{until}。去不了请打电话。", "On now, until {until}. If you can't come, please call.";
        keep: "还是去", "Keep it";
        withdrawn: "已取消报名", "Your place is cancelled";
        add_to_calendar: "加入手机日历", "Add to calendar";
        read_aloud: "读给我听", "Read aloud";
        stop_reading: "停止朗读", "Stop reading";
        directions: "看地图", "Map";
        share_text(title, when, where_): "{when} {title}，{where_}。", "{title}, {when}, {where_}.";
        check_in_code: "签到码", "Check-in code";
        space_link: "看这个空间", "See this space";
    }
}

catalogue! {
    /// Looking for something.
    Search {
        title: "搜一搜", "Search";
        hint: "可以打汉字，也可以打拼音的第一个字母：找广场舞就打gcw。", "Type a part of a name, or the first letters of its pinyin.";
        dates: "活动", "Activities";
        spaces: "空间", "Spaces";
        found(n): "找到{n}个", "{n} found";
    }
}

catalogue! {
    /// The seven festivals.
    Festivals {
        title: "我们的节日", "Our festivals";
        intro: "一年七个节，社区一起过。", "Seven festivals a year that we keep together.";
        going_on: "正在过节", "Going on now";
        today: "就是今天", "Today";
        tomorrow: "就在明天", "Tomorrow";
        days_left(n): "还有{n}天", "in {n} {n?day|days}";
        none: "还没有活动安排", "Nothing planned yet";
        later: "日子还远，快到时再来看活动。", "A while to go; activities appear nearer the time.";
        see_days: "看这几天的活动", "See activities of these days";
    }
}

catalogue! {
    /// A date to print and pin up.
    Poster {
        make: "做海报", "Make a poster";
        scan: "用手机扫一扫，看详情", "Scan with your phone for more";
        scan_sign_up: "用手机扫一扫，看详情、报名", "Scan with your phone to read more and sign up";
        print: "打印", "Print";
        how: "打印成一张A4纸，贴在楼道里。手机上可以截屏发到群里。", "Print it on one A4 sheet for the stairwell, or send a screenshot of it.";
        code_absent: "没网，二维码没取到。有网时再打开这一页。", "Offline: the code did not arrive. Open this page again when you are online.";
    }
}

catalogue! {
    /// The sheet that signs up a party.
    SignUpSheet {
        title: "谁去？", "Who is coming?";
        confirm(n): "确认报名{n}人", "Sign up {n} {n?person|people}";
        confirm_wait(n): "{n}人一起候补", "Join waitlist, {n} {n?person|people}";
        summary(n, left): "{n}人 · 剩{left}个名额", "{n} {n?person|people} · {left} left";
        summary_no_limit(n): "{n}人 · 不限人数", "{n} {n?person|people} · no limit";
        wait_summary(n): "名额不够，一家人一起候补，前面{n}家", "Not enough places: your party waits together, {n} ahead";
        add_person: "加家人", "Add family";
        for_name(name): "帮{name}报名", "Sign up {name}";
        guardian: "要有大人陪", "With a guardian";
        guardian_counts: "陪孩子的大人也占名额", "The adult who comes along takes a place too";
        guardian_needed: "孩子要有大人陪，请选一位大人", "Children come with an adult; choose one";
        child_needed(from, to): "请选一个{from}–{to}岁的孩子", "Choose a child aged {from}–{to}";
        why_age(from, to): "要{from}–{to}岁", "Ages {from}–{to} only";
        why_birth_month: "先填出生年月", "Add the month of birth first";
        why_seniors: "要满60岁", "60 and over only";
        why_adults: "只限成人", "Adults only";
        why_already: "已经报了", "Already in";
        too_many(max): "一次最多报{max}人", "At most {max} in one party";
        choose_someone: "请选要去的人", "Choose who is coming";
        clash(who, what, when): "时间撞上了：{who}报过「{what}」，{when}", "At the same time: {what}, {when} ({who})";
        clash_booking(what, when): "时间撞上了：您约过{what}，{when}", "At the same time: your booking of {what}, {when}";
    }
}

impl Words {
    /// The names of what a filter asks for, as its chips and choices show them.
    #[must_use]
    pub fn filter_names(&self, filter: &Filter, view: &View) -> Vec<String> {
        let list = &self.list;
        let team = filter.team.and_then(|id| view.teams.get(&id)).map(|team| team.row.name.to_string());
        let space = filter.space.and_then(|id| view.spaces.get(&id)).map(|space| space.row.name.to_string());
        [
            filter.mine.then(|| list.mine.to_owned()),
            filter.for_children.then(|| list.for_children.to_owned()),
            filter.category.map(|category| self.category(category).to_owned()),
            team,
            space,
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
