//! What was answered stays, whatever becomes of the server: real processes of `lifehub serve` on both engines, killed
//! under load, with PostgreSQL falling and the power of the disk being cut.
//!
//! Phones ask as fast as they are answered and send again what was not, readers follow; a blow falls after a random
//! number of answers. After each, the phones ask whether what they were told is still so; at the end everything is compared
//! with what there is ([`book`]). So that the trial itself can be trusted, bugs are planted and must be found.

mod book;
mod disk;
mod gate;
mod people;
mod phone;
mod reader;
mod site;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use self::book::{Finding, Kind, account_for, passed_over};
use self::disk::Disk;
use self::people::{Dice, Resident, STREAM, Town};
use self::phone::{Bug, Phone, Record, Shared};
use self::reader::Reader;
use self::site::{Blow, Ground, Site};
use crate::build::{Profile, build};
use crate::http::Connection;
use crate::postgres::Cluster;
use crate::setup::{Need, postgres_bin};
use crate::shell::{call, cargo, target_dir};

/// Families in a crowd; with an editor and a host they are sixty-four.
const CROWD: usize = 62;
/// Families between whose commands the server is killed: with each life all of them come back at once.
const FEW: usize = 14;
/// The blows a crowd lives through, and how many answers lie between them.
const BLOWS: (u64, u64) = (4, 400);
/// Every so often PostgreSQL falls instead of the server.
const RESTART_EVERY: u64 = 25;
/// The longest time between two blows, by how many answers were wanted.
const LIFE_MAX: fn(u64) -> Duration = |answers| Duration::from_millis(200 + 10 * answers);
/// More findings than this end a trial.
const FINDINGS_MAX: usize = 200;
/// The most that is told of what was found.
const SHOWN: usize = 12;

/// How much is tried.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Amounts {
    /// How often the server is killed on SQLite.
    #[arg(long, default_value_t = Amounts::DEFAULT.cycles)]
    pub cycles: u64,
    /// How often it is killed on PostgreSQL, or PostgreSQL falls.
    #[arg(long, default_value_t = Amounts::DEFAULT.postgres_cycles)]
    pub postgres_cycles: u64,
    /// How often the power is cut under SQLite.
    #[arg(long, default_value_t = Amounts::DEFAULT.cuts)]
    pub cuts: u64,
    /// How often it is cut under PostgreSQL.
    #[arg(long, default_value_t = Amounts::DEFAULT.postgres_cuts)]
    pub postgres_cuts: u64,
}

impl Amounts {
    /// What a run of all tests takes.
    pub const DEFAULT: Self = Self { cycles: 500, postgres_cycles: 200, cuts: 30, postgres_cuts: 3 };
}

/// What came of a trial.
struct Outcome {
    blows: u64,
    answered: u64,
    accepted: u64,
    sent_again: u64,
    findings: Vec<Finding>,
    took: Duration,
}

impl Outcome {
    fn count(&self, kind: Kind) -> usize {
        self.findings.iter().filter(|finding| finding.kind == kind).count()
    }
}

/// What this machine cannot try, in a sentence each.
pub type Untried = Vec<String>;

