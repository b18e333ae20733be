//! Words of the list of spaces, a space's page and the booking sheet.

use super::template::catalogue;
use super::{Words, format};
use crate::space::{Closure, OpeningHours, open_ranges};
use crate::time::Timestamp;

catalogue! {
    /// The list of spaces.
    SpacesList {
        title: "空间", "Spaces";
        all_kinds: "全部", "All";
        next_free: "最近有空", "Next free";
        free_at(when): "最近有空：{when}", "Next free: {when}";
        full_today: "今天约满了", "Booked out today";
        full_next(when): "今天约满了 · 最近：{when}", "Booked out today · next: {when}";
        none_free: "近期没有空", "No free times soon";
        open: "开放中", "Open";
        hours_today(hours): "今天 {hours}", "Today, {hours}";
        now(state): "现在：{state}", "Now: {state}";
        opens_at(time): "{time}开门", "Opens at {time}";
        closed_today: "今天不开放", "Closed today";
        closed_why(why): "今天不开放：{why}", "Closed: {why}";
        host: "客厅主人", "Host";
        heads(n): "最多{n}人", "Up to {n} people";
        empty: "这个社区还没有可以约的空间。可以看看别的社区", "No spaces to book in this community yet. Have a look at the others";
        empty_kind: "没有这一类空间。看看全部", "None of this kind. See all";
        book_time(time, space): "约{space}，{time}", "Book {space}, {time}";
        kinds_label: "选哪一类空间", "Choose a kind of space";
        open_now: "现在开放", "Open now";
        first_load: "正在取空间…", "Fetching the spaces…";
        closed_for_today: "今天已经关门", "Closed for today";
        today_free: "今天还能约：", "Still free today:";
        show_none: "没有符合的空间", "Nothing matches";
        show_filtered(n): "看{n}个空间", "Show {n} {n?space|spaces}";
        see_all: "看全部", "See all";
        empty_filter: "没有符合的空间。换个条件看看", "Nothing matches. Try other filters";
    }
}

catalogue! {
    /// One space.
    SpacePage {
        address: "地址", "Address";
        access: "怎么进", "Access";
        equipment: "有什么", "Equipment";
        rules: "使用约定", "House rules";
        hosts: "客厅主人", "Hosts";
        hours: "开放时间", "Opening hours";
        closed_day: "不开放", "Closed";
        phone: "电话", "Phone";
        choose_day: "选一天", "Choose a day";
        choose_time: "选时间", "Choose a time";
        morning: "上午", "Morning";
        afternoon: "下午", "Afternoon";
        evening: "晚上", "Evening";
        slot_until(time): "到{time}", "until {time}";
        taken: "已约", "Taken";
        mine: "我约的", "Mine";
        too_soon: "来不及了", "Too soon";
        too_far: "还没开放", "Not yet";
        heads_left(n): "还能来{n}人", "Room for {n}";
        free: "有空", "Free";
        slot_label(time, state): "{time}，{state}", "{time}, {state}";
        day_full: "这一天约满了", "Booked out that day";
        day_over: "这一天已经过去了", "That day is over";
        day_closed: "这一天不开放", "Closed that day";
        day_closed_why(why): "这一天不开放：{why}", "Closed that day: {why}";
        next_free(when): "最近有空：{when}", "Next free: {when}";
        by_host(duration): "要客厅主人同意，{duration}内答复", "Needs the host's agreement, answered within {duration}";
        instant: "约上就算数", "Confirmed at once";
        shared: "可以几家一起用", "Shared with other families";
        ages(from, to): "适合{from}–{to}岁的孩子，要有大人陪", "For children aged {from}–{to} with a guardian";
        may_change: "没网，时间可能有变化", "Offline: times may have changed";
        activities_here: "这里的活动", "Activities here";
        hosts_are(names): "客厅主人：{names}", "Hosts: {names}";
        about: "介绍", "About";
        call_space(phone): "打电话问：{phone}", "Call {phone}";
        waiting: "等答复", "Waiting";
        unsent: "待提交", "Not sent";
        length_between(from, to): "一次可以约{from}到{to}", "{from} to {to} at a time";
        length_exactly(length): "一次约{length}", "{length} at a time";
        notice(length): "至少提前{length}约", "Book at least {length} ahead";
        ahead(n): "最多提前{n}天约", "Up to {n} days ahead";
        groups(n): "同时最多{n}家", "Up to {n} {n?party|parties} at once";
        open_max(n): "一家最多同时约{n}次", "At most {n} open {n?booking|bookings} per household";
        check_in: "来了请找客厅主人签到，没签到算没来", "Have the host check you in; otherwise it counts as missed";
        per_adult(n): "一位大人最多带{n}个孩子", "One adult for every {n} {n?child|children}";
        hours_between(from, to): "{from}–{to}", "{from}–{to}";
        times_of(day): "{day}的时间", "Times on {day}";
    }
}

