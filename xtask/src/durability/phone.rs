//! A phone as far as promises go: it sends a command until it is answered, remembers every answer, and after each break
//! asks whether what it was told is still so.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::book::{Finding, Key, Kind, Told};
use super::gate::Gate;
use super::reader::Reader;
use crate::http::{Answer, Connection};

/// How long a phone leaves a server alone that is there and cannot answer.
const BUSY: Duration = Duration::from_millis(20);

/// A bug of the phones, planted: the trial must find what comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// No answer is taken for a yes.
    Believes,
    /// What was not answered is sent as something new.
    Renames,
}

/// What all phones of a site write down.
#[derive(Default)]
pub struct Record {
    /// The changes they were told of, by stream.
    pub told: BTreeMap<String, Vec<Told>>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Commands that were answered for good.
    pub answered: u64,
    /// Of those, commands that were accepted.
    pub accepted: u64,
    /// Times that a command was sent again.
    pub sent_again: u64,
}

/// What the phones of a site share.
pub struct Shared {
    /// Where the server listens.
    pub address: String,
    /// When there is one.
    pub gate: Gate,
    /// What is planted.
    pub bug: Option<Bug>,
    record: Mutex<Record>,
}

impl Shared {
    /// Nothing has happened yet.
    pub fn new(address: String, bug: Option<Bug>) -> Self {
        Self { address, gate: Gate::default(), bug, record: Mutex::default() }
    }

    /// What was written down.
    pub fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes down what is wrong.
    pub fn found(&self, kind: Kind, what: String) {
        self.record().findings.push(Finding { kind, what });
    }
}

/// A command and its answer, as they travelled.
struct Settled {
    id: String,
    envelope: Value,
    /// None if the phone only believes that there was one.
    answer: Option<String>,
    /// The change, if it was accepted.
    seq: Option<u64>,
}

/// A phone of somebody who is signed in.
pub struct Phone<'a> {
    shared: &'a Shared,
    connection: Connection,
    life: u64,
    is_cut_off: bool,
    is_shut_out: bool,
    /// Whose it is.
    pub account: String,
    device: String,
    last_no: u64,
    settled: Vec<Settled>,
    /// Those before it were asked about since the last break.
    unasked: usize,
    own: Reader,
}

impl<'a> Phone<'a> {
    /// Signs a newcomer in by number and code.
    pub fn sign_in(shared: &'a Shared, number: usize) -> Result<Self> {
        let mut connection = Connection::open(&shared.address)?;
        // The demo district's own people have numbers from 199 0000 0000 on.
        let phone = format!("1991{number:07}");
        let asked = connection.post("/api/login/challenge", &json!({ "phone": phone }))?.json()?;
        let answer = json!({ "challenge": asked["challenge"], "code": asked["demo_code"], "name": "Resident", "home": "banzha" });
        let signed_in = connection.post("/api/login/verify", &answer)?.json()?;
        Self::of(shared, connection, &signed_in)
    }

    /// Signs in as one of the demonstration's people.
    pub fn of_role(shared: &'a Shared, role: &str) -> Result<Self> {
        let mut connection = Connection::open(&shared.address)?;
        let signed_in = connection.post("/api/demo/login", &json!({ "role": role }))?.json()?;
        Self::of(shared, connection, &signed_in)
    }

    fn of(shared: &'a Shared, connection: Connection, signed_in: &Value) -> Result<Self> {
        let account = signed_in["account"].as_str().context("an account")?.to_owned();
        let own = Reader::new("the phone itself", &format!("a:{account}"));
        let (life, device) = (shared.gate.life(), new_id());
        let mut phone = Self {
            shared,
            connection,
            life,
            is_cut_off: false,
            is_shut_out: false,
            account,
            device,
            last_no: 0,
            settled: Vec::new(),
            unasked: 0,
            own,
        };
        phone.read_own()?;
        Ok(phone)
    }

    /// Its own stream.
    pub fn own_stream(&self) -> String {
        self.own.stream.clone()
    }

    /// What it has read of its own stream.
    pub const fn own(&self) -> &Reader {
        &self.own
    }

