//! The outbox of a browser that keeps nothing: only the numbering; the queue itself lives in the machine.

use domain::id::DeviceId;
use domain::order::sort_by_key;
use domain::sync::machine::{Queued, Settled};

use super::new_device;

/// A device that lives as long as the page.
pub struct Memory {
    /// Its name.
    pub device: DeviceId,
    /// The next number.
    pub next_no: u64,
    /// The next place.
    pub next_place: u64,
}

impl Memory {
    /// A new device.
    pub fn new() -> Self {
        Self { device: new_device(), next_no: 1, next_place: 1 }
    }

    /// Takes a number and a place.
    pub const fn take_no(&mut self) -> (DeviceId, u64, u64) {
        let (no, place) = (self.next_no, self.next_place);
        self.next_no += 1;
        self.next_place += 1;
        (self.device, no, place)
    }

    /// Another device, numbers from 1, with what goes back into the queue.
    pub fn renumber(&mut self, queue: &[Queued], again: &[Settled]) -> (DeviceId, Vec<Queued>) {
        self.device = new_device();
        let again = again.iter().filter_map(|settled| settled.requeued(self.device, 0));
        let mut all: Vec<Queued> = again.chain(queue.iter().cloned()).collect();
        sort_by_key(&mut all, |queued| queued.place);
        let renumbered = all.iter().zip(1..).filter_map(|(queued, no)| queued.renumbered(self.device, no)).collect();
        self.next_no = all.len() as u64 + 1;
        (self.device, renumbered)
    }
}
