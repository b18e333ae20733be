//! The server under load from this machine: how soon it answers, how much it reads and writes, what it weighs.
//!
//! The clients are threads with one connection each that ask as fast as they are answered. They share the cores with
//! the server, so figures are a floor; the disk's own floor, one synced write, is printed beside them.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::shell::{root, target_dir};

const ADDRESS: &str = "127.0.0.1:18477";
/// How long each figure is measured.
const SPAN: Duration = Duration::from_secs(5);

struct Server {
    child: Child,
    folder: PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Prints every figure of the server.
pub fn print() -> Result<()> {
    let folder = std::env::temp_dir().join(format!("lifehub-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    println!("one synced write: {:.1} ms (median)", synced_write_ms(&folder)?);
    let filling = Instant::now();
    let server = start(&folder)?;
    println!("first start, with the demo district made: {} ms", filling.elapsed().as_millis());
    drop_only_process(server);
    let again = Instant::now();
    let server = start(&folder)?;
    println!("start to first answer: {} ms", again.elapsed().as_millis());
    println!("memory idle: {} MiB", resident_mib(server.child.id())?);
    let today = "2026-11-23";
    let month = format!("/api/occurrences?community=banzha&from={today}&to=2026-12-20");
    for (name, path) in [
        ("month as JSON", month.as_str()),
        ("community as HTML", "/c/banzha"),
        ("spaces as JSON", "/api/spaces?community=banzha"),
    ] {
        report(name, &load(16, path)?);
    }
    println!("memory loaded: {} MiB", resident_mib(server.child.id())?);
    Ok(())
}

/// Ends the process but keeps its folder for the next start.
fn drop_only_process(mut server: Server) {
    let _ = server.child.kill();
    let _ = server.child.wait();
    server.folder = PathBuf::from("/nonexistent");
}

fn start(folder: &std::path::Path) -> Result<Server> {
    let binary = target_dir().join("release/lifehub");
    let database = format!("sqlite:{}", folder.join("lifehub.db").display());
    let child = Command::new(binary)
        .args(["serve", "--listen", ADDRESS, "--database", &database, "--demo", "--clock-at", "1795399200000"])
        .current_dir(root())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("could not start the server")?;
    let server = Server { child, folder: folder.to_owned() };
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(60) {
        if let Ok(mut connection) = Connection::open()
            && connection.get("/livez").is_ok_and(|status| status == 200)
        {
            return Ok(server);
        }
        // Between two tries to connect there is nothing to wait on but time.
        std::thread::sleep(Duration::from_millis(2));
    }
    anyhow::bail!("the server did not answer within a minute")
}

struct Connection {
    reader: BufReader<TcpStream>,
}

impl Connection {
    fn open() -> Result<Self> {
        let stream = TcpStream::connect(ADDRESS)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        Ok(Self { reader: BufReader::new(stream) })
    }

    /// Asks for a path and returns the status; reads the whole body.
    fn get(&mut self, path: &str) -> Result<u16> {
        write!(self.reader.get_mut(), "GET {path} HTTP/1.1\r\nHost: {ADDRESS}\r\nAccept-Encoding: br\r\n\r\n")?;
        let mut line = String::new();
        self.reader.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no status")?;
        let mut length = None;
        loop {
            line.clear();
            self.reader.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse::<usize>().ok();
            }
        }
        let mut body = vec![0; length.context("an answer without a length")?];
        self.reader.read_exact(&mut body)?;
        Ok(status)
    }
}

struct Figures {
    per_second: f64,
    p50: Duration,
    p99: Duration,
    failures: usize,
}

fn load(clients: usize, path: &str) -> Result<Figures> {
    let started = Instant::now();
    let threads: Vec<_> = (0..clients)
        .map(|_| {
            let path = path.to_owned();
            std::thread::spawn(move || -> Result<(Vec<Duration>, usize)> {
                let mut connection = Connection::open()?;
                let mut times = Vec::new();
                let mut failures = 0;
                while started.elapsed() < SPAN {
                    let asked = Instant::now();
                    if connection.get(&path)? != 200 {
                        failures += 1;
                    }
                    times.push(asked.elapsed());
                }
                Ok((times, failures))
            })
        })
        .collect();
    let mut times = Vec::new();
    let mut failures = 0;
    for thread in threads {
        let (of_thread, failed) = thread.join().expect("a client does not panic")?;
        times.extend(of_thread);
        failures += failed;
    }
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    Ok(Figures { per_second: times.len() as f64 / SPAN.as_secs_f64(), p50: at(50), p99: at(99), failures })
}

fn report(name: &str, figures: &Figures) {
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    println!(
        "{name}, 16 clients: {:.0}/s, p50 {:.2} ms, p99 {:.2} ms, failures {}",
        figures.per_second,
        ms(figures.p50),
        ms(figures.p99),
        figures.failures
    );
}

fn resident_mib(process: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
    let kib: u64 = line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).context("no number")?;
    Ok(kib / 1024)
}

fn synced_write_ms(folder: &std::path::Path) -> Result<f64> {
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