/// Tries everything, and says what could not be tried. Builds the product unless a binary is named.
pub fn prove(amounts: Amounts, binary: Option<PathBuf>) -> Result<Untried> {
    let binary = binary.map_or_else(|| build(Profile::Release), Ok)?;
    let has_postgres = postgres_bin().is_some();
    if !has_postgres {
        println!("   NOT TRIED: PostgreSQL: {}", Need::Postgres.remedy());
    }
    // Both engines at once: each mostly waits for its own server to come up.
    let trials = std::thread::scope(|scope| {
        let lite = (amounts.cycles > 0)
            .then(|| scope.spawn(|| kill_servers(Site::new("sqlite", &binary, Ground::File)?, amounts.cycles)));
        let postgres = (has_postgres && amounts.postgres_cycles > 0).then(|| {
            let site = || Site::new("postgres", &binary, Ground::Cluster(Cluster::start()?, None));
            scope.spawn(move || kill_servers(site()?, amounts.postgres_cycles))
        });
        [("SQLite", lite), ("PostgreSQL", postgres)]
            .map(|(name, trial)| (name, trial.map(|trial| trial.join().expect("a trial does not panic"))))
    });
    let mut all_kept = true;
    for (name, outcomes) in trials {
        if let Some(outcomes) = outcomes {
            let [crowd, kills] = outcomes?;
            all_kept &= tell(&format!("a crowd, {name}"), &crowd) & tell(&format!("kills, {name}"), &kills);
        }
    }
    let mut untried = Untried::new();
    all_kept &= cut_power(&binary, amounts, has_postgres, &mut untried)?;
    for (name, bug, kind) in [("believes", Bug::Believes, Kind::Lost), ("renames", Bug::Renames, Kind::Doubled)] {
        let mut site = Site::new(name, &binary, Ground::File)?;
        found(&format!("a phone that {name}"), &kill(&mut site, 12, Some(bug))?, kind)?;
    }
    ensure!(all_kept, "not every promise was kept");
    Ok(untried)
}

/// The server, not optimised, with the one bug that can be planted in it. A release has no such feature.
fn build_for_tests() -> Result<PathBuf> {
    call(cargo().args(["build", "--quiet", "--package", "server", "--bin", "lifehub", "--features", "testing"]))?;
    Ok(target_dir().join("debug").join("lifehub"))
}

fn cut_power(binary: &Path, amounts: Amounts, has_postgres: bool, untried: &mut Untried) -> Result<bool> {
    let disk = match Disk::new("sqlite") {
        Ok(disk) => disk,
        Err(error) => {
            let what = format!("power cuts: this machine cannot mount a disk of its own ({error:#})");
            println!("   NOT TRIED: {what}");
            untried.push(what);
            return Ok(true);
        }
    };
    let mut all_kept = true;
    if amounts.cuts > 0 {
        let outcome = cut(&mut Site::new("sqlite-disk", binary, Ground::FileOnDisk(disk))?, amounts.cuts)?;
        all_kept &= tell("power cuts, SQLite", &outcome);
    }
    if has_postgres && amounts.postgres_cuts > 0 {
        let disk = Disk::new("postgres")?;
        let ground = Ground::Cluster(Cluster::start_on(disk.mount())?, Some(disk));
        let outcome = cut(&mut Site::new("postgres-disk", binary, ground)?, amounts.postgres_cuts)?;
        all_kept &= tell("power cuts, PostgreSQL", &outcome);
    }
    if amounts.cuts > 0 {
        let (binary, ground) = (&build_for_tests()?, Ground::FileOnDisk(Disk::new("unsynced")?));
        found(
            "an engine that does not sync",
            &cut(&mut Site::new("unsynced", binary, ground)?.unsynced(), 4)?,
            Kind::Lost,
        )?;
    }
    Ok(all_kept)
}

/// Prints what came of a trial, and whether every promise was kept.
fn tell(name: &str, outcome: &Outcome) -> bool {
    let Outcome { blows, answered, accepted, sent_again, findings, took } = outcome;
    let (lost, doubled) = (outcome.count(Kind::Lost), outcome.count(Kind::Doubled));
    let other = findings.len() - lost - doubled;
    println!(
        "   {name}: {blows} blows, {answered} commands answered ({accepted} accepted), {sent_again} sent again, {lost} lost, \
         {doubled} doubled, {other} otherwise wrong, {:.1} s",
        took.as_secs_f64()
    );
    for finding in findings.iter().take(SHOWN) {
        println!("      {finding}");
    }
    findings.is_empty()
}

/// A planted bug must be found as what it is.
fn found(name: &str, outcome: &Outcome, kind: Kind) -> Result<()> {
    let count = outcome.count(kind);
    println!("   planted, {name}: {count} {kind:?} found in {:.1} s", outcome.took.as_secs_f64());
    ensure!(count > 0, "the trial does not notice {name}: it proves nothing");
    Ok(())
}

