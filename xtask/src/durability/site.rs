//! A server over one engine, as it is started, struck and looked at.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::disk::Disk;
use crate::http::{CROWD_LIMITS, Connection};
use crate::postgres::Cluster;

/// What the folders' names begin with; the process that made them follows.
const PREFIX: &str = "lifehub-durability-";
/// The demo district's first morning: Monday 23 November 2026, 10:00 in Huai'an. Each life of the server begins there.
const CLOCK_AT: &str = "1795399200000";
/// How long a server may take to answer; the first time it makes a district.
const START: Duration = Duration::from_secs(300);

/// Where the data lie.
pub enum Ground {
    /// A file in the site's own folder.
    File,
    /// A file on a disk whose power can be cut.
    FileOnDisk(Disk),
    /// A cluster; on a disk whose power can be cut, if it has one. First the cluster goes, then its disk.
    Cluster(Cluster, Option<Disk>),
}

/// What is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blow {
    /// The server is killed.
    Kill,
    /// The server is killed while it starts, and then again started.
    KillAtStart(Duration),
    /// PostgreSQL falls and starts again; the server lives on.
    Restart,
    /// The power of the disk is cut under everything.
    Cut,
}

/// A server over one engine.
pub struct Site {
    /// What it is called.
    pub name: &'static str,
    /// Where it listens.
    pub address: String,
    binary: PathBuf,
    folder: PathBuf,
    database: String,
    is_unsynced: bool,
    newcomers: usize,
    // In this order: the server before what it stands on.
    child: Option<Child>,
    ground: Ground,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.kill();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Site {
    /// One that has not been started.
    pub fn new(name: &'static str, binary: &Path, ground: Ground) -> Result<Self> {
        sweep();
        let folder = Path::new("/tmp").join(format!("{PREFIX}{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let database = match &ground {
            Ground::File => format!("sqlite:{}", folder.join("lifehub.db").display()),
            Ground::FileOnDisk(disk) => format!("sqlite:{}", disk.mount().join("lifehub.db").display()),
            Ground::Cluster(cluster, _) => cluster.url(),
        };
        // Free now; whoever takes it in between is told of by the server.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let binary = binary.to_owned();
        Ok(Self { name, address, binary, folder, database, is_unsynced: false, newcomers: 0, child: None, ground })
    }

    /// Lets SQLite answer before anything is on the disk: a bug that must be found. Only a build for tests obeys.
    pub const fn unsynced(mut self) -> Self {
        self.is_unsynced = true;
        self
    }

    /// See [`Site::unsynced`].
    pub const fn is_unsynced(&self) -> bool {
        self.is_unsynced
    }

    /// Numbers for so many newcomers, which nobody has had before.
    pub const fn newcomers(&mut self, count: usize) -> std::ops::Range<usize> {
        let first = self.newcomers;
        self.newcomers += count;
        first..self.newcomers
    }

    /// Whether it stands on PostgreSQL.
    pub const fn is_postgres(&self) -> bool {
        matches!(self.ground, Ground::Cluster(..))
    }

    fn spawn(&mut self) -> Result<()> {
        let mut command = Command::new(&self.binary);
        command
            .args(["serve", "--quiet", "--demo", "--clock-at", CLOCK_AT, "--listen", &self.address])
            .args(["--database", &self.database, "--pepper", "not a secret at all"])
            .args(CROWD_LIMITS)
            .stdout(Stdio::null())
            .stderr(File::options().create(true).append(true).open(self.log())?);
        if self.is_unsynced {
            command.env("LIFEHUB_TEST_UNSYNCED", "1");
        }
        self.child = Some(command.spawn().with_context(|| format!("could not start {}", self.binary.display()))?);
        Ok(())
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// Starts the server, unless it runs, and waits until it answers.
    pub fn start(&mut self) -> Result<()> {
        if self.child.is_none() {
            self.spawn()?;
        }
        let started = Instant::now();
        while started.elapsed() < START {
            if let Ok(mut connection) = Connection::open(&self.address)
                && connection.get("/readyz").is_ok_and(|answer| answer.status == 200)
            {
                return Ok(());
            }
            if let Some(status) = self.child.as_mut().and_then(|child| child.try_wait().transpose()) {
                bail!("the server on {} ended with {}:\n{}", self.name, status?, self.last_words());
            }
            // Between two tries to connect there is nothing to wait on but time.
            std::thread::sleep(Duration::from_millis(2));
        }
        bail!("the server on {} did not answer in time:\n{}", self.name, self.last_words())
    }

    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }

    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Strikes, and brings everything up again.
    pub fn strike(&mut self, blow: Blow) -> Result<()> {
        match blow {
            Blow::Kill => self.kill(),
            Blow::KillAtStart(after) => {
                self.kill();
                self.spawn()?;
                std::thread::sleep(after);
                self.kill();
            }
            Blow::Restart => {
                let Ground::Cluster(cluster, None) = &self.ground else { bail!("only PostgreSQL starts again") };
                return cluster.fall_and_rise();
            }
            Blow::Cut => self.cut()?,
        }
        self.start()
    }

    fn cut(&mut self) -> Result<()> {
        match &self.ground {
            Ground::FileOnDisk(disk) | Ground::Cluster(_, Some(disk)) => disk.cut()?,
            Ground::File | Ground::Cluster(_, None) => bail!("there is no power to cut"),
        }
        self.kill();
        match &mut self.ground {
            Ground::FileOnDisk(disk) => disk.power_on(),
            Ground::Cluster(cluster, Some(disk)) => {
                cluster.fall()?;
                disk.power_on()?;
                cluster.rise()
            }
            Ground::File | Ground::Cluster(_, None) => Ok(()),
        }
    }

    /// The lines that `lifehub check` prints, beside the running server.
    pub fn check(&self) -> Result<Vec<String>> {
        let said = Command::new(&self.binary).args(["check", "--database", &self.database]).output()?;
        let lines: Vec<String> = String::from_utf8_lossy(&said.stdout).lines().map(str::to_owned).collect();
        let error = String::from_utf8_lossy(&said.stderr);
        ensure!(error.is_empty(), "lifehub check failed: {error}");
        ensure!(said.status.success() == lines.is_empty(), "lifehub check ended with {} and {lines:?}", said.status);
        Ok(lines)
    }
}

/// Removes what runs left that were killed before they could.
fn sweep() {
    for entry in std::fs::read_dir("/tmp").into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next()?.parse::<u32>().ok());
        if process.is_some_and(|process| !Path::new("/proc").join(process.to_string()).exists()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
