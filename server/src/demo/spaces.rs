//! The spaces of the demo district: living rooms, friend points, parent-child rooms, halls, memory halls, stations.
//!
//! A [`Blueprint`] carries the terms, hours and standing text of a kind of room; the table below says which community
//! has which, under what name and where. Addresses are made up. One hall in 板闸 and one in 绿地 can be divided: the
//! whole and its two halves are three spaces over two *atoms*, so that whoever has a half keeps others from the whole.

use domain::change::SpaceRow;
use domain::id::{CommunityId, SpaceId};
use domain::space::{Answer, Closure, FamilyRule, Mode, Opening, OpeningHours, SpaceKind, SpacePolicy};
use uuid::Uuid;

use super::dice::text;

/// A space as it is put into an empty database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoSpace {
    /// Its id.
    pub id: SpaceId,
    /// Where it belongs.
    pub community: CommunityId,
    /// What everybody sees.
    pub row: SpaceRow,
    /// What it consists of and shares with other spaces; a space of its own has one.
    pub atoms: Vec<Uuid>,
    /// What it was made from.
    pub blueprint: Blueprint,
}

/// The kinds of rooms the demo knows; finer than [`SpaceKind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blueprint {
    /// 居民客厅, one group at a time, a host answers.
    Living,
    /// 友邻点, a few tables.
    Friend,
    /// 亲子空间 for children from three to six.
    Play,
    /// 活动室 for forty.
    Hall,
    /// A hall that can be divided, as a whole.
    Whole,
    /// Its eastern half.
    East,
    /// Its western half.
    West,
    /// A room to sing and dance in.
    Rehearsal,
    /// A classroom.
    Classroom,
    /// A reading room, several parties at once.
    Reading,
    /// 乡愁记忆馆
    Memory,
    /// 党员先锋站
    Station,
}