catalogue! {
    /// The sheet that books a space, and what shows one's own booking.
    BookingSheet {
        title(space): "约{space}", "Book {space}";
        book: "预约", "Book";
        request: "申请预约", "Ask to book";
        length: "多长时间", "How long";
        shorter: "短一点", "Shorter";
        longer: "长一点", "Longer";
        people: "几个人来", "How many";
        adults: "大人", "Adults";
        children: "孩子", "Children";
        people_count(a, c): "大人{a}位、孩子{c}位", "{a} {a?adult|adults}, {c} {c?child|children}";
        adults_count(a): "大人{a}位", "{a} {a?adult|adults}";
        bring_children: "带孩子来？", "Bringing children?";
        which_children: "哪个孩子来？", "Which children?";
        answer_within(duration): "客厅主人{duration}内答复", "The host answers within {duration}";
        purpose: "做什么用", "What for";
        note: "给客厅主人留句话", "A word to the host";
        requested: "已提交，等客厅主人答复", "Sent, waiting for the host";
        requested_by(when): "已提交，客厅主人{when}前答复", "Sent; the host answers by {when}";
        booked: "预约成功", "Booked";
        taken_now: "这个时间刚被别人约走。", "Just taken.";
        alternatives: "这些时间有空", "These times are free";
        alternative_same(time): "同一间 {time}有空", "Same room free at {time}";
        alternative_other(space, time): "{space} {time}有空", "{space} free at {time}";
        cancel: "取消预约", "Cancel booking";
        cancel_note: "取消后这个时间马上让给别人。", "The time becomes free for others at once.";
        keep: "还是去", "Keep it";
        cancelled: "预约已取消", "Booking cancelled";
        reason(why): "原因：{why}", "Reason: {why}";
        my_booking: "我的预约", "My booking";
        add_child_first: "先在「家人」里加上孩子", "Add your child under Family first";
        add_child: "加孩子", "Add a child";
        count(n): "{n}位", "{n}";
        sign_in_first: "登录后预约", "Sign in to book";
        sign_in_note: "时间给您留在这一页，登录后接着约。", "Your choice stays on this page while you sign in.";
        note_help: "比如：会带一个蛋糕", "For example: we bring a cake";
        cancel_title: "不去了？", "Not coming?";
        cancelling: "取消预约", "Cancelling";
        declined: "客厅主人说这次不行", "The host said no this time";
        cancelled_by_host: "客厅主人取消了这次预约", "The host cancelled this booking";
        expired: "没等到答复，时间已经放开。可以重新约", "No answer in time; the time is free again. Please book anew";
        show_on_page: "看我约的这一次", "See my booking";
    }
}

impl BookingSheet {
    /// Who comes; children are named only where there are any.
    #[must_use]
    pub fn visitors(&self, adults: u16, children: u16) -> String {
        if children == 0 { self.adults_count(adults) } else { self.people_count(adults, children) }
    }
}

/// What stands on the door of a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// Whether it is open at this moment.
    pub is_open: bool,
    /// The facts, each a whole: 开放中, then 今天 上午9:00–中午12:00、下午5:00–晚上9:00.
    pub facts: Vec<String>,
}

impl Words {
    /// Whether a space is open at `now`, with all of today's hours: the end of the morning alone would read as the end
    /// of the day.
    #[must_use]
    pub fn door(&self, hours: &OpeningHours, closures: &[Closure], now: Timestamp) -> Door {
        let texts = &self.spaces;
        let today = open_ranges(hours, closures, now.date());
        let is_open = today.iter().any(|range| range.contains(now));
        let next = today.iter().find(|range| range.start() > now);
        let closure = closures.iter().find(|closure| closure.range.contains(now));
        let state = match (next, closure) {
            _ if is_open => texts.open.to_owned(),
            (Some(range), _) => texts.opens_at(format::time(self.language, range.start().minute_of_day())),
            (None, Some(closure)) => texts.closed_why(&closure.reason),
            (None, None) if today.is_empty() => texts.closed_today.to_owned(),
            (None, None) => texts.closed_for_today.to_owned(),
        };
        let said: Vec<String> = today.iter().map(|range| format::time_range(self.language, *range)).collect();
        let is_of_use = is_open || next.is_some();
        let hours = is_of_use.then(|| texts.hours_today(format::list(self.language, &said)));
        Door { is_open, facts: [Some(state), hours].into_iter().flatten().collect() }
    }
}
