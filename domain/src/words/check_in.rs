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
        waiting(who): "还在候补，没有名额 · {who}", "Still waiting, no place: {who}";
        gone(who): "报名取消了 · {who}", "Withdrawn: {who}";
        several: "这个码有两家，请按名字签到", "Two parties have this code; please check in by name";
        nobody: "不是这一场的码。请对一下场次和数字", "Not a code of this date. Check the date and the digits";
        nobody_as_of(when): "名单里没找到这个码。名单是{when}的，之后报的这里还没有，请按名字问一下", "This code is not in the list. The list is of {when}; whoever signed up later is not in it yet";
        incomplete: "没输完：签到码是6位数字", "Not complete: a code has six digits";
        undo_of(who): "到了：{who}，再点一次撤销", "Arrived: {who}; tap again to undo";
        undone(who): "已撤销签到：{who}", "Check-in undone: {who}";
        undo(what): "撤销签到：{what}", "Undo check-in: {what}";
        name_and_heads: "姓名、人数", "Name, heads";
    }
}

catalogue! {
    /// Signing up somebody who has no phone.
    Neighbour {
        open: "帮人报名", "Sign a neighbour up";
        title: "帮没手机的邻居报名", "Sign up a neighbour without a phone";
        name: "怎么称呼", "Name";
        phone: "手机号（可以不填）", "Mobile number (optional)";
        phone_help: "有变动时好告诉他，别人只看到后四位", "To reach them when something changes; others see the last four digits";
        consent: "本人要来，也同意留下称呼和电话", "They want to come and agree that name and number are kept";
        consent_missing: "请先问过本人，再勾上", "Ask them first, then tick";
        phone_wrong: "手机号是11位数字，不知道就空着", "A mobile number has eleven digits; leave it empty if you do not know it";
        room: "报上后占1个名额", "Takes 1 place";
        waits(n): "名额满了，报上后是候补，前面{n}家", "Full: they join the waitlist, {n} ahead";
        pool: "报上后等抽签，抽中才有名额。抽完给您发消息，请告诉本人。", "They enter the draw, and have a place if drawn. We tell you the result; please tell them.";
        confirm: "报上1人", "Sign up 1 person";
        keep: "先不报", "Not now";
        done(who): "已帮{who}报名", "Signed up: {who}";
        by(who): "{who}代报名", "Signed up by {who}";
        turn(who): "{who}候补成功，请告诉本人", "{who} has a place now; please tell them";
        drawn(who): "{who}抽中了，请告诉本人", "{who} was drawn and has a place; please tell them";
        not_drawn(who): "{who}没抽中，在候补，请告诉本人", "{who} was not drawn and is on the waitlist; please tell them";
        withdraw: "取消报名", "Withdraw";
        withdraw_of(who): "取消报名：{who}", "Withdraw: {who}";
        withdraw_title(who): "取消{who}的报名？", "Withdraw {who}?";
        withdraw_note: "名额马上给候补的人。请告诉本人一声。", "The place goes to whoever waits at once. Please tell them.";
        withdraw_keep: "不取消", "Keep it";
        withdrawn(who): "已取消：{who}", "Withdrawn: {who}";
        outbox_sign_up(who): "帮{who}报名", "Sign up {who}";
        outbox_withdraw(who): "取消报名：{who}", "Withdraw {who}";
    }
}

catalogue! {
    /// Those who come without having signed up.
    AtTheDoor {
        label: "没报名就来的", "Came without signing up";
        help: "没带手机的也在这里记，不留名字也行", "Without a phone too; a name is not needed";
        add_one: "记1人", "Add 1 person";
        add_more: "写名字、记几位", "With a name, or several";
        total(n): "现场来的 · {n}人", "At the door · {n} {n?person|people}";
        title: "现场来的", "At the door";
        name: "怎么称呼（可以不填）", "Name (optional)";
        heads: "来了几位？", "How many?";
        no_name: "没留名字", "No name";
        came_at(time): "{time}到", "{time}";
        over(why): "名额外：{why}", "Beyond the places: {why}";
        full: "名额满了，也能进。请选为什么", "Full. They may still come in; choose why";
        full_but(n): "名额只剩{n}个，也能多进。请选为什么", "Only {n} {n?place|places} left. More may still come in; choose why";
        reason_absent: "有人没来", "Somebody did not come";
        reason_seats: "加了座位", "Seats were added";
        reason_child: "孩子不占座", "A child on a lap";
        reason_missing: "请选一个原因", "Please choose a reason";
        confirm(n): "记下{n}人", "Add {n} {n?person|people}";
        keep: "先不记", "Not now";
        added(n): "记下了：现场来的{n}人", "Added: {n} at the door";
        remove: "划掉", "Remove";
        remove_of(who): "划掉：{who}", "Remove: {who}";
        removed(who): "已划掉：{who}", "Removed: {who}";
        outbox_add(n): "现场来的{n}人", "{n} {n?person|people} at the door";
        outbox_remove: "划掉一条现场来的", "Remove an entry at the door";
    }
}
