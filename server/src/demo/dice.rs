//! A small generator of repeatable numbers (SplitMix64) and of ids that look like time-ordered UUIDs.
//!
//! The same seed gives the same district on every machine and in every version of every library, which is why no
//! random-number crate is used. Deliberately absent: anything fit for a secret.

use std::str::FromStr;

use domain::time::Timestamp;
use uuid::Uuid;

/// Repeatable "chance".
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice for a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Dice of their own for one subject, so that a throw more in one place leaves the others as they were.
    #[must_use]
    pub fn fork(&self, subject: &str) -> Self {
        let hash =
            subject.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        let mut fork = Self(self.0 ^ hash);
        fork.roll();
        fork
    }

    /// The next 64 bits.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`; 0 for 0. The bias of the remainder is of no account here.
    pub fn below(&mut self, n: usize) -> usize {
        (self.roll() % (n.max(1) as u64)) as usize
    }

    /// A number from `low` to `high`, both included; `low` when they are the wrong way round.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low + 1).unwrap_or(1).max(1);
        low + (self.roll() % span) as i64
    }

    /// Whether something of so many percent happens.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of them.
    ///
    /// # Panics
    /// When there are none.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// One of several texts, read.
    pub fn say<T: FromStr>(&mut self, from: &[&str]) -> T {
        text(from[self.below(from.len())])
    }

    /// An id in the shape of a version 7 UUID made at `at`.
    pub fn uuid(&mut self, at: Timestamp) -> Uuid {
        let ms = u128::try_from(at.ms()).unwrap_or(0) & 0xffff_ffff_ffff;
        let random = (u128::from(self.roll()) << 64 | u128::from(self.roll())) & ((1 << 76) - 1);
        let version = 7_u128 << 76;
        let variant = 0b10_u128 << 62;
        Uuid::from_u128((ms << 80) | version | (random & !(0xf << 76) & !(0b11 << 62)) | variant)
    }
}

/// Reads a text of the tables in this module, all of which the tests read once.
///
/// # Panics
/// When the text is not valid: a mistake in the tables.
pub fn text<T: FromStr>(from: &str) -> T {
    from.parse().unwrap_or_else(|_| panic!("invariant: a valid text of the demo district: {from}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_throws_the_same() {
        let mut dice = Dice::new(1);
        assert_eq!(dice.roll(), 0x910a_2dec_8902_5cc1, "the published first value of SplitMix64 for seed 1");
        assert_ne!(Dice::new(1).fork("a").roll(), Dice::new(1).fork("b").roll());
        assert!((0..1000).all(|_| (3..=5).contains(&dice.between(3, 5))));
    }

    #[test]
    fn ids_look_like_version_seven() {
        let mut dice = Dice::new(1);
        let id = dice.uuid(Timestamp::from_ms(1_795_390_200_000));
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
        assert_eq!(id.as_u128() >> 80, 1_795_390_200_000);
        assert_ne!(id, dice.uuid(Timestamp::from_ms(1_795_390_200_000)));
    }
}
