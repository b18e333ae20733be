//! The listener: connections with limits, so that half a request holds nothing.
//!
//! hyper answers requests; around it stands a watch over each connection. A head must be whole within `header`, a
//! quiet connection is closed after `idle`, a peer that takes no bytes after `stalled`. Each has a place, and gives it up
//! to a newcomer when there is none left ([`places`]). Told to stop, the server takes no new connection, finishes what is
//! under way and closes. Deliberately absent: TLS (a proxy's work) and HTTP/2.

mod activity;
mod places;

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use bytes::Bytes;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;

use self::activity::{Activity, Phase};
pub use self::places::client_of;
use self::places::{Admission, Place, Places};
use crate::config::ConnectionLimits;
use crate::state::AppState;

/// The address of the other end of the connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// Serves until `stop` turns true, then finishes what is under way.
///
/// # Errors
/// The listener broke.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    state: AppState,
    mut stop: watch::Receiver<bool>,
) -> io::Result<()> {
    let limits = state.settings.limits;
    let places = Arc::new(Places::default());
    let (alive, mut all_closed) = tokio::sync::mpsc::channel::<()>(1);
    loop {
        let accepted = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            // On a socket for both, an IPv4 address comes in IPv6's clothes.
            Ok((stream, peer)) => (stream, SocketAddr::new(peer.ip().to_canonical(), peer.port())),
            Err(_) => {
                // Out of file descriptors, or the peer gave up: neither ends the server.
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        let trusted = state.settings.trusted_proxies.contains(&peer.ip());
        let place = match Places::take(&places, peer.ip(), trusted, limits) {
            Admission::Room(place) => place,
            Admission::InsteadOf(place) => {
                state.telemetry.connection_displaced();
                place
            }
            Admission::Full => {
                state.telemetry.connection_refused();
                continue;
            }
        };
        let (router, state, stop, alive) = (router.clone(), state.clone(), stop.clone(), alive.clone());
        tokio::spawn(async move {
            state.telemetry.connection_opened();
            connection(stream, peer, router, limits, &place, stop).await;
            state.telemetry.connection_closed();
            drop((place, alive));
        });
    }
    state.live.stop();
    drop((listener, alive));
    let _ = tokio::time::timeout(limits.shutdown, all_closed.recv()).await;
    Ok(())
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: ConnectionLimits,
    place: &Place,
    mut stop: watch::Receiver<bool>,
) {
    // Answers are written whole; waiting to fill a packet only delays them.
    let _ = stream.set_nodelay(true);
    let activity = Arc::clone(&place.activity);
    let io = TokioIo::new(Watched { stream, activity: Arc::clone(&activity) });
    let service = hyper::service::service_fn({
        let activity = Arc::clone(&activity);
        move |request: Request<Incoming>| {
            let (router, activity) = (router.clone(), Arc::clone(&activity));
            activity.enter(Phase::Serving);
            async move {
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(Peer(peer));
                let response = router.oneshot(request).await?;
                Ok::<_, std::convert::Infallible>(response.map(|body| Counted { body, activity }))
            }
        }
    });
    let mut builder = hyper::server::conn::http1::Builder::new();
    // The watch below tells a slow head from a quiet connection, which hyper's own timer does not.
    builder.timer(hyper_util::rt::TokioTimer::new()).header_read_timeout(None).max_buf_size(64 * 1024).max_headers(64);
    let mut connection = std::pin::pin!(builder.serve_connection(io, service));
    let tick = (limits.header.min(limits.idle).min(limits.stalled) / 8)
        .clamp(Duration::from_millis(5), Duration::from_secs(1));
    let mut watch = tokio::time::interval(tick);
    let mut stopping = false;
    loop {
        tokio::select! {
            // First: what has come is read before it is judged what the connection is doing.
            biased;
            _ = connection.as_mut() => return,
            _ = watch.tick() => {
                if activity.is_overdue(limits) {
                    return;
                }
            }
            () = place.told_to_make_room() => {
                if activity.quiet_for().is_some() {
                    return;
                }
                // Asked meanwhile, it answers and goes then.
                connection.as_mut().graceful_shutdown();
            }
            _ = stop.wait_for(|stop| *stop), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// A stream that notes when bytes come and when they cannot leave.
struct Watched {
    stream: TcpStream,
    activity: Arc<Activity>,
}

impl Watched {
    fn note_write<T>(&self, poll: Poll<T>) -> Poll<T> {
        self.activity.note_write(poll.is_pending());
        poll
    }
}

impl AsyncRead for Watched {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let poll = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before && self.activity.is(Phase::Idle) {
            self.activity.enter(Phase::Head);
        }
        poll
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.note_write(poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.note_write(poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// An answer's body; when it is done, the connection is between two requests.
struct Counted {
    body: Body,
    activity: Arc<Activity>,
}

impl hyper::body::Body for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.activity.enter(Phase::Idle);
    }
}

/// Turns true when the process is told to end (SIGTERM, SIGINT).
///
/// # Errors
/// The operating system gives no signals.
pub fn stop_on_signal() -> io::Result<watch::Receiver<bool>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        // Nobody listening any more is as good as told.
        let _ = sender.send(true);
    });
    Ok(receiver)
}
