//! What else a household has at a time: its sign-ups and its bookings, in whatever community. A warning and never a refusal:
//! one may leave one thing early for another, and a phone need not know of everything.

use crate::id::PersonId;
use crate::sync::view::View;
use crate::time::TimeRange;

/// Something of the household's own at the same time as something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// Who of those asked about is in it; nobody for a booking, which names nobody.
    pub people: Vec<PersonId>,
    /// What it is: the activity's title or the space's name.
    pub what: String,
    /// When.
    pub range: TimeRange,
}

/// What these people have at that time, the earliest first.
#[must_use]
pub fn clashes(view: &View, people: &[PersonId], range: TimeRange) -> Vec<Clash> {
    let sign_ups = view.sign_ups.values().map(|own| &own.row).filter(|own| own.state.is_live()).filter_map(|own| {
        let date = &view.occurrences.get(&own.occurrence)?.row;
        let (activity, members) = (view.activities.get(&date.activity)?, own.party.iter().map(|member| member.person));
        let people: Vec<_> = members.filter(|person| people.contains(person)).collect();
        let is_one = date.cancelled.is_none() && date.range.overlaps(range) && !people.is_empty();
        is_one.then(|| Clash { people, what: activity.row.title.to_string(), range: date.range })
    });
    let bookings = view.bookings.values().map(|own| &own.row).filter_map(|own| {
        let space = view.spaces.get(&own.space)?;
        let is_one = own.state.is_live() && own.range.overlaps(range);
        is_one.then(|| Clash { people: Vec::new(), what: space.row.name.to_string(), range: own.range })
    });
    let mut clashes: Vec<_> = sign_ups.chain(bookings).collect();
    crate::order::sort_by_key(&mut clashes, |clash| clash.range.start());
    clashes
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;
    use uuid::Uuid;

    use super::*;
    use crate::change::Row;
    use crate::id::StreamId;
    use crate::time::{LocalDate, MinuteOfDay, Timestamp};

    fn at(hour: u8, minute: u8) -> Timestamp {
        let day = LocalDate::from_ymd(2026, 11, 25).expect("a date");
        day.at(MinuteOfDay::hm(hour, minute).expect("a time"))
    }

    fn range(from: (u8, u8), to: (u8, u8)) -> TimeRange {
        TimeRange::new(at(from.0, from.1), at(to.0, to.1)).expect("a range")
    }

    fn uuid(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn put(view: &mut View, class: &str, id: u128, body: &str) {
        let body = RawValue::from_string(body.to_owned()).expect("JSON");
        let stream = StreamId::Community("banzha".parse().expect("a slug"));
        view.put(&stream, &Row { class: class.into(), id: uuid(id).to_string(), seq: 1, on: None, body });
    }

    /// From nine to ten an activity for which 21 and 22 are signed up, in that state; called off or not.
    fn a_morning(state: &str, is_off: bool) -> View {
        let mut view = View::default();
        let [team, activity, date, me, child] = [10, 11, 12, 21, 22].map(uuid);
        put(
            &mut view,
            "activity",
            11,
            &format!(
                r#"{{"team":"{team}","title":"淮剧教唱","category":"opera","audience":{{"kind":"everyone"}},"venue":{{"place":"二楼"}},"policy":{{"kind":"walk_in"}}}}"#
            ),
        );
        let cancelled = if is_off { r#","cancelled":{"at":1}"# } else { "" };
        let (start, end) = (at(9, 0).ms(), at(10, 0).ms());
        put(
            &mut view,
            "occurrence",
            12,
            &format!(r#"{{"activity":"{activity}","range":{{"start":{start},"end":{end}}},"sequence":0{cancelled}}}"#),
        );
        put(
            &mut view,
            "sign_up",
            13,
            &format!(
                r#"{{"occurrence":"{date}","state":{state},"party":[{{"person":"{me}","name":"王"}},{{"person":"{child}","name":"小王"}}]}}"#
            ),
        );
        view
    }

    const CONFIRMED: &str = r#"{"kind":"confirmed"}"#;

    fn people(of: &[u128]) -> Vec<PersonId> {
        of.iter().map(|n| PersonId::from_uuid(uuid(*n))).collect()
    }

    #[test]
    fn what_overlaps_for_one_of_them_is_named_with_those_it_concerns() {
        let view = a_morning(CONFIRMED, false);
        let found = |who: &[u128], at| clashes(&view, &people(who), at);
        let one = Clash { people: people(&[22]), what: "淮剧教唱".to_owned(), range: range((9, 0), (10, 0)) };
        assert_eq!(found(&[22, 23], range((9, 30), (11, 0))), [one]);
        assert_eq!(found(&[21, 22], range((8, 0), (9, 1))).len(), 1);
        assert_eq!(found(&[23], range((9, 30), (11, 0))), [], "it is about others of the household");
        assert_eq!(found(&[21], range((10, 0), (11, 0))), [], "one ends as the other begins");
    }

    #[test]
    fn who_waits_may_clash_and_who_has_left_does_not() {
        let count = |view: View| clashes(&view, &people(&[21]), range((9, 0), (10, 0))).len();
        assert_eq!(count(a_morning(r#"{"kind":"waitlisted","parties_ahead":2}"#, false)), 1);
        assert_eq!(count(a_morning(r#"{"kind":"withdrawn","at":1}"#, false)), 0);
        assert_eq!(count(a_morning(CONFIRMED, true)), 0);
    }
}
