//! A community's activities as an iCalendar feed (RFC 5545), one flat VEVENT per date.
//!
//! Series are written out, because calendars disagree about recurrence with exceptions, and a date called off must
//! show as such. Texts are escaped and folded at 75 octets between characters, so that nothing anybody types can
//! become a line of its own. Deliberately absent: people's own feeds.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use domain::agenda::{Entry, Filter, agenda};
use domain::change::CommunityView;
use domain::time::{LocalDate, Timestamp, ZONE_NAME};
use domain::words::{Language, words};

use crate::assets::{Encoding, is_held};
use crate::extract::PathPart;
use crate::problem::ApiError;
use crate::reads::cache::{Encoded, Key};
use crate::reads::community_at;
use crate::state::AppState;
use crate::store::public_reads;

/// How far back a feed reaches.
const DAYS_BACK: i32 = 60;
/// How far ahead.
const DAYS_AHEAD: i32 = 180;
/// The longest line, in octets, without its end.
const LINE_OCTETS_MAX: usize = 75;

/// The name of a feed's file: a community's slug and `.ics`.
#[derive(Debug)]
pub struct FeedName(domain::id::CommunityId);

impl std::str::FromStr for FeedName {
    type Err = domain::id::ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.strip_suffix(".ics").ok_or(domain::id::ParseIdError)?.parse().map(Self)
    }
}

/// `GET /calendar/{community}.ics`
///
/// # Errors
/// [`ApiError::NotFound`] for a community that is not there.
pub async fn calendar(
    State(state): State<AppState>,
    PathPart(FeedName(id)): PathPart<FeedName>,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    let community = community_at(&state, &id).await?;
    let language = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|tags| tags.to_str().ok())
        .map_or(Language::ZhCn, Language::from_tags);
    let today = state.clock.now().date();
    let (from, to) = (today.plus_days(-DAYS_BACK), today.plus_days(DAYS_AHEAD));
    let key = Key::Calendar { community: id.clone(), language };
    let encoded = crate::reads::cached(&state, &id, key, today.start(), async {
        let view = public_reads::load_window(&state.db, &id, from, to).await?;
        let days = agenda(&view, &id, &Filter::default(), from, to);
        Ok(Encoded::new(write(&community, days.values().flatten(), today, language)))
    })
    .await?;
    let mut response = Response::new(Body::empty());
    let (encoding, bytes) = encoded.pick(Encoding::accepted(&headers));
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding, accept-language"));
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{}\"", encoded.etag())) {
        out.insert(header::ETAG, etag);
    }
    if is_held(&headers, encoded.etag()) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(response);
    }
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8"));
    if let Some(encoding) = encoding.header() {
        out.insert(header::CONTENT_ENCODING, encoding);
    }
    *response.body_mut() = Body::from(bytes);
    Ok(response)
}

/// The whole feed. `today` stamps it, so that the same rows on the same day give the same bytes.
pub fn write<'a>(
    community: &CommunityView,
    entries: impl Iterator<Item = &'a Entry<'a>>,
    today: LocalDate,
    language: Language,
) -> String {
    let words = words(language);
    let name = match language {
        Language::ZhCn => community.name.as_str(),
        Language::En => community.english_name.as_str(),
    };
    let mut ics = Ics::default();
    ics.line("BEGIN:VCALENDAR");
    ics.line("VERSION:2.0");
    ics.line("PRODID:-//Life Hub//lifehub//ZH");
    ics.line("CALSCALE:GREGORIAN");
    ics.line("METHOD:PUBLISH");
    ics.text("X-WR-CALNAME", &words.feed.name(name));
    ics.line(&format!("X-WR-TIMEZONE:{ZONE_NAME}"));
    ics.line("REFRESH-INTERVAL;VALUE=DURATION:PT1H");
    ics.line("X-PUBLISHED-TTL:PT1H");
    // One offset and no summer time since 1991: the zone is one line of history.
    for line in [
        "BEGIN:VTIMEZONE",
        &format!("TZID:{ZONE_NAME}"),
        "BEGIN:STANDARD",
        "DTSTART:19910915T000000",
        "TZOFFSETFROM:+0800",
        "TZOFFSETTO:+0800",
        "TZNAME:CST",
        "END:STANDARD",
        "END:VTIMEZONE",
    ] {
        ics.line(line);
    }
    for entry in entries {
        event(&mut ics, entry, today, language);
    }
    ics.line("END:VCALENDAR");
    ics.0
}

