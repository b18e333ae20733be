//! What the synchronisation costs a phone: bytes of a first look and of one change, and the time to lay what is pending over
//! all rows.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::server::ADDRESS;
use super::sign_ups::{Phone, dates};
use crate::http::{Answer, Connection};
use crate::shell::{call, cargo};

/// The community that is looked at.
const COMMUNITY: &str = "c:banzha";

/// Prints the figures; what was read goes through a file in `folder`.
pub fn print(folder: &Path) -> Result<()> {
    let mut visitor = Connection::open(ADDRESS)?;
    let first = pull(&mut visitor, &[json!({ "stream": COMMUNITY })])?;
    let rows = rows_of(&first.json_of()?)?;
    let dates_seen = rows.iter().filter(|row| row["class"] == "occurrence").count();
    println!(
        "first look at a community: {} rows, of them {dates_seen} dates, {:.1} kB ({:.1} kB for 300 dates; goal 60)",
        rows.len(),
        kb(first.bytes),
        kb(first.bytes) * 300.0 / dates_seen.max(1) as f64,
    );

    let mut phone = Phone::sign_in(1_000)?;
    let date = dates()?.into_iter().find(|date| date.stream == COMMUNITY).context("a date to sign up for")?;
    let cursor = first.json_of()?["pulls"][0]["result"]["snapshot"]["cursor"].clone();
    phone.sign_up(&date)?;
    let change = pull(&mut visitor, &[json!({ "stream": COMMUNITY, "cursor": cursor })])?;
    println!("one sign-up of somebody else: {} bytes (goal 1,000)", change.bytes);
    phone.out()?;

    let communities = visitor.get_plain("/api/communities")?.json()?;
    let streams = communities.as_array().context("a list of communities")?.iter();
    let pulls: Vec<_> =
        streams.filter_map(|one| Some(json!({ "stream": format!("c:{}", one["id"].as_str()?) }))).collect();
    let file = folder.join("reply.json");
    fs::write(&file, pull(&mut visitor, &pulls)?.text)?;
    call(cargo().args(["run", "--release", "--quiet", "--package", "simulator", "--", "--overlay"]).arg(&file))
}

/// A reply as it travelled and as it reads.
struct Reply {
    bytes: usize,
    text: Vec<u8>,
}

impl Reply {
    fn json_of(&self) -> Result<Value> {
        serde_json::from_slice(&self.text).context("a reply is JSON")
    }
}

fn pull(connection: &mut Connection, pulls: &[Value]) -> Result<Reply> {
    let Answer { body, status } = connection.post_compressed("/api/sync", &json!({ "proto": 1, "pulls": pulls }))?;
    anyhow::ensure!(status == 200, "the server says {status}");
    // Short ones are not worth compressing.
    if body.starts_with(b"{") {
        return Ok(Reply { bytes: body.len(), text: body });
    }
    let mut text = Vec::new();
    brotli::BrotliDecompress(&mut body.as_slice(), &mut text)?;
    Ok(Reply { bytes: body.len(), text })
}

fn rows_of(reply: &Value) -> Result<Vec<Value>> {
    Ok(reply["pulls"][0]["result"]["snapshot"]["rows"].as_array().context("a snapshot has rows")?.clone())
}

fn kb(bytes: usize) -> f64 {
    bytes as f64 / 1_000.0
}
