//! What its model got wrong: a test for each, named after it.

mod content;
mod history;
mod running;
mod scores;

use github_sim::World;

use super::stage::noon;
use super::world::{Plot, build};

/// A world of Python repositories: id, age in days, stars of their first days and of two days ago.
pub(super) fn of_python(plots: &[(u64, i64, [u32; 2])]) -> World {
    let mut world = World::new(noon());
    for (id, age, stars) in plots {
        let name = format!("acme/python-{id}");
        build(
            &mut world,
            &Plot { id: *id, name: &name, language: Some("Python"), age: *age, pushed: 1, stars: *stars },
        );
    }
    world
}