type Days = [&'static [(u16, u16)]; 7];

/// Hours as `HHMM` on weekdays, Saturday and Sunday; Monday apart, because so much is closed then.
const fn week(monday: &'static [(u16, u16)], other: &'static [(u16, u16)], weekend: &'static [(u16, u16)]) -> Days {
    [monday, other, other, other, other, weekend, weekend]
}

const ALL_DAY: &[(u16, u16)] = &[(900, 1200), (1400, 2100)];
const LONG_DAY: &[(u16, u16)] = &[(800, 2030)];
const PLAY_DAY: &[(u16, u16)] = &[(900, 1130), (1430, 1800)];
const PLAY_WEEKEND: &[(u16, u16)] = &[(900, 1800)];
const HALL_DAY: &[(u16, u16)] = &[(830, 2100)];
const REHEARSAL_DAY: &[(u16, u16)] = &[(830, 1200), (1400, 2100)];
const OFFICE_DAY: &[(u16, u16)] = &[(830, 1200), (1400, 1730)];
const MORNING: &[(u16, u16)] = &[(900, 1200)];
const READING_DAY: &[(u16, u16)] = &[(900, 2030)];

impl Blueprint {
    const fn kind(self) -> SpaceKind {
        match self {
            Self::Living => SpaceKind::LivingRoom,
            Self::Friend => SpaceKind::FriendPoint,
            Self::Play => SpaceKind::ParentChild,
            Self::Memory => SpaceKind::MemoryHall,
            Self::Station => SpaceKind::Station,
            Self::Hall | Self::Whole | Self::East | Self::West | Self::Rehearsal | Self::Classroom | Self::Reading => {
                SpaceKind::Hall
            }
        }
    }

    /// Whether one group at a time is there.
    #[must_use]
    pub fn is_exclusive(self) -> bool {
        matches!(self.policy().mode, Mode::Exclusive { .. })
    }

    fn policy(self) -> SpacePolicy {
        let base = SpacePolicy {
            mode: Mode::Exclusive { heads: 12 },
            grid_minutes: 30,
            min_minutes: 60,
            max_minutes: 180,
            setup_minutes: 0,
            teardown_minutes: 15,
            notice_minutes: 60,
            horizon_days: 14,
            answer: Answer::ByHost { within_minutes: 36 * 60 },
            family: None,
            open_bookings_max: 2,
            check_in_required: true,
        };
        let hall = |heads| SpacePolicy {
            mode: Mode::Exclusive { heads },
            max_minutes: 240,
            setup_minutes: 15,
            notice_minutes: 24 * 60,
            horizon_days: 28,
            answer: Answer::ByHost { within_minutes: 48 * 60 },
            ..base
        };
        let tables = |groups, heads| SpacePolicy {
            mode: Mode::Shared { groups, heads },
            min_minutes: 30,
            max_minutes: 120,
            teardown_minutes: 0,
            notice_minutes: 0,
            horizon_days: 7,
            answer: Answer::Instant,
            check_in_required: false,
            ..base
        };
        match self {
            Self::Living => base,
            Self::Friend => tables(4, 12),
            Self::Reading => SpacePolicy { max_minutes: 180, ..tables(12, 24) },
            Self::Play => SpacePolicy {
                min_minutes: 60,
                horizon_days: 14,
                family: Some(FamilyRule { from: 3, to: 6, children_per_adult: 2 }),
                ..tables(8, 24)
            },
            Self::Hall => hall(40),
            Self::Whole => hall(100),
            Self::East | Self::West => hall(45),
            Self::Classroom => SpacePolicy { setup_minutes: 0, ..hall(30) },
            Self::Rehearsal => {
                SpacePolicy { mode: Mode::Exclusive { heads: 25 }, answer: Answer::Instant, setup_minutes: 0, ..base }
            }
            Self::Memory => SpacePolicy {
                max_minutes: 120,
                answer: Answer::ByHost { within_minutes: 24 * 60 },
                notice_minutes: 12 * 60,
                horizon_days: 28,
                ..tables(3, 45)
            },
            Self::Station => SpacePolicy { mode: Mode::Exclusive { heads: 15 }, answer: Answer::Instant, ..base },
        }
    }

    fn hours(self) -> OpeningHours {
        let days = match self {
            Self::Living => week(ALL_DAY, ALL_DAY, ALL_DAY),
            Self::Friend => week(LONG_DAY, LONG_DAY, LONG_DAY),
            Self::Play => week(&[], PLAY_DAY, PLAY_WEEKEND),
            Self::Hall | Self::Whole | Self::East | Self::West => week(HALL_DAY, HALL_DAY, HALL_DAY),
            Self::Rehearsal => week(REHEARSAL_DAY, REHEARSAL_DAY, REHEARSAL_DAY),
            Self::Classroom => [OFFICE_DAY, OFFICE_DAY, OFFICE_DAY, OFFICE_DAY, OFFICE_DAY, OFFICE_DAY, &[]],
            Self::Reading => week(&[], READING_DAY, READING_DAY),
            Self::Memory => week(&[], OFFICE_DAY, OFFICE_DAY),
            Self::Station => [OFFICE_DAY, OFFICE_DAY, OFFICE_DAY, OFFICE_DAY, OFFICE_DAY, MORNING, &[]],
        };
        let minutes = |hhmm: u16| hhmm / 100 * 60 + hhmm % 100;
        let opening = |(from, to): &(u16, u16)| Opening::new(minutes(*from), minutes(*to));
        OpeningHours(days.map(|day| day.iter().filter_map(opening).collect()))
    }

    const fn about(self) -> &'static str {
        match self {
            Self::Living => {
                "沙发、长桌、茶具、投影都有，带上朋友就能坐下来。\n用完请擦桌、关空调、带走垃圾，杯子洗好放回柜里。不抽烟，晚上八点半以后小声些。"
            }
            Self::Friend => {
                "四张小圆桌，热水随便接，老花镜和充电线在门口抽屉。下棋、歇脚、等孩子放学都行，先到先坐，订了更稳当。"
            }
            Self::Play => {
                "给 3 到 6 岁孩子的游戏房：积木墙、过家家小厨房、绘本角、滑梯。每位大人最多带两个孩子，全程看护。\n进门脱鞋、洗手；玩具每天中午消毒。"
            }
            Self::Hall => "能坐四十人，有音响、投影、折叠桌椅。布置和收拾各留了一刻钟，请把椅子按十把一摞放好。",
            Self::Whole => {
                "东厅、西厅打通就是它：一百个座位，带小舞台、追光和调音台。办晚会、开大会用；人少请只订半边。"
            }
            Self::East => "多功能厅靠舞台的一半，四十五座。隔断关上互不打扰。整厅被订了，这一半也就没有了。",
            Self::West => "多功能厅靠窗的一半，四十五座，光线好，适合上课和做手工。整厅被订了，这一半也就没有了。",
            Self::Rehearsal => "一面墙的镜子、把杆、音响和锣鼓柜。请穿软底鞋，锣鼓晚上八点收。",
            Self::Classroom => "三十张课桌，黑板和投影各一块，后排有两张站立桌。借粉笔、麦克风找值班社工。",
            Self::Reading => "三千多册书，靠窗一排单人座，里间可以小声讨论。书能借回家，登记一下，三周内还。",
            Self::Memory => {
                "老门楼、犁耙、蓝印花布、拆迁前的全村合影都在这里。订好时间有讲解员陪着走一圈，大约四十分钟。"
            }
            Self::Station => "党员先锋站的议事桌，坐十五人。谈心、调解、小组学习都可以用，资料柜里有最新的办事指南。",
        }
    }

    const fn access(self) -> &'static str {
        match self {
            Self::Living | Self::Friend | Self::Memory | Self::Station => "一楼，进门无台阶，轮椅可进",
            Self::Play => "一楼，童车可推到门口，有母婴室",
            Self::Hall | Self::Whole | Self::East | Self::West => "二楼，有电梯，门宽 1.4 米",
            Self::Rehearsal => "三楼，有电梯",
            Self::Classroom | Self::Reading => "二楼，有电梯，无障碍卫生间在走廊尽头",
        }
    }

    /// What the demo closes it for, now and then.
    #[must_use]
    pub const fn closing_reason(self) -> &'static str {
        match self {
            Self::Living => "沙发清洗，晾一个上午",
            Self::Friend => "饮水机换滤芯",
            Self::Play => "玩具全面消毒",
            Self::Hall | Self::Whole | Self::East | Self::West => "检修音响和灯光",
            Self::Rehearsal => "地板打蜡，请改天再来",
            Self::Classroom => "社工考试借用考场",
            Self::Reading => "图书盘点",
            Self::Memory => "更换展品",
            Self::Station => "全区业务培训，站里没人",
        }
    }
}

