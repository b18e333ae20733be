//! What notices say, as data.

use crate::booking::BookingState;
use crate::duty::DutyGap;
use crate::id::{BookingId, CommunityId, OccurrenceId, SignUpId, SpaceId};
use crate::json;
use crate::text::{Name, Note, Place, Title};
use crate::time::{TimeRange, Timestamp, YearMonth};

json::tagged! {
    #[serde(tag = "kind", rename_all = "snake_case")]
    /// What a notice says, as data; the words are the catalogue's.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum NoticeBody {
        /// A waiting party got its places.
        Promoted {
            /// The sign-up.
            sign_up: SignUpId,
            /// For which date.
            occurrence: OccurrenceId,
            /// Of what.
            title: Title,
            /// When.
            range: TimeRange,
        },
        /// The places of a date one had asked for were drawn.
        Drawn {
            /// The sign-up.
            sign_up: SignUpId,
            /// For which date.
            occurrence: OccurrenceId,
            /// Of what.
            title: Title,
            /// When.
            range: TimeRange,
            /// Whether the party has its places; else it waits.
            won: bool,
            /// Parties before it, while it waits.
            #[serde(default)]
            parties_ahead: u16,
        },
        /// Places are held for a waiting party until it has answered.
        Offered {
            /// The sign-up.
            sign_up: SignUpId,
            /// For which date.
            occurrence: OccurrenceId,
            /// Of what.
            title: Title,
            /// When.
            range: TimeRange,
            /// Until when.
            until: Timestamp,
        },
        /// Nobody answered an offer in time.
        OfferOver {
            /// For which date.
            occurrence: OccurrenceId,
            /// Of what.
            title: Title,
            /// When.
            range: TimeRange,
            /// That the party waits no more; else it waits behind all others.
            has_lapsed: bool,
        },
        /// Shortly before the start there are places for whoever of those waiting comes first.
        PlacesLeft {
            /// For which date.
            occurrence: OccurrenceId,
            /// Of what.
            title: Title,
            /// When.
            range: TimeRange,
            /// How many there were then.
            places: u16,
        },
        /// Fewer may come to a date one waits for.
        CapacityLowered {
            /// Which.
            occurrence: OccurrenceId,
            /// Of what.
            title: Title,
            /// When.
            range: TimeRange,
            /// How many may come now.
            capacity: u16,
            /// Why.
            reason: Option<Note>,
        },
        /// A date one had signed up for was called off.
        OccurrenceCancelled {
            /// Which.
            occurrence: OccurrenceId,
            /// Of what.
            title: Title,
            /// When it would have been.
            range: TimeRange,
            /// Why.
            reason: Option<Note>,
        },
        /// A host answered, cancelled, or let a request expire; the booking's state says which.
        BookingAnswered {
            /// The booking.
            booking: BookingId,
            /// Where.
            space: SpaceId,
            /// The space's name.
            name: Name,
            /// When.
            range: TimeRange,
            /// What became of it.
            state: BookingState,
            /// Why.
            reason: Option<Note>,
        },
        /// A date one had signed up for has another time or place; the place is kept.
        OccurrenceMoved {
            /// Which.
            occurrence: OccurrenceId,
            /// Of what.
            title: Title,
            /// When it would have been.
            from: TimeRange,
            /// When it is.
            range: TimeRange,
            /// Where it is.
            place: Place,
        },
        /// Dates one had signed up for have another time or place, or are called off, because their series was edited. Told
        /// once for all of them; the places are kept.
        SeriesChanged {
            /// The first of them, one that takes place if there is any.
            occurrence: OccurrenceId,
            /// Of what.
            title: Title,
            /// When it would have been.
            from: TimeRange,
            /// When it is.
            range: TimeRange,
            /// Where it is.
            place: Place,
            /// How many have another time or place, the first among them.
            changed: u16,
            /// How many are called off.
            called_off: u16,
            /// Why these are.
            reason: Option<Note>,
        },
        /// A date that was called off takes place after all; the place is there again.
        OccurrenceReinstated {
            /// Which.
            occurrence: OccurrenceId,
            /// Of what.
            title: Title,
            /// When it is.
            range: TimeRange,
            /// Where it is.
            place: Place,
        },
        /// To a team: a date of a series could not be held, for the room was somebody else's.
        RoomTaken {
            /// Which.
            occurrence: OccurrenceId,
            /// Of what.
            title: Title,
            /// When it would have been.
            range: TimeRange,
        },
        /// From the twentieth on: what of the month's three is missing in a community.
        DutiesMissing {
            /// Where.
            community: CommunityId,
            /// Of which month.
            month: YearMonth,
            /// What.
            missing: Vec<DutyGap>,
        },
        /// A kind this build does not know yet.
        #[serde(other)]
        Unknown,
    }
}