    /// Comes back on a new line: the old one may have ended with a life of the server.
    pub fn come_back(&mut self) -> Result<()> {
        self.connection.reopen()
    }

    /// Its line.
    pub fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// Reads its own stream on.
    pub fn read_own(&mut self) -> Result<()> {
        let request = json!({ "proto": 1, "device": self.device, "pulls": [self.own.asks()] });
        let reply = self.connection.post("/api/sync", &request)?.json()?;
        let findings = self.own.take(&reply["pulls"][0])?;
        self.shared.record().findings.extend(findings);
        Ok(())
    }

    /// Sends a command until it is answered, and returns its id and the answer. Nothing, if there will be no server.
    pub fn ask(
        &mut self,
        stream: &str,
        kind: &str,
        body: Value,
        shows: [Option<Key>; 2],
    ) -> Result<Option<(String, Value)>> {
        self.last_no += 1;
        let mut id = new_id();
        let mut tries = 0;
        loop {
            tries += 1;
            let envelope = json!({
                "v": 1, "id": id, "device": self.device, "no": self.last_no, "account": self.account, "stream": stream,
                "phone_ms": 0, "kind": kind, "kind_v": 1, "body": body,
            });
            let Some(text) = self.attempt(&envelope)? else {
                if self.is_shut_out || self.shared.gate.is_given_up() {
                    return Ok(None);
                }
                self.shared.record().sent_again += 1;
                match self.shared.bug {
                    None => {}
                    Some(Bug::Believes) => {
                        self.settled.push(Settled { id: id.clone(), envelope, answer: None, seq: None });
                        return Ok(Some((id, json!({ "outcome": "accepted", "result": { "kind": "done" } }))));
                    }
                    Some(Bug::Renames) => id = new_id(),
                }
                continue;
            };
            let answer: Value = serde_json::from_str(&text)?;
            if answer["outcome"].is_string() {
                self.settle(stream, envelope, text, &answer, shows);
                return Ok(Some((id, answer)));
            }
            match answer["not_now"].as_str() {
                Some("retry_after") => std::thread::sleep(BUSY),
                Some("gap") => {
                    let expected = answer["expected"].as_u64().context("a number")?;
                    let what = format!("commands {expected} to {} of a device", self.last_no - 1);
                    self.shared.found(Kind::Lost, what);
                    self.last_no = expected;
                }
                // Only who renames meets itself.
                Some("forked") if self.shared.bug == Some(Bug::Renames) => self.last_no += 1,
                _ => {
                    self.shared.found(Kind::Changed, format!("command {id}, tried {tries} times, was answered {text}"));
                    return Ok(None);
                }
            }
        }
    }

    fn settle(&mut self, stream: &str, envelope: Value, text: String, answer: &Value, shows: [Option<Key>; 2]) {
        let seq = answer["seq"].as_u64();
        let mut record = self.shared.record();
        record.answered += 1;
        record.accepted += u64::from(seq.is_some());
        if let Some(seq) = seq.filter(|_| answer["result"]["kind"] != "already_done") {
            record.told.entry(stream.to_owned()).or_default().push(Told { seq, shows });
        }
        drop(record);
        let id = envelope["id"].as_str().unwrap_or_default().to_owned();
        self.settled.push(Settled { id, envelope, answer: Some(text), seq });
    }

