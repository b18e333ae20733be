//! What was shipped reads, says what it said, and is written as it was. Every kind, code and class has its samples, so that
//! none can be added without.

use std::collections::BTreeSet;

use domain::change::{NoticeBody, Row, RowBody, SignUpState};
use domain::command::{Accepted, Command, CommandProblem, Envelope, Outcome};
use domain::refusal::{Alternative, Eligibility, Refusal};
use domain::sync::machine::{Queued, Settled};
use domain::sync::{Answer, NotNow};
use serde_json::value::{RawValue, to_raw_value};

use crate::samples::{Sample, samples};

/// Names every variant of a type, and the variant of a value. A new one does not compile until it is named here, and
/// then fails until there is a sample of it.
macro_rules! variants {
    ($all:ident, $of:ident, $type:ident { $($variant:ident),+ $(,)? }) => {
        const $all: &[&str] = &[$(stringify!($variant)),+];

        fn $of(value: &$type) -> &'static str {
            match value {
                $($type::$variant { .. } => stringify!($variant)),+
            }
        }
    };
}

variants!(
    REFUSALS,
    refusal,
    Refusal {
        NotAllowed,
        Gone,
        Malformed,
        Changed,
        DependencyRefused,
        ServerFault,
        NoSignUpNeeded,
        SignUpNotOpen,
        SignUpClosed,
        OccurrenceCancelled,
        OccurrenceOver,
        AlreadyIn,
        NeighbourAlreadyIn,
        NotEligible,
        BirthMonthNeeded,
        GuardianNeeded,
        ChildNeeded,
        PartyEmpty,
        PartyTooBig,
        WaitlistFull,
        PoolFull,
        NoOffer,
        ReasonNeeded,
        NotConfirmed,
        CheckInNotOpen,
        DoorFull,
        OccurrenceNotBegun,
        ClosingOver,
        MonthClosed,
        EndsBeforeStart,
        OffGrid,
        TooShort,
        TooLong,
        InThePast,
        TooSoon,
        TooFar,
        SpaceClosed,
        AgesOutside,
        TooManyOpenBookings,
        AlreadyBooked,
        SlotTaken,
        SlotFull,
        BookingDecided,
        AnswerOverdue,
        BadLength,
        SeriesTooLong,
        NoDates,
        DatesOverlap,
        DateExists,
        PlanChanged,
        CapacityZero,
        NoTimeToDraw,
        VenueTaken,
        HouseholdFull,
        PersonSignedUp,
        ConsentNeeded,
        Unknown,
    }
);
variants!(ELIGIBILITIES, eligibility, Eligibility { ChildAge, Seniors, Adults });
variants!(ALTERNATIVES, alternative, Alternative { Slot, Occurrence });
variants!(OUTCOMES, outcome, Outcome { Accepted, Refused, Expired });
variants!(
    RESULTS,
    result,
    Accepted {
        Confirmed,
        Waitlisted,
        Pooled,
        Booked,
        Requested,
        Published,
        CalledOff,
        CapacityChanged,
        AlreadyDone,
        Done
    }
);
variants!(NOT_NOW, not_now, NotNow { RetryAfter, Gap, Forked, NeedsSignIn, WrongAccount, IdReused });
variants!(
    ROWS,
    row,
    RowBody {
        Team,
        Space,
        Busy,
        Activity,
        Occurrence,
        Seats,
        Draw,
        SignUp,
        Roster,
        WalkIn,
        Closing,
        Exemption,
        Booking,
        DeskBooking,
        Notice,
        Profile,
        Person,
    }
);
variants!(STATES, state, SignUpState { Confirmed, Waitlisted, Withdrawn, CalledOff });
variants!(
    NOTICES,
    notice,
    NoticeBody {
        Promoted,
        Drawn,
        Offered,
        OfferOver,
        PlacesLeft,
        CapacityLowered,
        OccurrenceCancelled,
        OccurrenceMoved,
        OccurrenceReinstated,
        SeriesChanged,
        BookingAnswered,
        RoomTaken,
        DutiesMissing,
        Unknown
    }
);

