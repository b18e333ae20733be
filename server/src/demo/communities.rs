//! The thirteen communities of the demo district.
//!
//! Six carry the published names of the Huai'an Eco-cultural Tourism Zone, with their published honours. The other
//! seven have no published name: theirs are made up, and [`DemoCommunity::made_up`] says so. Telephone numbers lie in
//! a range nobody has.

use domain::change::CommunityView;

use super::dice::text;

/// How people came to live there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Estate {
    /// Villages moved here together: 村改居.
    Resettled,
    /// Flats that were bought one by one.
    Bought,
}

/// The published honour of a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Honour {
    /// 省级和谐示范社区
    Province,
    /// 市级和谐示范社区
    City,
}

/// A community and what the generator knows about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoCommunity {
    /// What everybody sees.
    pub view: CommunityView,
    /// Whether its name was made up for the demo.
    pub made_up: bool,
    /// How people came to live there.
    pub estate: Estate,
    /// Its published honour.
    pub honour: Option<Honour>,
    /// Its name without 社区.
    pub short: &'static str,
}

type Entry = (&'static str, &'static str, &'static str, bool, Estate, Option<Honour>);

const COMMUNITIES: [Entry; 13] = [
    ("lvdi", "绿地", "Lvdi", false, Estate::Bought, Some(Honour::Province)),
    ("binhe", "滨河", "Binhe", false, Estate::Bought, Some(Honour::Province)),
    ("banzha", "板闸", "Banzha", false, Estate::Resettled, Some(Honour::Province)),
    ("youyuan", "悠园", "Youyuan", false, Estate::Resettled, Some(Honour::Province)),
    ("shanyangwan", "山阳湾", "Shanyangwan", false, Estate::Bought, Some(Honour::City)),
    ("dushi-huayuan", "都市花园", "Dushi Huayuan", false, Estate::Bought, Some(Honour::City)),
    ("heyun", "荷韵", "Heyun", true, Estate::Resettled, None),
    ("liuyin", "柳荫", "Liuyin", true, Estate::Resettled, None),
    ("fengxiang", "枫香", "Fengxiang", true, Estate::Resettled, None),
    ("yunxi", "云溪", "Yunxi", true, Estate::Bought, None),
    ("shuxiangli", "书香里", "Shuxiangli", true, Estate::Bought, None),
    ("wanghu", "望湖", "Wanghu", true, Estate::Resettled, None),
    ("heyuan", "和苑", "Heyuan", true, Estate::Resettled, None),
];

/// All thirteen, the six published ones first.
#[must_use]
pub fn communities() -> Vec<DemoCommunity> {
    COMMUNITIES
        .iter()
        .enumerate()
        .map(|(n, (slug, short, english, made_up, estate, honour))| DemoCommunity {
            view: CommunityView {
                id: text(slug),
                name: text(&format!("{short}社区")),
                english_name: text(english),
                phone: Some(format!("0517-0000-01{:02}", n + 1)),
            },
            made_up: *made_up,
            estate: *estate,
            honour: *honour,
            short,
        })
        .collect()
}
