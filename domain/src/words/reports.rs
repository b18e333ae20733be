//! Words of what staff say and read afterwards: how a date went, the monthly three, numbers.

use super::template::catalogue;
use super::{Words, format};
use crate::change::NoticeBody;
use crate::duty::{Duty, DutyCell, DutyState};
use crate::numbers::{Figures, Line};
use crate::time::LocalDate;

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

catalogue! {
    /// The three meetings every community holds each month.
    Duties {
        title: "三必做", "Monthly three";
        of(place): "三必做：{place}", "Monthly three: {place}";
        intro: "每月各办一场：道德评议、居民议事、政策法治宣讲。", "One of each every month: a moral review, a residents' council, a policy & law talk.";
        review: "道德评议", "Moral review";
        council: "居民议事", "Residents' council";
        talk: "政策法治宣讲", "Policy & law talk";
        not_planned: "未安排", "Not planned";
        published(day): "已安排{day}", "Planned for {day}";
        unreported: "办过了，没登记", "Over, not reported";
        held: "已开，还差「记一句」", "Held, not written down";
        done: "完成", "Done";
        late: "逾期", "Late";
        exempt: "本月免办", "Exempt";
        unknown: "看不出来，请更新", "Unknown; please update";
        came(n): "来了{n}人", "{n} came";
        why(why): "免办：{why}", "Exempt: {why}";
        previous: "上个月", "Previous month";
        next: "下个月", "Next month";
        publish: "去安排", "Plan it";
        report: "去登记", "Report it";
        exempt_it: "本月不办", "Not this month";
        exempt_back: "还是要办", "Hold it after all";
        exempt_title: "为什么本月不办？", "Why not this month?";
        exempt_note: "片区会看到原因。", "The district reads the reason.";
        exempt_send: "登记不办", "Save";
        exempt_keep: "先不登记", "Leave it";
        reason_election: "本月换届选举", "Elections this month";
        reason_flood: "防汛抗旱，人都在一线", "Everybody is out on flood duty";
        reason_joined: "和邻近社区合办", "Held together with a neighbouring community";
        exempted: "登记好了", "Saved";
        waiting: "改动还没送到，有网后自动提交。", "The change is on its way; it is sent once you are online.";
        offline: "这一页要有网才能看。", "This page needs a network.";
        no_answer: "没取到，请再试一次。", "This did not arrive. Please try again.";
        not_allowed: "您看不了这一页。要看请打电话问社区。", "You may not see this page. Call the community to ask.";
        retry: "再试一次", "Try again";
        loading: "正在取…", "Fetching…";
        download: "存成表格", "Save as a table";
        board: "各社区", "All communities";
        board_of(month): "{month}各社区", "All communities, {month}";
        year(year): "{year}年每月完成几项", "How many were done each month of {year}";
        year_count(done): "{done}/3", "{done}/3";
        year_count_exempt(done, exempt): "{done}/3 · 免{exempt}", "{done}/3 · {exempt} exempt";
        year_label(month, done): "{month}：完成{done}项", "{month}: {done} of 3 done";
        year_label_exempt(month, done, exempt): "{month}：完成{done}项，免办{exempt}项", "{month}: {done} of 3 done, {exempt} exempt";
        community: "社区", "Community";
        month: "月份", "Month";
        duty: "事项", "Duty";
        state: "情况", "State";
        on: "日期", "Date";
        dates: "场次", "Dates";
        held_count: "办成", "Held";
        evidenced_count: "有记录", "Written down";
        heads: "人数", "Heads";
        reason: "免办原因", "Reason for the exemption";
        exempt_duty(what): "免办：{what}", "Exempt: {what}";
        missing(month, what): "{month}的三必做还差：{what}。", "Still missing of the three of {month}: {what}.";
        gap(duty, state): "{duty}（{state}）", "{duty} ({state})";
        due: "请月底前办好、登记好。", "Please hold and report them before the month ends.";
    }
}

