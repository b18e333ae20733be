//! The server under load from this machine: how soon it answers, how much it reads and writes, what it weighs.
//!
//! The clients are threads with one connection each that ask as fast as they are answered. They share the cores with
//! the server, so figures are a floor; the disk's own floor, one synced write, is printed beside them.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::{sign_ups, wire};
use crate::http::{CROWD_LIMITS, Connection};

/// Where the measured server listens.
pub const ADDRESS: &str = "127.0.0.1:18477";
/// How long each figure is measured.
pub const SPAN: Duration = Duration::from_secs(5);
/// The demo district's first morning: Monday 23 November 2026, 10:00 in Huai'an.
const CLOCK_AT: &str = "1795399200000";
/// The month the reads ask for; it starts that day.
pub const MONTH: &str = "from=2026-11-23&to=2026-12-20";

/// A running server; ended when dropped.
pub struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Prints every figure of the server.
pub fn print(binary: &Path) -> Result<()> {
    let folder = Folder(std::env::temp_dir().join(format!("lifehub-bench-{}", std::process::id())));
    fs::create_dir_all(&folder.0)?;
    println!("one synced write: {:.2} ms (median)", synced_write_ms(&folder.0)?);
    let started = Instant::now();
    let server = start(binary, &folder.0)?;
    println!("first start, with the demo district made: {} ms", started.elapsed().as_millis());
    drop(server);
    let started = Instant::now();
    let server = start(binary, &folder.0)?;
    println!("start to first answer: {} ms", started.elapsed().as_millis());
    println!("memory idle: {} MiB", resident_mib(&server)?);
    for (name, path) in [
        ("month as JSON", format!("/api/occurrences?community=banzha&{MONTH}").as_str()),
        ("community as HTML", "/c/banzha"),
        ("spaces as JSON", "/api/spaces?community=banzha"),
    ] {
        let figures = Figures::of(&server, 16, |_| {
            let mut connection = Connection::open(ADDRESS)?;
            Ok(move || Ok(connection.get(path)?.status == 200))
        })?;
        println!("{name}, 16 clients: {figures}");
    }
    println!("memory after reads: {} MiB", resident_mib(&server)?);
    wire::print(&folder.0)?;
    sign_ups::print(&server)?;
    println!("memory after sign-ups: {} MiB", resident_mib(&server)?);
    Ok(())
}

fn start(binary: &Path, folder: &Path) -> Result<Server> {
    let database = format!("sqlite:{}", folder.join("lifehub.db").display());
    let child = Command::new(binary)
        .args(["serve", "--quiet", "--listen", ADDRESS, "--database", &database, "--demo", "--clock-at", CLOCK_AT])
        .args(CROWD_LIMITS)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("could not start the server")?;
    let mut server = Server(child);
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(60) {
        if let Ok(mut connection) = Connection::open(ADDRESS)
            && connection.get("/livez").is_ok_and(|answer| answer.status == 200)
        {
            return Ok(server);
        }
        if let Some(status) = server.0.try_wait()? {
            anyhow::bail!("the server ended with {status}; is {ADDRESS} taken?");
        }
        // Between two tries to connect there is nothing to wait on but time.
        std::thread::sleep(Duration::from_millis(2));
    }
    anyhow::bail!("the server did not answer within a minute")
}

/// What a span of asking came to.
pub struct Figures {
    times: Vec<Duration>,
    span: Duration,
    failures: usize,
    /// Processor time the server and the clients spent meanwhile.
    busy: (Duration, Duration),
}

impl Figures {
    /// Lets `clients` threads ask for [`SPAN`]. `client` makes the question of one of them, asked again and again; its
    /// answer is whether it went well.
    pub fn of<Q>(server: &Server, clients: usize, client: impl Fn(usize) -> Result<Q> + Sync) -> Result<Self>
    where
        Q: FnMut() -> Result<bool>,
    {
        let ready = std::sync::Barrier::new(clients);
        let before = (processor_time(server.0.id())?, processor_time(std::process::id())?);
        let of_threads = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..clients)
                .map(|number| {
                    let (client, ready) = (&client, &ready);
                    scope.spawn(move || -> Result<(Vec<Duration>, usize)> {
                        let question = client(number);
                        ready.wait();
                        let (mut question, started) = (question?, Instant::now());
                        let (mut times, mut failures) = (Vec::new(), 0);
                        while started.elapsed() < SPAN {
                            let asked = Instant::now();
                            if question()? { times.push(asked.elapsed()) } else { failures += 1 }
                        }
                        Ok((times, failures))
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("a client does not panic")).collect::<Vec<_>>()
        });
        let (mut times, mut failures) = (Vec::new(), 0);
        for of_thread in of_threads {
            let (more, failed) = of_thread?;
            times.extend(more);
            failures += failed;
        }
        times.sort_unstable();
        let after = (processor_time(server.0.id())?, processor_time(std::process::id())?);
        Ok(Self { times, span: SPAN, failures, busy: (after.0 - before.0, after.1 - before.1) })
    }

    fn ms_at(&self, share: usize) -> f64 {
        let at = (self.times.len() * share / 100).min(self.times.len().saturating_sub(1));
        self.times.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rate = self.times.len() as f64 / self.span.as_secs_f64();
        write!(f, "{rate:.0}/s, p50 {:.2} ms, p99 {:.2} ms", self.ms_at(50), self.ms_at(99))?;
        let each = |busy: Duration| busy.as_secs_f64() * 1e6 / (self.times.len() + self.failures) as f64;
        write!(f, ", processor time each {:.0} µs (client {:.0} µs)", each(self.busy.0), each(self.busy.1))?;
        if self.failures > 0 { write!(f, ", {} refused", self.failures) } else { Ok(()) }
    }
}

/// What a process has spent so far, in all its threads.
fn processor_time(process: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // After the name, which may hold anything; user and system time are the 12th and 13th from there, in 1/100 s.
    let rest = stat.rsplit(')').next().context("no name in stat")?;
    let ticks: u64 = rest.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(ticks * 10))
}

fn resident_mib(server: &Server) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", server.0.id()))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
    let kib: u64 = line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).context("no number")?;
    Ok(kib / 1024)
}

fn synced_write_ms(folder: &Path) -> Result<f64> {
    let mut file = File::create(folder.join("sync-probe"))?;
    let mut times = Vec::new();
    for _ in 0..50 {
        let started = Instant::now();
        file.write_all(&[0; 512])?;
        file.sync_data()?;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    Ok(times[times.len() / 2].as_secs_f64() * 1000.0)
}
