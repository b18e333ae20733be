//! What a machine must have: installed where we may, named in one sentence where we may not.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::shell::{call, has, root, step};

/// The compiler's target for the browser.
pub fn wasm_target() -> Result<()> {
    let listed = Command::new("rustup").args(["target", "list", "--installed"]).current_dir(root()).output();
    let is_there = listed.is_ok_and(|out| String::from_utf8_lossy(&out.stdout).contains("wasm32-unknown-unknown"));
    if is_there {
        return Ok(());
    }
    if !has("rustup") {
        bail!("rustup is needed to add the target wasm32-unknown-unknown");
    }
    step("target wasm32-unknown-unknown", || {
        call(Command::new("rustup").args(["target", "add", "wasm32-unknown-unknown"]).current_dir(root()))
    })
}

/// What is missing of the packages a full test needs.
pub fn missing_packages() -> Vec<&'static str> {
    let mut missing = Vec::new();
    if chromium().is_none() {
        missing.push("chromium");
    }
    if postgres_bin().is_none() {
        missing.push("postgresql");
    }
    if !Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists() {
        missing.push("fonts-noto-cjk");
    }
    missing
}

/// Installs the missing packages where that is possible and says what is still missing.
pub fn packages() -> Result<Vec<&'static str>> {
    let missing = missing_packages();
    if missing.is_empty() {
        return Ok(missing);
    }
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.starts_with(b"0\n"));
    let can_sudo =
        has("sudo") && Command::new("sudo").args(["-n", "true"]).status().is_ok_and(|status| status.success());
    if has("apt-get") && (is_root || can_sudo) {
        step(&format!("packages {}", missing.join(", ")), || {
            let apt = |arguments: &[&str]| {
                let mut command = if is_root { Command::new("apt-get") } else { Command::new("sudo") };
                if !is_root {
                    command.args(["-n", "apt-get"]);
                }
                call(
                    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdin(std::process::Stdio::null()),
                )
            };
            apt(&["-qq", "update"])?;
            let mut arguments = vec!["-qq", "-y", "--no-install-recommends", "install"];
            arguments.extend(&missing);
            apt(&arguments)
        })?;
    }
    Ok(missing_packages())
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

/// The packages of the end-to-end tests, by their lock file.
pub fn end2end_packages() -> Result<()> {
    let folder = root().join("end2end");
    let lock = std::fs::metadata(folder.join("package-lock.json"))?.modified()?;
    let installed =
        std::fs::metadata(folder.join("node_modules/.package-lock.json")).and_then(|found| found.modified());
    if installed.is_ok_and(|installed| installed >= lock) {
        return Ok(());
    }
    if !has("npm") {
        bail!("Node 20 with npm is needed for the end-to-end tests");
    }
    step("packages of end2end", || {
        call(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder))
    })
}
