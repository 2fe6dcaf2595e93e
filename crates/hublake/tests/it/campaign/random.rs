//! Numbers drawn from a seed (SplitMix64): the same on every machine.

/// A source of drawn numbers.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The source of one thing among many: the same seed and thing draw the same.
    pub fn new(seed: u64, thing: u64) -> Self {
        let mut random = Self(seed.wrapping_mul(0xd6e8_feb8_6659_fd93) ^ thing.wrapping_mul(0xa076_1d64_78bd_642f));
        random.next();
        random
    }

    /// Any number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `least` to `most`, both included.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.next() % (most - least + 1)
    }

    /// True so often in a hundred times.
    pub fn percent(&mut self, share: u64) -> bool {
        self.next() % 100 < share
    }

    /// One of some things; none where there are none.
    pub fn pick<T: Clone>(&mut self, things: &[T]) -> Option<T> {
        let place = (self.next() % (things.len().max(1) as u64)) as usize;
        things.get(place).cloned()
    }

    /// One of some things, as likely as their weights say.
    pub fn weighed<T: Copy>(&mut self, things: &[(u64, T)]) -> T {
        let mut place = self.next() % things.iter().map(|(weight, _)| weight).sum::<u64>();
        for (weight, thing) in things {
            if place < *weight {
                return *thing;
            }
            place -= weight;
        }
        unreachable!("the place lies below the sum of the weights")
    }
}
