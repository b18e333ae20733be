//! What the server tells about itself: counters in Prometheus' text form, and one JSON line per request.
//!
//! Labels are route templates, methods, statuses and outcomes: a closed set, and never anything a caller typed. A line
//! never holds a phone number, a code, a token, a query or a body. Lines are written by their own thread; when it
//! falls behind they are dropped and counted, because a slow log must not slow an answer.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

/// Upper ends of the duration buckets, in seconds.
const BUCKETS: [f64; 11] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];
/// Lines that may wait to be written.
const LINES_MAX: usize = 8192;

#[derive(Debug, Default)]
struct Series {
    counts: BTreeMap<u16, u64>,
    buckets: [u64; BUCKETS.len()],
    sum_s: f64,
}

/// How often each of a few things has happened.
type Counts = Mutex<BTreeMap<&'static str, u64>>;

fn add(counts: &Counts, what: &'static str, count: usize) {
    if count > 0
        && let Ok(mut counts) = counts.lock()
    {
        *counts.entry(what).or_default() += count as u64;
    }
}

/// Counters and the log.
#[derive(Debug)]
pub struct Telemetry {
    requests: Mutex<BTreeMap<(&'static str, &'static str), Series>>,
    commands: Counts,
    resets: Counts,
    journals: Counts,
    logins: Counts,
    connections: AtomicU64,
    refused_connections: AtomicU64,
    displaced_connections: AtomicU64,
    hints: AtomicU64,
    refused_listeners: AtomicU64,
    dropped_lines: AtomicU64,
    series_behind: AtomicI64,
    lines: Option<SyncSender<String>>,
}

/// One finished request.
#[derive(Debug)]
pub struct Finished<'a> {
    /// When it ended, in milliseconds since 1970.
    pub at_ms: i64,
    /// Its id.
    pub request_id: &'a str,
    /// The method.
    pub method: &'static str,
    /// The template of its route.
    pub route: &'static str,
    /// The status.
    pub status: u16,
    /// The problem's code, if it was one.
    pub code: Option<&'static str>,
    /// What broke, for a fault.
    pub fault: Option<&'a str>,
    /// How long it took.
    pub took: Duration,
}

impl Telemetry {
    /// Counters, and lines to standard output if `log`.
    #[must_use]
    pub fn new(log: bool) -> Self {
        let lines = log.then(|| {
            let (sender, receiver) = sync_channel(LINES_MAX);
            // If the thread cannot start, lines are dropped and counted like any others.
            let _ = std::thread::Builder::new().name("log".to_owned()).spawn(move || write_lines(&receiver));
            sender
        });
        Self {
            requests: Mutex::default(),
            commands: Counts::default(),
            resets: Counts::default(),
            journals: Counts::default(),
            logins: Counts::default(),
            connections: AtomicU64::new(0),
            refused_connections: AtomicU64::new(0),
            displaced_connections: AtomicU64::new(0),
            hints: AtomicU64::new(0),
            refused_listeners: AtomicU64::new(0),
            dropped_lines: AtomicU64::new(0),
            series_behind: AtomicI64::new(0),
            lines,
        }
    }

