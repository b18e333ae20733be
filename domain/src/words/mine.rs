//! Words of one's own pages: what is coming, family, outbox, messages, settings, help, signing in, consent.

use super::template::catalogue;
use super::{Words, format};
use crate::booking::BookingState;
use crate::change::{NoticeBody, PartyMember};
use crate::time::LocalDate;

catalogue! {
    /// One's own page.
    Me {
        title: "我的", "Mine";
        hello(name): "{name}，您好", "Hello, {name}";
        next: "下一场", "Next";
        coming: "要去的", "Coming up";
        waiting: "等结果的", "Waiting for an answer";
        past: "以前的", "Past";
        show_code: "出示签到码", "Show my code";
        code_hint: "给客厅主人或团队看这个", "Show this to the host or the team";
        empty: "还没有报名。看看今天的活动", "Nothing yet. See today's activities";
        start: "从这里开始", "Start here";
        empty_help: "报过的活动和约过的空间都会在这里。", "What you sign up for and book appears here.";
        details: "看详情", "Details";
        leaving: "正在取消", "Being cancelled";
        answer_by(when): "客厅主人{when}前答复", "The host answers by {when}";
        see_activities: "看活动", "See activities";
        see_spaces: "约空间", "Book a space";
        family: "家人", "Family";
        outbox: "待提交", "To send";
        settings: "设置", "Settings";
        desk: "工作台", "Desk";
        my_teams: "我的团队", "My teams";
        not_signed_in: "登录后能看到自己的报名和预约", "Sign in to see your sign-ups and bookings";
        home_community: "我的社区", "My community";
        name: "称呼", "Name";
        profile: "个人信息", "My details";
        phone_tail(tail): "手机尾号{tail}", "Number ending in {tail}";
        sign_out: "退出登录", "Sign out";
        sign_out_note: "这台手机上存的个人信息会清掉。", "What is saved about you on this phone is removed.";
        sign_out_unsent(n): "还有{n}条没提交。先提交，还是留在这台手机里等下次登录？", "{n} not sent yet. Send first, or keep on this phone until you sign in again?";
        sign_out_keep: "留着，退出登录", "Keep and sign out";
        sign_out_shared: "退出后，这台手机上不留您的任何东西。", "Nothing of yours stays on this phone.";
        sign_out_shared_unsent(n): "还有{n}条没提交，退出就没了。", "{n} not sent yet; signing out drops {n?it|them}.";
        sign_out_drop: "不提交了，退出登录", "Drop and sign out";
        locked: "很久没登录了，您的报名和预约先锁上了。登录后就能看到。", "You have not signed in for a long time, so your sign-ups and bookings are locked. Sign in to see them.";
        stay: "先不退出", "Stay signed in";
    }
}

catalogue! {
    /// The household.
    Family {
        title: "家人", "Family";
        intro: "加上家人，报名时点一下就行。", "Add your family once, then sign them up with one tap.";
        add: "加家人", "Add family";
        who: "是谁？", "Who is it?";
        name: "怎么称呼？", "What are they called?";
        name_help: "小名就可以，不用写大名", "A short name is enough";
        born: "出生年月", "Birth month";
        born_help: "只用来看适合哪些活动", "Used only to see which activities fit";
        year: "年", "Year";
        month: "月", "Month";
        choose_year: "选年", "Year";
        choose_month: "选月", "Month";
        sign_up_for(name): "帮{name}报名", "Sign up {name}";
        remove: "从家人里去掉", "Remove from my family";
        remove_note: "去掉后报名时不再出现，以前的报名还在。", "No longer offered when signing up; past sign-ups stay.";
        born_required: "请选孩子的出生年月", "Please choose the child's birth month";
        born_half: "年和月都要选", "Choose both the year and the month";
        born_in_future: "出生年月还没到，请再看看", "That month has not come yet; please check";
        removed(name): "已去掉{name}", "{name} was removed";
        added(name): "已加上{name}", "{name} was added";
        empty: "还没有加家人", "No family added yet";
    }
}

