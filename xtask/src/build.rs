//! Building the product: the app to WebAssembly, its files into `dist/`, and the server with `dist/` inside.
//!
//! `dist/` is what the server embeds: `assets/<name>.<hash>.<ext>` never change under their names; everything else is
//! asked for anew. In release each text file also lies there compressed (`.br`, `.gz`). `build.json` names the build.
//! The service worker's list of files is written here from what was built, so it changes exactly when a file does.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use crate::setup;
use crate::shell::{call, cargo, root, step, target_dir};

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
}

/// A file of the app, as the worker's list knows it.
struct Asset {
    url: String,
    integrity: String,
    kind: &'static str,
}

/// Builds everything and returns the path of the binary.
pub fn build(profile: Profile) -> Result<PathBuf> {
    setup::wasm_target()?;
    let wasm = step("app to WebAssembly", || build_wasm(profile))?;
    step("files of the app", || write_dist(profile, &wasm))?;
    step("server", || build_server(profile))
}

/// Where the files of the app are put.
pub fn dist() -> PathBuf {
    root().join("dist")
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
    command.args(["build", "--package", "server", "--bin", "lifehub"]).env("LIFEHUB_DIST", dist());
    if profile == Profile::Release {
        command.arg("--release");
    }
    call(&mut command)?;
    let folder = if profile == Profile::Release { "release" } else { "debug" };
    Ok(target_dir().join(folder).join("lifehub"))
}

fn write_dist(profile: Profile, wasm: &Path) -> Result<()> {
    // Built beside and swapped in: the server's build looks at these files' times.
    let fresh = target_dir().join("dist-fresh");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    fs::create_dir_all(fresh.join("assets"))?;
    let bound = target_dir().join("bindgen");
    bind(wasm, &bound)?;

    let mut assets = Vec::new();
    let script = put(&fresh, "app", "js", &fs::read(bound.join("app.js"))?, &mut assets)?;
    let module = put(&fresh, "app", "wasm", &fs::read(bound.join("app_bg.wasm"))?, &mut assets)?;
    let style = put(&fresh, "style", "css", style()?.as_bytes(), &mut assets)?;
    let boot = put(&fresh, "boot", "js", &fs::read(root().join("public/boot.js"))?, &mut assets)?;
    copy_public(&fresh, &mut assets)?;

    let template = fs::read_to_string(root().join("app/index.template.html"))?;
    let page = template
        .replace("{{STYLE}}", &style)
        .replace("{{SCRIPT}}", &script)
        .replace("{{MODULE}}", &module)
        .replace("{{BOOT}}", &boot);
    let build = short_hash(assets.iter().map(|asset| asset.integrity.as_str()).collect::<String>().as_bytes());
    let page = page.replace("{{BUILD}}", &build);
    fs::write(fresh.join("index.html"), &page)?;
    // The worker answers every page with this copy, which holds nothing of any page or person.
    let shell = page.replace("<!--lifehub:head-->", "").replace("<!--lifehub:first-paint-->", "");
    put(&fresh, "shell", "html", shell.as_bytes(), &mut assets)?;

    let worker = fs::read_to_string(root().join("public/sw.template.js"))?;
    let build = short_hash(assets.iter().map(|asset| asset.integrity.as_str()).collect::<String>().as_bytes());
    fs::write(
        fresh.join("sw.js"),
        worker.replace("\"{{BUILD}}\"", &quoted(&build)).replace("[\"{{ASSETS}}\"]", &list(&assets)),
    )?;
    fs::write(fresh.join("build.json"), serde_json::json!({ "build": build }).to_string())?;
    if profile == Profile::Release {
        compress(&fresh)?;
    }
    swap_in(&fresh)
}

fn bind(wasm: &Path, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(wasm)
        .out_name("app")
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // The script holds no file name, so that the module can be named by its own hash.
        .omit_default_module_path(true)
        .generate(folder)?;
    ensure!(!folder.join("snippets").exists(), "a crate brings its own JavaScript; it would need a place in dist");
    Ok(())
}

/// All style sheets in the order of their list, without comments and blank lines.
fn style() -> Result<String> {
    let folder = root().join("style");
    let mut sheet = String::new();
    for name in fs::read_to_string(folder.join("manifest.txt"))?.lines().filter(|name| !name.trim().is_empty()) {
        let file = folder.join(name.trim());
        sheet.push_str(&fs::read_to_string(&file).with_context(|| file.display().to_string())?);
        sheet.push('\n');
    }
    Ok(squeeze(&sheet))
}