    /// Counts a request and writes its line.
    pub fn request(&self, finished: &Finished<'_>) {
        let seconds = finished.took.as_secs_f64();
        if let Ok(mut requests) = self.requests.lock() {
            let series = requests.entry((finished.route, finished.method)).or_default();
            *series.counts.entry(finished.status).or_default() += 1;
            series.sum_s += seconds;
            if let Some(bucket) = BUCKETS.iter().position(|end| seconds <= *end) {
                series.buckets[bucket] += 1;
            }
        }
        let Some(lines) = &self.lines else { return };
        let line = serde_json::json!({
            "at_ms": finished.at_ms,
            "request": finished.request_id,
            "method": finished.method,
            "route": finished.route,
            "status": finished.status,
            "code": finished.code,
            "fault": finished.fault,
            "us": u64::try_from(finished.took.as_micros()).unwrap_or(u64::MAX),
        });
        if lines.try_send(line.to_string()).is_err() {
            self.dropped_lines.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Counts a command by what became of it.
    pub fn command(&self, outcome: &'static str) {
        add(&self.commands, outcome, 1);
    }

    /// Counts a phone that had to read a stream from the beginning, by the reason.
    pub fn reset(&self, reason: &'static str) {
        add(&self.resets, reason, 1);
    }

    /// Counts answers that phones asked about after a restore, by whether they are still known.
    pub fn journal(&self, known: usize, lost: usize) {
        add(&self.journals, "known", known);
        add(&self.journals, "lost", lost);
    }

    /// Counts a step of signing in by what became of it.
    pub fn login(&self, outcome: &'static str) {
        add(&self.logins, outcome, 1);
    }

    /// A connection was opened.
    pub fn connection_opened(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    /// A connection was closed.
    pub fn connection_closed(&self) {
        self.connections.fetch_sub(1, Ordering::Relaxed);
    }

    /// A connection was turned away.
    pub fn connection_refused(&self) {
        self.refused_connections.fetch_add(1, Ordering::Relaxed);
    }

    /// A quiet connection was closed for the sake of a new one.
    pub fn connection_displaced(&self) {
        self.displaced_connections.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts hints that were sent.
    pub fn hints(&self, count: usize) {
        self.hints.fetch_add(count as u64, Ordering::Relaxed);
    }

    /// Somebody wanted to listen, and there was no place.
    pub fn listener_refused(&self) {
        self.refused_listeners.fetch_add(1, Ordering::Relaxed);
    }

    /// How many series had fallen behind their horizon at the last look.
    pub fn series_behind(&self, count: i64) {
        self.series_behind.store(count, Ordering::Relaxed);
    }

    /// Connections that are open now.
    #[must_use]
    pub fn open_connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// Everything in Prometheus' text form, with gauges measured by the caller.
    #[must_use]
    pub fn prometheus(&self, gauges: &[(&str, &str, i64)]) -> String {
        let mut text = String::with_capacity(4096);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "# TYPE lifehub_requests_total counter");
        if let Ok(requests) = self.requests.lock() {
            for ((route, method), series) in requests.iter() {
                for (status, count) in &series.counts {
                    let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
                    let _ = writeln!(text, "lifehub_requests_total{{{labels}}} {count}");
                }
            }
            let _ = writeln!(text, "# TYPE lifehub_request_seconds histogram");
            for ((route, method), series) in requests.iter() {
                let labels = format!("route=\"{route}\",method=\"{method}\"");
                let mut so_far = 0;
                for (end, count) in BUCKETS.iter().zip(series.buckets) {
                    so_far += count;
                    let _ = writeln!(text, "lifehub_request_seconds_bucket{{{labels},le=\"{end}\"}} {so_far}");
                }
                let all: u64 = series.counts.values().sum();
                let _ = writeln!(text, "lifehub_request_seconds_bucket{{{labels},le=\"+Inf\"}} {all}");
                let _ = writeln!(text, "lifehub_request_seconds_sum{{{labels}}} {}", series.sum_s);
                let _ = writeln!(text, "lifehub_request_seconds_count{{{labels}}} {all}");
            }
        }
        for (name, label, counts) in [
            ("lifehub_commands_total", "outcome", &self.commands),
            ("lifehub_resets_total", "reason", &self.resets),
            ("lifehub_journal_answers_total", "outcome", &self.journals),
            ("lifehub_logins_total", "outcome", &self.logins),
        ] {
            let _ = writeln!(text, "# TYPE {name} counter");
            if let Ok(counts) = counts.lock() {
                for (what, count) in counts.iter() {
                    let _ = writeln!(text, "{name}{{{label}=\"{what}\"}} {count}");
                }
            }
        }
        let dropped = self.dropped_lines.load(Ordering::Relaxed);
        let refused = self.refused_connections.load(Ordering::Relaxed);
        let displaced = self.displaced_connections.load(Ordering::Relaxed);
        let hints = self.hints.load(Ordering::Relaxed);
        let unheard = self.refused_listeners.load(Ordering::Relaxed);
        for (name, count) in [
            ("lifehub_log_lines_dropped_total", dropped),
            ("lifehub_connections_refused_total", refused),
            ("lifehub_connections_displaced_total", displaced),
            ("lifehub_hints_total", hints),
            ("lifehub_listeners_refused_total", unheard),
        ] {
            let _ = writeln!(text, "# TYPE {name} counter\n{name} {count}");
        }
        let _ = writeln!(text, "# TYPE lifehub_connections gauge\nlifehub_connections {}", self.open_connections());
        let behind = (
            "lifehub_series_behind",
            "series without dates up to their horizon",
            self.series_behind.load(Ordering::Relaxed),
        );
        for (name, help, value) in gauges.iter().chain([&behind]) {
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}");
        }
        text
    }
}

fn write_lines(lines: &Receiver<String>) {
    let mut out = std::io::BufWriter::new(std::io::stdout());
    while let Ok(line) = lines.recv() {
        let mut next = Some(line);
        while let Some(line) = next {
            // A closed standard output ends the log, not the server.
            if writeln!(out, "{line}").is_err() {
                return;
            }
            next = lines.try_recv().ok();
        }
        if out.flush().is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route_and_status() {
        let telemetry = Telemetry::new(false);
        for (status, ms) in [(200, 1), (200, 30), (404, 2)] {
            telemetry.request(&Finished {
                at_ms: 0,
                request_id: "r",
                method: "GET",
                route: "/api/communities",
                status,
                code: None,
                fault: None,
                took: Duration::from_millis(ms),
            });
        }
        (0..2).for_each(|_| telemetry.command("accepted"));
        telemetry.reset("checksum");
        telemetry.journal(5, 0);
        let text = telemetry.prometheus(&[("lifehub_writer_queue", "commands that wait", 3)]);
        let route = "route=\"/api/communities\",method=\"GET\"";
        for line in [
            format!("lifehub_requests_total{{{route},status=\"200\"}} 2"),
            format!("lifehub_request_seconds_bucket{{{route},le=\"0.001\"}} 1"),
            format!("lifehub_request_seconds_bucket{{{route},le=\"0.05\"}} 3"),
            format!("lifehub_request_seconds_count{{{route}}} 3"),
            "lifehub_commands_total{outcome=\"accepted\"} 2".to_owned(),
            "lifehub_resets_total{reason=\"checksum\"} 1".to_owned(),
            "lifehub_journal_answers_total{outcome=\"known\"} 5".to_owned(),
            "lifehub_writer_queue 3".to_owned(),
        ] {
            assert!(text.lines().any(|one| one == line), "{line}\n{text}");
        }
    }
}