    /// One try: the answer as it travelled, or nothing if there was none.
    fn attempt(&mut self, envelope: &Value) -> Result<Option<String>> {
        if self.is_cut_off {
            self.shared.gate.wait_beyond(self.life);
            // Whether there is somebody or not: the next try is for the life after this.
            self.life = self.shared.gate.life();
            if self.connection.reopen().is_err() {
                return Ok(None);
            }
        }
        // After a break: is what was told still so, and is the last answer still the same, byte for byte?
        let again = if self.is_cut_off { self.settled.last().filter(|last| last.answer.is_some()) } else { None };
        let known: Vec<Value> = if self.is_cut_off {
            let fresh = self.settled[self.unasked..].iter().rev().take(100);
            fresh.filter_map(|one| one.seq.map(|seq| json!({ "id": one.id, "seq": seq }))).collect()
        } else {
            Vec::new()
        };
        let commands: Vec<&Value> = again.map(|last| &last.envelope).into_iter().chain([envelope]).collect();
        let request = json!({
            "proto": 1, "device": self.device, "known": known, "commands": commands, "pulls": [self.own.asks()],
        });
        let reply = match self.connection.post("/api/sync", &request) {
            Ok(Answer { status: 200, body }) => body,
            Ok(Answer { status: 401, .. }) => {
                self.shared.found(Kind::Lost, "a session that was told to have begun".to_owned());
                self.is_shut_out = true;
                return Ok(None);
            }
            Ok(Answer { status, body }) => {
                ensure!(status >= 500, "the server says {status}: {}", String::from_utf8_lossy(&body));
                // Busy or broken: no answer either, though the line stands. Not asked again at once, which would not help.
                std::thread::sleep(BUSY);
                return Ok(None);
            }
            Err(_) => {
                self.is_cut_off = true;
                return Ok(None);
            }
        };
        let reply: BTreeMap<String, Box<RawValue>> = serde_json::from_slice(&reply)?;
        let part =
            |name: &str| reply.get(name).with_context(|| format!("a reply without {name}")).map(|part| part.get());
        let answers: Vec<Box<RawValue>> = serde_json::from_str(part("answers")?)?;
        let mut answers = answers.iter().map(|answer| answer.get());
        if let Some(unknown) = reply.get("unknown") {
            let unknown: Vec<String> = serde_json::from_str(unknown.get())?;
            for id in &unknown {
                self.shared.found(Kind::Lost, format!("command {id}, told as accepted, is not known any more"));
            }
            if !unknown.is_empty() {
                self.unasked = self.settled.len();
                return Ok(None);
            }
        }
        if let Some(last) = again {
            let found = answers.next();
            // Something broke on it, and what is behind it waits.
            if found.is_some_and(|found| found.contains("\"not_now\":\"retry_after\"")) {
                return Ok(None);
            }
            if found.is_some() && found != last.answer.as_deref() {
                self.shared.found(Kind::Changed, format!("{:?} became {found:?}", last.answer));
            }
        }
        self.is_cut_off = false;
        self.unasked = self.settled.len();
        let pulls: Value = serde_json::from_str(part("pulls")?)?;
        let findings = self.own.take(&pulls[0])?;
        self.shared.record().findings.extend(findings);
        Ok(answers.next().map(str::to_owned))
    }

    /// Sends everything it has ever sent again: every answer is what it was, byte for byte.
    pub fn ask_all_again(&mut self) -> Result<u64> {
        let settled: Vec<&Settled> = self.settled.iter().filter(|one| one.answer.is_some()).collect();
        for some in settled.chunks(20) {
            let commands: Vec<&Value> = some.iter().map(|one| &one.envelope).collect();
            let request = json!({ "proto": 1, "device": self.device, "commands": commands });
            let answer = self.connection.post("/api/sync", &request)?;
            ensure!(answer.status == 200, "asked again, the server says {}", answer.status);
            let reply: BTreeMap<String, Box<RawValue>> = serde_json::from_slice(&answer.body)?;
            let answers: Vec<Box<RawValue>> = serde_json::from_str(reply.get("answers").context("answers")?.get())?;
            for (place, one) in some.iter().enumerate() {
                let found = answers.get(place).map(|answer| answer.get());
                if found != one.answer.as_deref() {
                    self.shared.found(Kind::Changed, format!("{:?} became {found:?}", one.answer));
                }
            }
        }
        Ok(settled.len() as u64)
    }
}

/// A UUID that no other has; the process's number keeps runs apart. Its last bits look random, as those of phones do:
/// ids of dates are made from them.
pub fn new_id() -> String {
    static LAST: AtomicU64 = AtomicU64::new(1);
    let process = u64::from(std::process::id());
    let mut mixed = (process << 32) ^ LAST.fetch_add(1, Ordering::Relaxed);
    for factor in [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb] {
        mixed = (mixed ^ (mixed >> 29)).wrapping_mul(factor);
    }
    mixed ^= mixed >> 32;
    format!("{process:08x}-0000-7000-9{:03x}-{:012x}", mixed >> 52, mixed & 0xffff_ffff_ffff)
}
