//! The write path and the read path behind `POST /api/sync`: commands in, answers and rows out.
//!
//! Each command is a transaction of its own, so that one refusal or fault never drags its neighbours along; pulls come
//! after them, in one unchanging picture, so that a reply already holds what its commands did.

mod incoming;
mod malformed;
mod pull;
mod push;

pub use incoming::{Head, Incoming};
pub use pull::{may_read, pull};
pub use push::{apply_command, count_broken};

use std::sync::Arc;

use domain::command::Envelope;
use domain::id::CommandId;
use domain::people::Actor;
use domain::sync::limits::AFTER_FAULT_MS;
use domain::sync::{Answer, EDITION_OLDEST, Known, NotNow, PROTOCOL, Pull, PullReply, SyncReply};
use domain::time::Timestamp;

use self::push::later;
use crate::store::devices::is_accepted_as;
use crate::store::{Db, StoreError};

/// Carries commands out in order, then pulls. If one of the answers that the phone names as `known` is not, no command is
/// carried out: a restore has lost what they build on, and the phone sends that first.
///
/// A fault on a command is an answer to that command: [`NotNow::RetryAfter`], and those behind it are left unanswered, so
/// that their order is kept; or, when the command itself has broken three times, a refusal
/// ([`Refusal::ServerFault`](domain::refusal::Refusal::ServerFault)) that lets them go on.
///
/// # Errors
/// [`StoreError`]: the store failed on the pulls.
pub async fn sync(
    db: &Db,
    actor: &Actor,
    known: Vec<Known>,
    commands: Vec<Incoming>,
    pulls: Vec<Pull>,
    now: Timestamp,
) -> Result<SyncReply, StoreError> {
    let unknown = if known.is_empty() { Vec::new() } else { list_unknown(db, known).await? };
    let commands = if unknown.is_empty() { commands } else { Vec::new() };
    let mut answers = Vec::with_capacity(commands.len());
    for incoming in commands {
        let answer = carry_out(db, actor, Arc::new(incoming), now).await;
        let goes_on = matches!(answer, Answer::Decided { .. });
        answers.push(answer);
        if !goes_on {
            break;
        }
    }
    let pulls = if pulls.is_empty() { Vec::new() } else { pull_all(db, actor, pulls, now).await? };
    Ok(SyncReply { proto: PROTOCOL, server_at: now, answers, pulls, unknown, oldest: Some(EDITION_OLDEST) })
}

/// The commands of those answers that are not stored here, or not as this change. Whoever has the id of a command has had
/// its answer, so it does not matter who asks.
async fn list_unknown(db: &Db, known: Vec<Known>) -> Result<Vec<CommandId>, StoreError> {
    db.read(move |conn| {
        Box::pin(async move {
            let mut unknown = Vec::new();
            for Known { id, seq } in known {
                if !is_accepted_as(conn, id, seq).await? {
                    unknown.push(id);
                }
            }
            Ok(unknown)
        })
    })
    .await
}

/// One command in its stream's lane, and what is answered when it breaks.
async fn carry_out(db: &Db, actor: &Actor, incoming: Arc<Incoming>, now: Timestamp) -> Answer {
    let envelope = match &*incoming {
        Incoming::Known(envelope) => envelope,
        Incoming::Newer(id) => return later(*id),
    };
    let lane = envelope.stream.to_string();
    let (by, asked) = (actor.clone(), Arc::clone(&incoming));
    let result = db
        .write(&lane, move |conn| {
            let (actor, incoming) = (by.clone(), Arc::clone(&asked));
            Box::pin(async move { apply_command(conn, &actor, &incoming, now).await })
        })
        .await;
    match result {
        Ok(answer) => answer,
        Err(error) => after_fault(db, &lane, actor, envelope, &error, now).await,
    }
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
    error: &StoreError,
    now: Timestamp,
) -> Answer {
    eprintln!("lifehub: command {} failed: {error}", envelope.id);
    let mut put_aside = None;
    if error.is_of_the_job() {
        let (by, asked) = (actor.clone(), envelope.clone());
        let counted = db
            .write(lane, move |conn| {
                let (actor, envelope) = (by.clone(), asked.clone());
                Box::pin(async move { count_broken(conn, &actor, &envelope, now).await })
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
