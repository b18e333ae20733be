//! The messages of `POST /api/sync`: commands first, then pulls, in one round trip.
//!
//! Every answer of the domain travels in a `200`. A reply counts only if it parses whole and names the protocol:
//! a captive portal's page is "no answer", and no answer loses nothing.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::change::{Row, RowKey};
use crate::command::Outcome;
use crate::id::{CommandId, DeviceId, ParseIdError, StreamId};
use crate::json;
use crate::sync::checksum::Checksum;
use crate::time::Timestamp;

/// The protocol's version.
pub const PROTOCOL: u16 = 1;
/// The version of the row formats this build reads; a cursor of another view is answered with a snapshot.
pub const VIEW: u16 = 4;
/// This build's edition: raised where phones of the builds before must not go on, be it for a fault in them.
pub const EDITION: u16 = 1;
/// The oldest edition whose phones go on. One of an older is answered as long as it speaks the protocol, and takes the new
/// build at once. Never beyond [`EDITION`].
pub const EDITION_OLDEST: u16 = 1;

/// What a phone sends.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SyncRequest {
    /// [`PROTOCOL`].
    pub proto: u16,
    /// The sending device; absent for somebody who has not signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// Queued envelopes in order of number, byte for byte as they were queued.
    #[serde(default)]
    pub commands: Vec<Box<RawValue>>,
    /// Streams to pull.
    #[serde(default)]
    pub pulls: Vec<Pull>,
    /// Answers the phone has and asks about, and on which what it sends builds: as long as one of them is not known, none of
    /// `commands` is carried out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<Known>,
}

/// An accepted answer as the phone has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// To which command.
    pub id: CommandId,
    /// The change that carries its effect: another one means that it was carried out in another life of the database, and
    /// something else may have come of it.
    pub seq: u64,
}

/// A stream to pull.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pull {
    /// Which.
    pub stream: StreamId,
    /// How far the phone has read; none asks for a snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// What the phone has of it up to there; said at the start and now and then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<Checksum>,
}

/// A place in a stream's order: `epoch.seq.tag.audience.view`. Phones keep it and hand it back unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cursor {
    /// The life of the database: another one after a restore.
    pub epoch: u64,
    /// The last change read.
    pub seq: u64,
    /// The tag of that change, the last link of a chain: differs if another history grew over a restored database.
    pub tag: u32,
    /// A hash of what the reader may see.
    pub audience: u32,
    /// The row formats read, [`VIEW`].
    pub view: u16,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}.{:x}.{:x}.{:x}.{:x}", self.epoch, self.seq, self.tag, self.audience, self.view)
    }
}

impl FromStr for Cursor {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let mut parts = text.split('.').map(|part| {
            let is_hex = !part.is_empty() && part.bytes().all(|b| b.is_ascii_hexdigit());
            if is_hex { u64::from_str_radix(part, 16).map_err(|_| ParseIdError) } else { Err(ParseIdError) }
        });
        let mut next = || parts.next().unwrap_or(Err(ParseIdError));
        let narrow = |wide: u64| u32::try_from(wide).map_err(|_| ParseIdError);
        let cursor = Self {
            epoch: next()?,
            seq: next()?,
            tag: narrow(next()?)?,
            audience: narrow(next()?)?,
            view: u16::try_from(next()?).map_err(|_| ParseIdError)?,
        };
        if parts.next().is_some() { Err(ParseIdError) } else { Ok(cursor) }
    }
}

as_text!(Cursor);

/// What the server tells those who listen at `/api/live`. Never rows, and nothing that rests on having heard it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hint {
    /// A stream.
    pub stream: StreamId,
    /// Its last change.
    pub head: u64,
    /// Within so many milliseconds whoever wants to know asks for it, at a moment of their own.
    #[serde(default)]
    pub spread_ms: u64,
}

/// What the server answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SyncReply {
    /// [`PROTOCOL`].
    pub proto: u16,
    /// The server's clock.
    pub server_at: Timestamp,
    /// One answer per command that was looked at, in order.
    #[serde(default)]
    pub answers: Vec<Answer>,
    /// One per pull, in order.
    #[serde(default)]
    pub pulls: Vec<PullReply>,
    /// Those of `known` that are not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<CommandId>,
    /// The server's [`EDITION_OLDEST`]; a server of before did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest: Option<u16>,
}

impl SyncReply {
    /// Whether the server wants a phone of this edition to take a newer build.
    #[must_use]
    pub fn outgrows(&self, edition: u16) -> bool {
        self.oldest.is_some_and(|oldest| oldest > edition)
    }
}

