//! The people of the demo district: residents with their households, editors, hosts, staff, and the six one-tap people.
//!
//! Nobody here is real: a common surname and what neighbours say after it, children by pet names, telephone numbers
//! from `199 0000 0000` on. Addresses and full names do not exist at all.

use domain::id::{AccountId, DeviceId, PersonId};
use domain::people::{Person, Relation, Role};
use domain::text::{PersonName, Phone};
use domain::time::{LocalDate, Timestamp, YearMonth};

use super::communities::DemoCommunity;
use super::dice::{Dice, text};
use super::spaces::{Blueprint, DemoSpace};
use super::teams::{DemoTeam, TeamKind};

/// Which of the people that one tap signs in as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DemoRole {
    /// An elder who lives alone.
    Resident,
    /// A mother of two.
    Parent,
    /// Runs the opera team of 板闸.
    TeamEditor,
    /// Runs the living rooms of 板闸.
    Host,
    /// Answers for 板闸.
    CommunityAdmin,
    /// Answers for the district.
    DistrictAdmin,
}

impl DemoRole {
    /// All of them, in the order a login page shows.
    pub const ALL: [Self; 6] =
        [Self::Resident, Self::Parent, Self::TeamEditor, Self::Host, Self::CommunityAdmin, Self::DistrictAdmin];

    /// The word used in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resident => "resident",
            Self::Parent => "parent",
            Self::TeamEditor => "team_editor",
            Self::Host => "host",
            Self::CommunityAdmin => "community_admin",
            Self::DistrictAdmin => "district_admin",
        }
    }
}

/// An account as it is put into an empty database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAccount {
    /// Its id.
    pub id: AccountId,
    /// The device its commands come from.
    pub device: DeviceId,
    /// A number nobody has.
    pub phone: Phone,
    /// What the resident is called.
    pub name: PersonName,
    /// Where they live, as a place in the list of communities.
    pub home: usize,
    /// What they may do.
    pub roles: Vec<Role>,
    /// The household, the resident first.
    pub persons: Vec<Person>,
    /// Which of the one-tap people it is.
    pub demo_role: Option<DemoRole>,
}

const SURNAMES: [&str; 24] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马",
    "罗", "梁", "宋", "郑", "谢",
];
const ELDER_TITLES: [&str; 6] = ["阿姨", "大爷", "奶奶", "师傅", "老师", "大妈"];
const ADULT_TITLES: [&str; 5] = ["大姐", "大哥", "女士", "先生", "医生"];
const CHILDREN: [&str; 22] = [
    "小宝", "豆豆", "乐乐", "朵朵", "安安", "糖糖", "果果", "阳阳", "多多", "米粒", "团团", "可可", "依依", "毛豆",
    "小满", "石头", "星星", "暖暖", "元宝", "麦子", "小鱼", "壮壮",
];
/// Residents of each community beside its staff.
const RESIDENTS: usize = 17;

struct Maker<'a> {
    dice: &'a mut Dice,
    today: LocalDate,
    made_at: Timestamp,
    accounts: Vec<DemoAccount>,
}

impl Maker<'_> {
    /// A month of birth that makes somebody `age` years old today.
    fn born(&mut self, age: i32) -> YearMonth {
        let months = self.dice.between(0, 11) as i32;
        YearMonth::of(self.today).plus_months(-12 * age - months)
    }

    fn person(&mut self, relation: Relation, name: &str, age: Option<i32>) -> Person {
        let born = age.map(|age| self.born(age));
        // A household is shown in the order its people were added, which their ids then keep.
        self.made_at = Timestamp::from_ms(self.made_at.ms() + 1);
        Person { id: PersonId::from_uuid(self.dice.uuid(self.made_at)), relation, name: text(name), born }
    }

    fn account(&mut self, phone: usize, home: usize, persons: Vec<Person>) -> usize {
        let name = persons[0].name.clone();
        self.accounts.push(DemoAccount {
            id: AccountId::from_uuid(self.dice.uuid(self.made_at)),
            device: DeviceId::from_uuid(self.dice.uuid(self.made_at)),
            phone: text(&format!("1990000{phone:04}")),
            name,
            home,
            roles: Vec::new(),
            persons,
            demo_role: None,
        });
        self.accounts.len() - 1
    }

    /// One household of a kind that goes round: elders, couples, young families, three generations, singles.
    fn household(&mut self, home: usize, n: usize, surname: &str) -> Vec<Person> {
        let elder_title = *self.dice.pick(&ELDER_TITLES);
        let adult_title = *self.dice.pick(&ADULT_TITLES);
        let elder_age = self.dice.between(61, 82) as i32;
        // Neighbours' children are called differently.
        let child = |more: usize| CHILDREN[(home + n * 2 + more) % CHILDREN.len()];
        match n % 8 {
            0 => vec![self.person(Relation::Me, &format!("{surname}{elder_title}"), Some(elder_age))],
            1 | 5 => {
                let age = self.dice.between(3, 6) as i32;
                let parent = format!("{}{}", child(0), if n % 8 == 5 { "爸爸" } else { "妈妈" });
                vec![self.person(Relation::Me, &parent, None), self.person(Relation::Child, child(0), Some(age))]
            }
            2 => vec![
                self.person(Relation::Me, &format!("{surname}{elder_title}"), Some(elder_age)),
                self.person(Relation::Elder, "老伴", Some(elder_age)),
            ],
            3 => {
                let (older, younger) = (self.dice.between(7, 11) as i32, self.dice.between(3, 6) as i32);
                vec![
                    self.person(Relation::Me, &format!("{surname}{adult_title}"), None),
                    self.person(Relation::Adult, "爱人", None),
                    self.person(Relation::Child, child(0), Some(older)),
                    self.person(Relation::Child, child(1), Some(younger)),
                ]
            }
            4 => vec![
                self.person(Relation::Me, &format!("{surname}{adult_title}"), Some(47)),
                self.person(Relation::Elder, if n < 8 { "妈妈" } else { "爸爸" }, Some(74)),
            ],
            6 => vec![self.person(Relation::Me, &format!("小{surname}"), Some(27))],
            _ => {
                let age = self.dice.between(4, 9) as i32;
                vec![
                    self.person(Relation::Me, &format!("{surname}{elder_title}"), Some(63)),
                    self.person(Relation::Child, &format!("孙子{}", child(1)), Some(age)),
                ]
            }
        }
    }

    fn demo(&mut self, role: DemoRole, home: usize, persons: Vec<Person>, roles: Vec<Role>) {
        let phone = DemoRole::ALL.iter().position(|r| *r == role).unwrap_or(0) + 1;
        let n = self.account(phone, home, persons);
        self.accounts[n].demo_role = Some(role);
        self.accounts[n].roles = roles;
    }
}

