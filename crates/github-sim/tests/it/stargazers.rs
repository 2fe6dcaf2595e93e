use github_sim::{GenerateOptions, World};
use serde_json::{Value, json};

use crate::client::{REPOSITORY, all_pages, data, generated, get, get_with, plain, serve, time};

/// 2026-07-26, a Sunday, and the day is 2026-08-01, a Saturday.
const SUNDAY: u64 = 1_785_024_000;
const WEEK: u64 = 604_800;

fn starred() -> World {
    let mut world = plain(0);
    let stars = [("2026-07-26", 3), ("2026-08-01", 2)].map(|(day, count)| (day.parse().unwrap(), count));
    world.set_stars("a/b", &stars).unwrap();
    world
}

async fn history(sim: &github_sim::Sim) -> Value {
    get(sim, "repos/a/b/stargazers/history").await.json()
}

#[tokio::test]
async fn stars_are_told_by_weeks_from_sunday_newest_first() {
    let sim = serve(starred()).await;
    assert_eq!(history(&sim).await, json!([{"week": SUNDAY, "total": 5, "days": [3, 0, 0, 0, 0, 0, 2]}]));
    sim.world_mut().advance(chrono::TimeDelta::days(1));
    sim.world_mut().star("a/b", 4).unwrap();
    assert_eq!(
        history(&sim).await,
        json!([
            {"week": SUNDAY + WEEK, "total": 4, "days": [4, 0, 0, 0, 0, 0, 0]},
            {"week": SUNDAY, "total": 5, "days": [3, 0, 0, 0, 0, 0, 2]},
        ])
    );
    assert_eq!(get(&sim, "repos/a/b/stargazers/count").await.json(), json!({"count": 9}));
    let repository = get(&sim, "repos/a/b").await.json();
    assert_eq!((&repository["stargazers_count"], &repository["watchers_count"]), (&json!(9), &json!(9)));
}

#[tokio::test]
async fn a_star_that_is_taken_back_is_missing_on_the_day_it_was_given() {
    let sim = serve(starred()).await;
    let etag = get(&sim, "repos/a/b/stargazers/history").await.header("etag").to_owned();
    let target = "repos/a/b/stargazers/history";
    assert_eq!(get_with(&sim, target, &[("if-none-match", &etag)]).await.status, 304);
    sim.world_mut().unstar("a/b", "2026-07-26".parse().unwrap(), 2).unwrap();
    let after = get_with(&sim, target, &[("if-none-match", &etag)]).await;
    assert_eq!((after.status, &after.json()[0]["days"]), (200, &json!([1, 0, 0, 0, 0, 0, 2])));
    assert_eq!(get(&sim, "repos/a/b/stargazers/count").await.json()["count"], 3);
    let truth = sim.world().star_truth("a/b");
    let days: Vec<(String, u64)> = truth.into_iter().map(|(day, count)| (day.to_string(), count)).collect();
    assert_eq!(days, [("2026-07-26".to_owned(), 1), ("2026-08-01".to_owned(), 2)]);
    let error = sim.world_mut().unstar("a/b", "2026-07-26".parse().unwrap(), 2).unwrap_err();
    assert_eq!(error.to_string(), "repository `a/b` has only 1 stars of 2026-07-26");
    // Before it happened, it had not happened.
    sim.world_mut().set_now(time("2026-07-31T00:00:00Z"));
    assert_eq!(get(&sim, "repos/a/b/stargazers/count").await.json()["count"], 3);
}

