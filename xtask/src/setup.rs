//! What a machine must have: installed where we may, named in one sentence where we may not.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::shell::{call, has, root, step};

const TARGET: &str = "wasm32-unknown-unknown";

/// Something the tests need that is not Rust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A browser.
    Chromium,
    /// A second database.
    Postgres,
    /// Letters for the screens; without them Chinese is empty boxes.
    Fonts,
    /// Node with npm, which runs the journeys. Never installed here: it is the reader's own.
    Node,
}

impl Need {
    const ALL: [Self; 4] = [Self::Chromium, Self::Postgres, Self::Fonts, Self::Node];

    /// Debian's package of it, where we install it.
    const fn package(self) -> Option<&'static str> {
        match self {
            Self::Chromium => Some("chromium"),
            Self::Postgres => Some("postgresql"),
            Self::Fonts => Some("fonts-noto-cjk"),
            Self::Node => None,
        }
    }

    /// What to do about it, in a few words.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Chromium => "no Chromium (apt-get install chromium, or name one in CHROMIUM)",
            Self::Postgres => "no PostgreSQL server (apt-get install postgresql)",
            Self::Fonts => "no Chinese font (apt-get install fonts-noto-cjk)",
            Self::Node => "no Node with npm (Node 20 or newer)",
        }
    }

    fn is_there(self) -> bool {
        match self {
            Self::Chromium => chromium().is_some(),
            Self::Postgres => postgres_bin().is_some(),
            Self::Fonts => has_chinese_font(),
            Self::Node => has("node") && has("npm"),
        }
    }
}

/// The compiler's target for the browser.
pub fn wasm_target() -> Result<()> {
    let listed = Command::new("rustup").args(["target", "list", "--installed"]).current_dir(root()).output();
    if listed.is_ok_and(|out| String::from_utf8_lossy(&out.stdout).contains(TARGET)) {
        return Ok(());
    }
    if has("rustup") {
        return step(TARGET, || call(Command::new("rustup").args(["target", "add", TARGET]).current_dir(root())));
    }
    // Without rustup the compiler may still bring the target, as distributions' packages do.
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output();
    let lib =
        sysroot.map(|out| PathBuf::from(String::from_utf8_lossy(&out.stdout).trim()).join("lib/rustlib").join(TARGET));
    if lib.is_ok_and(|lib| lib.exists()) {
        return Ok(());
    }
    bail!("rustup is needed to add the compiler's target {TARGET}");
}

/// Installs what is missing of `wanted` where that is possible, and returns what still is.
pub fn provide(wanted: &[Need]) -> Vec<Need> {
    let missing = missing(wanted);
    let packages: Vec<_> = missing.iter().filter_map(|need| need.package()).collect();
    if !packages.is_empty()
        && let Some(privileged) = privileged_apt()
    {
        // That it failed is told by what is missing afterwards.
        let installed = step(&format!("installing {}", packages.join(", ")), || {
            let apt = |arguments: &[&str]| {
                let mut command = Command::new(privileged[0]);
                command.args(&privileged[1..]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
                call(command.stdin(Stdio::null()))
            };
            apt(&["-qq", "update"])?;
            apt(&[&["-qq", "-y", "--no-install-recommends", "install"], &packages[..]].concat())
        });
        if let Err(error) = installed {
            println!("   {error:#}");
        }
    }
    self::missing(wanted)
}

fn missing(wanted: &[Need]) -> Vec<Need> {
    Need::ALL.into_iter().filter(|need| wanted.contains(need) && !need.is_there()).collect()
}

/// How apt-get is called with the right to install, where we have it.
fn privileged_apt() -> Option<&'static [&'static str]> {
    if !has("apt-get") {
        return None;
    }
    let ends_well = |command: &mut Command| {
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.starts_with(b"0\n"));
    if is_root {
        Some(&["apt-get"])
    } else if has("sudo") && ends_well(Command::new("sudo").args(["-n", "true"])) {
        Some(&["sudo", "-n", "apt-get"])
    } else {
        None
    }
}

/// The browser the end-to-end tests drive.
pub fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    named.into_iter().chain(["/usr/bin/chromium".into(), "/usr/bin/chromium-browser".into()]).find(|path| path.exists())
}

/// The folder of PostgreSQL's programs, the newest there is.
pub fn postgres_bin() -> Option<PathBuf> {
    let mut found: Vec<_> =
        std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|entry| entry.path().join("bin")).collect();
    found.retain(|bin| bin.join("initdb").exists());
    found.sort();
    found.pop()
}

fn has_chinese_font() -> bool {
    let listed = Command::new("fc-list").args([":lang=zh-cn", "family"]).output();
    listed.is_ok_and(|out| !out.stdout.is_empty())
        || Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists()
}

/// The packages of the end-to-end tests, by their lock file.
pub fn end2end_packages() -> Result<()> {
    let folder = root().join("end2end");
    let lock = std::fs::metadata(folder.join("package-lock.json"))?.modified()?;
    let installed =
        std::fs::metadata(folder.join("node_modules/.package-lock.json")).and_then(|found| found.modified());
    if installed.is_ok_and(|installed| installed >= lock) {
        return Ok(());
    }
    step("packages of end2end", || {
        call(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder))
    })
}
