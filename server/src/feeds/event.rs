//! What an event of a calendar says, made from the rows that phones read.
//!
//! Titles say what has happened to a date, because many calendars show nothing else. Deliberately absent: who else
//! comes, and any reminder, which everybody sets for themselves.

use domain::agenda::Entry;
use domain::id::OccurrenceId;
use domain::time::{TimeRange, Timestamp};
use domain::words::{Language, format, words};
use uuid::Uuid;

use crate::store::feed_reads::FeedRows;

/// Whether it takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It does.
    Confirmed,
    /// Somebody has still to say so.
    Tentative,
    /// It does not.
    Cancelled,
}

/// One event.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    /// The same for ever, on every server and in every feed.
    pub uid: Uuid,
    /// Grows when what a person would act on changes.
    pub sequence: u32,
    /// When it was last changed in any way, where that is still known.
    pub changed: Option<Timestamp>,
    /// When it is.
    pub range: TimeRange,
    /// Whether it is.
    pub status: Status,
    /// What it is called.
    pub summary: String,
    /// Where it is.
    pub location: String,
    /// What else is to be known, a line each.
    pub about: Vec<String>,
    /// Of what kind.
    pub category: Option<&'a str>,
    /// Where more about it is to be read.
    pub address: Option<String>,
}

impl<'a> Event<'a> {
    /// A date as everybody may see it. `base` is the address of the site, where it is known.
    #[must_use]
    pub fn of_date(entry: &Entry<'_>, rows: &FeedRows, language: Language, base: Option<&str>) -> Self {
        let (words, activity, occurrence) = (words(language), entry.activity, entry.occurrence);
        let title = activity.title.as_str();
        let moved_from = entry.moved_from();
        let (status, summary) = match (&occurrence.cancelled, moved_from) {
            (Some(_), _) => (Status::Cancelled, words.feed.cancelled_title(title)),
            (None, Some(_)) => (Status::Confirmed, words.feed.moved_title(title)),
            (None, None) => (Status::Confirmed, title.to_owned()),
        };
        let mut about: Vec<String> = Vec::new();
        if let Some(reason) = occurrence.cancelled.as_ref().and_then(|cancelled| cancelled.reason.as_ref()) {
            about.push(words.occurrence.called_off_why(reason));
        }
        if let Some(from) = moved_from.filter(|_| status != Status::Cancelled) {
            about.push(words.feed.moved_from(format::fixed_moment(language, from)));
        }
        about.extend(entry.team.map(str::to_owned));
        about.push(words.audience(activity.audience));
        about.extend(activity.about.as_ref().map(|about| about.as_str().to_owned()));
        Self {
            uid: entry.id.uuid(),
            sequence: occurrence.sequence,
            changed: rows.changed_at(entry.id),
            range: occurrence.range,
            status,
            summary,
            location: entry.venue().place.as_str().to_owned(),
            about,
            category: Some(words.category(activity.category)),
            address: base.map(|base| date_address(base, entry.id)),
        }
    }
}

fn date_address(base: &str, id: OccurrenceId) -> String {
    format!("{base}/a/{id}")
}
