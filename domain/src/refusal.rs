//! Refusals: every reason for which the domain says no, as data.
//!
//! A refusal is an answer, not a failure: it is stored with the command, shown in the person's words (see
//! [`crate::words`]) and never mixed with a fault. The codes are stable; an old client reads a code it does not know as
//! [`Refusal::Unknown`] and shows a general sentence.

use crate::id::{OccurrenceId, PersonId, SpaceId};
use crate::json;
use crate::text::Note;
use crate::time::{LocalDate, TimeRange, Timestamp};

json::tagged! {
    #[serde(tag = "code", rename_all = "kebab-case", rename_all_fields = "snake_case")]
    /// Why something cannot be done now.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum Refusal {
        // ---- about the caller and the command ----
        /// The person's roles do not include this.
        NotAllowed,
        /// The thing is not there, or not this person's to know about.
        Gone,
        /// The command's fields do not parse; `field` is where.
        Malformed {
            /// The path of the field, as in `/body/title`.
            field: String,
        },
        /// What the person looked at has changed since.
        Changed,
        /// A command this one builds on was refused.
        DependencyRefused,
        /// Something broke three times on this command; it was put aside and reported.
        ServerFault {
            /// What to tell the staff.
            reference: String,
        },

        // ---- sign-up ----
        /// Nobody signs up for this activity; people just come.
        NoSignUpNeeded,
        /// Sign-up has not begun.
        SignUpNotOpen {
            /// When it begins.
            opens_at: Timestamp,
        },
        /// Sign-up has ended.
        SignUpClosed {
            /// When it ended.
            closed_at: Timestamp,
        },
        /// The date was called off.
        OccurrenceCancelled,
        /// The date lies in the past.
        OccurrenceOver,
        /// The household has a place for this date already, or waits for one.
        AlreadyIn {
            /// Those named who are in; when none of them is, those who are in instead.
            people: Vec<PersonId>,
        },
        /// The neighbour, by name and number, is in for this date already.
        NeighbourAlreadyIn,
        /// Somebody of the party may not come to this activity.
        NotEligible {
            /// Whom it concerns.
            people: Vec<PersonId>,
            /// What the activity asks for.
            why: Eligibility,
        },
        /// The activity asks for an age, and nobody has said when these were born.
        BirthMonthNeeded {
            /// Whom it concerns.
            people: Vec<PersonId>,
        },
        /// Children come only along with an adult.
        GuardianNeeded,
        /// The activity is for families and nobody of the fitting age was named.
        ChildNeeded,
        /// No person was named.
        PartyEmpty,
        /// More people than one party may bring.
        PartyTooBig {
            /// The most it may bring.
            max: u16,
        },
        /// The waiting list is full as well.
        WaitlistFull,
        /// As many have asked as can be drawn for.
        PoolFull,
        /// No place is held for the party, or not any more.
        NoOffer,
        /// Fewer would come than have a place, and nobody says why.
        ReasonNeeded,
        /// Only a party with a place can be checked in.
        NotConfirmed,
        /// Check-in has not begun.
        CheckInNotOpen {
            /// When it begins.
            opens_at: Timestamp,
        },
        /// There is no room for so many at the door, and nobody says why they were let in.
        DoorFull {
            /// How many there is room for.
            places_left: u16,
        },

        // ---- closing ----
        /// Nobody can say yet how the date went.
        OccurrenceNotBegun {
            /// When it begins.
            starts_at: Timestamp,
        },
        /// It is too late to say how the date went.
        ClosingOver {
            /// Until when it could be said.
            closed_at: Timestamp,
        },

        // ---- duties ----
        /// The month is past putting right.
        MonthClosed {
            /// The last day on which it could be.
            last_on: LocalDate,
        },

        // ---- booking ----
        /// The end does not lie after the start.
        EndsBeforeStart,
        /// Starts and lengths must fall on the space's grid.
        OffGrid {
            /// The grid in minutes.
            minutes: u16,
        },
        /// Shorter than the space allows.
        TooShort {
            /// The least, in minutes.
            minutes: u16,
        },
        /// Longer than the space allows.
        TooLong {
            /// The most, in minutes.
            minutes: u16,
        },
        /// The time has begun or passed.
        InThePast,
        /// The space wants to know earlier.
        TooSoon {
            /// How long before, in minutes.
            notice_minutes: u32,
        },
        /// The space cannot be booked that far ahead yet.
        TooFar {
            /// The last day that can be booked.
            last_on: LocalDate,
        },
        /// The space is closed for at least part of that time.
        SpaceClosed {
            /// Why, when somebody said so.
            reason: Option<Note>,
        },
        /// Children of a certain age are needed, or one is outside it.
        AgesOutside {
            /// Youngest, in years.
            from: u8,
            /// Oldest, in years.
            to: u8,
        },
        /// The household has as many open bookings here as one may have.
        TooManyOpenBookings {
            /// The most at a time.
            max: u16,
        },
        /// The household has the space itself for at least part of that time.
        AlreadyBooked,
        /// Somebody else holds the space for at least part of that time.
        SlotTaken,
        /// Some places are left in the shared space, but not enough.
        SlotFull {
            /// Heads that would still fit.
            heads_left: u16,
        },
        /// The booking was decided, cancelled or used already.
        BookingDecided,
        /// Nobody answered the request in time, and it has lapsed.
        AnswerOverdue {
            /// When the answer was due.
            answer_by: Timestamp,
        },

        // ---- publishing ----
        /// The activity would last longer than a day, or less than a quarter of an hour.
        BadLength,
        /// The series would run past the horizon.
        SeriesTooLong {
            /// The last day it may reach.
            last_on: LocalDate,
        },
        /// No day within a year is as the rule says.
        NoDates,
        /// One date of a series would begin before the one before it has ended.
        DatesOverlap,
        /// The activity has another date at that time.
        DateExists,
        /// Something that the plan of an edit showed is not so any more; nothing was done.
        PlanChanged,
        /// A capacity of nobody.
        CapacityZero,
        /// The places would be drawn before anybody could ask for them.
        NoTimeToDraw {
            /// When they would have been.
            draws_at: Timestamp,
        },
        /// The room is taken on these dates.
        VenueTaken {
            /// The room.
            space: SpaceId,
            /// The dates that clash.
            dates: Vec<LocalDate>,
        },

        // ---- household ----
        /// As many people as one household may hold.
        HouseholdFull {
            /// The most.
            max: u16,
        },
        /// The person is still signed up for something to come.
        PersonSignedUp {
            /// For what.
            occurrence: OccurrenceId,
        },
        /// A child's data needs the guardian's consent.
        ConsentNeeded,

        /// A code this build does not know yet.
        #[serde(other)]
        Unknown,
    }
}

