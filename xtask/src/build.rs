//! Building the product: the app to WebAssembly, its files into `dist`, and the server with `dist` inside.
//!
//! `dist` lies in cargo's target folder (`target/dist/release` or `target/dist/dev`) and is named to the server's build
//! script by `LIFEHUB_DIST`. What the two agree on:
//!
//! - `assets/<name>.<hash>.<ending>` never change under their names. Everything else keeps its name and is asked for anew.
//! - `assets/app.<hash>/` holds the app's modules and scripts under fixed names, because they name each other; the hash
//!   is that of all of them.
//! - `x.br` and `x.gz` beside `x` are its encodings; only a release has them, and only where they are smaller.
//! - `index.html` is the first page. It has no encodings, because the server fills its places for each request: the
//!   attributes of `<html>`, its title, for a head of each page's own, the link to its style, `<!--lifehub:first-paint-->`
//!   and `<!--lifehub:start-->`.
//! - `build.json` is about the build and not served: `{"build": id, "files": [{"path", "type", "sha256", "bytes", "br",
//!   "gz", "immutable"}]}` with `sha256` in hexadecimal, `br` and `gz` the size of that encoding or null.
//!
//! The service worker's list of files is written here from what was built, so it changes exactly when a file does.
//! Nothing is done twice: with the same inputs `dist` is left alone, and cargo then leaves the server alone.

mod chunks;
mod files;
mod pieces;
mod style;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::setup;
use crate::shell::{call, cargo, root, step, target_dir};
use files::{Keep, Shelf, digest_of, hexadecimal, short_hash};

/// How much work a build does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Small and fast to load.
    Release,
    /// Quick to make.
    Dev,
}

impl Profile {
    /// From the flag `--dev`.
    pub const fn of(dev: bool) -> Self {
        if dev { Self::Dev } else { Self::Release }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "dev",
        }
    }

    /// Cargo's folder for the server.
    const fn folder(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "debug",
        }
    }
}

/// Builds everything and returns the path of the binary.
pub fn build(profile: Profile) -> Result<PathBuf> {
    setup::wasm_target()?;
    let wasm = step("app to WebAssembly", || build_wasm(profile))?;
    step("files of the app", || write_dist(profile, &wasm))?;
    step("server", || build_server(profile))
}

/// Where the files of the app are put.
pub fn dist(profile: Profile) -> PathBuf {
    target_dir().join("dist").join(profile.name())
}

fn build_wasm(profile: Profile) -> Result<PathBuf> {
    let mut command = cargo();
    command.args(["build", "--package", "app", "--target", "wasm32-unknown-unknown"]);
    if profile == Profile::Release {
        command.args(["--profile", "wasm"]);
    }
    call(&mut command)?;
    let folder = if profile == Profile::Release { "wasm" } else { "debug" };
    Ok(target_dir().join("wasm32-unknown-unknown").join(folder).join("app.wasm"))
}

fn build_server(profile: Profile) -> Result<PathBuf> {
    let mut command = cargo();
    command.args(["build", "--package", "server", "--bin", "lifehub"]).env("LIFEHUB_DIST", dist(profile));
    if profile == Profile::Release {
        command.arg("--release");
    }
    call(&mut command)?;
    Ok(target_dir().join(profile.folder()).join("lifehub"))
}