/// The answer to one command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// Decided, for ever.
    Decided {
        /// Which command.
        id: CommandId,
        /// What became of it.
        #[serde(flatten)]
        outcome: Outcome,
    },
    /// Not decided; nothing was stored, the command stays queued.
    NotNow {
        /// Which command.
        id: CommandId,
        /// Why not.
        #[serde(flatten)]
        not_now: NotNow,
    },
}

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Which {
            id: CommandId,
        }
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let read = || {
            let Which { id } = json::read(text.get())?;
            let decided = json::read(text.get()).map(|outcome| Self::Decided { id, outcome });
            decided.or_else(|| json::read(text.get()).map(|not_now| Self::NotNow { id, not_now }))
        };
        read().ok_or_else(|| serde::de::Error::custom("neither decided nor put off"))
    }
}

json::tagged! {
    #[serde(tag = "not_now", rename_all = "snake_case")]
    /// Why a command was not decided.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum NotNow {
        /// Try again after so many milliseconds.
        RetryAfter {
            /// Milliseconds.
            ms: u32,
        },
        /// A number is missing before this one.
        Gap {
            /// The number the server waits for.
            expected: u64,
        },
        /// The number was used by another command: this profile was copied.
        Forked,
        /// Nobody is signed in.
        NeedsSignIn,
        /// Somebody else is signed in.
        WrongAccount,
        /// The id was used by another command.
        IdReused,
    }
}

/// The answer to one pull.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PullReply {
    /// Of which stream.
    pub stream: StreamId,
    /// What it brings.
    pub result: PullResult,
}

/// What a pull brings.
// Tagged from outside: rows hold unparsed JSON, which the other taggings cannot carry through.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PullResult {
    /// What changed after the cursor.
    Delta {
        /// Where it starts: apply only if that is not beyond what the phone has read.
        from: u64,
        /// Rows as they are now.
        rows: Vec<Row>,
        /// Rows that are gone from this reader's sight, with the change that took them.
        #[serde(default)]
        gone: Vec<RowKey>,
        /// Where to go on.
        cursor: Cursor,
    },
    /// Everything in the window, replacing what the phone holds of the stream.
    Snapshot {
        /// Why, when the phone had a cursor.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<ResetReason>,
        /// All rows.
        rows: Vec<Row>,
        /// Where to go on.
        cursor: Cursor,
    },
    /// There is no such stream, or it is not this reader's.
    Denied,
}

