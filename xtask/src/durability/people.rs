//! What people do meanwhile: families sign up and withdraw, ask for rooms and give them back, grow and shrink; an editor
//! publishes and calls off; a host answers.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::book::{Key, Kind};
use super::phone::{Phone, Shared};
use crate::http::Connection;

/// The community in which everything happens.
pub const STREAM: &str = "c:banzha";
/// Places of the dates that everybody wants.
const CAPACITIES: [Option<u16>; 6] = [Some(3), Some(8), Some(20), Some(40), Some(70), None];
/// Monday 23 November 2026 in Huai'an, in milliseconds.
const MONDAY: u64 = 1_795_363_200_000;
const HOUR: u64 = 3_600_000;

/// Rolls dice alike on every machine.
pub struct Dice(u64);

impl Dice {
    /// A number of one's own.
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `sides`.
    pub const fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len() as u64) as usize]
    }
}

/// What there is to want.
pub struct Town {
    dates: Vec<String>,
    rooms: Vec<String>,
    team: String,
    requests: Mutex<Vec<String>>,
}

fn accepted(answer: &Value) -> bool {
    answer["outcome"] == "accepted"
}

/// A row that everybody sees.
fn public(class: &str, id: &str) -> [Option<Key>; 2] {
    let key = Some((class.to_owned(), id.to_owned()));
    [key.clone(), key]
}

impl Town {
    /// Publishes what everybody will want.
    pub fn new(shared: &Shared, editor: &mut Phone<'_>) -> Result<Self> {
        let mut visitor = Connection::open(&shared.address)?;
        let request = json!({ "proto": 1, "pulls": [{ "stream": STREAM }] });
        let reply = visitor.post("/api/sync", &request)?.json()?;
        let rows = reply["pulls"][0]["result"]["snapshot"]["rows"].as_array().context("rows")?.clone();
        let id = |row: &Value| row["id"].as_str().unwrap_or_default().to_owned();
        let of = |class: &str| rows.iter().filter(|row| row["class"] == class).cloned().collect::<Vec<_>>();
        let is_for_all = |row: &&Value| row["body"]["policy"]["family"].is_null();
        let rooms = of("space").iter().filter(is_for_all).map(id).collect();
        let team = of("team").first().map(id).context("a team")?;
        let mut town = Self { dates: Vec::new(), rooms, team, requests: Mutex::default() };
        for (day, capacity) in CAPACITIES.into_iter().enumerate() {
            let activity = town.publish(editor, 2 + day as u64, capacity)?.context("a server")?;
            let place = visitor.get_plain(&format!("/api/places/{activity}"))?.json()?;
            town.dates.push(id(&place));
        }
        ensure!(!town.rooms.is_empty(), "the demo district has no rooms");
        Ok(town)
    }

    fn publish(&self, editor: &mut Phone<'_>, day: u64, capacity: Option<u16>) -> Result<Option<String>> {
        let body = json!({
            "team": self.team, "title": "A date", "category": "opera", "audience": { "kind": "everyone" },
            "venue": { "place": "Upstairs" },
            "schedule": { "kind": "once", "on": format!("2026-11-{:02}", 23 + day), "at": "14:00", "minutes": 60 },
            "policy": { "kind": "per_occurrence", "capacity": capacity, "party_max": 4 },
        });
        // The row of the activity has the id of the command.
        let Some((id, answer)) = editor.ask(STREAM, "publish_activity", body, [None, None])? else { return Ok(None) };
        ensure!(accepted(&answer), "not published: {answer}");
        Ok(Some(id))
    }
}

/// A family.
pub struct Resident<'a> {
    /// Its phone.
    pub phone: Phone<'a>,
    town: &'a Town,
    dice: Dice,
    people: Vec<String>,
    household: BTreeSet<String>,
    spare: Option<String>,
    standing: Option<(String, String)>,
    bookings: Vec<(String, String)>,
}

impl<'a> Resident<'a> {
    /// One with two who can come along.
    pub fn new(mut phone: Phone<'a>, town: &'a Town, number: u64) -> Result<Self> {
        let household = phone.own().ids("person").into_iter().map(str::to_owned).collect();
        let (own, mut people) = (phone.own_stream(), Vec::new());
        for _ in 0..2 {
            let body = json!({ "relation": "adult", "name": "Neighbour" });
            let added = phone.ask(&own, "add_person", body, [None, None])?.context("a server")?;
            ensure!(accepted(&added.1), "no household: {}", added.1);
            people.push(added.0);
        }
        let mut new = Self {
            phone,
            town,
            dice: Dice::new(number),
            people,
            household,
            spare: None,
            standing: None,
            bookings: Vec::new(),
        };
        new.household.extend(new.people.iter().cloned());
        Ok(new)
    }

    /// Does one thing; false, if there will be no server.
    pub fn turn(&mut self) -> Result<bool> {
        let done = match self.dice.roll(20) {
            0..=9 => self.come_or_go()?,
            10..=12 => self.grow_or_shrink()?,
            13..=17 => self.book_or_cancel()?,
            _ => self.come_again()?,
        };
        Ok(done.is_some())
    }