catalogue! {
    /// What waits to be sent.
    Outbox {
        title: "待提交", "To send";
        intro: "这些存在手机里，有网后自动提交。", "Saved on this phone; sent when you are online.";
        empty: "没有等着提交的", "Nothing is waiting to be sent";
        send_now: "现在提交", "Send now";
        withdraw: "不提交了", "Withdraw";
        withdrawn: "不提交了，已拿掉", "Withdrawn";
        saved_at(when): "{when}存的", "Saved {when}";
        checking: "已经送出，正在核对，现在不能收回", "Sent and being checked; it can't be withdrawn now";
        refused_title: "没成功的", "Not possible";
        dismiss: "知道了", "Got it";
        sign_in: "登录后提交", "Sign in to send";
        sign_up(what): "报名：{what}", "Sign up: {what}";
        withdraw_sign_up(what): "取消报名：{what}", "Cancel place: {what}";
        book(what): "预约：{what}", "Book: {what}";
        cancel_booking(what): "取消预约：{what}", "Cancel booking: {what}";
        approve(what): "同意预约：{what}", "Approve: {what}";
        decline(what): "不同意预约：{what}", "Decline: {what}";
        accept_offer(what): "我要去：{what}", "I'll come: {what}";
        decline_offer(what): "让给别人：{what}", "Pass on: {what}";
        change_capacity(what): "改名额：{what}", "Change places: {what}";
        check_in(what): "签到：{what}", "Check in: {what}";
        publish(what): "发布：{what}", "Publish: {what}";
        call_off(what): "停办：{what}", "Call off: {what}";
        add_person(what): "加家人：{what}", "Add family: {what}";
        remove_person(what): "去掉家人：{what}", "Remove: {what}";
        remove_someone: "去掉一位家人", "Remove somebody from my family";
        other: "一项操作", "Something you asked for";
        doubt(why): "可能办不成：{why}", "This may not work: {why}";
        again: "已重新提交", "Sent again";
        update_profile: "改个人信息", "Change my details";
        renew_calendar: "做新的日历地址", "Make a new calendar address";
        read_notices: "消息已读", "Messages read";
        restored(n): "我们恢复过数据，您的{n}项报名和预约已重新核对。", "We restored our records and checked your {n} {n?booking|bookings} again.";
        restored_other: "我们恢复过数据，您办过的事已重新核对。", "We restored our records and checked again what you had done.";
        restored_waiting(n): "其中{n}项现在是候补。", "{n} of them {n?is|are} on the waiting list now.";
        restored_refused: "原来办成了，我们恢复数据以后办不成了。", "This had been confirmed; after we restored our records it is not possible any more.";
        set_aside_title: "读不出来的", "Damaged";
        set_aside_band(n): "有{n}条没提交的读不出来了", "{n} unsent {n?item|items} cannot be read any more";
        set_aside_text: "存在手机里的这一条坏了，没法提交。请看看「我的」里缺了什么，再报一次。复制给社区工作人员，可以帮您查。", "What was saved here is damaged and cannot be sent. See what is missing under Mine and ask for it again. Staff can look into it if you copy it for them.";
        copy_for_staff: "复制给工作人员", "Copy for staff";
        set_aside_keep: "先留着", "Keep";
        set_aside_kept: "留着了，不再提醒", "Kept; we will not remind you again";
        set_aside_delete: "删掉", "Delete";
        set_aside_delete_sure: "再点一次就删掉", "Tap again to delete";
        set_aside_deleted: "已删掉", "Deleted";
    }
}

