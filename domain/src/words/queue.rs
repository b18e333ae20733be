//! Words of the waiting list near the start, and of how many may come.

use super::template::catalogue;

catalogue! {
    /// An offer, its answer, and the last hours before a date.
    Queue {
        offer_title(when): "给您留到{when}", "Held for you until {when}";
        offer_text: "去不去？到时没回音，就让给后面的人。", "Are you coming? If we hear nothing by then, it goes to the next.";
        first_come_title(n): "还有{n}个名额，先到先得", "{n} {n?place|places} left, first come, first served";
        first_come: "快开始了，候补的人谁先点谁去。", "It starts soon: whoever waits and taps first gets it.";
        yes: "我要去", "I'll come";
        no: "让给别人", "Pass it on";
        no_done: "已让给别人", "Passed on";
        waits_for_answer(when): "等答复，{when}前", "Asked to answer by {when}";
        lapsed: "没接名额", "Did not take it";
    }
}

catalogue! {
    /// The sheet that changes how many may come to a date.
    CapacitySheet {
        open: "改名额", "Change places";
        title: "最多来多少人？", "How many may come?";
        now(n): "现在是{n}个名额", "Now {n} {n?place|places}";
        now_no_limit: "现在不限人数", "No limit now";
        number: "名额", "Places";
        no_limit: "不限人数", "No limit";
        raises(n): "候补的{n}家先递补，剩下的大家再报。", "The {n} {n?party|parties} waiting move up first; only the rest is for anybody.";
        raises_none: "大家马上就能报。", "Anybody can sign up at once.";
        raises_pool: "抽签时多抽出这些名额。", "The draw gives these places too.";
        drains(n): "候补的{n}家都能来。", "All {n} {n?party|parties} waiting can come.";
        lowers: "已经报上的人不受影响。", "Nobody who has a place loses it.";
        lowers_over(n): "已经报上的人都还能来，会多出{n}人。以后有人取消，先抵掉多出的。", "Everybody with a place still comes, {n} over the limit. Whoever withdraws makes up for that first.";
        reason: "为什么少了？候补的人会看到", "Why fewer? Those who wait read it";
        reason_room: "换了小一点的场地", "A smaller room";
        reason_safety: "人多不安全", "Too crowded to be safe";
        reason_material: "材料不够", "Not enough material";
        reason_missing: "请选一个原因", "Please choose a reason";
        number_missing: "请填1到9999的数", "A number from 1 to 9999, please";
        confirm: "就这样改", "Change it";
        keep: "先不改", "Leave it";
        changed: "名额已改", "Changed";
        over(n): "比名额多{n}人，有人取消先抵掉", "{n} over the limit; whoever withdraws makes up for it first";
    }
}
