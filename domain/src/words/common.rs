//! Words of every screen: buttons, tabs, states, being offline, errors, the foot.

use super::template::catalogue;

catalogue! {
    /// Buttons, tabs and words of every screen.
    Common {
        app: "生活汇", "Life Hub";
        pair(a, b): "{a}，{b}", "{a}, {b}";
        tagline: "社区活动和公共空间", "Activities and spaces of your community";
        tab_activities: "活动", "Activities";
        tab_spaces: "空间", "Spaces";
        tab_me: "我的", "Mine";
        tab_messages: "消息", "Messages";
        tabs_label: "主要页面", "Main pages";
        desk: "工作台", "Desk";
        skip_to_content: "跳到内容", "Skip to content";
        mode_elder: "长辈版", "Large text";
        mode_standard: "换回 标准版", "Standard text";
        call: "打电话问社区", "Call the community";
        call_short: "打电话", "Call";
        call_number(phone): "打电话{phone}", "Call {phone}";
        help: "怎么用", "Help";
        undo: "撤销", "Undo";
        close: "关闭", "Close";
        back: "返回", "Back";
        save: "保存", "Save";
        saved: "已保存", "Saved";
        edit: "修改", "Edit";
        retry: "再试一次", "Try again";
        next: "下一步", "Next";
        fewer: "减少", "Fewer";
        increase: "增加", "More";
        share: "发给家人", "Share";
        copy_text: "复制文字", "Copy text";
        copied: "已复制", "Copied";
        search: "搜索", "Search";
        filter: "筛选", "Filter";
        choose_community: "选社区", "Choose a community";
        community: "社区", "Community";
        in_community(name): "在{name}", "In {name}";
        today: "今天", "Today";
        loading: "正在打开…", "Opening…";
        sign_in: "登录", "Sign in";
        sign_out: "退出登录", "Sign out";
        people(n): "{n}人", "{n} {n?person|people}";
        party(names, n): "{names} {n}人", "{names}, {n} {n?person|people}";
        minus_label(what): "{what}减少", "Fewer: {what}";
        plus_label(what): "{what}增加", "More: {what}";
        optional: "可以不填", "Optional";
        demo_label: "演示", "Demonstration";
        demo_band_short: "演示版 · 内容虚构", "Demo · made up";
        demo_band: "演示版：这里的人和活动都是虚构的", "Demo: people and activities are made up";
        page_title(page): "{page} · 生活汇", "{page} · Life Hub";
        new_tab: "在新页面打开", "Opens a new page";
        yesterday: "昨天", "Yesterday";
        tomorrow: "明天", "Tomorrow";
    }
}

catalogue! {
    /// The state words of chips; one list for the whole product.
    States {
        draft: "草稿", "Draft";
        saved_not_sent: "还没提交 · 已存手机", "Not sent yet, saved here";
        checking: "正在核对", "Checking";
        waiting_for_host: "等客厅主人答复", "Waiting for host";
        waitlisted(n): "候补第{n}位", "Waitlist no. {n}";
        answer_now: "有名额了，等您答复", "A place is held: please answer";
        lapsed: "名额让给别人了", "Passed on";
        offered(when): "有名额了 · {when}前确认", "Place offered, confirm by {when}";
        signed_up: "报名成功", "Confirmed";
        booked: "预约成功", "Confirmed";
        arrived: "已签到", "Checked in";
        refused: "没成功", "Not possible";
        called_off: "活动取消", "Cancelled";
        missed: "没来", "Missed";
        past: "已结束", "Over";
        withdrawn: "已取消报名", "Withdrawn";
        booking_cancelled: "预约已取消", "Booking cancelled";
        declined: "这次不行", "Declined";
        expired: "没等到答复", "No answer in time";
        full: "名额满了", "Full";
        left(n): "剩{n}个名额", "{n} left";
        closed: "报名结束", "Closed";
        walk_in: "不用报名", "No sign-up";
        not_open: "还没开始报名", "Not open yet";
        now: "正在进行", "Now";
    }
}

catalogue! {
    /// Being offline, unsent, undecided.
    Offline {
        offline: "没网", "Offline";
        to_send(n): "{n}条待提交", "{n} to send";
        band(n): "没网 · 已存手机{n}条", "Offline · {n} saved on this phone";
        tapped: "正在提交…", "Sending…";
        saved_sign_up: "已存在手机里，还没提交。名额还没占上，有网后自动提交。", "Saved on this phone, not sent yet. Your place is not reserved; we send it when you are online.";
        saved_booking: "已存在手机里，还没提交。这个时间还没占上，有网后自动提交。", "Saved on this phone, not sent yet. The time is not reserved; we send it when you are online.";
        saved_other: "已存在手机里，有网后自动提交。", "Saved on this phone; we send it when you are online.";
        last_known(time, n): "{time}时还剩{n}个名额。", "{n} {n?place was|places were} free at {time}.";
        answer_unknown: "正在跟服务器核对，请不要重复报名", "Checking with the server; no need to try again";
        may_be_full: "可能刚被别人报满", "It may have filled up";
        keep_asking: "继续等", "Keep asking";
        choose_other: "换一场", "Choose another";
        accepted(n): "报名成功，第{n}位", "Confirmed, no. {n}";
        sign_in_to_send(n): "登录过期了，登录后提交{n}项", "Signed out by now: sign in to send {n} {n?item|items}";
        expired: "登录过期了，登录后能看到新的", "Signed out by now: sign in for what is new";
        stale(when): "没网 · 这是{when}的安排", "Offline · as of {when}";
        as_of(when): "截至{when}", "As of {when}";
        as_of_offline(when): "截至{when} · 没网", "As of {when} · offline";
        back_online: "有网了", "Back online";
        wrong_account(n): "这台手机上有别的账号没提交的{n}项，登录那个账号后再提交。", "{n} unsent {n?item belongs|items belong} to another account on this phone; sign in with it to send.";
        page_absent: "这一页没取到", "This page did not arrive";
        page_absent_help: "信号弱或没网。别的页照常能用，有网了再试。", "Weak or no signal. The rest works as before; try again when you are online.";
        not_loaded: "这里还没在手机上存过，有网后再看。", "Not saved on this phone yet; have a look when you are online.";
    }
}

