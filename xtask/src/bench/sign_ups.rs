//! Durable sign-ups through `POST /api/sync`, as phones send them: spread over many dates, and racing for few places.
//!
//! Each client is a resident of its own, signed in by number and code. An answer is counted when it says that the
//! command took effect, and it says so only after the commit.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Barrier, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::series;
use super::server::{ADDRESS, Figures, MONTH, Server};
use crate::http::Connection;

/// The most residents measured at once.
const RESIDENTS: usize = 512;
/// How many race for the few places of one date.
const RACERS: usize = 50;
/// As many parties as may wait for one date.
const WAITING: usize = 200;

/// A date one can sign up for.
pub struct Date {
    /// Its community's stream.
    pub stream: String,
    occurrence: String,
    free: u64,
}

impl Date {
    /// A date nobody has signed up for.
    pub fn of(stream: &str, occurrence: &str) -> Self {
        Self { stream: stream.to_owned(), occurrence: occurrence.to_owned(), free: 0 }
    }
}

/// Prints the figures.
pub fn print(server: &Server) -> Result<()> {
    let started = Instant::now();
    let phones = sign_in()?;
    println!("{RESIDENTS} residents signed in and with a household in {:.1} s", started.elapsed().as_secs_f64());
    let dates = dates()?;
    for clients in [1, 16, 64, RESIDENTS] {
        let figures = Figures::of(server, clients, |number| {
            let (phone, dates) = (&phones[number], &dates);
            let mut round = number;
            Ok(move || {
                round += 7;
                phone.lock().unwrap_or_else(PoisonError::into_inner).in_or_out(&dates[round % dates.len()])
            })
        })?;
        println!("durable sign-ups and withdrawals, {clients} clients over {} dates: {figures}", dates.len());
    }
    for phone in &phones {
        phone.lock().unwrap_or_else(PoisonError::into_inner).out()?;
    }
    race(&phones)?;
    for phone in &phones {
        phone.lock().unwrap_or_else(PoisonError::into_inner).out()?;
    }
    move_up(&phones)?;
    series::print(&phones)
}

/// Everybody wants the date with the fewest places left.
fn race(phones: &[Mutex<Phone>]) -> Result<()> {
    let dates = dates()?;
    let date = dates.iter().min_by_key(|date| date.free).context("a date with a free place")?;
    let start = Barrier::new(RACERS);
    let answers = std::thread::scope(|scope| {
        let racers: Vec<_> = phones[..RACERS]
            .iter()
            .map(|phone| {
                scope.spawn(|| -> Result<(f64, Value)> {
                    let mut phone = phone.lock().unwrap_or_else(PoisonError::into_inner);
                    start.wait();
                    let asked = Instant::now();
                    let answer = phone.sign_up(date)?;
                    Ok((asked.elapsed().as_secs_f64() * 1000.0, answer))
                })
            })
            .collect();
        racers.into_iter().map(|racer| racer.join().expect("a racer does not panic")).collect::<Result<Vec<_>>>()
    })?;
    let of = |kind: &str| answers.iter().filter(|(_, answer)| answer["result"]["kind"] == kind).count();
    let last = answers.iter().map(|(ms, _)| *ms).fold(0.0, f64::max);
    println!(
        "{RACERS} race for {} places: {} confirmed, {} waiting, last answer after {last:.0} ms",
        date.free,
        of("confirmed"),
        of("waitlisted")
    );
    Ok(())
}

/// As many as may wait for a date do, and one change of its capacity lets all of them in.
fn move_up(phones: &[Mutex<Phone>]) -> Result<()> {
    let dates = dates()?;
    let date = dates.iter().min_by_key(|date| date.free).context("a date with a free place")?;
    let mut waiting = 0;
    for phone in phones {
        let answer = phone.lock().unwrap_or_else(PoisonError::into_inner).sign_up(date)?;
        waiting += usize::from(answer["result"]["kind"] == "waitlisted");
        if waiting == WAITING {
            break;
        }
    }
    let mut staff = Phone::staff()?;
    let asked = Instant::now();
    let body = json!({ "occurrence": date.occurrence, "capacity": null });
    let (_, answer) = staff.send(&date.stream, "change_capacity", body)?;
    ensure!(answer["result"]["parties_in"].as_u64() == u64::try_from(waiting).ok(), "not all moved up: {answer}");
    println!("{waiting} waiting parties move up in one change: {:.0} ms", asked.elapsed().as_secs_f64() * 1000.0);
    Ok(())
}

/// Dates of all communities that anybody can sign up for now.
pub fn dates() -> Result<Vec<Date>> {
    let mut connection = Connection::open(ADDRESS)?;
    let communities = connection.get_plain("/api/communities")?.json()?;
    let mut dates = Vec::new();
    for community in communities.as_array().context("a list of communities")? {
        let id = community["id"].as_str().context("a community has an id")?;
        let listed = connection.get_plain(&format!("/api/occurrences?community={id}&{MONTH}"))?.json()?;
        for occurrence in listed["occurrences"].as_array().context("a list of dates")? {
            let (policy, seats) = (&occurrence["policy"], &occurrence["seats"]);
            let is_open = policy["kind"] == "per_occurrence"
                && policy["opens_minutes_before"].is_null()
                && matches!(occurrence["audience"]["kind"].as_str(), Some("everyone" | "adults"))
                && occurrence["cancelled"].is_null();
            let count = |name: &str| seats[name].as_u64().unwrap_or(0);
            let free = count("capacity").saturating_sub(count("taken"));
            if is_open && free > 0 && count("waiting_parties") == 0 {
                let occurrence = occurrence["id"].as_str().context("a date has an id")?.to_owned();
                dates.push(Date { stream: format!("c:{id}"), occurrence, free });
            }
        }
    }
    ensure!(!dates.is_empty(), "the demo district has no date with a free place");
    Ok(dates)
}