/// Why a cursor no longer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetReason {
    /// Older than the oldest tombstone kept, or more has changed since than one delta holds.
    TooOld,
    /// Another life of the database.
    EpochChanged,
    /// Ahead of the server: it was restored.
    Ahead,
    /// Another history grew at this place.
    Diverged,
    /// The reader may see more or less than before.
    Audience,
    /// The build reads other row formats.
    View,
    /// The phone does not have what it was given.
    Checksum,
    /// The phone's whole picture is so old that days have come into the window which it never showed.
    Window,
    /// A reason that this build does not know. The snapshot counts all the same.
    #[serde(other)]
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Accepted;
    use crate::refusal::Refusal;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_reads() {
        let cursor = Cursor { epoch: u64::MAX, seq: 77, tag: 0xdead_beef, audience: 5, view: VIEW };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in ["", "1.2.3.4", "1.2.3.4.5.6", "1.2.3.4.fffff", "1..3.4.5", "1.2.3.4.+5", "g.2.3.4.5"] {
            assert_eq!(bad.parse::<Cursor>(), Err(ParseIdError), "{bad}");
        }
    }

    #[test]
    fn a_reply_with_rows_reads_back() {
        let json = r#"{"proto":1,"server_at":1795390200000,"answers":[],"pulls":[{"stream":"c:banzha","result":{"delta":{"from":0,"rows":[{"class":"seats","id":"0192f0c1-2a3b-7c4d-8e5f-00112233aabb","seq":1,"body":{"capacity":12,"taken":3,"waiting_parties":0,"waiting_heads":0}}],"gone":[],"cursor":"1.1.1.1.1"}}},{"stream":"c:there","result":"denied"}]}"#;
        let reply: SyncReply = serde_json::from_str(json).expect("a reply");
        assert_eq!(serde_json::to_string(&reply).expect("json"), json);
        let PullResult::Delta { rows, .. } = &reply.pulls[0].result else { panic!("a delta") };
        assert!(matches!(rows[0].parse(), Ok(crate::change::RowBody::Seats(_, seats)) if seats.taken == 3));
    }

    #[test]
    fn a_snapshot_counts_whatever_its_reason() {
        for (json, why) in [("\"checksum\"", ResetReason::Checksum), ("\"of_tomorrow\"", ResetReason::Other)] {
            let reply = format!(r#"{{"snapshot":{{"why":{json},"rows":[],"cursor":"1.1.1.1.1"}}}}"#);
            let read: PullResult = serde_json::from_str(&reply).expect("a snapshot");
            assert!(matches!(read, PullResult::Snapshot { why: Some(found), .. } if found == why), "{read:?}");
        }
    }

    #[test]
    fn a_pull_of_an_older_phone_reads_and_a_checksum_travels_only_when_there_is_one() {
        let old = r#"{"stream":"c:banzha","cursor":"1.1.1.1.1"}"#;
        let pull: Pull = serde_json::from_str(old).expect("a pull");
        assert_eq!((pull.checksum, serde_json::to_string(&pull).expect("json").as_str()), (None, old));
        let checksum = "2026-11-23.ff".parse().ok();
        let said = serde_json::to_string(&Pull { checksum, ..pull }).expect("json");
        assert_eq!(said, r#"{"stream":"c:banzha","cursor":"1.1.1.1.1","checksum":"2026-11-23.ff"}"#);
    }

    #[test]
    fn what_an_older_phone_or_server_does_not_say_is_empty_and_not_said_to_it() {
        let request = r#"{"proto":1,"commands":[],"pulls":[]}"#;
        let read: SyncRequest = serde_json::from_str(request).expect("a request");
        assert_eq!((read.known.len(), serde_json::to_string(&read).expect("json").as_str()), (0, request));
        let reply = r#"{"proto":1,"server_at":1795390200000,"answers":[],"pulls":[]}"#;
        let read: SyncReply = json::read(reply).expect("a reply");
        assert_eq!((read.unknown.len(), serde_json::to_string(&read).expect("json").as_str()), (0, reply));
        assert!(!read.outgrows(0), "who does not say wants nothing");
        let id: CommandId = "0192f0c1-2a3b-7c4d-8e5f-00112233aabb".parse().expect("an id");
        let known = serde_json::to_string(&Known { id, seq: 7 }).expect("json");
        assert_eq!(known, r#"{"id":"0192f0c1-2a3b-7c4d-8e5f-00112233aabb","seq":7}"#);
        let lost = r#"{"proto":1,"server_at":1795390200000,"unknown":["0192f0c1-2a3b-7c4d-8e5f-00112233aabb"]}"#;
        assert_eq!(json::read::<SyncReply>(lost).expect("a reply").unknown, [id]);
    }

    #[test]
    fn a_server_outgrows_the_editions_before_its_oldest() {
        const { assert!(EDITION_OLDEST <= EDITION, "or no phone could ever go on") };
        let said = r#"{"proto":1,"server_at":1795390200000,"oldest":3}"#;
        let reply: SyncReply = json::read(said).expect("a reply");
        assert_eq!([2, 3, 4].map(|edition| reply.outgrows(edition)), [true, false, false]);
    }

    #[test]
    fn answers_keep_their_shape() {
        let id: CommandId = "0192f0c1-2a3b-7c4d-8e5f-00112233aabb".parse().expect("an id");
        let table = [
            (
                Answer::Decided {
                    id,
                    outcome: Outcome::Accepted { seq: 3, result: Accepted::Waitlisted { parties_ahead: 2 } },
                },
                r#"{"id":"0192f0c1-2a3b-7c4d-8e5f-00112233aabb","outcome":"accepted","seq":3,"result":{"kind":"waitlisted","parties_ahead":2}}"#,
            ),
            (
                Answer::Decided { id, outcome: Outcome::Refused { refusal: Refusal::SlotTaken, alternatives: vec![] } },
                r#"{"id":"0192f0c1-2a3b-7c4d-8e5f-00112233aabb","outcome":"refused","refusal":{"code":"slot-taken"}}"#,
            ),
            (
                Answer::NotNow { id, not_now: NotNow::Gap { expected: 4 } },
                r#"{"id":"0192f0c1-2a3b-7c4d-8e5f-00112233aabb","not_now":"gap","expected":4}"#,
            ),
        ];
        for (answer, json) in table {
            assert_eq!(serde_json::to_string(&answer).expect("json"), json);
            assert_eq!(serde_json::from_str::<Answer>(json).expect("an answer"), answer);
        }
    }
}