catalogue! {
    /// Pages and bands that say what went wrong, what is kept and what to do.
    Errors {
        not_found_title: "这个页面不在了", "No longer here";
        not_found: "可能已经取消，或者地址不对。回到活动看看，或打电话问社区。", "It may have been cancelled, or the address is wrong. Go back to the activities, or call the community.";
        forbidden_title: "这里只有工作人员能看", "Staff only";
        forbidden: "如果您是工作人员，请用登记过的手机号登录。", "If you are staff, sign in with the number that was registered.";
        fault(reference): "没处理成，不是您的问题（编号{reference}）。东西都在，我们会再试。", "We could not process this (ref {reference}). Nothing is lost; we will retry.";
        fault_page(reference): "没处理成，不是您的问题（编号{reference}）", "We could not do that (ref {reference})";
        fault_title: "没处理成", "That did not work";
        offline_title: "没网，打不开这一页", "Offline: this page cannot be opened";
        offline: "已存在手机里的活动和预约还能看。", "What is saved on this phone can still be seen.";
        no_answer: "没连上服务器。您填的都在，请再试一次。", "No answer from the server. What you entered is kept; please try again.";
        too_busy: "现在人多，稍等一会儿会自动再试。", "Very busy just now; we try again by ourselves in a moment.";
        storage_full: "手机存满了，没存下。请清理一些空间后再试。", "The phone is full, so this was not saved. Free some space and try again.";
        storage_cleared: "手机清理了缓存。要是有没提交的，已经找不回来了，请到「我的」看一看。", "Your phone cleared its storage. Anything that was not sent is lost; please look under \"Me\".";
        storage_lost(n): "手机清理了缓存，有{n}项没提交的找不回来了。请再报一次。", "Your phone cleared its storage; {n} unsent {n?item was|items were} lost. Please try again.";
        shared_phone: "没连上服务器，这一项没存下：不是您的手机，上面不存东西。有网时再点一次。", "No answer, and this was not saved: on a phone that is not yours nothing is kept. Try again when online.";
        storage_stuck: "手机存东西的地方没有反应。点这里重新打开，存下的都在。", "This phone's storage does not answer. Tap to open the page again; what was saved is kept.";
        not_saved: "手机没存下，请再试一次。还不行就重新打开这一页。", "This phone did not save it. Please try again; if that does not help, open the page again.";
        storage_refused: "这个浏览器不让存东西，没网时看不了。", "This browser does not allow storage, so nothing can be seen offline.";
        app_broken_title: "这一页出了错", "This page broke";
        app_broken: "存在手机里的都在。请重新打开。", "What is saved on this phone is kept. Please open it again.";
        reload: "重新打开", "Open again";
        browser_too_old: "这个浏览器太旧，打不开。换一个浏览器，或打电话问社区。", "This browser is too old. Use another one, or call the community.";
        home: "回到活动", "Back to activities";
        field_empty: "请填这一项", "Please fill this in";
        field_too_long(max): "请写短一些，最多{max}个字", "Please shorten it to {max} characters";
        field_unprintable: "里面有显示不出来的字符，请删掉", "Please remove the characters that cannot be shown";
        field_form: "请再看看这一项填得对不对", "Please check this entry";
    }
}

catalogue! {
    /// The foot of public pages.
    Footer {
        operator(name): "主办：{name}", "Run by {name}";
        privacy: "隐私说明", "Privacy";
        accessibility: "无障碍说明", "Accessibility";
        complaints: "监督投诉", "Complaints";
        about: "关于", "About";
        source: "开放源代码", "Source code";
        language: "English", "中文";
        feed: "订阅日历", "Calendar feed";
        without_app: "打开完整版后可以报名和预约", "Open the full version to sign up and book";
    }
}

catalogue! {
    /// Calendar feeds and the heads of public pages.
    Feed {
        name(community): "{community} · 生活汇", "{community} · Life Hub";
        cancelled_title(title): "【已取消】{title}", "[Cancelled] {title}";
        moved_title(title): "【改期】{title}", "[Moved] {title}";
        moved_from(when): "原定{when}", "Was planned for {when}";
        part(name, place): "{name} · {place}", "{name} · {place}";
        own_name: "我的活动和预约 · 生活汇", "My activities and bookings · Life Hub";
        waiting_title(title): "【候补】{title}", "[Waitlist] {title}";
        asked_title(title): "【等答复】{title}", "[Not confirmed] {title}";
        agenda_of(community): "{community}的活动安排", "Activities in {community}";
        spaces_of(community): "{community}的公共空间", "Spaces in {community}";
    }
}
