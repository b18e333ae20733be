//! What the compiler does not check: where words, SQL, time and scripts may stand, how long a file may be, who may depend
//! on whom. Each check is a pure function from a path and a text to what is wrong; this file walks the tree.
//!
//! What needs to know types is left to clippy (`clippy.toml`: disallowed methods).

mod manifests;
mod source;
mod tree;

use std::fs;

use anyhow::{Result, bail};

use crate::shell::root;

/// Folders that are looked through, and no others.
const PLACES: &[&str] = &[
    "domain",
    "app",
    "server",
    "simulator",
    "xtask",
    "style",
    "public",
    "end2end",
    "docs",
    ".ci",
    ".cargo",
    ".github",
];
/// Folders below them that are not ours.
const NOT_OURS: &[&str] = &["node_modules", "target", "test-results", "playwright-report"];
/// Endings of files that hold text.
const TEXTS: &[&str] =
    &["rs", "css", "js", "ts", "md", "toml", "sql", "html", "svg", "json", "txt", "yml", "webmanifest"];

/// A file of the tree: its path from the root, and its text where it has one.
struct Leaf {
    path: String,
    text: Option<String>,
}

/// Checks the whole tree and prints each problem as `path:line: what`.
pub fn run() -> Result<()> {
    let leaves = leaves()?;
    let mut problems = Vec::new();
    for leaf in &leaves {
        if let Some(text) = &leaf.text {
            problems.extend(source::check(&leaf.path, text));
            problems.extend(manifests::check(&leaf.path, text));
        }
    }
    let paths: Vec<&str> = leaves.iter().map(|leaf| leaf.path.as_str()).collect();
    problems.extend(tree::check(&paths));
    for problem in &problems {
        println!("   {problem}");
    }
    if problems.is_empty() { Ok(()) } else { bail!("{} untidy places", problems.len()) }
}

fn leaves() -> Result<Vec<Leaf>> {
    let root = root();
    let mut leaves = Vec::new();
    let mut add = |path: &std::path::Path| -> Result<()> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let text = if TEXTS.contains(&ending) { Some(fs::read_to_string(path)?) } else { None };
        leaves.push(Leaf { path: path.strip_prefix(&root)?.to_string_lossy().into_owned(), text });
        Ok(())
    };
    for place in PLACES.iter().map(|place| root.join(place)).filter(|place| place.exists()) {
        let walk = walkdir::WalkDir::new(place).sort_by_file_name().into_iter();
        for entry in walk.filter_entry(|entry| !NOT_OURS.iter().any(|name| entry.file_name() == *name)) {
            let entry = entry?;
            if entry.file_type().is_file() {
                add(entry.path())?;
            }
        }
    }
    let mut top: Vec<_> =
        fs::read_dir(&root)?.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    top.sort();
    top.iter().try_for_each(|path| add(path))?;
    Ok(leaves)
}
