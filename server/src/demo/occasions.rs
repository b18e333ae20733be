//! What takes place once: the committees' monthly duties, festivals by the almanac, and single events.
//!
//! Deliberately absent: what repeats every week ([`super::activities`]).

use domain::activity::{Audience, Category, SignUpPolicy};
use domain::almanac::{Festival, PublicHoliday, festival, public_holiday};
use domain::time::LocalDate;

use super::activities::{Wish, later, open_end, seats};
use super::spaces::Blueprint::{Classroom, East, Hall, Living, Reading, Rehearsal, Station, West, Whole};

/// Something that takes place once.
#[derive(Debug, Clone, Copy)]
pub struct Once {
    /// Its title.
    pub title: &'static str,
    /// What it is about.
    pub about: &'static str,
    /// Its category.
    pub category: Category,
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

const ANY_HALL: Wish = Wish::Room(&[Hall, Whole, East, Classroom, Rehearsal, Living, Reading]);
const TABLE: Wish = Wish::Room(&[Station, Living, Classroom, West, Hall, Rehearsal, Reading]);
const SQUARE: Wish = Wish::Outside("中心广场");
const EVERYONE: Audience = Audience::Everyone;
const WALK_IN: SignUpPolicy = SignUpPolicy::WalkIn;

macro_rules! once {
    ($category:ident $hour:literal:$minute:literal + $minutes:literal, $place:expr, $audience:expr, $policy:expr, $demand:literal,
     $title:literal, $about:literal) => {
        Once {
            title: $title,
            about: $about,
            category: Category::$category,
            at: ($hour, $minute),
            minutes: $minutes,
            place: $place,
            audience: $audience,
            policy: $policy,
            demand: $demand,
        }
    };
}

/// The three things every community holds every month (三必做), each with several wordings.
pub const DUTIES: [[Once; 2]; 3] = [
    [
        once!(MoralReview 15:00 + 90, TABLE, EVERYONE, WALK_IN, 0,
            "道德评议会：说说身边的好人", "上月谁帮了谁一把，大家提名、投票，上榜的贴到宣传栏。欢迎带着事例来。"),
        once!(MoralReview 15:00 + 90, TABLE, EVERYONE, WALK_IN, 0,
            "道德评议会：好媳妇、好婆婆推选", "三分钟讲一个故事，评议团现场亮牌。家里的事也可以拿来夸。"),
    ],
    [
        once!(Council 19:00 + 90, TABLE, Audience::Adults, open_end(60, 2), 60,
            "居民议事会：电动车停哪儿", "充电棚加在哪、收多少钱、晚上吵不吵，当面议。议定的事写进公约。"),
        once!(Council 19:00 + 90, TABLE, Audience::Adults, open_end(60, 2), 60,
            "居民议事会：楼道灯和晾衣杆", "三号楼先试点，物业、楼长都到场。说得清的当场定，说不清的列清单。"),
    ],
    [
        once!(PolicyTalk 9:30 + 75, ANY_HALL, EVERYONE, seats(25, 60, 3), 70,
            "法治宣讲：遗嘱怎么写才算数", "律师带着真实例子来，听完可以一对一问十分钟。"),
        once!(PolicyTalk 9:30 + 75, ANY_HALL, EVERYONE, seats(25, 60, 3), 65,
            "时事政策宣讲：医保、养老新变化", "带上社保卡，讲完现场教您在手机上查。"),
    ],
];

/// Single events of a neighbourhood. The first six take place in the evening.
pub const SINGLES: [Once; 20] = [
    once!(Other 19:00 + 90, ANY_HALL, EVERYONE, seats(25, 60, 4), 90,
        "邻里夜谈：新来的、老住户见一面", "每人三句话介绍自己，再说一样拿手的：修锁、腌菜、辅导作业都算。"),
    once!(Festival 19:00 + 120, SQUARE, EVERYONE, WALK_IN, 0,
        "露天电影：带上小马扎", "幕布挂在广场东墙，放一部老片子。天凉，带条毯子。"),
    once!(Opera 19:00 + 90, ANY_HALL, EVERYONE, seats(30, 60, 4), 105,
        "淮剧折子戏专场：票友登台", "三折戏，演员都是邻居。开演前二十分钟可以看化妆。"),
    once!(Family 18:30 + 60, ANY_HALL, Audience::Families { from: 3, to: 6 }, seats(14, 60, 3), 130,
        "睡前故事夜：打着手电听", "灯关掉，手电打开，三个故事讲完正好回家睡觉。3 到 6 岁。"),
    once!(Other 19:30 + 75, TABLE, Audience::Adults, seats(12, 60, 2), 115,
        "心理沙龙：怎么跟青春期的孩子说话", "咨询师带着聊，说出来的话不出门。十二人小圈子。"),
    once!(Course 19:00 + 90, ANY_HALL, Audience::Adults, seats(20, 60, 2), 95,
        "急救课：海姆立克和心肺复苏", "假人轮流按，每人都上手。学会了真能救人。"),
    once!(Other 9:00 + 150, Wish::Outside("党群服务中心门前"), EVERYONE, WALK_IN, 0,
        "便民集市：磨刀、修伞、配钥匙", "十来个摊位摆一上午，义诊也在：量血压、测血糖不用挂号。"),
    once!(Family 14:00 + 150, SQUARE, EVERYONE, open_end(120, 5), 120,
        "跳蚤市场：孩子当老板", "旧玩具、旧图书摆摊换，只收十块以下。报名领一块摊布。"),
    once!(Course 9:30 + 90, ANY_HALL, Audience::Seniors, seats(20, 60, 2), 120,
        "反诈小课堂：这个电话能不能接", "民警带录音来，一句一句拆给您听。来的都有一张防骗贴纸。"),
    once!(Other 9:00 + 120, SQUARE, EVERYONE, seats(40, 60, 4), 60,
        "净滩行动：河边走一走捡一捡", "手套、夹子、袋子都备好，孩子来的发小号手套。"),
    once!(Course 14:30 + 120, ANY_HALL, EVERYONE, seats(18, 60, 3), 110,
        "剪纸课：一张红纸剪条鱼", "剪坏了不心疼，红纸一大摞。剪好的贴到客厅玻璃上。"),
    once!(Family 10:00 + 120, ANY_HALL, Audience::Families { from: 6, to: 12 }, seats(16, 120, 3), 120,
        "和爸爸一起修自行车", "6 到 12 岁，学会补胎、上链条，修好的车自己骑走。"),
    once!(Reading 14:30 + 120, TABLE, EVERYONE, seats(15, 60, 2), 100,
        "作家来喝茶：写运河的人", "不是讲座，是坐一圈聊天。带一本旧书来换签名。"),
    once!(Other 9:00 + 180, ANY_HALL, EVERYONE, seats(24, 120, 4), 115,
        "一起包饺子：给独居老人送一碗", "面和馅都备好，包完先煮一锅自己尝，其余送上门。"),
    once!(Festival 15:00 + 120, ANY_HALL, EVERYONE, later(50, 10, 120, 5), 85,
        "最美家庭讲述会", "五户人家讲自家的故事，听众投票。有茶点。"),
    once!(Course 9:00 + 90, ANY_HALL, EVERYONE, later(20, 5, 120, 2), 120,
        "智能手机一对一", "大学生志愿者陪着学，一人教一人。把不会的写在纸上带来。"),
    once!(Other 13:30 + 180, ANY_HALL, EVERYONE, seats(32, 48 * 60, 1), 100,
        "掼蛋友谊赛", "三十二人十六对，提前两天抽签配对，淘汰了还有安慰组。"),
    once!(Poetry 15:00 + 90, TABLE, EVERYONE, seats(12, 60, 2), 130,
        "方言诗会：用土话念一首", "普通话念不出的味道，土话一开口就有了。"),
    once!(Dance 9:30 + 120, SQUARE, EVERYONE, WALK_IN, 0,
        "广场舞友谊赛", "各楼栋组队，十二人一队，现场报名。评委是小朋友。"),
    once!(Other 14:00 + 120, SQUARE, EVERYONE, open_end(240, 4), 80,
        "旧衣换绿植", "三件旧衣换一盆绿萝，衣服洗净打包。换来的花教您怎么养。"),
];

/// How many of [`SINGLES`] take place in the evening.
pub const EVENINGS: usize = 6;

/// Why something is called off: in the open, and indoors.
pub const CALLED_OFF_OUTSIDE: [&str; 3] =
    ["大风降温，户外停一次，请多保暖", "雨大路滑，安全第一，改天再聚", "广场地砖检修，施工队进场了，停一次"];
/// The same indoors.
pub const CALLED_OFF_INSIDE: [&str; 4] = [
    "老师感冒失声，停一次，请多包涵",
    "场地停电检修，来不及换地方，抱歉",
    "与全区体检日撞了时间，让一让",
    "空调坏了，修好再聚",
];

const fn feast(title: &'static str, about: &'static str, at: (u8, u8)) -> Once {
    let place = Wish::Room(&[Whole, Hall, Rehearsal, Living, Reading]);
    feast_at(place, title, about, at)
}

const fn feast_at(place: Wish, title: &'static str, about: &'static str, at: (u8, u8)) -> Once {
    let policy = seats(30, 120, 5);
    Once {
        title,
        about,
        category: Category::Festival,
        at,
        minutes: 120,
        place,
        audience: EVERYONE,
        policy,
        demand: 110,
    }
}

/// What a community does on the day of a festival.
#[must_use]
pub fn festivity(date: LocalDate) -> Option<Once> {
    if let Some(festival) = festival(date) {
        return Some(match festival {
            Festival::SpringFestival => {
                feast("我们的节日·春节：初一团拜", "给邻居拜个年，糖果瓜子管够，孩子都有小红包封。", (9, 30))
            }
            Festival::Lantern => feast("我们的节日·元宵：猜灯谜吃汤圆", "一百条灯谜挂满走廊，猜中换汤圆。", (18, 30)),
            Festival::DragonHead => feast("二月二：剃龙头", "理发师傅义务剪发，孩子剪完送一根小糖龙。", (9, 0)),
            Festival::Qingming => {
                feast("我们的节日·清明：给故乡写一封信", "想念的人、回不去的村子，写下来，我们读给大家听。", (9, 30))
            }
            Festival::DragonBoat => {
                feast("我们的节日·端午：包粽子", "苇叶、糯米、咸蛋黄备齐，不会包的现场教，包好带走六个。", (9, 0))
            }
            Festival::Qixi => feast("七夕：老夫妻讲恋爱", "三对金婚老人讲当年怎么认识的，年轻人来取取经。", (19, 0)),
            Festival::Zhongyuan => {
                feast_at(SQUARE, "河灯夜：放一盏平安灯", "用可降解的纸灯，孩子要大人牵着手。", (18, 30))
            }
            Festival::MidAutumn => feast_at(
                SQUARE,
                "我们的节日·中秋：邻里赏月会",
                "自带一样月饼切开分，淮剧队唱两段，看月亮从楼缝里升起来。",
                (18, 30),
            ),
            Festival::DoubleNinth => {
                feast("我们的节日·重阳：给爸妈拍张照", "摄影队支好灯，老人家梳梳头就拍，当场打印。", (9, 30))
            }
            Festival::WinterSolstice => {
                feast("我们的节日·冬至：热汤饺子宴", "和面、擀皮、包饺子，一家来一双手，吃完暖暖和和回家。", (14, 30))
            }
            Festival::Laba => {
                feast("我们的节日·腊八：一碗粥", "八样米豆熬一夜，早上端着碗来，走不动的我们送。", (8, 30))
            }
            Festival::LittleNewYear => {
                feast("小年：写春联、剪窗花", "书画社现场挥毫，说一句心愿写一副，红纸墨汁都备好。", (14, 0))
            }
            Festival::NewYearsEve => {
                feast("除夕上午：给值班的人送饺子", "保安、环卫、快递小哥还在岗，我们去说声过年好。", (9, 0))
            }
        });
    }
    Some(match public_holiday(date)? {
        PublicHoliday::NewYear => {
            feast_at(SQUARE, "元旦迎新：邻里跨年长跑", "沿河三公里，跑的走的推童车的都算，终点有姜茶。", (9, 0))
        }
        PublicHoliday::LabourDay => {
            feast("五一：劳动者的午后茶会", "请来物业、保洁、快递小哥坐一坐，孩子们给他们表演。", (14, 30))
        }
        PublicHoliday::NationalDay | PublicHoliday::NationalDayAndMidAutumn => {
            feast_at(SQUARE, "国庆：百姓合唱会", "六支队伍轮着唱，最后一首大家一起。", (15, 0))
        }
        _ => return None,
    })
}
