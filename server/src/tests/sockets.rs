//! Real connections: half a request holds nothing, a crowd is turned away, and stopping lets answers finish.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;

use super::*;
use crate::serve::serve;

const SHORT: ConnectionLimits = ConnectionLimits {
    header: Duration::from_millis(300),
    body: Duration::from_millis(300),
    idle: Duration::from_millis(900),
    stalled: Duration::from_millis(600),
    ping: Duration::from_millis(100),
    shutdown: Duration::from_secs(2),
    connections_max: 8,
    per_address_max: 6,
};

struct Running {
    address: SocketAddr,
    state: AppState,
    stop: watch::Sender<bool>,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
    test: TestDb,
}

impl Running {
    async fn start(limits: ConnectionLimits) -> Self {
        let test = TestDb::lite(Default::default()).await;
        let site = Site::with_neighbourhood(&test, Settings { limits, ..settings() }).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = watch::channel(false);
        let served = tokio::spawn(serve(listener, site.router.clone(), site.state.clone(), stopped));
        Self { address, state: site.state, stop, served, test }
    }

    async fn connect(&self) -> TcpStream {
        self.connect_from(1).await
    }

    /// From one of this machine's own addresses, 127.0.0.`host`.
    async fn connect_from(&self, host: u8) -> TcpStream {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(SocketAddr::from(([127, 0, 0, host], 0))).expect("an address");
        socket.connect(self.address).await.expect("a connection")
    }

    /// A connection that was answered once and is kept.
    async fn quiet_from(&self, host: u8) -> TcpStream {
        let mut stream = self.connect_from(host).await;
        assert!(is_answered(&mut stream).await);
        stream
    }

    /// A connection on which a body is waited for.
    async fn busy_from(&self, host: u8) -> TcpStream {
        let mut stream = self.connect_from(host).await;
        let head = format!("{SYNC}Expect: 100-continue\r\nContent-Length: 11\r\n\r\n");
        stream.write_all(head.as_bytes()).await.expect("written");
        let mut bytes = [0; 25];
        stream.read_exact(&mut bytes).await.expect("asked for the body");
        assert!(bytes.starts_with(b"HTTP/1.1 100 Continue"));
        stream
    }

    /// Waits until so many connections are open.
    async fn until_open(&self, count: u64) {
        for _ in 0..400 {
            if self.state.telemetry.open_connections() == count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} connections are open, not {count}", self.state.telemetry.open_connections());
    }

    async fn end(self) {
        let _ = self.stop.send(true);
        self.served.await.expect("no panic").expect("no error");
        self.test.remove().await;
    }
}

const PATIENT: ConnectionLimits = ConnectionLimits {
    header: Duration::from_secs(60),
    body: Duration::from_secs(60),
    idle: Duration::from_secs(60),
    ..SHORT
};

/// The head of a sync, and the body of one that asks nothing.
const SYNC: &str = "POST /api/sync HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Lifehub: 1\r\n";
const BODY: &[u8] = b"{\"proto\":1}";

/// Asks something small on a connection that is kept.
async fn is_answered(stream: &mut TcpStream) -> bool {
    // A connection that the server has closed fails in one way or the other.
    let asked = stream.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").await;
    asked.is_ok() && is_ok(stream).await
}

/// Reads an answer whose body is one JSON object.
async fn is_ok(stream: &mut TcpStream) -> bool {
    let (mut answer, mut bytes) = (Vec::new(), [0; 2048]);
    while !answer.ends_with(b"}") {
        match stream.read(&mut bytes).await {
            Ok(read @ 1..) => answer.extend_from_slice(&bytes[..read]),
            _ => return false,
        }
    }
    answer.starts_with(b"HTTP/1.1 200")
}

