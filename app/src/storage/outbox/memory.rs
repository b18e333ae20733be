//! The outbox of a browser that keeps nothing: only the numbering; the queue itself lives in the machine.

use domain::id::DeviceId;
use domain::sync::machine::Queued;

use super::new_device;

/// A device that lives as long as the page.
pub struct Memory {
    /// Its name.
    pub device: DeviceId,
    /// The next number.
    pub next_no: u64,
}

impl Memory {
    /// Takes a number.
    pub const fn take_no(&mut self) -> (DeviceId, u64) {
        let no = self.next_no;
        self.next_no += 1;
        (self.device, no)
    }

    /// Another device, numbers from 1.
    pub fn renumber(&mut self, queue: &[Queued]) -> (DeviceId, Vec<Queued>) {
        self.device = new_device();
        self.next_no = 1;
        let mut renumbered = Vec::new();
        for queued in queue {
            let (device, no) = self.take_no();
            renumbered.extend(queued.renumbered(device, no));
        }
        (self.device, renumbered)
    }
}
