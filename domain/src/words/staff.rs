//! Words of the desk, a team's page, publishing, the roster and check-in.

use super::template::catalogue;

catalogue! {
    /// The hosts' desk.
    Desk {
        title(place): "工作台：{place}", "Desk: {place}";
        today: "今天", "Today";
        requests: "申请", "Requests";
        request_count(n): "{n}个申请等您答复", "{n} {n?request|requests} to answer";
        no_requests: "没有要答复的申请", "No requests to answer";
        nothing_today: "今天没有预约", "No bookings today";
        now(time): "现在{time}", "Now {time}";
        approve: "同意", "Approve";
        decline: "婉拒", "Decline";
        other_time: "换时间", "Other time";
        arrived: "到了", "Arrived";
        finish: "结束", "Finish";
        arrived_at(time): "{time}到的", "Arrived {time}";
        decline_title: "为什么婉拒？", "Why not?";
        decline_send: "婉拒并告诉对方", "Decline and tell them";
        decline_keep: "先不答复", "Answer later";
        reason_taken: "这个时间另有安排", "Needed for something else then";
        reason_people: "人数太多，坐不下", "Too many people for the room";
        reason_closed: "那天不开门", "Closed that day";
        reason_repair: "设备在修", "Under repair";
        reason_call: "请打电话商量", "Please call so that we find a way";
        reason_own: "自己写", "Write your own";
        reason_needed: "请选一个原因，对方会看到", "Choose a reason; the resident reads it";
        answer_by(when): "{when}前答复", "Answer by {when}";
        overdue: "过了时间没答复，已经放开", "Not answered in time; released";
        party(name, tail): "{name} 尾号{tail}", "{name}, ending in {tail}";
        cancel: "取消这个预约", "Cancel this booking";
        cancel_short: "取消", "Cancel";
        cancel_note: "对方会收到消息和原因。", "The resident is told, with the reason.";
        free_gap(duration): "空闲{duration}", "Free for {duration}";
        walk_in: "现场登记", "Walk-in";
        open: "开门", "Open";
        close: "关门", "Close";
        activity_here: "活动", "Activity";
        held: "已占", "Held";
        choose_space: "选空间", "Choose a space";
        previous_day: "前一天", "Previous day";
        next_day: "后一天", "Next day";
        time_left(duration): "还剩{duration}", "{duration} left";
        approve_of(who): "同意：{who}", "Approve: {who}";
        decline_of(who): "婉拒：{who}", "Decline: {who}";
        arrived_of(who): "到了：{who}", "Arrived: {who}";
        cancel_of(who): "取消预约：{who}", "Cancel booking: {who}";
        roster_of(what): "名单：{what}", "Roster: {what}";
        cancel_title: "为什么取消？", "Why cancel?";
        cancel_send: "取消并告诉对方", "Cancel and tell them";
        keep: "先不动", "Leave it";
        other_reason: "想说的话", "Your words";
        requests_title: "等您答复", "Waiting for your answer";
        timeline_of(space): "{space}的安排", "The day in {space}";
        closed: "不开放", "Closed";
        closed_why(why): "不开放：{why}", "Closed: {why}";
        no_bookings: "这一天没有预约", "No bookings that day";
        approved: "已同意", "Approved";
        declined: "已回绝", "Declined";
        signed_up(n): "报名{n}人", "{n} signed up";
        choose_day: "选一天", "Choose a day";
        back_to_today: "回到今天", "Back to today";
        elsewhere(name): "看{name}的工作台", "Go to the desk of {name}";
        check_in_from(time): "{time}起可以签到", "Check-in opens: {time}";
        not_host: "您还不是客厅主人。要开通，请打电话问社区", "You are not a host yet. Call the community to become one";
    }
}

catalogue! {
    /// A team.
    TeamPage {
        coming: "接下来的活动", "Next dates";
        no_dates: "还没有安排活动", "Nothing planned yet";
        leaders: "负责人", "Leaders";
        phone: "电话", "Phone";
        publish: "发布活动", "Publish an activity";
        again: "再办一次", "Do it again";
        roster: "名单", "Roster";
        my_teams: "我的团队", "My teams";
        taken_of(n, total): "报了{n}人，共{total}个名额", "{n} of {total} taken";
        waiting(n): "{n}家候补", "{n} waiting";
        last_time(when): "上次：{when}", "Last time: {when}";
        again_hint: "内容都填好了，改一下日期就能发布", "Everything is filled in; just change the date";
        taken(n): "报了{n}人", "{n} signed up";
        walk_in: "不用报名", "No sign-up";
        edit_again: "改一改再发布", "Change and publish again";
        see_desk: "回工作台", "Back to the desk";
        dates_label: "接下来的场次", "Coming dates";
        not_editor: "您还不是团队负责人。要开通，请打电话问社区", "You do not lead a team yet. Call the community";
    }
}