/// A style sheet without comments, indentation and blank lines.
fn squeeze(sheet: &str) -> String {
    let mut plain = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some((before, after)) = rest.split_once("/*") {
        plain.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    let lines: Vec<&str> = plain.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// Puts a file under its hash and returns its address.
fn put(fresh: &Path, name: &str, ending: &'static str, bytes: &[u8], assets: &mut Vec<Asset>) -> Result<String> {
    let path = format!("assets/{name}.{}.{ending}", short_hash(bytes));
    fs::write(fresh.join(&path), bytes)?;
    let url = format!("/{path}");
    assets.push(Asset { url: url.clone(), integrity: integrity(bytes), kind: kind(ending) });
    Ok(url)
}

fn copy_public(fresh: &Path, assets: &mut Vec<Asset>) -> Result<()> {
    let public = root().join("public");
    let mut files: Vec<_> = walkdir::WalkDir::new(&public).sort_by_file_name().into_iter().collect::<Result<_, _>>()?;
    files.retain(|entry| entry.file_type().is_file());
    for entry in files {
        let relative = entry.path().strip_prefix(&public)?;
        let name = relative.to_str().context("names are UTF-8")?.to_owned();
        if matches!(name.as_str(), "sw.template.js" | "boot.js") {
            continue;
        }
        let bytes = fs::read(entry.path())?;
        let target = fresh.join(relative);
        fs::create_dir_all(target.parent().context("a file has a folder")?)?;
        fs::write(target, &bytes)?;
        // Pictures for shares and home screens are asked for by others, not by the app.
        if !name.starts_with("icons/") {
            let ending = name.rsplit('.').next().unwrap_or_default();
            assets.push(Asset { url: format!("/{name}"), integrity: integrity(&bytes), kind: kind(ending) });
        }
    }
    Ok(())
}

fn kind(ending: &str) -> &'static str {
    match ending {
        "js" => "text/javascript",
        "css" => "text/css",
        "wasm" => "application/wasm",
        "html" => "text/html",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

fn list(assets: &[Asset]) -> String {
    let entries: Vec<_> = assets
        .iter()
        .map(|asset| serde_json::json!({ "url": asset.url, "integrity": asset.integrity, "type": asset.kind }))
        .collect();
    serde_json::to_string(&entries).expect("a list of texts is JSON")
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}

fn short_hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The text of an `integrity` attribute.
fn integrity(bytes: &[u8]) -> String {
    format!("sha256-{}", base64(&Sha256::digest(bytes)))
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().enumerate().fold(0u32, |word, (place, byte)| word | u32::from(*byte) << (16 - 8 * place));
        for place in 0..4 {
            let is_filler = place > chunk.len();
            let digit = ALPHABET[(word >> (18 - 6 * place) & 63) as usize];
            text.push(if is_filler { '=' } else { char::from(digit) });
        }
    }
    text
}

/// Compresses every text beside itself.
fn compress(fresh: &Path) -> Result<()> {
    use std::io::Write as _;
    for entry in walkdir::WalkDir::new(fresh) {
        let entry = entry?;
        let path = entry.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if !entry.file_type().is_file() || !matches!(ending, "js" | "css" | "wasm" | "html" | "svg" | "webmanifest") {
            continue;
        }
        // The first page is filled in for each request and compressed by the server.
        if path.file_name().is_some_and(|name| name == "index.html") {
            continue;
        }
        let bytes = fs::read(path)?;
        let beside = |ending: &str| PathBuf::from(format!("{}.{ending}", path.display()));
        let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
        let mut packed = Vec::new();
        brotli::BrotliCompress(&mut bytes.as_slice(), &mut packed, &parameters)?;
        fs::write(beside("br"), packed)?;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(&bytes)?;
        fs::write(beside("gz"), gzip.finish()?)?;
    }
    Ok(())
}

/// Puts the fresh files in the place of the old, unless they are the same: then the server is not built again.
fn swap_in(fresh: &Path) -> Result<()> {
    let dist = dist();
    let name = |folder: &Path| fs::read(folder.join("build.json")).ok();
    let count = |folder: &Path| walkdir::WalkDir::new(folder).into_iter().count();
    let same_page = fs::read(dist.join("index.html")).ok() == fs::read(fresh.join("index.html")).ok();
    if name(&dist).is_some() && name(&dist) == name(fresh) && same_page && count(&dist) == count(fresh) {
        fs::remove_dir_all(fresh)?;
        return Ok(());
    }
    if dist.exists() {
        fs::remove_dir_all(&dist)?;
    }
    // A rename fails across file systems; the target folder may be on another.
    for entry in walkdir::WalkDir::new(fresh) {
        let entry = entry?;
        let target = dist.join(entry.path().strip_prefix(fresh)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(&target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    fs::remove_dir_all(fresh)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrity_is_what_a_browser_computes() {
        assert_eq!(integrity(b""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(base64(b"ab"), "YWI=");
        assert_eq!(base64(b"abcd"), "YWJjZA==");
    }

    #[test]
    fn a_squeezed_sheet_keeps_its_rules() {
        assert_eq!(squeeze("/* a\n b */\n.x {\n\n  color: red; /* c */\n}\n"), ".x {\ncolor: red;\n}");
    }
}
