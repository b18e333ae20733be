//! A date as schema.org's `Event`, for search engines and whatever else reads pages.
//!
//! Only what is known is said: places where there is a limit, an offer while one can sign up. Deliberately absent: a price,
//! which nobody is asked here, and anybody who comes.

use domain::activity::Phase;
use domain::agenda::Entry;
use domain::sync::view::View;
use domain::time::Timestamp;
use serde_json::{Value, json};

use crate::reads::occurrences::rfc3339;

const VOCABULARY: &str = "https://schema.org";

fn term(name: &str) -> String {
    format!("{VOCABULARY}/{name}")
}

/// The event. `base` is the address of the site, where it is known.
pub fn of(entry: &Entry<'_>, view: &View, base: Option<&str>, at: Timestamp) -> Value {
    let (activity, occurrence) = (entry.activity, entry.occurrence);
    let place = entry.venue().place.as_str();
    let space = entry.venue().space.and_then(|id| view.spaces.get(&id));
    let address = space.map_or(place, |space| space.row.address.as_str());
    let moved_from = entry.moved_from();
    let status = match (&occurrence.cancelled, moved_from) {
        (Some(_), _) => "EventCancelled",
        (None, Some(_)) => "EventRescheduled",
        (None, None) => "EventScheduled",
    };
    let mut event = json!({
        "@context": VOCABULARY,
        "@type": "Event",
        "name": activity.title.as_str(),
        "startDate": rfc3339(occurrence.range.start()),
        "endDate": rfc3339(occurrence.range.end()),
        "eventStatus": term(status),
        "eventAttendanceMode": term("OfflineEventAttendanceMode"),
        "location": { "@type": "Place", "name": place, "address": address },
    });
    let url = base.map(|base| format!("{base}/a/{}", entry.id));
    let mut say = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            event[name] = value;
        }
    };
    say("previousStartDate", moved_from.map(|from| rfc3339(from).into()));
    say("organizer", entry.team.map(|team| json!({ "@type": "Organization", "name": team })));
    say("description", activity.about.as_ref().map(|about| about.as_str().into()));
    say("url", url.clone().map(Value::from));
    // How many may come can have been changed for this date alone.
    let capacity = entry.seats.map_or_else(|| activity.policy.capacity(), |seats| seats.capacity);
    say("maximumAttendeeCapacity", capacity.map(Value::from));
    let phase = entry.phase(at);
    if matches!(phase, Phase::NotOpen { .. } | Phase::Pool { .. } | Phase::Open { .. }) {
        // Whoever asks before a draw takes nothing from anybody.
        let free = match phase {
            Phase::Pool { .. } => entry.seats.and_then(|seats| seats.room()),
            _ => entry.seats.and_then(|seats| seats.free()),
        };
        let state = if free == Some(0) { "SoldOut" } else { "InStock" };
        let mut offer = json!({ "@type": "Offer", "availability": term(state) });
        if let Phase::NotOpen { opens_at } = phase {
            offer["availability"] = term("PreOrder").into();
            offer["validFrom"] = rfc3339(opens_at).into();
        }
        if let Phase::Open { closes_at } | Phase::Pool { draws_at: closes_at } = phase {
            offer["availabilityEnds"] = rfc3339(closes_at).into();
        }
        if let Some(url) = url {
            offer["url"] = url.into();
        }
        say("remainingAttendeeCapacity", free.map(Value::from));
        say("offers", Some(offer));
    }
    event
}

#[cfg(test)]
mod tests {
    use domain::activity::{Audience, Category, SignUpPolicy, Venue, occurrence_id};
    use domain::change::{ActivityRow, Cancellation, OccurrenceRow};
    use domain::id::{ActivityId, CommunityId, TeamId};
    use domain::sign_up::Seats;
    use domain::sync::view::In;
    use domain::time::TimeRange;
    use uuid::Uuid;

    use super::*;
    use crate::pages::markup;

    const NOW: Timestamp = Timestamp::MIN;

