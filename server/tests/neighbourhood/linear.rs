//! Whether what clients saw of one date, all at once, can be told as if it had happened one after the other.
//!
//! The search of Wing and Gong: an order is looked for that keeps every answer before every question asked after it, and
//! in which each answer is the model's. Places that were searched in vain are remembered. The model knows nothing of the
//! code.

use std::collections::HashSet;

/// The most operations of one history: each is a bit.
pub const OPERATIONS_MAX: usize = 60;

/// What was asked of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// These of an account's household sign up; the party has a number of its own.
    SignUp { party: u32, account: u32, members: u8 },
    /// These of a party withdraw.
    Withdraw { party: u32, members: u8 },
    /// How many have a place, how many parties wait, with how many heads.
    Read,
}

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// The party has its places.
    Confirmed,
    /// It waits behind so many.
    Waits(u32),
    /// It was already so.
    AlreadyDone,
    /// Somebody of the household is in, otherwise.
    AlreadyIn,
    /// They have left.
    Done,
    /// The counts.
    Counts { taken: u32, parties: u32, heads: u32 },
}

/// A question and its answer, and when: by one clock that never stands still.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    pub asked: Asked,
    pub answered: Answered,
    pub from: u64,
    pub to: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Party {
    number: u32,
    account: u32,
    members: u8,
    has_places: bool,
    /// How often others went past it.
    passed: u8,
}

/// A date: its parties in the order of asking.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Date {
    capacity: u32,
    parties: Vec<Party>,
}

impl Date {
    fn heads(&self, has_places: bool) -> u32 {
        let those = self.parties.iter().filter(|party| party.has_places == has_places);
        those.map(|party| party.members.count_ones()).sum()
    }

    fn fits(&self, members: u8) -> bool {
        self.heads(true) + members.count_ones() <= self.capacity
    }

    fn waiting(&self) -> u32 {
        self.parties.iter().filter(|party| !party.has_places).count() as u32
    }

    fn move_up(&mut self) {
        let mut gone_past = Vec::new();
        for place in 0..self.parties.len() {
            if self.parties[place].has_places {
                continue;
            }
            if self.fits(self.parties[place].members) {
                self.parties[place].has_places = true;
                gone_past.drain(..).for_each(|place: usize| self.parties[place].passed += 1);
            } else if self.parties[place].passed == 3 {
                break;
            } else {
                gone_past.push(place);
            }
        }
    }

    fn answer(&mut self, asked: Asked) -> Answered {
        match asked {
            Asked::Read => {
                Answered::Counts { taken: self.heads(true), parties: self.waiting(), heads: self.heads(false) }
            }
            Asked::SignUp { party, account, members } => {
                if let Some(live) = self.parties.iter().find(|party| party.account == account) {
                    return if live.members == members { Answered::AlreadyDone } else { Answered::AlreadyIn };
                }
                let ahead = self.waiting();
                let has_places = ahead == 0 && self.fits(members);
                self.parties.push(Party { number: party, account, members, has_places, passed: 0 });
                if has_places { Answered::Confirmed } else { Answered::Waits(ahead) }
            }
            Asked::Withdraw { party, members } => {
                let Some(place) = self.parties.iter().position(|one| one.number == party) else {
                    return Answered::AlreadyDone;
                };
                let staying = self.parties[place].members & !members;
                if staying == self.parties[place].members {
                    return Answered::AlreadyDone;
                }
                if staying == 0 {
                    self.parties.remove(place);
                } else {
                    self.parties[place].members = staying;
                }
                self.move_up();
                Answered::Done
            }
        }
    }
}

/// Whether there is an order.
pub fn is_linear(capacity: u32, operations: &[Operation]) -> bool {
    assert!(operations.len() <= OPERATIONS_MAX, "too long a history: {}", operations.len());
    let all = (1_u64 << operations.len()) - 1;
    let mut in_vain = HashSet::new();
    let mut places = vec![(0_u64, Date { capacity, parties: Vec::new() })];
    while let Some((done, date)) = places.pop() {
        if done == all {
            return true;
        }
        if !in_vain.insert((done, date.clone())) {
            continue;
        }
        let open = || operations.iter().enumerate().filter(|(n, _)| done & (1 << n) == 0);
        let first_end = open().map(|(_, operation)| operation.to).min().unwrap_or(u64::MAX);
        for (n, operation) in open().filter(|(_, operation)| operation.from < first_end) {
            let mut next = date.clone();
            if next.answer(operation.asked) == operation.answered {
                places.push((done | 1 << n, next));
            }
        }
    }
    false
}