/// Strikes a few times with everybody there, and then again and again.
fn kill_servers(mut site: Site, cycles: u64) -> Result<[Outcome; 2]> {
    let is_postgres = site.is_postgres();
    let (blows, answers) = BLOWS;
    let blow = |n| if is_postgres && n % 2 == 0 { Blow::Restart } else { Blow::Kill };
    Ok([endure(&mut site, CROWD, (0..blows).map(|n| (answers, blow(n))), None)?, kill(&mut site, cycles, None)?])
}

/// Kills the server so many times.
fn kill(site: &mut Site, cycles: u64, bug: Option<Bug>) -> Result<Outcome> {
    let is_postgres = site.is_postgres();
    let mut dice = Dice::new(cycles);
    let blows = (1..=cycles).map(move |cycle| {
        let blow = if is_postgres && cycle % RESTART_EVERY == 0 {
            Blow::Restart
        } else if cycle % 8 == 0 {
            Blow::KillAtStart(Duration::from_millis(dice.roll(40)))
        } else {
            Blow::Kill
        };
        (dice.roll(24), blow)
    });
    endure(site, FEW, blows, bug)
}

/// Cuts the power so many times.
fn cut(site: &mut Site, cuts: u64) -> Result<Outcome> {
    let mut dice = Dice::new(cuts);
    endure(site, FEW, (0..cuts).map(move |_| (16 + dice.roll(64), Blow::Cut)), None)
}

/// Lets people live through blows, each after so many answers, and compares what they were told with what there is.
fn endure(
    site: &mut Site,
    residents: usize,
    blows: impl Iterator<Item = (u64, Blow)>,
    bug: Option<Bug>,
) -> Result<Outcome> {
    let started = Instant::now();
    site.start()?;
    let shared = &Shared::new(site.address.clone(), bug);
    let mut lines = [Connection::open(&shared.address)?, sign_in_staff(shared)?];
    let mut editor = Phone::of_role(shared, "district_admin")?;
    let mut host = Phone::of_role(shared, "community_admin")?;
    let phones = site.newcomers(residents).map(|number| Phone::sign_in(shared, number)).collect::<Result<Vec<_>>>()?;
    // Before anything is told, so that all that is told lies after it.
    let mut readers = [Reader::new("a visitor", STREAM), Reader::new("staff", STREAM)];
    for (reader, line) in readers.iter_mut().zip(&mut lines) {
        follow(reader, line)?;
    }
    let town = &Town::new(shared, &mut editor)?;
    let mut residents = phones
        .into_iter()
        .zip(1..)
        .map(|(phone, number)| Resident::new(phone, town, number))
        .collect::<Result<Vec<_>>>()?;

    let struck = std::thread::scope(|scope| {
        let mut lives = Vec::new();
        for resident in &mut residents {
            lives.push(scope.spawn(|| {
                while shared.gate.is_open() && resident.turn()? {}
                Ok(())
            }));
        }
        lives.push(scope.spawn(|| people::edit(&mut editor, shared, town)));
        lives.push(scope.spawn(|| people::answer(&mut host, shared, town)));
        for (reader, line) in readers.iter_mut().zip(&mut lines) {
            lives.push(scope.spawn(move || follow_on(shared, reader, line)));
        }
        let struck = strike_all(site, blows, shared);
        if struck.is_err() {
            shared.gate.give_up();
        }
        shared.gate.close();
        let ended: Vec<Result<()>> =
            lives.into_iter().map(|life| life.join().expect("a life does not panic")).collect();
        struck.and_then(|struck| ended.into_iter().collect::<Result<()>>().map(|()| struck))
    });
    let blows = struck?;
    let outcome = |record: &Record, findings| {
        let (answered, accepted, sent_again) = (record.answered, record.accepted, record.sent_again);
        Outcome { blows, answered, accepted, sent_again, findings, took: started.elapsed() }
    };
    // Where something is lost already, the rest no longer fits.
    let mut record = shared.record();
    if record.findings.iter().any(|finding| finding.kind == Kind::Lost) {
        let findings = std::mem::take(&mut record.findings);
        return Ok(outcome(&record, findings));
    }
    drop(record);

    for resident in &mut residents {
        resident.phone.come_back()?;
        if bug.is_none() {
            resident.compare_household(shared)?;
        }
        resident.phone.ask_all_again()?;
    }
    for phone in [&mut editor, &mut host] {
        phone.come_back()?;
        phone.ask_all_again()?;
    }
    let mut ends = BTreeMap::new();
    for resident in &residents {
        let own = resident.phone.own();
        ends.insert(own.stream.clone(), (own.began, own.head()));
    }
    for (reader, line) in readers.iter_mut().zip(&mut lines) {
        line.reopen()?;
        let mut wrong = follow(reader, line)?;
        let mut fresh = Reader::new(&reader.name, STREAM);
        wrong.extend(follow(&mut fresh, line)?);
        wrong.extend(reader.compare(&fresh));
        shared.record().findings.extend(wrong);
        // The visitor's, who began first.
        ends.entry(STREAM.to_owned()).or_insert((reader.began, reader.head()));
    }
    let mut record = shared.record();
    let mut findings = std::mem::take(&mut record.findings);
    for (stream, (before, head)) in ends {
        let told = record.told.remove(&stream).unwrap_or_default();
        let mut numbers: Vec<u64> = told.iter().map(|change| change.seq).collect();
        if stream == STREAM {
            let [visitor, staff] = &readers;
            numbers.extend(staff.by_time.iter().filter(|seq| **seq > visitor.began));
        }
        findings.extend(account_for(&stream, before, head, &numbers));
        if stream == STREAM {
            for (which, reader) in readers.iter().enumerate() {
                findings.extend(passed_over(&reader.name, &reader.reads, &told, which));
            }
        }
    }
    findings.extend(site.check()?.into_iter().map(|what| Finding { kind: Kind::Check, what }));
    Ok(outcome(&record, findings))
}

