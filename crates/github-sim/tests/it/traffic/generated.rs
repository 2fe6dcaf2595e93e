use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use github_sim::{GenerateOptions, Sim, TrafficKind, TrafficOptions, Visit, World};
use serde_json::{Value, json};

use crate::client::{get, serve, time};

const NOW: &str = "2026-08-01T09:30:00Z";

fn world(repos: u32, seed: u64) -> World {
    let mut world = World::new(time(NOW));
    let start = Some(time("2016-08-01T00:00:00Z"));
    world.generate(&GenerateOptions { repos, issues: 0, seed, start, ..GenerateOptions::default() });
    world
}

fn visits(world: &World, name: &str, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Visit> {
    world.traffic_truth(name).unwrap().visits(TrafficKind::Views, from, until)
}

/// What GitHub would say of these visits, counted here.
fn expected(visits: &[Visit]) -> Value {
    let mut days: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for visit in visits {
        days.entry(visit.at.format("%Y-%m-%dT00:00:00Z").to_string()).or_default().push(visit.visitor);
    }
    let distinct = |visitors: &[u64]| visitors.iter().collect::<BTreeSet<_>>().len();
    let day = |(day, visitors): (&String, &Vec<u64>)| json!({"timestamp": day, "count": visitors.len(), "uniques": distinct(visitors)});
    let all: Vec<u64> = visits.iter().map(|visit| visit.visitor).collect();
    json!({"count": all.len(), "uniques": distinct(&all), "views": days.iter().map(day).collect::<Vec<_>>()})
}

async fn views(sim: &Sim, name: &str) -> Value {
    get(sim, &format!("repos/{name}/traffic/views")).await.json()
}

#[tokio::test]
async fn the_window_holds_exactly_the_visits_of_the_truth_whenever_it_is_asked_for() {
    let sim = serve(world(3, 11)).await;
    for name in ["sim-org-00/repo-0000", "sim-org-00/repo-0001", "sim-org-00/repo-0002"] {
        for hours in [0, 1, 23, 24 * 9, 24 * 400] {
            let now = time(NOW) + TimeDelta::hours(hours);
            sim.world_mut().set_now(now);
            let visits = visits(&sim.world(), name, now - TimeDelta::days(14), now);
            assert_eq!(views(&sim, name).await, expected(&visits), "{name} after {hours} hours");
        }
    }
}

#[tokio::test]
async fn a_thousand_repositories_have_ten_years_of_visits_without_keeping_them() {
    let world = world(1_000, 3);
    let mut busy = 0;
    for (year, repository) in (2017..=2026).zip(world.repositories().step_by(100)) {
        let until = time(&format!("{year}-03-15T00:00:00Z"));
        let visits = visits(&world, &repository.full_name(), until - TimeDelta::days(30), until);
        busy += usize::from(!visits.is_empty());
    }
    assert!(busy >= 9, "{busy} of 10 months have visits");
    let name = "sim-org-39/repo-0999";
    let before = visits(&world, name, time("2015-01-01T00:00:00Z"), time("2016-07-31T23:00:00Z"));
    assert!(before.is_empty(), "nobody looks at what is not there");
}

#[test]
fn the_same_seed_gives_the_same_visits_and_another_seed_others() {
    let (from, until) = (time("2026-01-01T00:00:00Z"), time("2026-02-01T00:00:00Z"));
    let of = |seed: u64| visits(&world(2, seed), "sim-org-00/repo-0001", from, until);
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}

#[test]
fn options_set_the_level_and_the_start() {
    let mut world = world(20, 1);
    let start = Some(time("2026-07-01T12:00:00Z"));
    let options = TrafficOptions { seed: 9, start, views_per_day: 100.0, clones_per_day: 0.0, spread: 0.0 };
    world.generate_traffic(&options);
    let (from, until) = (time("2026-01-01T00:00:00Z"), time("2026-08-01T00:00:00Z"));
    let mut views = 0;
    for repository in world.repositories() {
        let truth = world.traffic_truth(repository.id()).unwrap();
        let seen = truth.visits(TrafficKind::Views, from, until);
        assert!(seen.iter().all(|visit| visit.at >= time("2026-07-01T12:00:00Z")));
        assert_eq!(truth.between(TrafficKind::Clones, from, until).count, 0);
        views += seen.len();
    }
    // 22.5 working days and 8 days of weekends at two fifths, log-normal with a mean of exp(0.18) medians.
    let of_one = views as f64 / 20.0;
    assert!((2_500.0..3_600.0).contains(&of_one), "{of_one}");
}
