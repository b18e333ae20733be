//! Words of checking in by code, and of the roster on paper.

use super::template::catalogue;

catalogue! {
    /// Checking in by code.
    CheckIn {
        code: "签到码", "Check-in code";
        code_hint: "到了给负责人看，没网也能用", "Show it to the leaders when you arrive; works offline";
        code_label(code): "签到码{code}", "Check-in code {code}";
        enter: "按签到码签到", "Check in by code";
        enter_help: "对方手机上的6位数字，输完就签到", "The six digits on their phone; the last one checks them in";
        arrived(who, people): "到了 · {who} {people}", "Arrived: {who}, {people}";
        twice(who): "已经签过 · {who}", "Already in: {who}";
        waiting(who): "还在排队，没有名额 · {who}", "Still waiting, no place: {who}";
        gone(who): "报名取消了 · {who}", "Withdrawn: {who}";
        several: "这个码有两家，请按名字签到", "Two parties have this code; please check in by name";
        nobody: "不是这一场的码。请对一下场次和数字", "Not a code of this date. Check the date and the digits";
        nobody_as_of(when): "名单里没找到这个码。名单是{when}的，之后报的这里还没有，请按名字问一下", "This code is not in the list. The list is of {when}; whoever signed up later is not in it yet";
        incomplete: "没输完：签到码是6位数字", "Not complete: a code has six digits";
        undo_of(who): "到了：{who}，再点一次撤销", "Arrived: {who}; tap again to undo";
        undo_later(who): "到了：{who}，有网后可以撤销", "Arrived: {who}; can be undone once online";
        undone(who): "已撤销签到：{who}", "Check-in undone: {who}";
        undo(what): "撤销签到：{what}", "Undo check-in: {what}";
        at_the_door: "现场来的", "At the door";
        name_and_heads: "姓名、人数", "Name, heads";
    }
}
