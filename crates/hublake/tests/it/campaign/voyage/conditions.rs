//! What all runs of a voyage have in common.

use crate::campaign::random::Random;

/// Seeds of which every so manieth voyage is without faults.
const CALM_EVERY: u64 = 5;

/// The conditions of a voyage.
#[derive(Clone, Copy, Debug)]
pub struct Conditions {
    /// Nothing goes wrong, and requests are counted.
    pub is_calm: bool,
    /// Events come by REST.
    pub is_rest: bool,
    /// Repositories collected at once.
    pub concurrency: u64,
    /// Items that GraphQL serves within its clock.
    pub clock_nodes: Option<u64>,
    /// What it answers to a query that takes longer.
    pub clock_status: u16,
    /// Where the list of a repository's events ends.
    pub repository_events: usize,
}

impl Conditions {
    /// Draws the conditions of the voyage that begins with a seed.
    pub fn draw(random: &mut Random, first_seed: u64) -> Self {
        let is_calm = (first_seed / super::super::SEEDS_OF_A_VOYAGE) % CALM_EVERY == CALM_EVERY - 1;
        let is_rest = random.percent(30);
        Self {
            is_calm,
            is_rest,
            concurrency: if random.percent(60) { 1 } else { 8 },
            clock_nodes: (!is_calm && random.percent(25)).then(|| random.between(60, 250)),
            clock_status: if random.percent(50) { 502 } else { 504 },
            repository_events: if is_rest && random.percent(40) { 100 * random.between(1, 4) as usize } else { 40_000 },
        }
    }
}