catalogue! {
    /// Messages.
    Messages {
        title: "消息", "Messages";
        empty: "还没有消息", "No messages yet";
        empty_help: "报名和预约有变化，会在这里告诉您。", "When a sign-up or booking changes, we tell you here.";
        unread(n): "{n}条新消息", "{n} new {n?message|messages}";
        mark_read: "都看过了", "Mark all read";
        new: "新", "New";
        your_turn(title): "轮到您了：{title}", "Your turn: {title}";
        promoted(when): "候补成功。{when}。", "You have a place: {when}.";
        promoted_party(when, party): "候补成功。{when}，{party}。", "You have a place: {when}; {party}.";
        moved(title, when, place): "「{title}」改到{when}，{place}。您的名额还在，来不了请取消报名。", "\"{title}\" is now {when}, {place}. Your place is kept; withdraw if you cannot come.";
        reinstated(title, when, place): "「{title}」照常办：{when}，{place}。您的报名还在，来不了请取消报名。", "\"{title}\" takes place after all: {when}, {place}. Your sign-up is there again; withdraw if you cannot come.";
        reinstated_title: "照常办", "On again";
        moved_title: "时间地点有变", "Changed";
        room_taken(title, when): "{when}的「{title}」没排上：场地有别的安排。可以打电话跟管场地的人商量。", "\"{title}\", {when}, could not be held: the room is taken. Call whoever runs the room to find a way.";
        room_taken_title: "场地有别的安排", "Room taken";
        offer_title(title): "有名额了：{title}", "A place for you: {title}";
        offered(when, until): "{when}。给您留到{until}，去不去请说一声。", "{when}. Held for you until {until}; please say whether you come.";
        offer_over_title(title): "没等到您的回音：{title}", "We did not hear from you: {title}";
        offer_over(when): "{when}。名额让给后面的人了，您还在候补，排到最后。", "{when}. The place went on to the next; you still wait, at the end of the list.";
        offer_lapsed(when): "{when}。两次都没等到您的回音，不再为您候补。想去还可以再报。", "{when}. Two offers went unanswered, so you are off the list. You can sign up again.";
        places_title(title): "先到先得：{title}", "First come, first served: {title}";
        places_left(when, n): "{when}。还有{n}个名额，先到先得。", "{when}. {n} {n?place|places} left, first come, first served.";
        lowered_title(title): "名额少了：{title}", "Fewer places: {title}";
        capacity_lowered(when, n): "{when}。名额改成{n}个，您还在候补。", "{when}. Now {n} {n?place|places}; you still wait.";
        called_off(title, when): "{when}的「{title}」取消了。", "\"{title}\", {when}, is cancelled.";
        approved(space, when): "客厅主人同意了：{when}，{space}。", "The host said yes: {space}, {when}.";
        declined(space, when): "{when}的{space}这次不行，可以换个时间。", "{space}, {when}, is not possible; please try another time.";
        expired(space, when): "{when}的{space}没等到答复，时间已经放开。可以重新约，或打电话问。", "No answer in time for {space}, {when}. Book again or call.";
        host_cancelled(space, when): "{when}的{space}取消了，可以换个时间。", "{space}, {when}, was cancelled; please choose another time.";
        booking_changed(space, when): "{when}的{space}有变化，请看看。", "{space}, {when}, has changed; please have a look.";
        reason(why): "原因：{why}", "Reason: {why}";
        unknown: "有新消息，更新后能看到", "A new message; update the app to read it";
        see: "去看看", "Have a look";
        about(state, what): "{state}：{what}", "{state}: {what}";
        other_time: "换个时间", "Choose another time";
        other_date: "看其他场次", "Other dates";
        guest: "登录后能看到给您的消息", "Sign in to see your messages";
    }
}