/// Reads until the server closes, at most five seconds.
async fn until_closed(stream: &mut TcpStream) -> (String, Duration) {
    let (started, mut bytes) = (Instant::now(), Vec::new());
    // A reset closes as well as an end does.
    let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut bytes)).await.expect("closed in time");
    (String::from_utf8_lossy(&bytes).into_owned(), started.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_request_is_closed_and_holds_nothing() {
    let running = Running::start(SHORT).await;
    for sent in ["", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", "G"] {
        let mut stream = running.connect().await;
        stream.write_all(sent.as_bytes()).await.expect("written");
        let (_, took) = until_closed(&mut stream).await;
        assert!(took >= Duration::from_millis(250) && took < Duration::from_secs(2), "{sent:?} {took:?}");
    }
    // A head that drips a byte at a time gets no longer.
    let mut stream = running.connect().await;
    let started = Instant::now();
    for byte in "GET / HTTP/1.1\r\nHost: a-very-long-host-name-that-drips".bytes() {
        if stream.write_all(&[byte]).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(started.elapsed() < Duration::from_secs(3));
    running.until_open(0).await;
    running.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_body_is_answered_and_a_large_one_is_not_read() {
    let running = Running::start(SHORT).await;
    let head = "POST /api/sync HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Lifehub: 1\r\n";
    let mut stream = running.connect().await;
    stream.write_all(format!("{head}Content-Length: 100\r\n\r\n{{").as_bytes()).await.expect("written");
    let (answer, took) = until_closed(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("too-slow"), "{answer}");
    assert!(took < Duration::from_secs(3), "{took:?}");
    let mut stream = running.connect().await;
    stream.write_all(format!("{head}Content-Length: 5000000000\r\n\r\n").as_bytes()).await.expect("written");
    let (answer, _) = until_closed(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    // Without a length it is cut off at the limit.
    let mut stream = running.connect().await;
    let chunk = format!("{head}Transfer-Encoding: chunked\r\n\r\n20000\r\n{}", "x".repeat(0x20000));
    let _ = stream.write_all(chunk.as_bytes()).await;
    let (answer, _) = until_closed(&mut stream).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{answer}");
    running.until_open(0).await;
    running.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quiet_connection_is_kept_for_a_while_and_broken_framing_is_refused() {
    let running = Running::start(SHORT).await;
    let mut stream = running.connect().await;
    let get = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
    for _ in 0..2 {
        stream.write_all(get).await.expect("written");
        let mut bytes = [0; 2048];
        let length = stream.read(&mut bytes).await.expect("an answer");
        assert!(bytes[..length].starts_with(b"HTTP/1.1 200"));
        // Longer than a head may take, shorter than a connection may be quiet.
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let (_, took) = until_closed(&mut stream).await;
    assert!(took < Duration::from_secs(2), "{took:?}");
    for broken in [
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nhost: y\r\n\r\n",
        "GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http://x@y/ HTTP/1.1\r\nHost: y\r\n\r\n",
        "CONNECT y:443 HTTP/1.1\r\nHost: y:443\r\n\r\n",
        "\u{1}\u{2}\r\n\r\n",
        "POST /api/sync HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
    ] {
        let mut stream = running.connect().await;
        stream.write_all(broken.as_bytes()).await.expect("written");
        let (answer, _) = until_closed(&mut stream).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{broken:?} {answer}");
    }
    running.until_open(0).await;
    running.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_from_one_address_is_turned_away() {
    let patient = ConnectionLimits { header: Duration::from_secs(20), ..SHORT };
    let running = Running::start(patient).await;
    let mut crowd = Vec::new();
    for _ in 0..6 {
        crowd.push(running.connect().await);
    }
    running.until_open(6).await;
    let mut late = running.connect().await;
    let (answer, took) = until_closed(&mut late).await;
    assert!(answer.is_empty() && took < Duration::from_secs(1));
    crowd.pop();
    running.until_open(5).await;
    let mut stream = running.connect().await;
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.expect("written");
    let (answer, _) = until_closed(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    drop(crowd);
    running.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_been_quiet_longest_makes_room_for_a_newcomer() {
    let running = Running::start(PATIENT).await;
    // Two that are asked something, older than all the others; one that says nothing, and a crowd that said something.
    let mut busy = [running.busy_from(2).await, running.busy_from(2).await];
    let mut silent = running.connect_from(3).await;
    running.until_open(3).await;
    let mut crowd = Vec::new();
    for host in [3, 3, 4, 4, 4] {
        crowd.push(running.quiet_from(host).await);
    }
    running.until_open(8).await;
    // Whoever asks again is not the quietest any more.
    assert!(is_answered(&mut crowd[0]).await);
    let mut newcomers = vec![running.quiet_from(5).await];
    let (answer, took) = until_closed(&mut silent).await;
    assert!(answer.is_empty() && took < Duration::from_secs(1), "{answer} {took:?}");
    for host in [5, 5, 6, 6] {
        newcomers.push(running.quiet_from(host).await);
    }
    for (index, stream) in crowd.iter_mut().enumerate() {
        assert_eq!(is_answered(stream).await, index == 0, "{index}");
    }
    running.until_open(8).await;
    for stream in &mut newcomers {
        assert!(is_answered(stream).await);
    }
    for stream in &mut busy {
        stream.write_all(BODY).await.expect("written");
        assert!(is_ok(stream).await);
    }
    assert!(running.state.telemetry.prometheus(&[]).contains("lifehub_connections_displaced_total 5\n"));
    running.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_being_answered_makes_no_room() {
    let running = Running::start(PATIENT).await;
    let mut busy = Vec::new();
    for host in [2, 2, 2, 2, 3, 3, 3, 3] {
        busy.push(running.busy_from(host).await);
    }
    for _ in 0..3 {
        let mut late = running.connect_from(4).await;
        let (answer, took) = until_closed(&mut late).await;
        assert!(answer.is_empty() && took < Duration::from_secs(1), "{answer} {took:?}");
    }
    assert!(running.state.telemetry.prometheus(&[]).contains("lifehub_connections_refused_total 3\n"));
    busy[5].write_all(BODY).await.expect("written");
    assert!(is_ok(&mut busy[5]).await);
    let mut newcomer = running.quiet_from(4).await;
    assert!(!is_answered(&mut busy[5]).await, "its place was taken");
    for index in [0, 7] {
        busy[index].write_all(BODY).await.expect("written");
        assert!(is_ok(&mut busy[index]).await);
    }
    assert!(is_answered(&mut newcomer).await);
    running.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_closes_quiet_connections_and_lets_answers_finish() {
    let running =
        Running::start(ConnectionLimits { body: Duration::from_secs(5), idle: Duration::from_secs(60), ..SHORT }).await;
    let mut quiet = running.connect().await;
    quiet.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("written");
    let mut bytes = [0; 2048];
    assert!(quiet.read(&mut bytes).await.expect("an answer") > 0);
    let mut busy = running.connect().await;
    let head = "POST /api/sync HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Lifehub: 1\r\nContent-Length: 11\r\n\r\n{\"proto\"";
    busy.write_all(head.as_bytes()).await.expect("written");
    tokio::time::sleep(Duration::from_millis(100)).await;
    running.stop.send(true).expect("told");
    let (_, took) = until_closed(&mut quiet).await;
    assert!(took < Duration::from_secs(1), "{took:?}");
    busy.write_all(b":1}").await.expect("written");
    let (answer, _) = until_closed(&mut busy).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    running.served.await.expect("no panic").expect("no error");
    assert!(TcpStream::connect(running.address).await.is_err());
    running.test.remove().await;
}

/// A connection that listens, after its first words.
async fn listening(running: &Running) -> TcpStream {
    let mut stream = running.connect().await;
    stream.write_all(b"GET /api/live?streams=c:banzha HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("written");
    heard(&mut stream, "event: hint").await;
    stream
}

/// Reads until this has come.
async fn heard(stream: &mut TcpStream, what: &str) {
    let (mut text, mut bytes) = (String::new(), [0; 2048]);
    let reading = async {
        while !text.contains(what) {
            let read = stream.read(&mut bytes).await.expect("no reset");
            assert!(read > 0, "{text}");
            text.push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
    };
    tokio::time::timeout(Duration::from_secs(5), reading).await.expect("in time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_listens_stays_and_is_gone_when_they_go() {
    let running = Running::start(SHORT).await;
    let (mut stays, goes) = (listening(&running).await, listening(&running).await);
    let started = Instant::now();
    // Longer than a quiet connection is kept.
    while started.elapsed() < SHORT.idle * 2 {
        heard(&mut stays, "event: ping").await;
    }
    assert_eq!((running.state.live.listeners(), running.state.telemetry.open_connections()), (2, 2));
    drop(goes);
    running.until_open(1).await;
    assert_eq!(running.state.live.listeners(), 1);
    drop(stays);
    running.until_open(0).await;
    assert_eq!(running.state.live.listeners(), 0);
    running.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_says_good_bye_to_those_who_listen_and_waits_no_longer_for_them_than_for_others() {
    let running = Running::start(SHORT).await;
    let mut listeners = [listening(&running).await, listening(&running).await, listening(&running).await];
    let started = Instant::now();
    running.stop.send(true).expect("told");
    for stream in &mut listeners {
        let (rest, _) = until_closed(stream).await;
        assert!(rest.contains("event: bye"), "{rest}");
    }
    running.served.await.expect("no panic").expect("no error");
    assert!(started.elapsed() < SHORT.shutdown, "{:?}", started.elapsed());
    running.test.remove().await;
}
