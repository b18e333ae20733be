//! The culture teams of the demo district: of the kinds the district is known for, and its committees.
//!
//! Names are made of a community's name and what the team does; none belongs to a real group.

use domain::activity::Category;
use domain::change::TeamRow;
use domain::id::{CommunityId, TeamId};
use uuid::Uuid;

use super::dice::text;

/// A team as it is put into an empty database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoTeam {
    /// Its id.
    pub id: TeamId,
    /// Where it belongs.
    pub community: CommunityId,
    /// What everybody sees.
    pub row: TeamRow,
    /// What it does.
    pub kind: TeamKind,
}

/// What a team does; finer than [`Category`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names and the texts below say it")]
pub enum TeamKind {
    Committee,
    Opera,
    Dance,
    Reading,
    College,
    Poetry,
    Stage,
    Women,
    Fishing,
    Family,
    Calligraphy,
    TaiChi,
    Chess,
    Choir,
    Youth,
}

impl TeamKind {
    /// The category its activities have unless they say otherwise.
    #[must_use]
    pub const fn category(self) -> Category {
        match self {
            Self::Committee => Category::Council,
            Self::Opera => Category::Opera,
            Self::Dance | Self::TaiChi => Category::Dance,
            Self::Reading => Category::Reading,
            Self::College | Self::Calligraphy | Self::Choir => Category::Course,
            Self::Poetry => Category::Poetry,
            Self::Stage => Category::Festival,
            Self::Family => Category::Family,
            Self::Women | Self::Fishing | Self::Chess | Self::Youth => Category::Other,
        }
    }

    const fn about(self) -> &'static str {
        match self {
            Self::Committee => "社区的事大家议。道德评议、居民议事、政策法治宣讲，每月各一场，谁都能来听、来说。",
            Self::Opera => "一群爱唱淮剧的邻居，有退休老师傅，也有刚学的小年轻。不会唱没关系，先来听一段。",
            Self::Dance => "晚饭后跳一跳，出点汗睡得香。音量按约定开，九点准时收场。",
            Self::Reading => "每周读一点，聊一点。不布置作业，没读完也能来。",
            Self::College => "六十岁以上的同学都欢迎：手机、书法、声乐、八段锦，学得慢不要紧，老师等您。",
            Self::Poetry => "种了一辈子地，搬进楼房写起了诗。写田埂、写运河、写孙子的第一颗牙。",
            Self::Stage => "谁都能上台：一首歌、一段快板、一支舞。前一天报个节目就行。",
            Self::Women => "缝补、理发、陪聊、看望独居老人。有一双手、半天空就够了。",
            Self::Fishing => "钓的是鱼，聊的是天。护鱼净滩，小鱼放回去。",
            Self::Family => "带着孩子一起玩，大人也交上朋友。",
            Self::Calligraphy => "一张毡子一支笔，从横平竖直写起。笔墨纸都备好了。",
            Self::TaiChi => "天亮就开练，站在最后一排跟着比划就行。",
            Self::Chess => "象棋、掼蛋、围棋都有桌。观棋不语，输了请喝茶。",
            Self::Choir => "老歌新唱，四个声部都缺人。识谱不识谱都收。",
            Self::Youth => "下了班的年轻人，换灯泡、修电脑、护学岗、跑步团，顺便认识邻居。",
        }
    }
}

type Entry = (&'static str, TeamKind, &'static str);