    /// A date planned for a Monday at seven, `moved_minutes` later than planned.
    fn event(title: &str, moved_minutes: i64, is_off: bool, taken: u16) -> Value {
        let here = || "banzha".parse::<CommunityId>().expect("a slug");
        let planned = Timestamp::from_ms(1_795_431_600_000);
        let activity = ActivityId::from_uuid(Uuid::from_u128(0x0192_f0c1_2a3b_7c4d_8e5f_0000_0000_0001));
        let mut view = View::default();
        let row = ActivityRow {
            team: TeamId::from_uuid(Uuid::from_u128(2)),
            title: title.parse().expect("a title"),
            series: None,
            about: title.parse().ok(),
            category: Category::Opera,
            audience: Audience::Everyone,
            venue: Venue { space: None, place: title.parse().expect("a place") },
            policy: SignUpPolicy::PerOccurrence {
                capacity: Some(12),
                opens_minutes_before: None,
                closes_minutes_before: 30,
                party_max: 4,
                draws_minutes_before: None,
            },
        };
        view.activities.insert(activity, In { community: here(), row });
        let start = planned.plus_minutes(moved_minutes);
        let id = occurrence_id(activity, planned);
        let row = OccurrenceRow {
            by_hand: None,
            activity,
            range: TimeRange::new(start, start.plus_minutes(90)).expect("a range"),
            cancelled: is_off.then_some(Cancellation { at: planned, reason: None, room_taken: false }),
            sequence: 0,
        };
        view.occurrences.insert(id, In { community: here(), row });
        view.seats.insert(id, In { community: here(), row: Seats { capacity: Some(10), taken, ..Seats::default() } });
        let entry = Entry::of(&view, id).expect("an entry");
        of(&entry, &view, Some("https://hub.example"), NOW)
    }

    #[test]
    fn a_date_says_whether_it_takes_place_and_what_is_left() {
        let planned = event("淮剧教唱", 0, false, 5);
        for (name, expected) in [
            ("/name", json!("淮剧教唱")),
            ("/startDate", json!("2026-11-23T19:00:00+08:00")),
            ("/endDate", json!("2026-11-23T20:30:00+08:00")),
            ("/eventStatus", json!("https://schema.org/EventScheduled")),
            // By what this date alone was changed to.
            ("/maximumAttendeeCapacity", json!(10)),
            ("/remainingAttendeeCapacity", json!(5)),
            ("/offers/availability", json!("https://schema.org/InStock")),
            ("/offers/availabilityEnds", json!("2026-11-23T18:30:00+08:00")),
        ] {
            assert_eq!(planned.pointer(name), Some(&expected), "{name}");
        }
        assert_eq!(planned.pointer("/previousStartDate"), None);
        let moved = event("淮剧教唱", 60, false, 12);
        assert_eq!(moved["eventStatus"], "https://schema.org/EventRescheduled");
        assert_eq!(moved["previousStartDate"], "2026-11-23T19:00:00+08:00");
        assert_eq!(moved["offers"]["availability"], "https://schema.org/SoldOut");
        let off = event("淮剧教唱", 0, true, 5);
        assert_eq!(off["eventStatus"], "https://schema.org/EventCancelled");
        assert_eq!((off.get("offers"), off.get("remainingAttendeeCapacity")), (None, None), "nothing is on offer");
    }

    #[test]
    fn nothing_typed_ends_the_data_or_changes_it() {
        for title in ["</script><script>alert(1)</script>", "<!--", "\"},{\"x\":\"", "a\\", "</SCRIPT >", "&lt;"] {
            let mut html = String::new();
            markup::data(&mut html, "type=\"application/ld+json\"", &event(title, 0, false, 0).to_string());
            let inside = html.strip_prefix("<script type=\"application/ld+json\">").expect("a script of data");
            let inside = inside.trim_end().strip_suffix("</script>").expect("its end");
            assert!(!inside.contains('<'), "{inside}");
            let read: Value = serde_json::from_str(inside).expect("JSON");
            assert_eq!((&read["name"], &read["location"]["name"]), (&json!(title), &json!(title)));
        }
    }
}
