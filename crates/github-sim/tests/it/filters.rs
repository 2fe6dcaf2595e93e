use rstest::rstest;
use serde_json::{Value, json};

use crate::client::{ISSUES, all_pages, generated, get, plain, serve};

const CREATOR: &str = "sim-user-0001";

fn people() -> github_sim::World {
    let mut world = plain(1);
    let (ada, bob) = (json!({"login": "Ada", "id": 1}), json!({"login": "bob", "id": 2}));
    for issue in [
        json!({"number": 2, "user": ada, "assignees": [bob], "milestone": {"number": 3, "title": "1.0"}}),
        json!({"number": 3, "user": bob, "assignees": [ada, bob], "milestone": {"number": 4, "title": "1.1"}}),
        json!({"number": 4, "user": null, "assignees": []}),
    ] {
        world.upsert_issue("a/b", issue).unwrap();
    }
    world
}

#[rstest]
#[case::creator("creator=ada", &[2])]
#[case::unknown_creator("creator=carol", &[])]
#[case::assignee("assignee=ada", &[3])]
#[case::any_assignee("assignee=*", &[2, 3])]
#[case::no_assignee("assignee=none", &[1, 4])]
#[case::milestone("milestone=3", &[2])]
#[case::unknown_milestone("milestone=9", &[])]
#[case::any_milestone("milestone=*", &[2, 3])]
#[case::no_milestone("milestone=none", &[1, 4])]
#[case::two_filters("assignee=bob&creator=bob", &[3])]
#[tokio::test]
async fn people_and_milestones_filter_a_list(#[case] query: &str, #[case] expected: &[u64]) {
    let sim = serve(people()).await;
    let mut numbers = get(&sim, &format!("repos/a/b/issues?{query}")).await.numbers();
    numbers.sort_unstable();
    assert_eq!(numbers, expected);
}

#[rstest]
#[case::creator(&format!("creator={CREATOR}"), |issue: &Value| issue["user"]["login"] == CREATOR)]
#[case::assignee(&format!("assignee={CREATOR}"), |issue: &Value| issue["assignee"]["login"] == CREATOR)]
#[case::any_assignee("assignee=*", |issue: &Value| !issue["assignee"].is_null())]
#[case::milestone("milestone=2", |issue: &Value| issue["milestone"]["number"] == 2)]
#[case::no_milestone("milestone=none", |issue: &Value| issue["milestone"].is_null())]
#[tokio::test]
async fn a_filter_gives_the_generated_issues_that_bear_it(#[case] query: &str, #[case] is_wanted: fn(&Value) -> bool) {
    let sim = serve(generated(500)).await;
    let all = listed(&sim, "").await;
    let expected: Vec<Value> = all.iter().filter(|issue| is_wanted(issue)).cloned().collect();
    assert!(!expected.is_empty() && expected.len() < all.len(), "{}", expected.len());
    assert_eq!(listed(&sim, query).await, expected);
}

#[rstest]
#[case("mentioned=ada", "mentioned")]
#[case("type=Bug", "type")]
#[case("issue_field_values=priority:High", "issue_field_values")]
#[case("milestone=first", "milestone")]
#[tokio::test]
async fn a_filter_without_an_answer_is_refused(#[case] query: &str, #[case] field: &str) {
    let sim = serve(people()).await;
    let reply = get(&sim, &format!("repos/a/b/issues?{query}")).await;
    assert_eq!((reply.status, &reply.json()["errors"][0]["field"]), (422, &field.into()));
}

async fn listed(sim: &github_sim::Sim, query: &str) -> Vec<Value> {
    let pages = all_pages(sim, &format!("{ISSUES}?state=all&per_page=100&{query}")).await;
    pages.iter().flat_map(|page| page.json().as_array().unwrap().clone()).collect()
}
