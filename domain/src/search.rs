//! Finding an activity or a space by what people type: a part of a name, or the initials of its pinyin.
//!
//! Over the rows a phone has, so that it works without a network. Which letter a character begins with is the caller's to
//! say: browsers sort Chinese by pinyin and know it, and a table would weigh more than the rest of the page.

use crate::agenda::Entry;
use crate::change::SpaceRow;
use crate::id::{ActivityId, CommunityId, SpaceId};
use crate::order::sort_by_key;
use crate::sync::rows::Rows;
use crate::sync::view::View;
use crate::time::Timestamp;
use crate::words::readings::OF_TWO_READINGS;

/// The most that is found of each kind.
pub const FOUND_MAX: usize = 30;
/// The longest that is looked for, in characters.
pub const QUERY_MAX: usize = 40;
/// The longest name whose letters may lie apart, in characters: an address has most letters in most orders.
const APART_MAX: usize = 16;

/// Whether a character begins with a letter in any of its readings.
fn begins(c: char, letter: char, initial: &dyn Fn(char) -> Option<char>) -> bool {
    let of_two = OF_TWO_READINGS.iter().find(|(one, _)| *one == c);
    of_two.map_or_else(|| initial(c) == Some(letter), |(_, letters)| letters.contains(&letter))
}

/// Whether it is known what a character begins with.
fn begins_at_all(c: char, initial: &dyn Fn(char) -> Option<char>) -> bool {
    OF_TWO_READINGS.iter().any(|(one, _)| *one == c) || initial(c).is_some()
}

/// What is looked for: without blanks, in small letters. None where nothing is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    text: String,
    is_latin: bool,
}

impl Query {
    /// Reads what was typed.
    #[must_use]
    pub fn of(typed: &str) -> Option<Self> {
        let text: String = folded(typed).take(QUERY_MAX).collect();
        let is_latin = text.bytes().all(|byte| byte.is_ascii_lowercase());
        (!text.is_empty()).then_some(Self { text, is_latin })
    }

    /// How well a name fits, the best first; none when it does not: it has the text, or its initials have it, or they have
    /// its letters in their order.
    #[must_use]
    pub fn rank(&self, name: &str, initial: &dyn Fn(char) -> Option<char>) -> Option<u8> {
        let name: String = folded(name).collect();
        if name.contains(&self.text) {
            return Some(0);
        }
        if !self.is_latin {
            return None;
        }
        let has_letter = |c: char| c.is_ascii_alphanumeric() || begins_at_all(c, initial);
        let name: Vec<char> = name.chars().filter(|c| has_letter(*c)).collect();
        let fits =
            |c: char, letter: char| if c.is_ascii_alphanumeric() { c == letter } else { begins(c, letter, initial) };
        let is_here = |part: &[char]| part.iter().zip(self.text.chars()).all(|(c, letter)| fits(*c, letter));
        if name.windows(self.text.len()).any(is_here) {
            return Some(1);
        }
        let mut rest = name.iter();
        let is_in_order = self.text.len() > 1
            && name.len() <= APART_MAX
            && self.text.chars().all(|letter| rest.any(|c| fits(*c, letter)));
        is_in_order.then_some(2)
    }
}

/// Small letters without blanks and marks.
fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found<'a> {
    /// The next date of each activity, by title, team or place; the best first, then in order of time.
    pub dates: Vec<Entry<'a>>,
    /// Spaces, by name or address.
    pub spaces: Vec<(SpaceId, &'a SpaceRow)>,
}

