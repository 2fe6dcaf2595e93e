use crate::client::{ISSUES, REPOSITORY, generated, get, get_with, plain, serve};

const PROBE: &str = "repos/sim-org-00/repo-0000/issues?state=all&sort=updated&direction=desc&per_page=100";

#[tokio::test]
async fn an_unchanged_list_answers_304_which_is_free_with_a_token() {
    let sim = serve(generated(300)).await;
    let first = get(&sim, PROBE).await;
    let etag = first.header("etag").to_owned();
    assert!(etag.starts_with("W/\"") && etag.len() == 68, "{etag}");
    let used = first.number("x-ratelimit-used");
    for _ in 0..3 {
        let again = get_with(&sim, PROBE, &[("if-none-match", &etag)]).await;
        assert_eq!((again.status, again.body.len()), (304, 0));
        assert_eq!((again.header("etag"), again.header("content-type")), (etag.as_str(), ""));
        assert_eq!(again.number("x-ratelimit-used"), used);
    }
    let stats = sim.stats();
    assert_eq!((stats.requests, stats.not_modified), (4, 3));
    assert_eq!(stats.quota_spent["core"], 1);
}

#[tokio::test]
async fn a_304_without_a_token_costs() {
    let sim = serve(generated(10)).await;
    let etag = get_with(&sim, ISSUES, &[("authorization", "")]).await.header("etag").to_owned();
    let again = get_with(&sim, ISSUES, &[("authorization", ""), ("if-none-match", &etag)]).await;
    assert_eq!((again.status, again.number("x-ratelimit-used")), (304, 2));
}

#[tokio::test]
async fn a_change_on_the_page_changes_its_etag_and_others_do_not() {
    let sim = serve(plain(5)).await;
    let (newest, oldest) = ("repos/a/b/issues?per_page=2", "repos/a/b/issues?per_page=2&direction=asc");
    let (single, other) = ("repos/a/b/issues/5", "repos/a/b/issues/4");
    let before: Vec<String> = etags(&sim, &[newest, oldest, single, other]).await;
    sim.world_mut().edit_issue("a/b", 5, "new").unwrap();
    let after = etags(&sim, &[newest, oldest, single, other]).await;
    let is_same: Vec<bool> = before.iter().zip(&after).map(|(old, new)| old == new).collect();
    assert_eq!(is_same, [false, true, false, true]);
}

#[tokio::test]
async fn etags_are_the_same_in_another_process_and_follow_a_rename() {
    let (one, two) = (serve(generated(50)).await, serve(generated(50)).await);
    let etag = get(&one, ISSUES).await.header("etag").to_owned();
    assert_eq!(get(&two, ISSUES).await.header("etag"), etag);
    two.world_mut().rename_repository(REPOSITORY, "sim-org-00/other").unwrap();
    assert_ne!(get(&two, "repos/sim-org-00/other/issues").await.header("etag"), etag);
}

#[tokio::test]
async fn putting_the_same_issue_again_keeps_its_etag() {
    let sim = serve(plain(1)).await;
    let before = get(&sim, "repos/a/b/issues").await.header("etag").to_owned();
    let issue = sim.world().issue_json("a/b", 1).unwrap();
    sim.world_mut().upsert_issue("a/b", issue).unwrap();
    assert_eq!(get(&sim, "repos/a/b/issues").await.header("etag"), before);
}

async fn etags(sim: &github_sim::Sim, targets: &[&str]) -> Vec<String> {
    let mut etags = Vec::new();
    for target in targets {
        etags.push(get(sim, target).await.header("etag").to_owned());
    }
    etags
}