/// The teams beside the committees, which every community has.
const TEAMS: [Entry; 48] = [
    ("banzha", TeamKind::Opera, "板闸淮剧队"),
    ("banzha", TeamKind::Dance, "板闸广场舞队"),
    ("banzha", TeamKind::College, "板闸老年大学"),
    ("banzha", TeamKind::Women, "板闸巾帼志愿者服务队"),
    ("banzha", TeamKind::Poetry, "板闸农民诗社"),
    ("banzha", TeamKind::Family, "小板凳亲子营"),
    ("lvdi", TeamKind::Stage, "百姓大舞台"),
    ("lvdi", TeamKind::Dance, "绿地广场舞队"),
    ("lvdi", TeamKind::Reading, "绿地文旅读书会"),
    ("lvdi", TeamKind::Family, "豆芽亲子俱乐部"),
    ("lvdi", TeamKind::Choir, "绿地合唱团"),
    ("binhe", TeamKind::Fishing, "滨河钓友会"),
    ("binhe", TeamKind::Dance, "滨河广场舞队"),
    ("binhe", TeamKind::Reading, "河畔文旅读书会"),
    ("binhe", TeamKind::College, "滨河老年大学"),
    ("binhe", TeamKind::Family, "小浪花亲子营"),
    ("youyuan", TeamKind::Opera, "悠园淮剧票友社"),
    ("youyuan", TeamKind::Dance, "悠园广场舞队"),
    ("youyuan", TeamKind::Poetry, "悠园农民诗社"),
    ("youyuan", TeamKind::Women, "悠园巾帼志愿者服务队"),
    ("youyuan", TeamKind::College, "悠园老年大学"),
    ("shanyangwan", TeamKind::Reading, "山阳文旅读书会"),
    ("shanyangwan", TeamKind::Dance, "山阳湾广场舞队"),
    ("shanyangwan", TeamKind::Family, "海贝亲子营"),
    ("shanyangwan", TeamKind::Calligraphy, "山阳书画社"),
    ("dushi-huayuan", TeamKind::Family, "向日葵亲子俱乐部"),
    ("dushi-huayuan", TeamKind::College, "都市花园老年大学"),
    ("dushi-huayuan", TeamKind::Dance, "都市花园广场舞队"),
    ("dushi-huayuan", TeamKind::Youth, "都市花园青年志愿队"),
    ("heyun", TeamKind::Opera, "荷韵淮剧队"),
    ("heyun", TeamKind::TaiChi, "荷韵太极队"),
    ("heyun", TeamKind::Women, "荷韵巾帼志愿者服务队"),
    ("liuyin", TeamKind::Dance, "柳荫广场舞队"),
    ("liuyin", TeamKind::Chess, "老槐树棋社"),
    ("liuyin", TeamKind::Fishing, "柳荫钓友会"),
    ("fengxiang", TeamKind::Opera, "枫香淮剧队"),
    ("fengxiang", TeamKind::TaiChi, "枫香太极队"),
    ("fengxiang", TeamKind::Choir, "枫香合唱团"),
    ("yunxi", TeamKind::College, "云溪老年大学"),
    ("yunxi", TeamKind::Family, "小鹿亲子营"),
    ("yunxi", TeamKind::Youth, "云溪青年志愿队"),
    ("shuxiangli", TeamKind::Reading, "书香里文旅读书会"),
    ("shuxiangli", TeamKind::Family, "书虫亲子俱乐部"),
    ("wanghu", TeamKind::Fishing, "望湖钓友会"),
    ("wanghu", TeamKind::Dance, "望湖广场舞队"),
    ("wanghu", TeamKind::Calligraphy, "望湖书画社"),
    ("heyuan", TeamKind::Stage, "和苑百姓大舞台"),
    ("heyuan", TeamKind::Women, "和苑巾帼志愿者服务队"),
];

/// All teams of a community, its committee first; `fresh` makes the ids.
pub fn teams_of(
    community: &CommunityId,
    community_name: &str,
    phone: Option<&str>,
    mut fresh: impl FnMut() -> Uuid,
) -> Vec<DemoTeam> {
    let committee = (TeamKind::Committee, format!("{community_name}居委会"));
    let others = TEAMS
        .iter()
        .filter(|(slug, ..)| *slug == community.as_str())
        .map(|(_, kind, name)| (*kind, (*name).to_owned()));
    std::iter::once(committee)
        .chain(others)
        .map(|(kind, name)| DemoTeam {
            id: TeamId::from_uuid(fresh()),
            community: community.clone(),
            row: TeamRow {
                name: text(&name),
                category: kind.category(),
                about: Some(text(kind.about())),
                phone: phone.map(str::to_owned),
            },
            kind,
        })
        .collect()
}