catalogue! {
    /// Settings.
    Settings {
        title: "设置", "Settings";
        layout: "版面", "Layout";
        standard: "标准版", "Standard";
        elder: "长辈版", "Large-text version";
        elder_help: "字大、按钮大，功能一样。也叫亲情版、关爱版、关怀版", "Larger text and buttons, every function";
        elder_keep: "以后都用大字？", "Use large text from now on?";
        elder_yes: "以后都用", "Yes, always";
        elder_no: "只这一次", "Just this time";
        text_size: "字号", "Text size";
        letter: "字", "A";
        size_standard: "标准", "Standard";
        size_large: "大", "Large";
        size_elder: "长辈", "Larger";
        size_extra: "特大", "Extra large";
        size_max: "最大", "Largest";
        sample: "周三晚上7:00，淮剧教唱，板闸社区二楼", "Wednesday 7:00 pm, opera singing, second floor";
        appearance: "明暗", "Appearance";
        dark_auto: "跟手机一样", "As the phone";
        dark_on: "深色", "Dark";
        dark_off: "浅色", "Light";
        language: "语言", "Language";
        subscribe: "订阅社区日历", "Subscribe to the calendar";
        subscribe_help: "把社区活动放进手机自带的日历", "See the community's activities in your phone's own calendar";
        copy_address: "复制日历地址", "Copy the address";
        own_calendar: "我的日历地址", "My calendar address";
        own_calendar_help: "把您报的活动、约的空间放进手机自带的日历，有变动会跟着变。", "Puts what you signed up for and booked into your phone's own calendar, and keeps it up to date.";
        own_calendar_make: "做一个日历地址", "Make an address";
        own_calendar_making: "已存在手机里，有网后才能用。", "Saved on this phone; it works once it was sent.";
        own_calendar_secret: "谁有这个地址，谁就能看到您的安排，请不要发到群里。", "Whoever has this address can see your plans: do not post it in a group.";
        own_calendar_open: "放进手机日历", "Add to my calendar";
        own_calendar_renew: "换一个地址", "Change the address";
        own_calendar_renew_help: "地址漏出去了就换一个，旧地址马上不能用。", "Change it if it got out; the old one ends at once.";
        own_calendar_renew_title: "换一个日历地址？", "Change the calendar address?";
        own_calendar_renew_note: "旧地址马上不能用。放过旧地址的手机和家人，要用新地址再放一次。", "The old one ends at once. Phones and family that follow it must add the new one.";
        own_calendar_keep: "先不换", "Leave it";
        own_calendar_elsewhere(when): "{when}做过一个地址，在做它的那台手机上才看得到。要在这里用，就换一个新的。", "An address was made {when} and can be seen only on the phone that made it. To use one here, change it.";
        storage: "存在手机里的", "Saved on this phone";
        storage_kept: "没网也能看", "Readable offline";
        about: "关于", "About";
        version(v): "版本{v}", "Version {v}";
        repair: "修一修", "Repair";
        repair_help: "页面不对时用：重新取一遍安排，没提交的不会丢。", "When something looks wrong: fetch everything again. Nothing unsent is lost.";
        repair_done: "重新取好了", "Fetched again";
    }
}

catalogue! {
    /// Help.
    Help {
        title: "怎么用", "Help";
        intro: "不会用就打电话，社区的人帮您办。", "If in doubt, call: the community does it for you.";
        sign_up_title: "报名", "Signing up";
        sign_up: "点开活动，点「我要报名」，选上要去的人，确认就好。", "Open an activity, tap \"Sign up\", choose who comes, confirm.";
        book_title: "约空间", "Booking a space";
        book: "点「空间」，选一个有空的时间，点「预约」。写着「申请预约」的，要等客厅主人答复。", "Tap \"Spaces\", choose a free time, tap \"Book\". Where it says \"Ask to book\", the host answers first.";
        offline_title: "没网的时候", "Without a network";
        offline: "照样能看、能点。写着「已存手机」的还没提交，有网后自动提交，成功了才算数。", "You can still look and tap. \"Saved\" means not sent yet; it is sent once online and counts only when confirmed.";
        cancel_title: "去不了", "If you can't come";
        cancel: "在「我的」里点开，点「取消报名」，名额就让给别人。", "Open it under \"Mine\" and cancel; somebody else gets the place.";
        large_title: "字太小", "Text too small";
        large: "点上面的「长辈版」，或在设置里选字号。", "Tap \"Large text\" at the top, or choose a size in settings.";
        phones: "社区电话", "Phone numbers";
    }
}