/// Every name was seen.
fn assert_all(what: &str, all: &[&str], seen: &BTreeSet<&str>) {
    let missing: Vec<_> = all.iter().filter(|name| !seen.contains(*name)).collect();
    assert!(missing.is_empty(), "no sample of {what} {missing:?} in domain/golden");
}

/// For each of them there is a sample with all that it can hold, and one with as little as it may.
fn assert_full_and_minimal(samples: &[Sample], all: impl Iterator<Item = String>) {
    let names: BTreeSet<&str> = samples.iter().map(|sample| sample.name.as_str()).collect();
    for name in all.flat_map(|one| [format!("{one}-full"), format!("{one}-minimal")]) {
        assert!(names.contains(name.as_str()), "no sample {name}.txt in domain/golden");
    }
}

#[test]
fn every_kind_and_version_of_a_command_reads_and_means_what_it_meant() {
    let samples = samples("commands");
    for sample in &samples {
        let envelope: Envelope = sample.read();
        let named = format!("{}-v{}-", envelope.kind, envelope.kind_v);
        assert!(sample.name.starts_with(&named), "{} holds {named}", sample.name);
        assert_eq!(serde_json::to_string(&envelope).expect("json"), sample.shipped, "{}: byte for byte", sample.name);
        let command = envelope.command().unwrap_or_else(|problem| panic!("{}: {problem}", sample.name));
        assert_eq!(command.kind(), envelope.kind, "{}", sample.name);
        assert_eq!(Some(envelope.meaning()), sample.meaning, "{}: its answer would not be found again", sample.name);
        let again = Envelope { body: command.body(), ..envelope };
        assert_eq!(serde_json::to_string(&again).expect("json"), sample.rewritten, "{}", sample.name);
        assert_eq!(again.command(), Ok(command), "{}", sample.name);
    }
    let is_known = |kind: &str, version| {
        let mut nothing = serde_json::Deserializer::from_str("");
        Command::parse(kind, version, &mut nothing) != Err(CommandProblem::UnknownKind)
    };
    let versions = |kind: &'static str| (0..100).filter(move |version| is_known(kind, *version));
    let all = Command::KINDS.iter().flat_map(|kind| versions(kind).map(move |version| format!("{kind}-v{version}")));
    assert_full_and_minimal(&samples, all);
}

