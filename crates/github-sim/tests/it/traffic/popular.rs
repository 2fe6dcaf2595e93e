use github_sim::{GenerateOptions, Popular, PopularKind, TrafficKind, World};
use serde_json::{Value, json};

use crate::client::{REPOSITORY, get, plain, serve, time};

#[tokio::test]
async fn the_ten_most_frequent_are_served_in_githubs_shape() {
    let mut world = plain(0);
    let now = world.now();
    let referrers = (1..=12).map(|number| Popular::new(format!("site-{number:02}"), number, 1)).collect();
    world.set_popular("a/b", PopularKind::Referrers, now, referrers).unwrap();
    let titled = Popular { title: Some("A \"title\"".to_owned()), ..Popular::new("/a/b/wiki", 2, 2) };
    let paths = vec![Popular::new("/a/b/pulls", 3, 1), titled, Popular::new("/a/b", 9, 4)];
    world.set_popular("a/b", PopularKind::Paths, now, paths).unwrap();
    let sim = serve(world).await;
    let referrers = get(&sim, "repos/a/b/traffic/popular/referrers").await.json();
    let counts: Vec<u64> = referrers.as_array().unwrap().iter().map(|of| of["count"].as_u64().unwrap()).collect();
    assert_eq!(counts, [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    assert_eq!(referrers[0], json!({"referrer": "site-12", "count": 12, "uniques": 1}));
    let paths = get(&sim, "repos/a/b/traffic/popular/paths").await;
    let expected = concat!(
        r#"[{"path":"/a/b","title":"Overview","count":9,"uniques":4},"#,
        r#"{"path":"/a/b/pulls","title":"/pulls","count":3,"uniques":1},"#,
        r#"{"path":"/a/b/wiki","title":"A \"title\"","count":2,"uniques":2}]"#
    );
    assert_eq!(String::from_utf8(paths.body).unwrap(), expected);
    sim.world_mut().advance(chrono::TimeDelta::days(14));
    assert_eq!(get(&sim, "repos/a/b/traffic/popular/paths").await.json(), json!([]));
}

#[tokio::test]
async fn paths_of_generated_traffic_are_of_the_views_of_fourteen_days() {
    let mut world = World::new(time("2026-08-01T09:30:00Z"));
    world.generate(&GenerateOptions { repos: 1, issues: 0, seed: 5, ..GenerateOptions::default() });
    world.generate_traffic(&github_sim::TrafficOptions { views_per_day: 50.0, spread: 0.0, ..Default::default() });
    let truth = world.traffic_truth(REPOSITORY).unwrap();
    let views = truth.visits(TrafficKind::Views, time("2026-07-18T09:30:00Z"), time("2026-08-01T09:30:00Z")).len();
    let sim = serve(world).await;
    let paths = get(&sim, &format!("repos/{REPOSITORY}/traffic/popular/paths")).await.json();
    let list: &Vec<Value> = paths.as_array().unwrap();
    let counts: Vec<u64> = list.iter().map(|of| of["count"].as_u64().unwrap()).collect();
    assert!(counts.len() == 10 && counts.is_sorted_by(|left, right| left >= right), "{counts:?}");
    assert!(counts.iter().sum::<u64>() < views as u64, "sixteen paths are looked at, ten are told");
    assert!(list.iter().all(|of| of["path"].as_str().unwrap().starts_with("/sim-org-00/repo-0000")));
    let referrers = get(&sim, &format!("repos/{REPOSITORY}/traffic/popular/referrers")).await.json();
    assert_eq!(referrers.as_array().unwrap().len(), 10);
    sim.world_mut().rename_repository(REPOSITORY, "c/d").unwrap();
    let renamed = get(&sim, "repos/c/d/traffic/popular/paths").await.json();
    assert_eq!((&renamed[0]["path"], &renamed[0]["count"]), (&json!("/c/d"), &paths[0]["count"]));
}
