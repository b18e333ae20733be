//! A first and a second visit in a real browser, on a slow line and a slow phone, with the goals beside them.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::setup;
use crate::shell::root;

/// What each visit should take at most: first content and interactive in milliseconds, bytes, requests.
const GOALS: [(&str, &str, [Option<u64>; 4]); 4] = [
    ("first_list", "first visit, the list of days", [Some(1_200), Some(3_500), Some(200_000), Some(6)]),
    ("first_activity", "first visit, an activity", [Some(1_200), Some(3_500), Some(200_000), Some(6)]),
    ("again", "second visit, online", [Some(300), None, None, None]),
    ("again_offline", "second visit, offline", [Some(300), None, None, None]),
];
/// Milliseconds from the tap to what is saved on this phone.
const TAP_GOAL_MS: u64 = 50;

/// Prints the middle of some runs.
pub fn print(binary: &Path) -> Result<()> {
    let chromium = setup::chromium().context("no Chromium here: cargo xtask test e2e says how to get it")?;
    setup::end2end_packages()?;
    let mut command = Command::new("node");
    command.arg("bench/visits.mjs").current_dir(root().join("end2end"));
    let output = command.env("LIFEHUB_BIN", binary).env("CHROMIUM", chromium).output()?;
    ensure!(output.status.success(), "visits.mjs: {}", String::from_utf8_lossy(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout)?;

    println!(
        "400 ms and 400 kbit/s each way, a quarter of this machine's speed; the middle of {} runs (goal)",
        found["runs"]
    );
    println!(
        "{:<30} {:>14} {:>8} {:>16} {:>18} {:>10}",
        "", "content ms", "LCP ms", "interactive ms", "bytes", "requests"
    );
    for (name, title, [content, interactive, bytes, requests]) in GOALS {
        let visit = &found["visits"][name];
        println!(
            "{title:<30} {:>14} {:>8} {:>16} {:>18} {:>10}",
            beside(&visit["fcp"], content),
            visit["lcp"],
            beside(&visit["interactive"], interactive),
            beside(&visit["bytes"], bytes),
            beside(&visit["requests"], requests),
        );
    }
    for (kind, bytes) in found["visits"]["first_list"]["kinds"].as_object().context("bytes by kind")? {
        println!("  of the first list: {kind:<6} {bytes:>8}");
    }
    println!("tap to saved on this phone, offline: {} ms (goal {TAP_GOAL_MS})", found["tap_to_saved"]);
    println!(
        "a month of 310 dates and more from what the phone has: opened {} ms, switched to from the list {} ms",
        found["month"]["opened"], found["month"]["switched"]
    );
    Ok(())
}

fn beside(figure: &Value, goal: Option<u64>) -> String {
    goal.map_or_else(|| figure.to_string(), |goal| format!("{figure} ({goal})"))
}
