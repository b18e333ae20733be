//! Words of the list of spaces, a space's page and the booking sheet.

use super::template::catalogue;

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
        open_until(time): "开放中 · 到{time}", "Open until {time}";
        opens_at(time): "{time}开门", "Opens at {time}";
        closed_today: "今天不开放", "Closed today";
        closed_why(why): "今天不开放：{why}", "Closed: {why}";
        host: "客厅主人", "Host";
        heads(n): "最多{n}人", "Up to {n} people";
        empty: "这个社区还没有可以约的空间。可以看看别的社区", "No spaces to book in this community yet. Have a look at the others";
        empty_kind: "没有这一类空间。看看全部", "None of this kind. See all";
        book_time(time, space): "约{space}，{time}", "Book {space}, {time}";
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
        heads_left(n): "还能来{n}人", "Room for {n}";
        free: "有空", "Free";
        slot_label(time, state): "{time}，{state}", "{time}, {state}";
        day_full: "这一天约满了", "Booked out that day";
        day_closed: "这一天不开放", "Closed that day";
        day_closed_why(why): "这一天不开放：{why}", "Closed that day: {why}";
        next_free(when): "最近有空：{when}", "Next free: {when}";
        by_host(duration): "要客厅主人同意，{duration}内答复", "The host answers within {duration}";
        instant: "约上就算数", "Confirmed at once";
        shared: "可以几家一起用", "Shared with other families";
        ages(from, to): "适合{from}–{to}岁的孩子，要有大人陪", "For children aged {from}–{to} with a guardian";
        may_change: "没网，时间可能有变化", "Offline: times may have changed";
        activities_here: "这里的活动", "Activities here";
    }
}

catalogue! {
    /// The sheet that books a space, and what shows one's own booking.
    BookingSheet {
        title(space): "约{space}", "Book {space}";
        book: "预约", "Book";
        request: "提交申请", "Send request";
        length: "多长时间", "How long";
        shorter: "短一点", "Shorter";
        longer: "长一点", "Longer";
        people: "几个人来", "How many";
        adults: "大人", "Adults";
        children: "孩子", "Children";
        people_count(a, c): "大人{a}个，孩子{c}个", "{a} {a?adult|adults}, {c} {c?child|children}";
        adults_count(a): "大人{a}个", "{a} {a?adult|adults}";
        which_children: "哪个孩子来？", "Which children?";
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
    }
}
