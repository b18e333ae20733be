//! The write path and the read path behind `POST /api/sync`: commands in, answers and rows out.
//!
//! Each command is a transaction of its own, so that one refusal or fault never drags its neighbours along; pulls come
//! after them, in one unchanging picture, so that a reply already holds what its commands did.

mod incoming;
mod malformed;
mod pull;
mod push;

pub use incoming::Incoming;
pub use pull::pull;
pub use push::{apply_command, count_broken};

use domain::command::Envelope;
use domain::people::Actor;
use domain::sync::{Answer, NotNow, PROTOCOL, Pull, PullReply, SyncReply, SyncRequest};
use domain::time::Timestamp;
use serde_json::value::RawValue;

use crate::store::{Db, StoreError};

/// Why a whole request was not looked at.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// A command's envelope does not parse, so there is no id to answer to.
    #[error("command {index} is no envelope: {detail}")]
    Malformed {
        /// Which command.
        index: usize,
        /// What the parser said.
        detail: String,
    },
    /// The store failed on the pulls.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How long a phone waits after a fault before it sends a command again.
const AFTER_FAULT_MS: u32 = 5_000;

/// Carries commands out in order, then pulls.
///
/// # Errors
/// [`SyncError`]. A fault on a command is an answer to that command: [`NotNow::RetryAfter`], and those behind it are
/// left unanswered, so that their order is kept; or, when the command itself has broken three times, a refusal
/// ([`Refusal::ServerFault`](domain::refusal::Refusal::ServerFault)) that lets them go on.
pub async fn sync(db: &Db, actor: &Actor, request: SyncRequest, now: Timestamp) -> Result<SyncReply, SyncError> {
    let mut incoming = Vec::with_capacity(request.commands.len());
    for (index, raw) in request.commands.iter().enumerate() {
        let read = Incoming::read(raw).map_err(|error| SyncError::Malformed { index, detail: error.to_string() })?;
        incoming.push(read);
    }
    let mut answers = Vec::with_capacity(incoming.len());
    for (incoming, raw) in incoming.iter().zip(request.commands) {
        let envelope = match incoming {
            Incoming::Known(envelope) => envelope,
            Incoming::Newer(id) => {
                answers.push(push::later(*id));
                break;
            }
        };
        let lane = envelope.stream.to_string();
        let (actor, again) = ((*actor).clone(), raw.clone());
        let broken_by = actor.clone();
        let result = db
            .write(&lane, move |conn| {
                let (actor, raw) = (actor.clone(), raw.clone());
                Box::pin(async move { apply_command(conn, &actor, &raw, now).await })
            })
            .await;
        let answer = match result {
            Ok(answer) => answer,
            Err(error) => after_fault(db, &lane, &broken_by, envelope, again, &error, now).await,
        };
        let goes_on = matches!(answer, Answer::Decided { .. });
        answers.push(answer);
        if !goes_on {
            break;
        }
    }
    let pulls = if request.pulls.is_empty() { Vec::new() } else { pull_all(db, actor, request.pulls, now).await? };
    Ok(SyncReply { proto: PROTOCOL, server_at: now, answers, pulls })
}

async fn pull_all(db: &Db, actor: &Actor, wanted: Vec<Pull>, now: Timestamp) -> Result<Vec<PullReply>, StoreError> {
    let actor = actor.clone();
    db.read(move |conn| {
        Box::pin(async move {
            let mut replies = Vec::with_capacity(wanted.len());
            for wanted in &wanted {
                replies.push(pull(conn, &actor, wanted, now).await?);
            }
            Ok(replies)
        })
    })
    .await
}

/// What is answered to a command that broke.
async fn after_fault(
    db: &Db,
    lane: &str,
    actor: &Actor,
    envelope: &Envelope,
    raw: Box<RawValue>,
    error: &StoreError,
    now: Timestamp,
) -> Answer {
    eprintln!("lifehub: command {} failed: {error}", envelope.id);
    let mut put_aside = None;
    if error.is_of_the_job() {
        let actor = actor.clone();
        let counted = db
            .write(lane, move |conn| {
                let (actor, raw) = (actor.clone(), raw.clone());
                Box::pin(async move { count_broken(conn, &actor, &raw, now).await })
            })
            .await;
        put_aside = counted.unwrap_or_else(|error| {
            eprintln!("lifehub: the fault of command {} was not counted: {error}", envelope.id);
            None
        });
    }
    if put_aside.is_some() {
        eprintln!("lifehub: command {} was put aside", envelope.id);
    }
    let retry = NotNow::RetryAfter { ms: AFTER_FAULT_MS };
    put_aside.unwrap_or(Answer::NotNow { id: envelope.id, not_now: retry })
}