json::tagged! {
    #[serde(tag = "kind", rename_all = "kebab-case")]
    /// What an activity asks of those who come.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Eligibility {
        /// Children between two ages, in years, both included.
        ChildAge {
            /// Youngest.
            from: u8,
            /// Oldest.
            to: u8,
        },
        /// People of sixty and above.
        Seniors,
        /// Adults only.
        Adults,
    }
}

json::tagged! {
    #[serde(tag = "kind", rename_all = "kebab-case")]
    /// Something that would be accepted instead, if asked for at once.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Alternative {
        /// A free time in a space.
        Slot {
            /// The space.
            space: SpaceId,
            /// The time.
            range: TimeRange,
        },
        /// Another date of the same activity with places left.
        Occurrence {
            /// The date.
            occurrence: OccurrenceId,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_kebab_case_and_unknown_ones_survive() {
        let refusal = Refusal::PartyTooBig { max: 4 };
        let json = serde_json::to_string(&refusal).expect("json");
        assert_eq!(json, r#"{"code":"party-too-big","max":4}"#);
        assert_eq!(serde_json::from_str::<Refusal>(&json).expect("read back"), refusal);
        let newer: Refusal =
            serde_json::from_str(r#"{"code":"moon-is-full","phase":3}"#).expect("an unknown code reads");
        assert_eq!(newer, Refusal::Unknown);
    }
}
