//! Bytes over the wire on a first visit, by kind, plain and compressed.

use std::collections::BTreeMap;
use std::fs;

use anyhow::Result;

use crate::build::dist;

/// Prints a line per kind of file and the sum of what a first visit needs.
pub fn print() -> Result<()> {
    let mut kinds: BTreeMap<String, [u64; 3]> = BTreeMap::new();
    for entry in walkdir::WalkDir::new(dist().join("assets")) {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !entry.file_type().is_file() || name.starts_with("shell.") {
            continue;
        }
        let (place, name) = match name.rsplit_once('.') {
            Some((plain, "br")) => (2, plain.to_owned()),
            Some((plain, "gz")) => (1, plain.to_owned()),
            _ => (0, name),
        };
        let kind = name.rsplit('.').next().unwrap_or_default().to_owned();
        kinds.entry(kind).or_default()[place] += fs::metadata(entry.path())?.len();
    }
    println!("{:<6} {:>10} {:>10} {:>10}", "kind", "plain", "gzip", "brotli");
    let mut sum = [0; 3];
    for (kind, sizes) in kinds {
        println!("{kind:<6} {:>10} {:>10} {:>10}", sizes[0], sizes[1], sizes[2]);
        for (total, size) in sum.iter_mut().zip(sizes) {
            *total += size;
        }
    }
    println!("{:<6} {:>10} {:>10} {:>10}", "all", sum[0], sum[1], sum[2]);
    Ok(())
}
