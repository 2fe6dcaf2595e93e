//! These run on recorded data where `HUBLAKE_RECORDED_DATA` names it, and only say so where it does not.

use std::path::PathBuf;

use github_sim::{EventKind, IssueState, World};

use crate::client::{all_pages, get, serve, time};

pub fn recorded(names: &[&str]) -> Option<World> {
    let Some(folder) = std::env::var_os("HUBLAKE_RECORDED_DATA") else {
        eprintln!("HUBLAKE_RECORDED_DATA is not set: the recorded data are not tested");
        return None;
    };
    let mut world = World::new(time("2000-01-01T00:00:00Z"));
    world.load_recorded_only(&PathBuf::from(folder), names).unwrap();
    Some(world)
}

#[tokio::test]
async fn rust_is_loaded_without_the_items_of_other_repositories() {
    let Some(world) = recorded(&["rust-lang/rust"]) else {
        return;
    };
    let issues = world.issues("rust-lang/rust");
    assert_eq!(issues.len(), 15_325);
    let without_time: Vec<u32> = issues
        .iter()
        .filter(|issue| issue.state == IssueState::Closed && issue.closed_at.is_none())
        .map(|issue| issue.number)
        .collect();
    assert_eq!(without_time, [156, 935, 1152]);
    let newest = issues.iter().map(|issue| issue.updated_at).max().unwrap();
    assert_eq!(world.now(), newest + chrono::TimeDelta::seconds(1));
    let sim = serve(world).await;
    let target = "repos/rust-lang/rust/issues?state=all&sort=updated&direction=asc&per_page=100";
    let pages = all_pages(&sim, target).await;
    let mut numbers: Vec<u64> = pages.iter().flat_map(crate::client::Reply::numbers).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!((pages.len(), numbers.len()), (154, 15_325));
    let first = get(&sim, "repos/rust-lang/rust/issues/1").await;
    assert!(
        first.body.starts_with(br#"{"url":"https://api.github.com/repos/rust-lang/rust/issues/1","repository_url""#)
    );
    assert!(first.json().get("_meta").is_none());
}

#[tokio::test]
async fn bitcoin_repositories_are_served_in_githubs_shape() {
    let Some(world) = recorded(&["bitcoin-core/gui", "bitcoin/bips"]) else {
        return;
    };
    let gui = world.issues("bitcoin-core/gui");
    let pull_requests = gui.iter().filter(|issue| issue.is_pull_request).count();
    assert_eq!((gui.len() - pull_requests, pull_requests), (341, 537));
    let bips = world.issues("bitcoin/bips");
    assert_eq!((bips.len(), bips.iter().all(|issue| issue.is_pull_request)), (2_104, true));
    let closed_without_event: Vec<u32> = bips
        .iter()
        .filter(|issue| issue.state == IssueState::Closed)
        .filter(|issue| !issue.events.iter().any(|event| event.kind == EventKind::Closed))
        .map(|issue| issue.number)
        .collect();
    assert_eq!(closed_without_event, [1669, 1993]);
    let sim = serve(world).await;
    let pages = all_pages(&sim, "repos/bitcoin-core/gui/issues?state=all&per_page=100").await;
    for issue in pages.iter().flat_map(|page| page.json().as_array().unwrap().clone()) {
        let is_pull_request = issue.get("pull_request").is_some();
        for key in ["closed_at", "closed_by", "milestone", "reactions", "assignee", "body", "state_reason"] {
            assert!(issue.get(key).is_some(), "{key} is absent from {}", issue["number"]);
        }
        let page = if is_pull_request { "/pull/" } else { "/issues/" };
        assert!(issue["html_url"].as_str().unwrap().contains(page));
        assert!(issue["user"].is_null() || issue["user"].get("name").is_none());
        assert!(!issue["user"].to_string().contains("%7B") && !issue["labels_url"].to_string().contains("%7B"));
    }
    let timeline = get(&sim, "repos/bitcoin-core/gui/issues/1/timeline?per_page=100").await.json();
    let events = get(&sim, "repos/bitcoin-core/gui/issues/1/events?per_page=100").await.json();
    assert!(timeline.as_array().unwrap().len() > events.as_array().unwrap().len());
    assert_eq!(timeline[0]["actor"]["login"], "maflcko");
    assert_eq!(timeline[0]["actor"]["following_url"], "https://api.github.com/users/maflcko/following{/other_user}");
    let repository_events = get(&sim, "repos/bitcoin/bips/issues/events?per_page=100").await;
    assert_eq!(repository_events.json().as_array().unwrap().len(), 100);
}

#[test]
fn a_missing_folder_is_an_error_that_names_the_file() {
    let mut world = World::new(time("2000-01-01T00:00:00Z"));
    let error = world.load_recorded(&PathBuf::from("no-such-folder")).unwrap_err().to_string();
    assert!(error.contains("bitcoin-core-gui") && error.contains("hint:"), "{error}");
}