#[tokio::test]
async fn pages_hold_thirty_weeks_at_most_and_end_at_the_hundredth() {
    let mut world = World::new(time("2026-08-01T00:00:00Z"));
    let start = Some(time("2016-08-01T00:00:00Z"));
    world.generate(&GenerateOptions { repos: 1, issues: 0, start, ..GenerateOptions::default() });
    let sim = serve(world).await;
    let target = format!("repos/{REPOSITORY}/stargazers/history");
    let first = get(&sim, &format!("{target}?per_page=100")).await;
    assert_eq!(first.json().as_array().unwrap().len(), 30);
    assert_eq!(get(&sim, &format!("{target}?per_page=7&page=2")).await.json()[0]["week"], SUNDAY - 7 * WEEK);
    // From the week of 2016-07-31 to that of 2026-07-26 there are 522 Sundays.
    let pages = all_pages(&sim, &target).await;
    let weeks: Vec<Value> = pages.iter().flat_map(|page| page.json().as_array().unwrap().clone()).collect();
    assert_eq!((pages.len(), weeks.len()), (18, 522));
    for (back, week) in (0..).zip(&weeks) {
        assert_eq!(week["week"], SUNDAY - back * WEEK);
        let days: Vec<u64> = serde_json::from_value(week["days"].clone()).unwrap();
        assert_eq!((days.len(), json!(days.iter().sum::<u64>())), (7, week["total"].clone()));
    }
    let all: u64 = weeks.iter().map(|week| week["total"].as_u64().unwrap()).sum();
    let count = get(&sim, &format!("repos/{REPOSITORY}/stargazers/count")).await.json()["count"].clone();
    assert_eq!(json!(all), count);
    assert_eq!(get(&sim, &format!("repos/{REPOSITORY}")).await.json()["stargazers_count"], count);
    assert_eq!(get(&sim, &format!("{target}?page=100")).await.json(), json!([]));
    assert_eq!(get(&sim, &format!("{target}?page=101")).await.status, 422);
}

#[tokio::test]
async fn stars_are_told_without_a_token() {
    let sim = serve(starred()).await;
    for (path, status) in [("stargazers/history", 200), ("stargazers/count", 200), ("stargazers", 404)] {
        let reply = get_with(&sim, &format!("repos/a/b/{path}"), &[("authorization", "")]).await;
        assert_eq!(reply.status, status, "{path}");
    }
}

#[tokio::test]
async fn watchers_are_counted_by_rest_and_by_graphql() {
    let mut world = starred();
    world.add_repository("a/c").unwrap();
    world.set_subscribers("a/b", 6).unwrap();
    world.set_subscribers("a/c", 0).unwrap();
    world.set_fork("a/b", true).unwrap();
    world.set_archived("a/c", true).unwrap();
    world.set_forks("a/b", &[("2026-07-01".parse().unwrap(), 2), ("2026-08-02".parse().unwrap(), 3)]).unwrap();
    world.set_forks("a/c", &[("2026-08-02".parse().unwrap(), 1)]).unwrap();
    let sim = serve(world).await;
    let (b, c) = (get(&sim, "repos/a/b").await.json(), get(&sim, "repos/a/c").await.json());
    let text = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Repository { \
                nameWithOwner isFork isArchived forkCount stargazerCount watchers { totalCount } } } }";
    let answer = data(&sim, text, json!({"ids": [b["node_id"], c["node_id"]]})).await;
    let stars = c["stargazers_count"].clone();
    assert_eq!(
        answer["nodes"],
        json!([
            {"nameWithOwner": "a/b", "isFork": true, "isArchived": false, "forkCount": 2, "stargazerCount": 5,
             "watchers": {"totalCount": 6}},
            {"nameWithOwner": "a/c", "isFork": false, "isArchived": true, "forkCount": 0, "stargazerCount": stars,
             "watchers": {"totalCount": 0}},
        ])
    );
    assert_eq!((&b["subscribers_count"], &c["subscribers_count"]), (&json!(6), &json!(0)));
    assert_eq!((&b["fork"], &b["archived"], &b["forks_count"]), (&json!(true), &json!(false), &json!(2)));
    assert_eq!((&c["fork"], &c["archived"]), (&json!(false), &json!(true)));
}

#[tokio::test]
async fn watchers_are_not_named_and_lists_do_not_count_them() {
    let sim = serve(generated(10)).await;
    let text = "{ repository(owner: \"sim-org-00\", name: \"repo-0000\") { \
                watchers(first: 3) { totalCount nodes { login } pageInfo { hasNextPage } } } }";
    let answer = data(&sim, text, json!({})).await;
    let watchers = &answer["repository"]["watchers"];
    let rest = get(&sim, &format!("repos/{REPOSITORY}")).await.json();
    assert_eq!(watchers["totalCount"], rest["subscribers_count"]);
    assert_eq!((&watchers["nodes"], &watchers["pageInfo"]["hasNextPage"]), (&json!([]), &json!(false)));
    assert!(get(&sim, "user/repos").await.json()[0].get("subscribers_count").is_none());
}
