//! A disk whose power can be cut: ext4 in a file, mounted through a loop device.
//!
//! The cut is the filesystem's own emergency stop without flushing its log. Whatever was not synced by then is gone, as
//! if the machine had lost its power; mounted again, the log is replayed. What it cannot show: a drive that lies about
//! what it has written.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::shell::has;

/// What the names of its file and its folder begin with; the process that made it follows.
const PREFIX: &str = "lifehub-disk-";
/// Shuts the filesystem of a folder down (EXT4_IOC_SHUTDOWN, NOLOGFLUSH). Rust has no call for it that we may write;
/// perl is on every Debian.
const SHUTDOWN: &str = r#"open(my $d, "<", $ARGV[0]) or die "$!\n"; my $how = pack("L", 2);
    ioctl($d, 0x8004587d, $how) or die "$!\n";"#;

/// A disk; taken down and removed when dropped.
pub struct Disk {
    image: PathBuf,
    mount: PathBuf,
}

impl Disk {
    /// Makes one and mounts it; or says why this machine cannot.
    pub fn new(name: &str) -> Result<Self> {
        for program in ["mkfs.ext4", "mount", "umount", "perl"] {
            if !has(program) && !Path::new("/usr/sbin").join(program).exists() {
                bail!("{program} is not installed");
            }
        }
        sweep();
        let stem = format!("/tmp/{PREFIX}{}-{name}", std::process::id());
        let disk = Self { image: format!("{stem}.img").into(), mount: stem.into() };
        std::fs::create_dir_all(&disk.mount)?;
        std::fs::File::create(&disk.image)?.set_len(512 << 20)?;
        run(program("mkfs.ext4").arg("-q").arg("-F").arg(&disk.image))?;
        disk.power_on()?;
        Ok(disk)
    }

    /// The folder it is mounted on.
    pub fn mount(&self) -> &Path {
        &self.mount
    }

    /// Cuts the power: from here on nothing is read or written.
    pub fn cut(&self) -> Result<()> {
        run(Command::new("perl").arg("-e").arg(SHUTDOWN).arg(&self.mount))
    }

    /// Mounts it, after whatever had it open is gone.
    pub fn power_on(&self) -> Result<()> {
        self.unmount();
        run(program("mount").args(["-o", "loop"]).arg(&self.image).arg(&self.mount))
    }

    fn unmount(&self) {
        // That it is not mounted is nothing to tell.
        let _ = program("umount").arg(&self.mount).stderr(Stdio::null()).status();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.unmount();
        let _ = std::fs::remove_file(&self.image);
        // Only if it is empty: never what is on a disk that would not go.
        let _ = std::fs::remove_dir(&self.mount);
    }
}

fn program(name: &str) -> Command {
    let path = Path::new("/usr/sbin").join(name);
    if path.exists() { Command::new(path) } else { Command::new(name) }
}

fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let said = command.output().with_context(|| format!("could not start {name}"))?;
    if !said.status.success() {
        bail!("{name}: {}", String::from_utf8_lossy(&said.stderr).trim());
    }
    Ok(())
}

/// Takes down the disks of runs that were killed before they could.
fn sweep() {
    for entry in std::fs::read_dir("/tmp").into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(stem) = name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(".img")) else { continue };
        let process = stem.split('-').next().and_then(|process| process.parse::<u32>().ok());
        if process.is_some_and(|process| !Path::new(&format!("/proc/{process}")).exists()) {
            drop(Disk { image: entry.path(), mount: format!("/tmp/{PREFIX}{stem}").into() });
        }
    }
}
