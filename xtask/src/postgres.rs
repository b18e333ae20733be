//! A PostgreSQL cluster for the length of a test run: in a temporary folder, on a socket only, without syncing.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::setup::postgres_bin;
use crate::shell::call;

/// What the folders' names begin with; the process that made it follows.
const PREFIX: &str = "lifehub-pg-";

/// A running cluster; stopped and removed when dropped.
pub struct Cluster {
    bin: PathBuf,
    folder: PathBuf,
}

impl Cluster {
    /// Starts one. PostgreSQL refuses to run as root, so root starts it as the user `postgres`.
    pub fn start() -> Result<Self> {
        let bin = postgres_bin().context("PostgreSQL is not installed")?;
        sweep(&bin);
        // Not in TMPDIR, which others may be unable to enter; and a socket's path must be short.
        let folder = Path::new("/tmp").join(format!("{PREFIX}{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let cluster = Self { bin, folder };
        if is_root() {
            call(Command::new("chown").arg("postgres:").arg(&cluster.folder))?;
        }
        let data = cluster.folder.join("data");
        let mut init = cluster.command("initdb");
        init.args(["-U", "app", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"]).arg(&data);
        call(init.stdout(Stdio::null()))?;
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c fsync=off -c max_connections=300",
            cluster.folder.display()
        );
        let mut start = cluster.command("pg_ctl");
        start.arg("-D").arg(&data).arg("-l").arg(cluster.folder.join("log")).args(["-w", "-o", &options, "start"]);
        call(start.stdout(Stdio::null()))?;
        Ok(cluster)
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
        let mut stop = self.command("pg_ctl");
        stop.arg("-D").arg(self.folder.join("data")).args(["-m", "immediate", "-w", "stop"]);
        let _ = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Ends the clusters of runs that were killed before they could.
fn sweep(bin: &Path) {
    for entry in std::fs::read_dir("/tmp").into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name.strip_prefix(PREFIX).and_then(|process| process.parse::<u32>().ok());
        if process.is_some_and(|process| !Path::new(&format!("/proc/{process}")).exists()) {
            drop(Cluster { bin: bin.to_owned(), folder: entry.path() });
        }
    }
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|found| found.uid() == 0)
}