/// Strikes as often as told, each time after so many answers; on a busy machine after fewer.
fn strike_all(site: &mut Site, blows: impl Iterator<Item = (u64, Blow)>, shared: &Shared) -> Result<u64> {
    let mut struck = 0;
    for (number, (answers, blow)) in blows.enumerate() {
        let (begun, wanted) = (Instant::now(), shared.record().answered + answers);
        while begun.elapsed() < LIFE_MAX(answers) && shared.record().answered < wanted {
            std::thread::sleep(Duration::from_millis(1));
        }
        site.strike(blow).with_context(|| format!("blow {} on {}", number + 1, site.name))?;
        shared.gate.new_life();
        struck += 1;
        // Of a bug that was planted one is enough.
        if shared.record().findings.len() > if site.is_unsynced() { 0 } else { FINDINGS_MAX } {
            break;
        }
    }
    Ok(struck)
}

fn sign_in_staff(shared: &Shared) -> Result<Connection> {
    let mut line = Connection::open(&shared.address)?;
    line.post("/api/demo/login", &json!({ "role": "community_admin" }))?.json()?;
    Ok(line)
}

/// Reads a stream on; what is wrong is written down by the caller.
fn follow(reader: &mut Reader, line: &mut Connection) -> Result<Vec<Finding>> {
    let reply = line.post("/api/sync", &json!({ "proto": 1, "pulls": [reader.asks()] }))?.json()?;
    reader.take(&reply["pulls"][0])
}

/// Reads a stream on and on, from life to life.
fn follow_on(shared: &Shared, reader: &mut Reader, line: &mut Connection) -> Result<()> {
    let mut life = shared.gate.life();
    while shared.gate.is_open() {
        let asked = line.post("/api/sync", &json!({ "proto": 1, "pulls": [reader.asks()] }));
        match asked.and_then(|answer| answer.json()) {
            Ok(reply) => {
                let findings = reader.take(&reply["pulls"][0])?;
                shared.record().findings.extend(findings);
            }
            Err(_) => {
                shared.gate.wait_beyond(life);
                life = shared.gate.life();
                // That there is nobody yet is seen at the next question.
                let _ = line.reopen();
            }
        }
    }
    Ok(())
}
