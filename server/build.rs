//! Embeds the built app: every file below `LIFEHUB_DIST` becomes an entry of a table that `src/assets.rs` includes.
//!
//! `x.br` and `x.gz` beside `x` become its encodings. Without `LIFEHUB_DIST` the table is empty and the server shows a
//! placeholder, so that the server builds and tests without the app.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-env-changed=LIFEHUB_DIST");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo names the folder")).join("embedded.rs");
    let dist = std::env::var_os("LIFEHUB_DIST").map(PathBuf::from).filter(|dist| !dist.as_os_str().is_empty());
    let table = match dist {
        None => "pub static FILES: &[Embedded] = &[];\npub const BUILD: &str = \"none\";\n".to_owned(),
        Some(dist) => {
            // Relative to the workspace, where the command that builds it stands.
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned();
            embed(&if dist.is_absolute() { dist } else { root.join(dist) })
        }
    };
    fs::write(out, table).expect("the build folder takes files");
}

fn embed(dist: &Path) -> String {
    let mut files = BTreeMap::new();
    walk(dist, dist, &mut files);
    let plan = fs::read_to_string(dist.join("build.json"))
        .unwrap_or_else(|error| panic!("LIFEHUB_DIST={} holds no build.json: {error}", dist.display()));
    let plan: serde_json::Value = serde_json::from_str(&plan).expect("build.json is JSON");
    let build = plan["build"].as_str().or_else(|| plan["id"].as_str()).unwrap_or("unnamed");
    let mut table = "pub static FILES: &[Embedded] = &[\n".to_owned();
    for (name, path) in &files {
        let encoded = |ending: &str| files.contains_key(&format!("{name}.{ending}"));
        let is_encoding = ["br", "gz"].iter().any(|ending| {
            name.strip_suffix(ending)
                .and_then(|plain| plain.strip_suffix('.'))
                .is_some_and(|plain| files.contains_key(plain))
        });
        if is_encoding || name == "build.json" {
            continue;
        }
        let bytes = fs::read(path).expect("a file just listed");
        let digest = Sha256::digest(&bytes);
        let etag = digest.iter().take(8).fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        let include = |path: &Path| format!("include_bytes!({:?})", path.display().to_string());
        let option = |ending: &str| match encoded(ending) {
            true => format!("Some({})", include(&files[&format!("{name}.{ending}")])),
            false => "None".to_owned(),
        };
        let _ = writeln!(
            table,
            "    Embedded {{ path: {name:?}, etag: {etag:?}, plain: {}, br: {}, gz: {} }},",
            include(path),
            option("br"),
            option("gz")
        );
    }
    let _ = writeln!(table, "];\npub const BUILD: &str = {build:?};");
    table
}

fn walk(root: &Path, folder: &Path, files: &mut BTreeMap<String, PathBuf>) {
    println!("cargo:rerun-if-changed={}", folder.display());
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("an entry of a folder").path();
        if path.is_dir() {
            walk(root, &path, files);
        } else {
            println!("cargo:rerun-if-changed={}", path.display());
            let name = path.strip_prefix(root).expect("below the root").to_str().expect("names are UTF-8");
            files.insert(name.replace('\\', "/"), path.clone());
        }
    }
}
