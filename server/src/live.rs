//! `GET /api/live?streams=`: tells those who listen how far streams have got, so that they pull at once instead of in a
//! minute. Server-sent events.
//!
//! Never rows: they come by a pull, like any others, and whoever hears nothing of this misses nothing. A listener is first
//! told all heads, and from then on those that change. It is its answer's body and nothing beside it: whoever goes takes
//! it along, and it works only as fast as it is read. Its connection is one of those that [`crate::serve`] counts and
//! watches. Deliberately absent: a history (`Last-Event-ID` asks for what the first words say), one word for each change.

mod hub;

use std::fmt::Write as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Response, header};
use bytes::Bytes;
use domain::id::StreamId;
use domain::sync::Hint;
use domain::sync::limits::{LIVE_AGAIN_FIRST_MS, LIVE_AGAIN_LAST_MS, LIVE_STREAMS_MAX};
use hyper::body::Frame;
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::{Instant, Interval, interval_at, sleep_until};

pub use self::hub::Hub;
use self::hub::{Ear, Heard};
use crate::caller::{Client, Ticket};
use crate::extract::QueryOf;
use crate::problem::ApiError;
use crate::state::AppState;
use crate::store::streams::list_heads;
use crate::sync::may_read;

/// The question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Separated by commas.
    streams: String,
}

impl Asked {
    fn read(&self) -> Result<Vec<StreamId>, ApiError> {
        let wrong = |code| ApiError::field("?streams", code);
        if self.streams.is_empty() {
            return Err(wrong("empty"));
        }
        let mut streams = Vec::new();
        for text in self.streams.split(',') {
            let stream = text.parse().map_err(|_| wrong("form"))?;
            if streams.contains(&stream) {
                return Err(wrong("duplicate"));
            }
            if streams.len() == LIVE_STREAMS_MAX {
                return Err(wrong("too-long"));
            }
            streams.push(stream);
        }
        Ok(streams)
    }
}

