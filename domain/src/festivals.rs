//! The seven festivals that communities keep together, when each comes next, and what takes place around it.
//!
//! Their days are the almanac's. Deliberately absent: which activity belongs to which festival, which nobody says.

use crate::activity::Category;
use crate::agenda::{Entry, Filter, agenda};
use crate::almanac::{Festival, festival};
use crate::id::CommunityId;
use crate::sync::view::View;
use crate::time::LocalDate;

/// The seven.
pub const OURS: [Festival; 7] = [
    Festival::SpringFestival,
    Festival::Lantern,
    Festival::Qingming,
    Festival::DragonBoat,
    Festival::Qixi,
    Festival::MidAutumn,
    Festival::DoubleNinth,
];
/// Whatever takes place so few days before or after is near.
pub const NEAR_DAYS: i32 = 3;
/// So many days before, what is a festival's by its category is for this one.
pub const FESTIVE_DAYS: i32 = 15;
/// A lunar year with a leap month, and some days.
const YEAR_DAYS: i32 = 400;

/// The next day of each of the seven, in order of time; one that is just over stays first as long as anything is near it.
/// Fewer where the almanac ends.
#[must_use]
pub fn coming(today: LocalDate) -> Vec<(LocalDate, Festival)> {
    let mut found: Vec<(LocalDate, Festival)> = Vec::with_capacity(OURS.len());
    for date in (-NEAR_DAYS..YEAR_DAYS).map(|days| today.plus_days(days)) {
        if let Some(name) = festival(date)
            && OURS.contains(&name)
            && found.iter().all(|(_, known)| *known != name)
        {
            found.push((date, name));
        }
        if found.len() == OURS.len() {
            break;
        }
    }
    found
}

/// What takes place around a festival: everything near it, and before that what is festive by its category.
#[must_use]
pub fn around<'a>(view: &'a View, community: &CommunityId, on: LocalDate) -> Vec<Entry<'a>> {
    let days = agenda(view, community, &Filter::default(), on.plus_days(-FESTIVE_DAYS), on.plus_days(NEAR_DAYS));
    let from = on.plus_days(-NEAR_DAYS);
    let belongs = |date: LocalDate, entry: &Entry<'_>| date >= from || entry.activity.category == Category::Festival;
    days.iter().flat_map(|(date, entries)| entries.iter().filter(move |entry| belongs(*date, entry))).copied().collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::activity::{Audience, SignUpPolicy, Venue};
    use crate::change::{ActivityRow, OccurrenceRow};
    use crate::id::{ActivityId, OccurrenceId, TeamId};
    use crate::sync::view::In;
    use crate::time::TimeRange;

    fn date(text: &str) -> LocalDate {
        text.parse().expect("a date")
    }

    #[test]
    fn each_of_the_seven_comes_once_and_in_order() {
        let found: Vec<_> = coming(date("2026-11-23")).iter().map(|(on, name)| (on.to_string(), *name)).collect();
        let expected = [
            ("2027-02-06", Festival::SpringFestival),
            ("2027-02-20", Festival::Lantern),
            ("2027-04-05", Festival::Qingming),
            ("2027-06-09", Festival::DragonBoat),
            ("2027-08-08", Festival::Qixi),
            ("2027-09-15", Festival::MidAutumn),
            ("2027-10-08", Festival::DoubleNinth),
        ];
        assert_eq!(found, expected.map(|(on, name)| (on.to_owned(), name)));
        assert_eq!(coming(date("2027-02-06"))[0], (date("2027-02-06"), Festival::SpringFestival), "today counts");
        let going_on = coming(date("2027-02-09"));
        assert_eq!(going_on[0], (date("2027-02-06"), Festival::SpringFestival), "what is near it is still on");
        assert_eq!((going_on.len(), going_on[1].1), (7, Festival::Lantern));
        assert_eq!(coming(date("2027-02-10"))[6], (date("2028-01-26"), Festival::SpringFestival));
        // A leap fifth month makes the longest year.
        assert_eq!(coming(date("2028-02-10")).len(), 7);
        assert!(coming(date("2101-06-01")).is_empty(), "the almanac has an end");
    }

    #[test]
    fn what_is_near_belongs_to_it_and_what_is_festive_from_earlier_on() {
        let here: CommunityId = "banzha".parse().expect("a slug");
        let on = date("2027-02-06");
        let mut view = View::default();
        for (n, days, category) in [
            (1, -16, Category::Festival),
            (2, -15, Category::Festival),
            (3, -4, Category::Dance),
            (4, -3, Category::Dance),
            (5, 3, Category::Course),
            (6, 4, Category::Festival),
        ] {
            let activity = ActivityId::from_uuid(Uuid::from_u128(n));
            let row = ActivityRow {
                series: None,
                team: TeamId::from_uuid(Uuid::from_u128(9)),
                title: "活动".parse().expect("a title"),
                about: None,
                category,
                audience: Audience::Everyone,
                venue: Venue { space: None, place: "二楼".parse().expect("a place") },
                policy: SignUpPolicy::WalkIn,
            };
            view.activities.insert(activity, In { community: here.clone(), row });
            let start = on.plus_days(days).start().plus_minutes(600);
            let range = TimeRange::new(start, start.plus_minutes(60)).expect("a range");
            let row = OccurrenceRow { activity, range, cancelled: None, sequence: 0, by_hand: None };
            view.occurrences.insert(OccurrenceId::from_uuid(Uuid::from_u128(n)), In { community: here.clone(), row });
        }
        let found: Vec<u128> = around(&view, &here, on).iter().map(|entry| entry.id.uuid().as_u128()).collect();
        assert_eq!(found, [2, 4, 5]);
    }
}