catalogue! {
    /// Publishing an activity.
    Publish {
        title: "发布活动", "Publish an activity";
        publish: "发布", "Publish";
        draft: "存草稿", "Save draft";
        draft_kept: "草稿已存在这台手机里", "Draft saved on this phone";
        what: "什么活动", "What";
        what_help: "比如：淮剧教唱", "For example: opera singing";
        category: "哪一类", "Category";
        when: "什么时候", "When";
        date: "哪一天", "Date";
        time: "几点开始", "Starts at";
        length: "多长时间", "How long";
        choose_date: "选日期", "Choose a date";
        until: "到哪一天为止", "Until";
        where_: "在哪里", "Where";
        our_space: "社区的空间", "One of our spaces";
        other_place: "别的地方", "Somewhere else";
        place_help: "比如：南门广场", "For example: South Gate square";
        how_many: "多少人", "How many";
        no_limit: "不限", "No limit";
        capacity: "名额", "Places";
        party_max: "一家最多几人", "Most per party";
        sign_up: "怎么报名", "Sign-up";
        walk_in: "不用报名，直接来", "No sign-up, just come";
        with_sign_up: "要报名", "With sign-up";
        who: "谁能来", "Who";
        child_ages: "孩子年龄", "Children's ages";
        from_age: "最小", "Youngest";
        to_age: "最大", "Oldest";
        about: "说明", "About";
        preview(when, where_, people): "{when} {where_} · {people}", "{when}, {where_} · {people}";
        published: "发布了", "Published";
        scope_this: "只改这一次", "This one";
        scope_following: "这次和以后", "This and following";
        scope_all: "全部", "All";
        poster: "做海报", "Poster";
        offline: "有网后发布", "Published when online";
        clash(dates): "{dates}这个空间已经有人用了", "The space is taken on {dates}";
        category_first: "请选哪一类", "Choose a category";
        date_first: "请选日期", "Choose the date";
        place_first: "请写在哪里", "Say where it is";
        name: "标题", "Title";
        name_first: "请写活动名字", "Say what it is called";
        day_chip(weekday, day): "{weekday} {day}日", "{weekday} {day}";
        category_label: "选一类", "Choose a category";
        ends_at(time): "到{time}结束", "Ends at {time}";
        day_label: "选哪一天", "Choose the day";
        until_first: "请选最后一天", "Choose the last day";
        which_space: "哪个空间", "Which space";
        place: "地点", "Place";
        people_max(n): "{n}人", "{n} people";
        own_number: "自己填", "Other number";
        capacity_first: "请填人数，至少1人", "Enter a number of at least 1";
        ages_wrong: "最小年龄不能比最大的大", "The youngest can't be older than the oldest";
        clash_other: "请换个时间，或换个地方", "Choose another time or place";
        time_first: "请选开始时间", "Choose when it starts";
        party_count(n): "{n}人", "{n} {n?person|people}";
        to_fix(n): "还有{n}处要填", "{n} {n?entry|entries} to fill in";
        draft_restored: "接着上次没发布的写", "Going on with your draft";
        start_over: "清空重写", "Start over";
        copied_from(when): "照{when}那次填的", "Filled in from {when}";
    }
}

catalogue! {
    /// Who comes, and checking them in.
    Roster {
        title: "名单", "Roster";
        confirmed(parties, n): "报上的 · {parties}家{n}人", "With a place: {parties} {parties?party|parties}, {n} {n?person|people}";
        offered(parties, n): "有名额、等答复 · {parties}家{n}人", "Offered a place: {parties} {parties?party|parties}, {n} {n?person|people}";
        waiting(parties, n): "候补 · {parties}家{n}人", "Waitlist: {parties} {parties?party|parties}, {n} {n?person|people}";
        cancelled: "取消的", "Cancelled";
        empty: "还没有人报名", "Nobody has signed up yet";
        count(n, total): "{n}/{total}", "{n}/{total}";
        arrived_count(n, total): "到了{n}人，共{total}人", "{n} of {total} arrived";
        arrived_beside(n): "另有现场来的{n}人", "and {n} at the door";
        seat(n): "第{n}位", "No. {n}";
        tail(tail): "尾号{tail}", "Ending in {tail}";
        check_in: "到了", "Arrived";
        checked_in: "已签到", "Checked in";
        checked_in_at(time): "{time}签到", "Checked in {time}";
        not_yet: "没到", "Not yet";
        scan: "扫码签到", "Scan";
        i_am_here: "我到了", "I'm here";
        twice: "已经签过", "Already in";
        wrong: "不是这一场", "Not this one";
        call_off: "停一次", "Call off once";
        call_off_title: "这一次不办了？", "Call this date off?";
        call_off_note(n): "{n}家报了名，都会收到消息。开始以前还能恢复。", "{n} {n?party|parties} will be told. Until it would begin you can hold it after all.";
        call_off_none: "还没有人报名。开始以前还能恢复。", "Nobody has signed up. Until it would begin you can hold it after all.";
        call_off_reason: "为什么？大家会看到", "Why? Everybody reads it";
        reason_rain: "下雨", "Rain";
        reason_ill: "老师有事", "The teacher can't come";
        reason_few: "人太少", "Too few people";
        reason_room: "场地用不了", "The room is not available";
        call_off_confirm: "停办这一次", "Call it off";
        keep: "照常办", "Keep it";
        called_off: "这一次已停办", "This date is called off";
        cancel_all: "全部取消", "Cancel all";
        told(n): "已告诉{n}家", "{n} {n?party was|parties were} told";
        print: "打印名单", "Print";
        check_in_from(when): "{when}起可以签到", "Check-in opens: {when}";
        check_in_of(who): "到了：{who}", "Arrived: {who}";
        call_off_own: "想说的话（可以不填）", "Your words (optional)";
        is_called_off: "这一次已停办", "This date is called off";
        is_called_off_why(why): "这一次已停办：{why}", "This date is called off: {why}";
        see_page: "看活动页", "See the activity";
        withdrawn: "已取消", "Withdrawn";
        waiting_no(n): "候补第{n}位", "Waitlist no. {n}";
        all_arrived: "都到了", "Everybody is here";
        hint: "名单只给负责人看，请不要转发", "For the leaders only; please do not pass it on";
    }
}
