//! One's own sign-ups and bookings as a calendar, at an address that only its owner has.
//!
//! Whoever has the address reads it, so nothing is in it but when and where: no names of a household, no numbers, no notes.
//! Nobody in between may keep it; an address that ended is as one that never was.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use domain::agenda::Entry;
use domain::booking::BookingState;
use domain::calendar_key::CalendarKey;
use domain::change::{BookingRow, SignUpState, SpaceRow};
use domain::id::BookingId;
use domain::order::sort_by_key;
use domain::time::LocalDate;
use domain::words::{Language, format, words};

use super::event::{Event, Status};
use super::ics;
use super::public::{DAYS_AHEAD, DAYS_BACK, IcsFile, language_of, respond};
use crate::extract::{Nothing, PathPart, QueryOf};
use crate::login::token_hash;
use crate::problem::ApiError;
use crate::reads::cache::Encoded;
use crate::state::AppState;
use crate::store::calendar_keys::{find_owner, load_own};
use crate::store::feed_reads::FeedRows;

/// `GET /calendar/own/{key}.ics`
///
/// # Errors
/// [`ApiError::NotFound`] for an address that is nobody's, or nobody's any more.
pub async fn calendar(
    State(state): State<AppState>,
    PathPart(IcsFile(key)): PathPart<IcsFile<CalendarKey>>,
    _: QueryOf<Nothing>,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    let account = find_owner(&state.db, token_hash(&key.to_string())).await?.ok_or(ApiError::NotFound)?;
    let (language, base) = (language_of(&headers), state.settings.base_url.as_deref());
    let today = state.clock.now().date();
    let (from, to) = (today.plus_days(-DAYS_BACK), today.plus_days(DAYS_AHEAD));
    let rows = load_own(&state.db, account, from, to).await?;
    let mut events: Vec<Event<'_>> = dates(&rows, language, base).collect();
    events.extend(bookings(&rows, from, to, language, base));
    sort_by_key(&mut events, |event| (event.range.start(), event.uid));
    let name = words(language).feed.own_name;
    let encoded = Encoded::new(ics::write(Some(name), events.into_iter(), today));
    Ok(respond(&encoded, &headers, "private, no-cache"))
}

/// The dates that one is signed up for, and those that were called off.
pub(super) fn dates<'a>(
    rows: &'a FeedRows,
    language: Language,
    base: Option<&'a str>,
) -> impl Iterator<Item = Event<'a>> {
    rows.view.sign_ups.iter().filter_map(move |(_, sign_up)| {
        let entry = Entry::of(&rows.view, sign_up.row.occurrence)?;
        let mut event = Event::of_date(&entry, rows, language, base);
        match sign_up.row.state {
            // A date that is held after all is not theirs who did not come back with it.
            SignUpState::CalledOff { .. } if event.status != Status::Cancelled => return None,
            SignUpState::Confirmed | SignUpState::CalledOff { .. } => {}
            SignUpState::Waitlisted { parties_ahead, offer_until } => {
                let words = words(language);
                if event.status == Status::Confirmed {
                    event.status = Status::Tentative;
                    event.summary = words.feed.waiting_title(event.summary);
                    let standing = match offer_until {
                        Some(until) => words.queue.offer_title(format::fixed_moment(language, until)),
                        None if entry.is_pooled() => words.draws.pooled.to_owned(),
                        None => words.states.waitlisted(parties_ahead + 1),
                    };
                    event.about.insert(0, standing);
                }
            }
            SignUpState::Withdrawn { .. } => return None,
        }
        Some(event)
    })
}

/// The spaces one has booked or asked for. What came to nothing stays, so that a calendar takes it away.
fn bookings<'a>(
    rows: &'a FeedRows,
    from: LocalDate,
    to: LocalDate,
    language: Language,
    base: Option<&'a str>,
) -> impl Iterator<Item = Event<'a>> {
    let is_near = move |row: &BookingRow| (from..=to).contains(&row.range.start().date());
    let near = rows.view.bookings.iter().filter(move |(_, booking)| is_near(&booking.row));
    near.filter_map(move |(id, booking)| {
        let space = &rows.view.spaces.get(&booking.row.space)?.row;
        Some(of_booking(*id, &booking.row, space, language, base))
    })
}

fn of_booking<'a>(
    id: BookingId,
    row: &BookingRow,
    space: &SpaceRow,
    language: Language,
    base: Option<&str>,
) -> Event<'a> {
    let (words, name) = (words(language), space.name.as_str());
    // Each step of a booking's life comes after the ones before, so its number may be the sequence.
    let (status, sequence) = match row.state {
        BookingState::Requested => (Status::Tentative, 0),
        BookingState::Approved | BookingState::CheckedIn | BookingState::Completed | BookingState::NoShow => {
            (Status::Confirmed, 1)
        }
        BookingState::Declined | BookingState::Expired | BookingState::Cancelled => (Status::Cancelled, 2),
    };
    Event {
        uid: id.uuid(),
        sequence,
        changed: None,
        range: row.range,
        status,
        summary: match status {
            Status::Confirmed => name.to_owned(),
            Status::Tentative => words.feed.asked_title(name),
            Status::Cancelled => words.feed.cancelled_title(name),
        },
        location: space.address.as_str().to_owned(),
        about: vec![words.space_kind(space.kind).to_owned()],
        category: None,
        address: base.map(|base| format!("{base}/me?booking={id}")),
    }
}