type Entry = (&'static str, Blueprint, &'static str, &'static str);

/// Which community has which room, what it is called and where it is.
const SPACES: [Entry; 57] = [
    ("banzha", Blueprint::Living, "运河客厅", "党群服务中心一楼东侧"),
    ("banzha", Blueprint::Living, "老街客厅", "6号楼架空层"),
    ("banzha", Blueprint::Whole, "板闸多功能厅（整厅）", "党群服务中心二楼"),
    ("banzha", Blueprint::East, "板闸多功能厅·东厅", "党群服务中心二楼东"),
    ("banzha", Blueprint::West, "板闸多功能厅·西厅", "党群服务中心二楼西"),
    ("banzha", Blueprint::Play, "小板凳亲子空间", "12号楼一层南门"),
    ("banzha", Blueprint::Rehearsal, "淮剧排练厅", "党群服务中心三楼"),
    ("banzha", Blueprint::Friend, "闸口友邻点", "中心花园凉亭旁"),
    ("banzha", Blueprint::Memory, "板闸乡愁记忆馆", "乡情树广场北侧"),
    ("lvdi", Blueprint::Living, "绿荫客厅", "18号楼架空层"),
    ("lvdi", Blueprint::Whole, "绿地百姓大舞台（整厅）", "党群服务中心二楼"),
    ("lvdi", Blueprint::East, "绿地百姓大舞台·东厅", "党群服务中心二楼东"),
    ("lvdi", Blueprint::West, "绿地百姓大舞台·西厅", "党群服务中心二楼西"),
    ("lvdi", Blueprint::Play, "豆芽亲子空间", "物业服务楼一层"),
    ("lvdi", Blueprint::Friend, "树下友邻点", "东门值班房旁"),
    ("lvdi", Blueprint::Station, "绿地党员先锋站", "商业街入口"),
    ("binhe", Blueprint::Living, "听涛客厅", "滨河步道 3号驿站"),
    ("binhe", Blueprint::Hall, "滨河活动室", "党群服务中心二楼"),
    ("binhe", Blueprint::Play, "小浪花亲子空间", "9号楼一层"),
    ("binhe", Blueprint::Reading, "河畔书房", "党群服务中心二楼西"),
    ("binhe", Blueprint::Friend, "码头友邻点", "亲水平台入口"),
    ("youyuan", Blueprint::Living, "乡情客厅", "3号楼架空层"),
    ("youyuan", Blueprint::Hall, "悠园活动室", "党群服务中心二楼"),
    ("youyuan", Blueprint::Memory, "悠园村史馆", "党群服务中心一楼北"),
    ("youyuan", Blueprint::Play, "泥巴亲子空间", "8号楼一层"),
    ("youyuan", Blueprint::Station, "民情日记先锋站", "党群服务中心一楼"),
    ("shanyangwan", Blueprint::Living, "湾里客厅", "会所一楼"),
    ("shanyangwan", Blueprint::Hall, "山阳湾活动室", "党群服务中心二楼"),
    ("shanyangwan", Blueprint::Reading, "山阳书房", "会所二楼"),
    ("shanyangwan", Blueprint::Play, "海贝亲子空间", "会所一楼东"),
    ("shanyangwan", Blueprint::Friend, "桂花友邻点", "5号楼门厅"),
    ("dushi-huayuan", Blueprint::Living, "花园客厅", "中心花园玻璃房"),
    ("dushi-huayuan", Blueprint::Hall, "都市花园活动室", "党群服务中心二楼"),
    ("dushi-huayuan", Blueprint::Play, "向日葵亲子空间", "2号楼一层"),
    ("dushi-huayuan", Blueprint::Classroom, "都市花园大教室", "党群服务中心二楼东"),
    ("dushi-huayuan", Blueprint::Friend, "廊桥友邻点", "北区廊桥下"),
    ("heyun", Blueprint::Living, "荷塘客厅", "7号楼架空层"),
    ("heyun", Blueprint::Hall, "荷韵活动室", "党群服务中心二楼"),
    ("heyun", Blueprint::Memory, "荷韵乡愁记忆馆", "荷塘西岸"),
    ("liuyin", Blueprint::Living, "柳荫客厅", "11号楼架空层"),
    ("liuyin", Blueprint::Hall, "柳荫活动室", "党群服务中心二楼"),
    ("liuyin", Blueprint::Friend, "老槐树友邻点", "西门小广场"),
    ("fengxiang", Blueprint::Living, "枫香客厅", "4号楼一层"),
    ("fengxiang", Blueprint::Rehearsal, "枫香排练厅", "党群服务中心三楼"),
    ("fengxiang", Blueprint::Station, "枫香党员先锋站", "党群服务中心一楼"),
    ("yunxi", Blueprint::Living, "溪边客厅", "物业服务楼二层"),
    ("yunxi", Blueprint::Play, "小鹿亲子空间", "物业服务楼一层"),
    ("yunxi", Blueprint::Classroom, "云溪教室", "党群服务中心二楼"),
    ("shuxiangli", Blueprint::Reading, "书香里书房", "1号楼一、二层"),
    ("shuxiangli", Blueprint::Living, "书香里客厅", "15号楼架空层"),
    ("shuxiangli", Blueprint::Play, "书虫亲子空间", "1号楼一层东"),
    ("wanghu", Blueprint::Living, "望湖客厅", "临湖商铺 8号"),
    ("wanghu", Blueprint::Hall, "望湖活动室", "党群服务中心二楼"),
    ("wanghu", Blueprint::Friend, "渔家友邻点", "湖边栈道口"),
    ("heyuan", Blueprint::Living, "和苑客厅", "10号楼架空层"),
    ("heyuan", Blueprint::Hall, "和苑活动室", "党群服务中心二楼"),
    ("heyuan", Blueprint::Memory, "和苑家风馆", "文化墙东头"),
];

/// All spaces of a community, without hosts and closures; `fresh` makes the ids.
pub fn spaces_of(
    community: &CommunityId,
    community_name: &str,
    phone: Option<&str>,
    mut fresh: impl FnMut() -> Uuid,
) -> Vec<DemoSpace> {
    let halves = [fresh(), fresh()];
    SPACES
        .iter()
        .filter(|(slug, ..)| *slug == community.as_str())
        .map(|(_, blueprint, name, place)| DemoSpace {
            id: SpaceId::from_uuid(fresh()),
            community: community.clone(),
            atoms: match blueprint {
                Blueprint::Whole => halves.to_vec(),
                Blueprint::East => vec![halves[0]],
                Blueprint::West => vec![halves[1]],
                _ => vec![fresh()],
            },
            row: SpaceRow {
                name: text(name),
                kind: blueprint.kind(),
                address: text(&format!("{community_name}{place}")),
                access: Some(text(blueprint.access())),
                about: Some(text(blueprint.about())),
                phone: phone.map(str::to_owned),
                hosts: Vec::new(),
                policy: blueprint.policy(),
                hours: blueprint.hours(),
                closures: Vec::<Closure>::new(),
            },
            blueprint: *blueprint,
        })
        .collect()
}