/// Signs all residents in, several at a time.
fn sign_in() -> Result<Vec<Mutex<Phone>>> {
    std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..8)
            .map(|lane| {
                scope.spawn(move || (lane..RESIDENTS).step_by(8).map(Phone::sign_in).collect::<Result<Vec<_>>>())
            })
            .collect();
        let phones = lanes.into_iter().map(|lane| lane.join().expect("signing in does not panic"));
        Ok(phones.collect::<Result<Vec<_>>>()?.into_iter().flatten().map(Mutex::new).collect())
    })
}

/// A resident's phone.
pub struct Phone {
    connection: Connection,
    account: String,
    device: String,
    person: String,
    last_no: u64,
    /// The sign-up that stands, and its stream.
    standing: Option<(String, String)>,
}

impl Phone {
    /// Signs a newcomer in, who has one more person in the household.
    pub fn sign_in(number: usize) -> Result<Self> {
        let mut connection = Connection::open(ADDRESS)?;
        // The demo district's own people have numbers from 199 0000 0000 on, and signed up for dates of their own.
        let phone = format!("1991{number:07}");
        let asked = connection.post("/api/login/challenge", &json!({ "phone": phone }))?.json()?;
        let answer = json!({ "challenge": asked["challenge"], "code": asked["demo_code"], "name": "Resident", "home": "banzha" });
        let signed_in = connection.post("/api/login/verify", &answer)?.json()?;
        let account = signed_in["account"].as_str().context("an account")?.to_owned();
        let mut phone =
            Self { connection, account, device: new_id(), person: String::new(), last_no: 0, standing: None };
        let stream = format!("a:{}", phone.account);
        let (person, answer) =
            phone.send(&stream, "add_person", json!({ "relation": "adult", "name": "Neighbour" }))?;
        ensure!(answer["outcome"] == "accepted", "no household: {answer}");
        phone.person = person;
        Ok(phone)
    }

    /// The district's staff.
    pub fn staff() -> Result<Self> {
        let mut connection = Connection::open(ADDRESS)?;
        let signed_in = connection.post("/api/demo/login", &json!({ "role": "district_admin" }))?.json()?;
        let account = signed_in["account"].as_str().context("an account")?.to_owned();
        Ok(Self { connection, account, device: new_id(), person: String::new(), last_no: 0, standing: None })
    }

    /// In and out in turn, so that nobody runs out of dates; both are commands of the same weight.
    fn in_or_out(&mut self, date: &Date) -> Result<bool> {
        if self.standing.is_some() {
            self.out()?;
            return Ok(true);
        }
        Ok(self.sign_up(date)?["outcome"] == "accepted")
    }

    /// Asks for one place; its answer.
    pub fn sign_up(&mut self, date: &Date) -> Result<Value> {
        let body = json!({ "occurrence": date.occurrence, "people": [self.person] });
        let (id, answer) = self.send(&date.stream, "sign_up", body)?;
        if answer["outcome"] == "accepted" {
            self.standing = Some((date.stream.clone(), id));
        }
        Ok(answer)
    }

    /// Gives back the place that it has, if any.
    pub fn out(&mut self) -> Result<()> {
        if let Some((stream, id)) = self.standing.take() {
            let body = json!({ "sign_up": id, "people": [self.person] });
            let (_, answer) = self.send(&stream, "withdraw_sign_up", body)?;
            ensure!(answer["outcome"] == "accepted", "withdrawing is never refused, but: {answer}");
        }
        Ok(())
    }

    /// Asks what an edit of a series would do.
    pub fn look(&mut self, edit: &Value) -> Result<Value> {
        self.connection.post("/api/series/plan", edit)?.json()
    }

    /// Sends one command and returns its id and its answer.
    pub fn send(&mut self, stream: &str, kind: &str, body: Value) -> Result<(String, Value)> {
        self.last_no += 1;
        let id = new_id();
        let envelope = json!({
            "v": 1, "id": id, "device": self.device, "no": self.last_no, "account": self.account, "stream": stream,
            "phone_ms": 0, "kind": kind, "kind_v": 1, "body": body,
        });
        let request = json!({ "proto": 1, "device": self.device, "commands": [envelope] });
        let reply = self.connection.post("/api/sync", &request)?.json()?;
        let answer = reply["answers"][0].clone();
        ensure!(answer["outcome"].is_string(), "not decided: {reply}");
        Ok((id, answer))
    }
}

/// A UUID that no other has; the process's number keeps runs on one database apart.
fn new_id() -> String {
    static LAST: AtomicU64 = AtomicU64::new(1);
    let number = LAST.fetch_add(1, Ordering::Relaxed);
    format!("{:08x}-0000-7000-8000-{number:012x}", std::process::id())
}