/// Listens.
///
/// # Errors
/// [`ApiError::Invalid`]; [`ApiError::NotFound`] when a pull of one of the streams would be denied; [`ApiError::Busy`] when
/// there is no place to listen.
pub async fn live(
    State(state): State<AppState>,
    QueryOf(asked): QueryOf<Asked>,
    client: Client,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    let streams = asked.read()?;
    let ticket = Ticket::of(&state, &headers);
    let actor = ticket.actor(&state).await?;
    if !streams.iter().all(|stream| may_read(&actor, stream)) {
        return Err(ApiError::NotFound);
    }
    let Some(ear) = state.live.listen(&state.db, client.household(), streams.clone(), state.settings.limits) else {
        state.telemetry.listener_refused();
        return Err(ApiError::Busy);
    };
    let heads = list_heads(&state.db, &streams).await?;
    if heads.len() < streams.len() {
        return Err(ApiError::NotFound);
    }
    let mut listener = Listener::new(state, ear, ticket);
    listener.greet(&heads);
    let mut response = Response::new(Body::new(Events::of(listener)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    // A proxy that waits until it has enough would pass nothing on.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// Somebody who listens, and what they were told.
struct Listener {
    state: AppState,
    ear: Ear,
    /// By what they are known.
    ticket: Ticket,
    told: Vec<Option<u64>>,
    /// What is to be sent before anything else.
    text: String,
    ping: Interval,
    stopping: watch::Receiver<bool>,
    /// Told good-bye, they are let go then.
    leaves_at: Option<Instant>,
}

impl Listener {
    fn new(state: AppState, ear: Ear, ticket: Ticket) -> Self {
        let every = state.settings.limits.ping;
        let (told, stopping) = (vec![None; ear.streams.len()], state.live.stopping());
        let ping = interval_at(Instant::now() + every, every);
        Self { state, ear, ticket, told, text: String::new(), ping, stopping, leaves_at: None }
    }

    /// When to come back, and how far everything has got.
    fn greet(&mut self, heads: &[(StreamId, u64)]) {
        let retry = retry_ms(self.state.entropy.number());
        write!(self.text, "retry: {retry}\n\n").expect("invariant: a String takes any text");
        for (heard, told) in self.ear.streams.iter().zip(&mut self.told) {
            let Some((stream, head)) = heads.iter().find(|(stream, _)| *stream == heard.stream) else { continue };
            *told = Some(*head);
            let hint = Hint { stream: stream.clone(), head: *head, spread_ms: heard.spread_ms };
            write_hint(&mut self.text, &hint);
        }
        self.state.telemetry.hints(heads.len());
    }

    /// Waits for something to say, and says it; nothing once there is nothing more to come.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            self.look().await?;
            if !self.text.is_empty() {
                return Some(std::mem::take(&mut self.text).into());
            }
            if let Some(leaves_at) = self.leaves_at {
                sleep_until(leaves_at).await;
                return None;
            }
            tokio::select! {
                _ = self.stopping.wait_for(|stop| *stop) => {
                    let after = closing_after(self.state.entropy.number(), self.state.settings.limits.shutdown);
                    self.leaves_at = Some(Instant::now() + after);
                    return Some(Bytes::from_static(b"event: bye\ndata: {}\n\n"));
                }
                () = any_changed(&mut self.ear.streams) => {}
                // As an event: a browser shows no comments to its pages.
                _ = self.ping.tick() => return Some(Bytes::from_static(b"event: ping\ndata: {}\n\n")),
            }
        }
    }

    /// Notes what has changed; nothing when they may no longer know.
    async fn look(&mut self) -> Option<()> {
        let mut count = 0;
        for (heard, before) in self.ear.streams.iter_mut().zip(&mut self.told) {
            let told = *heard.told.borrow_and_update();
            let Some(told) = told.filter(|told| Some(told.head) != *before) else { continue };
            if matches!(heard.stream, StreamId::Account(_)) {
                // Who has signed out since is told nothing more.
                let actor = self.ticket.actor(&self.state).await.ok()?;
                may_read(&actor, &heard.stream).then_some(())?;
            }
            *before = Some(told.head);
            let hint = Hint { stream: heard.stream.clone(), head: told.head, spread_ms: told.spread_ms };
            write_hint(&mut self.text, &hint);
            count += 1;
        }
        self.state.telemetry.hints(count);
        Some(())
    }
}

/// Waits until there is a word on one of the streams.
async fn any_changed(streams: &mut [Heard]) {
    let mut waiting: Vec<_> = streams.iter_mut().map(|heard| Box::pin(heard.told.changed())).collect();
    std::future::poll_fn(|context| {
        let is_any = waiting.iter_mut().any(|changed| changed.as_mut().poll(context).is_ready());
        if is_any { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

fn write_hint(text: &mut String, hint: &Hint) {
    let json = serde_json::to_string(hint).expect("invariant: a hint has a JSON form");
    write!(text, "event: hint\ndata: {json}\n\n").expect("invariant: a String takes any text");
}

/// When somebody comes back whose connection has ended: not all at once.
fn retry_ms(random: u64) -> u64 {
    LIVE_AGAIN_FIRST_MS + random % (LIVE_AGAIN_LAST_MS - LIVE_AGAIN_FIRST_MS)
}

/// How long after the good-bye a connection is closed: spread, but within half of what a stop may take.
fn closing_after(random: u64, shutdown: Duration) -> Duration {
    let most = u64::try_from(shutdown.as_millis()).unwrap_or(u64::MAX) / 2;
    Duration::from_millis(random % most.max(1))
}

/// What is under way: the listener comes back with each event.
type Next = Pin<Box<dyn Future<Output = Option<(Bytes, Listener)>> + Send>>;

/// The events as the body of an answer.
struct Events(Next);

impl Events {
    fn of(mut listener: Listener) -> Self {
        Self(Box::pin(async move { listener.next().await.map(|bytes| (bytes, listener)) }))
    }
}

impl hyper::body::Body for Events {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let next = ready!(self.0.as_mut().poll(cx));
        Poll::Ready(next.map(|(bytes, listener)| {
            *self = Self::of(listener);
            Ok(Frame::data(bytes))
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_read_or_refused() {
        let read = |streams: &str| match (Asked { streams: streams.to_owned() }).read() {
            Ok(streams) => Ok(streams.len()),
            Err(ApiError::Invalid(fields)) => Err((fields[0].pointer.clone(), fields[0].code)),
            Err(other) => panic!("{other:?}"),
        };
        let own = "a:0192f0c1-2a3b-7c4d-8e5f-000000000001";
        let many = |count: usize| (0..count).map(|n| format!("c:nr-{n}")).collect::<Vec<_>>().join(",");
        for (streams, expected) in [
            ("c:banzha", Ok(1)),
            (&format!("c:banzha,{own}"), Ok(2)),
            (&many(LIVE_STREAMS_MAX), Ok(LIVE_STREAMS_MAX)),
            (&many(LIVE_STREAMS_MAX + 1), Err("too-long")),
            ("c:banzha,c:heping,c:banzha", Err("duplicate")),
            ("", Err("empty")),
            ("c:banzha,", Err("form")),
            ("banzha", Err("form")),
            ("c:banzha c:heping", Err("form")),
            ("a:1", Err("form")),
        ] {
            assert_eq!(read(streams), expected.map_err(|code| ("?streams".to_owned(), code)), "{streams}");
        }
    }

    #[test]
    fn nobody_comes_back_or_goes_together_with_all_others() {
        let waits: std::collections::BTreeSet<_> = (0..50_000).step_by(977).map(retry_ms).collect();
        assert!(waits.len() > 40 && waits.iter().all(|ms| (2_000..15_000).contains(ms)));
        assert!(
            [0, 5, 4_999, 5_000, u64::MAX]
                .map(|random| closing_after(random, Duration::from_secs(10)))
                .iter()
                .all(|after| *after < Duration::from_secs(5))
        );
        assert_ne!(closing_after(1, Duration::from_secs(10)), closing_after(3_000, Duration::from_secs(10)));
        assert_eq!(closing_after(7, Duration::ZERO), Duration::ZERO);
    }
}
