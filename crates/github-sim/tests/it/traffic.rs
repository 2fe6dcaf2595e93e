mod generated;
mod permission;
mod popular;
mod window;

use github_sim::{DailyTraffic, Regulars, World};

use crate::client::time;

/// Day, views, distinct viewers, clones, distinct people who cloned.
pub type Day<'a> = (&'a str, u32, u32, u32, u32);

/// One repository `a/b` with daily traffic.
pub fn with_days(now: &str, days: &[Day<'_>], regulars: Regulars) -> World {
    let mut world = World::new(time(now));
    world.add_repository("a/b").unwrap();
    let daily = |(day, views, view_uniques, clones, clone_uniques): &Day<'_>| DailyTraffic {
        day: day.parse().unwrap(),
        views: *views,
        view_uniques: *view_uniques,
        clones: *clones,
        clone_uniques: *clone_uniques,
    };
    let days: Vec<DailyTraffic> = days.iter().map(daily).collect();
    world.set_daily_traffic("a/b", &days, regulars).unwrap();
    world
}
