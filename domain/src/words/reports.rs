//! Words of what staff say and read afterwards: how a date went.

use super::template::catalogue;

catalogue! {
    /// How a date went.
    Closing {
        title: "办得怎么样", "How it went";
        heads: "来了多少人", "How many came";
        heads_help(n): "签到了{n}人。没签到的也算上", "{n} checked in. Count the others too";
        heads_first: "请填人数，没人来就填0", "Enter how many came, 0 for nobody";
        note: "记一句", "A line about it";
        note_help: "可以不填。比如：议了什么，定了什么", "Optional: what was talked about, what came of it";
        save: "记下来", "Save";
        saved: "记下来了", "Saved";
        change: "改一改", "Change";
        came(n): "来了{n}人", "{n} came";
        nobody: "没有人来", "Nobody came";
        until(when): "{when}前可以登记、修改", "Can be said or changed until {when}";
        missing: "没有登记来了多少人。要补登记，请打电话问社区", "Nobody has said how many came. Call the community to add it";
        past: "刚办过的", "Just held";
        to_say: "还没登记", "To be reported";
        close(what): "登记：{what}", "How it went: {what}";
    }
}
