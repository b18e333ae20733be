//! Words of the draw: entering, waiting for it, what it came to, checking it.

use super::template::catalogue;
use super::{Words, format};
use crate::change::NoticeBody;
use crate::sign_up::draw::Verdict;
use crate::time::LocalDate;

catalogue! {
    /// The draw of a date.
    Draws {
        chip(when): "抽签 · {when}前登记", "Draw · enter by {when}";
        fact(when): "名额抽签决定，{when}前都可以登记。", "Places are drawn; enter until {when}.";
        fair: "早登记晚登记机会一样，不用抢。到点抽签，抽完给您发消息。", "Entering early is no advantage. It is drawn at that time, and we tell you the result.";
        places(n): "{n}个名额", "{n} {n?place|places}";
        entered(n): "已有{n}家登记", "{n} {n?party has|parties have} entered";
        nobody_yet: "还没有人登记", "Nobody has entered yet";
        enter: "登记抽签", "Enter the draw";
        confirm(n): "登记{n}人", "Enter {n} {n?person|people}";
        summary_one: "抽中了就有名额", "A place if you are drawn";
        summary(n): "{n}人一起抽，要中一起中", "{n} {n?person|people}, drawn as one";
        pooled: "已登记，等抽签", "Entered, waiting for the draw";
        pooled_note(when): "{when}抽签，抽完给您发消息。早登记晚登记机会一样。", "Drawn {when}; we tell you the result. Entering early is no advantage.";
        drawing: "正在抽签，马上就有结果。", "Being drawn; the result is about to come.";
        won: "抽中了", "Drawn: you have a place";
        lost(n): "没抽中，候补第{n}位", "Not drawn, waitlist no. {n}";
        withdraw_note: "抽签前随时可以取消，也可以再登记。", "You can leave and enter again until the draw.";
        won_title(title): "抽中了：{title}", "You have a place: {title}";
        won_text(when): "{when}。来不了请取消报名，名额让给别人。", "{when}. If you cannot come, please cancel so that somebody else can.";
        lost_title(title): "没抽中：{title}", "Not drawn: {title}";
        lost_text(when, n): "{when}。您候补第{n}位，有人不来就往前排，轮到了给您发消息。", "{when}. You are no. {n} on the waitlist; we tell you when a place comes free.";
        policy_label: "名额怎么分", "Who gets a place";
        first_come: "先到先得", "First come, first served";
        by_draw: "抽签", "By draw";
        by_draw_help: "到点之前报名的都有一样的机会，到点电脑抽签，不用抢。没抽中的按抽签顺序候补。", "Everybody who enters in time has the same chance; nobody needs to hurry. The others wait in drawn order.";
        when_label: "什么时候抽", "When it is drawn";
        days_before(n): "开始前{n}天", "{n} {n?day|days} before";
        form_drawn(when): "第一场{when}抽签，在那以前都可以登记", "The first date is drawn {when}; enter until then";
        needs_capacity: "抽签要定名额，请填人数", "A draw needs a number of places";
        was_drawn: "名额是抽签定的", "Places were drawn";
        back: "看这一场", "See this date";
        verify: "验证摇号", "Check the draw";
        verify_intro: "抽签之前，先公布一个「锁好的号码」。抽签时开锁，抽签的先后全由这个号码和登记名单算出来，谁都改不了。", "Before the draw a locked number was published. It is unlocked at the draw, and the order follows from it and from the list of entries; nobody can change it.";
        verify_before: "还没抽签。锁好的号码已经公布，抽完以后在这里可以自己验证。", "Not drawn yet. The locked number is published; after the draw you can check it here.";
        verify_go: "在这台手机上重算一遍", "Compute it again on this phone";
        agrees: "算出来一样，这次抽签没有问题", "It comes out the same: the draw is right";
        other_secret: "号码跟抽签前公布的对不上，请打电话问社区", "The number is not the one published before the draw. Please call the community";
        other_result: "算出来跟公布的不一样，请打电话问社区", "It comes out differently from what was published. Please call the community";
        drawn_at(when): "{when}抽签", "Drawn {when}";
        summary_drawn(parties, won): "{parties}家登记，抽中{won}家", "{parties} {parties?party|parties} entered, {won} drawn";
        list: "抽签结果", "Result";
        lot_won: "抽中", "Drawn";
        own: "您家", "You";
        heads(n): "{n}人", "{n} {n?person|people}";
        ticket_help: "为了保护隐私，名单上只写签号，不写名字。", "To protect privacy the list has ticket numbers, no names.";
        numbers: "公布的号码", "Published numbers";
        commitment: "抽签前公布的锁", "Lock, published before";
        secret: "开锁后的号码", "Number, revealed at the draw";
        numbers_help: "不用记。会算的人可以照说明文档自己再算一遍。", "Nothing to remember. Whoever likes to can compute it again from the documentation.";
        roster: "等抽签", "Waiting for the draw";
        roster_part(parties, n): "等抽签 · {parties}家{n}人", "Waiting for the draw: {parties} {parties?party|parties}, {n} {n?person|people}";
    }
}

impl Words {
    /// What a draw came to, as a notice says it; nothing of other notices.
    pub(super) fn drawn(&self, body: &NoticeBody, today: LocalDate) -> Option<String> {
        let NoticeBody::Drawn { range, won, parties_ahead, .. } = body else { return None };
        let when = format::dated(self.language, *range, today);
        Some(match won {
            true => self.draws.won_text(when),
            false => self.draws.lost_text(when, u32::from(*parties_ahead) + 1),
        })
    }

    /// What computing a draw again came to.
    #[must_use]
    pub const fn verdict(&self, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Agrees => self.draws.agrees,
            Verdict::OtherSecret => self.draws.other_secret,
            Verdict::OtherResult => self.draws.other_result,
        }
    }
}
