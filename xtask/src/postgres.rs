//! A PostgreSQL cluster for the length of a test run: in a temporary folder, on a socket only, without syncing unless it
//! lies on a disk whose power will be cut.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::setup::postgres_bin;
use crate::shell::call;

/// What the folders' names begin with; the process that made it follows, and which of its clusters it is.
const PREFIX: &str = "lifehub-pg-";

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A running cluster; stopped and removed when dropped.
pub struct Cluster {
    bin: PathBuf,
    folder: PathBuf,
    data: PathBuf,
    options: String,
}

impl Cluster {
    /// Starts one. PostgreSQL refuses to run as root, so root starts it as the user `postgres`.
    pub fn start() -> Result<Self> {
        Self::start_in(None)
    }

    /// Starts one whose data lie on a disk of their own, and are synced.
    pub fn start_on(disk: &Path) -> Result<Self> {
        Self::start_in(Some(disk))
    }

    fn start_in(disk: Option<&Path>) -> Result<Self> {
        let bin = postgres_bin().context("PostgreSQL is not installed")?;
        sweep(&bin);
        // Not in TMPDIR, which others may be unable to enter; and a socket's path must be short.
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = Path::new("/tmp").join(format!("{PREFIX}{}-{number}", std::process::id()));
        let data = disk.unwrap_or(&folder).join("data");
        std::fs::create_dir_all(&folder)?;
        std::fs::create_dir_all(&data)?;
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c max_connections=300 -c fsync={}",
            folder.display(),
            if disk.is_some() { "on" } else { "off" }
        );
        let cluster = Self { bin, folder, data, options };
        if is_root() {
            call(Command::new("chown").arg("postgres:").arg(&cluster.folder).arg(&cluster.data))?;
        }
        let mut init = cluster.command("initdb");
        init.args(["-U", "app", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-D"]).arg(&cluster.data);
        if disk.is_none() {
            init.arg("--no-sync");
        }
        call(init.stdout(Stdio::null()))?;
        cluster.rise()?;
        Ok(cluster)
    }

    /// Starts it, after it fell.
    pub fn rise(&self) -> Result<()> {
        let log = self.folder.join("log");
        let mut start = self.command("pg_ctl");
        start.arg("-D").arg(&self.data).arg("-l").arg(&log).args(["-w", "-o", &self.options, "start"]);
        // What it says of one that fell is no news, and the server has its pipe after it, so it gets none.
        let started = start.stdout(Stdio::null()).stderr(Stdio::null()).status().context("could not start pg_ctl")?;
        ensure!(started.success(), "PostgreSQL did not start: {}", std::fs::read_to_string(log).unwrap_or_default());
        Ok(())
    }

    /// Lets it fall without a word to anybody, whether its data can still be read or not.
    pub fn fall(&self) -> Result<()> {
        // Beside its socket, and not among its data.
        let Ok(marked) = std::fs::read_to_string(self.folder.join(".s.PGSQL.5432.lock")) else { return Ok(()) };
        let process = marked.lines().next().unwrap_or_default();
        // That it has gone by itself meanwhile is as well.
        let _ = Command::new("kill").args(["-QUIT", process]).stderr(Stdio::null()).status();
        let there = Path::new("/proc").join(process);
        let told = Instant::now();
        while there.exists() {
            ensure!(told.elapsed() < Duration::from_secs(30), "PostgreSQL did not end");
            // Somebody else's child: there is nothing to wait on but time.
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    }

    /// Lets it fall, and starts it again.
    pub fn fall_and_rise(&self) -> Result<()> {
        self.fall()?;
        self.rise()
    }

    /// The address of its first database; tests make their own beside it.
    pub fn url(&self) -> String {
        format!("postgres://app@localhost/postgres?host={}", self.folder.display())
    }

    fn command(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "env"]);
            command.arg(format!("HOME={}", self.folder.display())).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(&self.folder);
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.fall();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Ends the clusters of runs that were killed before they could.
fn sweep(bin: &Path) {
    for entry in std::fs::read_dir("/tmp").into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next()?.parse::<u32>().ok());
        if process.is_some_and(|process| !Path::new(&format!("/proc/{process}")).exists()) {
            let data = entry.path().join("data");
            drop(Cluster { bin: bin.to_owned(), folder: entry.path(), data, options: String::new() });
        }
    }
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|found| found.uid() == 0)
}