catalogue! {
    /// Numbers for the district.
    Numbers {
        title: "活动数字", "Figures";
        intro: "办成的才算：没取消，有人来。", "Only what was held: not called off, and somebody came.";
        year: "年份", "Year";
        of_year(year): "{year}年", "{year}";
        previous: "上一年", "Previous year";
        next: "下一年", "Next year";
        all(held, heads, residents): "办成{held}场，来了{heads}人次，签到居民{residents}位", "{held} held, {heads} heads, {residents} different residents checked in";
        residents_note: "一位居民来几次都只算一位，所以各行加起来会比总数多。", "A resident counts once however often they come, so the rows add up to more than the whole.";
        by_month: "按月", "By month";
        by_community: "按社区", "By community";
        by_team: "按团队", "By team";
        team: "团队", "Team";
        group: "分类", "Group";
        name: "名称", "Name";
        held: "办成", "Held";
        heads: "人次", "Heads";
        residents: "居民", "Residents";
        whole: "全部", "All";
        all_teams: "看全部团队", "Show all teams";
    }
}

impl Words {
    /// The name of one of the three.
    #[must_use]
    pub const fn duty(&self, duty: Duty) -> &'static str {
        match duty {
            Duty::MoralReview => self.duties.review,
            Duty::Council => self.duties.council,
            Duty::PolicyTalk => self.duties.talk,
        }
    }

    /// How far one of them has come; `on` is the day it speaks of.
    #[must_use]
    pub fn duty_state(&self, state: DutyState, on: Option<LocalDate>) -> String {
        let duties = &self.duties;
        match state {
            DutyState::NotPlanned => duties.not_planned.to_owned(),
            DutyState::Published => {
                duties.published(on.map_or_else(String::new, |on| format::date(self.language, on, on)))
            }
            DutyState::Unreported => duties.unreported.to_owned(),
            DutyState::Held => duties.held.to_owned(),
            DutyState::Evidenced => duties.done.to_owned(),
            DutyState::Late => duties.late.to_owned(),
            DutyState::Exempt => duties.exempt.to_owned(),
            DutyState::Unknown => duties.unknown.to_owned(),
        }
    }

    /// A file of duties: a row for each, under the names of the columns.
    #[must_use]
    pub fn duty_table<'c>(&self, cells: impl Iterator<Item = (&'c str, &'c DutyCell)>) -> Vec<Vec<String>> {
        let names = &self.duties;
        let head = [
            names.community,
            names.month,
            names.duty,
            names.state,
            names.on,
            names.dates,
            names.held_count,
            names.evidenced_count,
            names.heads,
            names.reason,
        ];
        let row = |(community, cell): (&str, &DutyCell)| {
            vec![
                community.to_owned(),
                cell.month.to_string(),
                self.duty(cell.duty).to_owned(),
                self.duty_state(cell.state, cell.on),
                cell.on.map_or_else(String::new, |on| on.to_string()),
                cell.published.to_string(),
                cell.held.to_string(),
                cell.evidenced.to_string(),
                cell.heads.to_string(),
                cell.exempt.as_ref().map_or_else(String::new, ToString::to_string),
            ]
        };
        std::iter::once(head.map(str::to_owned).to_vec()).chain(cells.map(row)).collect()
    }

    /// A file of numbers: the whole, then every month, community and team.
    #[must_use]
    pub fn number_table(&self, numbers: &crate::numbers::Numbers) -> Vec<Vec<String>> {
        let names = &self.numbers;
        let head = [names.group, names.name, self.duties.community, names.held, names.heads, names.residents];
        let row = |group: &str, name: String, of: String, figures: Figures| {
            let Figures { held, heads, residents } = figures;
            vec![group.to_owned(), name, of, held.to_string(), heads.to_string(), residents.to_string()]
        };
        let line = |group: &str, line: &Line| {
            row(
                group,
                line.name.to_string(),
                line.of.as_ref().map_or_else(String::new, ToString::to_string),
                line.figures,
            )
        };
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        rows.push(row(names.whole, numbers.year.to_string(), String::new(), numbers.all));
        rows.extend(
            numbers.months.iter().map(|one| row(names.by_month, one.month.to_string(), String::new(), one.figures)),
        );
        rows.extend(numbers.communities.iter().map(|one| line(names.by_community, one)));
        rows.extend(numbers.teams.iter().map(|one| line(names.by_team, one)));
        rows
    }

    /// What is missing of the month's three, in a sentence; nothing for any other notice.
    pub(super) fn duties_missing(&self, body: &NoticeBody) -> Option<String> {
        let NoticeBody::DutiesMissing { month, missing, .. } = body else { return None };
        let gap = |gap: &crate::duty::DutyGap| self.duties.gap(self.duty(gap.duty), self.duty_state(gap.state, None));
        let gaps: Vec<String> = missing.iter().map(gap).collect();
        Some(self.duties.missing(format::month(self.language, *month), self.names_list(&gaps)))
    }
}