catalogue! {
    /// Signing in.
    Login {
        title: "登录", "Sign in";
        why: "登录后接着报名，刚才选的都在。", "Sign in to go on; what you chose is kept.";
        phone: "手机号", "Phone";
        phone_help: "11位手机号", "11 digits";
        phone_wrong: "请填11位手机号", "Please enter the 11 digits of a mobile number";
        code: "验证码", "Code";
        code_help(phone): "已发到{phone}", "Sent to {phone}";
        code_wrong: "验证码不对，请再看一眼短信", "That code does not match; please look again";
        code_wrong_left(n): "验证码不对，还能试{n}次", "That code does not match; {n} {n?try|tries} left";
        code_expired: "验证码过期了，请重新发", "The code has expired; please send a new one";
        send: "发验证码", "Send code";
        again_in(s): "{s}秒后可重发", "Again in {s} s";
        send_again: "重新发", "Send again";
        voice: "打电话告诉我", "Call me";
        wait(time): "试得太多了，{time}后再试，或打电话报名", "Too many tries; wait {time} or call";
        not_received: "收不到？打电话问社区", "No code? Call the community";
        name: "怎么称呼您？", "Your name";
        name_help: "比如：王阿姨", "For example: Aunt Wang";
        done: "完成登录", "Finish signing in";
        checking: "正在核对…", "Checking…";
        offline: "登录要有网。您选的已存在手机里。", "Signing in needs a network. What you chose is saved on this phone.";
        shared: "我在用别人的手机", "I am using someone else's phone";
        shared_help: "自己的手机不用勾。勾了就什么都不留：没网时不能报名、预约，半小时不用自动退出登录。", "On your own phone leave this empty. Ticked, nothing of yours is kept: no signing up or booking offline, and half an hour unused signs you out.";
        shared_band: "不是自己的手机 · 用完请退出登录", "Not your phone · sign out when you are done";
        other_number: "换个手机号", "Use another number";
        demo_title: "演示人物", "Demonstration people";
        demo_help: "点一下就以这个人登录", "One tap signs you in as this person";
        demo_code(code): "演示验证码：{code}", "Demonstration code: {code}";
        demo_resident: "居民", "Resident";
        demo_parent: "家长", "Parent";
        demo_editor: "团队负责人", "Team leader";
        demo_host: "客厅主人", "Host";
        demo_community: "社区工作人员", "Community staff";
        demo_district: "片区工作人员", "District staff";
        sms(code): "【生活汇】验证码{code}，5分钟内有效。不要告诉任何人，社区工作人员不会向您要验证码。", "[Life Hub] Your code is {code}, valid for 5 minutes. Tell nobody; community staff never ask for it.";
    }
}

catalogue! {
    /// Consent and privacy.
    Privacy {
        title: "隐私说明", "Privacy";
        login_note: "手机号只用来登录和通知您报名的事。", "Your number is used only to sign in and to tell you about your sign-ups.";
        read: "看隐私说明", "Read the privacy note";
        agree: "同意并继续", "Agree and continue";
        agree_box(note): "我同意《{note}》", "I agree to the note on {note}";
        agree_first: "请先勾选同意", "Please tick the box first";
        later: "先看看", "Look around first";
        consent_child: "我是孩子的监护人，同意用小名和出生年月报名", "I am the guardian and agree to sign up with a short name and birth month";
        consent_child_first: "加孩子要监护人同意，请先勾选", "Adding a child needs the guardian's consent; please tick the box";
        who: "谁在用：您报名的团队和客厅主人，只看得到称呼和手机尾号。", "Who sees it: teams and hosts you sign up with, and only the name and the last four digits.";
        what: "存什么：手机号、称呼、家人的小名和出生年月、报名和预约。不要身份证、住址。", "What is kept: number, name, short name and birth month of family, sign-ups and bookings. No identity card, no address.";
        how_long: "存多久：到您要求删除为止，给社区打电话就行。", "How long: until you ask the community to remove it.";
        whom_to_ask: "有问题打电话问社区。", "Call the community with any question.";
    }
}

catalogue! {
    /// Installing and updating.
    Install {
        update: "有新版本，点这里更新", "Update available";
        update_note: "不影响已存内容", "Saved items are safe";
        update_full: "有新版本，点这里更新（不影响已存内容）", "Update available (saved items are safe)";
        install: "放到桌面，没网也能看", "Put it on your home screen";
        install_button: "放到桌面", "Install";
        not_now: "不用了", "Not now";
        ios_steps: "点「分享」，再点「添加到主屏幕」", "Tap Share, then \"Add to Home Screen\"";
        wechat: "点右上角···选「在浏览器打开」", "Tap ··· and \"Open in browser\"";
        outgrown: "这个版本太旧了，点这里更新（没提交的都在）", "This version is too old. Tap to update (unsent items are kept)";
    }
}