    fn come_or_go(&mut self) -> Result<Option<()>> {
        if let Some((date, sign_up)) = self.standing.take() {
            let body = json!({ "sign_up": sign_up, "people": self.people });
            let shows = [Some(("seats".to_owned(), date)), Some(("roster".to_owned(), sign_up))];
            return Ok(self.phone.ask(STREAM, "withdraw_sign_up", body, shows)?.map(drop));
        }
        let date = self.dice.pick(&self.town.dates).clone();
        let party = &self.people[..1 + self.dice.roll(2) as usize];
        let body = json!({ "occurrence": date, "people": party });
        let shows = public("seats", &date);
        let Some((id, answer)) = self.phone.ask(STREAM, "sign_up", body, shows)? else { return Ok(None) };
        if accepted(&answer) {
            self.standing = Some((date, id));
        }
        Ok(Some(()))
    }

    /// As somebody who taps once more.
    fn come_again(&mut self) -> Result<Option<()>> {
        let Some((date, _)) = &self.standing else { return Ok(Some(())) };
        let body = json!({ "occurrence": date, "people": self.people });
        let shows = public("seats", date);
        Ok(self.phone.ask(STREAM, "sign_up", body, shows)?.map(drop))
    }

    fn grow_or_shrink(&mut self) -> Result<Option<()>> {
        let own = self.phone.own_stream();
        if let Some(person) = self.spare.take() {
            let shows = public("person", &person);
            let body = json!({ "person": person });
            let Some((_, answer)) = self.phone.ask(&own, "remove_person", body, shows)? else { return Ok(None) };
            if accepted(&answer) {
                self.household.remove(&person);
            }
            return Ok(Some(()));
        }
        let body = json!({ "relation": "elder", "name": "Grandmother" });
        let Some((id, answer)) = self.phone.ask(&own, "add_person", body, [None, None])? else { return Ok(None) };
        if accepted(&answer) {
            self.household.insert(id.clone());
            self.spare = Some(id);
        }
        Ok(Some(()))
    }

    fn book_or_cancel(&mut self) -> Result<Option<()>> {
        if self.bookings.len() > 1 || (!self.bookings.is_empty() && self.dice.roll(2) == 0) {
            let (booking, day) = self.bookings.swap_remove(0);
            let body = json!({ "booking": booking });
            let shows = [Some(("busy".to_owned(), day)), Some(("desk_booking".to_owned(), booking))];
            return Ok(self.phone.ask(STREAM, "cancel_booking", body, shows)?.map(drop));
        }
        let (room, day) = (self.dice.pick(&self.town.rooms).clone(), 2 + self.dice.roll(4));
        let start = MONDAY + day * 24 * HOUR + (14 + self.dice.roll(4)) * HOUR;
        let body = json!({
            "space": room, "range": { "start": start, "end": start + HOUR }, "adults": 1, "purpose": "chat",
        });
        let day = format!("{room}/2026-11-{:02}", 23 + day);
        let shows = public("busy", &day);
        let Some((id, answer)) = self.phone.ask(STREAM, "book_space", body, shows)? else { return Ok(None) };
        if accepted(&answer) {
            if answer["result"]["kind"] == "requested" {
                self.town.requests.lock().unwrap_or_else(PoisonError::into_inner).push(id.clone());
            }
            self.bookings.push((id, day));
        }
        Ok(Some(()))
    }

    /// Whether the household is as the answers have it.
    pub fn compare_household(&mut self, shared: &Shared) -> Result<()> {
        self.phone.read_own()?;
        let found: BTreeSet<String> = self.phone.own().ids("person").into_iter().map(str::to_owned).collect();
        for lost in self.household.difference(&found) {
            shared.found(Kind::Lost, format!("{lost} was added to a household and is not in it"));
        }
        for more in found.difference(&self.household) {
            shared.found(Kind::Doubled, format!("{more} is in a household and nobody was told"));
        }
        Ok(())
    }
}

/// Publishes a date, calls it off, and so on.
pub fn edit(phone: &mut Phone<'_>, shared: &Shared, town: &Town) -> Result<()> {
    let mut dice = Dice::new(7);
    while shared.gate.is_open() {
        let day = 1 + dice.roll(6);
        let Some(activity) = town.publish(phone, day, Some(5))? else { break };
        // Asked on a line that may be cut: then this date is not called off.
        let place = phone.connection().get_plain(&format!("/api/places/{activity}")).and_then(|answer| answer.json());
        let Ok(place) = place else { continue };
        let date = place["id"].as_str().context("a date")?;
        let body = json!({ "occurrence": date, "reason": "Rain" });
        if phone.ask(STREAM, "cancel_occurrence", body, public("occurrence", date))?.is_none() {
            break;
        }
    }
    Ok(())
}

/// Says yes or no to what was asked for.
pub fn answer(phone: &mut Phone<'_>, shared: &Shared, town: &Town) -> Result<()> {
    let mut dice = Dice::new(9);
    while shared.gate.is_open() {
        let request = town.requests.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let Some(booking) = request else {
            // Nobody asks: a host who waits for requests has nothing but time to wait on.
            std::thread::sleep(std::time::Duration::from_millis(3));
            continue;
        };
        let shows = [None, Some(("desk_booking".to_owned(), booking.clone()))];
        let asked = if dice.roll(3) == 0 {
            phone.ask(STREAM, "decline_booking", json!({ "booking": booking, "reason": "Repairs" }), shows)?
        } else {
            phone.ask(STREAM, "approve_booking", json!({ "booking": booking }), shows)?
        };
        if asked.is_none() {
            break;
        }
    }
    Ok(())
}
