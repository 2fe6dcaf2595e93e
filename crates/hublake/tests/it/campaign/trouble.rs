//! What goes wrong while the program runs.

use github_sim::{Fault, FaultKind, When, World};

use super::corner::Corner;
use super::random::Random;

/// Seconds of the window of the primary limits: a client that waits for its end waits this long, and one more.
pub const WINDOW_SECONDS: u64 = 1;

/// The troubles of one run.
#[derive(Debug, Default)]
pub struct Trouble {
    /// What the simulator does wrong.
    pub faults: Vec<Fault>,
    /// Where the world changes: after which request, and with which chapter of which seed.
    pub changes: Vec<(u64, u64, u64)>,
    /// At which durable step the program dies.
    pub killed_at: Option<usize>,
    /// Repositories that are not to be had during the run, and how GitHub says so.
    pub closed: Vec<(u64, Closed)>,
    /// So few requests are left in each bucket.
    pub quota: Option<u64>,
    /// Whether the program waits for limits; otherwise it leaves repositories for the next run.
    pub waits: bool,
}

/// Why a repository is not to be had for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// 451.
    Blocked,
    /// 410.
    IssuesDisabled,
    /// 404.
    Private,
}

impl Closed {
    /// Closes a repository, or opens it again.
    pub fn set(self, world: &mut World, repository: u64, is_closed: bool) {
        let done = match (self, is_closed) {
            (Self::Private, _) => world.set_private(repository, is_closed),
            (_, false) => world.open_repository(repository),
            (Self::Blocked, true) => world.block_repository(repository),
            (Self::IssuesDisabled, true) => world.disable_issues(repository),
        };
        // It may have been deleted while it was closed.
        if let Err(error) = done {
            assert!(world.repository(repository).is_none(), "{error}");
        }
    }
}

impl Trouble {
    /// Draws the troubles of the run `chapter` over some seeds' repositories.
    pub fn draw(random: &mut Random, seeds: &[u64], world: &World, chapter: u64) -> Self {
        let mut trouble = Self { waits: random.percent(50), ..Self::default() };
        if random.percent(15) {
            // What is left must be enough for the requests that are under way before the first answer.
            trouble.quota = Some(random.between(30, 60));
            trouble.waits = false;
        } else if random.percent(75) {
            trouble.draw_faults(random, seeds, world);
        }
        if random.percent(45) {
            trouble.killed_at = Some(random.between(1, 120) as usize);
        }
        if random.percent(70) {
            for _ in 0..random.between(1, 12) {
                let seed = random.pick(seeds).expect("there are seeds");
                let request = random.between(1, 60);
                trouble.changes.push((request, seed, chapter * 1_000 + random.between(100, 999)));
                // Soon after more happens in the same place.
                if random.percent(50) {
                    let later = request + random.between(1, 4);
                    trouble.changes.push((later, seed, chapter * 1_000 + random.between(100, 999)));
                }
            }
        }
        trouble
    }

    fn draw_faults(&mut self, random: &mut Random, seeds: &[u64], world: &World) {
        for seed in seeds {
            let repositories = Corner::new(*seed, 0).repositories(world);
            let Some(repository) = random.pick(&repositories) else { continue };
            if random.percent(45) {
                let endpoint = format!("/repositories/{repository}/issues*");
                self.faults.push(Fault::new(endpoint, soon(random, 2), passing(random)));
            }
            if random.percent(6) {
                let how = [Closed::Blocked, Closed::IssuesDisabled, Closed::Private];
                self.closed.push((repository, random.pick(&how).expect("there are ways")));
            }
        }
        for _ in 0..random.between(0, 3) {
            self.faults.push(Fault::new("/graphql", soon(random, 25), passing(random)));
        }
        // Limits make everything wait, so there are few of them.
        if random.percent(60) {
            let endpoint = random.pick(&["/graphql", "/repositories/*", "*"]).expect("there are endpoints");
            let kind = limit(random);
            self.faults.push(Fault::new(endpoint, When::Kth(random.between(1, 40)), kind));
        }
    }
}

fn soon(random: &mut Random, most: u64) -> When {
    if random.percent(25) { When::Next(random.between(1, 2)) } else { When::Kth(random.between(1, most)) }
}

/// A fault that is over when the request is repeated.
fn passing(random: &mut Random) -> FaultKind {
    random.weighed(&[
        (2, FaultKind::Status(500)),
        (2, FaultKind::Status(502)),
        (1, FaultKind::Status(503)),
        (1, FaultKind::Status(504)),
        (3, FaultKind::CutBody),
        (3, FaultKind::DropConnection),
        (3, FaultKind::WrongJson),
        (2, FaultKind::WrongShape),
    ])
}

/// Both limits in all their dresses.
fn limit(random: &mut Random) -> FaultKind {
    random.weighed(&[
        (1, FaultKind::PrimaryLimit { status: 403 }),
        (1, FaultKind::PrimaryLimit { status: 429 }),
        (1, FaultKind::SecondaryLimit { status: 403, retry_after: Some(1) }),
        (1, FaultKind::SecondaryLimit { status: 429, retry_after: Some(2) }),
        (1, FaultKind::SecondaryLimit { status: 403, retry_after: None }),
        (1, FaultKind::SecondaryLimit { status: 429, retry_after: None }),
        (2, FaultKind::GraphqlLimit),
    ])
}
