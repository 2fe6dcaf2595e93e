//! A seed's part of the world: its own few repositories, and what people do in them.

mod deed;

use github_sim::World;

use super::random::Random;

pub use deed::Deed;

/// The least id of a repository of the seed 0.
const FIRST_ID: u64 = 10_000_000;
/// Ids that belong to a seed.
const IDS: u64 = 100;
/// The place of the repository that nobody collects: issues are transferred to it.
const ATTIC: u64 = 90;

/// A seed's part of the world, with a source of its own for what happens there.
#[derive(Clone, Debug)]
pub struct Corner {
    /// The seed.
    pub seed: u64,
    random: Random,
}

impl Corner {
    /// The part of a seed; `chapter` tells several drawings of one seed apart.
    pub fn new(seed: u64, chapter: u64) -> Self {
        Self { seed, random: Random::new(seed, chapter) }
    }

    /// The seed that a repository belongs to.
    pub fn seed_of(repo_id: u64) -> u64 {
        repo_id.saturating_sub(FIRST_ID) / IDS
    }

    /// The ids of its repositories that are there and are collected.
    pub fn repositories(&self, world: &World) -> Vec<u64> {
        let first = self.first_id();
        let ids = world.repositories().map(github_sim::Repository::id);
        ids.filter(|id| (first..first + ATTIC).contains(id)).collect()
    }

    /// Makes its repositories, still without issues, and says about how much happens in them before anybody looks.
    pub fn begin(&mut self, world: &mut World) -> u64 {
        let count = self.random.between(1, 4);
        for place in 0..count {
            let name = format!("team-{}/app-{place}", self.seed);
            world.add_repository_with_id(&name, self.first_id() + place).expect("the name is new");
        }
        let attic = format!("team-{}/attic", self.seed);
        world.add_repository_with_id(&attic, self.first_id() + ATTIC).expect("the name is new");
        // Now and then a repository has more than a page of issues.
        if self.random.percent(15) {
            for _ in 0..self.random.between(101, 230) {
                self.open(world, self.first_id());
            }
        }
        if self.random.percent(15) {
            self.quarrel(world, self.first_id());
        }
        // And now and then one has many pages of events.
        let most = if self.random.percent(15) { 250 } else { 60 };
        count * self.random.between(10, most)
    }

    /// Lets somebody do something; says what, in words.
    pub fn act(&mut self, world: &mut World) -> String {
        let deed = self.random.weighed(&deed::DEEDS);
        self.do_this(world, deed)
    }

    fn first_id(&self) -> u64 {
        FIRST_ID + self.seed * IDS
    }

    fn attic(&self) -> u64 {
        self.first_id() + ATTIC
    }
}
