//! `POST /api/sync` as HTTP sees it: limits, who is asking, compression. What happens inside is [`crate::sync`]'s.
//!
//! Every answer of the domain travels in a `200`. Other statuses mean that nothing was looked at.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Response, header};
use domain::command::{ENVELOPE_BYTES_MAX, Outcome};
use domain::people::Actor;
use domain::sign_in::Whose;
use domain::sync::limits::{COMMANDS_BYTES_MAX, COMMANDS_MAX, KNOWN_MAX, PULLS_MAX};
use domain::sync::{Answer, NotNow, PROTOCOL, PullResult, ResetReason, SyncReply, SyncRequest};
use serde_json::value::RawValue;

use crate::assets::Encoding;
use crate::caller::{Visit, has_had_outbox, outbox_cookie};
use crate::extract::{JsonBytes, Nothing, QueryOf, from_json};
use crate::problem::ApiError;
use crate::reads::cache::{brotli, gzip};
use crate::state::AppState;
use crate::sync::{Head, Incoming};

/// Replies from this size on are compressed.
const COMPRESS_FROM: usize = 1024;

/// The one field that every version has.
#[derive(serde::Deserialize)]
struct Spoken {
    proto: u16,
}

/// Pushes commands, then pulls rows.
///
/// # Errors
/// [`ApiError::ClientTooOld`], [`ApiError::Busy`] for one that is newer, [`ApiError::TooLarge`],
/// [`ApiError::Unauthenticated`] when a device that was signed in no longer is.
pub async fn sync(
    State(state): State<AppState>,
    _: QueryOf<Nothing>,
    Visit { actor, whose }: Visit,
    headers: HeaderMap,
    JsonBytes(bytes): JsonBytes,
) -> Result<Response<Body>, ApiError> {
    // The version first: what an older or newer app sends need not look like anything we know.
    match from_json::<Spoken>(&bytes)?.proto.cmp(&PROTOCOL) {
        Ordering::Less => return Err(ApiError::ClientTooOld),
        // While servers are being replaced: it comes again, and then to one that understands it.
        Ordering::Greater => return Err(ApiError::Busy),
        Ordering::Equal => {}
    }
    let request: SyncRequest = from_json(&bytes)?;
    check(&request)?;
    let commands = read(&request.commands)?;
    // Only those who have signed in name a device: without a session, theirs has ended.
    if request.device.is_some() && actor == Actor::Anonymous {
        return Err(ApiError::Unauthenticated);
    }
    let known = request.known.len();
    let now = state.clock.now();
    let reply = crate::sync::sync(&state.db, &actor, request.known, commands, request.pulls, now).await?;
    count(&state, known, &reply);
    let mut response = respond(&reply, Encoding::accepted(&headers));
    let has_decided = reply.answers.iter().any(|answer| matches!(answer, Answer::Decided { .. }));
    if let Actor::Account(caller) = &actor
        && (has_decided && whose == Whose::Own && !has_had_outbox(&state, &headers, caller.account))
    {
        response.headers_mut().append(header::SET_COOKIE, outbox_cookie(&state, caller.account));
    }
    Ok(response)
}

fn check(request: &SyncRequest) -> Result<(), ApiError> {
    let sizes = request.commands.iter().map(|command| command.get().len());
    let is_within = request.commands.len() <= COMMANDS_MAX
        && request.pulls.len() <= PULLS_MAX
        // One more than is asked about: what the commands build on.
        && request.known.len() <= KNOWN_MAX + 1
        && sizes.clone().all(|size| size <= ENVELOPE_BYTES_MAX)
        && sizes.sum::<usize>() <= COMMANDS_BYTES_MAX;
    if !is_within {
        return Err(ApiError::TooLarge);
    }
    // Asked for twice, a stream would be read and sent twice: nobody needs that but whoever wants to tire the server.
    let streams: BTreeSet<_> = request.pulls.iter().map(|pull| &pull.stream).collect();
    if streams.len() < request.pulls.len() {
        return Err(ApiError::Malformed("/pulls: a stream is named twice".to_owned()));
    }
    Ok(())
}

/// Reads the commands' envelopes.
fn read(commands: &[Box<RawValue>]) -> Result<Vec<Incoming>, ApiError> {
    let read_one = |bytes: &[u8]| match from_json::<Head>(bytes)?.newer() {
        Some(id) => Ok(Incoming::Newer(id)),
        None => from_json(bytes).map(Incoming::of),
    };
    let read = |(index, command): (usize, &str)| {
        read_one(command.as_bytes()).map_err(|error: ApiError| error.below(&format!("/commands/{index}")))
    };
    commands.iter().map(|command| command.get()).enumerate().map(read).collect()
}

/// What operators should see: what became of commands, how often a phone had to start over and why, and what of the answers
/// that phones asked about a restore has lost.
fn count(state: &AppState, known: usize, reply: &SyncReply) {
    for answer in &reply.answers {
        state.telemetry.command(match answer {
            Answer::Decided { outcome: Outcome::Accepted { .. }, .. } => "accepted",
            Answer::Decided { outcome: Outcome::Refused { .. }, .. } => "refused",
            Answer::Decided { outcome: Outcome::Expired, .. } => "expired",
            Answer::NotNow { not_now: NotNow::Gap { .. }, .. } => "gap",
            Answer::NotNow { not_now: NotNow::Forked, .. } => "forked",
            Answer::NotNow { .. } => "not-now",
        });
    }
    let results = reply.pulls.iter().map(|pull| &pull.result);
    let reasons = results.filter_map(|result| match result {
        PullResult::Snapshot { why, .. } => *why,
        PullResult::Delta { .. } | PullResult::Denied => None,
    });
    for why in reasons {
        state.telemetry.reset(match why {
            ResetReason::TooOld => "too-old",
            ResetReason::EpochChanged => "epoch-changed",
            ResetReason::Ahead => "ahead",
            ResetReason::Diverged => "diverged",
            ResetReason::Audience => "audience",
            ResetReason::View => "view",
            ResetReason::Checksum => "checksum",
            ResetReason::Window => "window",
            ResetReason::Other => "other",
        });
    }
    let lost = reply.unknown.len();
    state.telemetry.journal(known.saturating_sub(lost), lost);
}

fn respond(reply: &SyncReply, accepted: Encoding) -> Response<Body> {
    let plain = serde_json::to_vec(reply).expect("invariant: a reply has a JSON form");
    let (encoding, bytes) = match accepted {
        Encoding::Br if plain.len() >= COMPRESS_FROM => (Encoding::Br, brotli(&plain)),
        Encoding::Gz if plain.len() >= COMPRESS_FROM => (Encoding::Gz, gzip(&plain)),
        _ => (Encoding::Plain, plain.into()),
    };
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(encoding) = encoding.header() {
        headers.insert(header::CONTENT_ENCODING, encoding);
    }
    response
}