impl Words {
    /// A notice in words, without its reason (see [`Words::notice_reason`]). `party` is who has the place it speaks of,
    /// where that is known.
    #[must_use]
    pub fn notice(&self, body: &NoticeBody, party: &[PartyMember], today: LocalDate) -> String {
        let messages = &self.messages;
        let when = |range| format::when(self.language, range, today);
        match body {
            NoticeBody::Promoted { range, .. } => {
                let when = format::dated(self.language, *range, today);
                let names: Vec<&str> = party.iter().map(|member| member.name.as_str()).collect();
                match names.len() {
                    0 => messages.promoted(when),
                    n => messages.promoted_party(when, self.common.party(self.names_list(&names), n)),
                }
            }
            NoticeBody::Offered { range, until, .. } => {
                messages.offered(when(*range), format::moment(self.language, *until, today))
            }
            NoticeBody::OfferOver { range, has_lapsed: false, .. } => messages.offer_over(when(*range)),
            NoticeBody::OfferOver { range, has_lapsed: true, .. } => messages.offer_lapsed(when(*range)),
            NoticeBody::PlacesLeft { range, places, .. } => messages.places_left(when(*range), *places),
            NoticeBody::CapacityLowered { range, capacity, .. } => messages.capacity_lowered(when(*range), *capacity),
            NoticeBody::OccurrenceCancelled { title, range, .. } => messages.called_off(title, when(*range)),
            NoticeBody::BookingAnswered { name, range, state, .. } => {
                let when = when(*range);
                match state {
                    BookingState::Approved => messages.approved(name, when),
                    BookingState::Declined => messages.declined(name, when),
                    BookingState::Expired => messages.expired(name, when),
                    BookingState::Cancelled => messages.host_cancelled(name, when),
                    BookingState::Requested
                    | BookingState::CheckedIn
                    | BookingState::Completed
                    | BookingState::NoShow => messages.booking_changed(name, when),
                }
            }
            NoticeBody::OccurrenceMoved { title, range, place, .. } => {
                messages.moved(title, format::dated(self.language, *range, today), place)
            }
            NoticeBody::OccurrenceReinstated { title, range, place, .. } => {
                messages.reinstated(title, format::dated(self.language, *range, today), place)
            }
            NoticeBody::SeriesChanged { .. } => self.series_changed(body, today).unwrap_or_default(),
            NoticeBody::RoomTaken { title, range, .. } => messages.room_taken(title, when(*range)),
            NoticeBody::DutiesMissing { .. } => self.duties_missing(body).unwrap_or_default(),
            NoticeBody::Drawn { .. } => self.drawn(body, today).unwrap_or_default(),
            NoticeBody::Unknown => messages.unknown.to_owned(),
        }
    }

    /// The reason a notice carries, in a sentence.
    #[must_use]
    pub fn notice_reason(&self, body: &NoticeBody) -> Option<String> {
        match body {
            NoticeBody::OccurrenceCancelled { reason, .. }
            | NoticeBody::BookingAnswered { reason, .. }
            | NoticeBody::SeriesChanged { reason, .. }
            | NoticeBody::CapacityLowered { reason, .. } => reason.as_ref().map(|why| self.messages.reason(why)),
            NoticeBody::DutiesMissing { .. } => Some(self.duties.due.to_owned()),
            NoticeBody::Promoted { .. }
            | NoticeBody::Drawn { .. }
            | NoticeBody::OccurrenceMoved { .. }
            | NoticeBody::OccurrenceReinstated { .. }
            | NoticeBody::RoomTaken { .. }
            | NoticeBody::Offered { .. }
            | NoticeBody::OfferOver { .. }
            | NoticeBody::PlacesLeft { .. }
            | NoticeBody::Unknown => None,
        }
    }
}