/// Looks through a community.
#[must_use]
pub fn find<'a>(
    view: &'a View,
    community: &CommunityId,
    query: &Query,
    now: Timestamp,
    initial: &dyn Fn(char) -> Option<char>,
) -> Found<'a> {
    let mut next: Rows<ActivityId, Entry<'a>> = Rows::default();
    for (id, date) in view.occurrences.iter() {
        let is_to_come = &date.community == community && date.row.range.end() > now && date.row.cancelled.is_none();
        let Some(entry) = Entry::of(view, *id).filter(|_| is_to_come) else { continue };
        let known = next.get(&date.row.activity).map(|known| known.occurrence.range.start());
        if known.is_none_or(|known| date.row.range.start() < known) {
            next.insert(date.row.activity, entry);
        }
    }
    let mut dates: Vec<(u8, Entry<'a>)> = Vec::new();
    for entry in next.values() {
        let names = [entry.activity.title.as_str(), entry.team.unwrap_or_default(), entry.venue().place.as_str()];
        if let Some(rank) = names.iter().filter_map(|name| query.rank(name, initial)).min() {
            dates.push((rank, *entry));
        }
    }
    sort_by_key(&mut dates, |(rank, entry)| (*rank, entry.occurrence.range.start(), entry.id));
    let here = view.spaces.iter().filter(|(_, space)| &space.community == community);
    let mut spaces: Vec<(u8, SpaceId, &SpaceRow)> = Vec::new();
    for (id, space) in here {
        let names = [space.row.name.as_str(), space.row.address.as_str()];
        if let Some(rank) = names.iter().filter_map(|name| query.rank(name, initial)).min() {
            spaces.push((rank, *id, &space.row));
        }
    }
    sort_by_key(&mut spaces, |(rank, id, _)| (*rank, *id));
    Found {
        dates: dates.into_iter().take(FOUND_MAX).map(|(_, entry)| entry).collect(),
        spaces: spaces.into_iter().take(FOUND_MAX).map(|(_, id, row)| (id, row)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::activity::{Audience, Category, SignUpPolicy, Venue};
    use crate::change::{ActivityRow, OccurrenceRow, TeamRow};
    use crate::id::{OccurrenceId, TeamId};
    use crate::sync::view::In;
    use crate::time::TimeRange;

    fn initial(c: char) -> Option<char> {
        Some(match c {
            '广' => 'g',
            '场' => 'c',
            '舞' => 'w',
            '淮' | '河' => 'h',
            '剧' => 'j',
            '队' => 'd',
            '楼' => 'l',
            _ => return None,
        })
    }

    fn rank(query: &str, name: &str) -> Option<u8> {
        Query::of(query).and_then(|query| query.rank(name, &initial))
    }

    #[test]
    fn a_name_is_found_by_a_part_of_it_and_by_its_initials() {
        for (query, name, expected) in [
            ("广场", "广场舞", Some(0)),
            (" 广 场 ", "广场舞", Some(0)),
            ("gcw", "广场舞", Some(1)),
            ("GC", "广场舞", Some(1)),
            ("gw", "广场舞", Some(2)),
            ("wg", "广场舞", None),
            ("w", "广场舞", Some(1)),
            ("舞场", "广场舞", None),
            ("2l", "二楼", None),
            ("ai", "AI 课", Some(0)),
            ("hd", "淮剧·队", Some(2)),
            ("g", "淮剧", None),
            ("wd", "广场舞广队", Some(2)),
            ("wd", "广场舞广场舞广场舞广场舞广场舞广队", None),
        ] {
            assert_eq!(rank(query, name), expected, "{query} {name}");
        }
        assert_eq!((Query::of("  ·,"), Query::of("")), (None, None));
        assert_eq!(Query::of(&"广".repeat(100)).map(|query| query.text.chars().count()), Some(QUERY_MAX));
    }

    #[test]
    fn a_character_of_two_readings_is_found_by_either() {
        for (query, name, expected) in [
            ("cw", "重舞", Some(1)),
            ("zw", "重舞", Some(1)),
            ("ld", "乐队", Some(1)),
            ("yd", "乐队", Some(1)),
            ("gyd", "广场乐队", Some(2)),
            ("xd", "乐队", None),
        ] {
            assert_eq!(rank(query, name), expected, "{query} {name}");
        }
    }

    #[test]
    fn each_activity_is_found_once_with_its_next_date() {
        let here: CommunityId = "banzha".parse().expect("a slug");
        let now = Timestamp::from_ms(1_795_431_600_000);
        let mut view = View::default();
        let team = TeamId::from_uuid(Uuid::from_u128(9));
        let row =
            TeamRow { name: "淮剧队".parse().expect("a name"), category: Category::Opera, about: None, phone: None };
        view.teams.insert(team, In { community: here.clone(), row });
        for (n, title, place) in [(1, "广场舞", "河边"), (2, "教唱", "二楼")] {
            let activity = ActivityId::from_uuid(Uuid::from_u128(n));
            let row = ActivityRow {
                series: None,
                team,
                title: title.parse().expect("a title"),
                about: None,
                category: Category::Dance,
                audience: Audience::Everyone,
                venue: Venue { space: None, place: place.parse().expect("a place") },
                policy: SignUpPolicy::WalkIn,
            };
            view.activities.insert(activity, In { community: here.clone(), row });
            for (days, k) in [(-7, 0), (7, 1), (14, 2)] {
                let start = now.plus_minutes(days * 24 * 60);
                let range = TimeRange::new(start, start.plus_minutes(60)).expect("a range");
                let row = OccurrenceRow { activity, range, cancelled: None, sequence: 0, by_hand: None };
                let id = OccurrenceId::from_uuid(Uuid::from_u128(n * 10 + k));
                view.occurrences.insert(id, In { community: here.clone(), row });
            }
        }
        let found = |query: &str| {
            let query = Query::of(query).expect("a query");
            let found = find(&view, &here, &query, now, &initial);
            found.dates.iter().map(|entry| entry.id.uuid().as_u128()).collect::<Vec<_>>()
        };
        assert_eq!(found("gw"), [11], "by the title");
        assert_eq!(found("河边"), [11], "by the place");
        assert_eq!(found("hjd"), [11, 21], "by the team");
        assert!(found("xyz").is_empty());
        let elsewhere =
            find(&view, &"lvdi".parse().expect("a slug"), &Query::of("gw").expect("a query"), now, &initial);
        assert_eq!(elsewhere, Found::default());
    }
}
