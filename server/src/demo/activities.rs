//! What teams do every week: titles, words, hours, places, terms.
//!
//! A team of a kind takes every entry of its kind; where an entry has several wordings, neighbouring communities get
//! different ones. Single events are in [`super::occasions`].

use domain::activity::{Audience, SignUpPolicy};
use domain::time::Weekday::{self, Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};

use super::spaces::Blueprint::{self, Classroom, East, Hall, Living, Memory, Play, Reading, Rehearsal, West};
use super::teams::TeamKind;

/// Where something should take place.
#[derive(Debug, Clone, Copy)]
pub enum Wish {
    /// In the first room of these kinds that is free.
    Room(&'static [Blueprint]),
    /// In the open, at a place of the community.
    Outside(&'static str),
}

/// Something that takes place every week.
#[derive(Debug, Clone, Copy)]
pub struct Weekly {
    /// Title and text; one of them is chosen.
    pub wordings: &'static [(&'static str, &'static str)],
    /// The weekday it should be on.
    pub weekday: Weekday,
    /// Hour and minute.
    pub at: (u8, u8),
    /// How long.
    pub minutes: u16,
    /// Where.
    pub place: Wish,
    /// Who may come.
    pub audience: Audience,
    /// How one gets a place.
    pub policy: SignUpPolicy,
    /// How sought-after it is, in percent of the usual.
    pub demand: i64,
}

const ANY_HALL: Wish = Wish::Room(&[Hall, East, West, Classroom, Rehearsal, Living, Reading]);
const QUIET: Wish = Wish::Room(&[Reading, Living, Classroom, West, Hall]);
const CLASS: Wish = Wish::Room(&[Classroom, West, Hall, Reading, Living]);
const STAGE: Wish = Wish::Room(&[Rehearsal, Hall, East, Living]);
const PLAY: Wish = Wish::Room(&[Play, Hall, Living]);
const SQUARE: Wish = Wish::Outside("中心广场");

const EVERYONE: Audience = Audience::Everyone;
const ADULTS: Audience = Audience::Adults;
const SENIORS: Audience = Audience::Seniors;
const SMALL: Audience = Audience::Families { from: 3, to: 6 };
const BIGGER: Audience = Audience::Families { from: 6, to: 12 };

/// Terms: so many heads, sign-up until so many minutes before, so many to a party.
pub(super) const fn seats(capacity: u16, closes: u32, party_max: u8) -> SignUpPolicy {
    SignUpPolicy::PerOccurrence {
        capacity: Some(capacity),
        opens_minutes_before: None,
        closes_minutes_before: closes,
        party_max,
        draws_minutes_before: None,
    }
}

/// The same, with sign-up from so many days before.
pub(super) const fn later(capacity: u16, opens_days: u32, closes: u32, party_max: u8) -> SignUpPolicy {
    SignUpPolicy::PerOccurrence {
        capacity: Some(capacity),
        opens_minutes_before: Some(opens_days * 24 * 60),
        closes_minutes_before: closes,
        party_max,
        draws_minutes_before: None,
    }
}

/// Sign-up without a limit.
pub(super) const fn open_end(closes: u32, party_max: u8) -> SignUpPolicy {
    SignUpPolicy::PerOccurrence {
        capacity: None,
        opens_minutes_before: None,
        closes_minutes_before: closes,
        party_max,
        draws_minutes_before: None,
    }
}

macro_rules! weekly {
    ($day:ident $hour:literal:$minute:literal + $minutes:literal, $place:expr, $audience:expr, $policy:expr, $demand:literal,
     $(($title:literal, $about:literal)),+ $(,)?) => {
        Weekly {
            wordings: &[$(($title, $about)),+],
            weekday: $day,
            at: ($hour, $minute),
            minutes: $minutes,
            place: $place,
            audience: $audience,
            policy: $policy,
            demand: $demand,
        }
    };
}

const OPERA: &[Weekly] = &[
    weekly!(Wednesday 14:30 + 120, STAGE, EVERYONE, seats(20, 60, 4), 105,
        ("淮剧教唱：《白蛇传》断桥一段", "老师一句一句带，词单现场发。嗓子没开也不怕，先跟着打板。\n自带水杯，穿软底鞋。"),
        ("淮剧教唱：《牙痕记》安寿保问路", "学一段自由调，再学一段拉调。上回没来的从头补，老师傅陪练。"),
        ("淮剧教唱：《珍珠塔》赠塔", "这段要念白，咱们先说顺了再唱。有胡琴伴奏，过把瘾。")),
    weekly!(Friday 9:00 + 120, STAGE, ADULTS, seats(16, 120, 2), 80,
        ("淮剧基本功：水袖与台步", "跟着镜子走圆场、抖水袖，一个半小时出一身汗，比跑步有意思。"),
        ("淮剧伴奏组合练", "二胡、三弦、笛子、打击乐都缺人，会一样就来，谱子提前在群里发。")),
    weekly!(Saturday 19:00 + 105, STAGE, EVERYONE, SignUpPolicy::WalkIn, 100,
        ("周末票友会：想唱就唱", "不用报名，到了抓号。一人一段，唱砸了也有掌声。茶水自取。")),
];

const DANCE: &[Weekly] = &[
    weekly!(Monday 19:00 + 90, SQUARE, EVERYONE, SignUpPolicy::WalkIn, 100,
        ("广场舞晚练：《茉莉花》新队形", "前半场热身老曲子，后半场学新动作。站后排也没人笑话你。"),
        ("广场舞晚练：红扇子", "扇子队里有多的，先借后买。八点半准时收音响。"),
        ("广场舞晚练：水兵舞第二套", "两人一组，没搭子的现场配。鞋底要软。")),
    weekly!(Wednesday 19:00 + 90, SQUARE, EVERYONE, SignUpPolicy::WalkIn, 100,
        ("广场舞晚练：三十二步", "老少都能跟，跳完一圈大概四千步。下雨改到廊下。"),
        ("健身操晚练", "节奏轻快，护膝护腰，队长口令喊得响。")),
    weekly!(Friday 19:00 + 90, SQUARE, EVERYONE, SignUpPolicy::WalkIn, 100,
        ("周五大联跳", "几支队伍合在一起跳，谁会谁领。孩子们可以在旁边滑旱冰。"),
        ("周五晚舞会", "交谊舞、广场舞轮着放，想跳就跳。")),
    weekly!(Tuesday 9:00 + 75, ANY_HALL, ADULTS, seats(16, 60, 2), 95,
        ("广场舞零基础班", "从怎么听拍子教起，十六人小班，一个月后就能站进队伍。")),
];

const READING: &[Weekly] = &[
    weekly!(Saturday 9:30 + 120, QUIET, EVERYONE, seats(18, 60, 3), 100,
        ("周六读书会：《朝花夕拾》", "每人读一段喜欢的，再说说自己的百草园。孩子可以一起听。"),
        ("周六读书会：《西游记》与淮安", "吴承恩就是咱们这儿的人。这回读三打白骨精，讲讲书外的故事。"),
        ("周六读书会：《人间草木》", "汪曾祺写吃写草木，也写运河边的人。带一样你家的吃食来配。"),
        ("周六读书会：《平凡的世界》", "读到第三部了，没读前面的也听得懂。")),
    weekly!(Thursday 19:00 + 90, QUIET, ADULTS, seats(12, 60, 2), 110,
        ("夜读小组：一个人读不完的书", "手机放篮子里，安安静静读一小时，最后半小时随便聊。"),
        ("夜读小组：一起读诗", "每人带一首，读两遍，不解释也行。")),
];

const COLLEGE: &[Weekly] = &[
    weekly!(Monday 9:00 + 90, CLASS, SENIORS, seats(20, 60, 2), 110,
        ("老年大学·手机课：挂号、打车、认骗子", "志愿者一对二地教。请把手机充满电，带上老花镜。"),
        ("老年大学·手机课：拍照和视频通话", "学会把孙辈的照片放大、存好、发给老姐妹。")),
    weekly!(Tuesday 9:00 + 90, CLASS, SENIORS, later(18, 7, 60, 2), 100,
        ("老年大学·书法：从横平竖直写起", "毡子笔墨都备好，人来就行。作品学期末上墙。"),
        ("老年大学·国画：一枝梅花", "今天学枝干的顿挫，颜料管够，穿深色衣服。")),
    weekly!(Wednesday 9:00 + 90, ANY_HALL, SENIORS, seats(24, 60, 2), 85,
        ("老年大学·声乐：中音部练习", "唱《洪湖水浪打浪》，先练气，再合声。")),
    weekly!(Thursday 9:00 + 60, ANY_HALL, SENIORS, seats(20, 60, 2), 90,
        ("老年大学·养生：八段锦", "一招一式慢慢来，膝盖不好可以坐着练。"),
        ("老年大学·养生：冬天怎么吃", "社区医生来讲，血压血糖高的邻居欢迎带着化验单问。")),
];

const POETRY: &[Weekly] =
    &[weekly!(Thursday 14:30 + 120, Wish::Room(&[Memory, Living, Hall]), EVERYONE, seats(12, 120, 2), 125,
    ("农民诗社·改稿会", "带一首新写的来，念给大家听。土话入诗最好。"),
    ("农民诗社·采风：写老槐树", "先绕着树走三圈，再坐下来写。写不出也有茶喝。"))];

const ON_STAGE: &[Weekly] = &[
    weekly!(Friday 19:00 + 105, Wish::Room(&[Blueprint::Whole, Hall]), EVERYONE, seats(80, 60, 6), 55,
        ("百姓大舞台·周五专场", "报了节目的六点半到后台走台，来看的七点前入座。孩子坐前排地垫。")),
    weekly!(Tuesday 14:30 + 90, ANY_HALL, EVERYONE, seats(25, 60, 4), 70,
        ("百姓大舞台·排练日", "小品、快板、三句半都缺人，会拉会弹的也来。")),
];

const WOMEN: &[Weekly] = &[
    weekly!(Thursday 9:00 + 120, Wish::Outside("党群服务中心门前"), ADULTS, seats(12, 24 * 60, 2), 90,
        ("巾帼志愿：上门看望独居老人", "两人一组走三户，量血压、陪说话、看看冰箱。新来的跟老队员走。"),
        ("巾帼志愿：护学岗", "放学时段在路口举牌子，反光背心到队里领。")),
    weekly!(Saturday 8:30 + 150, Wish::Outside("中心广场东侧"), EVERYONE, SignUpPolicy::WalkIn, 100,
        ("便民缝补：换拉链、改裤脚", "三台缝纫机摆开，拿号等一会儿就好。不收钱，收一句谢谢。")),
];

const FISHING: &[Weekly] =
    &[weekly!(Sunday 6:30 + 240, Wish::Outside("河边栈道集合"), ADULTS, seats(12, 24 * 60, 2), 95,
    ("周日野钓：早口最好", "六点半集合点名，穿救生衣，线组自带。一斤以下放回去，走时带走垃圾。"),
    ("钓友晨会：学打窝", "老钓友教看水色、调浮漂。新手有两根公用竿。"))];

const FAMILY: &[Weekly] = &[
    weekly!(Sunday 15:00 + 90, PLAY, SMALL, seats(20, 60, 4), 110,
        ("亲子故事会：《小熊过桥》", "讲完故事一起搭一座桥，看谁的桥能站三个娃。3 到 6 岁，大人陪着。"),
        ("亲子手工：捏一只小毛驴", "超轻黏土管够，作品带回家。3 到 6 岁，衣服别穿太新。"),
        ("亲子音乐课：敲敲打打", "三角铁、沙锤、小鼓轮着玩。3 到 6 岁，大人也得唱。")),
    weekly!(Saturday 10:00 + 90, PLAY, SMALL, later(12, 7, 120, 3), 125,
        ("小脚丫体能课", "爬、钻、跳、平衡木，一小时放完电，回家睡得香。穿防滑袜。"),
        ("绘本里的节气", "读一本节气绘本，做一样应季点心。")),
    weekly!(Sunday 9:30 + 90, ANY_HALL, BIGGER, seats(16, 120, 3), 90,
        ("小小科学家：会爬的彩虹", "6 到 12 岁，和爸妈一起做三个小实验，材料带得走。"),
        ("少儿棋类启蒙", "6 到 12 岁，大人坐旁边别支招。")),
];

const CALLIGRAPHY: &[Weekly] = &[
    weekly!(Tuesday 14:30 + 120, CLASS, EVERYONE, seats(15, 60, 2), 85,
        ("书画社·临帖：《曹全碑》", "今天临十个字，写完互相挑毛病，挑得客气点。")),
    weekly!(Saturday 14:30 + 120, QUIET, EVERYONE, seats(15, 60, 3), 80,
        ("书画社·少长同桌", "一老一小一张桌，爷爷教笔顺，孙女教用颜料。")),
];

const TAI_CHI: &[Weekly] = &[
    weekly!(Tuesday 6:30 + 60, SQUARE, EVERYONE, SignUpPolicy::WalkIn, 100,
        ("晨练太极：二十四式", "天亮就练，站后排跟着比划。穿暖和点，练开了再脱。")),
    weekly!(Friday 6:30 + 60, SQUARE, EVERYONE, SignUpPolicy::WalkIn, 100,
        ("晨练太极：太极扇", "扇子有多的，响一声很提神。")),
    weekly!(Wednesday 15:00 + 60, ANY_HALL, SENIORS, seats(16, 60, 2), 85,
        ("坐着也能练的太极", "专给膝盖不好的邻居：坐在椅子上练四十分钟。")),
];

const CHESS: &[Weekly] = &[
    weekly!(Wednesday 14:00 + 150, ANY_HALL, EVERYONE, seats(16, 60, 2), 90,
        ("象棋会友：积分赛", "抓阄对阵，快棋二十分钟。积分前三月底有一斤茶叶。")),
    weekly!(Sunday 14:00 + 150, Wish::Outside("老槐树下"), EVERYONE, SignUpPolicy::WalkIn, 100,
        ("树下摆摊：象棋、掼蛋随便坐", "不用报名，凑够人就开。下雨挪到友邻点。")),
];

const CHOIR: &[Weekly] = &[weekly!(Tuesday 19:00 + 90, STAGE, ADULTS, seats(24, 60, 2), 75,
    ("合唱团排练：《在水一方》", "女高今天合第二段，男声缺三位，来听一次也行。"),
    ("合唱团排练：《我的祖国》", "先开声二十分钟，再分部练。谱子现场发。"))];

const YOUTH: &[Weekly] = &[
    weekly!(Wednesday 19:30 + 60, Wish::Outside("南门集合"), ADULTS, open_end(30, 2), 60,
        ("下班跑团：五公里慢慢跑", "配速七分，掉队有人陪。跑完一起拉伸、认识邻居。")),
    weekly!(Saturday 9:00 + 180, Wish::Outside("物业服务楼门口"), EVERYONE, SignUpPolicy::WalkIn, 100,
        ("修修补补日：灯泡、电脑、自行车", "东西拎来就修，零件按成本价。也教你自己动手。")),
];

/// What a team of this kind does every week. Committees meet by the month (see [`super::occasions`]).
#[must_use]
pub const fn weekly(kind: TeamKind) -> &'static [Weekly] {
    match kind {
        TeamKind::Committee => &[],
        TeamKind::Opera => OPERA,
        TeamKind::Dance => DANCE,
        TeamKind::Reading => READING,
        TeamKind::College => COLLEGE,
        TeamKind::Poetry => POETRY,
        TeamKind::Stage => ON_STAGE,
        TeamKind::Women => WOMEN,
        TeamKind::Fishing => FISHING,
        TeamKind::Family => FAMILY,
        TeamKind::Calligraphy => CALLIGRAPHY,
        TeamKind::TaiChi => TAI_CHI,
        TeamKind::Chess => CHESS,
        TeamKind::Choir => CHOIR,
        TeamKind::Youth => YOUTH,
    }
}
