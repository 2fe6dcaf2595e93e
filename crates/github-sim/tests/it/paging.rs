use github_sim::LimitOptions;
use rstest::rstest;
use serde_json::json;

use crate::client::{ISSUES, REPOSITORY, all_pages, generated, get, plain, serve, time};

#[rstest]
#[case::created("created", "desc")]
#[case::created_ascending("created", "asc")]
#[case::updated("updated", "desc")]
#[case::updated_ascending("updated", "asc")]
#[case::comments("comments", "desc")]
#[tokio::test]
async fn every_order_lists_every_issue_once(#[case] sort: &str, #[case] direction: &str) {
    let sim = serve(generated(457)).await;
    let target = format!("{ISSUES}?state=all&sort={sort}&direction={direction}&per_page=50");
    let pages = all_pages(&sim, &target).await;
    let issues: Vec<_> = pages.iter().flat_map(|page| page.json().as_array().unwrap().clone()).collect();
    assert_eq!((pages.len(), issues.len()), (10, 457));
    let key = if sort == "comments" { "comments".to_owned() } else { format!("{sort}_at") };
    let keys: Vec<String> = issues
        .iter()
        .map(|issue| match issue[&key].as_u64() {
            Some(number) => format!("{number:09}"),
            None => issue[&key].as_str().unwrap().to_owned(),
        })
        .collect();
    let mut sorted = keys.clone();
    sorted.sort_unstable();
    if direction == "desc" {
        sorted.reverse();
    }
    assert_eq!(keys, sorted);
    let mut numbers: Vec<u64> = pages.iter().flat_map(crate::client::Reply::numbers).collect();
    numbers.sort_unstable();
    let truth: Vec<u64> = sim.world().issues(REPOSITORY).iter().map(|issue| u64::from(issue.number)).collect();
    assert_eq!(numbers, truth);
}

#[tokio::test]
async fn next_links_are_cursors_by_numeric_id_without_last() {
    let sim = serve(generated(250)).await;
    let first = get(&sim, &format!("{ISSUES}?state=all&per_page=100")).await;
    let next = first.link("next").unwrap();
    let id = sim.world().repository(REPOSITORY).unwrap().id();
    assert!(next.starts_with(&format!("{}repositories/{id}/issues?", sim.url())), "{next}");
    assert!(next.contains("after=") && next.contains("page=2") && next.contains("%3D"), "{next}");
    assert_eq!(first.link("last"), None);
    let second = get(&sim, &next).await;
    let back = get(&sim, &second.link("prev").unwrap()).await;
    assert_eq!(back.numbers(), first.numbers());
}

#[tokio::test]
async fn defaults_are_thirty_open_issues_newest_first() {
    let sim = serve(plain(40)).await;
    sim.world_mut().close_issue("a/b", 40).unwrap();
    let page = get(&sim, "repos/a/b/issues").await;
    assert_eq!(page.numbers(), (10..=39).rev().collect::<Vec<u64>>());
    assert_eq!(get(&sim, "repos/a/b/issues?per_page=1000&state=all").await.numbers().len(), 40);
    assert_eq!(get(&sim, "repos/a/b/issues?state=closed").await.numbers(), [40]);
}

#[tokio::test]
async fn since_filters_by_update_and_includes_its_second() {
    let sim = serve(plain(10)).await;
    for (sort, direction) in [("updated", "asc"), ("updated", "desc"), ("created", "asc")] {
        let target = format!("repos/a/b/issues?since=2026-01-01T00:08:00Z&sort={sort}&direction={direction}");
        let mut numbers = get(&sim, &target).await.numbers();
        numbers.sort_unstable();
        assert_eq!(numbers, [8, 9, 10], "{sort} {direction}");
    }
}

#[tokio::test]
async fn labels_filter_by_all_names() {
    let sim = serve(plain(3)).await;
    sim.world_mut().label_issue("a/b", 2, "bug").unwrap();
    sim.world_mut().label_issue("a/b", 3, "bug").unwrap();
    sim.world_mut().label_issue("a/b", 3, "high: really?").unwrap();
    assert_eq!(get(&sim, "repos/a/b/issues?labels=Bug&sort=created").await.numbers(), [3, 2]);
    assert_eq!(get(&sim, "repos/a/b/issues?labels=bug,high:%20really%3F").await.numbers(), [3]);
    let labels = get(&sim, "repos/a/b/labels").await.json();
    assert_eq!(labels[1]["url"], "https://api.github.com/repos/a/b/labels/high%3A%20really%3F");
}

