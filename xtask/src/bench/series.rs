//! Looking at what an edit of a series would do, with hundreds of people signed up for its dates.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::server::{ADDRESS, MONTH};
use super::sign_ups::{Date, Phone};
use crate::http::Connection;

/// How many people the edit concerns.
const PEOPLE: usize = 200;
/// The dates they are spread over: those of the month that is asked for.
const DATES: usize = 4;
/// How often it is looked at.
const LOOKS: usize = 21;
const GOAL_MS: u32 = 100;
const COMMUNITY: &str = "banzha";

/// Prints the figure.
pub fn print(phones: &[Mutex<Phone>]) -> Result<()> {
    let mut staff = Phone::staff()?;
    let mut connection = Connection::open(ADDRESS)?;
    let month = format!("/api/occurrences?community={COMMUNITY}&{MONTH}");
    let listed = connection.get_plain(&month)?.json()?;
    let team = listed["occurrences"][0]["team"]["id"].as_str().context("a team")?.to_owned();
    let stream = format!("c:{COMMUNITY}");
    let activity = json!({
        "team": team, "title": "Singing", "category": "opera", "audience": { "kind": "everyone" },
        "venue": { "place": "Square" },
        "schedule": { "kind": "series", "on": "2026-11-25", "at": "07:05", "minutes": 60, "rule": "FREQ=WEEKLY" },
        "policy": { "kind": "per_occurrence", "capacity": null, "party_max": 2 }
    });
    let (id, answer) = staff.send(&stream, "publish_activity", activity)?;
    ensure!(answer["outcome"] == "accepted", "not published: {answer}");
    let listed = connection.get_plain(&month)?.json()?;
    let all = listed["occurrences"].as_array().context("a list of dates")?;
    let own = all.iter().filter(|date| date["activity"] == id.as_str());
    let dates: Vec<Date> = own
        .map(|date| Ok(Date::of(&stream, date["id"].as_str().context("a date has an id")?)))
        .collect::<Result<_>>()?;
    ensure!(dates.len() == DATES, "{} dates in the month", dates.len());
    for (number, phone) in phones.iter().take(PEOPLE).enumerate() {
        phone.lock().unwrap_or_else(PoisonError::into_inner).sign_up(&dates[number % DATES])?;
    }
    let edit = json!({
        "activity": id, "title": "Singing", "audience": { "kind": "everyone" }, "venue": { "place": "Square" },
        "at": "08:05", "minutes": 60, "rule": "FREQ=WEEKLY", "leftover": "keep"
    });
    let mut took: Vec<f64> = Vec::new();
    for _ in 0..LOOKS {
        let asked = Instant::now();
        let found = staff.look(&edit)?;
        took.push(asked.elapsed().as_secs_f64() * 1000.0);
        let parties = |date: &Value| date["parties"].as_array().map_or(0, Vec::len);
        let named: usize = found["plan"]["dates"].as_array().map_or(0, |dates| dates.iter().map(parties).sum());
        ensure!(named == PEOPLE, "{named} people named: {found}");
    }
    took.sort_by(f64::total_cmp);
    println!("what an edit of a series does to {PEOPLE} people: {:.1} ms (median, goal {GOAL_MS})", took[LOOKS / 2]);
    Ok(())
}
