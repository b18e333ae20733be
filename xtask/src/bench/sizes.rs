//! Bytes over the wire, by kind, plain and compressed, as `build.json` lists them.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};

use crate::build::{Profile, dist};

/// Plain, gzip, brotli.
type Sizes = [u64; 3];

/// Prints what a first visit to the list of days needs, a line per kind and their sum; then the pieces with the other
/// pages, and all there is besides.
pub fn print() -> Result<()> {
    let list = fs::read_to_string(dist(Profile::Release).join("build.json"))?;
    let list: serde_json::Value = serde_json::from_str(&list)?;
    let (mut first, mut pieces, mut rest) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for file in list["files"].as_array().context("build.json lists files")? {
        let path = file["path"].as_str().context("a file has a path")?;
        let kind = path.rsplit('.').next().unwrap_or_default().to_owned();
        let plain = file["bytes"].as_u64().context("a file has a size")?;
        let or_plain = |encoding: &str| file[encoding].as_u64().unwrap_or(plain);
        // The page as the server sends it holds a first screen besides; the browser bench measures that.
        let is_piece = path.starts_with("assets/app.") && path.ends_with(".wasm") && !path.ends_with("/app.wasm");
        let is_first = path == "index.html" || path == "icons.svg" || path.starts_with("assets/");
        let place = match path {
            _ if is_piece => &mut pieces,
            _ if is_first && !path.starts_with("assets/shell.") => &mut first,
            _ => &mut rest,
        };
        add(place.entry(kind).or_default(), [plain, or_plain("gz"), or_plain("br")]);
    }
    for (title, kinds) in [("first visit", first), ("other pages", pieces), ("the rest", rest)] {
        println!("{title:<12} {:>10} {:>10} {:>10}", "plain", "gzip", "brotli");
        table(&kinds);
    }
    Ok(())
}

fn add(sum: &mut Sizes, sizes: Sizes) {
    sum.iter_mut().zip(sizes).for_each(|(total, size)| *total += size);
}

fn table(kinds: &BTreeMap<String, Sizes>) {
    let mut sum = [0; 3];
    for (kind, sizes) in kinds {
        println!("{kind:<12} {:>10} {:>10} {:>10}", sizes[0], sizes[1], sizes[2]);
        add(&mut sum, *sizes);
    }
    println!("{:<12} {:>10} {:>10} {:>10}", "sum", sum[0], sum[1], sum[2]);
}
