//! Events as the text of an iCalendar file (RFC 5545), one flat VEVENT per date.
//!
//! Series are written out, because calendars disagree about recurrence with exceptions, and a date called off must
//! show as such. Texts are escaped and folded at 75 octets between characters, so that nothing anybody types can
//! become a line of its own. Deliberately absent: what an event says (see [`super::event`]), and who else comes.

use domain::time::{LocalDate, Timestamp, ZONE_NAME};

use super::event::{Event, Status};

/// The longest line, in octets, without its end.
pub(super) const LINE_OCTETS_MAX: usize = 75;

/// A whole file of events. `name` is what the calendar is called where it is subscribed to; a file of one date has none.
/// `today` stamps it, so that the same rows on the same day give the same bytes.
pub fn write<'a>(name: Option<&str>, events: impl Iterator<Item = Event<'a>>, today: LocalDate) -> String {
    let mut ics = Ics::default();
    ics.line("BEGIN:VCALENDAR");
    ics.line("VERSION:2.0");
    ics.line("PRODID:-//Life Hub//lifehub//ZH");
    ics.line("CALSCALE:GREGORIAN");
    ics.line("METHOD:PUBLISH");
    if let Some(name) = name {
        ics.text("X-WR-CALNAME", name);
        ics.line(&format!("X-WR-TIMEZONE:{ZONE_NAME}"));
        ics.line("REFRESH-INTERVAL;VALUE=DURATION:PT1H");
        ics.line("X-PUBLISHED-TTL:PT1H");
    }
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
    for event in events {
        ics.event(&event, today);
    }
    ics.line("END:VCALENDAR");
    ics.0
}

fn local(at: Timestamp) -> String {
    let (date, time) = (at.date(), at.minute_of_day());
    let second = at.ms().rem_euclid(60_000) / 1000;
    format!("{:04}{:02}{:02}T{:02}{:02}{second:02}", date.year(), date.month(), date.day(), time.hour(), time.minute())
}

/// The same digits eight hours earlier are UTC's.
fn utc(at: Timestamp) -> String {
    format!("{}Z", local(at.plus_minutes(-8 * 60)))
}

#[derive(Debug, Default)]
struct Ics(String);

impl Ics {
    fn event(&mut self, event: &Event<'_>, today: LocalDate) {
        self.line("BEGIN:VEVENT");
        self.line(&format!("UID:{}", event.uid));
        self.line(&format!("DTSTAMP:{}", utc(today.start())));
        self.line(&format!("SEQUENCE:{}", event.sequence));
        if let Some(changed) = event.changed {
            self.line(&format!("LAST-MODIFIED:{}", utc(changed)));
        }
        self.line(&format!("DTSTART;TZID={ZONE_NAME}:{}", local(event.range.start())));
        self.line(&format!("DTEND;TZID={ZONE_NAME}:{}", local(event.range.end())));
        self.line(match event.status {
            Status::Confirmed => "STATUS:CONFIRMED",
            Status::Tentative => "STATUS:TENTATIVE",
            Status::Cancelled => "STATUS:CANCELLED",
        });
        self.text("SUMMARY", &event.summary);
        self.text("LOCATION", &event.location);
        self.text("DESCRIPTION", &event.about.join("\n"));
        if let Some(category) = event.category {
            self.text("CATEGORIES", category);
        }
        if let Some(address) = &event.address {
            self.line(&format!("URL:{address}"));
        }
        self.line(if event.status == Status::Cancelled { "TRANSP:TRANSPARENT" } else { "TRANSP:OPAQUE" });
        self.line("END:VEVENT");
    }

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