fn event(ics: &mut Ics, entry: &Entry<'_>, today: LocalDate, language: Language) {
    let words = words(language);
    let title = entry.activity.title.as_str();
    let range = entry.occurrence.range;
    ics.line("BEGIN:VEVENT");
    ics.line(&format!("UID:{}", entry.id));
    ics.line(&format!("DTSTAMP:{}Z", utc(today.start())));
    ics.line(&format!("SEQUENCE:{}", entry.occurrence.sequence));
    ics.line(&format!("DTSTART;TZID={ZONE_NAME}:{}", local(range.start())));
    ics.line(&format!("DTEND;TZID={ZONE_NAME}:{}", local(range.end())));
    let is_off = entry.occurrence.cancelled.is_some();
    ics.line(if is_off { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
    if is_off {
        ics.text("SUMMARY", &words.feed.cancelled_title(title));
    } else {
        ics.text("SUMMARY", title);
    }
    ics.text("LOCATION", entry.activity.venue.place.as_str());
    let mut about: Vec<String> = Vec::new();
    if let Some(reason) = entry.occurrence.cancelled.as_ref().and_then(|cancelled| cancelled.reason.as_ref()) {
        about.push(words.occurrence.called_off_why(reason));
    }
    about.extend(entry.team.map(str::to_owned));
    about.push(words.audience(entry.activity.audience));
    about.extend(entry.activity.about.as_ref().map(|about| about.as_str().to_owned()));
    ics.text("DESCRIPTION", &about.join("\n"));
    ics.text("CATEGORIES", words.category(entry.activity.category));
    ics.line("TRANSP:OPAQUE");
    ics.line("END:VEVENT");
}

fn local(at: Timestamp) -> String {
    let (date, time) = (at.date(), at.minute_of_day());
    format!("{:04}{:02}{:02}T{:02}{:02}00", date.year(), date.month(), date.day(), time.hour(), time.minute())
}

/// The same digits eight hours earlier are UTC's.
fn utc(at: Timestamp) -> String {
    local(at.plus_minutes(-8 * 60))
}

#[derive(Debug, Default)]
struct Ics(String);

impl Ics {
    /// A line whose text is ours.
    fn line(&mut self, line: &str) {
        let mut room = LINE_OCTETS_MAX;
        for c in line.chars() {
            if c.len_utf8() > room {
                self.0.push_str("\r\n ");
                // The blank that marks the continuation counts.
                room = LINE_OCTETS_MAX - 1;
            }
            room -= c.len_utf8();
            self.0.push(c);
        }
        self.0.push_str("\r\n");
    }

    /// A property whose text somebody typed.
    fn text(&mut self, name: &str, value: &str) {
        let mut line = format!("{name}:");
        for c in value.chars() {
            match c {
                '\\' | ';' | ',' => line.extend(['\\', c]),
                '\n' => line.push_str("\\n"),
                c if c.is_control() => {}
                c => line.push(c),
            }
        }
        self.line(&line);
    }
}

#[cfg(test)]
mod tests {
    use domain::activity::{Audience, Category, SignUpPolicy, Venue};
    use domain::change::{ActivityRow, Cancellation, OccurrenceRow};
    use domain::id::{ActivityId, CommunityId, OccurrenceId, TeamId};
    use domain::sync::view::{In, View};
    use domain::time::TimeRange;
    use uuid::Uuid;

    use super::*;

    fn community() -> CommunityView {
        CommunityView {
            id: "banzha".parse().expect("a slug"),
            name: "板闸社区".parse().expect("a name"),
            english_name: "Banzha".parse().expect("a name"),
            phone: None,
        }
    }

    fn view(title: &str, about: &str, cancelled: bool) -> View {
        let here = || "banzha".parse::<CommunityId>().expect("a slug");
        let mut view = View::default();
        let id = ActivityId::from_uuid(Uuid::from_u128(1));
        let row = ActivityRow {
            team: TeamId::from_uuid(Uuid::from_u128(2)),
            title: title.parse().expect("a title"),
            about: about.parse().ok(),
            category: Category::Opera,
            audience: Audience::Everyone,
            venue: Venue { space: None, place: "二楼, 活动室; A\\B".parse().expect("a place") },
            policy: SignUpPolicy::WalkIn,
        };
        view.activities.insert(id, In { community: here(), row });
        let start = Timestamp::from_ms(1_795_431_600_000);
        let range = TimeRange::new(start, start.plus_minutes(90)).expect("a range");
        let cancelled = cancelled.then(|| Cancellation { at: start, reason: "下雨".parse().ok() });
        let row = OccurrenceRow { activity: id, range, cancelled, sequence: 3 };
        view.occurrences.insert(OccurrenceId::from_uuid(Uuid::from_u128(9)), In { community: here(), row });
        view
    }

    fn feed(title: &str, about: &str, cancelled: bool) -> String {
        let (view, community) = (view(title, about, cancelled), community());
        let from = LocalDate::from_ymd(2026, 11, 1).expect("a date");
        let days = agenda(&view, &community.id, &Filter::default(), from, from.plus_days(60));
        write(&community, days.values().flatten(), from, Language::ZhCn)
    }

    /// An own reader, of unfolded lines as (name with parameters, unescaped value).
    fn read(feed: &str) -> Vec<(String, String)> {
        assert!(feed.ends_with("\r\n"));
        assert!(feed.split("\r\n").all(|line| line.len() <= LINE_OCTETS_MAX && !line.contains(['\r', '\n'])), "{feed}");
        let unfolded = feed.replace("\r\n ", "");
        unfolded
            .lines()
            .map(|line| {
                let (name, value) = line.split_once(':').expect("a property");
                let mut text = String::new();
                let mut chars = value.chars();
                while let Some(c) = chars.next() {
                    text.push(match (c, c == '\\') {
                        (_, true) => match chars.next() {
                            Some('n') => '\n',
                            Some(c) => c,
                            None => panic!("a lone backslash"),
                        },
                        (c, false) => c,
                    });
                }
                (name.to_owned(), text)
            })
            .collect()
    }

    fn value<'a>(lines: &'a [(String, String)], name: &str) -> &'a str {
        &lines.iter().find(|(n, _)| n == name).unwrap_or_else(|| panic!("no {name}")).1
    }

    #[test]
    fn a_date_is_one_event_in_the_districts_zone() {
        let lines = read(&feed("淮剧教唱", "自带水杯", false));
        for (name, expected) in [
            ("UID", "00000000-0000-0000-0000-000000000009"),
            ("SEQUENCE", "3"),
            ("STATUS", "CONFIRMED"),
            ("DTSTART;TZID=Asia/Shanghai", "20261123T190000"),
            ("DTEND;TZID=Asia/Shanghai", "20261123T203000"),
            ("DTSTAMP", "20261031T160000Z"),
            ("SUMMARY", "淮剧教唱"),
            ("LOCATION", "二楼, 活动室; A\\B"),
            ("X-WR-CALNAME", "板闸社区 · 生活汇"),
        ] {
            assert_eq!(value(&lines, name), expected, "{name}");
        }
        assert_eq!(lines.iter().filter(|(_, value)| value == "VEVENT").count(), 2);
    }

    #[test]
    fn a_date_called_off_says_so_in_its_title() {
        let lines = read(&feed("淮剧教唱", "", true));
        assert_eq!(value(&lines, "STATUS"), "CANCELLED");
        assert_eq!(value(&lines, "SUMMARY"), words(Language::ZhCn).feed.cancelled_title("淮剧教唱"));
        assert!(value(&lines, "DESCRIPTION").contains("下雨"));
    }

    #[test]
    fn nothing_typed_becomes_a_line_and_no_character_is_cut() {
        let about = format!("第一行\nEND:VEVENT\nBEGIN:VEVENT\n{}", "长👨‍👩‍👧".repeat(150));
        let lines = read(&feed("END:VEVENT,;\\n", &about, false));
        assert_eq!(value(&lines, "SUMMARY"), "END:VEVENT,;\\n");
        assert!(value(&lines, "DESCRIPTION").ends_with(&about));
        assert_eq!(lines.iter().filter(|(name, value)| name == "BEGIN" && value == "VEVENT").count(), 1);
    }
}