#[test]
fn every_answer_reads_and_is_written_as_it_was() {
    let (mut outcomes, mut results, mut refusals) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let (mut eligibilities, mut alternatives_seen) = (BTreeSet::new(), BTreeSet::new());
    let id = "0192f0c1-2a3b-7c4d-8e5f-000000000c01";
    for sample in samples("outcomes") {
        let found: Outcome = sample.holds();
        outcomes.insert(outcome(&found));
        match &found {
            Outcome::Accepted { result: accepted, .. } => {
                results.insert(result(accepted));
            }
            Outcome::Refused { refusal: refused, alternatives } => {
                refusals.insert(refusal(refused));
                alternatives_seen.extend(alternatives.iter().map(alternative));
                if let Refusal::NotEligible { why, .. } = refused {
                    eligibilities.insert(eligibility(why));
                }
            }
            Outcome::Expired => {}
        }
        // As it travels.
        let answer = format!(r#"{{"id":"{id}",{}"#, sample.shipped.trim_start_matches('{'));
        let answer: Answer = serde_json::from_str(&answer).expect("an answer");
        assert_eq!(answer, Answer::Decided { id: id.parse().expect("an id"), outcome: found }, "{}", sample.name);
    }
    assert_all("Outcome", OUTCOMES, &outcomes);
    assert_all("Accepted", RESULTS, &results);
    assert_all("Refusal", REFUSALS, &refusals);
    assert_all("Eligibility", ELIGIBILITIES, &eligibilities);
    assert_all("Alternative", ALTERNATIVES, &alternatives_seen);
    let mut seen = BTreeSet::new();
    for sample in samples("not_now") {
        let Answer::NotNow { not_now: found, .. } = sample.holds() else { panic!("{} is decided", sample.name) };
        seen.insert(not_now(&found));
    }
    assert_all("NotNow", NOT_NOW, &seen);
}

#[test]
fn every_class_of_row_reads_and_is_written_as_it_was() {
    let samples = samples("rows");
    let (mut rows, mut states, mut notices) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut classes = BTreeSet::new();
    for sample in &samples {
        let shipped: Row = sample.read();
        assert!(sample.name.starts_with(&format!("{}-", shipped.class)), "{} holds {}", sample.name, shipped.class);
        assert_eq!(serde_json::to_string(&shipped).expect("json"), sample.shipped, "{}: byte for byte", sample.name);
        let body = shipped.parse().unwrap_or_else(|problem| panic!("{}: {problem}", sample.name));
        rows.insert(row(&body));
        match &body {
            RowBody::SignUp(_, row) => {
                states.insert(state(&row.state));
            }
            RowBody::Notice(_, row) => {
                notices.insert(notice(&row.body));
            }
            _ => {}
        }
        classes.insert(shipped.class.clone());
        let again = Row { body: written(&body), ..shipped };
        assert_eq!(serde_json::to_string(&again).expect("json"), sample.rewritten, "{}", sample.name);
        assert_eq!(again.parse(), Ok(body), "{}", sample.name);
    }
    assert_all("RowBody", ROWS, &rows);
    assert_all("SignUpState", STATES, &states);
    assert_all("NoticeBody", NOTICES, &notices);
    assert_full_and_minimal(&samples, classes.into_iter());
}

/// A body as it is written.
pub fn written(body: &RowBody) -> Box<RawValue> {
    let json = match body {
        RowBody::Team(_, row) => to_raw_value(row),
        RowBody::Space(_, row) => to_raw_value(row),
        RowBody::Busy(_, row) => to_raw_value(row),
        RowBody::Activity(_, row) => to_raw_value(row),
        RowBody::Occurrence(_, row) => to_raw_value(row),
        RowBody::Seats(_, row) => to_raw_value(row),
        RowBody::Draw(_, row) => to_raw_value(row),
        RowBody::SignUp(_, row) => to_raw_value(row),
        RowBody::Roster(_, row) => to_raw_value(row),
        RowBody::WalkIn(_, row) => to_raw_value(row),
        RowBody::Closing(_, row) => to_raw_value(row),
        RowBody::Exemption(row) => to_raw_value(row),
        RowBody::Booking(_, row) => to_raw_value(row),
        RowBody::DeskBooking(_, row) => to_raw_value(row),
        RowBody::Notice(_, row) => to_raw_value(row),
        RowBody::Profile(_, row) => to_raw_value(row),
        RowBody::Person(_, row) => to_raw_value(row),
    };
    json.expect("json")
}

#[test]
fn an_answer_in_the_journal_of_a_phone_reads_and_is_written_as_it_was() {
    let samples = samples("journal");
    let mut seen = BTreeSet::new();
    for sample in &samples {
        let settled: Settled = sample.holds();
        let envelope: Envelope = serde_json::from_str(&settled.raw).expect("an envelope");
        assert_eq!(envelope.id, settled.id, "{}", sample.name);
        assert!(envelope.command().is_ok(), "{}", sample.name);
        seen.insert(outcome(&settled.outcome));
    }
    assert_all("Outcome, in the journal,", OUTCOMES, &seen);
}

#[test]
fn a_command_in_the_queue_of_a_phone_reads_under_its_number_and_is_written_as_it_was() {
    let samples = samples("outbox");
    assert!(!samples.is_empty(), "no sample in domain/golden/outbox");
    for sample in &samples {
        let entry: serde_json::Value = sample.read();
        let envelope: Envelope = serde_json::from_str(entry["raw"].as_str().expect("a text")).expect("an envelope");
        let queued = Queued::of_entry(envelope.no, &sample.shipped).expect("a queued command");
        assert_eq!((queued.no, u64::from(queued.tried)), (envelope.no, entry["tried"].as_u64().expect("a count")));
        assert_eq!(Some(queued.raw.as_str()), entry["raw"].as_str(), "{}: byte for byte", sample.name);
        assert_eq!(queued.entry(), sample.rewritten, "{}", sample.name);
        assert!(Queued::of_entry(envelope.no + 1, &sample.shipped).is_none(), "{} is of another number", sample.name);
    }
}