fn write_dist(profile: Profile, wasm: &Path) -> Result<()> {
    let dist = dist(profile);
    let key_file = dist.with_extension("key");
    let key = key_of_inputs(wasm)?;
    if dist.join("build.json").exists() && fs::read_to_string(&key_file).is_ok_and(|old| old == key) {
        println!("   as they were");
        return Ok(());
    }
    let bound = target_dir().join("dist").join(format!("{}.bound", profile.name()));
    pieces::cut_and_bind(wasm, &bound)?;

    let mut shelf = Shelf::default();
    let app = shelf.put_folder("app", pieces::files(&bound)?);
    let style = shelf.put_hashed("style", "css", style::sheet(&root().join("style"))?.into_bytes());
    let boot = shelf.put_hashed("boot", "js", fs::read(root().join("public/boot.js"))?);
    put_public(&mut shelf)?;

    let template = fs::read_to_string(root().join("app/index.template.html"))?;
    let page = template.replace("{{STYLE}}", &style).replace("{{APP}}", &app).replace("{{BOOT}}", &boot);
    let worker = fs::read_to_string(root().join("public/sw.template.js"))?;
    // One name for everything that belongs together: page, script, module and worker carry it.
    let build = short_hash(format!("{}{page}{worker}", shelf.inventory()).as_bytes());
    let page = page.replace("{{BUILD}}", &build);
    // The worker answers every page with this copy, which holds nothing of any page or person, and has all files at hand.
    let shell = page.replace("<!--lifehub:first-paint-->", "").replace("{{WHEN}}", "").replace("{{AHEAD}}", "");
    shelf.put_hashed("shell", "html", shell.into_bytes());
    let page = page.replace("{{WHEN}}", "defer ").replace("{{AHEAD}}", &fetch_ahead(&app));
    ensure!(!page.contains("{{"), "app/index.template.html has a place nobody fills");
    shelf.put("index.html", page.into_bytes(), Keep::OnServer);
    let worker = worker
        .replace("\"{{BUILD}}\"", &serde_json::to_string(&build)?)
        .replace("[\"{{ASSETS}}\"]", &shelf.list_for_worker()?);
    ensure!(!worker.contains("{{"), "public/sw.template.js has a place nobody fills");
    shelf.put("sw.js", worker.into_bytes(), Keep::OnServer);

    // Built beside and swapped in: the server's build looks at these files' times.
    let fresh = target_dir().join("dist").join(format!("{}.fresh", profile.name()));
    remove(&fresh)?;
    shelf.write(&fresh, &build, profile == Profile::Release)?;
    swap_in(&fresh, &dist)?;
    fs::write(key_file, key)?;
    Ok(())
}

/// What the page asks for at its end: a slow line brings what people read before it brings the app.
fn fetch_ahead(app: &str) -> String {
    format!(
        "<!--lifehub:start-->\n<link rel=\"modulepreload\" href=\"{app}/app.js\">\n\
         <link rel=\"modulepreload\" href=\"{app}/pieces.js\">\n\
         <link rel=\"preload\" href=\"{app}/app.wasm\" as=\"fetch\" type=\"application/wasm\" crossorigin>\n"
    )
}

/// What `dist` depends on: the module, what is written by hand, and this tool.
fn key_of_inputs(wasm: &Path) -> Result<String> {
    let tool = fs::metadata(std::env::current_exe()?)?;
    let mut parts = vec![format!("{} {:?}", tool.len(), tool.modified()?)];
    let by_hand = ["style", "public", "app/index.template.html"].map(|place| root().join(place));
    for place in by_hand.iter().map(PathBuf::as_path).chain([wasm]) {
        for entry in walkdir::WalkDir::new(place).sort_by_file_name() {
            let entry = entry?;
            if entry.file_type().is_file() {
                let bytes = fs::read(entry.path())?;
                parts.push(format!("{} {}", entry.path().display(), hexadecimal(&digest_of(&bytes))));
            }
        }
    }
    Ok(short_hash(parts.join("\n").as_bytes()))
}

/// Copies `public` as it is, but for the two scripts that have a place of their own.
fn put_public(shelf: &mut Shelf) -> Result<()> {
    let public = root().join("public");
    for entry in walkdir::WalkDir::new(&public).sort_by_file_name() {
        let entry = entry?;
        let name = entry.path().strip_prefix(&public)?.to_str().context("names are UTF-8")?.to_owned();
        if !entry.file_type().is_file() || matches!(name.as_str(), "sw.template.js" | "boot.js") {
            continue;
        }
        // Pictures for shares and home screens are asked for by others, not by the app.
        let keep = if name.starts_with("icons/") { Keep::OnServer } else { Keep::OnPhone };
        shelf.put(&name, fs::read(entry.path())?, keep);
    }
    Ok(())
}

/// Puts the fresh files in the place of the old, unless they are the same: then the server is not built again.
fn swap_in(fresh: &Path, dist: &Path) -> Result<()> {
    // The list holds the hash of every file.
    if fs::read(dist.join("build.json")).is_ok_and(|old| fs::read(fresh.join("build.json")).is_ok_and(|new| old == new))
    {
        return remove(fresh);
    }
    remove(dist)?;
    fs::rename(fresh, dist)?;
    Ok(())
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("could not remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}