/// Everybody. The six one-tap people come first; hosts are written into the spaces they run.
pub fn people(
    dice: &mut Dice,
    today: LocalDate,
    made_at: Timestamp,
    communities: &[DemoCommunity],
    teams: &[DemoTeam],
    spaces: &mut [DemoSpace],
) -> Vec<DemoAccount> {
    let mut maker = Maker { dice, today, made_at, accounts: Vec::new() };
    let banzha = communities.iter().position(|c| c.view.id.as_str() == "banzha").unwrap_or(0);
    let banzha_id = &communities[banzha].view.id;

    let aunt = vec![maker.person(Relation::Me, "王阿姨", Some(68))];
    maker.demo(DemoRole::Resident, banzha, aunt, Vec::new());
    let mother = vec![
        maker.person(Relation::Me, "陈女士", None),
        maker.person(Relation::Child, "小满", Some(4)),
        maker.person(Relation::Child, "朵朵", Some(8)),
    ];
    maker.demo(DemoRole::Parent, banzha, mother, Vec::new());
    let opera = |team: &&DemoTeam| team.community == *banzha_id && team.kind == TeamKind::Opera;
    let teacher = vec![maker.person(Relation::Me, "李老师", Some(58))];
    let runs = teams.iter().filter(opera).map(|team| Role::TeamEditor(team.id)).collect();
    maker.demo(DemoRole::TeamEditor, banzha, teacher, runs);
    let host = vec![maker.person(Relation::Me, "周大姐", Some(52))];
    let is_hers = |space: &DemoSpace| space.community == *banzha_id && space.blueprint == Blueprint::Living;
    let runs = spaces.iter().filter(|space| is_hers(space)).map(|space| Role::Host(space.id)).collect();
    maker.demo(DemoRole::Host, banzha, host, runs);
    let director = vec![maker.person(Relation::Me, "赵主任", None)];
    maker.demo(DemoRole::CommunityAdmin, banzha, director, vec![Role::CommunityAdmin(banzha_id.clone())]);
    let clerk = vec![maker.person(Relation::Me, "小吴", None)];
    maker.demo(DemoRole::DistrictAdmin, 0, clerk, vec![Role::DistrictAdmin]);

    for (home, community) in communities.iter().enumerate() {
        let id = &community.view.id;
        let phone = 100 + home * 50;
        let surname = |n: usize| SURNAMES[(home * 5 + n) % SURNAMES.len()];
        if home != banzha {
            let director = vec![maker.person(Relation::Me, &format!("{}主任", surname(0)), None)];
            let n = maker.account(phone, home, director);
            maker.accounts[n].roles.push(Role::CommunityAdmin(id.clone()));
        }
        let hosts = [("大姐", 1), ("师傅", 2)].map(|(title, n)| {
            let person = maker.person(Relation::Me, &format!("{}{title}", surname(n)), Some(50));
            maker.account(phone + n, home, vec![person])
        });
        for (n, space) in spaces.iter().filter(|s| s.community == *id && !(home == banzha && is_hers(s))).enumerate() {
            maker.accounts[hosts[n % 2]].roles.push(Role::Host(space.id));
        }
        let first = maker.accounts.len();
        for n in 0..RESIDENTS {
            let persons = maker.household(home, n, surname(n + 3));
            maker.account(phone + 10 + n, home, persons);
        }
        // Who runs a team is a neighbour like the others; the committee's activities are the staff's own.
        let led = teams.iter().filter(|team| team.community == *id && team.kind != TeamKind::Committee);
        for (n, team) in led.enumerate() {
            let is_taken = home == banzha && team.kind == TeamKind::Opera;
            // The elders and singles lead: places 0, 2, 4, 6, … of the round.
            let leader = if is_taken { continue } else { first + (n * 2) % RESIDENTS };
            maker.accounts[leader].roles.push(Role::TeamEditor(team.id));
        }
    }

    for space in spaces.iter_mut() {
        let runs = |account: &&DemoAccount| account.roles.contains(&Role::Host(space.id));
        space.row.hosts = maker.accounts.iter().filter(runs).map(|account| account.name.clone()).collect();
    }
    maker.accounts
}