#[tokio::test]
async fn updated_items_move_between_pages_while_a_list_is_read() {
    let sim = serve(plain(6)).await;
    let target = "repos/a/b/issues?sort=updated&direction=asc&per_page=2";
    sim.on_request(1, |world| world.touch_issue("a/b", 3).unwrap());
    let pages = all_pages(&sim, target).await;
    let numbers: Vec<u64> = pages.iter().flat_map(crate::client::Reply::numbers).collect();
    assert_eq!(numbers, [1, 2, 4, 5, 6, 3]);

    let descending = "repos/a/b/issues?sort=updated&direction=desc&per_page=2";
    sim.on_request(1, |world| {
        world.advance(chrono::TimeDelta::seconds(1));
        world.touch_issue("a/b", 1).unwrap();
    });
    let pages = all_pages(&sim, descending).await;
    let numbers: Vec<u64> = pages.iter().flat_map(crate::client::Reply::numbers).collect();
    assert_eq!(numbers, [3, 6, 5, 4, 2], "an item that moved to the front is missed");
}

#[tokio::test]
async fn deep_page_numbers_are_refused_and_cursors_go_on() {
    let sim = serve(plain(3)).await;
    assert_eq!(get(&sim, "repos/a/b/issues?per_page=100&page=99").await.status, 200);
    let refused = get(&sim, "repos/a/b/issues?per_page=100&page=100").await;
    assert_eq!(refused.status, 422);
    assert!(refused.json()["message"].as_str().unwrap().contains("cursor based pagination"));
    let next = get(&sim, "repos/a/b/issues?per_page=1").await.link("next").unwrap();
    let deep = next.replace("page=2", "page=10000");
    assert_eq!(get(&sim, &deep).await.numbers(), [2]);
}

#[rstest]
#[case("state=none")]
#[case("sort=name")]
#[case("direction=up")]
#[case("since=yesterday")]
#[case("after=nonsense")]
#[tokio::test]
async fn wrong_parameters_are_unprocessable(#[case] query: &str) {
    let sim = serve(plain(1)).await;
    let reply = get(&sim, &format!("repos/a/b/issues?{query}")).await;
    assert_eq!(reply.status, 422);
    assert_eq!(reply.json()["message"], "Validation Failed");
}

#[tokio::test]
async fn repository_events_are_newest_first_and_end_at_forty_thousand() {
    let sim = serve(generated(120)).await;
    let target = "repos/sim-org-00/repo-0000/issues/events?per_page=100";
    let pages = all_pages(&sim, target).await;
    let mut ids = Vec::new();
    for page in &pages {
        for event in page.json().as_array().unwrap() {
            assert!(event["issue"]["number"].is_u64() && event["created_at"].is_string());
            ids.push(event["id"].as_u64().unwrap());
        }
    }
    assert!(ids.len() > 120 && ids.windows(2).all(|pair| pair[0] > pair[1]));
    assert!(pages[0].link("last").is_some());
    let refused = get(&sim, &format!("{target}&page=401")).await;
    assert_eq!(refused.status, 422);
    assert!(refused.json()["message"].as_str().unwrap().contains("pagination is limited for this resource"));
}

#[tokio::test]
async fn the_cap_on_repository_events_can_be_set() {
    let sim = serve(generated(60)).await;
    sim.set_limits(LimitOptions { repository_events: 40, ..LimitOptions::default() });
    let target = "repos/sim-org-00/repo-0000/issues/events?per_page=20";
    let first = get(&sim, target).await;
    assert!(first.link("last").unwrap().ends_with("page=2"));
    assert_eq!(get(&sim, &format!("{target}&page=2")).await.status, 200);
    assert_eq!(get(&sim, &format!("{target}&page=3")).await.status, 422);
}

#[tokio::test]
async fn what_happens_to_an_issue_becomes_events() {
    let sim = serve(plain(1)).await;
    {
        let mut world = sim.world_mut();
        world.label_issue("a/b", 1, "bug").unwrap();
        world.close_issue("a/b", 1).unwrap();
        world.advance(chrono::TimeDelta::hours(1));
        world.reopen_issue("a/b", 1).unwrap();
    }
    let events = get(&sim, "repos/a/b/issues/1/events").await.json();
    let kinds: Vec<_> = events.as_array().unwrap().iter().map(|event| event["event"].clone()).collect();
    assert_eq!(json!(kinds), json!(["labeled", "closed", "reopened"]));
    assert_eq!(events[0]["label"]["name"], "bug");
    assert_eq!(get(&sim, "repos/a/b/issues/1/timeline").await.json(), events);
    let issue = get(&sim, "repos/a/b/issues/1").await.json();
    assert_eq!((&issue["state"], &issue["closed_at"]), (&json!("open"), &json!(null)));
    assert_eq!(issue["updated_at"], "2026-08-01T01:00:00Z");
    let truth = sim.world().repository("a/b").unwrap().issue(1).unwrap();
    assert_eq!(truth.events.len(), 3);
    assert_eq!(truth.updated_at, time("2026-08-01T01:00:00Z"));
}
