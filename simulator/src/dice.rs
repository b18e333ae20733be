//! Chance that can be had again: a seed gives a list of choices, and a choice gives everything drawn within its step.
//!
//! A run is its list of choices and nothing else, so that it replays exactly, and shrinks by making the list shorter or
//! its numbers zero. Deliberately absent: any other source of chance.

/// Splitmix64: small, fast, and the same everywhere.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall the same way each time.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `sides`.
    pub const fn below(&mut self, sides: u64) -> u64 {
        self.roll() % sides
    }

    /// Whether something happens that happens once in `times`.
    pub const fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// One of them; nothing of nothing.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let sides = u64::try_from(of.len()).ok().filter(|sides| *sides > 0)?;
        of.get(usize::try_from(self.below(sides)).ok()?)
    }

    /// 128 bits, for an id.
    pub const fn wide(&mut self) -> u128 {
        ((self.roll() as u128) << 64) | self.roll() as u128
    }
}

/// Stirs a number.
#[must_use]
pub const fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// The choices of a seed: 150 to 299 steps.
#[must_use]
pub fn choices(seed: u64) -> Vec<u64> {
    let mut dice = Dice::new(mix(seed ^ 0x6c69_6665_6875_6200));
    let steps = 150 + dice.below(150);
    (0..steps).map(|_| dice.roll() | 1).collect()
}
